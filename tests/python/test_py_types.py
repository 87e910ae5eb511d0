"""Types of Python in compiled functions: None and optional, text, dicts, sets, named tuples. Each function runs under Python too,
and must give the same."""

import gc
from collections import namedtuple

import numpy as np
import pytest

import weft as wf
import weft.dropin
from weft import _typed as typed
from weft import _pytypes as types
from weft._jit import TypingError, literal_unroll

Point = namedtuple("Point", "x y")


def same(function, *args):
    """The results under Python and compiled; twice, as the second call finds it compiled."""
    compiled = wf.jit(function)
    wanted = function(*args)
    for _ in range(2):
        got = compiled(*args)
        assert got == wanted and type(got) is type(wanted), function.__name__
    return compiled


# ---- None ----

def falls_off(x):
    if x > 2:
        return x


def never_falls_off(x):
    while True:
        x += 1
        if x > 10:
            return x


def falls_off_after_a_loop(x):
    for i in range(x):
        if i == 3:
            return i


def none_or_text(x):
    return "many" if x > 2 else None


def chain(x):
    y = None
    if x > 2:
        y = x
    return y is None, y == x, (y or 7), x if y else -1


def defaulted(x, y=None):
    if y is None:
        y = 3.0
    return x + y


def helper_or_none(x):
    if x > 2:
        return 2.5


def uses_helper(x):
    found = helper_or_none(x)
    if found is not None:
        return found + 1
    return -1.0


@pytest.mark.parametrize("function", [falls_off, never_falls_off, falls_off_after_a_loop, none_or_text, chain, defaulted, uses_helper])
@pytest.mark.parametrize("x", [1, 5])
def test_none(function, x):
    same(function, x)


def test_none_where_a_number_is_needed():
    @wf.jit
    def f(x):
        y = None
        if x > 2:
            y = x
        return y + 1

    assert f(5) == 6
    with pytest.raises(TypeError, match="expected int64, got None"):
        f(1)


def test_a_negative_exponent():
    same(lambda: 2 ** -1)

    @wf.jit
    def f(x):
        return x ** -2

    assert f(4) == 0.0625


# ---- text ----

def cut(s, t):
    return s + t, s[1:3], s[-2], s[::-1], s[5:2:-1], len(s), s * 2, s[10:], t[:-1]


def compared(s, t):
    return s == t, s != t, s < t, s <= s, t > s, t >= s, "b" in s, t in s, s == "abcabc", s is None


def searched(s, t):
    return s.find(t), s.index("b"), s.count("b"), s.startswith(t), s.endswith("c"), s.rfind("b"), s.find("b", 2)


def rebuilt(s, t):
    return s.upper(), s.split("b"), "-".join([s, t, "x"]), s.replace("b", "zz"), s.replace("", "."), s.strip("a"), s.isalpha()


def formatted(s, t):
    n = len(s)
    return str(-n), f"<{n}> {s!r} {n:4d} {2.5} {n / 4:.2f}", str(n > 2), ord(s[0]), chr(ord(s[1]) + 1), int("12") + n


def counted(s, t):
    n, seen = 0, ""
    for c in s:
        if c in "ab":
            n += 1
            seen += c
    for i, c in enumerate(t):
        seen = c + seen
    return n, seen


def mode(s, t):
    kind = "low" if len(s) < 3 else t
    if kind == "low":
        return 1
    return len(kind)


@pytest.mark.parametrize("function", [cut, compared, searched, rebuilt, formatted, counted, mode])
@pytest.mark.parametrize("s,t", [("abcabc", "cab"), ("abé€😀", "é€"), ("ab" * 20, "b")])
def test_text(function, s, t):
    same(function, s, t)


def test_text_errors():
    with pytest.raises(IndexError, match="string index out of range"):
        wf.jit(lambda s: s[3])("abc")
    with pytest.raises(ValueError, match="substring not found"):
        wf.jit(lambda s: s.index("x"))("abc")


def test_the_least_integer_as_text():
    for n in (0, 7, -(2 ** 63), 2 ** 63 - 1, 10 ** 18):
        assert wf.jit(lambda n: str(n))(n) == str(n)


# ---- dicts and sets ----

def histogram(n):
    d = {}
    for i in range(n):
        d[i % 7] = d.get(i % 7, 0) + i
    total = 0
    for k, v in d.items():
        total += k * v
    return total, len(d), 3 in d, d[3], [k for k in d], list(d.values())


def named(n):
    d = {"a": 1.5, "b": 2.5}
    d["c"] = 3.0
    del d["a"]
    d.update({"z": 0.0})
    return d.pop("b"), d.pop("q", 9.0), d.setdefault("z", 1.0), d.get("nothing"), len(d), "c" in d, list(d.keys())


def by_pair(n):
    d = {}
    for i in range(n):
        for k in range(3):
            d[i, k] = float(i + k)
    for i in range(0, n, 2):
        del d[i, 1]
    for i in range(n):
        d[i, 5] = 1.0
    return len(d), sum([v for v in d.values()]), (1, 1) in d, (2, 1) in d


def grown(n):
    s = set()
    for i in range(n):
        s.add(i * i % 101)
    t = {1, 2, 30, 4}
    return (len(s), len(s & t), len(s | t), 30 in s, sorted(list(s - t)), sorted(list(s ^ t)), t <= s, t.issubset(s | t),
            {x % 3 for x in t} == {0, 1, 2}, t.isdisjoint({9}))


def comprehended(n):
    return {i: str(i) for i in range(n) if i % 2}, {i % 3 for i in range(n)}


def floats_and_bools(n):
    d = {0.5: True, -0.0: False}
    d[0.0] = True
    return len(d), d[0.0], 0.5 in d


@pytest.mark.parametrize("function", [histogram, named, by_pair, grown, floats_and_bools])
def test_tables(function):
    same(function, 40)


def test_tables_as_results():
    made = wf.jit(comprehended)(9)
    assert made == comprehended(9) and isinstance(made[0], typed.Dict) and isinstance(made[1], set)


def test_a_missing_key():
    with pytest.raises(KeyError):
        wf.jit(lambda d: d[3])({1: 2})


def test_tables_as_arguments_are_written_back():
    @wf.jit
    def f(d, s, words):
        d[5] = 2
        del d[1]
        s.add(9)
        words.append("new")
        return d, s

    d, s, words = {1: 1, 2: 4}, {1, 2}, ["a"]
    got = f(d, s, words)
    assert d == {2: 4, 5: 2} and s == {1, 2, 9} and words == ["a", "new"]
    assert got[0] is d and got[1] is s


def test_typed_containers():
    @wf.jit
    def f():
        words = typed_list()
        words.append("a")
        numbers = typed_empty(types.unicode_type, types.int64)
        numbers["k"] = 5
        return words, numbers

    words, numbers = f()
    assert words == ["a"] and numbers == {"k": 5}
    d = typed.Dict.empty(types.int64, types.float64)
    wf.jit(fill)(d, 3)
    assert d == {0: 0.0, 1: 0.5, 2: 1.0}


typed_list, typed_empty = typed.List, typed.Dict.empty


def fill(d, n):
    for i in range(n):
        d[i] = i / 2


def test_a_list_may_grow_in_its_loop():
    def f(n):
        todo, seen = [n], 0
        for x in todo:
            seen += 1
            if x > 1:
                todo.append(x // 2)
                todo.append(x // 3)
        return seen

    same(f, 50)


def test_many_temporaries_do_not_take_what_is_still_made():
    def f(n):
        return [[str(i) for i in range(k % 5)] for k in range(n)], [{k: [k]} for k in range(n)][n - 1][n - 1]

    same(f, 300)
    gc.collect()


# ---- named tuples ----

def moved(p, d):
    return Point(p.x + d, y=p.y), p[0], p.y


def test_named_tuples():
    got = same(moved, Point(1, 2.5), 2)(Point(1, 2.5), 2)
    assert isinstance(got[0], Point)


def test_what_cannot_be_held_is_said():
    with pytest.raises(TypingError, match="a dict holds items of one type"):
        wf.jit(lambda: {1: 2, "a": 3})()
    with pytest.raises(TypingError, match="cannot be a key"):
        wf.jit(lambda a: {a: 1})([1])


def test_a_variable_of_an_unrolled_body_has_a_type_for_each_item():
    """What the body alone assigns is its own in each copy, also in copies within copies."""
    def has_nan(*args):
        for item in literal_unroll(args):
            values = np.asarray(item)
            if values.size != 0 and np.isnan(np.min(values)):
                return True
        return False

    def total(outer, inner):
        s, turns = 0.0, 0
        for a in literal_unroll(outer):
            twice = a * 2
            for b in literal_unroll(inner):
                both = b + twice
                if turns >= 0:
                    both = both * 1
                s += np.sum(both)
            turns = turns + 1
        return s, turns

    compiled = wf.njit(has_nan)
    assert wf.njit(lambda x: np.asarray(x))(3).shape == ()
    for args in ((1.0, np.ones(3)), (1.5, np.array([1, np.nan])), (np.nan, np.ones((2, 2), np.float32))):
        assert compiled(*args) == has_nan(*args)
    outer, inner = (1, 2.5, np.arange(3.0)), (3, np.ones(3), 1.5)
    assert wf.njit(total)(outer, inner) == total(outer, inner)


def test_type_of_a_number_converts():
    """type(x)(1): of x's type, as in generic numerical code."""
    def inverse(x):
        return type(x)(1) / x

    compiled = wf.njit(inverse)
    for x in (np.float32(3), 3.0, 3, np.int8(3), 2j):  # a float32's third is not a float64's
        assert compiled(x) == inverse(x)
    with pytest.raises(TypingError, match="numbers alone"):
        compiled(np.ones(2))


ROWS = np.array([(1, 0.5), (2, 1.5), (3, 2.5)], [("a", "i4"), ("b", "f8")])


def test_rows_of_a_constant_array():
    assert tuple(wf.njit(lambda i: ROWS[i])(1)) == (2, 1.5)
    assert wf.njit(lambda i: ROWS[i].a + ROWS[i]["b"])(2) == 5.5


def test_what_dates_and_numbers_are():
    def which(x):
        return isinstance(x, np.datetime64), isinstance(x, np.timedelta64), isinstance(x, (int, np.datetime64))

    for x in (np.datetime64(3, "s"), np.timedelta64(2, "D"), 5, 2.5):
        assert wf.njit(which)(x) == which(x)
    for x in (np.float32(2), 1.0):
        assert wf.njit(lambda x: np.finfo(x).eps)(x) == np.finfo(type(x)).eps
    assert wf.njit(lambda x: np.iinfo(x).max)(np.int8(2)) == 127


@pytest.mark.parametrize("order", ["C", "F"])
def test_contiguous_is_in_c_order(order):
    flags = wf.njit(lambda a: (a.flags.contiguous, a.flags.c_contiguous))
    a = np.zeros((3, 4), order=order)
    assert flags(a) == (a.flags.contiguous, a.flags.c_contiguous)


@pytest.mark.parametrize("name", ["<f8", "complex64", "d", "intc", "m8[s]", "U3", "S4", "i4, f8"])
def test_types_by_their_names(name):
    made = wf.njit(lambda n: np.zeros(n, name))(2)
    assert made.dtype == np.dtype(name) and made.shape == (2,)
    if np.dtype(name).kind == "f":
        assert wf.njit(lambda a: a.astype(name))(np.arange(3)).dtype == np.dtype(name)


def test_a_tuple_of_many_items_is_refused_with_words():
    assert wf.njit(lambda x: len(x))(tuple(range(64))) == 64
    with pytest.raises(TypeError, match="100 items.*array or a list"):
        wf.njit(lambda x: len(x))(tuple(range(100)))


def test_cross2d():
    weft.dropin.install("numba")
    from numba.np.extensions import cross2d

    f = wf.njit(lambda a, b: cross2d(a, b))
    assert f(np.array([1, 2]), np.array([3, 4])) == -2
    assert f(np.ones((3, 2)), np.array([3.0, 4.0])).tolist() == [1.0] * 3
    with pytest.raises(ValueError, match="must be 2"):
        f(np.ones(3), np.ones(3))


def _families(x):
    return (isinstance(x, np.integer), isinstance(x, np.signedinteger), isinstance(x, np.unsignedinteger), isinstance(x, np.floating), isinstance(x, np.complexfloating),
            isinstance(x, np.inexact), isinstance(x, np.number), isinstance(x, np.generic), isinstance(x, (np.integer, np.floating)))


@pytest.mark.parametrize("x", [np.int8(3), np.uint16(3), np.float32(2), np.float64(2), np.complex64(1j), np.bool_(True), "text", None, np.zeros(2)], ids=repr)
def test_families_of_numpys_numbers(x):
    assert wf.jit(_families)(x) == _families(x)


def test_a_family_is_no_type_of_an_array():
    with pytest.raises(Exception, match="test_py_types.py"):
        wf.jit(lambda n: np.zeros(n, np.floating))(3)
