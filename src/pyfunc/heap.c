/* pyfunc/heap.c: the memory that a compiled Python function makes while it runs.
 *
 * One heap for a call from Python, one for each piece of a parallel loop. Blocks are kept in the order in
 * which they were made. At the head of a loop that makes arrays, and when much has been made since the last
 * time (`due`, the heap's first word, which compiled code reads), the blocks made since the loop began are
 * swept: the compiler hands over the addresses that its variables hold, and what cannot be reached from them
 * goes. Nothing older is looked at, so what an expression holds half-way is safe. Reaching is conservative:
 * any word of a traced block that looks like an address counts. The pace is the usual one: a sweep when as
 * much was made as survived the last. Small blocks that a sweep lets go are kept for the next of their size:
 * a loop that makes arrays of a few numbers would spend most of its time in malloc and free. */
#include "pyfunc/heap.h"
#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

enum { SWEEP_BLOCKS = 64, SWEEP_BYTES = 1 << 20 };
enum { SPARE_UNIT = 32, SPARE_SIZES = 9 }; /* small: up to eight units */

typedef struct entry {
    wf_pf_block block;
    uint8_t traced, reached;
} entry;

struct wf_pf_heap {
    int64_t due; /* first: compiled code tests it */
    entry *entries;
    uint64_t count, capacity;
    uint64_t fresh_blocks, fresh_bytes, allowed_blocks, allowed_bytes;
    uint32_t *order;                            /* entries by address: the first `ordered` of them */
    uint64_t order_capacity, ordered, searches; /* searches: without an order, see index_found() */
    void *spare[SPARE_SIZES]; /* by units: small blocks' memory, each with the next one's address */
};

wf_pf_heap *wf_pf_heap_new(void) {
    wf_pf_heap *heap = wf_calloc(1, sizeof *heap);
    if (!heap) return NULL;
    heap->allowed_blocks = SWEEP_BLOCKS;
    heap->allowed_bytes = SWEEP_BYTES;
    return heap;
}

void wf_pf_block_drop(wf_pf_block *block) {
    if (block->drop) block->drop(block->owner);
    else wf_free(block->owner);
}

void wf_pf_heap_free(wf_pf_heap *heap) {
    if (!heap) return;
    for (int i = 0; i < SPARE_SIZES; i++)
        for (void *next; heap->spare[i]; heap->spare[i] = next) {
            memcpy(&next, heap->spare[i], sizeof next);
            wf_free(heap->spare[i]);
        }
    for (uint64_t i = 0; i < heap->count; i++) wf_pf_block_drop(&heap->entries[i].block);
    wf_free(heap->entries);
    wf_free(heap->order);
    wf_free(heap);
}

static int add(wf_pf_heap *heap, const wf_pf_block *block, int traced) {
    if (heap->count == heap->capacity) {
        uint64_t capacity = heap->capacity ? heap->capacity * 2 : 16;
        entry *entries = wf_realloc(heap->entries, capacity * sizeof *entries);
        if (!entries) return 0;
        heap->entries = entries;
        heap->capacity = capacity;
    }
    heap->entries[heap->count++] = (entry){*block, (uint8_t)traced, 0};
    heap->fresh_blocks++;
    heap->fresh_bytes += block->hi - block->lo;
    heap->due = heap->fresh_blocks > heap->allowed_blocks || heap->fresh_bytes > heap->allowed_bytes;
    return 1; /* `ordered` is less than `count` now */
}

/* How many units a small block of so many bytes takes; 0: it is none. */
static uint64_t units_of(uint64_t bytes) {
    uint64_t units = (bytes + SPARE_UNIT - 1) / SPARE_UNIT;
    return units < SPARE_SIZES ? units + !units : 0;
}

static char *spare_memory(wf_pf_heap *heap, uint64_t units, int traced) {
    char *memory = heap->spare[units];
    if (!memory) return NULL;
    memcpy(&heap->spare[units], memory, sizeof(void *));
    if (traced) memset(memory, 0, units * SPARE_UNIT + 16);
    return memory;
}

/* A block that a sweep found unreachable. */
static void let_go(wf_pf_heap *heap, wf_pf_block *block) {
    uint64_t units = block->drop ? 0 : units_of(block->hi - block->lo);
    if (!units) {
        wf_pf_block_drop(block);
        return;
    }
    memcpy(block->owner, &heap->spare[units], sizeof(void *));
    heap->spare[units] = block->owner;
}

void *wf_pf_heap_alloc(wf_pf_heap *heap, uint64_t bytes, int traced) {
    if (bytes >> 60) return NULL;
    uint64_t align = bytes >= 1024 ? 64 : 16, units = units_of(bytes);
    char *memory = units ? spare_memory(heap, units, traced) : NULL;
    uint64_t size = (units ? units * SPARE_UNIT : bytes) + align;
    if (!memory) memory = traced ? wf_calloc(1, size) : wf_malloc(size);
    if (!memory) return NULL;
    uint64_t lo = ((uintptr_t)memory + align - 1) & ~(align - 1);
    wf_pf_block block = {lo, lo + bytes, NULL, memory};
    if (add(heap, &block, traced)) return (void *)(uintptr_t)lo;
    wf_free(memory);
    return NULL;
}

int wf_pf_heap_adopt(wf_pf_heap *heap, uint64_t lo, uint64_t hi, wf_pf_drop *drop, void *owner) {
    wf_pf_block block = {lo, hi, drop, owner};
    return add(heap, &block, 0);
}

uint64_t wf_pf_heap_mark(const wf_pf_heap *heap) { return heap->count; }

int wf_pf_list_grow(wf_pf_heap *heap, wf_pf_list *list, uint64_t item_bytes, int traced) {
    uint64_t capacity = list->capacity < 4 ? 8 : (uint64_t)list->capacity * 2;
    char *data = heap ? wf_pf_heap_alloc(heap, capacity * item_bytes, traced) : NULL;
    if (!data) return 0;
    if (list->length) memcpy(data, (const void *)(uintptr_t)list->data, (uint64_t)list->length * item_bytes);
    list->data = (uintptr_t)data;
    list->capacity = (int64_t)capacity;
    return 1;
}

/* ---- sweeping ---- */

static void sift(const wf_pf_heap *heap, uint32_t *order, uint64_t root, uint64_t count) {
    for (uint64_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count &&
            heap->entries[order[child]].block.lo < heap->entries[order[child + 1]].block.lo)
            child++;
        if (heap->entries[order[root]].block.lo >= heap->entries[order[child]].block.lo) return;
        uint32_t other = order[root];
        order[root] = order[child];
        order[child] = other;
    }
}

/* Heapsort: no memory, no bad case. */
static void sort_by_address(wf_pf_heap *heap) {
    uint32_t *order = heap->order;
    for (uint64_t i = 0; i < heap->count; i++) order[i] = (uint32_t)i;
    for (uint64_t i = heap->count / 2; i-- > 0;) sift(heap, order, i, heap->count);
    for (uint64_t end = heap->count; end-- > 1;) {
        uint32_t other = order[0];
        order[0] = order[end];
        order[end] = other;
        sift(heap, order, 0, end);
    }
}

/* The block that holds the address; an empty block and one past the end count too, as views may end there. */
static entry *holder(const wf_pf_heap *heap, uint64_t address) {
    uint64_t low = 0, high = heap->count;
    while (low < high) {
        uint64_t middle = (low + high) / 2;
        if (heap->entries[heap->order[middle]].block.lo <= address) low = middle + 1;
        else high = middle;
    }
    if (!low) return NULL;
    entry *e = &heap->entries[heap->order[low - 1]];
    return address <= e->block.hi ? e : NULL;
}

static void reach(wf_pf_heap *heap, uint64_t address, entry **open, uint64_t *count) {
    entry *e = holder(heap, address);
    if (!e || e->reached) return;
    e->reached = 1;
    if (e->traced) open[(*count)++] = e;
}

static void reach_all(wf_pf_heap *heap, const uint64_t *roots, uint64_t count, entry **open) {
    uint64_t waiting = 0;
    for (uint64_t i = 0; i < count; i++) reach(heap, roots[i], open, &waiting);
    while (waiting) {
        const entry *e = open[--waiting];
        for (uint64_t at = e->block.lo; at + 8 <= e->block.hi; at += 8) {
            uint64_t word;
            memcpy(&word, (const void *)(uintptr_t)at, 8);
            if (word) reach(heap, word, open, &waiting);
        }
    }
}

/* Few roots, and blocks that hold no addresses: each is compared with each, which sorting would not repay. */
static int reach_directly(wf_pf_heap *heap, uint64_t mark, const uint64_t *roots, uint64_t count) {
    if (count > 24) return 0;
    for (uint64_t i = 0; i < heap->count; i++)
        if (heap->entries[i].traced) return 0;
    for (uint64_t i = mark; i < heap->count; i++) {
        entry *e = &heap->entries[i];
        int reached = 0;
        for (uint64_t k = 0; k < count; k++) reached |= roots[k] - e->block.lo <= e->block.hi - e->block.lo;
        e->reached = (uint8_t)reached;
    }
    return 1;
}

/* The order of all blocks. 0: no memory. */
static int order_all(wf_pf_heap *heap) {
    if (heap->ordered == heap->count) return 1;
    if (heap->count > heap->order_capacity) {
        uint32_t *order = wf_realloc(heap->order, heap->count * 2 * sizeof *order);
        if (!order) return 0;
        heap->order = order;
        heap->order_capacity = heap->count * 2;
    }
    if (heap->count >= UINT32_MAX) return 0;
    sort_by_address(heap);
    heap->ordered = heap->count;
    return 1;
}

/* What the words of another heap's traced blocks reach. Few of many are addresses of this heap at all. */
static void reach_from(wf_pf_heap *heap, const wf_pf_heap *other, entry **open) {
    uint64_t lo = heap->count ? heap->entries[heap->order[0]].block.lo : 1,
             hi = heap->count ? heap->entries[heap->order[heap->count - 1]].block.hi : 0;
    for (uint64_t i = 0; i < other->count; i++) {
        const entry *e = &other->entries[i];
        for (uint64_t at = e->block.lo; e->traced && at + 8 <= e->block.hi; at += 8) {
            uint64_t word;
            memcpy(&word, (const void *)(uintptr_t)at, 8);
            if (word >= lo && word <= hi) reach_all(heap, &word, 1, open);
        }
    }
}

/* Marks what the roots and other heaps reach. 0: no memory. */
static int reach_sorted(wf_pf_heap *heap, const uint64_t *roots, uint64_t count, wf_pf_heap *const *others,
                        uint32_t other_count) {
    entry **open = wf_malloc((heap->count + 1) * sizeof *open);
    if (!open || !order_all(heap)) return wf_free(open), 0;
    for (uint64_t i = 0; i < heap->count; i++) heap->entries[i].reached = 0;
    reach_all(heap, roots, count, open);
    for (uint32_t i = 0; i < other_count; i++) reach_from(heap, others[i], open);
    wf_free(open);
    return 1;
}

void wf_pf_heap_sweep(wf_pf_heap *heap, uint64_t mark, const uint64_t *roots, uint64_t count,
                      wf_pf_heap *const *others, uint32_t other_count) {
    if ((other_count || !reach_directly(heap, mark, roots, count)) &&
        !reach_sorted(heap, roots, count, others, other_count))
        return; /* later, perhaps */
    uint64_t kept = mark, bytes = 0, all = heap->count;
    for (uint64_t i = mark; i < all; i++) {
        if (heap->entries[i].reached) {
            bytes += heap->entries[i].block.hi - heap->entries[i].block.lo;
            heap->entries[kept++] = heap->entries[i];
        } else let_go(heap, &heap->entries[i].block);
    }
    if (kept < all) heap->ordered = 0;
    heap->count = kept;
    heap->fresh_blocks = heap->fresh_bytes = 0;
    heap->allowed_blocks = kept > SWEEP_BLOCKS ? kept : SWEEP_BLOCKS;
    heap->allowed_bytes = bytes > SWEEP_BYTES ? bytes : SWEEP_BYTES;
    heap->due = 0;
}

int wf_pf_heap_is_due(const wf_pf_heap *heap) { return heap->due != 0; }

/* Moves the marked blocks of `from`. */
static int move_marked(wf_pf_heap *from, wf_pf_heap *to) {
    uint64_t kept = 0;
    int good = 1;
    for (uint64_t i = 0; i < from->count; i++) {
        entry *e = &from->entries[i];
        if (e->reached && good && add(to, &e->block, e->traced)) continue;
        good = good && !e->reached;
        from->entries[kept++] = *e;
    }
    if (kept < from->count) from->ordered = 0;
    from->count = kept;
    return good;
}

int wf_pf_heap_move(wf_pf_heap *from, wf_pf_heap *to, uint64_t root) {
    return !from->count || (reach_sorted(from, &root, 1, NULL, 0) && move_marked(from, to));
}

int wf_pf_heap_pull(wf_pf_heap *from, wf_pf_heap *to) {
    return !from->count || (reach_sorted(from, NULL, 0, &to, 1) && move_marked(from, to));
}

int wf_pf_heap_join(wf_pf_heap *from, wf_pf_heap *to) {
    for (uint64_t i = 0; i < from->count; i++) from->entries[i].reached = 1;
    return move_marked(from, to);
}

int wf_pf_heap_points(const wf_pf_heap *heap, uint64_t lo, uint64_t hi) {
    for (uint64_t i = 0; i < heap->count; i++) {
        const entry *e = &heap->entries[i];
        if (!e->traced) continue;
        for (uint64_t at = e->block.lo; at + 8 <= e->block.hi; at += 8) {
            uint64_t word;
            memcpy(&word, (const void *)(uintptr_t)at, 8);
            if (word >= lo && word < hi) return 1;
        }
    }
    return 0;
}

int wf_pf_heap_points_into(const wf_pf_heap *heap, wf_pf_heap *other) {
    if (!other->count) return 0;
    if (!order_all(other)) return 1; /* to be safe */
    const wf_pf_block *first = &other->entries[other->order[0]].block,
                      *last = &other->entries[other->order[other->count - 1]].block;
    for (uint64_t i = 0; i < heap->count; i++) {
        const entry *e = &heap->entries[i];
        if (!e->traced) continue;
        for (uint64_t at = e->block.lo; at + 8 <= e->block.hi; at += 8) {
            uint64_t word;
            memcpy(&word, (const void *)(uintptr_t)at, 8);
            if (word >= first->lo && word <= last->hi && holder(other, word)) return 1;
        }
    }
    return 0;
}

/* ---- results ---- */

static uint64_t index_of(const wf_pf_heap *heap, uint64_t address) {
    for (uint64_t i = heap->count; i-- > 0;)
        if (address >= heap->entries[i].block.lo && address <= heap->entries[i].block.hi) return i;
    return UINT64_MAX;
}

/* A heap that is asked often between two changes is searched by its order. */
static uint64_t index_found(wf_pf_heap *heap, uint64_t address) {
    enum { FEW = 64, OFTEN = 16 };
    if (heap->count > FEW && (heap->ordered == heap->count || heap->searches++ >= OFTEN)) {
        heap->searches = 0;
        if (!order_all(heap)) return index_of(heap, address);
        const entry *e = holder(heap, address);
        return e ? (uint64_t)(e - heap->entries) : UINT64_MAX;
    }
    return index_of(heap, address);
}

int wf_pf_heap_find(wf_pf_heap *heap, uint64_t address, wf_pf_block *out) {
    uint64_t i = index_found(heap, address);
    if (i == UINT64_MAX) return 0;
    *out = heap->entries[i].block;
    return 1;
}

int wf_pf_heap_take(wf_pf_heap *heap, uint64_t address, wf_pf_block *out) {
    uint64_t i = index_of(heap, address);
    if (i == UINT64_MAX) return 0;
    *out = heap->entries[i].block;
    memmove(&heap->entries[i], &heap->entries[i + 1], (heap->count - i - 1) * sizeof(entry));
    heap->ordered = 0;
    heap->count--;
    return 1;
}
