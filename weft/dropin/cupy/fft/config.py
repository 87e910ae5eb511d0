"""cupy.fft.config: there are no plans to keep; a cache that answers as an empty one."""

import sys
import types
import warnings

from ._callback import set_cufft_callbacks

use_multi_gpus = False


class _Config(types.ModuleType):
    """This module, with what CuPy gives a warning for."""

    _nd_planning = True

    @property
    def enable_nd_planning(self):
        """Accepted and remembered: transforms have no plans here."""
        warnings.warn("cupy.fft.config.enable_nd_planning is deprecated and has no effect", DeprecationWarning, stacklevel=2)
        return self._nd_planning

    @enable_nd_planning.setter
    def enable_nd_planning(self, value):
        warnings.warn("cupy.fft.config.enable_nd_planning is deprecated and has no effect", DeprecationWarning, stacklevel=2)
        self._nd_planning = value


sys.modules[__name__].__class__ = _Config


def _nd_planning_now():
    return sys.modules[__name__]._nd_planning


class _PlanCache:
    def clear(self):
        pass

    def get_size(self):
        return 0

    def set_size(self, size):
        pass

    def get_memsize(self):
        return -1

    def set_memsize(self, size):
        pass

    def get_curr_size(self):
        return 0

    def get_curr_memsize(self):
        return 0


_cache = _PlanCache()


def get_plan_cache():
    return _cache


def show_plan_cache_info():
    print("no FFT plans are kept")


def clear_plan_cache():
    """Nothing is kept."""


def get_plan_cache_size():
    return _cache.get_size()


def set_plan_cache_size(size):
    _cache.set_size(size)


def get_plan_cache_max_memsize():
    return _cache.get_memsize()


def set_plan_cache_max_memsize(size):
    _cache.set_memsize(size)


def set_cufft_gpus(gpus):
    """Accepted: transforms run where they run."""
