"""Indexing by arrays, reductions along axes, cumulative sums, joining."""

import numpy as np

from .._pyresolve import implements
from .written import function, indices, loops

_REAL = "?bhilBHILfd"
_INTS = "bhilBHIL"


def _one_index_array(a, i):
    return a.is_array and i.is_array and i.ndim == 1 and i.element in _INTS


@implements("numpy.take")
def take(a, i, axis=None):
    """Of the flattened array."""
    if axis is not None and not axis.is_none or not a.is_array or not i.is_array or i.ndim != 1 or i.element not in _INTS:
        return None
    return getitem_one(a, i) if a.ndim == 1 else lambda a, i: a.ravel()[i]


@implements("array.getitem_i")
def getitem_one(a, i):
    """a[indices] and a[mask]."""
    if not a.is_array or not i.is_array or i.ndim != 1 or a.element not in _REAL:
        return None
    if i.element == "?":
        if a.ndim != 1:
            return None

        def masked(a, i):
            n = 0
            for k in range(i.shape[0]):
                n += i[k]
            out = np.empty(n, a.dtype)
            n = 0
            for k in range(i.shape[0]):
                if i[k]:
                    out[n] = a[k]
                    n += 1
            return out

        return masked
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
    if a.ndim != 1 or not i.is_array or i.ndim != 1 or a.element not in _REAL:
        return None
    if i.element == "?":
        if value.is_number:
            def fill_masked(a, value, i):
                for k in range(i.shape[0]):
                    if i[k]:
                        a[k] = value

            return fill_masked
        if value.is_array and value.ndim == 1:
            def copy_masked(a, value, i):
                n = 0
                for k in range(i.shape[0]):
                    if i[k]:
                        a[k] = value[n]
                        n += 1

            return copy_masked
        return None
    if i.element not in _INTS:
        return None
    if value.is_number:
        def fill_taken(a, value, i):
            for k in range(i.shape[0]):
                a[i[k]] = value

        return fill_taken
    if value.is_array and value.ndim == 1:
        def copy_taken(a, value, i):
            if value.shape[0] != i.shape[0]:
                raise ValueError("shape mismatch: the values and the indices have different lengths")
            for k in range(i.shape[0]):
                a[i[k]] = value[k]

        return copy_taken
    return None


def _sum_type(code):
    return "l" if code in "?bhil" else "L" if code in "BHIL" else code


@implements("numpy.cumsum")
def cumsum(a, axis=None):
    if a.ndim != 1 or axis is not None and not axis.is_none or a.element not in _REAL:
        return None
    dtype = np.dtype(_sum_type(a.element))

    def cumsum_1d(a):
        out = np.empty(a.shape[0], dtype)
        total = dtype.type(0)
        for i in range(a.shape[0]):
            total += a[i]
            out[i] = total
        return out

    return cumsum_1d


@implements("numpy.cumprod")
def cumprod(a, axis=None):
    if a.ndim != 1 or axis is not None and not axis.is_none or a.element not in _REAL:
        return None
    dtype = np.dtype(_sum_type(a.element))

    def cumprod_1d(a):
        out = np.empty(a.shape[0], dtype)
        total = dtype.type(1)
        for i in range(a.shape[0]):
            total *= a[i]
            out[i] = total
        return out

    return cumprod_1d


def _along(kind):
    """sum, prod, max, min, any, all of a two-dimensional array along one axis."""

    def rule(a, axis=None, dtype=None, out=None, keepdims=None):
        if a.ndim != 2 or a.element not in _REAL or axis is None or not axis.constant or not isinstance(axis.value, int):
            return None
        if any(x is not None and not x.is_none for x in (dtype, out, keepdims)):
            return None
        which = axis.value
        made = np.dtype(_sum_type(a.element) if kind in ("sum", "prod") else a.element)
        if which in (0, -2):
            if kind == "sum":
                def down(a):
                    out = np.zeros(a.shape[1], made)
                    for i in range(a.shape[0]):
                        for j in range(a.shape[1]):
                            out[j] += a[i, j]
                    return out
            elif kind == "prod":
                def down(a):
                    out = np.ones(a.shape[1], made)
                    for i in range(a.shape[0]):
                        for j in range(a.shape[1]):
                            out[j] *= a[i, j]
                    return out
            else:
                return None
            return down
        if which in (1, -1):
            if kind == "sum":
                def across(a):
                    out = np.empty(a.shape[0], made)
                    for i in range(a.shape[0]):
                        out[i] = a[i].sum()
                    return out
            elif kind == "prod":
                def across(a):
                    out = np.empty(a.shape[0], made)
                    for i in range(a.shape[0]):
                        out[i] = a[i].prod()
                    return out
            elif kind == "max":
                def across(a):
                    out = np.empty(a.shape[0], made)
                    for i in range(a.shape[0]):
                        out[i] = a[i].max()
                    return out
            else:
                def across(a):
                    out = np.empty(a.shape[0], made)
                    for i in range(a.shape[0]):
                        out[i] = a[i].min()
                    return out
            return across
        return None

    return rule


for _kind in ("sum", "prod", "max", "min"):
    implements(f"numpy.{_kind}")(_along(_kind))


@implements("numpy.var")
def var(a):
    if not a.is_array or a.element not in "fd":
        return None

    def var_all(a):
        mean = a.mean()
        d = a - mean
        return (d * d).mean()

    return var_all


@implements("numpy.std")
def std(a):
    if not a.is_array or a.element not in "fd":
        return None

    def std_all(a):
        mean = a.mean()
        d = a - mean
        return np.sqrt((d * d).mean())

    return std_all


@implements("numpy.diff")
def diff(a, n=None):
    if a.ndim != 1 or n is not None or a.element not in "bhilfdBHIL":
        return None

    def diff_1d(a):
        n = max(a.shape[0] - 1, 0)
        out = np.empty(n, a.dtype)
        for i in range(n):
            out[i] = a[i + 1] - a[i]
        return out

    return diff_1d


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


@implements("numpy.clip")
def clip(a, a_min, a_max):
    if not a.is_array and not a.is_number or (not a_min.is_number and not a_min.is_none) or (
            not a_max.is_number and not a_max.is_none):
        return None
    if a.element not in "fd":
        return None
    if a_min.is_none and a_max.is_none:
        return None
    if a_min.is_none:
        return lambda a, a_max: np.minimum(a, a_max)
    if a_max.is_none:
        return lambda a, a_min: np.maximum(a, a_min)

    def clip_both(a, a_min, a_max):
        return np.minimum(np.maximum(a, a_min), a_max)

    return clip_both


@implements("numpy.outer")
def outer(a, b):
    if a.ndim != 1 or b.ndim != 1:
        return None

    def outer_1d(a, b):
        return a.reshape(-1, 1) * b

    return outer_1d if a.layout == "C" else None


@implements("numpy.vdot")
def vdot(a, b):
    if a.ndim != 1 or b.ndim != 1 or a.element not in "fd" or b.element not in "fd":
        return None
    return lambda a, b: (a * b).sum()


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


@implements("numpy.eye", "numpy.identity")
def eye(n, m=None, k=None, dtype=None):
    if m is not None or k is not None or dtype is not None or not n.is_number:
        return None

    def eye_n(n):
        out = np.zeros((n, n))
        for i in range(n):
            out[i, i] = 1.0
        return out

    return eye_n


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
