/* fuse/build.c: the skeleton of a fused kernel: parameters, loads, the values in their order, stores, and the
 * key. What a thread does with them is in elements.c and reduce.c. */
#include "fuse/inner.h"
#include "base/status.h"
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

const wf_place fuse_nowhere = {0, 0, 0, 0};

/* ---- spellings ------------------------------------------------------------------------------------------
 */

const wf_type *fuse_type(fuse_build *b, wf_dtype t) {
    static const uint8_t kinds[WF_DT_COUNT] = {WF_TY_BOOL,   WF_TY_SCHAR, WF_TY_UCHAR,  WF_TY_SHORT,
                                               WF_TY_USHORT, WF_TY_INT,   WF_TY_UINT,   WF_TY_LLONG,
                                               WF_TY_ULLONG, WF_TY_HALF,  WF_TY_BFLOAT, WF_TY_FLOAT,
                                               WF_TY_DOUBLE, WF_TY_FLOAT, WF_TY_DOUBLE};
    return wf_type_scalar(b->u, (wf_type_kind)kinds[t]);
}

const wf_type *fuse_register(fuse_build *b, wf_dtype t) {
    if (wf_dtype_is_small_float(t)) return wf_type_scalar(b->u, WF_TY_FLOAT);
    if (wf_dtype_size(t) < 4) return wf_type_scalar(b->u, wf_dtype_kind(t) == 'u' ? WF_TY_UINT : WF_TY_INT);
    return fuse_type(b, t);
}

wf_expr *fuse_ref(fuse_build *b, wf_var *v) { return wf_make_var(b->u, v, fuse_nowhere); }
wf_expr *fuse_int(fuse_build *b, int64_t v) { return wf_make_int(b->u, b->index, (uint64_t)v, fuse_nowhere); }
wf_expr *fuse_bin(fuse_build *b, wf_op op, wf_expr *x, wf_expr *y) {
    return wf_make_binary(b->u, op, x, y, fuse_nowhere);
}
wf_expr *fuse_cast(fuse_build *b, const wf_type *t, wf_expr *x) {
    return x->type->unqual == t ? x : wf_make_cast(b->u, t, x, fuse_nowhere);
}
wf_expr *fuse_real(fuse_build *b, const wf_type *t, double v) {
    return wf_make_float(b->u, t, v, fuse_nowhere);
}

wf_expr *fuse_builtin(fuse_build *b, wf_builtin builtin, wf_expr *x, wf_expr *y) {
    wf_expr **args = WF_NEW_ARRAY(&b->u->arena, wf_expr *, 2);
    args[0] = x, args[1] = y;
    return wf_make_builtin(b->u, builtin, args, y ? 2 : 1, fuse_nowhere);
}

wf_expr *fuse_member(fuse_build *b, wf_builtin of, const char *field) {
    wf_expr *record = wf_make_builtin(b->u, of, NULL, 0, fuse_nowhere);
    return fuse_cast(b, b->index, wf_make_member(b->u, record, field, fuse_nowhere));
}

wf_var *fuse_local(fuse_build *b, const char *name, const wf_type *t, wf_expr *init) {
    wf_var *v = wf_local_new(b->u, b->func, name, t, fuse_nowhere);
    if (init) init = wf_make_convert(b->u, t, init, fuse_nowhere);
    wf_block_add(b->block, wf_stmt_decl(b->u, v, init, fuse_nowhere));
    return v;
}

void fuse_do(fuse_build *b, wf_expr *e) { wf_block_add(b->block, wf_stmt_expr(b->u, e)); }
void fuse_set(fuse_build *b, wf_var *v, wf_expr *e) {
    fuse_do(b, wf_make_assign(b->u, fuse_ref(b, v), wf_make_convert(b->u, v->type, e, fuse_nowhere),
                              fuse_nowhere));
}

wf_stmt *fuse_open(fuse_build *b, wf_stmt *stmt) {
    wf_stmt *outer = b->block, *body = wf_stmt_block(b->u, fuse_nowhere);
    stmt->body = body;
    wf_block_add(outer, stmt);
    b->block = body;
    return outer;
}

void fuse_close(fuse_build *b, wf_stmt *outer) {
    wf_block_end(b->block);
    b->block = outer;
}

wf_stmt *fuse_if(fuse_build *b, wf_expr *condition) {
    wf_stmt *s = wf_stmt_new(b->u, WF_ST_IF, fuse_nowhere);
    s->expr = wf_make_bool(b->u, condition);
    return fuse_open(b, s);
}

wf_stmt *fuse_else(fuse_build *b) {
    wf_stmt *outer = b->block, *choice = outer->mark; /* the last statement so far */
    b->block = choice->other = wf_stmt_block(b->u, fuse_nowhere);
    return outer;
}

wf_stmt *fuse_for(fuse_build *b, const char *name, wf_expr *limit, int64_t step, wf_var **counter) {
    wf_stmt *s = wf_stmt_new(b->u, WF_ST_FOR, fuse_nowhere);
    wf_var *i = wf_local_new(b->u, b->func, name, b->index, fuse_nowhere);
    s->init = wf_stmt_decl(b->u, i, fuse_int(b, 0), fuse_nowhere);
    s->expr = wf_make_bool(b->u, fuse_bin(b, WF_OP_LT, fuse_ref(b, i), limit));
    s->step = wf_make_update(b->u, WF_OP_ADD, fuse_ref(b, i), fuse_int(b, step), fuse_nowhere);
    *counter = i;
    return fuse_open(b, s);
}

/* ---- parameters -----------------------------------------------------------------------------------------
 */

static wf_var *param(fuse_build *b, const char *stem, int number, int dim, const wf_type *t) {
    char name[48];
    if (dim >= 0) snprintf(name, sizeof name, "%s%d_s%d", stem, number, dim);
    else snprintf(name, sizeof name, "%s%d", stem, number);
    return wf_param_new(b->u, b->func, wf_arena_strdup(&b->u->arena, name), t, fuse_nowhere);
}

wf_scalar_form wf_fuse_scalar_form(wf_dtype t) {
    if (!wf_dtype_is_float(t) && !wf_dtype_is_complex(t)) return WF_SCALAR_INT;
    return t == WF_DT_FLOAT64 || t == WF_DT_COMPLEX128 ? WF_SCALAR_DOUBLE : WF_SCALAR_FLOAT;
}

static const wf_type *slot_type(fuse_build *b, wf_dtype t) {
    static const uint8_t kinds[] = {WF_TY_LLONG, WF_TY_FLOAT, WF_TY_DOUBLE};
    return wf_type_scalar(b->u, (wf_type_kind)kinds[wf_fuse_scalar_form(t)]);
}

static void declare_params(fuse_build *b) {
    const wf_fuse_kernel *k = b->k;
    const wf_type *wide = wf_type_scalar(b->u, WF_TY_LLONG);
    uint32_t dims = k->rank + k->reduced;
    for (uint32_t d = 0; d < dims; d++) b->extent[d] = param(b, "n", (int)d, -1, wide);
    if (k->form != WF_FORM_ELEMENTS || wf_fuse_has_runs(k)) b->pieces = param(b, "pieces", 0, -1, wide);
    for (uint32_t i = 0; i < k->operand_count; i++) {
        const wf_fuse_operand *o = &k->operands[i];
        wf_dtype t = (wf_dtype)o->dtype;
        if (o->kind == WF_OPERAND_SCALAR) {
            b->base[i] = param(b, "c", (int)i, -1, slot_type(b, t));
            if (wf_dtype_is_complex(t)) b->scalar_im[i] = param(b, "ci", (int)i, -1, slot_type(b, t));
            continue;
        }
        const wf_type *pointee = wf_type_qualified(b->u, fuse_type(b, t), WF_CONST);
        b->base[i] = param(b, o->kind == WF_OPERAND_IOTA ? "first" : "x", (int)i, -1,
                           o->kind == WF_OPERAND_IOTA ? wide : wf_type_pointer(b->u, pointee));
        for (uint32_t d = 0; d < dims; d++)
            if (o->code[d] == WF_STRIDE_VARIES) b->stride[i][d] = param(b, "x", (int)i, (int)d, wide);
    }
    for (uint32_t i = 0; i < k->output_count; i++) {
        b->out[i] =
            param(b, "out", (int)i, -1, wf_type_pointer(b->u, fuse_type(b, (wf_dtype)k->outputs[i].dtype)));
        for (uint32_t d = 0; d < k->rank; d++)
            if (k->outputs[i].code[d] == WF_STRIDE_VARIES)
                b->out_stride[i][d] = param(b, "out", (int)i, (int)d, wide);
    }
}

/* ---- positions, loads, stores ---------------------------------------------------------------------------
 */

wf_expr *fuse_offset(fuse_build *b, const uint8_t *code, wf_var *const *stride, const fuse_position *at,
                     uint32_t first, uint32_t count) {
    wf_expr *sum = NULL;
    for (uint32_t d = first; d < first + count; d++) {
        if (code[d] == WF_STRIDE_ZERO) continue;
        wf_expr *term = fuse_ref(b, at->at[d]);
        if (code[d] == WF_STRIDE_VARIES)
            term = fuse_bin(b, WF_OP_MUL, term, fuse_cast(b, b->index, fuse_ref(b, stride[d])));
        sum = sum ? fuse_bin(b, WF_OP_ADD, sum, term) : term;
    }
    return sum;
}

void fuse_unravel(fuse_build *b, wf_var *linear, uint32_t first, uint32_t count, fuse_position *at) {
    if (!count) return;
    wf_var *rest = linear;
    for (uint32_t d = first + count - 1; d > first; d--) {
        wf_expr *n = fuse_cast(b, b->index, fuse_ref(b, b->extent[d]));
        wf_var *quotient = fuse_local(b, "q", b->index, fuse_bin(b, WF_OP_DIV, fuse_ref(b, rest), n));
        wf_expr *whole =
            fuse_bin(b, WF_OP_MUL, fuse_ref(b, quotient), fuse_cast(b, b->index, fuse_ref(b, b->extent[d])));
        at->at[d] = fuse_local(b, "i", b->index, fuse_bin(b, WF_OP_SUB, fuse_ref(b, rest), whole));
        rest = quotient;
    }
    at->at[first] = rest;
}

static wf_expr *add_offset(fuse_build *b, wf_expr *x, wf_expr *y) {
    return !x ? y : !y ? x : fuse_bin(b, WF_OP_ADD, x, y);
}

/* An element of a MEMORY operand or output; part 1 is the imaginary one. */
static wf_expr *element(fuse_build *b, wf_var *pointer, wf_dtype t, wf_expr *offset, int part) {
    if (!offset) offset = fuse_int(b, 0);
    if (wf_dtype_is_complex(t)) {
        offset = fuse_bin(b, WF_OP_MUL, offset, fuse_int(b, 2));
        if (part) offset = fuse_bin(b, WF_OP_ADD, offset, fuse_int(b, 1));
    }
    return wf_make_index(b->u, fuse_ref(b, pointer), offset, fuse_nowhere);
}

static fuse_value load_scalar(fuse_build *b, uint32_t i, wf_dtype t) {
    fuse_value v = {NULL, NULL, t};
    v.re = fuse_local(b, "v", fuse_type(b, t), fuse_cast(b, fuse_type(b, t), fuse_ref(b, b->base[i])));
    if (wf_dtype_is_complex(t))
        v.im =
            fuse_local(b, "v", fuse_type(b, t), fuse_cast(b, fuse_type(b, t), fuse_ref(b, b->scalar_im[i])));
    return v;
}

fuse_value fuse_load(fuse_build *b, uint32_t i, const fuse_position *at, int only_reduced) {
    const wf_fuse_operand *o = &b->k->operands[i];
    wf_dtype t = (wf_dtype)o->dtype;
    if (o->kind == WF_OPERAND_SCALAR) return load_scalar(b, i, t);
    if (b->loaded && b->loaded[i].re) return b->loaded[i];
    uint32_t first = only_reduced ? b->k->rank : 0, count = b->k->rank + b->k->reduced - first;
    wf_expr *offset = fuse_offset(b, o->code, b->stride[i], at, first, count);
    if (only_reduced && b->kept[i]) offset = add_offset(b, fuse_ref(b, b->kept[i]), offset);
    fuse_value v = {NULL, NULL, t};
    if (o->kind == WF_OPERAND_IOTA) {
        const wf_type *wide = wf_type_scalar(b->u, WF_TY_LLONG);
        wf_expr *sum = fuse_ref(b, b->base[i]);
        if (offset) sum = fuse_bin(b, WF_OP_ADD, sum, fuse_cast(b, wide, offset));
        v.re = fuse_local(b, "v", wide, sum);
        return v;
    }
    if (!wf_dtype_is_complex(t)) {
        v.re = fuse_local(b, "v", fuse_type(b, t), element(b, b->base[i], t, offset, 0));
        return v;
    }
    wf_var *where = fuse_local(b, "o", b->index, offset ? offset : fuse_int(b, 0));
    v.re = fuse_local(b, "v", fuse_type(b, t), element(b, b->base[i], t, fuse_ref(b, where), 0));
    v.im = fuse_local(b, "v", fuse_type(b, t), element(b, b->base[i], t, fuse_ref(b, where), 1));
    return v;
}

void fuse_store(fuse_build *b, uint32_t output, fuse_value value, wf_expr *offset) {
    wf_dtype t = (wf_dtype)b->k->outputs[output].dtype;
    wf_var *to = b->out[output];
    if (!wf_dtype_is_complex(t)) {
        wf_expr *e = wf_make_convert(b->u, fuse_type(b, t),
                                     fuse_cast(b, fuse_type(b, t), fuse_ref(b, value.re)), fuse_nowhere);
        wf_expr *where = element(b, to, t, offset, 0);
        if (b->k->outputs[output].past)
            fuse_do(b, fuse_builtin(b, WF_BI_STWT, wf_make_addr(b->u, where, fuse_nowhere), e));
        else fuse_do(b, wf_make_assign(b->u, where, e, fuse_nowhere));
        return;
    }
    wf_var *where = fuse_local(b, "o", b->index, offset ? offset : fuse_int(b, 0));
    fuse_do(b, wf_make_assign(b->u, element(b, to, t, fuse_ref(b, where), 0), fuse_ref(b, value.re),
                              fuse_nowhere));
    fuse_do(b, wf_make_assign(b->u, element(b, to, t, fuse_ref(b, where), 1), fuse_ref(b, value.im),
                              fuse_nowhere));
}

/* A later value that is the cosine where value i is the sine of the same, or the other way round; 0: none. */
static uint32_t twin_of(const wf_fuse_kernel *k, uint32_t i) {
    const wf_fuse_value *v = &k->values[i];
    if (v->kind != WF_VALUE_OP || (v->op != WF_UF_SIN && v->op != WF_UF_COS)) return 0;
    if (k->exact || !wf_dtype_is_float((wf_dtype)v->loop) || wf_dtype_is_small_float((wf_dtype)v->loop))
        return 0;
    for (uint32_t j = i + 1; j < k->value_count; j++) {
        const wf_fuse_value *w = &k->values[j];
        if (w->kind == WF_VALUE_OP && w->op == (v->op == WF_UF_SIN ? WF_UF_COS : WF_UF_SIN) &&
            w->args[0] == v->args[0] && w->loop == v->loop)
            return j;
    }
    return 0;
}

/* Does nobody see the sign of value i, since whoever reads it squares it or takes its absolute value? */
static int only_size_counts(const wf_fuse_kernel *k, uint32_t i) {
    for (uint32_t o = 0; o < k->output_count; o++)
        if (k->form == WF_FORM_ELEMENTS && k->outputs[o].value == i) return 0;
    if (k->form != WF_FORM_ELEMENTS && k->taken == i) return 0;
    for (uint32_t j = i + 1; j < k->value_count; j++) {
        const wf_fuse_value *v = &k->values[j];
        int inputs = v->kind == WF_VALUE_OP ? wf_ufuncs[v->op].inputs : v->kind == WF_VALUE_CAST, reads = 0;
        for (int a = 0; a < inputs; a++) reads += v->args[a] == i;
        int square = v->kind == WF_VALUE_OP && (v->op == WF_UF_SQUARE || v->op == WF_UF_ABSOLUTE ||
                                                (v->op == WF_UF_MULTIPLY && reads == 2));
        if (reads && !square) return 0;
    }
    return 1;
}

void fuse_values(fuse_build *b, const fuse_position *at, int only_reduced, fuse_value *values) {
    for (uint32_t i = 0; i < b->k->value_count; i++) {
        const wf_fuse_value *v = &b->k->values[i];
        uint32_t twin = twin_of(b->k, i);
        if (values[i].re) continue; /* came with its twin */
        if (twin) {
            int cosine = v->op == WF_UF_COS;
            int size = only_size_counts(b->k, i) && only_size_counts(b->k, twin);
            fuse_lower_sincos(b, size, values[v->args[0]], &values[cosine ? twin : i],
                              &values[cosine ? i : twin]);
        } else if (v->kind == WF_VALUE_OPERAND) values[i] = fuse_load(b, v->args[0], at, only_reduced);
        else if (v->kind == WF_VALUE_CAST)
            values[i] = fuse_convert(b, values[v->args[0]], (wf_dtype)v->dtype);
        else {
            fuse_value args[3];
            for (int j = 0; j < wf_ufuncs[v->op].inputs; j++) args[j] = values[v->args[j]];
            wf_dtype loop = (wf_dtype)v->loop, out = (wf_dtype)v->dtype;
            int complex = wf_dtype_is_complex(loop);
            values[i] = (complex ? fuse_lower_complex : fuse_lower)(b, (wf_ufunc)v->op, loop, out, args);
        }
    }
}

/* ---- the door -------------------------------------------------------------------------------------------
 */

/* So that a profiler's list can be read. */
void wf_fuse_name(const wf_fuse_kernel *k, wf_text *text) {
    wf_text_puts(text, "weft");
    int left = 6;
    for (uint32_t i = 0; i < k->value_count; i++) {
        const wf_fuse_value *v = &k->values[i];
        if (v->kind != WF_VALUE_OP || left-- <= 0) continue;
        wf_text_printf(text, "_%s", wf_ufuncs[v->op].name);
    }
    if (left < 0) wf_text_puts(text, "_and_more");
    if (k->form != WF_FORM_ELEMENTS) wf_text_printf(text, "_%s", wf_reduction_names[k->reduction]);
    else if (left == 6) wf_text_puts(text, "_copy");
}

static const char *kernel_name(fuse_build *b) {
    wf_text text;
    wf_text_init(&text, &b->u->arena);
    wf_fuse_name(b->k, &text);
    return text.data;
}

static void build(fuse_build *b) {
    wf_unit *u = b->u;
    const wf_type *type = wf_type_function(u, wf_type_scalar(u, WF_TY_VOID), NULL, 0, 0);
    b->index = wf_type_scalar(u, b->k->wide ? WF_TY_LLONG : WF_TY_INT);
    const char *name = kernel_name(b);
    u->name = name;
    b->func = wf_func_new(u, name, type, fuse_nowhere);
    b->func->flags = WF_FN_KERNEL | WF_FN_EXTERN_C;
    b->func->shown = name;
    declare_params(b);
    const wf_type **types = WF_NEW_ARRAY(&u->arena, const wf_type *, b->func->param_count + 1);
    uint32_t count = 0;
    for (wf_var *p = b->func->params; p; p = p->next) types[count++] = p->type;
    b->func->type = wf_type_function(u, wf_type_scalar(u, WF_TY_VOID), types, count, 0);
    b->block = b->func->body = wf_stmt_block(u, fuse_nowhere);
    if (b->k->cross) fuse_crossed(b);
    else if (b->k->form == WF_FORM_ELEMENTS) fuse_elements(b);
    else fuse_reduction(b);
    wf_block_end(b->func->body);
}

wf_status wf_fuse_build(const wf_fuse_kernel *kernel, wf_unit **out, wf_error *err) {
    wf_unit *u = wf_unit_new("fused", 0);
    if (!u) return wf_fail(err, WF_NOMEM, "[fuse] out of memory");
    jmp_buf failed;
    if (setjmp(failed)) {
        wf_unit_free(u);
        return wf_fail(err, WF_NOMEM, "[fuse] the fused kernel needs more memory than a compilation may use");
    }
    u->arena.on_failure = &failed;
    fuse_build *b = WF_NEW(&u->arena, fuse_build);
    b->k = kernel, b->u = u;
    build(b);
    u->arena.on_failure = NULL;
    if (u->diags.errors) {
        wf_text text;
        wf_text_init(&text, NULL);
        wf_diags_render(&u->diags, &text);
        wf_status status =
            wf_fail(err, WF_INTERNAL, "[fuse] a tree that breaks the rules:\n%s", text.data ? text.data : "");
        wf_text_free(&text);
        wf_unit_free(u);
        return status;
    }
    *out = u;
    return WF_OK;
}

/* ---- keys -----------------------------------------------------------------------------------------------
 */

typedef struct key_writer {
    uint8_t *at;
    size_t length, capacity;
} key_writer;
static void put(key_writer *w, const void *data, size_t size) {
    if (w->length + size <= w->capacity) memcpy(w->at + w->length, data, size);
    w->length += size;
}

int wf_fuse_draws(const wf_fuse_kernel *k) {
    for (uint32_t i = 0; i < k->value_count; i++) {
        const wf_fuse_value *v = &k->values[i];
        if (v->kind == WF_VALUE_OP && (v->op == WF_UF_RANDOM32 || v->op == WF_UF_RANDOM64)) return 1;
    }
    return 0;
}

int wf_fuse_has_runs(const wf_fuse_kernel *k) {
    return k->form == WF_FORM_ELEMENTS && k->vector > 1 && k->rank == 1 && !k->cross;
}

size_t wf_fuse_key(const wf_fuse_kernel *k, uint8_t *key, size_t capacity) {
    key_writer w = {key, 0, capacity};
    uint8_t dims = (uint8_t)(k->rank + k->reduced);
    uint8_t head[] = {WF_REDUCTION_ORDER, k->form, k->rank,    k->reduced, k->wide,  k->rows,
                      k->reduction,       k->acc,  k->partial, k->vector,  k->cross, k->exact};
    put(&w, head, sizeof head);
    uint16_t counts[4] = {k->operand_count, k->value_count, k->output_count, k->taken};
    put(&w, counts, sizeof counts);
    for (uint32_t i = 0; i < k->operand_count; i++) {
        put(&w, &k->operands[i], 2);
        if (k->operands[i].kind != WF_OPERAND_SCALAR) put(&w, k->operands[i].code, dims);
    }
    for (uint32_t i = 0; i < k->value_count; i++) put(&w, &k->values[i], sizeof k->values[i]);
    for (uint32_t i = 0; i < k->output_count; i++) {
        put(&w, &k->outputs[i].value, 2);
        put(&w, &k->outputs[i].dtype, 1);
        put(&w, &k->outputs[i].past, 1);
        put(&w, k->outputs[i].code, k->rank);
    }
    return w.length;
}
