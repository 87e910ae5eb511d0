"""cupy.cuda.device: devices by number, of the kind that work goes to now."""

import threading

import weft as _weft

_local = threading.local()


def _all():
    return _weft.devices(_weft.current_device().kind)


def get_device_id():
    return _weft.current_device().ordinal


def from_pointer(ptr):
    """The device whose memory that is; of memory that weft does not know, the current one."""
    device = _weft._core.memory_device(ptr)
    return Device(get_device_id() if device is None or device.kind != _weft.current_device().kind else device.ordinal)


def get_compute_capability():
    return Device().compute_capability


def get_cublas_handle():
    return 0


get_cusolver_handle = get_cusolver_sp_handle = get_cusparse_handle = get_cublaslt_handle = get_cublas_handle


class _Kind(type):
    def __instancecheck__(cls, thing):
        return type.__instancecheck__(cls, thing) or isinstance(thing, _weft.Device)


class Device(metaclass=_Kind):
    """The device of that number; as a context manager, work inside goes there."""

    id = None  # its number

    def __init__(self, device=None):
        self.id = get_device_id() if device is None else int(device)

    @property
    def _weft(self):
        devices = _all()
        if not 0 <= self.id < len(devices):
            from .runtime import CUDARuntimeError
            raise CUDARuntimeError(101)
        return devices[self.id]

    @property
    def name(self):
        return self._weft.info["name"]

    def __enter__(self):
        stack = _local.__dict__.setdefault("entered", [])
        device = self._weft
        device.__enter__()
        stack.append(device)
        return self

    def __exit__(self, *error):
        _local.entered.pop().__exit__(None, None, None)

    def use(self):
        """Work goes there until another is used, or the `with` that this happens in ends. Itself."""
        device = self._weft
        if _weft._core._stack_top() is not None:
            _weft._core.Context.pop()  # replaced: a program may use a device for each piece of its work
        device.__enter__()
        return self

    def synchronize(self):
        with self._weft:
            _weft.synchronize()

    def __int__(self):
        return self.id

    def __repr__(self):
        return f"<CUDA Device {self.id}>"

    def __hash__(self):
        devices = _all()
        return hash(devices[self.id] if 0 <= self.id < len(devices) else self.id)

    def __eq__(self, other):
        return isinstance(other, (Device, _weft.Device)) and other.id == self.id

    def _order(self, other):
        if not isinstance(other, (Device, _weft.Device)):
            raise TypeError(f"cannot compare a Device with {type(other).__name__}")
        return self.id - other.id

    def __lt__(self, other):
        return self._order(other) < 0

    def __le__(self, other):
        return self._order(other) <= 0

    def __gt__(self, other):
        return self._order(other) > 0

    def __ge__(self, other):
        return self._order(other) >= 0

    @property
    def compute_capability(self):
        info = self._weft.info
        return f"{info['compute_major']}{info['compute_minor']}"

    @property
    def mem_info(self):
        return self._weft.memory()

    @property
    def attributes(self):
        """{name: number} of the device's attributes, under the runtime's names without cudaDevAttr."""
        from . import runtime
        prefix = "cudaDevAttr"
        found = {}
        for name, number in vars(runtime).items():
            if name.startswith(prefix):
                try:
                    found[name[len(prefix):]] = runtime.deviceGetAttribute(number, self.id)
                except runtime.CUDARuntimeError:
                    pass
        return found

    @property
    def pci_bus_id(self):
        return self._weft.info.get("pci_bus_id", "")

    @classmethod
    def from_pci_bus_id(cls, pci_bus_id):
        """The device in that place of the bus; CUDARuntimeError when there is none."""
        from . import runtime
        return cls(runtime.deviceGetByPCIBusId(pci_bus_id))

    cublas_handle = cublaslt_handle = cusolver_handle = cusolver_sp_handle = cusparse_handle = property(lambda self: 0)


def _as_arrays_have_them():
    """An array's device is weft's own: what CuPy's has beside is found on it too."""
    for name, value in vars(Device).items():
        if name.startswith("_") or hasattr(_weft.Device, name):
            continue
        if isinstance(value, property):
            value = property(lambda self, get=value.fget: get(Device(self.ordinal)), doc=value.__doc__)
        elif callable(value):
            value = _method_of(value)
        setattr(_weft.Device, name, value)


def _method_of(function):
    def method(self, *args, **kwargs):
        result = function(Device(self.ordinal), *args, **kwargs)
        return self if isinstance(result, Device) else result
    method.__name__, method.__doc__ = function.__name__, function.__doc__
    return method


_as_arrays_have_them()
