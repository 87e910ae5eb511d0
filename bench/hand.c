/* bench/hand.c: the loops that a C programmer would write for the benchmark kernels, for the "1.5 times by
 * hand" goal. Compiled by bench/cpu_kernels.py: clang (or gcc) -O3 -march=native -ffp-contract=off -pthread
 * -shared. */
#include <math.h>
#include <pthread.h>
#include <stddef.h>

typedef struct {
    void (*body)(void *, int, int);
    void *data;
    int first, last;
} part;
static void *run_part(void *p) {
    part *q = p;
    q->body(q->data, q->first, q->last);
    return 0;
}
static void spread(void (*body)(void *, int, int), void *data, int count, int threads) {
    pthread_t ids[64];
    part parts[64];
    for (int t = 0; t < threads; t++) {
        parts[t] =
            (part){body, data, (int)((long)count * t / threads), (int)((long)count * (t + 1) / threads)};
        if (t) pthread_create(&ids[t], 0, run_part, &parts[t]);
    }
    run_part(&parts[0]);
    for (int t = 1; t < threads; t++) pthread_join(ids[t], 0);
}

typedef struct {
    const float *restrict a, *restrict b;
    float *restrict c;
    int n;
} product;

/* C = A B, one thread of the GPU's 16 × 16 blocks per element: here a row of 64 accumulators at a time. */
static void naive_rows(void *data, int first, int last) {
    product *p = data;
    int n = p->n;
    for (int i = first; i < last; i++)
        for (int j = 0; j < n; j += 64) {
            float sum[64] = {0};
            for (int k = 0; k < n; k++) {
                float a = p->a[(size_t)i * n + k];
                const float *b = p->b + (size_t)k * n + j;
                for (int l = 0; l < 64; l++) sum[l] = __builtin_fmaf(a, b[l], sum[l]);
            }
            for (int l = 0; l < 64; l++) p->c[(size_t)i * n + j + l] = sum[l];
        }
}
void naive(const float *a, const float *b, float *c, int n, int threads) {
    product p = {a, b, c, n};
    spread(naive_rows, &p, n, threads);
}

/* The tiled product, split by hand at its barriers: 16 × 16 tiles in local arrays. */
enum { TILE = 16 };
static void tiled_blocks(void *data, int first, int last) {
    product *p = data;
    int n = p->n, across = n / TILE;
    for (int block = first; block < last; block++) {
        int by = block / across * TILE, bx = block % across * TILE;
        float sa[TILE][TILE], sb[TILE][TILE], sum[TILE][TILE] = {{0}};
        for (int t = 0; t < n; t += TILE) {
            for (int y = 0; y < TILE; y++)
                for (int x = 0; x < TILE; x++) {
                    sa[y][x] = p->a[(size_t)(by + y) * n + t + x];
                    sb[y][x] = p->b[(size_t)(t + y) * n + bx + x];
                }
            for (int y = 0; y < TILE; y++)
                for (int k = 0; k < TILE; k++)
                    for (int x = 0; x < TILE; x++) sum[y][x] = __builtin_fmaf(sa[y][k], sb[k][x], sum[y][x]);
        }
        for (int y = 0; y < TILE; y++)
            for (int x = 0; x < TILE; x++) p->c[(size_t)(by + y) * n + bx + x] = sum[y][x];
    }
}
void tiled(const float *a, const float *b, float *c, int n, int threads) {
    product p = {a, b, c, n};
    spread(tiled_blocks, &p, (n / TILE) * (n / TILE), threads);
}

/* Tree reduction of blocks of 256 in local memory. */
typedef struct {
    const float *x;
    float *out;
} tree;
static void tree_blocks(void *data, int first, int last) {
    tree *p = data;
    for (int block = first; block < last; block++) {
        float s[256];
        const float *x = p->x + (size_t)block * 256;
        for (int t = 0; t < 256; t++) s[t] = x[t];
        for (int half = 128; half; half >>= 1)
            for (int t = 0; t < half; t++) s[t] += s[t + half];
        p->out[block] = s[0];
    }
}
void tree_sum(const float *x, float *out, int n, int threads) {
    tree p = {x, out};
    spread(tree_blocks, &p, n / 256, threads);
}

/* One step of a five-point stencil on the inside of an n × n grid. */
static void stencil_rows(void *data, int first, int last) {
    product *p = data;
    int n = p->n;
    for (int i = first + 1; i < last + 1; i++)
        for (int j = 1; j < n - 1; j++) {
            size_t at = (size_t)i * n + j;
            p->c[at] = 0.2f * (p->a[at] + p->a[at - 1] + p->a[at + 1] + p->a[at - n] + p->a[at + n]);
        }
}
void stencil(const float *a, float *c, int n, int threads) {
    product p = {a, 0, c, n};
    spread(stencil_rows, &p, n - 2, threads);
}
