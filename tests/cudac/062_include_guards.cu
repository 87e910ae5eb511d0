#include "math.h"
#include <cuda_runtime.h>
#include <device_launch_parameters.h>
#include <stdint.h>
#ifdef __CUDACC__
#include <stdlib.h>
#endif
#ifndef M_PI
#define M_PI 3.0
#endif
#if INT_MAX == 2147483647 && __has_include(<cuda_fp16.h>) && !__has_include("nope.h")
__global__ void k(double *d) { d[0] = M_PI; }
#endif
