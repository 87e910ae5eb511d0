/* pyfunc/cuda_calls.c: what `cuda.` offers inside kernels.
 *
 * Indices are int32 as in Numba, cuda.grid() and gridsize() int64; all are known not to be negative. A shared
 * or local array is a variable of the kernel: its name in the tree is the name it is assigned to. Its
 * declaration goes to the top of the function, so that barriers between it and its uses divide nothing. */
#include "pyfunc/lower.h"
#include <string.h>

/* ---- indices ---- */

static wf_expr *index_part(wf_pf_body *b, wf_builtin id, int axis, wf_place at) {
    static const char *const names[] = {"x", "y", "z"};
    return wf_make_member(b->l->u, wf_pf_builtin(b, id, at, 0), names[axis], at);
}

static wf_pf_val index_value(wf_pf_body *b, wf_expr *e, const wf_pf_type *type, wf_place at) {
    wf_pf_val v = wf_pf_scalar(b, type, wf_make_cast(b->l->u, wf_pf_ctype(b->l, type), e, at));
    v.nonneg = 1;
    return v;
}

wf_pf_val wf_pf_cuda_attribute(wf_pf_body *b, const char *name, wf_place at, int *found) {
    static const struct {
        const char *name;
        wf_builtin id;
    } parts[] = {
        {"cuda.threadIdx.", WF_BI_THREAD_IDX},
        {"cuda.blockIdx.", WF_BI_BLOCK_IDX},
        {"cuda.blockDim.", WF_BI_BLOCK_DIM},
        {"cuda.gridDim.", WF_BI_GRID_DIM},
    };
    *found = 1;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t length = strlen(parts[i].name);
        const char *axis = strncmp(name, parts[i].name, length) ? NULL : name + length;
        if (axis && *axis >= 'x' && *axis <= 'z' && !axis[1])
            return index_value(b, index_part(b, parts[i].id, *axis - 'x', at), b->l->int32, at);
    }
    if (!strcmp(name, "cuda.laneid"))
        return index_value(b, wf_pf_builtin(b, WF_BI_LANE_ID, at, 0), b->l->int32, at);
    if (!strcmp(name, "cuda.warpsize")) return wf_pf_int(b, 32, at);
    *found = 0;
    return wf_pf_unknown(b);
}

/* data 0: grid, blockIdx * blockDim + threadIdx; 1: gridsize. */
static wf_expr *grid_axis(wf_pf_body *b, int axis, int size, wf_place at) {
    wf_unit *u = b->l->u;
    const wf_type *integer = wf_type_scalar(u, WF_TY_LONG);
    wf_expr *blocks =
        wf_make_cast(u, integer, index_part(b, size ? WF_BI_GRID_DIM : WF_BI_BLOCK_IDX, axis, at), at);
    wf_expr *threads = wf_make_cast(u, integer, index_part(b, WF_BI_BLOCK_DIM, axis, at), at);
    wf_expr *product = wf_make_binary(u, WF_OP_MUL, blocks, threads, at);
    if (size) return product;
    return wf_make_binary(u, WF_OP_ADD, product,
                          wf_make_cast(u, integer, index_part(b, WF_BI_THREAD_IDX, axis, at), at), at);
}

static wf_pf_val rule_grid(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    wf_pf_val n = args->v[0];
    if (!n.known || n.known->kind != WF_PF_V_INT || n.known->i < 1 || n.known->i > 3)
        return wf_pf_error(b, args->at, NULL,
                           n.known ? "%s() takes the number of dimensions: 1, 2 or 3"
                                   : "%s() takes the number of dimensions, a constant: 1, 2 or 3 "
                                     "(RequireLiteralValue)",
                           name);
    wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 3);
    for (int i = 0; i < n.known->i; i++) {
        items[i] = wf_pf_scalar(b, b->l->int64, grid_axis(b, i, data, args->at));
        items[i].nonneg = 1;
    }
    return n.known->i == 1 ? items[0] : wf_pf_tuple(b, items, (uint32_t)n.known->i);
}

/* ---- arrays of a kernel's own ---- */

static void declare_at_head(wf_pf_body *b, wf_var *var, wf_place at) {
    wf_stmt *declaration = wf_stmt_decl(b->l->u, var, NULL, at);
    if (!b->head->body) {
        wf_block_add(b->head, declaration);
        return;
    }
    declaration->next = b->head->body;
    b->head->body = declaration;
}

static int constant_shape(wf_pf_body *b, wf_pf_val v, int64_t *shape, int *ndim, wf_place at) {
    uint32_t count = v.type->kind == WF_PF_T_TUPLE ? v.type->count : 1;
    *ndim = (int)count;
    for (uint32_t i = 0; i < count && i < 8; i++) {
        wf_pf_val n = v.type->kind == WF_PF_T_TUPLE ? v.items[i] : v;
        if (!n.known || n.known->kind != WF_PF_V_INT || n.known->i < 0) {
            wf_pf_error(b, at, "use a number, or a global or closure variable that holds one",
                        "the shape must be known when the kernel is compiled, got %s",
                        n.known ? wf_pf_spell(b, n) : "a value of run time");
            return 0;
        }
        shape[i] = n.known->i;
    }
    return count > 0 && count < 8;
}

static wf_pf_val own_array(wf_pf_body *b, const wf_pf_type *element, const int64_t *shape, int ndim,
                           wf_var *var, wf_place at) {
    wf_unit *u = b->l->u;
    wf_pf_val v = {.type = wf_pf_type_array(&b->l->types, element, ndim, 'C', 0), .stable = 1};
    v.array = WF_NEW(&u->arena, wf_pf_array);
    v.array->data = wf_make_value(u, wf_make_var(u, var, at));
    v.array->shape = WF_NEW_ARRAY(&u->arena, wf_expr *, ndim + 1);
    const wf_type *integer = wf_type_scalar(u, WF_TY_LONG);
    for (int i = 0; i < ndim; i++) v.array->shape[i] = wf_make_int(u, integer, (uint64_t)shape[i], at);
    if (var->type->incomplete) /* dynamic: as much as the launch gave */
        v.array->shape[0] = wf_make_cast(
            u, integer, wf_pf_builtin(b, WF_BI_EXTENT, at, 1, wf_make_value(u, wf_make_var(u, var, at))), at);
    return v;
}

/* alignment=: in bytes, a power of two, or None. */
static int alignment_of(wf_pf_body *b, const char *name, wf_pf_args *args, uint32_t *align) {
    wf_pf_val *given = wf_pf_keyword(args, "alignment");
    if (!given && args->count - args->keyword_count > 2) given = &args->v[2];
    if (!given || given->type->kind == WF_PF_T_NONE) return 1;
    if (!given->known || given->known->kind != WF_PF_V_INT) {
        wf_pf_error(b, args->at, NULL,
                    "RequireLiteralValue: %s(): alignment must be a constant integer, got %s", name,
                    wf_pf_spell(b, *given));
        return 0;
    }
    int64_t n = given->known->i;
    if (n < 1 || n > 1024 || (n & (n - 1))) {
        wf_pf_error(b, args->at, NULL, "%s(): Alignment must be a power of two up to 1024, got %lld", name,
                    (long long)n);
        return 0;
    }
    *align = (uint32_t)n;
    return 1;
}

/* cuda.shared.array, cuda.local.array. data: 1 shared. */
static wf_pf_val rule_own_array(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    wf_unit *u = b->l->u;
    uint32_t plain = args->count - args->keyword_count;
    wf_pf_val *shape = plain > 0 ? &args->v[0] : wf_pf_keyword(args, "shape"),
              *dtype = plain > 1 ? &args->v[1] : wf_pf_keyword(args, "dtype");
    int64_t extents[8], count = 1;
    int ndim;
    if (!shape || !dtype) return wf_pf_error(b, args->at, NULL, "%s() needs a shape and a dtype", name);
    const wf_pf_type *element = wf_pf_dtype_of(b, *dtype);
    if (!element)
        return wf_pf_error(b, args->at, NULL, "the dtype of %s() must be a type such as float32, got %s",
                           name, wf_pf_spell(b, *dtype));
    if (!constant_shape(b, *shape, extents, &ndim, args->at)) return wf_pf_unknown(b);
    for (int i = 0; i < ndim; i++) {
        if (extents[i] && count > (int64_t)1 << 40) break;
        count *= extents[i];
    }
    if (count * element->bytes > (int64_t)1 << 30)
        return wf_pf_error(b, args->at, NULL, "%s() of %lld elements is too large", name, (long long)count);
    int dynamic = data && ndim == 1 && count == 0;
    if (!count && !dynamic) return wf_pf_error(b, args->at, NULL, "%s() with an extent of 0", name);
    const wf_type *c = wf_pf_ctype(b->l, element);
    const wf_type *type = dynamic ? wf_type_array_open(u, c) : wf_type_array(u, c, (uint64_t)count);
    uint32_t align = 0;
    if (!alignment_of(b, name, args, &align)) return wf_pf_unknown(b);
    wf_var *var = wf_local_new(u, b->func, b->hint ? b->hint : data ? "shared" : "local", type, args->at);
    var->align = align;
    var->space = data ? WF_SPACE_SHARED : WF_SPACE_LOCAL;
    var->is_extern = (uint8_t)dynamic;
    declare_at_head(b, var, args->at);
    return own_array(b, element, extents, ndim, var, args->at);
}

static wf_pf_val rule_array_like(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)data;
    if (args->v[0].type->kind == WF_PF_T_ARRAY) return args->v[0]; /* a constant array is one already */
    return wf_pf_error(b, args->at, NULL, "%s() takes an array that is a global, got %s", name,
                       wf_pf_spell(b, args->v[0]));
}

/* ---- barriers, votes, shuffles ---- */

static wf_pf_val rule_void(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name;
    wf_pf_emit(b, wf_pf_builtin(b, (wf_builtin)data, args->at, 0));
    return wf_pf_none(b);
}

static wf_expr *uint_arg(wf_pf_body *b, wf_pf_args *args, uint32_t i) {
    const wf_pf_type *type = wf_pf_type_scalar(&b->l->types, 'I');
    if (i >= args->count)
        return wf_make_int(b->l->u, wf_type_scalar(b->l->u, WF_TY_UINT), 0xffffffffu, args->at);
    if (!wf_pf_is_integral(args->v[i].type))
        wf_pf_error(b, args->at, NULL, "%sgot %s, expected an integer",
                    i ? "" : "Mask type must be an integer: ", wf_pf_spell(b, args->v[i]));
    return wf_pf_number(b, args->v[i], type, args->at);
}

static wf_expr *int_arg(wf_pf_body *b, wf_pf_args *args, uint32_t i) {
    if (!wf_pf_is_integral(args->v[i].type))
        wf_pf_error(b, args->at, NULL, "got %s, expected an integer", wf_pf_spell(b, args->v[i]));
    return wf_pf_number(b, args->v[i], b->l->int32, args->at);
}

static wf_pf_val rule_syncwarp(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)data;
    wf_pf_emit(b, wf_pf_builtin(b, WF_BI_SYNCWARP, args->at, 1, uint_arg(b, args, 0)));
    return wf_pf_none(b);
}

static wf_pf_val kept(wf_pf_body *b, const wf_pf_type *type, wf_expr *e,
                      wf_place at) { /* happens here, once */
    wf_var *temp = wf_pf_temp(b, "t", e->type->unqual, e, at);
    wf_expr *read = wf_make_var(b->l->u, temp, at);
    return wf_pf_scalar(b, type,
                        wf_type_same_unqual(e->type, wf_pf_ctype(b->l, type))
                            ? read
                            : wf_make_cast(b->l->u, wf_pf_ctype(b->l, type), read, at));
}

static wf_pf_val rule_sync_vote(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name;
    wf_expr *predicate = wf_make_convert(b->l->u, wf_type_scalar(b->l->u, WF_TY_INT),
                                         wf_pf_truth(b, args->v[0], args->at), args->at);
    return kept(b, b->l->int32, wf_pf_builtin(b, (wf_builtin)data, args->at, 1, predicate), args->at);
}

static wf_pf_val rule_vote(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name;
    wf_expr *mask = uint_arg(b, args, 0);
    wf_expr *predicate = wf_make_convert(b->l->u, wf_type_scalar(b->l->u, WF_TY_INT),
                                         wf_pf_truth(b, args->v[1], args->at), args->at);
    const wf_pf_type *type = data == WF_BI_BALLOT ? wf_pf_type_scalar(&b->l->types, 'I') : b->l->boolean;
    return kept(b, type, wf_pf_builtin(b, (wf_builtin)data, args->at, 2, mask, predicate), args->at);
}

static wf_pf_val rule_eq_sync(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)data;
    wf_unit *u = b->l->u;
    wf_pf_val p = wf_pf_settle(b, args->v[1], args->at), q = p;
    if (q.e) q.e = wf_pf_clone(u, q.e);
    const wf_type *integer = wf_type_scalar(u, WF_TY_INT);
    wf_expr *all = wf_pf_builtin(b, WF_BI_ALL, args->at, 2, uint_arg(b, args, 0),
                                 wf_make_convert(u, integer, wf_pf_truth(b, p, args->at), args->at));
    wf_pf_val first = kept(b, b->l->boolean, all, args->at);
    wf_expr *any = wf_pf_builtin(b, WF_BI_ANY, args->at, 2, uint_arg(b, args, 0),
                                 wf_make_convert(u, integer, wf_pf_truth(b, q, args->at), args->at));
    wf_pf_val second = kept(b, b->l->boolean, any, args->at);
    return wf_pf_scalar(
        b, b->l->boolean,
        wf_make_binary(u, WF_OP_LOR, wf_pf_truth(b, first, args->at),
                       wf_make_unary(u, WF_OP_LNOT, wf_pf_truth(b, second, args->at), args->at), args->at));
}

static wf_pf_val rule_shuffle(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    wf_pf_val v = args->v[1];
    if (!wf_pf_is_real(v.type))
        return wf_pf_error(b, args->at, NULL, "%s() got %s, expected a number", name, wf_pf_spell(b, v));
    const wf_pf_type *type =
        v.type->bytes < 4
            ? (v.type->kind == WF_PF_T_FLOAT ? wf_pf_type_scalar(&b->l->types, 'f') : b->l->int32)
            : v.type;
    wf_expr *width = wf_make_int(b->l->u, wf_type_scalar(b->l->u, WF_TY_INT), 32, args->at);
    wf_expr *lane =
        data == WF_BI_SHFL_UP || data == WF_BI_SHFL_DOWN ? uint_arg(b, args, 2) : int_arg(b, args, 2);
    wf_expr *e = wf_pf_builtin(b, (wf_builtin)data, args->at, 4, uint_arg(b, args, 0),
                               wf_pf_number(b, v, type, args->at), lane, width);
    return kept(b, type, e, args->at);
}

static wf_pf_val rule_match(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name;
    wf_unit *u = b->l->u;
    wf_pf_val v = args->v[1];
    if (!wf_pf_is_real(v.type))
        return wf_pf_error(b, args->at, NULL, "%s() got %s, expected a number", name, wf_pf_spell(b, v));
    const wf_pf_type *type = v.type->bytes < 4 ? b->l->int32 : v.type,
                     *uint = wf_pf_type_scalar(&b->l->types, 'I');
    wf_expr *value = wf_pf_number(b, v, type, args->at);
    if (data == WF_BI_MATCH_ANY)
        return kept(b, uint, wf_pf_builtin(b, WF_BI_MATCH_ANY, args->at, 2, uint_arg(b, args, 0), value),
                    args->at);
    wf_var *flag = wf_pf_temp(b, "same", wf_type_scalar(u, WF_TY_INT),
                              wf_make_int(u, wf_type_scalar(u, WF_TY_INT), 0, args->at), args->at);
    wf_expr *address = wf_make_addr(u, wf_make_var(u, flag, args->at), args->at);
    wf_pf_val *items = WF_NEW_ARRAY(&u->arena, wf_pf_val, 2);
    items[0] =
        kept(b, uint, wf_pf_builtin(b, WF_BI_MATCH_ALL, args->at, 3, uint_arg(b, args, 0), value, address),
             args->at);
    items[1] = wf_pf_scalar(b, b->l->boolean, wf_make_bool(u, wf_make_var(u, flag, args->at)));
    return wf_pf_tuple(b, items, 2);
}

static wf_pf_val rule_activemask(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)data;
    return kept(b, wf_pf_type_scalar(&b->l->types, 'I'), wf_pf_builtin(b, WF_BI_ACTIVEMASK, args->at, 0),
                args->at);
}

static wf_pf_val rule_lanemask_lt(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)data;
    wf_unit *u = b->l->u;
    const wf_type *uint = wf_type_scalar(u, WF_TY_UINT);
    wf_expr *bit = wf_make_binary(u, WF_OP_SHL, wf_make_int(u, uint, 1, args->at),
                                  wf_pf_builtin(b, WF_BI_LANE_ID, args->at, 0), args->at);
    return wf_pf_scalar(b, wf_pf_type_scalar(&b->l->types, 'I'),
                        wf_make_binary(u, WF_OP_SUB, bit, wf_make_int(u, uint, 1, args->at), args->at));
}

/* ---- arithmetic ---- */

/* popc, clz, ffs, brev: by width. data: the 32-bit built-in; the 64-bit one follows it. */
static wf_pf_val rule_bits(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    wf_pf_val v = args->v[0];
    if (!wf_pf_is_integral(v.type))
        return wf_pf_error(b, args->at, NULL, "%s() got %s, expected an integer", name, wf_pf_spell(b, v));
    int wide = v.type->bytes == 8;
    const wf_pf_type *type = wf_pf_type_scalar(&b->l->types, wide ? 'L' : 'I');
    wf_expr *e = wf_pf_builtin(b, (wf_builtin)(data + wide), args->at, 1, wf_pf_number(b, v, type, args->at));
    wf_pf_val out = wf_pf_convert(b, wf_pf_scalar(b, data == WF_BI_BREV ? type : b->l->int32, e),
                                  data == WF_BI_BREV ? type : b->l->int32, args->at);
    out.nonneg = data != WF_BI_BREV;
    return out;
}

static wf_pf_val rule_fma(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)data;
    const wf_pf_type *type = args->v[0].type;
    for (uint32_t i = 0; i < 3; i++) {
        if (!wf_pf_is_real(args->v[i].type))
            return wf_pf_error(b, args->at, NULL, "%s() got %s, expected a number", name,
                               wf_pf_spell(b, args->v[i]));
        type = wf_pf_type_unify(&b->l->types, type, args->v[i].type);
    }
    if (type->kind != WF_PF_T_FLOAT) type = b->l->float64;
    return wf_pf_scalar(b, type,
                        wf_pf_builtin(b, WF_BI_FMA, args->at, 3, wf_pf_number(b, args->v[0], type, args->at),
                                      wf_pf_number(b, args->v[1], type, args->at),
                                      wf_pf_number(b, args->v[2], type, args->at)));
}

static wf_pf_val rule_selp(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)data;
    const wf_pf_type *type = wf_pf_type_unify(&b->l->types, args->v[1].type, args->v[2].type);
    if (!type || !wf_pf_is_real(type))
        return wf_pf_error(b, args->at, NULL, "%s() got %s and %s", name, wf_pf_spell(b, args->v[1]),
                           wf_pf_spell(b, args->v[2]));
    return wf_pf_scalar(b, type,
                        wf_make_cond(b->l->u, wf_pf_truth(b, args->v[0], args->at),
                                     wf_pf_number(b, args->v[1], type, args->at),
                                     wf_pf_number(b, args->v[2], type, args->at), args->at));
}

static wf_pf_val rule_cbrt(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)data;
    return wf_pf_call_named(b, "math.cbrt", args);
}

static wf_pf_val rule_nanosleep(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)data;
    wf_pf_emit(b, wf_pf_builtin(b, WF_BI_NANOSLEEP, args->at, 1, uint_arg(b, args, 0)));
    return wf_pf_none(b);
}

static wf_pf_val rule_clock(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name;
    return kept(b, b->l->int64, wf_pf_builtin(b, (wf_builtin)data, args->at, 0), args->at);
}

/* ---- loads and stores with a hint for the caches ---- */

/* (array, index) or, storing, (array, index, value); the index may be a tuple. */
static wf_pf_val rule_hint(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    wf_pf_val array = args->v[0], one[1] = {args->v[1]};
    int is_tuple = one->type->kind == WF_PF_T_TUPLE, stores = args->count == 3;
    uint32_t count = is_tuple ? one->type->count : 1;
    if (array.type->kind != WF_PF_T_ARRAY || !array.array || count != array.type->ndim ||
        !wf_pf_is_real(array.type->element))
        return wf_pf_error(b, args->at, NULL, "%s() works on an element of an array of numbers, got %s", name,
                           wf_pf_spell(b, array));
    if (stores && array.type->readonly)
        return wf_pf_error(b, args->at, NULL, "%s(): the array is read-only", name);
    const wf_pf_type *element = array.type->element;
    wf_expr *place = wf_pf_element(b, array, is_tuple ? one->items : one, count, args->at);
    wf_expr *address = wf_make_addr(b->l->u, place, args->at);
    if (!stores) return kept(b, element, wf_pf_builtin(b, (wf_builtin)data, args->at, 1, address), args->at);
    wf_expr *value = wf_pf_number(b, args->v[2], element, args->at);
    wf_pf_emit(b, wf_pf_builtin(b, (wf_builtin)data, args->at, 2, address, value));
    return wf_pf_none(b);
}

/* ---- short vectors ---- */

/* cuda.float32x4(…): a tuple of its parts, which are numbers or other vectors' parts. */
wf_pf_val wf_pf_vector(wf_pf_body *b, const char *name, wf_pf_args *args) {
    static const char *const elements[][2] = {
        {"int8", "b"},   {"uint8", "B"}, {"int16", "h"},  {"uint16", "H"},  {"int32", "i"},
        {"uint32", "I"}, {"int64", "l"}, {"uint64", "L"}, {"float32", "f"}, {"float64", "d"}};
    const char *x = strrchr(name, 'x');
    const wf_pf_type *type = NULL;
    uint32_t wanted = x ? (uint32_t)(x[1] - '0') : 0, n = 0;
    for (size_t i = 0; x && i < sizeof elements / sizeof *elements; i++)
        if (strlen(elements[i][0]) == (size_t)(x - name) &&
            !strncmp(elements[i][0], name, (size_t)(x - name)))
            type = wf_pf_type_scalar(&b->l->types, elements[i][1][0]);
    if (!type || wanted < 1 || wanted > 4)
        return wf_pf_error(b, args->at, NULL, "cuda has no vector type %s", name);
    wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 4);
    for (uint32_t i = 0; i < args->count; i++) {
        wf_pf_val v = args->v[i];
        uint32_t parts = v.type->kind == WF_PF_T_TUPLE ? v.type->count : 1;
        for (uint32_t k = 0; k < parts; k++, n++) {
            wf_pf_val part = v.type->kind == WF_PF_T_TUPLE ? v.items[k] : v;
            if (!wf_pf_is_real(part.type) || n >= wanted)
                return wf_pf_error(b, args->at, NULL, "cuda.%s() takes %u numbers, got %s", name, wanted,
                                   n >= wanted ? "more" : wf_pf_spell(b, part));
            items[n] = kept(b, type, wf_pf_number(b, part, type, args->at), args->at);
        }
    }
    if (n < wanted)
        return wf_pf_error(b, args->at, NULL, "cuda.%s() takes %u numbers, got %u", name, wanted, n);
    return wf_pf_tuple(b, items, wanted);
}

/* ---- cooperative groups, random numbers ---- */

static wf_pf_val rule_this_grid(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    (void)name, (void)args, (void)data;
    wf_pf_value *k = WF_NEW(&b->l->u->arena, wf_pf_value);
    *k = (wf_pf_value){.kind = WF_PF_V_CALL, .text = "cuda.cg.GridGroup"};
    return (wf_pf_val){.type = b->l->static_, .known = k, .stable = 1};
}

/* xoroshiro128p_…(states, index). data: 'u' uniform, 'n' normal, with 256 added for float64. */
static wf_pf_val rule_xoroshiro(wf_pf_body *b, const char *name, wf_pf_args *args, int data) {
    wf_unit *u = b->l->u;
    wf_pf_val states = args->v[0];
    if (states.type->kind != WF_PF_T_ARRAY || states.type->ndim != 1 ||
        states.type->element->kind != WF_PF_T_RECORD || states.type->element->size != 16)
        return wf_pf_error(b, args->at, "make them with create_xoroshiro128p_states",
                           "%s() needs an array of states, got %s", name, wf_pf_spell(b, states));
    wf_expr *place = wf_pf_element(b, states, &args->v[1], 1, args->at);
    wf_expr *pointer = wf_make_cast(u, wf_type_pointer(u, wf_type_scalar(u, WF_TY_ULLONG)),
                                    wf_make_addr(u, place, args->at), args->at);
    const wf_pf_type *type = wf_pf_type_scalar(&b->l->types, data & 256 ? 'd' : 'f');
    wf_expr *e = wf_pf_library(b, (data & 255) == 'u' ? "xoroshiro_uniform" : "xoroshiro_normal", type,
                               &pointer, 1, args->at);
    return kept(b, type, e, args->at);
}

const wf_pf_callable wf_pf_cuda_callables[] = {
    {"cuda.grid", rule_grid, 1, 1, 0, 0},
    {"cuda.gridsize", rule_grid, 1, 1, 1, 0},
    {"cuda.shared.array", rule_own_array, 2, 4, 1, 0},
    {"cuda.local.array", rule_own_array, 2, 4, 0, 0},
    {"cuda.const.array_like", rule_array_like, 1, 1, 0, 0},
    {"cuda.syncthreads", rule_void, 0, 0, WF_BI_SYNCTHREADS, 0},
    {"cuda.threadfence", rule_void, 0, 0, WF_BI_THREADFENCE, 0},
    {"cuda.threadfence_block", rule_void, 0, 0, WF_BI_THREADFENCE_BLOCK, 0},
    {"cuda.threadfence_system", rule_void, 0, 0, WF_BI_THREADFENCE_SYSTEM, 0},
    {"cuda.syncthreads_count", rule_sync_vote, 1, 1, WF_BI_SYNCTHREADS_COUNT, 0},
    {"cuda.syncthreads_and", rule_sync_vote, 1, 1, WF_BI_SYNCTHREADS_AND, 0},
    {"cuda.syncthreads_or", rule_sync_vote, 1, 1, WF_BI_SYNCTHREADS_OR, 0},
    {"cuda.syncwarp", rule_syncwarp, 0, 1, 0, 0},
    {"cuda.all_sync", rule_vote, 2, 2, WF_BI_ALL, 0},
    {"cuda.any_sync", rule_vote, 2, 2, WF_BI_ANY, 0},
    {"cuda.ballot_sync", rule_vote, 2, 2, WF_BI_BALLOT, 0},
    {"cuda.eq_sync", rule_eq_sync, 2, 2, 0, 0},
    {"cuda.shfl_sync", rule_shuffle, 3, 3, WF_BI_SHFL, 0},
    {"cuda.shfl_up_sync", rule_shuffle, 3, 3, WF_BI_SHFL_UP, 0},
    {"cuda.shfl_down_sync", rule_shuffle, 3, 3, WF_BI_SHFL_DOWN, 0},
    {"cuda.shfl_xor_sync", rule_shuffle, 3, 3, WF_BI_SHFL_XOR, 0},
    {"cuda.match_any_sync", rule_match, 2, 2, WF_BI_MATCH_ANY, 0},
    {"cuda.match_all_sync", rule_match, 2, 2, WF_BI_MATCH_ALL, 0},
    {"cuda.activemask", rule_activemask, 0, 0, 0, 0},
    {"cuda.lanemask_lt", rule_lanemask_lt, 0, 0, 0, 0},
    {"cuda.popc", rule_bits, 1, 1, WF_BI_POPC, 0},
    {"cuda.clz", rule_bits, 1, 1, WF_BI_CLZ, 0},
    {"cuda.ffs", rule_bits, 1, 1, WF_BI_FFS, 0},
    {"cuda.brev", rule_bits, 1, 1, WF_BI_BREV, 0},
    {"cuda.fma", rule_fma, 3, 3, 0, 0},
    {"cuda.selp", rule_selp, 3, 3, 0, 0},
    {"cuda.cbrt", rule_cbrt, 1, 1, 0, 0},
    {"cuda.nanosleep", rule_nanosleep, 1, 1, 0, 0},
    {"cuda.clock64", rule_clock, 0, 0, WF_BI_CLOCK64, 0},
    {"cuda.ldca", rule_hint, 2, 2, WF_BI_LDCA, 0},
    {"cuda.ldcg", rule_hint, 2, 2, WF_BI_LDCG, 0},
    {"cuda.ldcs", rule_hint, 2, 2, WF_BI_LDCS, 0},
    {"cuda.ldlu", rule_hint, 2, 2, WF_BI_LDCS, 0},
    {"cuda.ldcv", rule_hint, 2, 2, WF_BI_LDCV, 0},
    {"cuda.stcg", rule_hint, 3, 3, WF_BI_STCG, 0},
    {"cuda.stcs", rule_hint, 3, 3, WF_BI_STCS, 0},
    {"cuda.stwb", rule_hint, 3, 3, WF_BI_STWB, 0},
    {"cuda.stwt", rule_hint, 3, 3, WF_BI_STWT, 0},
    {"cuda.cg.this_grid", rule_this_grid, 0, 0, 0, 0},
    {"cuda.cg.GridGroup.sync", rule_void, 0, 0, WF_BI_GRID_SYNC, 0},
    {"cuda.random.xoroshiro128p_uniform_float32", rule_xoroshiro, 2, 2, 'u', 0},
    {"cuda.random.xoroshiro128p_uniform_float64", rule_xoroshiro, 2, 2, 'u' + 256, 0},
    {"cuda.random.xoroshiro128p_normal_float32", rule_xoroshiro, 2, 2, 'n', 0},
    {"cuda.random.xoroshiro128p_normal_float64", rule_xoroshiro, 2, 2, 'n' + 256, 0},
    {NULL, NULL, 0, 0, 0, 0},
};

#define DRAWING                                                                                              \
    "in kernels draw with xoroshiro128p_uniform_float32(states, thread) of cuda.random, from states = "      \
    "create_xoroshiro128p_states(threads, seed)"

const char *wf_pf_cuda_usage(const char *name) {
    static const char *const usages[][2] = {
        {"cuda.grid", "cuda.grid(1) is the thread's index in the grid; x, y = cuda.grid(2)"},
        {"cuda.gridsize", "cuda.gridsize(1) is the number of threads in the grid"},
        {"cuda.shared.array", "cuda.shared.array(shape, dtype)"},
        {"cuda.local.array", "cuda.local.array(shape, dtype)"},
        {"cuda.atomic.cas", "cuda.atomic.cas(array, index, old, value)"},
        {"cuda.atomic.compare_and_swap", "cuda.atomic.compare_and_swap(array, old, value)"},
        {"cuda.atomic.", "cuda.atomic.add(array, index, value), and so the others"},
        {"cuda.shfl_",
         "cuda.shfl_down_sync(mask, value, lanes), and so the others; 0xffffffff is the whole warp"},
        {"cuda.ballot_sync", "cuda.ballot_sync(mask, condition); 0xffffffff is the whole warp"},
        {"cuda.random.", "xoroshiro128p_uniform_float32(states, thread), and so the others"},
        {"numpy.random.", DRAWING},
        {"random.", DRAWING},
    };
    for (size_t i = 0; i < sizeof usages / sizeof *usages; i++) {
        size_t length = strlen(usages[i][0]);
        char last = usages[i][0][length - 1];
        int family = last == '.' || last == '_';
        if (family ? !strncmp(name, usages[i][0], length) : !strcmp(name, usages[i][0])) return usages[i][1];
    }
    return NULL;
}
