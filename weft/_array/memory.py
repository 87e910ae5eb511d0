"""Which memory arrays lie in: byte_bounds, may_share_memory, shares_memory, who."""

import numpy as np

from .array import ndarray


def byte_bounds(a):
    """(first address, address after the last) of the array's elements."""
    low = high = a._pointer
    for n, stride in zip(a.shape, a.strides):
        if n > 1:
            low, high = low + min(0, (n - 1) * stride), high + max(0, (n - 1) * stride)
    return low, high + a.itemsize


def _memory_of(array):
    return getattr(array, "_memory", array)  # of an OpaqueArray its bytes


def may_share_memory(a, b, max_work=None):
    """Whether the arrays' bounds overlap. Of NumPy's arrays NumPy knows."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return np.may_share_memory(a, b)
    if not isinstance(a, ndarray) or not isinstance(b, ndarray) or not a.size or not b.size or not _memory_of(a)._same_base(_memory_of(b)):
        return False
    (low_a, high_a), (low_b, high_b) = byte_bounds(a), byte_bounds(b)
    return low_a < high_b and low_b < high_a


def shares_memory(a, b, max_work=None):
    """Whether the arrays have a byte in common; answered on stand-ins of the same strides, without touching elements."""
    if max_work == "MAY_SHARE_BOUNDS":  # a word that CuPy's programs have from older NumPy's constants
        return may_share_memory(a, b)
    max_work = -1 if max_work is None or max_work == "MAY_SHARE_EXACT" else max_work
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return np.shares_memory(a, b, max_work)
    if not may_share_memory(a, b):
        return False
    (low_a, high_a), (low_b, high_b) = byte_bounds(a), byte_bounds(b)
    low = min(low_a, low_b)
    size = max(high_a, high_b) - low
    block = np.lib.stride_tricks.as_strided(np.empty(1, np.uint8), (size,), (1,))  # never read
    views = [np.lib.stride_tricks.as_strided(block[x._pointer - low:], x.shape, x.strides) for x in (a, b)]
    return np.shares_memory(_bytes_of(views[0], a.itemsize), _bytes_of(views[1], b.itemsize), max_work)


def _bytes_of(view, itemsize):
    return np.lib.stride_tricks.as_strided(view, (*view.shape, itemsize), (*view.strides, 1))


def who(vardict=None):
    """Prints the names, shapes, bytes and types of the arrays in a dictionary (the caller's globals)."""
    if vardict is None:
        import sys
        vardict = sys._getframe(1).f_globals
    rows, seen, total = [], {}, 0
    for name, value in vardict.items():
        if not isinstance(value, ndarray):
            continue
        owner = seen.get(id(value))
        rows.append((name, " x ".join(map(str, value.shape)), f"{value.nbytes}{'' if owner is None else '  ' + owner}", value.dtype.name))
        if owner is None:
            seen[id(value)] = name
            total += value.nbytes
    if rows:
        heads = ("Name", "Shape", "Bytes", "Type")
        widths = [max(len(r[k]) for r in (*rows, heads)) + 4 for k in range(4)]
        print("".join(h.ljust(w) for h, w in zip(heads, widths)))
        print("=" * (sum(widths)))
        print()
        for row in rows:
            print("".join(c.ljust(w) for c, w in zip(row, widths)))
    print(f"\nUpper bound on total bytes  =       {total}")
