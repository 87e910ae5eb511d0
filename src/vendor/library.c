/* vendor/library.c: see library.h. */
#include "vendor/library.h"
#include "base/library.h"
#include "base/memory.h"
#include <stdio.h>

static int open_one(const wf_vendor_library *wanted, const char *path, char *reason, size_t size) {
    void *library = wf_library_open(path, reason, size);
    if (!library) return 0;
    const char *missing = NULL;
    for (uint32_t i = 0; i < wanted->symbol_count && !missing; i++) {
        *wanted->symbols[i].place = wf_library_symbol(library, wanted->symbols[i].name);
        if (!*wanted->symbols[i].place) missing = wanted->symbols[i].name;
    }
    if (!missing) return 1;
    snprintf(reason, size, "%s has no %s", path, missing);
    wf_library_close(library);
    return 0;
}

wf_status wf_vendor_open(wf_vendor_library *library, const char *const *paths, uint32_t count,
                         const char **path, wf_error *err) {
    char reason[600];
    wf_status status = WF_OK;
    snprintf(reason, sizeof reason, "no library named %s was found", library->name);
    pthread_mutex_lock(&library->lock);
    for (uint32_t i = 0; i < count && !library->path; i++)
        if (open_one(library, paths[i], reason, sizeof reason)) library->path = wf_strdup(paths[i]);
    if (library->path) *path = library->path;
    else status = wf_fail(err, WF_NODEVICE, "%s", reason);
    pthread_mutex_unlock(&library->lock);
    return status;
}
