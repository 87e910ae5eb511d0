/* vendor/cufft.c: see cufft.h. Plans are kept, the latest used: making one takes cuFFT a hundred times as long as
 * a small transform. A transform takes the lock while it is queued, because a plan has one stream and one work
 * area at a time. */
#include "vendor/cufft.h"
#include "base/library.h"
#include "base/memory.h"
#include "runtime/trace.h"
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { PLANS = 32, FORWARD = -1, INVERSE = 1 };
enum { C2C = 0x29, R2C = 0x2a, C2R = 0x2c, DOUBLE = 0x40 }; /* DOUBLE is added: Z2Z is 0x69 */

typedef int handle; /* cufftHandle */
typedef struct plan {
    wf_cufft_transform transform; /* as its key: `is_forward` is 0 in it, one plan goes both ways */
    wf_context *context;          /* to compare only */
    handle handle;
    size_t work; /* bytes */
    uint64_t used;
} plan;

/* Guarded by the lock. */
static struct {
    pthread_mutex_t lock;
    char *path;
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
} cufft = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int open_one(const char *path, char *reason, size_t size) {
    void *library = wf_library_open(path, reason, size);
    if (!library) return 0;
    const char *missing = NULL;
#define NEED(field, symbol)                                                                                  \
    *(void **)&cufft.field = wf_library_symbol(library, symbol);                                             \
    if (!cufft.field && !missing) missing = symbol;
    NEED(create, "cufftCreate")
    NEED(no_memory_of_its_own, "cufftSetAutoAllocation")
    NEED(make, "cufftMakePlanMany64")
    NEED(set_stream, "cufftSetStream")
    NEED(set_work, "cufftSetWorkArea")
    NEED(destroy, "cufftDestroy")
    NEED(c2c, "cufftExecC2C")
    NEED(z2z, "cufftExecZ2Z")
    NEED(r2c, "cufftExecR2C")
    NEED(d2z, "cufftExecD2Z")
    NEED(c2r, "cufftExecC2R")
    NEED(z2d, "cufftExecZ2D")
#undef NEED
    if (!missing) return 1;
    snprintf(reason, size, "%s has no %s", path, missing);
    wf_library_close(library);
    return 0;
}

wf_status wf_cufft_open(const char *const *paths, uint32_t count, const char **path, wf_error *err) {
    char reason[600] = "no library named libcufft was found";
    wf_status status = WF_OK;
    pthread_mutex_lock(&cufft.lock);
    for (uint32_t i = 0; i < count && !cufft.path; i++)
        if (open_one(paths[i], reason, sizeof reason)) cufft.path = wf_strdup(paths[i]);
    if (cufft.path) *path = cufft.path;
    else status = wf_fail(err, WF_NODEVICE, "%s", reason);
    pthread_mutex_unlock(&cufft.lock);
    return status;
}

static wf_status check(int result, const char *call, wf_error *err) {
    if (!result) return WF_OK;
    return wf_fail_code(err, result == 2 ? WF_NOMEM : WF_INTERNAL, result,
                        "[fft] %s failed with cufftResult %d (%s)", call, result, cufft.path);
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

/* With the context current. */
static wf_status plan_of(wf_context *context, const wf_cufft_transform *transform, plan **found,
                         wf_error *err) {
    plan wanted, *oldest = cufft.plans;
    memset(&wanted, 0, sizeof wanted); /* the key is compared as bytes */
    memcpy(&wanted.transform, transform, sizeof *transform);
    wanted.transform.is_forward = 0;
    wanted.context = context;
    for (plan *p = cufft.plans; p < cufft.plans + cufft.count; p++) {
        if (p->context == context && !memcmp(&p->transform, &wanted.transform, sizeof p->transform)) {
            p->used = ++cufft.clock;
            *found = p;
            return WF_OK;
        }
        if (p->used < oldest->used) oldest = p;
    }
    wf_status status = make_plan(&wanted, err);
    if (status) return status;
    wanted.used = ++cufft.clock;
    if (cufft.count < PLANS) oldest = &cufft.plans[cufft.count++];
    else cufft.destroy(oldest->handle); /* waits for what it has queued */
    *oldest = wanted;
    *found = oldest;
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
    wf_status status = plan_of(context, c->transform, &p, err);
    if (!status)
        status = check(cufft.set_stream(p->handle, (void *)(uintptr_t)wf_stream_handle(c->stream)),
                       "cufftSetStream", err);
    if (!status && p->work) status = wf_buffer_alloc(context, c->stream, p->work, &work, err);
    if (!status && work)
        status = check(cufft.set_work(p->handle, (void *)(uintptr_t)work->address), "cufftSetWorkArea", err);
    if (!status) status = execute(c, p->handle, err);
    if (work) wf_buffer_release(work); /* what the stream does next comes after */
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
    call c = {stream, t, (void *)(uintptr_t)in, (void *)(uintptr_t)out};
    if (!cufft.path) return wf_fail(err, WF_INVALID, "[fft] cuFFT was not opened");
    wf_trace_span span = {0, 0};
    if (wf_trace_on()) span = open_span(stream, t);
    pthread_mutex_lock(&cufft.lock);
    wf_status status = wf_context_call(wf_stream_context(stream), transform, &c, err);
    pthread_mutex_unlock(&cufft.lock);
    if (span.id) wf_trace_close(span, stream);
    return status;
}
