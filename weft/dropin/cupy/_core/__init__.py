"""Private names that real programs use."""

from weft import ElementwiseKernel, ReductionKernel, ndarray, ufunc

from . import core

elementwise_copy = None
internal = core
