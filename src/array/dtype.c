/* array/dtype.c: see dtype.h.
 *
 * The promotion table is not written down but computed from four rules, which is shorter than 225 entries and
 * what NEP 50 says. Conversions to the 16-bit floats round once, from double: through float they would round
 * twice. */
#include "array/dtype.h"
#include <math.h>
#include <string.h>

const wf_dtype_info wf_dtypes[WF_DT_COUNT] = {
#define X(id, name, kind, size, code) {name, kind, code, size},
    WF_DTYPES(X)
#undef X
};
const char *const wf_casting_names[5] = {"no", "equiv", "safe", "same_kind", "unsafe"};

wf_dtype wf_dtype_by_name(const char *name) {
    for (int t = 0; t < WF_DT_COUNT; t++)
        if (!strcmp(wf_dtypes[t].name, name)) return (wf_dtype)t;
    return WF_DT_NONE;
}

wf_dtype wf_dtype_real(wf_dtype t) {
    return t == WF_DT_COMPLEX64 ? WF_DT_FLOAT32 : t == WF_DT_COMPLEX128 ? WF_DT_FLOAT64 : t;
}

wf_dtype wf_dtype_complex_of(wf_dtype t) {
    if (wf_dtype_is_complex(t)) return t;
    return wf_dtype_promote(t, WF_DT_FLOAT16) == WF_DT_FLOAT64 ? WF_DT_COMPLEX128 : WF_DT_COMPLEX64;
}

/* ---- promotion ------------------------------------------------------------------------------------------
 */

static wf_dtype integer_of(char kind, uint32_t size) {
    for (int t = WF_DT_INT8; t <= WF_DT_UINT64; t++)
        if (wf_dtypes[t].kind == kind && wf_dtypes[t].size == size) return (wf_dtype)t;
    return WF_DT_FLOAT64; /* wider than 64 bits: NumPy goes to float64 */
}

static wf_dtype promote_integers(wf_dtype a, wf_dtype b) {
    uint32_t sa = wf_dtype_size(a), sb = wf_dtype_size(b);
    if (wf_dtype_kind(a) == wf_dtype_kind(b)) return sa >= sb ? a : b;
    uint32_t is = wf_dtype_kind(a) == 'i' ? sa : sb, us = wf_dtype_kind(a) == 'i' ? sb : sa;
    return integer_of('i', is > us ? is : us * 2);
}

/* An integer's values need a float of at least this width. */
static wf_dtype float_for_integer(wf_dtype integer, wf_dtype other) {
    uint32_t size = wf_dtype_size(integer);
    if (size == 1) return other;
    if (size == 2) return other == WF_DT_FLOAT64 ? other : WF_DT_FLOAT32;
    return WF_DT_FLOAT64;
}

static wf_dtype promote_floats(wf_dtype a, wf_dtype b) {
    if (a == b) return a;
    if (wf_dtype_is_small_float(a) && wf_dtype_is_small_float(b)) return WF_DT_FLOAT32;
    return wf_dtype_size(a) > wf_dtype_size(b) ? a : b;
}

static wf_dtype promote_real(wf_dtype a, wf_dtype b) {
    if (wf_dtype_is_float(a) && wf_dtype_is_float(b)) return promote_floats(a, b);
    if (wf_dtype_is_float(a)) return float_for_integer(b, a);
    if (wf_dtype_is_float(b)) return float_for_integer(a, b);
    return promote_integers(a, b);
}

wf_dtype wf_dtype_promote(wf_dtype a, wf_dtype b) {
    if (a == b || b == WF_DT_BOOL) return a;
    if (a == WF_DT_BOOL) return b;
    if (!wf_dtype_is_complex(a) && !wf_dtype_is_complex(b)) return promote_real(a, b);
    wf_dtype real = promote_real(wf_dtype_real(a), wf_dtype_real(b));
    return real == WF_DT_FLOAT64 ? WF_DT_COMPLEX128 : WF_DT_COMPLEX64;
}

wf_dtype wf_dtype_promote_weak(wf_dtype a, wf_weak weak) {
    int inexact = wf_dtype_is_float(a) || wf_dtype_is_complex(a);
    switch (weak) {
    case WF_WEAK_INT: return a == WF_DT_BOOL ? WF_DT_INT64 : a;
    case WF_WEAK_FLOAT: return inexact ? a : WF_DT_FLOAT64;
    case WF_WEAK_COMPLEX:
        if (!inexact) return WF_DT_COMPLEX128;
        return wf_dtype_complex_of(a);
    default: return a;
    }
}

static int kind_rank(char kind) {
    const char *order = "buifc";
    return (int)(strchr(order, kind) - order);
}

int wf_dtype_can_cast(wf_dtype from, wf_dtype to, wf_casting casting) {
    if (from == to || casting == WF_CASTING_UNSAFE) return 1;
    if (casting == WF_CASTING_NO || casting == WF_CASTING_EQUIV) return 0;
    if (wf_dtype_promote(from, to) == to) return 1;
    return casting == WF_CASTING_SAME_KIND && kind_rank(wf_dtype_kind(from)) <= kind_rank(wf_dtype_kind(to));
}

/* ---- 16-bit floats --------------------------------------------------------------------------------------
 */

float wf_half_to_float(uint16_t bits) {
    uint32_t sign = (uint32_t)(bits & 0x8000) << 16, exponent = (bits >> 10) & 31, fraction = bits & 1023,
             out;
    if (exponent == 31) out = sign | 0x7f800000 | fraction << 13;
    else if (exponent) out = sign | (exponent + 112) << 23 | fraction << 13;
    else {
        float small = (float)fraction * 0x1p-24f; /* exact */
        memcpy(&out, &small, 4);
        out |= sign;
    }
    float value;
    memcpy(&value, &out, 4);
    return value;
}

/* value rounded to a float with `bits` of precision and the least exponent `least`, as a double. */
static double round_to(double value, int bits, int least) {
    if (value == 0 || !isfinite(value)) return value;
    int exponent;
    frexp(value, &exponent);
    int quantum = (exponent < least ? least : exponent) - bits;
    return ldexp(nearbyint(ldexp(value, -quantum)), quantum);
}

uint16_t wf_half_from_double(double value) {
    uint16_t sign = signbit(value) ? 0x8000 : 0;
    if (isnan(value)) return 0x7e00;
    double magnitude = fabs(round_to(value, 11, -13));
    if (magnitude >= 65536.0) return sign | 0x7c00;
    if (magnitude < 0x1p-14) return (uint16_t)(sign | (uint16_t)(magnitude * 0x1p24));
    int exponent;
    double fraction = frexp(magnitude, &exponent); /* 0.5 ≤ fraction < 1 */
    return (uint16_t)(sign | (exponent + 14) << 10 | ((uint16_t)(fraction * 2048) & 1023));
}

float wf_bfloat_to_float(uint16_t bits) {
    uint32_t out = (uint32_t)bits << 16;
    float value;
    memcpy(&value, &out, 4);
    return value;
}

uint16_t wf_bfloat_from_double(double value) {
    if (isnan(value)) return 0x7fc0;
    float rounded = (float)round_to(value, 8, -125); /* overflow gives infinity, as it must */
    uint32_t bits;
    memcpy(&bits, &rounded, 4);
    return (uint16_t)(bits >> 16);
}

/* ---- numbers --------------------------------------------------------------------------------------------
 */

static int64_t to_integer(double value, wf_dtype t) {
    int bits = (int)wf_dtype_size(t) * 8;
    if (isnan(value)) return 0;
    value = trunc(value);
    if (wf_dtype_kind(t) == 'u') {
        if (value <= 0) return 0;
        if (value >= ldexp(1, bits)) return bits == 64 ? -1 : ((int64_t)1 << bits) - 1;
        return (int64_t)(uint64_t)value;
    }
    double top = ldexp(1, bits - 1);
    if (value >= top) return (int64_t)(((uint64_t)1 << (bits - 1)) - 1);
    if (value < -top) return -(int64_t)(((uint64_t)1 << (bits - 1)) - 1) - 1;
    return (int64_t)value;
}

static int64_t wrap_integer(int64_t value, wf_dtype t) {
    switch (t) {
    case WF_DT_INT8: return (int8_t)value;
    case WF_DT_UINT8: return (uint8_t)value;
    case WF_DT_INT16: return (int16_t)value;
    case WF_DT_UINT16: return (uint16_t)value;
    case WF_DT_INT32: return (int32_t)value;
    case WF_DT_UINT32: return (uint32_t)value;
    default: return value;
    }
}

static double round_real(double value, wf_dtype real) {
    switch (real) {
    case WF_DT_FLOAT16: return wf_half_to_float(wf_half_from_double(value));
    case WF_DT_BFLOAT16: return wf_bfloat_to_float(wf_bfloat_from_double(value));
    case WF_DT_FLOAT32: return (float)value;
    default: return value;
    }
}

/* An integer goes to float32 in one rounding, not through double. */
static double integer_to_real(wf_number n, wf_dtype real) {
    if (real == WF_DT_FLOAT32) return n.kind == 'u' ? (float)(uint64_t)n.i : (float)n.i;
    double value = n.kind == 'u' ? (double)(uint64_t)n.i : (double)n.i;
    return round_real(value, real);
}

wf_number wf_number_cast(wf_number n, wf_dtype t) {
    int exact = n.kind == 'b' || n.kind == 'i' || n.kind == 'u';
    wf_number out = {wf_dtype_kind(t), 0, 0, 0};
    switch (out.kind) {
    case 'b': out.i = exact ? n.i != 0 : n.re != 0 || (n.kind == 'c' && n.im != 0); break;
    case 'i':
    case 'u': out.i = exact ? wrap_integer(n.i, t) : to_integer(n.re, t); break;
    default:
        out.re = exact ? integer_to_real(n, wf_dtype_real(t)) : round_real(n.re, wf_dtype_real(t));
        if (out.kind == 'c' && n.kind == 'c') out.im = round_real(n.im, wf_dtype_real(t));
    }
    return out;
}

wf_number wf_number_load(const void *p, wf_dtype t) {
    wf_number n = {wf_dtype_kind(t), 0, 0, 0};
    /* clang-format off */
    switch (t) {
#define LOAD(id, type, field) case WF_DT_##id: { type v; memcpy(&v, p, sizeof v); n.field = v; break; }
    LOAD(BOOL, uint8_t, i) LOAD(INT8, int8_t, i) LOAD(UINT8, uint8_t, i) LOAD(INT16, int16_t, i)
    LOAD(UINT16, uint16_t, i) LOAD(INT32, int32_t, i) LOAD(UINT32, uint32_t, i) LOAD(INT64, int64_t, i)
    LOAD(FLOAT32, float, re) LOAD(FLOAT64, double, re)
#undef LOAD
            /* clang-format on */
            case WF_DT_UINT64 : memcpy(&n.i, p, 8);
        break;
    case WF_DT_FLOAT16:
    case WF_DT_BFLOAT16: {
        uint16_t bits;
        memcpy(&bits, p, 2);
        n.re = t == WF_DT_FLOAT16 ? wf_half_to_float(bits) : wf_bfloat_to_float(bits);
        break;
    }
    case WF_DT_COMPLEX64: {
        float v[2];
        memcpy(v, p, sizeof v);
        n.re = v[0], n.im = v[1];
        break;
    }
    case WF_DT_COMPLEX128: memcpy(&n.re, p, 8), memcpy(&n.im, (const char *)p + 8, 8); break;
    default: break;
    }
    if (n.kind == 'b') n.i = n.i != 0;
    return n;
}

void wf_number_store(wf_number value, wf_dtype t, void *p) {
    wf_number n = wf_number_cast(value, t);
    uint16_t bits;
    switch (t) {
    case WF_DT_FLOAT16: bits = wf_half_from_double(n.re), memcpy(p, &bits, 2); break;
    case WF_DT_BFLOAT16: bits = wf_bfloat_from_double(n.re), memcpy(p, &bits, 2); break;
    case WF_DT_FLOAT32: {
        float v = (float)n.re;
        memcpy(p, &v, 4);
        break;
    }
    case WF_DT_FLOAT64: memcpy(p, &n.re, 8); break;
    case WF_DT_COMPLEX64: {
        float v[2] = {(float)n.re, (float)n.im};
        memcpy(p, v, 8);
        break;
    }
    case WF_DT_COMPLEX128: {
        double v[2] = {n.re, n.im};
        memcpy(p, v, 16);
        break;
    }
    default: memcpy(p, &n.i, wf_dtype_size(t)); /* little-endian hosts only, as everywhere in weft */
    }
}

int wf_number_fits(wf_number n, wf_dtype t) {
    if (n.kind == 'f') return (wf_dtype_is_float(t) || wf_dtype_is_complex(t)) && isfinite(n.re);
    if (!wf_dtype_is_integer(t)) return 1;
    if (n.kind == 'u' && n.i < 0) return t == WF_DT_UINT64; /* 2^63 and more */
    if (t == WF_DT_UINT64) return n.i >= 0;
    return wrap_integer(n.i, t) == n.i;
}
