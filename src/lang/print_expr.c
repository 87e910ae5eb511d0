/* lang/print_expr.c: an expression as CUDA C that reads back to an equal one.
 *
 * Parentheses stand where precedence asks for them or where the source had them. The delicate part are
 * implicit casts. A cast is left out only where the constructors would put it back: at an assignment always,
 * at a + b when the bare operands have the same common type. Elsewhere it is written out, which means the
 * same. So trees that other front-ends made with conversions that C would not make there still print right.
 */
#include "lang/inner.h"

enum { /* precedence: C's table from below */
       COMMA = 1,
       ASSIGN = 2,
       COND = 3,
       ADDITIVE = 12,
       UNARY = 14,
       POSTFIX = 15,
       PRIMARY = 16,
};

static const uint8_t precedences[] = {
#define X(...) UNARY,
    WF_UNARY_OPS(X)
#undef X
#define X(name, spelling, precedence) precedence,
        WF_BINARY_OPS(X)
#undef X
};

static void print(const wf_unit *u, const wf_expr *e, int least, wf_text *out);

/* --- implicit casts --- */

static int is_cast(const wf_expr *e, wf_cast cast) { return e->kind == WF_EX_CAST && e->cast == cast; }

/* Without an implicit cast on top, if it is one that values get. */
static const wf_expr *bare(const wf_expr *e) {
    int dropped = e->kind == WF_EX_CAST && e->flags & WF_EX_IMPLICIT && e->a &&
                  (e->cast == WF_CAST_NUMERIC || e->cast == WF_CAST_POINTER || e->cast == WF_CAST_PTR_BOOL);
    return dropped ? e->a : e;
}

/* Without the decay of an array or function, which is never written. */
static const wf_expr *undecayed(const wf_expr *e) { return is_cast(e, WF_CAST_DECAY) ? e->a : e; }

static const wf_expr *bare_promoted(const wf_unit *u, const wf_expr *e) {
    const wf_expr *inner = bare(e);
    return wf_type_is_integer(inner->type) && wf_promoted_type(u, inner) == e->type->unqual ? inner : e;
}

/* Both operands without their casts, if they would get the same type again. */
static void bare_pair(const wf_unit *u, const wf_expr **a, const wf_expr **b) {
    const wf_expr *bare_a = bare(*a), *bare_b = bare(*b);
    if (bare_a == *a && bare_b == *b) return;
    const wf_type *wanted = (*a)->type->unqual;
    int same;
    if (wanted->kind == WF_TY_POINTER)
        same = bare_a == *a || bare_b == *b; /* one is of the common type by itself */
    else same = wf_common_operands(u, bare_a, bare_b) == wanted;
    if (!same) return;
    *a = bare_a;
    *b = bare_b;
}

/* --- kinds of expressions --- */

/* A cast that is written. */
static void print_cast(const wf_unit *u, const wf_expr *e, wf_text *out) {
    const wf_expr *a = e->a;
    if (e->cast == WF_CAST_INT_PTR) { /* a narrow integer was widened by its own signedness */
        const wf_expr *inner = bare(a);
        wf_type_kind wide = wf_type_is_signed(inner->type) ? WF_TY_LONG : WF_TY_ULONG;
        if (wf_type_size(inner->type) < 8 && a->type->kind == wide) a = inner;
    }
    wf_text_putc(out, '(');
    wf_type_write(out, e->type->unqual, NULL);
    wf_text_putc(out, ')');
    print(u, a, UNARY, out);
}

static void print_binary(const wf_unit *u, const wf_expr *e, wf_text *out) {
    const wf_expr *a = e->a, *b = e->b;
    int precedence = precedences[e->op];
    switch ((wf_op)e->op) {
    case WF_OP_LAND:
    case WF_OP_LOR: a = bare(a), b = bare(b); break;
    case WF_OP_SHL:
    case WF_OP_SHR: a = bare_promoted(u, a), b = bare_promoted(u, b); break;
    default:
        if (a->type->kind == WF_TY_POINTER && b->type->kind != WF_TY_POINTER) b = bare_promoted(u, b);
        else bare_pair(u, &a, &b);
    }
    print(u, a, precedence, out);
    wf_text_printf(out, " %s ", wf_op_spelling((wf_op)e->op));
    print(u, b, precedence + 1, out);
}

static int begins_with_minus(const wf_expr *e) {
    if (e->flags & WF_EX_PAREN) return 0;
    return (e->kind == WF_EX_UNARY && e->op == WF_OP_NEG) ||
           (e->kind == WF_EX_STEP && !e->u.post && e->op == WF_OP_SUB) || e->kind == WF_EX_INT ||
           e->kind == WF_EX_FLOAT;
}

static void print_unary(const wf_unit *u, const wf_expr *e, wf_text *out) {
    const wf_expr *a = e->op == WF_OP_LNOT ? bare(e->a) : bare_promoted(u, e->a);
    wf_text_puts(out, wf_op_spelling((wf_op)e->op));
    if (e->op == WF_OP_NEG && begins_with_minus(a)) wf_text_putc(out, ' '); /* -(-x) must not become --x */
    print(u, a, UNARY, out);
}

static void print_cond(const wf_unit *u, const wf_expr *e, wf_text *out) {
    const wf_expr *b = e->b, *c = e->c;
    if (b->type->unqual == c->type->unqual && bare(b)->type->unqual != bare(c)->type->unqual)
        bare_pair(u, &b, &c);
    print(u, bare(e->a), COND + 1, out);
    wf_text_puts(out, " ? ");
    print(u, b, COND, out);
    wf_text_puts(out, " : ");
    print(u, c, COND, out);
}

static void print_update(const wf_unit *u, const wf_expr *e, wf_text *out) {
    const wf_expr *b = e->b, *inner = bare(b);
    print(u, e->a, UNARY, out);
    wf_text_printf(out, " %s= ", wf_op_spelling((wf_op)e->op));
    int shift = e->op == WF_OP_SHL || e->op == WF_OP_SHR;
    if (shift || e->u.compute->kind == WF_TY_POINTER) b = bare_promoted(u, b);
    else if (wf_update_type(u, (wf_op)e->op, e->a, inner) == e->u.compute) b = inner;
    print(u, b, ASSIGN, out);
}

static void print_args(const wf_unit *u, const wf_expr *e, wf_text *out) {
    wf_text_putc(out, '(');
    for (uint32_t i = 0; i < e->u.call.count; i++) {
        if (i) wf_text_puts(out, ", ");
        wf_print_converted(u, e->u.call.args[i], out);
    }
    wf_text_putc(out, ')');
}

/* Whether the arguments that come to a common type do so without their casts. */
static int common_is_kept(const wf_unit *u, const wf_expr *e) {
    const wf_type *common = NULL;
    int only_floats = wf_builtins[e->u.call.builtin].rule[0] == 'B' ||
                      (e->u.call.builtin >= WF_BI_FMA && e->u.call.builtin <= WF_BI_DIV_RN);
    for (uint32_t i = 0; i < e->u.call.count; i++) {
        const wf_expr *arg = bare(e->u.call.args[i]);
        if (!wf_type_is_arithmetic(arg->type)) return 0;
        const wf_type *own = wf_promoted_type(u, arg);
        common = common ? wf_common_arithmetic(u, common, own) : own;
    }
    if (!common) return 1;
    if (only_floats && wf_type_is_integer(common)) common = &u->scalars[WF_TY_DOUBLE];
    return common == e->u.call.args[0]->type->unqual;
}

static const wf_expr *builtin_arg(const wf_unit *u, const wf_expr *e, uint32_t i, int drop_common) {
    const wf_expr *arg = e->u.call.args[i], *inner = bare(arg);
    switch (wf_builtin_arg_rule((wf_builtin)e->u.call.builtin, i)) {
    case WF_ARG_CONVERTED: return inner;
    case WF_ARG_PROMOTED: return bare_promoted(u, arg);
    case WF_ARG_COMMON: return drop_common ? inner : arg;
    case WF_ARG_PRINTED:
        return wf_type_is_float(inner->type) && arg->type->kind == WF_TY_DOUBLE ? inner
                                                                                : bare_promoted(u, arg);
    default: return arg;
    }
}

static void print_builtin(const wf_unit *u, const wf_expr *e, wf_text *out) {
    const wf_builtin_info *info = &wf_builtins[e->u.call.builtin];
    wf_text_puts(out, info->spelling);
    if (info->flags & WF_BIF_NAME) return;
    int drop_common = common_is_kept(u, e);
    wf_text_putc(out, '(');
    for (uint32_t i = 0; i < e->u.call.count; i++) {
        if (i) wf_text_puts(out, ", ");
        print(u, builtin_arg(u, e, i, drop_common), ASSIGN, out);
    }
    wf_text_putc(out, ')');
}

static void print_zero(const wf_type *type, wf_text *out) {
    if (type->kind == WF_TY_ARRAY || type->kind == WF_TY_RECORD) wf_text_puts(out, "{}");
    else if (wf_type_is_float(type)) wf_print_literal(&(wf_expr){.kind = WF_EX_FLOAT, .type = type}, out);
    else wf_print_int(out, type->unqual, 0);
}

void wf_print_init(const wf_unit *u, const wf_expr *e, wf_text *out) {
    if (e->kind != WF_EX_INIT) {
        wf_print_converted(u, e, out);
        return;
    }
    const wf_record *record = e->type->kind == WF_TY_RECORD ? e->type->record : NULL;
    uint32_t count = e->u.init.count;
    while (count && !e->u.init.items[count - 1]) count--;
    wf_text_putc(out, '{');
    for (uint32_t i = 0; i < count; i++) {
        const wf_expr *item = e->u.init.items[i];
        if (i) wf_text_puts(out, ", ");
        if (record && record->is_union && e->u.init.field)
            wf_text_printf(out, ".%s = ", record->fields[e->u.init.field].name);
        if (item) wf_print_init(u, item, out);
        else print_zero(record ? record->fields[i].type : e->type->base, out);
    }
    wf_text_putc(out, '}');
}

static void print_member(const wf_unit *u, const wf_expr *e, wf_text *out) {
    const char *field = e->a->type->record->fields[e->u.field].name;
    int through_pointer = e->a->kind == WF_EX_DEREF && !(e->a->flags & WF_EX_PAREN);
    print(u, through_pointer ? e->a->a : e->a, POSTFIX, out);
    wf_text_printf(out, "%s%s", through_pointer ? "->" : ".", field);
}

static void print_step(const wf_unit *u, const wf_expr *e, wf_text *out) {
    const char *sign = e->op == WF_OP_ADD ? "++" : "--";
    if (!e->u.post) wf_text_puts(out, sign);
    print(u, e->a, e->u.post ? POSTFIX : UNARY, out);
    if (e->u.post) wf_text_puts(out, sign);
}

/* --- any expression --- */

static int precedence_of(const wf_expr *e) {
    switch ((wf_expr_kind)e->kind) {
    case WF_EX_UNARY:
    case WF_EX_CAST:
    case WF_EX_DEREF:
    case WF_EX_ADDR: return UNARY;
    case WF_EX_BINARY: return precedences[e->op];
    case WF_EX_COND: return COND;
    case WF_EX_COMMA: return COMMA;
    case WF_EX_ASSIGN:
    case WF_EX_UPDATE: return ASSIGN;
    case WF_EX_STEP: return e->u.post ? POSTFIX : UNARY;
    case WF_EX_INDEX:
    case WF_EX_MEMBER:
    case WF_EX_CALL:
    case WF_EX_CALLPTR:
    case WF_EX_INIT:
    case WF_EX_BUILTIN: return POSTFIX;
    default: return PRIMARY;
    }
}

static void print_bare(const wf_unit *u, const wf_expr *e, wf_text *out) {
    switch ((wf_expr_kind)e->kind) {
    case WF_EX_INT:
    case WF_EX_FLOAT: wf_print_literal(e, out); break;
    case WF_EX_STRING: wf_print_string(out, e->u.string.data, e->u.string.length); break;
    case WF_EX_VAR: wf_text_puts(out, e->u.var->name); break;
    case WF_EX_FUNC: wf_text_puts(out, e->u.call.func->name); break;
    case WF_EX_UNARY: print_unary(u, e, out); break;
    case WF_EX_BINARY: print_binary(u, e, out); break;
    case WF_EX_COND: print_cond(u, e, out); break;
    case WF_EX_COMMA:
        print(u, e->a, COMMA, out);
        wf_text_puts(out, ", ");
        print(u, e->b, ASSIGN, out);
        break;
    case WF_EX_ASSIGN:
        print(u, e->a, UNARY, out);
        wf_text_puts(out, " = ");
        wf_print_converted(u, e->b, out);
        break;
    case WF_EX_UPDATE: print_update(u, e, out); break;
    case WF_EX_STEP: print_step(u, e, out); break;
    case WF_EX_CAST: print_cast(u, e, out); break;
    case WF_EX_DEREF:
        wf_text_putc(out, '*');
        print(u, e->a, UNARY, out);
        break;
    case WF_EX_ADDR:
        wf_text_putc(out, '&');
        print(u, e->a, UNARY, out);
        break;
    case WF_EX_INDEX:
        print(u, e->a, POSTFIX, out);
        wf_text_putc(out, '[');
        wf_print_promoted(u, e->b, out);
        wf_text_putc(out, ']');
        break;
    case WF_EX_MEMBER: print_member(u, e, out); break;
    case WF_EX_CALL:
        wf_text_puts(out, e->u.call.func->name);
        print_args(u, e, out);
        break;
    case WF_EX_CALLPTR:
        print(u, e->a, POSTFIX, out);
        print_args(u, e, out);
        break;
    case WF_EX_BUILTIN: print_builtin(u, e, out); break;
    case WF_EX_INIT:
        wf_text_putc(out, '(');
        wf_type_write(out, e->type, NULL);
        wf_text_putc(out, ')');
        wf_print_init(u, e, out);
        break;
    }
}

/* e where an operand of at least that precedence is wanted. */
static void print(const wf_unit *u, const wf_expr *e, int least, wf_text *out) {
    if (!e || !e->type) {
        wf_text_putc(out, '?');
        return;
    }
    int parens = (e->flags & WF_EX_PAREN) != 0;
    e = undecayed(e);
    if (is_cast(e, WF_CAST_VOID) && e->flags & WF_EX_IMPLICIT) e = e->a;
    size_t start = out->length;
    parens |= (e->flags & WF_EX_PAREN) || precedence_of(e) < least;
    if (e->kind == WF_EX_INT || e->kind == WF_EX_FLOAT) {
        if (!parens && !(wf_print_literal(e, out) && least > UNARY)) return;
        out->length = start;
        parens = 1;
    }
    if (parens) wf_text_putc(out, '(');
    print_bare(u, e, out);
    if (parens) wf_text_putc(out, ')');
}

void wf_print_converted(const wf_unit *u, const wf_expr *e, wf_text *out) {
    if (e && e->type && e->kind == WF_EX_INT && wf_type_is_integer(e->type) && e->type->kind != WF_TY_BOOL &&
        wf_type_rank(e->type) < 4) {
        wf_text_printf(out, "%lld", (long long)(int64_t)e->u.i); /* 5 becomes (short)5 by itself */
        return;
    }
    print(u, e ? bare(e) : e, ASSIGN, out);
}

void wf_print_condition(const wf_unit *u, const wf_expr *e, wf_text *out) { print(u, bare(e), COMMA, out); }

void wf_print_promoted(const wf_unit *u, const wf_expr *e, wf_text *out) {
    print(u, bare_promoted(u, e), COMMA, out);
}

void wf_print_expr(const wf_unit *u, const wf_expr *e, wf_text *out) { print(u, e, COMMA, out); }
