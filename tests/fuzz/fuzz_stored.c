/* fuzz_stored.c: any bytes as what the disk cache has of compiled code (program/stored.c) and of a program without its
 * tree (program/kept.c): a thing all of which may be read, or a miss.
 *
 * The first byte's lowest bit: which of the two. Its next: 0: the rest are the bytes; 1: the rest are changes to
 * right ones (three bytes where, one how many, then what), so that the fuzzer is deep inside without a seed. */
#include "cudac/cudac.h"
#include "program/inner.h"
#include <stdlib.h>
#include <string.h>

static volatile size_t seen; /* so that the reads stay */

static void read_text(const char *text) { seen += strlen(text); }
static void read_bytes(const void *bytes, uint64_t size) {
    for (uint64_t i = 0; i < size; i++) seen += ((const unsigned char *)bytes)[i];
}

/* ---- compiled code ---- */

static void open_stored(const void *bytes, size_t size) {
    wf_stored s;
    void *block = wf_malloc(size ? size : 1);
    memcpy(block, bytes, size);
    if (!wf_stored_open(block, size, &s)) {
        wf_free(block);
        return;
    }
    for (uint32_t i = 0; i < s.kernel_count; i++) {
        read_text(s.kernels[i].name);
        read_text(s.kernels[i].symbol);
    }
    for (uint32_t i = 0; i < s.global_count; i++) {
        read_text(s.globals[i].name);
        read_text(s.globals[i].symbol);
        if (s.format == WF_FORMAT_ELF_OBJECT && (s.globals[i].offset > s.globals_size ||
                                                 s.globals[i].size > s.globals_size - s.globals[i].offset))
            __builtin_trap();
    }
    if (s.globals_size + 128 < s.globals_size) __builtin_trap(); /* that much is allocated */
    for (uint32_t i = 0; i < s.site_count; i++) read_text(s.sites[i].text);
    if (s.globals_image) read_bytes(s.globals_image, s.globals_size);
    for (uint32_t i = 0; i < s.globals_pointer_count; i++) {
        uint64_t at;
        memcpy(&at, s.globals_pointers + i * (size_t)8, 8);
        if (at > s.globals_size || s.globals_size - at < 8) __builtin_trap();
    }
    read_bytes(s.code, s.code_size);
    wf_stored_free(&s);
}

static void right_stored(wf_text *out) {
    static wf_func func = {.name = "add"};
    static const uint8_t image[40] = {1, 2, 3};
    static uint64_t pointers[] = {8, 32};
    static wf_emitted_kernel kernels[] = {{.func = &func, .symbol = "wf_kernel_add", .lanes = 16}};
    static wf_emitted_global globals[] = {{"factor", "factor_1", 8, 32, WF_SPACE_CONSTANT}};
    static wf_site sites[] = {{.at = {2, 7, 12, 34}, .text = "x", .bytes = 4, .store = 1}};
    wf_emitted emitted = {.kernels = kernels,
                          .kernel_count = 1,
                          .globals = globals,
                          .global_count = 1,
                          .sites = sites,
                          .site_count = 1,
                          .globals_image = image,
                          .globals_size = sizeof image,
                          .globals_pointers = pointers,
                          .globals_pointer_count = 2};
    wf_stored s;
    if (wf_stored_make(&emitted, WF_FORMAT_ELF_OBJECT, "code", 4, &s, NULL) != WF_OK) abort();
    wf_text_add(out, s.block, s.block_size);
    wf_stored_free(&s);
}

/* ---- programs without their trees ---- */

static wf_status no_tree(void *user, wf_unit **unit, wf_error *err) {
    (void)user, (void)unit;
    return wf_fail(err, WF_COMPILE, "there is no source");
}

static void open_kept(const void *bytes, size_t size) {
    wf_program *program;
    const char *const *notes;
    uint32_t count;
    wf_program_remake remake = {.make = no_tree};
    void *copy = malloc(size ? size : 1); /* no byte more */
    memcpy(copy, bytes, size);
    if (wf_program_find(copy, size, NULL, &remake, &program, &notes, &count)) {
        for (uint32_t i = 0; i < count; i++) read_text(notes[i]);
        for (uint32_t i = 0; i < wf_program_kernel_count(program); i++) {
            wf_kernel *kernel = &program->kernels[i];
            read_text(wf_program_kernel_name(program, i));
            read_bytes(kernel->numbers,
                       (2 * (uint64_t)kernel->signature->param_count + kernel->signature->leaf_count) * 4);
            for (uint32_t k = 0; k < kernel->signature->leaf_count; k++)
                if (kernel->signature->leaves[k].offset + 8 > kernel->signature->size) __builtin_trap();
        }
        read_bytes(program->unit_key, program->unit_key_size);
        if (wf_program_whole(program, NULL) == WF_OK) __builtin_trap();
        wf_program_release(program);
        wf_free((void *)notes);
    }
    free(copy);
}

static void right_kept(wf_text *out) {
    static const char source[] =
        "extern \"C\" __global__ void add(float *a, const float *b, long n) { a[n] = b[n]; }\n"
        "extern \"C\" __global__ void two(double x, struct { int *p; char c; } s) { }";
    static const char *const notes[] = {"add", "AC1d", "0", "1", "two"};
    wf_unit *unit;
    wf_program *program;
    wf_cudac_options options = {.file_name = "seed.cu"};
    if (wf_cudac_compile(source, sizeof source - 1, &options, &unit, NULL) != WF_OK ||
        wf_program_new(unit, NULL, &program, NULL) != WF_OK ||
        wf_program_keep(program, notes, 5, out, NULL) != WF_OK)
        abort();
    wf_program_release(program);
}

/* ---- the fuzzer's door ---- */

static void change(wf_text *bytes, const uint8_t *data, size_t size) {
    while (size >= 4) {
        size_t at = ((size_t)data[0] | (size_t)data[1] << 8 | (size_t)data[2] << 16) % bytes->length;
        size_t count = data[3] % 8u + 1;
        data += 4, size -= 4;
        for (; count && size && at < bytes->length; count--, size--) bytes->data[at++] = (char)*data++;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static wf_text right[2]; /* made once */
    if (!size) return 0;
    int which = data[0] & 1;
    void (*open)(const void *, size_t) = which ? open_kept : open_stored;
    if (!(data[0] & 2)) {
        open(data + 1, size - 1);
        return 0;
    }
    if (!right[which].data) (which ? right_kept : right_stored)(&right[which]);
    wf_text bytes;
    wf_text_init(&bytes, NULL);
    wf_text_add(&bytes, right[which].data, right[which].length);
    change(&bytes, data + 1, size - 1);
    open(bytes.data, bytes.length);
    wf_text_free(&bytes);
    return 0;
}
