/* Types, their layout and spelling; names; diagnostics; the table of built-ins. Layouts are compared with the
 * host compiler's. */
#include "lang/lang.h"
#include "check.h"
#include <setjmp.h>
#include <stddef.h>
#include <string.h>

static const wf_place nowhere;
#define KIND(k) wf_type_scalar(u, WF_TY_##k)

static void test_scalars(wf_unit *u) {
    CHECK(wf_type_size(KIND(LONG)) == 8 && wf_type_size(KIND(BOOL)) == 1 && wf_type_size(KIND(HALF)) == 2);
    CHECK(wf_type_size(KIND(VOID)) == 0 && wf_type_size(NULL) == 0);
    CHECK(wf_type_is_signed(KIND(CHAR)) && !wf_type_is_signed(KIND(BOOL)) && wf_type_is_float(KIND(BFLOAT)));
    CHECK(!wf_type_is_integer(KIND(VOID)) && wf_type_is_integer(KIND(BOOL)) && !wf_type_is_arithmetic(NULL));
}

static void test_interning(wf_unit *u) {
    const wf_type *p = wf_type_pointer(u, wf_type_qualified(u, KIND(FLOAT), WF_CONST));
    CHECK(p == wf_type_pointer(u, wf_type_qualified(u, KIND(FLOAT), WF_CONST)) &&
          p != wf_type_pointer(u, KIND(FLOAT)));
    const wf_type *array = wf_type_array(u, KIND(INT), 4);
    const wf_type *const_array = wf_type_qualified(u, array, WF_CONST);
    CHECK(const_array == wf_type_array(u, wf_type_qualified(u, KIND(INT), WF_CONST), 4) &&
          const_array != array);
    CHECK(array != wf_type_array(u, KIND(INT), 5) &&
          wf_type_array_open(u, KIND(INT)) != wf_type_array(u, KIND(INT), 0));
    const wf_type *cv = wf_type_qualified(u, wf_type_qualified(u, KIND(INT), WF_CONST), WF_VOLATILE);
    CHECK(cv == wf_type_qualified(u, KIND(INT), WF_CONST | WF_VOLATILE) && cv->unqual == KIND(INT));
    CHECK(wf_type_qualified(u, KIND(INT), WF_RESTRICT) == KIND(INT));
    const wf_type *params[] = {p, KIND(INT)};
    const wf_type *f = wf_type_function(u, KIND(VOID), params, 2, 0);
    CHECK(f == wf_type_function(u, KIND(VOID), params, 2, 0) &&
          f != wf_type_function(u, KIND(VOID), params, 2, 1));
    for (uint64_t i = 1; i <= 1000; i++) wf_type_array(u, KIND(INT), i);
    CHECK(wf_type_array(u, KIND(INT), 4) == array);
    CHECK(wf_type_size(wf_type_array(u, wf_type_array(u, KIND(DOUBLE), UINT64_MAX / 8), 9)) == UINT64_MAX);
}

static void test_vectors(wf_unit *u) {
    static const struct {
        uint8_t kind, n;
        const char *name;
        uint8_t size, align;
    } table[] = {
        {WF_TY_CHAR, 4, "char4", 4, 4},        {WF_TY_UCHAR, 3, "uchar3", 3, 1},
        {WF_TY_SHORT, 2, "short2", 4, 4},      {WF_TY_INT, 1, "int1", 4, 4},
        {WF_TY_INT, 2, "int2", 8, 8},          {WF_TY_UINT, 3, "uint3", 12, 4},
        {WF_TY_FLOAT, 2, "float2", 8, 8},      {WF_TY_FLOAT, 3, "float3", 12, 4},
        {WF_TY_FLOAT, 4, "float4", 16, 16},    {WF_TY_DOUBLE, 2, "double2", 16, 16},
        {WF_TY_DOUBLE, 3, "double3", 24, 8},   {WF_TY_DOUBLE, 4, "double4", 32, 16},
        {WF_TY_LLONG, 2, "longlong2", 16, 16}, {WF_TY_HALF, 2, "__half2", 4, 4},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const wf_type *t = wf_type_vector(u, (wf_type_kind)table[i].kind, table[i].n);
        CHECK_MESSAGE(!strcmp(t->record->name, table[i].name), "%s", t->record->name);
        CHECK_MESSAGE(wf_type_size(t) == table[i].size && wf_type_align(t) == table[i].align, "%s",
                      table[i].name);
        CHECK(t == wf_type_vector(u, (wf_type_kind)table[i].kind, table[i].n));
        CHECK(wf_record_field(t->record, "w") == (table[i].n == 4 ? 3 : -1));
    }
    CHECK(wf_type_size(wf_type_dim3(u)) == 12 && wf_type_dim3(u) != wf_type_vector(u, WF_TY_UINT, 3));
    wf_record *user = wf_record_new(u, "float2", 0, nowhere);
    CHECK(strcmp(user->name, "float2") != 0);
}

/* The same declarations twice: for the host's compiler and for ours. */
struct host_mixed {
    char a;
    double b;
    short c[3];
    struct {
        int x;
        char y;
    } d;
    float *e;
};
struct host_bits {
    unsigned a : 3;
    int b : 30;
    unsigned char c : 5;
    unsigned long d : 40;
    short e;
    unsigned f : 1;
    unsigned : 0;
    unsigned g : 1;
    unsigned : 7;
    unsigned h : 2;
};
struct host_small {
    char a : 1;
    char : 0;
    char b : 1;
};

static void test_layout(wf_unit *u) {
    wf_record *inner = wf_record_new(u, "", 0, nowhere);
    wf_field xy[] = {{.name = "x", .type = KIND(INT)}, {.name = "y", .type = KIND(CHAR)}};
    wf_record_finish(u, inner, xy, 2);
    wf_record *mixed = wf_record_new(u, "mixed", 0, nowhere);
    wf_field fields[] = {{.name = "a", .type = KIND(CHAR)},
                         {.name = "b", .type = KIND(DOUBLE)},
                         {.name = "c", .type = wf_type_array(u, KIND(SHORT), 3)},
                         {.name = "d", .type = wf_type_of_record(u, inner)},
                         {.name = "e", .type = wf_type_pointer(u, KIND(FLOAT))}};
    wf_record_finish(u, mixed, fields, 5);
    CHECK(mixed->size == sizeof(struct host_mixed) && mixed->align == _Alignof(struct host_mixed));
    CHECK(mixed->fields[1].offset == offsetof(struct host_mixed, b) &&
          mixed->fields[2].offset == offsetof(struct host_mixed, c) &&
          mixed->fields[3].offset == offsetof(struct host_mixed, d) &&
          mixed->fields[4].offset == offsetof(struct host_mixed, e));
    wf_record *both = wf_record_new(u, "both", 1, nowhere);
    wf_record_finish(u, both, fields, 5);
    CHECK(both->size == 8 && both->align == 8 && both->fields[4].offset == 0);
    wf_record *empty = wf_record_new(u, "empty", 0, nowhere);
    wf_record_finish(u, empty, NULL, 0);
    CHECK(empty->size == 1 && wf_type_size(wf_type_of_record(u, empty)) == 1);
}

/* Where a bit-field lies by our layout must be where the host puts its ones. */
static void check_bits(const wf_record *record, const char *name, const void *host, size_t size) {
    const wf_field *field = &record->fields[wf_record_field(record, name)];
    unsigned char ours[32] = {0};
    uint64_t unit = 0, ones = field->bit_width == 64 ? ~(uint64_t)0 : ((uint64_t)1 << field->bit_width) - 1;
    size_t bytes = wf_type_size(field->type);
    unit = field->bit_width ? ones << field->bit_offset : ~(uint64_t)0;
    memcpy(ours + field->offset, &unit, bytes);
    CHECK_MESSAGE(!memcmp(ours, host, size), "%s.%s", record->name, name);
}

static void test_bit_fields(wf_unit *u) {
    wf_record *bits = wf_record_new(u, "bits", 0, nowhere);
    wf_field fields[] = {{.name = "a", .type = KIND(UINT), .bit_width = 3},
                         {.name = "b", .type = KIND(INT), .bit_width = 30},
                         {.name = "c", .type = KIND(UCHAR), .bit_width = 5},
                         {.name = "d", .type = KIND(ULONG), .bit_width = 40},
                         {.name = "e", .type = KIND(SHORT)},
                         {.name = "f", .type = KIND(UINT), .bit_width = 1},
                         {.name = "", .type = KIND(UINT), .bit_width = WF_FIELD_BREAK},
                         {.name = "g", .type = KIND(UINT), .bit_width = 1},
                         {.name = "", .type = KIND(UINT), .bit_width = 7},
                         {.name = "h", .type = KIND(UINT), .bit_width = 2}};
    wf_record_finish(u, bits, fields, 10);
    CHECK_MESSAGE(bits->size == sizeof(struct host_bits), "%d", (int)bits->size);
#define ONES(field, value)                                                                                   \
    do {                                                                                                     \
        struct host_bits host;                                                                               \
        memset(&host, 0, sizeof host);                                                                       \
        host.field = value;                                                                                  \
        check_bits(bits, #field, &host, sizeof host);                                                        \
    } while (0)
    ONES(a, 7);
    ONES(b, -1);
    ONES(c, 31);
    ONES(d, (1ul << 40) - 1);
    ONES(e, -1);
    ONES(f, 1);
    ONES(g, 1);
    ONES(h, 3);
    wf_record *small = wf_record_new(u, "small", 0, nowhere);
    wf_field chars[] = {{.name = "a", .type = KIND(CHAR), .bit_width = 1},
                        {.name = "", .type = KIND(CHAR), .bit_width = WF_FIELD_BREAK},
                        {.name = "b", .type = KIND(CHAR), .bit_width = 1}};
    wf_record_finish(u, small, chars, 3);
    CHECK(small->size == sizeof(struct host_small) && small->align == 1 && small->fields[1].offset == 1);
}

static void test_bad_fields(wf_unit *u) {
    uint32_t errors = u->diags.errors;
    wf_record *bad = wf_record_new(u, "bad", 0, nowhere);
    wf_field fields[] = {{.name = "self", .type = wf_type_of_record(u, bad)},
                         {.name = "v", .type = KIND(VOID)},
                         {.name = "f", .type = KIND(FLOAT), .bit_width = 3},
                         {.name = "w", .type = KIND(INT), .bit_width = 33},
                         {.name = "huge", .type = wf_type_array(u, KIND(INT), (uint64_t)1 << 62)},
                         {.name = "x", .type = KIND(INT)},
                         {.name = "x", .type = KIND(INT)},
                         {.name = "told", .type = NULL}};
    wf_record_finish(u, bad, fields, 8);
    CHECK_MESSAGE(u->diags.errors == errors + 6, "%u", u->diags.errors - errors);
    CHECK(bad->complete && bad->field_count == 3);
    u->diags.errors = errors;
}

/* Pointers and records that are nested without end are an error, not a crash in what walks them. */
static void test_depth(wf_unit *u) {
    uint32_t errors = u->diags.errors;
    const wf_type *t = KIND(INT);
    for (int i = 0; i < 100000; i++) t = i % 2 ? wf_type_pointer(u, t) : wf_type_array(u, t, 2);
    CHECK(u->diags.errors > errors && strlen(wf_type_spell(&u->arena, t, NULL)) < 2000);
    u->diags.errors = errors;
    t = KIND(INT);
    for (int i = 0; i < 1000; i++) {
        wf_record *r = wf_record_new(u, "deep", 0, nowhere);
        wf_field field = {.name = "x", .type = t};
        wf_record_finish(u, r, &field, 1);
        t = wf_type_of_record(u, r);
    }
    CHECK(u->diags.errors > errors);
    u->diags.errors = errors;
}

static void test_spelling(wf_unit *u) {
    const wf_type *i = KIND(INT), *params[] = {KIND(FLOAT), wf_type_pointer(u, KIND(CHAR))};
    const wf_type *f = wf_type_function(u, KIND(VOID), params, 2, 1);
    const struct {
        const wf_type *type;
        const char *name, *text;
    } table[] = {
        {i, NULL, "int"},
        {wf_type_qualified(u, i, WF_CONST), "x", "const int x"},
        {wf_type_pointer(u, wf_type_qualified(u, i, WF_CONST)), NULL, "const int *"},
        {wf_type_qualified(u, wf_type_pointer(u, i), WF_CONST | WF_RESTRICT), "p",
         "int *const __restrict__ p"},
        {wf_type_array(u, wf_type_array(u, i, 3), 2), "a", "int a[2][3]"},
        {wf_type_pointer(u, wf_type_array(u, i, 3)), "p", "int (*p)[3]"},
        {wf_type_array(u, wf_type_pointer(u, i), 3), NULL, "int *[3]"},
        {wf_type_array_open(u, KIND(ULLONG)), "s", "unsigned long long s[]"},
        {wf_type_pointer(u, f), "f", "void (*f)(float, char *, ...)"},
        {wf_type_array(u, wf_type_pointer(u, f), 2), "t", "void (*t[2])(float, char *, ...)"},
        {wf_type_pointer(u, wf_type_vector(u, WF_TY_FLOAT, 4)), NULL, "float4 *"},
        {NULL, "x", "? x"},
    };
    for (size_t n = 0; n < sizeof table / sizeof *table; n++) {
        const char *text = wf_type_spell(&u->arena, table[n].type, table[n].name);
        CHECK_MESSAGE(!strcmp(text, table[n].text), "got '%s', expected '%s'", text, table[n].text);
    }
}

static void test_names(wf_unit *u) {
    const wf_type *type = wf_type_function(u, KIND(VOID), NULL, 0, 0);
    wf_func *f = wf_func_new(u, "f", type, nowhere), *g = wf_func_new(u, "g", type, nowhere);
    CHECK(wf_unit_find_func(u, "f") == f && !wf_unit_find_func(u, "h"));
    g->shown = "g<float, 4>";
    CHECK(wf_unit_find_func(u, "g<float, 4>") == g);
    wf_func_rename(u, f, "h");
    CHECK(!wf_unit_find_func(u, "f") && wf_unit_find_func(u, "h") == f);
    wf_var *i = wf_local_new(u, g, "i", KIND(INT), nowhere),
           *again = wf_local_new(u, g, "i", KIND(INT), nowhere);
    CHECK(!strcmp(i->name, "i") && !strcmp(again->name, "i_1"));
    CHECK(!strcmp(wf_local_new(u, f, "i", KIND(INT), nowhere)->name, "i"));
    CHECK(!strcmp(wf_local_new(u, g, "float", KIND(INT), nowhere)->name, "float_1"));
    CHECK(!strcmp(wf_local_new(u, g, "threadIdx", KIND(INT), nowhere)->name, "threadIdx_1"));
    wf_var *table = wf_global_new(u, "table", KIND(INT), WF_SPACE_DEVICE, nowhere);
    CHECK(wf_unit_find_global(u, "table") == table && !wf_unit_find_global(u, "i"));
    CHECK(strcmp(wf_param_new(u, g, "table", KIND(INT), nowhere)->name, "table") != 0);
    for (int n = 0; n < 3000; n++) wf_local_new(u, g, "i", KIND(INT), nowhere);
    CHECK(!strcmp(wf_local_new(u, g, "i", KIND(INT), nowhere)->name, "i_3002"));
    const wf_type *float_type = KIND(FLOAT);
    const wf_type *unary = wf_type_function(u, float_type, &float_type, 1, 0);
    wf_func *sine = wf_library_declare(u, "wf_sinf", unary);
    CHECK(sine == wf_library_declare(u, "wf_sinf", unary) && sine->flags & WF_FN_LIBRARY &&
          sine->param_count == 1);
}

static void test_diagnostics(wf_unit *u) {
    static const char text[] = "int x;\n\tfoo\tbar = \xc3\xa4 + 1;\r\n";
    uint16_t file = wf_source_add(&u->diags, "k.cu", text, sizeof text - 1, 11);
    wf_report(&u->diags, WF_ERROR, (wf_place){file, 3, 2, 6}, "did you mean 'baz'?", "'%s' is not declared",
              "bar");
    wf_report(&u->diags, WF_WARNING, (wf_place){file, 1, 2, 15}, NULL, "odd");
    wf_report(&u->diags, WF_NOTE, (wf_place){0, 0, 0, 0}, NULL, "by the way");
    wf_report(&u->diags, WF_ERROR, (wf_place){file, 9, 99, 99}, NULL, "past the end");
    wf_text out;
    wf_text_init(&out, &u->arena);
    wf_diags_render(&u->diags, &out);
    CHECK_MESSAGE(!strcmp(out.data, "k.cu:12:6: error: 'bar' is not declared\n"
                                    "    \tfoo\tbar = \xc3\xa4 + 1;\n"
                                    "    \t   \t^~~\n"
                                    "  hint: did you mean 'baz'?\n"
                                    "k.cu:12:15: warning: odd\n"
                                    "    \tfoo\tbar = \xc3\xa4 + 1;\n"
                                    "    \t   \t        ^\n"
                                    "note: by the way\n"
                                    "k.cu:109:99: error: past the end\n"),
                  "\n%s", out.data);
}

static void test_many_diagnostics(void) {
    wf_unit *u = wf_unit_new("many", 0);
    static char line[5000];
    memset(line, 'x', sizeof line - 1);
    uint16_t file = wf_source_add(&u->diags, "long.cu", line, sizeof line - 1, 1);
    for (int i = 0; i < 50; i++)
        wf_report(&u->diags, WF_ERROR, (wf_place){file, 10, 1, 4000}, NULL, "number %d", i);
    CHECK(u->diags.errors == 50 && u->diags.dropped == 50 - WF_DIAG_MAX);
    wf_text out;
    wf_text_init(&out, &u->arena);
    wf_diags_render(&u->diags, &out);
    CHECK(strstr(out.data, "number 19\n") && !strstr(out.data, "number 20\n") &&
          strstr(out.data, "30 more not shown"));
    CHECK_MESSAGE(out.length < 20 * 600, "%zu", out.length);
    wf_unit_free(u);
}

static void test_nearest(void) {
    static const char *const names[] = {"blockDim", "threadIdx",     "n", "input",
                                        "output",   "__syncthreads", NULL};
    static const struct {
        const char *wrong, *right;
    } table[] = {
        {"threadidx", "threadIdx"},
        {"BLOCKDIM", "blockDim"},
        {"inptu", "input"},
        {"ouput", "output"},
        {"__syncthread", "__syncthreads"},
        {"completely", NULL},
        {"m", NULL},
        {"ni", NULL},
        {"input", NULL},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char *nearest = wf_spelling_nearest(table[i].wrong, names, sizeof names / sizeof *names);
        CHECK_MESSAGE(nearest == table[i].right ||
                          (nearest && table[i].right && !strcmp(nearest, table[i].right)),
                      "%s: %s", table[i].wrong, nearest ? nearest : "none");
    }
}

static void test_builtin_table(void) {
    for (int i = 0; i < WF_BI_COUNT; i++)
        CHECK_MESSAGE(wf_builtin_find(wf_builtins[i].spelling) == i, "%s", wf_builtins[i].spelling);
    CHECK(wf_builtin_find("") == -1 && wf_builtin_find("threadIdy") == -1 &&
          wf_builtin_find("atomicAdd_bloc") == -1);
    CHECK(wf_builtins[WF_BI_THREAD_IDX].flags & WF_BIF_NAME &&
          !(wf_builtins[WF_BI_SHFL].flags & WF_BIF_NAME));
    CHECK(wf_builtins[WF_BI_ATOMIC_ADD_BLOCK].flags & WF_BIF_ATOMIC);
}

static void test_signature(wf_unit *u) {
    wf_func *k = wf_func_new(u, "kernel_signature", wf_type_function(u, KIND(VOID), NULL, 0, 0), nowhere);
    const wf_type *p = wf_type_pointer(u, KIND(FLOAT));
    wf_record *r = wf_record_new(u, "holder", 0, nowhere);
    wf_field fields[] = {{.name = "n", .type = KIND(INT)}, {.name = "p", .type = wf_type_array(u, p, 2)}};
    wf_record_finish(u, r, fields, 2);
    wf_param_new(u, k, "c", KIND(CHAR), nowhere);
    wf_param_new(u, k, "h", wf_type_of_record(u, r), nowhere);
    wf_param_new(u, k, "s", KIND(SHORT), nowhere);
    wf_param_new(u, k, "v", wf_type_vector(u, WF_TY_FLOAT, 4), nowhere);
    wf_param_new(u, k, "q", p, nowhere);
    wf_signature *s = wf_signature_of(u, k);
    CHECK(s->param_count == 5 && s->params[1].offset == 8 && s->params[2].offset == 32 &&
          s->params[3].offset == 48 && s->size == 72);
    CHECK(s->leaf_count == 3 && s->leaves[0].offset == 16 && s->leaves[1].offset == 24 &&
          s->leaves[2].offset == 64 && s->leaves[2].pointee == KIND(FLOAT));
    wf_param_new(u, k, "big", wf_type_array(u, KIND(CHAR), 40000), nowhere);
    uint32_t errors = u->diags.errors;
    CHECK(!wf_signature_of(u, k) && u->diags.errors == errors + 1);
}

int main(void) {
    wf_unit *u = wf_unit_new("types", 0);
    jmp_buf failure;
    u->arena.on_failure = &failure;
    if (setjmp(failure)) return 1;
    test_scalars(u);
    test_interning(u);
    test_vectors(u);
    test_layout(u);
    test_bit_fields(u);
    test_spelling(u);
    test_names(u);
    test_diagnostics(u);
    test_bad_fields(u);
    test_depth(u);
    test_signature(u);
    wf_unit_free(u);
    test_many_diagnostics();
    test_nearest();
    test_builtin_table();
    return check_report("lang types");
}
