"""pycuda.gl.autoinit: see pycuda.gl, whose import says that it is not there."""
