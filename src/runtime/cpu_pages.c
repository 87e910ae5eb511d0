/* runtime/cpu_pages.c: device memory of the CPU that is smaller than 1 MiB, in whole pages or parts of one.
 *
 * A program that allocates by address (mem_alloc, to_device) may later share what it has with another process
 * (ipc.c), and only pages are shared. So such an allocation has pages of its own, cut from chunks of 2 MiB; what
 * is at most half a page has a part of one, 2 to 16 equal parts, and is shared with its neighbours. A chunk
 * begins with its header: a map of its pages, and of each page that is divided the parts in use. Chunks and
 * divided pages that have room are in lists, of the chunks the first few are tried. */
#include "base/memory.h"
#include "base/system.h"
#include "runtime/cpu.h"
#include <string.h>

enum { CHUNK = 2 << 20, TRIED = 8, WORD = 64, MOST_PARTS = 16, MOST_PAGES = CHUNK / 4096 };

typedef struct divided {
    uint32_t used, parts;         /* a bit for each part; how many there are */
    struct divided *next, **link; /* in the list of its kind; link NULL: full, in no list */
} divided;

typedef struct chunk {
    uint32_t pages, used;            /* the header's among them */
    struct chunk *next, **link;      /* in the list `roomy`; link NULL: full, in no list */
    uint64_t map[MOST_PAGES / WORD]; /* a bit for each page, set: in use */
    divided divided[];
} chunk;

static struct {
    pthread_mutex_t lock;
    chunk *roomy;
    divided *parts[MOST_PARTS + 1]; /* by how many */
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

static uint32_t header_pages(uint32_t pages) {
    size_t page = wf_page_size();
    return (uint32_t)((sizeof(chunk) + pages * sizeof(divided) + page - 1) / page);
}

static int is_empty(const chunk *c) { return c->used == header_pages(c->pages); }

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
    mark(c, 0, header_pages(pages), 1);
    put_in(c);
    return c;
}

/* Under the lock. */
static void *pages_take(uint32_t count) {
    size_t page = wf_page_size();
    uint32_t first = 0, tried = 0;
    chunk *c = state.roomy;
    for (; c && tried++ < TRIED; c = c->next)
        if (c->pages - c->used >= count && (first = run_of(c, count))) break;
    if (!first && (c = chunk_new((uint32_t)(CHUNK / page)))) first = run_of(c, count);
    if (!c || !first) return NULL;
    mark(c, first, count, 1);
    if (c->used == c->pages) take_out(c);
    return (char *)c + first * page;
}

static chunk *chunk_of(const void *memory) { return (chunk *)((uintptr_t)memory & ~(uintptr_t)(CHUNK - 1)); }

static void pages_give(void *memory, uint32_t count) {
    size_t page = wf_page_size();
    chunk *c = chunk_of(memory), *gone = NULL;
    pthread_mutex_lock(&state.lock);
    mark(c, (uint32_t)(((char *)memory - (char *)c) / page), count, 0);
    if (!c->link) put_in(c);
    if (is_empty(c) && (c->next || c->link != &state.roomy)) { /* one empty chunk is kept */
        take_out(c);
        gone = c;
    }
    pthread_mutex_unlock(&state.lock);
    if (gone) wf_pages_unmap(gone, CHUNK);
}

/* ---- parts of pages ---- */

/* How many such allocations share a page; 1: none. A byte stays free after each: an address at the end of one
 * is taken for it (wf_memory_find), also when what began there was freed. */
static uint32_t parts_for(size_t size) {
    size_t page = wf_page_size();
    uint32_t parts = MOST_PARTS;
    while (parts > 1 && page / parts <= size) parts /= 2;
    return parts;
}

size_t wf_cpu_pages_shared(size_t size) { return parts_for(size) > 1 ? wf_page_size() : 0; }

static divided *divided_of(const void *memory) {
    chunk *c = chunk_of(memory);
    return &c->divided[((const char *)memory - (char *)c) / wf_page_size()];
}

static void enlist(divided *d) {
    divided **list = &state.parts[d->parts];
    d->next = *list;
    if (d->next) d->next->link = &d->next;
    d->link = list;
    *list = d;
}

static void delist(divided *d) {
    *d->link = d->next;
    if (d->next) d->next->link = d->link;
    d->link = NULL;
}

/* Under the lock. */
static void *part_take(uint32_t parts) {
    size_t page = wf_page_size();
    divided *d = state.parts[parts];
    if (!d) {
        void *fresh = pages_take(1);
        if (!fresh) return NULL;
        d = divided_of(fresh);
        d->used = 0, d->parts = parts;
        enlist(d);
    }
    uint32_t at = (uint32_t)__builtin_ctz(~d->used);
    d->used |= 1u << at;
    if (d->used == (1u << parts) - 1) delist(d);
    chunk *c = chunk_of(d);
    return (char *)c + (size_t)(d - c->divided) * page + at * (page / parts);
}

static void part_give(void *memory, uint32_t parts) {
    size_t page = wf_page_size();
    char *whole = (char *)((uintptr_t)memory & ~(uintptr_t)(page - 1));
    divided *d = divided_of(memory);
    pthread_mutex_lock(&state.lock);
    if (!d->link) enlist(d);
    d->used &= ~(1u << ((size_t)((char *)memory - whole) / (page / parts)));
    int empty = !d->used;
    if (empty) delist(d);
    pthread_mutex_unlock(&state.lock);
    if (!empty) return;
    wf__ipc_forget_block((uintptr_t)whole); /* its lock comes before ours; nobody else has the page now */
    pages_give(whole, 1);
}

/* ---- */

static uint32_t pages_for(size_t size) {
    size_t page = wf_page_size();
    return (uint32_t)(size ? (size + page - 1) / page : 1);
}

void *wf_cpu_pages_alloc(size_t size) {
    uint32_t parts = parts_for(size);
    pthread_mutex_lock(&state.lock);
    void *memory = parts > 1 ? part_take(parts) : pages_take(pages_for(size));
    pthread_mutex_unlock(&state.lock);
    return memory;
}

void wf_cpu_pages_free(void *memory, size_t size) {
    uint32_t parts = parts_for(size);
    if (parts > 1) part_give(memory, parts);
    else pages_give(memory, pages_for(size));
}
