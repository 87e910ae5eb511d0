"""NumPy functions that are compiled along (weft/_pylib): the same values, types and shapes as NumPy's, and none is called at run time."""

import warnings

import numpy as np
import pytest

from weft._array.fallback import FallbackWarning
from weft._jit import njit
from weft._pylib.written import function

rng = np.random.default_rng(11)
NAN = np.nan


compiled = {}  # the same expression is compiled once for each list of types


def values(dtype, shape):
    if np.dtype(dtype).kind == "c":
        return (rng.random(shape) + 1j * rng.random(shape)).astype(dtype)
    if np.dtype(dtype).kind == "f":
        return rng.random(shape).astype(dtype)
    return rng.integers(0, 2 if dtype == "?" else 100, shape).astype(dtype)


def same(want, got):
    """Equal values (to the last bits where sums may be ordered otherwise), types and shapes."""
    if isinstance(want, (tuple, list)):
        return len(want) == len(got) and all(map(same, want, got))
    if isinstance(want, np.float32) and isinstance(got, float):  # a number comes back as Python's
        want = float(want) if abs(want - got) > abs(want) * 1e-6 else got
    want, got = np.asarray(want), np.asarray(got)
    if want.dtype != got.dtype or want.shape != got.shape:
        return False
    if want.dtype.kind in "fc":
        return np.allclose(want, got, rtol=1e-6 if want.dtype.char in "fF" else 1e-13, atol=1e-300, equal_nan=True)
    return np.array_equal(want, got)


def check(expression, before="", **given):
    """The expression under Python and compiled, each with arguments of its own; nothing in it may be called through Python.
    before: a statement."""
    names = ", ".join(given)
    plain = function(f"def f({names}):\n    {before}\n    return {expression}\n")
    copies = [tuple(a.copy(order="K") if isinstance(a, np.ndarray) and a.flags.forc else a for a in given.values()) for _ in range(2)]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        want = plain(*copies[0])
    with warnings.catch_warnings():
        warnings.simplefilter("error", FallbackWarning)
        got = compiled.setdefault(plain, njit(plain))(*copies[1])
    assert same(want, got), f"{expression}: want {want!r}, got {got!r}"
    assert all(same(x, y) for x, y in zip(*copies)), f"{expression}: the arguments differ afterwards"


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch):
    monkeypatch.setattr("weft._pyresolve._told", set())


A, B, C3 = rng.random((4, 5)), rng.random((4, 5)), rng.random((2, 3, 4))
V, W, I = rng.random(9), rng.random(9), rng.integers(-5, 5, 9)
X = np.array([3.0, NAN, 1.0, 2.0, NAN, 7.0])
Q, Q2 = np.array([1, 0, -1]), np.array([[0, 1], [1, -1]])
NX = np.array([[3.0, NAN, 1.0], [NAN, NAN, 2.0], [5.0, 4.0, 9.0]])

PICKED = {"a": A, "c": C3, "v": V, "w": W, "i": I, "q": Q % 2, "q2": Q2, "m": C3[:, :, 0] > 0.4, "mm": A[:, :3] > 0.4, "z": V + 1j * W}

VIEWS = """np.transpose(c)|np.transpose(c, (1, 0, 2))|c.transpose(2, 0, 1)|c.transpose((0, 2, 1))|np.swapaxes(c, 0, -1)|c.swapaxes(1, 2)|np.moveaxis(c, 0, 2)
np.moveaxis(c, (0, 1), (-1, 0))|np.flip(c)|np.flip(c, 1)|np.flip(c, -1)|np.flip(c, (0, 2))|np.fliplr(a)|np.flipud(a)|np.rot90(a)|np.rot90(a, 2)|np.rot90(a, -1)|np.rot90(c, 3)
np.expand_dims(a, 0)|np.expand_dims(a, -1)|np.expand_dims(v, 1)|np.squeeze(a[None], 0)|a[:, None].squeeze(1)|np.atleast_1d(v)|np.atleast_2d(v)|np.atleast_3d(v)
np.atleast_3d(a)|np.atleast_2d(v, a)|np.broadcast_to(v, (3, 9))|np.broadcast_to(a[:, :1], (4, 7))|np.broadcast_to(2.5, (2, 3))|np.broadcast_arrays(v, v[:, None])
np.diagonal(a)|np.diagonal(a, 2)|a.diagonal(-1)|np.diagonal(a, 9)|np.diag(v)|np.diag(v, 2)|np.diag(v, -1)|np.diag(a)|np.diag(a, 1)|np.diag(a, -2)|np.trace(a)|a.trace(1)
np.split(v, 3)|np.array_split(v, 4)|np.array_split(a, 3, 1)|np.split(v, (2, 5))|np.split(v, np.array([2, 7]))|np.vsplit(a, 2)|np.hsplit(a, 5)|np.dsplit(c, 2)
np.lib.stride_tricks.as_strided(v, (3, 2), (16, 8))|np.lib.stride_tricks.sliding_window_view(v, 3)|np.lib.stride_tricks.sliding_window_view(a, (2, 2))
np.lib.stride_tricks.sliding_window_view(a, 2, 1)|np.shape(a)|np.ndim(c)|np.size(c)|np.size(c, 1)"""
JOINS = """np.concatenate((v, w))|np.concatenate((a, b))|np.concatenate((a, b), 1)|np.concatenate((a, b), axis=-1)|np.concatenate((c, c), axis=1)|np.concatenate((v, i))
np.concatenate((a, b), axis=None)|np.concatenate([v, w, v])|np.concatenate((v.astype(np.float32), i.astype(np.int8)))|np.concatenate((v, v + 1j))|np.concatenate((a.T, b.T))
np.vstack((v, w))|np.vstack((a, b))|np.vstack((a, a[0]))|np.vstack([v, w])|np.hstack((v, w))|np.hstack((a, b))|np.hstack([a, b])|np.hstack((v, 2.0))|np.dstack((a, b))|np.dstack((v, w))
np.column_stack((v, w))|np.column_stack((a, b[:, 0]))|np.column_stack([v, w])|np.stack((v, w))|np.stack((v, w), 1)|np.stack((a, b), axis=-1)|np.stack((a, i.sum() + b), axis=1)
np.stack([a, b], 1)|np.stack([v, w])|np.append(v, 1)|np.append(i, 1.5)|np.append(a, b)|np.append(a, b, 0)|np.append(a, b, axis=1)|np.append(v.astype(np.float32), w)
np.repeat(v, 3)|np.repeat(a, 2)|np.repeat(a, 2, 0)|np.repeat(a, 2, axis=1)|v.repeat(2)|np.repeat(v, np.abs(i))|np.repeat(a, np.array([1, 0, 2, 3]), 0)|np.repeat(3.5, 4)
np.tile(v, 2)|np.tile(a, (2, 3))|np.tile(v, (2, 1))|np.tile(a, 2)|np.roll(v, 2)|np.roll(v, -3)|np.roll(v, 100)|np.roll(a, 3)|np.roll(a, 1, 0)|np.roll(a, -2, axis=1)
np.kron(a, b)|np.kron(v, i)|np.resize(v, (3, 7))|np.resize(a, 3)|np.delete(v, 2)|np.delete(v, -1)|np.delete(v, np.array([0, 3, -1]))|np.delete(v, slice(1, 6, 2))|np.delete(v, v > 0.5)
np.delete(a, 3)|np.insert(v, 2, 9.5)|np.insert(i, -1, 7)|np.insert(v, 9, w)|np.meshgrid(v, i)|np.meshgrid(v, w, i)"""
ORDERS = """np.sort(v)|np.sort(a)|np.sort(a, 0)|np.sort(c, axis=1)|np.sort(a, axis=None)|np.sort(x)|np.argsort(v)|np.argsort(a)|np.argsort(a, axis=0)|v.argsort()|a.argsort(1)
np.argsort(x)|np.argsort(i, kind='mergesort')|np.argsort(i, kind='stable')|np.lexsort((v, i))|np.median(v)|np.median(a)|np.median(i)|np.median(a, 0)|np.median(a, axis=1)|np.median(x)
np.median(v.astype(np.float32))|np.median(v[:0])|np.nanmedian(x)|np.nanmedian(v)|np.nanmedian(x[1:2])|np.nanmedian(nx, 0)|np.percentile(v, 30)|np.percentile(v, 0)|np.percentile(v, 100)
np.percentile(v, 77.7)|np.percentile(i, 35)|np.percentile(a, 50)|np.percentile(a, 20, 0)|np.percentile(a, 20, axis=1)|np.percentile(v, 100 * w)|np.percentile(x, 30)|np.percentile(v.astype(np.float32), 30)
np.quantile(v, 0.3)|np.quantile(v, w)|np.quantile(i, 0.9)|np.nanpercentile(x, 40)|np.nanquantile(x, 0.6)|np.nanpercentile(nx, 40, axis=1)|np.nanpercentile(x, 100 * w)
np.unique(i)|np.unique(a)|np.unique(np.array([1.0, NAN, NAN, 1.0]))|np.unique(i, return_counts=True)|np.unique(i, return_index=True, return_inverse=True)|np.unique(i, True, True, True)
np.union1d(i, i + 2)|np.intersect1d(i, i + 2)|np.setdiff1d(i, i + 2)|np.setxor1d(i, i + 2)|np.isin(i, np.array([1, -3]))|np.isin(i, np.array([1, -3]), invert=True)|np.isin(a, a[0])|np.isin(x, x)
np.searchsorted(np.sort(v), 0.5)|np.searchsorted(np.sort(v), a)|np.searchsorted(np.sort(i), i, side='right')|np.digitize(v, np.array([0.1, 0.4, 0.7]))|np.digitize(i, np.array([3, 1, 0]))
np.digitize(i, np.array([-1, 0, 3]), True)|np.digitize(0.4, np.array([0.1, 0.4, 0.7]))|np.bincount(abs(i))|np.bincount(abs(i), minlength=20)|np.bincount(abs(i), v)|np.bincount(abs(i), weights=v, minlength=9)
np.histogram(v)|np.histogram(v, 5)|np.histogram(i, 3)|np.histogram(v, 4, (0.2, 0.7))|np.histogram(v, bins=4, range=(0, 1))|np.histogram(a, 6)|np.histogram(v, np.array([0.0, 0.2, 0.3, 1.0]))
np.histogram(i, np.array([-5, 0, 2]))|np.histogram(np.ones(4), 3)|np.histogram(v[:0], 3)|np.interp(0.5, np.sort(v), w)|np.interp(a, np.sort(v), w)|np.interp(v, np.sort(v), w, 7.0, 8.0)
np.interp(v, np.sort(w), i)|np.interp(x, np.array([1.0, 2.0, 3.0]), np.array([1, 5, 2]))|np.interp(v, v[:1], w[:1])"""
ALL = [e for text in (VIEWS, JOINS, ORDERS) for e in text.replace("\n", "|").split("|")]


@pytest.mark.parametrize("expression", ALL)
def test_as_numpy(expression):
    check(expression.replace("NAN", "np.nan"), a=A, b=B, c=C3, v=V, w=W, i=I, x=X, nx=NX)


@pytest.mark.parametrize("expression", ["np.concatenate((a, a))", "np.vstack((a, a))", "np.repeat(a, 2, 1)", "np.roll(a, 1, 1)", "np.flip(a, 0)", "np.diag(a)",
                                        "np.transpose(a, (1, 0))", "np.tile(a, (2, 1))", "np.stack((a, a), 1)", "np.kron(a, a)"])
@pytest.mark.parametrize("dtype", ["?", "h", "L", "f", "D"])
def test_of_all_types(expression, dtype):
    check(expression, a=values(dtype, (3, 4)))


@pytest.mark.parametrize("expression", ["np.sort(a)", "np.argsort(a)", "np.median(a, 0)", "np.unique(a)", "np.percentile(a, 42)", "np.sort(np.partition(a, 2)[:, :3])", "np.isin(a, a[1])"])
@pytest.mark.parametrize("dtype", ["b", "L", "f"])
def test_orders_of_all_types(expression, dtype):
    a = rng.permutation(24).reshape(4, 6).astype(dtype)
    for layout in (a, np.asfortranarray(a), a[::-1, ::2]):
        check(expression, a=layout)


@pytest.mark.parametrize("expression", ["np.concatenate((a, a), k)", "np.stack((a, a), k)", "np.flip(a, k)", "np.roll(a, 1, k)", "np.sort(a, k)", "np.median(a, k)",
                                        "np.repeat(a, 2, k)", "np.percentile(a, 30, k)", "np.argsort(a, k)"])
def test_axes_that_are_known_at_run_time(expression):
    for k in (0, 1, -1, -2):
        check(expression, a=A, k=k)


@pytest.mark.parametrize("n", [1, 2, 63, 65, 5001])
def test_long_rows(n):
    for row in (rng.random(n), np.arange(n) * 1.0, np.arange(n)[::-1] * 1.0, rng.integers(0, 5, n) * 1.0, np.tile([1.0, 9.0, 3.0], n)[:n]):
        for expression in ("np.median(v)", "np.percentile(v, 37.5)", "np.sort(v)", "np.histogram(v, 17)", "np.sort(np.partition(v, len(v) // 3)[:len(v) // 3 + 1])",
                           "np.partition(v, len(v) // 3)[len(v) // 3]"):
            check(expression, v=row)
        check("np.argsort(v, kind='stable')", v=row)


@pytest.mark.parametrize("expression, error", [
    ("np.concatenate((a, v[None, :]))", ValueError), ("np.stack((a, a[:2]))", ValueError), ("np.percentile(v, 101)", ValueError), ("np.broadcast_to(a, (3, 5))", ValueError),
    ("np.split(v, 4)", ValueError), ("np.delete(v, 9)", IndexError), ("np.squeeze(a, 0)", ValueError), ("np.partition(v, 9)", ValueError), ("np.flip(a, 2)", ValueError),
    ("np.bincount(i)", ValueError), ("np.digitize(v, np.array([1.0, 0.0, 2.0]))", ValueError), ("np.histogram(v, 0)", ValueError), ("np.histogram(x, 3)", ValueError),
    ("np.repeat(v, -1)", ValueError), ("np.interp(v, v, v[:2])", ValueError)])
def test_errors_are_numpys(expression, error):
    given = {"a": A, "v": V, "i": I, "x": X}
    f = function(f"def f(a, v, i, x):\n    return {expression}\n")
    for way in (f, njit(f)):
        with pytest.raises(error):
            way(*given.values())


def test_views_share_their_memory():
    @njit
    def f(a):
        np.swapaxes(a, 0, 1)[2, 1] = 50.0
        np.flip(a)[0, 0] = 60.0
        np.split(a, 2)[1][0, 0] = 70.0
        np.expand_dims(a, 0)[0, 0, 1] = 80.0

    a = np.zeros((4, 5))
    f(a)
    assert (a[1, 2], a[3, 4], a[2, 0], a[0, 1]) == (50, 60, 70, 80)


def test_a_constant_nan_is_one_constant():
    @njit
    def f():
        a = np.array([1.0, np.nan])
        return a[0], np.array((0.0, -0.0)), np.array((-0.0, 0.0))

    first, one, other = f()
    assert first == 1 and np.array_equal(np.signbit(one), [False, True]) and np.array_equal(np.signbit(other), [True, False])


FANCY = """c[q]|c[:, q]|c[..., q]|c[q, 1]|c[1, q]|c[q, q]|c[q, :, q]|c[1, :, q]|c[q, 1:]|c[:, q, ::2]|c[None, q]|c[q, None]|c[q2]|c[:, q2]|c[q2, q[:2]]|c[q2[:, :1], q2[:1]]|c[m]|c[m, q[:1]]
c[:, mm[0]]|c[c > 0.5]|a[a > 0.5]|a[a[:, 0] > 0.5]|a[:, a[0] > 0.5]|a[[0, 2]]|a[:, [1, -1]]|v[[0, 2]]|v[i]|v[q2]|a[i % 4, i % 5]|v[v > 2]|v[v.astype(np.float32) > 0.3]|z[q]|z[z.real > 0.5]
np.take(v, q)|np.take(a, q)|np.take(a, q, 0)|np.take(a, q, axis=1)|np.take(a, 2, axis=1)|np.take(v, 3)|np.take(v, q2)|a.take(q)|np.take_along_axis(a, np.argsort(a), 1)|np.take_along_axis(a, np.argsort(a, 0), 0)
np.extract(a > 0.5, a)|np.compress(v > 0.5, v)|np.compress(a[:, 0] > 0.5, a, 0)|np.argwhere(a > 0.5)|np.argwhere(v > 0.5)|np.choose(abs(q), (q, q + 5, 7))|np.select([v > 0.5, v > 0.2], [v, w], -1.0)
np.select((v > 0.5, v > 0.2), (v, w))|np.select([a > 0.5], [a])"""
STORES = """a[q] = 5|a[q] = a[0]|a[:, q] = 7.5|a[q, q] = 1.5|a[q, 1:] = a[:3, :4]|a[a > 0.5] = 0|a[a > 0.5] = v[0]|a[a < 2] = np.arange(20)|v[q] = w[:3]|v[v > 0.5] = 1|v[::-1][q] = v[:3]|v[q] = w[:1]
c[:, q, 1] = 9|c[q2] = 3|c[1, :, q] = c[0, :, :3].T|i[q] = 2.9|v[[1, 2]] = w[:2]|c[m] = 4|z[q] = v[:3]|np.put(v, q, 5.0)|np.put(a, i, w)|np.fill_diagonal(a, 3)|v[q2] = a[:2, :2]"""


@pytest.mark.parametrize("expression", FANCY.replace("\n", "|").split("|"))
def test_indexing_by_arrays(expression):
    check(expression, **PICKED)


@pytest.mark.parametrize("statement", STORES.replace("\n", "|").split("|"))
def test_storing_by_arrays(statement):
    check("0", statement, **PICKED)


@pytest.mark.parametrize("expression, error", [("a[q + 9]", IndexError), ("a[:, q - 99]", IndexError), ("a[a[0] > 0]", IndexError), ("v[v[:3] > 0]", IndexError),
                                               ("c[q, q2[:, :1][:2], q2]", IndexError), ("np.take(v, 9)", IndexError)])
def test_indices_outside(expression, error):
    f = function(f"def f({', '.join(PICKED)}):\n    return {expression}\n")
    for way in (f, njit(f)):
        with pytest.raises(error):
            way(*PICKED.values())


@pytest.mark.parametrize("statement, error", [("a[q] = v[:3]", ValueError), ("v[v > 0.5] = w[:2]", ValueError), ("v[v[:3] > 0] = 1", IndexError), ("v[q] = w[:2]", ValueError)])
def test_stores_that_do_not_fit(statement, error):
    f = function(f"def f({', '.join(PICKED)}):\n    {statement}\n")
    for way in (f, njit(f)):
        with pytest.raises(error):
            way(*(x.copy() for x in PICKED.values()))


FOLDS = """{f}(a, 0)|{f}(a, axis=1)|{f}(c, 1)|{f}(c, -1)|{f}(c, (0, 2))|{f}(f, axis=0)|{f}(f, 1)|{f}(a, 0, keepdims=True)|{f}(a, keepdims=True)"""
NAMES = ["np.sum", "np.prod", "np.max", "np.min", "np.any", "np.all", "np.mean", "np.std", "np.var"]
ALONG = """np.argmax(a)|np.argmax(c, 1)|np.argmin(f, axis=0)|f.argmax()|a.argmin(1)|a.sum(0)|c.mean(axis=2)|a.max(axis=1)|a.std(axis=0)|a.var(1)|np.std(v, ddof=1)|np.var(a, 0, ddof=1)|np.std(z)
np.ptp(v)|np.ptp(i)|np.ptp(a, 0)|np.sum(i, dtype=np.float32)|np.sum(z)|np.sum(zz, 0)|np.mean(z)|np.mean(zz, 1)|np.prod(z)|np.sum(a > 0.5, axis=0)|np.mean(a > 0.5, axis=1)|np.mean(i[:8].reshape(2, 4), 0)
np.nansum(nx, 0)|np.nanmean(nx, 1)|np.nanmax(nx, axis=0)|np.nanmin(nx, 1)|np.nanstd(nx, 0)|np.nanvar(nx, 1)|np.nanprod(nx, 1)|np.nansum(x)|np.count_nonzero(a > 0.5, axis=0)|np.nanargmax(x)
np.nanargmin(nx, 0)|np.cumsum(v)|np.cumsum(a)|np.cumsum(a, 0)|np.cumprod(a, axis=1)|np.cumsum(i)|np.cumsum(v > 0.5)|a.cumsum(1)|np.cumsum(z)|np.cumsum(v, dtype=np.float32)|np.nancumsum(x)|np.nancumprod(nx)
np.nancumsum(nx, 0)|np.diff(v)|np.diff(a)|np.diff(a, 1, 0)|np.diff(v, 2)|np.diff(c, axis=1)|np.diff(v > 0.5)|np.diff(v[:1])|np.ediff1d(a)|np.gradient(v)|np.gradient(i, 2.0)|np.trapezoid(v)|np.trapezoid(v, w)
np.trapezoid(v, dx=0.25)|np.average(v)|np.average(v, weights=w)|np.convolve(v, w)|np.convolve(v, w[:4], "same")|np.convolve(v[:3], w, mode="valid")|np.convolve(i, i[:4])|np.correlate(v, w[:4])
np.correlate(v[:3], w)|np.correlate(v, w[:4], "full")|np.correlate(v[:3], w, "full")|np.correlate(v, w[:4], "same")|np.correlate(v[:4], w, "same")|np.correlate(v[:5], w[:4], "same")|np.cross(v[:3], w[:3])"""


@pytest.mark.parametrize("expression", [e.format(f=f) for f in NAMES for e in FOLDS.split("|")] + ALONG.replace("\n", "|").split("|"))
def test_along_axes(expression):
    check(expression, a=A, c=C3, f=np.asfortranarray(B), v=V, w=W, i=I, x=X, nx=NX, z=V + 1j * W, zz=A + 1j * B)


@pytest.mark.parametrize("name", NAMES + ["np.cumsum", "np.argmax"])
def test_reductions_of_all_types(name):
    for dtype in ("?", "b", "H", "l", "f"):
        check(f"{name}(a, 0), {name}(a, axis=1)", a=values(dtype, (3, 4)))
    for k in (0, 1, -1):
        check(f"{name}(a, axis=k)", a=A, k=k)


def test_extremes_keep_nan():
    check("np.max(nx, 0), np.min(nx, 1), np.argmax(nx, 0), np.sum(nx, 1)", nx=NX)


ELEMENTS = """np.square(i)|np.square(v)|np.square(z)|np.reciprocal(v)|np.fix(v * 9 - 4)|np.conj(z)|np.conjugate(v)|z.conj()|np.real(z)|np.imag(z)|np.real(v)|np.angle(z)|np.angle(z, True)|np.angle(v)
np.sinc(v)|np.sinc(0.0)|np.iscomplex(z)|np.isreal(v)|np.isneginf(x)|np.isposinf(x / 0.0)|np.iscomplexobj(z)|np.isrealobj(v)|np.heaviside(i, 0.5)|np.heaviside(x, v[:6])|np.logaddexp(v, w)
np.logaddexp2(v, w)|np.logaddexp(v, 0.5)|np.float_power(i, 2)|np.gcd(i, 6)|np.lcm(i, i[::-1])|np.gcd(12, 18)|np.ldexp(v, 3)|np.ldexp(v, i)|np.divmod(i, 3)|np.divmod(v, w)|np.modf(v * 5)
np.nan_to_num(x)|np.nan_to_num(v / 0.0)|np.nan_to_num(x, nan=-1.0)|np.nan_to_num(i)|np.nan_to_num(z)|np.nan_to_num(x.astype(np.float32))|np.isclose(v, w)|np.isclose(v, v[:, None])
np.isclose(v, v + 1e-9)|np.isclose(x, x, equal_nan=True)|np.isclose(1.0, 1.1, rtol=0.2)|np.allclose(v, v + 1e-12)|np.allclose(v, w)|np.allclose(v, v[0], atol=2.0)|np.array_equal(v, v)
np.array_equal(v, w)|np.array_equal(v, a)|np.array_equal(x, x)|np.array_equal(x, x, equal_nan=True)|np.clip(i, -2, 2)|np.clip(v, 0.2, 0.5)|np.clip(v, w, 0.9)|np.clip(v, None, w)|np.clip(a, a[0], 1)
i.clip(0, 3)|np.clip(x, 1, 2)|np.clip(i, 0.5, 2.5)|np.clip(v.astype(np.float32), 0.25, 0.5)"""
MADE = """np.eye(3)|np.eye(3, 4)|np.eye(3, k=1)|np.eye(3, dtype=np.int32)|np.identity(3)|np.identity(2, np.float32)|np.tri(3)|np.tri(3, 5, -1)|np.tril(a)|np.tril(a, 1)|np.triu(a, -1)|np.triu(v)|np.tril(c)
np.tril_indices(4)|np.tril_indices(4, 1)|np.triu_indices(4, -1, 5)|np.triu_indices_from(a)|np.tril_indices_from(a, 1)|np.diag_indices(4)|np.diagflat(a)|np.diagflat(v, 1)|np.indices((2, 3))
a[np.ix_(i[:2] % 4, i[2:4] % 5)]|np.arange(0.0, 1.0, 0.1)|np.arange(5.5)|np.arange(1, 2, 0.25)|np.arange(10, 0, -3)|np.arange(5, dtype=np.float32)|np.arange(3.0, 0.5, -0.5)|np.arange(0, 5, 2, np.int16)
np.logspace(0, 2, 5)|np.logspace(0.5, 1.5)|np.geomspace(1, 100, 5)|np.geomspace(-2.0, -32.0, 5)|np.hanning(7)|np.hamming(6)|np.blackman(5)|np.bartlett(6)|np.hanning(1)|np.vander(v)|np.vander(i, 3)
np.vander(v, 4, increasing=True)|np.polyval(v, 0.3)|np.polyval(i, v)|np.polyval(v, a)|np.trim_zeros(np.array([0, 0, 1, 2, 0]))|np.trim_zeros(np.array([0.0, 1, 0]), "f")|np.unwrap(v * 20)
np.outer(v, i)|np.outer(a, v)|np.inner(v, w)|np.inner(a, b)|np.cov(a)|np.cov(v)|np.cov(a, rowvar=False)|np.cov(a, bias=True)|np.corrcoef(a)|np.cov(a, ddof=0)"""
PRODUCTS = """a @ b.T|a.T @ b|a[::2, ::2] @ b[:3, :2]|f @ f.T|a @ v[:5]|v[:4] @ a|a[::2, ::2] @ v[::3]|v[::2] @ w[::2]|i @ i|a @ i[:5]|z @ z|zz @ zz.T|zz @ a.T|np.dot(a, b.T)|np.dot(i, v)|a.dot(v[:5])|np.vdot(z, z)|np.vdot(a, b)
np.dot(a.astype(np.float32), b.T.astype(np.float32))|np.dot(i.reshape(3, 3), i.reshape(3, 3))|np.linalg.solve(s, s + 1)|np.linalg.solve(s, a[:, :2])|np.linalg.norm(v)|np.linalg.norm(v, 1)|np.linalg.norm(v, np.inf)
np.linalg.norm(a, axis=1)|np.linalg.norm(a, axis=0)|np.linalg.norm(a, 1, axis=0)|np.linalg.norm(a)|np.linalg.norm(a, "fro")|np.linalg.norm(a, 1)|np.linalg.norm(a, np.inf)"""


@pytest.mark.parametrize("expression", [e for text in (ELEMENTS, MADE, PRODUCTS) for e in text.replace("\n", "|").split("|")])
def test_elements_and_what_is_made(expression):
    check(expression, a=A, b=B, c=C3, f=np.asfortranarray(B), v=V, w=W, i=I, x=X, z=V + 1j * W, zz=A + 1j * B, s=A[:, :4] + 4 * np.eye(4))


@pytest.mark.parametrize("n", [1, 5, 40])
def test_products_of_all_sizes(n):
    big = rng.random((n, n))
    for expression in ("a @ a", "a.T @ a", "a @ a[:, ::2]", "np.linalg.matrix_power(a / 9, 5)", "np.linalg.matrix_power(a, 0)"):
        plain = function(f"def f(a):\n    return {expression}\n")
        assert np.allclose(compiled.setdefault(plain, njit(plain))(big), plain(big), rtol=1e-10)


def test_eigenvalues_that_are_complex_are_refused():
    f = njit(function("def f(a):\n    return np.linalg.eigvals(a)\n"))
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    with pytest.raises(ValueError, match="domain change"):
        f(turn)
    assert np.allclose(f(turn + 0j), np.linalg.eigvals(turn)) and np.allclose(f(np.eye(2)), 1)


def test_of_no_elements_and_of_integers_that_are_large():
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for expression in ("np.mean(v[:0])", "np.var(v[:1], ddof=1)", "np.std(v[:0])", "np.mean(i[:0])", "np.mean(z[:0])"):
            check(expression, v=V, i=I, z=V + 1j * W)
    check("np.mean(a), a.mean(), np.var(a), np.mean(a, 0), np.mean(a > 0)", a=np.full((4, 6), 2 ** 62))
    check("np.quantile(i, 0), np.quantile(i, 1)", i=I)
    check("np.nanargmax(x), np.nanargmin(x)", x=np.array([NAN, -np.inf, NAN]))
    for expression in ("np.max(v[:0])", "np.argmax(v[:0])"):
        with pytest.raises(ValueError, match="operation max|argmax of an empty"):
            njit(function(f"def f(v):\n    return {expression}\n"))(V)


def test_a_signature_of_records_with_text():
    from weft._pytypes import from_dtype, int64

    dtype = np.dtype([("a", np.float64), ("name", "U5")])
    rows = np.array([(1.5, "one"), (2.5, "three")], dtype)
    f = njit((from_dtype(dtype)[:], int64))(lambda rows, i: rows[i].a)
    assert f(rows, 1) == 2.5


def _rows_and_columns(a, b):
    return np.r_[a, b], np.c_[a, b], np.r_[1:5], np.r_[0, a, 9], np.r_[0:1:3j], np.c_[a], np.r_[a[::-1], 0, 0:3], np.r_[a]


def _columns_of_a_matrix(a, b):
    return np.c_[a, b], np.r_[a, a]


def _columns_of_cubes(a, b):
    return np.c_[a, b], np.c_[a], np.c_[a, b, a][::-1]


def _counted_lines(a, n):
    return np.r_[0:1:n * 1j], np.r_[0:10:-4j], np.c_[0:1:3j], np.r_[a, 5:0:-2]


def _kept_slices(a):
    middle = np.s_[1:3]
    return a[middle], a[np.s_[::2]], a.reshape(3, 2)[np.s_[1:, 0]], a[np.index_exp[1:]]


@pytest.mark.parametrize("f, args", [(_rows_and_columns, (np.arange(3.0), np.ones(3))), (_rows_and_columns, (np.arange(3), np.ones(3))),
                                     (_columns_of_a_matrix, (np.arange(4).reshape(2, 2), np.ones(2))),
                                     (_columns_of_a_matrix, (np.arange(4.0).reshape(2, 2), np.ones((2, 3)))),
                                     (_columns_of_cubes, (np.arange(8.0).reshape(2, 2, 2), np.ones((2, 2, 3)))), (_counted_lines, (np.arange(3), 5)),
                                     (_kept_slices, (np.arange(6),))])
def test_index_tricks(f, args):
    with warnings.catch_warnings():
        warnings.simplefilter("error", FallbackWarning)
        assert same(f(*args), njit(f)(*args))
