"""numba.cuda._internal.cuda_bf16: CUDA's own names; those with two underscores in front too."""

from weft.cuda import bf16 as _bf16
from weft.cuda.bf16 import *  # noqa: F401,F403

nv_bfloat16 = _bf16.bfloat16
globals().update({f"__{_name}": getattr(_bf16, _name) for _name in _bf16.__all__})
