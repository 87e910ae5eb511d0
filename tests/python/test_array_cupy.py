"""The cupy drop-in in a process of its own: the names that programs use most, and what they do."""

import subprocess
import sys
import textwrap


def run(program):
    done = subprocess.run([sys.executable, "-m", "weft", "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_arrays_and_reductions():
    out = run("""
        import cupy as cp, numpy as np
        x = cp.asarray(np.arange(6, dtype=np.float32).reshape(2, 3))
        y = cp.sin(x) ** 2 + cp.cos(x) ** 2
        print(isinstance(y, cp.ndarray), bool(cp.allclose(y, 1)), cp.asnumpy(x.sum(axis=0)).tolist())
        print(cp.get_array_module(x) is not np, cp.get_array_module(np.ones(2)) is np, float(x.mean()))
        print(cp.concatenate([x, x]).shape, cp.linalg.norm(x).dtype, cp.random.rand(4).shape)
    """)
    assert out.split("\n")[:3] == ["True True [3.0, 5.0, 7.0]", "True True 2.5", "(4, 3) float32 (4,)"]


def test_kernels():
    out = run(r"""
        import cupy as cp, numpy as np
        source = '''extern "C" __global__ void add(const float *x, const float *y, float *z, int n) {
            int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) z[i] = x[i] + y[i]; }'''
        x, y, z = cp.arange(100, dtype=cp.float32), cp.ones(100, dtype=cp.float32), cp.zeros(100, dtype=cp.float32)
        cp.RawKernel(source, "add")((4,), (32,), (x, y, z, np.int32(100)))
        print(z.get()[99])
        diff = cp.ElementwiseKernel("T x, T y", "T z", "z = (x - y) * (x - y)", "squared_diff")
        print(diff(x, 3.0).get()[5])
        norm = cp.ReductionKernel("T x", "T y", "x * x", "a + b", "y = sqrt(a)", "0", "l2norm")
        print(norm(cp.asarray([3.0, 4.0])).item())
        print(cp.fuse(lambda a, b: a * b + 1)(x, y).get()[2])
    """)
    assert out.split() == ["100.0", "4.0", "5.0", "3.0"]


def test_a_kernel_writes_only_what_it_is_given():
    out = run(r"""
        import cupy as cp, numpy as np
        twice = cp.RawKernel('extern "C" __global__ void f(float *x) { x[threadIdx.x] *= 2; }', "f")
        x = cp.ones(8, dtype=cp.float32)
        old = x + 0
        copy = x.copy()
        twice((1,), (8,), (x,))
        print(x.get()[0], old.get()[0], copy.get()[0])
    """)
    assert out.split() == ["2.0", "1.0", "1.0"]


def test_devices_streams_pools():
    out = run("""
        import cupy as cp
        with cp.cuda.Device(0):
            with cp.cuda.Stream() as stream:
                x = cp.ones(10) * 2
            stream.synchronize()
        start, end = cp.cuda.Event(), cp.cuda.Event()
        start.record(); end.record(); end.synchronize()
        print(cp.cuda.get_elapsed_time(start, end) >= 0, cp.cuda.runtime.getDeviceCount() >= 1)
        pool = cp.get_default_memory_pool()
        print(pool.used_bytes() >= 0, pool.total_bytes() >= 0, len(cp.cuda.Device().compute_capability) >= 2)
        pool.free_all_blocks()
        try:
            cp.zeros(1 << 60).sum().item()
        except cp.cuda.memory.OutOfMemoryError as error:
            print("out of memory")
        except Exception as error:
            print(type(error).__name__)
    """)
    lines = out.split("\n")
    assert lines[0] == "True True" and lines[1] == "True True True"


def test_image_filters_match_scipy():
    out = run("""
        import cupy as cp, numpy as np, scipy.ndimage, cupyx.scipy.ndimage
        x = np.random.default_rng(3).random((60, 45)).astype(np.float32)
        for mode in ("reflect", "mirror", "nearest", "wrap", "constant"):
            ours = cp.asnumpy(cupyx.scipy.ndimage.gaussian_filter(cp.asarray(x), 2, mode=mode))
            print(np.abs(ours - scipy.ndimage.gaussian_filter(x, 2, mode=mode)).max() < 1e-6)
    """)
    assert out.split() == ["True"] * 5
