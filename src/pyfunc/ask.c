/* pyfunc/ask.c: what host functions ask of whoever called them (wf_pf_ask): memory, calls of Python.
 *
 * The words of a question lie in a local array whose address goes along. Memory comes from the heap of the
 * call (heap.h) and is never given back one by one: at the head of a loop that makes some, when the heap says
 * that it is due, it is swept. The roots are the variables that are in scope there; what an expression
 * holds half-way was made before the loop began and is not looked at. */
#include "pyfunc/lower.h"
#include "pyfunc/array_inner.h"
#include <string.h>

enum { LEAVES_MAX = 256 };

static const wf_type *word_type(wf_pf_body *b) { return wf_type_scalar(b->l->u, WF_TY_LLONG); }

wf_expr *wf_pf_word(wf_pf_body *b, int64_t i, wf_place at) {
    return wf_make_int(b->l->u, word_type(b), (uint64_t)i, at);
}

wf_expr *wf_pf_address(wf_pf_body *b, wf_var *var, wf_place at) {
    return wf_make_cast(b->l->u, word_type(b), wf_make_addr(b->l->u, wf_make_var(b->l->u, var, at), at), at);
}

wf_expr *wf_pf_ask_host(wf_pf_body *b, wf_pf_ask what, wf_expr **words, uint32_t count, wf_place at) {
    wf_unit *u = b->l->u;
    wf_expr *where = wf_pf_word(b, 0, at);
    if (count) {
        const wf_type *array = wf_type_array(u, word_type(b), count);
        wf_expr **items = WF_NEW_ARRAY(&u->arena, wf_expr *, count);
        for (uint32_t i = 0; i < count; i++)
            items[i] = wf_make_cast(u, word_type(b), wf_make_value(u, words[i]), at);
        wf_var *var = wf_local_new(u, b->func, "words", array, at);
        wf_block_add(b->block, wf_stmt_decl(u, var, wf_make_init(u, array, items, count, at), at));
        where = wf_make_cast(u, word_type(b), wf_make_value(u, wf_make_var(u, var, at)), at);
    }
    return wf_pf_builtin(b, WF_BI_HOST, at, 2, wf_pf_word(b, what, at), where);
}

/* ---- the heap ---- */

wf_expr *wf_pf_heap_of(wf_pf_body *b, wf_place at) {
    wf_unit *u = b->l->u;
    b->heap_uses++;
    if (!b->heap) {
        wf_expr *init = wf_pf_builtin(b, WF_BI_HOST, at, 2,
                                      wf_pf_word(b, b->piece ? WF_PF_ASK_PIECE : WF_PF_ASK_HEAP, at),
                                      wf_pf_word(b, 0, at));
        b->heap = wf_local_new(u, b->func, "heap", word_type(b), at);
        wf_stmt *declaration = wf_stmt_decl(u, b->heap, init, at);
        declaration->next = b->head->body;
        if (!b->head->body) wf_block_add(b->head, declaration);
        else b->head->body = declaration;
    }
    return wf_make_var(u, b->heap, at);
}

wf_expr *wf_pf_heap_alloc_bytes(wf_pf_body *b, wf_expr *bytes, int traced, wf_place at) {
    wf_expr *words[] = {wf_pf_heap_of(b, at), bytes, wf_pf_word(b, traced, at)};
    return wf_pf_ask_host(b, WF_PF_ASK_ALLOC, words, 3, at);
}

/* ---- what is in scope ---- */

struct wf_pf_scope {
    uint32_t web;
    wf_pf_scope *next;
};

void wf_pf_scope_enter(wf_pf_body *b, uint32_t web) {
    wf_pf_scope *s = WF_NEW(&b->l->u->arena, wf_pf_scope);
    *s = (wf_pf_scope){web, b->scope};
    b->scope = s;
}

int wf_pf_in_scope(wf_pf_scope *scope, uint32_t web) {
    for (; scope; scope = scope->next)
        if (scope->web == web) return 1;
    return 0;
}

/* The variables of a web that hold addresses. */
static uint32_t add_roots(wf_pf_body *b, const wf_pf_var *var, wf_expr **words, uint32_t count, uint32_t most,
                          wf_place at) {
    const wf_type *types[LEAVES_MAX];
    if (!var->vars || wf_pf_leaf_count(var->vars_type) > LEAVES_MAX) return count;
    wf_pf_leaf_types(b->l, var->vars_type, types);
    for (uint32_t i = 0; i < wf_pf_leaf_count(var->vars_type) && count < most; i++)
        if (types[i]->kind == WF_TY_POINTER) words[count++] = wf_make_var(b->l->u, var->vars[i], at);
    return count;
}

static uint32_t add_param_roots(wf_pf_body *b, wf_expr **words, uint32_t count, uint32_t most, wf_place at) {
    for (wf_var *p = b->func->params; p && count < most; p = p->next)
        if (p->type->kind == WF_TY_POINTER) words[count++] = wf_make_var(b->l->u, p, at);
    return count;
}

/* At the head of a loop's body, after `mark` was declared before the loop. */
static wf_stmt *sweep(wf_pf_body *b, wf_pf_scope *scope, wf_var *mark, wf_place at) {
    enum { ROOTS_MAX = 400 };
    wf_unit *u = b->l->u;
    wf_expr *words[ROOTS_MAX + 3];
    uint32_t count = 3;
    for (wf_pf_scope *s = scope; s; s = s->next)
        count = add_roots(b, &b->in->vars[s->web], words, count, ROOTS_MAX, at);
    for (wf_pf_held *h = b->held; h && count < ROOTS_MAX; h = h->outer)
        words[count++] = wf_pf_clone(u, h->address);
    count = add_param_roots(b, words, count, ROOTS_MAX, at);
    wf_stmt *test = wf_stmt_new(u, WF_ST_IF, at), *outer = wf_pf_open(b, at);
    words[0] = wf_pf_heap_of(b, at);
    words[1] = wf_make_var(u, mark, at);
    words[2] = wf_pf_word(b, count - 3, at);
    wf_pf_emit(b, wf_pf_ask_host(b, WF_PF_ASK_SWEEP, words, count, at));
    test->body = wf_pf_close(b, outer);
    wf_expr *due =
        wf_make_deref(u, wf_make_cast(u, wf_type_pointer(u, word_type(b)), wf_pf_heap_of(b, at), at), at);
    test->expr = wf_make_bool(u, due);
    return test;
}

void wf_pf_loop_memory(wf_pf_body *b, uint32_t uses, wf_pf_scope *scope, wf_stmt *body, wf_place at) {
    if (b->heap_uses == uses || b->l->options.mode != WF_PF_HOST) return;
    wf_expr *words[] = {wf_pf_heap_of(b, at)};
    wf_var *mark = wf_pf_temp(b, "mark", word_type(b), wf_pf_ask_host(b, WF_PF_ASK_MARK, words, 1, at), at);
    wf_stmt *first = sweep(b, scope, mark, at);
    first->next = body->body;
    body->body = first;
}

int wf_pf_is_made_by_host(const wf_pf_type *type) {
    if (type->kind == WF_PF_T_OPTIONAL) return wf_pf_is_made_by_host(type->element);
    for (uint32_t i = 0; type->kind == WF_PF_T_TUPLE && i < type->count; i++)
        if (wf_pf_is_made_by_host(type->items[i])) return 1;
    return wf_pf_is_container(type) || type->kind == WF_PF_T_OBJECT;
}

void wf_pf_say_host_memory(wf_pf_body *b, wf_place at) {
    if (b->l->options.mode == WF_PF_HOST) wf_pf_emit(b, wf_pf_ask_host(b, WF_PF_ASK_THREAD, NULL, 0, at));
}

/* ---- values in memory: a record of their leaves ---- */

wf_var *wf_pf_spill(wf_pf_body *b, wf_pf_val *values, uint32_t count, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_pf_type *types[64];
    wf_expr *leaves[LEAVES_MAX], **items;
    for (uint32_t i = 0; i < count; i++) {
        if (values[i].lazy) values[i] = wf_pf_materialise(b, values[i], at);
        types[i] = values[i].type;
    }
    const wf_pf_type *tuple = wf_pf_type_tuple(&b->l->types, types, count);
    uint32_t n = 0;
    if (!wf_pf_leaf_count(tuple) || wf_pf_leaf_count(tuple) > LEAVES_MAX) return NULL;
    for (uint32_t i = 0; i < count; i++) n += wf_pf_val_leaves(b, values[i], leaves + n);
    items = WF_NEW_ARRAY(&u->arena, wf_expr *, n + 1);
    memcpy(items, leaves, sizeof *items * n);
    const wf_type *record = wf_pf_memory_type(b->l, tuple);
    wf_var *var = wf_local_new(u, b->func, "given", record, at);
    wf_block_add(b->block, wf_stmt_decl(u, var, wf_make_init(u, record, items, n, at), at));
    return var;
}

wf_pf_val wf_pf_of_memory(wf_pf_body *b, const wf_pf_type *type, wf_expr *place) {
    wf_unit *u = b->l->u;
    uint32_t count = wf_pf_leaf_count(type);
    wf_expr **leaves = WF_NEW_ARRAY(&u->arena, wf_expr *, count + 1);
    for (uint32_t i = 0; i < count; i++)
        leaves[i] =
            wf_make_member(u, wf_pf_clone(u, place), wf_arena_printf(&u->arena, "part%u", i), place->at);
    return wf_pf_val_of_leaves(b, type, leaves);
}

/* ---- Python ---- */

static void raise_if(wf_pf_body *b, wf_expr *asked, const char *text, wf_place at) {
    wf_unit *u = b->l->u;
    wf_stmt *test = wf_stmt_new(u, WF_ST_IF, at);
    test->expr = wf_make_bool(u, asked);
    test->body = wf_pf_raise(b, text, at);
    wf_block_add(b->block, test);
}

wf_pf_val wf_pf_call_python(wf_pf_body *b, uint32_t index, const char *code, wf_pf_val *values,
                            uint32_t count, wf_place at) {
    wf_unit *u = b->l->u;
    const char *rest;
    const wf_pf_type *type = wf_pf_type_parse(&b->l->types, code, &rest);
    if (!type || count > 64) return wf_pf_error(b, at, NULL, "a result of type '%s'", code);
    wf_var *given = count ? wf_pf_spill(b, values, count, at) : NULL, *out = NULL;
    if (wf_pf_leaf_count(type)) {
        const wf_type *record = wf_pf_memory_type(b->l, type);
        out = wf_local_new(u, b->func, "got", record, at);
        wf_block_add(b->block, wf_stmt_decl(u, out, NULL, at));
    }
    wf_expr *words[] = {wf_pf_word(b, index, at), wf_pf_heap_of(b, at),
                        given ? wf_pf_address(b, given, at) : wf_pf_word(b, 0, at),
                        out ? wf_pf_address(b, out, at) : wf_pf_word(b, 0, at)};
    raise_if(b, wf_pf_ask_host(b, WF_PF_ASK_PYTHON, words, 4, at), "PythonError: a call of Python raised",
             at);
    if (type->kind == WF_PF_T_NONE) return wf_pf_none(b);
    return wf_pf_settle(b, wf_pf_of_memory(b, type, wf_make_var(u, out, at)), at);
}

/* ---- C functions by their address ---- */

/* An argument as a word: the bits of a float, an integer's value, where an array lies. */
static wf_expr *foreign_word(wf_pf_body *b, wf_pf_val v, const wf_pf_type *type, wf_place at) {
    if (v.type->kind == WF_PF_T_ARRAY)
        return wf_make_cast(b->l->u, word_type(b), wf_pf_clone(b->l->u, v.array->data), at);
    wf_expr *e = wf_pf_number(b, v, type, at);
    if (type->code == 'd') e = wf_pf_builtin(b, WF_BI_DOUBLE_AS_LL, at, 1, e);
    if (type->code == 'f') e = wf_pf_builtin(b, WF_BI_FLOAT_AS_INT, at, 1, e);
    return wf_make_cast(b->l->u, word_type(b), e, at);
}

/* What came back in a register, as the type that was declared. */
static wf_pf_val foreign_result(wf_pf_body *b, wf_expr *word, const wf_pf_type *type, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *c = wf_pf_ctype(b->l, type);
    if (type->code == 'd') word = wf_pf_builtin(b, WF_BI_LL_AS_DOUBLE, at, 1, word);
    else if (type->code == 'f')
        word = wf_pf_builtin(b, WF_BI_INT_AS_FLOAT, at, 1,
                             wf_make_cast(u, wf_type_scalar(u, WF_TY_INT), word, at));
    else if (type->kind == WF_PF_T_BOOL) word = wf_make_cast(u, wf_type_scalar(u, WF_TY_UCHAR), word, at);
    return wf_pf_settle(b, wf_pf_scalar(b, type, wf_make_cast(u, c, word, at)), at);
}

/* The words go by kind: integers in one row of registers, floats in another (pyfunc_ask.c). */
static wf_pf_val call_foreign(wf_pf_body *b, uint32_t index, const char *code, wf_pf_val *values,
                              uint32_t count, wf_place at) {
    const wf_pf_type *types[64];
    wf_expr *words[68], *each[64];
    uint32_t ints = 0, n = 4;
    for (uint32_t i = 0; i < count; i++) {
        types[i] = wf_pf_type_parse(&b->l->types, code, &code);
        int is_address = types[i] && types[i]->code == 'L' && values[i].type->kind == WF_PF_T_ARRAY;
        if (is_address) values[i] = wf_pf_settle(b, wf_pf_materialise(b, values[i], at), at);
        if (!types[i] || !wf_pf_is_real(types[i]) || (!is_address && !wf_pf_is_real(values[i].type)))
            return wf_pf_error(b, at, NULL, "argument %u of the C function: got %s", i + 1,
                               wf_pf_spell(b, values[i]));
        each[i] = foreign_word(b, values[i], types[i], at);
        ints += types[i]->kind != WF_PF_T_FLOAT;
    }
    const wf_pf_type *type = wf_pf_type_parse(&b->l->types, code + 1, &code);
    if (!type) return wf_pf_unknown(b);
    for (int floats = 0; floats < 2; floats++)
        for (uint32_t i = 0; i < count; i++)
            if ((types[i]->kind == WF_PF_T_FLOAT) == floats) words[n++] = each[i];
    words[0] = wf_pf_word(b, index, at);
    words[1] = wf_pf_word(b, type->kind == WF_PF_T_FLOAT ? type->code : 'l', at);
    words[2] = wf_pf_word(b, ints, at);
    words[3] = wf_pf_word(b, count - ints, at);
    wf_expr *asked = wf_pf_ask_host(b, WF_PF_ASK_FOREIGN, words, n, at);
    if (type->kind == WF_PF_T_NONE) {
        wf_pf_emit(b, asked);
        return wf_pf_none(b);
    }
    return foreign_result(b, asked, type, at);
}

/* ---- questions to Python while compiling ---- */

static int describe(wf_pf_body *b, wf_pf_val *v, wf_pf_argument *a, wf_place at) {
    if (v->lazy) *v = wf_pf_materialise(b, *v, at);
    if (v->type->kind == WF_PF_T_UNKNOWN) return 0;
    if (wf_pf_is_container(v->type) && v->type->element->kind == WF_PF_T_UNKNOWN) return 0; /* empty so far */
    *a = (wf_pf_argument){.known = v->known};
    if (v->type->kind == WF_PF_T_STATIC) return 1;
    if (v->type->kind == WF_PF_T_NONE) {
        wf_pf_value *none = WF_NEW(&b->l->u->arena, wf_pf_value);
        *none = (wf_pf_value){.kind = WF_PF_V_NONE};
        a->known = none;
    }
    if (v->type->kind == WF_PF_T_TUPLE && !wf_pf_is_mixed(v->type) && !wf_pf_is_range(v->type))
        a->known = wf_pf_known_tuple(b, *v);
    if (v->type->kind == WF_PF_T_TUPLE && !a->known) *v = wf_pf_runtime(b, *v, at); /* its texts are parts */
    a->code = wf_pf_type_code(&b->l->types, v->type);
    return 1;
}

/* A tuple whose items are all constants is one. */
const wf_pf_value *wf_pf_known_tuple(wf_pf_body *b, wf_pf_val v) {
    wf_pf_value *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_value, v.type->count + 1);
    for (uint32_t i = 0; i < v.type->count; i++) {
        const wf_pf_value *k = v.items[i].known;
        if (wf_pf_is_mixed(v.items[i].type) || wf_pf_is_range(v.items[i].type)) return NULL;
        if (!k && v.items[i].type->kind == WF_PF_T_TUPLE) k = wf_pf_known_tuple(b, v.items[i]);
        if (!k && v.items[i].type->kind != WF_PF_T_NONE) return NULL;
        items[i] = k ? *k : (wf_pf_value){.kind = WF_PF_V_NONE};
    }
    wf_pf_value *tuple = WF_NEW(&b->l->u->arena, wf_pf_value);
    *tuple = (wf_pf_value){.kind = WF_PF_V_TUPLE, .items = items, .count = v.type->count};
    return tuple;
}

static wf_pf_val follow(wf_pf_body *b, const wf_pf_answer *answer, wf_pf_args *args, const char *what) {
    wf_pf_args chosen = {.count = answer->arg_count, .at = args->at};
    chosen.v = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, answer->arg_count + 1);
    chosen.e = WF_NEW_ARRAY(&b->l->u->arena, const wf_pf_expr *, answer->arg_count + 1);
    for (uint32_t i = 0; i < answer->arg_count; i++) chosen.v[i] = args->v[answer->args[i]];
    switch (answer->kind) {
    case WF_PF_COMPILE: {
        wf_pf_value *f = WF_NEW(&b->l->u->arena, wf_pf_value);
        *f = (wf_pf_value){.kind = WF_PF_V_FUNCTION, .function = answer->function};
        return wf_pf_call_value(b, f, &chosen);
    }
    case WF_PF_PYTHON:
        return wf_pf_call_python(b, answer->index, answer->code, chosen.v, chosen.count, args->at);
    case WF_PF_FOREIGN: return call_foreign(b, answer->index, answer->code, chosen.v, chosen.count, args->at);
    case WF_PF_CONSTANT: return wf_pf_constant(b, answer->value, args->at);
    default: return wf_pf_error(b, args->at, NULL, "%s", answer->text ? answer->text : what);
    }
}

/* Does this function or method change an array that it is given? */
static int changes_arrays(const char *name) {
    static const char *const all[] = {"sort",   "fill",  "partition",     "put",     "itemset", "shuffle",
                                      "copyto", "place", "fill_diagonal", "putmask", "at"};
    const char *last = strrchr(name, '.');
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!strcmp(last ? last + 1 : name, all[i])) return !strncmp(name, "numpy.sort", 10) ? 0 : 1;
    return !strncmp(name, "setitem:", 8);
}

/* The function that stands in an argument's type. */
wf_pf_val wf_pf_passed(wf_pf_body *b, int64_t number) {
    wf_pf_answer answer;
    const wf_pf_hooks *hooks = b->l->options.hooks;
    const char *name = wf_arena_printf(&b->l->u->arena, "passed:%d", (int)number);
    if (!hooks || b->l->stopped) return wf_pf_unknown(b);
    if (!hooks->resolve(hooks->user, (wf_pf_module *)b->l->module, NULL, name, NULL, 0, &answer))
        b->l->stopped = 1;
    else if (answer.kind == WF_PF_CONSTANT) return wf_pf_constant(b, answer.value, b->in->f->at);
    return wf_pf_error(b, b->in->f->at, NULL, "an argument that is a function is no longer there");
}

wf_pf_val wf_pf_resolve(wf_pf_body *b, const wf_pf_value *callee, const char *name, wf_pf_args *args,
                        int *handled) {
    wf_pf_argument given[64];
    wf_pf_answer answer;
    const wf_pf_hooks *hooks = b->l->options.hooks;
    *handled = 0;
    if (args->count == 0 && !args->v) args->v = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 1);
    if (!hooks || args->count > 64 || b->l->stopped) return wf_pf_unknown(b);
    int changes = changes_arrays(name ? name : callee && callee->text ? callee->text : "");
    for (uint32_t i = 0; i < args->count; i++) {
        if (args->v[i].array && args->v[i].array->member && !changes)
            args->v[i] = wf_pf_array_copy(b, args->v[i], args->v[i].type->element, 'C', args->at);
        if (!describe(b, &args->v[i], &given[i], args->at)) {
            *handled = 1;
            return wf_pf_unknown(b);
        }
        if (i >= args->count - args->keyword_count)
            given[i].keyword = args->names[i - (args->count - args->keyword_count)];
    }
    if (!hooks->resolve(hooks->user, (wf_pf_module *)b->l->module, callee, name, given, args->count,
                        &answer)) {
        b->l->stopped = *handled = 1;
        return wf_pf_error(b, args->at, NULL, "Python raised while %s was looked up", name ? name : "a call");
    }
    if (answer.kind == WF_PF_NO_ANSWER) return wf_pf_unknown(b);
    *handled = 1;
    return follow(b, &answer, args, name ? name : "this call");
}
