"""What only a GPU can show: the same bits as the CPU, the second start from disk, a fault that ends CUDA and nothing else.

The rest of tests/python runs on the default device, so on a machine with a GPU it runs there: tests/gpu/run_all.sh does both.
"""

import os
import subprocess
import sys

import numpy as np
import pytest

import weft as wf

pytestmark = pytest.mark.gpu

KERNELS = {
    "arithmetic": ("__global__ void k(const float *x, float *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;"
                   " if (i < n) { float v = x[i]; y[i] = v * v + 3.0f * v - v / 7.0f + (float)(int)(v * 1000.0f); } }"),
    "functions": ("__global__ void k(const float *x, float *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;"
                  " if (i < n) y[i] = sinf(x[i]) * expf(x[i]) + powf(fabsf(x[i]), 1.5f) + sqrtf(fabsf(x[i])); }"),
    "barriers": ("__global__ void k(const float *x, float *y, int n) { __shared__ float s[256]; int t = threadIdx.x;"
                 " int i = blockIdx.x * 256 + t; s[t] = i < n ? x[i] : 0; __syncthreads();"
                 " for (int h = 128; h; h /= 2) { if (t < h) s[t] += s[t + h]; __syncthreads(); }"
                 " if (i < n) y[i] = s[0] + s[t]; }"),
    "warps": ("__global__ void k(const float *x, float *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;"
              " float v = i < n ? x[i] : 0; for (int d = 16; d; d /= 2) v += __shfl_xor_sync(~0u, v, d);"
              " if (i < n) y[i] = v + __popc(__ballot_sync(~0u, v > 0)); }"),
    "integers": ("__global__ void k(const float *x, float *y, int n) { int i = blockIdx.x * blockDim.x + threadIdx.x;"
                 " if (i < n) { unsigned h = __float_as_uint(x[i]); h ^= h >> 16; h *= 0x7feb352du; h ^= h >> 15;"
                 " int d = (int)h / ((i & 7) - 3); y[i] = (float)(h >> (i & 31)) + (float)d + (float)(i << 33); } }"),
}


def run(source, x, device):
    with wf.device(device):
        from_host, result = wf.Memory(x.nbytes), np.zeros_like(x)
        wf.copy_to_device(from_host, x)
        to = wf.Memory(x.nbytes)
        wf.Kernel(source)(from_host, to, x.size, grid=(-(-x.size // 256),), block=(256,))
        wf.copy_to_host(result, to)
        return result


@pytest.mark.parametrize("name", KERNELS)
def test_same_bits_as_the_cpu(name):
    x = ((np.random.default_rng(3).random(1_000_003, np.float32) - 0.3) * 20).astype(np.float32)
    ours, theirs = run(KERNELS[name], x, "cuda:0"), run(KERNELS[name], x, "cpu")
    same = (ours.view("u4") == theirs.view("u4")) | (np.isnan(ours) & np.isnan(theirs))
    assert same.all(), f"{(~same).sum()} of {x.size} differ, first at {np.argmin(same)}"


START = """
import sys, time, numpy as np, weft as wf
m = wf.Memory(128)
start = time.perf_counter()
wf.Kernel("__global__ void k(int *x) { x[threadIdx.x] = threadIdx.x * 3; }")(m, block=32)
wf.synchronize()
seconds = time.perf_counter() - start
x = np.empty(32, 'i4')
wf.copy_to_host(x, m)
assert (x == np.arange(32) * 3).all()
print('llvmlite' in sys.modules, seconds)
"""


def test_second_start_comes_from_disk(tmp_path):
    env = {**os.environ, "WEFT_CACHE_DIR": str(tmp_path), "WEFT_DEVICE": "cuda"}
    starts = [subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, env=env, check=True).stdout.split()
              for _ in range(2)]
    print("first kernel, s: cold", starts[0][1], "from disk", starts[1][1])
    assert starts[0][0] == "True" and starts[1][0] == "False"


FAULT = """
import numpy as np, weft as wf
bad = wf.Kernel("__global__ void k(int *x) { *x = 1; }")
try:
    bad(16, block=1)
    wf.synchronize()
except wf.FaultError as error:
    print('fault:', 'k' in str(error))
try:
    wf.Memory(16)
except wf.Error:
    print('later calls fail')
with wf.device('cpu'):
    m, x = wf.Memory(4), np.empty(1, 'i4')
    wf.Kernel("__global__ void k(int *x) { *x = 7; }")(m, block=1)
    wf.copy_to_host(x, m)
    print('the CPU goes on:', x[0])
"""


def test_a_fault_ends_cuda_and_nothing_else():
    done = subprocess.run([sys.executable, "-c", FAULT], capture_output=True, text=True,
                          env={**os.environ, "WEFT_DEVICE": "cuda"})
    assert done.stdout.splitlines() == ["fault: True", "later calls fail", "the CPU goes on: 7"], done.stderr


def test_copies_of_all_sizes():
    for size in (1, 4097, 1 << 20, (64 << 20) + 3):
        x = np.random.default_rng(size).integers(0, 255, size, np.uint8)
        with wf.device("cuda"):
            memory, back = wf.Memory(size), np.empty_like(x)
            wf.copy_to_device(memory, x)
            wf.copy_to_host(back, memory)
        assert np.array_equal(x, back)


def test_low_halves_of_floats():
    """A store of a double's low bits once came out as the number, converted (weft/_compile.py, _narrow_stores)."""
    source = """__device__ int low(double x, int again) { return again > 0 ? low(x * 0.5, again - 1) : (int)__double_as_longlong(x); }
    __global__ void k(const double *x, const float *y, int *o, int again) {
        o[0] = (int)__double_as_longlong(fma(x[0], 1.5, 6755399441055744.0));
        o[1] = low(x[1] * 3.0, again);
        ((short *)o)[4] = (short)__double_as_longlong(x[2] * 3.0);
        ((short *)o)[5] = (short)__float_as_int(y[0] * 3.0f);
        ((char *)o)[12] = (char)__float_as_int(y[1] * 3.0f); }"""
    x, y, results = np.array([2.0, 0.1, 0.7]), np.array([0.1, 0.3], np.float32), []
    for device in ("cpu", "cuda:0"):
        with wf.device(device):
            o = np.zeros(4, np.int32)
            wf.Kernel(source, "k")(wf.In(x), wf.In(y), wf.InOut(o), np.int32(2), grid=1, block=1)
            wf.synchronize()
            results.append(o)
    assert results[0][0] == 3
    np.testing.assert_array_equal(*results)
