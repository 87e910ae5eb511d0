"""cupy.cuda.graph: CUDA graphs are not there yet."""

import weft as _weft


class Graph:
    """A captured sequence of work."""

    def __init__(self, *args, **kwargs):
        raise _weft.UnsupportedError("[Graph] CUDA graphs are not there yet")
