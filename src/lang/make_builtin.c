/* lang/make_builtin.c: calls of built-ins: how many arguments, of which types, and what they give.
 *
 * Most built-ins have fixed parameter types: one letter each in the table below. The generic ones (warp
 * operations, atomics, the arithmetic of the device library) are typed by their first or second argument; for
 * them the table says which types work, and the message lists them. The bit casts of a literal are computed
 * here: that is how a unit's text spells infinities and NaN (see print_literal.c). */
#include "lang/inner.h"
#include <math.h>
#include <string.h>

/* --- sets of types --- */

enum {
    INT4 = 1, /* int, unsigned int */
    INT8 = 2, /* the 64-bit integers */
    USHORT = 4,
    UINT = 8,    /* unsigned int alone */
    FLOATS = 16, /* float, double */
    HALVES = 32, /* half, bfloat16 */
    POINTERS = 64,
    VECTORS = 128, /* float4 and its kin */
    SMALL = 256,   /* char, short and their unsigned */
    NUMBERS = INT4 | INT8 | FLOATS | HALVES,
    ANY_VALUE = NUMBERS | POINTERS | VECTORS | SMALL | USHORT,
};

static unsigned set_of(const wf_type *t) {
    if (t->kind == WF_TY_POINTER) return POINTERS;
    if (t->kind == WF_TY_RECORD) return t->record->built_in ? VECTORS : 0;
    if (t->kind == WF_TY_INT) return INT4;
    if (t->kind == WF_TY_UINT) return INT4 | UINT;
    if (t->kind == WF_TY_USHORT) return USHORT | SMALL;
    if (t->kind == WF_TY_HALF || t->kind == WF_TY_BFLOAT) return HALVES;
    if (wf_type_is_float(t)) return FLOATS;
    return wf_type_is_integer(t) && t->kind != WF_TY_BOOL ? (wf_type_size(t) == 8 ? INT8 : SMALL) : 0;
}

static const char *set_names(wf_unit *u, unsigned set) {
    static const struct {
        unsigned set;
        const char *names;
    } parts[] = {
        {INT4, "int, unsigned int"},
        {USHORT, "unsigned short"},
        {INT8, "long long, unsigned long long"},
        {FLOATS, "float, double"},
        {HALVES, "__half, __nv_bfloat16"},
        {SMALL, "char, short"},
        {POINTERS, "pointers"},
        {VECTORS, "vectors such as float4"},
    };
    if (set == UINT) return "unsigned int";
    wf_text text;
    wf_text_init(&text, &u->arena);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if ((set & parts[i].set) != parts[i].set || (parts[i].set == USHORT && set & SMALL)) continue;
        if (text.length) wf_text_puts(&text, ", ");
        wf_text_puts(&text, parts[i].names);
    }
    return text.data;
}

/* --- fixed parameter types --- */

/* i int, u unsigned, l long long, k unsigned long long, z unsigned long, s unsigned short, b bool, f float, d
 * double, h half, g bfloat16, p const void *, v void *, c const char *, n int *, * any pointer */
static const char *const parameters[WF_BI_COUNT] = {
    [WF_BI_SYNCTHREADS_COUNT] = "i",
    [WF_BI_SYNCTHREADS_AND] = "i",
    [WF_BI_SYNCTHREADS_OR] = "i",
    [WF_BI_BARRIER] = "uu",
    [WF_BI_BARRIER_ARRIVE] = "uu",
    [WF_BI_SYNCWARP] = "u",
    [WF_BI_BALLOT] = "ui",
    [WF_BI_ALL] = "ui",
    [WF_BI_ANY] = "ui",
    [WF_BI_REDUCE_AND] = "uu",
    [WF_BI_REDUCE_OR] = "uu",
    [WF_BI_REDUCE_XOR] = "uu",
    [WF_BI_FLOAT_AS_INT] = "f",
    [WF_BI_FLOAT_AS_UINT] = "f",
    [WF_BI_INT_AS_FLOAT] = "i",
    [WF_BI_UINT_AS_FLOAT] = "u",
    [WF_BI_DOUBLE_AS_LL] = "d",
    [WF_BI_LL_AS_DOUBLE] = "l",
    [WF_BI_HALF_AS_USHORT] = "h",
    [WF_BI_USHORT_AS_HALF] = "s",
    [WF_BI_BFLOAT_AS_USHORT] = "g",
    [WF_BI_USHORT_AS_BFLOAT] = "s",
    [WF_BI_POPC] = "u",
    [WF_BI_POPCLL] = "k",
    [WF_BI_CLZ] = "i",
    [WF_BI_CLZLL] = "l",
    [WF_BI_FFS] = "i",
    [WF_BI_FFSLL] = "l",
    [WF_BI_BREV] = "u",
    [WF_BI_BREVLL] = "k",
    [WF_BI_BYTE_PERM] = "uuu",
    [WF_BI_MULHI] = "ii",
    [WF_BI_UMULHI] = "uu",
    [WF_BI_MUL64HI] = "ll",
    [WF_BI_UMUL64HI] = "kk",
    [WF_BI_MUL24] = "ii",
    [WF_BI_UMUL24] = "uu",
    [WF_BI_FUNNEL_L] = "uuu",
    [WF_BI_FUNNEL_R] = "uuu",
    [WF_BI_FUNNEL_LC] = "uuu",
    [WF_BI_FUNNEL_RC] = "uuu",
    [WF_BI_SAD] = "iiu",
    [WF_BI_USAD] = "uuu",
    [WF_BI_DP4A_S] = "iii",
    [WF_BI_DP4A_U] = "uuu",
    [WF_BI_ASSERT_FAIL] = "c",
    [WF_BI_RAISE] = "c",
    [WF_BI_NANOSLEEP] = "u",
    [WF_BI_MALLOC] = "z",
    [WF_BI_FREE] = "v",
    [WF_BI_MEMCPY] = "vpz",
    [WF_BI_MEMSET] = "viz",
    [WF_BI_HOST] = "ll",
    [WF_BI_EXTENT] = "*",
    [WF_BI_INDEX] = "lli",
    [WF_BI_CHECKED] = "lli",
    [WF_BI_ASSUME] = "b",
    [WF_BI_ISGLOBAL] = "p",
    [WF_BI_ISSHARED] = "p",
    [WF_BI_CVTA_SHARED] = "p",
    [WF_BI_SHARED_AT] = "k",
};

static const wf_type *parameter_type(wf_unit *u, char letter) {
    static const struct {
        char letter;
        uint8_t kind;
    } scalars[] = {
        {'i', WF_TY_INT},    {'u', WF_TY_UINT},   {'l', WF_TY_LLONG},  {'k', WF_TY_ULLONG},
        {'z', WF_TY_ULONG},  {'s', WF_TY_USHORT}, {'b', WF_TY_BOOL},   {'f', WF_TY_FLOAT},
        {'d', WF_TY_DOUBLE}, {'h', WF_TY_HALF},   {'g', WF_TY_BFLOAT},
    };
    for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++)
        if (scalars[i].letter == letter) return wf_type_scalar(u, (wf_type_kind)scalars[i].kind);
    const wf_type *t_void = wf_type_scalar(u, WF_TY_VOID);
    switch (letter) {
    case 'v': return wf_type_pointer(u, t_void);
    case 'p': return wf_type_pointer(u, wf_type_qualified(u, t_void, WF_CONST));
    case 'c': return wf_type_pointer(u, wf_type_qualified(u, wf_type_scalar(u, WF_TY_CHAR), WF_CONST));
    case 'n': return wf_type_pointer(u, wf_type_scalar(u, WF_TY_INT));
    default: return NULL;
    }
}

/* --- one call being checked --- */

typedef struct call {
    wf_unit *u;
    wf_builtin id;
    const char *name;
    wf_expr **args; /* ours: converted in place */
    uint32_t count;
    wf_place at;
} call;

static const char *what(const call *c, uint32_t i) {
    return wf_arena_printf(&c->u->arena, "argument %u of '%s'", i + 1, c->name);
}

static int convert(call *c, uint32_t i, const wf_type *to) {
    const char *role = wf_converts_plainly(to, c->args[i]) ? "" : what(c, i);
    c->args[i] = wf_convert_for(c->u, to, c->args[i], c->args[i]->at, role);
    return !wf_is_error(c->args[i]);
}

static int convert_kind(call *c, uint32_t i, wf_type_kind kind) {
    return convert(c, i, wf_type_scalar(c->u, kind));
}

static int wrong_type(call *c, uint32_t i, const wf_type *t, unsigned set, const char *role) {
    wf_report(&c->u->diags, WF_ERROR, c->args[i]->at, NULL, "%s: %s '%s', and it works on %s", what(c, i),
              role, wf_spell_type(c->u, t), set_names(c->u, set));
    return 0;
}

static int in_set(call *c, uint32_t i, unsigned set) {
    const wf_type *t = c->args[i]->type;
    return set_of(t->unqual) & set ? 1 : wrong_type(c, i, t, set, "got");
}

/* The argument as a pointer to something of the set; may it be written? */
static const wf_type *pointer_arg(call *c, uint32_t i, unsigned set, int writes) {
    const wf_type *t = c->args[i]->type;
    if (t->kind != WF_TY_POINTER) {
        const char *hint =
            c->args[i]->flags & WF_EX_LVALUE
                ? wf_arena_printf(&c->u->arena, "take its address: '&%s'", wf_spell_expr(c->u, c->args[i]))
                : NULL;
        wf_report(&c->u->diags, WF_ERROR, c->args[i]->at, hint, "%s: got '%s', expected a pointer",
                  what(c, i), wf_spell_type(c->u, t));
        return NULL;
    }
    if (!(set_of(t->base->unqual) & set)) {
        wrong_type(c, i, t->base, set, "got a pointer to");
        return NULL;
    }
    if (writes && t->base->quals & WF_CONST) {
        wf_report(&c->u->diags, WF_ERROR, c->args[i]->at, NULL,
                  "%s: '%s' points to const, and '%s' writes there", what(c, i),
                  wf_spell_expr(c->u, c->args[i]), c->name);
        return NULL;
    }
    return t->base->unqual;
}

/* --- the generic ones; each returns the result's type, NULL when something was wrong (told) --- */

static const wf_type *check_shuffle(call *c) {
    wf_type_kind lane = c->id == WF_BI_SHFL_UP || c->id == WF_BI_SHFL_DOWN ? WF_TY_UINT : WF_TY_INT;
    c->args[1] = wf_make_promoted(c->u, c->args[1]);
    if (!convert_kind(c, 0, WF_TY_UINT) || !in_set(c, 1, NUMBERS) || !convert_kind(c, 2, lane) ||
        !convert_kind(c, 3, WF_TY_INT))
        return NULL;
    return c->args[1]->type->unqual;
}

static const wf_type *check_match(call *c) {
    c->args[1] = wf_make_promoted(c->u, c->args[1]);
    if (!convert_kind(c, 0, WF_TY_UINT) || !in_set(c, 1, INT4 | INT8 | FLOATS)) return NULL;
    if (c->id == WF_BI_MATCH_ALL && !convert(c, 2, parameter_type(c->u, 'n'))) return NULL;
    return wf_type_scalar(c->u, WF_TY_UINT);
}

static const wf_type *check_warp_reduce(call *c) {
    c->args[1] = wf_make_promoted(c->u, c->args[1]);
    return convert_kind(c, 0, WF_TY_UINT) && in_set(c, 1, INT4) ? c->args[1]->type->unqual : NULL;
}

static unsigned atomic_set(wf_builtin id) {
#define SCOPES(name)                                                                                         \
    case WF_BI_##name:                                                                                       \
    case WF_BI_##name##_BLOCK:                                                                               \
    case WF_BI_##name##_SYSTEM
    switch (id) {
        SCOPES(ATOMIC_ADD) : return NUMBERS;
        SCOPES(ATOMIC_EXCH) : return INT4 | INT8 | FLOATS;
        SCOPES(ATOMIC_MIN) : return INT4 | INT8 | FLOATS;
        SCOPES(ATOMIC_MAX) : return INT4 | INT8 | FLOATS;
        SCOPES(ATOMIC_INC) : return UINT;
        SCOPES(ATOMIC_DEC) : return UINT;
        SCOPES(ATOMIC_CAS) : return INT4 | INT8 | USHORT;
    default: return INT4 | INT8; /* sub, and, or, xor */
    }
#undef SCOPES
}

static const wf_type *check_atomic(call *c) {
    const wf_type *t = pointer_arg(c, 0, atomic_set(c->id), 1);
    for (uint32_t i = 1; t && i < c->count; i++)
        if (!convert(c, i, t)) return NULL;
    return t;
}

static const wf_type *check_load(call *c) { return pointer_arg(c, 0, ANY_VALUE, 0); }

static const wf_type *check_store(call *c) {
    const wf_type *t = pointer_arg(c, 0, ANY_VALUE, 1);
    return t && convert(c, 1, t) ? wf_type_scalar(c->u, WF_TY_VOID) : NULL;
}

/* Arithmetic in the common type of all arguments; integers count as double where only floats are meant. */
static const wf_type *check_arithmetic(call *c, int takes_integers, int takes_floats) {
    const wf_type *common = NULL;
    for (uint32_t i = 0; i < c->count; i++) {
        const wf_type *t = c->args[i]->type;
        if (!wf_type_is_arithmetic(t)) {
            wrong_type(c, i, t, (takes_integers ? INT4 | INT8 : 0) | (takes_floats ? FLOATS | HALVES : 0),
                       "got");
            return NULL;
        }
        common = common ? wf_common_type(c->u, common, t) : wf_promoted_type(c->u, c->args[i]);
    }
    if (wf_type_is_integer(common) && !takes_integers) common = wf_type_scalar(c->u, WF_TY_DOUBLE);
    if (wf_type_is_float(common) && !takes_floats) {
        wrong_type(c, 0, common, INT4 | INT8, "got");
        return NULL;
    }
    for (uint32_t i = 0; i < c->count; i++)
        if (!convert(c, i, common)) return NULL;
    return common;
}

static const wf_type *check_printf(call *c) {
    if (!c->count) {
        wf_report(&c->u->diags, WF_ERROR, c->at, NULL, "'printf' needs a format");
        return NULL;
    }
    if (!convert(c, 0, parameter_type(c->u, 'c'))) return NULL;
    for (uint32_t i = 1; i < c->count; i++) {
        const wf_type *t = c->args[i]->type;
        if (!wf_type_is_scalar(t)) {
            wf_report(&c->u->diags, WF_ERROR, c->args[i]->at, "print its members one by one",
                      "%s: printf takes numbers and pointers, got '%s'", what(c, i), wf_spell_type(c->u, t));
            return NULL;
        }
        if (wf_type_is_float(t) ? !convert_kind(c, i, WF_TY_DOUBLE)
                                : wf_is_error(c->args[i] = wf_make_promoted(c->u, c->args[i])))
            return NULL;
    }
    return wf_type_scalar(c->u, WF_TY_INT);
}

static const wf_type *check_aligned(call *c) {
    int64_t bytes = 0;
    if (c->args[0]->type->kind != WF_TY_POINTER)
        return wrong_type(c, 0, c->args[0]->type, POINTERS, "got"), NULL;
    if (!convert_kind(c, 1, WF_TY_INT)) return NULL;
    if (!wf_fold_int(c->u, c->args[1], &bytes) || bytes < 1 || bytes > 4096 || bytes & (bytes - 1)) {
        wf_report(&c->u->diags, WF_ERROR, c->args[1]->at, NULL,
                  "%s must be a constant power of two, at most 4096", what(c, 1));
        return NULL;
    }
    return c->args[0]->type->unqual;
}

/* The text of an assertion or of an exception is known when the program is compiled. */
static int check_message(call *c) {
    const wf_expr *text = c->args[0];
    if (text->kind == WF_EX_CAST && text->cast == WF_CAST_DECAY && text->a->kind == WF_EX_STRING) return 1;
    wf_report(&c->u->diags, WF_ERROR, text->at, NULL, "%s must be a string literal", what(c, 0));
    return 0;
}

/* Result of the rules that name a type. */
static const wf_type *named_result(wf_unit *u, wf_builtin id) {
    const char *rule = wf_builtins[id].rule;
    int kind = -1;
    if (!rule[1]) {
        switch (rule[0]) {
        case 'V': kind = WF_TY_VOID; break;
        case 'I': kind = WF_TY_INT; break;
        case 'U': kind = WF_TY_UINT; break;
        case 'L': kind = WF_TY_LLONG; break;
        case 'B': kind = WF_TY_BOOL; break;
        case 'F': kind = WF_TY_FLOAT; break;
        case 'D': kind = WF_TY_DOUBLE; break;
        default: break;
        }
    } else if (!strcmp(rule, "INT0")) {
        kind = WF_TY_INT;
    } else if (!strcmp(rule, "UL")) {
        kind = WF_TY_ULLONG;
    } else if (!strcmp(rule, "DIM3")) {
        return wf_type_vector(u, WF_TY_UINT, 3);
    }
    if (kind >= 0) return wf_type_scalar(u, (wf_type_kind)kind);
    switch (id) {
    case WF_BI_HALF_AS_USHORT:
    case WF_BI_BFLOAT_AS_USHORT: return wf_type_scalar(u, WF_TY_USHORT);
    case WF_BI_USHORT_AS_HALF: return wf_type_scalar(u, WF_TY_HALF);
    case WF_BI_USHORT_AS_BFLOAT: return wf_type_scalar(u, WF_TY_BFLOAT);
    case WF_BI_INDEX:
    case WF_BI_CHECKED:
    case WF_BI_HOST: return wf_type_scalar(u, WF_TY_LLONG);
    case WF_BI_MALLOC:
    case WF_BI_MEMCPY:
    case WF_BI_SHARED_AT:
    case WF_BI_MEMSET: return wf_type_pointer(u, wf_type_scalar(u, WF_TY_VOID));
    default: return NULL;
    }
}

static const wf_type *check_fixed(call *c) {
    const char *letters = parameters[c->id] ? parameters[c->id] : "";
    for (uint32_t i = 0; i < c->count && letters[i]; i++) {
        if (letters[i] == '*') {
            if (c->args[i]->type->kind != WF_TY_POINTER)
                return wrong_type(c, i, c->args[i]->type, POINTERS, "got"), NULL;
        } else if (!convert(c, i, parameter_type(c->u, letters[i]))) return NULL;
    }
    if ((c->id == WF_BI_RAISE || c->id == WF_BI_ASSERT_FAIL) && !check_message(c)) return NULL;
    return named_result(c->u, c->id);
}

static const wf_type *check(call *c) {
    if (wf_builtins[c->id].flags & WF_BIF_ATOMIC) return check_atomic(c);
    switch (c->id) {
    case WF_BI_SHFL:
    case WF_BI_SHFL_UP:
    case WF_BI_SHFL_DOWN:
    case WF_BI_SHFL_XOR: return check_shuffle(c);
    case WF_BI_MATCH_ANY:
    case WF_BI_MATCH_ALL: return check_match(c);
    case WF_BI_REDUCE_ADD:
    case WF_BI_REDUCE_MIN:
    case WF_BI_REDUCE_MAX: return check_warp_reduce(c);
    case WF_BI_LDG:
    case WF_BI_LDCG:
    case WF_BI_LDCA:
    case WF_BI_LDCS:
    case WF_BI_LDCV: return check_load(c);
    case WF_BI_STCG:
    case WF_BI_STCS:
    case WF_BI_STWB:
    case WF_BI_STWT: return check_store(c);
    case WF_BI_FMA:
    case WF_BI_SQRT:
    case WF_BI_FABS:
    case WF_BI_FLOOR:
    case WF_BI_CEIL:
    case WF_BI_TRUNC:
    case WF_BI_RINT:
    case WF_BI_COPYSIGN:
    case WF_BI_FMIN:
    case WF_BI_FMAX:
    case WF_BI_ADD_RN:
    case WF_BI_SUB_RN:
    case WF_BI_MUL_RN:
    case WF_BI_DIV_RN: return check_arithmetic(c, 0, 1);
    case WF_BI_ISNAN:
    case WF_BI_ISINF:
    case WF_BI_ISFINITE:
    case WF_BI_SIGNBIT: return check_arithmetic(c, 0, 1) ? wf_type_scalar(c->u, WF_TY_BOOL) : NULL;
    case WF_BI_MIN:
    case WF_BI_MAX:
    case WF_BI_EXPECT: return check_arithmetic(c, 1, 1);
    case WF_BI_ABS: return check_arithmetic(c, 1, 0);
    case WF_BI_ALIGNED: return check_aligned(c);
    case WF_BI_PRINTF: return check_printf(c);
    default: return check_fixed(c);
    }
}

wf_arg_rule wf_builtin_arg_rule(wf_builtin id, uint32_t i) {
    if (wf_builtins[id].flags & WF_BIF_ATOMIC) return i ? WF_ARG_CONVERTED : WF_ARG_AS_IS;
    if (parameters[id]) return parameters[id][0] == '*' ? WF_ARG_AS_IS : WF_ARG_CONVERTED;
    if (wf_builtins[id].flags & WF_BIF_WARP) return i == 1 ? WF_ARG_PROMOTED : WF_ARG_CONVERTED;
    if (id == WF_BI_PRINTF) return i ? WF_ARG_PRINTED : WF_ARG_CONVERTED;
    if (id >= WF_BI_LDG && id <= WF_BI_STWT) return i ? WF_ARG_CONVERTED : WF_ARG_AS_IS;
    if (id == WF_BI_ALIGNED) return i ? WF_ARG_CONVERTED : WF_ARG_AS_IS;
    return WF_ARG_COMMON;
}

/* --- bit casts of literals --- */

static wf_expr *float_from_bits(const call *c) {
    if (c->count != 1 || c->args[0]->kind != WF_EX_INT) return NULL;
    uint64_t bits = c->args[0]->u.i;
    wf_type_kind kind;
    double value;
    if (c->id == WF_BI_INT_AS_FLOAT || c->id == WF_BI_UINT_AS_FLOAT) {
        uint32_t low = (uint32_t)bits;
        float single;
        memcpy(&single, &low, sizeof single);
        value = single;
        kind = WF_TY_FLOAT;
    } else if (c->id == WF_BI_LL_AS_DOUBLE) {
        memcpy(&value, &bits, sizeof value);
        kind = WF_TY_DOUBLE;
    } else if (c->id == WF_BI_USHORT_AS_HALF) {
        int exponent = (int)(bits >> 10 & 31), mantissa = (int)(bits & 1023);
        value = exponent == 31 ? (mantissa ? NAN : INFINITY)
                               : ldexp(exponent ? mantissa + 1024 : mantissa, (exponent ? exponent : 1) - 25);
        if (bits & 0x8000) value = -value;
        kind = WF_TY_HALF;
    } else if (c->id == WF_BI_USHORT_AS_BFLOAT) {
        uint32_t high = (uint32_t)bits << 16;
        float single;
        memcpy(&single, &high, sizeof single);
        value = single;
        kind = WF_TY_BFLOAT;
    } else return NULL;
    /* Of the NaNs only the plain one is a literal: another's bits may matter to who wrote them. */
    static const uint64_t plain_nan[WF_TY_SCALARS] = {[WF_TY_HALF] = 0x7e00,
                                                      [WF_TY_BFLOAT] = 0x7fc0,
                                                      [WF_TY_FLOAT] = 0x7fc00000,
                                                      [WF_TY_DOUBLE] = 0x7ff8000000000000};
    if (isnan(value)) {
        if (bits != plain_nan[kind]) return NULL;
        value = NAN;
    }
    return wf_make_float(c->u, wf_type_scalar(c->u, kind), value, c->at);
}

/* --- the constructor --- */

/* Arguments that C++ gives a default; returns the number of arguments with them. */
static uint32_t add_defaults(call *c, uint32_t count) {
    int shuffle = c->id >= WF_BI_SHFL && c->id <= WF_BI_SHFL_XOR;
    if (c->id == WF_BI_SYNCWARP && count == 0) {
        c->args[0] = wf_make_int(c->u, wf_type_scalar(c->u, WF_TY_UINT), 0xffffffffu, c->at);
        return 1;
    }
    if (shuffle && count == 3) {
        c->args[3] = wf_make_int(c->u, wf_type_scalar(c->u, WF_TY_INT), 32, c->at);
        return 4;
    }
    return count;
}

wf_expr *wf_make_builtin(wf_unit *u, wf_builtin builtin, wf_expr **args, uint32_t count, wf_place at) {
    if ((unsigned)builtin >= WF_BI_COUNT) return wf_make_error(u, NULL, at);
    const wf_builtin_info *info = &wf_builtins[builtin];
    call c = {u, builtin, info->spelling, WF_NEW_ARRAY(&u->arena, wf_expr *, count + 4), count, at};
    const wf_type *guess = named_result(u, builtin);
    for (uint32_t i = 0; i < count; i++) {
        c.args[i] = wf_is_error(args[i]) ? NULL : wf_make_value(u, args[i]);
        if (wf_is_error(c.args[i])) return wf_error_like(u, guess, args[i], at);
    }
    c.count = add_defaults(&c, count);
    if (info->args >= 0 && c.count != (uint32_t)info->args) {
        wf_report(&u->diags, WF_ERROR, at, NULL, "'%s' takes %d argument%s, got %u", info->spelling,
                  info->args, info->args == 1 ? "" : "s", count);
        return wf_make_error(u, guess, at);
    }
    const wf_type *type = check(&c);
    if (!type) return wf_error_like(u, guess, c.count ? c.args[0] : NULL, at);
    wf_expr *literal = float_from_bits(&c);
    return literal ? literal : wf_call_new(u, builtin, type, c.args, c.count, at);
}
