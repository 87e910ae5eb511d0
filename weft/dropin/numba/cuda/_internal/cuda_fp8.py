"""numba.cuda._internal.cuda_fp8: CUDA's own names; those with two underscores in front too."""

from weft.cuda import fp8 as _fp8
from weft.cuda.fp8 import *  # noqa: F401,F403

globals().update({f"__nv_{_name}": getattr(_fp8, _name) for _name in _fp8.__all__})
