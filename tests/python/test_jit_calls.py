"""Calls of compiled functions from Python: the short cut of a call like the last one (src/python/pyfunc_quick.c) gives what the long
way gives, for whatever comes next; arguments by name and defaults (pyfunc_bind.c)."""

import math
import subprocess
import sys
import threading

import numpy as np
import pytest

import weft as wf
from weft._pytypes import float32, float64


@wf.jit
def total(x, k):
    s = x[0] * k
    for i in range(1, x.shape[0]):
        s += x[i] * k
    return s


ARRAYS = [np.arange(6.0), np.arange(6.0)[::2], np.arange(6, dtype=np.float32), np.arange(6), np.arange(6, dtype=np.uint8), np.arange(6.0) * 1j,
          np.arange(6.0)[::-1], np.arange(6, dtype=">f8").astype("f8")]


def test_types_that_change_from_call_to_call():
    """Each after each, three times in a row, so that the short cut is ready for the one before."""
    for before in ARRAYS:
        for x in ARRAYS:
            for k in (2, 2.5, True):
                for _ in range(3):
                    total(before, 1)
                got, want = total(x, k), (x * k).sum()
                assert got == pytest.approx(want), (x, k)


def test_integers_that_do_not_fit():
    @wf.jit
    def same(a):
        return a

    for value in (1, -1, 2**63 - 1, -2**63, 2**63, 2**64 - 1, 0, True, 1.5, 7):
        for _ in range(3):
            assert same(value) == value and type(same(value)) is type(value)
    with pytest.raises(OverflowError):
        same(2**64)
    assert same(3) == 3


def test_what_may_not_be_written_and_orders():
    @wf.jit
    def corner(x):
        return x[0, 1]

    x = np.arange(6.0).reshape(2, 3)
    fixed = x.copy()
    fixed.flags.writeable = False
    for a in (x, fixed, x.T, np.asfortranarray(x), x[:, ::2], x[:1], x[:, :2], fixed.T, x):
        for _ in range(3):
            assert corner(a) == a[0, 1]
    with pytest.raises(Exception, match="dimension|index"):
        corner(x[0])
    assert corner(x) == 1


def test_writes_are_seen_and_indices_are_checked():
    @wf.jit
    def put(x, i, value):
        x[i] = value

    x = np.zeros(4)
    for i in range(4):
        assert put(x, i, i + 0.5) is None
    for _ in range(3):
        with pytest.raises(IndexError):
            put(x, 4, 1.0)
        put(x, 0, 9.0)
    assert x.tolist() == [9.0, 1.5, 2.5, 3.5]


def test_exceptions_and_what_follows_them():
    @wf.jit
    def half(n):
        if n % 2:
            raise ValueError("odd")
        return n // 2

    for n in range(20):
        if n % 2:
            with pytest.raises(ValueError, match="odd"):
                half(n)
        else:
            assert half(n) == n // 2


def test_tuples_and_results_of_several_parts():
    @wf.jit
    def parts(p, q):
        return p[0] + q[1][0], p[1] > q[0], q[1][1][0]

    x = np.array([3.5])
    for _ in range(3):
        assert parts((1, 2.0), (1, (2, x))) == (3, True, 3.5)
    assert parts((1.5, 2.0), (1, (2, x))) == (3.5, True, 3.5)
    with pytest.raises(Exception):
        parts((1,), (1, (2, x)))
    assert parts((1, 2.0), (5, (2, x))) == (3, False, 3.5)


def test_names_and_defaults():
    @wf.jit
    def f(a, b=2, c=0.5):
        return a * 100 + b * 10 + c

    for _ in range(3):
        assert f(1) == 120.5 and f(1, 3) == 130.5 and f(1, c=4) == 124 and f(c=1.0, a=2) == 221.0 and f(b=1, c=2, a=3) == 312
        assert f(*(1, 2), **{"c": 3}) == 123
    for args, kwargs in (((), {}), ((1, 2, 3, 4), {}), ((1,), {"a": 2}), ((1,), {"d": 2}), ((), {"b": 2})):
        with pytest.raises(TypeError):
            f(*args, **kwargs)
    assert f(1) == 120.5


def test_other_kinds_of_parameters_by_name():
    @wf.jit
    def f(a, *rest, scale=2):
        s = a
        for r in rest:
            s += r
        return s * scale

    for _ in range(3):
        assert f(1, 2, 3) == 12 and f(1, scale=5) == 5 and f(1, 2, scale=3) == 9


def test_signatures_convert_what_is_passed():
    @wf.jit("float64(float64, int64)")
    def f(a, n):
        return a / n

    for _ in range(3):
        assert f(1.0, 2) == 0.5 and f(1, 2) == 0.5 and f(True, 2) == 0.5
    with pytest.raises(TypeError):
        f("a", 2)
    assert f(1.0, 4) == 0.25


def test_no_more_types_after_disable_compile():
    @wf.jit
    def f(a):
        return a + 1

    assert f(1) == 2 and f(1.5) == 2.5
    f.disable_compile()
    assert f(1) == 2 and f(2) == 3
    with pytest.raises(TypeError):
        f(np.zeros(3))


def test_memory_that_a_call_makes():
    @wf.jit
    def f(n):
        x = np.ones(n)
        return x.sum()

    assert [f(n % 5) for n in range(200)] == [n % 5 for n in range(200)]


def test_text_that_is_printed(capfd):
    @wf.jit
    def f(n):
        if n > 2:
            print(n)
        return n

    assert [f(n) for n in range(6)] == list(range(6))
    assert capfd.readouterr().out.split() == ["3", "4", "5"]


def test_calls_through_python_and_back():
    """Recursion that goes through the interpreter, and calls out of a method."""
    @wf.jit
    def down(n):
        return n - 1

    class Walker:
        def go(self, n):
            return 0 if n == 0 else 1 + self.go(down(n))

    @wf.jit
    def outer(n):
        with wf.objmode(r="int64"):
            r = inner(n)
        return r + 1

    def inner(n):
        return n if n <= 0 else outer(n - 1)

    assert Walker().go(50) == 50
    for _ in range(3):
        assert outer(5) == 6


def test_threads_call_the_same_function():
    x, wrong = np.arange(100.0), []

    def work(k):
        for i in range(300):
            if total(x, k + i) != x.sum() * (k + i):
                wrong.append((k, i))

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


def test_threads_compile_the_same_function():
    """A function's types are found by one thread at a time, and its code is made once; threads that call it meanwhile wait for it."""
    import sys

    from weft._pytypes import uint8
    from weft._typed import List

    def make():
        @wf.jit
        def fill(n, rows):
            if n > 0:
                rows.append(np.cumsum(np.ones(n)).astype(np.uint8))
                fill(n - 1, rows)
            else:
                rows.append(np.array([255], dtype=np.uint8))

        @wf.jit
        def count(n):
            rows = List.empty_list(uint8[::1])
            fill(n, rows)
            return len(rows), np.median(np.array([float(r[0]) for r in rows]))

        return count

    interval, failed = sys.getswitchinterval(), []
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(5):
            count, ready = make(), threading.Barrier(3)

            def work():
                ready.wait()
                try:
                    assert count(4) == (5, 1.0)
                except BaseException as error:
                    failed.append(error)

            threads = [threading.Thread(target=work) for _ in range(3)]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            assert not failed and len(count._variants()) == 1
    finally:
        sys.setswitchinterval(interval)


def test_a_list_of_many_arrays():
    @wf.jit
    def total(rows):
        s = 0.0
        for r in rows:
            s += r[0]
            r[0] = 0
        return s, rows[-1], len(rows)

    rows = [np.full(2, float(i)) for i in range(1500)]
    s, last, n = total(rows)
    assert (s, n) == (sum(range(1500)), 1500) and last is rows[-1]
    assert all(r[0] == 0 for r in rows)


def test_functions_are_compared():
    @wf.jit
    def one(x):
        return x + 1

    @wf.jit
    def two(x):
        return x + 2

    def make(f):
        return wf.jit(lambda x: (f == one or f == abs, f is two, f(x)))

    passed = wf.jit(lambda f, x: (f == one, f != two, f(x)))
    assert make(one)(1) == (True, False, 2) and make(two)(1) == (False, True, 3) and make(abs)(-1) == (True, False, 1)
    assert passed(one, 1) == (True, True, 2) and passed(two, 1) == (False, False, 3)


def test_what_an_overload_says():
    @wf.jit
    def half(x):
        return x / 2

    half.compile((float32,))
    overload = half.overloads[(float32,)]
    assert overload.signature.args == (float32,) and overload.signature.return_type == float64
    assert overload.entry_point(np.float32(3)) == 1.5


def _scaled(f, by):
    @wf.jit(fastmath=True)
    def scaled(x):
        return f(x) * by + (scaled(x - 1) if x > 0 else 0.0)

    return scaled


def test_functions_are_pickled_by_value():
    """What no module has under its name travels with its text and closure; in one process it stays the one it is."""
    import pickle
    import subprocess
    import sys

    double = wf.jit("float64(int64)")(lambda x: x * 2.0)
    made = _scaled(double, 3)
    data = pickle.dumps([made, double])
    again, other = pickle.loads(data)
    assert again is made and other is double
    text = ("import pickle, sys, numpy as np\nmade, double = pickle.loads(sys.stdin.buffer.read())\n"
            "print(made(2), double(4), made.targetoptions['fastmath'], len(double.signatures))")
    run = subprocess.run([sys.executable, "-P", "-c", text], input=data, capture_output=True, check=False)
    assert run.stdout.split() == [b"18.0", b"8.0", b"True", b"1"], run.stderr.decode()


def test_array_of_lists_that_may_be_empty():
    @wf.jit
    def two(n):
        a, b = [], []
        for i in range(n):
            a.append(i)
            b.append(i * 2)
        return np.array([a, b]), np.array((b, a, b), dtype=np.float32)

    for n in (0, 1, 3):
        x, y = two(n)
        assert x.dtype == np.int64 and x.tolist() == [list(range(n)), [2 * i for i in range(n)]] and x.shape == (2, n)
        assert y.dtype == np.float32 and y.shape == (3, n) and y[1].tolist() == list(range(n))


@pytest.mark.parametrize("interface", [True, False])
def test_arrays_that_a_function_returns(interface, tmp_path):
    """Made by NumPy's C interface, or by numpy.ndarray() where that is unknown: in a process of its own."""
    source = """
import sys
import numpy as np
import weft as wf
if {hide}:
    module = sys.modules.get("numpy._core._multiarray_umath") or sys.modules["numpy.core._multiarray_umath"]
    kept, module._ARRAY_API = module._ARRAY_API, None
constant = np.arange(3.0)
constant.flags.writeable = False

@wf.jit
def new(n):
    return np.ones((n, 3), np.float32) * 2

@wf.jit
def turned(x):
    return x[::-2], x.T, x[0:0]

@wf.jit
def same(x):
    return x

@wf.jit
def fixed():
    return constant

a = new(4)
assert a.shape == (4, 3) and a.dtype == np.float32 and (a == 2).all() and a.flags.c_contiguous and a.flags.writeable and a.flags.aligned
a[1, 2] = 7
assert a.base is not None and a.sum() == 29 and new(0).shape == (0, 3)
x = np.arange(12, dtype=np.int64).reshape(4, 3)
back, across, none = turned(x)
assert np.array_equal(back, x[::-2]) and back.strides == x[::-2].strides and np.array_equal(across, x.T) and across.flags.f_contiguous
assert none.shape == (0, 3)
back[0, 0] = -5
assert x[3, 0] == -5
assert same(x) is x and same(x[1:])[0, 0] == 3
many = [new(3) for _ in range(1000)]
del x, a
assert all((m == 2).all() for m in many)
y = fixed()
assert np.array_equal(y, [0, 1, 2])
row = same(np.arange(5.0)[::2])
assert np.array_equal(row, [0, 2, 4])
"""
    path = tmp_path / "program.py"
    path.write_text(source.replace("{hide}", str(not interface)))
    done = subprocess.run([sys.executable, "-P", path], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_invert_of_bools_is_numpys():
    @wf.jit
    def turn(m, flag):
        m[0] = ~m[0]
        return ~m[1], ~flag, ~(m[1] < m[2]), ~True, ~m

    m = np.array([True, False, True])
    one, other, less, constant, rest = turn(m, True)
    assert one is True and other is False and less is False and constant == -2
    assert m.tolist() == [False, False, True] and rest.tolist() == [True, True, False]


def test_the_truth_of_an_array():
    @wf.jit
    def ask(a, b):
        if a[a > b] > 3:
            return 1
        return 2 if not a[:1] else 3

    assert ask(np.array([1.0, 5.0]), 4) == 1 and ask(np.array([1.0, 2.5]), 2) == 3 and ask(np.array([0.0, 2.5]), 2) == 2
    with pytest.raises(ValueError, match="more than one element is ambiguous"):
        ask(np.array([1.0, 5.0]), 0)
    with pytest.raises(ValueError, match="empty array is ambiguous"):
        ask(np.array([1.0, 5.0]), 9)


def test_range_of_floats():
    """They are cut, as in Numba."""
    @wf.jit
    def turns(a, b):
        return [i for i in range(np.ceil(a), np.floor(b) + 1)], sum([1 for _ in range(b)])

    assert turns(0.5, 3.9) == ([1, 2, 3], 3)


def test_a_module_in_a_variable():
    """xp = np; xp.sqrt(x): also where a function of another says which module it is."""
    def namespace(x):
        return np

    from weft._extending import overload

    @overload(namespace)
    def namespace_of(x):
        return lambda x: np

    @wf.njit
    def length(x):
        xp = namespace(x)
        module = math
        return xp.sqrt((x * x).sum()) + xp.maximum(module.floor(2.5), 1.0) + xp.pi

    assert length(np.array([3.0, 4.0])) == 7.0 + np.pi
    with pytest.raises(wf.TypingError, match="the module numpy has no function 'sqroot'"):
        wf.njit(misspelt)(2.0)


def misspelt(x):
    xp = np
    return xp.sqroot(x)


def test_an_empty_dict_is_passed_before_it_has_a_type():
    def size(d):
        return len(d)

    from weft._extending import overload

    @overload(size)
    def size_of(d):
        return lambda d: len(d)

    @wf.njit
    def filled(a):
        d = {}
        n = size(d)
        d[a] = 1.0
        return n, size(d)

    assert filled(2) == (0, 1)


def test_an_overload_that_calls_a_vectorized_function():
    from weft._extending import overload

    @wf.vectorize()
    def step(x, at):
        return 0.0 if x < at else 1.0

    def stepped(x, at):
        raise NotImplementedError

    @overload(stepped)
    def stepped_of(x, at):
        return lambda x, at: step(x, at)

    @wf.njit
    def shifted(a):
        return stepped(a - 0.5, 0.0) + 1

    assert shifted(np.array([[0.0, 1.0]])).tolist() == [[1.0, 2.0]] and shifted(2.0) == 2.0


def test_a_name_that_comes_later():
    """As in a notebook: what was missing at a first call is found at the next."""
    names = {"wf": wf}
    text = "def inner(x):\n    return helper(x) + K\n\ndef outer(x):\n    return inner(x) * 2\n"
    from weft import _exec_sources

    _exec_sources.write("<a cell>", text)
    exec(compile(text, "<a cell>", "exec"), names)
    names["inner"] = wf.njit(names["inner"])
    outer = wf.njit(names["outer"])
    for missing, given in (("helper", wf.njit(lambda x: x + 1)), ("K", 5)):
        for _ in range(2):
            with pytest.raises(wf.TypingError, match=f"'{missing}' is not defined"):
                outer(1)
        names[missing] = given
    assert outer(1) == 14 and outer(1.5) == 15.0
    names["K"] = 50
    assert outer(1) == 14  # a constant since it was compiled


def test_threads_that_call_what_cannot_be_compiled():
    f = wf.njit(lambda x: nowhere_to_be_found(x))  # noqa: F821
    found = []

    def call():
        for _ in range(5):
            try:
                f(1)
            except wf.TypingError as error:
                found.append("nowhere_to_be_found" in str(error))

    threads = [threading.Thread(target=call) for _ in range(6)]
    [t.start() for t in threads], [t.join() for t in threads]
    assert found == [True] * 30
