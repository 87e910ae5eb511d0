/* base/hash.h: a 128-bit content hash (cache keys, identity tests) and a 64-bit one for tables.
 * Not cryptographic: the disk cache trusts the folder's owner, and checks a full key on a hit. */
#ifndef WF_BASE_HASH_H
#define WF_BASE_HASH_H
#include <stddef.h>
#include <stdint.h>

typedef struct wf_hash128 {
    uint64_t lo, hi;
} wf_hash128;

uint64_t wf_hash64(const void *data, size_t size, uint64_t seed);
wf_hash128 wf_hash128_of(const void *data, size_t size, wf_hash128 seed);
void wf_hash128_hex(wf_hash128 hash, char out[33]);
#endif
