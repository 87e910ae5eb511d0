"""What has no kernel yet: through NumPy (or SciPy), with one warning that names it. WEFT_FALLBACK=error forbids it.

On a CPU device NumPy sees the array's own memory, so nothing is copied on the way in.
"""

import os
import warnings

import numpy as np

from .. import _core
from .array import ndarray

_told = set()


class FallbackWarning(UserWarning):
    """A function went through NumPy: right, but on the CPU."""


def tell(name):
    """Warns once per name, at the user's line; with WEFT_FALLBACK=error an exception."""
    setting = _core.env("FALLBACK")
    if setting == "error":
        raise _core.UnsupportedError(f"[{name}] has no kernel yet, and WEFT_FALLBACK=error forbids going through NumPy")
    if name in _told or setting == "silent":
        return
    _told.add(name)
    import sys
    frame, depth = sys._getframe(1), 2
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
    while frame.f_back is not None and frame.f_code.co_filename.startswith(here):
        frame, depth = frame.f_back, depth + 1
    warnings.warn(f"{name} has no kernel in weft yet and runs through NumPy on the CPU", FallbackWarning, stacklevel=depth)


def to_host(thing):
    """Arrays of ours inside arguments become NumPy's."""
    if isinstance(thing, ndarray):
        return thing.get()
    if isinstance(thing, (list, tuple)) and not hasattr(thing, "_fields"):
        return type(thing)(to_host(item) for item in thing)
    if isinstance(thing, dict):
        return {key: to_host(value) for key, value in thing.items()}
    return thing


def to_device(thing, device=None):
    from .creation import from_numpy
    if isinstance(thing, np.ndarray):
        if thing.dtype.kind not in "biufc":
            return thing
        fortran = thing.flags.fnc
        return from_numpy(thing.T, None, device).T if fortran else from_numpy(thing, None, device)
    if isinstance(thing, np.generic) and thing.dtype.kind in "biufc":
        return from_numpy(np.asarray(thing), None, device)
    if isinstance(thing, tuple) and hasattr(thing, "_fields"):
        return type(thing)(*(to_device(item, device) for item in thing))
    if isinstance(thing, (list, tuple)):
        return type(thing)(to_device(item, device) for item in thing)
    return thing


def _device_in(things):
    for thing in things:
        if isinstance(thing, ndarray):
            return thing.device
        if isinstance(thing, (list, tuple)):
            found = _device_in(thing)
            if found is not None:
                return found
    return None


def through_numpy(function, *args, _name=None, _quiet=False, **kwargs):
    """function(*args) on the host; results come back to where the arguments were."""
    name = _name or f"{getattr(function, '__module__', None) or 'numpy'}.{getattr(function, '__name__', function)}"
    if not _quiet:
        tell(name.replace("numpy.", "", 1) if name.startswith("numpy.") else name)
    device, span = _device_in([*args, *kwargs.values()]), _core.trace_open(name) if _core.trace_on() else None
    try:
        with np.errstate(all="ignore"):
            result = function(*map(to_host, args), **{key: to_host(value) for key, value in kwargs.items()})
    finally:
        _core.trace_close(span)
    return to_device(result, device)


def _with_output(function, args, kwargs, shown):
    """A call whose array `output` is written: on the host, and then moved."""
    output = kwargs.pop("output")
    host = output.get()
    result = through_numpy(lambda *a, **k: function(*a, output=host, **k), *args, _name=shown, **kwargs)
    output[...] = to_device(host, output.device)
    return output if isinstance(result, ndarray) and result.shape == output.shape and result.dtype == output.dtype else result


def wrapped(function, name=None):
    """A function of NumPy's or SciPy's as one of ours."""
    import functools
    shown = name or getattr(function, "__name__", "function")

    def call(*args, out=None, **kwargs):
        if out is not None:
            from .array import into
            return into(through_numpy(function, *args, _name=shown, **kwargs), out)
        if isinstance(kwargs.get("output"), ndarray):  # SciPy's filters write into it, and some return something else
            return _with_output(function, args, kwargs, shown)
        return through_numpy(function, *args, _name=shown, **kwargs)

    try:
        functools.update_wrapper(call, function)
    except (AttributeError, TypeError):
        call.__name__ = shown
    call.__module__ = "weft"
    call._through_numpy = True
    return call
