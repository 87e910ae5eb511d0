"""numba.core.utils: the little that programs use of it."""

import sys
from inspect import signature as pysignature  # noqa: F401

PYVERSION = sys.version_info[:2]
MACHINE_BITS = 64 if sys.maxsize > 2**32 else 32
IS_32BITS = MACHINE_BITS == 32
