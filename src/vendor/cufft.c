/* vendor/cufft.c: see cufft.h. Plans are kept, the latest used: making one takes cuFFT a hundred times as long as
 * a small transform. A transform takes the lock while it is queued, because a plan has one stream and one work
 * area at a time. */
#include "vendor/cufft.h"
#include "runtime/trace.h"
#include "vendor/library.h"
#include <math.h>
#include <string.h>

enum { PLANS = 32, FORWARD = -1, INVERSE = 1 };
enum { C2C = 0x29, R2C = 0x2a, C2R = 0x2c, DOUBLE = 0x40 }; /* DOUBLE is added: Z2Z is 0x69 */

typedef int handle; /* cufftHandle */
typedef struct plan {
    wf_cufft_transform
        transform;    /* as its key: `is_forward` is 0 in it, one plan goes both ways; so is `is_own` */
    uint64_t context; /* its number */
    handle handle;
    size_t work; /* bytes */
    uint64_t used;
    int is_captured; /* a graph reads its tables: it is never destroyed */
} plan;

/* Guarded by the library's lock. */
static struct {
    int (*create)(handle *);
    int (*no_memory_of_its_own)(handle, int);
    int (*make)(handle, int rank, long long *n, long long *embed_in, long long stride_in, long long apart_in,
                long long *embed_out, long long stride_out, long long apart_out, int type, long long count,
                size_t *work);
    int (*set_stream)(handle, void *stream);
    int (*set_work)(handle, void *work);
    int (*destroy)(handle);
    int (*c2c)(handle, void *in, void *out, int direction);
    int (*z2z)(handle, void *in, void *out, int direction);
    int (*r2c)(handle, void *in, void *out);
    int (*d2z)(handle, void *in, void *out);
    int (*c2r)(handle, void *in, void *out);
    int (*z2d)(handle, void *in, void *out);
    plan plans[PLANS];
    uint32_t count;
    uint64_t clock;
} cufft;

static const wf_vendor_symbol symbols[] = {
    {"cufftCreate", (void **)&cufft.create},
    {"cufftSetAutoAllocation", (void **)&cufft.no_memory_of_its_own},
    {"cufftMakePlanMany64", (void **)&cufft.make},
    {"cufftSetStream", (void **)&cufft.set_stream},
    {"cufftSetWorkArea", (void **)&cufft.set_work},
    {"cufftDestroy", (void **)&cufft.destroy},
    {"cufftExecC2C", (void **)&cufft.c2c},
    {"cufftExecZ2Z", (void **)&cufft.z2z},
    {"cufftExecR2C", (void **)&cufft.r2c},
    {"cufftExecD2Z", (void **)&cufft.d2z},
    {"cufftExecC2R", (void **)&cufft.c2r},
    {"cufftExecZ2D", (void **)&cufft.z2d},
};
static wf_vendor_library library = {.lock = PTHREAD_MUTEX_INITIALIZER,
                                    .name = "libcufft",
                                    .symbols = symbols,
                                    .symbol_count = sizeof symbols / sizeof *symbols};

wf_status wf_cufft_open(const char *const *paths, uint32_t count, const char **path, wf_error *err) {
    return wf_vendor_open(&library, paths, count, path, err);
}

static wf_status check(int result, const char *call, wf_error *err) {
    if (!result) return WF_OK;
    return wf_fail_code(err, result == 2 ? WF_NOMEM : WF_INTERNAL, result,
                        "[fft] %s failed with cufftResult %d (%s)", call, result, library.path);
}

/* ---- plans ---------------------------------------------------------------------------------------------- */

static wf_status make_plan(plan *p, wf_error *err) {
    wf_cufft_transform *t = &p->transform;
    long long n[WF_CUFFT_RANK], whole[WF_CUFFT_RANK], halved[WF_CUFFT_RANK];
    for (int i = 0; i < t->rank; i++) n[i] = whole[i] = halved[i] = t->n[i];
    halved[t->rank - 1] = t->n[t->rank - 1] / 2 + 1;
    int type = (t->kind == 'c' ? C2C : t->kind == 'r' ? R2C : C2R) + (t->is_double ? DOUBLE : 0);
    wf_status status = check(cufft.create(&p->handle), "cufftCreate", err);
    if (status) return status;
    status = check(cufft.no_memory_of_its_own(p->handle, 0), "cufftSetAutoAllocation", err);
    if (!status)
        status = check(cufft.make(p->handle, t->rank, n, t->kind == 'i' ? halved : whole, t->stride,
                                  t->apart_in, t->kind == 'r' ? halved : whole, t->stride, t->apart_out, type,
                                  t->count, &p->work),
                       "cufftMakePlanMany64", err);
    if (status) cufft.destroy(p->handle);
    return status;
}

/* Where a new plan of this context goes: a free place, else that of its oldest one, else of the oldest of all,
 * which is not destroyed then: its context may have ended, and taken it along. What graphs use stays, too. */
static plan *place_of(uint64_t context) {
    plan *oldest = NULL;
    if (cufft.count < PLANS) return &cufft.plans[cufft.count++];
    for (plan *p = cufft.plans; p < cufft.plans + PLANS; p++)
        if (!oldest || (p->context == context) > (oldest->context == context) ||
            ((p->context == context) == (oldest->context == context) && p->used < oldest->used))
            oldest = p;
    if (oldest->context == context && !oldest->is_captured)
        cufft.destroy(oldest->handle); /* waits for what it has queued */
    return oldest;
}

/* With the context current. */
static wf_status plan_of(uint64_t context, const wf_cufft_transform *transform, plan **found, wf_error *err) {
    plan wanted;
    memset(&wanted, 0, sizeof wanted); /* the key is compared as bytes */
    memcpy(&wanted.transform, transform, sizeof *transform);
    wanted.transform.is_forward = wanted.transform.is_own = 0;
    wanted.context = context;
    for (plan *p = cufft.plans; p < cufft.plans + cufft.count; p++)
        if (p->context == context && !memcmp(&p->transform, &wanted.transform, sizeof p->transform)) {
            p->used = ++cufft.clock;
            *found = p;
            return WF_OK;
        }
    wf_status status = make_plan(&wanted, err);
    if (status) return status;
    wanted.used = ++cufft.clock;
    *found = place_of(context);
    **found = wanted;
    return WF_OK;
}

/* ---- transforms ----------------------------------------------------------------------------------------- */

typedef struct call {
    wf_stream *stream;
    const wf_cufft_transform *transform;
    void *in, *out;
} call;

static wf_status execute(const call *c, handle h, wf_error *err) {
    int way = c->transform->is_forward ? FORWARD : INVERSE, is_double = c->transform->is_double;
    switch (c->transform->kind) {
    case 'c': return check((is_double ? cufft.z2z : cufft.c2c)(h, c->in, c->out, way), "cufftExecC2C", err);
    case 'r': return check((is_double ? cufft.d2z : cufft.r2c)(h, c->in, c->out), "cufftExecR2C", err);
    default: return check((is_double ? cufft.z2d : cufft.c2r)(h, c->in, c->out), "cufftExecC2R", err);
    }
}

/* With the context current. */
static wf_status transform(void *user, wf_error *err) {
    const call *c = user;
    plan *p;
    wf_buffer *work = NULL;
    wf_context *context = wf_stream_context(c->stream);
    wf_status status = plan_of(wf_context_number(context), c->transform, &p, err);
    if (!status)
        status = check(cufft.set_stream(p->handle, (void *)(uintptr_t)wf_stream_handle(c->stream)),
                       "cufftSetStream", err);
    if (!status && p->work) status = wf_buffer_alloc(context, c->stream, p->work, &work, err);
    if (!status && work)
        status = check(cufft.set_work(p->handle, (void *)(uintptr_t)work->address), "cufftSetWorkArea", err);
    if (!status) {
        p->is_captured |= wf_capture_of_thread(context) != NULL;
        status = execute(c, p->handle, err);
    }
    if (work) wf_buffer_release(work); /* what the stream does next comes after */
    return status;
}

/* cuFFT uses what it makes real numbers of as it likes, so others' is copied before: one axis, its rows `apart`. */
static wf_status keep_input(wf_stream *stream, const wf_cufft_transform *t, wf_address *in, wf_buffer **copy,
                            wf_error *err) {
    int64_t last = (t->n[t->rank - 1] / 2) * t->stride + (t->count - 1) * t->apart_in;
    for (int i = 0; i + 1 < t->rank; i++) last += (t->n[i] - 1) * (t->n[t->rank - 1] / 2 + 1) * t->stride;
    size_t bytes = (size_t)(last + 1) * (t->is_double ? 16 : 8);
    if (t->kind != 'i' || t->is_own) return WF_OK;
    wf_status status = wf_buffer_alloc(wf_stream_context(stream), stream, bytes, copy, err);
    if (!status) status = wf_copy_on_device(stream, (*copy)->address, *in, bytes, WF_COPY_ASYNC, err);
    if (!status) *in = (*copy)->address;
    return status;
}

static wf_trace_span open_span(wf_stream *stream, const wf_cufft_transform *t) {
    double points = (double)t->count, item = t->is_double ? 8 : 4;
    for (int i = 0; i < t->rank; i++) points *= (double)t->n[i];
    double work = (t->kind == 'c' ? 5 : 2.5) * points * log2(points / (double)t->count);
    wf_trace_hint(0, (uint64_t)work, t->is_double ? WF_TRACE_DOUBLE : 0);
    return wf_trace_open(WF_TRACE_LIBRARY, "cufft", stream,
                         (uint64_t)(points * item * (t->kind == 'c' ? 4 : 2)));
}

wf_status wf_cufft_run(wf_stream *stream, const wf_cufft_transform *t, wf_address in, wf_address out,
                       wf_error *err) {
    wf_buffer *copy = NULL;
    if (!library.path) return wf_fail(err, WF_INVALID, "[fft] cuFFT was not opened");
    wf_trace_span span = {0, 0};
    if (wf_trace_on()) span = open_span(stream, t);
    wf_status status = keep_input(stream, t, &in, &copy, err);
    call c = {stream, t, (void *)(uintptr_t)in, (void *)(uintptr_t)out};
    if (!status) {
        pthread_mutex_lock(&library.lock);
        status = wf_context_call(wf_stream_context(stream), transform, &c, err);
        pthread_mutex_unlock(&library.lock);
    }
    if (copy) wf_buffer_release(copy);
    if (span.id) wf_trace_close(span, stream);
    return status;
}
