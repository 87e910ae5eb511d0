/* test_device_front.c: every file of the device library through weft's own CUDA C front-end, without a
 * complaint, and every public function found in the unit that its file becomes. */
#include "base/embed.h"
#include "check.h"
#include "cudac/cudac.h"
#include <stdlib.h>
#include <string.h>

static wf_unit *compile(const wf_device_file *file) {
    wf_cudac_options options = {.file_name = file->name, .device_library = 1};
    wf_unit *unit = NULL;
    static wf_error error;
    wf_error_clear(&error);
    wf_status status = wf_cudac_compile(file->text, file->length, &options, &unit, &error);
    CHECK_MESSAGE(status == WF_OK, "%s: %s", file->name, error.message);
    return unit;
}

static int defines(const wf_unit *unit, const char *name) {
    for (const wf_func *f = unit->funcs; f; f = f->next)
        if (strcmp(f->name, name) == 0 && f->body) return 1;
    return 0;
}

int main(void) {
    for (size_t i = 0; i < wf_device_file_count; i++) {
        const wf_device_file *file = &wf_device_files[i];
        size_t length = strlen(file->name);
        if (file->name[length - 1] != 'h' || strcmp(file->name, "wf_device_c.h") == 0) continue;
        wf_unit *unit = compile(file);
        if (!unit) continue;
        for (size_t k = 0; k < wf_device_function_count; k++)
            if (strcmp(wf_device_functions[k].file, file->name) == 0)
                CHECK_MESSAGE(defines(unit, wf_device_functions[k].name), "%s: %s", file->name,
                              wf_device_functions[k].name);
        wf_unit_free(unit);
    }
    return check_report("device front");
}
