"""Indexing by arrays, reductions along axes, cumulative sums, joining."""

import numpy as np

from .._pyresolve import implements
from .written import function, indices, loops

_REAL = "?bhilBHILfd"
_INTS = "bhilBHIL"


@implements("array.getitem_i")
def getitem_one(a, i):
    """a[indices] of one axis or two; other arrays and masks are fancy.py's."""
    if not a.is_array or not i.is_array or i.ndim != 1 or a.element not in _REAL:
        return None
    if i.element not in _INTS:
        return None
    if a.ndim == 1:
        def taken(a, i):
            out = np.empty(i.shape[0], a.dtype)
            n = a.shape[0]
            for k in range(i.shape[0]):
                j = i[k]
                if j < 0:
                    j += n
                if j < 0 or j >= n:
                    raise IndexError("index is out of bounds")
                out[k] = a[j]
            return out

        return taken
    if a.ndim == 2:
        def rows_taken(a, i):
            out = np.empty((i.shape[0], a.shape[1]), a.dtype)
            n = a.shape[0]
            for k in range(i.shape[0]):
                j = i[k]
                if j < 0:
                    j += n
                if j < 0 or j >= n:
                    raise IndexError("index is out of bounds")
                for c in range(a.shape[1]):
                    out[k, c] = a[j, c]
            return out

        return rows_taken
    return None


@implements("array.setitem_i")
def setitem_one(a, value, i):
    """A number at each of some places; other values and indices are fancy.py's."""
    if a.ndim != 1 or not i.is_array or i.ndim != 1 or a.element not in _REAL or i.element not in _INTS or not value.is_number:
        return None

    def fill_taken(a, value, i):
        for k in range(i.shape[0]):
            a[i[k]] = value

    return fill_taken


@implements("numpy.linspace")
def linspace(start, stop, num=None):
    if not start.is_number or not stop.is_number or (start.element + stop.element).strip("bhilBHILfd"):
        return None
    if num is None:
        def linspace_50(start, stop):
            out = np.empty(50)
            step = (stop - start) / 49
            for i in range(50):
                out[i] = i * step + start
            out[49] = stop
            return out

        return linspace_50

    def linspace_n(start, stop, num):
        out = np.empty(num)
        step = (stop - start) / max(num - 1, 1)
        for i in range(num):
            out[i] = i * step + start
        if num > 1:
            out[num - 1] = stop
        return out

    return linspace_n


@implements("numpy.nonzero", "numpy.where")
def nonzero(a):
    """An array of indices for each axis, each contiguous."""
    if not a.is_array or not 0 < a.ndim < 9 or a.element not in _REAL + "FD":
        return None
    extents, at = [f"a.shape[{k}]" for k in range(a.ndim)], indices(a.ndim)
    here = f"if a[{', '.join(at)}] != 0:"
    lines = ["def nonzero(a):", "    n = 0", loops(extents, [here, "    n += 1"]).rstrip()]
    lines += [f"    out{k} = np.empty(n, np.int64)" for k in range(a.ndim)]
    stores = [f"    out{k}[n] = {i}" for k, i in enumerate(at)]
    lines += ["    n = 0", loops(extents, [here, *stores, "    n += 1"]).rstrip()]
    lines.append(f"    return ({', '.join(f'out{k}' for k in range(a.ndim))},)")
    return function("\n".join(lines) + "\n")


@implements("numpy.flatnonzero")
def flatnonzero(a):
    if a.ndim != 1 or a.element not in _REAL:
        return None
    return lambda a: np.nonzero(a)[0]


@implements("array.reshape", "numpy.reshape")
def reshape(a, shape, order=None):
    """order="F": rows and columns exchanged before and after. Other orders are the compiler's own."""
    if order is None or order.value not in ("F", "C") or not a.is_array or not shape.is_tuple:
        return None
    if order.value == "C":
        return lambda a, shape: a.reshape(shape)

    def by_columns(a, shape):
        return a.T.reshape(shape[::-1]).T

    return by_columns


@implements("numpy.ascontiguousarray")
def in_rows(a, dtype=None):
    """Rows after each other: the same array where it is so, else a copy."""
    if not a.is_array:
        return _from_values(a, dtype)
    if dtype is not None or not a.ndim or a.element not in _REAL + "FD":
        return None
    if a.layout == "C":
        return lambda a: a

    def copied_in_rows(a):
        out = np.empty(a.shape, a.dtype)
        out[...] = a
        return out

    return copied_in_rows


def _from_values(a, dtype):
    """Of a number, a list or a tuple."""
    if dtype is not None:
        return None
    if a.is_number:
        return lambda a: np.array([a])
    return (lambda a: np.array(a)) if a.is_list or a.is_tuple else None


@implements("numpy.asfortranarray")
def in_columns(a, dtype=None):
    """Columns after each other: the same array where it is so, else a copy."""
    if not a.is_array or a.ndim < 2:
        return in_rows(a, dtype)
    if dtype is not None or a.element not in _REAL + "FD":
        return None
    if a.layout == "F":
        return lambda a: a

    def copied_in_columns(a):
        out = np.empty(a.shape[::-1], a.dtype).T
        out[...] = a
        return out

    return copied_in_columns
