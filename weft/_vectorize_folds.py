"""What a vectorized function has of NumPy's ufuncs beside the call: reduce, accumulate, reduceat, outer, at.

One element is combined after another, in NumPy's order. The first step is a call, which says the type of the result; where that stays,
the rest is one compiled loop.
"""

import numpy as np

from ._jit import njit

_LOOPS = {
    "reduce": """def loop(total, rows):
    for i in range(rows.shape[0]):
        for j in range(rows.shape[1]):
            total[j] = f(total[j], rows[i, j])
""",
    "accumulate": """def loop(made, rows):
    for i in range(rows.shape[0]):
        for j in range(rows.shape[1]):
            made[i + 1, j] = f(made[i, j], rows[i, j])
""",
    "at": """def loop(array, places, values):
    for i in range(places.shape[0]):
        array[places[i]] = f(array[places[i]], values[i])
""",
}


def is_device(array):
    return hasattr(array, "__cuda_array_interface__") and not isinstance(array, np.ndarray)


def _stored(made, out):
    out = out[0] if isinstance(out, tuple) else out
    out[...] = made
    return out


class Folds:
    def _binary(self, name):
        if self.nin != 2:
            raise ValueError(f"{name} only supported for binary functions")

    def reduce(self, array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True, stream=0):
        """Combines all elements along an axis (or several, or None: all) for which `where` is true, one after another. With target
        "cuda" an array of one axis is combined in the tree of cuda.reduce, in the given stream."""
        self._binary("reduce")
        if self.target == "cuda" and np.ndim(array) == 1 and len(array) and where is True and (
                dtype, out, initial, keepdims) == (None,) * 3 + (False,):
            from . import cuda

            if "reduce" not in self._loops:
                self._loops["reduce"] = cuda.Reduce(self.py_func)
            data = cuda.as_cuda_array(array) if is_device(array) else cuda.to_device(np.asarray(array), stream)
            return self._loops["reduce"]._fold(data, data.size, stream)
        array = self._reduced(array.copy_to_host() if is_device(array) else array)
        axes = self._axes(axis, array.ndim)
        rest = tuple(n for k, n in enumerate(array.shape) if k not in axes)
        count = int(np.prod([array.shape[k] for k in axes], dtype=int))
        rows = np.moveaxis(array, axes, range(len(axes))).reshape((count, *rest))
        start = self._start() if initial is None else initial
        if start is None and (where is not True or not count and axes):
            raise ValueError(f"reduction operation {self.__name__} has no identity, so to use a where mask one has to specify 'initial'"
                             if where is not True else
                             f"zero-size array to reduction operation {self.__name__} which has no identity")
        if initial is not None or where is not True or not count:
            total = np.full(rest, 0 if start is None else start, dtype or array.dtype)[()]
        else:
            total, rows = rows[0].astype(dtype or array.dtype), rows[1:]
        if dtype is not None and self._takes(total, rows.astype(dtype)):
            rows = rows.astype(dtype)
        if 0 not in rest:
            mask = None if where is True else np.moveaxis(np.broadcast_to(where, array.shape), axes, range(len(axes))).reshape(rows.shape)
            total = self._folded(total, rows, mask)
        if keepdims:
            total = np.expand_dims(total, tuple(axes))
        return total if out is None else _stored(total, out)

    def _folded(self, total, rows, mask=None):
        """f(… f(f(total, row 0), row 1) …), of each column by itself: compiled from the second row on if the types stay."""
        k = 0
        while k < len(rows):
            if k and mask is None and self._is_worth("reduce", len(rows) - k) and self._keeps(total, rows):
                flat = np.array(total).reshape(-1)
                self._over_rows("reduce")(flat, rows[k:].reshape(len(rows) - k, -1))
                return flat.reshape(np.shape(total))[()]
            made = self(total, rows[k])
            total = made if mask is None else np.where(mask[k], made, total)[()]
            k += 1
        return total

    def _keeps(self, total, rows):
        """Has f of these two the type of the first, without another conversion?"""
        if self.target == "cuda" or not rows.size:
            return False
        dtypes, result = self._dtypes([total, rows])
        return (result or self._result_dtype(dtypes)) == dtypes[0] == np.result_type(total) and dtypes[1] == rows.dtype

    def _is_worth(self, what, steps):
        """Steps enough for a compiled loop, or one that is compiled already?"""
        return steps > 16 or what in self._loops

    def _over_rows(self, what):
        """The compiled loop of reduce, accumulate (made[0] is there) or at."""
        if what not in self._loops:
            from ._vectorize import _compile_text

            self._loops[what] = njit(_compile_text(_LOOPS[what], "loop", f=self._core), error_model="numpy", **self.options)
        return self._loops[what]

    def _reduced(self, array):
        """The array of a reduction."""
        if isinstance(array, (str, bytes)):
            raise TypeError('The first argument "array" must be array-like')
        return np.asarray(array)

    def _axes(self, axis, ndim):
        given = range(ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        axes = []
        for a in given if ndim else ():
            if not -ndim <= a < ndim:
                raise ValueError(f"Invalid axis {a} of an array of {ndim} dimensions: {self.__name__}.reduce")
            axes.append(int(a) % ndim)
        if len(set(axes)) != len(axes):
            raise ValueError("duplicate value in 'axis'")
        if len(axes) > 1 and self.identity is None:
            raise ValueError(f"reduction operation '{self.__name__}' is not reorderable, so at most one axis may be specified")
        return sorted(axes)

    def _takes(self, *arrays):
        try:
            self._dtypes(arrays)
        except TypeError:
            return False
        return True

    def _start(self):
        return {"reorderable": None}.get(self.identity, self.identity) if isinstance(self.identity, str) else self.identity

    def accumulate(self, array, axis=0, dtype=None, out=None):
        """All intermediate results of reduce along one axis."""
        self._binary("accumulate")
        array = np.asarray(self._reduced(array), dtype)
        moved = np.moveaxis(array, axis, 0)
        rows, rest = [moved[0]] if len(moved) else [], ()
        for k, row in enumerate(moved[1:], 1):
            if k > 1 and self._is_worth("accumulate", len(moved) - k) and self._keeps(rows[-1], moved):
                made = np.empty((len(moved) - k + 1, moved[0].size), rows[-1].dtype)
                made[0] = rows[-1].ravel()
                self._over_rows("accumulate")(made, moved[k:].reshape(len(moved) - k, -1))
                rest = [made[1:].reshape(moved[k:].shape)]
                break
            rows.append(self(rows[-1], row))
        made = np.moveaxis(np.concatenate([np.stack(rows), *rest]), 0, axis) if rows else array.copy()
        return made if out is None else _stored(made, out)

    def reduceat(self, array, indices, axis=0, dtype=None, out=None):
        """reduce of the slices that begin at the indices and end at the next one."""
        self._binary("reduceat")
        array, indices = np.asarray(self._reduced(array), dtype), np.asarray(indices)
        if indices.ndim > 1:
            raise ValueError("reduceat: the indices have at most 1 dimension")
        moved = np.moveaxis(array, axis, 0)
        parts = []
        for k, start in enumerate(indices):
            if not 0 <= start < len(moved):
                raise IndexError(f"index {start} out-of-bounds in {self.__name__}.reduceat [0, {len(moved)})")
            stop = indices[k + 1] if k + 1 < len(indices) else len(moved)
            parts.append(self.reduce(moved[start:stop]) if stop > start else moved[start])
        made = np.moveaxis(np.stack(parts), 0, axis) if parts else np.take(array, [], axis)
        return made if out is None else _stored(made, out)

    def outer(self, a, b, **told):
        """f of all pairs of elements; takes what a call takes."""
        a, b = np.asarray(a), np.asarray(b)
        self._binary("outer")
        return self(a.reshape(a.shape + (1,) * b.ndim), b, **told)

    def at(self, array, indices, *others):
        """array[indices] = f(array[indices], …), one index after another: an index that comes twice counts twice."""
        if not isinstance(array, np.ndarray):
            raise TypeError("first operand must be array")
        if len(others) != self.nin - 1:
            words = "second operand needed for ufunc" if len(others) < self.nin - 1 else "second operand provided when ufunc is unary"
            raise ValueError(f"{self.__name__}.at: {words}: it takes {self.nin}, got {len(others) + 1}")
        places = np.arange(array.size).reshape(array.shape)[indices]
        values = [np.broadcast_to(o, places.shape).ravel() for o in others]
        if self.nin == 2 and array.flags["C_CONTIGUOUS"] and self._is_worth("at", places.size) and self._keeps(array, values[0]):
            self._over_rows("at")(array.reshape(-1), np.ravel(places), values[0])
            return
        for k, place in enumerate(np.ravel(places)):
            where = np.unravel_index(place, array.shape)
            array[where] = self(array[where], *(v[k] for v in values))
