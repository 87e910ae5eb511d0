"""cupyx.time: the old name of cupyx.profiler.benchmark."""

import warnings as _warnings

from .profiler._time import _PerfCaseResult, benchmark as _benchmark


def repeat(func, args=(), kwargs={}, n_repeat=10000, *, name=None, n_warmup=10, max_duration=float("inf"), devices=None):
    """cupyx.profiler.benchmark, with a DeprecationWarning."""
    _warnings.warn("cupyx.time.repeat is deprecated; use cupyx.profiler.benchmark", DeprecationWarning, stacklevel=2)
    return _benchmark(func, args, kwargs, n_repeat, name=name, n_warmup=n_warmup, max_duration=max_duration, devices=devices)
