"""Devices as Numba's cuda module shows them. A CPU device answers as a GPU of a recent kind."""

import contextlib

from .. import _core
from . import _managers
from ._managers import MemoryInfo


class CudaSupportError(_core.Error, RuntimeError):
    """CUDA cannot be used."""


CudaAPIError = _core.Error

# Names of attributes and their CU_DEVICE_ATTRIBUTE numbers.
_ATTRIBUTES = {
    "MAX_THREADS_PER_BLOCK": 1, "MAX_BLOCK_DIM_X": 2, "MAX_BLOCK_DIM_Y": 3, "MAX_BLOCK_DIM_Z": 4, "MAX_GRID_DIM_X": 5,
    "MAX_GRID_DIM_Y": 6, "MAX_GRID_DIM_Z": 7, "MAX_SHARED_MEMORY_PER_BLOCK": 8, "TOTAL_CONSTANT_MEMORY": 9, "WARP_SIZE": 10,
    "MAX_REGISTERS_PER_BLOCK": 12, "CLOCK_RATE": 13, "MULTIPROCESSOR_COUNT": 16, "INTEGRATED": 18, "CAN_MAP_HOST_MEMORY": 19,
    "CONCURRENT_KERNELS": 31, "ECC_ENABLED": 32, "PCI_BUS_ID": 33, "PCI_DEVICE_ID": 34, "MEMORY_CLOCK_RATE": 36,
    "GLOBAL_MEMORY_BUS_WIDTH": 37, "L2_CACHE_SIZE": 38, "MAX_THREADS_PER_MULTI_PROCESSOR": 39, "ASYNC_ENGINE_COUNT": 40,
    "UNIFIED_ADDRESSING": 41, "COMPUTE_CAPABILITY_MAJOR": 75, "COMPUTE_CAPABILITY_MINOR": 76,
    "MAX_SHARED_MEMORY_PER_MULTIPROCESSOR": 81, "MANAGED_MEMORY": 83, "COOPERATIVE_LAUNCH": 95,
}


class DeviceInfo:
    """One device: its attributes by their CUDA names, and a context manager that makes it the current one."""

    id = None  # the device's number

    def __init__(self, device, ordinal):
        self.core_device, self.id = device, ordinal

    @property
    def _device(self):
        """Numba's lists of devices hold context managers, whose device this is; here they are one object."""
        return self

    @property
    def name(self):
        return self.core_device.info["name"].encode()

    @property
    def compute_capability(self):
        return (self.COMPUTE_CAPABILITY_MAJOR, self.COMPUTE_CAPABILITY_MINOR)

    @property
    def uuid(self):
        return str(self.core_device.info.get("uuid", ""))

    supports_float16 = supports_bfloat16 = supports_fp8 = True

    def reset(self):
        _core.current_context().trim()

    def get_primary_context(self):
        return ContextInfo(self)

    def __enter__(self):
        self.core_device.__enter__()
        return self

    def __exit__(self, *error):
        return self.core_device.__exit__(*error)

    def __eq__(self, other):
        return isinstance(other, DeviceInfo) and self.id == other.id

    def __hash__(self):
        return hash(self.id)

    def __repr__(self):
        return f"<CUDA device {self.id} '{self.core_device.info['name']}'>"


for _name, _key in _ATTRIBUTES.items():  # MULTIPROCESSOR_COUNT, WARP_SIZE …
    setattr(DeviceInfo, _name, property(lambda self, key=_key: self.core_device.attribute(key)))


class ContextInfo:
    """The context of a device: its memory, streams and events."""

    def __init__(self, device):
        self.device = device

    @property
    def memory_manager(self):
        return _managers.manager(self)

    @memory_manager.setter
    def memory_manager(self, instance):
        _managers.put_manager(self, instance)

    @property
    def deallocations(self):
        return self.memory_manager.deallocations

    @property
    def handle(self):
        """A number that tells this context from those of other devices; on a GPU the driver's."""
        return _core.Context(self.device.core_device, primary=True).handle

    @property
    def context_handle(self):
        return self.handle

    @property
    def devnum(self):
        return self.device.id

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def get_memory_info(self):
        return self.memory_manager.get_memory_info()

    def synchronize(self):
        _core.current_context().synchronize()

    def reset(self):
        self.memory_manager.reset()

    prepare_for_use = synchronize

    def push(self):
        pass

    pop = push

    def defer_cleanup(self):
        return self.memory_manager.defer_cleanup()

    def memalloc(self, bytesize):
        """Device memory; freed with its last reference."""
        return self.memory_manager.memalloc(bytesize)

    def memallocmanaged(self, bytesize, attach_global=True):
        return self.memory_manager.memallocmanaged(bytesize, attach_global)

    def memhostalloc(self, bytesize, mapped=False, portable=False, wc=False):
        return self.memory_manager.memhostalloc(bytesize, mapped, portable, wc)

    def mempin(self, owner, pointer, size, mapped=False):
        return self.memory_manager.mempin(owner, pointer, size, mapped)

    def get_ipc_handle(self, memory):
        return self.memory_manager.get_ipc_handle(memory)

    def open_ipc_handle(self, handle, size):
        """A MemoryPointer to what another process exported; see weft.cuda._ipc."""
        from ._ipc import open_handle

        return open_handle(self, handle, size)

    def create_stream(self):
        from ._streams import Stream

        return Stream()

    def get_default_stream(self):
        from ._streams import default_stream

        return default_stream()

    get_legacy_default_stream = get_per_thread_default_stream = get_default_stream

    def create_external_stream(self, ptr):
        from ._streams import external_stream

        return external_stream(ptr)

    def create_event(self, timing=True):
        from ._streams import event

        return event(timing)

    def can_access_peer(self, peer_context):
        return peer_context in range(len(gpus)) and self.device.core_device.can_access_peer(gpus[peer_context].core_device)

    def __eq__(self, other):
        return isinstance(other, ContextInfo) and self.device == other.device

    def __hash__(self):
        return hash(self.device)


class _Driver:
    """cudadrv.driver.driver: whether there is a driver, and which."""

    is_available = True
    initialization_error = None

    def get_device_count(self):
        return len(gpus)

    def get_device(self, devnum=0):
        return gpus[devnum]

    def get_version(self):
        """(major, minor) of the CUDA version that the driver offers; on the CPU that of a recent one."""
        found = _core.current_context().device.info.get("driver_version") or 12080
        return found // 1000, found % 1000 // 10

    def get_active_context(self):
        return current_context()

    def reset(self):
        reset()


driver = _Driver()


def reset():
    """Gives the memory that no array holds back to the device."""
    close()
    _core.current_context().trim()


def _kind():
    return "cuda" if str(_core.Device()).startswith(("cuda", "<weft.Device cuda")) else "cpu"


def _all():
    kind = _kind()
    return [DeviceInfo(_core.Device(f"{kind}:{i}"), i) for i in range(_core.device_count(kind)[0])]


class _Gpus:
    """cuda.gpus: the devices, as a list and by number."""

    @property
    def lst(self):
        return _all()

    def __iter__(self):
        return iter(_all())

    def __len__(self):
        return len(_all())

    def __getitem__(self, index):
        return _all()[index]

    @property
    def current(self):
        return get_current_device()

    def __repr__(self):
        return "<Managed Device list: " + ", ".join(map(repr, _all())) + ">"


gpus = _Gpus()


def list_devices():
    return gpus


def get_current_device():
    device = _core.current_context().device
    return DeviceInfo(device, device.ordinal)


def current_context(devnum=None):
    return ContextInfo(get_current_device() if devnum is None else gpus[devnum])


_selected = []


def select_device(device_id):
    """Makes a device the current one of this thread, until close()."""
    close()
    chosen = gpus[device_id]
    context = _core.Context(chosen.core_device, primary=True)
    context.push()
    _selected.append(context)
    return chosen


def close():
    """Undoes select_device."""
    while _selected:
        _selected.pop()
        with contextlib.suppress(Exception):
            _core.Context.pop()


def cuda_error():
    """Why kernels cannot run, or None; they always can."""
    return driver.initialization_error


def is_available():
    """Whether kernels can run; they always can: on the CPU where there is no GPU."""
    return True


def is_supported_version():
    return True


def detect():
    """Prints what devices there are."""
    found = _all()
    print(f"Found {len(found)} CUDA devices")
    for device in found:
        print(f"id {device.id}    {device.name!r}                              [SUPPORTED]")
        print(f"                      Compute Capability: {device.compute_capability[0]}.{device.compute_capability[1]}")
    print(f"Summary:\n\t{len(found)}/{len(found)} devices are supported")
    return bool(found)


def require_context(function):
    return function


def is_float16_supported():
    return True


is_bfloat16_supported = is_fp8_supported = is_float16_supported


class _Runtime:
    """cuda.runtime: the version of the CUDA runtime that programs may assume; weft needs none."""

    def get_version(self):
        return driver.get_version()

    def is_supported_version(self):
        return True

    def __getattr__(self, name):
        """CuPy's cuda.runtime: the CUDA runtime's functions and constants."""
        if name.startswith("__"):
            raise AttributeError(name)
        from .._door import drop_in
        return getattr(drop_in().cuda.runtime, name)


runtime = _Runtime()
