/* cudac/deduce.c: template arguments from a call's arguments.
 *
 * A pattern is a type with marks in it. Matching walks pattern and type together and binds marks; a mark
 * bound twice must be bound to the same. What follows (is the substituted signature well-formed?) is tried
 * out in silence. */
#include "cudac/parse.h"
#include <string.h>

static int match(cc *p, cc_type pattern, cc_type arg, cc_targ *bound, int exact);

static int bind_type(const cc *p, cc_targ *bound, uint32_t i, cc_type t, int exact) {
    if (bound[i].kind == CC_SYM_PACK) return 1;
    cc_type *had = bound[i].kind == CC_SYM_TYPE ? &bound[i].type : NULL;
    if (had && !exact && had->t == t.t && !had->en != !t.en) { /* elements behind a pointer forgot it */
        if (t.en) had->en = t.en;
        return 1;
    }
    if (bound[i].kind)
        return (bound[i].fixed && !p->strict) ||
               (bound[i].kind == CC_SYM_TYPE && cc_type_equal(bound[i].type, t));
    bound[i].kind = CC_SYM_TYPE;
    bound[i].type = t;
    return 1;
}

static int bind_value(cc *p, cc_targ *bound, uint32_t i, int64_t value, cc_type type) {
    if (bound[i].kind)
        return (bound[i].fixed && !p->strict) || (bound[i].kind == CC_SYM_CONST && bound[i].value == value);
    bound[i].kind = CC_SYM_CONST;
    bound[i].value = value;
    bound[i].type = type.t ? type : cc_plain(wf_type_scalar(p->u, WF_TY_INT));
    return 1;
}

/* -1: no; else how special the pattern is (the number of things that had to agree). */
static int match_targ(cc *p, const cc_targ *pattern, const cc_targ *arg, cc_targ *bound) {
    if (pattern->mark == 0xffff) return 0;
    if (pattern->kind == CC_SYM_CONST && pattern->mark) {
        if (arg->kind != CC_SYM_CONST) return -1;
        if (arg->expr && !bound[pattern->mark - 1].kind) {
            bound[pattern->mark - 1] = *arg;
            return 0;
        }
        return bind_value(p, bound, pattern->mark - 1, arg->value, arg->type) ? 0 : -1;
    }
    if (pattern->kind == CC_SYM_TEMPLATE) {
        if (arg->kind != CC_SYM_TEMPLATE) return -1;
        if (!pattern->tmpl || !pattern->tmpl->mark) return pattern->tmpl == arg->tmpl ? 1 : -1;
        bound[pattern->tmpl->mark - 1] = *arg;
        return 0;
    }
    if (pattern->kind != arg->kind) return -1;
    if (pattern->kind == CC_SYM_CONST) return pattern->value == arg->value ? 2 : -1;
    if (pattern->kind == CC_SYM_TYPE) {
        int before = (int)cc_is_dependent(p, pattern->type.t);
        if (!match(p, pattern->type, arg->type, bound, 1)) return -1;
        const cc_record *r = cc_record_of(pattern->type.t);
        int plain = r && r->tparam && !pattern->type.t->quals && !pattern->type.ref;
        return before ? (plain ? 0 : 1 + !!pattern->type.ref + !!pattern->type.t->quals) : 3;
    }
    return 0;
}

static uint32_t pack_mark(const cc_targ *pattern) {
    if (pattern->kind == CC_SYM_TYPE) {
        const cc_record *r = cc_record_of(pattern->type.t);
        return r && r->tparam ? (uint32_t)r->tparam : 0;
    }
    return pattern->kind == CC_SYM_CONST ? pattern->mark : 0;
}

static int match_list(cc *p, const cc_targ *pattern, uint32_t pattern_count, const cc_targ *args,
                      uint32_t count, cc_targ *bound) {
    int score = 0;
    for (uint32_t i = 0; i < pattern_count; i++) {
        if (pattern[i].is_expansion) { /* Ts...: all that is left */
            uint32_t mark = pack_mark(&pattern[i]);
            if (!mark || mark == 0xffff) return score;
            uint32_t rest = count > i ? count - i : 0;
            bound[mark - 1].kind = CC_SYM_PACK;
            bound[mark - 1].pack_count = rest;
            bound[mark - 1].pack = WF_NEW_ARRAY(p->scratch, cc_targ, rest + 1);
            if (rest) memcpy(bound[mark - 1].pack, args + i, rest * sizeof *args);
            return score;
        }
        if (i >= count) return -1;
        int one = match_targ(p, &pattern[i], &args[i], bound);
        if (one < 0) return -1;
        score += one;
    }
    return pattern_count == count ? score : -1;
}

/* How much a list of patterns says of the list's length: <T> more than <T, R...>, that more than <R...>. */
static int fixed_length(const cc_targ *list) {
    int said = 1;
    for (uint32_t i = 0; i < list->pack_count; i++) {
        if (list->pack[i].is_expansion) said--;
        else said += 2;
    }
    return said;
}

static int match_all_targs(cc *p, const cc_targ *pattern, const cc_targ *args, uint32_t count,
                           cc_targ *bound) {
    int score = 0;
    for (uint32_t i = 0; i < count; i++) {
        int one;
        if (pattern[i].kind == CC_SYM_PACK || args[i].kind == CC_SYM_PACK) {
            if (pattern[i].kind != CC_SYM_PACK) {
                if (args[i].pack_count || pattern[i].kind) return -1;
                continue;
            }
            one = match_list(p, pattern[i].pack, pattern[i].pack_count, args[i].pack, args[i].pack_count,
                             bound);
            if (one >= 0) one += fixed_length(&pattern[i]);
        } else {
            one = match_targ(p, &pattern[i], &args[i], bound);
        }
        if (one < 0) return -1;
        score += one;
    }
    return score;
}

int cc_match_targs(cc *p, const cc_targ *pattern, const cc_targ *args, uint32_t count, cc_targ *bound) {
    uint32_t outer = p->bound_count; /* of a deduction that made this class be asked for */
    p->bound_count = 0;
    int score = match_all_targs(p, pattern, args, count, bound);
    p->bound_count = outer;
    return score;
}

/* A pattern Foo<T, N> against a class made from Foo, or derived from one. */
static int match_record(cc *p, const cc_record *pattern, const cc_record *r, cc_targ *bound) {
    if (!r || !pattern->pattern) return 0;
    int same = r->tmpl && r->targs && (r->tmpl == pattern->pattern || (pattern->pattern->mark));
    if (same) {
        cc_targ flat[128];
        uint32_t n = 0;
        if (pattern->pattern->mark) {
            cc_targ *b = &bound[pattern->pattern->mark - 1];
            if (b->kind && b->tmpl != r->tmpl) return 0;
            b->kind = CC_SYM_TEMPLATE;
            b->tmpl = r->tmpl;
        }
        for (uint32_t i = 0; i < r->tmpl->param_count; i++) {
            if (r->targs[i].kind != CC_SYM_PACK) {
                if (n < 128) flat[n++] = r->targs[i];
                continue;
            }
            for (uint32_t k = 0; k < r->targs[i].pack_count && n < 128; k++) flat[n++] = r->targs[i].pack[k];
        }
        if (pattern->pattern_count < n &&
            (!pattern->pattern_count || !pattern->pattern_args[pattern->pattern_count - 1].is_expansion))
            n = pattern->pattern_count; /* the rest are defaults */
        return match_list(p, pattern->pattern_args, pattern->pattern_count, flat, n, bound) >= 0;
    }
    if (r->pattern && r->pattern == pattern->pattern &&
        r->pattern_count == pattern->pattern_count) /* pattern against pattern */
        return match_list(p, pattern->pattern_args, pattern->pattern_count, r->pattern_args, r->pattern_count,
                          bound) >= 0;
    /* One of several bases: what was given must agree, and a base that does not fit leaves nothing behind. */
    uint8_t strict = p->strict;
    cc_targ *before = r->base_count > 1 ? WF_NEW_ARRAY(p->scratch, cc_targ, p->bound_count + 1) : NULL;
    if (before) memcpy(before, bound, p->bound_count * sizeof *before);
    int found = 0;
    for (unsigned i = 0; i < r->base_count && !found; i++) {
        p->strict = strict || r->base_count > 1;
        found = match_record(p, pattern, r->bases[i], bound);
        if (!found && before) memcpy(bound, before, p->bound_count * sizeof *before);
    }
    p->strict = strict;
    return found;
}

/* 1 + the number of the pack that a function's last parameter expands, as in R(A...); 0: none. */
static uint32_t expanded_pack(const wf_type *function) {
    if (!function->param_count) return 0;
    const wf_type *t = function->params[function->param_count - 1];
    while (t->kind == WF_TY_POINTER) t = t->base;
    const cc_record *r = cc_record_of(t);
    return r && r->is_pack ? (uint32_t)r->tparam : 0;
}

/* R(A, B...) against a function's type. A parameter that is a reference counts as a pointer in such a type.
 */
static int match_function(cc *p, const wf_type *t, const wf_type *a, cc_targ *bound) {
    uint32_t mark = expanded_pack(t), fixed = t->param_count - (mark != 0);
    if (a->param_count < fixed || (!mark && a->param_count > fixed) || t->variadic != a->variadic) return 0;
    if (!match(p, cc_plain(t->base), cc_plain(a->base), bound, 1)) return 0;
    for (uint32_t i = 0; i < fixed; i++)
        if (!match(p, cc_plain(t->params[i]), cc_plain(a->params[i]), bound, 1)) return 0;
    if (!mark) return 1;
    cc_targ *one = &bound[mark - 1], before = *one;
    cc_targ all = {.kind = CC_SYM_PACK, .pack_count = a->param_count - fixed, .fixed = before.fixed};
    all.pack = WF_NEW_ARRAY(p->scratch, cc_targ, all.pack_count + 1);
    for (uint32_t i = 0; i < all.pack_count; i++) {
        *one = (cc_targ){0};
        if (!match(p, cc_plain(t->params[fixed]), cc_plain(a->params[fixed + i]), bound, 1)) return 0;
        all.pack[i] = *one;
    }
    *one = all;
    return before.kind != CC_SYM_PACK || cc_targs_equal(&before, &all, 1);
}

static int match(cc *p, cc_type pattern, cc_type arg, cc_targ *bound, int exact) {
    const wf_type *t = pattern.t, *a = arg.t;
    if (!t || t->kind == WF_TY_VOID) return exact ? t == a : 1;
    if (exact && pattern.ref != arg.ref &&
        !(pattern.ref == CC_REF_NONE && cc_record_of(t) && cc_record_of(t)->tparam))
        return 0;
    if (!cc_is_dependent(p, t)) return !exact || (t == a && pattern.en == arg.en);
    const cc_record *r = cc_record_of(t);
    if (r && r->pattern && r->pattern->is_alias)
        return 1; /* what it stands for is known when all else is bound */
    if (r && r->tparam) {
        unsigned missing = exact ? t->quals & ~a->quals : 0;
        if (missing) return 0;
        cc_type bind = arg;
        if (pattern.ref) bind.ref = 0;
        if (t->quals & a->quals) { /* what the pattern has already is not part of the parameter */
            bind.t = a->unqual;
            if (a->quals & ~t->quals) bind.t = wf_type_qualified(p->u, bind.t, a->quals & ~t->quals);
        }
        return bind_type(p, bound, (uint32_t)r->tparam - 1, bind, exact);
    }
    if (exact && (t->quals & ~a->quals)) return 0;
    if (r) {
        if (a->kind == WF_TY_RECORD && cc_record_of(a)) cc_complete(p, a); /* its bases */
        return a->kind == WF_TY_RECORD && match_record(p, r, cc_record_of(a), bound);
    }
    if (t->kind != a->kind) return 0;
    if (t->kind == WF_TY_POINTER) return match(p, cc_plain(t->base), cc_plain(a->base), bound, exact);
    if (t->kind == WF_TY_ARRAY) {
        if (t->count >> 40) {
            uint32_t i = (uint32_t)(t->count & 0xffff);
            if (i != 0xffff &&
                !bind_value(p, bound, i, (int64_t)a->count, cc_plain(wf_type_scalar(p->u, WF_TY_ULONG))))
                return 0;
        } else if (t->count != a->count || t->incomplete != a->incomplete) {
            return 0;
        }
        return match(p, cc_plain(t->base), (cc_type){.t = a->base, .en = arg.en}, bound, exact);
    }
    return t->kind == WF_TY_FUNCTION && match_function(p, t, a, bound);
}

int cc_match_type(cc *p, cc_type pattern, cc_type arg, cc_targ *bound, int exact) {
    uint32_t outer = p->bound_count;
    p->bound_count = 0;
    int fits = match(p, pattern, arg, bound, exact);
    p->bound_count = outer;
    return fits;
}

/* One parameter against one argument. */
static int deduce_one(cc *p, cc_type pattern, wf_expr *arg, cc_targ *bound) {
    if (arg->flags & WF_EX_ERROR || (arg->kind == WF_EX_INIT && arg->type->kind == WF_TY_VOID)) return 1;
    if (!cc_is_dependent(p, pattern.t)) return 1;
    cc_type a = {.t = arg->type, .en = cc_enum_of(p, arg)};
    const cc_record *r = cc_record_of(pattern.t);
    if (pattern.ref) {
        if (pattern.ref == CC_REF_RVALUE && r && r->tparam &&
            !pattern.t->quals) { /* T &&: takes everything */
            if (arg->flags & WF_EX_LVALUE && !cc_is_moved(arg)) a.ref = CC_REF_LVALUE;
            return bind_type(p, bound, (uint32_t)r->tparam - 1, a, 1);
        }
        pattern.ref = 0;
        return match(p, pattern, a, bound, 0);
    }
    a = cc_decayed(p, a);
    pattern.t = pattern.t->unqual;
    /* The null pointer constant deduces nothing; (float *)nullptr is a float *. */
    int typed = arg->type->kind == WF_TY_POINTER && arg->type->base->kind != WF_TY_VOID;
    if (pattern.t->kind == WF_TY_POINTER && arg->kind == WF_EX_INT && arg->u.i == 0 && !typed) return 1;
    /* P is const T *, A is float *: the pointee's own qualifiers do not count. */
    return match(p, pattern, a, bound, 0);
}

static int deduce_pack(cc *p, const cc_param *param, wf_expr **args, uint32_t count, cc_targ *bound,
                       uint32_t tparam_count) {
    uint32_t mark = 0;
    const wf_type *t = param->type.t;
    while (t->kind == WF_TY_POINTER || t->kind == WF_TY_ARRAY) t = t->base;
    const cc_record *r = cc_record_of(t);
    if (r && r->tparam) mark = (uint32_t)r->tparam;
    if (!mark) return 0;
    if (bound[mark - 1].fixed && bound[mark - 1].kind == CC_SYM_PACK && bound[mark - 1].pack_count >= count)
        return 1;
    uint32_t given = bound[mark - 1].kind == CC_SYM_PACK ? bound[mark - 1].pack_count : 0;
    cc_targ *pack = WF_NEW_ARRAY(p->scratch, cc_targ, count + 1);
    cc_targ *own = WF_NEW_ARRAY(p->scratch, cc_targ, tparam_count + 1);
    for (uint32_t i = 0; i < count; i++) {
        if (i < given) {
            pack[i] = bound[mark - 1].pack[i];
            continue;
        }
        memcpy(own, bound, tparam_count * sizeof *own);
        memset(&own[mark - 1], 0, sizeof *own);
        if (!deduce_one(p, param->type, args[i], own) || !own[mark - 1].kind) return 0;
        pack[i] = own[mark - 1];
    }
    bound[mark - 1] = (cc_targ){.kind = CC_SYM_PACK, .pack = pack, .pack_count = count};
    return 1;
}

cc_func *cc_deduce(cc *p, cc_func *f, cc_targ *targs, uint32_t targ_count, wf_expr *object, wf_expr **args,
                   uint32_t count) {
    cc_template *t = f->tmpl;
    (void)object;
    if (!t->defined && !t->decl_at) return NULL;
    int has_pack = f->param_count && f->params[f->param_count - 1].is_pack;
    uint32_t fixed = f->param_count - (uint32_t)has_pack;
    if (count < (has_pack ? (f->required < fixed ? f->required : fixed) : f->required) ||
        (count > fixed && !has_pack && !f->variadic))
        return NULL;
    cc_targ *bound = cc_normal_targs(p, t, targs, targ_count);
    if (!bound) return NULL;
    for (uint32_t i = 0; i < t->param_count; i++) bound[i].fixed = bound[i].kind != 0;
    if (!cc_deeper(p)) return NULL;
    int ok = 1;
    uint32_t outer = p->bound_count;
    p->bound_count = t->param_count;
    for (uint32_t i = 0; i < fixed && i < count && ok; i++)
        ok = deduce_one(p, f->params[i].type, args[i], bound);
    p->bound_count = outer;
    if (ok && has_pack)
        ok = deduce_pack(p, &f->params[fixed], args + fixed, count > fixed ? count - fixed : 0, bound,
                         t->param_count);
    cc_func *made = NULL;
    if (ok) {
        cc_trial trial = cc_trial_begin(p);
        ok = cc_complete_targs(p, t, bound, targ_count, (wf_place){0});
        if (cc_trial_end(p, trial)) ok = 0;
        if (ok) ok = cc_constraints_hold(p, t, bound);
        for (uint32_t i = 0; i < t->param_count; i++) bound[i].fixed = 0;
        if (ok) made = cc_instantiate_func(p, t, bound, f->at);
    }
    p->depth -= p->depth > 0;
    return made;
}

/* The instance that a specialisation or an explicit instantiation means. */
cc_func *cc_specialised(cc *p, cc_func *f, const cc_declarator *d) {
    cc_template *t = f->tmpl;
    const uint32_t count = d->param_count;
    int has_pack = f->param_count && f->params[f->param_count - 1].is_pack;
    if (f->param_count != count && !has_pack) return NULL;
    cc_targ *bound = cc_normal_targs(p, t, d->targs, d->targ_count);
    if (!bound) return NULL;
    for (uint32_t i = 0; i < f->param_count && i < count && !f->params[i].is_pack; i++) {
        cc_type pattern = f->params[i].type, a = d->params[i].type;
        if (pattern.ref != a.ref && pattern.ref != CC_REF_RVALUE) return NULL;
        pattern.ref = a.ref = 0;
        if (cc_is_dependent(p, pattern.t) && !cc_match_type(p, pattern, a, bound, 1)) return NULL;
    }
    cc_type pattern = f->result, result = d->result;
    if (!pattern.placeholder && !result.placeholder && pattern.ref == result.ref &&
        cc_is_dependent(p, pattern.t)) { /* a parameter that only the result says */
        pattern.ref = result.ref = 0;
        if (!cc_match_type(p, pattern, result, bound, 1)) return NULL;
    }
    cc_trial trial = cc_trial_begin(p);
    int ok = cc_complete_targs(p, t, bound, d->targ_count, (wf_place){0});
    if (cc_trial_end(p, trial) || !ok) return NULL;
    cc_func *made = cc_instantiate_func(p, t, bound, f->at);
    if (!made || made->param_count != count) return NULL;
    for (uint32_t i = 0; i < count; i++) {
        cc_type x = made->params[i].type, y = d->params[i].type;
        if (!x.ref) x.t = x.t->unqual, y.t = y.t->unqual;
        if (!cc_type_equal(x, y)) return NULL;
    }
    return made;
}

/* Whether every call of a's template could be one of b's too: a is then at least as special. */
static int at_least(cc *p, const cc_func *a, const cc_func *b) {
    cc_targ bound[80];
    const cc_func *x = a->tmpl->pattern, *y = b->tmpl->pattern;
    memset(bound, 0, sizeof bound);
    if (!x || !y) return 0;
    p->bound_count = 0;
    for (uint32_t i = 0; i < y->param_count && i < x->param_count; i++) {
        if (x->params[i].is_pack && !y->params[i].is_pack) return 0;
        cc_type s = y->params[i].type, t = x->params[i].type;
        s.ref = t.ref = 0;
        if (!cc_is_dependent(p, s.t)) {
            if (s.t->unqual != t.t->unqual) return 0;
            continue;
        }
        if (!match(p, cc_plain(s.t->unqual), cc_plain(t.t->unqual), bound, 1)) return 0;
    }
    return 1;
}

int cc_more_special(cc *p, cc_func *a, cc_func *b) {
    uint32_t outer = p->bound_count;
    int ab = at_least(p, a, b), ba = at_least(p, b, a);
    p->bound_count = outer;
    if (ab != ba) return ab ? 1 : -1;
    const cc_func *x = a->tmpl->pattern, *y = b->tmpl->pattern;
    int pack_a = x->param_count && x->params[x->param_count - 1].is_pack,
        pack_b = y->param_count && y->params[y->param_count - 1].is_pack;
    if (pack_a != pack_b) return pack_a ? -1 : 1;
    int quals = 0; /* const T & is more special than T & */
    for (uint32_t i = 0; i < x->param_count && i < y->param_count; i++)
        quals += !!x->params[i].type.t->quals - !!y->params[i].type.t->quals;
    return quals > 0 ? 1 : quals < 0 ? -1 : 0;
}
