"""Work on whole arrays that is not elementwise, as the two sides have it: on a CPU device the core's ready-made functions
(src/bulk), elsewhere CUDA C kernels of the device library (device/k_*.cu). Both give the same bits.

This module knows how to start either; what to start is said in scan.py, indexing.py, sorting.py and their like. Tests set
`kernels_everywhere` so that the CUDA C kernels run on the CPU too.
"""

import numpy as np

from .. import _core
from .creation import empty

kernels_everywhere = False
_modules = {}

WORDS = {1: "unsigned char", 2: "unsigned short", 4: "unsigned int", 8: "unsigned long long", 16: "ulonglong2"}
C_TYPES = {"bool": "unsigned char", "int8": "signed char", "uint8": "unsigned char", "int16": "short", "uint16": "unsigned short",
           "int32": "int", "uint32": "unsigned int", "int64": "long long", "uint64": "unsigned long long", "float32": "float",
           "float64": "double"}
THREADS = 256


def on_host(array):
    """Whether the ready-made functions do it."""
    return array._on_cpu and not kernels_everywhere


run = _core.bulk


def kernel(file, name, **defines):
    """The kernel of a file of the device library, compiled with these macros."""
    key = (file, *sorted(defines.items()))
    module = _modules.get(key)
    if module is None:
        from .._module import Module
        # Known to be inside its arrays on every device: the CPU's checks stay on only where tests run it there.
        module = _modules[key] = Module(_core.device_file(file), ["--fmad=false"], name=file, defines=defines, extern_c=True)
    return module.kernel(name)


def index_type(count):
    return "int" if count < 1 << 30 else "long long"


def blocks(count, each=THREADS, most=1 << 16):
    """A grid for a loop over `count` things."""
    return (max(1, min(-(-count // each), most)),)


def workspace(like, count, dtype=np.int64):
    return empty((count,), dtype, device=like.device)
