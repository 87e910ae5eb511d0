"""numba.config: the settings that mean something here. Each is read from the environment variable NUMBA_<name>."""

import os
import sys
import types


def _performance_warning():
    from .core.errors import NumbaPerformanceWarning

    return NumbaPerformanceWarning


class _Once(int):
    """1, as long as nobody has chosen: at the first launch of a kernel alone."""

    once = True


class _Config(types.ModuleType):
    """A module whose warnings of kernels may be switched while a program runs."""

    def __setattr__(self, name, value):
        super().__setattr__(name, value)
        if name in ("CUDA_LOW_OCCUPANCY_WARNINGS", "CUDA_WARN_ON_IMPLICIT_COPY") and "weft.cuda._kernels" in sys.modules:
            from weft.cuda import _kernels, _warnings

            _warnings.watch(_kernels.CUDADispatcher)


sys.modules[__name__].__class__ = _Config


def _number(name, default=0):
    text = os.environ.get("NUMBA_" + name)
    try:
        return int(text) if text else default
    except ValueError:
        return default


NUMBA_NUM_THREADS = _number("NUM_THREADS", len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
THREADING_LAYER = "default"
DISABLE_JIT = _number("DISABLE_JIT")
DEBUG = DEBUG_TYPEINFER = 0
OPT = 3
BOUNDSCHECK = None
CAPTURED_ERRORS = "new_style"
ENABLE_CUDASIM = _number("ENABLE_CUDASIM")
DISABLE_CUDA = _number("DISABLE_CUDA")
CUDA_LOW_OCCUPANCY_WARNINGS = _number("CUDA_LOW_OCCUPANCY_WARNINGS", _Once(1))
CUDA_WARN_ON_IMPLICIT_COPY = _number("CUDA_WARN_ON_IMPLICIT_COPY", _Once(1))
CUDA_ENABLE_PYNVJITLINK = 0
CUDA_USE_NVIDIA_BINDING = 1
CUDA_PER_THREAD_DEFAULT_STREAM = _number("CUDA_PER_THREAD_DEFAULT_STREAM")
CUDA_ARRAY_INTERFACE_SYNC = _number("CUDA_ARRAY_INTERFACE_SYNC", 1)
CUDA_DEBUGINFO_DEFAULT = _number("CUDA_DEBUGINFO")
CUDA_LOG_LEVEL = os.environ.get("NUMBA_CUDA_LOG_LEVEL", "")
CUDA_MEMORY_MANAGER = "default"
FORCE_CUDA_CC = None
CUDA_DEFAULT_PTX_CC = None
CUDA_ENABLE_NRT = CUDA_NRT_STATS = 0
CUDA_DEALLOCS_COUNT, CUDA_DEALLOCS_RATIO = _number("CUDA_MAX_PENDING_DEALLOCS_COUNT", 10), 0.2  # nothing waits to be freed here
CUDA_NVRTC_EXTRA_SEARCH_PATHS = os.environ.get("NUMBA_CUDA_NVRTC_EXTRA_SEARCH_PATHS", "")
CUDA_INCLUDE_PATH = os.environ.get("NUMBA_CUDA_INCLUDE_PATH", "")
CUDA_DEBUG_POLY = 0
DUMP_IR = DUMP_LLVM = DUMP_OPTIMIZED = DUMP_ASSEMBLY = DUMP_BYTECODE = DUMP_CFG = 0  # WEFT_DEBUG=4, 5, 6 show what there is
ALWAYS_WARN_UNINIT_VAR = DISABLE_PERFORMANCE_WARNINGS = 0
IS_WIN32 = os.name == "nt"
IS_32BITS = False
CACHE_DIR = os.environ.get("NUMBA_CACHE_DIR", "")
SHOW_HELP = 0
USING_SVML, DISABLE_INTEL_SVML = False, True  # weft's own functions are vectorised
NUMBA_DEFAULT_NUM_THREADS = NUMBA_NUM_THREADS
THREADING_LAYER_PRIORITY = ["workqueue"]
IS_OSX, MACHINE_BITS, PYVERSION = sys.platform == "darwin", 64, sys.version_info[:2]
LOOP_VECTORIZE, SLP_VECTORIZE, ENABLE_AVX = 1, 1, True
CPU_NAME = CPU_FEATURES = None
COLOR_SCHEME = "no_color"
DEVELOPER_MODE = FULL_TRACEBACKS = PARALLEL_DIAGNOSTICS = ENABLE_PROFILING = DEBUG_CACHE = DEBUGINFO_DEFAULT = 0
