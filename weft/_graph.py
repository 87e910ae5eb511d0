"""weft.capture: what a block of a program does on a device, written down once and launched again and again as one piece."""

from . import _core


class capture:
    """with wf.capture() as c: what this thread does inside on the device is written down and not run; c.graph launches it.

    Kernels, copies that do not wait, fills, operations on arrays and host calls can be captured. A launch does the same work on the same
    memory: arrays that the block computes have their values after `c.graph.launch()`, arrays that it reads are read again, so a
    program changes their elements (`x[:] = ...`) and launches. Values cannot be looked at inside, nothing can be waited for, and
    a branch is taken as it was in the capture. What arrays have recorded before is launched before the block begins.

    stream: the stream to capture; None makes one. The device is the thread's current one, or the stream's.
    ArgumentError when the stream is being captured already, or work on another stream that joined (by an event) is not waited
    for at the end. An exception inside drops what was written down.

        >>> x = wf.arange(3.0)
        >>> with wf.capture() as c:
        ...     y = x * 2
        >>> x[:] = 5
        >>> c.graph.launch()
        >>> y
        array([10., 10., 10.])
    """

    def __init__(self, stream=None):
        self.stream, self.graph = stream, None

    def __enter__(self):
        if self.stream is None:
            self.stream = _core.Stream(nonblocking=False)
        self.stream.begin_capture()
        return self

    def __exit__(self, kind, *error):
        self.graph = self.stream.end_capture(keep=kind is None)
