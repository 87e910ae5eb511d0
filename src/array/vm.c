/* array/vm.c: runs a plan with the ready-made loops: chunk by chunk, operation by operation, chunks small
 * enough to stay in the first cache. The results have the bits of the compiled kernel.
 *
 * This is what single operations, small arrays and expressions seen for the first time run on: no compiler,
 * and no launch. An operand that lies contiguous is read in place; others are gathered into a buffer. A
 * result goes straight to its place where that is contiguous and nobody reads the same memory. */
#include "array/vm.h"
#include "array/loops.h"
#include "base/memory.h"
#include <string.h>

enum { CHUNK = 1024, ELEMENT = 16, SERIAL_WORK = 1 << 15, SHORT_RUN = 32 };

typedef struct step {
    wf_loop *loop;
    wf_loop *nearest; /* run_small: wf_loop_nearest */
    uint8_t inputs;
    uint8_t wide;  /* 16-bit floats: what they are computed in; else WF_DT_NONE */
    uint16_t slot; /* buffer of the result */
} step;

typedef struct vm {
    const launch_plan *plan;
    int first, count; /* the dimensions that are walked */
    int slots, fresh;
    step steps[WF_FUSE_VALUES];
    vm_reducer reducer;
    int64_t lanes;
    int64_t inner, per_row; /* ELEMENTS by rows: extent of the innermost dimension, chunks in it; 0: flat */
    int64_t chunk;          /* ELEMENTS: elements at a time, of the widest type as many as a slot holds */
    int64_t total;          /* elements (ELEMENTS), kept elements (TILE, ROWS) */
    int64_t length;         /* of the reduced index */
    int by_rows;
} vm;

/* What one thread works with. */
typedef struct worker {
    char *memory; /* slots, then four for widening, then accumulators (two) and their integers */
    const char *base[WF_FUSE_OPERANDS];    /* first element of the walked dimensions */
    int64_t first_value[WF_FUSE_OPERANDS]; /* IOTA */
    const void *values[WF_FUSE_VALUES];
    char *direct[WF_FUSE_VALUES];     /* the place a value is computed into, or NULL: its slot */
    int64_t filled[WF_FUSE_OPERANDS]; /* SCALAR: elements of its slot that hold the number */
} worker;

/* ---- what can run, and how much it is -------------------------------------------------------------------
 */

static wf_loop *loop_of_value(const wf_fuse_kernel *k, const wf_fuse_value *v, wf_dtype *wide) {
    *wide = WF_DT_NONE;
    if (v->kind == WF_VALUE_CAST)
        return wf_loop_cast((wf_dtype)k->values[v->args[0]].dtype, (wf_dtype)v->dtype);
    wf_dtype t = (wf_dtype)v->loop;
    if (v->op == WF_UF_WHERE && wf_dtype_is_small_float(t)) return wf_loop_of(WF_UF_WHERE, WF_DT_UINT16);
    if (!wf_dtype_is_small_float(t)) return wf_loop_of((wf_ufunc)v->op, t);
    *wide = wf_ufunc_working((wf_ufunc)v->op);
    return wf_loop_of((wf_ufunc)v->op, *wide);
}

int vm_can_run(const launch_plan *plan) {
    const wf_fuse_kernel *k = &plan->k;
    vm_reducer reducer;
    wf_dtype wide;
    for (int i = 0; i < k->value_count; i++)
        if (k->values[i].kind != WF_VALUE_OPERAND && !loop_of_value(k, &k->values[i], &wide)) return 0;
    return k->form == WF_FORM_ELEMENTS ||
           vm_reducer_of((wf_reduction)k->reduction, (wf_dtype)k->acc, &reducer);
}

static int64_t product(const int64_t *extent, int first, int count) {
    int64_t n = 1;
    for (int d = first; d < first + count; d++) n *= extent[d];
    return n;
}

uint64_t vm_work(const launch_plan *plan) {
    uint64_t cost = 1;
    for (int i = 0; i < plan->k.value_count; i++)
        cost += plan->k.values[i].kind == WF_VALUE_OP ? wf_ufuncs[plan->k.values[i].op].cost : 1;
    return (uint64_t)product(plan->extent, 0, plan->k.rank + plan->k.reduced) * cost;
}

/* ---- fetching operands ----------------------------------------------------------------------------------
 */

static void fill(char *to, const void *element, int64_t item, int64_t n) {
    switch (item) {
#define CASE(T)                                                                                              \
    case sizeof(T): {                                                                                        \
        T e;                                                                                                 \
        memcpy(&e, element, sizeof e);                                                                       \
        for (int64_t i = 0; i < n; i++) ((T *)to)[i] = e;                                                    \
        break;                                                                                               \
    }
        CASE(uint8_t)
        CASE(uint16_t)
        CASE(uint32_t)
        CASE(uint64_t) default : for (int64_t i = 0; i < n; i++) memcpy(to + i * item, element, (size_t)item);
    }
}

/* n elements, `stride` elements apart. */
static void gather(char *to, const char *from, int64_t stride, int64_t item, int64_t n) {
    if (stride == 1) {
        memcpy(to, from, (size_t)(n * item));
        return;
    }
    switch (item) {
#define STRIDED(T)                                                                                           \
    case sizeof(T):                                                                                          \
        for (int64_t i = 0; i < n; i++) ((T *)to)[i] = ((const T *)from)[i * stride];                        \
        break;
        STRIDED(uint8_t)
        STRIDED(uint16_t)
        STRIDED(uint32_t)
        STRIDED(uint64_t)
    default:
        for (int64_t i = 0; i < n; i++) memcpy(to + i * item, from + i * stride * item, (size_t)item);
    }
}

static void scatter(char *to, const char *from, int64_t stride, int64_t item, int64_t n) {
    if (stride == 1) {
        memmove(to, from, (size_t)(n * item));
        return;
    }
    switch (item) {
#define SPREAD(T)                                                                                            \
    case sizeof(T):                                                                                          \
        for (int64_t i = 0; i < n; i++) ((T *)to)[i * stride] = ((const T *)from)[i];                        \
        break;
        SPREAD(uint8_t)
        SPREAD(uint16_t)
        SPREAD(uint32_t)
        SPREAD(uint64_t)
    default:
        for (int64_t i = 0; i < n; i++) memcpy(to + i * stride * item, from + i * item, (size_t)item);
    }
}

/* Whole rows of few elements (points of three coordinates): strides in elements. */
static void gather_rows(char *to, const char *from, int64_t rows, int64_t row_stride, int64_t columns,
                        int64_t stride, int64_t item) {
    switch (item) {
#define ROWS(T)                                                                                              \
    case sizeof(T): {                                                                                        \
        T *out = (T *)to;                                                                                    \
        const T *in = (const T *)from;                                                                       \
        for (int64_t r = 0; r < rows; r++, in += row_stride)                                                 \
            for (int64_t i = 0; i < columns; i++) *out++ = in[i * stride];                                   \
        break;                                                                                               \
    }
        ROWS(uint8_t)
        ROWS(uint16_t)
        ROWS(uint32_t)
        ROWS(uint64_t)
    default:
        for (int64_t r = 0; r < rows; r++, from += row_stride * item)
            for (int64_t i = 0; i < columns; i++, to += item)
                memcpy(to, from + i * stride * item, (size_t)item);
    }
}

/* A walk over dimensions first … of a linear index: runs along the innermost one. */
typedef struct runs {
    const int64_t *extent, *stride;
    int first, last; /* dimensions */
    int64_t index[WF_MAX_DIMS], offset;
} runs;

static void runs_begin(runs *r, const int64_t *extent, const int64_t *stride, int first, int count,
                       int64_t start) {
    r->extent = extent, r->stride = stride, r->first = first, r->last = first + count - 1, r->offset = 0;
    for (int d = r->last; d >= first; d--) {
        r->index[d] = start % extent[d], start /= extent[d];
        r->offset += r->index[d] * stride[d];
    }
}

/* The next run of at most n elements; *offset is its first. Without dimensions there is one element. */
static int64_t runs_next(runs *r, int64_t n, int64_t *offset) {
    int d = r->last;
    if (d < r->first) {
        *offset = r->offset;
        return n;
    }
    int64_t run = r->extent[d] - r->index[d];
    if (run > n) run = n;
    *offset = r->offset;
    r->index[d] += run, r->offset += run * r->stride[d];
    while (r->index[d] == r->extent[d] && d > r->first) {
        r->offset += r->stride[d - 1] - r->extent[d] * r->stride[d];
        r->index[d] = 0;
        r->index[--d]++;
    }
    return run;
}

/* How many whole rows of the innermost dimension come next, at most n elements and within the dimension
 * around it; 0: a run is long, or its beginning is past. The walk goes on behind them. */
static int64_t runs_rows(runs *r, int64_t n, int64_t *offset) {
    int d = r->last;
    if (d <= r->first || r->extent[d] >= SHORT_RUN || r->index[d]) return 0;
    int64_t rows = n / r->extent[d], left = r->extent[d - 1] - r->index[d - 1];
    if (rows > left) rows = left;
    *offset = r->offset;
    r->index[d - 1] += rows, r->offset += rows * r->stride[d - 1];
    for (d--; r->index[d] == r->extent[d] && d > r->first; d--) {
        r->offset += r->stride[d - 1] - r->extent[d] * r->stride[d];
        r->index[d] = 0;
        r->index[d - 1]++;
    }
    return rows;
}

/* Elements from one to the next in a run. */
static int64_t runs_step(const runs *r) { return r->last < r->first ? 0 : r->stride[r->last]; }

static void fetch_iota(const int64_t *extent, const int64_t *stride, int first, int count, int64_t base,
                       int64_t start, int64_t n, int64_t *to) {
    runs r;
    int64_t offset;
    runs_begin(&r, extent, stride, first, count, start);
    while (n > 0) {
        int64_t run = runs_next(&r, n, &offset), step = runs_step(&r);
        for (int64_t i = 0; i < run; i++) to[i] = base + offset + i * step;
        to += run, n -= run;
    }
}

/* The slot is the number's own (assign_slots), so it is filled once; a place in the result each time. */
static const void *fetch_number(const vm *m, worker *w, int i, int64_t n, char *buffer, int own) {
    wf_dtype t = (wf_dtype)m->plan->k.operands[i].dtype;
    char element[ELEMENT];
    if (own && w->filled[i] >= n) return buffer;
    if (own) w->filled[i] = n;
    wf_number_store(m->plan->operands[i].number, t, element);
    fill(buffer, element, wf_dtype_size(t), n);
    return buffer;
}

static const void *fetch(const vm *m, worker *w, int i, int64_t start, int64_t n, char *buffer) {
    const launch_operand *o = &m->plan->operands[i];
    wf_dtype t = (wf_dtype)m->plan->k.operands[i].dtype;
    int64_t item = wf_dtype_size(t), offset;
    if (m->plan->k.operands[i].kind == WF_OPERAND_IOTA) {
        fetch_iota(m->plan->extent, o->strides, m->first, m->count, w->first_value[i], start, n,
                   (int64_t *)buffer);
        return buffer;
    }
    if (m->count == 1 && o->strides[m->first] == 1) return w->base[i] + start * item;
    runs r;
    runs_begin(&r, m->plan->extent, o->strides, m->first, m->count, start);
    for (char *to = buffer; n > 0;) {
        int64_t step = runs_step(&r), rows = runs_rows(&r, n, &offset);
        if (rows) {
            int64_t columns = r.extent[r.last];
            gather_rows(to, w->base[i] + offset * item, rows, r.stride[r.last - 1], columns, step, item);
            to += rows * columns * item, n -= rows * columns;
            continue;
        }
        int64_t run = runs_next(&r, n, &offset);
        const char *from = w->base[i] + offset * item;
        if (!step) fill(to, from, item, run);
        else gather(to, from, step, item, run);
        to += run * item, n -= run;
    }
    return buffer;
}

/* ---- computing ------------------------------------------------------------------------------------------
 */

static char *slot(const worker *w, int number) { return w->memory + (size_t)number * CHUNK * ELEMENT; }

/* 16-bit floats: inputs are widened, the result narrowed. */
static void run_small(const vm *m, const worker *w, const wf_fuse_value *v, const step *s, const void **in,
                      void *out, int64_t n) {
    const void *wide[3];
    wf_dtype t = (wf_dtype)v->loop, working = (wf_dtype)s->wide;
    for (int i = 0; i < s->inputs; i++) {
        char *buffer = slot(w, m->slots + i);
        wf_loop_cast(t, working)(buffer, &in[i], n);
        wide[i] = buffer;
    }
    if (!wf_dtype_is_small_float((wf_dtype)v->dtype)) {
        s->loop(out, wide, n);
        return;
    }
    char *result = slot(w, m->slots + 3);
    s->loop(result, wide, n);
    const void *narrow[1] = {result}, *judged[2] = {wide[0], result};
    if (s->nearest) s->nearest(result, judged, n);
    wf_loop_cast(working, (wf_dtype)v->dtype)(out, narrow, n);
}

static void compute(const vm *m, worker *w, int64_t start, int64_t n) {
    const wf_fuse_kernel *k = &m->plan->k;
    for (int i = 0; i < k->value_count; i++) {
        const wf_fuse_value *v = &k->values[i];
        const step *s = &m->steps[i];
        char *out = w->direct[i] ? w->direct[i] : slot(w, s->slot);
        if (v->kind == WF_VALUE_OPERAND) {
            w->values[i] = k->operands[v->args[0]].kind == WF_OPERAND_SCALAR
                               ? fetch_number(m, w, v->args[0], n, out, !w->direct[i])
                               : fetch(m, w, v->args[0], start, n, out);
            continue;
        }
        const void *in[3];
        for (int j = 0; j < s->inputs; j++) in[j] = w->values[v->args[j]];
        if (s->wide != WF_DT_NONE) run_small(m, w, v, s, in, out, n);
        else s->loop(out, in, n);
        w->values[i] = out;
    }
}

/* ---- setting up -----------------------------------------------------------------------------------------
 */

static int is_number(const wf_fuse_kernel *k, int value) {
    const wf_fuse_value *v = &k->values[value];
    return v->kind == WF_VALUE_OPERAND && k->operands[v->args[0]].kind == WF_OPERAND_SCALAR;
}

/* Buffers are given to values and taken back after the last use; numbers keep theirs. */
static void assign_slots(vm *m) {
    const wf_fuse_kernel *k = &m->plan->k;
    int16_t last[WF_FUSE_VALUES];
    uint16_t spare[WF_FUSE_VALUES];
    int spares = 0;
    for (int i = 0; i < k->value_count; i++) {
        last[i] = (int16_t)i;
        if (k->values[i].kind == WF_VALUE_OPERAND) continue;
        for (int j = 0; j < m->steps[i].inputs; j++) last[k->values[i].args[j]] = (int16_t)i;
    }
    for (int i = 0; i < k->value_count; i++)
        if (is_number(k, i)) last[i] = INT16_MAX;
    for (int i = 0; i < k->output_count && k->form == WF_FORM_ELEMENTS; i++)
        last[k->outputs[i].value] = INT16_MAX;
    if (k->form != WF_FORM_ELEMENTS) last[k->taken] = last[k->value_count - 1] = INT16_MAX;
    for (int i = 0; i < k->value_count; i++) {
        m->steps[i].slot = spares && !is_number(k, i) ? spare[--spares] : (uint16_t)m->slots++;
        for (int j = 0; j <= i; j++)
            if (last[j] == i) spare[spares++] = m->steps[j].slot;
    }
}

static void prepare(vm *m, const launch_plan *plan) {
    const wf_fuse_kernel *k = &plan->k;
    m->plan = plan, m->slots = 0, m->fresh = 1;
    for (int i = 0; i < k->value_count; i++) {
        wf_dtype wide = WF_DT_NONE;
        const wf_fuse_value *v = &k->values[i];
        m->steps[i].loop = v->kind == WF_VALUE_OPERAND ? NULL : loop_of_value(k, v, &wide);
        m->steps[i].wide = (uint8_t)wide;
        m->steps[i].nearest = wide == WF_DT_NONE ? NULL : wf_loop_nearest((wf_ufunc)v->op, (wf_dtype)v->loop);
        m->steps[i].inputs = v->kind == WF_VALUE_OP ? wf_ufuncs[v->op].inputs : v->kind == WF_VALUE_CAST;
    }
    assign_slots(m);
    for (int i = 0; i < k->operand_count; i++)
        for (int j = 0; j < k->output_count; j++)
            if (k->operands[i].kind == WF_OPERAND_MEMORY &&
                plan->operands[i].storage->buffer == plan->outputs[j].storage->buffer)
                m->fresh = 0;
}

static int worker_begin(const vm *m, worker *w) {
    static _Thread_local char *memory;
    static _Thread_local size_t size;
    size_t wanted = (size_t)(m->slots + 4 + 3) * CHUNK * ELEMENT;
    if (size < wanted) {
        char *more = wf_realloc(memory, wanted);
        if (!more) return 0;
        memory = more, size = wanted;
    }
    w->memory = memory;
    for (int i = 0; i < m->plan->k.value_count; i++) w->direct[i] = NULL;
    for (int i = 0; i < m->plan->k.operand_count; i++) w->filled[i] = 0;
    return 1;
}

/* Bases of the walked dimensions, for an index into the others (dimensions 0..count-1, linear). */
static void place(const vm *m, worker *w, int first, int count, int64_t linear) {
    int64_t index[WF_MAX_DIMS];
    for (int d = first + count - 1; d >= first; d--)
        index[d] = linear % m->plan->extent[d], linear /= m->plan->extent[d];
    for (int i = 0; i < m->plan->k.operand_count; i++) {
        const launch_operand *o = &m->plan->operands[i];
        int64_t offset = 0;
        if (m->plan->k.operands[i].kind == WF_OPERAND_SCALAR) continue;
        for (int d = first; d < first + count; d++) offset += index[d] * o->strides[d];
        if (m->plan->k.operands[i].kind == WF_OPERAND_IOTA) w->first_value[i] = o->offset + offset;
        else
            w->base[i] = (const char *)o->storage->buffer->host + o->offset +
                         offset * (int64_t)wf_dtype_size((wf_dtype)m->plan->k.operands[i].dtype);
    }
}

/* ---- elementwise ----------------------------------------------------------------------------------------
 */

static char *output_base(const vm *m, int i, int64_t row) {
    const launch_output *o = &m->plan->outputs[i];
    int64_t offset = 0;
    if (m->by_rows)
        for (int d = m->plan->k.rank - 2; d >= 0; d--)
            offset += row % m->plan->extent[d] * o->strides[d], row /= m->plan->extent[d];
    return (char *)o->storage->buffer->host + o->offset +
           offset * (int64_t)wf_dtype_size((wf_dtype)m->plan->k.outputs[i].dtype);
}

/* Values that can be computed (or gathered) right where they belong are; the others are copied there, and so
 * are values that belong to several places to all but the last of them. */
static void direct_outputs(const vm *m, worker *w, int64_t row, int64_t start) {
    const wf_fuse_kernel *k = &m->plan->k;
    for (int i = 0; i < k->output_count; i++) {
        int v = k->outputs[i].value;
        int contiguous = m->count == 1 && m->plan->outputs[i].strides[m->first] == 1;
        w->direct[v] = NULL;
        if (m->fresh && contiguous)
            w->direct[v] =
                output_base(m, i, row) + start * (int64_t)wf_dtype_size((wf_dtype)k->outputs[i].dtype);
    }
}

static void store_outputs(const vm *m, worker *w, int64_t row, int64_t start, int64_t n) {
    const wf_fuse_kernel *k = &m->plan->k;
    for (int i = 0; i < k->output_count; i++) {
        int v = k->outputs[i].value;
        int64_t item = wf_dtype_size((wf_dtype)k->outputs[i].dtype), left = n, offset;
        char *base = output_base(m, i, row);
        const int64_t *strides = m->plan->outputs[i].strides;
        const char *from = w->values[v];
        if (from == base + start * item) continue; /* computed there */
        runs r;
        runs_begin(&r, m->plan->extent, strides, m->first, m->count, start);
        while (left > 0) {
            int64_t run = runs_next(&r, left, &offset);
            scatter(base + offset * item, from, runs_step(&r), item, run);
            from += run * item, left -= run;
        }
    }
}

/* Bytes of the widest element that comes in. */
static int64_t widest(const wf_fuse_kernel *k) {
    int64_t most = 1;
    for (int i = 0; i < k->value_count; i++) {
        int64_t of = wf_dtype_size((wf_dtype)k->values[i].dtype);
        if (wf_dtype_is_small_float((wf_dtype)k->values[i].loop)) of = 8; /* what it is widened to at most */
        if (of > most) most = of;
    }
    return most;
}

static int elements_piece(void *user, uint32_t number, uint64_t first, uint64_t last) {
    const vm *m = user;
    worker w;
    (void)number;
    if (!worker_begin(m, &w)) return 1;
    if (!m->by_rows) place(m, &w, 0, 0, 0);
    for (uint64_t unit = first; unit < last; unit++) {
        int64_t row = m->by_rows ? (int64_t)unit / m->per_row : 0;
        int64_t start = m->by_rows ? (int64_t)unit % m->per_row * m->chunk : (int64_t)unit * m->chunk;
        int64_t end = m->by_rows ? m->inner : m->total, n = end - start < m->chunk ? end - start : m->chunk;
        if (m->by_rows) place(m, &w, 0, m->plan->k.rank - 1, row);
        direct_outputs(m, &w, row, start);
        compute(m, &w, start, n);
        store_outputs(m, &w, row, start, n);
    }
    return 0;
}

static int64_t elements_units(vm *m) {
    const wf_fuse_kernel *k = &m->plan->k;
    m->chunk = (int64_t)CHUNK * ELEMENT / widest(k);
    m->total = product(m->plan->extent, 0, k->rank);
    m->inner = m->plan->extent[k->rank - 1];
    m->by_rows = k->rank > 1 && m->inner >= 128;
    m->first = m->by_rows ? k->rank - 1 : 0, m->count = m->by_rows ? 1 : k->rank;
    m->per_row = (m->inner + m->chunk - 1) / m->chunk;
    return m->by_rows ? m->total / m->inner * m->per_row : (m->total + m->chunk - 1) / m->chunk;
}

/* ---- reductions -----------------------------------------------------------------------------------------
 */

static const void *taken_value(const vm *m, worker *w, int64_t n) {
    wf_dtype acc = (wf_dtype)m->plan->k.acc;
    const void *x = w->values[m->plan->k.taken];
    if (m->reducer.type == acc) return x;
    char *wide = slot(w, m->slots);
    wf_loop_cast(acc, m->reducer.type)(wide, &x, n);
    return wide;
}

static void take(const vm *m, worker *w, char *acc, int64_t *index, int64_t at, int64_t step, int64_t n,
                 int64_t lanes) {
    const void *x = taken_value(m, w, n);
    if (m->reducer.take) {
        m->reducer.take(acc, x, n, lanes);
        return;
    }
    vm_taken e = {x, at, step, {NULL, NULL}, NULL};
    if (m->plan->k.partial) {
        const void **last = &w->values[m->plan->k.value_count - 1];
        e.integer = *last;
        if (wf_reduction_parts((wf_reduction)m->plan->k.reduction) == 4)
            e.more[0] = last[-2], e.more[1] = last[-1];
    }
    m->reducer.take_parts(acc, index, &e, n, lanes);
}

static void store_result(const vm *m, int output, int64_t at, const void *from, wf_dtype type, int64_t n) {
    wf_dtype t = (wf_dtype)m->plan->k.outputs[output].dtype;
    char *to = (char *)m->plan->outputs[output].storage->buffer->host + at * (int64_t)wf_dtype_size(t);
    if (t == type) memcpy(to, from, (size_t)n * wf_dtype_size(t));
    else wf_loop_cast(type, t)(to, &from, n);
}

static void begin(const vm *m, char *acc, int64_t *index, int64_t lanes) {
    m->reducer.begin(acc, lanes);
    for (int64_t l = 0; l < lanes && m->reducer.take_parts; l++) index[l] = m->reducer.first_index;
}

/* n results, from lanes that lie `lanes` apart in each part. */
static void store_results(const vm *m, int64_t at, const char *acc, const int64_t *index, int64_t lanes,
                          int64_t n) {
    uint32_t parts = wf_reduction_parts((wf_reduction)m->plan->k.reduction);
    int64_t item = wf_dtype_size(m->reducer.type);
    store_result(m, 0, at, acc, m->reducer.type, n);
    for (uint32_t p = 1; p + 1 < parts; p++)
        store_result(m, (int)p, at, acc + p * lanes * item, m->reducer.type, n);
    if (parts > 1) store_result(m, (int)parts - 1, at, index, WF_DT_INT64, n);
}

static int tile_piece(void *user, uint32_t number, uint64_t first, uint64_t last) {
    const vm *m = user;
    worker w;
    (void)number;
    if (!worker_begin(m, &w)) return 1;
    char *acc = slot(&w, m->slots + 4);
    int64_t *index = (int64_t *)slot(&w, m->slots + 6);
    for (uint64_t unit = first; unit < last; unit++) {
        int64_t row = (int64_t)unit / m->plan->pieces, base = (int64_t)unit % m->plan->pieces * WF_TILE;
        int64_t left = m->length - base < WF_TILE ? m->length - base : WF_TILE;
        place(m, &w, 0, m->plan->k.rank, row);
        begin(m, acc, index, m->lanes);
        for (int64_t at = 0; at < left; at += CHUNK) {
            int64_t n = left - at < CHUNK ? left - at : CHUNK;
            compute(m, &w, base + at, n);
            take(m, &w, acc, index, base + at, 1, n, m->lanes);
        }
        if (m->reducer.close && !m->plan->k.partial) m->reducer.close(acc, index, m->lanes);
        if (m->reducer.fold) m->reducer.fold(acc, m->lanes);
        else m->reducer.fold_parts(acc, index, m->lanes);
        store_results(m, (int64_t)unit, acc, index, m->lanes, 1);
    }
    return 0;
}

/* A unit is a stretch of columns at one chunk of rows. */
static int rows_piece(void *user, uint32_t number, uint64_t first, uint64_t last) {
    const vm *m = user;
    worker w;
    (void)number;
    if (!worker_begin(m, &w)) return 1;
    char *acc = slot(&w, m->slots + 4);
    int64_t *index = (int64_t *)slot(&w, m->slots + 6);
    for (uint64_t unit = first; unit < last; unit++) {
        int64_t chunk = (int64_t)unit / m->per_row, column = (int64_t)unit % m->per_row * CHUNK;
        int64_t n = m->total - column < CHUNK ? m->total - column : CHUNK;
        int64_t end = (chunk + 1) * WF_ROWS < m->length ? (chunk + 1) * WF_ROWS : m->length;
        begin(m, acc, index, n);
        for (int64_t r = chunk * WF_ROWS; r < end; r++) {
            place(m, &w, m->plan->k.rank, m->plan->k.reduced, r);
            compute(m, &w, column, n);
            take(m, &w, acc, index, r, 0, n, n);
        }
        if (m->reducer.close && !m->plan->k.partial) m->reducer.close(acc, index, n);
        store_results(m, chunk * m->total + column, acc, index, n, n);
    }
    return 0;
}

static int64_t reduction_units(vm *m) {
    const wf_fuse_kernel *k = &m->plan->k;
    vm_reducer_of((wf_reduction)k->reduction, (wf_dtype)k->acc, &m->reducer);
    m->lanes = vm_tile_lanes((wf_reduction)k->reduction, (wf_dtype)k->acc);
    m->total = product(m->plan->extent, 0, k->rank);
    m->length = product(m->plan->extent, k->rank, k->reduced);
    int tiles = k->form == WF_FORM_TILE;
    m->first = tiles ? k->rank : 0, m->count = tiles ? k->reduced : k->rank;
    m->per_row = (m->total + CHUNK - 1) / CHUNK;
    return tiles ? m->total * m->plan->pieces : m->per_row * m->plan->pieces;
}

/* ---- the door -------------------------------------------------------------------------------------------
 */

int vm_decided(launch_plan *plan) {
    static vm machine; /* under the graph lock */
    vm *m = &machine;
    const wf_fuse_kernel *k = &plan->k;
    int any = k->reduction == WF_RED_ANY;
    if (k->form != WF_FORM_TILE || k->rank || plan->pieces < 2 || !(any || k->reduction == WF_RED_ALL) ||
        k->outputs[0].dtype != WF_DT_BOOL || !vm_can_run(plan))
        return 0;
    prepare(m, plan);
    m->by_rows = 0;
    int64_t units = reduction_units(m);
    uint64_t control = wf_float_control_default();
    int failed = tile_piece(m, 0, 0, 1);
    wf_float_control_restore(control);
    char *out = (char *)plan->outputs[0].storage->buffer->host + plan->outputs[0].offset;
    if (failed || *out != any) return 0;
    memset(out, any, (size_t)units);
    return 1;
}

wf_status vm_run(launch_plan *plan, wf_error *err) {
    static vm machine; /* under the graph lock */
    vm *m = &machine;
    prepare(m, plan);
    m->by_rows = 0;
    wf_pool_piece piece = plan->k.form == WF_FORM_ELEMENTS ? elements_piece
                          : plan->k.form == WF_FORM_TILE   ? tile_piece
                                                           : rows_piece;
    int64_t units = plan->k.form == WF_FORM_ELEMENTS ? elements_units(m) : reduction_units(m);
    int failed;
    if (vm_work(plan) < SERIAL_WORK) {
        uint64_t control = wf_float_control_default();
        failed = piece(m, 0, 0, (uint64_t)units);
        wf_float_control_restore(control);
    } else {
        wf_pool_job job = {
            .count = (uint64_t)units,
            .grain = plan->k.form == WF_FORM_ELEMENTS ? 4 : 1, /* numbers are written out for each piece */
            .piece = piece,
            .user = m};
        failed = wf_pool_run(wf_runtime_pool(), &job, NULL);
    }
    return failed ? wf_fail(err, WF_NOMEM, "[array] out of host memory") : WF_OK;
}
