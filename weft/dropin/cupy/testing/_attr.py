"""Marks: tests that take long, tests that need several devices."""

import os


def _pytest():
    try:
        import pytest
    except ImportError:
        raise RuntimeError("this decorator of cupy.testing needs pytest") from None
    return pytest


def __getattr__(name):
    if name == "slow":  # pytest.mark.slow itself, fetched late: importing cupy does not import pytest
        return _pytest().mark.slow
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def multi_gpu(gpu_num):
    """Marks a test that needs that many devices; it is skipped where there are fewer (CUPY_TEST_GPU_LIMIT lowers the number)."""
    pytest = _pytest()
    from ..cuda import runtime
    there = min(int(os.environ.get("CUPY_TEST_GPU_LIMIT", "1000")), runtime.getDeviceCount())
    skip = pytest.mark.skipif(0 <= there < gpu_num, reason=f"needs {gpu_num} devices")
    return lambda test: pytest.mark.multi_gpu(skip(test))
