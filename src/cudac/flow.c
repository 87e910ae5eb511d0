/* cudac/flow.c: does a function that gives a value always reach a return?
 *
 * The end of such a function's body is undefined in C++, and a device reads rubbish there; nvcc warns, and so
 * is it told here. Conditions count as possible both ways unless they are constants; a function with labels is
 * believed. */
#include "cudac/parse.h"
#include <string.h>

static int is_constant(const wf_expr *e, int value) {
    while (e && e->kind == WF_EX_CAST && wf_type_is_integer(e->type)) e = e->a;
    return e && e->kind == WF_EX_INT && (e->u.i != 0) == value;
}

/* Whether a `break` (kind WF_ST_BREAK) in s leaves the loop or switch that s is the body of. */
static int leaves(const wf_stmt *s, int kind) {
    if (!s) return 0;
    if (s->kind == kind) return 1;
    if (s->kind == WF_ST_FOR || s->kind == WF_ST_WHILE || s->kind == WF_ST_DO) return 0;
    if (s->kind == WF_ST_SWITCH && kind == WF_ST_BREAK) return 0;
    if (s->kind == WF_ST_IF) return leaves(s->body, kind) || leaves(s->other, kind);
    for (const wf_stmt *x = s->body; x; x = x->next)
        if (leaves(x, kind)) return 1;
    return 0;
}

static int falls(const wf_stmt *s);

static int block_falls(const wf_stmt *first, int reached) {
    for (const wf_stmt *s = first; s; s = s->next) {
        if (s->kind == WF_ST_CASE || s->kind == WF_ST_DEFAULT) reached = 1;
        else if (reached && !falls(s)) reached = 0;
    }
    return reached;
}

static int switch_falls(const wf_stmt *s) {
    int has_default = 0;
    for (const wf_stmt *x = s->body->body; x; x = x->next) has_default |= x->kind == WF_ST_DEFAULT;
    return !has_default || leaves(s->body, WF_ST_BREAK) || block_falls(s->body->body, 0);
}

static int ends_the_thread(const wf_expr *e) {
    if (e->kind == WF_EX_CAST) return ends_the_thread(e->a);
    if (e->kind == WF_EX_COMMA) return ends_the_thread(e->a) || ends_the_thread(e->b);
    if (e->kind == WF_EX_COND) return is_constant(e->a, 0) && ends_the_thread(e->c); /* assert(0) */
    if (e->kind != WF_EX_BUILTIN) return 0;
    return e->u.call.builtin == WF_BI_TRAP || e->u.call.builtin == WF_BI_RAISE ||
           e->u.call.builtin == WF_BI_ASSERT_FAIL;
}

/* Whether control may come out behind s. */
static int falls(const wf_stmt *s) {
    switch (s->kind) {
    case WF_ST_RETURN:
    case WF_ST_BREAK:
    case WF_ST_CONTINUE:
    case WF_ST_GOTO:
    case WF_ST_ASM: return 0; /* it may be an exit */
    case WF_ST_EXPR: return !s->expr || !ends_the_thread(s->expr);
    case WF_ST_BLOCK: return block_falls(s->body, 1);
    case WF_ST_IF:
        if (is_constant(s->expr, 1)) return falls(s->body);
        if (is_constant(s->expr, 0)) return !s->other || falls(s->other);
        return falls(s->body) || !s->other || falls(s->other);
    case WF_ST_FOR:
    case WF_ST_WHILE: return (s->expr && !is_constant(s->expr, 1)) || leaves(s->body, WF_ST_BREAK);
    case WF_ST_DO:
        if (leaves(s->body, WF_ST_BREAK)) return 1;
        return !is_constant(s->expr, 1) && (falls(s->body) || leaves(s->body, WF_ST_CONTINUE));
    case WF_ST_SWITCH: return s->body->kind == WF_ST_BLOCK ? switch_falls(s) : 1;
    default: return 1;
    }
}

void cc_check_return(cc *p, const cc_func *f, const wf_stmt *block) {
    const uint32_t without = CC_F_CTOR | CC_F_DTOR | CC_F_KERNEL | CC_F_DEFAULTED;
    const wf_place at = f->at;
    if (f->flags & without || f->copies || p->quiet || p->body->labels || p->body->never_ends) return;
    if (f->func->type->base->kind == WF_TY_VOID || !at.file || p->r.diags->sources[at.file].built_in) return;
    if (p->r.diags->errors || !falls(block)) return;
    cc_warn(p, at, "%s may end without a return, and gives any value then", f->shown);
}
