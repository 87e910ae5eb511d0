"""What random programs beside NumPy found (tests/python/test_array_differential.py draws them): each a few lines."""

import numpy as np
import pytest

import weft as wf
from weft import _core

POLICIES = {"automatic": 0, "compiled": 1, "loops": 2}


@pytest.fixture(params=POLICIES)
def policy(request):
    _core.array_set_policy(POLICIES[request.param])
    yield
    _core.array_set_policy(0)


def same(result, expected):
    np.testing.assert_array_equal(result.get(), expected)
    assert result.dtype == np.asarray(expected).dtype


def test_in_place_by_one_of_its_own_elements(policy):
    """The value goes through a temporary, which is stored together with the value itself."""
    host = np.array([-4, -1, -3, 4, 6, -4, 4], np.int8)
    for key in (slice(3, 4), 3, slice(3, 2, -3)):
        ours, theirs = wf.asarray(host), host.copy()
        part = ours[0:6:2]
        part -= ours[key]
        theirs[0:6:2] -= theirs[key]
        same(ours, theirs)


@pytest.mark.parametrize("dtype", ["int8", "float32", "complex128"])
def test_a_mask_filled_with_an_array_of_one_element(dtype):
    host = np.arange(12).reshape(3, 4).astype(dtype)
    mask = host.real % 3 == 0
    ours, theirs = wf.asarray(host), host.copy()
    ours[wf.asarray(mask)] = wf.asarray(np.array([7], dtype))
    theirs[mask] = np.array([7], dtype)
    same(ours, theirs)
    ours[wf.asarray(mask[:, 0])] = wf.asarray(np.array([[5]], dtype))
    theirs[mask[:, 0]] = np.array([[5]], dtype)
    same(ours, theirs)


def test_extremes_of_nothing_are_the_initial_value():
    for name in ("min", "max"):
        for dtype in ("uint8", "float32"):
            host = np.zeros((3, 0, 2), dtype)
            same(getattr(wf.asarray(host), name)(axis=1, initial=5), getattr(host, name)(axis=1, initial=5))
    assert float(wf.arange(4.0).sum(initial=wf.asarray(10.0))) == 16


# ---- memory that foreign code sees

LONG = 1 << 20


@pytest.mark.cpu
def test_what_is_written_to_shared_memory_is_there_when_the_call_returns(policy):
    x, steps = wf.zeros(LONG), wf.arange(float(LONG))
    seen = np.asarray(x)
    for i in range(1, 6):
        x[...] = wf.sin(steps * i)
        last = seen[-1]
        wf.synchronize()
        assert last == seen[-1] != 0
        x += i
        last = seen[-1]
        wf.synchronize()
        assert last == seen[-1]


def test_what_reads_shared_memory_has_read_it_when_the_call_returns(policy):
    seen = np.zeros(LONG)
    x = wf.asarray(seen, copy=False)
    for i in range(1, 4):
        seen[:] = i
        y = wf.sqrt(x) * 4 + x * 3 - x / 7
        seen[-1] = -5
        assert float(y[-1]) == float(y[0])


@pytest.mark.cpu
def test_writes_and_reductions_take_shared_memory_as_it_was():
    seen = np.arange(5.0)
    x = wf.asarray(seen, copy=False)
    mask = wf.asarray([True] * 5)
    made = [wf.zeros(5) for _ in range(4)]
    made[0][...] = x
    wf.add(x, 1, out=made[1])
    made[2] += x
    wf.copyto(made[3], x, where=mask)
    total, chosen, cast = x.sum(initial=3), x.sum(where=mask), x.astype("float32").max(initial=0)
    seen[:] = 99
    for result, expected in zip(made, (np.arange(5.0), np.arange(1.0, 6), np.arange(5.0), np.arange(5.0))):
        same(result, expected)
    assert (float(total), float(chosen), float(cast)) == (13, 10, 4)


@pytest.mark.cpu
def test_a_buffer_keeps_its_shape_when_the_array_gets_another():
    x = wf.arange(12.0)
    view = memoryview(x)
    x.shape = (3, 4)
    x[...] = 2
    assert view.shape == (12,) and view[11] == 2
    view.release()
    x[...] = 3
    assert float(x.sum()) == 36


@pytest.mark.cpu
def test_dlpack_gives_writable_memory():
    x = wf.arange(4.0)
    np.from_dlpack(x)[0] = 9
    assert float(x[0]) == 9


# ---- numbers of Python's

def test_numbers_that_a_dtype_has_no_value_for():
    x = wf.zeros(3, np.int32)
    with pytest.raises(OverflowError, match="infinity"):
        x[0] = float("inf")
    with pytest.raises(ValueError, match="NaN"):
        x[...] = float("nan")
    with pytest.raises(TypeError, match="not 'complex'"):
        x[1:] = 1j
    with pytest.raises(TypeError, match="not 'complex'"):
        wf.zeros(3)[0] = 1j
    x[0] = 2.7
    same(x, np.array([2, 0, 0], np.int32))


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32"])
def test_clip_with_bounds_beyond_the_dtype(dtype):
    host = np.array([0, 3, 200]).astype(dtype)
    for low, high in ((-1, 100), (-(10 ** 6), 10 ** 6), (None, 10 ** 6), (1, None)):
        same(wf.asarray(host).clip(low, high), host.clip(low, high))
    out = wf.zeros(3, dtype)
    assert wf.asarray(host).clip(-1, 100, out=out) is out
    same(out, host.clip(None, 100))
    same(wf.clip(wf.asarray(host), 1, 5, where=wf.asarray([True, False, True]), out=wf.ones(3, dtype)),
         np.clip(host, 1, 5, where=[True, False, True], out=np.ones(3, dtype)))


# ---- arguments that were passed over

def test_compositions_take_what_ufuncs_take():
    x, y = np.array([12, 18, 7]), np.array([8, 27, 14])
    for name in ("gcd", "lcm"):
        out = wf.zeros(3, np.int64)
        assert getattr(wf, name)(wf.asarray(x), wf.asarray(y), out=out) is out
        same(out, getattr(np, name)(x, y))
    out = wf.zeros(3)
    wf.spacing(wf.asarray([1.0, 0.0, -0.0]), out=out)
    same(out, np.spacing([1.0, 0.0, -0.0]))
    same(wf.spacing(wf.asarray(np.array([1, 2], np.int8))), np.spacing(np.array([1, 2], np.int8)))
    first, second = wf.zeros(2), wf.zeros(2)
    result = wf.modf(wf.asarray([1.5, -2.25]), out=(first, second))
    assert result[0] is first and result[1] is second
    same(first, np.array([0.5, -0.25]))
    with pytest.raises(TypeError, match="unexpected keyword"):
        wf.gcd(wf.asarray(x), wf.asarray(y), axis=0)


def test_nan_functions_with_where_and_initial():
    host = np.array([[1.0, np.nan, 3.0, -4.0], [np.nan, np.nan, 7.0, 2.0]])
    where = np.array([[True, True, False, True], [True, False, False, True]])
    x, mask = wf.asarray(host), wf.asarray(where)
    for name in ("nanmax", "nanmin"):
        same(getattr(wf, name)(x, axis=1, where=mask, initial=0.5), getattr(np, name)(host, axis=1, where=where, initial=0.5))
    for name in ("nanvar", "nanstd", "nanmean"):
        np.testing.assert_allclose(getattr(wf, name)(x, axis=1, where=mask).get(), getattr(np, name)(host, axis=1, where=where))
    z = np.array([1 + 1j, complex(np.nan, 0), 3 - 1j])
    assert int(wf.nanargmax(wf.asarray(z))) == int(np.nanargmax(z))
    same(wf.nan_to_num(wf.asarray(z), copy=False), np.nan_to_num(z))


def test_shapes_of_few_dimensions():
    assert float(wf.asarray(3.0).sum(axis=0)) == 3 and float(wf.asarray(3.0).max(axis=-1)) == 3
    with pytest.raises(np.exceptions.AxisError):
        wf.asarray(3.0).sum(axis=1)
    with pytest.raises(TypeError, match="scalar"):
        wf.add.accumulate(wf.asarray(3.0))
    same(wf.column_stack([wf.asarray(1.0), wf.asarray(2.0)]), np.column_stack([1.0, 2.0]))
    host = np.array([[1j, 2], [1j, 2], [0, 1]])
    same(wf.unique(wf.asarray(host), axis=0), np.unique(host, axis=0))


def test_results_that_must_not_or_must_be_views():
    x = wf.arange(5.0)
    wf.roll(x, 5)[0] = 9
    assert float(x[0]) == 0
    y = wf.asarray([0, 0, 3, 4, 0])
    wf.trim_zeros(y)[0] = 7
    assert y.tolist() == [0, 0, 7, 4, 0]
    host = np.zeros((4, 5), int)
    host[1:3, 2:4] = 1
    for trim in ("fb", "f", "b"):
        same(wf.trim_zeros(wf.asarray(host), trim), np.trim_zeros(host, trim))
    assert wf.trim_zeros(wf.zeros(3)).size == 0


def test_infinities_of_complex_numbers_are_refused():
    with pytest.raises(TypeError, match="ambiguous"):
        wf.isposinf(wf.asarray([1j]))


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint64", "float32", "float64"])
def test_searches_that_begin_near_the_place_before(dtype):
    """Values in order, in the opposite order, in none, and with jumps; NaN among them."""
    rng = np.random.default_rng(3)
    a = np.sort(rng.integers(0, 500, 3000)).astype(dtype)
    steps = np.repeat(rng.integers(0, 600, 40), 25) + rng.integers(0, 9, 1000)
    for values in (a, a[::-1].copy(), rng.permutation(a), steps.astype(dtype), np.full(300, a[-1]), a[:0]):
        values = values.copy()
        if values.dtype.kind == "f" and values.size:
            values[::97] = np.nan
        for side in ("left", "right"):
            for sorted_ in (a, a[:40], a[:1], a[:0]):
                same(wf.searchsorted(wf.asarray(sorted_), wf.asarray(values), side), np.searchsorted(sorted_, values, side))


# ---- derived classes, forbidden waits

class Tagged(wf.ndarray):
    tag = None

    def __array_finalize__(self, whole):
        self.tag = getattr(whole, "tag", None)


def test_derived_class_is_kept_by_views_and_elementwise_work():
    x = wf.arange(12.0).reshape(3, 4).view(Tagged)
    x.tag = "first"
    other = wf.ones((3, 4)).view(Tagged)
    other.tag = "second"
    for y in (x[1], x[:, 1:], x.T, x + 1, 2 * x, -x, x + other, wf.sin(x), wf.add(1, x), wf.maximum(x, wf.ones(4))):
        assert type(y) is Tagged and y.tag == "first"
    assert (wf.ones(4) + other).tag == "second"
    assert type(x.view(wf.ndarray)) is wf.ndarray and type(wf.arange(3) + 1) is wf.ndarray
    x += 1
    assert type(x) is Tagged and x.tag == "first" and x[0, 0].get() == 1
    assert wf.add(x, 1, out=other) is other and other.tag == "second"


def test_waits_can_be_forbidden():
    x = wf.arange(5.0)
    with wf.allow_synchronize(False):
        y = x * 2
        for wait in (y.get, y[1].item, y.sum().item, lambda: float(y[0]), lambda: bool(y[0]), y.block_until_ready, wf.synchronize, wf.Event().record().synchronize):
            with pytest.raises(wf.DeviceSynchronized):
                wait()
        with wf.allow_synchronize(True):
            assert float(y[2]) == 4
        with pytest.raises(wf.DeviceSynchronized):
            y.get()
    assert y.get().tolist() == [0, 2, 4, 6, 8]


def test_initial_of_bitwise_reductions():
    for name, start in (("bitwise_or", 2), ("bitwise_and", 2), ("bitwise_xor", 3)):
        f = getattr(np, name)
        assert getattr(wf, name).reduce(wf.asarray([7, 13]), initial=start).item() == f.reduce(np.array([7, 13]), initial=start)


@pytest.mark.parametrize("axis", [-3, 2, 2 ** 70])
def test_joining_along_an_axis_that_is_not_there(axis):
    a = wf.ones((2, 2))
    with pytest.raises((np.exceptions.AxisError, OverflowError)):
        wf.concatenate([a, a], axis=axis)
    with pytest.raises((np.exceptions.AxisError, OverflowError)):
        wf.stack([a, a], axis=axis - 1 if axis < 0 else axis + 1)


def test_a_list_that_changes_while_it_is_joined():
    """Another thread empties the list while this one waits for the graph's lock."""
    import threading
    import time
    parts, stop = [], threading.Event()

    def empty_and_fill():
        while not stop.is_set():
            parts.clear()
            parts.extend(wf.ones(50) for _ in range(4))

    def work():
        while not stop.is_set():
            wf.eval(wf.ones(200000) * 2 + 1)

    threads = [threading.Thread(target=empty_and_fill), threading.Thread(target=work)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        try:
            assert (wf.concatenate(parts).get() == 1).all()
        except ValueError:  # nothing to join at that moment
            pass
    stop.set()
    for thread in threads:
        thread.join()


# ---- what a reading found


def test_matrix_product_in_place():
    """It writes, as every operator in place; a result of another shape or a wider type is refused."""
    for left, right in ((np.eye(2), 2 * np.ones((2, 2))), (np.ones(2), np.eye(2) * 3), (np.ones((4, 2, 2)), np.eye(2)), (np.eye(2), [[1, 2], [3, 4]])):
        ours, theirs = wf.asarray(left), left.copy()
        also, view = ours, ours[..., ::-1]
        ours @= right if isinstance(right, list) else wf.asarray(right)
        theirs @= right
        assert ours is also
        same(ours, theirs)
        same(view, theirs[..., ::-1])
    square = wf.arange(9.0).reshape(3, 3)
    square @= square
    same(square, np.arange(9.0).reshape(3, 3) @ np.arange(9.0).reshape(3, 3))
    for left, right, error in ((np.eye(2), np.ones(2), ValueError), (np.ones((2, 2)), np.ones((2, 3)), ValueError),
                               (np.ones((2, 2), int), np.ones((2, 2)), TypeError), (np.ones((2, 2)), 3, ValueError)):
        ours = wf.asarray(left)
        with pytest.raises(error):
            ours @= wf.asarray(right) if isinstance(right, np.ndarray) else right


def test_odd_reflections_over_several_periods():
    draw = np.random.default_rng(3)
    for _ in range(60):
        host = draw.integers(-9, 9, (int(draw.integers(1, 6)), 2))
        widths = tuple(map(int, draw.integers(0, 18, 2))), (1, 2)
        for mode in ("symmetric", "reflect"):
            same(wf.pad(wf.asarray(host), widths, mode, reflect_type="odd"), np.pad(host, widths, mode, reflect_type="odd"))


def test_numbers_have_an_axis_for_reductions_alone():
    for name in ("hypot", "subtract", "add", "maximum", "logical_xor", "divide"):
        for axis in (0, -1, None, ()):
            assert float(getattr(wf, name).reduce(wf.asarray(5.0), axis=axis)) == getattr(np, name).reduce(5.0, axis=axis)
        for axis in (1, (0,)):
            with pytest.raises(np.exceptions.AxisError):
                getattr(wf, name).reduce(wf.asarray(5.0), axis=axis)
        with pytest.raises(TypeError, match="cannot accumulate on a scalar"):
            getattr(wf, name).accumulate(wf.asarray(5.0))
    for name in ("prod", "min", "max", "argmin", "argmax"):
        assert complex(getattr(wf, name)(wf.asarray(3 + 1j), axis=0)) == getattr(np, name)(np.array(3 + 1j), axis=0)
    with pytest.raises(np.exceptions.AxisError):
        wf.asarray(5).sum((0,))


def test_norms_of_nothing():
    for shape, axis in (((0,), None), ((0, 3), 0), ((0, 3), None), ((3, 0), 1)):
        host = np.zeros(shape)
        same(wf.asarray(wf.linalg.norm(wf.asarray(host), np.inf, axis=axis)), np.zeros(np.zeros(shape).sum(axis).shape))
        with pytest.raises(ValueError, match="no identity"):
            wf.linalg.norm(wf.asarray(np.zeros((0,))), -np.inf)


def test_truth_values_are_no_indices():
    with pytest.raises(ValueError, match="boolean array argument"):
        wf.delete(wf.asarray([1, 2, 3]), True)
    with pytest.raises(TypeError):
        wf.cumsum(wf.arange(3), axis=True)
    with pytest.raises(TypeError, match="complex"):
        wf.insert(wf.asarray([1.0, 2]), 1, 1j)
    same(wf.asarray([True, False]) ** 2, np.array([True, False]) ** 2)
    assert wf.hanning(np.float32(5)).dtype == np.float64


def test_at_of_parts_and_of_values_of_other_types():
    """Slices and numbers name every place once; a value of a wider type is not rounded before it takes part."""
    host = (np.arange(24) - 9).reshape(2, 3, 4)
    for key in ((), Ellipsis, 1, slice(None, None, -2), (0, slice(1, 3)), (None, 1), (1, 2, 3), (Ellipsis, -1)):
        for dtype in ("i4", "f8"):
            for name in ("add", "maximum", "subtract"):
                ours, theirs = wf.asarray(host.astype(dtype)), host.astype(dtype)
                getattr(wf, name).at(ours, key, 2)
                getattr(np, name).at(theirs, key, 2)
                same(ours, theirs)
    with pytest.raises(ValueError, match="broadcast"):
        wf.add.at(wf.zeros(3), slice(None), wf.zeros((2, 3)))
    ours, theirs = wf.asarray(host), host.copy()
    wf.negative.at(ours, (0, slice(2)))
    np.negative.at(theirs, (0, slice(2)))
    same(ours, theirs)
    for name in ("add", "subtract"):
        ours, theirs, values = wf.asarray(host[0]), host[0].copy(), np.full((3, 4), -1.5, np.float32)
        getattr(wf, name).at(ours, wf.asarray([1, 0, 1]), wf.asarray(values))
        getattr(np, name).at(theirs, [1, 0, 1], values)
        same(ours, theirs)


def test_reductions_of_ufuncs_take_types_as_numpy():
    for call, error in ((lambda: wf.add.reduce(wf.asarray([1, 2], dtype="u1"), initial=-1, dtype="u1"), OverflowError),
                        (lambda: wf.minimum.reduce(wf.asarray([1], dtype="u1"), initial=300), OverflowError),
                        (lambda: wf.hypot.reduce(wf.asarray(1j)), TypeError), (lambda: wf.logical_or.reduce(wf.ones(2), dtype="i4"), TypeError),
                        (lambda: wf.divide.reduce(wf.ones(2), dtype="i4"), TypeError), (lambda: wf.nanmean(wf.ones(2), dtype="i4"), TypeError),
                        (lambda: wf.add.accumulate(wf.ones((2, 2)), axis=None), ValueError), (lambda: wf.less(wf.ones(2), 1, dtype="f8"), TypeError),
                        (lambda: wf.sin(wf.asarray([1]), casting="no"), TypeError), (lambda: wf.add(wf.ones(2, "f4"), wf.ones(2), casting="equiv"), TypeError),
                        (lambda: wf.absolute(wf.asarray([1j]), dtype="c16"), TypeError), (lambda: wf.add(wf.ones(2, "i4"), 1.5, dtype="i4"), TypeError)):
        with pytest.raises(error):
            call()
    same(wf.absolute(wf.asarray([3 + 4j]), dtype="f8"), np.array([5.0]))
    same(wf.add(wf.ones(2, "f4"), 2, casting="no"), np.array([3, 3], "f4"))
    same(wf.logical_and(wf.asarray([1, 0], dtype="u1"), 300), np.array([True, False]))
    same(wf.hypot.reduce(wf.asarray([3], dtype="u1"), keepdims=True), np.hypot.reduce(np.array([3], "u1"), keepdims=True))
    same(wf.add.accumulate(wf.asarray([1, 2, 3]), axis=(0,)), np.array([1, 3, 6]))
    same(wf.maximum.accumulate(wf.asarray([1.0, 3, 2]), dtype="c16"), np.array([1, 3, 3], "c16"))
    same(wf.maximum.reduce(wf.asarray([1.5, 2.5]), out=wf.zeros((), "i4")), np.array(2, "i4"))


def test_ranges_of_integers_from_fractions():
    """The step is the difference of the first two elements, as integers."""
    for given in ((-4, 8, 0.5), (0.5, 8), (0.5, 8, 1.5), (-4.5, 8, 1.5), (3, 0, -1)):
        same(wf.arange(*given, dtype="i8"), np.arange(*given, dtype="i8"))
    same(wf.arange(200, 300, 30, dtype="u1"), np.arange(200, 300, 30, dtype="u1"))
    with pytest.raises(OverflowError, match="-5 out of bounds for uint64"):
        wf.arange(-5, 3, dtype="u8")


def test_small_forms_of_taking_and_putting():
    same(wf.take(wf.asarray(5), wf.asarray([0, 0]), 0), np.take(5, [0, 0], 0))
    same(wf.compress([True], wf.asarray(5), 0), np.array([5]))
    same(wf.take(wf.asarray([1.5, 2.5]), [1], out=wf.zeros(1, int)), np.array([2]))
    with pytest.raises(TypeError, match="safe"):
        wf.place(wf.ones(2, int), wf.asarray([True, False]), wf.asarray([1.5]))
    with pytest.raises(ValueError, match="single dimension"):
        wf.put_along_axis(wf.ones((2, 2)), wf.asarray([[0]]), 1, None)
    with pytest.raises(ValueError):
        wf.triu(wf.asarray(5))


def test_several_types_together():
    """Integers join a float one by one, not first each other."""
    kinds = "?", "i1", "i2", "u2", "i4", "u4", "u8", "f2", "f4", "c8"
    for a in kinds:
        for b in kinds:
            for c in kinds:
                assert wf.result_type(*map(np.dtype, (a, b, c))) == np.result_type(a, b, c)
    parts = [wf.ones(1, kind) for kind in ("u2", "i2", "f4")]
    assert wf.concatenate(parts).dtype == np.float32 and wf.einsum("a,b,c->abc", *parts).dtype == np.float32


def test_what_has_no_dimensions_is_too_small_to_correlate():
    for a, b in ((np.array(1.0), np.ones(1)), (np.ones(2), np.array(2.0))):
        with pytest.raises(ValueError, match="too small depth"):
            wf.correlate(wf.asarray(a), wf.asarray(b))


@pytest.mark.cpu
def test_dates_through_the_interface_of_gpus():
    class Holder:
        def __init__(self, array):
            self.array = array

        @property
        def __cuda_array_interface__(self):
            return self.array.__array_interface__

    host = np.arange("2024-01-01", "2024-01-05", dtype="datetime64[D]")
    for make in (wf.asarray, wf.array, lambda v: wf.array(v, copy=None)):
        assert make(Holder(host)).get().tolist() == host.tolist()
    with pytest.raises(BufferError):
        wf.ones(3).__dlpack__(dl_device=(1, 2**30))


def test_axes_by_any_sequence():
    host = np.arange(120.0).reshape(2, 3, 4, 5)
    x = wf.asarray(host)
    assert wf.moveaxis(x, range(2), np.array([2, 3])).shape == np.moveaxis(host, range(2), np.array([2, 3])).shape
    a, b = host[:, :, 0], host[:, 0].transpose(0, 2, 1)
    axes = [(0, 1), (1, 2), (0, 1)]
    np.testing.assert_allclose(wf.matmul(wf.asarray(a[0]), wf.asarray(b), axes=axes).get(), np.matmul(a[0], b, axes=axes))
    with pytest.raises(TypeError):
        wf.moveaxis(x, 1.5, 0)


def test_partitions_of_the_flattened_array():
    a = np.random.default_rng(0).integers(0, 99, (6, 7))
    parted, order = wf.partition(wf.asarray(a), 5, axis=None), wf.argpartition(wf.asarray(a), 5, axis=None).get()
    assert parted.shape == order.shape == (42,) and parted[5] == np.sort(a, None)[5] == a.ravel()[order[5]]
    assert set(order.tolist()) == set(range(42)) and (a.ravel()[order[:5]] <= parted[5].item()).all()


def test_nextafter_of_bytes_of_either_sign():
    """Their type is float16, though their integers' common type has 16 bits."""
    a, b = np.array([1, 2, -3], "i1"), np.array([6, 2, 1], "u1")
    for x, y in ((a, b), (b, a)):
        ours, theirs = wf.nextafter(wf.asarray(x), wf.asarray(y)), np.nextafter(x, y)
        assert ours.dtype == theirs.dtype == np.float16 and (ours.get() == theirs).all()


class Labelled:
    """As pint's quantities and xarray's arrays: a class with a say in ufuncs, and operators made of them."""

    __array_priority__ = 1

    def __init__(self, value):
        self.value = value

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        inputs = [x.value if isinstance(x, Labelled) else x for x in inputs]
        return Labelled((ufunc.__name__, getattr(ufunc, method)(*inputs, **kwargs)))

    __add__, __radd__ = lambda self, other: np.add(self, other), lambda self, other: np.add(other, self)


def test_others_with_a_say_in_ufuncs_are_asked():
    x = wf.arange(3.)
    for result, name in ((x + Labelled(2), "add"), (Labelled(2) + x, "add"), (np.multiply(x, Labelled(2)), "multiply"), (wf.subtract(x, Labelled(2)), "subtract"),
                         (wf.subtract(Labelled(2), x), "subtract"), (wf.sin(Labelled(x)), "sin")):
        assert isinstance(result, Labelled) and result.value[0] == name and isinstance(result.value[1], wf.ndarray)
    assert wf.subtract(x, Labelled(2)).value[1].tolist() == [-2, -1, 0]
    assert isinstance(x * np.arange(3) + wf.poly1d([1])(2), wf.ndarray)


@pytest.mark.parametrize("dtype", ["int64", "uint64", "int32"])
def test_integers_over_one_number(policy, dtype):
    """By multiplications with a reciprocal: numbers at the edges of it."""
    limits = np.iinfo(dtype)
    edges = [0, 1, 2, 6, 7, 8, 13, 14, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53 + 1, 2**62 - 1, 2**62, 2**63 - 1, -1, -2, -7, -8, -2**31, -2**63 + 1, -2**63]
    rng = np.random.default_rng(0)
    x = np.array([e for e in edges if limits.min <= e <= limits.max] + rng.integers(limits.min, limits.max, 200, dtype=dtype).tolist(), dtype)
    ours = wf.asarray(x)
    for d in [1, 2, 3, 6, 7, 10, 641, 2**31 - 1, 2**32 + 1, 10**18, 2**62 - 1, 2**62, 2**62 + 1, 2**63 - 1, -1, -3, -7, *rng.integers(2, limits.max, 20, dtype=dtype).tolist()]:
        if not limits.min <= d <= limits.max:
            continue
        keep = x != limits.min if d == -1 else np.ones(x.shape, bool)  # the quotient that there is not
        same((ours // d)[wf.asarray(keep)], (x[keep] // d))
        same(ours % d, x % d)
