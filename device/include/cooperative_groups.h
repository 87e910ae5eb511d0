// cooperative_groups.h: thread blocks, tiles of a warp, the threads that happen to be active, the grid; with
// cooperative_groups/reduce.h, scan.h and memcpy_async.h, which are the same file.
//
// A group is a small value; what it does is a barrier, a vote or a shuffle with the mask of its lanes. Tiles
// of more than 32 threads go through shared memory and the block's barrier, so all tiles of the block must
// take part. Reductions are butterflies in a fixed order, so a float's sum has the same bits on every device.
#pragma once
namespace cooperative_groups {

// --- operators

template <class T> struct plus {
    __device__ T operator()(T a, T b) const { return a + b; }
};
template <class T> struct less {
    __device__ T operator()(T a, T b) const { return b < a ? b : a; }
};
template <class T> struct greater {
    __device__ T operator()(T a, T b) const { return a < b ? b : a; }
};
template <class T> struct bit_and {
    __device__ T operator()(T a, T b) const { return a & b; }
};
template <class T> struct bit_or {
    __device__ T operator()(T a, T b) const { return a | b; }
};
template <class T> struct bit_xor {
    __device__ T operator()(T a, T b) const { return a ^ b; }
};

inline __device__ unsigned __wf_thread_in_block() {
    return threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
}
inline __device__ unsigned __wf_lane() { return __wf_thread_in_block() & 31; }

// --- thread_block

class thread_block {
  public:
    struct arrival_token {};
    static __device__ void sync() { __syncthreads(); }
    static __device__ arrival_token barrier_arrive() { // it waits here already
        __syncthreads();
        return arrival_token();
    }
    static __device__ void barrier_wait(arrival_token = arrival_token()) {}
    static __device__ unsigned thread_rank() { return __wf_thread_in_block(); }
    static __device__ unsigned size() { return blockDim.x * blockDim.y * blockDim.z; }
    static __device__ unsigned num_threads() { return blockDim.x * blockDim.y * blockDim.z; }
    static __device__ dim3 thread_index() { return dim3(threadIdx.x, threadIdx.y, threadIdx.z); }
    static __device__ dim3 group_index() { return dim3(blockIdx.x, blockIdx.y, blockIdx.z); }
    static __device__ dim3 group_dim() { return dim3(blockDim.x, blockDim.y, blockDim.z); }
    static __device__ dim3 dim_threads() { return dim3(blockDim.x, blockDim.y, blockDim.z); }
};
inline __device__ thread_block this_thread_block() { return thread_block(); }
template <unsigned MaxThreads = 1024>
struct block_tile_memory { // tiles of more than 32 threads have their own
    char none;
};
template <unsigned MaxThreads> __device__ thread_block this_thread_block(block_tile_memory<MaxThreads> &) {
    return thread_block();
}

// --- grid_group: sync() needs a cooperative launch

class grid_group {
  public:
    __device__ bool is_valid() const { return true; }
    __device__ void sync() const { __wf_grid_sync(); }
    __device__ unsigned long long thread_rank() const {
        return block_rank() * thread_block::size() + __wf_thread_in_block();
    }
    __device__ unsigned long long size() const { return num_blocks() * thread_block::size(); }
    __device__ unsigned long long num_threads() const { return size(); }
    __device__ unsigned long long num_blocks() const {
        return (unsigned long long)gridDim.x * gridDim.y * gridDim.z;
    }
    __device__ unsigned long long block_rank() const {
        return blockIdx.x +
               (unsigned long long)gridDim.x * (blockIdx.y + (unsigned long long)gridDim.y * blockIdx.z);
    }
    __device__ dim3 group_dim() const { return dim3(gridDim.x, gridDim.y, gridDim.z); }
    __device__ dim3 dim_blocks() const { return dim3(gridDim.x, gridDim.y, gridDim.z); }
    __device__ dim3 block_index() const { return dim3(blockIdx.x, blockIdx.y, blockIdx.z); }
};
inline __device__ grid_group this_grid() { return grid_group(); }

// --- lanes of a warp: what tiles and coalesced groups share. `mask` has the group's lanes.

class __wf_lanes {
  public:
    unsigned mask;
    __device__ void sync() const { __syncwarp(mask); }
    __device__ int any(int predicate) const { return __any_sync(mask, predicate); }
    __device__ int all(int predicate) const { return __all_sync(mask, predicate); }
};

template <unsigned Size, class Parent> class __wf_wide_tile;
template <unsigned Size, class Parent> class __wf_warp_tile : public __wf_lanes {
    unsigned parent; // threads of the group that it is a part of; 0: the block

  public:
    __device__ __wf_warp_tile(unsigned threads = 0) {
        parent = threads;
        mask = Size == 32 ? 0xffffffffu : ((1u << (Size & 31)) - 1) << (__wf_lane() & ~(Size - 1));
    }
    __device__ unsigned __wf_parent() const { return parent; }
    static __device__ unsigned thread_rank() { return __wf_lane() & (Size - 1); }
    static constexpr __device__ unsigned size() { return Size; }
    static constexpr __device__ unsigned num_threads() { return Size; }
    __device__ unsigned meta_group_rank() const {
        return (parent ? __wf_thread_in_block() % parent : __wf_thread_in_block()) / Size;
    }
    __device__ unsigned meta_group_size() const {
        return ((parent ? parent : thread_block::size()) + Size - 1) / Size;
    }
    template <class T> __device__ T shfl(T v, int lane) const {
        return __shfl_sync(mask, v, lane, (int)Size);
    }
    template <class T> __device__ T shfl_up(T v, unsigned d) const {
        return __shfl_up_sync(mask, v, d, (int)Size);
    }
    template <class T> __device__ T shfl_down(T v, unsigned d) const {
        return __shfl_down_sync(mask, v, d, (int)Size);
    }
    template <class T> __device__ T shfl_xor(T v, unsigned m) const {
        return __shfl_xor_sync(mask, v, (int)m, (int)Size);
    }
    __device__ unsigned ballot(int predicate) const {
        return (__ballot_sync(mask, predicate) & mask) >> (__wf_lane() & ~(Size - 1));
    }
    template <class T> __device__ unsigned match_any(T v) const {
        return __match_any_sync(mask, v) >> (__wf_lane() & ~(Size - 1));
    }
    template <class T> __device__ unsigned match_all(T v, int &same) const {
        return __match_all_sync(mask, v, &same) >> (__wf_lane() & ~(Size - 1));
    }
};

// A tile of several warps. Every value passes through shared memory, between two barriers of the block.
template <unsigned Size, class Parent> class __wf_wide_tile {
    unsigned parent;
    template <class T> static __device__ T *__wf_slots() {
        static_assert(sizeof(T) <= 8, "tiles of more than 32 threads exchange values of up to 8 bytes");
        __shared__ unsigned long long slots[1024];
        return (T *)slots;
    }

  public:
    __device__ __wf_wide_tile(unsigned threads = 0) { parent = threads; }
    __device__ unsigned __wf_parent() const { return parent; }
    static __device__ void sync() { __syncthreads(); }
    static __device__ unsigned thread_rank() { return __wf_thread_in_block() & (Size - 1); }
    static constexpr __device__ unsigned size() { return Size; }
    static constexpr __device__ unsigned num_threads() { return Size; }
    __device__ unsigned meta_group_rank() const {
        return (parent ? __wf_thread_in_block() % parent : __wf_thread_in_block()) / Size;
    }
    __device__ unsigned meta_group_size() const {
        return ((parent ? parent : thread_block::size()) + Size - 1) / Size;
    }
    template <class T> __device__ T shfl(T v, unsigned rank) const {
        T *slots = __wf_slots<T>();
        unsigned t = __wf_thread_in_block();
        slots[t] = v;
        __syncthreads();
        T got = slots[(t & ~(Size - 1)) + (rank & (Size - 1))];
        __syncthreads();
        return got;
    }
    template <class T> __device__ T shfl_up(T v, unsigned d) const {
        return shfl(v, thread_rank() >= d ? thread_rank() - d : thread_rank());
    }
    template <class T> __device__ T shfl_down(T v, unsigned d) const {
        return shfl(v, thread_rank() + d < Size ? thread_rank() + d : thread_rank());
    }
    template <class T> __device__ T shfl_xor(T v, unsigned m) const { return shfl(v, thread_rank() ^ m); }
    __device__ int any(int predicate) const { return __wf_votes(predicate) != 0; }
    __device__ int all(int predicate) const { return __wf_votes(predicate) == Size; }
    __device__ unsigned __wf_votes(int predicate) const {
        unsigned n = predicate != 0;
        for (unsigned d = Size / 2; d > 0; d /= 2) n += shfl_xor(n, d);
        return n;
    }
};
template <bool Wide, unsigned Size, class Parent> struct __wf_tile_of {
    using type = __wf_warp_tile<Size, Parent>;
};
template <unsigned Size, class Parent> struct __wf_tile_of<true, Size, Parent> {
    using type = __wf_wide_tile<Size, Parent>;
};
template <unsigned Size, class Parent = void>
class thread_block_tile : public __wf_tile_of<(Size > 32), Size, Parent>::type {
    static_assert(Size <= 1024 && (Size & (Size - 1)) == 0,
                  "a tile has a power of two of threads, at most 1024");
    using Base = typename __wf_tile_of<(Size > 32), Size, Parent>::type;

  public:
    __device__ thread_block_tile(unsigned threads = 0) : Base(threads) {}
    template <class Other>
    __device__ thread_block_tile(const thread_block_tile<Size, Other> &tile) : Base(tile.__wf_parent()) {}
};
template <unsigned Size> __device__ thread_block_tile<Size> tiled_partition(const thread_block &) {
    return thread_block_tile<Size>();
}
template <unsigned Size, unsigned All, class Parent>
__device__ thread_block_tile<Size> tiled_partition(const thread_block_tile<All, Parent> &) {
    return thread_block_tile<Size>(All);
}

// Any of them, known at run time only: the whole block, or lanes of a warp.
class thread_group {
    unsigned mask; // 0: the block

  public:
    __device__ thread_group(const thread_block &) { mask = 0; }
    __device__ thread_group(const __wf_lanes &lanes) { mask = lanes.mask; }
    __device__ void sync() const {
        if (mask) __syncwarp(mask);
        else __syncthreads();
    }
    __device__ unsigned size() const { return mask ? (unsigned)__popc(mask) : thread_block::size(); }
    __device__ unsigned num_threads() const { return size(); }
    __device__ unsigned thread_rank() const {
        return mask ? (unsigned)__popc(mask & ((1u << __wf_lane()) - 1)) : __wf_thread_in_block();
    }
    __device__ unsigned __wf_mask() const { return mask; }
};
inline __device__ thread_group tiled_partition(const thread_group &g, unsigned size) {
    __wf_lanes lanes;
    unsigned all = g.__wf_mask() ? g.__wf_mask() : 0xffffffffu;
    lanes.mask = all & (size >= 32 ? 0xffffffffu : ((1u << size) - 1) << (__wf_lane() & ~(size - 1)));
    return lanes;
}

// A cluster of one block, which is what a launch without a cluster size gives. (Larger ones are refused where
// they are asked for: __cluster_dims__.)
class cluster_group {
  public:
    struct arrival_token {};
    static __device__ void sync() { __syncthreads(); }
    static __device__ arrival_token barrier_arrive() {
        __syncthreads();
        return arrival_token();
    }
    static __device__ void barrier_wait(arrival_token = arrival_token()) {}
    static __device__ unsigned block_rank() { return 0; }
    static __device__ unsigned num_blocks() { return 1; }
    static __device__ dim3 block_index() { return dim3(0, 0, 0); }
    static __device__ dim3 dim_blocks() { return dim3(1, 1, 1); }
    static __device__ unsigned thread_rank() { return thread_block::thread_rank(); }
    static __device__ dim3 thread_index() { return dim3(threadIdx.x, threadIdx.y, threadIdx.z); }
    static __device__ dim3 dim_threads() { return dim3(blockDim.x, blockDim.y, blockDim.z); }
    static __device__ unsigned num_threads() { return thread_block::size(); }
    static __device__ unsigned size() { return thread_block::size(); }
    template <class T> static __device__ unsigned query_shared_rank(const T *) { return 0; }
    template <class T> static __device__ T *map_shared_rank(T *variable, unsigned) { return variable; }
};
inline __device__ cluster_group this_cluster() { return cluster_group(); }

inline __device__ unsigned __wf_bit(unsigned mask, unsigned n) { // the place of the n-th bit that is set
    for (; n > 0; n--) mask &= mask - 1;
    return (unsigned)__ffs((int)mask) - 1;
}

class coalesced_group : public __wf_lanes {
  public:
    __device__ coalesced_group(unsigned lanes) { mask = lanes; }
    __device__ unsigned thread_rank() const { return (unsigned)__popc(mask & ((1u << __wf_lane()) - 1)); }
    __device__ unsigned size() const { return (unsigned)__popc(mask); }
    __device__ unsigned num_threads() const { return (unsigned)__popc(mask); }
    __device__ unsigned meta_group_rank() const { return 0; }
    __device__ unsigned meta_group_size() const { return 1; }
    template <class T> __device__ T shfl(T v, int rank) const {
        return __shfl_sync(mask, v, (int)__wf_bit(mask, (unsigned)rank % size()), 32);
    }
    template <class T> __device__ T shfl_up(T v, unsigned d) const {
        unsigned rank = thread_rank();
        return __shfl_sync(mask, v, rank < d ? (int)__wf_lane() : (int)__wf_bit(mask, rank - d), 32);
    }
    template <class T> __device__ T shfl_down(T v, unsigned d) const {
        unsigned rank = thread_rank();
        return __shfl_sync(mask, v, rank + d >= size() ? (int)__wf_lane() : (int)__wf_bit(mask, rank + d),
                           32);
    }
    __device__ unsigned ballot(int predicate) const { return __wf_pack(__ballot_sync(mask, predicate)); }
    template <class T> __device__ unsigned match_any(T v) const {
        return __wf_pack(__match_any_sync(mask, v));
    }
    __device__ unsigned __wf_pack(unsigned lanes) const { // bit k: the group's k-th thread
        unsigned packed = 0, k = 0;
        for (unsigned rest = mask; rest; rest &= rest - 1, k++)
            if (lanes & rest & (0u - rest)) packed |= 1u << k;
        return packed;
    }
};
inline __device__ coalesced_group coalesced_threads() { return coalesced_group(__activemask()); }
inline __device__ coalesced_group tiled_partition(const coalesced_group &g, unsigned) { return g; }
template <class Label> __device__ coalesced_group labeled_partition(const __wf_lanes &g, Label label) {
    return coalesced_group(__match_any_sync(g.mask, label));
}
inline __device__ coalesced_group binary_partition(const __wf_lanes &g, bool predicate) {
    unsigned yes = __ballot_sync(g.mask, predicate) & g.mask;
    return coalesced_group(predicate ? yes : g.mask & ~yes);
}

// --- any group

template <class Group> __device__ void sync(const Group &g) { g.sync(); }
template <class Group> __device__ unsigned thread_rank(const Group &g) { return g.thread_rank(); }
template <class Group> __device__ unsigned group_size(const Group &g) { return g.size(); }

template <unsigned Size, class Parent, class T, class Op>
__device__ T reduce(const thread_block_tile<Size, Parent> &g, T v, Op op) {
    for (unsigned d = Size / 2; d > 0; d /= 2) v = op(v, g.shfl_xor(v, d));
    return v;
}
template <class T, class Op> __device__ T reduce(const coalesced_group &g, T v, Op op) {
    unsigned n = g.size();
    T sum = g.shfl(v, 0);
    for (unsigned i = 1; i < n; i++) sum = op(sum, g.shfl(v, (int)i));
    return sum;
}
template <class Group, class T, class Op> __device__ T inclusive_scan(const Group &g, T v, Op op) {
    unsigned rank = g.thread_rank(), n = g.size();
    for (unsigned d = 1; d < n; d *= 2) {
        T other = g.shfl_up(v, d);
        if (rank >= d) v = op(other, v);
    }
    return v;
}
template <class Group, class T> __device__ T inclusive_scan(const Group &g, T v) {
    return inclusive_scan(g, v, plus<T>());
}
template <class Group, class T, class Op> __device__ T exclusive_scan(const Group &g, T v, Op op) {
    T all = g.shfl_up(inclusive_scan(g, v, op), 1);
    return g.thread_rank() ? all : T();
}
template <class Group, class T> __device__ T exclusive_scan(const Group &g, T v) {
    return exclusive_scan(g, v, plus<T>());
}
template <class Group, class F> __device__ void invoke_one(const Group &g, F f) {
    if (g.thread_rank() == 0) f();
}

// Copies are done at once by the group's threads; wait() is its barrier.
template <class Group>
__device__ void memcpy_async(const Group &g, void *to, const void *from, unsigned long bytes) {
    unsigned long i = g.thread_rank(), n = g.size();
    if ((((unsigned long)to | (unsigned long)from | bytes) & 3) == 0)
        for (; i < bytes / 4; i += n) ((unsigned *)to)[i] = ((const unsigned *)from)[i];
    else
        for (; i < bytes; i += n) ((unsigned char *)to)[i] = ((const unsigned char *)from)[i];
}
template <class Group, class T>
__device__ void memcpy_async(const Group &g, T *to, unsigned long room, const T *from, unsigned long count) {
    for (unsigned long i = g.thread_rank(), n = g.size(); i < count && i < room; i += n) to[i] = from[i];
}
template <class Group> __device__ void wait(const Group &g) { g.sync(); }

// A group's sum (or whatever op makes) into memory, by the group's first thread; done at once. `to` is a
// pointer (store) or a cuda::atomic, cuda::atomic_ref (update, store).
template <class Group, class T, class V, class Op>
__device__ void reduce_store_async(const Group &g, T *to, V v, Op op) {
    V all = reduce(g, v, op);
    if (g.thread_rank() == 0) *to = all;
}
template <class Group, class Atomic, class V, class Op>
__device__ void reduce_store_async(const Group &g, Atomic &to, V v, Op op) {
    V all = reduce(g, v, op);
    if (g.thread_rank() == 0) to.store(all);
}
template <class Group, class Atomic, class V, class Op>
__device__ void reduce_update_async(const Group &g, Atomic &to, V v, Op op) {
    V all = reduce(g, v, op);
    if (g.thread_rank() != 0) return;
    V old = to.load();
    while (!to.compare_exchange_weak(old, op(old, all))) {}
}
template <unsigned Stages, class Group> __device__ void wait_prior(const Group &g) { g.sync(); }
} // namespace cooperative_groups
