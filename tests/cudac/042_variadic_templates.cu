template <typename T> __device__ T sum(T x) { return x; }
template <typename T, typename... R> __device__ T sum(T x, R... rest) { return x + sum(rest...); }
template <typename... Args> __device__ auto fold(Args... args) { return (args + ...); }
template <typename... Args> __device__ bool every(Args... args) { return (... && (args > 0)); }
template <typename... Args> __device__ int count(Args... args) { return sizeof...(Args) + sizeof...(args); }
template <int... N> struct Seq { static constexpr int size = sizeof...(N); };
template <typename... T> struct Tuple {};
template <typename H, typename... T> struct Tuple<H, T...> { H head; Tuple<T...> tail; };
template <typename F, typename... A> __device__ void call(F f, A... a) { f(a...); }
template <typename... A> __device__ float first(float x, A... a) { return x + (0.f + ... + a); }
__device__ void take(int *p, int a, float b) { p[a] = b; }
template <typename... T> __global__ void kernel(float *out, T... v) { out[0] = first(1.f, v...); }
template __global__ void kernel<int, float>(float *, int, float);
__global__ void k(int *p, float *f) {
    p[0] = sum(1, 2, 3) + fold(1, 2, 3, 4) + every(1, 2) + count(1, 2.f, 'c') + Seq<1, 2, 3>::size + count();
    f[0] = sum(1.5f, 2.5f) + fold(1.f) + first(1.f) + first(1.f, 2, 3.f);
    Tuple<int, float> t; t.head = 1; t.tail.head = 2.5f; p[1] = t.head + t.tail.head;
    call(take, p, 1, 2.f);
}
