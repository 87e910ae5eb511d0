"""Arrays in pandas, matplotlib and C code that asks for sequences: as NumPy's where nothing of NumPy's alone is asked for."""
import bisect
import operator

import numpy as np
import pytest

import weft as wf

pd = pytest.importorskip("pandas")
copies_unasked = pytest.mark.skipif(wf.current_device().kind != "cpu", reason="pandas and matplotlib copy unasked, which arrays on a GPU refuse")


@pytest.fixture
def x():
    return wf.asarray([3.0, 1.0, 2.0])


def test_arrays_are_sequences_and_no_scalars(x):
    assert not pd.api.types.is_scalar(x) and pd.api.types.is_list_like(x)
    assert bisect.bisect(wf.asarray([1, 2, 4]), 2) == 2 and bisect.bisect_left(wf.asarray([1, 2, 4]), 4) == 2
    assert operator.indexOf(x, 2.0) == 2 and operator.countOf(x, 1.0) == 1
    assert list(reversed(x)) == [2.0, 1.0, 3.0]
    with pytest.raises(IndexError):
        bisect.bisect(wf.asarray([1, 2]), 2, 0, 5)


@copies_unasked
def test_columns_indices_and_bins(x):
    assert pd.Index(x).tolist() == [3.0, 1.0, 2.0] and pd.Series(x).sum() == 6
    assert pd.DataFrame({"a": x}).a.dtype == np.float64
    assert pd.cut(x, 2).codes.tolist() == pd.cut(x.get(), 2).codes.tolist()
    assert pd.qcut(x, 2).codes.tolist() == pd.qcut(x.get(), 2).codes.tolist()
    assert pd.to_numeric(x).tolist() == [3.0, 1.0, 2.0]
    assert pd.MultiIndex.from_arrays([x, x])[1] == (1.0, 1.0)


@copies_unasked
def test_series_compared_with_elements_and_arrays(x):
    s = pd.Series([1.0, 2.0, 5.0])
    for bound in (x[2], x.mean(), wf.asarray(2.0)):
        assert (s > bound).tolist() == [False, False, True] and (s <= bound).tolist() == [True, True, False]
        assert (bound < s).tolist() == [False, False, True]
        assert (s + bound).tolist() == [3.0, 4.0, 7.0] and (bound * s).tolist() == [2.0, 4.0, 10.0]
    assert (s > x).tolist() == [False, True, True] and (s == x).tolist() == [False, False, False]
    assert s[s > x.mean()].tolist() == [5.0]
    assert pd.DataFrame({"a": s})[s > x.min()].a.tolist() == [2.0, 5.0]


def test_conditions_of_other_libraries(x):
    s = pd.Series([1, 2, 3])
    for where in (np.where, wf.where):
        assert wf.asnumpy(where(s > 1, x, 0)).tolist() == [0.0, 1.0, 2.0]
        assert wf.asnumpy(where(x > 1, s, x)).tolist() == [1.0, 1.0, 3.0]


def test_arrays_beside_objects_are_broadcast(x):
    a, b, c = np.broadcast_arrays(x, None, "text")
    assert isinstance(a, wf.ndarray) and b.shape == c.shape == (3,) and b[1] is None and c[2] == "text"


@copies_unasked
def test_bars():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    x = wf.asarray([1.0, 2.0, 3.0])
    bars = plt.figure().add_subplot().bar(x, x * 2, width=0.5)
    assert [bar.get_height() for bar in bars] == [2.0, 4.0, 6.0]
