"""Cycles that this process and the threads it starts later spend outside of the kernel (Linux's perf events): steadier than time where
other jobs share the cores. counter() -> a function that reads the count; OSError where there is no such counter."""
import ctypes
import os
import struct

SYSCALL = {"x86_64": 298, "aarch64": 241}
WHAT = 1 << 1 | 1 << 5 | 1 << 6  # inherit; neither the kernel nor the hypervisor


def counter(event=0):
    """event: PERF_COUNT_HW_CPU_CYCLES, 1: instructions."""
    libc = ctypes.CDLL(None, use_errno=True)
    attributes = bytearray(128)
    struct.pack_into("IIQ", attributes, 0, 0, 128, event)
    struct.pack_into("Q", attributes, 40, WHAT)
    held = (ctypes.c_char * 128).from_buffer(attributes)
    file = libc.syscall(SYSCALL[os.uname().machine], held, 0, -1, -1, 0)
    if file < 0:
        raise OSError(ctypes.get_errno(), "perf_event_open")
    return lambda: struct.unpack("Q", os.read(file, 8))[0]
