"""cupy.fft is weft.fft. A plan (cupyx.scipy.fft.get_fft_plan) that is current is checked against what is transformed, as CuPy
does, and not used; transforms over several axes keep the order in memory of a Fortran-ordered operand."""

import functools as _functools

import weft as _weft
from weft.dropin import lent as _lent, public as _public

from . import _cache, _callback, _fft, config


def _checked(name, function):
    """The transform, told of a current plan for other sizes."""
    several = name.rstrip("2n") != name

    @_functools.wraps(function)
    def call(a, *args, **kwargs):
        from ..cuda import cufft
        plan = cufft.get_current_plan()
        a = _weft.asarray(a)
        if plan is not None:
            axes = {"axes": (-2, -1)} if name.endswith("2") and len(args) < 2 else {}
            plan._check(a, *args, several=several, **{**axes, **kwargs})
        callbacks = _callback.current()
        if callbacks is not None:
            names = ("s", "axes") if several else ("n", "axis")
            return _callback.transform(callbacks, name, a, *args, **{{names[0]: "sizes", names[1]: "axes"}.get(k, k): v for k, v in kwargs.items()})
        result = function(a, *args, **kwargs)
        return _weft.asfortranarray(result) if several and a.flags.fnc else result
    call.__module__ = __name__  # where pickle finds it
    return call


_CHECKED = ("fft", "ifft", "rfft", "irfft", "fft2", "ifft2", "rfft2", "irfft2", "fftn", "ifftn", "rfftn", "irfftn")


def __getattr__(name):
    if name == "__all__":
        return _public(globals(), dir(_weft.fft))
    if name.startswith("__"):
        raise AttributeError(name)
    value = _lent(__name__, _weft.fft, name)
    if name in _CHECKED:
        value = globals()[name] = _checked(name, value)
    return value


def __dir__():
    return sorted({*globals(), *dir(_weft.fft)})
