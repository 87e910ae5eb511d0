"""Addresses of compiled functions that C calls without the interpreter's lock: src/python/pyfunc_entry.c, src/runtime/entry.c."""

import ctypes
import gc
import sys
import threading

import numpy as np
import pytest

import weft as wf
from weft import _core
from weft._cfunc import carray, cfunc, farray
from weft._jit import jit
from weft.dropin.numba import objmode, types

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a ctypes callback there")
LETTERS = {"?": types.boolean, "b": types.int8, "B": types.uint8, "h": types.int16, "H": types.uint16, "i": types.int32, "I": types.uint32,
           "l": types.int64, "L": types.uint64, "f": types.float32, "d": types.float64}
EDGES = {"?": (False, True), "b": (-128, 127), "B": (0, 255), "h": (-32768, 32767), "H": (0, 65535), "i": (-2**31, 2**31 - 1),
         "I": (0, 2**32 - 1), "l": (-2**63, 2**63 - 1), "L": (0, 2**64 - 1), "f": (-0.5, 3.25), "d": (-1e300, 0.1)}


@pytest.mark.parametrize("letter", LETTERS)
def test_every_number_goes_in_and_out(letter):
    @cfunc(LETTERS[letter](types.int64, LETTERS[letter]))
    def second(n, x):
        return x

    assert second._entry is not None
    for value in EDGES[letter]:
        assert second.ctypes(1, value) == value


def test_more_arguments_than_there_are_registers():
    kinds = "dblfhdLdfi?dddfdldBfdIddl"
    names = [f"a{i}" for i in range(len(kinds))]
    space = {}
    exec(f"def weighted({', '.join(names)}):\n    return " + " + ".join(f"{i + 1} * float({n})" for i, n in enumerate(names)) + "\n", space)
    made = cfunc(types.float64(*(LETTERS[k] for k in kinds)))(space["weighted"])
    values = [(-1) ** i * (i % 100) if k in "blhid" else i % 2 == 1 if k == "?" else i + 0.5 if k == "f" else i for i, k in enumerate(kinds)]
    assert made.ctypes(*values) == space["weighted"](*values)


@pytest.mark.parametrize("declared, body, given, expected", [
    ("float64(int64)", lambda x: x, 7, 7.0), ("float32(float64)", lambda x: x, 0.1, float(np.float32(0.1))), ("int32(float64)", lambda x: x, -2.9, -2),
    ("int8(int64)", lambda x: x, 300, 44), ("boolean(float64)", lambda x: x, 0.25, True), ("float64(uint64)", lambda x: x, 2**63, 2.0**63),
    ("void(int64)", lambda x: None, 1, None)])
def test_a_result_becomes_what_was_declared(declared, body, given, expected):
    assert cfunc(declared)(body).ctypes(given) == expected


def test_errors_are_told_and_answered_with_zero(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda what: told.append(what.exc_value))

    @cfunc("float64(int64)")
    def bad(x):
        if x == 1:
            raise ValueError("one")
        return np.zeros(3)[x]

    assert [bad.ctypes(i) for i in (0, 1, 2, 3, 0)] == [0.0] * 5
    assert [type(e) for e in told] == [ValueError, IndexError] and str(told[0]) == "one"
    for _ in range(200):
        bad.ctypes(1)
    assert len(told) == 202


def test_threads_that_python_does_not_know():
    """pthread_create calls it: there is no state of Python's in such a thread, and the lock is held by us all the while."""
    lib = ctypes.PyDLL(None)  # its calls keep the lock
    if not hasattr(lib, "pthread_create"):
        pytest.skip("no pthread_create")

    @cfunc("uint64(voidptr)")
    def count(where):
        cell = carray(where, 1, np.float64)
        extra = np.ones(10)
        for i in range(100000):
            cell[0] += 1.0
        cell[0] += extra.sum()
        return 0

    cells, ids = np.zeros(4), (ctypes.c_ulong * 4)()
    lib.pthread_join.argtypes = [ctypes.c_ulong, ctypes.c_void_p]
    for i in range(4):
        assert lib.pthread_create(ctypes.byref(ids, 8 * i), None, ctypes.c_void_p(count.address), ctypes.c_void_p(cells.ctypes.data + 8 * i)) == 0
    for one in ids:
        assert lib.pthread_join(one, None) == 0  # waits with the lock: a function that wanted it would never end
    assert cells.tolist() == [100010.0] * 4


def test_c_sorts_by_it_in_many_threads():
    @cfunc(types.intc(types.CPointer(types.int64), types.CPointer(types.int64)))
    def order(a, b):
        return -1 if a[0] < b[0] else int(a[0] > b[0])

    qsort = ctypes.CDLL(None).qsort
    qsort.argtypes, qsort.restype = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p], None
    wrong = []

    def work(seed):
        a = np.random.default_rng(seed).integers(-50, 50, 400)
        expected = np.sort(a)
        qsort(a.ctypes.data, len(a), 8, order.address)
        wrong.extend([seed] if not (a == expected).all() else [])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert not wrong


def test_python_is_called_from_it_and_calls_it_again():
    depth = []

    @cfunc("float64(int64)")
    def down(n):
        if n == 0:
            return 1.0
        with objmode(below="float64"):
            below = again(n)
        return below + n

    def again(n):
        depth.append(n)
        return down.ctypes(n - 1)

    assert down.ctypes(5) == 16.0 and depth == [5, 4, 3, 2, 1]


def test_it_may_be_dropped_while_a_thread_is_inside():
    entered, leave = threading.Event(), threading.Event()

    def inside():
        entered.set()
        assert leave.wait(60)
        return 2.0

    def made():
        @cfunc("float64(float64)")
        def held(x):
            with objmode(by="float64"):
                by = inside()
            return x * by

        return held

    function = made()
    call, held_by = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(function.address), sys.getrefcount(inside)
    results = []
    thread = threading.Thread(target=lambda: results.append(call(21.0)))
    thread.start()
    assert entered.wait(60)
    del function
    gc.collect()
    assert call(1.0) == 0.0 and sys.getrefcount(inside) >= held_by  # no call begins any more; the one inside has what it runs
    leave.set()
    thread.join(60)
    gc.collect()
    assert results == [42.0] and sys.getrefcount(inside) < held_by


def test_compiled_code_calls_it_by_its_address():
    @cfunc("float64(float64, int32)")
    def power(x, n):
        return x**n

    call = power.ctypes

    @jit
    def total(n):
        s = 0.0
        for i in range(n):
            s += call(2.0, i)
        return s

    assert total(10) == 1023.0


def test_the_address_stays_code_after_the_function_is_gone():
    def make():
        @cfunc("int64(int64)")
        def triple(x):
            return x * 3

        return triple.address, triple.ctypes

    address, kept = make()
    gc.collect()
    assert kept(5) == 15
    del kept
    gc.collect()
    assert ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(address)(5) == 0


def test_what_has_no_entry_is_called_through_ctypes():
    assert _core.Entry(jit(lambda x: (x, x)), "d", "d") is None

    def adding(k):
        return cfunc("int64(int64)")(lambda x: x + k)

    many = [adding(k) for k in range(70)]  # more than one page of entries
    assert [f.ctypes(1) for f in many] == [k + 1 for k in range(70)]


def test_arrays_in_both_orders_and_of_records():
    @cfunc(types.void(types.CPointer(types.float32), types.voidptr, types.int64, types.int64))
    def turn(out, given, rows, columns):
        a, b = carray(given, (rows, columns), np.float32), farray(out, (rows, columns))
        b[:] = a

    a = np.arange(6, dtype=np.float32).reshape(2, 3)
    out = np.zeros(6, np.float32)
    turn.ctypes(out.ctypes.data_as(ctypes.POINTER(ctypes.c_float)), a.ctypes.data, 2, 3)
    assert out.tolist() == [0, 3, 1, 4, 2, 5]
