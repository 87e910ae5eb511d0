/* bulk/correlate_sums.h: the sums of one instruction set; correlate_sums.c includes this text for each.
 * Before: NAME(x), ATTRIBUTE, BYTES of a vector, UNROLL vectors side by side, ROWS results below each other
 * (they share what they read: a step of the window reads two rows for all of them), FMA. */

typedef double NAME(doubles) __attribute__((vector_size(BYTES), aligned(8), may_alias));
typedef float NAME(floats) __attribute__((vector_size(BYTES / 2), aligned(4), may_alias));

#define V NAME(doubles)
#define LANES (BYTES / 8)
#define AT(k) (*(const V *)(rows[k] + c + j * LANES))
#define EACH for (int r = 0; r < R; r++)
#define ACROSS for (int j = 0; j < UNROLL; j++)
#define SPLAT(x) ((x) - (V){0})

ATTRIBUTE static inline void NAME(store)(const V *total, char *to, int64_t c, int64_t n, int to_float) {
    if (c + UNROLL * LANES <= n && to_float)
        ACROSS *(NAME(floats) *)(to + (c + j * LANES) * 4) = __builtin_convertvector(total[j], NAME(floats));
    else if (c + UNROLL * LANES <= n) ACROSS *(V *)(to + (c + j * LANES) * 8) = total[j];
    else
        for (int64_t i = c; i < n; i++) {
            double value = total[(i - c) / LANES][(i - c) % LANES];
            if (to_float) ((float *)to)[i] = (float)value;
            else ((double *)to)[i] = value;
        }
}

#define SUMS(name, COUNT)                                                                                    \
    ATTRIBUTE static void NAME(name)(const bulk_window *w, const double *const *rows, char *to,              \
                                     int64_t step, int64_t n, int to_float) {                                \
        enum { R = COUNT };                                                                                  \
        const double *weights = w->weights;                                                                  \
        int64_t last = w->width - 1, terms = w->symmetric ? w->width / 2 : w->width;                         \
        for (int64_t c = 0; c < n; c += UNROLL * LANES) {                                                    \
            V total[R][UNROLL], low[R][UNROLL], high[R][UNROLL], weight = SPLAT(weights[0]);                 \
            EACH ACROSS low[r][j] = AT(r);                                                                   \
            if (w->symmetric && terms) {                                                                     \
                EACH ACROSS high[r][j] = AT(last + r);                                                       \
                EACH ACROSS total[r][j] = (low[r][j] + high[r][j]) * weight;                                 \
                for (int64_t k = 1; k < terms; k++) {                                                        \
                    weight = SPLAT(weights[k]);                                                              \
                    ACROSS {                                                                                 \
                        for (int r = 0; r + 1 < R; r++) low[r][j] = low[r + 1][j];                           \
                        for (int r = R - 1; r > 0; r--) high[r][j] = high[r - 1][j];                         \
                        low[R - 1][j] = AT(k + R - 1), high[0][j] = AT(last - k);                            \
                        EACH total[r][j] = FMA(V, low[r][j] + high[r][j], weight, total[r][j]);              \
                    }                                                                                        \
                }                                                                                            \
                weight = SPLAT(weights[terms]);                                                              \
                EACH ACROSS total[r][j] = FMA(V, AT(terms + r), weight, total[r][j]);                        \
            } else {                                                                                         \
                EACH ACROSS total[r][j] = low[r][j] * weight;                                                \
                for (int64_t k = 1; k < terms; k++) {                                                        \
                    weight = SPLAT(weights[k]);                                                              \
                    ACROSS {                                                                                 \
                        for (int r = 0; r + 1 < R; r++) low[r][j] = low[r + 1][j];                           \
                        low[R - 1][j] = AT(k + R - 1);                                                       \
                        EACH total[r][j] = FMA(V, low[r][j], weight, total[r][j]);                           \
                    }                                                                                        \
                }                                                                                            \
            }                                                                                                \
            if (w->divide) EACH ACROSS total[r][j] /= w->divisor;                                            \
            EACH NAME(store)(total[r], to + r * step, c, n, to_float);                                       \
        }                                                                                                    \
    }
SUMS(one, 1)
#if ROWS > 1
SUMS(several, ROWS)
#endif

ATTRIBUTE static void NAME(run)(const bulk_window *w, const double *const *rows, int count, char *to,
                                int64_t step, int64_t n, int to_float) {
#if ROWS > 1
    for (; count >= ROWS; count -= ROWS, rows += ROWS, to += ROWS * step)
        NAME(several)(w, rows, to, step, n, to_float);
#endif
    for (; count > 0; count--, rows++, to += step) NAME(one)(w, rows, to, step, n, to_float);
}

#undef V
#undef LANES
#undef AT
#undef EACH
#undef ACROSS
#undef SPLAT
#undef SUMS
