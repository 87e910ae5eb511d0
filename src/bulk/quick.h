/* bulk/quick.h: what quick.c offers sort.c: keys of 4 or 8 bytes sorted in vector registers. */
#ifndef WF_BULK_QUICK_H
#define WF_BULK_QUICK_H
#include "bulk/inner.h"

typedef struct bulk_quick {
    /* n keys, in place, all at least `low`; with `wanted` (`count` places, ascending; that of keys[0] is
     * `at`) only so far that those have their keys. */
    void (*sort)(void *keys, int64_t n, uint64_t low, const int64_t *wanted, int64_t count, int64_t at);
    /* Adds to counts[k] how many keys are at least splitters[k]. */
    void (*tally)(const void *keys, int64_t n, const void *splitters, int count, int64_t *counts);
    /* Brings keys in the order of the buckets between splitters; ends[k]: `at` and those below splitters[k].
     */
    void (*deal)(void *keys, int64_t n, const void *splitters, int count, int64_t at, int64_t *ends);
} bulk_quick;

/* For keys of `width` bytes, the best that this CPU has, or in registers of so many bits; NULL: it has not.
 */
const bulk_quick *bulk_quick_for(int64_t width);
const bulk_quick *bulk_quick_of(int64_t width, int bits);

/* A long row. `read` gives keys at..at+n-1 as often as it is asked; `keys` is where they go, sorted. `finish`
 * (or NULL) is called for each range once it is sorted; 0: no memory. */
typedef struct bulk_quick_row {
    void (*read)(const void *user, int64_t at, int64_t n, void *keys);
    int (*finish)(const void *user, void *keys, int64_t at, int64_t n);
    const void *user;
    char *keys;
    int64_t n, width;
    uint64_t whole; /* of 8-byte keys: bits that differ between keys which `finish` must see in one range */
    const int64_t *wanted; /* NULL: all */
    int64_t wanted_count;
} bulk_quick_row;
wf_status bulk_quick_long(const wf_bulk_call *call, const bulk_quick_row *row);
#endif
