"""Weighted sums along lines of an image, the filters' workhorse: src/bulk/correlate.c on a CPU, k_correlate.cu on a GPU, of float64 sums,
with what stands beyond the ends; and which type a filter's result has.
"""

import functools
import math
import operator

import numpy as np

from . import bulk
from .array import ndarray
from .axes import normalize_axis
from .creation import asarray, empty

FLOAT64 = np.dtype(np.float64)
# Boundary modes, and their numbers in k_correlate.cu.
MODES = {"reflect": 0, "grid-mirror": 0, "mirror": 1, "nearest": 2, "wrap": 3, "grid-wrap": 3, "constant": 4, "grid-constant": 4}


def output_type(x, output):
    if output is None:
        return x.dtype, None
    if isinstance(output, ndarray):
        return output.dtype, output
    return np.dtype(output), None


def as_result(total, kind):
    """A sum of float64 (or complex128) as the output's type; integers wrap, as in C."""
    if total.dtype.kind == "c" and kind.kind != "c":
        total = total.real
    if kind.kind in "iu" and kind.itemsize < 8 and total.dtype.kind == "f":
        total = total._cast(np.int64)
    return total._cast(kind)


def holding(x, modes, cval):
    """x in a type that also holds what stands beyond its ends."""
    if x.dtype.kind not in "biu" or not {"constant", "grid-constant"}.intersection(modes):
        return x
    with np.errstate(all="ignore"):
        fits = np.asarray(cval).astype(x.dtype) == cval
    return x if fits else x._cast(FLOAT64)


def output_of_complex(x, output):
    """As output_type, for sums that are complex: an output of a real type is an error."""
    kind, out = output_type(x, output)
    if output is None:
        return np.promote_types(kind, np.complex64), None
    if kind.kind != "c":
        raise RuntimeError("output must have complex dtype")
    return kind, out


def of_parts(x, weights, cval, apply):
    """Sums of complex numbers by four of real ones: apply(part of x, part of the weights, part of cval)."""
    total = empty(x.shape, np.complex128, device=x.device)
    cval = complex(number_beyond(cval))
    real, imag = (x.real, x.imag) if x.dtype.kind == "c" else (x, None)
    w_real, w_imag = (weights.real, weights.imag) if weights.dtype.kind == "c" else (weights, None)
    total.real, total.imag = apply(real, w_real, cval.real), 0
    if imag is not None:
        total.imag = apply(imag, w_real, cval.imag)
    if w_imag is not None:
        total.imag += apply(real, w_imag, cval.real)
    if imag is not None and w_imag is not None:
        total.real -= apply(imag, w_imag, cval.imag)
    return total


def number_beyond(cval):
    """cval as a number. TypeError for what is none."""
    if not isinstance(cval, (int, float, complex, np.number, np.bool_)) and getattr(cval, "size", 0) != 1:
        raise TypeError(f"cval must be a number, got {cval!r} ({type(cval).__name__})")
    return cval.item() if hasattr(cval, "item") else cval


def places_before(size, origin, axis=None):
    """How many places of a window stand before the element. ValueError for an origin that leaves the window."""
    origin = operator.index(origin)
    if not -(size // 2) <= origin <= (size - 1) // 2:
        raise ValueError(f"invalid origin: a window of {size}{'' if axis is None else f' along axis {axis}'} takes -{size // 2} to {(size - 1) // 2}, "
                         f"got {origin}")
    return size // 2 + origin


def line_pass(x, weights, axis, mode, cval, origin, divisor=None):
    """A weighted sum along one axis: the axis, the weights, how many of them stand before the element, and the rest."""
    weights = weights.astype(FLOAT64)
    if weights.ndim != 1 or weights.size < 1:
        raise RuntimeError("no filter weights given")
    if mode not in MODES:
        raise RuntimeError(f"boundary mode not supported: {mode!r}; there are {', '.join(MODES)}")
    return normalize_axis(axis, x.ndim), weights, places_before(weights.size, origin), mode, number_beyond(cval), divisor


def one_pass(x, kind, given):
    """The sums of a line_pass over real numbers, of the type `kind`."""
    if x.size == 0:
        return x._cast(kind)
    axis, weights, _, mode, cval, _ = given
    x = floats(holding(x, (mode,), cval))
    if bulk.on_host(x):
        total = _at_once(x, kind, given)
    elif weights.size <= min(65, x.shape[axis]) and x.shape[axis] < 1 << 30:
        total = _in_one_kernel(x, kind, given)
    else:
        total = _in_any_kernel(x, kind, given)
    return total if total.dtype == kind else as_result(total, kind)


def passes(x, kind, given):
    """Passes one after the other, what stands between them of the type `kind`. The last two axes are taken together on a CPU."""
    given = list(given)
    while given:
        if len(given) > 1 and (given[0][0], given[1][0]) == (x.ndim - 2, x.ndim - 1) and kind.name in ("float32", "float64") and x.size:
            first = floats(holding(x, (given[0][3],), given[0][4]))
            if bulk.on_host(first):
                x, given = _two_at_once(first, kind, *given[:2]), given[2:]
                continue
        x, given = one_pass(x, kind, given[0]), given[1:]
    return x


def floats(x):
    """x, of 16-bit floats as float32."""
    return x if x.dtype.kind in "biu" or x.dtype.name in ("float32", "float64") else x._cast(np.float32)


@functools.lru_cache(256)
def _symmetric(values):
    weights = np.frombuffer(values, np.float64)
    return bool(weights.size % 2 and np.array_equal(weights, weights[::-1]))


@functools.lru_cache(256)
def _kernel_of(values, element, result, symmetric, divides, mode, unroll):
    """What of a filter's kernel does not depend on the image: the kernels along columns and rows, the weights as their parameter,
    the results of a thread down a column and the warps of a block along rows (as in k_correlate.cu)."""
    weights = np.frombuffer(values, np.float64)
    get = functools.partial(bulk.kernel, "k_correlate.cu", T=bulk.C_TYPES[element.name], OUT=bulk.C_TYPES[result.name], W=weights.size,
                            SYMMETRIC=int(symmetric), DIVIDE=int(divides), MODE=mode, UNROLL=unroll)
    given = weights[:(weights.size + 1) // 2] if symmetric else weights
    group = -(-24 // weights.size) * weights.size
    warps = 3 if max(element.itemsize, result.itemsize) > 4 else 8
    return get("k_correlate_columns"), get("k_correlate_rows"), np.array([(given,)], [("at", "f8", given.shape)])[0], -(-64 // group) * group, warps


def _fill_of(x, mode, cval):
    """What stands beyond the ends as an element, where the mode asks for one; else anything."""
    if MODES[mode] != 4:
        return x
    fill = empty((1,), x.dtype, device=x.device)
    fill[...] = cval
    return fill


def _sum_type(kind):
    """Of which type sums are given that shall be of the type `kind`: float64, or that."""
    return kind if kind.name == "float32" else FLOAT64


def _line_of(given):
    """A pass as src/bulk/correlate.c takes it: the weights with the divisor, and four numbers."""
    _, weights, before, mode, _, divisor = given
    return np.append(weights, float(divisor or 1)), (before, MODES[mode], int(_symmetric(weights.tobytes())), int(divisor is not None))


def _at_once(x, kind, given):
    """The sums of src/bulk/correlate.c."""
    axis, _, _, mode, cval, _ = given
    shape, (weights, numbers) = x.shape, _line_of(given)
    total = empty(shape, _sum_type(kind), device=x.device)
    bulk.run("correlate", (total, x._contiguous(), asarray(weights, device=x.device), _fill_of(x, mode, cval)),
             (math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1:])) + numbers)
    return total


def _two_at_once(x, kind, down, along):
    """The same down the columns and then along the rows of the last two axes, of the type `kind`: float32 or float64."""
    shape, (weights, numbers), (others, more) = x.shape, _line_of(down), _line_of(along)
    total = empty(shape, kind, device=x.device)
    bulk.run("correlate_two", (total, x._contiguous(), asarray(weights, device=x.device), asarray(others, device=x.device),
                               _fill_of(x, *down[3:5]), _fill_of(total, *along[3:5])),
             (math.prod(shape[:-2]), *shape[-2:]) + numbers + more)
    return total


def _in_any_kernel(x, kind, given):
    """The sums of k_correlate_any.cu, of any window."""
    axis, weights, before, mode, cval, divisor = given
    total = empty(x.shape, _sum_type(kind), device=x.device)
    kernel = bulk.kernel("k_correlate_any.cu", "k_correlate_any", T=bulk.C_TYPES[x.dtype.name], OUT=bulk.C_TYPES[total.dtype.name],
                         SYMMETRIC=int(_symmetric(weights.tobytes())), DIVIDE=int(divisor is not None), MODE=MODES[mode])
    kernel(total, x._contiguous(), asarray(weights, device=x.device), _fill_of(x, mode, cval), float(divisor or 1), x.size, x.shape[axis],
           before, math.prod(x.shape[axis + 1:]), weights.size, grid=bulk.blocks(x.size), block=(bulk.THREADS,))
    return total


def _in_one_kernel(x, kind, given):
    """The sums of k_correlate.cu."""
    axis, weights, before, mode, cval, divisor = given
    shape, result = x.shape, _sum_type(kind)
    inner, outer, n = math.prod(shape[axis + 1:]), math.prod(shape[:axis]), shape[axis]
    total = empty(shape, result, device=x.device)
    columns, rows, by_threads, tall, warps = _kernel_of(weights.tobytes(), x.dtype, result, _symmetric(weights.tobytes()),
                                                        divisor is not None, MODES[mode], 1 if x._on_cpu else 128)
    args = total, x._contiguous(), by_threads, _fill_of(x, mode, cval), float(divisor or 1), outer * inner, n, before
    if inner == 1:
        rows(*args, grid=(-(-outer * -(-n // (warps * 32)) // 32),), block=(warps * 32,))
    else:
        columns(*args, inner, grid=(-(-outer * inner // 128), min(-(-n // tall), 65535)), block=(128,))
    return total
