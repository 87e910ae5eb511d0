"""bytes, bytearray, memoryview and array.array as arrays of their elements; fields of records named by what is known."""

import array

import numpy as np
import pytest

import weft as wf
from weft._jit import literal_unroll


@wf.njit
def look(b):
    s = b[0] * 0
    for x in b:
        s += x
    return s, len(b), b[0], b[-1], b[1:].sum()


@pytest.mark.parametrize("make", [lambda: b"abc", lambda: bytearray(b"xyz"), lambda: memoryview(b"hello"),
                                  lambda: memoryview(np.arange(5.0)[::2]), lambda: array.array("d", [1.5, 2.5])]
                         + [lambda c=c: array.array(c, [1, 2, 100]) for c in "bBhHiIlLqQ"])
def test_buffers_are_arrays(make):
    assert look(make()) == (sum(make()), len(make()), make()[0], make()[-1], sum(make()[1:]))


def test_what_is_stored_in_a_buffer_is_there():
    @wf.njit
    def put(b):
        b[1] = 65

    text, numbers = bytearray(b"xyz"), array.array("h", [1, 2, 3])
    put(text)
    put(numbers)
    assert text == b"xAz" and numbers.tolist() == [1, 65, 3]
    with pytest.raises(Exception, match="read-only"):
        put(b"xyz")
    rows = np.zeros((2, 3))
    wf.njit(lambda m: m.fill(2.0))(memoryview(rows))
    assert (rows == 2).all()


DIGITS = b"0123456789abcdef"


def test_bytes_as_constants_and_frombuffer():
    @wf.njit
    def digit(i):
        return DIGITS[i] + b"\x01\x02"[1]

    @wf.njit
    def numbers(b):
        return np.frombuffer(b, dtype=np.int32), np.frombuffer(b, np.uint8), np.frombuffer(b)

    assert [digit(i) for i in range(16)] == [c + 2 for c in DIGITS]
    data = bytes(range(16))
    for got, dtype in zip(numbers(data), (np.int32, np.uint8, np.float64)):
        assert got.dtype == dtype and np.array_equal(got, np.frombuffer(data, dtype))
    with pytest.raises(ValueError):
        numbers(b"12345")


RECORD = np.dtype([("e", np.int32), ("f", np.float64), ("g", np.float32, (2, 3))], align=True)


def rows():
    made = np.zeros(4, RECORD)
    made["e"], made["f"], made["g"] = np.arange(4), np.arange(4) * 0.5, np.arange(24).reshape(4, 2, 3)
    return made


def test_fields_that_are_known_while_compiling():
    @wf.njit
    def by_name(rec):
        name = "f"
        rec[name] = rec[name] + 1
        return rec[name] + rec[0] + rec[-3]

    @wf.njit
    def all_of(rec):
        s = 0.0
        for name in literal_unroll(("e", "f")):
            s += rec[name]
            rec[name] = 7
        return s

    @wf.njit
    def column(all_rows):
        name = "f"
        all_rows[name] = 3.0
        return all_rows[name]

    r = rows()
    assert by_name(r[2]) == 2.0 + 2 + 2 and r["f"][2] == 2.0
    assert all_of(r[3]) == 3 + 1.5 and r[3].tolist()[:2] == (7, 7.0)
    assert column(r).tolist() == [3.0] * 4


def test_a_field_of_arrays_of_every_row():
    @wf.njit
    def grid(all_rows):
        all_rows.g[1, 1, 2] = 100
        all_rows["g"][:, 0, 0] += 1
        return all_rows.g, all_rows["g"][2], all_rows.g.shape

    r, expected = rows(), rows()["g"]
    expected[1, 1, 2] = 100
    expected[:, 0, 0] += 1
    g, one, shape = grid(r)
    assert np.array_equal(g, expected) and np.array_equal(one, expected[2]) and shape == (4, 2, 3)
    assert np.array_equal(r["g"], expected)
    g, one, shape = grid(rows()[:3][::1])
    assert shape == (3, 2, 3)


def test_numbers_of_ctypes_are_no_arrays():
    import ctypes

    assert wf.njit(lambda m: m.nbytes)(memoryview(np.array(3))) == 8
    with pytest.raises(TypeError):
        wf.njit(lambda m: m.nbytes)(ctypes.c_int(3))
    assert look((ctypes.c_int * 3)(1, 2, 5)) == (8, 3, 1, 5, 7)
