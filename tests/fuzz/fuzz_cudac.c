/* fuzz_cudac.c: arbitrary text through the CUDA C front-end and the emitter.
 *
 * What is accepted must hold the tree's rules, print and read back as an equal tree (WEFT_FUZZ_ROUND_TRIP),
 * and become LLVM IR for a CPU and for a GPU, or an error. LLVM is not called. The byte limit keeps memory
 * bounded. Seeds: tests/fuzz/seeds.py. */
#include "cudac/cudac.h"
#include "emit/emit.h"
#include "mutate.h"
#include "program/inner.h" /* the device library, as programs see it */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t most, unsigned seed);

static const size_t byte_limit = (size_t)32 << 20;

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
        abort();
    }
    wf_unit_free(again);
    wf_text_free(&text);
    wf_text_free(&why);
}

/* The target and the block's form are a function of the text, so that a find can be run again. */
static void emit(wf_unit *unit, uint64_t choice) {
    static const uint32_t blocks[][3] = {{256, 1, 1}, {16, 16, 1}, {33, 1, 1}, {0, 0, 0}};
    wf_target target = {.kind = WF_TARGET_CPU, .llvm_major = 22, .vector_bytes = 32, .has_fma = 1};
    wf_emit_options options = {.check_bounds = choice & 1, .library = wf_library_function};
    wf_emitted *out = NULL;
    wf_error err = {0};
    strcpy(target.triple, "x86_64-unknown-linux-gnu");
    if (choice % 4 == 0) wf_target_nvptx(&target, choice & 8 ? 90 : 52, 13000, 22);
    memcpy(options.shape.block, blocks[choice >> 4 & 3], sizeof options.shape.block);
    options.shape.exact = options.shape.block[0] != 0;
    options.force_path = choice >> 6 & 3;
    wf_status status = wf_emit(unit, &target, &options, &out, &err);
    if (status == WF_INTERNAL) {
        fprintf(stderr, "%s\n", err.message);
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static wf_arena scratch;
    if (!scratch.limit) wf_arena_init(&scratch, byte_limit);
    wf_unit *unit = NULL;
    wf_error err = {0};
    wf_cudac_options options = {.file_name = "fuzz.cu", .byte_limit = byte_limit, .scratch = &scratch};
    fuzz_count();
    wf_status status = wf_cudac_compile((const char *)data, size, &options, &unit, &err);
    if (status == WF_INTERNAL) {
        fprintf(stderr, "%s\n", err.message);
        abort();
    }
    if (status == WF_OK) {
        if (wf_unit_verify(unit, &err) != WF_OK) {
            fprintf(stderr, "%s\n", err.message);
            abort();
        }
        if (getenv("WEFT_FUZZ_ROUND_TRIP")) round_trip(unit);
        emit(unit, wf_hash64(data, size, 1));
    }
    if (unit) wf_unit_free(unit);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed) {
    return fuzz_mutate_words(data, size, most, seed);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t most, unsigned seed) {
    return fuzz_cross_words(a, a_size, b, b_size, out, most, seed);
}
