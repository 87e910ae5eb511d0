"""NumPy's functions called with our arrays: np.sin(x), np.sum(x), np.concatenate([x, y]) come back to weft."""

import numpy as np


def ufunc(function, method, inputs, kwargs):
    import weft
    ours = getattr(weft, function.__name__, None)
    if ours is None:
        return NotImplemented
    if any(isinstance(x, np.ndarray) for x in kwargs.get("out", ())):
        return _into_numpy(function, ours, method, inputs, kwargs)
    if "out" in kwargs and isinstance(kwargs["out"], tuple) and len(kwargs["out"]) == 1:
        kwargs["out"] = kwargs["out"][0]
    if method == "__call__":
        return ours(*inputs, **kwargs)
    return getattr(ours, method)(*inputs, **kwargs) if hasattr(ours, method) else NotImplemented


def _into_numpy(function, ours, method, inputs, kwargs):
    """`numpy_array += x` and out=numpy_array: on a CPU device computed here and written there; a GPU's arrays are not copied
    to the host without being asked."""
    from .array import ndarray
    outs = kwargs.pop("out")
    for x in inputs:
        if isinstance(x, ndarray) and not x._on_cpu:
            raise TypeError(f"[{function.__name__}] the result would go into a NumPy array, but an operand is on {x.device}. Write "
                            f"`a = weft.asarray(a)` before, so that the result stays there, or `x.get()` to take the operand to the host")
    if method != "__call__" or len(outs) != 1 or any(isinstance(value, ndarray) for value in kwargs.values()):
        raise TypeError(f"[{function.__name__}] a NumPy array as out= is possible in plain calls with one result only; use `.get()`")
    casting, where = kwargs.get("casting", "same_kind"), kwargs.pop("where", True)
    np.copyto(outs[0], ours(*inputs, **kwargs).get(), casting=casting, where=where)
    return outs[0]


def function(function, types, args, kwargs):
    import weft
    module = (function.__module__ or "").partition(".")
    place = weft
    for name in filter(None, module[2].split(".")):
        if not name.startswith("_"):
            place = getattr(place, name, weft)
    ours = getattr(place, function.__name__, None)
    if ours is None or ours is function:
        from .fallback import through_numpy
        return through_numpy(function, *args, **kwargs)
    return ours(*args, **kwargs)
