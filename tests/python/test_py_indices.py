"""Indices in loops under @wf.jit: named more than once, made of floats, changed on the way."""

import numpy as np
import pytest

import weft as wf

rng = np.random.default_rng(7)


def between(img, ys, xs, out):
    for i in range(len(ys)):
        y, x = int(ys[i]), int(xs[i])
        fy, fx = ys[i] - y, xs[i] - x
        above = img[y, x] * (1 - fx) + img[y, x + 1] * fx
        below = img[y + 1, x] * (1 - fx) + img[y + 1, x + 1] * fx
        out[i] = above * (1 - fy) + below * fy
    return out


def test_indices_of_floats():
    img, ys, xs = rng.random((20, 30)), rng.random(200) * 38 - 19, rng.random(200) * 58 - 29
    assert wf.njit(between)(img, ys, xs, np.empty(200)).tobytes() == between(img, ys, xs, np.empty(200)).tobytes()


@pytest.mark.parametrize("bad", [19.5, -21.5, np.nan, np.inf, -np.inf, 1e300, 2.0**63, -(2.0**63), float(2**62)])
def test_an_index_of_a_float_that_is_outside(bad):
    img, ys, xs = rng.random((20, 30)), rng.random(50), rng.random(50)
    ys[37] = bad
    out = np.zeros(50)
    if bad == bad:  # the integer of NaN is 0
        with pytest.raises(IndexError, match="axis 0"):
            wf.njit(between)(img, ys, xs, out)
        assert out[36] and not out[37]
    else:
        assert np.isnan(wf.njit(between)(img, ys, xs, out)[37])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_integers_of_floats_beside_an_index(dtype):
    def f(a, at, x, out):
        for i in range(len(x)):
            out[i] = int(x[i]) + a[at[i]]
        return out

    least, most = -(2**63), 2**63 - 1
    x = np.array([0.0, -0.9, 1.9, -1.9, 2.0**53, -(2.0**62), 2.0**63, -(2.0**63), 1e30, -1e30, np.inf, -np.inf, np.nan], dtype)
    want = [0 if np.isnan(v) else most if v >= 2.0**63 else least if v <= -(2.0**63) else int(v) for v in x.tolist()]
    assert wf.njit(f)(np.zeros(3, np.int64), np.arange(len(x)) % 3, x, np.zeros(len(x), np.int64)).tolist() == want


def counted_again(a, at):
    """The same index, whose variables change between its uses."""
    s = 0.0
    for i in range(len(at)):
        k = at[i]
        s += a[k] * 2
        k += 1
        s += a[k] * 3
        if s > 5:
            k = -k
        s += a[k] * 5
        s += a[k - 1] * 7 + a[k - 1] * 11
        for _ in range(2):
            s += a[k] * 13
            k -= 1
        s += a[k] * 17 if k > 0 and a[k] > 0.5 else a[k] * 19
    return s


def test_variables_that_change_between_two_uses():
    a, at = rng.random(40), rng.integers(-20, 20, 300)
    assert wf.njit(counted_again)(a, at) == counted_again(a, at)


def test_another_axis_of_the_same_index():
    @wf.njit
    def f(a, at, out):
        for i in range(len(at)):
            out[i] = a[at[i] * 0, at[i] * 1] + a[at[i] * 1, at[i] * 0]
        return out

    @wf.njit
    def g(a, at):
        s = 0.0
        for i in range(len(at)):
            k = at[i]
            s += a[0, k] + a[k, 0]
        return s

    a = rng.random((3, 9))
    assert g(a, np.array([1, -2])) == a[0, 1] + a[1, 0] + (a[0, -2] + a[-2, 0])
    for run in (lambda at: f(a, at, np.zeros(1)), lambda at: g(a, at)):
        with pytest.raises(IndexError, match="axis 0"):
            run(np.array([3]))


def test_indices_made_of_floats_make_valid_code(tmp_path):
    """Every path of such an index says where it comes from; LLVM does not look unless it is asked."""
    text = """
import numpy as np
import weft as wf

@wf.jit
def put(m, x, y):
    while True:
        m[int(y), int(x)] = 1
        if m.sum() > 0:
            break
    return m

@wf.jit
def turns(m, r):
    n = 0
    done = False
    while not done:
        q = np.random.random() * r - 3
        if m[int(q), int(q) // 2] == 0:
            m[int(q), int(q) // 2] = 1
        n += 1
        done = n > 10
    return m

assert put(np.zeros((3, 3)), 1.5, -1.2).tolist() == [[0, 0, 0], [0, 0, 0], [0, 1, 0]]
assert turns(np.zeros((3, 3)), 5.9).sum() > 0
"""
    import os
    import subprocess
    import sys

    (tmp_path / "program.py").write_text(text)
    run = subprocess.run([sys.executable, "-P", tmp_path / "program.py"], check=False,
                         env={**os.environ, "WEFT_VERIFY_IR": "1"}, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr


GRID = np.arange(120).reshape(2, 3, 4, 5)
WHOLE = (..., np.array([3, 0, -1]))


@pytest.mark.parametrize("index", [..., (..., 1), (1, ...), (..., None, 2), (None, ..., slice(1, 3)), (1, ..., np.array([4, 0])),
                                   (np.array([True, False]), ..., 1), (..., slice(None, None, -2), np.array([0, 2])), WHOLE], ids=str)
def test_dots_that_are_passed(index):
    """`...` is a value: an argument, alone and in tuples, a constant, a variable."""
    got = wf.njit(lambda a, i: a[i])(GRID, index)
    assert got.shape == GRID[index].shape and (got == GRID[index]).all()

    def stored(a, i, v):
        a[i] = v
        return i

    want, given = GRID.copy(), GRID.copy()
    want[index] = -1
    assert (wf.njit(stored)(given, index, -1) is ...) == (index is ...)
    assert (given == want).all()


def test_dots_in_variables():
    def f(a, n):
        rest, place = ..., (..., n)
        a[rest, 0] = 7
        return a[place], a[WHOLE], rest is ..., n is ..., rest is not Ellipsis

    got, want = wf.njit(f)(GRID.copy(), 2), f(GRID.copy(), 2)
    assert (got[0] == want[0]).all() and (got[1] == want[1]).all() and got[2:] == want[2:]


def test_what_a_dtype_says_of_itself():
    """Its kind is a constant: a branch that it decides is not compiled."""
    def f(a):
        if a.dtype.kind in "fc":
            return np.nansum(a)
        if a.dtype.kind in ("m", "M"):
            return a.view(np.int64).sum()
        return a.astype("i8").no_such_method() if a.dtype.name == "bool" else a.max()

    g = wf.njit(f)
    for a in (np.array([1.5, np.nan]), np.array([1, 2], np.uint8), np.array([3, 4], "m8[s]")):
        assert g(a) == (7 if a.dtype.kind == "m" else f(a))
    with pytest.raises(Exception, match="no_such_method"):
        g(np.array([True]))
    names = wf.njit(lambda a: (a.dtype.kind, a.dtype.char, a.dtype.name, a.dtype.num, a.dtype.itemsize, a.dtype.str))
    for dtype in (np.float32, np.int8, np.complex128, np.bool_):
        d = np.dtype(dtype)
        assert names(np.zeros(2, dtype)) == (d.kind, d.char, d.name, d.num, d.itemsize, d.str)
    rows = np.zeros(3, [("x", int), ("y", float)])
    assert wf.njit(lambda a: a.dtype.names)(rows) == ("x", "y")
    assert not wf.njit(lambda a, b: a.dtype == b.dtype)(rows, np.zeros(3, [("x", int)]))


def test_a_second_ellipsis():
    both = (..., ...)

    def at_once(a):
        return a[..., ...]

    def apart(a):
        return a[..., 0, ...]

    def kept(a):
        return a[both]

    for f in (at_once, apart, kept):
        with pytest.raises(Exception, match="single ellipsis"):
            wf.njit(f)(np.zeros((2, 3)))
