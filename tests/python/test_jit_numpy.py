"""NumPy inside @njit: each row is an expression (or statements that change `a`), run by NumPy and compiled, and compared in value,
dtype, shape and order of the axes in memory."""

import warnings

import numpy as np
import pytest
import weft as wf

RAMP = np.arange(12.0).reshape(3, 4)


def compiled(text, count, **scope):
    import linecache

    names = "abcd"[:count]
    body = text if text.startswith("    ") else f"    return {text}"
    source = f"def f({', '.join(names)}):\n{body}\n"
    file = f"<jit_numpy {text}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    scope = {"np": np, **scope}
    exec(compile(source, file, "exec"), scope)
    return scope["f"], wf.jit(scope["f"])


def copies(args):
    return [np.array(x, order="K") if isinstance(x, np.ndarray) else x for x in args]


def check(text, *args, exact=True):
    plain, fast = compiled(text, len(args))
    mine, theirs = copies(args), copies(args)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        expected, found = plain(*theirs), fast(*mine)
    for x, y in zip([found, *mine] if not isinstance(found, tuple) else [*found, *mine],
                    [expected, *theirs] if not isinstance(expected, tuple) else [*expected, *theirs]):
        if isinstance(y, np.ndarray):
            assert x.dtype == y.dtype and x.shape == y.shape, (text, x.dtype, y.dtype, x.shape, y.shape)
        if exact:
            np.testing.assert_array_equal(x, y, err_msg=text)
        else:
            np.testing.assert_allclose(x, y, rtol=1e-12, err_msg=text)
    return found


INTS = np.array([-3, 0, 5, 127], np.int8)


@pytest.mark.parametrize("text, a", [
    ("np.logical_not(a)", np.array([True, False])),
    ("np.logical_not(a)", np.array([0.0, 2.0])),
    ("~a", np.array([True, False])),
    ("~(a > 1)", RAMP),
    ("np.abs(a)", INTS), ("np.power(a, a % 3)", np.arange(5, dtype=np.uint8)), ("np.floor(a)", INTS), ("np.round(a)", INTS),
    ("np.round(a, -1)", np.array([14, 15, 26])), ("np.round(a, 1)", np.array([0.25, 1.35, -7.05])),
    ("np.maximum(a, False)", np.array([True, False])), ("np.fmod(a, 3)", np.array([-7, 7, 0])),
    ("np.copysign(a, -1.0)", np.float32([1, 2])), ("np.clip(a, 1, 2)", np.float32([0, 1.5, 9])),
    ("a % 0", np.array([3, -3])), ("a // 0", np.array([3, -3])),
    ("np.where(a > 1, 1j, a)", RAMP), ("a.argmax()", np.array([1.0, np.nan, 3.0, np.nan])),
    ("np.copy(a)", np.asfortranarray(RAMP)), ("a * 2 + a", np.asfortranarray(RAMP)), ("np.zeros_like(a)", np.asfortranarray(RAMP)),
    ("a.astype(np.float32)", np.asfortranarray(RAMP)),
    ("a[::-2]", np.arange(7)), ("a[5:1:-1]", np.arange(9)), ("a[-2:0:-3]", np.arange(9)), ("a[None:3]", np.arange(9)),
    ("a.T.reshape(12)", RAMP), ("a[::2].reshape(-1, 2)", RAMP), ("a.reshape((4, 3), order='F')", RAMP),
    ("a.view(np.uint8)", np.arange(3.0)), ("a.view(np.int64)", np.arange(3.0)), ("a.imag", np.arange(3.0)), ("a.flat[5]", RAMP.T),
    ("np.asarray(a, dtype=np.float32)", np.arange(3)), ("np.sum(a, dtype=np.float32)", np.arange(3)),
    ("np.zeros([2, 3])", RAMP), ("np.tensordot(a, a, axes=([1], [1]))", RAMP), ("np.add.reduce(a)", RAMP),
    ("np.maximum.reduce(a, axis=1)", RAMP), ("np.finfo(a.dtype).eps", np.float32([1])), ("np.iinfo(np.int16).max", RAMP),
    ("a.dtype.type(3)", np.float32([1])), ("np.zeros(2, np.dtype('int16'))", RAMP), ("a + a", np.float16([1.5])),
    ("a.sum()", np.float16([1.5, 2])), ("np.array_split(a, 3)[1]", np.arange(7.0)), ("a is a", RAMP), ("a.T is a", RAMP),
    ("a.flags.c_contiguous", RAMP.T),
])
def test_an_expression_gives_what_numpy_gives(text, a):
    found = check(text, a)
    if isinstance(found, np.ndarray) and found.ndim > 1:
        plain, _ = compiled(text, 1)
        assert found.flags.f_contiguous == plain(np.array(a, order="K")).flags.f_contiguous


@pytest.mark.parametrize("text, args", [
    ("    a[1:] = a[:-1]\n    return a", (RAMP,)),
    ("    a[:, 1:] = a[:, :-1]\n    return a", (RAMP,)),
    ("    a[:] = a[::-1]\n    return a", (RAMP,)),
    ("    a += a[::-1]\n    return a", (np.arange(5.0),)),
    ("    v = a[1:]\n    v[:] = a[:-1]\n    return a", (np.arange(5.0),)),
    ("    a[1:, 0] += a[:-1, 0]\n    return a", (RAMP,)),
    ("    a[:3] = a[b:c:-1]\n    return a", (np.arange(9.0), 6, 3)),
    ("    a.real = 5\n    a.imag[:] = b\n    return a", (np.zeros(2, complex), np.array([1.0, 2.0]))),
    ("    np.add(a, b, out=a)\n    return a", (np.arange(3.0), np.ones(3))),
    ("    np.add.at(a, b, 1)\n    return a", (np.zeros(4), np.array([1, 1, 2]))),
    ("    np.transpose(a, (1, 0))[0, 1] = 9\n    return a", (RAMP,)),
])
def test_a_store_reads_before_it_writes(text, args):
    check(text, *args)


@pytest.mark.parametrize("text, shape", [("a.reshape(b, -1)", (3,)), ("a.reshape(b)", ((2, 6),)), ("a.reshape((b[0], b[1]))", ((-1, 4),))])
def test_reshape_to_what_is_known_at_run_time(text, shape):
    check(text, np.arange(12), *shape)
    _, fast = compiled(text, 2)
    with pytest.raises(ValueError, match="number of elements"):
        fast(np.arange(13), *shape)


def test_types_are_arguments():
    _, zeros = compiled("np.zeros(3, a)", 1)
    for one in (np.float32, np.dtype("int16"), np.int64, np.complex64):
        assert zeros(one).dtype == one


def test_a_ufunc_does_not_store_what_its_target_cannot_hold():
    _, fast = compiled("    a += 0.5\n    return a", 1)
    with pytest.raises(wf.TypingError, match="cannot be stored in"):
        fast(np.arange(3))


def test_dates_are_taken():
    _, fast = compiled("a.max()", 1)
    days = np.array(["2020-01-01", "2021-03-04"], "M8[D]")
    assert fast(days) == days[1]


def test_a_view_that_numpy_made_keeps_its_memory():
    _, fast = compiled("np.transpose(np.ones((a, 3)) * a, (1, 0))", 1)
    kept = [fast(k) for k in range(50, 60)]
    for k, one in zip(range(50, 60), kept):
        assert (one == k).all()


def test_loops_over_indices():
    check("    s = 0.0\n    for (i, j), v in np.ndenumerate(a):\n        s = s * 3 + i * 10 + j * v\n    return s", RAMP)
    check("    s = 0.0\n    for i, j in np.ndindex(a.shape):\n        s = s * 3 + i - j\n    return s", RAMP)
    check("    s = 0\n    for i in reversed(range(a)):\n        s = s * 2 + i\n    return s", 5)
    check("np.array(list(range(a)))", 5)


def test_normal_numbers_are_numpys_stream():
    text = "    np.random.seed(a)\n    x = np.random.randn(2, 2)\n    return np.random.normal(1.0, 2.0, 3), x, np.random.randn(1, 2, 2)"
    check(text, 7, exact=False)
    assert compiled("np.random.random(size=())", 0)[1]().shape == ()


@pytest.mark.parametrize("draw", ["np.random.beta(2.0, 3.0, 4)", "np.random.chisquare(2.0)", "np.random.vonmises(0.5, 2.0, (2, 2))",
                                  "np.random.multinomial(5, np.ones(3) / 3)"])
def test_other_distributions_follow_the_seed_inside(draw):
    text = f"    np.random.seed(a)\n    x = np.random.randn()\n    y = {draw}\n    return x, y, np.random.random(), np.random.randn()"
    before = np.random.get_state()[1].copy()
    _, fast = compiled(text, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = fast(5)
    assert (np.random.get_state()[1] == before).all()  # NumPy's own generator was not touched
    plain, _ = compiled(text, 1)
    for x, y in zip(found, plain(5)):
        np.testing.assert_allclose(x, y, rtol=1e-12)


def test_shapes_that_cannot_be_made():
    _, fast = compiled("np.zeros((a, b))", 2)
    with pytest.raises(ValueError, match="negative dimensions"):
        fast(-1, 3)
    with pytest.raises(ValueError, match="array is too big"):
        fast(1 << 32, 1 << 32)


def test_an_argument_that_is_returned_is_itself():
    a = np.arange(4.0)
    assert compiled("a", 1)[1](a) is a
    assert compiled("(a, a * 2)", 1)[1](a)[0] is a


@pytest.mark.parametrize("text, args", [
    ("    a[:] = b\n    return a", (np.zeros(3), np.arange(3.0).reshape(1, 1, 3))),
    ("    a[:2] = (1, 2.5)\n    return a", (np.zeros(3),)),
    ("    a[0] = b\n    return a", (np.zeros(3), np.array(2.5))),
    ("np.average(a, weights=b)", (np.arange(3), np.array([1, 2, 1]))),
    ("np.array_split(a, b, c)[1]", (np.arange(7.0), 3, 0)),
    ("np.take(a, b)", (RAMP, np.array([5, 0, -1]))),
    ("np.floor_divide(a, 0.0)", (np.array([-1.5, 0.0, 2.0]),)),
    ("np.zeros_like(a)", (2.5,)),
    ("np.zeros(a, dtype='complex64')", (2,)),
])
def test_stores_and_makers(text, args):
    check(text, *args)


def test_operators_in_place():
    import operator

    for name in ("iadd", "imul", "ifloordiv", "ipow"):
        plain, fast = compiled(f"    operator.{name}(a, b)\n    return a", 2, operator=operator)
        np.testing.assert_array_equal(fast(np.arange(1.0, 4.0), 2.0), plain(np.arange(1.0, 4.0), 2.0))


def test_methods_of_vectorized_functions():
    add = wf.vectorize(["int64(int64, int64)", "float64(float64, float64)"], identity=0)(lambda a, b: a + b)
    x = np.arange(6).reshape(2, 3)
    for axis in (0, 1, None, (0, 1)):
        np.testing.assert_array_equal(add.reduce(x, axis=axis), np.add.reduce(x, axis=axis))
    assert add.reduce(x, axis=1, keepdims=True).shape == (2, 1) and add.reduce(x[0], initial=10) == 13
    np.testing.assert_array_equal(add.accumulate(x, axis=1), np.add.accumulate(x, axis=1))
    np.testing.assert_array_equal(add.outer(x[0], x[1]), np.add.outer(x[0], x[1]))
    np.testing.assert_array_equal(add.reduceat(np.arange(8), [0, 4, 1, 5]), np.add.reduceat(np.arange(8), [0, 4, 1, 5]))
    target = np.zeros(3)
    wf.jit(lambda a, i: add.at(a, i, 1.0))(target, np.array([1, 1, 2]))
    np.testing.assert_array_equal(target, [0, 2, 1])


@wf.njit
def solved(a, b):
    return np.linalg.solve(a, b)


@wf.njit
def linear(a, b):
    return np.linalg.inv(a), np.linalg.det(a), np.linalg.norm(a), np.linalg.norm(b), np.dot(b, b), np.dot(a, b)


@pytest.mark.parametrize("n", (0, 1, 3, 5, 32, 33))  # the last is LAPACK's
@pytest.mark.parametrize("dtype, near", ((np.float64, 1e-9), (np.float32, 2e-3)))
def test_linear_algebra_of_small_matrices(n, dtype, near):
    rng = np.random.default_rng(n)
    a, b = (rng.random((n, n)) + 2 * np.eye(n)).astype(dtype), rng.random(n).astype(dtype)
    np.testing.assert_allclose(solved(a, b), np.linalg.solve(a, b), near)
    np.testing.assert_allclose(solved(np.asfortranarray(a), b), np.linalg.solve(a, b), near)
    theirs = np.linalg.inv(a), np.linalg.det(a), np.linalg.norm(a), np.linalg.norm(b), np.dot(b, b), np.dot(a, b)
    for mine, expected in zip(linear(a, b), theirs):
        np.testing.assert_allclose(mine, expected, near, near)


def test_singular_and_unfit_matrices():
    with pytest.raises(np.linalg.LinAlgError, match="Singular"):
        solved(np.ones((3, 3)), np.ones(3))
    with pytest.raises(np.linalg.LinAlgError, match="square"):
        solved(np.ones((3, 2)), np.ones(3))
    with pytest.raises(ValueError, match="rows"):
        solved(np.eye(3), np.ones(2))


@wf.njit
def extremes(a, b):
    return min(a, b), max(a, b), min(b, a), max(b, a)


def test_min_and_max_of_floats_are_pythons():
    values = (1.0, -1.0, 0.0, -0.0, np.inf, np.nan)
    for a in values:
        for b in values:
            np.testing.assert_array_equal(np.array(extremes(a, b)).view(np.int64), np.array(extremes.py_func(a, b)).view(np.int64))


def test_what_wrong_arguments_of_library_functions_are_told():
    """By the name of the argument, while compiling."""
    def swapped(a, i):
        return np.swapaxes(a, i, 1)

    def beta(g, a):
        return g.beta(a, 1.0)

    for f, args, words in ((swapped, (A2, 1.5), 'argument "axis1" must be an integer; got float64'), (swapped, ("text", 1), '"a" must be an array'),
                           (beta, (np.random.default_rng(1), "x"), "Argument a is not one of the expected type")):
        with pytest.raises(wf.TypingError, match=words):
            wf.njit(f)(*args)


A2 = np.arange(6.0).reshape(2, 3)


def swapped_axes(a, i):
    return np.swapaxes(a, i, 1)


def moved_axis(a, i):
    return np.moveaxis(a, i, 1)


def spread(a, i):
    return np.broadcast_to(a, (4, i + 2, 3))


def windows(a, i):
    return np.lib.stride_tricks.sliding_window_view(a, i + 2, 1)


def flipped(a, i):
    return np.flip(a, i)


@pytest.mark.filterwarnings("ignore:.*is not compiled")
@pytest.mark.parametrize("view", [swapped_axes, moved_axis, spread, windows, flipped])
def test_views_that_the_library_makes(view):
    """Their layout may depend on a number that is known at run time alone: they stay views all the same."""
    a = A2.copy()
    made, want = wf.njit(view)(a, 0), view(a, 0)
    assert np.array_equal(made, want) and made.strides == want.strides and np.shares_memory(made, a)


@wf.njit
def iterated(ops):
    found = [(1.0, 1.0)][:0]
    for u, v in np.nditer(ops):
        found.append((u.item() + 0.0, v.item() + 0.0))
    return found


@wf.njit
def doubled(a):
    for u in np.nditer(a):
        u[...] = 2 * u[()]


@pytest.mark.filterwarnings("ignore:.*is not compiled")
def test_nditer():
    for ops in ((A2, np.arange(3)), (A2[:, :1], 2), (A2.T[::-1], A2.T), (np.array(1.0), A2)):
        assert iterated(ops) == [(float(u), float(v)) for u, v in np.nditer(ops, order="C")]
    with pytest.raises(ValueError, match="operands could not be broadcast"):
        iterated((A2, np.arange(2)))
    a = np.asfortranarray(A2)
    doubled(a)
    assert np.array_equal(a, 2 * A2)


def test_what_has_no_axes():
    @wf.njit
    def f(a, x):
        return a[:1].reshape(()), a[1:2].reshape(()).item(), x.conjugate().item()

    zero, one, x = f(np.arange(3.0), np.float32(4))
    assert zero.shape == () and zero == 0.0 and (one, x) == (1.0, 4.0)


RECORD = np.dtype([("a", "i4"), ("b", "f8")])


@pytest.mark.filterwarnings("ignore:.*is not compiled")
def test_new_arrays_of_records():
    @wf.njit
    def f(rows):
        made = np.zeros(3, RECORD)
        made[1].a = 4
        like = np.empty_like(rows)
        like[0].b = 2.5
        return made, like[0].b

    made, b = f(np.zeros(2, RECORD))
    assert made.dtype == RECORD and made["a"].tolist() == [0, 4, 0] and b == 2.5


@pytest.mark.parametrize("a", [np.arange(12.0).reshape(3, 4), np.arange(12).reshape(3, 4).T, np.eye(4, dtype="F")[::2], np.arange(9)[::3],
                               np.arange(24, dtype="i2").reshape(2, 3, 4).T[:, ::-1] % 5], ids=lambda a: f"{a.dtype}-{a.ndim}d")
def test_order_and_indices_of_elements(a):
    @wf.njit
    def f(a):
        return np.ascontiguousarray(a), np.asfortranarray(a), np.nonzero(a), a.nonzero()

    rows, columns, indices, again = f(a)
    assert np.array_equal(rows, a) and rows.flags.c_contiguous and np.array_equal(columns, a) and columns.flags.f_contiguous
    assert rows.dtype == columns.dtype == a.dtype and np.shares_memory(rows, a) == a.flags.c_contiguous
    assert np.shares_memory(columns, a) == a.flags.f_contiguous
    for got, again, want in zip(indices, again, np.nonzero(a), strict=True):
        assert np.array_equal(got, want) and np.array_equal(again, want) and got.flags.c_contiguous


def test_a_list_of_many_numpy_scalars():
    values = list(np.random.default_rng(1).random(500))
    assert wf.njit(lambda a: sum(a))(values) == pytest.approx(sum(values))
