/* test_soft_fma.c: fma without the instruction, beside the C library's. Numbers are drawn with exponents near each other,
 * with few bits set, and such that the sum nearly cancels: there the roundings lie. */
#include "base/soft_fma.h"
#include "check.h"
#include <math.h>

static uint64_t state = 88172645463325252ull;
static uint64_t draw(void) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state;
}

static double draw_double(int range) {
    uint64_t mantissa = draw() & 0xfffffffffffffull, shape = draw();
    if (shape & 1) mantissa &= ~0ull << (shape >> 8) % 52;
    uint64_t bits =
        (shape >> 40 & 1) << 63 | (uint64_t)(1023 - range / 2 + (int)(shape >> 20) % range) << 52 | mantissa;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static int same(double a, double b) { return a != a ? b != b : !memcmp(&a, &b, sizeof a); }

static void doubles(void) {
    int wrong = 0;
    for (int i = 0; i < 2000000; i++) {
        double x = draw_double(i & 1 ? 8 : 120), y = draw_double(i & 1 ? 8 : 120),
               z = draw_double(i & 1 ? 16 : 240);
        if (i % 3 == 0) z = -x * y + (i % 2 ? 0 : z * 0x1p-52); /* what is left is the product's lower half */
        wrong += !same(wf_soft_fma(x, y, z), fma(x, y, z));
    }
    CHECK_MESSAGE(!wrong, "%d of 2000000 differ", wrong);
}

static void floats(void) {
    int wrong = 0;
    for (int i = 0; i < 2000000; i++) {
        float x = (float)draw_double(60), y = (float)draw_double(60),
              z = (float)draw_double(i & 1 ? 60 : 120);
        if (i % 3 == 0) z = -x * y;
        wrong += !same(wf_soft_fmaf(x, y, z), fmaf(x, y, z));
    }
    CHECK_MESSAGE(!wrong, "%d of 2000000 differ", wrong);
}

static void edges(void) {
    const double of[] = {0.0, -0.0, 1.0, -1.0, 0x1p-60, INFINITY, -INFINITY, NAN, 3.0};
    for (int i = 0; i < 9; i++)
        for (int j = 0; j < 9; j++)
            for (int k = 0; k < 9; k++) {
                CHECK(same(wf_soft_fma(of[i], of[j], of[k]), fma(of[i], of[j], of[k])));
                CHECK(same(wf_soft_fmaf((float)of[i], (float)of[j], (float)of[k]),
                           fmaf((float)of[i], (float)of[j], (float)of[k])));
            }
}

int main(void) {
    doubles();
    floats();
    edges();
    return check_report("soft_fma");
}
