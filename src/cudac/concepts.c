/* cudac/concepts.c: concepts, requires clauses and requires expressions (C++20).
 *
 * A concept is a template whose value is a constraint. A constraint is kept as the position of its tokens and
 * is read again, with the template's arguments bound, whenever it is asked whether it holds. && and || at its
 * top part it into operands; one that does not make sense for the arguments does not hold, and is no error.
 * What C++ calls "more constrained" is taken by counting: of two templates that fit equally well, the one
 * with more operands is meant, those of the concepts that it names counted too. */
#include "cudac/parse.h"

/* Over one operand. whole: any expression (a concept's); else what a clause may hold: (…), requires …, a
 * name. */
static void skip_operand(cc *p, int whole) {
    do {
        if (cc_is(p, CC_P_LPAREN) || cc_is(p, CC_P_LBRACKET) || cc_is(p, CC_P_LBRACE)) {
            cc_skip_balanced(p);
            if (!whole) return;
            continue;
        }
        if (cc_accept_kw(p, CC_KW_REQUIRES)) {
            if (cc_is(p, CC_P_LPAREN)) cc_skip_balanced(p);
            if (cc_is(p, CC_P_LBRACE)) cc_skip_balanced(p);
            if (!whole) return;
            continue;
        }
        cc_symbol *s = cc_is_name(p) ? cc_find(p, p->scope, cc_peek(p)->name) : NULL;
        int name = cc_peek(p)->kind == CC_IDENT;
        int qualified = p->at && cc_punct_is(&p->tokens[p->at - 1], CC_P_SCOPE);
        cc_next_token(p);
        if (cc_is(p, CC_P_LT) && name && (!whole || qualified || (s && s->kind == CC_SYM_TEMPLATE))) {
            cc_next_token(p);
            cc_skip_angles(p);
        }
        if (!whole && !cc_is(p, CC_P_SCOPE) && !cc_punct_is(&p->tokens[p->at - 1], CC_P_SCOPE)) return;
    } while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_LAND) && !cc_is(p, CC_P_LOR) &&
             !cc_is(p, CC_P_SEMI) && !cc_is(p, CC_P_RPAREN) && !cc_is(p, CC_P_RBRACE));
}

void cc_skip_constraint(cc *p) {
    do skip_operand(p, 0);
    while (cc_accept(p, CC_P_LAND) || cc_accept(p, CC_P_LOR));
}

void cc_skip_concept(cc *p) {
    do skip_operand(p, 1);
    while (cc_accept(p, CC_P_LAND) || cc_accept(p, CC_P_LOR));
}

/* One operand, read with what the parameters stand for; afterwards behind it. */
static int operand_holds(cc *p, int whole) {
    cc_mark begin = cc_save(p);
    skip_operand(p, whole);
    cc_mark end = cc_save(p);
    cc_back(p, begin);
    cc_trial trial = cc_trial_begin(p);
    int64_t value = 0;
    p->unevaluated++;
    wf_expr *e = whole ? cc_constraint_operand(p) : cc_unary(p);
    p->unevaluated--;
    int known = cc_const_int(p, wf_make_bool(p->u, cc_scalar(p, e)), &value, NULL);
    if (cc_trial_end(p, trial) || !known) value = 0;
    cc_back(p, end);
    return value != 0;
}

/* operand && operand || …; whole: of a concept, where operands are any expressions. */
static int holds(cc *p, int whole) {
    int any = 0;
    do {
        int all = 1;
        do all &= operand_holds(p, whole);
        while (cc_accept(p, CC_P_LAND));
        any |= all;
    } while (cc_accept(p, CC_P_LOR));
    return any;
}

int cc_constraint_here(cc *p) {
    if (!cc_deeper(p)) return 0;
    int yes = holds(p, 0);
    p->depth--;
    return yes;
}

int cc_concept_holds(cc *p, cc_template *t, cc_targ *given, uint32_t count) {
    cc_targ *args = cc_normal_targs(p, t, given, count);
    cc_trial trial = cc_trial_begin(p);
    int ok = args && cc_complete_targs(p, t, args, count, (wf_place){0});
    if (cc_trial_end(p, trial) || !ok || p->template_depth > 200 || !cc_deeper(p)) return 0;
    cc_state s = cc_state_save(p);
    p->template_depth++;
    p->scope = cc_scope_new(p, CC_SCOPE_TEMPLATE, t->scope);
    cc_bind_targs(p, p->scope, t, args);
    p->at = t->decl_at;
    int yes = holds(p, 1);
    p->template_depth--;
    cc_state_restore(p, &s);
    p->depth--;
    return yes;
}

static cc_template *concept_of(const cc_id *id) {
    cc_symbol *s = id->symbol;
    return s && s->kind == CC_SYM_TEMPLATE && s->tmpl->is_concept ? s->tmpl : NULL;
}

int cc_concept_ahead(cc *p) {
    if (!cc_is_name(p) && !cc_is(p, CC_P_SCOPE)) return 0;
    cc_mark mark = cc_save(p);
    cc_trial trial = cc_trial_begin(p);
    cc_id id;
    int is = cc_read_id(p, &id) && concept_of(&id) && !cc_is(p, CC_P_LPAREN);
    cc_trial_end(p, trial);
    cc_back(p, mark);
    return is;
}

/* Concept or Concept<more…>: whether it holds for `first`. */
static int type_constraint_holds(cc *p, cc_type first) {
    cc_id id;
    cc_targ args[33];
    uint32_t n = 0;
    cc_template *t = cc_read_id(p, &id) ? concept_of(&id) : NULL;
    if (!t) return 0;
    args[n++] = (cc_targ){.kind = CC_SYM_TYPE, .type = first};
    for (uint32_t i = 0; i < id.targ_count && n < 33; i++) args[n++] = id.targs[i];
    return cc_concept_holds(p, t, args, n);
}

int cc_constraints_hold(cc *p, cc_template *t, cc_targ *args) {
    int any = t->requires_at || t->trailing_requires_at;
    for (uint32_t i = 0; i < t->param_count; i++) any |= t->params[i].concept_at != 0;
    if (!any) return 1;
    cc_state s = cc_state_save(p);
    int yes = 1;
    p->scope = cc_scope_new(p, CC_SCOPE_TEMPLATE, t->scope);
    cc_bind_targs(p, p->scope, t, args);
    for (uint32_t i = 0; i < t->param_count && yes; i++) {
        if (!t->params[i].concept_at) continue;
        uint32_t n = args[i].kind == CC_SYM_PACK ? args[i].pack_count : 1;
        for (uint32_t k = 0; k < n && yes; k++) {
            p->at = t->params[i].concept_at;
            yes = type_constraint_holds(p, args[i].kind == CC_SYM_PACK ? args[i].pack[k].type : args[i].type);
        }
    }
    if (t->requires_at && yes) p->at = t->requires_at, yes = cc_constraint_here(p);
    if (t->trailing_requires_at && yes) p->at = t->trailing_requires_at, yes = cc_constraint_here(p);
    cc_state_restore(p, &s);
    return yes;
}

/* --- how much is asked --- */

static uint32_t operands(cc *p, int whole, unsigned depth);

static uint32_t of_concept(cc *p, cc_template *t, unsigned depth) {
    cc_mark mark = cc_save(p);
    p->at = t->decl_at;
    uint32_t n = operands(p, 1, depth + 1);
    cc_back(p, mark);
    return n;
}

static uint32_t operands(cc *p, int whole, unsigned depth) {
    uint32_t n = 0;
    do {
        cc_mark begin = cc_save(p);
        cc_template *named = NULL;
        while (cc_is_name(p) || cc_is(p, CC_P_SCOPE)) {
            cc_symbol *s = cc_is_name(p) ? cc_find(p, p->scope, cc_peek(p)->name) : NULL;
            if (!s && cc_is_name(p) && p->std) s = cc_find_in(p, p->std, cc_peek(p)->name);
            if (s && s->kind == CC_SYM_TEMPLATE && s->tmpl->is_concept) named = s->tmpl;
            cc_next_token(p);
        }
        cc_back(p, begin);
        n += named && depth < 8 ? of_concept(p, named, depth) : 1;
        skip_operand(p, whole);
    } while (cc_accept(p, CC_P_LAND) || cc_accept(p, CC_P_LOR));
    return n;
}

uint32_t cc_constraint_count(cc *p, const cc_template *t) {
    uint32_t n = 0;
    cc_mark mark = cc_save(p);
    if (t->requires_at) p->at = t->requires_at, n += operands(p, 0, 0);
    if (t->trailing_requires_at) p->at = t->trailing_requires_at, n += operands(p, 0, 0);
    for (uint32_t i = 0; i < t->param_count; i++)
        if (t->params[i].concept_at) p->at = t->params[i].concept_at, n += operands(p, 0, 0);
    cc_back(p, mark);
    return n;
}

/* --- requires (T a) { … } --- */

static void to_end_of_requirement(cc *p) {
    while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_SEMI) && !cc_is(p, CC_P_RBRACE)) {
        if (cc_is(p, CC_P_LPAREN) || cc_is(p, CC_P_LBRACE) || cc_is(p, CC_P_LBRACKET)) cc_skip_balanced(p);
        else cc_next_token(p);
    }
}

static int requirement(cc *p) {
    cc_trial trial = cc_trial_begin(p);
    int ok = 1;
    uint32_t begin = p->at;
    p->unevaluated++;
    if (cc_accept_kw(p, CC_KW_REQUIRES)) {
        ok = holds(p, 1);
    } else if (cc_is_kw(p, CC_KW_TYPENAME)) {
        cc_type_name(p);
    } else if (cc_accept(p, CC_P_LBRACE)) {
        wf_expr *e = cc_expression(p);
        cc_expect(p, CC_P_RBRACE, NULL);
        if (cc_accept_kw(p, CC_KW_NOEXCEPT) && cc_is(p, CC_P_LPAREN)) cc_skip_balanced(p);
        if (cc_accept(p, CC_P_ARROW) && !(e->flags & WF_EX_ERROR)) {
            cc_type type = {.t = e->type, .en = cc_enum_of(p, e)};
            if (e->flags & WF_EX_LVALUE) type.ref = cc_is_moved(e) ? CC_REF_RVALUE : CC_REF_LVALUE;
            ok = type_constraint_holds(p, type);
        }
    } else {
        cc_expression(p);
    }
    p->unevaluated--;
    ok &= cc_is(p, CC_P_SEMI);
    if (cc_trial_end(p, trial)) ok = 0;
    if (!cc_is(p, CC_P_SEMI)) p->at = begin, p->half = 0, to_end_of_requirement(p);
    cc_accept(p, CC_P_SEMI);
    return ok;
}

wf_expr *cc_requires_expression(cc *p) {
    wf_place at = cc_place(p);
    cc_scope *outer = p->scope;
    int ok = 1, variadic;
    uint32_t count = 0;
    cc_next_token(p);
    p->scope = cc_scope_new(p, CC_SCOPE_BLOCK, outer);
    if (cc_is(p, CC_P_LPAREN)) {
        cc_mark open = cc_save(p);
        cc_next_token(p);
        cc_trial trial = cc_trial_begin(p);
        cc_param *params = cc_params(p, &count, &variadic);
        if (cc_trial_end(p, trial)) {
            ok = 0;
            cc_back(p, open);
            cc_skip_balanced(p);
        } else {
            cc_declare_unevaluated(p, params, count);
        }
    }
    if (cc_expect(p, CC_P_LBRACE, "of the requires expression"))
        while (!cc_is(p, CC_P_RBRACE) && cc_peek(p)->kind != CC_EOF) {
            uint32_t before = p->at;
            if (ok) ok = requirement(p);
            else to_end_of_requirement(p), cc_accept(p, CC_P_SEMI);
            if (p->at == before) break;
        }
    cc_expect(p, CC_P_RBRACE, "of the requires expression");
    p->scope = outer;
    return wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_BOOL), (uint64_t)ok, at);
}
