"""More programs of the kind that tutorials and answers about Numba show: means of slices, bits counted one by one, an exchange sort, lists
of pairs, look-ups in a dict, distances to a few centres."""
import numpy as np

HELPERS = []


def kmeans_step(points, centres):
    n, d = points.shape
    k = centres.shape[0]
    sums = np.zeros((k, d))
    counts = np.zeros(k, np.int64)
    for i in range(n):
        best, where = np.inf, 0
        for c in range(k):
            dist = 0.0
            for j in range(d):
                t = points[i, j] - centres[c, j]
                dist += t * t
            if dist < best:
                best, where = dist, c
        counts[where] += 1
        for j in range(d):
            sums[where, j] += points[i, j]
    for c in range(k):
        for j in range(d):
            sums[c, j] /= counts[c]
    return sums


def sma_crossover(p, fast, slow):
    n = len(p)
    position, cash = 0, 1000.0
    for i in range(slow, n):
        f = p[i - fast:i].mean()
        s = p[i - slow:i].mean()
        if f > s and position == 0:
            position = 1
            cash -= p[i]
        elif f < s and position == 1:
            position = 0
            cash += p[i]
    return cash


def hamming_all(codes):
    n = len(codes)
    out = np.zeros((n, n), np.int64)
    for i in range(n):
        for j in range(n):
            v = codes[i] ^ codes[j]
            c = 0
            while v:
                v &= v - np.uint64(1)
                c += 1
            out[i, j] = c
    return out


def bubble_sort(a):
    n = len(a)
    for i in range(n):
        swapped = False
        for j in range(n - 1 - i):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
                swapped = True
        if not swapped:
            break
    return a


def collatz_longest(n):
    best, at = 0, 0
    for i in range(1, n):
        k, steps = i, 0
        while k != 1:
            k = k // 2 if k % 2 == 0 else 3 * k + 1
            steps += 1
        if steps > best:
            best, at = steps, i
    return at * 1000 + best


def rle_encode(x):
    out = []
    prev, n = x[0], 1
    for v in x[1:]:
        if v == prev:
            n += 1
        else:
            out.append((prev, n))
            prev, n = v, 1
    out.append((prev, n))
    return len(out)


def two_sum(a, target):
    seen = dict()
    for i in range(len(a)):
        r = target - a[i]
        if r in seen:
            return seen[r], i
        seen[a[i]] = i
    return -1, -1


def cases():
    rng = np.random.default_rng(3)
    return [
        (kmeans_step, (rng.random((4000, 3)), rng.random((8, 3)))),
        (sma_crossover, (rng.random(3000), 10, 50)),
        (hamming_all, (rng.integers(0, 2**62, 150).astype(np.uint64),)),
        (bubble_sort, (rng.random(600),)),
        (collatz_longest, (20000,)),
        (rle_encode, (rng.integers(0, 2, 8000),)),
        (two_sum, (rng.permutation(5000) * 7, -1)),
    ]
