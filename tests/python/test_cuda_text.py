"""Text in kernels: a constant stored in a field of a record or in an element of an array of text; fields that are arrays."""

import numpy as np
import pytest

import weft as wf


def test_a_constant_into_a_field():
    kind = np.dtype([("name", "S6"), ("title", "U5"), ("n", "i4")], align=True)

    @wf.cuda.jit
    def kernel(rows):
        i = wf.cuda.grid(1)
        rows[i].name = "abc"
        rows[i]["title"] = "größer"
        rows[i].n = rows[i].title[2]

    rows = np.zeros(3, kind)
    rows["name"] = b"longer"
    kernel[1, 3](rows)
    assert rows["name"].tolist() == [b"abc"] * 3
    assert rows["title"].tolist() == ["größe"] * 3 and rows["n"].tolist() == [ord("ö")] * 3


@pytest.mark.parametrize("dtype", ["S12", "U12"])
def test_a_constant_into_an_element(dtype):
    @wf.cuda.jit
    def kernel(words):
        words[wf.cuda.grid(1)] = "XYZ"

    words = np.array(["something", "else"], dtype)
    kernel[1, 2](words)
    assert words.astype(str).tolist() == ["XYZ", "XYZ"]
    there = wf.cuda.to_device(np.array(["something", "else"], dtype))
    kernel[1, 2](there)
    assert there.copy_to_host().astype(str).tolist() == ["XYZ", "XYZ"]


def test_constant_bytes_into_elements_and_fields():
    @wf.cuda.jit
    def kernel(words, rows):
        i = wf.cuda.grid(1)
        if i < words.size - 1:
            words[i] = b"XY\xff"
        rows[i].name = b"more than there is room for"

    words, rows = np.full(4, b"abcdefgh", "S8"), np.zeros(4, [("n", "i8"), ("name", "S8")])
    kernel[1, 4](words, rows)
    assert words.tolist() == [b"XY\xff"] * 3 + [b"abcdefgh"] and rows["name"].tolist() == [b"more tha"] * 4


def test_bytes_take_ascii_alone():
    @wf.cuda.jit
    def kernel(rows):
        rows[0].name = "ü"

    with pytest.raises(wf.cuda.TypingError, match="beyond ASCII"):
        kernel[1, 1](np.zeros(1, [("name", "S6")]))


def test_a_field_that_is_an_array_is_assigned():
    kind = np.dtype([("at", "f8", 3), ("was", "f8", 3)])

    @wf.cuda.jit
    def kernel(rows):
        i = wf.cuda.grid(1)
        rows[i].was = rows[i].at
        rows[i].at = 1.5

    rows = np.zeros(2, kind)
    rows["at"] = np.arange(6).reshape(2, 3)
    kernel[1, 2](rows)
    assert rows["was"].tolist() == [[0, 1, 2], [3, 4, 5]] and (rows["at"] == 1.5).all()


def test_an_integer_without_axes_is_an_index():
    @wf.cuda.jit
    def kernel(out, x, i):
        out[()] = x[i] + x[i, ]

    out = np.zeros((), np.int64)
    kernel[1, 1](out, np.arange(5), np.array(3))
    assert out == 6


def test_compile_gives_the_type_that_the_signature_says():
    def add(x, y):
        return x + y

    text, returns = wf.cuda.compile_ptx(add, wf.cuda.int32(wf.cuda.int32, wf.cuda.int32), device=True)
    assert returns == wf.cuda.int32 and ".visible .func" in text and " add(" in text and "wrapper" not in text
    text, returns = wf.cuda.compile(add, wf.cuda.float32(wf.cuda.float32, wf.cuda.float32), abi_info={"abi_name": "blah"})
    assert returns == wf.cuda.float32 and " blah(" in text and " add(" not in text

    def kernel(x):
        x[wf.cuda.grid(1)] = 1

    text, returns = wf.cuda.compile_ptx(kernel, (wf.cuda.float32[:],), launch_bounds=(256, 2))
    assert ".maxntid" in text and "256" in text
    major, minor = wf.cuda.get_current_device().compute_capability
    assert f".target sm_{major}{minor}" in wf.cuda.compile_ptx_for_current_device(kernel, (wf.cuda.float32[:],))[0]
    with pytest.raises(NotImplementedError, match="LTO-IR"):
        wf.cuda.compile(add, "int32(int32, int32)", output="ltoir")
