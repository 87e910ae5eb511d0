"""Functions inside functions as values: passed on, returned, chosen, given to map(), sorted() and the like."""

import functools

import numpy as np
import pytest

from weft._jit import TypingError, njit


def passed(x):
    def inner(y):
        return y + x

    def apply(f, y):
        return f(y) * 2

    return apply(inner, 3), apply(lambda y: y * x, 4)


def returned(x):
    def make(a):
        def inner(y, k=2):
            return y * k + a

        return inner

    first, second = make(x), make(x + 1)
    return first(10), second(10, k=3), make(5)(4)


def to_the_library(x):
    items = [3, 1, 2]
    items.sort(key=lambda v: -v * x)
    return items, sorted([5, 4, 9], key=lambda v: (v - x) ** 2), [v for v in map(lambda v: v + x, items)], functools.reduce(
        lambda a, b: a + b * x, items)


def of_arrays(a):
    def row(i):
        return a[i].sum()

    def total(f, n):
        s = 0.0
        for i in range(n):
            s += f(i)
        return s

    return total(row, a.shape[0])


@njit
def _twice(f, x):
    return f(f(x))


def to_a_compiled_one(x):
    return _twice(lambda v: v * x + 1, 2), _twice(lambda v: v - x, 2.5)


@pytest.mark.parametrize("function, args", [(passed, (5,)), (returned, (7,)), (to_the_library, (4,)), (of_arrays, (np.ones((3, 4)),))])
def test_as_under_python(function, args):
    assert njit(function)(*args) == function(*args)


def test_given_to_a_compiled_function():
    assert njit(to_a_compiled_one)(3) == (22, -3.5)


def test_python_does_not_get_one():
    def give(x):
        def inner(y):
            return x + y

        return inner

    with pytest.raises(TypingError, match="cannot be returned"):
        njit(give)(1)


# ---- nonlocal ----

def _tally(n):
    count = total = 0

    def add(k):
        nonlocal count, total
        count += 1
        total += k * 0.5
        return count

    def twice(k):
        add(k)
        add(k=k + 1)

    for i in range(n):
        twice(i)
    x = add(1) + add(2) * 10
    return count, total, x, [add(i) for i in range(3)], count


def _greatest(a):
    best, where = -1.0, 0

    def see(i, x):
        nonlocal best, where
        if x > best:
            best = x
            where = i

    for i, x in enumerate(a):
        see(i, x)
    return best, where


def _calls(n):
    count = 0

    def fib(k):
        nonlocal count
        count += 1
        return k if k < 2 else fib(k - 1) + fib(k - 2)

    return fib(n), count


def _numbers(seed):
    def draw():
        nonlocal seed
        seed = (seed * 1103515245 + 12345) % 2147483648
        return seed

    turns = 0
    if draw() % 2 == 0 and draw() > 3:
        turns = 100
    while draw() % 7:
        turns += 1
    return turns, draw(), seed


def _two_deep(x):
    def outer(v=5):
        nonlocal x

        def inner():
            nonlocal x
            x += 1

        x = v
        inner()

    outer()
    y = x
    outer(v=x * 2)
    return x, y


def _given_to_itself(x):
    def add(a, b=0):
        nonlocal x
        x += a + b
        return x

    add(add(1), b=add(2))
    y = x
    return add(add(add(1))) + add(b=add(3), a=add(y)) * x, x


@pytest.mark.parametrize("function, value", [(_given_to_itself, 5), (_tally, 4), (_greatest, np.array([1.0, 5.0, 2.0])), (_calls, 10), (_numbers, 7), (_two_deep, 1)])
def test_nonlocal(function, value):
    assert njit(function)(value) == function(value)


def test_nonlocal_functions_are_not_passed_on():
    @njit
    def kept(n):
        def count():
            nonlocal n
            n += 1
            return n

        g = count
        return g()

    with pytest.raises(TypingError, match=r"count\(\), which has nonlocal variables"):
        kept(1)


def _counted_until_it_fails(n):
    count = 0

    def step(k):
        nonlocal count
        count += 1
        if k == 2:
            raise ValueError("two")

    try:
        for k in range(n):
            step(k)
    except ValueError:
        pass
    return count


def _left_where_it_fails(n):
    count = 0

    def step(k):
        nonlocal count
        count += 1
        if k == 2:
            raise ValueError("two")

    try:
        for k in range(n):
            step(k)
    except ValueError:
        return -1
    return count


def test_what_a_function_that_raises_has_changed_is_not_lost_silently():
    with pytest.raises(TypingError, match=r"step\(\), which has nonlocal variables, is called in a try: .* call it outside"):
        njit(_counted_until_it_fails)(5)
    for n in (2, 5):
        assert njit(_left_where_it_fails)(n) == _left_where_it_fails(n)


def _added_where_it_was(x):
    count = 0

    def step():
        nonlocal count
        count += 1
        return count

    a = np.zeros((9, 9))
    a[step(), x] += step() * 10
    a[x, x + 1] -= (x := x + 2)
    a[x] *= 2
    y = x
    y += (y := 5)
    count += step() + count
    return a, x, y, count


def test_the_target_of_an_augmented_assignment_is_evaluated_first():
    made, wanted = njit(_added_where_it_was)(1), _added_where_it_was(1)
    assert made[0].tolist() == wanted[0].tolist() and made[1:] == wanted[1:]
