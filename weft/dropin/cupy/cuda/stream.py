"""cupy.cuda.stream. Arrays' own work goes to the device's default stream; a stream given here is for kernels and copies."""

import threading

import weft as _weft

_local = threading.local()


class _Base:
    _weft = None
    null = ptds = None

    @property
    def ptr(self):
        return 0 if self._weft is None else getattr(self._weft, "handle", 0)

    def synchronize(self):
        _weft.synchronize() if self._weft is None else self._weft.synchronize()

    def record(self, event=None):
        event = Event() if event is None else event
        event.record(self)
        return event

    def wait_event(self, event):
        if self._weft is None:
            event.synchronize()
        else:
            self._weft.wait_for_event(event._weft)

    def use(self):
        _local.current = self
        return self

    def __enter__(self):
        stack = _local.__dict__.setdefault("stack", [])
        stack.append(get_current_stream())
        _local.current = self
        return self

    def __exit__(self, *error):
        _local.current = _local.stack.pop()

    @property
    def done(self):
        return True if self._weft is None else self._weft.is_done()

    def launch_host_func(self, callback, arg):
        self.synchronize()
        callback(arg)

    def add_callback(self, callback, arg):
        self.synchronize()
        callback(self, 0, arg)


class Stream(_Base):
    def __init__(self, null=False, non_blocking=False, ptds=False, priority=None):
        self._weft = None if null or ptds else _weft.Stream()


class ExternalStream(_Base):
    def __init__(self, ptr, device_id=-1):
        self._pointer = ptr


_Base.null = Stream.null = Stream(null=True)
_Base.ptds = Stream.ptds = Stream(null=True)


def get_current_stream(device_id=-1):
    return getattr(_local, "current", None) or Stream.null


class Event:
    def __init__(self, block=False, disable_timing=False, interprocess=False):
        self._weft = _weft.Event()

    def record(self, stream=None):
        stream = get_current_stream() if stream is None else stream
        self._weft.record(stream._weft)

    def synchronize(self):
        self._weft.synchronize()

    @property
    def done(self):
        return self._weft.query()


def get_elapsed_time(start_event, end_event):
    """Milliseconds between two events."""
    return start_event._weft.time_till(end_event._weft)
