/* cudac/known.c: the table of names that CUDA C gives without a declaration (see known.h).
 *
 * They are looked up only when no declaration of the user's is found, so a user may declare any of them
 * himself; that is also why INT_MAX or M_PI are constants here and no macros. Functions that have the
 * spelling of a built-in of the tree are not listed: wf_builtin_find knows those. A compilation makes its own
 * index of the table (10 µs). */
#include "cudac/known.h"
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BI(name, builtin, domain, sig) {name, CC_K_BUILTIN, domain, WF_BI_##builtin, sig, NULL, 0, 0},
#define LIB(name, domain, sig, stem) {name, CC_K_LIBRARY, domain, 0, sig, stem, 0, 0},
#define CVT(name, builtin, sig) {name, CC_K_CONVERT, 0, builtin, sig, NULL, 0, 0},
#define SPEC(name, special) {name, CC_K_SPECIAL, 'g', CC_S_##special, "", NULL, 0, 0},
#define SPECF(name, special, sig) {name, CC_K_SPECIAL, 'f', CC_S_##special, sig, NULL, 0, 0},
#define INT(name, type, value) {name, CC_K_INT, 0, 0, type, NULL, (int64_t)(value), 0},
#define FLT(name, type, value) {name, CC_K_FLOAT, 0, 0, type, NULL, 0, value},
#define TYPE(name, type) {name, CC_K_TYPE, 0, 1, type, NULL, 0, 0},
/* sin and sinf of the device library; std::sin of a float is sinf */
#define MATH(stem, sig) LIB(#stem, 'g', sig, #stem) LIB(#stem "f", 'f', sig, #stem)
/* the correctly rounded expf: C23's name, and the usual suffix */
#define EXACT(stem) LIB("cr_" #stem "f", 'f', "g>g", "cr_" #stem) LIB(#stem "f_cr", 'f', "g>g", "cr_" #stem)
/* functions of float16 and bfloat16 in float, for their headers */
#define HALF(stem)                                                                                           \
    LIB("__wf_f16_" #stem, 'f', "g>g", "f16_" #stem) LIB("__wf_bf16_" #stem, 'f', "g>g", "bf16_" #stem)
/* floor and floorf, a built-in */
#define PRIM(stem, builtin, sig) BI(#stem, builtin, 'g', sig) BI(#stem "f", builtin, 'f', sig)
#define VEC(name, type)                                                                                      \
    {name "1", CC_K_TYPE, 0, -1, type, NULL, 0, 0}, {name "2", CC_K_TYPE, 0, -2, type, NULL, 0, 0},          \
        {name "3", CC_K_TYPE, 0, -3, type, NULL, 0, 0}, {name "4", CC_K_TYPE, 0, -4, type, NULL, 0, 0},      \
        {"make_" name "1", CC_K_SPECIAL, 0, CC_S_MAKE, type, NULL, 1, 0},                                    \
        {"make_" name "2", CC_K_SPECIAL, 0, CC_S_MAKE, type, NULL, 2, 0},                                    \
        {"make_" name "3", CC_K_SPECIAL, 0, CC_S_MAKE, type, NULL, 3, 0},                                    \
        {"make_" name "4", CC_K_SPECIAL, 0, CC_S_MAKE, type, NULL, 4, 0},

/* clang-format off */
static const cc_known rows[] = {
    /* arithmetic that is a built-in */
    PRIM(fma, FMA, "ggg>g") PRIM(sqrt, SQRT, "g>g") PRIM(fabs, FABS, "g>g") PRIM(floor, FLOOR, "g>g")
    PRIM(ceil, CEIL, "g>g") PRIM(trunc, TRUNC, "g>g") PRIM(rint, RINT, "g>g") PRIM(nearbyint, RINT, "g>g")
    PRIM(copysign, COPYSIGN, "gg>g") PRIM(fmin, FMIN, "gg>g") PRIM(fmax, FMAX, "gg>g")
    BI("isnan", ISNAN, 'g', "g>b") BI("isinf", ISINF, 'g', "g>b") BI("isfinite", ISFINITE, 'g', "g>b")
    BI("signbit", SIGNBIT, 'g', "g>b") BI("__isnanf", ISNAN, 'f', "g>b") BI("__isinff", ISINF, 'f', "g>b")
    BI("__isnan", ISNAN, 'd', "g>b") BI("__isinf", ISINF, 'd', "g>b") BI("__finitef", ISFINITE, 'f', "g>b")
    BI("finite", ISFINITE, 'd', "g>b") BI("finitef", ISFINITE, 'f', "g>b") BI("isnanf", ISNAN, 'f', "g>b")
    BI("isinff", ISINF, 'f', "g>b") BI("__signbitf", SIGNBIT, 'f', "g>b") BI("__fmaf_rn", FMA, 'f', "ggg>g")
    BI("__fma_rn", FMA, 'd', "ggg>g") BI("__fsqrt_rn", SQRT, 'f', "g>g") BI("__dsqrt_rn", SQRT, 'd', "g>g")
    BI("__ldlu", LDCS, 0, ".>.") BI("__fadd_rn", ADD_RN, 'f', "gg>g") BI("__fsub_rn", SUB_RN, 'f', "gg>g")
    BI("__fmul_rn", MUL_RN, 'f', "gg>g") BI("__fdiv_rn", DIV_RN, 'f', "gg>g")
    BI("__dadd_rn", ADD_RN, 'd', "gg>g") BI("__dsub_rn", SUB_RN, 'd', "gg>g")
    BI("__dmul_rn", MUL_RN, 'd', "gg>g") BI("__ddiv_rn", DIV_RN, 'd', "gg>g")
    BI("__builtin_fmaf", FMA, 'f', "ggg>g") BI("__builtin_fma", FMA, 'd', "ggg>g")
    BI("__builtin_sqrtf", SQRT, 'f', "g>g") BI("__builtin_sqrt", SQRT, 'd', "g>g")
    BI("__builtin_fabsf", FABS, 'f', "g>g") BI("__builtin_fabs", FABS, 'd', "g>g")
    BI("__builtin_popcount", POPC, 0, "i>i") BI("__builtin_clz", CLZ, 0, "i>i")
    BI("__builtin_ffs", FFS, 0, "i>i") BI("__builtin_isnan", ISNAN, 'g', "g>b")
    BI("__builtin_isinf", ISINF, 'g', "g>b") BI("__builtin_trap", TRAP, 0, ">v")
    BI("__builtin_assume", ASSUME, 0, "b>v") BI("__builtin_assume_aligned", ALIGNED, 0, "..>.")
    SPEC("__builtin_expect", EXPECT) SPEC("__builtin_unreachable", UNREACHABLE)
    SPEC("__builtin_offsetof", OFFSETOF) SPEC("min", MIN) SPEC("max", MAX) SPEC("abs", ABS) SPEC("labs", ABS)
    SPEC("llabs", ABS) { "umin", CC_K_BUILTIN, 0, WF_BI_MIN, "uu>u", NULL, 0, 0},
    {"umax", CC_K_BUILTIN, 0, WF_BI_MAX, "uu>u", NULL, 0, 0},
    {"llmin", CC_K_BUILTIN, 0, WF_BI_MIN, "ll>l", NULL, 0, 0},
    {"llmax", CC_K_BUILTIN, 0, WF_BI_MAX, "ll>l", NULL, 0, 0},
    {"ullmin", CC_K_BUILTIN, 0, WF_BI_MIN, "UU>U", NULL, 0, 0},
    {"ullmax", CC_K_BUILTIN, 0, WF_BI_MAX, "UU>U", NULL, 0, 0},
    {"imin", CC_K_BUILTIN, 0, WF_BI_MIN, "ii>i", NULL, 0, 0},
    {"imax", CC_K_BUILTIN, 0, WF_BI_MAX, "ii>i", NULL, 0, 0}, LIB("__saturatef", 'f', "g>g", "__saturate")
    LIB("saturate", 'f', "g>g", "__saturate") LIB("fdividef", 'f', "gg>g", "__fdivide")
    LIB("__fdividef", 'f', "gg>g", "__fdivide") SPECF("__frcp_rn", RCP, "f>f")
    {"__drcp_rn", CC_K_SPECIAL, 'd', CC_S_RCP, "d>d", NULL, 0, 0},
    {"nan", CC_K_SPECIAL, 'd', CC_S_NAN, "", NULL, 0, 0},
    {"nanf", CC_K_SPECIAL, 'f', CC_S_NAN, "", NULL, 0, 0},
    {"__hiloint2double", CC_K_SPECIAL, 0, CC_S_HILO, "ii>d", NULL, 0, 0},
    {"__double2hiint", CC_K_SPECIAL, 0, CC_S_HI, "d>i", NULL, 0, 0},
    {"__double2loint", CC_K_SPECIAL, 0, CC_S_LO, "d>i", NULL, 0, 0}, SPEC("__shfl", SHFL)
    SPEC("__shfl_up", SHFL) SPEC("__shfl_down", SHFL) SPEC("__shfl_xor", SHFL) SPEC("__shfl_sync", SHFL)
    SPEC("__shfl_up_sync", SHFL) SPEC("__shfl_down_sync", SHFL) SPEC("__shfl_xor_sync", SHFL)
    SPEC("__ballot", VOTE) SPEC("__any", VOTE) SPEC("__all", VOTE) SPEC("__syncwarp", SYNCWARP)
    SPEC("__dp4a", DP4A) SPEC("__wf_assert", ASSERT) SPEC("dim3", DIM3) SPEC("swap", SWAP)
    SPEC("__rhadd", RHADD) SPEC("__hadd", HADD) SPEC("__urhadd", RHADD) SPEC("__uhadd", HADD)
    /* conversions */
    CVT("__float2int_rn", WF_BI_RINT, "f>i") CVT("__float2int_rz", -1, "f>i")
    CVT("__float2int_ru", WF_BI_CEIL, "f>i") CVT("__float2int_rd", WF_BI_FLOOR, "f>i")
    CVT("__float2uint_rn", WF_BI_RINT, "f>u") CVT("__float2uint_rz", -1, "f>u")
    CVT("__float2uint_ru", WF_BI_CEIL, "f>u") CVT("__float2uint_rd", WF_BI_FLOOR, "f>u")
    CVT("__float2ll_rn", WF_BI_RINT, "f>l") CVT("__float2ll_rz", -1, "f>l")
    CVT("__float2ll_ru", WF_BI_CEIL, "f>l") CVT("__float2ll_rd", WF_BI_FLOOR, "f>l")
    CVT("__float2ull_rn", WF_BI_RINT, "f>U") CVT("__float2ull_rz", -1, "f>U")
    CVT("__float2ull_ru", WF_BI_CEIL, "f>U") CVT("__float2ull_rd", WF_BI_FLOOR, "f>U")
    CVT("__double2int_rn", WF_BI_RINT, "d>i") CVT("__double2int_rz", -1, "d>i")
    CVT("__double2int_ru", WF_BI_CEIL, "d>i") CVT("__double2int_rd", WF_BI_FLOOR, "d>i")
    CVT("__double2uint_rn", WF_BI_RINT, "d>u") CVT("__double2uint_rz", -1, "d>u")
    CVT("__double2uint_ru", WF_BI_CEIL, "d>u") CVT("__double2uint_rd", WF_BI_FLOOR, "d>u")
    CVT("__double2ll_rn", WF_BI_RINT, "d>l") CVT("__double2ll_rz", -1, "d>l")
    CVT("__double2ll_ru", WF_BI_CEIL, "d>l") CVT("__double2ll_rd", WF_BI_FLOOR, "d>l")
    CVT("__double2ull_rn", WF_BI_RINT, "d>U") CVT("__double2ull_rz", -1, "d>U")
    CVT("__double2float_rn", -1, "d>f") CVT("__int2float_rn", -1, "i>f") CVT("__uint2float_rn", -1, "u>f")
    CVT("__ll2float_rn", -1, "l>f") CVT("__ull2float_rn", -1, "U>f") CVT("__int2double_rn", -1, "i>d")
    CVT("__uint2double_rn", -1, "u>d") CVT("__ll2double_rn", -1, "l>d") CVT("__ull2double_rn", -1, "U>d")
    CVT("lrintf", WF_BI_RINT, "f>L") CVT("lrint", WF_BI_RINT, "g>L") CVT("llrintf", WF_BI_RINT, "f>l")
    CVT("llrint", WF_BI_RINT, "g>l") CVT("__half2float", -1, "h>f") CVT("__float2half", -1, "f>h")
    CVT("__float2half_rn", -1, "f>h") CVT("__double2half", -1, "d>h") CVT("__int2half_rn", -1, "i>h")
    CVT("__uint2half_rn", -1, "u>h") CVT("__half2int_rz", -1, "h>i") CVT("__half2uint_rz", -1, "h>u")
    CVT("__bfloat162float", -1, "B>f") CVT("__float2bfloat16", -1, "f>B")
    CVT("__float2bfloat16_rn", -1, "f>B") BI("__half_as_short", HALF_AS_USHORT, 0, "h>s")
    BI("__short_as_half", USHORT_AS_HALF, 0, "t>h") BI("__clzs", CLZ, 0, "i>i")
    /* the device library */
    MATH(sin, "g>g") MATH(cos, "g>g") MATH(tan, "g>g") MATH(asin, "g>g") MATH(acos, "g>g") MATH(atan, "g>g")
    MATH(atan2, "gg>g") MATH(sinh, "g>g") MATH(cosh, "g>g") MATH(tanh, "g>g") MATH(asinh, "g>g")
    MATH(acosh, "g>g") MATH(atanh, "g>g") MATH(exp, "g>g") MATH(exp2, "g>g") MATH(exp10, "g>g")
    MATH(expm1, "g>g") MATH(log, "g>g") MATH(log2, "g>g") MATH(log10, "g>g") MATH(log1p, "g>g")
    MATH(pow, "gg>g") MATH(cbrt, "g>g") MATH(rcbrt, "g>g") MATH(hypot, "gg>g") MATH(rhypot, "gg>g")
    MATH(fmod, "gg>g") MATH(remainder, "gg>g") MATH(erf, "g>g") MATH(erfc, "g>g") MATH(erfinv, "g>g")
    MATH(erfcinv, "g>g") MATH(erfcx, "g>g") MATH(tgamma, "g>g") MATH(lgamma, "g>g") MATH(digamma, "g>g") MATH(normcdf, "g>g")
    MATH(normcdfinv, "g>g") MATH(sinpi, "g>g") MATH(cospi, "g>g") MATH(round, "g>g") MATH(nextafter, "gg>g")
    MATH(logb, "g>g") MATH(norm3d, "ggg>g") MATH(rnorm3d, "ggg>g") MATH(norm4d, "gggg>g")
    MATH(rnorm4d, "gggg>g") MATH(ldexp, "gi>g") MATH(scalbn, "gi>g") MATH(scalbln, "gL>g") MATH(ilogb, "g>i")
    MATH(lround, "g>L") MATH(llround, "g>l") MATH(frexp, "gI>g") MATH(modf, "gP>g") MATH(sincos, "gPP>v")
    MATH(sincospi, "gPP>v") MATH(remquo, "ggI>g") MATH(fdim, "gg>g") MATH(tanpi, "g>g") MATH(rsqrt, "g>g")
    LIB("__frsqrt_rn", 'f', "g>g", "rsqrt") MATH(j0, "g>g") MATH(j1, "g>g") MATH(jn, "ig>g") MATH(y0, "g>g")
    MATH(y1, "g>g") MATH(yn, "ig>g") MATH(cyl_bessel_i0, "g>g") MATH(cyl_bessel_i1, "g>g")
    LIB("__sinf", 'f', "g>g", "__sin") LIB("__cosf", 'f', "g>g", "__cos") LIB("__tanf", 'f', "g>g", "__tan")
    LIB("__expf", 'f', "g>g", "__exp") LIB("__exp10f", 'f', "g>g", "__exp10")
    LIB("__logf", 'f', "g>g", "__log") LIB("__log2f", 'f', "g>g", "__log2")
    LIB("__log10f", 'f', "g>g", "__log10") LIB("__powf", 'f', "gg>g", "__pow")
    LIB("__sincosf", 'f', "gPP>v", "__sincos") LIB("__tanhf", 'f', "g>g", "__tanh")
    EXACT(exp) EXACT(exp2) EXACT(exp10) EXACT(expm1) EXACT(log) EXACT(log2) EXACT(log10) EXACT(log1p)
    EXACT(sin) EXACT(cos) EXACT(tan) EXACT(sinpi) EXACT(cospi) EXACT(tanpi) EXACT(asin) EXACT(acos)
    EXACT(atan) EXACT(sinh) EXACT(cosh) EXACT(tanh) EXACT(asinh) EXACT(acosh) EXACT(atanh) EXACT(cbrt)
    EXACT(rcbrt) EXACT(rsqrt) EXACT(erf) EXACT(erfc) EXACT(erfcx) EXACT(erfinv) EXACT(erfcinv)
    EXACT(normcdf) EXACT(normcdfinv) EXACT(tgamma)
    HALF(exp) HALF(exp2) HALF(exp10) HALF(log) HALF(log2) HALF(log10) HALF(sin) HALF(cos) HALF(tanh) HALF(rsqrt)
    /* constants */
    INT("CHAR_BIT", "i", 8) INT("SCHAR_MIN", "i", -128) INT("SCHAR_MAX", "i", 127) INT("UCHAR_MAX", "i", 255)
    INT("CHAR_MIN", "i", -128) INT("CHAR_MAX", "i", 127) INT("SHRT_MIN", "i", -32768)
    INT("SHRT_MAX", "i", 32767) INT("USHRT_MAX", "i", 65535) INT("INT_MIN", "i", INT_MIN)
    INT("INT_MAX", "i", INT_MAX) INT("UINT_MAX", "u", UINT_MAX) INT("LONG_MIN", "L", INT64_MIN)
    INT("LONG_MAX", "L", INT64_MAX) INT("ULONG_MAX", "M", -1) INT("LLONG_MIN", "l", INT64_MIN)
    INT("LLONG_MAX", "l", INT64_MAX) INT("ULLONG_MAX", "U", -1) INT("INT8_MIN", "i", -128)
    INT("INT8_MAX", "i", 127) INT("UINT8_MAX", "i", 255) INT("INT16_MIN", "i", -32768)
    INT("INT16_MAX", "i", 32767) INT("UINT16_MAX", "i", 65535) INT("INT32_MIN", "i", INT_MIN)
    INT("INT32_MAX", "i", INT_MAX) INT("UINT32_MAX", "u", UINT_MAX) INT("INT64_MIN", "L", INT64_MIN)
    INT("INT64_MAX", "L", INT64_MAX) INT("UINT64_MAX", "M", -1) INT("SIZE_MAX", "M", -1)
    INT("INTPTR_MAX", "L", INT64_MAX) INT("PTRDIFF_MAX", "L", INT64_MAX) INT("RAND_MAX", "i", INT_MAX)
    INT("EXIT_SUCCESS", "i", 0) INT("EXIT_FAILURE", "i", 1) INT("NULL", "p", 0) INT("FLT_MANT_DIG", "i", 24)
    INT("DBL_MANT_DIG", "i", 53) INT("FLT_DIG", "i", 6) INT("DBL_DIG", "i", 15) INT("FLT_RADIX", "i", 2)
    INT("FLT_MAX_EXP", "i", 128) INT("FLT_MIN_EXP", "i", -125) INT("DBL_MAX_EXP", "i", 1024)
    INT("DBL_MIN_EXP", "i", -1021) INT("FP_NAN", "i", 0) INT("FP_INFINITE", "i", 1)
    FLT("FLT_MAX", "f", FLT_MAX) FLT("FLT_MIN", "f", FLT_MIN) FLT("FLT_EPSILON", "f", FLT_EPSILON)
    FLT("DBL_MAX", "d", DBL_MAX) FLT("DBL_MIN", "d", DBL_MIN) FLT("DBL_EPSILON", "d", DBL_EPSILON)
    FLT("HUGE_VAL", "d", (double) INFINITY) FLT("HUGE_VALF", "f", (double) INFINITY)
    FLT("INFINITY", "f", (double)INFINITY) FLT("NAN", "f", (double)NAN) FLT("M_E", "d", 2.7182818284590452354)
    FLT("M_LOG2E", "d", 1.4426950408889634074) FLT("M_LOG10E", "d", 0.43429448190325182765)
    FLT("M_LN2", "d", 0.69314718055994530942) FLT("M_LN10", "d", 2.30258509299404568402)
    FLT("M_PI", "d", 3.14159265358979323846) FLT("M_PI_2", "d", 1.57079632679489661923)
    FLT("M_PI_4", "d", 0.78539816339744830962) FLT("M_1_PI", "d", 0.31830988618379067154)
    FLT("M_2_PI", "d", 0.63661977236758134308) FLT("M_2_SQRTPI", "d", 1.12837916709551257390)
    FLT("M_SQRT2", "d", 1.41421356237309504880) FLT("M_SQRT1_2", "d", 0.70710678118654752440)
    FLT("CUDART_INF_F", "f", (double) INFINITY) FLT("CUDART_NAN_F", "f", (double)NAN)
    FLT("CUDART_INF", "d", (double)INFINITY) FLT("CUDART_NAN", "d", (double)NAN)
    FLT("CUDART_MAX_NORMAL_F", "f", FLT_MAX) FLT("CUDART_MIN_DENORM_F", "f", 1.401298464324817e-45)
    FLT("CUDART_PI_F", "f", 3.141592741012573242) FLT("CUDART_PIO2_F", "f", 1.570796370506286621)
    FLT("CUDART_PIO4_F", "f", 0.785398185253143311) FLT("CUDART_2OVERPI_F", "f", 0.636619746685028076)
    FLT("CUDART_SQRT_2OVERPI_F", "f", 0.797884583473205566)
    FLT("CUDART_SQRT_TWO_F", "f", 1.414213538169860840) FLT("CUDART_SQRT_HALF_F", "f", 0.707106769084930420)
    FLT("CUDART_L2E_F", "f", 1.442695021629333496) FLT("CUDART_LN2_F", "f", 0.693147182464599609)
    FLT("CUDART_ZERO_F", "f", 0.0) FLT("CUDART_ONE_F", "f", 1.0) FLT("CUDART_NEG_ZERO_F", "f", -0.0)
    FLT("CUDART_PI", "d", 3.1415926535897931e+0) FLT("CUDART_PIO2", "d", 1.5707963267948966e+0)
    FLT("CUDART_PIO4", "d", 7.8539816339744828e-1) FLT("CUDART_SQRT_TWO", "d", 1.4142135623730951e+0)
    FLT("CUDART_SQRT_HALF", "d", 7.0710678118654757e-1) FLT("CUDART_LN2", "d", 6.9314718055994529e-1)
    FLT("CUDART_L2E", "d", 1.4426950408889634e+0) FLT("CUDART_2OVERPI", "d", 6.3661977236758138e-1)
    FLT("CUDART_ZERO", "d", 0.0) FLT("CUDART_ONE", "d", 1.0) FLT("CUDART_NEG_ZERO", "d", -0.0)
    FLT("CUDART_3PIO4_F", "f", 2.356194496154785) FLT("CUDART_3PIO4", "d", 2.3561944901923449)
    FLT("CUDART_L2T_F", "f", 3.321928024291992) FLT("CUDART_L2T", "d", 3.3219280948873623)
    FLT("CUDART_LG2_F", "f", 0.3010300099849701) FLT("CUDART_LG2", "d", 0.30102999566398120)
    FLT("CUDART_LGE_F", "f", 0.4342944920063019) FLT("CUDART_LGE", "d", 0.43429448190325182)
    FLT("CUDART_LNT_F", "f", 2.3025851249694824) FLT("CUDART_LNT", "d", 2.3025850929940459)
    FLT("CUDART_LNPI_F", "f", 1.1447298526763916) FLT("CUDART_LNPI", "d", 1.1447298858494002)
    FLT("CUDART_SQRT_2PI", "d", 2.5066282746310007) FLT("CUDART_SQRT_2OPI", "d", 0.79788456080286541)
    FLT("CUDART_SQRT_PIO2", "d", 1.2533141373155003) FLT("CUDART_MIN_DENORM", "d", 4.9406564584124654e-324)
    FLT("CUDART_THIRD_F", "f", 0.3333333432674408) FLT("CUDART_THIRD", "d", 0.33333333333333331)
    FLT("CUDART_TWOTHIRD", "d", 0.66666666666666663) FLT("CUDART_TWO_TO_23_F", "f", 8388608.0)
    FLT("CUDART_TWO_TO_52", "d", 4503599627370496.0)
    /* types */
    TYPE("int8_t", "c") TYPE("uint8_t", "C") TYPE("int16_t", "s") TYPE("uint16_t", "t") TYPE("int32_t", "i")
    TYPE("uint32_t", "u") TYPE("int64_t", "L") TYPE("uint64_t", "M") TYPE("size_t", "M") TYPE("ssize_t", "L")
    /* macros of C's: around a literal, a conversion does the same */
    TYPE("INT8_C", "i") TYPE("UINT8_C", "i") TYPE("INT16_C", "i") TYPE("UINT16_C", "i") TYPE("INT32_C", "i")
    TYPE("UINT32_C", "u") TYPE("INT64_C", "L") TYPE("UINT64_C", "M") TYPE("INTMAX_C", "L")
    TYPE("UINTMAX_C", "M") TYPE("ptrdiff_t", "L") TYPE("intptr_t", "L") TYPE("uintptr_t", "M") TYPE("intmax_t", "L")
    TYPE("uintmax_t", "M") TYPE("int_fast8_t", "c") TYPE("uint_fast8_t", "C") TYPE("int_fast16_t", "L")
    TYPE("uint_fast16_t", "M") TYPE("int_fast32_t", "L") TYPE("uint_fast32_t", "M") TYPE("int_fast64_t", "L")
    TYPE("uint_fast64_t", "M") TYPE("int_least8_t", "c") TYPE("uint_least8_t", "C") TYPE("int_least16_t", "s")
    TYPE("uint_least16_t", "t") TYPE("int_least32_t", "i") TYPE("uint_least32_t", "u")
    TYPE("int_least64_t", "L") TYPE("uint_least64_t", "M") TYPE("nullptr_t", "p") TYPE("uint", "u")
    TYPE("ushort", "t") TYPE("ulong", "M") TYPE("uchar", "C") TYPE("u_int8_t", "C") TYPE("u_int16_t", "t")
    TYPE("u_int32_t", "u") TYPE("u_int64_t", "M") TYPE("clock_t", "L") TYPE("time_t", "L")
    TYPE("cudaError_t", "i") TYPE("CUresult", "i") TYPE("cudaStream_t", "p") TYPE("cudaEvent_t", "p")
    TYPE("CUstream", "p") TYPE("CUevent", "p") TYPE("CUfunction", "p") TYPE("CUmodule", "p")
    TYPE("char8_t", "C") TYPE("char16_t", "t") TYPE("char32_t", "u")
    TYPE("wchar_t", "i") TYPE("half", "h") TYPE("__half", "h") TYPE("__nv_bfloat16", "B")
    TYPE("nv_bfloat16", "B") VEC("char", "c") VEC("uchar", "C") VEC("short", "s") VEC("ushort", "t")
    VEC("int", "i") VEC("uint", "u") VEC("long", "L") VEC("ulong", "M") VEC("longlong", "l")
    VEC("ulonglong", "U") VEC("float", "f") VEC("double", "d")
};
/* clang-format on */
enum { ROWS = sizeof rows / sizeof *rows };

static uint32_t slot_of(const char *name) {
    uint32_t h = 2166136261u;
    for (; *name; name++) h = (h ^ (unsigned char)*name) * 16777619u;
    return (h ^ h >> 15) % CC_KNOWN_SLOTS;
}

void cc_known_index(uint16_t *slots) {
    _Static_assert(ROWS * 2 < CC_KNOWN_SLOTS, "the index stays half empty");
    for (uint32_t i = 0; i < ROWS; i++) {
        uint32_t slot = slot_of(rows[i].name);
        while (slots[slot]) slot = (slot + 1) % CC_KNOWN_SLOTS;
        slots[slot] = (uint16_t)(i + 1);
    }
}

const cc_known *cc_known_find(const uint16_t *slots, const char *name) {
    for (uint32_t slot = slot_of(name); slots[slot]; slot = (slot + 1) % CC_KNOWN_SLOTS)
        if (strcmp(rows[slots[slot] - 1].name, name) == 0) return &rows[slots[slot] - 1];
    return NULL;
}

int cc_known_integer(const char *name, int64_t *value) {
    for (uint32_t i = 0; i < ROWS; i++)
        if (rows[i].kind == CC_K_INT && strcmp(rows[i].name, name) == 0) return *value = rows[i].i, 1;
    return 0;
}

const cc_known *cc_known_library(const char *stem, int is_float) {
    for (uint32_t i = 0; i < ROWS; i++)
        if (rows[i].kind == CC_K_LIBRARY && rows[i].domain == (is_float ? 'f' : 'g') &&
            strcmp(rows[i].stem, stem) == 0)
            return &rows[i];
    return NULL;
}

uint32_t cc_known_count(void) { return ROWS; }
const char *cc_known_name(uint32_t index) { return rows[index].name; }
