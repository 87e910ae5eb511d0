template <typename T> __device__ T twice(T x) { return x + x; }
template <class T, int N> __device__ T sum(const T (&a)[N]) { T s = 0; for (int i = 0; i < N; i++) s += a[i]; return s; }
template <typename T, typename U> __device__ U convert(T x) { return (U)x; }
template <int N> __device__ int power(int x) { return N == 0 ? 1 : x * power<(N > 0 ? N - 1 : 0)>(x); }
template <> __device__ int power<0>(int x) { return 1; }
template <typename T> __device__ T my_max(T a, T b) { return a > b ? a : b; }
template <typename T> __device__ T *advance(T *p, int n = 1) { return p + n; }
template <typename T> __device__ void fill(T *p, const T &v, int n) { for (int i = 0; i < n; ++i) p[i] = v; }
template <typename A, typename B> __device__ auto add(A a, B b) -> decltype(a + b) { return a + b; }
template <typename A, typename B> __device__ auto mul(A a, B b) { return a * b; }
template <typename F> __device__ float apply(F f, float x) { return f(x); }
__device__ float square(float x) { return x * x; }
template <typename T> __device__ T zero() { return T(); }
template <bool B> __device__ int choose() { if constexpr (B) return 1; else return 2; }
template <typename T = float, int N = 4> __device__ T def() { return T(N); }
template <typename T, int BLOCK> __global__ void kernel(T *p, int n) {
    __shared__ T s[BLOCK];
    s[threadIdx.x] = twice(p[threadIdx.x]);
    __syncthreads();
    if (threadIdx.x < n) p[threadIdx.x] = s[BLOCK - 1 - threadIdx.x];
}
template __global__ void kernel<float, 64>(float *, int);
template __global__ void kernel<int, 32>(int *p, int n);
__global__ void k(int *p, float *f, double *d) {
    int a[5] = {1, 2, 3, 4, 5};
    p[0] = twice(3) + twice<int>(4.5f) + sum(a) + power<3>(2) + my_max(1, 2) + choose<true>() + choose<(1 > 2)>() + *advance(p) + *advance(p, 2);
    f[0] = twice(1.5f) + convert<int, float>(3) + my_max<float>(1, 2.5f) + add(1, 2.5f) + mul(2, 1.5f) + apply(square, 3) + zero<float>() + def() + def<int>() + def<double, 8>();
    d[0] = twice(2.0) + add(1.f, 2.0); fill(f, 1.0f, 3); fill(p, 2, 3); fill<double>(d, 2, 3);
}
