/* A printed unit reads back to an equal tree: random expressions with conversions that C would not make by
 * itself, built-ins among them; the kernels of tests/identity; the device library. */
#include "round_trip.h"
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

static const wf_place at = {0, 1, 1, 1};
#define KIND(k) wf_type_scalar(u, WF_TY_##k)

static uint64_t seed = 99;
static uint32_t draw(uint32_t below) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (uint32_t)(seed * 0x2545f4914f6cdd1du >> 32) % below;
}

/* --- random expressions --- */

typedef struct world {
    wf_unit *u;
    wf_var *scalars[WF_TY_SCALARS], *pointers[WF_TY_SCALARS];
    wf_var *vector, *array;
} world;

static wf_type_kind any_kind(void) { return (wf_type_kind)(WF_TY_BOOL + draw(WF_TY_SCALARS - WF_TY_BOOL)); }
static wf_expr *random_expr(world *w, int depth);

static wf_expr *random_literal(world *w) {
    static const uint64_t odd[] = {0,           1,          2,         31,
                                   127,         255,        65535,     INT32_MAX,
                                   0x80000000u, UINT32_MAX, INT64_MAX, (uint64_t)INT64_MIN,
                                   UINT64_MAX};
    static const double odd_floats[] = {0,     -0.0,     1,         -1.5, 0.1,      1e-8,   65504,  3e38,
                                        1e300, INFINITY, -INFINITY, NAN,  0x1p-149, 5e-324, 1.0 / 3};
    const wf_type *type = wf_type_scalar(w->u, any_kind());
    if (wf_type_is_float(type))
        return wf_make_float(w->u, type, odd_floats[draw(sizeof odd_floats / sizeof *odd_floats)], at);
    return wf_make_int(w->u, type, odd[draw(sizeof odd / sizeof *odd)], at);
}

static wf_expr *random_integer(world *w, int depth) {
    wf_expr *e = random_expr(w, depth);
    return wf_type_is_integer(e->type) ? e : wf_make_cast(w->u, wf_type_scalar(w->u, WF_TY_INT), e, at);
}

static wf_expr *random_place(world *w, int depth) {
    switch (draw(5)) {
    case 0:
        return wf_make_index(w->u, wf_make_var(w->u, w->pointers[any_kind()], at), random_integer(w, depth),
                             at);
    case 1:
        return wf_make_deref(w->u,
                             wf_make_binary(w->u, draw(2) ? WF_OP_ADD : WF_OP_SUB,
                                            wf_make_var(w->u, w->pointers[any_kind()], at),
                                            random_integer(w, depth), at),
                             at);
    case 2: return wf_make_member(w->u, wf_make_var(w->u, w->vector, at), draw(2) ? "x" : "w", at);
    case 3:
        return wf_make_index(
            w->u, wf_make_index(w->u, wf_make_var(w->u, w->array, at), random_integer(w, depth), at),
            random_integer(w, depth), at);
    default: return wf_make_var(w->u, w->scalars[any_kind()], at);
    }
}

static wf_expr *random_builtin(world *w, int depth) {
    static const wf_builtin some[] = {WF_BI_FMA,          WF_BI_SQRT,         WF_BI_FMIN,
                                      WF_BI_MIN,          WF_BI_MAX,          WF_BI_POPC,
                                      WF_BI_CLZLL,        WF_BI_ISNAN,        WF_BI_BYTE_PERM,
                                      WF_BI_SHFL_DOWN,    WF_BI_BALLOT,       WF_BI_SYNCTHREADS_COUNT,
                                      WF_BI_FLOAT_AS_INT, WF_BI_INT_AS_FLOAT, WF_BI_USHORT_AS_HALF,
                                      WF_BI_MUL64HI,      WF_BI_CLOCK64,      WF_BI_TID,
                                      WF_BI_SAD,          WF_BI_ADD_RN,       WF_BI_REDUCE_XOR,
                                      WF_BI_EXPECT};
    wf_builtin id = some[draw(sizeof some / sizeof *some)];
    wf_expr *args[4];
    for (int i = 0; i < wf_builtins[id].args; i++) args[i] = random_expr(w, depth);
    return wf_make_builtin(w->u, id, args, (uint32_t)wf_builtins[id].args, at);
}

static wf_op fitting_op(const wf_expr *a, const wf_expr *b) {
    for (;;) {
        wf_op op = (wf_op)(WF_OP_ADD + draw(WF_OP_COUNT - WF_OP_ADD));
        int integers_only = op == WF_OP_REM || (op >= WF_OP_SHL && op <= WF_OP_OR);
        if (!integers_only || (wf_type_is_integer(a->type) && wf_type_is_integer(b->type))) return op;
    }
}

static wf_expr *random_expr(world *w, int depth) {
    wf_unit *u = w->u;
    if (depth <= 0) return draw(2) ? random_literal(w) : random_place(w, 0);
    wf_expr *a = random_expr(w, depth - 1), *b = random_expr(w, depth - 1), *place;
    switch (draw(14)) {
    case 0: return wf_make_cast(u, wf_type_scalar(u, any_kind()), a, at);
    case 1:
        return wf_make_convert(u, wf_type_scalar(u, any_kind()), a, at); /* as a front-end may, anywhere */
    case 2:
        return wf_make_unary(
            u, wf_type_is_float(a->type) ? (draw(2) ? WF_OP_NEG : WF_OP_LNOT) : (wf_op)draw(3), a, at);
    case 3: return wf_make_cond(u, random_expr(w, depth - 1), a, b, at);
    case 4: return wf_make_paren(u, a);
    case 5: return wf_make_comma(u, a, b, at);
    case 6: return random_builtin(w, depth - 1);
    case 7: return wf_make_assign(u, random_place(w, depth - 1), a, at);
    case 8:
        place = random_place(w, depth - 1);
        return wf_make_update(u, (wf_op)(WF_OP_ADD + draw(3)), place, a, at);
    case 9:
        place = random_place(w, depth - 1);
        return place->type->kind == WF_TY_BOOL
                   ? place
                   : wf_make_step(u, draw(2) ? WF_OP_ADD : WF_OP_SUB, place, (int)draw(2), at);
    case 10: return random_place(w, depth - 1);
    case 11:
        return wf_make_binary(u, (wf_op)(WF_OP_LT + draw(6)), wf_make_var(u, w->pointers[WF_TY_INT], at),
                              wf_make_addr(u, wf_make_var(u, w->scalars[WF_TY_INT], at), at), at);
    default: return wf_make_binary(u, fitting_op(a, b), a, b, at);
    }
}

/* A kernel whose parameters are one of each kind, and pointers to each. */
static wf_func *new_world(world *w) {
    wf_unit *u = w->u;
    static const wf_type *types[WF_TY_SCALARS * 2 + 2];
    uint32_t count = 0;
    for (int kind = WF_TY_BOOL; kind < WF_TY_SCALARS; kind++) {
        types[count++] = wf_type_scalar(u, (wf_type_kind)kind);
        types[count++] = wf_type_pointer(u, wf_type_scalar(u, (wf_type_kind)kind));
    }
    types[count++] = wf_type_vector(u, WF_TY_FLOAT, 4);
    types[count++] = wf_type_pointer(u, wf_type_array(u, KIND(DOUBLE), 3));
    wf_func *f = wf_func_new(u, "k", wf_type_function(u, KIND(VOID), types, count, 0), at);
    f->flags = WF_FN_KERNEL | (draw(2) ? WF_FN_CONTRACT : 0) | (draw(2) ? WF_FN_FAST : 0) |
               (draw(2) ? WF_FN_TRAP_DIVIDE : 0);
    for (uint32_t i = 0; i < count; i++) {
        wf_var *var = wf_param_new(u, f, wf_arena_printf(&u->arena, "p%u", i), types[i], at);
        if (types[i]->kind < WF_TY_SCALARS) w->scalars[types[i]->kind] = var;
        else if (types[i]->kind == WF_TY_RECORD) w->vector = var;
        else if (types[i]->base->kind == WF_TY_ARRAY) w->array = var;
        else w->pointers[types[i]->base->kind] = var;
    }
    f->body = wf_stmt_block(u, at);
    return f;
}

static wf_unit *new_unit(jmp_buf *failure) {
    wf_unit *u = wf_unit_new("random", 0);
    if (!u) exit(1);
    u->arena.on_failure = failure;
    return u;
}

static void test_random(jmp_buf *failure, int rounds) {
    for (int round = 0; round < rounds; round++) {
        world w = {.u = new_unit(failure)};
        wf_func *f = new_world(&w);
        for (int i = 0; i < 10; i++)
            wf_block_add(f->body, wf_stmt_expr(w.u, random_expr(&w, 1 + (int)draw(4))));
        wf_block_end(f->body);
        CHECK_MESSAGE(!w.u->diags.errors, "%s", w.u->diags.first->message);
        if (!w.u->diags.errors) check_round_trip(w.u, "random");
        wf_unit_free(w.u);
    }
}

/* --- real programs --- */

static void test_file(const char *path, const char *name, int is_library) {
    static char source[1 << 18];
    FILE *file = fopen(path, "rb");
    if (!file) return;
    size_t length = fread(source, 1, sizeof source - 1, file);
    fclose(file);
    source[length] = 0;
    wf_unit *u = NULL;
    wf_error err;
    wf_cudac_options options = {.file_name = name, .device_library = is_library};
    CHECK_MESSAGE(wf_cudac_compile(source, length, &options, &u, &err) == WF_OK, "%s: %s", name, err.message);
    if (u && !u->diags.errors) check_round_trip(u, name);
    wf_unit_free(u);
}

static int test_folder(const char *path, const char *ending, int is_library) {
    DIR *folder = opendir(path);
    int files = 0;
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        char whole[1024];
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ending)) continue;
        snprintf(whole, sizeof whole, "%s/%s", path, entry->d_name);
        test_file(whole, entry->d_name, is_library);
        files++;
    }
    if (folder) closedir(folder);
    return files;
}

/* rounds: how many random units, for a longer run by hand. */
int main(int argc, char **argv) {
    jmp_buf failure;
    if (setjmp(failure)) return 1;
    test_random(&failure, argc > 1 ? atoi(argv[1]) : 300);
    CHECK(test_folder(TEST_SOURCE "/tests/identity/kernels", ".cu", 0) > 20);
    CHECK(test_folder(TEST_SOURCE "/device", ".h", 1) > 20);
    return check_report("lang roundtrip");
}
