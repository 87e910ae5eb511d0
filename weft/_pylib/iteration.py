"""iter() and next(); np.ndindex and np.ndenumerate, which are lists of what they go over: the elements are those at the loop's
beginning."""

from .._pyresolve import implements
from .written import function, indices, loops


def _tuple(parts):
    return "(" + ", ".join(parts) + ",)" if parts else "()"


@implements("numpy.ndindex")
def ndindex(shape, *more):
    ndim = 1 + len(more) if shape.is_number else len(shape.type.types) if shape.is_tuple and not more else 0
    if not 0 < ndim < 9:
        return (lambda shape: ((),)) if shape.is_tuple and not more and ndim == 0 else None
    given = ["shape"] + [f"more[{k}]" for k in range(ndim - 1)] if shape.is_number else [f"shape[{k}]" for k in range(ndim)]
    head = "def ndindex(shape, *more):\n" if shape.is_number else "def ndindex(shape):\n"
    body = loops(given, [f"found.append({_tuple(indices(ndim))})"])
    return function(f"{head}    found = []\n{body}    return found\n")


@implements("numpy.ndenumerate")
def ndenumerate(a):
    if not a.is_array or not 0 < a.ndim < 9:
        return (lambda a: (((), a[()]),)) if a.is_array and not a.ndim else None
    i = indices(a.ndim)
    body = loops([f"a.shape[{k}]" for k in range(a.ndim)], [f"found.append(({_tuple(i)}, a[{', '.join(i)}]))"])
    return function(f"def ndenumerate(a):\n    found = []\n{body}    return found\n")


@implements("slice.indices")
def slice_indices(s, n):
    def indices(s, n):
        step = 1 if s.step is None else s.step
        if step == 0:
            raise ValueError("slice step cannot be zero")
        if n < 0:
            raise ValueError("length should not be negative")
        low, high = (-1, n - 1) if step < 0 else (0, n)
        start = (high if step < 0 else low) if s.start is None else s.start
        if s.start is not None:
            start = max(start + n, low) if start < 0 else min(start, high)
        stop = (low if step < 0 else high) if s.stop is None else s.stop
        if s.stop is not None:
            stop = max(stop + n, low) if stop < 0 else min(stop, high)
        return start, stop, step

    return indices


@implements("iter")
def iter_(a):
    from .._pyiterators import _call, is_iterator, over

    if is_iterator(a):
        return lambda a: a.__iter__()
    if a.code and a.code[0] in "MS":
        return lambda a: iter([x for x in a])
    if a.is_list or a.is_array and a.ndim or a.is_tuple or a.code == "U" or isinstance(a.value, str):
        return ("function", _call(over(a), 1), (0,))
    return None


@implements("next")
def next_(it, default=None):
    from .._pyiterators import is_iterator

    if not is_iterator(it):
        return ("error", f"next() of {it!r}, which is no iterator: write next(iter(…))")
    if default is None:
        return lambda it: it.__next__()

    def next_or(it, default):
        try:
            return it.__next__()
        except StopIteration:
            return default

    return next_or
