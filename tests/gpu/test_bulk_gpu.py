"""Sorts, scans, masks and gathers on a real GPU: the bits of the CPU's ready-made functions."""

import numpy as np
import pytest

import weft as wf

pytestmark = [pytest.mark.gpu, pytest.mark.filterwarnings("error::weft.FallbackWarning")]

DTYPES = ["bool", "int8", "uint16", "int32", "uint64", "float16", "float32", "float64", "complex64", "complex128"]
SHAPES = [(1,), (4096,), (100_003,), (1 << 21,), (7, 9001), (3000, 17)]


def values(shape, dtype):
    x = (np.random.default_rng(len(shape)).standard_normal(shape) * 60).astype(dtype)
    if x.dtype.kind in "fc":
        x.reshape(-1)[3::97] = np.nan
    return x + x.dtype.type(1j) if x.dtype.kind == "c" else x


def both(function, *hosts):
    gpu, cpu = ([r.get() for r in function(*(wf.asarray(h, device=d) for h in hosts))] for d in ("cuda:0", "cpu"))
    for g, c in zip(gpu, cpu, strict=True):
        assert g.dtype == c.dtype and g.shape == c.shape
        np.testing.assert_array_equal(g, c)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_same_as_the_cpu(shape, dtype):
    x = values(shape, dtype)
    mask = np.random.default_rng(9).random(shape) > 0.7
    index = np.random.default_rng(8).integers(0, shape[0], 500)
    for function in (lambda a, m, i: (wf.sort(a), wf.argsort(a)), lambda a, m, i: (wf.cumsum(a, -1), wf.cumsum(a, 0)),
                     lambda a, m, i: (a[m], *m.nonzero()), lambda a, m, i: (a[i], wf.unique(a[:100]))):
        both(function, x, mask, index)
