// block: 64
// Cooperative groups: what each call gives in a block of 64 threads.
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
#include <cooperative_groups/scan.h>
namespace cg = cooperative_groups;
#define T(value) do { double v = (value); if (threadIdx.x == 0) out[__LINE__] = v; } while (0)
#define AT(thread, value) do { double v = (value); if (threadIdx.x == (thread)) out[__LINE__] = v; } while (0)
template <int N> __device__ int down(cg::thread_block_tile<N> g, int v) {
    for (int d = g.size() / 2; d > 0; d /= 2) v += g.shfl_down(v, d);
    return v;
}
__global__ void blocks(double *out) {
    __shared__ int s[64];
    cg::thread_block b = cg::this_thread_block();
    s[b.thread_rank()] = (int)b.thread_rank();
    b.sync();
    T(s[63]); // = 63
    T(b.size() + b.num_threads() + cg::group_size(b)); // = 192
    AT(5, b.thread_index().x + 100 * b.group_index().x); // = 5
    AT(33, cg::thread_rank(b)); // = 33
    cg::sync(b);
}
__global__ void tiles(double *out) {
    cg::thread_block b = cg::this_thread_block();
    auto w = cg::tiled_partition<32>(b);
    cg::thread_block_tile<8> t = cg::tiled_partition<8>(b);
    cg::thread_block_tile<4, cg::thread_block_tile<32>> q = cg::tiled_partition<4>(w);
    int i = threadIdx.x;
    AT(32, cg::reduce(w, i, cg::plus<int>())); // = 1520
    AT(8, cg::reduce(t, i, cg::plus<int>())); // = 92
    AT(40, cg::reduce(t, 0.5f * i, cg::greater<float>())); // = 23.5
    AT(4, cg::reduce(q, i, cg::bit_or<int>())); // = 7
    AT(16, down(t, i)); // = 156
    AT(37, w.thread_rank() + 10 * w.meta_group_rank() + 100 * w.meta_group_size()); // = 215
    AT(13, t.thread_rank() + 10 * t.meta_group_rank()); // = 15
    AT(9, t.shfl(i, 3)); // = 11
    AT(9, t.shfl_up(i, 1)); // = 8
    AT(8, t.shfl_up(i, 1)); // = 8
    AT(15, t.shfl_xor(i, 7)); // = 8
    AT(17, t.any(i == 20) + 2 * t.all(i > 15) + 4 * t.any(i == 30)); // = 3
    AT(24, t.ballot(i % 3 == 0)); // = 73
    AT(40, cg::inclusive_scan(w, 2)); // = 18
    AT(40, cg::exclusive_scan(w, 2)); // = 16
    AT(3, cg::inclusive_scan(q, i, cg::plus<int>())); // = 6
    AT(63, t.match_any(i / 2)); // = 192
}
__global__ void coalesced(double *out) {
    int i = threadIdx.x;
    if (i % 2) {
        cg::coalesced_group g = cg::coalesced_threads();
        AT(0, 0);
        if (i == 33) out[__LINE__] = g.size(); // = 16
        if (i == 37) out[__LINE__] = g.thread_rank(); // = 2
        int third = g.shfl(i, 2), all = cg::reduce(g, i, cg::plus<int>());
        if (i == 35) out[__LINE__] = third; // = 37
        if (i == 1) out[__LINE__] = all; // = 256
        unsigned vote = g.ballot(i > 30);
        if (i == 5) out[__LINE__] = vote; // = 32768
    }
}
__global__ void partitions(double *out) {
    auto w = cg::tiled_partition<32>(cg::this_thread_block());
    int i = threadIdx.x;
    cg::coalesced_group g = cg::labeled_partition(w, i % 3);
    AT(4, g.size()); // = 11
    AT(4, g.thread_rank()); // = 1
    cg::coalesced_group h = cg::binary_partition(w, i < 20);
    AT(21, h.size()); // = 12
}
__global__ void copies(double *out) {
    __shared__ int s[64];
    static __device__ int from[64];
    cg::thread_block b = cg::this_thread_block();
    from[threadIdx.x] = 3 * threadIdx.x;
    b.sync();
    cg::memcpy_async(b, s, from, sizeof(int) * 64);
    cg::wait(b);
    T(s[20]); // = 60
}
