/* cudac/member_pointer.c: pointers to members: their types, &Class::member, object.*pointer.
 *
 * The tree has no such pointers. `T C::*` is an instance of a class template of a header of ours
 * (wf/member_pointer.h), so that copying, comparing, deducing and being a template's argument are what they
 * are for any class; here are only the spellings that C++ has for making and using one. */
#include "cudac/parse.h"
#include <string.h>

static cc_template *template_named(cc *p, const char *name) {
    cc_symbol *s = cc_find_here(p->global, cc_intern(&p->r, name, strlen(name)));
    return s && s->kind == CC_SYM_TEMPLATE ? s->tmpl : NULL;
}

int cc_is_member_pointer(const wf_type *t) {
    const cc_record *r = cc_record_of(t);
    return r && r->tmpl &&
           (!strcmp(r->tmpl->name->text, "__wf_member") || !strcmp(r->tmpl->name->text, "__wf_method"));
}

/* --- types --- */

/* Class::*, Class<arguments>::*, space::Class::* */
int cc_member_pointer_ahead(cc *p) {
    const cc_token *next = cc_ahead(p, 1);
    if (!cc_is_name(p) || (!cc_punct_is(next, CC_P_SCOPE) && !cc_punct_is(next, CC_P_LT))) return 0;
    cc_mark mark = cc_save(p);
    int is = 0;
    while (cc_is_name(p)) {
        cc_next_token(p);
        if (cc_accept(p, CC_P_LT)) cc_skip_angles(p);
        if (!cc_accept(p, CC_P_SCOPE)) break;
        is = cc_is(p, CC_P_MUL);
    }
    cc_back(p, mark);
    return is;
}

static cc_targ type_targ(cc_type t) { return (cc_targ){.kind = CC_SYM_TYPE, .type = t}; }

/* At Class::* behind the type t: the pointer's type. `out` has a function's parameters. */
cc_type cc_member_pointer(cc *p, cc_type t, cc_declarator *out) {
    wf_place at = cc_place(p);
    cc_id id;
    int is_method = out && t.t->kind == WF_TY_FUNCTION && !t.ref;
    cc_template *tmpl = template_named(p, is_method ? "__wf_method" : "__wf_member");
    int known = cc_read_id(p, &id) && id.is_type && (cc_record_of(id.type.t) || id.dependent);
    if (!known) cc_error(p, at, NULL, "%s is no class", id.name ? id.name->text : "this");
    while (!cc_accept(p, CC_P_MUL) && cc_is(p, CC_P_SCOPE)) cc_next_token(p);
    if (!known || !tmpl) return cc_plain(wf_type_scalar(p->u, WF_TY_INT));
    if (!is_method) {
        cc_targ *args = WF_NEW_ARRAY(p->arena, cc_targ, 2); /* a pattern keeps them */
        args[0] = type_targ(t), args[1] = type_targ(id.type);
        return cc_instantiate_class(p, tmpl, args, 2, at);
    }
    cc_targ *args = WF_NEW_ARRAY(p->arena, cc_targ, out->param_count + 2);
    if (out->flags & CC_F_CONST_METHOD) id.type.t = wf_type_qualified(p->u, id.type.t, WF_CONST);
    out->flags &= ~(uint32_t)CC_F_CONST_METHOD;
    args[0] = type_targ(id.type);
    args[1] = type_targ(out->result);
    for (uint32_t i = 0; i < out->param_count; i++) {
        args[i + 2] = type_targ(out->params[i].type);
        args[i + 2].is_expansion = out->params[i].is_pack && p->pattern;
    }
    return cc_instantiate_class(p, tmpl, args, out->param_count + 2, at);
}

/* --- values --- */

static wf_expr *value_of_type(cc *p, cc_type t, wf_expr *item, wf_place at) {
    cc_complete(p, t.t);
    if (t.t->kind != WF_TY_RECORD || !t.t->record->field_count) return cc_unknown(p, at);
    wf_expr **items = WF_NEW_ARRAY(p->arena, wf_expr *, 1);
    const wf_type *field = t.t->record->fields[0].type;
    items[0] = item->type->unqual == field->unqual ? item : wf_make_cast(p->u, field->unqual, item, at);
    return wf_make_init(p->u, t.t->unqual, items, 1, at);
}

static wf_expr *address_of_field(cc *p, cc_template *tmpl, const cc_symbol *s, wf_place at) {
    cc_record *r = s->scope->record;
    cc_complete(p, r->type);
    if (s->field >= r->record->field_count || r->record->fields[s->field].bit_width || s->type.ref) {
        cc_error(p, at, NULL, "there is no pointer to member %s: it is a %s", s->name->text,
                 s->type.ref ? "reference" : "bit-field");
        return cc_unknown(p, at);
    }
    cc_targ *args = WF_NEW_ARRAY(p->arena, cc_targ, 2);
    args[0] = type_targ(s->type), args[1] = type_targ(cc_plain(r->type));
    cc_type t = cc_instantiate_class(p, tmpl, args, 2, at);
    uint64_t offset = r->record->fields[s->field].offset;
    return value_of_type(p, t, wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_LLONG), offset + 1, at), at);
}

static wf_expr *address_of_method(cc *p, cc_template *tmpl, cc_func *set, const cc_id *id, wf_place at) {
    cc_func *f = cc_one_of_set(p, set, id->has_targs ? id->targs : NULL, id->targ_count);
    const char *why = !f || !f->owner ? "a pointer to one of several methods of the same name"
                      : f->owner->is_lambda && !p->unevaluated ? "a pointer to the operator() of a lambda"
                                                               : NULL;
    if (why) {
        cc_unsupported(p, at, why);
        return cc_unknown(p, at);
    }
    cc_targ *args = WF_NEW_ARRAY(p->arena, cc_targ, f->param_count + 2);
    const wf_type *owner = f->owner->type;
    args[0] =
        type_targ(cc_plain(f->flags & CC_F_CONST_METHOD ? wf_type_qualified(p->u, owner, WF_CONST) : owner));
    args[1] = type_targ(f->result);
    for (uint32_t i = 0; i < f->param_count; i++) args[i + 2] = type_targ(f->params[i].type);
    cc_type t = cc_instantiate_class(p, tmpl, args, f->param_count + 2, at);
    if (!f->owner->is_lambda)
        return value_of_type(p, t, cc_function_value(p, cc_virtual_entry(p, f), at), at);
    cc_need_body(p, f);
    cc_complete(p, t.t); /* only its type is asked for: one that captures nothing has no object */
    return wf_make_init(p->u, t.t->unqual, NULL, 0, at);
}

static int goes_on(cc *p) { /* &Class::member[1] is a part of this->member */
    return cc_is(p, CC_P_LBRACKET) || cc_is(p, CC_P_DOT) || cc_is(p, CC_P_ARROW) || cc_is(p, CC_P_LPAREN);
}

/* Behind &: Class::member. NULL: something else stands here, or no source here knows such pointers. */
wf_expr *cc_member_address(cc *p, wf_place at) {
    const cc_token *next = cc_ahead(p, 1);
    int plain = cc_is_name(p) && (cc_punct_is(next, CC_P_SCOPE) || cc_punct_is(next, CC_P_LT));
    if (!plain && !cc_is_kw(p, CC_KW_DECLTYPE)) return NULL;
    cc_template *member = template_named(p, "__wf_member"), *method = template_named(p, "__wf_method");
    cc_mark mark = cc_save(p);
    cc_trial trial = cc_trial_begin(p);
    cc_id id;
    cc_symbol *s = NULL;
    if (cc_read_id(p, &id) && id.scope && id.scope->record && id.qualified) {
        cc_declarator d = {0};
        s = id.symbol;
        if (!id.name && cc_accept_kw(p, CC_KW_OPERATOR)) s = cc_find_in(p, id.scope, cc_operator_name(p, &d));
    }
    int failed = cc_trial_end(p, trial) || !s || goes_on(p);
    if (!failed && s->kind == CC_SYM_FIELD && member && s->scope->record)
        return address_of_field(p, member, s, cc_until(p, at));
    if (!failed && s->kind == CC_SYM_FUNC && s->funcs->owner &&
        (s->funcs->owner->is_lambda || !(s->funcs->flags & CC_F_STATIC))) {
        if (method) return address_of_method(p, method, s->funcs, &id, cc_until(p, at));
        if (p->unevaluated) /* whether it is there */
            return wf_make_int(p->u, wf_type_pointer(p->u, wf_type_scalar(p->u, WF_TY_VOID)), 0, at);
    }
    cc_back(p, mark);
    return NULL;
}

/* A template's argument from a value, and the other way: a number, or a method. */
int cc_member_pointer_targ(cc *p, wf_expr *e, cc_targ *a) {
    wf_expr *value = e->kind == WF_EX_INIT ? e : cc_evaluate(p, e);
    if (!value || value->kind != WF_EX_INIT || !value->u.init.count) return 0;
    wf_expr *item = value->u.init.items[0];
    if (item->kind == WF_EX_INT) a->value = (int64_t)item->u.i;
    else a->expr = item;
    return 1;
}

wf_expr *cc_member_pointer_value(cc *p, const cc_targ *a) {
    wf_place none = {0};
    cc_complete(p, a->type.t);
    wf_expr *item =
        a->expr ? a->expr : wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_LLONG), (uint64_t)a->value, none);
    return value_of_type(p, a->type, item, none);
}

/* --- use --- */

int cc_member_access_ahead(const cc *p) { return cc_is(p, CC_P_DOT_STAR) || cc_is(p, CC_P_ARROW_STAR); }

/* The object as one of the pointer's class, which may be a base of its own. */
static wf_expr *as_owner(cc *p, wf_expr *object, const cc_record *pointer, wf_place at) {
    int method = !strcmp(pointer->tmpl->name->text, "__wf_method");
    const cc_record *own = cc_record_of(object->type),
                    *owner = cc_record_of(pointer->targs[method ? 0 : 1].type.t);
    return own && owner && own != owner && cc_derived_from(own, owner) ? cc_to_base(p, object, owner, at)
                                                                       : object;
}

/* At .* or ->* behind the object. */
wf_expr *cc_member_access(cc *p, wf_expr *object) {
    wf_place at = cc_place(p);
    int through = cc_is(p, CC_P_ARROW_STAR);
    cc_next_token(p);
    wf_expr *pointer = cc_unary(p);
    if ((object->flags | pointer->flags) & WF_EX_ERROR) return cc_unknown(p, at);
    if (through) {
        wf_expr *target = object->type->kind == WF_TY_RECORD ? cc_operator(p, "*", object, NULL, at) : NULL;
        object = target ? target : cc_through(p, cc_decay(p, object), at);
    }
    if (object->flags & WF_EX_ERROR) return object;
    if (!cc_is_member_pointer(pointer->type)) {
        cc_error(p, at, NULL, "got a value of type %s on the right of %s, expected a pointer to a member",
                 cc_spell_t(p, pointer->type), through ? "->*" : ".*");
        return cc_unknown(p, at);
    }
    cc_complete(p, pointer->type);
    object = cc_as_lvalue(p, object);
    if (!(object->flags & WF_EX_LVALUE)) object = cc_temporary(p, object, at);
    cc_name *of = cc_intern(&p->r, "__wf_of", 7);
    cc_symbol *s = cc_find_here(cc_record_of(pointer->type)->scope, of);
    if (!s) return cc_unknown(p, at);
    wf_expr **args = WF_NEW_ARRAY(p->arena, wf_expr *, 1);
    args[0] = as_owner(p, object, cc_record_of(pointer->type), at);
    return cc_call_set(p, of, s->funcs, NULL, 0, pointer, args, 1, at);
}
