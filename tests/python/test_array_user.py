"""What a user of NumPy met on the first day: messages, dates, packed structures, elements that are no numbers."""

import fractions

import numpy as np
import pytest

import weft as wf
from weft import _core


@pytest.mark.parametrize("call, error, says", [
    (lambda x: x.__setitem__(0, "z"), ValueError, r"could not convert string to float: 'z'.*'z' \(str\) was to be put into an array of float64"),
    (lambda x: x.astype("int32").__setitem__(0, "z"), ValueError, "invalid literal for int.*an array of int32"),
    (lambda x: x.astype("int32").__setitem__(0, None), TypeError, "NoneType.*an array of int32"),
    (lambda x: x[2.0], IndexError, r"only integers, slices .* are valid indices, got 2.0 \(float\)"),
    (lambda x: x["a"], IndexError, r"only integers, slices .* are valid indices, got 'a' \(str\)"),
    (lambda x: x[[0.5]], IndexError, "arrays used as indices must be of integer .or boolean. type, got float64"),
    (lambda x: wf.sin(x, ouput=1), TypeError, r"sin\(\) got an unexpected keyword argument 'ouput'"),
    (lambda x: wf.add(x, x, out=wf.zeros(4)), ValueError, r"shapes \(3,\) and, of out, \(4,\)"),
    (lambda x: wf.where(x > 0, x, wf.ones(4)), ValueError, r"\(3,\) \(3,\) \(4,\)"),
    (lambda x: wf.take(x, [9]), IndexError, "index 9 is out of bounds for axis 0 with size 3"),
    (lambda x: wf.take(x.reshape(1, 3), [9], axis=1), IndexError, "index 9 is out of bounds for axis 1 with size 3"),
    (lambda x: wf.array(["a"]), ValueError, "return_inverse=True"),
    (lambda x: wf.array([None, 1.0]), ValueError, "Unsupported dtype object.*NaN of None"),
    (lambda x: wf.array(2**70), ValueError, f"the integer {2**70} does not fit into 64 bits"),
    (lambda x: wf.add(x, x, where=wf.arange(3)), TypeError, r"add\(\): where has dtype int64"),
    (lambda x: x.sum(where=wf.arange(3)), TypeError, r"dtype\('int64'\) to dtype\('bool'\)"),
    (lambda x: wf.convolve(x, x, mode="fool"), ValueError, "mode must be one of"),
    (lambda x: wf.random.rand(2, -1), ValueError, "negative dimensions"),
    (lambda x: wf.random.default_rng(1).normal(size=-1), ValueError, "negative dimensions"),
    (lambda x: complex(x), TypeError, "length-1"),
    (lambda x: x.setflags(align=False), ValueError, "aligned"),
    (lambda x: x.flags.__setitem__("C", True), ValueError, "cannot be set"),
])
def test_messages_name_what_was_given(call, error, says):
    with pytest.raises(error, match=says):
        call(wf.arange(3.0))


def test_what_numpy_makes_a_number_of_is_put_into_an_array():
    for dtype in ("float64", "int32", "float16", "complex64", "bool"):
        ours, theirs = wf.zeros(4, dtype), np.zeros(4, dtype)
        for index, value in ((0, "1"), (slice(1, 3), fractions.Fraction(5, 2)), (3, "7")):
            ours[index], theirs[index] = value, value
        assert ours.tolist() == theirs.tolist() and str(ours.dtype) == dtype
    x = wf.ones(2)
    x[0] = None  # NaN, as in NumPy
    assert np.isnan(x[0]) and x[1] == 1
    assert wf.asarray(np.array(["1.5", "2"]), float).tolist() == [1.5, 2.0]
    assert np.isnan(wf.asarray(np.array([None, 1], object), float)[0])


def test_ranges_of_dates():
    with pytest.warns(wf.FallbackWarning, match="arange of dates"):
        days = wf.arange("2024-01-01", "2024-01-04", dtype="datetime64[D]")
    assert days.get().tolist() == np.arange("2024-01-01", "2024-01-04", dtype="datetime64[D]").tolist()
    assert wf.arange(np.datetime64("2024-01"), np.datetime64("2024-03")).shape == (2,)
    assert wf.arange(np.timedelta64(3, "h")).dtype == "timedelta64[h]"
    assert wf.arange(2, 8, 2, dtype="m8[s]").get().tolist() == np.arange(2, 8, 2, dtype="m8[s]").tolist()


@pytest.fixture
def numpys_door():
    """Not CuPy's, which an earlier test may have opened: a CPU then answers as a GPU."""
    from weft._array import array
    answers, views = list(array.answers_as_gpu), _core.array_elements_are_views(False)
    array.answers_as_gpu[0] = False
    yield
    array.answers_as_gpu[:] = answers
    _core.array_elements_are_views(views)


@pytest.mark.cpu
def test_fields_of_packed_structures(numpys_door):
    host = np.zeros(5, [("n", "i1"), ("x", "f8"), ("m", "i4")])
    host["x"] = np.arange(5) / 2
    ours = wf.asarray(host)
    x = ours["x"]
    assert type(x) is wf.ndarray and x.tolist() == host["x"].tolist() and (x * 2).sum() == 10 and not x.flags.aligned
    x[0] = 1
    ours["x"] += 1
    host["x"][0] = 1
    host["x"] += 1
    assert ours.get().tolist() == host.tolist()
    ours["x"] = wf.arange(5) * 2
    ours["m"] = 3
    host["x"], host["m"] = np.arange(5) * 2, 3
    assert ours.get().tolist() == host.tolist()
    aligned = ours.astype(np.dtype(ours.dtype.descr, align=True))
    aligned["x"][0] = 9
    assert aligned["x"].tolist() == [9, 2, 4, 6, 8]


def test_flags_ctypes_and_annotations():
    x = wf.arange(6.0).reshape(2, 3)
    if str(x.device).startswith("cpu"):
        assert x.ctypes.data == np.asarray(x).ctypes.data and list(x.ctypes.shape) == [2, 3] and list(x.ctypes.strides) == [24, 8]
    x.setflags(write=False)
    with pytest.raises(ValueError, match="read-only"):
        x[0, 0] = 1
    x.setflags(write=True)
    x.flags["WRITEABLE"] = True
    x[0, 0] = 1
    assert x[0, 0] == 1 and "float" in str(wf.ndarray[tuple, float])


def test_products_in_place():
    a, b = np.arange(6.0).reshape(2, 3), np.arange(9.0).reshape(3, 3)
    ours = wf.asarray(a)
    same = ours
    ours @= wf.asarray(b)
    assert same is ours and ours.tolist() == (a @ b).tolist()
    for bad in (wf.ones(3), wf.ones((3, 2))):
        with pytest.raises(ValueError):
            ours @= bad
    counts = wf.ones((2, 2), dtype="int64")
    with pytest.raises(TypeError):
        counts @= wf.ones((2, 2))


def test_longer_floats_are_told():
    if np.dtype("longdouble").itemsize > 8:
        with pytest.warns(wf.FallbackWarning, match="becomes float64"):
            assert wf.asarray(np.longdouble([1, 2])).dtype == np.float64


@pytest.mark.cpu
def test_numpys_functions_write_into_numpys_arrays():
    v, z = wf.asarray([3.0, 1.0, 2.0]), np.zeros(3)
    np.copyto(z, v)
    assert z.tolist() == [3, 1, 2]
    np.put(z, [0], v[1:2])
    np.place(z, v > 2, v)
    np.putmask(z, v > 1, v * 2)
    assert z.tolist() == [6, 1, 4]
    assert np.cumsum(v, out=z) is z and z.tolist() == [3, 4, 6]
    assert np.clip(v, 1.5, 2.5, out=z) is z and z.tolist() == [2.5, 1.5, 2]
    with pytest.raises(TypeError):
        np.cumsum(v, out=np.zeros(3, int))
    assert v.to_numpy().tolist() == [3, 1, 2]
