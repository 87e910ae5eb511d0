/* Matrix products in a fixed order; the CPU's form and the order's description: src/bulk/gemm.c.
 *
 * A block of 256 threads makes a tile of 16 R × 16 R elements, a thread R × R of them: rows and columns in groups of four, the
 * groups 64 apart, so that a warp's reads of shared memory are wide and without conflicts. Strips of 8 along k go round
 * through three buffers: while one is multiplied the next two are on their way, past the registers where the GPU can
 * (cp.async: 8.0 on), so that two blocks fit a multiprocessor. After each 1024 of k the chains are added to the result in
 * memory and begin anew.
 *
 * Compiled with T (the element; of complex ones the part, with IS_COMPLEX), IS_INTEGER, R (4 or 8), A_BY_K, B_BY_K: along k
 * the operand is denser than across (then threads next to each other read along k), and A_WIDE, B_WIDE: it is dense across,
 * four elements are 16 bytes that lie aligned, and R is 8: then a thread reads four at once. */

enum { TILE = 16 * R, STRIP = 8, BLOCK_K = 1024, LOADS = TILE * STRIP / 256 };

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
enum { STAGES = sizeof(element) == 16 ? 2 : 3 };

/* Where a thread's q-th element of a strip lies: the line (row of a, column of b) and the k. */
static __device__ __forceinline__ int line_of(int by_k, int wide, int q) {
    int t = threadIdx.x;
    return wide ? t % 32 * 4 : by_k ? (t + 256 * q) / STRIP : (t + 256 * q) % TILE;
}
static __device__ __forceinline__ int step_of(int by_k, int wide, int q) {
    int t = threadIdx.x;
    return wide ? t / 32 : by_k ? (t + 256 * q) % STRIP : (t + 256 * q) / TILE;
}

/* One piece into shared memory, zeros if it is not there. */
template <class P> static __device__ __forceinline__ void piece(P *to, const P *from, bool there) {
#if __CUDA_ARCH__ >= 800
    unsigned place = (unsigned)__cvta_generic_to_shared(to);
    int size = there ? (int)sizeof(P) : 0;
    if (sizeof(P) == 16)
        asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(place), "l"(from), "r"(size) : "memory");
    else asm volatile("cp.async.ca.shared.global [%0], [%1], %3, %2;" ::"r"(place), "l"(from), "r"(size), "n"(sizeof(P)) : "memory");
#else
    P zeros = {};
    *to = there ? *from : zeros;
#endif
}

/* The thread's elements of a strip: of the lines from `first`, of the k from `at`. Lines that there are not give zeros, or what
 * others have (wide): nobody stores what is made of them. k that there are not give zeros, which change nothing but the sign of
 * a zero, and a result's zero is +0. */
static __device__ __forceinline__ void bring(element (*strip)[TILE + 4], const element *from, long long by_line, long long by_step, int first,
                                             int lines, int at, int k, int by_k, int wide) {
    for (int q = 0; q < (wide ? 1 : LOADS); q++) {
        int line = first + line_of(by_k, wide, q), step = at + step_of(by_k, wide, q);
        element *to = &strip[step_of(by_k, wide, q)][line_of(by_k, wide, q)];
        if (wide && line > lines - 4) line = lines - 4;
        const element *place = from + line * by_line + step * by_step;
        if (wide) piece((four *)to, (const four *)place, step < k);
        else piece(to, place, line < lines && step < k);
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

#if __CUDA_ARCH__ >= 800
#define COMMIT() asm volatile("cp.async.commit_group;" ::: "memory")
#define LANDED() asm volatile("cp.async.wait_group %0;" ::"n"(STAGES - 2) : "memory")
#else
#define COMMIT() (void)0
#define LANDED() (void)0
#endif

/* c: dense, batch × m × n. Strides in elements. Grid: tiles of n, tiles of m, batch. */
extern "C" __global__ void __launch_bounds__(256, 2) k_gemm(void *c_, const void *a_, const void *b_, int m, int n, int k,
                                                        long long a_row, long long a_k, long long b_k, long long b_column,
                                                        long long a_batch, long long b_batch) {
    __shared__ __align__(16) element as[STAGES][STRIP][TILE + 4];
    __shared__ __align__(16) element bs[STAGES][STRIP][TILE + 4];
    int t = threadIdx.x, ty = (t / 64 * 4 + t % 32 / 8) * 4, tx = (t / 32 % 2 * 8 + t % 8) * 4; /* a warp: 4 × 8 threads */
    int row = blockIdx.y * TILE, column = blockIdx.x * TILE;
    element *c = (element *)c_ + (long long)blockIdx.z * m * n;
    const element *a = (const element *)a_ + blockIdx.z * a_batch, *b = (const element *)b_ + blockIdx.z * b_batch;
    element acc[R][R];
    for (int i = 0; i < R; i++)
        for (int j = 0; j < R; j++) acc[i][j] = zero();
#define BRING(to, first)                                                                                     \
    bring(as[to], a, a_row, a_k, row, m, first, k, A_BY_K, A_WIDE);                                          \
    bring(bs[to], b, b_column, b_k, column, n, first, k, B_BY_K, B_WIDE);                                    \
    COMMIT();
    for (int s = 0; s < STAGES - 1; s++) { BRING(s, s * STRIP) }
    int at = 0, next = STAGES - 1;
    for (int done = 0; done < k; done += STRIP) {
        LANDED();
        __syncthreads();
        BRING(next, done + (STAGES - 1) * STRIP)
#pragma unroll
        for (int kk = 0; kk < STRIP; kk++) MULTIPLY(kk)
        at = at == STAGES - 1 ? 0 : at + 1, next = next == STAGES - 1 ? 0 : next + 1;
        if (k - done <= STRIP || (done + STRIP) % BLOCK_K == 0) { /* the end of a block of 1024 */
            bool first = done < BLOCK_K;
#pragma unroll
            for (int i = 0; i < R; i++)
#pragma unroll
                for (int j = 0; j < R; j++) {
                    int to_row = row + i / 4 * 64 + ty + i % 4, to_column = column + j / 4 * 64 + tx + j % 4;
                    if (to_row < m && to_column < n) {
                        element *to = &c[(long long)to_row * n + to_column];
                        *to = sum(first ? zero() : *to, acc[i][j]);
                    }
                    acc[i][j] = zero();
                }
        }
    }
}
