/* cudac/copy.c: the copies that C++ writes for a class.
 *
 * The tree copies a class by its bits. Where a member or a base has a copy constructor or an assignment of its
 * own (a counter of references), the class gets one too: the bits of the whole, and then those parts again, by
 * their own. An assignment's parts need their old values, so those are put back before. */
#include "cudac/parse.h"
#include <string.h>

typedef struct copying {
    wf_expr *to, *from, *old; /* the object, what it is to be, what it was (an assignment) */
    wf_stmt *block;
    wf_place at;
} copying;

static const wf_type *element_of(const wf_type *t) {
    while (t->kind == WF_TY_ARRAY) t = t->base;
    return t;
}

static int copies_itself(cc *p, const wf_type *t, int assigns) {
    cc_record *r = cc_record_of(element_of(t));
    if (!r) return 0;
    cc_complete(p, r->type);
    return assigns ? r->has_assign : r->has_copy;
}

static int parts_copy_themselves(cc *p, const cc_record *r, int assigns) {
    if (r->is_virtual) return 1; /* its number is not copied */
    for (unsigned i = 0; i < r->base_count; i++)
        if (assigns ? r->bases[i]->has_assign : r->bases[i]->has_copy) return 1;
    for (uint32_t i = 0; i < r->record->field_count; i++)
        if (!r->field_types[i].ref && copies_itself(p, r->field_types[i].t, assigns)) return 1;
    return 0;
}

static int takes_its_class(const cc_record *r, const cc_func *f) {
    return f->param_count == 1 && f->params[0].type.t->unqual == r->type;
}

static int declares(cc *p, const cc_record *r, int assigns) {
    cc_symbol *s = assigns ? cc_find_here(r->scope, cc_intern(&p->r, "operator=", 9)) : NULL;
    for (const cc_func *f = assigns ? s && s->kind == CC_SYM_FUNC ? s->funcs : NULL : r->ctors; f;
         f = f->next)
        if (takes_its_class(r, f)) return 1;
    return 0;
}

static void declare(cc *p, cc_record *r, int assigns) {
    cc_spec spec = {.flags = CC_F_DEVICE | CC_F_HOST | CC_F_FORCEINLINE, .contract = -1};
    cc_param *param = WF_NEW(p->scratch, cc_param);
    param->type = (cc_type){.t = wf_type_qualified(p->u, r->type, WF_CONST), .ref = CC_REF_LVALUE};
    param->at = r->record->at;
    cc_declarator d = {.at = r->record->at, .params = param, .param_count = 1};
    d.flags = CC_F_DEFAULTED | CC_F_METHOD | (assigns ? 0 : CC_F_CTOR);
    d.name = assigns ? cc_intern(&p->r, "operator=", 9) : cc_intern(&p->r, "<constructor>", 13);
    d.result =
        assigns ? (cc_type){.t = r->type, .ref = CC_REF_LVALUE} : cc_plain(wf_type_scalar(p->u, WF_TY_VOID));
    cc_func *f = cc_function(p, &spec, &d, r->scope, r);
    f->state = CC_BODY_PENDING;
    f->body_at = p->count - 1;
    f->copies = 1;
    if (assigns) r->has_assign = 1;
    else r->has_copy = 1, r->ctors = cc_find_here(r->scope, f->name)->funcs;
}

void cc_implicit_copies(cc *p, cc_record *r) {
    if (r->record->is_union) return;
    if (!declares(p, r, 0) && parts_copy_themselves(p, r, 0)) declare(p, r, 0);
    if (!declares(p, r, 1) && parts_copy_themselves(p, r, 1)) declare(p, r, 1);
}

/* --- bodies --- */

static wf_expr *writable(cc *p, wf_expr *e) {
    if (!(e->type->quals & WF_CONST)) return e;
    const wf_type *pointer = wf_type_pointer(p->u, e->type->unqual);
    return wf_make_deref(p->u, wf_make_cast(p->u, pointer, wf_make_addr(p->u, e, e->at), e->at), e->at);
}

static void copy_part(cc *p, const copying *c);

static void copy_elements(cc *p, const copying *c) {
    const wf_type *integer = wf_type_scalar(p->u, WF_TY_INT);
    wf_var *i = wf_local_new(p->u, p->body->f, "i", integer, c->at);
    wf_stmt *loop = wf_stmt_new(p->u, WF_ST_FOR, c->at);
    loop->init = wf_stmt_decl(p->u, i, wf_make_int(p->u, integer, 0, c->at), c->at);
    loop->expr = wf_make_binary(p->u, WF_OP_LT, wf_make_var(p->u, i, c->at),
                                wf_make_int(p->u, integer, c->to->type->count, c->at), c->at);
    loop->step = wf_make_step(p->u, WF_OP_ADD, wf_make_var(p->u, i, c->at), 0, c->at);
    loop->body = wf_stmt_block(p->u, c->at);
    copying inner = {.block = loop->body, .at = c->at};
    inner.to = wf_make_index(p->u, cc_decay(p, c->to), wf_make_var(p->u, i, c->at), c->at);
    inner.from = wf_make_index(p->u, cc_decay(p, c->from), wf_make_var(p->u, i, c->at), c->at);
    if (c->old) inner.old = wf_make_index(p->u, cc_decay(p, c->old), wf_make_var(p->u, i, c->at), c->at);
    copy_part(p, &inner);
    wf_block_end(loop->body);
    wf_block_add(c->block, loop);
}

static void copy_part(cc *p, const copying *c) {
    if (c->to->type->kind == WF_TY_ARRAY) {
        copy_elements(p, c);
        return;
    }
    wf_expr *to = writable(p, c->to), *from = c->from;
    if (!c->old) {
        cc_construct_at(p, to, &from, 1, c->at, c->block);
        return;
    }
    wf_block_add(c->block, wf_stmt_expr(p->u, wf_make_assign(p->u, to, c->old, c->at)));
    wf_expr *all = cc_operator(p, "=", to, from, c->at);
    if (all) wf_block_add(c->block, wf_stmt_expr(p->u, all));
}

static copying base_of(cc *p, const copying *c, cc_record *base) {
    return (copying){cc_to_base(p, c->to, base, c->at), cc_to_base(p, c->from, base, c->at),
                     c->old ? cc_to_base(p, c->old, base, c->at) : NULL, c->block, c->at};
}

static copying member_of(cc *p, const copying *c, const char *name) {
    return (copying){wf_make_member(p->u, c->to, name, c->at), wf_make_member(p->u, c->from, name, c->at),
                     c->old ? wf_make_member(p->u, c->old, name, c->at) : NULL, c->block, c->at};
}

void cc_copy_body(cc *p, cc_func *f, wf_stmt *block) {
    cc_record *r = f->owner;
    const int assigns = !(f->flags & CC_F_CTOR);
    wf_place at = f->at;
    wf_expr *self = cc_implicit_this(p, at);
    copying c = {self, cc_through(p, wf_make_var(p->u, f->func->params->next, at), at), NULL, block, at};
    if (assigns) {
        wf_var *old = wf_local_new(p->u, p->body->f, "old", r->type, at);
        wf_block_add(block, wf_stmt_decl(p->u, old, self, at));
        c.old = wf_make_var(p->u, old, at);
    }
    wf_block_add(block, wf_stmt_expr(p->u, wf_make_assign(p->u, self, c.from, at)));
    for (unsigned i = 0; i < r->base_count; i++)
        if (assigns ? r->bases[i]->has_assign : r->bases[i]->has_copy) {
            copying part = base_of(p, &c, r->bases[i]);
            copy_part(p, &part);
        }
    for (uint32_t i = 0; i < r->record->field_count; i++) {
        const char *name = r->record->fields[i].name;
        if (!name[0] || cc_is_base_field(name) || r->field_types[i].ref ||
            !copies_itself(p, r->field_types[i].t, assigns))
            continue;
        copying part = member_of(p, &c, name);
        copy_part(p, &part);
    }
    if (!assigns) {
        cc_set_class(p, r, self, block, at);
        return;
    }
    cc_keep_class(p, r, self, c.old, block, at);
    wf_stmt *result = wf_stmt_new(p->u, WF_ST_RETURN, at);
    result->expr = wf_make_addr(p->u, self, at);
    wf_block_add(block, result);
}
