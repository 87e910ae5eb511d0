/* pyfunc/exceptions.c: raise, try and except.
 *
 * Outside of a try a raise ends the kernel (__wf_raise), and Python gets the exception. Inside, it sets a
 * number that stands for the exception's text and goes to the handlers. A function that is called from inside
 * a try is an instance of its own (catching): it takes the address of such a number, leaves it there and
 * returns, and its caller looks. What a call of Python raised is asked about at run time. `finally` is taken
 * apart before (weft/_pyinner.py). */
#include "pyfunc/lower.h"
#include <string.h>

static const char from_python[] = "PythonError: a call of Python raised";

/* ---- which exceptions there are ---- */

static uint32_t number_of(wf_pf_lower *l, const char *text) {
    for (uint32_t i = 0; i < l->raised_count; i++)
        if (!strcmp(l->raised[i], text)) return i + 1;
    if (l->raised_count == l->raised_capacity) {
        uint32_t capacity = l->raised_capacity ? l->raised_capacity * 2 : 16;
        const char **more = WF_NEW_ARRAY(&l->u->arena, const char *, capacity);
        if (l->raised_count) memcpy(more, l->raised, l->raised_count * sizeof *more);
        l->raised = more;
        l->raised_capacity = capacity;
    }
    l->raised[l->raised_count++] = wf_arena_strdup(&l->u->arena, text);
    return l->raised_count;
}

/* Python's own classes with what they derive from. */
static const char *const bases[][2] = {
    {"Exception", "BaseException"},
    {"ArithmeticError", "Exception"},
    {"ZeroDivisionError", "ArithmeticError"},
    {"OverflowError", "ArithmeticError"},
    {"FloatingPointError", "ArithmeticError"},
    {"LookupError", "Exception"},
    {"IndexError", "LookupError"},
    {"KeyError", "LookupError"},
    {"ValueError", "Exception"},
    {"UnicodeError", "ValueError"},
    {"TypeError", "Exception"},
    {"RuntimeError", "Exception"},
    {"NotImplementedError", "RuntimeError"},
    {"RecursionError", "RuntimeError"},
    {"AssertionError", "Exception"},
    {"MemoryError", "Exception"},
    {"StopIteration", "Exception"},
    {"AttributeError", "Exception"},
    {"NameError", "Exception"},
    {"OSError", "Exception"},
};

static const char *base_of(const char *name) {
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
        if (!strcmp(bases[i][0], name)) return bases[i][1];
    return NULL;
}

/* Whether the class that begins this text ("ValueError: …") is the named one or derives from it. */
static int derives(wf_pf_body *b, const char *text, const char *name) {
    size_t length = strcspn(text, ":");
    const char *own = wf_arena_strndup(&b->l->u->arena, text, length);
    if (!base_of(own))
        return !strcmp(own, name) || !strcmp(name, "Exception") || !strcmp(name, "BaseException");
    for (; own; own = base_of(own))
        if (!strcmp(own, name)) return 1;
    return 0;
}

/* ---- raising ---- */

static wf_expr *builtin_raise(wf_pf_body *b, const char *text, wf_place at) {
    wf_unit *u = b->l->u;
    return wf_pf_builtin(b, WF_BI_RAISE, at, 1, wf_make_value(u, wf_make_string(u, text, strlen(text), at)));
}

static wf_expr *int_of(wf_pf_body *b, int64_t i, wf_place at) {
    return wf_make_int(b->l->u, wf_type_scalar(b->l->u, WF_TY_INT), (uint64_t)i, at);
}

static wf_expr *raised_place(wf_pf_body *b, const wf_pf_handler *h, wf_place at) {
    wf_expr *var = wf_make_var(b->l->u, h->raised, at);
    return h->by_address ? wf_make_deref(b->l->u, var, at) : var;
}

static wf_stmt *go_to(wf_pf_body *b, const char *label, wf_place at) {
    wf_stmt *s = wf_stmt_new(b->l->u, WF_ST_GOTO, at);
    s->name = label;
    return s;
}

static wf_stmt *label(wf_pf_body *b, const char *name, wf_place at) {
    wf_stmt *s = wf_stmt_new(b->l->u, WF_ST_LABEL, at);
    s->name = name;
    return s;
}

/* The statement that raises. */
wf_stmt *wf_pf_raise(wf_pf_body *b, const char *text, wf_place at) {
    wf_unit *u = b->l->u;
    if (!b->handler) return wf_stmt_expr(u, builtin_raise(b, text, at));
    wf_stmt *outer = wf_pf_open(b, at);
    wf_expr *number = int_of(b, number_of(b->l, text), at);
    wf_pf_emit(b, wf_make_assign(u, raised_place(b, b->handler, at), number, at));
    wf_block_add(b->block, go_to(b, b->handler->label, at));
    b->handler->used = 1;
    return wf_pf_close(b, outer);
}

/* A call of a catching instance gets this; afterwards wf_pf_after_call. */
wf_expr *wf_pf_raised_address(wf_pf_body *b, wf_place at) {
    const wf_pf_handler *h = b->handler;
    wf_expr *var = wf_make_var(b->l->u, h->raised, at);
    return h->by_address ? var : wf_make_addr(b->l->u, var, at);
}

void wf_pf_after_call(wf_pf_body *b, wf_place at) {
    wf_stmt *test = wf_stmt_new(b->l->u, WF_ST_IF, at);
    test->expr = wf_make_bool(b->l->u, raised_place(b, b->handler, at));
    test->body = go_to(b, b->handler->label, at);
    b->handler->used = 1;
    wf_block_add(b->block, test);
}

static wf_expr *address_of_text(wf_pf_body *b, const char *text, wf_place at) {
    wf_unit *u = b->l->u;
    wf_expr *value = wf_make_value(u, wf_make_string(u, text, strlen(text), at));
    return wf_make_cast(u, wf_type_scalar(u, WF_TY_LLONG), value, at);
}

/* The exception that was caught stays with the host, for a later `raise` alone and for functions of Python that
 * look at it (weft/_pyexcept.py). Not of_all: only one that Python raised; the others are their numbers. */
wf_pf_val wf_pf_keep_error(wf_pf_body *b, int of_all, wf_place at) {
    wf_unit *u = b->l->u;
    wf_pf_handler *h = b->caught;
    if (!h) return wf_pf_error(b, at, NULL, "no exception was caught here");
    const wf_type *word = wf_type_scalar(u, WF_TY_LLONG);
    wf_var *text = wf_pf_temp(b, "text", word, wf_pf_word(b, 0, at), at);
    wf_var *kept = wf_pf_temp(b, "kept", word, wf_pf_word(b, 0, at), at);
    for (uint32_t i = 0; of_all && i < b->l->raised_count; i++) {
        if (!strcmp(b->l->raised[i], from_python)) continue;
        wf_stmt *test = wf_stmt_new(u, WF_ST_IF, at);
        test->expr = wf_make_binary(u, WF_OP_EQ, raised_place(b, h, at), int_of(b, i + 1, at), at);
        test->body = wf_stmt_expr(
            u, wf_make_assign(u, wf_make_var(u, text, at), address_of_text(b, b->l->raised[i], at), at));
        wf_block_add(b->block, test);
    }
    wf_expr *words[] = {wf_make_var(u, text, at)};
    wf_expr *number = wf_pf_ask_host(b, WF_PF_ASK_KEEP, words, 1, at);
    wf_pf_emit(b, wf_make_assign(u, wf_make_var(u, kept, at), number, at));
    h->kept = kept;
    number = wf_make_cast(u, wf_pf_ctype(b->l, b->l->int64), wf_make_var(u, kept, at), at);
    return wf_pf_scalar(b, b->l->int64, number);
}

/* `raise` alone, and what no handler wants: on to the next. */
static void raise_again(wf_pf_body *b, const wf_pf_handler *caught, wf_pf_handler *to, wf_place at) {
    wf_unit *u = b->l->u;
    if (caught->kept) {
        wf_expr *words[] = {wf_make_var(u, caught->kept, at)};
        wf_pf_emit(b, wf_pf_ask_host(b, WF_PF_ASK_RESTORE, words, 1, at));
    }
    if (to) {
        wf_pf_emit(b, wf_make_assign(u, raised_place(b, to, at), raised_place(b, caught, at), at));
        wf_block_add(b->block, go_to(b, to->label, at));
        to->used = 1;
        return;
    }
    for (uint32_t i = 0; i < b->l->raised_count; i++) {
        wf_stmt *test = wf_stmt_new(u, WF_ST_IF, at);
        test->expr = wf_make_binary(u, WF_OP_EQ, raised_place(b, caught, at), int_of(b, i + 1, at), at);
        test->body = wf_stmt_expr(u, builtin_raise(b, b->l->raised[i], at));
        wf_block_add(b->block, test);
    }
    wf_pf_emit(b, builtin_raise(b, "RuntimeError: an exception", at));
}

int wf_pf_lower_reraise(wf_pf_body *b, const wf_pf_stmt *s) {
    if (!b->caught) {
        wf_pf_error(b, s->at, NULL, "raise without an exception stands outside of an except");
        return 1;
    }
    raise_again(b, b->caught, b->handler, s->at);
    return 1;
}

/* ---- catching instances ---- */

void wf_pf_catching_begin(wf_pf_body *b, wf_pf_handler *h) {
    const wf_type *pointer = wf_type_pointer(b->l->u, wf_type_scalar(b->l->u, WF_TY_INT));
    *h = (wf_pf_handler){.label = "wf_left", .by_address = 1};
    h->raised = wf_param_new(b->l->u, b->func, "raised", pointer, b->in->f->at);
    b->handler = h;
}

void wf_pf_catching_end(wf_pf_body *b) {
    wf_unit *u = b->l->u;
    wf_place at = b->in->f->at;
    const wf_type *type = wf_pf_result_type(b->l, b->in->result);
    wf_stmt *leave = wf_stmt_new(u, WF_ST_RETURN, at);
    if (!b->handler->used) return;
    if (type->kind == WF_TY_RECORD) leave->expr = wf_make_init(u, type, NULL, 0, at);
    else if (type->kind != WF_TY_VOID) leave->expr = wf_pf_zero(b, type, at);
    wf_block_add(b->block, label(b, b->handler->label, at));
    wf_block_add(b->block, leave);
}

/* ---- try ---- */

/* Whether what was raised is of this class; NULL when no exception can be. */
static wf_expr *is_class(wf_pf_body *b, const wf_pf_handler *h, const wf_pf_expr *class, wf_place at) {
    wf_unit *u = b->l->u;
    wf_expr *any = NULL;
    if (class->kind == WF_PF_TUPLE) {
        for (uint32_t i = 0; i < class->count; i++) {
            wf_expr *one = is_class(b, h, class->items[i], at);
            any = any && one ? wf_make_binary(u, WF_OP_LOR, any, one, at) : one ? one : any;
        }
        return any;
    }
    if (class->kind != WF_PF_CONST || !class->text ||
        (!base_of(class->text) && strcmp(class->text, "BaseException"))) {
        wf_pf_error(b, at, "catch Exception, or one of Python's own classes", "this class cannot be caught");
        return NULL;
    }
    for (uint32_t i = 0; i < b->l->raised_count; i++) {
        wf_expr *one = wf_make_binary(u, WF_OP_EQ, raised_place(b, h, at), int_of(b, i + 1, at), at);
        if (!strcmp(b->l->raised[i], from_python)) {
            wf_expr *words[] = {address_of_text(b, class->text, at)};
            wf_var *is = wf_pf_temp(b, "is", wf_type_scalar(u, WF_TY_BOOL),
                                    wf_make_bool(u, wf_pf_ask_host(b, WF_PF_ASK_ERROR_IS, words, 1, at)), at);
            one = wf_make_binary(u, WF_OP_LAND, one, wf_make_var(u, is, at), at);
        } else if (!derives(b, b->l->raised[i], class->text)) continue;
        any = any ? wf_make_binary(u, WF_OP_LOR, any, one, at) : one;
    }
    return any;
}

static int is_any(const wf_pf_stmt *s) {
    return !s->value || (s->value->kind == WF_PF_CONST && s->value->text &&
                         (!strcmp(s->value->text, "Exception") || !strcmp(s->value->text, "BaseException")));
}

/* The handlers from `s` on, as a chain of ifs. 1: none of them falls through its end. */
static int lower_handlers(wf_pf_body *b, wf_pf_handler *h, const wf_pf_stmt *s, wf_place at) {
    wf_unit *u = b->l->u;
    if (!s || s->kind != WF_PF_HANDLER) {
        raise_again(b, h, b->handler, at);
        return 1;
    }
    wf_expr *test = is_any(s) ? int_of(b, 1, at) : is_class(b, h, s->value, s->at);
    if (!test) return lower_handlers(b, h, s->next, at);
    wf_stmt *branch = wf_stmt_new(u, WF_ST_IF, s->at), *outer = wf_pf_open(b, s->at);
    wf_pf_handler *caught = b->caught;
    branch->expr = wf_make_bool(u, test);
    b->caught = h;
    wf_pf_emit(b, wf_pf_ask_host(b, WF_PF_ASK_FORGET, NULL, 0, s->at));
    int ends = wf_pf_lower_body(b, s->body), other = 1;
    b->caught = caught;
    h->kept = NULL;
    branch->body = wf_pf_close(b, outer);
    if (!is_any(s)) {
        outer = wf_pf_open(b, s->at);
        other = lower_handlers(b, h, s->next, at);
        branch->other = wf_pf_close(b, outer);
    }
    wf_block_add(b->block, branch);
    return ends && other;
}

static const wf_pf_stmt *else_of(const wf_pf_stmt *s) {
    for (s = s->other; s; s = s->next)
        if (s->kind == WF_PF_TRY_ELSE) return s;
    return NULL;
}

int wf_pf_lower_try(wf_pf_body *b, const wf_pf_stmt *s) {
    wf_unit *u = b->l->u;
    if (b->l->options.mode != WF_PF_HOST) {
        wf_pf_error(b, s->at, NULL, "try is not supported in kernels");
        return 0;
    }
    const char *done = wf_arena_printf(&u->arena, "wf_done%u", b->l->names);
    wf_pf_handler h = {.label = wf_arena_printf(&u->arena, "wf_caught%u", b->l->names++)};
    h.raised = wf_pf_temp(b, "raised", wf_type_scalar(u, WF_TY_INT), int_of(b, 0, s->at), s->at);
    wf_pf_handler *outer_handler = b->handler;
    b->handler = &h;
    wf_stmt *outer = wf_pf_open(b, s->at);
    int ends = wf_pf_lower_body(b, s->body);
    b->handler = outer_handler;
    const wf_pf_stmt *other = else_of(s);
    if (!ends && other) ends = wf_pf_lower_body(b, other->body);
    wf_stmt *body = wf_pf_close(b, outer);
    wf_block_add(b->block, body);
    if (!h.used) return ends; /* nothing in it can raise */
    wf_block_add(b->block, go_to(b, done, s->at));
    wf_block_add(b->block, label(b, h.label, s->at));
    outer = wf_pf_open(b, s->at);
    int handled = lower_handlers(b, &h, s->other, s->at);
    body = wf_pf_close(b, outer);
    wf_block_add(b->block, body);
    wf_block_add(b->block, label(b, done, s->at));
    return ends && handled;
}

/* ---- loops over what ends by StopIteration ---- */

void wf_pf_until_begin(wf_pf_body *b, wf_pf_until *part, wf_place at) {
    wf_unit *u = b->l->u;
    part->done = wf_arena_printf(&u->arena, "wf_done%u", b->l->names);
    part->handler = (wf_pf_handler){.label = wf_arena_printf(&u->arena, "wf_caught%u", b->l->names++)};
    part->handler.raised = wf_pf_temp(b, "raised", wf_type_scalar(u, WF_TY_INT), int_of(b, 0, at), at);
    part->outer = b->handler;
    b->handler = &part->handler;
}

void wf_pf_until_end(wf_pf_body *b, wf_pf_until *part, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_pf_expr stop = {.kind = WF_PF_CONST, .text = "StopIteration", .at = at};
    b->handler = part->outer;
    if (!part->handler.used) return;
    wf_block_add(b->block, go_to(b, part->done, at));
    wf_block_add(b->block, label(b, part->handler.label, at));
    wf_expr *test = is_class(b, &part->handler, &stop, at);
    if (test) {
        wf_stmt *leave = wf_stmt_new(u, WF_ST_IF, at);
        leave->expr = wf_make_bool(u, test);
        leave->body = wf_stmt_new(u, WF_ST_BREAK, at);
        wf_block_add(b->block, leave);
    }
    raise_again(b, &part->handler, b->handler, at);
    wf_block_add(b->block, label(b, part->done, at));
}
