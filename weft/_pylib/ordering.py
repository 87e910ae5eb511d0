"""Orders of elements: argsort and lexsort, sorting along an axis, what stands at a place (partition, median, percentiles), and
sets."""

import numpy as np

from .._pyresolve import implements
from .sorting import _merge_sort
from .views import by_axis, left_out, tuple_of
from .written import function, indices, loops

__wf_trusted__ = True  # its indices are inside

_REAL = "?bhilBHILfd"


def is_real(a):
    return a.is_array and a.ndim > 0 and a.element in _REAL


def each_row(ndim, axis):
    """The extents of the loops over all rows along an axis, and the text of such a row."""
    extents = [f"a.shape[{k}]" for k in range(ndim) if k != axis]
    names = iter(indices(ndim - 1))
    return extents, ", ".join(":" if k == axis else next(names) for k in range(ndim))


def reduced(ndim, axis, result, dtype, parameters="a"):
    """A function that makes one element of each row: result(row, …)."""
    extents, row = each_row(ndim, axis)
    more = parameters.partition("a")[2]
    if not extents:
        return function(f"def along({parameters}):\n    return result(a{more})\n", result=result)
    return function(f"def along({parameters}):\n    out = np.empty({tuple_of(extents)}, dtype)\n"
                    + loops(extents, [f"out[{', '.join(indices(ndim - 1))}] = result(a[{row}]{more})"]) + "    return out\n", result=result, dtype=np.dtype(dtype))


def mapped(ndim, axis, result, dtype, parameters="a", layout="C"):
    """A function that makes a row of each row: result(row, …)."""
    extents, row = each_row(ndim, axis)
    more = parameters.partition("a")[2]
    if not extents:
        return function(f"def along({parameters}):\n    return result(a{more})\n", result=result)
    made = "np.empty(a.shape[::-1], dtype).T" if layout == "F" else "np.empty(a.shape, dtype)"
    return function(f"def along({parameters}):\n    out = {made}\n" + loops(extents, [f"out[{row}] = result(a[{row}]{more})"])
                    + "    return out\n", result=result, dtype=np.dtype(dtype))


def flat_or_along(a, axis, make, default=-1, parameters="a"):
    """make(k) along an axis; None: of the array as one row."""
    if axis is None:
        return make(default % a.ndim)
    if left_out(axis):
        return make(0) if a.ndim == 1 else None
    return by_axis(axis, a.ndim, make, "along", parameters)


_KINDS = ("quicksort", "heapsort", "mergesort", "stable")


def _any_kind(*kinds):
    return all(left_out(k) or k.value in _KINDS for k in kinds)


# ---- sorting ----

def _sort_row(a):
    out = a.copy()
    _merge_sort(out, np.empty_like(out))
    return out


@implements("numpy.sort")
def sort(a, axis=None, kind=None):
    if not is_real(a) or not _any_kind(kind):
        return None
    if axis is not None and left_out(axis):
        return lambda a: np.sort(a.ravel())
    return flat_or_along(a, axis, lambda k: mapped(a.ndim, k, _sort_row, a.element, layout=a.layout))


@implements("array.sort")
def sort_in_place(a, axis=None, kind=None):
    if not is_real(a) or not _any_kind(kind):
        return None

    def made(axis):
        extents, row = each_row(a.ndim, axis)
        body = loops(extents, [f"merge(a[{row}], work)"]) if extents else "    merge(a, work)\n"
        return function(f"def sort_now(a):\n    work = np.empty(a.shape[{axis}], a.dtype)\n{body}", merge=_merge_sort)

    return flat_or_along(a, axis, made)


def _merge_indices(keys, order, other_keys, other):
    """The stable order of keys, NaN last; both arrays are moved alike, through the two others. Runs of 16 by insertion."""
    n = keys.shape[0]
    for start in range(0, n, 16):
        for i in range(start + 1, min(start + 16, n)):
            x, o = keys[i], order[i]
            j = i
            while j > start and (keys[j - 1] > x or (keys[j - 1] != keys[j - 1] and x == x)):
                keys[j] = keys[j - 1]
                order[j] = order[j - 1]
                j -= 1
            keys[j] = x
            order[j] = o
    width = 16
    while width < n:
        for low in range(0, n, 2 * width):
            middle = min(low + width, n)
            high = min(low + 2 * width, n)
            i, j = low, middle
            for k in range(low, high):
                if i < middle and (j >= high or not (keys[i] > keys[j] or (keys[i] != keys[i] and keys[j] == keys[j]))):
                    other_keys[k] = keys[i]
                    other[k] = order[i]
                    i += 1
                else:
                    other_keys[k] = keys[j]
                    other[k] = order[j]
                    j += 1
        for k in range(n):
            keys[k] = other_keys[k]
            order[k] = other[k]
        width *= 2


def _argsort_row(a):
    order = np.arange(a.shape[0])
    keys = a.copy()
    _merge_indices(keys, order, np.empty_like(keys), np.empty_like(order))
    return order


@implements("numpy.argsort", "array.argsort")
def argsort(a, axis=None, kind=None):
    if not is_real(a) or not _any_kind(kind):
        return None
    if axis is not None and left_out(axis):
        return lambda a: np.argsort(a.ravel())
    return flat_or_along(a, axis, lambda k: mapped(a.ndim, k, _argsort_row, np.int64))


@implements("numpy.lexsort")
def lexsort(keys):
    from .joining import parts_of

    parts = parts_of(keys)
    if not keys.is_tuple or not parts or not all(p.is_array and p.ndim == 1 and p.element in _REAL for p in parts):
        return None
    lines = ["def lexsort(keys):", "    order = argsort(keys[0])"]
    for i in range(1, len(parts)):
        lines += [f"    if keys[{i}].shape[0] != keys[0].shape[0]:", "        raise ValueError('all keys need to be the same shape')",
                  f"    order = order[argsort(keys[{i}][order])]"]
    return function("\n".join([*lines, "    return order"]) + "\n", argsort=_argsort_row)


# ---- what stands at a place ----

def _select(a, k):
    """a[k] becomes what it is in order; nothing above it stands before, nothing below it behind. There are no NaNs. Quickselect; where
    its pivots are bad too often, all are sorted."""
    low, high, left = 0, a.shape[0] - 1, 64
    while low < high:
        left -= 1
        if not left:
            _merge_sort(a, np.empty(a.shape[0], a.dtype))
            return
        middle = (low + high) // 2
        if a[middle] < a[low]:
            a[middle], a[low] = a[low], a[middle]
        if a[high] < a[low]:
            a[high], a[low] = a[low], a[high]
        if a[high] < a[middle]:
            a[high], a[middle] = a[middle], a[high]
        pivot = a[middle]
        i, j = low, high
        while i <= j:
            while a[i] < pivot:
                i += 1
            while a[j] > pivot:
                j -= 1
            if i <= j:
                a[i], a[j] = a[j], a[i]
                i += 1
                j -= 1
        if k <= j:
            high = j
        elif k >= i:
            low = i
        else:
            return


def _nans_last(a):
    """How many are numbers; these come first."""
    n = a.shape[0]
    i = 0
    while i < n:
        if a[i] != a[i]:
            n -= 1
            a[i], a[n] = a[n], a[i]
        else:
            i += 1
    return n


def _place(kth, n):
    if kth < -n or kth >= n:
        raise ValueError(f"kth(={kth}) out of bounds ({n})")
    return kth + n if kth < 0 else kth


def _partition_row(a, kth):
    if a.shape[0] == 0:
        return a.copy()
    k = _place(kth, a.shape[0])
    out = a.copy()
    if out.shape[0] <= 64:  # as many are sorted as fast
        _merge_sort(out, np.empty_like(out))
        return out
    n = _nans_last(out)
    if k < n:
        _select(out[:n], k)
    return out


def _partition_row_all(a, kth):
    for k in kth:
        if a.shape[0]:
            _place(k, a.shape[0])
    return _sort_row(a)


def _argpartition_row(a, kth):
    if a.shape[0]:
        _place(kth, a.shape[0])
    return _argsort_row(a)


def _argpartition_row_all(a, kth):
    for k in kth:
        if a.shape[0]:
            _place(k, a.shape[0])
    return _argsort_row(a)


def _partitioned(a, kth, axis, one, several, dtype):
    if not is_real(a) or not (kth.is_number and kth.element in "bhilBHIL" or kth.is_array and kth.ndim == 1 and kth.element in "bhilBHIL"):
        return None
    if axis is not None and left_out(axis):
        return None
    row = one if kth.is_number else several
    return flat_or_along(a, axis, lambda k: mapped(a.ndim, k, row, dtype, "a, kth", a.layout if dtype == a.element else "C"), parameters="a, kth")


@implements("numpy.partition")
def partition(a, kth, axis=None):
    return _partitioned(a, kth, axis, _partition_row, _partition_row_all, a.element)


@implements("numpy.argpartition", "array.argpartition")
def argpartition(a, kth, axis=None):
    return _partitioned(a, kth, axis, _argpartition_row, _argpartition_row_all, np.int64)


def _float_of(a):
    return np.dtype(a.element if a.element in "fd" else "d").type


def _middle(kind):
    """The median of s, whose n elements are no NaNs; s is moved about."""
    def median_of(s):
        n = s.shape[0]
        k = n // 2
        _select(s, k)
        if n % 2:
            return kind(s[k])
        below = s[0]
        for i in range(1, k):
            if s[i] > below:
                below = s[i]
        return kind((kind(below) + kind(s[k])) / kind(2))

    return median_of


def _medians(a, axis, name, row_of):
    """row_of(kind, middle): the median of one row, by what takes the middle of its sorted elements."""
    if not is_real(a) or a.element == "?":
        return None
    kind = _float_of(a)
    row = row_of(kind, _middle(kind))
    if left_out(axis):
        return (lambda a: row(a)) if a.ndim == 1 else lambda a: row(a.flatten())
    return by_axis(axis, a.ndim, lambda k: reduced(a.ndim, k, row, kind), name)


def _median_of_row(kind, middle):
    def row(a):
        s = a.copy()
        if s.shape[0] == 0 or _nans_last(s) < s.shape[0]:
            return kind(np.nan)
        return middle(s)

    return row


def _nanmedian_of_row(kind, middle):
    def row(a):
        s = a.copy()
        n = _nans_last(s)
        return middle(s[:n]) if n else kind(np.nan)

    return row


@implements("numpy.median")
def median(a, axis=None):
    return _medians(a, axis, "median", _median_of_row)


@implements("numpy.nanmedian")
def nanmedian(a, axis=None):
    return _medians(a, axis, "nanmedian", _nanmedian_of_row)


def _between(kind, steps):
    """NumPy's interpolation between two neighbours. steps: integers, whose difference is exact."""
    if steps:
        def between(x, y, t):
            d = float(y - x)
            return y - d * (1 - t) if t >= 0.5 else x + d * t
    else:
        def between(x, y, t):
            d = kind(y - x)
            return kind(y - kind(d * kind(1 - t))) if t >= 0.5 else kind(x + kind(d * kind(t)))
    return between


def _quantiles(a, q, axis, whole, skip_nan):
    """percentile (whole: 100) and quantile (1)."""
    if not is_real(a) or a.element == "?" or not (q.is_number and q.element in "bhilBHILfd" or q.is_array and q.ndim == 1 and q.element in "bhilBHILfd"):
        return None
    kind = _float_of(a) if q.is_number else np.float64
    if whole == 1 and q.element in "bhilBHIL" and a.element not in "fd":
        kind = np.dtype(a.element).type  # 0 and 1 name elements
    between = _between(kind, a.element not in "fd")
    wrong = f"{'Percentiles' if whole == 100 else 'Quantiles'} must be in the range [0, {whole}]"

    def fraction(q):
        p = q / whole if whole != 1 else float(q)
        if not (p >= 0 and p <= 1):
            raise ValueError(wrong)
        return p

    def one(s, n, p):
        """Of the n elements of s, that are no NaNs."""
        at = (n - 1) * p
        k = int(np.floor(at))
        if k >= n - 1:
            _select(s[:n], n - 1)
            return between(s[n - 1], s[n - 1], at - k)
        _select(s[:n], k)
        y = s[k + 1]
        for i in range(k + 2, n):
            if s[i] < y:
                y = s[i]
        return between(s[k], y, at - k)

    def row(a, q):
        p = fraction(q)
        s = a.copy()
        n = _nans_last(s)
        if n == 0 or not skip_nan and n < s.shape[0]:
            return kind(np.nan)
        return kind(one(s, n, p))

    def row_of_many(a, q):
        out = np.empty(q.shape[0], kind)
        s = a.copy()
        n = _nans_last(s)
        for i in range(q.shape[0]):
            p = fraction(q[i])
            out[i] = np.nan if n == 0 or not skip_nan and n < s.shape[0] else one(s, n, p)
        return out

    if left_out(axis):
        chosen = row if q.is_number else row_of_many
        return (lambda a, q: chosen(a, q)) if a.ndim == 1 else lambda a, q: chosen(a.flatten(), q)
    if not q.is_number:
        return None
    return by_axis(axis, a.ndim, lambda k: reduced(a.ndim, k, row, kind, "a, q"), "quantile", "a, q")


@implements("numpy.percentile")
def percentile(a, q, axis=None):
    return _quantiles(a, q, axis, 100, False)


@implements("numpy.quantile")
def quantile(a, q, axis=None):
    return _quantiles(a, q, axis, 1, False)


@implements("numpy.nanpercentile")
def nanpercentile(a, q, axis=None):
    return _quantiles(a, q, axis, 100, True)


@implements("numpy.nanquantile")
def nanquantile(a, q, axis=None):
    return _quantiles(a, q, axis, 1, True)


# ---- sets ----

def _flag(a):
    """A flag that is known while compiling; None: it is not."""
    return False if a is None else bool(a.value) if a.constant else None


@implements("numpy.unique")
def unique(ar, return_index=None, return_inverse=None, return_counts=None):
    flags = [_flag(x) for x in (return_index, return_inverse, return_counts)]
    if not is_real(ar) or None in flags:
        return None
    flat = "ar" if ar.ndim == 1 else "ar.ravel()"
    if not any(flags):
        return function(f"def unique(ar):\n    return row({flat})\n", row=_unique_row)
    inverse = "inverse" if ar.ndim == 1 else "inverse.reshape(ar.shape)"
    wanted = [x for x, on in zip(("first[:n].copy()", inverse, "counts[:n].copy()"), flags) if on]
    return function(f"""def unique(ar):
    found, first, inverse, counts, n = row({flat})
    return {tuple_of(['found[:n].copy()', *wanted])}
""", row=_unique_all)


def _unique_row(a):
    s = np.sort(a)
    n = 0
    for i in range(s.shape[0]):
        if i == 0 or (s[i] != s[n - 1] and (s[i] == s[i] or s[n - 1] == s[n - 1])):  # NaNs are one
            s[n] = s[i]
            n += 1
    return s[:n].copy()


def _unique_all(a):
    order = _argsort_row(a)
    found, first, inverse, counts = np.empty(a.shape[0], a.dtype), np.empty_like(order), np.empty_like(order), np.zeros_like(order)
    n = 0
    for i in range(a.shape[0]):
        x = a[order[i]]
        if i == 0 or (x != found[n - 1] and (x == x or found[n - 1] == found[n - 1])):
            found[n] = x
            first[n] = order[i]
            n += 1
        counts[n - 1] += 1
        inverse[order[i]] = n - 1
    return found, first, inverse, counts, n


def _pair(a, b):
    return is_real(a) and is_real(b)


@implements("numpy.union1d")
def union1d(ar1, ar2):
    return (lambda ar1, ar2: np.unique(np.concatenate((ar1.ravel(), ar2.ravel())))) if _pair(ar1, ar2) else None


@implements("numpy.intersect1d")
def intersect1d(ar1, ar2, assume_unique=None):
    if not _pair(ar1, ar2) or not (assume_unique is None or assume_unique.is_number or assume_unique.constant):
        return None

    def common(ar1, ar2):
        s = np.concatenate((np.unique(ar1), np.unique(ar2)))
        _merge_sort(s, np.empty_like(s))
        n = 0
        for i in range(s.shape[0] - 1):
            if s[i] == s[i + 1]:
                s[n] = s[i]
                n += 1
        return s[:n].copy()

    return common


def _is_in(x, s):
    """Does the sorted s hold x?"""
    low, high = 0, s.shape[0]
    while low < high:
        middle = (low + high) // 2
        if s[middle] < x:
            low = middle + 1
        else:
            high = middle
    return low < s.shape[0] and s[low] == x


@implements("numpy.setdiff1d")
def setdiff1d(ar1, ar2, assume_unique=None):
    flag = _flag(assume_unique)
    if not _pair(ar1, ar2) or flag is None:
        return None

    def difference(ar1, ar2):
        a, s = ar1.ravel() if flag else np.unique(ar1), np.sort(ar2.ravel())
        out = np.empty(a.shape[0], a.dtype)
        n = 0
        for x in a:
            if not _is_in(x, s):
                out[n] = x
                n += 1
        return out[:n].copy()

    return difference


@implements("numpy.setxor1d")
def setxor1d(ar1, ar2, assume_unique=None):
    flag = _flag(assume_unique)
    if not _pair(ar1, ar2) or flag is None:
        return None

    def either(ar1, ar2):
        s = np.concatenate((ar1.ravel(), ar2.ravel())) if flag else np.concatenate((np.unique(ar1), np.unique(ar2)))
        _merge_sort(s, np.empty_like(s))
        out = np.empty(s.shape[0], s.dtype)
        n = 0
        for i in range(s.shape[0]):
            if (i == 0 or s[i] != s[i - 1]) and (i + 1 == s.shape[0] or s[i] != s[i + 1]):
                out[n] = s[i]
                n += 1
        return out[:n].copy()

    return either


@implements("numpy.isin")
def isin(element, test_elements, assume_unique=None, invert=None):
    flag = _flag(invert)
    if not element.is_array and not element.is_number or element.element not in _REAL or not is_real(test_elements) or flag is None:
        return None
    if element.is_number:
        return lambda element, test_elements: _is_in(element, np.sort(test_elements.ravel())) != flag
    at = ", ".join(indices(element.ndim))
    return function("def isin(element, test_elements):\n    s = np.sort(test_elements.ravel())\n    out = np.empty(element.shape, np.bool_)\n"
                    + loops([f"element.shape[{k}]" for k in range(element.ndim)], [f"out[{at}] = is_in(element[{at}], s) != flag"]) + "    return out\n",
                    is_in=_is_in, flag=flag) if element.ndim else None


# ---- places in sorted arrays, bins ----

@implements("numpy.searchsorted", "array.searchsorted")
def searchsorted(a, v, side=None):
    """Of arrays of several axes, or of lists; others are in sorting.py."""
    if a.ndim == 1 and a.element in _REAL and a.element != "?" and v.is_array and v.ndim > 1 and (side is None or side.constant):
        where = ", " + repr(side.value) if side is not None else ""
        return function(f"def searchsorted(a, v):\n    return np.searchsorted(a, v.ravel(){where}).reshape(v.shape)\n")
    from .sorting import searchsorted as of_one_axis

    return of_one_axis(a, v, side)


@implements("numpy.digitize")
def digitize(x, bins, right=None):
    if not bins.is_array or bins.ndim != 1 or bins.element not in "bhilBHILfd" or not (x.is_array or x.is_number) or x.element not in "bhilBHILfd":
        return None
    if not (right is None or right.is_number or right.constant):
        return None
    text = """def digitize(x, bins, right=False):
    up, down = True, True
    for i in range(1, bins.shape[0]):
        if bins[i] < bins[i - 1]:
            up = False
        if bins[i] > bins[i - 1]:
            down = False
    if not up and not down:
        raise ValueError('bins must be monotonically increasing or decreasing')
    if up:
        return np.searchsorted(bins, x, 'left') if right else np.searchsorted(bins, x, 'right')
    turned = bins[::-1]
    return bins.shape[0] - (np.searchsorted(turned, x, 'left') if right else np.searchsorted(turned, x, 'right'))
"""
    return function(text)


@implements("numpy.bincount")
def bincount(x, weights=None, minlength=None):
    if not x.is_array or x.ndim != 1 or x.element not in "?bhilBHI" or not (minlength is None or minlength.is_number and minlength.element in "bhilBHIL"):
        return None
    if not left_out(weights) and not (weights.is_array and weights.ndim == 1 and weights.element in "?bhilBHILfd"):
        return None
    weighted = not left_out(weights)
    dtype = np.dtype("d" if weighted else "i8")
    head = """    n = 0
    for v in x:
        if v < 0:
            raise ValueError("'list' argument must have no negative elements")
        n = max(n, int(v) + 1)
    if minlength < 0:
        raise ValueError("'minlength' must not be negative")
    out = np.zeros(max(n, minlength), dtype)
"""
    if weighted:
        text = ("def bincount(x, weights, minlength=0):\n    if x.shape[0] != weights.shape[0]:\n"
                f"        raise ValueError('The weights and list don\\'t have the same length.')\n{head}"
                "    for i in range(x.shape[0]):\n        out[int(x[i])] += weights[i]\n    return out\n")
    else:
        given = "weights=None, " if weights is not None else ""
        text = f"def bincount(x, {given}minlength=0):\n{head}    for v in x:\n        out[int(v)] += 1\n    return out\n"
    return function(text, dtype=dtype)


@implements("numpy.histogram")
def histogram(a, bins=None, range=None):
    if not is_real(a) or a.element not in "bhilBHILd":
        return None
    flat = "a" if a.ndim == 1 else "a.ravel()"
    if bins is not None and bins.is_array and bins.ndim == 1 and bins.element in "bhilBHILd":
        return function(f"def histogram(a, bins{', range' if range is not None else ''}):\n    return of_edges({flat}, bins)\n", of_edges=_histogram_of_edges)
    if bins is not None and not (bins.is_number and bins.element in "bhilBHIL"):
        return None
    ranged = not left_out(range)
    if ranged and not (range.is_tuple and len(range.type.types) == 2 and not set(range.code) - set("()bhilBHILfd")):
        return None
    ends = "float(range[0]), float(range[1])" if ranged else "least, most"
    least = "" if ranged else """    least, most = 0.0, 1.0
    if x.size:
        least, most = float(x.min()), float(x.max())
"""
    given = "bins" if bins is not None else "bins=10"
    return function(f"""def histogram(a, {given}{', range' if range is not None and bins is not None else ''}):
    x = {flat}
{least}    return of_range(x, bins, {ends})
""", of_range=_histogram_of_range)


def _histogram_of_edges(a, edges):
    for i in range(1, edges.shape[0]):
        if edges[i] < edges[i - 1]:
            raise ValueError("`bins` must increase monotonically, when an array")
    n = edges.shape[0] - 1
    counts = np.zeros(max(n, 0), np.int64)
    for x in a:
        if n > 0 and x >= edges[0] and x <= edges[n]:
            low, high = 0, n
            while low < high:  # the last edge that is not above
                middle = (low + high + 1) // 2
                if edges[middle] <= x:
                    low = middle
                else:
                    high = middle - 1
            counts[min(low, n - 1)] += 1
    return counts, edges


def _histogram_of_range(a, bins, first, last):
    if bins < 1:
        raise ValueError("`bins` must be positive, when an integer")
    if first > last:
        raise ValueError("max must be larger than min in range parameter.")
    if not (np.isfinite(first) and np.isfinite(last)):
        raise ValueError("the range of the values is not finite")
    if first == last:
        first, last = first - 0.5, last + 0.5
    edges = np.empty(bins + 1)
    step = (last - first) / bins
    for i in range(bins):
        edges[i] = i * step + first
    edges[bins] = last
    counts = np.zeros(bins, np.int64)
    for x in a:
        if x >= first and x <= last:
            k = int((x - first) / (last - first) * bins)
            if k == bins:
                k -= 1
            if x < edges[k]:  # rounding may have led to a neighbour
                k -= 1
            elif k != bins - 1 and x >= edges[k + 1]:
                k += 1
            counts[k] += 1
    return counts, edges


def _interpolated(x, xp, fp, left, right):
    """NumPy's, one value."""
    n = xp.shape[0]
    if x != x:
        return x
    if x > xp[n - 1]:
        return right
    if n == 1:
        return left if x < xp[0] else fp[0]
    if x < xp[0]:
        return left
    low, high = 0, n
    while low < high:  # the last place that is not above
        middle = (low + high) // 2
        if xp[middle] <= x:
            low = middle + 1
        else:
            high = middle
    j = low - 1
    if j == n - 1 or xp[j] == x:
        return float(fp[j])
    slope = np.divide(fp[j + 1] - fp[j], xp[j + 1] - xp[j])
    found = slope * (x - xp[j]) + fp[j]
    if found != found:
        found = slope * (x - xp[j + 1]) + fp[j + 1]
        if found != found and fp[j] == fp[j + 1]:
            found = fp[j]
    return found


@implements("numpy.interp")
def interp(x, xp, fp, left=None, right=None):
    if not (x.is_number or x.is_array) or x.element not in "?bhilBHILfd" or not all(t.is_array and t.ndim == 1 and t.element in "?bhilBHILfd" for t in (xp, fp)):
        return None
    if not all(left_out(t) or t.is_number and t.element in "?bhilBHILfd" for t in (left, right)):
        return None
    names = ["x", "xp", "fp", *(n for n, t in (("left", left), ("right", right)) if t is not None)]
    ends = ["float(left)" if not left_out(left) else "y[0]", "float(right)" if not left_out(right) else "y[y.shape[0] - 1]"]
    lines = [f"def interp({', '.join(names)}):", "    if xp.shape[0] == 0:", "        raise ValueError('array of sample points is empty')",
             "    if xp.shape[0] != fp.shape[0]:", "        raise ValueError('fp and xp are not of the same length.')",
             "    t, y = xp.astype(np.float64), fp.astype(np.float64)", f"    low, high = {ends[0]}, {ends[1]}"]
    if x.ndim == 0:
        value = "float(x)" if x.is_number else "float(x[()])"
        return function("\n".join(lines) + f"\n    return one({value}, t, y, low, high)\n", one=_interpolated)
    at = ", ".join(indices(x.ndim))
    return function("\n".join(lines) + "\n    out = np.empty(x.shape)\n" + loops([f"x.shape[{k}]" for k in range(x.ndim)],
                    [f"out[{at}] = one(float(x[{at}]), t, y, low, high)"]) + "    return out\n", one=_interpolated)
