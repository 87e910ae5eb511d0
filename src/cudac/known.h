/* cudac/known.h: names that CUDA C gives without any declaration: functions, constants, types. Inner header.
 */
#ifndef WF_CUDAC_KNOWN_H
#define WF_CUDAC_KNOWN_H
#include "cudac/cudac.h"

typedef enum cc_known_kind {
    CC_K_BUILTIN, /* a call of built-in `id` */
    CC_K_LIBRARY, /* a call of the device library's wf_<stem>, wf_<stem>f */
    CC_K_CONVERT, /* built-in `id` (or none: -1) on the argument, then a cast */
    CC_K_SPECIAL, /* by hand in calls.c: `id` is a cc_special */
    CC_K_INT,     /* constants; `sig` is the type's letter */
    CC_K_FLOAT,
    CC_K_TYPE, /* `sig` is the type's letter, or `id` elements of it (vectors) */
} cc_known_kind;

typedef enum cc_special {
    CC_S_MIN,
    CC_S_MAX,
    CC_S_ABS,
    CC_S_SHFL,
    CC_S_VOTE,
    CC_S_SYNCWARP,
    CC_S_DP4A,
    CC_S_DIM3,
    CC_S_MAKE,
    CC_S_ASSERT,
    CC_S_RCP,
    CC_S_HI,
    CC_S_LO,
    CC_S_HILO,
    CC_S_OFFSETOF,
    CC_S_EXPECT,
    CC_S_UNREACHABLE,
    CC_S_SWAP,
    CC_S_RHADD,
    CC_S_HADD,
    CC_S_NAN,
    CC_S_NO_DEVICE
} cc_special;

/* A signature: letters of the parameters, '>', letter of the result. f float, d double, i int, u unsigned, l
 * long long, U unsigned long long, h half, b bool, g the generic float type of the call (`domain`: f, d, or
 * g: from the arguments), n the common type of all arguments, . as it is, P pointer to g, I pointer to int, v
 * void. */
typedef struct cc_known {
    const char *name;
    uint8_t kind;
    char domain;
    int16_t id;
    const char *sig;
    const char *stem;
    int64_t i;
    double f;
} cc_known;

enum { CC_KNOWN_SLOTS = 2048 };
void cc_known_index(uint16_t *slots);                                   /* CC_KNOWN_SLOTS of them, zero */
const cc_known *cc_known_find(const uint16_t *slots, const char *name); /* NULL: not ours */
/* The function that wf_<stem> or wf_<stem>f is, as the printer writes calls of the library. */
const cc_known *cc_known_library(const char *stem, int is_float);
int cc_known_integer(const char *name, int64_t *value);
/* All names, for spelling suggestions. */
uint32_t cc_known_count(void);
const char *cc_known_name(uint32_t index);
#endif
