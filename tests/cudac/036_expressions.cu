__device__ int side(int *p) { return (*p)++; }
__global__ void k(int *p, float *f, unsigned *u, long long *l, char *c, bool *b) {
    int i = 3, *q = p + 2; unsigned n = 5; float x = 1.5f; double d = 2.5; short s = 3; bool t = true;
    p[0] = i + n * x - d / s;
}
