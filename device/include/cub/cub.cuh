// cub/cub.cuh: CUB's block and warp operations: WarpReduce, WarpScan, BlockReduce,
// BlockScan, BlockLoad, BlockStore, BlockExchange, BlockRadixSort, BlockHistogram; the rest is in
// cub/more.cuh.
//
// Shared storage is an array that the caller declares, as in CUB; algorithms that CUB offers by name all do
// the same here. Sums are taken in a fixed order (within warps a butterfly or a doubling scan, then over the
// warps), so floats have the same bits on every device. Device-wide algorithms (cub::DeviceReduce …) are host
// code and not here.
#pragma once
#include <type_traits>
namespace cub {

struct Sum {
    template <class T> __device__ T operator()(const T &a, const T &b) const { return a + b; }
};
struct Max {
    template <class T> __device__ T operator()(const T &a, const T &b) const { return a < b ? b : a; }
};
struct Min {
    template <class T> __device__ T operator()(const T &a, const T &b) const { return b < a ? b : a; }
};
struct Equality {
    template <class T> __device__ bool operator()(const T &a, const T &b) const { return a == b; }
};
struct ArgMax {
    template <class P> __device__ P operator()(const P &a, const P &b) const {
        return b.value > a.value || (a.value == b.value && b.key < a.key) ? b : a;
    }
};
struct ArgMin {
    template <class P> __device__ P operator()(const P &a, const P &b) const {
        return b.value < a.value || (a.value == b.value && b.key < a.key) ? b : a;
    }
};
template <class K, class V> struct KeyValuePair {
    typedef K Key;
    typedef V Value;
    K key;
    V value;
    __device__ KeyValuePair() {}
    __device__ KeyValuePair(const K &k, const V &v) : key(k), value(v) {}
};
enum BlockReduceAlgorithm {
    BLOCK_REDUCE_RAKING_COMMUTATIVE_ONLY,
    BLOCK_REDUCE_RAKING,
    BLOCK_REDUCE_WARP_REDUCTIONS
};
enum BlockScanAlgorithm { BLOCK_SCAN_RAKING, BLOCK_SCAN_RAKING_MEMOIZE, BLOCK_SCAN_WARP_SCANS };
enum BlockLoadAlgorithm {
    BLOCK_LOAD_DIRECT,
    BLOCK_LOAD_STRIPED,
    BLOCK_LOAD_VECTORIZE,
    BLOCK_LOAD_TRANSPOSE,
    BLOCK_LOAD_WARP_TRANSPOSE
};
enum BlockStoreAlgorithm {
    BLOCK_STORE_DIRECT,
    BLOCK_STORE_STRIPED,
    BLOCK_STORE_VECTORIZE,
    BLOCK_STORE_TRANSPOSE,
    BLOCK_STORE_WARP_TRANSPOSE
};
enum BlockHistogramAlgorithm { BLOCK_HISTO_SORT, BLOCK_HISTO_ATOMIC };

inline __device__ unsigned __wf_thread() {
    return threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
}
template <int Size, class T> __device__ T ShuffleUp(T v, int from, int first, unsigned mask) {
    int lane = (int)(__wf_thread() & (Size - 1));
    T other = __shfl_up_sync(mask, v, (unsigned)from, Size);
    return lane - from >= first ? other : v;
}
template <int Size, class T> __device__ T ShuffleDown(T v, int from, int last, unsigned mask) {
    int lane = (int)(__wf_thread() & (Size - 1));
    T other = __shfl_down_sync(mask, v, (unsigned)from, Size);
    return lane + from <= last ? other : v;
}
template <int Size, class T> __device__ T ShuffleIndex(T v, int lane, unsigned mask) {
    return __shfl_sync(mask, v, lane, Size);
}
inline __device__ unsigned LaneId() { return __wf_thread() & 31; }
inline __device__ unsigned WarpId() { return __wf_thread() / 32; }

// Any value from lane `from` of `width`, word by word: shuffles take numbers only.
template <class T> __device__ T __wf_shuffle(unsigned mask, const T &value, int from, int width) {
    T result = value;
    if constexpr (std::is_arithmetic<T>::value && sizeof(T) >= 4) {
        result = __shfl_sync(mask, value, from, width);
    } else if constexpr (sizeof(T) % 4 == 0) {
        const unsigned *in = (const unsigned *)&value;
        unsigned *out = (unsigned *)&result;
        for (unsigned i = 0; i < sizeof(T) / 4; i++) out[i] = __shfl_sync(mask, in[i], from, width);
    } else {
        const unsigned char *in = (const unsigned char *)&value;
        unsigned char *out = (unsigned char *)&result;
        for (unsigned i = 0; i < sizeof(T); i++)
            out[i] = (unsigned char)__shfl_sync(mask, (unsigned)in[i], from, width);
    }
    return result;
}

// --- warps

template <int Size> inline __device__ unsigned __wf_mask() {
    return Size == 32 ? 0xffffffffu : ((1u << (Size & 31)) - 1) << (LaneId() & ~(unsigned)(Size - 1));
}

template <class T, int Size = 32> class WarpReduce {
    static_assert(Size <= 32 && (Size & (Size - 1)) == 0, "a logical warp has 1, 2, 4, 8, 16 or 32 threads");

  public:
    struct TempStorage {
        char none;
    };
    __device__ WarpReduce(TempStorage &) {}
    template <class Op> __device__ T Reduce(T v, Op op) { return Reduce(v, op, Size); }
    template <class Op> __device__ T Reduce(T v, Op op, int valid) { // the result is the first lane's
        int lane = LaneId() & (Size - 1);
        for (int d = 1; d < Size; d *= 2) {
            T other = __wf_shuffle(__wf_mask<Size>(), v, lane + d < Size ? lane + d : lane, Size);
            if (lane + d < valid) v = op(v, other);
        }
        return v;
    }
    __device__ T Sum(T v) { return Reduce(v, cub::Sum(), Size); }
    __device__ T Sum(T v, int valid) { return Reduce(v, cub::Sum(), valid); }
};

template <class T, int Size = 32> class WarpScan {
  public:
    struct TempStorage {
        char none;
    };
    __device__ WarpScan(TempStorage &) {}
    template <class Op> __device__ void InclusiveScan(T v, T &out, Op op) {
        int lane = LaneId() & (Size - 1);
        for (int d = 1; d < Size; d *= 2) {
            T other = __wf_shuffle(__wf_mask<Size>(), v, lane >= d ? lane - d : lane, Size);
            if (lane >= d) v = op(other, v);
        }
        out = v;
    }
    template <class Op> __device__ void InclusiveScan(T v, T &out, Op op, T &total) {
        InclusiveScan(v, out, op);
        total = __wf_shuffle(__wf_mask<Size>(), out, Size - 1, Size);
    }
    template <class Op> __device__ void ExclusiveScan(T v, T &out, T initial, Op op) {
        T all, before;
        int lane = LaneId() & (Size - 1);
        InclusiveScan(v, all, op);
        before = __wf_shuffle(__wf_mask<Size>(), all, lane ? lane - 1 : 0, Size);
        out = lane ? op(initial, before) : initial;
    }
    template <class Op> __device__ void ExclusiveScan(T v, T &out, T initial, Op op, T &total) {
        T all;
        InclusiveScan(v, all, op);
        total = __wf_shuffle(__wf_mask<Size>(), all, Size - 1, Size);
        ExclusiveScan(v, out, initial, op);
    }
    __device__ void InclusiveSum(T v, T &out) { InclusiveScan(v, out, cub::Sum()); }
    __device__ void InclusiveSum(T v, T &out, T &total) { InclusiveScan(v, out, cub::Sum(), total); }
    __device__ void ExclusiveSum(T v, T &out) { ExclusiveScan(v, out, T(), cub::Sum()); }
    __device__ void ExclusiveSum(T v, T &out, T &total) { ExclusiveScan(v, out, T(), cub::Sum(), total); }
    __device__ T Broadcast(T v, unsigned lane) { return __wf_shuffle(__wf_mask<Size>(), v, (int)lane, Size); }
};

// --- blocks: one value for each thread goes through shared memory; threads are numbered x first

template <class T, int X, BlockReduceAlgorithm A = BLOCK_REDUCE_WARP_REDUCTIONS, int Y = 1, int Z = 1>
class BlockReduce {
    enum { N = X * Y * Z };

  public:
    struct TempStorage {
        T values[N];
    };

  private:
    TempStorage &temp;

  public:
    __device__ BlockReduce(TempStorage &storage) : temp(storage) {}
    template <class Op> __device__ T Reduce(T v, Op op, int valid) { // the result is thread 0's
        int t = (int)__wf_thread();
        temp.values[t] = v;
        __syncthreads();
        int step = 1;
        while (step < N) step *= 2;
        for (step /= 2; step > 0; step /= 2) { // halves are folded onto each other
            if (t < step && t + step < valid && t + step < N)
                temp.values[t] = op(temp.values[t], temp.values[t + step]);
            __syncthreads();
        }
        return temp.values[0];
    }
    template <class Op> __device__ T Reduce(T v, Op op) { return Reduce(v, op, N); }
    template <int K, class Op> __device__ T Reduce(T (&items)[K], Op op) {
        T v = items[0];
        for (int i = 1; i < K; i++) v = op(v, items[i]);
        return Reduce(v, op, N);
    }
    __device__ T Sum(T v) { return Reduce(v, cub::Sum(), N); }
    __device__ T Sum(T v, int valid) { return Reduce(v, cub::Sum(), valid); }
    template <int K> __device__ T Sum(T (&items)[K]) { return Reduce(items, cub::Sum()); }
};

template <class T, int X, BlockScanAlgorithm A = BLOCK_SCAN_RAKING, int Y = 1, int Z = 1> class BlockScan {
    enum { N = X * Y * Z };

  public:
    struct TempStorage {
        T values[2][N];
    };

  private:
    TempStorage &temp;
    template <class Op> __device__ T scan(T v, Op op) { // inclusive; afterwards values[0] holds all of it
        int t = (int)__wf_thread(), now = 0;
        temp.values[0][t] = v;
        __syncthreads();
        for (int d = 1; d < N; d *= 2) {
            T mine = temp.values[now][t];
            temp.values[1 - now][t] = t >= d ? op(temp.values[now][t - d], mine) : mine;
            now = 1 - now;
            __syncthreads();
        }
        T result = temp.values[now][t];
        temp.values[0][t] = result;
        __syncthreads();
        return result;
    }
    __device__ T before(T initial) { // of the last scan: what stands left of this thread
        int t = (int)__wf_thread();
        return t ? temp.values[0][t - 1] : initial;
    }

  public:
    __device__ BlockScan(TempStorage &storage) : temp(storage) {}
    template <class Op> __device__ void InclusiveScan(T v, T &out, Op op) { out = scan(v, op); }
    template <class Op> __device__ void InclusiveScan(T v, T &out, Op op, T &total) {
        out = scan(v, op);
        total = temp.values[0][N - 1];
    }
    template <class Op> __device__ void ExclusiveScan(T v, T &out, T initial, Op op) {
        scan(v, op);
        T left = before(initial);
        out = __wf_thread() ? op(initial, left) : initial;
    }
    template <class Op> __device__ void ExclusiveScan(T v, T &out, T initial, Op op, T &total) {
        ExclusiveScan(v, out, initial, op);
        total = temp.values[0][N - 1];
    }
    // With a prefix: the first warp calls prefix(total of the block), and what thread 0 gets stands left of all.
    template <class P> __device__ T __wf_prefix(P &prefix) {
        T total = temp.values[0][N - 1];
        __syncthreads();
        if (__wf_thread() < 32) {
            T left = prefix(total);
            if (__wf_thread() == 0) temp.values[1][0] = left;
        }
        __syncthreads();
        return temp.values[1][0];
    }
    template <class Op, class P>
    __device__ auto InclusiveScan(T v, T &out, Op op, P &prefix) -> decltype(prefix(v), void()) {
        T mine = scan(v, op);
        out = op(__wf_prefix(prefix), mine);
    }
    template <class Op, class P>
    __device__ auto ExclusiveScan(T v, T &out, Op op, P &prefix) -> decltype(op(v, v), prefix(v), void()) {
        scan(v, op);
        T left = before(v), start = __wf_prefix(prefix);
        out = __wf_thread() ? op(start, left) : start;
    }
    template <int K, class Op, class P>
    __device__ auto InclusiveScan(T (&in)[K], T (&out)[K], Op op, P &prefix) -> decltype(prefix(in[0]), void()) {
        ExclusiveScan(in, out, op, prefix, 1);
    }
    template <int K, class Op, class P>
    __device__ auto ExclusiveScan(T (&in)[K], T (&out)[K], Op op, P &prefix)
        -> decltype(op(in[0], in[0]), prefix(in[0]), void()) {
        ExclusiveScan(in, out, op, prefix, 0);
    }
    template <int K, class Op, class P>
    __device__ void ExclusiveScan(T (&in)[K], T (&out)[K], Op op, P &prefix, int inclusive) {
        T sum = in[0];
        for (int i = 1; i < K; i++) sum = op(sum, in[i]);
        scan(sum, op);
        T left = before(sum), start = __wf_prefix(prefix);
        T so_far = __wf_thread() ? op(start, left) : start;
        for (int i = 0; i < K; i++) {
            T with = op(so_far, in[i]);
            out[i] = inclusive ? with : so_far;
            so_far = with;
        }
    }
    template <class P> __device__ auto InclusiveSum(T v, T &out, P &prefix) -> decltype(prefix(v), void()) {
        InclusiveScan(v, out, cub::Sum(), prefix);
    }
    template <class P> __device__ auto ExclusiveSum(T v, T &out, P &prefix) -> decltype(prefix(v), void()) {
        ExclusiveScan(v, out, cub::Sum(), prefix);
    }
    template <int K, class P>
    __device__ auto InclusiveSum(T (&in)[K], T (&out)[K], P &prefix) -> decltype(prefix(in[0]), void()) {
        ExclusiveScan(in, out, cub::Sum(), prefix, 1);
    }
    template <int K, class P>
    __device__ auto ExclusiveSum(T (&in)[K], T (&out)[K], P &prefix) -> decltype(prefix(in[0]), void()) {
        ExclusiveScan(in, out, cub::Sum(), prefix, 0);
    }
    template <int K> __device__ void InclusiveSum(T (&in)[K], T (&out)[K], T &total) {
        InclusiveScan(in, out, cub::Sum());
        total = temp.values[0][N - 1];
    }
    __device__ void InclusiveSum(T v, T &out) { InclusiveScan(v, out, cub::Sum()); }
    __device__ void InclusiveSum(T v, T &out, T &total) { InclusiveScan(v, out, cub::Sum(), total); }
    __device__ void ExclusiveSum(T v, T &out) { ExclusiveScan(v, out, T(), cub::Sum()); }
    __device__ void ExclusiveSum(T v, T &out, T &total) { ExclusiveScan(v, out, T(), cub::Sum(), total); }
    template <int K, class Op> __device__ void InclusiveScan(T (&in)[K], T (&out)[K], Op op) {
        T sum = in[0], left;
        for (int i = 1; i < K; i++) sum = op(sum, in[i]);
        scan(sum, op);
        left = before(sum);
        T so_far = __wf_thread() ? op(left, in[0]) : in[0];
        for (int i = 0; i < K; i++) {
            if (i) so_far = op(so_far, in[i]);
            out[i] = so_far;
        }
    }
    template <int K, class Op> __device__ void ExclusiveScan(T (&in)[K], T (&out)[K], T initial, Op op) {
        T sum = in[0], left;
        for (int i = 1; i < K; i++) sum = op(sum, in[i]);
        scan(sum, op);
        left = before(initial);
        T so_far = __wf_thread() ? op(initial, left) : initial;
        for (int i = 0; i < K; i++) {
            T item = in[i];
            out[i] = so_far;
            so_far = op(so_far, item);
        }
    }
    template <int K> __device__ void InclusiveSum(T (&in)[K], T (&out)[K]) {
        InclusiveScan(in, out, cub::Sum());
    }
    template <int K> __device__ void ExclusiveSum(T (&in)[K], T (&out)[K]) {
        ExclusiveScan(in, out, T(), cub::Sum());
    }
    template <int K> __device__ void ExclusiveSum(T (&in)[K], T (&out)[K], T &total) {
        ExclusiveScan(in, out, T(), cub::Sum());
        total = temp.values[0][N - 1];
    }
};

template <class T, int X, int Items, BlockLoadAlgorithm A = BLOCK_LOAD_DIRECT, int Y = 1, int Z = 1>
class BlockLoad {
    static __device__ long place(int i) {
        long t = (long)__wf_thread();
        return A == BLOCK_LOAD_STRIPED ? t + (long)i * (X * Y * Z) : t * Items + i;
    }

  public:
    struct TempStorage {
        char none;
    };
    __device__ BlockLoad() {}
    __device__ BlockLoad(TempStorage &) {}
    template <class It> __device__ void Load(It from, T (&items)[Items]) {
        for (int i = 0; i < Items; i++) items[i] = from[place(i)];
    }
    template <class It> __device__ void Load(It from, T (&items)[Items], int valid) {
        for (int i = 0; i < Items; i++)
            if (place(i) < valid) items[i] = from[place(i)];
    }
    template <class It, class D> __device__ void Load(It from, T (&items)[Items], int valid, D other) {
        for (int i = 0; i < Items; i++) items[i] = place(i) < valid ? from[place(i)] : (T)other;
    }
};
template <class T, int X, int Items, BlockStoreAlgorithm A = BLOCK_STORE_DIRECT, int Y = 1, int Z = 1>
class BlockStore {
    static __device__ long place(int i) {
        long t = (long)__wf_thread();
        return A == BLOCK_STORE_STRIPED ? t + (long)i * (X * Y * Z) : t * Items + i;
    }

  public:
    struct TempStorage {
        char none;
    };
    __device__ BlockStore() {}
    __device__ BlockStore(TempStorage &) {}
    template <class It> __device__ void Store(It to, T (&items)[Items]) {
        for (int i = 0; i < Items; i++) to[place(i)] = items[i];
    }
    template <class It> __device__ void Store(It to, T (&items)[Items], int valid) {
        for (int i = 0; i < Items; i++)
            if (place(i) < valid) to[place(i)] = items[i];
    }
};

template <class T, int X, int Items, bool Slices = false, int Y = 1, int Z = 1> class BlockExchange {
    enum { N = X * Y * Z };

  public:
    struct TempStorage {
        T values[N * Items];
    };

  private:
    TempStorage &temp;

  public:
    __device__ BlockExchange(TempStorage &storage) : temp(storage) {}
    __device__ void StripedToBlocked(const T (&in)[Items], T (&out)[Items]) {
        int t = (int)__wf_thread();
        for (int i = 0; i < Items; i++) temp.values[i * N + t] = in[i];
        __syncthreads();
        for (int i = 0; i < Items; i++) out[i] = temp.values[t * Items + i];
        __syncthreads();
    }
    __device__ void BlockedToStriped(const T (&in)[Items], T (&out)[Items]) {
        int t = (int)__wf_thread();
        for (int i = 0; i < Items; i++) temp.values[t * Items + i] = in[i];
        __syncthreads();
        for (int i = 0; i < Items; i++) out[i] = temp.values[i * N + t];
        __syncthreads();
    }
    template <class R>
    __device__ void ScatterToBlocked(const T (&in)[Items], T (&out)[Items], R (&ranks)[Items]) {
        int t = (int)__wf_thread();
        for (int i = 0; i < Items; i++) temp.values[ranks[i]] = in[i];
        __syncthreads();
        for (int i = 0; i < Items; i++) out[i] = temp.values[t * Items + i];
        __syncthreads();
    }
    template <class R>
    __device__ void ScatterToStriped(const T (&in)[Items], T (&out)[Items], R (&ranks)[Items]) {
        int t = (int)__wf_thread();
        for (int i = 0; i < Items; i++) temp.values[ranks[i]] = in[i];
        __syncthreads();
        for (int i = 0; i < Items; i++) out[i] = temp.values[i * N + t];
        __syncthreads();
    }
    __device__ void StripedToBlocked(T (&items)[Items]) { StripedToBlocked(items, items); }
    __device__ void BlockedToStriped(T (&items)[Items]) { BlockedToStriped(items, items); }
    template <class R> __device__ void ScatterToBlocked(T (&items)[Items], R (&ranks)[Items]) {
        ScatterToBlocked(items, items, ranks);
    }
    template <class R> __device__ void ScatterToStriped(T (&items)[Items], R (&ranks)[Items]) {
        ScatterToStriped(items, items, ranks);
    }
};

// Keys as unsigned integers in their own order.
template <class T> struct __wf_radix {
    typedef std::conditional_t<sizeof(T) == 8, unsigned long long, unsigned> bits;
    static __device__ bits of(T v) {
        if constexpr (std::is_floating_point<T>::value) {
            bits b;
            if constexpr (sizeof(T) == 8) b = (bits)__double_as_longlong(v);
            else b = __float_as_uint(v);
            return b >> (8 * sizeof(T) - 1) ? ~b : b | (bits)1 << (8 * sizeof(T) - 1);
        } else if constexpr (std::is_signed<T>::value) {
            return ((bits)v ^ (bits)1 << (8 * sizeof(T) - 1)) &
                   (~(bits)0 >> (8 * (sizeof(bits) - sizeof(T))));
        } else {
            return (bits)v;
        }
    }
};
struct NullType {};

// One bit at a time: the zeros keep their order in front, the ones behind. Stable.
template <class K, int X, int Items, class V = NullType, int Bits = 4> class BlockRadixSort {
    enum { N = X };

  public:
    struct TempStorage {
        K keys[N * Items];
        V values[N * Items];
        unsigned sums[2][N];
    };

  private:
    TempStorage &temp;
    __device__ void sort(K (&keys)[Items], V *values, int begin, int end, bool down) {
        int t = (int)__wf_thread();
        for (int bit = begin; bit < end; bit++) {
            unsigned zeros = 0, place = 0;
            bool one[Items];
            for (int i = 0; i < Items; i++) {
                one[i] = ((__wf_radix<K>::of(keys[i]) >> bit & 1) != 0) != down;
                zeros += !one[i];
            }
            int now = 0;
            temp.sums[0][t] = zeros;
            __syncthreads();
            for (int d = 1; d < N; d *= 2) {
                unsigned mine = temp.sums[now][t];
                temp.sums[1 - now][t] = t >= d ? temp.sums[now][t - d] + mine : mine;
                now = 1 - now;
                __syncthreads();
            }
            unsigned all = temp.sums[now][N - 1], before = temp.sums[now][t] - zeros;
            for (int i = 0; i < Items; i++) {
                place = one[i] ? all + ((unsigned)(t * Items + i) - before) : before;
                before += !one[i];
                temp.keys[place] = keys[i];
                if constexpr (!std::is_same<V, NullType>::value) temp.values[place] = values[i];
            }
            __syncthreads();
            for (int i = 0; i < Items; i++) {
                keys[i] = temp.keys[t * Items + i];
                if constexpr (!std::is_same<V, NullType>::value) values[i] = temp.values[t * Items + i];
            }
            __syncthreads();
        }
    }

    template <class T> __device__ void stripe(T (&items)[Items], T *room) {
        int t = (int)__wf_thread();
        for (int i = 0; i < Items; i++) room[t * Items + i] = items[i];
        __syncthreads();
        for (int i = 0; i < Items; i++) items[i] = room[i * N + t];
        __syncthreads();
    }

  public:
    __device__ BlockRadixSort(TempStorage &storage) : temp(storage) {}
    __device__ void Sort(K (&keys)[Items], int begin = 0, int end = 8 * sizeof(K)) {
        sort(keys, (V *)0, begin, end, false);
    }
    __device__ void SortDescending(K (&keys)[Items], int begin = 0, int end = 8 * sizeof(K)) {
        sort(keys, (V *)0, begin, end, true);
    }
    __device__ void Sort(K (&keys)[Items], V (&values)[Items], int begin = 0, int end = 8 * sizeof(K)) {
        sort(keys, values, begin, end, false);
    }
    __device__ void SortDescending(K (&keys)[Items], V (&values)[Items], int begin = 0,
                                   int end = 8 * sizeof(K)) {
        sort(keys, values, begin, end, true);
    }
    __device__ void SortBlockedToStriped(K (&keys)[Items], int begin = 0, int end = 8 * sizeof(K)) {
        sort(keys, (V *)0, begin, end, false);
        stripe(keys, temp.keys);
    }
    __device__ void SortDescendingBlockedToStriped(K (&keys)[Items], int begin = 0, int end = 8 * sizeof(K)) {
        sort(keys, (V *)0, begin, end, true);
        stripe(keys, temp.keys);
    }
    __device__ void SortBlockedToStriped(K (&keys)[Items], V (&values)[Items], int begin = 0,
                                         int end = 8 * sizeof(K)) {
        sort(keys, values, begin, end, false);
        stripe(keys, temp.keys);
        stripe(values, temp.values);
    }
};

template <class T, int X, int Items, int Bins, BlockHistogramAlgorithm A = BLOCK_HISTO_SORT>
class BlockHistogram {
  public:
    struct TempStorage {
        char none;
    };
    __device__ BlockHistogram(TempStorage &) {}
    template <class C> __device__ void InitHistogram(C (&bins)[Bins]) {
        for (int i = (int)__wf_thread(); i < Bins; i += X) bins[i] = 0;
        __syncthreads();
    }
    template <class C> __device__ void Composite(T (&items)[Items], C (&bins)[Bins]) {
        for (int i = 0; i < Items; i++) atomicAdd(&bins[(int)items[i]], (C)1);
        __syncthreads();
    }
    template <class C> __device__ void Histogram(T (&items)[Items], C (&bins)[Bins]) {
        InitHistogram(bins);
        Composite(items, bins);
    }
};
} // namespace cub
#include <cub/more.cuh>
