/* cudac_dump.c: what the CUDA C front-end makes of a file: its diagnostics, then the tree as text.
 *
 *     cudac_dump FILE [-E] [-q] [-r] [-t] [-Dname=value] [-Idir] [-x] [--lib] [-i "name<args>"]
 *
 * -E only preprocess; -q no tree; -r check that the printed tree reads back as an equal one; -t time 100
 * compilations; -x wrap in extern "C"; --lib treat it as the device library; -i a name expression. Exit
 * status 1 on errors. */
#include "cudac/cudac.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char *read_file(const char *path, size_t *length) {
    FILE *file = strcmp(path, "-") ? fopen(path, "rb") : stdin;
    if (!file) return NULL;
    size_t capacity = 1 << 16, n = 0, got;
    char *data = malloc(capacity);
    while ((got = fread(data + n, 1, capacity - n - 1, file)) > 0) {
        n += got;
        if (capacity - n < 2) data = realloc(data, capacity *= 2);
    }
    data[n] = 0;
    *length = n;
    if (file != stdin) fclose(file);
    return data;
}

static int round_trip(const wf_unit *unit) {
    wf_text text, why;
    wf_error err;
    wf_unit *again;
    wf_text_init(&text, NULL);
    wf_text_init(&why, NULL);
    wf_print_unit(unit, &text);
    wf_cudac_options options = {.file_name = "printed.cu"};
    wf_status status = wf_cudac_compile(text.data, text.length, &options, &again, &err);
    int ok = status == WF_OK && wf_unit_equal(unit, again, &why);
    if (!ok)
        fprintf(stderr, "round trip: %s\n", status != WF_OK ? err.message : why.data ? why.data : "differs");
    if (!ok) fputs(text.data, stderr);
    if (again) wf_unit_free(again);
    wf_text_free(&text);
    wf_text_free(&why);
    return ok;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
    const char *path = NULL, *defines[64], *dirs[64], *names[64];
    int only_preprocess = 0, quiet = 0, check = 0, timed = 0;
    wf_cudac_options options = {.defines = defines, .include_dirs = dirs, .instantiate = names};
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "-E")) only_preprocess = 1;
        else if (!strcmp(argv[i], "-q")) quiet = 1;
        else if (!strcmp(argv[i], "-r")) check = 1;
        else if (!strcmp(argv[i], "-t")) timed = 1;
        else if (!strcmp(argv[i], "-x")) options.extern_c = 1;
        else if (!strcmp(argv[i], "--lib")) options.device_library = 1;
        else if (!strncmp(argv[i], "-D", 2) && options.define_count < 64)
            defines[options.define_count++] = argv[i] + 2;
        else if (!strncmp(argv[i], "-I", 2) && options.include_dir_count < 64)
            dirs[options.include_dir_count++] = argv[i] + 2;
        else if (!strcmp(argv[i], "-i") && i + 1 < argc && options.instantiate_count < 64)
            names[options.instantiate_count++] = argv[++i];
        else path = argv[i];
    }
    size_t length;
    char *source = path ? read_file(path, &length) : NULL;
    if (!source)
        return fprintf(stderr,
                       "usage: cudac_dump FILE [-E] [-q] [-r] [-t] [-Dx] [-Idir] [-x] [--lib] [-i name]\n"),
               2;
    options.file_name = path;
    wf_error err = {0};
    wf_text text;
    wf_text_init(&text, NULL);
    if (only_preprocess) {
        wf_status status = wf_cudac_preprocess(source, length, &options, &text, &err);
        fputs(text.data ? text.data : "", stdout);
        if (status != WF_OK) fprintf(stderr, "%s\n", err.message);
        return status != WF_OK;
    }
    wf_unit *unit = NULL;
    if (timed) {
        double start = now();
        for (int i = 0; i < 100; i++) {
            wf_cudac_compile(source, length, &options, &unit, &err);
            if (unit) wf_unit_free(unit);
        }
        printf("%.3f ms\n", (now() - start) * 10);
    }
    wf_status status = wf_cudac_compile(source, length, &options, &unit, &err);
    if (!unit) return fprintf(stderr, "%s\n", err.message), 1;
    wf_diags_render(&unit->diags, &text);
    if (text.data) fputs(text.data, stderr);
    if (status == WF_OK && wf_unit_verify(unit, &err) != WF_OK) {
        fprintf(stderr, "verify: %s\n", err.message);
        status = WF_INTERNAL;
    }
    if (!quiet) {
        wf_text_free(&text);
        wf_text_init(&text, NULL);
        wf_print_unit(unit, &text);
        fputs(text.data, stdout);
    }
    if (status == WF_OK && check && !round_trip(unit)) status = WF_INTERNAL;
    wf_text_free(&text);
    wf_unit_free(unit);
    free(source);
    return status != WF_OK;
}
