/* cudac/decl.c: declarations at namespace scope: variables, typedef, using, namespaces.
 *
 * A namespace's variable without __device__ or __constant__ belongs to the host. As device code may use const
 * ones whose value is known, those become constants, or, when they are arrays or structs, constant memory at
 * their first use. */
#include "cudac/parse.h"
#include <string.h>

enum {
    SHARED_BYTES_MAX = 227 << 10, /* of a block: the most that a device of today has */
    DEFAULT_ELEMENTS_MAX = 4096   /* of a global array that are written out */
};

/* --- small declarations --- */

void cc_static_assert(cc *p) {
    wf_place at = cc_place(p);
    int64_t value = 1;
    cc_next_token(p);
    if (!cc_expect(p, CC_P_LPAREN, "behind static_assert")) return cc_skip_to_semi(p);
    uint32_t errors = p->r.diags->errors;
    wf_expr *e = wf_make_bool(p->u, cc_scalar(p, cc_conditional(p)));
    if (p->r.diags->errors == errors) cc_const_int(p, e, &value, "the condition of static_assert");
    const char *message = NULL;
    for (int more = cc_accept(p, CC_P_COMMA); more && cc_peek(p)->kind == CC_STRING; cc_next_token(p)) {
        uint64_t length;
        const char *part = cc_read_string(&p->r, cc_peek(p), p->arena, &length, 1);
        message = message ? wf_arena_printf(p->arena, "%s%s", message, part) : part;
    }
    cc_expect(p, CC_P_RPAREN, "of static_assert");
    cc_expect(p, CC_P_SEMI, "behind static_assert");
    if (!value) cc_error(p, at, NULL, message ? "static_assert failed: %s" : "static_assert failed", message);
}

void cc_redeclared(cc *p, const cc_name *name, wf_place at, const cc_symbol *old) {
    cc_error(p, at, NULL, "%s is declared twice", name->text);
    if (old->at.file) wf_report(p->r.diags, WF_NOTE, old->at, NULL, "first here");
}

void cc_add_type(cc *p, cc_name *name, cc_type type, wf_place at) {
    cc_symbol *old = cc_find_here(p->scope, name);
    if (old && old->kind == CC_SYM_TYPE) {
        if (cc_type_equal(old->type, type)) return;
        cc_redeclared(p, name, at, old);
        return;
    }
    cc_symbol *s = cc_symbol_add(p, p->scope, name, CC_SYM_TYPE, at);
    s->type = type;
    cc_record *r = cc_record_of(type.t);
    if (r && !r->name) { /* typedef struct { … } Name; */
        r->name = name;
        r->shown = wf_arena_printf(p->arena, "%s%s", cc_scope_prefix(p, p->scope), name->text);
    }
}

static void using_alias(cc *p, wf_place at) {
    cc_name *name = cc_peek(p)->name;
    cc_next_token(p);
    cc_spec spec = {0};
    cc_attributes(p, &spec);
    cc_next_token(p); /* = */
    cc_add_type(p, name, cc_type_name(p), at);
    cc_expect(p, CC_P_SEMI, "behind the alias");
}

static void add_using(cc *p, cc_scope *scope, cc_scope *space) {
    if (scope == space) return;
    for (uint32_t i = 0; i < scope->using_count; i++)
        if (scope->usings[i] == space) return;
    cc_scope **list = WF_NEW_ARRAY(p->scratch, cc_scope *, scope->using_count + 1);
    if (scope->using_count) memcpy(list, scope->usings, scope->using_count * sizeof *list);
    list[scope->using_count++] = space;
    scope->usings = list;
}

static const cc_func *last_of(const cc_func *f) {
    while (f && f->next) f = f->next;
    return f;
}

/* using Base::f in a class: the base's methods stand beside the class's own. */
static void take_over(cc *p, cc_record *r, const cc_symbol *from, wf_place at) {
    cc_symbol *s = cc_find_here(r->scope, from->name);
    if (s && (s->kind != CC_SYM_FUNC || s == from)) return;                 /* its own: nothing to take */
    if (s && s->funcs && last_of(s->funcs) == last_of(from->funcs)) return; /* a name for these already */
    if (!s) s = cc_symbol_add(p, r->scope, from->name, CC_SYM_FUNC, at);
    for (cc_func *f = from->funcs; f; f = f->next) {
        cc_func *entry = WF_NEW(p->scratch, cc_func), **end = &s->funcs;
        *entry = *f;
        entry->next = entry->pending = NULL;
        entry->alias = f->alias ? f->alias : f;
        while (*end) end = &(*end)->next;
        *end = entry;
    }
}

static void one_taken_over(cc *p, void *context, uint32_t index) {
    cc_id id;
    wf_place at = cc_place(p);
    (void)index;
    cc_accept_kw(p, CC_KW_TYPENAME);
    if (!cc_read_id(p, &id)) return;
    if (!id.name && cc_accept_kw(p, CC_KW_OPERATOR)) {
        cc_declarator d = {0};
        id.name = cc_operator_name(p, &d);
        id.symbol = id.scope ? cc_find_in(p, id.scope, id.name) : NULL;
    }
    if (id.record && id.symbol && id.symbol->kind == CC_SYM_FUNC) take_over(p, context, id.symbol, at);
}

void cc_using(cc *p) {
    wf_place at;
    cc_next_token(p);
    at = cc_place(p);
    if (p->scope->kind == CC_SCOPE_CLASS && cc_pack_ahead(p)) {
        cc_expand_pack(p, one_taken_over, p->scope->record);
        cc_expect(p, CC_P_SEMI, "behind using");
        return;
    }
    if (cc_is_name(p) &&
        (cc_punct_is(cc_ahead(p, 1), CC_P_ASSIGN) || cc_ahead(p, 1)->op == CC_KW_ATTRIBUTE)) {
        using_alias(p, at);
        return;
    }
    int space = cc_accept_kw(p, CC_KW_NAMESPACE), enumerators = cc_accept_kw(p, CC_KW_ENUM);
    cc_accept_kw(p, CC_KW_TYPENAME);
    cc_id id;
    if (!cc_read_id(p, &id)) {
        cc_error(p, at, NULL, "got %s, expected a name", cc_token_text(p, cc_peek(p)));
        cc_skip_to_semi(p);
        return;
    }
    if (!id.name && cc_accept_kw(p, CC_KW_OPERATOR)) {
        cc_declarator d = {0};
        id.name = cc_operator_name(p, &d);
        id.symbol = id.scope ? cc_find_in(p, id.scope, id.name) : NULL;
    }
    if (space && (!id.symbol || id.symbol->kind != CC_SYM_NAMESPACE)) {
        cc_error(p, id.at, id.name ? cc_suggest(p, p->scope, id.name->text, 1) : NULL, "%s is no namespace",
                 id.name ? id.name->text : "this");
    } else if (space) {
        add_using(p, p->scope, id.symbol->space);
    } else if (enumerators) {
        if (id.is_type && id.type.en && id.type.en->scope) add_using(p, p->scope, id.type.en->scope);
        else cc_error(p, id.at, NULL, "%s is no enumeration", id.name ? id.name->text : "this");
    } else if (p->scope->kind == CC_SCOPE_CLASS && id.record) {
        /* using Base::Base or Base::member: members of bases are found anyway; constructors are taken over */
        if (id.name == id.record->name) cc_inherit_constructors(p, p->scope->record, id.record);
        else if (id.symbol && id.symbol->kind == CC_SYM_FUNC) take_over(p, p->scope->record, id.symbol, at);
        else p->scope->record->has_using = 1;
    } else if (id.symbol) {
        cc_symbol *s = cc_symbol_add(p, p->scope, id.name, id.symbol->kind, at);
        cc_symbol keep = *s;
        *s = *id.symbol;
        s->next = keep.next, s->bucket = keep.bucket, s->scope = keep.scope;
    } else if (id.is_type) {
        cc_add_type(p, id.name, id.type, at);
    } else if (id.scope != p->std) {
        cc_error(p, id.at, NULL, "%s is not declared", id.name ? id.name->text : "this name");
    }
    cc_expect(p, CC_P_SEMI, "behind using");
}

static void declarations_until_brace(cc *p) {
    while (!cc_is(p, CC_P_RBRACE) && cc_peek(p)->kind != CC_EOF) cc_declaration(p);
    cc_expect(p, CC_P_RBRACE, "of the block");
}

/* What an inline namespace holds is found in the one around it too. */
void cc_namespace_body(cc *p, wf_place at) {
    cc_name *name = NULL;
    cc_scope *outer = p->scope;
    int is_inline =
        p->at >= 2 && p->tokens[p->at - 2].kind == CC_IDENT && p->tokens[p->at - 2].op == CC_KW_INLINE;
    do {
        is_inline |= cc_accept_kw(p, CC_KW_INLINE);
        if (cc_is_name(p)) {
            name = cc_peek(p)->name;
            cc_next_token(p);
        }
        cc_symbol *s = name ? cc_find_here(p->scope, name) : NULL;
        if (s && s->kind != CC_SYM_NAMESPACE) cc_redeclared(p, name, at, s), s = NULL;
        if (name && cc_is(p, CC_P_ASSIGN)) { /* namespace a = b; */
            cc_id id;
            cc_next_token(p);
            if (cc_read_id(p, &id) && id.symbol && id.symbol->kind == CC_SYM_NAMESPACE)
                cc_symbol_add(p, p->scope, name, CC_SYM_NAMESPACE, at)->space = id.symbol->space;
            else cc_error(p, at, NULL, "namespace %s: expected another namespace's name", name->text);
            p->scope = outer;
            cc_expect(p, CC_P_SEMI, NULL);
            return;
        }
        if (!s) {
            cc_scope *space = cc_scope_new(p, CC_SCOPE_NAMESPACE, p->scope);
            space->name = name;
            if (name) {
                s = cc_symbol_add(p, p->scope, name, CC_SYM_NAMESPACE, at);
                s->space = space;
            }
            if (!name || is_inline) add_using(p, p->scope, space);
            is_inline = 0;
            p->scope = space;
        } else {
            p->scope = s->space;
        }
    } while (cc_accept(p, CC_P_SCOPE));
    if (cc_expect(p, CC_P_LBRACE, "of the namespace") && cc_deeper(p)) {
        declarations_until_brace(p);
        p->depth--;
    }
    p->scope = outer;
}

void cc_linkage(cc *p, void (*each)(cc *)) {
    uint64_t length;
    cc_next_token(p); /* extern */
    char *text = cc_read_string(&p->r, cc_peek(p), p->scratch, &length, 1);
    wf_place at = cc_place(p);
    cc_next_token(p);
    unsigned before = p->extern_c;
    if (strcmp(text, "C") == 0) p->extern_c = 1;
    else if (strcmp(text, "C++") == 0) p->extern_c = 0;
    else cc_error(p, at, NULL, "unknown linkage \"%s\"", text);
    if (cc_is(p, CC_P_LBRACE) && cc_deeper(p)) {
        cc_next_token(p);
        declarations_until_brace(p);
        p->depth--;
    } else {
        each(p);
    }
    p->extern_c = before;
}

/* --- variables of namespaces --- */

static wf_space space_of(uint32_t flags) {
    return flags & CC_F_CONSTANT ? WF_SPACE_CONSTANT
           : flags & CC_F_SHARED ? WF_SPACE_SHARED
           : flags & CC_F_DEVICE ? WF_SPACE_DEVICE
                                 : WF_SPACE_LOCAL;
}

/* texture<…> and surface<…> of our header: written by the host, read by kernels. */
static int is_texture(const cc *p, cc_type type) {
    const cc_record *r = type.ref ? NULL : cc_record_of(type.t);
    if (!r || !r->targs || !cc_from_header(p, r->tmpl->at)) return 0;
    const char *name = r->tmpl->name->text;
    return strcmp(name, "texture") == 0 || strcmp(name, "surface") == 0;
}

/* What a texture variable holds at first: the format that its declared type has
 * (device/include/texture_types.h,
 * __wf_texels), for references to which no format is given. */
static wf_expr *texture_init(cc *p, const cc_record *r, wf_place at) {
    const wf_type *t = r->targs[0].type.t, *integer = wf_type_scalar(p->u, WF_TY_INT);
    uint64_t channels = 1;
    if (t->kind == WF_TY_RECORD && t->record->built_in && t->record->field_count)
        channels = t->record->field_count, t = t->record->fields[0].type;
    if (!wf_type_is_arithmetic(t)) return NULL; /* surface<void> */
    wf_expr *items[7] = {NULL};                 /* 0: data, slice, pitch, size */
    items[4] = wf_make_int(p->u, integer, channels, at);
    items[5] = wf_make_int(p->u, integer, wf_type_size(t), at);
    items[6] = wf_make_int(p->u, integer, wf_type_is_float(t) ? 2 : wf_type_is_signed(t), at);
    wf_expr *texels = wf_make_init(p->u, r->record->fields[0].type, items, 7, at);
    return wf_make_init(p->u, r->type, &texels, 1, at);
}

/* A global's initial value as the tree wants it: folded, or an error. */
wf_expr *cc_constant_init(cc *p, const wf_type *type, wf_expr *e, const char *name) {
    if (e->flags & WF_EX_ERROR) return NULL;
    if (e->kind == WF_EX_STRING && type->kind == WF_TY_ARRAY) { /* its characters, one by one */
        uint64_t count = e->u.string.length + 1 < type->count ? e->u.string.length + 1 : type->count;
        wf_expr **items = WF_NEW_ARRAY(p->arena, wf_expr *, count + 1);
        for (uint64_t i = 0; i < count; i++)
            items[i] = wf_make_int(p->u, type->base->unqual, (uint64_t)(int64_t)e->u.string.data[i], e->at);
        return wf_fold_init(p->u, wf_make_init(p->u, type, items, (uint32_t)count, e->at));
    }
    wf_expr *value = cc_evaluate(p, e);
    if (!value) value = wf_fold_init(p->u, e);
    if (!value) {
        cc_error(p, e->at, NULL, "the initial value of %s must be a constant", name);
        return NULL;
    }
    return value;
}

wf_expr *cc_variable_init(cc *p, cc_type *type, const cc_declarator *d) {
    wf_place at = cc_place(p);
    wf_expr *e;
    if (type->placeholder == CC_PLACEHOLDER_CLASS) return cc_deduced_init(p, type, d->at);
    if (cc_is(p, CC_P_LPAREN)) {
        wf_expr **args;
        cc_next_token(p);
        uint32_t count = cc_arguments(p, &args, CC_P_RPAREN);
        if (type->placeholder && count == 1) *type = cc_deduce_auto(p, *type, args[0], d->at);
        if (type->t->kind == WF_TY_RECORD && type->t == wf_type_dim3(p->u))
            return cc_make_dim3(p, args, count, at);
        if (type->t->kind == WF_TY_RECORD) return cc_construct(p, type->t, args, count, at, 0);
        if (count != 1) {
            cc_error(p, at, NULL, "%s got %u initial values, expected one", d->name->text, count);
            return wf_make_error(p->u, type->t, at);
        }
        return cc_convert(p, *type, args[0], at);
    }
    cc_accept(p, CC_P_ASSIGN);
    if (type->placeholder) {
        if (cc_is(p, CC_P_LBRACE)) e = cc_brace_argument(p);
        else e = cc_assignment(p);
        if (e->kind == WF_EX_INIT && e->type->kind == WF_TY_VOID && e->u.init.count == 1)
            e = e->u.init.items[0];
        *type = cc_deduce_auto(p, *type, e, d->at);
        return type->ref ? e : cc_copied(p, *type, e, at);
    }
    return cc_initializer(p, type, at);
}

int cc_has_initializer(const cc *p) {
    return cc_is(p, CC_P_ASSIGN) || cc_is(p, CC_P_LBRACE) || cc_is(p, CC_P_LPAREN);
}

static cc_symbol *extern_before(cc *p, const cc_declarator *d, cc_scope *scope) {
    cc_symbol *s = cc_find_here(scope, d->name);
    if (!s || (s->kind == CC_SYM_TYPE && s->is_tag)) return NULL;
    if (s->kind == CC_SYM_VAR && s->var && s->var->is_extern) return s;
    if (s->kind == CC_SYM_CONST && s->decl_at) return s; /* a static member, defined outside its class */
    if (s->kind == CC_SYM_VAR && s->is_host && !s->var) return NULL;
    cc_redeclared(p, d->name, d->at, s);
    return NULL;
}

static const char *global_name(cc *p, const cc_declarator *d, cc_scope *scope) {
    const char *prefix = cc_scope_prefix(p, scope);
    const char *name = prefix[0] ? cc_identifier(p, wf_arena_printf(p->arena, "%s%s", prefix, d->name->text))
                                 : d->name->text;
    return wf_unit_unique_name(p->u, name);
}

/* What a global of a class without an initial value holds: what its constructor makes, where that is a constant. */
static wf_expr *default_object(cc *p, cc_type type, wf_place at) {
    const wf_type *element = type.t;
    uint64_t count = 1;
    while (element->kind == WF_TY_ARRAY && !element->incomplete)
        count *= element->count, element = element->base;
    if (type.ref || element->kind != WF_TY_RECORD) return NULL;
    cc_complete(p, element);
    const cc_record *r = cc_record_of(element);
    if (!r || !r->ctors) return NULL;
    wf_expr *init = cc_constant_object(p, element, NULL, 0, CC_P_RPAREN, at);
    if (type.t->kind != WF_TY_ARRAY) return !init && r->has_ctor ? cc_zero(p, type.t, at) : init;
    if (!init || type.t->base != element || count > DEFAULT_ELEMENTS_MAX) return NULL;
    wf_expr **items = WF_NEW_ARRAY(p->arena, wf_expr *, count);
    for (uint64_t i = 0; i < count; i++) items[i] = init;
    return wf_make_init(p->u, type.t, items, (uint32_t)count, at);
}

void cc_global_variable(cc *p, const cc_spec *spec, cc_declarator *d) {
    cc_scope *scope = d->owner ? d->owner : p->scope;
    cc_type type = d->type;
    wf_space space = space_of(spec->flags);
    cc_scope *outer = p->scope;
    const int texture = is_texture(p, type);
    if (texture) space = WF_SPACE_CONSTANT;
    if (spec->flags & CC_F_CONSTEXPR && !type.ref && type.t->kind != WF_TY_ARRAY)
        type.t = wf_type_qualified(p->u, type.t, WF_CONST);
    else if (spec->flags & CC_F_CONSTEXPR && type.t->kind == WF_TY_ARRAY)
        type.t = wf_type_qualified(p->u, type.t, WF_CONST);
    if (d->owner) p->scope = d->owner;
    cc_symbol *s = extern_before(p, d, scope);
    if (s && s->kind == CC_SYM_CONST) { /* T Class::member = …; its value stands in the class, or here */
        if (cc_has_initializer(p)) s->value = cc_variable_init(p, &type, d), s->decl_at = 0;
        p->scope = outer;
        return;
    }
    if (!s) s = cc_symbol_add(p, scope, d->name, CC_SYM_VAR, d->at);
    s->is_host = space == WF_SPACE_LOCAL && !p->options->device_library;
    if (p->options->device_library && space == WF_SPACE_LOCAL) space = WF_SPACE_CONSTANT;
    wf_expr *init = NULL;
    if (texture) {
        cc_complete(p, type.t);
        init = texture_init(p, cc_record_of(type.t), d->at);
    } else if (cc_has_initializer(p)) {
        wf_var *early = NULL;
        if (space != WF_SPACE_LOCAL && !s->var && type.t->kind != WF_TY_ARRAY &&
            !type.placeholder) { /* its own address may be used */
            early = wf_global_new(p->u, global_name(p, d, scope), type.t, space, d->at);
            s->var = early;
            s->type = type;
        }
        init = cc_variable_init(p, &type, d);
        const cc_record *r = type.ref ? NULL : cc_record_of(type.t);
        if (r && r->is_lambda && space == WF_SPACE_LOCAL) space = WF_SPACE_CONSTANT, s->is_host = 0;
    } else if (space != WF_SPACE_SHARED && space != WF_SPACE_LOCAL && !(spec->flags & CC_F_EXTERN)) {
        init = default_object(p, type, d->at);
    }
    p->scope = outer;
    cc_complete(p, type.t);
    s->type = type;
    if (type.ref) {
        cc_unsupported(p, d->at, "references as global variables");
        return;
    }
    if (type.t->kind == WF_TY_VOID) {
        cc_error(p, d->at, NULL, "variable %s has type void", d->name->text);
        return;
    }
    int is_const =
        type.t->quals & WF_CONST || (type.t->kind == WF_TY_ARRAY && type.t->base->quals & WF_CONST);
    if (is_const && init && !(init->flags & WF_EX_ERROR) && wf_type_is_arithmetic(type.t))
        s->value = cc_evaluate(p, init);
    if (s->is_host) {
        s->is_const_value = is_const != 0;
        if (!s->value) s->value = NULL, s->decl_at = 0;
        s->pack = NULL;
        s->init = init;
        if (is_const && spec->flags & CC_F_CONSTEXPR && init && !(init->flags & WF_EX_ERROR) &&
            wf_type_is_arithmetic(type.t) && !s->value)
            cc_error(p, init->at, NULL, "the value of constexpr %s must be a constant", d->name->text);
        return;
    }
    s->is_dynamic_shared = space == WF_SPACE_SHARED && type.t->kind == WF_TY_ARRAY && type.t->incomplete;
    if (s->is_dynamic_shared) { /* declared in each function that uses it */
        s->var = WF_NEW(p->arena, wf_var);
        s->var->name = d->name->text;
        s->var->space = space;
    }
    if (!s->var) s->var = wf_global_new(p->u, global_name(p, d, scope), type.t, space, d->at);
    else s->var->type = type.t;
    s->var->is_extern = spec->flags & CC_F_EXTERN && !init && !(space == WF_SPACE_SHARED);
    s->var->is_static = (spec->flags & CC_F_STATIC) != 0 && !texture;
    if (d->align) s->var->align = d->align;
    s->var->front = s;
    if (type.t->kind == WF_TY_ARRAY && type.t->incomplete && !s->var->is_extern && space != WF_SPACE_SHARED)
        cc_error(p, d->at, NULL, "the size of %s is not given", d->name->text);
    if (type.t->kind == WF_TY_RECORD && !type.t->record->complete)
        cc_error(p, d->at, NULL, "the type %s of %s is not complete", cc_spell(p, type), d->name->text);
    if (space == WF_SPACE_SHARED && wf_type_size(type.t) > SHARED_BYTES_MAX)
        cc_error(p, d->at, "use global memory, or a smaller tile",
                 "%s takes %llu bytes; the shared memory of a block is %d at most", d->name->text,
                 (unsigned long long)wf_type_size(type.t), SHARED_BYTES_MAX);
    if (init && space == WF_SPACE_SHARED)
        cc_error(p, d->at, "assign to it in one thread, then __syncthreads()",
                 "the __shared__ variable %s cannot have an initial value", d->name->text);
    else if (init) s->var->init = cc_constant_init(p, type.t, init, d->name->text);
}

/* A host's constant that device code wants: its value, or constant memory that holds it. Dynamic shared
 * memory declared outside functions is declared in each that uses it. */
static cc_symbol *shared_here(cc *p, cc_symbol *s) {
    cc_scope *scope = p->scope;
    while (scope->parent && scope->kind != CC_SCOPE_FUNCTION) scope = scope->parent;
    cc_symbol *local = cc_find_here(scope, s->name);
    if (local) return local;
    local = cc_symbol_add(p, scope, s->name, CC_SYM_VAR, s->at);
    local->type = s->type;
    local->var = wf_local_new(p->u, p->body->f, s->name->text, s->var->type, s->at);
    local->var->space = WF_SPACE_SHARED;
    local->var->is_extern = 1;
    local->var->align = s->var->align;
    local->var->front = local;
    local->home = p->body->f;
    cc_declare_first(p, local->var, s->at);
    return local;
}

cc_symbol *cc_use_global(cc *p, cc_symbol *s, wf_place at) {
    if (s->is_dynamic_shared && p->body && p->body->f) return shared_here(p, s);
    if (!s->is_host || s->var || s->value) return s;
    if (s->decl_at > 1) cc_static_member(p, s);
    int known = s->is_const_value && s->init && !(s->init->flags & WF_EX_ERROR);
    if (p->unevaluated || (known && !(p->body && p->body->f))) { /* only its type or its value is wanted */
        cc_symbol *copy = WF_NEW(p->scratch, cc_symbol);
        *copy = *s;
        copy->var = WF_NEW(p->arena, wf_var);
        copy->var->name = s->name->text;
        copy->var->type = cc_tree_type(p, s->type);
        copy->var->front = copy;
        return copy;
    }
    if (!known) {
        if (!(s->init && s->init->flags & WF_EX_ERROR))
            cc_error(p, at, "add __device__ or __constant__ to it",
                     "%s belongs to the host: device code cannot use it", s->name->text);
        return s;
    }
    wf_expr *init = cc_constant_init(p, s->type.t, s->init, s->name->text);
    const char *prefix = cc_scope_prefix(p, s->scope);
    const char *name = cc_identifier(p, wf_arena_printf(p->arena, "%s%s", prefix, s->name->text));
    s->var = wf_global_new(p->u, wf_unit_unique_name(p->u, name), s->type.t, WF_SPACE_CONSTANT, s->at);
    s->var->init = init;
    s->var->front = s;
    return s;
}

/* --- at namespace scope --- */

static void function_declaration(cc *p, const cc_spec *spec, cc_declarator *d) {
    cc_scope *scope = d->owner ? d->owner : p->scope;
    cc_record *owner = scope->kind == CC_SCOPE_CLASS ? scope->record : NULL;
    cc_scope *outer = p->scope;
    cc_func *f = NULL;
    p->scope = scope;
    if (!d->name) {
        cc_error(p, d->at, NULL, "a function needs a name");
    } else if (owner) {
        f = cc_method_definition(p, spec, d, owner);
    } else if (d->has_targs) {
        cc_error(p, d->at, "write template <> in front of it", "a specialisation of %s", d->name->text);
    } else {
        f = cc_function(p, spec, d, scope, NULL);
    }
    if (f && cc_accept(p, CC_P_ASSIGN)) {
        if (cc_accept_kw(p, CC_KW_DELETE)) f->flags |= CC_F_DELETED;
        else if (cc_accept_kw(p, CC_KW_DEFAULT)) f->flags |= CC_F_DEFAULTED;
    }
    if (cc_is(p, CC_P_LBRACE) || (f && f->flags & CC_F_CTOR && cc_is(p, CC_P_COLON))) {
        if (f) {
            cc_function_body(p, f);
            if (!cc_is_host_only(p, f) && !f->tmpl && !cc_from_header(p, f->at)) cc_need_body(p, f);
        } else {
            cc_skip_to_semi(p);
        }
        p->scope = outer;
        return;
    }
    if (f && !cc_is_host_only(p, f) && !(f->flags & CC_F_DEFAULTED) && !f->owner &&
        !cc_from_header(p, f->at) && f->flags & (CC_F_KERNEL | CC_F_LIBRARY))
        cc_need_body(p, f);
    p->scope = outer;
    if (!cc_expect(p, CC_P_SEMI, f ? "or { behind the function's declaration" : NULL)) cc_skip_to_semi(p);
}

static void declarators(cc *p, const cc_spec *spec) {
    for (;;) {
        cc_declarator d;
        uint32_t before = p->at;
        cc_declarator_parse(p, spec, spec->type, &d, 0);
        if (d.is_function && !(spec->flags & CC_F_TYPEDEF)) {
            if (!spec->has_type && !(d.flags & (CC_F_CTOR | CC_F_DTOR | CC_F_CONVERSION)) && d.name) {
                cc_error(p, spec->at, NULL, "function %s has no result type", d.name->text);
                if (spec->flags & CC_F_KERNEL) d.result = cc_plain(wf_type_scalar(p->u, WF_TY_VOID));
            }
            function_declaration(p, spec, &d);
            return;
        }
        if (!d.name) {
            const cc_token *t = cc_peek(p);
            cc_error(p, t->at, NULL, "got %s, expected a name", cc_token_text(p, t));
            if (p->at == before) cc_next_token(p);
            cc_skip_to_semi(p);
            return;
        }
        if (spec->flags & CC_F_TYPEDEF) {
            cc_add_type(p, d.name, d.type, d.at);
        } else {
            if (!spec->has_type) cc_error(p, spec->at, NULL, "variable %s has no type", d.name->text);
            cc_global_variable(p, spec, &d);
        }
        if (!cc_accept(p, CC_P_COMMA)) break;
    }
    if (!cc_expect(p, CC_P_SEMI, "behind the declaration")) cc_skip_to_semi(p);
}

static void simple_declaration(cc *p) {
    cc_spec spec;
    uint32_t before = p->at;
    if (cc_guide_ahead(p)) {
        cc_guide(p, NULL, 0, p->scope);
        return;
    }
    cc_specifiers(p, &spec, 0);
    if (!spec.has_type && !(spec.flags & CC_F_AUTO) && !cc_is_name(p) && !cc_is_kw(p, CC_KW_OPERATOR)) {
        const cc_token *t = cc_peek(p);
        cc_error(p, t->at, NULL, "got %s, expected a declaration", cc_token_text(p, t));
        cc_skip_to_semi(p);
        if (p->at == before) cc_next_token(p);
        return;
    }
    if (spec.has_type && cc_accept(p, CC_P_SEMI)) return;
    declarators(p, &spec);
}

void cc_pack(cc *p) {
    cc_next_token(p);
    cc_accept(p, CC_P_LPAREN);
    p->pack = (uint32_t)cc_constant_here(p, "an alignment");
    cc_accept(p, CC_P_RPAREN);
}

void cc_declaration(cc *p) {
    const cc_token *t = cc_peek(p);
    if (cc_accept(p, CC_P_SEMI)) return;
    if (!cc_deeper(p)) return;
    if (t->kind == CC_IDENT && t->op == CC_KW_INLINE && cc_ahead(p, 1)->op == CC_KW_NAMESPACE &&
        cc_ahead(p, 1)->kind == CC_IDENT)
        cc_next_token(p), t = cc_peek(p);
    if (cc_abbreviated_template(p, NULL)) {
        p->depth -= p->depth > 0;
        return;
    }
    switch (t->kind == CC_IDENT ? t->op : 0) {
    case CC_KW_NAMESPACE:
        cc_next_token(p);
        cc_namespace_body(p, t->at);
        break;
    case CC_KW_USING: cc_using(p); break;
    case CC_KW_STATIC_ASSERT: cc_static_assert(p); break;
    case CC_KW_TEMPLATE: cc_template_declaration(p, NULL); break;
    case CC_KW_ASM:
        cc_unsupported(p, t->at, "asm outside functions");
        cc_skip_to_semi(p);
        break;
    case CC_KW_PACK: cc_pack(p); break;
    case CC_KW_UNROLL: /* a pragma where there is no loop */
        cc_next_token(p);
        if (cc_is(p, CC_P_LPAREN)) cc_skip_balanced(p);
        break;
    case CC_KW_EXTERN:
        if (cc_ahead(p, 1)->kind == CC_STRING) cc_linkage(p, cc_declaration);
        else simple_declaration(p);
        break;
    default: simple_declaration(p); break;
    }
    p->depth -= p->depth > 0;
}
