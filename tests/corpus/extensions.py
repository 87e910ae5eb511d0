"""Kernels as machine-learning libraries ship them: quantised blocks and functions as template arguments (ggml), tensor accessors and vectorised
loops over functors (PyTorch's extensions), splats and hash grids with small vector classes (renderers of radiance fields)."""

import math

import numpy as np
from table import K, f4, f8, i4, u1, u4


def q4_blocks(n):
    """block_q4_0 as bytes: half d, 16 bytes of two nibbles."""
    def make(r):
        a = np.zeros(n, [("d", "<f2"), ("qs", "u1", 16)])
        a["d"] = (r.integers(1, 32, n) / 64).astype("f2")
        a["qs"] = r.integers(0, 256, (n, 16))
        return a
    return make


def q4_values(b):
    low, high = (b["qs"] & 15).astype(f4) - 8, (b["qs"] >> 4).astype(f4) - 8
    return np.concatenate([low, high], 1) * b["d"].astype(f4)[:, None]


GGML = """
#define QK4_0 32
#define QR4_0 2
typedef struct { half d; uint8_t qs[QK4_0 / 2]; } block_q4_0;
static_assert(sizeof(block_q4_0) == sizeof(half) + QK4_0 / 2, "wrong q4_0 block size/padding");
typedef float dfloat;
typedef float2 dfloat2;
typedef void (*dequantize_kernel_t)(const void * vx, const int64_t ib, const int iqs, dfloat2 & v);
static __device__ __forceinline__ void dequantize_q4_0(const void * vx, const int64_t ib, const int iqs, dfloat2 & v) {
    const block_q4_0 * x = (const block_q4_0 *) vx;
    const dfloat d = x[ib].d;
    const int vui = x[ib].qs[iqs];
    v.x = vui & 0xF;
    v.y = vui >> 4;
    v.x = (v.x - 8.0f) * d;
    v.y = (v.y - 8.0f) * d;
}
"""

CASES = [
    K("ggml_dequantize", """
#include <cuda_fp16.h>
""" + GGML + """
template <int qk, int qr, dequantize_kernel_t dequantize_kernel, typename dst_t>
static __device__ void dequantize_block(const void * __restrict__ vx, dst_t * __restrict__ y, const int64_t k) {
    const int64_t i = (int64_t)2*(blockDim.x*blockIdx.x + threadIdx.x);
    if (i >= k) { return; }
    const int64_t ib = i/qk;
    const int64_t iqs = (i%qk)/qr;
    const int64_t iybs = i - i%qk;
    const int64_t y_offset = qr == 1 ? 1 : qk/2;
    dfloat2 v;
    dequantize_kernel(vx, ib, iqs, v);
    y[iybs + iqs + 0]        = v.x;
    y[iybs + iqs + y_offset] = v.y;
}
extern "C" __global__ void ggml_dequantize(float * y, const unsigned char * vx, int k) {
    dequantize_block<QK4_0, QR4_0, dequantize_q4_0>(vx, y, k);
}""", lambda r: [np.zeros(320, f4), q4_blocks(10)(r).view(u1), 320], lambda y, x, k: q4_values(x.view([("d", "<f2"), ("qs", "u1", 16)])).ravel(), grid=3),
    K("ggml_mul_mat_vec_q", """
#include <cuda_fp16.h>
#define WARP_SIZE 32
#define VDR_Q4_0_Q8_1_MMVQ 2
#define QK8_1 32
#define QI8_1 (QK8_1 / 4)
#define QI4_0 4
#define GGML_UNUSED(x) (void)(x)
""" + GGML + """
typedef struct { union { struct { half d; half s; }; half2 ds; }; int8_t qs[QK8_1]; } block_q8_1;
typedef float (*vec_dot_q_cuda_t)(const void * __restrict__ vbq, const block_q8_1 * __restrict__ bq8_1, const int & kbx, const int & iqs);
static __device__ __forceinline__ int get_int_b2(const void * x, const int & i32) {
    const uint16_t * x16 = (const uint16_t *) x;
    int x32  = x16[2*i32 + 0] <<  0;
    x32     |= x16[2*i32 + 1] << 16;
    return x32;
}
static __device__ __forceinline__ int get_int_b4(const void * x, const int & i32) { return ((const int *) x)[i32]; }
template <int vdr> static __device__ __forceinline__ float vec_dot_q4_0_q8_1_impl(const int * v, const int * u, const float & d4, const half2 & ds8) {
    int sumi = 0;
#pragma unroll
    for (int i = 0; i < vdr; ++i) {
        const int vi0 = (v[i] >> 0) & 0x0F0F0F0F;
        const int vi1 = (v[i] >> 4) & 0x0F0F0F0F;
        sumi = __dp4a(vi0, u[2*i+0], sumi);
        sumi = __dp4a(vi1, u[2*i+1], sumi);
    }
    const float2 ds8f = __half22float2(ds8);
    return d4 * (sumi * ds8f.x - (8*vdr/QI4_0) * ds8f.y);
}
static __device__ __forceinline__ float vec_dot_q4_0_q8_1(const void * __restrict__ vbq, const block_q8_1 * __restrict__ bq8_1, const int & kbx, const int & iqs) {
    const block_q4_0 * bq4_0 = (const block_q4_0 *) vbq + kbx;
    int v[VDR_Q4_0_Q8_1_MMVQ], u[2*VDR_Q4_0_Q8_1_MMVQ];
#pragma unroll
    for (int i = 0; i < VDR_Q4_0_Q8_1_MMVQ; ++i) {
        v[i]     = get_int_b2(bq4_0->qs, iqs + i);
        u[2*i+0] = get_int_b4(bq8_1->qs, iqs + i);
        u[2*i+1] = get_int_b4(bq8_1->qs, iqs + i + QI4_0);
    }
    return vec_dot_q4_0_q8_1_impl<VDR_Q4_0_Q8_1_MMVQ>(v, u, bq4_0->d, bq8_1->ds);
}
template<int width = WARP_SIZE> static __device__ __forceinline__ float warp_reduce_sum(float x) {
#pragma unroll
    for (int offset = width/2; offset > 0; offset >>= 1) x += __shfl_xor_sync(0xffffffff, x, offset, width);
    return x;
}
template <int qk, int qi, int vdr, vec_dot_q_cuda_t vec_dot_q_cuda>
static __device__ void mul_mat_vec_q(const void * __restrict__ vx, const void * __restrict__ vy, float * __restrict__ dst, const int ncols, const int nrows) {
    const int row = blockIdx.x*blockDim.y + threadIdx.y;
    if (row >= nrows) return;
    const int blocks_per_row = ncols / qk;
    const int blocks_per_warp = vdr * WARP_SIZE / qi;
    const block_q8_1 * y = (const block_q8_1 *) vy;
    float tmp = 0.0f;
    for (int i = threadIdx.x / (qi/vdr); i < blocks_per_row; i += blocks_per_warp) {
        const int kby = i * (qk/QK8_1);
        const int iqs = vdr * (threadIdx.x % (qi/vdr));
        tmp += vec_dot_q_cuda(vx, &y[kby], row*blocks_per_row + i, iqs);
    }
    tmp = warp_reduce_sum(tmp);
    if (threadIdx.x == 0) dst[row] = tmp;
}
extern "C" __global__ void ggml_mul_mat_vec_q(float * dst, const unsigned char * x, const unsigned char * y, int ncols, int nrows) {
    mul_mat_vec_q<QK4_0, QI4_0, VDR_Q4_0_Q8_1_MMVQ, vec_dot_q4_0_q8_1>(x, y, dst, ncols, nrows);
}""", lambda r: [np.zeros(6, f4), q4_blocks(24)(r).view(u1), q8_blocks(4)(r).view(u1), 128, 6],
      lambda dst, x, y, ncols, nrows: q4_values(x.view([("d", "<f2"), ("qs", "u1", 16)])).reshape(6, 128) @ q8_values(y), grid=3, block=(32, 2), tol=2e-3),
    K("ggml_bin_bcast", """
typedef uint3 fast_div;
static __device__ __forceinline__ float op_repeat(const float a, const float b) { return b; GGML_UNUSED_(a); }
static __device__ __forceinline__ float op_add(const float a, const float b) { return a + b; }
static __device__ __forceinline__ float op_mul(const float a, const float b) { return a * b; }
static __device__ __forceinline__ uint32_t fastdiv(uint32_t n, const uint3 d) { return (__umulhi(n, d.x) + n) >> d.y; }
static __device__ __forceinline__ uint32_t fastmodulo(uint32_t n, const uint3 d) { return n - fastdiv(n, d) * d.z; }
static __device__ uint3 init_fastdiv_values(uint32_t d) {
    uint32_t L = 0;
    while (L < 32 && (uint32_t{1} << L) < d) L++;
    uint32_t mp = (uint32_t)((uint64_t{1} << 32) * ((uint64_t{1} << L) - d) / d + 1);
    return make_uint3(mp, L, d);
}
template<float (*bin_op)(const float, const float), typename src0_t, typename src1_t, typename dst_t>
static __device__ void k_bin_bcast(const src0_t * src0, const src1_t * src1, dst_t * dst, int ne0, int ne1, int ne10, int ne11) {
    const int i0s = blockDim.x*blockIdx.x + threadIdx.x;
    const int i1 = blockDim.y*blockIdx.y + threadIdx.y;
    if (i0s >= ne0 || i1 >= ne1) return;
    const uint3 d10 = init_fastdiv_values(ne10), d11 = init_fastdiv_values(ne11);
    const src1_t * src1_row = src1 + fastmodulo(i1, d11) * ne10;
    dst_t * dst_row = dst + i1 * ne0;
    for (int i0 = i0s; i0 < ne0; i0 += blockDim.x*gridDim.x)
        dst_row[i0] = (dst_t)bin_op(src0 ? (float)src0[i1 * ne0 + i0] : 0.0f, (float)src1_row[fastmodulo(i0, d10)]);
}
extern "C" __global__ void ggml_bin_bcast(float * dst, const float * a, const float * b, int ne0, int ne1) {
    k_bin_bcast<op_mul>(a, b, dst, ne0, ne1, 7, 3);
    k_bin_bcast<op_add>(dst, b, dst, ne0, ne1, 7, 3);
    k_bin_bcast<op_repeat>((const float *)nullptr, b, dst + ne0 * ne1, ne0, ne1, 7, 3);
}""".replace(" GGML_UNUSED_(a);", " (void)a;"), lambda r: [np.zeros(2 * 21 * 6, f4), r.random(21 * 6, f4), r.random(21, f4), 21, 6],
      lambda dst, a, b, ne0, ne1: np.concatenate([(a.reshape(6, 21) * np.tile(b.reshape(3, 7), (2, 3)) + np.tile(b.reshape(3, 7), (2, 3))).ravel(),
                                                  np.tile(b.reshape(3, 7), (2, 3)).ravel()]), grid=(1, 2), block=(32, 4), tol=1e-6),
    K("ggml_rope_neox", """
struct rope_corr_dims { float v[2]; };
struct mrope_sections { int v[4]; };
static __device__ float rope_yarn_ramp(const float low, const float high, const int i0) {
    const float y = (i0 / 2 - low) / max(0.001f, high - low);
    return 1.0f - min(1.0f, max(0.0f, y));
}
template<bool forward> static __device__ void rope_yarn(const float theta_extrap, const float freq_scale, const rope_corr_dims corr_dims, const int64_t i0,
        const float ext_factor, float mscale, float & cos_theta, float & sin_theta) {
    float theta_interp = freq_scale * theta_extrap;
    float theta = theta_interp;
    if (ext_factor != 0.0f) {
        float ramp_mix = rope_yarn_ramp(corr_dims.v[0], corr_dims.v[1], i0) * ext_factor;
        theta = theta_interp * (1 - ramp_mix) + theta_extrap * ramp_mix;
        mscale *= 1.0f + 0.1f * logf(1.0f / freq_scale);
    }
    cos_theta = cosf(theta) * mscale;
    sin_theta = sinf(theta) * mscale;
    if (!forward) { sin_theta *= -1.0f; }
}
template<bool forward, bool has_ff, typename T> static __device__ void rope_neox(const T * x, T * dst, const int ne0, const int n_dims, const int32_t * pos,
        const float freq_scale, const float ext_factor, const float attn_factor, const rope_corr_dims corr_dims, const float theta_scale, const float * freq_factors) {
    const int i0 = 2*(blockDim.y*blockIdx.y + threadIdx.y);
    if (i0 >= ne0) { return; }
    const int row = blockDim.x*blockIdx.x + threadIdx.x;
    const int ix = row*ne0 + i0/2;
    if (i0 >= n_dims) {
        dst[ix + i0/2 + 0] = x[ix + i0/2 + 0];
        dst[ix + i0/2 + 1] = x[ix + i0/2 + 1];
        return;
    }
    const float theta_base = pos[row]*powf(theta_scale, i0/2.0f);
    const float freq_factor = has_ff ? freq_factors[i0/2] : 1.0f;
    float cos_theta, sin_theta;
    rope_yarn<forward>(theta_base/freq_factor, freq_scale, corr_dims, i0, ext_factor, attn_factor, cos_theta, sin_theta);
    const float x0 = x[ix + 0], x1 = x[ix + n_dims/2];
    dst[ix + 0]        = x0*cos_theta - x1*sin_theta;
    dst[ix + n_dims/2] = x0*sin_theta + x1*cos_theta;
}
extern "C" __global__ void ggml_rope_neox(float * dst, const float * x, const int * pos) {
    rope_neox<true, false, float>(x, dst, 16, 12, pos, 0.5f, 1.0f, 1.0f, rope_corr_dims{{1.0f, 4.0f}}, 0.7f, nullptr);
}""", lambda r: [np.zeros((8, 16), f4), r.random((8, 16), f4), np.arange(3, 11, dtype=i4)], lambda dst, x, pos: rope_neox(x, pos), grid=(4, 1), block=(2, 8), tol=1e-5),
    K("ggml_argsort_bitonic", """
enum ggml_sort_order { GGML_SORT_ORDER_ASC, GGML_SORT_ORDER_DESC, };
template<typename T> static inline __device__ void ggml_cuda_swap(T & a, T & b) { T tmp = a; a = b; b = tmp; }
template<ggml_sort_order order> static __device__ void k_argsort_f32_i32(const float * x, int * dst, const int ncols, int ncols_pad) {
    int col = threadIdx.x;
    int row = blockIdx.y;
    if (col >= ncols_pad) { return; }
    const float * x_row = x + row * ncols;
    extern __shared__ int dst_row[];
    dst_row[col] = col;
    __syncthreads();
    for (int k = 2; k <= ncols_pad; k *= 2) {
        for (int j = k / 2; j > 0; j /= 2) {
            int ixj = col ^ j;
            if (ixj > col) {
                if ((col & k) == 0) {
                    if (dst_row[col] >= ncols ||
                        (dst_row[ixj] < ncols && (order == GGML_SORT_ORDER_ASC ? x_row[dst_row[col]] > x_row[dst_row[ixj]] : x_row[dst_row[col]] < x_row[dst_row[ixj]]))
                    ) { ggml_cuda_swap(dst_row[col], dst_row[ixj]); }
                } else {
                    if (dst_row[ixj] >= ncols ||
                        (dst_row[col] < ncols && (order == GGML_SORT_ORDER_ASC ? x_row[dst_row[col]] < x_row[dst_row[ixj]] : x_row[dst_row[col]] > x_row[dst_row[ixj]]))
                    ) { ggml_cuda_swap(dst_row[col], dst_row[ixj]); }
                }
            }
            __syncthreads();
        }
    }
    if (col < ncols) { dst[row * ncols + col] = dst_row[col]; }
}
extern "C" __global__ void ggml_argsort_bitonic(int * dst, const float * x, int ncols) {
    if (blockIdx.y % 2) k_argsort_f32_i32<GGML_SORT_ORDER_DESC>(x, dst, ncols, 64);
    else k_argsort_f32_i32<GGML_SORT_ORDER_ASC>(x, dst, ncols, 64);
}""", lambda r: [np.zeros((4, 50), i4), r.permutation(200).astype(f4).reshape(4, 50), 50],
      lambda dst, x, n: np.array([np.argsort(-x[i] if i % 2 else x[i]) for i in range(4)]), grid=(1, 4), shared=256),
    K("torch_accessor_lltm", """
namespace torch {
template <typename T> struct RestrictPtrTraits { typedef T* __restrict__ PtrType; };
template <typename T> struct DefaultPtrTraits { typedef T* PtrType; };
template <typename T, size_t N, template <typename U> class PtrTraits = DefaultPtrTraits, typename index_t = int64_t> class TensorAccessorBase {
public:
    typedef typename PtrTraits<T>::PtrType PtrType;
    __host__ __device__ TensorAccessorBase(PtrType data_, const index_t* sizes_, const index_t* strides_) : data_(data_), sizes_(sizes_), strides_(strides_) {}
    __host__ __device__ index_t size(index_t i) const { return sizes_[i]; }
    __host__ __device__ PtrType data() { return data_; }
protected:
    PtrType data_; const index_t* sizes_; const index_t* strides_;
};
template <typename T, size_t N, template <typename U> class PtrTraits = DefaultPtrTraits, typename index_t = int64_t>
class TensorAccessor : public TensorAccessorBase<T, N, PtrTraits, index_t> {
public:
    typedef typename PtrTraits<T>::PtrType PtrType;
    __host__ __device__ TensorAccessor(PtrType data_, const index_t* sizes_, const index_t* strides_)
        : TensorAccessorBase<T, N, PtrTraits, index_t>(data_, sizes_, strides_) {}
    __host__ __device__ TensorAccessor<T, N - 1, PtrTraits, index_t> operator[](index_t i) {
        return TensorAccessor<T, N - 1, PtrTraits, index_t>(this->data_ + this->strides_[0] * i, this->sizes_ + 1, this->strides_ + 1);
    }
};
template <typename T, template <typename U> class PtrTraits, typename index_t>
class TensorAccessor<T, 1, PtrTraits, index_t> : public TensorAccessorBase<T, 1, PtrTraits, index_t> {
public:
    typedef typename PtrTraits<T>::PtrType PtrType;
    __host__ __device__ TensorAccessor(PtrType data_, const index_t* sizes_, const index_t* strides_)
        : TensorAccessorBase<T, 1, PtrTraits, index_t>(data_, sizes_, strides_) {}
    __host__ __device__ T& operator[](index_t i) { return this->data_[this->strides_[0] * i]; }
};
template <typename T, size_t N, template <typename U> class PtrTraits = DefaultPtrTraits, typename index_t = int64_t> class GenericPackedTensorAccessor {
public:
    typedef typename PtrTraits<T>::PtrType PtrType;
    template <class... S> __host__ __device__ GenericPackedTensorAccessor(PtrType data_, S... sizes) : data_(data_), sizes_{(index_t)sizes...} {
        static_assert(sizeof...(sizes) == N, "a size for each dimension");
        strides_[N - 1] = 1;
        for (int i = (int)N - 2; i >= 0; i--) strides_[i] = strides_[i + 1] * sizes_[i + 1];
    }
    __device__ TensorAccessor<T, N - 1, PtrTraits, index_t> operator[](index_t i) {
        return TensorAccessor<T, N - 1, PtrTraits, index_t>(data_ + strides_[0] * i, sizes_ + 1, strides_ + 1);
    }
    __host__ __device__ index_t size(index_t i) const { return sizes_[i]; }
protected:
    PtrType data_; index_t sizes_[N]; index_t strides_[N];
};
template <typename T, size_t N, template <typename U> class PtrTraits = DefaultPtrTraits> using PackedTensorAccessor32 = GenericPackedTensorAccessor<T, N, PtrTraits, int32_t>;
}
template <typename scalar_t> __device__ __forceinline__ scalar_t sigmoid(scalar_t z) { return 1.0 / (1.0 + exp(-z)); }
template <typename scalar_t> __device__ __forceinline__ scalar_t elu(scalar_t z, scalar_t alpha = 1.0) { return fmaxf(0.0, z) + fminf(0.0, alpha * (exp(z) - 1.0)); }
template <typename scalar_t> __device__ void lltm_forward(
    const torch::PackedTensorAccessor32<scalar_t, 3, torch::RestrictPtrTraits> gates_in, torch::PackedTensorAccessor32<scalar_t, 2, torch::RestrictPtrTraits> old_cell_in,
    torch::PackedTensorAccessor32<scalar_t, 3, torch::RestrictPtrTraits> out) {
    auto gates = gates_in; auto old_cell = old_cell_in;
    const int n = blockIdx.y;
    const int c = blockIdx.x * blockDim.x + threadIdx.x;
    if (c < gates.size(2)) {
        out[0][n][c] = sigmoid(gates[n][0][c]);
        out[1][n][c] = sigmoid(gates[n][1][c]);
        out[2][n][c] = elu(gates[n][2][c]);
        out[3][n][c] = old_cell[n][c] + out[2][n][c] * out[0][n][c];
        out[4][n][c] = tanh(out[3][n][c]) * out[1][n][c];
    }
}
extern "C" __global__ void torch_accessor_lltm(float *out, float *gates, float *cell, int batch, int width) {
    using namespace torch;
    lltm_forward<float>(PackedTensorAccessor32<float, 3, RestrictPtrTraits>(gates, batch, 3, width), PackedTensorAccessor32<float, 2, RestrictPtrTraits>(cell, batch, width),
                        PackedTensorAccessor32<float, 3, RestrictPtrTraits>(out, 5 * batch, batch, width));
}""", lambda r: [np.zeros((5, 3, 40), f4), r.standard_normal((3, 3, 40)).astype(f4), r.random((3, 40), f4), 3, 40], lambda out, g, cell, b, w: lltm(g, cell), grid=(1, 3), tol=1e-5),
    K("torch_vectorized_loop", """
#include <type_traits>
#include <cuda/std/tuple>
namespace at { namespace native { namespace memory {
template <typename scalar_t, int vec_size> struct alignas(sizeof(scalar_t) * vec_size) aligned_vector { scalar_t val[vec_size]; };
template <int vec_size, typename scalar_t> __device__ aligned_vector<scalar_t, vec_size> load_vector(const scalar_t *base_ptr, uint32_t offset) {
    using vec_t = aligned_vector<scalar_t, vec_size>;
    auto *from = reinterpret_cast<const vec_t *>(base_ptr);
    return from[offset];
}
} // namespace memory
template <typename T, int size_> struct Array { T data[size_]; __host__ __device__ T operator[](int i) const { return data[i]; } __host__ __device__ T &operator[](int i) { return data[i]; }
    static constexpr int size() { return size_; } };
template <typename T> struct function_traits : public function_traits<decltype(&T::operator())> {};
template <typename C, typename R, typename... Args> struct function_traits<R (C::*)(Args...) const> {
    enum { arity = sizeof...(Args) };
    using ArgsTuple = cuda::std::tuple<std::decay_t<Args>...>;
    using result_type = R;
};
template <typename traits, typename func_t, typename index_t, size_t... INDEX>
__device__ typename traits::result_type invoke_impl(const func_t &f, char *const *data, index_t i, std::index_sequence<INDEX...>) {
    return f(reinterpret_cast<const cuda::std::tuple_element_t<INDEX, typename traits::ArgsTuple> *>(data[INDEX])[i]...);
}
template <int vec_size, typename func_t, typename array_t> __device__ void vectorized_elementwise_kernel(int N, func_t f, array_t data) {
    using traits = function_traits<func_t>;
    using out_t = typename traits::result_type;
    constexpr int arity = traits::arity;
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if ((i + 1) * vec_size <= N) {
        memory::aligned_vector<out_t, vec_size> v;
#pragma unroll
        for (int k = 0; k < vec_size; k++)
            v.val[k] = invoke_impl<traits>(f, &data.data[1], i * vec_size + k, std::make_index_sequence<arity>{});
        reinterpret_cast<memory::aligned_vector<out_t, vec_size> *>(data[0])[i] = v;
    } else {
        for (int k = i * vec_size; k < N && k >= 0; k++)
            reinterpret_cast<out_t *>(data[0])[k] = invoke_impl<traits>(f, &data.data[1], k, std::make_index_sequence<arity>{});
    }
}
}} // namespace at::native
template <typename T> struct AddScaled { T alpha; __device__ T operator()(T a, int b) const { return a + alpha * b; } };
extern "C" __global__ void torch_vectorized_loop(float *out, float *a, int *b, int n) {
    at::native::Array<char *, 3> data{{(char *)out, (char *)a, (char *)b}};
    at::native::vectorized_elementwise_kernel<4>(n, AddScaled<float>{0.5f}, data);
    static_assert(at::native::function_traits<AddScaled<float>>::arity == 2, "");
    static_assert(std::is_same<at::native::function_traits<AddScaled<double>>::result_type, double>::value, "");
}""", lambda r: [np.zeros(131, f4), r.integers(-9, 9, 131).astype(f4), r.integers(-9, 9, 131).astype(i4), 131], lambda out, a, b, n: a + f4(0.5) * b, grid=2, block=32),
    K("torch_welford", """
#include <thrust/pair.h>
template <typename scalar_t, typename index_t> struct WelfordData {
    scalar_t mean, m2; index_t n; scalar_t nf;
    __host__ __device__ WelfordData() : mean(0), m2(0), n(0), nf(0) {}
    __host__ __device__ WelfordData(scalar_t mean, scalar_t m2, index_t n, scalar_t nf) : mean(mean), m2(m2), n(n), nf(nf) {}
};
template <typename scalar_t, typename acc_scalar_t, typename index_t, typename res_t> struct WelfordOps {
    acc_scalar_t correction; bool take_sqrt;
public:
    using acc_t = WelfordData<acc_scalar_t, index_t>;
    inline __device__ acc_t reduce(acc_t acc, scalar_t data, index_t /*idx*/) const {
        index_t new_n = acc.n + 1;
        acc_scalar_t new_nf = static_cast<acc_scalar_t>(new_n);
        acc_scalar_t delta = data - acc.mean;
        acc_scalar_t new_mean = acc.mean + delta / new_nf;
        acc_scalar_t new_delta = data - new_mean;
        return { new_mean, acc.m2 + delta * new_delta, new_n, new_nf };
    }
    inline __device__ acc_t combine(acc_t a, acc_t b) const {
        if (a.nf == 0) return b;
        if (b.nf == 0) return a;
        acc_scalar_t delta = b.mean - a.mean;
        acc_scalar_t new_count = a.nf + b.nf;
        acc_scalar_t nb_over_n = b.nf / new_count;
        return { a.mean + delta * nb_over_n, a.m2 + b.m2 + delta * delta * a.nf * nb_over_n, -1, new_count };
    }
    inline __device__ res_t project(acc_t acc) const {
        const auto mean = static_cast<scalar_t>(acc.mean);
        const auto divisor = acc.nf > correction ? acc.nf - correction : 0;
        const auto var = acc.m2 / divisor;
        res_t results(take_sqrt ? sqrt(var) : var, mean);
        return results;
    }
    inline __device__ acc_t warp_shfl_down(acc_t acc, int offset) const {
        return { __shfl_down_sync(~0u, acc.mean, offset), __shfl_down_sync(~0u, acc.m2, offset), __shfl_down_sync(~0u, acc.n, offset), __shfl_down_sync(~0u, acc.nf, offset) };
    }
    __host__ __device__ WelfordOps(acc_scalar_t correction, bool take_sqrt) : correction(correction), take_sqrt(take_sqrt) {}
};
extern "C" __global__ void torch_welford(float *out, const float *x, int n) {
    using ops_t = WelfordOps<float, float, int32_t, thrust::pair<float, float>>;
    ops_t ops(1.0f, true);
    __shared__ typename ops_t::acc_t parts[4];
    ops_t::acc_t acc;
    const float *row = x + blockIdx.x * n;
    for (int i = threadIdx.x; i < n; i += blockDim.x) acc = ops.reduce(acc, row[i], i);
    for (int offset = 16; offset > 0; offset >>= 1) acc = ops.combine(acc, ops.warp_shfl_down(acc, offset));
    if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = acc;
    __syncthreads();
    if (threadIdx.x == 0) {
        for (int w = 1; w < blockDim.x / 32; w++) acc = ops.combine(acc, parts[w]);
        float var, mean;
        thrust::tie(var, mean) = ops.project(acc);
        out[2 * blockIdx.x] = var; out[2 * blockIdx.x + 1] = mean;
    }
}""", lambda r: [np.zeros((4, 2), f4), (r.standard_normal((4, 777)) * 3 + 5).astype(f4), 777],
      lambda out, x, n: np.stack([x.astype(f8).std(1, ddof=1), x.astype(f8).mean(1)], 1), grid=4, block=128, tol=1e-4),
]


def q8_blocks(n):
    """block_q8_1: half d, half s = d * sum, 32 bytes."""
    def make(r):
        a = np.zeros(n, [("d", "<f2"), ("s", "<f2"), ("qs", "i1", 32)])
        a["d"] = (r.integers(1, 32, n) / 256).astype("f2")
        a["qs"] = r.integers(-127, 128, (n, 32))
        a["s"] = (a["d"].astype(f4) * a["qs"].sum(1)).astype("f2")
        return a
    return make


def q8_values(y):
    y = y.view([("d", "<f2"), ("s", "<f2"), ("qs", "i1", 32)])
    return (y["qs"] * y["d"].astype(f4)[:, None]).ravel()


def rope_neox(x, pos):
    out = x.astype(f8).copy()
    for row in range(8):
        for i in range(6):
            theta = float(pos[row]) * 0.7 ** i
            ramp = 1 - min(1, max(0, (i - 1) / 3))
            t = 0.5 * theta * (1 - ramp) + theta * ramp
            m = 1 + 0.1 * math.log(2)
            c, s = math.cos(t) * m, math.sin(t) * m
            out[row, i], out[row, i + 6] = x[row, i] * c - x[row, i + 6] * s, x[row, i] * s + x[row, i + 6] * c
    return out


def lltm(g, cell):
    g, cell = g.astype(f8), cell.astype(f8)
    i, o, c = 1 / (1 + np.exp(-g[:, 0])), 1 / (1 + np.exp(-g[:, 1])), np.where(g[:, 2] > 0, g[:, 2], np.exp(g[:, 2]) - 1)
    new = cell + c * i
    return np.stack([i, o, c, new, np.tanh(new) * o])
