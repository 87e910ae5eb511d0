"""Streams and events."""

import contextlib

from .. import _core
from ._arrays import _stream


class Stream(_core.Stream):
    """A queue of work on the current device."""

    @contextlib.contextmanager
    def auto_synchronize(self):
        yield self
        self.synchronize()

    async def async_done(self):
        import asyncio

        loop = asyncio.get_running_loop()
        done = loop.create_future()
        super().add_callback(lambda *args: loop.call_soon_threadsafe(done.set_result, self))
        return await done


class Event(_core.Event):
    def record(self, stream=0):
        super().record(_stream(stream))

    def wait(self, stream=0):
        where = _stream(stream)
        (where or default_stream()).wait_for_event(self)

    def elapsed_time(self, evtend):
        """Milliseconds from this event to the other one."""
        return self.time_till(evtend)


def stream():
    return Stream()


def default_stream():
    return _core.current_context().default_stream


def legacy_default_stream():
    return default_stream()


def per_thread_default_stream():
    return default_stream()


def external_stream(ptr):
    """A stream of someone else's, by its handle."""
    return _Foreign(ptr)


class _Foreign:
    def __init__(self, handle):
        self.handle = handle

    def __cuda_stream__(self):
        return 0, self.handle

    def synchronize(self):
        _core.current_context().synchronize()

    @contextlib.contextmanager
    def auto_synchronize(self):
        yield self
        self.synchronize()


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

