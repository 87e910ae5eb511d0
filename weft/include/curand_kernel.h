// curand_kernel.h: random numbers inside kernels, by the names and with the sequences of NVIDIA's cuRAND: XORWOW (the default),
// Philox4_32_10 and MRG32k3a. A generator's words are those that its definition gives: Marsaglia, Xorshift RNGs (2003);
// Salmon and others, SC 2011; L'Ecuyer (1999). Uniform numbers lie in (0, 1]. Normal ones are made in pairs (Box and Muller 1958) of
// which the second waits in the state. Poisson numbers: products of uniforms below a mean of 64, else Hoermann's PTRS (1993);
// these are weft's own. MTGP32 and the Sobol generators are not there.
#ifndef WEFT_CURAND_KERNEL_H
#define WEFT_CURAND_KERNEL_H

#define CURAND_2POW32_INV (2.3283064e-10f)
#define CURAND_2POW32_INV_2PI (2.3283064e-10f * 6.2831855f)
#define CURAND_2POW53_INV_DOUBLE (1.1102230246251565e-16)
#define QUALIFIERS static __forceinline__ __device__

extern "C" __device__ void wf_xorwow_init(unsigned int *state, unsigned long long seed, unsigned long long subsequence,
                                          unsigned long long offset);
extern "C" __device__ unsigned int wf_xorwow_next(unsigned int *state);
extern "C" __device__ void wf_xorwow_skip(unsigned int *state, unsigned long long n);
extern "C" __device__ void wf_xorwow_skip_subsequences(unsigned int *state, unsigned long long n);

// The second of a pair of normal numbers.
struct weft_curand_pair {
    int has_float, has_double;
    float second_float;
    double second_double;
};

// --- XORWOW ----------------------------------------------------------------------------------------------------------

struct curandStateXORWOW {
    unsigned int words[6];
    weft_curand_pair pair;
};
typedef struct curandStateXORWOW curandStateXORWOW_t;
typedef struct curandStateXORWOW curandState_t;
typedef struct curandStateXORWOW curandState;

__device__ inline void curand_init(unsigned long long seed, unsigned long long subsequence, unsigned long long offset,
                                   curandStateXORWOW *state) {
    wf_xorwow_init(state->words, seed, subsequence, offset);
    state->pair.has_float = state->pair.has_double = 0;
}
__device__ inline unsigned int curand(curandStateXORWOW *state) { return wf_xorwow_next(state->words); }
__device__ inline void skipahead(unsigned long long n, curandStateXORWOW *state) { wf_xorwow_skip(state->words, n); }
__device__ inline void skipahead_sequence(unsigned long long n, curandStateXORWOW *state) {
    wf_xorwow_skip_subsequences(state->words, n);
}

// --- Philox 4x32-10 --------------------------------------------------------------------------------------------------

struct curandStatePhilox4_32_10 {
    uint4 ctr, output;
    uint2 key;
    unsigned int STATE; // how many words of output are used
    weft_curand_pair pair;
};
typedef struct curandStatePhilox4_32_10 curandStatePhilox4_32_10_t;

__device__ inline uint4 curand_Philox4x32_10(uint4 c, uint2 k) {
    for (int round = 0; round < 10; round++) {
        unsigned long long a = 0xd2511f53ull * c.x, b = 0xcd9e8d57ull * c.z;
        c = make_uint4((unsigned int)(b >> 32) ^ c.y ^ k.x, (unsigned int)b, (unsigned int)(a >> 32) ^ c.w ^ k.y, (unsigned int)a);
        k.x += 0x9e3779b9u;
        k.y += 0xbb67ae85u;
    }
    return c;
}
__device__ inline void weft_philox_advance(curandStatePhilox4_32_10 *state, unsigned long long n) {
    unsigned long long low = (unsigned long long)state->ctr.y << 32 | state->ctr.x, sum = low + n;
    unsigned long long high = (unsigned long long)state->ctr.w << 32 | state->ctr.z;
    high += sum < low;
    state->ctr = make_uint4((unsigned int)sum, (unsigned int)(sum >> 32), (unsigned int)high, (unsigned int)(high >> 32));
}
__device__ inline void skipahead(unsigned long long n, curandStatePhilox4_32_10 *state) {
    state->STATE += (unsigned int)(n & 3);
    n /= 4;
    if (state->STATE > 3) {
        n += 1;
        state->STATE -= 4;
    }
    weft_philox_advance(state, n);
    state->output = curand_Philox4x32_10(state->ctr, state->key);
}
__device__ inline void skipahead_sequence(unsigned long long n, curandStatePhilox4_32_10 *state) {
    unsigned long long high = ((unsigned long long)state->ctr.w << 32 | state->ctr.z) + n;
    state->ctr.z = (unsigned int)high;
    state->ctr.w = (unsigned int)(high >> 32);
    state->output = curand_Philox4x32_10(state->ctr, state->key);
}
__device__ inline void curand_init(unsigned long long seed, unsigned long long subsequence, unsigned long long offset,
                                   curandStatePhilox4_32_10 *state) {
    state->ctr = make_uint4(0, 0, 0, 0);
    state->key = make_uint2((unsigned int)seed, (unsigned int)(seed >> 32));
    state->STATE = 0;
    state->pair.has_float = state->pair.has_double = 0;
    skipahead_sequence(subsequence, state);
    skipahead(offset, state);
}
__device__ inline unsigned int curand(curandStatePhilox4_32_10 *state) {
    unsigned int used = state->STATE++;
    unsigned int word = used == 0 ? state->output.x : used == 1 ? state->output.y : used == 2 ? state->output.z : state->output.w;
    if (state->STATE == 4) {
        weft_philox_advance(state, 1);
        state->output = curand_Philox4x32_10(state->ctr, state->key);
        state->STATE = 0;
    }
    return word;
}
__device__ inline uint4 curand4(curandStatePhilox4_32_10 *state) {
    uint4 r;
    r.x = curand(state);
    r.y = curand(state);
    r.z = curand(state);
    r.w = curand(state);
    return r;
}

// --- MRG32k3a --------------------------------------------------------------------------------------------------------

#define MRG32K3A_MOD1 4294967087ull
#define MRG32K3A_MOD2 4294944443ull
#define MRG32K3A_NORM (2.3283065498378290e-010)

struct curandStateMRG32k3a {
    unsigned int s1[3], s2[3];
    weft_curand_pair pair;
};
typedef struct curandStateMRG32k3a curandStateMRG32k3a_t;

// state = matrix ** n * state, modulo m; matrix is overwritten.
__device__ inline void weft_mrg_jump(unsigned int *state, unsigned long long *matrix, unsigned long long n, unsigned long long m) {
    while (n) {
        unsigned long long next[9];
        if (n & 1) {
            unsigned int moved[3];
            for (int r = 0; r < 3; r++) {
                unsigned long long sum = 0;
                for (int c = 0; c < 3; c++) sum = (sum + matrix[3 * r + c] * state[c] % m) % m;
                moved[r] = (unsigned int)sum;
            }
            for (int r = 0; r < 3; r++) state[r] = moved[r];
        }
        for (int r = 0; r < 3; r++)
            for (int c = 0; c < 3; c++) {
                unsigned long long sum = 0;
                for (int k = 0; k < 3; k++) sum = (sum + matrix[3 * r + k] * matrix[3 * k + c] % m) % m;
                next[3 * r + c] = sum;
            }
        for (int k = 0; k < 9; k++) matrix[k] = next[k];
        n >>= 1;
    }
}
// n times 2**doublings steps.
__device__ inline void weft_mrg_skip(curandStateMRG32k3a *state, unsigned long long n, int doublings) {
    unsigned long long a[9] = {0, 1, 0, 0, 0, 1, MRG32K3A_MOD1 - 810728, 1403580, 0};
    unsigned long long b[9] = {0, 1, 0, 0, 0, 1, MRG32K3A_MOD2 - 1370589, 0, 527612};
    unsigned int none[3] = {0, 0, 0};
    if (!n) return;
    for (int left = doublings; left > 0; left -= left < 63 ? left : 63) { // squares alone: the state is not moved
        int step = left < 63 ? left : 63;
        weft_mrg_jump(none, a, 1ull << (step - 1), MRG32K3A_MOD1);
        weft_mrg_jump(none, b, 1ull << (step - 1), MRG32K3A_MOD2);
    }
    weft_mrg_jump(state->s1, a, n, MRG32K3A_MOD1);
    weft_mrg_jump(state->s2, b, n, MRG32K3A_MOD2);
}
__device__ inline void skipahead(unsigned long long n, curandStateMRG32k3a *state) { weft_mrg_skip(state, n, 0); }
__device__ inline void skipahead_subsequence(unsigned long long n, curandStateMRG32k3a *state) { weft_mrg_skip(state, n, 76); }
__device__ inline void skipahead_sequence(unsigned long long n, curandStateMRG32k3a *state) { weft_mrg_skip(state, n, 127); }
__device__ inline void curand_init(unsigned long long seed, unsigned long long subsequence, unsigned long long offset,
                                   curandStateMRG32k3a *state) {
    for (int k = 0; k < 3; k++) state->s1[k] = state->s2[k] = 12345u;
    if (seed) {
        unsigned long long low = (unsigned int)seed ^ 0x55555555u, high = (unsigned int)(seed >> 32) ^ 0xAAAAAAAAu;
        for (int k = 0; k < 3; k++) {
            state->s1[k] = (unsigned int)((k == 1 ? high : low) * state->s1[k] % MRG32K3A_MOD1);
            state->s2[k] = (unsigned int)((k == 1 ? low : high) * state->s2[k] % MRG32K3A_MOD2);
        }
    }
    state->pair.has_float = state->pair.has_double = 0;
    skipahead_subsequence(subsequence, state);
    skipahead(offset, state);
}
// 1 … MRG32K3A_MOD1
__device__ inline unsigned int weft_mrg_next(curandStateMRG32k3a *state) {
    unsigned long long p1 = (1403580ull * state->s1[1] + 810728ull * (MRG32K3A_MOD1 - state->s1[0])) % MRG32K3A_MOD1;
    unsigned long long p2 = (527612ull * state->s2[2] + 1370589ull * (MRG32K3A_MOD2 - state->s2[0])) % MRG32K3A_MOD2;
    state->s1[0] = state->s1[1];
    state->s1[1] = state->s1[2];
    state->s1[2] = (unsigned int)p1;
    state->s2[0] = state->s2[1];
    state->s2[1] = state->s2[2];
    state->s2[2] = (unsigned int)p2;
    return (unsigned int)(p1 > p2 ? p1 - p2 : p1 + MRG32K3A_MOD1 - p2);
}
__device__ inline unsigned int curand(curandStateMRG32k3a *state) {
    return (unsigned int)(weft_mrg_next(state) * 1.000000048662);
}

// --- distributions ---------------------------------------------------------------------------------------------------

__device__ inline float weft_curand_unit(unsigned int x) { return x * CURAND_2POW32_INV + (CURAND_2POW32_INV / 2.0f); }
__device__ inline double weft_curand_unit_double(unsigned int x, unsigned int y) {
    unsigned long long z = (unsigned long long)x ^ ((unsigned long long)y << 21);
    return z * CURAND_2POW53_INV_DOUBLE + (CURAND_2POW53_INV_DOUBLE / 2.0);
}
template <class S> __device__ inline float curand_uniform(S *state) { return weft_curand_unit(curand(state)); }
template <class S> __device__ inline double curand_uniform_double(S *state) {
    unsigned int x = curand(state), y = curand(state);
    return weft_curand_unit_double(x, y);
}
__device__ inline float curand_uniform(curandStateMRG32k3a *state) { return (float)(weft_mrg_next(state) * MRG32K3A_NORM); }
__device__ inline double curand_uniform_double(curandStateMRG32k3a *state) { return weft_mrg_next(state) * MRG32K3A_NORM; }

template <class S> __device__ inline float2 curand_normal2(S *state) {
    unsigned int x = curand(state), y = curand(state);
    float size = sqrtf(-2.0f * logf(weft_curand_unit(x)));
    float angle = y * CURAND_2POW32_INV_2PI + (CURAND_2POW32_INV_2PI / 2.0f);
    return make_float2(size * sinf(angle), size * cosf(angle));
}
template <class S> __device__ inline double2 curand_normal2_double(S *state) {
    unsigned int x0 = curand(state), x1 = curand(state), y0 = curand(state), y1 = curand(state);
    double size = sqrt(-2.0 * log(weft_curand_unit_double(x0, x1))), half_turns = 2.0 * weft_curand_unit_double(y0, y1);
    return make_double2(size * sinpi(half_turns), size * cospi(half_turns));
}
template <class S> __device__ inline float curand_normal(S *state) {
    if (state->pair.has_float) {
        state->pair.has_float = 0;
        return state->pair.second_float;
    }
    float2 both = curand_normal2(state);
    state->pair.second_float = both.y;
    state->pair.has_float = 1;
    return both.x;
}
template <class S> __device__ inline double curand_normal_double(S *state) {
    if (state->pair.has_double) {
        state->pair.has_double = 0;
        return state->pair.second_double;
    }
    double2 both = curand_normal2_double(state);
    state->pair.second_double = both.y;
    state->pair.has_double = 1;
    return both.x;
}
template <class S> __device__ inline float curand_log_normal(S *state, float mean, float stddev) {
    return expf(mean + stddev * curand_normal(state));
}
template <class S> __device__ inline double curand_log_normal_double(S *state, double mean, double stddev) {
    return exp(mean + stddev * curand_normal_double(state));
}
template <class S> __device__ inline float2 curand_log_normal2(S *state, float mean, float stddev) {
    float2 n = curand_normal2(state);
    return make_float2(expf(mean + stddev * n.x), expf(mean + stddev * n.y));
}
template <class S> __device__ inline double2 curand_log_normal2_double(S *state, double mean, double stddev) {
    double2 n = curand_normal2_double(state);
    return make_double2(exp(mean + stddev * n.x), exp(mean + stddev * n.y));
}
__device__ inline float4 curand_uniform4(curandStatePhilox4_32_10 *state) {
    uint4 w = curand4(state);
    return make_float4(weft_curand_unit(w.x), weft_curand_unit(w.y), weft_curand_unit(w.z), weft_curand_unit(w.w));
}
__device__ inline double2 curand_uniform2_double(curandStatePhilox4_32_10 *state) {
    uint4 w = curand4(state);
    return make_double2(weft_curand_unit_double(w.x, w.y), weft_curand_unit_double(w.z, w.w));
}
__device__ inline float4 curand_normal4(curandStatePhilox4_32_10 *state) {
    float2 a = curand_normal2(state), b = curand_normal2(state);
    return make_float4(a.x, a.y, b.x, b.y);
}

template <class S> __device__ inline unsigned int curand_poisson(S *state, double lambda) {
    if (lambda < 64) {
        double least = exp(-lambda), product = 1.0;
        unsigned int k = 0;
        while ((product *= curand_uniform_double(state)) > least) k++;
        return k;
    }
    double b = 0.931 + 2.53 * sqrt(lambda), a = -0.059 + 0.02483 * b, inverse = 1.1239 + 1.1328 / (b - 3.4), r = 0.9277 - 3.6224 / (b - 2);
    for (int tries = 0; tries < 1000; tries++) {
        double u = curand_uniform_double(state) - 0.5, v = curand_uniform_double(state), us = 0.5 - fabs(u);
        double k = floor((2 * a / us + b) * u + lambda + 0.43);
        if (us >= 0.07 && v <= r) return (unsigned int)k;
        if (k < 0 || (us < 0.013 && v > us)) continue;
        if (log(v * inverse / (a / (us * us) + b)) <= -lambda + k * log(lambda) - lgamma(k + 1)) return (unsigned int)k;
    }
    return (unsigned int)lambda;
}
template <class S> __device__ inline uint4 curand_poisson4(S *state, double lambda) {
    uint4 r;
    r.x = curand_poisson(state, lambda);
    r.y = curand_poisson(state, lambda);
    r.z = curand_poisson(state, lambda);
    r.w = curand_poisson(state, lambda);
    return r;
}
#endif
