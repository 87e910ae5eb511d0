/* test_stack.c: source that is nested as deep as can be goes through the front-end, the passes over trees and
 * the emitter on threads with little stack: an error or a result, never an overflow.
 *
 * Threads of Python have 8 MiB, of macOS 512 KiB. Under a sanitizer a frame is several times larger, so the
 * limits must come from the stack that is there, not from a count of levels. */
#include "check.h"
#include "cudac/cudac.h"
#include "emit/emit.h"
#include "program/inner.h" /* the device library, as programs see it */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 400000 };

typedef struct source {
    const char *head, *fill, *middle, *close, *tail; /* head fill×n middle close×n tail */
} source;

#define KERNEL "__device__ int f(int); __global__ void k(int x, int *p) { "
static const source sources[] = {
    {KERNEL "x = ", "(", "x", ")", "; p[0] = x; }"},
    {KERNEL "x = ", "x + ", "x", "", "; p[0] = x; }"},
    {KERNEL "x = ", "x + (", "x", ")", "; p[0] = x; }"},
    {KERNEL "x = ", "-", "x", "", "; p[0] = x; }"},
    {KERNEL "x = ", "p[", "x", "]", "; p[0] = x; }"},
    {KERNEL "x = ", "min(x, ", "x", ")", "; p[0] = x; }"},
    {KERNEL, "x = ", "x", "", "; p[0] = x; }"},
    {KERNEL "x = ", "x ? 1 : ", "x", "", "; p[0] = x; }"},
    {KERNEL "x = ", "(int)", "x", "", "; p[0] = x; }"},
    {KERNEL "x = ", "x && (", "x", ")", "; p[0] = x; }"},
    {KERNEL, "if (x) ", "x = 1;", "", " p[0] = x; }"},
    {KERNEL, "if (x) x++; else ", "x = 1;", "", " p[0] = x; }"},
    {KERNEL, "{", "x = 1;", "}", " p[0] = x; }"},
    {KERNEL, "for (;x--;) {", "x = 1;", "}", " p[0] = x; }"},
    {KERNEL, "switch (x) { case 1: ", "x = 1;", "}", " p[0] = x; }"},
    {KERNEL "auto g = ", "[&] { return ", "x", "; }()", "; p[0] = g; }"},
    {"", "struct S { ", "int x;", "};", ""},
    {"", "namespace n { ", "int x;", "}", ""},
    {"__device__ int a", "[1]", "", "", " = {0};"},
    {"__device__ int a = ", "(1 + ", "1", ")", ";"},
    {"__constant__ int a[] = ", "{", "1", "}", ";"},
    {"__device__ int ", "(", "a", ")", ";"},
    {"__device__ int ", "*", "a", "", ";"},
    {"template <class T> struct A { T t; }; ", "A<", "int", "> ", "a;"},
    {"template <int N> struct F { static const int v = F<N + 1>::v; }; __device__ int a = F<0>::v;", "", "",
     "", ""},
    {"template <class T> __device__ int g(T x) { return g(&x); }" KERNEL "p[0] = g(1); }", "", "", "", ""},
    {"template <int N> __device__ int g() { return N ? g<N - 1>() + 1 : 0; }" KERNEL "p[0] = g<5000>(); }",
     "", "", "", ""},
    {"constexpr int g(int n) { return n ? g(n - 1) + 1 : 0; } __device__ int a = g(400000);", "", "", "", ""},
    {"#define A(x) x\n__device__ int a = ", "A(", "1", ")", ";"},
    {"", "#if 1\n", "", "#endif\n", ""},
    {"#if ", "(", "1", ")", "\n#endif\n"},
    {"#if ", "!", "1", "", "\n#endif\n"},
    {"#if ", "1 ? 2 : ", "1", "", "\n#endif\n"},
    {"template <class... T> struct L { L<T..., int> *p; }; ", "", "", "", "L<> a;"},
};
enum { SOURCES = sizeof sources / sizeof *sources };

static void repeat(char **at, const char *text, int times, const char *end) {
    size_t n = strlen(text);
    for (int i = 0; i < times && n && *at + n < end; i++, *at += n) memcpy(*at, text, n);
}

static size_t spell(const source *s, int times, char *text) {
    char *at = text, *end = text + TEXT;
    repeat(&at, s->head, 1, end);
    repeat(&at, s->fill, times, end);
    repeat(&at, s->middle, 1, end);
    repeat(&at, s->close, times, end);
    repeat(&at, s->tail, 1, end);
    return (size_t)(at - text);
}

/* Every pass over the tree. */
static void use(wf_unit *unit) {
    wf_error err = {0};
    wf_text text, why;
    wf_text_init(&text, NULL);
    wf_text_init(&why, NULL);
    CHECK_MESSAGE(wf_unit_verify(unit, &err) == WF_OK, "%s", err.message);
    wf_print_unit(unit, &text);
    CHECK(wf_unit_equal(unit, unit, &why));
    for (int gpu = 0; gpu < 2; gpu++) {
        wf_target target = {.kind = WF_TARGET_CPU, .llvm_major = 22, .vector_bytes = 32, .has_fma = 1};
        wf_emit_options options = {.check_bounds = 1, .library = wf_library_function};
        wf_emitted *out = NULL;
        strcpy(target.triple, "x86_64-unknown-linux-gnu");
        if (gpu) wf_target_nvptx(&target, 90, 13000, 22);
        wf_status status = wf_emit(unit, &target, &options, &out, &err);
        CHECK_MESSAGE(status == WF_OK || status == WF_UNSUPPORTED || status == WF_COMPILE, "%d %s",
                      (int)status, err.message);
    }
    wf_text_free(&text);
    wf_text_free(&why);
}

static char text[TEXT + 100];

/* The shallowest that is refused, the deepest that is taken, and what hostile people send. */
static void *run(void *context) {
    static const int depths[] = {20, 290, 1900, 20000};
    (void)context;
    for (size_t i = 0; i < SOURCES; i++)
        for (size_t d = 0; d < sizeof depths / sizeof *depths; d++) {
            wf_unit *unit = NULL;
            wf_error err = {0};
            size_t length = spell(&sources[i], depths[d], text);
            wf_status status = wf_cudac_compile(text, length, NULL, &unit, &err);
            CHECK_MESSAGE(status == WF_OK || status == WF_COMPILE, "%s%s...: %s", sources[i].head,
                          sources[i].fill, err.message);
            if (status == WF_OK) use(unit);
            wf_unit_free(unit);
        }
    return NULL;
}

/* Runs it on a stack of ours and tells how much of it was used. */
static size_t run_on(size_t bytes) {
    enum { PAGE = 4096, PAINT = 0x5a };
    unsigned char *stack = aligned_alloc(PAGE, bytes);
    pthread_attr_t attributes;
    pthread_t thread;
    memset(stack, PAINT, bytes);
    pthread_attr_init(&attributes);
    CHECK(pthread_attr_setstack(&attributes, stack, bytes) == 0);
    CHECK(pthread_create(&thread, &attributes, run, NULL) == 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    size_t untouched = 0;
    while (untouched < bytes && stack[untouched] == PAINT) untouched++;
    free(stack);
    CHECK_MESSAGE(untouched > PAGE, "%zu of %zu bytes left", untouched, bytes);
    return bytes - untouched;
}

/* The address sanitizer's frames are several times larger, and the margins that the compiler keeps free below
 * its limits are of its own frames. */
#if defined(__SANITIZE_ADDRESS__)
enum { SMALL_KIB = 2048 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { SMALL_KIB = 2048 };
#else
enum { SMALL_KIB = 512 };
#endif
#else
enum { SMALL_KIB = 512 };
#endif

int main(void) {
    static const size_t kib[] = {8192, SMALL_KIB};
    for (size_t i = 0; i < sizeof kib / sizeof *kib; i++)
        printf("%zu KiB of stack: %zu used\n", kib[i], run_on(kib[i] << 10) >> 10);
    return check_report("stack");
}
