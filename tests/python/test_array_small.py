"""Small graphs, which the core computes without a plan, against the same graphs by plans; methods and functions whose usual
form is C, in every form; and that what is kept for the next small array is not counted as used."""

import gc
import inspect

import numpy as np
import pytest

import weft as wf
from weft import _core

DTYPES = ("bool", "int8", "uint16", "int32", "int64", "uint64", "float16", "float32", "float64", "complex64", "complex128")


def values(shape, dtype, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.integers(-20, 20, shape).astype(np.float64) / (1 if np.dtype(dtype).kind in "biu" else 8)
    if np.dtype(dtype).kind == "c":
        x = x + 1j * rng.integers(-9, 9, shape)
    return np.abs(x).astype(dtype) if np.dtype(dtype).kind in "bu" else x.astype(dtype)


def by(policy, function, *hosts):
    _core.array_set_policy(policy)
    try:
        result = function(*(wf.asarray(h) for h in hosts))
        return [r.get() for r in (result if isinstance(result, tuple) else (result,))]
    finally:
        _core.array_set_policy(0)


EXPRESSIONS = [
    lambda x, y: x + y, lambda x, y: x * y + x, lambda x, y: (x + 1) * 2, lambda x, y: x == y, lambda x, y: wf.where(x > y, x, y),
    lambda x, y: x[::-1] + y, lambda x, y: x[1::2], lambda x, y: x.T + 1, lambda x, y: x.T.copy(), lambda x, y: x[:3, None] * y[:4],
    lambda x, y: x.sum(), lambda x, y: x.sum(0), lambda x, y: x.sum(-1), lambda x, y: (x * y).sum(-1), lambda x, y: x.T.sum(0),
    lambda x, y: x.any(0), lambda x, y: x.all(), lambda x, y: (x > y).any(-1), lambda x, y: x.astype(np.float64) + 0.5,
    lambda x, y: x.astype(np.int16), lambda x, y: (x + y, (x + y) * 2), lambda x, y: wf.zeros(x.shape, x.dtype) + y,
    lambda x, y: x + wf.arange(x.shape[-1]).astype(x.dtype), lambda x, y: wf.full((3, 1), 2, x.dtype) + x[:1, :1], lambda x, y: x[0] + x[-1:],
]
REAL = [lambda x, y: x.min(), lambda x, y: x.max(0), lambda x, y: x.argmin(), lambda x, y: x.argmax(0), lambda x, y: x.argmin(-1), lambda x, y: x.T.max(-1),
        lambda x, y: wf.maximum(x, y)]
FLOAT = [lambda x, y: x.var(), lambda x, y: x.std(0), lambda x, y: x.var(-1), lambda x, y: wf.sin(x) + wf.exp(y), lambda x, y: x.prod(0)]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(1, 1), (7, 5), (33, 2), (3, 130), (64, 16), (65, 3), (1, 200), (200, 1)])
def test_the_same_bits_with_and_without_a_plan(shape, dtype):
    x, y = values(shape, dtype), values(shape, dtype, 1)
    kind = np.dtype(dtype).kind
    for expression in EXPRESSIONS + (REAL if kind != "c" else []) + (FLOAT if kind == "f" else []):
        for got, expected in zip(by(0, expression, x, y), by(3, expression, x, y)):
            assert got.dtype == expected.dtype and got.shape == expected.shape
            np.testing.assert_array_equal(got, expected)
            assert got.tobytes() == expected.tobytes() or np.isnan(got).any()


def test_reductions_of_odd_values_keep_their_bits():
    for x in ([-0.0], [-0.0, -0.0, -0.0], [0.0, -0.0], [np.nan, 1.0], [1.0, np.nan, np.inf], [-np.inf, np.inf], [5e-324] * 3):
        for function in (lambda a: a.sum(), lambda a: a.min(), lambda a: a.max(), lambda a: a.prod(), lambda a: a.argmax(), lambda a: a.argmin()):
            host = np.array(x)
            (got,), (expected,) = by(0, function, host), by(3, function, host)
            assert got.tobytes() == expected.tobytes() or np.isnan(got) and np.isnan(expected)


def test_stores_that_overlap_and_broadcast():
    for key, value in ((slice(1, None), lambda a: a[:-1]), (slice(None, None, -1), lambda a: a), (slice(2, 5), lambda a: a[3]),
                       (slice(None), lambda a: a[::-1] * 2), (3, lambda a: 7), (slice(0, 0), lambda a: 1)):
        host = np.arange(10.0)
        ours = wf.asarray(host)
        ours[key] = value(ours)
        host[key] = value(host)
        np.testing.assert_array_equal(ours.get(), host)
    host = np.zeros((4, 5), np.float32)
    ours = wf.asarray(host)
    recorded = ours + 1
    ours[1:3, ::2] = wf.arange(3)
    host[1:3, ::2] = np.arange(3)
    np.testing.assert_array_equal(ours.get(), host)
    np.testing.assert_array_equal(recorded.get(), np.ones((4, 5), np.float32))


def test_what_is_shared_in_a_graph_is_computed_once_and_kept():
    x = wf.arange(10)
    y = x * 2
    z = (y + y) * y
    assert z.tolist() == [(4 * i) * 2 * i for i in range(10)] and y.tolist() == [2 * i for i in range(10)]


def test_spare_memory_does_not_count():
    gc.collect()
    stats = _core.current_context().memory_stats
    before = stats()["in_use"]
    x = wf.zeros(100) + 1
    x.block_until_ready()
    assert stats()["in_use"] == before + 800
    del x
    assert stats()["in_use"] == before


# ---- methods whose usual form is C

@pytest.mark.parametrize("name", ["sum", "prod", "min", "max", "any", "all", "argmin", "argmax"])
def test_reducing_methods_in_every_form(name):
    host = values((4, 6), "float64")
    ours = wf.asarray(host)
    for args, kwargs in (((), {}), ((0,), {}), ((-1,), {}), ((None,), {}), ((), {"axis": 1}), ((), {"axis": 0, "keepdims": True}), ((np.int64(1),), {})):
        np.testing.assert_allclose(getattr(ours, name)(*args, **kwargs).get(), getattr(host, name)(*args, **kwargs))
    for bad in (((2,), {}), (("x",), {}), ((), {"axes": 1})):
        with pytest.raises((ValueError, TypeError)):
            getattr(ours, name)(*bad[0], **bad[1])
    with pytest.raises(np.exceptions.AxisError):
        getattr(ours, name)(-3)
    assert "axis" in inspect.signature(getattr(wf.ndarray, name)).parameters
    if name in ("min", "max", "argmin", "argmax"):
        with pytest.raises(ValueError):
            getattr(wf.zeros(0), name)()
    out = wf.zeros(6, getattr(host, name)(0).dtype)
    assert getattr(ours, name)(axis=0, out=out) is out


def test_astype_copy_reshape_ravel_item():
    host = values((4, 6), "float64")
    ours = wf.asarray(host)
    for dtype in (np.float32, "int8", int, np.dtype("c8"), bool):
        assert ours.astype(dtype).dtype == host.astype(dtype).dtype
        np.testing.assert_array_equal(ours.astype(dtype).get(), host.astype(dtype))
    assert ours.astype(float, copy=False) is ours and ours.astype(float) is not ours
    assert ours.T.astype(np.float32).flags.f_contiguous
    with pytest.warns(np.exceptions.ComplexWarning):
        wf.asarray(np.ones(3, complex)).astype(float)
    with pytest.raises(TypeError):
        ours.astype("nonsense")
    copy = ours.copy()
    copy[0, 0] = 99
    assert ours[0, 0] == host[0, 0] and ours.T.copy(order="K").flags.f_contiguous
    for shape in ((24,), (2, -1), ((3, 8),), (-1,), ([4, 6],)):
        np.testing.assert_array_equal(ours.reshape(*shape).get(), host.reshape(*shape))
    assert ours.reshape(6, 4).base is ours and ours.reshape((2, 12), order="F").shape == (2, 12)
    assert wf.asarray([5]).reshape(()).ndim == 0
    for bad in ((5,), (-1, -1), (2.5,), ()):
        with pytest.raises((ValueError, TypeError)):
            ours.reshape(*bad)
    np.testing.assert_array_equal(ours.T.ravel().get(), host.T.ravel())
    np.testing.assert_array_equal(ours.ravel("F").get(), host.ravel("F"))
    assert ours.ravel().base is ours and type(ours[1, 2].item()) is float and ours.item(3) == host.item(3) and ours.item(1, 2) == host.item(1, 2)
    with pytest.raises(ValueError):
        ours.item()
    assert ours.block_until_ready() is ours


# ---- choosing and joining

def test_places_and_masks_as_numpy():
    host = values((5, 7), "float32")
    ours = wf.asarray(host)
    pending = wf.asarray(host) * 1
    for index in ([0, 4, -1], [[1, 2], [3, -4]], [], 3):
        for dtype in (np.int64, np.int8, np.uint16):
            places = np.array(index if dtype is not np.uint16 else np.abs(index), dtype)
            for a in (ours, pending, ours[::-1], ours.T):
                np.testing.assert_array_equal(a[wf.asarray(places)].get(), a.get()[places])
            np.testing.assert_array_equal(wf.take(ours, wf.asarray(places), 1).get(), np.take(host, places, 1))
            np.testing.assert_array_equal(wf.take(ours, wf.asarray(places)).get(), np.take(host, places))
            np.testing.assert_array_equal(wf.take(ours, wf.asarray(places), -1, mode="wrap").get(), np.take(host, places, -1, mode="wrap"))
    for mask in (host > 0, host[:, 0] > 0, host > 99, np.ones((5, 7), bool), np.zeros(5, bool)):
        for a in (ours, pending, ours[::-1]):
            np.testing.assert_array_equal(a[wf.asarray(mask)].get(), a.get()[mask])
        for got, expected in zip(wf.nonzero(wf.asarray(mask)), np.nonzero(mask)):
            np.testing.assert_array_equal(got.get(), expected)
    np.testing.assert_array_equal(ours.T[wf.asarray(host.T > 0)].get(), host.T[host.T > 0])
    for bad in ([5], [-6], [0, 99]):
        with pytest.raises(IndexError, match="out of bounds for axis 0 with size 5"):
            ours[wf.asarray(bad)]
    with pytest.raises(IndexError):
        ours[wf.asarray([True, False])]
    with pytest.raises(IndexError):
        ours[wf.asarray([1.0])]
    with pytest.raises(ValueError):
        wf.take(ours, wf.asarray([1]), 5)
    big = wf.arange(50000)
    assert int(big[big[::-1]][0]) == 49999 and big[big % 2 == 0].size == 25000


def test_joining_as_numpy():
    parts = [values((2, 3), "float64", k) for k in range(3)]
    ours = [wf.asarray(p) for p in parts]
    for axis in (0, 1, -1, None):
        np.testing.assert_array_equal(wf.concatenate(ours, axis).get(), np.concatenate(parts, axis))
    for axis in (0, 1, 2, -1, -3):
        np.testing.assert_array_equal(wf.stack(ours, axis).get(), np.stack(parts, axis))
    np.testing.assert_array_equal(wf.concatenate((ours[0], ours[1][:1], ours[2] + 1)).get(), np.concatenate((parts[0], parts[1][:1], parts[2] + 1)))
    np.testing.assert_array_equal(wf.concatenate([ours[0], wf.zeros((0, 3))]).get(), parts[0])
    np.testing.assert_array_equal(wf.concatenate([ours[0], ours[1].astype(np.float32)]).get(), np.concatenate([parts[0], parts[1].astype(np.float32)]))
    for name in ("vstack", "hstack", "dstack", "column_stack"):
        np.testing.assert_array_equal(getattr(wf, name)(ours).get(), getattr(np, name)(parts))
        flat = [p.ravel() for p in parts]
        np.testing.assert_array_equal(getattr(wf, name)([wf.asarray(p) for p in flat]).get(), getattr(np, name)(flat))
    assert wf.concatenate([a.T.copy("F") for a in ours]).flags.f_contiguous == np.concatenate([p.T.copy("F") for p in parts]).flags.f_contiguous
    for bad in (([],), ([ours[0], ours[1][0]],), (ours, 2), ([ours[0], wf.zeros((2, 4))],)):
        with pytest.raises(ValueError):
            wf.concatenate(*bad)
    with pytest.raises(ValueError):
        wf.stack([ours[0], ours[1][:1]])
    big = wf.concatenate([wf.arange(40000), wf.arange(40000) * 2])
    assert big.shape == (80000,) and int(big[-1]) == 79998


# ---- loops

@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"])
def test_integer_division_by_one_number_and_by_many(dtype):
    info, rng = np.iinfo(dtype), np.random.default_rng(0)
    special = [v for v in (0, 1, -1, 2, -2, 3, 7, -7, 10, 127, -128, 641, 1 << 31, (1 << 32) + 1, 6700417, 1 << 62, (1 << 62) + 1, -(1 << 62),
                           info.max, info.max - 1, info.min, info.min + 1, info.max // 2 + 1) if info.min <= v <= info.max]
    x = np.concatenate([np.array(special, dtype), rng.integers(info.min, info.max, 500, dtype, endpoint=True)])
    drawn = rng.integers(info.min, info.max, 8, dtype, endpoint=True)
    many = rng.choice(np.concatenate([np.array(special, dtype), drawn]), x.size)
    ours = wf.asarray(x)
    with np.errstate(all="ignore"):
        for name in ("floor_divide", "remainder", "fmod"):
            for y in (*np.array(special, dtype), *drawn):
                np.testing.assert_array_equal(getattr(wf, name)(ours, y).get(), getattr(np, name)(x, y), err_msg=f"{name} by {y}")
            np.testing.assert_array_equal(getattr(wf, name)(ours, wf.asarray(many)).get(), getattr(np, name)(x, many))


def test_rows_of_few_columns():
    host = np.random.default_rng(0).standard_normal((3000, 7))
    ours = wf.asarray(host)
    for take in (lambda a: a[:, :3] + 1, lambda a: a[:, ::2] * a[:1, ::2], lambda a: a[5:, 1:3] + a[:-5, 4:6], lambda a: a.T[:3] + 0,
                 lambda a: a.reshape(300, 10, 7)[:, ::3, 1:4] + 0, lambda a: a[::-1, ::-3] + 0):
        np.testing.assert_array_equal(take(ours).get(), take(host))
    np.testing.assert_array_equal(wf.repeat(ours[:, 0], 3).get(), np.repeat(host[:, 0], 3))
    assert int(wf.asarray(host[:, 2]).argmin()) == host[:, 2].argmin()
    odd = np.where(host > 2.5, np.nan, host)
    assert [int(v) for v in wf.argmax(wf.asarray(odd), 0)] == list(odd.argmax(0)) and int(wf.asarray(odd).argmin()) == odd.argmin()


def test_products_einsum_and_choose_in_their_plain_forms():
    rng = np.random.default_rng(0)
    a, b, v = rng.standard_normal((4, 6)), rng.standard_normal((6, 5)), rng.standard_normal(6)
    for dtype in ("float32", "float64", "complex64"):
        x, y, z = (t.astype(dtype) for t in (a, b, v))
        p, q, r = map(wf.asarray, (x, y, z))
        for got, expected in ((p @ q, x @ y), (p @ r, x @ z), (r @ q, z @ y), (r @ r, z @ z), (wf.dot(p, q), x @ y), (q.T @ p.T, y.T @ x.T),
                              (wf.vdot(r, r), np.vdot(z, z)), (wf.inner(r, r), np.inner(z, z))):
            assert got.shape == expected.shape and got.dtype == expected.dtype
            np.testing.assert_allclose(got.get(), expected, rtol=1e-4)
        for text, ours, host in (("ij,jk->ik", (p, q), (x, y)), ("ij,jk->ki", (p, q), (x, y)), ("ji,kj->ik", (p.T.copy(), q.T.copy()), (x.T, y.T)),
                                 ("ji,kj", (q, p), (y, x)), ("ij,j->i", (p, r), (x, z)), ("j,jk", (r, q), (z, y)), ("i,i->", (r, r), (z, z)),
                                 ("i,i", (r, r), (z, z)), ("ij->j", (p,), (x,)), ("ij->ji", (p,), (x,)), ("ij->", (p,), (x,)), ("i,j->ij", (r, r), (z, z))):
            for _ in range(2):  # the second time from what was kept
                np.testing.assert_allclose(wf.einsum(text, *ours).get(), np.einsum(text, *host), rtol=1e-4)
    with pytest.raises(ValueError):
        wf.asarray(a) @ wf.asarray(a)
    with pytest.raises(ValueError):
        wf.einsum("ij,jk->ik", wf.asarray(a), wf.asarray(a))
    assert (wf.zeros((3, 0)) @ wf.zeros((0, 2))).tolist() == [[0, 0]] * 3
    which = rng.integers(0, 3, (4, 6))
    np.testing.assert_array_equal(wf.choose(wf.asarray(which), [wf.asarray(a), wf.asarray(-a), 0.5]).get(), np.choose(which, [a, -a, 0.5]))
    with pytest.raises(ValueError):
        wf.choose(wf.asarray([0, 2]), [wf.asarray([1, 2]), wf.asarray([3, 4])])
    for n, m, k in ((3, None, 0), (3, 5, 1), (5, 3, -2), (3, 3, 9), (3, 3, -9), (0, 4, 0)):
        np.testing.assert_array_equal(wf.eye(n, m, k).get(), np.eye(n, m, k))
    for few in ([3], [1, 5, 9], list(range(12)), list(range(40))):
        np.testing.assert_array_equal(wf.isin(wf.asarray(which), wf.asarray(few)).get(), np.isin(which, few))
