/* base/arena.c: chunks of growing size, linked; see arena.h. */
#include "base/arena.h"
#include "base/memory.h"
#include "base/system.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct wf_arena_chunk {
    wf_arena_chunk *next;
    size_t size;
};
enum { HEADER = 16, FIRST_CHUNK = 16 << 10, LARGEST_CHUNK = 1 << 20, PREPARED_CHUNK = 64 << 10 };
_Static_assert(sizeof(wf_arena_chunk) <= HEADER, "the header keeps the data 16-byte aligned");

void wf_arena_init(wf_arena *arena, size_t limit) {
    memset(arena, 0, sizeof *arena);
    arena->limit = limit ? limit : WF_ARENA_DEFAULT_LIMIT;
}

void wf_arena_reset(wf_arena *arena, size_t keep) {
    wf_arena_chunk *lists[] = {arena->chunks, arena->spare}, *next;
    arena->chunks = arena->spare = NULL;
    arena->at = arena->end = NULL;
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
    arena->at = (char *)chunk + HEADER;
    arena->end = (char *)chunk + size;
    arena->used += size;
    return 1;
}

void *wf_arena_alloc(wf_arena *arena, size_t size) {
    if (size > arena->limit) size = arena->limit; /* the next line then fails, without overflow */
    size = (size + 15) & ~(size_t)15;
    if ((size_t)(arena->end - arena->at) < size && !add_chunk(arena, size)) {
        if (arena->on_failure) longjmp(*arena->on_failure, 1);
        return NULL;
    }
    void *memory = arena->at;
    arena->at += size;
    return memset(memory, 0, size);
}

char *wf_arena_strndup(wf_arena *arena, const char *text, size_t length) {
    char *copy = wf_arena_alloc(arena, length + 1);
    if (copy && length) memcpy(copy, text, length);
    return copy;
}

char *wf_arena_strdup(wf_arena *arena, const char *text) {
    return wf_arena_strndup(arena, text, strlen(text));
}

char *wf_arena_printf(wf_arena *arena, const char *format, ...) {
    va_list args;
    char first[200]; /* most are shorter: one pass is enough */
    va_start(args, format);
    int length = vsnprintf(first, sizeof first, format, args);
    va_end(args);
    char *text = wf_arena_alloc(arena, (size_t)(length > 0 ? length : 0) + 1);
    if (!text) return NULL;
    if (length < (int)sizeof first) return memcpy(text, first, (size_t)(length > 0 ? length : 0)), text;
    va_start(args, format);
    vsnprintf(text, (size_t)length + 1, format, args);
    va_end(args);
    return text;
}
