/* base/hash.c: multiply-and-fold over 8-byte words with an avalanche at the end; two differently keyed passes
 * give the 128 bits. Little-endian reads on every machine, so a hash file means the same everywhere. */
#include "base/hash.h"
#include <stdio.h>
#include <string.h>

static uint64_t fold(uint64_t a, uint64_t b) {
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t read_le(const unsigned char *p, size_t count) {
    uint64_t word = 0;
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (count == 8) return memcpy(&word, p, 8), word;
#endif
    for (size_t i = 0; i < count; i++) word |= (uint64_t)p[i] << (8 * i);
    return word;
}

uint64_t wf_hash64(const void *data, size_t size, uint64_t seed) {
    const unsigned char *p = data;
    uint64_t h = seed ^ 0x9e3779b97f4a7c15u, length = size;
    for (; size >= 8; size -= 8, p += 8)
        h = fold(h ^ read_le(p, 8), 0xd6e8feb86659fd93u) + 0x2545f4914f6cdd1du;
    if (size) h = fold(h ^ read_le(p, size), 0xa0761d6478bd642fu);
    return fold(h ^ length, 0xe7037ed1a0b428dbu) ^ (h >> 29);
}

wf_hash128 wf_hash128_of(const void *data, size_t size, wf_hash128 seed) {
    wf_hash128 hash = {wf_hash64(data, size, seed.lo), wf_hash64(data, size, seed.hi ^ 0x5851f42d4c957f2du)};
    return hash;
}

void wf_hash128_hex(wf_hash128 hash, char out[33]) {
    snprintf(out, 33, "%016llx%016llx", (unsigned long long)hash.hi, (unsigned long long)hash.lo);
}
