"""Functions of NumPy's namespace that have code of their own since they were asked for: padding, editing, interpolation,
windows, polynomials, folds of ufuncs, complex orders. Each call must give NumPy's values without going through NumPy."""

import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import weft as wf
from weft import _core
from weft._array import bulk

pytestmark = pytest.mark.filterwarnings("error::weft.FallbackWarning")
quick = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
rng = np.random.default_rng(5)
A = rng.standard_normal((4, 6))
V = rng.standard_normal(20)
I = rng.integers(-50, 50, (5, 7))
C = (rng.integers(-3, 4, (4, 6)) + 1j * rng.integers(-3, 4, (4, 6))).astype(np.complex128)
B = rng.integers(0, 2, 37).astype(bool)
U = rng.integers(0, 256, (3, 11)).astype(np.uint8)


def ours(thing):
    if isinstance(thing, np.ndarray):
        return wf.asarray(thing)
    if isinstance(thing, (list, tuple)):
        return type(thing)(map(ours, thing))
    return thing


def theirs(thing):
    if isinstance(thing, wf.ndarray):
        return thing.get()
    return type(thing)(map(theirs, thing)) if isinstance(thing, (list, tuple)) else thing


def compare(got, expected, exact=True):
    if isinstance(expected, (list, tuple)):
        assert len(got) == len(expected)
        for g, e in zip(got, expected):
            compare(g, e, exact)
        return
    if isinstance(expected, (bool, str)):
        assert got == expected
        return
    got, expected = np.asarray(theirs(got)), np.asarray(expected)
    assert got.shape == expected.shape and got.dtype == expected.dtype, (got.dtype, expected.dtype, got.shape, expected.shape)
    if exact and expected.dtype.kind not in "fc":
        np.testing.assert_array_equal(got, expected)
    else:
        size = {2: 2e-3, 4: 1e-5}.get(expected.real.dtype.itemsize, 1e-12)
        np.testing.assert_allclose(got, expected, size, size)


def both(name, *args, **kwargs):
    """The call in weft and in NumPy: equal results, or errors of the same type."""
    function = getattr(np, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            expected = function(*args, **kwargs)
        except Exception as error:
            if name == "cross" and np.lib.NumpyVersion(np.__version__) >= "2.5.0":
                return  # vectors of two elements, which newer NumPys refuse and weft still takes
            public = TypeError if isinstance(error, TypeError) else type(error)
            with pytest.raises(public):
                getattr(wf, name)(*ours(args), **kwargs)
            return
    compare(getattr(wf, name)(*ours(args), **kwargs), expected)


CASES = [
    ("delete", A, 1, 0), ("delete", A, -1, 1), ("delete", A, [0, 2], 0), ("delete", A, slice(None, None, 2), 1), ("delete", A, 3),
    ("delete", A, [True, False, True, False], 0), ("delete", A, [], 0), ("delete", A, 9, 0), ("delete", A, [1, 9], 0),
    ("delete", A, [True, False], 0), ("delete", A, [0, 1, 2, 3], 0), ("delete", A, 1.5, 0), ("delete", A, np.array(2), 0),
    ("insert", A, 1, 9.0, 0), ("insert", A, -1, 9.0, 1), ("insert", A, [1, 3], [[1.0], [2.0]], 0), ("insert", A, [0, 0, 4], 7, 0),
    ("insert", V, 3, [1, 2, 3]), ("insert", V, [1, 1, 5], [1, 2, 3]), ("insert", A, slice(0, 3), 1, 1), ("insert", A, 9, 1, 0),
    ("insert", I, 2, 3.7, 1), ("insert", A, [2], np.ones((4, 3)), 1), ("insert", A, 2, np.ones((4, 1)), 1), ("insert", A, [], 1, 0),
    ("insert", A, [1, 99], 1, 0), ("insert", A, np.array([True, False, True, False]), 5, 0), ("insert", V, 2, 5), ("insert", A, 1, np.arange(6), 0),
    ("block", [[A, A], [A, A]]), ("block", [V, 1.0, V]), ("block", V), ("block", [[A], [np.ones((2, 6))]]), ("block", [A, [A]]), ("block", []),
    ("block", [[A, np.ones((3, 2))]]), ("block", (A, A)),
    ("cross", A[:, :3], A[:, 3:]), ("cross", A[:, :2], A[:, 2:5]), ("cross", A[:, :3], A[:, :2]), ("cross", A[:, :2], A[:, 2:4]),
    ("cross", A[:3], A[1:], 0, 0, 0), ("cross", A, A),
    ("interp", V, np.arange(-2.0, 3), np.arange(5.0) ** 2), ("interp", 0.5, [0, 1], [3, 4]), ("interp", V, [0.0], [2.0]),
    ("interp", V, np.arange(-2.0, 3), np.arange(5.0) * 1j, -1, 1j), ("interp", [np.nan, -np.inf, np.inf, 1], [0, 1, 2], [1, np.inf, 3]),
    ("interp", V, [0.5, 0.1, 0.9], [1, 2, 3], None, None, 1.0), ("interp", V, [], []), ("interp", V, [1, 2], [1]),
    ("unwrap", np.cumsum(V * 3)), ("unwrap", A * 9, None, 0), ("unwrap", I * 3), ("unwrap", A * 9, 4.0),
    ("gradient", V), ("gradient", A), ("gradient", A, 2.0), ("gradient", A, np.array([0, 1, 3, 7.0]), 0.5), ("gradient", I), ("gradient", C),
    ("gradient", V, V), ("gradient", V[:1]), ("gradient", A, 1.0, 2.0, 3.0), ("gradient", V.astype(np.float32)),
    ("trapezoid", V), ("trapezoid", A, None, 0.5, 0), ("trapezoid", A, np.arange(6) ** 2), ("trapezoid", A, np.cumsum(A, 1)), ("trapezoid", I),
    ("bartlett", 7), ("bartlett", 1), ("bartlett", 0), ("blackman", 12), ("hamming", 13), ("hanning", 9), ("kaiser", 11, 14.0), ("kaiser", 1, 2),
    ("convolve", V, V[:4]), ("convolve", V[:3], V, "same"), ("convolve", V, V[:4], "same"), ("convolve", V, V[:4], "valid"),
    ("convolve", I.ravel(), I[0]), ("convolve", V, []), ("convolve", A, V), ("convolve", V, V), ("convolve", B, B[:20]), ("convolve", 2, V),
    ("convolve", V, V[:4], "nonsense"), ("convolve", I.ravel().astype(np.int8), I[0].astype(np.int8)),
    ("correlate", V, V[:4]), ("correlate", V[:4], V, "full"), ("correlate", C.ravel(), C[0], "same"), ("correlate", C[0], C.ravel(), "full"),
    ("correlate", V[:5], V, "same"), ("correlate", V[:4], V, "same"),
    ("packbits", B), ("packbits", U, 1), ("packbits", U, 0, "little"), ("packbits", A), ("packbits", I[:, :3] > 0, -1),
    ("unpackbits", U), ("unpackbits", U, 1), ("unpackbits", U, 0, 5), ("unpackbits", U, 1, -3), ("unpackbits", U, 1, 100, "little"), ("unpackbits", A),
    ("linspace", A[0], A[1], 5), ("linspace", A[0], 3, 5, False), ("linspace", [0, 1], [5, 6], 4, True, True, int), ("linspace", A[0], A[0], 3),
    ("linspace", A, 2 * A, 3, True, False, None, -1), ("linspace", A[0], A[1], 1), ("linspace", C[0], C[1], 4),
    ("logspace", A[0], A[1], 5), ("logspace", [0, 1], 3, 4, False), ("logspace", 0, 2, 4, True, [2, 3]), ("logspace", A, 2, 3, True, 10.0, None, 1),
    ("geomspace", 1, 1000, 4), ("geomspace", -1, -1000, 4), ("geomspace", 1j, 1000j, 4), ("geomspace", [1, 2], [64, 3], 5), ("geomspace", 0, 5),
    ("geomspace", 1, 256, 9, True, int), ("geomspace", 1, 16, 4, False), ("geomspace", [1, 2], 8, 3, True, None, 1),
    ("round", I, -1), ("round", C * 1.2345, 2), ("round", np.array([15, 25, 35, 255], np.int32), -1), ("i0", V), ("i0", I[0]), ("i0", C),
    ("polyadd", V[:3], V[:5]), ("polysub", V[:3], 2), ("polymul", [0, 0, 1, 2], [3, 4]), ("polydiv", V[:7], V[:3]), ("polydiv", [1, 2], [1, 2, 3]),
    ("polyder", V[:6]), ("polyder", V[:6], 2), ("polyder", [1, 2, 3]), ("polyder", V[:3], -1), ("polyint", V[:4]), ("polyint", V[:4], 2, [1, 2]),
    ("polyint", V[:4], 2, [1]), ("polyint", V[:4], 3, [1, 2]), ("poly", [1, 2, 3]), ("poly", [1j, -1j, 2]), ("poly", []),
    ("polydiv", [1.0, 5.0, 6.0], [1.0, 2.0]), ("mask_indices", 4, np.triu), ("isfortran", np.asfortranarray(A)), ("isfortran", A),
    ("bitwise_count", I), ("bitwise_count", np.array([-128, 127, -1], np.int8)), ("bitwise_count", V), ("bitwise_count", B),
    ("max", C), ("min", C, 0), ("max", C, (0, 1)), ("argmax", C), ("argmin", C, 1), ("prod", C, 1), ("prod", C), ("any", C, 0), ("all", C),
    ("searchsorted", np.sort(C.ravel()), C.ravel()), ("searchsorted", np.sort(C.ravel()), C, "right"), ("isin", C, C[0]), ("sign", C),
    ("maximum", C, C[::-1].copy()), ("minimum", C, C[0]), ("fmax", C, C[0]), ("fmin", C, C[0]),
    ("frexp", V), ("frexp", V.astype(np.float16)), ("frexp", I), ("ldexp", V, I.ravel()[:20]), ("ldexp", V.astype(np.float32), 200),
    ("ldexp", V, V), ("ldexp", 1.5, np.array([-1080, -1074, 1023, 1024, 99999, -99999])), ("ldexp", V.astype(np.float16), -20),
    ("gcd", I, 12), ("lcm", I, I[0]), ("gcd", np.array([-128, 0], np.int8), np.int8(0)), ("gcd", V, 2), ("lcm", np.arange(200, dtype=np.uint8), np.uint8(7)),
    ("einsum_path", "ij,jk,kl", A, A.T, A), ("apply_along_axis", np.cumsum, 0, A), ("apply_over_axes", np.sum, A, [0, 1]),
    ("piecewise", V, [V < 0, V > 1], [-1, 1, 0]), ("piecewise", V, [V < 0], [np.negative, np.sqrt]), ("piecewise", V, [V < 0], [1, 2, 3]),
    ("histogram", V, "auto"), ("histogram", V, "fd"), ("histogram", V, "scott"), ("histogram", V, "sturges"), ("histogram", V, "rice"),
    ("histogram", V, "doane"), ("histogram", V, "sqrt"), ("histogram", V, "stone"), ("histogram", I.ravel(), "auto"), ("histogram", V, "none"),
    ("histogram_bin_edges", V, "auto", (0, 1)), ("histogram", np.ones(5), "auto"), ("matmul", A, A.T),
]


def _label(case):
    return case[0]


@pytest.mark.parametrize("case", CASES, ids=_label)
def test_as_numpy(case):
    name, *args = case
    if name in ("mask_indices", "apply_along_axis", "apply_over_axes", "piecewise"):
        twin = [getattr(wf, a.__name__) if callable(a) else a for a in args]
        twin = [[getattr(wf, f.__name__) if callable(f) else f for f in a] if isinstance(a, list) else a for a in twin]
        try:
            expected = getattr(np, name)(*args)
        except ValueError:
            with pytest.raises(ValueError):
                getattr(wf, name)(*ours(twin))
            return
        compare(getattr(wf, name)(*ours(twin)), expected)
        return
    both(name, *args)


# ---- pad

MODES = [("constant", {}), ("constant", {"constant_values": ((1, 2), (3, 4))}), ("edge", {}), ("linear_ramp", {}), ("linear_ramp", {"end_values": (5, -4)}),
         ("maximum", {}), ("maximum", {"stat_length": 2}), ("mean", {}), ("mean", {"stat_length": ((2, 1), (3, 2))}), ("median", {}),
         ("minimum", {"stat_length": 3}), ("reflect", {}), ("reflect", {"reflect_type": "odd"}), ("symmetric", {}),
         ("symmetric", {"reflect_type": "odd"}), ("wrap", {}), ("constant", {"constant_values": 3})]


@pytest.mark.parametrize("dtype", ["float64", "int32", "uint8", "complex64"])
@pytest.mark.parametrize("mode,options", MODES, ids=[m[0] for m in MODES])
def test_pad(mode, options, dtype):
    a = (rng.integers(0, 100, (4, 5)) * 1).astype(dtype)
    if mode == "median" and dtype == "complex64":
        return
    for widths in (0, 1, (2, 1), ((3, 0), (1, 2)), ((9, 14), (11, 0)), {-1: (2, 3)}):
        if mode == "linear_ramp" and dtype == "uint8" and options:
            continue  # a negative number in uint8
        both("pad", a, widths, mode, **options)


def test_pad_refuses():
    for args in ((A, -1), (A, 1.5), (A, 1, "no such mode"), (A, ((1, 2, 3),)), (np.empty((0, 3)), 1, "edge"), (A, (1, 2, 3))):
        both("pad", *args)
    both("pad", A, 1, "edge", constant_values=3)
    both("pad", A, 1, "maximum", stat_length=0)
    both("pad", np.empty((0, 3)), ((0, 0), (1, 1)), "edge")
    both("pad", np.ones((1, 1)), 3, "reflect")


def test_pad_by_a_function():
    def frame(vector, widths, axis, options):
        vector[:widths[0]] = options["value"]
        if widths[1]:
            vector[-widths[1]:] = options["value"]
    compare(wf.pad(wf.asarray(I), 2, frame, value=7), np.pad(I, 2, frame, value=7))
    assert np.array_equal(wf.pad(wf.asarray(I), 1, "empty")[1:-1, 1:-1].get(), I)


# ---- folds of ufuncs

FOLDED = ["add", "multiply", "maximum", "minimum", "logical_and", "logical_or", "logical_xor", "bitwise_and", "bitwise_or", "bitwise_xor",
          "gcd", "lcm", "subtract"]
FLOATS = ["logaddexp", "logaddexp2", "hypot", "fmax", "fmin", "add", "maximum", "divide", "heaviside"]


@pytest.mark.parametrize("name,data", [(n, I % 12) for n in FOLDED] + [(n, A) for n in FLOATS], ids=FOLDED + FLOATS)
def test_folds(name, data):
    f, ours_ = getattr(np, name), wf.asarray(data)
    for axis in (0, 1, -1):
        compare(getattr(wf, name).reduce(ours_, axis=axis), f.reduce(data, axis=axis))
        compare(getattr(wf, name).reduce(ours_, axis=axis, keepdims=True), f.reduce(data, axis=axis, keepdims=True))
        compare(getattr(wf, name).accumulate(ours_, axis=axis), f.accumulate(data, axis=axis))
        if name not in ("subtract", "divide", "heaviside"):
            places = [0, 2, 2, 1, 3]
            compare(getattr(wf, name).reduceat(ours_, places, axis=axis), f.reduceat(data, places, axis=axis))
            compare(getattr(wf, name).reduceat(ours_, wf.asarray([1, 3]), axis=axis), f.reduceat(data, [1, 3], axis=axis))


def test_folds_refuse():
    for name, args in (("reduceat", ([0, 99],)), ("reduceat", ([-1],)), ("reduceat", ([[0]],))):
        with pytest.raises((IndexError, ValueError, TypeError)) as caught:
            getattr(np.add, name)(I, *args)
        with pytest.raises(caught.type):
            getattr(wf.add, name)(wf.asarray(I), *args)
    with pytest.raises(ValueError, match="no identity"):
        wf.fmax.reduce(wf.zeros((0, 3)))
    with pytest.raises(ValueError, match="not reorderable"):
        wf.subtract.reduce(wf.asarray(A), axis=(0, 1))
    assert wf.gcd.reduce(wf.asarray([12, 18, 30])).item() == 6
    assert wf.logaddexp.reduce(wf.asarray(A), axis=None).item() == pytest.approx(np.logaddexp.reduce(A, axis=None))
    assert wf.fmax.reduce(wf.asarray(V), initial=99.0).item() == 99.0


@pytest.mark.parametrize("name", ["subtract", "divide", "fmod", "hypot", "logaddexp", "fmax"])
def test_folds_begin_with_initial(name):
    """From the left it stands before the first element; what a mask leaves out changes nothing. (NumPy's own masked folds of
    power and arctan2 keep only the last element.)"""
    x, mask = np.array([[3.0, 1.5, 4.0], [2.0, 0.5, 1.0]]), np.array([[True, False, True], [False, True, True]])
    for axis in 0, 1:
        for kwargs in ({"initial": 2.0}, {"initial": 2.0, "where": mask}):
            expected = getattr(np, name).reduce(x, axis=axis, **kwargs)
            given = {key: wf.asarray(value) if key == "where" else value for key, value in kwargs.items()}
            np.testing.assert_allclose(getattr(wf, name).reduce(wf.asarray(x), axis=axis, **given).get(), expected, rtol=1e-12)


@pytest.mark.parametrize("name", ["hypot", "gcd", "logical_xor", "subtract", "fmax"])
def test_a_fold_of_one_element_is_a_copy(name):
    x = np.array([[3, 4]]) if name in ("gcd", "logical_xor") else np.array([[3.0, 4.0]])
    for method in "reduce", "accumulate":
        a = wf.asarray(x)
        b = getattr(getattr(wf, name), method)(a, axis=0)
        b[...] = 0
        assert (a.get() == x).all(), method


@pytest.mark.parametrize("kernels", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "float16", "complex64"])
@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "maximum"])
def test_at_keeps_the_order_of_the_indices(name, dtype, kernels):
    """Hundreds of values for one place: sums of floats depend on the order."""
    generator = np.random.default_rng(5)
    places = generator.integers(0, 3, 500)
    values = (generator.standard_normal(500) * 3 if name != "multiply" else 1 + generator.standard_normal(500) / 50).astype(dtype)
    expected = np.ones(4, dtype)
    getattr(np, name).at(expected, places, values)
    bulk.kernels_everywhere = kernels
    try:
        got = wf.ones(4, dtype)
        getattr(wf, name).at(got, wf.asarray(places), wf.asarray(values))
        if dtype == "complex64" and name == "multiply":
            np.testing.assert_allclose(got.get(), expected, rtol=1e-4)
        else:
            np.testing.assert_array_equal(got.get(), expected)
    finally:
        bulk.kernels_everywhere = False


@pytest.mark.parametrize("kernels", [False, True])
@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "maximum", "minimum", "bitwise_or", "logical_xor", "power", "hypot"])
@pytest.mark.parametrize("dtype", ["int32", "float32", "float64", "bool", "complex64"])
def test_at(name, dtype, kernels):
    target, places = (rng.integers(0, 9, 7)).astype(dtype), rng.integers(-7, 7, 40)
    values = rng.integers(0, 3, 40).astype(dtype)
    expected = target.copy()
    try:
        getattr(np, name).at(expected, places, values)
    except TypeError:
        return
    bulk.kernels_everywhere = kernels
    try:
        got = wf.asarray(target)
        getattr(wf, name).at(got, wf.asarray(places), wf.asarray(values))
        compare(got, expected)
        table, wide = wf.asarray(I.astype(np.float64)), I.astype(np.float64)
        if dtype == "float64" and name in ("add", "maximum"):
            getattr(wf, name).at(table, (slice(None), [1, 1, 3]), 2.5)
            getattr(np, name).at(wide, (slice(None), [1, 1, 3]), 2.5)
            compare(table, wide)
    finally:
        bulk.kernels_everywhere = False


def test_at_of_one_argument():
    got, expected = wf.asarray(V), V.copy()
    wf.negative.at(got, [0, 1, 1, 2])
    np.negative.at(expected, [0, 1, 1, 2])
    compare(got, expected)
    with pytest.raises(IndexError):
        wf.add.at(got, [99], 1.0)
    with pytest.raises(ValueError, match="read-only"):
        wf.hypot.at(wf.broadcast_to(wf.asarray(1.0), (3,)), [0], 1.0)


# ---- complex orders, with what is no number

def odd_complex(dtype, n=60, seed=3):
    some = np.random.default_rng(seed)
    parts = np.array([0.0, -0.0, 1.0, -1.0, 2.5, np.inf, -np.inf, np.nan])
    result = np.empty(n, dtype)
    result.real, result.imag = some.choice(parts, n), some.choice(parts, n)
    return result


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
@pytest.mark.parametrize("policy", [1, 2], ids=["compiled", "loops"])
def test_complex_elements(dtype, policy):
    x, y = odd_complex(dtype), odd_complex(dtype, seed=4)
    _core.array_set_policy(policy)
    try:
        with np.errstate(all="ignore"):
            for name in ("maximum", "minimum", "fmax", "fmin"):
                np.testing.assert_array_equal(getattr(wf, name)(wf.asarray(x), wf.asarray(y)).get(), getattr(np, name)(x, y))
            np.testing.assert_array_equal(wf.sign(wf.asarray(x)).get(), np.sign(x))
    finally:
        _core.array_set_policy(0)


@pytest.mark.parametrize("nan", [False, True])
def test_complex_reductions(nan):
    x = odd_complex("complex128").reshape(5, 12)
    x = x if nan else np.nan_to_num(x, nan=1.0, posinf=np.inf, neginf=-np.inf)
    for axis in (None, 0, 1):
        for name in ("max", "min", "argmax", "argmin"):
            both(name, x, axis)
        for name in ("nanmax", "nanmin"):
            both(name, np.where(np.isnan(x), np.nan, x), axis)
    assert wf.max(wf.asarray(x), initial=complex(np.inf, np.inf)).get().real in (np.inf,) or nan
    s = np.sort(x.ravel())
    both("searchsorted", s, x.ravel())
    both("searchsorted", s, x.ravel(), "right")


# ---- numbers

@pytest.mark.parametrize("policy", [1, 2], ids=["compiled", "loops"])
@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"])
def test_divisors(dtype, policy):
    info = np.iinfo(dtype)
    x = np.concatenate([rng.integers(info.min, info.max, 200, dtype=dtype, endpoint=True), np.array([info.min, info.max, 0, 0, 1], dtype)])
    y = np.concatenate([rng.integers(0, 100, 200).astype(dtype), np.array([0, info.max, 0, 5, info.min], dtype)])
    _core.array_set_policy(policy)
    try:
        for name in ("gcd", "lcm"):
            np.testing.assert_array_equal(getattr(wf, name)(wf.asarray(x), wf.asarray(y)).get(), getattr(np, name)(x, y))
        np.testing.assert_array_equal(wf.bitwise_count(wf.asarray(x)).get(), np.bitwise_count(x))
    finally:
        _core.array_set_policy(0)


@pytest.mark.parametrize("policy", [1, 2], ids=["compiled", "loops"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_exponents(dtype, policy):
    with np.errstate(all="ignore"):
        bits = rng.integers(0, 2 ** (8 * np.dtype(dtype).itemsize) - 1, 500, dtype=f"u{np.dtype(dtype).itemsize}", endpoint=True)
        x = np.concatenate([bits.view(dtype), np.array([0, -0.0, np.inf, -np.inf, np.nan, 1, 0.5], dtype)])
        n = rng.integers(-60, 60, x.size).astype(np.int32)
        _core.array_set_policy(policy)
        try:
            mantissas, exponents = wf.frexp(wf.asarray(x))
            np.testing.assert_array_equal(mantissas.get(), np.frexp(x)[0])
            finite = np.isfinite(x)
            np.testing.assert_array_equal(exponents.get()[finite], np.frexp(x)[1][finite])
            assert exponents.dtype == np.int32
            np.testing.assert_array_equal(wf.ldexp(wf.asarray(x), wf.asarray(n)).get(), np.ldexp(x, n))
        finally:
            _core.array_set_policy(0)


def test_new_operations_fuse():
    x = wf.asarray(rng.integers(1, 100, 1000))
    result = wf.gcd(x, 12) * wf.bitwise_count(x)
    assert len(str(wf.explain(result)).splitlines()) and wf.array_equal(result, np.gcd(x.get(), 12) * np.bitwise_count(x.get()))


# ---- quantiles with weights

@pytest.mark.parametrize("axis", [None, 0, 1])
def test_weighted_quantiles(axis):
    weights = rng.integers(0, 4, A.shape).astype(float)
    weights[0] += 1
    weights[:, 0] += 1
    for q in (0.0, 0.3, [0.1, 0.5, 1.0]):
        for name in ("quantile", "nanquantile"):
            both(name, A, q, axis, weights=weights, method="inverted_cdf")
    holes = np.where(A > 1, np.nan, A)
    both("nanquantile", holes, [0.2, 0.7], axis, weights=weights, method="inverted_cdf")
    both("percentile", A, 30, axis, weights=weights, method="inverted_cdf", keepdims=True)
    both("quantile", A, 0.5, axis, weights=weights)
    if axis == 0:
        both("quantile", A, 0.5, 0, weights=np.arange(1.0, 5), method="inverted_cdf")
        both("quantile", A, 0.5, 0, weights=-np.arange(1.0, 5), method="inverted_cdf")


# ---- drawn

@given(st.data())
@quick
def test_editing_drawn(data):
    n = data.draw(st.integers(1, 9))
    a = np.arange(n * 3.0).reshape(n, 3)
    places = data.draw(st.lists(st.integers(-n, n), max_size=6))
    axis = data.draw(st.sampled_from([0, None]))
    both("insert", a, places, 7.0, axis)
    inside = [p for p in places if p < n]
    both("delete", a, inside, axis)
    widths = data.draw(st.tuples(st.integers(0, 12), st.integers(0, 12)))
    for mode in ("reflect", "symmetric", "wrap", "edge"):
        both("pad", a, (widths, (0, 1)), mode)


@given(st.lists(st.integers(0, 29), min_size=1, max_size=12), st.sampled_from(["add", "maximum", "bitwise_xor", "multiply"]))
@quick
def test_reduceat_drawn(places, name):
    a = np.arange(60).reshape(30, 2) % 7
    compare(getattr(wf, name).reduceat(wf.asarray(a), places), getattr(np, name).reduceat(a, places))


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=20), st.integers(2, 8), st.sampled_from([None, 2.5]))
@quick
def test_interp_drawn(x, n, period):
    points = np.sort(np.random.default_rng(n).uniform(-4, 4, n))
    both("interp", np.array(x), points, points ** 2, None, None, period)


# ---- what of linalg and fft needs no decomposition and no transform

@pytest.mark.parametrize("data", [A, C, I, A.astype(np.float32), np.arange(24.0).reshape(2, 3, 4)], ids=["real", "complex", "integers", "float32", "stack"])
@pytest.mark.filterwarnings("ignore:divide by zero")
def test_norms(data):
    x = wf.asarray(data)
    for ord in (None, 0, 1, -1, 2, 3, -2.5, np.inf, -np.inf, "fro", "f", "nonsense"):
        for axis in (None, 0, -1, (0, 1), (1, 0), (0, 0), 9):
            if ord in (2, "nuc") and axis != 0 and axis != -1 and axis != 9:
                continue  # singular values
            try:
                expected = np.linalg.norm(data, ord, axis)
            except Exception as error:
                with pytest.raises(np.exceptions.AxisError if isinstance(error, np.exceptions.AxisError) else ValueError):
                    wf.linalg.norm(x, ord, axis)
                continue
            compare(wf.linalg.norm(x, ord, axis), expected)
            compare(wf.linalg.norm(x, ord, axis, keepdims=True), np.linalg.norm(data, ord, axis, keepdims=True))
    compare(wf.linalg.vector_norm(x, axis=(0, 1), ord=3), np.linalg.vector_norm(data, axis=(0, 1), ord=3))
    compare(wf.linalg.vector_norm(x, keepdims=True), np.linalg.vector_norm(data, keepdims=True))
    compare(wf.linalg.matrix_norm(x, ord=1), np.linalg.matrix_norm(data, ord=1))
    for name in ("matrix_transpose", "diagonal", "trace"):
        compare(getattr(wf.linalg, name)(x), getattr(np.linalg, name)(data))


def test_products_of_many_matrices():
    shapes = [(3, 20), (20, 2), (2, 30), (30, 4)]
    matrices = [rng.standard_normal(s) for s in shapes]
    compare(wf.linalg.multi_dot(list(map(wf.asarray, matrices))), np.linalg.multi_dot(matrices))
    ends = [matrices[0][0], *matrices[1:3], matrices[3][:, 0]]
    compare(wf.linalg.multi_dot(list(map(wf.asarray, ends))), np.linalg.multi_dot(ends))
    square = rng.integers(-3, 3, (2, 3, 3))
    for n in (0, 1, 2, 5, 8):
        compare(wf.linalg.matrix_power(wf.asarray(square), n), np.linalg.matrix_power(square, n))
    with pytest.raises(np.linalg.LinAlgError):
        wf.linalg.matrix_power(wf.ones((2, 3)), 2)


def test_frequencies():
    for n in (1, 4, 5):
        compare(wf.fft.fftfreq(n, 0.3), np.fft.fftfreq(n, 0.3))
        compare(wf.fft.rfftfreq(n, 0.3), np.fft.rfftfreq(n, 0.3))
    for axes in (None, 0, (1, 0)):
        compare(wf.fft.fftshift(wf.asarray(A), axes), np.fft.fftshift(A, axes))
        compare(wf.fft.ifftshift(wf.asarray(I), axes), np.fft.ifftshift(I, axes))


def test_descending():
    x = rng.integers(0, 5, (4, 9))
    compare(wf.sort(wf.asarray(x), axis=0, descending=True), np.sort(x, 0)[::-1])
    compare(wf.sort(wf.asarray(x), axis=None, descending=True), np.sort(x, None)[::-1])
    order = wf.argsort(wf.asarray(x), descending=True, stable=True)
    compare(order, np.argsort(-x, kind="stable"))
    compare(wf.argsort(wf.asarray(x), axis=None, descending=True), np.argsort(-x, None, kind="stable"))
