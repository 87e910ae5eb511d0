/* cudac/pack.c: parameter packs: finding what an ellipsis expands, expanding it, fold expressions.
 *
 * An expansion is parsed once for each element, from the same tokens, with the packs' names bound to that
 * element in a scope of its own. */
#include "cudac/parse.h"
#include <string.h>

/* Behind <: to behind its >. */
void cc_skip_angles(cc *p) {
    unsigned depth = 1;
    while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_SEMI)) {
        if (cc_is(p, CC_P_LPAREN) || cc_is(p, CC_P_LBRACE) || cc_is(p, CC_P_LBRACKET)) {
            cc_skip_balanced(p);
            continue;
        }
        if (cc_is(p, CC_P_LT)) depth++;
        if (cc_is(p, CC_P_GT) || cc_is(p, CC_P_SHR)) {
            cc_accept_gt(p);
            if (--depth == 0) return;
            continue;
        }
        cc_next_token(p);
    }
}

/* The symbol of the name at token i, with the names before it: a::b::c. NULL: not known here. */
static cc_symbol *symbol_at(cc *p, uint32_t i) {
    if (p->tokens[i].kind != CC_IDENT || !p->tokens[i].name) return NULL;
    if (!i || !cc_punct_is(&p->tokens[i - 1], CC_P_SCOPE)) return cc_find(p, p->scope, p->tokens[i].name);
    if (i < 2) return NULL;
    cc_symbol *s = symbol_at(p, i - 2);
    if (s && s->kind == CC_SYM_NAMESPACE) return cc_find_in(p, s->space, p->tokens[i].name);
    cc_record *r = s && s->kind == CC_SYM_TYPE ? cc_record_of(s->type.t) : NULL;
    return r && r->scope ? cc_find_in(p, r->scope, p->tokens[i].name) : NULL;
}

static int opens_angle(cc *p, uint32_t i) {
    if (!cc_punct_is(&p->tokens[i], CC_P_LT) || !i || p->tokens[i - 1].kind != CC_IDENT) return 0;
    if (p->tokens[i - 1].op)
        return p->tokens[i - 1].op >= CC_KW_STATIC_CAST && p->tokens[i - 1].op <= CC_KW_DYNAMIC_CAST;
    cc_symbol *s = symbol_at(p, i - 1);
    return s && (s->kind == CC_SYM_TEMPLATE || (s->kind == CC_SYM_FUNC && s->funcs->tmpl) ||
                 (s->kind == CC_SYM_TYPE && cc_record_of(s->type.t)));
}

/* The end of what stands at `from`: the index of the comma or closing bracket behind it. *dots: of its ...,
 * or 0. */
static uint32_t end_of_item(cc *p, uint32_t from, uint32_t *dots) {
    uint32_t depth = 0, angles = 0, i = from;
    *dots = 0;
    for (; i + 1 < p->count; i++) {
        const cc_token *t = &p->tokens[i];
        if (t->kind != CC_PUNCT) continue;
        if (t->op == CC_P_LPAREN || t->op == CC_P_LBRACE || t->op == CC_P_LBRACKET) depth++;
        else if (t->op == CC_P_RPAREN || t->op == CC_P_RBRACE || t->op == CC_P_RBRACKET) {
            if (!depth) break;
            depth--;
        } else if (depth) continue;
        else if (opens_angle(p, i)) angles++;
        else if (t->op == CC_P_GT && angles) angles--;
        else if (t->op == CC_P_SHR && angles > 1) angles -= 2;
        else if (t->op == CC_P_GT || t->op == CC_P_SEMI || (t->op == CC_P_SHR && angles == 1)) break;
        else if (t->op == CC_P_COMMA && !angles) break;
        else if (t->op == CC_P_ELLIPSIS && !angles &&
                 !(i && p->tokens[i - 1].op == CC_KW_SIZEOF && p->tokens[i - 1].kind == CC_IDENT))
            *dots = i;
    }
    return i;
}

static cc_symbol *pack_in(cc *p, uint32_t from, uint32_t to, uint32_t *at) {
    for (uint32_t i = from; i < to; i++) {
        if (p->tokens[i].kind != CC_IDENT || p->tokens[i].op) continue;
        if (i >= 2 && cc_punct_is(&p->tokens[i - 1], CC_P_LPAREN) &&
            cc_punct_is(&p->tokens[i - 2], CC_P_ELLIPSIS))
            continue; /* sizeof...(P) */
        cc_symbol *s = cc_find(p, p->scope, p->tokens[i].name);
        if (s && s->kind == CC_SYM_PACK) {
            *at = i;
            return s;
        }
    }
    return NULL;
}

uint32_t cc_pack_ahead(cc *p) {
    uint32_t dots, at;
    if (!p->packs) return 0;
    end_of_item(p, p->at, &dots);
    return dots && pack_in(p, p->at, dots, &at) ? dots : 0;
}

int cc_packs_in_braces(cc *p) {
    uint32_t dots, at, from = p->at, end;
    if (!p->packs) return 0;
    for (;; from = end + 1) {
        end = end_of_item(p, from, &dots);
        if (dots && pack_in(p, from, dots, &at)) return 1;
        if (!cc_punct_is(&p->tokens[end], CC_P_COMMA)) return 0;
    }
}

static void bind_element(cc *p, cc_scope *scope, const cc_symbol *pack, uint32_t i) {
    if (pack->pack_vars) {
        cc_symbol *s = cc_symbol_add(p, scope, pack->name, CC_SYM_VAR, pack->at);
        cc_symbol keep = *s;
        *s = *pack->pack_vars[i];
        s->next = keep.next, s->bucket = keep.bucket;
        s->original = pack->pack_vars[i];
        return;
    }
    cc_bind_targ(p, scope, pack->name, &pack->pack[i]);
}

/* Parses the tokens from..to once for each element; `each` begins with p->at at from. */
static uint32_t expand(cc *p, uint32_t from, uint32_t to, void (*each)(cc *, void *, uint32_t),
                       void *context) {
    cc_symbol *packs[16], *s;
    uint32_t count = 0, at = from, start = from;
    wf_place place = p->tokens[from].at;
    while (count < 16 && (s = pack_in(p, start, to, &at)) != NULL) {
        packs[count++] = s;
        start = at + 1;
    }
    if (!count) return 0;
    uint32_t n = packs[0]->pack_count;
    for (uint32_t k = 1; k < count; k++)
        if (packs[k]->pack_count != n) {
            cc_error(p, place, NULL, "packs of %u and %u elements are expanded together", n,
                     packs[k]->pack_count);
            n = n < packs[k]->pack_count ? n : packs[k]->pack_count;
        }
    cc_scope *outer = p->scope;
    for (uint32_t i = 0; i < n; i++) {
        p->scope = cc_scope_new(p, CC_SCOPE_BLOCK, outer);
        for (uint32_t k = 0; k < count; k++)
            if (!cc_find_here(p->scope, packs[k]->name)) bind_element(p, p->scope, packs[k], i);
        p->at = from;
        p->half = 0;
        each(p, context, i);
    }
    p->scope = outer;
    return n;
}

void cc_expand_pack(cc *p, void (*each)(cc *p, void *context, uint32_t index), void *context) {
    uint32_t from = p->at, dots = cc_pack_ahead(p);
    uint32_t n = expand(p, from, dots, each, context);
    if (!n) {
        p->at = dots + 1;
        if (cc_is_name(p)) cc_next_token(p);
        return;
    }
    cc_accept(p, CC_P_ELLIPSIS);
}

/* Base(arguments)... in a constructor's list: the token of its ..., or 0. */
uint32_t cc_pack_of_base_ahead(cc *p) {
    uint32_t i = p->at, depth = 0, at;
    if (!p->packs) return 0;
    for (; i + 1 < p->count; i++) { /* the name ends where its arguments begin */
        const cc_token *t = &p->tokens[i];
        if (cc_punct_is(t, CC_P_LPAREN) || cc_punct_is(t, CC_P_LBRACE)) break;
        if (cc_punct_is(t, CC_P_SEMI)) return 0;
    }
    for (; i + 1 < p->count; i++) {
        const cc_token *t = &p->tokens[i];
        if (cc_punct_is(t, CC_P_LPAREN) || cc_punct_is(t, CC_P_LBRACE)) depth++;
        if ((cc_punct_is(t, CC_P_RPAREN) || cc_punct_is(t, CC_P_RBRACE)) && !--depth) break;
    }
    return i + 1 < p->count && cc_punct_is(&p->tokens[i + 1], CC_P_ELLIPSIS) && pack_in(p, p->at, i, &at)
               ? i + 1
               : 0;
}

void cc_expand_until(cc *p, uint32_t dots, void (*each)(cc *p, void *context, uint32_t index),
                     void *context) {
    expand(p, p->at, dots, each, context);
    p->at = dots + 1;
    p->half = 0;
}

/* --- fold expressions --- */

typedef struct fold_items {
    wf_expr **data;
    uint32_t count, capacity;
} fold_items;

static void fold_item(cc *p, void *context, uint32_t index) {
    fold_items *f = context;
    (void)index;
    if (f->count == f->capacity) {
        uint32_t capacity = f->capacity ? f->capacity * 2 : 16;
        wf_expr **data = WF_NEW_ARRAY(p->scratch, wf_expr *, capacity);
        if (f->count) memcpy(data, f->data, f->count * sizeof *data);
        f->data = data, f->capacity = capacity;
    }
    f->data[f->count++] = cc_unary(p);
}

static wf_expr *fold_one(cc *p, unsigned op, wf_expr *a, wf_expr *b, wf_place at) {
    static const struct {
        uint8_t punct, op;
    } ops[] = {
        {CC_P_ADD, WF_OP_ADD},   {CC_P_SUB, WF_OP_SUB}, {CC_P_MUL, WF_OP_MUL}, {CC_P_DIV, WF_OP_DIV},
        {CC_P_REM, WF_OP_REM},   {CC_P_SHL, WF_OP_SHL}, {CC_P_SHR, WF_OP_SHR}, {CC_P_AND, WF_OP_AND},
        {CC_P_XOR, WF_OP_XOR},   {CC_P_OR, WF_OP_OR},   {CC_P_LT, WF_OP_LT},   {CC_P_LE, WF_OP_LE},
        {CC_P_GT, WF_OP_GT},     {CC_P_GE, WF_OP_GE},   {CC_P_EQ, WF_OP_EQ},   {CC_P_NE, WF_OP_NE},
        {CC_P_LAND, WF_OP_LAND}, {CC_P_LOR, WF_OP_LOR},
    };
    if (op == CC_P_COMMA) return wf_make_comma(p->u, a, b, at);
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (ops[i].punct == op) return cc_binary(p, (wf_op)ops[i].op, a, b, at);
    cc_unsupported(p, at, wf_arena_printf(p->arena, "a fold over %s", cc_punct_text(op)));
    return a;
}

static wf_expr *folded(cc *p, unsigned op, const fold_items *f, wf_expr *init, int left, wf_place at) {
    const wf_type *boolean = wf_type_scalar(p->u, WF_TY_BOOL);
    if (!f->count && !init) {
        if (op == CC_P_LAND || op == CC_P_LOR) return wf_make_int(p->u, boolean, op == CC_P_LAND, at);
        if (op != CC_P_COMMA) cc_error(p, at, NULL, "a fold over %s of an empty pack", cc_punct_text(op));
        return wf_make_cast(p->u, wf_type_scalar(p->u, WF_TY_VOID), wf_make_int(p->u, boolean, 0, at), at);
    }
    wf_expr *e = init;
    for (uint32_t i = 0; i < f->count; i++) {
        wf_expr *item = f->data[left ? i : f->count - 1 - i];
        e = !e ? item : left ? fold_one(p, op, e, item, at) : fold_one(p, op, item, e, at);
    }
    return e;
}

wf_expr *cc_fold(cc *p, wf_place at) {
    uint32_t dots, close, from = p->at, where;
    fold_items items = {0};
    if (!p->packs) return NULL;
    close = from; /* the parenthesis that ends it, and its ... */
    dots = 0;
    for (uint32_t depth = 0; close + 1 < p->count; close++) {
        const cc_token *t = &p->tokens[close];
        if (cc_punct_is(t, CC_P_LPAREN) || cc_punct_is(t, CC_P_LBRACE) || cc_punct_is(t, CC_P_LBRACKET))
            depth++;
        else if (cc_punct_is(t, CC_P_RPAREN) || cc_punct_is(t, CC_P_RBRACE) ||
                 cc_punct_is(t, CC_P_RBRACKET)) {
            if (!depth--) break;
        } else if (cc_punct_is(t, CC_P_ELLIPSIS) && !depth) dots = close;
    }
    if (!dots || !cc_punct_is(&p->tokens[close], CC_P_RPAREN) || p->tokens[dots + 1].kind != CC_PUNCT)
        return NULL;
    wf_expr *init = NULL, *e;
    int left_open = dots == from, right_open = dots + 1 == close;
    unsigned op = left_open ? p->tokens[dots + 1].op : p->tokens[dots - 1].op;
    if (left_open) {
        expand(p, dots + 2, close, fold_item, &items);
        e = folded(p, op, &items, NULL, 1, at);
    } else if (right_open) {
        expand(p, from, dots - 1, fold_item, &items);
        e = folded(p, op, &items, NULL, 0, at);
    } else if (pack_in(p, from, dots - 1, &where)) {
        expand(p, from, dots - 1, fold_item, &items);
        p->at = dots + 2;
        init = cc_conditional(p);
        e = folded(p, op, &items, init, 0, at);
    } else {
        p->at = from;
        init = cc_unary(p);
        expand(p, dots + 2, close, fold_item, &items);
        e = folded(p, op, &items, init, 1, at);
    }
    p->at = close + 1;
    return wf_make_paren(p->u, e);
}
