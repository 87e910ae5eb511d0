/* program/library.c: the device library, for the emitter.
 *
 * The library is carried in the core as text (base/embed.h). When a kernel calls wf_sinf, the file that
 * defines it is found, parsed once for the process, and kept: its unit is immutable from then on and shared
 * by all programs and threads. A file is parsed under the table's lock: another thread that wants the same
 * one would only do the work twice.
 *
 * Finding the file needs no index: a definition is the one place where the name stands, followed by a
 * parenthesis, in a line that begins in the first column and does not end in a semicolon. (device/ is
 * formatted by clang-format.) */
#include "program/inner.h"
#include "base/embed.h"
#include "cudac/cudac.h"
#include <ctype.h>
#include <string.h>

typedef struct library_file {
    struct library_file *next;
    const wf_device_file *file;
    wf_unit *unit;
} library_file;

static pthread_mutex_t library_lock = PTHREAD_MUTEX_INITIALIZER;
static library_file *library_files;

static int is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* Whether the name at `at` in `text` is being defined there. */
static int defines_at(const char *text, const char *at, size_t length) {
    if (at[length] != '(' || (at > text && is_word(at[-1]))) return 0;
    const char *line = at;
    while (line > text && line[-1] != '\n') line--;
    if (*line == ' ' || *line == '\t' || *line == '#' || *line == '/' || *line == '*') return 0;
    const char *end = at;
    while (*end && *end != '{' && *end != ';') end++;
    return *end == '{';
}

static int file_defines(const wf_device_file *file, const char *name) {
    size_t length = strlen(name);
    for (const char *at = strstr(file->text, name); at; at = strstr(at + 1, name))
        if (defines_at(file->text, at, length)) return 1;
    return 0;
}

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

const wf_func *wf_library_function(void *user, const char *name, const wf_unit **unit) {
    (void)user;
    const wf_func *found = NULL;
    pthread_mutex_lock(&library_lock);
    for (size_t i = 0; i < wf_device_file_count && !found; i++) {
        const wf_device_file *file = &wf_device_files[i];
        size_t length = strlen(file->name);
        if (length < 3 || strcmp(file->name + length - 2, ".h") != 0 || !file_defines(file, name)) continue;
        wf_unit *parsed = unit_of(file);
        wf_func *func = parsed ? wf_unit_find_func(parsed, name) : NULL;
        if (!func || !func->body) continue;
        found = func;
        *unit = parsed;
    }
    pthread_mutex_unlock(&library_lock);
    return found;
}
