/* cudac/compare.c: comparisons that C++20 writes for a class: `operator==(…) = default`, `operator<=>(…) =
 * default`, and != or a reversed == from an == that is there.
 *
 * A defaulted operator becomes the text of a method, read behind the class's last member, when all of them
 * are known: the members in their order, arrays element by element. <=> gives <, >, <= and >=, and == where the
 * class has none; the expression a <=> b itself is not there. */
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

static void equal_members(cc *p, wf_text *out, const wf_field *fields, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        wf_text element;
        wf_text_init(&element, p->scratch);
        open_loops(out, fields[i].type, fields[i].name, &element);
        wf_text_printf(out, "if (!(%s == other_.%s)) return false; ", element.data, element.data);
    }
    wf_text_puts(out, "return true; } ");
}

/* One of < > <= >=: the first members that differ decide. Those that are neither equal nor in order (NaN) are
 * unordered, and so are the objects then. */
static void ordered_method(cc *p, wf_text *out, const char *class_name, const char *op,
                           const wf_field *fields, uint32_t count) {
    const char strict[2] = {op[0], 0};
    begin_method(out, op, class_name);
    for (uint32_t i = 0; i < count; i++) {
        wf_text element;
        const char *e;
        wf_text_init(&element, p->scratch);
        open_loops(out, fields[i].type, fields[i].name, &element);
        e = element.data;
        wf_text_printf(out, "{ if (%s %s other_.%s) return true; if (!(%s == other_.%s)) return false; } ", e,
                       strict, e, e, e);
    }
    wf_text_printf(out, "return %s; } ", op[1] ? "true" : "false");
}

static int can_be_compared(cc *p, const cc_record *r, const wf_field *fields, uint32_t count, wf_place at) {
    const char *why = NULL;
    if (!r->name) why = "a defaulted comparison of a class without a name";
    else if (r->record->is_union) why = "a defaulted comparison of a union";
    for (unsigned i = 0; i < r->base_count; i++)
        if (r->base_field[i]) why = "a defaulted comparison of a class whose bases have members";
    for (uint32_t i = 0; i < count; i++)
        if (!fields[i].name) why = "a defaulted comparison of a class with members that have no name";
    if (why) cc_unsupported(p, at, why);
    return !why;
}

int cc_defaulted_comparisons(cc *p, const cc_record *r, const wf_field *fields, uint32_t count,
                             unsigned which, wf_place at) {
    wf_text out;
    if (!can_be_compared(p, r, fields, count, at)) return 0;
    wf_text_init(&out, p->scratch);
    if (which & CC_COMPARE_EQUAL) {
        begin_method(&out, "==", r->name->text);
        equal_members(p, &out, fields, count);
    }
    if (which & CC_COMPARE_ORDER) {
        static const char *const ordered[] = {"<", ">", "<=", ">="};
        for (unsigned i = 0; i < 4; i++) ordered_method(p, &out, r->name->text, ordered[i], fields, count);
    }
    uint32_t most = (uint32_t)out.length + 1;
    cc_tokens tokens = {.arena = p->scratch};
    tokens.data = WF_NEW_ARRAY(p->scratch, cc_token, most);
    tokens.count = cc_lex_text(&p->r, out.data, out.length, tokens.data, most);
    if (!cc_budget(&p->r, tokens.count)) return 0;
    for (uint32_t i = 0; i < tokens.count; i++) tokens.data[i].at = at;
    cc_back(p, (cc_mark){cc_append_tokens(p, &tokens), 0});
    return 1;
}

/* a != b where only == is there, a == b where only b == a is. NULL: neither. */
wf_expr *cc_rewritten_comparison(cc *p, wf_op op, wf_expr *a, wf_expr *b, wf_place at) {
    if (op != WF_OP_NE && op != WF_OP_EQ) return NULL;
    wf_expr *e = op == WF_OP_NE ? cc_operator(p, "==", a, b, at) : NULL;
    if (!e && a->type->unqual != b->type->unqual) e = cc_operator(p, "==", b, a, at);
    if (!e || op == WF_OP_EQ) return e;
    e = cc_scalar(p, e);
    return e->flags & WF_EX_ERROR ? e : wf_make_unary(p->u, WF_OP_LNOT, wf_make_bool(p->u, e), at);
}
