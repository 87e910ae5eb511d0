// cupy/complex.cuh: thrust/complex.h, its names without the namespace.
#pragma once
#include <thrust/complex.h>
using thrust::complex;
#include "wf/complex_names.h"
