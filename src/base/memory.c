/* base/memory.c: malloc and its kin behind one counter; see memory.h. */
#include "base/memory.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* For tests only; relaxed, since a test that counts runs one thread. */
static atomic_size_t made, fail_nth;
static atomic_int fail_sticky;

static int must_fail(void) {
    size_t nth = atomic_load_explicit(&fail_nth, memory_order_relaxed);
    if (!nth) return 0;
    size_t now = atomic_fetch_add_explicit(&made, 1, memory_order_relaxed) + 1;
    return now == nth || (now > nth && atomic_load_explicit(&fail_sticky, memory_order_relaxed));
}

size_t wf_memory_fail_at(size_t nth, int sticky) {
    atomic_store(&fail_nth, nth);
    atomic_store(&fail_sticky, sticky);
    return atomic_exchange(&made, 0);
}

void *wf_malloc(size_t size) { return must_fail() ? NULL : malloc(size ? size : 1); }
void *wf_calloc(size_t count, size_t size) {
    return must_fail() ? NULL : calloc(count ? count : 1, size ? size : 1);
}
void *wf_realloc(void *memory, size_t size) { return must_fail() ? NULL : realloc(memory, size ? size : 1); }
void wf_free(void *memory) { free(memory); }

char *wf_strdup(const char *text) {
    size_t size = strlen(text) + 1;
    char *copy = wf_malloc(size);
    return copy ? memcpy(copy, text, size) : NULL;
}
