/* cudac/deduce_class.c: class template arguments that follow from a constructor's: std::pair p(1, 2.f).
 *
 * C++ finds them by overload resolution among guides: functions whose result is the class. Those that a
 * program writes (`template <class T> Box(T) -> Box<T>;`) are function templates with a trailing result.
 * Those that the constructors imply are made from the class's tokens when they are first needed: the
 * parameters of a constructor, as a function template over the class's parameters and its own. A constructor
 * whose parameters name members of the class (`value_type`) implies none, as what they are is not known
 * before the class is. An object of the class itself gives its own arguments. */
#include "cudac/parse.h"

/* The type that stands where only a template's name was written, until the initialiser is seen. */
cc_type cc_class_placeholder(cc *p, cc_template *t) {
    wf_record *w = WF_NEW(p->scratch, wf_record);
    cc_record *r = WF_NEW(p->scratch, cc_record);
    w->name = r->shown = t->name->text;
    w->front = r;
    w->complete = 1;
    r->record = w;
    r->tmpl = t;
    r->complete = 1;
    r->type = wf_type_of_record(p->u, w);
    return (cc_type){.t = r->type, .placeholder = CC_PLACEHOLDER_CLASS};
}

static void add_guide(cc_template *t, cc_func *f) {
    cc_func **end = &t->guides;
    while (*end) end = &(*end)->next;
    *end = f;
}

/* At the name of a guide or a constructor: its parameters as patterns. 0: they cannot be told. */
static int read_guide(cc *p, cc_template *of, cc_template *guide, cc_scope *patterns) {
    cc_spec spec = {.contract = -1, .type = cc_plain(wf_type_scalar(p->u, WF_TY_VOID))};
    cc_declarator d;
    cc_scope *outer = p->scope;
    cc_trial trial = cc_trial_begin(p);
    guide->decl_at = p->at;
    p->scope = patterns;
    p->pattern++;
    cc_declarator_parse(p, &spec, spec.type, &d, 0);
    p->pattern--;
    p->scope = outer;
    if (cc_trial_end(p, trial) || !d.is_function || !d.name) return 0;
    cc_func *f = cc_func_new(p, &spec, &d, guide->scope, NULL);
    f->flags = CC_F_CONSTEXPR;
    f->tmpl = guide;
    guide->pattern = f;
    guide->is_guide = guide->defined = 1;
    guide->guide_of = of;
    add_guide(of, f);
    return 1;
}

int cc_guide_ahead(cc *p) {
    cc_symbol *s = cc_is_name(p) && cc_punct_is(cc_ahead(p, 1), CC_P_LPAREN)
                       ? cc_find(p, p->scope, cc_peek(p)->name)
                       : NULL;
    if (!s || s->kind != CC_SYM_TEMPLATE || !s->tmpl->is_class) return 0;
    cc_mark mark = cc_save(p);
    cc_next_token(p);
    cc_skip_balanced(p);
    int is = cc_is(p, CC_P_ARROW);
    cc_back(p, mark);
    return is;
}

void cc_guide(cc *p, cc_tparam *params, uint32_t count, cc_scope *outer) {
    cc_template *guide = WF_NEW(p->scratch, cc_template);
    cc_symbol *s = cc_find(p, p->scope, cc_peek(p)->name);
    guide->name = s->name;
    guide->params = params;
    guide->param_count = count;
    guide->scope = outer;
    guide->at = cc_place(p);
    guide->is_written = 1;
    if (!read_guide(p, s->tmpl, guide, p->scope))
        cc_error(p, guide->at, NULL, "this guide of template %s cannot be read", s->name->text);
    cc_skip_to_semi(p);
}

/* The class's parameters and a constructor's own, as one list. */
static cc_tparam *joined(cc *p, const cc_template *t, const cc_tparam *own, uint32_t count) {
    cc_tparam *all = WF_NEW_ARRAY(p->scratch, cc_tparam, t->param_count + count + 1);
    for (uint32_t i = 0; i < t->param_count; i++) all[i] = t->params[i];
    for (uint32_t i = 0; i < count; i++) all[t->param_count + i] = own[i];
    return all;
}

/* At a constructor's name in the class's tokens. template_at: of its own template<…>, or 0. */
static void guide_of_constructor(cc *p, cc_template *t, uint32_t template_at) {
    cc_mark name = cc_save(p);
    cc_tparam *own = NULL;
    uint32_t count = 0;
    cc_template *guide = WF_NEW(p->scratch, cc_template);
    cc_scope *outer = p->scope;
    if (template_at) {
        p->at = template_at + 2;
        own = cc_template_params(p, &count);
        p->scope = outer;
        cc_back(p, name);
    }
    guide->name = t->name;
    guide->params = joined(p, t, own, count);
    guide->param_count = t->param_count + count;
    guide->scope = t->scope;
    guide->at = cc_place(p);
    cc_scope *patterns = cc_scope_new(p, CC_SCOPE_TEMPLATE, t->scope);
    for (uint32_t i = 0; i < guide->param_count; i++) cc_bind_mark(p, patterns, &guide->params[i], i);
    read_guide(p, t, guide, patterns);
}

/* Finds the constructors among the tokens of the class's body. */
static void make_guides(cc *p, cc_template *t) {
    uint32_t depth = 0, template_at = 0;
    cc_state s = cc_state_save(p);
    p->scope = t->scope;
    t->guides_made = 1;
    p->at = t->decl_at;
    while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_LBRACE)) cc_next_token(p);
    for (uint32_t i = p->at; i + 1 < p->count; i++) {
        const cc_token *k = &p->tokens[i];
        p->at = i;
        if (k->kind == CC_IDENT && depth == 1) {
            const cc_token *before = &p->tokens[i - 1];
            if (k->op == CC_KW_TEMPLATE) template_at = i;
            if (k->name != t->name || !cc_punct_is(cc_ahead(p, 1), CC_P_LPAREN) ||
                cc_punct_is(before, CC_P_TILDE) || cc_punct_is(before, CC_P_ASSIGN) ||
                cc_punct_is(before, CC_P_SCOPE) || (before->kind == CC_IDENT && before->op == CC_KW_RETURN))
                continue;
            guide_of_constructor(p, t, template_at);
        } else if (k->kind == CC_PUNCT) {
            if (k->op == CC_P_LBRACE || k->op == CC_P_LPAREN) depth++;
            if ((k->op == CC_P_RBRACE || k->op == CC_P_RPAREN) && --depth == 0) break;
            if (depth == 1 && (k->op == CC_P_SEMI || k->op == CC_P_RBRACE || k->op == CC_P_COLON))
                template_at = 0;
        }
    }
    cc_state_restore(p, &s);
}

/* What a guide's instance gives: what stands behind its ->, or the class with the arguments found. */
cc_type cc_guide_result(cc *p, const cc_template *guide, cc_targ *args, const cc_declarator *d) {
    if (guide->is_written) return d->result;
    cc_targ flat[128];
    uint32_t n = 0;
    for (uint32_t i = 0; i < guide->guide_of->param_count; i++) {
        int pack = args[i].kind == CC_SYM_PACK;
        for (uint32_t k = 0; k < (pack ? args[i].pack_count : 1) && n < 128; k++)
            flat[n++] = pack ? args[i].pack[k] : args[i];
    }
    return cc_instantiate_class(p, guide->guide_of, flat, n, guide->at);
}

cc_type cc_deduce_class(cc *p, cc_template *t, wf_expr **args, uint32_t count, wf_place at) {
    cc_type failed = cc_plain(wf_type_scalar(p->u, WF_TY_INT));
    for (uint32_t i = 0; i < count; i++)
        if (args[i]->flags & WF_EX_ERROR) return failed;
    const cc_record *r = count == 1 ? cc_record_of(args[0]->type) : NULL;
    if (r && r->tmpl == t) return cc_plain(r->type);
    if (!t->guides_made && t->decl_at) make_guides(p, t);
    int exact;
    cc_func *best = cc_resolve(p, t->guides, NULL, 0, NULL, args, count, &exact);
    if (best) return best->result;
    int wanted = 0; /* no arguments: all parameters may have defaults */
    for (uint32_t i = 0; i < t->param_count; i++) wanted |= !t->params[i].default_at && !t->params[i].is_pack;
    if (!count && !wanted) return cc_instantiate_class(p, t, NULL, 0, at);
    if (!count) return cc_error(p, at, NULL, "template %s needs its arguments in <>", t->name->text), failed;
    cc_error(p, at, "write them in <>", "the arguments of template %s do not follow from %u initial value%s",
             t->name->text, count, count == 1 ? "" : "s");
    return failed;
}

/* Name(…) and Name{…} as a value; the ( or { is next. */
wf_expr *cc_deduced_object(cc *p, cc_template *t, wf_place at) {
    wf_expr **args;
    int braces = cc_is(p, CC_P_LBRACE);
    cc_mark open = cc_save(p);
    cc_next_token(p);
    uint32_t count = cc_arguments(p, &args, braces ? CC_P_RBRACE : CC_P_RPAREN);
    uint32_t errors = p->r.diags->errors;
    cc_type type = cc_deduce_class(p, t, args, count, at);
    if (p->r.diags->errors != errors || type.t->kind != WF_TY_RECORD) return cc_unknown(p, at);
    cc_complete(p, type.t);
    if (braces && !cc_record_of(type.t)->ctors && count > type.t->record->field_count) {
        cc_back(p, open); /* values of members' members without braces of their own: std::array{1, 2} */
        return cc_initializer(p, &type, at);
    }
    return cc_construct(p, type.t, args, count, at, braces);
}

/* The initialiser of `Name x …`, and its type. */
wf_expr *cc_deduced_init(cc *p, cc_type *type, wf_place at) {
    cc_template *t = cc_record_of(type->t)->tmpl;
    unsigned quals = type->t->quals;
    wf_expr *e;
    if (cc_is(p, CC_P_LPAREN) || cc_is(p, CC_P_LBRACE)) {
        e = cc_deduced_object(p, t, at);
    } else if (cc_accept(p, CC_P_ASSIGN)) {
        if (cc_is(p, CC_P_LBRACE)) {
            e = cc_deduced_object(p, t, at);
        } else {
            e = cc_assignment(p);
            cc_type found = cc_deduce_class(p, t, &e, 1, at);
            e = found.t->kind == WF_TY_RECORD ? cc_convert(p, found, e, at) : cc_unknown(p, at);
        }
    } else {
        cc_type found = cc_deduce_class(p, t, NULL, 0, at);
        e = found.t->kind == WF_TY_RECORD ? cc_construct(p, found.t, NULL, 0, at, 0) : cc_unknown(p, at);
    }
    *type = cc_plain(quals ? wf_type_qualified(p->u, e->type->unqual, quals) : e->type->unqual);
    return e;
}
