/* test_cudac.c: every file of tests/cudac goes through the front-end.
 *
 * What a file must give stands on its lines: `// error: words`, `// warning: words`, `// note: words` (part
 * of the message; `;` separates several). A line without says: nothing here. A file without any error
 * compiles, its tree holds the rules, and its print reads back as an equal tree. A first line `// options: …`
 * takes --extern-c, --lib, --fast, --no-contract,
 * --limit=MiB, -Dx, -i name<expression>. tests/cudac/regression holds inputs that once crashed: they only
 * must come back. */
#include "check.h"
#include "cudac/cudac.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 1024, WORDS = 8 };

typedef struct test {
    char path[600];
    char *source;
    size_t length;
    wf_cudac_options options;
    const char *defines[16], *names[16];
    char option_text[600];
} test;

static char *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    fseek(file, 0, SEEK_SET);
    char *data = malloc((size_t)size + 1);
    *length = fread(data, 1, (size_t)size, file);
    data[*length] = 0;
    fclose(file);
    return data;
}

static void one_option(test *t, char *word, char **rest) {
    if (!strcmp(word, "--extern-c")) t->options.extern_c = 1;
    else if (!strcmp(word, "--lib")) t->options.device_library = 1;
    else if (!strcmp(word, "--fast")) t->options.fast_math = 1;
    else if (!strcmp(word, "--no-contract")) t->options.no_contract = 1;
    else if (!strncmp(word, "--limit=", 8)) t->options.byte_limit = (size_t)atoi(word + 8) << 20;
    else if (!strncmp(word, "-D", 2) && t->options.define_count < 16)
        t->defines[t->options.define_count++] = word + 2;
    else if (!strcmp(word, "-i") && t->options.instantiate_count < 16) {
        char *name = strtok_r(NULL, " ", rest);
        if (name) t->names[t->options.instantiate_count++] = name;
    } else CHECK_MESSAGE(0, "%s: unknown option %s", t->path, word);
}

static void read_options(test *t) {
    t->options.file_name = t->path;
    t->options.defines = t->defines;
    t->options.instantiate = t->names;
    if (strncmp(t->source, "// options:", 11) != 0) return;
    size_t n = strcspn(t->source + 11, "\r\n");
    if (n >= sizeof t->option_text) n = sizeof t->option_text - 1;
    memcpy(t->option_text, t->source + 11, n);
    char *rest = NULL;
    for (char *word = strtok_r(t->option_text, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        one_option(t, word, &rest);
}

/* What the line expects of that kind: up to WORDS pieces, each consumed by one diagnostic. */
typedef struct expected {
    unsigned line;
    char text[240];
    const char *kind;
    int met;
} expected;

static size_t read_expected(const test *t, expected *out, size_t max) {
    static const char *const kinds[] = {"error", "warning", "note"};
    size_t count = 0;
    unsigned line = 1;
    for (const char *s = t->source; *s; s++) {
        if (*s == '\n') line++;
        if (strncmp(s, "// ", 3) != 0) continue;
        for (int k = 0; k < 3; k++) {
            size_t n = strlen(kinds[k]);
            if (strncmp(s + 3, kinds[k], n) != 0 || strncmp(s + 3 + n, ": ", 2) != 0) continue;
            const char *begin = s + 5 + n, *end = begin + strcspn(begin, "\r\n");
            while (begin < end && count < max) {
                const char *stop = strstr(begin, "; ");
                if (!stop || stop > end) stop = end;
                snprintf(out[count].text, sizeof out[count].text, "%.*s", (int)(stop - begin), begin);
                out[count].line = line;
                out[count].kind = kinds[k];
                out[count++].met = 0;
                begin = stop == end ? end : stop + 2;
            }
        }
    }
    return count;
}

static int expects_error(const expected *e, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!strcmp(e[i].kind, "error")) return 1;
    return 0;
}

static void compare(const test *t, const wf_diags *diags, expected *e, size_t count) {
    static const char *const kinds[] = {"note", "warning", "error"};
    for (const wf_diag *d = diags->first; d; d = d->next) {
        int found = 0;
        for (size_t i = 0; i < count; i++) { /* one diagnostic may meet several words of its line */
            if (e[i].line != d->at.line || strcmp(e[i].kind, kinds[d->severity])) continue;
            if (!strstr(d->message, e[i].text) && !(d->hint && strstr(d->hint, e[i].text))) continue;
            found = e[i].met = 1;
        }
        if (d->severity == WF_NOTE && !found) continue; /* notes may be said */
        CHECK_MESSAGE(found, "%s:%u:%u: unexpected %s: %s (%s)", t->path, d->at.line, d->at.column,
                      kinds[d->severity], d->message, d->hint ? d->hint : "");
    }
    for (size_t i = 0; i < count; i++)
        CHECK_MESSAGE(e[i].met, "%s:%u: missing %s: %s", t->path, e[i].line, e[i].kind, e[i].text);
}

static void round_trip(const test *t, const wf_unit *unit) {
    wf_text text, why;
    wf_error err = {0};
    wf_unit *again = NULL;
    wf_text_init(&text, NULL);
    wf_text_init(&why, NULL);
    wf_print_unit(unit, &text);
    wf_cudac_options options = {
        .file_name = "printed.cu", .device_library = t->options.device_library, .fast_math = 0};
    wf_status status = wf_cudac_compile(text.data, text.length, &options, &again, &err);
    CHECK_MESSAGE(status == WF_OK, "%s: its print does not compile: %s", t->path, err.message);
    if (status == WF_OK)
        CHECK_MESSAGE(wf_unit_equal(unit, again, &why), "%s: its print reads back otherwise: %s", t->path,
                      why.data ? why.data : "");
    wf_unit_free(again);
    wf_text_free(&text);
    wf_text_free(&why);
}

static void run_test(test *t) {
    static expected e[256];
    wf_unit *unit = NULL;
    wf_error err = {0};
    read_options(t);
    size_t count = read_expected(t, e, 256);
    wf_status status = wf_cudac_compile(t->source, t->length, &t->options, &unit, &err);
    if (!unit) {
        CHECK_MESSAGE(count && strstr(err.message, e[0].text), "%s: %s", t->path, err.message);
        return;
    }
    compare(t, &unit->diags, e, count);
    CHECK_MESSAGE((status == WF_OK) == !expects_error(e, count), "%s: status %d", t->path, status);
    if (status == WF_OK) {
        CHECK_MESSAGE(wf_unit_verify(unit, &err) == WF_OK, "%s: %s", t->path, err.message);
        round_trip(t, unit);
    }
    wf_unit_free(unit);
}

/* Only that it returns, with a unit or a reason. */
static void run_regression(test *t) {
    wf_unit *unit = NULL;
    wf_error err = {0};
    wf_cudac_options options = {.file_name = t->path, .byte_limit = (size_t)64 << 20};
    wf_status status = wf_cudac_compile(t->source, t->length, &options, &unit, &err);
    CHECK_MESSAGE(unit || status != WF_OK, "%s", t->path);
    if (unit && status == WF_OK)
        CHECK_MESSAGE(wf_unit_verify(unit, &err) == WF_OK, "%s: %s", t->path, err.message);
    wf_unit_free(unit);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static unsigned run_folder(const char *folder, void (*run)(test *)) {
    char *names[FILES_MAX];
    unsigned count = 0, failed = 0;
    DIR *dir = opendir(folder);
    CHECK_MESSAGE(dir != NULL, "%s", folder);
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;)
        if (strlen(entry->d_name) > 3 && !strcmp(entry->d_name + strlen(entry->d_name) - 3, ".cu") &&
            count < FILES_MAX)
            names[count++] = strdup(entry->d_name);
    if (dir) closedir(dir);
    qsort(names, count, sizeof *names, by_name);
    for (unsigned i = 0; i < count; i++) {
        test *t = calloc(1, sizeof *t);
        int before = check_failures;
        snprintf(t->path, sizeof t->path, "%s/%s", folder, names[i]);
        t->source = read_file(t->path, &t->length);
        CHECK_MESSAGE(t->source != NULL, "%s", t->path);
        if (t->source) run(t);
        failed += check_failures != before;
        free(t->source);
        free(t);
        free(names[i]);
    }
    printf("%s: %u files, %u failed\n", folder, count, failed);
    return count;
}

/* The n-th allocation fails: no crash, no leak (the sanitizer build sees it), a status that says so. */
#include "base/memory.h"
static void run_allocations(void) {
    static const char source[] =
        "template <class T> struct V { T x; __device__ T get() const { return x; } };\n"
        "__global__ void k(float *p) { V<float> v; v.x = p[0]; p[1] = v.get(); }\n";
    for (size_t n = 1; n < 40; n++) {
        wf_unit *unit = NULL;
        wf_error err = {0};
        wf_memory_fail_at(n, 1);
        wf_status status = wf_cudac_compile(source, sizeof source - 1, NULL, &unit, &err);
        wf_memory_fail_at(0, 0);
        CHECK(status == WF_OK ? unit != NULL : status == WF_NOMEM || status == WF_COMPILE);
        if (unit) wf_unit_free(unit);
        if (status == WF_OK) break;
    }
}

static wf_status compile_with(const char *source, const wf_cudac_options *options, wf_unit **unit,
                              wf_error *err) {
    memset(err, 0, sizeof *err);
    return wf_cudac_compile(source, strlen(source), options, unit, err);
}

/* Headers in memory: found, guarded, in a circle. */
static void run_headers(void) {
    static const char *const names[] = {"a.h", "b.h", "circle.h"};
    static const char *const texts[] = {"#pragma once\n#include \"b.h\"\nstruct A { int x; };\n",
                                        "#ifndef B\n#define B 3\n#endif\n", "#include \"circle.h\"\n"};
    const wf_cudac_options options = {
        .file_name = "user.cu", .header_names = names, .header_texts = texts, .header_count = 3};
    wf_unit *unit = NULL;
    wf_error err;
    CHECK(compile_with(
              "#include \"a.h\"\n#include <a.h>\n#include <b.h>\n__global__ void k(A *p) { p->x = B; }\n",
              &options, &unit, &err) == WF_OK);
    wf_unit_free(unit);
    CHECK(compile_with("#include \"circle.h\"\n__global__ void k() {}\n", &options, &unit, &err) ==
              WF_COMPILE &&
          strstr(err.message, "files deep"));
    wf_unit_free(unit);
}

/* Names as nvcc makes them, and what a name expression is found by. */
static void run_names(void) {
    static const char source[] =
        "struct V { float x; };\nnamespace ns { __global__ void k(int n, V *v, const V *w) {} }\n"
        "__global__ void mm(const float *a, const float *b, float *c, int n) {}\nextern \"C\" __global__ "
        "void plain(unsigned long long x) {}\n"
        "template <typename T> __global__ void t(T *p) {}\n__global__ void none() {}\n";
    static const char *const wanted[] = {"_ZN2ns1kEiP1VPKS0_", "_Z2mmPKfS0_Pfi", "plain", "_Z4nonev",
                                         "t<float>",           "ns::k",          "mm"};
    static const char *const instances[] = {"t<float>"};
    const wf_cudac_options options = {.instantiate = instances, .instantiate_count = 1};
    wf_unit *unit = NULL;
    wf_error err;
    CHECK(compile_with(source, &options, &unit, &err) == WF_OK);
    for (size_t i = 0; unit && i < sizeof wanted / sizeof *wanted; i++)
        CHECK_MESSAGE(wf_unit_find_func(unit, wanted[i]) != NULL, "%s", wanted[i]);
    wf_unit_free(unit);
}

/* What nobody writes: bytes that are no text, brackets without end, a line of a million letters. */
static void run_hostile(void) {
    wf_unit *unit = NULL;
    wf_error err = {0};
    static char text[200000];
    static const char bytes[] = "__global__ void k() { \0 \x80\xff @ ` }";
    CHECK(wf_cudac_compile(bytes, sizeof bytes - 1, NULL, &unit, &err) == WF_COMPILE);
    wf_unit_free(unit);
    static const char *const fills[] = {
        "(",          "{",        "[",   "<",       "-",  "*",  "A<",   "f(",   "if (1) ", "struct S {",
        "template <", "0 ? 1 : ", "x::", "#if 1\n", "\"", "/*", "\\\n", "[&]{", "a = ",    "namespace n {"};
    static const char *const heads[] = {"", "__global__ void k(int x) { x = ", "__global__ void k(int x) { ",
                                        "__device__ int a[] = "};
    for (size_t h = 0; h < sizeof heads / sizeof *heads; h++)
        for (size_t f = 0; f < sizeof fills / sizeof *fills; f++) {
            size_t n = strlen(heads[h]), width = strlen(fills[f]);
            memcpy(text, heads[h], n);
            for (int i = 0; i < 5000 && n + width < sizeof text; i++, n += width)
                memcpy(text + n, fills[f], width);
            wf_status status = wf_cudac_compile(text, n, NULL, &unit, &err);
            CHECK_MESSAGE(status == WF_OK || status == WF_COMPILE, "%s%s...: %s", heads[h], fills[f],
                          err.message);
            wf_unit_free(unit);
        }
}

int main(int argc, char **argv) {
    char folder[500], regression[560];
    snprintf(folder, sizeof folder, "%s/tests/cudac", TEST_SOURCE);
    if (argc > 1) snprintf(folder, sizeof folder, "%s", argv[1]);
    snprintf(regression, sizeof regression, "%s/regression", folder);
    unsigned count = run_folder(folder, run_test);
    CHECK_MESSAGE(count >= 80, "only %u files", count);
    if (argc < 2) {
        run_folder(regression, run_regression);
        snprintf(regression, sizeof regression, "%s/../identity/kernels", folder);
        run_folder(regression, run_test);
        run_headers();
        run_names();
        run_hostile();
    }
    run_allocations();
    int status = check_report("cudac");
    printf("%d passed, %d failed\n", check_count - check_failures, check_failures);
    return status;
}
