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
