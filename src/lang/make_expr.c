/* lang/make_expr.c: the constructors of expressions that compute nothing but a place or a leaf: literals,
 * variables, *a, &a, a[b], a.field, calls, commas.
 *
 * An operand that is an error (WF_EX_ERROR, or NULL) makes the result one, without another message: the user
 * is told the cause and not its echoes. */
#include "lang/inner.h"
#include <string.h>

wf_expr *wf_make_error(wf_unit *u, const wf_type *type, wf_place at) {
    wf_expr *e = WF_NEW(&u->arena, wf_expr);
    e->kind = WF_EX_INT;
    e->type = type ? type->unqual : wf_type_scalar(u, WF_TY_INT);
    e->flags = WF_EX_ERROR | WF_EX_LVALUE;
    e->depth = 1;
    e->at = at;
    if (!u->given_up.line) u->given_up = at;
    return e;
}

wf_expr *wf_error_like(wf_unit *u, const wf_type *type, const wf_expr *a, wf_place at) {
    return wf_make_error(u, type ? type : a ? a->type : NULL, at);
}

static unsigned depth_of(const wf_expr *e) { return e ? e->depth : 0; }

/* One level above the operands and `depth`. Too deep: told once, since an error stops the growth. */
static wf_expr *set_depth(wf_unit *u, wf_expr *e, unsigned depth) {
    if (depth_of(e->a) > depth) depth = depth_of(e->a);
    if (depth_of(e->b) > depth) depth = depth_of(e->b);
    if (depth_of(e->c) > depth) depth = depth_of(e->c);
    e->depth = (uint16_t)(depth + 1);
    if (depth >= u->deepest) u->deepest = e->depth;
    if (depth < u->depth_limit) return e;
    wf_report(&u->diags, WF_ERROR, e->at, "split it, with variables for the parts",
              "expression is nested deeper than %d levels%s", u->depth_limit,
              u->depth_limit < WF_EXPR_DEPTH ? ", all that this thread's stack has room for" : "");
    return wf_make_error(u, e->type, e->at);
}

wf_expr *wf_expr_new(wf_unit *u, wf_expr_kind kind, const wf_type *type, wf_place at, wf_expr *a, wf_expr *b,
                     wf_expr *c) {
    wf_expr *e = WF_NEW(&u->arena, wf_expr);
    e->kind = (uint8_t)kind;
    e->type = type;
    e->at = at;
    e->a = a;
    e->b = b;
    e->c = c;
    return set_depth(u, e, 0);
}

/* --- for messages --- */

const char *wf_op_spelling(wf_op op) {
    static const char *const spellings[] = {
#define X(name, spelling, ...) spelling,
        WF_UNARY_OPS(X) WF_BINARY_OPS(X)
#undef X
    };
    return op < WF_OP_COUNT ? spellings[op] : "?";
}

const char *wf_spell_type(wf_unit *u, const wf_type *t) {
    return wf_type_spell(&u->arena, t && t->kind != WF_TY_ARRAY ? t->unqual : t, NULL);
}

/* Counts an expression's nodes down from *left; 0 when there are more. */
static int is_small(const wf_expr *e, int *left) {
    if (!e) return 1;
    if (--*left < 0 || !is_small(e->a, left) || !is_small(e->b, left) || !is_small(e->c, left)) return 0;
    if (e->kind == WF_EX_INIT) return !e->u.init.count; /* long, and no name for anything */
    if (e->kind == WF_EX_CALL || e->kind == WF_EX_CALLPTR || e->kind == WF_EX_BUILTIN)
        for (uint32_t i = 0; i < e->u.call.count; i++)
            if (!is_small(e->u.call.args[i], left)) return 0;
    return e->kind != WF_EX_STRING || e->u.string.length < 100;
}

const char *wf_spell_expr(wf_unit *u, const wf_expr *e) {
    enum { LONGEST = 40, MOST_NODES = 40 };
    int left = MOST_NODES;
    if (!is_small(e, &left)) return "(...)";
    wf_text text;
    wf_text_init(&text, &u->arena);
    wf_print_expr(u, e, &text);
    if (text.length > LONGEST) memcpy(text.data + LONGEST - 3, "...", 4);
    return text.data ? text.data : "";
}

/* --- leaves --- */

wf_expr *wf_make_int(wf_unit *u, const wf_type *type, uint64_t value, wf_place at) {
    if (!type || !(wf_type_is_integer(type) || type->kind == WF_TY_POINTER))
        type = wf_type_scalar(u, WF_TY_INT);
    wf_expr *e = wf_expr_new(u, WF_EX_INT, type->unqual, at, NULL, NULL, NULL);
    e->u.i = wf_wrap_int(type, value);
    return e;
}

wf_expr *wf_make_float(wf_unit *u, const wf_type *type, double value, wf_place at) {
    if (!wf_type_is_float(type)) type = wf_type_scalar(u, WF_TY_DOUBLE);
    wf_expr *e = wf_expr_new(u, WF_EX_FLOAT, type->unqual, at, NULL, NULL, NULL);
    e->u.f = wf_round_float(type->kind, value);
    return e;
}

wf_expr *wf_make_string(wf_unit *u, const char *data, uint64_t length, wf_place at) {
    const wf_type *element = wf_type_qualified(u, wf_type_scalar(u, WF_TY_CHAR), WF_CONST);
    wf_expr *e = wf_expr_new(u, WF_EX_STRING, wf_type_array(u, element, length + 1), at, NULL, NULL, NULL);
    e->flags |= WF_EX_LVALUE;
    e->u.string.data = wf_arena_strndup(&u->arena, data, length);
    e->u.string.length = length;
    return e;
}

wf_expr *wf_make_var(wf_unit *u, wf_var *var, wf_place at) {
    if (!var || !var->type) return wf_make_error(u, NULL, at);
    wf_expr *e = wf_expr_new(u, WF_EX_VAR, var->type, at, NULL, NULL, NULL);
    e->flags |= WF_EX_LVALUE;
    e->u.var = var;
    return e;
}

wf_expr *wf_make_func(wf_unit *u, wf_func *func, wf_place at) {
    if (!func || !func->type) return wf_make_error(u, NULL, at);
    wf_expr *e = wf_expr_new(u, WF_EX_FUNC, func->type, at, NULL, NULL, NULL);
    e->u.call.func = func;
    return e;
}

wf_expr *wf_make_paren(wf_unit *u, wf_expr *a) {
    if (!a) return wf_make_error(u, NULL, (wf_place){0});
    wf_expr *copy = WF_NEW(&u->arena, wf_expr);
    *copy = *a;
    copy->flags |= WF_EX_PAREN;
    return copy;
}

wf_expr *wf_make_comma(wf_unit *u, wf_expr *a, wf_expr *b, wf_place at) {
    if (wf_is_error(a) || wf_is_error(b)) return wf_error_like(u, NULL, b, at);
    b = wf_make_value(u, b);
    return wf_expr_new(u, WF_EX_COMMA, b->type->unqual, at, a, b, NULL);
}

/* --- places in memory --- */

static int is_incomplete(const wf_type *t) {
    while (t->kind == WF_TY_ARRAY && !t->incomplete) t = t->base;
    return t->kind == WF_TY_VOID || t->incomplete || (t->kind == WF_TY_RECORD && !t->record->complete);
}

/* That a pointer's target can be read, written or counted in. */
static int check_target(wf_unit *u, const wf_type *pointer, wf_place at, const char *what) {
    const wf_type *t = pointer->base;
    if (!is_incomplete(t)) return 1;
    const char *hint = t->kind == WF_TY_VOID ? "cast it to a pointer to the type that lies there" : NULL;
    wf_report(&u->diags, WF_ERROR, at, hint, "cannot %s a pointer to '%s': %s", what, wf_spell_type(u, t),
              t->kind == WF_TY_VOID ? "void has no values" : "the type is not complete here");
    return 0;
}

wf_expr *wf_make_deref(wf_unit *u, wf_expr *a, wf_place at) {
    if (wf_is_error(a))
        return wf_error_like(u, a && a->type && a->type->kind == WF_TY_POINTER ? a->type->base : NULL, a, at);
    a = wf_decay(u, a, 0);
    if (wf_is_error(a)) return a;
    if (a->type->kind != WF_TY_POINTER) {
        wf_report(&u->diags, WF_ERROR, at, NULL, "'*' needs a pointer, got '%s' of type '%s'",
                  wf_spell_expr(u, a), wf_spell_type(u, a->type));
        return wf_make_error(u, a->type, at);
    }
    if (a->type->base->kind == WF_TY_FUNCTION) return a; /* it would decay to the pointer again */
    if (!check_target(u, a->type, at, "dereference")) return wf_make_error(u, NULL, at);
    wf_expr *e = wf_expr_new(u, WF_EX_DEREF, a->type->base, at, a, NULL, NULL);
    e->flags |= WF_EX_LVALUE;
    return e;
}

/* The variable that an lvalue lies in has its address taken. */
static void mark_address(wf_expr *e) {
    for (; e; e = e->a) {
        if (e->kind == WF_EX_VAR) e->u.var->address_taken = 1;
        if (e->kind == WF_EX_INDEX && e->a->kind == WF_EX_CAST && e->a->cast == WF_CAST_DECAY) continue;
        if (e->kind != WF_EX_MEMBER && !(e->kind == WF_EX_CAST && e->cast == WF_CAST_DECAY)) return;
    }
}

wf_expr *wf_decay(wf_unit *u, wf_expr *a, int takes_address) {
    if (wf_is_error(a)) return wf_error_like(u, NULL, a, a ? a->at : (wf_place){0});
    if (a->type->kind == WF_TY_FUNCTION) {
        if (a->kind == WF_EX_FUNC) a->u.call.func->address_taken = 1;
        return wf_cast_new(u, WF_CAST_DECAY, wf_type_pointer(u, a->type), a, a->at, WF_EX_IMPLICIT);
    }
    if (a->type->kind != WF_TY_ARRAY) return a;
    if (!(a->flags & WF_EX_LVALUE)) {
        wf_report(&u->diags, WF_ERROR, a->at, "store the whole in a variable first",
                  "'%s' is an array inside of a temporary value; it has no address", wf_spell_expr(u, a));
        return wf_make_error(u, wf_type_pointer(u, a->type->base), a->at);
    }
    if (takes_address) mark_address(a);
    return wf_cast_new(u, WF_CAST_DECAY, wf_type_pointer(u, a->type->base), a, a->at, WF_EX_IMPLICIT);
}

wf_expr *wf_make_value(wf_unit *u, wf_expr *a) { return wf_decay(u, a, 1); }

wf_expr *wf_make_addr(wf_unit *u, wf_expr *a, wf_place at) {
    if (wf_is_error(a)) return wf_make_error(u, a && a->type ? wf_type_pointer(u, a->type) : NULL, at);
    if (a->kind == WF_EX_FUNC) return wf_make_value(u, a);
    const char *problem = NULL;
    if (!(a->flags & WF_EX_LVALUE)) problem = "it is a value, not a place in memory";
    else if (a->kind == WF_EX_MEMBER && a->a->type->record->fields[a->u.field].bit_width)
        problem = "it is a bit-field";
    if (problem) {
        wf_report(&u->diags, WF_ERROR, at, NULL, "cannot take the address of '%s': %s", wf_spell_expr(u, a),
                  problem);
        return wf_make_error(u, wf_type_pointer(u, a->type), at);
    }
    mark_address(a);
    return wf_expr_new(u, WF_EX_ADDR, wf_type_pointer(u, a->type), at, a, NULL, NULL);
}

wf_expr *wf_make_index(wf_unit *u, wf_expr *a, wf_expr *b, wf_place at) {
    if (wf_is_error(a) || wf_is_error(b)) {
        const wf_type *t = a ? a->type : NULL;
        return wf_make_error(u, t && (t->kind == WF_TY_POINTER || t->kind == WF_TY_ARRAY) ? t->base : NULL,
                             at);
    }
    a = wf_decay(u, a, 0);
    b = wf_decay(u, b, 0);
    if (b->type->kind == WF_TY_POINTER && wf_type_is_integer(a->type)) { /* C's 2[x] */
        wf_expr *swap = a;
        a = b;
        b = swap;
    }
    if (wf_is_error(a) || wf_is_error(b)) return wf_make_error(u, NULL, at);
    if (a->type->kind != WF_TY_POINTER) {
        wf_report(&u->diags, WF_ERROR, at, NULL,
                  "'%s' has type '%s', which is neither a pointer nor an array: it has no elements",
                  wf_spell_expr(u, a), wf_spell_type(u, a->type));
        return wf_make_error(u, a->type, at);
    }
    if (!check_target(u, a->type, at, "index")) return wf_make_error(u, NULL, at);
    if (a->type->base->kind == WF_TY_FUNCTION) {
        wf_report(&u->diags, WF_ERROR, at, "call it with ()", "'%s' is a function: it has no elements",
                  wf_spell_expr(u, a));
        return wf_make_error(u, NULL, at);
    }
    if (!wf_type_is_integer(b->type)) {
        wf_report(&u->diags, WF_ERROR, b->at, wf_type_is_float(b->type) ? "convert it: (int)" : NULL,
                  "an index must be an integer, got '%s'", wf_spell_type(u, b->type));
        return wf_make_error(u, a->type->base, at);
    }
    wf_expr *e = wf_expr_new(u, WF_EX_INDEX, a->type->base, at, a, wf_make_promoted(u, b), NULL);
    e->flags |= WF_EX_LVALUE;
    return e;
}

static wf_expr *no_field(wf_unit *u, const wf_record *record, const char *field, wf_place at) {
    const char **names = WF_NEW_ARRAY(&u->arena, const char *, record->field_count);
    for (uint32_t i = 0; i < record->field_count; i++) names[i] = record->fields[i].name;
    const char *nearest = wf_spelling_nearest(field, names, record->field_count);
    const char *hint = nearest ? wf_arena_printf(&u->arena, "did you mean '%s'?", nearest) : NULL;
    wf_report(&u->diags, WF_ERROR, at, hint, "'%s' has no member '%s'", record->name, field);
    return wf_make_error(u, NULL, at);
}

wf_expr *wf_make_member(wf_unit *u, wf_expr *a, const char *field, wf_place at) {
    if (wf_is_error(a)) return wf_make_error(u, NULL, at);
    if (a->type->kind != WF_TY_RECORD) {
        int pointer = a->type->kind == WF_TY_POINTER && a->type->base->kind == WF_TY_RECORD;
        wf_report(&u->diags, WF_ERROR, at, pointer ? wf_arena_printf(&u->arena, "use '->%s'", field) : NULL,
                  "'%s' has type '%s', which has no members", wf_spell_expr(u, a), wf_spell_type(u, a->type));
        return wf_make_error(u, NULL, at);
    }
    const wf_record *record = a->type->record;
    if (!record->complete) {
        wf_report(&u->diags, WF_ERROR, at, NULL, "'%s' is not complete here: its members are not known",
                  record->name);
        return wf_make_error(u, NULL, at);
    }
    int index = wf_record_field(record, field);
    if (index < 0) return no_field(u, record, field, at);
    const wf_type *type = record->fields[index].type;
    int lvalue = a->flags & WF_EX_LVALUE;
    if (lvalue) type = wf_type_qualified(u, type, a->type->quals);
    else if (type->kind != WF_TY_ARRAY) type = type->unqual;
    wf_expr *e = wf_expr_new(u, WF_EX_MEMBER, type, at, a, NULL, NULL);
    if (wf_is_error(e)) return e;
    if (lvalue) e->flags |= WF_EX_LVALUE;
    e->u.field = (uint32_t)index;
    return e;
}

/* --- calls --- */

/* What an argument is called in messages. */
static const char *argument_text(wf_unit *u, uint32_t i, const char *param, const char *name) {
    char digits[12], *at = digits + sizeof digits;
    uint32_t rest = i + 1;
    *--at = 0;
    do *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (!*param) return wf_arena_join(&u->arena, "argument ", at, " of ", name, NULL, NULL);
    return wf_arena_join(&u->arena, "argument ", at, " ('", param, "') of ", name);
}

/* Converts the arguments to the parameters; 0 when something was wrong (told). */
static int convert_args(wf_unit *u, const char *name, const wf_type *type, const wf_var *params,
                        wf_expr **args, uint32_t count, wf_expr **out, wf_place at) {
    int good = 1;
    if (count != type->param_count && !(type->variadic && count > type->param_count)) {
        wf_report(&u->diags, WF_ERROR, at, NULL, "%s takes %u argument%s, got %u", name, type->param_count,
                  type->param_count == 1 ? "" : "s", count);
        return 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (wf_is_error(args[i])) good = 0;
        else if (i >= type->param_count) out[i] = wf_make_value(u, args[i]);
        else {
            const char *role = wf_converts_plainly(type->params[i], args[i])
                                   ? ""
                                   : argument_text(u, i, params ? params->name : "", name);
            out[i] = wf_convert_for(u, type->params[i], args[i], args[i]->at, role);
        }
        if (params) params = params->next;
        if (good && wf_is_error(out[i])) good = 0;
    }
    return good;
}

static wf_expr *finish_call(wf_unit *u, wf_expr *call, wf_expr **args, uint32_t count) {
    unsigned depth = 0;
    for (uint32_t i = 0; i < count; i++)
        if (args[i] && args[i]->depth > depth) depth = args[i]->depth;
    call->u.call.args = args;
    call->u.call.count = count;
    return set_depth(u, call, depth);
}

wf_expr *wf_call_new(wf_unit *u, wf_builtin builtin, const wf_type *type, wf_expr **args, uint32_t count,
                     wf_place at) {
    wf_expr *e = wf_expr_new(u, WF_EX_BUILTIN, type, at, NULL, NULL, NULL);
    e->u.call.builtin = builtin;
    return finish_call(u, e, args, count);
}

wf_expr *wf_make_call(wf_unit *u, wf_func *func, wf_expr **args, uint32_t count, wf_place at) {
    if (!func || !func->type || func->type->kind != WF_TY_FUNCTION) return wf_make_error(u, NULL, at);
    const wf_type *result = func->type->base->unqual;
    const char *shown =
        wf_arena_join(&u->arena, "'", func->shown ? func->shown : func->name, "'", NULL, NULL, NULL);
    if (func->flags & WF_FN_KERNEL) {
        wf_report(&u->diags, WF_ERROR, at, "make what both need a __device__ function",
                  "%s is a __global__ function: device code cannot call it", shown);
        return wf_make_error(u, result, at);
    }
    wf_expr **converted = WF_NEW_ARRAY(&u->arena, wf_expr *, count);
    if (!convert_args(u, shown, func->type, func->params, args, count, converted, at))
        return wf_make_error(u, result, at);
    wf_expr *e = wf_expr_new(u, WF_EX_CALL, result, at, NULL, NULL, NULL);
    e->u.call.func = func;
    return finish_call(u, e, converted, count);
}

wf_expr *wf_make_call_pointer(wf_unit *u, wf_expr *pointer, wf_expr **args, uint32_t count, wf_place at) {
    if (wf_is_error(pointer)) return wf_make_error(u, NULL, at);
    pointer = wf_make_value(u, pointer);
    if (pointer->type->kind != WF_TY_POINTER || pointer->type->base->kind != WF_TY_FUNCTION) {
        wf_report(&u->diags, WF_ERROR, at, NULL, "'%s' has type '%s': it cannot be called",
                  wf_spell_expr(u, pointer), wf_spell_type(u, pointer->type));
        return wf_make_error(u, NULL, at);
    }
    const wf_type *type = pointer->type->base;
    wf_expr **converted = WF_NEW_ARRAY(&u->arena, wf_expr *, count);
    const char *shown = wf_arena_printf(&u->arena, "'%s'", wf_spell_expr(u, pointer));
    if (!convert_args(u, shown, type, NULL, args, count, converted, at))
        return wf_make_error(u, type->base, at);
    wf_expr *e = wf_expr_new(u, WF_EX_CALLPTR, type->base->unqual, at, pointer, NULL, NULL);
    return wf_is_error(e) ? e : finish_call(u, e, converted, count);
}
