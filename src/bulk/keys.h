/* bulk/keys.h: elements as unsigned keys in the order that NumPy sorts by: integers by value, floats by value
 * with NaN last. */
#ifndef WF_BULK_KEYS_H
#define WF_BULK_KEYS_H
#include "bulk/inner.h"

typedef struct bulk_keys {
    void (*encode)(const void *from, void *keys, int64_t n); /* -0 before +0 */
    void (*order)(const void *from, void *keys, int64_t n);  /* for argsort: -0 is +0 */
    void (*decode)(const void *keys, void *to, int64_t n);   /* of encode; may be in place */
    int width;                                               /* of a key in bytes: 4 or 8 */
    int bits;                                                /* of it that are used */
} bulk_keys;

/* NULL for complex numbers. */
const bulk_keys *bulk_keys_of(wf_dtype t);
#endif
