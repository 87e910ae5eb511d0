"""fma on CPUs that have no such instruction: our own sequence gives its bits."""

import os
import sys

import numpy as np
import pytest

sys.path.insert(0, os.path.dirname(__file__))
import harness  # noqa: E402

pytestmark = pytest.mark.skipif(not os.path.exists(harness.DUMP), reason="emit_dump is not built")


def inputs(kind, seed):
    r = np.random.default_rng(seed)
    n = 4096
    span = 20 if kind == "f4" else 200
    a, b = (r.standard_normal(n) * 2.0 ** r.integers(-span, span, n) for _ in range(2))
    c = -(a * b) * (1 + r.integers(-4, 5, n) * 2.0 ** r.integers(-60, -1, n))  # cancels, more or less
    c[::3] = r.standard_normal(len(c[::3]))
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 3.0])
    a[:512], b[:512], c[:512] = np.repeat(special, 64), np.tile(np.repeat(special, 8), 8), np.tile(special, 64)
    return [x.astype(kind) for x in (a, b, c)]


@pytest.mark.parametrize("lanes", [1, 8, 16])
@pytest.mark.parametrize("kind, name", [("f4", "float"), ("f8", "double")])
def test_same_bits(kind, name, lanes, tmp_path):
    call = "fmaf" if kind == "f4" else "fma"
    source = f'extern "C" __global__ void k(const {name} *a, const {name} *b, const {name} *c, {name} *y) {{ int i = blockIdx.x * blockDim.x + threadIdx.x; y[i] = {call}(a[i], b[i], c[i]); }}'
    a, b, c = inputs(kind, 1)
    soft, hard = np.zeros_like(a), np.zeros_like(a)
    k = harness.Kernel(source, "k", (64,), lanes=lanes, fma=0)
    assert "llvm.fma" not in k.ir
    k((64,), a, b, c, soft)
    harness.Kernel(source, "k", (64,), lanes=lanes)((64,), a, b, c, hard)
    assert np.array_equal(soft, hard, equal_nan=True), np.flatnonzero(~((soft == hard) | ((soft != soft) & (hard != hard))))[:9]
    real = soft == soft
    assert np.array_equal(np.signbit(soft[real]), np.signbit(hard[real]))
