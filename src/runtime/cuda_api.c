/* runtime/cuda_api.c: opens the driver's library, and turns its results into ours.
 *
 * A fault (a wild address in a kernel, a hardware error) ends CUDA for the whole process: measured, no reset
 * or new context recovers. It is told once in full, with the launches that may have caused it; every later
 * call fails at once with the same words, without asking the driver. The CPU device is not concerned. */
#include "base/library.h"
#include "base/memory.h"
#include "runtime/cuda.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

wf_cuda_api wf_cuda;

static struct {
    pthread_mutex_t lock;
    atomic_int broken, forked;
    int opened; /* the driver was started in this process */
    wf_error error;
    int has_launch;
    wf_fault_launch launch;
} state = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- the library ---- */

static void *open_named(char *reason, size_t size) {
#ifdef _WIN32
    static const char *const names[] = {"nvcuda.dll"};
#else
    static const char *const names[] = {"libcuda.so.1", "libcuda.so"};
#endif
    char why[300] = "";
    const char *given = wf_env_text("CUDA_LIBRARY");
    if (given && !strcmp(given, "off")) {
        snprintf(reason, size, "WEFT_CUDA_LIBRARY=off");
        return NULL;
    }
    if (given) {
        void *library = wf_library_open(given, why, sizeof why);
        if (!library) snprintf(reason, size, "the driver library could not be opened: %s", why);
        return library;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        void *library = wf_library_open(names[i], why, sizeof why);
        if (library) return library;
    }
    snprintf(reason, size, "no NVIDIA driver: %s", why);
    return NULL;
}

int wf_cuda_open_library(char *reason, size_t size) {
    void *library = open_named(reason, size);
    if (!library) return 0;
    const char *missing = NULL;
#define X(required, name, parameters)                                                                        \
    *(void **)&wf_cuda.name = wf_library_symbol(library, #name);                                             \
    if (required && !wf_cuda.name && !missing) missing = #name;
    WF_CUDA_FUNCTIONS(X)
#undef X
    if (missing) {
        snprintf(reason, size, "the driver is too old: it has no %s", missing);
        wf_library_close(library);
        return 0;
    }
    CUresult result = wf_cuda.cuInit(0);
    if (result) {
        const char *name = NULL, *text = NULL;
        wf_cuda.cuGetErrorName(result, &name);
        wf_cuda.cuGetErrorString(result, &text);
        if (name) snprintf(reason, size, "the driver does not start: %s (%s)", name, text ? text : "");
        else /* the toolkit's stub cannot even name its errors */
            snprintf(reason, size, "the driver does not start: error %d%s", (int)result,
                     result == 34 ? " (CUDA_ERROR_STUB_LIBRARY)" : "");
        return 0; /* the library stays open: unloading a driver is asking for trouble */
    }
    state.opened = 1;
    return 1;
}

/* ---- errors ---- */

static int is_fault(CUresult result) {
    switch (result) {
    case 4:   /* DEINITIALIZED */
    case 214: /* ECC_UNCORRECTABLE */
    case 220: /* NVLINK_UNCORRECTABLE */
    case 226: /* CONTAINED */
    case 700: /* ILLEGAL_ADDRESS */
    case 702: /* LAUNCH_TIMEOUT */
    case 709: /* CONTEXT_IS_DESTROYED */
    case 710: /* ASSERT */
    case 714: /* HARDWARE_STACK_ERROR */
    case 715: /* ILLEGAL_INSTRUCTION */
    case 716: /* MISALIGNED_ADDRESS */
    case 717: /* INVALID_ADDRESS_SPACE */
    case 718: /* INVALID_PC */
    case 719: /* LAUNCH_FAILED */
    case 721: /* TENSOR_MEMORY_LEAK */ return 1;
    default: return 0;
    }
}

static wf_status status_of(CUresult result) {
    switch (result) {
    case CU_OUT_OF_MEMORY: return WF_NOMEM;
    case CU_NO_DEVICE:
    case CU_INVALID_DEVICE:
    case CU_UNAVAILABLE: return WF_NODEVICE;
    case CU_LAUNCH_RESOURCES:
    case CU_COOPERATIVE_TOO_LARGE: return WF_LAUNCH;
    case CU_NOT_SUPPORTED: return WF_UNSUPPORTED;
    case CU_NOT_READY: return WF_NOTREADY;
    default: return WF_DRIVER;
    }
}

/* "k<<<(1,1,1),(64,1,1)>>>, …": the launches not known to be over, oldest first. Remembers the oldest. */
static void list_recent(wf_context *context, char *text, size_t size) {
    wf_cuda_context *c = (wf_cuda_context *)context;
    size_t at = 0;
    pthread_mutex_lock(&c->recent_lock);
    uint32_t kept = c->recent_count < RECENT ? c->recent_count : RECENT;
    for (uint32_t i = c->recent_count - kept; i < c->recent_count && at < size; i++) {
        const wf_fault_launch *l = &c->recent[i % RECENT].launch;
        if (!c->recent[i % RECENT].stream) continue;
        at += (size_t)snprintf(text + at, size - at, "%s%s <<<(%u,%u,%u), (%u,%u,%u)>>>", at ? ", " : "",
                               l->name, l->grid[0], l->grid[1], l->grid[2], l->block[0], l->block[1],
                               l->block[2]);
        if (!state.has_launch) state.launch = *l;
        state.has_launch = 1;
    }
    pthread_mutex_unlock(&c->recent_lock);
}

static void set_broken(CUresult result, const char *name, const char *text, const char *call,
                       wf_context *context) {
    char recent[1500] = "";
    pthread_mutex_lock(&state.lock);
    if (!atomic_load(&state.broken)) {
        if (context) list_recent(context, recent, sizeof recent);
        wf_fail_code(&state.error, WF_FAULT, result,
                     "GPU fault on %s: %s (%s), seen by %.120s%s%s. CUDA cannot be used again in this "
                     "process; the CPU can.",
                     context ? context->device->label : "a GPU", name, text, call,
                     *recent ? "; kernels that were running or waiting: " : "", recent);
        atomic_store(&state.broken, 1);
    }
    pthread_mutex_unlock(&state.lock);
}

wf_status wf_cuda_check(CUresult result, const char *call, wf_context *context, wf_error *err) {
    const char *name = NULL, *text = NULL;
    if (!result) return WF_OK;
    if (result == CU_NOT_READY) return WF_NOTREADY;
    wf_cuda.cuGetErrorName(result, &name);
    wf_cuda.cuGetErrorString(result, &text);
    if (!name) name = "unknown CUDA error";
    if (!text) text = "no description";
    wf_debug(WF_DEBUG_DRIVER, "%s: %d %s", call, result, name);
    if (is_fault(result)) {
        set_broken(result, name, text, call, context);
        return wf_cuda_usable(err);
    }
    return wf_fail_code(err, status_of(result), result, "%s (%s) from %.200s", name, text, call);
}

const char *wf_cuda_broken(void) { return atomic_load(&state.broken) ? state.error.message : NULL; }

int wf_cuda_fault_launch(wf_fault_launch *launch) {
    if (!atomic_load(&state.broken) || !state.has_launch) return 0;
    *launch = state.launch;
    return 1;
}

void wf_cuda_forked(void) {
    if (state.opened) atomic_store(&state.forked, 1);
}

wf_status wf_cuda_usable(wf_error *err) {
    if (__builtin_expect(atomic_load_explicit(&state.forked, memory_order_relaxed), 0))
        return wf_fail(
            err, WF_DRIVER,
            "CUDA was started before this process was forked and cannot be used in the child: start the "
            "child with "
            "spawn instead of fork, or use the GPU only after the fork. The CPU device works here.");
    if (__builtin_expect(atomic_load_explicit(&state.broken, memory_order_acquire), 0)) {
        if (err) *err = state.error;
        return WF_FAULT;
    }
    return WF_OK;
}

/* ---- the current context ---- */

wf_status wf_cuda_enter(const wf_context *context, wf_cuda_scope *scope, wf_error *err) {
    CUcontext wanted = (CUcontext)(uintptr_t)context->handle;
    scope->changed = 0;
    scope->before = NULL;
    wf_status status = wf_cuda_usable(err);
    if (status) return status;
    wf_cuda.cuCtxGetCurrent(&scope->before);
    if (scope->before == wanted) return WF_OK;
    status = CU((wf_context *)(uintptr_t)context, err, cuCtxSetCurrent, (wanted));
    scope->changed = !status;
    return status;
}

/* A thread that had no context keeps ours: the next call finds it there. */
void wf_cuda_leave(const wf_cuda_scope *scope) {
    if (scope->changed && scope->before) wf_cuda.cuCtxSetCurrent(scope->before);
}

/* ---- which launches may be to blame ---- */

void wf_cuda_remember(wf_stream *stream, const wf_function *function, const wf_launch_config *config) {
    wf_cuda_context *c = (wf_cuda_context *)stream->context;
    pthread_mutex_lock(&c->recent_lock);
    wf_fault_launch *l = &c->recent[c->recent_count % RECENT].launch;
    c->recent[c->recent_count++ % RECENT].stream = stream;
    strncpy(l->name, function->shown, sizeof l->name - 1);
    memcpy(l->grid, config->grid, sizeof l->grid);
    memcpy(l->block, config->block, sizeof l->block);
    l->tag = config->tag;
    pthread_mutex_unlock(&c->recent_lock);
}

void wf_cuda_forget(wf_context *context, const wf_stream *stream) {
    wf_cuda_context *c = (wf_cuda_context *)context;
    pthread_mutex_lock(&c->recent_lock);
    for (int i = 0; i < RECENT; i++)
        if (!stream || c->recent[i].stream == stream) c->recent[i].stream = NULL;
    pthread_mutex_unlock(&c->recent_lock);
}

wf_status wf_context_call(wf_context *context, wf_status (*function)(void *user, wf_error *err), void *user,
                          wf_error *err) {
    wf_cuda_scope scope;
    if (wf_device_is_cpu(wf_context_device(context)))
        return wf_fail(err, WF_UNSUPPORTED, "%s has no CUDA context",
                       wf_device_label(wf_context_device(context)));
    wf_status status = wf_cuda_usable(err);
    if (!status) status = wf_cuda_enter(context, &scope, err);
    if (status) return status;
    status = function(user, err);
    wf_cuda_leave(&scope);
    return status;
}
