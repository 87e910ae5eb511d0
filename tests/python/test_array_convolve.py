"""convolve and correlate: the CPU's ready-made sums beside the composition that GPUs run, and NumPy."""
import numpy as np
import pytest

import weft as wf
from weft._array import bulk


@pytest.mark.parametrize("kind", ["f4", "f8"])
def test_ready_made_sums_have_the_bits_of_the_composition(kind, monkeypatch):
    rng = np.random.default_rng(11)
    for n in (1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 200, 300):
        a, v = rng.standard_normal(1000).astype(kind), rng.standard_normal(n).astype(kind)
        for mode in ("full", "same", "valid"):
            with monkeypatch.context() as change:
                change.setattr(bulk, "kernels_everywhere", True)
                expected = [f(wf.asarray(a), wf.asarray(v), mode).get() for f in (wf.convolve, wf.correlate)]
            got = [f(wf.asarray(a), wf.asarray(v), mode).get() for f in (wf.convolve, wf.correlate)]
            for x, y, f in zip(got, expected, (np.convolve, np.correlate)):
                assert x.dtype == y.dtype and x.tobytes() == y.tobytes()
                np.testing.assert_allclose(x, f(a, v, mode), rtol=1e-3 if kind == "f4" else 1e-9, atol=1e-4 if kind == "f4" else 1e-12)


def test_vectors_of_all_lengths():
    rng = np.random.default_rng(12)
    for m, n in ((1, 1), (1, 5), (5, 1), (31, 32), (33, 4000), (5000, 4096), (5000, 4097)):
        a, v = rng.standard_normal(m), rng.standard_normal(n)
        for mode in ("full", "same", "valid"):
            np.testing.assert_allclose(wf.convolve(wf.asarray(a), wf.asarray(v), mode).get(), np.convolve(a, v, mode), rtol=1e-8, atol=1e-10)
    a = wf.asarray(rng.standard_normal(100))
    np.testing.assert_array_equal(wf.convolve(a[::-2], a[:3]).get(), wf.convolve(a[::-2].copy(), a[:3]).get())


def test_packed_bits_of_both_orders():
    rng = np.random.default_rng(13)
    for n in (1, 7, 8, 9, 63, 64, 65, 1000, 40_007):
        x = rng.random(n) < 0.5
        for order in ("big", "little"):
            np.testing.assert_array_equal(wf.packbits(wf.asarray(x), bitorder=order).get(), np.packbits(x, bitorder=order))
            rows = np.stack([x, ~x])
            np.testing.assert_array_equal(wf.packbits(wf.asarray(rows), axis=1, bitorder=order).get(), np.packbits(rows, axis=1, bitorder=order))


@pytest.mark.parametrize("kind", ["f2", "f4", "f8", "c8"])
def test_nans_and_infinities_of_the_shorter_vector_meet_no_zeros_beyond_the_ends(kind, monkeypatch):
    rng = np.random.default_rng(14)
    for m, n in ((3, 2), (9, 9), (40, 5), (40, 33), (300, 150)):
        a, v = (rng.integers(1, 4, size).astype(kind) for size in (m, n))
        v[0], v[-1] = np.nan, np.inf
        for mode in ("full", "same", "valid"):
            for f, given in ((np.convolve, wf.convolve), (np.correlate, wf.correlate)):
                expected = np.isfinite(f(a, v, mode))
                got = given(wf.asarray(a), wf.asarray(v), mode).get()
                with monkeypatch.context() as change:
                    change.setattr(bulk, "kernels_everywhere", True)
                    composed = given(wf.asarray(a), wf.asarray(v), mode).get()
                np.testing.assert_array_equal(np.isfinite(got), expected)
                np.testing.assert_array_equal(got, composed)
                np.testing.assert_array_equal(got[expected], f(a, np.where(np.isfinite(v), v, 0), mode)[expected])
