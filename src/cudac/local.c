/* cudac/local.c: declarations in blocks: variables, static and shared ones, types.
 *
 * A variable's name is known in its own initialiser, so the symbol comes first, except where the type is still
 * to be deduced. A class is made in place by its constructor; what has a destructor joins the living. */
#include "cudac/parse.h"
#include <string.h>

enum { LOCAL_BYTES_MAX = 512 << 10 }; /* of a thread: what CUDA has, on any device */

static void static_local(cc *p, const cc_spec *spec, cc_declarator *d, cc_symbol *s, cc_type type,
                         wf_expr *init) {
    int is_const =
        type.t->quals & WF_CONST || (type.t->kind == WF_TY_ARRAY && type.t->base->quals & WF_CONST);
    const char *base = p->body->func ? p->body->func->name->text : "f";
    const char *name = cc_identifier(p, wf_arena_printf(p->arena, "%s_%s", base, d->name->text));
    wf_space space = spec->flags & CC_F_CONSTANT || (is_const && init) ? WF_SPACE_CONSTANT : WF_SPACE_DEVICE;
    s->var = wf_global_new(p->u, wf_unit_unique_name(p->u, name), type.t, space, d->at);
    s->var->is_static = 1;
    s->var->align = d->align;
    if (init) s->var->init = cc_constant_init(p, type.t, init, d->name->text);
}

static void shared_local(cc *p, const cc_spec *spec, cc_declarator *d, cc_symbol *s) {
    int open = d->type.t->kind == WF_TY_ARRAY && d->type.t->incomplete;
    if (d->type.ref) cc_error(p, d->at, NULL, "a reference cannot be __shared__");
    if (open && !(spec->flags & CC_F_EXTERN))
        cc_error(p, d->at, "write extern __shared__ for the dynamic part", "the size of %s is not given",
                 d->name->text);
    s->var = wf_local_new(p->u, p->body->f, d->name->text, d->type.t, d->at);
    s->home = p->body->f;
    s->var->space = WF_SPACE_SHARED;
    s->var->is_extern = open;
    s->var->align = d->align;
    s->var->front = s;
}

/* What a constructor makes, where it can be known here; NULL. */
wf_expr *cc_constant_object(cc *p, const wf_type *type, wf_expr **args, uint32_t count, unsigned close,
                            wf_place at) {
    cc_trial trial = cc_trial_begin(p);
    wf_expr *made = cc_construct(p, type->unqual, args, count, at, close == CC_P_RBRACE);
    made = made->flags & WF_EX_ERROR ? NULL : cc_evaluate(p, made);
    return cc_trial_end(p, trial) ? NULL : made;
}

void cc_local_variable(cc *p, const cc_spec *spec, cc_declarator *d, wf_stmt *block) {
    cc_type type = d->type;
    cc_symbol *old = cc_find_here(p->scope, d->name);
    if (!old && p->scope->kind == CC_SCOPE_BLOCK && p->scope->parent &&
        p->scope->parent->kind == CC_SCOPE_FUNCTION && p->scope->is_body)
        old = cc_find_here(p->scope->parent, d->name); /* a parameter's name */
    if (old && !(old->kind == CC_SYM_TYPE && old->is_tag)) cc_redeclared(p, d->name, d->at, old);
    if (spec->flags & CC_F_CONSTEXPR && !type.ref) type.t = wf_type_qualified(p->u, type.t, WF_CONST);
    if (spec->flags & CC_F_SHARED) {
        cc_symbol *s = cc_symbol_add(p, p->scope, d->name, CC_SYM_VAR, d->at);
        s->type = type;
        cc_complete(p, type.t);
        shared_local(p, spec, d, s);
        wf_expr *init = cc_has_initializer(p) ? cc_variable_init(p, &type, d) : NULL;
        wf_block_add(block, wf_stmt_decl(p->u, s->var, init, d->at));
        return;
    }
    if (spec->flags & CC_F_EXTERN) {
        cc_symbol *global = cc_find(p, cc_namespace_of(p->scope), d->name);
        if (global && global->kind == CC_SYM_VAR) return;
        cc_unsupported(p, d->at, "extern variables declared in a function");
    }
    int placeholder = type.placeholder;
    int initialised = cc_has_initializer(p) || placeholder == CC_PLACEHOLDER_CLASS;
    cc_alive *temporaries = p->body->temporaries;
    if (placeholder && !initialised)
        cc_error(p, d->at, NULL, "auto %s needs an initial value", d->name->text);
    if (type.t->kind == WF_TY_VOID && !type.ref) {
        cc_error(p, d->at, NULL, "variable %s has type void", d->name->text);
        type = cc_plain(wf_type_scalar(p->u, WF_TY_INT));
    }
    cc_complete(p, type.t);
    if (type.t->kind == WF_TY_RECORD && !type.t->record->complete && !type.ref)
        cc_error(p, d->at, NULL, "the type %s of %s is not complete", cc_spell(p, type), d->name->text);
    if (!type.ref) cc_check_abstract(p, type.t, d->at);
    cc_symbol *s = NULL;
    wf_expr *init = NULL;
    wf_var *var = NULL;
    int constructed = 0;
    cc_record *r = type.ref ? NULL : cc_record_of(type.t);
    if (!placeholder && !type.ref &&
        !(spec->flags & CC_F_STATIC)) { /* its name is known in its own initialiser */
        s = cc_symbol_add(p, p->scope, d->name, CC_SYM_VAR, d->at);
        s->type = type;
        s->var = var = wf_local_new(p->u, p->body->f, d->name->text, type.t, d->at);
        s->home = p->body->f;
        var->front = s;
        var->align = d->align;
    }
    if (var && r && r->has_ctor &&
        (cc_is(p, CC_P_LPAREN) || cc_is(p, CC_P_LBRACE))) { /* T x(…): made in place */
        wf_expr **args;
        unsigned close = cc_is(p, CC_P_LPAREN) ? CC_P_RPAREN : CC_P_RBRACE;
        cc_next_token(p);
        uint32_t count = cc_arguments(p, &args, close);
        int same = count == 1 && args[0]->type->unqual == type.t->unqual &&
                   !(r->has_copy && args[0]->flags & WF_EX_LVALUE);
        if (same) init = args[0];
        else if (spec->flags & CC_F_CONSTEXPR)
            init = cc_constant_object(p, type.t, args, count, close, d->at);
        if (!init) {
            wf_block_add(block, wf_stmt_decl(p->u, var, NULL, d->at));
            cc_construct_at(p, wf_make_var(p->u, var, d->at), args, count, d->at, block);
            constructed = 1;
        }
    } else if (initialised && type.ref) {
        if (cc_is(p, CC_P_LPAREN) || cc_is(p, CC_P_LBRACE)) {
            wf_expr **args;
            unsigned close = cc_is(p, CC_P_LPAREN) ? CC_P_RPAREN : CC_P_RBRACE;
            cc_next_token(p);
            uint32_t count = cc_arguments(p, &args, close);
            init = count == 1 ? args[0] : wf_make_error(p->u, NULL, d->at);
            if (count != 1) cc_error(p, d->at, NULL, "a reference needs one initial value");
        } else {
            cc_next_token(p);
            init = cc_assignment(p);
        }
        if (placeholder) type = cc_deduce_auto(p, type, init, d->at);
        init = type.ref ? cc_bind(p, type, init, init->at) : cc_copied(p, type, init, init->at);
    } else if (initialised) {
        init = cc_variable_init(p, &type, d);
        if (type.ref) init = cc_bind(p, type, init, init->at);
    } else if (type.ref) {
        cc_error(p, d->at, NULL, "reference %s needs an initial value", d->name->text);
    }
    if (!s) {
        s = cc_symbol_add(p, p->scope, d->name, CC_SYM_VAR, d->at);
        s->type = type;
        if (spec->flags & CC_F_STATIC && p->body->f) {
            static_local(p, spec, d, s, type, init);
            if (type.t->quals & WF_CONST && wf_type_is_arithmetic(type.t)) s->value = s->var->init;
            return;
        }
        s->var = var = wf_local_new(p->u, p->body->f, d->name->text, cc_tree_type(p, type), d->at);
        s->home = p->body->f;
        var->front = s;
        var->align = d->align;
    }
    s->type = type;
    if (var->type != cc_tree_type(p, type)) var->type = cc_tree_type(p, type);
    if (type.ref) cc_temporaries_keep(p, temporaries);
    if (constructed) {
        cc_temporaries_end(p, block, temporaries);
        cc_alive_push(p, var, type);
        return;
    }
    if (type.t->kind == WF_TY_ARRAY && type.t->incomplete && !type.ref) {
        cc_error(p, d->at, NULL, "the size of %s is not given", d->name->text);
        return;
    }
    if (!type.ref && wf_type_size(type.t) > LOCAL_BYTES_MAX)
        cc_error(p, d->at, "use global memory", "%s takes %llu bytes; the variables of a thread can take %d",
                 d->name->text, (unsigned long long)wf_type_size(type.t), LOCAL_BYTES_MAX);
    if (init && !type.ref && type.t->quals & WF_CONST && wf_type_is_arithmetic(type.t) &&
        !(init->flags & WF_EX_ERROR)) {
        s->value = cc_evaluate(p, init);
        if (!s->value && spec->flags & CC_F_CONSTEXPR)
            cc_error(p, init->at, NULL, "the value of constexpr %s must be a constant", d->name->text);
    } else if (init && spec->flags & CC_F_CONSTEXPR && !type.ref) {
        s->init = init;
    }
    if (!initialised && !type.ref && type.t->quals & WF_CONST && type.t->kind != WF_TY_RECORD)
        cc_error(p, d->at, NULL, "const %s needs an initial value", d->name->text);
    wf_block_add(block, wf_stmt_decl(p->u, var, init, d->at));
    if (!initialised && !type.ref) cc_default_construct(p, wf_make_var(p->u, var, d->at), block, d->at);
    cc_temporaries_end(p, block, temporaries);
    cc_alive_push(p, var, type);
}

/* A definition within another: the } of the one before it is missing, and all that follows is in disorder. */
static void function_inside(cc *p, const cc_declarator *d) {
    cc_error(p, d->at, "a } is missing before it", "function %s begins inside of %s", d->name->text,
             p->body->func ? p->body->func->shown : "another");
    p->brace_told = 1;
    while (cc_peek(p)->kind != CC_EOF) cc_next_token(p);
}

static void block_declarators(cc *p, const cc_spec *spec, wf_stmt *block) {
    for (;;) {
        cc_declarator d;
        uint32_t before = p->at, errors = p->r.diags->errors;
        uint32_t reference = cc_is(p, CC_P_AND) || cc_is(p, CC_P_LAND);
        if (spec->type.placeholder && cc_punct_is(cc_ahead(p, reference), CC_P_LBRACKET)) {
            cc_alive *temporaries = p->body->temporaries;
            p->at += reference;
            cc_structured_binding(p, (int)reference, block);
            cc_temporaries_keep(p, temporaries);
            cc_expect(p, CC_P_SEMI, "behind the declaration");
            return;
        }
        cc_declarator_parse(p, spec, spec->type, &d, 0);
        if (!d.name) {
            const cc_token *t = cc_peek(p);
            cc_error(p, t->at, NULL, "got %s, expected a name", cc_token_text(p, t));
            if (p->at == before && !cc_is(p, CC_P_RBRACE)) cc_next_token(p);
            cc_skip_to_semi(p);
            return;
        } else if (spec->flags & CC_F_TYPEDEF) {
            cc_add_type(p, d.name, d.type, d.at);
        } else if (d.is_function) {
            if (spec->flags & CC_F_SHARED) cc_error(p, d.at, NULL, "a function cannot be __shared__");
            cc_scope *space = cc_namespace_of(p->scope);
            if (cc_is(p, CC_P_LBRACE) && !p->quiet) {
                function_inside(p, &d);
                return;
            }
            cc_function(p, spec, &d, space, NULL);
        } else {
            cc_local_variable(p, spec, &d, block);
        }
        if (cc_accept(p, CC_P_COMMA)) continue;
        if (!cc_is(p, CC_P_SEMI) && p->r.diags->errors != errors) { /* told already */
            cc_skip_to_semi(p);
            return;
        }
        break;
    }
    if (!cc_expect(p, CC_P_SEMI, "behind the declaration")) cc_skip_to_semi(p);
}

void cc_block_declaration(cc *p, wf_stmt *block) {
    cc_spec spec;
    if (cc_is_kw(p, CC_KW_STATIC_ASSERT)) return cc_static_assert(p);
    if (cc_is_kw(p, CC_KW_USING)) return cc_using(p);
    if (cc_is_kw(p, CC_KW_NAMESPACE)) {
        cc_next_token(p);
        cc_namespace_body(p, cc_place(p));
        return;
    }
    if (cc_is_kw(p, CC_KW_TEMPLATE)) {
        cc_error(p, cc_place(p), NULL, "a template cannot be declared in a function");
        cc_skip_to_semi(p);
        return;
    }
    wf_place at = cc_place(p);
    uint32_t errors = p->r.diags->errors;
    cc_specifiers(p, &spec, 1);
    if (!p->quiet && p->r.diags->errors > errors && !cc_is(p, CC_P_SEMI)) { /* what it declares is unknown */
        cc_told_names(p);
        cc_skip_to_semi(p);
        return;
    }
    if (cc_is(p, CC_P_SEMI) && spec.defines_type && cc_record_of(spec.type.t) &&
        !cc_record_of(spec.type.t)->name)
        cc_anonymous_local(p, spec.type.t, block, at);
    if (cc_accept(p, CC_P_SEMI)) return;
    block_declarators(p, &spec, block);
}
