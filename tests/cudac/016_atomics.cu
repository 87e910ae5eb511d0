__device__ double atomicAdd2(double *address, double val) {
    unsigned long long *p = (unsigned long long *)address, old = *p, assumed;
    do { assumed = old; old = atomicCAS(p, assumed, __double_as_longlong(val + __longlong_as_double(assumed))); } while (assumed != old);
    return __longlong_as_double(old);
}
__global__ void k(int *i, unsigned *u, float *f, double *d, unsigned long long *l) {
    __shared__ int s[32];
    atomicAdd(&s[threadIdx.x & 31], 1); atomicAdd(i, 1); atomicAdd(u, 1u); atomicAdd(f, 1.0f); atomicAdd(d, 1.0); atomicAdd(l, 1ull); atomicAdd(l, 1);
    i[1] = atomicSub(i, 1) + atomicExch(i, 3) + atomicMin(i, 1) + atomicMax(i, 1) + atomicCAS(i, 0, 1) + atomicAnd(i, 1) + atomicOr(i, 2) + atomicXor(i, 3);
    u[1] = atomicInc(u, 10) + atomicDec(u, 10) + atomicAdd_block(u, 1) + atomicAdd_system(u, 1); f[1] = atomicExch(f, 1.0f); atomicAdd2(d, 1);
}
