"""Shared by all Python tests: the GPU group is skipped, with a reason, where no driver or device is found."""

import ctypes

import pytest


def gpu_count() -> int:
    """Devices that the CUDA driver reports, asked without weft so that a broken weft cannot hide a GPU."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return 0
    count = ctypes.c_int(0)
    if driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return 0
    return count.value


def pytest_collection_modifyitems(config, items):
    marked = [item for item in items if "gpu" in item.path.parts or item.get_closest_marker("gpu")]
    if not marked or gpu_count():
        return
    skip = pytest.mark.skip(reason="no NVIDIA GPU on this machine")
    for item in marked:
        item.add_marker(skip)
