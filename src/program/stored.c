/* program/stored.c: compiled code with all that is known of it, as one block of bytes: what a cache entry
 * holds.
 *
 * Code that was just made goes through the same block as code from disk, so there is one way of reading it.
 * Layout, in 8-byte words, little-endian: the header; then kernels, globals, sites, each a fixed number of
 * words; then a region of bytes (strings, the globals' image, the code), which the records point into by
 * offset and size. A string's bytes end with a NUL that its size does not count.
 *
 * The cache has checked the bytes' sum before they come here, but the reader trusts nothing: every offset is
 * tested against the block, so that a damaged or forged entry is a miss and never a wild read. */
#include "program/inner.h"
#include <string.h>

enum { MAGIC = 0x32307466, HEADER_WORDS = 11, KERNEL_WORDS = 10, GLOBAL_WORDS = 7, SITE_WORDS = 8 };
#define MOST_RECORDS (1u << 20)
#define MOST_GLOBALS (1ull << 40) /* bytes; whoever makes the block adds to it */

/* ---- writing --------------------------------------------------------------------------------------------
 */

typedef struct writer {
    uint64_t *words;
    size_t word_count;
    wf_text bytes;
} writer;

static void put_bytes(writer *w, uint64_t *record, const void *data, size_t size) {
    record[0] = w->bytes.length;
    record[1] = size;
    wf_text_add(&w->bytes, data ? data : "", size);
    wf_text_putc(&w->bytes, 0);
}

static void put_string(writer *w, uint64_t *record, const char *text) {
    put_bytes(w, record, text ? text : "", text ? strlen(text) : 0);
}

static void put_kernel(writer *w, uint64_t *r, const wf_stored_kernel *k) {
    put_string(w, r, k->name);
    put_string(w, r + 2, k->symbol);
    r[4] = k->shared_bytes;
    r[5] = k->shared_align;
    r[6] = k->path;
    r[7] = k->lanes;
    r[8] = k->uses_dynamic_shared;
    r[9] = k->uses_grid_sync;
}

static void put_global(writer *w, uint64_t *r, const wf_emitted_global *g) {
    put_string(w, r, g->name);
    put_string(w, r + 2, g->symbol);
    r[4] = g->offset;
    r[5] = g->size;
    r[6] = (uint64_t)g->space;
}

static void put_site(writer *w, uint64_t *r, const wf_site *s) {
    put_string(w, r, s->text);
    r[2] = s->kind;
    r[3] = (uint64_t)s->at.file << 32 | s->at.length;
    r[4] = s->at.line;
    r[5] = s->at.column;
    r[6] = s->bytes;
    r[7] = s->store;
}

/* All of `from` but its block; code as given. */
static wf_status write_block(const wf_stored *from, wf_format format, const void *code, size_t code_size,
                             wf_stored *out, wf_error *err) {
    writer w = {.word_count = HEADER_WORDS + (size_t)from->kernel_count * KERNEL_WORDS +
                              (size_t)from->global_count * GLOBAL_WORDS +
                              (size_t)from->site_count * SITE_WORDS};
    wf_text_init(&w.bytes, NULL);
    w.words = wf_calloc(w.word_count, 8);
    if (!w.words) return wf_fail(err, WF_NOMEM, "out of memory for compiled code");
    uint64_t *r = w.words + HEADER_WORDS;
    for (uint32_t i = 0; i < from->kernel_count; i++, r += KERNEL_WORDS) put_kernel(&w, r, &from->kernels[i]);
    for (uint32_t i = 0; i < from->global_count; i++, r += GLOBAL_WORDS) put_global(&w, r, &from->globals[i]);
    for (uint32_t i = 0; i < from->site_count; i++, r += SITE_WORDS) put_site(&w, r, &from->sites[i]);
    uint64_t *h = w.words;
    h[0] = MAGIC | (uint64_t)format << 32;
    h[1] = from->kernel_count;
    h[2] = from->global_count;
    h[3] = from->site_count;
    h[8] = from->globals_size;
    put_bytes(&w, h + 4, from->globals_image, from->globals_image ? from->globals_size : 0);
    put_bytes(&w, h + 9, from->globals_pointers, from->globals_pointer_count * (size_t)8);
    while (w.bytes.length % 16) wf_text_putc(&w.bytes, 0);
    put_bytes(&w, h + 6, code, code_size);

    size_t size = w.word_count * 8 + w.bytes.length;
    char *block = w.bytes.failed ? NULL : wf_malloc(size);
    if (block) {
        memcpy(block, w.words, w.word_count * 8);
        memcpy(block + w.word_count * 8, w.bytes.data, w.bytes.length);
    }
    wf_free(w.words);
    wf_text_free(&w.bytes);
    if (!block) return wf_fail(err, WF_NOMEM, "out of memory for compiled code");
    if (wf_stored_open(block, size, out)) return WF_OK;
    wf_free(block);
    return wf_fail(err, WF_NOMEM, "out of memory for compiled code");
}

wf_status wf_stored_make(const wf_emitted *emitted, wf_format format, const void *code, size_t code_size,
                         wf_stored *out, wf_error *err) {
    wf_stored_kernel *kernels = wf_calloc(emitted->kernel_count + 1, sizeof(*kernels));
    if (!kernels) return wf_fail(err, WF_NOMEM, "out of memory for compiled code");
    for (uint32_t i = 0; i < emitted->kernel_count; i++) {
        const wf_emitted_kernel *k = &emitted->kernels[i];
        kernels[i] = (wf_stored_kernel){k->func->name,
                                        k->symbol,
                                        k->shared_bytes,
                                        k->shared_align,
                                        (uint32_t)k->path,
                                        k->lanes,
                                        (uint32_t)k->uses_dynamic_shared,
                                        (uint32_t)k->uses_grid_sync};
    }
    wf_stored from = {.kernels = kernels,
                      .kernel_count = emitted->kernel_count,
                      .globals = emitted->globals,
                      .global_count = emitted->global_count,
                      .sites = emitted->sites,
                      .site_count = emitted->site_count,
                      .globals_image = emitted->globals_image,
                      .globals_size = emitted->globals_size,
                      .globals_pointers = (const uint8_t *)emitted->globals_pointers,
                      .globals_pointer_count = emitted->globals_pointer_count};
    wf_status status = write_block(&from, format, code, code_size, out, err);
    wf_free(kernels);
    return status;
}

wf_status wf_stored_with_code(const wf_stored *from, wf_format format, const void *code, size_t code_size,
                              wf_stored *out, wf_error *err) {
    return write_block(from, format, code, code_size, out, err);
}

/* ---- reading --------------------------------------------------------------------------------------------
 */

typedef struct reader {
    const char *bytes;
    uint64_t size;
    int bad;
} reader;

/* The bytes that record[0], record[1] name, which a NUL follows. */
static const void *get_bytes(reader *r, const uint64_t *record) {
    uint64_t at = record[0], size = record[1];
    if (at >= r->size || size >= r->size - at || r->bytes[at + size] != 0) {
        r->bad = 1;
        return "";
    }
    return r->bytes + at;
}

static const char *get_string(reader *r, const uint64_t *record) { return get_bytes(r, record); }

static void get_kernels(reader *r, const uint64_t *words, wf_stored *out) {
    for (uint32_t i = 0; i < out->kernel_count; i++, words += KERNEL_WORDS)
        out->kernels[i] = (wf_stored_kernel){
            get_string(r, words), get_string(r, words + 2), (uint32_t)words[4], (uint32_t)words[5],
            (uint32_t)words[6],   (uint32_t)words[7],       (uint32_t)words[8], (uint32_t)words[9]};
}

static void get_globals(reader *r, const uint64_t *words, wf_stored *out) {
    for (uint32_t i = 0; i < out->global_count; i++, words += GLOBAL_WORDS) {
        out->globals[i] = (wf_emitted_global){get_string(r, words), get_string(r, words + 2), words[4],
                                              words[5], (wf_space)words[6]};
        uint64_t end = words[4] + words[5];
        if (end < words[4] || (out->format == WF_FORMAT_ELF_OBJECT && end > out->globals_size)) r->bad = 1;
    }
}

static void get_sites(reader *r, const uint64_t *words, wf_stored *out) {
    for (uint32_t i = 0; i < out->site_count; i++, words += SITE_WORDS) {
        wf_site *site = &out->sites[i];
        *site = (wf_site){.kind = (uint32_t)words[2], .text = get_string(r, words)};
        site->at.file = (uint16_t)(words[3] >> 32);
        site->at.length = (uint16_t)words[3];
        site->at.line = (uint32_t)words[4];
        site->at.column = (uint32_t)words[5];
        site->bytes = (uint32_t)words[6];
        site->store = (uint32_t)words[7];
    }
}

static void get_pointers(reader *r, const uint64_t *record, wf_stored *out) {
    out->globals_pointers = get_bytes(r, record);
    if (r->bad || record[1] % 8 || record[1] / 8 > MOST_RECORDS) {
        r->bad = 1;
        return;
    }
    out->globals_pointer_count = (uint32_t)(record[1] / 8);
    for (uint32_t i = 0; i < out->globals_pointer_count; i++) {
        uint64_t at;
        memcpy(&at, out->globals_pointers + i * 8, 8);
        if (out->globals_size < 8 || at > out->globals_size - 8) r->bad = 1;
    }
}

int wf_stored_open(void *block, size_t size, wf_stored *out) {
    memset(out, 0, sizeof(*out));
    const uint64_t *words = block;
    if (size < HEADER_WORDS * 8 || (uint32_t)words[0] != MAGIC || words[0] >> 32 > WF_FORMAT_ELF_OBJECT)
        return 0;
    if (words[1] > MOST_RECORDS || words[2] > MOST_RECORDS || words[3] > MOST_RECORDS) return 0;
    uint64_t head =
        (HEADER_WORDS + words[1] * KERNEL_WORDS + words[2] * GLOBAL_WORDS + words[3] * SITE_WORDS) * 8;
    if (head >= size) return 0;
    reader r = {(const char *)block + head, size - head, 0};
    out->format = (wf_format)(words[0] >> 32);
    out->kernel_count = (uint32_t)words[1];
    out->global_count = (uint32_t)words[2];
    out->site_count = (uint32_t)words[3];
    out->globals_image = words[5] ? get_bytes(&r, words + 4) : NULL; /* without an image: zeros */
    out->globals_size = words[8];
    if (out->globals_size > MOST_GLOBALS || (words[5] && words[5] != out->globals_size)) return 0;
    get_pointers(&r, words + 9, out);
    out->code = get_bytes(&r, words + 6);
    out->code_size = words[7];
    out->kernels = wf_calloc(out->kernel_count + 1, sizeof(*out->kernels));
    out->globals = wf_calloc(out->global_count + 1, sizeof(*out->globals));
    out->sites = wf_calloc(out->site_count + 1, sizeof(*out->sites));
    if (out->kernels && out->globals && out->sites) {
        words += HEADER_WORDS;
        get_kernels(&r, words, out);
        words += (size_t)out->kernel_count * KERNEL_WORDS;
        get_globals(&r, words, out);
        words += (size_t)out->global_count * GLOBAL_WORDS;
        get_sites(&r, words, out);
        if (!r.bad) {
            out->block = block;
            out->block_size = size;
            return 1;
        }
    }
    wf_stored_free(out);
    return 0;
}

void wf_stored_free(wf_stored *stored) {
    wf_free(stored->block);
    wf_free(stored->kernels);
    wf_free(stored->globals);
    wf_free(stored->sites);
    memset(stored, 0, sizeof(*stored));
}
