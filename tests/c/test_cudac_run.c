/* test_cudac_run.c: the kernels of tests/cudac/run, run by the interpreter of the tree.
 *
 * A kernel writes what it computes to out[__LINE__], and the line says what that must be: `// = 42`, also
 * `// = nan` and `// = 1.5 ~ 1e-6` (to that relative error). `// block: 64`, `// grid: 2` and `// shared:
 * 256` at the start of a line say how the file's kernels are launched. The same files are compiled for the
 * CPU by tests/python/test_cudac_run.py. */
#include "check.h"
#include "cudac/cudac.h"
#include "interp/interp.h"
#include "program/inner.h" /* the device library, as programs see it */
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 500, LINES_MAX = 2000 };

static char *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *data = calloc(1, (size_t)size + 1);
    *length = fread(data, 1, (size_t)size, file);
    fclose(file);
    return data;
}

static uint32_t directive(const char *source, const char *name, uint32_t otherwise) {
    const char *at = strstr(source, name);
    return at && (at == source || at[-1] == '\n') ? (uint32_t)strtoul(at + strlen(name), NULL, 10)
                                                  : otherwise;
}

/* Compares every line's number with its comment; returns how many there were. */
static unsigned compare(const char *path, const char *source, const double *out) {
    unsigned line = 1, count = 0;
    for (const char *s = source; *s; s++) {
        if (*s == '\n') line++;
        if (strncmp(s, "// = ", 5) != 0 || line >= LINES_MAX) continue;
        char *end;
        double want = strtod(s + 5, &end), got = out[line];
        double error = strncmp(end, " ~ ", 3) ? 0 : strtod(end + 3, NULL) * fabs(want);
        int same = isnan(want) ? isnan(got) : want == got || fabs(got - want) <= error;
        CHECK_MESSAGE(same, "%s:%u: got %.17g, expected %.17g", path, line, got, want);
        count++;
    }
    return count;
}

static void run_kernels(const char *path, const char *source, const wf_unit *unit) {
    static double out[LINES_MAX];
    const uint32_t grid[3] = {directive(source, "// grid: ", 1), 1, 1};
    const uint32_t block[3] = {directive(source, "// block: ", 1), 1, 1};
    wf_interp_options options = {.library = wf_library_function};
    double *argument = out;
    memset(out, 0, sizeof out);
    options.module = wf_interp_module_new(unit);
    for (const wf_func *f = unit->funcs; f; f = f->next) {
        wf_error err = {0};
        if (!(f->flags & WF_FN_KERNEL)) continue;
        wf_status status = wf_interp_run(unit, f->name, grid, block, directive(source, "// shared: ", 0),
                                         &argument, sizeof argument, &options, &err);
        CHECK_MESSAGE(status == WF_OK, "%s: %s: %s", path, f->shown, err.message);
    }
    CHECK_MESSAGE(!options.out_of_bounds, "%s: an access out of bounds", path);
    CHECK_MESSAGE(compare(path, source, out) > 0, "%s: expects nothing", path);
    wf_interp_module_free(options.module);
}

static void run_file(const char *path) {
    size_t length = 0;
    char *source = read_file(path, &length);
    wf_unit *unit = NULL, *again = NULL;
    wf_error err = {0};
    wf_text text, why;
    wf_text_init(&text, NULL);
    wf_text_init(&why, NULL);
    wf_cudac_options options = {.file_name = path};
    wf_status status = source ? wf_cudac_compile(source, length, &options, &unit, &err) : WF_IO;
    CHECK_MESSAGE(status == WF_OK, "%s: %s", path, err.message);
    if (status == WF_OK) {
        CHECK_MESSAGE(wf_unit_verify(unit, &err) == WF_OK, "%s: %s", path, err.message);
        wf_print_unit(unit, &text);
        options.file_name = "printed.cu";
        status = wf_cudac_compile(text.data, text.length, &options, &again, &err);
        CHECK_MESSAGE(status == WF_OK, "%s: its print does not compile: %s", path, err.message);
        if (status == WF_OK)
            CHECK_MESSAGE(wf_unit_equal(unit, again, &why), "%s: its print reads back otherwise: %s", path,
                          why.data ? why.data : "");
        run_kernels(path, source, unit);
    }
    wf_unit_free(unit);
    wf_unit_free(again);
    wf_text_free(&text);
    wf_text_free(&why);
    free(source);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

int main(int argc, char **argv) {
    static const char folder[] = TEST_SOURCE "/tests/cudac/run";
    char *names[FILES_MAX], path[1000];
    unsigned count = 0;
    for (int i = 1; i < argc; i++) run_file(argv[i]);
    DIR *dir = argc > 1 ? NULL : opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;)
        if (strstr(entry->d_name, ".cu") && count < FILES_MAX) names[count++] = strdup(entry->d_name);
    if (dir) closedir(dir);
    CHECK(argc > 1 || count > 0);
    qsort(names, count, sizeof *names, by_name);
    for (unsigned i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        run_file(path);
        free(names[i]);
    }
    return check_report("cudac_run");
}
