"""pycuda.gpuarray: arrays on the device with NumPy's operators, as a thin layer over weft's arrays.

A GPUArray is a shape, strides and a piece of device memory that its allocator gave. Work on it is weft's: `weft_view` is a
weft.ndarray over the same memory, and a result is written into memory of the array's own allocator. Since that memory is
shared, nothing is put off: an operation runs before it returns. Differences from PyCUDA, all in the direction of NumPy:
operands broadcast, arrays need not be contiguous, and `/` of integers gives floats.
"""

import builtins
import numbers
import operator
import types
import warnings

import numpy as np

import pycuda.driver as drv
from pycuda.characterize import has_double_support  # noqa: F401
from weft import _core
from weft._array import creation as _creation
from weft._array import indexing as _indexing
from weft._array import math as _math

from .compyte.array import ArrayFlags as _ArrayFlags
from .compyte.array import c_contiguous_strides as _c_contiguous_strides
from .compyte.array import f_contiguous_strides as _f_contiguous_strides
from .compyte.array import get_common_dtype as _get_common_dtype

# --- vector types -----------------------------------------------------------------------------------------------------


class vec:
    """dtypes of float4 and its kin, and functions that make their values: vec.float4, vec.make_float4(x, y, z, w)."""


def _vector_types():
    from .tools import register_dtype

    fields = "xyzw"
    for name, base, most in [("char", "i1", 4), ("uchar", "u1", 4), ("short", "i2", 4), ("ushort", "u2", 4), ("int", "i4", 4),
                             ("uint", "u4", 4), ("long", "i8", 4), ("ulong", "u8", 4), ("longlong", "i8", 2), ("ulonglong", "u8", 2),
                             ("float", "f4", 4), ("double", "f8", 2)]:
        for count in range(1, most + 1):
            dtype = np.dtype([(field, base) for field in fields[:count]])
            if not (name.endswith("longlong")):  # the same dtype as long's
                register_dtype(dtype, f"{name}{count}")
            setattr(vec, f"{name}{count}", dtype)
            setattr(vec, f"make_{name}{count}", staticmethod(_maker(dtype, count)))


def _maker(dtype, count):
    def make(*values):
        if len(values) != count:
            raise TypeError(f"{count} values are needed, got {len(values)}")
        return np.array(values, dtype)

    return make


_vector_types()

# --- shapes and layouts -----------------------------------------------------------------------------------------------


def splay(n, dev=None):
    """(grid, block) for n elements with a loop over the grid."""
    device = dev or drv.Context.get_device()
    threads = 128
    most = 8 * builtins.max(device.get_attribute(drv.device_attribute.MULTIPROCESSOR_COUNT), 16)
    return (builtins.max(1, builtins.min(most, -(-int(n) // threads))), 1), (threads, 1, 1)


def _shape_of(shape):
    if isinstance(shape, np.ndarray):
        shape = shape.tolist()
    if isinstance(shape, numbers.Integral):
        return (int(shape),)
    return tuple(int(n) for n in shape)


def _layout(shape, strides, dtype):
    """A NumPy array of that layout over no memory: for views and strides, never to be read."""
    return np.asarray(types.SimpleNamespace(__array_interface__={
        "shape": shape, "strides": strides, "typestr": f"|V{dtype.itemsize}" if dtype.itemsize else "|V1",
        "data": (1 << 40, False), "version": 3}))


def _strides_for(shape, itemsize, order):
    if order in ("C", "A"):
        return _c_contiguous_strides(itemsize, shape)
    if order == "F":
        return _f_contiguous_strides(itemsize, shape)
    raise ValueError(f"invalid order: {order}")


def _strides_like(other, dtype, order):
    """The strides of a new array in the layout of another one."""
    flags = other.flags
    if order not in ("A", "C", "F", "K"):
        raise ValueError(f"Unsupported order: {order!r}")
    if order == "A":
        order = "F" if flags.f_contiguous and not flags.c_contiguous else "C"
    if order == "K":
        return np.empty_like(_layout(other.shape, other.strides, other.dtype), dtype=f"|V{dtype.itemsize}", order="K").strides
    return _strides_for(other.shape, dtype.itemsize, order)


def _span(shape, strides, itemsize):
    return 0 if 0 in shape else builtins.sum((n - 1) * abs(s) for n, s in zip(shape, strides)) + itemsize


_NUMBERS = frozenset("biufc")

# --- the array --------------------------------------------------------------------------------------------------------


class GPUArray:
    """An array in device memory.

    gpudata: the memory (what `allocator` gave, or an address); ptr: its address. base: what keeps memory alive that was not
    allocated here. Structured dtypes can be filled, copied, indexed and given to kernels, not calculated with.
    """

    __array_priority__ = 100

    # what every array has, set below: the class answers for the names too
    shape = dtype = itemsize = strides = size = mem_size = nbytes = gpudata = None

    def __init__(self, shape, dtype, allocator=drv.mem_alloc, base=None, gpudata=None, strides=None, order="C"):
        self.shape = shape = _shape_of(shape)
        self.dtype = np.dtype(dtype)
        self.itemsize = self.dtype.itemsize
        self.strides = _strides_for(shape, self.itemsize, order) if strides is None else tuple(int(s) for s in strides)
        self.size = self.mem_size = int(np.prod(shape, dtype=np.int64)) if shape else 1
        self.nbytes = self.size * self.itemsize
        self.allocator = drv.mem_alloc if allocator is None else allocator
        self.base = base
        if gpudata is None and self.size:
            gpudata = self.allocator(self.nbytes)
        self.gpudata = gpudata
        self._flags = None

    # what it is

    ndim = property(lambda self: len(self.shape))
    ptr = property(lambda self: 0 if self.gpudata is None else int(self.gpudata), doc="the address")

    @property
    def flags(self):
        if self._flags is None:
            self._flags = _ArrayFlags(self)
        return self._flags

    @property
    def _grid(self):
        return splay(self.size)[0]

    @property
    def _block(self):
        return splay(self.size)[1]

    @property
    def __cuda_array_interface__(self):
        return {"shape": self.shape, "strides": self.strides, "data": (self.ptr, False), "typestr": self.dtype.str, "stream": None,
                "version": 3}

    def __len__(self):
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __hash__(self):
        raise TypeError("GPUArrays are not hashable.")

    def __bool__(self):
        if self.size != 1:
            raise ValueError("The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()")
        return bool(self.get().reshape(()))

    def __str__(self):
        return str(self.get())

    def __repr__(self):
        return repr(self.get())

    # No __iter__, as in PyCUDA: loops go by index, and libraries take what has one for a collection of arrays.

    # as weft's arrays

    @property
    def weft_view(self):
        """A weft.ndarray over this memory. TypeError: a structured dtype."""
        if self.dtype.kind not in _NUMBERS:
            raise TypeError(f"arrays of dtype {self.dtype} cannot be calculated with")
        return _core.array_share(self.ptr, _span(self.shape, self.strides, self.itemsize), self.shape, self.strides, self.dtype, self, False,
                                 None)

    def _bytes_view(self):
        """The same as bytes, with one more axis: for copies, whatever the dtype."""
        shape, strides = (*self.shape, self.itemsize), (*self.strides, 1)
        return _core.array_share(self.ptr, _span(shape, strides, 1), shape, strides, np.dtype(np.uint8), self, False, None)

    def _copy_view(self):
        return self.weft_view if self.dtype.kind in _NUMBERS else self._bytes_view()

    def _new_like_me(self, dtype=None, order="C"):
        """An empty array of this shape; contiguous, in this array's order where it has one."""
        dtype = self.dtype if dtype is None else np.dtype(dtype)
        if self.flags.f_contiguous and not self.flags.c_contiguous:
            order = "F"
        return GPUArray(self.shape, dtype, self.allocator, order=order)

    def _result(self, value, dtype=None, out=None):
        """A weft.ndarray (or number) in memory of this array's allocator, or in `out`."""
        if out is None:
            dtype = np.dtype(value.dtype if dtype is None else dtype)
            same = value.shape == self.shape
            out = self._new_like_me(dtype) if same else GPUArray(value.shape, dtype, self.allocator)
        if out.size:
            out.weft_view[...] = value
        return out

    # to and from the host

    def set(self, ary, async_=False, stream=None, **kwargs):
        """Fills it from a host array of the same size and dtype. ValueError: another size or dtype."""
        async_ = kwargs.pop("async", async_)
        if kwargs:
            raise TypeError(f"extra keyword arguments specified: {', '.join(kwargs)}")
        if ary.size != self.size:
            raise ValueError("ary and self must be the same size")
        if ary.shape != self.shape:
            warnings.warn("Setting array from one with different shape.", stacklevel=2)
            ary = ary.reshape(self.shape)
        if ary.dtype != self.dtype:
            raise ValueError("ary and self must have the same dtype")
        if isinstance(ary, GPUArray):
            self._copy_view()[...] = ary._copy_view()
        elif self.size:
            self._from_host(ary, async_, stream)

    def _from_host(self, ary, async_, stream):
        if self.flags.forc and _same_strides(self, ary):
            copy = drv.memcpy_htod_async if async_ else drv.memcpy_htod
            flat = ary.T if self.flags.f_contiguous and not self.flags.c_contiguous else ary
            return copy(self.gpudata, flat, *((stream,) if async_ else ()))
        if stream is not None:
            stream.synchronize()
        if self.dtype.kind not in _NUMBERS:
            ary = np.ascontiguousarray(ary).view(np.uint8).reshape(*self.shape, self.itemsize)
        self._copy_view()[...] = _creation.from_numpy(ary)
        return None

    def set_async(self, ary, stream=None):
        return self.set(ary, async_=True, stream=stream)

    def get(self, ary=None, pagelocked=False, async_=False, stream=None, **kwargs):
        """A copy on the host: a new array (page-locked if asked for), or `ary`."""
        async_ = kwargs.pop("async", async_)
        if kwargs:
            raise TypeError(f"extra keyword arguments specified: {', '.join(kwargs)}")
        if ary is None:
            strides = _strides_like(self, self.dtype, "K")
            if pagelocked:
                order = "F" if self.flags.f_contiguous and not self.flags.c_contiguous else "C"
                ary = drv.pagelocked_empty(self.shape, self.dtype, order)
            else:
                ary = np.ndarray(self.shape, self.dtype, strides=strides)
        elif ary.size != self.size:
            raise ValueError("self and ary must be the same size")
        elif ary.dtype != self.dtype:
            raise TypeError("self and ary must have the same dtype")
        target = ary
        if ary.shape != self.shape:
            warnings.warn("get() between arrays of different shape is deprecated", DeprecationWarning, stacklevel=2)
            target = ary.view()
            target.shape = self.shape
        if self.size:
            self._to_host(target, async_, stream)
        return ary

    def _to_host(self, ary, async_, stream):
        if self.flags.forc and _same_strides(self, ary):
            copy = drv.memcpy_dtoh_async if async_ else drv.memcpy_dtoh
            flat = ary.T if self.flags.f_contiguous and not self.flags.c_contiguous else ary
            return copy(flat, self.gpudata, *((stream,) if async_ else ()))
        if stream is not None:
            stream.synchronize()
        host = self._copy_view().get()
        if self.dtype.kind not in _NUMBERS:
            host = np.ascontiguousarray(host).view(self.dtype).reshape(self.shape)
        ary[...] = host
        return None

    def get_async(self, stream=None, ary=None):
        return self.get(ary=ary, async_=True, stream=stream)

    def copy(self):
        result = GPUArray(self.shape, self.dtype, self.allocator, strides=_strides_like(self, self.dtype, "K"))
        if self.size:
            result._copy_view()[...] = self._copy_view()
        return result

    def astype(self, dtype, stream=None):
        dtype = np.dtype(dtype)
        return self.copy() if dtype == self.dtype else self._result(self.weft_view.astype(dtype), dtype)

    def fill(self, value, stream=None):
        """Sets every element; returns the array."""
        if not self.size:
            return self
        if self.dtype.kind in _NUMBERS:
            self.weft_view[...] = value.weft_view if isinstance(value, GPUArray) else value
        else:
            item = np.zeros((), self.dtype)
            item[...] = value
            self._bytes_view()[...] = _creation.from_numpy(np.frombuffer(item.tobytes(), np.uint8))
        return self

    # views

    def _viewed(self, layout, dtype=None):
        """The part of this memory that a NumPy array of _layout (indexed, reshaped …) stands for."""
        offset = layout.ctypes.data - (1 << 40) if layout.size else 0
        data = self.gpudata if offset == 0 or self.gpudata is None else self.ptr + offset
        return GPUArray(layout.shape, dtype or self.dtype, self.allocator, _base_of(self), data, layout.strides)

    def _as_layout(self):
        return _layout(self.shape, self.strides, self.dtype)

    def __getitem__(self, index):
        index = index if isinstance(index, tuple) else (index,)
        for part in index:
            if not isinstance(part, (numbers.Integral, slice, type(None), type(Ellipsis))):
                raise TypeError(f"invalid subindex: an integer, slice, None or ... was expected, got {type(part).__name__}")
        if not builtins.any(part is Ellipsis for part in index):
            index = (*index, Ellipsis)
        return self._viewed(self._as_layout()[index])

    def __setitem__(self, index, value):
        target = self[index]
        if not isinstance(value, (GPUArray, np.ndarray, numbers.Number)):
            raise TypeError(f"cannot assign {type(value).__name__} to a part of a GPUArray")
        if not target.size:
            return
        if isinstance(value, numbers.Number):
            target.fill(value)
        elif isinstance(value, GPUArray):
            target._copy_view()[...] = value._copy_view() if value.shape or value.dtype.kind not in _NUMBERS else value.weft_view
        else:
            target.set(np.broadcast_to(value, target.shape).astype(target.dtype))

    def reshape(self, *shape, order="C"):
        """A view of another shape. RuntimeError: the array is not contiguous in that order."""
        if len(shape) == 1 and isinstance(shape[0], (tuple, list, np.ndarray)):
            shape = tuple(shape[0])
        if order == "A":
            order = "F" if self.flags.f_contiguous and not self.flags.c_contiguous else "C"
        if order not in ("C", "F"):
            raise ValueError("order must be either 'C' or 'F' or 'A'")
        shape = _shape_of(shape)
        if builtins.sum(n == -1 for n in shape) > 1:
            raise ValueError("can only specify one unknown dimension")
        if -1 in shape:
            known = -int(np.prod(shape, dtype=np.int64))
            shape = tuple((self.size // known if known else 0) if n == -1 else n for n in shape)
        if int(np.prod(shape, dtype=np.int64)) != self.size:
            raise ValueError(f"total size of new array must be unchanged: {self.shape} has {self.size} elements, {shape} another number")
        if not self.flags.forc:
            raise RuntimeError("only contiguous arrays may be used as arguments to this operation")
        return GPUArray(shape, self.dtype, self.allocator, _base_of(self), self.gpudata, order=order)

    def ravel(self):
        return self.reshape(self.size)

    def view(self, dtype=None):
        """The same bytes as another dtype; the last axis grows or shrinks."""
        dtype = self.dtype if dtype is None else np.dtype(dtype)
        if dtype.itemsize == self.itemsize:
            return GPUArray(self.shape, dtype, self.allocator, _base_of(self), self.gpudata, self.strides)
        axis = builtins.min(range(self.ndim), key=lambda k: self.strides[k], default=None)
        if axis is None or self.strides[axis] != self.itemsize or self.shape[axis] * self.itemsize % dtype.itemsize:
            raise ValueError("new type not compatible with array.")
        shape, strides = list(self.shape), list(self.strides)
        shape[axis] = shape[axis] * self.itemsize // dtype.itemsize
        strides[axis] = dtype.itemsize
        return GPUArray(shape, dtype, self.allocator, _base_of(self), self.gpudata, strides)

    def squeeze(self):
        return self._viewed(self._as_layout().squeeze())

    def transpose(self, axes=None):
        return self._viewed(self._as_layout().transpose(axes))

    T = property(transpose)

    # parts of complex numbers

    def _part(self, which):
        if self.dtype.kind != "c":
            return self if which == 0 else self._new_like_me().fill(0)
        real = np.dtype(f"f{self.itemsize // 2}")
        part = GPUArray(self.shape, real, self.allocator, self, self.ptr + which * real.itemsize, self.strides)
        return self._result(part.weft_view, real)

    real = property(lambda self: self._part(0))
    imag = property(lambda self: self._part(1))

    def conj(self, out=None):
        if self.dtype.kind != "c" and out is None:
            return self
        return self._result(_math.conj(self.weft_view), self.dtype, out)

    conjugate = conj

    # operators

    def _other(self, other):
        return other.weft_view if isinstance(other, GPUArray) else other

    def _binary(self, function, other, out=None, dtype=None):
        if not isinstance(other, (GPUArray, numbers.Number, np.generic)):
            return NotImplemented
        owner = other if isinstance(other, GPUArray) and self.shape == () != other.shape else self
        return owner._result(function(self.weft_view, self._other(other)), dtype, out)

    def _in_place(self, function, other):
        if not isinstance(other, (GPUArray, numbers.Number, np.generic)):
            return NotImplemented
        self.weft_view[...] = function(self.weft_view, self._other(other)).astype(self.dtype)
        return self

    def _compared(self, function, other):
        """Comparisons give 1 and 0 in the operands' common dtype, as in PyCUDA."""
        return self._binary(function, other, dtype=_get_common_dtype(self, other) if isinstance(other, GPUArray) else self.dtype)

    def __add__(self, other): return self._binary(operator.add, other)
    def __radd__(self, other): return self._binary(operator.add, other)
    def __sub__(self, other): return self._binary(operator.sub, other)
    def __rsub__(self, other): return self._binary(lambda a, b: b - a, other)
    def __mul__(self, other): return self._binary(operator.mul, other)
    def __rmul__(self, other): return self._binary(lambda a, b: b * a, other)
    def __truediv__(self, other): return self._binary(operator.truediv, other)
    def __rtruediv__(self, other): return self._binary(lambda a, b: b / a, other)
    def __floordiv__(self, other): return self._binary(operator.floordiv, other)
    def __rfloordiv__(self, other): return self._binary(lambda a, b: b // a, other)
    def __mod__(self, other): return self._binary(operator.mod, other)
    def __rmod__(self, other): return self._binary(lambda a, b: b % a, other)
    def __pow__(self, other): return self._binary(_power, other)
    def __rpow__(self, other): return self._binary(lambda a, b: _power(b, a), other)
    def __iadd__(self, other): return self._in_place(operator.add, other)
    def __isub__(self, other): return self._in_place(operator.sub, other)
    def __imul__(self, other): return self._in_place(operator.mul, other)
    def __itruediv__(self, other): return self._in_place(operator.truediv, other)
    def __ifloordiv__(self, other): return self._in_place(operator.floordiv, other)
    def __ipow__(self, other): return self._in_place(_power, other)
    def __eq__(self, other): return self._compared(operator.eq, other)
    def __ne__(self, other): return self._compared(operator.ne, other)
    def __lt__(self, other): return self._compared(operator.lt, other)
    def __le__(self, other): return self._compared(operator.le, other)
    def __gt__(self, other): return self._compared(operator.gt, other)
    def __ge__(self, other): return self._compared(operator.ge, other)

    __div__, __rdiv__, __idiv__ = __truediv__, __rtruediv__, __itruediv__

    def __neg__(self):
        return self._result(-self.weft_view)

    def __pos__(self):
        return self

    def __abs__(self):
        return self._result(abs(self.weft_view))

    def mul_add(self, selffac, other, otherfac, add_timer=None, stream=None, out=None):
        """selffac * self + otherfac * other, in one kernel."""
        return self._result(selffac * self.weft_view + otherfac * self._other(other), _get_common_dtype(self, other), out)

    def reverse(self, stream=None):
        return self._result(self.weft_view.reshape(-1)[::-1].reshape(self.shape))

    def any(self, stream=None, allocator=None):
        return any(self, stream, allocator)

    def all(self, stream=None, allocator=None):
        return all(self, stream, allocator)

    def bind_to_texref(self, texref, allow_offset=False):
        """Has the texture reference read this array, by tex1Dfetch; returns the offset, 0."""
        return texref.set_address(self.gpudata, self.nbytes, allow_offset=allow_offset)

    def bind_to_texref_ext(self, texref, channels=1, allow_double_hack=False, allow_complex_hack=False, allow_offset=False):
        """The same, and sets the format; doubles and complex numbers are read as words where that is allowed."""
        if not self.flags.forc:
            raise RuntimeError("only contiguous arrays may be used as arguments to this operation")
        complex_ = self.dtype.kind == "c"
        if (self.dtype == np.float64 and allow_double_hack) or (complex_ and allow_complex_hack):
            if channels != 1:
                raise ValueError(f"{self.dtype} is read as words: it can only have one channel")
            channels, integers = self.dtype.itemsize // 4, True
            format = drv.array_format.UNSIGNED_INT32 if self.dtype == np.complex64 else drv.array_format.SIGNED_INT32
        else:
            format, integers = drv.dtype_to_array_format(self.dtype), self.dtype.kind in "iu"
        offset = texref.set_address(self.gpudata, self.nbytes, allow_offset=allow_offset)
        texref.set_format(format, channels)
        if integers:
            texref.set_flags(texref.get_flags() | drv.TRSF_READ_AS_INTEGER)
        return offset // self.dtype.itemsize

    def __reduce__(self):
        return to_gpu, (self.get(),)


def _base_of(array):
    return array if array.base is None else array.base


def _power(a, b):
    return a ** b


def _memcpy_discontig(dst, src, async_=False, stream=None):
    """Copies src into dst, arrays of the device or the host, whatever their strides. ValueError: other shapes, TypeError: other dtypes."""
    if not isinstance(src, (GPUArray, np.ndarray)) or not isinstance(dst, (GPUArray, np.ndarray)):
        raise TypeError("src and dst must be GPUArray or ndarray")
    if src.shape != dst.shape:
        raise ValueError(f"src and dst must be same shape: got {src.shape} and {dst.shape}")
    if src.dtype != dst.dtype:
        raise TypeError(f"src and dst must have same dtype: got {src.dtype} and {dst.dtype}")
    if isinstance(dst, GPUArray):
        dst.set(src, async_, stream)
    elif isinstance(src, GPUArray):
        src.get(dst, async_=async_, stream=stream)
    else:
        dst[...] = src


def _same_strides(gpu, host):
    """Whether the host array is laid out as the device's, so that its bytes can be copied as they are."""
    return builtins.all(a == b or n <= 1 for a, b, n in zip(gpu.strides, host.strides, gpu.shape)) and (
        host.flags.c_contiguous or host.flags.f_contiguous)


# --- making them ------------------------------------------------------------------------------------------------------


def to_gpu(ary, allocator=drv.mem_alloc):
    """A copy of a NumPy array on the device, in its own order of axes."""
    result = GPUArray(ary.shape, ary.dtype, allocator, strides=np.empty_like(ary).strides)
    result.set(ary)
    return result


def to_gpu_async(ary, allocator=drv.mem_alloc, stream=None):
    result = GPUArray(ary.shape, ary.dtype, allocator, strides=np.empty_like(ary).strides)
    result.set_async(ary, stream)
    return result


empty = GPUArray


def zeros(shape, dtype=np.float64, allocator=drv.mem_alloc, order="C"):
    return GPUArray(shape, dtype, allocator, order=order).fill(np.zeros((), dtype)[()])


def ones(shape, dtype=np.float64, allocator=drv.mem_alloc, order="C"):
    return GPUArray(shape, dtype, allocator, order=order).fill(np.ones((), dtype)[()])


def empty_like(other_ary, dtype=None, order="K"):
    dtype = other_ary.dtype if dtype is None else np.dtype(dtype)
    return GPUArray(other_ary.shape, dtype, getattr(other_ary, "allocator", drv.mem_alloc), strides=_strides_like(other_ary, dtype, order))


def zeros_like(other_ary, dtype=None, order="K"):
    result = empty_like(other_ary, dtype, order)
    return result.fill(np.zeros((), result.dtype)[()])


def ones_like(other_ary, dtype=None, order="K"):
    result = empty_like(other_ary, dtype, order)
    return result.fill(np.ones((), result.dtype)[()])


def arange(*args, start=0, stop=None, step=1, dtype=None, allocator=drv.mem_alloc, stream=None):
    """arange([start,] stop[, step][, dtype])."""
    args = list(args)
    if args and (isinstance(args[-1], np.dtype) or isinstance(args[-1], type)):
        dtype = args.pop()
    if len(args) == 1:
        stop, = args
    elif len(args) == 2:
        start, stop = args
    elif len(args) == 3:
        start, stop, step = args
    elif args:
        raise ValueError("too many arguments")
    if stop is None:
        raise ValueError("stop argument is required")
    if dtype is None:
        dtype = np.result_type(*(np.asarray(n) for n in (start, stop, step)))
    values = _creation.arange(start, stop, step, np.dtype(dtype))
    result = GPUArray(values.shape, dtype, allocator)
    return result._result(values, dtype, result)


# --- choosing ---------------------------------------------------------------------------------------------------------


def take(a, indices, out=None, stream=None):
    """a[indices] of a flat array. Indices outside it give its first or last element; nobody waits to look at them."""
    return a._result(_taken(a, indices), a.dtype, out)


def _taken(a, indices):
    return _indexing.take(a.weft_view.reshape(-1), indices.weft_view, mode="clip")


def multi_take(arrays, indices, out=None, stream=None):
    """take() of each of several arrays."""
    outs = out or [None] * len(arrays)
    return [take(a, indices, o) for a, o in zip(arrays, outs)]


def _put(a, out, to, source, offset, stream):
    """out[to] = a[source + offset]; without a source, a itself."""
    index, more, more_numbers = ("i", (), ()) if source is None else ("source[i] + offset", (source,), (offset,))
    arguments = f"{_c_name(out)} *out, const {_c_name(to)} *to, const {_c_name(a)} *a" + (
        "" if source is None else f", const {_c_name(source)} *source, long long offset")
    elementwise.ElementwiseKernel(arguments, f"out[to[i]] = a[{index}]", "put_elements")(
        *_flat(out, to, a, *more), *more_numbers, range=slice(0, to.size), stream=stream)


def _c_name(array):
    from .tools import dtype_to_ctype

    return dtype_to_ctype(array.dtype)


def _flat(*arrays):
    return [array.reshape(-1) for array in arrays]


def multi_put(arrays, dest_indices, dest_shape=None, out=None, stream=None):
    """out[k][dest_indices] = arrays[k]."""
    if out is None:
        if dest_shape is None:
            raise ValueError("dest_shape is needed when there is no out")
        out = [GPUArray(dest_shape, a.dtype, a.allocator) for a in arrays]
    for a, o in zip(arrays, out):
        _put(a, o, dest_indices, None, 0, stream)
    return out


def multi_take_put(arrays, dest_indices, src_indices, dest_shape=None, out=None, stream=None, src_offsets=None):
    """out[k][dest_indices] = arrays[k][src_indices + src_offsets[k]]."""
    if out is None:
        if dest_shape is None:
            raise ValueError("dest_shape is needed when there is no out")
        out = [GPUArray(dest_shape, a.dtype, a.allocator) for a in arrays]
    for a, o, offset in zip(arrays, out, src_offsets or [0] * len(arrays)):
        _put(a, o, dest_indices, src_indices, offset, stream)
    return out


def _joined(function, arrays, axis, allocator):
    first = arrays[0]
    value = function([a.weft_view for a in arrays], axis)
    return first._result(value, out=GPUArray(value.shape, value.dtype, allocator or first.allocator))


def concatenate(arrays, axis=0, allocator=None):
    from weft._array import manipulation

    return _joined(manipulation.concatenate, arrays, axis, allocator)


def stack(arrays, axis=0, allocator=None):
    from weft._array import manipulation

    return _joined(manipulation.stack, arrays, axis, allocator)


def transpose(a, axes=None):
    return a.transpose(axes)


def reshape(a, *shape, **kwargs):
    return a.reshape(*shape, **kwargs)


def _chosen(condition, then_, else_, out):
    owner = next(a for a in (then_, else_, condition) if isinstance(a, GPUArray))
    value = _math.where(condition, *(a.weft_view if isinstance(a, GPUArray) else a for a in (then_, else_)))
    return owner._result(value, None, out)


def if_positive(criterion, then_, else_, out=None, stream=None):
    """then_ where the criterion is positive, else_ elsewhere."""
    if not isinstance(criterion, GPUArray):
        raise TypeError("if_positive: the criterion is a GPUArray")
    return _chosen(criterion.weft_view > 0, then_, else_, out)


def where(criterion, then_, else_, out=None, stream=None):
    """then_ where the criterion is not zero, else_ elsewhere."""
    return _chosen(criterion.weft_view != 0, then_, else_, out)


def _pair(function, a, b, out, dtype=None):
    if not isinstance(a, GPUArray):
        return b._result(function(a, b.weft_view), dtype, out)
    return a._result(function(a.weft_view, a._other(b)), dtype, out)


def maximum(a, b, out=None, stream=None):
    return _pair(_math.maximum, a, b, out)


def minimum(a, b, out=None, stream=None):
    return _pair(_math.minimum, a, b, out)


def logical_and(x1, x2, /, out=None, *, allocator=None):
    return _pair(_math.logical_and, x1, x2, out)


def logical_or(x1, x2, /, out=None, *, allocator=None):
    return _pair(_math.logical_or, x1, x2, out)


def logical_not(x, /, out=None, *, allocator=None):
    return x._result(_math.logical_not(x.weft_view), None, out)


# --- reductions: scalars that stay on the device ----------------------------------------------------------------------


def _reduced(a, value, dtype, allocator=None):
    out = GPUArray((), dtype, allocator or a.allocator)
    out.weft_view[...] = value
    return out


def sum(a, dtype=None, stream=None, allocator=None):
    dtype = np.dtype(dtype or a.dtype)
    return _reduced(a, a.weft_view.sum(dtype=dtype), dtype, allocator)


def any(a, stream=None, allocator=None):
    return _reduced(a, a.weft_view.any(), np.bool_, allocator)


def all(a, stream=None, allocator=None):
    return _reduced(a, a.weft_view.all(), np.bool_, allocator)


def max(a, stream=None, allocator=None):
    return _reduced(a, a.weft_view.max(), a.dtype, allocator)


def min(a, stream=None, allocator=None):
    return _reduced(a, a.weft_view.min(), a.dtype, allocator)


def dot(a, b, dtype=None, stream=None, allocator=None):
    """The sum of products of all elements, whatever the shape."""
    dtype = np.dtype(dtype or _get_common_dtype(a, b))
    product = a.weft_view.reshape(-1).astype(dtype) * b.weft_view.reshape(-1).astype(dtype)
    return _reduced(a, product.sum(dtype=dtype), dtype, allocator)


def vdot(a, b, dtype=None, stream=None, allocator=None):
    """dot() with a's conjugate."""
    return dot(a.conj(), b, dtype, stream, allocator)


def subset_sum(subset, a, dtype=None, stream=None, allocator=None):
    """The sum of a[subset]."""
    dtype = np.dtype(dtype or a.dtype)
    return _reduced(a, _taken(a, subset).sum(dtype=dtype), dtype, allocator)


def subset_dot(subset, a, b, dtype=None, stream=None, allocator=None):
    dtype = np.dtype(dtype or _get_common_dtype(a, b))
    product = _taken(a, subset).astype(dtype) * _taken(b, subset).astype(dtype)
    return _reduced(a, product.sum(dtype=dtype), dtype, allocator)


def subset_max(subset, a, stream=None, allocator=None):
    return _reduced(a, _taken(a, subset).max(), a.dtype, allocator)


def subset_min(subset, a, stream=None, allocator=None):
    return _reduced(a, _taken(a, subset).min(), a.dtype, allocator)


from pycuda import elementwise  # noqa: E402, F401  (programs reach it through here)
