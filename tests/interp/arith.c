/* tests/interp/arith.c: numbers. Every value of every floating type is held exactly in a double. */
#include "inner.h"
#include <math.h>
#include <string.h>

/* By bits: the double is truncated to the format, then one unit is added when the rest asks for it. */
static double round_bits(double x, int digits, int least_exp, double largest) {
    if (x == 0 || isnan(x) || isinf(x)) return x;
    int exponent = ilogb(x);
    if (exponent < least_exp) exponent = least_exp;
    double unit = ldexp(1, exponent - digits + 1), down = trunc(x / unit), rest = fabs(x / unit - down);
    if (rest > 0.5 || (rest == 0.5 && fmod(down, 2) != 0)) down += x < 0 ? -1 : 1;
    double y = down * unit;
    return fabs(y) > largest ? copysign(INFINITY, x) : copysign(y, x);
}

double round_to(wf_type_kind kind, double x) {
    if (kind == WF_TY_HALF) return round_bits(x, 11, -14, 65504);
    if (kind == WF_TY_BFLOAT) return round_bits(x, 8, -126, 0x1.fep127);
    return kind == WF_TY_FLOAT ? (double)(float)x : x;
}

uint64_t wrap(const wf_type *type, uint64_t x) {
    switch (type->kind) {
    case WF_TY_BOOL: return x & 1;
    case WF_TY_CHAR:
    case WF_TY_SCHAR: return (uint64_t)(int8_t)x;
    case WF_TY_UCHAR: return (uint8_t)x;
    case WF_TY_SHORT: return (uint64_t)(int16_t)x;
    case WF_TY_USHORT: return (uint16_t)x;
    case WF_TY_INT: return (uint64_t)(int32_t)x;
    case WF_TY_UINT: return (uint32_t)x;
    default: return x;
    }
}

value number(const wf_type *type, double f, uint64_t i) {
    value v = {0};
    if (wf_type_is_float(type)) v.f = round_to(type->kind, f);
    else v.i = wrap(type, i);
    return v;
}

static uint64_t saturate(const wf_type *to, double x) {
    int bits = (int)wf_type_size(to) * 8, is_signed = wf_type_is_signed(to);
    double least = is_signed ? -ldexp(1, bits - 1) : 0, past = ldexp(1, is_signed ? bits - 1 : bits);
    if (isnan(x)) return 0;
    if (x >= past) return is_signed ? (uint64_t)INT64_MAX >> (64 - bits) : UINT64_MAX >> (64 - bits);
    if (x <= least) return is_signed ? (uint64_t)(INT64_MIN >> (64 - bits)) : 0;
    return is_signed ? (uint64_t)(int64_t)x : (uint64_t)x;
}

value convert_number(const wf_type *from, const wf_type *to, value v) {
    int from_float = wf_type_is_float(from), to_float = wf_type_is_float(to);
    if (to->kind == WF_TY_BOOL) return (value){.i = from_float ? v.f != 0 : v.i != 0};
    if (from_float && to_float) return number(to, v.f, 0);
    if (from_float) return (value){.i = saturate(to, v.f)};
    if (!to_float) return number(to, 0, v.i);
    int is_signed = wf_type_is_signed(from);
    if (to->kind == WF_TY_DOUBLE) return (value){.f = is_signed ? (double)(int64_t)v.i : (double)v.i};
    return number(to, is_signed ? (float)(int64_t)v.i : (float)v.i, 0); /* the half types through float */
}

static uint64_t integer(wf_op op, const wf_type *type, unsigned count, uint64_t a, uint64_t b) {
    int is_signed = wf_type_is_signed(type);
    switch (op) {
    case WF_OP_ADD: return a + b;
    case WF_OP_SUB: return a - b;
    case WF_OP_MUL: return a * b;
    case WF_OP_AND: return a & b;
    case WF_OP_OR: return a | b;
    case WF_OP_XOR: return a ^ b;
    case WF_OP_SHL: return a << count;
    case WF_OP_SHR: return is_signed ? (uint64_t)((int64_t)a >> count) : a >> count;
    case WF_OP_DIV:
        if (!b) return 0;
        if (is_signed && (int64_t)b == -1) return 0 - a;
        return is_signed ? (uint64_t)((int64_t)a / (int64_t)b) : a / b;
    case WF_OP_REM:
        if (!b) return a;
        if (is_signed && (int64_t)b == -1) return 0;
        return is_signed ? (uint64_t)((int64_t)a % (int64_t)b) : a % b;
    default: return 0;
    }
}

static double floating(wf_op op, wf_type_kind kind, double a, double b) {
    if (kind == WF_TY_DOUBLE)
        return op == WF_OP_ADD ? a + b : op == WF_OP_SUB ? a - b : op == WF_OP_MUL ? a * b : a / b;
    float x = (float)a, y = (float)b;
    float z = op == WF_OP_ADD ? x + y : op == WF_OP_SUB ? x - y : op == WF_OP_MUL ? x * y : x / y;
    return round_to(kind, z);
}

value binary(wf_op op, const wf_type *type, value a, value b) {
    if (wf_type_is_float(type)) return (value){.f = floating(op, type->kind, a.f, b.f)};
    unsigned width = (unsigned)wf_type_size(type) * 8;
    return (value){.i = wrap(type, integer(op, type, (unsigned)(b.i % width), a.i, b.i))};
}

int compare(wf_op op, const wf_type *type, value a, value b) {
    int less, equal;
    if (wf_type_is_float(type)) {
        if (isnan(a.f) || isnan(b.f)) return op == WF_OP_NE;
        less = a.f < b.f, equal = a.f == b.f;
    } else {
        less = wf_type_is_signed(type) ? (int64_t)a.i < (int64_t)b.i : a.i < b.i;
        equal = a.i == b.i;
    }
    switch (op) {
    case WF_OP_LT: return less;
    case WF_OP_LE: return less || equal;
    case WF_OP_GT: return !less && !equal;
    case WF_OP_GE: return !less;
    case WF_OP_EQ: return equal;
    default: return !equal;
    }
}

/* a * b + c in one rounding. For the half types: the product is exact in double; the sum is rounded to odd
 * there, after which rounding to fewer digits is as if from the exact sum. */
double fused(wf_type_kind kind, double a, double b, double c) {
    if (kind == WF_TY_DOUBLE) return fma(a, b, c);
    if (kind == WF_TY_FLOAT) return fmaf((float)a, (float)b, (float)c);
    double product = a * b, sum = product + c;
    if (isnan(sum) || isinf(sum)) return round_to(kind, sum);
    double back = sum - product,
           error = (product - (sum - back)) + (c - back); /* exactly what the sum lost */
    uint64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    if (error != 0 && !(bits & 1)) sum = nextafter(sum, error > 0 ? INFINITY : -INFINITY);
    return round_to(kind, sum);
}

double float_min(double a, double b) {
    if (isnan(a)) return b;
    if (isnan(b)) return a;
    if (a == b) return signbit(a) ? a : b;
    return a < b ? a : b;
}

double float_max(double a, double b) {
    if (isnan(a)) return b;
    if (isnan(b)) return a;
    if (a == b) return signbit(a) ? b : a;
    return a > b ? a : b;
}
