/* array/dtype.h: the element types of arrays, and NumPy's rules for mixing them. One of array/'s doors: fuse/
 * and the binding use it too.
 *
 * NumPy's dtypes plus bfloat16, which mixes like float16 (and with float16 gives float32). Promotion is NEP
 * 50's: it looks at dtypes only; a Python scalar is weak, it has a kind but no width. */
#ifndef WF_ARRAY_DTYPE_H
#define WF_ARRAY_DTYPE_H
#include "base/status.h"
#include <stdint.h>

/* id, name, kind (b bool, i signed, u unsigned, f float, c complex), bytes, NumPy's character ('E': ours) */
#define WF_DTYPES(X)                                                                                         \
    X(BOOL, "bool", 'b', 1, '?')                                                                             \
    X(INT8, "int8", 'i', 1, 'b')                                                                             \
    X(UINT8, "uint8", 'u', 1, 'B')                                                                           \
    X(INT16, "int16", 'i', 2, 'h')                                                                           \
    X(UINT16, "uint16", 'u', 2, 'H')                                                                         \
    X(INT32, "int32", 'i', 4, 'i')                                                                           \
    X(UINT32, "uint32", 'u', 4, 'I')                                                                         \
    X(INT64, "int64", 'i', 8, 'l')                                                                           \
    X(UINT64, "uint64", 'u', 8, 'L')                                                                         \
    X(FLOAT16, "float16", 'f', 2, 'e')                                                                       \
    X(BFLOAT16, "bfloat16", 'f', 2, 'E')                                                                     \
    X(FLOAT32, "float32", 'f', 4, 'f')                                                                       \
    X(FLOAT64, "float64", 'f', 8, 'd')                                                                       \
    X(COMPLEX64, "complex64", 'c', 8, 'F')                                                                   \
    X(COMPLEX128, "complex128", 'c', 16, 'D')

typedef enum wf_dtype {
#define X(id, ...) WF_DT_##id,
    WF_DTYPES(X)
#undef X
        WF_DT_COUNT,
    WF_DT_NONE = 255 /* not given */
} wf_dtype;

typedef struct wf_dtype_info {
    const char *name;
    char kind, code;
    uint8_t size; /* bytes of an element */
} wf_dtype_info;
extern const wf_dtype_info wf_dtypes[WF_DT_COUNT];

static inline uint32_t wf_dtype_size(wf_dtype t) { return wf_dtypes[t].size; }
static inline char wf_dtype_kind(wf_dtype t) { return wf_dtypes[t].kind; }
static inline const char *wf_dtype_name(wf_dtype t) { return wf_dtypes[t].name; }
static inline int wf_dtype_is_integer(wf_dtype t) {
    return wf_dtypes[t].kind == 'i' || wf_dtypes[t].kind == 'u';
}
static inline int wf_dtype_is_float(wf_dtype t) { return wf_dtypes[t].kind == 'f'; }
static inline int wf_dtype_is_complex(wf_dtype t) { return wf_dtypes[t].kind == 'c'; }
static inline int wf_dtype_is_small_float(wf_dtype t) { return t == WF_DT_FLOAT16 || t == WF_DT_BFLOAT16; }
wf_dtype wf_dtype_by_name(const char *name); /* WF_DT_NONE: no such type */
/* complex64 → float32, complex128 → float64, else itself. */
wf_dtype wf_dtype_real(wf_dtype t);
wf_dtype wf_dtype_complex_of(wf_dtype t); /* the complex type that holds t's values */

typedef enum wf_weak { WF_STRONG, WF_WEAK_INT, WF_WEAK_FLOAT, WF_WEAK_COMPLEX } wf_weak;

wf_dtype wf_dtype_promote(wf_dtype a, wf_dtype b);
/* a with a Python scalar. WF_STRONG gives a back. */
wf_dtype wf_dtype_promote_weak(wf_dtype a, wf_weak weak);

typedef enum wf_casting {
    WF_CASTING_NO,
    WF_CASTING_EQUIV,
    WF_CASTING_SAFE,
    WF_CASTING_SAME_KIND,
    WF_CASTING_UNSAFE
} wf_casting;
extern const char *const wf_casting_names[5];
int wf_dtype_can_cast(wf_dtype from, wf_dtype to, wf_casting casting);

/* One element as a number: complex types use both parts, integers i (two's complement of 64 bits). */
typedef struct wf_number {
    char kind; /* as wf_dtype_info.kind: which of the fields holds the value */
    double re, im;
    int64_t i; /* kinds b, i, u; for u the bits of a uint64 */
} wf_number;
/* The number as an element of t would hold it, by the tree's rules for casts (float → integer saturates, NaN
 * gives 0; integer → narrower integer wraps). */
wf_number wf_number_cast(wf_number value, wf_dtype t);
wf_number wf_number_load(const void *element, wf_dtype t);
void wf_number_store(wf_number value, wf_dtype t, void *element); /* casts first */
/* 1 when a Python integer of this value fits t. One beyond 64 bits has kind 'f', infinite beyond float64: it
 * fits floats unless infinite. */
int wf_number_fits(wf_number value, wf_dtype t);

float wf_half_to_float(uint16_t bits);
uint16_t wf_half_from_double(double value); /* to nearest even */
float wf_bfloat_to_float(uint16_t bits);
uint16_t wf_bfloat_from_double(double value);
#endif
