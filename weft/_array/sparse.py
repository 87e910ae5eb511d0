"""Sparse matrices: SciPy's on the host behind CuPy's interface, with one warning that names the class.

A matrix holds SciPy's; whatever is asked of it goes there, dense arrays that come out are arrays of the device. The arrays that
a matrix is made of (data, indices …) are given out as arrays that write through: on the CPU they are SciPy's own memory; a GPU's are
copied to and fro, when either side has changed.
"""

import importlib
import warnings

import numpy as np

from .array import ndarray
from .creation import asarray
from .fallback import tell, to_device
from .random_host import HostGenerator, RandomState

_FORMATS = ("csr", "csc", "coo", "dia")
_PARTS = frozenset(("data", "indices", "indptr", "row", "col", "offsets"))


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
    if isinstance(thing, (RandomState, HostGenerator)):
        return thing._host
    from .sparse_linalg import LinearOperator
    return thing._host if isinstance(thing, LinearOperator) else thing


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


def _same_bytes(a, b):
    return np.array_equal(a.view(np.uint8), b.view(np.uint8))


class _Part:
    """One of the arrays of SciPy's matrix and what programs hold of it: on the CPU the same memory; on a GPU a copy, and `both`, the
    values that the two last had in common, which tell whose have changed since."""

    def __init__(self, host):
        ours = to_device(host)
        shared = ours._on_cpu and host.flags.carray
        self.host, self.ours = host, asarray(host, copy=False) if shared else ours
        self.both = None if shared else np.array(host, order="C")

    def bring(self):
        """What was written to ours goes into SciPy's."""
        if self.both is None:
            return
        now = np.ascontiguousarray(self.ours.get())
        if not _same_bytes(now, self.both):
            self.host[...] = self.both = now

    def send(self):
        """What SciPy wrote goes into ours."""
        if self.both is not None and not _same_bytes(now := np.array(self.host, order="C"), self.both):
            self.ours[...] = self.both = now


class _Sparse:
    """What sparse matrices and sparse arrays have in common."""

    __array_priority__ = 101
    __hash__ = None
    _kind = None

    def __init__(self, arg1=None, shape=None, dtype=None, copy=False, *, maxprint=None):
        if self._kind is None:
            raise ValueError(f"{type(self).__name__} is the base of the sparse classes and has no objects of its own")
        tell(f"sparse.{self._kind}", "SciPy")
        made = getattr(_scipy(), self._kind)
        source = to_host(arg1)
        options = {} if shape is None else {"shape": shape}
        if maxprint is not None:
            options["maxprint"] = maxprint
        self._host = made(source, dtype=None if dtype is None else np.dtype(dtype), copy=copy, **options)

    @property
    def _host(self):
        """SciPy's matrix, with what was written to its parts on a GPU."""
        for part in self._held():
            part.bring()
        return self._matrix

    @_host.setter
    def _host(self, matrix):
        self.__dict__.update(_matrix=matrix, _given={})

    def _held(self):
        """The parts that were given out and are still the matrix's."""
        return [part for name, part in self._given.items() if getattr(self._matrix, name) is part.host]

    def _part(self, name):
        """One of the arrays that the matrix is made of; the same object as long as SciPy's is the same."""
        host = getattr(self._host, name)
        held = self._given.get(name)
        if held is None or held.host is not host:
            self._given[name] = held = _Part(host)
        held.send()
        return held.ours

    def _changed(self):
        """SciPy may have written to its matrix: parts that a program holds on a GPU are told."""
        for part in self._held():
            part.send()

    shape = property(lambda self: self._host.shape)
    dtype = property(lambda self: self._host.dtype)
    ndim = property(lambda self: self._host.ndim)
    nnz = property(lambda self: self._host.nnz)
    size = property(lambda self: self._host.nnz)
    format = property(lambda self: self._host.format)
    T = property(lambda self: self.transpose())

    def _count(self, axis=None):
        return to_ours(self._host.getnnz(axis) if hasattr(self._host, "getnnz") else self._host.count_nonzero(axis))

    device = property(lambda self: asarray(np.empty(0)).device)

    def get(self, stream=None):
        """SciPy's matrix of the same format."""
        return self._host.copy()

    def tocoo(self, copy=True):
        """In coordinates; SciPy's shares the elements of a row-wise matrix whatever copy says."""
        found = self._host.tocoo(copy=copy)
        return self if found is self._host else to_ours(found.copy() if copy else found)

    def toarray(self, order=None, out=None):
        if order not in (None, "C", "F"):
            raise ValueError(f"order must be 'C' or 'F', got {order!r}")
        result = to_device(self._host.toarray(order or "C"))
        if out is None:
            return result
        out[...] = result
        return out

    def todense(self, order=None, out=None):
        return self.toarray(order, out)

    mT = property(lambda self: self.transpose())

    def __getattr__(self, name):
        if name.startswith("_") or (isinstance(self, sparray) and name in _OLD):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        if name in _PARTS and hasattr(self._host, name):
            return self._part(name)
        if name == "coords" and self.ndim == 2 and self.format == "coo":
            return self._part("row"), self._part("col")
        value = getattr(self._host, name)
        return _method(name).__get__(self) if callable(value) else to_ours(value)

    def __dir__(self):
        return sorted({*object.__dir__(self), *(name for name in dir(self._host) if not name.startswith("_"))})

    def __round__(self, ndigits=0):
        return to_ours(round(self._host, ndigits))

    def __setattr__(self, name, value):
        if name == "_host":
            object.__setattr__(self, name, value)
        else:
            setattr(self._host, name, to_host(value))

    def __getitem__(self, key):
        return to_ours(self._host[to_host(key)])

    def __setitem__(self, key, value):
        self._host[to_host(key)] = to_host(value)
        self._changed()

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


def _spread(self, other):
    """What stands on the other side, as SciPy's; a matrix of one row or column is spread over self's shape, as CuPy does."""
    host = to_host(other)
    shape = getattr(host, "shape", ())
    if not isinstance(other, _Sparse) or shape == self.shape:
        return host
    if len(shape) != 2 or any(n not in (1, m) for n, m in zip(shape, self.shape)):
        raise ValueError(f"inconsistent shapes: {self.shape} and {shape}")
    return type(self._host)(np.broadcast_to(host.toarray(), self.shape))


_SPREADS = ("maximum", "minimum", "eq", "ne", "lt", "le", "gt", "ge")


def _method(name):
    """A method of SciPy's on matrices of ours. out= is an array that the result is written into."""
    def call(self, *args, out=None, **kwargs):
        args = [_spread(self, a) if name in _SPREADS else to_host(a) for a in args]
        found = getattr(self._host, name)(*args, **{key: to_host(v) for key, v in kwargs.items()})
        self._changed()  # sum_duplicates, sort_indices and their like write
        result = self if found is self._matrix else to_ours(found)
        if out is None:
            return result
        if out.shape != result.shape:
            raise ValueError(f"out has shape {out.shape}, expected {result.shape}")
        out[...] = result
        return out
    call.__name__ = name
    return call


def _operator(name):
    in_place = name[2] == "i" and name[2:-2] != "invert"

    def apply(self, *others):
        others = [_spread(self, other) if name[2:-2] in _SPREADS else to_host(other) for other in others]
        result = getattr(self._host, name)(*others)
        if in_place and _scipy().issparse(result) and type(result) is type(self._matrix):
            if result is not self._matrix:
                self._host = result
            self._changed()
            return self
        return result if result is NotImplemented else to_ours(result)
    apply.__name__ = name
    return apply


for _name in ("add", "radd", "sub", "rsub", "mul", "rmul", "matmul", "rmatmul", "truediv", "rtruediv", "pow", "neg", "abs", "eq", "ne", "lt",
              "le", "gt", "ge", "iadd", "isub", "imul", "itruediv"):
    setattr(_Sparse, f"__{_name}__", _operator(f"__{_name}__"))

for _name in ("arcsin arcsinh arctan arctanh argmax argmin asformat astype ceil check_format conj conjugate copy count_nonzero deg2rad diagonal dot "
              "eliminate_zeros expm1 floor log1p max maximum mean min minimum multiply nanmax nanmin nonzero power prune rad2deg reshape "
              "resize rint setdiag sign sin sinh sort_indices sorted_indices sqrt sum sum_duplicates tan tanh tobsr tocsc tocsr todia "
              "todok tolil trace transpose trunc").split():
    setattr(_Sparse, _name, _method(_name))  # on the class, so that it shows; _Sparse.__getattr__ finds the rest


_spbase = _Sparse  # its name in SciPy and CuPy


class spmatrix(_Sparse):
    """Base of the sparse matrices: * is the matrix product."""

    def set_shape(self, shape):
        """The elements in a matrix of another shape, in place."""
        self._host = self._host.reshape(shape).asformat(self.format)


_OLD = {"A": lambda m: m.toarray(), "H": lambda m: m.transpose().conj(), "asfptype": lambda m: m if m.dtype.kind in "fc" else m.astype(np.float64),
        "get_shape": lambda m: m.shape, "getformat": lambda m: m.format, "getmaxprint": lambda m: m._host.maxprint,
        "getnnz": lambda m, axis=None: m._count(axis), "getH": lambda m: m.transpose().conj(),
        "getrow": lambda m, i: m.tocsr()[[i]], "getcol": lambda m, j: m.tocsc()[:, [j]], "set_shape": None}


def _deprecated(name, function):
    def get(self):
        warnings.warn(f"`spmatrix.{name}` is deprecated", DeprecationWarning, stacklevel=2)
        return function(self)
    return property(get)


for _name, _function in _OLD.items():
    if _function is not None:
        setattr(spmatrix, _name, _deprecated(_name, _function) if _name in ("A", "H") else _function)


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


def matrix_transpose(A):
    """The last two axes exchanged."""
    return A.transpose()


def wrapped(function, name):
    """A function of SciPy's on matrices and arrays of ours."""
    def call(*args, **kwargs):
        tell(name, "SciPy")
        return to_ours(function(*map(to_host, args), **{key: to_host(value) for key, value in kwargs.items()}))
    call.__name__, call.__doc__ = getattr(function, "__name__", name), function.__doc__
    call._through_numpy = True
    return call
