/* pyfunc/methods.c: calls, as they stand in the source: of methods, of closures, of what a name stands for.
 *
 * What a value's own rules (array_methods.c, lists.c, text.c) do not know is asked of Python with the
 * receiver as the first argument (ask.c). Containers convert what is looked up or put in to what they hold,
 * or learn from it. */
#include "pyfunc/lower.h"
#include <string.h>

/* A method that has no rule: the receiver goes first. */
wf_pf_val wf_pf_resolve_method(wf_pf_body *b, wf_pf_val base, const char *name, wf_pf_args *args,
                               int *handled) {
    wf_pf_args all = *args;
    all.count = args->count + 1;
    all.v = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, all.count + 1);
    all.e = WF_NEW_ARRAY(&b->l->u->arena, const wf_pf_expr *, all.count + 1);
    all.v[0] = base;
    memcpy(all.v + 1, args->v, args->count * sizeof *args->v);
    return wf_pf_resolve(b, NULL, name, &all, handled);
}

/* An empty dict or set learns what it holds from s.add(x), s.update(other), d.setdefault(k, v). */
static void teach(wf_pf_body *b, wf_pf_val base, const char *name, const wf_pf_args *args) {
    if (base.type->element->kind != WF_PF_T_UNKNOWN || !args->count) return;
    const wf_pf_type *first = args->v[0].type;
    if (!strcmp(name, "add")) wf_pf_list_learn(b, base.type, first);
    if (!strcmp(name, "update") && (first->kind == base.type->kind || first->kind == WF_PF_T_LIST))
        wf_pf_list_learn(b, base.type, first->element);
    if ((!strcmp(name, "setdefault") || !strcmp(name, "get")) && args->count == 2) {
        const wf_pf_type *types[] = {first, args->v[1].type};
        wf_pf_list_learn(b, base.type, wf_pf_type_tuple(&b->l->types, types, 2));
    }
}

/* What is looked up or put in has the type of the keys; setdefault's and get's second argument that of the
 * values. */
static void as_items(wf_pf_body *b, wf_pf_val base, const char *name, wf_pf_args *args) {
    static const char *const taking[] = {"add",         "remove",     "discard",      "get",
                                         "pop",         "setdefault", "__contains__", "__delitem__",
                                         "__setitem__", "__getitem__"};
    const wf_pf_type *held = base.type->element;
    int is_dict = base.type->kind == WF_PF_T_DICT, found = 0;
    for (size_t i = 0; i < sizeof taking / sizeof *taking; i++) found |= !strcmp(taking[i], name);
    const int puts = !strcmp(name, "add") || !strcmp(name, "setdefault") || !strcmp(name, "__setitem__");
    const uint32_t made_at = base.made_at;
    for (uint32_t i = 0; found && i < args->count && i < 2; i++) {
        const wf_pf_type *want = is_dict ? held->items[i] : held;
        const wf_pf_type *put[] = {held, held};
        if (is_dict) put[0] = held->items[0], put[1] = held->items[1];
        put[i] = args->v[i].type;
        base.made_at =
            puts || i ? made_at : 0; /* a key that is looked up widens nothing; get's default does */
        if (!wf_pf_container_widen(b, base, is_dict ? wf_pf_type_tuple(&b->l->types, put, 2) : put[i],
                                   args->at))
            return;
        int number = wf_pf_is_real(args->v[i].type) && wf_pf_is_real(want);
        if (number && args->v[i].type != want) {
            args->v[i] = wf_pf_scalar(b, want, wf_pf_number(b, args->v[i], want, args->at));
        } else if (args->v[i].type->kind == WF_PF_T_TUPLE && want->kind == WF_PF_T_TUPLE)
            args->v[i] = wf_pf_convert(b, args->v[i], want, args->at);
    }
}

/* The captured values are the function's last parameters. */
static wf_pf_val call_closure(wf_pf_body *b, wf_pf_val closure, const wf_pf_args *args) {
    const wf_pf_function *f = closure.type->value->function;
    uint32_t more = closure.type->count, all = args->count + more, named = args->keyword_count;
    wf_pf_args with = {.count = all, .keyword_count = named + more, .at = args->at};
    if (!f || f->param_count < more) return wf_pf_unknown(b);
    with.v = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, all + 1);
    with.e = WF_NEW_ARRAY(&b->l->u->arena, const wf_pf_expr *, all + 1);
    const char **names = WF_NEW_ARRAY(&b->l->u->arena, const char *, named + more + 1);
    if (args->count) memcpy(with.v, args->v, args->count * sizeof *with.v);
    if (args->count && args->e) memcpy(with.e, args->e, args->count * sizeof *with.e);
    if (named) memcpy(names, args->names, named * sizeof *names);
    for (uint32_t i = 0; i < more; i++) {
        with.v[args->count + i] = wf_pf_copy(b, closure.items[i]);
        names[named + i] = f->names[f->param_count - more + i];
    }
    with.names = names;
    return wf_pf_call_function(b, f, &with);
}

/* Methods whose arguments are gone over, so that a range is a list for them. */
static int takes_sequences(const wf_pf_type *base, const char *name) {
    static const char *const all[] = {"extend", "join", "fromkeys", "__iadd__", "isdisjoint"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!strcmp(name, all[i])) return 1;
    return base->kind == WF_PF_T_ARRAY || strstr(name, "update") || strstr(name, "union") ||
           strstr(name, "difference") || strstr(name, "intersection") || !strncmp(name, "issu", 4);
}

/* That arrays, which bytes are otherwise, have not. */
static int is_method_of_bytes(const char *name) {
    static const char *const names[] = {
        "capitalize", "center",       "count",       "decode",  "endswith",   "expandtabs", "find",
        "hex",        "index",        "isalnum",     "isalpha", "isascii",    "isdigit",    "islower",
        "isspace",    "istitle",      "isupper",     "join",    "ljust",      "lower",      "lstrip",
        "replace",    "rfind",        "rindex",      "rjust",   "rpartition", "rsplit",     "rstrip",
        "split",      "splitlines",   "startswith",  "strip",   "swapcase",   "title",      "upper",
        "zfill",      "removeprefix", "removesuffix"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(name, names[i])) return 1;
    return 0;
}

/* A function of a module that a variable holds: xp = np; xp.sqrt(x). */
static wf_pf_val call_member(wf_pf_body *b, wf_pf_val module, const char *name, wf_pf_args *args) {
    int handled = 0;
    wf_pf_args none = {.at = args->at};
    wf_pf_val member = wf_pf_resolve(b, module.known, wf_arena_printf(&b->l->u->arena, "attribute:%s", name),
                                     &none, &handled);
    if (member.known) return wf_pf_call_value(b, member.known, args);
    return handled && member.type->kind == WF_PF_T_UNKNOWN
               ? member
               : wf_pf_error(b, args->at, NULL, "%s has no function '%s' in compiled functions",
                             wf_pf_spell(b, module), name);
}

/* Methods that put something into a list, dict or set. */
static int fills(const char *name) {
    static const char *const all[] = {"append", "insert", "extend", "add", "update", "setdefault"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!strcmp(name, all[i])) return 1;
    return 0;
}

wf_pf_val wf_pf_call_method(wf_pf_body *b, wf_pf_val base, const char *name, wf_pf_args *args, int known) {
    int handled = 0, container = wf_pf_is_container(base.type);
    wf_place at = args->at;
    if (container && fills(name)) wf_pf_list_fills(b, base.type);
    base = wf_pf_range_list(b, base, at);
    for (uint32_t i = 0; takes_sequences(base.type, name) && i < args->count; i++)
        args->v[i] = wf_pf_range_list(b, args->v[i], at);
    if (wf_pf_is_text(base) && b->l->options.mode == WF_PF_HOST) base = wf_pf_runtime(b, base, at);
    if (wf_pf_is_bytes_array(base) && base.type->readonly && is_method_of_bytes(name))
        base = wf_pf_text_of(b, base, at);
    for (uint32_t i = 0; wf_pf_is_bytes(base.type) && i < args->count; i++)
        if (wf_pf_is_bytes_array(args->v[i])) args->v[i] = wf_pf_text_of(b, args->v[i], at);
    if (container || base.type->kind == WF_PF_T_STR)
        for (uint32_t i = 0; i < args->count; i++) args->v[i] = wf_pf_runtime(b, args->v[i], at);
    if (container && base.type->kind != WF_PF_T_LIST && args->count)
        args->v[0] = wf_pf_as_key(b, args->v[0], at);
    if (container && base.type->kind != WF_PF_T_LIST) teach(b, base, name, args);
    if (!known) return wf_pf_unknown(b);
    if (container && base.type->kind != WF_PF_T_LIST) {
        if (base.type->element->kind == WF_PF_T_UNKNOWN) return wf_pf_unknown(b);
        as_items(b, base, name, args);
    }
    const wf_pf_type *named = !strcmp(name, "type") ? wf_pf_dtype_of(b, base) : NULL;
    if (named && base.known->kind == WF_PF_V_DTYPE)
        return wf_pf_call_value(b, base.known, args); /* a.dtype.type(3) */
    if (base.known && base.known->kind == WF_PF_V_MODULE) return call_member(b, base, name, args);
    if (base.known && base.known->kind == WF_PF_V_CALL)
        return wf_pf_call_named(b, wf_arena_printf(&b->l->u->arena, "%s.%s", base.known->text, name), args);
    if (wf_pf_is_mixed(base.type)) return wf_pf_mixed_method(b, base, name, args);
    wf_pf_val v = wf_pf_unknown(b);
    static const char *const any_element[] = {"copy", "ravel", "flatten", "reshape", "transpose", "fill"};
    int plain = !wf_pf_is_date(base.type);
    for (int i = 0; !plain && i < 6; i++) plain = !strcmp(name, any_element[i]);
    if (base.type->kind == WF_PF_T_ARRAY && !args->keyword_count && plain)
        v = wf_pf_array_method(b, base, name, args->v, args->count, at, &handled);
    if (base.type->kind == WF_PF_T_TUPLE && !base.type->code)
        v = wf_pf_tuple_method(b, base, name, args, &handled);
    if (base.type->kind == WF_PF_T_LIST && args->count == 2 && !strcmp(name, "insert") &&
        !wf_pf_container_widen(b, base, args->v[1].type, at))
        return v;
    if (base.type->kind == WF_PF_T_LIST && args->count == 1 && !strcmp(name, "extend") &&
        args->v[0].type->element && !wf_pf_container_widen(b, base, args->v[0].type->element, at))
        return v;
    if (base.type->kind == WF_PF_T_LIST && !args->keyword_count)
        v = wf_pf_list_method(b, base, name, args, &handled);
    if (handled) return v;
    v = wf_pf_resolve_method(b, base, name, args, &handled);
    if (handled) return v;
    if (base.type->kind == WF_PF_T_COMPLEX && !strcmp(name, "conjugate")) {
        base = wf_pf_convert(b, base, base.type, at);
        return wf_pf_complex(b, base.type, base.items[0].e,
                             wf_make_unary(b->l->u, WF_OP_NEG, base.items[1].e, at));
    }
    return wf_pf_error(b, at, NULL, "%s has no method '%s' in compiled functions", wf_pf_spell(b, base),
                       name);
}

/* np.array([x, y, z]): of a tuple, which needs no memory of its own, where a list would be made to be copied.
 */
static const wf_pf_expr *array_of_few(wf_pf_body *b, const wf_pf_expr *call) {
    enum { FEW = 16 };
    const wf_pf_expr *list = call->count ? call->items[0] : NULL;
    if (!list || list->kind != WF_PF_LIST || !list->count || list->count > FEW) return call;
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i]->kind == WF_PF_STARRED || list->items[i]->kind == WF_PF_LIST ||
            list->items[i]->kind == WF_PF_LISTCOMP)
            return call;
    wf_pf_expr *tuple = WF_NEW(&b->l->u->arena, wf_pf_expr), *made = WF_NEW(&b->l->u->arena, wf_pf_expr);
    *tuple = *list;
    tuple->kind = WF_PF_TUPLE;
    *made = *call;
    made->items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_expr *, call->count);
    memcpy(made->items, call->items, call->count * sizeof *made->items);
    made->items[0] = tuple;
    return made;
}

wf_pf_val wf_pf_call(wf_pf_body *b, const wf_pf_expr *e) {
    wf_pf_args args = {.at = e->at};
    if (e->a->kind == WF_PF_ATTRIBUTE) { /* a method, or an attribute that was not found */
        wf_pf_val base = wf_pf_unwrap(b, wf_pf_eval(b, e->a->a), e->at);
        if (base.type->kind == WF_PF_T_UNKNOWN) return base;
        if (e->a->names) return wf_pf_misspelt(b, base, e->a, "method");
        int known = wf_pf_eval_args(b, e, &args);
        return wf_pf_call_method(b, base, e->a->text, &args, known);
    }
    wf_pf_val f = {.type = b->l->static_};
    int foreign = e->a->kind == WF_PF_CONST && e->a->value->kind == WF_PF_V_OTHER && e->a->value->object;
    if (foreign && b->l->options.hooks)
        f.known = e->a->value; /* an object that may know what a call of it is */
    else f = wf_pf_eval(b, e->a);
    if (f.type->kind == WF_PF_T_UNKNOWN) return f;
    if (wf_pf_is_closure(f.type))
        return wf_pf_eval_args(b, e, &args) ? call_closure(b, f, &args) : wf_pf_unknown(b);
    if (!f.known) return wf_pf_error(b, e->a->at, NULL, "%s cannot be called", wf_pf_spell(b, f));
    b->hint = b->hint && f.known->kind == WF_PF_V_CALL ? b->hint : NULL;
    if (f.known->kind == WF_PF_V_CALL && !e->count) { /* list(), dict(), set() */
        static const char *const makers[] = {"list", "dict", "set", "weft.typed.List", "weft.typed.Dict"};
        for (int i = 0; i < 5; i++)
            if (!strcmp(f.known->text, makers[i])) {
                wf_pf_val made = wf_pf_container_empty(b, WF_PF_T_LIST + i % 3, e);
                return i == 3 ? wf_pf_list_typed(b, made, NULL, e->at) : made;
            }
    }
    if (f.known->kind == WF_PF_V_CALL && !strcmp(f.known->text, "range")) return wf_pf_range_new(b, e);
    if (f.known->kind == WF_PF_V_CALL && b->l->options.mode == WF_PF_HOST) {
        static const char *const sources[] = {"enumerate", "zip", "numba.prange"};
        for (int i = 0; i < 3; i++) /* not what a loop goes over: a list of what it gives */
            if (!strcmp(f.known->text, sources[i])) return wf_pf_source_list(b, e);
    }
    if (f.known->kind == WF_PF_V_CALL && !strcmp(f.known->text, "numpy.array")) e = array_of_few(b, e);
    if (!wf_pf_eval_args(b, e, &args)) return wf_pf_unknown(b);
    return wf_pf_call_value(b, f.known, &args);
}
