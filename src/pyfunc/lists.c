/* pyfunc/lists.c: lists inside host functions.
 *
 * A list is the address of a header in the heap: where its items lie, how many there are, how many fit. Items
 * lie one after another as C values (several parts: a record of them). What is here is what needs the tree:
 * making lists, items, append and pop, comprehensions; the other methods are Python (weft/_pylib/lists.py).
 *
 * `[]` has no type of its own: it is named by its place (a site), and the first append in a run says what
 * the site holds in the next. What is put later into a container whose place is known (`made_at`) may widen
 * it: [1] to which 2.5 is appended holds floats. */
#include "pyfunc/heap.h"
#include "pyfunc/lower.h"
#include <string.h>

enum { LEAVES_MAX = 256 };

static const char header_key; /* the record's `front` */

static const wf_type *header_type(wf_pf_lower *l) {
    wf_unit *u = l->u;
    for (uint32_t i = 0; i < u->record_count; i++)
        if (u->records[i]->front == (const void *)&header_key) return wf_type_of_record(u, u->records[i]);
    wf_record *record = wf_record_new(u, "wf_list", 0, (wf_place){0});
    wf_field *fields = WF_NEW_ARRAY(&u->arena, wf_field, 4);
    fields[0] = (wf_field){.name = "data", .type = wf_type_scalar(u, WF_TY_LLONG)};
    fields[1] = (wf_field){.name = "length", .type = wf_type_scalar(u, WF_TY_LONG)};
    fields[2] = (wf_field){.name = "capacity", .type = wf_type_scalar(u, WF_TY_LONG)};
    fields[3] = (wf_field){.name = "typed", .type = wf_type_scalar(u, WF_TY_LONG)};
    wf_record_finish(u, record, fields, 4);
    record->front = (void *)(uintptr_t)&header_key;
    return wf_type_of_record(u, record);
}

const wf_type *wf_pf_list_ctype(wf_pf_lower *l) { return wf_type_pointer(l->u, header_type(l)); }

static wf_expr *field(wf_pf_body *b, wf_pf_val list, const char *name, wf_place at) {
    wf_unit *u = b->l->u;
    return wf_make_member(u, wf_make_deref(u, wf_pf_clone(u, list.e), at), name, at);
}

static wf_expr *number(wf_pf_body *b, int64_t i, wf_place at) {
    return wf_make_int(b->l->u, wf_type_scalar(b->l->u, WF_TY_LONG), (uint64_t)i, at);
}

wf_pf_val wf_pf_list_length(wf_pf_body *b, wf_pf_val list, wf_place at) {
    wf_pf_val v = wf_pf_scalar(b, b->l->int64, field(b, list, "length", at));
    v.nonneg = 1;
    return v;
}

/* The list goes back to Python as numba.typed.List; `like`: if that one does. */
wf_pf_val wf_pf_list_typed(wf_pf_body *b, wf_pf_val list, const wf_pf_val *like, wf_place at) {
    if (list.type->kind != WF_PF_T_LIST || list.type->element->kind == WF_PF_T_UNKNOWN) return list;
    int given = like && like->type->kind == WF_PF_T_LIST && like->type->element->kind != WF_PF_T_UNKNOWN;
    if (like && !given) return list;
    uint32_t made_at = list.made_at;
    list = wf_pf_settle(b, list, at);
    list.made_at = made_at;
    wf_pf_emit(b, wf_make_assign(b->l->u, field(b, list, "typed", at),
                                 given ? field(b, *like, "typed", at) : number(b, 1, at), at));
    return list;
}

/* ---- items ---- */

int wf_pf_holds_addresses(wf_pf_body *b, const wf_pf_type *type) {
    const wf_type *types[LEAVES_MAX];
    uint32_t count = wf_pf_leaf_count(type);
    if (count > LEAVES_MAX) return 1;
    wf_pf_leaf_types(b->l, type, types);
    for (uint32_t i = 0; i < count; i++)
        if (types[i]->kind == WF_TY_POINTER) return 1;
    return 0;
}

static wf_expr *place_of(wf_pf_body *b, wf_pf_val list, wf_expr *index, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *item = wf_type_pointer(u, wf_pf_result_type(b->l, list.type->element));
    return wf_make_index(u, wf_make_cast(u, item, field(b, list, "data", at), at), index, at);
}

/* The item at an index that is known to be inside. */
wf_pf_val wf_pf_list_at(wf_pf_body *b, wf_pf_val list, wf_expr *index, wf_place at) {
    const wf_pf_type *type = list.type->element;
    if (!wf_pf_leaf_count(type)) return wf_pf_val_of_leaves(b, type, NULL);
    wf_expr *place = place_of(b, list, index, at);
    if (wf_pf_leaf_count(type) > 1) return wf_pf_settle(b, wf_pf_of_memory(b, type, place), at);
    wf_expr **leaf = WF_NEW_ARRAY(&b->l->u->arena, wf_expr *, 1);
    leaf[0] = place;
    return wf_pf_val_of_leaves(b, type, leaf);
}

static void store_at(wf_pf_body *b, wf_pf_val list, wf_expr *index, wf_pf_val v, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_pf_type *type = list.type->element;
    wf_expr *leaves[LEAVES_MAX];
    uint32_t count = wf_pf_leaf_count(type);
    if (v.lazy) v = wf_pf_materialise(b, v, at);
    v = wf_pf_convert(b, v, type, at);
    if (v.type != type || count > LEAVES_MAX) return;
    wf_pf_val_leaves(b, v, leaves);
    if (wf_pf_holds_addresses(b, type)) b->l->links = 1;
    for (uint32_t i = 0; i < count; i++) {
        wf_expr *place = place_of(b, list, wf_pf_clone(u, index), at);
        if (count > 1) place = wf_make_member(u, place, wf_arena_printf(&u->arena, "part%u", i), at);
        wf_pf_emit(b, wf_make_assign(u, place, leaves[i], at));
    }
}

void wf_pf_raise_when(wf_pf_body *b, wf_expr *condition, const char *text, wf_place at) {
    wf_unit *u = b->l->u;
    wf_stmt *test = wf_stmt_new(u, WF_ST_IF, at);
    test->expr = condition;
    test->body = wf_pf_raise(b, text, at);
    wf_block_add(b->block, test);
}

/* An index counted from either end; outside it raises. */
static wf_expr *checked(wf_pf_body *b, wf_pf_val list, wf_pf_val index, const char *text, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *integer = wf_type_scalar(u, WF_TY_LONG);
    wf_var *i = wf_pf_temp(b, "i", integer, wf_pf_long(b, index, at), at);
    if (!index.nonneg) {
        wf_expr *negative = wf_make_binary(u, WF_OP_LT, wf_make_var(u, i, at), number(b, 0, at), at);
        wf_expr *more = wf_make_binary(u, WF_OP_ADD, wf_make_var(u, i, at), field(b, list, "length", at), at);
        wf_pf_emit(b, wf_make_assign(u, wf_make_var(u, i, at),
                                     wf_make_cond(u, negative, more, wf_make_var(u, i, at), at), at));
    }
    const wf_type *wide = wf_type_scalar(u, WF_TY_ULONG);
    wf_pf_raise_when(b,
                     wf_make_binary(u, WF_OP_GE, wf_make_cast(u, wide, wf_make_var(u, i, at), at),
                                    wf_make_cast(u, wide, field(b, list, "length", at), at), at),
                     text, at);
    return wf_make_var(u, i, at);
}

wf_pf_val wf_pf_list_item(wf_pf_body *b, wf_pf_val list, wf_pf_val index, wf_place at) {
    if (list.type->element->kind == WF_PF_T_UNKNOWN) return wf_pf_unknown(b);
    list = wf_pf_settle(b, list, at);
    wf_expr *i = checked(b, list, index, "IndexError: list index out of range", at);
    return wf_pf_settle(b, wf_pf_list_at(b, list, i, at), at);
}

void wf_pf_list_store(wf_pf_body *b, wf_pf_val list, wf_pf_val index, wf_pf_val v, wf_place at) {
    if (list.type->element->kind == WF_PF_T_UNKNOWN) return;
    if (list.made_at) wf_pf_container_widen(b, list, v.type, at); /* else it is cut, as in Numba */
    list = wf_pf_settle(b, list, at);
    wf_expr *i = checked(b, list, index, "IndexError: list assignment index out of range", at);
    store_at(b, list, i, v, at);
}

/* ---- making ---- */

static uint32_t item_bytes(wf_pf_body *b, const wf_pf_type *type) {
    return wf_pf_leaf_count(type) ? (uint32_t)wf_type_size(wf_pf_result_type(b->l, type)) : 0;
}

wf_pf_val wf_pf_list_new(wf_pf_body *b, const wf_pf_type *element, int64_t room, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_pf_type *type = wf_pf_type_list(&b->l->types, element, 0);
    wf_expr *memory = wf_pf_heap_alloc_bytes(b, wf_pf_word(b, sizeof(wf_pf_list), at), 1, at);
    const wf_type *pointer = wf_pf_list_ctype(b->l);
    wf_var *list =
        wf_pf_temp(b, b->hint ? b->hint : "list", pointer, wf_make_cast(u, pointer, memory, at), at);
    b->hint = NULL;
    wf_pf_raise_when(b, wf_make_unary(u, WF_OP_LNOT, wf_make_bool(u, wf_make_var(u, list, at)), at),
                     "MemoryError: out of memory", at);
    wf_pf_val v = wf_pf_scalar(b, type, wf_make_var(u, list, at));
    if (room) {
        wf_expr *bytes = wf_pf_word(b, room * item_bytes(b, element), at);
        wf_expr *data = wf_pf_heap_alloc_bytes(b, bytes, wf_pf_holds_addresses(b, element), at);
        wf_pf_emit(b, wf_make_assign(u, field(b, v, "data", at), data, at));
        wf_pf_emit(b, wf_make_assign(u, field(b, v, "capacity", at), number(b, room, at), at));
    }
    return v;
}

/* What the container that this expression makes holds, as far as earlier runs learned. */
static const wf_pf_type **site_of(wf_pf_body *b, uint32_t number) {
    if (!b->in->sites) {
        uint32_t count = b->in->f->expr_count;
        b->in->sites = WF_NEW_ARRAY(&b->l->arena, const wf_pf_type *, count + 1);
        b->in->places = WF_NEW_ARRAY(&b->l->arena, uint32_t, count + 1);
        for (uint32_t i = 0; i <= count; i++) {
            b->in->sites[i] = b->l->unknown;
            b->in->places[i] = i;
        }
    }
    while (b->in->places[number] != number) number = b->in->places[number];
    return &b->in->sites[number];
}

/* The list type of a place in the source whose items are not known from there. */
const wf_pf_type *wf_pf_site_type(wf_pf_body *b, const wf_pf_expr *e, wf_pf_kind kind) {
    const wf_pf_type *known = *site_of(b, e->number);
    if (known->kind != WF_PF_T_UNKNOWN) return wf_pf_type_container(&b->l->types, kind, known, 0);
    wf_pf_site *site = WF_NEW(&b->l->arena, wf_pf_site);
    *site = (wf_pf_site){.known = site_of(b, e->number), .kind = kind, .next = b->l->sites};
    b->l->sites = site;
    return wf_pf_type_container(&b->l->types, kind, b->l->unknown, ++b->l->site_count);
}

/* Whether some item lives at compile time only: a function, say. */
int wf_pf_has_static(const wf_pf_type *type) {
    int found = type->kind == WF_PF_T_STATIC;
    for (uint32_t i = 0; type->kind == WF_PF_T_TUPLE && i < type->count; i++)
        found |= wf_pf_has_static(type->items[i]);
    return found;
}

/* A type that can be held: nothing in it is open. */
static int settled(const wf_pf_type *type) {
    if (type->kind == WF_PF_T_UNKNOWN || type->kind == WF_PF_T_STATIC) return 0;
    if (wf_pf_is_container(type)) return settled(type->element);
    for (uint32_t i = 0; type->kind == WF_PF_T_TUPLE && i < type->count; i++)
        if (!settled(type->items[i])) return 0;
    return 1;
}

/* What an empty list, dict or set turns out to hold. */
void wf_pf_list_learn(wf_pf_body *b, const wf_pf_type *list, const wf_pf_type *element) {
    if (!wf_pf_is_container(list) || list->element->kind != WF_PF_T_UNKNOWN || !list->size ||
        !settled(element))
        return;
    uint32_t number = b->l->site_count;
    for (wf_pf_site *s = b->l->sites; s; s = s->next, number--) {
        if (number != list->size) continue;
        if (*s->known == element) return;
        const wf_pf_type *both = wf_pf_type_unify(&b->l->types, *s->known, element);
        if (!both || both == *s->known) return;
        *s->known = both;
        b->l->changed = 1;
        return;
    }
}

/* Something is put into an empty list, dict or set here, whose type may not be known yet. Each run has sites of
 * its own for the same place. */
void wf_pf_list_fills(wf_pf_body *b, const wf_pf_type *list) {
    uint32_t number = b->l->site_count;
    const wf_pf_type **known = NULL;
    if (!wf_pf_is_container(list) || list->element->kind != WF_PF_T_UNKNOWN) return;
    for (wf_pf_site *s = b->l->sites; s; s = s->next, number--)
        if (number == list->size) known = s->known;
    for (wf_pf_site *s = b->l->sites; s; s = s->next) s->filled |= s->known == known;
}

/* Containers that stay empty, as what would be put in stands in branches that are never taken for these types:
 * any type holds that. 0: there are none. */
int wf_pf_sites_settle(wf_pf_lower *l) {
    const wf_pf_type *pair[] = {l->int64, l->int64};
    int found = 0;
    for (wf_pf_site *s = l->sites; s; s = s->next) {
        if (s->filled || (*s->known)->kind != WF_PF_T_UNKNOWN) continue;
        *s->known = s->kind == WF_PF_T_DICT ? wf_pf_type_tuple(&l->types, pair, 2) : l->int64;
        found = 1;
    }
    return found;
}

/* A literal's items have this type; what is put in later may need a wider one. */
const wf_pf_type *wf_pf_wider_here(wf_pf_body *b, const wf_pf_expr *e, const wf_pf_type *element) {
    const wf_pf_type *known = *site_of(b, e->number);
    const wf_pf_type *both =
        known->kind == WF_PF_T_UNKNOWN ? element : wf_pf_type_unify(&b->l->types, element, known);
    return both ? both : element;
}

/* Is something of this number lost in that one: a fraction, an imaginary part? */
static int loses(const wf_pf_type *from, const wf_pf_type *to) {
    if (!wf_pf_is_number(from) || !wf_pf_is_number(to)) return 0;
    if (wf_pf_is_integral(from)) return to->kind == WF_PF_T_BOOL && from->kind != WF_PF_T_BOOL;
    return wf_pf_is_integral(to) || (from->kind == WF_PF_T_COMPLEX && to->kind == WF_PF_T_FLOAT);
}

/* Numbers alone, and tuples of them, change their type together. */
static int item_changes(const wf_pf_type *a, const wf_pf_type *b) {
    if (a->kind != WF_PF_T_TUPLE || b->kind != WF_PF_T_TUPLE || a->count != b->count)
        return wf_pf_is_number(a) && wf_pf_is_number(b);
    for (uint32_t i = 0; i < a->count; i++)
        if (a->items[i] != b->items[i] && !item_changes(a->items[i], b->items[i])) return 0;
    return 1;
}

static int item_loses(const wf_pf_type *from, const wf_pf_type *to) {
    if (from->kind != WF_PF_T_TUPLE || to->kind != WF_PF_T_TUPLE || from->count != to->count)
        return loses(from, to);
    for (uint32_t i = 0; i < from->count; i++)
        if (item_loses(from->items[i], to->items[i])) return 1;
    return 0;
}

/* Of two tuples, the first items of which one loses something. */
static void lost(const wf_pf_type **from, const wf_pf_type **to) {
    while ((*from)->kind == WF_PF_T_TUPLE && (*to)->kind == WF_PF_T_TUPLE) {
        uint32_t i = 0;
        while (i + 1 < (*from)->count && !item_loses((*from)->items[i], (*to)->items[i])) i++;
        const wf_pf_type *own = (*from)->items[i];
        *to = (*to)->items[i];
        *from = own;
    }
}

/* The container at this place has to hold what it holds and something of another type: the next run begins
 * anew with it. 0: no type holds both, or nothing is to be done. */
static int hold_both(wf_pf_body *b, const wf_pf_type **site, const wf_pf_type *held, const wf_pf_type *more) {
    if (held == more || !settled(held) || !settled(more) || !item_changes(held, more)) return 0;
    const wf_pf_type *both = wf_pf_type_unify(&b->l->types, held, more);
    if (!both) return 0;
    *site = both;
    b->l->changed = b->l->widened = 1;
    return 1;
}

/* Something of the type `item` is put into a container. Where it would lose its fraction or imaginary part,
 * the next run makes the container of the wider type, if its place is known; else it is refused. */
int wf_pf_container_widen(wf_pf_body *b, wf_pf_val held, const wf_pf_type *item, wf_place at) {
    const wf_pf_type *element = held.type->element;
    if (element->kind == WF_PF_T_UNKNOWN || !item_loses(item, element)) return 1;
    if (held.made_at && hold_both(b, site_of(b, held.made_at - 1), element, item)) return 1;
    const wf_pf_type *from = item, *to = element;
    lost(&from, &to);
    wf_pf_error(b, at, "convert it, or make the container of the wider type",
                "%s cannot hold %s: cannot safely cast %s to %s", wf_pf_spell(b, held),
                wf_pf_type_spell(&b->l->types, item), wf_pf_type_spell(&b->l->types, from),
                wf_pf_type_spell(&b->l->types, to));
    return 0;
}

/* A container is assigned to a variable: all that it holds in turn are of one type. */
void wf_pf_container_assigned(wf_pf_body *b, wf_pf_var *var, int is_param, wf_pf_val v) {
    if (is_param || !v.made_at) var->made_at = WF_PF_MADE_ELSEWHERE;
    if (var->made_at == WF_PF_MADE_ELSEWHERE) return;
    if (!var->made_at) var->made_at = v.made_at;
    const wf_pf_type **first = site_of(b, var->made_at - 1), **other = site_of(b, v.made_at - 1);
    if (first != other) {
        if ((*first)->kind == WF_PF_T_UNKNOWN) *first = *other;
        b->in->places[other - b->in->sites] = (uint32_t)(first - b->in->sites);
    }
    if (wf_pf_is(var->type, v.type->kind)) hold_both(b, first, var->type->element, v.type->element);
}

wf_pf_val wf_pf_list_literal(wf_pf_body *b, const wf_pf_expr *e) {
    if (b->l->options.mode != WF_PF_HOST)
        return wf_pf_error(b, e->at, "use a tuple, or an array", "lists are not supported in kernels");
    if (!e->count) return wf_pf_container_empty(b, WF_PF_T_LIST, e);
    wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, e->count);
    const wf_pf_type *type = b->l->unknown;
    const char *hint = b->hint;
    b->hint = NULL;
    for (uint32_t i = 0; i < e->count; i++) {
        items[i] = wf_pf_settle(b, wf_pf_eval(b, e->items[i]), e->items[i]->at);
        if (items[i].type->kind == WF_PF_T_UNKNOWN) return items[i];
        const wf_pf_type *held = wf_pf_runtime_type(b, items[i]);
        if (wf_pf_has_static(held)) type = NULL; /* a function, say: no memory holds one */
        if (type) type = wf_pf_type_unify(&b->l->types, type, held);
    }
    if (!type || type->kind == WF_PF_T_NONE) return wf_pf_mixed_list(b, items, e->count);
    for (uint32_t i = 0; i < e->count; i++) items[i] = wf_pf_runtime(b, items[i], e->items[i]->at);
    b->hint = hint;
    wf_pf_val list = wf_pf_list_new(b, wf_pf_wider_here(b, e, type), e->count, e->at);
    list.made_at = e->number + 1;
    for (uint32_t i = 0; i < e->count; i++) store_at(b, list, number(b, i, e->at), items[i], e->items[i]->at);
    wf_pf_emit(b,
               wf_make_assign(b->l->u, field(b, list, "length", e->at), number(b, e->count, e->at), e->at));
    return list;
}

void wf_pf_list_unchanged(wf_pf_body *b, wf_pf_val list, wf_var *begun, wf_place at) {
    wf_unit *u = b->l->u;
    wf_expr *differs =
        wf_make_binary(u, WF_OP_NE, field(b, list, "length", at), wf_make_var(u, begun, at), at);
    wf_expr *typed = wf_make_bool(u, field(b, list, "typed", at));
    wf_pf_raise_when(b, wf_make_binary(u, WF_OP_LAND, differs, typed, at),
                     "RuntimeError: list was mutated during iteration", at);
}

/* What is put into an untyped list as a whole or at a place says what it holds. */
static void learn_from(wf_pf_body *b, wf_pf_val list, const char *name, const wf_pf_args *args) {
    const wf_pf_val *v = args->count ? &args->v[args->count - 1] : NULL;
    if (!strcmp(name, "insert") && args->count == 2) {
        wf_pf_val item = wf_pf_runtime(b, *v, args->at);
        wf_pf_list_learn(b, list.type, item.type);
    }
    if (strcmp(name, "extend") || args->count != 1) return;
    const wf_pf_type *type = v->type, *item = NULL;
    if (type->kind == WF_PF_T_LIST || type->kind == WF_PF_T_ARRAY || type->kind == WF_PF_T_SET)
        item = type->element;
    else if (type->kind == WF_PF_T_DICT && type->element->kind == WF_PF_T_TUPLE)
        item = type->element->items[0];
    else if (wf_pf_is_text(*v)) item = wf_pf_runtime_type(b, *v);
    else if (type->kind == WF_PF_T_TUPLE && type->count) {
        item = wf_pf_runtime(b, v->items[0], args->at).type;
        for (uint32_t i = 1; item && i < type->count; i++)
            item = wf_pf_type_unify(&b->l->types, item, wf_pf_runtime(b, v->items[i], args->at).type);
    }
    if (item) wf_pf_list_learn(b, list.type, item);
}

/* ---- append, pop, comprehensions ---- */

void wf_pf_list_append(wf_pf_body *b, wf_pf_val list, wf_pf_val v, wf_place at) {
    wf_unit *u = b->l->u;
    v = wf_pf_runtime(b, v, at);
    if (v.type->kind == WF_PF_T_UNKNOWN) return;
    wf_pf_list_learn(b, list.type, v.type);
    if (list.type->element->kind == WF_PF_T_UNKNOWN) {
        b->heap_uses++;
        return;
    }
    if (!wf_pf_container_widen(b, list, v.type, at)) return;
    list = wf_pf_settle(b, list, at);
    v = wf_pf_settle(b, wf_pf_convert(b, v, list.type->element, at), at);
    wf_stmt *test = wf_stmt_new(u, WF_ST_IF, at), *outer = wf_pf_open(b, at);
    test->expr =
        wf_make_binary(u, WF_OP_EQ, field(b, list, "length", at), field(b, list, "capacity", at), at);
    wf_expr *words[] = {wf_pf_heap_of(b, at),
                        wf_make_cast(u, wf_type_scalar(u, WF_TY_LLONG), wf_pf_clone(u, list.e), at),
                        wf_pf_word(b, item_bytes(b, list.type->element), at),
                        wf_pf_word(b, wf_pf_holds_addresses(b, list.type->element), at)};
    wf_pf_raise_when(b, wf_make_bool(u, wf_pf_ask_host(b, WF_PF_ASK_GROW, words, 4, at)),
                     "MemoryError: out of memory", at);
    test->body = wf_pf_close(b, outer);
    wf_block_add(b->block, test);
    store_at(b, list, field(b, list, "length", at), v, at);
    wf_pf_emit(b, wf_make_update(u, WF_OP_ADD, field(b, list, "length", at), number(b, 1, at), at));
}

static wf_pf_val pop_last(wf_pf_body *b, wf_pf_val list, wf_place at) {
    wf_unit *u = b->l->u;
    list = wf_pf_settle(b, list, at);
    wf_pf_raise_when(b, wf_make_binary(u, WF_OP_EQ, field(b, list, "length", at), number(b, 0, at), at),
                     "IndexError: pop from empty list", at);
    wf_pf_emit(b, wf_make_update(u, WF_OP_SUB, field(b, list, "length", at), number(b, 1, at), at));
    return wf_pf_settle(b, wf_pf_list_at(b, list, field(b, list, "length", at), at), at);
}

wf_pf_val wf_pf_list_method(wf_pf_body *b, wf_pf_val list, const char *name, wf_pf_args *args, int *handled) {
    *handled = 1;
    if (!strcmp(name, "append") && args->count == 1) {
        wf_pf_list_append(b, list, args->v[0], args->at);
        return wf_pf_none(b);
    }
    if (list.type->element->kind == WF_PF_T_UNKNOWN) {
        learn_from(b, list, name, args);
        return wf_pf_unknown(b);
    }
    if (!strcmp(name, "pop") && !args->count) return pop_last(b, list, args->at);
    *handled = 0;
    return wf_pf_unknown(b);
}

/* Of dicts and sets too. */
wf_pf_val wf_pf_list_comprehension(wf_pf_body *b, const wf_pf_expr *e) {
    if (b->l->options.mode != WF_PF_HOST)
        return wf_pf_error(b, e->at, "write a loop", "list comprehensions are not supported in kernels");
    wf_pf_facts_forget(b, NULL); /* a loop */
    wf_pf_kind kind = e->kind == WF_PF_SETCOMP    ? WF_PF_T_SET
                      : e->kind == WF_PF_DICTCOMP ? WF_PF_T_DICT
                                                  : WF_PF_T_LIST;
    if (b->l->final && wf_pf_site_type(b, e, kind)->element->kind == WF_PF_T_UNKNOWN) { /* its reason first */
        uint32_t errors = b->l->u->diags.errors;
        wf_pf_val nothing = wf_pf_unknown(b), *around = b->collect;
        nothing.type = wf_pf_type_container(&b->l->types, kind, b->l->unknown, 0);
        b->collect = &nothing;
        wf_pf_lower_body(b, e->body);
        b->collect = around;
        if (b->l->u->diags.errors > errors) return wf_pf_unknown(b);
    }
    wf_pf_val made = wf_pf_container_empty(b, kind, e), *outer = b->collect;
    made.made_at = e->number + 1;
    if (made.type->kind != kind) return made;
    wf_pf_held held = {made.e, b->held};
    b->collect = &made;
    b->held = &held;
    wf_pf_lower_body(b, e->body);
    b->collect = outer;
    b->held = held.outer;
    return made.type->element->kind == WF_PF_T_UNKNOWN ? wf_pf_unknown(b) : made;
}
