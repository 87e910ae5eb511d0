"""The main job on real input, written in each of the three ways, beside NumPy: what ran where, and how fast.

    python examples/demo.py        (or: make demo)

The input is a picture that is computed here; each door does its part with it and NumPy does the same. Every result is
checked before a time is printed.
"""

import sys
import time

import numpy as np

import weft as wf

SIDE = 1024

MATMUL = """
#define TILE 16
extern "C" __global__ void matmul(const float *a, const float *b, float *c, int n)
{
    __shared__ float tile_a[TILE][TILE], tile_b[TILE][TILE];
    int row = blockIdx.y * TILE + threadIdx.y, col = blockIdx.x * TILE + threadIdx.x;
    float sum = 0.0f;
    for (int start = 0; start < n; start += TILE) {
        tile_a[threadIdx.y][threadIdx.x] = a[row * n + start + threadIdx.x];
        tile_b[threadIdx.y][threadIdx.x] = b[(start + threadIdx.y) * n + col];
        __syncthreads();
        for (int i = 0; i < TILE; i++)
            sum += tile_a[threadIdx.y][i] * tile_b[i][threadIdx.x];
        __syncthreads();
    }
    c[row * n + col] = sum;
}
"""

BLUR = """
// One step of a 5-point blur of a picture; the border stays.
extern "C" __global__ void blur(const float *from, float *to, int width, int height)
{
    int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x >= width || y >= height)
        return;
    int i = y * width + x;
    if (x == 0 || y == 0 || x == width - 1 || y == height - 1)
        to[i] = from[i];
    else
        to[i] = 0.2f * (from[i] + from[i - 1] + from[i + 1] + from[i - width] + from[i + width]);
}
"""


def best(call, repeats=5):
    """(result, the least milliseconds of a few calls)"""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = call()
        times.append(time.perf_counter() - start)
    return result, min(times) * 1e3


def row(what, ours, numpys, first):
    print(f"  {what:<34} {ours:9.2f} ms   NumPy {numpys:9.2f} ms   first call {first:7.1f} ms")


def on_device(array):
    memory = wf.Memory(array.nbytes)
    wf.copy_to_device(memory, array)
    return memory


def from_device(memory, like):
    result = np.empty_like(like)
    wf.copy_to_host(result, memory)
    return result


def picture():
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    return (np.sin(x / 17) * np.cos(y / 23) + 1).astype(np.float32)


def first_call(call):
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1e3


def cuda_c(image):
    print("CUDA C in a string (wf.Module)")
    blur = wf.Module(BLUR)["blur"]
    a, b = on_device(image), wf.Memory(image.nbytes)
    grid, block = (-(-SIDE // 32), -(-SIDE // 8)), (32, 8)

    def blurred():
        blur(a, b, SIDE, SIDE, grid=grid, block=block)
        wf.synchronize()

    def numpy_blurred():
        out = image.copy()
        inner = image[1:-1, 1:-1] + image[1:-1, :-2] + image[1:-1, 2:] + image[:-2, 1:-1] + image[2:, 1:-1]
        out[1:-1, 1:-1] = np.float32(0.2) * inner
        return out

    first = first_call(blurred)
    _, ours = best(blurred)
    wanted, numpys = best(numpy_blurred)
    assert np.allclose(from_device(b, image), wanted, rtol=1e-5, atol=1e-6), "the blurred picture is wrong"
    row(f"blur of a {SIDE} x {SIDE} picture", ours, numpys, first)

    matmul = wf.Module(MATMUL)["matmul"]
    c = wf.Memory(image.nbytes)

    def product():
        matmul(a, a, c, SIDE, grid=(SIDE // 16, SIDE // 16), block=(16, 16))
        wf.synchronize()

    first = first_call(product)
    _, ours = best(product, 3)
    wanted, numpys = best(lambda: image @ image, 3)
    assert np.allclose(from_device(c, image), wanted, rtol=1e-3), "the product is wrong"
    row(f"tiled product {SIDE} x {SIDE} (NumPy: BLAS)", ours, numpys, first)


def arrays(image):
    print("arrays (wf.asarray)")
    host = [image + np.float32(i) for i in range(3)]
    a, b, c = (wf.asarray(x) for x in host)

    def chain():
        return float((a * b + c).sum())

    first = first_call(chain)
    got, ours = best(chain)
    wanted, numpys = best(lambda: float((host[0] * host[1] + host[2]).sum()))
    assert abs(got - wanted) <= 1e-5 * abs(wanted), f"the sum is wrong: {got}, NumPy has {wanted}"
    row(f"(a*b + c).sum() of {SIDE * SIDE} float32", ours, numpys, first)


def python_kernels(image):
    print("Python functions (wf.cuda.jit)")

    @wf.cuda.jit
    def saxpy(factor, x, y, out):
        i = wf.cuda.grid(1)
        if i < out.size:
            out[i] = factor * x[i] + y[i]

    x = image.ravel()
    x_gpu, out = wf.cuda.to_device(x), wf.cuda.device_array_like(x)

    def run():
        saxpy[-(-x.size // 256), 256](np.float32(3), x_gpu, x_gpu, out)
        wf.cuda.synchronize()

    first = first_call(run)
    _, ours = best(run)
    wanted, numpys = best(lambda: np.float32(3) * x + x)
    assert np.allclose(out.copy_to_host(), wanted), "saxpy is wrong"
    row(f"saxpy of {x.size} float32", ours, numpys, first)


def offered(*names):
    """Whether weft has these names (each may be dotted)."""
    for name in names:
        thing = wf
        for part in name.split("."):
            thing = getattr(thing, part, None)
        if thing is None:
            return False
    return True


def main():
    device = wf.current_device()
    print(f"weft {wf.__version__} on {device}: {device.info['name']}; NumPy {np.__version__}")
    image = picture()
    cuda_c(image)
    for door, needs in ((arrays, ("asarray",)), (python_kernels, ("cuda.jit", "cuda.to_device", "cuda.grid"))):
        if offered(*needs):
            door(image)
        else:
            print(f"{door.__name__.replace('_', ' ')}: not in this version")
    return 0


if __name__ == "__main__":
    sys.exit(main())
