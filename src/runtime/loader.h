/* runtime/loader.h: maps a relocatable ELF object of ours into memory, ready to run.
 *
 * ELF64, little-endian, x86-64 or AArch64, as LLVM and GCC write them with PIC and the small code model. Code
 * is mapped read-execute, constants read-only, variables read-write; never writable and executable at once.
 * The only undefined symbols allowed are memcpy, memset and memmove: anything else is an error that names it.
 * The bytes may come from a damaged cache: every offset is checked. */
#ifndef WF_RUNTIME_LOADER_H
#define WF_RUNTIME_LOADER_H
#include "base/status.h"
#include <stddef.h>
#include <stdint.h>

enum wf_machine {
    WF_MACHINE_HOST = 0,
    WF_MACHINE_X86_64 = 62,
    WF_MACHINE_AARCH64 = 183
}; /* as in e_machine */

typedef struct wf_image_symbol {
    const char *name; /* inside the image's copy of the names */
    uint64_t address, size;
    int is_function, is_writable;
} wf_image_symbol;

typedef struct wf_image {
    char *memory; /* the mapping: code, constants, variables */
    size_t bytes;
    wf_image_symbol *symbols; /* global and local named ones, sorted by name */
    uint32_t symbol_count;
    char *names;
} wf_image;

/* machine: WF_MACHINE_HOST, or another one for tests: then the image is relocated, but cannot run. */
wf_status wf_image_load(wf_image *image, const void *bytes, size_t size, enum wf_machine machine,
                        wf_error *err);
void wf_image_free(wf_image *image);
const wf_image_symbol *wf_image_find(const wf_image *image, const char *name);
#endif
