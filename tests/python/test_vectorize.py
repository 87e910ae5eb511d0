"""vectorize and guvectorize, on the CPU and as kernels."""

import math
import pickle

import numpy as np
import pytest

import weft as wf
from weft import _pytypes as types
from weft import cuda
from weft._guvectorize import guvectorize
from weft._vectorize import vectorize

rng = np.random.default_rng(3)
TARGETS = ["cpu", "parallel", "cuda"]


@pytest.fixture(autouse=True)
def on_the_cpu():
    with wf.device("cpu"):
        yield


@pytest.mark.parametrize("target", TARGETS)
def test_shapes_and_types(target):
    @vectorize(["float32(float32, float32)", "float64(float64, float64)"], target=target)
    def f(a, b):
        return math.sqrt(a * a + b * b) if a > b else a - b

    def expected(a, b):
        return np.where(a > b, np.hypot(a, b), a - b)

    a, b = rng.random((4, 5)), rng.random((4, 5))
    assert np.allclose(f(a, b), expected(a, b))
    assert np.allclose(f(a, b[0]), expected(a, b[0])) and np.allclose(f(a[:, ::2], 0.5), expected(a[:, ::2], 0.5))
    assert f(np.float32(a), np.float32(b)).dtype == np.float32 and f(1, 2) == -1.0
    out = np.zeros((4, 5))
    assert f(a, b, out=out) is out and np.allclose(out, expected(a, b))
    assert f(np.zeros(0), np.zeros(0)).shape == (0,)
    with pytest.raises(TypeError):
        f(a)
    with pytest.raises(ValueError):
        f(np.zeros(3), np.zeros(4))


@pytest.mark.parametrize("target", TARGETS)
def test_without_signatures(target):
    @vectorize(target=target)
    def f(x):
        return x * 2 + 1

    for x in (np.arange(6), np.arange(6.0), np.arange(6, dtype=np.int32).reshape(2, 3)):
        assert np.array_equal(f(x), x * 2 + 1)


def test_reduce():
    @vectorize("int64(int64, int64)", identity=0)
    def add(a, b):
        return a + b

    assert add.reduce(np.arange(100)) == 4950 and add.reduce(np.zeros(0, np.int64)) == 0
    assert add.types == ["ll->l"]


def test_device_arrays_stay():
    @vectorize("float64(float64)", target="cuda")
    def f(x):
        return x + 1

    made = f(cuda.to_device(np.arange(10.0)))
    assert isinstance(made, cuda.DeviceNDArray) and np.array_equal(made.copy_to_host(), np.arange(10) + 1)


@pytest.mark.parametrize("target", ["cpu", "cuda"])
def test_guvectorize(target):
    @guvectorize(["void(float64[:], float64, float64[:])"], "(n),()->(n)", target=target)
    def add_to(x, y, out):
        for i in range(x.shape[0]):
            out[i] = x[i] + y

    x = rng.random((3, 4))
    assert np.allclose(add_to(x, 2.0), x + 2) and np.allclose(add_to(x[0], np.arange(3.0)), x[0] + np.arange(3.0)[:, None])

    @guvectorize([(types.float64[:, :], types.float64[:, :], types.float64[:, :])], "(m,n),(n,p)->(m,p)", target=target)
    def product(a, b, c):
        for i in range(a.shape[0]):
            for j in range(b.shape[1]):
                total = 0.0
                for k in range(a.shape[1]):
                    total += a[i, k] * b[k, j]
                c[i, j] = total

    a, b = rng.random((5, 2, 3)), rng.random((3, 4))
    assert np.allclose(product(a, b), a @ b)

    @guvectorize(["void(float64[:], float64[:])"], "(n)->()", target=target)
    def mean(x, out):
        total = 0.0
        for v in x:
            total += v
        out[0] = total / len(x)

    assert np.allclose(mean(a), a.mean(-1)) and mean(x[0]) == pytest.approx(x[0].mean())


def test_what_is_told():
    with pytest.warns(RuntimeWarning, match="nopython kwarg for cuda target is redundant"):
        vectorize(["float64(float64)"], target="cuda", nopython=True)

    @guvectorize(["void(float64[:], float64[:])"], "(n)->(n)", target="cuda")
    def copy(x, out):
        out[0] = x[0]

    with pytest.raises(TypeError, match="accepts 1 positional arguments .* Got 3 positional arguments."):
        copy(1, 2, 3)


@guvectorize(["float64[:], float64[:]", "int64[:], int64[:]"], "(n)->()")
def total_of(x, out):
    out[0] = 0
    for value in x:
        out[0] += value


@guvectorize(["float64[:], float64[:]"], "(n)->(n)")
def running(x, out):
    total = 0.0
    for i in range(len(x)):
        total += x[i]
        out[i] = total


def test_axes_of_a_guvectorized_function():
    a = rng.random((3, 4, 5))
    for axis in (0, 1, 2, -2):
        assert np.allclose(running(a, axis=axis), np.cumsum(a, axis))
        assert np.allclose(total_of(a, axis=axis, keepdims=True), a.sum(axis, keepdims=True))
    assert np.allclose(running(a, axes=[0, 2]), np.moveaxis(np.cumsum(a, 0), 0, 2))
    out = np.zeros((3, 1, 5))
    assert total_of(a, axis=1, keepdims=True, out=out) is out and np.allclose(out, a.sum(1, keepdims=True))
    assert total_of(np.arange(5)).dtype == np.int64 and total_of(np.float32([1, 2])) == 3.0  # the first signature that holds them
    with pytest.raises(TypeError, match="did not contain a loop"):
        total_of(np.array([1j]))
    with pytest.raises(np.exceptions.AxisError):
        running(a, axis=3)


@pytest.mark.parametrize("target", ["cpu", "parallel"])
def test_arguments_that_are_updated(target):
    def every_other(x, y):
        for i in range(0, len(x), 2):
            x[i] = y[0]

    plain = guvectorize(["void(float64[:], float64[:])"], "(n),()", target=target)(every_other)
    back = guvectorize(["void(float64[:], float64[:])"], "(n),()", target=target, writable_args=("x",))(every_other)
    for dtype, which in ((float, plain), (float, back), ("f4", back)):
        x = np.zeros((2, 6), dtype)[:, ::2]
        assert which(x, [1, 2]) is None and x.tolist() == [[1, 0, 1], [2, 0, 2]]
    with pytest.raises(RuntimeError, match="'z' is not one of"):
        guvectorize(["void(float64[:], float64[:])"], "(n),()", writable_args=("z",))(every_other)


def test_guvectorized_without_types():
    @guvectorize("(n),()->(n)")
    def add(x, y, out):
        for i in range(len(x)):
            out[i] += x[i] + y

    @wf.njit
    def inside(x, y, out):
        add(x, y, out)

    x = rng.random((2, 3, 4))
    for call in (add, inside):
        for y in (2.0, np.arange(3.0), np.arange(2.0).reshape(2, 1)):
            out = np.ones((4, 3, 2)).T
            call(x, y, out)  # an output begins as it was given
            assert np.allclose(out, 1 + x + (y if np.ndim(y) == 0 else y[..., None]))
    with pytest.raises(TypeError, match="Too few arguments for function 'add'"):
        add(x, 1.0)
    with pytest.raises(ValueError, match="Loop and array shapes are incompatible"):
        inside(x, np.arange(2.0), np.ones((2, 3, 4)))
    with pytest.raises(wf.TypingError, match="Output operand 0 does not have enough dimensions"):
        inside(x, 1.0, np.array(0.0))
    assert add.is_dynamic and add.signature == "(n),()->(n)" and (add.nin, add.nout, add.types) == (2, 1, ["dd->d"])


def test_layouts_that_do_not_fit():
    with pytest.raises(TypeError, match="scalar type int32 given for non scalar argument #2"):
        guvectorize(["int32[:], int32, int32[:]"], "(n),(n)->(n)")(lambda a, b, c: None)
    with pytest.raises(TypeError, match="type and shape signature mismatch for arg #1"):
        guvectorize(["int32[:], int32[:]"], "(m,n)->(n)")(lambda a, b: None)
    with pytest.raises(ValueError, match=r"Input operand 1 has a mismatch .* \(size 4 is different from 3\)"):
        guvectorize(["f8[:], f8[:], f8[:]"], "(n),(n)->()")(lambda a, b, out: None)(np.ones(3), np.ones(4))


def test_a_plain_guvectorized_function_reduces():
    @guvectorize("(),()->()")
    def plus(x, y, out):
        out[0] = x + y

    a = np.array([1, 2, 3, 4])
    assert plus.signature is None and plus.reduce(a) == 10 and plus.accumulate(a).tolist() == [1, 3, 6, 10]
    assert plus.outer([0, 1], [1, 2]).tolist() == [[1, 2], [2, 3]] and plus.reduceat(a, [0, 2]).tolist() == [3, 7]
    with pytest.raises(RuntimeError, match="Reduction not defined on ufunc with signature"):
        running.reduce(a)
    assert np.allclose(pickle.loads(pickle.dumps(plus)).outer(a, a), np.add.outer(a, a))


@vectorize(["int64(int64, int64)"], identity=0)
def plus(a, b):
    return a + b


@vectorize(["int64(int64, int64)"])
def less(a, b):
    return a - b


@pytest.mark.parametrize("axis", [0, -1, (0, 2), (1, -1), (), None])
def test_axes_of_a_reduction_inside(axis):
    def total(a, axis):
        return plus.reduce(a, axis=axis)

    a = rng.integers(0, 9, (5, 4, 2))
    for f in (total, wf.njit(total)):
        assert np.array_equal(f(a, axis), np.add.reduce(a, axis=axis))


def test_reductions_that_there_are_not():
    a = np.ones((2, 3), int)
    with pytest.raises(ValueError, match="duplicate value in 'axis'"):
        plus.reduce(a, axis=(0, -2))
    with pytest.raises(ValueError, match="Invalid axis 2"):
        plus.reduce(a, axis=2)
    with pytest.raises(ValueError, match="not reorderable, so at most one axis"):
        less.reduce(a, axis=None)
    with pytest.raises(ValueError, match="has no identity"):
        less.reduce(np.empty((0, 0), int))
    assert less.reduce(np.empty((0, 3), int), axis=1).shape == (0,)


def test_arguments_of_ufuncs():
    """dtype=, signature=, casting=, where= of a call, as NumPy's ufuncs take them."""
    @vectorize(["float64(float64, float64)", "float32(float32, float32)"])
    def f(a, b):
        return a * 2 + b

    x = np.arange(4.0)
    assert f(x, 1, dtype=np.float32).dtype == np.float32 and f(x, 1, signature="ff->f").dtype == np.float32
    assert f(x, 1, casting="unsafe", order="C").tolist() == [1, 3, 5, 7]
    assert f(x, 1, where=x > 1, out=np.full(4, -1.0)).tolist() == [-1, -1, 5, 7]
    with pytest.raises(TypeError, match="with casting rule 'no'"):
        f(x, np.float64(1), dtype=np.float32, casting="no")
    with pytest.raises(TypeError, match="No loop matching"):
        f(x, 1, signature="ii->i")


def test_subclasses_and_objects_that_answer_themselves():
    """Subclasses of arrays come back as such; __array_ufunc__ of an argument is asked first, as by NumPy's ufuncs."""
    @vectorize
    def double(a):
        return a * 2

    class Kept(np.ndarray):
        pass

    class Answers:
        def __array_ufunc__(self, ufunc, method, *inputs, **given):
            return method, inputs == (self,), ufunc(np.ones(1)).tolist(), sorted(given)

    assert type(double(np.ones(3).view(Kept))) is Kept
    assert double(np.ma.masked_array([1.0, 2.0], [0, 1])).tolist() == [2.0, None]
    assert double(Answers()) == ("__call__", True, [2.0], [])
    assert double(Answers(), casting="unsafe") == ("__call__", True, [2.0], ["casting"])


def test_called_with_arrays_in_compiled_functions():
    """A function made by vectorize loops over arrays inside of compiled functions too, and broadcasts."""
    @vectorize(["int64(int64, int64)"])
    def apart(a, b):
        if a >= b:
            return a - b
        return b - a

    square = vectorize(lambda x: x * x)

    @wf.njit
    def use(a, b):
        return apart(a, b), apart(3, 5)

    @wf.njit
    def into(a, out):
        square(a, out)
        return square(a)[::2].sum()

    row, table = np.arange(4), np.arange(8).reshape(2, 4)
    for a, b in ((row, 2), (row, table), (table, row), (table, table), (table[:, :1], row), (row[:0], 1)):
        got, number = use(a, b)
        assert (got == abs(a - b)).all() and got.shape == abs(a - b).shape and got.dtype == np.int64 and number == 2
    with pytest.raises(ValueError, match="broadcast"):
        use(row, row[:3])
    out, values = np.zeros(3, np.float32), np.array([1, 2, 3], np.float32)
    assert into(values, out) == 10 and out.tolist() == [1, 4, 9]


def test_out_is_written_as_numpy_writes_it():
    add = wf.vectorize(["float64(float64, float64)"])(lambda a, b: a + b)
    x = np.arange(5.0)
    assert add(x[:-1], x[:-1], out=x[1:]).tolist() == [0, 2, 4, 6]  # read before it is written over
    x = np.arange(5.0)
    assert add(x, 1.0, out=x) is x and x.tolist() == [1, 2, 3, 4, 5]
    with pytest.raises(TypeError, match="float64 to int64"):
        add(x, 1.0, out=np.zeros(5, np.int64))
    with pytest.raises(ValueError, match="broadcast"):
        add(x, np.ones((2, 5)), out=np.zeros(5))


@pytest.mark.parametrize("n", [0, 1, 3, 400])
def test_methods_of_ufuncs_over_many_elements(n):
    """The first steps are calls, the rest is compiled: the results are those of the same steps one by one."""
    @wf.vectorize
    def mixed(a, b):
        return a * 3 % 17 + b

    def step(a, b):
        return a * 3 % 17 + b

    rng = np.random.default_rng(n)
    for dtype in (np.int64, np.int32, np.float64):
        x = rng.integers(0, 50, (n, 3)).astype(dtype)
        rows = [x[0]] if n else []
        for row in x[1:]:
            rows.append(step(rows[-1].astype(np.int64 if dtype != np.float64 else dtype), row))
        if n:
            assert np.array_equal(mixed.reduce(x), rows[-1]) and np.array_equal(mixed.reduce(x[:, 1]), rows[-1][1])
            assert np.array_equal(mixed.accumulate(x), np.stack(rows)) and np.array_equal(mixed.accumulate(x.T, axis=1), np.stack(rows).T)
        mask, total = rng.random((n, 3)) < 0.5, np.zeros(3, dtype)
        for row, here in zip(x, mask):
            total = np.where(here, step(total, row), total)
        assert np.array_equal(mixed.reduce(x, initial=0, where=mask), total)
        if n:
            with pytest.raises(ValueError, match="where mask"):
                mixed.reduce(x, where=mask)
        places, values = rng.integers(0, 5, n), rng.integers(0, 9, n).astype(dtype)
        got, want = np.arange(5).astype(dtype), np.arange(5).astype(dtype)
        mixed.at(got, places, values)
        for p, v in zip(places, values):
            want[p] = step(want[p], v)
        assert np.array_equal(got, want)
    assert mixed.outer([1.0, 2.0], [3.0], casting="unsafe").tolist() == [[6.0], [9.0]]


def test_loops_that_are_added():
    """f.add(signature): what fits it safely is converted; other types have loops of their own until it is frozen."""
    import pickle

    f = wf.vectorize(lambda a, b: a + b)
    f.add("uint32(uint32, uint32)")
    f._compile_for_argtys((wf._pytypes.float64, wf._pytypes.float64))
    f.add("float64(float64, float64)")  # again: nothing new
    assert f.types == ["II->I", "dd->d"]
    assert f(np.uint16(3), np.uint16(4)).dtype == np.uint32 and f(np.float32(1), np.float32(2)).dtype == np.float64
    assert f(1j, 2) == 2 + 1j
    assert pickle.loads(pickle.dumps(f))(1j, 2) == 2 + 1j
    f._frozen = True
    with pytest.raises(TypeError, match="no signature for complex128"):
        f(1j, 2)
    with pytest.raises(RuntimeError, match="compilation disabled"):
        f.add("int64(int64, int64)")
    with pytest.raises(TypeError, match="no signature"):
        wf.vectorize(["float64(float64)"])(lambda a: a)(1j)


@pytest.fixture
def stays(monkeypatch):
    """Nothing of a device array goes to the host."""
    from weft.cuda import DeviceNDArray

    def refuses(*args, **named):
        raise AssertionError("copied to the host")

    fetch = DeviceNDArray.copy_to_host
    monkeypatch.setattr(DeviceNDArray, "copy_to_host", refuses)
    return fetch


def test_a_ufunc_of_a_device_leaves_its_operands_there(stays):
    @vectorize(["float64(float64, float64)", "float32(float32, float32)"], target="cuda")
    def f(a, b):
        return a * 8 + b

    x, row = rng.random((5, 4, 3)), rng.random((4, 1))
    d = cuda.to_device(x)
    for other, value in ((2, 2), (cuda.to_device(row), row), (row, row), (cuda.to_device(np.arange(3)), np.arange(3)), (d, x),
                         (cuda.to_device(np.float32(0.5)), 0.5)):
        assert np.array_equal(stays(f(d, other)), x * 8 + value)
        assert np.array_equal(stays(f(other, d)), value * 8.0 + x)
    assert np.array_equal(stays(f(d[:, ::2], d[0, ::2])), x[:, ::2] * 8 + x[0, ::2])
    assert np.array_equal(stays(f(d.T, 1)), x.T * 8 + 1)
    stream, out = cuda.stream(), cuda.to_device(np.zeros((6, 4, 3)))
    assert f(d, 1, out=out[1:], stream=stream) is not None
    stream.synchronize()
    assert np.array_equal(stays(out)[1:], x * 8 + 1) and not stays(out)[0].any()
    single = stays(f(cuda.to_device(np.float32([1, 2])), np.float32(3)))
    assert single.dtype == np.float32 and single.tolist() == [11, 19]
    with pytest.raises(ValueError):
        f(d, 1, out=out)
    with pytest.raises(ValueError):
        f(d, np.zeros(7))


def test_a_gufunc_of_a_device_leaves_its_operands_there(stays):
    @guvectorize(["void(float64[:, :], float64[:], float64[:])"], "(m,n),(n)->(m)", target="cuda")
    def times(a, x, out):
        for i in range(a.shape[0]):
            total = 0.0
            for k in range(a.shape[1]):
                total += a[i, k] * x[k]
            out[i] = total

    @guvectorize(["void(float64[:], float64, float64[:])"], "(n),()->()", target="cuda")
    def weighed(x, w, out):
        total = 0.0
        for v in x:
            total += v * w
        out[0] = total

    a, x = rng.random((6, 1, 3, 4)), rng.random((5, 4))
    expected = np.einsum("bcmn,cn->bcm", np.broadcast_to(a, (6, 5, 3, 4)), x)
    d, e = cuda.to_device(a), cuda.to_device(x)
    assert np.allclose(stays(times(d, e)), expected)
    assert np.allclose(stays(times(d, x)), expected)
    out = cuda.device_array((6, 5, 3))
    assert times(d, e, out) is out and np.allclose(stays(out), expected)
    assert np.allclose(stays(times(d[0, 0], e[0])), a[0, 0] @ x[0])
    assert np.allclose(stays(weighed(e, 2.0)), x.sum(1) * 2)
    assert np.allclose(stays(weighed(e, cuda.to_device(np.arange(5.0)))), x.sum(1) * np.arange(5))


def test_a_gufunc_of_a_device_takes_other_sizes_from_the_host():
    @guvectorize(["void(int32, int32[:], int32[:])"], "(),(t)->(t)", target="cuda")
    def times(a, b, out):
        for i in range(b.size):
            out[i] = a * b[i]

    b = np.arange(10, dtype=np.int32)
    for a in (np.int64(2), np.array(2), 2, np.int8(2)):
        made = times(a, b)
        assert made.dtype == np.int32 and np.array_equal(made, b * 2)
    assert np.array_equal(times(cuda.to_device(np.int32(3)), b).copy_to_host(), b * 3)
    for a in (2.5, cuda.to_device(np.array(2, np.int64))):
        with pytest.raises(TypeError):
            times(a, b)


def test_the_first_signature_that_takes_the_arguments_counts():
    """In compiled functions as well, for arrays and for numbers."""
    @vectorize([types.float64(types.float64, types.float64), types.int64(types.int64, types.int64)])
    def add(a, b):
        return a + b

    @vectorize
    def square(a):
        return a * a

    compiled = wf.njit(lambda x, y: add(x, y))
    for x, y in ((1, 2), (1.0, 2), (np.arange(3), 1), (np.arange(3.0), np.arange(3))):
        assert np.asarray(add(x, y)).dtype == np.asarray(compiled(x, y)).dtype == np.float64
    assert [np.asarray(square(x)).dtype.kind for x in (2.0, 2, True)] == ["f", "i", "i"]


@pytest.mark.parametrize("target", ["cpu", "cuda"])
def test_numbers_of_python_take_the_types_of_the_arrays_beside_them(target):
    """As in NumPy 2: a signature of float32 takes 2.0 and 2 beside a float32 array, not a float64."""
    f = vectorize(["float32(float32, float32)"], target=target)(lambda a, b: a * 8 + b)
    g = vectorize(["int16(int16, int16)", "float32(float32, float32)"], target=target)(lambda a, b: a * 8 + b)
    for x in (np.arange(5, dtype=np.float32), np.arange(10_000, dtype=np.float32)):
        for number in (2.0, 2, np.float32(2)):
            made = f(x, number)
            assert made.dtype == np.float32 and np.array_equal(made, x * 8 + 2)
    turned = vectorize(["complex64(complex64, complex64)"], target=target)(lambda a, b: a * b)
    assert turned(np.ones(3, np.float32), 2j).dtype == turned(np.ones(3, np.complex64), 2.0).dtype == np.complex64
    small = np.arange(5, dtype=np.int16)
    assert g(small, 2).dtype == np.int16 and g(small, True).dtype == np.int16 and g(np.float32(1), 2).dtype == np.float32
    for call in (lambda: f(small.astype(float), 2.0), lambda: f(x, np.float64(2)), lambda: f(2.0, 2.0), lambda: g(small, 2.5), lambda: f(x, 2j)):
        with pytest.raises(TypeError, match="not supported for the input types"):
            call()
    for many in (small, np.zeros(10_000, np.int16)):
        with pytest.raises(OverflowError, match="70000"):
            g(many, 70_000)
