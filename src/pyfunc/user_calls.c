/* pyfunc/user_calls.c: calls of functions of the user's: arguments meet parameters, an instance is made for
 * the types.
 */
#include "pyfunc/lower.h"
#include <string.h>

/* ---- functions of the user's ---- */

static int place_named(wf_pf_body *b, const wf_pf_function *f, wf_pf_args *args, wf_pf_val *out) {
    uint32_t plain = args->count - args->keyword_count;
    uint8_t *given = WF_NEW_ARRAY(&b->l->u->arena, uint8_t, f->param_count + 1);
    if (plain > f->param_count) {
        wf_pf_error(b, args->at, NULL, "%s() takes %u argument%s, got %u", f->name, f->param_count,
                    f->param_count == 1 ? "" : "s", args->count);
        return 0;
    }
    for (uint32_t i = 0; i < args->count; i++) {
        uint32_t to = i;
        if (i >= plain) {
            const char *name = args->names[i - plain];
            for (to = 0; to < f->param_count && strcmp(f->names[to], name); to++) {}
            if (to == f->param_count) {
                const char *near = wf_spelling_nearest(name, f->names, f->param_count);
                wf_pf_error(b, args->at,
                            near ? wf_arena_printf(&b->l->u->arena, "did you mean '%s'?", near) : NULL,
                            "%s() has no parameter '%s'", f->name, name);
                return 0;
            }
        }
        out[to] = args->v[i];
        given[to] = 1;
    }
    for (uint32_t i = 0; i < f->param_count; i++) {
        if (given[i]) continue;
        if (!f->defaults || !f->defaults[i]) {
            wf_pf_error(b, args->at, NULL, "%s() is called without its argument '%s'", f->name, f->names[i]);
            return 0;
        }
        out[i] = wf_pf_constant(b, f->defaults[i], args->at);
    }
    return 1;
}

/* What is left over for *args becomes one tuple. */
static int place_args(wf_pf_body *b, const wf_pf_function *f, wf_pf_args *args, wf_pf_val *out) {
    uint32_t plain = args->count - args->keyword_count, star = (uint32_t)f->star;
    if (f->star < 0 || plain < star) return place_named(b, f, args, out);
    uint32_t rest = plain - star;
    wf_pf_args packed = *args;
    packed.count = args->count - rest + 1;
    packed.v = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, packed.count + 1);
    packed.e = WF_NEW_ARRAY(&b->l->u->arena, const wf_pf_expr *, packed.count + 1);
    memcpy(packed.v, args->v, star * sizeof *packed.v);
    packed.v[star] = wf_pf_tuple(b, args->v + star, rest);
    memcpy(packed.v + star + 1, args->v + plain, args->keyword_count * sizeof *packed.v);
    return place_named(b, f, &packed, out);
}

/* An instance is made for each function, type or text that is passed: they live at compile time only; and for
 * each number that the function needs as a constant. */
const wf_pf_type *wf_pf_param_type(wf_pf_body *b, wf_pf_val v, int constant) {
    if (v.known && (v.type->kind == WF_PF_T_STATIC ||
                    (constant && (v.known->kind == WF_PF_V_INT || v.known->kind == WF_PF_V_BOOL))))
        return wf_pf_type_of_value(&b->l->types, v.known);
    if (v.type->kind != WF_PF_T_TUPLE || !v.items) return v.type;
    const wf_pf_type **items = WF_NEW_ARRAY(&b->l->u->arena, const wf_pf_type *, v.type->count + 1);
    for (uint32_t i = 0; i < v.type->count; i++) items[i] = wf_pf_param_type(b, v.items[i], constant);
    return wf_pf_type_tuple_like(&b->l->types, v.type, items);
}

/* The value's leaves but for what the instance knows. */
static uint32_t param_leaves(wf_pf_body *b, wf_pf_val v, const wf_pf_type *type, wf_expr **out) {
    uint32_t n = 0;
    if (type->kind == WF_PF_T_STATIC) return 0;
    if (type->kind != WF_PF_T_TUPLE || !v.items) return wf_pf_val_leaves(b, v, out);
    for (uint32_t i = 0; i < type->count; i++) n += param_leaves(b, v.items[i], type->items[i], out + n);
    return n;
}

static wf_pf_val as_declared(wf_pf_body *b, wf_pf_val v, const wf_pf_type *type, wf_place at) {
    if (!type || !wf_pf_is_real(v.type) || !wf_pf_is_real(type) || (v.type == type && !v.known)) return v;
    wf_pf_val out = wf_pf_scalar(b, type, wf_pf_number(b, v, type, at));
    out.nonneg = v.nonneg;
    return out;
}

/* A function with a signature gets numbers of the types that it declares. */
static void declare_arguments(wf_pf_body *b, const wf_pf_function *f, wf_pf_val *values, wf_place at) {
    const char *code = f->signature ? f->signature : "";
    for (uint32_t i = 0; i < f->param_count && *code && *code != '>'; i++) {
        const wf_pf_type *type = wf_pf_type_parse(&b->l->types, code, &code);
        if (!type) return;
        values[i] = as_declared(b, values[i], type, at);
    }
}

static wf_pf_val declared_result(wf_pf_body *b, const wf_pf_function *f, wf_pf_val v, wf_place at) {
    const char *code = f->signature ? strchr(f->signature, '>') : NULL;
    return code && code[1] ? as_declared(b, v, wf_pf_type_parse(&b->l->types, code + 1, &code), at) : v;
}

/* A call of a generator makes an object that __next__ asks (weft/_pyiterators.py). */
static wf_pf_val call_generator(wf_pf_body *b, const wf_pf_function *f, wf_pf_val *values, wf_place at) {
    wf_pf_value *callee = WF_NEW(&b->l->u->arena, wf_pf_value);
    *callee = (wf_pf_value){.kind = WF_PF_V_FUNCTION, .function = f};
    wf_pf_args given = {.v = values, .count = f->param_count, .at = at};
    int handled = 0;
    if (b->l->options.mode != WF_PF_HOST)
        return wf_pf_error(b, at, "write the loop where it is used",
                           "generators are not supported in kernels");
    for (uint32_t i = 0; i < f->param_count; i++)
        if (values[i].known && values[i].type->kind != WF_PF_T_STATIC) { /* a number: of any value */
            values[i] = wf_pf_is_real(values[i].type)
                            ? wf_pf_scalar(b, values[i].type, wf_pf_number(b, values[i], values[i].type, at))
                            : wf_pf_convert(b, values[i], values[i].type, at);
            values[i].known = NULL;
        }
    wf_pf_val v = wf_pf_resolve(b, callee, "generator", &given, &handled);
    return handled ? v : wf_pf_error(b, at, NULL, "the generator %s() cannot be compiled", f->name);
}

wf_pf_val wf_pf_call_function(wf_pf_body *b, const wf_pf_function *f, wf_pf_args *args) {
    wf_pf_val values[64];
    const wf_pf_type *types[64];
    if (f->param_count > 64)
        return wf_pf_error(b, args->at, NULL, "%s() has more than 64 parameters", f->name);
    if (!place_args(b, f, args, values)) return wf_pf_unknown(b);
    if (f->generator) return call_generator(b, f, values, args->at);
    uint32_t leaves = 0;
    declare_arguments(b, f, values, args->at);
    for (uint32_t i = 0; i < f->param_count; i++) {
        if (values[i].lazy) values[i] = wf_pf_materialise(b, values[i], args->at);
        types[i] = wf_pf_param_type(b, values[i], wf_pf_needs_constant(f, i));
        if (types[i]->kind == WF_PF_T_UNKNOWN) return wf_pf_unknown(b);
        leaves += wf_pf_leaf_count(types[i]);
    }
    wf_pf_instance *in = wf_pf_instance_of(b->l, f, types, b->handler != NULL);
    wf_func *func = wf_pf_instance_func(b->l, in, args->at);
    if (in->uses_heap) b->heap_uses++;
    wf_expr **exprs = WF_NEW_ARRAY(&b->l->u->arena, wf_expr *, leaves + 2);
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->param_count; i++) n += param_leaves(b, values[i], types[i], exprs + n);
    if (in->result->kind == WF_PF_T_UNKNOWN) {
        if (b->l->final)
            wf_pf_error(b, args->at, NULL, "the result's type of %s() cannot be inferred", f->name);
        return wf_pf_unknown(b);
    }
    if (b->handler) exprs[n++] = wf_pf_raised_address(b, args->at);
    wf_expr *call = wf_make_call(b->l->u, func, exprs, n, args->at);
    uint32_t parts = wf_pf_leaf_count(in->result);
    if (parts == 0) {
        wf_pf_emit(b, call);
        if (b->handler) wf_pf_after_call(b, args->at);
        return in->result->kind == WF_PF_T_NONE ? wf_pf_none(b) : wf_pf_val_of_leaves(b, in->result, NULL);
    }
    if (b->handler && parts) { /* kept, as the call is looked at before its result is used */
        wf_var *kept = wf_pf_temp(b, "result", call->type->unqual, call, args->at);
        call = wf_make_var(b->l->u, kept, args->at);
        wf_pf_after_call(b, args->at);
    }
    wf_pf_kind kind = in->result->kind;
    if (parts == 1 && !wf_pf_type_parts(in->result) && kind != WF_PF_T_RECORD && kind != WF_PF_T_ARRAY)
        return declared_result(b, f, wf_pf_scalar(b, in->result, call), args->at);
    wf_expr **out = WF_NEW_ARRAY(&b->l->u->arena, wf_expr *, parts + 1);
    if (parts == 1 && kind == WF_PF_T_ARRAY) /* without dimensions: its address */
        out[0] = wf_make_var(b->l->u, wf_pf_temp(b, "result", call->type->unqual, call, args->at), args->at);
    else if (parts == 1) out[0] = call;
    else {
        wf_var *kept = wf_pf_temp(b, "result", call->type->unqual, call, args->at);
        for (uint32_t i = 0; i < parts; i++)
            out[i] = wf_make_member(b->l->u, wf_make_var(b->l->u, kept, args->at),
                                    wf_arena_printf(&b->l->u->arena, "part%u", i), args->at);
    }
    wf_pf_val v = wf_pf_val_of_leaves(b, in->result, out);
    return v;
}
