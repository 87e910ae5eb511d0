// pycuda-complex.hpp: pycuda::complex<T>, the complex numbers of thrust/complex.h.
#pragma once
#include <thrust/complex.h>
namespace pycuda {
using thrust::complex;
#include "wf/complex_names.h"
} // namespace pycuda
// By a plain name, too: the front-end does not look into the namespaces of arguments.
#include "wf/complex_names.h"
