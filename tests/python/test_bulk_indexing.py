"""Advanced indexing, masks, take and put: NumPy's results, from the ready-made functions and from the CUDA C kernels."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import weft as wf
from weft._array import bulk

pytestmark = pytest.mark.filterwarnings("error::weft.FallbackWarning")
DTYPES = ["bool", "int8", "uint16", "int32", "uint64", "float16", "float32", "float64", "complex64", "complex128"]
quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(params=[False, True], ids=["ready-made", "kernels"])
def kernels(request):
    bulk.kernels_everywhere = request.param
    yield request.param
    bulk.kernels_everywhere = False


def values(shape, dtype, seed=0):
    return (np.random.default_rng(seed).integers(-100, 100, shape) * 3).astype(dtype)


@st.composite
def keys(draw, shape):
    """A key with at least one array in it, mostly in range."""
    items, axis = [], 0
    while axis < len(shape):
        n = shape[axis]
        kind = draw(st.sampled_from(["slice", "array", "int", "mask", "none", "list", "end"]))
        if kind == "end":
            break
        if kind == "none":
            items.append(None)
            continue
        if kind == "slice":
            items.append(draw(st.sampled_from([slice(None), slice(1, None), slice(None, None, -1), slice(0, None, 2)])))
        elif kind == "int" and n:
            items.append(draw(st.integers(-n, n - 1)))
        elif kind == "mask":
            items.append(np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)), bool))
        elif n:
            where = draw(st.sampled_from([(), (3,), (1,), (2, 1), (2, 3)]))
            items.append(np.random.default_rng(draw(st.integers(0, 99))).integers(-n - draw(st.sampled_from([0, 0, 0, 1])), n, where))
            if kind == "list" and items[-1].ndim == 1:
                items[-1] = items[-1].tolist()
        axis += 1
    if draw(st.booleans()):
        items.insert(draw(st.integers(0, len(items))), Ellipsis)
    return tuple(items)


def ours(key):
    return tuple(wf.asarray(k) if isinstance(k, np.ndarray) else k for k in key)


def outcome(run):
    try:
        return np.asarray(run()), None
    except (IndexError, ValueError) as error:
        return None, type(error)


def test_indices_that_broadcast_to_nothing_are_not_checked(kernels):
    x = np.zeros((3, 1, 2))
    for key in ((np.zeros(3, bool), slice(None), np.array([-3])), (np.zeros(0, int), np.array([5])), (np.zeros(0, int), slice(None), 5),
                (np.zeros(3, bool), slice(None), -3), (np.zeros((0, 1), int), 0, np.array([[9]])), (np.zeros(0, int), slice(None), np.array(5))):
        y = wf.asarray(x)
        expected, error = outcome(lambda key=key: x[key])
        got, our_error = outcome(lambda key=key, y=y: y[key].get())
        assert error == our_error and (error or got.shape == expected.shape), key
        assert outcome(lambda key=key, y=y: y.__setitem__(key, 1))[1] == outcome(lambda key=key: x.copy().__setitem__(key, 1))[1], key


@quick
@given(data=st.data(), shape=st.sampled_from([(5,), (4, 3), (2, 3, 4), (0, 3), (3, 1, 2)]), dtype=st.sampled_from(DTYPES),
       turned=st.booleans())
def test_any_key_reads_and_writes(kernels, data, shape, dtype, turned):
    x = values(shape, dtype)
    y = wf.asarray(x.T if turned else x)
    y, x = (y.T if turned else y), x.copy()
    key = data.draw(keys(shape))
    expected, error = outcome(lambda: x[key])
    got, our_error = outcome(lambda: y[ours(key)].get())
    assert error == our_error
    if error:
        return
    assert got.shape == expected.shape and got.dtype == expected.dtype
    np.testing.assert_array_equal(got, expected)
    new = values(expected.shape[-1:] if data.draw(st.booleans()) else (), dtype, 7)
    x[key] = new
    y[ours(key)] = wf.asarray(new)
    np.testing.assert_array_equal(y.get(), x)


def test_the_last_write_stays(kernels):
    rng = np.random.default_rng(3)
    x, y = np.zeros((2, 50, 3)), wf.zeros((2, 50, 3))
    at, v = rng.integers(0, 50, 4000), rng.random((2, 4000, 3))
    x[:, at], y[:, wf.asarray(at)] = v, wf.asarray(v)
    np.testing.assert_array_equal(y.get(), x)


@pytest.mark.parametrize("n", [0, 1, 31, 4095, 4096, 16384, 70001])
def test_masks(kernels, n):
    rng = np.random.default_rng(n)
    for dtype in ("int8", "float16", "float32", "complex128"):
        x = rng.integers(0, 50, n).astype(dtype)
        for mask in (rng.random(n) < 0.3, np.ones(n, bool), np.zeros(n, bool)):
            y, m = wf.asarray(x), wf.asarray(mask)
            np.testing.assert_array_equal(y[m].get(), x[mask])
            np.testing.assert_array_equal(wf.flatnonzero(m).get(), np.flatnonzero(mask))
            z, new = x.copy(), (np.arange(mask.sum()) % 50).astype(dtype)
            z[mask] = new
            y[m] = wf.asarray(new)
            np.testing.assert_array_equal(y.get(), z)
    x = rng.random((n // 7, 7))
    row = rng.random(n // 7) < 0.5
    np.testing.assert_array_equal(wf.asarray(x)[wf.asarray(row)].get(), x[row])
    for a, b in zip(wf.nonzero(wf.asarray(x) > 0.5), np.nonzero(x > 0.5)):
        np.testing.assert_array_equal(a.get(), b)
    np.testing.assert_array_equal(wf.argwhere(wf.asarray(x) > 0.9).get(), np.argwhere(x > 0.9))


@quick
@given(shape=st.sampled_from([(6,), (4, 5), (2, 3, 4)]), axis=st.integers(-3, 2), mode=st.sampled_from(["raise", "wrap", "clip"]),
       seed=st.integers(0, 20), far=st.booleans())
def test_take_and_put(kernels, shape, axis, mode, seed, far):
    x = values(shape, "float32", seed)
    axis = axis if -len(shape) <= axis < len(shape) else None
    n = x.size if axis is None else shape[axis]
    at = np.random.default_rng(seed).integers(-n - 3 * far, n + 3 * far, (2, 3))
    expected, error = outcome(lambda: np.take(x, at, axis, mode=mode))
    got, our_error = outcome(lambda: wf.take(wf.asarray(x), wf.asarray(at), axis, mode=mode).get())
    assert error == our_error
    if not error:
        np.testing.assert_array_equal(got, expected)
    n = x.size
    at = np.random.default_rng(seed).integers(-n - 3 * far, n + 3 * far, 9)
    a, b = x.copy(), wf.asarray(x)
    _, error = outcome(lambda: np.put(a, at, [1, 2, 3, 4], mode))
    _, our_error = outcome(lambda: wf.put(b, wf.asarray(at), [1, 2, 3, 4], mode))
    assert error == our_error
    if not error:
        np.testing.assert_array_equal(b.get(), a)


def test_the_rest_of_the_family(kernels):
    rng = np.random.default_rng(5)
    x = rng.random((4, 6))
    y, order = wf.asarray(x), np.argsort(x, 1)
    np.testing.assert_array_equal(wf.take_along_axis(y, wf.asarray(order), 1).get(), np.take_along_axis(x, order, 1))
    z = x.copy()
    np.put_along_axis(z, order[:, :2], 9.0, 1)
    wf.put_along_axis(y, wf.asarray(order[:, :2]), 9.0, 1)
    np.testing.assert_array_equal(y.get(), z)
    pick = rng.integers(0, 3, 6)
    np.testing.assert_array_equal(wf.choose(wf.asarray(pick), [x[0], x[1], 5.0]).get(), np.choose(pick, [x[0], x[1], 5.0]))
    with pytest.raises(ValueError, match="invalid entry in choice array"):
        wf.choose(wf.asarray(pick + 5), [x[0], x[1]])
    np.testing.assert_array_equal(wf.compress([True, False, True], wf.asarray(x), 1).get(), np.compress([True, False, True], x, 1))
    np.testing.assert_array_equal(wf.extract(wf.asarray(x) > 0.5, wf.asarray(x)).get(), np.extract(x > 0.5, x))
    for name, args in (("place", (x > 0.5, [1, 2, 3])), ("putmask", (x > 0.5, np.array([1.0, 2, 3])))):
        a, b = x.copy(), wf.asarray(x)
        getattr(np, name)(a, *args)
        getattr(wf, name)(b, *args)
        np.testing.assert_array_equal(b.get(), a)
    flat = rng.integers(0, 24, 5)
    for a, b in zip(wf.unravel_index(wf.asarray(flat), (4, 6)), np.unravel_index(flat, (4, 6))):
        np.testing.assert_array_equal(a.get(), b)
    where = np.unravel_index(flat, (4, 6))
    np.testing.assert_array_equal(wf.ravel_multi_index(tuple(map(wf.asarray, where)), (4, 6)).get(), flat)


@pytest.mark.filterwarnings("ignore::weft.FallbackWarning")  # on a GPU
@pytest.mark.parametrize("dtype", ["int32", "float32", "complex64"])
def test_ufunc_at(dtype):
    x, at = values(20, dtype), np.random.default_rng(1).integers(-20, 20, 300)
    y, v = wf.asarray(x), values(300, dtype, 4)
    np.add.at(x, at, v)
    wf.add.at(y, wf.asarray(at), wf.asarray(v))
    np.testing.assert_array_equal(y.get(), x)


@pytest.mark.parametrize("key", [[5], [-6], ([0], [7]), (slice(None), [9])], ids=str)
def test_out_of_range_names_index_and_axis(kernels, key):
    x = np.zeros((5, 4))
    with pytest.raises(IndexError) as expected:
        x[key]
    with pytest.raises(IndexError) as got:
        wf.asarray(x)[key]
    assert str(got.value) == str(expected.value)
    y = wf.zeros((5, 4))
    with pytest.raises(IndexError):
        y[key] = 1
    assert not y.get().any()


def test_bad_keys():
    x = wf.zeros((3, 4))
    for key, words in (([1.5], "integer"), ((0, 0, [0]), "too many"), (([0, 1], [0, 1, 2]), "broadcast"),
                       (wf.zeros(4, bool), "boolean index"), ((Ellipsis, [0], Ellipsis), "ellipsis")):
        with pytest.raises(IndexError, match=words):
            x[key]
    view = wf.broadcast_to(wf.zeros(3), (2, 3))
    with pytest.raises(ValueError, match="read-only"):
        view[[0]] = 1


@pytest.mark.parametrize("shape", [(0, 3), (2, 3), (3,), (0,)])
def test_an_empty_mask_passes_on_any_axis(kernels, shape):
    x = np.arange(np.prod(shape), dtype=float).reshape(shape)
    for key in ((Ellipsis, np.array([], bool)), (np.array([], bool),), (slice(None), np.array([], bool)), (np.zeros((0, 0), bool),)):
        expected, error = outcome(lambda: x[key])
        got, ours_error = outcome(lambda: wf.asarray(x)[key].get())
        assert error == ours_error and (error or got.shape == expected.shape), key
