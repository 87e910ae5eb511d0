"""cupy.fft is weft.fft."""

import weft as _weft

from . import _cache, _fft, config


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return getattr(_weft.fft, name)


def __dir__():
    return sorted({*globals(), *dir(_weft.fft)})
