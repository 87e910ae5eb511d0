/* fuzz_loader.c: any bytes as an ELF object, for both machines: an image or an error, nothing else. */
#include "runtime/loader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const enum wf_machine machines[] = {WF_MACHINE_X86_64, WF_MACHINE_AARCH64};
    for (int i = 0; i < 2; i++) {
        wf_image image;
        wf_error err;
        if (wf_image_load(&image, data, size, machines[i], &err)) continue;
        for (uint32_t s = 0; s < image.symbol_count; s++)
            if (!wf_image_find(&image, image.symbols[s].name)) __builtin_trap();
        wf_image_free(&image);
    }
    return 0;
}
