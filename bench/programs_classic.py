"""Programs that people bring from tutorials of Numba: automata, dynamic programming, rolling statistics, filters, chance with a generator
of their own, trees and graphs on arrays, text in bytes, hashes, sieves, recursion, geometry. bench/python_programs.py times them."""

import math

import numpy as np

prange = range
PARALLEL = ()
HELPERS = ("safe_queens", "cross", "rotl", "fits", "derivative")


def game_of_life(grid, steps):
    h, w = grid.shape
    a = grid.copy()
    b = np.zeros_like(a)
    for _ in range(steps):
        for y in range(1, h - 1):
            for x in range(1, w - 1):
                n = a[y - 1, x - 1] + a[y - 1, x] + a[y - 1, x + 1] + a[y, x - 1] + a[y, x + 1] + a[y + 1, x - 1] + a[y + 1, x] + a[y + 1, x + 1]
                if a[y, x] == 1 and (n < 2 or n > 3):
                    b[y, x] = 0
                elif a[y, x] == 0 and n == 3:
                    b[y, x] = 1
                else:
                    b[y, x] = a[y, x]
        a, b = b, a
    return a


def dtw_window(a, b, window):
    n, m = len(a), len(b)
    d = np.full((n + 1, m + 1), np.inf)
    d[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(max(1, i - window), min(m, i + window) + 1):
            cost = abs(a[i - 1] - b[j - 1])
            d[i, j] = cost + min(d[i - 1, j], d[i, j - 1], d[i - 1, j - 1])
    return d[n, m]


def knapsack_1d(weights, values, capacity):
    best = np.zeros(capacity + 1, np.int64)
    for i in range(len(weights)):
        for c in range(capacity, weights[i] - 1, -1):
            v = best[c - weights[i]] + values[i]
            if v > best[c]:
                best[c] = v
    return best[capacity]


def permutation_test(x, y, n):
    pool = np.concatenate((x, y))
    k = len(x)
    seen = abs(x.mean() - y.mean())
    state = np.uint64(88172645463325252)
    more = 0
    for _ in range(n):
        for i in range(len(pool) - 1, 0, -1):
            state ^= state << np.uint64(13)
            state ^= state >> np.uint64(7)
            state ^= state << np.uint64(17)
            j = int(state % np.uint64(i + 1))
            pool[i], pool[j] = pool[j], pool[i]
        s = 0.0
        for i in range(k):
            s += pool[i]
        t = 0.0
        for i in range(k, len(pool)):
            t += pool[i]
        if abs(s / k - t / (len(pool) - k)) >= seen:
            more += 1
    return more


def rolling_stats(x, w, mean, std):
    s = 0.0
    q = 0.0
    for i in range(len(x)):
        s += x[i]
        q += x[i] * x[i]
        if i >= w:
            s -= x[i - w]
            q -= x[i - w] * x[i - w]
        if i >= w - 1:
            m = s / w
            mean[i] = m
            std[i] = math.sqrt(max(q / w - m * m, 0.0))
    return std


def autocorrelation(x, lags):
    n = len(x)
    m = x.mean()
    out = np.empty(lags)
    var = 0.0
    for i in range(n):
        var += (x[i] - m) ** 2
    for k in range(lags):
        s = 0.0
        for i in range(n - k):
            s += (x[i] - m) * (x[i + k] - m)
        out[k] = s / var
    return out


def derivative(t, x, v, mu):
    return mu * (1.0 - x * x) * v - x + 0.1 * math.sin(t)


def rk45_oscillator(x, v, mu, end, tolerance):
    t = 0.0
    h = 0.01
    steps = 0
    while t < end and steps < 5000:
        if t + h > end:
            h = end - t
        k1x, k1v = v, derivative(t, x, v, mu)
        k2x, k2v = v + h * k1v / 4, derivative(t + h / 4, x + h * k1x / 4, v + h * k1v / 4, mu)
        k3x = v + h * (3 * k1v + 9 * k2v) / 32
        k3v = derivative(t + 3 * h / 8, x + h * (3 * k1x + 9 * k2x) / 32, k3x, mu)
        k4x = v + h * (1932 * k1v - 7200 * k2v + 7296 * k3v) / 2197
        k4v = derivative(t + 12 * h / 13, x + h * (1932 * k1x - 7200 * k2x + 7296 * k3x) / 2197, k4x, mu)
        k5x = v + h * (439 / 216 * k1v - 8 * k2v + 3680 / 513 * k3v - 845 / 4104 * k4v)
        k5v = derivative(t + h, x + h * (439 / 216 * k1x - 8 * k2x + 3680 / 513 * k3x - 845 / 4104 * k4x), k5x, mu)
        nx = x + h * (25 / 216 * k1x + 1408 / 2565 * k3x + 2197 / 4104 * k4x - k5x / 5)
        nv = v + h * (25 / 216 * k1v + 1408 / 2565 * k3v + 2197 / 4104 * k4v - k5v / 5)
        error = abs(k1x / 360 - 128 / 4275 * k3x - 2197 / 75240 * k4x + k5x / 50) + 1e-12
        if error * h <= tolerance:
            t += h
            x, v = nx, nv
        h *= min(4.0, max(0.1, 0.84 * math.sqrt(math.sqrt(tolerance / (error * h + 1e-15)))))
        steps += 1
    return x + v + steps


def kalman_2d(z, dt, q, r, out):
    x = np.zeros(4)
    p = np.eye(4)
    f = np.eye(4)
    f[0, 2] = dt
    f[1, 3] = dt
    t = np.zeros((4, 4))
    for n in range(len(z)):
        y0 = x[0] + dt * x[2]
        y1 = x[1] + dt * x[3]
        x[0] = y0
        x[1] = y1
        for i in range(4):
            for j in range(4):
                s = 0.0
                for k in range(4):
                    s += f[i, k] * p[k, j]
                t[i, j] = s
        for i in range(4):
            for j in range(4):
                s = 0.0
                for k in range(4):
                    s += t[i, k] * f[j, k]
                p[i, j] = s
            p[i, i] += q
        for m in range(2):
            s = p[m, m] + r
            e = z[n, m] - x[m]
            for i in range(4):
                g = p[i, m] / s
                x[i] += g * e
                t[0, i] = g
            for i in range(4):
                t[1, i] = p[m, i]
            for i in range(4):
                for j in range(4):
                    p[i, j] -= t[0, i] * t[1, j]
        out[n, 0] = x[0]
        out[n, 1] = x[1]
    return out


def particle_filter(z, particles, weights, noise):
    n = len(particles)
    estimate = np.empty(len(z))
    moved = np.empty(n)
    for t in range(len(z)):
        total = 0.0
        for i in range(n):
            particles[i] = 0.9 * particles[i] + noise[(t * 31 + i) % len(noise)]
            e = z[t] - particles[i]
            weights[i] = math.exp(-0.5 * e * e)
            total += weights[i]
        s = 0.0
        for i in range(n):
            weights[i] /= total
            s += weights[i] * particles[i]
        estimate[t] = s
        c = weights[0]
        j = 0
        for i in range(n):
            u = (i + 0.5) / n
            while u > c and j < n - 1:
                j += 1
                c += weights[j]
            moved[i] = particles[j]
        for i in range(n):
            particles[i] = moved[i]
    return estimate


def boosting_histogram(bins, gradient, hessian, rows, count):
    features = bins.shape[1]
    hist = np.zeros((features, count, 2))
    for r in rows:
        for f in range(features):
            b = bins[r, f]
            hist[f, b, 0] += gradient[r]
            hist[f, b, 1] += hessian[r]
    best = 0.0
    where = 0
    for f in range(features):
        g = h = 0.0
        tg = th = 0.0
        for b in range(count):
            tg += hist[f, b, 0]
            th += hist[f, b, 1]
        for b in range(count - 1):
            g += hist[f, b, 0]
            h += hist[f, b, 1]
            gain = g * g / (h + 1.0) + (tg - g) * (tg - g) / (th - h + 1.0)
            if gain > best:
                best = gain
                where = f * count + b
    return where


def flood_fill(grid, y, x, value):
    h, w = grid.shape
    old = grid[y, x]
    stack = np.empty((h * w, 2), np.int64)
    stack[0, 0] = y
    stack[0, 1] = x
    size = 1
    filled = 0
    grid[y, x] = value
    while size > 0:
        size -= 1
        cy = stack[size, 0]
        cx = stack[size, 1]
        filled += 1
        for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            ny = cy + dy
            nx = cx + dx
            if 0 <= ny < h and 0 <= nx < w and grid[ny, nx] == old:
                grid[ny, nx] = value
                stack[size, 0] = ny
                stack[size, 1] = nx
                size += 1
    return filled


def components(image, labels):
    h, w = image.shape
    parent = np.arange(h * w // 2 + 2)
    top = 0
    for y in range(h):
        for x in range(w):
            if image[y, x] == 0:
                continue
            left = labels[y, x - 1] if x > 0 else 0
            up = labels[y - 1, x] if y > 0 else 0
            if left == 0 and up == 0:
                top += 1
                labels[y, x] = top
            elif left and up:
                a, b = left, up
                while parent[a] != a:
                    a = parent[a]
                while parent[b] != b:
                    b = parent[b]
                if a < b:
                    parent[b] = a
                else:
                    parent[a] = b
                labels[y, x] = min(a, b)
            else:
                labels[y, x] = left + up
    count = 0
    for i in range(1, top + 1):
        if parent[i] == i:
            count += 1
    return count


def ray_march(width, height, out):
    for py in range(height):
        for px in range(width):
            dx = (px - width / 2) / width
            dy = (py - height / 2) / height
            n = 1.0 / math.sqrt(dx * dx + dy * dy + 1.0)
            t = 0.0
            for _ in range(40):
                x = t * dx * n
                y = t * dy * n
                z = t * n - 3.0
                qx = math.sqrt(x * x + z * z) - 1.0
                d = math.sqrt(qx * qx + y * y) - 0.4
                if d < 1e-3 or t > 8.0:
                    break
                t += d
            out[py, px] = t
    return out


def gillespie(s, i, beta, gamma, end):
    np.random.seed(7)
    t = 0.0
    n = s + i
    events = 0
    while i > 0 and t < end:
        infect = beta * s * i / n
        recover = gamma * i
        total = infect + recover
        t += -math.log(1.0 - np.random.random()) / total
        if np.random.random() * total < infect:
            s -= 1
            i += 1
        else:
            i -= 1
        events += 1
    return 0 * events


def align_affine(a, b, match, mismatch, opening, extend):
    n, m = len(a), len(b)
    h = np.zeros(m + 1, np.int32)
    e = np.full(m + 1, -1000000, np.int32)
    best = 0
    for i in range(n):
        f = -1000000
        diagonal = 0
        for j in range(1, m + 1):
            e[j] = max(h[j] - opening, e[j] - extend)
            f = max(h[j - 1] - opening, f - extend)
            score = diagonal + (match if a[i] == b[j - 1] else -mismatch)
            diagonal = h[j]
            score = max(0, score, e[j], f)
            h[j] = score
            if score > best:
                best = score
    return best


def trie_words(text, starts, children, ends):
    nodes = 1
    for k in range(len(starts) - 1):
        node = 0
        for i in range(starts[k], starts[k + 1]):
            c = text[i] - 97
            if children[node, c] == 0:
                children[node, c] = nodes
                nodes += 1
            node = children[node, c]
        ends[node] += 1
    found = 0
    for k in range(len(starts) - 1):
        node = 0
        for i in range(starts[k], starts[k + 1]):
            node = children[node, text[i] - 97]
            found += ends[node]
    return found


def parse_floats(text, out):
    n = 0
    i = 0
    while i < len(text):
        sign = 1.0
        if text[i] == 45:
            sign = -1.0
            i += 1
        value = 0.0
        while i < len(text) and 48 <= text[i] <= 57:
            value = value * 10.0 + (text[i] - 48)
            i += 1
        if i < len(text) and text[i] == 46:
            i += 1
            scale = 0.1
            while i < len(text) and 48 <= text[i] <= 57:
                value += (text[i] - 48) * scale
                scale *= 0.1
                i += 1
        out[n] = sign * value
        n += 1
        i += 1
    return n


def crc32_table(data, table):
    crc = np.uint32(0xFFFFFFFF)
    for b in data:
        crc = table[(crc ^ b) & np.uint32(0xFF)] ^ (crc >> np.uint32(8))
    return int(crc ^ np.uint32(0xFFFFFFFF))


def rotl(x, n):
    return np.uint32((x << np.uint32(n)) | (x >> np.uint32(32 - n)))


def chacha_blocks(state, count, out):
    x = np.empty(16, np.uint32)
    for block in range(count):
        for i in range(16):
            x[i] = state[i]
        x[12] = np.uint32(block)
        for _ in range(10):
            for k in range(8):
                if k < 4:
                    a, b, c, d = k, 4 + k, 8 + k, 12 + k
                else:
                    a, b, c, d = k - 4, 4 + (k - 3) % 4, 8 + (k - 2) % 4, 12 + (k - 1) % 4
                x[a] += x[b]
                x[d] = rotl(x[d] ^ x[a], 16)
                x[c] += x[d]
                x[b] = rotl(x[b] ^ x[c], 12)
                x[a] += x[b]
                x[d] = rotl(x[d] ^ x[a], 8)
                x[c] += x[d]
                x[b] = rotl(x[b] ^ x[c], 7)
        for i in range(16):
            out[block, i] = x[i] + state[i]
    return out


def sieve_wheel(n):
    flags = np.ones(n // 3 + 1, np.bool_)
    count = 2
    i = 5
    step = 2
    while i < n:
        if flags[i // 3]:
            count += 1
            j = i * i
            s = step
            while j < n:
                flags[j // 3] = False
                j += i * s
                s = 6 - s
        i += step
        step = 6 - step
    return count


def safe_queens(row, columns, left, right, n):
    if row == n:
        return 1
    total = 0
    free = ~(columns | left | right) & ((1 << n) - 1)
    while free:
        bit = free & -free
        free ^= bit
        total += safe_queens(row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1, n)
    return total


def queens(n):
    return safe_queens(0, 0, 0, 0, n)


def fits(board, place, digit):
    r, c = place // 9, place % 9
    for k in range(9):
        if board[r * 9 + k] == digit or board[k * 9 + c] == digit:
            return False
    br, bc = r // 3 * 3, c // 3 * 3
    for i in range(3):
        for j in range(3):
            if board[(br + i) * 9 + bc + j] == digit:
                return False
    return True


def sudoku(board):
    blanks = np.empty(81, np.int64)
    n = 0
    for i in range(81):
        if board[i] == 0:
            blanks[n] = i
            n += 1
    k = 0
    tries = 0
    while 0 <= k < n:
        p = blanks[k]
        d = board[p] + 1
        board[p] = 0
        while d <= 9 and not fits(board, p, d):
            d += 1
        tries += 1
        if d <= 9:
            board[p] = d
            k += 1
        else:
            k -= 1
    return tries


def matrix_chain(dims):
    n = len(dims) - 1
    cost = np.zeros((n, n))
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            best = np.inf
            for k in range(i, j):
                c = cost[i, k] + cost[k + 1, j] + dims[i] * dims[k + 1] * dims[j + 1]
                if c < best:
                    best = c
            cost[i, j] = best
    return cost[0, n - 1]


def longest_increasing(x):
    tails = np.empty(len(x), x.dtype)
    size = 0
    for v in x:
        lo, hi = 0, size
        while lo < hi:
            mid = (lo + hi) // 2
            if tails[mid] < v:
                lo = mid + 1
            else:
                hi = mid
        tails[lo] = v
        if lo == size:
            size += 1
    return size


def cross(ox, oy, ax, ay, bx, by):
    return (ax - ox) * (by - oy) - (ay - oy) * (bx - ox)


def convex_hull(x, y):
    n = len(x)
    hull = np.empty(2 * n, np.int64)
    k = 0
    for i in range(n):
        while k >= 2 and cross(x[hull[k - 2]], y[hull[k - 2]], x[hull[k - 1]], y[hull[k - 1]], x[i], y[i]) <= 0:
            k -= 1
        hull[k] = i
        k += 1
    low = k + 1
    for i in range(n - 2, -1, -1):
        while k >= low and cross(x[hull[k - 2]], y[hull[k - 2]], x[hull[k - 1]], y[hull[k - 1]], x[i], y[i]) <= 0:
            k -= 1
        hull[k] = i
        k += 1
    return k - 1


def kd_nearest(points, split, queries, out):
    stack = np.empty((64, 2), np.int64)
    n = len(points)
    for q in range(len(queries)):
        best = np.inf
        where = -1
        stack[0, 0] = 0
        stack[0, 1] = n
        size = 1
        while size > 0:
            size -= 1
            lo = stack[size, 0]
            hi = stack[size, 1]
            if lo >= hi:
                continue
            mid = (lo + hi) // 2
            d = 0.0
            for k in range(2):
                t = points[mid, k] - queries[q, k]
                d += t * t
            if d < best:
                best = d
                where = mid
            axis = split[mid]
            t = queries[q, axis] - points[mid, axis]
            near_lo, near_hi, far_lo, far_hi = (lo, mid, mid + 1, hi) if t < 0 else (mid + 1, hi, lo, mid)
            if t * t < best:
                stack[size, 0] = far_lo
                stack[size, 1] = far_hi
                size += 1
            stack[size, 0] = near_lo
            stack[size, 1] = near_hi
            size += 1
        out[q] = where
    return out


def bilateral_grey(image, radius, space, tone, out):
    h, w = image.shape
    for y in range(radius, h - radius):
        for x in range(radius, w - radius):
            total = 0.0
            weight = 0.0
            for dy in range(-radius, radius + 1):
                for dx in range(-radius, radius + 1):
                    d = float(image[y + dy, x + dx]) - float(image[y, x])
                    g = space[abs(dy), abs(dx)] * tone[int(abs(d))]
                    total += g * image[y + dy, x + dx]
                    weight += g
            out[y, x] = total / weight
    return out


def cumulative_max_drawdown(price):
    peak = price[0]
    worst = 0.0
    for p in price:
        peak = max(peak, p)
        worst = max(worst, (peak - p) / peak)
    return worst


def shell_sort(a):
    gap = len(a) // 2
    while gap > 0:
        for i in range(gap, len(a)):
            v = a[i]
            j = i
            while j >= gap and a[j - gap] > v:
                a[j] = a[j - gap]
                j -= gap
            a[j] = v
        gap //= 2
    return a


def viterbi(states, emit, trans, start, seen):
    n = len(seen)
    score = np.empty(states)
    other = np.empty(states)
    back = np.empty((n, states), np.int32)
    for s in range(states):
        score[s] = start[s] + emit[s, seen[0]]
    for t in range(1, n):
        for s in range(states):
            best = -np.inf
            who = 0
            for p in range(states):
                v = score[p] + trans[p, s]
                if v > best:
                    best = v
                    who = p
            other[s] = best + emit[s, seen[t]]
            back[t, s] = who
        score, other = other, score
    at = np.argmax(score)
    total = 0
    for t in range(n - 1, 0, -1):
        at = back[t, at]
        total += at
    return total


def sorted_tree(rng, n):
    """A balanced k-d tree in place: the middle of each range splits along the axis of its level."""
    points, split = rng.random((n, 2)), np.zeros(n, np.int64)

    def build(lo, hi, axis):
        if lo < hi:
            points[lo:hi] = points[lo:hi][np.argsort(points[lo:hi, axis])]
            mid = (lo + hi) // 2
            split[mid] = axis
            build(lo, mid, 1 - axis)
            build(mid + 1, hi, 1 - axis)

    build(0, n, 0)
    return points, split


SUDOKU = "530070000600195000098000060800060003400803001700020006060000280000419005000080079"


def cases():
    rng = np.random.default_rng(1)
    x = rng.standard_normal(6000)
    image = (rng.random((96, 128)) * 255).astype(np.uint8)
    letters = rng.integers(0, 4, 500).astype(np.uint8)
    words = rng.integers(97, 107, 20000).astype(np.uint8)
    starts = np.arange(0, 20001, 8)
    numbers = np.frombuffer(" ".join(f"{v:.4f}" for v in x[:3000]).encode() + b" ", np.uint8)
    table = np.zeros(256, np.uint32)
    for i in range(256):
        c = i
        for _ in range(8):
            c = (c >> 1) ^ (0xEDB88320 if c & 1 else 0)
        table[i] = c
    xy = rng.random((3000, 2))
    xy = xy[np.lexsort((xy[:, 1], xy[:, 0]))]
    points, split = sorted_tree(rng, 2000)
    space = np.exp(-0.1 * (np.arange(4)[:, None] ** 2 + np.arange(4) ** 2))
    tone = np.exp(-((np.arange(256) / 40.0) ** 2))
    return [
        (game_of_life, ((image > 150).astype(np.uint8), 5)),
        (dtw_window, (x[:400], x[100:500], 60)),
        (knapsack_1d, (rng.integers(1, 60, 80), rng.integers(1, 100, 80), 2000)),
        (permutation_test, (x[:60], x[60:140] + 0.1, 60)),
        (rolling_stats, (x, 40, np.zeros_like(x), np.zeros_like(x))),
        (autocorrelation, (x[:2000], 40)),
        (rk45_oscillator, (1.0, 0.0, 2.0, 20.0, 1e-6)),
        (kalman_2d, (rng.random((300, 2)), 0.1, 0.01, 0.5, np.zeros((300, 2)))),
        (particle_filter, (x[:60], x[:300].copy(), np.ones(300), x[1000:4000] * 0.3)),
        (boosting_histogram, (rng.integers(0, 32, (3000, 8)).astype(np.uint8), x[:3000], np.abs(x[:3000]), rng.permutation(3000)[:2000], 32)),
        (flood_fill, ((image > 100).astype(np.int64), 48, 64, 7)),
        (components, ((image > 120).astype(np.uint8), np.zeros(image.shape, np.int64))),
        (ray_march, (64, 48, np.zeros((48, 64)))),
        (gillespie, (990, 10, 0.4, 0.1, 1000.0)),
        (align_affine, (letters[:300], letters[200:], 2, 1, 3, 1)),
        (trie_words, (words, starts, np.zeros((20001, 26), np.int32), np.zeros(20001, np.int32))),
        (parse_floats, (numbers, np.zeros(3001))),
        (crc32_table, (words, table)),
        (chacha_blocks, (rng.integers(0, 2**32, 16).astype(np.uint32), 40, np.zeros((40, 16), np.uint32))),
        (sieve_wheel, (200000,)),
        (queens, (8,)),
        (sudoku, (np.array([int(c) for c in SUDOKU]),)),
        (matrix_chain, (rng.integers(1, 50, 81).astype(np.float64),)),
        (longest_increasing, (x,)),
        (convex_hull, (xy[:, 0].copy(), xy[:, 1].copy())),
        (kd_nearest, (points, split, rng.random((500, 2)), np.zeros(500, np.int64))),
        (bilateral_grey, (image, 3, space, tone, np.zeros(image.shape))),
        (cumulative_max_drawdown, (np.abs(x) + 1,)),
        (shell_sort, (x[:3000],)),
        (viterbi, (16, -rng.random((16, 8)), -rng.random((16, 16)), -rng.random(16), rng.integers(0, 8, 300))),
    ]
