"""The interpreter of the tree (tests/interp) for Python tests.

    unit = Unit('extern "C" __global__ void k(float *x) { x[threadIdx.x] *= 2; }')
    report = unit.run("k", 1, 32, x)          # x: a C-contiguous NumPy array, changed in place

Arguments are NumPy arrays (pointers), NumPy scalars, or bytes (a struct by value, aligned to 16 or to its length's largest
power of two). The library is found by WEFT_INTERP, else in build*/tests/c."""

import ctypes as C
import glob
import os

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
APART = 1 << 16  # bytes between the copies of two arguments
STATUSES = ("ok", "nomem", "invalid", "type", "compile", "unsupported", "nodevice", "driver", "launch", "fault", "trap",
            "interrupt", "io", "notready", "internal")


def library_path():
    """The shared library's path, or None where it is not built."""
    path = os.environ.get("WEFT_INTERP")
    found = [path] if path else sorted(glob.glob(os.path.join(ROOT, "build*", "tests", "c", "libweftinterp_py.*")), key=os.path.getmtime)
    return found[-1] if found else None


class Buffer(C.Structure):
    _fields_ = [("data", C.c_void_p), ("size", C.c_uint64)]


_library = None


def library():
    global _library
    if _library is None:
        lib = C.CDLL(library_path())
        lib.weft_interp_open.restype = C.c_void_p
        lib.weft_interp_open.argtypes = [C.c_char_p, C.c_char_p, C.c_int, C.c_int, C.c_int, C.c_char_p, C.c_size_t]
        lib.weft_interp_close.argtypes = [C.c_void_p]
        lib.weft_interp_print.restype = C.c_size_t
        lib.weft_interp_print.argtypes = [C.c_void_p, C.c_char_p, C.c_size_t]
        lib.weft_interp_global.restype = C.c_void_p
        lib.weft_interp_global.argtypes = [C.c_void_p, C.c_char_p, C.POINTER(C.c_uint64)]
        lib.weft_interp_launch.argtypes = [
            C.c_void_p, C.c_char_p, C.POINTER(C.c_uint32), C.POINTER(C.c_uint32), C.c_uint32, C.c_char_p, C.c_size_t,
            C.POINTER(Buffer), C.c_uint32, C.c_uint64, C.POINTER(C.c_uint64), C.c_char_p, C.c_size_t, C.c_char_p, C.c_size_t]
        _library = lib
    return _library


class InterpError(Exception):
    pass


class Report:
    """status ("ok", "trap" …), message, out_of_bounds and the first one's line, block, thread, address; printed."""

    def __init__(self, status, message, facts, printed):
        self.status, self.message, self.printed = STATUSES[status], message, printed
        self.out_of_bounds, self.line, self.block, self.thread, self.address = facts


def pack(args):
    """The arguments as a launch takes them: each at its natural alignment."""
    out = bytearray()
    for arg in args:
        if isinstance(arg, np.ndarray):
            arg = np.uint64(arg.ctypes.data)
        data = arg if isinstance(arg, (bytes, bytearray)) else np.asarray(arg).tobytes()
        align = min(len(data) & -len(data), 16) or 1
        out += bytes(-len(out) % align) + data
    return bytes(out)


def triple(value):
    value = (value,) if isinstance(value, int) else tuple(value)
    return (C.c_uint32 * 3)(*(value + (1,) * (3 - len(value))))


class Unit:
    def __init__(self, source, name="kernel.cu", fast_math=False, no_contract=False, through_text=False):
        message = C.create_string_buffer(4000)
        self.handle = library().weft_interp_open(source.encode(), name.encode(), fast_math, no_contract, through_text, message, 4000)
        if not self.handle:
            raise InterpError(message.value.decode(errors="replace"))

    def __del__(self):
        if getattr(self, "handle", None):
            library().weft_interp_close(self.handle)

    def text(self):
        size = library().weft_interp_print(self.handle, None, 0) + 1
        text = C.create_string_buffer(size)
        library().weft_interp_print(self.handle, text, size)
        return text.value.decode(errors="replace")

    def get_global(self, name, dtype):
        """A view of a __device__ or __constant__ variable; valid as long as the unit."""
        size = C.c_uint64()
        data = library().weft_interp_global(self.handle, name.encode(), C.byref(size))
        if not data:
            raise KeyError(name)
        return np.frombuffer((C.c_char * size.value).from_address(data), dtype)

    def run(self, kernel, grid, block, *args, shared=0, max_steps=0, check=True):
        """check: accesses outside of the arrays are suppressed and counted. The kernel then works on copies that lie far
        apart, so that an access cannot leave one array for another unseen."""
        copies = {}
        if check:
            for a in args:
                if isinstance(a, np.ndarray) and (a.ctypes.data, a.nbytes) not in copies:
                    room = np.zeros(a.nbytes + 2 * APART, np.uint8)
                    copies[a.ctypes.data, a.nbytes] = room[APART : APART + a.nbytes].view(a.dtype).reshape(a.shape), a
        for copy, original in copies.values():
            copy[...] = original
        inner = [copies[a.ctypes.data, a.nbytes][0] if check and isinstance(a, np.ndarray) else a for a in args]
        buffers = (Buffer * max(len(copies), 1))(*[Buffer(c.ctypes.data, c.nbytes) for c, _ in copies.values()])
        params, facts = pack(inner), (C.c_uint64 * 5)()
        printed, message = C.create_string_buffer(1 << 16), C.create_string_buffer(4000)
        status = library().weft_interp_launch(
            self.handle, kernel.encode(), triple(grid), triple(block), shared, params, len(params), buffers if check else None,
            len(copies), max_steps, facts, printed, len(printed), message, len(message))
        for copy, original in copies.values():
            original[...] = copy
        return Report(status, message.value.decode(errors="replace"), list(facts), printed.value.decode(errors="replace"))
