"""cupy.cuda.stream: streams and events.

Operations on arrays go to the device's default stream; a stream of these is for kernels and copies that are given it, and
waiting for one waits for what arrays have recorded too.
"""

import threading

import weft as _weft

from .device import get_device_id

_local = threading.local()


class Event:
    """A mark in a stream."""

    def __init__(self, block=False, disable_timing=False, interprocess=False):
        if interprocess and not disable_timing:
            from .runtime import CUDARuntimeError
            raise CUDARuntimeError(1)
        self._weft, self._timed, self.device = _weft.Event(), not disable_timing, None

    @property
    def ptr(self):
        return self._weft.handle

    def record(self, stream=None):
        stream = get_current_stream() if stream is None else stream
        self.device = get_device_id()
        self._weft.record(stream._weft)

    def synchronize(self):
        self._weft.synchronize()

    @property
    def done(self):
        return bool(self._weft.query())


def get_elapsed_time(start_event, end_event):
    """Milliseconds between two events."""
    from .runtime import CUDARuntimeError
    if not (start_event._timed and end_event._timed):
        raise CUDARuntimeError(400)
    return start_event._weft.time_till(end_event._weft)


class _BaseStream:
    """What all streams do."""

    null = ptds = None
    _weft = None  # None: the default stream
    ptr = 0
    device_id = -1
    priority = 0

    def __eq__(self, other):
        return isinstance(other, _BaseStream) and self.ptr == other.ptr

    def __hash__(self):
        return hash(self.ptr)

    def __repr__(self):
        return f"<{type(self).__name__} {self.ptr} (device {self.device_id})>"

    def __enter__(self):
        stack = _local.__dict__.setdefault("stack", [])
        stack.append(get_current_stream())
        _local.current = self
        return self

    def __exit__(self, *error):
        _local.current = _local.stack.pop()

    def use(self):
        """The current stream of this thread from here on."""
        _local.current = self
        return self

    @property
    def done(self):
        return True if self._weft is None else bool(self._weft.is_done())

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

    def launch_host_func(self, callback, arg):
        """callback(arg) once what is queued has run."""
        self.synchronize()
        callback(arg)

    def add_callback(self, callback, arg):
        """callback(stream, 0, arg) once what is queued has run."""
        self.synchronize()
        callback(self, 0, arg)

    def begin_capture(self, mode=None):
        raise _weft.UnsupportedError("[Stream.begin_capture] CUDA graphs are not there yet")

    def end_capture(self):
        raise _weft.UnsupportedError("[Stream.end_capture] CUDA graphs are not there yet")

    def is_capturing(self):
        return False


class Stream(_BaseStream):
    """A queue of kernels and copies."""

    def __init__(self, null=False, non_blocking=False, ptds=False, priority=None):
        if ptds:
            self.ptr = 2
        elif not null:
            self._weft = _weft.Stream()
            self.ptr, self.device_id = self._weft.handle or id(self._weft), get_device_id()
        self.priority = 0 if priority is None else priority
        self.non_blocking = non_blocking


class ExternalStream(_BaseStream):
    """A stream that other code made, by its address."""

    def __init__(self, ptr, device_id=-1):
        self.ptr, self.device_id = ptr, device_id


BaseStream = _BaseStream
_BaseStream.null = Stream.null = Stream(null=True)
_BaseStream.ptds = Stream.ptds = Stream(ptds=True)


def get_current_stream(device_id=-1):
    return getattr(_local, "current", None) or Stream.null


def get_default_stream_ptr():
    """The handle that stands for the default stream in __cuda_array_interface__."""
    return 1


def get_current_stream_ptr():
    return get_current_stream().ptr


def is_ptds_enabled():
    return False
