/* emit/function_pointer.c: pointers to functions.
 *
 * A pointer's value is the function's number in its unit, from 1, and no address: it means the same on every
 * target, in a table in memory too, and a call through it can be looked into. A call becomes a call of a
 * function made for its type, that compares the number with those of all functions of that type whose
 * address was taken anywhere in the unit, and calls the one by its name. So what stands behind a pointer is
 * emitted as any call: in place, vectorised, with its bounds; and where the pointer is a constant nothing of
 * the comparison is left. A number that is no function's is a trap. */
#include "emit/inner.h"
#include <string.h>

static int reachable(const wf_func *f, const wf_type *type) {
    return f->address_taken && f->type == type && !(f->flags & WF_FN_KERNEL);
}

uint64_t function_number(emitter *e, const wf_func *f) {
    uint64_t n = 1;
    for (const wf_func *g = e->unit->funcs; g; g = g->next, n++)
        if (g == f) return n;
    return 0;
}

/* if (number == n) return f(arguments); */
static wf_stmt *one_target(emitter *e, wf_func *through, wf_func *f, uint64_t n) {
    wf_unit *u = e->unit;
    const wf_type *number = wf_type_scalar(u, WF_TY_ULONG);
    wf_expr **args = WF_NEW_ARRAY(e->arena, wf_expr *, f->type->param_count + 1);
    uint32_t count = 0;
    for (wf_var *p = through->params->next; p; p = p->next) args[count++] = wf_make_var(u, p, f->at);
    wf_expr *call = wf_make_call(u, f, args, count, f->at);
    wf_expr *pointer = wf_make_cast(u, number, wf_make_var(u, through->params, f->at), f->at);
    wf_stmt *branch = wf_stmt_new(u, WF_ST_IF, f->at), *body = wf_stmt_block(u, f->at);
    wf_stmt *leave = wf_stmt_new(u, WF_ST_RETURN, f->at);
    branch->expr = wf_make_binary(u, WF_OP_EQ, pointer, wf_make_int(u, number, n, f->at), f->at);
    if (f->type->base->kind == WF_TY_VOID) wf_block_add(body, wf_stmt_expr(u, call));
    else leave->expr = call;
    wf_block_add(body, leave);
    wf_block_end(body);
    branch->body = body;
    return branch;
}

static wf_var *parameter_of(emitter *e, wf_func *through, const wf_type *type) {
    wf_var *p = WF_NEW(e->arena, wf_var);
    p->name = text(e, "a%u", through->param_count++);
    p->type = type;
    p->is_param = 1;
    p->number = through->local_count++;
    if (through->last_param) through->last_param->next = p;
    else through->params = p;
    return through->last_param = p;
}

/* The function that calls through a pointer to `type`. It is in no unit's list. */
const wf_func *function_through(emitter *e, const wf_type *type) {
    void **known = map_at(e->through, type);
    if (*known) return *known;
    wf_unit *u = e->unit;
    wf_func *through = WF_NEW(e->arena, wf_func);
    const wf_type **types = WF_NEW_ARRAY(e->arena, const wf_type *, type->param_count + 1);
    *known = through;
    through->name = through->shown = "a call through a function pointer";
    through->flags = WF_FN_DEVICE | WF_FN_CONTRACT;
    parameter_of(e, through, types[0] = wf_type_pointer(u, type));
    for (uint32_t i = 0; i < type->param_count; i++)
        parameter_of(e, through, (types[i + 1] = type->params[i])->unqual);
    through->type = wf_type_function(u, type->base, types, type->param_count + 1, 0);
    wf_stmt *body = wf_stmt_block(u, (wf_place){0});
    uint64_t n = 1;
    for (wf_func *f = u->funcs; f; f = f->next, n++)
        if (reachable(f, type)) wf_block_add(body, one_target(e, through, f, n));
    wf_block_add(body, wf_stmt_expr(u, wf_make_builtin(u, WF_BI_TRAP, NULL, 0, (wf_place){0})));
    wf_block_end(body);
    through->body = body;
    return through;
}

val emit_call_pointer(emitter *e, const wf_expr *x) {
    const wf_func *f = function_through(e, x->a->type->base);
    val *args = WF_NEW_ARRAY(e->arena, val, x->u.call.count + 2);
    args[0] = emit_expr(e, x->a);
    for (uint32_t i = 0; i < x->u.call.count; i++) args[i + 1] = emit_expr(e, x->u.call.args[i]);
    return emit_call_of(e, x, f, e->unit, args);
}

val function_address(emitter *e, const wf_func *f, const wf_expr *x) {
    uint64_t n = function_number(e, f);
    if (!n) fail_at(e, x->at, NULL, "the address of the library's function '%s' is not supported", f->name);
    return val_int(e, x->type->unqual, n);
}
