"""cupy.cuda.device"""

import weft as _weft


def _all():
    kind = str(_weft.current_device()).partition(":")[0]
    return _weft.devices(kind)


def get_device_id():
    return int(str(_weft.current_device()).partition(":")[2] or 0)


class Device:
    """The device of that number, of the kind that work goes to now."""

    id = None  # its number

    def __init__(self, device=None):
        self.id = get_device_id() if device is None else int(device)
        devices = _all()
        if not 0 <= self.id < len(devices):
            from .runtime import CUDARuntimeError
            raise CUDARuntimeError(f"cudaErrorInvalidDevice: invalid device ordinal {self.id}")
        self._weft = devices[self.id]

    def __enter__(self):
        self._weft.__enter__()
        return self

    def __exit__(self, *error):
        return self._weft.__exit__(*error)

    def use(self):
        self._weft.__enter__()

    def synchronize(self):
        with self._weft:
            _weft.synchronize()

    def __int__(self):
        return self.id

    def __eq__(self, other):
        return isinstance(other, Device) and other.id == self.id

    def __hash__(self):
        return hash(self.id)

    def __repr__(self):
        return f"<CUDA Device {self.id}>"

    @property
    def compute_capability(self):
        from .runtime import getDeviceProperties
        info = getDeviceProperties(self.id)
        return f"{info['major']}{info['minor']}"

    @property
    def mem_info(self):
        return _weft.memory_info(self._weft)

    @property
    def attributes(self):
        from .runtime import getDeviceProperties
        return {name: value for name, value in getDeviceProperties(self.id).items() if isinstance(value, int)}

    pci_bus_id = property(lambda self: getattr(self._weft, "pci_bus_id", ""))
