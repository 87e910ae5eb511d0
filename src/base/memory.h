/* base/memory.h: the one door to the host's heap, so that a test can make the nth allocation fail. */
#ifndef WF_BASE_MEMORY_H
#define WF_BASE_MEMORY_H
#include <stddef.h>

void *wf_malloc(size_t size);
void *wf_calloc(size_t count, size_t size);
void *wf_realloc(void *memory, size_t size);
char *wf_strdup(const char *text);
void wf_free(void *memory);
/* Tests: from now on the nth allocation (1 = the next) and, if sticky, all after it return NULL; 0 turns it
 * off. Returns how many allocations were made since the last call. */
size_t wf_memory_fail_at(size_t nth, int sticky);
#endif
