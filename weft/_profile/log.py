"""The runtime's log as events that know the user's line."""

import os
from dataclasses import dataclass

from .. import _core

# Kinds whose time is a device's, in the order of the table; the rest is the host's.
ON_DEVICE = ("kernel", "loops", "library", "copy in", "copy out", "copy within", "fill")
COPIES = ("copy in", "copy out", "copy within")
DOUBLE = 1  # flag: computes in float64


@dataclass(frozen=True)
class Event:
    """Times in seconds since the first event. `begin` to `end`: the work, `called` to `returned`: the host's call."""

    kind: str
    name: str
    device: str    # "cuda:0"
    thread: int    # of the call
    stream: int    # 0: none
    place: str     # "file.py:12", "" when no line of the user's led here
    called: float
    returned: float
    begin: float
    end: float
    bytes: int     # 0: unknown
    operations: int
    flags: int
    grid: tuple
    block: tuple
    timed: bool    # begin and end were measured; else they are those of the call

    @property
    def seconds(self):
        return self.end - self.begin

    @property
    def threads(self):
        """How many threads a kernel had."""
        count = 1
        for n in (*self.grid, *self.block):
            count *= n
        return count


def _place(pair):
    code, line = pair
    name = code.co_filename
    near = os.path.relpath(name) if os.path.isabs(name) and name.startswith(os.getcwd() + os.sep) else name
    return f"{near}:{line}"


def read():
    """Everything in the log, in the order of the calls."""
    places = ["", *map(_place, _core.trace_places())]
    raw = _core.trace_events()
    zero = min((row[6] for row in raw), default=0)
    streams, events = {0: 0}, []
    for kind, name, device, thread, stream, place, called, returned, begin, end, size, operations, flags, grid, block, ordinal in raw:
        timed = bool(begin)
        first, last = (begin, max(begin, end)) if timed else (called, max(called, returned))
        events.append(Event(kind, name, f"{device}:{ordinal}", thread, streams.setdefault(stream, len(streams)), places[place],
                            *((t - zero) * 1e-9 for t in (called, max(called, returned), first, last)), size, operations, flags, grid, block, timed))
    return events
