"""Lists, comprehensions and functions inside functions, compiled and under Python."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weft._jit import njit, prange
from weft._typed import List


def squares(n):
    out = []
    for i in range(n):
        out.append(i * i)
    return out


def odd_doubles(n):
    return [x * 2.0 for x in range(n) if x % 2]


def changes_its_argument(values):
    values.append(5)
    values[0] = 9
    return sum(values), max(values), min(values), len(values)


def closure(n):
    def square(x):
        return x * x + n

    total = 0
    for i in range(n):
        total += square(i)
    return total


def of_arrays(n):
    rows = [np.ones(2) * i for i in range(n)]
    return rows[1].sum() + rows[-1].sum()


def operators(values):
    return values[1:3], values[::-1], values + values, 3 in values, values * 2, sorted(values), values == values


def inner_lambda(n):
    f = lambda x: x + n  # noqa: E731
    return sum([f(i) for i in range(n)])


def any_all(n):
    return any(x > 3 for x in range(n)), all(x < 3 for x in range(n))


def of_tuples(n):
    pairs = [(i, float(i)) for i in range(n)]
    total = 0.0
    for i, x in pairs:
        total += i * x
    return total


def matched(x):
    match x:
        case 1:
            return 10
        case 2 | 3:
            return 20
        case _:
            return 30


def stack(n):
    waiting, out = [n], 0
    while waiting:
        k = waiting.pop()
        out += k
        if k > 1:
            waiting.append(k - 1)
    return out


def nested(n):
    table = [[i * j for j in range(n)] for i in range(n)]
    return table, np.array(table)


def methods(n):
    values = [3, 1, 2]
    values.sort()
    values.insert(0, 7)
    values.remove(1)
    values.reverse()
    values.extend([4, 5])
    del values[1]
    return values, values.index(4), values.count(5), values.pop(0)


CASES = [(squares, 5), (odd_doubles, 7), (changes_its_argument, [1, 2, 3]), (closure, 5), (of_arrays, 4), (operators, [3, 1, 2, 5]),
         (inner_lambda, 4), (any_all, 6), (of_tuples, 5), (matched, 3), (stack, 10), (nested, 3), (methods, 1)]


def same(want, got):
    if isinstance(want, (tuple, list)):
        return type(want) is type(got) and len(want) == len(got) and all(map(same, want, got))
    return np.array_equal(want, got)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0].__name__)
def test_as_python(case):
    function, *args = case
    mine, theirs = copy.deepcopy(args), copy.deepcopy(args)
    assert same(function(*theirs), njit(function)(*mine)) and same(theirs, mine)


compiled_slice = njit(lambda values, low, high, step: values[low:high:step])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-9, 9), min_size=1, max_size=8), st.integers(-10, 10), st.integers(-10, 10),
       st.integers(-3, 3).filter(bool))
def test_slices(values, low, high, step):
    assert compiled_slice(values, low, high, step) == values[low:high:step]


def test_an_index_outside():
    with pytest.raises(IndexError):
        njit(lambda values: values[3])([1, 2, 3])
    with pytest.raises(IndexError):
        njit(squares)(0)
        njit(lambda values: values.pop())(List.empty_list(int))


def test_a_set_of_two_types():
    """Lists and dicts of them: test_py_mixed.py."""
    from weft._jit import TypingError

    def f():
        return {1, "a"}

    with pytest.raises(TypingError, match="items of one type"):
        njit(f)()


def test_many_appends_give_memory_back():
    @njit
    def f(n):
        total = 0
        for i in range(n):
            part = [i]
            for k in range(50):
                part.append(k)
            total += len(part)
        return total

    assert f(20_000) == 51 * 20_000


class Mine(Exception):
    pass


def test_exceptions_of_every_kind():
    @njit
    def f(x):
        if x == 1:
            raise Mine("a", x)
        if x == 2:
            raise ValueError("bad", x)
        if x == 3:
            raise Mine
        return x

    assert f(0) == 0
    with pytest.raises(Mine) as raised:
        f(1)
    assert raised.value.args == ("a", 1)
    with pytest.raises(ValueError) as raised:
        f(2)
    assert raised.value.args == ("bad", 2)
    with pytest.raises(Mine):
        f(3)


def test_star_and_keyword_parameters():
    @njit
    def total(first, *rest):
        s = first
        for x in rest:
            s += x
        return s

    @njit
    def outer(*values, scale=2):
        return total(*values) * scale + len(values)

    assert total(1) == 1 and total(1, 2, 3.5) == 6.5 and outer(1, 2) == 8 and outer(4, scale=3) == 13


def test_functions_as_arguments():
    @njit
    def apply(f, x):
        return f(x)

    @njit
    def square(x):
        return x * x

    @njit
    def use(x):
        return apply(square, x) + apply(lambda y: y + 1, x)

    assert use(3) == 13


def test_random_numbers_follow_the_seed():
    @njit
    def f(n):
        np.random.seed(42)
        out = np.empty(n)
        for i in range(n):
            out[i] = np.random.random()
        return out, np.random.randint(0, 10), np.random.normal(1.0, 2.0)

    first, again = f(700), f(700)
    assert np.array_equal(first[0], np.random.RandomState(42).random_sample(700)) and first[1:] == again[1:]

    @njit
    def moments(n):
        x = np.random.normal(1.0, 2.0, n)
        return x.mean(), x.std(), np.random.rand(n).mean()

    mean, deviation, half = moments(200_000)
    assert abs(mean - 1) < 0.03 and abs(deviation - 2) < 0.03 and abs(half - 0.5) < 0.01


def first_changed(a):
    a[0] = 7
    return a[0]


def reads(a):
    s = 0
    for x in a:
        s += x
    return s


def shifts(a):
    for i in range(len(a) - 1):
        a[i] = a[i + 1]


def reads_in_parallel(a, out):
    for i in prange(len(a)):
        out[i] = a[i] * 2


def test_lists_that_a_function_only_reads_or_stores_into():
    """These ask the host for nothing, but go through memory that only the host knows."""
    for function in (first_changed, reads, shifts):
        got, want = [5, 3, 9], [5, 3, 9]
        assert njit(function)(got) == function(want) and got == want
        typed = List([5, 3, 9])
        njit(function)(typed)
        assert list(typed) == want
    out = np.zeros(3)
    njit(reads_in_parallel, parallel=True)([1.5, 2.5, 3.5], out)
    assert out.tolist() == [3, 5, 7]


def test_small_arrays_whose_memory_is_used_again():
    @njit
    def keep(n):
        kept = [np.zeros(1)]
        last = np.full(3, -1.0)
        for i in range(n):
            a = np.full(i % 37, float(i))
            text = "x" * (i % 5)
            row = [float(i)] * (i % 3)
            if i % 7 == 0:
                kept.append(a)
            elif len(a):
                last = a[: len(a) // 2 + 1] + len(text) + len(row)
        return kept, last

    kept, last = keep(3000)
    assert [a.tolist() for a in kept[1:]] == [[float(i)] * (i % 37) for i in range(0, 3000, 7)]
    i = 2999 if 2999 % 7 and 2999 % 37 else 2998
    assert last.tolist() == [i + i % 5 + i % 3] * (i % 37 // 2 + 1)

    @njit
    def steps(n):  # few roots, nothing traced
        y = np.array([1.0, 0.0])
        for i in range(n):
            k = np.array([y[1], -y[0]])
            y = y + 0.001 * k + np.zeros(2)
        return y

    y = np.array([1.0, 0.0])
    for _ in range(2000):
        y = y + 0.001 * np.array([y[1], -y[0]]) + np.zeros(2)
    assert steps(2000).tolist() == y.tolist()


def test_lists_of_arrays_of_several_layouts():
    """Contiguous and strided, writable and read-only arrays in one list have the type that all of them fit."""
    @njit
    def total(arrays):
        s = 0
        for a in arrays:
            for x in a:
                s = s * 3 + x
        return s, arrays[0].sum(), len(arrays)

    x, fixed = np.arange(6), np.arange(6)
    fixed.flags.writeable = False
    for arrays in ([x, x[::2]], [x[::2], x], [fixed[:3], x, x[::-1]], [fixed, x], [x.reshape(2, 3)[0], fixed]):
        assert total(arrays) == total.py_func(arrays)
    with pytest.raises(TypeError, match="items of one type; got 'AC1l' and 'AC1d'"):
        total([x, x.astype(float)])


def test_hasattr_of_modules():
    assert njit(lambda: (hasattr(np, "zeros"), hasattr(np, "nothing")))() == (True, False)


def test_dicts_grow_shrink_and_pack():
    """What is rarely called -- growth, packing -- is a function of its own in the compiled code."""

    def churn(n):
        d, seen = {}, set()
        for i in range(n):
            d[(i * 7919) % 1009] = i
            seen.add((i * 31) % 257)
            if i % 3 == 0 and (i * 5) % 1009 in d:
                del d[(i * 5) % 1009]
        total = 0
        for k in d:
            total += k * d[k]
        for k in seen:
            total += k
        return total, len(d), len(seen)

    jitted = njit(churn)
    for n in (0, 1, 9, 100, 5000):
        assert jitted(n) == churn(n)


def test_a_dict_that_raises_while_it_grows():
    @njit
    def fill(keys, out):
        d = {}
        for i in range(len(keys)):
            d[keys[i]] = i
            out[i] = len(d)
        return d[-1]

    with pytest.raises(KeyError):
        fill(np.arange(300), np.zeros(300))
    with pytest.raises(IndexError):
        fill(np.arange(300), np.zeros(200))
