/* device/complex64.h: complex numbers of two floats.
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
#ifndef WF_COMPLEX64_H
#define WF_COMPLEX64_H
#include "f32_atrig.h"
#include "f32_exp.h"
#include "f32_hyper.h"
#include "f32_log.h"
#include "f32_root.h"
#include "f32_trig.h"

WF_INNER wf_c64 wf_complexf(float x, float y) {
    wf_c64 z;
    z.x = x;
    z.y = y;
    return z;
}
WF_INNER int wf_finitef(float x) { return wf_fabsf(x) < WF_INFF; }

WF_DEVICE wf_c64 wf_caddf(wf_c64 a, wf_c64 b) { return wf_complexf(a.x + b.x, a.y + b.y); }
WF_DEVICE wf_c64 wf_csubf(wf_c64 a, wf_c64 b) { return wf_complexf(a.x - b.x, a.y - b.y); }
WF_DEVICE wf_c64 wf_cmulf(wf_c64 a, wf_c64 b) {
    return wf_complexf(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x);
}
WF_DEVICE wf_c64 wf_cdivf(wf_c64 a, wf_c64 b) {
    float ax = wf_fabsf(b.x), ay = wf_fabsf(b.y), ratio, scale;
    int wide = ax >= ay;
    wf_c64 r;
    ratio = wide ? b.y / b.x : b.x / b.y;
    scale = 1.0f / (wide ? b.x + b.y * ratio : b.x * ratio + b.y);
    r.x = (wide ? a.x + a.y * ratio : a.x * ratio + a.y) * scale;
    r.y = (wide ? a.y - a.x * ratio : a.y * ratio - a.x) * scale;
    r.x = ax == 0.0f && ay == 0.0f ? a.x / ax : r.x;
    r.y = ax == 0.0f && ay == 0.0f ? a.y / ax : r.y;
    return r;
}
WF_DEVICE wf_c64 wf_conjf(wf_c64 z) { return wf_complexf(z.x, -z.y); }
WF_DEVICE float wf_cabsf(wf_c64 z) { return wf_hypotf(z.x, z.y); }
WF_DEVICE float wf_cargf(wf_c64 z) { return wf_atan2f(z.y, z.x); }
/* |m| with the sign of s. Processors disagree about the sign of a NaN: it counts as +. */
WF_INNER float wf_signed_byf(float m, float s) { return wf_copysignf(m, wf_isnanf(s) ? 1.0f : s); }
WF_DEVICE wf_c64 wf_cprojf(wf_c64 z) {
    int infinite = wf_isinff(z.x) || wf_isinff(z.y);
    return infinite ? wf_complexf(WF_INFF, wf_signed_byf(0.0f, z.y)) : z;
}

/* (x + i y) exp(real + low), also where that alone overflows; x and y at most 1.
 */
WF_INNER wf_c64 wf_cexpf_times(float real, float low, float x, float y) {
    float c = real > 200.0f ? 200.0f : real < -170.0f ? -170.0f : real;
    wf_expf_scaled e = wf_expf_of_pair(wf_ff_make(c, c == real ? low : 0.0f));
    int large = e.n > 100;
    float h = (e.h.h + e.h.l) * (large ? 0x1p60f : 1.0f);
    e.n = large ? e.n - 60 : e.n;
    return wf_complexf(wf_scalef(h * x, e.n), wf_scalef(h * y, e.n));
}
WF_DEVICE wf_c64 wf_cexpf(wf_c64 z) {
    float s, c;
    wf_c64 r;
    wf_sincosf(z.y, &s, &c);
    r = wf_cexpf_times(z.x, 0.0f, c, s);
    if (z.y == 0.0f) r = wf_complexf(wf_expf(z.x), z.y);
    if (!wf_finitef(z.y)) {
        r = wf_complexf(WF_NANF, WF_NANF);
        if (z.x == -WF_INFF) r = wf_complexf(0.0f, wf_signed_byf(0.0f, z.y));
        if (z.x == WF_INFF) r = wf_complexf(WF_INFF, WF_NANF);
    }
    if (wf_isnanf(z.x) && z.y != 0.0f) r = wf_complexf(WF_NANF, WF_NANF);
    return r;
}

/* log|z|. */
WF_INNER float wf_clogf_modulus(float x, float y) {
    float a = wf_fabsf(x), b = wf_fabsf(y), big, small, scale, r;
    wf_ff sum, l;
    big = a > b ? a : b;
    small = a > b ? b : a;
    if (!(big < WF_INFF) || wf_isnanf(small)) return wf_isinff(a) || wf_isinff(b) ? WF_INFF : WF_NANF;
    if (big == 0.0f) return -WF_INFF;
    scale = wf_normf_scale(big);
    sum = wf_ff_add(wf_ff_prod(big * scale, big * scale), wf_ff_prod(small * scale, small * scale));
    if (scale == 1.0f && sum.h > 0.5f && sum.h < 2.0f) {
        /* x^2 - 1 exactly, then y^2 */
        sum = wf_ff_add(wf_ff_mul(wf_ff_sum(big, -1.0f), wf_ff_sum(big, 1.0f)), wf_ff_prod(small, small));
        l = wf_log1pf_pair(sum, 0);
        return 0.5f * (l.h + l.l);
    }
    l = wf_logf_positive(sum.h);
    l = wf_ff_fast(l.h, l.l + sum.l / sum.h);
    r = scale == 1.0f ? 0.0f : scale < 1.0f ? 70.0f : -90.0f;
    l = wf_ff_add(wf_ff_times(l, 0.5f), wf_ff_mul1(wf_ff_make(0x1.62e43p-1f, -0x1.05c61p-29f), r));
    return l.h + l.l;
}
WF_DEVICE wf_c64 wf_clogf(wf_c64 z) { return wf_complexf(wf_clogf_modulus(z.x, z.y), wf_atan2f(z.y, z.x)); }
WF_DEVICE wf_c64 wf_clog2f(wf_c64 z) {
    wf_c64 l = wf_clogf(z);
    return wf_complexf(l.x * 0x1.715476p+0f, l.y * 0x1.715476p+0f);
}
WF_DEVICE wf_c64 wf_clog10f(wf_c64 z) {
    wf_c64 l = wf_clogf(z);
    return wf_complexf(l.x * 0x1.bcb7b2p-2f, l.y * 0x1.bcb7b2p-2f);
}
/* exp(z log 2), both parts of the product in two words. */
WF_DEVICE wf_c64 wf_cexp2f(wf_c64 z) {
    float x = z.x * 0x1.62e43p-1f, y = z.y * 0x1.62e43p-1f, s, c;
    float xl = wf_fmaf(z.x, 0x1.62e43p-1f, -x) + z.x * -0x1.05c61p-29f,
          yl = wf_fmaf(z.y, 0x1.62e43p-1f, -y) + z.y * -0x1.05c61p-29f;
    if (z.y == 0.0f) return wf_complexf(wf_exp2f(z.x), z.y);
    if (!(wf_fabsf(x) < 1000.0f && wf_fabsf(yl) < 0x1p-10f)) return wf_cexpf(wf_complexf(x, y));
    wf_sincosf(y, &s, &c);
    return wf_cexpf_times(x, xl, c - s * yl, s + c * yl);
}
/* exp(x) cos y - 1 = expm1(x) cos y - 2 sin(y/2)^2, for small x */
WF_DEVICE wf_c64 wf_cexpm1f(wf_c64 z) {
    float half = wf_sinf(0.5f * z.y), s, c, e = wf_expf(z.x);
    wf_sincosf(z.y, &s, &c);
    c = wf_fabsf(z.x) < 0.5f ? wf_expm1f(z.x) * c - 2.0f * half * half : e * c - 1.0f;
    return wf_complexf(c, e * s);
}
/* log|1 + z| is log1p(x (2 + x) + y^2) / 2 where that keeps its accuracy. */
WF_DEVICE wf_c64 wf_clog1pf(wf_c64 z) {
    float one = 1.0f + z.x, r;
    int near = z.x > -0.25f && z.x < 0x1p50f && wf_fabsf(z.y) < 0x1p50f;
    r = near ? 0.5f * wf_log1pf(wf_fmaf(z.y, z.y, z.x * (2.0f + z.x))) : wf_clogf_modulus(one, z.y);
    return wf_complexf(r, wf_atan2f(z.y, one));
}
WF_DEVICE wf_c64 wf_csqrtf(wf_c64 z) {
    float a = wf_fabsf(z.x), b = wf_fabsf(z.y), scale, back, r, t;
    int flat = a == 0.0f && b == 0.0f;
    if (b == WF_INFF) return wf_complexf(WF_INFF, z.y);
    if (a == WF_INFF) {
        float zero = wf_isnanf(z.y) ? z.y : wf_copysignf(0.0f, z.y), nan = wf_isnanf(z.y) ? z.y : 0.0f;
        return z.x > 0.0f ? wf_complexf(WF_INFF, zero) : wf_complexf(nan, wf_signed_byf(WF_INFF, z.y));
    }
    if (flat) return wf_complexf(0.0f, z.y);
    t = a > b ? a : b;
    scale = t > 0x1p60f ? 0x1p-70f : t < 0x1p-60f ? 0x1p90f : 1.0f;
    back = scale == 1.0f ? 1.0f : scale < 1.0f ? 0x1p35f : 0x1p-45f;
    a = a * scale;
    b = b * scale;
    t = wf_hypotf(a, b);
    t = wf_sqrtf(0.5f * (t + a));
    t = t * back;
    r = wf_fabsf(z.y) / (t + t); /* not of b, which may have become 0 */
    return z.x >= 0.0f ? wf_complexf(t, wf_copysignf(r, z.y)) : wf_complexf(r, wf_copysignf(t, z.y));
}
/* exp(w log z); 0 to a power with positive real part is 0, anything to 0 is 1.
 * Small integer powers are products. */
WF_DEVICE wf_c64 wf_cpowf(wf_c64 z, wf_c64 w) {
    wf_c64 l, r;
    if (w.x == 0.0f && w.y == 0.0f) return wf_complexf(1.0f, 0.0f);
    if (z.x == 0.0f && z.y == 0.0f) {
        if (w.x > 0.0f) return wf_complexf(0.0f, 0.0f);
        return wf_complexf(WF_NANF, WF_NANF);
    }
    if (w.y == 0.0f) {
        if (w.x == 1.0f) return z;
        if (w.x == 2.0f) return wf_cmulf(z, z);
        if (w.x == 3.0f) return wf_cmulf(z, wf_cmulf(z, z));
        if (wf_fabsf(w.x) < 100.0f && wf_truncf(w.x) == w.x) {
            int n = (int)wf_fabsf(w.x);
            wf_c64 power = z;
            r = wf_complexf(1.0f, 0.0f);
            while (n > 0) {
                if (n & 1) r = wf_cmulf(r, power);
                power = wf_cmulf(power, power);
                n = n >> 1;
            }
            return w.x < 0.0f ? wf_cdivf(wf_complexf(1.0f, 0.0f), r) : r;
        }
    }
    l = wf_clogf(z);
    r = wf_cmulf(w, l);
    return wf_cexpf(r);
}

WF_DEVICE wf_c64 wf_csinhf(wf_c64 z) {
    float s, c, e = wf_fabsf(z.x);
    wf_c64 r;
    wf_sincosf(z.y, &s, &c);
    if (z.y == 0.0f) return wf_complexf(wf_sinhf(z.x), z.y);
    if (!wf_finitef(z.y)) {
        if (z.x == 0.0f) return wf_complexf(z.x, WF_NANF);
        return wf_complexf(wf_isinff(z.x) ? WF_INFF : WF_NANF, WF_NANF);
    }
    if (e < 80.0f) return wf_complexf(wf_sinhf(z.x) * c, wf_coshf(z.x) * s);
    r = wf_cexpf_times(e, 0.0f, c * 0.5f, s * 0.5f);
    return wf_isnanf(z.x) ? wf_complexf(z.x, z.x) : wf_complexf(wf_copysignf(1.0f, z.x) * r.x, r.y);
}
WF_DEVICE wf_c64 wf_ccoshf(wf_c64 z) {
    float s, c, e = wf_fabsf(z.x);
    wf_c64 r;
    wf_sincosf(z.y, &s, &c);
    if (z.y == 0.0f) return wf_complexf(wf_coshf(z.x), wf_isnanf(z.x) ? z.y : wf_copysignf(1.0f, z.x) * z.y);
    if (!wf_finitef(z.y)) {
        if (z.x == 0.0f) return wf_complexf(WF_NANF, 0.0f);
        return wf_complexf(wf_isinff(z.x) ? WF_INFF : WF_NANF, WF_NANF);
    }
    if (e < 80.0f) return wf_complexf(wf_coshf(z.x) * c, wf_sinhf(z.x) * s);
    r = wf_cexpf_times(e, 0.0f, c * 0.5f, s * 0.5f);
    return wf_isnanf(z.x) ? wf_complexf(z.x, z.x) : wf_complexf(r.x, wf_copysignf(1.0f, z.x) * r.y);
}
/* With t = tan y, s = sinh x, c = cosh x, b = 1 + t^2:  tanh z = (b s c + i t)
 * / (1 + b s^2) (Kahan). */
WF_DEVICE wf_c64 wf_ctanhf(wf_c64 z) {
    float t, b, s, c, below, sine, cosine;
    if (!wf_finitef(z.x)) {
        if (wf_isnanf(z.x)) return wf_complexf(z.x, z.y == 0.0f ? z.y : z.x);
        wf_sincosf(z.y, &sine, &cosine);
        t = wf_finitef(z.y) ? sine * cosine : z.y;
        return wf_complexf(wf_copysignf(1.0f, z.x), wf_signed_byf(0.0f, t));
    }
    if (!wf_finitef(z.y)) return wf_complexf(z.x == 0.0f ? z.x : WF_NANF, WF_NANF);
    if (wf_fabsf(z.x) > 11.0f) {
        wf_sincosf(z.y, &sine, &cosine);
        t = wf_expf(-wf_fabsf(z.x));
        return wf_complexf(wf_copysignf(1.0f, z.x), 4.0f * sine * cosine * t * t);
    }
    t = wf_tanf(z.y);
    b = 1.0f + t * t;
    s = wf_sinhf(z.x);
    c = wf_sqrtf(1.0f + s * s);
    if (wf_isinff(t)) return wf_complexf(c / s, 1.0f / t);
    below = 1.0f + b * s * s;
    return wf_complexf(b * c * s / below, t / below);
}
/* The hyperbolic ones of i conj(z), which exchanges the parts, and of i z. */
WF_DEVICE wf_c64 wf_csinf(wf_c64 z) {
    wf_c64 r = wf_csinhf(wf_complexf(z.y, z.x));
    return wf_complexf(r.y, r.x);
}
WF_DEVICE wf_c64 wf_ccosf(wf_c64 z) { return wf_ccoshf(wf_complexf(-z.y, z.x)); }
WF_DEVICE wf_c64 wf_ctanf(wf_c64 z) {
    wf_c64 r = wf_ctanhf(wf_complexf(z.y, z.x));
    return wf_complexf(r.y, r.x);
}

/* Kahan: with p = sqrt(1 + z), q = sqrt(1 - z): asin z = atan(x / Re(p q)) + i
 * asinh(Im(conj(q) p)), acos z = 2 atan(Re q / Re p) + i asinh(Im(conj(p) q)).
 * Huge |z|: asin z = i log(-2 i z) and the like. */
WF_DEVICE wf_c64 wf_casinf(wf_c64 z) {
    wf_c64 p = wf_csqrtf(wf_complexf(1.0f + z.x, z.y)), q = wf_csqrtf(wf_complexf(1.0f - z.x, -z.y)), r;
    float a = wf_fabsf(z.x), b = wf_fabsf(z.y);
    if (a > 0x1p50f || b > 0x1p50f || wf_isnanf(a) || wf_isnanf(b)) {
        float modulus = wf_clogf_modulus(a, b) + 0x1.62e43p-1f, angle = wf_atan2f(a, b);
        if (z.x == 0.0f && wf_isnanf(b)) angle = 0.0f;
        return wf_complexf(wf_signed_byf(angle, z.x), wf_signed_byf(modulus, z.y));
    }
    r.x = wf_atan2f(z.x, p.x * q.x - p.y * q.y);
    r.y = wf_asinhf(q.x * p.y - q.y * p.x);
    return r;
}
WF_DEVICE wf_c64 wf_cacosf(wf_c64 z) {
    wf_c64 p = wf_csqrtf(wf_complexf(1.0f + z.x, z.y)), q = wf_csqrtf(wf_complexf(1.0f - z.x, -z.y)), r;
    float a = wf_fabsf(z.x), b = wf_fabsf(z.y);
    if (a > 0x1p50f || b > 0x1p50f || wf_isnanf(a) || wf_isnanf(b)) {
        float modulus = wf_clogf_modulus(a, b) + 0x1.62e43p-1f, angle = wf_atan2f(b, z.x);
        if (z.x == 0.0f && wf_isnanf(b)) angle = 0x1.921fb6p+0f;
        return wf_complexf(angle, -wf_signed_byf(modulus, z.y));
    }
    r.x = 2.0f * wf_atan2f(q.x, p.x);
    r.y = wf_asinhf(p.x * q.y - p.y * q.x);
    return r;
}
/* atanh z = (log((1 + x)^2 + y^2) - log((1 - x)^2 + y^2)) / 4 + i atan2(2 y, (1
 * - x) (1 + x) - y^2) / 2 */
WF_DEVICE wf_c64 wf_catanhf(wf_c64 z) {
    float a = wf_fabsf(z.x), b = wf_fabsf(z.y), far, x, y;
    if (wf_isnanf(a) || wf_isnanf(b)) {
        if (wf_isinff(b)) return wf_complexf(wf_signed_byf(0.0f, z.x), wf_copysignf(0x1.921fb6p+0f, z.y));
        if (wf_isinff(a)) return wf_complexf(wf_copysignf(0.0f, z.x), z.y);
        return wf_complexf(a == 0.0f ? z.x : WF_NANF, WF_NANF);
    }
    if (a > 0x1p50f || b > 0x1p50f) { /* 1 / z, and a right angle */
        float h = wf_hypotf(0.5f * a, 0.5f * b);
        x = h < WF_INFF ? a / h * 0.25f / h : 0.0f;
        return wf_complexf(wf_copysignf(x, z.x), wf_copysignf(0x1.921fb6p+0f, z.y));
    }
    far = (1.0f - a) * (1.0f - a) + b * b;
    x = 0.25f * wf_log1pf(4.0f * a / far);
    x = a == 1.0f && far == 0.0f ? (b == 0.0f ? WF_INFF : -0.5f * wf_logf(0.5f * b)) : x;
    y = 0.5f * wf_atan2f(b + b, (1.0f - a) * (1.0f + a) - b * b);
    return wf_complexf(wf_copysignf(x, z.x), wf_copysignf(y, z.y));
}
WF_DEVICE wf_c64 wf_casinhf(wf_c64 z) {
    wf_c64 r = wf_casinf(wf_complexf(-z.y, z.x));
    return wf_complexf(r.y, -r.x);
}
/* acosh z = +- i acos z, with the real part not negative. */
WF_DEVICE wf_c64 wf_cacoshf(wf_c64 z) {
    wf_c64 r = wf_cacosf(z);
    return wf_complexf(wf_fabsf(r.y), wf_signed_byf(r.x, z.y));
}
WF_DEVICE wf_c64 wf_catanf(wf_c64 z) {
    wf_c64 r = wf_catanhf(wf_complexf(-z.y, z.x));
    return wf_complexf(r.y, wf_isnanf(z.y) ? wf_fabsf(r.x) : -r.x);
}
#endif
