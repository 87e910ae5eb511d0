/* truth_two.h: reference functions of two doubles; as truth.h. Remainders are exact, bit by bit. */
#ifndef TRUTH_TWO_H
#define TRUTH_TWO_H
#include "truth.h"

TRUTH int is_whole(double x) { return floor_of(x) == x; }
TRUTH int is_odd_whole(double x) { return is_whole(x) && abs_of(x) < 0x1p53 && ((long long)x & 1); }

TRUTH wide truth_pow(double x, double y) {
    double a = abs_of(x);
    int negative = x < 0 || (x == 0 && 1 / x < 0);
    pair l;
    wide r;
    if (x == 1 || y == 0) return odd_value(1);
    if (x != x || y != y) return odd_value(not_a_number());
    negative = negative && is_odd_whole(y);
    if (abs_of(y) == infinite()) return odd_value(a == 1 ? 1 : (a > 1) == (y > 0) ? infinite() : 0);
    if (x == 0 || a == infinite()) {
        double size = (a == 0) == (y < 0) ? infinite() : 0;
        return odd_value(negative ? -size : size);
    }
    if (x < 0 && !is_whole(y)) return odd_value(not_a_number());
    l = log_of_wide(wide_from(a));
    if (abs_of(y) > 0x1p200) l = l.h == 0 ? l : make((l.h > 0) == (y > 0) ? 4000 : -4000, 0);
    else l = mul1(l, y);
    if (abs_of(l.h) > 2000) r = wide_of(make(1, 0), l.h > 0 ? 3000 : -3000);
    else r = exp_of_pair(l);
    if (negative) r.v = minus(r.v);
    return r;
}
TRUTH wide truth_atan2(double y, double x) {
    wide r;
    if (x != x || y != y) return odd_value(not_a_number());
    if (is_odd_value(x) && is_odd_value(y)) r = plain(times(pi_of(), x < 0 ? 0.75 : 0.25));
    else if (is_odd_value(y)) r = plain(times(pi_of(), 0.5));
    else if (is_odd_value(x)) r = x < 0 ? plain(pi_of()) : odd_value(0);
    else if (y == 0) r = x < 0 || (x == 0 && 1 / x < 0) ? plain(pi_of()) : odd_value(0);
    else r = angle_of(wide_from(abs_of(y)), wide_from(x));
    return with_sign(r, y);
}
TRUTH wide truth_hypot(double x, double y) {
    wide a, b;
    if (abs_of(x) == infinite() || abs_of(y) == infinite()) return odd_value(infinite());
    if (x != x || y != y) return odd_value(not_a_number());
    a = wide_from(x);
    b = wide_from(y);
    a = wide_add(wide_mul(a, a), wide_mul(b, b));
    return a.v.h == 0 ? odd_value(0) : wide_root(a);
}
TRUTH wide truth_rhypot(double x, double y) {
    wide r = truth_hypot(x, y);
    if (r.v.h == 0 || is_odd_value(r.v.h)) return odd_value(1 / r.v.h);
    return wide_quotient(plain(make(1, 0)), r);
}
TRUTH wide truth_fdim(double x, double y) {
    if (x != x || y != y) return odd_value(not_a_number());
    if (!(x > y)) return odd_value(0);
    if (is_odd_value(x) || is_odd_value(y)) return odd_value(infinite());
    return wide_add(wide_from(x), wide_from(-y));
}
/* |x| modulo |y|, both finite, y not 0; *odd: whether the quotient is odd. */
TRUTH double rest_of(double x, double y, int *odd) {
    unsigned long long mask = 0xfffffffffffffull, a = bits_of_double(x) & mask, b = bits_of_double(y) & mask,
                       digit;
    int ea = (int)(bits_of_double(x) >> 52) & 0x7ff, eb = (int)(bits_of_double(y) >> 52) & 0x7ff;
    if (ea) a |= mask + 1;
    else ea = 1;
    if (eb) b |= mask + 1;
    else eb = 1;
    *odd = 0;
    if (ea < eb) return abs_of(x);
    digit = a / b; /* more than a bit where y is subnormal */
    for (a -= digit * b; ea > eb && a; ea--) {
        a <<= 1;
        digit = a >= b;
        if (digit) a -= b;
    }
    *odd = ea == eb && (digit & 1);
    /* a < b < 2^53 in units of the last place of y */
    return scale((double)a, eb - 1075);
}
TRUTH wide truth_fmod(double x, double y) {
    int odd;
    if (x != x || y != y || is_odd_value(x) || y == 0) return odd_value(not_a_number());
    return with_sign(odd_value(is_odd_value(y) ? abs_of(x) : rest_of(x, y, &odd)), x);
}
TRUTH wide truth_remainder(double x, double y) {
    int odd = 0;
    double r, b = abs_of(y), rest;
    if (x != x || y != y || is_odd_value(x) || y == 0) return odd_value(not_a_number());
    r = is_odd_value(y) ? abs_of(x) : rest_of(x, y, &odd);
    rest = b - r; /* r > rest: nearer to the next multiple; exact where they are near each other */
    if (!is_odd_value(y) && (r > rest || (r == rest && odd))) r = r - b;
    return with_sign(odd_value(r), x);
}
#endif
