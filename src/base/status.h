/* base/status.h: how every call of the core says that it failed.
 *
 * A function that can fail returns a wf_status and, on failure, fills the wf_error that its caller passed
 * (NULL is allowed: the caller does not want the words). Nothing here exits, aborts or prints. */
#ifndef WF_BASE_STATUS_H
#define WF_BASE_STATUS_H
#include <stdarg.h>
#include <stddef.h>

#define WF_STATUSES(X)                                                                                       \
    X(OK, "ok")                                                                                              \
    X(NOMEM, "out of memory")       /* host or device memory */                                              \
    X(INVALID, "invalid argument")  /* the caller's mistake, seen before anything ran */                     \
    X(TYPE, "type error")           /* becomes Python's TypeError */                                         \
    X(COMPILE, "compile error")     /* the user's source is wrong; the message holds the carets */           \
    X(UNSUPPORTED, "not supported") /* known, named, and not there */                                        \
    X(NODEVICE, "no such device")   /* no driver, no GPU, or an ordinal past the end */                      \
    X(DRIVER, "driver error")       /* wf_error.code holds the CUresult */                                   \
    X(LAUNCH, "launch error")       /* bad grid, block, shared size or arguments */                          \
    X(FAULT, "device fault")        /* a kernel broke the device; it stays broken */                         \
    X(TRAP, "kernel trap")          /* a kernel asserted, trapped or raised */                               \
    X(INTERRUPT, "interrupted")     /* Ctrl-C */                                                             \
    X(IO, "input/output error")                                                                              \
    X(NOTREADY, "not ready")      /* an event or stream that has not finished; not a failure */              \
    X(INTERNAL, "internal error") /* our bug */

typedef enum wf_status {
#define X(name, text) WF_##name,
    WF_STATUSES(X)
#undef X
        WF_STATUS_COUNT
} wf_status;

typedef struct wf_error {
    wf_status status;
    int code;           /* the foreign code behind it (CUresult, errno), else 0 */
    char message[4000]; /* NUL-terminated; may have several lines */
} wf_error;

const char *wf_status_text(wf_status status);
/* Fills err (when not NULL) and returns status, so that a failing function can end in one line. */
wf_status wf_fail(wf_error *err, wf_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
wf_status wf_fail_code(wf_error *err, wf_status status, int code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void wf_error_clear(wf_error *err);
#endif
