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
    found = _all()[device]
    major, minor = getattr(found, "compute_capability", (9, 0))
    names = ("multiprocessors", "max_threads_per_block", "warp_size", "total_memory", "clock_khz", "l2_bytes")
    values = {name: getattr(found, name, 0) for name in names}
    return {"name": str(found.name).encode(), "major": major, "minor": minor, "totalGlobalMem": values["total_memory"],
            "multiProcessorCount": values["multiprocessors"], "maxThreadsPerBlock": values["max_threads_per_block"] or 1024,
            "warpSize": values["warp_size"] or 32, "clockRate": values["clock_khz"], "l2CacheSize": values["l2_bytes"],
            "sharedMemPerBlock": 49152, "maxGridSize": (2147483647, 65535, 65535), "maxThreadsDim": (1024, 1024, 64)}
