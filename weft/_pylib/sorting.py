"""One row: sorted, and searched in; ordering.py makes the library's functions of it."""

import numpy as np

__wf_trusted__ = True  # its indices are inside

_REAL = "bhilBHILfd"


def _merge_sort(a, work):
    """Bottom-up, stable, NaN last; runs of 16 by insertion."""
    n = a.shape[0]
    for start in range(0, n, 16):
        for i in range(start + 1, min(start + 16, n)):
            x = a[i]
            j = i
            while j > start and (a[j - 1] > x or (a[j - 1] != a[j - 1] and x == x)):
                a[j] = a[j - 1]
                j -= 1
            a[j] = x
    width = 16
    while width < n:
        for low in range(0, n, 2 * width):
            middle = min(low + width, n)
            high = min(low + 2 * width, n)
            i = low
            j = middle
            for k in range(low, high):
                if i < middle and (j >= high or not (a[i] > a[j] or (a[i] != a[i] and a[j] == a[j]))):
                    work[k] = a[i]
                    i += 1
                else:
                    work[k] = a[j]
                    j += 1
        for k in range(n):
            a[k] = work[k]
        width *= 2


def searchsorted(a, v, side=None):
    if a.ndim != 1 or a.element not in _REAL or not (v.is_number or v.is_array and v.ndim == 1) or v.element not in _REAL:
        return None
    if side is not None and side.value not in ("left", "right"):
        return None
    right = side is not None and side.value == "right"

    def search(a, v):
        low = 0
        high = a.shape[0]
        while low < high:
            middle = (low + high) // 2
            if (a[middle] <= v or v != v) if right else (a[middle] < v or (v != v and a[middle] == a[middle])):
                low = middle + 1
            else:
                high = middle
        return low

    if v.is_number:
        return search

    def before(x, y):
        return x <= y or y != y if right else x < y or (y != y and x == x)

    def search_all(a, v):  # as NumPy: each search begins where the last one ended, which shows where a is not sorted
        out = np.empty(v.shape[0], np.int64)
        low = 0
        high = a.shape[0]
        for i in range(v.shape[0]):
            if before(v[max(i - 1, 0)], v[i]):
                high = a.shape[0]
            else:
                low = 0
                high = min(high + 1, a.shape[0])
            while low < high:
                middle = (low + high) // 2
                if before(a[middle], v[i]):
                    low = middle + 1
                else:
                    high = middle
            out[i] = low
        return out

    return search_all
