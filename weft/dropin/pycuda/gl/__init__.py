"""pycuda.gl: sharing memory with OpenGL is not there."""

class _Missing(ImportError, NotImplementedError):
    pass


raise _Missing("pycuda.gl: weft does not share memory with OpenGL; copy through the host")
