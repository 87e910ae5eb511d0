/* pyfunc/print.c: print() in kernels: one printf, whose line no other thread can come between. Functions for
 * the CPU call Python's own.
 *
 * Numbers print as Numba's kernels print them (a float with six digits), tuples and indices in parentheses.
 */
#include "pyfunc/lower.h"

enum { PRINT_MAX = 256 }; /* values in one line */

typedef struct printing {
    wf_text format;
    wf_expr **values; /* the first is the format's */
    uint32_t count;
} printing;

/* cuda.threadIdx and its kin print as a tuple. */
static wf_pf_val dim3_parts(wf_pf_body *b, const char *name, wf_place at, int *found) {
    wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 3);
    for (int i = 0; i < 3; i++) {
        items[i] =
            wf_pf_cuda_attribute(b, wf_arena_printf(&b->l->u->arena, "%s.%c", name, 'x' + i), at, found);
        if (!*found) return items[i];
    }
    return wf_pf_tuple(b, items, 3);
}

/* One value's part of the format; 0: it cannot be printed. */
static int print_value(wf_pf_body *b, printing *p, wf_pf_val v, wf_place at) {
    wf_unit *u = b->l->u;
    int found = 0;
    if (v.known && v.known->kind == WF_PF_V_CALL) v = dim3_parts(b, v.known->text, at, &found);
    if (p->count == PRINT_MAX) return 0;
    if (v.known && v.known->kind == WF_PF_V_STR) {
        for (const char *c = v.known->text; *c; c++)
            wf_text_puts(&p->format, *c == '%' ? "%%" : (char[]){*c, 0});
    } else if (v.type->kind == WF_PF_T_TUPLE) {
        for (uint32_t i = 0; i < v.type->count; i++) {
            wf_text_puts(&p->format, i ? ", " : "(");
            if (!print_value(b, p, v.items[i], at)) return 0;
        }
        wf_text_puts(&p->format, v.type->count == 1 ? ",)" : v.type->count ? ")" : "()");
    } else if (v.type->kind == WF_PF_T_BOOL) {
        wf_text_puts(&p->format, "%s");
        p->values[p->count++] =
            wf_make_cond(u, wf_pf_truth(b, v, at), wf_make_value(u, wf_make_string(u, "True", 4, at)),
                         wf_make_value(u, wf_make_string(u, "False", 5, at)), at);
    } else if (wf_pf_is_integral(v.type)) {
        wf_text_puts(&p->format, v.type->is_signed ? "%lld" : "%llu");
        p->values[p->count++] =
            wf_make_cast(u, wf_type_scalar(u, v.type->is_signed ? WF_TY_LLONG : WF_TY_ULLONG),
                         wf_pf_number(b, v, v.type, at), at);
    } else if (v.type->kind == WF_PF_T_FLOAT) {
        wf_text_puts(&p->format, "%f");
        p->values[p->count++] = wf_pf_number(b, v, b->l->float64, at);
    } else return 0;
    return 1;
}

/* print(a, "text", b): one printf; in functions for the CPU a call of Python. */
wf_pf_val wf_pf_rule_print(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)data;
    wf_unit *u = b->l->u;
    printing p = {.count = 1};
    int handled = 0;
    if (b->l->options.mode == WF_PF_HOST) { /* Python's own, at run time: it goes where sys.stdout says */
        wf_pf_resolve_named(b, "print", args, &handled);
        if (handled) return wf_pf_none(b);
    }
    wf_text_init(&p.format, &u->arena);
    p.values = WF_NEW_ARRAY(&u->arena, wf_expr *, PRINT_MAX + 1);
    for (uint32_t i = 0; i < args->count; i++) {
        if (i) wf_text_putc(&p.format, ' ');
        if (!print_value(b, &p, args->v[i], args->at))
            return wf_pf_error(b, args->at, NULL, "print() of %s is not supported",
                               wf_pf_spell(b, args->v[i]));
    }
    wf_text_putc(&p.format, '\n');
    p.values[0] = wf_make_value(u, wf_make_string(u, p.format.data, p.format.length, args->at));
    wf_pf_emit(b, wf_make_builtin(u, WF_BI_PRINTF, p.values, p.count, args->at));
    return wf_pf_none(b);
}
