/* cudac/new.c: new and delete.
 *
 * Memory comes from malloc() of the device and goes back by free(). An array whose elements have a destructor
 * remembers their number in the 16 bytes before the first. What needs a loop is a template in CUDA C, read when
 * it is first asked for. */
#include "cudac/parse.h"
#include <string.h>

static const char helpers[] =
    "template <class T> __device__ inline T *__wf_new_array(unsigned long long n) {"
    "    T *p = (T *)malloc(n * sizeof(T));"
    "    if (p) for (unsigned long long i = 0; i < n; i++) new (p + i) T;"
    "    return p;"
    "}"
    "template <class T> __device__ inline T *__wf_new_zeros(unsigned long long n) {"
    "    T *p = (T *)malloc(n * sizeof(T));"
    "    if (p) for (unsigned long long i = 0; i < n; i++) new (p + i) T();"
    "    return p;"
    "}"
    "template <class T> __device__ inline T *__wf_new_counted(unsigned long long n) {"
    "    unsigned long long *m = (unsigned long long *)malloc(n * sizeof(T) + 16);"
    "    if (!m) return nullptr;"
    "    *m = n;"
    "    T *p = (T *)(m + 2);"
    "    for (unsigned long long i = 0; i < n; i++) new (p + i) T();"
    "    return p;"
    "}"
    "template <class T> __device__ inline void __wf_delete(T *p) {"
    "    if (p) { p->~T(); free((void *)p); }"
    "}"
    "template <class T> __device__ inline void __wf_delete_whole(T *p, void *whole) {"
    "    if (p) { p->~T(); free(whole); }"
    "}"
    "template <class T> __device__ inline void __wf_delete_counted(T *p) {"
    "    if (!p) return;"
    "    unsigned long long *m = (unsigned long long *)p - 2;"
    "    for (unsigned long long i = *m; i-- > 0;) p[i].~T();"
    "    free(m);"
    "}";

static cc_func *helper(cc *p, const char *name, wf_place at) {
    cc_name *own = cc_intern(&p->r, name, strlen(name));
    cc_symbol *s = cc_find_here(p->global, own);
    if (!s) {
        cc_token *made = WF_NEW_ARRAY(p->scratch, cc_token, sizeof helpers);
        cc_tokens list = {.arena = p->scratch};
        uint32_t count = cc_lex_text(&p->r, helpers, sizeof helpers - 1, made, sizeof helpers);
        for (uint32_t i = 0; i < count; i++) made[i].at = at, cc_tokens_add(&list, &made[i]);
        cc_state before = cc_state_save(p);
        p->scope = p->global, p->body = NULL;
        p->at = cc_append_tokens(p, &list);
        while (cc_peek(p)->kind != CC_EOF) cc_declaration(p);
        cc_state_restore(p, &before);
        s = cc_find_here(p->global, own);
    }
    return s->funcs;
}

static wf_expr *call_known(cc *p, const char *name, wf_expr *arg, wf_place at) {
    cc_name *own = cc_intern(&p->r, name, strlen(name));
    return cc_call_builtin(p, own, wf_builtin_find(name), &arg, 1, at);
}

/* new T[n]: `count` elements, `zero`: with () behind. */
static wf_expr *new_array(cc *p, const wf_type *type, wf_expr *count, int zero, wf_place at) {
    const cc_record *r = cc_record_of(type);
    const wf_type *size = wf_type_scalar(p->u, WF_TY_ULONG);
    cc_check_abstract(p, type, at);
    count = cc_convert(p, cc_plain(size), count, at);
    if (count->flags & WF_EX_ERROR) return cc_unknown(p, at);
    if (!zero && !(r && r->ctors) && !cc_destructor_of(p, type)) {
        wf_expr *bytes = wf_make_int(p->u, size, wf_type_size(type), at);
        bytes = wf_make_binary(p->u, WF_OP_MUL, count, bytes, at);
        return wf_make_cast(p->u, wf_type_pointer(p->u, type), call_known(p, "malloc", bytes, at), at);
    }
    const char *name = cc_destructor_of(p, type) ? "__wf_new_counted"
                       : zero                    ? "__wf_new_zeros"
                                                 : "__wf_new_array";
    cc_targ arg = {.kind = CC_SYM_TYPE, .type = cc_plain(type)};
    cc_func *f = helper(p, name, at);
    return cc_call_set(p, f->name, f, &arg, 1, NULL, &count, 1, at);
}

/* Makes the object at `place`, a T *; into memory of malloc's only when there is some. */
static wf_expr *new_object(cc *p, const wf_type *type, wf_expr *place, wf_expr **args, uint32_t count,
                           int given, int braces, int allocated, wf_place at) {
    cc_record *r = cc_record_of(type);
    wf_var *var = cc_temp_var(p, wf_type_pointer(p->u, type), at);
    wf_expr *object = wf_make_deref(p->u, wf_make_var(p->u, var, at), at), *make = NULL;
    wf_expr *all = wf_make_assign(p->u, wf_make_var(p->u, var, at),
                                  wf_make_cast(p->u, var->type, cc_decay(p, place), at), at);
    int exact;
    cc_check_abstract(p, type, at);
    cc_func *f = r && r->ctors ? cc_resolve(p, r->ctors, NULL, 0, NULL, args, count, &exact) : NULL;
    if (f) make = cc_call(p, f, object, args, count, at);
    else if (given) make = wf_make_assign(p->u, object, cc_construct(p, type, args, count, at, braces), at);
    if (make && allocated) {
        wf_expr *yes = wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_BOOL), 1, at);
        make = wf_make_binary(p->u, WF_OP_LAND,
                              wf_make_bool(p->u, wf_make_value(p->u, wf_make_var(p->u, var, at))),
                              wf_make_comma(p->u, make, yes, at), at);
    }
    if (make) all = wf_make_comma(p->u, all, make, at);
    return wf_make_comma(p->u, all, wf_make_value(p->u, wf_make_var(p->u, var, at)), at);
}

/* Is what stands in parentheses here a type, `new (T)`, not a place? */
static int type_in_parentheses(cc *p) {
    cc_mark here = cc_save(p);
    cc_next_token(p);
    int is = cc_starts_type(p);
    cc_back(p, here);
    return is;
}

/* [n]… behind the type: the number of elements, whose type may be an array. */
static wf_expr *element_count(cc *p, const wf_type **type) {
    wf_expr *count = cc_is(p, CC_P_RBRACKET) ? NULL : cc_expression(p);
    int64_t sizes[8];
    uint32_t n = 0;
    cc_expect(p, CC_P_RBRACKET, "behind the number of elements");
    for (; n < 8 && cc_accept(p, CC_P_LBRACKET); n++) {
        sizes[n] = cc_constant_here(p, "the number of elements");
        cc_expect(p, CC_P_RBRACKET, NULL);
    }
    while (n--) *type = wf_type_array(p->u, *type, (uint64_t)sizes[n]);
    return count;
}

/* new T, new T(…), new T[n], new (place) T(…): what is made, as a T *. */
wf_expr *cc_new(cc *p) {
    wf_place at = cc_place(p);
    wf_expr **places = NULL, **args = NULL, *elements = NULL;
    uint32_t count = 0, place_count = 0;
    cc_spec spec;
    cc_next_token(p);
    if (cc_is(p, CC_P_LPAREN) && !type_in_parentheses(p)) {
        cc_next_token(p);
        place_count = cc_arguments(p, &places, CC_P_RPAREN);
        if (place_count != 1) cc_unsupported(p, at, "new with other arguments than a place");
    }
    int closing = cc_accept(p, CC_P_LPAREN);
    cc_specifiers(p, &spec, 1);
    const wf_type *type = spec.type.t->unqual;
    while (cc_accept(p, CC_P_MUL)) type = wf_type_pointer(p->u, type);
    cc_complete(p, type);
    int is_array = cc_accept(p, CC_P_LBRACKET);
    if (is_array) elements = element_count(p, &type);
    if (closing) cc_expect(p, CC_P_RPAREN, "behind the type");
    if (!is_array && type->kind == WF_TY_ARRAY) { /* a name of an array's type */
        elements = wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_ULONG), type->count, at);
        type = type->base->unqual, is_array = 1;
    }
    int braces = cc_is(p, CC_P_LBRACE), given = braces || cc_is(p, CC_P_LPAREN);
    if (given) cc_next_token(p), count = cc_arguments(p, &args, braces ? CC_P_RBRACE : CC_P_RPAREN);
    if (spec.type.placeholder && count == 1 && !is_array)
        type = cc_deduce_auto(p, spec.type, args[0], at).t->unqual;
    else if (spec.type.placeholder) {
        cc_unsupported(p, at, "new of a type that is to be deduced from other than one value");
        return cc_unknown(p, at);
    }
    if (place_count > 1 || (place_count && places[0]->flags & WF_EX_ERROR)) return cc_unknown(p, at);
    if (type->kind == WF_TY_RECORD && !type->record->complete) {
        cc_error(p, at, NULL, "the type %s is not complete", cc_spell_t(p, type));
        return cc_unknown(p, at);
    }
    if (is_array && (place_count || count || !elements)) {
        cc_unsupported(p, at,
                       place_count ? "new of an array in a place" : "new of an array with initial values");
        return cc_unknown(p, at);
    }
    if (is_array) return new_array(p, type, elements, given, at);
    wf_expr *bytes = wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_ULONG), wf_type_size(type), at);
    wf_expr *place = place_count ? places[0] : call_known(p, "malloc", bytes, at);
    return new_object(p, type, place, args, count, given, braces, !place_count, at);
}

/* delete of an object with virtual functions: p may point to a base in the middle of it. Where it begins is read
 * before the destructors run. */
static wf_expr *delete_virtual(cc *p, wf_expr *e, wf_place at) {
    wf_var *var = cc_temp_var(p, wf_type_pointer(p->u, e->type->base->unqual), at);
    wf_expr *set = wf_make_assign(p->u, wf_make_var(p->u, var, at), wf_make_cast(p->u, var->type, e, at), at);
    wf_expr *args[] = {wf_make_value(p->u, wf_make_var(p->u, var, at)), cc_whole_object(p, var, at)};
    const cc_record *r = cc_record_of(var->type->base);
    cc_func *f = r->dtor || r->virtual_dtor ? helper(p, "__wf_delete_whole", at) : NULL;
    wf_expr *end =
        f ? cc_call_set(p, f->name, f, NULL, 0, NULL, args, 2, at) : call_known(p, "free", args[1], at);
    return wf_make_comma(p->u, set, end, at);
}

/* delete p, delete[] p */
wf_expr *cc_delete(cc *p) {
    wf_place at = cc_place(p);
    cc_next_token(p);
    int is_array = cc_is(p, CC_P_LBRACKET) && cc_punct_is(cc_ahead(p, 1), CC_P_RBRACKET);
    if (is_array) p->at += 2;
    wf_expr *e = cc_decay(p, cc_unary(p));
    if (e->flags & WF_EX_ERROR) return e;
    if (e->type->kind != WF_TY_POINTER) {
        cc_error(p, at, NULL, "delete needs a pointer, got %s", cc_spell_t(p, e->type));
        return cc_unknown(p, at);
    }
    const wf_type *type = e->type->base;
    cc_complete(p, type);
    const cc_record *r = cc_record_of(type);
    if (!is_array && r && r->is_virtual) return delete_virtual(p, e, at);
    if (!cc_destructor_of(p, type))
        return call_known(p, "free",
                          wf_make_cast(p->u, wf_type_pointer(p->u, wf_type_scalar(p->u, WF_TY_VOID)), e, at),
                          at);
    cc_func *f = helper(p, is_array ? "__wf_delete_counted" : "__wf_delete", at);
    return cc_call_set(p, f->name, f, NULL, 0, NULL, &e, 1, at);
}
