// block: 64
// CUB's block and warp operations against what they are defined to give.
#include <cub/cub.cuh>
#define T(value) do { double v = (value); if (threadIdx.x == 0) out[__LINE__] = v; } while (0)
#define AT(thread, value) do { double v = (value); if (threadIdx.x == (thread)) out[__LINE__] = v; } while (0)
__global__ void reduce(double *out) {
    typedef cub::BlockReduce<int, 64> Reduce;
    __shared__ typename Reduce::TempStorage temp;
    int i = threadIdx.x, items[2] = {i, 2 * i};
    T(Reduce(temp).Sum(i)); // = 2016
    __syncthreads();
    T(Reduce(temp).Sum(i, 10)); // = 45
    __syncthreads();
    T(Reduce(temp).Reduce((i * 37) % 64, cub::Max())); // = 63
    __syncthreads();
    T(Reduce(temp).Sum(items)); // = 6048
    __syncthreads();
    typedef cub::KeyValuePair<int, float> Pair;
    typedef cub::BlockReduce<Pair, 64> Best;
    __shared__ typename Best::TempStorage best;
    Pair p = Best(best).Reduce(Pair(i, (float)((i * 29) % 61)), cub::ArgMax());
    T(p.key * 100 + p.value); // = 2160
}
__global__ void scan(double *out) {
    typedef cub::BlockScan<int, 64, cub::BLOCK_SCAN_WARP_SCANS> Scan;
    __shared__ Scan::TempStorage temp;
    int i = threadIdx.x, r, total, items[2] = {1, i}, sums[2];
    Scan(temp).ExclusiveSum(i, r, total);
    AT(10, r); // = 45
    AT(63, total); // = 2016
    __syncthreads();
    Scan(temp).InclusiveScan((i * 7) % 64, r, cub::Max());
    AT(5, r); // = 35
    __syncthreads();
    Scan(temp).ExclusiveSum(items, sums);
    AT(4, sums[1]); // = 11
    __syncthreads();
    Scan(temp).ExclusiveScan(i, r, 100, cub::Sum());
    AT(3, r); // = 103
}
__global__ void warps(double *out) {
    typedef cub::WarpReduce<float> Reduce;
    typedef cub::WarpScan<int, 16> Scan;
    __shared__ Reduce::TempStorage a[2];
    __shared__ Scan::TempStorage b[4];
    int i = threadIdx.x, r;
    AT(32, Reduce(a[i / 32]).Sum(0.5f * i)); // = 760
    AT(0, Reduce(a[i / 32]).Reduce((float)(i ^ 5), cub::Max(), 8)); // = 7
    Scan(b[i / 16]).InclusiveSum(i, r);
    AT(18, r); // = 51
    Scan(b[i / 16]).ExclusiveSum(1, r);
    AT(63, r); // = 15
}
__global__ void sort(double *out) {
    typedef cub::BlockRadixSort<int, 64, 2, int> Sort;
    typedef cub::BlockRadixSort<float, 64, 1> Floats;
    __shared__ union {
        Sort::TempStorage a;
        Floats::TempStorage b;
    } temp;
    int i = threadIdx.x, keys[2] = {(i * 53) % 128 - 64, ((i + 64) * 53) % 128 - 64}, values[2] = {i, i + 64};
    Sort(temp.a).Sort(keys, values);
    AT(0, keys[0]); // = -64
    AT(63, keys[1]); // = 63
    AT(20, keys[1]); // = -23
    AT(20, (values[1] * 53) % 128 - 64); // = -23
    __syncthreads();
    float x[1] = {(float)((i * 11) % 64) - 20.5f};
    Floats(temp.b).SortDescending(x);
    AT(1, x[0]); // = 41.5
    AT(63, x[0]); // = -20.5
}
__global__ void memory(double *out) {
    static __device__ int data[128], other[128];
    typedef cub::BlockLoad<int, 64, 2> Load;
    typedef cub::BlockStore<int, 64, 2, cub::BLOCK_STORE_STRIPED> Store;
    typedef cub::BlockExchange<int, 64, 2> Exchange;
    __shared__ Load::TempStorage a;
    __shared__ Store::TempStorage b;
    __shared__ Exchange::TempStorage c;
    __shared__ int bins[4];
    int i = threadIdx.x, items[2];
    data[i] = i * i;
    data[i + 64] = -i;
    __syncthreads();
    Load(a).Load(data, items, 100, 7);
    AT(3, items[1]); // = 49
    AT(60, items[0]); // = 7
    Store(b).Store(other, items);
    __syncthreads();
    T(other[66]); // = 25
    items[0] = i, items[1] = i + 64;
    Exchange(c).StripedToBlocked(items);
    AT(5, items[1]); // = 11
    typedef cub::BlockHistogram<int, 64, 2, 4> Histogram;
    __shared__ Histogram::TempStorage d;
    items[0] = i % 4, items[1] = 1;
    Histogram(d).Histogram(items, bins);
    T(bins[1] * 100 + bins[3]); // = 8016
}
