/* runtime/cpu_pages.c: device memory of the CPU that is smaller than 1 MiB, in whole pages.
 *
 * A program that allocates by address (mem_alloc, to_device) may later share what it has with another process
 * (ipc.c), and only pages are shared. So such an allocation has pages of its own, cut from chunks of 2 MiB. A
 * chunk begins with its header and a map of its pages; those that have room are in a list, of which the first
 * few are tried. */
#include "base/memory.h"
#include "base/system.h"
#include "runtime/cpu.h"
#include <string.h>

enum { CHUNK = 2 << 20, TRIED = 8, WORD = 64 };

typedef struct chunk {
    uint32_t pages, used;       /* the header's among them */
    struct chunk *next, **link; /* in the list `roomy`; link NULL: full, in no list */
    uint64_t map[];             /* a bit for each page, set: in use */
} chunk;

static struct {
    pthread_mutex_t lock;
    chunk *roomy;
} state = {.lock = PTHREAD_MUTEX_INITIALIZER};

void wf_cpu_pages_lock(void) { pthread_mutex_lock(&state.lock); }
void wf_cpu_pages_unlock(void) { pthread_mutex_unlock(&state.lock); }

static int is_set(const chunk *c, uint32_t page) { return c->map[page / WORD] >> page % WORD & 1; }

static void mark(chunk *c, uint32_t first, uint32_t count, int used) {
    for (uint32_t page = first; page < first + count; page++) {
        if (used) c->map[page / WORD] |= (uint64_t)1 << page % WORD;
        else c->map[page / WORD] &= ~((uint64_t)1 << page % WORD);
    }
    c->used = used ? c->used + count : c->used - count;
}

/* The first run of so many free pages; 0: there is none (page 0 is the header's). */
static uint32_t run_of(const chunk *c, uint32_t count) {
    uint32_t length = 0;
    for (uint32_t page = 1; page < c->pages; page++) {
        if (page % WORD == 0 && c->map[page / WORD] == UINT64_MAX) {
            page += WORD - 1;
            length = 0;
            continue;
        }
        length = is_set(c, page) ? 0 : length + 1;
        if (length == count) return page + 1 - count;
    }
    return 0;
}

static void put_in(chunk *c) {
    c->next = state.roomy;
    if (c->next) c->next->link = &c->next;
    c->link = &state.roomy;
    state.roomy = c;
}

static void take_out(chunk *c) {
    if (!c->link) return;
    *c->link = c->next;
    if (c->next) c->next->link = c->link;
    c->link = NULL;
}

static chunk *chunk_new(uint32_t pages) {
    chunk *c = wf_pages_map(CHUNK);
    if (!c) return NULL;
    c->pages = pages;
    mark(c, 0, 1, 1);
    put_in(c);
    return c;
}

void *wf_cpu_pages_alloc(size_t size) {
    size_t page = wf_page_size();
    uint32_t count = (uint32_t)(size ? (size + page - 1) / page : 1), first = 0, tried = 0;
    pthread_mutex_lock(&state.lock);
    chunk *c = state.roomy;
    for (; c && tried++ < TRIED; c = c->next)
        if (c->pages - c->used >= count && (first = run_of(c, count))) break;
    if (!first && (c = chunk_new((uint32_t)(CHUNK / page)))) first = run_of(c, count);
    if (c && first) {
        mark(c, first, count, 1);
        if (c->used == c->pages) take_out(c);
    }
    pthread_mutex_unlock(&state.lock);
    return c && first ? (char *)c + first * page : NULL;
}

void wf_cpu_pages_free(void *memory, size_t size) {
    size_t page = wf_page_size();
    chunk *c = (chunk *)((uintptr_t)memory & ~(uintptr_t)(CHUNK - 1)), *gone = NULL;
    uint32_t count = (uint32_t)(size ? (size + page - 1) / page : 1);
    pthread_mutex_lock(&state.lock);
    mark(c, (uint32_t)(((char *)memory - (char *)c) / page), count, 0);
    if (!c->link) put_in(c);
    if (c->used == 1 && (c->next || c->link != &state.roomy)) { /* one empty chunk is kept */
        take_out(c);
        gone = c;
    }
    pthread_mutex_unlock(&state.lock);
    if (gone) wf_pages_unmap(gone, CHUNK);
}
