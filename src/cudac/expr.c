/* cudac/expr.c: expressions, from the comma down to casts and prefix operators.
 *
 * Binary operators are read by precedence climbing. What an operator means for the operands at hand (a user's
 * overload, a built-in) is decided in operators.c; wf_make_* does the conversions. */
#include "cudac/parse.h"
#include <string.h>

typedef struct binary_op {
    int8_t precedence; /* 0: no binary operator */
    uint8_t op;
} binary_op;

static binary_op binary_of(const cc *p) {
    const cc_token *t = cc_peek(p);
    if (t->kind == CC_IDENT) {
        if (t->op == CC_KW_AND) return (binary_op){5, WF_OP_LAND};
        if (t->op == CC_KW_OR) return (binary_op){4, WF_OP_LOR};
        return (binary_op){0, 0};
    }
    if (t->kind != CC_PUNCT) return (binary_op){0, 0};
    switch (t->op) {
    case CC_P_MUL: return (binary_op){14, WF_OP_MUL};
    case CC_P_DIV: return (binary_op){14, WF_OP_DIV};
    case CC_P_REM: return (binary_op){14, WF_OP_REM};
    case CC_P_ADD: return (binary_op){13, WF_OP_ADD};
    case CC_P_SUB: return (binary_op){13, WF_OP_SUB};
    case CC_P_SHL: return (binary_op){12, WF_OP_SHL};
    case CC_P_SHR: return (binary_op){(int8_t)(p->no_gt ? 0 : 12), WF_OP_SHR};
    case CC_P_LT: return (binary_op){10, WF_OP_LT};
    case CC_P_GT: return (binary_op){(int8_t)(p->no_gt ? 0 : 10), WF_OP_GT};
    case CC_P_LE:
        if (cc_punct_is(cc_ahead(p, 1), CC_P_GT)) return (binary_op){11, WF_OP_COUNT}; /* <=> */
        return (binary_op){10, WF_OP_LE};
    case CC_P_GE: return (binary_op){10, WF_OP_GE};
    case CC_P_EQ: return (binary_op){9, WF_OP_EQ};
    case CC_P_NE: return (binary_op){9, WF_OP_NE};
    case CC_P_AND: return (binary_op){8, WF_OP_AND};
    case CC_P_XOR: return (binary_op){7, WF_OP_XOR};
    case CC_P_OR: return (binary_op){6, WF_OP_OR};
    case CC_P_LAND: return (binary_op){5, WF_OP_LAND};
    case CC_P_LOR: return (binary_op){4, WF_OP_LOR};
    default: return (binary_op){0, 0};
    }
}

static int assignment_op(const cc *p) { /* -1: none, WF_OP_COUNT: plain */
    const cc_token *t = cc_peek(p);
    if (t->kind != CC_PUNCT) return -1;
    switch (t->op) {
    case CC_P_ASSIGN: return WF_OP_COUNT;
    case CC_P_ADD_EQ: return WF_OP_ADD;
    case CC_P_SUB_EQ: return WF_OP_SUB;
    case CC_P_MUL_EQ: return WF_OP_MUL;
    case CC_P_DIV_EQ: return WF_OP_DIV;
    case CC_P_REM_EQ: return WF_OP_REM;
    case CC_P_AND_EQ: return WF_OP_AND;
    case CC_P_OR_EQ: return WF_OP_OR;
    case CC_P_XOR_EQ: return WF_OP_XOR;
    case CC_P_SHL_EQ: return WF_OP_SHL;
    case CC_P_SHR_EQ: return WF_OP_SHR;
    default: return -1;
    }
}

wf_expr *cc_unknown(cc *p, wf_place at) {
    if (!p->quiet && !p->unknown.line) p->unknown = at;
    return wf_make_error(p->u, NULL, at);
}

/* --- casts --- */

/* ( type ) in front of an operand; returns 0 when the parenthesis holds an expression. */
static int cast_ahead(cc *p) {
    cc_mark mark = cc_save(p);
    cc_next_token(p);
    int is = cc_starts_type(p);
    if (is && !(cc_punct_is(cc_ahead(p, 1), CC_P_RPAREN))) {
        cc_trial trial = cc_trial_begin(p);
        unsigned no_gt = p->no_gt;
        p->no_gt = 0;
        cc_type_name(p);
        p->no_gt = no_gt;
        is = cc_is(p, CC_P_RPAREN) && p->r.diags->errors == trial.errors;
        cc_trial_end(p, trial);
    }
    cc_back(p, mark);
    return is;
}

static wf_expr *c_cast(cc *p) {
    wf_place at = cc_place(p);
    cc_next_token(p);
    unsigned no_gt = p->no_gt;
    p->no_gt = 0;
    cc_type t = cc_type_name(p);
    p->no_gt = no_gt;
    cc_expect(p, CC_P_RPAREN, "behind the type");
    if (cc_is(p, CC_P_LBRACE)) { /* a compound literal: an lvalue */
        cc_complete(p, t.t);
        wf_expr *e = cc_initializer(p, &t, at);
        return t.t->kind == WF_TY_ARRAY ? cc_temporary(p, e, at) : e;
    }
    wf_expr *e = cc_unary(p);
    return cc_cast(p, t, e, cc_until(p, at), 0);
}

/* --- prefix operators --- */

static wf_expr *size_of(cc *p, int align) {
    wf_place at = cc_place(p);
    const wf_type *t;
    cc_next_token(p);
    if (!align && cc_accept(p, CC_P_ELLIPSIS)) { /* sizeof...(pack) */
        cc_expect(p, CC_P_LPAREN, NULL);
        cc_name *name = cc_expect_name(p, "a pack");
        cc_symbol *s = name ? cc_find(p, p->scope, name) : NULL;
        cc_expect(p, CC_P_RPAREN, NULL);
        if (name && (!s || s->kind != CC_SYM_PACK)) cc_error(p, at, NULL, "%s is no pack", name->text);
        return wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_ULONG),
                           s && s->kind == CC_SYM_PACK ? s->pack_count : 0, at);
    }
    if (cc_is(p, CC_P_LPAREN) && cast_ahead(p)) {
        cc_next_token(p);
        unsigned no_gt = p->no_gt;
        p->no_gt = 0;
        t = cc_type_name(p).t;
        p->no_gt = no_gt;
        cc_expect(p, CC_P_RPAREN, "behind the type");
    } else {
        p->unevaluated++;
        t = cc_unary(p)->type;
        p->unevaluated--;
    }
    cc_complete(p, t);
    if (t->kind != WF_TY_VOID && !wf_type_size(t) && !(t->kind == WF_TY_ARRAY && !t->incomplete) &&
        !(t->kind == WF_TY_RECORD && t->record->complete))
        cc_error(p, at, NULL, "the size of incomplete type %s is not known", cc_spell_t(p, t));
    return wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_ULONG), align ? wf_type_align(t) : wf_type_size(t),
                       cc_until(p, at));
}

static wf_expr *step(cc *p, wf_op op, wf_place at) {
    cc_next_token(p);
    wf_expr *e = cc_unary(p);
    if (e->type->kind == WF_TY_RECORD) {
        wf_expr *r = cc_operator(p, op == WF_OP_ADD ? "++" : "--", e, NULL, at);
        if (r) return r;
    }
    cc_complete_target(p, e);
    return wf_make_step(p->u, op, cc_as_lvalue(p, e), 0, cc_until(p, at));
}

static wf_expr *address_of(cc *p, wf_place at) {
    cc_next_token(p);
    wf_expr *member = cc_member_address(p, at);
    if (member) return member;
    wf_expr *e = cc_unary(p);
    if (e->type->kind == WF_TY_RECORD) {
        wf_expr *r = cc_operator(p, "&", e, NULL, at);
        if (r) return r;
    }
    if (e->kind == WF_EX_CAST && e->cast == WF_CAST_DECAY && e->a->kind == WF_EX_FUNC) return e; /* &f is f */
    return wf_make_addr(p->u, cc_as_lvalue(p, e), cc_until(p, at));
}

static wf_expr *dereference(cc *p, wf_place at) {
    cc_next_token(p);
    wf_expr *e = cc_unary(p);
    if (e->type->kind == WF_TY_RECORD) {
        wf_expr *r = cc_operator(p, "*", e, NULL, at);
        if (r) return r;
    }
    e = cc_decay(p, e);
    if (e->kind == WF_EX_CAST && e->cast == WF_CAST_DECAY && e->a->kind == WF_EX_FUNC) return e; /* *f is f */
    if (e->type->kind == WF_TY_POINTER && e->type->base->kind == WF_TY_FUNCTION) return e;
    return cc_through(p, e, cc_until(p, at));
}

static wf_expr *prefix(cc *p, wf_op op, const char *text, wf_place at) {
    cc_next_token(p);
    wf_expr *e = cc_unary(p);
    if (e->type->kind == WF_TY_RECORD) {
        wf_expr *r = cc_operator(p, text, e, NULL, at);
        if (r) return r;
        e = cc_scalar(p, e);
    }
    at = cc_until(p, at);
    if (op == WF_OP_COUNT) return wf_make_promoted(p->u, wf_make_value(p->u, e)); /* + */
    if (op == WF_OP_LNOT) return wf_make_unary(p->u, op, wf_make_bool(p->u, e), at);
    return wf_make_unary(p->u, op, e, at);
}

/* noexcept(expression): nothing throws here. */
static wf_expr *no_exceptions(cc *p) {
    wf_place at = cc_place(p);
    cc_next_token(p);
    if (cc_is(p, CC_P_LPAREN)) cc_skip_balanced(p);
    else cc_expect(p, CC_P_LPAREN, "behind noexcept");
    return wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_BOOL), 1, at);
}

wf_expr *cc_unary(cc *p) {
    const cc_token *t = cc_peek(p);
    wf_expr *e;
    if (!cc_deeper(p)) return cc_unknown(p, t->at); /* every way down an expression leads through here */
    if (t->kind != CC_PUNCT && !(t->kind == CC_IDENT && t->op)) {
        e = cc_postfix(p);
    } else if (t->kind == CC_IDENT) {
        if (t->op == CC_KW_SIZEOF || t->op == CC_KW_ALIGNOF) e = size_of(p, t->op == CC_KW_ALIGNOF);
        else if (t->op == CC_KW_NOEXCEPT) e = no_exceptions(p);
        else if (t->op == CC_KW_NOT) e = prefix(p, WF_OP_LNOT, "!", t->at);
        else if (t->op == CC_KW_EXTENSION) cc_next_token(p), e = cc_unary(p);
        else e = cc_postfix(p);
    } else {
        switch (t->op) {
        case CC_P_ADD: e = prefix(p, WF_OP_COUNT, "+", t->at); break;
        case CC_P_SUB: e = prefix(p, WF_OP_NEG, "-", t->at); break;
        case CC_P_TILDE: e = prefix(p, WF_OP_NOT, "~", t->at); break;
        case CC_P_NOT: e = prefix(p, WF_OP_LNOT, "!", t->at); break;
        case CC_P_MUL: e = dereference(p, t->at); break;
        case CC_P_AND: e = address_of(p, t->at); break;
        case CC_P_INC: e = step(p, WF_OP_ADD, t->at); break;
        case CC_P_DEC: e = step(p, WF_OP_SUB, t->at); break;
        case CC_P_LPAREN: e = cast_ahead(p) ? c_cast(p) : cc_postfix(p); break;
        default: e = cc_postfix(p); break;
        }
    }
    p->depth--;
    return e;
}

/* --- binary operators --- */

static void warn_shift(cc *p, wf_op op, wf_expr *a, wf_expr *b, wf_place at) {
    int64_t n;
    if ((op != WF_OP_SHL && op != WF_OP_SHR) || !wf_type_is_integer(b->type) || !wf_type_is_integer(a->type))
        return;
    if (b->kind != WF_EX_INT) return;
    n = (int64_t)b->u.i;
    int64_t width = wf_type_size(a->type) <= 4 ? 32 : 64;
    if (n < 0 || n >= width)
        cc_warn(p, at, "a shift by %lld of a %lld-bit value: the count is taken modulo the width",
                (long long)n, (long long)width);
}

/* pm-expression: unary { (.* | ->*) unary } */
static wf_expr *member_through(cc *p) {
    wf_expr *e = cc_unary(p);
    while (cc_member_access_ahead(p)) e = cc_member_access(p, e);
    return e;
}

static wf_expr *binary(cc *p, int least) {
    wf_expr *a = member_through(p);
    if (!cc_deeper(p)) return a;
    for (binary_op b; (b = binary_of(p)).precedence >= least && b.precedence;) {
        wf_place at = cc_place(p);
        if (cc_is(p, CC_P_SHR) && p->half == p->at + 1) break;
        if (cc_ahead(p, 1)->kind == CC_PUNCT && cc_is(p, CC_P_LAND) &&
            cc_punct_is(cc_ahead(p, 1), CC_P_ELLIPSIS))
            break;
        if (cc_punct_is(cc_ahead(p, 1), CC_P_ELLIPSIS)) break; /* (x op ... ): a fold */
        cc_next_token(p);
        if (b.op == WF_OP_COUNT) {
            cc_next_token(p);
            a = cc_three_way(p, a, binary(p, b.precedence + 1), at);
            continue;
        }
        wf_expr *right = binary(p, b.precedence + 1);
        if (b.op == WF_OP_DIV || b.op == WF_OP_REM)
            if (right->kind == WF_EX_INT && right->u.i == 0 && wf_type_is_integer(a->type) && !p->unevaluated)
                cc_warn(p, at, "division by zero");
        warn_shift(p, b.op, a, right, at);
        a = cc_binary(p, b.op, a, right, at);
    }
    p->depth--;
    return a;
}

wf_expr *cc_constraint_operand(cc *p) { return binary(p, 6); }

/* Both sides of ? : brought to one type when classes are among them. */
static void unify(cc *p, wf_expr **b, wf_expr **c, wf_place at) {
    const wf_type *x = (*b)->type->unqual, *y = (*c)->type->unqual;
    if (x == y || (x->kind != WF_TY_RECORD && y->kind != WF_TY_RECORD)) {
        const cc_record *rb = x->kind == WF_TY_POINTER ? cc_record_of(x->base) : NULL;
        const cc_record *rc = y->kind == WF_TY_POINTER ? cc_record_of(y->base) : NULL;
        if (rb && rc && rb != rc) {
            if (cc_derived_from(rb, rc)) *b = cc_convert(p, cc_plain(y), *b, at);
            else if (cc_derived_from(rc, rb)) *c = cc_convert(p, cc_plain(x), *c, at);
        }
        return;
    }
    if (x->kind == WF_TY_RECORD && cc_rank(p, cc_plain(x), *c) >= 0) *c = cc_convert(p, cc_plain(x), *c, at);
    else if (y->kind == WF_TY_RECORD && cc_rank(p, cc_plain(y), *b) >= 0)
        *b = cc_convert(p, cc_plain(y), *b, at);
    else *b = cc_scalar(p, *b), *c = cc_scalar(p, *c);
}

wf_expr *cc_conditional(cc *p) {
    wf_expr *a = binary(p, 1);
    if (!cc_is(p, CC_P_QUESTION)) return a;
    wf_place at = cc_place(p);
    if (!cc_deeper(p)) return a;
    cc_next_token(p);
    unsigned no_gt = p->no_gt;
    p->no_gt = 0;
    wf_expr *b = cc_is(p, CC_P_COLON) ? a : cc_expression(p);
    p->no_gt = no_gt;
    cc_expect(p, CC_P_COLON, "of ? :");
    wf_expr *c = cc_assignment(p);
    p->depth--;
    a = wf_make_bool(p->u, cc_scalar(p, a));
    unify(p, &b, &c, at);
    if (b->type->kind == WF_TY_RECORD &&
        !(cc_is_place(b) && cc_is_place(c))) { /* a value: of either a copy */
        b = cc_copied(p, cc_plain(b->type->unqual), b, at);
        c = cc_copied(p, cc_plain(c->type->unqual), c, at);
    }
    const cc_enum *en = cc_enum_of(p, b);
    wf_expr *e = wf_make_cond(p->u, a, b, c, at);
    if (en && en == cc_enum_of(p, c)) cc_set_enum(p, e, en);
    return e;
}

/* --- assignment --- */

static wf_expr *assign(cc *p, int op, wf_expr *a, wf_expr *b, wf_place at) {
    static const char *const texts[WF_OP_COUNT + 1] = {
        [WF_OP_ADD] = "+=",  [WF_OP_SUB] = "-=",  [WF_OP_MUL] = "*=",  [WF_OP_DIV] = "/=",
        [WF_OP_REM] = "%=",  [WF_OP_AND] = "&=",  [WF_OP_OR] = "|=",   [WF_OP_XOR] = "^=",
        [WF_OP_SHL] = "<<=", [WF_OP_SHR] = ">>=", [WF_OP_COUNT] = "=",
    };
    int record = a->type->kind == WF_TY_RECORD;
    if (record || (b->type->kind == WF_TY_RECORD && op != WF_OP_COUNT)) {
        wf_expr *e = cc_operator(p, texts[op], a, b, at);
        if (e) return e;
    }
    a = cc_as_lvalue(p, a);
    if (op != WF_OP_COUNT) {
        if (record) {
            cc_error(p, at, NULL, "no operator %s for %s and %s", texts[op], cc_spell_t(p, a->type),
                     cc_spell_t(p, b->type));
            return a;
        }
        cc_complete_target(p, a);
        return wf_make_update(p->u, (wf_op)op, a, cc_scalar(p, cc_decay(p, b)), at);
    }
    if (a->flags & WF_EX_LVALUE && !(a->type->quals & WF_CONST))
        b = cc_convert(p, (cc_type){.t = a->type->unqual, .en = cc_enum_of(p, a)}, b, at);
    return wf_make_assign(p->u, a, b, at);
}

wf_expr *cc_assignment(cc *p) {
    if (cc_is_kw(p, CC_KW_THROW)) {
        cc_unsupported(p, cc_place(p), "exceptions");
        cc_next_token(p);
    }
    wf_expr *a = cc_conditional(p);
    int op = assignment_op(p);
    if (op < 0) return a;
    wf_place at = cc_place(p);
    if (!cc_deeper(p)) return a;
    cc_next_token(p);
    wf_expr *b;
    if (op == WF_OP_COUNT && cc_is(p, CC_P_LBRACE)) b = cc_braced(p, a->type->unqual, at);
    else b = cc_assignment(p);
    p->depth--;
    return assign(p, op, a, b, at);
}

wf_expr *cc_expression(cc *p) {
    wf_expr *a = cc_assignment(p);
    while (cc_is(p, CC_P_COMMA)) {
        wf_place at = cc_place(p);
        cc_next_token(p);
        wf_expr *b = cc_assignment(p);
        wf_expr *r = a->type->kind == WF_TY_RECORD || b->type->kind == WF_TY_RECORD
                         ? cc_operator(p, ",", a, b, at)
                         : NULL;
        a = r ? r : wf_make_comma(p->u, a, b, at);
    }
    return a;
}

wf_expr *cc_condition_expr(cc *p) {
    wf_place at = cc_place(p);
    cc_alive *temporaries = p->body ? p->body->temporaries : NULL;
    wf_expr *e = cc_expression(p);
    if (e->kind == WF_EX_ASSIGN && !(e->flags & WF_EX_PAREN) && e->b->kind == WF_EX_INT)
        cc_warn(p, cc_until(p, at), "an assignment of a constant as a condition; == was meant?");
    return cc_full_expression(p, wf_make_bool(p->u, cc_scalar(p, cc_decay(p, e))), temporaries, 1);
}

/* --- constants --- */

int cc_const_int(cc *p, wf_expr *e, int64_t *value, const char *what) {
    if (e->type->kind == WF_TY_RECORD) e = cc_scalar(p, e);
    if (wf_type_is_integer(e->type)) {
        if (e->kind == WF_EX_INT) return *value = (int64_t)e->u.i, 1;
        wf_expr *r = cc_evaluate(p, e);
        if (r && r->kind == WF_EX_INT) return *value = (int64_t)r->u.i, 1;
    } else if (what) {
        cc_error(p, e->at, NULL, "%s must be an integer, got %s", what, cc_spell_t(p, e->type));
        return 0;
    }
    if (what) cc_error(p, e->at, NULL, "%s must be a constant", what);
    return 0;
}

int64_t cc_constant_here(cc *p, const char *what) {
    int64_t value = 0;
    uint32_t errors = p->r.diags->errors;
    wf_expr *e = cc_conditional(p);
    if (p->r.diags->errors == errors) cc_const_int(p, e, &value, what);
    return value;
}
