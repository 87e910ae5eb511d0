"""numba.cuda.cudadrv.driver: devices, contexts and memory by the names of Numba's driver layer."""

from weft import _core
from weft.cuda._streams import Event, Stream, event_elapsed_time, profile_start, profile_stop, profiling
from weft.cuda._device import ContextInfo as Context
from weft.cuda._device import CudaAPIError, MemoryInfo, driver
from weft.cuda._device import DeviceInfo as Device
from weft.cuda._ipc import IpcHandle
from weft.cuda._managers import (BaseCUDAMemoryManager, GetIpcHandleMixin, HostOnlyCUDAMemoryManager, NumbaCUDAMemoryManager,
                                 set_memory_manager)
from weft.cuda._pointers import (AutoFreePointer, ManagedMemory, ManagedOwnedPointer, MappedMemory, MappedOwnedPointer, MemoryPointer,
                                 OwnedPointer, PinnedMemory, device_ctypes_pointer, device_extents, device_memory_size,
                                 device_memset, device_pointer, device_to_device, device_to_host, host_memory_extents,
                                 host_memory_size, host_pointer, host_to_device, is_device_memory, memory_size_from_info,
                                 require_device_memory)

from .enums import CU_STREAM_DEFAULT
from .error import CudaDriverError, CudaSupportError, DriverError

USE_NV_BINDING = False


class DeadMemoryError(RuntimeError):
    """Memory that is no longer there."""


class LinkerError(RuntimeError):
    """Code given to link= that cannot be linked."""


def get_version():
    return driver.get_version()


def _have_nvjitlink():
    return False
