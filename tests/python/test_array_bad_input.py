"""What NumPy refuses, weft refuses with the same kind of error; what NumPy takes at its edges (0, 33 and 64 dimensions, no
elements, odd axes), weft takes."""

import numpy as np
import pytest

import weft as wf

A = np.arange(12.0).reshape(3, 4)
WIDE = np.ones((1,) * 62 + (2, 3))


def outcome(function):
    try:
        return function(), None
    except Exception as error:  # the kind is compared
        public = (np.exceptions.AxisError, TypeError, IndexError, OverflowError, ValueError, ZeroDivisionError)
        return None, next(kind for kind in public if isinstance(error, kind))


CALLS = [
    (name, A, {"axis": axis}) for name in ("sum", "max", "any", "argmax", "mean", "var", "cumsum", "sort", "flip", "diff", "squeeze", "median")
    for axis in (5, -3, "x", 1.5, (0, 0), (0, 5))
] + [(name, A, {"axis": True}) for name in ("sum", "max", "any", "argmax", "mean", "var")] + [
    ("broadcast_to", A, {"shape": (-1, 4)}), ("broadcast_to", A[0], {"shape": (2**61, 4)}), ("broadcast_to", A, {"shape": (1,) * 65}),
    ("rollaxis", A, {"axis": 0, "start": 7}), ("resize", A, {"new_shape": (-1,)}), ("resize", A, {"new_shape": (2, 7)}),
    ("tile", A, {"reps": -1}), ("tile", A, {"reps": ()}), ("repeat", A, {"repeats": -1}), ("repeat", np.float64(2), {"repeats": 3, "axis": 0}),
    ("flip", A, {"axis": [0]}), ("average", A, {"axis": [0]}), ("max", A + 1j, {"axis": [0]}),
    ("repeat", WIDE, {"repeats": 2, "axis": -1}), ("flip", WIDE, {"axis": -1}), ("sum", WIDE, {"axis": -1}), 
    ("moveaxis", WIDE, {"source": -1, "destination": 0}), ("squeeze", WIDE, {}), 
    ("expand_dims", WIDE, {"axis": 0}), ("eye", -1, {}), ("squeeze", np.array(1.0), {"axis": (0, 0)}),
]


@pytest.mark.parametrize("name,first,options", CALLS, ids=lambda x: x if isinstance(x, str) else "")
def test_as_numpy(name, first, options):
    expected, refused = outcome(lambda: getattr(np, name)(first, **options))
    got, error = outcome(lambda: getattr(wf, name)(wf.asarray(first) if isinstance(first, np.ndarray) else first, **options))
    if expected is not None and expected.size > 1 << 20 and expected.strides:  # a broadcast view that nobody could print
        assert got.shape == expected.shape
        return
    assert error is refused, (error, refused)
    if refused is None:
        assert got.dtype == expected.dtype and got.shape == expected.shape
        np.testing.assert_array_equal(got.get(), expected)


def test_33_dimensions_broadcast():
    x = wf.ones((1,) * 40 + (3,))
    y = x + wf.ones((2,) + (1,) * 40)
    assert y.shape == (2,) + (1,) * 39 + (3,) and y.sum().item() == 12
    assert wf.broadcast_shapes(x.shape, (4, 3)) == (1,) * 39 + (4, 3)
    y[..., [0, 1]] = wf.zeros(2)
    assert y.sum().item() == 4
    with pytest.raises(ValueError, match="shape mismatch"):
        wf.broadcast_shapes((3,), (4,))
    with pytest.raises(ValueError, match="negative"):
        wf.broadcast_shapes((3,), (-1,))


def test_dates_obey_casting():
    with pytest.raises(TypeError, match="rule 'no'"):
        wf.asarray(A).astype("M8[s]", casting="no")


def test_the_namespace_has_versions():
    x = wf.ones(1)
    for version in (None, "2021.12", "2022.12", "2023.12", "2024.12"):
        assert x.__array_namespace__(api_version=version) is wf
    with pytest.raises(ValueError, match="1999"):
        x.__array_namespace__(api_version="1999.1")


def test_memory_that_is_not_there_names_the_largest_arrays():
    keep = [wf.ones((1000, 900 + k)).block_until_ready() for k in range(3)]
    with pytest.raises(wf.OutOfMemoryError, match="bytes") as caught:
        wf.empty((10**6, 10**8))
    text = str(caught.value)
    assert "(1000, 902) float64" in text and text.index("(1000, 902)") < text.index("(1000, 901)")
    assert keep[0].sum().item() == 900000
    assert isinstance(caught.value, MemoryError)


def test_strange_operands_are_named():
    for strange in (None, "x", {}):
        with pytest.raises(TypeError, match=f"{type(strange).__name__}.* of add"):
            wf.add(wf.ones(2), strange)
        assert wf.array_equal(wf.ones(2), strange) is False
    for name, least in (("hsplit", 1), ("vsplit", 2), ("dsplit", 3)):
        with pytest.raises(ValueError, match=f"{least} or more dimensions"):
            getattr(wf, name)(wf.ones((2,) * (least - 1)), 2)
    with pytest.raises(ValueError, match="at least one"):
        wf.result_type()
    with pytest.raises(ValueError, match="enough dimensions"):
        wf.vecdot(wf.ones(3), wf.asarray(1.0))
    assert wf.tile(wf.arange(2), np.array([2, 1])).shape == (2, 2)
