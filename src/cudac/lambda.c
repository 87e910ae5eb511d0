/* cudac/lambda.c: lambda expressions: a local class with what is captured as members, and operator ().
 *
 * What [=] and [&] capture is found by looking through the body's tokens for names of the function's
 * variables before the body is parsed (a name that is declared again inside may be captured for nothing;
 * nobody sees that). References are captured as pointers. */
#include "cudac/parse.h"
#include <string.h>

typedef struct cc_capture {
    cc_symbol *symbol; /* of the enclosing function; NULL: this */
    const char *field;
    int by_reference;
    cc_type type;
    wf_expr *init; /* [x = expr] */
    cc_name *name;
} cc_capture;

typedef struct capture_list {
    cc_capture data[128];
    uint32_t count;
} capture_list;

/* A variable that belongs to the function being parsed, seen from there: through its own captures, if it is a
 * lambda. */
static int is_local(const cc *p, const cc_symbol *s) {
    return s && s->kind == CC_SYM_VAR && s->home && p->body && (s->home == p->body->f || p->body->lambda);
}

static void capture(cc *p, capture_list *list, cc_symbol *s, int by_reference) {
    for (uint32_t i = 0; i < list->count; i++)
        if (list->data[i].symbol == s && !list->data[i].name) return;
    if (list->count == 128) return;
    cc_capture *c = &list->data[list->count++];
    c->symbol = s;
    c->by_reference = by_reference;
    c->field = s ? s->name->text : "this_";
    c->type = s ? (cc_type){.t = s->type.t, .en = s->type.en, .ref = by_reference ? CC_REF_LVALUE : 0}
                : cc_plain(wf_type_pointer(p->u, cc_implicit_this(p, cc_place(p))->type));
}

static void read_captures(cc *p, capture_list *list, int *by_default) {
    while (!cc_is(p, CC_P_RBRACKET) && cc_peek(p)->kind != CC_EOF) {
        wf_place at = cc_place(p);
        if (cc_is(p, CC_P_ASSIGN)) *by_default = 1, cc_next_token(p);
        else if (cc_is(p, CC_P_AND) &&
                 (cc_punct_is(cc_ahead(p, 1), CC_P_RBRACKET) || cc_punct_is(cc_ahead(p, 1), CC_P_COMMA)))
            *by_default = 2, cc_next_token(p);
        else if (cc_is_kw(p, CC_KW_THIS) || (cc_is(p, CC_P_MUL) && cc_ahead(p, 1)->op == CC_KW_THIS)) {
            if (cc_accept(p, CC_P_MUL)) cc_unsupported(p, at, "[*this]");
            cc_next_token(p);
            if (cc_implicit_this(p, at)) capture(p, list, NULL, 0);
        } else {
            int by_reference = cc_accept(p, CC_P_AND);
            cc_name *name = cc_expect_name(p, "a variable to capture");
            if (!name) break;
            if (cc_is(p, CC_P_ASSIGN)) {
                cc_next_token(p);
                wf_expr *e = cc_assignment(p);
                cc_capture *c = &list->data[list->count < 127 ? list->count++ : 127];
                c->name = name;
                c->field = name->text;
                c->by_reference = by_reference;
                c->type = by_reference ? (cc_type){.t = e->type, .ref = CC_REF_LVALUE}
                                       : cc_decayed(p, (cc_type){.t = e->type, .en = cc_enum_of(p, e)});
                c->init = by_reference ? cc_bind(p, c->type, e, at) : cc_copied(p, c->type, e, at);
            } else {
                cc_symbol *s = cc_find(p, p->scope, name);
                if (!s)
                    cc_error(p, at, cc_suggest(p, p->scope, name->text, 1), "unknown name %s", name->text);
                else if (is_local(p, s)) capture(p, list, s, by_reference);
            }
        }
        cc_accept(p, CC_P_ELLIPSIS);
        if (!cc_accept(p, CC_P_COMMA)) break;
    }
    cc_expect(p, CC_P_RBRACKET, "of the captures");
}

/* From p->at (the parameters) to the end of the body. */
static void find_captures(cc *p, capture_list *list, int by_default) {
    uint32_t depth = 0;
    for (uint32_t i = p->at; i < p->count; i++) {
        const cc_token *t = &p->tokens[i];
        if (cc_punct_is(t, CC_P_LBRACE)) depth++;
        else if (cc_punct_is(t, CC_P_RBRACE) && --depth == 0) return;
        if (t->kind != CC_IDENT || !depth) continue;
        const cc_token *before = &p->tokens[i - 1];
        if (cc_punct_is(before, CC_P_DOT) || cc_punct_is(before, CC_P_ARROW) ||
            cc_punct_is(before, CC_P_SCOPE))
            continue;
        if (t->op == CC_KW_THIS && cc_implicit_this(p, t->at)) capture(p, list, NULL, 0);
        if (t->op) continue;
        cc_symbol *s = cc_find(p, p->scope, t->name);
        if (is_local(p, s) && s->var)
            capture(p, list, s, by_default == 2 || s->var->space == WF_SPACE_SHARED);
        if (s && (s->kind == CC_SYM_FIELD || (s->kind == CC_SYM_FUNC && s->funcs && s->funcs->owner)) &&
            cc_implicit_this(p, t->at))
            capture(p, list, NULL, 0);
        if (s && s->kind == CC_SYM_PACK)
            for (uint32_t k = 0; s->pack_vars && k < s->pack_count; k++)
                if (is_local(p, s->pack_vars[k])) capture(p, list, s->pack_vars[k], by_default == 2);
    }
}

wf_expr *cc_lambda(cc *p) {
    wf_place at = cc_place(p);
    capture_list *list = WF_NEW(p->scratch, capture_list);
    int by_default = 0, is_mutable = 0;
    if (!cc_deeper(p)) return cc_unknown(p, at);
    cc_next_token(p);
    read_captures(p, list, &by_default);
    if (list->count && (!p->body || !p->body->f)) { /* [x = 1] in front of everything */
        cc_unsupported(p, at, "captures of a lambda outside of functions");
        list->count = 0;
    }
    while (cc_is_kw(p, CC_KW_DEVICE) || cc_is_kw(p, CC_KW_HOST)) cc_next_token(p); /* [=] __device__ (…) */
    if (by_default && p->body) find_captures(p, list, by_default);
    const char *shown = wf_arena_printf(p->arena, "lambda_%u", ++p->lambda_count);
    cc_record *r = cc_record_new(p, NULL, shown, 0, p->scope, at);
    r->is_lambda = 1;
    r->captures = WF_NEW_ARRAY(p->scratch, cc_capture, list->count + 1);
    memcpy(r->captures, list->data, list->count * sizeof *r->captures);
    r->capture_count = list->count;
    wf_field *fields = WF_NEW_ARRAY(p->arena, wf_field, list->count + 1);
    r->field_types = WF_NEW_ARRAY(p->scratch, cc_type, list->count + 1);
    wf_expr **items = WF_NEW_ARRAY(p->arena, wf_expr *, list->count + 1);
    for (uint32_t i = 0; i < list->count; i++) {
        cc_capture *c = &r->captures[i];
        c->field = wf_arena_printf(p->arena, "%s_%u", c->field, i);
        fields[i] = (wf_field){.name = c->field,
                               .type = cc_tree_type(p, c->type)->kind == WF_TY_ARRAY
                                           ? c->type.t
                                           : cc_tree_type(p, c->type)->unqual,
                               .at = at};
        r->field_types[i] = c->type;
        wf_expr *outside = c->init ? NULL : c->symbol ? cc_captured(p, c->symbol, at) : cc_this(p, at);
        const int whole_array = c->type.t->kind == WF_TY_ARRAY && !c->type.ref;
        items[i] = c->init                      ? c->init
                   : c->by_reference            ? cc_bind(p, c->type, outside, at)
                   : whole_array || c->type.ref ? outside
                                                : cc_copied(p, c->type, outside, at);
        if (whole_array) cc_unsupported(p, at, "capturing an array by value; capture it by reference");
    }
    r->empty = list->count == 0;
    if (r->empty) {
        fields[0] = (wf_field){.name = CC_EMPTY_FIELD, .type = wf_type_scalar(p->u, WF_TY_CHAR), .at = at};
        r->field_types[0] = cc_plain(fields[0].type);
    }
    wf_record_finish(p->u, r->record, fields, list->count + r->empty);
    r->complete = 1;
    cc_implicit_copies(p, r);
    if (cc_parts_have_destructors(p, r)) r->dtor = cc_implicit_destructor(p, r);
    /* the function */
    cc_spec spec = {.flags = CC_F_DEVICE | CC_F_FORCEINLINE, .contract = -1, .has_type = 1};
    cc_declarator d = {.name = cc_intern(&p->r, "operator()", 10), .at = at, .flags = CC_F_METHOD};
    cc_scope *outer = p->scope;
    int generic = cc_lambda_is_generic(p);
    if (generic) {
        wf_expr *e = wf_make_init(p->u, r->type, items, list->count, at);
        cc_generic_lambda(p, r);
        p->depth--;
        return e;
    }
    if (cc_accept(p, CC_P_LPAREN)) d.params = cc_params(p, &d.param_count, &d.variadic);
    while (cc_is_name(p) || cc_is_kw(p, CC_KW_MUTABLE) || cc_is_kw(p, CC_KW_CONSTEXPR) ||
           cc_is_kw(p, CC_KW_NOEXCEPT) || cc_is_kw(p, CC_KW_DEVICE) || cc_is_kw(p, CC_KW_HOST)) {
        is_mutable |= cc_is_kw(p, CC_KW_MUTABLE);
        cc_next_token(p);
    }
    if (!is_mutable) d.flags |= CC_F_CONST_METHOD;
    if (r->empty) spec.flags |= CC_F_STATIC; /* so that it can be a plain function: see cc_lambda_function */
    d.result = cc_plain(wf_type_scalar(p->u, WF_TY_VOID));
    d.result.placeholder = 1;
    if (cc_accept(p, CC_P_ARROW)) d.result = cc_type_name(p);
    cc_func *f = cc_func_new(p, &spec, &d, outer, r);
    f->shown = wf_arena_printf(p->arena, "%s::operator()", shown);
    cc_symbol *s = cc_symbol_add(p, r->scope, d.name, CC_SYM_FUNC, at);
    s->funcs = f;
    if (cc_is(p, CC_P_LBRACE)) cc_function_body(p, f);
    else cc_expect(p, CC_P_LBRACE, "of the lambda");
    p->depth--;
    cc_parse_body(p, f);
    return wf_make_init(p->u, r->type, items, list->count, at);
}

/* The function of a lambda that captures nothing, for where a pointer of type `to` is asked for; or NULL. */
cc_func *cc_lambda_function(cc *p, const wf_type *to, const wf_expr *e) {
    const cc_record *r = e->type->kind == WF_TY_RECORD ? cc_record_of(e->type) : NULL;
    if (!r || !r->is_lambda || !r->empty || to->kind != WF_TY_POINTER || to->base->kind != WF_TY_FUNCTION)
        return NULL;
    cc_symbol *s = cc_find_here(r->scope, cc_intern(&p->r, "operator()", 10));
    cc_func *f = s ? s->funcs : NULL;
    return f && f->func && f->flags & CC_F_STATIC && f->func->type == to->base ? f : NULL;
}

wf_expr *cc_captured(cc *p, cc_symbol *s, wf_place at) {
    cc_body *b = p->body;
    if (!s->home || !b || !b->f || s->home == b->f) return cc_variable(p, s, at);
    for (uint32_t i = 0; b->lambda && i < b->lambda->capture_count; i++) {
        cc_capture *c = &b->lambda->captures[i];
        if ((c->symbol != s && !(s->original && c->symbol == s->original)) || !b->self) continue;
        wf_expr *e =
            wf_make_member(p->u, wf_make_deref(p->u, wf_make_var(p->u, b->self, at), at), c->field, at);
        if (c->by_reference) e = cc_through(p, e, at);
        cc_set_enum(p, e, s->type.en);
        return e;
    }
    if (s->value) { /* a constant needs no capture */
        wf_expr *e = wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_INT), 0, at);
        *e = *s->value;
        e->at = at;
        return e;
    }
    if (p->unevaluated) return cc_variable(p, s, at);
    cc_error(p, at, b->lambda ? "capture it: [&] or [=]" : NULL,
             b->lambda ? "%s is not captured" : "%s belongs to another function", s->name->text);
    return cc_unknown(p, at);
}

wf_expr *cc_this(cc *p, wf_place at) {
    cc_body *b = p->body;
    if (!b || !b->self) {
        if (p->scope) cc_error(p, at, NULL, "this outside of a method");
        return cc_unknown(p, at);
    }
    for (uint32_t i = 0; b->lambda && i < b->lambda->capture_count; i++)
        if (!b->lambda->captures[i].symbol && !b->lambda->captures[i].name)
            return wf_make_member(p->u, wf_make_deref(p->u, wf_make_var(p->u, b->self, at), at),
                                  b->lambda->captures[i].field, at);
    return wf_make_var(p->u, b->self, at);
}

wf_expr *cc_implicit_this(cc *p, wf_place at) {
    cc_body *b = p->body;
    if (!b || !b->self) return NULL;
    if (b->lambda) {
        int has = 0;
        for (uint32_t i = 0; i < b->lambda->capture_count; i++)
            has |= !b->lambda->captures[i].symbol && !b->lambda->captures[i].name;
        if (!has) return NULL;
    }
    return wf_make_deref(p->u, cc_this(p, at), at);
}

/* A capture with an initialiser is a name inside the body. */
void cc_declare_captures(cc *p, cc_scope *scope) {
    cc_record *r = p->body->lambda;
    for (uint32_t i = 0; r && i < r->capture_count; i++) {
        if (!r->captures[i].name) continue;
        cc_symbol *s = cc_symbol_add(p, scope, r->captures[i].name, CC_SYM_VAR, r->record->at);
        s->type = r->captures[i].type;
        s->home = (wf_func *)&r->captures[i]; /* nobody's: cc_captured looks at the captures */
        r->captures[i].symbol = s;
    }
}
