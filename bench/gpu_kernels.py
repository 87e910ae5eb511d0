"""The code that weft makes for a GPU against NVRTC's (through CuPy's RawModule), kernel time only. needs a GPU and CuPy

    python bench/gpu_kernels.py
The kernels of bench/kernels.py and several of tests/identity/kernels, large; events around bursts, results compared.
"""
import sys
from pathlib import Path

import numpy as np
import cupy as cp

import weft.dropin

weft.dropin.install("pycuda")
sys.path.insert(0, str(Path(__file__).parent))
import pycuda.autoinit  # noqa: E402,F401
import pycuda.driver as cuda  # noqa: E402
from pycuda.compiler import SourceModule  # noqa: E402
from kernels import CUDA  # noqa: E402

FILES = Path(__file__).resolve().parent.parent / "tests" / "identity" / "kernels"
rng = np.random.default_rng(3)


def f32(n):
    return rng.random(n, np.float32)


def cases():
    """name, source, kernel, grid, block, shared bytes, arguments (an array is copied over; the last array is the result)"""
    n = 4096
    text = lambda name: (FILES / f"{name}.cu").read_text()  # noqa: E731
    yield "naive 2048", CUDA["naive"], "naive", (128, 128), (16, 16, 1), 0, [f32(2048**2), f32(2048**2), f32(2048**2), np.int32(2048)]
    yield "tiled 2048", CUDA["tiled"], "tiled", (128, 128), (16, 16, 1), 0, [f32(2048**2), f32(2048**2), f32(2048**2), np.int32(2048)]
    yield "tree 2^26", CUDA["tree"], "tree", (1 << 18, 1), (256, 1, 1), 0, [f32(1 << 26), f32(1 << 18)]
    yield "stencil 4096", CUDA["stencil"], "stencil", (64, 1024), (64, 4, 1), 0, [f32(n * n), f32(n * n), np.int32(n)]
    yield "add 2^26", CUDA["add"], "add", (1 << 18, 1), (256, 1, 1), 0, [f32(1 << 26), f32(1 << 26), f32(1 << 26), np.int32(1 << 26)]
    yield "transpose 4096", text("transpose"), "transpose", (128, 128), (32, 8, 1), 0, [f32(n * n), f32(n * n), np.int32(n), np.int32(n)]
    yield "nbody 16384", text("nbody"), "nbody", (64, 1), (256, 1, 1), 4096, [f32(4 * 16384), f32(3 * 16384), np.int32(16384)]
    yield "black_scholes 2^22", text("black_scholes"), "black_scholes", (4096, 1), (256, 1, 1), 0, [f32(1 << 22), f32(1 << 22), 5 + 25 * f32(1 << 22), 1 + 99 * f32(1 << 22), 0.25 + 9 * f32(1 << 22), np.float32(0.02), np.float32(0.3), np.int32(1 << 22)]
    yield "mandelbrot 1024", text("mandelbrot"), "mandelbrot", (64, 128), (16, 8, 1), 0, [np.zeros(1 << 20, np.int32), np.int32(1024), np.int32(1024), np.float64(-2), np.float64(-1.5), np.float64(3 / 1024), np.int32(200)]
    yield "histogram 2^24", text("histogram"), "histogram", (528, 1), (256, 1, 1), 0, [rng.integers(0, 256, 1 << 24, np.uint8), np.zeros(256, np.uint32), np.int32(1 << 24)]
    yield "reduce_shuffle 2^24", text("reduce_shuffle"), "reduce_shuffle", (528, 1), (256, 1, 1), 0, [f32(1 << 24), np.zeros(1 << 24, np.int32), f32(528), np.zeros(528, np.int32), np.int32(1 << 24)]
    yield "heat3d 256", text("heat3d"), "heat3d", (16, 32), (16, 8, 1), 0, [rng.random(1 << 24), np.zeros(1 << 24), np.int32(256), np.int32(256), np.int32(256), np.float64(0.1)]
    yield "kmeans 2^18", text("kmeans_assign"), "assign", (1024, 1), (256, 1, 1), 4 * 16 * 8, [f32(8 << 18), f32(16 * 8), np.zeros(1 << 18, np.int32), f32(1 << 18), np.int32(1 << 18), np.int32(16), np.int32(8)]
    yield "crc32 2^18", text("crc32"), "crc32", (1024, 1), (256, 1, 1), 0, [rng.integers(0, 256, 64 << 18, np.uint8), np.zeros(1 << 18, np.uint32), np.int32(1 << 18)]


def timed(launch, stream_event, wait, elapsed, count):
    best = 1e9
    for _ in range(7):
        first, last = stream_event(), stream_event()
        first.record()
        for _ in range(count):
            launch()
        last.record()
        last.synchronize()
        best = min(best, elapsed(first, last) / count)
    return best


def main():
    print(f"{'kernel':22s} {'weft, ms':>10s} {'NVRTC, ms':>10s}  weft/NVRTC")
    ratios = []
    for title, source, name, grid, block, shared, arguments in cases():
        ours = SourceModule('extern "C" {' + source + "}" if "template" not in source else source, no_extern_c=True).get_function(name)
        prefix = 'extern "C" {' + source + "}" if "template" not in source else source
        theirs = cp.RawModule(code=prefix, options=("--std=c++17",), name_expressions=(name,) if "template" in source else None).get_function(name)
        mine = [cuda.to_device(a) if isinstance(a, np.ndarray) else a for a in arguments]
        peer = [cp.asarray(a) if isinstance(a, np.ndarray) else a for a in arguments]
        launch = lambda: ours(*mine, block=block, grid=grid, shared=shared)  # noqa: E731
        launch_peer = lambda: theirs(grid, block, tuple(peer), shared_mem=shared)  # noqa: E731
        launch(), launch_peer()
        cuda.Context.synchronize()
        result = [i for i, a in enumerate(arguments) if isinstance(a, np.ndarray)][-1]
        if "mandelbrot" not in title:
            out = np.empty_like(arguments[result])
            cuda.memcpy_dtoh(out, mine[result])
            same = np.allclose(out, cp.asnumpy(peer[result]), rtol=1e-4, atol=1e-4)
            if not same:
                print("  results differ:", title)
        a = timed(launch, cuda.Event, None, lambda x, y: x.time_till(y), 20)
        b = timed(launch_peer, cp.cuda.Event, None, cp.cuda.get_elapsed_time, 20)
        a = min(a, timed(launch, cuda.Event, None, lambda x, y: x.time_till(y), 20))
        b = min(b, timed(launch_peer, cp.cuda.Event, None, cp.cuda.get_elapsed_time, 20))
        ratios.append(a / b)
        print(f"{title:22s} {a:10.4f} {b:10.4f}  {a / b:8.3f}")
        for buffer in mine:
            if hasattr(buffer, "free"):
                buffer.free()
    print(f"geometric mean of the ratios {np.exp(np.mean(np.log(ratios))):.3f}, worst {max(ratios):.3f}")


if __name__ == "__main__":
    main()
