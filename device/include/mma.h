// mma.h: nvcuda::wmma, matrix products of a warp.
//
// A tensor core's sums are not documented (how many products it adds at once, where it cuts digits off), so
// no CPU can give its bits. Here a fragment's elements are spread over the lanes in plain order and a product
// is a chain of fused multiply-adds along k, ascending, between lanes by shuffles: the same bits on a CPU and
// on every GPU, and on a GPU far slower than its tensor cores (docs/decisions.md).
#pragma once
#include <cuda_bf16.h>
#include <cuda_fp16.h>
namespace nvcuda {
namespace wmma {
struct matrix_a {};
struct matrix_b {};
struct accumulator {};
struct row_major {};
struct col_major {};
namespace precision {
struct tf32 {};
} // namespace precision
enum layout_t { mem_row_major, mem_col_major };

// What an element is kept as, and what sums are made in.
template <class T> struct __wf_kept { using type = T; };
template <> struct __wf_kept<precision::tf32> { using type = float; };
template <class T> struct __wf_sum { using type = T; };
template <> struct __wf_sum<__half> { using type = float; };
template <class Use, int m, int n, int k> struct __wf_extent_of;
template <int m, int n, int k> struct __wf_extent_of<matrix_a, m, n, k> {
    static constexpr int rows = m, cols = k;
};
template <int m, int n, int k> struct __wf_extent_of<matrix_b, m, n, k> {
    static constexpr int rows = k, cols = n;
};
template <int m, int n, int k> struct __wf_extent_of<accumulator, m, n, k> {
    static constexpr int rows = m, cols = n;
};

// Element e of lane l is number l * num_elements + e: along the rows of A and of an accumulator, the columns
// of B.
template <class Use, int m, int n, int k, class T, class Layout = void> struct fragment {
    using element_type = typename __wf_kept<T>::type;
    static constexpr int rows = __wf_extent_of<Use, m, n, k>::rows, cols = __wf_extent_of<Use, m, n, k>::cols;
    static constexpr int num_elements = rows * cols / 32, num_storage_elements = num_elements;
    element_type x[num_elements];
};
template <class Use> struct __wf_along { static constexpr bool columns = false; };
template <> struct __wf_along<matrix_b> { static constexpr bool columns = true; };
template <class Layout> struct __wf_by_columns { static constexpr bool value = false; };
template <> struct __wf_by_columns<col_major> { static constexpr bool value = true; };

// Where element e of this lane stands in memory.
template <class Use, int rows, int cols>
__device__ inline unsigned __wf_place(int e, unsigned stride, bool by_columns) {
    const unsigned number = __wf_lane_id() * (rows * cols / 32) + e;
    const unsigned inner = __wf_along<Use>::columns ? rows : cols, major = number / inner,
                   minor = number % inner;
    const unsigned row = __wf_along<Use>::columns ? minor : major,
                   col = __wf_along<Use>::columns ? major : minor;
    return by_columns ? col * stride + row : row * stride + col;
}
template <class Use, int m, int n, int k, class T, class Layout, class P>
__device__ inline void load_matrix_sync(fragment<Use, m, n, k, T, Layout> &f, const P *p, unsigned stride) {
    using F = fragment<Use, m, n, k, T, Layout>;
    __syncwarp();
    for (int e = 0; e < F::num_elements; ++e)
        f.x[e] = p[__wf_place<Use, F::rows, F::cols>(e, stride, __wf_by_columns<Layout>::value)];
}
template <int m, int n, int k, class T>
__device__ inline void load_matrix_sync(fragment<accumulator, m, n, k, T> &f, const T *p, unsigned stride,
                                        layout_t layout) {
    __syncwarp();
    for (int e = 0; e < fragment<accumulator, m, n, k, T>::num_elements; ++e)
        f.x[e] = p[__wf_place<accumulator, m, n>(e, stride, layout == mem_col_major)];
}
template <int m, int n, int k, class T>
__device__ inline void store_matrix_sync(T *p, const fragment<accumulator, m, n, k, T> &f, unsigned stride,
                                         layout_t layout) {
    for (int e = 0; e < fragment<accumulator, m, n, k, T>::num_elements; ++e)
        p[__wf_place<accumulator, m, n>(e, stride, layout == mem_col_major)] = f.x[e];
    __syncwarp();
}
template <class Use, int m, int n, int k, class T, class Layout, class V>
__device__ inline void fill_fragment(fragment<Use, m, n, k, T, Layout> &f, V v) {
    for (int e = 0; e < fragment<Use, m, n, k, T, Layout>::num_elements; ++e)
        f.x[e] = (typename __wf_kept<T>::type)v;
}
// Rounded to the 10 bits of tf32, ties away from zero.
static __device__ inline float __float_to_tf32(float v) {
    return __uint_as_float((__float_as_uint(v) + 0x1000u) & 0xffffe000u);
}

// One term of a sum.
static __device__ inline float __wf_term(float a, float b, float s) { return __fmaf_rn(a, b, s); }
static __device__ inline double __wf_term(double a, double b, double s) { return __fma_rn(a, b, s); }
static __device__ inline int __wf_term(int a, int b, int s) { return a * b + s; }
// An element as it takes part: tf32 without its low bits, small integers as int.
template <class T> struct __wf_factor {
    static __device__ inline float of(T v) { return (float)v; }
};
template <> struct __wf_factor<precision::tf32> {
    static __device__ inline float of(float v) { return __uint_as_float(__float_as_uint(v) & 0xffffe000u); }
};
template <> struct __wf_factor<double> {
    static __device__ inline double of(double v) { return v; }
};
template <> struct __wf_factor<signed char> {
    static __device__ inline int of(signed char v) { return v; }
};
template <> struct __wf_factor<char> {
    static __device__ inline int of(char v) { return v; }
};
template <> struct __wf_factor<unsigned char> {
    static __device__ inline int of(unsigned char v) { return v; }
};

template <int m, int n, int k, class T, class LA, class LB, class D, class C>
__device__ inline void mma_sync(fragment<accumulator, m, n, k, D> &d,
                                const fragment<matrix_a, m, n, k, T, LA> &a,
                                const fragment<matrix_b, m, n, k, T, LB> &b,
                                const fragment<accumulator, m, n, k, C> &c, bool = false) {
    constexpr int na = m * k / 32, nb = k * n / 32, nc = m * n / 32;
    typename __wf_sum<C>::type sums[nc];
    for (int e = 0; e < nc; ++e) sums[e] = c.x[e];
    // A lane's sums stand in one row, so it needs one element of A for all of them. What the loops pick of private
    // arrays is kept in registers on a GPU, which has the inner ones written out (emit/unroll.c); a CPU, where each
    // of these lines is code for 32 lanes, compiles loops in a tenth of the time.
    constexpr int widest = na > nb ? na : nb, step = widest < k ? widest : k;
    static_assert(n % nc == 0 && k % step == 0 && (step == k || (step % na == 0 && step % nb == 0)),
                  "a row is whole lanes' sums");
    const int first = (int)__wf_lane_id() * nc, row = first / n, col = first % n;
#pragma unroll 1
    for (int i = 0; i < k; i += step) {
        for (int j = 0; j < step; ++j) {
            const auto fa = __wf_factor<T>::of(a.x[j % na]), fb = __wf_factor<T>::of(b.x[j % nb]);
            const auto along = __shfl_sync(0xffffffffu, fa, (row * k + i + j) / na);
            for (int e = 0; e < nc; ++e)
                sums[e] =
                    __wf_term(along, __shfl_sync(0xffffffffu, fb, ((col + e) * k + i + j) / nb), sums[e]);
        }
    }
    for (int e = 0; e < nc; ++e) d.x[e] = (D)sums[e];
}
} // namespace wmma
} // namespace nvcuda
