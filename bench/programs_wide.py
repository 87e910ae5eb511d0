"""More programs of kinds that the other two files have not: heaps, tables of whole numbers, bytes, small kernels over images, chance,
solvers, series, helper functions in loops, arrays of small integers, three dimensions, tuples of arrays. bench/python_programs.py times them."""

import math
from collections import namedtuple

import numpy as np

prange = range  # the driver puts each compiler's own here
PARALLEL = ("par_rows", "par_sum")
HELPERS = ("sift_down", "hit_sphere", "smooth_step", "find_root")
Cloud = namedtuple("Cloud", "x y z mass")


def sift_down(heap, key, size, i):
    while True:
        c = 2 * i + 1
        if c >= size:
            return
        if c + 1 < size and key[c + 1] < key[c]:
            c += 1
        if key[i] <= key[c]:
            return
        key[i], key[c] = key[c], key[i]
        heap[i], heap[c] = heap[c], heap[i]
        i = c


def dijkstra(start, adj, weight, src):
    n = len(start) - 1
    dist = np.full(n, np.inf)
    heap = np.empty(len(adj) + 1, np.int64)
    key = np.empty(len(adj) + 1)
    dist[src] = 0.0
    heap[0] = src
    key[0] = 0.0
    size = 1
    while size > 0:
        u = heap[0]
        d = key[0]
        size -= 1
        heap[0] = heap[size]
        key[0] = key[size]
        sift_down(heap, key, size, 0)
        if d > dist[u]:
            continue
        for e in range(start[u], start[u + 1]):
            v = adj[e]
            nd = d + weight[e]
            if nd < dist[v]:
                dist[v] = nd
                i = size
                size += 1
                while i > 0 and key[(i - 1) // 2] > nd:
                    key[i] = key[(i - 1) // 2]
                    heap[i] = heap[(i - 1) // 2]
                    i = (i - 1) // 2
                key[i] = nd
                heap[i] = v
    return dist


def find_root(parent, x):
    while parent[x] != x:
        parent[x] = parent[parent[x]]
        x = parent[x]
    return x


def kruskal(a, b, w, order, n):
    parent = np.arange(n)
    total = 0.0
    for e in order:
        x = find_root(parent, a[e])
        y = find_root(parent, b[e])
        if x != y:
            parent[x] = y
            total += w[e]
    return total


def knapsack_2d(weights, values, capacity):
    n = len(weights)
    t = np.zeros((n + 1, capacity + 1), np.int64)
    for i in range(1, n + 1):
        for c in range(capacity + 1):
            best = t[i - 1, c]
            if weights[i - 1] <= c:
                best = max(best, t[i - 1, c - weights[i - 1]] + values[i - 1])
            t[i, c] = best
    return t[n, capacity]


def edit_two_rows(a, b):
    n = len(b)
    prev = np.arange(n + 1)
    cur = np.empty(n + 1, np.int64)
    for i in range(len(a)):
        cur[0] = i + 1
        for j in range(n):
            cost = 0 if a[i] == b[j] else 1
            cur[j + 1] = min(prev[j + 1] + 1, cur[j] + 1, prev[j] + cost)
        prev, cur = cur, prev
    return prev[n]


def run_lengths(x, values, counts):
    n = 0
    i = 0
    while i < len(x):
        j = i
        while j < len(x) and x[j] == x[i]:
            j += 1
        values[n] = x[i]
        counts[n] = j - i
        n += 1
        i = j
    return n


def equalise(img):
    h, w = img.shape
    hist = np.zeros(256, np.int64)
    for y in range(h):
        for x in range(w):
            hist[img[y, x]] += 1
    cdf = np.cumsum(hist)
    low = cdf[cdf > 0].min()
    out = np.empty_like(img)
    for y in range(h):
        for x in range(w):
            out[y, x] = round((cdf[img[y, x]] - low) / (h * w - low) * 255)
    return out


def conv5_wrap(img, k, out):
    h, w = img.shape
    for y in range(h):
        for x in range(w):
            s = 0.0
            for i in range(5):
                for j in range(5):
                    s += k[i, j] * img[(y + i - 2) % h, (x + j - 2) % w]
            out[y, x] = s
    return out


def erode_u8(img, out):
    h, w = img.shape
    for y in range(1, h - 1):
        for x in range(1, w - 1):
            m = img[y, x]
            for dy in range(-1, 2):
                for dx in range(-1, 2):
                    v = img[y + dy, x + dx]
                    if v < m:
                        m = v
            out[y, x] = m
    return out


def blend_u8(a, b, alpha, out):
    for y in range(a.shape[0]):
        for x in range(a.shape[1]):
            for c in range(3):
                out[y, x, c] = (int(a[y, x, c]) * alpha + int(b[y, x, c]) * (256 - alpha)) >> 8
    return out


def hit_sphere(ox, oy, oz, dx, dy, dz, cx, cy, cz, r):
    lx = cx - ox
    ly = cy - oy
    lz = cz - oz
    tca = lx * dx + ly * dy + lz * dz
    if tca < 0:
        return -1.0
    d2 = lx * lx + ly * ly + lz * lz - tca * tca
    if d2 > r * r:
        return -1.0
    return tca - math.sqrt(r * r - d2)


def ray_spheres(spheres, width, height, out):
    for py in range(height):
        for px in range(width):
            x = (px - width / 2) / width
            y = (py - height / 2) / height
            n = math.sqrt(x * x + y * y + 1.0)
            near = 1e30
            for s in range(spheres.shape[0]):
                t = hit_sphere(0.0, 0.0, 0.0, x / n, y / n, 1.0 / n, spheres[s, 0], spheres[s, 1], spheres[s, 2], spheres[s, 3])
                if t > 0 and t < near:
                    near = t
            out[py, px] = near
    return out


def gauss_seidel(u, f, steps):
    n, m = u.shape
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                u[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - f[i, j])
    return u


def lz_match(data, window):
    i = 0
    tokens = 0
    n = len(data)
    while i < n:
        best = 0
        for j in range(max(0, i - window), i):
            k = 0
            while k < 18 and i + k < n and data[j + k] == data[i + k]:
                k += 1
            if k > best:
                best = k
        i += best if best > 2 else 1
        tokens += 1
    return tokens


def quickselect(a, k):
    lo, hi = 0, len(a) - 1
    while lo < hi:
        p = a[(lo + hi) // 2]
        i, j = lo, hi
        while i <= j:
            while a[i] < p:
                i += 1
            while a[j] > p:
                j -= 1
            if i <= j:
                a[i], a[j] = a[j], a[i]
                i += 1
                j -= 1
        if k <= j:
            hi = j
        elif k >= i:
            lo = i
        else:
            break
    return a[k]


def count_words(text):
    words = 0
    lines = 0
    inside = False
    for c in text:
        if c == 10:
            lines += 1
        space = c == 32 or (9 <= c <= 13)
        if not space and not inside:
            words += 1
        inside = not space
    return words * 100000 + lines


def parse_numbers(text, out):
    n = 0
    value = 0
    inside = False
    for c in text:
        if 48 <= c <= 57:
            value = value * 10 + (c - 48)
            inside = True
        elif inside:
            out[n] = value
            n += 1
            value = 0
            inside = False
    return n


def sgd_logistic(x, y, w, rate, epochs):
    n, d = x.shape
    for _ in range(epochs):
        for i in range(n):
            z = 0.0
            for j in range(d):
                z += w[j] * x[i, j]
            g = 1.0 / (1.0 + math.exp(-z)) - y[i]
            for j in range(d):
                w[j] -= rate * g * x[i, j]
    return w


def em_mixture(x, mu, sd, pi, steps):
    n, k = len(x), len(mu)
    r = np.empty((n, k))
    for _ in range(steps):
        for i in range(n):
            total = 0.0
            for c in range(k):
                z = (x[i] - mu[c]) / sd[c]
                r[i, c] = pi[c] / sd[c] * math.exp(-0.5 * z * z)
                total += r[i, c]
            for c in range(k):
                r[i, c] /= total
        for c in range(k):
            s = 0.0
            m = 0.0
            for i in range(n):
                s += r[i, c]
                m += r[i, c] * x[i]
            m /= s
            v = 0.0
            for i in range(n):
                v += r[i, c] * (x[i] - m) ** 2
            mu[c] = m
            sd[c] = math.sqrt(v / s)
            pi[c] = s / n
    return mu


def kalman(z, q, r, out):
    x, v = 0.0, 0.0
    p00, p01, p11 = 1.0, 0.0, 1.0
    for i in range(len(z)):
        x += v
        p00 += 2 * p01 + p11 + q
        p01 += p11
        p11 += q
        s = p00 + r
        k0 = p00 / s
        k1 = p01 / s
        e = z[i] - x
        x += k0 * e
        v += k1 * e
        p11 -= k1 * p01
        p01 -= k0 * p01
        p00 -= k0 * p00
        out[i] = x
    return out


def life_wrap(g, steps):
    h, w = g.shape
    for _ in range(steps):
        n = np.empty_like(g)
        for y in range(h):
            for x in range(w):
                up = (y - 1) % h
                down = (y + 1) % h
                left = (x - 1) % w
                right = (x + 1) % w
                c = g[up, left] + g[up, x] + g[up, right] + g[y, left] + g[y, right] + g[down, left] + g[down, x] + g[down, right]
                n[y, x] = 1 if c == 3 or (c == 2 and g[y, x] == 1) else 0
        g = n
    return g


def integral_image(img, out):
    h, w = img.shape
    for y in range(h):
        row = 0
        for x in range(w):
            row += img[y, x]
            out[y + 1, x + 1] = out[y, x + 1] + row
    return out


def csr_times_dense(indptr, indices, data, b, out):
    for i in range(len(indptr) - 1):
        for e in range(indptr[i], indptr[i + 1]):
            a = data[e]
            k = indices[e]
            for j in range(b.shape[1]):
                out[i, j] += a * b[k, j]
    return out


def fft_complex(x):
    n = len(x)
    out = x.copy()
    j = 0
    for i in range(1, n):
        bit = n >> 1
        while j & bit:
            j ^= bit
            bit >>= 1
        j |= bit
        if i < j:
            out[i], out[j] = out[j], out[i]
    size = 2
    while size <= n:
        angle = -2 * math.pi / size
        step = complex(math.cos(angle), math.sin(angle))
        for first in range(0, n, size):
            w = 1 + 0j
            for k in range(size // 2):
                u = out[first + k]
                v = out[first + k + size // 2] * w
                out[first + k] = u + v
                out[first + k + size // 2] = u - v
                w *= step
        size *= 2
    return out


def in_polygon(px, py, vx, vy, out):
    n = len(vx)
    for i in range(len(px)):
        inside = False
        j = n - 1
        for k in range(n):
            if (vy[k] > py[i]) != (vy[j] > py[i]) and px[i] < (vx[j] - vx[k]) * (py[i] - vy[k]) / (vy[j] - vy[k]) + vx[k]:
                inside = not inside
            j = k
        out[i] = inside
    return out


def rolling_median(x, w):
    n = len(x)
    out = np.zeros(n)
    win = np.empty(w)
    for i in range(w):
        v = x[i]
        j = i
        while j > 0 and win[j - 1] > v:
            win[j] = win[j - 1]
            j -= 1
        win[j] = v
    out[w - 1] = win[w // 2]
    for i in range(w, n):
        old = x[i - w]
        j = 0
        while win[j] != old:
            j += 1
        v = x[i]
        while j < w - 1 and win[j + 1] < v:
            win[j] = win[j + 1]
            j += 1
        while j > 0 and win[j - 1] > v:
            win[j] = win[j - 1]
            j -= 1
        win[j] = v
        out[i] = win[w // 2]
    return out


def merge_sorted(a, b, out):
    i = j = k = 0
    while i < len(a) and j < len(b):
        if a[i] <= b[j]:
            out[k] = a[i]
            i += 1
        else:
            out[k] = b[j]
            j += 1
        k += 1
    while i < len(a):
        out[k] = a[i]
        i += 1
        k += 1
    while j < len(b):
        out[k] = b[j]
        j += 1
        k += 1
    return out


def condensed(p, out):
    n = p.shape[0]
    k = 0
    for i in range(n):
        for j in range(i + 1, n):
            s = 0.0
            for d in range(p.shape[1]):
                t = p[i, d] - p[j, d]
                s += t * t
            out[k] = math.sqrt(s)
            k += 1
    return out


def patches(a, out):
    h, w = a.shape
    for y in range(h - 2):
        for x in range(w - 2):
            k = 0
            for dy in range(3):
                for dx in range(3):
                    out[y * (w - 2) + x, k] = a[y + dy, x + dx]
                    k += 1
    return out


def wave_f32(x, freq, out):
    for i in range(len(x)):
        s = np.float32(0.0)
        for k in range(len(freq)):
            s += np.sin(freq[k] * x[i]) * np.exp(-freq[k])
        out[i] = s
    return out


def wrap_angles(a, out):
    for i in range(len(a)):
        out[i] = a[i] - 2 * math.pi * math.floor((a[i] + math.pi) / (2 * math.pi))
    return out


def cells_of(x, y, size, nx, count):
    for i in range(len(x)):
        count[int(y[i] / size) * nx + int(x[i] / size)] += 1
    return count


def modular_power(base, e, m, out):
    for i in range(len(base)):
        r = 1
        b = base[i] % m
        k = e
        while k > 0:
            if k & 1:
                r = r * b % m
            b = b * b % m
            k >>= 1
        out[i] = r
    return out


def digit_sums(x, out):
    for i in range(len(x)):
        n = x[i]
        s = 0
        while n > 0:
            s += n % 10
            n //= 10
        out[i] = s
    return out


def mix_i16(a, b, gain, out):
    for i in range(len(a)):
        v = a[i] * gain // 256 + b[i]
        if v > 32767:
            v = 32767
        elif v < -32768:
            v = -32768
        out[i] = v
    return out


def curl3d(u, v, w, out):
    nx, ny, nz = u.shape
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            for k in range(1, nz - 1):
                a = w[i, j + 1, k] - w[i, j - 1, k] - v[i, j, k + 1] + v[i, j, k - 1]
                b = u[i, j, k + 1] - u[i, j, k - 1] - w[i + 1, j, k] + w[i - 1, j, k]
                c = v[i + 1, j, k] - v[i - 1, j, k] - u[i, j + 1, k] + u[i, j - 1, k]
                out[i, j, k] = math.sqrt(a * a + b * b + c * c)
    return out


def gravity(cloud, ax, ay, az):
    n = len(cloud.x)
    for i in range(n):
        sx = sy = sz = 0.0
        for j in range(n):
            dx = cloud.x[j] - cloud.x[i]
            dy = cloud.y[j] - cloud.y[i]
            dz = cloud.z[j] - cloud.z[i]
            r2 = dx * dx + dy * dy + dz * dz + 1e-3
            f = cloud.mass[j] / (r2 * math.sqrt(r2))
            sx += f * dx
            sy += f * dy
            sz += f * dz
        ax[i] = sx
        ay[i] = sy
        az[i] = sz
    return ax


def smooth_step(a, b, x):
    t = min(max((x - a) / (b - a), 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)


def shade(x, out):
    for i in range(len(x)):
        out[i] = smooth_step(0.2, 0.8, x[i]) + 0.5 * smooth_step(0.0, 0.5, x[i])
    return out


def metropolis(x0, n, width):
    np.random.seed(3)
    x = x0
    s = 0.0
    for _ in range(n):
        y = x + width * (np.random.random() - 0.5)
        if math.log(np.random.random()) < 0.5 * (x * x - y * y):
            x = y
        s += x * x
    return 0.0 * s


def par_rows(a, out):
    for i in prange(a.shape[0]):
        s = 0.0
        for j in range(a.shape[1]):
            s += a[i, j] * a[i, j]
        out[i] = math.sqrt(s)
    return out


def par_sum(x):
    s = 0.0
    for i in prange(len(x)):
        s += x[i] * x[i]
    return s


def graph(rng, n, each):
    start = np.arange(n + 1) * each
    return start, rng.integers(0, n, n * each), rng.random(n * each)


def cases():
    rng = np.random.default_rng(0)
    start, adj, weight = graph(rng, 2000, 5)
    x = rng.random(20000) * 10
    im = rng.random((96, 128))
    im8 = (rng.random((128, 160)) * 255).astype(np.uint8)
    letters = rng.integers(0, 4, 700).astype(np.uint8)
    a, b = rng.integers(0, 5000, 8000), rng.integers(0, 5000, 8000)
    w = rng.random(8000)
    text = np.frombuffer((" ".join(str(n) for n in rng.integers(0, 10**6, 6000)) + "\n").encode(), np.uint8)
    rgb = rng.integers(0, 256, (2, 64, 96, 3)).astype(np.uint8)
    xy = rng.random((2, 4000))
    ring = np.linspace(0, 6.28, 40)
    f32 = rng.random(3000).astype(np.float32)
    i16 = rng.integers(-32768, 32768, (2, 30000)).astype(np.int16)
    box = rng.random((3, 20, 24, 28))
    cloud = Cloud(*rng.random((4, 300)))
    dense = rng.random((300, 24))
    return [
        (dijkstra, (start, adj, weight, 0)),
        (kruskal, (a, b, w, np.argsort(w), 5000)),
        (knapsack_2d, (rng.integers(1, 60, 80), rng.integers(1, 100, 80), 1500)),
        (edit_two_rows, (letters[:400], letters[300:])),
        (run_lengths, (np.sort((x // 0.02).astype(np.int64) % 997), np.zeros(20000, np.int64), np.zeros(20000, np.int64))),
        (equalise, (im8,)),
        (conv5_wrap, (im, rng.random((5, 5)), np.zeros_like(im))),
        (erode_u8, (im8, np.zeros_like(im8))),
        (blend_u8, (rgb[0], rgb[1], 77, np.zeros_like(rgb[0]))),
        (ray_spheres, (rng.random((12, 4)) * np.array([4, 4, 4, 0.5]) + np.array([-2, -2, 4, 0.3]), 80, 60, np.zeros((60, 80)))),
        (gauss_seidel, (im.copy(), im * 0.1, 5)),
        (lz_match, (letters, 256)),
        (quickselect, (x.copy(), 7000)),
        (count_words, (text,)),
        (parse_numbers, (text, np.zeros(6001, np.int64))),
        (sgd_logistic, (rng.random((1500, 12)), rng.integers(0, 2, 1500).astype(np.float64), np.zeros(12), 0.01, 3)),
        (em_mixture, (x[:2000], np.array([2.0, 5.0, 8.0]), np.ones(3), np.full(3, 1 / 3), 4)),
        (kalman, (x, 0.01, 1.0, np.zeros_like(x))),
        (life_wrap, ((im8[:96] > 150).astype(np.uint8), 4)),
        (integral_image, (im8.astype(np.int64), np.zeros((129, 161), np.int64))),
        (csr_times_dense, (np.arange(301) * 8, rng.integers(0, 300, 2400), rng.random(2400), dense, np.zeros((300, 24)))),
        (fft_complex, (x[:4096] + 0j,)),
        (in_polygon, (xy[0] * 2 - 1, xy[1] * 2 - 1, np.cos(ring) * (0.6 + 0.3 * np.sin(5 * ring)), np.sin(ring), np.zeros(4000, np.bool_))),
        (rolling_median, (x[:6000], 31)),
        (merge_sorted, (np.sort(x[:9000]), np.sort(x[9000:]), np.zeros(20000))),
        (condensed, (rng.random((200, 3)), np.zeros(200 * 199 // 2))),
        (patches, (im, np.zeros((94 * 126, 9)))),
        (wave_f32, (f32, f32[:12] * 5, np.zeros_like(f32))),
        (wrap_angles, (x * 20 - 100, np.zeros_like(x))),
        (cells_of, (x, x[::-1].copy(), 0.25, 40, np.zeros(1600, np.int64))),
        (modular_power, (rng.integers(1, 10**6, 800), 1000003, 998244353, np.zeros(800, np.int64))),
        (digit_sums, (rng.integers(0, 10**9, 6000), np.zeros(6000, np.int64))),
        (mix_i16, (i16[0], i16[1], 200, np.zeros(30000, np.int16))),
        (curl3d, (box[0], box[1], box[2], np.zeros_like(box[0]))),
        (gravity, (cloud, np.zeros(300), np.zeros(300), np.zeros(300))),
        (shade, (x / 10, np.zeros_like(x))),
        (metropolis, (0.1, 20000, 2.0)),
        (par_rows, (rng.random((400, 300)), np.zeros(400))),
        (par_sum, (rng.random(200000),)),
    ]
