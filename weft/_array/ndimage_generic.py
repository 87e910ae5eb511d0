"""Filters by a function of the user's: generic_filter and generic_filter1d.

The function is a ReductionKernel, which reduces each window, or a kernel in CUDA C (an object with `code` and `name`, as cupy.RawKernel)
that is called as a device function: name(double *window, int n, double *result) for windows, name(const double *line, ptrdiff_t
n, double *result, ptrdiff_t m) for lines. Any other callable is Python's and goes through SciPy. Windows lie side by side in
memory while the filter runs, so it needs room for the whole window at each element.
"""

import re

import numpy as np

from .array import into
from .axes import normalize_axis
from .creation import asarray, empty
from .fragments import compile_kernel
from .manipulation import moveaxis, stack
from .namespaces import Through
from .ndimage import _extended, _shifted, _windowed
from .ndimage_lines import as_result, output_type
from .reduction_kernel import ReductionKernel

_THREADS = 128


def _is_source(function):
    return isinstance(getattr(function, "code", None), str) and isinstance(getattr(function, "name", None), str)


def _caller(function, parameters, call):
    """A kernel that calls the user's function once for each row."""
    code = re.sub(r"\b__global__\b", "__device__", function.code)
    row = "long long row = (long long)blockIdx.x * blockDim.x + threadIdx.x;"
    source = f'{code}\nextern "C" __global__ void weft_rows({parameters}, long long rows) {{\n    {row}\n    if (row < rows) {function.name}({call});\n}}\n'
    return compile_kernel(source, "weft_rows", tuple(getattr(function, "options", ())))


def _run(kernel, rows, *args):
    if rows:
        kernel(*args, np.int64(rows), grid=(-(-rows // _THREADS),), block=(_THREADS,))


def _scipy(name):
    return getattr(Through("weft.ndimage", "scipy.ndimage"), name)


def generic_filter(input, function, size=None, footprint=None, output=None, mode="reflect", cval=0.0, origin=0, extra_arguments=(),
                   extra_keywords=None, *, axes=None):
    """The function of each window, as scipy.ndimage.generic_filter; `function` is a ReductionKernel of one input, a kernel in
    CUDA C, or a Python function (through SciPy). Raises TypeError for kernels of another form."""
    given = isinstance(function, ReductionKernel)
    if not given and not _is_source(function):
        return _scipy("generic_filter")(input, function, size, footprint, output, mode, cval, origin, extra_arguments, extra_keywords, axes=axes)
    if given and (function.nin != 1 or function.in_params[0].raw):
        raise TypeError("[generic_filter] the kernel must have one input, which is not raw")
    x, axes, kind, out, window = _windowed(input, output, size, footprint, axes)
    wanted = function.in_params[0].dtype if given and function.in_params[0].dtype is not None else np.dtype(np.float64)
    parts = stack(_shifted(x, window, origin, mode, cval, axes), -1)._cast(wanted)
    if given:
        result = function.out_params[0].dtype
        found = function(parts, axis=-1, out=empty(x.shape, np.float64 if result is None else result, device=x.device),
                         _windows=True)
        return into(as_result(found, kind), out, "unsafe")
    found = empty(x.shape, np.float64, device=x.device)
    _run(_caller(function, "double *windows, int count, double *out", "windows + row * count, count, out + row"), x.size,
         parts._contiguous(), np.int32(window.sum()), found)
    return into(as_result(found, kind), out, "unsafe")


def generic_filter1d(input, function, filter_size, axis=-1, output=None, mode="reflect", cval=0.0, origin=0, extra_arguments=(),
                     extra_keywords=None):
    """The function of each line, lengthened at both ends for a window of filter_size, as scipy.ndimage.generic_filter1d."""
    if not _is_source(function):
        return _scipy("generic_filter1d")(input, function, filter_size, axis, output, mode, cval, origin, extra_arguments, extra_keywords)
    x = asarray(input)
    if x.dtype.kind == "c":
        raise TypeError("Complex type not supported")
    if filter_size < 1:
        raise RuntimeError("invalid filter size")
    axis, before = normalize_axis(axis, x.ndim), filter_size // 2 + origin
    if not 0 <= before < filter_size:
        raise ValueError("invalid origin")
    kind, out = output_type(x, output)
    wide = moveaxis(_extended(x._cast(np.float64), before, filter_size - 1 - before, axis, mode, cval), axis, -1)
    found = empty((*wide.shape[:-1], x.shape[axis]), np.float64, device=x.device)
    _run(_caller(function, "const double *lines, ptrdiff_t n, double *out, ptrdiff_t m", "lines + row * n, n, out + row * m, m"),
         x.size // max(x.shape[axis], 1), wide._contiguous(), np.int64(wide.shape[-1]), found, np.int64(x.shape[axis]))
    return into(as_result(moveaxis(found, -1, axis)._contiguous(), kind), out, "unsafe")
