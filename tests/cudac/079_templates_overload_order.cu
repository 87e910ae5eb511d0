template <typename T> __device__ int f(T) { return 1; } template <typename T> __device__ int f(T *) { return 2; } template <typename T> __device__ int f(const T *) { return 3; } __device__ int f(int) { return 4; }
template <typename T> struct V { T x; }; template <typename T> __device__ int g(T) { return 1; } template <typename T> __device__ int g(V<T>) { return 2; } template <typename T, int N> __device__ int g(T (&)[N]) { return N; }
template <typename T> __device__ int h(T &&x) { return x; } template <typename T> __device__ int q(const T &a, const T &b) { return a + b; }
template <typename T, typename U = T> __device__ U d(T a, U b = U(3)) { return a + b; }
__global__ void k(int *p, const float *c) { V<int> v; v.x = 1; int a[3]; p[0] = f(1) + f(1.f) + f(p) + f(c) + g(1) + g(v) + g(a) + h(3) + h(p[0]) + q(1, p[1]) + d(1) + d(1, 2.5f) + f<int>(3) + f<>(2); }
