/* runtime/cut.h: calls of compiled code that Ctrl-C can end from outside. */
#ifndef WF_RUNTIME_CUT_H
#define WF_RUNTIME_CUT_H
#include "emit/cpu_abi.h"
#include "runtime/inner.h"

/* The thread sanitizer delivers signals between calls of the C library only. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WF_CAN_CUT 0
#endif
#endif
#if defined(WF_CAN_CUT)
#elif defined(__SANITIZE_THREAD__) || !defined(__linux__)
#define WF_CAN_CUT 0
#elif defined(__x86_64__) || defined(__aarch64__)
#define WF_CAN_CUT 1
#else
#define WF_CAN_CUT 0
#endif

/* One call of compiled code: of a kernel, or of a loop's turns. */
typedef struct wf_cut_call {
    wf_cpu_kernel *kernel;
    wf_cpu_loop *loop; /* NULL: the kernel */
    const void *context;
    uint64_t first, last;
    int whole; /* what it changes outlives it: it ends only where it looks */
} wf_cut_call;

#if WF_CAN_CUT
int32_t wf__cut_run(const wf_cut_call *call, const wf_cpu_launch *launch,
                    wf_cpu_worker *worker);                        /* 1 also when it was cut */
void wf__cut_code(const void *memory, size_t bytes, int is_there); /* compiled code has come, or is to go */
void wf__cut_soon(void);                                           /* async-signal-safe */
void wf__cut_watch(void);                                          /* once Ctrl-C is watched */
void wf__cut_forked(void);                                         /* in the child */
#else
static inline int32_t wf__cut_run(const wf_cut_call *c, const wf_cpu_launch *launch, wf_cpu_worker *worker) {
    return c->loop ? c->loop(launch, worker, c->context, c->first, c->last)
                   : c->kernel(launch, worker, c->first, c->last);
}
static inline void wf__cut_code(const void *memory, size_t bytes, int is_there) {
    (void)memory, (void)bytes, (void)is_there;
}
static inline void wf__cut_soon(void) {}
static inline void wf__cut_watch(void) {}
static inline void wf__cut_forked(void) {}
#endif
#endif
