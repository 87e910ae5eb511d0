"""Memory and events for several processes: handles that are pickled, sent, and opened.

    # one process                          # another
    x = wf.arange(1000.0)                  handle = queue.get()
    queue.put(wf.ipc_handle(x))            with handle as y:      # the same memory
    ...                                        y += 1
                                               wf.synchronize()   # before anyone is told

What is shared is the memory: nothing is copied, neither when the handle is sent nor when it is opened. In the process that made
it the array (or the handle, which keeps it) has to live; who opened it closes it (a `with`, close(), or the last array over it goes).
Processes order their work themselves: a handle is made when all work on the memory is done, after that it is synchronize(), or an event
made with flags 6, which has a handle too.
"""

import numpy as np

from . import _core

__all__ = ["ipc_handle", "IpcHandle"]


class OpenedMemory:
    """Memory of another process, mapped here; closed once, by close() or with the last reference."""

    def __init__(self, handle, device=None):
        self.address, self.nbytes = _core.ipc_open(handle, device)
        self._open = True

    def __int__(self):
        return self.address

    __index__ = __int__
    size = property(lambda self: self.nbytes)

    def close(self):
        """Unmaps it: whatever still points there must not be used any more. A second time is an error."""
        if not self._open:
            raise _core.ArgumentError("this memory of another process was closed before")
        self._open = False
        _core.ipc_close(self.address)

    def __del__(self):
        if getattr(self, "_open", False) and _core is not None:
            try:
                self.close()
            except Exception:  # the process is ending
                pass


class IpcHandle:
    """What another process needs to use this memory or event where it is. It can be pickled; `handle` are its 64 bytes, on a GPU
    CUDA's own where the memory begins an allocation.

    open() gives the array (or the Event), once at a time; close() unmaps the array, which must not be used any more; a with
    statement does both. Without close() the memory is unmapped with the last array over it. `base` is what the handle is of, kept
    alive by it, in the process that made it; None elsewhere.
    """

    def __init__(self, handle, shape=None, strides=None, dtype=None, device=None, nbytes=0, offset=0, base=None):
        self.base, self.handle, self.shape, self.strides, self.dtype = base, bytes(handle), shape, strides, dtype
        self.device, self.nbytes, self._offset, self._opened = device, nbytes, offset, None

    def open(self, device=None):
        """The array or Event of the other process, on the device that it is on, or on `device`.

        Raises weft.ArgumentError: in the process that made the handle; when the memory was freed or the process has ended;
        for a device that cannot reach it; when this object has opened it already.
        """
        where = self.device if device is None else device
        if self.shape is None:
            return _core.Event.from_ipc_handle(self.handle, where)
        if self._opened is not None:
            raise _core.ArgumentError("this handle is open already")
        from . import _arrays  # noqa: F401 makes the class of arrays known to the core

        memory = OpenedMemory(self.handle, where)
        if memory.nbytes < self.nbytes:
            raise _core.ArgumentError(f"the handle stands for {memory.nbytes} bytes, the array has {self.nbytes}")
        array = _core.array_share(memory.address + self._offset, self.nbytes, self.shape, self.strides, np.dtype(self.dtype), memory, False,
                                  where)
        self._opened = memory
        return array

    def close(self):
        """Unmaps what open() gave. Raises weft.ArgumentError when it is not open."""
        memory, self._opened = self._opened, None
        if memory is None:
            raise _core.ArgumentError("this handle is not open")
        memory.close()

    def __enter__(self):
        return self.open()

    def __exit__(self, *error):
        if self._opened is not None:
            self.close()

    def __getstate__(self):
        return {**self.__dict__, "base": None, "_opened": None}

    def __repr__(self):
        what = "an event" if self.shape is None else f"{self.dtype}{list(self.shape)}"
        return f"<weft.IpcHandle of {what} on {self.device}>"


def ipc_handle(thing):
    """An IpcHandle of an array, a Memory or an Event, for other processes of this user on this machine.

    thing: a weft array or view of one (no copy: the other process sees this memory), a weft.Memory (opens as an array of uint8), or
    an Event made with flags 6 (INTERPROCESS | DISABLE_TIMING). Waits until the work on it is done. An array of the driver's pool on
    a GPU (1 MiB and larger) moves once, which `x.data.ptr` shows; it cannot when foreign code knows its address.
    On the CPU the pages move to shared memory once, the address stays: no thread may write to arrays meanwhile without the
    interpreter's lock.

    Raises weft.ArgumentError for memory that is not weft's or was freed, weft.UnsupportedError where the system has no such handles,
    TypeError for anything else. Source: CUDA's cuIpcGetMemHandle; on the CPU memfd_create.
    """
    if isinstance(thing, _core.Event):
        return IpcHandle(thing.ipc_handle(), device=str(_core.Device()), base=thing)
    if isinstance(thing, _core.Memory):
        handle, size = _core.ipc_export(thing.address)
        return IpcHandle(handle, (size,), (1,), "|u1", str(thing.device), size, base=thing)
    if not isinstance(thing, _core.ndarray):
        raise TypeError(f"an array, Memory or Event of weft's is needed, got {type(thing).__name__}")
    address, below = thing._shareable, 0
    for n, step in zip(thing.shape, thing.strides):
        below -= min(0, (n - 1) * step) if n else 0
    handle, _ = _core.ipc_export(address - below)
    span = sum((n - 1) * abs(s) for n, s in zip(thing.shape, thing.strides)) + thing.itemsize if thing.size else 0
    return IpcHandle(handle, thing.shape, thing.strides, thing.dtype.str, str(thing.device), span, below, thing)
