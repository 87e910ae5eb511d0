/* bulk/repeat.c: blocks of bytes, each written several times one after the other (repeat). */
#include "bulk/inner.h"
#include <string.h>

typedef struct work {
    char *out;
    const char *in;
    int64_t times, bytes; /* of a block */
} work;

#define OF_WORD(T)                                                                                           \
    static void words_##T(const work *w, int64_t first, int64_t last) {                                      \
        const T *in = (const T *)w->in;                                                                      \
        T *out = (T *)w->out + first * w->times;                                                             \
        if (w->times == 2) {                                                                                 \
            for (int64_t i = first; i < last; i++, out += 2) out[0] = out[1] = in[i];                        \
            return;                                                                                          \
        }                                                                                                    \
        for (int64_t i = first; i < last; i++)                                                               \
            for (int64_t k = 0; k < w->times; k++) *out++ = in[i];                                           \
    }
OF_WORD(uint8_t)
OF_WORD(uint16_t)
OF_WORD(uint32_t)
OF_WORD(uint64_t)

static int piece(void *user, uint32_t worker, uint64_t from, uint64_t to) {
    const work *w = user;
    int64_t first = (int64_t)from, last = (int64_t)to;
    (void)worker;
    switch (w->bytes) {
    case 1: words_uint8_t(w, first, last); return 0;
    case 2: words_uint16_t(w, first, last); return 0;
    case 4: words_uint32_t(w, first, last); return 0;
    case 8: words_uint64_t(w, first, last); return 0;
    }
    char *out = w->out + first * w->times * w->bytes;
    for (int64_t i = first; i < last; i++)
        for (int64_t k = 0; k < w->times; k++, out += w->bytes)
            memcpy(out, w->in + i * w->bytes, (size_t)w->bytes);
    return 0;
}

/* arrays: the result; the elements (dense, of one type). numbers: how often each block comes, and its
 * elements. */
wf_status bulk_repeat(wf_bulk_call *call) {
    const wf_bulk_array *a = call->arrays;
    work w = {a[0].data, a[1].data, call->numbers[0], call->numbers[1] * bulk_item(&a[1])};
    int64_t blocks = call->numbers[1] ? a[1].size / call->numbers[1] : 0, written = w.times * w.bytes;
    if (!written) return WF_OK;
    bulk_each(call, blocks, 65536 / written, piece, &w);
    return WF_OK;
}
