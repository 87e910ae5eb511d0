/* The tables of embedded device files and functions: sorted, whole, and found by name. */
#include "base/embed.h"
#include "check.h"
#include <string.h>

int main(void) {
    CHECK(wf_device_file_count > 0);
    for (size_t i = 0; i < wf_device_file_count; i++) {
        const wf_device_file *file = &wf_device_files[i];
        CHECK_MESSAGE(strlen(file->text) == file->length, "%s", file->name);
        CHECK_MESSAGE(i == 0 || strcmp(wf_device_files[i - 1].name, file->name) < 0, "%s", file->name);
        CHECK_MESSAGE(wf_device_file_find(file->name) == file, "%s", file->name);
    }
    CHECK(wf_device_files[wf_device_file_count].name == NULL);
    CHECK(wf_device_file_find("no such file") == NULL);
    CHECK(wf_device_file_find("") == NULL);
    for (size_t i = 0; i < wf_include_file_count; i++) {
        const wf_device_file *file = &wf_include_files[i];
        CHECK_MESSAGE(strlen(file->text) == file->length, "%s", file->name);
        CHECK_MESSAGE(i == 0 || strcmp(wf_include_files[i - 1].name, file->name) < 0, "%s", file->name);
        CHECK_MESSAGE(wf_include_file_find(file->name) == file, "%s", file->name);
    }
    CHECK(wf_include_file_find("cub/cub.cuh") && !wf_include_file_find("cub.cuh"));
    for (size_t i = 0; i < wf_device_function_count; i++) {
        const wf_device_function *function = &wf_device_functions[i];
        const wf_device_file *file = wf_device_file_find(function->file);
        CHECK_MESSAGE(wf_device_function_find(function->name) == function, "%s", function->name);
        CHECK_MESSAGE(file && strstr(file->text, function->name), "%s", function->name);
        CHECK_MESSAGE(strstr(function->prototype, function->name), "%s", function->name);
    }
    CHECK(wf_device_function_find("wf_sinf") &&
          strcmp(wf_device_function_find("wf_sinf")->file, "f32_trig.h") == 0);
    CHECK(wf_device_function_find("wf_sinf_") == NULL);
    return check_report("embed");
}
