__device__ int odd(int n);
__device__ int even(int n) { return n == 0 ? 1 : odd[0](n - 1) + (odd + 1)(2); }
__global__ void k(int *p) { p[0] = even(4); }
