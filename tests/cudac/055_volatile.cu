__device__ void warp_reduce(volatile float *s, unsigned t) { s[t] += s[t + 32]; s[t] += s[t + 16]; s[t] += s[t + 8]; }
template <unsigned B> __device__ void warp2(volatile int *s, int t) { if (B >= 64) s[t] += s[t + 32]; if (B >= 32) s[t] += s[t + 16]; }
__global__ void k(float *g) { volatile __shared__ float s[64]; s[threadIdx.x] = g[threadIdx.x]; __syncthreads(); if (threadIdx.x < 32) warp_reduce(s, threadIdx.x); extern __shared__ volatile int d[]; warp2<64>(d, threadIdx.x); g[0] = s[0] + d[0]; volatile int v = 1; int w = v; v = w; }
