"""Decorators that loop: over NumPy and CuPy, over dtypes, over orders."""

import functools
import importlib
import inspect
import itertools
import os
import traceback
import unittest
import warnings

import numpy as np

cupy = importlib.import_module("..", __package__)  # under the name that it was loaded by

from . import _array

# ---- running a test with both libraries


def _wraps_partial(wrapped, *names):
    """functools.wraps for a wrapper that supplies the parameters of these names itself: pytest must not ask for them."""
    signature = inspect.signature(wrapped)
    rest = [p for p in signature.parameters.values() if p.name not in names]

    def decorate(function):
        function = functools.wraps(wrapped)(function)
        function.__signature__ = signature.replace(parameters=rest)
        return function
    return decorate


def _wraps_partial_xp(wrapped, name, sp_name=None, scipy_name=None):
    """The same for the parameter that gets the library; others of that kind are passed as keywords too."""
    return _wraps_partial(wrapped, *(n for n in (name, sp_name, scipy_name) if n is not None))


def _skip_classes():
    import pytest
    return (unittest.SkipTest, pytest.skip.Exception)


def _attempt(function, args, kwargs):
    """(result, error) of a call; a skip counts as an error of the skip's class."""
    try:
        return function(*args, **kwargs), None
    except Exception as error:
        return None, error
    except BaseException as error:
        if isinstance(error, _skip_classes()):
            return None, error
        raise


def _libraries(side, name, sp_name, scipy_name):
    """The keyword arguments that stand for one side's libraries."""
    given = {name: cupy if side == "cupy" else np}
    if sp_name is not None:
        import importlib
        given[sp_name] = importlib.import_module("cupyx.scipy.sparse" if side == "cupy" else "scipy.sparse")
    if scipy_name is not None:
        import importlib
        given[scipy_name] = importlib.import_module("cupyx.scipy" if side == "cupy" else "scipy")
    return given


def _both(function, args, kwargs, name, sp_name, scipy_name):
    ours = _attempt(function, args, {**kwargs, **_libraries("cupy", name, sp_name, scipy_name)})
    with np.errstate(all="ignore"):
        theirs = _attempt(function, args, {**kwargs, **_libraries("numpy", name, sp_name, scipy_name)})
    return (*ours, *theirs)


# An error of ours must be at least as telling as NumPy's: derived from each of these that NumPy's error is derived from.
_TOLD = (AttributeError, Exception, IndexError, TypeError, ValueError, NotImplementedError, DeprecationWarning,
         np.exceptions.AxisError, np.linalg.LinAlgError)


def _compatible(cupy_error, numpy_error):
    if isinstance(cupy_error, np.exceptions.AxisError) and not isinstance(numpy_error, np.exceptions.AxisError):
        return False  # derived from both ValueError and IndexError, it would stand for either
    return all(isinstance(cupy_error, kind) for kind in _TOLD if isinstance(numpy_error, kind))


def _text_of(error):
    return "".join(traceback.format_exception(error)) if error is not None else "no error\n"


def _fail(message, cupy_error, numpy_error):
    raise AssertionError(f"{message}\n\ncupy\n{_text_of(cupy_error)}\nnumpy\n{_text_of(numpy_error)}") from (cupy_error or numpy_error)


def _check_cupy_numpy_error(cupy_error, numpy_error, accept_error=False):
    """Both raised, and what they raised is accepted and of matching kinds; AssertionError otherwise."""
    if accept_error is True:
        accept_error = Exception
    elif not accept_error:
        accept_error = ()
    if cupy_error is None and numpy_error is None:
        raise AssertionError("Both cupy and numpy are expected to raise errors, but not")
    skips = _skip_classes()
    if isinstance(cupy_error, skips) and isinstance(numpy_error, skips):
        if str(cupy_error) != str(numpy_error):
            _fail("Both numpy and cupy were skipped but with different causes.", cupy_error, numpy_error)
        raise numpy_error
    if cupy_error is None:
        _fail("Only numpy raises error", cupy_error, numpy_error)
    if numpy_error is None:
        _fail("Only cupy raises error", cupy_error, numpy_error)
    if not _compatible(cupy_error, numpy_error):
        _fail("Different types of errors occurred", cupy_error, numpy_error)
    if not (isinstance(cupy_error, accept_error) and isinstance(numpy_error, accept_error)):
        _fail("Both cupy and numpy raise exceptions", cupy_error, numpy_error)


# ---- comparing what came back

def _is_sparse(thing):
    return hasattr(thing, "tocsr") and hasattr(thing, "toarray")


def _host(ours, theirs):
    """A result as a NumPy array (ours from wherever it is)."""
    if _is_sparse(ours):
        ours = ours.toarray()
    if isinstance(ours, cupy.ndarray):
        return ours.get()
    if isinstance(ours, np.poly1d) or type(ours).__name__ == "poly1d":
        return cupy.asnumpy(ours.coeffs)
    if np.isscalar(ours) and np.isscalar(theirs):
        return np.array(ours)
    raise AssertionError(f"cupy's result must be a cupy.ndarray or both scalars, got {type(ours)} and {type(theirs)}")


def _numpy(theirs):
    if _is_sparse(theirs):
        theirs = np.asarray(theirs.toarray())
    return theirs.coeffs if isinstance(theirs, np.poly1d) else np.asarray(theirs)


def _lists(ours, theirs):
    if isinstance(theirs, (tuple, list)):
        if not isinstance(ours, (tuple, list)) or len(ours) != len(theirs):
            raise AssertionError(f"cupy returns {type(ours)}, numpy {type(theirs)} of {len(theirs)}")
        return list(ours), list(theirs)
    if isinstance(ours, (tuple, list)):
        raise AssertionError(f"cupy returns {type(ours)}, numpy {type(theirs)}")
    return [ours], [theirs]


def _same_order(ours, theirs):
    if not isinstance(theirs, np.ndarray) or not isinstance(ours, cupy.ndarray):
        return
    for flag in ("c_contiguous", "f_contiguous"):
        if getattr(theirs.flags, flag) and not getattr(ours.flags, flag):
            raise AssertionError(f"The state of {flag} flag is false. (cupy_result:{ours.flags[flag.upper()]} numpy_result:{theirs.flags[flag.upper()]})")


def _contains_signed_and_unsigned(kw):
    """Whether the dtypes among keyword arguments have signed (or float) and unsigned ones."""
    kinds = set()
    for value in kw.values():
        if isinstance(value, type) and issubclass(value, np.generic) or isinstance(value, np.dtype):
            kinds.add(np.dtype(value).kind)
    return "u" in kinds and bool(kinds & set("ifc"))


def _positive_masks(function, args, kwargs, name, sp_name, scipy_name):
    """Where NumPy's results are not negative when unsigned dtypes are replaced by signed ones: a negative number as an
    unsigned integer is left open, and those elements are not compared."""
    signed = {key: np.dtype(value.dtype if hasattr(value, "dtype") and not isinstance(value, type) else value).char.lower()
              if isinstance(value, type) and issubclass(value, np.unsignedinteger) else value for key, value in kwargs.items()}
    signed = {key: np.dtype(value).type if isinstance(value, str) and value != kwargs[key] else value for key, value in signed.items()}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result, error = _attempt(function, args, {**signed, **_libraries("numpy", name, sp_name, scipy_name)})
    if error is not None:
        return None
    with np.errstate(all="ignore"):
        return [np.asarray(r) >= 0 for r in (result if isinstance(result, (tuple, list)) else [result])]


def _make_decorator(check, name, type_check, contiguous_check, accept_error, sp_name=None, scipy_name=None, sparse_format=True):
    def decorate(function):
        @_wraps_partial_xp(function, name, sp_name, scipy_name)
        def test(*args, **kwargs):
            ours, cupy_error, theirs, numpy_error = _both(function, args, kwargs, name, sp_name, scipy_name)
            if cupy_error is not None or numpy_error is not None:
                _check_cupy_numpy_error(cupy_error, numpy_error, accept_error)
                return
            ours, theirs = _lists(ours, theirs)
            masks = None
            if _contains_signed_and_unsigned(kwargs):
                masks = _positive_masks(function, args, kwargs, name, sp_name, scipy_name)
            for k, (c, n) in enumerate(zip(ours, theirs)):
                if sparse_format and _is_sparse(n) and getattr(c, "format", None) != n.format:
                    raise AssertionError(f"sparse formats differ: {getattr(c, 'format', None)} and {n.format}")
                if contiguous_check:
                    _same_order(c, n)
                c_host, n_host = _host(c, n), _numpy(n)
                if type_check and c_host.dtype != n_host.dtype:
                    raise AssertionError(f"ndarrays of different dtypes are returned.\ncupy: {c_host.dtype}\nnumpy: {n_host.dtype}")
                if c_host.shape != n_host.shape:
                    raise AssertionError(f"Shapes are not equal. cupy: {c_host.shape} numpy: {n_host.shape}")
                if masks is not None and k < len(masks) and masks[k].shape == n_host.shape and n_host.ndim \
                        and n_host.dtype.kind not in "bOU":
                    c_host, n_host = c_host[masks[k]], n_host[masks[k]]
                elif masks is not None and k < len(masks) and masks[k].ndim == 0 and not masks[k]:
                    continue
                check(c_host, n_host, c, n)
        return test
    return decorate


# ---- the comparisons

def _check_tolerance_keys(rtol, atol):
    for tolerance in (rtol, atol):
        if isinstance(tolerance, dict):
            for key in tolerance:
                if key != "default" and (not isinstance(key, type) or not issubclass(key, np.generic)):
                    raise TypeError(f"Keys of the tolerance dictionary need to be type objects as `numpy.float32` and `cupy.float32` or "
                                    f"`'default'` string, got {key!r}")


def _tolerance(tolerance, dtype):
    if not isinstance(tolerance, dict):
        return tolerance
    return tolerance.get(dtype.type, tolerance.get("default", 0))


def numpy_cupy_allclose(rtol=1e-7, atol=0, err_msg="", verbose=True, name="xp", type_check=True, accept_error=False, sp_name=None,
                        scipy_name=None, contiguous_check=True, *, _check_sparse_format=True):
    """Results are close. rtol and atol: a number, or {dtype: number, "default": number}."""
    _check_tolerance_keys(rtol, atol)

    def check(c, n, *_):
        r, a = _tolerance(rtol, n.dtype), _tolerance(atol, n.dtype)
        if not type_check:
            r, a = max(r, _tolerance(rtol, c.dtype)), max(a, _tolerance(atol, c.dtype))
        _array.assert_allclose(c, n, r, a, err_msg=err_msg, verbose=verbose)
    return _make_decorator(check, name, type_check, contiguous_check, accept_error, sp_name, scipy_name, _check_sparse_format)


def numpy_cupy_array_almost_equal(decimal=6, err_msg="", verbose=True, name="xp", type_check=True, accept_error=False, sp_name=None,
                                  scipy_name=None):
    """Results agree to that many decimals."""
    return _make_decorator(lambda c, n, *_: _array.assert_array_almost_equal(c, n, decimal, err_msg, verbose), name, type_check, False,
                           accept_error, sp_name, scipy_name)


def numpy_cupy_array_almost_equal_nulp(nulp=1, name="xp", type_check=True, accept_error=False, sp_name=None, scipy_name=None):
    """Results are within nulp units in the last place."""
    return _make_decorator(lambda c, n, *_: _array.assert_array_almost_equal_nulp(c, n, nulp), name, type_check, False, accept_error,
                           sp_name, scipy_name)


def numpy_cupy_array_max_ulp(maxulp=1, dtype=None, name="xp", type_check=True, accept_error=False, sp_name=None, scipy_name=None):
    """Results are within maxulp units in the last place."""
    return _make_decorator(lambda c, n, *_: _array.assert_array_max_ulp(c, n, maxulp, dtype), name, type_check, False, accept_error,
                           sp_name, scipy_name)


def numpy_cupy_array_equal(err_msg="", verbose=True, name="xp", type_check=True, accept_error=False, sp_name=None, scipy_name=None,
                           strides_check=False):
    """Results are equal."""
    def check(c, n, ours, theirs):
        _array.assert_array_equal(c, n, err_msg, verbose)
        if strides_check and ours.strides != theirs.strides:
            raise AssertionError(f"Strides are not equal: {ours.strides} {theirs.strides}")
    return _make_decorator(check, name, type_check, False, accept_error, sp_name, scipy_name)


def numpy_cupy_array_list_equal(err_msg="", verbose=True, name="xp", sp_name=None, scipy_name=None):
    """Results are lists or tuples of equal arrays."""
    warnings.warn("numpy_cupy_array_list_equal is deprecated. Use numpy_cupy_array_equal instead.", DeprecationWarning, stacklevel=2)
    return _make_decorator(lambda c, n, *_: _array.assert_array_equal(c, n, err_msg, verbose), name, False, False, False, sp_name, scipy_name)


def numpy_cupy_array_less(err_msg="", verbose=True, name="xp", type_check=True, accept_error=False, sp_name=None, scipy_name=None):
    """CuPy's results are less than NumPy's."""
    return _make_decorator(lambda c, n, *_: _array.assert_array_less(c, n, err_msg, verbose), name, type_check, False, accept_error, sp_name,
                           scipy_name)


def numpy_cupy_equal(name="xp", sp_name=None, scipy_name=None):
    """Results are equal as Python objects."""
    def decorate(function):
        @_wraps_partial_xp(function, name, sp_name, scipy_name)
        def test(*args, **kwargs):
            ours, cupy_error, theirs, numpy_error = _both(function, args, kwargs, name, sp_name, scipy_name)
            if cupy_error is not None or numpy_error is not None:
                _check_cupy_numpy_error(cupy_error, numpy_error)
                return
            if ours != theirs:
                raise AssertionError(f"Results are not equal:\ncupy: {ours}\nnumpy: {theirs}")
        return test
    return decorate


def numpy_cupy_raises(name="xp", sp_name=None, scipy_name=None, accept_error=Exception):
    """Both raise, errors of matching kinds."""
    warnings.warn("cupy.testing.numpy_cupy_raises is deprecated.", DeprecationWarning, stacklevel=2)

    def decorate(function):
        @_wraps_partial_xp(function, name, sp_name, scipy_name)
        def test(*args, **kwargs):
            _, cupy_error, _, numpy_error = _both(function, args, kwargs, name, sp_name, scipy_name)
            _check_cupy_numpy_error(cupy_error, numpy_error, accept_error)
        return test
    return decorate


# ---- dtypes

_complex_dtypes = (np.complex64, np.complex128)
_regular_float_dtypes = (np.float64, np.float32)
_float_dtypes = (*_regular_float_dtypes, np.float16)
_signed_dtypes = tuple(np.dtype(c).type for c in "bhilq")
_unsigned_dtypes = tuple(np.dtype(c).type for c in "BHILQ")
_int_dtypes = _signed_dtypes + _unsigned_dtypes
_int_bool_dtypes = (*_int_dtypes, np.bool_)
_regular_dtypes = _regular_float_dtypes + _int_bool_dtypes
_dtypes = _float_dtypes + _int_bool_dtypes


def _looped(name, values, described):
    """A decorator that runs the test for each value of a keyword argument."""
    def decorate(function):
        @_wraps_partial(function, name)
        def test(*args, **kwargs):
            for value in values:
                _once(function, args, {**kwargs, name: value}, f"{name} is {described(value)}")
        return test
    return decorate


def _once(function, args, kwargs, note):
    try:
        function(*args, **kwargs)
    except _skip_classes() as skipped:
        print("skipped:", note, skipped)
    except Exception as error:
        error.add_note(note)
        raise


def for_dtypes(dtypes, name="dtype"):
    """The test runs for each dtype: scalar types, or characters of dtypes."""
    return _looped(name, [np.dtype(d).type for d in dtypes], lambda t: t.__name__)


def _all_dtypes(no_float16, no_bool, no_complex):
    chosen = (_regular_dtypes if no_float16 else _dtypes) + (() if no_complex else _complex_dtypes)
    return tuple(t for t in chosen if t is not np.bool_) if no_bool else chosen


def for_all_dtypes(name="dtype", no_float16=False, no_bool=False, no_complex=False):
    return for_dtypes(_all_dtypes(no_float16, no_bool, no_complex), name)


def for_float_dtypes(name="dtype", no_float16=False):
    return for_dtypes(_regular_float_dtypes if no_float16 else _float_dtypes, name)


def for_signed_dtypes(name="dtype"):
    return for_dtypes(_signed_dtypes, name)


def for_unsigned_dtypes(name="dtype"):
    return for_dtypes(_unsigned_dtypes, name)


def for_int_dtypes(name="dtype", no_bool=False):
    return for_dtypes(_int_dtypes if no_bool else _int_bool_dtypes, name)


def for_complex_dtypes(name="dtype"):
    return for_dtypes(_complex_dtypes, name)


def for_dtypes_combination(types, names=("dtype",), full=None):
    """The test runs for combinations of dtypes: all of them (full, or CUPY_TEST_FULL_COMBINATION=1), else as many as make
    each name meet each dtype, in different company."""
    types = list(types)
    if full is None:
        full = int(os.environ.get("CUPY_TEST_FULL_COMBINATION", "0")) != 0
    if full:
        combinations = list(itertools.product(types, repeat=len(names)))
    else:
        order = np.random.RandomState(1)
        columns = [[types[k] for k in order.permutation(len(types))] for _ in names]
        combinations = list(zip(*columns))

    def decorate(function):
        @_wraps_partial(function, *names)
        def test(*args, **kwargs):
            for chosen in combinations:
                given = dict(zip(names, chosen))
                note = ", ".join(f"{key} is {t.__name__}" for key, t in given.items())
                _once(function, args, {**kwargs, **given}, note)
        return test
    return decorate


def for_all_dtypes_combination(names=("dtyes",), no_float16=False, no_bool=False, full=None, no_complex=False):
    return for_dtypes_combination(_all_dtypes(no_float16, no_bool, no_complex), names, full)


def for_signed_dtypes_combination(names=("dtype",), full=None):
    return for_dtypes_combination(_signed_dtypes, names, full)


def for_unsigned_dtypes_combination(names=("dtype",), full=None):
    return for_dtypes_combination(_unsigned_dtypes, names, full)


def for_int_dtypes_combination(names=("dtype",), no_bool=False, full=None):
    return for_dtypes_combination(_int_dtypes if no_bool else _int_bool_dtypes, names, full)


# ---- orders

def for_orders(orders, name="order"):
    return _looped(name, list(orders), repr)


def for_CF_orders(name="order"):
    return for_orders([None, "C", "F", "c", "f"], name)


def for_contiguous_axes(name="axis"):
    """For a test with `order`: the axes, None among them, along which that order is contiguous: those next to its end."""
    def decorate(function):
        @_wraps_partial(function, name)
        def test(self, *args, **kwargs):
            ndim, order = len(self.shape), self.order
            axes = [tuple(range(k, ndim)) if order in ("c", "C") else tuple(range(k)) for k in range(ndim + 1)]
            for axis in [None, *(a for a in axes if a)]:
                _once(function, (self, *args), {**kwargs, name: axis}, f"{name} is {axis!r}")
        return test
    return decorate
