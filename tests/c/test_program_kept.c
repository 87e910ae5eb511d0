/* program/kept.c: a program without its tree has the kernels of the one that was kept; the tree comes when it is asked for, and
 * no other is taken for it. */
#include "check.h"
#include "cudac/cudac.h"
#include "program/inner.h"
#include <string.h>

static const char source[] =
    "struct pair { int *p; char c; };\n"
    "extern \"C\" __global__ void add(float *a, const float *b, long n) { a[n] = b[n]; }\n"
    "extern \"C\" __global__ void __launch_bounds__(64) two(double x, pair s) { *s.p = x; }\n";
static const char *const notes[] = {"add", "", "two"};

static wf_status unit_of(const char *text, wf_unit **unit, wf_error *err) {
    wf_cudac_options options = {0};
    return wf_cudac_compile(text, strlen(text), &options, unit, err);
}

static wf_status make_again(void *user, wf_unit **unit, wf_error *err) {
    return user ? unit_of(user, unit, err) : wf_fail(err, WF_NOMEM, "there is none");
}

static int drops;
static void drop(void *user) {
    (void)user;
    drops++;
}

static wf_status keep(wf_text *out) {
    wf_unit *unit = NULL;
    wf_program *program = NULL;
    wf_error err;
    wf_text_init(out, NULL);
    wf_status status = unit_of(source, &unit, &err);
    if (status != WF_OK) {
        wf_unit_free(unit);
        return status;
    }
    status = wf_program_new(unit, NULL, &program, &err);
    if (status != WF_OK) return status;
    status = wf_program_keep(program, notes, 3, out, &err);
    wf_program_release(program);
    return status;
}

/* The program of these bytes, whose tree is made of `text`; NULL: none. */
static wf_program *find(const wf_text *bytes, size_t size, const char *text) {
    wf_program *program = NULL;
    const char *const *found = NULL;
    uint32_t count = 0;
    wf_program_remake remake = {make_again, drop, (void *)(uintptr_t)text};
    if (!wf_program_find(bytes->data, size, NULL, &remake, &program, &found, &count)) return NULL;
    CHECK(count == 3 && !strcmp(found[0], "add") && !*found[1] && !strcmp(found[2], "two"));
    wf_free((void *)found);
    return program;
}

static void test_kernels(void) {
    wf_text bytes;
    wf_kernel *kernel = NULL;
    CHECK(keep(&bytes) == WF_OK);
    wf_program *program = find(&bytes, bytes.length, source);
    CHECK(program && wf_program_kernel_count(program) == 2);
    CHECK(wf_program_kernel(program, "two", &kernel, NULL) == WF_OK && kernel->func->max_threads == 64);
    const wf_signature *s = wf_kernel_signature(kernel);
    CHECK(s->param_count == 2 && s->params[1].offset == 8 && s->params[1].size == 16 && s->size == 24);
    CHECK(s->leaf_count == 1 && s->leaves[0].offset == 8 && kernel->numbers[4] == 8);
    CHECK(!kernel->func->body && wf_program_whole(program, NULL) == WF_OK && kernel->func->body);
    CHECK(wf_program_whole(program, NULL) == WF_OK && drops == 0);
    wf_program_release(program);
    CHECK(drops == 1);
    wf_text_free(&bytes);
}

static void test_other_trees(void) {
    static const char other[] =
        "extern \"C\" __global__ void add(float *a, const float *b, long n) { a[n] = b[n] + 1; }\n";
    wf_text bytes;
    wf_error err;
    CHECK(keep(&bytes) == WF_OK);
    const char *const texts[] = {other, "no C", NULL};
    for (int i = 0; i < 3; i++) {
        wf_program *program = find(&bytes, bytes.length, texts[i]);
        CHECK(program && wf_program_whole(program, &err) != WF_OK && err.message[0]);
        CHECK(i || strstr(err.message, "was changed"));
        CHECK(!program->kernels[0].func->body && !strcmp(program->kernels[0].func->name, "add"));
        wf_program_release(program);
    }
    wf_text_free(&bytes);
}

static void test_damage(void) {
    wf_text bytes;
    CHECK(keep(&bytes) == WF_OK);
    for (size_t size = 0; size < bytes.length; size++) CHECK(!find(&bytes, size, NULL));
    wf_text_putc(&bytes, 0);
    CHECK(!find(&bytes, bytes.length, NULL)); /* nothing may follow */
    wf_text_free(&bytes);
}

static void test_memory(void) {
    wf_text bytes;
    CHECK(keep(&bytes) == WF_OK);
    int found = 0;
    for (size_t nth = 1; nth < 200 && !found; nth++) {
        int before = drops;
        wf_memory_fail_at(nth, 0);
        wf_program *program = find(&bytes, bytes.length, source);
        wf_memory_fail_at(0, 0);
        found = program != NULL;
        CHECK(drops == before);
        wf_program_release(program);
    }
    CHECK(found);
    wf_text_free(&bytes);
}

int main(void) {
    test_kernels();
    test_other_trees();
    test_damage();
    test_memory();
    return check_report("program_kept");
}
