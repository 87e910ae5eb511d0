/* <cupy/cuda_workaround.h>: the parts of the standard library that CuPy's kernels count on under std. */
#ifndef WEFT_CUPY_CUDA_WORKAROUND_H
#define WEFT_CUPY_CUDA_WORKAROUND_H
#include <limits>
#include <tuple>
#include <type_traits>
#include <utility>
#endif
