"""The launch that a kernel is compiled for, for functions that are asked while it is (overloads and the like)."""

import contextlib

from .. import _core

__all__ = ["current_launch_config", "ensure_current_launch_config", "capture_compile_config"]


def current_launch_config():
    """kernel[grid, block, …] whose launch is compiling in this thread (griddim, blockdim, sharedmem, stream, args); else None."""
    return _core._launching()


def ensure_current_launch_config():
    config = current_launch_config()
    if config is None:
        raise RuntimeError("No launch config set for this thread: no launch is being compiled in it")
    return config


@contextlib.contextmanager
def capture_compile_config(dispatcher):
    """A dict whose "config" is the configured kernel that made the dispatcher compile, inside of the with; None when nothing did."""
    if dispatcher is None:
        raise TypeError("dispatcher is required")
    record = {"config": None}
    captures = dispatcher.__dict__.setdefault("_captures", [])
    captures.append(record)
    try:
        yield record
    finally:
        captures.remove(record)
