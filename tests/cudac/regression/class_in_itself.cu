struct A { __device__ struct A { int f() { return 1; } } b; };
__global__ void k(int *o) { A a, c; a = c; }
