"""cupy_backends.cuda.libs"""

import sys as _sys

from cupy.cuda import cublas, curand, cusolver, cusparse, nccl, nvrtc, nvtx

for _module in (cublas, curand, cusolver, cusparse, nccl, nvrtc, nvtx):
    _sys.modules[f"{__name__}.{_module.__name__.rpartition('.')[2]}"] = _module
