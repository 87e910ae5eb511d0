/* base/arena.h: memory that lives as long as one compilation.
 *
 * Everything the compiler makes comes from a wf_arena and is freed with it at once. The arena has a byte
 * limit, so hostile source ends in an error instead of an exhausted machine. When memory runs out (or the
 * limit is reached) the arena longjmps to the point that its owner set: compiler code need not test each
 * allocation. Only cudac, pyfunc, fuse, lang and emit use that; it never crosses the border to Python or to
 * LLVM. */
#ifndef WF_BASE_ARENA_H
#define WF_BASE_ARENA_H
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

typedef struct wf_arena_chunk wf_arena_chunk;
typedef struct wf_arena {
    wf_arena_chunk *chunks; /* newest first */
    char *at, *end;         /* the free part of the newest chunk */
    char *clean;            /* from `at` to here it is zero already */
    size_t used, limit;     /* bytes in use, and the most that may be */
    wf_arena_chunk *spare;  /* what wf_arena_reset kept; used before the system is asked */
    jmp_buf *on_failure;    /* where to go when memory runs out; NULL: wf_arena_alloc returns NULL */
} wf_arena;

#define WF_ARENA_DEFAULT_LIMIT ((size_t)256 << 20)

void wf_arena_init(wf_arena *arena, size_t limit); /* limit 0: the default */
void wf_arena_free(wf_arena *arena);
/* Empty again; at most `keep` bytes stay for the next user, so that their pages need not be made again. */
void wf_arena_reset(wf_arena *arena, size_t keep);
/* Zeroed memory, 16-byte aligned. */
void *wf_arena_alloc(wf_arena *arena, size_t size);
/* The same, for who writes all of it at once: not zeroed. */
void *wf_arena_alloc_raw(wf_arena *arena, size_t size);
char *wf_arena_strndup(wf_arena *arena, const char *text, size_t length);
char *wf_arena_strdup(wf_arena *arena, const char *text);
char *wf_arena_printf(wf_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Up to six texts, one behind the other; NULL: no more. */
char *wf_arena_join(wf_arena *arena, const char *a, const char *b, const char *c, const char *d,
                    const char *e, const char *f);
#define WF_NEW(arena, type) ((type *)wf_arena_alloc((arena), sizeof(type)))
#define WF_NEW_ARRAY(arena, type, count) ((type *)wf_arena_alloc((arena), sizeof(type) * (size_t)(count)))
#endif
