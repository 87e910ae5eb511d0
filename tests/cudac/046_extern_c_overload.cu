extern "C" {
__device__ int f(int x) { return x; }
__device__ int f(float x) { return 1; } // error: extern "C" functions cannot be overloaded
__global__ void k(int *p) { p[0] = f(1); }
}
extern "C++" { __device__ int g(int) { return 1; } __device__ int g(float) { return 2; } }
extern "D" __device__ int h(); // error: unknown linkage "D"
