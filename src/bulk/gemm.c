/* bulk/gemm.c: matrix products in a fixed order (docs/orders.md, version 2), which is the order of
 * device/k_gemm.cu.
 *
 * An element of the result is made of the products along k in blocks of 1024: in a block one chain of fused
 * multiply-adds from +0 in the order of k, and the blocks' sums added in order, 64 of them, and those sums
 * likewise; a zero is +0. Integers wrap. A complex product adds re·re, -im·im to the real, re·im, im·re to
 * the imaginary part, in this order.
 *
 * The result is cut into tiles that threads take. For each tile strips of both operands are packed, so that
 * the inner kernel (gemm_type.h, for three instruction sets) reads both in order: `rows` × `columns` chains
 * stay in registers while k runs. A chain goes on through memory where a strip of k ends. Operands may have
 * any strides. */
#include "base/memory.h"
#include "bulk/fma.h"
#include "bulk/inner.h"
#include <string.h>

enum { BLOCK_K = 1024, STRIP_K = 256, TILE_M = 192, TILE_BYTES = 2048, RUN = 64, LEVELS = 4 };

/* One inner kernel: chains of a packed strip go on in p (rows × columns, dense). */
typedef void micro_fn(int64_t k, const void *a, const void *b, void *p);
typedef struct kernel {
    int rows, columns; /* of a tile in registers */
    micro_fn *run;
} kernel;

typedef struct product {
    const wf_bulk_call *call;
    const wf_bulk_array *c, *a, *b;
    int batch;                         /* dimensions before the last two */
    int64_t m, n, k, item;             /* item: bytes of an element */
    int64_t a_row, a_k, b_k, b_column; /* bytes */
    int64_t c_row, c_column;           /* elements */
    int64_t tile_m, tile_n, tiles_m, tiles_n;
    const kernel *kernel;
} product;

/* Where a batch's matrix begins. */
static char *matrix_of(const product *w, const wf_bulk_array *x, int64_t number) {
    char *data = x->data;
    for (int d = w->batch - 1; d >= 0; d--) {
        data += number % w->c->shape[d] * x->strides[d];
        number /= w->c->shape[d];
    }
    return data;
}

#define FMA_integer(V, x, y, z) ((x) * (y) + (z))

#define FMA64 FMA64_f32
#define FMA32 FMA32_f32
#define FMA1 FMA1_f32
#define E float
#define NAME(x) x##_f32
#include "bulk/gemm_type.h"
#undef NAME
#define NAME(x) x##_c64
#define IS_COMPLEX
#include "bulk/gemm_type.h"
#undef IS_COMPLEX
#undef NAME
#undef E
#undef FMA64
#undef FMA32
#undef FMA1

#define FMA64 FMA64_f64
#define FMA32 FMA32_f64
#define FMA1 FMA1_f64
#define E double
#define NAME(x) x##_f64
#include "bulk/gemm_type.h"
#undef NAME
#define NAME(x) x##_c128
#define IS_COMPLEX
#include "bulk/gemm_type.h"
#undef IS_COMPLEX
#undef NAME
#undef E
#undef FMA64
#undef FMA32
#undef FMA1

#define FMA64 FMA_integer
#define FMA32 FMA_integer
#define FMA1 FMA_integer
#define E uint32_t
#define NAME(x) x##_u32
#include "bulk/gemm_type.h"
#undef NAME
#undef E
#define E uint64_t
#define NAME(x) x##_u64
#include "bulk/gemm_type.h"

/* What differs from type to type. */
typedef struct type_row {
    int (*run)(void *user, uint32_t worker, uint64_t first, uint64_t last);
    const kernel *(*choose)(int64_t rows);
    int64_t tile_n;
} type_row;

static const type_row *row_of(wf_dtype t) {
#define ROW(t, T)                                                                                            \
    { tile_##t, choose_##t, TILE_BYTES / sizeof(T) }
    static const type_row rows[] = {ROW(f32, float),    ROW(f64, double), ROW(u32, uint32_t),
                                    ROW(u64, uint64_t), ROW(c64, double), ROW(c128, double)};
    switch (t) {
    case WF_DT_FLOAT32: return &rows[0];
    case WF_DT_FLOAT64: return &rows[1];
    case WF_DT_INT32:
    case WF_DT_UINT32: return &rows[2];
    case WF_DT_INT64:
    case WF_DT_UINT64: return &rows[3];
    case WF_DT_COMPLEX64: return &rows[4];
    case WF_DT_COMPLEX128: return &rows[5];
    default: return NULL;
    }
}

/* arrays: the result (dense: batch…, m, n); a (batch…, m, k); b (batch…, k, n), of one type: int32, uint32,
 * int64, uint64, float32, float64, complex. The batch dimensions have the result's shape; strides of 0 are
 * fine. */
wf_status bulk_gemm(wf_bulk_call *call) {
    const wf_bulk_array *a = call->arrays;
    const type_row *row = row_of(a[0].dtype);
    if (!row)
        return wf_fail(call->err, WF_UNSUPPORTED, "[matmul] no product for %s", wf_dtype_name(a[0].dtype));
    int d = a[0].ndim - 2;
    product w = {.call = call,
                 .c = &a[0],
                 .a = &a[1],
                 .b = &a[2],
                 .batch = d,
                 .m = a[0].shape[d],
                 .n = a[0].shape[d + 1]};
    if (!a[0].size) return WF_OK;
    w.k = a[1].shape[d + 1];
    w.item = bulk_item(&a[0]);
    w.a_row = a[1].strides[d], w.a_k = a[1].strides[d + 1], w.b_k = a[2].strides[d],
    w.b_column = a[2].strides[d + 1];
    w.c_row = w.n, w.c_column = 1;
    if (w.m > 4 * w.n && w.n < 8) { /* long and thin: the transposed product has long rows */
        int64_t swap = w.m;
        const wf_bulk_array *other = w.a;
        w.m = w.n, w.n = swap, w.a = w.b, w.b = other;
        swap = w.a_row, w.a_row = w.b_column, w.b_column = swap;
        swap = w.a_k, w.a_k = w.b_k, w.b_k = swap;
        w.c_row = 1, w.c_column = a[0].shape[d + 1];
    }
    w.kernel = row->choose(w.m);
    w.tile_n = row->tile_n > w.n ? w.n : row->tile_n;
    w.tile_m = w.m < TILE_M ? w.m : TILE_M;
    w.tiles_m = (w.m + w.tile_m - 1) / w.tile_m, w.tiles_n = (w.n + w.tile_n - 1) / w.tile_n;
    int64_t batches = a[0].size / (w.m * w.n), work = w.tile_m * w.tile_n * (w.k + 1);
    if (bulk_each(call, batches * w.tiles_m * w.tiles_n, 65536 / work + 1, row->run, &w))
        return bulk_no_memory(call);
    return WF_OK;
}
