/* bulk/packbits.c: truth values as bits, eight of a row in a byte (packbits). */
#include "bulk/inner.h"
#include <string.h>

typedef struct work {
    unsigned char *out;
    const unsigned char *in;
    int64_t n, bytes; /* of a row: truth values, and bytes of the result */
    int little;
} work;

/* Eight bytes of 0 or 1, the first in the lowest: a product brings them side by side into the highest byte.
 */
static unsigned char eight(uint64_t x, int little) {
    return (unsigned char)(x * (little ? 0x0102040810204080u : 0x8040201008040201u) >> 56);
}

static int piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const work *w = user;
    (void)worker;
    for (int64_t i = (int64_t)first; i < (int64_t)last; i++) {
        int64_t row = i / w->bytes, at = i % w->bytes * 8, count = w->n - at;
        const unsigned char *in = w->in + row * w->n + at;
        uint64_t x = 0;
        for (int k = 0; k < 8 && k < count; k++) x |= (uint64_t)(in[k] != 0) << 8 * k;
        w->out[i] = eight(x, w->little);
    }
    return 0;
}

/* Eight truth values wherever they lie; the lowest byte is the first, as on every system that weft runs on. */
typedef uint64_t __attribute__((aligned(1), may_alias)) word;

/* The same by halves, in steps that vectors have: pairs of bits, fours, eights. */
#define WHOLE(name, PAIR)                                                                                    \
    WF_BULK_CLONES static void whole_##name(unsigned char *out, const word *in, int64_t n) {                 \
        WF_BULK_INDEPENDENT                                                                                  \
        for (int64_t i = 0; i < n; i++) {                                                                    \
            uint64_t x = in[i];                                                                              \
            x = PAIR(x, 1) & 0x0003000300030003u;                                                            \
            x = PAIR(x, 2) & 0x0000000f0000000fu;                                                            \
            out[i] = (unsigned char)PAIR(x, 4);                                                              \
        }                                                                                                    \
    }
#define LOW_FIRST(x, bits) (x | x >> 7 * (bits))
#define HIGH_FIRST(x, bits) (x << (bits) | x >> 8 * (bits))
WHOLE(low, LOW_FIRST)
WHOLE(high, HIGH_FIRST)

/* Rows of whole bytes lie as one row. */
static int whole_piece(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    const work *w = user;
    (void)worker;
    (w->little ? whole_low : whole_high)(w->out + first, (const word *)(const void *)(w->in + 8 * first),
                                         (int64_t)(last - first));
    return 0;
}

/* arrays: the result (uint8, dense); the truth values (bool, dense), whose last axis is packed. numbers: 1
 * when the first is the lowest bit, 0 when it is the highest. */
wf_status bulk_packbits(wf_bulk_call *call) {
    const wf_bulk_array *out = &call->arrays[0], *in = &call->arrays[1];
    if (!out->size) return WF_OK;
    work w = {(unsigned char *)out->data, (const unsigned char *)in->data, in->shape[in->ndim - 1],
              out->shape[out->ndim - 1], (int)call->numbers[0]};
    int whole = w.n % 8 == 0, one_row = w.bytes == out->size;
    if (!whole && one_row) { /* all but the last byte are whole */
        bulk_each(call, out->size - 1, 4096, whole_piece, &w);
        piece(&w, 0, (uint64_t)out->size - 1, (uint64_t)out->size);
        return WF_OK;
    }
    bulk_each(call, out->size, 4096, whole ? whole_piece : piece, &w);
    return WF_OK;
}
