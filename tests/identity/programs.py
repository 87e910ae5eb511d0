"""The programs of the identity test: for each kernel file its inputs, launches, and what must come out.

A program is a function of a Session (session.py: module, device arrays, launches) that returns its outputs as a dict
of NumPy arrays, after checking them against NumPy or plain Python. Inputs come from a small integer generator, so they
are the same everywhere and for ever; the outputs' hashes must be the same on every device (identity.py).
"""
import math

import numpy as np

PROGRAMS = {}


def program(function):
    PROGRAMS[function.__name__] = function
    return function


def integers(count, low, high, seed=1, dtype=np.int32):
    """count integers low <= v < high from a fixed 64-bit mixing function of the index."""
    x = np.arange(count, dtype=np.uint64) + np.uint64(seed * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF)
    with np.errstate(over="ignore"):
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    return ((x >> np.uint64(11)) % np.uint64(high - low)).astype(np.int64).__add__(low).astype(dtype)


def floats(count, seed=1, dtype=np.float32):
    """count numbers in [0, 1), multiples of 2^-20: exact in every float type used."""
    return (integers(count, 0, 1 << 20, seed, np.int64) / (1 << 20)).astype(dtype)


def blocks(n, size):
    return (n + size - 1) // size


@program
def vector_add(s):
    n = 1000
    x, y = integers(n, -10**9, 10**9, 1), integers(n, -10**9, 10**9, 2)
    z = s.empty(n, np.int32)
    s.kernel("vector_add")((blocks(n, 256),), (256,), s.array(x), s.array(y), z, np.int32(n))
    assert (s.get(z) == x + y).all()
    return {"z": s.get(z)}


@program
def saxpy_float4(s):
    n = 4 * 2503
    x, y = floats(n, 3), floats(n, 4)
    z = s.empty(n, np.float32)
    s.kernel("saxpy4")((7,), (128,), np.float32(1.7), s.array(x), s.array(y), z, np.int32(n // 4))
    assert np.allclose(s.get(z), np.float32(1.7) * x + y, rtol=1e-6)
    return {"z": s.get(z)}


@program
def matmul_naive(s):
    n = 100
    a, b, c = floats(n * n, 5).reshape(n, n), floats(n * n, 6).reshape(n, n), s.empty(n * n, np.float32)
    s.kernel("matmul_naive")((7, 7), (16, 16), s.array(a), s.array(b), c, np.int32(n))
    assert np.allclose(s.get(c).reshape(n, n), a @ b, rtol=1e-5)
    return {"c": s.get(c)}


@program
def matmul_tiled(s):
    m, n, k = 70, 50, 90
    a, b, c = floats(m * k, 7).reshape(m, k), floats(k * n, 8).reshape(k, n), s.empty(m * n, np.float32)
    s.kernel("matmul_tiled")((blocks(n, 16), blocks(m, 16)), (16, 16), s.array(a), s.array(b), c, np.int32(m), np.int32(n), np.int32(k))
    assert np.allclose(s.get(c).reshape(m, n), a @ b, rtol=1e-5)
    return {"c": s.get(c)}


@program
def transpose(s):
    width, height = 100, 75
    a, out = floats(width * height, 9).reshape(height, width), s.empty(width * height, np.float32)
    s.kernel("transpose")((4, 3), (32, 8), s.array(a), out, np.int32(width), np.int32(height))
    assert (s.get(out).reshape(width, height) == a.T).all()
    return {"out": s.get(out)}


@program
def histogram(s):
    n = 20000
    data, bins = integers(n, 0, 256, 10, np.uint8), s.array(np.zeros(256, np.uint32))
    s.kernel("histogram")((8,), (192,), s.array(data), bins, np.int32(n))
    assert (s.get(bins) == np.bincount(data, minlength=256)).all()
    return {"bins": s.get(bins)}


@program
def scan_hillis(s):
    n, size = 1000, 128
    x, out = integers(n, -50, 50, 11), s.empty(n, np.int32)
    s.kernel("scan_hillis")((blocks(n, size),), (size,), s.array(x), out, np.int32(n), shared=8 * size)
    assert (s.get(out) == np.concatenate([np.cumsum(x[i : i + size]) for i in range(0, n, size)])).all()
    return {"out": s.get(out)}


@program
def scan_blelloch(s):
    size, count = 256, 5
    x, out = floats(size * count, 12), s.empty(size * count, np.float32)
    s.kernel("scan_blelloch")((count,), (size // 2,), s.array(x), out, shared=4 * size)
    exact = np.cumsum(x.reshape(count, size), axis=1, dtype=np.float64) - x.reshape(count, size)
    assert np.allclose(s.get(out).reshape(count, size), exact, atol=1e-4)
    return {"out": s.get(out)}


@program
def stencil2d(s):
    nx, ny = 77, 50
    a, b = s.array(floats(nx * ny, 13)), s.empty(nx * ny, np.float32)
    kernel = s.kernel("stencil2d")
    for _ in range(3):
        kernel((blocks(nx, 32), blocks(ny, 4)), (32, 4), a, b, np.int32(nx), np.int32(ny))
        a, b = b, a
    g = floats(nx * ny, 13).reshape(ny, nx).astype(np.float64)
    for _ in range(3):
        h = g.copy()
        h[1:-1, 1:-1] = 0.2 * (g[1:-1, 1:-1] + g[1:-1, :-2] + g[1:-1, 2:] + g[:-2, 1:-1] + g[2:, 1:-1])
        g = h
    assert np.allclose(s.get(a).reshape(ny, nx), g, rtol=1e-5)
    return {"out": s.get(a)}


@program
def stencil1d_shared(s):
    n = 1000
    x, out = integers(n, -100, 100, 14), s.empty(n, np.int32)
    s.kernel("stencil1d")((blocks(n, 128),), (128,), s.array(x), out, np.int32(n))
    assert (s.get(out) == np.convolve(x, np.ones(7, np.int32), "same")).all()
    return {"out": s.get(out)}


@program
def nbody(s):
    n = 200
    p = floats(4 * n, 15).reshape(n, 4)
    out = s.empty(3 * n, np.float32)
    s.kernel("nbody")((blocks(n, 64),), (64,), s.array(p), out, np.int32(n), shared=16 * 64)
    q = p.astype(np.float64)
    d = q[None, :, :3] - q[:, None, :3]
    r2 = (d**2).sum(-1) + 0.01
    exact = (d * (q[None, :, 3] / r2**1.5)[..., None]).sum(1)
    assert np.allclose(s.get(out).reshape(n, 3), exact, rtol=1e-3, atol=1e-2)
    return {"out": s.get(out)}


@program
def bitonic_sort(s):
    keys = integers(4096, 0, 2**31, 16, np.uint32)
    device = s.array(keys)
    s.kernel("bitonic")((4,), (512,), device)
    assert (s.get(device).reshape(4, 1024) == np.sort(keys.reshape(4, 1024), axis=1)).all()
    return {"keys": s.get(device)}


def sparse(rows, seed, dtype):
    """A matrix in CSR form with 0..40 entries a row, and a vector."""
    ptr = np.concatenate([[0], np.cumsum(integers(rows, 0, 41, seed))]).astype(np.int32)
    index = integers(ptr[-1], 0, rows, seed + 1)
    return ptr, index, floats(ptr[-1], seed + 2, dtype), floats(rows, seed + 3, dtype)


def sparse_product(ptr, index, value, x):
    return np.array([(value[a:b].astype(np.float64) * x[index[a:b]]).sum() for a, b in zip(ptr[:-1], ptr[1:])])


@program
def spmv_scalar(s):
    matrix = sparse(300, 17, np.float64)
    y = s.empty(300, np.float64)
    s.kernel("spmv_scalar")((3,), (128,), np.int32(300), *[s.array(v) for v in matrix], y)
    assert np.allclose(s.get(y), sparse_product(*matrix))
    return {"y": s.get(y)}


@program
def spmv_warp(s):
    matrix = sparse(300, 21, np.float32)
    y = s.empty(300, np.float32)
    s.kernel("spmv_warp")((blocks(300 * 32, 256),), (256,), np.int32(300), *[s.array(v) for v in matrix], y)
    assert np.allclose(s.get(y), sparse_product(*matrix), rtol=1e-5)
    return {"y": s.get(y)}


@program
def mandelbrot(s):
    width, height = 90, 60
    out = s.empty(width * height, np.int32)
    s.kernel("mandelbrot")((blocks(width, 16), blocks(height, 8)), (16, 8), out, np.int32(width), np.int32(height),
                           np.float64(-2.0), np.float64(-1.0), np.float64(1 / 30), np.int32(100))
    counts = s.get(out)
    assert counts.max() == 100 and counts.min() >= 1 and 1000 < (counts == 100).sum() < 1700
    return {"out": counts}


@program
def black_scholes(s):
    n = 2000
    price, strike, years = 5 + 25 * floats(n, 25), 1 + 99 * floats(n, 26), np.float32(0.25) + 9 * floats(n, 27)
    call, put = s.empty(n, np.float32), s.empty(n, np.float32)
    s.kernel("black_scholes")((5,), (128,), call, put, s.array(price), s.array(strike), s.array(years), np.float32(0.02), np.float32(0.3), np.int32(n))
    p, k, t = (v.astype(np.float64) for v in (price, strike, years))
    d1 = (np.log(p / k) + (0.02 + 0.045) * t) / (0.3 * np.sqrt(t))
    d2 = d1 - 0.3 * np.sqrt(t)
    cdf = np.vectorize(lambda d: 0.5 * math.erfc(-d / math.sqrt(2)))
    exact = p * cdf(d1) - k * np.exp(-0.02 * t) * cdf(d2)
    assert np.allclose(s.get(call), exact, atol=2e-4 * 30)
    assert np.allclose(s.get(call) - s.get(put), p - k * np.exp(-0.02 * t), atol=1e-3)
    return {"call": s.get(call), "put": s.get(put)}


@program
def reduce_warp_synchronous(s):
    n, outputs = 5000, {}
    x = floats(n, 28)
    for size in (64, 128, 512):
        out = s.empty(4, np.float32)
        s.kernel(f"reduce<{size}>")((4,), (size,), s.array(x), out, np.uint32(n))
        assert np.isclose(s.get(out).sum(), x.sum(dtype=np.float64), rtol=1e-5)
        outputs[f"out{size}"] = s.get(out)
    return outputs


@program
def reduce_shuffle(s):
    n = 6000
    x, keys = floats(n, 29), integers(n, -10**9, 10**9, 30)
    sums, maxima = s.empty(5, np.float32), s.empty(5, np.int32)
    s.kernel("reduce_shuffle")((5,), (160,), s.array(x), s.array(keys), sums, maxima, np.int32(n))
    assert np.isclose(s.get(sums).sum(), x.sum(dtype=np.float64), rtol=1e-5) and s.get(maxima).max() == keys.max()
    return {"sums": s.get(sums), "maxima": s.get(maxima)}


@program
def dot_last_block(s):
    n = 9000
    x, y, result = floats(n, 31), floats(n, 32), s.empty(1, np.float32)
    partial = s.empty(9, np.float32)
    for _ in range(2):  # twice: the counter must come back to zero
        s.kernel("dot_last_block")((9,), (256,), s.array(x), s.array(y), partial, result, np.int32(n))
    assert np.isclose(s.get(result)[0], np.dot(x.astype(np.float64), y), rtol=1e-5)
    return {"result": s.get(result)}


@program
def game_of_life(s):
    width, height = 64, 40
    a, b = integers(width * height, 0, 2, 33, np.uint8), s.empty(width * height, np.uint8)
    now, kernel, expected = s.array(a), s.kernel("life"), a.reshape(height, width)
    for _ in range(5):
        kernel((4, 10), (16, 4), now, b, np.int32(width), np.int32(height))
        now, b = b, now
        n = sum(np.roll(expected, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j)
        expected = ((n == 3) | ((expected == 1) & (n == 2))).astype(np.uint8)
    assert (s.get(now).reshape(height, width) == expected).all()
    return {"cells": s.get(now)}


@program
def monte_carlo_pi(s):
    hits = s.array(np.zeros(1, np.uint64))
    s.kernel("monte_carlo_pi")((8,), (96,), hits, np.uint32(12345), np.int32(200))
    assert abs(4 * s.get(hits)[0] / (8 * 96 * 200) - math.pi) < 0.02
    return {"hits": s.get(hits)}


@program
def convolution(s):
    width, height = 300, 7
    x, taps, out = floats(width * height, 34).reshape(height, width), floats(9, 35), s.empty(width * height, np.float32)
    s.set_global("taps", taps)
    s.kernel("convolution")((3, height), (128,), s.array(x), out, np.int32(width), np.int32(height))
    exact = np.stack([np.convolve(row, taps, "same") for row in x.astype(np.float64)])
    assert np.allclose(s.get(out).reshape(height, width), exact, rtol=1e-5)
    return {"out": s.get(out)}


@program
def sobel(s):
    width, height = 60, 45
    picture, out = integers(width * height * 4, 0, 256, 36, np.uint8), s.empty(width * height * 4, np.uint8)
    s.kernel("sobel")((4, 6), (16, 8), s.array(picture), out, np.int32(width), np.int32(height))
    p = picture.reshape(height, width, 4).astype(np.int32)
    g = np.pad((p[..., 0] * 77 + p[..., 1] * 151 + p[..., 2] * 28) >> 8, 1, "edge")
    gx = g[:-2, 2:] + 2 * g[1:-1, 2:] + g[2:, 2:] - g[:-2, :-2] - 2 * g[1:-1, :-2] - g[2:, :-2]
    gy = g[2:, :-2] + 2 * g[2:, 1:-1] + g[2:, 2:] - g[:-2, :-2] - 2 * g[:-2, 1:-1] - g[:-2, 2:]
    edge = np.minimum(np.sqrt((gx * gx + gy * gy).astype(np.float32)).astype(np.int32), 255)
    result = s.get(out).reshape(height, width, 4)
    assert (result[..., 0] == edge).all() and (result[..., 3] == p[..., 3]).all()
    return {"out": s.get(out)}


@program
def floyd_warshall(s):
    n = 40
    d = integers(n * n, 1, 1000, 37).reshape(n, n)
    np.fill_diagonal(d, 0)
    device, kernel = s.array(d), s.kernel("floyd_step")
    for k in range(n):
        kernel((1, n), (64,), device, np.int32(n), np.int32(k))
        d = np.minimum(d, d[:, k : k + 1] + d[k : k + 1, :])
    assert (s.get(device).reshape(n, n) == d).all()
    return {"d": s.get(device)}


@program
def bfs_level(s):
    ptr, edges, _, _ = sparse(300, 38, np.float32)
    level = np.full(300, -1, np.int32)
    level[0] = 0
    device, kernel, now = s.array(level), s.kernel("bfs_level"), 0
    while True:
        changed = s.array(np.zeros(1, np.int32))
        kernel((3,), (128,), s.array(ptr), s.array(edges), device, np.int32(now), changed, np.int32(300))
        for v in np.flatnonzero(level == now):
            for w in edges[ptr[v] : ptr[v + 1]]:
                level[w] = now + 1 if level[w] < 0 else level[w]
        if not s.get(changed)[0]:
            break
        now += 1
    assert now > 1 and (s.get(device) == level).all()
    return {"level": s.get(device)}


@program
def compact_ballot(s):
    n, size = 1000, 256
    x, out, counts = integers(n, -5, 10, 39), s.array(np.zeros(1024, np.int32)), s.empty(4, np.int32)
    s.kernel("compact")((4,), (size,), s.array(x), out, counts, np.int32(n))
    for b in range(4):
        kept = x[b * size : (b + 1) * size]
        kept = kept[kept > 0]
        assert s.get(counts)[b] == len(kept) and (s.get(out)[b * size : b * size + len(kept)] == kept).all()
    return {"out": s.get(out), "counts": s.get(counts)}


@program
def odd_even_sort(s):
    n = 100
    x = floats(3 * n, 40, np.float64)
    device = s.array(x)
    s.kernel("odd_even")((3,), (n,), device, np.int32(n), shared=8 * n)
    assert (s.get(device).reshape(3, n) == np.sort(x.reshape(3, n))).all()
    return {"out": s.get(device)}


@program
def gauss_elimination(s):
    n = 30
    a = floats(n * (n + 1), 41, np.float64).reshape(n, n + 1) + np.eye(n, n + 1) * n
    device, kernel = s.array(a), s.kernel("eliminate")
    for k in range(n - 1):
        kernel((blocks(n - k, 16), blocks(n - k - 1, 4)), (16, 4), device, np.int32(n), np.int32(k))
    u, x = s.get(device).reshape(n, n + 1), np.zeros(n)
    for i in reversed(range(n)):
        x[i] = (u[i, n] - u[i, i + 1 : n] @ x[i + 1 :]) / u[i, i]
    assert np.allclose(a[:, :n] @ x, a[:, n])
    return {"u": u}


@program
def julia_complex(s):
    size = 96
    out = s.empty(size * size, np.uint8)
    s.kernel("julia_set")((size, 2), (64,), out, np.int32(size))
    y, x = np.mgrid[0:size, 0:size]
    z = (1.5 * (48 - x) / 48 + 1.5j * (48 - y) / 48).astype(np.complex128)
    count = np.full(z.shape, 200)
    with np.errstate(all="ignore"):
        for n in range(200):
            z = z * z + (-0.8 + 0.156j)
            count = np.where((count == 200) & (abs(z) ** 2 > 1000), n, count)
    assert (s.get(out).reshape(size, size) == count).mean() > 0.97  # chaotic at the edge: float32 against float64
    return {"out": s.get(out)}


@program
def dct8x8(s):
    width, height = 40, 24
    x, out = floats(width * height, 42).reshape(height, width), s.empty(width * height, np.float32)
    k, i = np.mgrid[0:8, 0:8]
    table = (np.cos((2 * i + 1) * k * np.pi / 16) * np.where(k == 0, np.sqrt(1 / 8), 0.5)).astype(np.float32)
    table = np.round(table * 2**20) / np.float32(2**20)  # the same bits whatever cos the host has
    s.set_global("cosines", table.astype(np.float32))
    s.kernel("dct8x8")((width // 8, height // 8), (8, 8), s.array(x), out, np.int32(width))
    tiles = x.reshape(3, 8, 5, 8).transpose(0, 2, 1, 3).astype(np.float64)
    exact = (table @ tiles @ table.T).transpose(0, 2, 1, 3).reshape(height, width)
    assert np.allclose(s.get(out).reshape(height, width), exact, atol=1e-5)
    return {"out": s.get(out)}


@program
def needleman_wunsch(s):
    n = 70
    a, b = integers(n, 0, 4, 43, np.int8), integers(n, 0, 4, 44, np.int8)
    score = s.array(np.zeros((n + 1) ** 2, np.int32))
    s.kernel("align")((1,), (64,), s.array(a), s.array(b), score, np.int32(n))
    h = np.zeros((n + 1, n + 1), np.int32)
    h[0], h[:, 0] = -2 * np.arange(n + 1), -2 * np.arange(n + 1)
    for i in range(1, n + 1):
        for j in range(1, n + 1):
            h[i, j] = max(h[i - 1, j - 1] + (3 if a[i - 1] == b[j - 1] else -1), max(h[i - 1, j], h[i, j - 1]) - 2)
    assert (s.get(score).reshape(n + 1, n + 1) == h).all()
    return {"score": s.get(score)}


@program
def kmeans_assign(s):
    n, k, dims = 500, 7, 5
    points, centres = floats(n * dims, 45).reshape(dims, n), floats(k * dims, 46).reshape(k, dims)
    owner, distance = s.empty(n, np.int32), s.empty(n, np.float32)
    s.kernel("assign")((4,), (128,), s.array(points), s.array(centres), owner, distance, np.int32(n), np.int32(k), np.int32(dims), shared=4 * k * dims)
    d = ((points.T[:, None, :].astype(np.float64) - centres[None]) ** 2).sum(-1)
    assert np.allclose(s.get(distance), d.min(1), rtol=1e-5) and (s.get(owner) == d.argmin(1)).mean() > 0.99
    return {"owner": s.get(owner), "distance": s.get(distance)}


@program
def heat3d(s):
    nx, ny, nz = 36, 20, 12
    a, b = floats(nx * ny * nz, 47, np.float64).reshape(nz, ny, nx), np.zeros((nz, ny, nx))
    out = s.array(b)
    s.kernel("heat3d")((3, 5), (16, 4), s.array(a), out, np.int32(nx), np.int32(ny), np.int32(nz), np.float64(0.1))
    i = (slice(1, -1),) * 3
    near = a[1:-1, 1:-1, :-2] + a[1:-1, 1:-1, 2:] + a[1:-1, :-2, 1:-1] + a[1:-1, 2:, 1:-1] + a[:-2, 1:-1, 1:-1] + a[2:, 1:-1, 1:-1]
    b[i] = a[i] + 0.1 * (near - 6 * a[i])
    assert np.allclose(s.get(out).reshape(nz, ny, nx), b)
    return {"out": s.get(out)}


@program
def crc32(s):
    import zlib

    records = 150
    data, sums = integers(64 * records, 0, 256, 48, np.uint8), s.empty(records, np.uint32)
    s.kernel("crc32")((3,), (64,), s.array(data), sums, np.int32(records))
    assert [zlib.crc32(data[64 * i : 64 * i + 64].tobytes()) for i in range(records)] == s.get(sums).tolist()
    return {"sums": s.get(sums)}


@program
def rotate_bilinear(s):
    width, height = 70, 50
    picture, out = floats(width * height, 49), s.empty(width * height, np.float32)
    s.kernel("rotate")((5, 7), (16, 8), s.array(picture), out, np.int32(width), np.int32(height), np.float32(0.6))
    from scipy.ndimage import map_coordinates

    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    u = np.cos(0.6) * (x - 35) + np.sin(0.6) * (y - 25) + 35
    v = np.cos(0.6) * (y - 25) - np.sin(0.6) * (x - 35) + 25
    inside = (np.floor(u) >= 0) & (np.floor(v) >= 0) & (np.floor(u) + 1 < width) & (np.floor(v) + 1 < height)
    exact = np.where(inside, map_coordinates(picture.reshape(height, width).astype(np.float64), [v, u], order=1), 0)
    assert np.allclose(s.get(out).reshape(height, width), exact, atol=1e-3)
    return {"out": s.get(out)}


@program
def switch_interpreter(s):
    n, length = 333, 50
    code, data, out = integers(length, 0, 1000, 50), integers(n, -10000, 10000, 51), s.empty(n, np.int32)
    s.kernel("interpret")((3,), (128,), s.array(code), s.array(data), out, np.int32(length), np.int32(n))

    def wrap(v):
        return (v + 2**31) % 2**32 - 2**31

    for i in range(n):
        acc, pc, steps = int(data[i]), 0, 0
        while True:
            op, step = int(code[(pc + i) % length]), 1
            kind = op & 7
            if kind == 0: acc = wrap(acc + op)
            elif kind == 1: acc = wrap(wrap((acc ^ op << 3) * 31) + 7)
            elif kind == 2: acc = wrap(wrap(acc * 31) + 7)
            elif kind == 3:
                if acc & 1: step = 2
                else: acc >>= 1
            elif kind == 4: acc = wrap(-acc)
            elif kind == 5:
                for k in range(op >> 3 & 3): acc = wrap(acc + wrap(k * acc))
            elif kind == 6:
                if acc < 0: break
                acc = wrap(acc - 1000)
            else: acc = int(math.fmod(acc, 977))
            pc += step
            steps += 1
            if steps >= 40: break
        assert acc == s.get(out)[i], (i, acc, s.get(out)[i])
    return {"out": s.get(out)}
