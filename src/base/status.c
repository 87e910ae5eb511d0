/* base/status.c: see status.h. */
#include "base/format.h"
#include "base/status.h"
#include <stdio.h>

static const char *const texts[] = {
#define X(name, text) text,
    WF_STATUSES(X)
#undef X
};
_Static_assert(sizeof texts / sizeof *texts == WF_STATUS_COUNT, "a text for each status");

const char *wf_status_text(wf_status status) {
    return (unsigned)status < WF_STATUS_COUNT ? texts[status] : "unknown status";
}

static wf_status fail(wf_error *err, wf_status status, int code, const char *format, va_list args) {
    if (err) {
        err->status = status;
        err->code = code;
        wf_format(err->message, sizeof err->message, format, args);
    }
    return status;
}

wf_status wf_fail(wf_error *err, wf_status status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fail(err, status, 0, format, args);
    va_end(args);
    return status;
}

wf_status wf_fail_code(wf_error *err, wf_status status, int code, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fail(err, status, code, format, args);
    va_end(args);
    return status;
}

void wf_error_clear(wf_error *err) {
    if (err) {
        err->status = WF_OK;
        err->code = 0;
        err->message[0] = 0;
    }
}
