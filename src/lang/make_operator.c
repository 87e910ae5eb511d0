/* lang/make_operator.c: the constructors of operators: unary, binary, ?:, assignments, steps.
 *
 * Each brings its operands to the types that tree.h promises. The message about wrong operands names the
 * operator and both types; where one mistake is usual (% of floats, == of records) it says what to write
 * instead. */
#include "lang/inner.h"

enum op_class { ARITHMETIC, INTEGER, SHIFT, COMPARE, LOGICAL };

static enum op_class class_of(wf_op op) {
    switch (op) {
    case WF_OP_REM:
    case WF_OP_AND:
    case WF_OP_XOR:
    case WF_OP_OR: return INTEGER;
    case WF_OP_SHL:
    case WF_OP_SHR: return SHIFT;
    case WF_OP_LT:
    case WF_OP_LE:
    case WF_OP_GT:
    case WF_OP_GE:
    case WF_OP_EQ:
    case WF_OP_NE: return COMPARE;
    case WF_OP_LAND:
    case WF_OP_LOR: return LOGICAL;
    default: return ARITHMETIC;
    }
}

/* --- unary --- */

wf_expr *wf_make_unary(wf_unit *u, wf_op op, wf_expr *a, wf_place at) {
    if (wf_is_error(a))
        return wf_error_like(u, op == WF_OP_LNOT ? wf_type_scalar(u, WF_TY_BOOL) : NULL, a, at);
    wf_expr *e;
    if (op == WF_OP_LNOT) {
        a = wf_make_bool(u, a);
    } else {
        a = wf_make_value(u, a);
        if (op == WF_OP_NEG ? !wf_type_is_arithmetic(a->type) : !wf_type_is_integer(a->type)) {
            wf_report(&u->diags, WF_ERROR, at, NULL, "'%s' needs %s, got '%s'", wf_op_spelling(op),
                      op == WF_OP_NEG ? "a number" : "an integer", wf_spell_type(u, a->type));
            return wf_make_error(u, a->type, at);
        }
        a = wf_make_promoted(u, a);
        if (op == WF_OP_NEG && a->kind == WF_EX_INT) return wf_make_int(u, a->type, 0 - a->u.i, at);
        if (op == WF_OP_NEG && a->kind == WF_EX_FLOAT) return wf_make_float(u, a->type, -a->u.f, at);
    }
    if (wf_is_error(a)) return a;
    e = wf_expr_new(u, WF_EX_UNARY, a->type->unqual, at, a, NULL, NULL);
    e->op = (uint8_t)op;
    return e;
}

/* --- binary --- */

static wf_expr *wrong_operands(wf_unit *u, wf_op op, const wf_expr *a, const wf_expr *b, const char *suffix,
                               wf_place at) {
    const wf_type *ta = a->type, *tb = b->type;
    const char *hint = NULL, *what = "cannot take";
    int records = ta->kind == WF_TY_RECORD || tb->kind == WF_TY_RECORD;
    int pointers = ta->kind == WF_TY_POINTER && tb->kind == WF_TY_POINTER;
    if (op == WF_OP_REM && wf_type_is_arithmetic(ta) && wf_type_is_arithmetic(tb)) {
        what = "takes integers, not";
        hint = "use fmodf, or fmod for double";
    } else if (records) hint = "work on the members, or write an operator function";
    else if (pointers && op == WF_OP_ADD) hint = "add an integer to a pointer";
    else if (pointers && class_of(op) == COMPARE) hint = "cast one of the pointers to the other's type";
    wf_report(&u->diags, WF_ERROR, at, hint, "'%s%s' %s '%s' and '%s'", wf_op_spelling(op), suffix, what,
              wf_spell_type(u, ta), wf_spell_type(u, tb));
    return wf_make_error(u, wf_type_is_arithmetic(ta) || !wf_type_is_arithmetic(tb) ? ta : tb, at);
}

static wf_expr *new_binary(wf_unit *u, wf_op op, const wf_type *type, wf_expr *a, wf_expr *b, wf_place at) {
    if (wf_is_error(a) || wf_is_error(b)) return wf_make_error(u, type, at);
    wf_expr *e = wf_expr_new(u, WF_EX_BINARY, type, at, a, b, NULL);
    e->op = (uint8_t)op;
    return e;
}

/* That one may count in steps of what the pointer points to. */
static int check_step(wf_unit *u, const wf_expr *pointer, wf_place at) {
    const wf_type *t = pointer->type->base;
    if (wf_type_size(t) || (t->kind == WF_TY_RECORD && t->record->complete)) return 1;
    wf_report(&u->diags, WF_ERROR, at, "cast it to a pointer to char to count in bytes",
              "arithmetic on '%s': what it points to has no size", wf_spell_type(u, pointer->type));
    return 0;
}

static wf_expr *binary_pointer(wf_unit *u, wf_op op, wf_expr *a, wf_expr *b, wf_place at) {
    if (op == WF_OP_ADD && wf_type_is_integer(a->type)) {
        wf_expr *swap = a;
        a = b;
        b = swap;
    }
    int b_pointer = b->type->kind == WF_TY_POINTER;
    if (a->type->kind != WF_TY_POINTER || !(wf_type_is_integer(b->type) || (b_pointer && op == WF_OP_SUB)))
        return wrong_operands(u, op, a, b, "", at);
    if (!check_step(u, a, at)) return wf_make_error(u, a->type, at);
    if (!b_pointer) return new_binary(u, op, a->type->unqual, a, wf_make_promoted(u, b), at);
    const wf_type *common = wf_common_pointer(u, a, b);
    if (!common || !check_step(u, b, at))
        return common ? wf_make_error(u, NULL, at) : wrong_operands(u, op, a, b, "", at);
    return new_binary(u, op, wf_type_scalar(u, WF_TY_LONG), wf_make_convert(u, common, a, at),
                      wf_make_convert(u, common, b, at), at);
}

static wf_expr *binary_compare(wf_unit *u, wf_op op, wf_expr *a, wf_expr *b, wf_place at) {
    const wf_type *common = wf_common_operands(u, a, b);
    if (!common && (a->type->kind == WF_TY_POINTER || b->type->kind == WF_TY_POINTER))
        common = wf_common_pointer(u, a, b);
    if (!common) {
        wrong_operands(u, op, a, b, "", at);
        return wf_make_error(u, wf_type_scalar(u, WF_TY_BOOL), at);
    }
    return new_binary(u, op, wf_type_scalar(u, WF_TY_BOOL), wf_make_convert(u, common, a, at),
                      wf_make_convert(u, common, b, at), at);
}

wf_expr *wf_make_binary(wf_unit *u, wf_op op, wf_expr *a, wf_expr *b, wf_place at) {
    enum op_class class = class_of(op);
    const wf_type *boolean = class == COMPARE || class == LOGICAL ? wf_type_scalar(u, WF_TY_BOOL) : NULL;
    if (wf_is_error(a) || wf_is_error(b)) return wf_error_like(u, boolean, wf_is_error(a) ? b : a, at);
    if (class == LOGICAL) return new_binary(u, op, boolean, wf_make_bool(u, a), wf_make_bool(u, b), at);
    a = wf_make_value(u, a);
    b = wf_make_value(u, b);
    if (wf_is_error(a) || wf_is_error(b)) return wf_error_like(u, boolean, a, at);
    if (class == COMPARE) return binary_compare(u, op, a, b, at);
    if (class == INTEGER || class == SHIFT) {
        if (!wf_type_is_integer(a->type) || !wf_type_is_integer(b->type))
            return wrong_operands(u, op, a, b, "", at);
    } else if ((op == WF_OP_ADD || op == WF_OP_SUB) &&
               (a->type->kind == WF_TY_POINTER || b->type->kind == WF_TY_POINTER)) {
        return binary_pointer(u, op, a, b, at);
    }
    if (class == SHIFT) {
        a = wf_make_promoted(u, a);
        return new_binary(u, op, a->type->unqual, a, wf_make_promoted(u, b), at);
    }
    const wf_type *common = wf_common_operands(u, a, b);
    if (!common) return wrong_operands(u, op, a, b, "", at);
    return new_binary(u, op, common, wf_make_convert(u, common, a, at), wf_make_convert(u, common, b, at),
                      at);
}

/* --- a ? b : c --- */

static const wf_type *cond_type(wf_unit *u, const wf_expr *b, const wf_expr *c) {
    if (b->type->unqual == c->type->unqual) return b->type->unqual;
    const wf_type *common = wf_common_operands(u, b, c);
    return common ? common : wf_common_pointer(u, b, c);
}

wf_expr *wf_make_cond(wf_unit *u, wf_expr *a, wf_expr *b, wf_expr *c, wf_place at) {
    if (wf_is_error(b) || wf_is_error(c)) return wf_error_like(u, NULL, wf_is_error(b) ? c : b, at);
    a = wf_make_bool(u, a);
    b = wf_make_value(u, b);
    c = wf_make_value(u, c);
    if (wf_is_error(a) || wf_is_error(b) || wf_is_error(c)) return wf_error_like(u, NULL, b, at);
    const wf_type *type = cond_type(u, b, c);
    if (!type) {
        wf_report(&u->diags, WF_ERROR, at, NULL, "the two results of '?:' have no common type: '%s' and '%s'",
                  wf_spell_type(u, b->type), wf_spell_type(u, c->type));
        return wf_make_error(u, b->type, at);
    }
    return wf_expr_new(u, WF_EX_COND, type, at, a, wf_make_convert(u, type, b, at),
                       wf_make_convert(u, type, c, at));
}

/* --- assignments --- */

static int has_const_field(const wf_type *t) {
    while (t->kind == WF_TY_ARRAY) t = t->base;
    if (t->quals & WF_CONST) return 1;
    if (t->kind != WF_TY_RECORD) return 0;
    for (uint32_t i = 0; i < t->record->field_count; i++)
        if (has_const_field(t->record->fields[i].type)) return 1;
    return 0;
}

/* That a is a place that may be written. */
static int check_writable(wf_unit *u, const wf_expr *a, const char *verb, wf_place at) {
    const char *problem = NULL, *hint = NULL;
    if (a->type->kind == WF_TY_ARRAY) {
        problem = "it is an array";
        hint = "copy the elements one by one";
    } else if (!(a->flags & WF_EX_LVALUE)) problem = "it is a value, not a place in memory";
    else if (a->type->quals & WF_CONST) problem = "it is const";
    else if (a->type->kind == WF_TY_RECORD && has_const_field(a->type)) problem = "it has a const member";
    if (!problem) return 1;
    wf_report(&u->diags, WF_ERROR, at, hint, "cannot %s '%s' of type '%s': %s", verb, wf_spell_expr(u, a),
              wf_type_spell(&u->arena, a->type, NULL), problem);
    return 0;
}

wf_expr *wf_make_assign(wf_unit *u, wf_expr *a, wf_expr *b, wf_place at) {
    if (wf_is_error(a) || wf_is_error(b)) return wf_error_like(u, NULL, a, at);
    const wf_type *type = a->type->unqual;
    if (!check_writable(u, a, "assign to", at)) return wf_make_error(u, type, at);
    b = wf_convert_for(u, type, b, at, "assignment");
    if (wf_is_error(b)) return wf_make_error(u, type, at);
    return wf_expr_new(u, WF_EX_ASSIGN, type, at, a, b, NULL);
}

const wf_type *wf_update_type(const wf_unit *u, wf_op op, const wf_expr *a, const wf_expr *b) {
    enum op_class class = class_of(op);
    int integers = wf_type_is_integer(a->type) && wf_type_is_integer(b->type);
    if (a->type->kind == WF_TY_POINTER)
        return (op == WF_OP_ADD || op == WF_OP_SUB) && wf_type_is_integer(b->type) ? a->type->unqual : NULL;
    if (class == SHIFT) return integers ? wf_promoted_type(u, a) : NULL;
    if (class == INTEGER && !integers) return NULL;
    if (class == COMPARE || class == LOGICAL || !wf_type_is_arithmetic(a->type)) return NULL;
    return wf_common_operands(u, a, b);
}

wf_expr *wf_make_update(wf_unit *u, wf_op op, wf_expr *a, wf_expr *b, wf_place at) {
    if (wf_is_error(a) || wf_is_error(b)) return wf_error_like(u, NULL, a, at);
    b = wf_make_value(u, b);
    if (wf_is_error(b) || !check_writable(u, a, "change", at)) return wf_make_error(u, a->type, at);
    const wf_type *compute = wf_update_type(u, op, a, b);
    if (!compute) return wrong_operands(u, op, a, b, "=", at);
    if (compute->kind == WF_TY_POINTER && !check_step(u, a, at)) return wf_make_error(u, a->type, at);
    int keeps_own = compute->kind == WF_TY_POINTER || class_of(op) == SHIFT;
    b = keeps_own ? wf_make_promoted(u, b) : wf_make_convert(u, compute, b, at);
    if (wf_is_error(b)) return wf_make_error(u, a->type, at);
    wf_expr *e = wf_expr_new(u, WF_EX_UPDATE, a->type->unqual, at, a, b, NULL);
    if (wf_is_error(e)) return e;
    e->op = (uint8_t)op;
    e->u.compute = compute;
    return e;
}

wf_expr *wf_make_step(wf_unit *u, wf_op op, wf_expr *a, int post, wf_place at) {
    if (wf_is_error(a)) return wf_error_like(u, NULL, a, at);
    if (!check_writable(u, a, op == WF_OP_ADD ? "increment" : "decrement", at))
        return wf_make_error(u, a->type, at);
    int pointer = a->type->kind == WF_TY_POINTER;
    if (a->type->kind == WF_TY_BOOL || !wf_type_is_scalar(a->type)) {
        wf_report(&u->diags, WF_ERROR, at, NULL, "'%s' needs a number or a pointer, got '%s'",
                  op == WF_OP_ADD ? "++" : "--", wf_spell_type(u, a->type));
        return wf_make_error(u, a->type, at);
    }
    if (pointer && !check_step(u, a, at)) return wf_make_error(u, a->type, at);
    wf_expr *e = wf_expr_new(u, WF_EX_STEP, a->type->unqual, at, a, NULL, NULL);
    if (wf_is_error(e)) return e;
    e->op = (uint8_t)op;
    e->u.post = post != 0;
    return e;
}
