/* emit_dump: CUDA C in a file → LLVM IR on the standard output, for one target.
 *
 *     emit_dump FILE.cu [cpu|aarch64|[driver=NNNNN] sm_NN] [block=X,Y,Z] [kernel=NAME] [lanes=N]
 * [path=loop|fission|coroutine] [bounds=0|1] [vector=BYTES] [llvm=MAJOR] [driver=VERSION] [fma=0|1] [inexact]
 *
 * Comment lines before the IR say what the test harness (tests/emit/harness.py) must know: one `; kernel`, `;
 * param`,
 * `; leaf`, `; site` or `; global` line each. */
#include "cudac/cudac.h"
#include "emit/emit.h"
#include "program/inner.h" /* the device library, as programs see it */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *slurp(const char *path, size_t *length) {
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    fseek(f, 0, SEEK_END);
    long n = ftell(f);
    rewind(f);
    char *text = calloc(1, (size_t)n + 1);
    *length = fread(text, 1, (size_t)n, f);
    fclose(f);
    return text;
}

static void cpu_target(wf_target *t) {
    memset(t, 0, sizeof *t);
    t->kind = WF_TARGET_CPU;
    t->llvm_major = 22;
    strcpy(t->triple, "x86_64-unknown-linux-gnu");
    t->vector_bytes = 32;
    t->has_fma = 1;
}

static void describe(const wf_emitted *out) {
    for (uint32_t i = 0; i < out->kernel_count; i++) {
        const wf_emitted_kernel *k = &out->kernels[i];
        printf("; kernel %s %s lanes=%u path=%d shared=%u align=%u dynamic=%d params=%u\n", k->func->name,
               k->symbol, k->lanes, (int)k->path, k->shared_bytes, k->shared_align, k->uses_dynamic_shared,
               k->signature->size);
        for (uint32_t p = 0; p < k->signature->param_count; p++)
            printf("; param %u %u %s\n", k->signature->params[p].offset, k->signature->params[p].size,
                   k->signature->params[p].name);
        for (uint32_t p = 0; p < k->signature->leaf_count; p++)
            printf("; leaf %u\n", k->signature->leaves[p].offset);
    }
    for (uint32_t i = 0; i < out->site_count; i++)
        printf("; site %u kind=%u line=%u bytes=%u store=%u %s\n", i, out->sites[i].kind,
               out->sites[i].at.line, out->sites[i].bytes, out->sites[i].store, out->sites[i].text);
    for (uint32_t i = 0; i < out->global_count; i++)
        printf("; global %s %llu %llu\n", out->globals[i].name, (unsigned long long)out->globals[i].offset,
               (unsigned long long)out->globals[i].size);
    printf("; image ");
    for (uint64_t i = 0; i < out->globals_size; i++)
        printf("%02x", out->globals_image ? out->globals_image[i] : 0);
    printf("\n; instructions %llu\n", (unsigned long long)out->instructions);
}

int main(int argc, char **argv) {
    if (argc < 2)
        return fprintf(stderr, "usage: emit_dump FILE.cu [cpu|aarch64|sm_NN] [name=value ...]\n"), 2;
    wf_target target;
    wf_emit_options options = {.check_bounds = 1, .library = wf_library_function};
    int driver = 13000;
    cpu_target(&target);
    for (int i = 2; i < argc; i++) {
        const char *a = argv[i], *v = strchr(a, '=') ? strchr(a, '=') + 1 : "";
        if (!strncmp(a, "sm_", 3)) wf_target_nvptx(&target, atoi(a + 3), driver, target.llvm_major);
        else if (!strncmp(a, "driver=", 7)) driver = atoi(v); /* stands before sm_NN */
        else if (!strncmp(a, "block=", 6)) {
            options.shape.exact = 1;
            options.shape.block[1] = options.shape.block[2] = 1;
            sscanf(v, "%u,%u,%u", &options.shape.block[0], &options.shape.block[1], &options.shape.block[2]);
        } else if (!strncmp(a, "kernel=", 7)) options.kernel = v;
        else if (!strncmp(a, "lanes=", 6)) options.force_lanes = atoi(v);
        else if (!strncmp(a, "path=", 5))
            options.force_path = v[0] == 'l' ? 1 : v[0] == 'f' ? 2 : v[0] == 'c' ? 3 : 0;
        else if (!strncmp(a, "bounds=", 7)) options.check_bounds = atoi(v);
        else if (!strncmp(a, "vector=", 7)) target.vector_bytes = atoi(v);
        else if (!strncmp(a, "fma=", 4)) target.has_fma = atoi(v);
        else if (!strncmp(a, "llvm=", 5)) target.llvm_major = atoi(v);
        else if (!strcmp(a, "aarch64")) {
            strcpy(target.triple, "aarch64-unknown-linux-gnu");
            target.vector_bytes = 16;
        } else if (!strcmp(a, "inexact")) options.shape.exact = 0;
    }
    size_t length = 0;
    char *source = slurp(argv[1], &length);
    if (!source) return fprintf(stderr, "cannot read %s\n", argv[1]), 2;
    wf_cudac_options cudac = {.file_name = argv[1]};
    wf_error err = {0};
    wf_unit *unit = NULL;
    wf_emitted *out = NULL;
    int rc = 1;
    if (wf_cudac_compile(source, length, &cudac, &unit, &err)) fprintf(stderr, "%s\n", err.message);
    else if (wf_emit(unit, &target, &options, &out, &err)) fprintf(stderr, "%s\n", err.message);
    else {
        describe(out);
        if (target.kind == WF_TARGET_NVPTX) printf("; ptx %d\n", target.ptx);
        fwrite(out->ir, 1, out->ir_length, stdout);
        rc = 0;
    }
    if (unit) wf_unit_free(unit);
    free(source);
    return rc;
}
