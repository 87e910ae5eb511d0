"""Programs of the identity test whose kernels are written in Python (wf.cuda.jit). As in programs.py: each checks its outputs
against NumPy or plain Python and returns them; their hashes must be the same on every device.
"""
import cmath
import math

import numpy as np
from programs import blocks, floats, integers, program

from weft import cuda
from weft.cuda import float32, int32, int64, libdevice


@program
def py_elementary(s):
    @cuda.jit
    def kernel(x, out):
        i = cuda.grid(1)
        if i < x.size:
            v = x[i]
            out[0, i] = math.sin(v) + math.exp(-v) * math.log1p(v)
            out[1, i] = libdevice.cbrt(v) + libdevice.erf(v)
            sine, cosine = libdevice.sincos(v)
            out[2, i] = sine * cosine
            mantissa, exponent = libdevice.frexp(v + 1.0)
            out[3, i] = mantissa + exponent

    x = floats(1000, 1, np.float64) * 8
    out = np.zeros((4, 1000))
    kernel[blocks(1000, 128), 128](x, out)
    assert np.allclose(out[0], np.sin(x) + np.exp(-x) * np.log1p(x)) and np.allclose(out[2], np.sin(x) * np.cos(x))
    return {"out": out}


@program
def py_histogram(s):
    @cuda.jit
    def kernel(x, out):
        bins = cuda.shared.array(64, int32)
        t = cuda.threadIdx.x
        bins[t] = 0
        cuda.syncthreads()
        for i in range(cuda.grid(1), x.size, cuda.gridsize(1)):
            cuda.atomic.add(bins, x[i], 1)
        cuda.syncthreads()
        cuda.atomic.add(out, t, bins[t])

    x, out = integers(5000, 0, 64, 2), np.zeros(64, np.int32)
    kernel[7, 64](x, out)
    assert (out == np.bincount(x, minlength=64)).all()
    return {"out": out}


@program
def py_warps(s):
    @cuda.jit
    def kernel(x, out):
        i = cuda.grid(1)
        total = x[i]
        for k in (16, 8, 4, 2, 1):
            total += cuda.shfl_down_sync(0xFFFFFFFF, total, k)
        votes = cuda.ballot_sync(0xFFFFFFFF, x[i] > 500)
        same = cuda.match_any_sync(0xFFFFFFFF, x[i] & 3)
        out[0, i], out[1, i], out[2, i] = total, votes, cuda.popc(same) + cuda.ffs(votes)

    x = integers(256, 0, 1000, 3, np.int64)
    out = np.zeros((3, 256), np.int64)
    kernel[2, 128](x, out)
    assert (out[0, ::32] == x.reshape(-1, 32).sum(1)).all()
    return {"out": out}


@program
def py_matmul(s):
    @cuda.jit
    def kernel(a, b, c):
        left = cuda.shared.array((16, 16), float32)
        right = cuda.shared.array((16, 16), float32)
        x, y = cuda.grid(2)
        tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
        total = float32(0.0)
        for k in range(a.shape[1] // 16):
            left[ty, tx] = a[y, tx + k * 16]
            right[ty, tx] = b[ty + k * 16, x]
            cuda.syncthreads()
            for j in range(16):
                total += left[ty, j] * right[j, tx]
            cuda.syncthreads()
        c[y, x] = total

    a, b = floats(48 * 48, 4).reshape(48, 48), floats(48 * 48, 5).reshape(48, 48)
    c = np.zeros((48, 48), np.float32)
    kernel[(3, 3), (16, 16)](a, b, c)
    assert np.allclose(c, a @ b, rtol=1e-5)
    return {"c": c}


@program
def py_complex(s):
    @cuda.jit
    def kernel(z, out):
        i = cuda.grid(1)
        if i < z.size:
            w = cmath.exp(z[i]) + cmath.sqrt(z[i]) * cmath.sin(z[i])
            out[i] = w * w.conjugate() / (z[i] + 2.0) + z[i] ** 3

    z = floats(400, 6, np.float64) + 1j * floats(400, 7, np.float64)
    out = np.zeros_like(z)
    kernel[blocks(400, 64), 64](z, out)
    w = np.exp(z) + np.sqrt(z) * np.sin(z)
    assert np.allclose(out, w * w.conj() / (z + 2) + z ** 3)
    return {"re": out.real, "im": out.imag}


@program
def py_records(s):
    row = np.dtype([("id", np.int32), ("at", np.float32, (3,)), ("mass", np.float64)], align=True)

    @cuda.jit
    def kernel(rows, out):
        i = cuda.grid(1)
        if i < rows.size:
            r = rows[i]
            total = 0.0
            for k in range(3):
                total += r.at[k] * r.at[k]
            r.at[0] = r.id
            out[i] = math.sqrt(total) * r.mass

    rows = np.zeros(100, row)
    rows["id"], rows["at"], rows["mass"] = np.arange(100), floats(300, 8).reshape(100, 3), floats(100, 9)
    expect = np.sqrt((rows["at"].astype(float) ** 2).sum(1)) * rows["mass"]
    out = np.zeros(100)
    kernel[1, 128](rows, out)
    assert np.allclose(out, expect) and (rows["at"][:, 0] == np.arange(100)).all()
    return {"out": out, "at": rows["at"]}


@program
def py_atomics(s):
    @cuda.jit
    def kernel(x, a, b, extremes):
        i = cuda.grid(1)
        v = x[i]
        cuda.atomic.add(a, 0, v)
        cuda.atomic.sub(a, 1, v)
        cuda.atomic.max(a, 2, v)
        cuda.atomic.min(a, 3, v)
        cuda.atomic.and_(a, 4, v | 1)
        cuda.atomic.or_(a, 5, v)
        cuda.atomic.xor(a, 6, v)
        cuda.atomic.inc(b, 0, 6)
        cuda.atomic.dec(b, 1, 9)
        cuda.atomic.max(extremes, 0, x[i] * 0.5)
        cuda.atomic.nanmin(extremes, 1, x[i] * 0.5)

    x, a, b = integers(640, 0, 1 << 30, 10, np.int64), np.zeros(7, np.int64), np.zeros(2, np.uint64)
    a[3], a[4], extremes = 1 << 62, -1, np.array([-1.0, np.nan])
    kernel[5, 128](x, a, b, extremes)
    assert a[0] == x.sum() and a[1] == -x.sum() and a[2] == x.max() and a[3] == x.min() and b[0] == 640 % 7
    assert extremes[0] == x.max() * 0.5 and extremes[1] == x.min() * 0.5
    return {"a": a, "b": b, "extremes": extremes}


@program
def py_half(s):
    @cuda.jit
    def kernel(x, y, out):
        i = cuda.grid(1)
        if i < x.size:
            out[0, i] = cuda.fp16.hfma(x[i], y[i], x[i])
            out[1, i] = cuda.fp16.hdiv(x[i], cuda.fp16.hadd(y[i], x[i]))
            out[2, i] = cuda.fp16.hsqrt(y[i])

    x, y = (floats(200, seed).astype(np.float16) + np.float16(0.25) for seed in (11, 12))
    out = np.zeros((3, 200), np.float16)
    kernel[2, 128](x, y, out)
    assert (out[1] == x / (y + x)).all() and (out[2] == np.sqrt(y)).all()
    return {"out": out.view(np.uint16)}


@program
def py_random(s):
    from weft.cuda import random

    @cuda.jit
    def kernel(states, out):
        i = cuda.grid(1)
        if i < out.shape[0]:
            out[i, 0] = random.xoroshiro128p_uniform_float64(states, i)
            out[i, 1] = random.xoroshiro128p_uniform_float32(states, i)
            out[i, 2] = random.xoroshiro128p_normal_float64(states, i)

    out = np.zeros((256, 3))
    kernel[2, 128](random.create_xoroshiro128p_states(256, seed=5), out)
    assert ((out[:, :2] >= 0) & (out[:, :2] <= 1)).all() and abs(out[:, 2].mean()) < 0.3
    return {"out": out}


@program
def py_recursion_and_locals(s):
    @cuda.jit(device=True)
    def ackermann(m, n):
        if m == 0:
            return n + 1
        if n == 0:
            return ackermann(m - 1, 1)
        return ackermann(m - 1, ackermann(m, n - 1))

    @cuda.jit
    def kernel(out):
        i = cuda.grid(1)
        own = cuda.local.array(8, int64)
        for k in range(8):
            own[k] = ackermann(2, (i + k) % 5)
        for k, v in enumerate(own):
            out[i] += v * (k + 1)

    out = np.zeros(64, np.int64)
    kernel[2, 32](out)
    assert (out == [sum((2 * ((i + k) % 5) + 3) * (k + 1) for k in range(8)) for i in range(64)]).all()
    return {"out": out}
