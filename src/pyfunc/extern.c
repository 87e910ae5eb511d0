/* pyfunc/extern.c: calls of functions that are written in CUDA C (cuda.declare_device).
 *
 * The name that the reader gives is "extern:abi:name:types>result". A type is a scalar's letter, or a star
 * and the element's letter for a pointer, to which an array's data is given. With the ABI "numba" the C
 * function returns an int status, which is 0, and stores its result through its first parameter; with "c" it
 * returns it. The function is only declared in the unit; the program that comes of it is the unit's print
 * after the text with the definition. */
#include "pyfunc/lower.h"
#include <string.h>

enum { PARAMS_MAX = 32 };

static const wf_type *type_at(wf_pf_body *b, const char **code) {
    int pointer = **code == '*';
    const wf_pf_type *type = wf_pf_type_parse(&b->l->types, *code + pointer, code);
    if (!type) return NULL;
    const wf_type *c =
        type->kind == WF_PF_T_NONE ? wf_type_scalar(b->l->u, WF_TY_VOID) : wf_pf_ctype(b->l, type);
    return pointer ? wf_type_pointer(b->l->u, c) : c;
}

static wf_func *declared(wf_pf_body *b, const char *name, const wf_type *result, const wf_type **params,
                         uint32_t count, wf_place at) {
    for (wf_func *f = b->l->u->funcs; f; f = f->next)
        if (!strcmp(f->name, name)) return f;
    wf_func *f = wf_func_new(b->l->u, wf_arena_strdup(&b->l->u->arena, name),
                             wf_type_function(b->l->u, result, params, count, 0), at);
    f->flags = WF_FN_DEVICE | WF_FN_EXTERN_C;
    for (uint32_t i = 0; i < count; i++)
        wf_param_new(b->l->u, f, wf_arena_printf(&b->l->u->arena, "a%u", i), params[i], at);
    return f;
}

static wf_expr *argument(wf_pf_body *b, wf_pf_val v, const wf_type *type, const wf_pf_type *number,
                         wf_place at) {
    if (!number) {
        if (v.type->kind == WF_PF_T_ARRAY && v.array)
            return wf_make_cast(b->l->u, type, wf_pf_clone(b->l->u, v.array->data), at);
        wf_pf_error(b, at, NULL, "a pointer is wanted: pass an array, got %s", wf_pf_spell(b, v));
        return NULL;
    }
    if (!wf_pf_is_real(v.type)) {
        wf_pf_error(b, at, NULL, "a number is wanted, got %s", wf_pf_spell(b, v));
        return NULL;
    }
    return wf_pf_number(b, v, number, at);
}

wf_pf_val wf_pf_call_extern(wf_pf_body *b, const char *spec, wf_pf_args *args) {
    wf_unit *u = b->l->u;
    const char *abi = spec + strlen("extern:"), *name = strchr(abi, ':') + 1, *codes = strchr(name, ':') + 1;
    const char *bare = wf_arena_strndup(&u->arena, name, (size_t)(codes - 1 - name)),
               *result = strchr(codes, '>') + 1;
    const wf_type *params[PARAMS_MAX + 1];
    wf_expr *values[PARAMS_MAX + 1];
    int numba = !strncmp(abi, "numba", 5);
    uint32_t n = (uint32_t)numba, given = 0;
    const wf_pf_type *returned = wf_pf_type_parse(&b->l->types, result, &result);
    const wf_type *c =
        returned->kind == WF_PF_T_NONE ? wf_type_scalar(u, WF_TY_VOID) : wf_pf_ctype(b->l, returned);
    while (*codes != '>') {
        const char *rest = codes + 1;
        if (given == args->count || n == PARAMS_MAX)
            return wf_pf_error(b, args->at, NULL, "%s() is called with too few arguments", bare);
        const wf_pf_type *number = *codes == '*' ? NULL : wf_pf_type_parse(&b->l->types, codes, &rest);
        if (!(params[n] = type_at(b, &codes)))
            return wf_pf_error(b, args->at, NULL, "%s(): a type is not supported", bare);
        if (!(values[n] = argument(b, args->v[given++], params[n], number, args->at)))
            return wf_pf_unknown(b);
        n++;
    }
    if (given != args->count)
        return wf_pf_error(b, args->at, NULL, "%s() takes %u arguments, got %u", bare, given, args->count);
    if (!numba) {
        wf_expr *call = wf_make_call(u, declared(b, bare, c, params, n, args->at), values, n, args->at);
        if (returned->kind == WF_PF_T_NONE) return wf_pf_emit(b, call), wf_pf_none(b);
        return wf_pf_scalar(b, returned,
                            wf_make_var(u, wf_pf_temp(b, "result", c, call, args->at), args->at));
    }
    int none = returned->kind == WF_PF_T_NONE;
    wf_var *out = wf_pf_temp(b, "result", none ? wf_type_scalar(u, WF_TY_LONG) : c, NULL, args->at);
    params[0] = wf_type_pointer(u, c);
    values[0] =
        wf_make_cast(u, params[0], wf_make_addr(u, wf_make_var(u, out, args->at), args->at), args->at);
    wf_pf_emit(b, wf_make_call(u, declared(b, bare, wf_type_scalar(u, WF_TY_INT), params, n, args->at),
                               values, n, args->at));
    return none ? wf_pf_none(b) : wf_pf_scalar(b, returned, wf_make_var(u, out, args->at));
}
