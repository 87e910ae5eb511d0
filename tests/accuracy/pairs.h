/* pairs.h: numbers of about 104 bits, for the reference functions of truth.h.
 *
 * A pair is the unevaluated sum h + l of two doubles; a wide is a pair times 2^e, so that references neither
 * overflow nor lose bits where a double is subnormal. The sums and products are Knuth's and Dekker's, the
 * latter with fma; each operation's relative error is below 2^-100. It is one text for the C compiler and for
 * weft's, so the same reference runs on a CPU and on a GPU; and it shares no code with the library that it
 * judges. Speed is no concern: loops run until the last bit has settled, at any cost. */
#ifndef PAIRS_H
#define PAIRS_H
#ifdef __WEFT__
#pragma STDC FP_CONTRACT OFF
#define TRUTH static __device__
#define TRUTH_TABLE static __constant__
#define mul_high(a, b) __umul64hi(a, b)
#define bits_of_double(x) ((unsigned long long)__double_as_longlong(x))
#define double_of_bits(u) __longlong_as_double((long long)(u))
#define leading_zeros(u) __clzll((long long)(u))
#define fma_of fma
#define sqrt_of sqrt
#define abs_of fabs
#define rint_of rint
#define floor_of floor
#else
#include "device/wf_device.h"
#define TRUTH static
#define TRUTH_TABLE static const
#define mul_high(a, b) wf_mulhi64(a, b)
#define bits_of_double(x) wf_double_bits(x)
#define double_of_bits(u) wf_bits_double(u)
#define leading_zeros(u) wf_clzll(u)
#define fma_of __builtin_fma
#define sqrt_of __builtin_sqrt
#define abs_of __builtin_fabs
#define rint_of __builtin_rint
#define floor_of __builtin_floor
#endif

typedef struct pair {
    double h, l;
} pair;
typedef struct wide { /* v 2^e */
    pair v;
    int e;
} wide;

TRUTH double infinite(void) { return double_of_bits(0x7ff0000000000000ull); }
TRUTH double not_a_number(void) { return double_of_bits(0x7ff8000000000000ull); }
TRUTH int is_odd_value(double x) { return !(abs_of(x) < infinite()); } /* an infinity or NaN */

TRUTH pair make(double h, double l) {
    pair r;
    r.h = h;
    r.l = l;
    return r;
}
TRUTH pair sum2_ordered(double a, double b) { /* |a| >= |b| */
    double h = a + b;
    return make(h, b - (h - a));
}
TRUTH pair sum2(double a, double b) {
    double h = a + b, bb = h - a;
    return make(h, (a - (h - bb)) + (b - bb));
}
TRUTH pair product2(double a, double b) {
    double h = a * b;
    return make(h, fma_of(a, b, -h));
}
TRUTH pair minus(pair a) { return make(-a.h, -a.l); }
TRUTH pair add1(pair a, double b) {
    pair s = sum2(a.h, b);
    return sum2_ordered(s.h, s.l + a.l);
}
TRUTH pair add(pair a, pair b) {
    pair s = sum2(a.h, b.h), t = sum2(a.l, b.l);
    s = sum2_ordered(s.h, s.l + t.h);
    return sum2_ordered(s.h, s.l + t.l);
}
TRUTH pair sub(pair a, pair b) { return add(a, minus(b)); }
TRUTH pair mul1(pair a, double b) {
    pair p = product2(a.h, b);
    return sum2_ordered(p.h, fma_of(a.l, b, p.l));
}
TRUTH pair mul(pair a, pair b) {
    pair p = product2(a.h, b.h);
    return sum2_ordered(p.h, fma_of(a.l, b.l, fma_of(a.h, b.l, fma_of(a.l, b.h, p.l))));
}
TRUTH pair times(pair a, double power) { return make(a.h * power, a.l * power); }
/* a / b: each digit of the quotient takes away what it explains. */
TRUTH pair quotient(pair a, pair b) {
    double q = a.h / b.h, q2, q3;
    pair r = sub(a, mul1(b, q));
    q2 = r.h / b.h;
    r = sub(r, mul1(b, q2));
    q3 = r.h / b.h;
    return add1(sum2_ordered(q, q2), q3);
}
TRUTH pair over(pair a, double b) {
    double q = a.h / b;
    return sum2_ordered(q, (fma_of(-q, b, a.h) + a.l) / b);
}
TRUTH pair inverse_of(double b) { return over(make(1, 0), b); }
TRUTH pair root(pair a) {
    double s;
    pair r;
    if (!(a.h > 0)) return make(0, 0);
    s = sqrt_of(a.h);
    r = sub(a, product2(s, s));
    return sum2_ordered(s, r.h / (s + s));
}

/* ---- wides */

TRUTH double power_of_two(int n) { return double_of_bits((unsigned long long)(n + 1023) << 52); }
/* x 2^n; exact unless the result is subnormal. */
TRUTH double scale(double x, int n) {
    n = n > 3000 ? 3000 : n < -3000 ? -3000 : n;
    for (; n > 1000; n -= 1000) x *= power_of_two(1000);
    for (; n < -1000; n += 1000) x *= power_of_two(-1000);
    return x * power_of_two(n);
}
/* floor(log2 |x|), x neither 0 nor odd. */
TRUTH int exponent_of(double x) {
    x = abs_of(x);
    if (x < 0x1p-1022) return (int)(bits_of_double(x * 0x1p60) >> 52) - 1083;
    return (int)(bits_of_double(x) >> 52) - 1023;
}
TRUTH wide wide_of(pair v, int e) {
    wide w;
    w.v = v;
    w.e = e;
    return w;
}
TRUTH wide plain(pair v) { return wide_of(v, 0); }
TRUTH wide odd_value(double x) { return wide_of(make(x, 0), 0); }
/* With 1 <= |v.h| < 2; zeros and odd values stay. */
TRUTH wide normal(wide a) {
    int n;
    if (a.v.h == 0 || is_odd_value(a.v.h)) return a;
    n = exponent_of(a.v.h);
    return wide_of(make(scale(a.v.h, -n), scale(a.v.l, -n)), a.e + n);
}
TRUTH wide wide_from(double x) { return normal(wide_of(make(x, 0), 0)); }
TRUTH wide wide_mul(wide a, wide b) { return normal(wide_of(mul(a.v, b.v), a.e + b.e)); }
TRUTH wide wide_quotient(wide a, wide b) { return normal(wide_of(quotient(a.v, b.v), a.e - b.e)); }
/* The sum of two normal ones. */
TRUTH wide wide_add(wide a, wide b) {
    int d = a.e - b.e;
    if (a.v.h == 0) return b;
    if (b.v.h == 0) return a;
    if (d < 0) {
        wide t = a;
        a = b;
        b = t;
        d = -d;
    }
    if (d > 300) return a;
    return normal(wide_of(add(a.v, times(b.v, power_of_two(-d))), a.e));
}
TRUTH wide wide_root(wide a) {
    a = normal(a);
    if (a.e & 1) a = wide_of(times(a.v, 2), a.e - 1);
    return wide_of(root(a.v), a.e / 2);
}
/* As a pair, where that has no room for the exponent: 0 or infinities. */
TRUTH pair narrow(wide a) {
    if (a.v.h == 0 || is_odd_value(a.v.h)) return a.v;
    if (a.e > 1030) return make(a.v.h * infinite(), 0);
    if (a.e < -1000) return make(0, 0);
    return times(times(a.v, power_of_two(a.e / 2)), power_of_two(a.e - a.e / 2));
}

/* ---- judging */

/* The error of `got` in units in the last place of a number with `digits` bits (24, 53) and exponents from
 * `least` (-126, -1022): relative to the larger of the truth and `amplitude`. -1: wrong, a NaN or infinity
 * where there is none, or a zero's sign. A result may overflow from the middle between the largest number and
 * the next power of two on. */
TRUTH double error_of(double got, wide truth, double amplitude, int digits, int least) {
    int e, overflow;
    double h = truth.v.h, error;
    if (h != h) return got != got ? 0 : -1;
    if (got != got) return -1;
    if (abs_of(h) == infinite()) return got == h ? 0 : -1;
    if (h == 0) return got == 0 && (bits_of_double(got) ^ bits_of_double(h)) >> 63 == 0 ? 0 : -1;
    if ((bits_of_double(got) ^ bits_of_double(h)) >> 63 && (got == 0 || amplitude == 0)) return -1;
    truth = normal(truth);
    e = truth.e;
    overflow = e > 1 - least || (e == 1 - least && abs_of(truth.v.h) >= 2 - power_of_two(-digits));
    if (abs_of(got) == infinite()) return overflow ? 0 : -1;
    if (amplitude > 0 && e < 1000 && (e < -1000 || abs_of(truth.v.h) * power_of_two(e) < amplitude))
        e = exponent_of(amplitude);
    if (e < least) e = least;
    /* both in units of 2^(e - digits + 1) */
    error = scale(got, -e) - scale(truth.v.h, truth.e - e);
    error = (error - scale(truth.v.l, truth.e - e)) * power_of_two(digits - 1);
    return abs_of(error);
}
#endif
