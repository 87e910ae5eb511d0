// options: --no-contract
__global__ void k(float *p) { p[0] = p[1] * p[2] + p[3]; p[4] = (p[1] * p[2]) + p[3]; }
