"""Methods of lists, and what makes one thing of many: sum, min, any, sorted, np.array of a list."""

import functools

import numpy as np

from .._pyresolve import implements
from .._pysource import Stub

_REAL = "?bhilBHILfd"
_like = Stub("weft.list.like")  # a typed list's copy is one
_MOST = 1 << 40  # items of a list; beyond it there is no memory


def _plain(code):
    return len(code) == 1 and code in _REAL


@implements("list.setitem_s")
def setslice(a, values, start, stop, step):
    whole = (start.is_none, stop.is_none, step.is_none)

    def assign(a, values, start, stop, step):
        n = len(a)
        low = 0 if whole[0] else start
        high = n if whole[1] else stop
        if low < 0:
            low = max(low + n, 0)
        if high < 0:
            high += n
        low = min(low, n)
        high = max(min(high, n), low)
        rest = [a[i] for i in range(high, n)]
        new = [x for x in values]
        while len(a) > low:
            a.pop()
        for x in new:
            a.append(x)
        for x in rest:
            a.append(x)

    def assign_stepped(a, values, start, stop, step):
        if step == 1:
            assign(a, values, start, stop, step)
            return
        new = [x for x in values]
        at = [i for i in range(len(a))][start:stop:step] if not (whole[0] or whole[1]) else [i for i in range(len(a))][::step]
        if len(new) != len(at):
            raise ValueError("attempt to assign sequence to extended slice of another size")
        for k in range(len(at)):
            a[at[k]] = new[k]

    return assign if whole[2] else assign_stepped


@implements("list.delitem_s")
def delslice(a, start, stop, step):
    whole = (start.is_none, stop.is_none, step.is_none)

    def delete(a, start, stop, step):
        n = len(a)
        low = 0 if whole[0] else start
        high = n if whole[1] else stop
        if low < 0:
            low = max(low + n, 0)
        if high < 0:
            high += n
        low = min(low, n)
        high = max(min(high, n), low)
        for i in range(high, n):
            a[low + i - high] = a[i]
        for i in range(high - low):
            a.pop()

    return delete if whole[2] else None


@implements("list.extend")
def extend(a, b):
    if not (b.is_list or b.is_array and b.ndim == 1 or b.is_tuple or isinstance(b.value, str) or (b.code or "?")[0] in "MSU"):
        return None

    def extend_with(a, b):
        for x in b:
            a.append(x)

    def extend_with_list(a, b):  # which may be the same one
        for i in range(len(b)):
            a.append(b[i])

    return extend_with_list if b.is_list else extend_with


@implements("list.copy")
def copy(a):
    return lambda a: _like([x for x in a], a)


@implements("list")
def list_of(a=None):
    if a is None or not (a.is_list or a.is_array and a.ndim == 1 or a.is_tuple or (a.code or "?")[0] in "MSU"):
        return None
    return lambda a: [x for x in a]


@implements("list.clear")
def clear(a):
    def clear_all(a):
        while len(a) > 0:
            a.pop()

    return clear_all


@implements("list.pop")
def pop(a, i):
    def pop_at(a, i):
        if len(a) == 0:
            raise IndexError("pop from empty list")
        if i < 0:
            i += len(a)
        if i < 0 or i >= len(a):
            raise IndexError("pop index out of range")
        x = a[i]
        for k in range(i, len(a) - 1):
            a[k] = a[k + 1]
        a.pop()
        return x

    return pop_at


@implements("list.__delitem__")
def delitem(a, i):
    def delete_at(a, i):
        if i < 0:
            i += len(a)
        if i < 0 or i >= len(a):
            raise IndexError("list assignment index out of range")
        for k in range(i, len(a) - 1):
            a[k] = a[k + 1]
        a.pop()

    return delete_at


@implements("list.insert")
def insert(a, i, x):
    def insert_at(a, i, x):
        n = len(a)
        if i < 0:
            i += n
        i = min(max(i, 0), n)
        a.append(x)
        for k in range(n - i):
            a[n - k] = a[n - k - 1]
        a[i] = x

    return insert_at


@implements("list.index")
def index(a, x, start=None, stop=None):
    if start is not None:
        def index_between(a, x, start, stop=1 << 62):
            n = len(a)
            for i in range(max(start + n, 0) if start < 0 else start, min(stop + n if stop < 0 else stop, n)):
                if a[i] == x:
                    return i
            raise ValueError("value not in list")

        return index_between

    def index_of(a, x):
        for i in range(len(a)):
            if a[i] == x:
                return i
        raise ValueError("value not in list")

    return index_of


@implements("list.remove")
def remove(a, x):
    def remove_first(a, x):
        for i in range(len(a)):
            if a[i] == x:
                a.pop(i)
                return
        raise ValueError("list.remove(x): x not in list")

    return remove_first


@implements("list.count")
def count(a, x):
    def count_of(a, x):
        n = 0
        for y in a:
            if y == x:
                n += 1
        return n

    return count_of


@implements("list.reverse")
def reverse(a):
    def reverse_now(a):
        n = len(a)
        for i in range(n // 2):
            x = a[i]
            a[i] = a[n - 1 - i]
            a[n - 1 - i] = x

    return reverse_now


@implements("list.__contains__", "array.__contains__")
def contains(a, x):
    if a.is_array and a.ndim != 1:
        return None

    def found(a, x):
        for y in a:
            if y == x:
                return True
        return False

    return found


@implements("list.__add__")
def add(a, b):
    if not b.is_list:
        return None

    def joined(a, b):
        out = [x for x in a]
        for x in b:
            out.append(x)
        return out

    return joined


@implements("list.__imul__")
def list_repeat_in_place(a, n):
    def repeat(a, n):
        count = len(a)
        if n <= 0:
            a.clear()
        elif count > _MOST // n:
            raise MemoryError()
        for _ in range(1, n):
            for i in range(count):
                a.append(a[i])

    return repeat


@implements("list.__mul__")
def multiply(a, n):
    def repeated(a, n):
        if n > 0 and len(a) > _MOST // n:
            raise MemoryError()
        return [a[i] for _ in range(n) for i in range(len(a))]

    return repeated


@implements("list.__eq__")
def equal(a, b):
    if not b.is_list:
        return None

    def same(a, b):
        if len(a) != len(b):
            return False
        for i in range(len(a)):
            if a[i] != b[i]:
                return False
        return True

    return same


@implements("list.__ne__")
def not_equal(a, b):
    return (lambda a, b: not a == b) if b.is_list else None


@implements("list.getitem_s")
def getslice(a, start, stop, step):
    whole = (start.is_none, stop.is_none, step.is_none)

    def sliced(a, start, stop, step):
        n = len(a)
        k = 1 if whole[2] else step
        if k == 0:
            raise ValueError("slice step cannot be zero")
        low = (0 if k > 0 else n - 1) if whole[0] else start
        high = (n if k > 0 else -1) if whole[1] else stop
        if not whole[0]:
            if low < 0:
                low += n
            low = min(max(low, 0 if k > 0 else -1), n if k > 0 else n - 1)
        if not whole[1]:
            if high < 0:
                high += n
            high = min(max(high, 0 if k > 0 else -1), n)
        return _like([a[i] for i in range(low, high, k)], a)

    return sliced


def _compared(name, rule):
    implements(f"list.{name}")(lambda a, b: rule if b.is_list else None)


def _order(a, b):
    """Below 0, 0 or above, as a stands to b."""
    for i in range(min(len(a), len(b))):
        if a[i] != b[i]:
            return -1 if a[i] < b[i] else 1
    return len(a) - len(b)


def _below(a, b):
    return _order(a, b) < 0


def _not_above(a, b):
    return _order(a, b) <= 0


def _above(a, b):
    return _order(a, b) > 0


def _not_below(a, b):
    return _order(a, b) >= 0


for _name, _rule in (("__lt__", _below), ("__le__", _not_above), ("__gt__", _above), ("__ge__", _not_below)):
    _compared(_name, _rule)


def _merge_sort(a, keys, reverse):
    """Stable; a and keys are sorted together."""
    n, width = len(a), 1
    b, other = [x for x in a], [k for k in keys]
    while width < n:
        for low in range(0, n, 2 * width):
            middle, high = min(low + width, n), min(low + 2 * width, n)
            i, j = low, middle
            for k in range(low, high):
                left = j >= high
                if i < middle and j < high:
                    left = not (keys[i] < keys[j]) if reverse else not (keys[j] < keys[i])
                if left:
                    b[k], other[k] = a[i], keys[i]
                    i += 1
                else:
                    b[k], other[k] = a[j], keys[j]
                    j += 1
        for k in range(n):
            a[k], keys[k] = b[k], other[k]
        width *= 2


@implements("list.sort")
def sort(a, key=None, reverse=None):
    if key is not None and not (key.code == "N" or key.constant and key.value is None):
        def sort_by(a, key, reverse=False):
            _merge_sort(a, [key(x) for x in a], bool(reverse))

        return sort_by
    if not _plain(a.item) or reverse is not None:
        def sort_all(a, key=None, reverse=False):
            _merge_sort(a, [x for x in a], bool(reverse))

        def sort_reversed(a, reverse):
            _merge_sort(a, [x for x in a], bool(reverse))

        return sort_all if reverse is None else sort_reversed

    def sort_now(a):
        s = np.array(a)
        s.sort()
        for i in range(len(a)):
            a[i] = s[i]

    return sort_now


def _key_given(key):
    return key is not None and not (key.code == "N" or key.constant and key.value is None)


@implements("sorted")
def sorted_(a, key=None, reverse=None):
    if _key_given(key) or reverse is not None or a.is_list and not _plain(a.item) or a.is_tuple:
        def with_key(a, key, reverse=False):
            out = [x for x in a]
            _merge_sort(out, [key(x) for x in out], bool(reverse))
            return out

        def without(a, reverse=False):
            out = [x for x in a]
            _merge_sort(out, [x for x in out], bool(reverse))
            return out

        return with_key if _key_given(key) else without
    if a.code and a.code[0] in "MSU":
        return lambda a: sorted([x for x in a])
    if a.is_list and _plain(a.item) or a.is_array and a.ndim == 1 and a.element in _REAL:
        return lambda a: [x for x in np.sort(np.array(a))]
    return None


@implements("reversed")
def reversed_(a):
    if a.is_list or a.is_array and a.ndim == 1:
        return lambda a: [a[len(a) - 1 - i] for i in range(len(a))]
    return None


@implements("functools.reduce")
def reduce(f, items, initial=None):
    if initial is not None:
        def from_initial(f, items, initial):
            s = initial
            for x in items:
                s = f(s, x)
            return s

        return from_initial
    if not (items.is_list or items.is_array and items.ndim == 1):
        return lambda f, items: functools.reduce(f, [x for x in items])

    def from_first(f, items):
        if len(items) == 0:
            raise TypeError("reduce() of empty iterable with no initial value")
        s = items[0]
        for i in range(1, len(items)):
            s = f(s, items[i])
        return s

    return from_first


@implements("sum")
def sum_(a, start=None):
    if a.is_array and a.ndim > 1:
        def of_rows(a, start=0):
            s = start + np.zeros(a.shape[1:], a.dtype)
            for row in a:
                s += row
            return s

        return of_rows
    if not (a.is_list or (a.code or "?")[0] == "S"):
        return None
    if start is not None:
        def total_from(a, start):
            s = start
            for x in a:
                s = s + x
            return s

        return total_from
    if not a.is_list:
        return lambda a: sum([x for x in a])

    def total(a):
        s = a[0] * 0 if len(a) else 0
        for x in a:
            s += x
        return s

    return total


def _extreme(larger):
    def rule(a):
        if not a.is_list:
            return None

        def extreme(a):
            if len(a) == 0:
                raise ValueError("the list is empty")
            best = a[0]
            for x in a:
                if (x > best) if larger else (x < best):
                    best = x
            return best

        return extreme

    return rule


implements("max")(_extreme(True))
implements("min")(_extreme(False))


@implements("any")
def any_(a):
    if not (a.is_list or a.is_array and a.ndim == 1):
        return None

    def some(a):
        for x in a:
            if x:
                return True
        return False

    return some


@implements("all")
def all_(a):
    if not (a.is_list or a.is_array and a.ndim == 1):
        return None

    def every(a):
        for x in a:
            if not x:
                return False
        return True

    return every


@implements("map")
def map_(f, a):
    return lambda f, a: [f(x) for x in a]


@implements("filter")
def filter_(f, a):
    return lambda f, a: [x for x in a if f(x)]


def _one_of_lists(a):
    """The items' code of a tuple of lists of one type: np.array([x, y]) of two lists."""
    codes = {t.code for t in a.type.types} if a.is_tuple and a.code[0] == "(" else ()
    return next(iter(codes))[1:] if len(codes) == 1 and next(iter(codes))[0] == "[" else ""


@implements("numpy.array", "numpy.asarray")
def array(a, dtype=None):
    made = None
    if dtype is not None and not dtype.is_none:
        try:
            made = np.dtype(dtype.value if not isinstance(dtype.value, tuple) else dtype.value[1])
        except TypeError:
            return None
    if _plain(a.code):
        kind = made or np.dtype(a.code if a.code != "l" else "int64")

        def array_of_number(a):
            out = np.empty((), kind)
            out[()] = a
            return out

        return array_of_number
    if a.is_list and _plain(a.item):
        kind = made or np.dtype(a.item if a.item != "l" else "int64")

        def array_1d(a):
            out = np.empty(len(a), kind)
            for i in range(len(a)):
                out[i] = a[i]
            return out

        return array_1d
    if _one_of_lists(a) == "N":
        return ("error", "np.array() of lists that nothing is put into: the type of their items is not known")
    inside = a.item[1:].rstrip(")") if a.is_list and a.item[:1] in "[(" else _one_of_lists(a)
    if inside and (_plain(inside) or a.is_list and a.item[0] == "(" and all(map(_plain, inside))):
        kind = made or np.result_type(*inside)

        def array_2d(a):
            out = np.empty((len(a), len(a[0]) if len(a) else 0), kind)
            for i in range(len(a)):
                if len(a[i]) != out.shape[1]:
                    raise ValueError("setting an array element with a sequence: the rows have different lengths")
                for j in range(out.shape[1]):
                    out[i, j] = a[i][j]
            return out

        return array_2d
    if a.is_tuple and a.code.strip("()") and all(_plain(c) for c in a.code[1:-1]):
        kind = made or np.result_type(*a.code[1:-1])

        def array_of_tuple(a):
            out = np.empty(len(a), kind)
            for i in range(len(a)):
                out[i] = a[i]
            return out

        return array_of_tuple
    return None
