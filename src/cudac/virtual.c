/* cudac/virtual.c: virtual functions.
 *
 * An object of a class with virtual functions begins with the number of its class, as wide as the pointer to a
 * table that other compilers put there; constructors write it. A call through a pointer or a reference goes to a
 * function of ours, the dispatcher, that compares the number with those of the classes the call can reach. All
 * of them are known: a module is one source, and only a class whose constructor became code has objects. So
 * dispatchers get their bodies last, and the emitter sees plain calls, which it can inline. */
#include "cudac/parse.h"
#include <string.h>

#define CLASS_FIELD "__wf_class"

struct cc_dispatcher {
    cc_dispatcher *next;
    cc_func *made; /* the function that is called */
    cc_func *of;   /* in place of this one; NULL: of the destructor */
    cc_record *owner;
    int whole; /* calls nothing: it says where the whole object begins */
};

/* --- classes --- */

/* At a class's {: does a member of its own begin with virtual? */
int cc_virtual_ahead(const cc *p) {
    unsigned depth = 0;
    for (uint32_t i = p->at; i < p->count; i++) {
        const cc_token *t = &p->tokens[i];
        depth += cc_punct_is(t, CC_P_LBRACE);
        if (cc_punct_is(t, CC_P_RBRACE) && !--depth) return 0;
        if (depth == 1 && t->kind == CC_IDENT && t->op == CC_KW_VIRTUAL) return 1;
    }
    return 0;
}

int cc_has_virtual_base(const cc_record *r) {
    for (unsigned i = 0; i < r->base_count; i++)
        if (r->bases[i]->is_virtual) return 1;
    return 0;
}

const char *cc_class_field(cc_record *r) {
    r->is_virtual = r->own_number = r->needs_init = 1;
    return CLASS_FIELD;
}

static wf_expr *base_part(cc *p, wf_expr *object, unsigned i, wf_place at) {
    return wf_make_member(p->u, object, wf_arena_printf(p->arena, CC_BASE_FIELD "%u", i), at);
}

/* Writes the number into the object and those of its bases that have one of their own: `number`, or what stands
 * in the same places of `from`. */
static void write_number(cc *p, wf_expr *object, wf_expr *from, uint32_t number, wf_stmt *block,
                         wf_place at) {
    const cc_record *r = cc_record_of(object->type);
    for (unsigned i = 0; i < r->base_count; i++)
        if (r->bases[i]->is_virtual)
            write_number(p, base_part(p, object, i, at), from ? base_part(p, from, i, at) : NULL, number,
                         block, at);
    if (!r->own_number) return;
    const wf_type *t = wf_type_scalar(p->u, WF_TY_ULLONG);
    wf_expr *value = from ? wf_make_member(p->u, from, CLASS_FIELD, at) : wf_make_int(p->u, t, number, at);
    wf_expr *place = wf_make_member(p->u, object, CLASS_FIELD, at);
    wf_block_add(block, wf_stmt_expr(p->u, wf_make_assign(p->u, place, value, at)));
}

void cc_set_class(cc *p, cc_record *r, wf_expr *object, wf_stmt *block, wf_place at) {
    if (!r->is_virtual) return;
    if (!r->number) {
        r->number = ++p->class_count;
        r->next_made = p->classes;
        p->classes = r;
    }
    write_number(p, object, NULL, r->number, block, at);
}

/* An assigned object stays of its class. */
void cc_keep_class(cc *p, const cc_record *r, wf_expr *object, wf_expr *old, wf_stmt *block, wf_place at) {
    if (r->is_virtual) write_number(p, object, old, 0, block, at);
}

/* --- which function is meant --- */

static cc_func *declared_in(const cc_record *r, const cc_func *f) {
    cc_symbol *s = cc_find_here(r->scope, f->name);
    for (cc_func *g = s && s->kind == CC_SYM_FUNC ? s->funcs : NULL; g; g = g->next)
        if (!g->tmpl && !g->alias && g->owner == r && cc_same_params(g, f->params, f->param_count, f->flags))
            return g;
    return NULL;
}

static cc_func *overridden(const cc_record *r, const cc_func *f) {
    for (unsigned i = 0; i < r->base_count; i++) {
        if (!r->bases[i]->is_virtual) continue;
        cc_func *g = declared_in(r->bases[i], f);
        if (g && g->flags & CC_F_VIRTUAL) return g;
        if ((g = overridden(r->bases[i], f))) return g;
    }
    return NULL;
}

/* A method is virtual too when it stands for one of a base. */
void cc_mark_virtual(cc *p, cc_record *r, cc_func *f, const cc_declarator *d) {
    if (f->flags & (CC_F_CTOR | CC_F_STATIC)) return;
    if (overridden(r, f)) f->flags |= CC_F_VIRTUAL;
    else if (d->overrides)
        cc_error(p, d->at, NULL, "%s overrides nothing: no base has a virtual function %s like this",
                 f->shown, f->name->text);
}

/* What a call of f means for an object whose class is r. */
static cc_func *final_of(const cc_record *r, cc_func *f) {
    cc_func *g = declared_in(r, f);
    for (unsigned i = 0; i < r->base_count && (!g || g == f); i++) {
        cc_func *of_base = cc_derived_from(r->bases[i], f->owner) ? final_of(r->bases[i], f) : NULL;
        if (of_base) g = of_base;
    }
    return g;
}

static const cc_func *pure_among(const cc_record *r, const cc_record *whole) {
    for (const cc_symbol *s = r->scope->first; s; s = s->next)
        for (cc_func *f = s->kind == CC_SYM_FUNC ? s->funcs : NULL; f; f = f->next) {
            const cc_func *last = f->flags & CC_F_PURE && f->owner == r ? final_of(whole, f) : NULL;
            if (last && last->flags & CC_F_PURE) return last;
        }
    const cc_func *found = NULL;
    for (unsigned i = 0; i < r->base_count && !found; i++)
        if (r->bases[i]->is_virtual) found = pure_among(r->bases[i], whole);
    return found;
}

/* Told when there can be no object of that type. */
void cc_check_abstract(cc *p, const wf_type *t, wf_place at) {
    while (t->kind == WF_TY_ARRAY) t = t->base;
    const cc_record *r = cc_record_of(t);
    const cc_func *f = r && r->complete && r->is_virtual ? pure_among(r, r) : NULL;
    if (!f) return;
    cc_error(p, at, NULL, "%s is abstract: nothing stands for %s", r->shown, f->shown);
    wf_report(p->r.diags, WF_NOTE, f->at, NULL, "declared here");
}

/* --- dispatchers --- */

static cc_func *dispatcher_new(cc *p, cc_func *of, cc_record *owner, const char *name) {
    cc_func *made = WF_NEW(p->scratch, cc_func);
    if (of) *made = *of;
    made->next = made->pending = NULL;
    made->func = NULL;
    made->name = cc_intern(&p->r, name, strlen(name));
    made->flags = ((of ? made->flags : CC_F_DEVICE) | CC_F_METHOD) & ~(uint32_t)(CC_F_VIRTUAL | CC_F_PURE);
    made->owner = owner;
    made->scope = owner->scope;
    made->state = CC_BODY_DONE; /* made here, below */
    made->body_queued = made->evaluated = 0;
    made->contract = of ? of->contract : -1;
    if (!of) {
        made->result = cc_plain(wf_type_scalar(p->u, WF_TY_VOID));
        made->at = made->last_at = owner->record->at;
        made->shown = wf_arena_printf(p->arena, "%s::~%s", owner->shown, owner->shown);
    }
    cc_dispatcher *d = WF_NEW(p->scratch, cc_dispatcher);
    *d = (cc_dispatcher){.next = p->dispatchers, .made = made, .of = of, .owner = owner};
    p->dispatchers = d;
    return made;
}

/* The class of a variable or a member is known where it is used. */
static int is_exact(const wf_expr *object) {
    return object->kind == WF_EX_VAR ||
           (object->kind == WF_EX_MEMBER &&
            !cc_is_base_field(object->a->type->record->fields[object->u.field].name));
}

/* What a call of f goes to where the object's class is not known. */
cc_func *cc_virtual_entry(cc *p, cc_func *f) {
    if (!(f->flags & CC_F_VIRTUAL) || f->flags & CC_F_STATIC || p->unevaluated) return f;
    if (!f->dispatcher)
        f->dispatcher = dispatcher_new(
            p, f, f->owner, wf_arena_printf(p->scratch, "__wf_virtual_%s", cc_identifier(p, f->name->text)));
    return f->dispatcher;
}

/* The function to call for f, or for the destructor of class r when f is NULL. */
cc_func *cc_dispatched(cc *p, cc_func *f, cc_record *r, const wf_expr *object) {
    if (!object || p->unevaluated || is_exact(object)) return f;
    if (f) return cc_virtual_entry(p, f);
    if (!r || !r->virtual_dtor) return NULL;
    if (!r->dtor_dispatcher) r->dtor_dispatcher = dispatcher_new(p, NULL, r, "__wf_virtual_end");
    return r->dtor_dispatcher;
}

/* The function that says, of an r in an object of any class, where that object begins. */
static cc_func *whole_of(cc *p, cc_record *r) {
    if (r->whole_dispatcher) return r->whole_dispatcher;
    cc_func *made = r->whole_dispatcher = dispatcher_new(p, NULL, r, "__wf_virtual_whole");
    made->result = cc_plain(wf_type_pointer(p->u, wf_type_scalar(p->u, WF_TY_VOID)));
    p->dispatchers->whole = 1;
    return made;
}

/* Where the object begins whose part or whole a pointer variable points to, as a void *; NULL stays NULL. */
wf_expr *cc_whole_object(cc *p, wf_var *pointer, wf_place at) {
    wf_expr *part = wf_make_deref(p->u, wf_make_value(p->u, wf_make_var(p->u, pointer, at)), at);
    wf_expr *begin = cc_call(p, whole_of(p, cc_record_of(part->type)), part, NULL, 0, at);
    wf_expr *none = wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_LONG), 0, at);
    wf_expr *given = wf_make_bool(p->u, wf_make_value(p->u, wf_make_var(p->u, pointer, at)));
    return wf_make_cond(p->u, given, begin, wf_make_cast(p->u, begin->type, none, at), at);
}

/* What the dispatcher calls for an object of class r; NULL: nothing. */
static cc_func *target(cc *p, const cc_dispatcher *d, cc_record *r) {
    if (d->whole || !cc_derived_from(r, d->owner)) return NULL;
    cc_func *f = d->of ? final_of(r, d->of) : r->dtor;
    return f && !(f->flags & CC_F_PURE) && !cc_is_host_only(p, f) ? f : NULL;
}

/* From the object that the dispatcher was given to the one that the function wants. */
static int64_t way(const cc_dispatcher *d, const cc_record *r, const cc_func *f) {
    return (int64_t)cc_base_offset(r, f->owner) - (int64_t)cc_base_offset(r, d->owner);
}

static wf_expr *number_of(cc *p, wf_expr *object, wf_place at) {
    const cc_record *r = cc_record_of(object->type);
    if (r->own_number) return wf_make_value(p->u, wf_make_member(p->u, object, CLASS_FIELD, at));
    unsigned i = 0;
    while (!r->bases[i]->is_virtual) i++;
    return number_of(p, base_part(p, object, i, at), at);
}

static wf_stmt *return_new(cc *p, wf_expr *value, wf_place at) {
    wf_stmt *s = wf_stmt_new(p->u, WF_ST_RETURN, at);
    s->expr = value;
    return s;
}

/* { return ((Owner *)((char *)self + bytes))->f(…); } */
static wf_stmt *call_target(cc *p, const cc_dispatcher *d, cc_func *f, int64_t bytes) {
    wf_func *w = d->made->func;
    wf_place at = d->made->at;
    wf_expr **args = WF_NEW_ARRAY(p->arena, wf_expr *, d->made->param_count + 1);
    uint32_t n = 0;
    for (wf_var *v = w->params; v; v = v->next, n++) args[n] = wf_make_value(p->u, wf_make_var(p->u, v, at));
    args[0] = cc_moved_pointer(p, f->func->type->params[0], args[0], bytes, at);
    wf_expr *call = wf_make_call(p->u, f->func, args, n, at);
    wf_stmt *block = wf_stmt_block(p->u, at);
    const wf_type *result = w->type->base;
    if (result->kind == WF_TY_VOID) {
        wf_block_add(block, wf_stmt_expr(p->u, call));
        call = NULL;
    } else if (call->type != result) { /* a pointer or a reference to a class that derives from it */
        wf_expr *related = cc_convert_pointer(p, result, call, 1, at);
        call = related ? related : wf_make_cast(p->u, result, call, at);
    }
    wf_block_add(block, return_new(p, call, at));
    wf_block_end(block);
    return block;
}

/* An object that no constructor made, or whose class leaves the function open. */
static void no_target(cc *p, const cc_dispatcher *d, wf_stmt *block) {
    const wf_type *result = d->made->func->type->base;
    wf_place at = d->made->at;
    if (!d->of) return; /* a destructor that does nothing */
    wf_block_add(block, wf_stmt_expr(p->u, wf_make_builtin(p->u, WF_BI_TRAP, NULL, 0, at)));
    if (result->kind != WF_TY_VOID) wf_block_add(block, return_new(p, cc_zero(p, result, at), at));
}

/* Is it an object of class r that w's first parameter points to, or into? */
static wf_expr *is_of(cc *p, const wf_func *w, const cc_record *r, wf_place at) {
    wf_expr *object = wf_make_deref(p->u, wf_make_var(p->u, w->params, at), at);
    wf_expr *number = wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_ULLONG), r->number, at);
    return wf_make_binary(p->u, WF_OP_EQ, number_of(p, object, at), number, at);
}

/* if (the class is r) return (char *)self - where it lies in r; … return self; */
static void whole_body(cc *p, const cc_dispatcher *d, wf_stmt *block) {
    wf_func *w = d->made->func;
    wf_place at = d->made->at;
    for (cc_record *r = p->classes; r; r = r->next_made) {
        int64_t offset = cc_derived_from(r, d->owner) ? (int64_t)cc_base_offset(r, d->owner) : 0;
        if (!offset) continue;
        wf_expr *self = wf_make_value(p->u, wf_make_var(p->u, w->params, at));
        wf_stmt *when = wf_stmt_new(p->u, WF_ST_IF, at);
        when->expr = wf_make_bool(p->u, is_of(p, w, r, at));
        when->body = return_new(p, cc_moved_pointer(p, w->type->base, self, -offset, at), at);
        wf_block_add(block, when);
    }
    wf_expr *self = wf_make_value(p->u, wf_make_var(p->u, w->params, at));
    wf_block_add(block, return_new(p, wf_make_cast(p->u, w->type->base, self, at), at));
}

static void make_body(cc *p, const cc_dispatcher *d) {
    wf_func *w = d->made->func;
    wf_place at = d->made->at;
    if (!w || w->body) return;
    cc_body body = {.func = d->made, .f = w};
    cc_body *outer = p->body;
    p->body = &body;
    cc_make_params(p, d->made);
    wf_stmt *block = wf_stmt_block(p->u, at);
    body.block = body.first_block = block;
    for (cc_record *r = d->whole ? NULL : p->classes; r; r = r->next_made) {
        cc_func *f = target(p, d, r);
        int told = !f || !f->func;
        for (cc_record *q = p->classes; !told && q != r; q = q->next_made)
            told = target(p, d, q) == f && way(d, q, f) == way(d, r, f);
        if (told) continue;
        wf_expr *any = NULL;
        for (cc_record *q = r; q; q = q->next_made) {
            if (target(p, d, q) != f || way(d, q, f) != way(d, r, f)) continue;
            wf_expr *is = is_of(p, w, q, at);
            any = any ? wf_make_binary(p->u, WF_OP_LOR, any, is, at) : is;
        }
        wf_stmt *when = wf_stmt_new(p->u, WF_ST_IF, at);
        when->expr = wf_make_bool(p->u, any);
        when->body = call_target(p, d, f, way(d, r, f));
        wf_block_add(block, when);
    }
    if (d->whole) whole_body(p, d, block);
    else no_target(p, d, block);
    wf_block_end(block);
    w->body = block;
    p->body = outer;
}

/* At the end of the source. What a dispatcher calls may construct further classes and call further ones. */
void cc_finish_virtual(cc *p) {
    uint32_t classes;
    cc_dispatcher *newest;
    do {
        classes = p->class_count, newest = p->dispatchers;
        for (cc_dispatcher *d = newest; d; d = d->next)
            for (cc_record *r = p->classes; r && d->made->func; r = r->next_made) {
                cc_func *f = target(p, d, r);
                if (f) cc_need_body(p, f);
            }
        cc_run_pending(p);
    } while (classes != p->class_count || newest != p->dispatchers);
    for (cc_dispatcher *d = p->dispatchers; d; d = d->next) make_body(p, d);
}
