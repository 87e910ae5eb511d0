__device__ int f(int) { return 1; }
__device__ int f(float) { return 2; }
__device__ int f(double) { return 3; }
__device__ int f(const char *) { return 4; }
__device__ int f(int *) { return 5; }
__device__ int f(const int *) { return 6; }
__device__ int f(int, int b) { return 7 + b; }
__device__ int g(long long) { return 1; }
__device__ int g(unsigned char) { return 2; }
__device__ int h(int a, float b = 2.0f, int c = sizeof(float)) { return a + b + c; }
__global__ void k(int *p, const int *q) {
    p[0] = f(1) + f(1.f) + f(1.0) + f("x") + f(p) + f(q) + f(1, 2) + f('a') + f((short)1) + f(true);
    p[1] = g((unsigned char)1) + h(1) + h(1, 2) + h(1, 2, 3);
}
