/* What a unit prints, read back, emits the very same IR, for the CPU and for PTX: the kernels of
 * tests/identity. */
#include "base/embed.h"
#include "check.h"
#include "cudac/cudac.h"
#include "emit/emit.h"
#include <dirent.h>
#include <string.h>

/* --- the device library, as far as it is called for --- */

enum { MOST_FILES = 64 };
static struct {
    const char *name;
    wf_unit *unit;
} files[MOST_FILES];
static int file_count;

static const wf_unit *unit_of_file(const char *name) {
    for (int i = 0; i < file_count; i++)
        if (!strcmp(files[i].name, name)) return files[i].unit;
    const wf_device_file *file = wf_device_file_find(name);
    wf_cudac_options options = {.file_name = name, .device_library = 1};
    wf_error err;
    if (!file || file_count == MOST_FILES) return NULL;
    CHECK(wf_cudac_compile(file->text, file->length, &options, &files[file_count].unit, &err) == WF_OK);
    files[file_count].name = file->name;
    return files[file_count++].unit;
}

static const wf_func *library_function(void *user, const char *name, const wf_unit **unit) {
    (void)user;
    const wf_device_function *function = wf_device_function_find(name);
    *unit = function ? unit_of_file(function->file) : NULL;
    return *unit ? wf_unit_find_func(*unit, name) : NULL;
}

/* --- */

static void set_target(wf_target *target, int gpu) {
    memset(target, 0, sizeof *target);
    if (gpu) {
        wf_target_nvptx(target, 90, 12040, 22);
        return;
    }
    target->kind = WF_TARGET_CPU;
    target->llvm_major = 22;
    strcpy(target->triple, "x86_64-unknown-linux-gnu");
    target->vector_bytes = 32;
    target->has_fma = 1;
}

/* The unit's IR, or NULL (told). It lives as long as the unit. */
static const char *ir_of(wf_unit *unit, int gpu, const char *name) {
    wf_target target;
    wf_emitted *emitted = NULL;
    wf_error err;
    wf_emit_options options = {.shape = {{32, 4, 1}, 1}, .check_bounds = 1, .library = library_function};
    set_target(&target, gpu);
    wf_error_clear(&err);
    wf_status status = wf_emit(unit, &target, &options, &emitted, &err);
    CHECK_MESSAGE(status == WF_OK, "%s: %s", name, err.message);
    return status == WF_OK ? emitted->ir : NULL;
}

static wf_unit *compile(const char *source, size_t length, const char *name) {
    wf_cudac_options options = {.file_name = "kernel.cu"};
    wf_unit *unit = NULL;
    wf_error err;
    wf_status status = wf_cudac_compile(source, length, &options, &unit, &err);
    CHECK_MESSAGE(status == WF_OK, "%s: %s", name, err.message);
    if (status == WF_OK) return unit;
    wf_unit_free(unit);
    return NULL;
}

static void test_source(const char *source, size_t length, const char *name, int gpu) {
    wf_unit *unit = compile(source, length, name), *again = NULL;
    wf_text text;
    wf_text_init(&text, NULL);
    if (unit) wf_print_unit(unit, &text);
    if (text.data) again = compile(text.data, text.length, name);
    const char *first = unit ? ir_of(unit, gpu, name) : NULL,
               *second = again ? ir_of(again, gpu, name) : NULL;
    CHECK_MESSAGE(first && second && !strcmp(first, second), "%s, %s", name, gpu ? "PTX" : "CPU");
    wf_unit_free(unit);
    wf_unit_free(again);
    wf_text_free(&text);
}

static void test_file(const char *path, const char *name) {
    static char source[1 << 18];
    FILE *file = fopen(path, "rb");
    if (!file) return;
    size_t length = fread(source, 1, sizeof source - 1, file);
    fclose(file);
    source[length] = 0;
    for (int gpu = 0; gpu < 2; gpu++) test_source(source, length, name, gpu);
}

int main(void) {
    const char *folder = TEST_SOURCE "/tests/identity/kernels";
    DIR *entries = opendir(folder);
    int kernels = 0;
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        char path[1024];
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".cu")) continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        test_file(path, entry->d_name);
        kernels++;
    }
    if (entries) closedir(entries);
    CHECK(kernels > 20);
    while (file_count) wf_unit_free(files[--file_count].unit);
    return check_report("print emits the same");
}
