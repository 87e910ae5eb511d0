"""pycuda.reduction: reductions from two lines of C: what is taken of each element, and how two results become one.

    total = ReductionKernel(np.float32, neutral="0", reduce_expr="a + b", map_expr="x[i] * y[i]", arguments="float *x, float *y")
"""

import numpy as np

from pycuda.elementwise import _declared, _parsed, _preamble, contiguous
from pycuda.tools import VectorArg, context_dependent_memoize, dtype_to_ctype
from weft import _fragments

_COMPLEX = "#include <pycuda-complex.hpp>\n"


def get_reduction_module(out_type, block_size, neutral, reduce_expr, map_expr, arguments, name="reduce_kernel", keep=False, options=None,
                         preamble=""):
    """The module of one pass; block_size is always 256 here."""
    from pycuda.compiler import SourceModule

    head = _preamble(arguments, preamble)
    if "pycuda::complex" in out_type and _COMPLEX not in head:
        head = _COMPLEX + head
    source = _fragments.reduction_source(name, out_type, _declared(arguments), neutral, reduce_expr, map_expr, head)
    return SourceModule(source, options=options, keep=keep, no_extern_c=True)


def get_reduction_kernel_and_types(stage, out_type, block_size, neutral, reduce_expr, map_expr=None, arguments=None,
                                   name="reduce_kernel", keep=False, options=None, preamble=""):
    """(function, arguments). Stage 2 reduces what stage 1 left."""
    if stage == 2:
        map_expr, arguments = "weft_partial[i]", f"const {out_type} *weft_partial"
    elif map_expr is None:
        map_expr = "in[i]"
    module = get_reduction_module(out_type, block_size, neutral, reduce_expr, map_expr, arguments, name, keep, options, preamble)
    return module.get_function(name), None if stage == 2 else _parsed(arguments)


class ReductionKernel:
    """kernel(*args, stream=None, out=None, range=None, slice=None, allocator=None) → a GPUArray of shape ().

    neutral: C text of what changes nothing. The order of combination depends on the number of elements alone.
    """

    block_size = _fragments.REDUCE_THREADS

    def __init__(self, dtype_out, neutral, reduce_expr, map_expr=None, arguments=None, name="reduce_kernel", keep=False, options=None,
                 preamble="", allocator=None):
        self.dtype_out = np.dtype(dtype_out)
        self.allocator = allocator
        out_type = dtype_to_ctype(self.dtype_out)
        if arguments is None:
            raise TypeError("ReductionKernel: `arguments` is needed: the C text of the kernel's parameters")
        self._given = (out_type, self.block_size, str(neutral), reduce_expr, map_expr, arguments, name, keep, options, preamble)
        self.stage1_func, self._types = get_reduction_kernel_and_types(1, *self._given)
        self.stage2_func, _ = get_reduction_kernel_and_types(2, *self._given)
        if not any(isinstance(a, VectorArg) for a in self._types):
            raise RuntimeError("ReductionKernel can only be used with functions that have at least one vector argument")

    def __call__(self, *args, stream=None, out=None, range=None, slice=None, allocator=None, **unknown):
        from pycuda.gpuarray import GPUArray

        if unknown:
            raise TypeError(f"invalid keyword arguments specified: {', '.join(unknown)}")
        if range is not None and slice is not None:
            raise TypeError("may not specify both range and slice keyword arguments")
        if len(args) != len(self._types):
            raise TypeError(f"the kernel takes {len(self._types)} arguments, got {len(args)}")
        arrays, given, _ = contiguous(self._types, args)
        allocator = allocator or self.allocator or arrays[0].allocator
        start, stop, step = 0, arrays[0].size, 1
        if slice is not None:
            start, stop, step = slice.indices(arrays[0].size)
        elif range is not None:
            start, stop, step = range.start or 0, range.stop, 1 if range.step is None else range.step
        count = max(0, -(-(stop - start) // step))
        if out is None:
            out = GPUArray((), self.dtype_out, allocator)
        blocks = _fragments.reduce_blocks(count)
        first = out if blocks == 1 else GPUArray((blocks,), self.dtype_out, allocator)
        launch(self.stage1_func, blocks, (first, *given, start, step, count), stream)
        if blocks > 1:
            launch(self.stage2_func, 1, (out, first, 0, 1, blocks), stream)
        return out


def launch(function, blocks, args, stream):
    function._loose.launch((blocks, 1), (_fragments.REDUCE_THREADS, 1, 1), args, 0, stream)


# --- the ready ones ---------------------------------------------------------------------------------------------------


def _named(dtype):
    return dtype_to_ctype(np.dtype(dtype))


@context_dependent_memoize
def get_sum_kernel(dtype_out, dtype_in):
    dtype_out = np.dtype(dtype_in if dtype_out is None else dtype_out)
    return ReductionKernel(dtype_out, "0", "a + b", f"({_named(dtype_out)})in[i]", f"const {_named(dtype_in)} *in")


@context_dependent_memoize
def get_any_kernel(dtype_out, dtype_in):
    return ReductionKernel(dtype_out, "false", "a || b", "in[i] != 0", f"const {_named(dtype_in)} *in")


@context_dependent_memoize
def get_all_kernel(dtype_out, dtype_in):
    return ReductionKernel(dtype_out, "true", "a && b", "in[i] != 0", f"const {_named(dtype_in)} *in")


@context_dependent_memoize
def get_subset_sum_kernel(dtype_out, dtype_subset, dtype_in):
    dtype_out = np.dtype(dtype_in if dtype_out is None else dtype_out)
    return ReductionKernel(dtype_out, "0", "a + b", f"({_named(dtype_out)})in[lookup_tbl[i]]",
                           f"const {_named(dtype_subset)} *lookup_tbl, const {_named(dtype_in)} *in")


@context_dependent_memoize
def get_dot_kernel(dtype_out, dtype_a=None, dtype_b=None):
    dtype_a, dtype_b = dtype_a or dtype_out, dtype_b or dtype_a or dtype_out
    out = _named(dtype_out or np.result_type(dtype_a, dtype_b))
    return ReductionKernel(dtype_out or np.result_type(dtype_a, dtype_b), "0", "a + b", f"({out})a[i] * ({out})b[i]",
                           f"const {_named(dtype_a)} *a, const {_named(dtype_b)} *b")


@context_dependent_memoize
def get_subset_dot_kernel(dtype_out, dtype_subset, dtype_a=None, dtype_b=None):
    dtype_a, dtype_b = dtype_a or dtype_out, dtype_b or dtype_a or dtype_out
    out = _named(dtype_out)
    return ReductionKernel(dtype_out, "0", "a + b", f"({out})a[lookup_tbl[i]] * ({out})b[lookup_tbl[i]]",
                           f"const {_named(dtype_subset)} *lookup_tbl, const {_named(dtype_a)} *a, const {_named(dtype_b)} *b")


def get_minmax_neutral(what, dtype):
    """The C text of what no element is beyond."""
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return "(1.0 / 0.0)" if what == "min" else "(-1.0 / 0.0)"
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        value = info.max if what == "min" else info.min
        return f"({value + 1} - 1)" if value == np.iinfo(np.int64).min else f"{value}{'u' if dtype.kind == 'u' else ''}"
    raise TypeError(f"there is no {what} of dtype {dtype}")


def _minmax(what, dtype):
    if np.dtype(dtype).kind == "f":
        return f"f{what}{'f' if np.dtype(dtype).itemsize == 4 else ''}(a, b)"
    return f"a {'<' if what == 'min' else '>'} b ? a : b"


@context_dependent_memoize
def get_minmax_kernel(what, dtype):
    return ReductionKernel(dtype, get_minmax_neutral(what, dtype), _minmax(what, dtype), "in[i]", f"const {_named(dtype)} *in")


@context_dependent_memoize
def get_subset_minmax_kernel(what, dtype, dtype_subset):
    return ReductionKernel(dtype, get_minmax_neutral(what, dtype), _minmax(what, dtype), "in[lookup_tbl[i]]",
                           f"const {_named(dtype_subset)} *lookup_tbl, const {_named(dtype)} *in")
