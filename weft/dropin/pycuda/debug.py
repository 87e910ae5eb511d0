"""python -m pycuda.debug program: not there. WEFT_DEBUG=2 shows every launch, and on the CPU every access outside an array is
told with the kernel's line."""

class _Missing(ImportError, NotImplementedError):
    pass


raise _Missing("pycuda.debug runs a program under cuda-gdb; use WEFT_DEBUG=2, or run on the CPU (WEFT_DEVICE=cpu), where "
                          "accesses outside an array are told with the kernel's line")
