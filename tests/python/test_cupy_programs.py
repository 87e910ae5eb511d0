"""What programs written for CuPy do beside calling its functions: headers of CuPy's in their kernels, raw arguments asked for
their shape, parts of sparse matrices written in place."""
import subprocess
import sys
import textwrap

import pytest


def run(program):
    """In a process of its own: the drop-in changes the rules of the process that it is in."""
    head = "import numpy as np, cupy as cp, warnings; warnings.simplefilter('ignore')\n"
    done = subprocess.run([sys.executable, "-P", "-m", "weft", "-c", head + textwrap.dedent(program)], capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr


def test_headers_of_cupys():
    run(r'''
        kernel = cp.RawKernel(r"""
        #include "cupy/carray.cuh"
        #include <cupy/cuda_workaround.h>
        #include <cupy/math_constants.h>
        #include <cupy/atomics.cuh>
        extern "C" __global__ void f(float *x, int n, int m, float *out) {
            int shape[2] = {n, m};
            ptrdiff_t strides[2] = {4, n * 4};
            CArray<float, 2, true> a(x, shape);
            CArray<float, 2> turned(x, shape, strides);
            CIndexer<2> at(shape);
            int i = threadIdx.x + blockIdx.x * blockDim.x;
            if (i >= a.size()) return;
            at.set(i);
            ptrdiff_t where[2] = {at.get()[0], at.get()[1]};
            static_assert(std::is_same<float, cupy::type_traits::conditional<true, float, int>::type>::value, "");
            out[i] = i == 0 ? CUDART_INF_F : i == 1 ? std::numeric_limits<float>::max() : turned[i] + 100 * turned[where] + 10000 * a[where];
        }""", "f")
        x = np.arange(6, dtype=np.float32)
        out = cp.zeros(6, cp.float32)
        kernel((1,), (32,), (cp.asarray(x), 2, 3, out))
        turned = x.reshape(3, 2).T.ravel()
        expected = turned * 101 + 10000 * x
        expected[0], expected[1] = np.inf, np.finfo(np.float32).max
        np.testing.assert_array_equal(out.get(), expected)
    ''')


def test_raw_arguments_with_shape():
    run(r"""
            x = cp.arange(6.0).reshape(2, 3)
            kernel = cp.ElementwiseKernel("raw T x", "T y", "const T *p = &x[0]; y = p[i] + 100 * _raw_y.shape()[0] + 10 * _raw_y.shape()[1] "
                                          "+ x.shape()[1] + x[1]", "k", reduce_dims=False)
            np.testing.assert_array_equal(kernel(x, cp.zeros((2, 3))).get(), np.arange(6.0).reshape(2, 3) + 234)
            kernel = cp.ElementwiseKernel("T x", "T y", "ptrdiff_t at[2] = {0, 1}; y = _raw_x[at] + _raw_x[i] + 1000 * _raw_x.strides()[0]", "k")
            np.testing.assert_array_equal(kernel(x).get(), x.get() + 24001)
            kernel = cp.ElementwiseKernel("raw T x", "T y", "ptrdiff_t at[2] = {_ind.get()[1], _ind.get()[0]}; y = x[at] * 10 + x[_ind.get()]", "k")
            square = np.arange(9.0).reshape(3, 3)
            np.testing.assert_array_equal(kernel(cp.asarray(square), cp.zeros((3, 3))).get(), square.T * 10 + square)
            kernel = cp.ElementwiseKernel("raw T x", "T y", "typename cupy::type_traits::conditional<sizeof(T) == 8, long long, int>::type a = x[0]; "
                                          "y = a + sizeof(a) + count(i);", "k",
                                          preamble="__device__ int count(int n) { int s[1] = {n}; CIndexer<1> c(s); return c.size(); }")
            np.testing.assert_array_equal(kernel(cp.arange(4, dtype="f4") + 5, cp.zeros(3, "f4")).get(), [9, 10, 11])
    """)


APART = r"""
import weft._array.sparse as inside
made = inside._Part.__init__
def apart(self, host):
    made(self, host)
    self.ours, self.both = self.ours.copy(), np.array(host, order="C")
inside._Part.__init__ = apart
"""


@pytest.mark.parametrize("apart", [False, True], ids=["as the device has it", "copies, as on a GPU"])
def test_parts_of_sparse_matrices_write_through(apart):
    pytest.importorskip("scipy")
    run((APART if apart else "") + textwrap.dedent(r"""
        import cupyx.scipy.sparse as sparse
        a = sparse.csr_matrix(cp.asarray([[1.0, 0, 2], [0, 3, 0]]))
        assert a.data is a.data
        held = a.data
        held[0] = 10
        a.data[1:] *= 2
        places = held.nonzero()
        held[places] += 1
        np.testing.assert_array_equal(a.toarray().get(), [[11, 0, 5], [0, 7, 0]])
        assert float(a.sum()) == 23 and float((a @ cp.ones(3))[0]) == 16
        b = a.copy()
        b.data[:] = 0
        a.indices[0] = 1
        np.testing.assert_array_equal(a.toarray().get(), [[0, 11, 5], [0, 7, 0]])
        c = a.tocoo()
        c.row[:] = 0
        c.data[2] = 1
        np.testing.assert_array_equal(c.toarray().get(), [[0, 12, 5], [0, 0, 0]])
        np.testing.assert_array_equal(a.toarray().get(), [[0, 11, 5], [0, 7, 0]])
        a *= 2
        a.data[0] = 1
        assert float(a.sum()) == 25 and float(b.sum()) == 0
        held = a.data
        a *= 2
        assert a.data is held
        a.data = cp.ones(3)
        a.data[1] = 4
        assert float(a.sum()) == 6
        d = sparse.diags([1.0, 2, 3])
        d.data[0, 1] = 9
        assert float(d.sum()) == 13
        e = sparse.csr_matrix(cp.asarray([[1.0, 0, 2], [0, 3, 0]]))
        held = e.data
        e[0, 0] = 7
        held[1] = 5
        assert float(e.sum()) == 15 and float(held.sum()) == 15
        e.data[0] = cp.nan
        e *= 2
        e.data[1] = 1
        np.testing.assert_array_equal(held.get(), [np.nan, 1, 6])
        f = sparse.coo_matrix((cp.asarray([1.0, 2.0]), (cp.asarray([0, 0]), cp.asarray([1, 1]))), shape=(2, 2))
        f.data[0] = 10
        f.sum_duplicates()
        assert f.data.get().tolist() == [12.0]
    """))


def test_shared_memory_of_numpys_arrays_and_by_words():
    run(r"""
        host = np.zeros(4)
        assert cp.shares_memory(host, host[1:]) and cp.may_share_memory(host, host[2:]) and not cp.shares_memory(host, host.copy())
        a = cp.zeros((4, 4))
        assert not cp.shares_memory(a[::2], a[1::2], None) and cp.shares_memory(a, a[1:], "MAY_SHARE_EXACT")
        assert not cp.shares_memory(a[0], a[1], "MAY_SHARE_BOUNDS") and cp.shares_memory(a[:, 0], a[:, 1], "MAY_SHARE_BOUNDS")
    """)


def test_an_arrays_device_is_cupys():
    run("""
        x, number = cp.zeros(3), cp.cuda.Device(0)
        device = x.device
        assert isinstance(device, cp.cuda.Device) and device == number and {device: 1}[number] == 1 and {number: 2}[device] == 2
        assert device.compute_capability == number.compute_capability and device.attributes["WarpSize"] == 32
        assert len(device.mem_info) == 2 and device.use() is device and device.pci_bus_id == number.pci_bus_id
        with device:
            assert cp.cuda.runtime.getDevice() == 0
    """)


def test_arguments_beyond_a_kernels_parameters():
    run("""
        kernel = cp.RawKernel('extern "C" __global__ void f(int *x) { x[threadIdx.x] = threadIdx.x; }', "f")
        y = cp.zeros(4, "i4")
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            kernel((1,), (4,), (y, 5, 6.0))
        kernel((1, 0, 0), (3, 0), (y + 1,))  # 0 is 1
        assert y.tolist() == [0, 1, 2, 3] and "takes 1 arguments, got 3" in str(told[0].message)
        try:
            kernel((1,), (4,), ())
        except TypeError:
            pass
        else:
            raise AssertionError("too few arguments were taken")
    """)


def test_traits_of_complex_numbers_in_kernels():
    run('''
        kernel = cp.ElementwiseKernel("X x", "W y", "y = cast<W>(x);", "k", preamble="""
        #include <cupy/cuda_workaround.h>
        template <class B, class A> __device__
        typename std::enable_if<(!std::is_floating_point<A>::value || std::is_signed<B>::value), B>::type cast(A a) { return (B)a; }
        template <class B, class A> __device__
        typename std::enable_if<(std::is_floating_point<A>::value && !std::is_signed<B>::value), B>::type cast(A a) { return a >= 0 ? (B)a : -(B)(-a); }
        static_assert(!std::is_unsigned<complex<float>>::value && std::is_signed<float>::value && std::is_unsigned<bool>::value, "");
        """)
        assert kernel(cp.arange(3), cp.zeros(3, "F")).tolist() == [0, 1, 2]
        assert kernel(cp.arange(3, dtype="f4") - 1, cp.zeros(3)).tolist() == [-1, 0, 1]
    ''')


def test_plans_that_are_called():
    run("""
        from cupy.cuda import cufft
        from cupyx.scipy.fftpack import get_fft_plan
        rng = np.random.default_rng(0)
        x = rng.random((8, 16)) + 1j * rng.random((8, 16))
        X, R = cp.asarray(x), cp.asarray(x.real)

        def called(plan, a, direction=cufft.CUFFT_FORWARD):
            out = plan.get_output_array(a)
            plan.check_output_array(a, out)
            plan.fft(a, out, direction)
            return out.get()

        same = np.testing.assert_allclose
        plan = cufft.Plan1d(16, cufft.CUFFT_Z2Z, 8)
        same(called(plan, X), np.fft.fft(x))
        same(called(plan, cp.asarray(np.fft.fft(x)), cufft.CUFFT_INVERSE), x * 16)
        same(called(cufft.Plan1d(16, cufft.CUFFT_D2Z, 8), R), np.fft.rfft(x.real))
        same(called(cufft.Plan1d(16, cufft.CUFFT_Z2D, 8), cp.fft.rfft(R), cufft.CUFFT_INVERSE), x.real * 16)
        same(called(get_fft_plan(X.astype("F")), X.astype("F")), np.fft.fft2(x), rtol=1e-4, atol=1e-4)
        z = rng.random((3, 4, 5)) + 0j
        for axes in ((1, 2), (0, 1)):
            same(called(get_fft_plan(cp.asarray(z), axes=axes), cp.asarray(z)), np.fft.fftn(z, axes=axes))
        same(called(get_fft_plan(R, value_type="R2C"), R), np.fft.rfft2(x.real))
        half = cp.fft.rfft2(R)
        same(called(get_fft_plan(half, shape=(8, 16), value_type="C2R"), half, cufft.CUFFT_INVERSE), x.real * 128)
        try:
            plan.get_output_array(R)
        except ValueError as error:
            assert "complex128" in str(error)
        else:
            raise AssertionError("an array of another type was taken")
    """)


def test_objects_of_scipys_classes_are_pickled_and_copied():
    pytest.importorskip("scipy")
    run("""
        import copy, pickle
        from cupyx.scipy import interpolate
        x, places = cp.arange(5.0), cp.asarray([0.5, 1.25])
        for spline in (interpolate.CubicSpline(x, x ** 2), interpolate.RBFInterpolator(x[:, None], x)):
            at = places if isinstance(spline, interpolate.CubicSpline) else places[:, None]
            for again in (pickle.loads(pickle.dumps(spline)), copy.deepcopy(spline), copy.copy(spline)):
                assert type(again) is type(spline) and again is not spline and (again(at) == spline(at)).all()
                assert isinstance(again(at), cp.ndarray)
    """)
