/* lang/builtins.c: the table of built-ins, made from builtins.def, and finding one by its spelling.
 *
 * Finding goes over a string of lengths with memchr: some tens of nanoseconds, and no table to fill at run
 * time. */
#include "lang/inner.h"
#include <string.h>

enum { /* the letters of builtins.def */
       FLAG_R = WF_BIF_PURE,
       FLAG_M = WF_BIF_MEMORY,
       FLAG_Y = WF_BIF_BARRIER,
       FLAG_W = WF_BIF_WARP,
       FLAG_G = WF_BIF_GPU,
       FLAG_A = WF_BIF_ATOMIC | WF_BIF_MEMORY,
};
/* Rules whose built-ins are spelled as variables. */
#define IS_DIM3 WF_BIF_NAME
#define IS_INT0 WF_BIF_NAME
enum {
    IS_V,
    IS_I = 0,
    IS_U = 0,
    IS_UL = 0,
    IS_L = 0,
    IS_B = 0,
    IS_F = 0,
    IS_D = 0,
    IS_T0 = 0,
    IS_T1 = 0,
    IS_P = 0,
    IS_X = 0
};

const wf_builtin_info wf_builtins[WF_BI_COUNT] = {
#define X(id, spelling, args, rule, flags) {spelling, args, #rule, FLAG_##flags | IS_##rule},
#include "lang/builtins.def"
#undef X
};

static const uint8_t lengths[] = {
#define X(id, spelling, ...) sizeof(spelling) - 1,
#include "lang/builtins.def"
#undef X
};
_Static_assert(sizeof lengths == WF_BI_COUNT, "one length for each built-in");

int wf_builtin_find(const char *spelling) {
    size_t length = strlen(spelling);
    if (length > UINT8_MAX) return -1;
    for (const uint8_t *at = lengths, *end = lengths + WF_BI_COUNT; at < end; at++) {
        at = memchr(at, (int)length, (size_t)(end - at));
        if (!at) return -1;
        const char *candidate = wf_builtins[at - lengths].spelling;
        if (candidate[length - 1] == spelling[length - 1] && !memcmp(candidate, spelling, length))
            return (int)(at - lengths);
    }
    return -1;
}
