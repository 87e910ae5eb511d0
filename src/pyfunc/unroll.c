/* pyfunc/unroll.c: a for loop over a tuple whose items have different types: the body once for each item.
 *
 *     for a in literal_unroll((x1d, y2d)): total += a.sum()
 *
 * The target stands for the item itself, so it may have another type each time, and so may what is assigned
 * in the body alone: each copy keeps the state of those variables from one run to the next. What a copy of the
 * body declares ends with it: the state of the function's variables is put back after each copy, and one that
 * is read after the loop moves to the function's top, as everywhere (wf_pf_read_var). Each copy is a loop of
 * one turn, which `continue` leaves; `break` sets a flag, and the copies that follow are passed over. */
#include "pyfunc/lower.h"
#include <string.h>

/* The loop's variable when it is nothing but that; else NULL: it is assigned as usual. */
static wf_pf_var *own_variable(wf_pf_body *b, const wf_pf_expr *target) {
    if (target->kind != WF_PF_LOCAL) return NULL;
    uint32_t web = b->in->webs->def[target->number];
    if (web == WF_PF_NO_WEB || b->in->webs->webs[web].defs != 1 || b->in->vars[web].early) return NULL;
    return &b->in->vars[web];
}

static void lower_item(wf_pf_body *b, const wf_pf_stmt *s, wf_pf_val item, wf_var *broke) {
    wf_unit *u = b->l->u;
    wf_stmt *once = wf_stmt_new(u, WF_ST_DO, s->at), *outer = wf_pf_open(b, s->at);
    wf_pf_var *own = own_variable(b, s->targets[0]);
    if (own) {
        wf_pf_val *kept = WF_NEW(&u->arena, wf_pf_val);
        *kept = wf_pf_settle(b, item, s->at);
        own->bound = kept;
    } else wf_pf_assign(b, s->targets[0], item, s->at);
    wf_pf_lower_loop_body(b, s, broke);
    once->body = wf_pf_close(b, outer);
    once->expr = wf_make_int(u, wf_type_scalar(u, WF_TY_BOOL), 0, s->at);
    if (broke) { /* an earlier turn may have ended the loop */
        wf_stmt *goes_on = wf_stmt_new(u, WF_ST_IF, s->at);
        goes_on->expr = wf_make_unary(u, WF_OP_LNOT, wf_make_var(u, broke, s->at), s->at);
        goes_on->body = once;
        once = goes_on;
    }
    wf_block_add(b->block, once);
}

/* ---- the variables of a copy ---- */

struct wf_pf_unrolled { /* one copy of a body: what its own variables are */
    const wf_pf_stmt *loop;
    uint64_t path; /* which copy, within which copies of loops around */
    wf_pf_var *vars;
    struct wf_pf_unrolled *next;
};

typedef struct own_webs {
    const wf_pf_webs *webs;
    uint32_t *list, count;
} own_webs;

static void own_of_body(own_webs *own, const wf_pf_stmt *s);

/* The variables that are declared in the body belong to one turn. */
static void own_of_expr(own_webs *own, const wf_pf_expr *e) {
    if (!e) return;
    uint32_t web = e->kind == WF_PF_LOCAL ? own->webs->def[e->number] : WF_PF_NO_WEB;
    if (web != WF_PF_NO_WEB && own->webs->webs[web].declare_at == e->number) own->list[own->count++] = web;
    own_of_expr(own, e->a);
    own_of_expr(own, e->b);
    own_of_expr(own, e->c);
    for (uint32_t i = 0; i < e->count; i++) own_of_expr(own, e->items[i]);
    own_of_body(own, e->body);
}

static void own_of_body(own_webs *own, const wf_pf_stmt *s) {
    for (; s; s = s->next) {
        own_of_expr(own, s->value);
        for (uint32_t i = 0; i < s->target_count; i++) own_of_expr(own, s->targets[i]);
        own_of_body(own, s->body);
        own_of_body(own, s->other);
    }
}

static wf_pf_unrolled *copy_of(wf_pf_body *b, const wf_pf_stmt *s, uint32_t own_count) {
    wf_pf_instance *in = b->in;
    for (wf_pf_unrolled *c = in->unrolled; c; c = c->next)
        if (c->loop == s && c->path == in->unroll_path) return c;
    wf_pf_unrolled *c = WF_NEW(&b->l->arena, wf_pf_unrolled);
    *c = (wf_pf_unrolled){s, in->unroll_path, WF_NEW_ARRAY(&b->l->arena, wf_pf_var, own_count + 1),
                          in->unrolled};
    for (uint32_t i = 0; i < own_count; i++) c->vars[i] = (wf_pf_var){.type = b->l->unknown, .nonneg = 1};
    return in->unrolled = c;
}

static void lower_copy(wf_pf_body *b, const wf_pf_stmt *s, wf_pf_val item, const own_webs *own,
                       wf_var *broke) {
    wf_pf_unrolled *copy = copy_of(b, s, own->count);
    wf_pf_var *vars = b->in->vars;
    for (uint32_t i = 0; i < own->count; i++) {
        wf_pf_var was = copy->vars[i];
        vars[own->list[i]] =
            (wf_pf_var){.type = was.type, .nonneg = was.nonneg, .early = was.early, .made_at = was.made_at};
    }
    lower_item(b, s, item, broke);
    for (uint32_t i = 0; i < own->count; i++) copy->vars[i] = vars[own->list[i]];
}

void wf_pf_lower_items(wf_pf_body *b, const wf_pf_stmt *s, wf_pf_val tuple, wf_var *broke) {
    wf_pf_var *vars = b->in->vars;
    uint32_t count = b->in->webs->count;
    uint64_t path = b->in->unroll_path;
    own_webs own = {b->in->webs, WF_NEW_ARRAY(&b->l->u->arena, uint32_t, count + 1), 0};
    wf_pf_var *before = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_var, count + 1);
    if (s->targets[0]->kind != WF_PF_LOCAL) own_of_expr(&own, s->targets[0]);
    own_of_body(&own, s->body);
    for (uint32_t i = 0; i < count; i++) before[i] = vars[i];
    for (uint32_t k = 0; k < tuple.type->count; k++) {
        b->in->unroll_path = path * 1000003 + k + 1;
        lower_copy(b, s, tuple.items[k], &own, broke);
        for (uint32_t i = 0; i < own.count; i++) vars[own.list[i]] = before[own.list[i]];
        for (uint32_t i = 0; i < count; i++) {
            vars[i].bound = before[i].bound;
            vars[i].vars = before[i].vars;
            vars[i].vars_type = before[i].vars_type;
        }
    }
    b->in->unroll_path = path;
}
