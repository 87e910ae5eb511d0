"""datetime64 and timedelta64 in compiled functions, beside NumPy: units, NaT, arrays, constants."""

import numpy as np
import pytest

from weft import TypingError, njit

DATES = [np.datetime64("2014-03-01"), np.datetime64("1969-12-31T23:59:59"), np.datetime64("NaT", "h"), np.datetime64("1900-02", "M"),
         np.datetime64("2024", "Y"), np.datetime64("2001-02-03T04:05:06.789"), np.datetime64("2020-01-01", "W")]
SPANS = [np.timedelta64(3, "D"), np.timedelta64(-7, "h"), np.timedelta64("NaT", "s"), np.timedelta64(123456789, "ns"), np.timedelta64(0, "m"),
         np.timedelta64(5)]
MONTHS = [np.timedelta64(2, "Y"), np.timedelta64(-15, "M")]


def same(a, b):
    a, b = np.asarray(a), np.asarray(b)
    assert a.dtype == b.dtype and a.shape == b.shape, (a.dtype, b.dtype)
    if a.dtype.kind in "mM":
        assert (a.view(np.int64) == b.view(np.int64)).all(), (a, b)
    else:
        assert np.array_equal(a, b, equal_nan=a.dtype.kind == "f"), (a, b)


FORMS = {"+": lambda x, y: x + y,
         "-": lambda x, y: x - y,
         "<": lambda x, y: x < y,
         ">=": lambda x, y: x >= y,
         "==": lambda x, y: x == y,
         "!=": lambda x, y: x != y}
OPERATORS = {op: (form, njit(form)) for op, form in FORMS.items()}
NUMBERED = {op: (form, njit(form)) for op, form in {"*": lambda x, y: x * y, "/": lambda x, y: x / y, "//": lambda x, y: x // y}.items()}


@pytest.mark.parametrize("op", OPERATORS)
def test_dates_beside_dates(op):
    plain, compiled = OPERATORS[op]
    for x in DATES[:5]:
        for y in DATES[::2] if op != "+" else SPANS[:4]:
            if op == "+" and x.dtype in ("M8[Y]", "M8[M]"):
                continue
            same(compiled(x, y), plain(x, y))


@pytest.mark.parametrize("op", NUMBERED)
def test_a_span_and_a_number(op):
    plain, compiled = NUMBERED[op]
    with np.errstate(all="ignore"):
        for x in (np.timedelta64(5, "s"), np.timedelta64(-5, "s"), np.timedelta64("NaT", "s"), np.timedelta64(0, "s")):
            for y in (2, -3, 0, 2.5, -0.4, float("inf"), float("nan"), 1e19):
                same(compiled(x, y), plain(x, y))


@pytest.mark.parametrize("op", ["+", "-", "<", "=="])
def test_spans(op):
    plain, compiled = OPERATORS[op]
    for x in SPANS:
        for y in SPANS[:4]:
            same(compiled(x, y), plain(x, y))
    for x in MONTHS:
        for y in MONTHS:
            same(compiled(x, y), plain(x, y))


def test_spans_and_numbers():
    def times(d, n):
        return d * n

    def other_way(d, n):
        return n * d

    def over(d, n):
        return d / n

    def whole(x, y):
        return x // y

    def rest(x, y):
        return x % y

    with np.errstate(all="ignore"):
        for form in (times, other_way, over):
            compiled = njit(form)
            for d in (SPANS[1], SPANS[2], MONTHS[1]):
                for n in (3, -2, 2.5, np.float32(0.5), float("nan")):
                    same(compiled(d, n), form(d, n))
        for form in (over, whole, rest):
            compiled = njit(form)
            for x in SPANS[:4]:
                for y in (SPANS[0], SPANS[1]):
                    same(compiled(x, y), form(x, y))


def _one(d):
    return -d, +d, abs(d), np.isnat(d), d.astype("m8[ms]")


def test_of_one():
    compiled = njit(_one)
    for d in SPANS[:4]:
        for a, b in zip(compiled(d), _one(d)):
            assert isinstance(a, type(b)) or a == b
            same(a, b)
    assert njit(lambda d: int(d))(SPANS[1]) == -7
    assert njit(lambda d: np.sign(d))(SPANS[1]) == np.timedelta64(-1, "h")  # since NumPy 2.5 a float there
    for d in DATES:
        for unit in ("Y", "M", "W", "D", "h", "ms"):
            to = np.dtype(f"M8[{unit}]")
            same(njit(lambda d: d.astype(to))(d), d.astype(to))


def _over(a, b, d):
    out = np.empty_like(a)
    n = 0
    for i in range(len(a)):
        out[i] = a[i] + d
        if a[i] < b[i] and not np.isnat(a[i]):
            n += 1
    out[0] = np.datetime64("2000-01-01")
    return out, n, a[1:] - b[:-1], a + d, d + b, a == b, a.copy(), a.max(), np.min(b), (a - b) / np.timedelta64(1, "h")


def test_arrays():
    a = np.array(["2014-01-01T05", "2015-06-30", "2013-12-31T23:30", "1960-01-01"], "M8[m]")
    b = a[::-1]
    for d in (np.timedelta64(90, "m"), np.timedelta64(2, "D"), np.timedelta64("NaT", "s")):
        for x, y in zip(njit(_over)(a, b, d), _over(a, b, d)):
            same(x, y)
    two = a.reshape(2, 2)
    same(njit(lambda a, d: a.T + d)(two, np.array([1, 2], "m8[h]")), two.T + np.array([1, 2], "m8[h]"))
    with_none = np.array(["2014-01-01", "NaT"], "M8[D]")
    same(njit(lambda a: (a.max(), a.min())[0])(with_none), with_none.max())
    same(njit(lambda a: np.sort(a))(a), np.sort(a))


def test_constants_and_making():
    start, week = np.datetime64("2014-01-01", "D"), np.timedelta64(1, "W")
    table = np.array(["2014-01-05", "2014-03-01"], "M8[D]")

    def made(n):
        d = start + n * week
        s = np.timedelta64(0, "D")
        for x in table:
            s += x - start
        return d, s, np.datetime64("2020-02-02") - start, np.timedelta64(n, "h"), d in table

    for x, y in zip(njit(made)(9), made(9)):
        same(x, y)
    counted = njit(lambda a: {x: i for i, x in enumerate(a)})(table)
    assert dict(counted) == {table[0]: 0, table[1]: 1}
    assert njit(lambda a: [x for x in a])(table) == list(table)


def test_what_is_refused():
    with pytest.raises(TypingError, match="datetime64"):
        njit(lambda x, y: x + y)(DATES[0], DATES[0])
    with pytest.raises(TypingError, match="not supported between"):
        njit(lambda x, y: x + y)(DATES[0], np.timedelta64(1, "M"))


def test_a_span_of_weeks_before_a_date():
    """The order of the two does not count; months and years to days are refused in both."""
    week, year, day = np.timedelta64(1, "W"), np.datetime64("2001", "Y"), np.datetime64("2001-03-05", "D")
    add = njit(lambda a, b: a + b)
    for date in (year, np.datetime64("2001-02", "M"), day):
        for span in (week, np.timedelta64(5, "h"), np.timedelta64(3, "D")):
            assert add(span, date) == add(date, span) == date + span and add(span, date).dtype == (span + date).dtype
    for pair in ((np.timedelta64(1, "M"), day), (day, np.timedelta64(1, "M"))):
        with pytest.raises(TypingError):
            add(*pair)
