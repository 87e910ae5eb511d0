"""wf.cuda.fp8: numbers of eight bits for kernels, under CUDA's names.

    bits = cvt_float_to_fp8(x, saturation_t.SATFINITE, fp8_interpretation_t.E4M3)      uint8, as they are stored
    v = fp8_e4m3(x)                 x rounded to such a number; too large ones become the largest, as CUDA's constructors do
    v = fp8_to_float(bits, fp8_interpretation_t.E4M3)

A number of eight bits is one of float32's, so that is what v is: float32(v), int32(v) and the like convert it. E5M2 and E4M3
are rounded to nearest, once, from whatever type x has; E8M0 is a power of two alone: the next one up in fp8_e8m0(x), up or down in
the functions. Arrays are of uint8.
"""

import enum
from collections import namedtuple

from .._pytypes import float32, float64, int32, int64, uint8, uint16
from . import libdevice
from .bf16 import ushort_as_bfloat16
from ._kernels import jit

_device = jit(device=True)


class saturation_t(enum.IntEnum):
    """What becomes of numbers that are too large: infinity (E5M2) or no number; or the largest."""

    NOSAT = 0
    SATFINITE = 1


class fp8_interpretation_t(enum.IntEnum):
    E4M3 = 0
    E5M2 = 1


class cudaRoundMode(enum.IntEnum):
    cudaRoundNearest = 0
    cudaRoundZero = 1
    cudaRoundPosInf = 2
    cudaRoundMinInf = 3


bfloat16_raw = namedtuple("bfloat16_raw", "x")
_E4M3, _NOSAT, _UP = int(fp8_interpretation_t.E4M3), int(saturation_t.NOSAT), int(cudaRoundMode.cudaRoundPosInf)


@_device
def cvt_double_to_fp8(x, saturate, interpretation):
    """The nearest, the even one of two. Its bits are the multiples of the unit in the last place below it, exponent first."""
    bits = libdevice.double_as_longlong(float64(x))
    negative = uint8((bits >> 56) & 0x80)
    a = libdevice.longlong_as_double(bits & 0x7fffffffffffffff)
    if a != a:
        return uint8(0x7f)
    kept, bias, largest = (3, 7, 0x7e) if interpretation == _E4M3 else (2, 15, 0x7b)
    exponent = max(int32((bits >> 52) & 0x7ff) - 1023, 1 - bias)
    if exponent > 16:
        code = 0x100
    else:
        unit = libdevice.longlong_as_double(int64(1023 + kept - exponent) << 52)
        code = ((exponent + bias - 1) << kept) + int32(libdevice.rint(a * unit))
    if code > largest:
        code = largest if saturate != _NOSAT else 0x7f if interpretation == _E4M3 else 0x7c
    return uint8(code) | negative


@_device
def cvt_float_to_fp8(x, saturate, interpretation):
    return cvt_double_to_fp8(float64(x), saturate, interpretation)


@_device
def cvt_bfloat16raw_to_fp8(x, saturate, interpretation):
    return cvt_double_to_fp8(float64(float32(ushort_as_bfloat16(x.x))), saturate, interpretation)


@_device
def fp8_to_float(bits, interpretation):
    """float32 of the bits of E4M3 or E5M2."""
    code = int32(bits) & 0x7f
    kept, bias = (3, 7) if interpretation == _E4M3 else (2, 15)
    if code == 0x7f or (interpretation != _E4M3 and code > 0x7c):
        return libdevice.uint_as_float(0x7fffffff)
    if interpretation != _E4M3 and code == 0x7c:
        found = libdevice.uint_as_float(0x7f800000)
    else:
        exponent, rest = code >> kept, code & ((1 << kept) - 1)
        whole = rest if exponent == 0 else rest + (1 << kept)
        found = float32(whole) * libdevice.uint_as_float((127 + max(exponent, 1) - bias - kept) << 23)
    return -found if int32(bits) & 0x80 else found


# ---- powers of two ----

@_device
def cvt_double_to_e8m0(x, saturate, rounding):
    """Of the number without its sign; cudaRoundPosInf: the next power up, else down."""
    bits = libdevice.double_as_longlong(float64(x)) & 0x7fffffffffffffff
    if bits > 0x7ff0000000000000:
        return uint8(0xff)
    exponent = int32(bits >> 52) - 1023
    if rounding == _UP and bits & 0xfffffffffffff != 0:
        exponent += 1
    code = max(exponent + 127, 0)
    if code > 0xfe:
        code = 0xfe if saturate != _NOSAT else 0xff
    return uint8(code)


@_device
def cvt_float_to_e8m0(x, saturate, rounding):
    return cvt_double_to_e8m0(float64(x), saturate, rounding)


@_device
def cvt_bfloat16raw_to_e8m0(x, saturate, rounding):
    return cvt_double_to_e8m0(float64(float32(ushort_as_bfloat16(x.x))), saturate, rounding)


@_device
def e8m0_to_float(bits):
    code = int32(bits)
    return libdevice.uint_as_float(0x7fffffff if code == 0xff else 0x400000 if code == 0 else code << 23)


@_device
def cvt_e8m0_to_bf16raw(bits):
    code = int32(bits)
    return bfloat16_raw(uint16(0x7fff if code == 0xff else 0x40 if code == 0 else code << 7))


# ---- as numbers ----

@_device
def fp8_e5m2(x):
    return fp8_to_float(cvt_double_to_fp8(float64(x), 1, 1), 1)


@_device
def fp8_e4m3(x):
    return fp8_to_float(cvt_double_to_fp8(float64(x), 1, 0), 0)


@_device
def fp8_e8m0(x):
    return e8m0_to_float(cvt_double_to_e8m0(float64(x), 1, 2))


__all__ = ["bfloat16_raw", "cudaRoundMode", "cvt_bfloat16raw_to_e8m0", "cvt_bfloat16raw_to_fp8", "cvt_double_to_e8m0", "cvt_double_to_fp8",
           "cvt_e8m0_to_bf16raw", "cvt_float_to_e8m0", "cvt_float_to_fp8", "e8m0_to_float", "fp8_e4m3", "fp8_e5m2", "fp8_e8m0",
           "fp8_interpretation_t", "fp8_to_float", "saturation_t"]
