"""Which device work goes to: `with wf.device("cuda:1"):`, and lists of what there is."""

from . import _core


def device(name=None):
    """The device of that name; as a context manager, what this thread does inside goes there.

    A name is "cuda:0", "cuda", "cpu", "cpu:1"; None is the default: WEFT_DEVICE, else the first GPU that answers, else cpu.
    DeviceError when there is none of that name.

        >>> with wf.device("cpu"):
        ...     x = wf.arange(3)
        >>> x.device
        weft.Device('cpu:0')
    """
    return _core.Device(name)


def devices(kind=None):
    """All devices, GPUs first; of one kind ("cuda" or "cpu") when given.

        >>> wf.devices("cpu")[0]
        weft.Device('cpu:0')
    """
    kinds = ("cuda", "cpu") if kind is None else (kind,)
    return [_core.Device(f"{k}:{i}") for k in kinds for i in range(_core.device_count(k)[0])]


def current_device():
    """Where this thread's work goes now."""
    return _core.current_context().device


class DeviceSynchronized(RuntimeError):
    """This thread was to wait for a device inside `with wf.allow_synchronize(False):`."""


class allow_synchronize:
    """with wf.allow_synchronize(False): what would wait for a device (reading values, synchronising) raises DeviceSynchronized.

    For finding hidden waits. Holds for this thread; the innermost counts."""

    def __init__(self, allow):
        self.allow = allow

    def __enter__(self):
        self._before = _core._forbid_waits(not self.allow)
        return self

    def __exit__(self, *error):
        _core._forbid_waits(self._before)


def synchronize():
    """Waits for everything queued on the current device."""
    _core.current_context().synchronize()
