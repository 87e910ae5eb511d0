/* cudac/compare.c: comparisons that C++20 writes for a class: `operator==(…) = default`, `operator<=>(…) =
 * default`, and != or a reversed == from an == that is there.
 *
 * A defaulted operator becomes the text of a method, read behind the class's last member, when all of them
 * are known: bases and members in their order, arrays element by element. From <=> come <, >, <= and >=, and a
 * defaulted == where the class has none. What a <=> b gives stands in the header compare. */
#include "cudac/parse.h"
#include <string.h>

static void begin_method(wf_text *out, const char *op, const char *class_name) {
    wf_text_printf(out, "__host__ __device__ constexpr bool operator%s(const %s &other_) const { ", op,
                   class_name);
}

/* The loops over an array's elements; what stands for one of them goes into `element`. */
static const wf_type *open_loops(wf_text *out, const wf_type *t, const char *name, wf_text *element) {
    wf_text_puts(element, name);
    for (unsigned depth = 0; t->kind == WF_TY_ARRAY; t = t->base, depth++) {
        wf_text_printf(out, "for (int i%u_ = 0; i%u_ < %llu; i%u_++) ", depth, depth,
                       (unsigned long long)t->count, depth);
        wf_text_printf(element, "[i%u_]", depth);
    }
    return t;
}

static int is_base(const wf_field *f) { return cc_is_base_field(f->name); }

static void equal_members(cc *p, wf_text *out, const wf_field *fields, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        wf_text element;
        wf_text_init(&element, p->scratch);
        if (is_base(&fields[i])) {
            const char *base = fields[i].name;
            wf_text_printf(
                out,
                "if (!(static_cast<const %s &>(*this) == static_cast<const %s &>(other_))) return false; ",
                base, base);
            continue;
        }
        open_loops(out, fields[i].type, fields[i].name, &element);
        wf_text_printf(out, "if (!(%s == other_.%s)) return false; ", element.data, element.data);
    }
    wf_text_puts(out, "return true; } ");
}

/* A name for a part's type that only this text knows. */
static const char *type_alias(cc *p, const cc_record *r, const char *name, const wf_type *type) {
    const char *alias = wf_arena_printf(p->scratch, "%s_type_", name);
    cc_symbol *s =
        cc_symbol_add(p, r->scope, cc_intern(&p->r, alias, strlen(alias)), CC_SYM_TYPE, (wf_place){0});
    s->type = cc_plain(type);
    return alias;
}

/* The first members that differ decide; the ordering is the weakest of the members'. */
static void ordered_members(cc *p, wf_text *out, const cc_record *r, const wf_field *fields, uint32_t count) {
    wf_text body;
    wf_text_init(&body, p->scratch);
    wf_text_puts(out, "__host__ __device__ constexpr std::common_comparison_category_t<");
    for (uint32_t i = 0; i < count; i++) {
        wf_text element;
        const wf_type *t = fields[i].type;
        const char *of = fields[i].name, *alias = of;
        wf_text_init(&element, p->scratch);
        if (is_base(&fields[i])) {
            wf_text_printf(&body,
                           "{ auto c_ = static_cast<const %s &>(*this) <=> static_cast<const %s &>(other_); ",
                           of, of);
        } else {
            alias = type_alias(p, r, of, open_loops(&body, t, of, &element));
            wf_text_printf(&body, "{ auto c_ = %s <=> other_.%s; ", element.data, element.data);
        }
        wf_text_puts(&body, "if (c_ != 0) return c_; } ");
        wf_text_printf(out, "%sdecltype(std::declval<%s &>() <=> std::declval<%s &>())", i ? ", " : "", alias,
                       alias);
    }
    wf_text_printf(out, "> operator<=>(const %s &other_) const { %sreturn std::strong_ordering::equal; } ",
                   r->name->text, body.data ? body.data : "");
}

static int can_be_compared(cc *p, const cc_record *r, const wf_field *fields, uint32_t count, wf_place at) {
    const char *why = NULL;
    if (!r->name) why = "a defaulted comparison of a class without a name";
    else if (r->record->is_union) why = "a defaulted comparison of a union";
    for (uint32_t i = 0; i < count; i++)
        if (!fields[i].name[0]) why = "a defaulted comparison of a class with members that have no name";
    if (why) cc_unsupported(p, at, why);
    return !why;
}

/* A base with members is compared as a whole, by a name that only this text knows; it stands where the base's
 * own field does. */
static uint32_t compared_parts(cc *p, const cc_record *r, const wf_field *fields, uint32_t count,
                               wf_field *parts) {
    uint32_t n = 0;
    for (unsigned i = 0; i < r->base_count; i++) {
        if (!r->base_field[i]) continue;
        const char *alias = wf_arena_printf(p->scratch, CC_BASE_FIELD "%u_", i);
        cc_symbol *s =
            cc_symbol_add(p, r->scope, cc_intern(&p->r, alias, strlen(alias)), CC_SYM_TYPE, (wf_place){0});
        s->type = cc_plain(r->bases[i]->type);
        parts[n++] = (wf_field){.name = alias, .type = r->bases[i]->type};
    }
    for (uint32_t i = 0; i < count; i++)
        if (!is_base(&fields[i])) parts[n++] = fields[i];
    return n;
}

int cc_defaulted_comparisons(cc *p, const cc_record *r, const wf_field *fields, uint32_t count,
                             unsigned which, wf_place at) {
    wf_text out;
    if (!which || !can_be_compared(p, r, fields, count, at)) return 0;
    wf_field *parts = WF_NEW_ARRAY(p->scratch, wf_field, count + r->base_count + 1);
    count = compared_parts(p, r, fields, count, parts);
    wf_text_init(&out, p->scratch);
    if (which & CC_COMPARE_EQUAL) {
        begin_method(&out, "==", r->name->text);
        equal_members(p, &out, parts, count);
    }
    if (which & CC_COMPARE_ORDER) ordered_members(p, &out, r, parts, count);
    uint32_t most = (uint32_t)out.length + 1;
    cc_tokens tokens = {.arena = p->scratch};
    tokens.data = WF_NEW_ARRAY(p->scratch, cc_token, most);
    tokens.count = cc_lex_text(&p->r, out.data, out.length, tokens.data, most);
    if (!cc_budget(&p->r, tokens.count)) return 0;
    for (uint32_t i = 0; i < tokens.count; i++) tokens.data[i].at = at;
    cc_back(p, (cc_mark){cc_append_tokens(p, &tokens), 0});
    return 1;
}

/* a <=> b: the class's own, the other's turned round, or that of numbers and pointers. NULL: none. */
static wf_expr *three_way(cc *p, wf_expr *a, wf_expr *b, wf_place at) {
    wf_expr *e = NULL;
    if (a->type->kind == WF_TY_RECORD || b->type->kind == WF_TY_RECORD) e = cc_operator(p, "<=>", a, b, at);
    if (e || a->type->kind == WF_TY_RECORD || b->type->kind == WF_TY_RECORD) return e;
    cc_symbol *s = cc_find_here(p->std, cc_intern(&p->r, "__wf_compare", 12));
    if (!s || s->kind != CC_SYM_FUNC) return NULL;
    wf_expr **args = WF_NEW_ARRAY(p->arena, wf_expr *, 2);
    args[0] = cc_decay(p, a), args[1] = cc_decay(p, b);
    return cc_call_set(p, s->name, s->funcs, NULL, 0, NULL, args, 2, at);
}

wf_expr *cc_three_way(cc *p, wf_expr *a, wf_expr *b, wf_place at) {
    if ((a->flags | b->flags) & WF_EX_ERROR) return cc_unknown(p, at);
    wf_expr *e = three_way(p, a, b, at), *zero = wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_INT), 0, at);
    if (!e && (e = cc_operator(p, "<=>", b, a, at)) != NULL) { /* 0 <=> (b <=> a) */
        wf_expr *minus = wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_INT), (uint64_t)-1, at);
        wf_expr *one = wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_INT), 1, at);
        e = cc_as_lvalue(p, e);
        if (!(e->flags & WF_EX_LVALUE)) e = cc_temporary(p, e, at);
        wf_expr *less = wf_make_bool(p->u, cc_binary(p, WF_OP_LT, e, zero, at));
        wf_expr *more = wf_make_bool(p->u, cc_binary(p, WF_OP_GT, e, zero, at));
        wf_expr **value = WF_NEW_ARRAY(p->arena, wf_expr *, 1);
        value[0] = wf_make_cond(p->u, less, one, wf_make_cond(p->u, more, minus, zero, at), at);
        e = cc_construct(p, e->type, value, 1, at, 0);
    }
    if (e) return e;
    cc_error(p, at, NULL, "no operator <=> for %s and %s", cc_spell_t(p, a->type), cc_spell_t(p, b->type));
    return cc_unknown(p, at);
}

/* a < b from a <=> b, or from b <=> a. */
static wf_expr *ordered(cc *p, wf_op op, wf_expr *a, wf_expr *b, wf_place at) {
    wf_expr *e = cc_operator(p, "<=>", a, b, at),
            *zero = wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_INT), 0, at);
    if (e) return e->flags & WF_EX_ERROR ? e : cc_binary(p, op, e, zero, at);
    e = a->type->unqual != b->type->unqual ? cc_operator(p, "<=>", b, a, at) : NULL;
    return !e || e->flags & WF_EX_ERROR ? e : cc_binary(p, op, zero, e, at);
}

/* a != b where only == is there, a == b where only b == a is, a < b where <=> is. NULL: nothing of the kind. */
wf_expr *cc_rewritten_comparison(cc *p, wf_op op, wf_expr *a, wf_expr *b, wf_place at) {
    if (op == WF_OP_LT || op == WF_OP_GT || op == WF_OP_LE || op == WF_OP_GE) return ordered(p, op, a, b, at);
    if (op != WF_OP_NE && op != WF_OP_EQ) return NULL;
    wf_expr *e = op == WF_OP_NE ? cc_operator(p, "==", a, b, at) : NULL;
    if (!e && a->type->unqual != b->type->unqual) e = cc_operator(p, "==", b, a, at);
    if (!e || op == WF_OP_EQ) return e;
    e = cc_scalar(p, e);
    return e->flags & WF_EX_ERROR ? e : wf_make_unary(p->u, WF_OP_LNOT, wf_make_bool(p->u, e), at);
}
