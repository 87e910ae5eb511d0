"""What the array API standard (2024.12) asks of a namespace, as its text says it: names, dtypes, promotion, special cases,
keywords, devices."""

import itertools
import math

import numpy as np
import pytest

import weft as xp

NAMES = """
abs acos acosh add asin asinh atan atan2 atanh bitwise_and bitwise_left_shift bitwise_invert bitwise_or bitwise_right_shift bitwise_xor ceil clip
conj copysign cos cosh divide equal exp expm1 floor floor_divide greater greater_equal hypot imag isfinite isinf isnan less less_equal log log1p
log2 log10 logaddexp logical_and logical_not logical_or logical_xor maximum minimum multiply negative nextafter not_equal positive pow real
reciprocal remainder round sign signbit sin sinh square sqrt subtract tan tanh trunc
arange asarray empty empty_like eye from_dlpack full full_like linspace meshgrid ones ones_like tril triu zeros zeros_like
astype can_cast finfo iinfo isdtype result_type broadcast_arrays broadcast_to concat expand_dims flip moveaxis permute_dims repeat reshape roll
squeeze stack tile unstack argmax argmin count_nonzero nonzero searchsorted where unique_all unique_counts unique_inverse unique_values
argsort sort cumulative_prod cumulative_sum max mean min prod std sum var all any diff matmul matrix_transpose tensordot vecdot take
take_along_axis e inf nan newaxis pi bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128
__array_namespace_info__ __array_api_version__
""".split()
METHODS = """__abs__ __add__ __and__ __array_namespace__ __bool__ __complex__ __dlpack__ __dlpack_device__ __eq__ __float__ __floordiv__ __ge__
__getitem__ __gt__ __index__ __int__ __invert__ __le__ __lshift__ __lt__ __matmul__ __mod__ __mul__ __ne__ __neg__ __or__ __pos__ __pow__
__rshift__ __setitem__ __sub__ __truediv__ __xor__ __iadd__ __radd__ __imul__ __rpow__ to_device dtype device mT ndim shape size T""".split()
SIGNED, UNSIGNED, REAL = ["int8", "int16", "int32", "int64"], ["uint8", "uint16", "uint32", "uint64"], ["float32", "float64"]


@pytest.mark.parametrize("name", NAMES)
def test_names(name):
    assert hasattr(xp, name)


@pytest.mark.parametrize("name", METHODS)
def test_methods(name):
    assert hasattr(xp.ones((2, 2)), name)


@pytest.mark.parametrize("name", "cross det diagonal eigh eigvalsh cholesky inv matmul matrix_norm matrix_power matrix_rank matrix_transpose outer "
                                 "pinv qr slogdet solve svd svdvals tensordot trace vecdot vector_norm".split())
def test_linalg_extension(name):
    assert hasattr(xp.linalg, name)


@pytest.mark.parametrize("name", "fft ifft fftn ifftn rfft irfft rfftn irfftn hfft ihfft fftfreq rfftfreq fftshift ifftshift".split())
def test_fft_extension(name):
    assert hasattr(xp.fft, name)


def test_namespace():
    assert xp.ones(1).__array_namespace__() is xp
    assert xp.__array_api_version__ >= "2023.12"
    info = xp.__array_namespace_info__()
    assert {"boolean indexing", "data-dependent shapes"} <= set(info.capabilities())
    assert info.default_dtypes()["real floating"] == xp.float64
    assert info.default_dtypes()["integral"] == info.default_dtypes()["indexing"] == xp.int64
    assert set(info.dtypes(kind="signed integer")) == set(SIGNED)
    assert info.default_device() in info.devices()


def test_promotion():
    for a, b in itertools.chain(itertools.product(SIGNED, SIGNED), itertools.product(UNSIGNED, UNSIGNED), itertools.product(REAL, REAL)):
        wanted = max(a, b, key=lambda t: np.dtype(t).itemsize)
        assert xp.result_type(getattr(xp, a), getattr(xp, b)) == wanted
        assert (xp.ones(2, dtype=a) + xp.ones(2, dtype=b)).dtype == wanted
    for signed, unsigned, wanted in (("int8", "uint8", "int16"), ("int16", "uint8", "int16"), ("int32", "uint32", "int64"), ("int64", "uint8", "int64")):
        assert xp.result_type(getattr(xp, signed), getattr(xp, unsigned)) == wanted
    for real, complex_, wanted in (("float32", "complex64", "complex64"), ("float64", "complex64", "complex128"), ("float32", "complex128", "complex128")):
        assert (xp.ones(1, dtype=real) * xp.ones(1, dtype=complex_)).dtype == wanted


@pytest.mark.parametrize("dtype", SIGNED + UNSIGNED + REAL)
def test_python_numbers_do_not_widen(dtype):
    x = xp.ones(3, dtype=dtype)
    for result in (x + 1, 1 + x, x * 2, 2 - x):
        assert result.dtype == dtype
    if dtype in REAL:
        assert (x + 0.5).dtype == (0.5 - x).dtype == dtype
    x += 1
    assert x.dtype == dtype


def test_isdtype():
    kinds = {"bool": ["bool"], "signed integer": SIGNED, "unsigned integer": UNSIGNED, "real floating": REAL, "complex floating": ["complex64", "complex128"]}
    kinds["integral"], kinds["numeric"] = SIGNED + UNSIGNED, SIGNED + UNSIGNED + REAL + kinds["complex floating"]
    for kind, members in kinds.items():
        for dtype in sum(kinds.values(), []):
            assert xp.isdtype(getattr(xp, dtype), kind) == (dtype in members)
    assert xp.isdtype(xp.float32, ("integral", xp.float32)) and not xp.isdtype(xp.float64, xp.float32)


def test_special_cases():
    inf, nan = math.inf, math.nan
    cases = {"pow": [(1.0, nan, 1.0), (nan, 0.0, 1.0), (0.0, -1.0, inf), (-0.0, -3.0, -inf), (-inf, 3.0, -inf), (-8.0, 0.5, nan)],
             "atan2": [(0.0, -0.0, math.pi), (-0.0, -1.0, -math.pi), (inf, -inf, 3 * math.pi / 4), (1.0, inf, 0.0)],
             "floor_divide": [(-7.0, 2.0, -4.0), (7.0, -2.0, -4.0), (1.0, inf, 0.0)],
             "remainder": [(-7.0, 2.0, 1.0), (7.0, -2.0, -1.0), (-1.0, inf, inf), (1.0, nan, nan)],
             "hypot": [(inf, nan, inf), (3.0, 4.0, 5.0)], "logaddexp": [(-inf, 1.0, 1.0), (nan, 1.0, nan)],
             "maximum": [(nan, 1.0, nan), (1.0, nan, nan)], "copysign": [(3.0, -0.0, -3.0)], "nextafter": [(1.0, 1.0, 1.0), (0.0, 1.0, 5e-324)]}
    for name, rows in cases.items():
        for x, y, wanted in rows:
            result = float(getattr(xp, name)(xp.asarray(x), xp.asarray(y)))
            assert result == pytest.approx(wanted, rel=1e-14, nan_ok=True), (name, x, y)
            assert math.isnan(wanted) or math.copysign(1, result) == math.copysign(1, wanted), (name, x, y)
    for name, value, wanted in (("sqrt", -1.0, nan), ("log", 0.0, -inf), ("log1p", -1.0, -inf), ("atan", inf, math.pi / 2), ("tanh", -inf, -1.0),
                                ("expm1", -inf, -1.0), ("round", 2.5, 2.0), ("round", -0.5, -0.0), ("sign", -0.0, 0.0), ("trunc", -0.5, -0.0)):
        assert float(getattr(xp, name)(xp.asarray(value))) == pytest.approx(wanted, nan_ok=True), name


def test_integers_divide_down():
    x, y = np.array([-7, 7, -7, 7]), np.array([2, -2, -2, 2])
    assert xp.floor_divide(xp.asarray(x), xp.asarray(y)).tolist() == [-4, -4, 3, 3]
    assert xp.remainder(xp.asarray(x), xp.asarray(y)).tolist() == [1, -1, -1, 1]


def test_reductions():
    x = xp.reshape(xp.arange(24, dtype=xp.float64), (2, 3, 4))
    assert xp.sum(x, axis=(0, 2), keepdims=True).shape == (1, 3, 1) and xp.mean(x, axis=()).shape == (2, 3, 4)
    assert float(xp.var(x, correction=1)) == pytest.approx(np.var(x.get(), ddof=1))
    assert float(xp.std(x, axis=0, correction=0.5)[0, 0]) == pytest.approx(6 * math.sqrt(2 / 1.5))
    assert xp.sum(xp.ones(3, dtype=xp.int8)).dtype == xp.int64 and xp.sum(xp.ones(3, dtype=xp.uint8)).dtype == xp.uint64
    assert xp.sum(xp.ones(3, dtype=xp.float32)).dtype == xp.float32 and xp.prod(xp.ones(3, dtype=xp.int8), dtype=xp.int8).dtype == xp.int8
    assert float(xp.sum(xp.zeros((0,)))) == 0 and float(xp.prod(xp.zeros((0,)))) == 1 and bool(xp.all(xp.zeros((0,)))) and not bool(xp.any(xp.zeros((0,))))
    assert math.isnan(float(xp.max(xp.asarray([1.0, math.nan, 2.0])))) and int(xp.argmax(xp.asarray([3, 5, 5]))) == 1
    assert xp.cumulative_sum(xp.asarray([1, 2, 3]), include_initial=True).tolist() == [0, 1, 3, 6]
    assert int(xp.count_nonzero(x)) == 23
    with pytest.raises(ValueError):
        xp.max(xp.zeros((0,)))


def test_sets_and_searching():
    x = xp.asarray([3, 1, 3, 2])
    everything = xp.unique_all(x)
    assert everything.values.tolist() == [1, 2, 3] and everything.counts.tolist() == [1, 1, 2]
    assert everything.values[everything.inverse_indices].tolist() == x.tolist() and x[everything.indices].tolist() == [1, 2, 3]
    assert xp.unique_counts(x)._fields == ("values", "counts") and xp.unique_inverse(x)._fields == ("values", "inverse_indices")
    assert xp.unique_values(xp.asarray([math.nan, math.nan])).shape == (2,)  # every NaN is one of its own
    assert xp.searchsorted(xp.asarray([1, 2, 2, 3]), xp.asarray([2]), side="right").tolist() == [3]
    assert xp.take_along_axis(xp.asarray([[1, 2], [3, 4]]), xp.asarray([[1], [0]]), axis=1).tolist() == [[2], [3]]


def test_shapes():
    x = xp.asarray([[1, 2, 3], [4, 5, 6]])
    assert xp.permute_dims(x, (1, 0)).shape == x.mT.shape == xp.matrix_transpose(x).shape == (3, 2)
    assert [a.tolist() for a in xp.unstack(x, axis=1)] == [[1, 4], [2, 5], [3, 6]]
    assert xp.concat([x, x], axis=None).shape == (12,) and xp.stack([x, x], axis=-1).shape == (2, 3, 2)
    assert xp.roll(x, (1, 1), axis=(0, 1)).tolist() == [[6, 4, 5], [3, 1, 2]] and xp.flip(x, axis=1).tolist() == [[3, 2, 1], [6, 5, 4]]
    assert xp.expand_dims(x, axis=-1).shape == (2, 3, 1) and xp.squeeze(xp.ones((1, 2, 1)), axis=(0, 2)).shape == (2,)
    assert xp.tile(x, (2, 1, 1)).shape == (2, 2, 3) and xp.repeat(x, 2, axis=0).shape == (4, 3)
    assert xp.reshape(x, (3, 2), copy=True)[0, 0] == 1 and xp.moveaxis(xp.ones((2, 3, 4)), 0, -1).shape == (3, 4, 2)
    with pytest.raises(ValueError):
        xp.squeeze(x, axis=0)
    assert [a.shape for a in xp.meshgrid(xp.arange(2), xp.arange(3), indexing="ij")] == [(2, 3), (2, 3)]


def test_products():
    a, b = xp.ones((2, 3, 4)), xp.ones((2, 4, 5))
    assert (a @ b).shape == xp.matmul(a, b).shape == (2, 3, 5) and xp.tensordot(a, b, axes=((2,), (1,))).shape == (2, 3, 2, 5)
    x, y = xp.asarray([1 + 1j, 2]), xp.asarray([1j, 1])
    assert complex(xp.vecdot(x, y)) == (1 - 1j) * 1j + 2
    with pytest.raises(ValueError):
        xp.ones((2, 3)) @ xp.ones((2, 3))


def test_numbers_out_of_arrays():
    assert int(xp.asarray(3)) == 3 and float(xp.asarray(2.5)) == 2.5 and complex(xp.asarray(1j)) == 1j and bool(xp.asarray(True))
    assert [10, 20][xp.asarray(1)] == 20 and hex(xp.asarray(255)) == "0xff"
    with pytest.raises(TypeError):
        [10, 20][xp.asarray(1.0)]
    with pytest.raises(TypeError):
        float(xp.asarray(1j))


def test_devices_and_exchange():
    x = xp.arange(4.0)
    for make in (xp.zeros, xp.ones, xp.empty):
        assert make(2, device=x.device).device == x.device
    assert x.to_device(x.device).device == xp.asarray([1], device=x.device).device == x.device
    assert np.from_dlpack(x.to_device("cpu")).tolist() == x.tolist() == xp.from_dlpack(np.arange(4.0)).tolist()
    assert xp.asarray(x, copy=True).tolist() == x.tolist() and xp.astype(x, xp.int32, copy=True).dtype == xp.int32
    assert xp.finfo(xp.float32).bits == 32 and xp.iinfo(xp.int16).max == 32767 and xp.can_cast(xp.int8, xp.int16)
    assert xp.linspace(0, 1, 5, endpoint=False).tolist() == [0, 0.2, 0.4, 0.6000000000000001, 0.8]


def test_masks():
    x = xp.asarray([[1, -2], [-3, 4]])
    assert x[x > 0].tolist() == [1, 4]
    x[x < 0] = 0
    assert x.tolist() == [[1, 0], [0, 4]] and [i.tolist() for i in xp.nonzero(x)] == [[0, 1], [0, 1]]
    assert xp.where(x > 0, x, -1).tolist() == [[1, -1], [-1, 4]] and xp.clip(x, 1, 3).tolist() == [[1, 1], [1, 3]]


# ---- the standard's calls, keywords as it names them, in weft and in NumPy

CALLS = [
    "xp.std(x, axis=0, correction=1.0, keepdims=True)", "xp.var(x, correction=0.5)", "xp.take(x, i, axis=1)", "xp.repeat(x, 2, axis=0)",
    "xp.repeat(x, xp.asarray([1,2]), axis=0)", "xp.searchsorted(xp.asarray([1.,2.]), x, side='right')", "xp.meshgrid(i, i, indexing='ij')[0]",
    "xp.cumulative_sum(x, axis=1, dtype=xp.float32, include_initial=True)", "xp.cumulative_prod(x, axis=0, include_initial=True)",
    "xp.clip(x, min=2, max=5)", "xp.clip(x, None, xp.asarray(4.0))", "xp.finfo(xp.float32).smallest_normal", "xp.iinfo(xp.int8).min",
    "xp.isdtype(x.dtype, 'real floating')", "xp.isdtype(x.dtype, (xp.float32,'integral'))", "xp.result_type(x, 1, xp.int8)",
    "xp.eye(3, 4, k=-1, dtype=xp.float32, device=x.device)", "xp.diff(x, axis=1, n=1, prepend=xp.zeros((2,1)), append=xp.zeros((2,1)))",
    "xp.where(x>2, x, 0.0)", "xp.where(x>2, 1, 0.5)", "xp.maximum(x, 1)", "xp.count_nonzero(x, axis=(0,1), keepdims=True)",
    "xp.expand_dims(x, axis=-1)", "xp.permute_dims(x, (1,0))", "xp.moveaxis(x, 0, 1)", "xp.unstack(x, axis=1)", "xp.tile(x, (2,1))",
    "xp.roll(x, (1,2), axis=(0,1))", "xp.flip(x, axis=(0,1))", "xp.concat([x, x], axis=None)", "xp.concat((x,x), axis=0)", "xp.stack([x,x], axis=-1)",
    "xp.unique_all(xp.asarray([1,2,1]))", "xp.unique_inverse(x).inverse_indices.shape", "xp.all(b, axis=0, keepdims=True)",
    "xp.argmax(x, axis=1, keepdims=True)", "xp.nonzero(b)", "xp.tril(x, k=1)",
    "xp.linspace(0, 1, num=5, endpoint=False, dtype=xp.float32, device=x.device)", "xp.full((2,), True)", "xp.full((2,), 1j)",
    "xp.full_like(x, 2, dtype=xp.int64)", "xp.arange(5, device=x.device)", "xp.asarray(x, copy=True)", "xp.asarray(3, dtype=xp.int8)",
    "xp.vecdot(c, c, axis=-1)", "xp.tensordot(x, x, axes=((1,),(1,)))", "xp.matrix_transpose(x)",
    "xp.take_along_axis(x, xp.asarray([[0],[1]]), axis=1)", "xp.signbit(x)", "xp.copysign(x, -1.0)", "xp.hypot(x, 1)", "xp.reciprocal(x)",
    "xp.nextafter(x, xp.asarray(9.0))", "xp.logaddexp(x, x)", "xp.bitwise_left_shift(i, 1)", "xp.real(c)", "xp.imag(c)", "xp.conj(x)", "xp.sign(c)",
    "xp.round(c)", "xp.round(i)", "xp.floor(i)", "xp.trunc(x)", "xp.square(i)", "xp.atan2(x, 1.0)", "xp.pow(x, 2)", "xp.remainder(x, 2)",
    "xp.prod(x, axis=1, dtype=xp.float32)", "xp.prod(xp.asarray([1,2],dtype=xp.int8)).dtype", "xp.sum(xp.asarray([1,2],dtype=xp.uint8)).dtype",
    "xp.sum(xp.ones(3,dtype=xp.float32)).dtype", "xp.mean(x, axis=(0,1), keepdims=True)", "xp.min(x, axis=0)", "x.mT", "x[xp.asarray(1), ...]",
    "x[None, :, 0]", "x[x > 2]", "x[i[:1], :]", "xp.broadcast_arrays(x, 1.0)[1]", "xp.broadcast_to(x, (3,2,3))", "xp.isfinite(i)", "xp.equal(x, 3)",
    "xp.logical_not(b)", "xp.bitwise_invert(b)", "xp.abs(c)", "xp.linalg.vector_norm(x, axis=0, keepdims=True, ord=1)", "xp.linalg.matrix_norm(x)",
    "xp.linalg.outer(x[0], x[0])", "xp.linalg.cross(x, x)", "xp.linalg.trace(x, offset=1)", "xp.linalg.diagonal(x)", "xp.linalg.matmul(x, x.T)",
    "xp.linalg.vecdot(x,x)", "xp.linalg.matrix_transpose(x)", "xp.fft.fftfreq(5, d=0.5)", "xp.isdtype(xp.bool,'bool')", "int(xp.asarray(3))",
    "complex(xp.asarray(3.0))", "bool(xp.asarray(0))", "xp.squeeze(x[None], axis=0)", "xp.reshape(x, (3,2), copy=True)", "xp.unique_counts(x).counts",
    "xp.unique_values(x)", "xp.max(i, axis=0, keepdims=True)", "xp.std(x, axis=())", "xp.sum(x, axis=())",
]


def _called(call, namespace):
    x = namespace.asarray([[3.0, 1.0, 2.0], [6.0, 5.0, 4.0]])
    known = {"xp": namespace, "x": x, "i": namespace.asarray([0, 2]), "b": namespace.asarray([True, False, True]), "c": x + 1j}
    return eval(call, {"__builtins__": {"int": int, "complex": complex, "bool": bool, "slice": slice}}, known)


@pytest.mark.filterwarnings("error::weft.FallbackWarning")
@pytest.mark.parametrize("call", CALLS)
def test_calls(call):
    got, expected = _called(call, xp), _called(call, np)
    pairs = zip(got, expected) if isinstance(expected, tuple) and not isinstance(got, xp.ndarray) else [(got, expected)]
    for g, e in pairs:
        if not isinstance(e, (np.ndarray, np.generic)):
            assert g == e
            continue
        g, e = np.asarray(g.get() if isinstance(g, xp.ndarray) else g), np.asarray(e)
        assert g.dtype == e.dtype and g.shape == e.shape
        np.testing.assert_allclose(g, e, rtol=1e-6) if e.dtype.kind in "fc" else np.testing.assert_array_equal(g, e)


def test_what_numpy_words_otherwise():
    x = xp.asarray([[3.0, 1.0, 2.0], [6.0, 5.0, 4.0]])
    assert xp.sort(x, axis=-1, descending=True, stable=True).tolist() == [[3, 2, 1], [6, 5, 4]]
    assert xp.argsort(xp.asarray([1, 1, 2, 2]), descending=True).tolist() == [2, 3, 0, 1]
    assert xp.astype(x, xp.int32, copy=False, device=x.device).dtype == xp.int32
    assert xp.finfo(x).max == xp.finfo(xp.float64).max and xp.iinfo(xp.asarray([1])).max == 2**63 - 1
    assert not xp.can_cast(x, xp.float32) and xp.can_cast(x, xp.complex128)
    assert xp.clip(x, 2).min() == 2 and xp.clip(x, max=2).max() == 2
    copied, same = xp.from_dlpack(x, device=x.device, copy=True), xp.from_dlpack(x, device=x.device, copy=False)
    copied[0, 0] = 9
    assert x[0, 0] == 3 and x.to_device(x.device, stream=None)[0, 0] == 3
    same[0, 0] = 3.5
    assert x[0, 0] == 3.5
    info = xp.__array_namespace_info__()
    assert set(info.dtypes(device=x.device, kind=("bool", "integral"))) == {"bool", *SIGNED, *UNSIGNED}
    assert info.default_dtypes(device=x.device)["complex floating"] == xp.complex128
    with pytest.raises(ValueError, match="kind"):
        info.dtypes(kind="nonsense")
    assert [1, 2][xp.asarray(1)] == 2
    with pytest.raises(TypeError):
        [1, 2][xp.asarray(1.0)]
    with pytest.raises(TypeError):
        hash(x)
