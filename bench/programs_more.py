"""More programs for bench/python_programs.py: the kinds that Numba's own pages show, some with parallel=True or fastmath=True.

OPTIONS are what a program is compiled with; HELPERS are functions that others call, compiled too.
"""

import math

import numpy as np

prange = range  # the driver puts each compiler's own here
OPTIONS = {"sqrt_sum": {"fastmath": True}, "nearest": {"parallel": True}, "cosines": {"parallel": True, "fastmath": True},
           "par_mandelbrot": {"parallel": True}, "blur_fast": {"fastmath": True}}
HELPERS = ("escapes",)


def escapes(x, y, most):
    c = complex(x, y)
    z = 0.0j
    for i in range(most):
        z = z * z + c
        if z.real * z.real + z.imag * z.imag >= 4:
            return i
    return most


def fractal(x0, x1, y0, y1, image, most):
    h, w = image.shape
    for x in range(w):
        re = x0 + x * (x1 - x0) / w
        for y in range(h):
            image[y, x] = escapes(re, y0 + y * (y1 - y0) / h, most)
    return image


def par_mandelbrot(image, most):
    h, w = image.shape
    for y in prange(h):
        for x in range(w):
            image[y, x] = escapes(-2 + 3 * x / w, -1.5 + 3 * y / h, most)
    return image


def trace_tanh(a):
    trace = 0.0
    for i in range(a.shape[0]):
        trace += np.tanh(a[i, i])
    return a + trace


def identity(x):
    return np.cos(x) ** 2 + np.sin(x) ** 2


def sum2d(a):
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            s += a[i, j]
    return s


def sqrt_sum(a):
    s = 0.0
    for x in a:
        s += np.sqrt(x)
    return s


def logistic(y, x, w, steps):
    for _ in range(steps):
        w -= np.dot(((1.0 / (1.0 + np.exp(-y * np.dot(x, w)))) - 1.0) * y, x)
    return w


def density(points, at, width, out):
    for i in range(len(at)):
        s = 0.0
        for j in range(len(points)):
            d = (at[i] - points[j]) / width
            s += math.exp(-0.5 * d * d)
        out[i] = s / (len(points) * width * math.sqrt(2 * math.pi))
    return out


def gray_scott(u, v, steps):
    n = u.shape[0]
    a, b = u.copy(), v.copy()
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                lu = u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - 4 * u[i, j]
                lv = v[i - 1, j] + v[i + 1, j] + v[i, j - 1] + v[i, j + 1] - 4 * v[i, j]
                r = u[i, j] * v[i, j] * v[i, j]
                a[i, j] = u[i, j] + 0.16 * lu - r + 0.035 * (1 - u[i, j])
                b[i, j] = v[i, j] + 0.08 * lv + r - 0.095 * v[i, j]
        u, a = a, u
        v, b = b, v
    return u


def softmax_rows(a, out):
    for i in range(a.shape[0]):
        top = a[i, 0]
        for j in range(1, a.shape[1]):
            top = max(top, a[i, j])
        s = 0.0
        for j in range(a.shape[1]):
            out[i, j] = math.exp(a[i, j] - top)
            s += out[i, j]
        for j in range(a.shape[1]):
            out[i, j] /= s
    return out


def nearest(points, queries, out):
    for i in prange(queries.shape[0]):
        best = np.inf
        which = -1
        for j in range(points.shape[0]):
            d = 0.0
            for k in range(points.shape[1]):
                t = queries[i, k] - points[j, k]
                d += t * t
            if d < best:
                best = d
                which = j
        out[i] = which
    return out


def cosines(a, out):
    for i in prange(a.shape[0]):
        for j in range(a.shape[0]):
            s, n, m = 0.0, 0.0, 0.0
            for k in range(a.shape[1]):
                s += a[i, k] * a[j, k]
                n += a[i, k] * a[i, k]
                m += a[j, k] * a[j, k]
            out[i, j] = s / math.sqrt(n * m)
    return out


def newton_basins(n, most):
    out = np.zeros((n, n), np.int32)
    for i in range(n):
        for j in range(n):
            z = complex(-1.0 + 2.0 * j / n, -1.0 + 2.0 * i / n)
            k = 0
            while k < most:
                f = z * z * z - 1.0
                if f.real * f.real + f.imag * f.imag < 1e-12:
                    break
                z = z - f / (3.0 * z * z)
                k += 1
            out[i, j] = k
    return out


def moving_average(x, w):
    out = np.empty(len(x) - w + 1)
    for i in range(len(out)):
        s = 0.0
        for k in range(w):
            s += x[i + k]
        out[i] = s / w
    return out


def march(out):
    """Rays towards a sphere, in float32."""
    h, w = out.shape
    for y in range(h):
        for x in range(w):
            dx = np.float32(x) / np.float32(w) - np.float32(0.5)
            dy = np.float32(y) / np.float32(h) - np.float32(0.5)
            t = np.float32(0.0)
            for _ in range(40):
                px, py, pz = dx * t, dy * t, t - np.float32(3.0)
                d = np.float32(math.sqrt(px * px + py * py + pz * pz)) - np.float32(1.0)
                if d < np.float32(1e-3) or t > np.float32(10.0):
                    break
                t += d
            out[y, x] = t
    return out


def blur_fast(a, weights, out):
    r = len(weights) // 2
    for i in range(a.shape[0]):
        for j in range(r, a.shape[1] - r):
            s = 0.0
            for k in range(len(weights)):
                s += weights[k] * a[i, j + k - r]
            out[i, j] = s
    return out


def cases():
    rng = np.random.default_rng(4)
    x, img = rng.random(100000), rng.random((200, 300))
    labels = np.where(rng.random(500) > 0.5, 1.0, -1.0)
    cloud = rng.random((400, 3))
    return [
        (fractal, (-2.0, 1.0, -1.0, 1.0, np.zeros((100, 150), np.uint8), 50)),
        (par_mandelbrot, (np.zeros((120, 120), np.int64), 100)),
        (trace_tanh, (img[:, :200].copy(),)),
        (identity, (x,)),
        (sum2d, (img,)),
        (sqrt_sum, (x,)),
        (logistic, (labels, rng.random((500, 10)), np.zeros(10), 10)),
        (density, (x[:500], np.linspace(0, 1, 200), 0.1, np.empty(200))),
        (gray_scott, (img[:, :200].copy(), 0.2 * img[:, :200], 10)),
        (softmax_rows, (img, np.empty_like(img))),
        (nearest, (cloud, cloud[::-1].copy() + 0.01, np.zeros(400, np.int64))),
        (cosines, (rng.random((100, 20)), np.empty((100, 100)))),
        (newton_basins, (81, 50)),
        (moving_average, (x[:20000], 25)),
        (march, (np.zeros((80, 80), np.float32),)),
        (blur_fast, (img, np.array([1, 4, 6, 4, 1]) / 16.0, np.zeros_like(img))),
    ]
