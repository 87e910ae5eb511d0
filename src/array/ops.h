/* array/ops.h: the elementwise operations and which element types they take and give. A door of array/.
 *
 * NumPy writes the types of a ufunc as a list of loops; these rules say the same in a word:
 * - ARITH: every type, result of the same type; NOBOOL: the same, bool is a TypeError; ARITH_INT8: bool
 *   becomes int8
 * - FLOAT: float and complex; bool and 8-bit integers become float16, 16-bit float32, wider float64 (divide:
 *   always float64); REALFLOAT: the same without complex
 * - INTDIV: integers and floats; bool becomes int8; POWER: the same and complex
 * - ABS, PART: every type; complex gives its real type
 * - ROUND: bool, integers and floats, result of the same type; ANY: every type, of the same type
 * - COMPARE, LOGICAL, TEST: every type, the result is bool; REALTEST: floats, bool
 * - BITS: bool and integers; SHIFT: integers, bool becomes int8
 * - WORD32, WORD64: uint64 alone, the result is uint32, uint64; DRAW: uint32 gives float32, uint64 float64
 * - EXPONENT: as REALFLOAT, gives int32; BITCOUNT: as SHIFT, gives uint8
 * - WHERE: (bool, T, T) gives T */
#ifndef WF_ARRAY_OPS_H
#define WF_ARRAY_OPS_H
#include "array/dtype.h"

typedef enum wf_ufunc {
#define X(id, ...) WF_UF_##id,
#include "array/ops.def"
#undef X
    WF_UF_COUNT
} wf_ufunc;

typedef enum wf_type_rule {
    WF_RULE_ARITH,
    WF_RULE_NOBOOL,
    WF_RULE_ARITH_INT8,
    WF_RULE_FLOAT,
    WF_RULE_REALFLOAT,
    WF_RULE_INTDIV,
    WF_RULE_POWER,
    WF_RULE_ABS,
    WF_RULE_PART,
    WF_RULE_ROUND,
    WF_RULE_ANY,
    WF_RULE_COMPARE,
    WF_RULE_LOGICAL,
    WF_RULE_TEST,
    WF_RULE_REALTEST,
    WF_RULE_BITS,
    WF_RULE_SHIFT,
    WF_RULE_WORD32,
    WF_RULE_WORD64,
    WF_RULE_DRAW,
    WF_RULE_EXPONENT,
    WF_RULE_BITCOUNT,
    WF_RULE_WHERE,
} wf_type_rule;

typedef struct wf_ufunc_info {
    const char *name;
    uint8_t inputs, rule, cost;
    const char *library;
} wf_ufunc_info;
extern const wf_ufunc_info wf_ufuncs[WF_UF_COUNT];
int wf_ufunc_by_name(const char *name); /* -1: none */
/* The type that an operation on 16-bit floats is computed in: float32, rounded again; float64 where that
 * would often not be the nearest number. */
wf_dtype wf_ufunc_working(wf_ufunc op);

typedef struct wf_ufunc_types {
    wf_dtype loop; /* inputs are cast to it (the condition of WHERE to bool) */
    wf_dtype out;  /* what comes out */
} wf_ufunc_types;
/* The types for these inputs. weak[i] not 0: a Python scalar, dtypes[i] then is what it would be alone.
 * dtype: the caller's dtype=, or WF_DT_NONE. An operation that has no loop for these types: WF_TYPE in
 * NumPy's words. */
wf_status wf_ufunc_resolve(wf_ufunc op, const wf_dtype *dtypes, const wf_weak *weak, wf_dtype dtype,
                           wf_casting casting, wf_ufunc_types *types, wf_error *err);
/* Promotion of several operands as np.result_type does it. */
wf_dtype wf_result_type(const wf_dtype *dtypes, const wf_weak *weak, uint32_t count);

/* Reductions. The accumulator is what partial results are kept in. */
typedef enum wf_reduction {
    WF_RED_SUM,
    WF_RED_PROD,
    WF_RED_MIN,
    WF_RED_MAX,  /* a NaN wins */
    WF_RED_FMIN, /* of floats; a NaN counts for nothing, and of nothing else NaN is the result */
    WF_RED_FMAX,
    WF_RED_ANY,
    WF_RED_ALL,
    WF_RED_ARGMIN,
    WF_RED_ARGMAX,
    WF_RED_AND,
    WF_RED_OR,
    WF_RED_XOR,
    WF_RED_DEVIATIONS, /* the sum of the squares of the deviations from the mean, in one reading */
    WF_RED_COUNT
} wf_reduction;
extern const char *const wf_reduction_names[WF_RED_COUNT];
typedef struct wf_reduction_types {
    wf_dtype in;  /* what elements are cast to before they are taken in */
    wf_dtype acc; /* accumulator (argmin, argmax: of the value; an int64 index goes with it) */
    wf_dtype out;
} wf_reduction_types;
wf_status wf_reduction_resolve(wf_reduction op, wf_dtype in, wf_dtype dtype, wf_reduction_types *types,
                               wf_error *err);
/* What partial results are made of: 1 part, argmin and argmax 2 (value, index), deviations 4 (origin, the
 * mean's distance from it, squares, count). */
uint32_t wf_reduction_parts(wf_reduction op);
wf_dtype wf_reduction_part_type(wf_reduction op, wf_dtype acc, uint32_t part);
uint32_t wf_reduction_result_part(wf_reduction op); /* the part that is the result */
/* What an empty reduction gives; 0 when it has no identity. */
int wf_reduction_identity(wf_reduction op, wf_dtype acc, wf_number *identity);
/* How many lanes a tile of the fixed order has (see fuse/fuse.h): 128, or 64 for accumulators of 8 bytes and
 * more. */
uint32_t wf_reduction_lanes(wf_dtype acc);
#endif
