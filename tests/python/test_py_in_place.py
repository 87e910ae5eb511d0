"""What has two names: lists, sets and dicts changed in place, views that NumPy's functions give, types as results, print()."""

import numpy as np
import pytest

from weft._jit import TypingError, njit


def list_add():
    a = [1]
    b = a
    a += [2, 3]
    a += a
    return b


def list_repeat(n):
    a = [1, 2]
    b = a
    a *= n
    return b


def sets(x):
    s = {1, 2, 3}
    u = s
    s |= {x}
    s -= {1}
    s &= {2, 3, x}
    s ^= {3, 9}
    return sorted(u)


def empty_ones():
    s = set()
    s |= {1}
    a = []
    a += [1.5]
    return sorted(s), a


def dicts():
    d = {1: 2}
    e = d
    d |= {3: 4}
    return e[3], len(e)


@pytest.mark.parametrize("function, args", [(list_add, ()), (list_repeat, (3,)), (list_repeat, (0,)), (sets, (7,)), (empty_ones, ()),
                                            (dicts, ())])
def test_in_place_operators_change_the_object(function, args):
    assert njit(function)(*args) == function(*args)


def exchanged(a):
    b = np.swapaxes(a, 0, 1)
    b[0, 1] = 77
    return b


def test_a_view_that_numpy_gives_is_a_view():
    a = np.arange(6).reshape(2, 3)
    b = njit(exchanged)(a)
    assert a[1, 0] == 77 and np.shares_memory(a, b) and b.strides == (8, 24)
    c = njit(lambda x: np.broadcast_to(x, (2, 3)))(np.arange(3))
    assert c.strides == (0, 8) and not c.flags.writeable


def test_a_type_is_returned_as_a_dtype():
    assert njit(lambda a: a.dtype)(np.zeros(1, np.int16)) == np.dtype(np.int16)
    assert njit(lambda a: (a.dtype, 3))(np.zeros(1)) == (np.dtype(float), 3)

    @njit
    def kind():
        return np.float32

    assert njit(lambda x: kind()(x))(0.1) == np.float32(0.1)
    with pytest.raises(TypingError, match="cannot be returned"):
        njit(lambda: kind)()


def test_ufuncs_of_numbers_have_numpy_s_types_and_raise_nothing():
    def both(x, y):
        return np.add(x, y), np.floor_divide(x, 0), np.remainder(x, 0)

    with np.errstate(all="ignore"):
        assert njit(both)(np.int8(100), np.int8(100)) == tuple(int(v) for v in both(np.int8(100), np.int8(100)))


def test_searches_and_unique_values_as_numpy():
    rng = np.random.default_rng(1)
    left, right = njit(lambda a, v: np.searchsorted(a, v)), njit(lambda a, v: np.searchsorted(a, v, side="right"))
    for k in range(12):
        a, v = np.sort(rng.integers(0, 10, 7)).astype(float), rng.integers(0, 10, 9).astype(float)
        v[3] = np.nan if k % 2 else 1
        assert (left(a, v) == np.searchsorted(a, v)).all() and (right(a, v) == np.searchsorted(a, v, side="right")).all()
    given = njit(lambda a, v, side: np.searchsorted(a, v, side=side))
    assert given(np.arange(4.0), np.array([1.0]), "right") == 2
    assert njit(lambda a: np.unique(a))(np.array([np.nan, 1, np.nan])).size == 2


def test_print_goes_where_python_s_goes(capsys):
    @njit
    def say(a):
        print(1, 2.5, "x", a, (1, 2.0), True, None)
        print()
        print([1, 2], end="|")

    say(np.arange(3))
    assert capsys.readouterr().out == "1 2.5 x [0 1 2] (1, 2.0) True None\n\n[1, 2]|"


def popped(a):
    return a.pop(5)


def removed(a):
    a.remove(9)


def stepped(a):
    return a[::len(a) - 3]


def found_from(a):
    return a.index(1, 1)


@pytest.mark.parametrize("function, words", [(popped, "pop index out of range"), (removed, "x not in list"),
                                             (stepped, "step cannot be zero"), (found_from, "not in list")])
def test_lists_fail_as_python_s_do(function, words):
    with pytest.raises((ValueError, IndexError), match=words):
        njit(function)([1, 2, 3])


def test_what_lists_and_tuples_find():
    def places(a, t):
        return a.index(1, 1), a.index(1, -2, 9), a.pop(-2), t.index(5)

    assert njit(places)([1, 2, 1], (4, 5)) == (2, 2, 2, 1)
    with pytest.raises(ValueError, match="not in tuple"):
        njit(lambda t: t.index(9))((1, 2))
