/* device/random_engines.h: generators with a state: XORWOW, MT19937, PCG64 and PCG64DXSM.
 *
 * For programs that name them: cuRAND's default generator in kernels is XORWOW, NumPy's are MT19937
 * (RandomState) and PCG64 (Generator). Sequences are those of these libraries for the same state. A state is
 * an array of words that the caller owns:
 *   XORWOW     unsigned int[6]         the Weyl counter, then the five words
 *   MT19937    unsigned int[625]       624 words and the place of the next one
 *   PCG64      unsigned long long[4]   state high, low, increment high, low
 *
 * Jumps: PCG64's n-th state by squaring the affine map (Brown 1994), so that element n of a stream can be
 * made by whoever wants it; XORWOW's by x^n modulo the characteristic polynomial of its linear map, evaluated
 * at the map (Haramoto and others 2008), with constants from tools/xorwow.py. Sources: Marsaglia, Xorshift
 * RNGs (2003); Matsumoto and Nishimura (1998); O'Neill, PCG (2014), with the DXSM output of 2019. */
#ifndef WF_RANDOM_ENGINES_H
#define WF_RANDOM_ENGINES_H
#include "wf_device.h"

/* ---- XORWOW */

WF_DEVICE unsigned int wf_xorwow_next(unsigned int *state) {
    unsigned int t = state[1] ^ (state[1] >> 2);
    state[1] = state[2];
    state[2] = state[3];
    state[3] = state[4];
    state[4] = state[5];
    state[5] = (state[5] ^ (state[5] << 4)) ^ (t ^ (t << 1));
    state[0] += 362437u;
    return state[0] + state[5];
}

/* a x mod P, a polynomial of degree below 160 in five words. */
WF_INNER void wf_xorwow_shift(unsigned int *a) {
    unsigned int out = 0u - (a[4] >> 31);
    a[4] = (a[4] << 1 | a[3] >> 31);
    a[3] = (a[3] << 1 | a[2] >> 31);
    a[2] = (a[2] << 1 | a[1] >> 31);
    a[1] = (a[1] << 1 | a[0] >> 31);
    a[0] = a[0] << 1;
    a[0] ^= 0x00060001u & out;
    a[1] ^= 0x08610030u & out;
    a[2] ^= 0x00062121u & out;
    a[3] ^= 0x0f3c0035u & out;
    a[4] ^= 0x00000f0eu & out;
}
WF_INNER void wf_xorwow_square(unsigned int *a) {
    unsigned int r[5];
    int i, k;
    for (k = 0; k < 5; k++) r[k] = 0u;
    for (i = 159; i >= 0; i--) {
        unsigned int take = 0u - (a[i >> 5] >> (i & 31) & 1u);
        wf_xorwow_shift(r);
        for (k = 0; k < 5; k++) r[k] ^= a[k] & take;
    }
    for (k = 0; k < 5; k++) a[k] = r[k];
}
/* The five words after the steps that the polynomial stands for. */
WF_INNER void wf_xorwow_apply(unsigned int *state, const unsigned int *a) {
    unsigned int sum[5];
    int i, k;
    for (k = 0; k < 5; k++) sum[k] = 0u;
    for (i = 0; i < 160; i++) {
        unsigned int take = 0u - (a[i >> 5] >> (i & 31) & 1u);
        for (k = 0; k < 5; k++) sum[k] ^= state[k + 1] & take;
        wf_xorwow_next(state);
    }
    for (k = 0; k < 5; k++) state[k + 1] = sum[k];
}

/* x^(2^(67 + i)) mod P, i = 0 … 31: jumps by that many steps. */
static const unsigned int wf_xorwow_jumps[160] = {
    0x26294934u, 0x77bbc248u, 0x1a87dad0u, 0x930052d4u, 0x947e6dd2u, 0x5f39c379u, 0x95e20ba6u, 0x20e9ff72u,
    0x1244ce5eu, 0xe8fd228fu, 0xa7474d19u, 0x37c549e0u, 0x140877d2u, 0x24c43924u, 0xcd52ebecu, 0xe0360ec5u,
    0xb1c96c24u, 0xdbb91766u, 0x666ff5dcu, 0xf19a7e52u, 0xfcc8f692u, 0x35aa698au, 0x04ebbf85u, 0x448304b0u,
    0x082f3fd5u, 0x48c289bdu, 0xe851cf98u, 0x845ad581u, 0xfd70752au, 0x2c3e63f6u, 0xe502f5b3u, 0x77859d31u,
    0x97e1cbb3u, 0xea09047au, 0x61d5f37eu, 0xb89326d0u, 0x5a8655a9u, 0xfb6e98f5u, 0x02102162u, 0x7e6fcf6fu,
    0xb3a15db4u, 0xc6df3330u, 0x1a8be751u, 0xf1e4b221u, 0x6bb61c05u, 0x133de1d0u, 0x361e4422u, 0xc6131fcfu,
    0xd9719f45u, 0x9658a164u, 0x19e2bee8u, 0xf8974218u, 0x4e65536au, 0xa2570336u, 0xe9b88082u, 0x7863644bu,
    0x2a21ce84u, 0x112e86f1u, 0xed01ce0eu, 0xba143e84u, 0x0e2cae2eu, 0xd1011279u, 0x58923768u, 0x2bf650bau,
    0xc985bcdau, 0x213a286au, 0x6596b510u, 0x6fc10eaeu, 0x38a13547u, 0x11c7749eu, 0x146281e7u, 0xa45b4452u,
    0xafa8c695u, 0x74a0ac94u, 0x4b250e0au, 0x2306bc52u, 0x790f3b4cu, 0x2fe473b9u, 0xbc81d7c0u, 0x093efe98u,
    0x89658c8bu, 0xf3914315u, 0xa73fe84bu, 0x3c5fadb6u, 0xadba8dd6u, 0x09e49814u, 0x09caf5edu, 0x6b2460d9u,
    0x1b9981c1u, 0x2d1fefc3u, 0x82161afcu, 0x9bb13c55u, 0xfd20d7fbu, 0x306d90b9u, 0x92bf386fu, 0x96d32350u,
    0x0e081864u, 0x69faa798u, 0xe7faecf5u, 0xf1f951beu, 0x3e9058c1u, 0x71da9705u, 0xe2cb1f2bu, 0x73456536u,
    0xbd6501b6u, 0x990ffc6eu, 0xbfdd1b5du, 0xc83e520bu, 0xe972936au, 0xac79abb9u, 0xb1321eb5u, 0xb06d01a2u,
    0x51532012u, 0x8fb59962u, 0x141d3b0bu, 0x3257dfe1u, 0xd8a3d601u, 0x3a58c735u, 0x845f36e4u, 0x0112c611u,
    0xa0ffe9a4u, 0xf57be00eu, 0xe706880cu, 0x191211efu, 0xee5664fbu, 0x9a3385b8u, 0xc540c30au, 0xb241d1e0u,
    0x00626569u, 0x6b355fe9u, 0xe129d45du, 0xac3e698bu, 0xd61f79fdu, 0x7a72a28bu, 0x7f4942beu, 0x612501bbu,
    0xae7b767du, 0xaa66c165u, 0x09bfaf8eu, 0x3e55c16du, 0x874e26a7u, 0x33bc5a47u, 0xad95cba5u, 0x67651c39u,
    0xf1f07dcau, 0xb5ed0732u, 0x30e7a573u, 0x5c056714u, 0x2304f8fau, 0xebc584e1u, 0x4b324c2eu, 0x2bdcc5a0u,
    0x53eb4240u, 0xcac4fbc1u, 0x13e529e7u, 0xe1683e38u, 0xa2339994u, 0x7308a647u, 0xc7c3f0b1u, 0x4a3dcd33u};

/* 2^67 n steps: to another subsequence. */
WF_DEVICE void wf_xorwow_skip_subsequences(unsigned int *state, unsigned long long n) {
    unsigned int a[5], weyl = state[0];
    int i, k;
    for (k = 0; k < 5; k++) a[k] = 0u;
    for (i = 0; n; i++) {
        if (i < 32)
            for (k = 0; k < 5; k++) a[k] = wf_xorwow_jumps[5 * i + k];
        else wf_xorwow_square(a);
        if (n & 1ull) wf_xorwow_apply(state, a);
        n >>= 1;
    }
    state[0] = weyl; /* 2^67 steps of it are none */
}
WF_DEVICE void wf_xorwow_skip(unsigned int *state, unsigned long long n) {
    unsigned int a[5], weyl = state[0] + 362437u * (unsigned int)n;
    int i, k;
    if (n < 1024ull) {
        for (i = 0; i < (int)n; i++) wf_xorwow_next(state);
        return;
    }
    for (k = 0; k < 5; k++) a[k] = k == 0 ? 2u : 0u; /* x */
    while (n) {
        if (n & 1ull) wf_xorwow_apply(state, a);
        n >>= 1;
        if (n) wf_xorwow_square(a);
    }
    state[0] = weyl;
}
/* The state that curand_init makes. */
WF_DEVICE void wf_xorwow_init(unsigned int *state, unsigned long long seed, unsigned long long subsequence,
                              unsigned long long offset) {
    unsigned int low = 1099087573u * ((unsigned int)seed ^ 0xaad26b49u),
                 high = 2591861531u * ((unsigned int)(seed >> 32) ^ 0xf7dcefddu);
    state[0] = 6615241u + high + low;
    state[1] = 123456789u + low;
    state[2] = 362436069u ^ low;
    state[3] = 521288629u + high;
    state[4] = 88675123u ^ high;
    state[5] = 5783321u + low;
    wf_xorwow_skip_subsequences(state, subsequence);
    wf_xorwow_skip(state, offset);
}

/* ---- MT19937 */

/* As RandomState(seed) for an integer. */
WF_DEVICE void wf_mt19937_seed(unsigned int *state, unsigned int seed) {
    unsigned int i;
    state[0] = seed;
    for (i = 1u; i < 624u; i++) state[i] = 1812433253u * (state[i - 1u] ^ (state[i - 1u] >> 30)) + i;
    state[624] = 624u;
}
/* As RandomState(seed) for an array of count >= 1 words. */
WF_DEVICE void wf_mt19937_seed_by_array(unsigned int *state, const unsigned int *words, int count) {
    int i = 1, j = 0, k;
    wf_mt19937_seed(state, 19650218u);
    for (k = count > 624 ? count : 624; k; k--) {
        state[i] =
            (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1664525u)) + words[j] + (unsigned int)j;
        i++;
        j++;
        if (i >= 624) {
            state[0] = state[623];
            i = 1;
        }
        if (j >= count) j = 0;
    }
    for (k = 623; k; k--) {
        state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1566083941u)) - (unsigned int)i;
        i++;
        if (i >= 624) {
            state[0] = state[623];
            i = 1;
        }
    }
    state[0] = 0x80000000u;
}
WF_DEVICE unsigned int wf_mt19937_next(unsigned int *state) {
    unsigned int y, i = state[624];
    if (i >= 624u) {
        for (i = 0u; i < 624u; i++) {
            y = (state[i] & 0x80000000u) | (state[i < 623u ? i + 1u : 0u] & 0x7fffffffu);
            state[i] = state[i < 227u ? i + 397u : i - 227u] ^ (y >> 1) ^ (y & 1u ? 0x9908b0dfu : 0u);
        }
        i = 0u;
    }
    y = state[i];
    state[624] = i + 1u;
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ (y >> 18);
}
/* RandomState.random_sample: 53 bits of two words. */
WF_DEVICE double wf_mt19937_uniform(unsigned int *state) {
    unsigned int a = wf_mt19937_next(state) >> 5, b = wf_mt19937_next(state) >> 6;
    return ((double)(int)a * 67108864.0 + (double)(int)b) * 0x1p-53;
}

/* ---- PCG64 */

#define WF_PCG_HIGH 0x2360ed051fc65da4ull
#define WF_PCG_LOW 0x4385df649fccf645ull
#define WF_PCG_CHEAP 0xda942042e4dd58b5ull /* DXSM's multiplier */

/* state = state * multiplier + increment, modulo 2^128 */
WF_INNER void wf_pcg64_step(unsigned long long *state, unsigned long long high, unsigned long long low) {
    unsigned long long l = state[1] * low, h = wf_mulhi64(state[1], low) + state[0] * low + state[1] * high;
    state[1] = l + state[3];
    state[0] = h + state[2] + (state[1] < l ? 1ull : 0ull);
}
WF_INNER void wf_pcg64_jump(unsigned long long *state, unsigned long long steps, unsigned long long high,
                            unsigned long long low) {
    /* the map of 2^i steps, z -> m z + c, in (m, c); doubled each time: (m^2, c m + c) */
    unsigned long long m[4], c[4];
    m[0] = high;
    m[1] = low;
    c[0] = state[2];
    c[1] = state[3];
    while (steps) {
        if (steps & 1ull) {
            unsigned long long at[4];
            at[0] = state[0];
            at[1] = state[1];
            at[2] = c[0];
            at[3] = c[1];
            wf_pcg64_step(at, m[0], m[1]);
            state[0] = at[0];
            state[1] = at[1];
        }
        c[2] = c[0];
        c[3] = c[1];
        wf_pcg64_step(c, m[0], m[1]);
        m[2] = 0ull;
        m[3] = 0ull;
        wf_pcg64_step(m, m[0], m[1]);
        steps >>= 1;
    }
}
/* The seed and the sequence's number, 128 bits each, as NumPy's SeedSequence gives them; for DXSM too. */
WF_DEVICE void wf_pcg64_seed(unsigned long long *state, unsigned long long seed_high,
                             unsigned long long seed_low, unsigned long long sequence_high,
                             unsigned long long sequence_low) {
    state[2] = sequence_high << 1 | sequence_low >> 63;
    state[3] = sequence_low << 1 | 1ull;
    state[1] = state[3] + seed_low;
    state[0] = state[2] + seed_high + (state[1] < seed_low ? 1ull : 0ull);
    wf_pcg64_step(state, WF_PCG_HIGH, WF_PCG_LOW);
}
WF_DEVICE void wf_pcg64_advance(unsigned long long *state, unsigned long long steps) {
    wf_pcg64_jump(state, steps, WF_PCG_HIGH, WF_PCG_LOW);
}
WF_DEVICE unsigned long long wf_pcg64_next(unsigned long long *state) {
    unsigned long long mixed;
    int turn;
    wf_pcg64_step(state, WF_PCG_HIGH, WF_PCG_LOW);
    mixed = state[0] ^ state[1];
    turn = (int)(state[0] >> 58);
    return mixed >> turn | mixed << ((64 - turn) & 63);
}
WF_DEVICE void wf_pcg64dxsm_advance(unsigned long long *state, unsigned long long steps) {
    wf_pcg64_jump(state, steps, 0ull, WF_PCG_CHEAP);
}
WF_DEVICE unsigned long long wf_pcg64dxsm_next(unsigned long long *state) {
    unsigned long long high = state[0], low = state[1] | 1ull;
    high ^= high >> 32;
    high *= WF_PCG_CHEAP;
    high ^= high >> 48;
    high *= low;
    wf_pcg64_step(state, 0ull, WF_PCG_CHEAP);
    return high;
}
#endif
