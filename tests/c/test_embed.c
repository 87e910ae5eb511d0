/* The table of embedded device files: sorted, whole, and found by name. */
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
    return check_report("embed");
}
