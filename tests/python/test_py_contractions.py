"""Sums along named axes, padding, ufuncs' methods and flat indices in compiled functions, against NumPy; none of them calls Python."""

import warnings

import numpy as np
import pytest

from weft import FallbackWarning, njit

A, S = np.arange(12.0).reshape(3, 4), np.arange(24.0).reshape(2, 3, 4)
V, C, M = np.arange(5.0), np.arange(5.0) + 1j, np.eye(3) + 0.1
W, I = np.arange(6).reshape(2, 3), np.array([3, 1, 2])


def check(f, *args):
    with warnings.catch_warnings():
        warnings.simplefilter("error", FallbackWarning)
        got = njit(f)(*args)
    want = f(*args)
    for g, w in zip(*((x if isinstance(x, tuple) else (x,)) for x in (got, want))):
        np.testing.assert_allclose(g, w, rtol=1e-12)
        assert np.shape(g) == np.shape(w) and np.asarray(g).dtype == np.asarray(w).dtype


EINSUM = {"ij,jk->ik": (M, A), "ij,kj->ik": (A, A), "ij,ik->jk": (A, A), "ij,jk->ki": (M, A), "ij,jk": (M, M), "ii": (M,), "ij->j": (A,), "ij,ij->i": (A, A),
          "i,ij,j": (V[:2], W, V[:3]), "ij,j->ij": (W, I), "i,j->ij": (V, C), "bij,bjk->bik": (S, S.transpose(0, 2, 1).copy()), "ij, ij": (A, A[:1])}


@pytest.mark.parametrize("text", EINSUM)
def test_einsum(text):
    operands = EINSUM[text]

    def one(a):
        return np.einsum(text, a)

    def two(a, b):
        return np.einsum(text, a, b)

    def three(a, b, c):
        return np.einsum(text, a, b, c)

    check([one, two, three][len(operands) - 1], *operands)


def test_einsum_that_is_a_view_and_that_does_not_fit():
    def f(a):
        np.einsum("ii->i", a)[:] = 7
        return a

    assert (njit(f)(M.copy()) == f(M.copy())).all()
    with pytest.raises(ValueError):
        njit(lambda a, b: np.einsum("ij,jk->ik", a, b))(A, A)


@pytest.mark.parametrize("f, args", [
    (lambda a, b: np.tensordot(a, b), (S, S.transpose(1, 2, 0).copy())),
    (lambda a: np.tensordot(a, a, 0), (V,)),
    (lambda a, b: np.tensordot(a, b, axes=(1, 0)), (M, A)),
    (lambda a, b: np.tensordot(a, b, axes=((1, 2), (0, 1))), (S, A.reshape(3, 4, 1))),
    (lambda a: np.tensordot(a, a, axes=([0], [0])), (A,)),
    (lambda a, b: a @ b, (S, A.T.copy())),
    (lambda a, b: np.matmul(a, b), (S.reshape(2, 1, 3, 4), S.reshape(1, 2, 4, 3))),
    (lambda a, b: np.cross(a, b), (A[:, :3], A[0, 1:])),
    (lambda a: np.cross(a, a), (I,)),
    (lambda a: np.add.reduce(a), (A,)),
    (lambda a: np.add.reduce(a), (I,)),
    (lambda a: np.multiply.reduce(a, axis=1), (A,)),
    (lambda a: np.maximum.reduce(a, axis=None), (A,)),
    (lambda a: np.minimum.accumulate(a), (np.array([3.0, 1, np.nan, 2]),)),
    (lambda a: np.add.accumulate(a), (V,)),
    (lambda a: np.subtract.outer(a, a), (A,)),
    (lambda i: np.unravel_index(i, (3, 4)), (7,)),
    (lambda i: np.unravel_index(i, (2, 3, 4)), (I,)),
    (lambda i: np.ravel_multi_index((i, i), (4, 5)), (I,)),
    (lambda i: np.ravel_multi_index((i, 2), (4, 5)), (3,)),
    (lambda a: a.round(1), (A / 7,)),
    (lambda a: a.round(), (A / 7,)),
    (lambda a: np.meshgrid(a, a[:2], indexing="ij"), (V,))])
def test_other_products_and_methods(f, args):
    check(f, *args)


@pytest.mark.parametrize("mode", ["constant", "edge", "reflect", "symmetric", "wrap"])
@pytest.mark.parametrize("width", [1, (1, 2), ((1, 2), (3, 0)), ((2, 1),), ((1,), (2,)), (4, 5)], ids=str)
def test_pad(mode, width):
    check(lambda a: np.pad(a, width, mode=mode), W)


@pytest.mark.parametrize("mode", ["constant", "edge", "reflect", "symmetric", "wrap"])
def test_pad_by_what_is_known_later(mode):
    check(lambda a, n: np.pad(a, ((n, 0), (1, n)), mode), W, 3)
    check(lambda a, n: np.pad(a, n, mode), W, 4)


def test_pad_values_and_errors():
    check(lambda a: np.pad(a, 1, constant_values=2.7), W)
    check(lambda a: np.pad(a, 2, "constant", constant_values=-1), A)
    check(lambda a: np.pad(a, 1), A > 3)
    check(lambda a: np.pad(a, 3, "reflect"), np.array([5]))
    f = njit(lambda a, n: np.pad(a, n, "edge"))
    with pytest.raises(ValueError, match="negative"):
        f(V, -1)
    with pytest.raises(ValueError, match="empty axis"):
        f(V[:0].copy(), 1)


@pytest.mark.parametrize("x", [1.5, np.arange(4.0), np.array([2.0])])
def test_updates_in_place(x):
    def f(a, i, x):
        np.add.at(a, i, x)
        np.maximum.at(a, i, 2.0)
        np.subtract.at(a, [0, 0], 1.0)
        np.putmask(a, a > 3, x)
        return a

    check(f, V.copy(), np.array([1, 1, -1, 2]), x)
    with pytest.raises(IndexError):
        njit(f)(V.copy(), np.array([1, 1, 9, 2]), x)


def test_windows_along_an_axis_that_is_known_later():
    f = njit(lambda a, n, k: np.lib.stride_tricks.sliding_window_view(a, n, k))
    for k in (0, 1, -1):
        want = np.lib.stride_tricks.sliding_window_view(A, 2, k)
        got = f(A, 2, k)
        assert got.shape == want.shape and (got == want).all() and got.base is not None
    with pytest.raises(ValueError):
        f(A, 2, 5)

    def written(a):
        windows = np.lib.stride_tricks.sliding_window_view(a, 2)
        windows[:, 0] = 7
        return a

    assert njit(written)(V.copy()).tolist() == [7, 7, 7, 7, 4]


def test_updates_at_places_read_all_before_they_store():
    for name in ("add", "subtract", "multiply", "maximum", "minimum"):
        ufunc = getattr(np, name)

        def values(a, at):
            a = a.copy()
            ufunc.at(a, at, a)
            return a

        def places(a):
            a = a.copy()
            ufunc.at(a, a, 2)
            return a

        def reversed_(a):
            a = a.copy()
            ufunc.at(a, np.array([0, 1, 2, 3]), a[::-1])
            return a

        check(values, np.array([1, 2, 3, 0]), np.array([1, 2, 3, 0])[::-1].copy())
        check(places, np.array([1, 2, 3, 0]))
        check(reversed_, np.array([5, 7, 1, 2]))
