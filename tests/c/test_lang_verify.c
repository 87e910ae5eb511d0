/* wf_unit_equal tells trees apart, and wf_unit_verify finds trees that break the rules. */
#include "check.h"
#include "cudac/cudac.h"
#include <string.h>

static wf_unit *compile(const char *body) {
    char source[2000];
    snprintf(source, sizeof source,
             "struct S { int a, b; };\n__constant__ int c = 3;\n__device__ float g(float x) { return x; }\n"
             "extern \"C\" __global__ void k(float *x, int n, float a, float b) { %s }",
             body);
    wf_unit *unit = NULL;
    wf_error err;
    wf_cudac_options options = {0};
    CHECK_MESSAGE(wf_cudac_compile(source, strlen(source), &options, &unit, &err) == WF_OK, "%s: %s", body,
                  err.message);
    return unit;
}

static void test_equal(void) {
    static const struct {
        const char *a, *b;
        int equal;
    } table[] = {
        {"x[n] = 1;", "x[n] = 2;", 0},
        {"x[n] = 1;", "x[n] = 1.0f;", 1},
        {"x[n] = 0;", "x[n] = -0.0f;", 0},
        {"x[n] = a * b + 1;", "x[n] = (a * b) + 1;", 0},
        {"x[n] += a * b;", "x[n] += (a * b);", 0},
        {"x[n] = a * b;", "x[n] = (a * b);", 1},
        {"x[n] = a - b;", "x[n] = b - a;", 0},
        {"x[n] = a < b;", "x[n] = a <= b;", 0},
        {"int i = n; x[i] = i;", "int j = n; x[j] = j;", 1},
        {"int i = n, j = n; x[i] = j;", "int i = n, j = n; x[j] = i;", 0},
        {"int i = n; x[i] = 0;", "unsigned i = n; x[i] = 0;", 0},
        {"if (n) x[0] = 1;", "if (n) { x[0] = 1; }", 1},
        {"if (n) x[0] = 1;", "if (n) x[0] = 1; else x[1] = 1;", 0},
        {"x[0] = 1; ;", "x[0] = 1;", 1},
        {"x[0] = 1;", "x[0] = 1; x[0] = 1;", 0},
        {"for (int i = 0; i < n; i++) x[i] = 0;", "for (int i = 0; i < n; ++i) x[i] = 0;", 0},
        {"_Pragma(\"unroll 2\") for (int i = 0; i < n; i++) x[i] = 0;",
         "for (int i = 0; i < n; i++) x[i] = 0;", 0},
        {"S s = {1, 0}; x[s.a] = 0;", "S s = {1}; x[s.a] = 0;", 1},
        {"S s = {1, 2}; x[s.a] = 0;", "S s = {1, 2}; x[s.b] = 0;", 0},
        {"x[n] = c;", "x[n] = n;", 0},
        {"x[n] = g(a);", "x[n] = a;", 0},
        {"switch (n) { case 1: x[0] = 1; }", "switch (n) { case 2: x[0] = 1; }", 0},
        {"__shared__ float s[8]; x[n] = s[n];", "__shared__ float s[9]; x[n] = s[n];", 0},
        {"x[n] = __shfl_sync(1, a, 2);", "x[n] = __shfl_xor_sync(1, a, 2);", 0},
        {"printf(\"a\");", "printf(\"b\");", 0},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        wf_unit *a = compile(table[i].a), *b = compile(table[i].b);
        wf_text why;
        wf_text_init(&why, NULL);
        if (a && b) {
            int equal = wf_unit_equal(a, b, &why);
            CHECK_MESSAGE(equal == table[i].equal, "'%s' and '%s': %s", table[i].a, table[i].b,
                          why.data ? why.data : "equal");
            CHECK(equal == (why.length == 0) && equal == wf_unit_equal(b, a, NULL));
        }
        wf_text_free(&why);
        wf_unit_free(a);
        wf_unit_free(b);
    }
}

/* Each breaks one rule in the kernel `x[n] = a + b;` with statement s and sum e. */
static void swap_kind(wf_unit *u, wf_stmt *s, wf_expr *e) {
    (void)u, (void)s, e->type = wf_type_scalar(u, WF_TY_INT);
}
static void lose_operand(wf_unit *u, wf_stmt *s, wf_expr *e) { (void)u, (void)s, e->b = NULL; }
static void literal_range(wf_unit *u, wf_stmt *s, wf_expr *e) {
    (void)s, e->a = wf_make_int(u, wf_type_scalar(u, WF_TY_UCHAR), 1, e->at), e->a->u.i = 300;
}
static void wrong_literal(wf_unit *u, wf_stmt *s, wf_expr *e) {
    (void)s, e->a = wf_make_float(u, wf_type_scalar(u, WF_TY_FLOAT), 1, e->at), e->a->u.f = 0.1;
}
static void foreign_local(wf_unit *u, wf_stmt *s, wf_expr *e) {
    (void)s, e->a = wf_make_var(u, wf_local_new(u, wf_unit_find_func(u, "k"), "t", e->type, e->at), e->at);
}
static void no_lvalue(wf_unit *u, wf_stmt *s, wf_expr *e) { (void)u, (void)e, s->expr->a->flags = 0; }
static void bad_break(wf_unit *u, wf_stmt *s, wf_expr *e) { (void)u, (void)e, s->kind = WF_ST_BREAK; }
static void bad_goto(wf_unit *u, wf_stmt *s, wf_expr *e) {
    (void)u, (void)e, s->kind = WF_ST_GOTO, s->name = "nowhere";
}
static void bad_condition(wf_unit *u, wf_stmt *s, wf_expr *e) { (void)u, s->kind = WF_ST_WHILE, s->expr = e; }
static void bad_return(wf_unit *u, wf_stmt *s, wf_expr *e) { (void)u, s->kind = WF_ST_RETURN, s->expr = e; }
static void qualified(wf_unit *u, wf_stmt *s, wf_expr *e) {
    (void)s, e->type = wf_type_qualified(u, e->type, WF_CONST);
}
static void error_left(wf_unit *u, wf_stmt *s, wf_expr *e) {
    (void)s, e->a = wf_make_error(u, e->type, e->at);
}
static void bad_depth(wf_unit *u, wf_stmt *s, wf_expr *e) { (void)u, (void)s, e->depth = 1; }
static void bad_cast(wf_unit *u, wf_stmt *s, wf_expr *e) {
    (void)s, e->a = wf_make_cast(u, wf_type_scalar(u, WF_TY_FLOAT), e->a, e->at),
             e->a->cast = WF_CAST_INT_PTR;
}
static void same_names(wf_unit *u, wf_stmt *s, wf_expr *e) {
    (void)s, wf_func_new(u, "k", wf_unit_find_func(u, "k")->type, e->at);
}

static void test_verify(void) {
    static const struct {
        void (*breaks)(wf_unit *, wf_stmt *, wf_expr *);
        const char *name;
    } table[] = {
        {NULL, "none"},
        {swap_kind, "type"},
        {lose_operand, "operand"},
        {literal_range, "range"},
        {wrong_literal, "literal"},
        {foreign_local, "scope"},
        {no_lvalue, "lvalue"},
        {bad_break, "break"},
        {bad_goto, "goto"},
        {bad_condition, "condition"},
        {bad_return, "return"},
        {qualified, "qualified"},
        {error_left, "error"},
        {bad_depth, "depth"},
        {bad_cast, "cast"},
        {same_names, "names"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        wf_unit *u = compile("x[n] = a + b;");
        if (!u) continue;
        wf_stmt *s = wf_unit_find_func(u, "k")->body->body;
        wf_error err;
        wf_error_clear(&err);
        if (table[i].breaks) table[i].breaks(u, s, s->expr->b);
        wf_status status = wf_unit_verify(u, &err);
        CHECK_MESSAGE(status == (table[i].breaks ? WF_INTERNAL : WF_OK), "%s: %s", table[i].name,
                      err.message);
        wf_unit_free(u);
    }
}

int main(void) {
    test_equal();
    test_verify();
    return check_report("lang verify");
}
