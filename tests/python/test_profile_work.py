"""weft profile: how much arithmetic a launch does, counted in the kernel's tree with the launch's arguments."""

import math

import numpy as np
import pytest

import weft as wf
from weft import _core
from weft._profile import log, probe

N = 1000


@pytest.fixture(autouse=True)
def no_measuring(monkeypatch):
    monkeypatch.setattr(probe, "reach", lambda device: {})


def memory(count, item=4):
    made = _core.Memory(item * count)
    _core.fill(made, 0, 4, count * item // 4)
    return made


def counted(body, *arguments, grid=(8,), block=(128,), before="", parameters="float *x, int n"):
    """(operations, in float64?) of a launch."""
    kernel = wf.Kernel(before + f'extern "C" __global__ void k({parameters}) {{ int i = blockIdx.x * blockDim.x + threadIdx.x; {body} }}')
    x = memory(1 << 16, 8)
    with wf.profile() as p:
        kernel(x, *(arguments or (np.int32(N),)), grid=grid, block=block)
        wf.synchronize()
    event, = (e for e in p.events if e.kind == "kernel")
    return event.operations, bool(event.flags & log.DOUBLE)


ALL = 8 * 128
CASES = {  # body → operations of a thread, all threads doing the same
    "x[i] = x[i] * 2 + 1;": 2,
    "x[i] = fmaf(x[i], 2, 1) - sqrtf(x[i]) / 3;": 5,
    "x[i] = expf(x[i]);": 1,
    "x[i]++; x[i] += 2;": 2,
    "float s = 0; for (int k = 0; k < n; k++) s += x[k] * x[i]; x[i] = s;": 2 * N,
    "float s = 0; for (int k = n; k > 0; k -= 7) s += 1; x[i] = s;": math.ceil(N / 7),
    "float s = 0; int k = 0; while (k <= n) { s += 1; k += 3; } x[i] = s;": N // 3 + 1,
    "float s = 0; int k = 0; do { s += 1; } while (++k != 50); x[i] = s;": 50,
    "float s = 0; for (unsigned m = 1024; m > 0; m >>= 1) s += 1; x[i] = s;": 11,
    "float s = 0; for (int a = 0; a < 100; a++) for (int b = 0; b < a; b++) s += 1; x[i] = s;": 100 * 99 // 2,
    "float s = 0; for (int a = 0; a < 40; a++) for (int b = 0; b < n; b++) s += x[b] * 2; x[i] = s;": 40 * N * 2,
    "if (x[i] > 0) x[i] = x[i] * 2 + 1; else x[i] = x[i] * 3 + 1 - 2;": 3,
    "x[i] = x[i] > 0 ? x[i] * 2 : x[i] * 3 + 1;": 2,
    "switch (n & 3) { case 0: x[i] += 1; x[i] += 1; break; case 1: x[i] = 0; }": 2,
    "int big = i + n * 2 - (n >> 1); x[0] = big;": 0,
    "if (n % 2 == 0 && n > 10) { for (int k = 0; k < min(n, 30); k++) x[i] += 1; return; } x[i] *= 2;": 30,
}


@pytest.mark.parametrize("body", CASES)
def test_what_a_thread_does(body):
    assert counted(body) == (CASES[body] * ALL, False)


def test_a_guard_and_a_stride():
    got, _ = counted("if (i < n) x[i] += 1;", np.int32(ALL // 2))
    assert abs(got - ALL // 2) <= ALL // 8
    assert counted("for (; i < n; i += gridDim.x * blockDim.x) x[i] += 1;", np.int32(4 * ALL))[0] == 4 * ALL


def test_functions_members_and_templates():
    before = "struct P { int n; float s; }; template<int K> __device__ float powers(float v, int n) { for (int k = 0; k < n * K; k++) v *= v; return v; }"
    kernel = wf.Kernel(before + 'extern "C" __global__ void k(float *x, P p) { x[threadIdx.x] = powers<2>(x[threadIdx.x], p.n) + p.s; }')
    with wf.profile() as p:
        kernel(memory(64), np.array([(20, 1.0)], [("n", np.int32), ("s", np.float32)])[0], grid=(1,), block=(64,))
    assert [e.operations for e in p.events if e.kind == "kernel"] == [64 * 41]


def test_tiles_in_shared_memory():
    body = """__shared__ float a[16][16]; float s = 0;
    for (int t = 0; t < n / 16; t++) { a[threadIdx.y][threadIdx.x] = x[t]; __syncthreads(); for (int k = 0; k < 16; k++) s += a[threadIdx.y][k] * x[k]; __syncthreads(); }
    x[i] = s;"""
    assert counted(body, np.int32(512), grid=(4, 4), block=(16, 16)) == (2 * 512 * 16 * 256, False)


def test_a_reduction_in_a_block_counts_who_takes_part():
    body = "for (int half = 64; half > 0; half /= 2) { if (threadIdx.x < half) x[i] += x[i + half]; __syncthreads(); }"
    got, _ = counted(body)
    assert abs(got - 8 * 127) <= 8 * 64  # sampled threads


def test_where_turns_depend_on_data_nothing_is_said():
    assert counted("while (x[i] < 4) x[i] += 1;")[0] == 0
    assert counted("for (int k = 0; k < n; k++) { if (x[k] > 2) break; x[i] += 1; }")[0] == 0
    assert counted("for (int k = 0; k < (int)x[i]; k++) x[i] += 1;")[0] == 0


def test_double_and_the_arguments_that_change():
    assert counted("x[i] = x[i] * 2 + 1;", np.int32(3), parameters="double *x, int n") == (2 * ALL, True)
    kernel = wf.Kernel('extern "C" __global__ void k(float *x, int n) { for (int k = 0; k < n; k++) x[threadIdx.x] += 1; }')
    one, other = memory(64), memory(64)
    with wf.profile() as p:
        for x, n in ((one, 10), (other, 10), (one, 100), (other, 0)):
            kernel(x, np.int32(n), grid=(1,), block=(32,))
    assert [e.operations for e in p.events if e.kind == "kernel"] == [320, 320, 3200, 0]


def test_python_kernels_and_arrays():
    @wf.cuda.jit
    def poly(x, out, times):
        i = wf.cuda.grid(1)
        if i < out.size:
            s = 0.0
            for k in range(times):
                s = s * x[i] + math.exp(x[i])
            out[i] = s

    x, out = np.ones(1024), np.zeros(1024)
    with wf.profile() as p:
        poly[8, 128](x, out, 5)
        y = wf.ones(1024) + 1
        (y * y + 3).get()
    operations = {e.name: e.operations for e in p.events if e.kind in ("kernel", "loops")}
    assert operations["poly"] == 1024 * 5 * 3
    assert sum(count for name, count in operations.items() if name != "poly") == 3 * 1024
