/* cudac/calls.c: calls of what CUDA gives: built-ins, the device library, and the few that need a hand.
 *
 * The table's signatures say how arguments are converted. `g` is the float type of the call: that of the name
 * (sinf), or, for an overloaded name, float when every argument is float or half, else double. */
#include "cudac/parse.h"
#include <math.h>
#include <string.h>

static wf_type_kind kind_of_letter(char c) {
    switch (c) {
    case 'v': return WF_TY_VOID;
    case 'b': return WF_TY_BOOL;
    case 'c': return WF_TY_SCHAR;
    case 'C': return WF_TY_UCHAR;
    case 's': return WF_TY_SHORT;
    case 't': return WF_TY_USHORT;
    case 'u': return WF_TY_UINT;
    case 'l': return WF_TY_LLONG;
    case 'U': return WF_TY_ULLONG;
    case 'L': return WF_TY_LONG;
    case 'M': return WF_TY_ULONG;
    case 'h': return WF_TY_HALF;
    case 'B': return WF_TY_BFLOAT;
    case 'f': return WF_TY_FLOAT;
    case 'd': return WF_TY_DOUBLE;
    default: return WF_TY_INT;
    }
}

static const wf_type *type_of_letter(cc *p, char c, const wf_type *g) {
    if (c == 'g') return g;
    if (c == 'P') return wf_type_pointer(p->u, g);
    if (c == 'I') return wf_type_pointer(p->u, wf_type_scalar(p->u, WF_TY_INT));
    if (c == 'p') return wf_type_pointer(p->u, wf_type_scalar(p->u, WF_TY_VOID));
    return wf_type_scalar(p->u, kind_of_letter(c));
}

/* sinf as a value: a function that calls it, written out behind the source's own tokens. Only names that say
 * their types; NULL for others. */
wf_expr *cc_known_function(cc *p, cc_name *name, const cc_known *k, wf_place at) {
    if ((k->kind != CC_K_BUILTIN && k->kind != CC_K_LIBRARY) || !strchr("fd", k->domain) || !k->domain)
        return NULL;
    const char *own = wf_arena_printf(p->scratch, "__wf_value_%s", name->text);
    cc_name *made = cc_intern(&p->r, own, strlen(own));
    cc_symbol *s = cc_find_here(p->global, made);
    if (!s) {
        const wf_type *g = wf_type_scalar(p->u, k->domain == 'f' ? WF_TY_FLOAT : WF_TY_DOUBLE);
        wf_text params, args, all;
        wf_text_init(&params, p->scratch), wf_text_init(&args, p->scratch), wf_text_init(&all, p->scratch);
        const char *c = k->sig;
        for (; *c && *c != '>'; c++) {
            if (*c == '.' || *c == 'n' || *c == 'P') return NULL;
            const char *comma = c > k->sig ? ", " : "";
            wf_text_printf(&params, "%s%s a%d", comma, cc_spell_t(p, type_of_letter(p, *c, g)),
                           (int)(c - k->sig));
            wf_text_printf(&args, "%sa%d", comma, (int)(c - k->sig));
        }
        if (*c != '>' || !strchr("gfdiulUbLM", c[1])) return NULL;
        wf_text_printf(&all, "__device__ inline %s %s(%s) { return %s(%s); }",
                       cc_spell_t(p, type_of_letter(p, c[1], g)), own, params.data ? params.data : "",
                       name->text, args.data ? args.data : "");
        cc_token tokens[64];
        uint32_t count = cc_lex_text(&p->r, all.data, all.length, tokens, 64);
        if (count > 64) return NULL;
        cc_tokens list = {.arena = p->scratch};
        for (uint32_t i = 0; i < count; i++) tokens[i].at = at, cc_tokens_add(&list, &tokens[i]);
        cc_state before = cc_state_save(p);
        p->scope = p->global, p->body = NULL;
        p->at = cc_append_tokens(p, &list);
        cc_declaration(p);
        cc_state_restore(p, &before);
        s = cc_find_here(p->global, made);
    }
    if (!s || s->kind != CC_SYM_FUNC) return NULL;
    cc_need_body(p, s->funcs);
    return cc_function_value(p, s->funcs, at);
}

cc_type cc_known_type(cc *p, const cc_known *k) {
    if (k->id < 0) return cc_plain(wf_type_vector(p->u, kind_of_letter(k->sig[0]), -k->id));
    return cc_plain(type_of_letter(p, k->sig[0], NULL));
}

wf_expr *cc_known_value(cc *p, const cc_known *k, wf_place at) {
    const wf_type *t = type_of_letter(p, k->sig[0], NULL);
    if (k->kind == CC_K_INT && t->kind == WF_TY_POINTER)
        return wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_LONG), 0, at); /* NULL */
    if (k->kind == CC_K_INT) return wf_make_int(p->u, t, (uint64_t)k->i, at);
    return wf_make_float(p->u, t, t->kind == WF_TY_FLOAT ? (double)(float)k->f : k->f, at);
}

static int wrong_count(cc *p, const cc_name *name, uint32_t got, uint32_t least, uint32_t most, wf_place at) {
    if (got >= least && got <= most) return 0;
    if (least == most)
        cc_error(p, at, NULL, "%s got %u argument%s, expected %u", name->text, got, got == 1 ? "" : "s",
                 least);
    else
        cc_error(p, at, NULL, "%s got %u argument%s, expected %u to %u", name->text, got, got == 1 ? "" : "s",
                 least, most);
    return 1;
}

static int any_error(wf_expr **args, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (args[i]->flags & WF_EX_ERROR) return 1;
    return 0;
}

/* The float type of a call whose name is overloaded. */
static const wf_type *generic_type(cc *p, const cc_known *k, const char *sig, wf_expr **args,
                                   uint32_t count) {
    if (k->domain == 'f') return wf_type_scalar(p->u, WF_TY_FLOAT);
    if (k->domain == 'd') return wf_type_scalar(p->u, WF_TY_DOUBLE);
    int all_float = 1, all_half = 1, all_bfloat = 1;
    for (uint32_t i = 0; i < count && sig[i] && sig[i] != '>'; i++) {
        if (sig[i] != 'g') continue;
        wf_type_kind kind = args[i]->type->kind;
        all_float &= kind == WF_TY_FLOAT || kind == WF_TY_HALF || kind == WF_TY_BFLOAT;
        all_half &= kind == WF_TY_HALF;
        all_bfloat &= kind == WF_TY_BFLOAT;
    }
    if (k->kind == CC_K_BUILTIN && all_half) return wf_type_scalar(p->u, WF_TY_HALF);
    if (k->kind == CC_K_BUILTIN && all_bfloat) return wf_type_scalar(p->u, WF_TY_BFLOAT);
    return wf_type_scalar(p->u, all_float ? WF_TY_FLOAT : WF_TY_DOUBLE);
}

/* Converts the arguments as the signature says; returns the result's letter, 0 after an error. */
static char convert_arguments(cc *p, const cc_name *name, const char *sig, const wf_type *g, wf_expr **args,
                              uint32_t count, wf_place at) {
    const char *end = strchr(sig, '>');
    uint32_t expected = (uint32_t)(end - sig);
    if (wrong_count(p, name, count, expected, expected, at)) return 0;
    for (uint32_t i = 0; i < count; i++) {
        if (sig[i] == '.') {
            args[i] = cc_decay(p, args[i]);
            continue;
        }
        const wf_type *t = type_of_letter(p, sig[i], g);
        if (wf_type_is_arithmetic(t) && !wf_type_is_arithmetic(args[i]->type))
            args[i] = cc_scalar(p, args[i]);
        if (wf_type_is_arithmetic(t) && !wf_type_is_arithmetic(args[i]->type) &&
            !(args[i]->flags & WF_EX_ERROR)) {
            cc_error(p, args[i]->at.file ? args[i]->at : at, NULL, "argument %u of %s: got %s, expected %s",
                     i + 1, name->text, cc_spell_t(p, args[i]->type), cc_spell_t(p, t));
            return 0;
        }
        args[i] = cc_convert(p, cc_plain(t), args[i], args[i]->at);
    }
    return any_error(args, count) ? 0 : end[1];
}

static wf_expr *library_call(cc *p, const cc_known *k, const wf_type *g, wf_expr **args, uint32_t count,
                             wf_place at) {
    const wf_type **params = WF_NEW_ARRAY(p->arena, const wf_type *, count + 1);
    for (uint32_t i = 0; i < count; i++) params[i] = type_of_letter(p, k->sig[i], g);
    const wf_type *result = type_of_letter(p, strchr(k->sig, '>')[1], g);
    const char *name = wf_arena_printf(p->arena, "wf_%s%s", k->stem, g->kind == WF_TY_FLOAT ? "f" : "");
    wf_func *f = wf_library_declare(p->u, name, wf_type_function(p->u, result, params, count, 0));
    return wf_make_call(p->u, f, args, count, at);
}

static wf_expr *builtin(cc *p, wf_builtin id, wf_expr *a, wf_expr *b, wf_expr *c, wf_place at) {
    wf_expr **args = WF_NEW_ARRAY(p->arena, wf_expr *, 3);
    args[0] = a, args[1] = b, args[2] = c;
    return wf_make_builtin(p->u, id, args, c ? 3 : b ? 2 : a ? 1 : 0, at);
}

static wf_expr *int_of(cc *p, int64_t value, wf_place at) {
    return wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_INT), (uint64_t)value, at);
}
static wf_expr *to_kind(cc *p, wf_type_kind kind, wf_expr *e) {
    return wf_make_cast(p->u, wf_type_scalar(p->u, kind), e, e->at);
}

/* --- by hand --- */

static wf_expr *min_max(cc *p, const cc_name *name, int is_max, wf_expr **args, uint32_t count, wf_place at) {
    if (wrong_count(p, name, count, 2, 2, at)) return cc_unknown(p, at);
    wf_expr *a = cc_decay(p, cc_scalar(p, args[0])), *b = cc_decay(p, cc_scalar(p, args[1]));
    const wf_type *t = wf_type_is_arithmetic(a->type) && wf_type_is_arithmetic(b->type)
                           ? wf_common_type(p->u, a->type, b->type)
                           : NULL;
    if (!t) {
        cc_error(p, at, NULL, "%s of %s and %s: expected two numbers", name->text, cc_spell_t(p, a->type),
                 cc_spell_t(p, b->type));
        return cc_unknown(p, at);
    }
    a = wf_make_convert(p->u, t, a, at);
    b = wf_make_convert(p->u, t, b, at);
    if (wf_type_is_float(t)) return builtin(p, is_max ? WF_BI_FMAX : WF_BI_FMIN, a, b, NULL, at);
    return builtin(p, is_max ? WF_BI_MAX : WF_BI_MIN, a, b, NULL, at);
}

static wf_expr *absolute(cc *p, const cc_name *name, wf_expr **args, uint32_t count, wf_place at) {
    if (wrong_count(p, name, count, 1, 1, at)) return cc_unknown(p, at);
    wf_expr *a = wf_make_promoted(p->u, cc_scalar(p, args[0]));
    if (name->text[0] == 'l')
        a = cc_convert(p, cc_plain(wf_type_scalar(p->u, name->text[1] == 'l' ? WF_TY_LLONG : WF_TY_LONG)), a,
                       at);
    return builtin(p, wf_type_is_float(a->type) ? WF_BI_FABS : WF_BI_ABS, a, NULL, NULL, at);
}

/* __shfl…: without _sync all lanes take part. */
static wf_expr *shuffle(cc *p, const cc_name *name, wf_expr **args, uint32_t count, wf_place at) {
    size_t n = name->length;
    int sync = n > 5 && strcmp(name->text + n - 5, "_sync") == 0;
    const char *full = sync ? name->text : wf_arena_printf(p->scratch, "%s_sync", name->text);
    int id = wf_builtin_find(full);
    if (wrong_count(p, name, count, 2 + (uint32_t)sync, 3 + (uint32_t)sync, at)) return cc_unknown(p, at);
    wf_expr **all = WF_NEW_ARRAY(p->arena, wf_expr *, 4);
    uint32_t k = 0;
    if (!sync) all[k++] = wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_UINT), 0xffffffffu, at);
    for (uint32_t i = 0; i < count; i++) all[k++] = cc_scalar(p, args[i]);
    if (k < 4) all[k++] = int_of(p, 32, at);
    all[1] = wf_make_promoted(p->u, all[1]);
    return wf_make_builtin(p->u, (wf_builtin)id, all, k, at);
}

static wf_expr *vote(cc *p, const cc_name *name, wf_expr **args, uint32_t count, wf_place at) {
    if (wrong_count(p, name, count, 1, 1, at)) return cc_unknown(p, at);
    int id = wf_builtin_find(wf_arena_printf(p->scratch, "%s_sync", name->text));
    wf_expr *all = wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_UINT), 0xffffffffu, at);
    return builtin(p, (wf_builtin)id, all, args[0], NULL, at);
}

static wf_expr *dot4(cc *p, const cc_name *name, wf_expr **args, uint32_t count, wf_place at) {
    if (wrong_count(p, name, count, 3, 3, at)) return cc_unknown(p, at);
    int is_unsigned =
        args[0]->type->kind == WF_TY_UINT ||
        (args[0]->type->kind == WF_TY_RECORD && !wf_type_is_signed(args[0]->type->record->fields[0].type));
    for (uint32_t i = 0; i < 2; i++)
        if (args[i]->type->kind == WF_TY_RECORD) { /* char4: the same bits as an int */
            wf_expr *held = args[i]->flags & WF_EX_LVALUE ? args[i] : cc_temporary(p, args[i], at);
            const wf_type *t = wf_type_scalar(p->u, is_unsigned ? WF_TY_UINT : WF_TY_INT);
            args[i] = wf_make_deref(
                p->u, wf_make_cast(p->u, wf_type_pointer(p->u, t), wf_make_addr(p->u, held, at), at), at);
        }
    return wf_make_builtin(p->u, is_unsigned ? WF_BI_DP4A_U : WF_BI_DP4A_S, args, 3, at);
}

wf_expr *cc_make_dim3(cc *p, wf_expr **args, uint32_t count, wf_place at) {
    const wf_type *t = wf_type_dim3(p->u), *uint = wf_type_scalar(p->u, WF_TY_UINT);
    if (count == 1 && args[0]->type->unqual == t) return args[0];
    if (count > 3) {
        cc_error(p, at, NULL, "dim3 got %u arguments, expected at most 3", count);
        return wf_make_error(p->u, t, at);
    }
    wf_expr **all = WF_NEW_ARRAY(p->arena, wf_expr *, 3);
    if (count == 1 && args[0]->type->kind == WF_TY_RECORD) { /* from uint3 */
        static const char *const names[] = {"x", "y", "z"};
        for (uint32_t i = 0; i < 3; i++)
            all[i] = wf_make_convert(p->u, uint, wf_make_member(p->u, args[0], names[i], at), at);
        return wf_make_init(p->u, t, all, 3, at);
    }
    for (uint32_t i = 0; i < 3; i++)
        all[i] = i < count ? cc_convert(p, cc_plain(uint), args[i], at) : wf_make_int(p->u, uint, 1, at);
    return wf_make_init(p->u, t, all, 3, at);
}

static wf_expr *make_vector(cc *p, const cc_name *name, const cc_known *k, wf_expr **args, uint32_t count,
                            wf_place at) {
    const wf_type *t = wf_type_vector(p->u, kind_of_letter(k->sig[0]), (int)k->i);
    if (wrong_count(p, name, count, (uint32_t)k->i, (uint32_t)k->i, at)) return wf_make_error(p->u, t, at);
    const wf_type *element = t->record->fields[0].type;
    for (uint32_t i = 0; i < count; i++) args[i] = cc_convert(p, cc_plain(element), args[i], args[i]->at);
    return wf_make_init(p->u, t, args, count, at);
}

static wf_expr *assertion(cc *p, wf_expr **args, uint32_t count, wf_place at) {
    const wf_type *none = wf_type_scalar(p->u, WF_TY_VOID);
    if (p->asserts_off || count != 2) return wf_make_cast(p->u, none, int_of(p, 0, at), at);
    wf_expr *failed = builtin(p, WF_BI_ASSERT_FAIL, cc_decay(p, args[1]), NULL, NULL, at);
    wf_expr *holds = wf_make_bool(p->u, cc_scalar(p, args[0]));
    return wf_make_cond(p->u, holds, wf_make_cast(p->u, none, int_of(p, 0, at), at), failed, at);
}

static wf_expr *high_low(cc *p, const cc_name *name, const cc_known *k, wf_expr **args, uint32_t count,
                         wf_place at) {
    if (!convert_arguments(p, name, k->sig, NULL, args, count, at)) return cc_unknown(p, at);
    if (k->id == CC_S_HILO) {
        wf_expr *high =
            wf_make_binary(p->u, WF_OP_SHL, to_kind(p, WF_TY_LLONG, args[0]), int_of(p, 32, at), at);
        wf_expr *low = to_kind(p, WF_TY_LLONG, to_kind(p, WF_TY_UINT, args[1]));
        return builtin(p, WF_BI_LL_AS_DOUBLE, wf_make_binary(p->u, WF_OP_OR, high, low, at), NULL, NULL, at);
    }
    wf_expr *bits = builtin(p, WF_BI_DOUBLE_AS_LL, args[0], NULL, NULL, at);
    if (k->id == CC_S_HI) bits = wf_make_binary(p->u, WF_OP_SHR, bits, int_of(p, 32, at), at);
    return to_kind(p, WF_TY_INT, bits);
}

/* The average of two integers without overflow, rounded up (__rhadd) or down (__hadd). */
static wf_expr *average(cc *p, const cc_name *name, int up, wf_expr **args, uint32_t count, wf_place at) {
    if (wrong_count(p, name, count, 2, 2, at)) return cc_unknown(p, at);
    if (args[0]->type->kind == WF_TY_HALF || args[0]->type->kind == WF_TY_BFLOAT)
        return wf_make_binary(p->u, WF_OP_ADD, args[0], args[1], at);
    int is_unsigned = name->text[2] == 'u';
    wf_type_kind narrow = is_unsigned ? WF_TY_UINT : WF_TY_INT,
                 wide = is_unsigned ? WF_TY_ULLONG : WF_TY_LLONG;
    wf_expr *sum = wf_make_binary(p->u, WF_OP_ADD, to_kind(p, wide, to_kind(p, narrow, args[0])),
                                  to_kind(p, wide, to_kind(p, narrow, args[1])), at);
    if (up) sum = wf_make_binary(p->u, WF_OP_ADD, sum, int_of(p, 1, at), at);
    return to_kind(p, narrow, wf_make_binary(p->u, WF_OP_SHR, sum, int_of(p, 1, at), at));
}

static wf_expr *swap(cc *p, const cc_name *name, wf_expr **args, uint32_t count, wf_place at) {
    if (wrong_count(p, name, count, 2, 2, at)) return cc_unknown(p, at);
    wf_expr *a = args[0], *b = args[1];
    if (!(a->flags & b->flags & WF_EX_LVALUE) || a->type != b->type || a->type->kind == WF_TY_ARRAY) {
        cc_error(p, at, NULL, "swap of %s and %s: expected two variables of one type", cc_spell_t(p, a->type),
                 cc_spell_t(p, b->type));
        return cc_unknown(p, at);
    }
    const wf_type *pointer = wf_type_pointer(p->u, a->type);
    wf_var *pa = cc_temp_var(p, pointer, at), *pb = cc_temp_var(p, pointer, at),
           *t = cc_temp_var(p, a->type->unqual, at);
    wf_expr *e = wf_make_assign(p->u, wf_make_var(p->u, pa, at), wf_make_addr(p->u, a, at), at);
    e = wf_make_comma(p->u, e, wf_make_assign(p->u, wf_make_var(p->u, pb, at), wf_make_addr(p->u, b, at), at),
                      at);
    e = wf_make_comma(p->u, e,
                      wf_make_assign(p->u, wf_make_var(p->u, t, at),
                                     wf_make_deref(p->u, wf_make_var(p->u, pa, at), at), at),
                      at);
    e = wf_make_comma(p->u, e,
                      wf_make_assign(p->u, wf_make_deref(p->u, wf_make_var(p->u, pa, at), at),
                                     wf_make_deref(p->u, wf_make_var(p->u, pb, at), at), at),
                      at);
    e = wf_make_comma(p->u, e,
                      wf_make_assign(p->u, wf_make_deref(p->u, wf_make_var(p->u, pb, at), at),
                                     wf_make_var(p->u, t, at), at),
                      at);
    return wf_make_cast(p->u, wf_type_scalar(p->u, WF_TY_VOID), e, at);
}

static wf_expr *special(cc *p, const cc_name *name, const cc_known *k, wf_expr **args, uint32_t count,
                        wf_place at) {
    switch (k->id) {
    case CC_S_MIN:
    case CC_S_MAX: return min_max(p, name, k->id == CC_S_MAX, args, count, at);
    case CC_S_ABS: return absolute(p, name, args, count, at);
    case CC_S_SHFL: return shuffle(p, name, args, count, at);
    case CC_S_VOTE: return vote(p, name, args, count, at);
    case CC_S_SYNCWARP: {
        if (wrong_count(p, name, count, 0, 1, at)) return cc_unknown(p, at);
        wf_expr *mask =
            count ? args[0] : wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_UINT), 0xffffffffu, at);
        return builtin(p, WF_BI_SYNCWARP, mask, NULL, NULL, at);
    }
    case CC_S_DP4A: return dot4(p, name, args, count, at);
    case CC_S_DIM3: return cc_make_dim3(p, args, count, at);
    case CC_S_MAKE: return make_vector(p, name, k, args, count, at);
    case CC_S_ASSERT: return assertion(p, args, count, at);
    case CC_S_RCP: {
        const wf_type *t = type_of_letter(p, k->sig[0], NULL);
        if (!convert_arguments(p, name, k->sig, t, args, count, at)) return cc_unknown(p, at);
        return builtin(p, WF_BI_DIV_RN, wf_make_float(p->u, t, 1, at), args[0], NULL, at);
    }
    case CC_S_HI:
    case CC_S_LO:
    case CC_S_HILO: return high_low(p, name, k, args, count, at);
    case CC_S_EXPECT: return count == 2 ? args[0] : cc_unknown(p, at);
    case CC_S_UNREACHABLE:
        if (p->body) p->body->never_ends = 1;
        return wf_make_cast(p->u, wf_type_scalar(p->u, WF_TY_VOID), int_of(p, 0, at), at);
    case CC_S_SWAP: return swap(p, name, args, count, at);
    case CC_S_RHADD:
    case CC_S_HADD: return average(p, name, k->id == CC_S_RHADD, args, count, at);
    case CC_S_NAN:
        return wf_make_float(p->u, wf_type_scalar(p->u, k->domain == 'f' ? WF_TY_FLOAT : WF_TY_DOUBLE),
                             (double)NAN, at);
    default:
        cc_unsupported(p, at, wf_arena_printf(p->arena, "function %s", name->text));
        return cc_unknown(p, at);
    }
}

wf_expr *cc_call_known(cc *p, cc_name *name, const cc_known *k, wf_expr **args, uint32_t count, wf_place at) {
    if (any_error(args, count)) return cc_unknown(p, at);
    for (uint32_t i = 0; i < count; i++)
        if (args[i]->type->kind == WF_TY_VOID) {
            cc_error(p, at, NULL, "argument %u of %s has no value", i + 1, name->text);
            return cc_unknown(p, at);
        }
    if (k->kind == CC_K_SPECIAL) return special(p, name, k, args, count, at);
    const wf_type *g = generic_type(p, k, k->sig, args, count);
    char result = convert_arguments(p, name, k->sig, g, args, count, at);
    if (!result) return cc_unknown(p, at);
    if (k->kind == CC_K_LIBRARY) return library_call(p, k, g, args, count, at);
    if (k->kind == CC_K_CONVERT) {
        wf_expr *e = k->id >= 0 ? builtin(p, (wf_builtin)k->id, args[0], NULL, NULL, at) : args[0];
        return wf_make_cast(p->u, type_of_letter(p, result, g), e, at);
    }
    wf_expr *e = wf_make_builtin(p->u, (wf_builtin)k->id, args, count, at);
    const wf_type *want = result == '.' || result == 'v' ? e->type : type_of_letter(p, result, g);
    return e->type == want ? e : wf_make_cast(p->u, want, e, at);
}

wf_expr *cc_call_builtin(cc *p, cc_name *name, int id, wf_expr **args, uint32_t count, wf_place at) {
    (void)name;
    if (id == WF_BI_PRINTF) cc_check_format(p, args, count, at);
    for (uint32_t i = 0; i < count; i++)
        args[i] = args[i]->type->kind == WF_TY_RECORD ? cc_scalar(p, args[i]) : cc_decay(p, args[i]);
    return wf_make_builtin(p->u, (wf_builtin)id, args, count, at);
}

wf_expr *cc_offsetof(cc *p, wf_place at) {
    int64_t offset = 0;
    cc_next_token(p);
    const wf_type *t = cc_type_name(p).t;
    cc_complete(p, t);
    cc_expect(p, CC_P_COMMA, "in offsetof");
    do {
        cc_name *name = cc_expect_name(p, "a member's name");
        int i = name && t->kind == WF_TY_RECORD ? wf_record_field(t->record, name->text) : -1;
        if (i < 0) {
            if (name) cc_error(p, at, NULL, "%s has no member %s", cc_spell_t(p, t), name->text);
            break;
        }
        offset += (int64_t)t->record->fields[i].offset;
        t = t->record->fields[i].type;
        while (cc_accept(p, CC_P_LBRACKET)) {
            int64_t n = cc_constant_here(p, "an index");
            if (t->kind == WF_TY_ARRAY) t = t->base, offset += n * (int64_t)wf_type_size(t);
            cc_expect(p, CC_P_RBRACKET, NULL);
        }
    } while (cc_accept(p, CC_P_DOT));
    cc_expect(p, CC_P_RPAREN, "of offsetof");
    return wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_ULONG), (uint64_t)offset, at);
}
