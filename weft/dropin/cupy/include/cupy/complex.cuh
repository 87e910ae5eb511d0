// cupy/complex.cuh: the complex numbers of kernels written for CuPy.
#include "weft_complex.cuh"
