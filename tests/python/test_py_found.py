"""What tests/fuzz/pyfunc.py and other programs found: each a program and its result under Python."""

import operator

import numpy as np
import pytest

from weft._jit import njit, prange
from weft import _pytypes as types
from weft._pysource import TypingError
from weft._typed import Dict, List


@pytest.mark.parametrize("function", [lambda x: ~x, lambda x: -x, lambda x: +x])
@pytest.mark.parametrize("x", [np.uint8(3), np.uint16(0), np.uint32(7), np.uint64(9)])
def test_unsigned_numbers_turn_in_their_own_bits(function, x):
    with np.errstate(over="ignore"):
        assert njit(function)(x) == int(function(x))


def _floats_in_tuples():
    return np.array([(1, 2.5), (3, 4.5)])


def _integers_in_tuples():
    return np.array([(1, 2), (3, 4)])


def _floats_in_lists():
    return np.array([[1.5, 2.0], [3.0, 4.0]])


@pytest.mark.parametrize("function", [_floats_in_tuples, _integers_in_tuples, _floats_in_lists])
def test_arrays_of_rows(function):
    want, got = function(), njit(function)()
    assert got.dtype == want.dtype and (got == want).all()


def test_rows_of_different_lengths():
    with pytest.raises(ValueError, match="different lengths"):
        njit(lambda n: np.array([[1, 2], [3] * n]))(3)


def test_operators_of_matrices():
    a, v = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 6.0])
    assert (njit(lambda x, y: operator.matmul(x, y))(a, a) == a @ a).all()
    assert njit(lambda x, y: operator.matmul(x, y))(v, v) == v @ v
    assert (njit(lambda x, y: operator.imatmul(x, y))(a.copy(), a) == a @ a).all()


def _arange(n):
    return np.arange(n)


def _zeros(n):
    return np.zeros(n)


def _matrix(n):
    return np.empty((n, n))


def _known(n):
    return np.full(1 << 62, 1, np.int8), np.ones(1 << 62)


@pytest.mark.parametrize("function", [_arange, _zeros, _matrix, _known])
def test_arrays_that_no_memory_holds(function):
    with pytest.raises((ValueError, MemoryError)):
        njit(function)(1 << 62)


def _queue(x):
    found, queue = 0, [3]
    while queue and x[queue[-1]] > 0:
        queue.append(queue.pop() - 1)
        found += 1
        if not queue or found > 4:
            break
    return found, 7 if queue and found else 8, not (queue or x)


def test_sides_of_a_condition_need_no_common_type():
    for given in ([1, 2, 3, 4], [0, 0, 5, 5], [1, 1, 1, 0]):
        assert njit(_queue)(given) == _queue(given)


def _rows(a, i, k):
    a[i, k + 1:] -= a[i, k] * a[k, k + 1:]
    a[k] = a[i]
    a[0, 1:] = a[0, :-1]
    a[1, :] += a[1, ::-1]
    a[i:i + 2] = a[k:k + 2]
    return a


@pytest.mark.parametrize("i, k", [(1, 0), (2, 1), (1, 1), (0, 2), (2, 2)])
def test_rows_of_one_matrix(i, k):
    a = np.arange(20.0).reshape(4, 5) ** 1.5
    assert (njit(_rows)(a.copy(), i, k) == _rows(a.copy(), i, k)).all()


def _unpacked(items, rows):
    a, b, c = items
    a, b = b, a
    first, second = rows
    (x, y), z = rows[0], range(2)
    i, j = z
    return a, b, c, first.sum(), second[0], x, y, i, j


def test_lists_and_arrays_are_unpacked():
    rows = np.array([[1.5, 2.0], [3.0, 4.0]])
    assert njit(_unpacked)([1, 2, 3], rows) == _unpacked([1, 2, 3], rows)
    for items, words in (([1, 2], "not enough values to unpack"), ([1, 2, 3, 4], "too many values to unpack")):
        with pytest.raises(ValueError, match=words):
            njit(_unpacked)(items, rows)


def _flat(a):
    return a.reshape(a.size).shape, a.reshape(-1).shape, a.reshape((0, 3)).shape


@pytest.mark.parametrize("shape", [(0, 1), (0,), (2, 0)])
def test_nothing_is_reshaped(shape):
    """The extent that is left open is a quotient, of 0 by 0 here."""
    a = np.zeros(shape)
    assert njit(_flat)(a) == _flat(a)


def _rest_by_a_known_zero(i):
    k = 8
    return i % (k & 3)


def _quotient_by_zero(i):
    return i // 0


def _real_by_zero(i):
    return i / 0.0


@pytest.mark.parametrize("function", [_rest_by_a_known_zero, _quotient_by_zero, _real_by_zero])
def test_a_divisor_that_is_known_to_be_zero_raises(function):
    with pytest.raises(ZeroDivisionError):
        njit(function)(3)


_OF_A_TABLE = {
    "first": lambda x: x + 10, "second": lambda x: x * 20, "third": lambda x: (lambda y: y - x)(3 * x),
    "fourth": lambda x:
        x - 40,
}


@pytest.mark.parametrize("name", _OF_A_TABLE)
def test_the_lambda_of_several_in_a_line_that_does_not_stand_alone(name):
    """The lines of such a lambda are no statement: each was taken for the first."""
    f = _OF_A_TABLE[name]
    assert njit(f)(5) == f(5)


def test_lambdas_in_the_head_of_a_loop():
    for name, f in dict(plus=lambda x: x + 1, minus=lambda x: x - 1).items():
        assert njit(f)(5) == {"plus": 6, "minus": 4}[name]


@pytest.mark.parametrize("start", [None, 2, 1.5, np.array([10.0, 20, 30])])
@pytest.mark.parametrize("a", [np.arange(6.0).reshape(2, 3), np.ones((0, 3)), np.arange(6, dtype=np.int8).reshape(2, 3)])
def test_sum_of_rows(a, start):
    """sum() goes over rows, and leaves what it begins with alone."""
    before = np.copy(start) if start is not None else None
    got = njit(lambda a: sum(a))(a) if start is None else njit(lambda a, start: sum(a, start))(a, start)
    want = sum(a, np.zeros(3, a.dtype)) if start is None else sum(a, np.zeros(3) + start)
    assert (got == want).all() and got.shape == (3,)
    assert start is None or (start == before).all()


def test_attributes_that_programs_give_to_numbas_types():
    from weft._extending import overload_attribute
    from weft.cuda import types

    @overload_attribute(types.Array, "first_of_all")
    def first_of_all(a):
        return lambda a: a[0]

    @overload_attribute(types.UnicodeType, "half")
    def half(s):
        return lambda s: s[:len(s) // 2]

    @overload_attribute(types.Float, "twice")
    def twice(x):
        return lambda x: 2 * x

    assert njit(lambda a, s, x: (a.first_of_all, s.half, x.twice))(np.array([7.0, 8.0]), "abcd", 1.5) == (7.0, "ab", 3.0)
    with pytest.raises(Exception, match="first_of_none"):
        njit(lambda a: a.first_of_none)(np.ones(2))


def _either(n):
    s = a = 0
    if (s := s + n) % 2 == 0 and (s := s + 1) > 3:
        a = 1
    if (s := s + 1) % 2 == 0 or (s := s + 1) > 3:
        a += 2
    x = (s := s + 10) if (s := s + 1) > 100 else -(s := s + 1)
    if 0 < (s := s + 1) < (s := s + n) < (s := s - 1) < (s := s + 100):
        a += 4
    while (s := s + 1) % 7 and (n := n - 1):
        a += 8
    return a, s, x, n


@pytest.mark.parametrize("n", range(5))
def test_walrus_in_operands_that_are_not_always_reached(n):
    """What was assigned there was taken for assigned in any case."""
    assert njit(_either)(n) == _either(n)


def test_rect_of_what_is_not_finite():
    import cmath

    @njit
    def rect(r, phi):
        return cmath.rect(r, phi)

    special = (-np.inf, -2.5, -0.0, 0.0, 1.0, np.inf, np.nan)
    for r in special:
        for phi in special:
            try:
                want = cmath.rect(r, phi)
            except ValueError:
                continue  # of an infinite angle: compiled functions do not raise there, as Numba's do not
            got = rect(r, phi)
            for x, y in ((got.real, want.real), (got.imag, want.imag)):
                assert (np.isnan(x) and np.isnan(y)) or abs(x - y) < 1e-15 or x == y, (r, phi, got, want)
                assert np.isnan(x) or np.isnan(r) or phi in (0, -0.0) and np.isinf(r) or np.signbit(x) == np.signbit(y), (r, phi, got, want)


def _of_arrays_without_axes(a):
    total = 0
    for v in np.nditer(a):
        total += int(v)
    x = a.sum() + np.zeros(())
    return total, float(x), int(x), complex(x), bool(x), bool(a[0, :1])


def test_numbers_made_of_arrays_without_axes():
    """They were arrays themselves."""
    a = np.arange(6.0).reshape(2, 3) + 1
    want, got = _of_arrays_without_axes(a), njit(_of_arrays_without_axes)(a)
    assert got == want and list(map(type, got)) == [int, float, int, complex, bool, bool]


@pytest.mark.parametrize("function", [lambda a: float(a), lambda a: int(a), lambda a: complex(a)])
def test_one_number_is_not_made_of_an_array(function):
    with pytest.raises(Exception, match="takes one number, got array"):
        njit(function)(np.ones(3))


def test_what_is_alive_after_an_operand_with_statements_of_its_own():
    """A sweep in a later loop gave the memory of texts and lists away that were made before a conditional expression, `and` or `or`
    whose operand tests an index."""
    @njit
    def chosen(m):
        t = "" + "xyz 1"
        kept = [str(m)]
        n = [m]
        k = n[0] if len(n) else -7
        for j in range(k):
            t = "-".join(["b", t])
        return t, kept[0]

    @njit
    def tested(m):
        t = "" + "xyz 1"
        kept = [str(m)]
        n = [m]
        if len(n) > 0 and n[0] > 2 or n[m % 1] == 0:
            k = m
        else:
            k = 1
        for j in range(k):
            t = "-".join(["b", t])[-9:]
            kept.append("-".join([t, "c"]))
        return t, kept[0], kept[-1]

    for m in (5, 60, 400):
        assert chosen(m) == chosen.py_func(m)
        assert tested(m) == tested.py_func(m)
        for f, names in ((chosen, ("t", "kept")), (tested, ("t", "kept"))):
            roots = [line for line in next(iter(f.inspect_cuda_c().values())).splitlines() if "(long long)mark" in line]
            assert roots and all(f"(long long){name}" in line for line in roots for name in names), roots


def test_a_slice_of_a_list_after_a_call_that_python_refused():
    @njit
    def refused(k):
        d = {1: k}
        d[1] = d.get(d, 0)
        rows = [[k]]
        rows = rows[:1]
        return rows

    with pytest.raises(TypingError, match="cannot be a key of a dict"):
        refused(3)


def test_arguments_of_a_parallel_loop_that_lie_in_each_other():
    """A helper's pointer into x has no origin in the loop's text: it was held to what x[:3] reaches."""

    @njit
    def apart(a, b):
        return np.sum((a - b) ** 2)

    @njit(parallel=True)
    def sums(first, x, between):
        out = np.zeros(len(first))
        for p in prange(len(first)):
            for k in range(len(x)):
                out[p] += apart(first[p], x[k])
            for k in range(len(between)):
                out[p] += apart(first[p], between[k])
        return out

    x = np.arange(120.0).reshape(40, 3)
    for arguments in ((x[:3], x, x[2:9]), (x, x[:3], x[30:]), (x[5:12], x[:9], x[11:2:-1])):
        assert sums(*arguments).tolist() == sums.py_func(*arguments).tolist()


def test_an_empty_container_says_what_another_holds():
    pair = types.UniTuple(types.int32, 2)

    @njit
    def children(n):
        kept = Dict.empty(pair, List.empty_list(pair))
        seen = Dict.empty(types.int64, np.zeros((2, 2)))
        for i in range(n):
            parent = (types.int32(i % 2), types.int32(1))
            if parent not in kept:
                kept[parent] = List.empty_list(pair)
            kept[parent].append((types.int32(i), types.int32(2)))
            seen[i] = np.full((1, i), 2.0)
        return kept, seen[n - 1].sum()

    kept, total = children(5)
    assert {k: list(v) for k, v in kept.items()} == {(0, 1): [(0, 2), (2, 2), (4, 2)], (1, 1): [(1, 2), (3, 2)]}
    assert total == 8.0


def test_a_tuple_of_its_own_items():
    """Each part was stored as it was made: those after it read the new ones."""

    @njit
    def pairs(a, b, k):
        t = (a, b)
        while k:
            t = (t[1], t[0] + t[1])
            k -= 1
        return t

    @njit
    def turned(x, axis):
        shape = (7,) + x.shape
        if axis == 0:
            shape = shape[::-1]
        return np.zeros(shape).shape

    @njit
    def rotated(a, k):
        t = (a, 2 * a, ("x", 3.5))
        u = (a, a + 1, a + 2)
        for i in range(k):
            u = u[1:] + u[:1]
            t = (t[1], t[0], (t[2][0] + "y", t[2][1] * u[0]))
        return t, u

    @njit
    def backwards(k):
        r = range(1, 10, 2)
        for _ in range(k):
            r = range(r.stop, r.start, -r.step)
        return list(r)

    @njit
    def arrays(x, y, k):
        both = (x, y)
        for _ in range(k):
            both = (both[1], both[0])
            x = x[::-1, ::2].T
        return both[0].shape, x.shape

    assert pairs(0, 1, 10) == (55, 89)
    x = np.zeros((2, 3))
    assert turned(x, 0) == (3, 2, 7) and turned(x, 1) == (7, 2, 3)
    for k in (0, 1, 4):
        assert rotated(1, k) == rotated.py_func(1, k)
        assert backwards(k) == backwards.py_func(k)
        assert arrays(x, np.zeros((5, 6)), k) == arrays.py_func(x, np.zeros((5, 6)), k)


def test_containers_that_stay_empty_hold_any_type():
    """What would be put in stands in branches that the types decide: nothing said what they hold."""

    @njit
    def where(x):
        missing, seen, kinds = [], {}, set()
        for i in range(len(x)):
            if x.dtype.kind == "i":
                missing.append(i)
                seen[i] = x[i]
                kinds.add(x[i])
        return x.sum(), missing, len(seen), len(kinds)

    @njit
    def by_row(x):
        found, rows = {}, []
        for i in range(len(x)):
            total, missing, _, _ = where(x[i])
            rows.append(missing)
            if len(missing) > 0:
                found[i] = np.array(missing)
        return found, len(rows), sum(missing), [v + 1.5 for v in missing]

    @njit
    def mistaken(n):
        a = []
        a.append(missing_name(n))  # noqa: F821
        return a

    assert where(np.arange(3.0)) == (3.0, [], 0, 0)
    assert where(np.arange(3)) == (3, [0, 1, 2], 3, 3)
    assert by_row(np.ones((2, 3))) == ({}, 2, 0, [])
    found, *others = by_row(np.ones((2, 3), int))
    assert {k: v.tolist() for k, v in found.items()} == {0: [0, 1, 2], 1: [0, 1, 2]} and others == [2, 3, [1.5, 2.5, 3.5]]
    with pytest.raises(TypingError, match="missing_name"):
        mistaken(3)
