#include <type_traits>
#include <limits>
#include <utility>
#include <cstdint>
#include <array>
template <typename T> __device__ std::enable_if_t<std::is_integral<T>::value, int> kind(T) { return 1; }
template <typename T> __device__ std::enable_if_t<std::is_floating_point<T>::value, int> kind(T) { return 2; }
template <typename T> __device__ T lowest() { return std::numeric_limits<T>::lowest(); }
template <typename T, typename std::enable_if<std::is_same<T, float>::value, int>::type = 0> __device__ T only_float(T x) { return x; }
template <typename T> __device__ auto conv(T x) { if constexpr (std::is_same_v<T, float>) return x * 2; else return (int)x; }
static_assert(std::is_same<std::decay_t<const int &>, int>::value && !std::is_signed<unsigned>::value, "");
static_assert(std::is_same_v<std::conditional_t<true, int, float>, int> && std::is_pointer<int *>::value && std::numeric_limits<int>::max() == INT_MAX);
__global__ void k(int *p, float *f) {
    p[0] = kind(1) + kind(1.f) + kind(2u) + std::numeric_limits<int>::max() + std::numeric_limits<short>::min() + conv(2);
    f[0] = lowest<float>() + std::numeric_limits<float>::infinity() + only_float(1.f) + conv(1.f) + std::numeric_limits<float>::epsilon();
    std::array<int, 3> a = {{1, 2, 3}}; p[1] = a[2] + a.size(); std::uint32_t u = 3; int q = std::move(p[1]); p[2] = u + q; std::swap(p[0], p[1]);
    auto pr = std::make_pair(1, 2.f); p[3] = pr.first; p[4] = std::min(1, 2) + std::max<int>(3, 2.5f);
}
