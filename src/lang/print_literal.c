/* lang/print_literal.c: literals as text that reads back to the very same literal.
 *
 * A type without a suffix of its own is spelled as a cast, which the constructors make a literal again:
 * (short)5,
 * (__half)0.5f, (float *)0. The least value of a signed type goes by its unsigned bits, since -2147483648 is
 * a negated long. Floats are in the shortest decimal form that gives the value back; infinities and NaN are
 * the bit casts that CUDA programs use, made literals by make_builtin.c. */
#include "lang/inner.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *suffix_of(wf_type_kind kind) {
    switch (kind) {
    case WF_TY_UINT: return "U";
    case WF_TY_LONG: return "L";
    case WF_TY_ULONG: return "UL";
    case WF_TY_LLONG: return "LL";
    case WF_TY_ULLONG: return "ULL";
    default: return "";
    }
}

void wf_print_int(wf_text *out, const wf_type *type, uint64_t value) {
    if (type->kind == WF_TY_POINTER) {
        wf_text_putc(out, '(');
        wf_type_write(out, type->unqual, NULL);
        wf_text_printf(out, value ? ")0x%llxULL" : ")%llu", (unsigned long long)value);
        return;
    }
    if (type->kind == WF_TY_BOOL) {
        wf_text_puts(out, value ? "true" : "false");
        return;
    }
    if (wf_type_rank(type) < 4) wf_text_printf(out, "(%s)", wf_scalar_spelling(type->kind));
    int64_t signed_value = (int64_t)value;
    if (!wf_type_is_signed(type)) wf_text_printf(out, "%llu", (unsigned long long)value);
    else if (type->kind == WF_TY_INT && signed_value == INT32_MIN) wf_text_puts(out, "(int)0x80000000U");
    else if (signed_value == INT64_MIN) {
        wf_text_printf(out, "(%s)0x8000000000000000ULL", wf_scalar_spelling(type->kind));
        return;
    } else wf_text_printf(out, "%lld", (long long)signed_value);
    if (!(type->kind == WF_TY_INT)) wf_text_puts(out, suffix_of(type->kind));
}

static void print_special(wf_text *out, wf_type_kind kind, double value) {
    static const struct {
        uint8_t kind;
        const char *nan, *infinity, *minus_infinity;
    } forms[] = {
        {WF_TY_FLOAT, "__int_as_float(0x7fc00000)", "__int_as_float(0x7f800000)",
         "__int_as_float(0xff800000)"},
        {WF_TY_DOUBLE, "__longlong_as_double(0x7ff8000000000000LL)",
         "__longlong_as_double(0x7ff0000000000000LL)", "__longlong_as_double(0xfff0000000000000LL)"},
        {WF_TY_HALF, "__ushort_as_half(0x7e00)", "__ushort_as_half(0x7c00)", "__ushort_as_half(0xfc00)"},
        {WF_TY_BFLOAT, "__ushort_as_bfloat16(0x7fc0)", "__ushort_as_bfloat16(0x7f80)",
         "__ushort_as_bfloat16(0xff80)"},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (forms[i].kind == kind)
            wf_text_puts(out, isnan(value) ? forms[i].nan
                              : value > 0  ? forms[i].infinity
                                           : forms[i].minus_infinity);
}

static void print_float(wf_text *out, wf_type_kind kind, double value) {
    if (isnan(value) || isinf(value)) {
        print_special(out, kind, value);
        return;
    }
    char digits[40];
    int is_double = kind == WF_TY_DOUBLE;
    for (int precision = 1; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, value);
        if (is_double ? strtod(digits, NULL) == value : (double)strtof(digits, NULL) == value) break;
    }
    int plain = 1; /* neither a point nor an exponent */
    for (char *c = digits; *c; c++) {
        int known = (*c >= '0' && *c <= '9') || *c == '-' || *c == '+' || *c == 'e';
        if (!known) *c = '.'; /* whatever the locale takes for a decimal point */
        if (*c == '.' || *c == 'e') plain = 0;
    }
    if (kind == WF_TY_HALF || kind == WF_TY_BFLOAT) wf_text_printf(out, "(%s)", wf_scalar_spelling(kind));
    wf_text_printf(out, "%s%s%s", digits, plain ? ".0" : "", is_double ? "" : "f");
}

int wf_print_literal(const wf_expr *e, wf_text *out) {
    size_t before = out->length;
    if (e->kind == WF_EX_FLOAT) print_float(out, e->type->kind, e->u.f);
    else if (wf_type_is_float(e->type)) print_float(out, e->type->kind, 0); /* an error's place-holder */
    else if (e->type->kind < WF_TY_ARRAY) wf_print_int(out, e->type, e->u.i);
    else wf_text_puts(out, "?");
    return out->length > before && (out->data[before] == '-' || out->data[before] == '(');
}

void wf_print_string(wf_text *out, const char *data, uint64_t length) {
    wf_text_putc(out, '"');
    for (uint64_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)data[i];
        if (c == '"' || c == '\\') wf_text_printf(out, "\\%c", c);
        else if (c == '\n') wf_text_puts(out, "\\n");
        else if (c < 0x20 || c >= 0x7f || c == '?') wf_text_printf(out, "\\%03o", c); /* ?: no trigraphs */
        else wf_text_putc(out, (char)c);
    }
    wf_text_putc(out, '"');
}
