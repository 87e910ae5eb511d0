/* base/arena.c: chunks of growing size, linked; see arena.h. */
#include "base/arena.h"
#include "base/format.h"
#include "base/memory.h"
#include "base/system.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct wf_arena_chunk {
    wf_arena_chunk *next;
    size_t size;
};
enum {
    HEADER = 16,
    FIRST_CHUNK = 16 << 10,
    LARGEST_CHUNK = 1 << 20,
    PREPARED_CHUNK = 64 << 10,
    CLEANED_AT_ONCE = 1 << 10, /* small things are zeroed together, not each by itself */
};
_Static_assert(sizeof(wf_arena_chunk) <= HEADER, "the header keeps the data 16-byte aligned");

void wf_arena_init(wf_arena *arena, size_t limit) {
    memset(arena, 0, sizeof *arena);
    arena->limit = limit ? limit : WF_ARENA_DEFAULT_LIMIT;
}

void wf_arena_reset(wf_arena *arena, size_t keep) {
    wf_arena_chunk *lists[] = {arena->chunks, arena->spare}, *next;
    arena->chunks = arena->spare = NULL;
    arena->at = arena->end = arena->clean = NULL;
    arena->used = 0;
    for (int i = 0; i < 2; i++)
        for (wf_arena_chunk *chunk = lists[i]; chunk; chunk = next) {
            next = chunk->next;
            if (chunk->size > keep) {
                wf_free(chunk);
                continue;
            }
            keep -= chunk->size;
            chunk->next = arena->spare;
            arena->spare = chunk;
        }
}

void wf_arena_free(wf_arena *arena) { wf_arena_reset(arena, 0); }

/* A spare chunk of at least that size; NULL: there is none. */
static wf_arena_chunk *take_spare(wf_arena *arena, size_t size) {
    for (wf_arena_chunk **link = &arena->spare; *link; link = &(*link)->next) {
        wf_arena_chunk *chunk = *link;
        if (chunk->size < size || chunk->size > arena->limit || arena->used > arena->limit - chunk->size)
            continue;
        *link = chunk->next;
        return chunk;
    }
    return NULL;
}

static int add_chunk(wf_arena *arena, size_t least) {
    size_t size = arena->used < FIRST_CHUNK ? FIRST_CHUNK : arena->used;
    if (size > LARGEST_CHUNK) size = LARGEST_CHUNK;
    if (size < least + HEADER) size = least + HEADER;
    if (size > arena->limit || arena->used > arena->limit - size) return 0;
    wf_arena_chunk *chunk = take_spare(arena, least + HEADER);
    if (chunk) {
        size = chunk->size;
    } else {
        chunk = wf_malloc(size);
        if (!chunk) return 0;
        if (size >= PREPARED_CHUNK) wf_pages_prepare(chunk, size);
    }
    chunk->next = arena->chunks;
    chunk->size = size;
    arena->chunks = chunk;
    arena->at = arena->clean = (char *)chunk + HEADER;
    arena->end = (char *)chunk + size;
    arena->used += size;
    return 1;
}

/* `size` bytes more, as they are; NULL: there are none, and nobody wants to be told. */
static inline void *take(wf_arena *arena, size_t size) {
    if (size > arena->limit) size = arena->limit; /* the next line then fails, without overflow */
    size = (size + 15) & ~(size_t)15;
    if ((size_t)(arena->end - arena->at) < size && !add_chunk(arena, size)) {
        if (arena->on_failure) longjmp(*arena->on_failure, 1);
        return NULL;
    }
    void *memory = arena->at;
    arena->at += size;
    return memory;
}

void *wf_arena_alloc(wf_arena *arena, size_t size) {
    void *memory = take(arena, size);
    if (arena->at > arena->clean && memory) {
        char *until = arena->end - arena->at > CLEANED_AT_ONCE ? arena->at + CLEANED_AT_ONCE : arena->end;
        char *from = arena->clean > (char *)memory ? arena->clean : memory;
        memset(from, 0, (size_t)(until - from));
        arena->clean = until;
    }
    return memory;
}

void *wf_arena_alloc_raw(wf_arena *arena, size_t size) {
    void *memory = take(arena, size);
    if (arena->at > arena->clean) arena->clean = arena->at;
    return memory;
}

char *wf_arena_strndup(wf_arena *arena, const char *text, size_t length) {
    char *copy = wf_arena_alloc_raw(arena, length + 1);
    if (!copy) return NULL;
    if (length) memcpy(copy, text, length);
    copy[length] = 0;
    return copy;
}

char *wf_arena_strdup(wf_arena *arena, const char *text) {
    return wf_arena_strndup(arena, text, strlen(text));
}

char *wf_arena_join(wf_arena *arena, const char *a, const char *b, const char *c, const char *d,
                    const char *e, const char *f) {
    const char *const parts[] = {a, b, c, d, e, f};
    size_t lengths[6], count = 0, length = 0;
    for (; count < 6 && parts[count]; count++) length += lengths[count] = strlen(parts[count]);
    char *text = wf_arena_alloc_raw(arena, length + 1), *at = text;
    if (!text) return NULL;
    for (size_t i = 0; i < count; at += lengths[i++]) memcpy(at, parts[i], lengths[i]);
    *at = 0;
    return text;
}

char *wf_arena_printf(wf_arena *arena, const char *format, ...) {
    va_list args;
    char first[200]; /* most are shorter: one pass is enough */
    va_start(args, format);
    int length = wf_format(first, sizeof first, format, args);
    va_end(args);
    char *text = wf_arena_alloc(arena, (size_t)(length > 0 ? length : 0) + 1);
    if (!text) return NULL;
    if (length < (int)sizeof first) return memcpy(text, first, (size_t)(length > 0 ? length : 0)), text;
    va_start(args, format);
    wf_format(text, (size_t)length + 1, format, args);
    va_end(args);
    return text;
}
