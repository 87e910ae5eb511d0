/* cudac/overload.c: which function of a set is called, and the call.
 *
 * Each candidate gets a rank for each argument (cc_rank; smaller is better). One is better than another if no
 * rank is worse and one is better; after that a function beats a template, and a more special template a less
 * special one. A function that CUDA gives competes with the user's of the same name: programs declare their
 * own atomicAdd(double *) and still use the built-in ones. */
#include "cudac/parse.h"
#include <string.h>

enum { ARGS_MAX = 128 };

typedef struct candidate {
    cc_func *f;
    int ranks[ARGS_MAX + 1]; /* [0] is the object's */
    uint32_t count;
    uint32_t to_values; /* values bound to T &&, which is better than to const T & */
} candidate;

typedef struct resolution {
    candidate best;
    cc_func *rival; /* as good as best: the call is ambiguous */
    unsigned seen;
    int best_taken_over; /* best came through using Base::f */
} resolution;

static int needs_object(const cc_func *f) {
    return f->flags & CC_F_METHOD && !(f->flags & (CC_F_STATIC | CC_F_CTOR));
}

/* Ranks of the arguments; 0: the function cannot be called so. */
static int rank_all(cc *p, candidate *c, wf_expr *object, wf_expr **args, uint32_t count) {
    cc_func *f = c->f;
    if (count < f->required || (count > f->param_count && !f->variadic) || count > ARGS_MAX) return 0;
    c->ranks[0] = 0;
    if (needs_object(f)) {
        if (!object) return p->body != NULL || p->unevaluated;
        int is_const = object->type->quals & WF_CONST;
        if (is_const && !(f->flags & CC_F_CONST_METHOD)) return 0;
        c->ranks[0] = !is_const && f->flags & CC_F_CONST_METHOD ? 1 : 0;
    }
    c->count = count + 1;
    for (uint32_t i = 0; i < count; i++) {
        int rank = i < f->param_count ? cc_rank(p, f->params[i].type, args[i]) : 80;
        if (rank < 0) return 0;
        c->ranks[i + 1] = rank;
        c->to_values += i < f->param_count && f->params[i].type.ref == CC_REF_RVALUE &&
                        (!(args[i]->flags & WF_EX_LVALUE) || cc_is_moved(args[i]));
    }
    return 1;
}

/* 1: a is better, -1: b is, 0: neither. */
static int compare(cc *p, const candidate *a, const candidate *b) {
    int better = 0, worse = 0;
    for (uint32_t i = 0; i < a->count && i < b->count; i++) {
        better |= a->ranks[i] < b->ranks[i];
        worse |= a->ranks[i] > b->ranks[i];
    }
    if (better != worse) return better ? 1 : -1;
    if (better) return 0;
    if (a->to_values != b->to_values) return a->to_values > b->to_values ? 1 : -1;
    int template_a = a->f->tmpl != NULL, template_b = b->f->tmpl != NULL;
    if (template_a != template_b) return template_a ? -1 : 1;
    if (template_a && a->f->tmpl != b->f->tmpl) {
        int special = cc_more_special(p, a->f, b->f);
        if (special) return special;
        uint32_t asked_a = cc_constraint_count(p, a->f->tmpl), asked_b = cc_constraint_count(p, b->f->tmpl);
        return asked_a > asked_b ? 1 : asked_a < asked_b ? -1 : 0;
    }
    if (a->f->variadic != b->f->variadic) return a->f->variadic ? -1 : 1;
    return 0;
}

static void consider(cc *p, resolution *r, cc_func *f, cc_targ *targs, uint32_t targ_count, wf_expr *object,
                     wf_expr **args, uint32_t count) {
    candidate *c = WF_NEW(p->scratch, candidate);
    r->seen++;
    int taken_over = f->alias != NULL; /* gives way to one of the class's own with the same parameters */
    if (taken_over) f = f->alias;
    c->f = f;
    if (f->tmpl && !f->targs) {
        c->f = cc_deduce(p, f, targs, targ_count, object, args, count);
        if (!c->f) return;
    } else if (targs) {
        return;
    }
    if (!rank_all(p, c, object, args, count)) return;
    int order = r->best.f ? compare(p, c, &r->best) : 1;
    if (order == 0 && !taken_over && r->best_taken_over) order = 1;
    if (order > 0) r->best = *c, r->rival = NULL, r->best_taken_over = taken_over;
    else if (order == 0 && c->f != r->best.f && (!taken_over || r->best_taken_over)) r->rival = c->f;
}

static int is_exact(const resolution *r) {
    for (uint32_t i = 1; i < r->best.count; i++)
        if (r->best.ranks[i] > 1) return 0;
    return 1;
}

static void resolve(cc *p, resolution *r, cc_func *set, cc_targ *targs, uint32_t targ_count, wf_expr *object,
                    wf_expr **args, uint32_t count) {
    for (cc_func *f = set; f; f = f->next) consider(p, r, f, targs, targ_count, object, args, count);
}

cc_func *cc_resolve(cc *p, cc_func *set, cc_targ *targs, uint32_t targ_count, wf_expr *object, wf_expr **args,
                    uint32_t count, int *exact) {
    resolution r = {.best.f = NULL};
    resolve(p, &r, set, targs, targ_count, object, args, count);
    *exact = r.best.f && is_exact(&r);
    return r.best.f;
}

/* --- calls --- */

static wf_expr *default_argument(cc *p, cc_func *f, uint32_t i) {
    cc_mark mark = cc_save(p);
    cc_scope *scope = p->scope;
    p->scope = f->params[i].default_scope;
    p->at = f->params[i].default_at;
    p->half = 0;
    unsigned no_gt = p->no_gt;
    p->no_gt = 0;
    wf_expr *e = cc_is(p, CC_P_LBRACE) ? cc_brace_argument(p) : cc_assignment(p);
    p->no_gt = no_gt;
    p->scope = scope;
    cc_back(p, mark);
    return e;
}

static int callable_here(cc *p, cc_func *f, wf_place at) {
    const uint32_t where = f->flags & (CC_F_DEVICE | CC_F_HOST | CC_F_KERNEL | CC_F_CONSTEXPR | CC_F_LIBRARY);
    if (f->flags & CC_F_KERNEL) {
        cc_unsupported(p, at, wf_arena_printf(p->arena, "calling kernel %s from device code", f->shown));
        return 0;
    }
    if (f->flags & CC_F_DELETED) {
        cc_error(p, at, NULL, "%s is deleted", f->shown);
        return 0;
    }
    if (where & (CC_F_DEVICE | CC_F_CONSTEXPR | CC_F_LIBRARY) || p->options->device_library || !p->body ||
        p->unevaluated)
        return 1;
    if (f->flags & CC_F_DEFAULTED || (f->owner && f->owner->is_lambda)) return 1;
    cc_error(p, at, "add __device__ to it", "host function %s is called from device code", f->shown);
    return 0;
}

static wf_expr *self_argument(cc *p, cc_func *f, wf_expr *object, wf_place at) {
    if (!object) {
        cc_error(p, at, NULL, "method %s needs an object", f->shown);
        return NULL;
    }
    if (cc_is_place(object)) object = cc_as_lvalue(p, object); /* (c ? a : b).f() */
    wf_expr *part = cc_to_base(p, object, f->owner, at);
    if (!part) return NULL;
    if (!(part->flags & WF_EX_LVALUE)) part = cc_temporary(p, part, at);
    if (part->flags & WF_EX_ERROR) return NULL;
    wf_expr *address =
        part->kind == WF_EX_DEREF && part->a->kind != WF_EX_COMMA ? part->a : wf_make_addr(p->u, part, at);
    const wf_type *t = f->owner->type;
    if (f->flags & CC_F_CONST_METHOD) t = wf_type_qualified(p->u, t, WF_CONST);
    if (part->type->quals & WF_CONST && !(f->flags & (CC_F_CONST_METHOD | CC_F_CTOR))) {
        cc_error(p, at, "add const behind its parameters", "method %s would change a const object", f->shown);
        return NULL;
    }
    if (part->type->quals & WF_VOLATILE) return wf_make_cast(p->u, wf_type_pointer(p->u, t), address, at);
    if (f->flags & CC_F_CTOR && part->type->quals & WF_CONST)
        return wf_make_cast(p->u, wf_type_pointer(p->u, t), address, at);
    return wf_make_convert(p->u, wf_type_pointer(p->u, t), address, at);
}

/* A call of the function that a prototype stands for: arguments and result as their bits are. */
static wf_expr *call_linked(cc *p, cc_func *f, wf_expr **args, uint32_t count, wf_place at) {
    wf_expr **cast = WF_NEW_ARRAY(p->arena, wf_expr *, count + 1);
    for (uint32_t i = 0; i < count; i++)
        cast[i] = wf_make_cast(p->u, cc_tree_type(p, f->linked->params[i].type)->unqual,
                               cc_copied(p, f->params[i].type, args[i], args[i]->at), args[i]->at);
    wf_expr *call = cc_call(p, f->linked, NULL, cast, count, at);
    return f->result.t->kind == WF_TY_VOID ? call
                                           : wf_make_cast(p->u, cc_tree_type(p, f->result)->unqual, call, at);
}

static wf_expr *call(cc *p, cc_func *f, wf_expr *object, wf_expr **args, uint32_t count, wf_place at) {
    if (f->linked && count == f->param_count) return call_linked(p, f, args, count, at);
    wf_expr *failed = wf_make_error(
        p->u, f->result.t->kind == WF_TY_VOID || f->result.placeholder ? NULL : f->result.t, at);
    if (!callable_here(p, f, at) || !cc_deeper(p)) return failed;
    cc_need_body(p, f);
    p->depth--;
    if (!f->func) return failed;
    uint32_t method = (f->flags & (CC_F_METHOD | CC_F_CTOR)) && !(f->flags & CC_F_STATIC) ? 1 : 0;
    uint32_t total = (count > f->param_count ? count : f->param_count) + method, n = 0;
    wf_expr **all = WF_NEW_ARRAY(p->arena, wf_expr *, total + 1);
    if (method) {
        all[n] = self_argument(p, f, object, at);
        if (!all[n++]) return failed;
    }
    for (uint32_t i = 0; i < f->param_count; i++) {
        wf_expr *e = i < count ? args[i] : f->params[i].default_at ? default_argument(p, f, i) : NULL;
        if (!e) break;
        wf_place place = i < count ? e->at : at;
        all[n++] = f->params[i].type.ref ? cc_bind(p, f->params[i].type, e, place)
                                         : cc_copied(p, f->params[i].type, e, place);
    }
    for (uint32_t i = f->param_count; i < count; i++) all[n++] = cc_decay(p, args[i]);
    wf_expr *e = wf_make_call(p->u, f->func, all, n, at);
    if (f->result.ref && !(e->flags & WF_EX_ERROR)) e = cc_through(p, e, at);
    if (f->result.ref == CC_REF_RVALUE && e->flags & WF_EX_LVALUE) e->flags |= CC_EX_MOVED;
    cc_set_enum(p, e, f->result.en);
    return e;
}

wf_expr *cc_call(cc *p, cc_func *f, wf_expr *object, wf_expr **args, uint32_t count, wf_place at) {
    /* A destructor that is called by itself ends just that part; p->~T() asks for the dispatcher (postfix.c). */
    int asks = f->flags & CC_F_VIRTUAL && !(f->flags & CC_F_DTOR);
    return call(p, asks ? cc_dispatched(p, f, NULL, object) : f, object, args, count, at);
}

/* --- messages --- */

static const char *argument_types(cc *p, wf_expr **args, uint32_t count) {
    wf_text text;
    wf_text_init(&text, p->arena);
    for (uint32_t i = 0; i < count; i++) {
        const cc_enum *en = cc_enum_of(p, args[i]);
        int braces = args[i]->kind == WF_EX_INIT && args[i]->type->kind == WF_TY_VOID;
        wf_text_printf(&text, "%s%s", i ? ", " : "",
                       braces ? "{...}"
                       : en   ? en->name
                              : cc_spell_t(p, args[i]->type));
    }
    return text.data ? text.data : "";
}

static const char *signature_text(cc *p, const cc_func *f) {
    wf_text text;
    wf_text_init(&text, p->arena);
    wf_text_printf(&text, "%s(", f->shown ? f->shown : f->name->text);
    for (uint32_t i = 0; i < f->param_count; i++)
        wf_text_printf(&text, "%s%s", i ? ", " : "", cc_spell(p, f->params[i].type));
    wf_text_puts(&text, f->variadic ? ", ...)" : ")");
    return text.data;
}

static void note_candidates(cc *p, cc_func *set) {
    unsigned told = 0;
    for (cc_func *f = set; f && told < 4; f = f->next, told++)
        wf_report(p->r.diags, WF_NOTE, f->at, NULL, "candidate: %s",
                  f->tmpl && !f->targs ? wf_arena_printf(p->arena, "template %s", f->name->text)
                                       : signature_text(p, f));
}

static wf_expr *no_match(cc *p, cc_name *name, cc_func *set, wf_expr *object, wf_expr **args, uint32_t count,
                         wf_place at) {
    for (uint32_t i = 0; i < count; i++)
        if (args[i]->flags & WF_EX_ERROR) return cc_unknown(p, at);
    if (!set->next && !set->tmpl) { /* one candidate: say what is wrong with it */
        if (count < set->required || (count > set->param_count && !set->variadic)) {
            cc_error(p, at, wf_arena_printf(p->arena, "it is declared as %s", signature_text(p, set)),
                     "%s got %u argument%s, expected %s%u", set->shown, count, count == 1 ? "" : "s",
                     set->required != set->param_count ? "at least " : "",
                     count < set->required ? set->required : set->param_count);
            return wf_make_error(p->u, NULL, at);
        }
        if (needs_object(set) && object && object->type->quals & WF_CONST &&
            !(set->flags & CC_F_CONST_METHOD)) {
            cc_error(p, at, "add const behind its parameters", "method %s would change a const object",
                     set->shown);
            return wf_make_error(p->u, NULL, at);
        }
        for (uint32_t i = 0; i < count && i < set->param_count; i++)
            if (cc_rank(p, set->params[i].type, args[i]) < 0) {
                cc_error(p, args[i]->at.file ? args[i]->at : at,
                         wf_arena_printf(p->arena, "it is declared as %s", signature_text(p, set)),
                         "argument %u of %s: got %s, expected %s", i + 1, set->shown,
                         argument_types(p, &args[i], 1), cc_spell(p, set->params[i].type));
                return wf_make_error(p->u, NULL, at);
            }
    }
    cc_error(p, at, NULL, "no function %s fits the arguments (%s)", name->text,
             argument_types(p, args, count));
    note_candidates(p, set);
    return cc_unknown(p, at);
}

/* --- sets, with what CUDA gives --- */

static int built_in_fits(cc *p, cc_name *name, wf_expr **args, uint32_t count) {
    const cc_known *k = cc_known_of(p, name);
    if (!k && wf_builtin_find(name->text) < 0) return 0;
    if (k && (k->kind == CC_K_TYPE || k->kind == CC_K_INT || k->kind == CC_K_FLOAT)) return 0;
    for (uint32_t i = 0; i < count; i++)
        if (args[i]->type->kind == WF_TY_RECORD || args[i]->type->kind == WF_TY_VOID) return 0;
    return 1;
}

static wf_expr *call_built_in(cc *p, cc_name *name, wf_expr **args, uint32_t count, wf_place at) {
    const cc_known *k = cc_known_of(p, name);
    return k ? cc_call_known(p, name, k, args, count, at)
             : cc_call_builtin(p, name, wf_builtin_find(name->text), args, count, at);
}

static wf_expr *try_built_in(cc *p, cc_name *name, wf_expr **args, uint32_t count, wf_place at) {
    if (!built_in_fits(p, name, args, count)) return NULL;
    cc_trial trial = cc_trial_begin(p);
    wf_expr *e = call_built_in(p, name, args, count, at);
    return cc_trial_end(p, trial) || e->flags & WF_EX_ERROR ? NULL : e;
}

/* Functions of the namespaces that the arguments' classes live in. */
static void add_associated(cc *p, resolution *r, cc_name *name, cc_func *set, cc_targ *targs,
                           uint32_t targ_count, wf_expr **args, uint32_t count) {
    cc_scope *done[8];
    unsigned n = 0;
    for (uint32_t i = 0; i < count; i++) {
        const cc_record *record =
            cc_record_of(args[i]->type->kind == WF_TY_POINTER ? args[i]->type->base : args[i]->type);
        if (!record || !record->scope) continue;
        cc_scope *space = cc_namespace_of(record->scope);
        unsigned seen = 0;
        for (unsigned k = 0; k < n; k++) seen |= done[k] == space;
        if (seen || n == 8) continue;
        done[n++] = space;
        cc_symbol *s = cc_find_in(p, space, name);
        if (s && s->kind == CC_SYM_FUNC && s->funcs != set)
            resolve(p, r, s->funcs, targs, targ_count, NULL, args, count);
        cc_symbol *friends =
            record->scope ? cc_find_here(record->scope, name) : NULL; /* friend operators defined inside */
        if (friends && friends->kind == CC_SYM_FUNC && friends->funcs != set &&
            friends->funcs->flags & CC_F_FRIEND)
            resolve(p, r, friends->funcs, targs, targ_count, NULL, args, count);
    }
}

wf_expr *cc_call_associated(cc *p, cc_name *name, wf_expr **args, uint32_t count, wf_place at) {
    resolution r = {.best.f = NULL};
    add_associated(p, &r, name, NULL, NULL, 0, args, count);
    return r.best.f && !r.rival ? cc_call(p, r.best.f, NULL, args, count, at) : NULL;
}

static wf_expr *call_set(cc *p, cc_name *name, cc_func *set, cc_targ *targs, uint32_t targ_count,
                         wf_expr *object, wf_expr **args, uint32_t count, wf_place at, int qualified) {
    resolution r = {.best.f = NULL};
    resolve(p, &r, set, targs, targ_count, object, args, count);
    if (!set->owner) add_associated(p, &r, name, set, targs, targ_count, args, count);
    if (!set->owner && !targs && (!r.best.f || !is_exact(&r) || r.rival)) {
        wf_expr *e = try_built_in(p, name, args, count, at);
        if (e) return e;
    }
    if (!r.best.f) return no_match(p, name, set, object, args, count, at);
    if (r.rival) {
        cc_error(p, at, NULL, "the call of %s with (%s) is ambiguous", name->text,
                 argument_types(p, args, count));
        wf_report(p->r.diags, WF_NOTE, r.best.f->at, NULL, "candidate: %s", signature_text(p, r.best.f));
        wf_report(p->r.diags, WF_NOTE, r.rival->at, NULL, "candidate: %s", signature_text(p, r.rival));
        return wf_make_error(p->u, NULL, at);
    }
    return (qualified ? call : cc_call)(p, r.best.f, object, args, count, at);
}

wf_expr *cc_call_set(cc *p, cc_name *name, cc_func *set, cc_targ *targs, uint32_t targ_count, wf_expr *object,
                     wf_expr **args, uint32_t count, wf_place at) {
    return call_set(p, name, set, targs, targ_count, object, args, count, at, 0);
}

wf_expr *cc_call_qualified(cc *p, cc_name *name, cc_func *set, cc_targ *targs, uint32_t targ_count,
                           wf_expr *object, wf_expr **args, uint32_t count, wf_place at) {
    return call_set(p, name, set, targs, targ_count, object, args, count, at, 1);
}

/* --- operators --- */

wf_expr *cc_call_operator(cc *p, wf_expr *object, const char *op, wf_expr **args, uint32_t count,
                          wf_place at) {
    cc_record *r = cc_record_of(object->type), *owner;
    if (!r) return NULL;
    const char *text = wf_arena_printf(p->scratch, "operator%s", op);
    cc_name *name = cc_intern(&p->r, text, strlen(text));
    cc_symbol *s = cc_find_member(p, r, name, &owner);
    if (!s || s->kind != CC_SYM_FUNC) return NULL;
    return cc_call_set(p, name, s->funcs, NULL, 0, object, args, count, at);
}

wf_expr *cc_operator(cc *p, const char *op, wf_expr *a, wf_expr *b, wf_place at) {
    if ((a->flags | (b ? b->flags : 0)) & WF_EX_ERROR) return NULL;
    const char *text = wf_arena_printf(p->scratch, "operator%s", op);
    cc_name *name = cc_intern(&p->r, text, strlen(text));
    wf_expr *args[2] = {a, b};
    resolution r = {.best.f = NULL};
    cc_record *record = cc_record_of(a->type), *owner;
    cc_symbol *member = record ? cc_find_member(p, record, name, &owner) : NULL;
    if (member && member->kind == CC_SYM_FUNC) resolve(p, &r, member->funcs, NULL, 0, a, args + 1, b ? 1 : 0);
    /* The object is the first argument: give it the rank that a free function's would have. */
    if (r.best.f) {
        r.best.ranks[2] = r.best.count > 1 ? r.best.ranks[1] : 0;
        r.best.ranks[1] = r.best.ranks[0];
        r.best.ranks[0] = 0;
        r.best.count = b ? 3 : 2;
    }
    for (cc_scope *scope = p->scope; scope; scope = scope->parent) {
        cc_symbol *s = scope->kind == CC_SCOPE_CLASS ? NULL : cc_find_in(p, scope, name);
        if (!s || s->kind != CC_SYM_FUNC) continue;
        resolve(p, &r, s->funcs, NULL, 0, NULL, args, b ? 2 : 1);
        break;
    }
    cc_symbol *found = cc_find(p, p->scope, name);
    add_associated(p, &r, name, found && found->kind == CC_SYM_FUNC ? found->funcs : NULL, NULL, 0, args,
                   b ? 2 : 1);
    if (!r.best.f) return NULL;
    if (r.rival) {
        cc_error(p, at, NULL, "operator %s for (%s) is ambiguous", op, argument_types(p, args, b ? 2 : 1));
        return wf_make_error(p->u, NULL, at);
    }
    if (needs_object(r.best.f)) return cc_call(p, r.best.f, a, args + 1, b ? 1 : 0, at);
    return cc_call(p, r.best.f, NULL, args, b ? 2 : 1, at);
}

wf_expr *cc_binary(cc *p, wf_op op, wf_expr *a, wf_expr *b, wf_place at) {
    static const char *const texts[] = {
#define X(name, text) text,
        WF_UNARY_OPS(X)
#undef X
#define X(name, text, precedence) text,
            WF_BINARY_OPS(X)
#undef X
    };
    if (a->type->kind == WF_TY_RECORD || b->type->kind == WF_TY_RECORD) {
        wf_expr *e = cc_operator(p, texts[op], a, b, at);
        if (!e) e = cc_rewritten_comparison(p, op, a, b, at);
        if (e) return e;
        wf_expr *x = cc_scalar(p, a), *y = cc_scalar(p, b);
        if (!((x->flags | y->flags) & WF_EX_ERROR) &&
            (x->type->kind == WF_TY_RECORD || y->type->kind == WF_TY_RECORD)) {
            int vectors = (x->type->kind == WF_TY_RECORD && !cc_record_of(x->type)) ||
                          (y->type->kind == WF_TY_RECORD && !cc_record_of(y->type));
            cc_error(
                p, at,
                vectors ? "CUDA has no operators for vectors: write it, or #include <helper_math.h>" : NULL,
                "no operator %s for %s and %s", texts[op], cc_spell_t(p, a->type), cc_spell_t(p, b->type));
            return wf_make_error(p->u, NULL, at);
        }
        a = x;
        b = y;
    } else if (p->enum_count && (cc_enum_of(p, a) || cc_enum_of(p, b))) {
        wf_expr *e = cc_operator(p, texts[op], a, b, at);
        if (e) return e;
        if (cc_scoped_operand(p, op, a, b, at)) return wf_make_error(p->u, NULL, at);
    }
    if (op == WF_OP_LAND || op == WF_OP_LOR)
        return wf_make_binary(p->u, op, wf_make_bool(p->u, a), wf_make_bool(p->u, b), at);
    const cc_record *ra = a->type->kind == WF_TY_POINTER ? cc_record_of(a->type->base) : NULL;
    const cc_record *rb = b->type->kind == WF_TY_POINTER ? cc_record_of(b->type->base) : NULL;
    if (ra && rb && ra != rb) {
        if (cc_derived_from(ra, rb))
            a = cc_convert(
                p,
                cc_plain(wf_type_pointer(p->u, wf_type_qualified(p->u, b->type->base, a->type->base->quals))),
                a, at);
        else if (cc_derived_from(rb, ra))
            b = cc_convert(
                p,
                cc_plain(wf_type_pointer(p->u, wf_type_qualified(p->u, a->type->base, b->type->base->quals))),
                b, at);
    }
    if (op == WF_OP_ADD || op == WF_OP_SUB) {
        cc_complete_target(p, a);
        cc_complete_target(p, b);
    }
    return wf_make_binary(p->u, op, a, b, at);
}
