/* fuzz_loader.c: any bytes as an ELF object, for both machines: an image or an error, nothing else.
 *
 * An even first byte: the rest is the object. An odd one: the rest are changes to a small right object (two
 * bytes where, two bytes what), so that the fuzzer is deep inside without a seed; the second byte says how
 * many relocations it has. */
#include "runtime/loader.h"
#include "tests/c/make_object.h"

static void load(const void *data, size_t size, enum wf_machine machine) {
    wf_image image;
    wf_error err;
    if (wf_image_load(&image, data, size, machine, &err)) return;
    for (uint32_t s = 0; s < image.symbol_count; s++)
        if (!wf_image_find(&image, image.symbols[s].name)) __builtin_trap();
    wf_image_free(&image);
}

static void load_changed(const uint8_t *data, size_t size, enum wf_machine machine) {
    static const uint32_t x86[] = {1, 2, 4, 9, 10, 11, 24, 25, 26, 41, 42};
    static const uint32_t arm[] = {257, 258, 260, 261, 273, 274, 275, 277, 278,
                                   280, 282, 283, 284, 285, 286, 299, 311, 312};
    object o;
    begin(&o, machine);
    for (int i = 0; i < data[0] % 60; i++)
        add(&o, 0x94000000, machine == WF_MACHINE_X86_64 ? x86[i % 11] : arm[i % 18], 1 + i % 4, i);
    finish(&o);
    for (data++, size--; size >= 4; data += 4, size -= 4) {
        size_t at = (size_t)(data[0] | data[1] << 8) % (sizeof o - 1);
        memcpy((char *)&o + at, data + 2, 2);
    }
    load(&o, sizeof o, machine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const enum wf_machine machines[] = {WF_MACHINE_X86_64, WF_MACHINE_AARCH64};
    for (int i = 0; i < 2 && size > 1; i++) {
        if (data[0] & 1) load_changed(data + 1, size - 1, machines[i]);
        else load(data + 1, size - 1, machines[i]);
    }
    return 0;
}
