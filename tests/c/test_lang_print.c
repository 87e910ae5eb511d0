/* The printer, statement by statement against the text that is expected. That the text reads back to an equal
 * tree is tested where the front-end is (test_cudac_*, test_lang_roundtrip.c). */
#include "check.h"
#include "lang/lang.h"
#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

static const wf_place at = {0, 1, 1, 1};
#define KIND(k) wf_type_scalar(u, WF_TY_##k)

static void shows(wf_unit *u, const wf_expr *e, const char *expected) {
    wf_text text;
    wf_text_init(&text, &u->arena);
    wf_print_expr(u, e, &text);
    CHECK_MESSAGE(!strcmp(text.data, expected), "got '%s', expected '%s'", text.data, expected);
}

static void test_literals(wf_unit *u) {
    const struct {
        wf_type_kind kind;
        uint64_t value;
        const char *text;
    } ints[] = {
        {WF_TY_INT, 5, "5"},
        {WF_TY_INT, (uint64_t)-5, "-5"},
        {WF_TY_INT, (uint64_t)INT32_MIN, "(int)0x80000000U"},
        {WF_TY_UINT, UINT32_MAX, "4294967295U"},
        {WF_TY_LONG, 7, "7L"},
        {WF_TY_ULLONG, UINT64_MAX, "18446744073709551615ULL"},
        {WF_TY_LLONG, (uint64_t)INT64_MIN, "(long long)0x8000000000000000ULL"},
        {WF_TY_SHORT, (uint64_t)-3, "(short)-3"},
        {WF_TY_UCHAR, 200, "(unsigned char)200"},
        {WF_TY_BOOL, 1, "true"},
        {WF_TY_BOOL, 0, "false"},
    };
    for (size_t i = 0; i < sizeof ints / sizeof *ints; i++)
        shows(u, wf_make_int(u, wf_type_scalar(u, ints[i].kind), ints[i].value, at), ints[i].text);
    const struct {
        wf_type_kind kind;
        double value;
        const char *text;
    } floats[] = {
        {WF_TY_FLOAT, 1, "1.0f"},
        {WF_TY_FLOAT, 0.1f, "0.1f"},
        {WF_TY_FLOAT, -0.0, "-0.0f"},
        {WF_TY_FLOAT, 1e20f, "1e+20f"},
        {WF_TY_FLOAT, 0x1p-149, "1e-45f"},
        {WF_TY_DOUBLE, 0.1, "0.1"},
        {WF_TY_DOUBLE, 1.0 / 3, "0.3333333333333333"},
        {WF_TY_DOUBLE, 1e300, "1e+300"},
        {WF_TY_HALF, 1.5, "(__half)1.5f"},
        {WF_TY_BFLOAT, -2, "(__nv_bfloat16)-2.0f"},
        {WF_TY_FLOAT, INFINITY, "__int_as_float(0x7f800000)"},
        {WF_TY_DOUBLE, -INFINITY, "__longlong_as_double(0xfff0000000000000LL)"},
        {WF_TY_FLOAT, NAN, "__int_as_float(0x7fc00000)"},
        {WF_TY_HALF, INFINITY, "__ushort_as_half(0x7c00)"},
    };
    for (size_t i = 0; i < sizeof floats / sizeof *floats; i++)
        shows(u, wf_make_float(u, wf_type_scalar(u, floats[i].kind), floats[i].value, at), floats[i].text);
    shows(u, wf_make_int(u, wf_type_pointer(u, KIND(FLOAT)), 0, at), "(float *)0");
    shows(u, wf_make_string(u, "a\"b\\\n\0?\xff", 8, at), "\"a\\\"b\\\\\\n\\000\\077\\377\"");
}

static void test_expressions(wf_unit *u) {
#define G(name, type) wf_make_var(u, wf_global_new(u, name, type, WF_SPACE_DEVICE, at), at)
#define BIN(op, a, b) wf_make_binary(u, WF_OP_##op, a, b, at)
    wf_expr *i = G("i", KIND(INT)), *j = G("j", KIND(INT)), *f = G("f", KIND(FLOAT)),
            *d = G("d", KIND(DOUBLE)), *c = G("c", KIND(CHAR));
    wf_expr *p = G("p", wf_type_pointer(u, KIND(FLOAT))),
            *q = G("q", wf_type_pointer(u, wf_type_vector(u, WF_TY_FLOAT, 4)));
    wf_expr *a = G("a", wf_type_array(u, wf_type_array(u, KIND(INT), 3), 2)), *s = G("s", KIND(USHORT));
    wf_expr *two = wf_make_int(u, KIND(INT), 2, at);
    shows(u, BIN(MUL, BIN(ADD, i, j), two), "(i + j) * 2");
    shows(u, BIN(ADD, i, BIN(MUL, j, two)), "i + j * 2");
    shows(u, BIN(SUB, i, BIN(SUB, j, two)), "i - (j - 2)");
    shows(u, BIN(SUB, BIN(SUB, i, j), two), "i - j - 2");
    shows(u, BIN(SHL, BIN(AND, i, j), BIN(ADD, c, two)), "(i & j) << c + 2");
    shows(u, BIN(ADD, wf_make_paren(u, BIN(MUL, f, f)), f), "(f * f) + f");
    shows(u, BIN(ADD, BIN(MUL, f, i), d), "f * i + d");
    shows(u, BIN(ADD, c, s), "c + s");
    shows(u, BIN(LT, c, f), "c < f");
    shows(u, wf_make_unary(u, WF_OP_NEG, wf_make_unary(u, WF_OP_NEG, i, at), at), "- -i");
    shows(u, wf_make_unary(u, WF_OP_NEG, wf_make_step(u, WF_OP_SUB, i, 0, at), at), "- --i");
    shows(u, wf_make_unary(u, WF_OP_LNOT, BIN(LAND, f, p), at), "!(f && p)");
    shows(u, wf_make_unary(u, WF_OP_NOT, c, at), "~c");
    shows(u, wf_make_deref(u, BIN(ADD, p, c), at), "*(p + c)");
    shows(u, wf_make_index(u, wf_make_index(u, a, i, at), BIN(ADD, c, two), at), "a[i][c + 2]");
    shows(u, wf_make_addr(u, wf_make_index(u, p, s, at), at), "&p[s]");
    shows(u, wf_make_member(u, wf_make_deref(u, q, at), "w", at), "q->w");
    shows(u, wf_make_member(u, wf_make_index(u, q, i, at), "x", at), "q[i].x");
    shows(u, wf_make_assign(u, f, BIN(ADD, d, i), at), "f = d + i");
    shows(u, wf_make_assign(u, c, two, at), "c = 2");
    shows(u, wf_make_update(u, WF_OP_ADD, c, f, at), "c += f");
    shows(u, wf_make_update(u, WF_OP_SHR, s, c, at), "s >>= c");
    shows(u, wf_make_step(u, WF_OP_ADD, wf_make_deref(u, p, at), 1, at), "(*p)++");
    shows(u, wf_make_deref(u, wf_make_step(u, WF_OP_ADD, p, 1, at), at), "*p++");
    shows(u, wf_make_cast(u, KIND(INT), BIN(ADD, f, f), at), "(int)(f + f)");
    shows(u, wf_make_cast(u, wf_type_pointer(u, KIND(INT)), BIN(ADD, p, two), at), "(int *)(p + 2)");
    shows(u, wf_make_cast(u, wf_type_pointer(u, KIND(INT)), i, at), "(int *)i");
    shows(u, wf_make_cond(u, i, f, d, at), "i ? f : d");
    shows(u,
          wf_make_cond(u, wf_make_cond(u, i, i, j, at), wf_make_comma(u, i, j, at),
                       wf_make_cond(u, j, i, j, at), at),
          "(i ? i : j) ? (i, j) : j ? i : j");
    shows(u, wf_make_cond(u, p, p, wf_make_int(u, KIND(INT), 0, at), at), "p ? p : (float *)0");
    wf_expr *items[] = {f, NULL, two};
    shows(u, wf_make_init(u, wf_type_vector(u, WF_TY_FLOAT, 4), items, 3, at), "(float4){f, 0.0f, 2.0f}");
    wf_expr *args[] = {wf_make_addr(u, i, at), c, two};
    shows(u, wf_make_builtin(u, WF_BI_ATOMIC_CAS, args, 3, at), "atomicCAS(&i, c, 2)");
    shows(u, wf_make_builtin(u, WF_BI_FMA, (wf_expr *[]){f, i, d}, 3, at), "__wf_fma(f, i, d)");
    shows(u, wf_make_member(u, wf_make_builtin(u, WF_BI_THREAD_IDX, NULL, 0, at), "y", at), "threadIdx.y");
    /* Conversions that C would not make there are written out. */
    shows(u, BIN(ADD, wf_make_convert(u, KIND(DOUBLE), f, at), wf_make_convert(u, KIND(DOUBLE), i, at)),
          "(double)f + (double)i");
    shows(u, wf_make_builtin(u, WF_BI_SQRT, (wf_expr *[]){wf_make_convert(u, KIND(DOUBLE), f, at)}, 1, at),
          "__wf_sqrt((double)f)");
    shows(u, wf_make_builtin(u, WF_BI_SQRT, (wf_expr *[]){wf_make_convert(u, KIND(DOUBLE), i, at)}, 1, at),
          "__wf_sqrt(i)");
    shows(u, BIN(SHL, wf_make_convert(u, KIND(LONG), i, at), j), "(long)i << j");
    shows(u,
          wf_make_cond(u, i, wf_make_convert(u, KIND(INT), c, at), wf_make_convert(u, KIND(INT), c, at), at),
          "i ? (int)c : (int)c");
}

static void test_unit(wf_unit *u) {
    wf_record *inner = wf_record_new(u, "inner", 0, at), *outer = wf_record_new(u, "outer", 0, at);
    wf_field bits[] = {{.name = "a", .type = KIND(INT), .bit_width = 3},
                       {.name = "", .type = KIND(INT), .bit_width = WF_FIELD_BREAK},
                       {.name = "b", .type = KIND(INT), .bit_width = 4}};
    wf_field held[] = {{.name = "x", .type = wf_type_array(u, wf_type_of_record(u, inner), 2)},
                       {.name = "next", .type = wf_type_pointer(u, wf_type_of_record(u, outer))}};
    outer->align_wanted = 16;
    wf_record_finish(u, inner, bits, 3);
    wf_record_finish(u, outer, held, 2);
    wf_var *table = wf_global_new(u, "table", wf_type_array(u, KIND(CHAR), 3), WF_SPACE_CONSTANT, at);
    table->init = wf_make_init(u, table->type, (wf_expr *[]){wf_make_string(u, "ab", 2, at)}, 1, at);
    const wf_type *params[] = {wf_type_qualified(u, wf_type_pointer(u, KIND(FLOAT)), WF_RESTRICT), KIND(INT)};
    wf_func *f = wf_func_new(u, "_Z1kPfi", wf_type_function(u, KIND(VOID), params, 2, 0), at);
    f->shown = "k<float>";
    f->flags = WF_FN_KERNEL | WF_FN_FAST;
    f->max_threads = 256;
    wf_var *x = wf_param_new(u, f, "x", params[0], at), *n = wf_param_new(u, f, "n", params[1], at);
    f->body = wf_stmt_block(u, at);
    wf_var *i = wf_local_new(u, f, "i", KIND(INT), at),
           *tile = wf_local_new(u, f, "tile", wf_type_array_open(u, KIND(FLOAT)), at);
    tile->space = WF_SPACE_SHARED;
    wf_block_add(f->body, wf_stmt_decl(u, tile, NULL, at));
    wf_stmt *loop = wf_stmt_new(u, WF_ST_FOR, at);
    loop->unroll = 4;
    loop->for_kind = WF_FOR_LANES;
    loop->init = wf_stmt_decl(u, i, wf_make_int(u, KIND(INT), 0, at), at);
    loop->expr =
        wf_make_bool(u, wf_make_binary(u, WF_OP_LT, wf_make_var(u, i, at), wf_make_var(u, n, at), at));
    loop->step = wf_make_step(u, WF_OP_ADD, wf_make_var(u, i, at), 0, at);
    wf_expr *element = wf_make_index(u, wf_make_var(u, x, at), wf_make_var(u, i, at), at);
    loop->body = wf_stmt_expr(u, wf_make_update(u, WF_OP_MUL, element, wf_make_int(u, KIND(INT), 2, at), at));
    wf_block_add(f->body, loop);
    wf_stmt *test = wf_stmt_new(u, WF_ST_IF, at), *other = wf_stmt_new(u, WF_ST_IF, at);
    test->expr = wf_make_bool(u, wf_make_var(u, n, at));
    other->expr = test->expr;
    test->body = wf_stmt_new(u, WF_ST_RETURN, at);
    other->body = wf_stmt_new(u, WF_ST_RETURN, at);
    test->other = other;
    wf_block_add(f->body, test);
    wf_block_end(f->body);
    wf_error err;
    wf_error_clear(&err);
    CHECK_MESSAGE(wf_unit_verify(u, &err) == WF_OK, "%s", err.message);
    wf_text text;
    wf_text_init(&text, NULL);
    wf_print_unit(u, &text);
    CHECK_MESSAGE(!strcmp(text.data,
                          "extern \"C\" {\n"
                          "struct inner;\n"
                          "struct outer;\n"
                          "struct inner {\n    int a : 3;\n    int : 0;\n    int b : 4;\n};\n"
                          "struct __align__(16) outer {\n    inner x[2];\n    outer *next;\n};\n"
                          "__global__ __wf_fast __wf_shown(\"k<float>\") __wf_contract(0) "
                          "__launch_bounds__(256) void _Z1kPfi(float "
                          "*__restrict__ x, int n);\n"
                          "__constant__ char table[3] = {97, 98};\n"
                          "\n"
                          "__global__ __wf_fast __wf_shown(\"k<float>\") __wf_contract(0) "
                          "__launch_bounds__(256) void _Z1kPfi(float "
                          "*__restrict__ x, int n) {\n"
                          "    extern __shared__ float tile[];\n"
                          "    #pragma unroll 4\n"
                          "    __wf_for_lanes for (int i = 0; i < n; ++i) {\n        x[i] *= 2.0f;\n    }\n"
                          "    if (n) {\n        return;\n    } else if (n) {\n        return;\n    }\n"
                          "}\n}\n"),
                  "\n%s", text.data);
    wf_text_free(&text);
}

/* A printer that runs out of memory says so and does not crash. */
static void test_many_records(wf_unit *u) {
    for (int i = 0; i < 100; i++) wf_record_new(u, "many", 0, at);
    wf_text text;
    wf_text_init(&text, NULL);
    wf_print_unit(u, &text);
    CHECK(!text.failed && strstr(text.data, "struct many_99;"));
    wf_text_free(&text);
}

static wf_unit *new_unit(jmp_buf *failure) {
    wf_unit *u = wf_unit_new("print", 0);
    if (!u) exit(1);
    u->arena.on_failure = failure;
    return u;
}

int main(void) {
    jmp_buf failure;
    if (setjmp(failure)) return 1;
    void (*const tests[])(wf_unit *) = {test_literals, test_expressions, test_unit, test_many_records};
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        wf_unit *u = new_unit(&failure);
        tests[i](u);
        CHECK_MESSAGE(!u->diags.errors, "%s", u->diags.first->message);
        wf_unit_free(u);
    }
    return check_report("lang print");
}
