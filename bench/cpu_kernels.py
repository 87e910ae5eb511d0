"""CUDA-C-style kernels on the CPU: weft beside OpenCL (Intel's or PoCL, whatever is installed) and loops by hand in C.

    python bench/cpu_kernels.py [--threads N] [--rounds N] [--json FILE]
The peers are optional: `pip install pyopencl intel-opencl-rt intel-cmplr-lib-rt` (Intel's runtime wants the package's lib
folder on LD_LIBRARY_PATH and an .icd file that OCL_ICD_VENDORS names), and clang or gcc for the C loops.
"""
import argparse
import ctypes
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from kernels import CUDA, OPENCL  # noqa: E402
from timing import best_of, table  # noqa: E402

SIZES = {"naive": 1024, "tiled": 512, "tree": 1 << 22, "add": 4096, "stencil": 4096}


def inputs(name):
    rng = np.random.default_rng(1)
    n = SIZES[name]
    if name in ("naive", "tiled"):
        return [rng.random((n, n), np.float32) for _ in range(2)], np.empty((n, n), np.float32)
    if name == "tree":
        return [rng.random(n, np.float32)], np.empty(n // 256, np.float32)
    if name == "add":
        return [rng.random(n, np.float32) for _ in range(2)], np.empty(n, np.float32)
    return [rng.random((n, n), np.float32)], np.zeros((n, n), np.float32)


def expected(name, x):
    if name in ("naive", "tiled"):
        return x[0] @ x[1]
    if name == "tree":
        return x[0].reshape(-1, 256).sum(1)
    if name == "add":
        return x[0] + x[1]
    a, c = x[0], np.zeros_like(x[0])
    c[1:-1, 1:-1] = 0.2 * (a[1:-1, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] + a[:-2, 1:-1] + a[2:, 1:-1])
    return c


def shape(name):
    """grid and block in CUDA's sense, and the scalar arguments."""
    n = SIZES[name]
    if name in ("naive", "tiled"):
        return (n // 16, n // 16), (16, 16), [np.int32(n)]
    if name == "tree":
        return (n // 256, 1), (256, 1), []
    if name == "add":
        return (n // 256, 1), (256, 1), [np.int32(n)]
    return ((n - 2 + 63) // 64, (n - 2 + 3) // 4), (64, 4), [np.int32(n)]


class Weft:
    def __init__(self, name):
        import pycuda.autoinit  # noqa: F401  (weft's, see main)
        import pycuda.driver as cuda
        from pycuda.compiler import SourceModule

        self.cuda, (self.x, self.out) = cuda, inputs(name)
        self.kernel = SourceModule(CUDA[name]).get_function(name)
        self.buffers = [cuda.to_device(v) for v in self.x]
        self.result = cuda.mem_alloc(self.out.nbytes)
        grid, block, scalars = shape(name)
        types = "P" * (len(self.buffers) + 1) + "i" * len(scalars)
        self.kernel.prepare(types)
        self.args = (grid, block + (1,), *[int(b) for b in self.buffers], int(self.result), *[int(v) for v in scalars])
        self.cuda.memcpy_htod(self.result, np.zeros_like(self.out))

    def change(self, round_):
        self.x[0].flat[0] = round_
        self.cuda.memcpy_htod(self.buffers[0], self.x[0])

    def run(self):
        self.kernel.prepared_call(*self.args)
        self.cuda.Context.synchronize()

    def get(self):
        self.cuda.memcpy_dtoh(self.out, self.result)
        return self.out


class OpenCL:
    def __init__(self, name, device):
        import pyopencl as cl

        self.cl, (self.x, self.out) = cl, inputs(name)
        context = cl.Context([device])
        self.queue = cl.CommandQueue(context)
        self.kernel = cl.Kernel(cl.Program(context, OPENCL).build(), name)
        flags = cl.mem_flags.READ_WRITE | cl.mem_flags.COPY_HOST_PTR
        self.buffers = [cl.Buffer(context, flags, hostbuf=v) for v in self.x]
        self.result = cl.Buffer(context, flags, hostbuf=np.zeros_like(self.out))
        grid, block, scalars = shape(name)
        self.sizes = tuple(g * b for g, b in zip(grid, block)), block
        self.kernel.set_args(*self.buffers, self.result, *scalars)

    def change(self, round_):
        self.x[0].flat[0] = round_
        self.cl.enqueue_copy(self.queue, self.buffers[0], self.x[0])
        self.queue.finish()

    def run(self):
        self.cl.enqueue_nd_range_kernel(self.queue, self.kernel, *self.sizes)
        self.queue.finish()

    def get(self):
        self.cl.enqueue_copy(self.queue, self.out, self.result)
        return self.out


class Hand:
    library = None

    def __init__(self, name, threads):
        self.x, self.out = inputs(name)
        pointers = [ctypes.c_void_p(v.ctypes.data) for v in (*self.x, self.out)]
        function = getattr(Hand.library, {"tree": "tree_sum"}.get(name, name))
        self.call = lambda: function(*pointers, SIZES[name], threads)

    @classmethod
    def build(cls):
        compiler = shutil.which("clang") or shutil.which("gcc")
        if compiler:
            folder = tempfile.mkdtemp()
            source = Path(__file__).parent / "hand.c"
            flags = ["-O3", "-march=native", "-ffp-contract=off", "-fPIC", "-shared", "-pthread"]
            subprocess.run([compiler, *flags, str(source), "-o", f"{folder}/hand.so", "-lm"], check=True)
            cls.library = ctypes.CDLL(f"{folder}/hand.so")
        return compiler

    def change(self, round_):
        self.x[0].flat[0] = round_

    def run(self):
        self.call()

    def get(self):
        return self.out


def candidates(name, threads, devices):
    found = {"weft": Weft(name)}
    for title, device in devices:
        found[title] = OpenCL(name, device)
    if Hand.library and name != "add":
        found["C by hand"] = Hand(name, threads)
    return found


def opencl_devices():
    try:
        import pyopencl as cl

        return [(p.name.split("(")[0].strip() + " OpenCL", d) for p in cl.get_platforms() for d in p.get_devices()]
    except Exception as error:
        print("no OpenCL here:", error)
        return []


def measure(name, rounds, threads, devices):
    found = candidates(name, threads, devices)

    def entry(candidate):
        def run(round_):
            candidate.run()

        def check(round_):
            want = expected(name, candidate.x)
            assert np.allclose(candidate.get(), want, rtol=1e-4, atol=1e-3), name
            candidate.change(round_ + 1)

        return run, check

    inner = 200 if name == "add" else 1
    best = best_of({title: entry(c) for title, c in found.items()}, rounds, inner)
    table(f"{name} ({SIZES[name]}), {threads} threads", best, unit=1e6 if name == "add" else 1e3, unit_name="us" if name == "add" else "ms")
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="")
    parser.add_argument("--json")
    args = parser.parse_args()
    os.environ["WEFT_THREADS"] = str(args.threads)
    os.environ.setdefault("WEFT_DEVICE", "cpu")
    import weft.dropin

    weft.dropin.install("pycuda")
    if not Hand.build():
        print("no C compiler here: the loops by hand are left out")
    devices = opencl_devices()
    results = {name: measure(name, args.rounds, args.threads, devices) for name in SIZES if args.only in name}
    if args.json:
        Path(args.json).write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
