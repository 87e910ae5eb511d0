/* pyfunc/heap.h: the memory that a compiled Python function makes while it runs. See heap.c. */
#ifndef WF_PYFUNC_HEAP_H
#define WF_PYFUNC_HEAP_H
#include <stddef.h>
#include <stdint.h>

typedef struct wf_pf_heap wf_pf_heap;
/* Whoever owns memory that the heap only looks after: called once, when nothing reaches it any more. */
typedef void wf_pf_drop(void *owner);

wf_pf_heap *wf_pf_heap_new(void); /* NULL: no memory */
void wf_pf_heap_free(wf_pf_heap *heap);
/* traced: it may hold addresses of other blocks (a list of arrays). Zeroed then. NULL: no memory. */
void *wf_pf_heap_alloc(wf_pf_heap *heap, uint64_t bytes, int traced);
/* Memory of somebody else's. 0: no memory, and drop was not called. */
int wf_pf_heap_adopt(wf_pf_heap *heap, uint64_t lo, uint64_t hi, wf_pf_drop *drop, void *owner);
/* How many blocks there are: a mark for wf_pf_heap_sweep. */
uint64_t wf_pf_heap_mark(const wf_pf_heap *heap);
/* Frees what was made after the mark and cannot be reached from the roots (addresses, also into blocks), nor
 * from what other heaps hold. */
void wf_pf_heap_sweep(wf_pf_heap *heap, uint64_t mark, const uint64_t *roots, uint64_t count,
                      wf_pf_heap *const *others, uint32_t other_count);
int wf_pf_heap_is_due(const wf_pf_heap *heap); /* much was made since the last sweep */

/* Moves what can be reached from the root to another heap. 0: no memory. */
int wf_pf_heap_move(wf_pf_heap *from, wf_pf_heap *to, uint64_t root);
/* Moves what anything in `to` points to, and what that reaches. 0: no memory. */
int wf_pf_heap_pull(wf_pf_heap *from, wf_pf_heap *to);
/* Moves all. 0: no memory. */
int wf_pf_heap_join(wf_pf_heap *from, wf_pf_heap *to);
/* Whether something in the heap points between lo and hi; into a block of another heap's. */
int wf_pf_heap_points(const wf_pf_heap *heap, uint64_t lo, uint64_t hi);
int wf_pf_heap_points_into(const wf_pf_heap *heap, wf_pf_heap *other);

/* A list, as compiled code lays it out (lists.c). */
typedef struct wf_pf_list {
    uint64_t data;
    int64_t length, capacity, typed; /* typed: made by numba.typed.List, and so it goes back to Python */
} wf_pf_list;
int wf_pf_list_grow(wf_pf_heap *heap, wf_pf_list *list, uint64_t item_bytes, int traced); /* 0: no memory */

typedef struct wf_pf_block {
    uint64_t lo, hi;
    wf_pf_drop *drop; /* NULL: memory of the heap's own, freed with wf_pf_memory_drop(owner) */
    void *owner;
} wf_pf_block;
/* Takes the block that `address` lies in (its end counts) out of the heap. 0: it is in none. */
int wf_pf_heap_take(wf_pf_heap *heap, uint64_t address, wf_pf_block *out);
/* The same, but it stays: for a second reader. */
int wf_pf_heap_find(wf_pf_heap *heap, uint64_t address, wf_pf_block *out);
void wf_pf_block_drop(wf_pf_block *block);
#endif
