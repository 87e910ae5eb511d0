/* cudac/declarator.c: declarators, parameter lists, type names.
 *
 * declarator = pointers ( name | "(" declarator ")" ) suffixes. What stands in inner parentheses applies
 * last, so it is passed over first and read again with the type that the suffixes make. References, pointers
 * and arrays are put on a cc_type as they come; `int *` of an enumeration forgets the enumeration. */
#include "cudac/parse.h"
#include <string.h>

static void declarator(cc *p, cc_type base, cc_declarator *out, int abstract);

/* --- pointers --- */

static cc_type pointer_to(cc *p, cc_type t, wf_place at) {
    if (t.ref) cc_error(p, at, NULL, "a pointer to a reference cannot be");
    int placeholder = t.placeholder;
    t = cc_plain(wf_type_pointer(p->u, t.t));
    t.placeholder = (uint8_t)placeholder;
    return t;
}

static cc_type read_pointers(cc *p, cc_type t, cc_declarator *out) {
    for (;;) {
        wf_place at = cc_place(p);
        if (cc_accept(p, CC_P_MUL)) {
            t = pointer_to(p, t, at);
        } else if (cc_accept(p, CC_P_AND)) {
            t = cc_type_ref(p, t, CC_REF_LVALUE);
        } else if (cc_accept(p, CC_P_LAND)) {
            t = cc_type_ref(p, t, t.ref ? t.ref : CC_REF_RVALUE);
        } else if (cc_is_kw(p, CC_KW_CONST) || cc_is_kw(p, CC_KW_VOLATILE) || cc_is_kw(p, CC_KW_RESTRICT)) {
            unsigned q = cc_is_kw(p, CC_KW_CONST)      ? WF_CONST
                         : cc_is_kw(p, CC_KW_VOLATILE) ? WF_VOLATILE
                                                       : WF_RESTRICT;
            cc_next_token(p);
            if (!t.ref && (q != WF_RESTRICT || t.t->kind == WF_TY_POINTER))
                t.t = wf_type_qualified(p->u, t.t, q);
        } else if (cc_is_kw(p, CC_KW_ATTRIBUTE) || cc_is_kw(p, CC_KW_ALIGN) || cc_is_kw(p, CC_KW_EXTENSION)) {
            cc_spec spec = {0};
            cc_attributes(p, &spec);
        } else if (cc_member_pointer_ahead(p)) {
            t = cc_member_pointer(p, t, out);
        } else {
            return t;
        }
    }
}

/* --- parameters --- */

static void one_param(cc *p, cc_param *param) {
    cc_spec spec;
    cc_declarator d;
    memset(param, 0, sizeof *param);
    param->at = cc_place(p);
    cc_specifiers(p, &spec, 1);
    cc_declarator_parse(p, &spec, spec.type, &d, 2);
    if (!spec.has_type && !d.name && !cc_is(p, CC_P_COMMA) && !cc_is(p, CC_P_RPAREN)) cc_next_token(p);
    param->name = d.name;
    if (d.name) param->at = d.at;
    param->type = d.type;
    param->is_pack = d.is_pack;
    if (!d.type.ref && (d.type.t->kind == WF_TY_ARRAY || d.type.t->kind == WF_TY_FUNCTION))
        param->type = cc_decayed(p, d.type);
    if (param->type.t->kind == WF_TY_VOID && !param->type.ref && !p->pattern && d.name)
        cc_error(p, d.at, NULL, "parameter %s has type void", d.name->text);
    if (cc_accept(p, CC_P_ASSIGN)) {
        param->default_scope = p->scope;
        param->default_at = cc_skip_initializer(p);
    }
    if (d.type.placeholder == CC_PLACEHOLDER_CLASS)
        cc_error(p, param->at, NULL, "template %s needs its arguments in <>", cc_spell_t(p, d.type.t));
    else if (d.type.placeholder && !p->pattern)
        cc_unsupported(p, param->at, "auto as a parameter's type; write a template");
}

typedef struct param_list {
    cc_param *data;
    uint32_t count, capacity;
} param_list;

static cc_param *add_param(cc *p, param_list *list) {
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity ? list->capacity * 2 : 4;
        cc_param *data = WF_NEW_ARRAY(p->scratch, cc_param, capacity);
        if (list->count) memcpy(data, list->data, list->count * sizeof *data);
        list->data = data;
        list->capacity = capacity;
    }
    return &list->data[list->count++];
}

static void pack_param(cc *p, void *context, uint32_t index) {
    (void)index;
    one_param(p, add_param(p, context));
    ((param_list *)context)->data[((param_list *)context)->count - 1].is_pack = 1;
}

cc_param *cc_params(cc *p, uint32_t *count, int *variadic) {
    param_list list = {0};
    *variadic = 0;
    p->empty_pack = NULL;
    if (cc_accept(p, CC_P_RPAREN)) {
        *count = 0;
        return NULL;
    }
    if (cc_is_kw(p, CC_KW_VOID) && cc_punct_is(cc_ahead(p, 1), CC_P_RPAREN)) {
        p->at += 2;
        *count = 0;
        return NULL;
    }
    do {
        if (cc_accept(p, CC_P_ELLIPSIS)) {
            *variadic = 1;
            break;
        }
        uint32_t before = p->at;
        if (!p->pattern && cc_pack_ahead(p)) {
            uint32_t have = list.count;
            cc_expand_pack(p, pack_param, &list);
            if (list.count == have && p->tokens[p->at - 1].kind == CC_IDENT)
                p->empty_pack = p->tokens[p->at - 1].name;
        } else {
            one_param(p, add_param(p, &list));
            if (cc_accept(p, CC_P_ELLIPSIS)) *variadic = 1; /* int a... */
        }
        if (p->at == before) break;
    } while (cc_accept(p, CC_P_COMMA));
    if (!cc_accept(p, CC_P_RPAREN)) {
        const cc_token *t = cc_peek(p);
        cc_error(p, t->at, NULL, "got %s, expected , or ) in the parameter list", cc_token_text(p, t));
        while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_RPAREN) && !cc_is(p, CC_P_LBRACE) &&
               !cc_is(p, CC_P_SEMI))
            cc_next_token(p);
        cc_accept(p, CC_P_RPAREN);
    }
    *count = list.count;
    return list.data;
}

/* --- suffixes --- */

static cc_type array_of(cc *p, cc_type element, uint64_t count, int open, wf_place at) {
    if (element.ref) cc_error(p, at, NULL, "an array of references cannot be");
    if (element.t->kind == WF_TY_VOID || element.t->kind == WF_TY_FUNCTION) {
        cc_error(p, at, NULL, "an array of %s cannot be", cc_spell(p, element));
        element = cc_plain(wf_type_scalar(p->u, WF_TY_INT));
    }
    cc_complete(p, element.t);
    const wf_type *inner = element.t;
    while (inner->kind == WF_TY_ARRAY) inner = inner->base;
    if (inner->kind == WF_TY_RECORD && !inner->record->complete && !p->pattern && !cc_is_dependent(p, inner))
        cc_error(p, at, NULL, "an array of %s, which is not complete", cc_spell_t(p, inner));
    uint64_t size = wf_type_size(element.t);
    if (!(count >> 40) && size && count > ((uint64_t)1 << 40) / size) {
        cc_error(p, at, NULL, "the array is too large");
        count = 1;
    }
    cc_type t = cc_plain(open ? wf_type_array_open(p->u, element.t) : wf_type_array(p->u, element.t, count));
    t.en = element.en;
    t.placeholder = element.placeholder;
    return t;
}

static uint64_t array_bound(cc *p) {
    wf_place at = cc_place(p);
    if (p->pattern) { /* T (&a)[N]: which parameter */
        if (cc_is_name(p) && cc_punct_is(cc_ahead(p, 1), CC_P_RBRACKET)) {
            cc_symbol *s = cc_find(p, p->scope, cc_peek(p)->name);
            if (s && s->kind == CC_SYM_CONST && s->in_pattern) {
                cc_next_token(p);
                return ((uint64_t)1 << 40) + s->field;
            }
        }
        cc_trial trial = cc_trial_begin(p);
        int64_t n = 1;
        wf_expr *e = cc_assignment(p);
        if (!cc_const_int(p, e, &n, NULL)) n = ((int64_t)1 << 40) + 0xffff;
        cc_trial_end(p, trial);
        while (!cc_is(p, CC_P_RBRACKET) && !cc_is(p, CC_P_RPAREN) && cc_peek(p)->kind != CC_EOF)
            cc_next_token(p);
        return (uint64_t)n;
    }
    int64_t n = cc_constant_here(p, "the number of elements");
    if (n < 0) {
        cc_error(p, cc_until(p, at), NULL, "an array of %lld elements cannot be", (long long)n);
        n = 1;
    }
    return (uint64_t)n;
}

/* A function's parameter list may begin here, not a variable's initialiser. */
/* Behind a pack's name: ..., &..., &&..., *... */
static int pack_declarator_ahead(cc *p) {
    const cc_token *next = cc_ahead(p, 1);
    if (cc_punct_is(next, CC_P_AND) || cc_punct_is(next, CC_P_LAND) || cc_punct_is(next, CC_P_MUL))
        next = cc_ahead(p, 2);
    return cc_punct_is(next, CC_P_ELLIPSIS);
}

static int params_ahead(cc *p, int abstract) {
    if (abstract == 1) return 1;
    const cc_token *t = cc_ahead(p, 1);
    if (cc_punct_is(t, CC_P_RPAREN) || cc_punct_is(t, CC_P_ELLIPSIS)) return 1;
    cc_mark mark = cc_save(p);
    cc_next_token(p);
    int is = cc_starts_type(p) || cc_is_kw(p, CC_KW_REGISTER) || cc_is_kw(p, CC_KW_ATTRIBUTE) ||
             (cc_is(p, CC_P_LBRACKET) && cc_punct_is(cc_ahead(p, 1), CC_P_LBRACKET)) ||
             cc_is_kw(p, CC_KW_GRID_CONSTANT) || cc_is_kw(p, CC_KW_TYPENAME);
    if (is && p->body && cc_is_name(p) && !cc_is_kw(p, CC_KW_CONST)) { /* T x(U(1)); is a variable */
        cc_trial trial = cc_trial_begin(p);
        cc_id id;
        if (cc_read_id(p, &id) && (cc_is(p, CC_P_LPAREN) || cc_is(p, CC_P_LBRACE))) is = 0;
        cc_trial_end(p, trial);
    }
    if (!is && cc_is_name(p)) { /* Args... args */
        cc_symbol *s = cc_find(p, p->scope, cc_peek(p)->name);
        is = s && s->kind == CC_SYM_PACK && !s->pack_vars && pack_declarator_ahead(p);
    }
    if (!is && !p->body && cc_is_name(p)) { /* a misspelt type in the list: `name name` or `name *` */
        const cc_token *next = cc_ahead(p, 1);
        is = next->kind == CC_IDENT || (cc_punct_is(next, CC_P_MUL) && cc_ahead(p, 2)->kind == CC_IDENT);
    }
    cc_back(p, mark);
    return is;
}

static void function_tail(cc *p, cc_declarator *out) {
    for (;;) {
        if (cc_accept_kw(p, CC_KW_CONST)) out->flags |= CC_F_CONST_METHOD;
        else if (cc_accept_kw(p, CC_KW_VOLATILE) || cc_accept(p, CC_P_AND) || cc_accept(p, CC_P_LAND))
            continue;
        else if (cc_accept_kw(p, CC_KW_NOEXCEPT) || cc_accept_kw(p, CC_KW_THROW)) {
            if (cc_is(p, CC_P_LPAREN)) cc_skip_balanced(p);
        } else if (cc_is_name(p) &&
                   (!strcmp(cc_peek(p)->text, "override") || !strcmp(cc_peek(p)->text, "final"))) {
            out->overrides |= cc_peek(p)->text[0] == 'o';
            cc_next_token(p);
        } else if (cc_is_kw(p, CC_KW_ATTRIBUTE)) {
            cc_spec spec = {0};
            cc_attributes(p, &spec);
        } else {
            return;
        }
    }
}

void cc_declare_unevaluated(cc *p, const cc_param *params, uint32_t count) {
    if (p->empty_pack) cc_symbol_add(p, p->scope, p->empty_pack, CC_SYM_PACK, cc_place(p)), p->packs++;
    for (uint32_t i = 0; i < count; i++) {
        if (!params[i].name) continue;
        cc_symbol *s = cc_declare_param(p, p->scope, &params[i], count);
        s->var = WF_NEW(p->arena, wf_var);
        s->var->name = params[i].name->text;
        s->var->type = cc_tree_type(p, params[i].type);
    }
}

/* auto f(…) -> type: the parameters' names are known in it. */
static cc_type trailing_type(cc *p, const cc_param *params, uint32_t count) {
    cc_scope *outer = p->scope;
    unsigned packs = p->packs;
    p->scope = cc_scope_new(p, CC_SCOPE_BLOCK, outer);
    cc_declare_unevaluated(p, params, count);
    cc_type t = cc_type_name(p);
    p->scope = outer;
    p->packs = packs;
    return t;
}

static cc_type function_suffix(cc *p, cc_type result, cc_declarator *out) {
    uint32_t count;
    int variadic;
    cc_next_token(p); /* ( */
    cc_param *params = cc_params(p, &count, &variadic);
    out->empty_pack = p->empty_pack;
    function_tail(p, out);
    if (cc_is(p, CC_P_ARROW)) {
        cc_next_token(p);
        result = trailing_type(p, params, count);
    }
    if (cc_accept_kw(p, CC_KW_REQUIRES)) {
        out->requires_at = p->at;
        cc_skip_constraint(p);
    }
    if (!result.ref && (result.t->kind == WF_TY_ARRAY || result.t->kind == WF_TY_FUNCTION)) {
        cc_error(p, out->at, NULL, "a function cannot return %s",
                 result.t->kind == WF_TY_ARRAY ? "an array" : "a function");
        result = cc_decayed(p, result);
    }
    const wf_type **types = WF_NEW_ARRAY(p->arena, const wf_type *, count + 1);
    for (uint32_t i = 0; i < count; i++) types[i] = cc_tree_type(p, params[i].type)->unqual;
    out->params = params;
    out->param_count = count;
    out->variadic = variadic;
    out->result = result;
    cc_type t = cc_plain(wf_type_function(p->u, cc_tree_type(p, result), types, count, variadic));
    t.placeholder = result.placeholder;
    return t;
}

static cc_type suffixes(cc *p, cc_type t, cc_declarator *out, int abstract) {
    if (cc_is(p, CC_P_LBRACKET) && !cc_punct_is(cc_ahead(p, 1), CC_P_LBRACKET)) {
        wf_place at = cc_place(p);
        if (!cc_deeper(p)) return t;
        cc_next_token(p);
        int open = cc_is(p, CC_P_RBRACKET);
        cc_accept_kw(p, CC_KW_STATIC);
        uint64_t count = open ? 0 : array_bound(p);
        cc_expect(p, CC_P_RBRACKET, "behind the number of elements");
        t = suffixes(p, t, out, abstract);
        p->depth--;
        return array_of(p, t, count, open, at);
    }
    if (cc_is(p, CC_P_LPAREN) && params_ahead(p, abstract)) return function_suffix(p, t, out);
    return t;
}

/* --- the declarator --- */

static int nested_ahead(cc *p, int abstract) {
    if (!cc_is(p, CC_P_LPAREN)) return 0;
    const cc_token *t = cc_ahead(p, 1);
    if (cc_punct_is(t, CC_P_MUL) || cc_punct_is(t, CC_P_AND) || cc_punct_is(t, CC_P_LAND) ||
        cc_punct_is(t, CC_P_LPAREN))
        return 1;
    cc_mark mark = cc_save(p);
    cc_next_token(p);
    int member = cc_member_pointer_ahead(p);
    cc_back(p, mark);
    if (member || abstract == 1 || t->kind != CC_IDENT || t->op) return member;
    cc_next_token(p);
    int is = !cc_starts_type(p) && cc_punct_is(cc_ahead(p, 1), CC_P_RPAREN) && !p->body; /* (name)(…) */
    if (is && abstract == 2) is = 0;
    cc_back(p, mark);
    return is;
}

/* operator+, operator (), operator T */
cc_name *cc_operator_name(cc *p, cc_declarator *out) {
    const cc_token *t = cc_peek(p);
    const char *text = NULL;
    if (cc_is(p, CC_P_LPAREN) && cc_punct_is(cc_ahead(p, 1), CC_P_RPAREN)) text = "()";
    else if (cc_is(p, CC_P_LBRACKET) && cc_punct_is(cc_ahead(p, 1), CC_P_RBRACKET)) text = "[]";
    else if (cc_is_kw(p, CC_KW_NEW) || cc_is_kw(p, CC_KW_DELETE)) {
        text = cc_is_kw(p, CC_KW_NEW) ? "operator new" : "operator delete";
        cc_next_token(p);
        if (cc_accept(p, CC_P_LBRACKET)) cc_accept(p, CC_P_RBRACKET);
        return cc_intern(&p->r, text, strlen(text));
    } else if (t->kind == CC_STRING) {
        cc_next_token(p); /* "" _m */
        const char *suffix = cc_is_name(p) ? cc_peek(p)->name->text : "";
        if (suffix[0] != '_') cc_unsupported(p, t->at, "literal operators whose suffix has no _ in front");
        if (suffix[0]) cc_next_token(p);
        const char *name = wf_arena_printf(p->scratch, "operator\"\"%s", suffix);
        return cc_intern(&p->r, name, strlen(name));
    } else if (t->kind == CC_PUNCT) {
        text = cc_punct_text(t->op);
        if (text[0] == '[' || text[0] == '(') cc_error(p, t->at, NULL, "got %s, expected an operator", text);
    }
    if (text) {
        p->at += text[1] == ')' || text[1] == ']' ? 2 : 1;
        if (cc_punct_is(&p->tokens[p->at - 1], CC_P_SHR) && cc_is(p, CC_P_ASSIGN))
            cc_next_token(p), text = ">>=";
        else if (cc_punct_is(&p->tokens[p->at - 1], CC_P_LE) && cc_is(p, CC_P_GT))
            cc_next_token(p), text = "<=>";
        const char *name = wf_arena_printf(p->scratch, "operator%s", text);
        return cc_intern(&p->r, name, strlen(name));
    }
    cc_spec spec;
    cc_specifiers(p, &spec, 1);
    out->result = read_pointers(p, spec.type, NULL);
    out->flags |= CC_F_CONVERSION;
    return cc_intern(&p->r, "operator", 8);
}

/* The declared name: plain, qualified, an operator, with template arguments. */
static void declared_name(cc *p, cc_declarator *out) {
    out->at = cc_place(p);
    if (cc_is(p, CC_P_ELLIPSIS)) {
        out->is_pack = 1;
        cc_next_token(p);
        out->at = cc_place(p);
    }
    if (cc_accept_kw(p, CC_KW_OPERATOR)) {
        out->name = cc_operator_name(p, out);
        return;
    }
    if (cc_is(p, CC_P_TILDE) && cc_ahead(p, 1)->kind == CC_IDENT) {
        cc_next_token(p);
        out->flags |= CC_F_DTOR;
        out->name = cc_intern(&p->r, "~", 1);
        cc_next_token(p);
        return;
    }
    if (!cc_is_name(p) && !cc_is(p, CC_P_SCOPE)) return;
    const cc_token *next = cc_ahead(p, 1);
    if (cc_is_name(p) && !cc_punct_is(next, CC_P_SCOPE) && !cc_punct_is(next, CC_P_LT)) {
        out->name = cc_peek(p)->name;
        cc_next_token(p);
        return;
    }
    if (cc_is_name(p) &&
        cc_punct_is(next, CC_P_LT)) { /* a specialisation of a function template, else a variable < … */
        cc_symbol *s = cc_find(p, p->scope, cc_peek(p)->name);
        const cc_record *injected = s && s->kind == CC_SYM_TYPE ? cc_record_of(s->type.t) : NULL;
        if (!s || (s->kind != CC_SYM_FUNC && s->kind != CC_SYM_TEMPLATE && !(injected && injected->tmpl))) {
            out->name = cc_peek(p)->name;
            cc_next_token(p);
            return;
        }
    }
    cc_id id;
    if (!cc_read_id(p, &id)) return;
    out->name = id.name;
    out->owner = id.scope;
    out->has_targs = id.has_targs;
    out->targs = id.targs;
    out->targ_count = id.targ_count;
    if (id.qualified && !id.name && cc_accept_kw(p, CC_KW_OPERATOR)) out->name = cc_operator_name(p, out);
    if (id.is_type && id.record && id.record->name == id.name && cc_is(p, CC_P_LPAREN))
        out->flags |= CC_F_CTOR;
    if (cc_is(p, CC_P_SCOPE) && cc_punct_is(cc_ahead(p, 1), CC_P_TILDE)) {
        for (int i = 0; i < 3; i++) cc_next_token(p); /* :: ~ and what may be the source's end */
        out->flags |= CC_F_DTOR;
        out->name = cc_intern(&p->r, "~", 1);
        cc_record *r = id.is_type ? cc_record_of(id.type.t) : NULL;
        out->owner = r ? r->scope : id.scope;
    } else if (cc_is(p, CC_P_SCOPE)) {
        cc_error(p, id.at,
                 cc_suggest(p, id.scope ? id.scope : p->scope, id.name ? id.name->text : "", !id.scope),
                 "%s is no class and no namespace", id.name ? id.name->text : "this");
        while (cc_accept(p, CC_P_SCOPE))
            if (cc_peek(p)->kind == CC_IDENT) out->name = cc_peek(p)->name, cc_next_token(p);
    }
}

static void declarator(cc *p, cc_type t, cc_declarator *out, int abstract) {
    if (!cc_deeper(p)) {
        out->type = t;
        return;
    }
    t = read_pointers(p, t, out);
    if (nested_ahead(p, abstract)) {
        cc_mark open = cc_save(p);
        cc_skip_balanced(p);
        t = suffixes(p, t, out, 1);
        cc_mark behind = cc_save(p);
        cc_back(p, open);
        cc_next_token(p);
        declarator(p, t, out, abstract);
        cc_expect(p, CC_P_RPAREN, "of the inner declarator");
        cc_back(p, behind);
        p->depth--;
        return;
    }
    out->at = cc_place(p);
    if (abstract != 1) declared_name(p, out);
    else if (cc_is(p, CC_P_ELLIPSIS) && p->pattern) out->is_pack = 1;
    if (out->flags & CC_F_CONVERSION) t = out->result;
    t = suffixes(p, t, out, abstract == 1 && !cc_is(p, CC_P_LPAREN) ? 1 : abstract == 1 ? 1 : abstract);
    out->type = t;
    p->depth--;
}

/* `typedef int F(float); F f;`: what f's own parentheses would have said. */
static void parts_of_named_type(cc *p, cc_declarator *out) {
    const wf_type *t = out->type.t;
    out->result = cc_plain(t->base);
    out->variadic = t->variadic;
    out->param_count = t->param_count;
    out->params = WF_NEW_ARRAY(p->arena, cc_param, t->param_count + 1);
    for (uint32_t i = 0; i < t->param_count; i++)
        out->params[i] = (cc_param){.type = cc_plain(t->params[i]), .at = out->at};
}

void cc_declarator_parse(cc *p, const cc_spec *spec, cc_type base, cc_declarator *out, int abstract) {
    memset(out, 0, sizeof *out);
    out->align = spec->align;
    out->type = base;
    declarator(p, base, out, abstract);
    cc_spec more = {0};
    cc_attributes(p, &more);
    if (more.align > out->align) out->align = more.align;
    if (base.placeholder == CC_PLACEHOLDER_CLASS &&
        (out->type.ref || out->type.t->unqual != base.t->unqual)) {
        cc_error(p, out->at.file ? out->at : cc_place(p), NULL, "template %s needs its arguments in <>",
                 cc_spell_t(p, base.t));
        out->type = cc_plain(wf_type_scalar(p->u, WF_TY_INT));
    }
    out->is_function = out->type.t->kind == WF_TY_FUNCTION && !out->type.ref;
    if (out->is_function && !out->result.t) parts_of_named_type(p, out);
}

cc_type cc_type_name(cc *p) {
    cc_spec spec;
    cc_declarator d;
    cc_specifiers(p, &spec, 1);
    cc_declarator_parse(p, &spec, spec.type, &d, 1);
    return d.type;
}

uint32_t cc_skip_initializer(cc *p) {
    uint32_t begin = p->at, angles = 0;
    while (cc_peek(p)->kind != CC_EOF) {
        if (cc_is(p, CC_P_COMMA) && !angles) break;
        if (cc_is(p, CC_P_SEMI) || cc_is(p, CC_P_RPAREN) || cc_is(p, CC_P_RBRACE) || cc_is(p, CC_P_RBRACKET))
            break;
        if (cc_is(p, CC_P_LPAREN) || cc_is(p, CC_P_LBRACKET) || cc_is(p, CC_P_LBRACE)) {
            cc_skip_balanced(p);
            continue;
        }
        if (cc_is(p, CC_P_LT) && p->at > begin &&
            p->tokens[p->at - 1].kind == CC_IDENT) { /* a template's arguments? */
            cc_symbol *s = cc_find(p, p->scope, p->tokens[p->at - 1].name);
            if (s && (s->kind == CC_SYM_TEMPLATE || s->kind == CC_SYM_FUNC)) angles++;
        } else if (cc_is(p, CC_P_GT) && angles) {
            angles--;
        } else if (cc_is(p, CC_P_SHR) && angles) {
            angles -= angles > 1 ? 2 : 1;
        }
        cc_next_token(p);
    }
    return begin;
}
