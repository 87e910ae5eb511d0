/* device/directed.h: arithmetic and conversions that round down, up or towards zero (__fadd_rd, __dmul_ru,
 * __ll2float_rz …).
 *
 * Each finds the nearest number (or a neighbour of the exact result) and the sign of what the exact result is
 * beyond it; the sign says whether the number on the other side is meant. For float32 double holds what is
 * lost. For float64 the operands are scaled to [1, 2) first, so that no product, sum or remainder on the way
 * can overflow or fall below the smallest number; the result is scaled back last, and what that loses, of a
 * subnormal one, counts too. Odd cases: overflow stops at the largest number where the direction says so; an
 * exact sum of zero is -0 when rounded down, unless both parts are +0. */
#ifndef WF_DIRECTED_H
#define WF_DIRECTED_H
#include "f32_round.h"
#include "f64_round.h"

enum { WF_DOWN, WF_UP, WF_CUT }; /* the direction; cut: towards zero */

/* 1: the next number up is meant; -1: the next one down. v is next to the exact result, and less than it
 * where beyond > 0. */
WF_INNER int wf_step(int way, int negative, double beyond) {
    int up = way == WF_UP || (way == WF_CUT && negative),
        down = way == WF_DOWN || (way == WF_CUT && !negative);
    return beyond > 0.0 && up ? 1 : beyond < 0.0 && down ? -1 : 0;
}
WF_INNER float wf_neighbourf(float v, int step) {
    unsigned int b = wf_float_bits(v);
    if (!step) return v;
    if (v == 0.0f) return wf_bits_float(step > 0 ? 1u : 0x80000001u);
    return wf_bits_float((b >> 31 != 0) == (step < 0) ? b + 1u : b - 1u);
}
WF_INNER double wf_neighbour(double v, int step) {
    unsigned long long b = wf_double_bits(v);
    if (!step) return v;
    if (v == 0.0) return wf_bits_double(step > 0 ? 1u : 0x8000000000000001ull);
    return wf_bits_double((b >> 63 != 0) == (step < 0) ? b + 1u : b - 1u);
}
/* Whether an infinite v that came of finite numbers means the largest number. */
WF_INNER int wf_keeps_finite(int way, int negative) { return way == WF_CUT || (way == WF_DOWN) == !negative; }
WF_INNER float wf_directf(float v, double beyond, int finite, int way) {
    int negative = wf_copysignf(1.0f, v) < 0.0f;
    if (!finite || v != v) return v;
    if (wf_fabsf(v) == WF_INFF)
        return wf_keeps_finite(way, negative) ? wf_copysignf(wf_bits_float(0x7f7fffffu), v) : v;
    return wf_neighbourf(v, wf_step(way, negative, beyond));
}
WF_INNER double wf_direct(double v, double beyond, int finite, int way) {
    int negative = wf_copysign(1.0, v) < 0.0;
    if (!finite || v != v) return v;
    if (wf_fabs(v) == WF_INF)
        return wf_keeps_finite(way, negative) ? wf_copysign(wf_bits_double(0x7fefffffffffffffull), v) : v;
    return wf_neighbour(v, wf_step(way, negative, beyond));
}
WF_INNER int wf_is_finitef(float x) { return wf_fabsf(x) < WF_INFF; }
WF_INNER int wf_is_finite(double x) { return wf_fabs(x) < WF_INF; }
/* What a + b is beyond s = a + b. */
WF_INNER double wf_lost(double a, double b, double s) {
    return wf_fabs(a) >= wf_fabs(b) ? b - (s - a) : a - (s - b);
}

/* ---- float32 ---------------------------------------------------------------------------------------- */

WF_INNER float wf_to_float(double high, double low, int finite, int way) {
    float v = (float)high;
    double beyond = wf_is_finitef(v) ? high - (double)v : 0.0;
    return wf_directf(v, beyond != 0.0 ? beyond : low, finite, way);
}
/* An exact sum of zero; `negative`: not both of its parts are +0. */
WF_INNER int wf_is_minus_zero(double exact, int negative, int way) {
    return way == WF_DOWN && exact == 0.0 && negative;
}
WF_INNER int wf_has_signf(float x) { return (int)(wf_float_bits(x) >> 31); }
WF_INNER int wf_has_sign(double x) { return (int)(wf_double_bits(x) >> 63); }

WF_INNER float wf_addf_to(float a, float b, int way) {
    double s = (double)a + (double)b;
    int finite = wf_is_finitef(a) && wf_is_finitef(b);
    if (wf_is_minus_zero(s, wf_has_signf(a) | wf_has_signf(b), way)) return -0.0f;
    return wf_to_float(s, finite ? wf_lost(a, b, s) : 0.0, finite, way);
}
WF_INNER float wf_mulf_to(float a, float b, int way) {
    return wf_to_float((double)a * (double)b, 0.0, wf_is_finitef(a) && wf_is_finitef(b), way);
}
WF_INNER float wf_divf_to(float a, float b, int way) {
    float q = (float)((double)a / (double)b);
    double rest = wf_fma(-(double)q, (double)b, (double)a);
    return wf_directf(q, b < 0.0f ? -rest : rest, wf_is_finitef(a) && wf_is_finitef(b) && b != 0.0f, way);
}
WF_INNER float wf_sqrtf_to(float a, int way) {
    float s = wf_sqrtf(a);
    return wf_directf(s, wf_fma(-(double)s, (double)s, (double)a), wf_is_finitef(a), way);
}
WF_INNER float wf_fmaf_to(float a, float b, float c, int way) {
    double p = (double)a * (double)b, s = p + (double)c;
    int finite = wf_is_finitef(a) && wf_is_finitef(b) && wf_is_finitef(c);
    if (wf_is_minus_zero(s, wf_has_sign(p) | wf_has_signf(c), way)) return -0.0f;
    return wf_to_float(s, finite ? wf_lost(p, c, s) : 0.0, finite, way);
}

/* ---- float64 ---------------------------------------------------------------------------------------- */

/* (v + beyond) 2^e, for 2^-200 < |v| < 2^200 and a beyond below v's last bit. */
WF_INNER double wf_scaled_to(double v, double beyond, int e, int way) {
    double r = wf_ldexp(v, e);
    if (wf_is_finite(r)) {
        double lost = v - wf_ldexp(r, -e);
        beyond = lost != 0.0 ? lost : beyond;
    }
    return wf_direct(r, beyond, 1, way);
}
WF_INNER double wf_add_to(double a, double b, int way) {
    double s = a + b;
    int finite = wf_is_finite(a) && wf_is_finite(b);
    double low = finite && wf_is_finite(s) ? wf_lost(a, b, s) : 0.0;
    if (wf_is_minus_zero(s, wf_has_sign(a) | wf_has_sign(b), way)) return -0.0;
    return wf_direct(s, low, finite, way);
}
WF_INNER double wf_mul_to(double a, double b, int way) {
    if (!wf_ordinary(a) || !wf_ordinary(b)) return a * b;
    double x = wf_significand(a), y = wf_significand(b), p = x * y;
    return wf_scaled_to(p, wf_fma(x, y, -p), wf_exponent(a) + wf_exponent(b), way);
}
WF_INNER double wf_div_to(double a, double b, int way) {
    if (!wf_ordinary(a) || !wf_ordinary(b)) return a / b;
    double x = wf_significand(a), y = wf_significand(b), q = x / y, rest = wf_fma(-q, y, x);
    return wf_scaled_to(q, y < 0.0 ? -rest : rest, wf_exponent(a) - wf_exponent(b), way);
}
WF_INNER double wf_sqrt_to(double a, int way) {
    if (!wf_ordinary(a) || a < 0.0) return wf_sqrt(a);
    int e = wf_exponent(a), odd = e & 1;
    double x = wf_significand(a) * (odd ? 2.0 : 1.0), s = wf_sqrt(x);
    return wf_scaled_to(s, wf_fma(-s, s, x), (e - odd) / 2, way);
}
/* The product is p + low, exactly, and c is added to it in the scale in which the larger of the two is near 1.
 * One that is 2^200 times smaller than the other only says on which side of the other the sum lies, so it need
 * not be smaller than that. Of the three parts' sum t is the nearest, the rest has the sign of what is lost;
 * where t is exact, low may still be there, alone or as what tells. */
WF_INNER double wf_fma_to(double a, double b, double c, int way) {
    if (!wf_is_finite(a) || !wf_is_finite(b) || !wf_is_finite(c)) return wf_fma(a, b, c);
    if (a == 0.0 || b == 0.0) return wf_add_to(a * b, c, way);
    double x = wf_significand(a), y = wf_significand(b), p = x * y, low = wf_fma(x, y, -p);
    int e = wf_exponent(a) + wf_exponent(b);
    if (c == 0.0) return wf_scaled_to(p, low, e, way);
    int ahead = wf_exponent(c) - e, near = ahead < -200 ? -200 : ahead > 200 ? 200 : ahead;
    int top = near > 0 ? near : 0;
    double z = wf_significand(c) * wf_pow2(near - top);
    p = p * wf_pow2(-top), low = low * wf_pow2(-top);
    double u = p + z, v = wf_lost(p, z, u), w = v + low, tiny = wf_lost(v, low, w);
    double t = u + w, rest = wf_lost(u, w, t);
    double sum = rest != 0.0 ? t : t + tiny;
    double beyond = rest != 0.0 ? rest : wf_lost(t, tiny, sum);
    if (sum == 0.0) return way == WF_DOWN ? -0.0 : 0.0; /* of two that are not zero: one is negative */
    return wf_scaled_to(sum, beyond, ahead > 200 ? wf_exponent(c) : e + top, way);
}
/* 64-bit integers, as the sum of two doubles without error. */
WF_INNER double wf_ll_to(long long n, int way, int single) {
    double top = (double)(n & ~0x7ffll), bottom = (double)(n & 0x7ffll), s = top + bottom;
    double low = wf_lost(top, bottom, s);
    return single ? (double)wf_to_float(s, low, 1, way) : wf_direct(s, low, 1, way);
}
WF_INNER double wf_ull_to(unsigned long long n, int way, int single) {
    double top = (double)(n & ~0x7ffull), bottom = (double)(n & 0x7ffull), s = top + bottom;
    double low = wf_lost(top, bottom, s);
    return single ? (double)wf_to_float(s, low, 1, way) : wf_direct(s, low, 1, way);
}

/* ---- CUDA's names, with wf_ in front ---------------------------------------------------------------- */

WF_DEVICE float wf_frcp_rn(float a) { return 1.0f / a; }
WF_DEVICE double wf_drcp_rn(double a) { return 1.0 / a; }
WF_DEVICE float wf_fadd_rd(float a, float b) { return wf_addf_to(a, b, WF_DOWN); }
WF_DEVICE float wf_fsub_rd(float a, float b) { return wf_addf_to(a, -b, WF_DOWN); }
WF_DEVICE float wf_fmul_rd(float a, float b) { return wf_mulf_to(a, b, WF_DOWN); }
WF_DEVICE float wf_fdiv_rd(float a, float b) { return wf_divf_to(a, b, WF_DOWN); }
WF_DEVICE float wf_frcp_rd(float a) { return wf_divf_to(1.0f, a, WF_DOWN); }
WF_DEVICE float wf_fsqrt_rd(float a) { return wf_sqrtf_to(a, WF_DOWN); }
WF_DEVICE float wf_fmaf_rd(float a, float b, float c) { return wf_fmaf_to(a, b, c, WF_DOWN); }
WF_DEVICE double wf_dadd_rd(double a, double b) { return wf_add_to(a, b, WF_DOWN); }
WF_DEVICE double wf_dsub_rd(double a, double b) { return wf_add_to(a, -b, WF_DOWN); }
WF_DEVICE double wf_dmul_rd(double a, double b) { return wf_mul_to(a, b, WF_DOWN); }
WF_DEVICE double wf_ddiv_rd(double a, double b) { return wf_div_to(a, b, WF_DOWN); }
WF_DEVICE double wf_drcp_rd(double a) { return wf_div_to(1.0, a, WF_DOWN); }
WF_DEVICE double wf_dsqrt_rd(double a) { return wf_sqrt_to(a, WF_DOWN); }
WF_DEVICE double wf_fma_rd(double a, double b, double c) { return wf_fma_to(a, b, c, WF_DOWN); }
WF_DEVICE float wf_double2float_rd(double a) { return wf_to_float(a, 0.0, wf_is_finite(a), WF_DOWN); }
WF_DEVICE float wf_int2float_rd(int n) { return wf_to_float((double)n, 0.0, 1, WF_DOWN); }
WF_DEVICE float wf_uint2float_rd(unsigned int n) { return wf_to_float((double)n, 0.0, 1, WF_DOWN); }
WF_DEVICE float wf_ll2float_rd(long long n) { return (float)wf_ll_to(n, WF_DOWN, 1); }
WF_DEVICE float wf_ull2float_rd(unsigned long long n) { return (float)wf_ull_to(n, WF_DOWN, 1); }
WF_DEVICE double wf_ll2double_rd(long long n) { return wf_ll_to(n, WF_DOWN, 0); }
WF_DEVICE double wf_ull2double_rd(unsigned long long n) { return wf_ull_to(n, WF_DOWN, 0); }
WF_DEVICE float wf_fadd_ru(float a, float b) { return wf_addf_to(a, b, WF_UP); }
WF_DEVICE float wf_fsub_ru(float a, float b) { return wf_addf_to(a, -b, WF_UP); }
WF_DEVICE float wf_fmul_ru(float a, float b) { return wf_mulf_to(a, b, WF_UP); }
WF_DEVICE float wf_fdiv_ru(float a, float b) { return wf_divf_to(a, b, WF_UP); }
WF_DEVICE float wf_frcp_ru(float a) { return wf_divf_to(1.0f, a, WF_UP); }
WF_DEVICE float wf_fsqrt_ru(float a) { return wf_sqrtf_to(a, WF_UP); }
WF_DEVICE float wf_fmaf_ru(float a, float b, float c) { return wf_fmaf_to(a, b, c, WF_UP); }
WF_DEVICE double wf_dadd_ru(double a, double b) { return wf_add_to(a, b, WF_UP); }
WF_DEVICE double wf_dsub_ru(double a, double b) { return wf_add_to(a, -b, WF_UP); }
WF_DEVICE double wf_dmul_ru(double a, double b) { return wf_mul_to(a, b, WF_UP); }
WF_DEVICE double wf_ddiv_ru(double a, double b) { return wf_div_to(a, b, WF_UP); }
WF_DEVICE double wf_drcp_ru(double a) { return wf_div_to(1.0, a, WF_UP); }
WF_DEVICE double wf_dsqrt_ru(double a) { return wf_sqrt_to(a, WF_UP); }
WF_DEVICE double wf_fma_ru(double a, double b, double c) { return wf_fma_to(a, b, c, WF_UP); }
WF_DEVICE float wf_double2float_ru(double a) { return wf_to_float(a, 0.0, wf_is_finite(a), WF_UP); }
WF_DEVICE float wf_int2float_ru(int n) { return wf_to_float((double)n, 0.0, 1, WF_UP); }
WF_DEVICE float wf_uint2float_ru(unsigned int n) { return wf_to_float((double)n, 0.0, 1, WF_UP); }
WF_DEVICE float wf_ll2float_ru(long long n) { return (float)wf_ll_to(n, WF_UP, 1); }
WF_DEVICE float wf_ull2float_ru(unsigned long long n) { return (float)wf_ull_to(n, WF_UP, 1); }
WF_DEVICE double wf_ll2double_ru(long long n) { return wf_ll_to(n, WF_UP, 0); }
WF_DEVICE double wf_ull2double_ru(unsigned long long n) { return wf_ull_to(n, WF_UP, 0); }
WF_DEVICE float wf_fadd_rz(float a, float b) { return wf_addf_to(a, b, WF_CUT); }
WF_DEVICE float wf_fsub_rz(float a, float b) { return wf_addf_to(a, -b, WF_CUT); }
WF_DEVICE float wf_fmul_rz(float a, float b) { return wf_mulf_to(a, b, WF_CUT); }
WF_DEVICE float wf_fdiv_rz(float a, float b) { return wf_divf_to(a, b, WF_CUT); }
WF_DEVICE float wf_frcp_rz(float a) { return wf_divf_to(1.0f, a, WF_CUT); }
WF_DEVICE float wf_fsqrt_rz(float a) { return wf_sqrtf_to(a, WF_CUT); }
WF_DEVICE float wf_fmaf_rz(float a, float b, float c) { return wf_fmaf_to(a, b, c, WF_CUT); }
WF_DEVICE double wf_dadd_rz(double a, double b) { return wf_add_to(a, b, WF_CUT); }
WF_DEVICE double wf_dsub_rz(double a, double b) { return wf_add_to(a, -b, WF_CUT); }
WF_DEVICE double wf_dmul_rz(double a, double b) { return wf_mul_to(a, b, WF_CUT); }
WF_DEVICE double wf_ddiv_rz(double a, double b) { return wf_div_to(a, b, WF_CUT); }
WF_DEVICE double wf_drcp_rz(double a) { return wf_div_to(1.0, a, WF_CUT); }
WF_DEVICE double wf_dsqrt_rz(double a) { return wf_sqrt_to(a, WF_CUT); }
WF_DEVICE double wf_fma_rz(double a, double b, double c) { return wf_fma_to(a, b, c, WF_CUT); }
WF_DEVICE float wf_double2float_rz(double a) { return wf_to_float(a, 0.0, wf_is_finite(a), WF_CUT); }
WF_DEVICE float wf_int2float_rz(int n) { return wf_to_float((double)n, 0.0, 1, WF_CUT); }
WF_DEVICE float wf_uint2float_rz(unsigned int n) { return wf_to_float((double)n, 0.0, 1, WF_CUT); }
WF_DEVICE float wf_ll2float_rz(long long n) { return (float)wf_ll_to(n, WF_CUT, 1); }
WF_DEVICE float wf_ull2float_rz(unsigned long long n) { return (float)wf_ull_to(n, WF_CUT, 1); }
WF_DEVICE double wf_ll2double_rz(long long n) { return wf_ll_to(n, WF_CUT, 0); }
WF_DEVICE double wf_ull2double_rz(unsigned long long n) { return wf_ull_to(n, WF_CUT, 0); }
#endif
