/* truth_special.h: reference functions in pairs of doubles: error function, gamma, Bessel.
 *
 * As truth.h. Near the zeros of lgamma, digamma and the Bessel functions the absolute error is small, not the
 * relative one. The inverses take what is to be judged as the start of one Newton step of the third order, so
 * they are right wherever that start is anywhere near. Sources: DLMF 7 (erfc's continued fraction), 5.11
 * (Stirling's series, shifted to z >= 24), 10 (ascending series, Hankel's expansions). */
#ifndef TRUTH_SPECIAL_H
#define TRUTH_SPECIAL_H
#include "truth.h"

/* ---- the error function; arguments are pairs, since 1/sqrt(2) is not a double */

TRUTH wide exp_of_square(pair x, double sign) { /* exp(sign x^2) */
    pair s = mul(x, x);
    return exp_of_pair(sign < 0 ? minus(s) : s);
}
TRUTH pair two_over_root_pi(void) { return make(0x1.20dd750429b6dp+0, 0x1.1ae3a914fed80p-56); }
/* All terms positive: exp(-x^2) sum (2 x^2)^n / (1 3 … (2 n + 1)), |x| <= 3. */
TRUTH pair erf_small(pair x) {
    pair z = times(mul(x, x), 2), term = make(1, 0), s = term;
    int n;
    for (n = 1; n < 120 && term.h > s.h * 0x1p-108; n++) {
        term = over(mul(term, z), 2 * n + 1);
        s = add(s, term);
    }
    s = mul(s, narrow(exp_of_square(x, -1)));
    return mul(mul(s, x), two_over_root_pi());
}
/* exp(x^2) erfc(x), x >= 2: the continued fraction from within, its tail estimated. */
TRUTH pair erfcx_large(pair x) {
    pair v;
    int n = x.h < 4 ? 120 : x.h < 8 ? 40 : 20, k;
    if (x.h > 0x1p60) return quotient(times(two_over_root_pi(), 0.5), x);
    v = make((x.h + sqrt_of(x.h * x.h + 2 * n)) * 0.5, 0);
    for (k = n; k >= 1; k--) v = add(x, quotient(make(0.5 * k, 0), v));
    return quotient(times(two_over_root_pi(), 0.5), v);
}
TRUTH wide erfc_of_pair(pair x) {
    if (x.h > 60) return wide_of(make(1, 0), -3000);
    if (x.h >= 2) return wide_mul(plain(erfcx_large(x)), exp_of_square(x, -1));
    if (x.h < -3)
        return wide_add(plain(make(2, 0)),
                        wide_of(minus(erfc_of_pair(minus(x)).v), erfc_of_pair(minus(x)).e));
    return plain(add1(minus(erf_small(x)), 1));
}
TRUTH wide truth_erf(double x) {
    double a = abs_of(x);
    wide c;
    if (x != x || x == 0) return odd_value(x);
    if (a < 0x1p-130) return wide_mul(wide_from(x), plain(two_over_root_pi()));
    if (a <= 2) return plain(erf_small(make(x, 0)));
    if (a > 12) return with_sign(plain(make(1, -0x1p-110)), x);
    c = erfc_of_pair(make(a, 0));
    c.v = minus(c.v);
    return with_sign(wide_add(plain(make(1, 0)), normal(c)), x);
}
TRUTH wide truth_erfc(double x) {
    if (x != x) return odd_value(x);
    if (x == infinite()) return odd_value(0);
    if (x < -12) return plain(make(2, -0x1p-110));
    return erfc_of_pair(make(x, 0));
}
TRUTH wide truth_erfcx(double x) {
    if (x != x || x == -infinite()) return odd_value(x < 0 ? -x : x);
    if (x == infinite()) return odd_value(0);
    if (x > 0x1p60) return wide_quotient(plain(times(two_over_root_pi(), 0.5)), wide_from(x));
    if (x >= 2) return plain(erfcx_large(make(x, 0)));
    if (x < -40) return odd_value(infinite());
    return wide_mul(exp_of_square(make(x, 0), 1), normal(erfc_of_pair(make(x, 0))));
}
TRUTH pair root_half(void) { return make(0x1.6a09e667f3bcdp-1, -0x1.bdd3413b26456p-55); }
TRUTH wide truth_normcdf(double x) {
    wide r;
    if (x != x) return odd_value(x);
    if (x > 50) return plain(make(1, -0x1p-110));
    if (x < -100) return x == -infinite() ? odd_value(0) : wide_of(make(1, 0), -3000);
    r = erfc_of_pair(mul1(root_half(), -x));
    r.e -= 1;
    return r;
}
/* From y near the inverse: h = (f(y) - a) / f'(y), y - h (1 + y h), for f = erf; for f = erfc with -h. */
TRUTH pair improved(pair y, pair h) { return sub(y, mul(h, add1(mul(y, h), 1))); }
TRUTH pair one_over_slope(pair y) { /* sqrt(pi)/2 exp(y^2) */
    return narrow(wide_mul(exp_of_square(y, 1), plain(make(0x1.c5bf891b4ef6bp-1, -0x1.618f13eb7ca89p-55))));
}
/* c between 0 and 1 */
TRUTH pair erfcinv_near(wide c, pair y) {
    wide difference = erfc_of_pair(y);
    c.v = minus(c.v);
    difference = wide_add(normal(difference), normal(c));
    difference = wide_mul(difference, exp_of_square(y, 1));
    difference = wide_mul(difference, plain(make(-0x1.c5bf891b4ef6bp-1, 0x1.618f13eb7ca89p-55)));
    return improved(y, narrow(difference));
}
TRUTH wide truth_erfinv(double a, double start) {
    pair y;
    if (!(abs_of(a) <= 1)) return odd_value(not_a_number());
    if (a == 0 || abs_of(a) == 1) return odd_value(a == 0 ? a : a * infinite());
    if (abs_of(a) < 0x1p-130)
        return wide_mul(wide_from(a), plain(make(0x1.c5bf891b4ef6bp-1, -0x1.618f13eb7ca89p-55)));
    y = make(abs_of(start), 0);
    if (abs_of(a) > 0.5) return with_sign(plain(erfcinv_near(plain(sum2(1, -abs_of(a))), y)), a);
    return with_sign(plain(improved(y, mul(add1(erf_small(y), -abs_of(a)), one_over_slope(y)))), a);
}
TRUTH wide truth_erfcinv(double c, double start) {
    if (!(c >= 0 && c <= 2)) return odd_value(not_a_number());
    if (c == 0 || c == 2) return odd_value(c == 0 ? infinite() : -infinite());
    if (c == 1) return odd_value(0);
    if (c <= 0.5) return plain(erfcinv_near(wide_from(c), make(start, 0)));
    if (c > 1.5) {
        pair r = erfcinv_near(wide_from(2 - c), make(-start, 0));
        return plain(minus(r));
    }
    {
        pair y = make(abs_of(start), 0), r;
        double a = 1 - c; /* exact */
        r = improved(y, mul(add1(erf_small(y), -abs_of(a)), one_over_slope(y)));
        return plain(a < 0 ? minus(r) : r);
    }
}
TRUTH wide truth_normcdfinv(double p, double start) {
    pair y, root_two = times(root_half(), 2);
    if (!(p >= 0 && p <= 1)) return odd_value(not_a_number());
    if (p == 0 || p == 1) return odd_value(p == 0 ? -infinite() : infinite());
    if (p == 0.5) return odd_value(0);
    y = mul1(root_half(), abs_of(start)); /* erfcinv(2 p), erfinv(|1 - 2 p|) */
    if (p <= 0.25) {
        wide c = wide_from(p);
        c.e += 1;
        y = erfcinv_near(c, y);
    } else if (p >= 0.75) y = erfcinv_near(wide_of(sum2(1, -p), 1), y);
    else
        y = improved(y,
                     mul(sub(erf_small(y), p < 0.5 ? sum2(1, -2 * p) : sum2(2 * p, -1)), one_over_slope(y)));
    y = mul(y, root_two);
    return plain(p < 0.5 ? minus(y) : y);
}

/* ---- gamma */

enum { GAMMA_FROM = 24 };
/* B(2 k) / (2 k (2 k - 1)), k = 1 … 13, as numerator and denominator */
TRUTH_TABLE double stirling[26] = {1,       12,     -1,     360,  1,          1260,    -1,     1680,  1,
                                   1188,    -691,   360360, 1,    156,        -3617,   122400, 43867, 244188,
                                   -174611, 125400, 77683,  5796, -236364091, 1506960, 657931, 300};
/* log gamma(x) + log product, x > 0; product = x (x + 1) … up to z >= GAMMA_FROM. */
TRUTH pair gamma_parts(pair x, wide *product) {
    pair z = x, s = make(0, 0), w, l;
    int k;
    *product = plain(make(1, 0));
    for (k = 0; k < GAMMA_FROM && z.h < GAMMA_FROM; k++, z = add1(z, 1))
        *product = wide_mul(*product, normal(plain(z)));
    w = quotient(make(1, 0), z);
    for (k = 12; k >= 0; k--) s = add(mul(s, mul(w, w)), over(make(stirling[2 * k], 0), stirling[2 * k + 1]));
    l = log_of_wide(plain(z));
    l = mul(add1(z, -0.5), add1(l, -1)); /* (z - 1/2) (log z - 1) + (log(2 pi) - 1) / 2 */
    l = add(l, make(0x1.d67f1c864beb5p-1, -0x1.65b5a1b7ff5dfp-55));
    return add(add1(l, -0.5), mul(s, w));
}
TRUTH wide gamma_positive(pair x) {
    wide product;
    pair l = gamma_parts(x, &product);
    return wide_quotient(normal(exp_of_pair(l)), product);
}
/* pi / |sin(pi x)|, x not whole */
TRUTH wide reflection_factor(double x) {
    wide s = normal(truth_sinpi(abs_of(x)));
    if (s.v.h < 0) s.v = minus(s.v);
    return wide_quotient(plain(pi_of()), s);
}
TRUTH wide truth_tgamma(double x) {
    wide r;
    if (x != x || x == infinite()) return odd_value(x);
    if (x == 0) return odd_value(1 / x);
    if (x < 0 && floor_of(x) == x) return odd_value(not_a_number());
    if (x > 200) return wide_of(make(1, 0), 2000);
    if (abs_of(x) < 0x1p-130) return wide_quotient(plain(make(1, 0)), wide_from(x));
    if (x > 0) return gamma_positive(make(x, 0));
    if (x < -250) r = wide_of(make(1, 0), -3000);
    else r = wide_quotient(reflection_factor(x), gamma_positive(sum2(1, -x)));
    if (floor_of(floor_of(x) * 0.5) * 2 != floor_of(x)) r.v = minus(r.v);
    return r;
}
TRUTH pair lgamma_positive(pair x) {
    wide product;
    pair l = gamma_parts(x, &product);
    return product.v.h == 1 && product.e == 0 ? l : sub(l, log_of_wide(product));
}
TRUTH wide truth_lgamma(double x) {
    if (x != x) return odd_value(x);
    if (is_odd_value(x) || x == 0 || (x < 0 && floor_of(x) == x)) return odd_value(infinite());
    if (abs_of(x) < 0x1p-130) return plain(minus(log_of_wide(wide_from(abs_of(x)))));
    if (x > 0x1p900) { /* x (log x - 1) */
        pair l = add1(log_of_wide(wide_from(x)), -1);
        return wide_mul(wide_from(x), normal(plain(l)));
    }
    if (x > 0) return plain(lgamma_positive(make(x, 0)));
    return plain(sub(log_of_wide(reflection_factor(x)), lgamma_positive(sum2(1, -x))));
}
/* B(2 k) / (2 k) */
TRUTH pair digamma_positive(pair x) {
    pair z = x, sum = make(0, 0), w, s = make(0, 0);
    int k;
    for (k = 0; k < GAMMA_FROM && z.h < GAMMA_FROM; k++, z = add1(z, 1))
        sum = add(sum, quotient(make(1, 0), z));
    w = quotient(make(1, 0), z);
    for (k = 12; k >= 0; k--)
        s = mul(add(s, over(make(stirling[2 * k] * (2 * k + 1), 0), stirling[2 * k + 1])), mul(w, w));
    s = add(s, times(w, 0.5));
    return sub(sub(log_of_wide(plain(z)), s), sum);
}
TRUTH wide truth_digamma(double x) {
    double r;
    pair t;
    int q;
    if (x != x || x == infinite()) return odd_value(x);
    if (x == 0) return odd_value(-1 / x);
    if (x < 0 && floor_of(x) == x) return odd_value(not_a_number());
    if (abs_of(x) < 0x1p-130) return wide_quotient(plain(make(-1, 0)), wide_from(x));
    if (x > 0x1p200) return truth_log(x);
    if (x > 0) return plain(digamma_positive(make(x, 0)));
    r = half_turns(x, &q); /* psi(1 - x) - pi cot(pi x), and cot(a) = -tan(a + pi/2) */
    t = tan_at(mul1(pi_of(), r), q + 1);
    return plain(add(digamma_positive(sum2(1, -x)), mul(pi_of(), t)));
}

/* ---- Bessel functions, x > 0 */

#define BESSEL_SERIES 25 /* below: the ascending series, which lose 2^32 there; above: Hankel's */

/* sum (sign z)^k / (k! (k + n)!) n!, z = x^2 / 4; and with weights: sum weight_k …, where weight_k is
 * H(k) (n = 0) or H(k) + H(k + 1) (n = 1). */
TRUTH pair bessel_sum(pair z, int n, double sign, pair *weighted) {
    pair term = make(1, 0), s = term, h = make(0, 0), w = n ? make(1, 0) : h, ws = w;
    int k;
    for (k = 1; k < 400; k++) {
        term = over(mul(term, z), sign * k * (k + n));
        s = add(s, term);
        h = add(h, inverse_of(k));
        w = n ? add(times(h, 2), inverse_of(k + 1)) : h;
        ws = add(ws, mul(term, w));
        if (abs_of(term.h) * (k + 1) < 0x1p-108 * abs_of(s.h) && k > z.h) break;
    }
    *weighted = ws;
    return s;
}
/* Hankel's P and Q (sign -1), or the sum of both kinds of terms for I (sign 1), which alternate there. */
TRUTH pair hankel(double x, int n, int alternate, pair *odd) {
    pair term = make(1, 0), even = term;
    double last = 1;
    int k;
    *odd = make(0, 0);
    for (k = 1; k < 400; k++) {
        double d = (4.0 * n * n - (2.0 * k - 1) * (2.0 * k - 1));
        term = over(over(mul1(term, d), 8.0 * k), x);
        if (abs_of(term.h) > last || abs_of(term.h) < 0x1p-115) break;
        last = abs_of(term.h);
        if (alternate) {
            if (k & 1) *odd = k & 2 ? sub(*odd, term) : add(*odd, term);
            else even = k & 2 ? sub(even, term) : add(even, term);
        } else even = k & 1 ? sub(even, term) : add(even, term);
    }
    return even;
}
/* J (second = 0) or Y of order n = 0, 1 for x >= BESSEL_SERIES. */
TRUTH pair bessel_large(double x, int n, int second) {
    int q;
    pair r = circle_rest(x, &q), s = sin_at(r, q), c = sin_at(r, q + 1), a = add(s, c), b = sub(s, c), odd,
         even, v;
    wide scaled = wide_quotient(plain(make(1, 0)), wide_root(pi_times(x)));
    even = hankel(x, n, 1, &odd);
    /* cos and sin of x - pi/4 times sqrt 2: a, b; of x - 3 pi/4: b, -a */
    if (n) {
        pair t = a;
        a = b;
        b = minus(t);
    }
    v = second ? add(mul(even, b), mul(odd, a)) : sub(mul(even, a), mul(odd, b));
    return narrow(wide_mul(normal(plain(v)), scaled));
}
TRUTH wide bessel_j_positive(int n, double x) {
    pair half = make(0.5 * x, 0), unused;
    wide power = plain(make(1, 0));
    int k;
    if (x >= BESSEL_SERIES && n < 2) return plain(bessel_large(x, n, 0));
    if (x >= BESSEL_SERIES) { /* the recurrence, up to order n < x */
        pair a = bessel_large(x, 0, 0), b = bessel_large(x, 1, 0);
        for (k = 1; k < n; k++) {
            pair next = sub(mul(b, over(make(2 * k, 0), x)), a);
            a = b;
            b = next;
        }
        return plain(b);
    }
    for (k = 1; k <= n; k++) power = wide_mul(power, wide_quotient(wide_from(x), plain(make(2 * k, 0))));
    return wide_mul(plain(bessel_sum(mul(half, half), n, -1, &unused)), power);
}
TRUTH wide truth_jn(int n, double x) {
    double a = abs_of(x);
    wide r;
    if (x != x) return odd_value(x);
    if (a == infinite()) return odd_value(n & 1 && x < 0 ? -0.0 : 0.0);
    if (x == 0) return odd_value(n ? (n & 1 ? x : 0.0) : 1);
    r = bessel_j_positive(n, a);
    return n & 1 ? with_sign(r, x) : r;
}
TRUTH wide bessel_y_positive(int n, double x) { /* n = 0, 1 */
    pair half = make(0.5 * x, 0), l, s, w;
    if (x >= BESSEL_SERIES) return plain(bessel_large(x, n, 1));
    if (n && x < 0x1p-200)
        return wide_quotient(plain(make(-0x1.45f306dc9c883p-1, 0x1.6b01ec5417056p-55)), wide_from(x));
    s = bessel_sum(mul(half, half), n, -1, &w);
    l = add(log_of_wide(normal(wide_of(make(x, 0), -1))), make(0x1.2788cfc6fb619p-1, -0x1.6cb90701fbfabp-58));
    if (n) { /* 2 (log(x/2) + gamma) J1 - x/2 sum weights - 2 / x, over pi */
        s = mul(mul(times(l, 2), s), half);
        s = sub(s, mul(w, half));
        s = sub(s, quotient(make(2, 0), make(x, 0)));
        return plain(quotient(s, pi_of()));
    }
    s = times(sub(mul(l, s), w), 2);
    return plain(quotient(s, pi_of()));
}
TRUTH wide truth_yn(int n, double x) {
    wide a, b;
    int k;
    if (x != x || x < 0) return odd_value(not_a_number());
    if (x == 0) return odd_value(-infinite());
    if (x == infinite()) return odd_value(0);
    if (n < 2) return bessel_y_positive(n, x);
    a = normal(bessel_y_positive(0, x));
    b = normal(bessel_y_positive(1, x));
    for (k = 1; k < n; k++) {
        wide next = wide_mul(b, wide_quotient(plain(make(2 * k, 0)), wide_from(x)));
        a.v = minus(a.v);
        next = wide_add(next, a);
        a = b;
        b = next;
    }
    return b;
}
TRUTH wide truth_j0(double x) { return truth_jn(0, x); }
TRUTH wide truth_j1(double x) { return truth_jn(1, x); }
TRUTH wide truth_j5(double x) { return truth_jn(5, x); }
TRUTH wide truth_y0(double x) { return truth_yn(0, x); }
TRUTH wide truth_y1(double x) { return truth_yn(1, x); }
TRUTH wide truth_y5(double x) { return truth_yn(5, x); }
TRUTH wide bessel_i_of(int n, double x) {
    double a = abs_of(x);
    pair half = make(0.5 * a, 0), s, unused;
    wide r;
    if (x != x) return odd_value(x);
    if (a > 800) return odd_value(n && x < 0 ? -infinite() : infinite());
    if (n && a < 0x1p-130) return x == 0 ? odd_value(x) : wide_of(make(scale(x, 600), 0), -601);
    if (a < 50) {
        s = bessel_sum(mul(half, half), n, 1, &unused);
        r = plain(n ? mul(s, half) : s);
    } else {
        s = hankel(a, n, 0, &unused);
        r = wide_quotient(plain(s), wide_root(wide_mul(wide_of(pi_of(), 1), wide_from(a))));
        r = wide_mul(r, normal(truth_exp(a)));
    }
    return n ? with_sign(r, x) : r;
}
TRUTH wide truth_i0(double x) { return bessel_i_of(0, x); }
TRUTH wide truth_i1(double x) { return bessel_i_of(1, x); }
#endif
