"""scipy.sparse.linalg on arrays of the device: linear operators whose functions take and give such arrays, and the iterative
solvers with them. The solvers themselves are SciPy's, on the host."""

import importlib

import numpy as np

from .array import ndarray
from .creation import asarray
from .fallback import tell
from .sparse import issparse, to_host, to_ours

SOLVERS = ("bicg", "bicgstab", "cg", "cgs", "gcrotmk", "gmres", "lgmres", "minres", "qmr", "tfqmr")


def _scipy():
    return importlib.import_module("scipy.sparse.linalg")


class LinearOperator:
    """A matrix that is known by its products: LinearOperator(shape, matvec, rmatvec=None, matmat=None, dtype=None), or a
    subclass with a method _matvec that calls LinearOperator.__init__(dtype, shape). The functions are called with arrays of the
    device and give such. ValueError for products of the wrong shape."""

    __array_ufunc__ = None  # array @ operator asks the operator
    ndim = 2
    _functions = {}

    def __init__(self, *args, **kwargs):
        if type(self) is LinearOperator or "matvec" in kwargs or (args and isinstance(args[0], tuple)):
            self._of_functions(*args, **kwargs)
        else:
            self._of_subclass(*args, **kwargs)

    def _of_functions(self, shape, matvec, rmatvec=None, matmat=None, dtype=None, rmatmat=None):
        self._functions = {"matvec": matvec, "rmatvec": rmatvec, "matmat": matmat, "rmatmat": rmatmat}
        self.shape = tuple(shape)
        self.dtype = np.dtype(dtype) if dtype is not None else asarray(matvec(asarray(np.random.default_rng(0).random(self.shape[1])))).dtype

    def _of_subclass(self, dtype=None, shape=None):
        self.shape, self.dtype = tuple(shape), None if dtype is None else np.dtype(dtype)
        if dtype is None:
            self.dtype = self.matvec(asarray(np.random.default_rng(0).random(self.shape[1]))).dtype

    # ---- what a subclass may define

    def _call(self, name, x):
        function = self._functions.get(name)
        if function is None:
            raise NotImplementedError(f"the operator has no {name}")
        return function(x)

    def _matvec(self, x):
        return self._call("matvec", x) if self._functions.get("matvec") else self.matmat(x.reshape(-1, 1))

    def _rmatvec(self, x):
        if self._functions.get("rmatvec"):
            return self._call("rmatvec", x)
        if type(self)._adjoint is not LinearOperator._adjoint:
            return self._adjoint().matvec(x)
        raise NotImplementedError("rmatvec is not defined")

    def _matmat(self, x):
        if self._functions.get("matmat"):
            return self._call("matmat", x)
        from .manipulation import stack
        return stack([self.matvec(x[:, k]).ravel() for k in range(x.shape[1])], 1)

    def _rmatmat(self, x):
        if self._functions.get("rmatmat"):
            return self._call("rmatmat", x)
        from .manipulation import stack
        return stack([self.rmatvec(x[:, k]).ravel() for k in range(x.shape[1])], 1)

    def _adjoint(self):
        return LinearOperator(self.shape[::-1], self.rmatvec, self.matvec, self._rmatmat, self.dtype, self._matmat)

    def _transpose(self):
        return LinearOperator(self.shape[::-1], lambda x: self.rmatvec(x.conj()).conj(), lambda x: self.matvec(x.conj()).conj(), dtype=self.dtype)

    # ---- products

    def _product(self, x, function, rows, columns):
        x = asarray(x)
        if x.shape not in ((columns,), (columns, 1)):
            raise ValueError("dimension mismatch")
        y = asarray(function(x))
        return y.reshape(rows) if x.ndim == 1 else y.reshape(rows, 1)

    def matvec(self, x):
        return self._product(x, self._matvec, self.shape[0], self.shape[1])

    def rmatvec(self, x):
        return self._product(x, self._rmatvec, self.shape[1], self.shape[0])

    def _products(self, X, function, rows):
        if not issparse(X):
            X = asarray(X)
        if X.ndim != 2 or X.shape[0] != rows:
            raise ValueError(f"expected a matrix of {rows} rows, got shape {X.shape}")
        return function(X)

    def matmat(self, X):
        return self._products(X, self._matmat, self.shape[1])

    def rmatmat(self, X):
        return self._products(X, self._rmatmat, self.shape[0])

    def dot(self, x):
        if isinstance(x, LinearOperator):
            return LinearOperator((self.shape[0], x.shape[1]), lambda v: self.matvec(x.matvec(v)), lambda v: x.rmatvec(self.rmatvec(v)),
                                  dtype=np.promote_types(self.dtype, x.dtype))
        if np.isscalar(x):
            return LinearOperator(self.shape, lambda v: self.matvec(v) * x, lambda v: self.rmatvec(v) * np.conj(x), dtype=np.result_type(self.dtype, x))
        if not issparse(x):
            x = asarray(x)
        if x.ndim not in (1, 2):
            raise ValueError(f"expected 1-d or 2-d array or matrix, got shape {x.shape}")
        return self.matvec(x) if x.ndim == 1 or x.shape[1] == 1 else self.matmat(x)

    __call__ = __mul__ = dot

    def __matmul__(self, x):
        if np.isscalar(x):
            raise ValueError("Scalar operands are not allowed, use '*' instead")
        return self.dot(x)

    def __rmul__(self, x):
        return self.dot(x) if np.isscalar(x) else NotImplemented

    def __pow__(self, n):
        if not isinstance(n, int) or n < 1 or self.shape[0] != self.shape[1]:
            return NotImplemented
        result = self
        for _ in range(n - 1):
            result = result.dot(self)
        return result

    def __add__(self, other):
        if not isinstance(other, LinearOperator):
            return NotImplemented
        if self.shape != other.shape:
            raise ValueError(f"cannot add operators of shapes {self.shape} and {other.shape}")
        return LinearOperator(self.shape, lambda v: self.matvec(v) + other.matvec(v), lambda v: self.rmatvec(v) + other.rmatvec(v),
                              dtype=np.promote_types(self.dtype, other.dtype))

    def __neg__(self):
        return self.dot(-1)

    def __sub__(self, other):
        return self + (-other) if isinstance(other, LinearOperator) else NotImplemented

    def adjoint(self):
        return self._adjoint()

    def transpose(self):
        return self._transpose()

    H = property(lambda self: self._adjoint())
    T = property(lambda self: self._transpose())

    def __repr__(self):
        return f"<{self.shape[0]}x{self.shape[1]} {type(self).__name__} with dtype={self.dtype}>"

    @property
    def _host(self):
        """SciPy's, for its solvers."""
        def there(function):
            return lambda x: to_host(function(to_ours(np.asarray(x))))
        return _scipy().LinearOperator(self.shape, there(self.matvec), there(self.rmatvec), there(self.matmat), self.dtype, there(self.rmatmat))


def aslinearoperator(A):
    """A as an operator: one already, a sparse or dense matrix, or an object with shape and matvec. TypeError otherwise."""
    if isinstance(A, LinearOperator):
        return A
    if issparse(A) or hasattr(A, "ndim"):
        if not issparse(A):
            A = asarray(A)
        if A.ndim != 2:
            raise ValueError("array must have ndim 2")
        adjoint = A.conj().T
        return LinearOperator(A.shape, lambda x: A @ x, lambda x: adjoint @ x, lambda x: A @ x, A.dtype, lambda x: adjoint @ x)
    if hasattr(A, "shape") and hasattr(A, "matvec"):
        return LinearOperator(A.shape, A.matvec, getattr(A, "rmatvec", None), getattr(A, "matmat", None), getattr(A, "dtype", None))
    raise TypeError("type not understood")


class SuperLU:
    """A sparse matrix in factors: what splu and spilu give. L and U are sparse matrices, perm_r and perm_c arrays."""

    def __init__(self, host):
        self._host = host

    shape = property(lambda self: self._host.shape)
    nnz = property(lambda self: self._host.nnz)
    perm_r = property(lambda self: to_ours(self._host.perm_r))
    perm_c = property(lambda self: to_ours(self._host.perm_c))
    L = property(lambda self: to_ours(self._host.L))
    U = property(lambda self: to_ours(self._host.U))

    def solve(self, rhs, trans="N"):
        """x of A x = rhs; trans 'T': of the transposed, 'H': of the adjoint system. rhs is (n,) or (n, k), x of its shape."""
        if not isinstance(rhs, ndarray):
            raise TypeError(f"[SuperLU.solve] expected an array of the device, got {type(rhs).__name__}")
        host = rhs.get()
        return to_ours(self._host.solve(host.astype(np.result_type(host, self._host.U.dtype), copy=False), trans))


def _factored(name):
    function = getattr(_scipy(), name)

    def call(A, *args, **kwargs):
        tell(f"sparse.linalg.{name}", "SciPy")
        kwargs.pop("allow_inv", None)  # CuPy's leave to invert a small matrix
        return SuperLU(function(to_host(A), *args, **kwargs))
    call.__name__, call.__doc__, call._through_numpy = name, function.__doc__, True
    return call


def factorized(A):
    """A function that solves A x = b for x, by factors that are made once."""
    return _factored("splu")(A.tocsc()).solve


FACTORS = {"splu": lambda: _factored("splu"), "spilu": lambda: _factored("spilu"), "factorized": lambda: factorized}


def solver(name):
    """An iterative solver of SciPy's; `tol` is another name of `rtol`, callbacks get arrays of the device."""
    function = getattr(_scipy(), name)

    def call(A, b, x0=None, *args, callback=None, **kwargs):
        tell(f"sparse.linalg.{name}", "SciPy")
        if args:  # tol and maxiter by place, as CuPy has them
            kwargs.update(zip(("tol", "maxiter", "M"), args))
        if "tol" in kwargs:
            kwargs["rtol"] = kwargs.pop("tol")
        if kwargs.get("atol", 0) is None:
            del kwargs["atol"]
        if callback is not None:
            kwargs["callback"] = lambda x: callback(to_ours(x))
            if name == "gmres":
                kwargs.setdefault("callback_type", "pr_norm")
        return to_ours(function(to_host(A), to_host(b), to_host(x0), **{key: to_host(value) for key, value in kwargs.items()}))
    call.__name__, call.__doc__, call._through_numpy = name, function.__doc__, True
    return call
