/* cudac/destroy.c: destructors: which objects end where.
 *
 * A function body keeps a stack of the objects that are alive at the point that is being parsed. Leaving a
 * block calls the destructors of what was declared in it, newest first; break, continue and return do so for
 * all the blocks they leave. A temporary ends with the full expression that made it, and because that may
 * not have been reached (c ? f(T()) : 0) it has a flag that says whether it was made. A value that becomes a
 * variable, an argument or a result is never copied first, as C++17 has it, so it is destroyed where it ends
 * up; a local variable that is returned is handed over in the same way.
 *
 * A class whose members or bases have a destructor has one too: its own body, then members from last to
 * first, then bases. Objects in __shared__, __device__ and static variables, and a kernel's arguments, are
 * not destroyed: they outlive the thread. */
#include "cudac/parse.h"
#include <string.h>

struct cc_alive {
    cc_alive *next;    /* older */
    wf_var *var;       /* the object; NULL: a part of *this */
    cc_record *base;   /* that base class of *this */
    const char *field; /* that member of *this */
    wf_var *flag;      /* a temporary: whether it was made */
};

static cc_record *element_record(const wf_type *t) {
    while (t->kind == WF_TY_ARRAY) t = t->base;
    return t->kind == WF_TY_RECORD ? cc_record_of(t) : NULL;
}

cc_func *cc_destructor_of(cc *p, const wf_type *t) {
    cc_record *r = element_record(t);
    if (!r) return NULL;
    cc_complete(p, r->type);
    return r->dtor;
}

/* --- making destructors --- */

cc_func *cc_implicit_destructor(cc *p, cc_record *r) {
    cc_spec spec = {.flags = CC_F_DEVICE | CC_F_HOST | CC_F_FORCEINLINE, .contract = -1};
    cc_declarator d = {.flags = CC_F_DTOR | CC_F_DEFAULTED | CC_F_METHOD,
                       .at = r->record->at,
                       .result = cc_plain(wf_type_scalar(p->u, WF_TY_VOID)),
                       .name = cc_intern(&p->r, "~", 1)};
    cc_func *f = cc_function(p, &spec, &d, r->scope, r);
    f->state = CC_BODY_PENDING;
    f->body_at = p->count - 1;
    return f;
}

int cc_parts_have_destructors(cc *p, const cc_record *r) {
    if (r->record->is_union) return 0;
    for (unsigned i = 0; i < r->base_count; i++)
        if (r->bases[i]->dtor) return 1;
    for (uint32_t i = 0; i < r->record->field_count; i++)
        if (!r->field_types[i].ref && cc_destructor_of(p, r->field_types[i].t)) return 1;
    return 0;
}

/* --- the stack --- */

static cc_alive *push(cc *p, cc_alive **stack, cc_alive made) {
    cc_alive *a = WF_NEW(p->scratch, cc_alive);
    *a = made;
    a->next = *stack;
    return *stack = a;
}

void cc_alive_push(cc *p, wf_var *var, cc_type type) {
    if (!p->body || p->unevaluated || type.ref || !cc_destructor_of(p, type.t)) return;
    push(p, &p->body->alive, (cc_alive){.var = var});
}

/* The parts of *this, which a destructor ends behind its body and at each return. */
void cc_alive_parts(cc *p, cc_record *r) {
    if (r->record->is_union) return;
    for (unsigned i = 0; i < r->base_count; i++)
        if (r->bases[i]->dtor && r->bases[i]->name) push(p, &p->body->alive, (cc_alive){.base = r->bases[i]});
    for (uint32_t i = 0; i < r->record->field_count; i++) {
        const char *name = r->record->fields[i].name;
        if (!name[0] || cc_is_base_field(name) || r->field_types[i].ref) continue;
        if (cc_destructor_of(p, r->field_types[i].t)) push(p, &p->body->alive, (cc_alive){.field = name});
    }
}

/* --- calls --- */

static wf_expr *writable(cc *p, wf_expr *e, wf_place at) {
    if (!(e->type->quals & WF_CONST)) return e;
    const wf_type *pointer = wf_type_pointer(p->u, e->type->unqual);
    return wf_make_deref(p->u, wf_make_cast(p->u, pointer, wf_make_addr(p->u, e, at), at), at);
}

wf_expr *cc_destroy_call(cc *p, wf_expr *object, wf_place at) {
    cc_func *f = cc_destructor_of(p, object->type);
    return cc_call(p, f, writable(p, object, at), NULL, 0, at);
}

/* Of one object, or of an array's elements from last to first. */
static void destroy(cc *p, wf_expr *object, wf_stmt *block, wf_place at) {
    if (object->type->kind != WF_TY_ARRAY) {
        wf_block_add(block, wf_stmt_expr(p->u, cc_destroy_call(p, object, at)));
        return;
    }
    const wf_type *integer = wf_type_scalar(p->u, WF_TY_INT);
    wf_var *i = wf_local_new(p->u, p->body->f, "i", integer, at);
    wf_stmt *loop = wf_stmt_new(p->u, WF_ST_FOR, at);
    uint64_t count = object->type->count;
    loop->init = wf_stmt_decl(p->u, i, wf_make_int(p->u, integer, count - 1, at), at);
    loop->expr =
        wf_make_binary(p->u, WF_OP_GE, wf_make_var(p->u, i, at), wf_make_int(p->u, integer, 0, at), at);
    loop->step = wf_make_step(p->u, WF_OP_SUB, wf_make_var(p->u, i, at), 0, at);
    loop->body = wf_stmt_block(p->u, at);
    destroy(p, wf_make_index(p->u, cc_decay(p, object), wf_make_var(p->u, i, at), at), loop->body, at);
    wf_block_end(loop->body);
    wf_block_add(block, loop);
}

static wf_expr *object_of(cc *p, const cc_alive *a, wf_place at) {
    if (a->var) return wf_make_var(p->u, a->var, at);
    wf_expr *self = cc_implicit_this(p, at);
    return a->base ? cc_to_base(p, self, a->base, at) : wf_make_member(p->u, self, a->field, at);
}

/* `flag && (T::~T(object), flag = false)` */
static wf_expr *destroy_if_made(cc *p, const cc_alive *a, wf_place at) {
    const wf_type *boolean = wf_type_scalar(p->u, WF_TY_BOOL);
    wf_expr *off =
        wf_make_assign(p->u, wf_make_var(p->u, a->flag, at), wf_make_int(p->u, boolean, 0, at), at);
    wf_expr *end = wf_make_comma(p->u, cc_destroy_call(p, wf_make_var(p->u, a->var, at), at), off, at);
    return wf_make_binary(p->u, WF_OP_LAND, wf_make_var(p->u, a->flag, at), end, at);
}

static int ends_in_jump(const wf_stmt *block) {
    const wf_stmt *last = block->mark ? block->mark : block->body;
    return last && (last->kind == WF_ST_RETURN || last->kind == WF_ST_BREAK || last->kind == WF_ST_CONTINUE ||
                    last->kind == WF_ST_GOTO);
}

/* Destroys what is newer than `until`, but for the object `except`; the stack stays. */
void cc_alive_end(cc *p, wf_stmt *block, const cc_alive *until, const wf_var *except, wf_place at) {
    for (const cc_alive *a = p->body->alive; a && a != until; a = a->next) {
        if (a->var && a->var == except) continue;
        if (a->flag) wf_block_add(block, wf_stmt_expr(p->u, destroy_if_made(p, a, at)));
        else destroy(p, object_of(p, a, at), block, at);
    }
}

void cc_alive_close(cc *p, wf_stmt *block, cc_alive *until) {
    if (p->body->alive == until) return;
    if (!ends_in_jump(block)) cc_alive_end(p, block, until, NULL, cc_place(p));
    p->body->alive = until;
}

/* --- temporaries --- */

wf_expr *cc_temporary_made(cc *p, wf_expr *e, wf_var *var, wf_place at) {
    cc_body *b = p->body;
    if (!b || !b->f || !b->block || p->unevaluated || !cc_destructor_of(p, var->type)) return e;
    for (const cc_alive *a = b->temporaries; a; a = a->next)
        if (a->var == var) return e;
    const wf_type *boolean = wf_type_scalar(p->u, WF_TY_BOOL);
    wf_var *flag = wf_local_new(p->u, b->f, "made", boolean, at);
    wf_block_add(b->block, wf_stmt_decl(p->u, flag, wf_make_int(p->u, boolean, 0, at), at));
    push(p, &b->temporaries, (cc_alive){.var = var, .flag = flag});
    wf_expr *on = wf_make_assign(p->u, wf_make_var(p->u, flag, at), wf_make_int(p->u, boolean, 1, at), at);
    return wf_make_comma(p->u, e, on, at);
}

/* They live as long as the block: a reference was bound to one. */
void cc_temporaries_keep(cc *p, const cc_alive *until) {
    cc_alive *a;
    while ((a = p->body->temporaries) && a != until) {
        p->body->temporaries = a->next;
        a->next = p->body->alive;
        p->body->alive = a;
    }
}

void cc_temporaries_end(cc *p, wf_stmt *block, cc_alive *until) {
    if (!p->body) return;
    for (cc_alive *a = p->body->temporaries; a && a != until; a = a->next)
        wf_block_add(block, wf_stmt_expr(p->u, destroy_if_made(p, a, cc_place(p))));
    p->body->temporaries = until;
}

/* (t = e, the temporaries' ends, t); is_used 0: without the value. */
wf_expr *cc_full_expression(cc *p, wf_expr *e, cc_alive *until, int is_used) {
    cc_body *b = p->body;
    if (!b || b->temporaries == until || e->flags & WF_EX_ERROR) return e;
    wf_place at = e->at;
    wf_var *t = is_used ? cc_temp_var(p, e->type->unqual, at) : NULL;
    wf_expr *all = t ? wf_make_assign(p->u, wf_make_var(p->u, t, at), e, at) : e;
    for (cc_alive *a = b->temporaries; a && a != until; a = a->next)
        all = wf_make_comma(p->u, all, destroy_if_made(p, a, at), at);
    b->temporaries = until;
    return t ? wf_make_comma(p->u, all, wf_make_var(p->u, t, at), at) : all;
}
