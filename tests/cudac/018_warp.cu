__global__ void k(int *p, float *f) {
    unsigned mask = __activemask(), full = 0xffffffff;
    int v = p[threadIdx.x]; float x = f[threadIdx.x];
    for (int o = 16; o > 0; o /= 2) v += __shfl_down_sync(full, v, o);
    x = __shfl_sync(mask, x, 0) + __shfl_xor_sync(full, x, 1) + __shfl_up_sync(full, x, 1, 16) + __shfl(x, 0) + __shfl_down(x, 4) + __shfl_xor(x, 3, 8);
    p[0] = __ballot_sync(full, v > 0) + __any_sync(full, v) + __all_sync(full, v) + __ballot(v) + __any(v) + __all(v) + __match_any_sync(full, v);
    __syncwarp(); __syncwarp(mask); int pred; p[1] = __match_all_sync(full, v, &pred) + pred + warpSize + __reduce_add_sync(full, v);
    p[2] = __syncthreads_count(v > 1) + __syncthreads_and(v) + __syncthreads_or(v); __threadfence(); __threadfence_block(); __threadfence_system();
    long long c = clock64(); clock_t c2 = clock(); p[3] = (int)(c + c2); f[1] = __ldg(&f[2]) + __ldg(f); __trap(); printf("%d %f %s\n", v, x, "end");
    double dd = __shfl_sync(full, (double)x, 0); f[2] = dd; unsigned long long ll = __shfl_sync(full, 1ull, 0); p[4] = ll; __nanosleep(100);
}
