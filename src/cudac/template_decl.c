/* cudac/template_decl.c: declarations of templates: primary ones, specialisations, methods defined outside of
 * their class, explicit instances. What is declared here is made in template.c. */
#include "cudac/parse.h"
#include <string.h>

enum { TPARAMS_MAX = 64 };

typedef struct cc_outside { /* a method defined outside of its class template */
    struct cc_outside *next;
    cc_tparam *params;
    uint32_t param_count, decl_at;
    cc_name *name;
    cc_scope *scope;
} cc_outside;

/* --- the parameter list --- */

void cc_skip_default(cc *p) {
    unsigned angles = 0;
    while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_SEMI)) {
        if (cc_is(p, CC_P_LPAREN) || cc_is(p, CC_P_LBRACE) || cc_is(p, CC_P_LBRACKET)) {
            cc_skip_balanced(p);
            continue;
        }
        if (cc_is(p, CC_P_COMMA) && !angles) return;
        if (cc_is(p, CC_P_LT)) angles++;
        if (cc_is(p, CC_P_GT) || cc_is(p, CC_P_SHR)) {
            if (!angles) return;
            angles--;
            cc_accept_gt(p);
            continue;
        }
        cc_next_token(p);
    }
}

static void one_tparam(cc *p, cc_tparam *param) {
    param->kind = CC_SYM_TYPE;
    if (cc_concept_ahead(p)) {
        param->concept_at = p->at;
        cc_skip_constraint(p);
        cc_back(p, (cc_mark){p->at - 1, 0}); /* read on as if `class` stood there */
    }
    int is_type = param->concept_at || cc_is_kw(p, CC_KW_CLASS) ||
                  (cc_is_kw(p, CC_KW_TYPENAME) && !cc_punct_is(cc_ahead(p, 2), CC_P_SCOPE));
    if (cc_is_kw(p, CC_KW_TEMPLATE)) {
        param->kind = CC_SYM_TEMPLATE;
        cc_next_token(p);
        if (cc_accept(p, CC_P_LT)) cc_skip_angles(p);
        is_type = 1;
    }
    if (is_type) {
        cc_next_token(p); /* class, typename */
        if (cc_accept(p, CC_P_ELLIPSIS)) param->is_pack = 1;
        if (cc_is_name(p)) {
            param->name = cc_peek(p)->name;
            cc_next_token(p);
        }
    } else {
        cc_spec spec;
        cc_declarator d;
        param->kind = CC_SYM_CONST;
        param->type_at = p->at;
        cc_specifiers(p, &spec, 1);
        cc_declarator_parse(p, &spec, spec.type, &d, 2);
        param->name = d.name;
        param->is_pack = d.is_pack;
    }
    if (cc_accept(p, CC_P_ASSIGN)) {
        param->default_at = p->at;
        cc_skip_default(p);
    }
}

/* Behind template<: the parameters, bound to marks in a scope that becomes p->scope. */
cc_tparam *cc_template_params(cc *p, uint32_t *count) {
    cc_tparam params[TPARAMS_MAX];
    *count = 0;
    p->scope = cc_scope_new(p, CC_SCOPE_TEMPLATE, p->scope);
    p->pattern++;
    p->no_gt++;
    while (!cc_is(p, CC_P_GT) && cc_peek(p)->kind != CC_EOF) {
        uint32_t before = p->at;
        if (*count == TPARAMS_MAX) {
            cc_error(p, cc_place(p), NULL, "a template with more than %d parameters", TPARAMS_MAX);
            break;
        }
        params[*count] = (cc_tparam){0};
        one_tparam(p, &params[*count]);
        cc_bind_mark(p, p->scope, &params[*count], *count);
        ++*count;
        if (!cc_accept(p, CC_P_COMMA) || p->at == before) break;
    }
    p->no_gt--;
    p->pattern--;
    if (!cc_accept_gt(p)) {
        cc_error(p, cc_place(p), NULL, "got %s, expected , or > in the template's parameters",
                 cc_token_text(p, cc_peek(p)));
        while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_GT) && !cc_is(p, CC_P_SEMI) &&
               !cc_is(p, CC_P_LBRACE))
            cc_next_token(p);
        cc_accept_gt(p);
    }
    cc_tparam *kept = WF_NEW_ARRAY(p->scratch, cc_tparam, *count + 1);
    memcpy(kept, params, *count * sizeof *params);
    return kept;
}

/* --- declarations --- */

/* template<…> result Class<T>::method(…): the class template, and the method's name. */
static cc_template *outside_method(cc *p, cc_name **name) {
    cc_mark mark = cc_save(p);
    cc_template *found = NULL;
    *name = NULL;
    while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_SEMI) && !cc_is(p, CC_P_LBRACE) &&
           !cc_is(p, CC_P_ASSIGN)) {
        if (cc_is_kw(p, CC_KW_LAUNCH_BOUNDS) || cc_is_kw(p, CC_KW_ATTRIBUTE) || cc_is_kw(p, CC_KW_ALIGN) ||
            cc_is_kw(p, CC_KW_DECLTYPE)) {
            cc_next_token(p);
            if (cc_is(p, CC_P_LPAREN)) cc_skip_balanced(p);
            continue;
        }
        if (cc_is(p, CC_P_LPAREN)) break;
        cc_symbol *s = cc_is_name(p) ? cc_find(p, p->scope, cc_peek(p)->name) : NULL;
        cc_next_token(p);
        if (!s || s->kind != CC_SYM_TEMPLATE || !s->tmpl->is_class || !cc_is(p, CC_P_LT)) continue;
        cc_next_token(p);
        cc_skip_angles(p);
        if (!cc_is(p, CC_P_SCOPE)) continue;
        cc_next_token(p);
        if (cc_is_kw(p, CC_KW_OPERATOR)) {
            cc_declarator d = {0};
            cc_next_token(p);
            if (cc_peek(p)->kind == CC_PUNCT) *name = cc_operator_name(p, &d);
            else *name = NULL, cc_next_token(p);
            found = s->tmpl;
            break;
        }
        const cc_token *next = cc_ahead(p, 1);
        if (cc_is_name(p) && (cc_punct_is(next, CC_P_LPAREN) || cc_punct_is(next, CC_P_ASSIGN) ||
                              cc_punct_is(next, CC_P_SEMI))) {
            *name = cc_peek(p)->name;
            found = s->tmpl;
            break;
        }
        if (cc_is(p, CC_P_TILDE)) found = s->tmpl;
    }
    cc_back(p, mark);
    return found;
}

static void skip_definition(cc *p) {
    while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_SEMI) && !cc_is(p, CC_P_LBRACE)) {
        if (cc_is(p, CC_P_LPAREN)) cc_skip_balanced(p);
        else if (cc_is(p, CC_P_COLON)) { /* a constructor's list */ cc_next_token(p);
            while (cc_peek(p)->kind == CC_IDENT || cc_is(p, CC_P_SCOPE)) {
                while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_LPAREN) && !cc_is(p, CC_P_LBRACE) &&
                       !cc_is(p, CC_P_SEMI))
                    cc_next_token(p);
                cc_skip_balanced(p);
                cc_accept(p, CC_P_ELLIPSIS);
                if (!cc_accept(p, CC_P_COMMA)) break;
            }
        } else cc_next_token(p);
    }
    if (cc_is(p, CC_P_LBRACE)) {
        cc_skip_balanced(p);
        return;
    }
    cc_accept(p, CC_P_SEMI);
}

/* A method of a class template's instance whose body stands outside of the class. */
void cc_find_outside(cc *p, cc_func *f) {
    cc_template *t = f->owner ? f->owner->tmpl : NULL;
    if (!t) return;
    for (cc_outside *o = t->outside; o && f->state == CC_BODY_NONE; o = o->next) {
        cc_name *wanted = f->flags & CC_F_CTOR ? f->owner->name : f->name;
        if (o->name != wanted && o->name) continue;
        if (o->param_count != t->param_count) continue;
        cc_state s = cc_state_save(p);
        cc_spec spec;
        cc_declarator d;
        cc_scope *ts = cc_scope_new(p, CC_SCOPE_TEMPLATE, o->scope);
        for (uint32_t i = 0; i < t->param_count; i++)
            cc_bind_targ(p, ts, o->params[i].name, &f->owner->targs[i]);
        cc_scope *inside =
            cc_scope_new(p, CC_SCOPE_CLASS, ts); /* members and the definition's own parameter names */
        inside->record = f->owner;
        p->scope = inside;
        p->at = o->decl_at;
        cc_trial trial = cc_trial_begin(p);
        cc_specifiers(p, &spec, 0);
        cc_declarator_parse(p, &spec, spec.type, &d, 0);
        int failed = cc_trial_end(p, trial) || !d.is_function;
        if (!failed) {
            if (f->flags & CC_F_CTOR) d.flags |= CC_F_CTOR;
            trial = cc_trial_begin(p);
            cc_func *same = cc_method_definition(p, &spec, &d, f->owner);
            cc_trial_end(p, trial);
            if (same == f && (cc_is(p, CC_P_LBRACE) || cc_is(p, CC_P_COLON))) {
                f->scope = inside;
                f->body_at = p->at;
                f->state = CC_BODY_PENDING;
            }
        }
        cc_state_restore(p, &s);
    }
}

/* To the { or ; of a class; braces among the arguments of its bases are not its body. */
static void skip_bases(cc *p) {
    while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_LBRACE) && !cc_is(p, CC_P_SEMI)) {
        int angles = cc_is(p, CC_P_LT);
        cc_next_token(p);
        if (angles) cc_skip_angles(p);
    }
}

/* At __device__ or __host__: over them, when a class follows, and not a function that returns one. */
static int class_behind(cc *p) {
    cc_mark here = cc_save(p);
    while (cc_is_kw(p, CC_KW_DEVICE) || cc_is_kw(p, CC_KW_HOST)) cc_next_token(p);
    if (cc_is_kw(p, CC_KW_STRUCT) || cc_is_kw(p, CC_KW_CLASS) || cc_is_kw(p, CC_KW_UNION)) {
        cc_mark class = cc_save(p);
        cc_spec spec = {0};
        cc_next_token(p);
        cc_trial trial = cc_trial_begin(p);
        cc_attributes(p, &spec);
        cc_trial_end(p, trial);
        if (cc_is_name(p)) cc_next_token(p);
        int is = cc_is(p, CC_P_LBRACE) || cc_is(p, CC_P_SEMI) || cc_is(p, CC_P_COLON);
        cc_back(p, is ? class : here);
        return is;
    }
    cc_back(p, here);
    return 0;
}

static void class_template(cc *p, cc_tparam *params, uint32_t count, cc_scope *outer, cc_record *owner,
                           uint32_t decl_at) {
    cc_spec spec = {0};
    wf_place at;
    cc_next_token(p); /* struct, class, union */
    cc_trial trial =
        cc_trial_begin(p); /* an alignment may depend on the parameters: each instance reads it */
    cc_attributes(p, &spec);
    cc_trial_end(p, trial);
    at = cc_place(p);
    cc_name *name = cc_expect_name(p, "the template's name");
    if (!name) {
        cc_skip_to_semi(p);
        return;
    }
    cc_scope *scope = owner ? owner->scope : outer;
    cc_symbol *s = cc_find_here(scope, name);
    if (s && s->kind != CC_SYM_TEMPLATE) {
        cc_error(p, at, NULL, "%s is declared before as something else", name->text);
        s = NULL;
    }
    cc_template *t = s ? s->tmpl : NULL;
    if (cc_is(p, CC_P_LT)) { /* a partial specialisation */
        if (!t) {
            cc_error(p, at, NULL, "template %s is not declared", name->text);
            cc_skip_to_semi(p);
            return;
        }
        cc_template *special = WF_NEW(p->scratch, cc_template);
        special->name = name;
        special->params = params;
        special->param_count = count;
        special->scope = outer;
        special->at = at;
        special->decl_at = decl_at;
        special->pattern_at = p->at + 1;
        special->is_class = 1;
        special->requires_at = p->clause_at;
        special->primary = t;
        special->next_partial = t->partials;
        t->partials = special;
        cc_next_token(p);
        cc_skip_angles(p);
        skip_bases(p);
        special->defined = cc_is(p, CC_P_LBRACE);
        if (cc_is(p, CC_P_LBRACE)) cc_skip_balanced(p);
        cc_expect(p, CC_P_SEMI, "behind the class template");
        return;
    }
    if (!t) {
        t = WF_NEW(p->scratch, cc_template);
        t->name = name;
        t->is_class = 1;
        t->at = at;
        t->owner = owner;
        s = cc_symbol_add(p, scope, name, CC_SYM_TEMPLATE, at);
        s->tmpl = t;
        s->is_tag = 1;
    }
    for (uint32_t i = 0; i < count && i < t->param_count; i++)
        if (!params[i].default_at) params[i].default_at = t->params[i].default_at;
    t->params = params;
    t->param_count = count;
    t->scope = outer;
    t->requires_at = p->clause_at;
    skip_bases(p);
    if (cc_is(p, CC_P_LBRACE)) {
        if (t->defined) cc_error(p, at, NULL, "template %s is defined twice", name->text);
        t->defined = 1;
        t->decl_at = decl_at;
        cc_skip_balanced(p);
    }
    cc_expect(p, CC_P_SEMI, "behind the class template");
}

static cc_template *new_template(cc *p, cc_name *name, cc_tparam *params, uint32_t count, cc_scope *outer,
                                 cc_record *owner, uint32_t decl_at, wf_place at) {
    cc_template *t = WF_NEW(p->scratch, cc_template);
    t->name = name;
    t->params = params;
    t->param_count = count;
    t->scope = outer;
    t->owner = owner;
    t->decl_at = decl_at;
    t->at = at;
    t->defined = 1;
    t->requires_at = p->clause_at;
    t->pack = p->pack;
    return t;
}

static void alias_template(cc *p, cc_tparam *params, uint32_t count, cc_scope *outer, cc_record *owner) {
    cc_next_token(p);
    wf_place at = cc_place(p);
    cc_name *name = cc_expect_name(p, "the alias's name");
    if (!name || !cc_expect(p, CC_P_ASSIGN, "behind the alias's name")) {
        cc_skip_to_semi(p);
        return;
    }
    cc_template *t = new_template(p, name, params, count, outer, owner, p->at, at);
    t->is_class = t->is_alias = 1;
    cc_symbol *s = cc_symbol_add(p, owner ? owner->scope : outer, name, CC_SYM_TEMPLATE, at);
    s->tmpl = t;
    cc_skip_to_semi(p);
}

static void concept_declaration(cc *p, cc_tparam *params, uint32_t count, cc_scope *outer) {
    cc_next_token(p);
    wf_place at = cc_place(p);
    cc_name *name = cc_expect_name(p, "the concept's name");
    if (!name || !cc_expect(p, CC_P_ASSIGN, "behind the concept's name")) {
        cc_skip_to_semi(p);
        return;
    }
    cc_template *t = new_template(p, name, params, count, outer, NULL, p->at, at);
    t->is_variable = t->is_concept = 1;
    cc_symbol *s = cc_symbol_add(p, outer, name, CC_SYM_TEMPLATE, at);
    s->tmpl = t;
    cc_skip_concept(p);
    cc_expect(p, CC_P_SEMI, "behind the concept");
}

/* The same tokens up to a ( = , > or the end, with a template's parameters as numbers. */
static int same_tokens(const cc *p, uint32_t i, const cc_template *a, uint32_t k, const cc_template *b) {
    for (;; i++, k++) {
        const cc_token *x = &p->tokens[i], *y = &p->tokens[k];
        int end_x =
            x->kind == CC_EOF || (x->kind == CC_IDENT && x->name == a->name) || cc_punct_is(x, CC_P_ASSIGN);
        int end_y =
            y->kind == CC_EOF || (y->kind == CC_IDENT && y->name == b->name) || cc_punct_is(y, CC_P_ASSIGN);
        if (end_x || end_y) return end_x && end_y;
        if (x->kind != y->kind || x->op != y->op) return 0;
        if (x->kind != CC_IDENT || x->op) {
            if (x->length != y->length || memcmp(x->text, y->text, x->length)) return 0;
            continue;
        }
        uint32_t m = 0, n = 0;
        while (m < a->param_count && a->params[m].name != x->name) m++;
        while (n < b->param_count && b->params[n].name != y->name) n++;
        if (m != n || (m == a->param_count && x->name != y->name)) return 0;
    }
}

/* A result or a parameter of which the pattern does not tell all: enable_if_t<…>, typename T::type. */
static int opaque(const cc_func *f) {
    return f->result.t->kind == WF_TY_VOID ||
           (cc_record_of(f->result.t) && cc_record_of(f->result.t)->pattern);
}

static int is_constrained(const cc_template *t) {
    if (t->requires_at || t->trailing_requires_at) return 1;
    for (uint32_t i = 0; i < t->param_count; i++)
        if (t->params[i].concept_at) return 1;
    return 0;
}

static int same_pattern(cc *p, const cc_func *a, const cc_func *b) {
    if (is_constrained(a->tmpl) || is_constrained(b->tmpl)) return 0;
    if (a->param_count != b->param_count || a->tmpl->param_count != b->tmpl->param_count ||
        (a->flags ^ b->flags) & CC_F_CONST_METHOD)
        return 0;
    for (uint32_t i = 0; i < a->tmpl->param_count; i++)
        if (a->tmpl->params[i].kind != b->tmpl->params[i].kind) return 0;
    for (uint32_t i = 0; i < a->tmpl->param_count; i++)
        if (a->tmpl->params[i].type_at && !a->tmpl->params[i].name && !b->tmpl->params[i].name &&
            !same_tokens(p, a->tmpl->params[i].type_at, a->tmpl, b->tmpl->params[i].type_at, b->tmpl))
            return 0;
    if (opaque(a) && opaque(b) && !same_tokens(p, a->tmpl->decl_at, a->tmpl, b->tmpl->decl_at, b->tmpl))
        return 0;
    for (uint32_t i = 0; i < a->param_count; i++)
        if (strcmp(cc_spell(p, a->params[i].type), cc_spell(p, b->params[i].type)) != 0) return 0;
    return strcmp(cc_spell(p, a->result), cc_spell(p, b->result)) == 0;
}

static void function_template(cc *p, cc_tparam *params, uint32_t count, cc_scope *outer, cc_record *owner,
                              uint32_t decl_at) {
    cc_spec spec;
    cc_declarator d;
    wf_place at = cc_place(p);
    cc_trial trial = cc_trial_begin(p);
    p->pattern++;
    cc_specifiers(p, &spec, 0);
    int constructor = owner && !spec.has_type && cc_is_name(p) && cc_peek(p)->name == owner->name;
    if (owner && spec.has_type && cc_record_of(spec.type.t) == owner && cc_is(p, CC_P_LPAREN))
        p->at--, constructor = 1;
    cc_declarator_parse(p, &spec, constructor ? cc_plain(wf_type_scalar(p->u, WF_TY_VOID)) : spec.type, &d,
                        0);
    p->pattern--;
    cc_trial_end(p, trial);
    cc_scope *scope = owner ? owner->scope : outer;
    if (!d.name || d.owner) {
        cc_error(p, at, NULL,
                 d.name ? "a template must be declared in its own scope first"
                        : "got %s, expected the template's name",
                 cc_token_text(p, cc_peek(p)));
        skip_definition(p);
        return;
    }
    cc_template *t = new_template(p, d.name, params, count, outer, owner, decl_at, d.at);
    if (!d.is_function) { /* a variable template, or a specialisation of one */
        cc_symbol *s = cc_find_here(scope, d.name);
        t->is_variable = 1;
        if (s && s->kind == CC_SYM_TEMPLATE && s->tmpl->is_variable) {
            uint32_t i = decl_at;
            while (i + 1 < p->count &&
                   !(p->tokens[i].name == d.name && cc_punct_is(&p->tokens[i + 1], CC_P_LT)))
                i++;
            t->pattern_at = i + 2;
            t->primary = s->tmpl;
            t->next_partial = s->tmpl->partials;
            s->tmpl->partials = t;
        } else {
            s = cc_symbol_add(p, scope, d.name, CC_SYM_TEMPLATE, d.at);
            s->tmpl = t;
        }
        cc_skip_to_semi(p);
        return;
    }
    if (constructor) {
        d.name = cc_intern(&p->r, "<constructor>", 13);
        d.flags |= CC_F_CTOR;
        t->is_constructor = 1;
    }
    cc_no_static(p, &spec, &d);
    if (owner && !(spec.flags & CC_F_STATIC)) d.flags |= CC_F_METHOD;
    cc_func *f = cc_func_new(p, &spec, &d, outer, owner);
    f->flags &= ~(uint32_t)CC_F_EXTERN_C;
    f->tmpl = t;
    f->shown = t->name->text;
    t->pattern = f;
    t->trailing_requires_at = d.requires_at;
    cc_symbol *s = cc_find_here(scope, d.name);
    if (s && s->kind != CC_SYM_FUNC && !(s->kind == CC_SYM_TYPE && s->is_tag)) {
        cc_error(p, d.at, NULL, "%s is declared before as something else", d.name->text);
        s = NULL;
    }
    if (!s || s->kind != CC_SYM_FUNC) s = cc_symbol_add(p, scope, d.name, CC_SYM_FUNC, d.at);
    int has_body = cc_is(p, CC_P_LBRACE) || (constructor && cc_is(p, CC_P_COLON));
    t->defined = (uint8_t)has_body;
    cc_func **end = &s->funcs;
    for (; *end; end = &(*end)->next) {
        cc_func *old = *end;
        if (!old->tmpl || old->targs || !same_pattern(p, old, f)) continue;
        for (uint32_t i = 0; i < count; i++)
            if (!params[i].default_at) params[i].default_at = old->tmpl->params[i].default_at;
        if (has_body && old->tmpl->defined)
            cc_error(p, d.at, NULL, "template %s is defined twice", t->name->text);
        if (has_body) { /* the definition takes the declaration's place */
            old->tmpl->params = params;
            old->tmpl->decl_at = decl_at;
            old->tmpl->scope = outer;
            old->tmpl->defined = 1;
        }
        break;
    }
    if (!*end) *end = f;
    if (d.flags & CC_F_CONVERSION && owner) {
        f->next_conversion = owner->conversion_templates;
        owner->conversion_templates = f;
    }
    if (constructor) {
        owner->ctors = s->funcs;
        owner->has_ctor = 1;
    }
    skip_definition(p);
}

/* template <> …: a specialisation of all parameters. */
static void full_specialisation(cc *p) {
    uint32_t decl_at = p->at;
    const cc_token *t = cc_peek(p);
    if (t->kind == CC_IDENT && (t->op == CC_KW_STRUCT || t->op == CC_KW_CLASS || t->op == CC_KW_UNION)) {
        cc_spec spec = {0};
        cc_next_token(p);
        cc_attributes(p, &spec);
        cc_id id;
        wf_place at = cc_place(p);
        if (!cc_read_id(p, &id) || !id.is_type || !cc_record_of(id.type.t) ||
            !cc_record_of(id.type.t)->tmpl) {
            cc_error(p, at, NULL, "expected a class template with its arguments");
            cc_skip_to_semi(p);
            return;
        }
        cc_record *r = cc_record_of(id.type.t);
        if (cc_is(p, CC_P_SEMI)) {
            cc_next_token(p);
            return;
        }
        int inside = r->busy; /* within itself, maybe as an argument of another */
        for (const cc_scope *o = p->scope; o; o = o->parent) inside |= o == r->scope;
        if (r->complete || inside) cc_error(p, at, NULL, "%s is defined or used before", r->shown);
        if (inside) {
            cc_skip_to_semi(p);
            return;
        }
        cc_back(p, (cc_mark){decl_at, 0});
        r->scope->parent = p->scope;
        r->busy = 1;
        if (!r->complete) p->target = r;
        cc_record_specifier(p, t->op);
        p->target = NULL;
        r->busy = 0;
        cc_expect(p, CC_P_SEMI, "behind the class");
        return;
    }
    cc_spec spec;
    cc_declarator d;
    cc_specifiers(p, &spec, 0);
    cc_declarator_parse(p, &spec, spec.type, &d, 0);
    if (d.owner && d.owner->kind == CC_SCOPE_CLASS && d.is_function) {
        cc_func *f = cc_method_definition(p, &spec, &d, d.owner->record);
        if (f && f->state == CC_BODY_PENDING) f->state = CC_BODY_NONE;
        if (f && (cc_is(p, CC_P_LBRACE) || cc_is(p, CC_P_COLON))) cc_function_body(p, f);
        else skip_definition(p);
        return;
    }
    cc_symbol *s = d.name ? cc_find_in(p, d.owner ? d.owner : p->scope, d.name) : NULL;
    if (s && s->kind == CC_SYM_TEMPLATE && s->tmpl->is_variable) {
        cc_template *special = new_template(p, d.name, NULL, 0, p->scope, NULL, decl_at, d.at);
        uint32_t i = decl_at;
        while (i + 1 < p->count && !(p->tokens[i].name == d.name && cc_punct_is(&p->tokens[i + 1], CC_P_LT)))
            i++;
        special->pattern_at = i + 2;
        special->primary = s->tmpl;
        special->is_variable = 1;
        special->next_partial = s->tmpl->partials;
        s->tmpl->partials = special;
        cc_skip_to_semi(p);
        return;
    }
    if (!d.is_function || !s || s->kind != CC_SYM_FUNC) {
        cc_error(p, d.at, NULL, "template %s is not declared", d.name ? d.name->text : "?");
        skip_definition(p);
        return;
    }
    cc_func *made = NULL;
    for (cc_func *f = s->funcs; f && !made; f = f->next)
        if (f->tmpl && !f->targs) made = cc_specialised(p, f, &d);
    if (!made) {
        cc_error(p, d.at, NULL, "no template %s fits this specialisation", d.name->text);
        skip_definition(p);
        return;
    }
    for (uint32_t i = 0; i < d.param_count; i++)
        made->params[i].name = d.params[i].name, made->params[i].at = d.params[i].at;
    if (made->body_queued && made->state != CC_BODY_PENDING)
        cc_error(p, d.at, NULL, "%s is specialised after it was used", made->shown);
    made->flags = (made->flags & ~(uint32_t)(CC_F_DEVICE | CC_F_HOST | CC_F_FORCEINLINE | CC_F_NOINLINE)) |
                  (spec.flags & (CC_F_DEVICE | CC_F_HOST | CC_F_KERNEL | CC_F_FORCEINLINE | CC_F_NOINLINE |
                                 CC_F_CONSTEXPR));
    made->result = d.result;
    made->scope = p->scope;
    if (made->state == CC_BODY_PENDING) made->state = CC_BODY_NONE;
    if (cc_is(p, CC_P_LBRACE)) cc_function_body(p, made);
    else skip_definition(p);
}

/* template void f<float>(…); makes the instance. */
static void explicit_instance(cc *p) {
    cc_spec spec;
    cc_declarator d;
    const cc_token *t = cc_peek(p);
    if (t->kind == CC_IDENT && (t->op == CC_KW_STRUCT || t->op == CC_KW_CLASS)) {
        cc_id id;
        cc_next_token(p);
        if (cc_read_id(p, &id) && id.is_type) cc_complete(p, id.type.t);
        cc_expect(p, CC_P_SEMI, "behind the instance");
        return;
    }
    cc_specifiers(p, &spec, 1);
    cc_declarator_parse(p, &spec, spec.type, &d, 0);
    cc_symbol *s = d.name ? cc_find_in(p, d.owner ? d.owner : p->scope, d.name) : NULL;
    cc_func *made = NULL;
    for (cc_func *f = s && s->kind == CC_SYM_FUNC ? s->funcs : NULL; f && !made && d.is_function; f = f->next)
        if (f->tmpl && !f->targs) made = cc_specialised(p, f, &d);
    if (made) cc_need_body(p, made);
    else cc_error(p, d.at, NULL, "no template %s fits this instance", d.name ? d.name->text : "?");
    cc_expect(p, CC_P_SEMI, "behind the instance");
}

/* A guide; then p->at is at its name. */
static int guide_behind_specifiers(cc *p) {
    cc_mark mark = cc_save(p);
    while (cc_is_kw(p, CC_KW_EXPLICIT) || cc_is_kw(p, CC_KW_DEVICE) || cc_is_kw(p, CC_KW_HOST) ||
           cc_is_kw(p, CC_KW_CONSTEXPR) || cc_is_kw(p, CC_KW_INLINE))
        cc_next_token(p);
    if (cc_guide_ahead(p)) return 1;
    cc_back(p, mark);
    return 0;
}

void cc_template_declaration(cc *p, cc_record *owner) {
    cc_scope *outer = p->scope;
    uint32_t count;
    cc_next_token(p); /* template */
    if (!cc_is(p, CC_P_LT)) {
        explicit_instance(p);
        return;
    }
    cc_next_token(p);
    if (cc_accept(p, CC_P_GT)) {
        full_specialisation(p);
        return;
    }
    cc_tparam *params = cc_template_params(p, &count);
    p->clause_at = 0;
    if (cc_accept_kw(p, CC_KW_REQUIRES)) {
        p->clause_at = p->at;
        cc_skip_constraint(p);
    }
    uint32_t decl_at = p->at;
    const cc_token *t = cc_peek(p);
    cc_name *name;
    cc_template *class;
    if (t->kind == CC_IDENT && (t->op == CC_KW_DEVICE || t->op == CC_KW_HOST) && class_behind(p))
        t = cc_peek(p), decl_at = p->at; /* __device__ struct: as if it were not there */
    if (t->kind == CC_IDENT && t->op == CC_KW_CONCEPT) {
        concept_declaration(p, params, count, outer);
    } else if (t->kind == CC_IDENT && t->op == CC_KW_TEMPLATE) {
        cc_unsupported(p, t->at, "member templates defined outside of their class");
        skip_definition(p);
    } else if (t->kind == CC_IDENT && t->op == CC_KW_FRIEND) {
        skip_definition(p);
    } else if (guide_behind_specifiers(p)) {
        cc_guide(p, params, count, outer);
    } else if (t->kind == CC_IDENT && t->op == CC_KW_USING) {
        alias_template(p, params, count, outer, owner);
    } else if (t->kind == CC_IDENT &&
               (t->op == CC_KW_STRUCT || t->op == CC_KW_CLASS || t->op == CC_KW_UNION)) {
        class_template(p, params, count, outer, owner, decl_at);
    } else if (!owner && (class = outside_method(p, &name)) != NULL) {
        cc_outside *o = WF_NEW(p->scratch, cc_outside);
        o->params = params;
        o->param_count = count;
        o->decl_at = decl_at;
        o->name = name;
        o->scope = outer;
        o->next = class->outside;
        class->outside = o;
        skip_definition(p);
    } else {
        function_template(p, params, count, outer, owner, decl_at);
    }
    p->scope = outer;
    p->clause_at = 0;
}
