__global__ void __launch_bounds__(2048) k1(float *p) {} // error: got 2048 threads
struct __align__(3) A { int x; }; // error: must be a power of two
__device__ int f(int a, int a) { return a; } // error: two parameters have the name a
__device__ g(int x) { return x; } // error: function g has no result type
__device__ int h(void x) { return 1; } // error: parameter x has type void
__device__ unsigned float u; // error: make no type together
__device__ int missing // error: got "__device__", expected ;
__device__ int after;
