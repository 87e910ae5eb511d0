"""numba.cuda.kernels: ready-made ones."""
