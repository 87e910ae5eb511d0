/* vendor/library.h: opening one of NVIDIA's libraries. */
#ifndef WF_VENDOR_LIBRARY_H
#define WF_VENDOR_LIBRARY_H
#include "base/status.h"
#include <stdint.h>
#include <pthread.h>

typedef struct wf_vendor_symbol {
    const char *name;
    void **place; /* gets its address */
} wf_vendor_symbol;

typedef struct wf_vendor_library {
    pthread_mutex_t lock; /* guards all that its room keeps */
    const char *name;     /* "libcublas" */
    const wf_vendor_symbol *symbols;
    uint32_t symbol_count;
    char *path; /* NULL: it is not open */
} wf_vendor_library;

/* Opens the first of these paths that has all of the symbols; later calls give the same one. *path lives as long
 * as the process. WF_NODEVICE: none could be opened, err says why. */
wf_status wf_vendor_open(wf_vendor_library *library, const char *const *paths, uint32_t count,
                         const char **path, wf_error *err);
#endif
