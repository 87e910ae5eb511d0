// cub/more.cuh: the rest of CUB's block and warp operations: merge sorts, direct loads and stores, WarpLoad,
// WarpStore, WarpExchange, flags at the ends of runs, differences of neighbours, shuffles of a block,
// iterators. Included by cub/cub.cuh.
#pragma once

namespace cub {

// --- one thread's loads and stores

enum CacheLoadModifier { LOAD_DEFAULT, LOAD_CA, LOAD_CG, LOAD_CS, LOAD_CV, LOAD_LDG, LOAD_VOLATILE };
enum CacheStoreModifier { STORE_DEFAULT, STORE_WB, STORE_CG, STORE_CS, STORE_WT, STORE_VOLATILE };
template <CacheLoadModifier M, class I> __device__ auto ThreadLoad(I at) {
    auto v = *at;
    return v;
}
template <CacheStoreModifier M, class I, class T> __device__ void ThreadStore(I at, T v) { *at = v; }
template <class T, int K, class I> __device__ void LoadDirectBlocked(int t, I from, T (&items)[K]) {
    for (int i = 0; i < K; i++) items[i] = from[t * K + i];
}
template <class T, int K, class I>
__device__ void LoadDirectBlocked(int t, I from, T (&items)[K], int valid) {
    for (int i = 0; i < K; i++)
        if (t * K + i < valid) items[i] = from[t * K + i];
}
template <int N, class T, int K, class I> __device__ void LoadDirectStriped(int t, I from, T (&items)[K]) {
    for (int i = 0; i < K; i++) items[i] = from[t + i * N];
}
template <int N, class T, int K, class I>
__device__ void LoadDirectStriped(int t, I from, T (&items)[K], int valid) {
    for (int i = 0; i < K; i++)
        if (t + i * N < valid) items[i] = from[t + i * N];
}
template <class T, int K, class I> __device__ void StoreDirectBlocked(int t, I to, T (&items)[K]) {
    for (int i = 0; i < K; i++) to[t * K + i] = items[i];
}
template <class T, int K, class I> __device__ void StoreDirectBlocked(int t, I to, T (&items)[K], int valid) {
    for (int i = 0; i < K; i++)
        if (t * K + i < valid) to[t * K + i] = items[i];
}
template <int N, class T, int K, class I> __device__ void StoreDirectStriped(int t, I to, T (&items)[K]) {
    for (int i = 0; i < K; i++) to[t + i * N] = items[i];
}
template <int N, class T, int K, class I>
__device__ void StoreDirectStriped(int t, I to, T (&items)[K], int valid) {
    for (int i = 0; i < K; i++)
        if (t + i * N < valid) to[t + i * N] = items[i];
}
template <int K, class T, class Op> __device__ T ThreadReduce(T (&items)[K], Op op) {
    T v = items[0];
    for (int i = 1; i < K; i++) v = op(v, items[i]);
    return v;
}

// --- warps

enum WarpLoadAlgorithm { WARP_LOAD_DIRECT, WARP_LOAD_STRIPED, WARP_LOAD_VECTORIZE, WARP_LOAD_TRANSPOSE };
enum WarpStoreAlgorithm { WARP_STORE_DIRECT, WARP_STORE_STRIPED, WARP_STORE_VECTORIZE, WARP_STORE_TRANSPOSE };
struct __wf_nothing {
    char none;
};
template <class T, int K, WarpLoadAlgorithm A = WARP_LOAD_DIRECT, int Size = 32> struct WarpLoad {
    typedef __wf_nothing TempStorage;
    __device__ WarpLoad() {}
    __device__ WarpLoad(TempStorage &) {}
    template <class I> __device__ void Load(I from, T (&items)[K]) {
        int lane = (int)LaneId() & (Size - 1);
        if (A == WARP_LOAD_STRIPED) LoadDirectStriped<Size>(lane, from, items);
        else LoadDirectBlocked(lane, from, items);
    }
};
template <class T, int K, WarpStoreAlgorithm A = WARP_STORE_DIRECT, int Size = 32> struct WarpStore {
    typedef __wf_nothing TempStorage;
    __device__ WarpStore() {}
    __device__ WarpStore(TempStorage &) {}
    template <class I> __device__ void Store(I to, T (&items)[K]) {
        int lane = (int)LaneId() & (Size - 1);
        if (A == WARP_STORE_STRIPED) StoreDirectStriped<Size>(lane, to, items);
        else StoreDirectBlocked(lane, to, items);
    }
};
template <class T, int K, int Size = 32> class WarpExchange {
  public:
    struct TempStorage {
        T values[K * Size];
    };

  private:
    TempStorage &temp;

  public:
    __device__ WarpExchange(TempStorage &storage) : temp(storage) {}
    __device__ void BlockedToStriped(const T (&in)[K], T (&out)[K]) {
        int lane = (int)LaneId() & (Size - 1);
        for (int i = 0; i < K; i++) temp.values[lane * K + i] = in[i];
        __syncwarp(__wf_mask<Size>());
        for (int i = 0; i < K; i++) out[i] = temp.values[i * Size + lane];
        __syncwarp(__wf_mask<Size>());
    }
    __device__ void StripedToBlocked(const T (&in)[K], T (&out)[K]) {
        int lane = (int)LaneId() & (Size - 1);
        for (int i = 0; i < K; i++) temp.values[i * Size + lane] = in[i];
        __syncwarp(__wf_mask<Size>());
        for (int i = 0; i < K; i++) out[i] = temp.values[lane * K + i];
        __syncwarp(__wf_mask<Size>());
    }
};

// --- merge sorts: the number of elements before each of one's own says where it goes; stable

template <class K, class V, int Count> struct __wf_sort_storage {
    K keys[Count];
    V values[Count];
};
template <class K, int Count> struct __wf_sort_storage<K, NullType, Count> {
    K keys[Count];
    NullType values[1];
};
// How many of keys[0..n) go before `key`, which stands at `at`.
template <class K, class Op> __device__ int __wf_rank(const K *keys, int n, int at, const K &key, Op before) {
    int rank = 0;
    for (int i = 0; i < at; i++) rank += !before(key, keys[i]);
    for (int i = at + 1; i < n; i++) rank += before(keys[i], key);
    return rank;
}
template <class K, int X, int Items, class V = NullType, int Y = 1, int Z = 1> class BlockMergeSort {
    enum { N = X * Y * Z * Items };

  public:
    typedef __wf_sort_storage<K, V, N> TempStorage;

  private:
    TempStorage &temp;
    template <class Op> __device__ void sort(K (&keys)[Items], V *values, Op before, int n) {
        int t = (int)__wf_thread(), rank[Items];
        for (int i = 0; i < Items; i++) temp.keys[t * Items + i] = keys[i];
        __syncthreads();
        for (int i = 0; i < Items; i++) {
            int at = t * Items + i;
            rank[i] = at < n ? __wf_rank(temp.keys, n, at, keys[i], before) : at;
        }
        __syncthreads();
        for (int i = 0; i < Items; i++) {
            temp.keys[rank[i]] = keys[i];
            if constexpr (!std::is_same<V, NullType>::value) temp.values[rank[i]] = values[i];
        }
        __syncthreads();
        for (int i = 0; i < Items; i++) {
            keys[i] = temp.keys[t * Items + i];
            if constexpr (!std::is_same<V, NullType>::value) values[i] = temp.values[t * Items + i];
        }
        __syncthreads();
    }

  public:
    __device__ BlockMergeSort(TempStorage &storage) : temp(storage) {}
    template <class Op> __device__ void Sort(K (&keys)[Items], Op before) { sort(keys, (V *)0, before, N); }
    template <class Op> __device__ void Sort(K (&keys)[Items], Op before, int valid, K) {
        sort(keys, (V *)0, before, valid);
    }
    template <class Op> __device__ void Sort(K (&keys)[Items], V (&values)[Items], Op before) {
        sort(keys, values, before, N);
    }
    template <class Op> __device__ void Sort(K (&keys)[Items], V (&values)[Items], Op before, int valid, K) {
        sort(keys, values, before, valid);
    }
    template <class Op> __device__ void StableSort(K (&keys)[Items], Op before) {
        sort(keys, (V *)0, before, N);
    }
    template <class Op> __device__ void StableSort(K (&keys)[Items], V (&values)[Items], Op before) {
        sort(keys, values, before, N);
    }
};
template <class K, int Items, int Size = 32, class V = NullType> class WarpMergeSort {
    enum { N = Size * Items };

  public:
    typedef __wf_sort_storage<K, V, N> TempStorage;

  private:
    TempStorage &temp;
    template <class Op> __device__ void sort(K (&keys)[Items], V *values, Op before, int n) {
        int lane = (int)LaneId() & (Size - 1), rank[Items];
        for (int i = 0; i < Items; i++) temp.keys[lane * Items + i] = keys[i];
        __syncwarp(__wf_mask<Size>());
        for (int i = 0; i < Items; i++) {
            int at = lane * Items + i;
            rank[i] = at < n ? __wf_rank(temp.keys, n, at, keys[i], before) : at;
        }
        __syncwarp(__wf_mask<Size>());
        for (int i = 0; i < Items; i++) {
            temp.keys[rank[i]] = keys[i];
            if constexpr (!std::is_same<V, NullType>::value) temp.values[rank[i]] = values[i];
        }
        __syncwarp(__wf_mask<Size>());
        for (int i = 0; i < Items; i++) {
            keys[i] = temp.keys[lane * Items + i];
            if constexpr (!std::is_same<V, NullType>::value) values[i] = temp.values[lane * Items + i];
        }
        __syncwarp(__wf_mask<Size>());
    }

  public:
    __device__ WarpMergeSort(TempStorage &storage) : temp(storage) {}
    template <class Op> __device__ void Sort(K (&keys)[Items], Op before) { sort(keys, (V *)0, before, N); }
    template <class Op> __device__ void Sort(K (&keys)[Items], Op before, int valid, K) {
        sort(keys, (V *)0, before, valid);
    }
    template <class Op> __device__ void Sort(K (&keys)[Items], V (&values)[Items], Op before) {
        sort(keys, values, before, N);
    }
    template <class Op> __device__ void StableSort(K (&keys)[Items], Op before) {
        sort(keys, (V *)0, before, N);
    }
};

// --- neighbours in a block

template <class T, int X, int Y = 1, int Z = 1> class __wf_neighbours { // each thread's first and last item
  public:
    struct TempStorage {
        T first[X * Y * Z], last[X * Y * Z];
    };

  protected:
    TempStorage &temp;
    template <int K> __device__ void share(T (&items)[K]) {
        int t = (int)__wf_thread();
        temp.first[t] = items[0];
        temp.last[t] = items[K - 1];
        __syncthreads();
    }

  public:
    __device__ __wf_neighbours(TempStorage &storage) : temp(storage) {}
};

template <class T, int X, int Y = 1, int Z = 1>
class BlockDiscontinuity : public __wf_neighbours<T, X, Y, Z> {
    typedef __wf_neighbours<T, X, Y, Z> Base;
    template <int K, class F, class Op>
    __device__ void heads(F (&flags)[K], T (&items)[K], Op differ, const T *before) {
        int t = (int)__wf_thread();
        for (int i = K - 1; i > 0; i--) flags[i] = differ(items[i - 1], items[i]);
        if (t) flags[0] = differ(this->temp.last[t - 1], items[0]);
        else flags[0] = before ? differ(*before, items[0]) : 1;
    }
    template <int K, class F, class Op>
    __device__ void tails(F (&flags)[K], T (&items)[K], Op differ, const T *behind) {
        int t = (int)__wf_thread();
        for (int i = 0; i + 1 < K; i++) flags[i] = differ(items[i], items[i + 1]);
        if (t + 1 < X * Y * Z) flags[K - 1] = differ(items[K - 1], this->temp.first[t + 1]);
        else flags[K - 1] = behind ? differ(items[K - 1], *behind) : 1;
    }

  public:
    typedef typename Base::TempStorage TempStorage;
    __device__ BlockDiscontinuity(TempStorage &storage) : Base(storage) {}
    template <int K, class F, class Op> __device__ void FlagHeads(F (&flags)[K], T (&items)[K], Op differ) {
        this->share(items);
        heads(flags, items, differ, (const T *)0);
    }
    template <int K, class F, class Op>
    __device__ void FlagHeads(F (&flags)[K], T (&items)[K], Op differ, T before) {
        this->share(items);
        heads(flags, items, differ, &before);
    }
    template <int K, class F, class Op> __device__ void FlagTails(F (&flags)[K], T (&items)[K], Op differ) {
        this->share(items);
        tails(flags, items, differ, (const T *)0);
    }
    template <int K, class F, class Op>
    __device__ void FlagTails(F (&flags)[K], T (&items)[K], Op differ, T behind) {
        this->share(items);
        tails(flags, items, differ, &behind);
    }
    template <int K, class F, class Op>
    __device__ void FlagHeadsAndTails(F (&head)[K], F (&tail)[K], T (&items)[K], Op differ) {
        this->share(items);
        heads(head, items, differ, (const T *)0);
        tails(tail, items, differ, (const T *)0);
    }
};

template <class T, int X, int Y = 1, int Z = 1>
class BlockAdjacentDifference : public __wf_neighbours<T, X, Y, Z> {
    typedef __wf_neighbours<T, X, Y, Z> Base;

  public:
    typedef typename Base::TempStorage TempStorage;
    __device__ BlockAdjacentDifference(TempStorage &storage) : Base(storage) {}
    template <int K, class O, class Op> __device__ void SubtractLeft(T (&in)[K], O (&out)[K], Op op) {
        int t = (int)__wf_thread();
        this->share(in);
        for (int i = K - 1; i > 0; i--) out[i] = op(in[i], in[i - 1]);
        out[0] = t ? (O)op(in[0], this->temp.last[t - 1]) : (O)in[0];
    }
    template <int K, class O, class Op>
    __device__ void SubtractLeft(T (&in)[K], O (&out)[K], Op op, T before) {
        int t = (int)__wf_thread();
        this->share(in);
        for (int i = K - 1; i > 0; i--) out[i] = op(in[i], in[i - 1]);
        out[0] = op(in[0], t ? this->temp.last[t - 1] : before);
    }
    template <int K, class O, class Op> __device__ void SubtractRight(T (&in)[K], O (&out)[K], Op op) {
        int t = (int)__wf_thread();
        this->share(in);
        T next = t + 1 < X * Y * Z ? this->temp.first[t + 1] : in[K - 1];
        for (int i = 0; i + 1 < K; i++) out[i] = op(in[i], in[i + 1]);
        out[K - 1] = t + 1 < X * Y * Z ? (O)op(in[K - 1], next) : (O)in[K - 1];
    }
};

template <class T, int X, int Y = 1, int Z = 1> class BlockShuffle {
    enum { N = X * Y * Z };

  public:
    struct TempStorage {
        T values[N];
    };

  private:
    TempStorage &temp;
    __device__ void put(const T &v) {
        temp.values[__wf_thread()] = v;
        __syncthreads();
    }

  public:
    __device__ BlockShuffle(TempStorage &storage) : temp(storage) {}
    __device__ void Offset(T v, T &out, int distance = 1) { // left alone where there is no such thread
        int from = (int)__wf_thread() + distance;
        put(v);
        if (from >= 0 && from < N) out = temp.values[from];
    }
    __device__ void Rotate(T v, T &out, unsigned distance = 1) {
        put(v);
        out = temp.values[(__wf_thread() + distance) % N];
    }
    template <int K> __device__ void Up(T (&in)[K], T (&out)[K]) {
        int t = (int)__wf_thread();
        put(in[K - 1]);
        for (int i = K - 1; i > 0; i--) out[i] = in[i - 1];
        if (t) out[0] = temp.values[t - 1];
    }
    template <int K> __device__ void Down(T (&in)[K], T (&out)[K]) {
        int t = (int)__wf_thread();
        put(in[0]);
        for (int i = 0; i + 1 < K; i++) out[i] = in[i + 1];
        if (t + 1 < N) out[K - 1] = temp.values[t + 1];
    }
};

// --- iterators

#define __WF_ITERATOR(name, T)                                                                               \
    using value_type = T;                                                                                    \
    using difference_type = long;                                                                            \
    __host__ __device__ T operator*() const { return (*this)[0]; }                                           \
    template <class N> __host__ __device__ name operator+(N n) const {                                       \
        name it = *this;                                                                                     \
        it += n;                                                                                             \
        return it;                                                                                           \
    }                                                                                                        \
    __host__ __device__ name &operator++() {                                                                 \
        *this += 1;                                                                                          \
        return *this;                                                                                        \
    }
template <class T> struct ConstantInputIterator {
    T value;
    __host__ __device__ ConstantInputIterator(T v) : value(v) {}
    template <class N> __host__ __device__ T operator[](N) const { return value; }
    template <class N> __host__ __device__ void operator+=(N) {}
    __WF_ITERATOR(ConstantInputIterator, T)
};
template <class T> struct CountingInputIterator {
    T value;
    __host__ __device__ CountingInputIterator(T v) : value(v) {}
    template <class N> __host__ __device__ T operator[](N n) const { return value + (T)n; }
    template <class N> __host__ __device__ void operator+=(N n) { value += (T)n; }
    __WF_ITERATOR(CountingInputIterator, T)
};
template <class T, class F, class I> struct TransformInputIterator {
    I at;
    F f;
    __host__ __device__ TransformInputIterator(I at, F f) : at(at), f(f) {}
    template <class N> __host__ __device__ T operator[](N n) const { return f(at[n]); }
    template <class N> __host__ __device__ void operator+=(N n) { at += n; }
    __WF_ITERATOR(TransformInputIterator, T)
};
template <CacheLoadModifier M, class T, class N = long> struct CacheModifiedInputIterator {
    const T *at;
    __host__ __device__ CacheModifiedInputIterator(const T *p) : at(p) {}
    template <class D> __host__ __device__ T operator[](D n) const { return at[n]; }
    template <class D> __host__ __device__ void operator+=(D n) { at += n; }
    __WF_ITERATOR(CacheModifiedInputIterator, T)
};
#undef __WF_ITERATOR
} // namespace cub
