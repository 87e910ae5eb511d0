typedef float (*fn_t)(float);
__device__ float sq(float x) { return x * x; }
__device__ float cube(float x) { return x * x * x; }
__device__ fn_t table[2] = {sq, cube};
__device__ float apply(float (*f)(float), float x) { return f(x); }
template <float (*F)(float)> __device__ float stat(float x) { return F(x); }
__device__ fn_t get(int i) { return i ? &cube : sq; }
__device__ void loop(void (*f)(int *, int), int *p) { f(p, 1); (*f)(p, 2); }
__device__ void setter(int *p, int i) { p[i] = i; }
__global__ void k(float *f, int *p) { fn_t g = sq; f[0] = g(2) + apply(cube, 3) + (*g)(1) + table[1](2) + get(1)(3) + stat<sq>(2); fn_t arr[] = {sq, &cube}; f[1] = arr[1](2); loop(setter, p); if (g == sq) p[3] = 1; }
