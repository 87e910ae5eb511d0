/* device/complex128.h: complex numbers of two doubles.
 *
 * Products and quotients are the plain and Smith's formula, the ones that NumPy
 * uses, so that results agree with it to the bit. The logarithm takes log|z|
 * from x^2 + y^2 as a pair, so it keeps its accuracy around |z| = 1; the square
 * root uses the half-angle form that does not cancel. The trigonometric
 * functions are the hyperbolic ones of i z. The inverse ones follow Hull,
 * Fairgrieve and Tang in spirit: asinh and acosh through square roots of z +- 1
 * (Kahan's formulas), atanh through log1p. Odd cases: C's Annex G for
 * infinities and NaN in exp, log, sqrt, sinh, cosh, tanh; signed zeros select
 * the branch. */
#ifndef WF_COMPLEX128_H
#define WF_COMPLEX128_H
#include "f64_atrig.h"
#include "f64_exp.h"
#include "f64_hyper.h"
#include "f64_log.h"
#include "f64_root.h"
#include "f64_trig.h"

WF_INNER wf_c128 wf_complex(double x, double y) {
    wf_c128 z;
    z.x = x;
    z.y = y;
    return z;
}
WF_INNER int wf_finite(double x) { return wf_fabs(x) < WF_INF; }

WF_DEVICE wf_c128 wf_cadd(wf_c128 a, wf_c128 b) { return wf_complex(a.x + b.x, a.y + b.y); }
WF_DEVICE wf_c128 wf_csub(wf_c128 a, wf_c128 b) { return wf_complex(a.x - b.x, a.y - b.y); }
WF_DEVICE wf_c128 wf_cmul(wf_c128 a, wf_c128 b) {
    return wf_complex(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x);
}
WF_DEVICE wf_c128 wf_cdiv(wf_c128 a, wf_c128 b) {
    double ax = wf_fabs(b.x), ay = wf_fabs(b.y), ratio, scale;
    int wide = ax >= ay;
    wf_c128 r;
    ratio = wide ? b.y / b.x : b.x / b.y;
    scale = 1.0 / (wide ? b.x + b.y * ratio : b.x * ratio + b.y);
    r.x = (wide ? a.x + a.y * ratio : a.x * ratio + a.y) * scale;
    r.y = (wide ? a.y - a.x * ratio : a.y * ratio - a.x) * scale;
    r.x = ax == 0.0 && ay == 0.0 ? a.x / ax : r.x;
    r.y = ax == 0.0 && ay == 0.0 ? a.y / ax : r.y;
    return r;
}
WF_DEVICE wf_c128 wf_conj(wf_c128 z) { return wf_complex(z.x, -z.y); }
WF_DEVICE double wf_cabs(wf_c128 z) { return wf_hypot(z.x, z.y); }
WF_DEVICE double wf_carg(wf_c128 z) { return wf_atan2(z.y, z.x); }
/* |m| with the sign of s. Processors disagree about the sign of a NaN: it counts as +. */
WF_INNER double wf_signed_by(double m, double s) { return wf_copysign(m, wf_isnan(s) ? 1.0 : s); }
WF_DEVICE wf_c128 wf_cproj(wf_c128 z) {
    int infinite = wf_isinf(z.x) || wf_isinf(z.y);
    return infinite ? wf_complex(WF_INF, wf_signed_by(0.0, z.y)) : z;
}

/* (x + i y) exp(real + low), also where that alone overflows; x and y at most 1.
 */
WF_INNER wf_c128 wf_cexp_times(double real, double low, double x, double y) {
    double c = real > 1500.0 ? 1500.0 : real < -1400.0 ? -1400.0 : real;
    wf_exp_scaled e = wf_exp_of_pair(wf_dd_make(c, c == real ? low : 0.0));
    int large = e.n > 1000;
    double h = (e.h.h + e.h.l) * (large ? 0x1p300 : 1.0);
    e.n = large ? e.n - 300 : e.n;
    return wf_complex(wf_scale(h * x, e.n), wf_scale(h * y, e.n));
}
WF_DEVICE wf_c128 wf_cexp(wf_c128 z) {
    double s, c;
    wf_c128 r;
    wf_sincos(z.y, &s, &c);
    r = wf_cexp_times(z.x, 0.0, c, s);
    if (z.y == 0.0) r = wf_complex(wf_exp(z.x), z.y);
    if (!wf_finite(z.y)) {
        r = wf_complex(WF_NAN, WF_NAN);
        if (z.x == -WF_INF) r = wf_complex(0.0, wf_signed_by(0.0, z.y));
        if (z.x == WF_INF) r = wf_complex(WF_INF, WF_NAN);
    }
    if (wf_isnan(z.x) && z.y != 0.0) r = wf_complex(WF_NAN, WF_NAN);
    return r;
}

/* log|z|. */
WF_INNER double wf_clog_modulus(double x, double y) {
    double a = wf_fabs(x), b = wf_fabs(y), big, small, scale, r;
    wf_dd sum, l;
    big = a > b ? a : b;
    small = a > b ? b : a;
    if (!(big < WF_INF) || wf_isnan(small)) return wf_isinf(a) || wf_isinf(b) ? WF_INF : WF_NAN;
    if (big == 0.0) return -WF_INF;
    scale = wf_norm_scale(big);
    sum = wf_dd_add(wf_dd_prod(big * scale, big * scale), wf_dd_prod(small * scale, small * scale));
    if (scale == 1.0 && sum.h > 0.5 && sum.h < 2.0) {
        /* x^2 - 1 exactly, then y^2 */
        sum = wf_dd_add(wf_dd_mul(wf_dd_sum(big, -1.0), wf_dd_sum(big, 1.0)), wf_dd_prod(small, small));
        l = wf_log1p_pair(sum, 0);
        return 0.5 * (l.h + l.l);
    }
    l = wf_log_positive(sum.h);
    l = wf_dd_fast(l.h, l.l + sum.l / sum.h);
    r = scale == 1.0 ? 0.0 : scale < 1.0 ? 600.0 : -600.0;
    l = wf_dd_add(wf_dd_times(l, 0.5),
                  wf_dd_mul1(wf_dd_make(0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56), r));
    return l.h + l.l;
}
WF_DEVICE wf_c128 wf_clog(wf_c128 z) { return wf_complex(wf_clog_modulus(z.x, z.y), wf_atan2(z.y, z.x)); }
WF_DEVICE wf_c128 wf_clog2(wf_c128 z) {
    wf_c128 l = wf_clog(z);
    return wf_complex(l.x * 0x1.71547652b82fep+0, l.y * 0x1.71547652b82fep+0);
}
WF_DEVICE wf_c128 wf_clog10(wf_c128 z) {
    wf_c128 l = wf_clog(z);
    return wf_complex(l.x * 0x1.bcb7b1526e50ep-2, l.y * 0x1.bcb7b1526e50ep-2);
}
/* exp(z log 2), both parts of the product in two words. */
WF_DEVICE wf_c128 wf_cexp2(wf_c128 z) {
    double x = z.x * 0x1.62e42fefa39efp-1, y = z.y * 0x1.62e42fefa39efp-1, s, c;
    double xl = wf_fma(z.x, 0x1.62e42fefa39efp-1, -x) + z.x * 0x1.abc9e3b39803fp-56,
           yl = wf_fma(z.y, 0x1.62e42fefa39efp-1, -y) + z.y * 0x1.abc9e3b39803fp-56;
    if (z.y == 0.0) return wf_complex(wf_exp2(z.x), z.y);
    if (!(wf_fabs(x) < 1000.0 && wf_fabs(yl) < 0x1p-10)) return wf_cexp(wf_complex(x, y));
    wf_sincos(y, &s, &c);
    return wf_cexp_times(x, xl, c - s * yl, s + c * yl);
}
/* exp(x) cos y - 1 = expm1(x) cos y - 2 sin(y/2)^2, for small x */
WF_DEVICE wf_c128 wf_cexpm1(wf_c128 z) {
    double half = wf_sin(0.5 * z.y), s, c, e = wf_exp(z.x);
    wf_sincos(z.y, &s, &c);
    c = wf_fabs(z.x) < 0.5 ? wf_expm1(z.x) * c - 2.0 * half * half : e * c - 1.0;
    return wf_complex(c, e * s);
}
/* log|1 + z| is log1p(x (2 + x) + y^2) / 2 where that keeps its accuracy. */
WF_DEVICE wf_c128 wf_clog1p(wf_c128 z) {
    double one = 1.0 + z.x, r;
    int near = z.x > -0.25 && z.x < 0x1p400 && wf_fabs(z.y) < 0x1p400;
    r = near ? 0.5 * wf_log1p(wf_fma(z.y, z.y, z.x * (2.0 + z.x))) : wf_clog_modulus(one, z.y);
    return wf_complex(r, wf_atan2(z.y, one));
}
WF_DEVICE wf_c128 wf_csqrt(wf_c128 z) {
    double a = wf_fabs(z.x), b = wf_fabs(z.y), scale, back, r, t;
    int flat = a == 0.0 && b == 0.0;
    if (b == WF_INF) return wf_complex(WF_INF, z.y);
    if (a == WF_INF) {
        double zero = wf_isnan(z.y) ? z.y : wf_copysign(0.0, z.y), nan = wf_isnan(z.y) ? z.y : 0.0;
        return z.x > 0.0 ? wf_complex(WF_INF, zero) : wf_complex(nan, wf_signed_by(WF_INF, z.y));
    }
    if (flat) return wf_complex(0.0, z.y);
    t = a > b ? a : b;
    scale = t > 0x1p500 ? 0x1p-600 : t < 0x1p-450 ? 0x1p600 : 1.0;
    back = scale == 1.0 ? 1.0 : scale < 1.0 ? 0x1p300 : 0x1p-300;
    a = a * scale;
    b = b * scale;
    t = wf_hypot(a, b);
    t = wf_sqrt(0.5 * (t + a));
    t = t * back;
    r = wf_fabs(z.y) / (t + t); /* not of b, which may have become 0 */
    return z.x >= 0.0 ? wf_complex(t, wf_copysign(r, z.y)) : wf_complex(r, wf_copysign(t, z.y));
}
/* exp(w log z); 0 to a power with positive real part is 0, anything to 0 is 1.
 * Small integer powers are products. */
WF_DEVICE wf_c128 wf_cpow(wf_c128 z, wf_c128 w) {
    wf_c128 l, r;
    if (w.x == 0.0 && w.y == 0.0) return wf_complex(1.0, 0.0);
    if (z.x == 0.0 && z.y == 0.0) {
        if (w.x > 0.0) return wf_complex(0.0, 0.0);
        return wf_complex(WF_NAN, WF_NAN);
    }
    if (w.y == 0.0) {
        if (w.x == 1.0) return z;
        if (w.x == 2.0) return wf_cmul(z, z);
        if (w.x == 3.0) return wf_cmul(z, wf_cmul(z, z));
        if (wf_fabs(w.x) < 100.0 && wf_trunc(w.x) == w.x) {
            int n = (int)wf_fabs(w.x);
            wf_c128 power = z;
            r = wf_complex(1.0, 0.0);
            while (n > 0) {
                if (n & 1) r = wf_cmul(r, power);
                power = wf_cmul(power, power);
                n = n >> 1;
            }
            return w.x < 0.0 ? wf_cdiv(wf_complex(1.0, 0.0), r) : r;
        }
    }
    l = wf_clog(z);
    r = wf_cmul(w, l);
    return wf_cexp(r);
}

WF_DEVICE wf_c128 wf_csinh(wf_c128 z) {
    double s, c, e = wf_fabs(z.x);
    wf_c128 r;
    wf_sincos(z.y, &s, &c);
    if (z.y == 0.0) return wf_complex(wf_sinh(z.x), z.y);
    if (!wf_finite(z.y)) {
        if (z.x == 0.0) return wf_complex(z.x, WF_NAN);
        return wf_complex(wf_isinf(z.x) ? WF_INF : WF_NAN, WF_NAN);
    }
    if (e < 700.0) return wf_complex(wf_sinh(z.x) * c, wf_cosh(z.x) * s);
    r = wf_cexp_times(e, 0.0, c * 0.5, s * 0.5);
    return wf_isnan(z.x) ? wf_complex(z.x, z.x) : wf_complex(wf_copysign(1.0, z.x) * r.x, r.y);
}
WF_DEVICE wf_c128 wf_ccosh(wf_c128 z) {
    double s, c, e = wf_fabs(z.x);
    wf_c128 r;
    wf_sincos(z.y, &s, &c);
    if (z.y == 0.0) return wf_complex(wf_cosh(z.x), wf_isnan(z.x) ? z.y : wf_copysign(1.0, z.x) * z.y);
    if (!wf_finite(z.y)) {
        if (z.x == 0.0) return wf_complex(WF_NAN, 0.0);
        return wf_complex(wf_isinf(z.x) ? WF_INF : WF_NAN, WF_NAN);
    }
    if (e < 700.0) return wf_complex(wf_cosh(z.x) * c, wf_sinh(z.x) * s);
    r = wf_cexp_times(e, 0.0, c * 0.5, s * 0.5);
    return wf_isnan(z.x) ? wf_complex(z.x, z.x) : wf_complex(r.x, wf_copysign(1.0, z.x) * r.y);
}
/* With t = tan y, s = sinh x, c = cosh x, b = 1 + t^2:  tanh z = (b s c + i t)
 * / (1 + b s^2) (Kahan). */
WF_DEVICE wf_c128 wf_ctanh(wf_c128 z) {
    double t, b, s, c, below, sine, cosine;
    if (!wf_finite(z.x)) {
        if (wf_isnan(z.x)) return wf_complex(z.x, z.y == 0.0 ? z.y : z.x);
        wf_sincos(z.y, &sine, &cosine);
        t = wf_finite(z.y) ? sine * cosine : z.y;
        return wf_complex(wf_copysign(1.0, z.x), wf_signed_by(0.0, t));
    }
    if (!wf_finite(z.y)) return wf_complex(z.x == 0.0 ? z.x : WF_NAN, WF_NAN);
    if (wf_fabs(z.x) > 22.0) {
        wf_sincos(z.y, &sine, &cosine);
        t = wf_exp(-wf_fabs(z.x));
        return wf_complex(wf_copysign(1.0, z.x), 4.0 * sine * cosine * t * t);
    }
    t = wf_tan(z.y);
    b = 1.0 + t * t;
    s = wf_sinh(z.x);
    c = wf_sqrt(1.0 + s * s);
    if (wf_isinf(t)) return wf_complex(c / s, 1.0 / t);
    below = 1.0 + b * s * s;
    return wf_complex(b * c * s / below, t / below);
}
/* The hyperbolic ones of i conj(z), which exchanges the parts, and of i z. */
WF_DEVICE wf_c128 wf_csin(wf_c128 z) {
    wf_c128 r = wf_csinh(wf_complex(z.y, z.x));
    return wf_complex(r.y, r.x);
}
WF_DEVICE wf_c128 wf_ccos(wf_c128 z) { return wf_ccosh(wf_complex(-z.y, z.x)); }
WF_DEVICE wf_c128 wf_ctan(wf_c128 z) {
    wf_c128 r = wf_ctanh(wf_complex(z.y, z.x));
    return wf_complex(r.y, r.x);
}

/* Kahan: with p = sqrt(1 + z), q = sqrt(1 - z): asin z = atan(x / Re(p q)) + i
 * asinh(Im(conj(q) p)), acos z = 2 atan(Re q / Re p) + i asinh(Im(conj(p) q)).
 * Huge |z|: asin z = i log(-2 i z) and the like. */
WF_DEVICE wf_c128 wf_casin(wf_c128 z) {
    wf_c128 p = wf_csqrt(wf_complex(1.0 + z.x, z.y)), q = wf_csqrt(wf_complex(1.0 - z.x, -z.y)), r;
    double a = wf_fabs(z.x), b = wf_fabs(z.y);
    if (a > 0x1p450 || b > 0x1p450 || wf_isnan(a) || wf_isnan(b)) {
        double modulus = wf_clog_modulus(a, b) + 0x1.62e42fefa39efp-1, angle = wf_atan2(a, b);
        if (z.x == 0.0 && wf_isnan(b)) angle = 0.0;
        return wf_complex(wf_signed_by(angle, z.x), wf_signed_by(modulus, z.y));
    }
    r.x = wf_atan2(z.x, p.x * q.x - p.y * q.y);
    r.y = wf_asinh(q.x * p.y - q.y * p.x);
    return r;
}
WF_DEVICE wf_c128 wf_cacos(wf_c128 z) {
    wf_c128 p = wf_csqrt(wf_complex(1.0 + z.x, z.y)), q = wf_csqrt(wf_complex(1.0 - z.x, -z.y)), r;
    double a = wf_fabs(z.x), b = wf_fabs(z.y);
    if (a > 0x1p450 || b > 0x1p450 || wf_isnan(a) || wf_isnan(b)) {
        double modulus = wf_clog_modulus(a, b) + 0x1.62e42fefa39efp-1, angle = wf_atan2(b, z.x);
        if (z.x == 0.0 && wf_isnan(b)) angle = 0x1.921fb54442d18p+0;
        return wf_complex(angle, -wf_signed_by(modulus, z.y));
    }
    r.x = 2.0 * wf_atan2(q.x, p.x);
    r.y = wf_asinh(p.x * q.y - p.y * q.x);
    return r;
}
/* atanh z = (log((1 + x)^2 + y^2) - log((1 - x)^2 + y^2)) / 4 + i atan2(2 y, (1
 * - x) (1 + x) - y^2) / 2 */
WF_DEVICE wf_c128 wf_catanh(wf_c128 z) {
    double a = wf_fabs(z.x), b = wf_fabs(z.y), far, x, y;
    if (wf_isnan(a) || wf_isnan(b)) {
        if (wf_isinf(b)) return wf_complex(wf_signed_by(0.0, z.x), wf_copysign(0x1.921fb54442d18p+0, z.y));
        if (wf_isinf(a)) return wf_complex(wf_copysign(0.0, z.x), z.y);
        return wf_complex(a == 0.0 ? z.x : WF_NAN, WF_NAN);
    }
    if (a > 0x1p450 || b > 0x1p450) { /* 1 / z, and a right angle */
        double h = wf_hypot(0.5 * a, 0.5 * b);
        x = h < WF_INF ? a / h * 0.25 / h : 0.0;
        return wf_complex(wf_copysign(x, z.x), wf_copysign(0x1.921fb54442d18p+0, z.y));
    }
    far = (1.0 - a) * (1.0 - a) + b * b;
    x = 0.25 * wf_log1p(4.0 * a / far);
    x = a == 1.0 && far == 0.0 ? (b == 0.0 ? WF_INF : -0.5 * wf_log(0.5 * b)) : x;
    y = 0.5 * wf_atan2(b + b, (1.0 - a) * (1.0 + a) - b * b);
    return wf_complex(wf_copysign(x, z.x), wf_copysign(y, z.y));
}
WF_DEVICE wf_c128 wf_casinh(wf_c128 z) {
    wf_c128 r = wf_casin(wf_complex(-z.y, z.x));
    return wf_complex(r.y, -r.x);
}
/* acosh z = +- i acos z, with the real part not negative. */
WF_DEVICE wf_c128 wf_cacosh(wf_c128 z) {
    wf_c128 r = wf_cacos(z);
    return wf_complex(wf_fabs(r.y), wf_signed_by(r.x, z.y));
}
WF_DEVICE wf_c128 wf_catan(wf_c128 z) {
    wf_c128 r = wf_catanh(wf_complex(-z.y, z.x));
    return wf_complex(r.y, wf_isnan(z.y) ? wf_fabs(r.x) : -r.x);
}
#endif
