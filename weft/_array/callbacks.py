"""Functions that are given a function of the user's: they run it on arrays of the device, line by line or case by case."""

import numpy as np

from .array import ndarray
from .axes import normalize_axis
from .creation import asarray, ones, zeros_like


def apply_along_axis(func1d, axis, arr, *args, **kwargs):
    """func1d(line, *args, **kwargs) for each line along the axis; what it gives takes the axis's place. ValueError when there
    is no line."""
    from .manipulation import moveaxis, stack
    a = asarray(arr)
    axis = normalize_axis(axis, a.ndim)
    lines = moveaxis(a, axis, -1)
    outer = lines.shape[:-1]
    if 0 in outer:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    results = [asarray(func1d(lines[index], *args, **kwargs), device=a.device) for index in np.ndindex(outer)]
    whole = stack(results)._reshape(outer + results[0].shape)
    inner = list(range(len(outer), whole.ndim))
    return whole._transpose([*range(axis), *inner, *range(axis, len(outer))])._contiguous()


def apply_over_axes(func, a, axes):
    """func(a, axis) for one axis after the other; a result that lost the axis is given it back with one element."""
    from .manipulation import expand_dims
    value = asarray(a)
    ndim = value.ndim
    for axis in (axes.tolist() if isinstance(axes, (ndarray, np.ndarray)) else axes if isinstance(axes, (tuple, list)) else (axes,)):
        axis = axis + ndim if axis < 0 else axis
        result = asarray(func(value, axis))
        if result.ndim == value.ndim:
            value = result
            continue
        value = expand_dims(result, axis)
        if value.ndim != ndim:
            raise ValueError("function is not returning an array of the correct shape")
    return value


def piecewise(x, condlist, funclist, *args, **kw):
    """Where condlist[i] holds, funclist[i] of the elements there (a function, or a number); one function more than conditions
    is for the rest, which otherwise is 0."""
    from .math import logical_not
    x = asarray(x)
    several = isinstance(condlist, (list, tuple)) or getattr(condlist, "ndim", 0) > 0
    if not several or not isinstance(condlist, ndarray) and not isinstance(condlist[0], (list, np.ndarray, ndarray)) and x.ndim:
        condlist = [condlist]
    conditions = [asarray(c, device=x.device) for c in condlist]
    conditions = [c if c.dtype == bool else c != 0 for c in conditions]
    conditions = [c if c.shape == x.shape else c._broadcast_to(x.shape) for c in conditions]
    n = len(conditions)
    if n == len(funclist) - 1:
        covered = conditions[0]
        for c in conditions[1:]:
            covered = covered | c
        conditions.append(logical_not(covered))
    elif n != len(funclist):
        raise ValueError(f"with {n} condition(s), either {n} or {n + 1} functions are expected")
    result = zeros_like(x)
    for c, function in zip(conditions, funclist):
        if not callable(function):
            result[c] = function
            continue
        chosen = x[c]
        if chosen.size:
            result[c] = function(chosen, *args, **kw)
    return result


def mask_indices(n, mask_func, k=0):
    """The indices where mask_func of an n × n matrix of ones is not 0, such as of triu and tril."""
    return (mask_func(ones((n, n), np.int64), k) != 0).nonzero()
