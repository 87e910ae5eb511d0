"""The cupy drop-in in a process of its own: kernels in all their forms, cupy.cuda, cupy.testing, what cupyx gives."""

import subprocess
import sys
import textwrap

import pytest


def run(program):
    done = subprocess.run([sys.executable, "-P", "-m", "weft", "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1]


def test_elementwise_kernels():
    assert run(r"""
        import cupy as cp, numpy as np
        x = cp.arange(6, dtype=cp.float32).reshape(2, 3)
        print(cp.ElementwiseKernel("T x, T y", "T z", "z = x * y + 1", "f")(x, 2).tolist())
        print(cp.ElementwiseKernel("raw T x", "T y", "y = x[n - 1 - i]", "back")(x, size=6).tolist())
        print(cp.ElementwiseKernel("raw T x", "int64 y", "y = x.shape()[i]", "shape")(x, size=2).tolist())
        print(cp.ElementwiseKernel("T x", "int64 y", "y = _ind.get()[1]", "column", reduce_dims=False)(x).tolist())
        print(cp.ElementwiseKernel("raw T x", "T y", "ptrdiff_t at[] = {i % 2, 2}; y = x[at]", "at")(x.T.copy().T, size=2).tolist())
        print(cp.ElementwiseKernel("T z", "T w, U a", "w = exp(z) * z; a = abs(z)", "two")(
            cp.asarray([1j]), cp.empty(1, complex), cp.empty(1))[1].tolist())
        print(cp.ElementwiseKernel("T x", "T y", "y = sqrt(x); y += 1", "half")(cp.asarray([4, 9], dtype="e")).tolist())
        for call in (lambda f: f(x), lambda f: f(x, x, size=3), lambda f: f(x, x.astype("f8")), lambda f: f(x, np.ones((2, 3)))):
            try: call(cp.ElementwiseKernel("T x, T y", "T z", "z = x + y", "f"))
            except (TypeError, ValueError) as error: print(type(error).__name__)
    """) == ["[[1.0, 3.0, 5.0], [7.0, 9.0, 11.0]]", "[5.0, 4.0, 3.0, 2.0, 1.0, 0.0]", "[2, 3]", "[[0, 1, 2], [0, 1, 2]]", "[2.0, 5.0]",
             "[1.0]", "[3.0, 4.0]", "TypeError", "ValueError", "TypeError", "TypeError"]


def test_reduction_kernels():
    assert run(r"""
        import cupy as cp
        norm = cp.ReductionKernel("T x, T y", "T z", "(x - y) * (x - y)", "a + b", "z = sqrt(a)", "0", "norm")
        x = cp.arange(12.).reshape(3, 4)
        print(norm(x, 0, axis=1, keepdims=True).shape, norm(x.T, x.T - 3, axis=0).tolist())
        most = cp.ReductionKernel("T x", "T y", "x", "max(a, b)", "y = a", "", "most")
        print(float(most(cp.arange(200001) * -1.0)), most(x, axis=(0, 1)).tolist())
        from cupy._core import create_reduction_func, create_ufunc
        print(int(create_reduction_func("s", ("l->l", "d->d"), ("in0", "a + b", "out0 = a", None), 0)(cp.arange(10))))
        f = create_ufunc("f", ("ff->f", ("dd->d", "out0 = in0 - in1")), "out0 = in0 + in1")
        print(f(cp.ones(2, "f"), 1).dtype, f(cp.ones(2), 1).tolist())
    """) == ["(3, 1) [6.0, 6.0, 6.0]", "-0.0 11.0", "45", "float32 [0.0, 0.0]"]


def test_raw_modules():
    assert run(r"""
        import cupy as cp, pickle
        source = '''#include <cupy/complex.cuh>
        __constant__ float factor;
        template <typename T> __global__ void scale(T *x, int n) { int i = threadIdx.x; if (i < n) x[i] *= factor; }
        extern "C" __global__ void turn(complex<float> *z) { z[threadIdx.x] *= complex<float>(0, 1); }'''
        module = cp.RawModule(code=source, options=("-std=c++17",), name_expressions=["scale<float>", "scale<double>"])
        cp.ndarray(1, cp.float32, module.get_global("factor"))[...] = 3
        x = cp.arange(4, dtype=cp.float32)
        scale = module.get_function("scale<float>")
        scale((1,), (32,), (x, 4))
        print(x.tolist(), scale.attributes["max_threads_per_block"] >= 32)
        z = cp.asarray([1, 2j], dtype="F")
        module.get_function("turn")((1,), (2,), (z,))
        print(z.tolist())
        again = pickle.loads(pickle.dumps(cp.RawKernel(source, "turn")))
        again((1,), (2,), (z,))
        print((z == cp.asarray([-1, -2j])).tolist())
        names = '''#include <cuComplex.h>
        extern "C" __global__ void f(cuFloatComplex *x, cuDoubleComplex *y) {
            x[0] = cuCadd(x[0], x[0]) * make_cuFloatComplex(0, 1);
            y[0] = cuCmul(y[0], conj(y[0])) + cuCabs(y[0]);
        }'''
        u, v = cp.asarray([1 + 2j], dtype="F"), cp.asarray([3 + 4j])
        cp.RawKernel(names, "f", translate_cucomplex=True)((1,), (1,), (u, v))
        print(u.tolist(), v.tolist())
        for wrong in (lambda: module.get_function("none"), lambda: cp.RawModule(), lambda: cp.RawKernel("x", "x", backend="other")):
            try: wrong()
            except Exception as error: print(type(error).__name__)
    """) == ["[0.0, 3.0, 6.0, 9.0] True", "[1j, (-2+0j)]", "[True, True]", "[(-4+2j)] [(30+0j)]", "CUDADriverError", "TypeError", "ValueError"]


def test_memory_streams_and_devices():
    assert run(r"""
        import cupy as cp, numpy as np
        memory = cp.cuda.alloc(64)
        memory.memset(1, 64)
        host = np.zeros(16, "i4")
        (memory + 32).copy_to_host(host.ctypes.data, 32)
        print(host[:9].tolist())
        a = cp.ndarray((2, 2), cp.int32, memory, strides=(8, 4))
        a += 1
        print(a.tolist(), memory.mem.size)
        pinned = cp.cuda.alloc_pinned_memory(16)
        np.frombuffer(pinned, "f4", 4)[:] = 2
        print(np.frombuffer(pinned, "f4", 4).sum())
        with cp.cuda.Stream(non_blocking=True) as stream:
            print(cp.cuda.get_current_stream() == stream, cp.cuda.Stream.null == cp.cuda.Stream(null=True))
            event = stream.record()
        event.synchronize()
        pool = cp.get_default_memory_pool()
        pool.set_limit(size=1 << 30)
        print(pool.get_limit(), pool.used_bytes() >= 0, cp.cuda.Device(0) == cp.cuda.Device(), cp.cuda.Device(0) < cp.cuda.Device(1))
        print(cp.cuda.runtime.deviceGetAttribute(cp.cuda.runtime.cudaDevAttrWarpSize, 0), cp.arange(3).__cuda_array_interface__["version"])
    """) == [str([16843009] * 8 + [0]), "[[16843010, 16843010], [16843010, 16843010]] 512", "8.0", "True True", f"{1 << 30} True True True",
             "32 3"]


def test_pools_streams_and_hooks():
    assert run(r"""
        import cupy as cp, gc, threading
        from cupy.cuda import memory_hooks
        pool = cp.cuda.MemoryPool()
        first = pool.malloc(2000); where = first.ptr
        print(first.mem.size, pool.used_bytes(), pool.n_free_blocks())
        del first
        head, tail = pool.malloc(1024), pool.malloc(1000)
        print(head.ptr == where, tail.ptr == where + 1024, pool.free_bytes(), pool.total_bytes())
        del head, tail                                    # they join again
        print(pool.malloc(2048).ptr == where, pool.n_free_blocks())
        with cp.cuda.Stream():
            print(pool.malloc(2048).ptr == where)         # another stream's blocks are its own
        pool.free_all_blocks()
        print(pool.total_bytes())
        pool.set_limit(size=4096)
        kept = pool.malloc(4096)
        try: pool.malloc(1)
        except cp.cuda.memory.OutOfMemoryError as error: print(error)
        seen = []
        class Hook(cp.cuda.MemoryHook):
            def alloc_postprocess(self, **given): seen.append("alloc")
            def malloc_postprocess(self, **given): seen.append("malloc")
            def free_postprocess(self, **given): seen.append("free")
        pool = cp.cuda.MemoryPool()
        with Hook():
            for _ in range(2): pool.malloc(1)
        print(*seen)
        pinned = cp.cuda.PinnedMemoryPool()
        memory = pinned.malloc(1000); at = memory.ptr
        del memory
        print(pinned.n_free_blocks(), pinned.malloc(900).ptr == at)
        one, two, three = cp.cuda.Stream(), cp.cuda.Stream(non_blocking=True), cp.cuda.Stream()
        now = cp.cuda.get_current_stream
        with one:
            two.use(); a = now() == two
            with three: b = now() == three
            print(a, b, now() == one, two.is_non_blocking)
        print(now() == cp.cuda.Stream.null, one.__cuda_stream__() == (0, one.ptr), cp.cuda.Stream.from_external(one) == one)
        k = cp.RawKernel('extern "C" __global__ void f(int *x) { x[threadIdx.x]++; }', "f")
        x = cp.zeros(3, "i4")
        with cp.cuda.Stream.from_external(one): k((1,), (3,), (x,))
        print(x.tolist())
    """) == ["2048 2048 0", "True True 0 2048", "True 1", "False", "0",
             "Out of memory allocating 512 bytes (allocated so far: 4,096 bytes, limit set to: 4,096 bytes).", "alloc malloc free malloc free",
             "1 True", "True True True True", "True True True", "[1, 1, 1]"]


def test_array_work_and_kernels_on_streams_come_in_order():
    assert run(r"""
        import cupy as cp, numpy as np
        n = 1 << 18
        twice = cp.RawKernel('extern "C" __global__ void f(double *x, int n) {'
                             'int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) x[i] = x[i] * 2 + 1; }', "f")
        host, grid = np.arange(n, dtype=float), (n // 256,)
        want, good = host * 2 + 1, 0
        for stream in [cp.cuda.Stream(), cp.cuda.Stream(non_blocking=True), cp.cuda.Stream.null] * 6:
            with stream:
                x = cp.asarray(host) + 0          # recorded
                twice(grid, (256,), (x, n))       # so computed first
                y = x * 1                         # and this after the kernel
                good += np.array_equal(y.get(), want)
                x = cp.asarray(host)
                twice(grid, (256,), (x, n))
                good += float(x.max()) == want[-1] and bool((cp.sort(-x)[:2] == -want[:-3:-1]).all())
                x = cp.asarray(host)
                twice(grid, (256,), (x, n))
                x[:2] = 0
                good += x[:3].tolist() == [0, 0, 5]
        print(good)
    """) == ["54"]


def test_views_and_orders():
    assert run(r"""
        import cupy as cp
        a = cp.arange(24.).reshape(2, 3, 4)
        t = a.transpose(1, 2, 0)
        print((t + 1).strides == t.strides, t.astype("f4").strides, t.copy().flags.c_contiguous, t.copy("K").strides == t.strides)
        print(t.base is a.base, t.flags.owndata, (t + 1).flags.owndata, cp.may_share_memory(a, t), cp.empty_like(t).strides == t.strides)
        class Mine(cp.ndarray):
            def __array_finalize__(self, other): self.mark = getattr(other, "mark", 0) if other is not None else 0
        m = a.view(type=Mine); print(type(m).__name__, m.mark, type(m + 1).__name__)
        a.shape = (6, 4); print(a.shape, (cp.arange(3) == None).tolist())
    """) == ["True (16, 4, 48) True True", "True False True True True", "Mine 0 Mine", "(6, 4) [False, False, False]"]


def test_testing_finds_differences():
    assert run(r"""
        import cupy as cp, numpy as np
        from cupy import testing
        @testing.for_all_dtypes(no_complex=True)
        @testing.numpy_cupy_allclose(rtol=1e-6)
        def good(xp, dtype): return testing.shaped_arange((2, 3), xp, dtype) * 2
        good()
        def check(decorator, function):
            try: decorator(function)()
            except AssertionError as error: return str(error).split("\n")[0] or "AssertionError"
        one = lambda xp: xp.ones(3) * (1 if xp is np else 2)
        kind = lambda xp: xp.ones(3, "f4" if xp is np else "f8")
        def fails(xp):
            if xp is cp: raise ValueError
            return xp.ones(1)
        def both(xp): raise (TypeError if xp is np else ValueError)("x")
        print(check(testing.numpy_cupy_array_equal(), one) is not None, check(testing.numpy_cupy_array_equal(), kind))
        print(check(testing.numpy_cupy_array_equal(), fails), "|", check(testing.numpy_cupy_array_equal(accept_error=True), both))
        print(len(testing.product({"a": [1, 2], "b": [3, 4]})), testing.installed("cupy>9"), testing.installed("numpy>=99"))
    """) == ["True ndarrays of different dtypes are returned.", "Only cupy raises error | Different types of errors occurred", "4 True False"]


def test_vectorize_and_jit():
    assert run(r"""
        import cupy as cp
        from cupyx import jit
        print(cp.vectorize(lambda x, y: x + y if x > y else y)(cp.arange(4), 2).tolist())
        @jit.rawkernel()
        def double(x, n):
            i = jit.grid(1)
            if i < n: x[i] *= 2
        x = cp.arange(5.)
        double[1, 32](x, 5)
        double((1,), (32,), (x, 5))
        print(x.tolist())
    """) == ["[2, 2, 2, 5]", "[0.0, 4.0, 8.0, 12.0, 16.0]"]


def test_sparse_and_polynomials():
    pytest.importorskip("scipy")
    assert run(r"""
        import warnings; warnings.simplefilter("ignore")
        import cupy as cp, cupyx.scipy.sparse as sp
        from cupyx.scipy.sparse.linalg import spsolve
        a = sp.csr_matrix(cp.array([[2., 0, 1], [0, 3, 0], [0, 0, 4]]))
        x = a @ cp.ones(3)
        print(type(x) is cp.ndarray, x.tolist(), type(a.data) is cp.ndarray, type(a.T).__name__, sp.issparse(a), a.get().nnz)
        print(cp.allclose(a @ spsolve(a.tocsc(), cp.ones(3)), 1))
        p = cp.poly1d([1, -3, 2])
        print(p(cp.arange(3)).tolist(), sorted(p.roots.tolist()), (p * p).order, cp.polynomial.polynomial.polyvander(cp.arange(2.), 1).tolist())
    """) == ["True [3.0, 3.0, 4.0] True csc_matrix True 4", "True", "[2, 0, 0] [1.0, 2.0] 4 [[1.0, 0.0], [1.0, 1.0]]"]


def test_complex_numbers_of_c():
    assert run(r"""
        import cupy as cp
        f = cp.RawKernel('''#include <cuComplex.h>
        extern "C" __global__ void f(cuFloatComplex *a, const cuDoubleComplex *b) {
            int i = threadIdx.x;
            cuFloatComplex y = cuComplexDoubleToFloat(b[i]);
            a[i] = cuCaddf(cuCmulf(a[i], y), cuCdivf(make_cuComplex(cuCabsf(y), 0), cuConjf(y)));
        }''', "f")
        a, b = cp.asarray([1 + 2j, 3j], "F"), cp.asarray([2 - 1j, 3 + 4j])
        expected = a * b + abs(b) / b.conj()
        f((1,), (2,), (a, b))
        print(cp.allclose(a, expected))
    """) == ["True"]


def test_what_bug_reports_begin_with():
    shown = run("import cupy; print(cupy.cuda.Device(0).name); cupy.show_config()")
    assert shown[0] and any(shown[0] in line for line in shown[1:])


def test_round_of_a_result():
    assert run("import cupy; print(round(cupy.asarray([1.25, 2.5]).sum(), 1), round(cupy.asarray(2.5)), round(cupy.asarray([1.26, 2.54]), 1))") == [
        "3.8 2 [1.3 2.5]"]


def test_an_arrays_device_is_a_device_of_cupys():
    shown = run("import cupy as cp; x = cp.arange(3); d = x.device\n"
                "print(d.id, int(d), d == cp.cuda.Device(0), cp.cuda.Device(0) == d, cp.cuda.Device(d).id)")
    assert shown == ["0 0 True True 0"]


def test_jit_shared_memory_and_groups_of_lanes():
    assert run(r"""
        import cupy as cp
        from cupyx import jit
        @jit.rawkernel()
        def back(x, y):
            fixed, given = jit.shared_memory(cp.int32, 32), jit.shared_memory(cp.int32, None)
            t = jit.threadIdx.x
            fixed[t] = x[t]
            given[t] = jit.laneid()
            jit.syncthreads()
            y[t] = fixed[31 - t] * 100 + given[31 - t]
        x = cp.arange(32, dtype=cp.int32)
        y = cp.zeros_like(x)
        back((1,), (32,), (x, y), shared_mem=128)
        print(bool((y == (31 - x) * 101).all()))
        @jit.rawkernel()
        def lanes(out, width):
            t = jit.threadIdx.x
            out[0, t] = jit.shfl_sync(0xffffffff, t, 1, width=width)
            out[1, t] = jit.shfl_up_sync(0xffffffff, t, 1, width=width)
            out[2, t] = jit.shfl_down_sync(0xffffffff, t, 1, width=width)
            out[3, t] = jit.shfl_xor_sync(0xffffffff, t, 1, width=width)
        out = cp.zeros((4, 32), dtype=cp.int64)
        lanes[1, 32](out, 4)
        print(*(row[4:8].tolist() for row in out))
    """) == ["True", "[5, 5, 5, 5] [4, 4, 5, 6] [5, 6, 7, 7] [5, 4, 7, 6]"]


def test_fft_plans_are_checked_and_orders_kept():
    assert run(r"""
        import cupy as cp, cupyx.scipy.fft as fft, warnings
        warnings.simplefilter("ignore")
        a = cp.ones((4, 6), dtype=complex)
        one, two = fft.get_fft_plan(a, axes=1), fft.get_fft_plan(a)
        print(type(one).__name__, type(two).__name__, fft.fft(a, plan=one).shape, fft.fftn(a, plan=two).shape)
        def refused(call):
            try: call()
            except (ValueError, RuntimeError) as error: return str(error).split(":")[0]
        with one: print(cp.fft.fft(a).shape, refused(lambda: cp.fft.fft(a, n=3)))
        with two: print(cp.fft.fftn(a).shape, refused(lambda: cp.fft.fftn(a[:2])), refused(lambda: fft.fftn(a, plan=two)))
        with fft.get_fft_plan(cp.stack([a, a]), axes=(1, 2)): print(cp.fft.fft2(cp.stack([a, a])).shape, cp.fft.ifft2(cp.stack([a, a]), None).shape)
        print(refused(lambda: fft.hfft(a, plan=one)))
        f = cp.asfortranarray(cp.arange(12.).reshape(3, 4))
        print(cp.fft.fftn(f).flags.f_contiguous, cp.fft.rfftn(f).flags.f_contiguous, bool((cp.fft.fftn(f) == cp.fft.fftn(f.copy("C"))).all()))
    """) == ["Plan1d PlanNd (4, 6) (4, 6)", "(4, 6) Target array size does not match the plan.",
             "(4, 6) The cuFFT plan and a.shape do not match Use the cuFFT plan either as a context manager or as an argument.",
             "(2, 4, 6) (2, 4, 6)", "[hfft] plan= is not yet supported", "True True True"]


def test_scipys_objects_keep_what_they_are_told():
    assert run(r"""
        import cupy as cp, warnings
        import cupyx.scipy.signal as signal, cupyx.scipy.sparse as sparse, cupyx.scipy.interpolate as interpolate
        from cupyx import linalg
        warnings.simplefilter("ignore")
        x = cp.sin(cp.arange(64.))
        print(signal.csd(x, x)[1].dtype, type(signal.find_peaks(x, height=0.5)[1]["peak_heights"]) is cp.ndarray)
        print(issubclass(interpolate.InterpolatedUnivariateSpline, interpolate.UnivariateSpline), callable(signal.dlti.step))
        m = sparse.csr_matrix(cp.asarray([[1., 0, 2], [0, 3, 0]]))
        same = m; same *= 2
        print(same is m, m.toarray().tolist(), m.maximum(sparse.csr_matrix(cp.asarray([[3., 1, 1]]))).toarray().tolist())
        out = cp.zeros((1, 3)); print(m.sum(0, out=out) is out, out.tolist(), m.toarray(order="F").flags.f_contiguous)
        print(callable(sparse.csr_matrix.tocoo), m.get_shape(), hasattr(sparse.csr_array(m), "getrow"), m.H.shape)
        a = cp.asarray([[4., 1], [1, 3]])
        print(bool(cp.allclose(linalg.invh(a) @ a, cp.eye(2))))
    """) == ["float64 True", "True True", "True [[2.0, 0.0, 4.0], [0.0, 6.0, 0.0]] [[3.0, 1.0, 4.0], [3.0, 6.0, 1.0]]",
             "True [[2.0, 6.0, 4.0]] True", "True (2, 3) False (3, 2)", "True"]


def test_sizes_in_reduction_kernels():
    assert run(r"""
        import cupy as cp
        x = cp.arange(12.).reshape(3, 4)
        mean = cp.ReductionKernel("T x", "T y", "x", "a + b", "y = a / _in_ind.size() + _out_ind.size()", "0", "mean_of_all")
        print(mean(x, axis=1).tolist(), mean(cp.ones(150000)).item())
        smaller = cp.ReductionKernel("X x", "Y y", "_raw_x[_in_ind.size() / 2] > x", "a + b", "y = a", "0", "smaller", reduce_type="int")
        from cupyx.scipy import ndimage
        print(ndimage.generic_filter(cp.asarray([3., 1, 2, 5, 4]), smaller, 3).tolist())
    """) == ["[3.5, 4.833333333333333, 6.166666666666666] 2.0", "[1.0, 0.0, 1.0, 2.0, 0.0]"]


def test_jit_thrust_and_groups():
    assert run(r"""
        import cupy as cp, numpy as np
        from cupyx import jit

        @jit.rawkernel()
        def rows(x, sums, places, found, gaps):
            i = jit.threadIdx.x
            row = x[i]
            sums[i] = jit.thrust.reduce(jit.thrust.seq, row.begin(), row.end(), 0)
            jit.thrust.adjacent_difference(jit.thrust.device, row.begin(), row.end(), gaps[i].begin())
            jit.thrust.sort(jit.thrust.device, row.begin(), row.end())
            places[i] = jit.thrust.lower_bound(jit.thrust.seq, row.begin(), row.end(), 50) - row.begin()
            found[i] = jit.thrust.binary_search(jit.thrust.seq, row.begin(), row.end(), 50)

        host = np.random.default_rng(1).integers(0, 100, (8, 60))
        x, gaps = cp.asarray(host), cp.zeros(host.shape, int)
        sums, places, found = cp.zeros(8, int), cp.zeros(8, int), cp.zeros(8, bool)
        rows((1,), (8,), (x, sums, places, found, gaps))
        print((x.get() == np.sort(host)).all(), (sums.get() == host.sum(1)).all(), (places.get() == (host < 50).sum(1)).all(),
              (found.get() == (host == 50).any(1)).all(), (gaps.get()[:, 1:] == np.diff(host)).all())

        @jit.rawkernel()
        def sets(a, b, out, size):
            it = jit.thrust.set_union(jit.thrust.device, a.begin(), a.end(), b.begin(), b.end(), out.begin())
            size[0] = it - out.begin()
            first, second = jit.thrust.unique_by_key(jit.thrust.device, a.begin(), a.end(), b.begin())
            size[1] = second - b.begin()

        out, size = cp.zeros(8, int), cp.zeros(2, int)
        a, b = cp.asarray([1, 1, 4, 7]), cp.asarray([1, 2, 7, 9])
        sets((1,), (1,), (a, b, out, size))
        print(out[:int(size[0])].tolist(), a[:int(size[1])].tolist(), b[:int(size[1])].tolist())

        @jit.rawkernel()
        def groups(x, y):
            block, grid = jit.cg.this_thread_block(), jit.cg.this_grid()
            shared = jit.shared_memory(cp.int32, 32)
            jit.cg.memcpy_async(block, shared, 0, x, 0, 4 * 32)
            jit.cg.wait(block)
            if grid.thread_rank() == 40:
                y[0], y[1], y[2] = block.size(), grid.size(), block.thread_rank()
                y[3], y[4] = grid.num_blocks(), grid.block_index().x
            total = 0
            for i in jit.range(32, unroll=True):
                total += shared[i]
            jit.cg.sync(grid)
            y[5 + jit.blockIdx.x] = total

        y = cp.zeros(7, int)
        groups[2, 32](cp.arange(32, dtype=cp.int32), y)
        print(y.tolist())
    """) == ["True True True True True", "[1, 1, 2, 4, 7, 9] [1, 4, 7] [1, 7, 9]", "[32, 64, 8, 2, 1, 496, 496]"]


def test_functions_of_polynomials_and_of_several_results():
    assert run(r"""
        import cupy as cp
        p = cp.poly1d([1, 2, 3])
        print(cp.add(p, p).tolist(), cp.multiply(p, 2).tolist(), p + 1)
        print([part.tolist() for part in cp.vectorize(lambda x, y: (x + y, x * 2.))(cp.arange(3), 1)])
    """) == ["[2, 4, 6] [2, 4, 6]    2", "1 x + 2 x + 4", "[[1, 2, 3], [0.0, 2.0, 4.0]]"]


def test_operators_for_solvers():
    pytest.importorskip("scipy")
    assert run(r"""
        import warnings; warnings.simplefilter("ignore")
        import cupy as cp
        from cupyx.scipy import sparse
        from cupyx.scipy.sparse import linalg

        class Twice(linalg.LinearOperator):
            def __init__(self):
                super().__init__(cp.float64, (4, 4))
            def _matvec(self, x):
                assert isinstance(x, cp.ndarray)
                return 2 * x

        seen = []
        x, info = linalg.cg(Twice(), cp.ones(4), tol=1e-8, callback=lambda x: seen.append(isinstance(x, cp.ndarray)))
        print(x.tolist(), info, seen, (Twice() @ cp.ones(4)).tolist(), (Twice() + Twice()).matvec(cp.ones(4)).tolist(), (Twice() ** 2).dot(cp.eye(4))[0].tolist())
        A = sparse.diags([-1, 2.5, -1], [-1, 0, 1], shape=(50, 50), format="csr")
        b = cp.ones(50)
        M = linalg.LinearOperator((50, 50), lambda v: v / 2.5)
        for solve in (linalg.cg, linalg.gmres, linalg.bicgstab):
            x, info = solve(A, b, M=M)
            print(info, bool(cp.linalg.norm(A @ x - b) < 1e-3), type(x) is cp.ndarray)
        print(linalg.aslinearoperator(A).H.matvec(b).shape, linalg.minres(A, b)[1])
        try: Twice().matvec(cp.ones(3))
        except ValueError as error: print(error)
        from cupyx.scipy.spatial import distance
        print(type(distance.cdist(cp.ones((2, 3)), cp.zeros((1, 3)))) is cp.ndarray)
    """) == ["[0.5, 0.5, 0.5, 0.5] 0 [True] [2.0, 2.0, 2.0, 2.0] [4.0, 4.0, 4.0, 4.0] [4.0, 0.0, 0.0, 0.0]",
             "0 True True", "0 True True", "0 True True", "(50,) 0", "dimension mismatch", "True"]


def test_pointers_of_arrays_and_archives():
    assert run(r"""
        import cupy as cp, io
        a, b = cp.arange(6.), cp.zeros(6)
        b.data.copy_from_device(a.data, a.nbytes)
        print(b.tolist(), isinstance(a.data, cp.cuda.MemoryPointer), a[2:].data.ptr - a.data.mem.ptr)
        b[3:].data.memset(0, 16)
        (b.data + 40).copy_from(a.data + 8, 8)
        print(b.tolist(), cp.ndarray((2,), "f8", a.data + 16).tolist())
        file = io.BytesIO()
        cp.savez(file, a=a, b=b)
        file.seek(0)
        with cp.load(file) as kept:
            print(sorted(kept), type(kept["a"]) is cp.ndarray, kept["a"].tolist(), len(kept), "c" in kept)
    """) == ["[0.0, 1.0, 2.0, 3.0, 4.0, 5.0] True 16", "[0.0, 1.0, 2.0, 0.0, 0.0, 1.0] [2.0, 3.0]", "['a', 'b'] True [0.0, 1.0, 2.0, 3.0, 4.0, 5.0] 2 False"]


def test_textures_in_fragments_and_arrays_in_disguise():
    assert run(r"""
        import cupy as cp
        from cupy.cuda import runtime, texture
        memory = texture.CUDAarray(texture.ChannelFormatDescriptor(32, 0, 0, 0, runtime.cudaChannelFormatKindFloat), 8)
        memory.copy_from(cp.arange(8, dtype="f"))
        tex = texture.TextureObject(texture.ResourceDescriptor(runtime.cudaResourceTypeArray, cuArr=memory),
                                    texture.TextureDescriptor((runtime.cudaAddressModeClamp,), runtime.cudaFilterModePoint, runtime.cudaReadModeElementType))
        print(cp.ElementwiseKernel("T x, U tex", "T y", "y = x + tex1D<float>(tex, i)", "read")(cp.ones(10, "f"), tex).tolist())

        class Holder:
            def __init__(self, array):
                self.array = array
            def __cupy_get_ndarray__(self):
                return self.array

        x = cp.arange(5.)
        where = Holder(cp.asarray([1, 2]))
        print((x + Holder(x)).tolist(), x[where].tolist())
        x[where] = Holder(cp.asarray([9., 8.]))
        print(x.tolist())
    """) == ["[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 8.0, 8.0]", "[0.0, 2.0, 4.0, 6.0, 8.0] [1.0, 2.0]", "[0.0, 9.0, 8.0, 3.0, 4.0]"]


def test_signal_of_its_own():
    pytest.importorskip("scipy")
    assert run(r"""
        import warnings; warnings.simplefilter("ignore")
        import cupy as cp, numpy as np
        from cupyx import signal
        r = np.random.default_rng(1)
        x = r.random(64)
        cepstrum, delay = signal.complex_cepstrum(cp.asarray(x))
        print(np.allclose(signal.inverse_complex_cepstrum(cepstrum, delay).get(), x),
              np.allclose(abs(np.fft.fft(signal.minimum_phase(cp.asarray(x)).get())), abs(np.fft.fft(x))))
        h = r.random((3, 4))
        terms = [sum(h[i, j] * x[n + 2 - i] * x[n + 3 - j] for i in range(3) for j in range(4)) for n in range(61)]
        print(np.allclose(signal.convolve1d2o(cp.asarray(x), cp.asarray(h)).get(), terms))
        level, found = signal.ca_cfar(cp.asarray([1.] * 10 + [1e6] + [1.] * 10), 1, 3)
        print(cp.nonzero(found)[0].tolist()[-1], level.shape, signal.mvdr(cp.asarray([[1., 2, 3], [4, 5, 7]]), cp.asarray([1., 2])).round(6).tolist())
        out = signal.channelize_poly(cp.asarray(x), cp.ones(4), 4)
        print(out.shape, np.allclose(out.get(), np.conj(np.fft.fft(x.reshape(16, 4)[:, ::-1], axis=1)).T))
        print(np.allclose(signal.freq_shift(cp.asarray(x), 2., 8.).get(), x * np.exp(-0.5j * np.pi * np.arange(64))), signal.firfilter(cp.ones(2), cp.arange(3.)).tolist())
        for call in (lambda: signal.ca_cfar(cp.zeros(5), 1, 3), lambda: signal.mvdr(cp.ones((3, 2)), cp.ones(3)), lambda: signal.channelize_poly(cp.ones(8), cp.ones(2), 4)):
            try: call()
            except ValueError: print("refused")
    """) == ["True True", "True", "20 (21,) [-2.0, 1.5]", "(4, 16) True", "True [0.0, 1.0, 3.0]", "refused", "refused", "refused"]


def test_scipy_objects_and_stacks():
    out = run("""
        import warnings
        warnings.simplefilter("ignore")
        import cupy as cp
        from cupyx.scipy import linalg, ndimage, sparse, spatial, special
        from cupyx.scipy.sparse import linalg as sparse_linalg
        a = sparse.csc_matrix(cp.array([[4., 1, 0], [1, 4, 1], [0, 1, 4]]))
        lu, b = sparse_linalg.splu(a), cp.array([1., 2, 3])
        print(cp.allclose(a @ lu.solve(b), b), cp.allclose(a.T @ lu.solve(b, "T"), b), type(lu).__name__, lu.L.format, lu.perm_r.shape)
        print(cp.allclose(a @ sparse_linalg.factorized(a)(b), b))
        t = cp.tril(cp.arange(1., 28).reshape(3, 3, 3))
        x = linalg.solve_triangular(t, cp.ones((3, 3)), lower=True)
        print(cp.allclose((t @ x[..., None])[..., 0], 1))
        tree = spatial.KDTree(cp.array([[0., 0], [1, 0], [5, 5]]))
        print([found.tolist() for found in tree.query_ball_point(cp.array([[0., 0], [5, 5]]), 2)])
        print(special.gammaln(cp.array([-cp.inf, 1.0])).tolist())
        image = cp.arange(16, dtype=cp.float32).reshape(4, 4)
        print((ndimage.affine_transform(image, cp.eye(3), order=1, texture_memory=True) == image).all())
        try:
            ndimage.affine_transform(image, cp.eye(3), mode="wrap", texture_memory=True)
        except ValueError as error:
            print("texture_memory" in str(error))
    """)
    assert out == ["True True SuperLU csc (3,)", "True", "True", "[[0, 1], [2]]", "[-inf, 0.0]", "True", "True"]


def test_names_around_the_edges():
    out = run("""
        import warnings
        warnings.simplefilter("ignore")
        import cupy as cp, cupyx.distributed
        from numba import cuda
        from cupyx.scipy import linalg
        print(cp.cuda.Device.from_pci_bus_id(cp.cuda.Device(0).pci_bus_id).id, cp.typing.NDArray is not None)
        print(linalg.bandwidth(cp.asarray([[1, 2, 3], [0, 0, 0], [1, 0, 0]], cp.float16)), linalg.bandwidth(cp.zeros((2, 3))))
        x = cp.arange(24.0).reshape(2, 3, 4)
        print(x.reduced_view().shape, x[:, None, 1:].reduced_view().shape, x.T.reduced_view().shape, x[:, :, :2].reduced_view().strides)
        y = x.reduced_view()
        y[5] = -1
        print(float(x[0, 1, 1]), x[:0].reduced_view().shape)
        theirs = cuda.stream()  # which has to live as long as it is used
        stream = cp.cuda.ExternalStream(int(theirs.handle))
        with stream:
            z = x * 2
        stream.synchronize()
        print(float(z[1, 2, 3]))
        try:
            cupyx.distributed.init_process_group
        except AttributeError as error:
            print("NCCL" in str(error))
    """)
    assert out == ["0 True", "(2, 2) (0, 0)", "(24,) (2, 8) (4, 3, 2) (32, 8)", "-1.0 (0, 3, 4)", "46.0", "True"]


def test_libraries_that_look_at_the_module():
    """`from cupy import *`, dir() and the module of an array's class, by which libraries of array functions choose theirs."""
    assert run(r"""
        import cupy, weft
        from cupy import *
        from cupy.linalg import *
        print(type(arange(3)).__module__, float32 is cupy.float32, solve is cupy.linalg.solve, hasattr(cupy.fft, "__all__"))
        names = dir(cupy)
        print([name for name in ("sin", "int32", "asnumpy", "cuda", "CompileError", "memory_info") if name in names])
        print(all([1, 2]).item(), cupy.CompileError is weft.CompileError)
    """) == ["cupy True True True", "['sin', 'int32', 'asnumpy', 'cuda']", "True True"]
    done = subprocess.run([sys.executable, "-P", "-c", "from weft import *; print(sin(zeros(2)).tolist(), jit)"], capture_output=True, text=True)
    assert done.stdout.startswith("[0.0, 0.0]"), done.stderr


def test_scipys_functions_write_the_output_they_are_given():
    """By name or by place: the array itself comes back. What SciPy makes of another class is one here, and grids are solved directly."""
    pytest.importorskip("scipy")
    assert run(r"""
        import cupy as cp, numpy as np, warnings
        warnings.simplefilter("ignore")
        import cupyx.scipy.ndimage as nd, cupyx.scipy.signal as cs, cupyx.scipy.interpolate as ci, scipy.ndimage
        a = cp.arange(20.).reshape(4, 5); at = cp.mgrid[0:4, 0:5] * 0.5
        for args in ((at,), (at, None), (at, None, 1, "nearest")):
            out = cp.zeros((4, 5))
            given = (args[0], out, *args[2:])
            print(nd.map_coordinates(a, *given) is out, np.allclose(out.get(), scipy.ndimage.map_coordinates(a.get(), at.get(), None, *args[2:])))
        out = cp.zeros_like(a)
        print(nd.shift(a, 1, output=out) is out, round(float(out[1, 1])) == 0, nd.rotate(a, 90).shape)
        print(isinstance(cs.dlti([1], [1], dt=0.05), cs.TransferFunction), isinstance(cs.lti([1], [1, 2]), cs.dlti))
        x = cp.arange(6.); values = x[:, None] ** 3 * (x ** 3 + 2 * x)[None, :]
        f = ci.RegularGridInterpolator((x, x), values, method="cubic")
        print(abs(float(f(cp.array([[1.5, 2.5]]))[0]) - 1.5 ** 3 * (2.5 ** 3 + 5)) < 1e-9, isinstance(f, ci.RegularGridInterpolator))
    """) == ["True True"] * 3 + ["True True (5, 4)", "True False", "True True"]


def test_what_a_failed_compilation_says_and_the_notebooks_timer():
    out = run(r"""
        import cupy as cp, io, cupyx.profiler
        try:
            cp.RawKernel('extern "C" __global__ void k(int *a)\n{ a[0] = nowhere; }', "k").compile()
        except cp.cuda.compiler.CompileException as error:
            text = io.StringIO()
            error.dump(text)
            print("nowhere" in error.get_message(), text.getvalue().split("\n")[1], "unknown name" in text.getvalue())
        result = cupyx.profiler.benchmark(cp.sin, (cp.ones(3),), n_repeat=3)
        print(str(result).count(" us"), "GPU-0" in str(result), "GPU" in result.to_str(), result)
    """)
    assert out[0] == "True 2 { a[0] = nowhere; } True" and out[1].startswith("4 True False sin"), out
    pytest.importorskip("IPython")
    out = run(r"""
        from IPython.core.interactiveshell import InteractiveShell
        import cupy as cp
        shell = InteractiveShell()
        shell.run_line_magic("load_ext", "cupyx.profiler")
        shell.user_ns.update(cp=cp, x=cp.ones(4), seen=[])
        shell.run_line_magic("gpu_timeit", "-n 3 -w 2 seen.append( 'a  b' ) or x.sum()")
        print(shell.user_ns["seen"])
        shell.run_cell_magic("gpu_timeit", "-n 2 --max-duration 1", "y = x * 2\ny.sum()")
    """)
    assert out[0].startswith("run") and "CPU:" in out[0] and out[1] == str(["a  b"] * 5) and "GPU-0:" in out[2], out


def test_cupys_functions_in_cupyx_jit():
    assert run(r"""
        import cupy as cp
        from cupyx import jit
        @jit.rawkernel(device=True)
        def inner(a, b):
            return cp.sin(a) * b + cp.where(a > 1, a, cp.float64(0))
        @jit.rawkernel()
        def kernel(x, y):
            i = jit.grid(1)
            if i < x.size:
                y[i] = inner(x[i], 2.0) + cp.square(x[i]) + cp.hypot(x[i], 1) if not cp.isnan(x[i]) else cp.inf
        x, y = cp.array([0.5, 1.5, cp.nan]), cp.zeros(3)
        kernel[1, 32](x, y)
        print(cp.allclose(y[:2], (cp.sin(x) * 2 + cp.where(x > 1, x, 0) + x * x + cp.hypot(x, 1))[:2]), y[2])
    """) == ["True inf"]


def test_numpys_numbers_and_arrays_beside_arrays_whose_class_is_cupys():
    """NumPy asks the array's class, which calls itself cupy's under the drop-in and is ours all the same."""
    assert run(r"""
        import cupy as cp, numpy as np
        x = cp.arange(3, dtype="f")
        print(cp.float32(2) * x, np.arange(3) + x, np.float64(1) < x, np.matmul(np.ones(3), x), np.add(x, x), cp.int32(1) - x.sum())
        t = cp.array(["2026-11-22"], "M8[D]")
        print(np.timedelta64(1, "D") + t)
    """) == ["[0. 2. 4.] [0. 2. 4.] [False False  True] 3.0 [0. 2. 4.] -2.0", "['2026-11-23']"]


def test_jit_reductions_of_warps_and_blocks():
    assert run(r"""
        import cupy as cp, numpy as np
        from cupyx import jit
        kind = np.float32
        @jit.rawkernel()
        def rows(x, sums, least):
            BlockReduce = jit.cub.BlockReduce[kind, 96]
            storage = jit.shared_memory(dtype=BlockReduce.TempStorage, size=1)
            total = BlockReduce(storage[0])
            i, j = jit.blockIdx.x, jit.threadIdx.x
            value = x[i, j]
            s = total.Sum(value)
            m = BlockReduce(storage[0]).Reduce(value, jit.cub.Min())
            if j == 0:
                sums[i] = s
                least[i] = m
        x = cp.asarray(np.random.default_rng(1).standard_normal((5, 96)).astype(kind))
        sums, least = cp.zeros(5, kind), cp.zeros(5, kind)
        rows[5, 96](x, sums, least)
        print(np.allclose(sums.get(), x.get().sum(1), rtol=1e-4), (least.get() == x.get().min(1)).all())
        @jit.rawkernel()
        def warps(x, y):
            Reduce = jit.cub.WarpReduce[np.complex64]
            t = jit.threadIdx.x
            s = Reduce(0).Sum(x[t])
            if t % 32 == 0:
                y[t // 32] = s
        z = cp.arange(128).astype("F") * (1 + 2j)
        y = cp.zeros(4, "F")
        warps[1, 128](z, y)
        print((y == z.reshape(4, 32).sum(1)).all())
        @jit.rawkernel()
        def wrong(x):
            R = jit.cub.BlockReduce[np.float32]
            x[0] = R(0).Sum(x[0])
        try: wrong[1, 1](x)
        except TypeError as error: print(str(error)[:60])
    """) == ["True True", "True", "jit.cub.BlockReduce[dtype, threads of a block along x, y, z]"]


def test_callbacks_of_transforms():
    """cuFFT's: a load function sees what is transformed, a store function the result before it is scaled; with data, along any axes."""
    assert run(r"""
        import cupy as cp, numpy as np, warnings
        warnings.simplefilter("ignore")
        load = r'''#include <cufftXt.h>
        __device__ cufftComplex halved(void *in, unsigned long long at, void *info, void *shared) {
            cufftComplex x = ((cufftComplex *)in)[at];
            float by = ((float *)info)[0];
            x.x *= by; x.y = at % 2 ? x.y : 0;
            return x;
        }'''
        store = r'''#include <cufftXt.h>
        __device__ void squared(void *out, unsigned long long at, cufftComplex x, void *info, void *shared) {
            ((cufftComplex *)out)[at] = make_cuFloatComplex(x.x * x.x, x.y);
        }
        __device__ cufftJITCallbackStoreC d_storeCallbackPtr = squared;'''
        rng = np.random.default_rng(0)
        a = (rng.random((4, 6)) + 1j * rng.random((4, 6))).astype("c8")
        half = cp.array([0.5], "f4")
        def loaded(a):
            at = np.arange(a.size).reshape(a.shape)
            return a.real * 0.5 + 1j * np.where(at % 2, a.imag, 0)
        def stored(a):
            return a.real ** 2 + 1j * a.imag
        with cp.fft.config.set_cufft_callbacks(cb_load=load, cb_load_name="halved", cb_load_data=half, cb_store=store, cb_ver="jit"):
            one, other, two = cp.fft.fft(cp.asarray(a), norm="ortho"), cp.fft.ifft(cp.asarray(a), n=3, axis=0), cp.fft.fft2(cp.asarray(a))
        print(np.allclose(one.get(), stored(np.fft.fft(loaded(a))) / 6 ** 0.5, 1e-4, 1e-5), one.dtype)
        print(np.allclose(other.get(), stored(np.fft.ifft(loaded(a[:3].T)) * 3).T / 3, 1e-4, 1e-5))
        print(np.allclose(two.get(), stored(np.fft.fft2(loaded(a))), 1e-4, 1e-5))
        print(np.allclose(cp.fft.fft(cp.asarray(a)).get(), np.fft.fft(a), 1e-4))
        try: cp.fft.config.set_cufft_callbacks()
        except ValueError as error: print("cb_load" in str(error))
    """) == ["True complex64", "True", "True", "True", "True"]


def test_private_modules_of_interpolation_and_scans():
    pytest.importorskip("scipy")
    assert run(r"""
        import cupy as cp
        from cupyx.scipy.interpolate._rbfinterp import NAME_TO_FUNC, _AVAILABLE, _monomial_powers, kernel_matrix, polynomial_matrix
        print(sorted(NAME_TO_FUNC) == sorted(_AVAILABLE), _monomial_powers(2, 2).tolist())
        x, out = cp.array([[0., 0.], [3., 4.]]), cp.empty((2, 2))
        kernel_matrix(x, NAME_TO_FUNC["cubic"], out)
        print(out.tolist(), NAME_TO_FUNC["thin_plate_spline"](cp.zeros(1)).tolist())
        out = cp.empty((2, 3))
        polynomial_matrix(x, _monomial_powers(2, 1), out)
        print(out.tolist())
        from cupy._core._routines_math import _scan_for_test
        print(_scan_for_test(cp.ones(3, "u1")).dtype, _scan_for_test(cp.arange(4)).tolist())
    """) == ["True [[0, 0], [1, 0], [0, 1], [2, 0], [1, 1], [0, 2]]", "[[0.0, 125.0], [125.0, 0.0]] [0.0]", "[[1.0, 0.0, 0.0], [1.0, 3.0, 4.0]]",
             "uint8 [0, 1, 3, 6]"]
