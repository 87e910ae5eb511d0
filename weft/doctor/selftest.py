"""The three doors on each device, small, with their bits compared with the CPU's."""

import time

import numpy as np

import weft as wf
from weft import cuda

_SUM = r"""
extern "C" __global__ void block_sums(const float *x, float *out, int n)
{
    __shared__ float s[128];
    int t = threadIdx.x, i = blockIdx.x * 128 + t;
    s[t] = i < n ? expf(x[i]) * 0.5f + 1.0f : 0.0f;
    __syncthreads();
    for (int half = 64; half > 0; half /= 2) {
        if (t < half) s[t] += s[t + half];
        __syncthreads();
    }
    if (t == 0) out[blockIdx.x] = s[0];
}
"""


def _input():
    return np.random.default_rng(2026).standard_normal(10_000).astype(np.float32)


def arrays(device):
    x = wf.asarray(_input(), device=device)
    y = wf.sin(x) ** 2 + x / 3
    return np.concatenate([y.get(), [y.sum().item()]]).astype(np.float32)


def cuda_c(device):
    with wf.device(device):
        out = np.zeros(79, np.float32)
        wf.Kernel(_SUM)(wf.In(_input()), wf.Out(out), 10_000, grid=(79,), block=(128,))
        wf.synchronize()
    return out


def _scale(x, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = x[i] * 2.5 - 1.0


def python_kernel(device):
    with wf.device(device):
        out = np.zeros(10_000, np.float32)
        cuda.jit(_scale)[79, 128](_input(), out)
        wf.synchronize()
    return out


def run():
    """A list of {device, test, seconds, error}; error: None, or a sentence."""
    rows, expected = [], {}
    for device in [*map(str, wf.devices("cpu")), *map(str, wf.devices("cuda"))]:
        for test in (arrays, cuda_c, python_kernel):
            start, error, got = time.perf_counter(), None, None
            try:
                got = test(device).view(np.uint32)
            except Exception as problem:  # whatever it is, it is what the report is for
                error = f"{type(problem).__name__}: {str(problem).splitlines()[0]}"
            if got is not None and not np.array_equal(got, expected.setdefault(test.__name__, got)):
                error = f"{int((got != expected[test.__name__]).sum())} of {got.size} results differ from the CPU's"
            rows.append({"device": device, "test": test.__name__, "seconds": time.perf_counter() - start, "error": error})
    return rows
