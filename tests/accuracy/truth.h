/* truth.h: reference functions in pairs of doubles: the elementary ones, of one double.
 *
 * Each takes a double and returns its function's value to about 2^-90, as a wide (pairs.h). Methods are the
 * plainest that reach that: Taylor series after the argument is reduced, exact reduction by integers for the
 * circular functions (2/pi in 1280 bits), the inverse functions through logarithm and arctangent. Special
 * values follow C's Annex F. The program that uses them compares samples with libquadmath's functions. */
#ifndef TRUTH_H
#define TRUTH_H
#include "pairs.h"

TRUTH pair pi_of(void) { return make(0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53); }
TRUTH pair ln2_of(void) { return make(0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56); }

/* exp(r) - 1, |r| <= 0.4: Horner's way on r/16, then s (2 + s) four times. */
TRUTH pair expm1_small(pair a) {
    pair r = times(a, 0.0625), s = make(0, 0);
    int k;
    for (k = 15; k >= 1; k--) s = over(mul(r, add1(s, 1)), k);
    for (k = 0; k < 4; k++) s = mul(s, add1(s, 2));
    return s;
}
/* a = n ln2 + r */
TRUTH pair exp_rest(pair a, int *n) {
    double k = rint_of(a.h * 0x1.71547652b82fep+0);
    pair r = sub(a, product2(k, 0x1.62e42fefa39efp-1));
    *n = (int)k;
    r = sub(r, product2(k, 0x1.abc9e3b39803fp-56));
    return add1(r, -k * 0x1.7b57a079a1934p-111);
}
TRUTH wide exp_of_pair(pair a) {
    int n;
    pair r;
    if (a.h != a.h) return odd_value(a.h);
    if (a.h > 3000) return odd_value(infinite());
    if (a.h < -3000) return odd_value(0);
    r = exp_rest(a, &n);
    return wide_of(add1(expm1_small(r), 1), n);
}
TRUTH pair expm1_of_pair(pair a) { /* below 2^900 */
    int n;
    pair r;
    if (a.h < -90) return make(-1, 0x1p-100);
    r = expm1_small(exp_rest(a, &n));
    if (n == 0) return r;
    return add1(times(add1(r, 1), power_of_two(n)), -1);
}
TRUTH wide truth_exp(double x) {
    if (is_odd_value(x)) return odd_value(x < 0 ? 0 : x);
    if (abs_of(x) > 1000) return wide_of(make(1, 0), x < 0 ? -2000 : 2000);
    return exp_of_pair(make(x, 0));
}
TRUTH wide truth_exp2(double x) {
    double n;
    if (is_odd_value(x)) return odd_value(x < 0 ? 0 : x);
    if (abs_of(x) > 1100) return wide_of(make(1, 0), x < 0 ? -2000 : 2000);
    n = rint_of(x);
    return wide_of(add1(expm1_small(mul1(ln2_of(), x - n)), 1), (int)n);
}
TRUTH wide truth_exp10(double x) {
    if (is_odd_value(x)) return odd_value(x < 0 ? 0 : x);
    if (abs_of(x) > 400) return wide_of(make(1, 0), x < 0 ? -2000 : 2000);
    return exp_of_pair(mul1(make(0x1.26bb1bbb55516p+1, -0x1.f48ad494ea3e9p-53), x));
}
/* Near zero these functions are their arguments: the next term lies far below the last bit. */
TRUTH int tiny(double x) { return abs_of(x) < 0x1p-130; }
TRUTH wide truth_expm1(double x) {
    if (is_odd_value(x)) return odd_value(x < 0 ? -1 : x);
    if (tiny(x)) return odd_value(x);
    if (x > 600) return truth_exp(x);
    return plain(expm1_of_pair(make(x, 0)));
}

/* log(1 + f), |f| < 0.45: 2 atanh(f / (2 + f)). */
TRUTH pair log1p_small(pair f) {
    pair z = quotient(f, add1(f, 2)), square = mul(z, z), s = make(0, 0);
    int k;
    for (k = 45; k >= 1; k -= 2) s = add(mul(s, square), inverse_of(k));
    return mul(times(z, 2), s);
}
/* log of m 2^k, m within sqrt(1/2) … sqrt(2); and the parts, for logarithms of other bases. */
TRUTH pair log_parts(wide a, int *k) {
    a = normal(a);
    if (a.v.h > 0x1.6a09e667f3bcdp+0) a = wide_of(times(a.v, 0.5), a.e + 1);
    *k = a.e;
    return log1p_small(add1(a.v, -1));
}
TRUTH pair log_of_wide(wide a) {
    int k;
    pair r = log_parts(a, &k);
    if (k == 0) return r;
    return add(mul1(ln2_of(), k), add1(r, k * 0x1.7b57a079a1934p-111));
}
TRUTH wide log_odd(double x) { return odd_value(x == 0 ? -infinite() : x > 0 ? x : not_a_number()); }
TRUTH int log_is_odd(double x) { return !(x > 0) || is_odd_value(x); }
TRUTH wide truth_log(double x) { return log_is_odd(x) ? log_odd(x) : plain(log_of_wide(wide_from(x))); }
TRUTH wide truth_log2(double x) {
    int k;
    pair r;
    if (log_is_odd(x)) return log_odd(x);
    r = log_parts(wide_from(x), &k);
    return plain(add1(mul(r, make(0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56)), k));
}
TRUTH wide truth_log10(double x) {
    pair r;
    if (log_is_odd(x)) return log_odd(x);
    r = mul(log_of_wide(wide_from(x)), make(0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57));
    if (rint_of(r.h) == r.h && abs_of(r.l) < 0x1p-80) r.l = 0; /* powers of ten */
    return plain(r);
}
TRUTH pair log1p_of_pair(pair f) { /* f > -1 */
    if (abs_of(f.h) < 0.4) return log1p_small(f);
    return log_of_wide(wide_of(add1(f, 1), 0));
}
TRUTH wide truth_log1p(double x) {
    if (is_odd_value(x) || x <= -1) return odd_value(x == -1 ? -infinite() : x > -1 ? x : not_a_number());
    if (tiny(x)) return odd_value(x);
    if (x > 0x1p200) return truth_log(x);
    return plain(log1p_of_pair(make(x, 0)));
}

/* ---- circular functions */

TRUTH_TABLE unsigned long long two_over_pi[20] = {
    0xa2f9836e4e441529u, 0xfc2757d1f534ddc0u, 0xdb6295993c439041u, 0xfe5163abdebbc561u, 0xb7246e3a424dd2e0u,
    0x06492eea09d1921cu, 0xfe1deb1cb129a73eu, 0xe88235f52ebb4484u, 0xe99c7026b45f7e41u, 0x3991d639835339f4u,
    0x9c845f8bbdf9283bu, 0x1ff897ffde05980fu, 0xef2f118b5a0a6d1fu, 0x6d367ecf27cb09b7u, 0x4f463f669e5fea2du,
    0x7527bac7ebe5f17bu, 0x3d0739f78a5292eau, 0x6bfb5fb11f8d5d08u, 0x56033046fc7b6babu, 0xf0cfbc209af4361du};

TRUTH unsigned long long limb_of_two_over_pi(int i) { return i < 0 || i > 19 ? 0 : two_over_pi[i]; }
/* 64 bits of 2/pi from bit `at` behind the point on. */
TRUTH unsigned long long bits_of_two_over_pi(int at) {
    int limb = at >= 0 ? at / 64 : -((63 - at) / 64), shift = at - 64 * limb;
    unsigned long long high = limb_of_two_over_pi(limb), low = limb_of_two_over_pi(limb + 1);
    return shift ? high << shift | low >> (64 - shift) : high;
}
/* x = q pi/2 + r, |r| <= pi/4, finite x: the digits of x 2/pi between 4 and 2^-254, as a product of integers
 * of 53 and 256 bits. */
TRUTH pair circle_rest(double x, int *q) {
    unsigned long long mantissa, word[4], carry = 0, lead;
    int e, i, negative = 0, zeros = 0, limb = 0;
    double a = abs_of(x);
    pair r;
    *q = 0;
    if (a <= 0.78) return make(x, 0);
    e = exponent_of(a) - 52;
    mantissa = (bits_of_double(a) & 0xfffffffffffffull) | 0x10000000000000ull;
    for (i = 3; i >= 0; i--) { /* word[0] is the highest; what passes above it are multiples of 4 */
        unsigned long long d = bits_of_two_over_pi(e - 2 + 64 * i), low = mantissa * d;
        word[i] = low + carry;
        carry = mul_high(mantissa, d) + (word[i] < low);
    }
    *q = (int)(word[0] >> 62);
    for (i = 0; i < 4; i++) word[i] = word[i] << 2 | (i < 3 ? word[i + 1] >> 62 : 0);
    if (word[0] >> 63) { /* nearer to the next quadrant */
        *q += 1;
        negative = 1;
        carry = 1;
        for (i = 3; i >= 0; i--) {
            word[i] = ~word[i] + carry;
            carry = carry && word[i] == 0;
        }
    }
    if (word[0] == 0) limb = 1;
    lead = word[limb];
    zeros = lead ? leading_zeros(lead) : 0;
    if (zeros) {
        word[limb] = lead << zeros | word[limb + 1] >> (64 - zeros);
        word[limb + 1] = word[limb + 1] << zeros | word[limb + 2] >> (64 - zeros);
    }
    /* 53 bits and 53 more */
    r.h = (double)(word[limb] >> 11) * 0x1p-53;
    r.l = (double)((word[limb] << 53 | word[limb + 1] >> 11) >> 11) * 0x1p-106;
    r = mul(sum2_ordered(r.h, r.l), times(pi_of(), 0.5));
    r = times(r, power_of_two(-zeros - 64 * limb));
    if (x < 0) *q = -*q;
    *q &= 3;
    return negative != (x < 0) ? minus(r) : r;
}
/* |r| <= pi/4 */
TRUTH pair sin_small(pair r) {
    pair z = mul(r, r), s = make(0, 0);
    int k;
    for (k = 28; k >= 2; k -= 2) s = over(mul(minus(z), add1(s, 1)), (double)k * (k + 1));
    return mul(r, add1(s, 1));
}
TRUTH pair cos_small(pair r) {
    pair z = mul(r, r), s = make(0, 0);
    int k;
    for (k = 27; k >= 1; k -= 2) s = over(mul(minus(z), add1(s, 1)), (double)k * (k + 1));
    return add1(s, 1);
}
TRUTH pair sin_at(pair r, int q) {
    pair v = q & 1 ? cos_small(r) : sin_small(r);
    return q & 2 ? minus(v) : v;
}
TRUTH pair tan_at(pair r, int q) {
    return q & 1 ? minus(quotient(cos_small(r), sin_small(r))) : quotient(sin_small(r), cos_small(r));
}
TRUTH wide truth_sin(double x) {
    int q;
    pair r;
    if (is_odd_value(x)) return odd_value(not_a_number());
    if (tiny(x)) return odd_value(x);
    r = circle_rest(x, &q);
    return plain(sin_at(r, q));
}
TRUTH wide truth_cos(double x) {
    int q;
    pair r;
    if (is_odd_value(x)) return odd_value(not_a_number());
    r = circle_rest(x, &q);
    return plain(sin_at(r, q + 1));
}
TRUTH wide truth_tan(double x) {
    int q;
    pair r;
    if (is_odd_value(x)) return odd_value(not_a_number());
    if (tiny(x)) return odd_value(x);
    r = circle_rest(x, &q);
    return plain(tan_at(r, q));
}
/* x = q/2 + r exactly; r in units of pi. */
TRUTH double half_turns(double x, int *q) {
    double n, a = abs_of(x);
    *q = 0;
    if (a >= 0x1p53) return 0 * x;
    n = rint_of(2 * x);
    *q = (int)((long long)n & 3);
    return x - n * 0.5;
}
TRUTH wide pi_times(double x) { return wide_mul(wide_of(pi_of(), 0), wide_from(x)); }
TRUTH wide truth_sinpi(double x) {
    int q;
    double r;
    if (is_odd_value(x)) return odd_value(not_a_number());
    if (floor_of(x) == x) return odd_value(x < 0 || 1 / x < 0 ? -0.0 : 0.0);
    if (tiny(x)) return pi_times(x);
    r = half_turns(x, &q);
    return plain(sin_at(mul1(pi_of(), r), q));
}
TRUTH wide truth_cospi(double x) {
    int q;
    double r;
    if (is_odd_value(x)) return odd_value(not_a_number());
    r = half_turns(x, &q);
    if (r == 0 && (q & 1)) return odd_value(0);
    return plain(sin_at(mul1(pi_of(), r), q + 1));
}
TRUTH wide truth_tanpi(double x) {
    int q;
    double r;
    if (is_odd_value(x)) return odd_value(not_a_number());
    r = half_turns(x, &q);
    if (r == 0) {
        double sign = x < 0 || 1 / x < 0 ? -1 : 1;
        if (q & 1) return odd_value(q & 2 ? -infinite() : infinite());
        return odd_value(q & 2 ? -0.0 * sign : 0.0 * sign);
    }
    if (tiny(x)) return pi_times(x);
    return plain(tan_at(mul1(pi_of(), r), q));
}

/* ---- their inverses */

/* atan(t), 0 <= t <= 1: three times half the angle, then the series. */
TRUTH pair atan_small(pair t) {
    pair z, s = make(0, 0);
    int k;
    for (k = 0; k < 3; k++) t = quotient(t, add1(root(add1(mul(t, t), 1)), 1));
    z = minus(mul(t, t));
    for (k = 35; k >= 1; k -= 2) s = add(mul(s, z), inverse_of(k));
    return mul(times(t, 8), s);
}
/* The angle of (x, y), y >= 0, not both 0. */
TRUTH wide angle_of(wide y, wide x) {
    wide size = x, t;
    int left = x.v.h < 0, steep;
    if (left) size.v = minus(x.v);
    if (y.v.h == 0) return left ? plain(pi_of()) : odd_value(0);
    if (size.v.h == 0) return plain(times(pi_of(), 0.5));
    t = wide_quotient(y, size);
    steep = t.e >= 0;
    if (steep) t = wide_quotient(size, y);
    if (t.e < -130) {
        if (!steep && !left) return t;
        return plain(steep ? times(pi_of(), 0.5) : pi_of());
    }
    t.v = atan_small(narrow(t));
    if (steep) t.v = sub(times(pi_of(), 0.5), t.v);
    return plain(left ? sub(pi_of(), t.v) : t.v);
}
TRUTH wide with_sign(wide a, double x) {
    if (bits_of_double(x) >> 63) a.v = minus(a.v);
    return a;
}
TRUTH wide truth_atan(double x) {
    if (x != x || tiny(x)) return odd_value(x);
    if (is_odd_value(x)) return with_sign(plain(times(pi_of(), 0.5)), x);
    return with_sign(angle_of(wide_from(abs_of(x)), plain(make(1, 0))), x);
}
TRUTH wide truth_asin(double x) {
    double a = abs_of(x);
    if (!(a <= 1)) return odd_value(not_a_number());
    if (tiny(x)) return odd_value(x);
    return with_sign(angle_of(wide_from(a), wide_root(plain(mul(sum2(1, -a), sum2(1, a))))), x);
}
TRUTH wide truth_acos(double x) {
    wide r;
    if (!(abs_of(x) <= 1)) return odd_value(not_a_number());
    if (x == 1) return odd_value(0);
    r = angle_of(wide_root(plain(sum2(1, -x))), wide_root(plain(sum2(1, x))));
    r.v = times(r.v, 2);
    return r;
}

/* ---- hyperbolic functions and their inverses */

TRUTH wide truth_sinh(double x) {
    double a = abs_of(x);
    pair e;
    if (is_odd_value(x) || tiny(x)) return odd_value(x);
    if (a > 100) {
        wide w = truth_exp(a);
        w.e -= 1;
        return with_sign(w, x);
    }
    e = expm1_of_pair(make(a, 0));
    return with_sign(plain(times(add(e, quotient(e, add1(e, 1))), 0.5)), x);
}
TRUTH wide truth_cosh(double x) {
    double a = abs_of(x);
    wide w;
    if (is_odd_value(x)) return odd_value(a);
    w = truth_exp(a);
    if (a <= 100) w = wide_add(normal(w), wide_quotient(plain(make(1, 0)), w));
    w.e -= 1;
    return w;
}
TRUTH wide truth_tanh(double x) {
    double a = abs_of(x);
    pair e;
    if (x != x || tiny(x)) return odd_value(x);
    if (a > 50) return with_sign(plain(make(1, -0x1p-100)), x);
    e = expm1_of_pair(make(a + a, 0));
    return with_sign(plain(quotient(e, add1(e, 2))), x);
}
TRUTH wide truth_asinh(double x) {
    double a = abs_of(x);
    pair square, r;
    if (is_odd_value(x) || tiny(x)) return odd_value(x);
    if (a > 0x1p200) return with_sign(plain(add(log_of_wide(wide_from(a)), ln2_of())), x);
    square = product2(a, a);
    r = add1(root(add1(square, 1)), 1); /* a + a^2 / (1 + sqrt(1 + a^2)) */
    return with_sign(plain(log1p_of_pair(add1(quotient(square, r), a))), x);
}
TRUTH wide truth_acosh(double x) {
    pair t;
    if (!(x >= 1)) return odd_value(not_a_number());
    if (x == infinite()) return odd_value(x);
    if (x > 0x1p200) return plain(add(log_of_wide(wide_from(x)), ln2_of()));
    if (x == 1) return odd_value(0);
    t = sum2(x, -1);
    return plain(log1p_of_pair(add(t, root(mul(t, add1(t, 2))))));
}
TRUTH wide truth_atanh(double x) {
    double a = abs_of(x);
    if (!(a <= 1)) return odd_value(not_a_number());
    if (a == 1) return odd_value(x * infinite());
    if (tiny(x)) return odd_value(x);
    return with_sign(plain(times(log1p_of_pair(quotient(make(a + a, 0), sum2(1, -a))), 0.5)), x);
}

/* ---- roots */

TRUTH wide truth_sqrt(double x) {
    if (!(x > 0) || is_odd_value(x)) return odd_value(x == 0 || x == infinite() ? x : not_a_number());
    return wide_root(wide_from(x));
}
TRUTH wide truth_rsqrt(double x) {
    if (!(x > 0) || is_odd_value(x)) return odd_value(x == 0 ? 1 / x : x == infinite() ? 0 : not_a_number());
    return wide_quotient(plain(make(1, 0)), truth_sqrt(x));
}
/* Newton's method: doubles first, then pairs. */
TRUTH wide truth_cbrt(double x) {
    wide a;
    double y;
    pair r;
    int k, third;
    if (x == 0 || is_odd_value(x)) return odd_value(x);
    a = wide_from(abs_of(x));
    third = (a.e + 3000) / 3 - 1000;
    y = a.v.h * power_of_two(a.e - 3 * third); /* 1 … 8 */
    a = wide_of(make(y, 0), third);
    y = 0.6 + 0.25 * y - 0.012 * y * y;
    for (k = 0; k < 6; k++) y = y - (y * y * y - a.v.h) / (3 * y * y);
    r = sub(a.v, mul1(product2(y, y), y));
    a.v = add(make(y, 0), quotient(r, mul1(product2(y, y), 3)));
    return with_sign(a, x);
}
TRUTH wide truth_rcbrt(double x) {
    if (x == 0 || is_odd_value(x)) return odd_value(x != x ? x : 1 / x);
    return wide_quotient(plain(make(1, 0)), truth_cbrt(x));
}
TRUTH wide truth_round(double x) {
    double a = abs_of(x), f = floor_of(a);
    if (!(a < 0x1p52)) return odd_value(x);
    return with_sign(odd_value(a - f >= 0.5 ? f + 1 : f), x);
}
TRUTH wide truth_logb(double x) {
    if (x == 0) return odd_value(-infinite());
    return odd_value(is_odd_value(x) ? abs_of(x) : exponent_of(x));
}
#endif
