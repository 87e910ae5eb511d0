/* cudac/function.c: functions: declaring them, and parsing their bodies when they are needed.
 *
 * A declaration makes a cc_func; the tree's function is made when it is defined, called, or its address
 * taken. Bodies are positions in the token array and wait in a queue, so that a template instantiated in the
 * middle of an expression does not nest parsers; only a deduced result type or a constant's value needs a
 * body at once. */
#include "cudac/parse.h"
#include <string.h>

/* --- declaration --- */

int cc_same_params(const cc_func *f, const cc_param *params, uint32_t count, uint32_t method_flags) {
    if (f->param_count != count || (f->flags & CC_F_CONST_METHOD) != (method_flags & CC_F_CONST_METHOD))
        return 0;
    for (uint32_t i = 0; i < count; i++) {
        cc_type a = f->params[i].type, b = params[i].type;
        if (!a.ref) a.t = a.t->unqual;
        if (!b.ref) b.t = b.t->unqual;
        if (!cc_type_equal(a, b)) return 0;
    }
    return 1;
}

static uint32_t required_params(const cc_param *params, uint32_t count) {
    uint32_t n = count;
    while (n && params[n - 1].default_at) n--;
    return n;
}

static void merge(cc *p, cc_func *f, const cc_spec *spec, const cc_declarator *d) {
    for (uint32_t i = 0; i < d->param_count; i++) {
        if (d->params[i].name) f->params[i].name = d->params[i].name, f->params[i].at = d->params[i].at;
        if (!f->params[i].default_at && d->params[i].default_at) {
            f->params[i].default_at = d->params[i].default_at;
            f->params[i].default_scope = d->params[i].default_scope;
        }
        f->params[i].is_pack = d->params[i].is_pack;
    }
    f->required = required_params(f->params, f->param_count);
    f->flags |= spec->flags & (CC_F_KERNEL | CC_F_DEVICE | CC_F_HOST | CC_F_INLINE | CC_F_FORCEINLINE |
                               CC_F_NOINLINE | CC_F_COLD | CC_F_CONSTEXPR | CC_F_FAST | CC_F_TRAPDIV);
    if (spec->max_threads) f->max_threads = spec->max_threads, f->min_blocks = spec->min_blocks;
    if (spec->contract >= 0) f->contract = spec->contract;
    if (!f->result.placeholder && !cc_type_equal(f->result, d->result) && !d->result.placeholder &&
        !(f->flags & (CC_F_CTOR | CC_F_DTOR)))
        cc_error(p, d->at, NULL, "%s is declared with result type %s, before with %s", f->shown,
                 cc_spell(p, d->result), cc_spell(p, f->result));
}

static void tree_flags(cc *p, cc_func *f) {
    wf_func *w = f->func;
    uint32_t flags = w->flags & WF_FN_LIBRARY;
    if (f->flags & CC_F_KERNEL) flags |= WF_FN_KERNEL;
    if (f->flags & CC_F_DEVICE) flags |= WF_FN_DEVICE;
    if (f->flags & CC_F_HOST) flags |= WF_FN_HOST;
    if (!(flags & (WF_FN_KERNEL | WF_FN_DEVICE)) && f->flags & (CC_F_CONSTEXPR | CC_F_DEFAULTED))
        flags |= WF_FN_DEVICE;
    if (!(flags & (WF_FN_KERNEL | WF_FN_DEVICE | WF_FN_HOST)))
        flags |= p->options->device_library || (f->owner && f->owner->is_lambda) ? WF_FN_DEVICE : WF_FN_HOST;
    if (f->flags & CC_F_FORCEINLINE) flags |= WF_FN_INLINE;
    if (f->flags & CC_F_NOINLINE) flags |= WF_FN_NOINLINE;
    if (f->flags & CC_F_COLD) flags |= WF_FN_COLD;
    if (f->flags & CC_F_EXTERN_C) flags |= WF_FN_EXTERN_C;
    if (f->flags & CC_F_STATIC && !f->owner) flags |= WF_FN_STATIC;
    if (f->flags & CC_F_TRAPDIV) flags |= WF_FN_TRAP_DIVIDE;
    if (f->flags & CC_F_FAST || p->options->fast_math) flags |= WF_FN_FAST;
    int contract = f->contract >= 0 ? f->contract : !p->options->no_contract && !p->options->device_library;
    if (contract && !(w->flags & WF_FN_LIBRARY)) flags |= WF_FN_CONTRACT;
    w->flags = flags;
    w->max_threads = f->max_threads;
    w->min_blocks = f->min_blocks;
}

static const wf_type *self_type(cc *p, const cc_func *f) {
    const wf_type *t = f->owner->type;
    if (f->flags & CC_F_CONST_METHOD) t = wf_type_qualified(p->u, t, WF_CONST);
    return wf_type_pointer(p->u, t);
}

/* Methods and constructors; owner is NULL only after an error. */
static int has_self(const cc_func *f) {
    if (!f->owner) return 0;
    return f->flags & (CC_F_METHOD | CC_F_CTOR | CC_F_CONVERSION) && !(f->flags & CC_F_STATIC);
}

/* Makes the tree's function. */
static void make_tree(cc *p, cc_func *f) {
    uint32_t self = (uint32_t)has_self(f);
    if (f->func) return;
    if (f->linked) {
        make_tree(p, f->linked);
        f->func = f->linked->func;
        return;
    }
    const wf_type **types = WF_NEW_ARRAY(p->arena, const wf_type *, f->param_count + 2);
    if (self) types[0] = self_type(p, f);
    for (uint32_t i = 0; i < f->param_count; i++)
        types[i + self] = cc_tree_type(p, f->params[i].type)->unqual;
    const wf_type *result =
        f->flags & CC_F_CTOR ? wf_type_scalar(p->u, WF_TY_VOID) : cc_tree_type(p, f->result)->unqual;
    if (f->result.placeholder) result = wf_type_scalar(p->u, WF_TY_VOID);
    const wf_type *type = wf_type_function(p->u, result, types, f->param_count + self, f->variadic);
    if (f->flags & CC_F_LIBRARY ||
        (!p->options->device_library && f->flags & CC_F_EXTERN_C && strncmp(f->name->text, "wf_", 3) == 0 &&
         f->state == CC_BODY_NONE && f->flags & CC_F_DEVICE)) {
        f->func = wf_library_declare(p->u, f->name->text, type);
    } else {
        const char *name =
            f->flags & CC_F_EXTERN_C || p->options->device_library ? f->name->text : cc_mangle(p, f);
        if (wf_unit_find_func(p->u, name) || wf_unit_find_global(p->u, name)) {
            if (f->flags & CC_F_EXTERN_C || p->options->device_library)
                cc_error(
                    p, f->at, NULL,
                    "%s is already the name of something else (extern \"C\" functions cannot be overloaded)",
                    name);
            name = wf_unit_unique_name(p->u, name);
        }
        f->func = wf_func_new(p->u, name, type, f->at);
        f->func->shown = f->shown;
    }
    f->func->front = f;
    tree_flags(p, f);
    for (uint32_t i = 0; i < type->param_count && f->func->flags & WF_FN_KERNEL; i++)
        if (type->params[i]->kind == WF_TY_VOID)
            cc_error(p, f->at, NULL, "a parameter of a kernel cannot be void");
}

void cc_make_params(cc *p, cc_func *f) {
    wf_func *w = f->func;
    if (w->params || w->flags & WF_FN_LIBRARY) return;
    if (has_self(f)) wf_param_new(p->u, w, "self", self_type(p, f), f->at);
    for (uint32_t i = 0; i < f->param_count; i++) {
        const char *name =
            f->params[i].name ? f->params[i].name->text : wf_arena_printf(p->scratch, "p%u", i);
        wf_param_new(p->u, w, name, cc_tree_type(p, f->params[i].type), f->params[i].at)->is_param = 1;
    }
}

static void check_result(cc *p, const cc_func *f) {
    if (!(f->flags & CC_F_KERNEL) || f->result.placeholder) return;
    if (f->result.t->kind != WF_TY_VOID || f->result.ref)
        cc_error(p, f->at, NULL, "kernel %s returns %s, expected void", f->shown, cc_spell(p, f->result));
}

static void check_kernel(cc *p, cc_func *f) {
    if (!(f->flags & CC_F_KERNEL)) return;
    check_result(p, f);
    for (uint32_t i = 0; i < f->param_count; i++)
        if (f->params[i].type.ref)
            cc_error(p, f->params[i].at, NULL, "a parameter of a kernel cannot be a reference");
    if (f->variadic) cc_unsupported(p, f->at, "kernels with a variable number of arguments");
}

static const char *shown_name(cc *p, const cc_func *f, cc_scope *scope) {
    const char *prefix = f->owner ? wf_arena_join(p->arena, f->owner->shown, "::", NULL, NULL, NULL, NULL)
                                  : cc_scope_prefix(p, scope);
    const char *name = f->flags & CC_F_CTOR   ? (f->owner->name ? f->owner->name->text : "constructor")
                       : f->flags & CC_F_DTOR ? "destructor"
                                              : f->name->text;
    if (f->targs)
        return wf_arena_printf(p->arena, "%s%s<%s>", prefix, name, cc_targs_text(p, f->targs, f->targ_count));
    return wf_arena_join(p->arena, prefix, name, NULL, NULL, NULL, NULL);
}

int cc_from_header(const cc *p, wf_place at) { return p->r.diags->sources[at.file].built_in; }

cc_func *cc_func_new(cc *p, const cc_spec *spec, const cc_declarator *d, cc_scope *scope, cc_record *owner) {
    cc_func *f = WF_NEW(p->scratch, cc_func);
    f->name = d->name;
    f->result = d->result;
    f->params = d->params;
    f->param_count = d->param_count;
    f->required = required_params(d->params, d->param_count);
    f->variadic = d->variadic;
    f->empty_pack = d->empty_pack;
    f->flags = (spec->flags & ~(uint32_t)(CC_F_CONST_OBJECT | CC_F_TYPEDEF)) | d->flags;
    /* Our headers stay C++ when PyCUDA wraps the whole source in extern "C". */
    if (p->extern_c && !owner && (f->flags & CC_F_LIBRARY || !cc_from_header(p, d->at)))
        f->flags |= CC_F_EXTERN_C;
    f->contract = spec->contract;
    f->max_threads = spec->max_threads;
    f->min_blocks = spec->min_blocks;
    f->owner = owner;
    f->scope = scope;
    f->at = f->last_at = d->at;
    f->order = p->order++;
    f->shown = spec->shown ? spec->shown : shown_name(p, f, scope);
    return f;
}

/* Values of these types travel the same way between functions. */
static int same_passing(cc_type a, cc_type b) {
    if (a.ref || b.ref) return 0;
    if (a.t->kind == WF_TY_VOID || b.t->kind == WF_TY_VOID) return a.t->kind == b.t->kind;
    if (wf_type_is(a.t, WF_TY_POINTER) || wf_type_is_float(a.t)) return a.t->kind == b.t->kind;
    return wf_type_is_integer(a.t) && wf_type_is_integer(b.t) && wf_type_size(a.t) == wf_type_size(b.t);
}

/* The function of extern "C" that a prototype stands for, which says other types of the same kind. */
static cc_func *linked_by_name(const cc *p, const cc_symbol *s, const cc_func *f) {
    if (!p->options->link_names || !(f->flags & CC_F_EXTERN_C)) return NULL;
    for (cc_func *other = s->funcs; other; other = other->next) {
        int same = other != f && other->flags & CC_F_EXTERN_C && other->state != CC_BODY_NONE &&
                   !other->tmpl && other->param_count == f->param_count &&
                   same_passing(other->result, f->result);
        for (uint32_t i = 0; same && i < f->param_count; i++)
            same = same_passing(other->params[i].type, f->params[i].type);
        if (same) return other;
    }
    return NULL;
}

static void append(cc_symbol *s, cc_func *f) {
    cc_func **end = &s->funcs;
    while (*end) end = &(*end)->next;
    *end = f;
}

static void check_virtual(cc *p, cc_func *f) {
    const char *what = !f->owner                ? "no member of a class"
                       : f->flags & CC_F_STATIC ? "static: there is no object whose class could decide"
                       : f->flags & CC_F_CTOR   ? "a constructor"
                                                : NULL;
    if (!(f->flags & CC_F_VIRTUAL) || !what) return;
    cc_error(p, f->at, NULL, "%s is virtual, but %s", f->shown ? f->shown : f->name->text, what);
    f->flags &= ~(uint32_t)(CC_F_VIRTUAL | CC_F_PURE);
}

/* Declares (again) the function of that name and those parameters in the scope. */
cc_func *cc_function(cc *p, const cc_spec *spec, cc_declarator *d, cc_scope *scope, cc_record *owner) {
    const uint32_t only_members = CC_F_CTOR | CC_F_DTOR | CC_F_CONVERSION | CC_F_METHOD | CC_F_CONST_METHOD;
    if (!owner && d->flags & only_members) {
        cc_error(p, d->at, NULL, "%s can only be a member of a class", d->name->text);
        d->flags &= ~only_members;
    }
    cc_symbol *s = cc_find_here(scope, d->name);
    if (s && s->kind == CC_SYM_TYPE && s->is_tag) s = NULL;
    if (s && s->kind != CC_SYM_FUNC) {
        cc_error(p, d->at, NULL, "%s is declared before as something else", d->name->text);
        wf_report(p->r.diags, WF_NOTE, s->at, NULL, "here");
        s = NULL;
    }
    for (cc_func *f = s ? s->funcs : NULL; f; f = f->next) {
        if (f->tmpl || f->alias || !cc_same_params(f, d->params, d->param_count, d->flags)) continue;
        merge(p, f, spec, d);
        f->last_at = d->at;
        if (f->func) tree_flags(p, f);
        return f;
    }
    if (!s) s = cc_symbol_add(p, scope, d->name, CC_SYM_FUNC, d->at);
    cc_func *f = cc_func_new(p, spec, d, scope, owner);
    append(s, f);
    f->linked = linked_by_name(p, s, f);
    if (spec->flags & CC_F_DEVICE &&
        (!strcmp(d->name->text, "operator new") || !strcmp(d->name->text, "operator delete")))
        cc_unsupported(p, d->at, "operator new and delete for device code");
    check_virtual(p, f);
    check_kernel(p, f);
    return f;
}

/* --- bodies --- */

int cc_is_host_only(const cc *p, const cc_func *f) {
    return !(f->flags & (CC_F_KERNEL | CC_F_DEVICE | CC_F_CONSTEXPR | CC_F_DEFAULTED)) &&
           !p->options->device_library && !(f->owner && f->owner->is_lambda);
}

/* At { or a constructor's : -- keeps the position and passes over the body. */
void cc_function_body(cc *p, cc_func *f) {
    if (f->state != CC_BODY_NONE) {
        cc_error(p, f->last_at, NULL, "%s is defined twice", f->shown);
    } else {
        f->state = CC_BODY_PENDING;
        f->body_at = p->at;
    }
    if (cc_is(p, CC_P_COLON)) { /* member initialisers: name(…) or name{…}, … { */
        cc_next_token(p);
        while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_SEMI)) {
            while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_LPAREN) && !cc_is(p, CC_P_LBRACE) &&
                   !cc_is(p, CC_P_SEMI))
                cc_next_token(p);
            cc_skip_balanced(p);
            cc_accept(p, CC_P_ELLIPSIS);
            if (!cc_accept(p, CC_P_COMMA)) break;
        }
    }
    if (cc_is_kw(p, CC_KW_TRY)) {
        cc_unsupported(p, cc_place(p), "exceptions");
        cc_next_token(p);
    }
    wf_place open = cc_place(p);
    if (!cc_is(p, CC_P_LBRACE)) {
        cc_expect(p, CC_P_LBRACE, "of the body");
        f->state = CC_BODY_DONE;
        return;
    }
    cc_skip_balanced(p);
    if (cc_peek(p)->kind == CC_EOF && !cc_punct_is(&p->tokens[p->at ? p->at - 1 : 0], CC_P_RBRACE))
        cc_error(p, open, NULL, "this { has no }");
}

cc_symbol *cc_declare_param(cc *p, cc_scope *scope, const cc_param *param, uint32_t most) {
    if (!param->is_pack) {
        cc_symbol *s = cc_symbol_add(p, scope, param->name, CC_SYM_VAR, param->at);
        s->type = param->type;
        return s;
    }
    cc_symbol *pack = cc_find_here(scope, param->name);
    if (!pack || !pack->pack_vars) { /* all elements of a pack stand under one name */
        pack = cc_symbol_add(p, scope, param->name, CC_SYM_PACK, param->at);
        pack->pack_vars = WF_NEW_ARRAY(p->scratch, cc_symbol *, most);
        p->packs++;
    }
    cc_symbol *s = WF_NEW(p->scratch, cc_symbol);
    s->name = param->name, s->kind = CC_SYM_VAR, s->at = param->at, s->type = param->type, s->scope = scope;
    pack->pack_vars[pack->pack_count++] = s;
    return s;
}

static void declare_params(cc *p, cc_func *f, cc_scope *scope) {
    wf_var *var = f->func->params;
    if (var && has_self(f)) p->body->self = var, var = var->next;
    for (uint32_t i = 0; i < f->param_count && var; i++, var = var->next) {
        cc_param *param = &f->params[i];
        if (!param->name) continue;
        if (!param->is_pack && cc_find_here(scope, param->name))
            cc_error(p, param->at, NULL, "two parameters have the name %s", param->name->text);
        cc_symbol *s = cc_declare_param(p, scope, param, f->param_count);
        s->var = var;
        s->home = f->func;
        if (!param->is_pack) var->front = s;
    }
}

/* An empty pack of parameters has a name too. */
static void declare_empty_packs(cc *p, cc_func *f, cc_scope *scope) {
    if (f->empty_pack && !cc_find_here(scope, f->empty_pack)) {
        cc_symbol_add(p, scope, f->empty_pack, CC_SYM_PACK, f->at);
        p->packs++;
    }
    for (uint32_t i = 0; f->tmpl && f->tmpl->pattern && i < f->tmpl->pattern->param_count; i++) {
        const cc_param *param = &f->tmpl->pattern->params[i];
        if (!param->is_pack || !param->name || cc_find_here(scope, param->name)) continue;
        cc_symbol_add(p, scope, param->name, CC_SYM_PACK, param->at);
        p->packs++;
    }
}

typedef struct saved_state {
    cc_mark mark;
    cc_scope *scope;
    cc_body *body;
    unsigned no_gt, unevaluated, pattern, depth, extern_c;
} saved_state;

static saved_state enter_body(cc *p, cc_func *f, cc_body *body) {
    saved_state saved = {cc_save(p),     p->scope,   p->body,  p->no_gt,
                         p->unevaluated, p->pattern, p->depth, p->extern_c};
    memset(body, 0, sizeof *body);
    body->func = f;
    body->f = f->func;
    body->record = f->owner;
    body->result = f->result;
    body->deduce_result = f->result.placeholder;
    body->lambda = f->owner && f->owner->is_lambda && !(f->flags & CC_F_DEFAULTED) ? f->owner : NULL;
    p->body = body;
    p->no_gt = p->unevaluated = p->pattern = 0;
    p->half = 0;
    p->extern_c = 0;
    p->scope = cc_scope_new(p, CC_SCOPE_FUNCTION, f->scope);
    p->at = f->body_at;
    return saved;
}

static void leave_body(cc *p, const saved_state *saved) {
    cc_back(p, saved->mark);
    p->scope = saved->scope;
    p->body = saved->body;
    p->no_gt = saved->no_gt;
    p->unevaluated = saved->unevaluated;
    p->pattern = saved->pattern;
    p->depth = saved->depth;
    p->extern_c = saved->extern_c;
}

void cc_set_result(cc *p, cc_func *f, cc_type result) {
    f->result = result;
    f->result.placeholder = 0;
    check_result(p, f);
    const wf_type *t = f->func->type;
    f->func->type =
        wf_type_function(p->u, cc_tree_type(p, result)->unqual, t->params, t->param_count, t->variadic);
}

void cc_parse_body(cc *p, cc_func *f) {
    cc_body body;
    if (f->state != CC_BODY_PENDING) return;
    f->state = CC_BODY_PARSING;
    make_tree(p, f);
    if (f->tmpl) check_result(p, f);
    if (f->func->body || f->func->flags & WF_FN_LIBRARY) return;
    saved_state saved = enter_body(p, f, &body);
    cc_make_params(p, f);
    declare_params(p, f, p->scope);
    declare_empty_packs(p, f, p->scope);
    cc_declare_captures(p, p->scope);
    wf_stmt *block = wf_stmt_block(p->u, cc_place(p));
    body.block = body.first_block = block;
    for (wf_var *v = has_self(f) ? f->func->params->next : f->func->params; v; v = v->next) {
        const cc_symbol *s = v->front; /* a kernel's arguments outlive the thread */
        if (!(f->flags & CC_F_KERNEL)) cc_alive_push(p, v, s ? s->type : cc_plain(v->type));
    }
    if (f->copies) cc_copy_body(p, f, block);
    else if (f->flags & CC_F_CTOR) cc_constructor_head(p, f, block), cc_temporaries_end(p, block, NULL);
    if (f->flags & CC_F_DTOR) {
        if (f->owner->is_virtual) cc_set_class(p, f->owner, cc_implicit_this(p, f->at), block, f->at);
        cc_alive_parts(p, f->owner);
    }
    cc_alive *params = body.alive;
    if (cc_is(p, CC_P_LBRACE)) {
        cc_next_token(p);
        cc_compound(p, block, 0);
    } else if (!(f->flags & CC_F_DEFAULTED)) {
        cc_expect(p, CC_P_LBRACE, "of the body");
    }
    body.alive = params;
    cc_alive_close(p, block, NULL);
    wf_block_end(block);
    cc_check_labels(p);
    if (!body.deduce_result || body.returned) cc_check_return(p, f, block);
    if (body.deduce_result)
        cc_set_result(p, f, body.returned ? body.result : cc_plain(wf_type_scalar(p->u, WF_TY_VOID)));
    f->func->body = block;
    f->state = CC_BODY_DONE;
    leave_body(p, &saved);
}

static void queue(cc *p, cc_func *f) {
    if (f->body_queued) return;
    f->body_queued = 1;
    if (p->pending_last) p->pending_last->pending = f;
    else p->pending = f;
    p->pending_last = f;
}

void cc_need_body(cc *p, cc_func *f) {
    if (f->tmpl && !f->targs && !f->func) return; /* an uninstantiated template */
    if (!p->unevaluated) f->evaluated = 1;
    if (f->result.placeholder) { /* the result's type stands in the body */
        if (f->state == CC_BODY_PARSING) {
            cc_error(p, cc_place(p), NULL, "%s is used before its result type is deduced", f->shown);
            return;
        }
        if (f->state == CC_BODY_NONE) {
            cc_error(p, cc_place(p), NULL, "the result type of %s is deduced from a body that is not here",
                     f->shown);
            return;
        }
        if (p->template_depth > 64 || !cc_deeper(p)) return;
        p->template_depth++;
        cc_parse_body(p, f);
        p->template_depth--;
        p->depth--;
        return;
    }
    make_tree(p, f);
    if (f->state == CC_BODY_NONE && f->owner && f->owner->tmpl) cc_find_outside(p, f);
    if (f->state == CC_BODY_PENDING && !p->unevaluated) queue(p, f);
}

void cc_run_pending(cc *p) {
    while (p->pending) {
        cc_func *f = p->pending;
        p->pending = f->pending;
        if (!p->pending) p->pending_last = NULL;
        if (p->r.diags->errors > WF_DIAG_MAX) continue; /* nobody will see more */
        cc_parse_body(p, f);
    }
}

wf_expr *cc_function_value(cc *p, cc_func *f, wf_place at) {
    make_tree(p, f);
    cc_need_body(p, f);
    return wf_make_value(p->u, wf_make_func(p->u, f->func, at));
}

cc_func *cc_one_of_set(cc *p, cc_func *set, cc_targ *targs, uint32_t count) {
    cc_func *only = NULL;
    for (cc_func *f = set; f; f = f->next) {
        cc_func *made = f;
        if (f->tmpl && !f->targs) {
            if (!targs) continue;
            cc_targ *args = WF_NEW_ARRAY(p->scratch, cc_targ, f->tmpl->param_count + 1);
            for (uint32_t i = 0; i < count && i < f->tmpl->param_count; i++) args[i] = targs[i];
            made = cc_complete_targs(p, f->tmpl, args, count, f->at)
                       ? cc_instantiate_func(p, f->tmpl, args, f->at)
                       : NULL;
        } else if (targs) {
            continue;
        }
        if (made && only) return NULL;
        if (made) only = made;
    }
    if (only) make_tree(p, only);
    return only;
}

/* After the last declaration: functions that were only declared get their parameters' names. */
void cc_finish_functions(cc *p) {
    wf_func *before = NULL;
    for (wf_func *f = p->u->funcs; f; f = f->next) { /* what only stood in sizeof or decltype is not there */
        const cc_func *front = f->front;
        if (f->body || !front || front->evaluated || f->flags & WF_FN_LIBRARY) {
            before = f;
            continue;
        }
        if (before) before->next = f->next;
        else p->u->funcs = f->next;
        if (p->u->last_func == f) p->u->last_func = before;
        p->u->func_count--;
    }
    for (wf_func *f = p->u->funcs; f; f = f->next)
        if (!f->params && f->front && f->type->param_count) cc_make_params(p, f->front);
}
