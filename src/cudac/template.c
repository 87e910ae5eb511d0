/* cudac/template.c: templates: declaring them, their arguments, making what they describe.
 *
 * A template keeps the position of its tokens. An instance is made by reading them again in a scope where the
 * parameters' names stand for the arguments. When it is declared, a function template is also read once in
 * pattern mode: its parameters then are marks (records that stand for "parameter i"), and what comes out is
 * the pattern that arguments are matched against (deduce.c). The same is done with the arguments of partial
 * specialisations. */
#include "cudac/parse.h"
#include <string.h>

enum { INSTANTIATION_DEPTH_MAX = 220, INSTANCES_MAX = 20000 };

cc_state cc_state_save(cc *p) {
    cc_state s = {cc_save(p), p->scope, p->body, p->no_gt, p->unevaluated, p->pattern, p->extern_c, p->depth};
    p->no_gt = p->unevaluated = p->pattern = p->extern_c = 0;
    p->depth = 0; /* template_depth and the stack are watched instead */
    p->half = 0;
    return s;
}

void cc_state_restore(cc *p, const cc_state *s) {
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
        if (a->type.t && cc_is_member_pointer(a->type.t)) s->value = cc_member_pointer_value(p, a);
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
static const wf_type *mark_type(cc *p, uint32_t i, int is_pack) {
    wf_record *w = WF_NEW(p->scratch, wf_record);
    cc_record *r = WF_NEW(p->scratch, cc_record);
    w->name = r->shown = wf_arena_printf(p->scratch, "$%u", i);
    w->front = r;
    r->record = w;
    r->tparam = (int)i + 1;
    r->is_pack = (uint8_t)is_pack;
    r->type = wf_type_of_record(p->u, w);
    return r->type;
}

void cc_bind_mark(cc *p, cc_scope *scope, cc_tparam *param, uint32_t i) {
    if (!param->name) return;
    cc_symbol *s = cc_symbol_add(p, scope, param->name, (cc_symbol_kind)param->kind, (wf_place){0});
    s->in_pattern = 1;
    s->field = i;
    if (param->kind == CC_SYM_TYPE) s->type = cc_plain(mark_type(p, i, param->is_pack));
    if (param->kind == CC_SYM_CONST) s->type = cc_plain(wf_type_scalar(p->u, WF_TY_INT));
    if (param->kind == CC_SYM_TEMPLATE) {
        s->tmpl = WF_NEW(p->scratch, cc_template);
        s->tmpl->name = param->name;
        s->tmpl->is_class = 1;
        s->tmpl->mark = i + 1;
    }
}

/* --- arguments --- */

typedef struct targ_list {
    cc_targ *data;
    uint32_t count, capacity;
    cc_template *t;
} targ_list;

static cc_targ *add_targ(cc *p, targ_list *list) {
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity ? list->capacity * 2 : 2;
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
        if (a->mark) p->half = 0, cc_skip_default(p);
        return;
    }
    unsigned no_gt = p->no_gt;
    p->no_gt = 1;
    wf_expr *e = cc_conditional(p);
    if (!cc_is_member_pointer(e->type)) e = cc_decay(p, cc_scalar(p, e));
    p->no_gt = no_gt;
    if (e->flags & WF_EX_ERROR) return;
    a->type = (cc_type){.t = e->type->unqual, .en = cc_enum_of(p, e)};
    if (wf_type_is_integer(e->type)) {
        wf_expr *value = cc_evaluate(p, e);
        if (value && value->kind == WF_EX_INT) a->value = (int64_t)value->u.i;
        else cc_error(p, at, NULL, "a template's argument must be a constant");
    } else if (cc_is_member_pointer(e->type)) {
        if (!cc_member_pointer_targ(p, e, a))
            cc_error(p, at, NULL, "a template's argument must be a constant");
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
            cc_skip_default(p);
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
    cc_state s = cc_state_save(p);
    cc_spec spec;
    cc_declarator d;
    p->scope = scope;
    p->at = t->params[i].type_at;
    cc_specifiers(p, &spec, 1);
    cc_declarator_parse(p, &spec, spec.type, &d, 2);
    cc_state_restore(p, &s);
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
    cc_state s = cc_state_save(p);
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
    cc_state_restore(p, &s);
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
        if (args[i].kind == CC_SYM_TEMPLATE && !args[i].tmpl) return 0; /* told where it stands */
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

/* Equal arguments (cc_targs_equal) give equal hashes; what tells them apart in rare cases only is left out.
 */
static uint64_t hash_of(const cc_targ *args, uint32_t count) {
    uint64_t h = count;
    for (uint32_t i = 0; i < count; i++) {
        const cc_targ *a = &args[i];
        if (a->kind == CC_SYM_TYPE) h ^= (uintptr_t)a->type.t;
        else if (a->kind == CC_SYM_CONST) h ^= (uint64_t)a->value;
        else if (a->kind == CC_SYM_TEMPLATE) h ^= (uintptr_t)a->tmpl;
        else if (a->kind == CC_SYM_PACK) h ^= hash_of(a->pack, a->pack_count);
        h = (h ^ h >> 29) * 0x9e3779b97f4a7c15u;
    }
    return h ^ h >> 32;
}

static cc_instance *find_instance(cc_template *t, const cc_targ *args) {
    if (!t->instances) return NULL;
    uint64_t hash = hash_of(args, t->param_count);
    for (cc_instance *i = t->instances[hash & (t->instance_places - 1)]; i; i = i->next)
        if (i->hash == hash && cc_targs_equal(i->args, args, t->param_count)) return i;
    return NULL;
}

static void more_places(cc *p, cc_template *t) {
    cc_instance **before = t->instances;
    const uint32_t count = t->instance_places;
    t->instance_places = count ? count * 4 : 4;
    t->instances = WF_NEW_ARRAY(p->scratch, cc_instance *, t->instance_places);
    for (uint32_t k = 0; k < count; k++)
        for (cc_instance *i = before[k], *next; i; i = next) {
            cc_instance **place = &t->instances[i->hash & (t->instance_places - 1)];
            next = i->next;
            i->next = *place;
            *place = i;
        }
}

static cc_instance *add_instance(cc *p, cc_template *t, cc_targ *args) {
    if (++p->instances > INSTANCES_MAX) {
        if (p->instances == INSTANCES_MAX + 1)
            cc_error(p, t->at, NULL, "templates make more than %d instances", INSTANCES_MAX);
        return NULL;
    }
    if (t->instance_count++ >= t->instance_places) more_places(p, t);
    cc_instance *i = WF_NEW(p->scratch, cc_instance);
    i->args = args;
    i->hash = hash_of(args, t->param_count);
    cc_instance **place = &t->instances[i->hash & (t->instance_places - 1)];
    i->next = *place;
    return *place = i;
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
    cc_state s = cc_state_save(p);
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
    cc_state_restore(p, &s);
    return type;
}

/* A parameter of an alias that stands for a mark, or for a pack that is passed on whole. 0: neither. */
static int bind_pattern(cc *p, cc_scope *scope, cc_name *name, const cc_targ *a) {
    if (a->kind == CC_SYM_PACK) {
        if (a->pack_count != 1 || !a->pack[0].is_expansion) return 0;
        a = &a->pack[0];
    }
    if (!a->kind || a->mark == 0xffff) return 0;
    if (!a->mark || !name) return cc_bind_targ(p, scope, name, a), 1;
    cc_symbol *s = cc_symbol_add(p, scope, name, (cc_symbol_kind)a->kind, (wf_place){0});
    s->in_pattern = 1;
    s->field = a->mark - 1;
    s->type = cc_plain(wf_type_scalar(p->u, WF_TY_INT));
    return 1;
}

/* An alias among patterns: what it stands for, in terms of the marks. t NULL: it cannot be told. */
static cc_type alias_pattern(cc *p, cc_template *t, cc_targ *given, uint32_t count) {
    cc_type none = {.t = NULL};
    cc_targ *args = cc_normal_targs(p, t, given, count);
    cc_scope *inner = cc_scope_new(p, CC_SCOPE_TEMPLATE, t->scope);
    for (uint32_t i = 0; args && i < t->param_count; i++)
        if (!bind_pattern(p, inner, t->params[i].name, &args[i])) args = NULL;
    if (!args || p->template_depth >= INSTANTIATION_DEPTH_MAX || !cc_deeper(p)) return none;
    cc_mark mark = cc_save(p);
    cc_scope *scope = p->scope;
    unsigned no_gt = p->no_gt;
    p->template_depth++;
    p->scope = inner;
    p->at = t->decl_at;
    p->no_gt = 0;
    cc_trial trial = cc_trial_begin(p);
    cc_type type = cc_type_name(p);
    if (cc_trial_end(p, trial)) type = none;
    p->template_depth--;
    p->no_gt = no_gt;
    p->scope = scope;
    cc_back(p, mark);
    p->depth--;
    return type;
}

cc_type cc_instantiate_class(cc *p, cc_template *t, cc_targ *given, uint32_t count, wf_place at) {
    cc_type failed = cc_plain(wf_type_scalar(p->u, WF_TY_INT));
    if (t->mark) return pattern_record(p, t, given, count);
    for (uint32_t i = 0; i < count; i++)
        if (p->pattern && (dependent_targ(p, &given[i]) || given[i].is_expansion)) {
            cc_type meant = t->is_alias ? alias_pattern(p, t, given, count) : (cc_type){.t = NULL};
            return meant.t ? meant : pattern_record(p, t, given, count);
        }
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
    if (!i->record && !cc_constraints_hold(p, t, args)) {
        cc_error(p, at, NULL, "%s<%s>: the arguments do not satisfy the template's constraints",
                 t->name->text, cc_targs_text(p, args, t->param_count));
        return failed;
    }
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
    cc_state s = cc_state_save(p);
    cc_targ *args;
    p->pattern = 1;
    p->scope = cc_scope_new(p, CC_SCOPE_TEMPLATE, special->scope);
    for (uint32_t i = 0; i < special->param_count; i++) cc_bind_mark(p, p->scope, &special->params[i], i);
    p->at = special->pattern_at;
    *count = cc_template_args(p, special->primary, &args);
    cc_state_restore(p, &s);
    return args;
}

/* Whether a specialisation's arguments say more than their pattern tells: names inside of dependent types,
 * values that are computed, aliases. */
static int opaque_arguments(cc *p, const cc_template *special) {
    unsigned depth = 1;
    for (uint32_t i = special->pattern_at; i + 1 < p->count && depth; i++) {
        const cc_token *t = &p->tokens[i];
        if (t->kind == CC_IDENT) {
            cc_symbol *s = t->op ? NULL : cc_find(p, special->scope, t->name);
            if (t->op == CC_KW_TYPENAME || t->op == CC_KW_DECLTYPE || t->op == CC_KW_SIZEOF ||
                (s && s->kind == CC_SYM_TEMPLATE && s->tmpl->is_alias))
                return 1;
        } else if (t->kind == CC_PUNCT) {
            if (t->op == CC_P_SCOPE || t->op == CC_P_LPAREN) return 1;
            if (t->op == CC_P_LT) depth++;
            if (t->op == CC_P_GT) depth--;
            if (t->op == CC_P_SHR) depth -= depth > 1 ? 2 : 1;
        }
    }
    return 0;
}

/* What a pattern does not tell is tried out: with its parameters bound, the specialisation's arguments must
 * be those that were asked for. (So enable_if_t<false> takes a specialisation out.) */
static int substitutes(cc *p, cc_template *special, cc_targ *bound, const cc_targ *args) {
    cc_template *primary = special->primary;
    if (!opaque_arguments(p, special)) return 1;
    cc_state s = cc_state_save(p);
    cc_trial trial = cc_trial_begin(p);
    cc_targ *made;
    p->pattern = 0;
    p->scope = cc_scope_new(p, CC_SCOPE_TEMPLATE, special->scope);
    cc_bind_targs(p, p->scope, special, bound);
    p->at = special->pattern_at;
    uint32_t count = cc_template_args(p, primary, &made);
    cc_targ *all = cc_normal_targs(p, primary, made, count);
    int same = all != NULL;
    for (uint32_t i = 0; same && i < primary->param_count; i++) {
        if (!all[i].kind) all[i] = args[i];
        if (all[i].kind == CC_SYM_CONST && args[i].kind == CC_SYM_CONST && !all[i].expr)
            all[i].expr = args[i].expr;
    }
    same = same && cc_targs_equal(all, args, primary->param_count);
    if (cc_trial_end(p, trial)) same = 0;
    cc_state_restore(p, &s);
    return same;
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
        score = 2 * score + (special->requires_at != 0);
        if (whole && score > best_score && substitutes(p, special, own, args) &&
            cc_constraints_hold(p, special, own))
            best = special, best_score = score, *bound = own;
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
    cc_state s = cc_state_save(p);
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
    uint32_t pack = p->pack;
    p->pack = t->pack;
    cc_record_specifier(p, cc_peek(p)->op);
    p->pack = pack;
    p->target = NULL;
    p->template_depth--;
    r->busy = 0;
    cc_state_restore(p, &s);
    p->depth -= p->depth > 0;
    if (p->r.diags->errors > errors && at.file)
        wf_report(p->r.diags, WF_NOTE, at, NULL, "while %s was made", r->shown);
}

void cc_complete_target(cc *p, const wf_expr *e) {
    if (e->type->kind == WF_TY_POINTER) cc_complete(p, e->type->base);
}

wf_expr *cc_through(cc *p, wf_expr *pointer, wf_place at) {
    cc_complete_target(p, pointer);
    return wf_make_deref(p->u, pointer, at);
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
    cc_state s = cc_state_save(p);
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
    int converts = t->pattern && t->pattern->flags & CC_F_CONVERSION;
    int untyped = t->is_constructor || t->is_guide || converts;
    cc_specifiers(p, &spec, !untyped);
    cc_declarator_parse(p, &spec, untyped ? cc_plain(wf_type_scalar(p->u, WF_TY_VOID)) : spec.type, &d, 0);
    if (t->is_guide && d.is_function) d.result = cc_guide_result(p, t, args, &d);
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
    cc_state_restore(p, &s);
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
    cc_state s = cc_state_save(p);
    cc_spec spec;
    cc_declarator d;
    i->busy = 1;
    p->template_depth++;
    p->scope = cc_scope_new(p, CC_SCOPE_TEMPLATE, t->scope);
    cc_bind_targs(p, p->scope, t, args);
    p->at = t->decl_at;
    p->body = NULL;
    cc_specifiers(p, &spec, 1);
    if (!(spec.flags & (CC_F_DEVICE | CC_F_CONSTANT))) spec.flags |= CC_F_CONSTEXPR;
    cc_mark name = cc_save(p);
    cc_declarator_parse(p, &spec, spec.type, &d, 0);
    if (!d.name || d.owner || d.is_function || cc_punct_is(&p->tokens[name.at + 1], CC_P_LT)) {
        cc_back(p, name); /* a specialisation's name<…>, or Class::name */
        d = (cc_declarator){.type = spec.type, .align = spec.align};
        while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_ASSIGN) && !cc_is(p, CC_P_LBRACE) &&
               !cc_is(p, CC_P_SEMI))
            cc_next_token(p);
    }
    d.name = t->name, d.at = at;
    cc_global_variable(p, &spec, &d);
    i->symbol = cc_find_here(p->scope, t->name);
    i->busy = 0;
    p->template_depth--;
    cc_state_restore(p, &s);
    return i->symbol;
}

/* --- name expressions: "scale<float, 4>", "ns::kernel", "&k<int>" --- */

void cc_instantiate_named(cc *p, const char *text) {
    cc_tokens all = {.arena = p->scratch};
    size_t length = strlen(text);
    cc_token *made = WF_NEW_ARRAY(p->scratch, cc_token, length + 2);
    uint32_t count = cc_lex_text(&p->r, text, length, made, (uint32_t)length + 1);
    for (uint32_t i = 0; i < count; i++) made[i].at = (wf_place){0};
    cc_expand_list(&p->r, made, count, &all); /* it may name macros, as any text behind the source's end */
    p->at = cc_append_tokens(p, &all);
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
