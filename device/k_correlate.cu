/* A weighted sum over a window along one axis (correlate1d and what is made of it: Gaussian, uniform, Sobel filters). On a CPU
 * src/bulk/correlate.c makes the same sums in the same order, for windows that are wider or longer than the axis
 * k_correlate_any.cu: of symmetric weights the two elements that share one are added first, from the outside in.
 *
 * Sums are in float64 (docs/orders.md, version 2): the first product, then fused multiply-adds. A thread walks along the axis with the window in registers, so that it reads and converts an element
 * once, which takes a GPU as long as four additions: x[] is a ring whose places are known to the compiler, since the walk is
 * unrolled by a multiple of its length. The weights are a parameter: a GPU's multiplication reads them from there without a
 * register. Compiled with T (the element), OUT (of the result: float or double), W (weights, at most 65), SYMMETRIC, DIVIDE,
 * UNROLL (more than any loop is long, or 1 on the CPU, which runs this in tests alone and has no use for so much code) and
 * MODE, what stands beyond the ends: 0 the elements turned round about the end (reflect), 1 about the last element (mirror),
 * 2 the last element, 3 the elements again from the other end, 4 *fill. */

enum {
    GROUP = (24 + W - 1) / W * W,          /* elements on their way from memory to a thread */
    TALL = (64 + GROUP - 1) / GROUP * GROUP, /* results of a thread of k_correlate_columns */
    COLUMN_THREADS = 128,
    WALK = 32, /* results of a thread of k_correlate_rows */
    WARPS = sizeof(T) > 4 || sizeof(OUT) > 4 ? 3 : 8,
    PIECE = WARPS * WALK,
    PITCH = (PIECE + W - 1) | 1, /* odd: the threads of a warp read different banks */
};
struct weight_list {
    double at[SYMMETRIC ? (W + 1) / 2 : W];
};

/* The sum of the window whose first element stands in x[first % W]. */
static __device__ __forceinline__ double weighted(const double *x, int first, const weight_list &w, double divisor) {
    double total;
#if SYMMETRIC
    if (W == 1) total = x[0] * w.at[0];
    else {
        total = (x[first % W] + x[(first + W - 1) % W]) * w.at[0];
#pragma unroll UNROLL
        for (int k = 1; k < W / 2; k++) total = fma(x[(first + k) % W] + x[(first + W - 1 - k) % W], w.at[k], total);
        total = fma(x[(first + W / 2) % W], w.at[W / 2], total);
    }
#else
    total = x[first % W] * w.at[0];
#pragma unroll UNROLL
    for (int k = 1; k < W; k++) total = fma(x[(first + k) % W], w.at[k], total);
#endif
    return DIVIDE ? total / divisor : total;
}

/* Which element stands at i, of n >= W; -1: none does. Further than W beyond the end any will do: nobody looks. */
static __device__ __forceinline__ int place(int i, int n) {
    if (MODE == 4) return i < n ? i : -1; /* negative ones stay so */
    int before = MODE == 0 ? -1 - i : MODE == 1 ? -i : MODE == 2 ? 0 : i + n;
    int behind = MODE == 0 ? 2 * n - 1 - i : MODE == 1 ? 2 * n - 2 - i : MODE == 2 ? n - 1 : i - n;
    int at = i < 0 ? before : i < n ? i : behind;
    return at < 0 || at >= n ? 0 : at;
}

/* in, out: lines of n elements that lie `inner` apart, `inner` lines side by side, `lines` in all. before: how many of the
 * weights stand before the element. Grid: x lines, y pieces of a line (a loop). */
extern "C" __global__ void __launch_bounds__(COLUMN_THREADS, W > 33 || sizeof(T) > 4 ? 2 : 3)
    k_correlate_columns(OUT *__restrict__ out, const T *__restrict__ in, const weight_list weights, const T *__restrict__ fill,
                        double divisor, long long lines, int n, int before, long long inner) {
    long long line = blockIdx.x * (long long)COLUMN_THREADS + threadIdx.x;
    if (line >= lines) return;
    long long start = line / inner * (n * inner) + line % inner;
    const T *from = in + start;
    T none = MODE == 4 ? *fill : T();
    double x[W];
    T coming[GROUP];
    for (int first = blockIdx.y * TALL; first < n; first += gridDim.y * TALL) {
        OUT *to = out + start + first * inner;
        int next = first - before;
#pragma unroll UNROLL
        for (int k = 0; k < W - 1; k++) {
            int at = place(next + k, n);
            coming[k] = at < 0 ? none : from[at * inner];
        }
#pragma unroll UNROLL
        for (int k = 0; k < W - 1; k++) x[k] = (double)coming[k];
        next += W - 1;
#pragma unroll UNROLL
        for (int k = 0; k < GROUP; k++) {
            int at = place(next + k, n);
            coming[k] = at < 0 ? none : from[at * inner];
        }
#pragma unroll 1
        for (int done = 0; done < TALL; done += GROUP) {
            next += GROUP;
#pragma unroll UNROLL
            for (int k = 0; k < GROUP; k++) {
                x[(k + W - 1) % W] = (double)coming[k];
                int at = place(next + k, n);
                coming[k] = at < 0 ? none : from[at * inner];
                double total = weighted(x, k, weights, divisor);
                if (first + done + k < n) to[(done + k) * inner] = (OUT)total;
            }
        }
    }
}

/* Lines of neighbouring elements: a warp takes 32 of their pieces, a thread WALK results of one piece. Block: WARPS * 32. Grid: x
 * the pieces of all lines, in 32s. */
extern "C" __global__ void __launch_bounds__(WARPS * 32, W > 33 || WARPS < 8 ? 1 : 2)
    k_correlate_rows(OUT *__restrict__ out, const T *__restrict__ in, const weight_list weights, const T *__restrict__ fill,
                     double divisor, long long lines, int n, int before) {
    __shared__ union {
        T in[32 * PITCH];
        OUT out[32 * PITCH];
    } staged;
    int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, pieces = (n + PIECE - 1) / PIECE;
    T none = MODE == 4 ? *fill : T();
    for (int r = warp; r < 32; r += WARPS) {
        long long piece = blockIdx.x * 32ll + r, line = piece / pieces;
        int first = (int)(piece - line * pieces) * PIECE - before;
        const T *from = in + line * n;
        if (line >= lines) break;
        T v[(PIECE + W + 30) / 32]; /* all loads at once */
#pragma unroll UNROLL
        for (int k = 0; k < (PIECE + W + 30) / 32; k++) {
            int at = place(first + lane + k * 32, n);
            v[k] = at < 0 ? none : from[at];
        }
#pragma unroll UNROLL
        for (int k = 0; k < (PIECE + W + 30) / 32; k++)
            if (lane + k * 32 < PIECE + W - 1) staged.in[r * PITCH + lane + k * 32] = v[k];
    }
    __syncthreads();
    const T *mine = staged.in + (lane * PITCH + warp * WALK);
    double x[W];
    OUT y[WALK];
#pragma unroll UNROLL
    for (int k = 0; k < W - 1; k++) x[k] = (double)mine[k];
#pragma unroll UNROLL
    for (int k = 0; k < WALK; k++) {
        x[(k + W - 1) % W] = (double)mine[k + W - 1];
        y[k] = (OUT)weighted(x, k, weights, divisor);
    }
    __syncthreads();
#pragma unroll UNROLL
    for (int k = 0; k < WALK; k++) staged.out[lane * PITCH + warp * WALK + k] = y[k];
    __syncthreads();
    for (int r = warp; r < 32; r += WARPS) {
        long long piece = blockIdx.x * 32ll + r, line = piece / pieces;
        int first = (int)(piece - line * pieces) * PIECE;
        if (line >= lines) break;
        OUT *to = out + line * n + first;
#pragma unroll UNROLL
        for (int k = 0; k < PIECE / 32; k++)
            if (first + lane + k * 32 < n) to[lane + k * 32] = staged.out[r * PITCH + lane + k * 32];
    }
}
