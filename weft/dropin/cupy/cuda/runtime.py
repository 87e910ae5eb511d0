"""cupy.cuda.runtime: the CUDA runtime's functions on weft's devices. Addresses and handles are plain integers."""

import ctypes

import numpy as _numpy

import weft as _weft
from weft import _core

from . import _enums

globals().update(_enums.CONSTANTS)
memcpyHostToHost, memcpyHostToDevice, memcpyDeviceToHost, memcpyDeviceToDevice, memcpyDefault = range(5)
is_hip = False
_is_hip_environment = False


class CUDARuntimeError(RuntimeError):
    """An error of the CUDA runtime; `status` is its number."""

    def __init__(self, status):
        self.status = status
        name, text = _enums.ERRORS.get(status, ("cudaErrorUnknown", "unknown error"))
        super().__init__(f"{name}: {text}")

    def __reduce__(self):
        return type(self), (self.status,)


def check_status(status):
    if status:
        raise CUDARuntimeError(status)


def _unsupported(name):
    def function(*args, **kwargs):
        raise CUDARuntimeError(801)
    function.__name__ = name
    function.__doc__ = "Not there yet: raises cudaErrorNotSupported."
    return function


# ---- devices

def _devices():
    from .device import _all
    return _all()


def _device(number):
    devices = _devices()
    if not 0 <= number < len(devices):
        raise CUDARuntimeError(101)
    return devices[number]


def getDeviceCount():
    return len(_devices())


def getDevice():
    from .device import get_device_id
    return get_device_id()


def setDevice(device):
    from .device import Device
    Device(device).use()


def deviceSynchronize():
    _weft.synchronize()


def driverGetVersion():
    return _weft.current_device().info.get("driver_version", 13000)


def runtimeGetVersion():
    return 13000


_getLocalRuntimeVersion = runtimeGetVersion


def memGetInfo():
    return _weft.memory_info()


_FROM_INFO = {1: "max_threads_per_block", 8: "max_shared_per_block", 9: "total_constant", 10: "warp_size", 12: "max_registers_per_block",
              13: "clock_khz", 16: "multiprocessors", 18: "integrated", 19: "can_map_host", 31: "concurrent_kernels", 32: "ecc",
              36: "memory_clock_khz", 37: "memory_bus_bits", 38: "l2_bytes", 39: "max_threads_per_multiprocessor", 40: "async_engines",
              75: "compute_major", 76: "compute_minor", 81: "max_shared_per_multiprocessor", 83: "managed_memory",
              95: "cooperative_launch", 97: "max_shared_per_block_optin", 106: "max_blocks_per_multiprocessor"}


def deviceGetAttribute(attrib, device):
    """The number of a cudaDevAttr…"""
    info = _device(device).info
    if attrib in _FROM_INFO and _FROM_INFO[attrib] in info:
        return int(info[_FROM_INFO[attrib]])
    if 2 <= attrib <= 7:
        return int((*info["max_block"], *info["max_grid"])[attrib - 2])
    try:
        return int(_device(device).attribute(attrib))
    except _weft.Error:
        raise CUDARuntimeError(1) from None


def getDeviceProperties(device):
    """What there is to know of a device, under the names of cudaDeviceProp's fields."""
    info = _device(device).info
    return {"name": str(info["name"]).encode(), "major": info["compute_major"], "minor": info["compute_minor"],
            "totalGlobalMem": info["total_memory"], "multiProcessorCount": info["multiprocessors"],
            "maxThreadsPerBlock": info["max_threads_per_block"], "warpSize": info["warp_size"], "clockRate": info["clock_khz"],
            "memoryClockRate": info["memory_clock_khz"], "memoryBusWidth": info["memory_bus_bits"], "l2CacheSize": info["l2_bytes"],
            "sharedMemPerBlock": info["max_shared_per_block"], "sharedMemPerBlockOptin": info["max_shared_per_block_optin"],
            "sharedMemPerMultiprocessor": info["max_shared_per_multiprocessor"], "regsPerBlock": info["max_registers_per_block"],
            "regsPerMultiprocessor": info["max_registers_per_block"], "maxGridSize": tuple(info["max_grid"]),
            "maxThreadsDim": tuple(info["max_block"]), "maxThreadsPerMultiProcessor": info["max_threads_per_multiprocessor"],
            "totalConstMem": info["total_constant"], "integrated": info["integrated"], "canMapHostMemory": info["can_map_host"],
            "concurrentKernels": info["concurrent_kernels"], "ECCEnabled": info["ecc"], "asyncEngineCount": info["async_engines"],
            "managedMemory": info["managed_memory"], "cooperativeLaunch": info["cooperative_launch"], "unifiedAddressing": 1,
            "pciBusID": 0, "pciDeviceID": 0, "pciDomainID": 0, "computeMode": 0, "uuid": info["uuid"], "maxBlocksPerMultiProcessor":
            info["max_blocks_per_multiprocessor"], "memPitch": 2147483647, "textureAlignment": 512, "texturePitchAlignment": 32,
            "surfaceAlignment": 512, "deviceOverlap": 1, "kernelExecTimeoutEnabled": 0, "streamPrioritiesSupported": 1,
            "globalL1CacheSupported": 1, "localL1CacheSupported": 1, "isMultiGpuBoard": 0, "computePreemptionSupported": 1}


def deviceCanAccessPeer(device, peerDevice):
    return int(_device(device).can_access_peer(_device(peerDevice)))


def deviceEnablePeerAccess(peerDevice):
    _device(peerDevice)


def deviceDisablePeerAccess(peerDevice):
    _device(peerDevice)


def deviceGetPCIBusId(device):
    return _device(device).info.get("pci_bus_id", "")


def deviceGetByPCIBusId(pciBusId):
    for number, device in enumerate(_devices()):
        if device.info.get("pci_bus_id", "").lower() == pciBusId.lower():
            return number
    raise CUDARuntimeError(101)


_limits = {0: 1024, 1: 1 << 20, 2: 8 << 20, 3: 2, 4: 2048, 5: 64}


def deviceGetLimit(limit):
    if limit not in _limits:
        raise CUDARuntimeError(1)
    return _limits[limit]


def deviceSetLimit(limit, value):
    deviceGetLimit(limit)
    _limits[limit] = value


# ---- memory

_live = {}  # address: the object that holds it


def _taken(memory):
    _live[memory.address] = memory
    return memory.address


def malloc(size):
    return _taken(_weft.Memory(size)) if size else 0


def mallocManaged(size, flags=1):
    return malloc(size)


def mallocAsync(size, stream=0):
    return malloc(size)


def free(ptr):
    if ptr and _live.pop(ptr, None) is None:
        raise CUDARuntimeError(1)


def freeAsync(ptr, stream=0):
    free(ptr)


def hostAlloc(size, flags=0):
    return _taken(_weft.PinnedMemory(size)) if size else 0


freeHost = free


def hostRegister(ptr, size, flags=0):
    """Accepted: copies from unregistered memory work too."""


def hostUnregister(ptr):
    """Accepted."""


def _host(address, size):
    return (ctypes.c_char * size).from_address(address)


def memcpy(dst, src, size, kind):
    """size bytes from one address to another; with memcpyDefault the addresses say where."""
    if not size:
        return
    if kind == memcpyDefault:
        kind = {(False, False): 0, (True, False): 1, (False, True): 2, (True, True): 3}[_on_device(dst), _on_device(src)]
    if kind == memcpyHostToDevice:
        _core.copy_to_device(dst, _host(src, size))
    elif kind == memcpyDeviceToHost:
        _core.copy_to_host(_host(dst, size), src)
    elif kind == memcpyDeviceToDevice:
        _core.copy_on_device(dst, src, size)
    else:
        ctypes.memmove(dst, src, size)


def memcpyAsync(dst, src, size, kind, stream=0):
    memcpy(dst, src, size, kind)


def memcpyPeer(dst, dstDevice, src, srcDevice, size):
    _core.copy_on_device(dst, src, size)


def memcpyPeerAsync(dst, dstDevice, src, srcDevice, size, stream=0):
    _core.copy_on_device(dst, src, size)


def memcpy2D(dst, dpitch, src, spitch, width, height, kind):
    """height rows of width bytes."""
    for row in range(height):
        memcpy(dst + row * dpitch, src + row * spitch, width, kind)


def memcpy2DAsync(dst, dpitch, src, spitch, width, height, kind, stream=0):
    memcpy2D(dst, dpitch, src, spitch, width, height, kind)


def memset(ptr, value, size):
    if size:
        _core.fill(ptr, value & 255, 1, size)


def memsetAsync(ptr, value, size, stream=0):
    memset(ptr, value, size)


def memPrefetchAsync(devPtr, count, dstDevice, stream=0):
    """Accepted: a hint."""


def memAdvise(devPtr, count, advice, device):
    """Accepted: a hint."""


def _on_device(address):
    try:
        _core.memory_range(address)
        return True
    except _weft.Error:
        return False


class PointerAttributes:
    """What an address belongs to."""

    def __init__(self, device=-2, devicePointer=0, hostPointer=0, type=0):
        self.device, self.devicePointer, self.hostPointer, self.type = device, devicePointer, hostPointer, type


def pointerGetAttributes(ptr):
    if isinstance(_live.get(ptr), _weft.PinnedMemory):
        return PointerAttributes(getDevice(), ptr, ptr, 1)
    return PointerAttributes(getDevice(), ptr, 0, 2) if _on_device(ptr) else PointerAttributes(-2, 0, ptr, 0)


class MemPoolProps:
    """Properties of a memory pool."""

    def __init__(self, allocType=1, handleType=0, locationType=1, devId=0):
        self.allocType, self.handleType, self.locationType, self.devId = allocType, handleType, locationType, devId


# ---- streams and events, by handle

def _handle_kept(thing):
    handle = getattr(thing, "handle", 0) or id(thing)
    _live[handle] = thing
    return handle


def _stream(handle):
    if handle in (0, 1, 2):
        return None
    thing = _live.get(handle)
    if not isinstance(thing, _weft.Stream):
        raise CUDARuntimeError(400)
    return thing


def streamCreate():
    return _handle_kept(_weft.Stream())


def streamCreateWithFlags(flags):
    return streamCreate()


def streamCreateWithPriority(flags, priority):
    return streamCreate()


def streamDestroy(stream):
    _stream(stream)
    _live.pop(stream, None)


def streamSynchronize(stream):
    found = _stream(stream)
    _weft.synchronize() if found is None else found.synchronize()


def streamQuery(stream):
    found = _stream(stream)
    return 0 if found is None or found.is_done() else 600


def streamWaitEvent(stream, event, flags=0):
    found = _stream(stream)
    _live[event].synchronize() if found is None else found.wait_for_event(_live[event])


def launchHostFunc(stream, callback, arg):
    streamSynchronize(stream)
    callback(arg)


def streamAddCallback(stream, callback, arg, flags=0):
    streamSynchronize(stream)
    callback(stream, 0, arg)


def _capturable(stream):
    """Also a stream of cupy.cuda.Stream, by its ptr."""
    from .stream import _known
    known = _known.get(stream)
    return known._weft if known is not None else _stream(stream)


def streamIsCapturing(stream):
    found = _capturable(stream)
    return found is not None and found.is_capturing()


def streamBeginCapture(stream, mode=streamCaptureModeRelaxed):
    found = _capturable(stream)
    if found is None:
        raise CUDARuntimeError(900)
    if found.is_capturing():
        raise CUDARuntimeError(401)
    found.begin_capture()


def streamEndCapture(stream):
    """The graph's handle. graphInstantiate gives what graphLaunch takes; either handle keeps the graph until it is destroyed."""
    found = _capturable(stream)
    if found is None or not found.is_capturing():
        raise CUDARuntimeError(401)
    try:
        graph = found.end_capture()
    except _weft.ArgumentError as error:
        raise CUDARuntimeError(904 if "does not wait for" in str(error) else 901) from error
    _live[graph.handle] = graph
    return graph.handle


def _graph(handle):
    graph = _live.get(handle)
    if not isinstance(graph, _weft.Graph):
        raise CUDARuntimeError(1)
    return graph


def graphInstantiate(graph):
    found = _graph(graph)
    _live[found.exec_handle] = found
    return found.exec_handle


def graphLaunch(graphExec, stream):
    _graph(graphExec).launch(_capturable(stream))


def graphUpload(graphExec, stream):
    _graph(graphExec).upload(_capturable(stream))


def graphDestroy(graph):
    _graph(graph)
    del _live[graph]


def graphExecDestroy(graphExec):
    graphDestroy(graphExec)


def graphDebugDotPrint(graph, path, flags=0):
    """Writes the graph as DOT into a file; flags are not looked at."""
    from .graph import dot_of
    with open(path, "w") as file:
        file.write(dot_of(_graph(graph)))


def streamGetFlags(stream):
    _stream(stream)
    return 0


def streamGetPriority(stream):
    _stream(stream)
    return 0


def eventCreate():
    return _handle_kept(_weft.Event())


def eventCreateWithFlags(flags):
    return _handle_kept(_weft.Event(int(flags) & 7))


def eventDestroy(event):
    _live.pop(event, None)


def eventRecord(event, stream):
    _live[event].record(_stream(stream))


def eventSynchronize(event):
    _live[event].synchronize()


def eventQuery(event):
    return 0 if _live[event].query() else 600


def eventElapsedTime(start, end):
    return _live[start].time_till(_live[end])


# ---- for other processes

def ipcGetMemHandle(devPtr):
    """64 bytes that another process opens; they stand for this very address, also inside an allocation.

    weft.ArgumentError: no live device memory; on a GPU an array of 1 MiB or more, unless WEFT_SHAREABLE=1 (weft.ipc_handle moves it).
    """
    return _core.ipc_export(int(devPtr))[0]


def ipcOpenMemHandle(handle, flags=1):
    """The address here of another process's memory."""
    return _core.ipc_open(handle)[0]


def ipcCloseMemHandle(devPtr):
    """What ipcOpenMemHandle gave must not be used any more."""
    _core.ipc_close(int(devPtr))


def ipcGetEventHandle(event):
    """64 bytes of an event that was made with eventCreateWithFlags(eventInterprocess | eventDisableTiming)."""
    return _live[event].ipc_handle()


def ipcOpenEventHandle(handle):
    """The number here of another process's event."""
    return _handle_kept(_weft.Event.from_ipc_handle(handle))


def profilerStart():
    """Accepted."""


def profilerStop():
    """Accepted."""


for _name in ("createSurfaceObject createTextureObject destroySurfaceObject destroyTextureObject deviceGetDefaultMemPool deviceGetMemPool "
              "deviceSetMemPool freeArray "
              "malloc3DArray mallocArray "
              "mallocFromPoolAsync memPoolCreate memPoolDestroy memPoolGetAttribute memPoolSetAttribute memPoolTrimTo memcpy2DFromArray "
              "memcpy2DFromArrayAsync memcpy2DToArray memcpy2DToArrayAsync memcpy3D memcpy3DAsync pointerGetMemoryType").split():
    globals()[_name] = _unsupported(_name)
del _name
