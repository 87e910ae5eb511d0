"""Numba's warnings about launches (CUDA_LOW_OCCUPANCY_WARNINGS and CUDA_WARN_ON_IMPLICIT_COPY of numba.config, or of the
environment): grids too small for the device, and NumPy arrays that each launch copies.

Launches are C's. Under the drop-in a GPU's kernel is looked at once, when its first launch compiles it. A program that sets
them to 1 has Python in the way of all its launches, on every device; 0 is silence.
"""

import math
import warnings
import weakref

import numpy as np

from .. import _core
from .._pydispatch import Dispatcher
from . import _settings
from ._memory import ManagedNDArray, MappedNDArray

kernels = weakref.WeakSet()  # all kernels of the process


def of_first_launch(configured):
    """What Numba says at every launch is said at the first of a kernel for its types, on GPUs: its launches stay C's."""
    low, copies = (hasattr(_settings.setting(name, 0), "once") for name in
                   ("CUDA_LOW_OCCUPANCY_WARNINGS", "CUDA_WARN_ON_IMPLICIT_COPY"))
    if not (low or copies) or _settings.setting("DISABLE_PERFORMANCE_WARNINGS", 0) or _core.current_context().device.kind == "cpu":
        return
    blocks = math.prod(configured.griddim)
    if low and blocks < FEW_BLOCKS:
        warnings.warn(f"Grid size {blocks} will likely leave most of the GPU without work (low occupancy): launch more blocks",
                      _category(), stacklevel=3)
    if copies and any(map(_is_copied, configured.args)):
        warnings.warn("Host array used in CUDA kernel will incur copy overhead: it goes to the GPU and back at each launch; "
                      "cuda.to_device(array) keeps it there", _category(), stacklevel=3)


FEW_BLOCKS = 128  # Numba's bound


def _is_copied(value):
    return isinstance(value, np.ndarray) and not isinstance(value, (MappedNDArray, ManagedNDArray))


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
    if not _always("CUDA_WARN_ON_IMPLICIT_COPY"):
        return
    if any(map(_is_copied, args)):
        warnings.warn("Host array used in CUDA kernel will incur copy overhead: it is copied there and back at each launch", _category(),
                      stacklevel=4)


def _always(name):
    """At each launch, as a program asked for it."""
    value = _settings.setting(name, 0)
    return value and not hasattr(value, "once")


def watch(kind):
    """What the settings say from here on, for the class of kernels."""
    if _always("CUDA_LOW_OCCUPANCY_WARNINGS"):
        kind.__getitem__ = _getitem
    elif "__getitem__" in vars(kind):
        del kind.__getitem__
    if _always("CUDA_WARN_ON_IMPLICIT_COPY"):
        for kernel in kernels:
            kernel._binds = 1
