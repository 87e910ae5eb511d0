"""numba.config: the settings that mean something here."""

import os

NUMBA_NUM_THREADS = int(os.environ.get("NUMBA_NUM_THREADS") or len(os.sched_getaffinity(0)))
THREADING_LAYER = "default"
DISABLE_JIT = os.environ.get("NUMBA_DISABLE_JIT") == "1"
ENABLE_CUDASIM = False
CUDA_LOW_OCCUPANCY_WARNINGS = 0
CUDA_WARN_ON_IMPLICIT_COPY = 0
CUDA_ENABLE_PYNVJITLINK = 0
