/* program/library.c: the device library, for the emitter.
 *
 * The library is carried in the core as text (base/embed.h). When a kernel calls wf_sinf, the file that
 * defines it is found, parsed once for the process, and kept: its unit is immutable from then on and shared
 * by all programs and threads. A file is parsed under the table's lock: another thread that wants the same
 * one would only do the work twice. */
#include "program/inner.h"
#include "base/embed.h"
#include "cudac/cudac.h"
#include <stdio.h>
#include <string.h>

typedef struct library_file {
    struct library_file *next;
    const wf_device_file *file;
    wf_unit *unit;
} library_file;

static pthread_mutex_t library_lock = PTHREAD_MUTEX_INITIALIZER;
static library_file *library_files;

static wf_unit *unit_of(const wf_device_file *file) {
    for (library_file *known = library_files; known; known = known->next)
        if (known->file == file) return known->unit;
    wf_cudac_options options = {.file_name = file->name, .device_library = 1};
    wf_unit *unit = NULL;
    wf_error error;
    if (wf_cudac_compile(file->text, file->length, &options, &unit, &error) != WF_OK) {
        wf_debug(WF_DEBUG_COMPILER, "device library: %s: %s", file->name, error.message);
        wf_unit_free(unit);
        unit = NULL;
    }
    library_file *entry = wf_malloc(sizeof(*entry));
    if (!entry) {
        wf_unit_free(unit);
        return NULL;
    }
    *entry = (library_file){library_files, file, unit};
    library_files = entry;
    return unit;
}

/* wf_expf → wf_cr_expf, where f32_exact.h has that. */
static const wf_device_function *find_exact(const char *name) {
    char exact[64];
    size_t length = strlen(name);
    if (length < 5 || length + 4 > sizeof exact || memcmp(name, "wf_", 3) != 0 || name[length - 1] != 'f')
        return NULL;
    snprintf(exact, sizeof exact, "wf_cr_%s", name + 3);
    return wf_device_function_find(exact);
}

const wf_func *wf_library_function(void *user, const char *name, const wf_unit **unit) {
    const wf_device_function *function = user ? find_exact(name) : NULL;
    if (function) name = function->name;
    else function = wf_device_function_find(name);
    const wf_device_file *file = function ? wf_device_file_find(function->file) : NULL;
    if (!file) return NULL;
    pthread_mutex_lock(&library_lock);
    wf_unit *parsed = unit_of(file);
    pthread_mutex_unlock(&library_lock);
    wf_func *func = parsed ? wf_unit_find_func(parsed, name) : NULL;
    if (!func || !func->body) return NULL;
    *unit = parsed;
    return func;
}

void wf__library_fork(int take) {
    if (take) pthread_mutex_lock(&library_lock);
    else pthread_mutex_unlock(&library_lock);
}
