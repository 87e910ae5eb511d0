/* cudac/convert.c: conversions that C++ has and the tree has not: references, classes, temporaries.
 *
 * A reference is a pointer; binding one to a value needs a variable that holds the value. Such a temporary is
 * declared in the block around the statement and assigned where it is needed, `*(t = value, &t)`, so that a
 * loop around the expression makes a new value each time. Everything between scalar types is left to
 * wf_make_convert. */
#include "cudac/parse.h"
#include <string.h>

wf_expr *cc_decay(cc *p, wf_expr *e) {
    if (e->type->kind == WF_TY_ARRAY && !(e->flags & WF_EX_LVALUE)) e = cc_temporary(p, e, e->at);
    return wf_make_value(p->u, e);
}

int cc_is_moved(const wf_expr *e) {
    while (e->kind == WF_EX_MEMBER && !(e->flags & CC_EX_MOVED)) e = e->a;
    return (e->flags & CC_EX_MOVED) != 0;
}

static wf_expr *moved(wf_expr *e) {
    if (e->flags & WF_EX_LVALUE) e->flags |= CC_EX_MOVED;
    return e;
}

/* { … } as an argument: a braced list that has no type yet. */
static int is_braces(const wf_expr *e) { return e->kind == WF_EX_INIT && e->type->kind == WF_TY_VOID; }

wf_expr *cc_brace_argument(cc *p) {
    wf_place at = cc_place(p);
    wf_expr **items;
    cc_next_token(p);
    uint32_t count = cc_arguments(p, &items, CC_P_RBRACE);
    wf_expr *e = wf_make_error(p->u, NULL, at);
    e->kind = WF_EX_INIT;
    e->flags = 0;
    e->type = wf_type_scalar(p->u, WF_TY_VOID);
    e->u.init.items = items;
    e->u.init.count = count;
    return e;
}

/* --- temporaries --- */

const char cc_temporary_mark; /* what a temporary's `front` points to */

wf_var *cc_temp_var(cc *p, const wf_type *type, wf_place at) {
    type = type->unqual;
    if (!p->body || !p->body->f) {
        wf_var *var = WF_NEW(p->arena, wf_var);
        var->name = "temporary";
        var->type = type;
        var->at = at;
        var->front = (void *)(uintptr_t)&cc_temporary_mark;
        return var;
    }
    wf_var *var = wf_local_new(p->u, p->body->f, "t", type, at);
    var->front = (void *)(uintptr_t)&cc_temporary_mark;
    if (p->body->block && !p->unevaluated) wf_block_add(p->body->block, wf_stmt_decl(p->u, var, NULL, at));
    return var;
}

wf_expr *cc_temporary(cc *p, wf_expr *value, wf_place at) {
    if (value->flags & WF_EX_ERROR) return value;
    const wf_type *type = value->type->unqual;
    if (type->kind == WF_TY_ARRAY && value->kind == WF_EX_MEMBER) { /* f().array: f() is what gets a place */
        const wf_field *f = &value->a->type->record->fields[value->u.field];
        return wf_make_member(p->u, cc_temporary(p, value->a, at), f->name, at);
    }
    if (type->kind == WF_TY_ARRAY && p->body && p->body->f &&
        p->body->block) { /* arrays cannot be assigned */
        wf_var *var = wf_local_new(p->u, p->body->f, "t", type, at);
        wf_block_add(p->body->block, wf_stmt_decl(p->u, var, value, at));
        return wf_make_var(p->u, var, at);
    }
    wf_var *var = cc_temp_var(p, type, at);
    wf_expr *set = wf_make_assign(p->u, wf_make_var(p->u, var, at), value, at);
    if (!(value->flags & WF_EX_LVALUE)) set = cc_temporary_made(p, set, var, at);
    return wf_make_deref(
        p->u, wf_make_comma(p->u, set, wf_make_addr(p->u, wf_make_var(p->u, var, at), at), at), at);
}

static int is_pure(const wf_expr *e) {
    if (!e) return 1;
    switch (e->kind) {
    case WF_EX_INT:
    case WF_EX_FLOAT:
    case WF_EX_VAR:
    case WF_EX_FUNC: return 1;
    case WF_EX_UNARY:
    case WF_EX_BINARY:
    case WF_EX_CAST:
    case WF_EX_DEREF:
    case WF_EX_ADDR:
    case WF_EX_INDEX:
    case WF_EX_MEMBER: return is_pure(e->a) && is_pure(e->b);
    case WF_EX_BUILTIN: return !e->u.call.count && wf_builtins[e->u.call.builtin].flags & WF_BIF_PURE;
    default: return 0;
    }
}

static wf_expr *clone(cc *p, const wf_expr *e) {
    if (!e) return NULL;
    wf_expr *copy = WF_NEW(p->arena, wf_expr);
    *copy = *e;
    copy->a = clone(p, e->a);
    copy->b = clone(p, e->b);
    copy->c = clone(p, e->c);
    cc_set_enum(p, copy, cc_enum_of(p, e));
    return copy;
}

/* (T::T(&t), t): what cc_construct makes */
static int is_constructed(const wf_expr *e) {
    return e->kind == WF_EX_COMMA && e->b->kind == WF_EX_VAR && e->b->u.var->front == &cc_temporary_mark;
}

static void note_made(cc *p, wf_expr *e) {
    e->a = cc_temporary_made(p, e->a, e->b->u.var, e->at);
    if (e->depth <= e->a->depth) e->depth = (uint16_t)(e->a->depth + 1);
}

wf_expr *cc_lasting(cc *p, wf_expr *e) {
    if (is_constructed(e)) note_made(p, e);
    return is_constructed(e) || e->flags & WF_EX_LVALUE ? e : cc_temporary(p, e, e->at);
}

wf_expr *cc_as_lvalue(cc *p, wf_expr *e) {
    if (e->flags & (WF_EX_LVALUE | WF_EX_ERROR)) return e;
    wf_expr *left = e->kind == WF_EX_COND ? cc_as_lvalue(p, e->b) : NULL;
    wf_expr *right = left ? cc_as_lvalue(p, e->c) : NULL;
    if (left && left->flags & right->flags & WF_EX_LVALUE && left->type->unqual == right->type->unqual) {
        wf_expr *b = wf_make_addr(p->u, left, e->at), *c = wf_make_addr(p->u, right, e->at);
        return wf_make_deref(p->u, wf_make_cond(p->u, e->a, b, c, e->at), e->at);
    }
    if (is_constructed(e)) note_made(p, e);
    if (e->kind == WF_EX_COMMA && e->b->flags & WF_EX_LVALUE)
        return wf_make_deref(p->u, wf_make_comma(p->u, e->a, wf_make_addr(p->u, e->b, e->at), e->at), e->at);
    int changes = e->kind == WF_EX_ASSIGN || e->kind == WF_EX_UPDATE || (e->kind == WF_EX_STEP && !e->u.post);
    if (changes && is_pure(e->a)) {
        wf_expr *address = wf_make_addr(p->u, clone(p, e->a), e->at);
        return wf_make_deref(p->u, wf_make_comma(p->u, e, address, e->at), e->at);
    }
    if (changes) { /* *(t = &place, *t = value, t): the place is found once */
        wf_var *t = cc_temp_var(p, wf_type_pointer(p->u, e->a->type), e->at);
        wf_expr *find =
            wf_make_assign(p->u, wf_make_var(p->u, t, e->at), wf_make_addr(p->u, e->a, e->at), e->at);
        wf_expr *place = wf_make_deref(p->u, wf_make_var(p->u, t, e->at), e->at), *change;
        if (e->kind == WF_EX_ASSIGN) change = wf_make_assign(p->u, place, e->b, e->at);
        else if (e->kind == WF_EX_UPDATE) change = wf_make_update(p->u, e->op, place, e->b, e->at);
        else change = wf_make_step(p->u, e->op, place, 0, e->at);
        wf_expr *all =
            wf_make_comma(p->u, wf_make_comma(p->u, find, change, e->at), wf_make_var(p->u, t, e->at), e->at);
        return wf_make_deref(p->u, all, e->at);
    }
    return e;
}

/* --- classes --- */

/* template <class T> operator T() */
static cc_func *conversion_template(cc *p, const cc_record *r, cc_type to, int is_const, int is_explicit) {
    const wf_type *t = to.t->unqual;
    if (t->kind == WF_TY_VOID || t->kind == WF_TY_ARRAY || t->kind == WF_TY_FUNCTION) return NULL;
    for (cc_func *f = r->conversion_templates; f; f = f->next_conversion) {
        if ((f->flags & CC_F_EXPLICIT && !is_explicit) || (is_const && !(f->flags & CC_F_CONST_METHOD)))
            continue;
        cc_targ *bound = cc_normal_targs(p, f->tmpl, NULL, 0);
        cc_type want = {.t = t, .en = to.en}, pattern = f->result;
        pattern.ref = 0;
        if (!bound || (cc_is_dependent(p, pattern.t) ? !cc_match_type(p, pattern, want, bound, 0)
                                                     : pattern.t->unqual != t))
            continue;
        cc_trial trial = cc_trial_begin(p);
        cc_func *made = cc_complete_targs(p, f->tmpl, bound, 0, (wf_place){0})
                            ? cc_instantiate_func(p, f->tmpl, bound, f->at)
                            : NULL;
        if (!cc_trial_end(p, trial) && made && made->result.t->unqual == t) return made;
    }
    return NULL;
}

static cc_func *best_conversion(cc *p, const wf_expr *e, cc_type to, int is_explicit) {
    cc_func *best = NULL;
    int best_rank = 1000;
    const cc_record *r = cc_record_of(e->type);
    if (!r) return NULL;
    for (cc_func *f = r->conversions; f; f = f->next) {
        if (f->flags & CC_F_EXPLICIT && !is_explicit) continue;
        if (e->type->quals & WF_CONST && !(f->flags & CC_F_CONST_METHOD)) continue;
        wf_expr made = {
            .kind = WF_EX_CALL, .type = f->result.t->unqual, .flags = f->result.ref ? WF_EX_LVALUE : 0};
        if ((cc_record_of(made.type) || cc_record_of(to.t)) && made.type != to.t->unqual)
            continue; /* one conversion by a class is all that is made */
        int rank = made.type == to.t->unqual ? 0 : cc_rank(p, to, &made);
        if (rank >= 0 && rank < best_rank) best = f, best_rank = rank;
    }
    if (!best) best = conversion_template(p, r, to, (e->type->quals & WF_CONST) != 0, is_explicit);
    for (unsigned i = 0; !best && i < r->base_count; i++) {
        wf_expr part = *e;
        part.type = r->bases[i]->type;
        best = best_conversion(p, &part, to, is_explicit);
    }
    return best;
}

wf_expr *cc_scalar(cc *p, wf_expr *e) {
    const cc_record *r = e->type->kind == WF_TY_RECORD ? cc_record_of(e->type) : NULL;
    if (!r) return e;
    cc_func *only = NULL;
    for (int is_explicit = 0; is_explicit < 2 && !only;
         is_explicit++) /* an explicit one only where there is no other */
        for (cc_func *f = r->conversions; f && !only; f = f->next)
            if (wf_type_is_scalar(f->result.t) && !(f->flags & CC_F_EXPLICIT) == !is_explicit) only = f;
    for (unsigned i = 0; !only && i < r->base_count; i++)
        if (r->bases[i]->conversions) return cc_scalar(p, cc_to_base(p, e, r->bases[i], e->at));
    return only ? cc_call(p, only, e, NULL, 0, e->at) : e;
}

static int constructible(cc *p, const cc_record *r, wf_expr **args, uint32_t count) {
    if (p->depth > 250) return 0;
    int exact;
    return r->ctors && cc_resolve(p, r->ctors, NULL, 0, NULL, args, count, &exact) != NULL;
}

static wf_expr *to_record(cc *p, cc_type to, wf_expr *e, wf_place at, int is_explicit) {
    const wf_type *t = to.t->unqual;
    cc_complete(p, t);
    if (e->type->unqual == t) return e;
    const cc_record *r = cc_record_of(t);
    if (r && cc_derived_from(cc_record_of(e->type), r)) {
        wf_expr *part = cc_to_base(p, e, r, at);
        return part->type->quals && !(part->flags & WF_EX_LVALUE) ? cc_decay(p, part) : part;
    }
    cc_func *f = best_conversion(p, e, to, is_explicit);
    if (f) return cc_call(p, f, e, NULL, 0, at);
    if (r && r->ctors && (is_explicit ? constructible(p, r, &e, 1) : cc_rank(p, cc_plain(t), e) >= 0))
        return cc_construct(p, t, &e, 1, at, 0);
    return wf_make_convert(p->u, t, e, at);
}

/* --- how well does an argument fit a parameter? --- */

enum {
    EXACT = 0,
    ADJUSTED = 1,
    PROMOTED = 10,
    CONVERTED = 20,
    TO_BASE = 21,
    TO_VOID = 24,
    TO_BOOL = 26,
    BY_CLASS = 40
};

static int base_distance(const cc_record *derived, const cc_record *base) {
    if (derived == base) return 0;
    for (unsigned i = 0; derived && i < derived->base_count; i++) {
        int n = base_distance(derived->bases[i], base);
        if (n >= 0) return n + 1;
    }
    return -1;
}

static int rank_pointer(cc *p, const wf_type *to, wf_expr *e, const wf_type *from) {
    if (e->kind == WF_EX_INT && e->u.i == 0 && wf_type_is_integer(from)) return CONVERTED;
    if (from->kind != WF_TY_POINTER) return -1;
    if (to == from) return EXACT;
    const wf_type *a = to->base, *b = from->base;
    const wf_type *ca = a, *cb = b;
    while (ca->kind == WF_TY_ARRAY) ca = ca->base;
    while (cb->kind == WF_TY_ARRAY) cb = cb->base;
    if (cb->quals & ~ca->quals & (WF_CONST | WF_VOLATILE)) return -1;
    if (a->unqual == b->unqual) return a->quals == b->quals ? EXACT : ADJUSTED;
    if (a->kind == WF_TY_VOID) return b->kind == WF_TY_FUNCTION ? -1 : TO_VOID;
    int distance = cc_record_of(a) && cc_record_of(b) ? base_distance(cc_record_of(b), cc_record_of(a)) : -1;
    if (distance > 0) return TO_BASE + distance > TO_VOID ? TO_VOID - 1 : TO_BASE;
    int from_void = b->kind == WF_TY_VOID; /* nullptr, perhaps */
    if (a->kind == WF_TY_ARRAY || a->kind == WF_TY_POINTER || from_void) {
        cc_trial trial = cc_trial_begin(p);
        wf_make_convert(p->u, to, e, e->at);
        return cc_trial_end(p, trial) ? -1 : from_void ? CONVERTED : ADJUSTED;
    }
    return -1;
}

static int rank_arithmetic(const wf_type *to, const wf_type *from, const cc_enum *to_en,
                           const cc_enum *from_en) {
    if (to_en || from_en) {
        if (to_en == from_en) return EXACT;
        if (to_en) return -1; /* an integer never becomes an enumeration */
        if (from_en->scoped) return -1;
        return to->kind == WF_TY_INT ? PROMOTED : CONVERTED;
    }
    if (to == from) return EXACT;
    if (to->kind == WF_TY_BOOL) return CONVERTED + 1;
    if (to->kind == WF_TY_INT && wf_type_is_integer(from) && wf_type_rank(from) < wf_type_rank(to))
        return PROMOTED;
    if (to->kind == WF_TY_DOUBLE && from->kind == WF_TY_FLOAT) return PROMOTED;
    if (to->kind == WF_TY_FLOAT && (from->kind == WF_TY_HALF || from->kind == WF_TY_BFLOAT)) return PROMOTED;
    return CONVERTED;
}

static int rank_record(cc *p, cc_type to, wf_expr *e) {
    const cc_record *r = cc_record_of(to.t);
    if (to.t->unqual == e->type->unqual) return EXACT;
    int distance = base_distance(cc_record_of(e->type), r);
    if (r && distance > 0) return TO_BASE;
    if (best_conversion(p, e, to, 0)) return BY_CLASS;
    cc_complete(p, to.t);
    if (!r || !r->ctors) return -1;
    if (p->unevaluated > 1000) return -1;
    for (cc_func *f = r->ctors; f;
         f = f->next) { /* one argument, not explicit, without a class's conversion again */
        if (f->flags & (CC_F_EXPLICIT | CC_F_DELETED) || f->param_count < 1 || f->required > 1 || f->tmpl)
            continue;
        cc_type t = f->params[0].type;
        if (t.t->kind == WF_TY_RECORD && t.t->unqual == to.t->unqual) continue;
        int another = t.t->kind == WF_TY_RECORD && t.t->unqual != e->type->unqual &&
                      base_distance(cc_record_of(e->type), cc_record_of(t.t)) < 0;
        int rank = another ? -1 : cc_rank(p, t, e);
        if (rank >= 0 && rank < BY_CLASS) return BY_CLASS;
    }
    for (cc_func *f = r->ctors; f; f = f->next)
        if (f->tmpl && !f->targs && !(f->flags & CC_F_EXPLICIT) && cc_deduce(p, f, NULL, 0, NULL, &e, 1))
            return BY_CLASS;
    return -1;
}

static int rank_braces(cc *p, cc_type to, wf_expr *e) {
    if (to.t->kind != WF_TY_RECORD)
        return e->u.init.count == 1 ? cc_rank(p, cc_plain(to.t), e->u.init.items[0])
               : e->u.init.count    ? -1
                                    : CONVERTED;
    const cc_record *r = cc_record_of(to.t);
    if (r && r->has_ctor) return constructible(p, r, e->u.init.items, e->u.init.count) ? BY_CLASS : -1;
    return e->u.init.count <= to.t->record->field_count ? BY_CLASS : -1;
}

static int rank_value(cc *p, cc_type to, wf_expr *e) {
    const wf_type *from = e->type->unqual, *t = to.t->unqual;
    if (t->kind == WF_TY_RECORD) return rank_record(p, to, e);
    if (from->kind == WF_TY_RECORD)
        return cc_lambda_function(p, t, e) || best_conversion(p, e, to, 0) ? BY_CLASS : -1;
    if (from->kind == WF_TY_ARRAY) from = wf_type_pointer(p->u, e->type->base);
    if (from->kind == WF_TY_FUNCTION) from = wf_type_pointer(p->u, from);
    if (t->kind == WF_TY_POINTER) return rank_pointer(p, t, e, from);
    if (from->kind == WF_TY_POINTER) return t->kind == WF_TY_BOOL ? TO_BOOL : -1;
    if (t->kind == WF_TY_VOID || from->kind == WF_TY_VOID) return t == from ? EXACT : -1;
    if (!wf_type_is_arithmetic(t) || !wf_type_is_arithmetic(from)) return -1;
    return rank_arithmetic(t, from, to.en, cc_enum_of(p, e));
}

/* What C++ takes for a place, though the tree may have a value (cc_as_lvalue makes one of it), and its
 * qualifiers into *quals. An object that was just constructed is none. */
static int is_place(const wf_expr *e, unsigned *quals) {
    if (e->kind == WF_EX_COMMA)
        return !(e->b->kind == WF_EX_VAR && e->b->u.var->front == &cc_temporary_mark) &&
               is_place(e->b, quals);
    if (e->kind == WF_EX_COND)
        return e->b->type->unqual == e->c->type->unqual && is_place(e->b, quals) && is_place(e->c, quals);
    int changes = e->kind == WF_EX_ASSIGN || e->kind == WF_EX_UPDATE || (e->kind == WF_EX_STEP && !e->u.post);
    const wf_type *t = changes ? e->a->type : e->type;
    *quals |= t->kind == WF_TY_ARRAY ? t->base->quals : t->quals;
    return changes || e->flags & WF_EX_LVALUE;
}

int cc_is_place(const wf_expr *e) {
    unsigned quals = 0;
    return is_place(e, &quals);
}

static int rank_reference(cc *p, cc_type to, wf_expr *e) {
    const wf_type *t = to.t;
    unsigned have = 0, want = t->quals;
    int lvalue = is_place(e, &have);
    if (e->type->kind == WF_TY_RECORD && !e->type->record->complete) cc_complete(p, e->type); /* its bases */
    if (t->kind == WF_TY_ARRAY) want = t->base->quals;
    int same = t->unqual == e->type->unqual && to.en == cc_enum_of(p, e);
    if (t->kind == WF_TY_ARRAY && e->type->kind == WF_TY_ARRAY && t->base->unqual == e->type->base->unqual &&
        t->count == e->type->count)
        same = 1;
    if (t->kind == WF_TY_FUNCTION) same = e->type->kind == WF_TY_POINTER && e->type->base == t;
    if (!same && p->enum_count && t->unqual == e->type->unqual && lvalue && !to.en) same = 1;
    int base = !same && cc_record_of(t) && base_distance(cc_record_of(e->type), cc_record_of(t)) > 0;
    if (lvalue && (same || base) && to.ref == CC_REF_RVALUE && have & ~want & (WF_CONST | WF_VOLATILE))
        return -1; /* nor to a copy of it */
    if (cc_is_moved(e) && to.ref == CC_REF_LVALUE && !(want & WF_CONST)) return -1;
    if (lvalue && (same || base) && !(have & ~want & (WF_CONST | WF_VOLATILE))) {
        if (to.ref == CC_REF_RVALUE && !cc_is_moved(e)) return 35;
        return base ? TO_BASE : have == want ? EXACT : ADJUSTED;
    }
    if (to.ref == CC_REF_LVALUE && !(want & WF_CONST)) return t->kind == WF_TY_FUNCTION && same ? EXACT : -1;
    int rank = rank_value(p, (cc_type){.t = t->unqual, .en = to.en}, e);
    return rank == EXACT && to.ref == CC_REF_LVALUE ? ADJUSTED : rank;
}

int cc_rank(cc *p, cc_type to, wf_expr *e) {
    if (e->flags & WF_EX_ERROR) return EXACT;
    if (is_braces(e)) return rank_braces(p, to, e);
    return to.ref ? rank_reference(p, to, e) : rank_value(p, to, e);
}

/* A member that its packed record does not align as its type wants: no pointer can stand for it. */
int cc_is_packed_member(const wf_expr *e) {
    while (e->kind == WF_EX_INDEX && e->a->kind == WF_EX_CAST && e->a->cast == WF_CAST_DECAY) e = e->a->a;
    return e->kind == WF_EX_MEMBER && e->a->type->record->pack &&
           wf_type_align(e->type) > e->a->type->record->pack;
}

/* --- converting --- */

wf_expr *cc_bind(cc *p, cc_type ref, wf_expr *e, wf_place at) {
    const wf_type *t = ref.t, *pointer = wf_type_pointer(p->u, t);
    if (e->flags & WF_EX_ERROR) return e;
    if (t->kind == WF_TY_FUNCTION) return cc_decay(p, e);
    if (is_braces(e)) e = cc_braced_values(p, t->unqual, e->u.init.items, e->u.init.count, at);
    e = cc_as_lvalue(p, e);
    cc_record *r = cc_record_of(t);
    if (r && e->flags & WF_EX_LVALUE && cc_record_of(e->type) != r &&
        cc_derived_from(cc_record_of(e->type), r))
        e = cc_to_base(p, e, r, at);
    int same = e->type->unqual == t->unqual ||
               (t->kind == WF_TY_ARRAY && e->type->kind == WF_TY_ARRAY &&
                e->type->base->unqual == t->base->unqual && e->type->count == t->count);
    if (e->flags & WF_EX_LVALUE && same) {
        int bits = (e->kind == WF_EX_MEMBER && e->a->type->record->fields[e->u.field].bit_width) ||
                   cc_is_packed_member(e);
        if (!bits) return wf_make_convert(p->u, pointer, wf_make_addr(p->u, e, at), at);
    }
    if (ref.ref == CC_REF_LVALUE && !(t->quals & WF_CONST)) {
        cc_error(p, at, same ? "a reference to const could" : NULL,
                 "a reference of type %s cannot stand for a value of type %s", cc_spell(p, ref),
                 cc_spell_t(p, e->type));
        return wf_make_error(p->u, pointer, at);
    }
    wf_expr *value = cc_convert(p, (cc_type){.t = t->unqual, .en = ref.en}, e, at);
    if (value->flags & WF_EX_ERROR) return value;
    wf_expr *held = cc_temporary(p, value, at);
    return wf_make_convert(p->u, pointer, held->kind == WF_EX_DEREF ? held->a : wf_make_addr(p->u, held, at),
                           at);
}

wf_expr *cc_convert(cc *p, cc_type to, wf_expr *e, wf_place at) {
    if (e->flags & WF_EX_ERROR) return e;
    if (to.ref) return wf_make_deref(p->u, cc_bind(p, to, e, at), at);
    const wf_type *t = to.t->unqual;
    if (is_braces(e)) return cc_braced_values(p, t, e->u.init.items, e->u.init.count, at);
    if (t->kind == WF_TY_RECORD) return to_record(p, to, e, at, 0);
    if (t->kind == WF_TY_POINTER) e = cc_decay(p, e);
    if (e->type->kind == WF_TY_RECORD && cc_record_of(e->type)) {
        cc_func *f = cc_lambda_function(p, t, e);
        if (f) return cc_decay(p, cc_function_value(p, f, at));
        f = best_conversion(p, e, to, t->kind == WF_TY_BOOL);
        if (f) e = cc_call(p, f, e, NULL, 0, at);
    }
    wf_expr *related = cc_convert_pointer(p, t, e, 0, at);
    if (related) return related;
    wf_expr *r = wf_make_convert(p->u, t, e, at);
    if (to.en && !(r->flags & WF_EX_ERROR)) cc_set_enum(p, r, to.en);
    return r;
}

static wf_expr *cast_reference(cc *p, cc_type to, wf_expr *e, wf_place at, unsigned kw) {
    e = cc_as_lvalue(p, e);
    if (!(e->flags & WF_EX_LVALUE)) return wf_make_deref(p->u, cc_bind(p, to, e, at), at);
    cc_record *r = cc_record_of(to.t);
    const cc_record *own = cc_record_of(e->type);
    if (r && own != r && cc_derived_from(own, r)) e = cc_to_base(p, e, r, at), own = r;
    int down = own != r && kw != CC_KW_REINTERPRET_CAST && cc_derived_from(r, own);
    wf_expr *address = wf_make_addr(p->u, e, at);
    if (e->type != to.t)
        e = wf_make_deref(p->u,
                          cc_moved_pointer(p, wf_type_pointer(p->u, to.t), address,
                                           down ? -(int64_t)cc_base_offset(r, own) : 0, at),
                          at);
    return to.ref == CC_REF_RVALUE ? moved(e) : e;
}

wf_expr *cc_cast(cc *p, cc_type to, wf_expr *e, wf_place at, unsigned kw) {
    if (e->flags & WF_EX_ERROR) return wf_make_error(p->u, to.t, at);
    if (to.ref) return cast_reference(p, to, e, at, kw);
    cc_complete(p, to.t);
    if (is_braces(e)) return cc_convert(p, to, e, at);
    if (to.t->kind == WF_TY_RECORD) return to_record(p, to, e, at, 1);
    if (e->type->kind == WF_TY_RECORD && to.t->kind != WF_TY_VOID) {
        if (cc_lambda_function(p, to.t, e)) return cc_convert(p, to, e, at);
        cc_func *f = best_conversion(p, e, to, 1);
        if (f) e = cc_call(p, f, e, NULL, 0, at);
    }
    if (kw == CC_KW_STATIC_CAST &&
        ((to.t->kind == WF_TY_POINTER && wf_type_is_arithmetic(e->type) && e->kind != WF_EX_INT) ||
         (wf_type_is_integer(to.t) && to.t->kind != WF_TY_BOOL && e->type->kind == WF_TY_POINTER))) {
        cc_error(p, at, "use reinterpret_cast", "static_cast cannot turn %s into %s", cc_spell_t(p, e->type),
                 cc_spell(p, to));
        return wf_make_error(p->u, to.t, at);
    }
    if (kw != CC_KW_REINTERPRET_CAST && to.t->kind == WF_TY_POINTER) {
        wf_expr *related = cc_convert_pointer(p, to.t->unqual, cc_decay(p, e), 1, at);
        if (related) return related;
    }
    wf_expr *r = wf_make_cast(p->u, to.t, e, at);
    if (r == e && !to.en && cc_enum_of(p, e)) { /* of its number's own type: a value that is no enumerator */
        r = WF_NEW(p->arena, wf_expr);
        *r = *e;
    }
    if (to.en && !(r->flags & WF_EX_ERROR)) cc_set_enum(p, r, to.en);
    return r;
}

/* --- construction --- */

static wf_expr *wrong_arguments(cc *p, const wf_type *type, wf_expr **args, uint32_t count, wf_place at) {
    wf_text text;
    wf_text_init(&text, p->arena);
    for (uint32_t i = 0; i < count; i++) {
        if (args[i]->flags & WF_EX_ERROR) return wf_make_error(p->u, type, at);
        wf_text_printf(&text, "%s%s", i ? ", " : "", cc_spell_t(p, args[i]->type));
    }
    cc_error(p, at, NULL, "%s has no constructor for (%s)", cc_spell_t(p, type), text.data ? text.data : "");
    return wf_make_error(p->u, type, at);
}

wf_expr *cc_copied(cc *p, cc_type type, wf_expr *e, wf_place at) {
    const cc_record *r = cc_record_of(type.t);
    if (!r || !r->has_copy || e->flags & WF_EX_ERROR) return cc_convert(p, type, e, at);
    if (e->type->unqual == type.t->unqual) {
        if (!cc_is_place(e)) return cc_convert(p, type, e, at);
        e = cc_as_lvalue(p, e); /* c ? a : b, (f(), a) */
    } else if (!cc_derived_from(cc_record_of(e->type), r)) {
        return cc_convert(p, type, e, at);
    }
    return cc_construct(p, type.t, &e, 1, at, 0);
}

wf_expr *cc_construct(cc *p, const wf_type *type, wf_expr **args, uint32_t count, wf_place at, int braces) {
    type = type->unqual;
    cc_complete(p, type);
    cc_record *r = cc_record_of(type);
    if (count == 1 && !is_braces(args[0]) && args[0]->type->unqual == type &&
        !(r && r->has_copy && args[0]->flags & WF_EX_LVALUE))
        return args[0]; /* a value is never copied first */
    if (!r || !r->ctors) {
        if (count == 1 && !braces && !is_braces(args[0])) return to_record(p, cc_plain(type), args[0], at, 1);
        if (count == 0) return cc_zero(p, type, at);
        return cc_braced_values(p, type, args, count, at);
    }
    int exact;
    cc_func *f = cc_resolve(p, r->ctors, NULL, 0, NULL, args, count, &exact);
    if (!f && count == 1) {
        cc_func *conversion = best_conversion(p, args[0], cc_plain(type), 1);
        if (conversion) return cc_call(p, conversion, args[0], NULL, 0, at);
        if (cc_derived_from(cc_record_of(args[0]->type), r))
            return to_record(p, cc_plain(type), args[0], at, 1);
    }
    if (!f && !r->has_ctor && count) return cc_braced_values(p, type, args, count, at);
    if (!f) return wrong_arguments(p, type, args, count, at);
    wf_var *var = cc_temp_var(p, type, at);
    wf_expr *call = cc_call(p, f, wf_make_var(p->u, var, at), args, count, at);
    if (call->flags & WF_EX_ERROR) return wf_make_error(p->u, type, at);
    return wf_make_comma(p->u, call, wf_make_var(p->u, var, at), at);
}

int cc_construct_at(cc *p, wf_expr *object, wf_expr **args, uint32_t count, wf_place at, wf_stmt *block) {
    cc_record *r = cc_record_of(object->type);
    int exact;
    cc_func *f = r && r->ctors ? cc_resolve(p, r->ctors, NULL, 0, NULL, args, count, &exact) : NULL;
    if (!f) {
        if (r && r->ctors) wrong_arguments(p, object->type->unqual, args, count, at);
        return 0;
    }
    wf_block_add(block, wf_stmt_expr(p->u, cc_call(p, f, object, args, count, at)));
    return 1;
}
