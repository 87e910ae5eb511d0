"""import pycuda.autoinit: a context on the default device, for the life of the process."""

import atexit

import pycuda.driver as cuda
from pycuda.tools import clear_context_caches, make_default_context

cuda.init()

# The primary context: it is there once per device, and shared with whatever else in the process uses the GPU.
context = make_default_context(lambda device: device.retain_primary_context())
context.push()
device = context.get_device()


def _finish_up():
    global context
    if context is None:
        return
    if cuda.Context.get_current() == context:
        context.pop()
    context = None
    clear_context_caches()


atexit.register(_finish_up)
