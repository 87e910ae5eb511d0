"""pycuda.gpuarray and what stands on it: elementwise, reduction, scan, cumath, curandom; NumPy is the oracle."""

import operator
import pickle

import numpy as np
import pytest

import weft.dropin

weft.dropin.install("pycuda")
import pycuda.autoinit  # noqa: E402, F401
import pycuda.driver as cuda  # noqa: E402
import pycuda.gpuarray as gpuarray  # noqa: E402
from pycuda import characterize, cumath, curandom, elementwise, reduction, tools  # noqa: E402
from pycuda.compyte import array as strides_of  # noqa: E402
from pycuda.compyte.dtypes import TypeNameNotKnown, parse_c_arg_backend  # noqa: E402
from pycuda.compiler import SourceModule  # noqa: E402
from pycuda.elementwise import ElementwiseKernel  # noqa: E402
from pycuda.reduction import ReductionKernel  # noqa: E402
from pycuda.scan import ExclusiveScanKernel, InclusiveScanKernel  # noqa: E402

RNG = np.random.default_rng(5)


@pytest.fixture
def x():
    return RNG.random((6, 8), np.float32) + 0.5


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["f4", "i2", "c8", "?", gpuarray.vec.float3])
def test_round_trips_keep_layout_and_views(order, dtype):
    itemsize = np.dtype(dtype).itemsize
    host = np.asarray(RNG.integers(0, 2, 60 * itemsize, np.uint8).view(dtype).reshape(4, 5, 3), order=order)
    a = gpuarray.to_gpu(host)
    assert a.strides == host.strides and a.nbytes == host.nbytes and len(a) == 4
    for index in [..., 1, (slice(None), 2), slice(3, 0, -1), (slice(0, 4, 2), slice(1, 5, 3)), (0, None, slice(2, 4)), (1, 2, 0)]:
        view, wanted = a[index], host[index]
        assert view.shape == np.shape(wanted) and np.array_equal(view.get(), wanted)
        assert np.array_equal(view.copy().get(), wanted)
    assert np.array_equal(a.T.get(), host.T) and np.array_equal(a.transpose((1, 2, 0)).get(), host.transpose(1, 2, 0))
    b = gpuarray.empty_like(a)
    b[...] = a
    b[1:3] = a[0:2]
    host[1:3] = host[0:2].copy()
    assert np.array_equal(b.get(), host)
    out = cuda.pagelocked_empty(host.shape, host.dtype)
    assert b.get(out) is out and np.array_equal(out, host)


def test_what_set_and_get_refuse(x):
    a = gpuarray.to_gpu(x)
    for call, error in [(lambda: a.set(x[:2]), ValueError), (lambda: a.set(x.astype("f8")), ValueError), (lambda: a.get(x[:2].copy()), ValueError),
                        (lambda: a.get(np.empty((6, 8), "f8")), TypeError), (lambda: hash(a), TypeError), (lambda: bool(a), ValueError),
                        (lambda: a.reshape(7, 7), ValueError), (lambda: a.T[1:].reshape(-1), RuntimeError), (lambda: a[[1, 2]], TypeError),
                        (lambda: gpuarray.empty(3, gpuarray.vec.float3) + 1, TypeError)]:
        with pytest.raises(error):
            call()
    with pytest.warns(UserWarning, match="different shape"):
        a.set(x.reshape(8, 6))


@pytest.mark.parametrize("op", [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.floordiv, operator.mod])
def test_operators(op, x):
    a, y = gpuarray.to_gpu(x), np.asfortranarray(x[::-1])
    b = gpuarray.to_gpu(y)
    for mine, wanted in [(op(a, b), op(x, y)), (op(a, 2), op(x, 2)), (op(3, a), op(3, x)), (op(a[1:5:2], b[0:2]), op(x[1:5:2], y[0:2])),
                         (op(a, np.float64(2)), op(x, np.float64(2)))]:
        assert isinstance(mine, gpuarray.GPUArray) and mine.dtype == wanted.dtype
        assert np.allclose(mine.get(), wanted, rtol=1e-6, atol=1e-6)
    assert (a + b).allocator == a.allocator


def test_in_place_and_comparisons(x):
    a = gpuarray.to_gpu(x)
    address, part = a.ptr, a[2]
    a += 1
    a *= a
    a -= np.float32(2)
    a /= 2
    a **= 2
    assert a.ptr == address and np.allclose(a.get(), (((x + 1) ** 2 - 2) / 2) ** 2, rtol=1e-5)
    assert np.array_equal(part.get(), a.get()[2])
    compared = a > a.get().mean()
    assert compared.dtype == np.float32 and np.array_equal(compared.get(), (a.get() > a.get().mean()).astype("f4"))
    assert np.array_equal((-abs(-a)).get(), -a.get())
    assert np.allclose(a.mul_add(2, a, 3).get(), 5 * a.get())
    assert np.array_equal(pickle.loads(pickle.dumps(a)).get(), a.get())


def test_makers_and_pools():
    pool = tools.DeviceMemoryPool()
    a = gpuarray.zeros((3, 4), np.float64, pool.allocate, order="F")
    assert pool.active_blocks == 1 and a.flags.f_contiguous and not a.get().any()
    assert (a + 1).allocator == pool.allocate and np.array_equal((a + 1).get(), np.ones((3, 4)))
    assert np.array_equal(gpuarray.arange(2, 17, 3, dtype=np.int16).get(), np.arange(2, 17, 3))
    assert gpuarray.arange(5).dtype == np.arange(5).dtype and gpuarray.ones_like(a).get().sum() == 12
    assert gpuarray.empty(0, np.float32).get().shape == (0,) and gpuarray.to_gpu(np.array(7.0)).get() == 7
    v = gpuarray.empty(5, gpuarray.vec.int4).fill(gpuarray.vec.make_int4(1, 2, 3, 4))
    assert np.array_equal(v.get()["z"], [3] * 5)
    stream = cuda.Stream()
    host = cuda.pagelocked_empty(5, np.int32)
    host[:] = range(5)
    b = gpuarray.to_gpu_async(host, stream=stream)
    stream.synchronize()
    assert np.array_equal(b.get_async(stream), host) or stream.synchronize() is None


def test_views_of_other_dtypes():
    z = (RNG.random((4, 6)) + 1j * RNG.random((4, 6))).astype(np.complex64)
    a = gpuarray.to_gpu(z)
    assert np.array_equal(a.view(np.float32).get(), z.view(np.float32)) and np.array_equal(a.real.get(), z.real)
    assert np.array_equal(a.imag.get(), z.imag) and np.array_equal(a.conj().get(), z.conj()) and a.real.dtype == np.float32
    assert np.array_equal(a.astype(np.complex128).get(), z.astype(np.complex128))
    assert a[0:1].squeeze().shape == (6,) and a.reshape(3, -1).shape == (3, 8) and a.ravel().shape == (24,)
    with pytest.raises(ValueError):
        a.view(np.dtype("V5"))


def test_choosing(x):
    a, b = gpuarray.to_gpu(x), gpuarray.to_gpu(x[::-1].copy())
    y = b.get()
    assert np.array_equal(gpuarray.maximum(a, b).get(), np.maximum(x, y)) and np.array_equal(gpuarray.minimum(1, a).get(), np.minimum(1, x))
    assert np.array_equal(gpuarray.if_positive(a - b, a, b).get(), np.where(x - y > 0, x, y))
    assert np.array_equal(gpuarray.where(a > 1, a, 0).get(), np.where(x > 1, x, 0))
    indices = gpuarray.to_gpu(np.array([5, 0, 47, 5], np.uint32))
    assert np.array_equal(gpuarray.take(a, indices).get(), x.ravel()[[5, 0, 47, 5]])
    assert np.array_equal(gpuarray.concatenate((a, b), 1).get(), np.concatenate((x, y), 1))
    assert np.array_equal(gpuarray.stack((a, b), 1).get(), np.stack((x, y), 1)) and np.array_equal(a.reverse().get().ravel(), x.ravel()[::-1])
    put, = gpuarray.multi_take_put([a], gpuarray.to_gpu(np.array([3, 1], np.uint32)), gpuarray.to_gpu(np.array([0, 2], np.uint32)), (4,),
                                   src_offsets=[8])
    assert np.array_equal(put.get()[[3, 1]], x.ravel()[[8, 10]])
    assert gpuarray.logical_and(a > 1, 1).get().any() and not gpuarray.logical_not(a).get().any()


@pytest.mark.parametrize("dtype", [np.int32, np.float32, np.float64, np.uint8])
def test_reductions_stay_on_the_device(dtype):
    h = RNG.integers(1, 100, 3000).astype(dtype)
    a = gpuarray.to_gpu(h)
    for mine, wanted in [(gpuarray.sum(a), h.sum(dtype=dtype)), (gpuarray.max(a), h.max()), (gpuarray.min(a), h.min()),
                         (gpuarray.dot(a, a, np.float64), np.dot(h.astype("f8"), h))]:
        assert isinstance(mine, gpuarray.GPUArray) and mine.shape == () and np.allclose(mine.get(), wanted, rtol=1e-6)
    subset = gpuarray.to_gpu(np.array([3, 5, 2999], np.int32))
    assert gpuarray.subset_sum(subset, a, np.float64).get() == h[[3, 5, 2999]].sum(dtype="f8")
    assert gpuarray.subset_max(subset, a).get() == h[[3, 5, 2999]].max() and a.all().get() and a.any().get()
    for maker in (reduction.get_sum_kernel(np.float64, dtype), reduction.get_minmax_kernel("max", dtype)):
        assert maker(a).get() in (h.sum(dtype="f8"), h.max())


def test_elementwise_kernels(x):
    a, b = gpuarray.to_gpu(x), gpuarray.to_gpu(x * 2)
    out = gpuarray.zeros_like(a)
    kernel = ElementwiseKernel("const float *x, float *y, float s, float *z", "z[i] = twice(x[i]) + s * y[i] + base", "combine",
                               preamble="__device__ float twice(float v) { return 2 * v; }", loop_prep="float base = n > 0 ? 0.5f : 0",
                               after_loop="if (tid == 0) y[0] = 0")
    kernel(a, b, 3, out)
    assert np.allclose(out.get(), 2 * x + 6 * x + 0.5) and b.get()[0, 0] == 0
    kernel(a.T, b.T, 1, out.T)  # another layout
    part = gpuarray.zeros((12, 8), np.float32)
    ElementwiseKernel("float *z", "z[i] = i")(part[::2])  # a broken one
    assert np.array_equal(part.get()[::2].ravel(), np.arange(48)) and not part.get()[1::2].any()
    for chosen in (slice(3, 40, 4), slice(40, 3, -5), slice(-4, None)):
        z, wanted = gpuarray.zeros(48, np.float32), np.zeros(48)
        wanted[chosen] = 7
        ElementwiseKernel("float *z", "z[i] = 7")(z, slice=chosen)
        assert np.array_equal(z.get(), wanted)
    ElementwiseKernel("pycuda::complex<float> *z, double *d", "d[i] = pycuda::abs(z[i] * 2.0f)")(
        gpuarray.to_gpu(np.array([3 + 4j], "c8")), d := gpuarray.empty(1, np.float64))
    assert d.get() == 10
    with pytest.raises(RuntimeError):
        ElementwiseKernel("float x", "x")
    with pytest.raises(TypeError):
        kernel(a, b, 3)
    with pytest.raises(cuda.CompileError, match="nope"):
        ElementwiseKernel("float *z", "z[i] = nope(i)")(out)
    y = gpuarray.empty_like(a)
    f = elementwise.get_unary_func_kernel("expf", np.float32)
    f.prepared_call(a._grid, a._block, a.gpudata, y.gpudata, a.size)
    assert np.allclose(y.get(), np.exp(x))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_linear_combinations_with_factors_on_the_device(dtype):
    dtype = np.dtype(dtype)
    kernel, textures = elementwise.get_linear_combination_kernel(((True, dtype, dtype), (False, dtype, dtype)), dtype)
    x, y = RNG.random(1000).astype(dtype), RNG.random(1000).astype(dtype)
    x_gpu, y_gpu, z = gpuarray.to_gpu(x), gpuarray.to_gpu(y), gpuarray.empty(1000, dtype)
    (texture,) = textures
    gpuarray.to_gpu(np.array(5, dtype)).bind_to_texref_ext(texture, allow_double_hack=True)
    kernel.prepared_call(x_gpu._grid, x_gpu._block, x_gpu.gpudata, 7, y_gpu.gpudata, z.gpudata, x_gpu.mem_size)
    assert np.allclose(z.get(), 5 * x + 7 * y, rtol=1e-6)


def test_elementwise_modules_take_all_arguments_with_the_count(x):
    arguments = [tools.VectorArg(np.float32, "x"), tools.ScalarArg(np.float32, "a"), tools.ScalarArg(np.uint32, "n")]
    function = elementwise.get_elwise_module(arguments, "x[i] *= a", "scaled").get_function("scaled")
    x_gpu = gpuarray.to_gpu(x)
    function.prepare("Pfi")
    function.prepared_call((1, 1), (64, 1, 1), x_gpu.gpudata, 2.0, 5)
    assert np.array_equal(x_gpu.get().ravel(), np.concatenate([x.ravel()[:5] * 2, x.ravel()[5:]]))


@pytest.mark.parametrize("count", [1, 1023, 1025, 300001])
def test_reduction_kernels(count):
    h = RNG.random(count, np.float32)
    a = gpuarray.to_gpu(h)
    dot = ReductionKernel(np.float32, "0", "a + b", "x[i] * y[i]", "const float *x, const float *y")
    assert np.isclose(dot(a, a).get(), np.dot(h, h), rtol=1e-4)
    out = gpuarray.zeros(3, np.float32)
    largest = ReductionKernel(np.float32, "-1", "a > b ? a : b", arguments="float *in")
    largest(a, out=out[1])
    assert out.get()[1] == h.max() and largest(a, slice=slice(0, 1)).get() == h[0]
    pool = tools.DeviceMemoryPool()
    assert dot(a, a, allocator=pool.allocate).allocator == pool.allocate
    with pytest.raises(TypeError):
        dot(a)


@pytest.mark.parametrize("count", [1, 2, 2047, 2048, 2049, 100000, 2048 * 2048 + 5])
def test_scans_keep_the_order_of_operands(count):
    """Composition of affine maps modulo 2^32 is associative and not commutative."""
    h = RNG.integers(0, 1 << 62, count).astype(np.uint64)
    source = "((a >> 32) * (b >> 32) & 0xffffffffull) << 32 | (((b >> 32) * (a & 0xffffffffull) + (b & 0xffffffffull)) & 0xffffffffull)"
    got = InclusiveScanKernel(np.uint64, source)(gpuarray.to_gpu(h)).get()
    total, mask = h[0], 0xFFFFFFFF
    sample = set(RNG.integers(0, count, 40).tolist()) | {0, count - 1, min(count - 1, 2048)}
    scale, shift = int(total) >> 32, int(total) & mask
    for i in range(1, min(count, 100000)):
        s, t = int(h[i]) >> 32, int(h[i]) & mask
        scale, shift = scale * s & mask, (s * shift + t) & mask
        if i in sample:
            assert int(got[i]) == scale << 32 | shift
    add = gpuarray.to_gpu(h)
    out = gpuarray.empty_like(add)
    assert ExclusiveScanKernel(np.uint64, "a + b", "0")(add, out) is out
    assert np.array_equal(out.get(), np.cumsum(h) - h) and np.array_equal(add.get(), h)
    assert np.array_equal(InclusiveScanKernel(np.uint64, "a + b")(add).get(), np.cumsum(h))
    with pytest.raises(ValueError):
        ExclusiveScanKernel(np.int32, "a + b")


@pytest.mark.parametrize("name, wanted", [("exp", 0), ("log", 0), ("log10", 0), ("sqrt", 0), ("sin", 0), ("cos", 0), ("tan", 0),
                                          ("asin", "arcsin"), ("acos", "arccos"), ("atan", "arctan"), ("sinh", 0), ("cosh", 0), ("tanh", 0),
                                          ("fabs", "abs")])
def test_cumath_with_real_and_complex(name, wanted):
    h = RNG.random(200) * 0.9 + 0.05
    z = h * np.exp(1j * RNG.random(200) * 6)
    for values, tolerance in [(h, 1e-14), (h.astype("f4"), 1e-6), (z, 1e-14), (z.astype("c8"), 4e-6)]:
        mine = getattr(cumath, name)(gpuarray.to_gpu(values)).get()
        exact = getattr(np, wanted or name)(values.astype(np.complex128 if values.dtype.kind == "c" else np.float64))
        assert mine.dtype == (values.real.dtype if name == "fabs" else values.dtype)
        assert np.max(np.abs(mine - exact) / np.abs(exact)) < tolerance


def test_cumath_of_two(x):
    a = gpuarray.to_gpu(x)
    assert np.array_equal(cumath.fmod(a * 7, a).get(), np.fmod(x * 7, x))
    significand, exponent = cumath.frexp(a)
    assert exponent.dtype == np.float32 and np.array_equal(cumath.ldexp(significand, exponent).get(), x)
    fraction, whole = cumath.modf(a)
    assert np.array_equal(fraction.get(), np.modf(x)[0]) and np.array_equal(whole.get(), np.modf(x)[1])
    out = gpuarray.empty_like(a)
    assert cumath.floor(a, out=out) is out and np.array_equal(out.get(), np.floor(x))


def seeds(n):
    return gpuarray.to_gpu(np.arange(n, dtype=np.int32))


@pytest.mark.parametrize("kind", [curandom.XORWOWRandomNumberGenerator, curandom.MRG32k3aRandomNumberGenerator])
def test_random_generators(kind):
    first, second = kind(seeds), kind(seeds)
    n = 40000
    u = first.gen_uniform(n, np.float32).get()
    assert np.array_equal(u, second.gen_uniform(n, np.float32).get()) and 0 < u.min() and u.max() <= 1 and abs(u.mean() - 0.5) < 0.01
    z = first.gen_normal(n, np.float64).get()
    assert abs(z.mean()) < 0.03 and abs(z.std() - 1) < 0.03
    assert abs(np.log(first.gen_log_normal(n, np.float32, 1.0, 0.5).get()).mean() - 1) < 0.03
    for mean in (3.0, 90.0):
        k = first.gen_poisson(n, np.uint32, mean).get()
        assert abs(k.mean() - mean) < 0.05 * mean and abs(k.var() - mean) < 0.1 * mean
    means = gpuarray.zeros(n, np.float32) + 20
    first.fill_poisson(means)
    assert abs(means.get().mean() - 20) < 0.5
    assert len(np.unique(first.gen_uniform(n, np.int32).get())) > n * 0.999
    a, b = kind(seeds), kind(seeds, offset=3)
    a.call_skip_ahead(3)
    assert np.array_equal(a.gen_uniform(100, np.uint32).get(), b.gen_uniform(100, np.uint32).get())
    a.call_skip_ahead_sequence_array(np.zeros(4096, np.uint64))
    with pytest.raises(NotImplementedError):
        a.gen_normal(3, np.int32)


def test_words_of_xorwow_for_known_seeds():
    """curand_init(seed 0, subsequence 0) of cuRAND, whose first words are the same as a scalar implementation's."""
    def reference(seed, count):
        low, high = (seed ^ 0xAAD26B49) * 1099087573 % 2**32, 0xF7DCEFDD * 2591861531 % 2**32
        v = [(123456789 + low) % 2**32, 362436069 ^ low, (521288629 + high) % 2**32, 88675123 ^ high, (5783321 + low) % 2**32]
        d, words = (6615241 + high + low) % 2**32, []
        for _ in range(count):
            t = v[0] ^ v[0] >> 2
            v = [*v[1:], (v[4] ^ v[4] << 4 ^ t ^ t << 1) % 2**32]
            d = (d + 362437) % 2**32
            words.append((d + v[4]) % 2**32)
        return words

    generator = curandom.XORWOWRandomNumberGenerator(lambda n: gpuarray.zeros(n, np.int32) + 5)
    count = 4096 * 3
    assert generator.gen_uniform(count, np.uint32).get()[::4096].tolist() == reference(5, 3)


def test_rand_and_what_is_not_there():
    for dtype in (np.float32, np.float64, np.int32, np.uint32, np.complex64):
        assert curandom.rand((5, 7), dtype).dtype == dtype
    a = curandom.rand(10000).get()
    assert 0 <= a.min() and a.max() < 1 and abs(a.mean() - 0.5) < 0.02
    for call in (curandom.Sobol32RandomNumberGenerator, lambda: curandom.generate_direction_vectors(3), elementwise.get_take_kernel):
        with pytest.raises(NotImplementedError):
            call()
    for module in ("pycuda.gl", "pycuda.debug"):
        with pytest.raises(ImportError):
            __import__(module)


def test_small_helpers():
    assert characterize.sizeof("size_t") == 8 and characterize.sizeof("struct weft_p", "struct weft_p { char a; double b; };") == 16
    assert strides_of.c_contiguous_strides(4, (2, 3)) == (12, 4) and strides_of.f_contiguous_strides(4, (2, 3)) == (4, 8)
    assert parse_c_arg_backend("const pycuda::complex<float>* __restrict__ z", None, lambda *a: a) == (np.complex64, "z")
    with pytest.raises(TypeNameNotKnown):
        tools.parse_c_arg("flot *x")
    dtype = np.dtype([("lo", "f4"), ("hi", "f4")])
    tools.register_dtype(dtype, "weft_range")
    low_high = ReductionKernel(dtype, "weft_range{1e30f, -1e30f}", "weft_range{fminf(a.lo, b.lo), fmaxf(a.hi, b.hi)}",
                               "weft_range{x[i], x[i]}", "const float *x", preamble="struct weft_range { float lo, hi; };")
    h = RNG.random(5000, np.float32)
    assert low_high(gpuarray.to_gpu(h)).get()[()].tolist() == (h.min(), h.max())


def test_a_context_of_ones_own():
    context = cuda.Device(0).make_context()
    try:
        a = gpuarray.to_gpu(np.arange(10.0))
        assert gpuarray.sum(gpuarray.concatenate((a, a * 2))).get() == 135 and curandom.rand(5).shape == (5,)
        del a
    finally:
        context.pop()
        context.detach()


def test_copies_between_strides_and_elements_without_axes():
    """What libraries on PyCUDA use: _memcpy_discontig, a NumPy array without axes as a kernel's number, a loop over an array of none."""
    a = gpuarray.to_gpu(np.arange(12, dtype=np.float32).reshape(3, 4))
    b, host = gpuarray.zeros((3, 2), np.float32), np.zeros((3, 2), np.float32)
    gpuarray._memcpy_discontig(b, a[:, ::2])
    gpuarray._memcpy_discontig(host, a[:, 1::2])
    assert (b.get() == a.get()[:, ::2]).all() and (host == a.get()[:, 1::2]).all()
    with pytest.raises(ValueError, match="same shape"):
        gpuarray._memcpy_discontig(b, host[:2])
    with pytest.raises(TypeError, match="same dtype"):
        gpuarray._memcpy_discontig(b, host.astype(np.float64))
    set_to = SourceModule("__global__ void set_to(int *x, int v) { x[threadIdx.x] = v; }").get_function("set_to")
    out = gpuarray.zeros(2, np.int32)
    set_to(out, np.array(7, np.int32), block=(2, 1, 1), grid=(1, 1))
    assert out.get().tolist() == [7, 7] and list(out[0]) == [] and len(list(out)) == 2
    assert not hasattr(gpuarray.GPUArray, "__iter__")  # reikna takes what has one for a collection of arrays
    with pytest.raises(TypeError, match="is int, got numpy.ndarray"):
        set_to(out, np.ones(2, np.int32), block=(2, 1, 1), grid=(1, 1))
