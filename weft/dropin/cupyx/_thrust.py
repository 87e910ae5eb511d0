"""cupyx.jit.thrust: Thrust's algorithms over iterators, each run by the thread that calls it.

An iterator is the tuple (array, place); `array.begin()` and `array.end()` make them in kernels, `it - it` is a distance and
`it + n` another iterator. The functions are compiled into the kernels that call them; the first argument, the execution policy
(`thrust.device`, `thrust.seq`), says nothing here. Sorting is by heaps of its own, stable sorting by insertion, both in place
and without memory of their own.
"""

from weft._extending import overload_method
from weft._pytypes import Array, Tuple

seq = device = 0


@overload_method(Array, "begin")
def _begin(array):
    return lambda array: (array, 0)


@overload_method(Array, "end")
def _end(array):
    return lambda array: (array, len(array))


def _is_iterator(kind):
    return isinstance(kind, Tuple) and len(kind.types) == 2 and isinstance(kind.types[0], Array)


@overload_method(Tuple, "__sub__")
def _distance(a, b):
    if not _is_iterator(a):
        return None
    if _is_iterator(b):
        return lambda a, b: a[1] - b[1]
    return lambda a, b: (a[0], a[1] - b)


@overload_method(Tuple, "__add__")
def _advanced(a, b):
    return (lambda a, b: (a[0], a[1] + b)) if _is_iterator(a) else None


# ---- looking

def count(policy, first, last, value):
    """How many elements are equal to value."""
    x, n = first[0], 0
    for i in range(first[1], last[1]):
        if x[i] == value:
            n += 1
    return n


def find(policy, first, last, value):
    """Where value is first, or last."""
    x, i = first
    while i < last[1] and x[i] != value:
        i += 1
    return (x, i)


def equal(policy, first1, last1, first2):
    """Whether the elements are pairwise equal."""
    x, y, offset = first1[0], first2[0], first2[1] - first1[1]
    for i in range(first1[1], last1[1]):
        if x[i] != y[i + offset]:
            return False
    return True


def mismatch(policy, first1, last1, first2):
    """The first places that differ."""
    x, y, offset, i = first1[0], first2[0], first2[1] - first1[1], first1[1]
    while i < last1[1] and x[i] == y[i + offset]:
        i += 1
    return (x, i), (y, i + offset)


def is_sorted_until(policy, first, last):
    """Where the order ends."""
    x, i = first
    i += 1
    while i < last[1] and x[i - 1] <= x[i]:
        i += 1
    return (x, min(i, last[1]))


def is_sorted(policy, first, last):
    return is_sorted_until(policy, first, last)[1] == last[1]


def _lower(x, low, high, value):
    while low < high:
        middle = (low + high) // 2
        if x[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


def _upper(x, low, high, value):
    while low < high:
        middle = (low + high) // 2
        if value < x[middle]:
            high = middle
        else:
            low = middle + 1
    return low


def _search_one(find):
    def search(policy, first, last, value):
        return (first[0], find(first[0], first[1], last[1], value))
    return search


def _search_many(find):
    def search(policy, first, last, values, values_last, result):
        x, v, y, to = first[0], values[0], result[0], result[1]
        for i in range(values[1], values_last[1]):
            y[to] = find(x, first[1], last[1], v[i]) - first[1]
            to += 1
        return (y, to)
    return search


_lower_one, _lower_many, _upper_one, _upper_many = _search_one(_lower), _search_many(_lower), _search_one(_upper), _search_many(_upper)


def lower_bound(policy, first, last, value, values_last=None, result=None):
    """The first place of a sorted range that is not below value; of several values the places' numbers go to result."""
    if values_last is None:
        return _lower_one(policy, first, last, value)
    else:
        return _lower_many(policy, first, last, value, values_last, result)


def upper_bound(policy, first, last, value, values_last=None, result=None):
    """The first place of a sorted range that is above value; of several values the places' numbers go to result."""
    if values_last is None:
        return _upper_one(policy, first, last, value)
    else:
        return _upper_many(policy, first, last, value, values_last, result)


def equal_range(policy, first, last, value):
    """(lower_bound, upper_bound)"""
    return (first[0], _lower(first[0], first[1], last[1], value)), (first[0], _upper(first[0], first[1], last[1], value))


def _found(x, low, high, value):
    at = _lower(x, low, high, value)
    return at < high and not value < x[at]


def _found_many(first, last, values, values_last, result):
    x, v, y, to = first[0], values[0], result[0], result[1]
    for i in range(values[1], values_last[1]):
        y[to] = _found(x, first[1], last[1], v[i])
        to += 1
    return (y, to)


def binary_search(policy, first, last, value, values_last=None, result=None):
    """Whether a sorted range has value; of several values the answers go to result."""
    if values_last is None:
        return _found(first[0], first[1], last[1], value)
    else:
        return _found_many(first, last, value, values_last, result)


# ---- writing

def fill(policy, first, last, value):
    x = first[0]
    for i in range(first[1], last[1]):
        x[i] = value


def sequence(policy, first, last, init=0, step=1):
    x, v = first[0], init
    for i in range(first[1], last[1]):
        x[i] = v
        v += step


def copy(policy, first, last, result):
    x, y, to = first[0], result[0], result[1]
    for i in range(first[1], last[1]):
        y[to] = x[i]
        to += 1
    return (y, to)


def replace(policy, first, last, old, new):
    x = first[0]
    for i in range(first[1], last[1]):
        if x[i] == old:
            x[i] = new


def replace_copy(policy, first, last, result, old, new):
    x, y, to = first[0], result[0], result[1]
    for i in range(first[1], last[1]):
        y[to] = new if x[i] == old else x[i]
        to += 1
    return (y, to)


def remove_copy(policy, first, last, result, value):
    x, y, to = first[0], result[0], result[1]
    for i in range(first[1], last[1]):
        if x[i] != value:
            y[to] = x[i]
            to += 1
    return (y, to)


def remove(policy, first, last, value):
    return remove_copy(policy, first, last, first, value)


def reverse(policy, first, last):
    x, low, high = first[0], first[1], last[1] - 1
    while low < high:
        x[low], x[high] = x[high], x[low]
        low += 1
        high -= 1


def reverse_copy(policy, first, last, result):
    x, y, to = first[0], result[0], result[1]
    for i in range(last[1] - 1, first[1] - 1, -1):
        y[to] = x[i]
        to += 1
    return (y, to)


def swap_ranges(policy, first1, last1, first2):
    x, y, to = first1[0], first2[0], first2[1]
    for i in range(first1[1], last1[1]):
        x[i], y[to] = y[to], x[i]
        to += 1
    return (y, to)


def gather(policy, map_first, map_last, input_first, result):
    m, x, y, to = map_first[0], input_first[0], result[0], result[1]
    for i in range(map_first[1], map_last[1]):
        y[to] = x[input_first[1] + m[i]]
        to += 1
    return (y, to)


def scatter(policy, first, last, map_first, result):
    x, m, y, at = first[0], map_first[0], result[0], map_first[1]
    for i in range(first[1], last[1]):
        y[result[1] + m[at]] = x[i]
        at += 1


# ---- sums

def reduce(policy, first, last, init=0):
    x, total = first[0], init
    for i in range(first[1], last[1]):
        total += x[i]
    return total


def inner_product(policy, first1, last1, first2, init):
    x, y, at, total = first1[0], first2[0], first2[1], init
    for i in range(first1[1], last1[1]):
        total += x[i] * y[at]
        at += 1
    return total


def adjacent_difference(policy, first, last, result):
    x, y, to = first[0], result[0], result[1]
    if first[1] < last[1]:
        before = x[first[1]]
        y[to] = before
        to += 1
        for i in range(first[1] + 1, last[1]):
            value = x[i]
            y[to] = value - before
            before = value
            to += 1
    return (y, to)


def inclusive_scan(policy, first, last, result):
    x, y, to = first[0], result[0], result[1]
    if first[1] < last[1]:
        total = x[first[1]]
        y[to] = total
        to += 1
        for i in range(first[1] + 1, last[1]):
            total += x[i]
            y[to] = total
            to += 1
    return (y, to)


def exclusive_scan(policy, first, last, result, init=0):
    x, y, to, total = first[0], result[0], result[1], init
    for i in range(first[1], last[1]):
        value = x[i]
        y[to] = total
        total += value
        to += 1
    return (y, to)


def inclusive_scan_by_key(policy, first1, last1, first2, result):
    k, x, y, at, to = first1[0], first2[0], result[0], first2[1], result[1]
    if first1[1] < last1[1]:
        total = x[at]
        y[to] = total
        for i in range(first1[1] + 1, last1[1]):
            at += 1
            to += 1
            total = total + x[at] if k[i] == k[i - 1] else x[at]
            y[to] = total
        to += 1
    return (y, to)


def exclusive_scan_by_key(policy, first1, last1, first2, result, init=0):
    k, x, y, at, to, total = first1[0], first2[0], result[0], first2[1], result[1], init
    for i in range(first1[1], last1[1]):
        if i > first1[1] and k[i] != k[i - 1]:
            total = init
        value = x[at]
        y[to] = total
        total += value
        at += 1
        to += 1
    return (y, to)


def reduce_by_key(policy, keys_first, keys_last, values_first, keys_output, values_output):
    k, x, ko, vo = keys_first[0], values_first[0], keys_output[0], values_output[0]
    n, i, at = 0, keys_first[1], values_first[1]
    while i < keys_last[1]:
        key, total = k[i], x[at]
        i += 1
        at += 1
        while i < keys_last[1] and k[i] == key:
            total += x[at]
            i += 1
            at += 1
        ko[keys_output[1] + n] = key
        vo[values_output[1] + n] = total
        n += 1
    return (ko, keys_output[1] + n), (vo, values_output[1] + n)


def unique(policy, first, last):
    x, to = first
    for i in range(first[1], last[1]):
        if i == first[1] or x[i] != x[to - 1]:
            x[to] = x[i]
            to += 1
    return (x, to)


def unique_by_key(policy, keys_first, keys_last, values_first):
    k, x, n = keys_first[0], values_first[0], 0
    for i in range(keys_last[1] - keys_first[1]):
        if i == 0 or k[keys_first[1] + i] != k[keys_first[1] + n - 1]:
            k[keys_first[1] + n] = k[keys_first[1] + i]
            x[values_first[1] + n] = x[values_first[1] + i]
            n += 1
    return (k, keys_first[1] + n), (x, values_first[1] + n)


# ---- sorting

def sort(policy, first, last):
    """Sorts in place, by a heap."""
    x, base, n = first[0], first[1], last[1] - first[1]
    for start in range(n // 2 - 1, -1, -1):
        _sift(x, base, start, n)
    for end in range(n - 1, 0, -1):
        x[base], x[base + end] = x[base + end], x[base]
        _sift(x, base, 0, end)


def _sift(x, base, root, n):
    value = x[base + root]
    child = 2 * root + 1
    while child < n:
        if child + 1 < n and x[base + child] < x[base + child + 1]:
            child += 1
        if not value < x[base + child]:
            break
        x[base + root] = x[base + child]
        root = child
        child = 2 * root + 1
    x[base + root] = value


def stable_sort(policy, first, last):
    """Sorts in place; equal elements keep their order."""
    x = first[0]
    for i in range(first[1] + 1, last[1]):
        value, at = x[i], i
        while at > first[1] and value < x[at - 1]:
            x[at] = x[at - 1]
            at -= 1
        x[at] = value


def stable_sort_by_key(policy, keys_first, keys_last, values_first):
    k, v, offset = keys_first[0], values_first[0], values_first[1] - keys_first[1]
    for i in range(keys_first[1] + 1, keys_last[1]):
        key, value, at = k[i], v[i + offset], i
        while at > keys_first[1] and key < k[at - 1]:
            k[at] = k[at - 1]
            v[at + offset] = v[at - 1 + offset]
            at -= 1
        k[at] = key
        v[at + offset] = value


def sort_by_key(policy, keys_first, keys_last, values_first):
    stable_sort_by_key(policy, keys_first, keys_last, values_first)


# ---- sets: sorted ranges, with elements as often as they stand there

def _merged(x, i, last1, y, j, last2, out, left, both, right):
    """Which elements of two sorted ranges go to out: those of x alone, of both, of y alone."""
    z, to = out
    while i < last1 or j < last2:
        if j >= last2 or (i < last1 and x[i] < y[j]):
            if left:
                z[to] = x[i]
                to += 1
            i += 1
        elif i >= last1 or y[j] < x[i]:
            if right:
                z[to] = y[j]
                to += 1
            j += 1
        else:
            if both:
                z[to] = x[i]
                to += 1
            i += 1
            j += 1
    return (z, to)


def set_difference(policy, first1, last1, first2, last2, result):
    return _merged(first1[0], first1[1], last1[1], first2[0], first2[1], last2[1], result, True, False, False)


def set_intersection(policy, first1, last1, first2, last2, result):
    return _merged(first1[0], first1[1], last1[1], first2[0], first2[1], last2[1], result, False, True, False)


def set_symmetric_difference(policy, first1, last1, first2, last2, result):
    return _merged(first1[0], first1[1], last1[1], first2[0], first2[1], last2[1], result, True, False, True)


def set_union(policy, first1, last1, first2, last2, result):
    return _merged(first1[0], first1[1], last1[1], first2[0], first2[1], last2[1], result, True, True, True)


def _merged_by_key(first1, last1, first2, last2, values1, values2, keys_result, values_result, left, both, right):
    x, y, v, w, i, j = first1[0], first2[0], values1[0], values2[0], first1[1], first2[1]
    vi, wj = values1[1] - first1[1], values2[1] - first2[1]
    k, z, kn, zn = keys_result[0], values_result[0], keys_result[1], values_result[1]
    while i < last1[1] or j < last2[1]:
        mine = j >= last2[1] or (i < last1[1] and not y[j] < x[i])
        theirs = i >= last1[1] or (j < last2[1] and not x[i] < y[j])
        if (both if mine and theirs else left if mine else right):
            k[kn] = x[i] if mine else y[j]
            z[zn] = v[i + vi] if mine else w[j + wj]
            kn += 1
            zn += 1
        if mine:
            i += 1
        if theirs:
            j += 1
    return (k, kn), (z, zn)


def set_difference_by_key(policy, keys_first1, keys_last1, keys_first2, keys_last2, values_first1, values_first2, keys_result, values_result):
    return _merged_by_key(keys_first1, keys_last1, keys_first2, keys_last2, values_first1, values_first2, keys_result, values_result,
                          True, False, False)


def set_intersection_by_key(policy, keys_first1, keys_last1, keys_first2, keys_last2, values_first1, keys_result, values_result):
    return _merged_by_key(keys_first1, keys_last1, keys_first2, keys_last2, values_first1, values_first1, keys_result, values_result,
                          False, True, False)


def set_symmetric_difference_by_key(policy, keys_first1, keys_last1, keys_first2, keys_last2, values_first1, values_first2, keys_result,
                                    values_result):
    return _merged_by_key(keys_first1, keys_last1, keys_first2, keys_last2, values_first1, values_first2, keys_result, values_result,
                          True, False, True)


def set_union_by_key(policy, keys_first1, keys_last1, keys_first2, keys_last2, values_first1, values_first2, keys_result, values_result):
    return _merged_by_key(keys_first1, keys_last1, keys_first2, keys_last2, values_first1, values_first2, keys_result, values_result,
                          True, True, True)
