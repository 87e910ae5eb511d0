"""cupy.vectorize: a Python function of numbers along arrays, compiled by weft.vectorize.

Types are NumPy's: the function is called once with NumPy's scalars to see what comes out (as numpy.vectorize does), and the
compiled results are given that type. What cannot be compiled runs through numpy.vectorize, with a warning.
"""

import functools

import numpy as np

import weft
from weft._array.fallback import through_numpy


class vectorize:
    """vectorize(f)(*arrays): f for each element; arrays broadcast."""

    def __init__(self, pyfunc, otypes=None, doc=None, excluded=None, cache=False, signature=None):
        if excluded or signature is not None:
            raise NotImplementedError("cupy.vectorize has no excluded and signature arguments yet")
        functools.update_wrapper(self, pyfunc)
        self.pyfunc, self.otypes, self.signature = pyfunc, otypes, signature
        self.__doc__ = pyfunc.__doc__ if doc is None else doc
        self._compiled = {}

    def _result_type(self, arrays):
        if self.otypes is not None:
            return np.dtype(self.otypes[0])
        sample = [a.dtype.type(a.ravel()[:1].get()[0]) if a.size else a.dtype.type(1) for a in arrays]
        with np.errstate(all="ignore"):
            result = self.pyfunc(*sample)
        return [np.asarray(part).dtype for part in result] if isinstance(result, tuple) else np.asarray(result).dtype

    def __call__(self, *args):
        for a in args:
            if isinstance(a, np.ndarray):
                raise TypeError(f"Unsupported type {type(a)}")
        arrays = [weft.asarray(a) for a in args]
        try:
            dtype = self._result_type(arrays)
        except TypeError:
            raise
        except Exception:  # what the function says to NumPy's scalars is not what it says to the compiler
            dtype = None
        if isinstance(dtype, list):  # several results
            return through_numpy(np.vectorize(self.pyfunc, otypes=dtype), *arrays, _name="vectorize")
        on_gpu = any(a.device.kind == "cuda" for a in arrays)
        target = "cuda" if on_gpu else "cpu"
        if target not in self._compiled:
            self._compiled[target] = weft.vectorize(self.pyfunc, target=target)
        wide = [a._cast(np.float32) if a.dtype == np.float16 else a for a in arrays]
        if any(a.dtype.kind == "c" for a in arrays) and dtype is None:
            return through_numpy(np.vectorize(self.pyfunc), *arrays, _name="vectorize")
        try:
            result = self._compiled[target](*(wide if on_gpu else map(np.asarray, wide)))
        except (weft.CompileError, TypeError, NotImplementedError) as error:
            if dtype is None:
                raise
            del error
            return through_numpy(np.vectorize(self.pyfunc, otypes=[dtype]), *arrays, _name="vectorize")
        result = weft.asarray(result)
        return result if dtype is None or result.dtype == dtype else result._cast(dtype)
