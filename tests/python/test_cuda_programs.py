"""Small programs in the manner of tutorials of numba.cuda, on every device, against NumPy."""

import enum
import math

import numpy as np
import pytest

from weft import cuda
from weft.cuda import float32, float64, int32

pytestmark = pytest.mark.usefixtures("device")
rng = np.random.default_rng(11)


def test_blocks_are_summed_in_shared_memory():
    threads = 256

    @cuda.jit
    def block_sum(a, partial):
        s = cuda.shared.array(threads, dtype=float32)
        t, i = cuda.threadIdx.x, cuda.grid(1)
        s[t] = a[i] if i < a.size else 0.0
        cuda.syncthreads()
        step = cuda.blockDim.x // 2
        while step > 0:
            if t < step:
                s[t] += s[t + step]
            cuda.syncthreads()
            step //= 2
        if t == 0:
            partial[cuda.blockIdx.x] = s[0]

    a = rng.integers(0, 100, 10_000).astype(np.float32)
    blocks = -(-a.size // threads)
    partial = cuda.device_array(blocks, np.float32)
    block_sum[blocks, threads](cuda.to_device(a), partial)
    assert partial.copy_to_host().sum() == a.sum()


def test_tiles_of_a_product_at_odd_shapes():
    tile = 16

    @cuda.jit
    def product(a, b, c):
        sa = cuda.shared.array(shape=(tile, tile), dtype=float32)
        sb = cuda.shared.array(shape=(tile, tile), dtype=float32)
        x, y = cuda.grid(2)
        tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
        total = float32(0.)
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

    a, b, c = np.arange(115, dtype=np.float32).reshape(5, 23), np.ones((23, 7), np.float32), np.zeros((5, 7), np.float32)
    product[(2, 2), (tile, tile)](a, b, c)
    assert np.array_equal(c, a @ b)


def test_a_scan_up_and_down_a_tree():
    n = 512

    @cuda.jit
    def scan(a, out):
        s = cuda.shared.array(n, int32)
        t = cuda.threadIdx.x
        s[2 * t], s[2 * t + 1] = a[2 * t], a[2 * t + 1]
        apart, d = 1, n >> 1
        while d > 0:
            cuda.syncthreads()
            if t < d:
                s[apart * (2 * t + 2) - 1] += s[apart * (2 * t + 1) - 1]
            apart *= 2
            d >>= 1
        if t == 0:
            s[n - 1] = 0
        d = 1
        while d < n:
            apart >>= 1
            cuda.syncthreads()
            if t < d:
                i, j = apart * (2 * t + 1) - 1, apart * (2 * t + 2) - 1
                s[i], s[j] = s[j], s[i] + s[j]
            d *= 2
        cuda.syncthreads()
        out[2 * t], out[2 * t + 1] = s[2 * t], s[2 * t + 1]

    a = rng.integers(0, 100, n).astype(np.int32)
    out = np.zeros_like(a)
    scan[1, n // 2](a, out)
    assert np.array_equal(out, np.cumsum(a) - a)


def test_warps_are_summed_by_shuffles():
    @cuda.jit(device=True)
    def warp_sum(value):
        apart = 16
        while apart > 0:
            value += cuda.shfl_down_sync(0xffffffff, value, apart)
            apart //= 2
        return value

    @cuda.jit
    def total(a, out):
        value = warp_sum(a[cuda.grid(1)])
        shared = cuda.shared.array(32, float64)
        lane, warp = cuda.laneid, cuda.threadIdx.x // cuda.warpsize
        if lane == 0:
            shared[warp] = value
        cuda.syncthreads()
        if warp == 0:
            value = warp_sum(shared[lane] if lane < cuda.blockDim.x // 32 else 0.)
            if lane == 0:
                cuda.atomic.add(out, 0, value)

    a, out = rng.integers(0, 1000, 1024).astype(float), np.zeros(1)
    total[4, 256](a, out)
    assert out[0] == a.sum()


def test_a_stencil_with_a_halo_in_shared_memory():
    radius, block = 2, 32

    @cuda.jit
    def stencil(a, out):
        s = cuda.shared.array(block + 2 * radius, float32)
        g = cuda.grid(1)
        here = cuda.threadIdx.x + radius
        s[here] = a[g] if g < a.size else 0
        if cuda.threadIdx.x < radius:
            s[here - radius] = a[g - radius] if g >= radius else 0
            s[here + block] = a[g + block] if g + block < a.size else 0
        cuda.syncthreads()
        if g < out.size:
            total = 0.
            for k in range(-radius, radius + 1):
                total += s[here + k]
            out[g] = total

    a = rng.integers(0, 100, 200).astype(np.float32)
    out = np.zeros_like(a)
    stencil[7, block](a, out)
    assert np.array_equal(out, np.convolve(a, np.ones(5), "same"))


def test_dynamic_shared_memory_holds_several_arrays():
    @cuda.jit
    def kernel(out):
        first = cuda.shared.array(0, dtype=int32)
        floats = cuda.shared.array(0, dtype=float32)[1:]
        last = cuda.shared.array(0, dtype=int32)[5:10]
        t = cuda.threadIdx.x
        if t == 0:
            first[0] = 7
            for i in range(4):
                floats[i] = i + .5
            for i in range(5):
                last[i] = i * 10
        cuda.syncthreads()
        if t < 4:
            out[t] = floats[t] + first[0] + last[t]

    out = np.zeros(4)
    kernel[1, 32, 0, 40](out)
    assert np.array_equal(out, np.arange(4) * 11 + 7.5)


def test_a_lock_around_what_blocks_add():
    @cuda.jit(device=True)
    def lock(mutex):
        while cuda.atomic.cas(mutex, 0, 0, 1) != 0:
            pass
        cuda.threadfence()

    @cuda.jit(device=True)
    def unlock(mutex):
        cuda.threadfence()
        cuda.atomic.exch(mutex, 0, 0)

    @cuda.jit
    def count(mutex, counter, a):
        inside = cuda.syncthreads_count(a[cuda.grid(1)] > 0)
        if cuda.threadIdx.x == 0:
            lock(mutex)
            counter[0] += inside
            unlock(mutex)

    a, counter = rng.integers(0, 2, 1024), np.zeros(1, np.int64)
    count[16, 64](cuda.to_device(np.zeros(1, np.int64)), counter, a)
    assert counter[0] == a.sum()


def test_kernels_that_closures_make():
    def make(op, times):
        @cuda.jit
        def kernel(a, out):
            i = cuda.grid(1)
            if i < a.size:
                value = a[i]
                for _ in range(times):
                    value = op(value)
                out[i] = value

        return kernel

    a = np.arange(1., 5.)
    for op, times, expected in ((lambda x: x * x, 2, a**4), (lambda x: x + 1, 3, a + 3)):
        out = np.zeros_like(a)
        make(cuda.jit(op, device=True), times)[1, 32](a, out)
        assert np.array_equal(out, expected)


def test_mandelbrot_with_complex_numbers_on_a_strided_grid():
    @cuda.jit(device=True)
    def steps(c, most):
        z = 0.0j
        for i in range(most):
            z = z * z + c
            if z.real * z.real + z.imag * z.imag >= 4:
                return i
        return most

    @cuda.jit
    def kernel(image):
        first, second = cuda.grid(2)
        for x in range(first, image.shape[1], cuda.gridsize(2)[0]):
            for y in range(second, image.shape[0], cuda.gridDim.y * cuda.blockDim.y):
                image[y, x] = steps(complex(x / 32 - 2, y / 32 - 1), 20)

    image = np.zeros((64, 96), np.uint8)
    kernel[(2, 2), (32, 8)](image)
    c = (np.arange(96) / 32 - 2)[None] + 1j * (np.arange(64) / 32 - 1)[:, None]
    z, expected = np.zeros_like(c), np.full(c.shape, 20)
    for i in range(20):
        z = np.where(expected == 20, z * z + c, z)
        expected[(expected == 20) & (abs(z)**2 >= 4)] = i
    assert (image != expected).mean() < .002


def test_bitonic_sort_by_many_launches():
    @cuda.jit
    def exchange(a, j, k):
        i = cuda.grid(1)
        x = i ^ j
        if x > i and (a[i] > a[x]) == ((i & k) == 0):
            a[i], a[x] = a[x], a[i]

    a = rng.random(512).astype(np.float32)
    d, k = cuda.to_device(a), 2
    while k <= a.size:
        j = k >> 1
        while j:
            exchange[2, 256](d, j, k)
            j >>= 1
        k <<= 1
    assert np.array_equal(d.copy_to_host(), np.sort(a))


def test_bodies_attract_each_other_by_tiles():
    tile = 64

    @cuda.jit(device=True)
    def pull(total, here, there, mass):
        x, y, z = there[0] - here[0], there[1] - here[1], there[2] - here[2]
        square = x * x + y * y + z * z + 1e-4
        s = mass / math.sqrt(square * square * square)
        return total[0] + x * s, total[1] + y * s, total[2] + z * s

    @cuda.jit
    def forces(bodies, out):
        shared = cuda.shared.array((tile, 4), float32)
        i = cuda.grid(1)
        total = (0., 0., 0.)
        for first in range(0, bodies.shape[0], tile):
            j = first + cuda.threadIdx.x
            for k in range(4):
                shared[cuda.threadIdx.x, k] = bodies[j, k] if j < bodies.shape[0] else 0
            cuda.syncthreads()
            if i < bodies.shape[0]:
                for k in range(tile):
                    total = pull(total, bodies[i], shared[k], shared[k, 3])
            cuda.syncthreads()
        if i < bodies.shape[0]:
            out[i, 0], out[i, 1], out[i, 2] = total

    bodies, out = rng.random((200, 4)).astype(np.float32), np.zeros((200, 3))
    forces[4, tile](bodies, out)
    r = bodies[None, :, :3].astype(float) - bodies[:, None, :3]
    square = (r**2).sum(-1) + 1e-4
    assert np.allclose(out, (r * (bodies[:, 3] / square**1.5)[..., None]).sum(1), rtol=1e-3, atol=1e-3)


class Op(enum.IntEnum):
    ADD = 0
    TIMES = 1


FACTOR, TABLE, VALUES = 3, (1, 2, 3), np.array([5., 6.])


def test_enums_tuples_and_arrays_as_constants():
    @cuda.jit
    def kernel(op, out, even):
        i = cuda.grid(1)
        if i < out.size:
            out[i] = i + FACTOR if op == Op.ADD else i * FACTOR + TABLE[i % 3] + VALUES[i % 2]
            even[i] = i % 2 == 0 and not i == 4

    out, even = np.zeros(6), np.zeros(6, np.bool_)
    kernel[1, 32](Op.TIMES, out, even)
    assert out.tolist() == [i * 3 + TABLE[i % 3] + VALUES[i % 2] for i in range(6)]
    assert even.tolist() == [True, False, True, False, False, False]


def test_arrays_of_the_host_that_share_memory_do_so_in_a_kernel():
    @cuda.jit
    def kernel(x, tail, again):
        i = cuda.grid(1)
        if i < tail.size:
            x[i] += 10
            tail[i] += 1
            if i == 0:
                again[-1] = -5

    x = np.zeros(6)
    kernel[1, 1](x, x[2:], x)
    assert x.tolist() == [10, 0, 1, 0, 0, -5]


def test_states_of_random_numbers_are_stepped_by_hand():
    from weft.cuda import random as cr

    @cuda.jit
    def seeded(states, seed):
        i = cuda.grid(1)
        cr.init_xoroshiro128p_state(states, i, seed)
        for _ in range(i):
            cr.xoroshiro128p_jump(states, i)

    @cuda.jit
    def drawn(states, bits, wide, narrow):
        i = cuda.grid(1)
        bits[i] = cr.xoroshiro128p_next(states, i)
        wide[i] = cr.uint64_to_unit_float64(bits[i])
        narrow[i] = cr.uint64_to_unit_float32(bits[i])

    made, expected = cuda.device_array(3, cr.xoroshiro128p_dtype), cr.create_xoroshiro128p_states(3, seed=77)
    seeded[1, 3](made, 77)
    assert made.copy_to_host().tolist() == expected.copy_to_host().tolist()
    bits, wide, narrow = np.zeros(3, np.uint64), np.zeros(3), np.zeros(3, np.float32)
    drawn[1, 3](made, bits, wide, narrow)

    @cuda.jit
    def uniform(states, wide):
        wide[cuda.grid(1)] = cr.xoroshiro128p_uniform_float64(states, cuda.grid(1))

    same = np.zeros(3)
    uniform[1, 3](expected, same)
    assert wide.tolist() == same.tolist() == [(int(b) >> 11) / 2**53 for b in bits]
    assert narrow.tolist() == wide.astype(np.float32).tolist()
    host = expected.copy_to_host()  # NumPy's arrays too
    with np.errstate(over="ignore"):
        assert int(cr.xoroshiro128p_next(host, 1)) == (int(expected.copy_to_host()[1]["s0"]) + int(expected.copy_to_host()[1]["s1"])) % 2**64
    assert int(cr.rotl(np.uint64(2**63 + 1), 4)) == 0x18


def test_a_result_that_may_be_none_is_stored():
    @cuda.jit(device=True)
    def quotient(a, b):
        if b != 0:
            return a / b

    @cuda.jit(debug=True, opt=False)
    def kernel(a, b, out, row):
        i = cuda.grid(1)
        out[i] = quotient(a[i], b[i])
        row[i].x = quotient(a[i], b[i])

    out, row = np.zeros(3), np.zeros(3, [("x", np.float32)])
    kernel[1, 3](np.array([1.0, 2, 3]), np.array([2.0, 4, 4]), out, row)
    assert out.tolist() == row["x"].tolist() == [0.5, 0.5, 0.75]
    with pytest.raises(TypeError, match="expected float64, got None"):
        kernel[1, 1](np.ones(1), np.zeros(1), out, row)


def test_a_range_without_a_step_ends():
    @cuda.jit(debug=True, opt=False)
    def kernel(out, start, stop, step):
        for i in range(start, stop, step):
            out[0] += 1

    out = np.zeros(1)
    kernel[1, 1](out, 5, 1, -2)
    kernel[1, 1](out, 1, 5, 3)
    assert out[0] == 4
    with pytest.raises(ValueError, match="must not be zero"):
        kernel[1, 1](out, 5, 1, 0)


def test_numbers_are_clipped():
    @cuda.jit
    def kernel(x, out):
        i = cuda.grid(1)
        out[i, 0] = np.clip(x[i], -1, 1.5)
        out[i, 1] = np.clip(x[i], 0, None)
        out[i, 2] = np.clip(int32(x[i] * 100), 0, 255)

    x = np.array([-3.0, 0.25, 1.75, 9])
    out = np.zeros((4, 3))
    kernel[1, 4](x, out)
    assert out.tolist() == np.stack([np.clip(x, -1, 1.5), np.clip(x, 0, None), np.clip((x * 100).astype(np.int32), 0, 255)], 1).tolist()


def test_rows_of_arrays_are_unpacked():
    @cuda.jit(device=True)
    def weighed(center, powers):
        x, y, z = center
        l, m, n = powers
        return x * l + y * m + z * n

    @cuda.jit(debug=True, opt=False)
    def kernel(centers, powers, out):
        i = cuda.grid(1)
        if i < out.size:
            own = cuda.local.array(2, float64)
            own[0], own[1] = weighed(centers[i], powers[i]), i
            total, number = own
            (first, _, _), last = centers[:2], number
            out[i] = total + 100 * last + 0 * first[0]

    centers, powers = rng.random((5, 3)), rng.integers(0, 4, (5, 3))
    out = np.zeros(5)
    with pytest.raises(ValueError, match="not enough values to unpack"):
        kernel[1, 5](centers, powers, out)

    @cuda.jit
    def plain(centers, powers, out):
        i = cuda.grid(1)
        if i < out.size:
            own = cuda.local.array(2, float64)
            own[0], own[1] = weighed(centers[i], powers[i]), i
            total, number = own
            out[i] = total + 100 * number

    plain[1, 32](centers, powers, out)
    np.testing.assert_allclose(out, (centers * powers).sum(1) + 100 * np.arange(5))
