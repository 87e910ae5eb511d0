"""Arguments that are host arrays: In, Out and InOut copy them to the device before a launch and back after it.

    kernel(wf.In(x), wf.Out(y), n, grid=…, block=…)

Out copies nothing in: elements that the kernel does not write hold whatever was in that memory afterwards. Where a kernel
writes only some of them (an `if (i < n)` with n less than the length, an index list), take InOut.

Any object with `pre_call(stream)`, `get_device_alloc()` and `post_call(stream)` (optional) will do as well.
"""

from . import _core


class ArgumentHandler:
    """A host array that needs a copy on the device for the time of a launch."""

    def __init__(self, array):
        self.array = array
        self.dev_alloc = None

    def get_device_alloc(self):
        if self.dev_alloc is None:
            self.dev_alloc = _core.Memory(memoryview(self.array).nbytes)
        return self.dev_alloc

    def pre_call(self, stream):
        """Before the launch."""

    def post_call(self, stream):
        """After the launch was queued."""


class In(ArgumentHandler):
    """Copied to the device before the launch; what the kernel writes there is lost.

        >>> import numpy as np
        >>> twice = wf.Kernel("__global__ void twice(const int *x, int *y) { y[threadIdx.x] = 2 * x[threadIdx.x]; }")
        >>> y = np.empty(4, np.int32)
        >>> twice(wf.In(np.arange(4, dtype=np.int32)), wf.Out(y), grid=(1,), block=(4,))
        >>> y
        array([0, 2, 4, 6], dtype=int32)
    """

    def pre_call(self, stream):
        _core.copy_to_device(self.get_device_alloc(), self.array, stream, stream is None)


class Out(ArgumentHandler):
    """Copied back after the launch, whole: elements that the kernel left alone become undefined. Then InOut is right."""

    def post_call(self, stream):
        _core.copy_to_host(self.array, self.get_device_alloc(), stream, stream is None)


class InOut(In, Out):
    """Copied there before the launch and back after it: elements that the kernel left alone keep their values."""


def launch(kernel, args, grid, block, shared, stream):
    """What a kernel call does when it meets handlers among its arguments: their copies around the launch."""
    handlers = [a for a in args if hasattr(a, "get_device_alloc")]
    for handler in handlers:
        handler.pre_call(stream)
    kernel(*(a.get_device_alloc() if hasattr(a, "get_device_alloc") else a for a in args), grid=grid, block=block,
           shared=shared, stream=stream)
    for handler in handlers:
        post = getattr(handler, "post_call", None)
        if post is not None:
            post(stream)
