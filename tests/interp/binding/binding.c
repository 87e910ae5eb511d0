/* tests/interp/binding/binding.c: the interpreter for ctypes (interp.py): CUDA C source in, kernels run,
 * nothing but plain C types across the border. */
#include "base/embed.h"
#include "base/memory.h"
#include "cudac/cudac.h"
#include "interp/interp.h"
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef struct library_unit {
    struct library_unit *next;
    const char *file;
    wf_unit *unit;
} library_unit;

typedef struct handle {
    wf_unit *unit;
    wf_interp_module *module;
    library_unit *library; /* device files that were used, parsed */
} handle;

static void copy_text(char *to, size_t size, const char *text) {
    if (size) snprintf(to, size, "%s", text ? text : "");
}

static const wf_unit *unit_of_file(handle *h, const char *name) {
    for (library_unit *known = h->library; known; known = known->next)
        if (!strcmp(known->file, name)) return known->unit;
    const wf_device_file *file = wf_device_file_find(name);
    library_unit *entry = file ? wf_calloc(1, sizeof *entry) : NULL;
    if (!entry) return NULL;
    wf_cudac_options options = {.file_name = name, .device_library = 1};
    wf_error err;
    if (wf_cudac_compile(file->text, file->length, &options, &entry->unit, &err) != WF_OK) {
        wf_unit_free(entry->unit);
        entry->unit = NULL;
    }
    entry->file = file->name;
    entry->next = h->library;
    h->library = entry;
    return entry->unit;
}

static const wf_func *library_function(void *user, const char *name, const wf_unit **unit) {
    const wf_device_function *known = wf_device_function_find(name);
    *unit = known ? unit_of_file(user, known->file) : NULL;
    return *unit ? wf_unit_find_func(*unit, name) : NULL;
}

EXPORT void weft_interp_close(handle *h) {
    if (!h) return;
    for (library_unit *entry = h->library, *next; entry; entry = next) {
        next = entry->next;
        wf_unit_free(entry->unit);
        wf_free(entry);
    }
    wf_interp_module_free(h->module);
    wf_unit_free(h->unit);
    wf_free(h);
}

/* NULL: `message` says why. through_text: the unit is printed and read again first, and both must be equal.
 */
EXPORT handle *weft_interp_open(const char *source, const char *name, int fast_math, int no_contract,
                                int through_text, char *message, size_t message_size) {
    wf_error err;
    wf_cudac_options options = {.file_name = name, .fast_math = fast_math, .no_contract = no_contract};
    handle *h = wf_calloc(1, sizeof *h);
    if (!h) return NULL;
    wf_status status = wf_cudac_compile(source, strlen(source), &options, &h->unit, &err);
    if (status == WF_OK) status = wf_unit_verify(h->unit, &err);
    if (status == WF_OK && through_text) {
        wf_text text, why;
        wf_text_init(&text, NULL);
        wf_text_init(&why, NULL);
        wf_unit *first = h->unit;
        h->unit = NULL;
        wf_print_unit(first, &text);
        options = (wf_cudac_options){.file_name = "printed.cu"};
        status = wf_cudac_compile(text.data, text.length, &options, &h->unit, &err);
        if (status == WF_OK) status = wf_unit_verify(h->unit, &err);
        if (status == WF_OK && !wf_unit_equal(first, h->unit, &why))
            status = wf_fail(&err, WF_INTERNAL, "the print reads back to another tree: %s", why.data);
        wf_text_free(&text);
        wf_text_free(&why);
        wf_unit_free(first);
    }
    if (status == WF_OK) {
        h->module = wf_interp_module_new(h->unit);
        return h;
    }
    copy_text(message, message_size, err.message);
    weft_interp_close(h);
    return NULL;
}

/* The unit as text; returns its length (it is cut at size - 1). */
EXPORT size_t weft_interp_print(const handle *h, char *to, size_t size) {
    wf_text text;
    wf_text_init(&text, NULL);
    wf_print_unit(h->unit, &text);
    copy_text(to, size, text.data);
    size_t length = text.length;
    wf_text_free(&text);
    return length;
}

EXPORT void *weft_interp_global(handle *h, const char *name, uint64_t *size) {
    return wf_interp_global(h->module, name, size);
}

/* Returns the wf_status; message: its text; printed: what printf wrote; report: accesses suppressed, line of
 * the first, its block, thread, address. buffers NULL: memory is not checked. */
EXPORT int weft_interp_launch(handle *h, const char *kernel, const uint32_t *grid, const uint32_t *block,
                              uint32_t shared, const void *params, size_t params_size,
                              const wf_interp_buffer *buffers, uint32_t count, uint64_t max_steps,
                              uint64_t report[5], char *printed, size_t printed_size, char *message,
                              size_t message_size) {
    wf_error err;
    wf_text output;
    wf_error_clear(&err);
    wf_text_init(&output, NULL);
    wf_interp_options options = {.buffers = buffers,
                                 .buffer_count = count,
                                 .module = h->module,
                                 .library = library_function,
                                 .library_user = h,
                                 .output = &output,
                                 .max_steps = max_steps};
    wf_status status =
        wf_interp_run(h->unit, kernel, grid, block, shared, params, params_size, &options, &err);
    const uint64_t facts[5] = {options.out_of_bounds, options.first.at.line, options.first.block,
                               options.first.thread, options.first.address};
    memcpy(report, facts, sizeof facts);
    copy_text(printed, printed_size, output.data);
    copy_text(message, message_size, err.message);
    wf_text_free(&output);
    return (int)status;
}
