"""Programs of the kinds that people write with Numba: images, tables, graphs, bytes, particles, series, sorting, chance, small
matrices. bench/python_programs.py times them. cases() gives each function with its arguments."""

import math

import numpy as np

prange = range  # the driver puts each compiler's own here
PARALLEL = ("pair_dist", "par_blur")


def box_blur(img, out):
    h, w = img.shape
    for y in range(1, h - 1):
        for x in range(1, w - 1):
            s = 0.0
            for dy in range(-1, 2):
                for dx in range(-1, 2):
                    s += img[y + dy, x + dx]
            out[y, x] = s / 9.0
    return out


def sobel_u8(img, out):
    h, w = img.shape
    for y in range(1, h - 1):
        for x in range(1, w - 1):
            gx = int(img[y - 1, x + 1]) + 2 * int(img[y, x + 1]) + int(img[y + 1, x + 1])
            gx -= int(img[y - 1, x - 1]) + 2 * int(img[y, x - 1]) + int(img[y + 1, x - 1])
            gy = int(img[y + 1, x - 1]) + 2 * int(img[y + 1, x]) + int(img[y + 1, x + 1])
            gy -= int(img[y - 1, x - 1]) + 2 * int(img[y - 1, x]) + int(img[y - 1, x + 1])
            out[y, x] = min(255, abs(gx) + abs(gy))
    return out


def bilateral(img, out, r, ss, sr):
    h, w = img.shape
    for y in range(h):
        for x in range(w):
            s = 0.0
            n = 0.0
            for dy in range(-r, r + 1):
                for dx in range(-r, r + 1):
                    yy = min(max(y + dy, 0), h - 1)
                    xx = min(max(x + dx, 0), w - 1)
                    d = img[yy, xx] - img[y, x]
                    k = math.exp(-(dx * dx + dy * dy) / (2 * ss * ss) - d * d / (2 * sr * sr))
                    s += k * img[yy, xx]
                    n += k
            out[y, x] = s / n
    return out


def median3(img, out):
    h, w = img.shape
    win = np.empty(9, img.dtype)
    for y in range(1, h - 1):
        for x in range(1, w - 1):
            k = 0
            for dy in range(-1, 2):
                for dx in range(-1, 2):
                    v = img[y + dy, x + dx]
                    j = k
                    while j > 0 and win[j - 1] > v:
                        win[j] = win[j - 1]
                        j -= 1
                    win[j] = v
                    k += 1
            out[y, x] = win[4]
    return out


def lcs(a, b):
    n, m = (len(a), len(b))
    t = np.zeros((n + 1, m + 1), np.int32)
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            if a[i - 1] == b[j - 1]:
                t[i, j] = t[i - 1, j - 1] + 1
            else:
                t[i, j] = max(t[i - 1, j], t[i, j - 1])
    return t[n, m]


def coins(c, n):
    ways = np.zeros(n + 1, np.int64)
    ways[0] = 1
    for x in c:
        for i in range(x, n + 1):
            ways[i] += ways[i - x]
    return ways[n]


def bfs(start, adj, src):
    n = len(start) - 1
    dist = np.full(n, -1, np.int64)
    queue = np.empty(n, np.int64)
    head, tail = (0, 1)
    queue[0] = src
    dist[src] = 0
    while head < tail:
        u = queue[head]
        head += 1
        for k in range(start[u], start[u + 1]):
            v = adj[k]
            if dist[v] < 0:
                dist[v] = dist[u] + 1
                queue[tail] = v
                tail += 1
    return dist.sum()


def floyd(d):
    n = d.shape[0]
    for k in range(n):
        for i in range(n):
            for j in range(n):
                if d[i, k] + d[k, j] < d[i, j]:
                    d[i, j] = d[i, k] + d[k, j]
    return d


def pagerank(src, dst, deg, n, it):
    r = np.full(n, 1.0 / n)
    for _ in range(it):
        nr = np.full(n, 0.15 / n)
        for e in range(len(src)):
            nr[dst[e]] += 0.85 * r[src[e]] / deg[src[e]]
        r = nr
    return r


def union_find(a, b, n):
    p = np.arange(n)
    c = n
    for i in range(len(a)):
        x = a[i]
        while p[x] != x:
            p[x] = p[p[x]]
            x = p[x]
        y = b[i]
        while p[y] != y:
            p[y] = p[p[y]]
            y = p[y]
        if x != y:
            p[x] = y
            c -= 1
    return c


def fnv(data):
    h = np.uint64(14695981039346656037)
    for b in data:
        h = (h ^ np.uint64(b)) * np.uint64(1099511628211)
    return h % np.uint64(1000000007)


def kmp(text, pat):
    m = len(pat)
    f = np.zeros(m, np.int64)
    k = 0
    for i in range(1, m):
        while k > 0 and pat[k] != pat[i]:
            k = f[k - 1]
        if pat[k] == pat[i]:
            k += 1
        f[i] = k
    c = 0
    k = 0
    for i in range(len(text)):
        while k > 0 and pat[k] != text[i]:
            k = f[k - 1]
        if pat[k] == text[i]:
            k += 1
        if k == m:
            c += 1
            k = f[k - 1]
    return c


def particles(p, dt, steps):
    for _ in range(steps):
        for i in range(len(p)):
            p[i].x += p[i].vx * dt
            p[i].y += p[i].vy * dt
            if p[i].x < 0 or p[i].x > 1:
                p[i].vx = -p[i].vx
            if p[i].y < 0 or p[i].y > 1:
                p[i].vy = -p[i].vy
    s = 0.0
    for i in range(len(p)):
        s += p[i].x + p[i].y
    return s


def lennard_jones(pos, f, box):
    n = pos.shape[0]
    e = 0.0
    for i in range(n):
        for j in range(i + 1, n):
            r2 = 0.0
            for d in range(3):
                dx = pos[i, d] - pos[j, d]
                dx -= box * round(dx / box)
                r2 += dx * dx
            if r2 < 6.25:
                i6 = 1.0 / (r2 * r2 * r2)
                e += 4.0 * (i6 * i6 - i6)
                g = 24.0 * (2.0 * i6 * i6 - i6) / r2
                for d in range(3):
                    dx = pos[i, d] - pos[j, d]
                    dx -= box * round(dx / box)
                    f[i, d] += g * dx
                    f[j, d] -= g * dx
    return e


def ema_nan(x, alpha):
    out = np.empty_like(x)
    last = np.nan
    for i in range(len(x)):
        v = x[i]
        if np.isnan(v):
            out[i] = last
        elif np.isnan(last):
            last = v
            out[i] = v
        else:
            last = alpha * v + (1 - alpha) * last
            out[i] = last
    return out


def rolling_std(x, w):
    n = len(x)
    out = np.zeros(n)
    for i in range(w - 1, n):
        m = 0.0
        for j in range(i - w + 1, i + 1):
            m += x[j]
        m /= w
        v = 0.0
        for j in range(i - w + 1, i + 1):
            v += (x[j] - m) ** 2
        out[i] = math.sqrt(v / (w - 1))
    return out


def rolling_max(x, w):
    n = len(x)
    out = np.empty(n)
    dq = np.empty(n, np.int64)
    h = 0
    t = 0
    for i in range(n):
        while t > h and x[dq[t - 1]] <= x[i]:
            t -= 1
        dq[t] = i
        t += 1
        if dq[h] <= i - w:
            h += 1
        out[i] = x[dq[h]]
    return out


def quicksort(a):
    st = np.empty(128, np.int64)
    top = 0
    st[0] = 0
    st[1] = len(a) - 1
    top = 2
    while top > 0:
        top -= 2
        lo = st[top]
        hi = st[top + 1]
        while lo < hi:
            p = a[lo + hi >> 1]
            i = lo
            j = hi
            while i <= j:
                while a[i] < p:
                    i += 1
                while a[j] > p:
                    j -= 1
                if i <= j:
                    a[i], a[j] = (a[j], a[i])
                    i += 1
                    j -= 1
            if j - lo < hi - i:
                st[top] = i
                st[top + 1] = hi
                hi = j
            else:
                st[top] = lo
                st[top + 1] = j
                lo = i
            top += 2
    return a


def insertion(a):
    for i in range(1, len(a)):
        v = a[i]
        j = i - 1
        while j >= 0 and a[j] > v:
            a[j + 1] = a[j]
            j -= 1
        a[j + 1] = v
    return a


def bisect_many(keys, q):
    s = 0
    for i in range(len(q)):
        lo, hi = (0, len(keys))
        while lo < hi:
            m = (lo + hi) // 2
            if keys[m] < q[i]:
                lo = m + 1
            else:
                hi = m
        s += lo
    return s


def interp(x, xp, fp, out):
    j = 0
    for i in range(len(x)):
        while j < len(xp) - 2 and x[i] > xp[j + 1]:
            j += 1
        t = (x[i] - xp[j]) / (xp[j + 1] - xp[j])
        out[i] = fp[j] + t * (fp[j + 1] - fp[j])
    return out


def bilinear(img, ys, xs, out):
    for i in range(len(ys)):
        y0 = int(ys[i])
        x0 = int(xs[i])
        fy = ys[i] - y0
        fx = xs[i] - x0
        above = img[y0, x0] * (1 - fx) + img[y0, x0 + 1] * fx
        below = img[y0 + 1, x0] * (1 - fx) + img[y0 + 1, x0 + 1] * fx
        out[i] = above * (1 - fy) + below * fy
    return out


def lorenz(n, dt):
    out = np.empty((n, 3))
    x, y, z = (1.0, 1.0, 1.0)
    for i in range(n):
        dx = 10.0 * (y - x)
        dy = x * (28.0 - z) - y
        dz = x * y - 8.0 / 3.0 * z
        x += dt * dx
        y += dt * dy
        z += dt * dz
        out[i, 0] = x
        out[i, 1] = y
        out[i, 2] = z
    return out


def rk4(n, dt):
    y = np.array([1.0, 0.0])
    for i in range(n):
        k1 = np.array([y[1], -y[0]])
        y2 = y + 0.5 * dt * k1
        k2 = np.array([y2[1], -y2[0]])
        y3 = y + 0.5 * dt * k2
        k3 = np.array([y3[1], -y3[0]])
        y4 = y + dt * k3
        k4 = np.array([y4[1], -y4[0]])
        y = y + dt / 6.0 * (k1 + 2 * k2 + 2 * k3 + k4)
    return y


def walk(n):
    np.random.seed(1)
    x = 0
    far = 0
    for _ in range(n):
        if np.random.rand() < 0.5:
            x += 1
        else:
            x -= 1
        far = max(far, abs(x))
    return far


def normals(n):
    np.random.seed(1)
    s = 0.0
    for _ in range(n):
        s += np.random.normal(0.0, 1.0)
    return 0.0 * s


def ising(s, steps, beta):
    n = s.shape[0]
    np.random.seed(0)
    for _ in range(steps):
        for i in range(n):
            for j in range(n):
                e = 2 * s[i, j] * (s[(i + 1) % n, j] + s[(i - 1) % n, j] + s[i, (j + 1) % n] + s[i, (j - 1) % n])
                if e <= 0 or np.random.random() < math.exp(-beta * e):
                    s[i, j] = -s[i, j]
    return np.abs(s).sum()


def life(g, steps):
    h, w = g.shape
    for _ in range(steps):
        n = np.zeros_like(g)
        for y in range(h):
            for x in range(w):
                c = 0
                for dy in (-1, 0, 1):
                    for dx in (-1, 0, 1):
                        if dy != 0 or dx != 0:
                            c += g[(y + dy) % h, (x + dx) % w]
                n[y, x] = 1 if c == 3 or (c == 2 and g[y, x]) else 0
        g = n
    return g.sum()


def dots(a, b):
    s = 0.0
    for i in range(a.shape[0]):
        s += np.dot(a[i], b)
    return s


def small_mats(ms, v):
    out = np.empty((ms.shape[0], 3))
    for i in range(ms.shape[0]):
        out[i] = ms[i] @ v
    return out


def solve_many(ms, v):
    s = 0.0
    for i in range(ms.shape[0]):
        s += np.linalg.solve(ms[i], v)[0]
    return s


def norms(a):
    out = np.empty(a.shape[0])
    for i in range(a.shape[0]):
        out[i] = np.linalg.norm(a[i])
    return out


def stencil3d(u, v):
    n, m, k = u.shape
    for z in range(1, n - 1):
        for y in range(1, m - 1):
            for x in range(1, k - 1):
                around = u[z - 1, y, x] + u[z + 1, y, x] + u[z, y - 1, x] + u[z, y + 1, x] + u[z, y, x - 1] + u[z, y, x + 1]
                v[z, y, x] = u[z, y, x] + 0.1 * (around - 6 * u[z, y, x])
    return v


def cond_sum(x, lo, hi):
    s = 0.0
    c = 0
    for i in range(len(x)):
        if lo < x[i] < hi:
            s += x[i]
            c += 1
    return s / c


def julia(h, w, c, most):
    out = np.zeros((h, w), np.int32)
    for i in range(h):
        for j in range(w):
            z = complex(-1.5 + 3 * j / w, -1.5 + 3 * i / h)
            for k in range(most):
                z = z * z + c
                if abs(z) > 2:
                    out[i, j] = k
                    break
    return out


def cpoly(x, c, out):
    for i in range(len(x)):
        r = 0j
        for k in range(len(c)):
            r = r * x[i] + c[k]
        out[i] = r
    return out


def pair_dist(x, out):
    n, d = x.shape
    for i in prange(n):
        for j in range(n):
            s = 0.0
            for k in range(d):
                t = x[i, k] - x[j, k]
                s += t * t
            out[i, j] = math.sqrt(s)
    return out


def par_blur(img, out):
    for y in prange(1, img.shape[0] - 1):
        for x in range(1, img.shape[1] - 1):
            out[y, x] = (img[y - 1, x] + img[y + 1, x] + img[y, x - 1] + img[y, x + 1] + img[y, x]) * 0.2
    return out


def haversine(la, lo, out):
    n = len(la)
    for i in range(n):
        a = math.sin((la[i] - la[0]) / 2) ** 2 + math.cos(la[0]) * math.cos(la[i]) * math.sin((lo[i] - lo[0]) / 2) ** 2
        out[i] = 2 * 6371.0 * math.asin(math.sqrt(a))
    return out


def tuples(n):
    a, b = (0, 1)
    pts = ((1.0, 2.0), (3.0, 4.0), (5.0, 6.0))
    s = 0.0
    for i in range(n):
        p = pts[i % 3]
        s += p[0] * p[1] + i
        a, b = (b, (a + b) % 1000003)
    return s + a


def primes_trial(n):
    c = 0
    for i in range(2, n):
        p = True
        j = 2
        while j * j <= i:
            if i % j == 0:
                p = False
                break
            j += 1
        if p:
            c += 1
    return c


def gcds(a, b):
    s = 0
    for i in range(len(a)):
        x, y = (a[i], b[i])
        while y:
            x, y = (y, x % y)
        s += x
    return s


def dict_count(x):
    d = {}
    for v in x:
        if v in d:
            d[v] += 1
        else:
            d[v] = 1
    return len(d)


def conv2d(x, k, out):
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            s = np.float32(0.0)
            for a in range(k.shape[0]):
                for b in range(k.shape[1]):
                    s += x[i + a, j + b] * k[a, b]
            out[i, j] = s
    return out


def thomas(a, b, c, d):
    n = len(d)
    cp = np.empty(n)
    dp = np.empty(n)
    x = np.empty(n)
    cp[0] = c[0] / b[0]
    dp[0] = d[0] / b[0]
    for i in range(1, n):
        m = b[i] - a[i] * cp[i - 1]
        cp[i] = c[i] / m
        dp[i] = (d[i] - a[i] * dp[i - 1]) / m
    x[n - 1] = dp[n - 1]
    for i in range(n - 2, -1, -1):
        x[i] = dp[i] - cp[i] * x[i + 1]
    return x


def dtw(a, b):
    n, m = (len(a), len(b))
    d = np.full((n + 1, m + 1), np.inf)
    d[0, 0] = 0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            c = abs(a[i - 1] - b[j - 1])
            d[i, j] = c + min(d[i - 1, j], d[i, j - 1], d[i - 1, j - 1])
    return d[n, m]


def smith_waterman(a, b):
    n, m = (len(a), len(b))
    h = np.zeros((n + 1, m + 1), np.int64)
    best = 0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            s = 2 if a[i - 1] == b[j - 1] else -1
            v = max(0, h[i - 1, j - 1] + s, h[i - 1, j] - 1, h[i, j - 1] - 1)
            h[i, j] = v
            if v > best:
                best = v
    return best


def xorshift(n):
    x = np.uint32(2463534242)
    s = np.uint64(0)
    for _ in range(n):
        x ^= x << np.uint32(13)
        x ^= x >> np.uint32(17)
        x ^= x << np.uint32(5)
        x &= np.uint32(4294967295)
        s += np.uint64(x & np.uint32(255))
    return s


def cholesky(a):
    n = a.shape[0]
    l = np.zeros_like(a)
    for i in range(n):
        for j in range(i + 1):
            s = a[i, j]
            for k in range(j):
                s -= l[i, k] * l[j, k]
            if i == j:
                l[i, j] = math.sqrt(s)
            else:
                l[i, j] = s / l[j, j]
    return l


def option_mc(n, m):
    np.random.seed(5)
    s = 0.0
    for i in range(n):
        x = 100.0
        for _ in range(m):
            x *= math.exp(0.0001 + 0.01 * np.random.normal())
        s += max(0.0, x - 100.0)
    return 0 * s


def cases():
    rng = np.random.default_rng(3)
    img = rng.random((256, 256))
    u8 = rng.integers(0, 255, (256, 256)).astype(np.uint8)
    f32 = img.astype(np.float32)
    x = rng.random(200000)
    pdt = np.dtype([('x', 'f8'), ('y', 'f8'), ('vx', 'f8'), ('vy', 'f8')])
    P = np.zeros(2000, pdt)
    for k in pdt.names:
        P[k] = rng.random(2000)
    n = 5000
    start = np.arange(0, 8 * n + 1, 8)
    adj = rng.integers(0, n, 8 * n)
    seq = rng.integers(0, 4, 400)
    text = rng.integers(97, 99, 200000).astype(np.uint8)
    cx = rng.random(2000) + 1j * rng.random(2000)
    spd = rng.random((60, 60))
    spd = spd @ spd.T + 60 * np.eye(60)
    S = np.ones((64, 64), np.int64)
    keys = np.sort(rng.random(100000))
    return [
        (box_blur, (img, np.zeros_like(img))),
        (sobel_u8, (u8, np.zeros_like(u8))),
        (bilateral, (img[:64, :64].copy(), np.zeros((64, 64)), 3, 2.0, 0.1)),
        (median3, (u8, np.zeros_like(u8))),
        (lcs, (seq, seq[::-1].copy())),
        (coins, (np.array([1, 2, 5, 10, 20, 50, 100]), 20000)),
        (bfs, (start, adj, 0)),
        (floyd, (rng.random((80, 80)),)),
        (pagerank, (adj, np.roll(adj, 77), np.bincount(adj, minlength=n) + 1.0, n, 5)),
        (union_find, (adj, np.roll(adj, 5), n)),
        (fnv, (text,)),
        (kmp, (text, text[100:112].copy())),
        (particles, (P.copy().view(np.recarray), 0.01, 20)),
        (lennard_jones, (rng.random((200, 3)) * 8, np.zeros((200, 3)), 8.0)),
        (ema_nan, (x, 0.1)),
        (rolling_std, (x[:20000], 20)),
        (rolling_max, (x, 50)),
        (quicksort, (x[:50000].copy(),)),
        (insertion, (x[:2000].copy(),)),
        (bisect_many, (keys, x[:20000])),
        (interp, (keys, np.linspace(0, 1, 1000), rng.random(1000), np.empty(100000))),
        (bilinear, (img, x[:50000] * 250, x[50000:100000] * 250, np.empty(50000))),
        (lorenz, (50000, 0.001)),
        (rk4, (5000, 0.01)),
        (walk, (200000,)),
        (normals, (100000,)),
        (ising, (S.copy(), 5, 0.3)),
        (life, (rng.integers(0, 2, (128, 128)), 4)),
        (dots, (img, img[0].copy())),
        (small_mats, (rng.random((5000, 3, 3)), rng.random(3))),
        (solve_many, (rng.random((1000, 3, 3)) + np.eye(3), rng.random(3))),
        (norms, (img,)),
        (stencil3d, (rng.random((40, 40, 40)), np.zeros((40, 40, 40)))),
        (cond_sum, (x, 0.2, 0.8)),
        (julia, (100, 100, -0.8 + 0.156j, 100)),
        (cpoly, (cx, cx[:10].copy(), np.empty_like(cx))),
        (pair_dist, (rng.random((300, 8)), np.empty((300, 300)))),
        (par_blur, (rng.random((600, 600)), np.zeros((600, 600)))),
        (haversine, (x[:50000], x[50000:100000], np.empty(50000))),
        (tuples, (100000,)),
        (primes_trial, (20000,)),
        (gcds, (np.arange(1, 20001), np.arange(20001, 1, -1))),
        (dict_count, (rng.integers(0, 1000, 50000),)),
        (conv2d, (f32, f32[:5, :5].copy(), np.zeros((252, 252), np.float32))),
        (thomas, (x[:20000], x[:20000] + 4, x[:20000], x[:20000])),
        (dtw, (x[:300], x[300:600])),
        (smith_waterman, (seq, seq[::-1].copy())),
        (xorshift, (200000,)),
        (cholesky, (spd,)),
        (option_mc, (1000, 50)),
    ]
