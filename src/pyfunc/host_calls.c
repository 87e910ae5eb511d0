/* pyfunc/host_calls.c: what host functions may ask about their thread: its number, its random numbers. */
#include "pyfunc/lower.h"

/* get_thread_id, get_num_threads, set_num_threads. */
static wf_pf_val rule_threads(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name;
    wf_expr *words[1];
    if (args->count) words[0] = wf_pf_long(b, args->v[0], args->at);
    wf_expr *asked = wf_pf_ask_host(b, (wf_pf_ask)data, words, args->count, args->at);
    if (data == WF_PF_ASK_SET_THREADS) {
        wf_pf_emit(b, asked);
        return wf_pf_none(b);
    }
    wf_expr *number = wf_make_cast(b->l->u, wf_pf_ctype(b->l, b->l->int64), asked, args->at);
    wf_pf_val v = wf_pf_scalar(b, b->l->int64, number);
    v.nonneg = 1;
    return v;
}

/* weft.random.double, .gauss, .word, .seed: the thread's own generator. */
static wf_pf_val rule_random(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name;
    wf_unit *u = b->l->u;
    const wf_type *word = wf_type_scalar(u, WF_TY_UINT), *pointer = wf_type_pointer(u, word);
    if (b->l->options.mode != WF_PF_HOST)
        return wf_pf_error(b, args->at, "use cuda.random", "random numbers of the CPU in a kernel");
    /* 1: the answer is the same for as long as this thread is in the function, which then asks once. */
    wf_expr *asked = wf_pf_builtin(b, WF_BI_HOST, args->at, 2, wf_pf_word(b, WF_PF_ASK_RANDOM, args->at),
                                   wf_pf_word(b, 1, args->at));
    wf_expr *state = wf_make_cast(u, pointer, asked, args->at);
    wf_expr *values[] = {state, NULL};
    if (data == 's') {
        values[1] = wf_make_cast(u, word, wf_pf_long(b, args->v[0], args->at), args->at);
        wf_pf_emit(b, wf_pf_library_exact(b, "wf_py_mt_seed", word, values, 2, args->at));
        return wf_pf_none(b);
    }
    const wf_type *real = wf_type_scalar(u, WF_TY_DOUBLE);
    if (data == 'd' || data == 'g') {
        const char *function = data == 'd' ? "wf_py_mt_double" : "wf_py_mt_gauss";
        wf_expr *drawn = wf_pf_library_exact(b, function, real, values, 1, args->at);
        return wf_pf_settle(b, wf_pf_scalar(b, b->l->float64, drawn), args->at);
    }
    wf_expr *next = wf_pf_library_exact(b, "wf_py_mt_next", word, values, 1, args->at);
    next = wf_make_cast(u, wf_pf_ctype(b->l, b->l->int64), next, args->at);
    wf_pf_val v = wf_pf_settle(b, wf_pf_scalar(b, b->l->int64, next), args->at);
    v.nonneg = 1;
    return v;
}

/* weft.text.codes(s): its code points; weft.text.of(codes): the text of these; weft.text.at(s, i): unchecked.
 */
static wf_pf_val rule_text(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name;
    if (data == 'c') return wf_pf_text_codes(b, args->v[0], args->at);
    if (data == 'o') return wf_pf_text_of(b, args->v[0], args->at);
    wf_pf_val text = wf_pf_settle(b, wf_pf_runtime(b, args->v[0], args->at), args->at);
    return wf_pf_settle(b, wf_pf_text_at(b, text, wf_pf_long(b, args->v[1], args->at), args->at), args->at);
}

/* weft.date.numbers(x): what a date, or each of an array, counts. */
static wf_pf_val rule_date(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)data;
    return wf_pf_date_numbers(b, args->v[0], args->at);
}

/* weft.bits(x): of a float64, as an int64. */
static wf_pf_val rule_bits(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)data;
    wf_expr *x = wf_pf_number(b, args->v[0], b->l->float64, args->at);
    wf_expr *bits = wf_pf_builtin(b, WF_BI_DOUBLE_AS_LL, args->at, 1, x);
    return wf_pf_scalar(b, b->l->int64,
                        wf_make_cast(b->l->u, wf_pf_ctype(b->l, b->l->int64), bits, args->at));
}

/* weft.error.keep(), .hold(): the number of the exception that the handler around has caught (exceptions.c). */
static wf_pf_val rule_error(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name;
    return wf_pf_keep_error(b, data, args->at);
}

/* weft.make.[d: an empty list of float64; M… and S… likewise. */
wf_pf_val wf_pf_make_typed(wf_pf_body *b, const char *code, wf_place at) {
    const char *rest;
    const wf_pf_type *type = wf_pf_type_parse(&b->l->types, code, &rest);
    if (!type || !wf_pf_is_container(type)) return wf_pf_error(b, at, NULL, "a container of type '%s'", code);
    wf_pf_val made = wf_pf_container_new(b, type, at);
    return wf_pf_list_typed(b, made, NULL, at);
}

/* weft.list.typed(list): it is a numba.typed.List for Python. weft.list.like(list, other): if that one is. */
static wf_pf_val rule_typed(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)data;
    return wf_pf_list_typed(b, args->v[0], args->count > 1 ? &args->v[1] : NULL, args->at);
}

const wf_pf_callable wf_pf_host_callables[] = {
    {"weft.text.codes", rule_text, 1, 1, 'c', 0},
    {"weft.text.of", rule_text, 1, 1, 'o', 0},
    {"weft.text.at", rule_text, 2, 2, 'a', 0},
    {"weft.date.numbers", rule_date, 1, 1, 0, WF_PF_TAKES_ARRAYS},
    {"weft.error.keep", rule_error, 0, 0, 1, 0},
    {"weft.error.hold", rule_error, 0, 0, 0, 0},
    {"weft.bits", rule_bits, 1, 1, 0, 0},
    {"weft.list.typed", rule_typed, 1, 1, 0, WF_PF_TAKES_ARRAYS},
    {"weft.list.like", rule_typed, 2, 2, 0, WF_PF_TAKES_ARRAYS},
    {"weft.random.double", rule_random, 0, 0, 'd', 0},
    {"weft.random.gauss", rule_random, 0, 0, 'g', 0},
    {"weft.random.word", rule_random, 0, 0, 'w', 0},
    {"weft.random.seed", rule_random, 1, 1, 's', 0},
    {"numba.get_thread_id", rule_threads, 0, 0, WF_PF_ASK_THREAD, 0},
    {"numba.get_num_threads", rule_threads, 0, 0, WF_PF_ASK_THREADS, 0},
    {"numba.set_num_threads", rule_threads, 1, 1, WF_PF_ASK_SET_THREADS, 0},
    {NULL, NULL, 0, 0, 0, 0},
};
