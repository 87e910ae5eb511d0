"""np.random.Generator of PCG64 in compiled code: the draws that loops are full of. The same numbers as NumPy's, from the same state.

PCG64 (O'Neill 2014): a linear congruential generator of 128 bits, XSL-RR output. Integers below a bound: Lemire 2019.
"""

import numpy as np

from .._pyresolve import implements

_LOW, _HIGH = np.uint64(0x4385DF649FCCF645), np.uint64(0x2360ED051FC65DA4)  # the multiplier
_32, _58, _11, _63 = np.uint64(32), np.uint64(58), np.uint64(11), np.uint64(63)
_HALF = np.uint64(0xFFFFFFFF)


def _high_product(a, b):
    """The upper 64 bits of a product."""
    a0, a1, b0, b1 = a & _HALF, a >> _32, b & _HALF, b >> _32
    low, one, two = a0 * b0, a1 * b0, a0 * b1
    middle = (low >> _32) + (one & _HALF) + (two & _HALF)
    return a1 * b1 + (one >> _32) + (two >> _32) + (middle >> _32)


def _next64(words):
    low, high = words[0], words[1]
    top = _high_product(low, _LOW) + low * _HIGH + high * _LOW
    low = low * _LOW
    sum_ = low + words[2]
    high = top + words[3] + np.uint64(sum_ < low)
    words[0] = sum_
    words[1] = high
    mixed, turn = high ^ sum_, high >> _58
    return (mixed >> turn) | (mixed << ((np.uint64(64) - turn) & _63))


def _next32(words, half):
    if half[0]:
        half[0] = 0
        return np.uint64(half[1])
    drawn = _next64(words)
    half[0] = 1
    half[1] = np.uint32(drawn >> _32)
    return drawn & _HALF


def _double(words):
    return np.float64(_next64(words) >> _11) * (1.0 / 9007199254740992.0)


def _is_pcg(rng):
    return rng.is_tuple and rng.code.count(";") == 1 and "AC1LAC1I" in rng.code


@implements("generator.random")
def random(rng):
    return (lambda rng: _double(rng.words)) if _is_pcg(rng) else None


def _between(words, low, high):
    if high - low < 0:
        raise ValueError("high - low < 0")
    return low + (high - low) * _double(words)


@implements("generator.uniform")
def uniform(rng, low=None, high=None):
    if not _is_pcg(rng) or any(a is not None and not a.is_number for a in (low, high)):
        return None
    if low is None:
        return (lambda rng: _double(rng.words)) if high is None else lambda rng, high: _between(rng.words, 0.0, high)
    if high is None:
        return lambda rng, low: _between(rng.words, low, 1.0)
    return lambda rng, low, high: _between(rng.words, low, high)


def _below(words, half, low, high):
    if low >= high:
        raise ValueError("low >= high")
    most = np.uint64(high - 1 - low)
    if most == np.uint64(0):
        return np.int64(low)
    if most > _HALF:
        return np.int64(low + np.int64(_below64(words, most)))
    if most == _HALF:
        return np.int64(low + np.int64(_next32(words, half)))
    count = most + np.uint64(1)
    m = _next32(words, half) * count
    if (m & _HALF) < count:
        least = (_HALF - most) % count
        while (m & _HALF) < least:
            m = _next32(words, half) * count
    return np.int64(low + np.int64(m >> _32))


def _below64(words, most):
    if most == np.uint64(0xFFFFFFFFFFFFFFFF):
        return _next64(words)
    count = most + np.uint64(1)
    drawn = _next64(words)
    rest = drawn * count
    if rest < count:
        least = (np.uint64(0xFFFFFFFFFFFFFFFF) - most) % count
        while rest < least:
            drawn = _next64(words)
            rest = drawn * count
    return _high_product(drawn, count)


@implements("generator.integers")
def integers(rng, low, high=None):
    if not _is_pcg(rng) or low.element not in "bhilBHI" or high is not None and not (high.is_none or high.element in list("bhilBHI")) or not low.is_number:
        return None
    if high is None or high.is_none:
        return lambda rng, low: _below(rng.words, rng.half, 0, low)
    return lambda rng, low, high: _below(rng.words, rng.half, low, high)


_tables = []


def _normal():
    """The draw of a standard normal number, made when it is first asked for."""
    if _tables:
        return _tables[0]
    from .ziggurat import EDGE, INVERSE_EDGE, normal_tables

    limits, widths, density = normal_tables()
    edge, inverse = float(EDGE), INVERSE_EDGE

    def normal(words):
        while True:
            drawn = _next64(words)
            layer = np.int64(drawn & np.uint64(255))
            size = (drawn >> np.uint64(9)) & np.uint64(0xFFFFFFFFFFFFF)
            x = np.float64(size) * widths[layer]
            if drawn & np.uint64(256):
                x = -x
            if size < limits[layer]:
                return x
            if layer == 0:
                while True:
                    beyond = -inverse * np.log1p(-_double(words))
                    y = -np.log1p(-_double(words))
                    if y + y > beyond * beyond:
                        return -(edge + beyond) if (size >> np.uint64(8)) & np.uint64(1) else edge + beyond
            elif (density[layer - 1] - density[layer]) * _double(words) + density[layer] < np.exp(-0.5 * x * x):
                return x

    _tables.append(normal)
    return normal


@implements("generator.standard_normal")
def standard_normal(rng):
    if not _is_pcg(rng):
        return None
    draw = _normal()
    return lambda rng: draw(rng.words)


@implements("generator.normal")
def normal(rng, loc=None, scale=None):
    if not _is_pcg(rng) or any(a is not None and not a.is_number for a in (loc, scale)):
        return None
    draw = _normal()
    if loc is None:
        return (lambda rng: draw(rng.words)) if scale is None else lambda rng, scale: _scaled(draw(rng.words), 0.0, scale)
    if scale is None:
        return lambda rng, loc: loc + draw(rng.words)
    return lambda rng, loc, scale: _scaled(draw(rng.words), loc, scale)


def _scaled(x, loc, scale):
    if scale < 0:
        raise ValueError("scale < 0")
    return loc + scale * x
