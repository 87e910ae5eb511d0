/* program/stored.c: what goes into a cache entry comes out, and no bytes at all make the reader go astray. */
#include "check.h"
#include "program/inner.h"
#include <string.h>

static wf_func func = {.name = "add"};

static wf_status make(wf_stored *out) {
    static const uint8_t image[40] = {1, 2, 3};
    static uint64_t pointers[] = {8, 32};
    static wf_emitted_kernel kernels[] = {{.func = &func,
                                           .symbol = "wf_kernel_add",
                                           .shared_bytes = 4096,
                                           .shared_align = 16,
                                           .path = WF_PATH_FISSION,
                                           .lanes = 16,
                                           .uses_dynamic_shared = 1}};
    static wf_emitted_global globals[] = {{"factor", "factor_1", 8, 32, WF_SPACE_CONSTANT}};
    static wf_site sites[] = {{.kind = 0, .at = {2, 7, 12, 34}, .text = "x", .bytes = 4, .store = 1},
                              {.kind = WF_TRAP_ASSERT, .at = {1, 1, 1, 1}, .text = "i < n"}};
    wf_emitted emitted = {.kernels = kernels,
                          .kernel_count = 1,
                          .globals = globals,
                          .global_count = 1,
                          .sites = sites,
                          .site_count = 2,
                          .globals_image = image,
                          .globals_size = sizeof(image),
                          .globals_pointers = pointers,
                          .globals_pointer_count = 2};
    wf_error error;
    return wf_stored_make(&emitted, WF_FORMAT_ELF_OBJECT, "code\0code", 9, out, &error);
}

static void check_content(const wf_stored *s) {
    CHECK(s->format == WF_FORMAT_ELF_OBJECT && s->code_size == 9 && memcmp(s->code, "code\0code", 9) == 0);
    CHECK(s->kernel_count == 1 && strcmp(s->kernels[0].name, "add") == 0);
    CHECK(strcmp(s->kernels[0].symbol, "wf_kernel_add") == 0 && s->kernels[0].shared_bytes == 4096);
    CHECK(s->kernels[0].path == WF_PATH_FISSION && s->kernels[0].lanes == 16 &&
          s->kernels[0].uses_dynamic_shared);
    CHECK(s->global_count == 1 && strcmp(s->globals[0].symbol, "factor_1") == 0 && s->globals[0].offset == 8);
    CHECK(s->globals_size == 40 && s->globals_image[2] == 3);
    CHECK(s->globals_pointer_count == 2 && s->globals_pointers[8] == 32);
    CHECK(s->site_count == 2 && s->sites[0].at.line == 12 && s->sites[0].at.file == 2 &&
          s->sites[0].at.column == 34);
    CHECK(s->sites[0].at.length == 7 && s->sites[0].store && strcmp(s->sites[1].text, "i < n") == 0);
}

static void test_round_trip(void) {
    wf_stored first, again, other;
    CHECK(make(&first) == WF_OK);
    check_content(&first);
    void *copy = wf_malloc(first.block_size);
    memcpy(copy, first.block, first.block_size);
    CHECK(wf_stored_open(copy, first.block_size, &again));
    check_content(&again);
    CHECK(wf_stored_with_code(&first, WF_FORMAT_CUBIN, "cubin", 5, &other, NULL) == WF_OK);
    CHECK(other.format == WF_FORMAT_CUBIN && other.code_size == 5 && other.site_count == 2);
    wf_stored_free(&first);
    wf_stored_free(&again);
    wf_stored_free(&other);
}

/* Opens a changed copy; a sanitizer sees any read outside of it. */
static int opens(const void *bytes, size_t size) {
    void *copy = wf_malloc(size ? size : 1);
    wf_stored s;
    memcpy(copy, bytes, size);
    if (!wf_stored_open(copy, size, &s)) {
        wf_free(copy);
        return 0;
    }
    size_t letters = 0;
    for (uint32_t i = 0; i < s.kernel_count; i++)
        letters += strlen(s.kernels[i].name) + strlen(s.kernels[i].symbol);
    for (uint32_t i = 0; i < s.site_count; i++) letters += strlen(s.sites[i].text);
    for (uint32_t i = 0; i < s.global_count; i++)
        CHECK(s.globals[i].offset + s.globals[i].size <= s.globals_size);
    for (uint64_t i = 0; i < s.code_size; i++) letters += ((const unsigned char *)s.code)[i];
    wf_stored_free(&s);
    return letters > 0;
}

static void test_damage(void) {
    wf_stored s;
    CHECK(make(&s) == WF_OK);
    unsigned char *bytes = wf_malloc(s.block_size);
    for (size_t size = 0; size < s.block_size; size++)
        if (size < s.block_size - 1) CHECK(!opens(s.block, size));
    unsigned random = 1;
    for (int round = 0; round < 20000; round++) {
        memcpy(bytes, s.block, s.block_size);
        for (int i = 0; i < 1 + round % 4; i++) {
            random = random * 1664525u + 1013904223u;
            bytes[(random >> 8) % (s.block_size < 400 ? s.block_size : 400)] = (unsigned char)(random >> 24);
        }
        opens(bytes, s.block_size);
    }
    wf_free(bytes);
    wf_stored_free(&s);
}

static void test_memory(void) {
    for (size_t nth = 1; nth < 40; nth++) {
        wf_stored s;
        wf_memory_fail_at(nth, 0);
        wf_status status = make(&s);
        wf_memory_fail_at(0, 0);
        CHECK(status == WF_OK || status == WF_NOMEM);
        if (status == WF_OK) {
            wf_stored_free(&s);
            CHECK(nth > 1);
            return;
        }
    }
    CHECK(0);
}

int main(void) {
    test_round_trip();
    test_damage();
    test_memory();
    return check_report("program_stored");
}
