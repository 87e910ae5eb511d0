"""What NumPy gives as a number, an element or a total, is one here too: it does not follow the array it came from, `+=`
makes another, it can be a key of a dictionary, and nobody writes to it. (The CuPy drop-in has CuPy's views.)"""

import copy
import pickle
import random
import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import weft as wf
from weft import _core


@pytest.fixture(autouse=True)
def numpys_rule():
    before = _core.array_elements_are_views(False)
    yield
    _core.array_elements_are_views(before)


def test_exchanging_two():
    a = wf.arange(4.0)
    a[0], a[1] = a[1], a[0]
    assert a.tolist() == [1, 0, 2, 3]
    m = wf.arange(6.0).reshape(2, 3)
    m[0, 0], m[1, 2] = m[1, 2], m[0, 0]
    assert m.tolist() == [[5, 1, 2], [3, 4, 0]]


def test_later_writes_do_not_reach_an_element():
    a = wf.arange(5) + 1
    first = a[0]
    a -= first
    assert first == 1 and a.tolist() == [0, 1, 2, 3, 4]
    seen = []
    x = wf.zeros(3)
    for i in range(3):
        x[0] = i + 1
        seen.append(x[0])
    assert seen == [1, 2, 3]


@pytest.mark.parametrize("size", [5, 5000])
def test_an_element_of_what_is_not_computed(size):
    x = wf.arange(float(size)) * 2 + 1
    e = x[3]
    x[3] = 0
    assert float(e) == 7 and float(x[3]) == 0
    y = (wf.arange(float(size)) * 2 + 1)[4]  # of an array that nobody holds
    assert float(y) == 9 and hash(y) == hash(9.0)
    z = wf.sqrt(wf.arange(float(size)))
    assert [float(z[i]) for i in range(4)] == [0, 1, 2**0.5, 3**0.5] and not z._pending


def test_in_place_makes_another():
    a = wf.arange(3.0)
    total = a[0]
    for v in a[1:]:
        total += v
    assert total == 3 and a.tolist() == [0, 1, 2]
    s = a.sum()
    before = s
    s += 1
    s *= 2.5
    assert before == 3 and s == 10
    n = wf.arange(3)[2]
    n += 0.5  # NumPy's int64 + float is a float64
    assert n == 2.5 and n.dtype == np.float64
    n += wf.arange(2.0)
    assert n.tolist() == [2.5, 3.5]
    whole = again = wf.zeros(())
    whole += 1  # an array of no dimensions stays one
    assert again == 1


def test_keys_of_dictionaries():
    a = wf.asarray([3, 1, 3, 2])
    counts = {}
    for v in a:
        counts[v] = counts.get(v, 0) + 1
    assert counts == {3: 2, 1: 1, 2: 1} and counts[3] == 2 and a[1] in counts
    assert len(set(a)) == 3 and a.sum() in {9}
    for value in (wf.asarray([1.5])[0], wf.asarray([1.5], dtype="float32")[0], wf.asarray([True])[0], wf.asarray([1 + 2j])[0]):
        assert hash(value) == hash(value.item())
    for thing in (a, a[:1], wf.zeros(())):
        with pytest.raises(TypeError, match="unhashable type: 'ndarray'.*hashable"):
            hash(thing)


def test_nobody_writes_to_a_number():
    a = wf.arange(3.0)
    for write in (lambda v: v.__setitem__((), 1), lambda v: v.__setitem__(..., 1), lambda v: wf.add(1, 2, out=v), lambda v: v.fill(1),
                  lambda v: wf.sum(a, out=v)):
        for value in (a[0], a.sum(), a[0] + 1):
            with pytest.raises(TypeError, match=r"cannot be written to.*a\[i, \.\.\.\]"):
                write(value)
    assert not a[0].flags.writeable and a.flags.writeable


def test_where_an_array_is_meant():
    a = wf.arange(3.0)
    view = a[1, ...]
    view[...] = 7
    assert a.tolist() == [0, 7, 2]
    for make in (wf.asarray, wf.array, wf.asanyarray, wf.atleast_1d, wf.ravel, lambda v: v.reshape(1), lambda v: v[None], lambda v: v[...],
                 lambda v: wf.array(v, copy=None)):
        s = a.sum()
        made = make(s)
        made[...] = 5
        assert made.item() == 5 and s == 9 and a.tolist() == [0, 7, 2]
    assert a[0, ...].base is a and a[0].base is None


def test_sequences_repeat_and_index():
    n = wf.asarray([2, 3])
    assert [1, 2] * n[0] == [1, 2, 1, 2] and "ab" * n[1] == "ababab" and n[0] * (1,) == (1, 1)
    assert [1, 2, 3][n[0]] == 3 and list(range(n[1])) == [0, 1, 2]
    assert ([1, 2] * wf.asarray(3)).tolist() == [3, 6]  # an array multiplies


def test_a_compiled_function_takes_a_number():
    a = wf.arange(4.0)

    @wf.jit
    def twice(x):
        return x * 2 + 1
    assert twice(a.sum()) == 13 and twice(a[2]) == 5
    assert twice(wf.asarray([3], dtype="int32")[0]) == 7


def test_a_kernel_reads_a_total():
    kernel = wf.Kernel("extern \"C\" __global__ void k(float *x, const float *scale, float by, int n) {"
                       " int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) x[i] = x[i] / *scale * by; }")
    x = wf.asarray([1, 2, 4], dtype="float32")
    kernel(x, x.max(), x.max(), np.int32(3), grid=1, block=32)
    assert x.tolist() == [1, 2, 4]


def test_copies_are_numbers_too():
    e = wf.arange(3.0)[2]
    for again in (pickle.loads(pickle.dumps(e)), pickle.loads(pickle.dumps(e, 4)), copy.deepcopy(e), copy.copy(e), e.copy(), e.to_device("cpu")):
        kept = again
        again += 1
        assert kept == 2 and kept.shape == () and hash(kept) == hash(2.0) and again == 3
    assert copy.deepcopy({e: 1})[2.0] == 1


def test_what_is_no_number():
    e = wf.asarray([np.nan, 0.5])
    k = e[0]
    assert all(k in {k: 1} for _ in range(50))
    for write in (lambda: wf.add.at(e[1], (), 1), lambda: wf.place(e[1], True, [9])):
        with pytest.raises(TypeError, match="cannot be written to"):
            write()
    with pytest.raises(AttributeError):
        k.shape = (1,)
    with pytest.raises(TypeError):
        [0] * e[1]


def test_shapes_that_change_while_they_are_read():
    class Index:
        def __init__(self, does, number):
            self.does, self.number = does, number

        def __index__(self):
            self.does()
            return self.number
    b = wf.arange(12.0).reshape(3, 4)
    assert b[Index(lambda: setattr(b, "shape", (12,)), 1), 3] == 7 and b.shape == (12,)
    shape = [Index(lambda: shape.clear(), 2), 1, 6]
    assert b.reshape(shape).shape == (2, 1, 6)
    stop = []

    def turn():
        while not stop:
            b.shape = (3, 4)
            b.shape = (12,)
            time.sleep(0)
    thread = threading.Thread(target=turn)
    thread.start()
    try:
        for _ in range(3000):
            assert float((b + 1).sum()) == 78
    finally:
        stop.append(1)
        thread.join()


def test_shuffling_by_python():
    x = wf.arange(20)
    random.Random(4).shuffle(x)
    assert sorted(x.tolist()) == list(range(20))


def test_the_other_rule():
    """CuPy's, for its programs."""
    _core.array_elements_are_views(True)
    a = wf.arange(3.0)
    e, s = a[0], a.sum()
    e += 5
    s[...] = 1
    assert a.tolist() == [5, 1, 2] and e.base is a and s == 1
    with pytest.raises(TypeError):
        hash(s)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["take", "put", "add", "swap", "sum", "whole", "slice"]), st.integers(0, 5), st.integers(0, 5)), max_size=14),
       st.booleans())
def test_programs_of_elements(steps, pending):
    """The same steps on NumPy's array and on ours."""
    def run(m):
        a = m.arange(6.0)
        if pending:
            a = a * 1.0
        held, total = [], a[0]
        for what, i, j in steps:
            if what == "take":
                held.append(a[i])
            elif what == "put":
                a[i] = held[j % len(held)] if held else j
            elif what == "add":
                total += a[i]
                total *= a[j]
            elif what == "swap":
                a[i], a[j] = a[j], a[i]
            elif what == "sum":
                held.append(a[: i + 1].sum())
            elif what == "whole":
                a += a[j]
            else:
                a[i:] -= a[j]
        return a.tolist(), float(total), [float(h) for h in held]
    with np.errstate(all="ignore"):
        assert repr(run(wf)) == repr(run(np))


def test_backwards_and_as_a_count():
    a = wf.arange(4)
    assert [int(v) for v in reversed(a)] == [3, 2, 1, 0]
    assert sorted(wf.random.default_rng(1).permutation(a[3]).tolist()) == [0, 1, 2]
