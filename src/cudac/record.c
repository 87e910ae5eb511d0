/* cudac/record.c: struct, class, union: members, constructors, methods.
 *
 * A class becomes a record of the tree; base classes and anonymous unions become fields named __wf_base_0,
 * __wf_base_1 …; methods become functions with a first parameter `self`. Method bodies are parsed when the class is
 * complete. */
#include "cudac/parse.h"
#include <string.h>

enum { ALL_BASES_MAX = 1000, METHODS_MAX = 512 };

typedef struct members { /* while a class is read */
    wf_field *fields;
    cc_type *types;
    uint32_t *defaults;
    uint32_t count, capacity;
    uint32_t method_count;
    int declared_default; /* T() = default */
    unsigned compares;    /* CC_COMPARE_…: comparisons that are = default */
    wf_place compares_at;
    cc_func *methods[METHODS_MAX]; /* the last: it is not cleared */
} members;

cc_record *cc_record_new(cc *p, cc_name *name, const char *shown, int is_union, cc_scope *scope,
                         wf_place at) {
    cc_record *r = WF_NEW(p->scratch, cc_record);
    r->name = name;
    r->shown = shown;
    r->record = wf_record_new(p->u, cc_identifier(p, shown), is_union, at);
    r->record->front = r;
    r->type = wf_type_of_record(p->u, r->record);
    r->scope = cc_scope_new(p, CC_SCOPE_CLASS, scope);
    r->scope->record = r;
    return r;
}

/* --- fields --- */

static void add_field(cc *p, members *m, const char *name, cc_type type, uint8_t bits, uint32_t default_at,
                      wf_place at) {
    if (m->count == m->capacity) {
        uint32_t capacity = m->capacity ? m->capacity * 2 : 8;
        wf_field *fields = WF_NEW_ARRAY(p->arena, wf_field, capacity);
        cc_type *types = WF_NEW_ARRAY(p->scratch, cc_type, capacity);
        uint32_t *defaults = WF_NEW_ARRAY(p->scratch, uint32_t, capacity);
        if (m->count) {
            memcpy(fields, m->fields, m->count * sizeof *fields);
            memcpy(types, m->types, m->count * sizeof *types);
            memcpy(defaults, m->defaults, m->count * sizeof *defaults);
        }
        m->fields = fields, m->types = types, m->defaults = defaults, m->capacity = capacity;
    }
    m->fields[m->count] =
        (wf_field){.name = name, .type = cc_tree_type(p, type), .bit_width = bits, .at = at};
    m->types[m->count] = type;
    m->defaults[m->count++] = default_at;
}

static void add_base(cc *p, cc_record *r, members *m, cc_record *base, wf_place at) {
    if (r->base_count == CC_BASES_MAX) {
        cc_unsupported(p, at, "more than 24 base classes and anonymous members");
        return;
    }
    r->all_bases += 1 + base->all_bases; /* searched for a name one by one */
    if (r->all_bases > ALL_BASES_MAX) {
        if (r->all_bases - 1 - base->all_bases <= ALL_BASES_MAX)
            cc_error(p, at, NULL, "%s has more than %d bases, those of its bases counted", r->shown,
                     ALL_BASES_MAX);
        r->all_bases = ALL_BASES_MAX + 1;
        return;
    }
    unsigned i = r->base_count++;
    r->bases[i] = base;
    r->base_field[i] = !base->empty;
    if (!base->empty)
        add_field(p, m, wf_arena_printf(p->arena, CC_BASE_FIELD "%u", i), cc_plain(base->type), 0, 0, at);
    if (base->needs_init || base->ctors) r->needs_init = 1;
}

typedef struct base_list {
    cc_record *r;
    members *m;
} base_list;

static void one_base(cc *p, void *context, uint32_t index) {
    base_list *list = context;
    wf_place at = cc_place(p);
    (void)index;
    while (cc_is_kw(p, CC_KW_PUBLIC) || cc_is_kw(p, CC_KW_PRIVATE) || cc_is_kw(p, CC_KW_PROTECTED) ||
           cc_is_kw(p, CC_KW_VIRTUAL)) {
        if (cc_is_kw(p, CC_KW_VIRTUAL)) cc_unsupported(p, cc_place(p), "virtual base classes");
        cc_next_token(p);
    }
    cc_type t = cc_plain(wf_type_scalar(p->u, WF_TY_INT));
    cc_id id;
    cc_accept_kw(p, CC_KW_TYPENAME);
    if (cc_read_id(p, &id) && id.is_type) t = id.type;
    else if (id.name)
        cc_error(p, at, cc_suggest(p, p->scope, id.name->text, 1), "unknown base class %s", id.name->text);
    cc_complete(p, t.t);
    cc_record *base = cc_record_of(t.t);
    if (base && base->complete) add_base(p, list->r, list->m, base, at);
    else if (id.is_type) cc_error(p, at, NULL, "%s cannot be a base class", cc_spell(p, t));
}

static void base_clause(cc *p, cc_record *r, members *m) {
    base_list list = {r, m};
    do {
        if (cc_pack_ahead(p)) cc_expand_pack(p, one_base, &list);
        else one_base(p, &list, 0);
        cc_accept(p, CC_P_ELLIPSIS);
    } while (cc_accept(p, CC_P_COMMA));
}

/* struct or union without a name and without a variable: its members are ours. */
static void anonymous_member(cc *p, cc_record *r, members *m, const cc_type *t, wf_place at) {
    cc_record *inner = cc_record_of(t->t);
    if (!inner) return;
    add_base(p, r, m, inner, at);
}

static void static_member(cc *p, cc_record *r, const cc_spec *spec, cc_declarator *d) {
    int is_const = spec->flags & CC_F_CONSTEXPR || d->type.t->quals & WF_CONST ||
                   (d->type.t->kind == WF_TY_ARRAY && d->type.t->base->quals & WF_CONST);
    cc_symbol *s;
    if (!is_const) {
        if (spec->flags & (CC_F_DEVICE | CC_F_CONSTANT)) {
            s = cc_symbol_add(p, r->scope, d->name, CC_SYM_VAR, d->at);
            s->type = d->type;
            const char *name = cc_identifier(p, wf_arena_printf(p->arena, "%s_%s", r->shown, d->name->text));
            s->var = wf_global_new(p->u, wf_unit_unique_name(p->u, name), d->type.t,
                                   spec->flags & CC_F_CONSTANT ? WF_SPACE_CONSTANT : WF_SPACE_DEVICE, d->at);
            if (cc_accept(p, CC_P_ASSIGN)) cc_skip_initializer(p);
            return;
        }
        if (cc_is(p, CC_P_ASSIGN) || cc_is(p, CC_P_LBRACE)) cc_next_token(p), cc_skip_initializer(p);
        s = cc_symbol_add(p, r->scope, d->name, CC_SYM_VAR, d->at);
        s->type = d->type;
        s->is_host = 1;
        return;
    }
    int whole = wf_type_is_arithmetic(d->type.t) || d->type.placeholder;
    s = cc_symbol_add(p, r->scope, d->name, whole ? CC_SYM_CONST : CC_SYM_VAR, d->at);
    s->type = d->type;
    s->is_const_value = 1;
    s->is_host = !whole;
    s->decl_at = cc_is(p, CC_P_ASSIGN) || cc_is(p, CC_P_LBRACE) ? p->at : 1;
    cc_accept(p, CC_P_ASSIGN);
    if (cc_is(p, CC_P_LBRACE)) cc_skip_balanced(p);
    else cc_skip_initializer(p);
}

/* The value of a static member, at its first use. */
void cc_static_member(cc *p, cc_symbol *s) {
    uint32_t at = s->decl_at;
    if (at <= 1) return;
    if (p->template_depth >= 220) { /* each value asks for the next instance's */
        if (!p->too_deep_told)
            cc_error(p, s->at, NULL, "%s::%s: instances are nested more than 220 deep",
                     s->scope->record->shown, s->name->text);
        p->too_deep_told = 1;
        return;
    }
    unsigned depth = p->depth;
    p->depth = 0;
    p->template_depth++;
    s->decl_at = 0;
    cc_mark mark = cc_save(p);
    cc_scope *scope = p->scope;
    unsigned no_gt = p->no_gt;
    cc_body *body = p->body;
    p->no_gt = 0;
    p->half = 0;
    p->scope = s->scope;
    p->at = at;
    cc_declarator d = {.name = s->name, .at = s->at};
    cc_type type = s->type;
    p->body = NULL;
    wf_expr *init = cc_variable_init(p, &type, &d);
    p->body = body;
    s->type = type;
    if (s->kind == CC_SYM_VAR) s->init = init;
    else if (!(init->flags & WF_EX_ERROR)) s->value = cc_evaluate(p, init);
    if (s->kind == CC_SYM_CONST && !s->value && !(init->flags & WF_EX_ERROR))
        cc_error(p, init->at, NULL, "the value of %s must be a constant", s->name->text);
    p->no_gt = no_gt;
    p->scope = scope;
    cc_back(p, mark);
    p->template_depth--;
    p->depth = depth;
}

static void field(cc *p, cc_record *r, members *m, const cc_spec *spec, cc_declarator *d) {
    uint8_t bits = 0;
    uint32_t default_at = 0;
    if (cc_accept(p, CC_P_COLON)) {
        int64_t n = cc_constant_here(p, "a width");
        uint64_t most = wf_type_size(d->type.t) * 8;
        if (!wf_type_is_integer(d->type.t))
            cc_error(p, d->at, NULL, "a bit-field must be an integer, got %s", cc_spell(p, d->type));
        else if (n < 0 || (uint64_t)n > most || (!n && d->name))
            cc_error(p, d->at, NULL, "a bit-field of %lld bits in %s", (long long)n, cc_spell(p, d->type));
        else bits = n ? (uint8_t)n : WF_FIELD_BREAK;
    }
    if (cc_is(p, CC_P_ASSIGN) || cc_is(p, CC_P_LBRACE)) {
        cc_accept(p, CC_P_ASSIGN);
        default_at = p->at;
        if (cc_is(p, CC_P_LBRACE)) cc_skip_balanced(p);
        else cc_skip_initializer(p);
        r->has_defaults = r->needs_init = 1;
    }
    if (!d->name) {
        if (bits) add_field(p, m, "", d->type, bits, 0, d->at);
        return;
    }
    if (!spec->has_type) cc_error(p, d->at, NULL, "member %s has no type", d->name->text);
    cc_type t = d->type;
    cc_complete(p, t.t);
    const wf_type *inner = t.t;
    while (inner->kind == WF_TY_ARRAY) inner = inner->base;
    int incomplete = inner->kind == WF_TY_RECORD && !inner->record->complete;
    if (!t.ref && (t.t->kind == WF_TY_VOID || t.t->kind == WF_TY_FUNCTION || incomplete)) {
        cc_error(p, d->at, NULL, "member %s has the type %s, which is not complete", d->name->text,
                 cc_spell(p, t));
        t = cc_plain(wf_type_scalar(p->u, WF_TY_INT));
    }
    if (t.placeholder) cc_error(p, d->at, NULL, "member %s cannot be auto", d->name->text), t.placeholder = 0;
    cc_record *class = t.ref ? NULL : cc_record_of(inner);
    if (class && class->ctors) r->needs_init = 1;
    cc_symbol *old = cc_find_here(r->scope, d->name);
    if (old && old->kind != CC_SYM_TYPE)
        return cc_error(p, d->at, NULL, "member %s is declared twice", d->name->text);
    cc_symbol *s = cc_symbol_add(p, r->scope, d->name, CC_SYM_FIELD, d->at);
    s->type = t;
    s->is_mutable = (spec->flags & CC_F_MUTABLE) != 0;
    s->access = r->access;
    s->field = m->count;
    add_field(p, m, d->name->text, t, bits, default_at, d->at);
    m->fields[m->count - 1].align_wanted = d->align;
}

/* --- methods --- */

static int is_copy(const cc_record *r, const cc_func *f) {
    return f->param_count == 1 && f->params[0].type.ref && f->params[0].type.t->unqual == r->type;
}

void cc_no_static(cc *p, cc_spec *spec, const cc_declarator *d) {
    if (!(spec->flags & CC_F_STATIC) || !(d->flags & (CC_F_CTOR | CC_F_DTOR | CC_F_CONVERSION))) return;
    cc_error(p, d->at, NULL, "%s cannot be static: it works on an object",
             d->flags & CC_F_CTOR   ? "a constructor"
             : d->flags & CC_F_DTOR ? "a destructor"
                                    : "a conversion");
    spec->flags &= ~(uint32_t)CC_F_STATIC;
}

static void method_flags(cc *p, cc_spec *spec, cc_declarator *d) {
    cc_no_static(p, spec, d);
    if (d->flags & (CC_F_CTOR | CC_F_DTOR)) spec->flags &= ~(uint32_t)CC_F_CONST_OBJECT;
    if (!(spec->flags & CC_F_STATIC)) d->flags |= CC_F_METHOD;
}

static void special_name(cc *p, cc_declarator *d) {
    if (d->flags & CC_F_CTOR) {
        d->name = cc_intern(&p->r, "<constructor>", 13);
        d->result = cc_plain(wf_type_scalar(p->u, WF_TY_VOID));
    }
    if (d->flags & CC_F_CONVERSION) {
        const char *text = wf_arena_printf(p->scratch, "operator %s", cc_spell(p, d->result));
        d->name = cc_intern(&p->r, text, strlen(text));
    }
}

static int empty_body(const cc *p, uint32_t at) {
    return cc_punct_is(&p->tokens[at], CC_P_LBRACE) && at + 1 < p->count &&
           cc_punct_is(&p->tokens[at + 1], CC_P_RBRACE);
}

static void destructor(cc *p, cc_record *r, members *m, cc_spec *spec, cc_declarator *d) {
    if (cc_accept(p, CC_P_ASSIGN)) {
        if (!cc_accept_kw(p, CC_KW_DEFAULT)) cc_accept_kw(p, CC_KW_DELETE);
        cc_expect(p, CC_P_SEMI, NULL);
        return;
    }
    if (cc_is(p, CC_P_LBRACE) && empty_body(p, p->at)) { /* as if it were not there */
        cc_skip_balanced(p);
        return;
    }
    method_flags(p, spec, d);
    d->result = cc_plain(wf_type_scalar(p->u, WF_TY_VOID));
    r->dtor = cc_function(p, spec, d, r->scope, r);
    if (cc_is(p, CC_P_LBRACE)) {
        cc_function_body(p, r->dtor);
        if (m->method_count < METHODS_MAX) m->methods[m->method_count++] = r->dtor;
    } else {
        cc_expect(p, CC_P_SEMI, "behind the destructor's declaration");
    }
}

static void add_special(cc *p, cc_record *r, cc_func *f, int is_template) {
    if (f->param_count == 1 && f->params[0].type.t->unqual == r->type &&
        !strcmp(f->name->text, "operator=") && !(f->flags & CC_F_DEFAULTED) && !is_template)
        r->has_assign = 1;
    if (f->flags & CC_F_CTOR) {
        cc_symbol *s = cc_find_here(r->scope, f->name);
        r->ctors = s ? s->funcs : f;
        if (!(f->flags & CC_F_DEFAULTED)) r->has_ctor = 1;
        if (!is_template && is_copy(r, f) && !(f->flags & CC_F_DEFAULTED)) r->has_copy = 1; /* or none */
    }
    for (cc_func *c = r->conversions; c; c = c->next)
        if (c == f) return; /* declared twice, which was told */
    if (f->flags & CC_F_CONVERSION && !is_template) {
        f->next = r->conversions;
        r->conversions = f;
    }
    (void)p;
}

/* operator==(…) = default and the like: made when all members are known. */
static int defaulted_comparison(members *m, const cc_declarator *d) {
    static const char *const derived[] = {"operator!=", "operator<", "operator>", "operator<=", "operator>="};
    const char *name = d->name->text;
    unsigned which = !strcmp(name, "operator==")    ? CC_COMPARE_EQUAL
                     : !strcmp(name, "operator<=>") ? CC_COMPARE_ORDER
                                                    : 0;
    int known = which != 0;
    for (size_t i = 0; i < sizeof derived / sizeof *derived; i++) known |= !strcmp(name, derived[i]);
    if (which) m->compares_at = d->at;
    m->compares |= which;
    return known;
}

static void method(cc *p, cc_record *r, members *m, cc_spec *spec, cc_declarator *d) {
    if (d->flags & CC_F_DTOR) {
        if (spec->flags & CC_F_VIRTUAL) r->virtual_dtor = 1;
        destructor(p, r, m, spec, d);
        return;
    }
    method_flags(p, spec, d);
    special_name(p, d);
    int defaulted = 0, deleted = 0;
    if (cc_is(p, CC_P_ASSIGN)) {
        cc_next_token(p);
        if (cc_accept_kw(p, CC_KW_DEFAULT)) defaulted = 1;
        else if (cc_accept_kw(p, CC_KW_DELETE)) deleted = 1;
        else cc_next_token(p), d->flags |= CC_F_PURE; /* = 0 */
    }
    d->flags |= (defaulted ? CC_F_DEFAULTED : 0) | (deleted ? CC_F_DELETED : 0);
    if (defaulted && defaulted_comparison(m, d)) {
        cc_expect(p, CC_P_SEMI, NULL);
        return;
    }
    int copy_like = d->param_count == 1 && d->params[0].type.t->unqual == r->type;
    if (defaulted && (copy_like || !(d->flags & CC_F_CTOR))) { /* memberwise, as the tree does it anyway */
        cc_expect(p, CC_P_SEMI, NULL);
        return;
    }
    if (defaulted) {
        m->declared_default = 1;
        cc_expect(p, CC_P_SEMI, NULL);
        return;
    }
    if (d->requires_at) { /* of a method of a class template: without it where it does not hold */
        cc_mark here = cc_save(p);
        p->at = d->requires_at;
        int holds = cc_constraint_here(p);
        cc_back(p, here);
        if (!holds) {
            if (cc_is(p, CC_P_LBRACE)) cc_skip_balanced(p);
            else cc_skip_to_semi(p);
            return;
        }
    }
    cc_symbol *set = cc_find_here(r->scope, d->name);
    cc_func *f = cc_function(p, spec, d, r->scope, r);
    f->flags |= d->flags;
    if (!set && (set = cc_find_here(r->scope, d->name))) set->access = r->access;
    else if (set && set->access > r->access) set->access = r->access;
    cc_mark_virtual(p, r, f, d);
    add_special(p, r, f, 0);
    if (cc_is(p, CC_P_LBRACE) || (d->flags & CC_F_CTOR && cc_is(p, CC_P_COLON))) {
        cc_function_body(p, f);
        cc_accept(p, CC_P_SEMI);
        if (m->method_count < METHODS_MAX) m->methods[m->method_count++] = f;
    } else {
        cc_expect(p, CC_P_SEMI, "behind the method's declaration");
    }
}

cc_func *cc_method_definition(cc *p, const cc_spec *spec, cc_declarator *d, cc_record *owner) {
    cc_spec own = *spec;
    special_name(p, d);
    cc_symbol *s = cc_find_here(owner->scope, d->name);
    for (cc_func *f = s && s->kind == CC_SYM_FUNC ? s->funcs : NULL; f; f = f->next) {
        if (f->tmpl || f->param_count != d->param_count ||
            (f->flags & CC_F_CONST_METHOD) != (d->flags & CC_F_CONST_METHOD))
            continue;
        int same = 1;
        for (uint32_t i = 0; i < d->param_count; i++) {
            cc_type a = f->params[i].type, b = d->params[i].type;
            if (!a.ref) a.t = a.t->unqual, b.t = b.t->unqual;
            same &= cc_type_equal(a, b);
        }
        if (!same) continue;
        for (uint32_t i = 0; i < d->param_count; i++)
            if (d->params[i].name) f->params[i].name = d->params[i].name;
        f->last_at = d->at;
        f->flags |= own.flags & (CC_F_DEVICE | CC_F_HOST | CC_F_FORCEINLINE | CC_F_NOINLINE | CC_F_CONSTEXPR);
        return f;
    }
    cc_error(p, d->at, cc_suggest_member(p, owner, owner->type, d->name->text),
             s ? "%s has no method %s with these parameters" : "%s has no method %s", owner->shown,
             d->flags & CC_F_CTOR ? owner->name->text : d->name->text);
    return NULL;
}

static cc_func *implicit_constructor(cc *p, cc_record *r) {
    cc_spec spec = {.flags = CC_F_DEVICE | CC_F_HOST | CC_F_FORCEINLINE, .contract = -1};
    cc_declarator d = {.flags = CC_F_CTOR | CC_F_DEFAULTED | CC_F_METHOD, .at = r->record->at};
    special_name(p, &d);
    cc_func *f = cc_function(p, &spec, &d, r->scope, r);
    f->state = CC_BODY_PENDING;
    f->body_at = p->count - 1;
    cc_symbol *s = cc_find_here(r->scope, f->name);
    r->ctors = s->funcs;
    return f;
}

void cc_inherit_constructors(cc *p, cc_record *r, cc_record *base) {
    for (cc_func *b = base->ctors; b; b = b->next) {
        if (b->tmpl || !b->param_count || is_copy(base, b)) continue;
        cc_spec spec = {.flags = CC_F_DEVICE | CC_F_HOST | CC_F_FORCEINLINE, .contract = -1};
        cc_declarator d = {.flags = CC_F_CTOR | CC_F_DEFAULTED | CC_F_METHOD,
                           .at = b->at,
                           .params = b->params,
                           .param_count = b->param_count};
        special_name(p, &d);
        cc_func *f = cc_function(p, &spec, &d, r->scope, r);
        f->inherited = b;
        f->state = CC_BODY_PENDING;
        f->body_at = p->count - 1;
        r->ctors = cc_find_here(r->scope, f->name)->funcs;
        r->has_ctor = 1;
    }
}

/* --- the body --- */

static int constructor_ahead(const cc *p, const cc_record *r) {
    return cc_is_name(p) && r->name && cc_peek(p)->name == r->name &&
           cc_punct_is(cc_ahead(p, 1), CC_P_LPAREN);
}

/* before: the flags of what stands in front of friend */
static void friend_declaration(cc *p, cc_record *r, members *m, uint32_t before) {
    cc_spec spec;
    cc_declarator d;
    r->has_friends = 1;
    cc_next_token(p);
    if (cc_is_kw(p, CC_KW_CLASS) || cc_is_kw(p, CC_KW_STRUCT) || cc_is_kw(p, CC_KW_TEMPLATE) ||
        (cc_is_name(p) && cc_punct_is(cc_ahead(p, 1), CC_P_SEMI))) {
        while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_SEMI) && !cc_is(p, CC_P_LBRACE)) cc_next_token(p);
        if (cc_is(p, CC_P_LBRACE)) cc_skip_balanced(p);
        cc_accept(p, CC_P_SEMI);
        return;
    }
    cc_specifiers(p, &spec, 1);
    spec.flags = (spec.flags | before) & ~(uint32_t)CC_F_FRIEND;
    cc_declarator_parse(p, &spec, spec.type, &d, 0);
    if (!d.is_function || !d.name || d.owner) {
        cc_skip_to_semi(p);
        return;
    }
    if (cc_is(p, CC_P_ASSIGN) && cc_ahead(p, 1)->op == CC_KW_DEFAULT) defaulted_comparison(m, &d);
    if (!cc_is(p, CC_P_LBRACE)) {
        cc_skip_to_semi(p);
        return;
    }
    cc_scope *outer = r->scope;
    while (outer->kind != CC_SCOPE_NAMESPACE && outer->kind != CC_SCOPE_BLOCK) outer = outer->parent;
    cc_func *f = cc_function(p, &spec, &d, outer, NULL);
    if (f->state == CC_BODY_NONE) {
        f->scope = r->scope;
        cc_function_body(p, f);
    } else {
        cc_skip_balanced(p);
    }
}

static void one_member(cc *p, cc_record *r, members *m) {
    cc_spec spec;
    wf_place at = cc_place(p);
    cc_specifiers(p, &spec, 0);
    if (spec.flags & CC_F_FRIEND) { /* friend behind __device__ and the like: read it again from there */
        while (p->at && !cc_is_kw(p, CC_KW_FRIEND)) p->at--;
        friend_declaration(p, r, m, spec.flags);
        return;
    }
    if (spec.has_type && cc_record_of(spec.type.t) == r && cc_is(p, CC_P_LPAREN) && p->at &&
        p->tokens[p->at - 1].name == r->name) { /* Name( */
        p->at--;
        spec.has_type = 0;
    }
    if (!spec.has_type && constructor_ahead(p, r)) {
        cc_declarator d;
        cc_declarator_parse(p, &spec, cc_plain(wf_type_scalar(p->u, WF_TY_VOID)), &d, 0);
        d.flags |= CC_F_CTOR;
        method(p, r, m, &spec, &d);
        return;
    }
    if (spec.has_type && cc_accept(p, CC_P_SEMI)) {
        cc_record *inner = cc_record_of(spec.type.t);
        if (inner && !inner->name && spec.defines_type) anonymous_member(p, r, m, &spec.type, at);
        return;
    }
    for (;;) {
        cc_declarator d;
        uint32_t before = p->at;
        cc_declarator_parse(p, &spec, spec.type, &d, 0);
        if (spec.flags & CC_F_TYPEDEF && d.name) {
            cc_symbol *s = cc_symbol_add(p, r->scope, d.name, CC_SYM_TYPE, d.at);
            s->type = d.type;
        } else if (d.is_function && d.name) {
            method(p, r, m, &spec, &d);
            return;
        } else if (!d.name && !cc_is(p, CC_P_COLON)) {
            const cc_token *t = cc_peek(p);
            cc_error(p, t->at,
                     cc_is_name(p) && !spec.has_type ? cc_suggest(p, p->scope, t->name->text, 1) : NULL,
                     "got %s, expected a member", cc_token_text(p, t));
            if (p->at == before && !cc_is(p, CC_P_RBRACE)) cc_next_token(p);
            cc_skip_to_semi(p);
            return;
        } else if (spec.flags & CC_F_STATIC && d.name) {
            static_member(p, r, &spec, &d);
        } else {
            field(p, r, m, &spec, &d);
        }
        if (!cc_accept(p, CC_P_COMMA)) break;
    }
    if (!cc_expect(p, CC_P_SEMI, "behind the member")) cc_skip_to_semi(p);
}

static void member(cc *p, cc_record *r, members *m) {
    const cc_token *t = cc_peek(p);
    if (cc_accept(p, CC_P_SEMI)) return;
    if (cc_abbreviated_template(p, r)) return;
    if (t->kind == CC_IDENT) {
        switch (t->op) {
        case CC_KW_PACK: cc_pack(p); return;
        case CC_KW_PUBLIC:
        case CC_KW_PRIVATE:
        case CC_KW_PROTECTED:
            r->access = t->op == CC_KW_PUBLIC    ? CC_PUBLIC
                        : t->op == CC_KW_PRIVATE ? CC_PRIVATE
                                                 : CC_PROTECTED;
            cc_next_token(p);
            cc_expect(p, CC_P_COLON, NULL);
            return;
        case CC_KW_USING: cc_using(p); return;
        case CC_KW_STATIC_ASSERT: cc_static_assert(p); return;
        case CC_KW_FRIEND: friend_declaration(p, r, m, 0); return;
        case CC_KW_TEMPLATE: cc_template_declaration(p, r); return;
        default: break;
        }
    }
    one_member(p, r, m);
}

static void comparisons(cc *p, cc_record *r, members *m) {
    cc_mark here = cc_save(p);
    /* <=> brings == with it, unless the class says its own. */
    if (m->compares & CC_COMPARE_ORDER && !cc_find_here(r->scope, cc_intern(&p->r, "operator==", 10)))
        m->compares |= CC_COMPARE_EQUAL;
    if (cc_defaulted_comparisons(p, r, m->fields, m->count, m->compares, m->compares_at))
        while (cc_peek(p)->kind != CC_EOF) {
            uint32_t before = p->at;
            member(p, r, m);
            if (p->at == before) break;
        }
    cc_back(p, here);
}

void cc_record_body(cc *p, cc_record *r, unsigned keyword) {
    members *m = wf_arena_alloc_raw(p->scratch, sizeof *m);
    memset(m, 0, offsetof(members, methods));
    cc_scope *outer = p->scope;
    cc_body *body = p->body;
    unsigned extern_c = p->extern_c;
    wf_place at = cc_place(p);
    r->access = keyword == CC_KW_CLASS ? CC_PRIVATE : CC_PUBLIC;
    p->scope = r->scope;
    p->extern_c = 0;
    if (cc_accept(p, CC_P_COLON)) base_clause(p, r, m);
    r->is_virtual = (uint8_t)cc_has_virtual_base(r);
    for (unsigned i = 0; i < r->base_count; i++) r->virtual_dtor |= r->bases[i]->virtual_dtor;
    if (!r->is_virtual && cc_virtual_ahead(p))
        add_field(p, m, cc_class_field(r), cc_plain(wf_type_scalar(p->u, WF_TY_ULLONG)), 0, 0, at);
    if (!cc_expect(p, CC_P_LBRACE, "of the class") || !cc_deeper(p)) {
        p->scope = outer;
        p->extern_c = extern_c;
        return;
    }
    p->body = NULL;
    while (!cc_is(p, CC_P_RBRACE) && cc_peek(p)->kind != CC_EOF) {
        uint32_t before = p->at;
        member(p, r, m);
        if (p->at == before) cc_next_token(p);
    }
    if (m->compares) comparisons(p, r, m);
    p->body = body;
    p->depth--;
    if (!cc_accept(p, CC_P_RBRACE)) cc_error(p, at, NULL, "this class has no closing }");
    p->scope = outer;
    p->extern_c = extern_c;
    cc_spec spec = {0};
    cc_attributes(p, &spec);
    if (spec.align > r->record->align_wanted) r->record->align_wanted = spec.align;
    if (spec.pack) r->record->pack = spec.pack;
    if (!m->count) {
        r->empty = 1;
        add_field(p, m, CC_EMPTY_FIELD, cc_plain(wf_type_scalar(p->u, WF_TY_CHAR)), 0, 0,
                  at); /* C++: an object has a size */
    }
    r->field_types = m->types;
    r->field_defaults = r->has_defaults ? m->defaults : NULL;
    wf_record_finish(p->u, r->record, m->fields, m->count);
    if (r->record->field_count != m->count) { /* zero-width bit-fields are gone */
        uint32_t k = 0;
        for (uint32_t i = 0; i < m->count; i++)
            if (m->fields[i].bit_width != WF_FIELD_BREAK && k < r->record->field_count)
                m->types[k] = m->types[i], m->defaults[k++] = m->defaults[i];
    }
    r->complete = 1;
    if ((r->needs_init && !r->has_ctor && !r->record->is_union) || (m->declared_default && r->has_ctor))
        implicit_constructor(p, r);
    cc_implicit_copies(p, r);
    if (!r->dtor && cc_parts_have_destructors(p, r)) r->dtor = cc_implicit_destructor(p, r);
    for (uint32_t i = 0; i < m->method_count && !r->tmpl && !cc_from_header(p, m->methods[i]->at); i++)
        if (!cc_is_host_only(p, m->methods[i]) && !cc_inside_template(r)) cc_need_body(p, m->methods[i]);
}

/* A class in a class template's instance: its methods are made when they are used. */
int cc_inside_template(const cc_record *r) {
    for (const cc_scope *s = r->scope; s; s = s->parent)
        if (s->kind == CC_SCOPE_TEMPLATE || (s->kind == CC_SCOPE_CLASS && s->record && s->record->tmpl))
            return 1;
    return 0;
}

/* --- struct … --- */

static cc_record *declare_tag(cc *p, cc_name *name, int is_union, wf_place at) {
    const char *shown =
        name ? wf_arena_printf(p->arena, "%s%s", cc_scope_prefix(p, p->scope), name->text)
             : wf_arena_printf(p->arena, "%s_%u", is_union ? "union" : "struct", ++p->local_count);
    cc_record *r = cc_record_new(p, name, shown, is_union, p->scope, at);
    if (name) {
        cc_symbol *s = cc_symbol_add(p, p->scope, name, CC_SYM_TYPE, at);
        s->is_tag = 1;
        s->type = cc_plain(r->type);
        s->space = r->scope;
        cc_symbol *self = cc_symbol_add(p, r->scope, name, CC_SYM_TYPE, at); /* the injected name */
        self->type = s->type;
        self->is_tag = 1;
    }
    return r;
}

/* The class's own name, which is a type among its members. */
static int is_inside(const cc_scope *scope, const cc_scope *around) {
    while (scope && scope != around) scope = scope->parent;
    return scope != NULL;
}

cc_type cc_record_specifier(cc *p, unsigned keyword) {
    cc_spec spec = {0};
    int is_union = keyword == CC_KW_UNION;
    cc_record *r = p->target;
    p->target = NULL;
    cc_next_token(p);
    cc_attributes(p, &spec);
    wf_place at = cc_place(p);
    cc_name *name = NULL;
    if (r) { /* a template's instance: the name and its <…> are passed over */
        while (cc_is_name(p) || cc_is(p, CC_P_SCOPE)) cc_next_token(p);
        if (cc_accept(p, CC_P_LT)) cc_skip_angles(p);
    } else if (cc_is_name(p) || cc_is(p, CC_P_SCOPE)) {
        if (cc_is(p, CC_P_SCOPE) || cc_punct_is(cc_ahead(p, 1), CC_P_SCOPE) ||
            cc_punct_is(cc_ahead(p, 1), CC_P_LT)) {
            cc_id id;
            if (cc_read_id(p, &id) && id.is_type) {
                r = cc_record_of(id.type.t);
                if (!cc_is(p, CC_P_LBRACE) || !r) return id.type;
            } else {
                cc_error(p, at, NULL, "unknown class %s", id.name ? id.name->text : "");
                return cc_plain(wf_type_scalar(p->u, WF_TY_INT));
            }
        } else {
            name = cc_peek(p)->name;
            cc_next_token(p);
        }
    }
    if (cc_is_name(p) && !strcmp(cc_peek(p)->text, "final")) cc_next_token(p);
    int defines = cc_is(p, CC_P_LBRACE) || (cc_is(p, CC_P_COLON) && !cc_bit_field_ahead(p));
    if (!r && name) {
        int here = defines || cc_is(p, CC_P_SEMI);
        cc_symbol *s = cc_find_tag(p, p->scope, name, here);
        if (s && s->kind == CC_SYM_TEMPLATE) return cc_injected_type(p, s, at);
        if (s && !cc_record_of(s->type.t) && !s->type.en) return s->type; /* struct float4 after a typedef */
        r = s ? cc_record_of(s->type.t) : NULL;
        if (!s && !defines) {
            const cc_known *k = cc_known_of(p, name);
            if (k && k->kind == CC_K_TYPE) return cc_known_type(p, k);
        }
    }
    if (r && defines && (r->complete || !r->scope || is_inside(p->scope, r->scope))) {
        cc_error(p, at, NULL, r->scope ? "%s is defined twice" : "%s cannot be defined here", r->shown);
        r = NULL;
        name = NULL;
    }
    if (!r) r = declare_tag(p, name, is_union, at);
    if (spec.align > r->record->align_wanted) r->record->align_wanted = spec.align;
    if (defines) r->record->pack = spec.pack ? spec.pack : p->pack;
    if (defines) cc_record_body(p, r, keyword);
    return cc_plain(r->type);
}

int cc_bit_field_ahead(const cc *p) {
    return cc_punct_is(cc_peek(p), CC_P_COLON) && cc_ahead(p, 1)->kind == CC_NUMBER;
}
