"""NumPy's functions called with our arrays: np.sin(x), np.sum(x), np.concatenate([x, y]) come back to weft."""

import numpy as np


def ufunc(function, method, inputs, kwargs):
    import weft
    ours = getattr(weft, function.__name__, None)
    if any(isinstance(x, np.ndarray) for x in kwargs.get("out", ())):
        raise TypeError("Implicit conversion to a NumPy array is not allowed. Please use `.get()` to write into a NumPy array.")
    if ours is None:
        return NotImplemented
    if "out" in kwargs and isinstance(kwargs["out"], tuple) and len(kwargs["out"]) == 1:
        kwargs["out"] = kwargs["out"][0]
    if method == "__call__":
        return ours(*inputs, **kwargs)
    return getattr(ours, method)(*inputs, **kwargs) if hasattr(ours, method) else NotImplemented


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
