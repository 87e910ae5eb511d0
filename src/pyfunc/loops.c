/* pyfunc/loops.c: `while` and `for`: over a range, and over what has a length and an element at each place:
 * arrays, lists, tuples, text, zip(), enumerate() and their like. Loops over tuples of several types are
 * written out (unroll.c), over generators become their bodies (weft/_pygenerators.py). What has __next__ (an
 * iterator, a generator that is kept in a variable) is asked until it raises StopIteration. */
#include "pyfunc/lower.h"
#include <string.h>

wf_pf_count wf_pf_count_begin(wf_pf_body *b, wf_expr *start, wf_expr *stop, wf_expr *step, int down,
                              const char *name, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *integer = wf_type_scalar(u, WF_TY_LONG);
    wf_pf_count c = {.loop = wf_stmt_new(u, WF_ST_FOR, at)};
    c.i = wf_local_new(u, b->func, name, integer, at);
    c.loop->init = wf_stmt_decl(u, c.i, wf_make_convert(u, integer, start, at), at);
    wf_expr *i = wf_make_var(u, c.i, at);
    if (down < 2) {
        c.loop->expr = wf_make_binary(u, down ? WF_OP_GT : WF_OP_LT, i, stop, at);
    } else { /* the step's sign is known only at run time */
        wf_expr *up = wf_make_binary(u, WF_OP_GT, wf_pf_clone(u, step), wf_make_int(u, integer, 0, at), at);
        c.loop->expr =
            wf_make_cond(u, up, wf_make_binary(u, WF_OP_LT, i, stop, at),
                         wf_make_binary(u, WF_OP_GT, wf_make_var(u, c.i, at), wf_pf_clone(u, stop), at), at);
    }
    c.loop->step = wf_make_update(u, WF_OP_ADD, wf_make_var(u, c.i, at), step, at);
    c.heap_uses = b->heap_uses;
    c.scope = b->scope;
    c.outer = wf_pf_open(b, at);
    return c;
}

void wf_pf_count_end(wf_pf_body *b, wf_pf_count *c) {
    c->loop->body = wf_pf_close(b, c->outer);
    wf_pf_loop_memory(b, c->heap_uses, c->scope, c->loop->body, c->loop->at);
    wf_block_add(b->block, c->loop);
}

/* Whether a break leaves the loop whose body this is. */
static int breaks(const wf_pf_stmt *s) {
    for (; s; s = s->next) {
        if (s->kind == WF_PF_BREAK) return 1;
        int loop = s->kind == WF_PF_FOR || s->kind == WF_PF_WHILE;
        if ((!loop && breaks(s->body)) || breaks(s->other)) return 1;
    }
    return 0;
}

static wf_var *flag(wf_pf_body *b, wf_place at) {
    const wf_type *boolean = wf_type_scalar(b->l->u, WF_TY_BOOL);
    return wf_pf_temp(b, "broke", boolean, wf_make_int(b->l->u, boolean, 0, at), at);
}

static wf_var *else_flag(wf_pf_body *b, const wf_pf_stmt *s) { return s->other ? flag(b, s->at) : NULL; }

static int lower_else(wf_pf_body *b, const wf_pf_stmt *s, wf_var *broke) {
    if (!broke) return 0;
    wf_stmt *branch = wf_stmt_new(b->l->u, WF_ST_IF, s->at);
    branch->expr = wf_make_unary(b->l->u, WF_OP_LNOT, wf_make_var(b->l->u, broke, s->at), s->at);
    wf_stmt *outer = wf_pf_open(b, s->at);
    int ends = wf_pf_lower_body(b, s->other);
    branch->body = wf_pf_close(b, outer);
    wf_block_add(b->block, branch);
    return ends && !breaks(s->body);
}

void wf_pf_lower_loop_body(wf_pf_body *b, const wf_pf_stmt *s, wf_var *broke) {
    wf_var *outer = b->broke;
    b->broke = broke;
    b->loops++;
    wf_pf_lower_body(b, s->body);
    b->loops--;
    b->broke = outer;
}

int wf_pf_lower_while(wf_pf_body *b, const wf_pf_stmt *s) {
    wf_unit *u = b->l->u;
    wf_var *broke = else_flag(b, s);
    uint32_t uses = b->heap_uses;
    wf_pf_scope *scope = b->scope;
    wf_stmt *loop = wf_stmt_new(u, WF_ST_WHILE, s->at), *outer = wf_pf_open(b, s->at);
    wf_pf_facts facts;
    wf_pf_facts_forget(b, NULL);
    uint32_t assigned = b->assigned;
    wf_pf_val test = wf_pf_eval_test(b, s->value);
    int truth = 0, known = wf_pf_known_truth(test, &truth), forever = known && truth;
    if (known && !truth) { /* no turn at all: its body need not make sense */
        wf_block_add(b->block, wf_pf_close(b, outer));
        return lower_else(b, s, broke);
    }
    wf_expr *condition = wf_pf_truth(b, test, s->value->at);
    wf_pf_facts_begin(b, &facts, b->assigned == assigned ? condition : NULL);
    if (b->block->body) { /* it needs statements: tested inside */
        wf_stmt *leave = wf_stmt_new(u, WF_ST_IF, s->at);
        leave->expr = wf_make_unary(u, WF_OP_LNOT, condition, s->at);
        leave->body = wf_stmt_new(u, WF_ST_BREAK, s->at);
        wf_block_add(b->block, leave);
        condition = wf_make_bool(u, wf_make_int(u, wf_type_scalar(u, WF_TY_BOOL), 1, s->at));
    }
    loop->expr = condition;
    wf_pf_lower_loop_body(b, s, broke);
    wf_pf_facts_end(b, &facts);
    loop->body = wf_pf_close(b, outer);
    if (!forever) loop = wf_pf_counted(b, loop);
    wf_pf_loop_memory(b, uses, scope, loop->body, s->at);
    wf_block_add(b->block, loop);
    return lower_else(b, s, broke) || (forever && !breaks(s->body));
}

/* The loop's own counter serves as the variable when nothing else assigns it and nobody reads it afterwards.
 */
static int counter_is_target(wf_pf_body *b, const wf_pf_expr *target) {
    if (target->kind != WF_PF_LOCAL) return 0;
    uint32_t web = b->in->webs->def[target->number];
    if (web == WF_PF_NO_WEB) return 0;
    const wf_pf_web *w = &b->in->webs->webs[web];
    return w->defs == 1 && w->is_loop && w->declare_at == target->number;
}

static const char *call_name(const wf_pf_expr *e) {
    if (e->kind != WF_PF_CALL || e->a->kind != WF_PF_CONST || e->a->value->kind != WF_PF_V_CALL) return "";
    return e->a->value->text;
}

static void lower_for_range(wf_pf_body *b, const wf_pf_stmt *s, wf_var *broke) {
    const wf_pf_expr *target = s->targets[0];
    wf_pf_range r = {0};
    if (!wf_pf_range_of(b, s->value, &r)) return;
    int direct = counter_is_target(b, target), prange = !strcmp(call_name(s->value), "numba.prange");
    const char *name = direct ? target->text : "i";
    const wf_pf_plan *plan = prange ? wf_pf_piece_plan(b, s) : NULL;
    wf_pf_count c = {0};
    if (plan) {
        r.start = wf_pf_keep_bound(b, wf_pf_scalar(b, b->l->int64, r.start), "start", s->at);
        c.i = wf_pf_piece_begin(b, plan, r.start, r.stop, r.step, r.down, name, s->at);
    } else c = wf_pf_count_begin(b, r.start, r.stop, r.step, r.down, name, s->at);
    wf_pf_val i = wf_pf_scalar(b, b->l->int64, wf_make_var(b->l->u, c.i, s->at));
    i.nonneg = (uint8_t)r.nonneg;
    if (direct) {
        wf_pf_var *var = &b->in->vars[b->in->webs->def[target->number]];
        wf_pf_widen(b, var, b->l->int64, r.nonneg);
        var->vars = WF_NEW_ARRAY(&b->l->u->arena, wf_var *, 1);
        var->vars[0] = c.i;
        var->vars_type = b->l->int64;
    } else wf_pf_assign(b, target, i, s->at);
    wf_pf_lower_loop_body(b, s, broke);
    if (plan) wf_pf_piece_end(b);
    else wf_pf_count_end(b, &c);
}

/* What the loop gives at index i: an array's element (or row), a pair for enumerate, a tuple for zip. */
typedef struct source {
    const wf_pf_expr *e;
    wf_pf_val v, start;
    const wf_pf_type *item; /* of a tuple */
    struct source *parts;
    uint32_t count;
    char kind;
    wf_var *begun; /* a list: how long it was when the loop began, or NULL */
} source;

/* The type that holds all items of a tuple of numbers, or NULL. */
static const wf_pf_type *common_number(wf_pf_body *b, const wf_pf_type *tuple) {
    const wf_pf_type *type = b->l->unknown;
    for (uint32_t i = 0; i < tuple->count && type; i++)
        type = wf_pf_type_unify(&b->l->types, type, tuple->items[i]);
    return type && wf_pf_is_real(type) ? type : NULL;
}

/* The items of a tuple of numbers, put into an array: a loop goes over that. */
static wf_pf_val tuple_as_array(wf_pf_body *b, wf_pf_val v, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_pf_type *type = common_number(b, v.type);
    wf_expr **items = WF_NEW_ARRAY(&u->arena, wf_expr *, v.type->count);
    for (uint32_t i = 0; i < v.type->count; i++) items[i] = wf_pf_number(b, v.items[i], type, at);
    const wf_type *array = wf_type_array(u, wf_pf_ctype(b->l, type), v.type->count);
    wf_var *var = wf_local_new(u, b->func, "items", array, at);
    wf_block_add(b->block, wf_stmt_decl(u, var, wf_make_init(u, array, items, v.type->count, at), at));
    wf_pf_val out = {.type = wf_pf_type_array(&b->l->types, type, 1, 'C', 1), .stable = 1};
    out.array = WF_NEW(&u->arena, wf_pf_array);
    out.array->data = wf_make_value(u, wf_make_var(u, var, at));
    out.array->shape = WF_NEW_ARRAY(&u->arena, wf_expr *, 1);
    out.array->shape[0] = wf_make_int(u, wf_type_scalar(u, WF_TY_LONG), v.type->count, at);
    return out;
}

static int source_of(wf_pf_body *b, const wf_pf_expr *e, source *s, wf_expr **length) {
    const char *name = call_name(e);
    s->e = e;
    if (!strcmp(name, "enumerate") || !strcmp(name, "zip")) {
        s->kind = name[0];
        s->count = *name == 'e' ? 1 : e->count;
        s->parts = WF_NEW_ARRAY(&b->l->u->arena, source, s->count + 1);
        if (!e->count) return 0;
        for (uint32_t i = 0; i < s->count; i++) {
            wf_expr *n = NULL;
            if (!source_of(b, e->items[i], &s->parts[i], &n)) return 0;
            if (s->parts[i].kind == 'u') {
                wf_pf_error(b, e->at, "write `for … in` the tuple itself",
                            "%s() of %s is not supported: its items have no common number type", name,
                            wf_pf_spell(b, s->parts[i].v));
                return 0;
            }
            *length = *length && n ? wf_pf_builtin(b, WF_BI_MIN, e->at, 2, *length, n) : n ? n : *length;
        }
        s->start = *name == 'e' && e->count > 1 ? wf_pf_settle(b, wf_pf_eval(b, e->items[1]), e->at)
                                                : wf_pf_int(b, 0, e->at);
        return 1;
    }
    s->v = !strcmp(name, "range") ? wf_pf_range_new(b, e) : wf_pf_eval(b, e);
    if (wf_pf_is_range(s->v.type)) {
        s->v = wf_pf_settle(b, s->v, e->at);
        s->kind = 'r';
        *length = wf_pf_range_length(b, s->v, e->at);
        s->start = s->v.items[2];
        s->v = s->v.items[0];
        return 1;
    }
    if (s->v.type->kind == WF_PF_T_UNKNOWN) return 0;
    s->v = wf_pf_mixed_over(b, wf_pf_unwrap(b, wf_pf_settle(b, s->v, e->at), e->at));
    if (wf_pf_is_text(s->v)) {
        s->v = wf_pf_settle(b, wf_pf_runtime(b, s->v, e->at), e->at);
        s->kind = 't';
        *length = wf_pf_text_length(b, s->v, e->at).e;
        return 1;
    }
    if (s->v.type->kind == WF_PF_T_OBJECT) { /* it says itself when it is at its end */
        wf_pf_args none = {.at = e->at};
        int handled = 0;
        wf_pf_val over = wf_pf_resolve_method(b, s->v, "__iter__", &none, &handled);
        if (handled && over.type->kind == WF_PF_T_UNKNOWN) return 0;
        if (handled && over.type->kind == WF_PF_T_OBJECT) {
            s->v = wf_pf_settle(b, over, e->at);
            s->kind = 'n';
            return 1;
        }
        wf_pf_error(b, e->at, "give the class the methods __iter__ and __next__",
                    "a loop over %s is not supported", wf_pf_spell(b, s->v));
        return 0;
    }
    if (s->v.type->kind == WF_PF_T_DICT || s->v.type->kind == WF_PF_T_SET) { /* over a list of its keys */
        wf_pf_args none = {.at = e->at};
        int handled = 0;
        if (s->v.type->element->kind == WF_PF_T_UNKNOWN) return 0;
        s->v = wf_pf_resolve_method(b, s->v, "__iter__", &none, &handled);
        if (s->v.type->kind == WF_PF_T_UNKNOWN) return 0;
        s->v = wf_pf_settle(b, s->v, e->at);
    }
    if (s->v.type->kind == WF_PF_T_LIST) {
        if (s->v.type->element->kind == WF_PF_T_UNKNOWN) return 0;
        s->kind = 'l';
        s->begun = wf_pf_temp(b, "begun", wf_type_scalar(b->l->u, WF_TY_LONG),
                              wf_pf_list_length(b, s->v, e->at).e, e->at);
        *length = wf_pf_list_length(b, s->v, e->at).e;
        return 1;
    }
    if (s->v.type->kind == WF_PF_T_TUPLE && !s->v.type->count) { /* nothing to go over */
        s->kind = '0';
        *length = wf_make_int(b->l->u, wf_type_scalar(b->l->u, WF_TY_LONG), 0, e->at);
        return 1;
    }
    if (s->v.type->kind == WF_PF_T_TUPLE && !common_number(b, s->v.type)) {
        s->item = b->l->options.mode == WF_PF_HOST ? wf_pf_tuple_item_type(b, s->v) : NULL;
        int chosen = s->item && s->item->kind != WF_PF_T_ARRAY && s->item->kind != WF_PF_T_RECORD;
        s->kind = chosen ? 'i' : 'u'; /* the item is chosen at run time; else unrolled */
        *length = wf_make_int(b->l->u, wf_type_scalar(b->l->u, WF_TY_LONG), s->v.type->count, e->at);
        return 1;
    }
    if (s->v.type->kind == WF_PF_T_TUPLE && s->v.type->count) {
        s->v = tuple_as_array(b, s->v, e->at);
        if (s->v.type->kind == WF_PF_T_UNKNOWN) return 0;
    }
    if (s->v.type->kind != WF_PF_T_ARRAY || !s->v.type->ndim) {
        wf_pf_error(b, e->at, "loops go over range(), arrays, enumerate() and zip()",
                    "a loop over %s is not supported", wf_pf_spell(b, s->v));
        return 0;
    }
    s->kind = 'a';
    *length = wf_pf_extent(b, s->v, 0);
    return 1;
}

static wf_pf_val source_at(wf_pf_body *b, source *s, wf_var *i, wf_place at) {
    wf_unit *u = b->l->u;
    wf_pf_val index = wf_pf_scalar(b, b->l->int64, wf_make_var(u, i, at));
    index.nonneg = 1;
    if (s->kind == '0') return wf_pf_int(b, 0, at);
    if (s->kind == 'n') {
        wf_pf_args none = {.at = at};
        int handled = 0;
        wf_pf_val v = wf_pf_resolve_method(b, s->v, "__next__", &none, &handled);
        return handled ? wf_pf_settle(b, v, at)
                       : wf_pf_error(b, at, NULL, "%s has no method '__next__'", wf_pf_spell(b, s->v));
    }
    if (s->kind == 'i') return wf_pf_tuple_at(b, s->v, s->item, index.e, at);
    if (s->kind == 't') return wf_pf_text_at(b, s->v, index.e, at);
    if (s->kind == 'l') {
        wf_pf_list_unchanged(b, s->v, s->begun, at);
        return wf_pf_settle(b, wf_pf_list_at(b, s->v, index.e, at), at);
    }
    if (s->kind == 'a') {
        if (s->v.type->ndim > 1) return wf_pf_array_row(b, s->v, index, at);
        return wf_pf_load(b, s->v.type->element, wf_pf_element(b, s->v, &index, 1, at));
    }
    if (s->kind == 'r') {
        wf_expr *off = wf_make_binary(u, WF_OP_MUL, index.e, wf_pf_long(b, wf_pf_copy(b, s->start), at), at);
        return wf_pf_scalar(b, b->l->int64,
                            wf_make_binary(u, WF_OP_ADD, wf_pf_long(b, wf_pf_copy(b, s->v), at), off, at));
    }
    wf_pf_val *items = WF_NEW_ARRAY(&u->arena, wf_pf_val, s->count + 2);
    uint32_t n = 0;
    if (s->kind == 'e') {
        items[n] = wf_pf_binary(b, WF_PF_ADD, s->start.known ? s->start : wf_pf_copy(b, s->start), index, at);
        items[n++].nonneg = s->start.nonneg;
    }
    for (uint32_t k = 0; k < s->count; k++) items[n++] = source_at(b, &s->parts[k], i, at);
    return wf_pf_tuple(b, items, n);
}

/* Does something in it end by StopIteration? */
static int is_open_ended(const source *s) {
    for (uint32_t i = 0; i < s->count; i++)
        if (is_open_ended(&s->parts[i])) return 1;
    return s->kind == 'n';
}

/* The loop's next item; where there is none the loop ends. */
static void each(wf_pf_body *b, source *from, wf_var *i, const wf_pf_expr *target, const wf_pf_val *list,
                 wf_place at) {
    wf_pf_until part;
    int open = is_open_ended(from);
    if (open) wf_pf_until_begin(b, &part, at);
    wf_pf_val item = source_at(b, from, i, at);
    if (open) wf_pf_until_end(b, &part, at);
    if (list) wf_pf_list_append(b, *list, item, at);
    else wf_pf_assign(b, target, item, at);
}

static wf_expr *no_length(wf_pf_body *b, wf_place at) {
    return wf_make_int(b->l->u, wf_type_scalar(b->l->u, WF_TY_LONG), INT64_MAX, at);
}

/* A list of what the source gives. */
wf_pf_val wf_pf_source_list(wf_pf_body *b, const wf_pf_expr *e) {
    source from = {0};
    wf_expr *length = NULL;
    if (!source_of(b, e, &from, &length)) return wf_pf_unknown(b);
    const wf_type *integer = wf_type_scalar(b->l->u, WF_TY_LONG);
    if (!length) length = no_length(b, e->at);
    wf_var *stop = wf_pf_temp(b, "stop", integer, length, e->at),
           *i = wf_pf_temp(b, "i", integer, NULL, e->at);
    wf_stmt *outer = wf_pf_open(b, e->at); /* tried once for its type */
    wf_pf_val item = wf_pf_runtime(b, source_at(b, &from, i, e->at), e->at);
    wf_pf_close(b, outer);
    if (item.type->kind == WF_PF_T_UNKNOWN) return item;
    wf_pf_val list = wf_pf_list_new(b, item.type, 0, e->at);
    wf_pf_held held = {list.e, b->held};
    b->held = &held;
    wf_pf_count c =
        wf_pf_count_begin(b, wf_make_int(b->l->u, integer, 0, e->at), wf_make_var(b->l->u, stop, e->at),
                          wf_make_int(b->l->u, integer, 1, e->at), 0, "i", e->at);
    each(b, &from, c.i, NULL, &list, e->at);
    wf_pf_count_end(b, &c);
    b->held = held.outer;
    return list;
}

/* literal_unroll(("x", "y")): each name stands for itself, so that it may name a record's field. */
static int is_unrolled_names(const wf_pf_stmt *s, const source *from) {
    if (from->kind != 'i' || strcmp(call_name(s->value), "numba.literal_unroll") != 0) return 0;
    for (uint32_t i = 0; i < from->v.type->count; i++)
        if (!from->v.items[i].known || from->v.items[i].known->kind != WF_PF_V_STR) return 0;
    return 1;
}

static void lower_for_source(wf_pf_body *b, const wf_pf_stmt *s, wf_var *broke) {
    source from = {0};
    wf_expr *length = NULL;
    if (!source_of(b, s->value, &from, &length)) return;
    if (is_unrolled_names(s, &from)) from.kind = 'u';
    if (from.kind == 'u') {
        if (!broke && breaks(s->body)) broke = flag(b, s->at);
        wf_pf_lower_items(b, s, from.v, broke);
        return;
    }
    const wf_type *integer = wf_type_scalar(b->l->u, WF_TY_LONG);
    if (!length) length = no_length(b, s->at);
    if (from.kind != 'l' && wf_pf_is_volatile(length)) /* a list may grow meanwhile */
        length = wf_make_var(b->l->u, wf_pf_temp(b, "stop", integer, length, s->at), s->at);
    wf_pf_count c = wf_pf_count_begin(b, wf_make_int(b->l->u, integer, 0, s->at), length,
                                      wf_make_int(b->l->u, integer, 1, s->at), 0, "i", s->at);
    each(b, &from, c.i, s->targets[0], NULL, s->at);
    wf_pf_lower_loop_body(b, s, broke);
    wf_pf_count_end(b, &c);
}

int wf_pf_lower_for(wf_pf_body *b, const wf_pf_stmt *s) {
    wf_var *broke = else_flag(b, s);
    const char *name = call_name(s->value);
    if (!strcmp(name, "range") || !strcmp(name, "numba.prange")) lower_for_range(b, s, broke);
    else lower_for_source(b, s, broke);
    return lower_else(b, s, broke);
}
