"""C functions of cffi in compiled functions: those of a library that was opened, and of modules that cffi compiled."""

import ctypes
import ctypes.util
import sys

import numpy as np
import pytest

import weft as wf

cffi = pytest.importorskip("cffi")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the C library has another name there")


def test_functions_of_an_opened_library():
    ffi = cffi.FFI()
    ffi.cdef("int abs(int); double ldexp(double, int); double hypot(double, double);")
    m, absolute = ffi.dlopen(ctypes.util.find_library("m")), ffi.dlopen(None).abs

    @wf.jit
    def both(x, n):
        return m.ldexp(x, absolute(n)) + m.hypot(3.0, 4.0)

    assert both(1.5, -3) == 17.0 and both(1.0, 2.9) == 9.0

    @wf.jit
    def applied(f, x):
        return f(x)

    own = ctypes.CDLL(None).abs
    own.argtypes, own.restype = [ctypes.c_int], ctypes.c_int
    assert applied(absolute, -7) == 7 and applied(own, -2) == 2


def test_arrays_go_by_their_address():
    ffi = cffi.FFI()
    ffi.cdef("void *memset(void *, int, size_t); size_t strlen(const char *);")
    library = ffi.dlopen(None)

    @wf.jit
    def filled(a, value):
        library.memset(ffi.from_buffer(a), value, a.size * a.itemsize)
        return library.strlen(ffi.from_buffer(a))

    a = np.zeros(6, np.uint8)
    a[5] = 0
    assert filled(a[:5], 65) == 5 and a.tolist() == [65] * 5 + [0]
    swap = ctypes.CDLL(None).memset
    swap.argtypes, swap.restype = [ctypes.POINTER(ctypes.c_uint8), ctypes.c_int, ctypes.c_size_t], ctypes.c_void_p

    @wf.jit
    def cleared(a):
        swap(a, 0, 3)
        return a.sum()

    assert cleared(a) == 130


def test_a_compiled_module(tmp_path, monkeypatch):
    from weft._pyforeign import register_module

    ffi = cffi.FFI()
    ffi.cdef("double twice(double); void fill(float *, int, float); unsigned char low(long);"
             "float many(float, double, int, long, short, unsigned char, double, double, double, double, double, double, double, int, int, int);"
             "typedef struct { int a; } box; int of_box(box);")
    ffi.set_source("_weft_test_of_cffi", """
        static double twice(double x) { return 2 * x; }
        static void fill(float *p, int n, float v) { for (int i = 0; i < n; i++) p[i] = v; }
        static unsigned char low(long x) { return (unsigned char)x; }
        static float many(float a, double b, int c, long d, short e, unsigned char f, double g, double h, double i, double j, double k, double l, double m,
                          int n, int o, int p) { return a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p; }
        typedef struct { int a; } box; static int of_box(box b) { return b.a; }""")
    try:
        ffi.compile(str(tmp_path))
    except Exception as error:
        pytest.skip(f"no C compiler: {error}")
    monkeypatch.syspath_prepend(str(tmp_path))
    import _weft_test_of_cffi as module

    register_module(module)
    lib, ffi = module.lib, module.ffi
    twice, fill = lib.twice, lib.fill

    @wf.jit
    def calls(a, x):
        fill(ffi.from_buffer(a), len(a), 1.5)
        return twice(x) + a.sum(), lib.low(300), lib.many(1.0, 2.0, 3, 4, 5, 6, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14, 15, 16)

    assert calls(np.zeros(4, np.float32), 3.0) == (12.0, 44, 136.0)

    @wf.jit
    def unknown(x):
        return lib.of_box(x)

    with pytest.raises(wf.TypingError):
        unknown(1)


def test_structures_are_records_behind_their_address():
    from weft._cfunc import carray, cfunc
    from weft.dropin.numba.core.typing import cffi_utils

    ffi = cffi.FFI()
    ffi.cdef("typedef struct { int i; float f; double d; short many[3]; } box; typedef double (*of_boxes)(box *, size_t);")
    signature = cffi_utils.map_type(ffi.typeof("of_boxes"), use_record_dtype=True)

    @cfunc(signature)
    def total(pointer, n):
        boxes, s = carray(pointer, n), 0.0
        for i in range(n):
            s += boxes[i].i * boxes[i].f + boxes[i].d + boxes[i].many.sum()
        return s

    boxes = ffi.new("box[3]")
    for k in range(3):
        boxes[k].i, boxes[k].f, boxes[k].d, boxes[k].many = k, 0.5, 100 * k, [1, 2, k]
    assert total.ctypes(int(ffi.cast("size_t", boxes)), 3) == 0.5 * 3 + 300 + 9 + 3
