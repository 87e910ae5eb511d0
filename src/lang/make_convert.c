/* lang/make_convert.c: conversions: promotion, the usual arithmetic conversions, implicit ones and casts.
 *
 * C++'s rules, as nvcc has them: no implicit way from void * or from an integer to a pointer, const is never
 * dropped. The half types are floating types below float: with an integer the half type wins (as CUDA's
 * operators have it), two different half types meet in float. A literal is converted on the spot, so that
 * (short)5 or 2 in `x * 2` is a literal of the right type and not a cast; the printer relies on that (see
 * print_literal.c). */
#include "lang/inner.h"

/* --- arithmetic types --- */

static const wf_type *promote_type(const wf_unit *u, const wf_type *t) {
    return wf_type_is_integer(t) && wf_type_rank(t) < wf_type_rank(&u->scalars[WF_TY_INT])
               ? &u->scalars[WF_TY_INT]
               : t->unqual;
}

const wf_type *wf_promoted_type(const wf_unit *u, const wf_expr *a) {
    if (a->kind == WF_EX_MEMBER && wf_type_is_integer(a->type)) {
        unsigned width = a->a->type->record->fields[a->u.field].bit_width;
        if (width && width < 32) return &u->scalars[WF_TY_INT];
    }
    return promote_type(u, a->type);
}

wf_expr *wf_make_promoted(wf_unit *u, wf_expr *a) {
    if (wf_is_error(a)) return wf_error_like(u, NULL, a, a ? a->at : (wf_place){0});
    a = wf_make_value(u, a);
    if (!wf_type_is_integer(a->type)) return a;
    return wf_make_convert(u, wf_promoted_type(u, a), a, a->at);
}

static const wf_type *common_integer(const wf_unit *u, const wf_type *a, const wf_type *b) {
    if (a == b) return a;
    int rank_a = wf_type_rank(a), rank_b = wf_type_rank(b);
    if (wf_type_is_signed(a) == wf_type_is_signed(b)) return rank_a >= rank_b ? a : b;
    const wf_type *with = wf_type_is_signed(a) ? a : b, *without = with == a ? b : a;
    if (wf_type_rank(without) >= wf_type_rank(with)) return without;
    if (wf_type_size(with) > wf_type_size(without)) return with;
    return &u->scalars[with->kind + 1]; /* its unsigned brother follows each signed type */
}

const wf_type *wf_common_arithmetic(const wf_unit *u, const wf_type *a, const wf_type *b) {
    a = promote_type(u, a);
    b = promote_type(u, b);
    if (!wf_type_is_float(a) && !wf_type_is_float(b)) return common_integer(u, a, b);
    if (a == b) return a;
    int rank_a = wf_type_is_float(a) ? wf_type_rank(a) : 0,
        rank_b = wf_type_is_float(b) ? wf_type_rank(b) : 0;
    if (rank_a == rank_b) return &u->scalars[WF_TY_FLOAT]; /* half and bfloat16 */
    return rank_a > rank_b ? a : b;
}

const wf_type *wf_common_operands(const wf_unit *u, const wf_expr *a, const wf_expr *b) {
    if (!wf_type_is_arithmetic(a->type) || !wf_type_is_arithmetic(b->type)) return NULL;
    return wf_common_arithmetic(u, wf_promoted_type(u, a), wf_promoted_type(u, b));
}

const wf_type *wf_common_type(wf_unit *u, const wf_type *a, const wf_type *b) {
    return wf_type_is_arithmetic(a) && wf_type_is_arithmetic(b) ? wf_common_arithmetic(u, a, b) : NULL;
}

/* --- pointers --- */

int wf_is_null_constant(const wf_expr *e) {
    if (e->kind != WF_EX_INT || e->flags & WF_EX_ERROR || e->u.i) return 0;
    return wf_type_is_integer(e->type) ||
           (e->type->kind == WF_TY_POINTER && e->type->base->kind == WF_TY_VOID);
}

/* nullptr, also at the end of a comma or on both sides of ?:, where it keeps its own type. */
static int is_nullptr(const wf_expr *e) {
    while (e->kind == WF_EX_COMMA) e = e->b;
    if (e->kind == WF_EX_COND) return is_nullptr(e->b) && is_nullptr(e->c);
    return e->type->kind == WF_TY_POINTER && wf_is_null_constant(e);
}

static unsigned cv(const wf_type *t) { /* of an array, its elements' */
    while (t->kind == WF_TY_ARRAY) t = t->base;
    return t->quals & (WF_CONST | WF_VOLATILE);
}

static const wf_type *without_quals(wf_unit *u, const wf_type *t) {
    if (t->kind != WF_TY_ARRAY) return t->unqual;
    const wf_type *element = without_quals(u, t->base);
    return element == t->base ? t
           : t->incomplete    ? wf_type_array_open(u, element)
                              : wf_type_array(u, element, t->count);
}

/* Pointees that are the same but for their own qualifiers. */
static int same_target(wf_unit *u, const wf_type *a, const wf_type *b) {
    return without_quals(u, a->base) == without_quals(u, b->base);
}

/* May a pointer to `from` become one to `to` by adding qualifiers? Where a level gets one, all levels outside
 * it (but the pointer itself) must be const: else `const int **` made of an `int **` could drop a const. */
static int adds_quals(wf_unit *u, const wf_type *to, const wf_type *from) {
    for (int all_const = 1;; to = to->base, from = from->base) {
        if (cv(from) & ~cv(to) || (cv(to) != cv(from) && !all_const)) return 0;
        if (without_quals(u, to) == without_quals(u, from)) return 1;
        if (to->kind != WF_TY_POINTER || from->kind != WF_TY_POINTER) return 0;
        all_const &= (to->quals & WF_CONST) != 0;
    }
}

/* What pointers to a and to b both become by adding qualifiers; NULL: they differ in more. */
static const wf_type *common_target(wf_unit *u, const wf_type *a, const wf_type *b) {
    const wf_type *t = without_quals(u, a);
    unsigned quals = cv(a) | cv(b);
    if (t != without_quals(u, b)) {
        if (a->kind != WF_TY_POINTER || b->kind != WF_TY_POINTER) return NULL;
        const wf_type *inner = common_target(u, a->base, b->base);
        if (!inner) return NULL;
        if (inner != a->base || inner != b->base) quals |= WF_CONST;
        t = wf_type_pointer(u, inner);
    }
    return wf_type_qualified(u, t, quals);
}

const wf_type *wf_common_pointer(wf_unit *u, const wf_expr *a, const wf_expr *b) {
    if (a->type->kind != WF_TY_POINTER || b->type->kind != WF_TY_POINTER) {
        if (a->type->kind == WF_TY_POINTER && wf_is_null_constant(b)) return a->type->unqual;
        if (b->type->kind == WF_TY_POINTER && wf_is_null_constant(a)) return b->type->unqual;
        return NULL;
    }
    if (a->type->unqual == b->type->unqual) return a->type->unqual;
    const wf_type *target = common_target(u, a->type->base, b->type->base);
    if (target) return wf_type_pointer(u, target);
    if (is_nullptr(b)) return a->type->unqual;
    if (is_nullptr(a)) return b->type->unqual;
    if (a->type->base->kind != WF_TY_VOID && b->type->base->kind != WF_TY_VOID) return NULL;
    unsigned quals = cv(a->type->base) | cv(b->type->base);
    return wf_type_pointer(u, wf_type_qualified(u, wf_type_scalar(u, WF_TY_VOID), quals));
}

/* Why there is no implicit way from a pointer to another, as the end of a message, or NULL; *hint: what to
 * do. */
static const char *pointer_problem(wf_unit *u, const wf_type *to, const wf_type *from, const char **hint) {
    const wf_type *target = to->base;
    unsigned dropped = cv(from->base) & ~cv(target);
    if (same_target(u, to, from) || (target->kind == WF_TY_VOID && from->base->kind != WF_TY_FUNCTION)) {
        if (!dropped) return NULL;
        *hint =
            dropped & WF_CONST ? "let it point to const, or cast if you mean it" : "let it point to volatile";
        return dropped & WF_CONST ? ": this would drop const" : ": this would drop volatile";
    }
    if (adds_quals(u, target, from->base)) return NULL;
    *hint = wf_arena_printf(&u->arena, "cast it: (%s)", wf_type_spell(&u->arena, to->unqual, NULL));
    return from->base->kind == WF_TY_VOID ? ": void * becomes another pointer only by a cast" : "";
}

/* --- making casts --- */

static wf_expr *convert_literal(wf_unit *u, const wf_type *to, const wf_expr *a, wf_place at) {
    if (wf_type_is_float(to)) {
        double value = a->u.f;
        if (a->kind == WF_EX_INT) value = wf_int_to_float(to->kind, a->u.i, wf_type_is_signed(a->type));
        return wf_make_float(u, to, value, at);
    }
    if (a->kind == WF_EX_INT) return wf_make_int(u, to, to->kind == WF_TY_BOOL ? a->u.i != 0 : a->u.i, at);
    return wf_make_int(u, to, to->kind == WF_TY_BOOL ? a->u.f != 0 : wf_float_to_int(to, a->u.f), at);
}

wf_expr *wf_cast_new(wf_unit *u, wf_cast cast, const wf_type *to, wf_expr *a, wf_place at, unsigned flags) {
    to = to->kind == WF_TY_ARRAY ? to : to->unqual;
    if (cast == WF_CAST_NUMERIC && wf_is_literal(a)) return convert_literal(u, to, a, a->at);
    wf_expr *e = wf_expr_new(u, WF_EX_CAST, to, at, a, NULL, NULL);
    if (wf_is_error(e)) return e;
    e->cast = (uint8_t)cast;
    e->flags |= (uint8_t)flags;
    return e;
}

static wf_expr *no_conversion(wf_unit *u, const wf_type *to, const wf_expr *a, wf_place at, const char *what,
                              const char *reason, const char *hint) {
    wf_report(&u->diags, WF_ERROR, at, hint, "%s: got '%s', expected '%s'%s", what, wf_spell_type(u, a->type),
              wf_spell_type(u, to), reason);
    return wf_make_error(u, to, at);
}

/* Conversion to a pointer type, which a has not yet. */
static wf_expr *convert_to_pointer(wf_unit *u, const wf_type *to, wf_expr *a, wf_place at, const char *what) {
    if (wf_is_null_constant(a)) return wf_make_int(u, to, 0, a->at);
    if (is_nullptr(a)) return wf_cast_new(u, WF_CAST_POINTER, to, a, a->at, WF_EX_IMPLICIT);
    if (a->type->kind == WF_TY_POINTER) {
        const char *hint = NULL, *problem = pointer_problem(u, to, a->type, &hint);
        if (!problem) return wf_cast_new(u, WF_CAST_POINTER, to, a, a->at, WF_EX_IMPLICIT);
        return no_conversion(u, to, a, at, what, problem, hint);
    }
    const char *hint = NULL;
    if (wf_type_is_integer(a->type))
        hint = wf_arena_printf(&u->arena, "cast it if it is an address: (%s)",
                               wf_type_spell(&u->arena, to->unqual, NULL));
    else if ((a->flags & WF_EX_LVALUE) && same_target(u, to, wf_type_pointer(u, a->type)))
        hint = wf_arena_printf(&u->arena, "take its address: '&%s'", wf_spell_expr(u, a));
    return no_conversion(u, to, a, at, what, "", hint);
}

int wf_converts_plainly(const wf_type *to, const wf_expr *a) {
    return to &&
           (to->unqual == a->type->unqual || (wf_type_is_arithmetic(to) && wf_type_is_arithmetic(a->type)));
}

wf_expr *wf_convert_for(wf_unit *u, const wf_type *to, wf_expr *a, wf_place at, const char *what) {
    if (wf_is_error(a) || !to) return wf_error_like(u, to, a, at);
    if (to->kind == WF_TY_VOID)
        return a->type->kind == WF_TY_VOID ? a : wf_cast_new(u, WF_CAST_VOID, to, a, at, WF_EX_IMPLICIT);
    a = wf_make_value(u, a);
    if (wf_is_error(a)) return wf_error_like(u, to, a, at);
    if (a->type->unqual == to->unqual) return a;
    if (to->kind == WF_TY_BOOL && a->type->kind == WF_TY_POINTER)
        return wf_cast_new(u, WF_CAST_PTR_BOOL, to, a, a->at, WF_EX_IMPLICIT);
    if (wf_type_is_arithmetic(to) && wf_type_is_arithmetic(a->type))
        return wf_cast_new(u, WF_CAST_NUMERIC, to, a, a->at, WF_EX_IMPLICIT);
    if (to->kind == WF_TY_POINTER) return convert_to_pointer(u, to, a, at, what);
    const char *hint = NULL;
    if (a->type->kind == WF_TY_POINTER) {
        if (same_target(u, a->type, wf_type_pointer(u, to)))
            hint = wf_arena_printf(&u->arena, "read what it points to: '*%s'", wf_spell_expr(u, a));
        else if (wf_type_is_integer(to))
            hint = "a pointer becomes an integer only by a cast: (unsigned long long)";
    }
    return no_conversion(u, to, a, at, what, "", hint);
}

wf_expr *wf_make_convert(wf_unit *u, const wf_type *to, wf_expr *a, wf_place at) {
    return wf_convert_for(u, to, a, at, "no implicit conversion");
}

wf_expr *wf_make_bool(wf_unit *u, wf_expr *a) {
    const wf_type *to = wf_type_scalar(u, WF_TY_BOOL);
    if (wf_is_error(a)) return wf_error_like(u, to, a, a ? a->at : (wf_place){0});
    a = wf_make_value(u, a);
    if (!wf_type_is_scalar(a->type)) {
        wf_report(&u->diags, WF_ERROR, a->at, NULL, "a condition must be a number or a pointer, got '%s'",
                  wf_spell_type(u, a->type));
        return wf_make_error(u, to, a->at);
    }
    return wf_make_convert(u, to, a, a->at);
}

/* --- casts that are written --- */

static wf_expr *cast_to_pointer(wf_unit *u, const wf_type *to, wf_expr *a, wf_place at) {
    if (a->type->kind == WF_TY_POINTER) {
        if (wf_is_null_constant(a)) return wf_make_int(u, to, 0, at);
        return wf_cast_new(u, WF_CAST_POINTER, to, a, at, 0);
    }
    if (a->kind == WF_EX_INT) return wf_make_int(u, to, a->u.i, at);
    if (wf_type_size(a->type) < 8) {
        wf_type_kind wide = wf_type_is_signed(a->type) ? WF_TY_LONG : WF_TY_ULONG;
        a = wf_make_convert(u, wf_type_scalar(u, wide), a, at);
    }
    return wf_cast_new(u, WF_CAST_INT_PTR, to, a, at, 0);
}

static wf_expr *cast_pointer_to_integer(wf_unit *u, const wf_type *to, wf_expr *a, wf_place at) {
    if (to->kind == WF_TY_BOOL) return wf_cast_new(u, WF_CAST_PTR_BOOL, to, a, at, 0);
    if (wf_type_size(to) < 8)
        wf_report(&u->diags, WF_WARNING, at, "use unsigned long long",
                  "a pointer has 64 bits: '%s' keeps only the lowest %u", wf_spell_type(u, to),
                  (unsigned)wf_type_size(to) * 8);
    return wf_cast_new(u, WF_CAST_PTR_INT, to, a, at, 0);
}

wf_expr *wf_make_cast(wf_unit *u, const wf_type *to, wf_expr *a, wf_place at) {
    if (wf_is_error(a) || !to) return wf_error_like(u, to, a, at);
    if (to->kind == WF_TY_VOID) return wf_cast_new(u, WF_CAST_VOID, to, a, at, 0);
    a = wf_make_value(u, a);
    if (wf_is_error(a)) return wf_error_like(u, to, a, at);
    if (a->type->unqual == to->unqual && to->kind != WF_TY_ARRAY && to->kind != WF_TY_FUNCTION) {
        if (a->kind == WF_EX_INT || a->kind == WF_EX_FLOAT) return a;
        return wf_cast_new(u, WF_CAST_QUAL, to, a, at, 0);
    }
    int to_number = wf_type_is_arithmetic(to), from_number = wf_type_is_arithmetic(a->type);
    if (to_number && from_number) return wf_cast_new(u, WF_CAST_NUMERIC, to, a, at, 0);
    if (to->kind == WF_TY_POINTER && (a->type->kind == WF_TY_POINTER || wf_type_is_integer(a->type)))
        return cast_to_pointer(u, to, a, at);
    if (wf_type_is_integer(to) && a->type->kind == WF_TY_POINTER)
        return cast_pointer_to_integer(u, to, a, at);
    wf_report(&u->diags, WF_ERROR, at, NULL, "cannot cast '%s' to '%s'", wf_spell_type(u, a->type),
              wf_spell_type(u, to));
    return wf_make_error(u, to, at);
}
