"""interp, packbits, repeat and reduceat: the ready-made functions against NumPy's, and against what GPUs run."""

import numpy as np
import pytest

import weft as wf
from weft._array import bulk


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 64, 65, 1000])
@pytest.mark.parametrize("bitorder", ["big", "little"])
def test_packed_bits(n, bitorder):
    rng = np.random.default_rng(n)
    for shape, axis in (((n,), None), ((3, n), 1), ((n, 3), 0), ((2, n), None)):
        for dtype in (bool, np.int64, np.uint8):
            host = ((rng.random(shape) < 0.5) * rng.integers(1, 5, shape)).astype(dtype)
            ours, theirs = wf.packbits(wf.asarray(host), axis=axis, bitorder=bitorder), np.packbits(host, axis=axis, bitorder=bitorder)
            assert ours.dtype == theirs.dtype and ours.shape == theirs.shape and np.array_equal(ours.get(), theirs)
            assert np.array_equal(wf.packbits(wf.asarray(host)[..., ::-1], axis=-1, bitorder=bitorder).get(),
                                  np.packbits(host[..., ::-1], axis=-1, bitorder=bitorder))


@pytest.mark.parametrize("dtype", ["u1", "f2", "i4", "f8", "c16"])
def test_repeated(dtype):
    for n in (0, 1, 50):
        host = np.random.default_rng(n).integers(0, 99, (3, n, 2)).astype(dtype)
        for times in (0, 1, 2, 3, np.int8(2), [2], wf.asarray([2])):
            for axis in (None, 0, 1, -1):
                plain = times.get() if isinstance(times, wf.ndarray) else times
                assert np.array_equal(wf.repeat(wf.asarray(host), times, axis=axis).get(), np.repeat(host, plain, axis=axis))
                assert np.array_equal(wf.repeat(wf.asarray(host)[::-1], times, axis=axis).get(), np.repeat(host[::-1], plain, axis=axis))
    for bad, error in ((-1, ValueError), (1.5, TypeError), ([1.0, 2.0], TypeError)):
        with pytest.raises(error):
            wf.repeat(wf.arange(2), bad)
    assert wf.repeat(wf.asarray([1.0, 2.0], dtype=wf.bfloat16), 2).tolist() == [1, 1, 2, 2]


def test_lines_between_points(monkeypatch):
    rng = np.random.default_rng(0)
    for turn in range(60):
        n = int(rng.integers(2, 40))
        points, values = np.sort(rng.integers(0, 30, n) / 3.0 if turn % 2 else rng.normal(size=n)), rng.normal(size=n)
        if turn % 5 == 0:
            values[rng.integers(0, n)] = (np.inf, np.nan, -np.inf)[turn % 3]
        if turn % 7 == 0:
            points[-1] = np.inf
        x = np.concatenate([rng.normal(size=20) * 3, points, [np.nan, np.inf, -np.inf]])
        rng.shuffle(x)
        ends = {} if turn % 3 else {"left": -9.0, "right": wf.asarray(7.0)}
        ours = wf.interp(wf.asarray(x), wf.asarray(points), wf.asarray(values), **ends).get()
        np.testing.assert_allclose(ours, np.interp(x, points, values, **{k: float(v) for k, v in ends.items()}), rtol=1e-12, atol=1e-12)
        if turn < 10:
            monkeypatch.setattr(bulk, "kernels_everywhere", True)
            elsewhere = wf.interp(wf.asarray(x), wf.asarray(points), wf.asarray(values), **ends).get()
            monkeypatch.setattr(bulk, "kernels_everywhere", False)
            assert np.array_equal(ours, elsewhere, equal_nan=True)


def test_places_of_extremes_along_rows():
    rng = np.random.default_rng(3)
    for dtype in ("f4", "f8", "i8", "u1"):
        for shape in ((1000,), (50, 316), (7, 65), (3, 4096)):
            host = (rng.normal(size=shape) * 50).astype(dtype)
            if dtype[0] == "f" and shape[0] == 7:
                host[2, 5] = host[4, 60] = np.nan
            for axis in (None, 0, -1):
                assert np.array_equal(wf.argmax(wf.asarray(host), axis).get(), host.argmax(axis))
                assert np.array_equal(wf.argmin(wf.asarray(host), axis).get(), host.argmin(axis))


@pytest.mark.parametrize("name", ["add", "multiply", "minimum", "maximum"])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "uint64", "int32", "int16", "bool"])
def test_segments_are_folded_in_one_order(name, dtype, monkeypatch):
    """A function of the core and the steps that a GPU takes give the same bits."""
    from weft._array import folds
    rng = np.random.default_rng(len(name) * 7 + len(dtype))
    for n in (1, 63, 64, 65, 300, 5000):
        host = rng.random((3, n)) > 0.5 if dtype == "bool" else (rng.standard_normal((3, n)) * (1 if name == "multiply" else 1000)).astype(dtype)
        for places in (rng.integers(0, n, 5), np.sort(rng.integers(0, n, 7)), np.arange(0, n, 10)):
            with np.errstate(all="ignore"):
                expected = getattr(np, name).reduceat(host, places, 1)
                got = getattr(wf, name).reduceat(wf.asarray(host), places, 1)
                with monkeypatch.context() as changed:
                    changed.setattr(folds, "_READY_MADE", {})
                    steps = getattr(wf, name).reduceat(wf.asarray(host), places, 1)
            assert got.dtype == expected.dtype and got.get().tobytes() == steps.get().tobytes()
            if expected.dtype.kind == "f":
                np.testing.assert_allclose(got.get(), expected, rtol=1e-4, atol=0.05)
            else:
                np.testing.assert_array_equal(got.get(), expected)
