"""np.ndindex and np.ndenumerate: lists of what they go over. The elements are those at the loop's beginning."""

from .._pyresolve import implements
from .written import function, indices, loops


def _tuple(parts):
    return "(" + ", ".join(parts) + ",)"


@implements("numpy.ndindex")
def ndindex(shape, *more):
    ndim = 1 + len(more) if shape.is_number else len(shape.type.types) if shape.is_tuple and not more else 0
    if not 0 < ndim < 9:
        return None
    given = ["shape"] + [f"more[{k}]" for k in range(ndim - 1)] if shape.is_number else [f"shape[{k}]" for k in range(ndim)]
    head = "def ndindex(shape, *more):\n" if shape.is_number else "def ndindex(shape):\n"
    body = loops(given, [f"found.append({_tuple(indices(ndim))})"])
    return function(f"{head}    found = []\n{body}    return found\n")


@implements("numpy.ndenumerate")
def ndenumerate(a):
    if not a.is_array or not 0 < a.ndim < 9:
        return None
    i = indices(a.ndim)
    body = loops([f"a.shape[{k}]" for k in range(a.ndim)], [f"found.append(({_tuple(i)}, a[{', '.join(i)}]))"])
    return function(f"def ndenumerate(a):\n    found = []\n{body}    return found\n")
