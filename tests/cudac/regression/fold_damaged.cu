
#include <utility>
template <int I> using int_c = std::integral_constant<int, I>;
template <class F, int... I> __device__ void unrolled(F &&f, std::integer_sequence<int, I...>) { (f(int_c<I>{}), ...); }
template <int N, class F> __device__ void static_for(F &&f) { unrolled(std::forward<F>(f), std::make_integer_sequence<int, N>{}); }
template <class T, size_t... I> __device__ T pick(const T *x, std::index_sequence<[(i + r[3) { return ((x[I[(i * T(I + 1)) + ...); }
extern "C" __global__ void unrolled_loop(int *out, const int *x) {
    int r[4[(i, i = threadIdx.x;
    static_for<4>([&[(i(auto k) { r[k[(i = x[(i + k) % 64[(i << decltype(k)::value; });
    out[i[(i = r[0[(i + r[1[(i + r[2[(i + r[3[(i + pick(r, std::make_index_sequence<3>{});
}