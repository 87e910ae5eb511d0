"""cupy._core.core: the array class, its makers, and functions made of CUDA C fragments."""

from weft import ElementwiseKernel, ReductionKernel, array, ascontiguousarray, asfortranarray, ndarray, ufunc

from .internal import prod

COMPUTE_TYPE_DEFAULT, COMPUTE_TYPE_FP16, COMPUTE_TYPE_FP32, COMPUTE_TYPE_FP64, COMPUTE_TYPE_BF16, COMPUTE_TYPE_TF32 = 0, 1, 2, 3, 4, 5
COMPUTE_TYPE_TBD, COMPUTE_TYPE_PEDANTIC = 0, 6
_compute_types = {}


def set_compute_type(dtype, compute_type):
    """Remembered; products are computed in the arrays' own type."""
    import numpy
    if compute_type not in range(7):
        raise ValueError(f"unknown compute type: {compute_type}")
    _compute_types[numpy.dtype(dtype).char] = compute_type


def get_compute_type(dtype):
    import numpy
    return _compute_types.get(numpy.dtype(dtype).char, 0)


def compute_type_to_str(compute_type):
    return ("COMPUTE_TYPE_DEFAULT", "COMPUTE_TYPE_FP16", "COMPUTE_TYPE_FP32", "COMPUTE_TYPE_FP64", "COMPUTE_TYPE_BF16",
            "COMPUTE_TYPE_TF32", "COMPUTE_TYPE_PEDANTIC")[compute_type]


def elementwise_copy(src, dst=None):
    """src into dst, or a copy."""
    if dst is None:
        return src.copy()
    dst[...] = src
    return dst


def create_ufunc(name, ops, routine=None, preamble="", doc=None, default_casting=None, loop_prep="", out_ops=None, **unused):
    """A function of elements from CUDA C: ops are ("ff->f", or with a routine of its own, ("ff->f", "out0 = …"))."""
    from weft._array.reduction_kernel import FragmentUfunc
    return FragmentUfunc(name, ops, routine, preamble, doc, loop_prep)


def create_reduction_func(name, ops, routine=None, identity=None, preamble=""):
    """A reduction from CUDA C: ops are ("f->f" or with (map, reduce, post, type) of its own)."""
    from weft._array.reduction_kernel import FragmentReduction
    return FragmentReduction(name, ops, routine, identity, preamble)


def _internal_ascontiguousarray(a):
    return ascontiguousarray(a)


def _get_warpsize():
    return 32
