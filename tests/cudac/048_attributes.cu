#define ALIGN __align__(8)
struct ALIGN A { float x, y; }; struct __align__(16) B { int v[3]; }; typedef struct __align__(8) { int a; } C; struct alignas(32) D { char c; };
struct P { char c; int i; } __attribute__((aligned(16)));
static_assert(sizeof(A) == 8 && alignof(B) == 16 && sizeof(B) == 16 && sizeof(C) == 8 && alignof(D) == 32 && sizeof(P) == 16, "");
__global__ void __launch_bounds__(256, 2) k1(float *__restrict__ p) { p[0] = 1; }
__launch_bounds__(128) __global__ void k2(float *p);
__global__ void k2(float *p) { __shared__ __align__(16) float s[4]; s[0] = 1; p[0] = s[0]; }
__device__ __forceinline__ int inl(int x) { return x; }
__device__ __noinline__ int noinl(int x) { return x; }
__host__ __device__ inline int both(int x) { return x; }
static __device__ int st(int x) { return x; }
__attribute__((always_inline)) __device__ int at(int x) { return x; }
[[nodiscard]] __device__ int nd(int x) { return x; }
__host__ void host_only() { nothing_known_here(); }
int main() { std::vector<int> v; cudaMalloc(0, 1); k1<<<1, 2>>>(0); return 0; }
__global__ void k(int *p) { p[0] = inl(1) + noinl(2) + both(3) + st(4) + at(5) + nd(6); int __attribute__((unused)) x = 3; [[maybe_unused]] int y = x; }
