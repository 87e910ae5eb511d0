"""A line for what takes long, where somebody watches: a terminal, or a notebook. WEFT_PROGRESS=off silences it, =on shows it always.

    weft: compiling my_kernel … 2 s
    weft: compiling another_one … 6 s, 41 done
    weft: copying 12.0 GB to cuda:0 … 40 %
    weft: doctor: cuda:0, memory … 3 of 12

It appears when the work has taken a second, on standard error, and is taken away (in a terminal) or ended (elsewhere) when it
is over. One line serves all threads: it names what has taken longest and how many such things go on. Compilations that follow
each other closely count as one piece of work, so that a program of many small kernels is not silent for a minute.
"""

import itertools
import os
import re
import sys
import threading
import time

from . import _core

AFTER = 1.0   # s
GAP = 0.5     # s between two compilations that belong together
_lock = threading.Lock()
_running = {}  # number → the work (doing)
_numbers = itertools.count()
_watcher = None
_shown = 0     # characters of the line that stands there
_burst = None  # [since, compilations done, end of the last] of those that follow each other


def _watched():
    setting, stream = _core.env("PROGRESS"), sys.stderr
    if setting != "auto" or stream is None:
        return setting == "on" and stream is not None
    return hasattr(stream, "isatty") and stream.isatty() or type(stream).__module__.startswith("ipykernel")


def name_in(ir):
    """The kernel's name in the text of LLVM IR, as the user wrote it; functions of weft's own are internal there."""
    found = re.search(rb"^define (?!internal )[^@\n]*@\"?(?:wf_kernel_)?([\w.$]+)", ir, re.M)
    return _as_written(found[1].decode()) if found else "a kernel"


def _as_written(name):
    """_Z4minePf → mine, _ZN2ns4mineEPf → mine: what CUDA C's functions are called in machine code."""
    at, written = re.match(r"_ZN?K?|", name).end(), name
    while at and (length := re.match(r"\d+", name[at:])):
        start = at + length.end()
        at = start + int(length[0])
        written = name[start:at]
    return written


def _line():
    """(what to say, since when), or None when nothing goes on; under the lock."""
    if not _running:
        return None
    first = min(_running.values(), key=lambda one: one.since)
    return first.words() + (f" ({len(_running)} at once)" if len(_running) > 1 else ""), first.since


def _quiet():
    """Nothing goes on, nor did a moment ago; under the lock."""
    return not _running and (_burst is None or time.monotonic() - _burst[2] > GAP)


def _terminal():
    return hasattr(sys.stderr, "isatty") and sys.stderr.isatty()


def _show(text):
    """Under the lock."""
    global _shown
    if _terminal():
        print(f"\r{text:<{_shown}}", end="", file=sys.stderr, flush=True)
    elif not _shown:
        print(text, file=sys.stderr, flush=True)
    _shown = max(_shown, len(text))


def _wipe():
    """Makes room for what the program prints; under the lock."""
    global _shown
    if _shown and _terminal():
        print(f"\r{' ' * _shown}\r", end="", file=sys.stderr, flush=True)
        _shown = 0


def _watch():
    global _watcher, _burst, _shown
    while True:
        with _lock:
            if _quiet():
                _watcher, _burst, _shown = None, None, 0
                return
            line = _line()
            if line is not None and time.monotonic() - line[1] >= AFTER:
                _show(line[0])
        time.sleep(0.2)


class doing:
    """with doing("copying …") as work: …; work.say("40 %"). Costs a dictionary entry where nobody watches, a thread that sleeps
    where somebody does."""

    def __init__(self, text):
        self._text, self._more, self.since = text, "", 0.0
        self._on = _watched()

    def words(self):
        return f"{self._text} … {self._more}".rstrip()

    def say(self, more):
        """What the line says besides, from now on."""
        self._more = more

    def __enter__(self):
        global _watcher
        if not self._on:
            return self
        self.since = time.monotonic()
        with _lock:
            self._number = next(_numbers)
            self._begin()
            _running[self._number] = self
            if _watcher is None:
                _watcher = threading.Thread(target=_watch, daemon=True, name="weft progress")
                _watcher.start()
        return self

    def __exit__(self, *error):
        if not self._on:
            return
        with _lock:
            del _running[self._number]
            self._end()
            if not _running:
                _wipe()

    def _begin(self):
        pass

    def _end(self):
        pass


class copying(doing):
    """with copying(number, bytes, to, from_): a copy that the core numbers; to and from_ are devices' names, None: the host."""

    def __init__(self, number, size, to, from_):
        ends = f"to {to}" if from_ is None else f"from {from_}" + (f" to {to}" if to else "")
        super().__init__(f"weft: copying {size / 1e9:.1f} GB {ends}")
        self._number_in_core, self._size = number, size

    def words(self):
        done = min(_core._copy_done(self._number_in_core), self._size)
        return f"{self._text} …" + (f" {done / self._size:.0%}" if done else "")


_copies = {}  # number → the work


def copy(number, size, to, from_, over):
    """The core says that a long copy begins, or is over."""
    if not over:
        _copies[number] = work = copying(number, size, to, from_)
        work.__enter__()
    elif (work := _copies.pop(number, None)) is not None:
        work.__exit__()


class compiling(doing):
    """with compiling(ir): the work."""

    def __init__(self, ir):
        super().__init__("")
        if self._on:
            self._text = f"weft: compiling {name_in(ir)}"

    def words(self):
        return f"{self._text} … {time.monotonic() - self.since:.0f} s" + (f", {_burst[1]} done" if _burst[1] else "")

    def _begin(self):
        global _burst
        if _burst is None:
            _burst = [self.since, 0, self.since]
        self.since = _burst[0]

    def _end(self):
        _burst[1] += 1
        _burst[2] = time.monotonic()


def _after_fork():
    global _lock, _watcher, _burst, _shown
    _lock, _watcher, _burst, _shown = threading.Lock(), None, None, 0
    _running.clear()
    _copies.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
