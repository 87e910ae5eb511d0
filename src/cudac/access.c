/* cudac/access.c: what is right in the tree and wrong in C++: members that are private, scoped enumerations as
 * numbers.
 *
 * Both are told only where it is certain. A class with friends, or with `using Base::member`, lets everybody in; in a template's instance
 * nothing is said of enumerations, since an array or a pointer has forgotten that its elements are of one. */
#include "cudac/parse.h"

static int inside(const cc_scope *scope, const cc_record *owner, int derived) {
    for (; scope; scope = scope->parent)
        if (scope->kind == CC_SCOPE_CLASS && scope->record &&
            (scope->record == owner || (derived && cc_derived_from(scope->record, owner))))
            return 1;
    return 0;
}

/* Does the class, or a base of it, name members of its bases again, with another access? */
static int names_again(const cc_record *r) {
    for (unsigned i = 0; i < r->base_count && !r->has_using; i++)
        if (names_again(r->bases[i])) return 1;
    return r->has_using;
}

/* `of`: the class of the object, which is `owner` or derives from it */
void cc_check_access(cc *p, const cc_record *of, const cc_record *owner, const cc_symbol *s, wf_place at) {
    if (s->access == CC_PUBLIC || !owner || owner->has_friends || cc_from_header(p, owner->record->at) ||
        cc_from_header(p, at) || inside(p->scope, owner, s->access == CC_PROTECTED) || names_again(of))
        return;
    for (const cc_body *b = p->body; b; b = b->outer) /* a lambda in a method */
        if (b->record && (b->record == owner || inside(b->record->scope, owner, s->access == CC_PROTECTED)))
            return;
    cc_error(p, at, NULL, "%s::%s is %s", owner->shown, s->name->text,
             s->access == CC_PRIVATE ? "private" : "protected");
    wf_report(p->r.diags, WF_NOTE, s->at, NULL, "declared here");
}

static int in_template(const cc *p) {
    const cc_func *f = p->body ? p->body->func : NULL;
    for (const cc_scope *s = p->scope; s; s = s->parent)
        if (s->kind == CC_SCOPE_TEMPLATE) return 1;
    return !f || f->tmpl ||
           (f->owner && (f->owner->tmpl || f->owner->is_lambda || cc_inside_template(f->owner)));
}

/* An implicit conversion of a scoped enumeration's value to a number. */
void cc_check_scoped_enum(cc *p, cc_type to, wf_expr *e) {
    const cc_enum *en = to.ref || to.en || e->flags & WF_EX_ERROR ? NULL : cc_enum_of(p, e);
    if (!en || !en->scoped || !wf_type_is_arithmetic(to.t) || in_template(p)) return;
    cc_error(p, e->at, wf_arena_printf(p->arena, "write static_cast<%s>(…)", cc_spell_t(p, to.t->unqual)),
             "%s is an enum class: it is no %s by itself", en->name, cc_spell_t(p, to.t->unqual));
}

/* An operator of numbers, one of whose operands is of a scoped enumeration: told, 1. */
int cc_scoped_operand(cc *p, wf_op op, wf_expr *a, wf_expr *b, wf_place at) {
    const cc_enum *x = cc_enum_of(p, a), *y = b ? cc_enum_of(p, b) : NULL;
    const cc_enum *en = x && x->scoped ? x : y && y->scoped ? y : NULL;
    int compares = op == WF_OP_EQ || op == WF_OP_NE || op == WF_OP_LT || op == WF_OP_LE || op == WF_OP_GT ||
                   op == WF_OP_GE;
    int forgotten = (!x && a->kind != WF_EX_INT) || (!y && b && b->kind != WF_EX_INT);
    if (!en || (compares && (x == y || forgotten)) || in_template(p)) return 0;
    cc_error(p, at, NULL, "%s is an enum class, which has no such operator", en->name);
    return 1;
}
