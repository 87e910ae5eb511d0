"""What two habits of old CUDA code cost on the CPU, beside the same sum without them; alternating, best of many.

    python bench/experiments/lockstep_masks.py [--rounds N]
Sums of blocks of 256 from 2^20 floats, one thread unless WEFT_THREADS says otherwise:
  barriers    a barrier after every step
  volatile    the last six steps on `volatile __shared__` memory without barriers, as warps in step allow
  shuffles    the last five steps with __shfl_down_sync
  return      barriers, and `if (i >= n) return;` before them: lanes that are gone are a mask from then on
  coroutine   a barrier that the block does not agree on: one coroutine for each group of lanes
"""
import argparse
import os
import time

os.environ.setdefault("WEFT_DEVICE", "cpu")
os.environ.setdefault("WEFT_THREADS", "1")
import numpy as np  # noqa: E402

import weft as wf  # noqa: E402

HEAD = "__global__ void %s(const float *x, float *out, int n) { %s int t = threadIdx.x, i = blockIdx.x * 256 + t; "
TREE = "for (int h = 128; h > %d; h >>= 1) { if (t < h) s[t] += s[t + h]; __syncthreads(); } "
END = "if (t == 0) out[blockIdx.x] = s[0]; }"
SHARED, VOLATILE = "__shared__ float s[256];", "__shared__ volatile float s[256];"
STEPS = "".join(f"s[t] += s[t + {h}]; " for h in (32, 16, 8, 4, 2, 1))
KERNELS = {
    "barriers": HEAD % ("barriers", SHARED) + "s[t] = i < n ? x[i] : 0.0f; __syncthreads(); " + TREE % 0 + END,
    "volatile": HEAD % ("volatile_", VOLATILE) + "s[t] = i < n ? x[i] : 0.0f; __syncthreads(); " + TREE % 32 + "if (t < 32) { " + STEPS + "} " + END,
    "shuffles": HEAD % ("shuffles", SHARED) + "s[t] = i < n ? x[i] : 0.0f; __syncthreads(); " + TREE % 16
    + "if (t < 32) { float v = s[t]; for (int d = 16; d; d >>= 1) v += __shfl_down_sync(~0u, v, d); if (t == 0) out[blockIdx.x] = v; } }",
    "return": HEAD % ("return_", SHARED) + "if (i >= n) return; s[t] = x[i]; __syncthreads(); " + TREE % 0 + END,
    "coroutine": HEAD % ("coroutine", SHARED) + "s[t] = i < n ? x[i] : 0.0f; if (t < 128) __syncthreads(); else __syncthreads(); " + TREE % 0 + END,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40)
    args = parser.parse_args()
    n = 1 << 20
    host = np.random.default_rng(1).random(n, np.float32)
    x, out, runs, paths = wf.asarray(host), wf.asarray(np.zeros(n // 256, np.float32)), {}, {}
    for name, source in KERNELS.items():
        kernel = wf.Module(source).kernel()

        def run(kernel=kernel):
            kernel(x, out, np.int32(n), grid=(n // 256,), block=(256,))
            wf.synchronize()

        run()
        assert np.allclose(np.asarray(out), host.reshape(-1, 256).sum(1), rtol=1e-5), name
        runs[name], paths[name] = run, kernel.path((256, 1, 1))
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(args.rounds):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - start)
    for name, seconds in best.items():
        print(f"{name:10s} {seconds * 1e6:9.1f} us  {seconds / best['barriers']:6.2f} of barriers  {paths[name]}")


if __name__ == "__main__":
    main()
