/* bulk/gemm_type.h: packing, the inner kernels and the work on one tile, for one element type; gemm.c
 * includes this text once for each. Before: E (of a complex type: of its parts, with IS_COMPLEX), NAME(x),
 * and how x * y + z is made of vectors of 64, 32 and few bytes: FMA64, FMA32, FMA1.
 *
 * Packed: for each k the elements of `rows` (or `columns`) lines side by side, lines past the edge zero; of
 * complex elements first the real, then the imaginary parts. The chains of a register tile lie likewise. */

#ifdef IS_COMPLEX
#define PARTS 2
#else
#define PARTS 1
#endif

/* ---- inner kernels ---- */

/* R rows by C vectors of W bytes stay in registers. */
#ifdef IS_COMPLEX
#define MICRO(name, attribute, W, R, C, FMA)                                                                 \
    attribute static void NAME(name)(int64_t k, const void *pa, const void *pb, void *pp) {                  \
        typedef E vector __attribute__((vector_size(W), aligned(sizeof(E)), may_alias));                     \
        enum { L = W / sizeof(E) };                                                                          \
        const E *a = pa, *b = pb;                                                                            \
        vector *p = pp, re[R][C], im[R][C];                                                                  \
        for (int r = 0; r < R; r++)                                                                          \
            for (int c = 0; c < C; c++) re[r][c] = p[r * 2 * C + c], im[r][c] = p[r * 2 * C + C + c];        \
        for (; k > 0; k--, a += 2 * R, b += 2 * C * L)                                                       \
            for (int r = 0; r < R; r++) {                                                                    \
                vector x = a[r] - (vector){0}, y = a[R + r] - (vector){0}, minus = -y;                       \
                for (int c = 0; c < C; c++) {                                                                \
                    vector u = *(const vector *)(b + c * L), v = *(const vector *)(b + (C + c) * L);         \
                    re[r][c] = FMA(vector, x, u, re[r][c]), re[r][c] = FMA(vector, minus, v, re[r][c]);      \
                    im[r][c] = FMA(vector, x, v, im[r][c]), im[r][c] = FMA(vector, y, u, im[r][c]);          \
                }                                                                                            \
            }                                                                                                \
        for (int r = 0; r < R; r++)                                                                          \
            for (int c = 0; c < C; c++) p[r * 2 * C + c] = re[r][c], p[r * 2 * C + C + c] = im[r][c];        \
    }
#else
#define MICRO(name, attribute, W, R, C, FMA)                                                                 \
    attribute static void NAME(name)(int64_t k, const void *pa, const void *pb, void *pp) {                  \
        typedef E vector __attribute__((vector_size(W), aligned(sizeof(E)), may_alias));                     \
        enum { L = W / sizeof(E) };                                                                          \
        const E *a = pa, *b = pb;                                                                            \
        vector *p = pp, sum[R][C], u[C];                                                                     \
        for (int r = 0; r < R; r++)                                                                          \
            for (int c = 0; c < C; c++) sum[r][c] = p[r * C + c];                                            \
        for (; k > 0; k--, a += R, b += C * L) {                                                             \
            for (int c = 0; c < C; c++) u[c] = *(const vector *)(b + c * L);                                 \
            for (int r = 0; r < R; r++) {                                                                    \
                vector x = a[r] - (vector){0};                                                               \
                for (int c = 0; c < C; c++) sum[r][c] = FMA(vector, x, u[c], sum[r][c]);                     \
            }                                                                                                \
        }                                                                                                    \
        for (int r = 0; r < R; r++)                                                                          \
            for (int c = 0; c < C; c++) p[r * C + c] = sum[r][c];                                            \
    }
#endif

#ifdef WF_X86
#ifdef IS_COMPLEX
MICRO(wide, WF_AVX512, 64, 4, 2, FMA64)
MICRO(wide_row, WF_AVX512, 64, 1, 4, FMA64)
MICRO(half, WF_AVX2, 32, 3, 1, FMA32)
MICRO(half_row, WF_AVX2, 32, 1, 2, FMA32)
enum {
    NAME(wide_rows) = 4,
    NAME(wide_c) = 2,
    NAME(row_c) = 4,
    NAME(half_rows) = 3,
    NAME(half_c) = 1,
    NAME(half_row_c) = 2
};
#else
MICRO(wide, WF_AVX512, 64, 12, 2, FMA64)
MICRO(wide_row, WF_AVX512, 64, 1, 8, FMA64)
MICRO(half, WF_AVX2, 32, 6, 2, FMA32)
MICRO(half_row, WF_AVX2, 32, 1, 8, FMA32)
enum {
    NAME(wide_rows) = 12,
    NAME(wide_c) = 2,
    NAME(row_c) = 8,
    NAME(half_rows) = 6,
    NAME(half_c) = 2,
    NAME(half_row_c) = 8
};
#endif
#endif
MICRO(plain, , sizeof(E), 3, 4, FMA1)

static const kernel *NAME(choose)(int64_t rows) {
#ifdef WF_X86
    static const kernel wide = {NAME(wide_rows), NAME(wide_c) * 64 / (int)sizeof(E), NAME(wide)};
    static const kernel wide_row = {1, NAME(row_c) * 64 / (int)sizeof(E), NAME(wide_row)};
    static const kernel half = {NAME(half_rows), NAME(half_c) * 32 / (int)sizeof(E), NAME(half)};
    static const kernel half_row = {1, NAME(half_row_c) * 32 / (int)sizeof(E), NAME(half_row)};
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
        return rows > 1 ? &wide : &wide_row;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return rows > 1 ? &half : &half_row;
#endif
    static const kernel plain = {3, 4, NAME(plain)};
    (void)rows;
    return &plain;
}

/* ---- packing ---- */

/* `lines` lines of k elements, strides in bytes, as panels of `width` lines. */
static void NAME(pack)(E *to, const char *from, int64_t line, int64_t step, int64_t k, int64_t lines,
                       int width) {
    for (int64_t l = 0; l < lines; l += width, to += k * width * PARTS, from += width * line) {
        int live = lines - l < width ? (int)(lines - l) : width;
        if (live < width) memset(to, 0, (size_t)(k * width * PARTS) * sizeof(E));
        if (line == PARTS * (int64_t)sizeof(E)) {
            for (int64_t i = 0; i < k; i++) {
                const E *x = (const E *)(from + i * step);
                for (int w = 0; w < live; w++)
                    for (int p = 0; p < PARTS; p++) to[(i * PARTS + p) * width + w] = x[w * PARTS + p];
            }
        } else {
            for (int w = 0; w < live; w++)
                for (int64_t i = 0; i < k; i++) {
                    const E *x = (const E *)(from + w * line + i * step);
                    for (int p = 0; p < PARTS; p++) to[(i * PARTS + p) * width + w] = x[p];
                }
        }
    }
}

/* ---- a tile ---- */

typedef struct NAME(space) {
    E *a, *b, *chains, *open[LEVELS];
    int64_t cells; /* of chains, in E */
} NAME(space);

/* Adds a block's chains to the sums: RUN in a row, and those sums likewise. */
static void NAME(push)(NAME(space) * s, int level, int64_t before, const E *x) {
    for (; level < LEVELS; level++) {
        E *open = s->open[level];
        if (before % RUN) {
            for (int64_t i = 0; i < s->cells; i++) open[i] = open[i] + x[i];
        } else memcpy(open, x, (size_t)s->cells * sizeof(E));
        if (before % RUN < RUN - 1) return;
        x = open, before /= RUN;
    }
}

static const E *NAME(total)(NAME(space) * s, int64_t blocks) {
    int level = 0;
    for (int64_t items = blocks; items > 1; items = (items + RUN - 1) / RUN, level++)
        if (items % RUN) NAME(push)(s, level + 1, items / RUN, s->open[level]);
    return s->open[level];
}

/* A zero is +0: the chains of a GPU go on with zeros past the end of k. */
static void NAME(unpack)(const product *w, E *c, const E *from, int64_t m, int64_t n) {
    int rows = w->kernel->rows, columns = w->kernel->columns;
    for (int64_t j = 0; j < n; j += columns)
        for (int64_t i = 0; i < m; i += rows, from += rows * columns * PARTS)
            for (int r = 0; r < rows && i + r < m; r++)
                for (int q = 0; q < columns && j + q < n; q++)
                    for (int p = 0; p < PARTS; p++)
                        c[((i + r) * w->c_row + (j + q) * w->c_column) * PARTS + p] =
                            from[(r * PARTS + p) * columns + q] + (E)0;
}

static void NAME(multiply)(const product *w, NAME(space) * s, const char *a, const char *b, E *c, int64_t m,
                           int64_t n) {
    int rows = w->kernel->rows, columns = w->kernel->columns;
    int64_t blocks = (w->k + BLOCK_K - 1) / BLOCK_K;
    s->cells = (m + rows - 1) / rows * rows * ((n + columns - 1) / columns * columns) * PARTS;
    memset(s->chains, 0, (size_t)s->cells * sizeof(E));
    for (int64_t at = 0; at < w->k; at += STRIP_K) {
        int64_t k = w->k - at < STRIP_K ? w->k - at : STRIP_K;
        NAME(pack)(s->a, a + at * w->a_k, w->a_row, w->a_k, k, m, rows);
        NAME(pack)(s->b, b + at * w->b_k, w->b_column, w->b_k, k, n, columns);
        E *chain = s->chains;
        for (int64_t j = 0; j < n; j += columns)
            for (int64_t i = 0; i < m; i += rows, chain += rows * columns * PARTS)
                w->kernel->run(k, s->a + i * k * PARTS, s->b + j * k * PARTS, chain);
        if (blocks == 1 || ((at + STRIP_K) % BLOCK_K && at + STRIP_K < w->k)) continue;
        NAME(push)(s, 0, at / BLOCK_K, s->chains);
        memset(s->chains, 0, (size_t)s->cells * sizeof(E));
    }
    NAME(unpack)(w, c, blocks > 1 ? NAME(total)(s, blocks) : s->chains, m, n);
}

/* Work space for the largest tile; 0: no memory. */
static int NAME(space_of)(const product *w, NAME(space) * s, char **memory) {
    int64_t m = w->tile_m + w->kernel->rows, n = w->tile_n + w->kernel->columns,
            levels = w->k > BLOCK_K ? 1 : 0;
    for (int64_t most = BLOCK_K; levels && w->k > most * RUN; most *= RUN) levels++;
    levels += levels > 0; /* sums of runs end one level up */
    if (levels > LEVELS) levels = LEVELS;
    int64_t strip = w->k < STRIP_K ? w->k : STRIP_K, cells = PARTS * m * n;
    E *e = (E *)(*memory = wf_malloc((size_t)(PARTS * (m + n) * strip + cells * (1 + levels)) * sizeof(E)));
    if (!e) return 0;
    s->a = e, s->b = s->a + PARTS * m * strip, s->chains = s->b + PARTS * n * strip;
    for (int64_t l = 0; l < levels; l++) s->open[l] = s->chains + (1 + l) * cells;
    return 1;
}

static int NAME(tile)(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const product *w = user;
    NAME(space) s;
    char *memory;
    (void)worker;
    if (!NAME(space_of)(w, &s, &memory)) return 1;
    for (uint64_t u = first; u < last; u++) {
        int64_t tiles = w->tiles_m * w->tiles_n, batch = (int64_t)u / tiles, t = (int64_t)u % tiles;
        int64_t i = t % w->tiles_m * w->tile_m, j = t / w->tiles_m * w->tile_n;
        int64_t m = w->m - i < w->tile_m ? w->m - i : w->tile_m,
                n = w->n - j < w->tile_n ? w->n - j : w->tile_n;
        E *c = (E *)(w->c->data + (batch * w->m * w->n + i * w->c_row + j * w->c_column) * w->item);
        NAME(multiply)
        (w, &s, matrix_of(w, w->a, batch) + i * w->a_row, matrix_of(w, w->b, batch) + j * w->b_column, c, m,
         n);
    }
    wf_free(memory);
    return 0;
}

#undef PARTS
#undef MICRO
