"""What Numba's CUDA programs say in kernels beyond the common: constants for helper functions, every atomic, libdevice, half
precision, short vectors, records with arrays, signatures, exceptions. Each tree's print is read back."""

import cmath
import math

import numpy as np
import pytest

import weft as wf
from weft import _pytypes as types
from weft import cuda
from weft._pysource import TypingError
from weft.cuda import float32, int32, libdevice

pytestmark = pytest.mark.usefixtures("trees_print_and_read_back", "device")


def test_functions_types_and_shapes_are_arguments():
    @cuda.jit(device=True)
    def through_shared(x, shape, dtype, combine, convert, wrap):
        tile = cuda.shared.array(shape, dtype)
        i = cuda.threadIdx.x
        tile[i] = x[i]
        cuda.syncthreads()
        where = convert(i)
        if wrap:
            where = where % shape
        combine(tile, where, 2)
        cuda.syncthreads()
        x[i] = tile[i]

    def as_unsigned(n):
        return cuda.uint32(n)

    @cuda.jit
    def kernel(x, y):
        through_shared(x, 32, int32, cuda.atomic.add, as_unsigned, False)
        through_shared(y, 32, float32, cuda.atomic.max, as_unsigned, True)

    x, y = np.arange(32, dtype=np.int32), np.arange(32, dtype=np.float32)
    kernel[1, 32](x, y)
    assert np.array_equal(x, np.arange(32) + 2) and np.array_equal(y, np.maximum(np.arange(32), 2))


def test_a_shape_of_run_time_is_refused():
    @cuda.jit
    def kernel(n):
        cuda.shared.array(n, float32)

    with pytest.raises(TypingError, match="must be known when the kernel is compiled"):
        kernel[1, 1](3)


@pytest.mark.parametrize("dtype", [np.int32, np.uint32, np.int64, np.uint64, np.float32, np.float64])
def test_atomics(dtype):
    @cuda.jit
    def kernel(x, out, old):
        i = cuda.grid(1)
        cuda.atomic.add(out, 0, x[i])
        cuda.atomic.sub(out, 1, x[i])
        cuda.atomic.max(out, 2, x[i])
        cuda.atomic.min(out, 3, x[i])
        if i == 0:
            old[0] = cuda.atomic.exch(out, 4, 5)
            old[1] = cuda.atomic.cas(out, 4, 5, 7)
            old[2] = cuda.atomic.cas(out, 4, 5, 9)
            old[3] = cuda.atomic.compare_and_swap(out[5:], 1, 8)

    x = np.arange(1, 65).astype(dtype)
    out, old = np.array([0, 64 * 65 // 2, 0, 100, 3, 1], dtype), np.zeros(4, dtype)
    kernel[2, 32](x, out, old)
    assert out.tolist() == [2080, 0, 64, 1, 7, 8] and old.tolist() == [3, 5, 7, 1]


@pytest.mark.parametrize("dtype", [np.uint32, np.uint64])
def test_atomic_inc_and_dec_wrap(dtype):
    @cuda.jit
    def kernel(out):
        cuda.atomic.inc(out, 0, 6)
        cuda.atomic.dec(out, 1, 6)

    out = np.array([0, 3], dtype)
    kernel[1, 40](out)
    assert out.tolist() == [40 % 7, (3 - 40) % 7]


def test_atomic_extremes_and_nan():
    @cuda.jit
    def kernel(out, v):
        cuda.atomic.max(out, 0, v)
        cuda.atomic.min(out, 1, v)
        cuda.atomic.nanmax(out, 2, v)
        cuda.atomic.nanmin(out, 3, v)

    out = np.full(4, np.nan)
    kernel[1, 1](out, 4.0)
    assert np.isnan(out[:2]).all() and out[2:].tolist() == [4, 4]
    out = np.full(4, 2.0)
    kernel[1, 1](out, np.nan)
    assert out.tolist() == [2, 2, 2, 2]


def test_libdevice_and_half_precision():
    @cuda.jit
    def kernel(x, out, h):
        sine, cosine = libdevice.sincosf(x[0])
        out[0], out[1] = sine, cosine
        mantissa, exponent = libdevice.frexp(x[0])
        out[2], out[3] = mantissa, exponent
        out[4] = libdevice.fast_expf(x[0])
        out[5] = libdevice.float2int_ru(x[0]) + libdevice.mulhi(1 << 30, 8)
        h[1] = cuda.fp16.hfma(h[0], h[0], h[0])
        h[2] = cuda.fp16.hexp(h[0])
        out[6] = cuda.fp16.hlt(h[0], h[1])

    x, out, h = np.array([1.75], np.float32), np.zeros(7), np.array([0.3, 0, 0], np.float16)
    kernel[1, 1](x, out, h)
    assert np.allclose(out[:5], [math.sin(1.75), math.cos(1.75), 0.875, 1, math.exp(1.75)]) and out[5:].tolist() == [4, 1]
    assert abs(float(h[1]) - float(h[0]) * (1 + float(h[0]))) < 1e-3 and abs(float(h[2]) - math.exp(0.3)) < 2e-3


def test_short_vectors():
    @cuda.jit
    def kernel(out):
        low = cuda.float32x2(1, 2.5)
        v = cuda.float4(low, 3, 4)
        out[0], out[1], out[2], out[3] = v.x, v.y, v.z, v.w
        out[4] = cuda.int16x3(70000, 1, 2).x

    out = np.zeros(5)
    kernel[1, 1](out)
    assert out.tolist() == [1, 2.5, 3, 4, 70000 - 65536]


def test_loads_and_stores_with_hints():
    @cuda.jit
    def kernel(x, y):
        i = cuda.grid(1)
        cuda.stwt(y, (1, i), cuda.ldca(x, i) + cuda.ldcg(x, i) + cuda.ldcs(x, i) + cuda.ldlu(x, i) + cuda.ldcv(x, i))
        cuda.stcg(y, (0, i), x[i])

    x, y = np.arange(8, dtype=np.float32), np.zeros((2, 8), np.float32)
    kernel[1, 8](x, y)
    assert np.array_equal(y, [x, 5 * x])


def test_records_hold_arrays_and_records():
    inner = np.dtype([("a", np.int16), ("b", np.float64)], align=True)
    row = np.dtype([("id", np.int32), ("grid", np.float32, (2, 3)), ("inner", inner)], align=True)

    @cuda.jit
    def kernel(rows, one):
        i = cuda.grid(1)
        r = rows[i]
        r.grid[1, 2] = r.id + one["grid"][0, 1]
        r["inner"]["b"] = r.inner.a * 2 + r.grid.shape[1]

    rows = np.zeros(4, row)
    rows["id"], rows["inner"]["a"] = np.arange(4), 7
    one = np.zeros(1, row)[0]
    one["grid"][0, 1] = 0.5
    kernel[1, 4](rows, one)
    assert rows["grid"][:, 1, 2].tolist() == [0.5, 1.5, 2.5, 3.5] and (rows["inner"]["b"] == 17).all()


def test_signatures_convert_what_is_passed():
    @cuda.jit("void(int32, float32[:], uint8)")
    def one(n, out, small):
        out[0], out[1] = n, small

    out = np.zeros(2, np.float32)
    one[1, 1](7.9, out, 258)
    assert out.tolist() == [7, 2] and len(one.signatures) == 1
    with pytest.raises(TypeError, match="No matching definition"):
        one[1, 1](1, np.zeros(2), 3)

    @cuda.jit("void(int32[:])")
    def down(x):
        x[0] = x[0] // 2

    wrapped = np.array([2**32 - 6], np.uint32)  # is taken for int32, as Numba does
    down[1, 1](wrapped)
    assert wrapped[0] == 2**32 - 3

    @cuda.jit(["void(int64[:], int64)", "void(float64[:], float64)"])
    def several(out, v):
        out[0] = v / 2

    whole, real = np.zeros(1, np.int64), np.zeros(1)
    several[1, 1](whole, 7)
    several[1, 1](real, np.float32(7))
    several[1, 1](real, 7)
    assert whole[0] == 3 and real[0] == 3.5
    with pytest.raises(TypeError, match="No matching definition"):
        several[1, 1](np.zeros(1, np.int8), 1)

    @cuda.jit("float32(float32)", device=True)
    def third(x):
        return x / 3

    @cuda.jit
    def kernel(out):
        out[0] = third(1.0)

    kernel[1, 1](real)
    assert real[0] == float(np.float32(1) / np.float32(3))


def test_specialised_kernels():
    @cuda.jit
    def kernel(x):
        x[0] += 1

    x = np.zeros(1, np.float32)
    special = kernel.specialize(x)
    special[1, 1](x)
    assert x[0] == 1 and special.specialized and not kernel.specialized and special is kernel.specialize(x)
    assert special.get_max_threads_per_block() >= 128
    with pytest.raises(RuntimeError, match="already specialized"):
        special.specialize(x)


def test_ptx_without_a_gpu():
    def f(x, out):
        out[0] = cuda.fma(x, x, x)

    text, returns = cuda.compile_ptx(f, (float32, float32[:]), cc=(9, 0))
    assert ".target sm_90" in text and "fma.rn.f32" in text and str(returns) == "none"
    kernel = cuda.jit("void(float32, float32[:])")(f)
    assert all(".visible .entry" in one for one in kernel.inspect_asm().values())


class OwnError(Exception):
    pass


def test_exceptions_of_kernels(device):
    @cuda.jit(device=True)
    def checked(x):
        if x > 5:
            raise OwnError("too much")
        return x

    @cuda.jit(debug=True)
    def kernel(x, out):
        i = cuda.grid(1)
        assert x[i] >= 0, "negative"
        out[i] = checked(x[i]) / x[i]

    out = np.zeros(8)
    with pytest.raises(OwnError, match=r"(?s)In function 'kernel', file .*\ntid=\[2, 0, 0\] ctaid=\[1, 0, 0\]: too much"):
        kernel[2, 4](np.arange(1.0, 9.0) * [1, 1, 1, 1, 1, 0.1, 1, 0.1], out)
    with pytest.raises(AssertionError, match="negative"):
        kernel[1, 1](np.array([-1.0]), out)
    with pytest.raises(ZeroDivisionError):
        kernel[1, 1](np.array([0.0]), out)

    @cuda.jit
    def quiet(x, out):
        assert x[0] > 1
        out[0] = 1 / x[0]

    quiet[1, 1](np.zeros(1), out)
    assert out[0] == np.inf
    kernel[2, 4](np.arange(1.0, 9.0) / 4, out)  # what was raised before is forgotten
    assert (out == 1).all()


def test_what_a_kernel_of_a_gpu_does_when_it_raises():
    """With debug=True it leaves what and where in a variable, and the thread ends; without, the driver is told."""
    def f(x):
        if x[0] > 1:
            raise ValueError("large")
        x[0] = 10 // x[0]

    text, _ = cuda.compile_ptx(f, (types.int64[:],), debug=True, opt=False)
    plain, _ = cuda.compile_ptx(f, (types.int64[:],))
    assert ".global .align 4 .b8 __wf_raised[28]" in text and text.count("exit;") >= 2 and "atom." in text and "trap;" not in text
    assert "__wf_raised" not in plain and "trap;" in plain


def test_loops_over_tuples():
    @cuda.jit
    def kernel(t, out):
        for i, v in enumerate(t):
            out[i] += v
        for a, b in zip(t, (4, 5, 6)):
            out[3] += a * b

    out = np.zeros(4)
    kernel[1, 1]((1, 2.5, 3), out)
    assert out.tolist() == [1, 2.5, 3, 4 + 12.5 + 18]


def test_complex_functions():
    @cuda.jit(device=True)
    def turned(z):
        return z * cmath.rect(1.0, 0.5)

    @cuda.jit
    def kernel(z, out):
        out[0] = cmath.exp(z[0]) + cmath.log(z[0], 2) + np.arcsin(z[0])
        out[1] = turned(z[0]) ** (0.5 + 1j)
        length, angle = cmath.polar(z[0])
        out[2] = complex(length, angle) + cmath.phase(z[0])

    z, out = np.array([0.4 - 0.3j]), np.zeros(3, complex)
    kernel[1, 1](z, out)
    v = complex(z[0])
    turn = v * cmath.rect(1, 0.5)
    expect = [cmath.exp(v) + cmath.log(v, 2) + cmath.asin(v), turn ** (0.5 + 1j), complex(*cmath.polar(v)) + cmath.phase(v)]
    assert np.allclose(out, expect, rtol=1e-14)


def test_ufuncs_into_an_array():
    @cuda.jit
    def kernel(x, y, out):
        np.sin(x, out[0])
        np.logical_xor(x, y, out[1])

    x, y, out = np.array([0.0, 1.0]), np.array([0.0, 0.0]), np.zeros((2, 2))
    kernel[1, 1](x, y, out)
    assert np.allclose(out, [np.sin(x), [0, 1]])


def test_print(capfd, device):
    if device != "cpu":
        pytest.skip("the text comes from the driver")

    @cuda.jit
    def kernel(x, t):
        print("x", x > 1, t, cuda.threadIdx, "100%")

    kernel[1, 1](2.0, (1, (2.5,)))
    cuda.synchronize()
    assert capfd.readouterr().out == "x True (1, (2.500000,)) (0, 0, 0) 100%\n"


def test_streams_by_number():
    x = cuda.to_device(np.arange(4))
    assert [int(s) for s in (cuda.default_stream(), cuda.legacy_default_stream(), cuda.per_thread_default_stream())] == [0, 1, 2]
    with cuda.default_stream().auto_synchronize() as stream:
        y = cuda.to_device(np.zeros(4, int), stream)
        y.copy_to_device(x, stream)
    assert y.copy_to_host(stream=cuda.external_stream(0)).tolist() == [0, 1, 2, 3]
    called = []
    own = cuda.stream()
    own.add_callback(lambda stream, status, arg: called.append((stream is own, status, arg)), "arg")
    own.synchronize()
    cuda.synchronize()
    assert called == [(True, 0, "arg")] and own.handle.value == own.handle


ROWS = np.array([(1.5, 2), (2.5, 3)], [("x", "f8"), ("y", "i8")])
PADDED = np.zeros(2, np.dtype([("a", "i1"), ("v", "f4", (2,)), ("z", "f8")], align=True))
PADDED["v"], PADDED["z"] = [[1, 2], [3, 4]], 9
TURNS, NOTHING = np.array([1 + 2j, 3 - 1j], np.complex64), np.zeros(0)


def test_constant_arrays_of_records_and_complex_numbers():
    @cuda.jit
    def kernel(out):
        rows, turns = cuda.const.array_like(ROWS), cuda.const.array_like(TURNS)
        out[0] = rows[1].x + rows[0]["y"] + PADDED[1].v[1] + PADDED[0].z
        out[1] = turns[1].imag + NOTHING.size
        out[2] = rows.x[1] + TURNS.real[0] + rows["y"][1]

    out = np.zeros(3)
    kernel[1, 1](out)
    assert out.tolist() == [2.5 + 2 + 4 + 9, -1, 2.5 + 1 + 3]


def test_device_arrays_as_globals_stay_where_they_are():
    table = cuda.to_device(np.arange(6.0).reshape(2, 3))
    turned = table.T

    @cuda.jit
    def kernel(out):
        i = cuda.grid(1)
        out[i] = table[1, i] + turned[i, 0]
        table[0, i] = 9

    out = np.zeros(3)
    kernel[1, 3](out)
    assert out.tolist() == [3 + 0, 4 + 1, 5 + 2] and (table.copy_to_host()[0] == 9).all()


def test_dates():
    @cuda.jit
    def kernel(start, end, out):
        i = cuda.grid(1)
        out[i] = end[i] - start[i]

    start = np.array(["2020-01-01", "2020-02-28"], "M8[D]")
    end, out = start + np.timedelta64(3, "D"), np.zeros(2, "m8[D]")
    kernel[1, 2](start, end, out)
    on_device = cuda.device_array_like(out)
    kernel[1, 2](cuda.to_device(start), cuda.to_device(end), on_device)
    assert (out == np.timedelta64(3, "D")).all() and (on_device.copy_to_host() == out).all()


def test_functions_in_cuda_c():
    source = cuda.CUSource("""
        extern "C" __device__ int scaled(float *out, float x, int n) { *out = x * n + 1; return 0; }
        extern "C" __device__ double tenfold(double x) { return x * 10; }
        extern "C" __device__ int gather(void *out, double *a, long n) { for (long i = 1; i < n; i++) a[0] += a[i]; return 0; }
        """)
    scaled = cuda.declare_device("scaled", "float32(float32, int32)", link=source)
    tenfold = cuda.declare_device("tenfold", "float64(float64)", abi="c")
    gather = cuda.declare_device("gather", types.void(types.CPointer(types.float64), types.int64))

    @cuda.jit(device=True)
    def both(x, i):
        return scaled(x, 3) + tenfold(i)

    @cuda.jit
    def kernel(x, out):
        i = cuda.grid(1)
        out[i] = both(x[i], i)
        cuda.syncthreads()
        if i == 0:
            gather(out, 3)

    out = np.zeros(4)
    kernel[1, 4](np.arange(4, dtype=np.float32), out)
    assert out.tolist() == [1 + 14 + 27, 14, 27, 40]
    with pytest.raises(NotImplementedError, match="CUDA C"):
        cuda.jit(link=["functions.ltoir"])(lambda: None)


def test_overloads_for_kernels():
    from weft._extending import overload

    def anywhere(x):
        raise AssertionError

    @overload(anywhere)
    def for_any(x):
        return lambda x: 1

    @overload(anywhere, target="cuda")
    def for_kernels(x):
        if x == types.float64:
            return lambda x: x * 3
        return None

    @cuda.jit
    def kernel(out):
        out[0] = anywhere(2.0) + 10 * anywhere(2)

    out = np.zeros(1)
    kernel[1, 1](out)
    assert out[0] == 6 + 10


def test_reductions_of_arrays_inside_kernels():
    @cuda.jit
    def kernel(x, out):
        out[0], out[1], out[2] = x.sum(), x[1].max(), x.min()

    out = np.zeros(3)
    kernel[1, 1](np.arange(12.0).reshape(3, 4), out)
    assert out.tolist() == [66, 7, 0]


def test_a_barrier_over_the_whole_grid():
    @cuda.jit
    def kernel(m):
        column, grid = cuda.grid(1), cuda.cg.this_grid()
        for row in range(1, m.shape[0]):
            m[row, column] = m[row - 1, m.shape[1] - column - 1] + 1
            grid.sync()

    m = np.zeros((16, 512), np.int32)
    kernel[4, 128](m)
    assert (m[-1] == 15).all()


def test_a_barrier_over_the_grid_does_not_wait_for_threads_that_ended():
    @cuda.jit
    def kernel(a, b, n):
        i = cuda.grid(1)
        if i >= len(a):
            return
        for step in range(n):
            if step % 2 == 0:
                b[i] = a[len(a) - 1 - i] + 1
            else:
                a[i] = b[len(a) - 1 - i] + 1
            cuda.cg.this_grid().sync()

    a, b = np.zeros(1001), np.zeros(1001)
    kernel[8, 128](a, b, 10)
    assert (a == 10).all() and (b == 9).all()


@pytest.mark.parametrize("real, complex_", [("f4", "c8"), ("f8", "c16")])
def test_numpys_functions_that_kernels_get_from_python(real, complex_):
    @cuda.jit
    def kernel(x, z, out):
        i = cuda.grid(1)
        if i < x.size:
            out[0, i], out[1, i], out[2, i] = np.square(x[i]), np.reciprocal(x[i]), np.positive(x[i])
            out[3, i], out[4, i], out[5, i], out[6, i] = np.real(z[i]), np.imag(z[i]), np.angle(z[i]), np.conj(z[i]).imag
            out[7, i], out[8, i], out[9, i] = np.logaddexp(x[i], x[0]), np.logaddexp(np.inf, np.inf), np.logaddexp(-np.inf, x[i])

    x = np.array([1, 2, 0.5, -3], real)
    z, out = (x + 1j * x[::-1]).astype(complex_), np.zeros((10, 4))
    kernel[1, 32](x, z, out)
    expected = [x * x, 1 / x, x, z.real, z.imag, np.angle(z), -z.imag, np.logaddexp(x, x[0]), x * 0 + np.inf, x]
    np.testing.assert_allclose(out, np.array(expected), rtol=1e-6)


def test_wefts_names_of_numpys_functions_in_compiled_functions():
    """`import weft as np` for the whole file, functions under @jit included."""
    @wf.jit
    def host(x):
        y = wf.zeros(3)
        for i in range(3):
            y[i] = wf.sin(x[i]) + wf.where(x[i] > 0, 1.0, 2.0)
        return y.sum() + wf.pi + wf.dot(x, x)

    @cuda.jit
    def kernel(x, y):
        i = cuda.grid(1)
        if i < x.size:
            y[i] = wf.exp(x[i]) + wf.maximum(x[i], 1) + wf.square(x[i])

    x, y = np.arange(3.), np.zeros(3)
    assert host(x) == pytest.approx(np.sin(x).sum() + 4 + np.pi + 5)
    kernel[1, 32](x, y)
    np.testing.assert_allclose(y, np.exp(x) + np.maximum(x, 1) + x * x, rtol=1e-12)


def test_a_host_array_given_twice_is_one_memory(device):
    """On a GPU, where each argument is copied there and back, as on the host: also a part of an array beside the whole."""
    @cuda.jit
    def swap(a, b, part, frozen):
        i = cuda.grid(1)
        if i < a.size:
            b[i] = a[i] + 1
        if i < part.size:
            part[i] += 10 * frozen[0]

    x = np.arange(6, dtype=np.int8)
    frozen = x[:]
    frozen.flags.writeable = False
    swap[1, 32](x, x, x[4:], np.ones(1))
    assert x.tolist() == [1, 2, 3, 4, 15, 16]
    swap[1, 32](frozen, x, np.zeros(3), frozen)
    assert x.tolist() == [2, 3, 4, 5, 16, 17]
