/* device/wf_device_c.h: the device library's functions as the C core calls them: wf_ and C's name, float and
 * double.
 *
 * Not together with wf_device_all.h in one file (device.c excepted): that one defines them inline. */
#ifndef WF_DEVICE_C_H
#define WF_DEVICE_C_H
/* clang-format off */
#include "wf_device.h"

/* Functions of one argument, X(name): float wf_<name>f(float), double wf_<name>(double). */
#define WF_DEVICE_UNARY(X)                                                                                   \
    X(exp) X(exp2) X(exp10) X(expm1) X(log) X(log2) X(log10) X(log1p)                                        \
    X(sin) X(cos) X(tan) X(sinpi) X(cospi) X(tanpi) X(asin) X(acos) X(atan)                                  \
    X(sinh) X(cosh) X(tanh) X(asinh) X(acosh) X(atanh)                                                       \
    X(cbrt) X(rcbrt) X(rsqrt) X(round) X(logb)                                                               \
    X(erf) X(erfc) X(erfcx) X(erfinv) X(erfcinv) X(normcdf) X(normcdfinv) X(tgamma) X(lgamma) X(digamma)     \
    X(j0) X(j1) X(y0) X(y1) X(cyl_bessel_i0) X(cyl_bessel_i1)

/* Of two arguments. */
#define WF_DEVICE_BINARY(X) X(atan2) X(pow) X(hypot) X(rhypot) X(fmod) X(remainder) X(fdim) X(nextafter)

/* Complex, of one argument: wf_c64 wf_c<name>f(wf_c64), wf_c128 wf_c<name>(wf_c128). */
#define WF_DEVICE_COMPLEX_UNARY(X)                                                                           \
    X(exp) X(exp2) X(expm1) X(log) X(log2) X(log10) X(log1p) X(sqrt) X(sin) X(cos) X(tan) X(sinh) X(cosh)    \
    X(tanh) X(asin) X(acos) X(atan) X(asinh) X(acosh) X(atanh) X(proj)
#define WF_DEVICE_COMPLEX_BINARY(X) X(add) X(sub) X(mul) X(div) X(pow)
/* clang-format on */
#define WF_DECLARE(name)                                                                                     \
    float wf_##name##f(float);                                                                               \
    double wf_##name(double);
WF_DEVICE_UNARY(WF_DECLARE)
#undef WF_DECLARE
#define WF_DECLARE(name)                                                                                     \
    float wf_##name##f(float, float);                                                                        \
    double wf_##name(double, double);
WF_DEVICE_BINARY(WF_DECLARE)
#undef WF_DECLARE
#define WF_DECLARE(name)                                                                                     \
    wf_c64 wf_c##name##f(wf_c64);                                                                            \
    wf_c128 wf_c##name(wf_c128);
WF_DEVICE_COMPLEX_UNARY(WF_DECLARE)
#undef WF_DECLARE
#define WF_DECLARE(name)                                                                                     \
    wf_c64 wf_c##name##f(wf_c64, wf_c64);                                                                    \
    wf_c128 wf_c##name(wf_c128, wf_c128);
WF_DEVICE_COMPLEX_BINARY(WF_DECLARE)
#undef WF_DECLARE

void wf_sincosf(float x, float *sine, float *cosine);
void wf_sincos(double x, double *sine, double *cosine);
void wf_sincos_sizef(float x, float *sine, float *cosine);
void wf_sincos_size(double x, double *sine, double *cosine);
void wf_sincospif(float x, float *sine, float *cosine);
void wf_sincospi(double x, double *sine, double *cosine);
float wf_powif(float x, int n);
double wf_powi(double x, int n);
float wf_ldexpf(float x, int n);
double wf_ldexp(double x, int n);
float wf_frexpf(float x, int *exponent);
double wf_frexp(double x, int *exponent);
float wf_modff(float x, float *whole);
double wf_modf(double x, double *whole);
int wf_ilogbf(float x);
int wf_ilogb(double x);
float wf_remquof(float x, float y, int *quotient);
double wf_remquo(double x, double y, int *quotient);
float wf_jnf(int n, float x);
double wf_jn(int n, double x);
float wf_ynf(int n, float x);
double wf_yn(int n, double x);
float wf_norm3df(float a, float b, float c);
double wf_norm3d(double a, double b, double c);

wf_c64 wf_conjf(wf_c64 z);
wf_c128 wf_conj(wf_c128 z);
float wf_cabsf(wf_c64 z);
double wf_cabs(wf_c128 z);
float wf_cargf(wf_c64 z);
double wf_carg(wf_c128 z);

float wf_half2float(unsigned short h);
unsigned short wf_float2half(float x);
double wf_half2double(unsigned short h);
unsigned short wf_double2half(double x);
float wf_bfloat162float(unsigned short b);
unsigned short wf_float2bfloat16(float x);
double wf_bfloat162double(unsigned short b);
unsigned short wf_double2bfloat16(double x);

wf_u32x4 wf_philox4x32(wf_u32x4 counter, unsigned int key0, unsigned int key1);
wf_u64x4 wf_philox4x64(wf_u64x4 counter, unsigned long long key0, unsigned long long key1);
float wf_uniformf(unsigned int word);
double wf_uniform(unsigned long long word);
float wf_uniform_ocf(unsigned int word);
double wf_uniform_oc(unsigned long long word);
float wf_normalf(unsigned int word);
double wf_normal(unsigned long long word);
float wf_exponentialf(unsigned int word);
double wf_exponential(unsigned long long word);

/* Element `element` of draw number `draw` under a key: random.h, random_dist.h. */
/* clang-format off */
#define WF_RANDOM_AT unsigned long long key, unsigned int draw, unsigned long long element
unsigned int wf_random_word(WF_RANDOM_AT);
unsigned long long wf_random_word64(WF_RANDOM_AT);
unsigned int wf_gcd32(unsigned int x, unsigned int y);
unsigned long long wf_gcd64(unsigned long long x, unsigned long long y);
unsigned int wf_lcm32(unsigned int x, unsigned int y);
unsigned long long wf_lcm64(unsigned long long x, unsigned long long y);
unsigned int wf_bit_count32(unsigned int u);
unsigned int wf_bit_count64(unsigned long long u);
float wf_mantissaf(float x);
double wf_mantissa(double x);
int wf_binary_exponentf(float x);
int wf_binary_exponent(double x);
float wf_scaledf(float x, float n);
double wf_scaled(double x, double n);
unsigned int wf_random_bits32(unsigned long long element, unsigned long long key);
unsigned long long wf_random_bits64(unsigned long long element, unsigned long long key);
float wf_random_uniformf(WF_RANDOM_AT);
double wf_random_uniform(WF_RANDOM_AT);
float wf_random_normalf(WF_RANDOM_AT);
double wf_random_normal(WF_RANDOM_AT);
float wf_random_exponentialf(WF_RANDOM_AT);
double wf_random_exponential(WF_RANDOM_AT);
unsigned long long wf_random_below(unsigned long long range, WF_RANDOM_AT);
float wf_random_gammaf(float shape, WF_RANDOM_AT);
double wf_random_gamma(double shape, WF_RANDOM_AT);
float wf_random_betaf(float a, float b, WF_RANDOM_AT);
double wf_random_beta(double a, double b, WF_RANDOM_AT);
double wf_random_vonmises(double kappa, WF_RANDOM_AT);
double wf_random_wald(double mean, double scale, WF_RANDOM_AT);
long long wf_random_geometric(double p, WF_RANDOM_AT);
long long wf_random_poisson(double mean, WF_RANDOM_AT);
long long wf_random_negative_binomial(double n, double p, WF_RANDOM_AT);
long long wf_random_binomial(long long n, double p, WF_RANDOM_AT);
long long wf_random_zipf(double a, WF_RANDOM_AT);
long long wf_random_logseries(double p, WF_RANDOM_AT);
long long wf_random_hypergeometric(long long good, long long bad, long long sample, WF_RANDOM_AT);
/* clang-format on */

/* Generators with a state: random_engines.h. */
unsigned int wf_xorwow_next(unsigned int *state);
void wf_xorwow_skip(unsigned int *state, unsigned long long n);
void wf_xorwow_skip_subsequences(unsigned int *state, unsigned long long n);
void wf_xorwow_init(unsigned int *state, unsigned long long seed, unsigned long long subsequence,
                    unsigned long long offset);
void wf_mt19937_seed(unsigned int *state, unsigned int seed);
void wf_mt19937_seed_by_array(unsigned int *state, const unsigned int *words, int count);
unsigned int wf_mt19937_next(unsigned int *state);
double wf_mt19937_uniform(unsigned int *state);
void wf_pcg64_seed(unsigned long long *state, unsigned long long seed_high, unsigned long long seed_low,
                   unsigned long long sequence_high, unsigned long long sequence_low);
void wf_pcg64_advance(unsigned long long *state, unsigned long long steps);
unsigned long long wf_pcg64_next(unsigned long long *state);
void wf_pcg64dxsm_advance(unsigned long long *state, unsigned long long steps);
unsigned long long wf_pcg64dxsm_next(unsigned long long *state);
#endif
