// options: --fast
#ifndef __USE_FAST_MATH__
#error no fast math
#endif
__global__ void k(float *p) { p[0] = p[1] / p[2]; }
