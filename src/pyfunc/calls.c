/* pyfunc/calls.c: calls: of functions of the user's, of types, of Python's builtins, math and NumPy.
 *
 * What a function is called (math.sin, numpy.float32, cuda.grid) was found while reading; each name has a row
 * in a table (call_rules.c, array_methods.c, host_calls.c, cuda_calls.c, cuda_atomics.c) with its rule and
 * how many arguments it takes; here the row is found and the rule called. A function of one number that is
 * given an array becomes an array expression (array_expr.c). */
#include "pyfunc/lower.h"
#include <stdlib.h>
#include <string.h>

/* ---- arguments ---- */

wf_pf_val *wf_pf_keyword(wf_pf_args *args, const char *name) {
    for (uint32_t i = 0; i < args->keyword_count; i++)
        if (!strcmp(args->names[i], name)) return &args->v[args->count - args->keyword_count + i];
    return NULL;
}

int wf_pf_eval_args(wf_pf_body *b, const wf_pf_expr *call, wf_pf_args *args) {
    wf_pf_val v[64];
    const wf_pf_expr *e[64];
    uint32_t n = 0;
    int known = 1;
    for (uint32_t i = 0; i < call->count; i++) {
        int spread = call->items[i]->kind == WF_PF_STARRED;
        wf_pf_moment then = wf_pf_now(b);
        wf_pf_val one = wf_pf_eval(b, spread ? call->items[i]->a : call->items[i]);
        if (spread) one = wf_pf_mixed_over(b, one);
        wf_pf_as_then(b, then, v, n, call->at);
        uint32_t more = spread && one.type->kind == WF_PF_T_TUPLE ? one.type->count : 1;
        if (n + more > 64) {
            wf_pf_error(b, call->at, NULL, "a call with more than 64 arguments");
            return 0;
        }
        if (spread && one.type->kind == WF_PF_T_TUPLE)
            for (uint32_t k = 0; k < more; k++) e[n] = call->items[i], v[n++] = one.items[k];
        else e[n] = call->items[i], v[n++] = one;
        known &= one.type->kind != WF_PF_T_UNKNOWN;
    }
    args->v = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, n + 1);
    args->e = WF_NEW_ARRAY(&b->l->u->arena, const wf_pf_expr *, n + 1);
    memcpy(args->v, v, sizeof *v * n);
    memcpy(args->e, e, sizeof *e * n);
    args->count = n;
    args->keyword_count = call->keyword_count;
    args->names = call->names;
    args->at = call->at;
    return known;
}

/* ---- types ---- */

const wf_pf_type *wf_pf_dtype_of(wf_pf_body *b, wf_pf_val v) {
    if (!v.known) return NULL;
    const char *rest;
    if (v.known->kind == WF_PF_V_DTYPE) return wf_pf_type_parse(&b->l->types, v.known->text, &rest);
    if (v.known->kind == WF_PF_V_CALL) {
        const char *name = v.known->text;
        return wf_pf_type_scalar(&b->l->types, !strcmp(name, "float")     ? 'd'
                                               : !strcmp(name, "int")     ? 'l'
                                               : !strcmp(name, "bool")    ? '?'
                                               : !strcmp(name, "complex") ? 'D'
                                                                          : 0);
    }
    if (v.known->kind == WF_PF_V_STR) {
        static const char *const names[][2] = {
            {"float32", "f"},   {"float64", "d"},    {"int32", "i"},  {"int64", "l"}, {"uint8", "B"},
            {"bool", "?"},      {"uint32", "I"},     {"uint64", "L"}, {"int8", "b"},  {"int16", "h"},
            {"uint16", "H"},    {"f4", "f"},         {"f8", "d"},     {"i4", "i"},    {"i8", "l"},
            {"bool_", "?"},     {"?", "?"},          {"int_", "l"},   {"intp", "l"},  {"uintp", "L"},
            {"complex64", "F"}, {"complex128", "D"}, {"c8", "F"},     {"c16", "D"},   {"float16", "e"},
            {"f2", "e"},        {"i1", "b"},         {"i2", "h"},     {"u1", "B"},    {"u2", "H"},
            {"u4", "I"},        {"u8", "L"},         {"int", "l"},    {"float", "d"}, {"complex", "D"}};
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (!strcmp(names[i][0], v.known->text)) return wf_pf_type_scalar(&b->l->types, names[i][1][0]);
        wf_pf_args args = {.v = &v, .count = 1, .at = {0}};
        int handled = 0;
        wf_pf_val asked =
            wf_pf_resolve_named(b, "weft.dtype", &args, &handled); /* "<f8", "m8[s]", "i4, f8" */
        const wf_pf_value *k = handled ? asked.known : NULL;
        return k && k->kind == WF_PF_V_DTYPE ? wf_pf_type_parse(&b->l->types, k->text, &rest) : NULL;
    }
    return NULL;
}

wf_pf_val wf_pf_call_type(wf_pf_body *b, const wf_pf_type *type, wf_pf_args *args) {
    if (!type || !wf_pf_is_number(type)) return wf_pf_error(b, args->at, NULL, "this type cannot be called");
    if (args->count == 2 && type->kind == WF_PF_T_COMPLEX) {
        const wf_pf_type *part = wf_pf_type_scalar(&b->l->types, type->bytes == 16 ? 'd' : 'f');
        return wf_pf_complex(b, type, wf_pf_number(b, args->v[0], part, args->at),
                             wf_pf_number(b, args->v[1], part, args->at));
    }
    if (args->count > 1)
        return wf_pf_error(b, args->at, NULL, "%s() takes one argument, got %u",
                           wf_pf_type_spell(&b->l->types, type), args->count);
    wf_pf_val v = args->count ? args->v[0] : wf_pf_int(b, 0, args->at);
    if (v.type->kind == WF_PF_T_ARRAY) {
        wf_pf_value *k = WF_NEW(&b->l->u->arena, wf_pf_value);
        *k = (wf_pf_value){
            .kind = WF_PF_V_DTYPE, .i = type->code, .text = wf_pf_type_code(&b->l->types, type)};
        return wf_pf_lazy_call(b, k, args->v, 1, args->at);
    }
    if (!wf_pf_is_number(v.type))
        return wf_pf_error(b, args->at, NULL, "%s cannot become %s", wf_pf_spell(b, v),
                           wf_pf_type_spell(&b->l->types, type));
    if (type->kind == WF_PF_T_BOOL) return wf_pf_scalar(b, type, wf_pf_truth(b, v, args->at));
    if (v.known && type->code == 'l' && v.type->kind == WF_PF_T_INT && !v.known->unsigned_)
        return wf_pf_int(b, v.known->i, args->at);
    wf_pf_val out = wf_pf_convert(b, v, type, args->at);
    if (out.known) { /* float32(1): the constant takes the type's own */
        out.e = out.type->kind == WF_PF_T_COMPLEX ? NULL : wf_pf_number(b, v, type, args->at);
        if (out.type->kind != WF_PF_T_COMPLEX) out.known = NULL;
    }
    out.nonneg = v.nonneg;
    return out;
}

/* ---- dispatch ---- */

static const wf_pf_callable *find_in(const wf_pf_callable *table, const char *name) {
    for (; table->name; table++)
        if (!strcmp(table->name, name)) return table;
    return NULL;
}

/* A function of numbers that was given an array works element by element. */
static int elementwise(const wf_pf_callable *c, const wf_pf_args *args) {
    if (c->flags & WF_PF_TAKES_ARRAYS) return 0;
    if (c->flags & WF_PF_TAKES_ARRAY_ALONE && args->count == 1) return 0;
    for (uint32_t i = 0; i < args->count; i++)
        if (args->v[i].type->kind == WF_PF_T_ARRAY) return 1;
    return 0;
}

wf_pf_val wf_pf_resolve_named(wf_pf_body *b, const char *name, wf_pf_args *args, int *handled) {
    wf_pf_value *callee = WF_NEW(&b->l->u->arena, wf_pf_value);
    *callee = (wf_pf_value){.kind = WF_PF_V_CALL, .text = name};
    return wf_pf_resolve(b, callee, NULL, args, handled);
}

/* Keywords that a rule looks at itself. */
static int takes_keywords(const wf_pf_callable *c, const wf_pf_args *args) {
    static const char *const creators[] = {"zeros",     "ones",       "empty",     "full",   "zeros_like",
                                           "ones_like", "empty_like", "full_like", "arange", "frombuffer"};
    if (!args->keyword_count) return 1;
    if (strncmp(c->name, "numpy.", 6) != 0 || args->keyword_count > 1 || strcmp(args->names[0], "dtype") != 0)
        return 0;
    for (size_t i = 0; i < sizeof creators / sizeof *creators; i++)
        if (!strcmp(creators[i], c->name + 6)) return 1;
    return 0;
}

/* One argument more than a ufunc takes: an array for the result. */
static int is_into(const wf_pf_callable *c, const wf_pf_args *args, int plain) {
    if (strncmp(c->name, "numpy.", 6) != 0 || plain != c->max + 1 || args->keyword_count) return 0;
    return c->min == c->max && args->v[plain - 1].type->kind == WF_PF_T_ARRAY;
}

/* Point(1, y=2): the items in the order of the names. */
static wf_pf_val named_tuple(wf_pf_body *b, uint32_t class_, wf_pf_args *args) {
    const wf_pf_hooks *hooks = b->l->options.hooks;
    const char *at =
        hooks && hooks->fields ? hooks->fields(hooks->user, (wf_pf_module *)b->l->module, class_) : NULL;
    wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 64);
    uint32_t n = 0, plain = args->count - args->keyword_count;
    for (; at && *at && n < 64; n++) {
        const char *end = strchr(at, ':');
        const char *name = wf_arena_strndup(&b->l->u->arena, at, (size_t)(end - at));
        wf_pf_val *named = wf_pf_keyword(args, name);
        if (n >= plain && !named)
            return wf_pf_error(b, args->at, NULL, "the named tuple's field '%s' is not given", name);
        items[n] = wf_pf_runtime(b, n < plain ? args->v[n] : *named, args->at);
        at = strchr(end, ';') + 1;
    }
    if (n != args->count)
        return wf_pf_error(b, args->at, NULL, "the named tuple has %u fields, got %u values", n, args->count);
    wf_pf_val v = wf_pf_tuple(b, items, n);
    if (v.type->kind == WF_PF_T_TUPLE)
        v.type = wf_pf_type_named_tuple(&b->l->types, v.type->items, n, class_);
    return v;
}

/* What looks at a range as it is; all others get a list of its numbers. */
static int takes_range(const char *name) {
    static const char *const all[] = {"len", "isinstance", "print",   "bool",
                                      "str", "repr",       "getattr", "hasattr"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!strcmp(name, all[i])) return 1;
    return !strncmp(name, "weft.", 5);
}

static int makes_number(const char *name) {
    return !strcmp(name, "int") || !strcmp(name, "float") || !strcmp(name, "complex") ||
           !strcmp(name, "bool");
}

wf_pf_val wf_pf_call_named(wf_pf_body *b, const char *name, wf_pf_args *args) {
    if (!strncmp(name, "extern:", 7)) return wf_pf_call_extern(b, name, args);
    if (!strncmp(name, "weft.date.of.", 13) && args->count == 1)
        return wf_pf_date_of(b, name + 13, args->v[0], args->at);
    if (!strncmp(name, "weft.make.", 10)) return wf_pf_make_typed(b, name + 10, args->at);
    if (!strncmp(name, "jitclass:", 9)) return wf_pf_object_new(b, (uint32_t)atoi(name + 9), args);
    if (!strncmp(name, "namedtuple:", 11)) return named_tuple(b, (uint32_t)atoi(name + 11), args);
    for (uint32_t i = 0; !takes_range(name) && i < args->count; i++)
        args->v[i] = wf_pf_range_list(b, args->v[i], args->at);
    for (uint32_t i = 0; !strncmp(name, "numpy.", 6) && i < args->count; i++)
        if (wf_pf_is_mixed_list(args->v[i].type)) args->v[i] = wf_pf_mixed_over(b, args->v[i]);
    for (uint32_t i = 0; i < args->count; i++)
        if (strcmp(name, "isinstance")) args->v[i] = wf_pf_unwrap(b, args->v[i], args->at);
    int of_complex;
    wf_pf_val z = wf_pf_call_complex(b, name, args, &of_complex);
    if (of_complex) return z;
    const wf_pf_callable *c = find_in(wf_pf_own_callables, name);
    int own = c != NULL, handled = 0;
    if (!c) c = find_in(wf_pf_host_callables, name);
    if (!c) c = find_in(wf_pf_cuda_callables, name);
    if (!c) c = find_in(wf_pf_cuda_atomics, name);
    int cuda = c && !own;
    if (!c) c = find_in(wf_pf_numpy_callables, name);
    if (!c) {
        int found;
        wf_pf_val v = wf_pf_call_libdevice(b, name, args, &found);
        if (found) return v;
        if (!strncmp(name, "cuda.vector.", 12)) return wf_pf_vector(b, name + 12, args);
    }
    int plain = (int)(args->count - args->keyword_count);
    if (own && args->keyword_count == 1 && !strcmp(args->names[0], "out") && plain == c->max) {
        args->keyword_count = 0;
        plain++;
    }
    if (own && is_into(c, args, plain)) { /* np.sin(x, out) */
        wf_pf_val out = args->v[--args->count], made = wf_pf_call_named(b, name, args);
        if (!wf_pf_may_store(b, out, made, args->at)) return wf_pf_unknown(b);
        wf_pf_array_fill(b, out, made, args->at);
        return out;
    }
    int fits = c && plain <= c->max && (int)args->count >= c->min && (cuda || takes_keywords(c, args));
    if (!fits || wf_pf_prefers_python(b, name, args)) {
        wf_pf_val v = wf_pf_resolve_named(b, name, args, &handled);
        if (handled) return v;
    }
    if (!c)
        return wf_pf_error(b, args->at, b->l->options.mode == WF_PF_HOST ? NULL : wf_pf_cuda_usage(name),
                           "%s is not supported in compiled functions", name);
    if (plain > c->max || (int)args->count < c->min)
        return wf_pf_error(b, args->at, wf_pf_cuda_usage(name),
                           c->min == c->max ? "%s() takes %d argument(s), got %d"
                                            : "%s() takes %d or more arguments, got %d",
                           name, c->min, plain);
    if (!strcmp(name, "numpy.power")) /* of two numbers too, as the operator does it */
        return wf_pf_binary(b, WF_PF_POW, args->v[0], args->v[1], args->at);
    if (own && args->count == 1 && makes_number(name) && args->v[0].type->kind == WF_PF_T_ARRAY) {
        if (args->v[0].type->ndim && strcmp(name, "bool") != 0)
            return wf_pf_error(b, args->at,
                               "write a.astype(…) for all its elements, a.item() for the only one",
                               "%s() takes one number, got %s", name, wf_pf_spell(b, args->v[0]));
        args->v[0] = wf_pf_array_method(b, args->v[0], "item", NULL, 0, args->at, &handled);
        if (args->v[0].type->kind == WF_PF_T_UNKNOWN) return args->v[0];
        return wf_pf_call_named(b, name, args);
    }
    if (own && elementwise(c, args)) {
        wf_pf_value *k = WF_NEW(&b->l->u->arena, wf_pf_value);
        *k = (wf_pf_value){.kind = WF_PF_V_CALL, .text = name};
        return wf_pf_lazy_call(b, k, args->v, args->count, args->at);
    }
    return c->rule(b, name, args, c->data);
}

wf_pf_val wf_pf_call_value(wf_pf_body *b, const wf_pf_value *function, wf_pf_args *args) {
    const char *rest;
    switch (function->kind) {
    case WF_PF_V_CALL: return wf_pf_call_named(b, function->text, args);
    case WF_PF_V_DTYPE:
        return wf_pf_call_type(b, wf_pf_type_parse(&b->l->types, function->text, &rest), args);
    case WF_PF_V_FUNCTION: return wf_pf_call_function(b, function->function, args);
    default: break;
    }
    int handled = 0;
    wf_pf_val found = wf_pf_resolve(b, function, NULL, args, &handled);
    if (handled) return found;
    wf_pf_val v = {.type = b->l->static_, .known = function};
    return wf_pf_error(b, args->at, NULL, "%s cannot be called", wf_pf_spell(b, v));
}
