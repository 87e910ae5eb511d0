/* fuzz_cudac.c: arbitrary text through the CUDA C front-end.
 *
 * What is accepted must hold the tree's rules, and print and read back as an equal tree. The byte limit keeps
 * memory bounded. Dictionary: tests/fuzz/cudac.dict; seeds: tests/cudac. */
#include "cudac/cudac.h"
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void round_trip(const wf_unit *unit) {
    wf_text text, why;
    wf_error err = {0};
    wf_unit *again = NULL;
    wf_text_init(&text, NULL);
    wf_text_init(&why, NULL);
    wf_print_unit(unit, &text);
    wf_cudac_options options = {.file_name = "printed.cu"};
    wf_status status = wf_cudac_compile(text.data, text.length, &options, &again, &err);
    if (status != WF_OK || !wf_unit_equal(unit, again, &why)) {
        fprintf(stderr, "%s\n%s\n%s\n", text.data, err.message, why.data ? why.data : "");
        if (getenv("WEFT_FUZZ_ROUND_TRIP")) abort();
    }
    if (again) wf_unit_free(again);
    wf_text_free(&text);
    wf_text_free(&why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    wf_unit *unit = NULL;
    wf_error err = {0};
    wf_cudac_options options = {.file_name = "fuzz.cu", .byte_limit = (size_t)32 << 20};
    wf_status status = wf_cudac_compile((const char *)data, size, &options, &unit, &err);
    if (status == WF_OK) {
        if (wf_unit_verify(unit, &err) != WF_OK) {
            fprintf(stderr, "%s\n", err.message);
            abort();
        }
        if (getenv("WEFT_FUZZ_ROUND_TRIP")) round_trip(unit);
    }
    if (unit) wf_unit_free(unit);
    return 0;
}
