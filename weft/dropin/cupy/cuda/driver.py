"""cupy.cuda.driver: the few functions of the driver API that programs call."""

import weft as _weft

from .runtime import driverGetVersion as get_build_version

_is_cuda_python = lambda: False  # noqa: E731


class CUDADriverError(RuntimeError):
    """An error of the CUDA driver; `status` is its number."""

    def __init__(self, status, text=None):
        self.status = status
        super().__init__(text or f"CUDA driver error {status}")

    def __reduce__(self):
        return type(self), (self.status,)


def ctxGetCurrent():
    return _weft.current_context().handle


def ctxGetDevice():
    return _weft.current_device().ordinal


def ctxSetCurrent(ctx):
    """Accepted: weft uses the primary context of each device."""


def ctxSynchronize():
    _weft.synchronize()
