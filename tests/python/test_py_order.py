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
