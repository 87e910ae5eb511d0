"""What a function finds outside of itself or is told beside its text: members of enums, named tuples, dates, jit(locals=…)."""

import collections
import enum
import sys

import numpy as np
import pytest

from weft._cfunc import cfunc
from weft._jit import jit, njit
from weft._pysource import TypingError


class Color(enum.Enum):
    red = 1
    blue = 2


class Signal(enum.Enum):
    stop = 1
    go = 2.5


class Level(enum.IntEnum):
    low = 1
    high = 2


One = collections.namedtuple("One", "value")
Two = collections.namedtuple("Two", "x y")
ONE, OTHER, TWO = One(1), One(2), Two(1, 2.5)
DATE = np.datetime64("2020-01-01")


def test_members_of_enums_are_themselves():
    def asked(x):
        return (x is Color.red, x is not Color.red, x == Color.red, x is Signal.stop, x == Signal.stop, x != Signal.stop, x == 1,
                x.value, x is Color["red"])

    for member in Color:
        assert njit(asked)(member) == asked(member)


def test_members_of_enums_come_back():
    def chosen(n):
        x = Color.red if n else Color.blue
        return x, Signal.stop

    assert njit(chosen)(1) == (Color.red, Signal.stop) and njit(chosen)(0) == (Color.blue, Signal.stop)
    assert njit(lambda x: x)(Signal.go) is Signal.go


def test_members_as_keys_and_items():
    def price(color):
        return {Color.red: 3.0, Color.blue: 4.0}[color], [Color.blue, color][1] is Color.red

    assert njit(price)(Color.red) == price(Color.red) and njit(price)(Color.blue) == price(Color.blue)


def test_members_that_are_integers():
    def asked(x):
        return x is Level.high, x + Level.low, x > Level.low, [10, 20, 30][x]

    for member in Level:
        assert njit(asked)(member) == asked(member)


def test_an_integer_is_no_boolean():
    assert njit(lambda x: (x is True, x == True))(1) == (False, True)  # noqa: E712


def test_named_tuples_from_outside():
    assert njit(lambda: (ONE.value, TWO.x, TWO.y, TWO))() == (1, 1, 2.5, TWO)
    assert njit(lambda n: ONE if n else OTHER)(0) == OTHER


def test_tuples_of_one_item_are_chosen():
    assert njit(lambda n, a, b: (a,) if n else (b,))(True, 3, 4.5) == (3.0,)


def test_locals_say_types():
    def function(n):
        third = 1 / 3
        count = 0.5
        for i in range(n):
            count += 1.75
        for k in range(3):
            third += k
        return third, count, k

    got = jit(locals={"third": np.float32, "count": np.int64, "k": np.float64})(function)(3)
    third = np.float32(1 / 3)
    for k in range(3):
        third = np.float32(float(third) + k)
    assert got == (float(third), 3, 2.0) and isinstance(got[2], float)


def test_locals_of_parameters():
    assert jit(locals={"x": np.int64})(lambda x: x)(2.75) == 2.75  # a lambda binds nothing

    def whole(x):
        return x / 2

    assert jit(locals={"x": np.int64})(whole)(5.75) == 2.5


def test_a_date_from_outside():
    assert njit(lambda: DATE)() == DATE and njit(lambda: DATE)().dtype == DATE.dtype


def test_a_callback_that_raises_answers_zero(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda u: told.append(u.exc_type))

    @cfunc("float64(int64, int64)")
    def divided(a, b):
        return a / b

    assert divided.ctypes(5, 2) == 2.5 and divided.ctypes(5, 0) == 0.0
    assert told == [ZeroDivisionError]


def test_large_arrays_from_outside():
    """Beyond 65536 elements a copy of the array is kept, as it was when the function was compiled; it is not written to."""
    table, square = np.arange(200000.0), np.arange(100000, dtype=np.int32).reshape(100, 1000)

    @njit
    def look(i):
        return table[i] + square[i % 100, 3] + table[10:20].sum()

    outer = njit(lambda i: look(i) + len(table))
    wanted = look.py_func(150000)
    assert look(150000) == wanted and outer(150000) == wanted + 200000
    table[:] = 0
    assert look(150000) == wanted
    with pytest.raises(IndexError):
        look(200000)

    @njit
    def write():
        table[0] = 1

    with pytest.raises(TypingError, match="read-only"):
        write()
