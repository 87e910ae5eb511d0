"""Devices, contexts and this thread's stack of them.

The devices are those of the default device's kind: GPUs where there are any, else (or with WEFT_DEVICE=cpu) CPU devices,
which answer as GPUs of compute capability 9.0. A call that needs a context says so when the stack is empty, as PyCUDA does.
"""

from weft import _core

from ._enums import device_attribute

LogicError = _core.ArgumentError
_initialised = False


def init(flags=0):
    """Finds the devices; everything else does so on its own, too."""
    global _initialised
    _core.Device()
    _initialised = True


def _kind():
    return _core.Device().kind


def require_context(what):
    """The context on top of this thread's stack, or PyCUDA's error."""
    top = _core._stack_top()
    if top is None:
        raise LogicError(f"{what} failed: invalid device context - no currently active context? `import pycuda.autoinit` at "
                         "the program's top makes one")
    return top


class Context:
    """A context of a device. Most functions concern the one on top of this thread's stack, as in PyCUDA."""

    def __init__(self, core):
        self._core = core

    def push(self):
        self._core.push()

    @staticmethod
    def pop():
        require_context("cuCtxPopCurrent")
        _core.Context.pop()

    def detach(self):
        """Gives the context up, and takes it off this thread's stack when it is on top."""
        if not self._core.valid:
            raise LogicError("cuCtxDetach failed: invalid context: it was detached before")
        if _core._stack_top() == self._core:
            _core.Context.pop()
        self._core.detach()

    @staticmethod
    def synchronize():
        require_context("cuCtxSynchronize").synchronize()

    @staticmethod
    def get_device():
        return Device._of(require_context("cuCtxGetDevice").device)

    @staticmethod
    def get_current():
        top = _core._stack_top()
        return None if top is None else Context(top)

    @staticmethod
    def attach(flags=0):
        return Context(require_context("cuCtxAttach"))

    def get_api_version(self):
        return 3020

    @staticmethod
    def enable_peer_access(peer, flags=0):
        require_context("cuCtxEnablePeerAccess").enable_peer(peer._core, True)

    @staticmethod
    def disable_peer_access(peer):
        require_context("cuCtxDisablePeerAccess").enable_peer(peer._core, False)

    # Hints and limits of the hardware's: kept, without effect on a CPU, left to the driver's own choice on a GPU.
    _settings = {"cache": 0, "shared": 0, "limits": {}}

    @staticmethod
    def set_cache_config(config):
        Context._settings["cache"] = config

    @staticmethod
    def get_cache_config():
        return Context._settings["cache"]

    @staticmethod
    def set_shared_config(config):
        Context._settings["shared"] = config

    @staticmethod
    def get_shared_config():
        return Context._settings["shared"]

    @staticmethod
    def set_limit(which, value):
        Context._settings["limits"][which] = value

    @staticmethod
    def get_limit(which):
        return Context._settings["limits"].get(which, 0)

    @property
    def handle(self):
        return self._core.handle

    def __eq__(self, other):
        return isinstance(other, Context) and self._core == other._core

    def __hash__(self):
        return hash(self._core)


class Device:
    """Device(number) or Device("0000:01:00.0")."""

    def __init__(self, which):
        count = Device.count()
        if isinstance(which, str):
            for number in range(count):
                if _core.Device(f"{_kind()}:{number}").info["pci_bus_id"].lower() == which.lower():
                    which = number
                    break
            else:
                raise LogicError(f"cuDeviceGetByPCIBusId failed: invalid value: no device at {which}")
        if not 0 <= which < count:
            raise LogicError(f"cuDeviceGet failed: invalid device ordinal: {which} of {count}")
        self._core = _core.Device(f"{_kind()}:{which}")

    @classmethod
    def _of(cls, core):
        self = cls.__new__(cls)
        self._core = core
        return self

    @staticmethod
    def count():
        return _core.device_count(_kind())[0]

    def name(self):
        return self._core.info["name"]

    def compute_capability(self):
        info = self._core.info
        return info["compute_major"], info["compute_minor"]

    def total_memory(self):
        return self._core.info["total_memory"]

    def pci_bus_id(self):
        return self._core.info["pci_bus_id"]

    def get_attribute(self, attribute):
        return self._core.attribute(int(attribute))

    def get_attributes(self):
        return {attribute: self._core.attribute(int(attribute)) for attribute in device_attribute}

    def can_access_peer(self, peer):
        return self._core.can_access_peer(peer._core)

    def make_context(self, flags=0):
        """A context of its own, on top of this thread's stack."""
        core = _core.Context(self._core, primary=False, flags=int(flags))
        core.push()
        return Context(core)

    def retain_primary_context(self):
        """The context that everything else in the process uses; not put on the stack."""
        return Context(_core.Context(self._core))

    def __getattr__(self, name):
        attribute = getattr(device_attribute, name.upper(), None)
        if attribute is None or name != name.lower() or name.startswith("_"):
            raise AttributeError(f"a Device has no attribute {name!r}")
        return self.get_attribute(attribute)

    def __eq__(self, other):
        return isinstance(other, Device) and self._core is other._core

    def __hash__(self):
        return hash(self._core)

    def __repr__(self):
        return f"<pycuda.driver.Device {self._core}>"


def get_version():
    """The CUDA version that is offered, as a tuple."""
    number = get_driver_version()
    return number // 1000, number % 1000 // 10, number % 10


def get_driver_version():
    return _core.Device().info["driver_version"]


def mem_get_info():
    """(free, total) bytes of the current device."""
    return require_context("cuMemGetInfo").device.memory()
