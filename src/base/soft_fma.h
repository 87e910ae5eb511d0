/* base/soft_fma.h: x * y + z rounded once, without the instruction.
 *
 * Float: the exact product in double, one sum rounded to odd, one rounding. Double: Boldo and Melquiond, "Emulation
 * of FMA and correctly rounded sums"; right but where the product's halves over- or underflow. Compiled without
 * contraction, and with rounding to nearest. */
#ifndef WF_BASE_SOFT_FMA_H
#define WF_BASE_SOFT_FMA_H
#include <stdint.h>
#include <string.h>

/* x + y, and what rounding lost of it (Knuth). */
static inline double wf_two_sum(double x, double y, double *lost) {
    double sum = x + y, of_y = sum - x;
    *lost = (x - (sum - of_y)) + (y - of_y);
    return sum;
}

/* x * y, and what rounding lost of it (Dekker; the halves by Veltkamp). */
static inline double wf_two_product(double x, double y, double *lost) {
    double product = x * y, big = x * 0x8000001p0, xh = big - (big - x), xl = x - xh;
    big = y * 0x8000001p0;
    double yh = big - (big - y), yl = y - yh;
    *lost = ((xh * yh - product) + xh * yl + xl * yh) + xl * yl;
    return product;
}

/* x + y rounded to odd: the neighbour with an odd last bit, when neither is the sum. */
static inline double wf_odd_sum(double x, double y) {
    double lost, sum = wf_two_sum(x, y, &lost);
    uint64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    if (lost != 0 && !(bits & 1)) bits += (lost > 0) == (sum > 0) ? 1 : -1ull;
    memcpy(&sum, &bits, sizeof sum);
    return sum;
}

static inline double wf_soft_fma(double x, double y, double z) {
    double product_lost, first_lost, second_lost, product = wf_two_product(x, y, &product_lost);
    if (product == 0 || product - product != 0 || z - z != 0) return product + z; /* zeros, infinities, NaN */
    double first = wf_two_sum(z, product_lost, &first_lost),
           second = wf_two_sum(product, first, &second_lost);
    return second + wf_odd_sum(second_lost, first_lost);
}

static inline float wf_soft_fmaf(float x, float y, float z) {
    double product = (double)x * y, sum = product + z;
    if (product == 0 || product - product != 0 || z - z != 0) return (float)sum;
    return (float)wf_odd_sum(product, z);
}
#endif
