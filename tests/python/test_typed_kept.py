"""Typed lists and dicts stay in compiled form: one memory for Python and for compiled functions, and who keeps it."""

import copy
import gc
import pickle
import weakref

import numpy as np
import pytest

from weft import njit
from weft._jitclass import jitclass
from weft._pytypes import (Tuple, boolean, complex64, complex128, float32, float64, int8, int32, int64, uint8, uint64, unicode_type)
from weft._typed import Dict, DictType, List, ListType


@njit
def grow(items, n):
    for i in range(n):
        items.append(items[0] + i)


@njit
def total(items):
    s = items[0]
    for i in range(1, len(items)):
        s += items[i]
    return s


def test_list_is_one_memory():
    items = List([1, 2])
    assert not isinstance(items, list) and total(items) == 3
    grow(items, 1000)
    assert len(items) == 1002 and items[-1] == 1000 and items[1:4] == [2, 1, 2]
    items[0] = 50
    items.append(7)
    assert total(items) == 50 + 2 + 1000 + sum(range(1000)) + 7
    assert [items.pop(), items.pop(0), len(items)] == [7, 50, 1001]
    items.insert(1, -1)
    del items[0]
    assert items[0] == -1 and items.index(5) == 5 and 999 in items


def test_aliases():
    @njit
    def both(a, b):
        a.append(1)
        b.append(2)
        return a

    items = List([0])
    other = items
    assert both(items, other) is items and list(items) == [0, 1, 2]


@njit
def typed_and_plain(n):
    made, plain = List(), [1]
    for i in range(n):
        made.append(float(i))
    return made, plain, made


def test_made_by_a_compiled_function():
    made, plain, same = typed_and_plain(3)
    assert type(made) is List and type(plain) is list and made == [0, 1, 2] and plain == [1]
    same.append(9)
    assert len(made) == 4 and total(made) == 12

    @njit
    def parts(items):
        return items[1:], items.copy(), [x for x in items]

    assert [type(x) for x in parts(made)] == [List, List, list]


@njit
def swap(d):
    keys = [k for k in d]
    for k in keys:
        d[k] = d[k] + d[k]
    return len(d)


_KEYS = [(int64, [0, -1, 5, 2**62, -2**63]), (uint64, [0, 3, 2**63 - 1]), (int8, [-128, 0, 127]), (uint8, [0, 255]),
         (int32, [-7, 7]), (boolean, [True, False]), (float64, [0.0, -1.5, 1e300, float("inf")]), (float32, [0.5, -0.25]),
         (complex128, [1 + 2j, -0.5j]), (complex64, [1 + 2j, 0j]), (unicode_type, ["", "a", "weft", "żółw", "𝄞" * 9]),
         (Tuple((int64, unicode_type)), [(1, "a"), (-1, "")]), (Tuple((float64, Tuple((int8, boolean)))), [(0.5, (3, True))])]


@pytest.mark.parametrize("type_, keys", _KEYS, ids=lambda x: str(x) if not isinstance(x, list) else "")
def test_hashes_are_the_compiled_ones(type_, keys):
    """What one side puts in, the other finds."""
    @njit
    def put(d, k, v):
        d[k] = v

    @njit
    def get(d, k):
        return d[k]

    @njit
    def into(d, source):
        for k in source:
            d[k] = source[k]

    d, by_python = Dict.empty(type_, int64), Dict.empty(type_, int64)
    for i, key in enumerate(keys):
        by_python[key] = i
    into(d, by_python)
    for i, key in enumerate(keys):
        assert d[key] == i and key in d and d.get(key) == i
    assert list(d) == list(by_python) == keys and [v for v in d.values()] == list(range(len(keys)))
    fresh = Dict.empty(type_, int64)
    put_all(fresh, by_python)
    del fresh[keys[0]]
    fresh[keys[0]] = 77
    assert find_all(fresh, by_python) == len(keys) and list(fresh)[-1] == keys[0]


@njit
def put_all(d, source):
    for k, v in source.items():
        d[k] = v


@njit
def find_all(d, source):
    n = 0
    for k in source:
        n += k in d
    return n


def test_dict_against_pythons():
    rng = np.random.default_rng(3)
    d, plain = Dict.empty(int64, float64), {}

    @njit
    def change(d, k, v):
        if k % 3 == 0:
            d[k] = v
        elif k in d:
            del d[k]

    for step in range(3000):
        k, v = int(rng.integers(-40, 40)), float(step)
        if step % 4 == 0:
            change(d, k, v)
            if k % 3 == 0:
                plain[k] = v
            else:
                plain.pop(k, None)
        elif step % 4 == 3:
            assert d.pop(k, None) == plain.pop(k, None)
        else:
            d[k] = plain[k] = v
        if step % 500 == 499:
            assert d.popitem() == plain.popitem()
    assert d == plain and list(d.items()) == list(plain.items()) and len(d) == len(plain)
    with pytest.raises(KeyError):
        d[10**6]
    d.clear()
    assert len(d) == 0 and swap(d) == 0


def test_nested():
    outer = List()
    outer.append(List([1.0]))
    outer.append(List([2.0, 3.0]))
    inner = outer[1]

    @njit
    def add(outer, inner):
        outer[0].append(10.0)
        inner.append(11.0)
        outer.append(inner)
        return outer[0]

    first = add(outer, inner)
    first.append(12.0)
    assert [list(x) for x in outer] == [[1, 10, 12], [2, 3, 11], [2, 3, 11]]
    del outer
    gc.collect()
    assert list(inner) == [2, 3, 11]
    d = Dict.empty(unicode_type, ListType(int64))
    d["a"] = List([1])
    d["a"].append(2)

    @njit
    def more(d):
        d["b"] = List([5])
        d["a"].append(3)

    more(d)
    assert list(d["a"]) == [1, 2, 3] and list(d["b"]) == [5]


def test_arrays_live_as_long_as_they_are_in():
    array = np.arange(4.0)
    seen = weakref.ref(array)
    items = List()
    items.append(array)
    del array
    gc.collect()
    assert seen() is not None and items[0].tolist() == [0, 1, 2, 3]

    @njit
    def renew(items, n):
        for i in range(n):
            items.pop()
            items.append(np.full(50, float(i)))
        return items[0].sum()

    assert renew(items, 3000) == 50 * 2999 and items[0][0] == 2999
    taken = items[0]
    renew(items, 3000)
    for i in range(100):  # a store is swept once much was made
        items.append(np.zeros(2))
        items.pop()
    assert seen() is None and (taken == 2999).all()

    @njit
    def keep(items, array):
        items.append(array)

    part = np.arange(100.0)[3:9]
    keep(items, part)
    del part
    gc.collect()
    assert items[1].tolist() == [3, 4, 5, 6, 7, 8]


def test_queue_of_arrays_does_not_grow():
    items = List()
    refs = []
    for i in range(300):
        array = np.full(5000, float(i))
        refs.append(weakref.ref(array))
        items.append(array)
        del array
        if len(items) > 3:
            items.pop(0)
    assert sum(r() is not None for r in refs) < 150 and [int(a[0]) for a in items] == [297, 298, 299]


def test_texts():
    words = List(["a", "bc"])

    @njit
    def double(words, other):
        for i in range(len(words)):
            words[i] = words[i] + words[i]
        other.append(words[0][1:])
        words.append("constant")

    other = List(["x"])
    double(words, other)
    del double
    gc.collect()
    assert list(words) == ["aa", "bcbc", "constant"] and list(other) == ["x", "a"]
    for i in range(1000):
        words[i % 3] = str(i)
    assert list(words) == ["999", "997", "998"]


@jitclass([("items", ListType(int64)), ("rows", ListType(float64[:])), ("table", DictType(unicode_type, int64))])
class Holder:
    def __init__(self):
        self.items = List.empty_list(int64)
        self.rows = List.empty_list(float64[:])
        self.table = Dict.empty(unicode_type, int64)


@njit
def fill(o, n):
    s = 0.0
    for i in range(n):
        o.items.append(i)
        o.rows.append(np.full(5, float(i)))
        o.table["k" + str(i % 7)] = i
        s += np.ones(50).sum()
    return s


def test_a_loop_that_sweeps_sees_what_objects_hold():
    o = Holder()
    assert fill(o, 5000) == 250000
    items, rows, table = o.items, o.rows, o.table
    del o
    gc.collect()
    assert list(items) == list(range(5000)) and all((a == i).all() for i, a in enumerate(rows))
    assert dict(table.items()) == {f"k{(4999 - k) % 7}": 4999 - k for k in range(7)}
    items.append(1)
    table["new"] = 5
    assert len(items) == 5001 and len(table) == 8


def test_tuples():
    items = List([(1, 2.5), (3, 4.5)])
    items.append((5, 6))
    assert items[2] == (5, 6.0) and str(items._list_type.item_type) == "Tuple(int64, float64)"
    d = Dict()
    d[1, "a"] = (1.5, True)
    assert d[1, "a"] == (1.5, True) and (2, "a") not in d and d.pop((1, "a")) == (1.5, True)


def test_types_are_kept():
    for make, value in [(lambda: List([1]), 2.5), (lambda: List([1]), "a"), (lambda: List([1.0]), None), (lambda: List(["a"]), 1),
                        (lambda: List([np.ones(3)]), np.ones((2, 2)))]:
        items = make()
        with pytest.raises(TypeError, match="cannot safely cast .* Please cast explicitly"):
            items.append(value)
        assert len(items) == 1
    d = Dict.empty(int64, float64)
    d[1] = 3
    with pytest.raises(TypeError, match="cannot safely cast unicode_type to int64"):
        d["a"] = 1.0
    assert d[1] == 3.0 and type(d[1]) is float and str(d) == "{1: 3.0}"
    with pytest.raises(TypeError, match="holds nothing yet"):
        total(List())


def test_copies_and_pickles():
    items, d = List(["a", "b"]), Dict.empty(unicode_type, float64)
    d["x"] = 1.5
    for again in (copy.copy(items), copy.deepcopy(items), pickle.loads(pickle.dumps(items)), items.copy(), items[:]):
        assert type(again) is List and again == items
        again.append("c")
    assert len(items) == 2
    for again in (copy.deepcopy(d), pickle.loads(pickle.dumps(d)), d.copy()):
        assert type(again) is Dict and again == d
        again["y"] = 2
    assert len(d) == 1


def test_iteration_while_it_changes():
    items = List([1])
    for x in items:
        if len(items) < 5:
            items.append(x + 1)
    assert items == [1, 2, 3, 4, 5]
    d = Dict.empty(int64, int64)
    d[1] = 1
    with pytest.raises(RuntimeError, match="changed size"):
        for k in d:
            d[k + 1] = 1


@njit
def grow_while_looping(items):
    for x in items:
        if len(items) < 50:
            items.append(x)
    return len(items)


def test_a_compiled_loop_over_a_typed_list_that_changes():
    items = List([1.0])
    with pytest.raises(RuntimeError, match="list was mutated during iteration"):
        grow_while_looping(items)
    assert items == [1, 1] and grow_while_looping([1.0]) == 50


def test_what_an_untyped_list_holds():
    @njit
    def made():
        text, pair, at, unique = List(), List(), List(), []
        text.extend("weft")
        pair.extend((1, 2.5))
        at.insert(0, 7)
        unique.extend({3})
        return text, pair, at, unique

    assert [list(x) for x in made()] == [list("weft"), [1, 2.5], [7], [3]]


def test_repeated_and_resized():
    @njit
    def repeated(n, v, step):
        a = list(range(n))
        a *= v
        a[0:2:step] = [7] * v
        return a

    want = list(range(3)) * 4
    want[0:2] = [7] * 4
    assert repeated(3, 4, 1) == want
    with pytest.raises(ValueError, match="another size"):
        repeated(3, 4, 2)


def test_keys_that_compiled_functions_hash():
    @jitclass([("x", int64)])
    class Key:
        def __init__(self, x):
            self.x = x

        def __hash__(self):
            return self.x

        def __eq__(self, other):
            return self.x == other.x

    d = Dict.empty(Key.class_type.instance_type, int64)
    for i in range(20):
        d[Key(i)] = i * i
    assert d[Key(7)] == 49 and Key(7) in d and Key(77) not in d and len(d) == 20
    del d[Key(7)]
    assert Key(7) not in d and [k.x for k in d][-1] == 19


def test_many_in_a_plain_list():
    rows = [List([float(i)]) for i in range(300)]

    @njit
    def extend(rows):
        for row in rows:
            row.append(row[0] * 2)

    extend(rows)
    assert all(list(row) == [i, 2 * i] for i, row in enumerate(rows))
