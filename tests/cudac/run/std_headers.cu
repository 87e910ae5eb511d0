// <type_traits>, <limits>, <utility>, <algorithm>, <functional>, <array>, and cuda::std.
#include <cuda/std/type_traits>
#include <cuda/std/utility>
#include <algorithm>
#include <functional>
#include <array>
#include <limits>
#define T(value) out[__LINE__] = (value)
template <class A, class Op> __device__ A apply(A a, A b, Op op) { return op(a, b); }
template <class A, A... I> struct seq {};
template <unsigned long... I> using lseq = seq<unsigned long, I...>;
template <unsigned long... I> __device__ int sum(lseq<I...>) { return (0 + ... + int(I)); }
template <int N> struct fixed {};
template <int N> using fixed_alias = fixed<N>;
template <int N> __device__ int value(fixed_alias<N>) { return N; }
template <class A> struct box { A a; };
template <class A> using box_alias = box<A>;
template <class A> __device__ int size(box_alias<A>) { return sizeof(A); }
__global__ void traits(double *out) {
    static_assert(cuda::std::is_same_v<cuda::std::common_type_t<int, float>, float>, "");
    static_assert(std::conjunction_v<std::is_integral<int>, std::is_same<int, int>>);
    static_assert(std::is_same_v<std::make_signed_t<unsigned>, int>);
    static_assert(std::is_same_v<std::remove_cvref_t<const int &>, int>);
    static_assert(std::is_array_v<int[3]> && !std::is_array_v<int *>);
    T(apply(3, 4, std::plus<int>())); // = 7
    T(apply(3, 4, std::greater<>())); // = 0
    T(sum(seq<unsigned long, 1, 2, 5>{})); // = 8
    T(value(fixed<9>())); // = 9
    T(size(box<double>())); // = 8
    T(std::numeric_limits<float>::max()); // = 3.4028234663852886e38
    T(std::numeric_limits<short>::min()); // = -32768
    T(cuda::std::min(3.0f, 2.0f)); // = 2
}
__global__ void ranges(double *out) {
    std::array<int, 4> a;
    int b[5] = {5, 3, 1, 2, 9}, total = 0;
    a.fill(3);
    for (int v : a) total += v;
    for (int &v : a) v = 1;
    for (int v : b) total += 100 * v;
    T(total + a[2] + a.size()); // = 2017
    T(*std::max_element(b, b + 5)); // = 9
    T(std::clamp(12, 0, 10)); // = 10
    T(std::clamp(-3, 0, 10)); // = 0
    int c[4] = {1, 3, 5, 7};
    T(std::lower_bound(c, c + 4, 4) - c); // = 2
    std::swap(b[0], b[4]);
    T(b[0] * 10 + b[4]); // = 95
    auto p = std::make_pair(2, 3.5);
    T(p.first + p.second); // = 5.5
}
