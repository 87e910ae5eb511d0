/* cudac/construct.c: what a constructor does before its body, names for parts of objects
 * (structured bindings, anonymous unions in blocks).
 *
 * Bases come first, then members in the order of their declaration, each from the initialiser list, from its
 * default in the class, or by its own class's constructor. The list is read twice: once for where each
 * entry's arguments are, then in the order of execution. */
#include "cudac/parse.h"
#include <string.h>

typedef struct member_init {
    struct member_init *next;
    cc_record *base;
    cc_symbol *field;
    cc_scope *scope; /* of its arguments: a pack's element is bound in it */
    uint32_t at;     /* token of ( or { */
    wf_place place;
} member_init;

typedef struct init_list {
    cc_record *r;
    member_init *first;
    int broken;
} init_list;

/* `Base{2}`: where its arguments are, and what names mean in them. */
static void read_entry(cc *p, void *context, uint32_t index) {
    init_list *list = context;
    cc_record *r = list->r;
    member_init *i = WF_NEW(p->scratch, member_init);
    (void)index;
    i->place = cc_place(p);
    i->scope = p->scope;
    cc_symbol *s = cc_is_name(p) && !cc_punct_is(cc_ahead(p, 1), CC_P_SCOPE)
                       ? cc_find_here(r->scope, cc_peek(p)->name)
                       : NULL;
    if (s && s->kind == CC_SYM_FIELD) {
        i->field = s;
        cc_next_token(p);
    } else {
        cc_id id;
        cc_record *owner;
        cc_name *name = cc_is_name(p) ? cc_peek(p)->name : NULL;
        if (!cc_read_id(p, &id)) {
            list->broken = 1;
            return;
        }
        if (id.is_type) i->base = cc_record_of(id.type.t);
        else if (name && (s = cc_find_member(p, r, name, &owner)) && s->kind == CC_SYM_FIELD) i->field = s;
        if (!i->base && !i->field)
            cc_error(p, i->place, name ? cc_suggest_member(p, r, r->type, name->text) : NULL,
                     "%s has no member %s", r->shown, name ? name->text : "?");
    }
    i->at = p->at;
    i->next = list->first;
    list->first = i;
    if (!cc_is(p, CC_P_LPAREN) && !cc_is(p, CC_P_LBRACE)) {
        cc_expect(p, CC_P_LPAREN, "behind the member's name");
        list->broken = 1;
        return;
    }
    cc_skip_balanced(p);
}

/* `: a(1), Base{2}, Bases(3)...` */
static member_init *read_list(cc *p, cc_record *r) {
    init_list list = {.r = r};
    cc_next_token(p); /* : */
    while (cc_peek(p)->kind == CC_IDENT || cc_is(p, CC_P_SCOPE)) {
        uint32_t dots = cc_pack_of_base_ahead(p);
        if (dots) cc_expand_until(p, dots, read_entry, &list);
        else read_entry(p, &list, 0);
        if (list.broken || !cc_accept(p, CC_P_COMMA)) break;
    }
    return list.first;
}

/* The lvalue of a member, also if it is const. */
static wf_expr *writable(cc *p, wf_expr *e, wf_place at) {
    if (!(e->type->quals & WF_CONST)) return e;
    return wf_make_deref(
        p->u, wf_make_cast(p->u, wf_type_pointer(p->u, e->type->unqual), wf_make_addr(p->u, e, at), at), at);
}

static void assign_array(cc *p, wf_expr *array, wf_expr *init, wf_stmt *block, wf_place at) {
    if (init->kind != WF_EX_INIT || array->type->count > 256) {
        cc_unsupported(p, at, "this way of initialising an array member");
        return;
    }
    for (uint64_t i = 0; i < array->type->count; i++) {
        wf_expr *index = wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_INT), i, at);
        wf_expr *element = wf_make_index(p->u, cc_decay(p, array), index, at);
        wf_expr *item = i < init->u.init.count ? init->u.init.items[i] : NULL;
        if (element->type->kind == WF_TY_ARRAY)
            assign_array(p, element, item ? item : wf_make_init(p->u, element->type, NULL, 0, at), block, at);
        else
            wf_block_add(block,
                         wf_stmt_expr(p->u, wf_make_assign(p->u, writable(p, element, at),
                                                           item ? item : cc_zero(p, element->type, at), at)));
    }
}

static void init_value(cc *p, wf_expr *object, cc_type type, wf_stmt *block, wf_place at) {
    cc_record *r = type.ref ? NULL : cc_record_of(type.t);
    int braces = r && r->has_ctor && cc_is(p, CC_P_LBRACE);
    if (braces || (r && r->ctors && cc_is(p, CC_P_LPAREN))) {
        wf_expr **args;
        cc_next_token(p);
        uint32_t count = cc_arguments(p, &args, braces ? CC_P_RBRACE : CC_P_RPAREN);
        if (!(count == 1 && args[0]->type->unqual == r->type && !r->has_copy)) {
            cc_construct_at(p, writable(p, object, at), args, count, at, block);
            return;
        }
        wf_block_add(block, wf_stmt_expr(p->u, wf_make_assign(p->u, writable(p, object, at), args[0], at)));
        return;
    }
    wf_expr *value;
    if (type.ref) {
        wf_expr **args;
        unsigned close = cc_is(p, CC_P_LPAREN) ? CC_P_RPAREN : CC_P_RBRACE;
        cc_next_token(p);
        uint32_t count = cc_arguments(p, &args, close);
        value = count == 1 ? cc_bind(p, type, args[0], at) : wf_make_error(p->u, NULL, at);
    } else if (cc_is(p, CC_P_LPAREN) && cc_punct_is(cc_ahead(p, 1), CC_P_RPAREN)) {
        p->at += 2;
        value = cc_zero(p, type.t, at);
    } else {
        cc_declarator d = {.name = cc_intern(&p->r, "member", 6), .at = at};
        cc_type t = type;
        value = cc_variable_init(p, &t, &d);
    }
    if (type.t->kind == WF_TY_ARRAY && !type.ref) assign_array(p, object, value, block, at);
    else wf_block_add(block, wf_stmt_expr(p->u, wf_make_assign(p->u, writable(p, object, at), value, at)));
}

static void init_member(cc *p, const member_init *own, wf_expr *object, cc_type type, wf_stmt *block) {
    cc_scope *outer = p->scope;
    p->scope = own->scope;
    p->at = own->at;
    p->half = 0;
    init_value(p, object, type, block, own->place);
    p->scope = outer;
}

/* for (int i = 0; i < count; ++i) T(first + i), whatever the array's dimensions. */
static void construct_elements(cc *p, wf_expr *array, uint64_t count, wf_stmt *block, wf_place at) {
    const wf_type *integer = wf_type_scalar(p->u, WF_TY_INT);
    wf_expr *zero = wf_make_int(p->u, integer, 0, at), *first = cc_decay(p, array);
    while (first->type->base->kind == WF_TY_ARRAY) first = cc_decay(p, wf_make_index(p->u, first, zero, at));
    wf_var *i = wf_local_new(p->u, p->body->f, "i", integer, at);
    wf_stmt *loop = wf_stmt_new(p->u, WF_ST_FOR, at);
    loop->init = wf_stmt_decl(p->u, i, zero, at);
    loop->expr =
        wf_make_binary(p->u, WF_OP_LT, wf_make_var(p->u, i, at), wf_make_int(p->u, integer, count, at), at);
    loop->step = wf_make_step(p->u, WF_OP_ADD, wf_make_var(p->u, i, at), 0, at);
    loop->body = wf_stmt_block(p->u, at);
    cc_construct_at(p, wf_make_index(p->u, first, wf_make_var(p->u, i, at), at), NULL, 0, at, loop->body);
    wf_block_end(loop->body);
    wf_block_add(block, loop);
}

void cc_default_construct(cc *p, wf_expr *object, wf_stmt *block, wf_place at) {
    const wf_type *t = object->type;
    uint64_t count = 1;
    for (; t->kind == WF_TY_ARRAY; t = t->base) count *= t->count;
    cc_record *r = cc_record_of(t);
    if (!r || !r->ctors || !count) return;
    if (object->type->kind == WF_TY_ARRAY) construct_elements(p, object, count, block, at);
    else cc_construct_at(p, object, NULL, 0, at, block);
}

static void default_member(cc *p, cc_record *r, uint32_t i, wf_expr *object, cc_type type, wf_stmt *block,
                           wf_place at) {
    wf_expr *value = cc_field_default(p, r, i, at);
    if (value && type.t->kind == WF_TY_ARRAY) {
        assign_array(p, object, value, block, at);
    } else if (value) {
        wf_block_add(block, wf_stmt_expr(p->u, wf_make_assign(p->u, writable(p, object, at), value, at)));
    } else if (!type.ref) {
        cc_default_construct(p, writable(p, object, at), block, at);
    }
}

static void call_inherited(cc *p, cc_func *f, wf_stmt *block) {
    wf_expr **args = WF_NEW_ARRAY(p->arena, wf_expr *, f->param_count + 1);
    wf_var *var = f->func->params->next;
    for (uint32_t i = 0; i < f->param_count; i++, var = var->next) {
        args[i] = wf_make_var(p->u, var, f->at);
        if (f->params[i].type.ref) args[i] = cc_through(p, args[i], f->at);
    }
    wf_expr *self = cc_implicit_this(p, f->at);
    wf_block_add(block,
                 wf_stmt_expr(p->u, cc_call(p, f->inherited, cc_to_base(p, self, f->inherited->owner, f->at),
                                            args, f->param_count, f->at)));
}

void cc_constructor_head(cc *p, cc_func *f, wf_stmt *block) {
    cc_record *r = f->owner;
    member_init *list = cc_is(p, CC_P_COLON) ? read_list(p, r) : NULL;
    cc_mark body = cc_save(p);
    wf_place at = f->at;
    for (member_init *i = list; i; i = i->next)
        if (i->base == r) { /* another constructor does the work */
            wf_expr **args;
            p->at = i->at;
            unsigned close = cc_is(p, CC_P_LPAREN) ? CC_P_RPAREN : CC_P_RBRACE;
            cc_next_token(p);
            uint32_t count = cc_arguments(p, &args, close);
            cc_construct_at(p, cc_implicit_this(p, at), args, count, i->place, block);
            cc_back(p, body);
            return;
        }
    if (f->inherited) call_inherited(p, f, block);
    for (unsigned b = 0; b < r->base_count; b++) {
        member_init *own = list;
        while (own && own->base != r->bases[b]) own = own->next;
        if (f->inherited && f->inherited->owner == r->bases[b]) continue;
        if (!own && !r->bases[b]->ctors) continue;
        if (r->bases[b]->record->is_union || (!r->bases[b]->name && !own)) continue;
        wf_expr *part = cc_to_base(p, cc_implicit_this(p, at), r->bases[b], at);
        if (own) init_member(p, own, part, cc_plain(r->bases[b]->type), block);
        else cc_construct_at(p, part, NULL, 0, at, block);
    }
    cc_set_class(p, r, cc_implicit_this(p, at), block, at);
    for (uint32_t i = 0; i < r->record->field_count; i++) {
        member_init *own = list;
        while (own &&
               !(own->field && own->field->scope == r->scope && own->field->field < r->record->field_count &&
                 !strcmp(own->field->name->text, r->record->fields[i].name)))
            own = own->next;
        if (!r->record->fields[i].name[0] || cc_is_base_field(r->record->fields[i].name) ||
            !strcmp(r->record->fields[i].name, CC_EMPTY_FIELD))
            continue;
        if (!own && (r->record->is_union)) continue;
        wf_expr *object = wf_make_member(p->u, cc_implicit_this(p, at), r->record->fields[i].name, at);
        if (own) init_member(p, own, object, r->field_types[i], block);
        else default_member(p, r, i, object, r->field_types[i], block, at);
    }
    for (member_init *i = list; i; i = i->next) /* members of anonymous unions */
        if (i->field && i->field->scope != r->scope)
            init_member(p, i, cc_member_of(p, cc_implicit_this(p, at), i->field->scope->record, i->field, at),
                        i->field->type, block);
    cc_back(p, body);
}

/* A name for a part of an object: a reference to it. */
static void name_part(cc *p, cc_name *name, wf_expr *part, wf_stmt *block, wf_place at) {
    if (cc_is_packed_member(part)) cc_unsupported(p, at, "another name for a member of a packed struct");
    cc_symbol *s = cc_symbol_add(p, p->scope, name, CC_SYM_VAR, at);
    s->type = (cc_type){.t = part->type, .ref = CC_REF_LVALUE};
    s->var = wf_local_new(p->u, p->body->f, name->text, wf_type_pointer(p->u, part->type), at);
    s->home = p->body->f;
    wf_block_add(block, wf_stmt_decl(p->u, s->var, wf_make_addr(p->u, part, at), at));
}

/* Each member of `union { … };` in a block is a name for a part of a variable without a name. */
void cc_anonymous_local(cc *p, const wf_type *type, wf_stmt *block, wf_place at) {
    cc_record *r = cc_record_of(type);
    wf_var *whole = wf_local_new(p->u, p->body->f, "parts", type, at);
    wf_block_add(block, wf_stmt_decl(p->u, whole, NULL, at));
    for (uint32_t i = 0; i < r->record->field_count; i++) {
        const char *name = r->record->fields[i].name;
        if (!name[0] || cc_is_base_field(name)) continue;
        wf_expr *part = wf_make_member(p->u, wf_make_var(p->u, whole, at), name, at);
        name_part(p, cc_intern(&p->r, name, strlen(name)), part, block, at);
    }
}

/* The functions get<I>() that take a value of type t apart: of what std::tuple_size knows. NULL: its members
 * do. */
static cc_symbol *get_of(cc *p, const wf_type *t) {
    cc_symbol *size =
        t->kind == WF_TY_RECORD ? cc_find_here(p->std, cc_intern(&p->r, "tuple_size", 10)) : NULL;
    if (!size || size->kind != CC_SYM_TEMPLATE) return NULL;
    cc_trial trial = cc_trial_begin(p);
    cc_targ arg = {.kind = CC_SYM_TYPE, .type = cc_plain(t->unqual)};
    cc_type of = cc_instantiate_class(p, size->tmpl, &arg, 1, (wf_place){0});
    cc_complete(p, of.t);
    cc_record *r = cc_record_of(of.t);
    if (cc_trial_end(p, trial) || !r || !r->complete) return NULL;
    cc_symbol *get = cc_find_here(p->std, cc_intern(&p->r, "get", 3));
    return get && get->kind == CC_SYM_FUNC ? get : NULL;
}

static wf_expr *get_part(cc *p, cc_symbol *get, wf_expr *whole, uint32_t i, wf_place at) {
    cc_targ number = {.kind = CC_SYM_CONST, .value = i, .type = cc_plain(wf_type_scalar(p->u, WF_TY_ULONG))};
    return cc_call_set(p, get->name, get->funcs, &number, 1, NULL, &whole, 1, at);
}

/* At the [: the names up to the ]. */
uint32_t cc_binding_names(cc *p, cc_binding *names) {
    uint32_t count = 0;
    cc_next_token(p); /* [ */
    while (cc_is_name(p) && count < CC_BINDINGS_MAX) {
        names[count++] = (cc_binding){cc_peek(p)->name, cc_place(p)};
        cc_next_token(p);
        if (!cc_accept(p, CC_P_COMMA)) break;
    }
    cc_expect(p, CC_P_RBRACKET, "of the structured binding");
    return count;
}

void cc_bind_names(cc *p, const cc_binding *names, uint32_t count, wf_expr *e, int by_reference,
                   wf_stmt *block, wf_place at) {
    if (e->flags & WF_EX_ERROR) return;
    cc_complete(p, e->type);
    if (!(by_reference && e->flags & WF_EX_LVALUE))
        e = cc_temporary(p, e->type->kind == WF_TY_RECORD ? cc_copied(p, cc_plain(e->type), e, at) : e, at);
    const wf_type *t = e->type;
    uint64_t have = t->kind == WF_TY_ARRAY ? t->count : t->kind == WF_TY_RECORD ? t->record->field_count : 0;
    cc_symbol *get = get_of(p, t);
    if (have != count && !get) {
        cc_error(p, at, NULL, "%u names for a value of type %s", count, cc_spell_t(p, t));
        return;
    }
    wf_var *base = wf_local_new(p->u, p->body->f, "bound", wf_type_pointer(p->u, t), at);
    wf_block_add(block, wf_stmt_decl(p->u, base, wf_make_addr(p->u, e, at), at));
    for (uint32_t i = 0; i < count; i++) {
        wf_expr *whole = wf_make_deref(p->u, wf_make_var(p->u, base, at), at);
        wf_expr *part = t->kind == WF_TY_ARRAY
                            ? wf_make_index(p->u, cc_decay(p, whole),
                                            wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_INT), i, at), at)
                        : get ? get_part(p, get, whole, i, at)
                              : wf_make_member(p->u, whole, t->record->fields[i].name, at);
        if (part->flags & WF_EX_ERROR) return;
        name_part(p, names[i].name, part, block, names[i].at);
    }
}

void cc_structured_binding(cc *p, int by_reference, wf_stmt *block) {
    cc_binding names[CC_BINDINGS_MAX];
    uint32_t count = cc_binding_names(p, names);
    wf_place at = cc_place(p);
    wf_expr *e = NULL, **args;
    if (cc_is(p, CC_P_LPAREN) || cc_is(p, CC_P_LBRACE)) {
        unsigned close = cc_is(p, CC_P_LPAREN) ? CC_P_RPAREN : CC_P_RBRACE;
        cc_next_token(p);
        if (cc_arguments(p, &args, close) == 1) e = args[0];
        else cc_error(p, at, NULL, "a structured binding needs one initial value");
    } else {
        if (!cc_accept(p, CC_P_ASSIGN))
            cc_error(p, at, NULL, "got %s, expected =", cc_token_text(p, cc_peek(p)));
        e = cc_assignment(p);
    }
    if (e) cc_bind_names(p, names, count, e, by_reference, block, at);
}
