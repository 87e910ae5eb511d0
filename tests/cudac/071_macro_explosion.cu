#define A(x) x x x x x x x x x x
#define B(x) A(A(A(A(x))))
__global__ void k(int *p) { B(B(B(p[0]++;))) } // error: make too many tokens
