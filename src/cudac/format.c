/* cudac/format.c: does a format say what the arguments are?
 *
 * A wrong conversion prints rubbish on every device, so it is told as nvcc tells it: by class (32-bit integer,
 * 64-bit integer, floating-point, string, address), not by sign. Only a format that is a literal can be
 * looked at. */
#include "cudac/parse.h"
#include <string.h>

typedef struct format {
    cc *p;
    wf_expr **args;
    uint32_t count, next; /* next: the argument that the next conversion takes */
    wf_place at;
} format;

static const wf_expr *literal_of(const wf_expr *e) {
    while (e->kind == WF_EX_CAST) e = e->a;
    return e->kind == WF_EX_STRING ? e : NULL;
}

static const char *wanted(char conversion, int is_long) {
    switch (conversion) {
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o':
    case 'c': return is_long && conversion != 'c' ? "a 64-bit integer" : "an integer of at most 32 bits";
    case 'f':
    case 'F':
    case 'e':
    case 'E':
    case 'g':
    case 'G':
    case 'a':
    case 'A': return "a floating-point number";
    case 's': return "a string";
    case 'p': return "a pointer";
    default: return NULL;
    }
}

static int fits(const wf_expr *e, char conversion, int is_long) {
    const wf_type *t = e->type;
    if (t->kind == WF_TY_ARRAY || t->kind == WF_TY_FUNCTION)
        return conversion == 'p' || (conversion == 's' && wf_type_size(t->base) == 1);
    if (t->kind == WF_TY_POINTER)
        return conversion == 'p' || (conversion == 's' && t->base->kind != WF_TY_VOID &&
                                     t->base->kind != WF_TY_FUNCTION && wf_type_size(t->base) == 1);
    if (strchr("sp", conversion)) return 0;
    if (wf_type_is_float(t)) return strchr("fFeEgGaA", conversion) != NULL;
    if (!wf_type_is_integer(t)) return 1; /* told elsewhere */
    if (strchr("fFeEgGaA", conversion)) return 0;
    return conversion == 'c' ? wf_type_size(t) <= 4 : (wf_type_size(t) > 4) == is_long;
}

static void take(format *f, const char *spec, int length, char conversion, int is_long) {
    if (f->next >= f->count) {
        if (f->next++ == f->count)
            cc_warn(f->p, f->at, "printf: the format has a conversion %.*s more than there are arguments",
                    length, spec);
        return;
    }
    const wf_expr *e = f->args[f->next++];
    if (e->flags & WF_EX_ERROR || fits(e, conversion, is_long)) return;
    cc_warn(f->p, e->at, "printf: %.*s prints %s, got %s", length, spec, wanted(conversion, is_long),
            cc_spell_t(f->p, e->type));
}

/* One conversion, from its %; where it ends. */
static const char *conversion(format *f, const char *from, const char *end) {
    const char *s = from + 1;
    int is_long = 0;
    while (s < end && (strchr("-+ #.'", *s) || (*s >= '0' && *s <= '9') || *s == '*')) {
        if (*s == '*') take(f, "*", 1, 'd', 0);
        s++;
    }
    for (; s < end && strchr("hlLqjzt", *s); s++) is_long |= *s != 'h' && *s != 'L';
    if (s >= end) return end;
    if (*s == '%') return s + 1;
    if (!wanted(*s, 0)) {
        cc_warn(f->p, f->at, "printf: unknown conversion %.*s", (int)(s + 1 - from), from);
        f->next = f->count + 1; /* what the rest means is not known */
        return end;
    }
    take(f, from, (int)(s + 1 - from), *s, is_long);
    return s + 1;
}

void cc_check_format(cc *p, wf_expr **args, uint32_t count, wf_place at) {
    const wf_expr *literal = count ? literal_of(args[0]) : NULL;
    if (!literal || p->quiet) return;
    format f = {.p = p, .args = args, .count = count, .next = 1, .at = at};
    const char *s = literal->u.string.data, *end = s + literal->u.string.length;
    while (s < end && *s) s = *s == '%' ? conversion(&f, s, end) : s + 1;
    if (f.next < count) cc_warn(p, args[f.next]->at, "printf: the format ends before this argument");
}
