/* base/library.h: libraries that are opened while the program runs: the driver's, NVIDIA's others. */
#ifndef WF_BASE_LIBRARY_H
#define WF_BASE_LIBRARY_H
#include <stddef.h>

/* By a path, or by a name that the system's loader looks for. Its names stay its own. NULL: `reason` says
 * why. */
void *wf_library_open(const char *path, char *reason, size_t size);
void *wf_library_symbol(void *library, const char *name); /* NULL: it has none of that name */
void wf_library_close(void *library);
#endif
