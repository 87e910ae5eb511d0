/* pyfunc/unroll.c: a for loop over a tuple whose items have different types: the body once for each item.
 *
 *     for a in literal_unroll((x1d, y2d)): total += a.sum()
 *
 * The target stands for the item itself, so it may have another type each time. What a copy of the body
 * declares ends with it: the state of the function's variables is put back after each copy, and one that is
 * read after the loop moves to the function's top, as everywhere (wf_pf_read_var). Each copy is a loop of one
 * turn, which `continue` leaves. */
#include "pyfunc/lower.h"
#include <string.h>

/* The loop's variable when it is nothing but that; else NULL: it is assigned as usual. */
static wf_pf_var *own_variable(wf_pf_body *b, const wf_pf_expr *target) {
    if (target->kind != WF_PF_LOCAL) return NULL;
    uint32_t web = b->in->webs->def[target->number];
    if (web == WF_PF_NO_WEB || b->in->webs->webs[web].defs != 1 || b->in->vars[web].early) return NULL;
    return &b->in->vars[web];
}

static void lower_item(wf_pf_body *b, const wf_pf_stmt *s, wf_pf_val item) {
    wf_unit *u = b->l->u;
    wf_stmt *once = wf_stmt_new(u, WF_ST_DO, s->at), *outer = wf_pf_open(b, s->at);
    wf_pf_var *own = own_variable(b, s->targets[0]);
    if (own) {
        wf_pf_val *kept = WF_NEW(&u->arena, wf_pf_val);
        *kept = wf_pf_settle(b, item, s->at);
        own->bound = kept;
    } else wf_pf_assign(b, s->targets[0], item, s->at);
    wf_pf_lower_loop_body(b, s, NULL);
    once->body = wf_pf_close(b, outer);
    once->expr = wf_make_int(u, wf_type_scalar(u, WF_TY_BOOL), 0, s->at);
    wf_block_add(b->block, once);
}

void wf_pf_lower_items(wf_pf_body *b, const wf_pf_stmt *s, wf_pf_val tuple) {
    wf_pf_var *vars = b->in->vars;
    uint32_t count = b->in->webs->count;
    typedef struct state {
        const wf_pf_val *bound;
        wf_var **vars;
        const wf_pf_type *type;
    } state;
    state *before = WF_NEW_ARRAY(&b->l->u->arena, state, count + 1);
    for (uint32_t i = 0; i < count; i++) before[i] = (state){vars[i].bound, vars[i].vars, vars[i].vars_type};
    for (uint32_t k = 0; k < tuple.type->count; k++) {
        lower_item(b, s, tuple.items[k]);
        for (uint32_t i = 0; i < count; i++) {
            vars[i].bound = before[i].bound;
            vars[i].vars = before[i].vars;
            vars[i].vars_type = before[i].type;
        }
    }
}
