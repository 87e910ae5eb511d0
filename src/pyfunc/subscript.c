/* pyfunc/subscript.c: a[…], read, stored and updated.
 *
 * What stands between the brackets becomes a list of parts: integers, slices, new axes, `...`. Integers alone
 * are an element (arrays.c); with slices it is a view, the same memory with other numbers; with an array
 * among them the library in Python does it. Tuples, lists, dicts and records have their own ways. */
#include "pyfunc/array_inner.h"
#include <string.h>

/* ---- what stands between the brackets ---- */

typedef enum part_kind { PART_INT, PART_SLICE, PART_NEW, PART_ALL } part_kind;
typedef struct part {
    part_kind kind;
    wf_pf_val v;
    wf_pf_val bounds[3]; /* SLICE: start, stop, step; None: not given */
} part;
typedef struct parts {
    part p[2 * NDIM_MAX + 4];
    uint32_t count;
    int ints, views, unknown, other;
} parts;

static void add_slice(parts *p, const wf_pf_val bounds[3]) {
    part *slice = &p->p[p->count++];
    *slice = (part){.kind = PART_SLICE};
    for (int i = 0; i < 3; i++) {
        slice->bounds[i] = bounds[i];
        if (bounds[i].type->kind == WF_PF_T_UNKNOWN) p->unknown = 1;
    }
    p->views++;
}

static int is_given(wf_pf_val bound) { return bound.type && bound.type->kind != WF_PF_T_NONE; }

static int is_whole(const part *slice) { /* all of the axis */
    return !is_given(slice->bounds[0]) && !is_given(slice->bounds[1]) && !is_given(slice->bounds[2]);
}

static void add_value(wf_pf_body *b, parts *p, wf_pf_val v) {
    if (p->count >= 2 * NDIM_MAX) return;
    if (v.type->kind == WF_PF_T_UNKNOWN) p->unknown = 1;
    if (wf_pf_is_slice(v.type)) {
        add_slice(p, v.items);
        return;
    }
    if (v.known && v.known->kind == WF_PF_V_ELLIPSIS) {
        p->p[p->count++] = (part){.kind = PART_ALL};
        p->views++;
        return;
    }
    v = wf_pf_range_list(b, v, b->in->f->at);
    if (v.type->kind == WF_PF_T_TUPLE) {
        for (uint32_t i = 0; i < v.type->count; i++) add_value(b, p, v.items[i]);
        return;
    }
    if (v.type->kind == WF_PF_T_ARRAY && v.array && !v.type->ndim && v.type->element->kind == WF_PF_T_INT)
        v = wf_pf_load(b, v.type->element, wf_pf_element(b, v, NULL, 0, (wf_place){0})); /* its one integer */
    if (v.type->kind == WF_PF_T_ARRAY || v.type->kind == WF_PF_T_STATIC || v.type->kind == WF_PF_T_LIST)
        p->other = 1;
    part_kind kind = v.type->kind == WF_PF_T_NONE ? PART_NEW : PART_INT;
    p->ints += kind == PART_INT;
    p->views += kind == PART_NEW;
    p->p[p->count++] = (part){.kind = kind, .v = v};
}

/* An index; None that is None for certain is a new axis. */
static wf_pf_val unwrapped_index(wf_pf_body *b, const wf_pf_expr *e) {
    return wf_pf_unwrap(b, wf_pf_eval(b, e), e->at);
}

static wf_pf_val bound_of(wf_pf_body *b, const wf_pf_expr *e) { return e ? wf_pf_eval(b, e) : wf_pf_none(b); }

static void add_part(wf_pf_body *b, parts *p, const wf_pf_expr *e) {
    if (p->count >= 2 * NDIM_MAX) return;
    if (e->kind == WF_PF_SLICE) {
        add_slice(p, (wf_pf_val[]){bound_of(b, e->a), bound_of(b, e->b), bound_of(b, e->c)});
    } else if (e->kind == WF_PF_TUPLE) {
        for (uint32_t i = 0; i < e->count; i++) add_part(b, p, e->items[i]);
    } else {
        add_value(b, p, unwrapped_index(b, e));
    }
}

/* `...` and what is missing at the end become full slices. 0 with an error when there are too many. */
static int complete_parts(wf_pf_body *b, parts *p, wf_pf_val a, wf_place at) {
    uint32_t used = 0, all = UINT32_MAX;
    for (uint32_t i = 0; i < p->count; i++) {
        if (p->p[i].kind == PART_ALL && all != UINT32_MAX) {
            wf_pf_error(b, at, NULL, "an index can only have a single ellipsis ('...')");
            return 0;
        }
        if (p->p[i].kind == PART_ALL) all = i;
        else used += p->p[i].kind != PART_NEW;
    }
    if (used > a.type->ndim) {
        wf_pf_error(b, at, NULL, "%u indices for an array of %u dimension%s", used, a.type->ndim,
                    a.type->ndim == 1 ? "" : "s");
        return 0;
    }
    if (all == UINT32_MAX && used == a.type->ndim) return 1;
    if (all == UINT32_MAX) p->p[all = p->count++] = (part){.kind = PART_ALL};
    uint32_t missing = a.type->ndim - used, tail = p->count - all - 1;
    memmove(&p->p[all + missing], &p->p[all + 1], tail * sizeof(part));
    for (uint32_t i = 0; i < missing; i++) p->p[all + i] = (part){.kind = PART_SLICE};
    p->count += missing - 1;
    p->views += missing > 0;
    return 1;
}

/* ---- views ------------------------------------------------------------------------------------------------
 */

static wf_expr *keep(wf_pf_body *b, const char *name, wf_expr *e, wf_place at) {
    if (e->kind == WF_EX_INT) return e;
    return wf_make_var(b->l->u, wf_pf_temp(b, name, integer(b), e, at), at);
}

static int known_int(wf_pf_val v, int64_t *out) {
    if (!v.known || v.known->kind != WF_PF_V_INT) return 0;
    *out = v.known->i;
    return 1;
}

/* A slice's bound, as Python clips it: into 0..n. */
static wf_expr *clip(wf_pf_body *b, wf_pf_val v, wf_expr *n, wf_place at) {
    wf_unit *u = b->l->u;
    if (v.known && v.known->kind == WF_PF_V_INT && v.known->i == 0) return number(b, 0, at);
    wf_expr *i = wf_pf_long(b, v, at);
    if (!v.nonneg) {
        i = keep(b, "bound", i, at);
        wf_expr *negative = wf_make_binary(u, WF_OP_LT, wf_pf_clone(u, i), number(b, 0, at), at);
        wf_expr *wrapped = wf_make_binary(u, WF_OP_ADD, wf_pf_clone(u, i), wf_pf_clone(u, n), at);
        i = wf_pf_builtin(b, WF_BI_MAX, at, 2, wf_make_cond(u, negative, wrapped, i, at), number(b, 0, at));
    }
    return wf_pf_builtin(b, WF_BI_MIN, at, 2, i, wf_pf_clone(u, n));
}

typedef struct cut {
    wf_expr *start, *length, *stride; /* stride: the step where it is no constant */
    int64_t step;
} cut; /* start NULL: 0 */

/* A bound beside a step whose sign is known at run time: i < 0 ? max(i + n, low) : min(i, high). */
static wf_expr *clip_between(wf_pf_body *b, wf_pf_val v, wf_expr *n, wf_expr *low, wf_expr *high,
                             wf_place at) {
    wf_unit *u = b->l->u;
    wf_expr *i = keep(b, "bound", wf_pf_long(b, v, at), at);
    wf_expr *wrapped = wf_make_binary(u, WF_OP_ADD, wf_pf_clone(u, i), wf_pf_clone(u, n), at);
    return wf_make_cond(u, wf_make_binary(u, WF_OP_LT, wf_pf_clone(u, i), number(b, 0, at), at),
                        wf_pf_builtin(b, WF_BI_MAX, at, 2, wrapped, wf_pf_clone(u, low)),
                        wf_pf_builtin(b, WF_BI_MIN, at, 2, i, wf_pf_clone(u, high)), at);
}

/* slice.indices(n) for a step that is negative or not known while compiling. */
static void cut_any(wf_pf_body *b, wf_pf_val from, wf_pf_val to, wf_pf_val step, wf_expr *n, cut *c,
                    wf_place at) {
    wf_unit *u = b->l->u;
    wf_expr *s = keep(b, "step", wf_pf_long(b, step, at), at);
    if (s->kind != WF_EX_INT) {
        wf_stmt *test = wf_stmt_new(u, WF_ST_IF, at);
        const char *text = "ValueError: slice step cannot be zero";
        test->expr = wf_make_binary(u, WF_OP_EQ, wf_pf_clone(u, s), number(b, 0, at), at);
        test->body =
            wf_stmt_expr(u, wf_pf_builtin(b, WF_BI_RAISE, at, 1,
                                          wf_make_value(u, wf_make_string(u, text, strlen(text), at))));
        wf_block_add(b->block, test);
    }
#define DOWN() wf_make_binary(u, WF_OP_LT, wf_pf_clone(u, s), number(b, 0, at), at)
#define LAST() wf_make_binary(u, WF_OP_SUB, wf_pf_clone(u, n), number(b, 1, at), at)
    wf_expr *low = keep(b, "low", wf_make_cond(u, DOWN(), number(b, -1, at), number(b, 0, at), at), at);
    wf_expr *high = keep(b, "high", wf_make_cond(u, DOWN(), LAST(), wf_pf_clone(u, n), at), at);
    wf_expr *start = from.type->kind == WF_PF_T_NONE
                         ? wf_make_cond(u, DOWN(), wf_pf_clone(u, high), wf_pf_clone(u, low), at)
                         : clip_between(b, from, n, low, high, at);
    wf_expr *stop = to.type->kind == WF_PF_T_NONE
                        ? wf_make_cond(u, DOWN(), wf_pf_clone(u, low), wf_pf_clone(u, high), at)
                        : clip_between(b, to, n, low, high, at);
    c->start = keep(b, "start", start, at);
    wf_expr *span = wf_make_binary(u, WF_OP_SUB, stop, wf_pf_clone(u, c->start), at);
    span = wf_pf_plus(b, span, wf_pf_clone(u, s), at); /* (span + step ∓ 1) / step */
    wf_expr *less = wf_make_cond(u, DOWN(), number(b, -1, at), number(b, 1, at), at);
    span = wf_make_binary(u, WF_OP_DIV, wf_make_binary(u, WF_OP_SUB, span, less, at), wf_pf_clone(u, s), at);
    c->length = keep(b, "length", wf_pf_builtin(b, WF_BI_MAX, at, 2, span, number(b, 0, at)), at);
    c->stride = s;
#undef DOWN
#undef LAST
}

static void cut_axis(wf_pf_body *b, const part *slice, wf_expr *n, cut *c, wf_place at) {
    wf_unit *u = b->l->u;
    *c = (cut){.length = n, .step = 1};
    if (is_whole(slice)) return;
    wf_pf_val from = wf_pf_unwrap(b, slice->bounds[0], at), to = wf_pf_unwrap(b, slice->bounds[1], at),
              by = wf_pf_unwrap(b, slice->bounds[2], at);
    if (from.type->kind == WF_PF_T_UNKNOWN || to.type->kind == WF_PF_T_UNKNOWN) return;
    int has_from = from.type->kind != WF_PF_T_NONE, has_to = to.type->kind != WF_PF_T_NONE;
    if (by.type->kind == WF_PF_T_UNKNOWN) return;
    if (known_int(by, &c->step) && !c->step) {
        wf_pf_error(b, at, NULL, "a slice's step cannot be zero");
        return;
    }
    if (by.type->kind != WF_PF_T_NONE &&
        (!known_int(by, &c->step) || (c->step < 0 && (has_from || has_to)))) {
        cut_any(b, from, to, by, n, c, at);
        return;
    }
    if (c->step < 0) {
        c->start = wf_make_binary(u, WF_OP_SUB, wf_pf_clone(u, n), number(b, 1, at), at);
        if (c->step < -1)
            c->length = wf_make_binary(u, WF_OP_DIV, wf_pf_plus(b, n, number(b, -c->step - 1, at), at),
                                       number(b, -c->step, at), at);
        return;
    }
    wf_expr *start = has_from ? keep(b, "start", clip(b, from, n, at), at) : number(b, 0, at);
    wf_expr *stop = has_to ? clip(b, to, n, at) : wf_pf_clone(u, n);
    wf_expr *length = start->kind == WF_EX_INT && !start->u.i
                          ? stop
                          : wf_make_binary(u, WF_OP_SUB, stop, wf_pf_clone(u, start), at);
    if (has_from && has_to) length = wf_pf_builtin(b, WF_BI_MAX, at, 2, length, number(b, 0, at));
    if (c->step > 1)
        length = wf_make_binary(u, WF_OP_DIV, wf_pf_plus(b, length, number(b, c->step - 1, at), at),
                                number(b, c->step, at), at);
    c->length = keep(b, "length", length, at);
    c->start = start;
}

/* C stays C when only leading axes are indexed, and then one sliced with step 1. */
static char view_layout(wf_pf_val a, const parts *p) {
    int sliced = 0;
    if (a.type->layout != 'C') return 'A';
    for (uint32_t i = 0; i < p->count; i++) {
        const part *q = &p->p[i];
        if (q->kind == PART_NEW) return 'A';
        int full = q->kind == PART_SLICE && is_whole(q);
        if (q->kind == PART_INT && sliced) return 'A';
        if (q->kind == PART_SLICE && sliced && !full) return 'A';
        if (q->kind == PART_SLICE && is_given(q->bounds[2])) return 'A';
        sliced |= q->kind == PART_SLICE;
    }
    return 'C';
}

static wf_pf_val view(wf_pf_body *b, wf_pf_val a, parts *p, wf_place at) {
    wf_unit *u = b->l->u;
    wf_expr *shape[2 * NDIM_MAX + 4], *strides[2 * NDIM_MAX + 4], *offset = NULL;
    int ndim = 0, axis = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        if (p->p[i].kind == PART_NEW) {
            strides[ndim] = number(b, 0, at);
            shape[ndim++] = number(b, 1, at);
            continue;
        }
        if (p->p[i].kind == PART_INT) {
            offset = wf_pf_plus(b, offset,
                                wf_pf_times(b, wf_pf_index(b, a, p->p[i].v, axis, wf_pf_index_raises(b), at),
                                            wf_pf_stride(b, a, axis, at), at),
                                at);
            axis++;
            continue;
        }
        cut c;
        cut_axis(b, &p->p[i], wf_pf_extent(b, a, (uint32_t)axis), &c, at);
        wf_expr *stride = wf_pf_stride(b, a, axis, at);
        if (c.start)
            offset = wf_pf_plus(b, offset,
                                wf_pf_times(b, wf_pf_clone(u, c.start), wf_pf_clone(u, stride), at), at);
        if (c.stride) stride = wf_pf_times(b, stride, wf_pf_clone(u, c.stride), at);
        else if (c.step != 1) stride = wf_pf_times(b, stride, number(b, c.step, at), at);
        strides[ndim] = stride ? stride : number(b, 1, at);
        shape[ndim++] = c.length;
        axis++;
    }
    if (ndim > NDIM_MAX) return wf_pf_error(b, at, NULL, "an array of more than %d dimensions", NDIM_MAX);
    char layout = view_layout(a, p);
    wf_pf_val v = {.type = wf_pf_type_array(&b->l->types, a.type->element, ndim, layout, a.type->readonly)};
    v.array = WF_NEW(&u->arena, wf_pf_array);
    v.array->member = a.array->member;
    v.array->data = wf_pf_clone(u, a.array->data);
    if (offset) v.array->data = wf_make_binary(u, WF_OP_ADD, wf_make_value(u, v.array->data), offset, at);
    v.array->shape = WF_NEW_ARRAY(&u->arena, wf_expr *, ndim + 1);
    v.array->strides = layout == 'A' ? WF_NEW_ARRAY(&u->arena, wf_expr *, ndim + 1) : NULL;
    for (int i = 0; i < ndim; i++) {
        v.array->shape[i] = shape[i];
        if (layout == 'A') v.array->strides[i] = strides[i];
    }
    return v;
}

wf_pf_val wf_pf_array_row(wf_pf_body *b, wf_pf_val a, wf_pf_val index, wf_place at) {
    parts p = {0};
    add_value(b, &p, index);
    return complete_parts(b, &p, a, at) ? view(b, a, &p, at) : wf_pf_unknown(b);
}

/* ---- subscripts -------------------------------------------------------------------------------------------
 */

static wf_pf_val tuple_cut(wf_pf_body *b, wf_pf_val t, const wf_pf_val bounds[3], wf_place at) {
    int64_t start = 0, stop = t.type->count, step = 1;
    int from = is_given(bounds[0]), to = is_given(bounds[1]), by = is_given(bounds[2]);
    if ((from && !known_int(bounds[0], &start)) || (to && !known_int(bounds[1], &stop)) ||
        (by && (!known_int(bounds[2], &step) || !step)))
        return wf_pf_error(b, at, NULL, "a tuple is sliced by constants");
    int64_t count = t.type->count, low = step < 0 ? -1 : 0, high = step < 0 ? count - 1 : count;
    start = !from ? (step < 0 ? high : low) : start < 0 ? start + count : start;
    stop = !to ? (step < 0 ? low : high) : stop < 0 ? stop + count : stop;
    start = start < low ? low : start > high ? high : start;
    stop = stop < low ? low : stop > high ? high : stop;
    wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, count + 1);
    uint32_t n = 0;
    for (int64_t i = start; step > 0 ? i < stop : i > stop; i += step) items[n++] = t.items[i];
    return wf_pf_is_mixed_list(t.type) ? wf_pf_mixed_list(b, items, n) : wf_pf_tuple(b, items, n);
}

static wf_pf_val tuple_item(wf_pf_body *b, wf_pf_val t, const wf_pf_expr *e) {
    if (e->b->kind == WF_PF_SLICE && !wf_pf_is_mixed_dict(t.type)) {
        wf_pf_val bounds[] = {bound_of(b, e->b->a), bound_of(b, e->b->b), bound_of(b, e->b->c)};
        return tuple_cut(b, t, bounds, e->at);
    }
    wf_pf_val index = wf_pf_eval(b, e->b);
    int64_t i;
    if (index.type->kind == WF_PF_T_UNKNOWN) return index;
    if (wf_pf_is_mixed_dict(t.type)) return wf_pf_mixed_item(b, t, index, e->at);
    if (wf_pf_is_slice(index.type)) return tuple_cut(b, t, index.items, e->at);
    if (known_int(index, &i)) {
        if (i < 0) i += t.type->count;
        if (i < 0 || i >= t.type->count)
            return wf_pf_error(b, e->at, NULL, "index %ld of a tuple of %u", (long)i, t.type->count);
        return t.items[i];
    }
    return wf_pf_tuple_item(b, t, index, e->at);
}

/* a[rows, 1:] with an array among the indices: put before the library, the parts one after another: a slice
 * is three. What they are stands in the name: "getitem:ais" is an array, an integer, a slice. value: stored.
 */
static wf_pf_val indexed_by_array(wf_pf_body *b, wf_pf_val a, const parts *p, const wf_pf_val *value,
                                  wf_place at) {
    wf_pf_args args = {.at = at};
    wf_text name;
    int handled = 0;
    wf_text_init(&name, &b->l->u->arena);
    wf_text_puts(&name, value ? "setitem:" : "getitem:");
    args.v = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, p->count * 3 + 2);
    args.v[args.count++] = a;
    if (value) args.v[args.count++] = *value;
    for (uint32_t i = 0; i < p->count; i++) {
        const part *q = &p->p[i];
        if (q->kind == PART_SLICE) {
            wf_text_putc(&name, 's');
            for (int k = 0; k < 3; k++)
                args.v[args.count++] = q->bounds[k].type ? q->bounds[k] : wf_pf_none(b);
        } else if (q->kind == PART_INT) {
            wf_text_putc(&name, 'i');
            args.v[args.count++] = q->v;
        } else wf_text_putc(&name, q->kind == PART_NEW ? 'n' : 'e');
    }
    wf_pf_val v = wf_pf_resolve(b, NULL, name.data, &args, &handled), first = {0};
    if (handled) return v;
    for (uint32_t i = p->count; i-- > 0;)
        if (p->p[i].v.type) first = p->p[i].v; /* a slice, None and ... have none */
    if (!first.type)
        return wf_pf_error(b, at, NULL, "%s cannot be indexed like this in compiled functions",
                           wf_pf_spell(b, a));
    int place = first.known && first.known->kind == WF_PF_V_CALL && !strncmp(first.known->text, "cuda.", 5);
    const char *hint = place ? wf_arena_printf(&b->l->u->arena, "%s.x is a number", first.known->text)
                             : "write a loop over the indices";
    return wf_pf_error(b, at, hint, "an array cannot be indexed by %s", wf_pf_spell(b, first));
}

/* Whether it names one element; of an array without axes a[()] does. */
static int names_element(const parts *p, wf_pf_val a, uint32_t count) {
    return count || (!a.type->ndim && !p->count);
}

/* Indices of one element, or 0: then it is a view or an error. */
static uint32_t element_index(const parts *p, wf_pf_val a, wf_pf_val *index) {
    if (p->views || (uint32_t)p->ints != a.type->ndim) return 0;
    for (uint32_t i = 0; i < p->count; i++) index[i] = p->p[i].v;
    return p->count;
}

static wf_pf_val list_subscript(wf_pf_body *b, wf_pf_val list, const wf_pf_expr *e) {
    parts p = {0};
    if (e->b->kind == WF_PF_SLICE) {
        add_part(b, &p, e->b);
        return indexed_by_array(b, list, &p, NULL, e->at);
    }
    wf_pf_val index = wf_pf_eval(b, e->b);
    if (index.type->kind == WF_PF_T_UNKNOWN) return index;
    if (wf_pf_is_slice(index.type)) {
        add_slice(&p, index.items);
        return indexed_by_array(b, list, &p, NULL, e->at);
    }
    return wf_pf_list_item(b, list, index, e->at);
}

static int has_items(wf_pf_val v) {
    return v.type->kind == WF_PF_T_DICT || v.type->kind == WF_PF_T_OBJECT || v.type->kind == WF_PF_T_SET;
}

/* What stands between the brackets of x[1:n] as a value, for a class of the user's. */
static wf_pf_val slice_value(wf_pf_body *b, const wf_pf_expr *key) {
    wf_pf_args args = {.count = 3, .at = key->at};
    const wf_pf_expr *const parts[] = {key->a, key->b, key->c};
    args.v = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 4);
    args.e = WF_NEW_ARRAY(&b->l->u->arena, const wf_pf_expr *, 4);
    for (int i = 0; i < 3; i++) {
        args.v[i] = bound_of(b, parts[i]);
        if (args.v[i].type->kind == WF_PF_T_UNKNOWN) return args.v[i];
    }
    return wf_pf_call_named(b, "slice", &args);
}

/* d[key] and d[key] = value: methods. */
static wf_pf_val object_item(wf_pf_body *b, wf_pf_val object, const wf_pf_expr *key, const wf_pf_val *value,
                             wf_place at) {
    int handled = 0;
    if (key->kind == WF_PF_SLICE && object.type->kind != WF_PF_T_OBJECT)
        return wf_pf_error(b, at, NULL, "%s cannot be sliced", wf_pf_spell(b, object));
    object = wf_pf_settle(b, object, at);
    wf_pf_val named =
        key->kind == WF_PF_SLICE ? slice_value(b, key) : wf_pf_runtime(b, wf_pf_eval(b, key), at);
    wf_pf_val pair[2] = {wf_pf_as_key(b, named, at), wf_pf_none(b)};
    if (value) {
        wf_pf_list_fills(b, object.type);
        pair[1] = wf_pf_runtime(b, *value, at);
    }
    if (pair[0].type->kind == WF_PF_T_UNKNOWN || pair[1].type->kind == WF_PF_T_UNKNOWN)
        return wf_pf_unknown(b);
    if (object.type->kind == WF_PF_T_DICT && value) {
        const wf_pf_type *types[] = {pair[0].type, pair[1].type};
        wf_pf_list_learn(b, object.type, wf_pf_type_tuple(&b->l->types, types, 2));
    }
    if (object.type->kind == WF_PF_T_DICT) {
        if (object.type->element->kind == WF_PF_T_UNKNOWN) return wf_pf_unknown(b);
        const wf_pf_type *put[] = {pair[0].type, value ? pair[1].type : object.type->element->items[1]};
        if (!value) object.made_at = 0; /* a key that is looked up widens nothing */
        if (!wf_pf_container_widen(b, object, wf_pf_type_tuple(&b->l->types, put, 2), at))
            return wf_pf_unknown(b);
        for (int i = 0; i < (value ? 2 : 1); i++)
            pair[i] = wf_pf_convert(b, pair[i], object.type->element->items[i], at);
    }
    wf_pf_args args = {.v = pair, .count = value ? 2 : 1, .at = at};
    wf_pf_val v = wf_pf_resolve_method(b, object, value ? "__setitem__" : "__getitem__", &args, &handled);
    return handled ? v : wf_pf_error(b, at, NULL, "%s has no items", wf_pf_spell(b, object));
}

/* The field that an index names, of a record or of every record of an array: a string, in the text or in a
 * variable that is known while compiling, or a record's number of a field. NULL: it names none. */
static const char *named_field(wf_pf_body *b, wf_pf_val a, const wf_pf_expr *index) {
    int record = a.type->kind == WF_PF_T_RECORD;
    const wf_pf_type *type = record ? a.type : a.type->kind == WF_PF_T_ARRAY ? a.type->element : NULL;
    if (!type || type->kind != WF_PF_T_RECORD) return NULL;
    if (index->kind == WF_PF_CONST && index->value->kind == WF_PF_V_STR) return index->value->text;
    if (!record && index->kind != WF_PF_LOCAL && index->kind != WF_PF_CONST) return NULL;
    wf_pf_val v = wf_pf_eval(b, index);
    if (!v.known) return NULL;
    if (v.known->kind == WF_PF_V_STR) return v.known->text;
    int64_t i = v.known->i;
    if (!record || v.known->kind != WF_PF_V_INT) return NULL;
    if (i < 0) i += type->count;
    return i >= 0 && i < type->count ? type->fields[i].name : NULL;
}

static wf_pf_val range_subscript(wf_pf_body *b, wf_pf_val range, const wf_pf_expr *e) {
    parts p = {0};
    cut c;
    if (e->b->kind == WF_PF_SLICE) add_part(b, &p, e->b);
    else {
        wf_pf_val index = wf_pf_eval(b, e->b);
        if (index.type->kind == WF_PF_T_UNKNOWN) return index;
        if (!wf_pf_is_slice(index.type)) return wf_pf_range_item(b, range, index, e->at);
        add_slice(&p, index.items);
    }
    if (p.unknown) return wf_pf_unknown(b);
    range = wf_pf_settle(b, range, e->at);
    wf_expr *n = keep(b, "n", wf_pf_range_count(b, range, e->at).e, e->at);
    cut_axis(b, &p.p[0], n, &c, e->at);
    return wf_pf_range_cut(b, range, c.start ? c.start : number(b, 0, e->at), c.length,
                           c.stride ? wf_pf_clone(b->l->u, c.stride) : number(b, c.step, e->at), e->at);
}

wf_pf_val wf_pf_subscript(wf_pf_body *b, const wf_pf_expr *e) {
    wf_pf_val a = wf_pf_eval(b, e->a);
    if (a.lazy) a = wf_pf_materialise(b, a, e->at);
    a = wf_pf_unwrap(b, a, e->at);
    if (a.type->kind == WF_PF_T_UNKNOWN) return a;
    if (wf_pf_is_range(a.type)) return range_subscript(b, a, e);
    if (a.type->kind == WF_PF_T_TUPLE) return tuple_item(b, a, e);
    if (wf_pf_is_text(a)) return wf_pf_text_subscript(b, a, e->b, e->at);
    if (has_items(a)) return object_item(b, a, e->b, NULL, e->at);
    if (a.type->kind == WF_PF_T_LIST) return list_subscript(b, a, e);
    const char *field = named_field(b, a, e->b);
    if (field) return wf_pf_attribute(b, a, field, e->at);
    if (a.type->kind != WF_PF_T_ARRAY) {
        int launch = a.known && a.known->kind == WF_PF_V_FUNCTION && b->l->options.mode != WF_PF_HOST;
        return wf_pf_error(
            b, e->at,
            launch ? "a kernel launches no kernels: call the function, or launch it from Python" : NULL,
            "%s cannot be indexed", wf_pf_spell(b, a));
    }
    parts p = {0};
    add_part(b, &p, e->b);
    if (p.unknown) return wf_pf_unknown(b);
    if (p.other) return indexed_by_array(b, a, &p, NULL, e->at);
    wf_pf_val index[2 * NDIM_MAX + 4];
    uint32_t count = element_index(&p, a, index);
    if (names_element(&p, a, count)) {
        wf_expr *place = wf_pf_indexed_element(b, a, index, count, e->at);
        if (b->compared == e && wf_pf_is_text_array(a) && b->l->options.mode == WF_PF_HOST)
            return wf_pf_text_in_place(b, a.type->element, place, e->at);
        return wf_pf_load(b, a.type->element, place);
    }
    return complete_parts(b, &p, a, e->at) ? view(b, a, &p, e->at) : wf_pf_unknown(b);
}

static int writable(wf_pf_body *b, wf_pf_val a, wf_place at) {
    if (!a.type->readonly) return 1;
    wf_pf_error(b, at, NULL, "the array is read-only");
    return 0;
}

/* Numbers and variables alone: an index that no call can change. */
static int is_plain_index(const wf_pf_expr *e) {
    for (uint32_t i = 0; e->kind == WF_PF_TUPLE && i < e->count; i++)
        if (!is_plain_index(e->items[i])) return 0;
    return e->kind == WF_PF_CONST || e->kind == WF_PF_LOCAL || e->kind == WF_PF_TUPLE;
}

void wf_pf_store_subscript(wf_pf_body *b, const wf_pf_expr *target, wf_pf_val v, wf_place at) {
    /* The value comes first: a call in it may change what the target reads, be it a list's length. */
    int plain = target->a->kind == WF_PF_LOCAL && is_plain_index(target->b), does = wf_pf_does_something(v);
    if (does && !plain) v = wf_pf_settle(b, v, at);
    wf_pf_val a = wf_pf_unwrap(b, wf_pf_eval(b, target->a), at);
    if (a.type->kind == WF_PF_T_UNKNOWN) return;
    if (does && plain && a.type->kind != WF_PF_T_ARRAY) v = wf_pf_settle(b, v, at);
    if (has_items(a)) {
        object_item(b, a, target->b, &v, at);
        return;
    }
    if (a.type->kind != WF_PF_T_LIST || !wf_pf_is_range(a.type->element)) v = wf_pf_range_list(b, v, at);
    if (wf_pf_is_mixed(a.type)) {
        wf_pf_mixed_error(b, a, target->at);
        return;
    }
    const char *name = named_field(b, a, target->b);
    if (name && a.type->kind == WF_PF_T_RECORD) {
        wf_pf_val field = wf_pf_attribute(b, a, name, at);
        if (field.type->kind == WF_PF_T_ARRAY && field.array) wf_pf_array_fill(b, field, v, at);
        else if (field.place) wf_pf_store(b, field.place, field.type, v, at);
        return;
    }
    wf_pf_val by_value = {.type = b->l->unknown};
    if (a.type->kind == WF_PF_T_LIST && target->b->kind != WF_PF_SLICE) by_value = wf_pf_eval(b, target->b);
    if (a.type->kind == WF_PF_T_LIST && (target->b->kind == WF_PF_SLICE || wf_pf_is_slice(by_value.type))) {
        parts p = {0};
        if (v.lazy) v = wf_pf_materialise(b, v, at);
        wf_pf_list_learn(b, a.type, v.type->element ? v.type->element : b->l->unknown);
        if (target->b->kind == WF_PF_SLICE) add_part(b, &p, target->b);
        else add_slice(&p, by_value.items);
        if (a.type->element->kind != WF_PF_T_UNKNOWN && v.type->kind != WF_PF_T_UNKNOWN)
            indexed_by_array(b, a, &p, &v, target->at);
        return;
    }
    if (a.type->kind == WF_PF_T_LIST) {
        if (by_value.type->kind != WF_PF_T_UNKNOWN && v.type->kind != WF_PF_T_UNKNOWN)
            wf_pf_list_store(b, a, by_value, v, at);
        return;
    }
    if (a.type->kind != WF_PF_T_ARRAY || !a.array) {
        wf_pf_error(b, target->at,
                    a.type->kind == WF_PF_T_TUPLE ? "a tuple cannot be changed; use an array" : NULL,
                    "an item of %s cannot be assigned", wf_pf_spell(b, a));
        return;
    }
    if (name) { /* rows["x"] = … */
        wf_pf_val column = wf_pf_attribute(b, a, name, target->at);
        if (column.array && v.type->kind != WF_PF_T_UNKNOWN && writable(b, a, target->at))
            wf_pf_array_fill(b, wf_pf_settle(b, column, target->at), v, at);
        return;
    }
    parts p = {0};
    add_part(b, &p, target->b);
    if (p.unknown || v.type->kind == WF_PF_T_UNKNOWN || !writable(b, a, target->at)) return;
    if (p.other) {
        indexed_by_array(b, a, &p, &v, target->at);
        return;
    }
    wf_pf_val index[2 * NDIM_MAX + 4];
    uint32_t count = element_index(&p, a, index);
    if (wf_pf_is_text_array(a) && wf_pf_is_bytes_array(v)) v = wf_pf_text_of(b, v, at);
    if (count && v.type->kind == WF_PF_T_ARRAY && !v.lazy && !v.type->ndim)
        v = wf_pf_load(b, v.type->element, wf_pf_element(b, v, NULL, 0, at));
    int bytes = count && a.type->element->kind == WF_PF_T_RECORD && wf_pf_is_bytes_array(v);
    if (count && (v.lazy || v.type->kind == WF_PF_T_ARRAY) && !bytes)
        wf_pf_error(b, at,
                    "an array with fewer indices than dimensions is a part of it, not an element: a[i, j]",
                    "%s cannot be stored in one element", wf_pf_spell(b, v));
    else if (names_element(&p, a, count) && (bytes || v.type->kind != WF_PF_T_ARRAY))
        wf_pf_store(b, wf_pf_indexed_element(b, a, index, count, target->at), a.type->element, v, target->at);
    else if (complete_parts(b, &p, a, target->at))
        wf_pf_array_fill(b, wf_pf_settle(b, view(b, a, &p, target->at), at), v, at);
}

static wf_op update_op(wf_pf_op op) {
    switch (op) {
    case WF_PF_ADD: return WF_OP_ADD;
    case WF_PF_SUB: return WF_OP_SUB;
    case WF_PF_MUL: return WF_OP_MUL;
    case WF_PF_AND: return WF_OP_AND;
    case WF_PF_OR: return WF_OP_OR;
    case WF_PF_XOR: return WF_OP_XOR;
    default: return WF_OP_COUNT;
    }
}

/* a[index] op= v where what v does may change the element, or what the index reads: both are read before. */
static void update_as_then(wf_pf_body *b, wf_pf_val a, wf_pf_val *index, uint32_t count, wf_pf_moment then,
                           wf_pf_op op, wf_pf_val v, wf_place at) {
    const wf_pf_type *element = a.type->element;
    wf_stmt *outer = wf_pf_open(b, at);
    for (uint32_t i = 0; i < count; i++) index[i] = wf_pf_settle(b, index[i], at);
    wf_expr *place = wf_pf_indexed_element(b, a, index, count, at);
    wf_pf_val old = wf_pf_settle(b, wf_pf_load(b, element, wf_pf_clone(b->l->u, place)), at);
    wf_pf_put_then(&then, wf_pf_close(b, outer)->body);
    wf_pf_store(b, place, element, wf_pf_binary(b, op, old, v, at), at);
}

int wf_pf_update_subscript(wf_pf_body *b, const wf_pf_expr *target, wf_pf_op op, const wf_pf_expr *value,
                           wf_place at) {
    wf_unit *u = b->l->u;
    wf_pf_val a = wf_pf_eval(b, target->a);
    if (a.type->kind != WF_PF_T_ARRAY || !a.array) return 0;
    parts p = {0};
    add_part(b, &p, target->b);
    wf_pf_val index[2 * NDIM_MAX + 4];
    if (p.unknown || p.other) return 0;
    uint32_t count = element_index(&p, a, index);
    if (!names_element(&p, a, count)) { /* a[1:] += v: in the view, which is found once */
        if (!complete_parts(b, &p, a, target->at) || !writable(b, a, target->at)) return 1;
        wf_pf_val old = wf_pf_settle(b, view(b, a, &p, target->at), at), v = wf_pf_eval(b, value);
        if (v.type->kind == WF_PF_T_UNKNOWN) return 1;
        wf_pf_val made = wf_pf_lazy_binary(b, op, old, v, at);
        if (wf_pf_may_store(b, old, made, at)) wf_pf_array_fill(b, old, made, at);
        return 1;
    }
    const wf_pf_type *element = a.type->element;
    wf_pf_moment then = wf_pf_now(b);
    wf_pf_val v = wf_pf_eval(b, value);
    if (v.type->kind == WF_PF_T_UNKNOWN || !writable(b, a, target->at)) return 1;
    if (wf_pf_changed_since(b, then, v)) {
        update_as_then(b, a, index, count, then, op, v, target->at);
        return 1;
    }
    if (update_op(op) != WF_OP_COUNT && wf_pf_is_real(element) && wf_pf_is_real(v.type) &&
        element->kind != WF_PF_T_BOOL && !wf_pf_is_half(element)) {
        const wf_pf_type *type = wf_pf_type_arith(&b->l->types, element, v.type);
        int bits = op == WF_PF_AND || op == WF_PF_OR || op == WF_PF_XOR;
        if (!bits || wf_pf_is_integral(type)) {
            wf_expr *place = wf_pf_indexed_element(b, a, index, count, target->at);
            wf_pf_emit(b, wf_make_update(u, update_op(op), place, wf_pf_number(b, v, type, at), at));
            return 1;
        }
    }
    for (uint32_t i = 0; i < count; i++) index[i] = wf_pf_settle(b, index[i], at);
    wf_expr *place = wf_pf_indexed_element(b, a, index, count, target->at);
    wf_pf_val old = wf_pf_load(b, element, wf_pf_clone(u, place));
    wf_pf_store(b, place, element, wf_pf_binary(b, op, old, v, at), at);
    return 1;
}
