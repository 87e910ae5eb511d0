"""A line for what takes long, where somebody watches: a terminal, or a notebook. WEFT_PROGRESS=off silences it, =on shows it always.

    weft: compiling my_kernel … 2 s

It appears when a compilation has taken a second, on standard error, and is taken away (in a terminal) or ended (elsewhere)
when it is over. One line serves all threads: it names the kernel that has taken longest and how many are being compiled.
"""

import itertools
import os
import re
import sys
import threading
import time

from . import _core

AFTER = 1.0  # s
_lock = threading.Lock()
_running = {}  # number of a compilation → (name, since)
_numbers = itertools.count()
_watcher = None
_changed = threading.Event()


def _watched():
    setting, stream = _core.env("PROGRESS"), sys.stderr
    if setting != "auto" or stream is None:
        return setting == "on" and stream is not None
    return hasattr(stream, "isatty") and stream.isatty() or type(stream).__module__.startswith("ipykernel")


def name_in(ir):
    """The kernel's name in the text of LLVM IR."""
    found = re.search(rb"^define [^@\n]*@\"?(?:wf_kernel_)?([\w.$]+)", ir, re.M)
    return found[1].decode() if found else "a kernel"


def _watch():
    global _watcher
    wrote = 0
    terminal = hasattr(sys.stderr, "isatty") and sys.stderr.isatty()
    while True:
        with _lock:
            if not _running:
                _watcher = None
                break
            name, since = min(_running.values(), key=lambda one: one[1])
            count = len(_running)
        took = time.monotonic() - since
        if took >= AFTER:
            line = f"weft: compiling {name} … {took:.0f} s" + (f" ({count} at once)" if count > 1 else "")
            if terminal:
                print(f"\r{line:<{wrote}}", end="", file=sys.stderr, flush=True)
            elif not wrote:
                print(line, file=sys.stderr, flush=True)
            wrote = max(wrote, len(line))
        _changed.wait(0.2)
        _changed.clear()
    if terminal and wrote:
        print(f"\r{' ' * wrote}\r", end="", file=sys.stderr, flush=True)


class compiling:
    """with compiling(ir): the work. Costs a dictionary entry where nobody watches, a thread that sleeps where somebody does."""

    def __init__(self, ir):
        self._ir = ir if _watched() else None

    def __enter__(self):
        global _watcher
        if self._ir is None:
            return
        with _lock:
            self._number = next(_numbers)
            _running[self._number] = (name_in(self._ir), time.monotonic())
            if _watcher is None:
                _watcher = threading.Thread(target=_watch, daemon=True, name="weft progress")
                _watcher.start()

    def __exit__(self, *error):
        if self._ir is None:
            return
        with _lock:
            del _running[self._number]
            watcher = _watcher if not _running else None
        if watcher is not None:
            _changed.set()
            watcher.join(1.0)  # its line goes before ours come


def _after_fork():
    global _lock, _watcher
    _lock, _watcher = threading.Lock(), None
    _running.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
