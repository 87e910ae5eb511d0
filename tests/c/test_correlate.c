/* test_correlate.c: sums over windows, of every instruction set, against the sum as docs/orders.md has it:
 * every width up to 40, lengths around a vector's, one to three results at once, nothing written outside. */
#include "bulk/correlate.h"
#include "check.h"
#include <math.h>
#include <string.h>

enum { WIDEST = 40, LONGEST = 100, COUNT = 3, PITCH = LONGEST + BULK_SUMS_ROOM };

static double elements[WIDEST + COUNT][PITCH];

static double expected(const bulk_window *w, int row, int64_t c) {
    int64_t last = w->width - 1, terms = w->symmetric ? w->width / 2 : w->width;
    double total = 0;
    for (int64_t k = 0; k < terms; k++) {
        double x = elements[row + k][c];
        if (w->symmetric) x = x + elements[row + last - k][c];
        total = k ? fma(x, w->weights[k], total) : x * w->weights[k];
    }
    double middle = elements[row + terms % w->width][c], weight = w->weights[terms % w->width];
    if (w->symmetric) total = terms ? fma(middle, weight, total) : middle * weight;
    return w->divide ? total / w->divisor : total;
}

static void check_sums(const bulk_sums *sums, const bulk_window *w, int count, int64_t n, int to_float) {
    static char out[COUNT][(LONGEST + 1) * 8];
    const double *rows[WIDEST + COUNT];
    int64_t size = to_float ? 4 : 8, bad = 0;
    for (int k = 0; k < WIDEST + COUNT; k++) rows[k] = elements[k];
    memset(out, 0x5a, sizeof out);
    sums->run(w, rows, count, out[0], sizeof out[0], n, to_float);
    for (int r = 0; r < COUNT; r++)
        for (int64_t c = 0; c <= n; c++) {
            double exact = expected(w, r, c);
            float rounded = (float)exact;
            const void *want = r >= count || c == n ? "ZZZZZZZZ"
                               : to_float           ? (void *)&rounded
                                                    : (void *)&exact;
            bad += memcmp(out[r] + c * size, want, (size_t)size) != 0;
            if (r >= count) break; /* its first place only */
        }
    CHECK_MESSAGE(!bad, "%d wrong, width %d, %d rows of %d", (int)bad, (int)w->width, count, (int)n);
}

int main(void) {
    double weights[WIDEST];
    for (int k = 0; k < WIDEST + COUNT; k++)
        for (int c = 0; c < PITCH; c++) elements[k][c] = sin(k * 71.3 + c * 1.7) * (c % 5 ? 1 : 1e6);
    int engines = 0;
    for (int bits = 64; bits <= 512; bits = bits == 64 ? 256 : bits * 2) {
        const bulk_sums *sums = bulk_sums_of(bits);
        if (!sums) continue;
        engines++;
        for (int width = 1; width <= WIDEST; width++) {
            bulk_window w = {
                .weights = weights, .width = width, .symmetric = width % 2, .divide = width % 3 == 0};
            w.divisor = 7.3;
            for (int k = 0; k < width; k++)
                weights[k] = 0.1 + cos(w.symmetric && 2 * k >= width ? width - 1 - k : k);
            for (int i = 0; i < 2 * COUNT; i++)
                check_sums(sums, &w, i % COUNT + 1, (width * 13 + i * 29) % LONGEST + 1, i / COUNT);
            w.symmetric = 0;
            check_sums(sums, &w, COUNT, LONGEST - width, 0);
        }
    }
    CHECK(engines && bulk_sums_best());
    return check_report("correlate");
}
