/* tests/interp/expr.c: expressions. Operands are evaluated from left to right; of an assignment the place
 * first. */
#include "inner.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- places --- */

/* What is added to a pointer: the count times the size, in 64 bits. */
static char *step_pointer(const wf_type *pointer, uint64_t address, uint64_t count, int subtract) {
    uint64_t bytes = count * wf_type_size(pointer->base);
    return (char *)(uintptr_t)(subtract ? address - bytes : address + bytes);
}

static place place_of_index(thread *t, const wf_expr *e) {
    int outer = t->bad_index;
    uint64_t base = evaluate(t, e->a).i;
    t->bad_index = 0;
    uint64_t index = evaluate(t, e->b).i;
    place p = {.address = step_pointer(e->a->type, base, index, 0),
               .checked = 1,
               .suppressed = (uint8_t)t->bad_index};
    t->bad_index = outer;
    return p;
}

place evaluate_place(thread *t, const wf_expr *e) {
    switch ((wf_expr_kind)e->kind) {
    case WF_EX_VAR: return (place){.address = address_of_var(t, e->u.var)};
    case WF_EX_DEREF: return (place){.address = (char *)(uintptr_t)evaluate(t, e->a).i, .checked = 1};
    case WF_EX_INDEX: return place_of_index(t, e);
    case WF_EX_MEMBER: {
        const wf_field *field = &e->a->type->record->fields[e->u.field];
        place p = evaluate_place(t, e->a);
        p.address += field->offset;
        p.bit_offset = field->bit_offset;
        p.bit_width = field->bit_width;
        return p;
    }
    case WF_EX_STRING: {
        char *data = (char *)(uintptr_t)e->u.string.data;
        if (!find_range(t, (uintptr_t)data))
            ranges_add(&t->run->memory, data, e->u.string.length + 1, NULL, 0);
        return (place){.address = data};
    }
    default: return (place){.address = evaluate(t, e).bytes}; /* a record that is a value */
    }
}

/* --- operators --- */

static int is_product(const thread *t, const wf_expr *e) {
    return t->frame->func->flags & WF_FN_CONTRACT && e->kind == WF_EX_BINARY && e->op == WF_OP_MUL &&
           !(e->flags & WF_EX_PAREN) && (e->type->kind == WF_TY_FLOAT || e->type->kind == WF_TY_DOUBLE);
}

/* a + b or a - b of floats: with a product as operand, one fma; the left one is taken first. `left` is the
 * value of a when it is known already (x += y * z). */
static value add_contracted(thread *t, const wf_expr *a, const value *left, const wf_expr *b, int subtract) {
    wf_type_kind kind = b->type->kind;
    if (!left && is_product(t, a)) {
        double x = evaluate(t, a->a).f, y = evaluate(t, a->b).f, z = evaluate(t, b).f;
        return (value){.f = fused(kind, x, y, subtract ? -z : z)};
    }
    double z = left ? left->f : evaluate(t, a).f;
    double x = evaluate(t, b->a).f, y = evaluate(t, b->b).f;
    return (value){.f = fused(kind, subtract ? -x : x, y, z)};
}

static value pointer_binary(wf_op op, const wf_expr *e, value a, value b) {
    if (e->b->type->kind != WF_TY_POINTER)
        return (value){.i = (uintptr_t)step_pointer(e->type, a.i, b.i, op == WF_OP_SUB)};
    if (op != WF_OP_SUB) return (value){.i = (uint64_t)compare(op, e->a->type, a, b)};
    return (value){.i = (uint64_t)((int64_t)(a.i - b.i) / (int64_t)wf_type_size(e->a->type->base))};
}

static value evaluate_binary(thread *t, const wf_expr *e) {
    wf_op op = (wf_op)e->op;
    if (op == WF_OP_LAND) return (value){.i = evaluate(t, e->a).i && evaluate(t, e->b).i};
    if (op == WF_OP_LOR) return (value){.i = evaluate(t, e->a).i || evaluate(t, e->b).i};
    if ((op == WF_OP_ADD || op == WF_OP_SUB) && wf_type_is_float(e->type) &&
        (is_product(t, e->a) || is_product(t, e->b)))
        return add_contracted(t, e->a, NULL, e->b, op == WF_OP_SUB);
    value a = evaluate(t, e->a), b = evaluate(t, e->b);
    if (e->a->type->kind == WF_TY_POINTER) return pointer_binary(op, e, a, b);
    if (op >= WF_OP_LT && op <= WF_OP_NE) return (value){.i = (uint64_t)compare(op, e->a->type, a, b)};
    if ((op == WF_OP_DIV || op == WF_OP_REM) && !wf_type_is_float(e->type) && !b.i &&
        t->frame->func->flags & WF_FN_TRAP_DIVIDE)
        stop_run(t, WF_TRAP, e->at, "division by zero");
    return binary(op, e->type, a, b);
}

static value evaluate_unary(thread *t, const wf_expr *e) {
    value a = evaluate(t, e->a);
    if (e->op == WF_OP_LNOT) return (value){.i = !a.i};
    if (wf_type_is_float(e->type)) return (value){.f = -a.f};
    return (value){.i = wrap(e->type, e->op == WF_OP_NEG ? 0 - a.i : ~a.i)};
}

static value evaluate_update(thread *t, const wf_expr *e) {
    place p = evaluate_place(t, e->a);
    wf_op op = (wf_op)e->op;
    const wf_type *own = e->a->type, *compute = e->u.compute;
    value old, new;
    if (compute->kind == WF_TY_POINTER) {
        value count = evaluate(t, e->b);
        old = load(t, &p, own, e);
        new.i = (uintptr_t)step_pointer(compute, old.i, count.i, op == WF_OP_SUB);
    } else if ((op == WF_OP_ADD || op == WF_OP_SUB) && is_product(t, e->b) && own->kind == compute->kind) {
        /* The factors first: reading what is updated comes last, as in x = x + a * b on every target. */
        value x = evaluate(t, e->b->a), y = evaluate(t, e->b->b);
        old = load(t, &p, own, e);
        new = (value){.f = fused(compute->kind, op == WF_OP_SUB ? -x.f : x.f, y.f, old.f)};
    } else {
        value b = evaluate(t, e->b);
        old = convert_number(own, compute, load(t, &p, own, e));
        if ((op == WF_OP_DIV || op == WF_OP_REM) && !wf_type_is_float(compute) && !b.i &&
            t->frame->func->flags & WF_FN_TRAP_DIVIDE)
            stop_run(t, WF_TRAP, e->at, "division by zero");
        new = convert_number(compute, own, binary(op, compute, old, b));
    }
    store(t, &p, own, new, e);
    return p.bit_width ? load(t, &p, own, e) : new;
}

static value evaluate_step(thread *t, const wf_expr *e) {
    place p = evaluate_place(t, e->a);
    const wf_type *type = e->a->type;
    value old = load(t, &p, type, e), new;
    if (type->kind == WF_TY_POINTER) new.i = (uintptr_t)step_pointer(type, old.i, 1, e->op == WF_OP_SUB);
    else new = binary((wf_op)e->op, type, old, number(type, 1, 1));
    store(t, &p, type, new, e);
    if (e->u.post) return old;
    return p.bit_width ? load(t, &p, type, e) : new;
}

static value evaluate_cast(thread *t, const wf_expr *e) {
    if (e->cast == WF_CAST_DECAY) {
        if (e->a->kind == WF_EX_FUNC) return (value){.i = (uintptr_t)e->a->u.call.func};
        return (value){.i = (uintptr_t)evaluate_place(t, e->a).address};
    }
    value a = e->cast == WF_CAST_VOID && e->a->type->kind == WF_TY_ARRAY ? (value){0} : evaluate(t, e->a);
    switch ((wf_cast)e->cast) {
    case WF_CAST_NUMERIC: return convert_number(e->a->type, e->type, a);
    case WF_CAST_PTR_INT: return (value){.i = wrap(e->type, a.i)};
    case WF_CAST_PTR_BOOL: return (value){.i = a.i != 0};
    default: return a;
    }
}

static value evaluate_init(thread *t, const wf_expr *e) {
    value v = {.bytes = temporary(t, wf_type_size(e->type))};
    for (uint32_t i = 0; i < e->u.init.count; i++) {
        const wf_expr *item = e->u.init.items[i];
        if (!item) continue;
        if (e->type->kind == WF_TY_ARRAY) {
            store_plain(v.bytes + i * wf_type_size(e->type->base), e->type->base, evaluate(t, item));
            continue;
        }
        const wf_record *record = e->type->record;
        const wf_field *field = &record->fields[record->is_union ? e->u.init.field : i];
        place p = {.address = v.bytes + field->offset,
                   .bit_offset = field->bit_offset,
                   .bit_width = field->bit_width};
        store(t, &p, field->type->unqual, evaluate(t, item), e);
    }
    return v;
}

/* --- calls --- */

enum { DEEPEST_CALL = 200 };

static const wf_func *definition(thread *t, const wf_func *func, wf_place at) {
    const wf_unit *unit;
    if (func->body) return func;
    const wf_func *found = t->run->options->library
                               ? t->run->options->library(t->run->options->library_user, func->name, &unit)
                               : NULL;
    if (!found || !found->body) stop_run(t, WF_UNSUPPORTED, at, "'%s' is not defined", func->name);
    return found && found->body ? found : NULL;
}

value call_function(thread *t, const wf_func *func, const value *args, wf_place at) {
    const wf_type *result = func->type->base;
    value out = {0};
    if (result->kind == WF_TY_RECORD) out.bytes = temporary(t, wf_type_size(result));
    func = definition(t, func, at);
    if (func && t->depth >= DEEPEST_CALL)
        stop_run(t, WF_TRAP, at, "calls are nested deeper than %d", DEEPEST_CALL);
    if (!func || t->run->stop) return out;
    frame f = {
        .caller = t->frame, .func = func, .result = out, .size_of_result = (uint32_t)wf_type_size(result)};
    f.locals = interp_alloc(func->local_count * sizeof *f.locals);
    f.sizes = interp_alloc(func->local_count * sizeof *f.sizes);
    t->frame = &f;
    t->depth++;
    uint32_t i = 0;
    for (const wf_var *param = func->params; param; param = param->next)
        store_plain(address_of_var(t, param), param->type, args[i++]);
    run_body(t, func->body);
    t->depth--;
    t->frame = f.caller;
    for (i = 0; i < func->local_count; i++) free(f.locals[i]);
    free(f.locals);
    free(f.sizes);
    return f.result;
}

static value evaluate_call(thread *t, const wf_expr *e) {
    const wf_func *func = e->u.call.func;
    if (e->kind == WF_EX_CALLPTR) func = (const wf_func *)(uintptr_t)evaluate(t, e->a).i;
    if (!func) {
        stop_run(t, WF_TRAP, e->at, "a call through a null pointer");
        return (value){0};
    }
    value *args = interp_alloc((e->u.call.count + 1) * sizeof *args);
    for (uint32_t i = 0; i < e->u.call.count; i++) args[i] = evaluate(t, e->u.call.args[i]);
    value v = call_function(t, func, args, e->at);
    free(args);
    return v;
}

/* --- any expression --- */

static value evaluate_member(thread *t, const wf_expr *e) { /* of a record that is a value */
    place p = evaluate_place(t, e);
    return load(t, &p, e->type, e);
}

value evaluate(thread *t, const wf_expr *e) {
    value zero = {0};
    if (t->run->stop) {
        if (e->type->kind == WF_TY_RECORD || e->type->kind == WF_TY_ARRAY)
            zero.bytes = temporary(t, wf_type_size(e->type));
        return zero;
    }
    if (e->flags & WF_EX_LVALUE) {
        place p = evaluate_place(t, e);
        return load(t, &p, e->type, e);
    }
    switch ((wf_expr_kind)e->kind) {
    case WF_EX_INT: return (value){.i = e->u.i};
    case WF_EX_FLOAT: return (value){.f = e->u.f};
    case WF_EX_UNARY: return evaluate_unary(t, e);
    case WF_EX_BINARY: return evaluate_binary(t, e);
    case WF_EX_COND: return evaluate(t, evaluate(t, e->a).i ? e->b : e->c);
    case WF_EX_COMMA: evaluate(t, e->a); return evaluate(t, e->b);
    case WF_EX_ASSIGN: {
        place p = evaluate_place(t, e->a);
        value v = evaluate(t, e->b);
        store(t, &p, e->a->type, v, e);
        return p.bit_width ? load(t, &p, e->a->type, e) : v;
    }
    case WF_EX_UPDATE: return evaluate_update(t, e);
    case WF_EX_STEP: return evaluate_step(t, e);
    case WF_EX_CAST: return evaluate_cast(t, e);
    case WF_EX_ADDR: return (value){.i = (uintptr_t)evaluate_place(t, e->a).address};
    case WF_EX_MEMBER: return evaluate_member(t, e);
    case WF_EX_CALL:
    case WF_EX_CALLPTR: return evaluate_call(t, e);
    case WF_EX_BUILTIN: return evaluate_builtin(t, e);
    case WF_EX_INIT: return evaluate_init(t, e);
    default: stop_run(t, WF_UNSUPPORTED, e->at, "an expression that has no value"); return zero;
    }
}
