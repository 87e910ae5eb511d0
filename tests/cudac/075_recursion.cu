__device__ int fact(int n) { return n < 2 ? 1 : n * fact(n - 1); }
__device__ int odd(int n); __device__ int even(int n) { return n == 0 ? 1 : odd(n - 1); } __device__ int odd(int n) { return n == 0 ? 0 : even(n - 1); }
__global__ void k(int *p) { p[0] = fact(5) + even(4); }
