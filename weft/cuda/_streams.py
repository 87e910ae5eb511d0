"""Streams and events."""

import contextlib

from .. import _core
from ._arrays import _stream


class _Handle(int):
    """A stream's number; also under .value, as a ctypes pointer has it."""

    value = property(int)


class Stream(_core.Stream):
    """A queue of work on the current device."""

    @property
    def handle(self):
        number = self.__dict__.get("_number")
        return _Handle(super().handle if number is None else number)

    @contextlib.contextmanager
    def auto_synchronize(self):
        yield self
        self.synchronize()

    def add_callback(self, callback, arg=None):
        """Calls callback(stream, status, arg) when everything queued so far has run."""
        super().add_callback(lambda *ignored: callback(self, 0, arg))

    def async_done(self):
        """A future that is done when everything queued so far has run; its result is the stream."""
        import asyncio

        loop = asyncio.get_running_loop()
        done = loop.create_future()

        def tell():
            if not done.done():
                done.set_result(self)

        self.add_callback(lambda *args: loop.call_soon_threadsafe(tell))
        return done

    @property
    def external(self):
        return self.__dict__.get("_external", False)

    def __bool__(self):
        return True

    def __int__(self):
        return int(self.handle)

    def __repr__(self):
        names = {0: "Default CUDA stream", 1: "Legacy default CUDA stream", 2: "Per-thread default CUDA stream"}
        kind = "External CUDA stream" if self.external else "CUDA stream"
        return f"<{names.get(self.__dict__.get('_number'), f'{kind} {int(self.handle)}')} on {self.device}>"


class Event(_core.Event):
    def record(self, stream=0):
        super().record(_stream(stream))

    def wait(self, stream=0):
        where = _stream(stream) or default_stream()
        if not isinstance(where, _core.Stream):
            where = Stream(handle=where if isinstance(where, int) else where.__cuda_stream__()[1])
        where.wait_for_event(self)

    def elapsed_time(self, evtend):
        """Milliseconds from this event to the other one."""
        return self.time_till(evtend)


def stream():
    return Stream()


def _numbered(number):
    found = Stream(handle=number)
    found.__dict__["_number"] = number
    return found


def default_stream():
    """The stream that work goes to which names none."""
    return _numbered(0)


def legacy_default_stream():
    return _numbered(1)


def per_thread_default_stream():
    """Here the default stream too: it orders work as a thread's own would."""
    return _numbered(2)


def external_stream(ptr):
    """A stream of someone else's, by its handle."""
    try:
        found = Stream(handle=int(ptr))
    except _core.UnsupportedError:  # a CPU device knows no stream by its number: all of its work is waited for
        found = _CpuStream(handle=0)
        found.__dict__["_number"] = int(ptr)
    found.__dict__["_external"] = True
    return found


class _CpuStream(Stream):
    def synchronize(self):
        super().synchronize()
        _core.current_context().synchronize()


def event(timing=True):
    return Event(0 if timing else 2)


def event_elapsed_time(evtstart, evtend):
    return evtstart.elapsed_time(evtend)


def synchronize():
    """Waits for everything queued on the current device."""
    _core.current_context().synchronize()


def profile_start():
    pass


profile_stop = profile_start


@contextlib.contextmanager
def profiling():
    yield

