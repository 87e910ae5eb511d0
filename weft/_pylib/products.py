"""Products of matrices of any layout and type, and what is made of them; linear.py has the forms that are told apart for speed."""

import math

import numpy as np

from .._pyresolve import at_run_time, implements
from . import linear
from .contractions import of_stacks
from .joining import result_of
from .ordering import reduced
from .views import by_axis, is_whole, left_out
from .written import function

__wf_trusted__ = True  # its indices are inside

_NUMBERS = "bhilBHILfdFD"
LARGE = 24 ** 3  # from so many products on a call of BLAS through Python is faster than the loops


class _Called:
    """A function of NumPy's that compiled functions call as it is."""

    def __init__(self, call):
        self.call = call

    def _wf_answer(self, args):
        return at_run_time(self.call, args, quiet=True)


_blas = _Called(np.matmul)
_WORDS = "shapes do not fit: the number of columns of the first is not the number of rows of the second"


def _product(a, b):
    """Of one or two axes each."""
    dtype = result_of([a, b])
    rows, columns = ("a.shape[0]" if a.ndim == 2 else "1"), ("b.shape[1]" if b.ndim == 2 else "1")
    left, right = ("a[i, k]" if a.ndim == 2 else "a[k]"), ("b[k, j]" if b.ndim == 2 else "b[k]")
    lines = ["def product(a, b):", f"    rows, columns, inner = {rows}, {columns}, b.shape[0]", f"    if a.shape[{a.ndim - 1}] != inner:",
             f"        raise ValueError({_WORDS!r})"]
    if a.ndim == b.ndim == 2 and a.element == b.element and a.element in "fdFD":
        lines += ["    if rows * columns * inner > LARGE:", "        return blas(a, b)"]
    if a.ndim == b.ndim == 1:
        lines += ["    total = t(0)", "    for k in range(inner):", f"        total += t({left}) * t({right})", "    return total"]
    elif b.ndim == 1:
        lines += ["    out = np.empty(rows, dtype)", "    for i in range(rows):", "        total = t(0)", "        for k in range(inner):",
                  f"            total += t({left}) * t({right})", "        out[i] = total", "    return out"]
    else:
        at = "i, j" if a.ndim == 2 else "j"
        lines += [f"    out = np.zeros({'(rows, columns)' if a.ndim == 2 else 'columns'}, dtype)", "    for i in range(rows):", "        for k in range(inner):",
                  f"            x = t({left})", "            for j in range(columns):", f"                out[{at}] += x * t({right})", "    return out"]
    return function("\n".join(lines) + "\n", dtype=dtype, t=dtype.type, blas=_blas, LARGE=LARGE)


@implements("numpy.dot", "array.dot")
def dot(a, b):
    if a.is_array and b.is_array and a.ndim and b.ndim:
        made = linear.matmul(a, b)
        if made is not None:
            return made
        if a.ndim < 3 and b.ndim < 3 and a.element in _NUMBERS and b.element in _NUMBERS:
            return _product(a, b)
    return None


@implements("numpy.matmul")
def matmul(a, b):
    """As dot(), and of stacks of matrices."""
    if a.is_array and b.is_array and max(a.ndim, b.ndim) > 2 and a.element in _NUMBERS and b.element in _NUMBERS:
        return of_stacks(a, b)
    return dot(a, b)


@implements("numpy.vdot")
def vdot(a, b):
    if not all(x.is_array and x.ndim and x.element in _NUMBERS for x in (a, b)):
        return None
    left, right = ("a" if a.ndim == 1 else "a.ravel()"), ("b" if b.ndim == 1 else "b.ravel()")
    first = f"np.conj({left})" if a.element in "FD" else left
    return function(f"def vdot(a, b):\n    return np.dot({first}, {right})\n")


# ---- systems, norms, powers ----

@implements("numpy.linalg.solve")
def solve(a, b):
    if not linear._is_matrix(a) or not b.is_array or b.ndim != 2 or b.element != a.element:
        return linear.solve(a, b)

    def solve_columns(a, b):
        n = a.shape[0]
        if a.shape[1] != n:
            raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
        if b.shape[0] != n:
            raise ValueError("shapes do not fit: the matrix has another number of rows than the other side")
        if n > linear_small:
            return large(a, b)
        left, x = a.copy(), b.copy()
        eliminate(left, x)
        return x

    linear_small, eliminate, large = linear.SMALL, linear._solved, _solve_large
    return solve_columns


_solve_large = _Called(np.linalg.solve)


def _rows_norm(order):
    """The norm of one row; None: of an order that is not for this."""
    if order is None or order == 2:
        return lambda a: np.sqrt((a * a).sum())
    if order == 1:
        return lambda a: np.abs(a).sum()
    if order == math.inf:
        return lambda a: np.abs(a).max()
    if order == -math.inf:
        return lambda a: np.abs(a).min()
    return None


@implements("numpy.linalg.norm")
def norm(x, ord=None, axis=None):
    if not x.is_array or not x.ndim or x.element not in "fd" or ord is not None and not ord.constant:
        return None
    order = None if ord is None else ord.value
    if not left_out(axis):
        row = _rows_norm(order) if x.ndim > 1 and (is_whole(axis) or axis.is_number) else None
        return row and by_axis(axis, x.ndim, lambda k: _named(reduced(x.ndim, k, row, x.element)), "norm", "x")
    if order is None or x.ndim == 1:
        row = _rows_norm(order)
        return row and _named(row)
    if x.ndim != 2:
        return None
    if order == "fro":
        return _named(_rows_norm(None))
    sums = {1: ("max", 0), math.inf: ("max", 1), -1: ("min", 0), -math.inf: ("min", 1)}.get(order)
    return sums and function(f"def norm(x):\n    return np.sum(np.abs(x), {sums[1]}).{sums[0]}()\n")


def _named(made):
    return function("def norm(x):\n    return made(x)\n", made=made)


@implements("numpy.linalg.matrix_power")
def matrix_power(a, n):
    if not a.is_array or a.ndim != 2 or a.element not in "fd" or a.layout != "C" or not (n.is_number and n.element in "bhilBHIL"):
        return None

    def power(a, n):
        if a.shape[0] != a.shape[1]:
            raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
        base, left = (np.linalg.inv(a), -n) if n < 0 else (a.copy(), n)
        out = np.zeros_like(base)
        for i in range(a.shape[0]):
            out[i, i] = 1
        while left > 0:
            if left & 1:
                out = out @ base
            left >>= 1
            if left:
                base = base @ base
        return out

    return power


def _of_reals(name):
    """eig and eigvals of a real matrix give reals, as in Numba: what has others must be given as complex numbers."""
    plain = getattr(np.linalg, name)

    def decompose(a):
        made = plain(a)
        parts = (made,) if name == "eigvals" else (made[0], made[1])
        if parts[0].dtype.kind == "c":  # from 2.5 on NumPy's are, whatever they hold
            if parts[0].imag.any():
                raise ValueError(f"{name}() argument must not cause a domain change: the eigenvalues are complex; give it a.astype(np.complex128)")
            parts = tuple(np.ascontiguousarray(part.real) for part in parts)
        return parts[0] if name == "eigvals" else parts

    decompose.__name__, decompose.__module__ = name, "numpy.linalg"

    @implements(f"numpy.linalg.{name}")
    def rule(a):
        return at_run_time(decompose, [a]) if a.is_array and a.element in "fd" else None

    return rule


for _name in ("eig", "eigvals"):
    _of_reals(_name)
