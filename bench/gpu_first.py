"""How long until the first result: arrays and @cuda.jit kernels, cold and from the disk cache.   needs a GPU

    python bench/gpu_first.py [--rounds N]
Each child process prints the times it saw. `cold` has an empty cache, `warm` the one that the run before filled; every kernel
is new by a constant. CuPy and numba.cuda beside weft where installed. Two figures of throughput that need no peer's process
follow: a Gaussian filter of 4096², beside CuPy's, and weft's own product of 8192² matrices.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time
import uuid

ARRAYS = r"""
import numpy as np
def one(number):
    begin = time.perf_counter()
    if which == "cupy":
        import cupy as xp
    else:
        import weft as xp
    a = xp.asarray(np.full(1 << 16, 2, np.float32))
    value = float(((a * 3 + a) * (a - number) + (a + number) / a).sum())
    assert abs(value / (8 * (2 - number) + (2 + number) / 2) / (1 << 16) - 1) < 1e-5, value
    return time.perf_counter() - begin
"""
# A number is an argument of the fused kernel: what makes it new is the sequence of operations.
NEW = r"""
def one_new(number):
    import random
    if which == "cupy":
        import cupy as xp
    else:
        import weft as xp
    a = b = xp.asarray(np.full(1 << 20, 0.5, np.float32))
    begin = time.perf_counter()
    pick = random.Random(number)
    for _ in range(12):
        b = pick.choice([xp.sqrt, xp.sin, xp.exp, lambda v: v * a, lambda v: v + a, lambda v: v - a, abs, xp.cos])(b)
    float(b[7])
    return time.perf_counter() - begin
"""
KERNELS = r"""
import numpy as np
def one(number):
    begin = time.perf_counter()
    if which == "numba":
        from numba import cuda
    else:
        from weft import cuda
    text = f"def scale(x, n):\n    i = cuda.grid(1)\n    if i < n:\n        x[i] = x[i] * {number} + i\n"
    space = {"cuda": cuda}
    import linecache
    name = f"<kernel {number}>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    exec(compile(text, name, "exec"), space)
    kernel = cuda.jit(space["scale"])
    x = np.ones(1024, np.float32)
    d = cuda.to_device(x)
    kernel[4, 256](d, 1024)
    assert (d.copy_to_host() == number + np.arange(1024)).all()
    return time.perf_counter() - begin
"""
CHILD = r"""
import sys, time
start = float(sys.argv[1]); which = sys.argv[2]; numbers = [int(v) for v in sys.argv[3].split(",")]
BODY
one(numbers[0]); first = time.time() - start
print(first, *[(one_new if "one_new" in globals() else one)(n) for n in numbers[1:]])
"""


def child(body, which, numbers, cache):
    env = {**os.environ, "WEFT_CACHE_DIR": cache, "CUPY_CACHE_DIR": cache + "-cupy", "CUDA_CACHE_DISABLE": "1"}
    code = CHILD.replace("BODY", body)
    out = subprocess.run([sys.executable, "-P", "-W", "ignore", "-c", code, str(time.time()), which, ",".join(map(str, numbers))], env=env,
                         capture_output=True, text=True)
    if out.returncode:
        print(f"  {which}: {out.stderr.strip().splitlines()[-1][:150]}")
        return None
    return [float(v) for v in out.stdout.split()]


def starts(title, body, names, rounds):
    print(f"{title}: seconds: process start to first result | next new one | start, warm | next, warm   (best of {rounds})")
    base = uuid.uuid4().int % 10**4
    for name in names:
        rows = []
        with tempfile.TemporaryDirectory() as folder:
            for round_ in range(rounds):
                numbers = [base + 10 * round_ + k for k in range(5)]
                cold = child(body, name, numbers, f"{folder}/{round_}")
                warm = cold and child(body, name, numbers, f"{folder}/{round_}")
                if not warm:
                    break
                rows.append((cold[0], min(cold[1:]), warm[0], min(warm[1:])))
        if rows:
            print(f"  {name:6s}", *[f"{min(column):10.5f}" for column in zip(*rows)], flush=True)


def best(call, wait, rounds=8):
    low = 1e9
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        wait()
        low = min(low, time.perf_counter() - start)
    return low * 1e3


def throughput():
    import numpy as np

    import weft as wf

    picture = np.random.default_rng(1).random((4096, 4096), np.float32)
    a = wf.asarray(picture)
    print(f"gaussian_filter 4096², σ 3: weft {best(lambda: wf.eval(wf.ndimage.gaussian_filter(a, 3)), wf.synchronize):.3f} ms", end="")
    try:
        import cupy as cp
        from cupyx.scipy import ndimage

        b = cp.asarray(picture)
        print(f", CuPy {best(lambda: ndimage.gaussian_filter(b, 3), cp.cuda.Device().synchronize):.3f} ms")
        assert np.allclose(wf.ndimage.gaussian_filter(a, 3).get(), ndimage.gaussian_filter(b, 3).get(), atol=1e-5)
    except ImportError:
        print()
    x, y = (wf.asarray(np.random.default_rng(k).random((8192, 8192), np.float32)) for k in (2, 3))
    with_library = wf.matmul(x, y)[:64, :64].get()
    wf.config.reproducible = True
    ms = best(lambda: wf.eval(wf.matmul(x, y)), wf.synchronize, 4)
    assert np.allclose(wf.matmul(x, y)[:64, :64].get(), with_library, rtol=1e-4)
    print(f"product 8192², weft's own kernel: {ms:.1f} ms, {2 * 8192**3 / ms / 1e9:.1f} TFLOP/s")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    rounds = parser.parse_args().rounds
    starts("arrays", ARRAYS + NEW, ["weft", "cupy"], rounds)
    starts("@cuda.jit", KERNELS, ["weft", "numba"], rounds)
    throughput()


if __name__ == "__main__":
    main()
