"""How long until a kernel runs: process start to first result, the next new kernel, and from the disk cache.

    python bench/gpu_start.py [--rounds N]          needs a GPU; CuPy beside it where installed
Each child process prints the times it saw; every source text is new (a constant changes) unless the cache is meant.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time
import uuid

KERNEL = r"""
extern "C" __global__ void scale(float *x, int n)
{
    __shared__ float s[256];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    s[threadIdx.x] = i < n ? x[i] : 0;
    __syncthreads();
    float v = 0;
    for (int k = 0; k < 8; k++) v += s[(threadIdx.x + k) & 255] * %d.0f;
    if (i < n) x[i] = v;
}
"""

CHILD = r"""
import sys, time
start = float(sys.argv[1]); which = sys.argv[2]; numbers = [int(v) for v in sys.argv[3].split(",")]
import numpy as np
def one(number):
    source = KERNEL % number
    x = np.ones(1024, np.float32)
    begin = time.perf_counter()
    if which == "cupy":
        import cupy as cp
        d = cp.asarray(x)
        cp.RawKernel(source, "scale")((4,), (256,), (d, np.int32(1024)))
        out = cp.asnumpy(d)
    else:
        import pycuda.autoinit, pycuda.driver as cuda
        from pycuda.compiler import SourceModule
        d = cuda.to_device(x)
        SourceModule(source, no_extern_c=True).get_function("scale")(d, np.int32(1024), block=(256, 1, 1), grid=(4, 1))
        out = np.empty_like(x); cuda.memcpy_dtoh(out, d)
    assert (out == 8.0 * number).all(), out
    return time.perf_counter() - begin
if which == "weft":
    import weft.dropin; weft.dropin.install("pycuda")
one(numbers[0]); first = time.time() - start
print(first, *[one(n) for n in numbers[1:]], "llvmlite" in sys.modules)
"""


def child(which, numbers, cache):
    env = {**os.environ, "WEFT_CACHE_DIR": cache, "CUPY_CACHE_DIR": cache + "-cupy", "CUDA_CACHE_DISABLE": "1"}
    code = "KERNEL = " + repr(KERNEL) + CHILD
    out = subprocess.run([sys.executable, "-P", "-c", code, str(time.time()), which, ",".join(map(str, numbers))], env=env, capture_output=True, text=True)
    if out.returncode:
        raise SystemExit(f"{which}: {out.stderr[-2000:]}")
    words = out.stdout.split()
    return [float(v) for v in words[:-1]], words[-1] == "True"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4)
    args = parser.parse_args()
    try:
        import cupy  # noqa: F401

        names = ["weft", "cupy"]
    except ImportError:
        names = ["weft"]
    rows = {name: [] for name in names}
    base = uuid.uuid4().int % 10**6
    with tempfile.TemporaryDirectory() as folder:
        for round_ in range(args.rounds):
            numbers = [base + 10 * round_ + k for k in range(5)]
            for name in names:
                cache = f"{folder}/{name}{round_}"
                cold, _ = child(name, numbers, cache)
                warm, loaded = child(name, numbers, cache)
                rows[name].append((cold[0], min(cold[1:]), warm[0], min(warm[1:])))
                if name == "weft" and loaded:
                    print("note: LLVM was loaded although the cache was warm")
    print("seconds: process start to first result | next new kernel | start, cached | next, cached   (best of rounds)")
    for name, values in rows.items():
        print(f"  {name:6s}", *[f"{min(column):10.5f}" for column in zip(*values)])


if __name__ == "__main__":
    main()
