"""Library functions, methods and indexing by arrays inside compiled functions, against NumPy."""

import inspect
import warnings

import numpy as np
import pytest

from weft._jit import njit, prange

rng = np.random.default_rng(7)
A = rng.random((4, 4))
V = rng.random(7)
I = np.array([0, 2, -1])
M = V > 0.5

CASES = [
    (lambda a: a.sum(axis=0), A),
    (lambda a: a.sum(axis=1), A),
    (lambda a: np.sum(a, axis=1, keepdims=True), A),
    (lambda a: np.max(a, axis=0), A),
    (lambda a: a.any(axis=0), A),
    (lambda a: np.std(a, axis=0), A),
    (lambda a: a.std(), V),
    (lambda a: a @ a, A),
    (lambda a: np.dot(a, a[0]), A),
    (lambda a, i: a[i], V, I),
    (lambda a, i: a[i], V, M),
    (lambda a, i: a[i], A, I),
    (lambda a, i: a[:, i], A, I),
    (lambda a: a[a > 0.5], A),
    (lambda a: np.linalg.inv(a), A),
    (lambda a: np.linalg.solve(a, a[0]), A),
    (lambda a: np.linalg.norm(a), A),
    (lambda a: np.linalg.eigh(a + a.T), A),
    (lambda a: np.sort(a), V),
    (lambda a: np.argsort(a), V),
    (lambda a: np.unique(a), np.array([3, 1, 3, 2, 1])),
    (lambda a: np.cumsum(a), V),
    (lambda a: np.median(a), V),
    (lambda a: np.concatenate((a, a)), V),
    (lambda a: np.stack((a, a)), V),
    (lambda a: np.where(a > 0.5)[0], V),
    (lambda a: np.clip(a, 0.2, 0.5), V),
    (lambda n: np.linspace(0, 1, n), 5),
    (lambda n: np.eye(n), 3),
    (lambda a: np.diag(a), A),
    (lambda a: np.searchsorted(a, 0.5), np.sort(V)),
    (lambda a: np.round(a, 1), V),
    (lambda a: np.meshgrid(a, a)[0], V),
    (lambda a: np.fft.fft(a), V),
    (lambda a: np.append(a, 1.0), V),
    (lambda a: np.repeat(a, 2), V),
    (lambda a: np.partition(a, 2), V),
    (lambda a: np.outer(a, a), V),
    (lambda a: np.diff(a), V),
    (lambda a: np.einsum("ij,ij->i", a, a), A),
    (lambda a: np.arange(0, 1, 0.25), V),
    (lambda a: np.tile(a, 2), V),
    (lambda a: np.percentile(a, 30), V),
]


def same(want, got):
    if isinstance(want, tuple):
        return len(want) == len(got) and all(same(w, g) for w, g in zip(want, got))
    return np.shape(want) == np.shape(got) and np.allclose(want, got)


@pytest.mark.parametrize("case", CASES, ids=lambda case: inspect.getsourcelines(case[0])[0][0].strip()[1:60])
def test_as_numpy(case):
    function, *args = case
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert same(function(*args), njit(function)(*args))


def test_what_is_not_compiled_is_named_once():
    @njit
    def f(a):
        return np.i0(a)

    with pytest.warns(UserWarning, match="i0"):
        assert np.allclose(f(V), np.i0(V))


def test_writing_through_indices():
    @njit
    def f(a, i, m):
        a[i] = 5.0
        a[m] += 1.0
        return a

    def plain(a, i, m):
        a[i] = 5.0
        a[m] += 1.0
        return a

    assert np.array_equal(f(V.copy(), I, M), plain(V.copy(), I, M))


def test_an_exception_of_numpy_arrives():
    @njit
    def f(a):
        return np.linalg.inv(a)

    with pytest.raises(np.linalg.LinAlgError):
        f(np.zeros((3, 3)))


def test_reductions_over_prange_do_not_depend_on_threads():
    def body(a):
        s, p, low, high = 0.0, 1.0, 1e9, -1e9
        hist = np.zeros(4)
        for i in prange(a.shape[0]):
            x = a[i]
            if x > 0.5:
                k = 1
            else:
                k = 2
            s += x * k
            p *= 1 + x / 1e3
            low = min(low, x)
            high = max(high, x)
            hist += x
        return s, p, low, high, hist[3]

    a = rng.random(10_000)
    parallel = njit(parallel=True)(body)
    first = parallel(a)
    assert np.allclose(first, body(a))
    assert all(parallel(a) == first for _ in range(5))


def test_prange_that_must_run_in_order():
    @njit(parallel=True)
    def f(a):
        last = 0.0
        for i in prange(1, a.shape[0]):
            last = last * 0.5 + a[i]
        return last

    want = 0.0
    for x in V[1:]:
        want = want * 0.5 + x
    assert f(V) == want


def test_an_exception_in_prange():
    @njit(parallel=True)
    def f(a):
        for i in prange(a.shape[0]):
            if a[i] < 0:
                raise ValueError("negative")
            a[i] = np.zeros(3).sum()

    f(V.copy())
    with pytest.raises(ValueError, match="negative"):
        f(np.arange(1000.0) - 500)


def test_memory_of_a_loop_is_given_back():
    import resource

    @njit
    def f(n):
        x = np.zeros(1 << 16)
        for i in range(n):
            x = x + 1.0
        return x

    f(10)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert f(2000)[5] == 2000  # 1 GB in all
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 << 10


def test_views_and_arguments_are_returned_as_themselves():
    @njit
    def f(a):
        b = np.arange(10.0)
        return a, a[::2], b[2:5], b

    a = np.zeros(6)
    whole, half, part, b = f(a)
    whole[0], b[3] = 7, 8
    assert a[0] == 7 and half[0] == 7 and half.shape == (3,) and part[1] == 8


def test_an_array_from_numpy_outlives_a_scalar_from_numpy():
    """The scalar's record kept the extent of the array before it, whose memory then went with the call."""
    @njit
    def solve(m):
        inverse = np.linalg.inv(m)
        return inverse, np.linalg.norm(m)

    @njit
    def centre(m):
        mean = m.mean(axis=0)
        return mean, m.argmax()

    m = np.eye(3) * 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = [(solve(m)[0], centre(m)[0]) for _ in range(5)]
    junk = [np.full(k, 99.0) for k in (3, 4, 9) for _ in range(50)]
    for inverse, mean in results:
        np.testing.assert_array_equal(inverse, np.eye(3) / 2)
        np.testing.assert_array_equal(mean, m.mean(axis=0))
    assert len(junk) == 150


@pytest.mark.parametrize("shape", [(1, 3, 1), (2, 1, 2), (1, 1, 5), (2, 3, 1)])
def test_indices_of_take_along_axis_are_broadcast(shape):
    a, i = np.arange(24).reshape(2, 3, 4), rng.integers(-4, 4, shape)
    along = njit(lambda a, i: np.take_along_axis(a, i, 2))
    np.testing.assert_array_equal(along(a, i), np.take_along_axis(a, i, 2))
    np.testing.assert_array_equal(along(a[:1], i), np.take_along_axis(a[:1], i, 2))
    with pytest.raises(IndexError):
        along(a, np.zeros((2, 2, 1), int))


def test_whose_memory_an_array_is():
    a = njit(lambda n: np.ones(n))(3)
    alone = a.base.refcount
    held = a.base
    more = held.refcount
    assert (alone, more) == (1, 2)
    with pytest.raises(ValueError, match="negative dimensions not allowed"):
        njit(lambda n: np.ones(n))(-1)
