"""wf.cuda.bf16: functions of bfloat16 numbers for kernels, under CUDA's names and NumPy's: hadd, int2bfloat16_rd, int32_to_bfloat16_rd.

The compiler knows the operators, the mathematics and the bits (the list is src/pyfunc/libdevice.c's); the rest is made of these here.
Arithmetic is done in float32 and rounded once; hfma rounds once too. _rn is to nearest, _rz towards zero, _rd down, _ru up.
"""

import math

from .. import _core
from .._pysource import Stub
from .._pytypes import bfloat16, float32, float64, int8, int16, int32, uint8, uint16, uint32
from . import libdevice
from ._kernels import jit

_KNOWN = _core.PyFunction._names("cuda.bf16.")
globals().update({name: Stub(f"cuda.bf16.{name}") for name in _KNOWN})
_device = jit(device=True)
hadd_rn, hsub_rn, hmul_rn, htanh_approx = hadd, hsub, hmul, htanh  # noqa: F821
float2bfloat16_rn = float2bfloat16 = double2bfloat16 = bfloat16


# ---- arithmetic and comparisons ----

@_device
def _saturated(x):
    """Within [0, 1]; NaN is 0."""
    return hmin(x, bfloat16(1)) if x > bfloat16(0) else bfloat16(0)  # noqa: F821


@_device
def hadd_sat(a, b):
    return _saturated(hadd(a, b))  # noqa: F821


@_device
def hsub_sat(a, b):
    return _saturated(hsub(a, b))  # noqa: F821


@_device
def hmul_sat(a, b):
    return _saturated(hmul(a, b))  # noqa: F821


@_device
def hfma_sat(a, b, c):
    return _saturated(hfma(a, b, c))  # noqa: F821


@_device
def hfma_relu(a, b, c):
    x = hfma(a, b, c)  # noqa: F821
    return bfloat16(0) if x < bfloat16(0) else x


@_device
def hisnan(a):
    return a != a


@_device
def hisinf(a):
    x = float32(a)
    return int32(1) if x == math.inf else int32(-1) if x == -math.inf else int32(0)


@_device
def hmax_nan(a, b):
    return a if a != a else b if b != b else hmax(a, b)  # noqa: F821


@_device
def hmin_nan(a, b):
    return a if a != a else b if b != b else hmin(a, b)  # noqa: F821


# True where a number is none.

@_device
def hequ(a, b):
    return not (a < b or a > b)


@_device
def hneu(a, b):
    return a != b


@_device
def hgeu(a, b):
    return not a < b


@_device
def hgtu(a, b):
    return not a <= b


@_device
def hleu(a, b):
    return not a > b


@_device
def hltu(a, b):
    return not a >= b


# ---- from floats and integers: the upper half of a float's bits, or the next one away from zero ----

@_device
def float2bfloat16_rz(x):
    return bfloat16(x) if x != x else ushort_as_bfloat16(libdevice.float_as_uint(x) >> 16)  # noqa: F821


@_device
def float2bfloat16_ru(x):
    bits = libdevice.float_as_uint(x)
    return bfloat16(x) if x != x else ushort_as_bfloat16((bits >> 16) + int32((bits & 0xffff) != 0 and bits < 0x80000000))  # noqa: F821


@_device
def float2bfloat16_rd(x):
    bits = libdevice.float_as_uint(x)
    return bfloat16(x) if x != x else ushort_as_bfloat16((bits >> 16) + int32((bits & 0xffff) != 0 and bits >= 0x80000000))  # noqa: F821


def _through(first, then):
    @_device
    def convert(x):
        return then(first(x))

    return convert


def _nearest_of_64_bits(down, up):
    """By way of a double whose last bit says whether it is exact, so that rounding once more is right."""
    @_device
    def convert(x):
        low = down(x)
        return bfloat16(libdevice.longlong_as_double(libdevice.double_as_longlong(low) | int32(low != up(x))))

    return convert


_TOWARDS = {"rd": float2bfloat16_rd, "ru": float2bfloat16_ru, "rz": float2bfloat16_rz}
for _c in ("short", "ushort", "int", "uint", "ll", "ull"):
    for _way, _then in _TOWARDS.items():
        _first = float32 if _c.endswith("short") else getattr(libdevice, f"{_c}2float_{_way}")
        globals()[f"{_c}2bfloat16_{_way}"] = _through(_first, _then)
    globals()[f"{_c}2bfloat16_rn"] = _through(float64, bfloat16)
for _c in ("ll", "ull"):
    globals()[f"{_c}2bfloat16_rn"] = _nearest_of_64_bits(getattr(libdevice, f"{_c}2double_rd"), getattr(libdevice, f"{_c}2double_ru"))


# ---- to integers: what is too large becomes the largest, NaN 0 ----

def _cut(convert, type_, least, most):
    @_device
    def cut(x):
        return type_(min(max(convert(float32(x)), least), most))

    return cut


for _way in ("rn", "rz", "rd", "ru"):
    for _c in ("int", "uint", "ll", "ull"):
        globals()[f"bfloat162{_c}_{_way}"] = _through(float32, getattr(libdevice, f"float2{_c}_{_way}"))
    globals()[f"bfloat162short_{_way}"] = _cut(getattr(libdevice, f"float2int_{_way}"), int16, -32768, 32767)
    globals()[f"bfloat162ushort_{_way}"] = _cut(getattr(libdevice, f"float2uint_{_way}"), uint16, uint32(0), uint32(65535))
bfloat162char_rz = _cut(libdevice.float2int_rz, int8, -128, 127)
bfloat162uchar_rz = _cut(libdevice.float2uint_rz, uint8, uint32(0), uint32(255))


# ---- bits ----

@_device
def bfloat16_as_short(a):
    return int16(bfloat16_as_ushort(a))  # noqa: F821


@_device
def short_as_bfloat16(a):
    return ushort_as_bfloat16(uint16(a))  # noqa: F821


# ---- NumPy's names ----

_NAMES = {"char": "int8", "uchar": "uint8", "short": "int16", "ushort": "uint16", "int": "int32", "uint": "uint32", "ll": "int64", "ull": "uint64",
          "float": "float32", "double": "float64"}
for _c, _name in _NAMES.items():
    for _suffix in ("", "_rn", "_rz", "_rd", "_ru"):
        for _own, _other in ((f"bfloat162{_c}{_suffix}", f"bfloat16_to_{_name}{_suffix}"), (f"{_c}2bfloat16{_suffix}", f"{_name}_to_bfloat16{_suffix}")):
            if _own in globals():
                globals()[_other] = globals()[_own]
bfloat16_as_int16, bfloat16_as_uint16, int16_as_bfloat16, uint16_as_bfloat16 = (
    bfloat16_as_short, bfloat16_as_ushort, short_as_bfloat16, ushort_as_bfloat16)  # noqa: F821

__all__ = sorted(name for name in globals() if not name.startswith("_") and name not in (
    "math", "jit", "libdevice", "Stub", "float32", "float64", "int8", "int16", "int32", "uint8", "uint16", "uint32"))
