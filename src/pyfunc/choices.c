/* pyfunc/choices.c: expressions whose operands are not always reached: `and`, `or`, chained comparisons, conditional
 * expressions.
 *
 * An operand that needs statements of its own (an index that is tested, a call that raises) gets a block, which runs
 * only where Python would evaluate it; one without stays an expression. */
#include "pyfunc/lower.h"
#include <string.h>

/* Evaluates e in a block of its own; *statements: what it needed, or NULL when it is a plain expression. */
static wf_pf_val eval_apart(wf_pf_body *b, const wf_pf_expr *e, wf_stmt **statements) {
    wf_stmt *outer = wf_pf_open(b, e->at);
    wf_pf_val v = wf_pf_eval(b, e);
    if (v.lazy) v = wf_pf_materialise(b, v, e->at);
    wf_stmt *own = wf_pf_close(b, outer);
    *statements = own->body ? own : NULL;
    return v;
}

/* Goes on in the block of eval_apart, whose declarations the value may use; a fresh one when it needed none.
 */
static wf_stmt *resume(wf_pf_body *b, wf_stmt *own, wf_place at) {
    wf_stmt *outer = wf_pf_open(b, at);
    if (!own) return outer;
    wf_stmt *last = own->body;
    while (last->next) last = last->next;
    own->mark = last;
    own->value = b->block->value; /* wf_pf_close goes back to the scope of wf_pf_open */
    b->block->value = 0;
    b->block = own;
    return outer;
}

/* if (test) { own; result = value; } */
static void assign_when(wf_pf_body *b, wf_expr *test, wf_stmt *own, wf_var *result, wf_expr *value,
                        wf_place at) {
    wf_unit *u = b->l->u;
    wf_stmt *branch = wf_stmt_new(u, WF_ST_IF, at), *outer = resume(b, own, at);
    branch->expr = test;
    wf_pf_emit(b, wf_make_assign(u, wf_make_var(u, result, at), value, at));
    branch->body = wf_pf_close(b, outer);
    wf_block_add(b->block, branch);
}

/* left and right as truth values; the right side's statements run only when they are needed. */
static wf_expr *both_truths(wf_pf_body *b, wf_op op, wf_expr *left, wf_stmt *own, wf_expr *right,
                            wf_place at) {
    wf_unit *u = b->l->u;
    if (!own) return wf_make_binary(u, op, left, right, at);
    wf_var *result = wf_pf_temp(b, "both", wf_type_scalar(u, WF_TY_BOOL), left, at);
    wf_expr *test = wf_make_var(u, result, at);
    if (op == WF_OP_LOR) test = wf_make_unary(u, WF_OP_LNOT, test, at);
    assign_when(b, test, own, result, right, at);
    return wf_make_var(u, result, at);
}

/* The same for values of several parts (None, text, lists): chosen by the left one's truth. */
static wf_pf_val either(wf_pf_body *b, wf_op op, wf_pf_val left, wf_stmt *own, wf_pf_val right, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *types[256];
    wf_expr *from[256];
    left = wf_pf_settle(b, wf_pf_runtime(b, left, at), at);
    const wf_pf_type *type = wf_pf_type_unify(&b->l->types, left.type, wf_pf_runtime_type(b, right));
    uint32_t count = type ? wf_pf_leaf_count(type) : 0;
    if (!type || count > 256 || type->kind == WF_PF_T_STATIC)
        return wf_pf_error(b, at, NULL, "'%s' between %s and %s", op == WF_OP_LAND ? "and" : "or",
                           wf_pf_spell(b, left), wf_pf_spell(b, right));
    wf_expr *test = wf_pf_truth(b, left, at), **leaves = WF_NEW_ARRAY(&u->arena, wf_expr *, count + 1);
    if (op == WF_OP_LOR) test = wf_make_unary(u, WF_OP_LNOT, test, at);
    wf_var *chosen = wf_pf_temp(b, "other", wf_type_scalar(u, WF_TY_BOOL), test, at);
    wf_pf_leaf_types(b->l, type, types);
    left = wf_pf_convert(b, left, type, at);
    if (left.type != type) return wf_pf_unknown(b);
    wf_pf_val_leaves(b, left, from);
    for (uint32_t i = 0; i < count; i++)
        leaves[i] = wf_make_var(u, wf_pf_temp(b, "either", types[i], from[i], at), at);
    wf_stmt *branch = wf_stmt_new(u, WF_ST_IF, at), *outer = resume(b, own, at);
    branch->expr = wf_make_var(u, chosen, at);
    wf_pf_set_leaves(b, leaves, wf_pf_runtime(b, right, at), type, at);
    branch->body = wf_pf_close(b, outer);
    wf_block_add(b->block, branch);
    return wf_pf_val_of_leaves(b, type, leaves);
}

/* Python's `and` gives one of its operands; for bools that is C's. Other types: chosen by the left one's
 * truth. */
wf_pf_val wf_pf_eval_andor(wf_pf_body *b, const wf_pf_expr *e) {
    wf_pf_val v = wf_pf_eval(b, e->items[0]);
    wf_op op = e->op == WF_PF_AND ? WF_OP_LAND : WF_OP_LOR;
    for (uint32_t i = 1; i < e->count; i++) {
        if (v.type->kind == WF_PF_T_NONE) { /* false, always */
            if (op == WF_OP_LAND) return v;
            v = wf_pf_eval(b, e->items[i]);
            continue;
        }
        if (v.known && wf_pf_is_integral(v.type)) { /* decided while compiling */
            if ((v.known->i != 0) == (op == WF_OP_LOR)) return v;
            v = wf_pf_eval(b, e->items[i]);
            continue;
        }
        wf_stmt *own;
        wf_pf_val right = eval_apart(b, e->items[i], &own);
        if (v.type->kind == WF_PF_T_UNKNOWN || right.type->kind == WF_PF_T_UNKNOWN) {
            v = wf_pf_unknown(b);
        } else if (v.type->kind == WF_PF_T_BOOL && right.type->kind == WF_PF_T_BOOL) {
            v = wf_pf_scalar(
                b, b->l->boolean,
                both_truths(b, op, wf_pf_truth(b, v, e->at), own, wf_pf_truth(b, right, e->at), e->at));
        } else {
            const wf_pf_type *type = wf_pf_type_unify(&b->l->types, v.type, right.type);
            if (!type || !wf_pf_is_real(type)) {
                v = either(b, op, v, own, right, e->at);
                continue;
            }
            const wf_type *c = wf_pf_ctype(b->l, type);
            wf_var *result = wf_pf_temp(b, "either", c, wf_pf_number(b, v, type, e->at), e->at);
            wf_expr *test = wf_make_bool(b->l->u, wf_make_var(b->l->u, result, e->at));
            if (op == WF_OP_LOR) test = wf_make_unary(b->l->u, WF_OP_LNOT, test, e->at);
            assign_when(b, test, own, result, wf_pf_number(b, right, type, e->at), e->at);
            v = wf_pf_scalar(b, type, wf_make_var(b->l->u, result, e->at));
        }
    }
    return v;
}

/* e where only its truth counts: `while queue and queue[0] < x`. The sides need no type in common. */
wf_pf_val wf_pf_eval_test(wf_pf_body *b, const wf_pf_expr *e) {
    int truth;
    if (e->kind == WF_PF_UNARY && e->op == WF_PF_NOT) {
        wf_pf_val of = wf_pf_eval_test(b, e->a);
        return wf_pf_known_truth(of, &truth) ? wf_pf_bool(b, !truth) : wf_pf_unary(b, WF_PF_NOT, of, e->at);
    }
    if (e->kind != WF_PF_ANDOR) return wf_pf_eval(b, e);
    wf_op op = e->op == WF_PF_AND ? WF_OP_LAND : WF_OP_LOR;
    wf_pf_facts facts;
    uint32_t assigned = b->assigned;
    wf_pf_val v = wf_pf_eval_test(b, e->items[0]);
    for (uint32_t i = 1; i < e->count; i++) {
        if (wf_pf_known_truth(v, &truth)) { /* decided while compiling */
            if (truth == (op == WF_OP_LOR)) return wf_pf_bool(b, truth);
            v = wf_pf_eval_test(b, e->items[i]);
            continue;
        }
        wf_stmt *outer = wf_pf_open(b, e->at);
        wf_pf_facts_begin(b, &facts, op == WF_OP_LAND && b->assigned == assigned ? v.e : NULL);
        wf_pf_val right = wf_pf_eval_test(b, e->items[i]);
        wf_pf_facts_end(b, &facts);
        if (right.lazy) right = wf_pf_materialise(b, right, e->at);
        if (!b->block->body && wf_pf_known_truth(right, &truth)) { /* `n > 0 and b is not None` of a None */
            wf_pf_close(b, outer);
            if (truth == (op == WF_OP_LAND)) continue;
            if (v.e && !v.known) wf_pf_emit(b, v.e);
            return wf_pf_bool(b, truth);
        }
        int unknown = v.type->kind == WF_PF_T_UNKNOWN || right.type->kind == WF_PF_T_UNKNOWN;
        wf_expr *truth = wf_pf_truth(b, right, e->at);
        wf_stmt *own = wf_pf_close(b, outer);
        v = unknown ? wf_pf_unknown(b)
                    : wf_pf_scalar(
                          b, b->l->boolean,
                          both_truths(b, op, wf_pf_truth(b, v, e->at), own->body ? own : NULL, truth, e->at));
    }
    return v;
}

/* Reading it changes nothing. */
static int only_reads(const wf_pf_expr *e) {
    if (e->kind == WF_PF_SUBSCRIPT) return only_reads(e->a) && only_reads(e->b);
    return e->kind == WF_PF_CONST || e->kind == WF_PF_LOCAL;
}

/* An operand of a comparison. Text of an array's element is compared where it lies, unless what is evaluated after it
 * could change it. */
static wf_pf_val compared(wf_pf_body *b, const wf_pf_expr *e, uint32_t i) {
    const wf_pf_expr *outer = b->compared;
    b->compared = e->items[i];
    for (uint32_t k = i + 1; k < e->count; k++)
        if (!only_reads(e->items[k])) b->compared = NULL;
    wf_pf_val v = wf_pf_eval(b, e->items[i]);
    b->compared = outer;
    return v;
}

/* a < b < c: b is evaluated once, c only when a < b. */
/* A variable, and the operand behind it cannot change it: `0 <= y < h` needs no copy of y. */
static int stays(wf_pf_val v, const wf_pf_expr *next) {
    return v.e && v.e->kind == WF_EX_VAR && !v.e->u.var->address_taken && !v.items &&
           (next->kind == WF_PF_LOCAL || next->kind == WF_PF_CONST);
}

wf_pf_val wf_pf_eval_compare(wf_pf_body *b, const wf_pf_expr *e) {
    wf_pf_val left = compared(b, e, 0);
    wf_pf_moment then = wf_pf_now(b);
    wf_pf_val right = compared(b, e, 1);
    wf_pf_as_then(b, then, &left, 1, e->at);
    if (e->count > 2 && !right.lazy && !stays(right, e->items[2])) right = wf_pf_settle(b, right, e->at);
    wf_pf_val all = wf_pf_compare(b, e->ops[0], left, right, e->at);
    for (uint32_t i = 2; i < e->count; i++) {
        left = right;
        if (left.e) left.e = wf_pf_clone(b->l->u, left.e);
        wf_stmt *own, *outer = wf_pf_open(b, e->at);
        right = compared(b, e, i);
        if (i + 1 < e->count && !stays(right, e->items[i + 1])) right = wf_pf_settle(b, right, e->at);
        wf_pf_val next = wf_pf_compare(b, e->ops[i - 1], left, right, e->at);
        wf_expr *truth = wf_pf_truth(b, next, e->at);
        own = wf_pf_close(b, outer);
        all = wf_pf_scalar(
            b, b->l->boolean,
            both_truths(b, WF_OP_LAND, wf_pf_truth(b, all, e->at), own->body ? own : NULL, truth, e->at));
    }
    return all;
}

wf_pf_val wf_pf_eval_ifexp(wf_pf_body *b, const wf_pf_expr *e) {
    wf_unit *u = b->l->u;
    wf_pf_facts facts;
    uint32_t assigned = b->assigned;
    wf_pf_val test = wf_pf_eval_test(b, e->a);
    int truth;
    if (wf_pf_known_truth(test, &truth)) return wf_pf_eval(b, truth ? e->b : e->c);
    wf_expr *condition = wf_pf_truth(b, test, e->a->at);
    wf_stmt *own1, *own2;
    wf_pf_facts_begin(b, &facts, b->assigned == assigned ? condition : NULL);
    wf_pf_val yes = eval_apart(b, e->b, &own1);
    wf_pf_facts_end(b, &facts);
    wf_pf_val no = eval_apart(b, e->c, &own2);
    if (yes.type->kind == WF_PF_T_UNKNOWN) return no;
    if (no.type->kind == WF_PF_T_UNKNOWN) return yes;
    int texts = wf_pf_is_text(yes) || wf_pf_is_text(no);
    const wf_pf_type *type =
        texts && b->l->options.mode == WF_PF_HOST
            ? wf_pf_type_unify(&b->l->types, wf_pf_runtime_type(b, yes), wf_pf_runtime_type(b, no))
            : wf_pf_type_unify(&b->l->types, yes.type, no.type);
    if (!type || !wf_pf_leaf_count(type) || type->kind == WF_PF_T_RECORD) {
        if (type && type->kind == WF_PF_T_NONE) return yes;
        return wf_pf_error(b, e->at, NULL, "the two sides are %s and %s; no type holds both",
                           wf_pf_spell(b, yes), wf_pf_spell(b, no));
    }
    uint32_t count = wf_pf_leaf_count(type);
    int nonneg = yes.nonneg && no.nonneg;
    if (count == 1 && type->kind != WF_PF_T_TUPLE && !own1 && !own2 && yes.type->kind != WF_PF_T_OPTIONAL &&
        no.type->kind != WF_PF_T_OPTIONAL) {
        wf_pf_val v = wf_pf_scalar(b, type,
                                   wf_make_cond(u, condition, wf_pf_number(b, yes, type, e->at),
                                                wf_pf_number(b, no, type, e->at), e->at));
        v.nonneg = (uint8_t)nonneg;
        return v;
    }
    const wf_type *types[256];
    if (count > 256) return wf_pf_unknown(b);
    wf_pf_leaf_types(b->l, type, types);
    wf_expr **leaves = WF_NEW_ARRAY(&u->arena, wf_expr *, count + 1);
    for (uint32_t i = 0; i < count; i++)
        leaves[i] = wf_make_var(u, wf_pf_temp(b, "chosen", types[i], NULL, e->at), e->at);
    wf_stmt *branch = wf_stmt_new(u, WF_ST_IF, e->at);
    branch->expr = condition;
    for (int side = 0; side < 2; side++) {
        wf_stmt *outer = resume(b, side ? own2 : own1, e->at);
        wf_pf_set_leaves(b, leaves, side ? no : yes, type, e->at);
        if (side) branch->other = wf_pf_close(b, outer);
        else branch->body = wf_pf_close(b, outer);
    }
    wf_block_add(b->block, branch);
    wf_pf_val v = wf_pf_val_of_leaves(b, type, leaves);
    v.nonneg = (uint8_t)nonneg;
    return v;
}
