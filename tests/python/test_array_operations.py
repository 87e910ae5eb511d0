"""Every elementwise operation of weft's arrays against NumPy, and the three ways of computing against each other: ready-made
loops, compiled fused kernels, one by one."""

import itertools
import warnings

import numpy as np
import pytest

import weft as wf
from weft import _core
from weft._array import math as functions

DTYPES = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64",
          "complex64", "complex128"]
AUTO, COMPILE, LOOPS = 0, 1, 2


@pytest.fixture(autouse=True)
def automatic():
    yield
    _core.array_set_policy(AUTO)
    _core.array_set_eager(False)


def values(dtype, seed, n=300):
    """Numbers of both signs with the odd ones among them."""
    rng = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return rng.integers(0, 2, n).astype(bool)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        small = rng.integers(max(info.min, -20), 20, n)
        result = small.astype(dtype)
        result[:4] = [info.min, info.max, 0, 1]
        return result
    real = np.dtype(np.float32 if dtype == np.complex64 else np.float64 if dtype == np.complex128 else dtype)
    result = (rng.standard_normal(n) * 3).astype(real)
    result[:7] = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0]
    if dtype.kind == "c":
        pair = np.empty(n, dtype)
        pair.real, pair.imag = result, np.roll(result, 11)
        return pair
    return result


def same_bits(a, b):
    """Equal bits; NaN equals NaN."""
    a, b = np.asarray(a), np.asarray(b)
    assert a.dtype == b.dtype and a.shape == b.shape
    if a.dtype.kind not in "fc":
        np.testing.assert_array_equal(a, b)
        return
    parts = a.view(a.real.dtype), b.view(b.real.dtype)
    nan = np.isnan(parts[0])
    np.testing.assert_array_equal(nan, np.isnan(parts[1]))
    bits = f"u{parts[0].dtype.itemsize}"
    np.testing.assert_array_equal(np.where(nan, 0, parts[0].view(bits)), np.where(nan, 0, parts[1].view(bits)))


# As NumPy, to the bit.
EXACT = {"add", "subtract", "multiply", "divide", "negative", "positive", "absolute", "sign", "square", "sqrt", "floor", "ceil", "trunc",
         "rint", "equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "logical_and", "logical_or", "logical_xor",
         "logical_not", "bitwise_and", "bitwise_or", "bitwise_xor", "invert", "left_shift", "right_shift", "isnan", "isinf",
         "isfinite", "signbit", "copysign", "floor_divide", "remainder", "fmod", "conjugate", "reciprocal", "fabs", "heaviside"}


def agree(name, ours, theirs, complex_input=False):
    assert ours.dtype == theirs.dtype, (name, ours.dtype, theirs.dtype)
    if theirs.dtype.kind not in "fc":
        np.testing.assert_array_equal(ours, theirs, err_msg=name)
    elif name in EXACT and theirs.dtype.kind == "f" and not complex_input:
        equal = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
        assert equal.all(), (name, ours[~equal][:5], theirs[~equal][:5])
    else:
        real = theirs.real.dtype
        np.testing.assert_allclose(ours, theirs, rtol=8 * np.finfo(real).eps, atol=float(np.finfo(real).eps), err_msg=name)


def numpy_result(function, *args):
    with np.errstate(all="ignore"):
        try:
            return function(*args)
        except (TypeError, ValueError) as error:
            return TypeError if isinstance(error, TypeError) else ValueError  # NumPy's own subclasses


@pytest.mark.parametrize("name", [n for n in functions.UFUNCS if n not in ("nextafter",)])
def test_ufunc_agrees_with_numpy(name):
    ours, theirs = getattr(wf, name), getattr(np, name)
    for k, dtype in enumerate(DTYPES):
        host = [values(dtype, seed) for seed in range(ours.nin)]
        if name in ("left_shift", "right_shift") and host[1].dtype.kind in "iu":
            host[1] = np.abs(host[1].astype(np.int64) % 100).astype(dtype)
        if name == "power" and host[1].dtype.kind in "i":
            host[1] = np.abs(host[1].astype(np.int64) % 7).astype(dtype)
        expected = numpy_result(theirs, *host)
        if isinstance(expected, type):
            with pytest.raises(expected):
                ours(*map(wf.asarray, host)).get()
            continue
        if host[0].dtype.kind == "c" and name not in EXACT | {"equal", "less"}:
            continue  # through NumPy
        if name in ("floor", "ceil", "trunc") and host[0].dtype.kind in "biu" and np.lib.NumpyVersion(np.__version__) < "2.1.0":
            expected = host[0]  # integers stay what they are since NumPy 2.1
        if host[0].dtype.kind == "c" and name in ("divide", "reciprocal", "multiply", "square", "absolute"):
            host = [h[20:] for h in host]  # infinities: C leaves the parts open
            expected = numpy_result(theirs, *host)
        if name == "reciprocal" and host[0].dtype.kind in "iu":
            host[0][host[0] == 0] = 1  # the machine's own
            expected = np.reciprocal(host[0])
        _core.array_set_policy(LOOPS)
        result = ours(*map(wf.asarray, host)).get()
        agree(name, result, expected, host[0].dtype.kind == "c")


@pytest.mark.parametrize("name", ["add", "multiply", "divide", "floor_divide", "remainder", "sin", "exp", "power", "sqrt", "maximum",
                                  "less", "logical_xor", "right_shift", "isnan", "absolute", "sign", "rint"])
def test_compiled_kernels_have_the_loops_bits(name):
    ours = getattr(wf, name)
    for dtype in ("bool", "uint8", "int32", "int64", "float16", "float32", "float64", "complex64"):
        host = [values(dtype, seed, 1000) for seed in range(ours.nin)]
        try:
            _core.array_set_policy(LOOPS)
            loops = ours(*map(wf.asarray, host)).get()
        except TypeError:
            continue
        _core.array_set_policy(COMPILE)
        same_bits(ours(*map(wf.asarray, host)).get(), loops)


def test_promotion_is_numpys():
    for a, b in itertools.product(DTYPES, DTYPES):
        assert _core.array_promote(a, b) == np.promote_types(a, b), (a, b)
        for casting in ("no", "equiv", "safe", "same_kind", "unsafe"):
            assert _core.array_can_cast(a, b, casting) == np.can_cast(a, b, casting), (a, b, casting)
    for dtype in DTYPES:
        x, y = np.ones(2, dtype), wf.ones(2, dtype)
        for scalar in (2, 2.5, 2j, np.float32(2), np.int16(3), np.uint64(3)):
            assert (y * scalar).dtype == (x * scalar).dtype, (dtype, scalar)
            assert (scalar * y).dtype == (scalar * x).dtype, (dtype, scalar)
    assert (wf.ones(2, "bfloat16") + wf.ones(2, "float16")).dtype == np.float32
    assert (wf.ones(2, "bfloat16") + wf.ones(2, "int8")).dtype == wf.bfloat16


def test_casts_agree_with_numpy():
    for a, b in itertools.product(DTYPES, DTYPES):
        host = values(a, 5)
        if host.dtype.kind in "fc" and np.dtype(b).kind in "iu":
            host = np.abs(np.nan_to_num(host.real, posinf=3, neginf=2)).astype(a)  # inside the range
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
            expected = host.astype(b)
        for policy in (LOOPS, COMPILE) if a in ("float16", "int64", "float64", "bool") else (LOOPS,):
            _core.array_set_policy(policy)
            same_bits(wf.asarray(host).astype(b).get(), expected)


def test_scalars_out_of_range():
    with pytest.raises(OverflowError):
        wf.ones(3, "uint8") + 300
    with pytest.raises(OverflowError):
        wf.ones(3, "int8")[...] = 200
    assert (wf.ones(3, "uint8") < 300).all()
    with pytest.raises(ValueError):
        wf.ones(3, "int32") ** -1


def test_errors_come_at_the_call():
    a, b = wf.ones((3, 4)), wf.ones((5,))
    with pytest.raises(ValueError, match=r"\(3,4\) \(5,\)"):
        a + b
    with pytest.raises(TypeError):
        wf.sin(wf.ones(3, "complex64"), out=wf.empty(3, "int8"))
    with pytest.raises(TypeError):
        ~wf.ones(3)
    with pytest.raises(IndexError):
        a[3]
    with pytest.raises(np.exceptions.AxisError):
        a.sum(axis=2)
    with pytest.raises(ValueError):
        a.reshape(5, 5)
    with pytest.raises(ValueError, match="zero-size"):
        wf.empty((0, 3)).max()


def test_out_where_dtype():
    a, b = np.arange(6.0).reshape(2, 3), np.ones((2, 3))
    out = wf.zeros((2, 3))
    assert wf.add(wf.asarray(a), wf.asarray(b), out=out) is out
    np.testing.assert_array_equal(out.get(), a + b)
    wf.multiply(wf.asarray(a), 10, out=out, where=wf.asarray(a > 2))
    np.testing.assert_array_equal(out.get(), np.where(a > 2, a * 10, a + b))
    assert wf.add(wf.ones(2, "int32"), 1, dtype="float64").dtype == np.float64
    with pytest.raises(TypeError):
        wf.add(wf.ones(2), 1, out=wf.empty(2, "int32"))


@pytest.mark.parametrize("where", [[1, 0, 2], (0.5, 0, np.int64(3)), [[1], [0]], [True, False, True], 1, 0, 2.5, 0.0])
def test_where_of_lists_and_numbers_means_their_truth(where):
    """NumPy casts nothing there: it reads a list as one of bools. An array of integers stays an error."""
    shape = (2, 3) if np.ndim(where) == 2 else (3,)
    for call in (lambda np_, out: np_.add(np_.asarray([1, 2, 3]), 1, where=where, out=out),
                 lambda np_, out: np_.sqrt([1.0, 4.0, 9.0], where=where, out=out),
                 lambda np_, out: np_.copyto(out, np_.ones(shape), where=where)):
        got, want = wf.full(shape, -1.0), np.full(shape, -1.0)
        call(wf, got), call(np, want)
        np.testing.assert_array_equal(got.get(), want)
    for function in (lambda of: wf.add(wf.ones(3), 1, where=of), lambda of: wf.copyto(wf.ones(3), 1, where=of)):
        with pytest.raises(TypeError, match="'safe'"):
            function(wf.asarray([1, 0, 2]))


def test_what_has_no_kernel_goes_through_numpy_with_one_warning():
    from weft._array import fallback
    fallback._told.discard("roots of NumPy's")
    function, x = fallback.wrapped(np.roots, "roots of NumPy's"), np.array([1.0, -3.0, 2.0])
    with pytest.warns(fallback.FallbackWarning, match="roots of NumPy's"):
        result = function(wf.asarray(x))
    assert isinstance(result, wf.ndarray)
    np.testing.assert_allclose(result.get(), np.roots(x), rtol=1e-6)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        function(wf.asarray(x))


def test_fallback_can_be_forbidden():
    from weft._array import fallback
    wf.config.fallback = "error"
    try:
        with pytest.raises(wf.UnsupportedError, match="roots of NumPy's"):
            fallback.wrapped(np.roots, "roots of NumPy's")(wf.asarray(np.array([1.0, 2.0])))
    finally:
        wf.config.fallback = None
