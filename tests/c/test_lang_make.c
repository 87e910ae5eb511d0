/* The constructors: usual conversions against the host compiler's, messages, folding against the host's
 * arithmetic, running out of memory at every point. */
#include "base/memory.h"
#include "lang/lang.h"
#include "check.h"
#include <math.h>
#include <setjmp.h>
#include <string.h>

static const wf_place at = {0, 1, 1, 1};
#define KIND(k) wf_type_scalar(u, WF_TY_##k)

static wf_expr *var(wf_unit *u, const wf_type *type) {
    return wf_make_var(u, wf_global_new(u, wf_unit_unique_name(u, "v"), type, WF_SPACE_DEVICE, at), at);
}
static wf_expr *num(wf_unit *u, int value) { return wf_make_int(u, KIND(INT), (uint64_t)(int64_t)value, at); }

/* --- the usual arithmetic conversions are the host's --- */

/* clang-format off */
#define HOST_TYPES(X)                                                                                        \
    X(BOOL, _Bool) X(CHAR, signed char) X(UCHAR, unsigned char) X(SHORT, short) X(USHORT, unsigned short)    \
    X(INT, int) X(UINT, unsigned) X(LONG, long) X(ULONG, unsigned long) X(LLONG, long long)                  \
    X(ULLONG, unsigned long long) X(FLOAT, float) X(DOUBLE, double)
/* clang-format on */
#define KIND_OF(x)                                                                                           \
    _Generic((x), int                                                                                        \
             : WF_TY_INT, unsigned                                                                           \
             : WF_TY_UINT, long                                                                              \
             : WF_TY_LONG, unsigned long                                                                     \
             : WF_TY_ULONG, long long                                                                        \
             : WF_TY_LLONG, unsigned long long                                                               \
             : WF_TY_ULLONG, float                                                                           \
             : WF_TY_FLOAT, double                                                                           \
             : WF_TY_DOUBLE, default                                                                         \
             : WF_TY_VOID)

static void check_common(wf_unit *u, wf_type_kind a, wf_type_kind b, wf_type_kind expected) {
    const wf_type *ta = wf_type_scalar(u, a), *tb = wf_type_scalar(u, b);
    CHECK_MESSAGE(wf_common_type(u, ta, tb) == wf_type_scalar(u, expected), "%d and %d", a, b);
    wf_expr *sum = wf_make_binary(u, WF_OP_ADD, var(u, wf_type_qualified(u, ta, WF_CONST)), var(u, tb), at);
    CHECK_MESSAGE(sum->kind == WF_EX_BINARY && sum->type->kind == expected &&
                      sum->a->type->unqual == sum->type && sum->b->type->unqual == sum->type,
                  "%d and %d", a, b);
    wf_expr *less = wf_make_binary(u, WF_OP_LT, var(u, ta), var(u, tb), at);
    CHECK(less->type == KIND(BOOL) && less->a->type->unqual == wf_type_scalar(u, expected));
}

static void test_common_types(wf_unit *u) {
#define TWO(ka, ta, kb, tb) check_common(u, WF_TY_##ka, WF_TY_##kb, KIND_OF((ta)0 + (tb)0));
/* clang-format off */
#define ONE(ka, ta)                                                                                          \
    TWO(ka, ta, BOOL, _Bool) TWO(ka, ta, CHAR, signed char) TWO(ka, ta, UCHAR, unsigned char)                \
    TWO(ka, ta, SHORT, short) TWO(ka, ta, USHORT, unsigned short) TWO(ka, ta, INT, int)                      \
    TWO(ka, ta, UINT, unsigned) TWO(ka, ta, LONG, long) TWO(ka, ta, ULONG, unsigned long)                    \
    TWO(ka, ta, LLONG, long long) TWO(ka, ta, ULLONG, unsigned long long) TWO(ka, ta, FLOAT, float)          \
    TWO(ka, ta, DOUBLE, double)
    /* clang-format on */
    HOST_TYPES(ONE)
    static const wf_type_kind half[][3] = {
        {WF_TY_HALF, WF_TY_HALF, WF_TY_HALF},     {WF_TY_HALF, WF_TY_INT, WF_TY_HALF},
        {WF_TY_ULLONG, WF_TY_HALF, WF_TY_HALF},   {WF_TY_HALF, WF_TY_FLOAT, WF_TY_FLOAT},
        {WF_TY_HALF, WF_TY_DOUBLE, WF_TY_DOUBLE}, {WF_TY_BFLOAT, WF_TY_BOOL, WF_TY_BFLOAT},
        {WF_TY_BFLOAT, WF_TY_HALF, WF_TY_FLOAT},  {WF_TY_BFLOAT, WF_TY_FLOAT, WF_TY_FLOAT},
    };
    for (size_t i = 0; i < sizeof half / sizeof *half; i++)
        check_common(u, half[i][0], half[i][1], half[i][2]);
    CHECK(!wf_common_type(u, KIND(INT), wf_type_pointer(u, KIND(INT))) &&
          !wf_common_type(u, KIND(VOID), KIND(INT)));
}

/* --- what each constructor makes --- */

static void test_shapes(wf_unit *u) {
    const wf_type *floats = wf_type_pointer(u, KIND(FLOAT)),
                  *const_floats = wf_type_pointer(u, wf_type_qualified(u, KIND(FLOAT), WF_CONST));
    wf_expr *p = var(u, floats), *q = var(u, const_floats), *i = var(u, KIND(SHORT)),
            *f = var(u, KIND(FLOAT));
    wf_expr *e = wf_make_binary(u, WF_OP_ADD, i, p, at);
    CHECK(e->type == floats && e->a == p && e->b->type == KIND(INT) && e->b->a == i);
    e = wf_make_binary(u, WF_OP_SUB, p, q, at);
    CHECK(e->type == KIND(LONG) && e->a->type == const_floats && e->b == q);
    e = wf_make_index(u, i, p, at);
    CHECK(e->kind == WF_EX_INDEX && e->a == p && e->flags & WF_EX_LVALUE && e->type == KIND(FLOAT));
    e = wf_make_binary(u, WF_OP_EQ, p, num(u, 0), at);
    CHECK(e->type == KIND(BOOL) && e->b->kind == WF_EX_INT && e->b->type == floats);
    e = wf_make_cond(u, p, q, num(u, 0), at);
    CHECK(e->type == const_floats && e->a->cast == WF_CAST_PTR_BOOL);
    e = wf_make_cond(u, f, var(u, KIND(CHAR)), var(u, KIND(CHAR)), at);
    CHECK(e->type == KIND(CHAR) && e->a->type == KIND(BOOL));
    e = wf_make_update(u, WF_OP_ADD, i, f, at);
    CHECK(e->type == KIND(SHORT) && e->u.compute == KIND(FLOAT) && e->b == f);
    e = wf_make_update(u, WF_OP_SHL, i, var(u, KIND(ULONG)), at);
    CHECK(e->u.compute == KIND(INT) && e->b->type == KIND(ULONG));
    e = wf_make_update(u, WF_OP_ADD, p, i, at);
    CHECK(e->u.compute == floats && e->b->type == KIND(INT));
    e = wf_make_binary(u, WF_OP_MUL, f, num(u, 2), at);
    CHECK(e->b->kind == WF_EX_FLOAT && e->b->type == KIND(FLOAT) && e->b->u.f == 2);
    e = wf_make_unary(u, WF_OP_NEG, num(u, 5), at);
    CHECK(e->kind == WF_EX_INT && (int64_t)e->u.i == -5);
    e = wf_make_cast(u, KIND(UCHAR), num(u, 300), at);
    CHECK(e->kind == WF_EX_INT && e->u.i == 44 && e->type == KIND(UCHAR));
    e = wf_make_cast(u, KIND(FLOAT), f, at);
    CHECK(e->kind == WF_EX_CAST && e->cast == WF_CAST_QUAL && !(e->flags & WF_EX_IMPLICIT));
    e = wf_make_cast(u, floats, i, at);
    CHECK(e->cast == WF_CAST_INT_PTR && e->a->type == KIND(LONG));
    CHECK(wf_make_convert(u, wf_type_pointer(u, wf_type_qualified(u, KIND(VOID), WF_CONST)), p, at)->cast ==
          WF_CAST_POINTER);
    wf_expr *array = var(u, wf_type_array(u, wf_type_array(u, KIND(INT), 3), 2));
    e = wf_make_index(u, wf_make_index(u, array, num(u, 1), at), i, at);
    CHECK(e->type == KIND(INT) && e->a->cast == WF_CAST_DECAY && e->a->a->kind == WF_EX_INDEX &&
          !array->u.var->address_taken);
    e = wf_make_addr(u, e, at);
    CHECK(e->type == wf_type_pointer(u, KIND(INT)) && array->u.var->address_taken);
    wf_expr *v = var(u, wf_type_qualified(u, wf_type_vector(u, WF_TY_FLOAT, 4), WF_CONST));
    e = wf_make_member(u, v, "z", at);
    CHECK(e->u.field == 2 && e->type == wf_type_qualified(u, KIND(FLOAT), WF_CONST) &&
          e->flags & WF_EX_LVALUE);
    CHECK(wf_make_string(u, "abc", 3, at)->type->count == 4);
    CHECK(!u->diags.errors);
}

static void test_builtins(wf_unit *u) {
    wf_expr *p = var(u, wf_type_pointer(u, KIND(FLOAT))), *i = var(u, KIND(SHORT));
    wf_expr *args[4] = {num(u, -1), i, num(u, 1)};
    wf_expr *e = wf_make_builtin(u, WF_BI_SHFL_DOWN, args, 3, at);
    CHECK(e->type == KIND(INT) && e->u.call.count == 4 && e->u.call.args[3]->u.i == 32 &&
          e->u.call.args[0]->u.i == 0xffffffff);
    e = wf_make_builtin(u, WF_BI_ATOMIC_ADD_BLOCK, (wf_expr *[]){p, i}, 2, at);
    CHECK(e->type == KIND(FLOAT) && e->u.call.args[1]->type == KIND(FLOAT));
    e = wf_make_builtin(u, WF_BI_FMIN, (wf_expr *[]){i, var(u, KIND(FLOAT))}, 2, at);
    CHECK(e->type == KIND(FLOAT) && e->u.call.args[0]->type == KIND(FLOAT));
    CHECK(wf_make_builtin(u, WF_BI_SQRT, &i, 1, at)->type == KIND(DOUBLE));
    CHECK(wf_make_builtin(u, WF_BI_MAX, (wf_expr *[]){i, var(u, KIND(ULONG))}, 2, at)->type == KIND(ULONG));
    CHECK(wf_make_builtin(u, WF_BI_THREAD_IDX, NULL, 0, at)->type == wf_type_vector(u, WF_TY_UINT, 3));
    CHECK(wf_make_builtin(u, WF_BI_SYNCWARP, NULL, 0, at)->u.call.args[0]->u.i == 0xffffffff);
    e = wf_make_builtin(u, WF_BI_PRINTF,
                        (wf_expr *[]){wf_make_string(u, "%d %f", 5, at), i, var(u, KIND(HALF))}, 3, at);
    CHECK(e->u.call.args[1]->type == KIND(INT) && e->u.call.args[2]->type == KIND(DOUBLE));
    wf_expr *bits = num(u, 0x7f800000);
    e = wf_make_builtin(u, WF_BI_INT_AS_FLOAT, &bits, 1, at);
    CHECK(e->kind == WF_EX_FLOAT && isinf(e->u.f));
    bits = num(u, 0x7fc00001);
    CHECK(wf_make_builtin(u, WF_BI_INT_AS_FLOAT, &bits, 1, at)->kind == WF_EX_BUILTIN);
    bits = num(u, 0x8001);
    e = wf_make_builtin(u, WF_BI_USHORT_AS_HALF, &bits, 1, at);
    CHECK(e->kind == WF_EX_FLOAT && e->u.f == -ldexp(1, -24));
    CHECK(!u->diags.errors);
}

/* --- messages --- */

static void test_messages(wf_unit *u) {
    const wf_type *ints = wf_type_pointer(u, KIND(INT)), *voids = wf_type_pointer(u, KIND(VOID));
    const wf_type *const_ints = wf_type_pointer(u, wf_type_qualified(u, KIND(INT), WF_CONST)),
                  *v4 = wf_type_vector(u, WF_TY_FLOAT, 4);
    wf_var *names[] = {wf_global_new(u, "p", ints, WF_SPACE_DEVICE, at),
                       wf_global_new(u, "cp", const_ints, WF_SPACE_DEVICE, at),
                       wf_global_new(u, "vp", voids, WF_SPACE_DEVICE, at),
                       wf_global_new(u, "f", KIND(FLOAT), WF_SPACE_DEVICE, at),
                       wf_global_new(u, "i", KIND(INT), WF_SPACE_DEVICE, at),
                       wf_global_new(u, "c4", v4, WF_SPACE_DEVICE, at),
                       wf_global_new(u, "ci", wf_type_qualified(u, KIND(INT), WF_CONST), WF_SPACE_DEVICE, at),
                       wf_global_new(u, "a", wf_type_array(u, KIND(INT), 3), WF_SPACE_DEVICE, at)};
    enum { P, CP, VP, F, I, C4, CI, A };
#define V(n) wf_make_var(u, names[n], at)
    const wf_type *params[] = {ints, KIND(INT)};
    wf_func *g = wf_func_new(u, "g", wf_type_function(u, KIND(VOID), params, 2, 0), at);
    wf_param_new(u, g, "out", ints, at);
    wf_param_new(u, g, "n", KIND(INT), at);
    wf_expr *two[2] = {V(F), V(I)};
#define SAYS(expression, text, want_hint)                                                                    \
    do {                                                                                                     \
        uint32_t errors = u->diags.errors = 0;                                                               \
        wf_diag *before = u->diags.last;                                                                     \
        wf_expr *made = (expression);                                                                        \
        const wf_diag *first = before ? before->next : u->diags.first;                                       \
        CHECK_MESSAGE(made && made->type && u->diags.errors == errors + 1, "%s: %u errors", text,            \
                      u->diags.errors);                                                                      \
        CHECK_MESSAGE(first && !strcmp(first->message, text), "got '%s'",                                    \
                      first ? first->message : "nothing");                                                   \
        CHECK_MESSAGE(first && !strcmp(first->hint ? first->hint : "", want_hint), "%s: hint '%s'", text,    \
                      first && first->hint ? first->hint : "none");                                          \
        CHECK(made->flags &WF_EX_ERROR);                                                                     \
        uint32_t now = u->diags.errors; /* an error begets no other */                                       \
        wf_make_binary(u, WF_OP_REM, wf_make_deref(u, wf_make_member(u, made, "x", at), at), V(F), at);      \
        wf_make_assign(u, wf_make_index(u, made, V(F), at), made, at);                                       \
        wf_make_bool(u, wf_make_call_pointer(u, made, NULL, 0, at));                                         \
        CHECK(u->diags.errors == now);                                                                       \
    } while (0)
    SAYS(wf_make_binary(u, WF_OP_REM, V(F), V(I), at), "'%' takes integers, not 'float' and 'int'",
         "use fmodf, or fmod for double");
    SAYS(wf_make_binary(u, WF_OP_ADD, V(P), V(P), at), "'+' cannot take 'int *' and 'int *'",
         "add an integer to a pointer");
    SAYS(wf_make_binary(u, WF_OP_MUL, V(C4), V(F), at), "'*' cannot take 'float4' and 'float'",
         "work on the members, or write an operator function");
    SAYS(wf_make_binary(
             u, WF_OP_LT, V(P),
             wf_make_var(u, wf_global_new(u, "fp", wf_type_pointer(u, KIND(FLOAT)), WF_SPACE_DEVICE, at), at),
             at),
         "'<' cannot take 'int *' and 'float *'", "cast one of the pointers to the other's type");
    SAYS(wf_make_assign(u, V(P), V(CP), at),
         "assignment: got 'const int *', expected 'int *': this would drop const",
         "let it point to const, or cast if you mean it");
    SAYS(wf_make_assign(u, V(P), V(VP), at),
         "assignment: got 'void *', expected 'int *': void * becomes another pointer only by a cast",
         "cast it: (int *)");
    SAYS(wf_make_assign(u, V(P), V(F), at), "assignment: got 'float', expected 'int *'", "");
    SAYS(wf_make_assign(u, V(P), V(I), at), "assignment: got 'int', expected 'int *'",
         "cast it if it is an address: (int *)");
    SAYS(wf_make_assign(u, V(I), V(P), at), "assignment: got 'int *', expected 'int'",
         "read what it points to: '*p'");
    SAYS(wf_make_assign(u, V(CI), V(I), at), "cannot assign to 'ci' of type 'const int': it is const", "");
    SAYS(wf_make_assign(u, wf_make_binary(u, WF_OP_ADD, V(I), V(I), at), V(I), at),
         "cannot assign to 'i + i' of type 'int': it is a value, not a place in memory", "");
    SAYS(wf_make_assign(u, V(A), V(A), at), "cannot assign to 'a' of type 'int[3]': it is an array",
         "copy the elements one by one");
    SAYS(wf_make_update(u, WF_OP_XOR, V(F), V(I), at), "'^=' cannot take 'float' and 'int'", "");
    SAYS(wf_make_step(u, WF_OP_ADD, V(CI), 0, at), "cannot increment 'ci' of type 'const int': it is const",
         "");
    SAYS(wf_make_deref(u, V(I), at), "'*' needs a pointer, got 'i' of type 'int'", "");
    SAYS(wf_make_deref(u, V(VP), at), "cannot dereference a pointer to 'void': void has no values",
         "cast it to a pointer to the type that lies there");
    SAYS(wf_make_index(u, V(F), V(I), at),
         "'f' has type 'float', which is neither a pointer nor an array: it has no elements", "");
    SAYS(wf_make_index(u, V(P), V(F), at), "an index must be an integer, got 'float'", "convert it: (int)");
    SAYS(wf_make_member(u, V(C4), "xx", at), "'float4' has no member 'xx'", "");
    SAYS(wf_make_member(u, V(I), "x", at), "'i' has type 'int', which has no members", "");
    SAYS(wf_make_addr(u, num(u, 3), at),
         "cannot take the address of '3': it is a value, not a place in memory", "");
    SAYS(wf_make_call(u, g, two, 1, at), "'g' takes 2 arguments, got 1", "");
    SAYS(wf_make_call(u, g, two, 2, at), "argument 1 ('out') of 'g': got 'float', expected 'int *'", "");
    SAYS(wf_make_call_pointer(u, V(I), NULL, 0, at), "'i' has type 'int': it cannot be called", "");
    SAYS(wf_make_cast(u, KIND(FLOAT), V(P), at), "cannot cast 'int *' to 'float'", "");
    SAYS(wf_make_bool(u, V(C4)), "a condition must be a number or a pointer, got 'float4'", "");
    SAYS(wf_make_cond(u, V(I), V(P), V(F), at),
         "the two results of '?:' have no common type: 'int *' and 'float'", "");
    SAYS(wf_make_builtin(u, WF_BI_ATOMIC_ADD, (wf_expr *[]){V(I), V(I)}, 2, at),
         "argument 1 of 'atomicAdd': got 'int', expected a pointer", "take its address: '&i'");
    SAYS(wf_make_builtin(u, WF_BI_ATOMIC_INC, (wf_expr *[]){V(P), V(I)}, 2, at),
         "argument 1 of 'atomicInc': got a pointer to 'int', and it works on unsigned int", "");
    SAYS(wf_make_builtin(u, WF_BI_ATOMIC_ADD, (wf_expr *[]){V(CP), V(I)}, 2, at),
         "argument 1 of 'atomicAdd': 'cp' points to const, and 'atomicAdd' writes there", "");
    SAYS(wf_make_builtin(u, WF_BI_SHFL, (wf_expr *[]){V(I), V(C4), V(I)}, 3, at),
         "argument 2 of '__shfl_sync': got 'float4', and it works on int, unsigned int, long long, unsigned "
         "long long, float, double, __half, __nv_bfloat16",
         "");
    SAYS(wf_make_builtin(u, WF_BI_POPC, NULL, 0, at), "'__popc' takes 1 argument, got 0", "");
    SAYS(wf_make_init(u, KIND(FLOAT), (wf_expr *[]){V(I), V(P)}, 2, at),
         "2 values in braces cannot make a 'float'", "");
}

/* --- nothing crashes on NULL --- */

static void test_null(wf_unit *u) {
    wf_expr *none[3] = {NULL, NULL, NULL};
    wf_func *f = wf_unit_find_func(u, "g");
    for (int op = 0; op < WF_OP_COUNT; op++) {
        CHECK(wf_make_binary(u, (wf_op)op, NULL, num(u, 1), at)->type &&
              wf_make_unary(u, (wf_op)op, NULL, at)->type);
        CHECK(wf_make_update(u, (wf_op)op, NULL, NULL, at)->type &&
              wf_make_step(u, (wf_op)op, NULL, 1, at)->type);
    }
    CHECK(wf_make_cond(u, NULL, NULL, NULL, at)->type && wf_make_comma(u, NULL, NULL, at)->type);
    CHECK(wf_make_assign(u, NULL, num(u, 1), at)->type && wf_make_cast(u, NULL, NULL, at)->type &&
          wf_make_convert(u, NULL, NULL, at)->type);
    CHECK(wf_make_value(u, NULL)->type && wf_make_bool(u, NULL)->type && wf_make_promoted(u, NULL)->type &&
          wf_make_deref(u, NULL, at)->type);
    CHECK(wf_make_addr(u, NULL, at)->type && wf_make_index(u, NULL, NULL, at)->type &&
          wf_make_member(u, NULL, "x", at)->type);
    CHECK(wf_make_call(u, NULL, none, 3, at)->type && wf_make_call(u, f, none, 2, at)->type &&
          wf_make_call_pointer(u, NULL, none, 3, at)->type);
    for (int id = 0; id < WF_BI_COUNT; id++)
        for (uint32_t count = 0; count <= 3; count++)
            CHECK(wf_make_builtin(u, (wf_builtin)id, none, count, at)->type);
    CHECK(wf_make_init(u, NULL, none, 3, at)->type && wf_make_init(u, KIND(FLOAT), none, 1, at)->type &&
          wf_make_paren(u, NULL)->type);
    CHECK(wf_make_int(u, NULL, 3, at)->type && wf_make_float(u, NULL, 3, at)->type &&
          wf_make_var(u, NULL, at)->type);
    int64_t value;
    CHECK(!wf_fold_int(u, NULL, &value) && !wf_fold(u, NULL));
    CHECK(wf_stmt_expr(u, NULL)->expr && wf_stmt_new(u, WF_ST_BREAK, at));
}

/* Every built-in with every kind of argument: an expression or a message, never a crash. */
static void test_builtins_with_anything(wf_unit *u) {
    wf_expr *kinds[] = {var(u, KIND(BOOL)),
                        var(u, KIND(FLOAT)),
                        var(u, KIND(HALF)),
                        var(u, wf_type_pointer(u, KIND(UINT))),
                        var(u, wf_type_vector(u, WF_TY_FLOAT, 2)),
                        var(u, wf_type_array(u, KIND(INT), 2)),
                        wf_make_string(u, "s", 1, at)};
    enum { N = sizeof kinds / sizeof *kinds };
    for (int id = 0; id < WF_BI_COUNT; id++)
        for (int pick = 0; pick < N * N * N; pick++) {
            wf_expr *args[4] = {kinds[pick % N], kinds[pick / N % N], kinds[pick / N / N], kinds[0]};
            uint32_t count = wf_builtins[id].args < 0 ? 3 : (uint32_t)wf_builtins[id].args,
                     errors = u->diags.errors;
            wf_expr *e = wf_make_builtin(u, (wf_builtin)id, args, count, at);
            CHECK(e->type && !(e->flags & WF_EX_ERROR) == (u->diags.errors == errors));
        }
}

/* --- folding --- */

static uint64_t seed = 1;
static uint64_t draw(void) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return seed * 0x2545f4914f6cdd1du;
}

static int64_t folded(wf_unit *u, wf_expr *e) {
    int64_t value = -1;
    CHECK(wf_fold_int(u, e, &value));
    return value;
}

#define CHECK_OPERATORS(kind, type, unsigned_type)                                                           \
    for (int n = 0; n < 200; n++) {                                                                          \
        uint64_t ra = draw() >> draw() % 64, rb = draw() >> draw() % 64;                                     \
        type a = (type)ra, b = (type)rb;                                                                     \
        wf_expr *x = wf_make_int(u, KIND(kind), (uint64_t)a, at),                                            \
                *y = wf_make_int(u, KIND(kind), (uint64_t)b, at);                                            \
        CHECK((type)folded(u, wf_make_binary(u, WF_OP_ADD, x, y, at)) ==                                     \
              (type)((unsigned_type)a + (unsigned_type)b));                                                  \
        CHECK((type)folded(u, wf_make_binary(u, WF_OP_SUB, x, y, at)) ==                                     \
              (type)((unsigned_type)a - (unsigned_type)b));                                                  \
        CHECK((type)folded(u, wf_make_binary(u, WF_OP_MUL, x, y, at)) ==                                     \
              (type)((unsigned_type)a * (unsigned_type)b));                                                  \
        CHECK((type)folded(u, wf_make_binary(u, WF_OP_SHL, x, y, at)) ==                                     \
              (type)((unsigned_type)a << (b & (sizeof(type) * 8 - 1))));                                     \
        CHECK((type)folded(u, wf_make_binary(u, WF_OP_SHR, x, y, at)) ==                                     \
              (type)(a >> (b & (sizeof(type) * 8 - 1))));                                                    \
        CHECK(folded(u, wf_make_binary(u, WF_OP_LT, x, y, at)) == (a < b) &&                                 \
              folded(u, wf_make_binary(u, WF_OP_GE, x, y, at)) == (a >= b));                                 \
        if (!b || b + 1 == 0) continue;                                                                      \
        CHECK((type)folded(u, wf_make_binary(u, WF_OP_DIV, x, y, at)) == (type)(a / b));                     \
        CHECK((type)folded(u, wf_make_binary(u, WF_OP_REM, x, y, at)) == (type)(a % b));                     \
    }

static void test_fold_integers(wf_unit *u) {
    CHECK_OPERATORS(INT, int, unsigned)
    CHECK_OPERATORS(UINT, unsigned, unsigned)
    CHECK_OPERATORS(LLONG, long long, unsigned long long)
    CHECK_OPERATORS(ULONG, unsigned long, unsigned long)
    wf_expr *least = wf_make_int(u, KIND(INT), 0x80000000u, at);
    CHECK(folded(u, wf_make_binary(u, WF_OP_DIV, least, num(u, -1), at)) == INT32_MIN);
    CHECK(folded(u, wf_make_binary(u, WF_OP_REM, least, num(u, -1), at)) == 0);
    int64_t value;
    CHECK(!wf_fold_int(u, wf_make_binary(u, WF_OP_DIV, num(u, 1), num(u, 0), at), &value));
    CHECK(folded(u, wf_make_binary(u, WF_OP_LAND, num(u, 0), var(u, KIND(INT)), at)) == 0);
    CHECK(!wf_fold_int(u, var(u, KIND(INT)), &value));
}

static double fold_float(wf_unit *u, wf_expr *e) {
    e = wf_fold(u, e);
    CHECK(e->kind == WF_EX_FLOAT);
    return e->u.f;
}

static void test_fold_floats(wf_unit *u) {
    for (int n = 0; n < 2000; n++) {
        uint32_t ra = (uint32_t)draw(), rb = (uint32_t)draw();
        float a, b;
        memcpy(&a, &ra, 4), memcpy(&b, &rb, 4);
        if (isnan(a) || isnan(b)) continue;
        wf_expr *x = wf_make_float(u, KIND(FLOAT), a, at), *y = wf_make_float(u, KIND(FLOAT), b, at);
        float sum = a + b, product = a * b, quotient = a / b;
        CHECK(isnan(sum) || fold_float(u, wf_make_binary(u, WF_OP_ADD, x, y, at)) == sum);
        CHECK(isnan(product) || fold_float(u, wf_make_binary(u, WF_OP_MUL, x, y, at)) == product);
        CHECK(isnan(quotient) || fold_float(u, wf_make_binary(u, WF_OP_DIV, x, y, at)) == quotient);
    }
    static const struct {
        double x;
        uint8_t kind;
        double y;
    } rounding[] = {
        {65519.999, WF_TY_HALF, 65504},
        {65520, WF_TY_HALF, INFINITY},
        {1 + 0x1p-11, WF_TY_HALF, 1},
        {1 + 0x3p-11, WF_TY_HALF, 1 + 0x1p-9},
        {1 + 0x1p-11 + 0x1p-40, WF_TY_HALF, 1 + 0x1p-10},
        {0x1p-25, WF_TY_HALF, 0},
        {-0x1.8p-25, WF_TY_HALF, -0x1p-24},
        {1e-300, WF_TY_HALF, 0},
        {1 + 0x1p-8, WF_TY_BFLOAT, 1},
        {3.4e38, WF_TY_BFLOAT, INFINITY},
        {0x1p-134, WF_TY_BFLOAT, 0},
        {0.1, WF_TY_FLOAT, 0.1f},
    };
    for (size_t i = 0; i < sizeof rounding / sizeof *rounding; i++)
        CHECK_MESSAGE(
            wf_make_float(u, wf_type_scalar(u, (wf_type_kind)rounding[i].kind), rounding[i].x, at)->u.f ==
                rounding[i].y,
            "%zu", i);
    static const struct {
        double x;
        uint8_t kind;
        int64_t y;
    } saturating[] = {
        {300, WF_TY_UCHAR, 255},  {-1, WF_TY_UCHAR, 0},           {-200, WF_TY_CHAR, -128},
        {2.9, WF_TY_INT, 2},      {-2.9, WF_TY_INT, -2},          {3e9, WF_TY_INT, INT32_MAX},
        {NAN, WF_TY_INT, 0},      {1e30, WF_TY_LLONG, INT64_MAX}, {-1e30, WF_TY_LLONG, INT64_MIN},
        {1e30, WF_TY_ULLONG, -1}, {NAN, WF_TY_BOOL, 1},           {0x1p63, WF_TY_ULONG, INT64_MIN},
    };
    for (size_t i = 0; i < sizeof saturating / sizeof *saturating; i++)
        CHECK_MESSAGE((int64_t)wf_make_cast(u, wf_type_scalar(u, (wf_type_kind)saturating[i].kind),
                                            wf_make_float(u, KIND(DOUBLE), saturating[i].x, at), at)
                              ->u.i == saturating[i].y,
                      "%zu", i);
    wf_expr *big = wf_make_int(u, KIND(ULLONG), UINT64_MAX, at);
    CHECK(wf_make_cast(u, KIND(FLOAT), big, at)->u.f == 0x1p64 &&
          wf_make_cast(u, KIND(HALF), big, at)->u.f == INFINITY);
    wf_expr *items[] = {wf_make_binary(u, WF_OP_MUL, num(u, 6), num(u, 7), at), NULL};
    wf_expr *folded_init = wf_fold_init(u, wf_make_init(u, wf_type_array(u, KIND(INT), 4), items, 2, at));
    CHECK(folded_init && folded_init->u.init.items[0]->u.i == 42);
    items[0] = var(u, KIND(INT));
    CHECK(!wf_fold_init(u, wf_make_init(u, wf_type_array(u, KIND(INT), 4), items, 1, at)));
    CHECK(wf_fold_init(u, wf_make_addr(u, items[0], at)));
}

static void test_depth(wf_unit *u) {
    u->diags.errors = 0;
    wf_expr *sum = var(u, KIND(INT));
    for (int i = 0; i < 100000; i++) sum = wf_make_binary(u, WF_OP_ADD, sum, num(u, 1), at);
    CHECK(u->diags.errors == 1 && sum->flags & WF_EX_ERROR);
}

/* --- running out of memory at each allocation --- */

static void build_much(wf_unit *u) {
    for (int i = 0; i < 300; i++) {
        wf_record *r = wf_record_new(u, "r", 0, at);
        wf_field field = {.name = "x", .type = wf_type_array(u, KIND(INT), (uint64_t)i + 1)};
        wf_record_finish(u, r, &field, 1);
        wf_expr *v = var(u, wf_type_of_record(u, r));
        wf_expr *e = wf_make_index(u, wf_make_member(u, v, "x", at), num(u, i), at);
        wf_make_update(u, WF_OP_ADD, e, wf_make_float(u, NULL, i, at), at);
        wf_make_member(u, v, "y", at);
    }
    wf_text out;
    wf_text_init(&out, &u->arena);
    wf_print_unit(u, &out);
    wf_diags_render(&u->diags, &out);
}

/* Whether all was built. */
static int build_in(wf_unit *u) {
    jmp_buf failure;
    u->arena.on_failure = &failure;
    if (setjmp(failure)) return 0;
    build_much(u);
    return 1;
}

static void test_out_of_memory(void) {
    size_t failures = 0;
    for (int completed = 0; !completed; failures++) {
        wf_memory_fail_at(failures + 1, 1);
        wf_unit *u = wf_unit_new("memory", 0);
        completed = u && build_in(u);
        wf_unit_free(u);
        wf_memory_fail_at(0, 0);
    }
    CHECK_MESSAGE(failures > 5, "%zu", failures);
}

static void test_byte_limit(void) {
    wf_unit *u = wf_unit_new("limit", 100 << 10);
    CHECK(!build_in(u) && u->arena.used <= 100 << 10);
    wf_unit_free(u);
}

int main(void) {
    wf_unit *u = wf_unit_new("make", (size_t)1 << 30);
    jmp_buf failure;
    u->arena.on_failure = &failure;
    if (setjmp(failure)) return 1;
    test_common_types(u);
    test_shapes(u);
    test_builtins(u);
    test_fold_integers(u);
    test_fold_floats(u);
    CHECK(!u->diags.errors);
    test_messages(u);
    test_null(u);
    test_builtins_with_anything(u);
    test_depth(u);
    wf_unit_free(u);
    test_out_of_memory();
    test_byte_limit();
    return check_report("lang make");
}
