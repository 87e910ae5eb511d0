"""Numba's warnings about launches, where a program asks for them (CUDA_LOW_OCCUPANCY_WARNINGS and CUDA_WARN_ON_IMPLICIT_COPY of
numba.config, or of the environment): grids too small for the device, and NumPy arrays that each launch copies.

Launches are C's; what is asked for here puts Python in their way, so nothing is done while both are off.
"""

import math
import warnings
import weakref

import numpy as np

from .._pydispatch import Dispatcher
from . import _settings
from ._memory import ManagedNDArray, MappedNDArray

kernels = weakref.WeakSet()  # all kernels of the process


def _category():
    """numba's class where the drop-in is in use."""
    for module in _settings.modules:
        found = getattr(module, "_performance_warning", None)
        if found is not None:
            return found()
    return UserWarning


def _getitem(self, key):
    """kernel[grid, block]: two blocks for each multiprocessor are the least that keeps a device busy."""
    from ._device import get_current_device
    key = key if isinstance(key, tuple) else (key,)
    blocks = math.prod(key[0]) if isinstance(key[0], (tuple, list)) else int(key[0])
    processors = get_current_device().MULTIPROCESSOR_COUNT
    if blocks < 2 * processors:
        warnings.warn(f"Grid size {blocks} is small for {processors} multiprocessors: low occupancy", _category(), stacklevel=2)
    return Dispatcher.__getitem__(self, key)


def of_host_arrays(args):
    """Warns once a launch when an argument is memory of the host that is copied there and back."""
    if not _settings.setting("CUDA_WARN_ON_IMPLICIT_COPY", 0):
        return
    if any(isinstance(value, np.ndarray) and not isinstance(value, (MappedNDArray, ManagedNDArray)) for value in args):
        warnings.warn("Host array used in CUDA kernel will incur copy overhead: it is copied there and back at each launch", _category(),
                      stacklevel=4)


def watch(kind):
    """What the settings say from here on, for the class of kernels."""
    if _settings.setting("CUDA_LOW_OCCUPANCY_WARNINGS", 0):
        kind.__getitem__ = _getitem
    elif "__getitem__" in vars(kind):
        del kind.__getitem__
    if _settings.setting("CUDA_WARN_ON_IMPLICIT_COPY", 0):
        for kernel in kernels:
            kernel._binds = 1
