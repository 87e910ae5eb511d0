"""Functions of vectorize and guvectorize on a device (target="cuda"): a thread for each element, or for each row.

What is on the device stays there: operands that broadcast are views that repeat (a stride of 0), single numbers are arguments of the
kernel, and other types than the signature's are converted in the kernel. Arrays of the host are copied as they are.
"""

import math

import numpy as np

from ._vectorize_folds import is_device as _is_device


def spread(array, shape, core=0):
    """The device array over the leading shape, where it lies."""
    own = array.ndim - core
    missing = len(shape) - own
    if array.shape[:own] == shape:
        return array
    steps = [0] * missing + [0 if n == 1 and m != 1 else s for n, m, s in zip(array.shape[:own], shape[missing:], array.strides[:own])]
    return array._view(shape + array.shape[own:], (*steps, *array.strides[own:]))


def _unravelled(ndim, of):
    """i0, i1, … from the thread's number i, along the extents of a name."""
    lines = []
    for k in range(ndim - 1, 0, -1):
        lines += [f"i{k} = i % {of}.shape[{k}]", f"i = i // {of}.shape[{k}]"]
    return [*lines, "i0 = i"]


def _index(ndim):
    return ", ".join(f"i{k}" for k in range(ndim))


def _kernel(lines, names, count, **known):
    from . import cuda
    from ._vectorize import _compile_text

    body = "".join(f"        {line}\n" for line in lines)
    text = f"def loop({', '.join(names)}):\n    i = grid(1)\n    if i < {count}:\n{body}"
    return cuda.jit(_compile_text(text, "loop", grid=cuda.grid, **known))


# ---- vectorize ----

def _ufunc_loop(ufunc, ndim, scalars, casts):
    """out[i, …] = f(a[i, …], …); scalars: which operands are single numbers; casts: the type of each that is converted, else None."""
    from . import cuda

    key = "cuda", ndim, scalars, casts
    if key not in ufunc._loops:
        names = [f"a{i}" for i in range(ufunc.nin)]
        parts = [n if alone else f"{n}[{_index(ndim)}]" for n, alone in zip(names, scalars)]
        parts = [part if cast is None else f"t{i}({part})" for i, (part, cast) in enumerate(zip(parts, casts))]
        known = {f"t{i}": cast.type for i, cast in enumerate(casts) if cast is not None}
        lines = [*_unravelled(ndim, "out"), f"out[{_index(ndim)}] = f({', '.join(parts)})"]
        ufunc._loops[key] = _kernel(lines, ["out", *names], "out.size", f=cuda.jit(device=True)(ufunc.py_func), **known)
    return ufunc._loops[key]


def call_ufunc(ufunc, args, out, stream):
    """The result on the device if an operand is there, else on the host."""
    from . import cuda

    values, args = args, [cuda.as_cuda_array(a) if _is_device(a) else np.asarray(a) for a in args]
    on_device = any(map(_is_device, args)) or _is_device(out)
    shape = np.broadcast_shapes(*(a.shape for a in args))
    dtypes, result = ufunc._dtypes([np.empty((), a.dtype) if a.ndim or _is_device(a) else v for v, a in zip(values, args)])
    made = cuda.as_cuda_array(out) if _is_device(out) else cuda.device_array(shape, result or ufunc._result_dtype(dtypes), stream=stream)
    if _is_device(out) and made.shape != shape:
        shape = np.broadcast_shapes(shape, made.shape)
        if made.shape != shape:
            raise ValueError(f"non-broadcastable output operand with shape {made.shape} doesn't match the broadcast shape {shape}")
    if made.size:
        _launch_ufunc(ufunc, made, args, dtypes, shape, stream, values)
    if on_device:
        return out if _is_device(out) else made
    found = made.copy_to_host(stream=stream)
    if stream:
        stream.synchronize()
    if out is None:
        return found if shape else found[()]
    out[...] = found
    return out


def _launch_ufunc(ufunc, made, args, dtypes, shape, stream, values):
    from . import cuda

    scalars = tuple(not a.ndim and not _is_device(a) for a in args)
    casts = tuple(None if alone or a.dtype == d else d for a, d, alone in zip(args, dtypes, scalars))
    given = [np.asarray(v, d)[()] if alone else a if _is_device(a) else cuda.to_device(np.ascontiguousarray(a), stream=stream)
             for v, a, d, alone in zip(values, args, dtypes, scalars)]
    arrays = [made, *(a for a, alone in zip(given, scalars) if not alone)]
    flat = not shape or all(a.shape == shape and a.is_c_contiguous() for a in arrays)
    if flat:
        made, given = made.reshape(made.size), [a if alone else a.reshape(a.size) for a, alone in zip(given, scalars)]
    else:
        given = [a if alone else spread(a, shape) for a, alone in zip(given, scalars)]
    _ufunc_loop(ufunc, 1 if flat else len(shape), scalars, casts).forall(math.prod(shape), stream=stream)(made, *given)


# ---- guvectorize ----

def _gufunc_loop(gufunc, ndim):
    """f(a[i, …], …): the function gets what is left of each operand, one element as an array where its type says so."""
    from . import cuda

    key = "cuda", ndim
    if key not in gufunc._loops:
        names = [f"a{k}" for k in range(gufunc.nargs)]
        lines = [*_unravelled(ndim, names[-1]), f"f({', '.join(f'{n}[{_index(ndim)}]' for n in names)})"]
        count = " * ".join(f"{names[-1]}.shape[{k}]" for k in range(ndim))
        gufunc._loops[key] = _kernel(lines, names, count, f=cuda.jit(device=True)(gufunc.py_func))
    return gufunc._loops[key]


def call_gufunc(gufunc, inputs, targets, dtypes, stream):
    """Of operands with the declared types, some of them on the device; NotImplemented where the leading axes are none or do not fit."""
    from . import cuda

    arrays = [cuda.as_cuda_array(a) if _is_device(a) else a if a is None else np.asarray(a) for a in (*inputs, *targets)]
    if any(a is not None and a.dtype != d for a, d in zip(arrays, dtypes)) or any(a is not None and not _is_device(a) for a in arrays[gufunc.nin:]):
        return NotImplemented
    sizes, leading = gufunc._shapes(arrays)
    try:
        shape = np.broadcast_shapes(*leading)
    except ValueError:
        return NotImplemented
    outputs = zip(arrays[gufunc.nin:], gufunc.outputs)
    if 0 in shape or any(o is not None and o.shape[:o.ndim - len(c)] != shape for o, c in outputs):
        return NotImplemented
    for k, core in enumerate(gufunc.outputs, gufunc.nin):
        if arrays[k] is None:
            arrays[k] = cuda.device_array(shape + gufunc._core_shape(core, sizes), dtypes[k], stream=stream)
    results = arrays[gufunc.nin:]
    views = []
    for k, (array, core) in enumerate(zip(arrays, gufunc.cores)):
        array = array if _is_device(array) else cuda.to_device(np.ascontiguousarray(array), stream=stream)
        if not shape:
            array = array.reshape((1, *array.shape))
        view = spread(array, shape or (1,), len(core))
        one = not core and gufunc._wants_array(k)
        views.append(view._view((*view.shape, 1), (*view.strides, view.itemsize)) if one else view)
    _gufunc_loop(gufunc, len(shape or (1,))).forall(math.prod(shape), stream=stream)(*views)
    found = [made if target is None else target for made, target in zip(results, targets)]
    return None if not found else found[0] if len(found) == 1 else tuple(found)
