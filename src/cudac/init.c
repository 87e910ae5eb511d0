/* cudac/init.c: initialisers: braces with elision and designators, auto, zero values.
 *
 * A braced list is read against the type it makes. Where braces of an inner aggregate are left out, the value
 * just read is handed down as the inner aggregate's first (`ahead`). Where a pack is expanded, all values are
 * read first and handed down one by one. Classes with constructors take the list as arguments. */
#include "cudac/parse.h"
#include <string.h>

typedef struct filler {
    wf_expr *ahead; /* read, and not used yet */
    wf_expr **rest; /* the values after it, when all were read; else NULL: they stand in the source */
    uint32_t rest_count;
} filler;

static wf_expr *fill(cc *p, const wf_type *type, filler *f, int elided, wf_place at);

static int has_constructors(const wf_type *t) { return cc_record_of(t) && cc_record_of(t)->has_ctor; }
static int is_aggregate(const wf_type *t) {
    return t->kind == WF_TY_ARRAY || (t->kind == WF_TY_RECORD && !has_constructors(t));
}

static int is_char_array(const wf_type *t) {
    return t->kind == WF_TY_ARRAY && (t->base->kind >= WF_TY_CHAR && t->base->kind <= WF_TY_UCHAR);
}

typedef struct item_list {
    wf_expr **data;
    uint32_t count, capacity;
} item_list;

static void put_item(cc *p, item_list *list, uint64_t index, wf_expr *e) {
    if (index >= list->capacity) {
        uint32_t capacity = list->capacity ? list->capacity : 8;
        while (capacity <= index) capacity *= 2;
        wf_expr **data = WF_NEW_ARRAY(p->arena, wf_expr *, capacity);
        if (list->count) memcpy(data, list->data, list->count * sizeof *data);
        list->data = data;
        list->capacity = capacity;
    }
    list->data[index] = e;
    if (index >= list->count) list->count = (uint32_t)index + 1;
}

wf_expr *cc_field_default(cc *p, cc_record *r, uint32_t field, wf_place at) {
    if (!r || !r->field_defaults || !r->field_defaults[field]) return NULL;
    cc_mark mark = cc_save(p);
    cc_scope *scope = p->scope;
    p->scope = r->scope;
    p->at = r->field_defaults[field];
    p->half = 0;
    cc_type t = r->field_types[field];
    wf_expr *e;
    if (t.ref) e = cc_bind(p, t, cc_assignment(p), at);
    else e = cc_initializer(p, &t, at);
    p->scope = scope;
    cc_back(p, mark);
    return e;
}

/* A member by its name in the initial value of a later one, while braces make the object. It is computed
 * once: into a variable, when it is more than a literal. */
wf_expr *cc_item_of(cc *p, const cc_record *owner, const cc_symbol *field, wf_place at) {
    cc_making *m = p->making;
    while (m && m->r != owner) m = m->outer;
    if (!m || field->type.ref || field->type.t->kind == WF_TY_ARRAY) return NULL;
    const wf_type *t = field->type.t->unqual;
    if (field->field >= m->count || !m->items[field->field]) return cc_zero(p, t, at);
    wf_expr **item = &m->items[field->field];
    if ((*item)->kind == WF_EX_INT || (*item)->kind == WF_EX_FLOAT || (*item)->flags & WF_EX_ERROR)
        return *item;
    if ((*item)->kind == WF_EX_ASSIGN && (*item)->a->kind == WF_EX_VAR &&
        (*item)->a->u.var->front == &cc_temporary_mark)
        return wf_make_var(p->u, (*item)->a->u.var, at);
    wf_var *var = cc_temp_var(p, t, at);
    *item = wf_make_assign(p->u, wf_make_var(p->u, var, at), *item, at);
    return wf_make_var(p->u, var, at);
}

/* Where there is no value: zero, or what the class says. NULL leaves it to the tree, which means zero. */
static wf_expr *missing_value(cc *p, cc_record *r, uint32_t field, const wf_type *t, wf_expr **items,
                              uint32_t count, wf_place at) {
    cc_making making = {r, items, count, p->making};
    p->making = &making;
    wf_expr *e = cc_field_default(p, r, field, at);
    p->making = making.outer;
    if (e) return e;
    return cc_record_of(t) && cc_record_of(t)->ctors ? cc_zero(p, t, at) : NULL;
}

/* One value for an element of that type: braces, an expression, or, elided, the aggregate's own items. */
static wf_expr *element(cc *p, cc_type t, filler *f, wf_place at) {
    const wf_type *type = t.t->kind == WF_TY_ARRAY ? t.t : t.t->unqual;
    if (!f->ahead && cc_is(p, CC_P_LBRACE))
        return t.ref ? cc_bind(p, t, cc_brace_argument(p), at) : cc_braced(p, type, at);
    if (!f->ahead) f->ahead = cc_assignment(p);
    wf_expr *e = f->ahead;
    int whole = !is_aggregate(type) || e->type->unqual == type || e->kind == WF_EX_INIT ||
                (e->kind == WF_EX_STRING && is_char_array(type)) || e->flags & WF_EX_ERROR;
    if (!whole && type->kind == WF_TY_RECORD && cc_rank(p, cc_plain(type), e) >= 0) whole = 1;
    if (!whole) return fill(p, type, f, 1, at);
    f->ahead = NULL;
    if (t.ref) return cc_bind(p, t, e, e->at);
    if (e->kind == WF_EX_STRING && is_char_array(type)) return e;
    return cc_copied(p, t, e, e->at);
}

/* Behind an element: is there another one? The comma is taken, the closing brace is not. */
static int more(cc *p, filler *f) {
    if (f->ahead) return 1;
    if (f->rest_count) {
        f->ahead = *f->rest++;
        f->rest_count--;
        return 1;
    }
    if (!cc_is(p, CC_P_COMMA) || cc_punct_is(cc_ahead(p, 1), CC_P_RBRACE)) return 0;
    cc_next_token(p);
    return 1;
}

/* An elided aggregate must not take the comma that its parent's next element needs, unless it goes on itself.
 */
static wf_expr *fill_array(cc *p, const wf_type *type, filler *f, int elided, wf_place at) {
    item_list items = {0};
    uint64_t limit = type->incomplete ? (uint64_t)1 << 24 : type->count, index = 0;
    for (int first = 1; first ? f->ahead || !cc_is(p, CC_P_RBRACE) : 1; first = 0) {
        wf_place here = cc_place(p);
        if (!f->ahead && cc_is(p, CC_P_LBRACKET) && !elided) { /* [n] = */
            cc_next_token(p);
            index = (uint64_t)cc_constant_here(p, "an index");
            cc_expect(p, CC_P_RBRACKET, NULL);
            cc_expect(p, CC_P_ASSIGN, "behind the designator");
        }
        if (index >= limit) {
            cc_error(p, here, NULL, "too many values for %s", cc_spell_t(p, type));
            while (!cc_is(p, CC_P_RBRACE) && cc_peek(p)->kind != CC_EOF) cc_next_token(p);
            f->ahead = NULL;
            break;
        }
        if (index >= (1u << 20)) {
            cc_error(p, here, NULL, "an initialiser with more than a million values");
            break;
        }
        uint32_t before = p->at;
        wf_expr *e = element(p, cc_plain(type->base), f, here);
        put_item(p, &items, index++, e);
        if (elided && index >= limit) break;
        if (!more(p, f) || (p->at == before && !f->ahead)) break;
    }
    for (uint64_t i = items.count;
         !type->incomplete && has_constructors(type->base) && i < type->count && i < 4096; i++)
        put_item(p, &items, i, NULL);
    for (uint32_t i = 0; i < items.count; i++)
        if (!items.data[i]) items.data[i] = missing_value(p, NULL, 0, type->base, NULL, 0, at);
    return wf_make_init(p->u, type, items.data, items.count, at);
}

static int designated_field(cc *p, const wf_type *type, uint32_t *index) {
    cc_next_token(p); /* . */
    wf_place at = cc_place(p);
    cc_name *name = cc_expect_name(p, "a member's name");
    int i = name ? wf_record_field(type->record, name->text) : -1;
    if (i < 0) {
        if (name)
            cc_error(p, at, cc_suggest_member(p, NULL, type, name->text), "%s has no member %s",
                     cc_spell_t(p, type), name->text);
        while (!cc_is(p, CC_P_RBRACE) && cc_peek(p)->kind != CC_EOF) cc_next_token(p);
        return 0;
    }
    *index = (uint32_t)i;
    if (!cc_is(p, CC_P_LBRACE) && !cc_is(p, CC_P_DOT)) cc_expect(p, CC_P_ASSIGN, "behind the designator");
    return 1;
}

static wf_expr *fill_record(cc *p, const wf_type *type, filler *f, int elided, wf_place at) {
    const wf_record *w = type->record;
    cc_record *r = cc_record_of(type);
    item_list items = {0};
    uint32_t index = 0, last = 0;
    for (int first = 1; first ? f->ahead || !cc_is(p, CC_P_RBRACE) : 1; first = 0) {
        wf_place here = cc_place(p);
        if (!f->ahead && cc_is(p, CC_P_DOT) && !designated_field(p, type, &index)) break;
        while (index < w->field_count && !w->fields[index].name[0]) index++; /* unnamed bit-fields */
        if (index >= w->field_count) {
            cc_error(p, here, NULL, "too many values for %s", cc_spell_t(p, type));
            while (!cc_is(p, CC_P_RBRACE) && cc_peek(p)->kind != CC_EOF) cc_next_token(p);
            f->ahead = NULL;
            break;
        }
        uint32_t before = p->at;
        cc_type t = r && r->field_types ? r->field_types[index] : cc_plain(w->fields[index].type);
        if (!t.t) t = cc_plain(w->fields[index].type);
        last = index;
        put_item(p, &items, index++, element(p, t, f, here));
        if (elided && (index >= w->field_count || w->is_union)) break;
        if (!more(p, f) || (p->at == before && !f->ahead)) break;
    }
    if (w->is_union) {
        if (!items.count) return wf_make_init(p->u, type, NULL, 0, at);
        return wf_make_init_union(p->u, type, last, items.data[last], at);
    }
    for (uint32_t i = 0; i < w->field_count; i++)
        if (i >= items.count || !items.data[i]) {
            wf_expr *e = missing_value(p, r, i, w->fields[i].type, items.data, items.count, at);
            if (e) put_item(p, &items, i, e);
        }
    return wf_make_init(p->u, type, items.data, items.count, at);
}

static wf_expr *fill(cc *p, const wf_type *type, filler *f, int elided, wf_place at) {
    if (!cc_deeper(p)) return wf_make_error(p->u, type, at);
    wf_expr *e =
        type->kind == WF_TY_ARRAY ? fill_array(p, type, f, elided, at) : fill_record(p, type, f, elided, at);
    p->depth--;
    return e;
}

/* A base without members has no field, but its place among the values of an aggregate. */
static int has_empty_base(const wf_type *type) {
    const cc_record *r = type->kind == WF_TY_RECORD ? cc_record_of(type) : NULL;
    for (unsigned i = 0; r && i < r->base_count; i++)
        if (!r->base_field[i] && (r->bases[i]->name || r->bases[i]->is_lambda)) return 1;
    return 0;
}

static uint32_t without_empty_bases(const cc_record *r, wf_expr **args, uint32_t count) {
    uint32_t kept = 0, i = 0;
    for (unsigned b = 0; b < r->base_count && i < count; b++) {
        if (!r->base_field[b] && (r->bases[b]->name || r->bases[b]->is_lambda)) i++;
        else if (r->base_field[b]) args[kept++] = args[i++];
    }
    while (i < count) args[kept++] = args[i++];
    return kept;
}

wf_expr *cc_braced(cc *p, const wf_type *type, wf_place at) {
    wf_expr *e;
    cc_complete(p, type);
    if (has_constructors(type)) {
        wf_expr **args;
        cc_next_token(p);
        uint32_t count = cc_arguments(p, &args, CC_P_RBRACE);
        return cc_construct(p, type, args, count, at, 1);
    }
    if (has_empty_base(type) && !cc_punct_is(cc_ahead(p, 1), CC_P_DOT)) {
        wf_expr **args;
        cc_next_token(p);
        uint32_t count = cc_arguments(p, &args, CC_P_RBRACE);
        return cc_braced_values(p, type, args, count, at);
    }
    if (!cc_deeper(p)) return wf_make_error(p->u, type, at);
    cc_next_token(p);
    if (is_char_array(type) && cc_peek(p)->kind == CC_STRING && (cc_punct_is(cc_ahead(p, 1), CC_P_RBRACE))) {
        e = cc_assignment(p);
    } else if (is_aggregate(type)) {
        filler f = {0};
        if (type->kind == WF_TY_RECORD && !type->record->complete) {
            cc_error(p, at, NULL, "%s is not complete", cc_spell_t(p, type));
            while (!cc_is(p, CC_P_RBRACE) && cc_peek(p)->kind != CC_EOF) cc_next_token(p);
            e = wf_make_error(p->u, type, at);
        } else {
            wf_expr *whole = NULL; /* T{other T} */
            if (cc_packs_in_braces(p)) {
                f.rest_count = cc_values(p, &f.rest);
                if (f.rest_count) f.ahead = *f.rest++, f.rest_count--;
            } else if (type->kind == WF_TY_RECORD && !cc_is(p, CC_P_RBRACE) && !cc_is(p, CC_P_LBRACE) &&
                       !cc_is(p, CC_P_DOT)) {
                f.ahead = cc_assignment(p);
                if (f.ahead->type->unqual == type->unqual && cc_is(p, CC_P_RBRACE)) whole = f.ahead;
            }
            if (whole) e = cc_copied(p, cc_plain(type->unqual), whole, at);
            else e = fill(p, type->kind == WF_TY_ARRAY ? type : type->unqual, &f, 0, at);
        }
        cc_accept(p, CC_P_COMMA);
    } else if (cc_is(p, CC_P_RBRACE)) {
        e = cc_zero(p, type, at);
    } else {
        e = cc_is(p, CC_P_LBRACE) ? cc_braced(p, type, at)
                                  : cc_convert(p, cc_plain(type), cc_assignment(p), at);
        cc_accept(p, CC_P_COMMA);
    }
    p->depth--;
    cc_expect(p, CC_P_RBRACE, "of the initialiser");
    return e;
}

wf_expr *cc_braced_values(cc *p, const wf_type *type, wf_expr **args, uint32_t count, wf_place at) {
    cc_complete(p, type);
    if (has_constructors(type)) return cc_construct(p, type, args, count, at, 1);
    if (type->kind == WF_TY_RECORD) {
        cc_record *r = cc_record_of(type);
        if (count && has_empty_base(type) && !(count == 1 && args[0]->type->unqual == type->unqual))
            count = without_empty_bases(r, args, count);
        if (count == 1 && args[0]->type->unqual == type->unqual)
            return cc_copied(p, cc_plain(type->unqual), args[0], at);
        if (count > type->record->field_count) {
            cc_error(p, at, NULL, "too many values for %s: got %u, expected %u", cc_spell_t(p, type), count,
                     type->record->field_count);
            return wf_make_error(p->u, type, at);
        }
        wf_expr **items = WF_NEW_ARRAY(p->arena, wf_expr *, type->record->field_count + 1);
        for (uint32_t i = 0; i < type->record->field_count; i++) {
            cc_type t = r && r->field_types ? r->field_types[i] : cc_plain(type->record->fields[i].type);
            if (i < count) items[i] = t.ref ? cc_bind(p, t, args[i], at) : cc_copied(p, t, args[i], at);
            else items[i] = missing_value(p, r, i, t.t, items, i, at);
        }
        return wf_make_init(p->u, type, items, type->record->is_union ? count : type->record->field_count,
                            at);
    }
    if (type->kind == WF_TY_ARRAY) {
        for (uint32_t i = 0; i < count; i++) args[i] = cc_copied(p, cc_plain(type->base), args[i], at);
        return wf_make_init(p->u, type, args, count, at);
    }
    if (count == 0) return cc_zero(p, type, at);
    if (count > 1) {
        cc_error(p, at, NULL, "%u values cannot make one %s", count, cc_spell_t(p, type));
        return wf_make_error(p->u, type, at);
    }
    return cc_convert(p, cc_plain(type), args[0], at);
}

wf_expr *cc_zero(cc *p, const wf_type *type, wf_place at) {
    if (type->kind != WF_TY_ARRAY) type = type->unqual;
    cc_complete(p, type);
    cc_record *r = cc_record_of(type);
    if (r && r->ctors) return cc_construct(p, type, NULL, 0, at, 0);
    if (type->kind == WF_TY_VOID)
        return wf_make_cast(p->u, type, wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_INT), 0, at), at);
    if (r && r->field_defaults) return cc_braced_values(p, type, NULL, 0, at);
    return wf_make_init(p->u, type, NULL, 0, at);
}

wf_expr *cc_initializer(cc *p, cc_type *type, wf_place at) {
    wf_expr *e;
    if (cc_is(p, CC_P_LBRACE)) {
        e = cc_braced(p, type->t->kind == WF_TY_ARRAY ? type->t : type->t->unqual, at);
    } else {
        wf_expr *value = cc_assignment(p);
        if (is_char_array(type->t) && value->kind == WF_EX_STRING) e = value;
        else if (type->t->kind == WF_TY_ARRAY && value->kind == WF_EX_INIT &&
                 value->type->kind == WF_TY_ARRAY)
            e = value;
        else if (type->t->kind == WF_TY_ARRAY && !(value->flags & WF_EX_ERROR) &&
                 value->kind != WF_EX_DEREF) {
            cc_error(p, value->at, NULL, "an array is initialised with { } or a string, got %s",
                     cc_spell_t(p, value->type));
            e = wf_make_error(p->u, type->t, at);
        } else if (type->t->kind == WF_TY_ARRAY) {
            e = value;
        } else {
            cc_check_scoped_enum(p, *type, value);
            e = cc_copied(p, *type, value, at);
        }
    }
    if (type->t->kind == WF_TY_ARRAY && type->t->incomplete) {
        if (e->kind == WF_EX_STRING) type->t = wf_type_array(p->u, type->t->base, e->u.string.length + 1);
        else if (e->type->kind == WF_TY_ARRAY && !e->type->incomplete) {
            unsigned quals = type->t->base->quals;
            type->t = wf_type_array(p->u, wf_type_qualified(p->u, e->type->base, quals), e->type->count);
        }
    }
    return e;
}

cc_type cc_deduce_auto(cc *p, cc_type declared, wf_expr *init, wf_place at) {
    cc_type t = {.t = init->type, .en = cc_enum_of(p, init)};
    if (init->flags & WF_EX_ERROR) return cc_plain(wf_type_scalar(p->u, WF_TY_INT));
    if (declared.placeholder == 2) { /* decltype(auto) */
        int name = init->kind == WF_EX_VAR || init->kind == WF_EX_MEMBER;
        if (init->flags & WF_EX_LVALUE && !(init->flags & WF_EX_PAREN && name) && !name)
            t.ref = cc_is_moved(init) ? CC_REF_RVALUE : CC_REF_LVALUE;
        return t;
    }
    if (init->type->kind == WF_TY_VOID) {
        cc_error(p, at, NULL,
                 init->kind == WF_EX_INIT ? "auto cannot be deduced from a list in braces"
                                          : "auto cannot be deduced: the value is void");
        return cc_plain(wf_type_scalar(p->u, WF_TY_INT));
    }
    unsigned quals = declared.t->kind == WF_TY_POINTER ? 0 : declared.t->quals;
    if (declared.ref) {
        int stays = init->flags & WF_EX_LVALUE && !cc_is_moved(init);
        t.ref = declared.ref == CC_REF_RVALUE && stays ? CC_REF_LVALUE : declared.ref;
        if (quals & WF_CONST) t.t = wf_type_qualified(p->u, t.t, WF_CONST);
        return t;
    }
    t = cc_decayed(p, t);
    if (declared.t->kind == WF_TY_POINTER) {
        if (t.t->kind != WF_TY_POINTER)
            cc_error(p, at, NULL, "auto * needs a pointer, got %s", cc_spell(p, t));
        else if (declared.t->base->quals)
            t.t = wf_type_pointer(p->u, wf_type_qualified(p->u, t.t->base, declared.t->base->quals));
        quals = declared.t->quals;
    }
    if (quals) t.t = wf_type_qualified(p->u, t.t, quals);
    return t;
}
