/* cudac/enum.c: enumerations.
 *
 * The tree knows integers only: an enumeration is its underlying type with a cc_enum beside it, which
 * overload resolution and messages look at. Enumerators are constants of the scope around, and, for E::a, of
 * the enumeration's own. */
#include "cudac/parse.h"
#include <string.h>

static void enumerators(cc *p, cc_enum *en, cc_scope *scope, int fixed) {
    int64_t next = 0;
    while (cc_is_name(p)) {
        cc_name *name = cc_peek(p)->name;
        wf_place at = cc_place(p);
        cc_next_token(p);
        cc_spec spec = {0};
        cc_attributes(p, &spec);
        if (cc_accept(p, CC_P_ASSIGN)) {
            wf_expr *e = cc_conditional(p);
            if (!(e->flags & WF_EX_ERROR)) cc_const_int(p, e, &next, "an enumerator's value");
        }
        cc_symbol *old = cc_find_here(scope, name);
        if (old && old->kind != CC_SYM_TYPE) cc_redeclared(p, name, at, old);
        if (!fixed && next > INT32_MAX && next <= (int64_t)UINT32_MAX && en->type->kind == WF_TY_INT)
            en->type = wf_type_scalar(p->u, WF_TY_UINT);
        else if (!fixed && (next > (int64_t)UINT32_MAX || next < INT32_MIN))
            en->type = wf_type_scalar(p->u, WF_TY_LONG);
        cc_symbol *s = cc_symbol_add(p, scope, name, CC_SYM_CONST, at);
        s->type = (cc_type){.t = en->type, .en = en};
        s->value = wf_make_int(p->u, en->type, (uint64_t)next, at);
        cc_set_enum(p, s->value, en);
        next++;
        if (!cc_accept(p, CC_P_COMMA)) break;
    }
    for (cc_symbol *s = scope->first; s; s = s->next) /* all have the type that the last one settled */
        if (s->kind == CC_SYM_CONST && s->type.en == en && s->value && s->type.t != en->type) {
            s->type.t = en->type;
            s->value = wf_make_int(p->u, en->type, s->value->u.i, s->at);
            cc_set_enum(p, s->value, en);
        }
}

cc_type cc_enum_specifier(cc *p) {
    wf_place at = cc_place(p);
    cc_next_token(p);
    int scoped = cc_accept_kw(p, CC_KW_CLASS) || cc_accept_kw(p, CC_KW_STRUCT);
    cc_spec spec = {0};
    cc_attributes(p, &spec);
    cc_name *name = NULL;
    cc_symbol *s = NULL;
    if (cc_is_name(p) || cc_is(p, CC_P_SCOPE)) {
        if (cc_punct_is(cc_ahead(p, 1), CC_P_SCOPE) || cc_is(p, CC_P_SCOPE)) {
            cc_id id;
            if (cc_read_id(p, &id) && id.is_type) return id.type;
            name = id.name;
        } else {
            name = cc_peek(p)->name;
            cc_next_token(p);
        }
        int declares = cc_is(p, CC_P_LBRACE) || cc_is(p, CC_P_COLON);
        if (name) s = declares ? cc_find_here(p->scope, name) : cc_find_tag(p, p->scope, name, 0);
        if (s && s->kind != CC_SYM_TYPE) s = NULL;
    }
    const wf_type *underlying = wf_type_scalar(p->u, WF_TY_INT);
    int fixed = scoped;
    if (cc_is(p, CC_P_COLON)) {
        cc_next_token(p);
        underlying = cc_type_name(p).t->unqual;
        fixed = 1;
        if (!wf_type_is_integer(underlying)) {
            cc_error(p, at, NULL, "an enumeration's type must be an integer, got %s",
                     cc_spell_t(p, underlying));
            underlying = wf_type_scalar(p->u, WF_TY_INT);
        }
    }
    if (!s && !cc_is(p, CC_P_LBRACE) && !fixed) {
        cc_error(p, at, name ? cc_suggest(p, p->scope, name->text, 1) : NULL, "unknown enumeration %s",
                 name ? name->text : "");
        return cc_plain(underlying);
    }
    cc_enum *en = s ? (cc_enum *)(uintptr_t)s->type.en : NULL;
    if (!en) {
        en = WF_NEW(p->scratch, cc_enum);
        en->name = name ? wf_arena_printf(p->arena, "%s%s", cc_scope_prefix(p, p->scope), name->text)
                        : "enumeration";
        en->type = underlying;
        en->scoped = scoped;
        en->number = ++p->enum_count;
        en->scope = cc_scope_new(p, CC_SCOPE_ENUM, p->scope);
        if (name) {
            s = cc_symbol_add(p, p->scope, name, CC_SYM_TYPE, at);
            s->is_tag = 1;
            s->type = (cc_type){.t = underlying, .en = en};
            s->space = en->scope;
        }
    }
    if (cc_accept(p, CC_P_LBRACE)) {
        if (en->scope->first) cc_error(p, at, NULL, "%s is defined twice", en->name);
        if (scoped) {
            cc_scope *outer = p->scope;
            p->scope = en->scope;
            enumerators(p, en, en->scope, 1);
            p->scope = outer;
        } else {
            enumerators(p, en, p->scope, fixed);
            for (cc_symbol *x = p->scope->first; x; x = x->next) /* E::a as well */
                if (x->kind == CC_SYM_CONST && x->type.en == en && !cc_find_here(en->scope, x->name)) {
                    cc_symbol *copy = cc_symbol_add(p, en->scope, x->name, CC_SYM_CONST, x->at);
                    copy->type = x->type;
                    copy->value = x->value;
                }
        }
        cc_expect(p, CC_P_RBRACE, "of the enumeration");
        if (s) s->type.t = en->type;
    }
    return (cc_type){.t = en->type, .en = en};
}
