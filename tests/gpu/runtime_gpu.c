/* runtime_gpu.c: the runtime on a real GPU: what the stand-in driver cannot show.
 *
 * Right results and the figures that the design asks for: launches, pageable and pinned copies, the pool, PTX
 * to a cubin and back, events, waits, a fault in a child process. Needs a GPU and a C compiler, nothing else:
 *     sh tests/gpu/runtime_gpu.sh */
#include "base/memory.h"
#include "base/system.h"
#include "runtime/runtime.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int checks, failures;
#define CHECK(condition)                                                                                     \
    do {                                                                                                     \
        checks++;                                                                                            \
        if (!(condition)) {                                                                                  \
            failures++;                                                                                      \
            printf("line %d: failed: %s (%s)\n", __LINE__, #condition, err.message);                         \
        }                                                                                                    \
    } while (0)

static wf_error err;
static wf_device *device;
static wf_context *context;
static wf_stream *stream;
static wf_module *module;

static const char ptx[] =
    ".version 6.0\n.target sm_50\n.address_size 64\n"
    ".global .align 4 .u32 counter = 41;\n"
    ".extern .shared .align 16 .b8 dynamic[];\n"
    ".visible .entry nothing() { ret; }\n"
    /* y[i] = a * x[i] + y[i] for i < n: (float a, unsigned n, const float *x, float *y) */
    ".visible .entry saxpy(.param .f32 a, .param .u32 n, .param .u64 x, .param .u64 y) {\n"
    "  .reg .pred %p; .reg .f32 %f<4>; .reg .b32 %r<6>; .reg .b64 %d<6>;\n"
    "  ld.param.f32 %f0, [a]; ld.param.u32 %r0, [n]; ld.param.u64 %d0, [x]; ld.param.u64 %d1, [y];\n"
    "  mov.u32 %r1, %ctaid.x; mov.u32 %r2, %ntid.x; mov.u32 %r3, %tid.x; mad.lo.s32 %r4, %r1, %r2, %r3;\n"
    "  setp.ge.u32 %p, %r4, %r0; @%p bra done;\n"
    "  mul.wide.u32 %d2, %r4, 4; add.s64 %d3, %d0, %d2; add.s64 %d4, %d1, %d2;\n"
    "  ld.global.f32 %f1, [%d3]; ld.global.f32 %f2, [%d4]; fma.rn.f32 %f3, %f0, %f1, %f2; st.global.f32 "
    "[%d4], %f3;\n"
    "done: ret; }\n"
    /* *out = counter; counter++ ; touches the last byte of dynamic shared memory: (unsigned *out, unsigned
       bytes) */
    ".visible .entry count(.param .u64 out, .param .u32 bytes) {\n"
    "  .reg .b32 %r<6>; .reg .b64 %d<4>;\n"
    "  ld.param.u64 %d0, [out]; ld.param.u32 %r0, [bytes];\n"
    "  mov.u32 %r1, dynamic; add.u32 %r1, %r1, %r0; mov.u32 %r2, 7; st.shared.u8 [%r1+-1], %r2; ld.shared.u8 "
    "%r3, [%r1+-1];\n"
    "  ld.global.u32 %r4, [counter]; st.global.u32 [%d0], %r4; sub.u32 %r3, %r3, 6; add.u32 %r4, %r4, %r3;\n"
    "  st.global.u32 [counter], %r4; ret; }\n"
    /* Spins for `ns` nanoseconds: (u64 ns) */
    ".visible .entry spin(.param .u64 ns) {\n"
    "  .reg .pred %p; .reg .b64 %d<4>; ld.param.u64 %d0, [ns]; mov.u64 %d1, %globaltimer; add.u64 %d0, %d0, "
    "%d1;\n"
    "again: mov.u64 %d2, %globaltimer; setp.lt.u64 %p, %d2, %d0; @%p bra again; ret; }\n"
    ".visible .entry wild(.param .u64 at) { .reg .b64 %d; .reg .b32 %r; ld.param.u64 %d, [at]; mov.u32 %r, "
    "1; st.global.u32 [%d], %r; ret; }\n";

static wf_function *function(const char *name, uint32_t count, const uint32_t *offsets,
                             const uint32_t *sizes) {
    wf_function *made = NULL;
    wf_function_info info = {.param_bytes = count ? offsets[count - 1] + sizes[count - 1] : 0,
                             .param_count = count,
                             .param_offsets = offsets,
                             .param_sizes = sizes};
    CHECK(!wf_module_function(module, name, &info, &made, &err));
    if (!made) exit(1);
    return made;
}

static double seconds(uint64_t since) { return (double)(wf_time_ns() - since) * 1e-9; }

static void test_device(void) {
    wf_device_info info;
    uint64_t free_bytes, total;
    uint64_t begin = wf_time_ns();
    CHECK(!wf_device_at(WF_DEVICE_CUDA, 0, &device, &err));
    if (!device) return;
    double opened = seconds(begin);
    CHECK(!wf_context_primary(device, &context, &err) && !wf_device_info_of(device, &info, &err));
    printf("driver and devices %.1f ms, context %.1f ms\n", opened * 1e3, (seconds(begin) - opened) * 1e3);
    stream = wf_context_default_stream(context);
    CHECK(!wf_device_memory(device, &free_bytes, &total, &err) && free_bytes <= total &&
          total == info.total_memory);
    CHECK(info.warp_size == 32 && info.max_threads_per_block >= 1024 && info.max_shared_per_block >= 49152);
    printf("%s: %s, sm_%d%d, %d multiprocessors, %.1f GiB, driver %d, %s\n", wf_device_label(device),
           info.name, info.compute_major, info.compute_minor, info.multiprocessors, (double)total / (1 << 30),
           info.driver_version, info.pci_bus_id);
}

static void test_module(void) {
    wf_module_options options = {.name = "runtime_gpu", .optimisation = -1};
    wf_format format;
    const void *image;
    size_t size;
    uint64_t begin = wf_time_ns();
    wf_module *again = NULL;
    CHECK(!wf_module_load(context, WF_FORMAT_PTX, ptx, sizeof ptx - 1, &options, &module, &err));
    if (!module) return;
    double linked = seconds(begin);
    CHECK(!wf_module_image(module, &format, &image, &size, &err) && format == WF_FORMAT_CUBIN && size > 1000);
    begin = wf_time_ns();
    CHECK(!wf_module_load(context, WF_FORMAT_CUBIN, image, size, &options, &again, &err));
    printf("PTX to module %.2f ms, cubin of %zu bytes %.3f ms\n", linked * 1e3, size, seconds(begin) * 1e3);
    wf_module_release(again);
    CHECK(wf_module_load(context, WF_FORMAT_PTX, ".version 6.0\n.target sm_50\nnonsense", 34, &options,
                         &again, &err));
    printf("a refusal: %s\n", err.message);
    CHECK(strstr(err.message, "runtime_gpu was refused") && strchr(err.message, '\n'));
    wf_address at = 0;
    uint32_t value = 0;
    CHECK(!wf_module_global(module, "counter", &at, &size, &err) && size == 4);
    CHECK(!wf_copy_to_host(stream, &value, at, 4, 0, &err) && value == 41);
}

static void test_launch(void) {
    static const uint32_t offsets[] = {0, 4, 8, 16}, sizes[] = {4, 4, 8, 8};
    enum { N = 1000003 };
    float *x = malloc(N * 4), *y = malloc(N * 4);
    wf_buffer *a = NULL, *b = NULL;
    for (int i = 0; i < N; i++) x[i] = (float)i, y[i] = 1;
    CHECK(!wf_buffer_alloc(context, NULL, N * 4, &a, &err) &&
          !wf_buffer_alloc(context, NULL, N * 4, &b, &err));
    CHECK(!wf_copy_to_device(stream, a->address, x, N * 4, 0, &err) &&
          !wf_copy_to_device(stream, b->address, y, N * 4, 0, &err));
    struct {
        float a;
        uint32_t n;
        uint64_t x, y;
    } params = {2, N, a->address, b->address};
    wf_function *f = function("saxpy", 4, offsets, sizes), *packed = NULL,
                *nothing = function("nothing", 0, NULL, NULL);
    wf_launch_config config = {.grid = {(N + 255) / 256}, .block = {256}};
    CHECK(!wf_launch(f, &config, stream, &params, &err));
    CHECK(!wf_module_function(module, "saxpy", NULL, &packed, &err)); /* the same with packed parameters */
    config.param_bytes = sizeof params;
    CHECK(!wf_launch(packed, &config, stream, &params, &err) &&
          !wf_copy_to_host(stream, y, b->address, N * 4, 0, &err));
    int wrong = 0;
    for (int i = 0; i < N; i++) wrong += y[i] != 4.0f * (float)i + 1;
    CHECK(!wrong);
    wf_launch_config one = {.grid = {1}, .block = {32}};
    for (int r = 0; r < 4; r++) {
        uint64_t begin = wf_time_ns();
        for (int i = 0; i < 1000; i++) wf_launch(nothing, &one, stream, NULL, &err);
        double queued = seconds(begin);
        CHECK(!wf_stream_synchronize(stream, &err));
        if (r == 3)
            printf("launch: %.2f us queued, %.2f us through the wait\n", queued * 1e3, seconds(begin) * 1e3);
    }
    uint64_t begin = wf_time_ns();
    for (int i = 0; i < 200; i++) {
        wf_launch(nothing, &one, stream, NULL, &err);
        wf_stream_synchronize(stream, &err);
    }
    printf("launch and wait: %.2f us\n", seconds(begin) / 200 * 1e6);
    /* More dynamic shared memory than 48 KiB, without asking for it. */
    wf_device_info info;
    wf_device_info_of(device, &info, &err);
    static const uint32_t count_offsets[] = {0, 8}, count_sizes[] = {8, 4};
    struct {
        uint64_t out;
        uint32_t bytes;
    } counting = {b->address, (uint32_t)info.max_shared_per_block_optin};
    wf_function *count = function("count", 2, count_offsets, count_sizes);
    uint32_t value = 0;
    one.block[0] = 1;
    one.dynamic_shared = counting.bytes;
    for (uint32_t i = 0; i < 3; i++)
        CHECK(!wf_launch(count, &one, stream, &counting, &err) &&
              !wf_copy_to_host(stream, &value, b->address, 4, 0, &err) && value == 41 + i);
    one.dynamic_shared++;
    CHECK(wf_launch(count, &one, stream, &counting, &err) == WF_LAUNCH);
    one.dynamic_shared = 0;
    one.flags = WF_LAUNCH_COOPERATIVE;
    CHECK(!wf_launch(nothing, &one, stream, NULL, &err) && !wf_stream_synchronize(stream, &err));
    wf_function_attributes attributes;
    int blocks = 0, least = 0, block = 0;
    CHECK(!wf_function_attributes_of(f, &attributes, &err) && attributes.registers > 0 &&
          attributes.max_threads == 1024);
    CHECK(!wf_function_occupancy(f, 256, 0, &blocks, &err) && blocks > 0 &&
          !wf_function_best_block(f, 0, 0, &least, &block, &err) && block > 0);
    wf_function_release(f), wf_function_release(packed), wf_function_release(nothing),
        wf_function_release(count);
    wf_buffer_release(a), wf_buffer_release(b);
    free(x), free(y);
}

static void fill(unsigned char *at, size_t size) {
    uint64_t state = 1;
    for (size_t i = 0; i + 8 <= size; i += 8) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        memcpy(at + i, &state, 8);
    }
}

static void test_copies(void) {
    size_t size = (size_t)1 << 30;
    unsigned char *from = aligned_alloc(4096, size), *to = aligned_alloc(4096, size);
    wf_buffer *b = NULL;
    wf_address pinned = 0;
    fill(from, size);
    memset(to, 0, size);
    CHECK(!wf_buffer_alloc(context, NULL, size, &b, &err));
    if (!b) return;
    for (size_t bytes = 1 << 20; bytes <= size; bytes <<= 5) {
        double up = 0, down = 0;
        for (int r = 0; r < 4; r++) {
            uint64_t begin = wf_time_ns();
            CHECK(!wf_copy_to_device(stream, b->address, from, bytes, 0, &err));
            double rate = (double)bytes / seconds(begin) / 1e9;
            up = rate > up ? rate : up;
            begin = wf_time_ns();
            CHECK(!wf_copy_to_host(stream, to, b->address, bytes, 0, &err));
            rate = (double)bytes / seconds(begin) / 1e9;
            down = rate > down ? rate : down;
        }
        CHECK(!memcmp(from, to, bytes));
        printf("pageable %4zu MiB: %.1f GB/s to the GPU, %.1f back\n", bytes >> 20, up, down);
    }
    for (size_t odd = 1; odd < (size_t)5 << 20; odd = odd * 3 + 1) { /* any size, any alignment */
        memset(to, 0, odd + 1);
        CHECK(!wf_copy_to_device(stream, b->address + 3, from + 1, odd, 0, &err) &&
              !wf_copy_to_host(stream, to, b->address + 3, odd, 0, &err));
        CHECK(!memcmp(from + 1, to, odd) && !to[odd]);
    }
    uint64_t begin = wf_time_ns();
    unsigned char *fresh = aligned_alloc(4096, size);
    CHECK(!wf_copy_to_host(stream, fresh, b->address, size, 0, &err));
    printf("pageable into fresh pages: %.1f GB/s\n", (double)size / seconds(begin) / 1e9);
    free(fresh);
    CHECK(!wf_memory_alloc(context, WF_MEMORY_PINNED, 0, size, &pinned, &err));
    for (int r = 0; r < 2; r++) {
        begin = wf_time_ns();
        CHECK(!wf_copy_to_host(stream, (void *)(uintptr_t)pinned, b->address, size, 0, &err));
        double down = (double)size / seconds(begin) / 1e9;
        begin = wf_time_ns();
        CHECK(!wf_copy_to_device(stream, b->address, (void *)(uintptr_t)pinned, size, 0, &err));
        if (r)
            printf("pinned 1024 MiB: %.1f GB/s to the GPU, %.1f back\n", (double)size / seconds(begin) / 1e9,
                   down);
    }
    CHECK(!wf_memory_free(pinned, &err));
    /* A kernel's result is there for a staged copy that follows it, and a kernel sees what a staged copy
     * brought. */
    static const uint32_t offsets[] = {0}, sizes[] = {8};
    wf_function *spin = function("spin", 1, offsets, sizes);
    wf_stream *other = NULL;
    CHECK(!wf_stream_create(context, 0, 0, &other, &err));
    uint64_t wait = 30000000;
    wf_launch_config one = {.grid = {1}, .block = {1}};
    CHECK(!wf_launch(spin, &one, other, &wait, &err) &&
          !wf_memory_fill(other, b->address, 0x5a, 1, 64 << 20, WF_COPY_ASYNC, &err));
    CHECK(!wf_copy_to_host(stream, to, b->address, 64 << 20, 0,
                           &err)); /* the default stream waits for the other */
    CHECK(to[0] == 0x5a && to[(64 << 20) - 1] == 0x5a);
    wf_copy_end host = {0, (uintptr_t)to, 0, 0}, there = {1, b->address + 64, 1024, 1024 * 64};
    CHECK(!wf_copy_to_device(stream, b->address, from, 1 << 20, 0, &err) &&
          !wf_copy_strided(stream, &host, &there, 100, 30, 5, 0, &err));
    CHECK(!memcmp(to + 4 * 3000 + 29 * 100, from + 64 + 4 * 65536 + 29 * 1024, 100));
    CHECK(!wf_memory_fill_2d(stream, b->address, 512, 0xabcd, 2, 10, 3, 0, &err) &&
          !wf_copy_to_host(stream, to, b->address, 2048, 0, &err));
    CHECK(to[1024] == 0xcd && to[1043] == 0xab && to[1044] == from[1044]);
    wf_stream_release(other);
    wf_function_release(spin);
    wf_buffer_release(b);
    free(from), free(to);
}

static void called(void *user) { *(volatile int *)user = 1; }
static int give_up(void *user) { return ++*(int *)user > 2; }

static void test_streams(void) {
    static const uint32_t offsets[] = {0}, sizes[] = {8};
    wf_function *spin = function("spin", 1, offsets, sizes);
    wf_stream *s = NULL, *t = NULL;
    wf_event *a = NULL, *b = NULL;
    double ms = 0;
    uint64_t wait = 20000000;
    volatile int call = 0;
    wf_launch_config one = {.grid = {1}, .block = {1}};
    CHECK(!wf_stream_create(context, WF_STREAM_NONBLOCKING, 0, &s, &err) &&
          !wf_stream_create(context, WF_STREAM_NONBLOCKING, 0, &t, &err));
    CHECK(!wf_event_create(context, 0, &a, &err) && !wf_event_create(context, 0, &b, &err));
    CHECK(!wf_event_record(a, s, &err) && !wf_launch(spin, &one, s, &wait, &err) &&
          !wf_event_record(b, s, &err));
    CHECK(wf_event_query(b, &err) == WF_NOTREADY && wf_stream_query(s, &err) == WF_NOTREADY);
    CHECK(!wf_stream_wait_event(t, b, &err) && !wf_stream_add_callback(t, called, (void *)&call, &err));
    CHECK(!wf_event_synchronize(b, &err) && !wf_event_elapsed(a, b, &ms, &err) && ms > 19 && ms < 60);
    CHECK(!wf_stream_synchronize(t, &err) && call);
    uint64_t long_wait = 600000000, begin = wf_time_ns();
    int polls = 0;
    wf_set_poll_hook(give_up, &polls);
    CHECK(!wf_launch(spin, &one, s, &long_wait, &err) && wf_stream_synchronize(s, &err) == WF_INTERRUPT);
    CHECK(seconds(begin) < 0.4);
    wf_set_poll_hook(NULL, NULL);
    CHECK(!wf_stream_synchronize(s, &err));
    wf_event_release(a), wf_event_release(b);
    wf_stream_release(s), wf_stream_release(t);
    wf_function_release(spin);
}

static void test_memory(void) {
    wf_buffer *b = NULL;
    wf_memory_stats stats;
    uint64_t free_bytes, total, begin = wf_time_ns();
    for (int i = 0; i < 10000; i++) {
        CHECK(!wf_buffer_alloc(context, NULL, 4096, &b, &err));
        wf_buffer_release(b);
    }
    double small = seconds(begin) / 10000;
    begin = wf_time_ns();
    for (int i = 0; i < 10000; i++) {
        CHECK(!wf_buffer_alloc(context, NULL, 64 << 20, &b, &err));
        wf_buffer_release(b);
    }
    printf("buffer made and released: 4 KiB %.2f us, 64 MiB %.2f us\n", small * 1e6,
           seconds(begin) / 10000 * 1e6);
    wf_device_memory(device, &free_bytes, &total, &err);
    CHECK(wf_buffer_alloc(context, NULL, total * 2, &b, &err) == WF_NOMEM);
    printf("too much: %s\n", err.message);
    /* Most of the memory in pieces, released, then in one: the pool must give it back. */
    wf_buffer *pieces[8] = {NULL};
    for (int i = 0; i < 8; i++) CHECK(!wf_buffer_alloc(context, NULL, free_bytes / 10, &pieces[i], &err));
    for (int i = 0; i < 8; i++) wf_buffer_release(pieces[i]);
    CHECK(!wf_buffer_alloc(context, NULL, free_bytes / 10 * 8, &b, &err));
    wf_buffer_release(b);
    CHECK(!wf_memory_trim(context, &err) && !wf_memory_stats_of(context, &stats, &err) && stats.in_use == 0);
    wf_address managed = 0, pinned = 0, seen = 0;
    CHECK(!wf_memory_alloc(context, WF_MEMORY_MANAGED, 0, 1 << 20, &managed, &err));
    CHECK(!wf_memory_fill(stream, managed, 7, 1, 1 << 20, 0, &err) &&
          *(unsigned char *)(uintptr_t)managed == 7);
    CHECK(!wf_memory_free(managed, &err) && wf_memory_free(managed, &err) == WF_INVALID);
    CHECK(!wf_memory_alloc(context, WF_MEMORY_PINNED, WF_PINNED_MAPPED, 4096, &pinned, &err));
    CHECK(!wf_memory_device_address((void *)(uintptr_t)pinned, &seen, &err) && seen &&
          !wf_memory_free(pinned, &err));
    char *own = aligned_alloc(4096, 1 << 20);
    CHECK(!wf_memory_register(context, own, 1 << 20, 0, &err) && !wf_memory_unregister(own, &err));
    free(own);
}

static void test_contexts(void) {
    wf_context *own = NULL;
    wf_address at = 0;
    int value = 77, back = 0;
    CHECK(!wf_context_create(device, 0, &own, &err));
    if (!own) return;
    CHECK(!wf_memory_alloc(own, WF_MEMORY_DEVICE, 0, 4, &at, &err));
    CHECK(!wf_copy_to_device(wf_context_default_stream(own), at, &value, 4, 0, &err));
    CHECK(!wf_copy_on_device(stream, at, at, 0, 0, &err) &&
          !wf_copy_to_host(wf_context_default_stream(own), &back, at, 4, 0, &err) && back == 77);
    wf_context_release(own);
    CHECK(!wf_memory_find(at, NULL));
}

/* In a child that starts CUDA by itself: this process has not. */
static int fault_child(void) {
    test_device();
    test_module();
    static const uint32_t offsets[] = {0}, sizes[] = {8};
    uint64_t nowhere = 0x10;
    wf_launch_config one = {.grid = {3}, .block = {1}, .tag = &nowhere};
    wf_function *wild = function("wild", 1, offsets, sizes);
    wf_address at = 0;
    wf_fault_launch culprit;
    CHECK(!wf_launch(wild, &one, stream, &nowhere, &err));
    CHECK(wf_stream_synchronize(stream, &err) == WF_FAULT);
    printf("the fault: %s\n", err.message);
    CHECK(strstr(err.message, "wild <<<(3,1,1), (1,1,1)>>>") && wf_device_fault_launch(device, &culprit) &&
          culprit.tag == &nowhere);
    uint64_t begin = wf_time_ns();
    CHECK(wf_memory_alloc(context, WF_MEMORY_DEVICE, 0, 4, &at, &err) == WF_FAULT && seconds(begin) < 0.001);
    wf_device *cpu = NULL;
    CHECK(!wf_device_default(&cpu, &err) && wf_device_is_cpu(cpu));
    return failures != 0;
}

static int forked_child(void) {
    wf_address at = 0;
    CHECK(wf_memory_alloc(context, WF_MEMORY_DEVICE, 0, 4, &at, &err) == WF_DRIVER &&
          strstr(err.message, "forked"));
    return failures != 0;
}

static void in_child(int (*what)(void), const char *name) {
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (!child) {
        int bad = what();
        fflush(stdout);
        _exit(bad);
    }
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status) && !WEXITSTATUS(status));
    if (status) printf("%s: status %x\n", name, (unsigned)status);
}

int main(void) {
    wf_error_clear(&err);
    in_child(fault_child, "fault"); /* first: this process must not have started CUDA */
    test_device();
    if (!device) return printf("no GPU: %s\n", err.message), 2;
    test_module();
    test_launch();
    test_copies();
    test_streams();
    test_memory();
    test_contexts();
    in_child(forked_child, "fork");
    wf_module_release(module);
    wf_context_release(context);
    printf("runtime_gpu: %d passed, %d failed\n", checks - failures, failures);
    return failures != 0;
}
