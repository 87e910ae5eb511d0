"""DLPack: arrays of other libraries as ours and ours as theirs, in the same memory, with the streams of both in order.

Array work of ours runs on CUDA's legacy default stream, or waits for and holds up other streams as that one does. A foreign
stream that does not (a non-blocking one) is made to wait by an event.
"""

import numpy as np

from .. import _core
from .array import ndarray

CPU, CUDA, CUDA_HOST, CUDA_MANAGED = 1, 2, 3, 13
_NO_STREAM = -1
_HANDLES_FROM = 3  # below it are CUDA's names for its default streams


def place(device):
    """(DLPack's device type, number) of a device."""
    label = str(device)
    return (CPU, 0) if label.startswith("cpu") else (CUDA, int(label.partition(":")[2] or 0))


def _check_stream(stream, on_gpu):
    if stream is None:
        return
    if not on_gpu:
        raise BufferError(f"[dlpack] the array is on the CPU, where stream can only be None, got {stream!r}")
    if isinstance(stream, bool) or not isinstance(stream, int):
        raise TypeError(f"[dlpack] stream is an int or None, got {type(stream).__name__}")
    if stream == 0 or stream < _NO_STREAM:
        raise ValueError(f"[dlpack] stream {stream} says nothing on CUDA: 1 is the legacy default stream, 2 the thread's own, -1 asks for no "
                         "order, larger numbers are streams")


def give(array, stream=None, max_version=None, dl_device=None, copy=None):
    """What ndarray.__dlpack__ gives."""
    here = place(array.device)
    _check_stream(stream, here[0] == CUDA)
    if dl_device is not None and tuple(map(int, dl_device)) != here:
        if tuple(map(int, dl_device)) != (CPU, 0):
            raise BufferError(f"[dlpack] the array is on {array.device} and is not given on DLPack's device {tuple(dl_device)}")
        if copy is False:
            raise BufferError("[dlpack] the array is on a GPU: on the CPU there is only a copy of it, and copy=False forbids one")
        return np.asarray(array.get()).__dlpack__(**({} if max_version is None else {"max_version": max_version}))
    versioned = max_version is not None and max_version[0] >= 1
    source = array._copy() if copy else array
    capsule = _core.array_to_dlpack(source, versioned, *here, bool(copy))
    if here[0] == CUDA and stream is not None and stream >= _HANDLES_FROM:
        done = _core.Event(device=array.device)
        done.record()
        _core.Stream(array.device, handle=stream).wait_for_event(done)
    return capsule


def _capsule_of(x, on_gpu):
    """x's capsule, of version 1 where its maker knows that."""
    stream = {"stream": 1} if on_gpu else {}  # our work is in the legacy default stream's order
    try:
        return x.__dlpack__(max_version=(1, 0), **stream)
    except TypeError as error:
        if "max_version" not in str(error):  # not the keyword, but what the maker did with it
            raise
        return x.__dlpack__(**stream)


def _there(x, device, copy):
    """x on the device, copied as asked."""
    moved = x if device is None else x._to_device(device)
    same = moved._same_base(x)
    if copy is False and not same:
        raise ValueError("Unable to avoid copy while creating an array as requested.")
    return moved._copy() if copy and same else moved


def take(x, device, copy):
    """What from_dlpack gives."""
    if isinstance(x, ndarray):
        return _there(x, device, copy)
    if type(x).__name__ == "PyCapsule":
        kind, number = _core.dlpack_place(x)
        capsule = x
    elif hasattr(x, "__dlpack__") and hasattr(x, "__dlpack_device__"):
        kind, number = (int(part) for part in x.__dlpack_device__())
        capsule = None
    else:
        raise TypeError(f"[from_dlpack] expected an object with __dlpack__ and __dlpack_device__, got {type(x).__name__}")
    if kind not in (CPU, CUDA, CUDA_HOST, CUDA_MANAGED):
        raise BufferError(f"[from_dlpack] DLPack's device type {kind} is none that weft has")
    on_gpu = kind in (CUDA, CUDA_MANAGED)
    home = f"cuda:{number}" if on_gpu else "cpu"
    result = _core.array_from_dlpack(_capsule_of(x, on_gpu) if capsule is None else capsule, home)
    return _there(result, device, copy)
