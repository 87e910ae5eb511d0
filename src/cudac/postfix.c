/* cudac/postfix.c: primary expressions and what follows them: calls, members, subscripts.
 *
 * Until it is known what follows, a name may stand for several things: an expression, a set of functions, a
 * built-in name, a type, a member that still needs its object. `operand` holds that; value_of ends it. */
#include "cudac/parse.h"
#include <string.h>

typedef struct operand {
    wf_expr *e;     /* an expression, when nothing below */
    cc_func *set;   /* functions */
    cc_targ *targs; /* explicit template arguments */
    uint32_t targ_count;
    wf_expr *object; /* of a method: an lvalue, or NULL */
    cc_name *name;
    const cc_known *known;
    int builtin; /* -1: none */
    int is_type;
    int qualified;  /* Class::f: no virtual function is asked for */
    int plain;      /* an unqualified name: namespaces of the arguments are searched too */
    int undeclared; /* a plain name before ( that nothing else knows */
    cc_type type;
    wf_place at;
} operand;

static wf_expr *call_operand(cc *p, operand *o);

/* --- literals --- */

/* 1.5_m: a call of the user's operator""_m with the number before it. NULL: no such operator. */
static wf_expr *literal_operator(cc *p, const cc_token *t) {
    const char *mark = memchr(t->text, '_', t->length);
    if (!mark) return NULL;
    uint32_t length = (uint32_t)(mark - t->text);
    const char *text = wf_arena_printf(p->scratch, "operator\"\"%.*s", (int)(t->length - length), mark);
    cc_name *name = cc_intern(&p->r, text, strlen(text));
    cc_symbol *s = cc_find(p, p->scope, name);
    cc_number n;
    cc_read_number(t->text, length, &n);
    if (!s || s->kind != CC_SYM_FUNC || n.bad) return NULL;
    wf_expr *value = n.is_float ? wf_make_float(p->u, wf_type_scalar(p->u, WF_TY_DOUBLE), n.f, t->at)
                                : wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_ULLONG), n.i, t->at);
    return cc_call_set(p, name, s->funcs, NULL, 0, NULL, &value, 1, t->at);
}

static wf_expr *number(cc *p, const cc_token *t) {
    cc_number n;
    cc_next_token(p);
    cc_read_number(t->text, t->length, &n);
    if (n.bad) {
        wf_expr *e = literal_operator(p, t);
        if (e) return e;
    }
    if (n.bad) cc_error(p, t->at, NULL, "%s is no number", cc_token_text(p, t));
    if (n.is_float) {
        wf_type_kind kind = n.suffix_f ? WF_TY_FLOAT : n.suffix_h ? WF_TY_HALF : WF_TY_DOUBLE;
        double value = n.suffix_f ? (double)cc_strtof(t->text, t->length) : n.f;
        return wf_make_float(p->u, wf_type_scalar(p->u, kind), value, t->at);
    }
    if (n.overflow) cc_error(p, t->at, NULL, "%s does not fit in 64 bits", cc_token_text(p, t));
    wf_type_kind kind;
    if (n.longs == 2) kind = n.is_unsigned || n.i >> 63 ? WF_TY_ULLONG : WF_TY_LLONG;
    else if (n.longs) kind = n.is_unsigned || n.i >> 63 ? WF_TY_ULONG : WF_TY_LONG;
    else if (n.is_unsigned) kind = n.i >> 32 ? WF_TY_ULONG : WF_TY_UINT;
    else if (n.i <= 0x7fffffff) kind = WF_TY_INT;
    else if (!n.decimal && n.i <= 0xffffffff) kind = WF_TY_UINT;
    else kind = n.i >> 63 ? WF_TY_ULONG : WF_TY_LONG;
    return wf_make_int(p->u, wf_type_scalar(p->u, kind), n.i, t->at);
}

/* "abc"_m, 'c'_m: the suffix is a token of its own. NULL: there is none. */
static wf_expr *literal_suffix(cc *p, wf_expr **args, uint32_t count, wf_place at) {
    const cc_token *t = cc_peek(p);
    if (!cc_is_name(p) || t->flags & (CC_SPACE | CC_LINE_START) || t->text[0] != '_') return NULL;
    const char *text = wf_arena_printf(p->scratch, "operator\"\"%s", t->name->text);
    cc_name *name = cc_intern(&p->r, text, strlen(text));
    cc_symbol *s = cc_find(p, p->scope, name);
    if (!s || s->kind != CC_SYM_FUNC) return NULL;
    cc_next_token(p);
    return cc_call_set(p, name, s->funcs, NULL, 0, NULL, args, count, at);
}

static wf_expr *string(cc *p) {
    wf_text all;
    wf_place at = cc_place(p);
    wf_text_init(&all, p->arena);
    wf_text_puts(&all, "");
    for (; cc_peek(p)->kind == CC_STRING; cc_next_token(p)) {
        uint64_t length;
        char *text = cc_read_string(&p->r, cc_peek(p), p->scratch, &length, 1);
        wf_text_add(&all, text, length);
    }
    wf_expr *args[2] = {wf_make_string(p->u, all.data, all.length, at),
                        wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_ULONG), all.length, at)};
    wf_expr *made = literal_suffix(p, args, 2, at);
    return made ? made : args[0];
}

static wf_expr *character(cc *p, const cc_token *t) {
    uint64_t length;
    char *text = cc_read_string(&p->r, t, p->scratch, &length, 1);
    cc_next_token(p);
    if (length == 1) {
        wf_expr *e = wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_CHAR),
                                 (uint64_t)(int64_t)(signed char)text[0], t->at);
        wf_expr *made = literal_suffix(p, &e, 1, t->at);
        return made ? made : e;
    }
    if (!length || length > 4)
        cc_error(p, t->at, length ? "write a string in \"\"" : NULL,
                 "a character constant holds one character, or up to four that make an int; got %llu",
                 (unsigned long long)length);
    uint64_t value = 0; /* 'RIFF': the first is the highest byte */
    for (uint64_t i = 0; i < length && i < 4; i++) value = value << 8 | (uint8_t)text[i];
    return wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_INT), value, t->at);
}

/* --- names --- */

/* A variable, seen through its reference. */
wf_expr *cc_variable(cc *p, cc_symbol *s, wf_place at) {
    s->used = 1;
    if (!s->var && s->value) { /* a constant without storage */
        wf_expr *e = wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_INT), 0, at);
        *e = *s->value;
        e->at = at;
        cc_set_enum(p, e, s->type.en);
        return e;
    }
    if (!s->var) return cc_unknown(p, at);
    wf_expr *e = wf_make_var(p->u, s->var, at);
    if (s->type.ref) e = cc_through(p, e, at);
    cc_set_enum(p, e, s->type.en);
    return e;
}

/* The object's part that is of class `base`. */
wf_expr *cc_to_base(cc *p, wf_expr *object, const cc_record *base, wf_place at) {
    const cc_record *r = cc_record_of(object->type);
    if (!r || r == base) return object;
    for (unsigned i = 0; i < r->base_count; i++) {
        if (r->bases[i] != base && !cc_derived_from(r->bases[i], base)) continue;
        wf_expr *part;
        if (r->base_field[i]) {
            part = wf_make_member(p->u, object, wf_arena_printf(p->arena, CC_BASE_FIELD "%u", i), at);
        } else { /* an empty base lies at the start and holds nothing */
            if (!(object->flags & WF_EX_LVALUE)) object = cc_temporary(p, object, at);
            const wf_type *t = wf_type_qualified(p->u, r->bases[i]->type, object->type->quals & WF_CONST);
            wf_expr *address = wf_make_addr(p->u, object, at);
            part = wf_make_deref(p->u, wf_make_cast(p->u, wf_type_pointer(p->u, t), address, at), at);
        }
        return cc_to_base(p, part, base, at);
    }
    return NULL;
}

wf_expr *cc_member_of(cc *p, wf_expr *object, cc_record *owner, cc_symbol *field, wf_place at) {
    object = cc_to_base(p, object, owner, at);
    if (!object) return cc_unknown(p, at);
    wf_expr *e = wf_make_member(p->u, object, field->name->text, at);
    if (field->is_mutable && e->type->quals & WF_CONST && e->flags & WF_EX_LVALUE && !field->type.ref)
        e = wf_make_deref(
            p->u, wf_make_cast(p->u, wf_type_pointer(p->u, e->type->unqual), wf_make_addr(p->u, e, at), at),
            at);
    if (field->type.ref) e = cc_through(p, e, at);
    cc_set_enum(p, e, field->type.en);
    return e;
}

/* The object through which a member of `owner` is reached by its bare name inside a method or a lambda. */
static wf_expr *object_of(cc *p, const cc_record *owner, wf_place at) {
    wf_expr *self = cc_implicit_this(p, at);
    if (!self) return NULL;
    return cc_to_base(p, self, owner, at);
}

static void field_by_name(cc *p, operand *o, cc_symbol *s) {
    cc_record *owner = s->scope->record;
    wf_expr *self = object_of(p, owner, o->at);
    if (!self && (o->e = cc_item_of(p, owner, s, o->at)) != NULL) return;
    if (!self && p->unevaluated) self = cc_temporary(p, cc_zero(p, owner->type, o->at), o->at);
    if (!self) {
        cc_error(p, o->at, NULL, "member %s needs an object", s->name->text);
        o->e = cc_unknown(p, o->at);
        return;
    }
    o->e = cc_member_of(p, self, owner, s, o->at);
}

static void named(cc *p, operand *o, const cc_id *id) {
    cc_symbol *s = id->symbol;
    switch (s->kind) {
    case CC_SYM_VAR: o->e = cc_captured(p, cc_use_global(p, s, o->at), o->at); return;
    case CC_SYM_CONST: {
        if (s->decl_at) cc_static_member(p, s);
        o->e = s->value ? cc_variable(p, s, o->at) : cc_unknown(p, o->at);
        return;
    }
    case CC_SYM_FIELD: field_by_name(p, o, s); return;
    case CC_SYM_FUNC:
        s->used = 1;
        o->set = s->funcs;
        o->targs = id->targs;
        o->targ_count = id->targ_count;
        if (s->funcs->owner) o->object = object_of(p, s->funcs->owner, o->at);
        return;
    case CC_SYM_TEMPLATE:
        if (s->tmpl->is_concept && id->has_targs) {
            o->e = wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_BOOL),
                               (uint64_t)cc_concept_holds(p, s->tmpl, id->targs, id->targ_count), o->at);
            return;
        }
        if (s->tmpl->is_variable && id->has_targs) {
            cc_symbol *v = cc_instantiate_variable(p, s->tmpl, id->targs, id->targ_count, o->at);
            o->e = v ? cc_variable(p, v, o->at) : cc_unknown(p, o->at);
            if (!v) cc_error(p, o->at, NULL, "%s cannot be made with these arguments", s->name->text);
            return;
        }
        if (s->tmpl->is_class && !s->tmpl->is_alias && (cc_is(p, CC_P_LPAREN) || cc_is(p, CC_P_LBRACE))) {
            o->e = cc_deduced_object(p, s->tmpl, o->at);
            return;
        } else {
            cc_error(p, o->at, NULL, "template %s needs its arguments in <>", s->name->text);
        }
        break;
    case CC_SYM_PACK: cc_error(p, o->at, NULL, "pack %s must be expanded with ...", s->name->text); break;
    default: cc_error(p, o->at, NULL, "%s is no value", s->name->text); break;
    }
    o->e = cc_unknown(p, o->at);
}

static int host_api_name(const char *name) {
    return strncmp(name, "cuda", 4) == 0 && name[4] >= 'A' && name[4] <= 'Z';
}

/* <…> behind a name that is no template here, when it is closed and no comparison: passed over. */
static void pass_over_arguments(cc *p) {
    uint32_t i = p->at;
    for (int depth = 0; i + 1 < p->count; i++) {
        const cc_token *t = &p->tokens[i];
        if (cc_punct_is(t, CC_P_SEMI) || cc_punct_is(t, CC_P_LBRACE) || cc_punct_is(t, CC_P_RBRACE)) return;
        depth += cc_punct_is(t, CC_P_LT) - cc_punct_is(t, CC_P_GT) - 2 * cc_punct_is(t, CC_P_SHR);
        if (depth <= 0) break;
    }
    if (i + 1 >= p->count) return;
    p->at = i + 1;
    if (cc_is_name(p)) cc_told_names(p);
    while (cc_is_name(p)) cc_next_token(p);
}

static void unknown_name(cc *p, operand *o, const cc_id *id, int called) {
    const char *name = id->name ? id->name->text : "?";
    const char *hint = id->scope ? cc_header_hint(p, id->scope, name) : cc_header_hint(p, NULL, name);
    if (!hint) hint = cc_suggest(p, id->scope ? id->scope : p->scope, name, !id->scope);
    o->e = cc_unknown(p, o->at);
    o->undeclared = 0;
    if (id->name && !id->scope && cc_told(p, id->name)) {
        /* nothing new */
    } else if (host_api_name(name)) {
        cc_unsupported(p, o->at,
                       wf_arena_printf(p->arena, "%s in device code (dynamic parallelism, host API)", name));
    } else if (id->scope) {
        cc_error(p, o->at, hint, "%s%s is not declared", cc_scope_prefix(p, id->scope), name);
    } else {
        cc_error(p, o->at, hint, "unknown %s %s", called ? "function" : "name", name);
    }
    if (cc_is(p, CC_P_SCOPE)) { /* of an unknown namespace or class; perhaps the type of a declaration */
        cc_pass_over_name(p);
        if (cc_is_name(p)) cc_told_names(p);
        while (cc_is_name(p)) cc_next_token(p);
    }
    if (id->scope && cc_is(p, CC_P_LT)) pass_over_arguments(p);
    if (cc_is(p, CC_P_LPAREN)) cc_skip_balanced(p);
}

/* Whether an argument has a class, whose namespace may know functions that nobody named. */
static int has_class(wf_expr *const *args, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        const wf_type *t = args[i]->type->kind == WF_TY_POINTER ? args[i]->type->base : args[i]->type;
        if (cc_record_of(t)) return 1;
    }
    return 0;
}

/* A name that only names.c or the tree knows. */
static int known_name(cc *p, operand *o, const cc_id *id) {
    if (id->scope && id->scope != p->std && id->scope != p->global) return 0;
    o->known = cc_known_of(p, id->name);
    if (o->known && (o->known->kind == CC_K_INT || o->known->kind == CC_K_FLOAT)) {
        o->e = cc_known_value(p, o->known, o->at);
        return 1;
    }
    if (o->known) return 1;
    o->builtin = wf_builtin_find(id->name->text);
    if (o->builtin >= 0 && wf_builtins[o->builtin].flags & WF_BIF_NAME)
        o->e = wf_make_builtin(p->u, (wf_builtin)o->builtin, NULL, 0, o->at);
    if (o->builtin < 0 && strncmp(id->name->text, "wf_", 3) == 0) { /* wf_sinf: as the printer writes it */
        const char *stem = id->name->text + 3;
        size_t n = strlen(stem);
        o->known = n > 1 && stem[n - 1] == 'f'
                       ? cc_known_library(wf_arena_strndup(p->scratch, stem, n - 1), 1)
                       : NULL;
        if (!o->known) o->known = cc_known_library(stem, 0);
    }
    return o->builtin >= 0 || o->known;
}

static void identifier(cc *p, operand *o) {
    cc_id id;
    if (!cc_read_id(p, &id)) {
        const cc_token *t = cc_peek(p);
        cc_error(p, t->at, NULL, "got %s, expected a name", cc_token_text(p, t));
        o->e = cc_unknown(p, t->at);
        cc_next_token(p);
        return;
    }
    o->at = id.at;
    o->name = id.name;
    o->plain = !id.qualified;
    o->qualified = id.record != NULL;
    if (id.is_type) {
        o->is_type = 1;
        o->type = id.type;
    } else if (!id.name && id.qualified && cc_is_kw(p, CC_KW_OPERATOR)) {
        cc_declarator d = {0};
        cc_next_token(p);
        o->name = cc_operator_name(p, &d);
        cc_symbol *s = cc_find_in(p, id.scope, o->name);
        if (s) id.symbol = s, named(p, o, &id);
        else o->e = cc_unknown(p, o->at);
    } else if (id.symbol) {
        named(p, o, &id);
    } else if (!known_name(p, o, &id)) {
        o->undeclared = o->plain && id.name && cc_is(p, CC_P_LPAREN) && !host_api_name(id.name->text);
        if (!o->undeclared) unknown_name(p, o, &id, cc_is(p, CC_P_LPAREN));
    } else if (!o->e && id.qualified && cc_is(p, CC_P_LT)) { /* std::max<float>(a, b) */
        cc_next_token(p);
        o->targ_count = cc_template_args(p, NULL, &o->targs);
    }
}

/* --- casts by name --- */

static wf_expr *named_cast(cc *p, unsigned kw) {
    wf_place at = cc_place(p);
    cc_next_token(p);
    if (!cc_expect(p, CC_P_LT, "behind the cast's name")) return cc_unknown(p, at);
    cc_type t = cc_type_name(p);
    if (!cc_accept_gt(p))
        cc_error(p, cc_place(p), NULL, "got %s, expected > behind the type", cc_token_text(p, cc_peek(p)));
    if (!cc_expect(p, CC_P_LPAREN, "behind the cast's type")) return cc_unknown(p, at);
    unsigned no_gt = p->no_gt;
    p->no_gt = 0;
    wf_expr *e = cc_expression(p);
    p->no_gt = no_gt;
    cc_expect(p, CC_P_RPAREN, NULL);
    if (kw == CC_KW_DYNAMIC_CAST) cc_unsupported(p, at, "dynamic_cast (run-time type information)");
    return cc_cast(p, t, e, cc_until(p, at), kw);
}

/* T(…) or T{…} */
static wf_expr *functional_cast(cc *p, operand *o) {
    wf_place at = o->at;
    cc_type t = o->type;
    cc_complete(p, t.t);
    if (cc_is(p, CC_P_LBRACE)) {
        wf_expr *e = cc_initializer(p, &t, at);
        cc_set_enum(p, e, t.en);
        return e;
    }
    if (!cc_is(p, CC_P_LPAREN)) {
        cc_error(p, at, NULL, "got type %s, expected a value", cc_spell(p, t));
        return cc_unknown(p, at);
    }
    cc_next_token(p);
    wf_expr **args;
    uint32_t count = cc_arguments(p, &args, CC_P_RPAREN);
    at = cc_until(p, at);
    if (t.t == wf_type_dim3(p->u)) return cc_make_dim3(p, args, count, at);
    if (t.t->kind == WF_TY_RECORD) return cc_construct(p, t.t, args, count, at, 0);
    if (count == 0) return cc_zero(p, t.t, at);
    if (count > 1) cc_error(p, at, NULL, "%s of %u values: expected one", cc_spell(p, t), count);
    return cc_cast(p, t, args[0], at, 0);
}

static wf_expr *type_operand(cc *p, operand *o) {
    cc_spec spec;
    o->at = cc_place(p);
    cc_specifiers(p, &spec, 1);
    o->type = spec.type;
    return functional_cast(p, o);
}

/* --- parentheses --- */

/* ( pattern op ... ) and its kin; NULL: no fold. */
static wf_expr *parenthesised(cc *p) {
    wf_place at = cc_place(p);
    cc_next_token(p);
    unsigned no_gt = p->no_gt;
    p->no_gt = 0;
    wf_expr *e = cc_fold(p, at);
    if (!e) {
        e = cc_expression(p);
        cc_expect(p, CC_P_RPAREN, "of the parenthesis");
        const cc_enum *en = cc_enum_of(p, e);
        e = wf_make_paren(p->u, e);
        cc_set_enum(p, e, en);
    }
    p->no_gt = no_gt;
    return e;
}

static void keyword_operand(cc *p, operand *o, const cc_token *t) {
    switch (t->op) {
    case CC_KW_REQUIRES: o->e = cc_requires_expression(p); return;
    case CC_KW_TRUE:
    case CC_KW_FALSE:
        cc_next_token(p);
        o->e = wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_BOOL), t->op == CC_KW_TRUE, t->at);
        return;
    case CC_KW_NULLPTR:
        cc_next_token(p);
        o->e = wf_make_int(p->u, wf_type_pointer(p->u, wf_type_scalar(p->u, WF_TY_VOID)), 0, t->at);
        return;
    case CC_KW_THIS:
        cc_next_token(p);
        o->e = cc_this(p, t->at);
        return;
    case CC_KW_FUNC: {
        cc_next_token(p);
        const char *name = p->body && p->body->func ? p->body->func->name->text : "";
        o->e = wf_make_string(p->u, name, strlen(name), t->at);
        return;
    }
    case CC_KW_STATIC_CAST:
    case CC_KW_CONST_CAST:
    case CC_KW_REINTERPRET_CAST:
    case CC_KW_DYNAMIC_CAST: o->e = named_cast(p, t->op); return;
    case CC_KW_NEW: o->e = cc_new(p); return;
    case CC_KW_DELETE: o->e = cc_delete(p); return;
    case CC_KW_TYPEID:
    case CC_KW_CO_AWAIT:
        cc_unsupported(p, t->at, t->op == CC_KW_TYPEID ? "typeid (run-time type information)" : "coroutines");
        cc_skip_to_semi(p);
        p->at -= p->at > 0 && cc_punct_is(&p->tokens[p->at - 1], CC_P_SEMI);
        o->e = cc_unknown(p, t->at);
        return;
    case CC_KW_OPERATOR: {
        cc_declarator d = {0};
        cc_next_token(p);
        o->name = cc_operator_name(p, &d);
        cc_id id = {.name = o->name, .at = t->at, .symbol = cc_find(p, p->scope, o->name)};
        if (id.symbol) named(p, o, &id);
        else unknown_name(p, o, &id, cc_is(p, CC_P_LPAREN));
        return;
    }
    default: break;
    }
    if (cc_decltype_scope_ahead(p)) {
        identifier(p, o);
        return;
    }
    if (cc_starts_type(p)) {
        o->e = type_operand(p, o);
        return;
    }
    cc_error(p, t->at, NULL, "got %s, expected an expression", cc_token_text(p, t));
    o->e = cc_unknown(p, t->at);
    if (!cc_is(p, CC_P_SEMI) && !cc_is(p, CC_P_RBRACE)) cc_next_token(p);
}

static void primary(cc *p, operand *o) {
    const cc_token *t = cc_peek(p);
    memset(o, 0, sizeof *o);
    o->builtin = -1;
    o->at = t->at;
    switch (t->kind) {
    case CC_NUMBER: o->e = number(p, t); return;
    case CC_STRING: o->e = string(p); return;
    case CC_CHAR: o->e = character(p, t); return;
    case CC_IDENT:
        if (t->op) keyword_operand(p, o, t);
        else identifier(p, o);
        return;
    default: break;
    }
    if (cc_is(p, CC_P_LPAREN)) o->e = parenthesised(p);
    else if (cc_is(p, CC_P_SCOPE) &&
             (cc_ahead(p, 1)->op == CC_KW_NEW || cc_ahead(p, 1)->op == CC_KW_DELETE) &&
             cc_ahead(p, 1)->kind == CC_IDENT) { /* classes have none of their own */
        cc_next_token(p);
        keyword_operand(p, o, cc_peek(p));
    } else if (cc_is(p, CC_P_SCOPE)) identifier(p, o);
    else if (cc_is(p, CC_P_LBRACKET)) o->e = cc_lambda(p);
    else {
        cc_error(p, t->at, NULL, "got %s, expected an expression", cc_token_text(p, t));
        o->e = cc_unknown(p, t->at);
        if (!cc_is(p, CC_P_SEMI) && !cc_is(p, CC_P_RBRACE) && !cc_is(p, CC_P_RPAREN) &&
            !cc_is(p, CC_P_RBRACKET) && !cc_is(p, CC_P_COMMA))
            cc_next_token(p);
    }
}

/* --- postfix --- */

typedef struct arg_list {
    wf_expr **data;
    uint32_t count, capacity;
} arg_list;

static void add_arg(cc *p, arg_list *list, wf_expr *e) {
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity ? list->capacity * 2 : 8;
        wf_expr **data = WF_NEW_ARRAY(p->arena, wf_expr *, capacity);
        if (list->count) memcpy(data, list->data, list->count * sizeof *data);
        list->data = data;
        list->capacity = capacity;
    }
    list->data[list->count++] = e;
}

static void pack_argument(cc *p, void *context, uint32_t index) {
    (void)index;
    add_arg(p, context, cc_assignment(p));
}

/* The values up to that bracket, which is not taken. */
static uint32_t values(cc *p, wf_expr ***args, unsigned close) {
    arg_list list = {0};
    unsigned no_gt = p->no_gt;
    p->no_gt = 0;
    add_arg(p, &list, NULL), list.count = 0; /* never NULL */
    while (!cc_is(p, close) && cc_peek(p)->kind != CC_EOF) {
        uint32_t before = p->at;
        if (cc_pack_ahead(p)) cc_expand_pack(p, pack_argument, &list);
        else if (cc_is(p, CC_P_LBRACE)) add_arg(p, &list, cc_brace_argument(p));
        else add_arg(p, &list, cc_assignment(p));
        if (!cc_accept(p, CC_P_COMMA)) break;
        if (p->at == before) break;
    }
    p->no_gt = no_gt;
    *args = list.data;
    return list.count;
}

uint32_t cc_values(cc *p, wf_expr ***items) { return values(p, items, CC_P_RBRACE); }

uint32_t cc_arguments(cc *p, wf_expr ***args, unsigned close) {
    uint32_t count = values(p, args, close);
    if (!cc_accept(p, close)) {
        const cc_token *t = cc_peek(p);
        cc_error(p, t->at, NULL, "got %s, expected , or %s in the list of values", cc_token_text(p, t),
                 cc_punct_text(close));
    }
    return count;
}

/* The operand as an expression. */
static wf_expr *value_of(cc *p, operand *o) {
    if (o->e) return o->e;
    if (o->set) {
        cc_func *f = o->set;
        if (o->targs || f->tmpl || f->next) f = cc_one_of_set(p, o->set, o->targs, o->targ_count);
        if (f && (f->func || !f->tmpl || f->targs) && (!f->owner || f->flags & CC_F_STATIC)) {
            cc_need_body(p, f);
            return cc_function_value(p, f, o->at);
        }
        if (!p->quiet || !o->set->tmpl)
            cc_error(p, o->at, NULL,
                     o->set->owner ? "method %s is not called"
                                   : "which function %s is meant is not clear here",
                     o->name->text);
    } else if (o->is_type) {
        cc_error(p, o->at, NULL, "got type %s, expected a value", cc_spell(p, o->type));
    } else if (o->name) {
        wf_expr *e = o->known ? cc_known_function(p, o->name, o->known, o->at) : NULL;
        if (e) return e;
        cc_error(p, o->at, NULL, "%s is a function of CUDA's and can only be called", o->name->text);
    }
    return cc_unknown(p, o->at);
}

static wf_expr *call_operand(cc *p, operand *o) {
    wf_expr **args;
    wf_place at = o->at;
    if (o->known && o->known->kind == CC_K_SPECIAL && o->known->id == CC_S_OFFSETOF)
        return cc_offsetof(p, at);
    cc_next_token(p); /* ( */
    uint32_t count = cc_arguments(p, &args, CC_P_RPAREN);
    if (o->set) {
        return (o->qualified ? cc_call_qualified : cc_call_set)(p, o->name, o->set, o->targs, o->targ_count,
                                                                o->object, args, count, at);
    }
    if (o->plain && (o->undeclared || o->known || o->builtin >= 0) && has_class(args, count)) {
        wf_expr *e = cc_call_associated(p, o->name, args, count, at);
        if (e) return e;
    }
    if (o->undeclared) {
        unknown_name(p, o, &(cc_id){.name = o->name, .at = at}, 1);
        return o->e;
    }
    for (uint32_t i = 0; (o->known || o->builtin >= 0) && o->targ_count && i < count; i++)
        if (o->targs[0].kind == CC_SYM_TYPE) args[i] = cc_convert(p, o->targs[0].type, args[i], args[i]->at);
    if (o->known) return cc_call_known(p, o->name, o->known, args, count, at);
    if (o->builtin >= 0 && !o->e) return cc_call_builtin(p, o->name, o->builtin, args, count, at);
    wf_expr *f = o->e;
    if (!f || f->flags & WF_EX_ERROR) return f ? f : value_of(p, o);
    if (f->type->kind == WF_TY_RECORD) {
        wf_expr *r = cc_call_operator(p, f, "()", args, count, at);
        if (r) return r;
        cc_error(p, at, NULL, "%s has no operator ()", cc_spell_t(p, f->type));
        return cc_unknown(p, at);
    }
    if (f->kind == WF_EX_CAST && f->cast == WF_CAST_DECAY && f->a->kind == WF_EX_FUNC &&
        f->a->u.call.func->front)
        return cc_call(p, f->a->u.call.func->front, NULL, args, count, at);
    f = cc_decay(p, f);
    if (f->type->kind != WF_TY_POINTER || f->type->base->kind != WF_TY_FUNCTION) {
        cc_error(p, at, NULL, "a value of type %s cannot be called", cc_spell_t(p, f->type));
        return cc_unknown(p, at);
    }
    const wf_type *ft = f->type->base;
    for (uint32_t i = 0; i < count && i < ft->param_count; i++) {
        int by_reference = ft->params[i]->kind == WF_TY_POINTER && args[i]->type->kind != WF_TY_POINTER &&
                           args[i]->flags & WF_EX_LVALUE &&
                           ft->params[i]->base->unqual == args[i]->type->unqual;
        if (by_reference) args[i] = wf_make_addr(p->u, args[i], args[i]->at);
        else args[i] = cc_convert(p, cc_plain(ft->params[i]), args[i], args[i]->at);
    }
    return wf_make_call_pointer(p->u, f, args, count, at);
}

static void member_name(cc *p, operand *o, wf_expr *object) {
    wf_place at = cc_place(p);
    cc_record *r = cc_record_of(object->type), *owner = NULL;
    cc_symbol *s = NULL;
    cc_name *name;
    int qualified = 0;
    cc_accept_kw(p, CC_KW_TEMPLATE);
    if (cc_accept(p, CC_P_TILDE)) { /* x.~T() */
        cc_type_name(p);
        if (cc_accept(p, CC_P_LPAREN)) cc_accept(p, CC_P_RPAREN);
        cc_func *end = r ? cc_dispatched(p, NULL, r, object) : NULL;
        if (end) o->e = cc_call(p, end, object, NULL, 0, at);
        else if (cc_destructor_of(p, object->type)) o->e = cc_destroy_call(p, object, at);
        else o->e = wf_make_cast(p->u, wf_type_scalar(p->u, WF_TY_VOID), object, at);
        return;
    }
    if (cc_accept_kw(p, CC_KW_OPERATOR)) {
        cc_declarator d = {0};
        name = cc_operator_name(p, &d);
    } else if (r && cc_is_name(p) && cc_punct_is(cc_ahead(p, 1), CC_P_SCOPE)) { /* x.Base::f */
        cc_id id;
        cc_read_id(p, &id);
        name = id.name;
        if (id.record) r = id.record, qualified = 1;
    } else {
        name = cc_expect_name(p, "a member's name");
    }
    *o = (operand){.at = at, .name = name, .builtin = -1, .qualified = qualified};
    o->e = cc_unknown(p, at);
    if (!name || object->flags & WF_EX_ERROR) return;
    if (object->type->kind != WF_TY_RECORD) {
        const char *hint =
            object->type->kind == WF_TY_POINTER && object->type->base->kind == WF_TY_RECORD ? "use ->" : NULL;
        cc_error(p, at, hint, "%s has no members, so no .%s", cc_spell_t(p, object->type), name->text);
        return;
    }
    cc_complete(p, object->type);
    if (!(object->flags & WF_EX_LVALUE) && cc_destructor_of(p, object->type))
        object = cc_lasting(p, object); /* f().x: the whole object ends with the expression */
    if (!r) {
        if (wf_record_field(object->type->record, name->text) < 0)
            cc_error(p, at, cc_suggest_member(p, NULL, object->type, name->text), "%s has no member %s",
                     cc_spell_t(p, object->type), name->text);
        else o->e = wf_make_member(p->u, object, name->text, at);
        return;
    }
    s = cc_find_member(p, r, name, &owner);
    if (!s) {
        cc_error(p, at, cc_suggest_member(p, r, object->type, name->text), "%s has no member %s", r->shown,
                 name->text);
        return;
    }
    if (s->kind == CC_SYM_FUNC || s->kind == CC_SYM_FIELD) cc_check_access(p, r, owner, s, at);
    if (s->kind == CC_SYM_FUNC) {
        o->e = NULL;
        o->set = s->funcs;
        o->object = object;
        if (cc_is(p, CC_P_LT)) {
            cc_func *t = s->funcs;
            while (t && !t->tmpl) t = t->next;
            if (t) {
                cc_next_token(p);
                o->targ_count = cc_template_args(p, t->tmpl, &o->targs);
            }
        }
    } else if (s->kind == CC_SYM_FIELD) {
        o->e = cc_member_of(p, object, owner, s, at);
    } else {
        cc_id id = {.symbol = s, .name = name, .at = at};
        o->e = NULL;
        named(p, o, &id);
    }
}

static void arrow(cc *p, operand *o) {
    wf_expr *e = value_of(p, o);
    wf_place at = cc_place(p);
    for (unsigned i = 0; e->type->kind == WF_TY_RECORD && i < 16; i++) {
        wf_expr *r = cc_call_operator(p, e, "->", NULL, 0, at);
        if (!r) break;
        e = r;
    }
    e = cc_decay(p, e);
    cc_next_token(p);
    if (e->type->kind != WF_TY_POINTER || e->flags & WF_EX_ERROR) {
        const char *hint = e->type->kind == WF_TY_RECORD ? "use ." : NULL;
        if (!(e->flags & WF_EX_ERROR))
            cc_error(p, at, hint, "got a value of type %s on the left of ->, expected a pointer",
                     cc_spell_t(p, e->type));
        if (cc_peek(p)->kind == CC_IDENT) cc_next_token(p);
        *o = (operand){.e = cc_unknown(p, at), .at = at, .builtin = -1};
        if (cc_is(p, CC_P_LPAREN)) cc_skip_balanced(p);
        return;
    }
    member_name(p, o, cc_through(p, e, at));
}

static wf_expr *subscript(cc *p, wf_expr *a, wf_place at) {
    unsigned no_gt = p->no_gt;
    cc_next_token(p);
    p->no_gt = 0;
    wf_expr *i = cc_is(p, CC_P_LBRACE) ? cc_brace_argument(p) : cc_expression(p);
    p->no_gt = no_gt;
    cc_expect(p, CC_P_RBRACKET, "behind the index");
    if (a->type->kind == WF_TY_RECORD) {
        wf_expr *r = cc_call_operator(p, a, "[]", &i, 1, at);
        if (r) return r;
        cc_error(p, at, NULL, "%s cannot be indexed", cc_spell_t(p, a->type));
        return cc_unknown(p, at);
    }
    i = cc_scalar(p, i);
    if (a->type->kind == WF_TY_ARRAY && !(a->flags & WF_EX_LVALUE)) a = cc_temporary(p, a, at);
    const cc_enum *en = cc_enum_of(p, a);
    a = cc_decay(p, a);
    i = cc_decay(p, i);
    cc_complete_target(p, a);
    cc_complete_target(p, i);
    wf_expr *e = wf_make_index(p->u, a, i, cc_until(p, at));
    cc_set_enum(p, e, en);
    return e;
}

static wf_expr *post_step(cc *p, wf_expr *e, wf_op op) {
    wf_place at = cc_place(p);
    cc_next_token(p);
    if (e->type->kind == WF_TY_RECORD) {
        wf_expr *zero = wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_INT), 0, at);
        wf_expr *r = cc_operator(p, op == WF_OP_ADD ? "++" : "--", e, zero, at);
        if (r) return r;
    }
    cc_complete_target(p, e);
    return wf_make_step(p->u, op, cc_as_lvalue(p, e), 1, at);
}

wf_expr *cc_postfix(cc *p) {
    operand o;
    primary(p, &o);
    for (;;) {
        wf_place at = cc_place(p);
        if (o.is_type && !o.e) {
            o.e = functional_cast(p, &o);
            o.is_type = 0;
        } else if (cc_is(p, CC_P_LPAREN)) {
            wf_expr *e = call_operand(p, &o);
            o = (operand){.e = e, .at = o.at, .builtin = -1};
        } else if (cc_is(p, CC_P_LBRACKET)) {
            wf_expr *e = subscript(p, value_of(p, &o), o.at);
            o = (operand){.e = e, .at = o.at, .builtin = -1};
        } else if (cc_is(p, CC_P_DOT)) {
            wf_expr *e = value_of(p, &o);
            cc_next_token(p);
            member_name(p, &o, cc_as_lvalue(p, e));
        } else if (cc_is(p, CC_P_ARROW)) {
            arrow(p, &o);
        } else if (cc_is(p, CC_P_INC) || cc_is(p, CC_P_DEC)) {
            wf_expr *e = post_step(p, value_of(p, &o), cc_is(p, CC_P_INC) ? WF_OP_ADD : WF_OP_SUB);
            o = (operand){.e = e, .at = o.at, .builtin = -1};
        } else if (cc_is(p, CC_P_LAUNCH)) {
            cc_unsupported(p, at, "kernel launches in source (dynamic parallelism); launch from Python");
            while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_SEMI) && !cc_is(p, CC_P_RBRACE))
                cc_next_token(p);
            return cc_unknown(p, at);
        } else {
            return value_of(p, &o);
        }
    }
}
