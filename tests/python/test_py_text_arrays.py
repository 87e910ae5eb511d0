"""Arrays of text ("<U12") in compiled functions, and text in records: read, compared, stored."""

import numpy as np
import pytest

from weft import njit

NAMES = np.array(["alpha", "be", "", "gamma ray", "Ωmega", "be"])


def _read(a, i, j):
    return a[i], a[i] == a[j], a[i] < a[j], len(a[i]), a[i] + "-" + a[j], a[i].upper(), "a" in a[i], a[i][1:3], bool(a[i])


def _stored(a, i, j):
    b = a.copy()
    b[i] = "a text that is longer than fits"
    b[j] = a[i]
    b[2] = "x" + a[j][:2]
    return b


def _counted(a, i, j):
    found = {"be": 0}
    for s in a:
        found[s] = found.get(s, 0) + 1
    return found, [s for s in a[::-1]], {s for s in a}, ",".join([s for s in a])


@pytest.mark.parametrize("function", [_read, _stored, _counted])
@pytest.mark.parametrize("i, j", [(0, 3), (1, 5), (-2, 2), (3, 0)])
def test_as_in_python(function, i, j):
    got, expected = njit(function)(NAMES, i, j), function(NAMES, i, j)
    if isinstance(expected, np.ndarray):
        assert got.dtype == expected.dtype and (got == expected).all()
    else:
        assert got == expected


def test_other_layouts_and_constants():
    two = NAMES.reshape(2, 3).T
    assert njit(lambda a: [a[i, j] for i in range(3) for j in range(2)])(two) == [two[i, j] for i in range(3) for j in range(2)]
    assert njit(lambda i: NAMES[i] + "!")(4) == "Ωmega!"
    assert njit(lambda s: len(s))(NAMES[3]) == 9  # np.str_
    changed = NAMES.copy()

    @njit
    def fill(a):
        for i in range(len(a)):
            a[i] = str(i) * 3

    fill(changed)
    assert changed.tolist() == ["000", "111", "222", "333", "444", "555"]


def test_text_in_records():
    rows = np.zeros(3, [("name", "U6"), ("n", "i4"), ("at", "f8")])
    rows["name"], rows["n"] = ["one", "two", "three"], [1, 2, 3]

    @njit
    def total(rows, name):
        s = 0
        for i in range(len(rows)):
            if rows[i].name == name or rows[i]["name"] == "three":
                s += rows[i].n
            rows[i].name = rows[i].name + "!!!!"
        return s, rows[0].name

    assert total(rows, "one") == (4, "one!!!")
    assert rows["name"].tolist() == ["one!!!", "two!!!", "three!"]


BYTES = np.array([b"alpha", b"be", b"", b"gamma ray", b"be"])


def _bytes_read(a, i, j):
    return (a[i], a[i] == a[j], a[i] < a[j], a[i] >= b"be", b"be" != a[i], len(a[i]), a[i] + b"-" + a[j], a[i].upper(), b"a" in a[i], 97 in a[i], a[i][1:3],
            bool(a[i]), a[i] * 2, a[i].find(b"a"), a[i].startswith(b"al"), a[i].split(b"a"), a[i].decode(), hash(a[i]) == hash(a[j]), b"b".join([a[i], a[j]]))


def _bytes_stored(a, i, j, v):
    b = a.copy()
    b[i] = b"more bytes than an element has"
    b[j] = v
    b[2] = b[j] + b"!"
    b[i] += b"?"
    b[-1:] = b"last"
    return b


def _bytes_counted(a, i, j):
    found, total = {b"be": 0}, 0
    for s in a:
        found[s] = found.get(s, 0) + 1
        for c in s:
            total += c
    return found, total, a[0][1], a[0][-1]


@pytest.mark.parametrize("i, j", [(0, 3), (1, 4), (-2, 2), (3, 0)])
def test_bytes_as_in_python(i, j):
    assert njit(_bytes_read)(BYTES, i, j) == _bytes_read(BYTES, i, j)
    assert njit(_bytes_counted)(BYTES, i, j) == _bytes_counted(BYTES, i, j)
    for v in (b"xyz", BYTES[0]):
        got, expected = njit(_bytes_stored)(BYTES, i, j, v), _bytes_stored(BYTES, i, j, v)
        assert got.dtype == expected.dtype and (got == expected).all()


@pytest.mark.parametrize("a, other", [(BYTES, b"be"), (BYTES, BYTES[::-1].copy()), (BYTES.reshape(1, 5), BYTES[:2].reshape(2, 1)), (NAMES, "be"), (NAMES, NAMES[::-1])],
                         ids=["bytes", "bytes, array", "bytes, broadcast", "text", "text, array"])
def test_whole_arrays_are_compared(a, other):
    def f(a, b):
        return a == b, a != b, a < b, b <= a, (a == b).sum()

    for got, expected in zip(njit(f)(a, other), f(a, other)):
        assert (got == expected).all() and np.shape(got) == np.shape(expected)


def test_bytes_without_axes_in_records_and_typed_dicts():
    zero = np.array(b"12")
    back = njit(lambda a, v: (a[()], a[()][0], a[()] == v))(zero, b"12")
    assert back == (b"12", 49, True)

    @njit
    def change(a):
        a[()] = b"7"
        a[()] += b"8"
        return len(a[()])

    assert change(zero) == 2 and zero[()] == b"78"
    rows = np.zeros(3, [("name", "S4"), ("n", "i4")])
    rows["name"], rows["n"] = [b"one", b"two", b"six"], [1, 2, 6]

    @njit
    def total(rows, name):
        for i in range(len(rows)):
            rows[i].name = rows[i].name + b"!!!!"
        return rows["n"][rows["name"] == name].sum(), rows[0].name

    assert total(rows, b"two!") == (2, b"one!") and rows["name"].tolist() == [b"one!", b"two!", b"six!"]
    from weft._pytypes import from_dtype, int64
    from weft._typed import Dict

    counts = Dict.empty(from_dtype(BYTES.dtype), int64)
    assert njit(lambda d, a: [d.setdefault(s, len(s)) for s in a])(counts, BYTES) == [5, 2, 0, 9, 2]
    assert dict(counts) == {b"alpha": 5, b"be": 2, b"": 0, b"gamma ray": 9} and counts[b"be"] == 2
    with pytest.raises(Exception, match="store bytes"):
        njit(_stored)(BYTES, 0, 1)


def _sorted(a):
    for i in range(len(a)):
        for j in range(len(a) - 1):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
    return a


def _kept(a):
    first, rest = a[0], [s for s in a]
    chosen = a[1] if len(a) > 1 else a[0]
    for i in range(len(a)):
        a[i] = a[-1]
    same = a[0] == first
    return first, rest, chosen, same, a


def _changes(a):
    a[0] = a[1]
    return a[1]


@pytest.mark.parametrize("a", [NAMES, BYTES, NAMES[1:], BYTES[::-1]], ids=["text", "bytes", "from 1", "backwards"])
def test_what_was_read_stays_when_the_element_is_stored_into(a):
    assert njit(_sorted)(a.copy()).tolist() == _sorted(a.copy()).tolist()
    got, want = njit(_kept)(a.copy()), _kept(a.copy())
    assert got[:4] == want[:4] and got[4].tolist() == want[4].tolist()
    changes = njit(_changes)
    compares = njit(lambda a: (a[0] == changes(a), a[0] == a[1]))
    assert compares(a.copy()) == (a[0] == a[1], True)
