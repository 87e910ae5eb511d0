"""cupy._util: private, but other packages import from it."""

import functools
import warnings

from numpy.exceptions import AxisError

from ._tools import clear_memo, memoize

ENABLE_SLICE_COPY = False


class PerformanceWarning(RuntimeWarning):
    """Something is right but slow."""


def experimental(api_name):
    """Says once that the calling interface may change."""
    warnings.warn(f"{api_name} is experimental. The interface can change in the future.", FutureWarning, stacklevel=2)


def bytes_to_human(size):
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if size < 1024 or unit == "TiB":
            return f"{size:.2f} {unit}" if unit != "B" else f"{size} B"
        size /= 1024


def deprecate_argument(old, new):
    """A decorator: the keyword `old` is taken as `new`, with a warning."""
    def decorate(function):
        @functools.wraps(function)
        def call(*args, **kwargs):
            if old in kwargs:
                warnings.warn(f"{old} is deprecated; use {new}", DeprecationWarning, stacklevel=2)
                kwargs[new] = kwargs.pop(old)
            return function(*args, **kwargs)
        return call
    return decorate
