"""cupy.cuda.stream: streams and events.

Operations on arrays go to the device's default stream, whatever stream is current; a stream of these is for kernels and copies
that are given it. It waits for the default stream's work that came before, and that for its, so what a program does comes in
the order in which it says it. Recording an event and waiting for a stream launch what arrays have recorded.
"""

import threading
import warnings
import weakref

import weft as _weft

from .device import get_device_id

_local = threading.local()
_known = weakref.WeakValueDictionary()  # streams by handle, for those that other code names by it


class _State:
    """What a thread has of a device: the current stream, and those of the `with` statements around."""

    def __init__(self):
        self.current, self.entered = None, []


def _state(device_id=-1):
    number = get_device_id() if device_id < 0 else device_id
    return _local.__dict__.setdefault(number, _State())


def _error(status):
    from .runtime import CUDARuntimeError
    return CUDARuntimeError(status)


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
    _funcargs = None  # while a capture that began here goes on: the host calls in it
    _spoiled = False  # something waited for the stream that is being captured

    def __eq__(self, other):
        return isinstance(other, _BaseStream) and self.ptr == other.ptr

    def __hash__(self):
        return hash(self.ptr)

    def __repr__(self):
        return f"<{type(self).__name__} {self.ptr} (device {self.device_id})>"

    def __cuda_stream__(self):
        """The protocol by which other libraries take a stream: (version, handle)."""
        return 0, self.ptr

    def _check_device(self):
        if self.device_id not in (-1, get_device_id()):
            raise RuntimeError(f"This stream belongs to device {self.device_id}, the current device is {get_device_id()}.")

    def __enter__(self):
        self._check_device()
        state = _state()
        state.entered.append(self)
        state.current = self
        return self

    def __exit__(self, *error):
        """Back to the stream of the `with` around this one; what use() set is forgotten, as in CuPy."""
        state = _state(self.device_id)
        state.entered.pop()
        state.current = state.entered[-1] if state.entered else None

    def use(self):
        """The current stream of this thread and device from here on."""
        self._check_device()
        _state().current = self
        return self

    def _runs(self):
        """False in a capture, which what was asked for has spoiled, as it does CUDA's."""
        if not self.is_capturing():
            return True
        self._spoiled = True
        return False

    @property
    def done(self):
        if not self._runs():
            return False
        return True if self._weft is None else bool(self._weft.is_done())

    def synchronize(self):
        if not self._runs():
            raise _error(900)
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
        """callback(arg) once what is queued has run; in a capture, at each launch of the graph."""
        if self.is_capturing():
            if self._funcargs is not None:
                self._funcargs.append((callback, arg))
            self._weft.add_callback(lambda: callback(arg))
            return
        self.synchronize()
        callback(arg)

    def add_callback(self, callback, arg):
        """callback(stream, 0, arg) once what is queued has run."""
        if self.is_capturing():
            raise _error(900)
        self.synchronize()
        callback(self, 0, arg)

    def begin_capture(self, mode=None):
        """From here on, work given to this stream and this thread's work on arrays is written down, not run.

        mode is not looked at: a capture is relaxed, other threads and the allocator go on. RuntimeError for the default stream,
        CUDARuntimeError when the stream is being captured already."""
        if self._weft is None:
            raise RuntimeError("cannot capture on the default (legacy) stream")
        if self.is_capturing():
            raise _error(401)
        self._weft.begin_capture()
        self._funcargs, self._spoiled = [], False

    def end_capture(self):
        """The Graph of what was given since begin_capture(). The capture has ended also when CUDARuntimeError is raised: nothing
        began here, something waited for a captured stream, or work on another stream was not joined."""
        from .graph import Graph
        if not self.is_capturing():
            raise _error(401)
        if self._funcargs is None:
            raise _error(903)
        calls, self._funcargs = self._funcargs, None
        spoiled, self._spoiled = self._spoiled, False
        if spoiled:
            self._weft.end_capture(keep=False)
            raise _error(901)
        try:
            return Graph._of(self._weft.end_capture(), calls)
        except _weft.ArgumentError as error:
            raise _error(904 if "does not wait for" in str(error) else 901) from error

    def is_capturing(self):
        return self._weft is not None and self._weft.is_capturing()


class Stream(_BaseStream):
    """A queue of kernels and copies. non_blocking: remembered; it waits for the default stream all the same, where array work is."""

    is_non_blocking = False

    def __init__(self, null=False, non_blocking=False, ptds=False, priority=None):
        if ptds:
            self.ptr = 2
        elif not null:
            self._weft = _weft.Stream()
            self.ptr, self.device_id = self._weft.handle or id(self._weft), get_device_id()
            _known[self.ptr] = self
        self.priority = 0 if priority is None else priority
        self.is_non_blocking = bool(non_blocking)

    @staticmethod
    def from_external(stream):
        """The stream of another library, by its __cuda_stream__(); kept alive by the result. TypeError for other objects."""
        ask = getattr(stream, "__cuda_stream__", None)
        if ask is None:
            raise TypeError(f"{type(stream).__name__} does not implement __cuda_stream__")
        told = ask()
        if not isinstance(told, tuple) or len(told) != 2:
            raise TypeError(f"__cuda_stream__ must return a 2-tuple, got {told!r}")
        version, handle = told
        if not isinstance(version, int) or not isinstance(handle, int):
            raise TypeError(f"__cuda_stream__ must return (int, int), got {told!r}")
        if version != 0:
            raise TypeError(f"unsupported version {version} of __cuda_stream__, only 0 is known")
        made = object.__new__(Stream)
        made._weft, made.ptr, made._foreign_stream_ref = _by_handle(handle), handle, stream
        return made


def _by_handle(handle):
    """weft's stream of that handle: one of ours, or wrapped. None is the default stream."""
    if handle in (0, 1, 2):
        return None
    from . import runtime
    ours = _known.get(handle)
    found = ours._weft if ours is not None else runtime._live.get(handle)
    if found is not None:
        return found
    try:
        return _weft.Stream(handle=handle)
    except _weft.UnsupportedError:  # a CPU device knows no stream by its number; its default stream is in order with all of them
        return None


class ExternalStream(_BaseStream):
    """A stream that other code made, by its address."""

    def __init__(self, ptr, device_id=-1):
        warnings.warn("ExternalStream is deprecated. Use Stream.from_external instead.", DeprecationWarning, stacklevel=2)
        self._weft, self.ptr, self.device_id = _by_handle(ptr), ptr, device_id


BaseStream = _BaseStream
_BaseStream.null = Stream.null = Stream(null=True)
_BaseStream.ptds = Stream.ptds = Stream(ptds=True)


def get_current_stream(device_id=-1):
    """This thread's current stream of a device, by default the current one."""
    return _state(device_id).current or Stream.null


def get_default_stream_ptr():
    """The handle that stands for the default stream in __cuda_array_interface__."""
    return 1


def get_current_stream_ptr():
    return get_current_stream().ptr


def is_ptds_enabled():
    return False
