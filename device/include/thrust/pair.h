// thrust/pair.h, thrust/tuple.h, thrust/swap.h, thrust/functional.h and the algorithms that take thrust::seq:
// what kernels use of Thrust. They are the standard library's; host algorithms and device vectors are not
// here.
#pragma once
#include <algorithm>
#include <functional>
#include <numeric>
#include <tuple>
#include <utility>
namespace thrust {
using std::get;
using std::make_pair;
using std::make_tuple;
using std::pair;
using std::tie;
using std::tuple;
using std::tuple_element;
using std::tuple_size;
template <class T> __host__ __device__ void swap(T &a, T &b) {
    T old = a;
    a = b;
    b = old;
}
template <class T> __host__ __device__ T min(const T &a, const T &b) { return b < a ? b : a; }
template <class T> __host__ __device__ T max(const T &a, const T &b) { return a < b ? b : a; }

using std::bit_and;
using std::bit_or;
using std::bit_xor;
using std::divides;
using std::equal_to;
using std::greater;
using std::greater_equal;
using std::less;
using std::less_equal;
using std::logical_and;
using std::logical_or;
using std::minus;
using std::modulus;
using std::multiplies;
using std::negate;
using std::not_equal_to;
using std::plus;
template <class T = void> struct maximum {
    constexpr __host__ __device__ T operator()(const T &a, const T &b) const { return a < b ? b : a; }
};
template <class T = void> struct minimum {
    constexpr __host__ __device__ T operator()(const T &a, const T &b) const { return b < a ? b : a; }
};
template <class T = void> struct identity {
    constexpr __host__ __device__ const T &operator()(const T &a) const { return a; }
};
template <class T = void> struct square {
    constexpr __host__ __device__ T operator()(const T &a) const { return a * a; }
};
template <class R, class... A> struct __wf_function { using result_type = R; };
template <class A, class R> using unary_function = __wf_function<R, A>;
template <class A, class B, class R> using binary_function = __wf_function<R, A, B>;

struct __wf_seq {};
static constexpr __wf_seq seq{};
static constexpr __wf_seq device{};

// An algorithm by one thread: the policy comes first, then what std's takes.
#define __WF_SEQUENTIAL(name)                                                                                \
    template <class... A> __host__ __device__ auto name(const __wf_seq &, A... a) { return std::name(a...); }
__WF_SEQUENTIAL(sort)
__WF_SEQUENTIAL(stable_sort)
__WF_SEQUENTIAL(lower_bound)
__WF_SEQUENTIAL(upper_bound)
__WF_SEQUENTIAL(binary_search)
__WF_SEQUENTIAL(find)
__WF_SEQUENTIAL(find_if)
__WF_SEQUENTIAL(count)
__WF_SEQUENTIAL(count_if)
__WF_SEQUENTIAL(any_of)
__WF_SEQUENTIAL(all_of)
__WF_SEQUENTIAL(none_of)
__WF_SEQUENTIAL(for_each)
__WF_SEQUENTIAL(transform)
__WF_SEQUENTIAL(copy)
__WF_SEQUENTIAL(copy_if)
__WF_SEQUENTIAL(fill)
__WF_SEQUENTIAL(equal)
__WF_SEQUENTIAL(reverse)
__WF_SEQUENTIAL(unique)
__WF_SEQUENTIAL(remove)
__WF_SEQUENTIAL(remove_if)
__WF_SEQUENTIAL(partition)
__WF_SEQUENTIAL(is_sorted)
__WF_SEQUENTIAL(max_element)
__WF_SEQUENTIAL(min_element)
__WF_SEQUENTIAL(reduce)
__WF_SEQUENTIAL(inner_product)
__WF_SEQUENTIAL(inclusive_scan)
__WF_SEQUENTIAL(exclusive_scan)
#undef __WF_SEQUENTIAL
// Keys with their values: insertion, since a thread sorts few.
template <class K, class V, class F>
__host__ __device__ void stable_sort_by_key(const __wf_seq &, K first, K last, V values, F before) {
    long n = last - first;
    for (long i = 1; i < n; i++) {
        auto key = first[i];
        auto value = values[i];
        long to = i;
        for (; to > 0 && before(key, first[to - 1]); to--) {
            first[to] = first[to - 1];
            values[to] = values[to - 1];
        }
        first[to] = key;
        values[to] = value;
    }
}
template <class K, class V>
__host__ __device__ void stable_sort_by_key(const __wf_seq &policy, K first, K last, V values) {
    stable_sort_by_key(policy, first, last, values, [](const auto &a, const auto &b) { return a < b; });
}
template <class K, class V, class F>
__host__ __device__ void sort_by_key(const __wf_seq &policy, K first, K last, V values, F before) {
    stable_sort_by_key(policy, first, last, values, before);
}
template <class K, class V>
__host__ __device__ void sort_by_key(const __wf_seq &policy, K first, K last, V values) {
    stable_sort_by_key(policy, first, last, values);
}
template <class I, class T> __host__ __device__ void sequence(const __wf_seq &, I first, I last, T v) {
    std::iota(first, last, v);
}
template <class I> __host__ __device__ void sequence(const __wf_seq &, I first, I last) {
    std::iota(first, last, 0);
}
template <class I> __host__ __device__ auto reduce(const __wf_seq &, I first, I last) {
    return std::accumulate(first, last, decltype (*first + *first)());
}
template <class T> __host__ __device__ T *raw_pointer_cast(T *p) { return p; }
} // namespace thrust
