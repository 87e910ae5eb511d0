/* device/random.h: Philox 4x32-10 and 4x64-10, and what is made of their words.
 *
 * Philox is a bijection of a counter under a key (Salmon, Moraes, Dror, Shaw, SC 2011): ten rounds of two
 * wide products whose high halves are exchanged and mixed with the key, which grows by Weyl constants. It
 * needs integers only, so every device has the same bits, and every element of an array has its own counter,
 * so the result does not depend on how the work was divided. Uniform numbers keep the high bits of a word;
 * normal ones go through the inverse of the normal distribution, with the sign apart, so that both tails are
 * equally fine. */
#ifndef WF_RANDOM_H
#define WF_RANDOM_H
#include "wf_device.h"
#include "f32_erfinv.h"
#include "f64_erfinv.h"

WF_DEVICE wf_u32x4 wf_philox4x32(wf_u32x4 counter, unsigned int key0, unsigned int key1) {
    int round;
    for (round = 0; round < 10; round++) {
        unsigned long long a = 0xd2511f53ull * counter.x, b = 0xcd9e8d57ull * counter.z;
        wf_u32x4 next;
        next.x = (unsigned int)(b >> 32) ^ counter.y ^ key0;
        next.y = (unsigned int)b;
        next.z = (unsigned int)(a >> 32) ^ counter.w ^ key1;
        next.w = (unsigned int)a;
        counter = next;
        key0 += 0x9e3779b9u;
        key1 += 0xbb67ae85u;
    }
    return counter;
}
WF_DEVICE wf_u64x4 wf_philox4x64(wf_u64x4 counter, unsigned long long key0, unsigned long long key1) {
    int round;
    for (round = 0; round < 10; round++) {
        unsigned long long a = 0xd2e7470ee14c6c93ull, b = 0xca5a826395121157ull;
        wf_u64x4 next;
        next.x = wf_mulhi64(b, counter.z) ^ counter.y ^ key0;
        next.y = b * counter.z;
        next.z = wf_mulhi64(a, counter.x) ^ counter.w ^ key1;
        next.w = a * counter.x;
        counter = next;
        key0 += 0x9e3779b97f4a7c15ull;
        key1 += 0xbb67ae8584caa73bull;
    }
    return counter;
}

/* Uniform in [0, 1), multiples of 2^-24 and 2^-53. */
WF_DEVICE float wf_uniformf(unsigned int word) { return (float)(int)(word >> 8) * 0x1p-24f; }
WF_DEVICE double wf_uniform(unsigned long long word) { return (double)(long long)(word >> 11) * 0x1p-53; }
/* Uniform in (0, 1]. */
WF_DEVICE float wf_uniform_ocf(unsigned int word) { return (float)(int)((word >> 8) + 1u) * 0x1p-24f; }
WF_DEVICE double wf_uniform_oc(unsigned long long word) {
    return (double)(long long)((word >> 11) + 1u) * 0x1p-53;
}
/* The x >= 0 that a normal variable exceeds with probability p, 2^-34 <= p <= 1/2: for random numbers, where
 * a few units in the last place are lost in those of p, and half a hundred instructions count. x / (1 - 2 p)
 * is smooth in w = -log(4 p (1 - p)): "normal_near" of tools/polynomials.py to w = 6, above it, once in 800
 * numbers, "normal_far"; the logarithm is "normal_log". Within 4 units of the last place, of 2^-24 near 0. */
WF_INNER float wf_normal_halff(float p) {
    float q = 4.0f * p * (1.0f - p), w, f, k, y;
    unsigned int u = wf_float_bits(q) - 0x3f3504f3u;
    k = wf_bits_float((unsigned int)((int)u >> 23) + 0x4b400000u) - WF_ROUNDERF;
    f = wf_bits_float((u & 0x7fffffu) + 0x3f3504f3u) - 1.0f;
    w = -0x1.91b672p-4f;
    w = wf_fmaf(w, f, 0x1.4c3f8ep-3f);
    w = wf_fmaf(w, f, -0x1.636402p-3f);
    w = wf_fmaf(w, f, 0x1.97a25p-3f);
    w = wf_fmaf(w, f, -0x1.ff322cp-3f);
    w = wf_fmaf(w, f, 0x1.555904p-2f);
    w = wf_fmaf(w, f, -0x1.0000c4p-1f);
    w = wf_fmaf(k, -0x1.62e43p-1f, -wf_fmaf(f * f, w, f));
    if (w <= 6.0f) {
        w = w - 3.0f;
        y = -0x1.1b60fp-27f;
        y = wf_fmaf(y, w, -0x1.914ffep-28f);
        y = wf_fmaf(y, w, 0x1.59f802p-21f);
        y = wf_fmaf(y, w, -0x1.66a1fp-19f);
        y = wf_fmaf(y, w, -0x1.2eb214p-16f);
        y = wf_fmaf(y, w, 0x1.21e9d6p-12f);
        y = wf_fmaf(y, w, -0x1.35f468p-10f);
        y = wf_fmaf(y, w, -0x1.09ef2ap-7f);
        y = wf_fmaf(y, w, 0x1.5deb08p-2f);
        y = wf_fmaf(y, w, 0x1.25e47cp+1f);
    } else {
        w = w - 14.0f;
        y = 0x1.107cd2p-41f;
        y = wf_fmaf(y, w, -0x1.cc6a1ep-38f);
        y = wf_fmaf(y, w, -0x1.8d27fep-36f);
        y = wf_fmaf(y, w, 0x1.916092p-31f);
        y = wf_fmaf(y, w, -0x1.336598p-27f);
        y = wf_fmaf(y, w, 0x1.be6314p-23f);
        y = wf_fmaf(y, w, -0x1.46cd82p-18f);
        y = wf_fmaf(y, w, 0x1.e42a46p-14f);
        y = wf_fmaf(y, w, -0x1.b73a26p-9f);
        y = wf_fmaf(y, w, 0x1.866134p-3f);
        y = wf_fmaf(y, w, 0x1.43f132p+2f);
    }
    return wf_fmaf(-2.0f, p, 1.0f) * y;
}
/* Standard normal: the lowest bit is the sign, the others a probability below 1/2 (the middle of its
 * interval). */
WF_DEVICE float wf_normalf(unsigned int word) {
    float y = wf_normal_halff(wf_fmaf((float)(int)(word >> 1), 0x1p-32f, 0x1p-33f));
    return wf_bits_float(wf_float_bits(y) ^ word << 31);
}
WF_DEVICE double wf_normal(unsigned long long word) {
    double y = wf_normcdfinv(((double)(long long)(word >> 12) + 0.5) * 0x1p-53);
    return word & 1u ? y : -y;
}
/* Standard exponential. */
WF_DEVICE float wf_exponentialf(unsigned int word) { return -wf_logf(wf_uniform_ocf(word)); }
WF_DEVICE double wf_exponential(unsigned long long word) { return -wf_log(wf_uniform_oc(word)); }

/* ---- arrays of random numbers
 *
 * Element `element` of the draw number `draw` of a generator with that key (the seed) is a function of these
 * three numbers alone: whoever computes it, in whatever order, gets the same. 32-bit words lie four to a
 * block: word e is word e % 4 of the block with the counter (e / 4, 0, draw); 64-bit words two to a block. A
 * kernel that makes four neighbours at once takes the block, and the same numbers come out. */
WF_DEVICE wf_u32x4 wf_random_block(unsigned long long key, unsigned int draw, unsigned long long block,
                                   unsigned int attempt) {
    wf_u32x4 counter;
    counter.x = (unsigned int)block;
    counter.y = (unsigned int)(block >> 32);
    counter.z = attempt;
    counter.w = draw;
    return wf_philox4x32(counter, (unsigned int)key, (unsigned int)(key >> 32));
}
WF_DEVICE unsigned int wf_random_word(unsigned long long key, unsigned int draw, unsigned long long element) {
    wf_u32x4 b = wf_random_block(key, draw, element >> 2, 0u);
    unsigned int lower = element & 1 ? b.y : b.x, upper = element & 1 ? b.w : b.z;
    return element & 2 ? upper : lower;
}
WF_DEVICE unsigned long long wf_random_word64(unsigned long long key, unsigned int draw,
                                              unsigned long long element) {
    wf_u32x4 b = wf_random_block(key, draw, element >> 1, 0u);
    unsigned int low = element & 1 ? b.z : b.x, high = element & 1 ? b.w : b.y;
    return (unsigned long long)high << 32 | low;
}
/* The same words as functions of two numbers, for the arrays' graph: a key for each draw. */
WF_DEVICE unsigned int wf_random_bits32(unsigned long long element, unsigned long long key) {
    return wf_random_word(key, 0u, element);
}
WF_DEVICE unsigned long long wf_random_bits64(unsigned long long element, unsigned long long key) {
    return wf_random_word64(key, 0u, element);
}
WF_DEVICE float wf_random_uniformf(unsigned long long key, unsigned int draw, unsigned long long element) {
    return wf_uniformf(wf_random_word(key, draw, element));
}
WF_DEVICE double wf_random_uniform(unsigned long long key, unsigned int draw, unsigned long long element) {
    return wf_uniform(wf_random_word64(key, draw, element));
}
WF_DEVICE float wf_random_normalf(unsigned long long key, unsigned int draw, unsigned long long element) {
    return wf_normalf(wf_random_word(key, draw, element));
}
WF_DEVICE double wf_random_normal(unsigned long long key, unsigned int draw, unsigned long long element) {
    return wf_normal(wf_random_word64(key, draw, element));
}
WF_DEVICE float wf_random_exponentialf(unsigned long long key, unsigned int draw,
                                       unsigned long long element) {
    return wf_exponentialf(wf_random_word(key, draw, element));
}
WF_DEVICE double wf_random_exponential(unsigned long long key, unsigned int draw,
                                       unsigned long long element) {
    return wf_exponential(wf_random_word64(key, draw, element));
}
#endif
