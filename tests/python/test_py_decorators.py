"""stencil, cfunc, numba.extending.overload, thread counts."""

import ctypes

import numpy as np
import pytest

from weft import _extending
from weft import _pytypes as types
from weft._cfunc import carray, cfunc, farray
from weft._intrinsic import intrinsic
from weft._jit import get_num_threads, get_thread_id, njit, prange, set_num_threads
from weft._pysource import TypingError
from weft._pytypes import Array, Integer, Type
from weft._stencil import stencil


@stencil
def blur(a):
    return 0.25 * (a[0, 1] + a[0, -1] + a[1, 0] + a[-1, 0])


def test_stencil():
    a = np.arange(20.0).reshape(4, 5)
    want = np.zeros((4, 5))
    want[1:-1, 1:-1] = 0.25 * (a[1:-1, 2:] + a[1:-1, :-2] + a[2:, 1:-1] + a[:-2, 1:-1])
    assert np.allclose(blur(a), want)
    assert np.allclose(njit(lambda a: blur(a) + 1)(a), want + 1)


def test_stencil_options():
    @stencil(cval=7, neighborhood=((-2, 0),))
    def back(a):
        return a[-2] + a[0]

    a = np.arange(5)
    assert back(a).tolist() == [7, 7, 2, 4, 6]


def test_neighbours_of_a_stencil():
    """Constants as indices, slices, several arrays, out= with and without cval: outside and inside of compiled functions."""
    def folded(a):
        far = 1 + 1
        return a[far - 1] - a[-far]

    def sliced(a):
        return a[-1:2].sum()

    def two(a, b):
        return a[1] * b[-1] + b[0]

    a, b = np.arange(6.0) ** 2, np.arange(6)[::-1]
    cases = [(stencil(folded), (a,), [0, 0, 9, 15, 21, 0]), (stencil(sliced, neighborhood=((-1, 1),)), (a,), [0, 5, 14, 29, 50, 0]),
             (stencil(two), (a, b), [0, 4 * 5 + 4, 9 * 4 + 3, 16 * 3 + 2, 25 * 2 + 1, 0])]
    for made, args, want in cases:
        def inside(*args):
            out = np.full(6, 8.0)
            made(*args, out=out)
            return made(*args), out

        got, out = njit(inside)(*args)
        assert made(*args).tolist() == got.tolist() == want and out.tolist() == [w or 8.0 for w in want]
    out = np.zeros(6)
    assert stencil(folded, cval=np.inf)(a, out=out) is out and out[0] == np.inf and out[2] == 9


def test_stencils_made_inside_a_compiled_function():
    @njit
    def f(a):
        @stencil
        def right(a):
            return a[1]

        out = np.zeros(5)
        stencil(lambda a: a[-1] + a[1], cval=-1)(a, out=out)
        return right(a), out

    right, out = f(np.arange(5.0))
    assert right.tolist() == [1, 2, 3, 4, 0] and out.tolist() == [-1, 2, 4, 6, -1]


def test_what_is_no_stencil():
    a = np.zeros((3, 4))

    def flat(a):
        return a[0]

    def storing(a):
        a[0, 0] = 1
        return a[0, 0]

    def reserved(a, out):
        return a[0, 0] * out

    def unknown(a, i):
        return a[i, 0]

    for make, words in ((lambda: stencil(flat)(a), "does not match array dimensionality"), (lambda: stencil(storing)(a), "Assignments to arrays"),
                        (lambda: stencil(reserved), "reserved word 'out'"), (lambda: stencil(unknown)(a, 1), "'neighborhood' option required"),
                        (lambda: stencil(lambda a: 1.0)(a), "no accesses"), (lambda: stencil(flat, bad=1), "Unknown stencil option bad"),
                        (lambda: stencil(flat, standard_indexing="a"), "must use relative indexing"),
                        (lambda: stencil(blur.py_func, neighborhood=((0, 1),))(a), "1 dimensional neighborhood specified for 2"),
                        (lambda: stencil(blur.py_func, cval=1j)(a), "cval type does not match")):
        with pytest.raises(ValueError, match=words) as caught:
            make()
        assert isinstance(caught.value, TypingError)


def test_cfunc():
    @cfunc("float64(float64)")
    def square(x):
        return x * x

    assert square.ctypes(3.0) == 9.0 and square.address
    again = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(square.address)
    assert again(1.5) == 2.25


def test_cfunc_in_scipy():
    scipy = pytest.importorskip("scipy")
    from scipy import integrate

    @cfunc("float64(float64)")
    def square(x):
        return x * x

    assert np.isclose(integrate.quad(scipy.LowLevelCallable(square.ctypes), 0, 1)[0], 1 / 3)

    @cfunc(types.float64(types.intc, types.CPointer(types.float64)))  # SciPy reads the pointer's type too
    def product(n, xx):
        x = carray(xx, (n,))
        return x[0] * x[1]

    assert np.isclose(integrate.quad(scipy.LowLevelCallable(product.ctypes), 0, 2, args=(3.0,))[0], 6)

    @cfunc(types.intc(types.CPointer(types.double), types.intp, types.CPointer(types.double), types.voidptr))
    def largest(values, n, result, data):
        result[0] = carray(values, (n,)).max()
        return 1

    from scipy import ndimage

    a = np.arange(16.0).reshape(4, 4)
    assert np.array_equal(ndimage.generic_filter(a, scipy.LowLevelCallable(largest.ctypes), size=3), ndimage.maximum_filter(a, 3))
    assert largest.ctypes(a.ctypes.data_as(ctypes.POINTER(ctypes.c_double)), 3, (ctypes.c_double * 1)(), None) == 1


def test_the_warning_of_a_call_of_numpy_names_the_line_of_the_program():
    from weft import FallbackWarning, _pyresolve

    _pyresolve._told.discard("numpy.packbits")
    packed = njit(lambda a: np.packbits(a))
    with pytest.warns(FallbackWarning, match="numpy.packbits") as caught:
        assert packed(np.array([True, False, True])).tolist() == [160]
    assert [w.filename for w in caught if "numpy.packbits" in str(w.message)] == [__file__]


def test_carray():
    a = np.arange(6.0)
    view = carray(a.ctypes.data_as(ctypes.POINTER(ctypes.c_double)), (2, 3))
    view[1, 2] = 9
    assert a[5] == 9


def known_by_type(x):
    raise NotImplementedError


@_extending.overload(known_by_type)
def _known_by_type(x):
    if isinstance(x, Integer):
        return lambda x: x + 1
    if isinstance(x, Array):
        return lambda x: x.sum()


@_extending.overload_method(Array, "doubled")
def _doubled(a):
    return lambda a: a * 2


def test_overload():
    f = njit(lambda x: known_by_type(x))
    assert f(3) == 4 and f(np.ones(3)) == 3.0
    with pytest.raises(Exception, match=r"known_by_type\(\), which numba.extending.overload knows for other types only, cannot be called"):
        f(1.5)
    theirs = type("CPUDispatcher", (), {"__module__": "numba.core.registry", "py_func": staticmethod(known_by_type)})()  # the installed Numba's
    with pytest.raises(Exception, match=r"known_by_type\(\), which the installed Numba compiles .*python -m weft.*, cannot be called"):
        njit(lambda x: theirs(x))(1)
    assert njit(lambda a: a.doubled())(np.ones(2)).tolist() == [2.0, 2.0]


class _Interval:
    pass


def test_what_builds_llvm_is_registered_and_declined_where_it_is_used():
    names = _extending.stand_ins("numba.extending")

    @names["type_callable"](_Interval)
    def typer(context):
        return None

    @names["lower_builtin"](_Interval, float)
    def lowered(context, builder, sig, args):
        return None

    @names["register_model"](Type)
    class IntervalModel(names["models"].StructModel):
        def __init__(self, manager, type_):
            names["models"].StructModel.__init__(self, manager, type_, [("lo", type_)])

    names["make_attribute_wrapper"](Type, "lo", "lo")
    with pytest.raises(TypingError, match="numba.extending.lower_builtin builds LLVM by hand"):
        njit(lambda x: _Interval(x))(3)
    with pytest.raises(NotImplementedError, match="numba.extending.NativeValue"):
        names["NativeValue"](3)


def test_intrinsics_of_numbers():
    """A body that the program builds with llvmlite; what is no number and what the builder lacks is told by name."""
    from llvmlite import ir

    @intrinsic
    def ones(context, x):
        def build(context, builder, signature, args):
            counted = ir.Function(builder.module, ir.FunctionType(args[0].type, [args[0].type]), "llvm.ctpop.i8")
            return builder.call(counted, args)
        return types.uint8(types.uint8), build

    @intrinsic
    def float_of(context, x):
        if not isinstance(x, types.Integer):
            return None
        return types.float32(x), lambda context, builder, signature, args: builder.bitcast(
            context.cast(builder, args[0], signature.args[0], types.int32), ir.FloatType())

    @intrinsic
    def both(context, a, b):
        return types.boolean(types.boolean, types.boolean), lambda context, builder, signature, args: builder.and_(*args)

    @intrinsic
    def strange(context, x):
        return types.float64(types.float64), lambda context, builder, signature, args: context.make_array(x)

    @njit
    def total(a):
        s = 0
        for x in a:
            s += ones(x)
        return s

    assert total(np.arange(256, dtype=np.uint8)) == 1024
    assert njit(lambda i: float_of(i))(0x3FC00000) == 1.5
    assert njit(lambda a, b: both(a, b))(True, False) is False and njit(lambda a, b: both(a, b))(True, True) is True
    with pytest.raises(NotImplementedError, match="inside a compiled function"):
        ones(3)
    with pytest.raises(TypingError, match=r"float_of\(\) does not take \(float64\)"):
        njit(lambda x: float_of(x))(1.5)
    with pytest.raises(TypingError, match="has not got the compiler's context.make_array"):
        njit(lambda x: strange(x))(1.5)
    with pytest.raises(TypingError, match="does not take"):
        njit(lambda x: float_of(x))(np.ones(2))


def test_threads():
    @njit(parallel=True)
    def f(n):
        out = np.zeros(n, np.int64)
        for i in prange(n):
            out[i] = get_thread_id()
        return out, get_num_threads()

    most = get_num_threads()
    try:
        ids, count = f(1000)
        assert count == most and ids.min() >= 0 and ids.max() < most
        set_num_threads(1)
        assert f(10)[1] == 1 and get_num_threads() == 1
    finally:
        set_num_threads(most)
    with pytest.raises(ValueError):
        set_num_threads(0)


def test_threads_of_python_call_at_the_same_time():
    """A function that is called back from Python does not wait for the one that called; many threads call one function."""
    import threading

    @njit
    def steps(n):
        count = 0
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            count += 1
        return count

    found = {}
    threads = [threading.Thread(target=lambda k=k: found.update({k: [steps(27 + i) for i in range(50)]})) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 6 and all(v == found[0] for v in found.values()) and found[0][0] == 111


def test_a_cfunc_reads_what_c_passes():
    """The way SciPy's integrals take a function of several variables: a count and a pointer."""
    @cfunc(types.float64(types.intc, types.CPointer(types.float64)))
    def integrand(n, xx):
        x = carray(xx, n)
        return x.sum() + 10 * xx[n - 1]

    @cfunc(types.void(types.voidptr, types.int64, types.int64))
    def fill(to, rows, columns):
        a = carray(to, (rows, columns), np.float32)
        b = farray(to, (rows, columns), dtype=np.float32)
        for i in range(rows):
            for j in range(columns):
                a[i, j] = i * 10 + j
        b[0, 1] = -1

    given = (ctypes.c_double * 3)(1, 2, 4)
    assert integrand.ctypes(3, given) == 47
    out = np.zeros((2, 3), np.float32)
    fill.ctypes(out.ctypes.data, 2, 3)
    assert out.tolist() == [[0, 1, -1], [10, 11, 12]]
