"""cupy._core.internal: arithmetic on shapes, as CuPy's private module has it and other packages use it."""

import math
import operator

import numpy as np


def prod(sequence):
    return math.prod(sequence)


def prod_sequence(sequence):
    return math.prod(sequence)


def get_size(size):
    """A size argument as a shape; booleans are none."""
    def one(n):
        if isinstance(n, (bool, np.bool_)) or getattr(n, "dtype", None) == np.bool_:
            raise TypeError("bool is not a size")
        return operator.index(n)
    if size is None:
        return ()
    if np.ndim(size) == 0:
        return (one(size),)
    return tuple(map(one, size))


get_size_from_shape = get_size


def vector_equal(x, y):
    return tuple(x) == tuple(y)


def is_in(sequence, value):
    return value in sequence


def get_contiguous_strides_len(shape, itemsize, is_c_contiguous=True):
    strides, step = [], itemsize
    for n in reversed(shape) if is_c_contiguous else shape:
        strides.append(step)
        step *= max(n, 1)
    return tuple(reversed(strides)) if is_c_contiguous else tuple(strides)


def get_c_contiguity(shape, strides, itemsize):
    """Whether elements of that size lie in C order without gaps."""
    if 0 in shape:
        return True
    step = itemsize
    for n, stride in zip(reversed(tuple(shape)), reversed(tuple(strides))):
        if n != 1 and stride != step:
            return False
        step *= n
    return True


def infer_unknown_dimension(shape, size):
    """The shape with -1 replaced by what makes the size come out."""
    shape = list(shape)
    unknown = [k for k, n in enumerate(shape) if n < 0]
    if len(unknown) > 1:
        raise ValueError("can only specify one unknown dimension")
    if unknown:
        rest = math.prod(n for n in shape if n >= 0)
        if rest == 0 or size % rest:
            raise ValueError(f"cannot reshape array of size {size} into shape {tuple(shape)}")
        shape[unknown[0]] = size // rest
    return shape


def complete_slice(s, dim):
    """The slice with its numbers filled in; 2**30 and the like are cut to the extent."""
    start, stop, step = s.indices(dim)
    if (step > 0 and start >= stop) or (step < 0 and start <= stop):
        stop = start
    return slice(start, stop, step)


def clp2(x):
    """The smallest power of two that is not below x."""
    return 0 if x <= 0 else 1 << (x - 1).bit_length()


def _normalize_axis_index(axis, ndim):
    from weft._array.axes import normalize_axis
    return normalize_axis(axis, ndim)


def _normalize_axis_indices(axes, ndim, sort_axes=True):
    """Axes as a tuple of numbers from 0; None is all."""
    axes = range(ndim) if axes is None else axes if isinstance(axes, (tuple, list)) else (axes,)
    found = [_normalize_axis_index(axis, ndim) for axis in axes]
    if len(set(found)) != len(found):
        raise ValueError("Duplicate value in 'axis'")
    return tuple(sorted(found)) if sort_axes else tuple(found)


def _broadcast_shapes(shapes):
    return np.broadcast_shapes(*shapes)


def from_complex(value):
    return complex(value)
