"""What Python does with fields and methods of jitclasses' instances: read and written where they lie in the record
(src/python/pyfunc_field.c). The oracle is a compiled function that does the same."""

import gc

import numpy as np
import pytest

import weft as wf
from weft._jitclass import deferred_type, jitclass
from weft._typed import Dict, List
from weft.dropin.numba import types

FIELDS = [("flag", types.boolean), ("small", types.int8), ("half", types.int16), ("maybe", types.optional(types.float64)), ("x", types.float64),
          ("byte", types.uint8), ("pair", types.Tuple([types.int8, types.float64])), ("text", types.unicode_type), ("z", types.complex64),
          ("items", types.float64[:]), ("grid", types.float32[:, ::1]), ("big", types.uint64), ("words", types.ListType(types.int64)),
          ("known", types.DictType(types.unicode_type, types.float64)), ("last", types.boolean), ("real", types.float32), ("rare", types.complex128)]


@jitclass(FIELDS)
class Many:
    def __init__(self):
        self.words = List.empty_list(types.int64)
        self.known = Dict.empty(types.unicode_type, types.float64)


VALUES = {"flag": True, "small": -7, "half": 300, "maybe": 2.5, "x": 0.1, "byte": 250, "pair": (3, 0.25), "text": "würde", "z": 1 + 2j,
          "items": np.arange(5.0), "grid": np.ones((2, 3), np.float32), "big": 2**63 + 1, "last": True, "real": 0.5, "rare": 3 - 1j}


def getter(name):
    names = {}
    exec(f"def get(one):\n    return one.{name}\n", names)
    return wf.jit(names["get"])


@pytest.mark.parametrize("name", VALUES)
def test_reads_what_compiled_functions_wrote_and_they_read_what_it_wrote(name):
    one, value = Many(), VALUES[name]
    setattr(one, name, value)
    mine, theirs = getattr(one, name), getter(name)(one)
    np.testing.assert_array_equal(mine, value)
    np.testing.assert_array_equal(theirs, value)
    assert type(mine) is type(theirs)


def test_neighbours_stay_what_they_are():
    one = Many()
    for name, value in VALUES.items():
        setattr(one, name, value)
    for name, value in VALUES.items():
        np.testing.assert_array_equal(getattr(one, name), value)
        np.testing.assert_array_equal(getter(name)(one), value)
    one.maybe = None
    assert one.maybe is None and getter("maybe")(one) is None and one.x == 0.1 and one.half == 300


def test_containers_are_the_same_memory():
    one = Many()
    one.words.append(4)
    one.known["a"] = 1.5
    assert list(one.words) == [4] and dict(one.known) == {"a": 1.5}


def test_fields_that_were_never_set_are_zero():
    one = Many()
    assert one.x == 0 and one.flag is False and one.maybe is None and one.text == "" and one.items.shape == (0,) and one.pair == (0, 0.0)


def test_an_array_is_the_memory_that_was_stored_and_outlives_the_instance():
    @jitclass([("items", types.float64[:])])
    class Holder:
        def __init__(self, n):
            self.items = np.zeros(n)

    given, one = np.arange(4.0), Holder(3)
    mine = one.items
    mine[1] = 5
    assert one.items[1] == 5
    one.items = given
    given[0] = 9
    assert one.items[0] == 9 and np.shares_memory(one.items, given)
    kept = one.items
    del one, given
    gc.collect()
    assert kept.tolist() == [9, 1, 2, 3] and mine[1] == 5


def test_conversions_are_the_compiled_setter_s():
    one = Many()
    one.x = 3
    assert one.x == 3.0 and isinstance(one.x, float)
    one.half = 2.75  # cut, as a compiled function does
    assert one.half == 2
    one.items = np.arange(6.0)[::2]
    assert one.items.tolist() == [0, 2, 4]
    for name, wrong in (("x", "text"), ("text", 3), ("items", np.zeros(3, np.int32)), ("items", None), ("x", 1j)):
        with pytest.raises((TypeError, wf.TypingError)):
            setattr(one, name, wrong)
    assert one.x == 3.0 and one.items.tolist() == [0, 2, 4]


def test_refusals():
    one = Many()
    with pytest.raises(AttributeError):
        del one.x
    with pytest.raises(AttributeError):
        one.nothing = 1
    with pytest.raises(AttributeError):
        one.nothing
    with pytest.raises(TypeError, match="not initialised"):
        Many.x.__get__(Many.__new__(Many))


def test_methods_are_bound_called_by_name_and_described():
    @jitclass([("x", types.float64)])
    class Point:
        def __init__(self, x, y=2.0):
            self.x = x * y

        def moved(self, by, times=1):
            """Moves it."""
            self.x += by * times
            return self.x

        @property
        def twice(self):
            """Two."""
            return self.x * 2

        @twice.setter
        def twice(self, value):
            self.x = value / 2

    one = Point(1.0)
    assert one.x == 2.0 and Point(1.0, 3.0).x == 3.0 and Point(x=2.0).x == 4.0
    move = one.moved
    assert move(1.0) == 3.0 and one.moved(by=1.0, times=2) == 5.0 and Point.moved(one, 1.0) == 6.0
    one.twice = 8.0
    assert one.x == 4.0 and one.twice == 8.0
    assert Point.moved.__name__ == "moved" and Point.moved.__doc__ == "Moves it." and move.__self__ is one
    with pytest.raises(TypeError):
        Point()
    with pytest.raises(TypeError):
        Point(1.0, 2.0, 3.0)


def test_types_that_are_said_later():
    later = deferred_type()

    @jitclass([("flag", types.boolean), ("next", types.optional(later)), ("value", types.int64)])
    class Node:
        def __init__(self, value):
            self.value = value
            self.next = None

    later.define(Node.class_type.instance_type)
    a, b = Node(1), Node(2)
    a.next = b
    assert a.next.value == 2 and a.value == 1 and a.next.next is None
    a.next.value = 7
    assert b.value == 7


@wf.jit
def added(a, b):
    return a[0] + b[-1]


def test_calls_with_weft_s_arrays_see_what_they_hold_now():
    a, b = wf.zeros(4, device="cpu"), wf.arange(4.0, device="cpu")
    for turn in range(5):
        a[0] = turn  # recorded before the call
        c = b * 2 + turn  # not computed yet
        assert added(a, c) == turn + 6 + turn
    assert added(a[1:], b[::2]) == 2 and added(b[2:], a) == 2
    assert added(wf.ones(4, dtype="int32", device="cpu"), b) == 4
    assert added(np.ones(3), b) == 4 and added(b, np.ones(3)) == 1
    with pytest.raises(IndexError):
        added(wf.zeros(0, device="cpu"), b)


def test_calls_with_several_instances_and_containers():
    @jitclass([("x", types.float64), ("items", types.ListType(types.float64))])
    class Bag:
        def __init__(self, x):
            self.x = x
            self.items = List.empty_list(types.float64)

    @wf.jit
    def give(a, b, n):
        b.items.append(a.x * n)
        return len(b.items)

    @wf.jit
    def share(a, b):
        b.items = a.items

    one, other = Bag(2.0), Bag(3.0)
    for i in range(300):
        assert give(one, other, i) == i + 1
    assert give(other, other, 1) == 301 and list(other.items)[-1] == 3.0 and not one.items
    for _ in range(3):
        share(other, one)
    del other
    gc.collect()
    assert len(one.items) == 301
    for i in range(3):
        give(one, one, 1)
    assert len(one.items) == 304
