"""pycuda.cumath: functions of every element: f(array, *, out=None, stream=None) → GPUArray."""

import numpy as np

import pycuda.elementwise as elementwise
import pycuda.gpuarray as gpuarray
from pycuda.driver import Stream
from weft._array import math as _math

_COMPLEX = {"fabs": "abs"}


def _through_kernel(name, array, out, stream):
    """Complex functions are pycuda-complex.hpp's."""
    kernel = elementwise.get_unary_func_kernel(f"pycuda::{name}", array.dtype, out.dtype)
    kernel.prepared_async_call(out._grid, out._block, stream, array, out, out.size)
    return out


def _unary(name, function):
    def apply(array, *stream_or_out, out=None, stream=None, stream_or_out_keyword=None):
        for given in stream_or_out:  # the oldest programs pass the stream by position
            if isinstance(given, Stream):
                stream = given
            elif given is not None:
                out = given
        if array.dtype.kind == "c":
            if out is None:
                out = array._new_like_me(np.dtype(f"f{array.itemsize // 2}") if name == "fabs" else None)
            if not array.flags.forc:
                array = array.copy()
            return _through_kernel(_COMPLEX.get(name, name), array, out, stream) if out.size else out
        kind = array.dtype if array.dtype.kind == "f" else np.dtype(np.float32 if array.itemsize <= 2 else np.float64)
        return array._result(function(array.weft_view.astype(kind)), kind, out)

    apply.__name__ = name
    apply.__doc__ = f"{name} of every element, as a GPUArray (or in `out`); integers give floats."
    return apply


for _name, _function in {"fabs": _math.absolute, "ceil": _math.ceil, "floor": _math.floor, "exp": _math.exp, "log": _math.log,
                         "log10": _math.log10, "sqrt": _math.sqrt, "sin": _math.sin, "cos": _math.cos, "tan": _math.tan,
                         "asin": _math.arcsin, "acos": _math.arccos, "atan": _math.arctan, "sinh": _math.sinh, "cosh": _math.cosh,
                         "tanh": _math.tanh}.items():
    globals()[_name] = _unary(_name, _function)


def fmod(arg, mod, stream=None):
    """The remainder of arg / mod, with arg's sign."""
    return arg._result(_math.fmod(arg.weft_view, arg._other(mod)), arg.dtype)


def frexp(arg, stream=None):
    """(significands, exponents), both of arg's dtype: arg == significand * 2**exponent."""
    arg = arg if arg.flags.forc else arg.copy()
    significand, exponent = arg._new_like_me(), arg._new_like_me()
    kernel = elementwise.get_frexp_kernel(arg.dtype)
    if arg.size:
        kernel.prepared_async_call(arg._grid, arg._block, stream, arg, significand, exponent, arg.size)
    return significand, exponent


def ldexp(significand, exponent, stream=None):
    """significand * 2**exponent; the exponents are whole numbers of any dtype."""
    result = gpuarray.GPUArray(significand.shape, significand.dtype, significand.allocator)
    power = gpuarray.empty_like(result, order="C")
    power[...] = exponent.astype(significand.dtype)
    if not significand.flags.c_contiguous:
        copy = gpuarray.empty_like(result, order="C")
        copy[...] = significand
        significand = copy
    if result.size:
        kernel = elementwise.get_ldexp_kernel(significand.dtype)
        kernel.prepared_async_call(result._grid, result._block, stream, significand, power, result, result.size)
    return result


def modf(arg, stream=None):
    """(fractional parts, whole parts)."""
    fraction, whole = _math.modf(arg.weft_view)
    return arg._result(fraction, arg.dtype), arg._result(whole, arg.dtype)


__all__ = ["fmod", "frexp", "ldexp", "modf", "elementwise", "gpuarray", "Stream"]
