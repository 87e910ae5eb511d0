// curand_kernel.h: random numbers inside kernels: XORWOW, Philox4_32_10 and MRG32k3a.
//
// States, seeding and the sequence of words are those that NVIDIA documents, so curand() gives its numbers;
// uniform numbers are scaled as there, in (0, 1]. Normal numbers are made as there (Box and Muller on two
// words, the sine first), with the device library's logarithm, sine and cosine, so the last bits may differ
// from NVIDIA's and are the same on CPU and GPU. Poisson counts have the right distribution but are not
// NVIDIA's. Sobol and MTGP32 are not here.
#pragma once
extern "C" {
__wf_library __wf_contract(0) __device__ unsigned int wf_xorwow_next(unsigned int *state);
__wf_library __wf_contract(0) __device__
    void wf_xorwow_skip_subsequences(unsigned int *state, unsigned long long n);
__wf_library __wf_contract(0) __device__ void wf_xorwow_skip(unsigned int *state, unsigned long long n);
__wf_library __wf_contract(0) __device__
    void wf_xorwow_init(unsigned int *state, unsigned long long seed, unsigned long long subsequence,
                        unsigned long long offset);
}
#define CURAND_2POW32_INV (2.3283064e-10f)
#define CURAND_2POW32_INV_DOUBLE (2.3283064365386963e-10)
#define CURAND_2POW53_INV_DOUBLE (1.1102230246251565e-16)

// --- states

struct curandStateXORWOW {
    unsigned int words[6]; // the Weyl counter, then the five words
    int has_normal, has_normal_double;
    float normal;
    double normal_double;
};
struct curandStatePhilox4_32_10 {
    uint4 ctr, output;
    uint2 key;
    unsigned int STATE; // which word of output comes next
    int has_normal, has_normal_double;
    float normal;
    double normal_double;
};
struct curandStateMRG32k3a {
    unsigned int s1[3], s2[3];
    int has_normal, has_normal_double;
    float normal;
    double normal_double;
};
typedef curandStateXORWOW curandStateXORWOW_t;
typedef curandStateXORWOW curandState;
typedef curandStateXORWOW curandState_t;
typedef curandStatePhilox4_32_10 curandStatePhilox4_32_10_t;
typedef curandStateMRG32k3a curandStateMRG32k3a_t;
template <class S> inline __device__ void __wf_forget(S *s) { s->has_normal = s->has_normal_double = 0; }

// --- XORWOW

inline __device__ void curand_init(unsigned long long seed, unsigned long long subsequence,
                                   unsigned long long offset, curandStateXORWOW *s) {
    wf_xorwow_init(s->words, seed, subsequence, offset);
    __wf_forget(s);
}
inline __device__ unsigned int curand(curandStateXORWOW *s) { return wf_xorwow_next(s->words); }
inline __device__ void skipahead(unsigned long long n, curandStateXORWOW *s) { wf_xorwow_skip(s->words, n); }
inline __device__ void skipahead_sequence(unsigned long long n, curandStateXORWOW *s) {
    wf_xorwow_skip_subsequences(s->words, n);
}

// --- Philox4_32_10 (Salmon and others 2011)

inline __device__ uint4 __wf_philox(uint4 c, uint2 k) {
    for (int round = 0; round < 10; round++) {
        unsigned long long a = 0xD2511F53ull * c.x, b = 0xCD9E8D57ull * c.z;
        c = make_uint4((unsigned)(b >> 32) ^ c.y ^ k.x, (unsigned)b, (unsigned)(a >> 32) ^ c.w ^ k.y,
                       (unsigned)a);
        k.x += 0x9E3779B9u;
        k.y += 0xBB67AE85u;
    }
    return c;
}
inline __device__ void __wf_philox_add(curandStatePhilox4_32_10 *s,
                                       unsigned long long n) { // to the counter's low half
    unsigned long long low = (unsigned long long)s->ctr.y << 32 | s->ctr.x, sum = low + n;
    s->ctr.x = (unsigned)sum;
    s->ctr.y = (unsigned)(sum >> 32);
    if (sum < low && ++s->ctr.z == 0) s->ctr.w++;
}
inline __device__ void __wf_philox_add_high(curandStatePhilox4_32_10 *s, unsigned long long n) {
    unsigned long long sum = ((unsigned long long)s->ctr.w << 32 | s->ctr.z) + n;
    s->ctr.z = (unsigned)sum;
    s->ctr.w = (unsigned)(sum >> 32);
}
inline __device__ void skipahead(unsigned long long n, curandStatePhilox4_32_10 *s) {
    s->STATE += (unsigned)(n & 3);
    n /= 4;
    if (s->STATE > 3) {
        n++;
        s->STATE -= 4;
    }
    __wf_philox_add(s, n);
    s->output = __wf_philox(s->ctr, s->key);
}
inline __device__ void skipahead_sequence(unsigned long long n, curandStatePhilox4_32_10 *s) {
    __wf_philox_add_high(s, n);
    s->output = __wf_philox(s->ctr, s->key);
}
inline __device__ void curand_init(unsigned long long seed, unsigned long long subsequence,
                                   unsigned long long offset, curandStatePhilox4_32_10 *s) {
    s->ctr = make_uint4(0, 0, 0, 0);
    s->key = make_uint2((unsigned)seed, (unsigned)(seed >> 32));
    s->STATE = 0;
    __wf_forget(s);
    __wf_philox_add_high(s, subsequence);
    skipahead(offset, s);
}
inline __device__ unsigned int curand(curandStatePhilox4_32_10 *s) {
    unsigned w = s->STATE == 0   ? s->output.x
                 : s->STATE == 1 ? s->output.y
                 : s->STATE == 2 ? s->output.z
                                 : s->output.w;
    if (++s->STATE == 4) {
        __wf_philox_add(s, 1);
        s->output = __wf_philox(s->ctr, s->key);
        s->STATE = 0;
    }
    return w;
}
inline __device__ uint4 curand4(curandStatePhilox4_32_10 *s) {
    uint4 old = s->output, r = old;
    __wf_philox_add(s, 1);
    s->output = __wf_philox(s->ctr, s->key);
    uint4 now = s->output;
    if (s->STATE == 1) r = make_uint4(old.y, old.z, old.w, now.x);
    if (s->STATE == 2) r = make_uint4(old.z, old.w, now.x, now.y);
    if (s->STATE == 3) r = make_uint4(old.w, now.x, now.y, now.z);
    return r;
}

// --- MRG32k3a (L'Ecuyer 1999): two recurrences of order three modulo m1 and m2

#define __WF_M1 4294967087ull
#define __WF_M2 4294944443ull
inline __device__ void __wf_mrg_step(unsigned int *s, int which) { // one number forward
    unsigned long long m = which ? __WF_M2 : __WF_M1, p;
    if (which) p = (527612ull * s[2] + (m - (1370589ull * s[0]) % m)) % m;
    else p = (1403580ull * s[1] + (m - (810728ull * s[0]) % m)) % m;
    s[0] = s[1];
    s[1] = s[2];
    s[2] = (unsigned)p;
}
inline __device__ void __wf_mrg_matrix(unsigned long long *a, int which) { // one step as a matrix
    unsigned long long m = which ? __WF_M2 : __WF_M1;
    for (int i = 0; i < 9; i++) a[i] = 0;
    a[1] = a[5] = 1;
    a[6] = which ? m - 1370589 : m - 810728;
    a[7] = which ? 0 : 1403580;
    a[8] = which ? 527612 : 0;
}
inline __device__ void __wf_mrg_square(unsigned long long *a, unsigned long long m) {
    unsigned long long r[9];
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            unsigned long long sum = 0;
            for (int k = 0; k < 3; k++) sum = (sum + a[3 * i + k] * a[3 * k + j] % m) % m;
            r[3 * i + j] = sum;
        }
    for (int i = 0; i < 9; i++) a[i] = r[i];
}
// n · 2^log2 steps forward
inline __device__ void __wf_mrg_skip(unsigned int *s, unsigned long long n, int log2, int which) {
    unsigned long long a[9], m = which ? __WF_M2 : __WF_M1;
    __wf_mrg_matrix(a, which);
    for (int i = 0; i < log2 && n; i++) __wf_mrg_square(a, m);
    for (; n; n >>= 1) {
        if (n & 1) {
            unsigned long long r[3];
            for (int i = 0; i < 3; i++)
                r[i] = (a[3 * i] * s[0] % m + a[3 * i + 1] * s[1] % m + a[3 * i + 2] * s[2] % m) % m;
            for (int i = 0; i < 3; i++) s[i] = (unsigned)r[i];
        }
        if (n > 1) __wf_mrg_square(a, m);
    }
}
inline __device__ void skipahead(unsigned long long n, curandStateMRG32k3a *s) {
    __wf_mrg_skip(s->s1, n, 0, 0);
    __wf_mrg_skip(s->s2, n, 0, 1);
}
inline __device__ void skipahead_subsequence(unsigned long long n, curandStateMRG32k3a *s) {
    __wf_mrg_skip(s->s1, n, 76, 0);
    __wf_mrg_skip(s->s2, n, 76, 1);
}
inline __device__ void skipahead_sequence(unsigned long long n, curandStateMRG32k3a *s) {
    __wf_mrg_skip(s->s1, n, 127, 0);
    __wf_mrg_skip(s->s2, n, 127, 1);
}
inline __device__ void curand_init(unsigned long long seed, unsigned long long subsequence,
                                   unsigned long long offset, curandStateMRG32k3a *s) {
    for (int i = 0; i < 3; i++) s->s1[i] = s->s2[i] = 12345u;
    if (seed) {
        unsigned long long x1 = (unsigned)seed ^ 0x55555555u, x2 = (unsigned)(seed >> 32) ^ 0xAAAAAAAAu;
        s->s1[0] = (unsigned)(x1 * s->s1[0] % __WF_M1);
        s->s1[1] = (unsigned)(x2 * s->s1[1] % __WF_M1);
        s->s1[2] = (unsigned)(x1 * s->s1[2] % __WF_M1);
        s->s2[0] = (unsigned)(x2 * s->s2[0] % __WF_M2);
        s->s2[1] = (unsigned)(x1 * s->s2[1] % __WF_M2);
        s->s2[2] = (unsigned)(x2 * s->s2[2] % __WF_M2);
    }
    __wf_forget(s);
    skipahead_subsequence(subsequence, s);
    skipahead(offset, s);
}
inline __device__ double __wf_mrg_next(curandStateMRG32k3a *s) { // 1 … m1
    __wf_mrg_step(s->s1, 0);
    __wf_mrg_step(s->s2, 1);
    long long d = (long long)s->s1[2] - (long long)s->s2[2];
    return (double)(d <= 0 ? d + (long long)__WF_M1 : d);
}
inline __device__ unsigned int curand(curandStateMRG32k3a *s) {
    return (unsigned)(__wf_mrg_next(s) * 1.000000048662141);
}

// --- Sobol (Antonov and Saleev 1979: in the order of the Gray code), from direction numbers of the program's

typedef unsigned int curandDirectionVectors32_t[32];
typedef unsigned long long curandDirectionVectors64_t[64];
template <class T, int Bits> struct __wf_sobol {
    T i, x, c; // the next index, its point, what scrambles it
    T direction_vectors[Bits];
};
struct curandStateSobol32 : __wf_sobol<unsigned int, 32> {};
struct curandStateScrambledSobol32 : __wf_sobol<unsigned int, 32> {};
struct curandStateSobol64 : __wf_sobol<unsigned long long, 64> {};
struct curandStateScrambledSobol64 : __wf_sobol<unsigned long long, 64> {};
typedef curandStateSobol32 curandStateSobol32_t;
typedef curandStateScrambledSobol32 curandStateScrambledSobol32_t;
typedef curandStateSobol64 curandStateSobol64_t;
typedef curandStateScrambledSobol64 curandStateScrambledSobol64_t;

template <class T, int Bits> __device__ void __wf_sobol_go(__wf_sobol<T, Bits> *s, T index) {
    T gray = index ^ (index >> 1);
    s->i = index;
    s->x = s->c;
    for (int bit = 0; bit < Bits; bit++)
        if (gray >> bit & 1) s->x ^= s->direction_vectors[bit];
}
template <class T, int Bits>
__device__ void __wf_sobol_init(const T *directions, T scramble, T offset, __wf_sobol<T, Bits> *s) {
    for (int bit = 0; bit < Bits; bit++) s->direction_vectors[bit] = directions[bit];
    s->c = scramble;
    __wf_sobol_go(s, offset);
}
template <class T, int Bits> __device__ T __wf_sobol_next(__wf_sobol<T, Bits> *s) {
    T point = s->x;
    int bit = 0; // the lowest that is 0
    while (bit < Bits - 1 && s->i >> bit & 1) bit++;
    s->x ^= s->direction_vectors[bit];
    s->i++;
    return point;
}
inline __device__ void curand_init(const unsigned int *directions, unsigned int offset,
                                   curandStateSobol32 *s) {
    __wf_sobol_init<unsigned int, 32>(directions, 0, offset, s);
}
inline __device__ void curand_init(const unsigned int *directions, unsigned int scramble, unsigned int offset,
                                   curandStateScrambledSobol32 *s) {
    __wf_sobol_init<unsigned int, 32>(directions, scramble, offset, s);
}
inline __device__ void curand_init(const unsigned long long *directions, unsigned long long offset,
                                   curandStateSobol64 *s) {
    __wf_sobol_init<unsigned long long, 64>(directions, 0, offset, s);
}
inline __device__ void curand_init(const unsigned long long *directions, unsigned long long scramble,
                                   unsigned long long offset, curandStateScrambledSobol64 *s) {
    __wf_sobol_init<unsigned long long, 64>(directions, scramble, offset, s);
}
inline __device__ unsigned int curand(curandStateSobol32 *s) { return __wf_sobol_next<unsigned int, 32>(s); }
inline __device__ unsigned int curand(curandStateScrambledSobol32 *s) {
    return __wf_sobol_next<unsigned int, 32>(s);
}
inline __device__ unsigned long long curand(curandStateSobol64 *s) {
    return __wf_sobol_next<unsigned long long, 64>(s);
}
inline __device__ unsigned long long curand(curandStateScrambledSobol64 *s) {
    return __wf_sobol_next<unsigned long long, 64>(s);
}
template <class T, int Bits> __device__ void skipahead(T n, __wf_sobol<T, Bits> *s) {
    __wf_sobol_go(s, s->i + n);
}
#define __WF_QUASI(State, unit, unit_double)                                                                 \
    inline __device__ float curand_uniform(State *s) { return unit; }                                        \
    inline __device__ double curand_uniform_double(State *s) { return unit_double; }                         \
    inline __device__ float curand_normal(State *s) { return normcdfinvf(curand_uniform(s)); }               \
    inline __device__ double curand_normal_double(State *s) { return normcdfinv(curand_uniform_double(s)); }
#define __WF_UNIT32 (curand(s) * 2.3283064e-10f + (2.3283064e-10f / 2.0f))
#define __WF_UNIT32_DOUBLE (curand(s) * 2.3283064365386963e-10 + 2.3283064365386963e-10)
#define __WF_UNIT64 (float)((curand(s) >> 11) * 1.1102230246251565e-16 + (1.1102230246251565e-16 / 2.0))
#define __WF_UNIT64_DOUBLE ((curand(s) >> 11) * 1.1102230246251565e-16 + (1.1102230246251565e-16 / 2.0))
__WF_QUASI(curandStateSobol32, __WF_UNIT32, __WF_UNIT32_DOUBLE)
__WF_QUASI(curandStateScrambledSobol32, __WF_UNIT32, __WF_UNIT32_DOUBLE)
__WF_QUASI(curandStateSobol64, __WF_UNIT64, __WF_UNIT64_DOUBLE)
__WF_QUASI(curandStateScrambledSobol64, __WF_UNIT64, __WF_UNIT64_DOUBLE)
#undef __WF_QUASI
#undef __WF_UNIT32
#undef __WF_UNIT32_DOUBLE
#undef __WF_UNIT64
#undef __WF_UNIT64_DOUBLE

// --- uniform, in (0, 1]

inline __device__ float __wf_unit(unsigned int x) {
    return x * CURAND_2POW32_INV + (CURAND_2POW32_INV / 2.0f);
}
inline __device__ double __wf_unit_double(unsigned int x, unsigned int y) {
    unsigned long long z = (unsigned long long)x ^ ((unsigned long long)y << (53 - 32));
    return z * CURAND_2POW53_INV_DOUBLE + (CURAND_2POW53_INV_DOUBLE / 2.0);
}
template <class S> inline __device__ float curand_uniform(S *s) { return __wf_unit(curand(s)); }
template <class S> inline __device__ double curand_uniform_double(S *s) {
    unsigned int x = curand(s), y = curand(s);
    return __wf_unit_double(x, y);
}
inline __device__ float curand_uniform(curandStateMRG32k3a *s) {
    return (float)(__wf_mrg_next(s) * 2.328306549295727688e-10);
}
inline __device__ double curand_uniform_double(curandStateMRG32k3a *s) {
    return __wf_mrg_next(s) * 2.328306549295727688e-10;
}
inline __device__ float4 curand_uniform4(curandStatePhilox4_32_10 *s) {
    uint4 w = curand4(s);
    return make_float4(__wf_unit(w.x), __wf_unit(w.y), __wf_unit(w.z), __wf_unit(w.w));
}
inline __device__ double2 curand_uniform2_double(curandStatePhilox4_32_10 *s) {
    uint4 w = curand4(s);
    return make_double2(__wf_unit_double(w.x, w.y), __wf_unit_double(w.z, w.w));
}

// --- normal

inline __device__ float2 __wf_box_muller(unsigned int x, unsigned int y) {
    float u = x * CURAND_2POW32_INV + (CURAND_2POW32_INV / 2);
    float v = y * (CURAND_2POW32_INV * 6.2831855f) + (CURAND_2POW32_INV * 6.2831855f / 2), sine, cosine;
    float r = sqrtf(-2.0f * logf(u));
    sincosf(v, &sine, &cosine);
    return make_float2(sine * r, cosine * r);
}
inline __device__ double2 __wf_box_muller_double(double u, double v) {
    double sine, cosine, r = sqrt(-2.0 * log(u));
    sincospi(v * 2.0, &sine, &cosine);
    return make_double2(sine * r, cosine * r);
}
template <class S> inline __device__ float2 curand_normal2(S *s) {
    unsigned int x = curand(s), y = curand(s);
    return __wf_box_muller(x, y);
}
template <class S> inline __device__ double2 curand_normal2_double(S *s) {
    double u = curand_uniform_double(s), v = curand_uniform_double(s);
    return __wf_box_muller_double(u, v);
}
template <class S> inline __device__ float curand_normal(S *s) {
    if (s->has_normal) {
        s->has_normal = 0;
        return s->normal;
    }
    float2 z = curand_normal2(s);
    s->normal = z.y;
    s->has_normal = 1;
    return z.x;
}
template <class S> inline __device__ double curand_normal_double(S *s) {
    if (s->has_normal_double) {
        s->has_normal_double = 0;
        return s->normal_double;
    }
    double2 z = curand_normal2_double(s);
    s->normal_double = z.y;
    s->has_normal_double = 1;
    return z.x;
}
inline __device__ float4 curand_normal4(curandStatePhilox4_32_10 *s) {
    uint4 w = curand4(s);
    float2 a = __wf_box_muller(w.x, w.y), b = __wf_box_muller(w.z, w.w);
    return make_float4(a.x, a.y, b.x, b.y);
}
template <class S> inline __device__ float curand_log_normal(S *s, float mean, float deviation) {
    return expf(mean + deviation * curand_normal(s));
}
template <class S> inline __device__ double curand_log_normal_double(S *s, double mean, double deviation) {
    return exp(mean + deviation * curand_normal_double(s));
}
template <class S> inline __device__ float2 curand_log_normal2(S *s, float mean, float deviation) {
    float2 z = curand_normal2(s);
    return make_float2(expf(mean + deviation * z.x), expf(mean + deviation * z.y));
}
template <class S> inline __device__ double2 curand_log_normal2_double(S *s, double mean, double deviation) {
    double2 z = curand_normal2_double(s);
    return make_double2(exp(mean + deviation * z.x), exp(mean + deviation * z.y));
}
inline __device__ float4 curand_log_normal4(curandStatePhilox4_32_10 *s, float mean, float deviation) {
    float4 z = curand_normal4(s);
    return make_float4(expf(mean + deviation * z.x), expf(mean + deviation * z.y),
                       expf(mean + deviation * z.z), expf(mean + deviation * z.w));
}

// --- Poisson: products of uniforms below a mean of 64 (Knuth), else PTRS (Hoermann 1993)

template <class S> inline __device__ unsigned int curand_poisson(S *s, double lambda) {
    if (lambda < 64) {
        double least = exp(-lambda), product = 1.0;
        unsigned int k = 0;
        while ((product *= curand_uniform_double(s)) > least) k++;
        return k;
    }
    double b = 0.931 + 2.53 * sqrt(lambda), a = -0.059 + 0.02483 * b;
    double inverse = 1.1239 + 1.1328 / (b - 3.4), r = 0.9277 - 3.6224 / (b - 2);
    for (int tries = 0; tries < 1000; tries++) {
        double u = curand_uniform_double(s) - 0.5, v = curand_uniform_double(s), us = 0.5 - fabs(u);
        double k = floor((2 * a / us + b) * u + lambda + 0.43);
        if (us >= 0.07 && v <= r) return (unsigned int)k;
        if (k < 0 || (us < 0.013 && v > us)) continue;
        if (log(v * inverse / (a / (us * us) + b)) <= -lambda + k * log(lambda) - lgamma(k + 1))
            return (unsigned int)k;
    }
    return (unsigned int)lambda;
}
inline __device__ uint4 curand_poisson4(curandStatePhilox4_32_10 *s, double lambda) {
    unsigned int x = curand_poisson(s, lambda), y = curand_poisson(s, lambda), z = curand_poisson(s, lambda);
    return make_uint4(x, y, z, curand_poisson(s, lambda));
}
