"""Arrays of structures, void and dates: bytes on a device that NumPy understands (weft/_array/opaque.py)."""

import pickle
import warnings

import numpy as np
import pytest

import weft as wf

POINT = np.dtype([("x", "f4"), ("y", "f4"), ("id", "i4")])


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def points():
    host = np.zeros(5, POINT)
    host["x"], host["id"] = np.arange(5) / 2, [3, 1, 2, 5, 4]
    return host


def test_fields_are_views():
    host, ours = points(), wf.asarray(points())
    assert isinstance(ours, wf.ndarray) and ours.dtype == POINT and ours.shape == (5,) and ours.nbytes == 60
    ours["y"] = ours["x"] * 2
    ours["x"][1:3] += 1
    ours[::2]["id"] = -1
    host["y"] = host["x"] * 2
    host["x"][1:3] += 1
    host[::2]["id"] = -1
    assert (ours.get() == host).all()
    assert type(ours["x"].sum()) is wf.ndarray and ours["x"].sum().item() == host["x"].sum()
    assert (ours[["id", "x"]].get() == host[["id", "x"]]).all()
    assert wf.may_share_memory(ours, ours["x"]) and not wf.may_share_memory(ours, ours.copy()["x"])


def test_elements_and_slices():
    host, ours = points(), wf.asarray(points())
    assert ours[1].get() == host[1] and ours[1].shape == ()
    assert (ours[ours["id"] > 2].get() == host[host["id"] > 2]).all()
    assert (ours[[4, 0]].get() == host[[4, 0]]).all()
    ours[0] = (7, 8, 9)
    ours[1:3] = ours[3:5]
    host[0] = (7, 8, 9)
    host[1:3] = host[3:5]
    assert (ours.get() == host).all() and [p.item() for p in ours] == host.tolist()
    assert ((ours == ours[0]).get() == (host == host[0])).all()
    assert ours.reshape(1, 5).T.shape == (5, 1) and (ours[::-1]["x"].get() == host[::-1]["x"]).all()


def test_kernels_take_structs():
    module = wf.Module("""struct Point { float x, y; int id; };
        __global__ void move(Point *p, int n) { int i = threadIdx.x; if (i < n) { p[i].x += 1; p[i].id *= 2; } }""")
    host, ours = points(), wf.asarray(points())
    module["move"](ours, 5, grid=(1,), block=(32,))
    host["x"] += 1
    host["id"] *= 2
    assert (ours.get() == host).all()


def test_creation_and_pickle():
    for ours, theirs in ((wf.zeros((2, 3), POINT), np.zeros((2, 3), POINT)), (wf.zeros_like(wf.asarray(points())), np.zeros(5, POINT)),
                         (wf.full(3, (1, 2, 3), POINT), np.full(3, np.array((1, 2, 3), POINT))),
                         (wf.array([(1, 2, 3)], dtype=POINT), np.array([(1, 2, 3)], POINT)),
                         (pickle.loads(pickle.dumps(wf.asarray(points()))), points()),
                         (wf.arange(4).view("V8").view("i8"), np.arange(4)), (wf.array(points(), ndmin=2), points()[None])):
        assert ours.dtype == theirs.dtype and ours.shape == theirs.shape and (ours.get() == theirs).all()
    assert wf.empty(3, "V10").nbytes == 30
    assert wf.asnumpy(wf.asarray(points())).dtype == POINT
    assert wf.make_aligned_dtype("?,c8").itemsize == 16 and wf.make_aligned_dtype("?,(4,)V3").itemsize == 13
    aligned = wf.zeros(3, wf.make_aligned_dtype("?,f8"))
    aligned["f1"] = 2
    assert aligned["f1"].get().tolist() == [2.0, 2.0, 2.0]


DAYS = np.array(["2020-01-31", "2019-05-06", "NaT", "2021-12-25"], "M8[D]")


@pytest.mark.parametrize("function", [
    lambda xp, d: d - d[0], lambda xp, d: d + np.timedelta64(3, "D"), lambda xp, d: d > d[0], lambda xp, d: xp.sort(d), lambda xp, d: xp.isnat(d),
    lambda xp, d: xp.diff(d), lambda xp, d: xp.concatenate([d, d[:2]]), lambda xp, d: d.astype("M8[s]"), lambda xp, d: d[:2].max(),
    lambda xp, d: (d[:2] - d[3]) / np.timedelta64(1, "h"), lambda xp, d: xp.where(xp.isnat(d), d[0], d), lambda xp, d: d.view("i8"),
    lambda xp, d: xp.add(d, xp.arange(4)), lambda xp, d: xp.arange(4) + d, lambda xp, d: np.add(d, 1), lambda xp, d: d[:2].astype("i8") * 2,
    lambda xp, d: xp.argsort(d), lambda xp, d: xp.unique(d), lambda xp, d: (d - d[1]).astype("f8")[:2], lambda xp, d: d == d[1],
    lambda xp, d: xp.arange(3).astype("m8[s]"), lambda xp, d: xp.searchsorted(xp.sort(d), d[:2])])
def test_dates_as_numpys(function):
    expected, got = function(np, DAYS), function(wf, wf.asarray(DAYS))
    assert isinstance(got, np.generic if np.ndim(expected) == 0 else wf.ndarray) and got.dtype == np.asarray(expected).dtype and got.shape == np.shape(expected)
    np.testing.assert_array_equal(wf.asnumpy(got), expected)


def test_in_place():
    ours, host = wf.asarray(DAYS), DAYS.copy()
    ours += np.timedelta64(1, "D")
    ours.sort()
    ours[0] = "2000-01-01"
    host += np.timedelta64(1, "D")
    host.sort()
    host[0] = "2000-01-01"
    np.testing.assert_array_equal(ours.get(), host)


def test_what_is_refused():
    for make in (lambda: wf.array(["a"]), lambda: wf.array([object()]), lambda: wf.zeros(3, "O"), lambda: wf.zeros(3, "3i"),
                 lambda: wf.empty(3, "V"), lambda: wf.zeros(2, "S4"), lambda: wf.zeros(2, "f8,O")):
        with pytest.raises(ValueError, match="Unsupported dtype"):
            make()
    with pytest.raises(TypeError):
        wf.sin(wf.asarray(DAYS))
    with pytest.raises(TypeError):
        wf.asarray(DAYS).sum()
    with pytest.raises(TypeError):
        wf.zeros(4)[...] = wf.asarray(DAYS)  # noqa: not a number


def test_one_warning_names_the_work():
    from weft._array import fallback
    fallback._told.discard("floordiv of arrays of timedelta64")
    spans = wf.arange(3).astype("m8[s]")
    with pytest.warns(wf.FallbackWarning, match="floordiv of arrays of timedelta64"):
        spans // np.timedelta64(2, "s")


def test_an_element_of_dates_is_numpys():
    d = wf.asarray(np.array(["2024-01-03", "2024-01-01", "2024-01-02"], "M8[D]"))
    d[0], d[2] = d[2], d[0]
    assert d.get().astype(str).tolist() == ["2024-01-02", "2024-01-01", "2024-01-03"]
    first = d[0]
    first += np.timedelta64(1, "D")
    assert d[0] == np.datetime64("2024-01-02") and {d[0]: 1}[d[0]] == 1 and len(set(d)) == 3
    assert isinstance(d[1] - d[0], np.timedelta64) and d[1, ...].shape == ()


def test_truths_of_other_bytes_count_once():
    x = wf.asarray(np.frombuffer(bytes([255, 0, 2]), bool))
    assert x.sum() == 2 and x.astype(int).max() == 1


def test_structs_in_kernels_of_fragments():
    """Members by name and by number, in elements, raw arrays and reductions; layouts that a GPU cannot read are refused."""
    dtype = wf.make_aligned_dtype([("mass", "f4"), ("pos", "f8", (3,)), ("tag", "i1"), ("z", "c8")])
    host = np.zeros(5, dtype)
    host["mass"], host["pos"], host["z"] = np.arange(5), np.arange(15).reshape(5, 3), 1j
    x = wf.asarray(host)
    kernel = wf.ElementwiseKernel("P p, float32 by", "float64 e, P q", "e = p.mass * p.pos[1] * by; q = p; q.tag = 7; q.z = p.z * p.z; q.pos[0] = -1", "moved")
    energy, moved = kernel(x, 2)
    np.testing.assert_array_equal(energy.get(), host["mass"] * host["pos"][:, 1] * 2)
    expected = host.copy()
    expected["tag"], expected["z"], expected["pos"][:, 0] = 7, -1, -1
    np.testing.assert_array_equal(moved.get(), expected)
    back = wf.ElementwiseKernel("raw P p", "float64 e", "e = p[n - 1 - i].pos[2]", "back")(x, size=5)
    assert back.tolist() == [14, 11, 8, 5, 2]
    by_number = wf.ElementwiseKernel("P p", "float64 e", 'static_assert(P::field_count == 4, "fields"); e = p.at<0>()', "numbered")
    assert by_number(x[::2]).tolist() == [0, 2, 4]
    assert wf.ReductionKernel("P p", "float64 s", "p.mass * p.pos[0]", "a + b", "s = a", "0", "weighed")(x) == 90
    inner = wf.make_aligned_dtype([("a", "i2"), ("b", [("c", "f8"), ("my field", "i4")])])
    nested = wf.ElementwiseKernel("P p", "float64 e", "e = p.a + p.b.c + p.b.at<1>()", "nested")
    assert nested(wf.asarray(np.array([(1, (0.5, 3))], inner))).tolist() == [4.5]
    with pytest.raises(ValueError, match="not a multiple of 8"):
        by_number(wf.zeros(2, np.dtype([("a", "i1"), ("b", "f8")])))
