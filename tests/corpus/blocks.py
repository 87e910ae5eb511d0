"""Cooperative groups, CUB's block and warp operations, half and bfloat pairs, operations on the bytes of a word, curand, textures."""

import numpy as np
from table import K, f4, f8, i4, i8, u1, u4

L = np.arange(64)


def ints(n, top=100, dtype=i4, out=None, low=0):
    return lambda r: [np.zeros(out or n, dtype), r.integers(low, top, n).astype(dtype)]


def words(n, count):
    return lambda r: [np.zeros(n, u4), *[r.integers(0, 2**32, n, dtype=u4) for _ in range(count)]]


def funnels(a, b, s):
    """What funnels_and_bits gives for two words, with Python's integers."""
    both, mask = b << 32 | a, 0xFFFFFFFF
    x, y = (v - (v >> 31 << 32) for v in (a, b))
    low = lambda v: ((v & 0xFFFFFF) ^ 0x800000) - 0x800000
    parts = [both << s >> 32, both >> s, int(f"{a:032b}"[::-1], 2), sum((both >> 8 * k & 255) << 8 * n for n, k in enumerate((0, 4, 1, 5))),
             a * b >> 32, a.bit_count(), 32 - b.bit_length(), (a & -a).bit_length(), abs(a - b) + 3, x * y >> 32, a, low(a) * low(b),
             next(k for k in range(32) if a >> k & 1), a * b]
    result = 0
    for part in parts:
        result ^= part & mask
    return result


def each(f, kind=np.int8):
    """A function of the bytes or halves of words, in Python's integers."""
    def go(out, *args):
        parts = [a.view(kind).astype(np.int64) for a in args]
        return np.asarray(f(*parts)).astype(np.int64).astype(kind).view(u4)
    return go


CASES = [
    K("grid_two_phases", """
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
extern "C" __global__ void grid_two_phases(int *out, const int *x, int *scratch) {
    cg::grid_group grid = cg::this_grid();
    cg::thread_block block = cg::this_thread_block();
    __shared__ int sum;
    if (block.thread_rank() == 0) sum = 0;
    block.sync();
    atomicAdd(&sum, x[grid.thread_rank()]);
    cg::sync(block);
    if (block.thread_rank() == 0) scratch[grid.block_rank()] = sum;
    grid.sync();
    int total = 0;
    for (unsigned i = 0; i < grid.num_blocks(); i++) total += scratch[i];
    out[grid.thread_rank()] = total + (int)grid.size();
}""", lambda r: [np.zeros(64, i4), r.integers(0, 9, 64).astype(i4), np.zeros(4, i4)], lambda out, x, s: np.full(64, x.sum() + 64), grid=4, block=16),
    K("tile_of_a_block", """
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
namespace cg = cooperative_groups;
template <int N> __device__ int tile_sum(cg::thread_block_tile<N> tile, int v) {
    for (int i = tile.size() / 2; i > 0; i /= 2) v += tile.shfl_down(v, i);
    return tile.shfl(v, 0);
}
extern "C" __global__ void tile_of_a_block(int *out, const int *x) {
    auto block = cg::this_thread_block();
    auto warp = cg::tiled_partition<32>(block);
    auto quad = cg::tiled_partition<4>(warp);
    int i = block.thread_rank();
    int a = tile_sum<32>(warp, x[i]), b = tile_sum<4>(quad, x[i]);
    int c = cg::reduce(quad, x[i], cg::greater<int>()), d = quad.any(x[i] > 90), e = quad.ballot(x[i] & 1);
    out[i] = a + 10000 * (b + c) + d + e + quad.meta_group_rank() + quad.meta_group_size() * 100 + quad.shfl_xor(x[i], 1) + cg::inclusive_scan(quad, x[i]);
}""", ints(64), lambda out, x: np.repeat(x.reshape(2, 32).sum(1), 32) + 10000 * (np.repeat(x.reshape(-1, 4).sum(1), 4) + np.repeat(x.reshape(-1, 4).max(1), 4))
        + np.repeat((x.reshape(-1, 4) > 90).any(1), 4) + np.repeat(((x.reshape(-1, 4) & 1) << np.arange(4)).sum(1), 4) + L % 32 // 4 + 800 + x[L ^ 1]
        + np.cumsum(x.reshape(-1, 4), axis=1).ravel()),
    K("big_tiles", """
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
namespace cg = cooperative_groups;
extern "C" __global__ void big_tiles(int *out, const int *x) {
    __shared__ cg::block_tile_memory<128> shared;
    cg::thread_block block = cg::this_thread_block(shared);
    auto tile = cg::tiled_partition<64>(block);
    int v = x[block.thread_rank()];
    int sum = cg::reduce(tile, v, cg::plus<int>());
    out[block.thread_rank()] = sum + tile.thread_rank() + 1000 * tile.meta_group_rank() + tile.shfl(v, 3) + tile.any(v == 7) + 2 * tile.all(v >= 0);
}""", lambda r: [np.zeros(128, i4), r.integers(0, 50, 128).astype(i4)], lambda out, x: np.repeat(x.reshape(2, 64).sum(1), 64) + np.tile(L, 2) + 1000 * (np.arange(128) // 64)
        + np.repeat(x[[3, 67]], 64) + np.repeat((x.reshape(2, 64) == 7).any(1), 64) + 2, block=128),
    K("coalesced_append", """
#include <cooperative_groups.h>
namespace cg = cooperative_groups;
__device__ int append(int *count) {
    auto g = cg::coalesced_threads();
    int at;
    if (g.thread_rank() == 0) at = atomicAdd(count, g.size());
    return g.thread_rank() + g.shfl(at, 0);
}
extern "C" __global__ void coalesced_append(int *out, const int *x, int *count) {
    int v = x[threadIdx.x];
    if (v % 3 == 0) out[append(count)] = v;
}""", lambda r: [np.zeros(32, i4), r.integers(0, 99, 32).astype(i4), np.zeros(1, i4)], lambda out, x, c: np.pad(x[x % 3 == 0], (0, 32))[:32], block=32),
    K("partitions", """
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cooperative_groups/scan.h>
namespace cg = cooperative_groups;
extern "C" __global__ void partitions(int *out, const int *x) {
    auto warp = cg::tiled_partition<32>(cg::this_thread_block());
    int v = x[threadIdx.x];
    auto same = cg::labeled_partition(warp, v % 4);
    auto half = cg::binary_partition(warp, v > 50);
    out[threadIdx.x] = cg::reduce(same, v, cg::plus<int>()) + 10000 * cg::exclusive_scan(half, 1) + 1000000 * same.size() + half.num_threads();
}""", lambda r: [np.zeros(32, i4), r.integers(0, 100, 32).astype(i4)], lambda out, x: np.array(
        [x[x % 4 == v % 4].sum() + 10000 * ((x[:i] > 50) == (v > 50)).sum() + 1000000 * (x % 4 == v % 4).sum() + ((x > 50) == (v > 50)).sum() for i, v in enumerate(x)]), block=32),
    K("staged_copy", """
#include <cooperative_groups.h>
#include <cooperative_groups/memcpy_async.h>
namespace cg = cooperative_groups;
extern "C" __global__ void staged_copy(int *out, const int *x, int n) {
    extern __shared__ int buffer[];
    auto block = cg::this_thread_block();
    int sum = 0;
    for (int at = 0; at < n; at += 32) {
        cg::memcpy_async(block, buffer, x + at, sizeof(int) * 32);
        cg::wait(block);
        sum += buffer[31 - block.thread_rank()];
        block.sync();
    }
    out[threadIdx.x] = sum;
}""", lambda r: [np.zeros(32, i4), r.integers(0, 99, 128).astype(i4), 128], lambda out, x, n: x.reshape(4, 32).sum(0)[::-1], block=32, shared=128),
    K("cub_sort_tile", """
#include <cub/cub.cuh>
template <int Threads, int Items> __device__ void sort_tile(int *out, const int *x) {
    using Load = cub::BlockLoad<int, Threads, Items, cub::BLOCK_LOAD_TRANSPOSE>;
    using Store = cub::BlockStore<int, Threads, Items, cub::BLOCK_STORE_TRANSPOSE>;
    using Sort = cub::BlockRadixSort<int, Threads, Items>;
    __shared__ union { typename Load::TempStorage load; typename Store::TempStorage store; typename Sort::TempStorage sort; } temp;
    int items[Items];
    Load(temp.load).Load(x, items);
    __syncthreads();
    Sort(temp.sort).SortDescending(items);
    __syncthreads();
    Store(temp.store).Store(out, items);
}
extern "C" __global__ void cub_sort_tile(int *out, const int *x) { sort_tile<32, 4>(out, x); }
""", ints(128, low=-500, top=500), lambda out, x: np.sort(x)[::-1], block=32),
    K("cub_sort_pairs", """
#include <cub/block/block_radix_sort.cuh>
extern "C" __global__ void cub_sort_pairs(float *out, const float *keys) {
    typedef cub::BlockRadixSort<float, 64, 1, int> Sort;
    __shared__ typename Sort::TempStorage temp;
    float k[1] = {keys[threadIdx.x]};
    int v[1] = {(int)threadIdx.x};
    Sort(temp).Sort(k, v);
    out[threadIdx.x] = k[0];
    out[64 + threadIdx.x] = v[0];
}""", lambda r: [np.zeros(128, f4), (r.permutation(64) - 20).astype(f4) / 3], lambda out, k: np.concatenate([np.sort(k), np.argsort(k)])),
    K("cub_merge_sort", """
#include <cub/cub.cuh>
struct Less { template <class T> __device__ bool operator()(const T &a, const T &b) const { return a < b; } };
extern "C" __global__ void cub_merge_sort(int *out, const int *x) {
    using Block = cub::BlockMergeSort<int, 32, 2>;
    using Warp = cub::WarpMergeSort<int, 4, 32>;
    __shared__ typename Block::TempStorage temp;
    __shared__ typename Warp::TempStorage warp[1];
    int a[2] = {x[2 * threadIdx.x], x[2 * threadIdx.x + 1]}, b[4];
    Block(temp).Sort(a, Less());
    for (int i = 0; i < 4; i++) b[i] = x[64 + 4 * threadIdx.x + i];
    Warp(warp[0]).Sort(b, Less());
    for (int i = 0; i < 2; i++) out[2 * threadIdx.x + i] = a[i];
    for (int i = 0; i < 4; i++) out[64 + 4 * threadIdx.x + i] = b[i];
}""", ints(192, top=1000), lambda out, x: np.concatenate([np.sort(x[:64]), np.sort(x[64:])]), block=32),
    K("cub_exchange", """
#include <cub/cub.cuh>
extern "C" __global__ void cub_exchange(int *out, const int *x) {
    typedef cub::BlockExchange<int, 32, 4> Exchange;
    __shared__ typename Exchange::TempStorage temp;
    int v[4], w[4];
    cub::LoadDirectStriped<32>(threadIdx.x, x, v);
    Exchange(temp).StripedToBlocked(v, w);
    for (int i = 0; i < 4; i++) w[i] += i * 1000;
    __syncthreads();
    Exchange(temp).BlockedToStriped(w, v);
    cub::StoreDirectStriped<32>(threadIdx.x, out, v);
}""", ints(128), lambda out, x: x + np.arange(128) % 4 * 1000, block=32),
    K("cub_histogram", """
#include <cub/cub.cuh>
extern "C" __global__ void cub_histogram(unsigned *out, const unsigned *x) {
    typedef cub::BlockHistogram<unsigned char, 64, 2, 16> Histogram;
    __shared__ typename Histogram::TempStorage temp;
    __shared__ unsigned counts[16];
    unsigned char v[2] = {(unsigned char)(x[threadIdx.x] % 16), (unsigned char)(x[64 + threadIdx.x] % 16)};
    Histogram(temp).Histogram(v, counts);
    __syncthreads();
    if (threadIdx.x < 16) out[threadIdx.x] = counts[threadIdx.x];
}""", lambda r: [np.zeros(16, u4), r.integers(0, 2**31, 128).astype(u4)], lambda out, x: np.bincount(x % 16, minlength=16)),
    K("cub_scans", """
#include <cub/cub.cuh>
struct Pair { int sum, count; };
struct Add { __device__ Pair operator()(const Pair &a, const Pair &b) const { return {a.sum + b.sum, a.count + b.count}; } };
extern "C" __global__ void cub_scans(int *out, const int *x) {
    typedef cub::BlockScan<int, 64, cub::BLOCK_SCAN_WARP_SCANS> Scan;
    typedef cub::WarpScan<int> Warp;
    typedef cub::BlockReduce<Pair, 64> Reduce;
    __shared__ union { Scan::TempStorage scan; Warp::TempStorage warp[2]; Reduce::TempStorage reduce; } temp;
    int v = x[threadIdx.x], before, all, most, warp_before;
    Scan(temp.scan).ExclusiveSum(v, before, all);
    __syncthreads();
    Scan(temp.scan).InclusiveScan(v, most, cub::Max());
    __syncthreads();
    Warp(temp.warp[threadIdx.x / 32]).ExclusiveSum(v, warp_before);
    __syncthreads();
    Pair p = Reduce(temp.reduce).Reduce(Pair{v, 1}, Add());
    __shared__ int total;
    if (threadIdx.x == 0) total = p.sum * p.count;
    __syncthreads();
    out[threadIdx.x] = before + all * 7 + most * 100000 + warp_before * 13 + total;
}""", ints(64), lambda out, x: np.cumsum(x) - x + x.sum() * 7 + np.maximum.accumulate(x) * 100000
        + (np.cumsum(x.reshape(2, 32), axis=1).ravel() - x) * 13 + x.sum() * 64),
    K("cub_differences", """
#include <cub/cub.cuh>
struct Differs { __device__ bool operator()(int a, int b) const { return a != b; } };
struct Minus { __device__ int operator()(int a, int b) const { return a - b; } };
extern "C" __global__ void cub_differences(int *out, const int *x) {
    typedef cub::BlockDiscontinuity<int, 64> Heads;
    typedef cub::BlockAdjacentDifference<int, 64> Difference;
    typedef cub::BlockShuffle<int, 64> Shuffle;
    __shared__ typename Heads::TempStorage heads;
    __shared__ typename Difference::TempStorage difference;
    __shared__ typename Shuffle::TempStorage shuffle;
    int v[1] = {x[threadIdx.x]}, flag[1], d[1], near;
    Heads(heads).FlagHeads(flag, v, Differs());
    Difference(difference).SubtractLeft(v, d, Minus());
    Shuffle(shuffle).Offset(v[0], near, 1);
    out[threadIdx.x] = flag[0] + 10 * d[0] + (threadIdx.x < 63 ? 1000 * near : 0);
}""", ints(64, top=3), lambda out, x: np.concatenate([[1], (x[1:] != x[:-1])]) + 10 * np.concatenate([x[:1], np.diff(x)]) + 1000 * np.append(x[1:], 0)),
    K("cub_argmax", """
#include <cub/cub.cuh>
extern "C" __global__ void cub_argmax(int *out, const int *x) {
    typedef cub::KeyValuePair<int, int> Item;
    typedef cub::WarpReduce<Item> Warp;
    __shared__ typename Warp::TempStorage temp[2];
    int warp = threadIdx.x / 32;
    Item best = Warp(temp[warp]).Reduce(Item(threadIdx.x, x[threadIdx.x]), cub::ArgMax());
    if (cub::LaneId() == 0) { out[2 * warp] = best.key; out[2 * warp + 1] = best.value; }
}""", ints(64, out=4), lambda out, x: np.array([x[:32].argmax(), x[:32].max(), 32 + x[32:].argmax(), x[32:].max()])),
    K("cub_iterators", """
#include <cub/cub.cuh>
struct Twice { __device__ int operator()(int v) const { return 2 * v; } };
extern "C" __global__ void cub_iterators(int *out, const int *x) {
    cub::CountingInputIterator<int> count(5);
    cub::TransformInputIterator<int, Twice, const int *> twice(x, Twice());
    cub::CacheModifiedInputIterator<cub::LOAD_LDG, int> cached(x);
    cub::ConstantInputIterator<int> three(3);
    int i = threadIdx.x;
    out[i] = count[i] + twice[i] + *(cached + i) + three[i] + cub::ThreadLoad<cub::LOAD_CG>(x + i);
}""", ints(64), lambda out, x: L + 5 + 2 * x + x + 3 + x),
    K("group_at_run_time", """
#include <cooperative_groups.h>
using namespace cooperative_groups;
__device__ int reduce_sum(thread_group g, int *temp, int val) {
    int lane = g.thread_rank();
    for (int i = g.size() / 2; i > 0; i /= 2) {
        temp[lane] = val;
        g.sync();
        if (lane < i) val += temp[lane + i];
        g.sync();
    }
    return val;
}
extern "C" __global__ void group_at_run_time(int *sum, const int *input) {
    extern __shared__ int temp[];
    auto g = this_thread_block();
    auto tile = tiled_partition(g, 16);
    int block_sum = reduce_sum(g, temp, input[threadIdx.x]);
    int part = reduce_sum(tile, temp + threadIdx.x / 16 * 16, input[threadIdx.x]);
    if (g.thread_rank() == 0) atomicAdd(sum, block_sum);
    if (tile.thread_rank() == 0) atomicAdd(sum + 1, part * part);
}""", ints(64, out=2), lambda out, x: np.array([x.sum(), (x.reshape(4, 16).sum(1) ** 2).sum()]), shared=256),
    K("pipeline_primitives", """
#include <cuda_pipeline.h>
extern "C" __global__ void pipeline_primitives(int *out, const int *x) {
    __shared__ int s[2][32];
    int t = threadIdx.x, sum = 0;
    __pipeline_memcpy_async(&s[0][t], x + t, sizeof(int));
    __pipeline_commit();
    for (int i = 0; i < 4; i++) {
        if (i < 3) __pipeline_memcpy_async(&s[(i + 1) & 1][t], x + 32 * (i + 1) + t, sizeof(int));
        __pipeline_commit();
        __pipeline_wait_prior(1);
        __syncthreads();
        sum = sum * 3 + s[i & 1][31 - t];
        __syncthreads();
    }
    out[t] = sum;
}""", ints(128, out=32), lambda out, x: (x.reshape(4, 32)[:, ::-1] * np.array([[27], [9], [3], [1]])).sum(0), block=32),
    K("half_pairs", """
#include <cuda_fp16.h>
extern "C" __global__ void half_pairs(float *out, const float *x) {
    int i = threadIdx.x;
    __half2 a = __floats2half2_rn(x[2 * i], x[2 * i + 1]), b = __half2half2(__float2half(0.5f));
    half2 c = __hfma2(a, b, __hadd2(a, make_half2(1, 2)));
    c = __hmax2(c, h2exp2(__float2half2_rn(0.f)));
    half d = __low2half(c), e = __high2half(c);
    bool bigger = __hgt(d, e);
    out[2 * i] = __half2float(__hmul(d, __float2half(2.f))) + bigger + __hbgt2(a, b);
    out[2 * i + 1] = __high2float(h2sqrt(__hmul2(c, c))) + __half2float(__habs(__hneg(hfloor(e)))) + float(__lowhigh2highlow(c).x) + __half2int_rn(d);
}""", lambda r: [np.zeros(128, f4), r.integers(-8, 8, 128).astype(f4)], lambda out, x: np.stack([
        (lambda lo, hi: 2 * lo + (lo > hi) + ((x[::2] > 0.5) & (x[1::2] > 0.5)))(np.maximum(1.5 * x[::2] + 1, 1), np.maximum(1.5 * x[1::2] + 2, 1)),
        (lambda lo, hi: hi + np.floor(hi) + hi + np.rint(lo))(np.maximum(1.5 * x[::2] + 1, 1), np.maximum(1.5 * x[1::2] + 2, 1))], 1).ravel()),
    K("bfloat_pairs", """
#include <cuda_bf16.h>
extern "C" __global__ void bfloat_pairs(float *out, const float *x) {
    int i = threadIdx.x;
    __nv_bfloat162 a = __floats2bfloat162_rn(x[i], 2.f), b = __float2bfloat162_rn(1.f);
    __nv_bfloat162 c = __hfma2(a, a, b);
    float2 f = __bfloat1622float2(c);
    __nv_bfloat16 d = __hadd(__low2bfloat16(c), __float2bfloat16(1.f));
    out[i] = f.x + f.y * 100 + __bfloat162float(d) + (float)__hmax(d, b.x) + __bfloat162int_rn(b.y);
}""", lambda r: [np.zeros(64, f4), r.integers(-7, 7, 64).astype(f4)], lambda out, x: x * x + 1 + 500 + x * x + 2 + x * x + 2 + 1),
    K("dot_of_bytes", """
extern "C" __global__ void dot_of_bytes(int *out, const int *a, const int *b) {
    int i = threadIdx.x;
    out[4 * i] = __dp4a(a[i], b[i], 5);
    out[4 * i + 1] = (int)__dp4a((unsigned)a[i], (unsigned)b[i], 5u);
    out[4 * i + 2] = __dp2a_lo(a[i], b[i], 7);
    out[4 * i + 3] = __dp2a_hi(a[i], b[i], 7);
}""", lambda r: [np.zeros(64, i4), *[r.integers(-2**31, 2**31, 16).astype(i4) for _ in "ab"]], lambda out, a, b: np.stack([
        5 + (a.view(np.int8).astype(i8) * b.view(np.int8)).reshape(-1, 4).sum(1), 5 + (a.view(u1).astype(i8) * b.view(u1)).reshape(-1, 4).sum(1),
        7 + (a.view(np.int16).astype(i8).reshape(-1, 2) * b.view(np.int8).reshape(-1, 4)[:, :2]).sum(1),
        7 + (a.view(np.int16).astype(i8).reshape(-1, 2) * b.view(np.int8).reshape(-1, 4)[:, 2:]).sum(1)], 1).ravel().astype(i4), block=16),
    K("funnels_and_bits", """
extern "C" __global__ void funnels_and_bits(unsigned *out, const unsigned *a, const unsigned *b) {
    int i = threadIdx.x;
    unsigned s = i + 1;
    out[i] = __funnelshift_l(a[i], b[i], s) ^ __funnelshift_r(a[i], b[i], s) ^ __brev(a[i]) ^ __byte_perm(a[i], b[i], 0x5140) ^ __umulhi(a[i], b[i]) ^ __popc(a[i])
           ^ __clz(b[i]) ^ __ffs(a[i]) ^ __usad(a[i], b[i], 3u) ^ (unsigned)__mulhi((int)a[i], (int)b[i]) ^ __funnelshift_lc(a[i], b[i], 40) ^ (unsigned)__mul24((int)a[i], (int)b[i])
           ^ __fns(a[i], 0, 1) ^ (unsigned)__umul64hi((unsigned long long)a[i] << 32, (unsigned long long)b[i] << 32);
}""", words(16, 2), lambda out, a, b: np.array([funnels(int(x), int(y), i + 1) for i, (x, y) in enumerate(zip(a, b))], dtype=u4), block=16),
    *[K(f"simd_{name}", f"""extern "C" __global__ void simd_{name}(unsigned *out, const unsigned *a, const unsigned *b) {{
    out[threadIdx.x] = {name}(a[threadIdx.x], b[threadIdx.x]); }}""", words(64, 2), each(f, kind)) for name, f, kind in [
        ("__vadd4", lambda a, b: a + b, np.int8), ("__vsub4", lambda a, b: a - b, np.int8), ("__vaddss4", lambda a, b: np.clip(a + b, -128, 127), np.int8),
        ("__vaddus4", lambda a, b: np.clip(a + b, 0, 255), u1), ("__vabsdiffu4", lambda a, b: abs(a - b), u1), ("__vavgu4", lambda a, b: (a + b + 1) // 2, u1),
        ("__vmaxs4", np.maximum, np.int8), ("__vminu4", np.minimum, u1), ("__vcmpgts4", lambda a, b: -(a > b).astype(int), np.int8),
        ("__vseteq4", lambda a, b: (a == b).astype(int), u1), ("__vadd2", lambda a, b: a + b, np.int16), ("__vsubss2", lambda a, b: np.clip(a - b, -32768, 32767), np.int16),
        ("__vmaxu2", np.maximum, np.uint16), ("__vhaddu4", lambda a, b: (a + b) // 2, u1), ("__vcmpleu2", lambda a, b: -(a <= b).astype(int), np.uint16)]],
    K("simd_sums", """
extern "C" __global__ void simd_sums(unsigned *out, const unsigned *a, const unsigned *b) {
    int i = threadIdx.x;
    out[i] = __vsadu4(a[i], b[i]) + __vsads2(a[i], b[i]) + __vabs4(a[i]) + __vneg2(b[i]) + __vabsss4(a[i]) + __viaddmax_s32((int)a[i] >> 8, (int)b[i] >> 8, 5)
           + __vimax3_u32(a[i], b[i], 77u);
}""", words(64, 2), lambda out, a, b: (
        abs(a.view(u1).astype(i8) - b.view(u1)).reshape(-1, 4).sum(1) + abs(a.view(np.int16).astype(i8) - b.view(np.int16)).reshape(-1, 2).sum(1)
        + np.abs(a.view(np.int8)).view(u4) + (-b.view(np.int16)).view(u4) + np.minimum(abs(a.view(np.int8).astype(i4)), 127).astype(np.int8).view(u4)
        + np.maximum((a.view(i4) >> 8) + (b.view(i4) >> 8), 5).astype(i8) + np.maximum(np.maximum(a, b), 77)).astype(np.uint64).astype(u4)),
    K("random_of_all_kinds", """
#include <curand_kernel.h>
template <class State> __device__ float draws(State &s) {
    float v = curand_uniform(&s) + (float)curand_uniform_double(&s);
    float2 n = curand_normal2(&s);
    double d = curand_normal_double(&s) + curand_log_normal(&s, 0.f, 0.25f);
    return v > 0 && v <= 2 && n.x > -20 && n.y < 20 && d > -20 && curand_poisson(&s, 4.0) < 100 && curand_log_normal_double(&s, 0, 1) > 0;
}
extern "C" __global__ void random_of_all_kinds(float *out) {
    curandState x; curandStatePhilox4_32_10_t p; curandStateMRG32k3a m; curandStateXORWOW_t y;
    curand_init(1234, threadIdx.x, 0, &x); curand_init(1234ULL, threadIdx.x, 0, &p); curand_init(1234, threadIdx.x, 0, &m); curand_init(1234, threadIdx.x, 5, &y);
    for (int i = 0; i < 5; i++) curand(&x);
    skipahead(4, &p);
    uint4 four = curand4(&p);
    float4 u = curand_uniform4(&p), n = curand_normal4(&p);
    out[threadIdx.x] = (curand(&x) == curand(&y)) + draws(x) + draws(p) + draws(m) + (u.x <= 1 && u.w > 0) + (n.y < 20) + (four.x != four.y);
}""", lambda r: [np.zeros(16, f4)], lambda out: np.full(16, 7), block=16),
]
