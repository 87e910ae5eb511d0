"""Axes, shapes and memory orders as arguments say them: counted, checked, brought into one form. Nothing here computes."""

import operator

import numpy as np


def piece(a, axis, start, stop):
    """The slices from start to stop of an axis that is not negative."""
    return a[(slice(None),) * axis + (slice(start, stop),)]


def normalize_axis(axis, ndim):
    """The axis counted from the front. AxisError when there is none, TypeError for what is no integer."""
    axis = operator.index(axis)
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(axis, ndim)
    return axis % ndim


def each_of(axis):
    """What an argument names: one number, or those of a sequence. TypeError for what is neither."""
    try:
        return (operator.index(axis),)
    except TypeError:
        return tuple(axis)


def axes_list(axis, ndim):
    """The axes that an argument names, counted from the front: None all of them, a number one, else a tuple or list of them."""
    if axis is None:
        return list(range(ndim))
    axes = [normalize_axis(k, ndim) for k in each_of(axis)]
    if len(set(axes)) != len(axes):
        raise ValueError("repeated axis")
    return axes


def core_axes(name, axes, inputs, outputs):
    """What axes= of a gufunc says, as one tuple for each operand and result, which have so many core axes."""
    if len(axes) == len(inputs) and not any(outputs):
        axes = [*axes, *([()] * len(outputs))]
    counts = [*inputs, *outputs]
    if len(axes) != len(counts):
        raise ValueError(f"{name}: axes should be a list with an entry for all {len(counts)} inputs and outputs; entries for outputs can only be "
                         "omitted if none of them has core axes.")
    axes = [tuple(map(operator.index, k)) if isinstance(k, (tuple, list)) else (operator.index(k),) for k in axes]
    for k, n in zip(axes, counts):
        if len(k) != n:
            raise np.exceptions.AxisError(f"{name}: axes item {k} should be a tuple with {n} elements")
    return axes


def common_shape(*shapes):
    """The shape that all broadcast to. NumPy's own function stops at 32 dimensions."""
    ndim = max(map(len, shapes), default=0)
    result = [1] * ndim
    for which, shape in enumerate(shapes):
        for k, n in enumerate(shape, ndim - len(shape)):
            if n == 1 or n == result[k]:
                continue
            if result[k] != 1:
                raise ValueError(f"shape mismatch: objects cannot be broadcast to a single shape: argument {which} has shape {tuple(shape)}, "
                                 f"those before it together {tuple(result)}")
            result[k] = n
    return tuple(result)


def order_of(order, letters):
    """An order argument as one capital letter; None is the first of those allowed."""
    if order is None:
        return "K" if "K" in letters and letters[0] == "K" else "C"
    letter = order.upper() if isinstance(order, str) and len(order) == 1 else order
    if letter not in tuple(letters):
        raise ValueError(f"order must be one of {', '.join(map(repr, letters))} (got {order!r})")
    return letter


def lies_as(array, order):
    return array._c_contiguous if order == "C" else array._f_contiguous


def memory_order(array):
    """The axes by their strides, outermost first; axes with equal ones stay where they are."""
    return sorted(range(array.ndim), key=lambda k: (-abs(array.strides[k]) if array.shape[k] != 1 else 0, k)) \
        if all(n != 1 for n in array.shape) else _order_with_ones(array)


def _order_with_ones(array):
    axes = list(range(array.ndim))
    real = sorted((k for k in axes if array.shape[k] != 1), key=lambda k: (-abs(array.strides[k]), k))
    rest = iter(real)
    return [next(rest) if array.shape[k] != 1 else k for k in axes]


def iterator_order(array):
    """The axes as NumPy's iterator in order "K" takes them, outermost first: by their strides, where an axis that is
    broadcast (or has one element) says nothing against its neighbours."""
    steps = [abs(s) if n != 1 else 0 for n, s in zip(array.shape, array.strides)]
    axes = []  # innermost first
    for axis in reversed(range(array.ndim)):
        place = len(axes)
        for k in reversed(range(len(axes))):
            if steps[axis] and steps[axes[k]]:
                if steps[axes[k]] <= steps[axis]:
                    break
                place = k
        axes.insert(place, axis)
    return axes[::-1]
