/* test_cpu_device.c: the CPU as a device: memory, copies, launches and what they report, streams and events,
 * fork. */
#include "base/memory.h"
#include "base/system.h"
#include "check.h"
#include "kernel_file.h"
#include "runtime/cut.h"
#include "runtime/runtime.h"
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static wf_device *device;
static wf_context *context;
static wf_stream *stream; /* the default one */
static wf_module *module;
static wf_error err;

/* ---- kernels ---- */

static wf_function *function(const char *name, uint32_t count, const uint32_t *offsets, const uint32_t *sizes,
                             uint32_t leaves, const uint32_t *leaf_offsets) {
    wf_function *made = NULL;
    wf_function_info info = {.param_bytes = count ? offsets[count - 1] + sizes[count - 1] : 0,
                             .param_count = count,
                             .param_offsets = offsets,
                             .param_sizes = sizes,
                             .leaf_count = leaves,
                             .leaf_offsets = leaf_offsets,
                             .static_shared = 1000,
                             .user = (void *)name};
    CHECK_MESSAGE(!wf_module_function(module, name, &info, &made, &err), "%s", err.message);
    return made;
}

static wf_function *one_pointer(const char *name) {
    static const uint32_t offset = 0, size = 8;
    return function(name, 1, &offset, &size, 1, &offset);
}

static wf_function *two_words(const char *name) { /* (uint64, pointer) */
    static const uint32_t offsets[] = {0, 8}, sizes[] = {8, 8}, leaf = 8;
    return function(name, 2, offsets, sizes, 1, &leaf);
}

static wf_launch_config grid(uint32_t blocks, uint32_t threads) {
    wf_launch_config config = {.grid = {blocks}, .block = {threads}};
    return config;
}

static wf_address alloc(size_t size) {
    wf_address at = 0;
    CHECK_MESSAGE(!wf_memory_alloc(context, WF_MEMORY_DEVICE, 0, size, &at, &err), "%s", err.message);
    return at;
}

static void test_saxpy(void) {
    static const uint32_t offsets[] = {0, 8, 16}, sizes[] = {4, 8, 8}, leaves[] = {8, 16};
    enum { N = 5000 };
    static float x[N], y[N], back[N];
    struct {
        float a;
        wf_address x, y;
    } params = {2.0f, alloc(sizeof x), alloc(sizeof y)};
    wf_function *f = function("saxpy", 3, offsets, sizes, 2, leaves);
    for (int i = 0; i < N; i++) x[i] = (float)i, y[i] = 1.0f;
    CHECK(!wf_copy_to_device(stream, params.x, x, sizeof x, 0, &err));
    CHECK(!wf_copy_to_device(stream, params.y, y, sizeof y, 0, &err));
    wf_launch_config config = grid((N + 191) / 192, 192);
    config.tag = &params;
    CHECK_MESSAGE(!wf_launch(f, &config, stream, &params, &err), "%s", err.message);
    CHECK(!wf_copy_to_host(stream, back, params.y, sizeof back, 0, &err));
    int right = 1;
    for (int i = 0; i < N; i++) right &= back[i] == 2.0f * (float)i + 1.0f;
    CHECK(right);
    /* The last block has threads past the end: they were held back, and told. */
    wf_launch_report report;
    CHECK(wf_stream_take_report(stream, &report));
    CHECK(report.kind == WF_REPORT_OUT_OF_BOUNDS && report.site == 7 && report.index == N &&
          report.count == N);
    CHECK(report.block == N / 192 && report.thread == N % 192 &&
          report.accesses == (N + 191) / 192 * 192 - N);
    CHECK(report.tag == &params && report.function == f && report.grid[0] == (N + 191) / 192 &&
          report.block_size[1] == 1);
    CHECK(!strcmp(wf_function_user(report.function), "saxpy"));
    wf_function_release(report.function);
    CHECK(!wf_stream_take_report(stream, &report));
    /* Memory that is gone: nothing can be reached, count 0. */
    CHECK(!wf_memory_free(params.y, &err));
    config = grid(1, 32);
    CHECK(!wf_launch(f, &config, stream, &params, &err) && wf_stream_take_report(stream, &report));
    CHECK(report.count == 0 && report.accesses == 32 && report.block == 0 && report.thread == 0);
    wf_function_release(report.function);
    CHECK(wf_memory_free(params.y, &err) == WF_INVALID && strstr(err.message, "freed before"));
    CHECK(wf_memory_free(params.x + 4, &err) == WF_INVALID &&
          strstr(err.message, "inside an allocation of 20000"));
    CHECK(!wf_memory_free(params.x, &err));
    wf_function_release(f);
}

static void test_relocations(void) {
    wf_address out = alloc(8), counter;
    size_t size;
    long long value;
    int counted;
    wf_function *f = one_pointer("sum");
    wf_launch_config config = grid(1, 1);
    for (int i = 0; i < 2; i++) {
        CHECK(!wf_launch(f, &config, stream, &out, &err) &&
              !wf_copy_to_host(stream, &value, out, 8, 0, &err));
        CHECK_MESSAGE(value == 41 + 25 + 21 + 'x' + 2 * i, "%lld", value);
    }
    CHECK_MESSAGE(!wf_module_global(module, "wf_counter", &counter, &size, &err) && size == 4, "%s",
                  err.message);
    CHECK(!wf_copy_to_host(stream, &counted, counter, 4, 0, &err) && counted == 43);
    counted = 100;
    CHECK(!wf_copy_to_device(stream, counter, &counted, 4, 0, &err));
    CHECK(wf_copy_to_device(stream, counter, &counted, 5, 0, &err) == WF_INVALID);
    CHECK(!wf_launch(f, &config, stream, &out, &err) && !wf_copy_to_host(stream, &value, out, 8, 0, &err));
    CHECK(value == 100 + 25 + 21 + 'x' + 2);
    CHECK(wf_module_global(module, "nothing", &counter, &size, &err) == WF_INVALID);
    CHECK(wf_memory_free(counter, &err) == WF_INVALID && strstr(err.message, "a module"));
    wf_function_release(f);
    CHECK(!wf_memory_free(out, &err));
}

static void test_traps(void) {
    static const uint32_t offsets[] = {0, 8}, sizes[] = {8, 4};
    struct {
        uint64_t block;
        uint32_t thread;
    } where = {77, 5};
    wf_function *f = function("trap", 2, offsets, sizes, 0, NULL);
    wf_launch_config config = grid(100, 32);
    wf_launch_report report;
    CHECK(!wf_launch(f, &config, stream, &where, &err));
    CHECK(wf_stream_synchronize(stream, &err) == WF_TRAP && strstr(err.message, "block 77, thread 5"));
    CHECK(!wf_stream_synchronize(stream, &err)); /* told once */
    CHECK(wf_stream_take_report(stream, &report) && report.kind == WF_REPORT_TRAP &&
          report.trap == WF_TRAP_ASSERT);
    wf_function_release(report.function);
    wf_function_release(f);
}

static char printed[100000];
static void collect(void *user, const char *text, size_t length) {
    (void)user;
    strncat(printed, text, length);
}

static void test_print(void) {
    wf_function *f = function("print", 0, NULL, NULL, 0, NULL);
    wf_launch_config config = grid(300, 1);
    char expected[100000] = "";
    for (int i = 0; i < 300; i++)
        sprintf(expected + strlen(expected), "%d %s %.1f\n", i, i & 1 ? "second" : "first", i / 2.0);
    wf_set_print_hook(collect, NULL);
    CHECK(!wf_launch(f, &config, stream, NULL, &err) && !wf_stream_synchronize(stream, &err));
    wf_set_print_hook(NULL, NULL);
    CHECK(!strcmp(printed, expected));
    wf_function_release(f);
}

static void test_shared(void) {
    enum { BLOCKS = 500 };
    int good[BLOCKS], all = 1;
    wf_address out = alloc(sizeof good);
    wf_function *f = one_pointer("shared");
    wf_launch_config config = grid(BLOCKS, 1);
    config.dynamic_shared = 3000;
    CHECK(!wf_launch(f, &config, stream, &out, &err) &&
          !wf_copy_to_host(stream, good, out, sizeof good, 0, &err));
    for (int i = 0; i < BLOCKS; i++) all &= good[i];
    CHECK(all);
    wf_function_release(f);
    CHECK(!wf_memory_free(out, &err));
}

static void test_limits(void) {
    wf_function *f = function("nothing", 0, NULL, NULL, 0, NULL), *none;
    static const struct {
        wf_launch_config config;
        const char *words;
    } cases[] = {
        {{.grid = {1}, .block = {1025}}, "1025 threads in x"},
        {{.grid = {1}, .block = {32, 33}}, "1056 threads in a block"},
        {{.grid = {1}, .block = {1, 1, 65}}, "65 threads in z"},
        {{.grid = {0}, .block = {1}}, "no blocks"},
        {{.grid = {1}, .block = {0}}, "no threads"},
        {{.grid = {1, 65536}, .block = {1}}, "65536 blocks in y"},
        {{.grid = {1}, .block = {1}, .dynamic_shared = 300000}, "301000 bytes of shared memory"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wf_error_clear(&err);
        CHECK(wf_launch(f, &cases[i].config, stream, NULL, &err) == WF_LAUNCH);
        CHECK_MESSAGE(strstr(err.message, cases[i].words), "%s", err.message);
    }
    wf_launch_config most = grid(1, 1024);
    CHECK(!wf_launch(f, &most, stream, NULL, &err));
    wf_function_info info = {.param_bytes = 4, .leaf_count = 1, .leaf_offsets = (const uint32_t[]){0}};
    CHECK(wf_module_function(module, "nothing", &info, &none, &err) == WF_INVALID);
    CHECK(wf_module_function(module, "absent", &(wf_function_info){0}, &none, &err) == WF_INVALID &&
          strstr(err.message, "absent"));
    int blocks, least, block;
    CHECK(!wf_function_occupancy(f, 256, 0, &blocks, &err) && blocks == 8);
    CHECK(!wf_function_best_block(f, 0, 0, &least, &block, &err) && block >= 32 && least > 0);
    wf_function_attributes a;
    CHECK(!wf_function_attributes_of(f, &a, &err) && a.max_threads == 1024 && a.static_shared == 1000);
    wf_function_release(f);
}

/* ---- streams ---- */

static void note(void *user) {
    usleep(1000);
    int *at = user;
    *at = *at ? *at : 1;
}

static void test_streams(void) {
    wf_stream *a = NULL, *b = NULL, *c = NULL;
    wf_event *e = NULL, *f = NULL;
    int count = 0, zero = 0;
    wf_address counter = alloc(4);
    struct {
        uint64_t ns;
        wf_address count;
    } slow = {2000000, counter};
    wf_function *kernel = two_words("slow");
    wf_launch_config config = grid(20, 1024); /* 40 ms of work */
    CHECK(!wf_stream_create(context, 0, 0, &a, &err) && !wf_stream_create(context, 0, 0, &b, &err));
    CHECK(!wf_stream_create(context, WF_STREAM_NONBLOCKING, 0, &c, &err));
    CHECK(!wf_event_create(context, 0, &e, &err) && !wf_event_create(context, 0, &f, &err));
    CHECK(!wf_copy_to_device(a, counter, &zero, 4, 0, &err));
    wf_launch(kernel, &config, a, &slow, &err); /* the first time, it is not known to be slow */
    CHECK(!wf_event_record(e, a, &err));
    CHECK(!wf_launch(kernel, &config, a, &slow, &err)); /* now it is: queued */
    CHECK(wf_stream_query(a, &err) == WF_NOTREADY);
    CHECK(!wf_event_record(f, a, &err) && wf_event_query(f, &err) == WF_NOTREADY);
    CHECK(!wf_stream_wait_event(c, f, &err));
    CHECK(!wf_copy_to_host(c, &count, counter, 4, 0, &err) && count == 40); /* c waited for the event */
    double ms = 0;
    CHECK(!wf_event_elapsed(e, f, &ms, &err) && ms >= 15 && ms < 2000);
    /* The legacy default stream waits for a, and b for it. */
    CHECK(!wf_copy_to_device(stream, counter, &zero, 4, 0, &err));
    CHECK(!wf_launch(kernel, &config, a, &slow, &err));
    CHECK(!wf_copy_to_host(stream, &count, counter, 4, 0, &err) && count == 20);
    CHECK(!wf_launch(kernel, &config, a, &slow, &err) &&
          !wf_copy_on_device(stream, counter, counter, 4, WF_COPY_ASYNC, &err));
    CHECK(!wf_copy_to_host(b, &count, counter, 4, 0, &err) && count == 40);
    /* A call in a stream, in order; a stream may be released with work in it. */
    int called = 0;
    CHECK(!wf_stream_add_callback(a, note, &called, &err) && !wf_stream_synchronize(a, &err) && called == 1);
    CHECK(!wf_launch(kernel, &config, b, &slow, &err) && wf_stream_query(b, &err) == WF_NOTREADY);
    wf_stream_release(b);
    CHECK(!wf_copy_to_host(stream, &count, counter, 4, 0, &err) &&
          count == 60); /* the default stream waits for it still */
    wf_stream *d = NULL;
    CHECK(!wf_stream_create(context, WF_STREAM_NONBLOCKING, 0, &d, &err) &&
          !wf_launch(kernel, &config, d, &slow, &err));
    wf_stream_release(d);
    wf_stream_release(a);
    wf_stream_release(c);
    CHECK(!wf_context_synchronize(context, &err));
    wf_event_release(e);
    wf_event_release(f);
    wf_function_release(kernel);
    count = -1; /* b had work in it, and both waits and frees know of it */
    memcpy(&count, (void *)(uintptr_t)counter, 4);
    CHECK_MESSAGE(count == 80, "%d", count);
    CHECK(!wf_memory_free(counter, &err));
}

/* Several threads on one stream and on their own: every launch runs once, and reports end up with the right
 * kernel. */
static wf_function *shared_kernel;
static void *launcher(void *user) {
    wf_address counter = *(wf_address *)user;
    wf_stream *own = NULL;
    long wrong = 0;
    struct {
        uint64_t ns;
        wf_address count;
    } slow = {200, counter};
    wrong += wf_stream_create(context, 0, 0, &own, NULL) != WF_OK;
    for (int i = 0; i < 300 && !wrong; i++) {
        wf_launch_config config = grid(1 + (uint32_t)i % 50, 32);
        slow.ns = i % 10 ? 200 : 20000; /* what was short becomes long, and back */
        wrong += wf_launch(shared_kernel, &config, i % 3 ? stream : own, &slow, NULL) != WF_OK;
        if (i % 20 == 0) wrong += wf_stream_synchronize(own, NULL) != WF_OK;
    }
    wrong += wf_stream_synchronize(own, NULL) != WF_OK;
    wf_stream_release(own);
    return (void *)wrong;
}

static void test_threads(void) {
    pthread_t threads[4];
    int count = 0, expected = 0;
    void *wrong;
    wf_address counter = alloc(4);
    shared_kernel = two_words("slow");
    CHECK(!wf_copy_to_device(stream, counter, &count, 4, 0, &err));
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, launcher, &counter);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &wrong);
        CHECK(!wrong);
    }
    for (int i = 0; i < 300; i++) expected += 4 * (1 + i % 50);
    CHECK(!wf_context_synchronize(context, &err) && !wf_copy_to_host(stream, &count, counter, 4, 0, &err));
    CHECK_MESSAGE(count == expected, "%d of %d", count, expected);
    wf_function_release(shared_kernel);
    CHECK(!wf_memory_free(counter, &err));
}

/* ---- Ctrl-C ---- */

#if defined(__SANITIZE_THREAD__)
#define THREAD_SANITIZER
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define THREAD_SANITIZER
#endif
#endif
#ifdef THREAD_SANITIZER
const char *__tsan_default_options(void);
const char *__tsan_default_options(void) { return "die_after_fork=0"; } /* the child makes threads again */
#endif
static volatile int handled;

static void *interrupt_soon(void *unused) {
    (void)unused;
    usleep(30000);
#ifdef THREAD_SANITIZER /* it delivers signals between calls of the C library only, and the kernel makes     \
                           none */
    handled = SIGUSR1;
    wf_interrupt();
#else
    kill(getpid(), SIGUSR1);
#endif
    return NULL;
}
static void handler(int number) { handled = number; }

static void test_interrupt(void) {
    pthread_t thread;
    wf_launch_report report;
    wf_function *f = function("spin", 0, NULL, NULL, 0, NULL);
    wf_launch_config config = grid(4, 1);
    signal(SIGUSR1, handler);
    CHECK(!wf_interrupt_on_signal(SIGUSR1, &err));
    pthread_create(&thread, NULL, interrupt_soon, NULL);
    CHECK(!wf_launch(f, &config, stream, NULL, &err));
    CHECK(wf_stream_synchronize(stream, &err) == WF_INTERRUPT && handled == SIGUSR1);
    pthread_join(thread, NULL);
    CHECK(wf_stream_take_report(stream, &report) && report.kind == WF_REPORT_INTERRUPT);
    wf_function_release(report.function);
    wf_function_release(f);
}

/* Code that does not look is taken out of its loop; the same threads run on. */
static void test_cut(void) {
#if WF_CAN_CUT
    wf_launch_report report;
    wf_function *f = function("blind", 0, NULL, NULL, 0, NULL);
    wf_launch_config one = grid(1, 1), many = grid(4, 1);
    CHECK(!wf_interrupt_on_signal(SIGUSR1, &err));
    for (int round = 0; round < 4; round++) {
        pthread_t thread;
        pthread_create(&thread, NULL, interrupt_soon, NULL);
        wf_status launched = wf_launch(f, round & 1 ? &many : &one, stream, NULL, &err);
        wf_status waited = wf_stream_synchronize(stream, &err);
        CHECK(launched == WF_INTERRUPT || waited == WF_INTERRUPT);
        pthread_join(thread, NULL);
        while (wf_stream_take_report(stream, &report)) wf_function_release(report.function);
    }
    wf_function_release(f);
#endif
}

/* ---- fork ---- */

static int in_child(void) {
    enum { N = 100000 };
    int good[64], bad = 0;
    wf_address out = 0;
    wf_function *f = one_pointer("shared");
    wf_launch_config config = grid(64, 1);
    bad |= wf_memory_alloc(context, WF_MEMORY_DEVICE, 0, sizeof good, &out, &err);
    bad |=
        wf_launch(f, &config, stream, &out, &err) || wf_copy_to_host(stream, good, out, sizeof good, 0, &err);
    for (int i = 0; i < 64; i++) bad |= good[i] != 1;
    /* Enough to call the pool's threads: they must be made again. */
    struct {
        uint64_t ns;
        wf_address count;
    } slow = {100000, 0};
    int zero = 0, count = 0;
    wf_function *kernel = two_words("slow");
    bad |= wf_memory_alloc(context, WF_MEMORY_DEVICE, 0, 4, &slow.count, &err);
    bad |= wf_copy_to_device(stream, slow.count, &zero, 4, 0, &err);
    for (int i = 0; i < 3; i++) bad |= wf_launch(kernel, &config, stream, &slow, &err);
    bad |= wf_copy_to_host(stream, &count, slow.count, 4, 0, &err);
    return bad || count != 192 || check_failures;
}

static void test_fork(void) {
    /* With work on its way in the parent. */
    wf_stream *busy = NULL;
    wf_address counter = alloc(4);
    int zero = 0, count = 0, status = 0;
    struct {
        uint64_t ns;
        wf_address count;
    } slow = {5000000, counter};
    wf_function *kernel = two_words("slow");
    wf_launch_config config = grid(20, 1024);
    CHECK(!wf_stream_create(context, WF_STREAM_NONBLOCKING, 0, &busy, &err));
    CHECK(!wf_copy_to_device(busy, counter, &zero, 4, 0, &err));
    for (int i = 0; i < 3; i++) CHECK(!wf_launch(kernel, &config, busy, &slow, &err));
    usleep(20000); /* let the worker begin */
    pid_t child = fork();
    if (!child) {
        int bad = in_child();
        wf_status lost =
            wf_stream_synchronize(busy, &err); /* what was queued runs; what was running is lost, and told */
        _exit(bad ? 1 : lost == WF_INVALID && strstr(err.message, "forked") ? 0 : 2);
    }
    waitpid(child, &status, 0);
    CHECK_MESSAGE(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %x", (unsigned)status);
    CHECK(!wf_stream_synchronize(busy, &err) && !wf_copy_to_host(busy, &count, counter, 4, 0, &err) &&
          count == 60);
    wf_stream_release(busy);
    wf_function_release(kernel);
    CHECK(!wf_memory_free(counter, &err));
}

/* ---- devices and contexts ---- */

static void test_devices(void) {
    wf_device *other = NULL, *none = NULL;
    wf_device_info info;
    wf_context *far = NULL, *own = NULL, *popped = NULL;
    CHECK(wf_device_count(WF_DEVICE_CPU) == 2);
    CHECK(!wf_device_by_name("cpu:1", &other, &err) && wf_device_is_cpu(other) &&
          wf_device_ordinal(other) == 1);
    CHECK(wf_device_by_name("cpu:2", &none, &err) == WF_NODEVICE &&
          wf_device_by_name("tpu", &none, &err) == WF_INVALID);
    CHECK(wf_device_by_name("cpu:x", &none, &err) == WF_INVALID &&
          wf_device_by_name("cpu:", &none, &err) == WF_INVALID);
    CHECK(wf_device_by_name("cuda:0", &none, &err) == WF_NODEVICE && wf_device_kind_reason(WF_DEVICE_CUDA));
    CHECK(!wf_device_info_of(other, &info, &err) && info.warp_size == 32 && info.total_memory &&
          info.multiprocessors > 0);
    int value = 0;
    CHECK(!wf_device_attribute(other, 75, &value, &err) && value == 9);
    CHECK(!wf_context_primary(other, &far, &err));
    /* Memory of another device is not reachable before peer access is on. */
    wf_address there = 0;
    CHECK(!wf_memory_alloc(far, WF_MEMORY_DEVICE, 0, 64, &there, &err));
    wf_extent extent = wf_memory_extent(device, there + 8);
    CHECK(extent.lo == there + 8 && extent.hi == there + 8);
    CHECK(!wf_context_enable_peer(context, far, 1, &err) &&
          wf_context_enable_peer(context, far, 1, &err) == WF_INVALID);
    extent = wf_memory_extent(device, there + 8);
    CHECK(extent.lo == there && extent.hi == there + 64);
    CHECK(!wf_context_enable_peer(context, far, 0, &err));
    int a[16] = {1, 2, 3}, b[16] = {0};
    wf_address here = alloc(64);
    CHECK(!wf_copy_to_device(wf_context_default_stream(far), there, a, 64, 0, &err));
    CHECK(!wf_copy_on_device(stream, here, there, 64, 0, &err) &&
          !wf_copy_to_host(stream, b, here, 64, 0, &err));
    CHECK(!memcmp(a, b, 64));
    CHECK(!wf_memory_free(here, &err) && !wf_memory_free(there, &err));
    wf_context_release(far);
    /* An own context takes its memory along. */
    CHECK(!wf_context_create(device, 0, &own, &err) && !wf_context_push(own, &err) &&
          wf_context_current() == own);
    CHECK(!wf_memory_alloc(own, WF_MEMORY_DEVICE, 0, 64, &there, &err) && wf_memory_find(there, NULL));
    CHECK(!wf_context_pop(&popped, &err) && popped == own && !wf_context_current());
    CHECK(wf_context_pop(&popped, &err) == WF_INVALID);
    wf_context_release(popped);
    wf_context_release(own);
    CHECK(!wf_memory_find(there, NULL));
}

/* ---- copies ---- */

static void test_copies(void) {
    enum { N = 20 << 20 };
    unsigned char *from = malloc(N), *to = calloc(1, N);
    for (size_t i = 0; i < N; i++) from[i] = (unsigned char)(i * 7 + i / 251);
    wf_address a = alloc(N), b = alloc(N);
    CHECK(a % WF_HUGE_PAGE == 0);
    CHECK(!wf_copy_to_device(stream, a, from, N, 0, &err) &&
          !wf_copy_on_device(stream, b, a, N, WF_COPY_ASYNC, &err));
    CHECK(!wf_copy_to_host(stream, to, b, N, 0, &err) && !memcmp(from, to, N));
    CHECK(wf_copy_to_device(stream, a + 1, from, N, 0, &err) == WF_INVALID &&
          strstr(err.message, "only 20971519 are left"));
    CHECK(wf_copy_to_device(stream, (uintptr_t)from, from, 1, 0, &err) == WF_INVALID);
    CHECK(!wf_copy_to_device(stream, a, from, 0, 0, &err));
    /* 3-D: 5 bytes, 4 rows, 3 slices out of the middle. */
    wf_copy_end device_end = {1, a + 100, 64, 64 * 10}, host_end = {0, (uintptr_t)to, 0, 0};
    memset(to, 0, 60);
    CHECK(!wf_copy_strided(stream, &host_end, &device_end, 5, 4, 3, 0, &err));
    int right = 1;
    for (int z = 0; z < 3; z++)
        for (int y = 0; y < 4; y++) right &= !memcmp(to + (z * 4 + y) * 5, from + 100 + z * 640 + y * 64, 5);
    CHECK(right);
    device_end.base = a + N - 10;
    CHECK(wf_copy_strided(stream, &host_end, &device_end, 5, 4, 3, 0, &err) == WF_INVALID);
    CHECK(!wf_memory_fill(stream, a, 0x01020304, 4, 10, 0, &err) &&
          !wf_memory_fill_2d(stream, b, 100, 9, 2, 3, 4, 0, &err));
    CHECK(!wf_copy_to_host(stream, to, a, 44, 0, &err) && to[0] == 4 && to[39] == 1 && to[40] == from[40]);
    CHECK(!wf_copy_to_host(stream, to, b, 400, 0, &err) && to[100] == 9 && to[101] == 0 && to[104] == 9 &&
          to[106] == from[106]);
    CHECK(wf_memory_fill(stream, a + 1, 0, 4, 1, 0, &err) == WF_INVALID &&
          wf_memory_fill(stream, a, 0, 1, N + 1, 0, &err) == WF_INVALID);
    CHECK(!wf_memory_fill(stream, a, 5, 1, N, 0, &err) && !wf_copy_to_host(stream, to, a, N, 0, &err) &&
          to[0] == 5 && to[N - 1] == 5);
    CHECK(!wf_memory_free(a, &err) && !wf_memory_free(b, &err));
    size_t pitch;
    CHECK(!wf_memory_alloc_pitched(context, 1000, 10, 4, &a, &pitch, &err) && pitch == 1024 &&
          !wf_memory_free(a, &err));
    CHECK(wf_memory_alloc(context, WF_MEMORY_DEVICE, 0, (size_t)1 << 60, &a, &err) == WF_NOMEM);
    CHECK_MESSAGE(strstr(err.message, "1152921504606846976 bytes"), "%s", err.message);
    free(from);
    free(to);
}

/* Every allocation of a whole piece of work fails once: an error each time, nothing lost. */
static wf_status piece_of_work(void) {
    wf_stream *s = NULL;
    wf_event *e = NULL;
    wf_buffer *b = NULL;
    wf_address at = 0;
    wf_status status = wf_stream_create(context, 0, 0, &s, &err);
    if (!status) status = wf_event_create(context, 0, &e, &err);
    if (!status) status = wf_buffer_alloc(context, s, 3000, &b, &err);
    if (!status) status = wf_memory_alloc(context, WF_MEMORY_DEVICE, 0, 100, &at, &err);
    if (!status) status = wf_memory_fill(s, at, 1, 1, 100, WF_COPY_ASYNC, &err);
    if (!status) status = wf_event_record(e, s, &err);
    if (!status) status = wf_event_synchronize(e, &err);
    if (at) wf_memory_free(at, NULL);
    wf_buffer_release(b);
    wf_event_release(e);
    wf_stream_release(s);
    return status;
}

static void test_no_memory(void) {
    int failures = 0, odd = 0;
    for (size_t n = 1; n < 200; n++) {
        wf_memory_fail_at(n, 0);
        wf_status status = piece_of_work();
        wf_memory_fail_at(0, 0);
        if (!status && n > 20) break;
        failures += status == WF_NOMEM;
        odd += status && status != WF_NOMEM;
    }
    CHECK(failures >= 4 && !odd);
    CHECK(!piece_of_work());
    wf_memory_stats stats;
    CHECK(!wf_memory_stats_of(context, &stats, &err) && stats.in_use == 0);
}

static void time_launch(void) {
    static const uint32_t offsets[] = {0, 8, 16}, sizes[] = {4, 8, 8}, leaves[] = {8, 16};
    struct {
        float a;
        wf_address x, y;
    } params = {2.0f, alloc(4000), alloc(4000)};
    wf_function *f = function("saxpy", 3, offsets, sizes, 2, leaves);
    wf_launch_config config = grid(4, 32);
    enum { TIMES = 20000 };
    for (int i = 0; i < 100; i++) wf_launch(f, &config, stream, &params, &err);
    uint64_t best = UINT64_MAX;
    for (int r = 0; r < 5; r++) {
        uint64_t begin = wf_time_ns();
        for (int i = 0; i < TIMES; i++) wf_launch(f, &config, stream, &params, &err);
        uint64_t took = (wf_time_ns() - begin) / TIMES;
        if (took < best) best = took;
    }
    printf("launch of 4 blocks of 32 threads: %llu ns\n", (unsigned long long)best);
    CHECK(best < 20000);
    CHECK(!wf_memory_free(params.x, &err) && !wf_memory_free(params.y, &err));
    wf_function_release(f);
}

int main(void) {
    size_t size = 0;
    unsigned char *object = read_file(TEST_KERNELS, &size);
    setenv("WEFT_CPU_DEVICES", "2", 1);
    setenv("WEFT_CUDA_LIBRARY", "off", 1);
    CHECK(object && !wf_runtime_init(&err));
    CHECK(!wf_device_default(&device, &err) && !strcmp(wf_device_label(device), "cpu:0"));
    CHECK(!wf_context_primary(device, &context, &err));
    stream = wf_context_default_stream(context);
    CHECK_MESSAGE(!wf_module_load(context, WF_FORMAT_ELF_OBJECT, object, size, NULL, &module, &err), "%s",
                  err.message);
    if (!module) return check_report("test_cpu_device");
    test_saxpy();
    test_relocations();
    test_traps();
    test_print();
    test_shared();
    test_limits();
    test_copies();
    test_streams();
    test_threads();
    test_interrupt();
    test_cut();
    test_devices();
    test_no_memory();
    test_fork();
    time_launch();
    wf_module_release(module);
    wf_context_release(context);
    free(object);
    return check_report("test_cpu_device");
}
