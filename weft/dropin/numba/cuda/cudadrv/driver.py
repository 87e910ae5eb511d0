"""numba.cuda.cudadrv.driver"""

from weft import _core
from weft.cuda._device import ContextInfo as Context
from weft.cuda._device import CudaAPIError, MemoryInfo
from weft.cuda._device import DeviceInfo as Device
from weft.cuda import Event, Stream

from .error import CudaSupportError, DriverError

MemoryPointer, PinnedMemory = _core.Memory, _core.PinnedMemory
