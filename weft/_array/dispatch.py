"""NumPy's functions called with our arrays: np.sin(x), np.sum(x), np.concatenate([x, y]) come back to weft; so do SciPy's ufuncs
(scipy.special.erf(x)). Ufuncs of others (np.frompyfunc) run on the host."""

import sys

import numpy as np

# Questions about types, and text: the host's work, of which nobody need be told.
_QUIET = {"array2string", "array_repr", "array_str", "common_type", "min_scalar_type", "mintypecode", "iterable"}


def has_its_own(thing):
    """Whether a class that is neither ours nor NumPy's has a say in ufuncs (units, labelled arrays)."""
    if getattr(type(thing), "__array_ufunc__", None) is None:
        return False
    from .array import ndarray
    from .opaque import OpaqueArray
    return not isinstance(thing, (ndarray, OpaqueArray, np.ndarray, np.generic))


def ufunc(function, method, inputs, kwargs):
    import weft
    if any(map(has_its_own, inputs)):
        return NotImplemented  # NumPy asks it next
    name = function.__name__
    ours = getattr(weft, name, None) if getattr(np, name, None) is function else None
    if ours is None:
        return _of_others(function, method, inputs, kwargs)
    if any(isinstance(x, np.ndarray) for x in kwargs.get("out", ())):
        return _into_numpy(function, ours, method, inputs, kwargs)
    if "out" in kwargs and isinstance(kwargs["out"], tuple) and len(kwargs["out"]) == 1:
        kwargs["out"] = kwargs["out"][0]
    if method == "__call__":
        return ours(*inputs, **kwargs)
    return getattr(ours, method)(*inputs, **kwargs) if hasattr(ours, method) else NotImplemented


def _of_others(function, method, inputs, kwargs):
    """A ufunc that is none of NumPy's main namespace: SciPy's by weft.special, another one on the host, with the warning."""
    import weft
    from .fallback import through_numpy
    name, special = function.__name__, sys.modules.get("scipy.special")
    scipys = special is not None and getattr(special, name, None) is function
    if scipys and method == "__call__" and not kwargs:
        return getattr(weft.special, name)(*inputs)
    shown = f"special.{name}" if scipys else f"the ufunc {name!r}"
    library = "SciPy" if scipys else "NumPy"
    if method == "at":
        host = inputs[0].get() if hasattr(inputs[0], "get") else inputs[0]
        through_numpy(lambda *rest: function.at(host, *rest), *inputs[1:], _name=f"{shown}.at", _library=library)
        if host is not inputs[0]:
            inputs[0][...] = host
        return None
    outs = kwargs.pop("out", ())
    hosts = tuple(out.get() if hasattr(out, "get") else out for out in outs)
    call = getattr(function, method)
    into = {"out": hosts if method == "__call__" else hosts[0]} if outs else {}  # written to: not to be copied
    result = through_numpy(lambda *args, **rest: call(*args, **into, **rest), *inputs, _name=shown, _library=library, **kwargs)
    for out, host in zip(outs, hosts):
        if host is not out:
            out[...] = host
    return result if not outs else outs[0] if function.nout == 1 else \
        tuple(made if out is None else out for out, made in zip(outs, result))


def _keep_off_gpus(function, operands):
    """TypeError where what is written into a NumPy array would come from a GPU, unasked."""
    from .array import ndarray
    for x in operands:
        if isinstance(x, ndarray) and not x._on_cpu:
            raise TypeError(f"[{function.__name__}] the result would go into a NumPy array, but an operand is on {x.device}. Write "
                            f"`a = weft.asarray(a)` before, so that the result stays there, or `x.get()` to take the operand to the host")


def _host(x):
    from .array import ndarray
    return x.get() if isinstance(x, ndarray) else x


def _into_numpy(function, ours, method, inputs, kwargs):
    """`numpy_array += x` and out=numpy_array: on a CPU device computed here and written there; a GPU's arrays are not copied
    to the host without being asked."""
    from .array import ndarray
    outs = kwargs.pop("out")
    _keep_off_gpus(function, inputs)
    if method != "__call__" or len(outs) != 1 or any(isinstance(value, ndarray) for value in kwargs.values()):
        raise TypeError(f"[{function.__name__}] a NumPy array as out= is possible in plain calls with one result only; use `.get()`")
    casting, where = kwargs.get("casting", "same_kind"), kwargs.pop("where", True)
    np.copyto(outs[0], ours(*inputs, **kwargs).get(), casting=casting, where=where)
    return outs[0]


_WRITERS = {"copyto", "put", "place", "putmask", "put_along_axis", "fill_diagonal"}  # into their first argument


def function(function, types, args, kwargs):
    import weft
    module = (function.__module__ or "").partition(".")
    place = weft
    for name in filter(None, module[2].split(".")):
        if not name.startswith("_"):
            place = getattr(place, name, weft)
    ours = getattr(place, function.__name__, None)
    if function.__name__ in _WRITERS and args and isinstance(args[0], np.ndarray):
        _keep_off_gpus(function, (*args, *kwargs.values()))
        return function(*map(_host, args), **{key: _host(value) for key, value in kwargs.items()})
    if isinstance(kwargs.get("out"), np.ndarray) and ours is not None:
        out = kwargs.pop("out")
        _keep_off_gpus(function, (*args, *kwargs.values()))
        np.copyto(out, ours(*args, **kwargs).get(), casting="same_kind")
        return out
    if ours is None or ours is function:
        from .fallback import through_numpy
        return through_numpy(function, *args, _quiet=function.__name__ in _QUIET, **kwargs)
    return ours(*args, **kwargs)
