"""try, except, else, finally and raise in compiled functions: the same results and exceptions as under Python."""

import numpy as np
import pytest

import weft as wf
from weft._jit import njit, prange


class Own(Exception):
    pass


def inner(x):
    if x > 3:
        raise ValueError("big")
    if x < 0:
        raise KeyError("neg")
    return x * 2


def caught(x):
    try:
        y = inner(x)
    except Exception:
        return -1
    return y


def by_class(x):
    y = 0
    try:
        y = 1
        z = inner(x)
        y = 2 + z
    except ValueError:
        y += 100
    except (KeyError, IndexError):
        y += 200
    else:
        y += 1000
    return y


def in_a_loop(x):
    out = []
    for i in range(x):
        try:
            if i == 2:
                continue
            out.append(10 // (i - 1))
            if i == 5:
                break
        except ZeroDivisionError:
            out.append(-1)
        finally:
            out.append(i)
    return out


def nested(x):
    try:
        try:
            inner(x)
        except KeyError:
            return 5
        finally:
            x += 1
    except:  # noqa: E722
        return x
    return 7


def raised_again(x):
    try:
        inner(x)
    except ValueError:
        raise
    return 1


def not_the_right_class(x):
    try:
        return inner(x)
    except ZeroDivisionError:
        return 0


def of_a_list(x):
    values = [1, 2, 3]
    try:
        return values[x]
    except IndexError:
        return -5


def finally_returns(x):
    try:
        return inner(x)
    finally:
        x = 3


def own_class(x):
    try:
        if x:
            raise Own("abc", x)
    except Exception:
        return 8
    return 9


def from_python(x):
    try:
        np.linalg.inv(np.zeros((2, 2)))
    except KeyError:
        return 1
    except ValueError:  # LinAlgError is one
        return 2
    return 3


def outcome(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return type(error), str(error)


@pytest.mark.parametrize("function", [caught, by_class, in_a_loop, nested, raised_again, not_the_right_class, of_a_list,
                                      finally_returns, own_class, from_python])
def test_as_python(function):
    compiled = wf.jit(function)
    for x in (1, 5, -1, 3, 0):
        assert outcome(compiled, x) == outcome(function, x), x


def test_what_is_not_there_is_said():
    @wf.jit
    def named(x):
        try:
            return inner(x)
        except ValueError as error:
            return len(error.__traceback__)

    with pytest.raises(wf.TypingError, match="except … as error"):
        named(1)

    @wf.jit
    def of_no_class(x):
        try:
            return inner(x)
        except inner:
            return 1

    with pytest.raises(wf.TypingError, match="this class cannot be caught"):
        of_no_class(1)


def test_a_remainder_by_zero():
    with pytest.raises(ZeroDivisionError, match="modulo by zero"):
        wf.jit(lambda a, b: a % b)(1, 0)


def test_packed_records():
    packed = np.dtype([("a", "i1"), ("b", "f8"), ("c", "c8"), ("d", "i2"), ("e", "f4", (3,))])
    x = np.zeros(5, packed)
    x["b"], x["c"], x["d"], x["e"] = np.arange(5) + 0.5, np.arange(5) * 1j, range(5), np.arange(15).reshape(5, 3)

    def f(x):
        s = 0.0
        for i in range(len(x)):
            s += x[i].b + x[i].d + x[i].c.imag + x[i].e[1]
            x[i].b = 7.0
            x[i]["c"] = 3 + 1j
        return s, x[3]

    total = float((x["b"] + x["d"] + x["c"].imag + x["e"][:, 1]).sum())
    got, row = wf.jit(f)(x)
    assert got == total and (x["b"] == 7).all() and (x["c"] == 3 + 1j).all() and (x["d"] == range(5)).all()
    assert isinstance(row, np.record) and row == x[3]
    tail = np.zeros(4, np.dtype([("b", "f8"), ("a", "i1")]))  # 9 bytes
    tail["a"], tail["b"] = range(4), np.arange(4) / 2
    assert wf.jit(lambda x: x[3].b + x[3].a + x[2].a)(tail) == 6.5


# ---- tuples, ranges, generators ----

def tuples(x, i):
    t, u = (3, 1, x), (3, 2, 0)
    return t < u, t <= t, u > t, (1, 2) < (1, 2, 3), t[i], t[i - 3], [v for v in ("a", "bc", str(x))], (x, "z") == (x, "z"), (1, 2) * 2


def ranges(x, i):
    r = list(range(x, 0, -2))
    return r, len(range(x)), 3 in range(x), [a + b for a, b in zip(range(3), range(9, 0, -3))], sum(range(x)), list(enumerate("ab"))


def lists(x, i):
    a = list(range(x))
    a[1:3] = [7, 8, 9]
    del a[4:]
    b = sorted(a, key=lambda v: -v)
    a.sort(reverse=True)
    return a, b, [1, 2] < [1, 3], [[2], [1]] == sorted([[1], [2]], reverse=True)


def squares(n):
    for i in range(n):
        if i == 7:
            return
        yield i * i


def generated(x, i):
    return list(squares(x)), sum(squares(x)), max(squares(x)), [v for v in more(x)]


def more(n):
    yield 0
    yield from squares(n)


@pytest.mark.parametrize("function", [tuples, ranges, lists, generated])
def test_sequences(function):
    for i in (0, 2):
        assert wf.jit(function)(9, i) == function(9, i)


def test_a_tuples_index_is_checked():
    with pytest.raises(IndexError, match="tuple index out of range"):
        wf.jit(lambda i: (1, 2, 3)[i])(3)


def test_a_generator_without_an_end():
    def forever(n):
        while True:
            yield n
            n += 1

    def first(n):
        g = forever(n)
        return next(g) + next(g), [x for x, _ in zip(forever(n), range(3))]

    assert wf.jit(first)(1) == first(1)


def _store(i, given):
    made = np.zeros(3)
    made[i] = 1.0
    return made


def _load_of_given(i, given):
    return given[i]


def _rows(i, given):
    return np.zeros((2, 3))[i].sum()


def _after_a_dict(i, given):
    seen = {1: 2}
    given[i] += 1
    return len(seen)


def _counted(i, given):
    made = np.zeros(3)
    for k in range(i + 1):
        made[k] = k
    return made.sum()


def _recursive(i, given):
    return _deeper(i, 3)


def _deeper(i, n):
    made = np.zeros(2)
    return _deeper(i, n - 1) + made[i] if n else made[0]


@pytest.mark.parametrize("function", [_store, _load_of_given, _rows, _after_a_dict, _counted, _recursive])
@pytest.mark.parametrize("i", [3, 400_000_000_000, -4])
def test_an_index_outside_raises(function, i):
    if function is _counted and i != 3:
        i = 5
    given = np.zeros(3)
    with pytest.raises(IndexError, match="index is out of bounds for axis 0"):
        njit(function)(i, given)
    assert not given.any()


def test_an_index_outside_is_caught():
    def function(i):
        made = np.zeros((2, 3))
        try:
            made[1, i] = 3
        except IndexError:
            return 7.5
        return made.sum()

    assert [njit(function)(i) for i in (2, 3, -3, -4)] == [3, 7.5, 3, 7.5]


def test_an_index_outside_in_a_parallel_loop():
    def function(n):
        made = np.zeros(n)
        for k in prange(n):
            made[k + 2] = k
        return made.sum()

    with pytest.raises(IndexError):
        njit(function, parallel=True)(100)


def test_a_message_of_several_lines():
    def f(x):
        if x > 1:
            raise ValueError("one: line\nand another")
        return x

    import weft as wf

    with pytest.raises(ValueError) as raised:
        wf.njit(f)(2)
    assert str(raised.value) == "one: line\nand another"
