/* lang/equal.c: do two units mean the same tree?
 *
 * Types, functions, globals and records are matched by name, locals by where they are declared. Not compared:
 * places, names of locals, whether a cast was written, extern "C", and parentheses except those that stop a
 * contraction. A body in braces equals one without, an empty statement equals none, a missing initial value
 * equals zero. */
#include "lang/inner.h"
#include "base/memory.h"
#include <string.h>

typedef struct match {
    const wf_unit *a, *b;
    wf_text *why;
    const wf_func *func;    /* of a; being compared */
    const wf_var **partner; /* for each local of func by number: the one of b */
} match;

/* --- saying where they part --- */

static int differ(match *m, const char *what, const char *name) {
    if (!m->why || m->why->length) return 0;
    if (m->func) wf_text_printf(m->why, "in '%s': ", m->func->name);
    wf_text_printf(m->why, "%s%s%s%s", what, name ? " '" : "", name ? name : "", name ? "'" : "");
    return 0;
}

static int differ_expr(match *m, const char *what, const wf_expr *a, const wf_expr *b) {
    if (!m->why || m->why->length) return 0;
    differ(m, what, NULL);
    wf_text_puts(m->why, ": ");
    if (a) wf_print_expr(m->a, a, m->why);
    wf_text_puts(m->why, " against ");
    if (b) wf_print_expr(m->b, b, m->why);
    return 0;
}

/* --- types --- */

static int same_type(const wf_type *a, const wf_type *b) {
    if (!a || !b) return a == b;
    if (a->kind != b->kind || a->quals != b->quals || a->count != b->count ||
        a->incomplete != b->incomplete || a->param_count != b->param_count || a->variadic != b->variadic)
        return 0;
    if (a->kind == WF_TY_RECORD) return !strcmp(a->record->name, b->record->name);
    for (uint32_t i = 0; i < a->param_count; i++)
        if (!same_type(a->params[i], b->params[i])) return 0;
    return a->kind < WF_TY_SCALARS || same_type(a->base, b->base);
}

static int same_record(match *m, const wf_record *a, const wf_record *b) {
    if (!b) return differ(m, "only one has the record", a->name);
    if (a->is_union != b->is_union || a->complete != b->complete || a->size != b->size ||
        a->align != b->align || a->pack != b->pack || a->field_count != b->field_count)
        return differ(m, "different layouts of the record", a->name);
    for (uint32_t i = 0; i < a->field_count; i++) {
        const wf_field *f = &a->fields[i], *g = &b->fields[i];
        if (strcmp(f->name, g->name) || f->offset != g->offset || f->bit_offset != g->bit_offset ||
            f->bit_width != g->bit_width || !same_type(f->type, g->type))
            return differ(m, "different fields of the record", a->name);
    }
    return 1;
}

/* --- expressions --- */

static int is_zero(const wf_expr *e) {
    if (!e) return 1;
    if (e->kind == WF_EX_INT) return !e->u.i;
    if (e->kind == WF_EX_FLOAT) return e->u.f == 0 && !(1 / e->u.f < 0);
    if (e->kind != WF_EX_INIT) return 0;
    for (uint32_t i = 0; i < e->u.init.count; i++)
        if (!is_zero(e->u.init.items[i])) return 0;
    return 1;
}

static int same_float(double a, double b) { return (a != a && b != b) || !memcmp(&a, &b, sizeof a); }

/* A multiply that an add or subtract may be contracted with. */
static int may_contract(const wf_expr *e) {
    return e->kind == WF_EX_BINARY && e->op == WF_OP_MUL && wf_type_is_float(e->type);
}

static int same_var(const match *m, const wf_var *a, const wf_var *b) {
    const wf_var *global = wf_unit_find_global(m->a, a->name);
    if (global == a) return wf_unit_find_global(m->b, b->name) == b && !strcmp(a->name, b->name);
    return m->func && a->number < m->func->local_count && m->partner[a->number] == b;
}

static int same_expr(match *m, const wf_expr *a, const wf_expr *b);

static int same_items(match *m, wf_expr **a, uint32_t count_a, wf_expr **b, uint32_t count_b) {
    for (uint32_t i = 0; i < count_a || i < count_b; i++) {
        const wf_expr *x = i < count_a ? a[i] : NULL, *y = i < count_b ? b[i] : NULL;
        if (is_zero(x) && is_zero(y)) continue;
        if (!x || !y || !same_expr(m, x, y)) return 0;
    }
    return 1;
}

static int same_args(match *m, const wf_expr *a, const wf_expr *b) {
    if (a->u.call.count != b->u.call.count) return 0;
    for (uint32_t i = 0; i < a->u.call.count; i++)
        if (!same_expr(m, a->u.call.args[i], b->u.call.args[i])) return 0;
    return 1;
}

/* What the kind says besides the operands. */
static int same_detail(match *m, const wf_expr *a, const wf_expr *b) {
    switch ((wf_expr_kind)a->kind) {
    case WF_EX_INT: return a->u.i == b->u.i;
    case WF_EX_FLOAT: return same_float(a->u.f, b->u.f);
    case WF_EX_STRING:
        return a->u.string.length == b->u.string.length &&
               !memcmp(a->u.string.data, b->u.string.data, a->u.string.length);
    case WF_EX_VAR: return same_var(m, a->u.var, b->u.var);
    case WF_EX_FUNC: return !strcmp(a->u.call.func->name, b->u.call.func->name);
    case WF_EX_STEP: return a->u.post == b->u.post;
    case WF_EX_UPDATE: return same_type(a->u.compute, b->u.compute);
    case WF_EX_CAST: return a->cast == b->cast;
    case WF_EX_MEMBER: return a->u.field == b->u.field;
    case WF_EX_CALL: return !strcmp(a->u.call.func->name, b->u.call.func->name) && same_args(m, a, b);
    case WF_EX_CALLPTR: return same_args(m, a, b);
    case WF_EX_BUILTIN: return a->u.call.builtin == b->u.call.builtin && same_args(m, a, b);
    case WF_EX_INIT:
        return a->u.init.field == b->u.init.field &&
               same_items(m, a->u.init.items, a->u.init.count, b->u.init.items, b->u.init.count);
    default: return 1;
    }
}

static int same_contraction(const wf_expr *a, const wf_expr *b) {
    int adds = a->op == WF_OP_ADD || a->op == WF_OP_SUB;
    if (!adds || (a->kind != WF_EX_BINARY && a->kind != WF_EX_UPDATE)) return 1;
    int left = may_contract(a->a) && (a->a->flags ^ b->a->flags) & WF_EX_PAREN;
    int right = may_contract(a->b) && (a->b->flags ^ b->b->flags) & WF_EX_PAREN;
    return !left && !right;
}

static int same_expr(match *m, const wf_expr *a, const wf_expr *b) {
    if (!a || !b) return a == b ? 1 : differ_expr(m, "only one has an expression", a, b);
    if (a->kind != b->kind) return differ_expr(m, "different expressions", a, b);
    int has_op =
        a->kind == WF_EX_UNARY || a->kind == WF_EX_BINARY || a->kind == WF_EX_UPDATE || a->kind == WF_EX_STEP;
    if (has_op && a->op != b->op) return differ_expr(m, "different operators", a, b);
    if (!same_type(a->type, b->type)) return differ_expr(m, "different types", a, b);
    if ((a->a && !same_expr(m, a->a, b->a)) || (a->b && !same_expr(m, a->b, b->b)) ||
        (a->c && !same_expr(m, a->c, b->c)))
        return 0;
    if (!same_detail(m, a, b)) return differ_expr(m, "different expressions", a, b);
    return same_contraction(a, b) ? 1 : differ_expr(m, "parentheses differ that stop a contraction", a, b);
}

/* --- statements --- */

static int is_empty(const wf_stmt *s) {
    if (s->kind == WF_ST_EXPR) return !s->expr;
    if (s->kind != WF_ST_BLOCK) return 0;
    for (s = s->body; s; s = s->next)
        if (!is_empty(s)) return 0;
    return 1;
}

static const wf_stmt *skip_empty(const wf_stmt *s) {
    while (s && is_empty(s)) s = s->next;
    return s;
}

static int same_stmt(match *m, const wf_stmt *a, const wf_stmt *b);

static int same_list(match *m, const wf_stmt *a, const wf_stmt *b) {
    for (a = skip_empty(a), b = skip_empty(b); a && b; a = skip_empty(a->next), b = skip_empty(b->next))
        if (!same_stmt(m, a, b)) return 0;
    return a || b ? differ(m, "one has more statements", NULL) : 1;
}

/* A statement as a part of another: its braces do not count. `single` has no next that belongs to it. */
static int same_body(match *m, const wf_stmt *a, const wf_stmt *b) {
    wf_stmt single_a, single_b;
    if (a && a->kind != WF_ST_BLOCK) {
        single_a = *a;
        single_a.next = NULL;
        a = &single_a;
    } else if (a) a = a->body;
    if (b && b->kind != WF_ST_BLOCK) {
        single_b = *b;
        single_b.next = NULL;
        b = &single_b;
    } else if (b) b = b->body;
    return same_list(m, a, b);
}

static int same_declaration(match *m, const wf_var *a, const wf_var *b) {
    if (a->space != b->space || a->align != b->align || a->is_static != b->is_static ||
        !same_type(a->type, b->type))
        return differ(m, "different declarations of", a->name);
    if (m->func && a->number < m->func->local_count) m->partner[a->number] = b;
    return 1;
}

static int same_text(const char *a, const char *b) { return a && b ? !strcmp(a, b) : a == b; }

static int same_asm(match *m, const wf_asm *a, const wf_asm *b) {
    if (strcmp(a->text, b->text) || a->outputs != b->outputs || a->inputs != b->inputs ||
        a->is_volatile != b->is_volatile || a->has_plain != b->has_plain ||
        !same_text(a->clobbers, b->clobbers))
        return differ(m, "different assembly", a->text);
    for (uint32_t i = 0; i < a->outputs + a->inputs; i++)
        if (strcmp(a->operands[i].constraint, b->operands[i].constraint) ||
            !same_expr(m, a->operands[i].value, b->operands[i].value))
            return differ(m, "different operands of assembly", a->text);
    return 1;
}

static int same_stmt(match *m, const wf_stmt *a, const wf_stmt *b) {
    if (a->kind != b->kind || a->for_kind != b->for_kind || a->unroll != b->unroll || a->value != b->value ||
        !same_text(a->name, b->name))
        return differ(m, "different statements", NULL);
    switch ((wf_stmt_kind)a->kind) {
    case WF_ST_DECL:
        if (!same_declaration(m, a->var, b->var)) return 0;
        break;
    case WF_ST_ASM: return same_asm(m, a->asm_, b->asm_);
    case WF_ST_FOR:
        if ((a->init != NULL) != (b->init != NULL)) return differ(m, "different starts of a loop", NULL);
        if (a->init && !same_stmt(m, a->init, b->init)) return 0;
        break;
    default: break;
    }
    return same_expr(m, a->expr, b->expr) && same_expr(m, a->step, b->step) &&
           same_body(m, a->body, b->body) && same_body(m, a->other, b->other);
}

/* --- functions, globals, units --- */

static int same_function(match *m, const wf_func *a, const wf_func *b) {
    const uint32_t compared = ~(uint32_t)WF_FN_EXTERN_C;
    if (!b) return differ(m, "only one has the function", a->name);
    if (!same_type(a->type, b->type) || (a->flags & compared) != (b->flags & compared) ||
        a->max_threads != b->max_threads || a->min_blocks != b->min_blocks || !a->body != !b->body ||
        (a->body && a->param_count != b->param_count) ||
        strcmp(a->shown ? a->shown : a->name, b->shown ? b->shown : b->name) != 0)
        return differ(m, "different declarations of the function", a->name);
    if (!a->body) return 1;
    m->partner = wf_calloc(a->local_count + 1, sizeof *m->partner);
    if (!m->partner) return differ(m, "out of memory", NULL);
    m->func = a;
    int same = 1;
    for (const wf_var *p = a->params, *q = b->params; same && p && q; p = p->next, q = q->next)
        same = same_declaration(m, p, q);
    same = same && same_body(m, a->body, b->body);
    wf_free(m->partner);
    m->partner = NULL;
    m->func = NULL;
    return same;
}

static int same_global(match *m, const wf_var *a, const wf_var *b) {
    if (!b) return differ(m, "only one has the global", a->name);
    if (a->is_extern != b->is_extern) return differ(m, "different declarations of", a->name);
    return same_declaration(m, a, b) &&
           ((is_zero(a->init) && is_zero(b->init)) || same_expr(m, a->init, b->init));
}

static uint32_t own_records(const wf_unit *u) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < u->record_count; i++) count += !u->records[i]->built_in;
    return count;
}

int wf_unit_equal(const wf_unit *a, const wf_unit *b, wf_text *why) {
    match m = {.a = a, .b = b, .why = why};
    if (own_records(a) != own_records(b)) return differ(&m, "one has more records", NULL);
    for (uint32_t i = 0; i < a->record_count; i++)
        if (!a->records[i]->built_in &&
            !same_record(&m, a->records[i], wf_unit_find_record(b, a->records[i]->name)))
            return 0;
    if (a->global_count != b->global_count) return differ(&m, "one has more globals", NULL);
    for (const wf_var *var = a->globals; var; var = var->next)
        if (!same_global(&m, var, wf_unit_find_global(b, var->name))) return 0;
    if (a->func_count != b->func_count) return differ(&m, "one has more functions", NULL);
    for (const wf_func *f = a->funcs; f; f = f->next)
        if (!same_function(&m, f, wf_unit_find_func(b, f->name))) return 0;
    return 1;
}
