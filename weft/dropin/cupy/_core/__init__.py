"""Private names that real programs use."""

from weft import ElementwiseKernel, ReductionKernel, array, ndarray, ufunc

from . import _accelerator, _gufuncs, _names, _routines_math, core, flags, internal
from ._accelerator import (get_reduction_accelerators, get_routine_accelerators, set_reduction_accelerators, set_routine_accelerators)
from .core import _get_warpsize, ascontiguousarray, create_reduction_func, create_ufunc, elementwise_copy, get_compute_type, set_compute_type
from .internal import get_size

_full_mask = 0xffffffff  # every lane of a warp
