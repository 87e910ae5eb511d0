"""Sparse matrices: SciPy's on the host behind CuPy's interface, with one warning that names the class.

A matrix holds SciPy's; whatever is asked of it goes there, dense arrays that come out are arrays of the device.
"""

import importlib

import numpy as np

from .array import ndarray
from .creation import asarray
from .fallback import tell, to_device

_FORMATS = ("csr", "csc", "coo", "dia")


def _scipy():
    return importlib.import_module("scipy.sparse")


def to_host(thing):
    """Arrays and matrices of ours inside arguments as NumPy's and SciPy's."""
    if isinstance(thing, _Sparse):
        return thing._host
    if isinstance(thing, ndarray):
        return thing.get()
    if isinstance(thing, (list, tuple)):
        return type(thing)(map(to_host, thing))
    if isinstance(thing, dict):
        return {key: to_host(value) for key, value in thing.items()}
    return thing


def to_ours(thing):
    """What SciPy gave, as ours."""
    if _scipy().issparse(thing):
        return _wrapped(thing)
    if isinstance(thing, np.matrix):
        return asarray(np.asarray(thing))
    if isinstance(thing, tuple) and not hasattr(thing, "_fields"):
        return tuple(map(to_ours, thing))
    return to_device(thing)


def _wrapped(host):
    kind = f"{host.format}_{'array' if isinstance(host, _scipy().sparray) else 'matrix'}"
    cls = _CLASSES.get(kind)
    if cls is None:  # a format that CuPy does not have
        return _wrapped(host.tocsr())
    self = object.__new__(cls)
    self._host = host
    return self


class _Sparse:
    """What sparse matrices and sparse arrays have in common."""

    __array_priority__ = 101
    __hash__ = None
    _kind = None

    def __init__(self, arg1, shape=None, dtype=None, copy=False):
        if self._kind is None:
            raise TypeError(f"{type(self).__name__} is the base of the sparse classes")
        tell(f"sparse.{self._kind}")
        made = getattr(_scipy(), self._kind)
        source = to_host(arg1)
        options = {} if shape is None else {"shape": shape}
        self._host = made(source, dtype=None if dtype is None else np.dtype(dtype), copy=copy, **options)

    shape = property(lambda self: self._host.shape)
    dtype = property(lambda self: self._host.dtype)
    ndim = property(lambda self: self._host.ndim)
    nnz = property(lambda self: self._host.nnz)
    size = property(lambda self: self._host.nnz)
    format = property(lambda self: self._host.format)
    T = property(lambda self: self.transpose())
    device = property(lambda self: asarray(np.empty(0)).device)

    def get(self, stream=None):
        """SciPy's matrix of the same format."""
        return self._host.copy()

    def toarray(self, order=None, out=None):
        result = asarray(self._host.toarray())
        if out is None:
            return result
        out[...] = result
        return out

    def todense(self, order=None, out=None):
        return self.toarray(order, out)

    A = property(toarray)

    def __getattr__(self, name):
        if name.startswith("__") or name == "_host":
            raise AttributeError(name)
        value = getattr(self._host, name)
        if not callable(value):
            return to_ours(value)

        def call(*args, **kwargs):
            return to_ours(value(*map(to_host, args), **{key: to_host(v) for key, v in kwargs.items()}))
        call.__name__ = name
        return call

    def __setattr__(self, name, value):
        if name == "_host":
            object.__setattr__(self, name, value)
        else:
            setattr(self._host, name, to_host(value))

    def __getitem__(self, key):
        return to_ours(self._host[to_host(key)])

    def __setitem__(self, key, value):
        self._host[to_host(key)] = to_host(value)

    def __len__(self):
        raise TypeError("sparse matrix length is ambiguous; use getnnz() or shape[0]")

    def __bool__(self):
        if self.shape == (1, 1):
            return self.nnz != 0
        raise ValueError("The truth value of an array with more than one element is ambiguous. Use a.any() or a.all().")

    def __iter__(self):
        return (self[k] for k in range(self.shape[0]))

    def __array__(self, dtype=None, copy=None):
        raise TypeError("Implicit conversion to a NumPy array is not allowed. Please use `.get()`.")

    def __repr__(self):
        return repr(self._host)

    def __str__(self):
        return str(self._host)

    def __reduce__(self):
        return _wrapped, (self._host,)


def _operator(name):
    def apply(self, *others):
        result = getattr(self._host, name)(*map(to_host, others))
        return result if result is NotImplemented else to_ours(result)
    apply.__name__ = name
    return apply


for _name in ("add", "radd", "sub", "rsub", "mul", "rmul", "matmul", "rmatmul", "truediv", "rtruediv", "pow", "neg", "abs", "eq", "ne", "lt",
              "le", "gt", "ge", "iadd", "isub", "imul", "itruediv"):
    setattr(_Sparse, f"__{_name}__", _operator(f"__{_name}__"))



class spmatrix(_Sparse):
    """Base of the sparse matrices: * is the matrix product."""


class sparray(_Sparse):
    """Base of the sparse arrays: * is by elements."""


_CLASSES = {}
for _format in _FORMATS:
    for _word in ("matrix", "array"):
        _CLASSES[f"{_format}_{_word}"] = type(f"{_format}_{_word}", (spmatrix if _word == "matrix" else sparray,), {
            "_kind": f"{_format}_{_word}", "__doc__": f"A sparse {_word} in {_format.upper()} format.", "__module__": "cupyx.scipy.sparse"})
globals().update(_CLASSES)


def issparse(x):
    return isinstance(x, _Sparse)


def isspmatrix(x):
    return isinstance(x, spmatrix)


def _is_format(name):
    return lambda x: isinstance(x, _Sparse) and x.format == name


isspmatrix_csr, isspmatrix_csc, isspmatrix_coo, isspmatrix_dia = map(_is_format, _FORMATS)


def wrapped(function, name):
    """A function of SciPy's on matrices and arrays of ours."""
    def call(*args, **kwargs):
        tell(name)
        return to_ours(function(*map(to_host, args), **{key: to_host(value) for key, value in kwargs.items()}))
    call.__name__, call.__doc__ = getattr(function, "__name__", name), function.__doc__
    call._through_numpy = True
    return call
