"""numba.cuda.simulator: the CPU device takes its place; programs only look whether it is used."""
