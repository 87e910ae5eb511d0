"""Typed containers, and lists that are passed, while other Python code runs: threads, finalizers, items that answer in Python."""

import sys
import threading
import time

import numpy as np
import pytest

from weft import njit
from weft._jitclass import jitclass
from weft._pytypes import float64, int64, typeof, unicode_type
from weft._typed import Dict, DictType, List, ListType


@jitclass([("x", int64)])
class Point:
    def __init__(self, x):
        self.x = x


@njit
def length(items):
    return len(items)


@pytest.fixture
def eager():
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(*functions):
    errors = []

    def run(function):
        try:
            function()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors


def meanwhile(function):
    """Calls it once, while Python makes the object of the next instance."""

    def seen(frame, event, argument):
        if event == "call" and frame.f_code.co_name == "_instance_type":
            sys.setprofile(None)
            function()

    sys.setprofile(seen)


def points(count):
    items = List()
    for i in range(count):
        items.append(Point(i))
    return items


def test_an_item_is_taken_once():
    items, inner = points(10), []
    meanwhile(lambda: inner.append(items.pop().x))
    assert items.pop().x == 9 and inner == [8] and len(items) == 8
    one = points(1)
    meanwhile(one.clear)
    assert one.pop().x == 0 and len(one) == 0


def test_an_instance_that_is_read_stays():
    items = points(10)

    def others():
        items.clear()
        for _ in range(1000):
            items.append(Point(-1))

    meanwhile(others)
    assert items[5].x == 5 and items[5].x == -1


def test_a_pair_is_taken_once():
    table = Dict.empty(int64, typeof(Point(0)))
    for i in range(10):
        table[i] = Point(i)
    inner = []
    meanwhile(lambda: inner.append(table.popitem()))
    key, value = table.popitem()
    assert (key, value.x) == (9, 9) and inner[0][0] == inner[0][1].x == 8 and list(table) == list(range(8))


def test_threads_take_each_item_once(eager):
    items, got = points(1000), []

    def take():
        while True:
            try:
                got.append(items.pop().x)
            except IndexError:
                return

    at_once(take, take, take)
    assert sorted(got) == list(range(1000)) and len(items) == 0


def test_what_is_read_stays_while_the_list_is_emptied(eager):
    items, until = List.empty_list(ListType(int64)), time.monotonic() + 0.5

    def write():
        while time.monotonic() < until:
            for i in range(50):
                items.append(List([i] * 5))
            items.clear()

    def read():
        while time.monotonic() < until:
            try:
                one = items[0]
            except IndexError:
                continue
            assert len(set(one)) == 1 and len(one) == 5

    at_once(write, read, read)


def test_entries_that_go_meanwhile(eager):
    table, until = Dict.empty(int64, ListType(int64)), time.monotonic() + 0.5

    def write():
        while time.monotonic() < until:
            for i in range(60):
                table[i] = List([i])
            for i in range(60):
                try:
                    del table[i]
                except KeyError:
                    pass

    def read():
        while time.monotonic() < until:
            try:
                assert all(list(value) == [key] for key, value in table.items())
                key, value = table.popitem()
                assert list(value) == [key]
            except (KeyError, RuntimeError):
                pass

    at_once(write, write, read)


def test_the_first_items_of_two_threads(eager):
    for _ in range(50):
        items, start = List(), threading.Barrier(3)

        def add():
            start.wait()
            items.append(1)

        at_once(add, add, add)
        assert items == [1, 1, 1]


def test_a_finalizer_changes_the_dict():
    """A search may let arrays go that nothing reaches any more."""
    table, ended = Dict.empty(unicode_type, typeof(np.zeros(2))), []

    class Owner(np.ndarray):
        def __del__(self):
            ended.append(1)
            table.clear()
            for i in range(40):
                table[str(i + 1000)] = np.full(2, i + 1000.0)

    for search in (lambda key: table[key][0], lambda key: table.get(key)[0]):
        table.clear()
        for i in range(10):
            table[str(i)] = np.full(2, float(i))
        table["owned"] = Owner(2)
        table["owned"] = np.zeros(2)
        for _ in range(1000):
            if not ended:
                assert search("7") == 7.0
        assert ended.pop() and not ended


def test_an_array_whose_base_is_made_up():
    class Array(np.ndarray):
        base = property(lambda self: np.zeros(3))

    items = List([np.arange(3.0)])
    for i in range(100):
        items.append(np.full(3, float(i)).view(Array))
    assert [item[0] for item in items] == [0.0, *range(100)]


def test_a_type_is_said_once():
    items, table = List([1]), Dict({1: 2})
    with pytest.raises(TypeError, match="known already"):
        items.__init__(lsttype=ListType(float64))
    with pytest.raises(TypeError, match="known already"):
        table.__init__(dcttype=DictType(int64, float64))
    for wrong in int64, DictType(int64, int64):
        with pytest.raises(TypeError, match="needs the type of a list"):
            List(lsttype=wrong)
    with pytest.raises(TypeError, match="needs the type of a dict"):
        Dict(dcttype=ListType(int64))
    assert items == [1] and table == {1: 2}


def test_a_slice_is_refused_as_a_whole():
    items = List([1, 2, 3, 4])
    with pytest.raises(TypeError, match="cannot safely cast"):
        items[1:2] = [5, "x"]
    assert items == [1, 2, 3, 4]


def test_a_list_in_itself():
    own, deep, table = [], [1], {}
    own.append(own)
    table[1] = table
    for _ in range(100):
        deep = [deep]
    for wrong in own, deep, table:
        with pytest.raises(TypeError, match="more than 64 of them"):
            length(wrong)
    assert length([[[1]]]) == 1


def test_a_list_that_an_item_empties():
    class Item:
        @property
        def __array_interface__(self):
            items.clear()
            return np.zeros(3).__array_interface__

        __cuda_array_interface__ = __array_interface__

    items = []
    items += [Item() for _ in range(5)]
    with pytest.raises(RuntimeError, match="changed size"):
        length(items)
