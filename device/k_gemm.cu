/* Matrix products in a fixed order; the CPU's form and the order's description: src/bulk/gemm.c.
 *
 * A block of 256 threads makes a tile of 16 R × 16 R elements, a thread R × R of them: rows and columns in groups of four, the
 * groups 64 apart, so that a warp's reads of shared memory are wide and without conflicts. Strips of 16 (8) along k go
 * through two buffers: while one is multiplied the next is on its way. After each 1024 of k the chains are added to the
 * result in memory and begin anew.
 *
 * Compiled with T (the element; of complex ones the part, with IS_COMPLEX), IS_INTEGER, R (4 or 8), A_BY_K, B_BY_K: along k
 * the operand is denser than across (then threads next to each other read along k), and A_WIDE, B_WIDE: it is dense across,
 * four elements are 16 bytes that lie aligned, and R is 8: then a thread reads four at once. */

enum { TILE = 16 * R, STRIP = R == 8 ? 16 : 8, BLOCK_K = 1024, LOADS = TILE * STRIP / 256 };

#if IS_COMPLEX
struct element {
    T re, im;
};
static __device__ element zero() {
    element z;
    z.re = 0, z.im = 0;
    return z;
}
static __device__ element sum(element x, element y) {
    x.re = x.re + y.re, x.im = x.im + y.im;
    return x;
}
static __device__ element chain(element x, element y, element z) {
    z.re = fma(x.re, y.re, z.re), z.re = fma(-x.im, y.im, z.re);
    z.im = fma(x.re, y.im, z.im), z.im = fma(x.im, y.re, z.im);
    return z;
}
#else
typedef T element;
static __device__ element zero() { return 0; }
static __device__ element sum(element x, element y) { return x + y; }
#if IS_INTEGER
static __device__ element chain(element x, element y, element z) { return x * y + z; }
#else
static __device__ element chain(element x, element y, element z) { return fma(x, y, z); }
#endif
#endif

struct __align__(16) four {
    element x[4];
};

/* Where a thread's q-th element of a strip lies: the line (row of a, column of b) and the k. */
static __device__ __forceinline__ int line_of(int by_k, int wide, int q) {
    int t = threadIdx.x;
    return wide ? t % 32 * 4 + q % 4 : by_k ? (t + 256 * q) / STRIP : (t + 256 * q) % TILE;
}
static __device__ __forceinline__ int step_of(int by_k, int wide, int q) {
    int t = threadIdx.x;
    return wide ? t / 32 + q / 4 * 8 : by_k ? (t + 256 * q) % STRIP : (t + 256 * q) / TILE;
}

/* The thread's elements of a strip: of the lines from `first`, of the k from `at`. Lines that there are not give zeros, or what
 * others have (wide): nobody stores what comes of them. */
static __device__ __forceinline__ void fetch(element *x, const element *from, long long by_line, long long by_step, int first, int lines,
                                             int at, int k, int by_k, int wide) {
    for (int q = 0; q < LOADS; q += wide ? 4 : 1) {
        int line = first + line_of(by_k, wide, q), step = at + step_of(by_k, wide, q);
        if (wide) {
            if (line > lines - 4) line = lines - 4;
            four u = {{zero(), zero(), zero(), zero()}};
            if (step < k) u = *(const four *)(from + line * by_line + step * by_step);
            for (int i = 0; i < 4; i++) x[q + i] = u.x[i];
        } else x[q] = line < lines && step < k ? from[line * by_line + step * by_step] : zero();
    }
}

static __device__ __forceinline__ void stage(element (*strip)[TILE + 4], const element *x, int by_k, int wide) {
    for (int q = 0; q < LOADS; q += wide ? 4 : 1) {
        element *to = &strip[step_of(by_k, wide, q)][line_of(by_k, wide, q)];
        if (wide) {
            four u = {{x[q], x[q + 1], x[q + 2], x[q + 3]}};
            *(four *)to = u;
        } else *to = x[q];
    }
}

/* The products of one k. */
#define MULTIPLY(kk)                                                                                         \
    {                                                                                                        \
        element x[R], y[R];                                                                                  \
        _Pragma("unroll") for (int g = 0; g < R / 4; g++) {                                                  \
            four u = *(const four *)&as[at][kk][g * 64 + ty], v = *(const four *)&bs[at][kk][g * 64 + tx];   \
            _Pragma("unroll") for (int i = 0; i < 4; i++) x[g * 4 + i] = u.x[i], y[g * 4 + i] = v.x[i];      \
        }                                                                                                    \
        _Pragma("unroll") for (int i = 0; i < R; i++)                                                        \
            _Pragma("unroll") for (int j = 0; j < R; j++) acc[i][j] = chain(x[i], y[j], acc[i][j]);          \
    }

/* c: dense, batch × m × n. Strides in elements. Grid: tiles of n, tiles of m, batch. */
extern "C" __global__ void __launch_bounds__(256) k_gemm(void *c_, const void *a_, const void *b_, int m, int n, int k,
                                                        long long a_row, long long a_k, long long b_k, long long b_column,
                                                        long long a_batch, long long b_batch) {
    __shared__ __align__(16) element as[2][STRIP][TILE + 4];
    __shared__ __align__(16) element bs[2][STRIP][TILE + 4];
    int t = threadIdx.x, ty = (t / 64 * 4 + t % 32 / 8) * 4, tx = (t / 32 % 2 * 8 + t % 8) * 4; /* a warp: 4 × 8 threads */
    int row = blockIdx.y * TILE, column = blockIdx.x * TILE;
    element *c = (element *)c_ + (long long)blockIdx.z * m * n;
    const element *a = (const element *)a_ + blockIdx.z * a_batch, *b = (const element *)b_ + blockIdx.z * b_batch;
    element acc[R][R], na[LOADS], nb[LOADS];
    for (int i = 0; i < R; i++)
        for (int j = 0; j < R; j++) acc[i][j] = zero();
    int strips = (k + STRIP - 1) / STRIP;
    for (int s = 0; s <= strips; s++) {
        if (s < strips) {
            fetch(na, a, a_row, a_k, row, m, s * STRIP, k, A_BY_K, A_WIDE);
            fetch(nb, b, b_column, b_k, column, n, s * STRIP, k, B_BY_K, B_WIDE);
        }
        if (s > 0) { /* multiply strip s - 1 */
            int at = (s - 1) & 1, live = k - (s - 1) * STRIP;
            if (live >= STRIP) { /* without a branch inside, so that the loads of one k overlap the products of another */
#pragma unroll
                for (int kk = 0; kk < STRIP; kk++) MULTIPLY(kk)
            } else {
#pragma unroll 1
                for (int kk = 0; kk < live; kk++) MULTIPLY(kk)
            }
        }
        if (s < strips) {
            stage(as[s & 1], na, A_BY_K, A_WIDE);
            stage(bs[s & 1], nb, B_BY_K, B_WIDE);
        }
        if (s == strips || (s > 0 && s * STRIP % BLOCK_K == 0)) { /* the end of a block of 1024 */
            int first = s * STRIP <= BLOCK_K;
#pragma unroll
            for (int i = 0; i < R; i++)
#pragma unroll
                for (int j = 0; j < R; j++) {
                    int to_row = row + i / 4 * 64 + ty + i % 4, to_column = column + j / 4 * 64 + tx + j % 4;
                    if (to_row < m && to_column < n) {
                        element *to = &c[(long long)to_row * n + to_column];
                        *to = first ? acc[i][j] : sum(*to, acc[i][j]);
                    }
                    acc[i][j] = zero();
                }
        }
        __syncthreads();
    }
}
