"""What a launch costs: a C loop over cuLaunchKernel, weft's Python call, CuPy's and Numba's.   needs a GPU

    python bench/gpu_launch.py
Bursts of 512 launches of an empty-handed kernel (one block), the wait outside the timed part; best of many.
"""
import ctypes
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

import weft.dropin

weft.dropin.install("pycuda")
import pycuda.autoinit  # noqa: E402,F401
import pycuda.driver as cuda  # noqa: E402
from pycuda.compiler import SourceModule  # noqa: E402

SOURCE = 'extern "C" __global__ void add(const float *x, const float *y, float *z, int n) { int i = threadIdx.x; if (i < n) z[i] = x[i] + y[i]; }'
PTX = """.version 7.0
.target sm_70
.address_size 64
.visible .entry add(.param .u64 a, .param .u64 b, .param .u64 c, .param .u32 n)
{
 .reg .pred %p<2>; .reg .b32 %r<3>; .reg .b64 %d<9>; .reg .f32 %f<4>;
 ld.param.u64 %d1, [a]; ld.param.u64 %d2, [b]; ld.param.u64 %d3, [c]; ld.param.u32 %r1, [n];
 mov.u32 %r2, %tid.x; setp.ge.s32 %p1, %r2, %r1; @%p1 bra done;
 mul.wide.s32 %d4, %r2, 4; add.s64 %d5, %d1, %d4; add.s64 %d6, %d2, %d4; add.s64 %d7, %d3, %d4;
 ld.global.f32 %f1, [%d5]; ld.global.f32 %f2, [%d6]; add.f32 %f3, %f1, %f2; st.global.f32 [%d7], %f3;
done: ret;
}
"""


def burst(call, wait, count=512, rounds=40):
    best = 1e9
    for _ in range(rounds):
        wait()
        start = time.perf_counter()
        for _ in range(count):
            call()
        best = min(best, (time.perf_counter() - start) / count)
    wait()
    return best * 1e6


def jitted(cuda, x):
    """A launch of a kernel of weft.cuda's or numba.cuda's."""

    @cuda.jit
    def add(x, y, z, n):
        i = cuda.threadIdx.x
        if i < n:
            z[i] = x[i] + y[i]

    p, q, r = (cuda.to_device(x) for _ in range(3))
    n, launch = np.int32(64), add[1, 64]
    launch(p, q, r, n)
    assert (r.copy_to_host() == 2 * x).all()
    return burst(lambda: launch(p, q, r, n), cuda.synchronize)


def main():
    x = np.arange(64, dtype=np.float32)
    a, b, c = cuda.to_device(x), cuda.to_device(x), cuda.mem_alloc(x.nbytes)
    kernel = SourceModule(SOURCE, no_extern_c=True).get_function("add")
    n, block, grid = np.int32(64), (64, 1, 1), (1, 1)
    wait = cuda.Context.synchronize
    rows = {"weft, called with block= and grid=": burst(lambda: kernel(a, b, c, n, block=block, grid=grid), wait)}
    out = np.empty_like(x)
    cuda.memcpy_dtoh(out, c)
    assert (out == 2 * x).all()
    kernel.prepare("PPPi")
    rows["weft, prepared_call"] = burst(lambda: kernel.prepared_call(grid, block, a, b, c, 64), wait)
    from weft import cuda as wc

    rows["weft.cuda.jit"] = jitted(wc, x)
    with tempfile.TemporaryDirectory() as folder:
        library = f"{folder}/loop.so"
        source = Path(__file__).parent / "driver_loop.c"
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", str(source), "-o", library, "-ldl"], check=True)
        loop = ctypes.CDLL(library).launch_loop
        loop.restype = ctypes.c_double
        loop.argtypes = [ctypes.c_char_p, ctypes.c_char_p] + [ctypes.c_uint64] * 3 + [ctypes.c_int] * 2
        rows["C loop over the driver"] = loop(PTX.encode(), b"add", int(a), int(b), int(c), 64, 512) * 1e6
    try:
        import cupy as cp

        raw, (p, q, r) = cp.RawKernel(SOURCE, "add"), (cp.asarray(x) for _ in range(3))
        rows["CuPy RawKernel"] = burst(lambda: raw((1,), (64,), (p, q, r, n)), cp.cuda.Device().synchronize)
    except ImportError:
        pass
    try:
        from numba import cuda as nc

        rows["numba.cuda"] = jitted(nc, x)
    except Exception as error:  # not installed, or does not work here
        print("numba.cuda:", error)
    print("microseconds a launch, in a burst")
    for name, value in rows.items():
        print(f"  {name:36s} {value:8.3f}")


if __name__ == "__main__":
    main()
