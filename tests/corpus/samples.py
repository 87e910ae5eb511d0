"""Kernels in the manner of the samples that come with CUDA: what people read first and copy from."""

import numpy as np
from table import K, f4, f8, i4, u1, u4


def walsh(x):
    y, h = x.astype(f4).copy(), 1
    while h < len(y):
        y = y.reshape(-1, 2, h)
        y = np.stack([y[:, 0] + y[:, 1], y[:, 0] - y[:, 1]], axis=1).reshape(-1)
        h *= 2
    return y


def halton(n, dim):
    out = np.zeros((dim, n), f8)
    for d, base in enumerate([2, 3, 5][:dim]):
        for i in range(n):
            f, k = 1.0, i + 1
            while k:
                f /= base
                out[d, i] += f * (k % base)
                k //= base
    return out.astype(f4).ravel()


def rows_and_columns(x, taps):
    r = len(taps) // 2
    pad = np.pad(x, ((0, 0), (r, r)))
    rows = sum(pad[:, k:k + x.shape[1]] * taps[len(taps) - 1 - k] for k in range(len(taps)))
    pad = np.pad(rows, ((r, r), (0, 0)))
    return sum(pad[k:k + x.shape[0]] * taps[len(taps) - 1 - k] for k in range(len(taps)))


def fdtd(x, coeff, steps):
    r, y = len(coeff) - 1, x.astype(f8)
    for _ in range(steps):
        inner = tuple(slice(r, -r) for _ in range(3))
        new = y.copy()
        total = y[inner] * coeff[0]
        for i in range(1, r + 1):
            for axis in range(3):
                for s in (-i, i):
                    at = [slice(r, -r)] * 3
                    at[axis] = slice(r + s, y.shape[axis] - r + s)
                    total = total + coeff[i] * y[tuple(at)]
        new[inner] = total
        y = new
    return y.ravel()


def dct_of_blocks(x):
    c = np.array([[np.sqrt((1 if k == 0 else 2) / 8) * np.cos((2 * n + 1) * k * np.pi / 16) for n in range(8)] for k in range(8)])
    b = x.reshape(x.shape[0] // 8, 8, x.shape[1] // 8, 8).transpose(0, 2, 1, 3)
    return (c @ b @ c.T).transpose(0, 2, 1, 3).reshape(x.shape).ravel()


def sobol(dims, n):
    from scipy.stats import qmc
    return (qmc.Sobol(dims, scramble=False, bits=32).random(n).T * 2.0**32).astype(np.uint64).astype(u4).ravel()


CASES = [
    K("transposeNoBankConflicts", r"""
#define TILE_DIM 32
#define BLOCK_ROWS 8
__device__ __forceinline__ int divergent_free(int b, int &bx, int &by) { by = b % gridDim.y; bx = ((b / gridDim.y) + by) % gridDim.x; return b; }
extern "C" __global__ void transposeNoBankConflicts(float *odata, const float *idata, int width, int height)
{
    __shared__ float tile[TILE_DIM][TILE_DIM + 1];
    int blockIdx_x, blockIdx_y;
    // diagonal reordering
    if (width == height) {
        blockIdx_y = blockIdx.x;
        blockIdx_x = (blockIdx.x + blockIdx.y) % gridDim.x;
    } else {
        divergent_free(blockIdx.x + gridDim.x * blockIdx.y, blockIdx_x, blockIdx_y);
    }
    int xIndex = blockIdx_x * TILE_DIM + threadIdx.x;
    int yIndex = blockIdx_y * TILE_DIM + threadIdx.y;
    int index_in = xIndex + (yIndex) * width;
    xIndex = blockIdx_y * TILE_DIM + threadIdx.x;
    yIndex = blockIdx_x * TILE_DIM + threadIdx.y;
    int index_out = xIndex + (yIndex) * height;
    for (int i = 0; i < TILE_DIM; i += BLOCK_ROWS)
        tile[threadIdx.y + i][threadIdx.x] = idata[index_in + i * width];
    __syncthreads();
    for (int i = 0; i < TILE_DIM; i += BLOCK_ROWS)
        odata[index_out + i * height] = tile[threadIdx.x][threadIdx.y + i];
}""", lambda r: [np.zeros(96 * 64, f4), r.random((64, 96), f4), 96, 64],
      lambda out, x, w, h: x.T.ravel(), grid=(3, 2), block=(32, 8)),
    K("scanExclusiveShared", r"""
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
#define THREADBLOCK_SIZE 64
inline __device__ uint scan1Inclusive(uint idata, volatile uint *s_Data, uint size, cg::thread_block cta)
{
    uint pos = 2 * threadIdx.x - (threadIdx.x & (size - 1));
    s_Data[pos] = 0;
    pos += size;
    s_Data[pos] = idata;
    for (uint offset = 1; offset < size; offset <<= 1) {
        cg::sync(cta);
        uint t = s_Data[pos] + s_Data[pos - offset];
        cg::sync(cta);
        s_Data[pos] = t;
    }
    return s_Data[pos];
}
inline __device__ uint scan1Exclusive(uint idata, volatile uint *s_Data, uint size, cg::thread_block cta) { return scan1Inclusive(idata, s_Data, size, cta) - idata; }
inline __device__ uint4 scan4Inclusive(uint4 idata4, volatile uint *s_Data, uint size, cg::thread_block cta)
{
    idata4.y += idata4.x; idata4.z += idata4.y; idata4.w += idata4.z;
    uint oval = scan1Exclusive(idata4.w, s_Data, size / 4, cta);
    idata4.x += oval; idata4.y += oval; idata4.z += oval; idata4.w += oval;
    return idata4;
}
inline __device__ uint4 scan4Exclusive(uint4 idata4, volatile uint *s_Data, uint size, cg::thread_block cta)
{
    uint4 odata4 = scan4Inclusive(idata4, s_Data, size, cta);
    odata4.x -= idata4.x; odata4.y -= idata4.y; odata4.z -= idata4.z; odata4.w -= idata4.w;
    return odata4;
}
extern "C" __global__ void scanExclusiveShared(uint4 *d_Dst, uint4 *d_Src, uint size)
{
    cg::thread_block cta = cg::this_thread_block();
    __shared__ uint s_Data[2 * THREADBLOCK_SIZE];
    uint pos = blockIdx.x * blockDim.x + threadIdx.x;
    uint4 idata4 = d_Src[pos];
    uint4 odata4 = scan4Exclusive(idata4, s_Data, size, cta);
    d_Dst[pos] = odata4;
}""", lambda r: [np.zeros(1024, u4), r.integers(0, 1000, 1024).astype(u4), 256],
      lambda out, x, n: (np.cumsum(x.reshape(-1, n), axis=1, dtype=u4) - x.reshape(-1, n)).ravel(), grid=4),
    K("bitonicSortShared", r"""
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
#define SHARED_SIZE_LIMIT 256U
#define UMUL(a, b) __umul24((a), (b))
__device__ inline void Comparator(uint &keyA, uint &valA, uint &keyB, uint &valB, uint dir)
{
    uint t;
    if ((keyA > keyB) == dir) { t = keyA; keyA = keyB; keyB = t; t = valA; valA = valB; valB = t; }
}
extern "C" __global__ void bitonicSortShared(uint *d_DstKey, uint *d_DstVal, uint *d_SrcKey, uint *d_SrcVal, uint arrayLength, uint dir)
{
    cg::thread_block cta = cg::this_thread_block();
    __shared__ uint s_key[SHARED_SIZE_LIMIT];
    __shared__ uint s_val[SHARED_SIZE_LIMIT];
    d_SrcKey += blockIdx.x * SHARED_SIZE_LIMIT + threadIdx.x;
    d_SrcVal += blockIdx.x * SHARED_SIZE_LIMIT + threadIdx.x;
    d_DstKey += blockIdx.x * SHARED_SIZE_LIMIT + threadIdx.x;
    d_DstVal += blockIdx.x * SHARED_SIZE_LIMIT + threadIdx.x;
    s_key[threadIdx.x + 0] = d_SrcKey[0];
    s_val[threadIdx.x + 0] = d_SrcVal[0];
    s_key[threadIdx.x + (SHARED_SIZE_LIMIT / 2)] = d_SrcKey[(SHARED_SIZE_LIMIT / 2)];
    s_val[threadIdx.x + (SHARED_SIZE_LIMIT / 2)] = d_SrcVal[(SHARED_SIZE_LIMIT / 2)];
    for (uint size = 2; size < arrayLength; size <<= 1) {
        uint ddd = dir ^ ((threadIdx.x & (size / 2)) != 0);
        for (uint stride = size / 2; stride > 0; stride >>= 1) {
            cg::sync(cta);
            uint pos = 2 * threadIdx.x - (threadIdx.x & (stride - 1));
            Comparator(s_key[pos + 0], s_val[pos + 0], s_key[pos + stride], s_val[pos + stride], ddd);
        }
    }
    {
        for (uint stride = arrayLength / 2; stride > 0; stride >>= 1) {
            cg::sync(cta);
            uint pos = 2 * threadIdx.x - (threadIdx.x & (stride - 1));
            Comparator(s_key[pos + 0], s_val[pos + 0], s_key[pos + stride], s_val[pos + stride], dir);
        }
    }
    cg::sync(cta);
    d_DstKey[0] = s_key[threadIdx.x + 0];
    d_DstVal[0] = s_val[threadIdx.x + 0];
    d_DstKey[(SHARED_SIZE_LIMIT / 2)] = s_key[threadIdx.x + (SHARED_SIZE_LIMIT / 2)];
    d_DstVal[(SHARED_SIZE_LIMIT / 2)] = s_val[threadIdx.x + (SHARED_SIZE_LIMIT / 2)];
}""", lambda r: [np.zeros(512, u4), np.zeros(512, u4), r.permutation(512).astype(u4), np.arange(512, dtype=u4), 256, 1],
      lambda out, v, k, s, n, d: np.sort(k.reshape(-1, n), axis=1).ravel(), grid=2, block=128),
    K("mergeSortRanks", r"""
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
template <uint sortDir> static inline __device__ uint binarySearchInclusive(uint val, uint *data, uint L, uint stride)
{
    if (L == 0) return 0;
    uint pos = 0;
    for (; stride > 0; stride >>= 1) {
        uint newPos = umin(pos + stride, L);
        if ((sortDir && (data[newPos - 1] <= val)) || (!sortDir && (data[newPos - 1] >= val))) pos = newPos;
    }
    return pos;
}
template <uint sortDir> static inline __device__ uint binarySearchExclusive(uint val, uint *data, uint L, uint stride)
{
    if (L == 0) return 0;
    uint pos = 0;
    for (; stride > 0; stride >>= 1) {
        uint newPos = umin(pos + stride, L);
        if ((sortDir && (data[newPos - 1] < val)) || (!sortDir && (data[newPos - 1] > val))) pos = newPos;
    }
    return pos;
}
template <uint sortDir> __device__ void mergeAll(uint *d_Dst, uint *d_Src, uint arrayLength)
{
    cg::thread_block cta = cg::this_thread_block();
    __shared__ uint s_key[256];
    d_Src += blockIdx.x * 256 + threadIdx.x;
    d_Dst += blockIdx.x * 256 + threadIdx.x;
    s_key[threadIdx.x + 0] = d_Src[0];
    s_key[threadIdx.x + 128] = d_Src[128];
    for (uint stride = 1; stride < arrayLength; stride <<= 1) {
        uint lPos = threadIdx.x & (stride - 1);
        uint *baseKey = s_key + 2 * (threadIdx.x - lPos);
        cg::sync(cta);
        uint keyA = baseKey[lPos + 0];
        uint keyB = baseKey[lPos + stride];
        uint posA = binarySearchExclusive<sortDir>(keyA, baseKey + stride, stride, stride) + lPos;
        uint posB = binarySearchInclusive<sortDir>(keyB, baseKey + 0, stride, stride) + lPos;
        cg::sync(cta);
        baseKey[posA] = keyA;
        baseKey[posB] = keyB;
    }
    cg::sync(cta);
    d_Dst[0] = s_key[threadIdx.x + 0];
    d_Dst[128] = s_key[threadIdx.x + 128];
}
extern "C" __global__ void mergeSortRanks(uint *d_Dst, uint *d_Src, uint arrayLength) { mergeAll<1U>(d_Dst, d_Src, arrayLength); }
""", lambda r: [np.zeros(512, u4), r.integers(0, 99, 512).astype(u4), 256],
      lambda out, k, n: np.sort(k.reshape(-1, n), axis=1).ravel(), grid=2, block=128),
    K("histogram256Kernel", r"""
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
#define LOG2_WARP_SIZE 5U
#define WARP_SIZE (1U << LOG2_WARP_SIZE)
#define WARP_COUNT 6
#define HISTOGRAM256_THREADBLOCK_SIZE (WARP_COUNT * WARP_SIZE)
#define HISTOGRAM256_THREADBLOCK_MEMORY (WARP_COUNT * 256)
#define UMUL(a, b) ((a) * (b))
#define UMAD(a, b, c) (UMUL((a), (b)) + (c))
#define TAG_MASK 0xFFFFFFFFU
inline __device__ void addByte(uint *s_WarpHist, uint data, uint threadTag) { atomicAdd(s_WarpHist + data, 1); }
inline __device__ void addWord(uint *s_WarpHist, uint data, uint tag)
{
    addByte(s_WarpHist, (data >> 0) & 0xFFU, tag);
    addByte(s_WarpHist, (data >> 8) & 0xFFU, tag);
    addByte(s_WarpHist, (data >> 16) & 0xFFU, tag);
    addByte(s_WarpHist, (data >> 24) & 0xFFU, tag);
}
extern "C" __global__ void histogram256Kernel(uint *d_Hist, uint *d_Data, uint dataCount)
{
    cg::thread_block cta = cg::this_thread_block();
    __shared__ uint s_Hist[HISTOGRAM256_THREADBLOCK_MEMORY];
    uint *s_WarpHist = s_Hist + (threadIdx.x >> LOG2_WARP_SIZE) * 256;
#pragma unroll
    for (uint i = 0; i < (HISTOGRAM256_THREADBLOCK_MEMORY / HISTOGRAM256_THREADBLOCK_SIZE); i++)
        s_Hist[threadIdx.x + i * HISTOGRAM256_THREADBLOCK_SIZE] = 0;
    const uint tag = threadIdx.x << (32 - LOG2_WARP_SIZE);
    cg::sync(cta);
    for (uint pos = UMAD(blockIdx.x, blockDim.x, threadIdx.x); pos < dataCount; pos += UMUL(blockDim.x, gridDim.x))
        addWord(s_WarpHist, d_Data[pos], tag);
    cg::sync(cta);
    for (uint bin = threadIdx.x; bin < 256; bin += HISTOGRAM256_THREADBLOCK_SIZE) {
        uint sum = 0;
        for (uint i = 0; i < WARP_COUNT; i++) sum += s_Hist[bin + i * 256] & TAG_MASK;
        atomicAdd(d_Hist + bin, sum);
    }
}""", lambda r: [np.zeros(256, u4), r.integers(0, 2**32, 3000, dtype=np.uint64).astype(u4), 3000],
      lambda out, x, n: np.bincount(x.view(u1), minlength=256).astype(u4), grid=3, block=192),
    K("convolutionSeparable", r"""
#include <cooperative_groups.h>
#include <assert.h>
namespace cg = cooperative_groups;
#define KERNEL_RADIUS 8
#define KERNEL_LENGTH (2 * KERNEL_RADIUS + 1)
#define ROWS_BLOCKDIM_X 16
#define ROWS_BLOCKDIM_Y 4
#define ROWS_RESULT_STEPS 4
#define ROWS_HALO_STEPS 1
__device__ void rows(float *d_Dst, const float *d_Src, const float *c_Kernel, int imageW, int imageH, int pitch, int bx, int by)
{
    cg::thread_block cta = cg::this_thread_block();
    __shared__ float s_Data[ROWS_BLOCKDIM_Y][(ROWS_RESULT_STEPS + 2 * ROWS_HALO_STEPS) * ROWS_BLOCKDIM_X];
    const int baseX = (bx * ROWS_RESULT_STEPS - ROWS_HALO_STEPS) * ROWS_BLOCKDIM_X + threadIdx.x;
    const int baseY = by * ROWS_BLOCKDIM_Y + threadIdx.y;
    d_Src += baseY * pitch + baseX;
    d_Dst += baseY * pitch + baseX;
#pragma unroll
    for (int i = ROWS_HALO_STEPS; i < ROWS_HALO_STEPS + ROWS_RESULT_STEPS; i++)
        s_Data[threadIdx.y][threadIdx.x + i * ROWS_BLOCKDIM_X] = d_Src[i * ROWS_BLOCKDIM_X];
#pragma unroll
    for (int i = 0; i < ROWS_HALO_STEPS; i++)
        s_Data[threadIdx.y][threadIdx.x + i * ROWS_BLOCKDIM_X] = (baseX >= -i * ROWS_BLOCKDIM_X) ? d_Src[i * ROWS_BLOCKDIM_X] : 0;
#pragma unroll
    for (int i = ROWS_HALO_STEPS + ROWS_RESULT_STEPS; i < ROWS_HALO_STEPS + ROWS_RESULT_STEPS + ROWS_HALO_STEPS; i++)
        s_Data[threadIdx.y][threadIdx.x + i * ROWS_BLOCKDIM_X] = (imageW - baseX > i * ROWS_BLOCKDIM_X) ? d_Src[i * ROWS_BLOCKDIM_X] : 0;
    cg::sync(cta);
#pragma unroll
    for (int i = ROWS_HALO_STEPS; i < ROWS_HALO_STEPS + ROWS_RESULT_STEPS; i++) {
        float sum = 0;
#pragma unroll
        for (int j = -KERNEL_RADIUS; j <= KERNEL_RADIUS; j++)
            sum += c_Kernel[KERNEL_RADIUS - j] * s_Data[threadIdx.y][threadIdx.x + i * ROWS_BLOCKDIM_X + j];
        d_Dst[i * ROWS_BLOCKDIM_X] = sum;
    }
}
__device__ void columns(float *d_Dst, const float *d_Src, const float *c_Kernel, int imageW, int imageH)
{
    for (int y = threadIdx.y; y < imageH; y += blockDim.y)
        for (int x = threadIdx.x; x < imageW; x += blockDim.x) {
            float sum = 0;
            for (int k = -KERNEL_RADIUS; k <= KERNEL_RADIUS; k++) {
                int d = y + k;
                if (d >= 0 && d < imageH) sum += d_Src[d * imageW + x] * c_Kernel[KERNEL_RADIUS - k];
            }
            d_Dst[y * imageW + x] = sum;
        }
}
extern "C" __global__ void convolutionSeparable(float *dst, float *tmp, const float *src, const float *taps, int w, int h)
{
    __shared__ float c_Kernel[KERNEL_LENGTH];
    int t = threadIdx.y * blockDim.x + threadIdx.x;
    if (t < KERNEL_LENGTH) c_Kernel[t] = taps[t];
    __syncthreads();
    for (int by = 0; by < h / ROWS_BLOCKDIM_Y; by++)
        for (int bx = 0; bx < w / (ROWS_RESULT_STEPS * ROWS_BLOCKDIM_X); bx++) {
            rows(tmp, src, c_Kernel, w, h, w, bx, by);
            __syncthreads();
        }
    columns(dst, tmp, c_Kernel, w, h);
}""", lambda r: [np.zeros(128 * 32, f4), np.zeros(128 * 32, f4), r.random((32, 128), f4), (r.random(17) / 8).astype(f4), 128, 32],
      lambda out, tmp, x, taps, w, h: rows_and_columns(x.astype(f8), taps).ravel(), block=(16, 4), tol=1e-5),
    K("FiniteDifferences3DKernel", r"""
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
#define RADIUS 2
#define k_blockDimX 8
#define k_blockDimMaxY 8
__constant__ float stencil[RADIUS + 1] = {0.5f, 0.05f, 0.025f};
extern "C" __global__ void FiniteDifferences3DKernel(float *output, const float *input, const int dimx, const int dimy, const int dimz)
{
    bool validr = true;
    bool validw = true;
    const int gtidx = blockIdx.x * blockDim.x + threadIdx.x;
    const int gtidy = blockIdx.y * blockDim.y + threadIdx.y;
    const int ltidx = threadIdx.x;
    const int ltidy = threadIdx.y;
    const int workx = blockDim.x;
    const int worky = blockDim.y;
    cg::thread_block cta = cg::this_thread_block();
    __shared__ float tile[k_blockDimMaxY + 2 * RADIUS][k_blockDimX + 2 * RADIUS];
    const int stride_y = dimx + 2 * RADIUS;
    const int stride_z = stride_y * (dimy + 2 * RADIUS);
    int inputIndex = 0;
    int outputIndex = 0;
    inputIndex += RADIUS * stride_y + RADIUS;
    inputIndex += gtidy * stride_y + gtidx;
    float infront[RADIUS];
    float behind[RADIUS];
    float current;
    const int tx = ltidx + RADIUS;
    const int ty = ltidy + RADIUS;
    if ((gtidx >= dimx + RADIUS) || (gtidy >= dimy + RADIUS)) validr = false;
    if ((gtidx >= dimx) || (gtidy >= dimy)) validw = false;
    for (int i = RADIUS - 2; i >= 0; i--) {
        if (validr) behind[i] = input[inputIndex];
        inputIndex += stride_z;
    }
    if (validr) current = input[inputIndex];
    outputIndex = inputIndex;
    inputIndex += stride_z;
    for (int i = 0; i < RADIUS; i++) {
        if (validr) infront[i] = input[inputIndex];
        inputIndex += stride_z;
    }
#pragma unroll 9
    for (int iz = 0; iz < dimz; iz++) {
        for (int i = RADIUS - 1; i > 0; i--) behind[i] = behind[i - 1];
        behind[0] = current;
        current = infront[0];
#pragma unroll RADIUS
        for (int i = 0; i < RADIUS - 1; i++) infront[i] = infront[i + 1];
        if (validr) infront[RADIUS - 1] = input[inputIndex];
        inputIndex += stride_z;
        outputIndex += stride_z;
        cg::sync(cta);
        if (ltidy < RADIUS) {
            tile[ltidy][tx] = input[outputIndex - RADIUS * stride_y];
            tile[ltidy + worky + RADIUS][tx] = input[outputIndex + worky * stride_y];
        }
        if (ltidx < RADIUS) {
            tile[ty][ltidx] = input[outputIndex - RADIUS];
            tile[ty][ltidx + workx + RADIUS] = input[outputIndex + workx];
        }
        tile[ty][tx] = current;
        cg::sync(cta);
        float value = stencil[0] * current;
#pragma unroll RADIUS
        for (int i = 1; i <= RADIUS; i++)
            value += stencil[i] * (infront[i - 1] + behind[i - 1] + tile[ty - i][tx] + tile[ty + i][tx] + tile[ty][tx - i] + tile[ty][tx + i]);
        if (validw) output[outputIndex] = value;
    }
}""", lambda r: (lambda x: [x.copy(), x, 16, 8, 5])(r.random((5 + 4, 8 + 4, 16 + 4)).astype(f4)),
      lambda out, x, a, b, c: fdtd(x, [0.5, 0.05, 0.025], 1).reshape(x.shape), grid=(2, 1), block=(8, 8), tol=1e-5),
    K("dct8x8_gold", r"""
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
#define BLOCK_SIZE 8
#define FMUL(x, y) (__fmul_rn(x, y))
__constant__ float DCTv8matrix[64] = {
  0.3535533905932738f,  0.4903926402016152f,  0.4619397662556434f,  0.4157348061512726f,  0.3535533905932738f,  0.2777851165098011f,  0.1913417161825449f,  0.0975451610080642f,
  0.3535533905932738f,  0.4157348061512726f,  0.1913417161825449f, -0.0975451610080641f, -0.3535533905932737f, -0.4903926402016152f, -0.4619397662556434f, -0.2777851165098011f,
  0.3535533905932738f,  0.2777851165098011f, -0.1913417161825449f, -0.4903926402016152f, -0.3535533905932738f,  0.0975451610080642f,  0.4619397662556433f,  0.4157348061512727f,
  0.3535533905932738f,  0.0975451610080642f, -0.4619397662556434f, -0.2777851165098011f,  0.3535533905932737f,  0.4157348061512727f, -0.1913417161825450f, -0.4903926402016153f,
  0.3535533905932738f, -0.0975451610080641f, -0.4619397662556434f,  0.2777851165098009f,  0.3535533905932738f, -0.4157348061512726f, -0.1913417161825453f,  0.4903926402016152f,
  0.3535533905932738f, -0.2777851165098010f, -0.1913417161825452f,  0.4903926402016153f, -0.3535533905932733f, -0.0975451610080649f,  0.4619397662556437f, -0.4157348061512720f,
  0.3535533905932738f, -0.4157348061512727f,  0.1913417161825450f,  0.0975451610080640f, -0.3535533905932736f,  0.4903926402016152f, -0.4619397662556435f,  0.2777851165098022f,
  0.3535533905932738f, -0.4903926402016152f,  0.4619397662556433f, -0.4157348061512721f,  0.3535533905932733f, -0.2777851165098008f,  0.1913417161825431f, -0.0975451610080625f};
__shared__ float CurBlockLocal1[64];
__shared__ float CurBlockLocal2[64];
extern "C" __global__ void dct8x8_gold(float *Dst, const float *Src, int ImgWidth, int OffsetXBlocks, int OffsetYBlocks)
{
    cg::thread_block cta = cg::this_thread_block();
    const int bx = blockIdx.x + OffsetXBlocks;
    const int by = blockIdx.y + OffsetYBlocks;
    const int tx = threadIdx.x;
    const int ty = threadIdx.y;
    int index = ((by << 3) + ty) * ImgWidth + (bx << 3) + tx;
    CurBlockLocal1[(ty << 3) + tx] = Src[index];
    cg::sync(cta);
    float curelem = 0;
    int DCTv8matrixIndex = 0 * BLOCK_SIZE + ty;
    int CurBlockLocal1Index = 0 * BLOCK_SIZE + tx;
#pragma unroll
    for (int i = 0; i < BLOCK_SIZE; i++) {
        curelem += DCTv8matrix[DCTv8matrixIndex] * CurBlockLocal1[CurBlockLocal1Index];
        DCTv8matrixIndex += BLOCK_SIZE;
        CurBlockLocal1Index += BLOCK_SIZE;
    }
    CurBlockLocal2[(ty << 3) + tx] = curelem;
    cg::sync(cta);
    curelem = 0;
    int CurBlockLocal2Index = (ty << 3) + 0;
    DCTv8matrixIndex = 0 * BLOCK_SIZE + tx;
#pragma unroll
    for (int i = 0; i < BLOCK_SIZE; i++) {
        curelem += CurBlockLocal2[CurBlockLocal2Index] * DCTv8matrix[DCTv8matrixIndex];
        CurBlockLocal2Index += 1;
        DCTv8matrixIndex += BLOCK_SIZE;
    }
    Dst[index] = curelem;
}""", lambda r: [np.zeros(16 * 24, f4), (r.random((16, 24)) * 255 - 128).astype(f4), 24, 0, 0],
      lambda out, x, w, a, b: dct_of_blocks(x.astype(f8)), grid=(3, 2), block=(8, 8), tol=2e-4),
    K("bisectSturm", r"""
// number of eigenvalues of a tridiagonal matrix below x (Sturm sequence), then bisection, one eigenvalue a thread
template <class T> __device__ inline unsigned int computeNumSmallerEigenvals(const T *g_d, const T *g_s, const unsigned int n, const T x)
{
    T delta = g_d[0] - x;
    unsigned int count = (delta < 0) ? 1 : 0;
    for (unsigned int k = 1; k < n; ++k) {
        delta = g_d[k] - x - (g_s[k - 1] * g_s[k - 1]) / (delta == T(0) ? T(1e-30) : delta);
        count += (delta < 0) ? 1 : 0;
    }
    return count;
}
template <class S, class T> __device__ inline void writeToGmem(const unsigned int tid, S *g_out, const T *s_left, const T *s_right) { g_out[tid] = S((s_left[tid] + s_right[tid]) / 2); }
__device__ inline double computeMidpoint(const double left, const double right)
{
    double mid;
    if (copysign(1.0, left) == copysign(1.0, right)) mid = left + (right - left) * 0.5;
    else mid = (left + right) * 0.5;
    return mid;
}
extern "C" __global__ void bisectSturm(double *out, const double *d, const double *s, unsigned int n, double lo, double hi, double precision)
{
    __shared__ double s_left[64], s_right[64];
    const unsigned int tid = threadIdx.x;
    if (tid < n) {
        double left = lo, right = hi;
        do {
            double mid = computeMidpoint(left, right);
            if (computeNumSmallerEigenvals(d, s, n, mid) > tid) right = mid; else left = mid;
        } while (right - left > precision);
        s_left[tid] = left; s_right[tid] = right;
    }
    __syncthreads();
    if (tid < n) writeToGmem(tid, out, s_left, s_right);
}""", lambda r: [np.zeros(40, f8), r.standard_normal(40), r.random(39), 40, -20.0, 20.0, 1e-13],
      lambda out, d, s, n, lo, hi, p: np.linalg.eigvalsh(np.diag(d) + np.diag(s, 1) + np.diag(s, -1)), tol=1e-9),
    K("fwtBatch1Kernel", r"""
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
extern "C" __global__ void fwtBatch1Kernel(float *d_Output, const float *d_Input, int log2N)
{
    cg::thread_block cta = cg::this_thread_block();
    const int N = 1 << log2N;
    const int base = blockIdx.x << log2N;
    extern __shared__ float s_data[];
    const float *d_Src = d_Input + base;
    float *d_Dst = d_Output + base;
    for (int pos = threadIdx.x; pos < N; pos += blockDim.x) s_data[pos] = d_Src[pos];
    const int pos = threadIdx.x;
    for (int stride = N >> 2; stride > 0; stride >>= 2) {
        int lo = pos & (stride - 1);
        int i0 = ((pos - lo) << 2) + lo;
        int i1 = i0 + stride;
        int i2 = i1 + stride;
        int i3 = i2 + stride;
        cg::sync(cta);
        float D0 = s_data[i0];
        float D1 = s_data[i1];
        float D2 = s_data[i2];
        float D3 = s_data[i3];
        float T;
        T = D0; D0 = D0 + D2; D2 = T - D2;
        T = D1; D1 = D1 + D3; D3 = T - D3;
        T = D0; s_data[i0] = D0 + D1; s_data[i1] = T - D1;
        T = D2; s_data[i2] = D2 + D3; s_data[i3] = T - D3;
    }
    if (log2N & 1) {
        cg::sync(cta);
        for (int pos = threadIdx.x; pos < N / 2; pos += blockDim.x) {
            int i0 = pos << 1;
            int i1 = i0 + 1;
            float D0 = s_data[i0];
            float D1 = s_data[i1];
            s_data[i0] = D0 + D1;
            s_data[i1] = D0 - D1;
        }
    }
    cg::sync(cta);
    for (int pos = threadIdx.x; pos < N; pos += blockDim.x) d_Dst[pos] = s_data[pos];
}""", lambda r: [np.zeros(256, f4), r.integers(-50, 50, 256).astype(f4), 7],
      lambda out, x, n: np.concatenate([walsh(x[:128]), walsh(x[128:])]), grid=2, block=32, shared=512),
    K("MonteCarloOneBlockPerOption", r"""
#include <cooperative_groups.h>
#include <curand_kernel.h>
namespace cg = cooperative_groups;
struct __TOptionData { float S, X, MuByT, VBySqrtT; };
typedef struct { float Expected, Confidence; } __TOptionValue;
typedef struct __TOptionData TOpt;
__device__ inline float endCallValue(float S, float X, float r, float MuByT, float VBySqrtT)
{
    float callValue = S * __expf(MuByT + VBySqrtT * r) - X;
    return (callValue > 0.0F) ? callValue : 0.0F;
}
template <class T, bool nIsPow2> __device__ void reduceTile(T &sum, T &sum2, cg::thread_block &cta)
{
    cg::thread_block_tile<32> tile32 = cg::tiled_partition<32>(cta);
    __shared__ T part[2][32];
    T beta = sum, beta2 = sum2;
    for (int i = tile32.size() / 2; i > 0; i >>= 1) { beta += tile32.shfl_down(beta, i); beta2 += tile32.shfl_down(beta2, i); }
    if (tile32.thread_rank() == 0) { part[0][tile32.meta_group_rank()] = beta; part[1][tile32.meta_group_rank()] = beta2; }
    cg::sync(cta);
    if (cta.thread_rank() == 0) {
        sum = sum2 = 0;
        for (int i = 0; i < (int)(blockDim.x / 32); i++) { sum += part[0][i]; sum2 += part[1][i]; }
    }
}
extern "C" __global__ void MonteCarloOneBlockPerOption(__TOptionValue *d_CallValue, const TOpt *d_OptionData, const float *samples, int pathN, int optionN)
{
    cg::thread_block cta = cg::this_thread_block();
    for (int optionIndex = blockIdx.x; optionIndex < optionN; optionIndex += gridDim.x) {
        const float S = d_OptionData[optionIndex].S;
        const float X = d_OptionData[optionIndex].X;
        const float MuByT = d_OptionData[optionIndex].MuByT;
        const float VBySqrtT = d_OptionData[optionIndex].VBySqrtT;
        float sum = 0, sum2 = 0;
        for (int i = threadIdx.x; i < pathN; i += blockDim.x) {
            float callValue = endCallValue(S, X, samples[i], MuByT, VBySqrtT);
            sum += callValue;
            sum2 += callValue * callValue;
        }
        reduceTile<float, true>(sum, sum2, cta);
        if (threadIdx.x == 0) { __TOptionValue t = {sum, sum2}; d_CallValue[optionIndex] = t; }
        cg::sync(cta);
    }
}""", lambda r: [np.zeros(10, f4), r.random((5, 4)).astype(f4), r.standard_normal(1000).astype(f4), 1000, 5],
      lambda out, o, z, n, k: np.array([[v.sum(), (v * v).sum()] for v in
                                        (np.maximum(s * np.exp(m + q * z.astype(f8)) - x, 0) for s, x, m, q in o.astype(f8))]).ravel(),
      grid=2, block=128, tol=1e-4),
    K("integrateBodies", r"""
#include <math.h>
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
__constant__ float softeningSquared = 0.01f;
__constant__ double softeningSquared_fp64 = 0.01;
template <class T> struct SharedMemory {
    __device__ inline operator T *() { extern __shared__ int __smem[]; return (T *)__smem; }
    __device__ inline operator const T *() const { extern __shared__ int __smem[]; return (T *)__smem; }
};
template <typename T> __device__ T rsqrt_T(T x) { return rsqrt(x); }
template <> __device__ float rsqrt_T<float>(float x) { return rsqrtf(x); }
template <> __device__ double rsqrt_T<double>(double x) { return rsqrt(x); }
template <typename T> struct vec3 { typedef float Type; };
template <> struct vec3<float> { typedef float3 Type; };
template <> struct vec3<double> { typedef double3 Type; };
template <typename T> struct vec4 { typedef float Type; };
template <> struct vec4<float> { typedef float4 Type; };
template <> struct vec4<double> { typedef double4 Type; };
template <typename T> __device__ T getSofteningSquared() { return softeningSquared; }
template <> __device__ double getSofteningSquared<double>() { return softeningSquared_fp64; }
template <typename T> __device__ typename vec3<T>::Type bodyBodyInteraction(typename vec3<T>::Type ai, typename vec4<T>::Type bi, typename vec4<T>::Type bj)
{
    typename vec3<T>::Type r;
    r.x = bj.x - bi.x;
    r.y = bj.y - bi.y;
    r.z = bj.z - bi.z;
    T distSqr = r.x * r.x + r.y * r.y + r.z * r.z;
    distSqr += getSofteningSquared<T>();
    T invDist = rsqrt_T(distSqr);
    T invDistCube = invDist * invDist * invDist;
    T s = bj.w * invDistCube;
    ai.x += r.x * s;
    ai.y += r.y * s;
    ai.z += r.z * s;
    return ai;
}
template <typename T> __device__ typename vec3<T>::Type computeBodyAccel(typename vec4<T>::Type bodyPos, typename vec4<T>::Type *positions, int numTiles, cg::thread_block cta)
{
    typename vec4<T>::Type *sharedPos = SharedMemory<typename vec4<T>::Type>();
    typename vec3<T>::Type acc = {0.0f, 0.0f, 0.0f};
    for (int tile = 0; tile < numTiles; tile++) {
        sharedPos[threadIdx.x] = positions[tile * blockDim.x + threadIdx.x];
        cg::sync(cta);
#pragma unroll 128
        for (unsigned int counter = 0; counter < blockDim.x; counter++) acc = bodyBodyInteraction<T>(acc, bodyPos, sharedPos[counter]);
        cg::sync(cta);
    }
    return acc;
}
template <typename T> __device__ void integrate(typename vec4<T>::Type *__restrict__ newPos, typename vec4<T>::Type *__restrict__ oldPos, typename vec4<T>::Type *vel, unsigned int deviceOffset, unsigned int deviceNumBodies, float deltaTime, float damping, int numTiles)
{
    cg::thread_block cta = cg::this_thread_block();
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index >= deviceNumBodies) { return; }
    typename vec4<T>::Type position = oldPos[deviceOffset + index];
    typename vec3<T>::Type accel = computeBodyAccel<T>(position, oldPos, numTiles, cta);
    typename vec4<T>::Type velocity = vel[deviceOffset + index];
    velocity.x += accel.x * deltaTime;
    velocity.y += accel.y * deltaTime;
    velocity.z += accel.z * deltaTime;
    velocity.x *= damping;
    velocity.y *= damping;
    velocity.z *= damping;
    position.x += velocity.x * deltaTime;
    position.y += velocity.y * deltaTime;
    position.z += velocity.z * deltaTime;
    newPos[deviceOffset + index] = position;
    vel[deviceOffset + index] = velocity;
}
extern "C" __global__ void integrateBodies(double4 *newPos, double4 *oldPos, double4 *vel, float4 *fn, float4 *fo, float4 *fv, int n)
{
    integrate<double>(newPos, oldPos, vel, 0, n, 0.016f, 1.0f, n / blockDim.x);
    __syncthreads();
    integrate<float>(fn, fo, fv, 0, n, 0.016f, 1.0f, n / blockDim.x);
}""", lambda r: [np.zeros((128, 4)), r.random((128, 4)), np.zeros((128, 4)), np.zeros((128, 4), f4), r.random((128, 4)).astype(f4), np.zeros((128, 4), f4), 128],
      lambda out, p, v, a, b, c, n: bodies(p), grid=2, block=64, shared=64 * 32, tol=1e-7),
    K("particlesCollide", r"""
struct SimParams { float3 worldOrigin; float3 cellSize; uint3 gridSize; uint numBodies; float radius; };
#define FETCH(t, i) t[i]
inline __device__ float3 operator-(float3 a, float3 b) { return make_float3(a.x - b.x, a.y - b.y, a.z - b.z); }
inline __device__ float dot(float3 a, float3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
__device__ int3 calcGridPos(float3 p, const SimParams &params)
{
    int3 gridPos;
    gridPos.x = floor((p.x - params.worldOrigin.x) / params.cellSize.x);
    gridPos.y = floor((p.y - params.worldOrigin.y) / params.cellSize.y);
    gridPos.z = floor((p.z - params.worldOrigin.z) / params.cellSize.z);
    return gridPos;
}
__device__ uint calcGridHash(int3 gridPos, const SimParams &params)
{
    gridPos.x = gridPos.x & (params.gridSize.x - 1);
    gridPos.y = gridPos.y & (params.gridSize.y - 1);
    gridPos.z = gridPos.z & (params.gridSize.z - 1);
    return __umul24(__umul24(gridPos.z, params.gridSize.y), params.gridSize.x) + __umul24(gridPos.y, params.gridSize.x) + gridPos.x;
}
extern "C" __global__ void particlesCollide(int *out, uint *hash, uint *index, uint *cellStart, uint *cellEnd, const float3 *pos, SimParams params)
{
    extern __shared__ uint sharedHash[];
    uint i = threadIdx.x;
    uint n = params.numBodies;
    // hash, then rank by counting: a stable sort of one block
    hash[i] = calcGridHash(calcGridPos(pos[i], params), params);
    __syncthreads();
    uint rank = 0;
    for (uint j = 0; j < n; j++) rank += hash[j] < hash[i] || (hash[j] == hash[i] && j < i);
    index[rank] = i;
    __syncthreads();
    uint h = hash[index[i]];
    sharedHash[i + 1] = h;
    if (i > 0) ; else sharedHash[0] = hash[index[0]];
    __syncthreads();
    if (i == 0 || h != sharedHash[i]) {
        cellStart[h] = i;
        if (i > 0) cellEnd[sharedHash[i]] = i;
    }
    if (i == n - 1) cellEnd[h] = i + 1;
    __syncthreads();
    uint me = index[i];
    int3 gridPos = calcGridPos(FETCH(pos, me), params);
    int count = 0;
    for (int z = -1; z <= 1; z++)
        for (int y = -1; y <= 1; y++)
            for (int x = -1; x <= 1; x++) {
                int3 neighbour = make_int3(gridPos.x + x, gridPos.y + y, gridPos.z + z);
                uint gridHash = calcGridHash(neighbour, params);
                uint startIndex = FETCH(cellStart, gridHash);
                if (startIndex != 0xffffffff) {
                    uint endIndex = FETCH(cellEnd, gridHash);
                    for (uint j = startIndex; j < endIndex; j++)
                        if (index[j] != me) {
                            float3 d = pos[me] - pos[index[j]];
                            count += dot(d, d) < params.cellSize.x * params.cellSize.x;
                        }
                }
            }
    out[me] = count;
}""", lambda r: [np.zeros(256, i4), np.zeros(256, u4), np.zeros(256, u4), np.full(512, 2**32 - 1, u4), np.zeros(512, u4), r.random((256, 3)).astype(f4),
                 np.array([(0, 0, 0, 0.125, 0.125, 0.125, 8, 8, 8, 256, 0.1)], ",".join(["f4"] * 6 + ["u4"] * 4 + ["f4"]))[0]],
      lambda out, h, ix, s, e, pos, p: particles_near(pos), block=256, shared=257 * 4),
    K("quasirandomGenerator", r"""
#define QRNG_DIMENSIONS 3
#define QRNG_RESOLUTION 31
#define INT_SCALE (1.0f / (float)0x80000001U)
#define MUL(a, b) __umul24(a, b)
static __device__ unsigned int c_Primes[] = {2, 3, 5};
extern "C" __global__ void quasirandomGenerator(float *d_Output, unsigned int seed, unsigned int N)
{
    unsigned int tid = MUL(blockDim.x, blockIdx.x) + threadIdx.x;
    unsigned int threadN = MUL(blockDim.x, gridDim.x);
    for (unsigned int pos = tid; pos < N; pos += threadN) {
        unsigned int data = seed + pos + 1, base = c_Primes[threadIdx.y];
        double result = 0, f = 1.0;
        for (int bit = 0; data; ++bit, data /= base) { f /= base; result += f * (data % base); }
        d_Output[MUL(threadIdx.y, N) + pos] = (float)result;
    }
}""", lambda r: [np.zeros(300, f4), 0, 100], lambda out, s, n: halton(100, 3), grid=2, block=(16, 3), tol=1e-6),
    K("sobolGPU_kernel", r"""
#include <cooperative_groups.h>
#define k_2powneg32 2.3283064E-10F
namespace cg = cooperative_groups;
extern "C" __global__ void sobolGPU_kernel(unsigned *d_output, unsigned n_vectors, unsigned n_dimensions, unsigned *d_directions)
{
    cg::thread_block cta = cg::this_thread_block();
    __shared__ unsigned int v[32];
    d_directions = d_directions + 32 * blockIdx.y;
    d_output = d_output + n_vectors * blockIdx.y;
    if (threadIdx.x < 32) v[threadIdx.x] = d_directions[threadIdx.x];
    cg::sync(cta);
    int i0 = threadIdx.x + blockIdx.x * blockDim.x;
    int stride = gridDim.x * blockDim.x;
    unsigned int g = i0 ^ (i0 >> 1);
    unsigned int X = 0;
    unsigned int mask;
    for (unsigned int k = 0; k < __ffs(stride) - 1; k++) {
        mask = -(g & 1);
        X ^= mask & v[k];
        g = g >> 1;
    }
    if (i0 < n_vectors) d_output[i0] = X;
    unsigned int v_log2stridem1 = v[__ffs(stride) - 2];
    unsigned int v_stridemask = stride - 1;
    for (unsigned int i = i0 + stride; i < n_vectors; i += stride) {
        X ^= v_log2stridem1 ^ v[__ffs(~((i - stride) | v_stridemask)) - 1];
        d_output[i] = X;
    }
}""", lambda r: [np.zeros(4 * 512, u4), 512, 4, directions(4)], lambda out, n, d, v: sobol(4, 512), grid=(2, 4), block=64),
    K("binomialOptionsKernel", r"""
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
#define NUM_STEPS 255
#define THREADBLOCK_SIZE 64
#define ELEMS_PER_THREAD ((NUM_STEPS + 1) / THREADBLOCK_SIZE)
typedef double real;
typedef struct { real S, X, vDt, puByDf, pdByDf; } __TOptionData;
__device__ inline double expiryCallValue(double S, double X, double vDt, int i)
{
    double d = S * exp(vDt * (2.0 * i - NUM_STEPS)) - X;
    return (d > 0.0) ? d : 0.0;
}
extern "C" __global__ void binomialOptionsKernel(real *out, const __TOptionData *d_OptionData)
{
    cg::thread_block cta = cg::this_thread_block();
    __shared__ real call_exchange[THREADBLOCK_SIZE + 1];
    const int tid = threadIdx.x;
    const real S = d_OptionData[blockIdx.x].S;
    const real X = d_OptionData[blockIdx.x].X;
    const real vDt = d_OptionData[blockIdx.x].vDt;
    const real puByDf = d_OptionData[blockIdx.x].puByDf;
    const real pdByDf = d_OptionData[blockIdx.x].pdByDf;
    real call[ELEMS_PER_THREAD + 1];
#pragma unroll
    for (int i = 0; i < ELEMS_PER_THREAD; ++i) call[i] = expiryCallValue(S, X, vDt, tid * ELEMS_PER_THREAD + i);
    if (tid == 0) call_exchange[THREADBLOCK_SIZE] = 0;
    int final_it = max(0, tid * ELEMS_PER_THREAD - 1);
#pragma unroll 16
    for (int i = NUM_STEPS; i > 0; --i) {
        call_exchange[tid] = call[0];
        cg::sync(cta);
        call[ELEMS_PER_THREAD] = call_exchange[tid + 1];
        cg::sync(cta);
        if (i > final_it) {
#pragma unroll
            for (int j = 0; j < ELEMS_PER_THREAD; ++j) call[j] = puByDf * call[j + 1] + pdByDf * call[j];
        }
    }
    if (tid == 0) out[blockIdx.x] = call[0];
}""", lambda r: [np.zeros(3, f8), np.array([[20, 18, 0.02, 0.51, 0.489], [10, 12, 0.03, 0.5, 0.495], [30, 25, 0.01, 0.52, 0.479]])],
      lambda out, o: np.array([binomial(*v) for v in o]), grid=3, tol=1e-10),
    K("warpAggregatedFilter", r"""
#include <cooperative_groups.h>
#include <cooperative_groups/scan.h>
#include <cuda/atomic>
namespace cg = cooperative_groups;
__device__ int atomicAggInc(int *counter)
{
    cg::coalesced_group active = cg::coalesced_threads();
    int res = 0;
    if (active.thread_rank() == 0) res = atomicAdd(counter, active.num_threads());
    res = active.shfl(res, 0);
    return active.thread_rank() + res;
}
__device__ int atomicAggIncMulti(const int bucket, int *counter)
{
    auto labeledGroup = cg::labeled_partition(cg::coalesced_threads(), bucket);
    int t = 0;
    if (labeledGroup.thread_rank() == 0) t = atomicAdd(&counter[bucket], labeledGroup.num_threads());
    return labeledGroup.shfl(t, 0) + labeledGroup.thread_rank();
}
extern "C" __global__ void warpAggregatedFilter(int *counts, int *dst, const int *src, int n, int nBuckets)
{
    __shared__ int found;
    if (threadIdx.x == 0) found = 0;
    __syncthreads();
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        if (src[i] > 0) dst[atomicAggInc(&found)] = src[i];
        atomicAggIncMulti(src[i] & (nBuckets - 1), counts);
    }
    __syncthreads();
    // calculateMaxInEachBuckets as the sample has it, with a scan over the group
    auto tile = cg::tiled_partition<32>(cg::this_thread_block());
    int before = cg::exclusive_scan(tile, counts[tile.thread_rank() & (nBuckets - 1)], cg::plus<int>());
    if (threadIdx.x == 31) { counts[nBuckets] = found; counts[nBuckets + 1] = before; }
}""", lambda r: [np.zeros(10, i4), np.zeros(500, i4), r.integers(-50, 50, 500).astype(i4), 500, 8],
      lambda out, d, x, n, b: (lambda c: np.concatenate([c, [(x > 0).sum(), 4 * c.sum() - c[7]]]))(np.bincount(x & 7, minlength=8)), block=96),
    K("reduceSinglePassMultiBlockCG", r"""
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
namespace cg = cooperative_groups;
__device__ void reduceBlock(double *sdata, const cg::thread_block &cta)
{
    const unsigned int tid = cta.thread_rank();
    cg::thread_block_tile<32> tile32 = cg::tiled_partition<32>(cta);
    sdata[tid] = cg::reduce(tile32, sdata[tid], cg::plus<double>());
    cg::sync(cta);
    double beta = 0.0;
    if (cta.thread_rank() == 0) {
        beta = 0;
        for (int i = 0; i < cta.size(); i += tile32.size()) beta += sdata[i];
        sdata[0] = beta;
    }
    cg::sync(cta);
}
extern "C" __global__ void reduceSinglePassMultiBlockCG(double *g_odata, const float *g_idata, unsigned int n)
{
    cg::thread_block block = cg::this_thread_block();
    cg::grid_group grid = cg::this_grid();
    extern double __shared__ sdata[];
    sdata[block.thread_rank()] = 0;
    for (int i = grid.thread_rank(); i < n; i += grid.size()) sdata[block.thread_rank()] += g_idata[i];
    cg::sync(block);
    reduceBlock(sdata, block);
    if (block.thread_rank() == 0) g_odata[blockIdx.x] = sdata[0];
    cg::sync(grid);
    if (grid.thread_rank() == 0)
        for (int b = 1; b < gridDim.x; b++) g_odata[0] += g_odata[b];
}""", lambda r: [np.zeros(3, f8), r.integers(0, 1000, 3000).astype(f4), 3000],
      lambda out, x, n: block_sums(x), grid=3, block=96, shared=96 * 8),
    K("shfl_scan_test", r"""
#define get_mask 0xffffffff
__device__ unsigned int mask_all() { return get_mask; }
extern "C" __global__ void shfl_scan_test(int *data, int width, int *partial_sums)
{
    extern __shared__ int sums[];
    int id = ((blockIdx.x * blockDim.x) + threadIdx.x);
    int lane_id = id % warpSize;
    int warp_id = threadIdx.x / warpSize;
    int value = data[id];
    unsigned int mask = mask_all();
#pragma unroll
    for (int i = 1; i <= width; i *= 2) {
        int n = __shfl_up_sync(mask, value, i, width);
        if (lane_id >= i) value += n;
    }
    if (threadIdx.x % warpSize == warpSize - 1) sums[warp_id] = value;
    __syncthreads();
    if (warp_id == 0 && lane_id < (blockDim.x / warpSize)) {
        int warp_sum = sums[lane_id];
        int mask = (1 << (blockDim.x / warpSize)) - 1;
        for (int i = 1; i <= (blockDim.x / warpSize); i *= 2) {
            int n = __shfl_up_sync(mask, warp_sum, i, (blockDim.x / warpSize));
            if (lane_id >= i) warp_sum += n;
        }
        sums[lane_id] = warp_sum;
    }
    __syncthreads();
    int blockSum = 0;
    if (warp_id > 0) blockSum = sums[warp_id - 1];
    value += blockSum;
    data[id] = value;
    if (partial_sums != NULL && threadIdx.x == blockDim.x - 1) partial_sums[blockIdx.x] = value;
}""", lambda r: [r.integers(0, 9, 512).astype(i4), 32, np.zeros(2, i4)],
      lambda x, w, p: np.cumsum(x.reshape(2, 256), axis=1).ravel(), grid=2, block=256, shared=32),
    K("reduceSinglePass", r"""
__device__ unsigned int retirementCount = 0;
__device__ bool isLastBlockDone;
template <unsigned int blockSize> __device__ void reduceBlock(volatile float *sdata, float mySum, const unsigned int tid)
{
    sdata[tid] = mySum;
    __syncthreads();
    if (blockSize >= 128) { if (tid < 64) { sdata[tid] = mySum = mySum + sdata[tid + 64]; } __syncthreads(); }
    if (tid < 32) {
        volatile float *smem = sdata;
        if (blockSize >= 64) { smem[tid] = mySum = mySum + smem[tid + 32]; }
        if (blockSize >= 32) { smem[tid] = mySum = mySum + smem[tid + 16]; }
        if (blockSize >= 16) { smem[tid] = mySum = mySum + smem[tid + 8]; }
        if (blockSize >= 8) { smem[tid] = mySum = mySum + smem[tid + 4]; }
        if (blockSize >= 4) { smem[tid] = mySum = mySum + smem[tid + 2]; }
        if (blockSize >= 2) { smem[tid] = mySum = mySum + smem[tid + 1]; }
    }
}
template <unsigned int blockSize, bool nIsPow2> __device__ void reduceBlocks(const float *g_idata, float *g_odata, unsigned int n)
{
    extern __shared__ float sdata[];
    unsigned int tid = threadIdx.x;
    unsigned int i = blockIdx.x * (blockSize * 2) + threadIdx.x;
    unsigned int gridSize = blockSize * 2 * gridDim.x;
    float mySum = 0;
    while (i < n) {
        mySum += g_idata[i];
        if (nIsPow2 || i + blockSize < n) mySum += g_idata[i + blockSize];
        i += gridSize;
    }
    reduceBlock<blockSize>(sdata, mySum, tid);
    if (tid == 0) g_odata[blockIdx.x] = sdata[0];
}
extern "C" __global__ void reduceSinglePass(float *g_odata, const float *g_idata, unsigned int n)
{
    reduceBlocks<128, false>(g_idata, g_odata, n);
    if (gridDim.x > 1) {
        const unsigned int tid = threadIdx.x;
        __shared__ bool amLast;
        extern float __shared__ smem[];
        __threadfence();
        if (tid == 0) {
            unsigned int ticket = atomicInc(&retirementCount, gridDim.x);
            amLast = (ticket == gridDim.x - 1);
        }
        __syncthreads();
        if (amLast) {
            int i = tid;
            float mySum = (float)0;
            while (i < gridDim.x) { mySum += g_odata[i]; i += 128; }
            reduceBlock<128>(smem, mySum, tid);
            if (tid == 0) { g_odata[0] = smem[0]; retirementCount = 0; isLastBlockDone = true; }
        }
    }
}""", lambda r: [np.zeros(6, f4), r.integers(0, 100, 5000).astype(f4), 5000],
      lambda out, x, n: single_pass(x), grid=6, block=128, shared=512),
    K("bicubicTexture", r"""
__host__ __device__ float w0(float a) { return (1.0f / 6.0f) * (a * (a * (-a + 3.0f) - 3.0f) + 1.0f); }
__host__ __device__ float w1(float a) { return (1.0f / 6.0f) * (a * a * (3.0f * a - 6.0f) + 4.0f); }
__host__ __device__ float w2(float a) { return (1.0f / 6.0f) * (a * (a * (-3.0f * a + 3.0f) + 3.0f) + 1.0f); }
__host__ __device__ float w3(float a) { return (1.0f / 6.0f) * (a * a * a); }
__device__ float g0(float a) { return w0(a) + w1(a); }
__device__ float g1(float a) { return w2(a) + w3(a); }
__device__ float h0(float a) { return -1.0f + w1(a) / (w0(a) + w1(a)) + 0.5f; }
__device__ float h1(float a) { return 1.0f + w3(a) / (w2(a) + w3(a)) + 0.5f; }
template <class T> __device__ T cubicFilter(float x, T c0, T c1, T c2, T c3) { T r; r = c0 * w0(x); r += c1 * w1(x); r += c2 * w2(x); r += c3 * w3(x); return r; }
template <class T, class R> struct image { const T *p; int w, h; __device__ R operator()(int x, int y) const { x = min(max(x, 0), w - 1); y = min(max(y, 0), h - 1); return p[y * w + x]; } };
template <class T, class R, class Tex> __device__ R tex2DBicubic(const Tex tex, float x, float y)
{
    x -= 0.5f; y -= 0.5f;
    float px = floorf(x), py = floorf(y);
    float fx = x - px, fy = y - py;
    return cubicFilter<R>(fy, cubicFilter<R>(fx, tex(px - 1, py - 1), tex(px, py - 1), tex(px + 1, py - 1), tex(px + 2, py - 1)),
                              cubicFilter<R>(fx, tex(px - 1, py), tex(px, py), tex(px + 1, py), tex(px + 2, py)),
                              cubicFilter<R>(fx, tex(px - 1, py + 1), tex(px, py + 1), tex(px + 1, py + 1), tex(px + 2, py + 1)),
                              cubicFilter<R>(fx, tex(px - 1, py + 2), tex(px, py + 2), tex(px + 1, py + 2), tex(px + 2, py + 2)));
}
extern "C" __global__ void bicubicTexture(float *d_output, const uchar1 *img, uint width, uint height, float tx, float ty, float scale)
{
    struct conv : image<uchar1, float> { __device__ float operator()(float x, float y) const { int i = min(max((int)x, 0), w - 1), j = min(max((int)y, 0), h - 1); return p[j * w + i].x; } };
    conv tex; tex.p = img; tex.w = width; tex.h = height;
    uint x = __umul24(blockIdx.x, blockDim.x) + threadIdx.x;
    uint y = __umul24(blockIdx.y, blockDim.y) + threadIdx.y;
    uint i = __umul24(y, width) + x;
    if ((x < width) && (y < height)) d_output[i] = tex2DBicubic<uchar, float>(tex, (x + tx) * scale + 0.5f, (y + ty) * scale + 0.5f);
}""", lambda r: [np.zeros(20 * 30, f4), r.integers(0, 256, (20, 30)).astype(u1), 30, 20, 0.25, -0.5, 0.75],
      lambda out, x, w, h, tx, ty, s: bicubic(x, tx, ty, s), grid=(4, 3), block=(8, 8), tol=2e-4),
    K("d_render", r"""
typedef unsigned char VolumeType;
typedef struct { float4 m[3]; } float3x4;
struct Ray { float3 o; float3 d; };
#include "helper_math.h"
__device__ int intersectBox(Ray r, float3 boxmin, float3 boxmax, float *tnear, float *tfar)
{
    float3 invR = make_float3(1.0f) / r.d;
    float3 tbot = invR * (boxmin - r.o);
    float3 ttop = invR * (boxmax - r.o);
    float3 tmin = fminf(ttop, tbot);
    float3 tmax = fmaxf(ttop, tbot);
    float largest_tmin = fmaxf(fmaxf(tmin.x, tmin.y), fmaxf(tmin.x, tmin.z));
    float smallest_tmax = fminf(fminf(tmax.x, tmax.y), fminf(tmax.x, tmax.z));
    *tnear = largest_tmin;
    *tfar = smallest_tmax;
    return smallest_tmax > largest_tmin;
}
__device__ float3 mul(const float3x4 &M, const float3 &v) { float3 r; r.x = dot(v, make_float3(M.m[0])); r.y = dot(v, make_float3(M.m[1])); r.z = dot(v, make_float3(M.m[2])); return r; }
__device__ float4 mul(const float3x4 &M, const float4 &v) { float4 r; r.x = dot(v, M.m[0]); r.y = dot(v, M.m[1]); r.z = dot(v, M.m[2]); r.w = 1.0f; return r; }
__device__ uint rgbaFloatToInt(float4 rgba)
{
    rgba.x = __saturatef(rgba.x); rgba.y = __saturatef(rgba.y); rgba.z = __saturatef(rgba.z); rgba.w = __saturatef(rgba.w);
    return (uint(rgba.w * 255) << 24) | (uint(rgba.z * 255) << 16) | (uint(rgba.y * 255) << 8) | uint(rgba.x * 255);
}
__constant__ float3x4 c_invViewMatrix = {{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 4}}};
extern "C" __global__ void d_render(uint *d_output, uint imageW, uint imageH, float density, float brightness)
{
    const int maxSteps = 50;
    const float tstep = 0.05f;
    const float opacityThreshold = 0.95f;
    const float3 boxMin = make_float3(-1.0f, -1.0f, -1.0f);
    const float3 boxMax = make_float3(1.0f, 1.0f, 1.0f);
    uint x = blockIdx.x * blockDim.x + threadIdx.x;
    uint y = blockIdx.y * blockDim.y + threadIdx.y;
    if ((x >= imageW) || (y >= imageH)) return;
    float u = (x / (float)imageW) * 2.0f - 1.0f;
    float v = (y / (float)imageH) * 2.0f - 1.0f;
    Ray eyeRay;
    eyeRay.o = make_float3(mul(c_invViewMatrix, make_float4(0.0f, 0.0f, 0.0f, 1.0f)));
    eyeRay.d = normalize(make_float3(u, v, -2.0f));
    eyeRay.d = mul(c_invViewMatrix, eyeRay.d);
    float tnear, tfar;
    int hit = intersectBox(eyeRay, boxMin, boxMax, &tnear, &tfar);
    if (!hit) return;
    if (tnear < 0.0f) tnear = 0.0f;
    float4 sum = make_float4(0.0f);
    float t = tnear;
    float3 pos = eyeRay.o + eyeRay.d * tnear;
    float3 step = eyeRay.d * tstep;
    for (int i = 0; i < maxSteps; i++) {
        float sample = 0.5f;
        float4 col = make_float4(sample, 0.25f, 0.125f, 0.5f);
        col.w *= density;
        col.x *= col.w; col.y *= col.w; col.z *= col.w;
        sum = sum + col * (1.0f - sum.w);
        if (sum.w > opacityThreshold) break;
        t += tstep;
        if (t > tfar) break;
        pos += step;
    }
    sum *= brightness;
    d_output[y * imageW + x] = rgbaFloatToInt(sum);
}""", lambda r: [np.zeros(32 * 32, u4), 32, 32, 1.0, 1.0], lambda out, w, h, d, b: rendered(), grid=(4, 4), block=(8, 8)),
]


def bodies(p):
    d = p[None, :, :3] - p[:, None, :3]
    s = p[None, :, 3] * ((d * d).sum(-1) + 0.01) ** -1.5
    v = (d * s[..., None]).sum(1) * float(f4(0.016))
    out = p.copy()
    out[:, :3] += v * float(f4(0.016))
    return out


def particles_near(pos):
    """As the kernel: the nearest 27 cells of a grid that goes around."""
    d = pos[:, None] - pos[None]
    near = (d * d).sum(-1, dtype=f4) < 0.125 * 0.125
    return near.sum(1) - 1


def directions(dims):
    from scipy.stats import _qmc
    import scipy.stats.qmc as qmc
    return (qmc.Sobol(dims, scramble=False, bits=32)._sv).astype(u4).ravel()


def binomial(s, x, vdt, pu, pd):
    v = np.maximum(s * np.exp(vdt * (2.0 * np.arange(256) - 255)) - x, 0)
    for _ in range(255):
        v = pu * v[1:] + pd * v[:-1]
    return v[0]


def block_sums(x):
    at = np.arange(3000) % 288 // 96
    s = np.array([x[at == b].sum(dtype=f8) for b in range(3)])
    return np.array([s.sum(), s[1], s[2]])


def single_pass(x):
    at = np.arange(5000) % (256 * 6) // 256
    s = np.array([x[at == b].sum(dtype=f8) for b in range(6)])
    s[0] = s.sum()
    return s.astype(f4)


def bicubic(img, tx, ty, scale):
    h, w = img.shape
    x = (np.arange(w) + tx) * scale
    y = (np.arange(h) + ty) * scale
    def weights(a):
        return [(a * (a * (-a + 3) - 3) + 1) / 6, (a * a * (3 * a - 6) + 4) / 6, (a * (a * (-3 * a + 3) + 3) + 1) / 6, a**3 / 6]
    px, py = np.floor(x), np.floor(y)
    wx, wy = weights(x - px), weights(y - py)
    out = np.zeros((h, w))
    for j in range(4):
        for i in range(4):
            cx = np.clip(px + i - 1, 0, w - 1).astype(int)
            cy = np.clip(py + j - 1, 0, h - 1).astype(int)
            out += wy[j][:, None] * wx[i][None] * img[np.ix_(cy, cx)]
    return out.ravel()


def rendered():
    col = np.array([0.25, 0.125, 0.0625, 0.5])
    total = np.zeros(4)
    out = np.zeros((32, 32), np.uint32)
    for y in range(32):
        for x in range(32):
            d = np.array([x / 16 - 1, y / 16 - 1, -2.0])
            d /= np.linalg.norm(d)
            with np.errstate(divide="ignore"):
                a, b = (-1 - np.array([0, 0, 4])) / d, (1 - np.array([0, 0, 4])) / d
            near, far = np.minimum(a, b).max(), np.maximum(a, b).min()
            if not far > near:
                continue
            t, total = near, np.zeros(4)
            for _ in range(50):
                total = total + col * (1 - total[3])
                if total[3] > 0.95:
                    break
                t += 0.05
                if t > far:
                    break
            q = (np.clip(total, 0, 1) * 255).astype(np.uint32)
            out[y, x] = q[3] << 24 | q[2] << 16 | q[1] << 8 | q[0]
    return out.ravel()
