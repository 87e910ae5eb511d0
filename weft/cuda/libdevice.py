"""wf.cuda.libdevice: CUDA's mathematical functions under their C names, for kernels: libdevice.fast_sinf(x).

What C returns through pointers comes as a tuple: s, c = libdevice.sincos(x). The list is src/pyfunc/libdevice.c's.
"""

from .. import _core
from .._pysource import Stub

__all__ = _core.PyFunction._names("cuda.libdevice.")
globals().update({name: Stub(f"cuda.libdevice.{name}") for name in __all__})
