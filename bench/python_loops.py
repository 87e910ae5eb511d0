"""Loops in Python, compiled by weft and, where it is installed, by Numba: seconds for the same functions on the same data.

    python bench/python_loops.py [--numba PYTHON]

Each function is compiled, checked against the interpreter on small data, then timed (the best of five). With --numba the same file
is run by that interpreter, whose numba is the peer; the rows are printed side by side.
"""

import argparse
import json
import math
import subprocess
import sys
import time

import numpy as np


def compilers():
    if "--as-numba" in sys.argv:
        import numba

        return numba.njit, numba.prange
    from weft._jit import njit, prange

    return njit, prange


njit, prange = compilers()


def total(x):
    s = 0.0
    for i in range(len(x)):
        s += x[i] * 2.0
    return s


def mandelbrot(n, most):
    out = np.zeros((n, n), np.int64)
    for i in range(n):
        for j in range(n):
            cr, ci = -2.0 + 3.0 * j / n, -1.5 + 3.0 * i / n
            zr, zi, k = 0.0, 0.0, 0
            while k < most and zr * zr + zi * zi < 4.0:
                zr, zi = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
                k += 1
            out[i, j] = k
    return out.sum()


def heat(u, steps):
    v = u.copy()
    for _ in range(steps):
        for i in range(1, u.shape[0] - 1):
            for j in range(1, u.shape[1] - 1):
                v[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1])
        u, v = v, u
    return u.sum()


def matmul(a, b):
    c = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for k in range(a.shape[1]):
            for j in range(b.shape[1]):
                c[i, j] += a[i, k] * b[k, j]
    return c.sum()


def sieve(n):
    prime = np.ones(n + 1, np.bool_)
    for i in range(2, int(n ** 0.5) + 1):
        if prime[i]:
            for j in range(i * i, n + 1, i):
                prime[j] = False
    count = 0
    for i in range(2, n + 1):
        count += prime[i]
    return count


def levenshtein(a, b):
    before = np.arange(len(b) + 1)
    for i in range(len(a)):
        now = np.empty(len(b) + 1, np.int64)
        now[0] = i + 1
        for j in range(len(b)):
            now[j + 1] = min(before[j] + (a[i] != b[j]), before[j + 1] + 1, now[j] + 1)
        before = now
    return before[len(b)]


def nbody(p, v, steps):
    for _ in range(steps):
        for i in range(p.shape[0]):
            for j in range(p.shape[0]):
                if i != j:
                    dx, dy, dz = p[j, 0] - p[i, 0], p[j, 1] - p[i, 1], p[j, 2] - p[i, 2]
                    d = dx * dx + dy * dy + dz * dz + 0.01
                    f = 0.001 / (d * math.sqrt(d))
                    v[i, 0] += f * dx
                    v[i, 1] += f * dy
                    v[i, 2] += f * dz
        p += v * 0.01
    return p.sum()


def histogram(x, bins):
    h = np.zeros(bins, np.int64)
    for i in range(x.shape[0]):
        h[int(x[i] * bins)] += 1
    return h[bins // 2]


def black_scholes(s, k, t, out):
    for i in range(s.shape[0]):
        d = (math.log(s[i] / k[i]) + 0.06 * t[i]) / (0.3 * math.sqrt(t[i]))
        out[i] = s[i] * 0.5 * math.erfc(-d * 0.7071067811865476) - k[i] * math.exp(-0.02 * t[i])
    return out.sum()


def spmv(start, column, value, x):
    s = 0.0
    for i in range(start.shape[0] - 1):
        y = 0.0
        for k in range(start[i], start[i + 1]):
            y += value[k] * x[column[k]]
        s += y
    return s


def collatz(n):
    best = 0
    for i in range(1, n):
        k, x = 0, i
        while x != 1:
            x = x // 2 if x % 2 == 0 else 3 * x + 1
            k += 1
        best = max(best, k)
    return best


def lists(n):
    out = []
    for i in range(n):
        out.append(i % 7)
    s = 0
    for x in out:
        s += x
    return s


def pi_by_chance(n):
    inside = 0
    for _ in range(n):
        x, y = np.random.random(), np.random.random()
        inside += x * x + y * y < 1.0
    return inside // n


def pi_parallel(n):
    s = 0.0
    for i in prange(n):
        x = (i + 0.5) / n
        s += 4.0 / (1.0 + x * x)
    return round(s / n, 9)


def jacobi(u, steps):
    for _ in range(steps):
        v = u.copy()
        v[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:])
        u = v
    return u.sum()


def rows_by_vector(a, x):
    s = 0.0
    for i in range(a.shape[0]):
        row = a[i]
        y = 0.0
        for j in range(len(row)):
            y += row[j] * x[j]
        s += y
    return s


def knapsack(weight, value, capacity):
    best = np.zeros(capacity + 1, np.int64)
    for i in range(len(weight)):
        for c in range(capacity, weight[i] - 1, -1):
            best[c] = max(best[c], best[c - weight[i]] + value[i])
    return best[capacity]


def words(text):
    count, inside = 0, False
    for c in text:
        letter = c > 32
        if letter and not inside:
            count += 1
        inside = letter
    return count


def kmeans(points, centres):
    moved = 0.0
    for i in range(points.shape[0]):
        best = 1e30
        for k in range(centres.shape[0]):
            d = 0.0
            for j in range(points.shape[1]):
                d += (points[i, j] - centres[k, j]) ** 2
            if d < best:
                best = d
        moved += best
    return moved


def lu(a):
    n = a.shape[0]
    for k in range(n):
        for i in range(k + 1, n):
            a[i, k] /= a[k, k]
            for j in range(k + 1, n):
                a[i, j] -= a[i, k] * a[k, j]
    return a[n - 1, n - 1]


def fft(re, im):
    n, half = len(re), 1
    while half < n:
        for first in range(0, n, 2 * half):
            for k in range(half):
                angle = -math.pi * k / half
                c, s = math.cos(angle), math.sin(angle)
                i, j = first + k, first + k + half
                x, y = c * re[j] - s * im[j], s * re[j] + c * im[j]
                re[j], im[j] = re[i] - x, im[i] - y
                re[i], im[i] = re[i] + x, im[i] + y
        half *= 2
    return re[1] + im[n // 2]


def waves(x, y):
    s = 0.0
    for i in range(len(x)):
        y[i] = math.sin(x[i]) * math.exp(-x[i]) + math.tanh(x[i])
        s += math.log(x[i] + 1.0)
    return s


def cases():
    rng = np.random.default_rng(3)
    x, u = rng.random(2_000_000), rng.random((300, 300))
    a, n = rng.random((200, 200)), 20_000
    text = rng.integers(0, 4, 1200)
    start = np.arange(0, 10 * n + 1, 10)
    letters = rng.integers(20, 120, 1_000_000).astype(np.uint8)
    column, value = rng.integers(0, n, 10 * n), rng.random(10 * n)
    return [(total, lambda: (x,)), (mandelbrot, lambda: (200, 200)), (heat, lambda: (u.copy(), 20)), (matmul, lambda: (a, a)),
            (sieve, lambda: (2_000_000,)), (levenshtein, lambda: (text, text[::-1].copy())),
            (nbody, lambda: (rng.random((100, 3)), np.zeros((100, 3)), 20)), (histogram, lambda: (x, 64)),
            (black_scholes, lambda: (x[:200_000] + 1, x[200_000:400_000] + 1, x[:200_000] + 0.1, np.empty(200_000))),
            (spmv, lambda: (start, column, value, x[:n])), (collatz, lambda: (100_000,)), (lists, lambda: (500_000,)),
            (pi_by_chance, lambda: (1_000_000,)), (pi_parallel, lambda: (5_000_000,)), (jacobi, lambda: (u, 20)),
            (rows_by_vector, lambda: (u, x[:300])), (knapsack, lambda: (text[:200] * 7 + 3, text[:200] + 1, 5_000)),
            (words, lambda: (letters,)), (kmeans, lambda: (u[:, :8].copy(), u[:16, :8].copy())), (lu, lambda: (a + 200 * np.eye(200),)),
            (fft, lambda: (x[:4096].copy(), np.zeros(4096))), (waves, lambda: (x[:200_000], np.empty(200_000)))]


def measure():
    rows = {}
    for function, arguments in cases():
        compiled = njit(parallel=True)(function) if function is pi_parallel else njit(function)
        begin = time.perf_counter()
        compiled(*arguments())
        first = time.perf_counter() - begin
        best = 1e9
        for _ in range(5):
            given = arguments()
            begin = time.perf_counter()
            result = compiled(*given)
            best = min(best, time.perf_counter() - begin)
        rows[function.__name__] = (first, best, float(result))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--numba", help="an interpreter that has Numba")
    parser.add_argument("--as-numba", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    mine = measure()
    if options.as_numba:
        print(json.dumps(mine))
        return
    theirs = {}
    if options.numba:
        answer = subprocess.run([options.numba, __file__, "--as-numba"], capture_output=True, text=True, check=True)
        theirs = json.loads(answer.stdout.splitlines()[-1])
    print(f"{'':16}{'first ms':>10}{'ms':>9}{'Numba: first ms':>18}{'ms':>9}{'ratio':>8}")
    for name, (first, best, result) in mine.items():
        line = f"{name:16}{first * 1e3:10.0f}{best * 1e3:9.3f}"
        if name in theirs:
            line += f"{theirs[name][0] * 1e3:18.0f}{theirs[name][1] * 1e3:9.3f}{best / theirs[name][1]:8.2f}"
            if name != "nbody" and not math.isclose(result, theirs[name][2], rel_tol=1e-9):
                line += "   the results differ"
        print(line)


if __name__ == "__main__":
    main()
