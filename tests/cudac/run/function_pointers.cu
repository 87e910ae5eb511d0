// block: 8
// Pointers to device functions: constants, tables in memory, arguments, one for each thread, recursion through them.
typedef float (*fn_t)(float);
#define T(value) do { double v = (value); if (threadIdx.x == 0) out[__LINE__] = v; } while (0)
#define AT(thread, value) do { double v = (value); if (threadIdx.x == (thread)) out[__LINE__] = v; } while (0)
__device__ float sq(float v) { return v * v; }
__device__ float cube(float v) { return v * v * v; }
__device__ float half_of(float v) { return 0.5f * v; }
__device__ fn_t table[3] = {sq, cube, &half_of};
__constant__ fn_t fixed[2] = {half_of, sq};
struct op { const char *name; fn_t f; };
__device__ float apply(float (*f)(float), float v) { return f(v); }
template <float (*F)(float)> __device__ float with(float v) { return F(v); }
template <class F> __device__ float call(F f, float v) { return f(v); }
__device__ fn_t choose(int i) { return i ? &cube : sq; }
__device__ void store(int *p, int i) { p[i] = 10 * i; }
__device__ void each(void (*f)(int *, int), int *p, int n) { for (int i = 0; i < n; i++) (*f)(p, i); }
__device__ int factorial(int (*self)(void *, int), void *me, int n) { return n < 2 ? 1 : n * self(me, n - 1); }
__device__ int step(void *me, int n) { return factorial((int (*)(void *, int))step, me, n); }
__device__ int with_barrier(int *s, int i) { s[i] = i; __syncthreads(); return s[7 - i]; }
typedef int (*shared_fn)(int *, int);
__global__ void constants(double *out) {
    fn_t f = sq;
    T(f(3)); // = 9
    T((*f)(2) + (&cube == choose(1))); // = 5
    T(apply(cube, 3)); // = 27
    T(with<half_of>(5)); // = 2.5
    T(call(sq, 4) + call(&cube, 2)); // = 24
    fn_t local[2] = {half_of, cube};
    T(local[1](2)); // = 8
    op o = {"x", sq};
    T(o.f(6)); // = 36
    T(f == sq ? 1 : 0); // = 1
    T(choose(0) != sq); // = 0
    T(f ? 1 : 2); // = 1
}
__global__ void tables(double *out) {
    T(table[0](3) + table[1](2) + table[2](1)); // = 17.5
    T(fixed[0](8) + fixed[1](2)); // = 8
    fn_t mine = table[threadIdx.x % 3];
    AT(4, mine(2)); // = 8
    AT(5, mine(2)); // = 1
    float sum = 0;
    for (int i = 0; i < 3; i++) sum += table[i](threadIdx.x);
    AT(2, sum); // = 13
    if (threadIdx.x == 6) table[0] = half_of;
    __syncthreads();
    T(table[0](9)); // = 4.5
}
__global__ void more(double *out) {
    int p[4];
    each(store, p, 4);
    T(p[3]); // = 30
    T(step(0, 5)); // = 120
    __shared__ int s[8];
    shared_fn g = with_barrier;
    int other = g(s, threadIdx.x);
    AT(1, other); // = 6
}
