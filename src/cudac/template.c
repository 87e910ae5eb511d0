/* cudac/template.c: templates: declaring them, their arguments, making what they describe.
 *
 * A template keeps the position of its tokens. An instance is made by reading them again in a scope where the
 * parameters' names stand for the arguments. When it is declared, a function template is also read once in
 * pattern mode: its parameters then are marks (records that stand for "parameter i"), and what comes out is
 * the pattern that arguments are matched against (deduce.c). The same is done with the arguments of partial
 * specialisations. */
#include "cudac/parse.h"
#include <string.h>

enum { INSTANTIATION_DEPTH_MAX = 220, INSTANCES_MAX = 20000, TPARAMS_MAX = 64 };

typedef struct cc_outside { /* a method defined outside of its class template */
    struct cc_outside *next;
    cc_tparam *params;
    uint32_t param_count, decl_at;
    cc_name *name;
    cc_scope *scope;
} cc_outside;

typedef struct saved_state {
    cc_mark mark;
    cc_scope *scope;
    cc_body *body;
    unsigned no_gt, unevaluated, pattern, extern_c, depth;
} saved_state;

static saved_state save_state(cc *p) {
    saved_state s = {cc_save(p),     p->scope,   p->body,     p->no_gt,
                     p->unevaluated, p->pattern, p->extern_c, p->depth};
    p->no_gt = p->unevaluated = p->pattern = p->extern_c = 0;
    p->depth = 0; /* template_depth and the stack are watched instead */
    p->half = 0;
    return s;
}

static void restore_state(cc *p, const saved_state *s) {
    cc_back(p, s->mark);
    p->scope = s->scope, p->body = s->body, p->no_gt = s->no_gt, p->unevaluated = s->unevaluated,
    p->pattern = s->pattern;
    p->extern_c = s->extern_c, p->depth = s->depth;
}

/* --- what a parameter's name stands for --- */

void cc_bind_targ(cc *p, cc_scope *scope, cc_name *name, const cc_targ *a) {
    if (!name || !a->kind) return;
    cc_symbol *s = cc_symbol_add(p, scope, name, (cc_symbol_kind)a->kind, (wf_place){0});
    s->type = a->type;
    if (a->kind == CC_SYM_CONST) {
        s->value = a->expr;
        if (!s->value) s->value = wf_make_int(p->u, a->type.t->unqual, (uint64_t)a->value, (wf_place){0});
        if (a->type.en) cc_set_enum(p, s->value, a->type.en);
    }
    if (a->kind == CC_SYM_TEMPLATE) s->tmpl = a->tmpl;
    if (a->kind == CC_SYM_PACK) s->pack = a->pack, s->pack_count = a->pack_count, p->packs++;
}

void cc_bind_targs(cc *p, cc_scope *scope, const cc_template *t, const cc_targ *args) {
    for (uint32_t i = 0; i < t->param_count; i++) cc_bind_targ(p, scope, t->params[i].name, &args[i]);
}

/* A record that stands for parameter i of a template. It never enters the unit. */
static const wf_type *mark_type(cc *p, uint32_t i) {
    wf_record *w = WF_NEW(p->scratch, wf_record);
    cc_record *r = WF_NEW(p->scratch, cc_record);
    w->name = r->shown = wf_arena_printf(p->scratch, "$%u", i);
    w->front = r;
    r->record = w;
    r->tparam = (int)i + 1;
    r->type = wf_type_of_record(p->u, w);
    return r->type;
}

static void bind_mark(cc *p, cc_scope *scope, cc_tparam *param, uint32_t i) {
    if (!param->name) return;
    cc_symbol *s = cc_symbol_add(p, scope, param->name, (cc_symbol_kind)param->kind, (wf_place){0});
    s->in_pattern = 1;
    s->field = i;
    if (param->kind == CC_SYM_TYPE) s->type = cc_plain(mark_type(p, i));
    if (param->kind == CC_SYM_CONST) s->type = cc_plain(wf_type_scalar(p->u, WF_TY_INT));
    if (param->kind == CC_SYM_TEMPLATE) {
        s->tmpl = WF_NEW(p->scratch, cc_template);
        s->tmpl->name = param->name;
        s->tmpl->is_class = 1;
        s->tmpl->mark = i + 1;
    }
}

/* --- the parameter list --- */

static void skip_default(cc *p) {
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
    int is_type =
        cc_is_kw(p, CC_KW_CLASS) || (cc_is_kw(p, CC_KW_TYPENAME) && !cc_punct_is(cc_ahead(p, 2), CC_P_SCOPE));
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
        skip_default(p);
    }
}

/* Behind template<: the parameters, bound to marks in a scope that becomes p->scope. */
static cc_tparam *read_tparams(cc *p, uint32_t *count) {
    cc_tparam *params = WF_NEW_ARRAY(p->scratch, cc_tparam, TPARAMS_MAX);
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
        one_tparam(p, &params[*count]);
        bind_mark(p, p->scope, &params[*count], *count);
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
    return params;
}

/* --- arguments --- */

typedef struct targ_list {
    cc_targ *data;
    uint32_t count, capacity;
    cc_template *t;
} targ_list;

static cc_targ *add_targ(cc *p, targ_list *list) {
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity ? list->capacity * 2 : 8;
        cc_targ *data = WF_NEW_ARRAY(p->scratch, cc_targ, capacity);
        if (list->count) memcpy(data, list->data, list->count * sizeof *data);
        list->data = data, list->capacity = capacity;
    }
    return &list->data[list->count++];
}

static void const_targ(cc *p, cc_targ *a) {
    wf_place at = cc_place(p);
    a->kind = CC_SYM_CONST;
    a->type = cc_plain(wf_type_scalar(p->u, WF_TY_INT));
    if (p->pattern) {
        cc_symbol *s = cc_is_name(p) ? cc_find(p, p->scope, cc_peek(p)->name) : NULL;
        const cc_token *next = cc_ahead(p, 1);
        if (s && s->kind == CC_SYM_CONST && s->in_pattern &&
            (cc_punct_is(next, CC_P_COMMA) || cc_punct_is(next, CC_P_GT) || cc_punct_is(next, CC_P_SHR) ||
             cc_punct_is(next, CC_P_ELLIPSIS))) {
            a->mark = s->field + 1;
            cc_next_token(p);
            return;
        }
        cc_trial trial = cc_trial_begin(p);
        wf_expr *e = cc_conditional(p);
        if (!cc_const_int(p, e, &a->value, NULL) || (e->flags & WF_EX_ERROR)) a->mark = 0xffff;
        else a->type = (cc_type){.t = e->type->unqual, .en = cc_enum_of(p, e)};
        if (cc_trial_end(p, trial)) a->mark = 0xffff;
        if (a->mark) p->half = 0, skip_default(p);
        return;
    }
    unsigned no_gt = p->no_gt;
    p->no_gt = 1;
    wf_expr *e = cc_decay(p, cc_scalar(p, cc_conditional(p)));
    p->no_gt = no_gt;
    if (e->flags & WF_EX_ERROR) return;
    a->type = (cc_type){.t = e->type->unqual, .en = cc_enum_of(p, e)};
    if (wf_type_is_integer(e->type)) {
        wf_expr *value = cc_evaluate(p, e);
        if (value && value->kind == WF_EX_INT) a->value = (int64_t)value->u.i;
        else cc_error(p, at, NULL, "a template's argument must be a constant");
    } else if (e->kind == WF_EX_CAST && e->a->kind == WF_EX_FUNC) {
        a->expr = e;
    } else if (e->kind == WF_EX_ADDR || e->type->kind == WF_TY_POINTER) {
        a->expr = e;
        if (e->kind != WF_EX_ADDR && e->kind != WF_EX_INT)
            cc_unsupported(p, at, "this kind of template argument");
    } else {
        a->expr = cc_evaluate(p, e);
        if (!a->expr) cc_error(p, at, NULL, "a template's argument must be a constant");
    }
}

static void one_targ(cc *p, void *context, uint32_t index) {
    targ_list *list = context;
    const cc_template *t = list->t;
    uint32_t i = list->count;
    cc_targ *a = add_targ(p, list);
    (void)index;
    memset(a, 0, sizeof *a);
    unsigned kind = 0;
    if (t && t->param_count)
        kind = i < t->param_count ? t->params[i].kind : t->params[t->param_count - 1].kind;
    if (kind == CC_SYM_CONST && cc_starts_type(p) && !cc_punct_is(cc_ahead(p, 1), CC_P_LPAREN) &&
        !cc_punct_is(cc_ahead(p, 1), CC_P_LBRACE) && !cc_punct_is(cc_ahead(p, 1), CC_P_SCOPE) &&
        !cc_punct_is(cc_ahead(p, 1), CC_P_LT))
        cc_error(p, cc_place(p), NULL, "got a type, expected a value as argument %u of template %s", i + 1,
                 t->name ? t->name->text : "");
    if (!kind)
        kind = cc_starts_type(p) && !cc_punct_is(cc_ahead(p, 1), CC_P_LPAREN) ? CC_SYM_TYPE : CC_SYM_CONST;
    if (kind == CC_SYM_TYPE) {
        wf_place at = cc_place(p);
        if (!cc_starts_type(p) && !cc_is_name(p)) {
            cc_error(p, at, NULL, "got %s, expected a type as a template's argument",
                     cc_token_text(p, cc_peek(p)));
            p->half = 0;
            skip_default(p);
            a->kind = CC_SYM_TYPE;
            a->type = cc_plain(wf_type_scalar(p->u, WF_TY_INT));
            return;
        }
        a->kind = CC_SYM_TYPE;
        a->type = cc_type_name(p);
    } else if (kind == CC_SYM_TEMPLATE) {
        cc_id id;
        wf_place at = cc_place(p);
        a->kind = CC_SYM_TEMPLATE;
        if (cc_read_id(p, &id) && id.symbol && id.symbol->kind == CC_SYM_TEMPLATE) a->tmpl = id.symbol->tmpl;
        else cc_error(p, at, NULL, "expected the name of a class template");
    } else {
        const_targ(p, a);
    }
}

uint32_t cc_template_args(cc *p, cc_template *t, cc_targ **args) {
    targ_list list = {.t = t};
    unsigned no_gt = p->no_gt;
    p->no_gt = 1;
    add_targ(p, &list), list.count = 0;
    if (cc_deeper(p)) {
        while (!cc_is(p, CC_P_GT) && !(cc_is(p, CC_P_SHR)) && cc_peek(p)->kind != CC_EOF) {
            uint32_t before = p->at;
            if (!p->pattern && cc_pack_ahead(p)) cc_expand_pack(p, one_targ, &list);
            else one_targ(p, &list, 0);
            if (cc_accept(p, CC_P_ELLIPSIS)) list.data[list.count - 1].is_expansion = 1;
            if (!cc_accept(p, CC_P_COMMA) || p->at == before) break;
        }
        p->depth--;
    }
    p->no_gt = no_gt;
    if (!cc_accept_gt(p))
        cc_error(p, cc_place(p), NULL, "got %s, expected , or > in the template's arguments",
                 cc_token_text(p, cc_peek(p)));
    *args = list.data;
    return list.count;
}

/* The given arguments, one for each parameter (kind 0: not given), the rest gathered in the pack. NULL: too
 * many. */
cc_targ *cc_normal_targs(cc *p, const cc_template *t, const cc_targ *given, uint32_t count) {
    cc_targ *args = WF_NEW_ARRAY(p->scratch, cc_targ, t->param_count + 1);
    uint32_t i = 0;
    for (; i < t->param_count; i++) {
        if (t->params[i].is_pack) {
            if (count <= i) return args;
            args[i].kind = CC_SYM_PACK;
            args[i].pack_count = count - i;
            args[i].pack = WF_NEW_ARRAY(p->scratch, cc_targ, count - i);
            memcpy(args[i].pack, given + i, (count - i) * sizeof *given);
            return args;
        }
        if (i < count) args[i] = given[i];
    }
    return count > t->param_count ? NULL : args;
}

static int dependent_targ(cc *p, const cc_targ *a) {
    if (a->mark) return 1;
    if (a->kind == CC_SYM_TYPE) return cc_is_dependent(p, a->type.t);
    if (a->kind == CC_SYM_TEMPLATE) return a->tmpl && a->tmpl->mark;
    for (uint32_t i = 0; a->kind == CC_SYM_PACK && i < a->pack_count; i++)
        if (dependent_targ(p, &a->pack[i])) return 1;
    return 0;
}

/* The value in the parameter's own type. */
static void convert_value(cc *p, const cc_template *t, uint32_t i, cc_scope *scope, cc_targ *a) {
    saved_state s = save_state(p);
    cc_spec spec;
    cc_declarator d;
    p->scope = scope;
    p->at = t->params[i].type_at;
    cc_specifiers(p, &spec, 1);
    cc_declarator_parse(p, &spec, spec.type, &d, 2);
    restore_state(p, &s);
    if (d.type.placeholder || d.type.ref || a->expr) {
        if (a->expr && wf_type_is_integer(d.type.t) && !d.type.placeholder)
            cc_error(p, cc_place(p), NULL, "a template's argument must be an integer, got %s",
                     cc_spell_t(p, a->expr->type));
        return;
    }
    if (wf_type_is_integer(d.type.t)) {
        wf_expr *e = wf_make_cast(p->u, d.type.t->unqual,
                                  wf_make_int(p->u, a->type.t->unqual, (uint64_t)a->value, (wf_place){0}),
                                  (wf_place){0});
        if (e->kind == WF_EX_INT) a->value = (int64_t)e->u.i;
        a->type = (cc_type){.t = d.type.t->unqual, .en = d.type.en};
    }
}

static void parse_default(cc *p, cc_template *t, uint32_t i, cc_scope *scope, cc_targ *a) {
    saved_state s = save_state(p);
    targ_list list = {.t = NULL};
    cc_template one = {.params = &t->params[i], .param_count = 1, .name = t->name};
    list.t = &one;
    p->scope = scope;
    p->at = t->params[i].default_at;
    p->no_gt = 1;
    if (cc_deeper(p)) {
        one_targ(p, &list, 0);
        *a = list.data[0];
    }
    restore_state(p, &s);
}

int cc_complete_targs(cc *p, cc_template *t, cc_targ *args, uint32_t given, wf_place at) {
    cc_scope *scope = cc_scope_new(p, CC_SCOPE_TEMPLATE, t->scope);
    (void)given;
    for (uint32_t i = 0; i < t->param_count; i++) {
        if (!args[i].kind && t->params[i].is_pack) args[i].kind = CC_SYM_PACK;
        if (!args[i].kind && t->params[i].default_at) parse_default(p, t, i, scope, &args[i]);
        if (!args[i].kind) {
            if (at.file)
                cc_error(p, at, NULL, "template %s: argument %s is missing", t->name->text,
                         t->params[i].name ? t->params[i].name->text
                                           : wf_arena_printf(p->arena, "%u", i + 1));
            return 0;
        }
        if (args[i].kind != CC_SYM_PACK && args[i].kind != t->params[i].kind) {
            if (at.file)
                cc_error(p, at, NULL, "template %s: argument %u must be a %s", t->name->text, i + 1,
                         t->params[i].kind == CC_SYM_TYPE ? "type" : "value");
            return 0;
        }
        if (args[i].kind == CC_SYM_CONST && !args[i].mark) convert_value(p, t, i, scope, &args[i]);
        if (!args[i].mark) cc_bind_targ(p, scope, t->params[i].name, &args[i]);
    }
    return 1;
}

/* --- class templates --- */

static cc_type pattern_record(cc *p, cc_template *t, cc_targ *args, uint32_t count) {
    wf_record *w = WF_NEW(p->scratch, wf_record);
    cc_record *r = WF_NEW(p->scratch, cc_record);
    w->name = r->shown = wf_arena_printf(p->scratch, "%s<%s>", t->name->text, cc_targs_text(p, args, count));
    w->front = r;
    r->record = w;
    r->pattern = t;
    r->pattern_args = args;
    r->pattern_count = count;
    r->type = wf_type_of_record(p->u, w);
    return cc_plain(r->type);
}

static cc_instance *find_instance(cc_template *t, const cc_targ *args) {
    for (cc_instance *i = t->instances; i; i = i->next)
        if (cc_targs_equal(i->args, args, t->param_count)) return i;
    return NULL;
}

static cc_instance *add_instance(cc *p, cc_template *t, cc_targ *args) {
    if (++p->instances > INSTANCES_MAX) {
        if (p->instances == INSTANCES_MAX + 1)
            cc_error(p, t->at, NULL, "templates make more than %d instances", INSTANCES_MAX);
        return NULL;
    }
    cc_instance *i = WF_NEW(p->scratch, cc_instance);
    i->args = args;
    i->next = t->instances;
    t->instances = i;
    return i;
}

static int too_deep(cc *p, const cc_template *t, wf_place at) {
    if (p->template_depth < INSTANTIATION_DEPTH_MAX) return 0;
    if (!p->too_deep_told)
        cc_error(p, at.file ? at : t->at, NULL, "template %s: instances are nested more than %d deep",
                 t->name->text, INSTANTIATION_DEPTH_MAX);
    p->too_deep_told = 1;
    return 1;
}

static cc_type alias_type(cc *p, cc_template *t, cc_targ *args, cc_instance *i, wf_place at) {
    if (i->type.t) return i->type;
    if (i->busy || too_deep(p, t, at)) return cc_plain(wf_type_scalar(p->u, WF_TY_INT));
    saved_state s = save_state(p);
    p->template_depth++;
    i->busy = 1;
    p->scope = cc_scope_new(p, CC_SCOPE_TEMPLATE, t->scope);
    cc_bind_targs(p, p->scope, t, args);
    p->at = t->decl_at;
    uint32_t errors = p->r.diags->errors;
    cc_type type = cc_type_name(p);
    if (p->r.diags->errors == errors) i->type = type; /* a failure must fail again */
    i->busy = 0;
    p->template_depth--;
    restore_state(p, &s);
    return type;
}

cc_type cc_instantiate_class(cc *p, cc_template *t, cc_targ *given, uint32_t count, wf_place at) {
    cc_type failed = cc_plain(wf_type_scalar(p->u, WF_TY_INT));
    if (t->mark) return pattern_record(p, t, given, count);
    for (uint32_t i = 0; i < count; i++)
        if (p->pattern && (dependent_targ(p, &given[i]) || given[i].is_expansion))
            return pattern_record(p, t, given, count);
    cc_targ *args = cc_normal_targs(p, t, given, count);
    if (!args) {
        cc_error(p, at, NULL, "template %s got %u arguments, expected %u", t->name->text, count,
                 t->param_count);
        return failed;
    }
    if (!cc_complete_targs(p, t, args, count, at)) return failed;
    cc_instance *i = find_instance(t, args);
    if (!i) i = add_instance(p, t, args);
    if (!i) return failed;
    if (t->is_alias) return alias_type(p, t, args, i, at);
    if (!i->record) {
        const char *shown = wf_arena_printf(p->arena, "%s%s<%s>", cc_scope_prefix(p, t->scope), t->name->text,
                                            cc_targs_text(p, args, t->param_count));
        i->record = cc_record_new(p, t->name, shown, 0, t->scope, at.file ? at : t->at);
        i->record->tmpl = t;
        i->record->targs = args;
        cc_symbol *self = cc_symbol_add(p, i->record->scope, t->name, CC_SYM_TYPE, t->at);
        self->type = cc_plain(i->record->type);
        self->is_tag = 1;
    }
    return cc_plain(i->record->type);
}

/* The arguments of a specialisation as patterns. */
static cc_targ *pattern_args(cc *p, cc_template *special, uint32_t *count) {
    saved_state s = save_state(p);
    cc_targ *args;
    p->pattern = 1;
    p->scope = cc_scope_new(p, CC_SCOPE_TEMPLATE, special->scope);
    for (uint32_t i = 0; i < special->param_count; i++) bind_mark(p, p->scope, &special->params[i], i);
    p->at = special->pattern_at;
    *count = cc_template_args(p, special->primary, &args);
    restore_state(p, &s);
    return args;
}

static cc_template *best_partial(cc *p, cc_template *t, const cc_targ *args, cc_targ **bound) {
    cc_template *best = NULL;
    int best_score = -1;
    for (cc_template *special = t->partials; special; special = special->next_partial) {
        uint32_t count;
        cc_targ *pattern = pattern_args(p, special, &count);
        cc_targ *own = WF_NEW_ARRAY(p->scratch, cc_targ, special->param_count + 1);
        pattern = cc_normal_targs(p, t, pattern, count);
        if (!pattern) continue;
        cc_trial trial = cc_trial_begin(p);
        for (uint32_t i = 0; i < t->param_count; i++) /* those left out are the primary's defaults */
            if (!pattern[i].kind) pattern[i] = args[i];
        cc_trial_end(p, trial);
        int score = cc_match_targs(p, pattern, args, t->param_count, own);
        int whole = score >= 0;
        for (uint32_t i = 0; i < special->param_count && whole; i++) {
            if (!own[i].kind && special->params[i].is_pack) own[i].kind = CC_SYM_PACK;
            whole = own[i].kind != 0;
        }
        if (whole && score > best_score) best = special, best_score = score, *bound = own;
    }
    return best;
}

void cc_complete(cc *p, const wf_type *type) {
    while (type->kind == WF_TY_ARRAY) type = type->base;
    cc_record *r = cc_record_of(type);
    if (!r || !r->tmpl || r->complete || r->busy || too_deep(p, r->tmpl, r->record->at)) return;
    cc_targ *args = r->targs;
    cc_template *t = best_partial(p, r->tmpl, r->targs, &args);
    if (!t) t = r->tmpl;
    if (!t->defined || !cc_deeper(p)) return;
    saved_state s = save_state(p);
    uint32_t errors = p->r.diags->errors;
    wf_place at = r->record->at;
    r->busy = 1;
    p->template_depth++;
    p->body = NULL;
    p->scope = cc_scope_new(p, CC_SCOPE_TEMPLATE, t->scope);
    cc_bind_targs(p, p->scope, t, args);
    r->scope->parent = p->scope;
    p->at = t->decl_at;
    p->target = r;
    cc_record_specifier(p, cc_peek(p)->op);
    p->target = NULL;
    p->template_depth--;
    r->busy = 0;
    restore_state(p, &s);
    p->depth -= p->depth > 0;
    if (p->r.diags->errors > errors && at.file)
        wf_report(p->r.diags, WF_NOTE, at, NULL, "while %s was made", r->shown);
}

cc_type cc_injected_type(cc *p, cc_symbol *s, wf_place at) {
    cc_error(p, at, NULL, "template %s needs its arguments in <>", s->name->text);
    return cc_plain(wf_type_scalar(p->u, WF_TY_INT));
}

/* --- function and variable templates --- */

cc_func *cc_instantiate_func(cc *p, cc_template *t, cc_targ *args, wf_place at) {
    cc_instance *i = find_instance(t, args);
    if (i && i->func) return i->func;
    if (i && i->busy) return NULL;
    uint32_t depth = p->body && p->body->func ? p->body->func->depth + 1 : 0;
    if (depth > INSTANTIATION_DEPTH_MAX && !p->too_deep_told) {
        cc_error(p, p->body->func->at, NULL, "template %s: instances are nested more than %d deep",
                 t->name->text, INSTANTIATION_DEPTH_MAX);
        p->too_deep_told = 1;
    }
    if (depth > INSTANTIATION_DEPTH_MAX || too_deep(p, t, at)) return NULL;
    if (!i) i = add_instance(p, t, args);
    if (!i || !cc_deeper(p)) return NULL;
    saved_state s = save_state(p);
    cc_spec spec;
    cc_declarator d;
    i->busy = 1;
    p->template_depth++;
    p->scope = cc_scope_new(p, CC_SCOPE_TEMPLATE, t->scope);
    cc_bind_targs(p, p->scope, t, args);
    p->at = t->decl_at;
    cc_body *body = p->body;
    p->body = NULL;
    cc_trial trial = cc_trial_begin(p);
    cc_specifiers(p, &spec, !t->is_constructor);
    cc_declarator_parse(p, &spec, t->is_constructor ? cc_plain(wf_type_scalar(p->u, WF_TY_VOID)) : spec.type,
                        &d, 0);
    int failed = cc_trial_end(p, trial) || !d.is_function;
    p->body = body;
    cc_func *f = NULL;
    if (!failed) {
        if (t->owner && !(spec.flags & CC_F_STATIC)) d.flags |= CC_F_METHOD;
        d.flags |= t->pattern ? t->pattern->flags & CC_F_CTOR : 0;
        spec.flags |= t->extra_flags;
        if (t->pattern) d.name = t->pattern->name;
        if (t->is_constructor) d.result = cc_plain(wf_type_scalar(p->u, WF_TY_VOID));
        f = cc_func_new(p, &spec, &d, p->scope, t->owner);
        f->flags &= ~(uint32_t)CC_F_EXTERN_C;
        f->tmpl = t;
        f->depth = depth;
        f->targs = args;
        f->targ_count = t->param_count;
        const char *prefix =
            t->owner ? wf_arena_printf(p->arena, "%s::", t->owner->shown) : cc_scope_prefix(p, t->scope);
        f->shown = wf_arena_printf(p->arena, "%s%s<%s>", prefix, t->name->text,
                                   cc_targs_text(p, args, t->param_count));
        if (cc_is(p, CC_P_LBRACE) || cc_is(p, CC_P_COLON)) {
            f->body_at = p->at;
            f->state = CC_BODY_PENDING;
        } else if (cc_is(p, CC_P_ASSIGN) && cc_ahead(p, 1)->op == CC_KW_DELETE) {
            f->flags |= CC_F_DELETED;
        }
        i->func = f;
    }
    i->busy = 0;
    p->template_depth--;
    restore_state(p, &s);
    p->depth -= p->depth > 0;
    return f;
}

cc_symbol *cc_instantiate_variable(cc *p, cc_template *t, cc_targ *given, uint32_t count, wf_place at) {
    cc_targ *args = cc_normal_targs(p, t, given, count);
    if (!args || !cc_complete_targs(p, t, args, count, at)) return NULL;
    cc_instance *i = find_instance(t, args);
    if (i && i->symbol) return i->symbol;
    if ((i && i->busy) || too_deep(p, t, at)) return NULL;
    if (!i) i = add_instance(p, t, args);
    if (!i) return NULL;
    cc_targ *bound = args;
    cc_template *special = best_partial(p, t, args, &bound);
    if (special) t = special, args = bound;
    saved_state s = save_state(p);
    cc_spec spec;
    cc_declarator d;
    i->busy = 1;
    p->template_depth++;
    p->scope = cc_scope_new(p, CC_SCOPE_TEMPLATE, t->scope);
    cc_bind_targs(p, p->scope, t, args);
    p->at = t->decl_at;
    p->body = NULL;
    cc_specifiers(p, &spec, 1);
    spec.flags |= CC_F_CONSTEXPR;
    d = (cc_declarator){.name = t->name, .at = at, .type = spec.type, .align = spec.align};
    while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_ASSIGN) && !cc_is(p, CC_P_LBRACE) &&
           !cc_is(p, CC_P_SEMI)) {
        cc_next_token(p);
    }
    cc_global_variable(p, &spec, &d);
    i->symbol = cc_find_here(p->scope, t->name);
    i->busy = 0;
    p->template_depth--;
    restore_state(p, &s);
    return i->symbol;
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
        saved_state s = save_state(p);
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
        restore_state(p, &s);
    }
}

static void class_template(cc *p, cc_tparam *params, uint32_t count, cc_scope *outer, cc_record *owner,
                           uint32_t decl_at) {
    cc_spec spec = {0};
    wf_place at;
    cc_next_token(p); /* struct, class, union */
    cc_attributes(p, &spec);
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
        special->primary = t;
        special->next_partial = t->partials;
        t->partials = special;
        cc_next_token(p);
        cc_skip_angles(p);
        while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_LBRACE) && !cc_is(p, CC_P_SEMI)) cc_next_token(p);
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
    while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_LBRACE) && !cc_is(p, CC_P_SEMI)) cc_next_token(p);
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

static int same_pattern(cc *p, const cc_func *a, const cc_func *b) {
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
    if (owner && !(spec.flags & CC_F_STATIC)) d.flags |= CC_F_METHOD;
    cc_func *f = cc_func_new(p, &spec, &d, outer, owner);
    f->flags &= ~(uint32_t)CC_F_EXTERN_C;
    f->tmpl = t;
    f->shown = t->name->text;
    t->pattern = f;
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
        if (r->complete) cc_error(p, at, NULL, "%s is defined or used before", r->shown);
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
        if (f->tmpl && !f->targs) made = cc_specialised(p, f, d.targs, d.targ_count, d.params, d.param_count);
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
        if (f->tmpl && !f->targs) made = cc_specialised(p, f, d.targs, d.targ_count, d.params, d.param_count);
    if (made) cc_need_body(p, made);
    else cc_error(p, d.at, NULL, "no template %s fits this instance", d.name ? d.name->text : "?");
    cc_expect(p, CC_P_SEMI, "behind the instance");
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
    cc_tparam *params = read_tparams(p, &count);
    uint32_t decl_at = p->at;
    const cc_token *t = cc_peek(p);
    cc_name *name;
    cc_template *class;
    if (t->kind == CC_IDENT && t->op == CC_KW_REQUIRES) {
        cc_unsupported(p, t->at, "requires (concepts)");
        skip_definition(p);
    } else if (t->kind == CC_IDENT && t->op == CC_KW_CONCEPT) {
        cc_unsupported(p, t->at, "concepts");
        cc_skip_to_semi(p);
    } else if (t->kind == CC_IDENT && t->op == CC_KW_TEMPLATE) {
        cc_unsupported(p, t->at, "member templates defined outside of their class");
        skip_definition(p);
    } else if (t->kind == CC_IDENT && t->op == CC_KW_FRIEND) {
        skip_definition(p);
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
}

/* --- name expressions: "scale<float, 4>", "ns::kernel", "&k<int>" --- */

void cc_instantiate_named(cc *p, const char *text) {
    cc_tokens all = {.arena = p->scratch};
    size_t length = strlen(text);
    cc_token *made = WF_NEW_ARRAY(p->scratch, cc_token, length + 2);
    uint32_t count = cc_lex_text(&p->r, text, length, made, (uint32_t)length + 1);
    for (uint32_t i = 0; i + 1 < p->count; i++) cc_tokens_add(&all, &p->tokens[i]);
    for (uint32_t i = 0; i < count; i++) {
        made[i].at = (wf_place){0};
        cc_tokens_add(&all, &made[i]);
    }
    cc_token end = p->tokens[p->count - 1];
    p->at = p->count - 1;
    cc_tokens_add(&all, &end);
    p->tokens = all.data;
    p->count = all.count;
    p->depth = 0;
    p->scope = p->global;
    cc_accept(p, CC_P_AND);
    cc_accept(p, CC_P_LPAREN);
    uint32_t errors = p->r.diags->errors;
    cc_id id;
    cc_func *f = NULL;
    if (cc_read_id(p, &id) && id.symbol && id.symbol->kind == CC_SYM_FUNC)
        f = cc_one_of_set(p, id.symbol->funcs, id.targs, id.targ_count);
    if (f && f->func) {
        cc_need_body(p, f);
        f->shown = f->func->shown = wf_arena_strdup(p->arena, text);
    } else if (p->r.diags->errors == errors && !(id.symbol && id.symbol->kind == CC_SYM_VAR)) {
        const char *hint = id.name && !id.symbol ? cc_suggest(p, p->global, id.name->text, 1) : NULL;
        cc_error(p, (wf_place){0}, hint, "name expression %s: there is no such function", text);
    }
}
