"""The order in which Python evaluates, steps of zero, heaps, and what must not be taken for something else."""

import heapq

import numpy as np
import pytest

from weft._jit import literally, njit


def weighted(n):
    items, result = list(range(n)), 0
    while len(items) > 0:
        result += len(items) * items.pop()
    return result


def places(n):
    items = list(range(n))
    return (len(items), items.pop(), len(items)), [len(items), items.pop()], len(items) < items.pop(), max(len(items), items.pop())


def changed_by_a_call(a):
    def change(a):
        a[0] += 50
        return a[0] + 1

    return a[0] * 2 + change(a), (a[0], change(a), a[0])


@pytest.mark.parametrize("function, given", [(weighted, 5), (places, 9), (changed_by_a_call, None)])
def test_operands_are_read_from_left_to_right(function, given):
    args = [np.arange(3) if given is None else given for _ in range(2)]
    assert njit(function)(args[0]) == function(args[1])


@njit
def _next(s):
    s[0] += 1
    return s[0]


@njit
def _twice(s):
    s[0] += 2
    return s[0] * 10


@njit
def _last(s):
    return s[0]


def _in_arrays(s):
    a, b = np.zeros(40), np.zeros((40, 40))
    a[_next(s)] += _twice(s)
    a[s[0]] -= _twice(s)
    a[s[0] :] += _twice(s)
    a[_next(s) : _next(s) + 2] += _twice(s)
    b[_next(s), _next(s)] += _twice(s)
    b[s[0]][_next(s)] *= _twice(s)
    a[_last(s)] += s[0]
    s[0] += _next(s)
    s[1] = s[1] // 2 + _next(s)
    s[s[0] * 0] += _next(s) + s[0]
    return a, b.sum(axis=0), s


def _in_containers(s):
    items, counts = [0] * 30, {i: 0 for i in range(30)}
    items[_next(s)] += _twice(s)
    items[s[0]] += _twice(s)
    counts[_next(s)] += _twice(s)
    counts[_last(s)] -= _twice(s)
    counts[s[0]] += _twice(s)
    return items, counts, s


@pytest.mark.parametrize("function", [_in_arrays, _in_containers])
@pytest.mark.parametrize("start", [0, 1])
def test_the_target_of_an_update_is_read_before_its_value_and_once(function, start):
    made = njit(function)(np.array([start, 0]))
    for one, other in zip(made, function(np.array([start, 0]))):
        np.testing.assert_array_equal(one, other) if isinstance(one, np.ndarray) else None
        assert isinstance(one, np.ndarray) or one == other


def _value_first(s):
    items, counts, a = [0] * 30, {0: 0}, np.zeros(30, np.int64)
    items[_next(s)] = _next(s)
    counts[_next(s)] = _next(s)
    counts[s[0]] = _twice(s) + 1
    items[s[0]] = _twice(s)
    a[_next(s)] = _next(s) + 1
    a[s[0]] = _next(s)
    rows = [[0] * 60, [0] * 60]
    rows[_next(s) % 2][_next(s)] = _next(s)
    return items, counts, a.tolist(), rows, s.tolist()


def _shorter(n):
    """A list that the value shortens: its end is where it is then."""
    last, before, sums = [3, 1, 2, 5], [3, 1, 2, 5], [3, 1, 2, 5]
    last[-1] = last.pop(0)
    before[n] = before.pop() + before[0]
    sums[-1] += sums.pop(0)
    return last, before, sums


def _drawn(n):
    np.random.seed(n)
    drawn, items, a = {0: 0.5}, [0.5] * 9, np.zeros(9)
    for _ in range(5):
        drawn[np.random.randint(50)] = np.random.random()
        items[np.random.randint(9)] = np.random.random()
        a[np.random.randint(9)] = np.random.random()
        a[np.random.randint(9)] += np.random.random()
    return [(k, drawn[k]) for k in drawn], items, a.tolist()


def test_the_value_comes_before_the_target_it_is_stored_in():
    made, wanted = njit(_value_first)(np.array([0, 0])), _value_first(np.array([0, 0]))
    assert [list(made[1].items()), made[0], *made[2:]] == [list(wanted[1].items()), wanted[0], *wanted[2:]]
    assert njit(_shorter)(2) == _shorter(2) and njit(_drawn)(3) == _drawn(3)
    with pytest.raises(IndexError):
        njit(_shorter)(3)


def _counted_once(n):
    np.random.seed(4)
    items = [0] * 6
    for _ in range(n):
        items[np.random.randint(6)] += 1
    return items


def test_an_index_that_is_drawn_is_drawn_once():
    np.random.seed(4)
    assert sum(njit(_counted_once)(600)) == 600
    assert njit(_counted_once)(600) == _counted_once(600)


def test_a_step_of_zero():
    def count(x, y, step):
        n = 0
        for _ in range(x, y, step):
            n += 1
        return n

    assert njit(count)(0, 10, 3) == 4 and njit(count)(10, 0, -3) == 4
    with pytest.raises(ValueError, match="must not be zero"):
        njit(count)(1, 0, 0)


def heaps(x):
    heapq.heapify(x)
    a = heapq.heappop(x)
    heapq.heappush(x, a + 3)
    b = heapq.heappushpop(x, 1)
    return a, b, heapq.heapreplace(x, 7), heapq.nsmallest(2, x), heapq.nlargest(3, x), [heapq.heappop(x) for _ in range(len(x))]


@pytest.mark.parametrize("items", [[5, 3, 9, 1, 8, 2], [2, 2, 2], [7, 1, 4]])
def test_heaps(items):
    assert njit(heaps)(list(items)) == heaps(list(items))


def test_heaps_of_tuples():
    def queue(n):
        q = [(3, 1.5)]
        for i in range(5):
            heapq.heappush(q, (n - i, i * 1.0))
        return [heapq.heappop(q) for _ in range(len(q))]

    assert njit(queue)(4) == queue(4)


def test_division_of_complex_numbers_by_zero_raises():
    divide = njit(lambda x, y: x / y)
    assert divide(1 + 2j, 2j) == (1 + 2j) / 2j
    with pytest.raises(ZeroDivisionError):
        divide(1 + 2j, 0j)


def test_refused_and_not_taken_for_something_else():
    assert repr(njit(lambda x: x)(np.timedelta64(3, "s"))) == repr(np.timedelta64(3, "s"))
    with pytest.raises(MemoryError):
        njit(lambda n: [0] * n)(2**58)
    assert njit(lambda x: literally(x) + 1)(3) == 4
