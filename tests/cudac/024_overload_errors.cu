__device__ int f(int, float) { return 1; } // note: candidate: f(int, float)
__device__ int f(float, int) { return 2; }
__device__ int g(int x, int y = 2) { return x; }
__device__ int s(struct Q *q);
__global__ void k(int *p) {
    p[0] = f(1, 1); // error: the call of f with (int, int) is ambiguous
    p[1] = f(p, 1); // error: no function f fits the arguments (int *, int)
    p[2] = g(); // error: g got 0 arguments, expected at least 1
    p[3] = g(1, 2, 3); // error: g got 3 arguments, expected at least 2
}
__device__ int f(int a, float b) { return 3; } // error: f is defined twice
__device__ float g2(int);
__device__ int g2(int); // error: g2 is declared with result type int, before with float
