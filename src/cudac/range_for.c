/* cudac/range_for.c: for (T x : range), over an array, braces, or a class with begin() and end().
 *
 * An array becomes a loop over an index; a class a loop over what its begin() gives, an iterator that has
 * !=, ++ and *. */
#include "cudac/parse.h"

int cc_range_ahead(cc *p) {
    uint32_t depth = 0;
    int parts = 1;
    for (uint32_t i = p->at; i < p->count; i++) {
        const cc_token *t = &p->tokens[i];
        if (cc_punct_is(t, CC_P_LPAREN) || cc_punct_is(t, CC_P_LBRACE) || cc_punct_is(t, CC_P_LBRACKET))
            depth++;
        else if (cc_punct_is(t, CC_P_RPAREN) || cc_punct_is(t, CC_P_RBRACE) ||
                 cc_punct_is(t, CC_P_RBRACKET)) {
            if (!depth--) return 0;
        } else if (depth) continue;
        else if (cc_punct_is(t, CC_P_SEMI) && ++parts > 2) return 0;
        else if (cc_punct_is(t, CC_P_QUESTION) || t->kind == CC_EOF) return 0;
        else if (cc_punct_is(t, CC_P_COLON)) return parts;
    }
    return 0;
}

/* What stands before the colon. */
typedef struct loop_name {
    cc_declarator d;
    cc_binding names[CC_BINDINGS_MAX]; /* auto [a, b] */
    uint32_t count;
} loop_name;

/* The loop's variable from `element`, then the body. */
static void loop_body(cc *p, wf_stmt *loop, const loop_name *name, wf_expr *element) {
    const cc_declarator *d = &name->d;
    if (name->count) {
        cc_loop jumps = cc_loop_begin(p);
        cc_bind_names(p, name->names, name->count, element, d->type.ref, loop->body, loop->at);
        wf_block_add(loop->body, cc_loop_body(p));
        cc_loop_end(p, jumps);
        wf_block_end(loop->body);
        return;
    }
    cc_type type = d->type.placeholder ? cc_deduce_auto(p, d->type, element, d->at) : d->type;
    cc_symbol *v = cc_symbol_add(p, p->scope, d->name, CC_SYM_VAR, d->at);
    v->type = type;
    v->var = wf_local_new(p->u, p->body->f, d->name->text, cc_tree_type(p, type), d->at);
    v->var->front = v;
    v->home = p->body->f;
    wf_expr *init = type.ref ? cc_bind(p, type, element, d->at) : cc_copied(p, type, element, d->at);
    cc_loop jumps = cc_loop_begin(p);
    cc_alive *alive = p->body->alive;
    wf_block_add(loop->body, wf_stmt_decl(p->u, v->var, init, d->at));
    cc_alive_push(p, v->var, type);
    wf_block_add(loop->body, cc_loop_body(p));
    cc_alive_close(p, loop->body, alive);
    cc_loop_end(p, jumps);
    wf_block_end(loop->body);
}

static void over_array(cc *p, wf_stmt *block, wf_stmt *loop, const loop_name *d, wf_expr *range) {
    wf_place at = loop->at;
    uint64_t count = range->type->count;
    wf_expr *first = cc_decay(p, range);
    const wf_type *integer = wf_type_scalar(p->u, WF_TY_INT);
    wf_var *base = wf_local_new(p->u, p->body->f, "range", first->type->unqual, at);
    wf_var *i = wf_local_new(p->u, p->body->f, "i", integer, at);
    wf_block_add(block, wf_stmt_decl(p->u, base, first, at));
    loop->init = wf_stmt_decl(p->u, i, wf_make_int(p->u, integer, 0, at), at);
    loop->expr =
        wf_make_binary(p->u, WF_OP_LT, wf_make_var(p->u, i, at), wf_make_int(p->u, integer, count, at), at);
    loop->step = wf_make_step(p->u, WF_OP_ADD, wf_make_var(p->u, i, at), 0, at);
    p->body->block = loop->body;
    loop_body(p, loop, d, wf_make_index(p->u, wf_make_var(p->u, base, at), wf_make_var(p->u, i, at), at));
}

/* range.begin() or range.end(); NULL: there is none. */
static wf_expr *edge(cc *p, wf_expr *range, const char *name, wf_place at) {
    cc_record *owner = NULL, *r = cc_record_of(range->type);
    cc_name *n = cc_intern(&p->r, name, name[0] == 'b' ? 5 : 3);
    cc_symbol *s = r ? cc_find_member(p, r, n, &owner) : NULL;
    if (!s || s->kind != CC_SYM_FUNC) return NULL;
    return cc_decay(p, cc_call_set(p, n, s->funcs, NULL, 0, range, NULL, 0, at));
}

static wf_var *held(cc *p, wf_stmt *block, const char *name, wf_expr *value, wf_place at) {
    wf_var *v = wf_local_new(p->u, p->body->f, name, value->type->unqual, at);
    wf_block_add(block, wf_stmt_decl(p->u, v, wf_make_value(p->u, value), at));
    return v;
}

static void over_iterators(cc *p, wf_stmt *block, wf_stmt *loop, const loop_name *d, wf_expr *first,
                           wf_expr *last) {
    wf_place at = loop->at;
    wf_var *now = held(p, block, "now", first, at), *end = held(p, block, "end", last, at);
    wf_expr *n = wf_make_var(p->u, now, at);
    loop->expr = wf_make_bool(p->u, cc_binary(p, WF_OP_NE, n, wf_make_var(p->u, end, at), at));
    n = wf_make_var(p->u, now, at);
    int is_class = cc_record_of(now->type) != NULL;
    wf_expr *step = is_class ? cc_operator(p, "++", n, NULL, at) : NULL;
    loop->step = step ? step : wf_make_step(p->u, WF_OP_ADD, n, 0, at);
    p->body->block = loop->body;
    n = wf_make_var(p->u, now, at);
    wf_expr *element = is_class ? cc_operator(p, "*", n, NULL, at) : NULL;
    loop_body(p, loop, d, element ? element : wf_make_deref(p->u, n, at));
}

void cc_range_for(cc *p, wf_stmt *block, wf_place at, int32_t unroll) {
    cc_spec spec;
    loop_name name = {.count = 0};
    cc_specifiers(p, &spec, 1);
    uint32_t reference = cc_is(p, CC_P_AND) || cc_is(p, CC_P_LAND);
    if (spec.type.placeholder && cc_punct_is(cc_ahead(p, reference), CC_P_LBRACKET)) {
        name.d.type = (cc_type){.t = spec.type.t, .ref = (uint8_t)reference};
        p->at += reference;
        name.count = cc_binding_names(p, name.names);
    } else {
        cc_declarator_parse(p, &spec, spec.type, &name.d, 0);
    }
    cc_expect(p, CC_P_COLON, "of the loop over a range");
    cc_alive *temporaries = p->body->temporaries;
    wf_expr *range = cc_is(p, CC_P_LBRACE) ? cc_brace_argument(p) : cc_expression(p);
    cc_expect(p, CC_P_RPAREN, "behind the range");
    if (range->kind == WF_EX_INIT && range->type->kind == WF_TY_VOID && range->u.init.count) {
        const wf_type *t = wf_type_array(p->u, range->u.init.items[0]->type->unqual, range->u.init.count);
        range = cc_temporary(p, cc_braced_values(p, t, range->u.init.items, range->u.init.count, at), at);
    }
    int is_array = range->type->kind == WF_TY_ARRAY;
    if (!is_array && cc_record_of(range->type) && !(range->flags & WF_EX_LVALUE))
        range = cc_temporary(p, range, at);
    wf_expr *first = is_array ? NULL : edge(p, range, "begin", at);
    wf_expr *last = first ? edge(p, range, "end", at) : NULL;
    cc_temporaries_keep(p, temporaries);
    if ((!is_array && !last) || (!name.d.name && !name.count)) {
        if (!(range->flags & WF_EX_ERROR))
            cc_error(p, at, NULL,
                     "a loop over a value of type %s: expected an array, or a class with begin() and end()",
                     cc_spell_t(p, range->type));
        if (name.d.name) cc_told(p, name.d.name);
        for (uint32_t i = 0; i < name.count; i++) cc_told(p, name.names[i].name);
        wf_block_add(block, cc_loop_body(p));
        return;
    }
    wf_stmt *loop = wf_stmt_new(p->u, WF_ST_FOR, at), *around = p->body->block;
    loop->unroll = unroll;
    loop->body = cc_new_block(p, at);
    if (is_array) over_array(p, block, loop, &name, range);
    else over_iterators(p, block, loop, &name, first, last);
    p->body->block = around;
    wf_block_add(block, loop);
}
