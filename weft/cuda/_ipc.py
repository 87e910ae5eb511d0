"""Handles of device memory for other processes, under Numba's names.

weft's own memory is not shared between processes, which get_ipc_handle says. A program's own memory manager may give out handles:
what wraps them here is what `DeviceNDArray.get_ipc_handle()` returns, and what the other process opens.
"""


def handle_of(memory):
    raise NotImplementedError("get_ipc_handle: weft does not share device memory between processes; copy through shared host memory "
                              "(multiprocessing.shared_memory), or set a memory manager that does")


def open_handle(context, handle, size):
    raise NotImplementedError("open_ipc_handle: weft does not share device memory between processes")


def open_ipc_array(handle, shape, dtype, strides=None, offset=0):
    raise NotImplementedError("open_ipc_array: weft does not share device memory between processes")


class IpcArrayHandle:
    """An array in another process's memory: with statements open and close it."""

    def __init__(self, ipc_handle, array_desc):
        self._ipc_handle, self._array_desc, self._open = ipc_handle, array_desc, False

    def open(self):
        """The device array."""
        if self._open:
            raise ValueError("IpcHandle is already opened")
        from ._device import current_context

        array = self._ipc_handle.open_array(current_context(), **self._array_desc)
        self._open = True
        return array

    def close(self):
        self._ipc_handle.close()
        self._open = False

    def __enter__(self):
        return self.open()

    def __exit__(self, *error):
        self.close()
