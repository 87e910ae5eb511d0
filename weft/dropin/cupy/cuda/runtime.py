"""cupy.cuda.runtime: the few functions of the CUDA runtime that programs call directly."""

import weft as _weft

memcpyHostToDevice, memcpyDeviceToHost, memcpyDeviceToDevice, memcpyDefault = 1, 2, 3, 4
is_hip = False


class CUDARuntimeError(RuntimeError):
    """An error of the CUDA runtime."""

    status = 0


def getDeviceCount():
    from .device import _all
    return len(_all())


def getDevice():
    from .device import get_device_id
    return get_device_id()


def setDevice(device):
    from .device import Device
    Device(device).use()


def deviceSynchronize():
    _weft.synchronize()


def streamSynchronize(stream):
    _weft.synchronize()


def memGetInfo():
    return _weft.memory_info()


def runtimeGetVersion():
    return 13000


def driverGetVersion():
    return 13000


def getDeviceProperties(device):
    from .device import _all
    info = _all()[device].info
    return {"name": str(info.get("name", "")).encode(), "major": info.get("compute_major", 9), "minor": info.get("compute_minor", 0),
            "totalGlobalMem": info.get("total_memory", 0), "multiProcessorCount": info.get("multiprocessors", 1),
            "maxThreadsPerBlock": info.get("max_threads_per_block", 1024), "warpSize": info.get("warp_size", 32),
            "clockRate": info.get("clock_khz", 0), "l2CacheSize": info.get("l2_bytes", 0),
            "sharedMemPerBlock": info.get("max_shared_per_block", 49152), "maxGridSize": (2147483647, 65535, 65535),
            "maxThreadsDim": (1024, 1024, 64)}
