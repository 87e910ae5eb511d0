"""Test arrays, requirements, and checks that are not about values."""

import contextlib
import importlib
import importlib.metadata
import inspect
import re
import unittest
import unittest.mock
import warnings

import numpy as np

cupy = importlib.import_module("..", __package__)  # under the name that it was loaded by

_NUMPY_BASELINE, _SCIPY_BASELINE = "2.3", "1.14"  # releases that CuPy 14.2 states its behaviour against


# ---- requirements

def _version(text):
    """A release as a tuple that compares: a pre-release comes before its release."""
    found = re.match(r"\s*(\d+(?:\.\d+)*)\s*(a|b|rc|\.dev)?", text)
    if found is None:
        raise ValueError(f"not a version: {text!r}")
    numbers = [int(n) for n in found.group(1).split(".")]
    return tuple((numbers + [0] * 6)[:6]) + ((0,) if found.group(2) else (1,))


_COMPARE = {">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b, "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
            ">": lambda a, b: a > b, "<": lambda a, b: a < b}


def _satisfies(version, specifiers):
    for part in filter(None, (p.strip() for p in specifiers.split(","))):
        operator, wanted = re.match(r"(>=|<=|==|!=|>|<)\s*(.+)", part).groups()
        if not _COMPARE[operator](_version(version), _version(wanted)):
            return False
    return True


def _installed_version(name):
    if name in ("cupy", "cupyx"):
        return cupy.__version__
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def installed(*specifiers):
    """Whether packages of these versions are there: installed("numpy>=1.20", "scipy")."""
    for specifier in specifiers:
        name, wanted = re.match(r"\s*([\w.-]+)\s*(.*)$", specifier).groups()
        version = _installed_version(name)
        if version is None or not _satisfies(version, wanted):
            return False
    return True


def numpy_satisfies(version_range):
    return _satisfies(np.__version__, version_range)


def with_requires(*requirements):
    """Skips the test where the packages are not installed."""
    import pytest
    return pytest.mark.skipif(not installed(*requirements), reason=f"requires: {','.join(requirements)}")


def is_after_baseline(*, numpy=None, scipy=None):
    """Whether an installed library is newer than the given release (by default than what CuPy's behaviour follows)."""
    checks = [("numpy", numpy or _NUMPY_BASELINE), ("scipy", scipy or _SCIPY_BASELINE)]
    if numpy is not None or scipy is not None:
        checks = [(name, version) for name, version in (("numpy", numpy), ("scipy", scipy)) if version is not None]
    for name, version in checks:
        there = _installed_version(name)
        if there is not None and _version(there)[:2] > _version(version)[:2]:
            return True
    return False


def skip_if_after_baseline(*, numpy=None, scipy=None, reason=""):
    import pytest
    return pytest.mark.skipif(is_after_baseline(numpy=numpy, scipy=scipy), reason=reason or "behaviour of a later release")


# ---- arrays to test with

def shaped_arange(shape, xp=cupy, dtype=np.float32, order="C"):
    """1, 2, 3 … of that shape and dtype; booleans alternate, complex numbers have a second run as imaginary parts."""
    dtype = np.dtype(dtype)
    values = np.arange(1, int(np.prod(shape)) + 1)
    if dtype.kind == "b":
        values = values % 2 == 0
    elif dtype.kind == "c":
        values = values + values * 1j
    return xp.array(values.astype(dtype).reshape(shape), order=order)


def shaped_reverse_arange(shape, xp=cupy, dtype=np.float32):
    """The same from the size down to 1."""
    dtype = np.dtype(dtype)
    values = np.arange(int(np.prod(shape)), 0, -1)
    if dtype.kind == "b":
        values = values % 2 == 0
    elif dtype.kind == "c":
        values = values + values * 1j
    return xp.array(values.astype(dtype).reshape(shape))


def shaped_random(shape, xp=cupy, dtype=np.float32, scale=10, seed=0, order="C"):
    """Random values of [0, scale), booleans evenly; the same for the same seed."""
    random = np.random.RandomState(seed)
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return xp.array(random.randint(2, size=shape).astype(dtype), order=order)
    values = np.asarray(random.rand(*(shape if np.iterable(shape) else (shape,))))
    if dtype.kind == "c":
        values = values + 1j * random.rand(*values.shape)
    return xp.array(np.asarray(values * scale, order="C").astype(dtype), order=order)


def shaped_linspace(start, stop, shape, xp=cupy, dtype=np.float32):
    """Evenly spaced values; unsigned types begin at 0, booleans are 0 and 1."""
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        start, stop = max(start, 0), min(stop, 1)
    elif dtype.kind == "u":
        start = max(start, 0)
    size = int(np.prod(shape))
    return xp.array(np.linspace(start, stop, size).reshape(shape).astype(dtype))


def shaped_sparse_random(shape, sp=None, dtype=np.float32, density=0.01, format="coo", seed=0):
    """A sparse matrix with about that share of random values."""
    import scipy.sparse
    if sp is None:
        import cupyx.scipy.sparse as sp
    n_rows, n_cols = shape
    random = np.random.RandomState(seed)
    mask = random.uniform(size=shape) < density
    row, column = np.nonzero(mask)
    values = shaped_random((row.size,), np, dtype, seed=seed)
    if sp is scipy.sparse:
        return scipy.sparse.coo_matrix((values, (row, column)), shape=shape).asformat(format)
    return sp.coo_matrix((cupy.asarray(values), (cupy.asarray(row), cupy.asarray(column))), shape=(n_rows, n_cols)).asformat(format)


def generate_matrix(shape, xp=cupy, dtype=np.float32, *, singular_values=None):
    """Random matrices (the last two axes) with the given singular values."""
    if len(shape) <= 1:
        raise ValueError(f"shape {shape} is invalid for matrices: too few axes")
    if singular_values is None:
        raise TypeError("singular_values is not given")
    values = np.asarray(cupy.asnumpy(singular_values))
    dtype = np.dtype(dtype)
    if dtype.kind not in "fc":
        raise TypeError(f"dtype {dtype} is not supported")
    if values.dtype.kind == "c":
        raise TypeError("singular_values is not real")
    if (values < 0).any():
        raise ValueError("negative singular value is given")
    count = min(shape[-2:])
    values = np.broadcast_to(values, np.broadcast_shapes(values.shape, (*shape[:-2], count)))
    if values.shape != (*shape[:-2], count):
        raise ValueError(f"singular values of shape {values.shape} for matrices of shape {shape}")
    wide = np.dtype(np.complex128 if dtype.kind == "c" else np.float64)
    random = np.random.RandomState(0)

    def draw():
        a = random.randn(*shape)
        return a + 1j * random.randn(*shape) if wide.kind == "c" else a
    u, _, vh = np.linalg.svd(draw().astype(wide), full_matrices=False)
    return xp.array(np.einsum("...ik,...k,...kj->...ij", u, values, vh).astype(dtype))


# ---- warnings, calls, aliases

@contextlib.contextmanager
def assert_warns(expected):
    """Inside, a warning of that class must be given."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        yield
    if not any(isinstance(w.message, expected) for w in seen):
        raise AssertionError(f"{getattr(expected, '__name__', expected)} not triggered")


@contextlib.contextmanager
def assert_function_is_called(*args, times_called=1, **kwargs):
    """Inside, the function (as for unittest.mock.patch) must be called that many times."""
    with unittest.mock.patch(*args, **kwargs) as handle:
        yield
        if handle.call_count != times_called:
            raise AssertionError(f"Expected {times_called} calls, got {handle.call_count}")


AssertFunctionIsCalled = assert_function_is_called


class NumpyAliasTestBase(unittest.TestCase):
    """A function that is an alias of NumPy's; the subclass says `func`, its name."""

    @property
    def func(self):
        raise NotImplementedError

    @property
    def cupy_func(self):
        return getattr(cupy, self.func)

    @property
    def numpy_func(self):
        return getattr(np, self.func)


class NumpyAliasBasicTestBase(NumpyAliasTestBase):
    def test_argspec(self):
        assert inspect.signature(self.cupy_func) == inspect.signature(self.numpy_func)

    def test_docstring(self):
        ours, theirs = self.cupy_func.__doc__, self.numpy_func.__doc__
        assert (ours is None) == (theirs is None)


class NumpyAliasValuesTestBase(NumpyAliasTestBase):
    def test_values(self):
        assert self.cupy_func(*self.args) == self.numpy_func(*self.args)
