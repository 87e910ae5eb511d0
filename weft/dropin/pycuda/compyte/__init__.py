"""pycuda.compyte: what PyCUDA shares with its sister packages: strides and C names of dtypes."""
