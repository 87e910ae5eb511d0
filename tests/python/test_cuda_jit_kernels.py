"""@wf.cuda.jit: what kernels can say, each run on the CPU and, where there is one, on a GPU, and compared with NumPy or plain
Python."""

import math
import os

import numpy as np
import pytest

import weft as wf
from weft import _pytypes as types
from weft import cuda

rng = np.random.default_rng(11)


pytestmark = pytest.mark.usefixtures("trees_print_and_read_back", "device")


def test_too_many_threads_and_no_bounds_check(device):
    if device != "cpu":
        pytest.skip("on a GPU nobody can see it, and it may end the process")

    @cuda.jit
    def saxpy(a, x, y, out):
        i = cuda.grid(1)
        out[i] = a * x[i] + y[i]  # the line that is reported

    x, y = rng.random(1000), rng.random(1000)
    memory = np.full(1200, 7.0)
    out = memory[100:1100]
    line = saxpy.py_func.__code__.co_firstlineno + 3
    with pytest.warns(wf.KernelWarning, match=rf"test_cuda_jit_kernels.py:{line}: kernel saxpy: read outside x: "
                                              r"index 1000, size 1000.*block \(3, 0, 0\), thread \(232, 0, 0\)"):
        saxpy[4, 256](2.0, x, y, out)
    assert np.array_equal(out, 2.0 * x + y) or np.allclose(out, 2.0 * x + y, rtol=1e-15)
    assert (memory[:100] == 7).all() and (memory[1100:] == 7).all()


def test_device_arrays_stay_on_the_device():
    @cuda.jit
    def add(x, y, out):
        i = cuda.grid(1)
        if i < out.size:
            out[i] = x[i] + y[i]

    host = rng.random(500, dtype=np.float32)
    x, out = cuda.to_device(host), cuda.device_array_like(host)
    add[2, 256](x, x, out)
    assert np.array_equal(out.copy_to_host(), host + host)
    assert add.signatures == [(types.float32[::1],) * 3]


@pytest.mark.parametrize("n", [1, 16, 50, 100])
def test_matrix_product_in_shared_memory(n):
    tile = 16

    @cuda.jit
    def matmul(a, b, c):
        sa = cuda.shared.array(shape=(tile, tile), dtype=types.float32)
        sb = cuda.shared.array(shape=(tile, tile), dtype=types.float32)
        x, y = cuda.grid(2)
        tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
        total = types.float32(0.0)
        for i in range(cuda.gridDim.x):
            sa[ty, tx] = 0
            sb[ty, tx] = 0
            if y < a.shape[0] and tx + i * tile < a.shape[1]:
                sa[ty, tx] = a[y, tx + i * tile]
            if x < b.shape[1] and ty + i * tile < b.shape[0]:
                sb[ty, tx] = b[ty + i * tile, x]
            cuda.syncthreads()
            for j in range(tile):
                total += sa[ty, j] * sb[j, tx]
            cuda.syncthreads()
        if y < c.shape[0] and x < c.shape[1]:
            c[y, x] = total

    a, b = rng.random((n, n), dtype=np.float32), rng.random((n, n), dtype=np.float32)
    c = np.zeros((n, n), np.float32)
    blocks = math.ceil(n / tile)
    matmul[(blocks, blocks), (tile, tile)](a, b, c)
    assert np.allclose(c, a @ b, rtol=1e-4)


def test_atomics():
    @cuda.jit
    def histogram(x, counts, extremes, seen):
        i = cuda.grid(1)
        if i < x.size:
            cuda.atomic.add(counts, x[i] % 10, 1)
            cuda.atomic.max(extremes, 0, x[i])
            cuda.atomic.min(extremes, (1,), x[i])
            if cuda.atomic.cas(seen, x[i] % 10, -1, x[i]) == -1:
                cuda.atomic.sub(seen, 10, 1)

    x = rng.integers(0, 1000, 5000)
    counts, extremes, seen = np.zeros(10, np.int64), np.array([0, 10**6]), np.full(11, -1)
    histogram[20, 256](x, counts, extremes, seen)
    assert np.array_equal(counts, np.bincount(x % 10, minlength=10))
    assert extremes.tolist() == [x.max(), x.min()]
    assert (seen[:10] % 10 == np.arange(10)).all() and seen[10] == -11


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint32, np.int32])
def test_atomic_add_of_every_type(dtype):
    @cuda.jit
    def total(x, out):
        cuda.atomic.add(out, 0, x[cuda.grid(1)])

    x, out = np.arange(256).astype(dtype), np.zeros(1, dtype)
    total[2, 128](x, out)
    assert out[0] == x.sum()


@pytest.mark.parametrize("form", ["C", "F", "strided", "reversed", "transposed", "read-only"])
def test_layouts(form):
    @cuda.jit
    def copy(a, b):
        i, j = cuda.grid(2)
        if i < a.shape[0] and j < a.shape[1]:
            b[j, i] = a[i, j] + i * 10 - j

    base = rng.random((40, 60))
    a = {"C": base[:20, :30].copy(), "F": np.asfortranarray(base[:20, :30]), "strided": base[::2, ::2],
         "reversed": base[:20, :30][::-1, ::-1], "transposed": base[:30, :20].copy().T, "read-only": base[:20, :30].copy()}[form]
    if form == "read-only":
        a.flags.writeable = False
    b = np.zeros((30, 20))
    copy[(2, 4), (16, 8)](a, b)
    i, j = np.meshgrid(np.arange(20), np.arange(30), indexing="ij")
    assert np.array_equal(b.T, a + i * 10 - j)


def test_device_functions_with_defaults_tuples_and_closures():
    factor = 3

    @cuda.jit(device=True)
    def clamp(v, low, high=1.0):
        if v < low:
            return low
        return v if v < high else high

    @cuda.jit(device=True)
    def both(a, b):
        return a + b, (a - b) * factor

    @cuda.jit
    def kernel(x, y, out):
        i = cuda.grid(1)
        if i < len(x):
            total, difference = both(x[i], y[i])
            out[i] = clamp(total * difference, low=-0.5)

    x, y, out = rng.standard_normal(1000), rng.standard_normal(1000), np.zeros(1000)
    kernel[8, 128](x, y, out)
    assert np.allclose(out, np.clip((x + y) * (x - y) * 3, -0.5, 1))


def test_negative_indices():
    @cuda.jit
    def kernel(x, out):
        out[0], out[1] = x[-1], x[-2]
        j = -3
        out[2] = x[j]
        for q in range(3):
            out[3 + q] = x[q - 3]

    x, out = np.arange(10.0), np.zeros(6)
    kernel[1, 1](x, out)
    assert out.tolist() == [9, 8, 7, 7, 8, 9]


def test_while_else_break_continue():
    @cuda.jit
    def collatz(x, out):
        i = cuda.grid(1)
        if i >= x.size:
            return
        n, steps = x[i], 0
        while n != 1:
            if n % 2 == 0:
                n //= 2
            else:
                n = 3 * n + 1
            steps += 1
            if steps > 60:
                break
        else:
            steps += 1000
        for k in range(10):
            if k % 2:
                continue
            steps += k
        out[i] = steps

    def expected(n):
        steps = 0
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
            if steps > 60:
                return steps + 20
        return steps + 1020

    x = np.arange(1, 200)
    out = np.zeros_like(x)
    collatz[2, 128](x, out)
    assert out.tolist() == [expected(int(n)) for n in x]


def test_views_and_loops_over_arrays():
    @cuda.jit
    def kernel(a, out):
        i = cuda.grid(1)
        if i < a.shape[0]:
            total = 0.0
            for v in a[i]:
                total += v
            tail = a[i, 1:]
            for j in range(len(tail)):
                total += tail[j] * 2
            for j, v in enumerate(a[i, ::2]):
                total += j * v
            column = a[:, 2]
            out[i] = total + column[i] + a.T[1, i]

    a, out = rng.random((10, 7)), np.zeros(10)
    kernel[1, 32](a, out)
    expected = a.sum(1) + 2 * a[:, 1:].sum(1) + (a[:, ::2] * np.arange(4)).sum(1) + a[:, 2] + a[:, 1]
    assert np.allclose(out, expected)


def test_warp_operations():
    @cuda.jit
    def kernel(x, sums, votes, lanes):
        i = cuda.grid(1)
        v = x[i]
        for d in (16, 8, 4, 2, 1):
            v += cuda.shfl_down_sync(0xFFFFFFFF, v, d)
        if cuda.laneid == 0:
            sums[i // 32] = v
        votes[i] = cuda.popc(cuda.ballot_sync(0xFFFFFFFF, x[i] > 0.5))
        lanes[i] = cuda.shfl_xor_sync(0xFFFFFFFF, cuda.laneid, 1)

    x = rng.random(256)
    sums, votes, lanes = np.zeros(8), np.zeros(256, np.int32), np.zeros(256, np.int32)
    kernel[2, 128](x, sums, votes, lanes)
    assert np.allclose(sums, x.reshape(8, 32).sum(1))
    assert np.array_equal(votes.reshape(8, 32), np.repeat((x > 0.5).reshape(8, 32).sum(1)[:, None], 32, 1))
    assert np.array_equal(lanes, np.tile(np.arange(32) ^ 1, 8))


def test_dynamic_shared_memory():
    @cuda.jit
    def reverse(x):
        s = cuda.shared.array(0, dtype=types.int32)
        t = cuda.threadIdx.x
        s[t] = x[t]
        cuda.syncthreads()
        x[t] = s[cuda.blockDim.x - 1 - t]

    x = np.arange(64, dtype=np.int32)
    reverse[1, 64, 0, 64 * 4](x)
    assert np.array_equal(x, np.arange(64)[::-1])


def test_local_arrays():
    @cuda.jit
    def kernel(out):
        t = cuda.local.array(8, types.float64)
        i = cuda.grid(1)
        for j in range(8):
            t[j] = i * j
        total = 0.0
        for j in range(7, -1, -1):
            total += t[j]
        out[i] = total

    out = np.zeros(32)
    kernel[1, 32](out)
    assert np.array_equal(out, np.arange(32) * 28.0)


def test_complex_numbers():
    @cuda.jit
    def mandelbrot(out, width):
        i = cuda.grid(1)
        if i < out.size:
            c = complex(-2 + 3 * (i % width) / width, -1.5 + 3 * (i // width) / width)
            z, n = 0j, 0
            while n < 50 and z.real * z.real + z.imag * z.imag < 4:
                z = z * z + c
                n += 1
            out[i] = n

    def expected(i, width=20):
        c, z, n = complex(-2 + 3 * (i % width) / width, -1.5 + 3 * (i // width) / width), 0j, 0
        while n < 50 and z.real * z.real + z.imag * z.imag < 4:
            z = z * z + c
            n += 1
        return n

    out = np.zeros(400, np.int64)
    mandelbrot[4, 128](out, 20)
    assert out.tolist() == [expected(i) for i in range(400)]

    @cuda.jit
    def divide(a, b, out):
        i = cuda.grid(1)
        out[i] = a[i] / b[i] - a[i] * b[i].conjugate()

    a, b = (rng.standard_normal(64) + 1j * rng.standard_normal(64) for _ in range(2))
    out = np.zeros(64, complex)
    divide[1, 64](a, b, out)
    assert np.allclose(out, a / b - a * b.conj())


def test_constant_arrays():
    table = np.arange(10) * 1.5

    @cuda.jit
    def kernel(out):
        c = cuda.const.array_like(table)
        i = cuda.grid(1)
        if i < 10:
            out[i] = c[i] + table[9 - i]

    out = np.zeros(10)
    kernel[1, 32](out)
    assert np.array_equal(out, table + table[::-1])


def test_structured_arrays():
    dtype = np.dtype([("x", np.float64), ("id", np.int32)], align=True)

    @cuda.jit
    def kernel(rows, out):
        i = cuda.grid(1)
        if i < rows.size:
            out[i] = rows[i].x * rows[i]["id"]
            rows[i].id = i

    rows, out = np.zeros(10, dtype), np.zeros(10)
    rows["x"], rows["id"] = np.arange(10), np.arange(10) + 1
    kernel[1, 32](rows, out)
    assert np.array_equal(out, np.arange(10) * (np.arange(10) + 1.0)) and np.array_equal(rows["id"], np.arange(10))


@pytest.mark.parametrize("n", [0, 1, 2, 511, 512, 513, 10000])
def test_reduce(n):
    x = np.arange(n, dtype=np.float64)
    add = cuda.reduce(lambda a, b: a + b)
    largest = cuda.reduce(lambda a, b: a if a > b else b)
    assert add(x) == x.sum() and add(x, init=5.0) == x.sum() + 5
    assert largest(x) == (x.max() if n else 0)


def test_forall():
    @cuda.jit
    def kernel(x):
        i = cuda.grid(1)
        if i < x.size:
            x[i] = i

    x = np.zeros(1000)
    kernel.forall(1000)(x)
    assert np.array_equal(x, np.arange(1000))


def test_signatures_specialisations_and_what_can_be_seen():
    @cuda.jit("void(float32[::1], float64)")
    def kernel(x, a):
        x[cuda.grid(1)] += a

    assert len(kernel.signatures) == 1
    assert "__global__ void kernel(float *x, long x_shape0, double a)" in kernel.inspect_cuda_c("void(float32[::1], float64)")
    x = np.zeros(32, np.float32)
    kernel[1, 32](x, 1.5)
    assert (x == 1.5).all() and len(kernel.signatures) == 1
    kernel[1, 32](x, 1)  # the signature decides: the number becomes a float64
    assert (x == 2.5).all() and len(kernel.signatures) == 1
    with pytest.raises(TypeError, match="No matching definition"):
        kernel[1, 32](np.zeros(32), 1)


def test_random_states_are_numbas():
    from weft.cuda import random

    states = random.create_xoroshiro128p_states(100, seed=1)

    @cuda.jit
    def draw(states, uniform, normal):
        i = cuda.grid(1)
        if i < uniform.size:
            uniform[i] = random.xoroshiro128p_uniform_float64(states, i)
            normal[i] = random.xoroshiro128p_normal_float32(states, i)

    uniform, normal = np.zeros(100), np.zeros(100, np.float32)
    first = states.copy_to_host()[0]
    draw[1, 128](states, uniform, normal)
    assert uniform[0] == float(((int(first["s0"]) + int(first["s1"])) % 2**64) >> 11) / 2**53
    assert len(np.unique(uniform)) == 100 and 0.3 < uniform.mean() < 0.7 and abs(normal.mean()) < 0.5
    # Jumps: state 1 is state 0 moved on by 2^64 steps; a start further on gives the same states.
    assert random.create_xoroshiro128p_states(10, 1, subsequence_start=5).copy_to_host()[0] == states_at(5)


def states_at(i):
    from weft.cuda import random

    return random.create_xoroshiro128p_states(i + 1, seed=1).copy_to_host()[i]


def test_none_tuples_and_scalars_of_every_kind():
    @cuda.jit
    def kernel(out, pair, nothing, flag, small, single):
        i = cuda.grid(1)
        if nothing is None and flag:
            out[i] = pair[0] + pair[1] * small + single

    out = np.zeros(4)
    kernel[1, 4](out, (1, 2.5), None, True, np.int8(-3), np.float32(0.5))
    assert (out == 1 + 2.5 * -3 + 0.5).all()


def test_a_name_that_changes_its_type():
    @cuda.jit
    def kernel(x, out):
        n = x.shape
        n = n[0]
        x = x[1:]
        v = 1
        v = v / 2
        out[cuda.grid(1)] = n + x[0] + v

    out = np.zeros(2)
    kernel[1, 2](np.arange(5.0), out)
    assert (out == 6.5).all()


def test_printing(capfd):
    @cuda.jit
    def kernel(x):
        print("value", x[0], 7, "100%")

    kernel[1, 1](np.array([1.5]))
    cuda.synchronize()
    assert capfd.readouterr().out.replace(os.linesep, "\n") == "value 1.500000 7 100%\n"
