"""float(int(x)) and its kin: compiled they stay floats, and give what the way over the integer gives, which saturates (NaN is 0)."""
import math

import numpy as np
import pytest

import weft as wf

LEAST = {np.int32: -(2**31), np.int64: -(2**63), np.uint32: 0, np.uint64: 0}
MOST = {np.int32: 2**31 - 1, np.int64: 2**63 - 1, np.uint32: 2**32 - 1, np.uint64: 2**64 - 1}
EDGES = [0.3, -0.3, -0.0, 0.0, 0.5, 1.5, 2.5, -2.5, -1.0, 1e300, -1e300, math.nan, math.inf, -math.inf, 5e9, -5e9, 4503599627370497.5]
EDGES += [sign * (2.0**n + d) for n in (23, 24, 31, 32, 52, 53, 62, 63, 64) for d in (-1.5, -0.5, 0.0, 0.5, 1.5) for sign in (1, -1)]


def values(real):
    with np.errstate(over="ignore"):
        return np.array(EDGES * 3, real)


def expected(x, real, whole, rounds):
    """In exact arithmetic of Python's integers."""
    if math.isnan(x):
        return real(0)
    if math.isinf(x):
        return real(MOST[whole] if x > 0 else LEAST[whole])
    n = round(float(x)) if rounds else int(x)
    return real(min(max(n, LEAST[whole]), MOST[whole]))


@pytest.mark.parametrize("real", [np.float32, np.float64])
@pytest.mark.parametrize("whole", list(LEAST))
@pytest.mark.parametrize("kind", ["vectors", "a chain", "lanes"])
def test_truncated(real, whole, kind):
    def vectors(x, out):
        for i in range(len(x)):
            out[i] = real(whole(x[i]))
        return out

    def a_chain(x, out):
        i = 0
        while i < len(x) and out[i] == 0:
            out[i] = real(whole(x[i]))
            i += 1
        return out

    def lanes(x, out):
        for i in range(len(x)):
            out[i] = real(whole(x[i])) + real(math.sin(out[i]))
        return out

    x = values(real)
    function = {"vectors": vectors, "a chain": a_chain, "lanes": lanes}[kind]
    got = wf.njit(function)(x, np.zeros_like(x))
    want = np.array([expected(v, real, whole, False) for v in x], real)
    assert got.tobytes() == want.tobytes(), [(v, g, w) for v, g, w in zip(x, got, want) if g != w]


def test_rounded():
    @wf.njit
    def rounded(x, out):
        for i in range(len(x)):
            out[i] = 0.5 * round(x[i])
        return out

    x = values(np.float64)
    want = np.array([0.5 * expected(v, np.float64, np.int64, True) for v in x])
    assert rounded(x, np.zeros_like(x)).tobytes() == want.tobytes()
