/* test_fake_cuda.c: the CUDA side of the runtime against the stand-in driver: what it asks of the driver,
 * what it does when the driver refuses, when the nth call of all fails, after a fault, after a fork. */
#include "base/memory.h"
#include "check.h"
#include "fake_cuda/fake_cuda.h"
#include "kernel_file.h"
#include "runtime/runtime.h"
#include <dlfcn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static fake_control *fake;
static wf_device *device;
static wf_context *context;
static wf_stream *stream;
static wf_error err;

static const char ptx[] = ".version 8.0\n.target sm_90\n.entry saxpy\n.entry big\n.global table 64 \n";
static const uint32_t offsets[] = {0, 8, 16}, sizes[] = {4, 8, 8}, leaves[] = {8, 16};
static const wf_function_info saxpy_info = {.param_bytes = 24,
                                            .param_count = 3,
                                            .param_offsets = offsets,
                                            .param_sizes = sizes,
                                            .leaf_count = 2,
                                            .leaf_offsets = leaves};

static void test_devices(void) {
    wf_device_info info;
    uint64_t free_bytes, total;
    int can;
    wf_device *second = NULL;
    CHECK(wf_device_count(WF_DEVICE_CUDA) == 2 && !wf_device_default(&device, &err));
    CHECK(!strcmp(wf_device_label(device), "cuda:0") && !wf_device_is_cpu(device));
    CHECK(!wf_device_by_name("gpu:1", &second, &err) && wf_device_ordinal(second) == 1);
    CHECK(wf_device_by_name("cuda:2", &second, &err) == WF_NODEVICE && strstr(err.message, "there are 2"));
    CHECK(!wf_device_info_of(device, &info, &err) && info.compute_major == 9 && info.multiprocessors == 132);
    CHECK(info.uuid[0] == 1 && !strcmp(info.name, "Stand-in GPU 0") && info.driver_version == 13000);
    CHECK(!wf_device_memory(device, &free_bytes, &total, &err) && total == fake->device_bytes &&
          free_bytes <= total);
    CHECK(!wf_device_can_access_peer(device, second, &can, &err) && can);
    CHECK(!wf_context_primary(device, &context, &err));
    stream = wf_context_default_stream(context);
    CHECK(wf_stream_handle(stream) == 0 && wf_stream_is_default(stream));
}

static void test_memory(void) {
    wf_address at = 0, pinned = 0;
    wf_memory_info info;
    CHECK(!wf_memory_alloc(context, WF_MEMORY_DEVICE, 0, 1000, &at, &err));
    CHECK(wf_memory_find(at + 999, &info) && info.extent.lo == at && info.extent.hi == at + 1000 &&
          info.device == device);
    CHECK(!wf_memory_free(at, &err) && wf_memory_free(at, &err) == WF_INVALID &&
          !wf_memory_find(at + 1, NULL));
    CHECK(!wf_memory_alloc(context, WF_MEMORY_PINNED, 0, 1 << 20, &pinned, &err) &&
          fake->count_of("cuMemHostAlloc") == 1);
    CHECK(!wf_memory_device_address((void *)(uintptr_t)pinned, &at, &err) && at == pinned);
    CHECK(!wf_memory_free(pinned, &err) && fake->count_of("cuMemFreeHost") == 1);
    CHECK(!wf_memory_alloc(context, WF_MEMORY_MANAGED, 0, 100, &at, &err) && !wf_memory_free(at, &err));
    static char own[4096];
    CHECK(!wf_memory_register(context, own, sizeof own, 0, &err) &&
          wf_memory_register(context, own + 5, 10, 0, &err) == WF_INVALID);
    CHECK(wf_memory_free((uintptr_t)own, &err) == WF_INVALID && strstr(err.message, "registered"));
    CHECK(wf_memory_register(context, own, SIZE_MAX - 8, 0, &err) == WF_INVALID);
    CHECK(!wf_memory_unregister(own, &err) && wf_memory_unregister(own, &err) == WF_INVALID);
    CHECK(fake->live_blocks == 0);
}

static void test_copies(void) {
    enum { N = 40 << 20 };
    unsigned char *from = malloc(N), *to = calloc(1, N);
    for (size_t i = 0; i < N; i++) from[i] = (unsigned char)(i ^ i >> 9);
    wf_buffer *a = NULL, *b = NULL;
    CHECK(!wf_buffer_alloc(context, NULL, N, &a, &err) && !wf_buffer_alloc(context, NULL, N, &b, &err) &&
          !a->host);
    CHECK(fake->count_of("cuMemAllocFromPoolAsync") == 2);
    /* Small and pageable: one call. */
    fake->reset();
    CHECK(!wf_copy_to_device(stream, a->address, from, 1000, 0, &err) &&
          fake->count_of("cuMemcpyHtoDAsync_v2") == 1);
    /* The slots are not made for a few small copies. */
    CHECK(!wf_copy_to_device(stream, a->address, from, 20 << 20, 0, &err));
    CHECK(fake->count_of("cuMemcpyHtoDAsync_v2") == 2 && fake->count_of("cuMemHostAlloc") == 0);
    /* Large and pageable: through the slots, both ways, every byte. */
    CHECK_MESSAGE(!wf_copy_to_device(stream, a->address, from, N - 3, 0, &err), "%s", err.message);
    CHECK(fake->count_of("cuMemcpyHtoDAsync_v2") > 10 && fake->count_of("cuMemHostAlloc") == 1);
    CHECK(!wf_copy_on_device(stream, b->address, a->address, N, WF_COPY_ASYNC, &err));
    CHECK(!wf_copy_to_host(stream, to, b->address, N - 3, WF_COPY_ASYNC, &err) && !memcmp(from, to, N - 3));
    for (size_t size = (1 << 20) - 1; size <= (1 << 20) + 1; size++) {
        memset(to, 0, size);
        CHECK(!wf_copy_to_device(stream, a->address + 1, from, size, 0, &err) &&
              !wf_copy_to_host(stream, to, a->address + 1, size, 0, &err));
        CHECK(!memcmp(from, to, size));
    }
    /* Large and pinned: one call. */
    wf_address pinned;
    CHECK(!wf_memory_alloc(context, WF_MEMORY_PINNED, 0, N, &pinned, &err));
    fake->reset();
    CHECK(!wf_copy_to_host(stream, (void *)(uintptr_t)pinned, b->address, N, 0, &err) &&
          fake->count_of("cuMemcpyDtoHAsync_v2") == 1);
    CHECK(!memcmp(from, (void *)(uintptr_t)pinned, N - 3));
    CHECK(!wf_memory_free(pinned, &err));
    CHECK(wf_copy_to_host(stream, to, a->address + N - 1, 2, 0, &err) == WF_INVALID);
    /* A driver that fails in the middle of the lanes. */
    fake->fail_name("cuEventRecord", 999);
    CHECK(wf_copy_to_device(stream, a->address, from, N, 0, &err) == WF_DRIVER &&
          strstr(err.message, "FAKE_ERROR_999"));
    fake->fail_name(NULL, 0);
    CHECK(!wf_copy_to_device(stream, a->address, from, N, 0, &err));
    wf_copy_end host_end = {0, (uintptr_t)to, 0, 0}, device_end = {1, a->address + 7, 100, 1000};
    CHECK(!wf_copy_strided(stream, &host_end, &device_end, 10, 5, 4, 0, &err) &&
          !memcmp(to + 3 * 50 + 40, from + 7 + 3400, 10));
    CHECK(!wf_memory_fill(stream, a->address, 0xabcd, 2, 100, 0, &err) &&
          !wf_memory_fill_2d(stream, b->address, 64, 3, 1, 8, 8, 0, &err));
    CHECK(!wf_copy_to_host(stream, to, a->address, 200, 0, &err) && to[198] == 0xcd && to[199] == 0xab);
    /* From a CPU device to the GPU and back. */
    wf_device *cpu = NULL;
    wf_context *cpu_context = NULL;
    wf_address host_memory;
    CHECK(!wf_device_by_name("cpu", &cpu, &err) && !wf_context_primary(cpu, &cpu_context, &err));
    CHECK(!wf_memory_alloc(cpu_context, WF_MEMORY_DEVICE, 0, 1000, &host_memory, &err));
    CHECK(!wf_copy_to_device(wf_context_default_stream(cpu_context), host_memory, from, 1000, 0, &err));
    CHECK(!wf_copy_on_device(wf_context_default_stream(cpu_context), a->address, host_memory, 1000, 0, &err));
    CHECK(!wf_memory_fill(wf_context_default_stream(cpu_context), host_memory, 0, 1, 1000, 0, &err));
    CHECK(!wf_copy_on_device(stream, host_memory, a->address, 1000, 0, &err) &&
          !memcmp((void *)(uintptr_t)host_memory, from, 1000));
    CHECK(!wf_memory_free(host_memory, &err));
    wf_context_release(cpu_context);
    /* Between two GPUs. */
    wf_device *second = NULL;
    wf_context *far = NULL;
    wf_address there;
    CHECK(!wf_device_by_name("cuda:1", &second, &err) && !wf_context_primary(second, &far, &err));
    CHECK(!wf_memory_alloc(far, WF_MEMORY_DEVICE, 0, 1000, &there, &err));
    CHECK(!wf_copy_on_device(stream, there, a->address, 1000, 0, &err) &&
          fake->count_of("cuMemcpyPeerAsync") == 1);
    CHECK(!wf_context_enable_peer(context, far, 1, &err) && fake->count_of("cuMemPoolSetAccess") == 1);
    CHECK(!wf_context_enable_peer(context, far, 0, &err));
    CHECK(!wf_memory_free(there, &err));
    wf_context_release(far);
    wf_buffer_release(a);
    wf_buffer_release(b);
    free(from);
    free(to);
}

static void test_modules(void) {
    wf_module *m = NULL, *again = NULL;
    wf_function *f = NULL;
    wf_format format;
    const void *image;
    size_t size;
    wf_address at;
    wf_module_options options = {.name = "test", .optimisation = -1};
    CHECK_MESSAGE(!wf_module_load(context, WF_FORMAT_PTX, ptx, sizeof ptx - 1, &options, &m, &err), "%s",
                  err.message);
    CHECK(!wf_module_image(m, &format, &image, &size, &err) && format == WF_FORMAT_CUBIN &&
          size > sizeof ptx);
    CHECK(!wf_module_load(context, WF_FORMAT_CUBIN, image, size, &options, &again, &err));
    wf_module_drop_image(m);
    CHECK(wf_module_image(m, &format, &image, &size, &err) == WF_INVALID);
    CHECK(!wf_module_global(m, "table", &at, &size, &err) && size == 64);
    CHECK(wf_module_global(m, "chair", &at, &size, &err) == WF_INVALID &&
          strstr(err.message, "no variable named chair"));
    CHECK(wf_module_function(m, "absent", NULL, &f, &err) == WF_INVALID &&
          strstr(err.message, "no kernel named absent"));
    wf_module_release(m);
    wf_module_release(again);
    CHECK(wf_module_load(context, WF_FORMAT_PTX, "nonsense", 8, &options, &m, &err) == WF_DRIVER);
    CHECK_MESSAGE(strstr(err.message, "test was refused") && strstr(err.message, "ptxas fatal"), "%s",
                  err.message);
    CHECK(wf_module_load(context, WF_FORMAT_CUBIN, "nonsense", 8, &options, &m, &err));
    CHECK(wf_module_load(context, WF_FORMAT_ELF_OBJECT, "nonsense", 8, &options, &m, &err) == WF_UNSUPPORTED);
}

static void test_launch(void) {
    wf_module *m = NULL;
    wf_function *f = NULL, *g = NULL;
    wf_stream *s = NULL;
    struct {
        float a;
        uint64_t x, y;
    } params = {2.5f, 0x1111, 0x2222};
    wf_launch_config config = {.grid = {7, 2}, .block = {32}, .dynamic_shared = 100};
    CHECK(!wf_module_load(context, WF_FORMAT_PTX, ptx, sizeof ptx - 1, NULL, &m, &err));
    CHECK(!wf_module_function(m, "saxpy", &saxpy_info, &f, &err) &&
          !wf_module_function(m, "big", NULL, &g, &err));
    CHECK(!wf_stream_create(context, WF_STREAM_NONBLOCKING, 0, &s, &err));
    fake->reset();
    CHECK(!wf_launch(f, &config, s, &params, &err) && fake->launches == 1);
    /* The way to a launch: is the context current, the launch, nothing else. */
    CHECK_MESSAGE(fake->calls == 2, "%llu calls", (unsigned long long)fake->calls);
    fake_launch *l = &fake->last;
    float a;
    memcpy(&a, l->params, 4);
    CHECK(a == 2.5f && !memcmp(l->params + 8, &params.x, 16) && l->grid[0] == 7 && l->grid[1] == 2 &&
          l->grid[2] == 1);
    CHECK(l->block[0] == 32 && l->shared == 100 && l->stream == (void *)(uintptr_t)wf_stream_handle(s) &&
          !l->is_packed);
    config.param_bytes = 24;
    CHECK(!wf_launch(g, &config, stream, &params, &err) && fake->last.is_packed &&
          fake->last.param_bytes == 24);
    CHECK(!memcmp(fake->last.params, &params, 24));
    config.flags = WF_LAUNCH_COOPERATIVE;
    CHECK(!wf_launch(f, &config, stream, &params, &err) && fake->last.cooperative);
    config.cluster[0] = 7;
    CHECK(!wf_launch(f, &config, stream, &params, &err) && fake->last.cooperative &&
          fake->last.cluster[0] == 7 && fake->last.cluster[2] == 1);
    config = (wf_launch_config){
        .grid = {1}, .block = {1}, .dynamic_shared = 200000}; /* more than 48 KiB: allowed on the way */
    CHECK(!wf_launch(f, &config, stream, &params, &err) && fake->count_of("cuFuncSetAttribute") == 1);
    CHECK(!wf_launch(f, &config, stream, &params, &err) && fake->count_of("cuFuncSetAttribute") == 1);
    config.dynamic_shared = 232448;
    CHECK(wf_launch(f, &config, stream, &params, &err) == WF_LAUNCH && strstr(err.message, "16 static"));
    /* A module of another context's stream is refused before the driver sees it. */
    wf_context *own = NULL;
    CHECK(!wf_context_create(device, 0, &own, &err));
    config.dynamic_shared = 0;
    CHECK(wf_launch(f, &config, wf_context_default_stream(own), &params, &err) == WF_LAUNCH &&
          strstr(err.message, "another context"));
    wf_context_release(own);
    int blocks, grid, block;
    wf_function_attributes attributes;
    CHECK(!wf_function_occupancy(f, 256, 0, &blocks, &err) && blocks == 8 &&
          !wf_function_best_block(f, 0, 512, &grid, &block, &err) && block == 512);
    CHECK(!wf_function_attributes_of(f, &attributes, &err) && attributes.registers == 24 &&
          attributes.static_shared == 16);
    wf_stream_release(s);
    wf_function_release(f);
    wf_function_release(g);
    wf_module_release(m);
}

static int gave_up;
static int give_up(void *user) { return ++*(int *)user >= 1; }
static void note(void *user) { *(int *)user = 1; }

static void test_streams(void) {
    wf_stream *s = NULL, *same = NULL;
    wf_event *a = NULL, *b = NULL;
    double ms = -1;
    int called = 0;
    CHECK(!wf_stream_create(context, 0, -1, &s, &err) && !wf_event_create(context, 0, &a, &err) &&
          !wf_event_create(context, 0, &b, &err));
    CHECK(!wf_event_record(a, s, &err) && !wf_event_record(b, s, &err) &&
          !wf_stream_wait_event(stream, b, &err));
    fake->delay(3);
    CHECK(wf_event_query(b, &err) == WF_NOTREADY && wf_stream_query(s, &err) == WF_NOTREADY &&
          !wf_stream_synchronize(s, &err));
    CHECK(!wf_event_elapsed(a, b, &ms, &err) && ms >= 0);
    CHECK(!wf_stream_wrap(context, wf_stream_handle(s), &same, &err) &&
          wf_stream_handle(same) == wf_stream_handle(s));
    wf_stream_release(same); /* not destroyed: it is not ours */
    CHECK(!wf_stream_synchronize(s, &err));
    CHECK(!wf_stream_add_callback(s, note, &called, &err) && called == 1);
    /* Ctrl-C ends the wait. */
    wf_set_poll_hook(give_up, &gave_up);
    fake->delay(2000000000);
    CHECK(wf_stream_synchronize(s, &err) == WF_INTERRUPT && strstr(err.message, "still runs") &&
          gave_up == 1);
    wf_set_poll_hook(NULL, NULL);
    fake->delay(0);
    wf_event_release(a);
    wf_event_release(b);
    wf_stream_release(s);
}

static void test_out_of_memory(void) {
    wf_buffer *kept[8], *more = NULL;
    wf_memory_stats stats;
    size_t before = fake->device_bytes;
    CHECK(!wf_memory_trim(context, &err));
    fake->device_bytes = fake->live_bytes + (10 << 20);
    for (int i = 0; i < 5; i++)
        CHECK(!wf_buffer_alloc(context, NULL, 1 << 20, &kept[i], &err)); /* three slabs */
    CHECK(wf_buffer_alloc(context, NULL, 9 << 20, &more, &err) == WF_NOMEM);
    CHECK_MESSAGE(strstr(err.message, "9437184 bytes") && strstr(err.message, "5.0 MiB in use"), "%s",
                  err.message);
    for (int i = 0; i < 5; i++) wf_buffer_release(kept[i]);
    CHECK(!wf_buffer_alloc(context, NULL, 9 << 20, &more, &err)); /* the slabs went back for it */
    CHECK(!wf_memory_stats_of(context, &stats, &err) && stats.in_use == 9 << 20 && stats.out_of_memory >= 2);
    wf_buffer_release(more);
    fake->device_bytes = before;
    CHECK(!wf_memory_set_limit(context, 4 << 20, &err) &&
          wf_buffer_alloc(context, NULL, 5 << 20, &more, &err) == WF_NOMEM);
    CHECK(!wf_buffer_alloc(context, NULL, 1 << 20, &more, &err));
    wf_buffer_release(more);
    CHECK(!wf_memory_set_limit(context, 0, &err));
}

/* ---- the nth call fails ---- */

static wf_status whole_way(void) {
    static unsigned char data[2 << 20];
    wf_context *own = NULL;
    wf_stream *s = NULL;
    wf_event *e = NULL;
    wf_buffer *small = NULL, *large = NULL;
    wf_module *m = NULL;
    wf_function *f = NULL;
    wf_address at = 0, table;
    size_t size;
    wf_launch_config config = {.grid = {1}, .block = {32}};
    struct {
        float a;
        uint64_t x, y;
    } params = {0};
    wf_status status = wf_context_create(device, 0, &own, &err);
    if (!status) status = wf_stream_create(own, 0, 0, &s, &err);
    if (!status) status = wf_event_create(own, 0, &e, &err);
    if (!status) status = wf_buffer_alloc(own, s, 5000, &small, &err);
    if (!status) status = wf_buffer_alloc(own, s, sizeof data, &large, &err);
    if (!status) status = wf_buffer_used_on(small, wf_context_default_stream(own), &err);
    if (!status) status = wf_memory_alloc(own, WF_MEMORY_PINNED, 0, 100, &at, &err);
    if (!status) status = wf_copy_to_device(s, large->address, data, sizeof data, 0, &err);
    if (!status) status = wf_module_load(own, WF_FORMAT_PTX, ptx, sizeof ptx - 1, NULL, &m, &err);
    if (!status) status = wf_module_function(m, "saxpy", &saxpy_info, &f, &err);
    if (!status) status = wf_module_global(m, "table", &table, &size, &err);
    if (!status) status = wf_launch(f, &config, s, &params, &err);
    if (!status) status = wf_event_record(e, s, &err);
    if (!status) status = wf_event_synchronize(e, &err);
    if (!status) status = wf_copy_to_host(s, data, large->address, sizeof data, 0, &err);
    if (at) wf_memory_free(at, NULL);
    wf_function_release(f);
    wf_module_release(m);
    wf_buffer_release(small);
    wf_buffer_release(large);
    wf_event_release(e);
    wf_stream_release(s);
    wf_context_release(own);
    return status;
}

/* A call that gives back may fail and leave its thing; that cannot be the runtime's fault. */
static int gives_back(const char *name) {
    return strstr(name, "Free") || strstr(name, "Destroy") || strstr(name, "Unload") ||
           strstr(name, "SetCurrent") || strstr(name, "Trim") || strstr(name, "Unregister") ||
           strstr(name, "Release");
}

/* Memory that is released waits for other streams by an event; when that fails, the host waits instead.
 * Without its pool the driver still has plain memory. */
static int may_be_silent(const char *name) {
    return gives_back(name) || strstr(name, "Synchronize") || strstr(name, "Query") || strstr(name, "Pool") ||
           strstr(name, "cuEvent") || strstr(name, "WaitEvent") || strstr(name, "PointerGet") ||
           strstr(name, "DeviceGetAttribute");
}

static void test_nth_call(void) {
    wf_env_set("STAGED_AFTER", "0", NULL); /* each context makes its slots at once */
    CHECK_MESSAGE(!whole_way(), "%s", err.message);
    int errors = 0, leaks = 0, silent = 0;
    uint64_t n;
    for (n = 1; n < 3000; n++) {
        uint64_t objects = fake->live_objects, blocks = fake->live_blocks;
        fake->failed = NULL;
        fake->fail_nth(n, 999);
        wf_status status = whole_way();
        fake->fail_nth(0, 0);
        if (!fake->failed) break; /* fewer calls than n */
        errors += status != WF_OK;
        if (!status && !may_be_silent(fake->failed)) {
            silent++;
            fprintf(stderr, "call %llu, %s, failed without a word\n", (unsigned long long)n, fake->failed);
        }
        if ((fake->live_objects != objects || fake->live_blocks != blocks) && !gives_back(fake->failed)) {
            leaks++;
            fprintf(stderr, "call %llu, %s: %lld objects, %lld blocks lost\n", (unsigned long long)n,
                    fake->failed, (long long)(fake->live_objects - objects),
                    (long long)(fake->live_blocks - blocks));
        }
    }
    CHECK(n > 50 && n < 3000 && errors > 20 && !leaks);
    CHECK(!silent);
    CHECK(!whole_way());
}

static void test_nth_allocation(void) {
    int errors = 0, leaks = 0, done = 0;
    for (size_t n = 1; n < 500 && !done; n++) {
        uint64_t objects = fake->live_objects, blocks = fake->live_blocks;
        wf_memory_fail_at(n, 0);
        wf_status status = whole_way();
        size_t made = wf_memory_fail_at(0, 0);
        done = made < n;
        errors += status == WF_NOMEM;
        leaks += fake->live_objects != objects || fake->live_blocks != blocks;
        CHECK(!status || status == WF_NOMEM);
    }
    CHECK(done && errors > 8 && !leaks);
}

/* ---- fork and faults ---- */

static void test_fork(void) {
    int status;
    pid_t child = fork();
    if (!child) {
        wf_address at;
        wf_device *cpu;
        wf_context *c;
        uint64_t calls = fake->calls;
        int good = wf_memory_alloc(context, WF_MEMORY_DEVICE, 0, 10, &at, &err) == WF_DRIVER &&
                   strstr(err.message, "forked");
        good = good && fake->calls == calls && wf_stream_synchronize(stream, &err) == WF_DRIVER;
        good = good && !wf_device_by_name("cpu", &cpu, &err) && !wf_context_primary(cpu, &c, &err);
        good = good && !wf_memory_alloc(c, WF_MEMORY_DEVICE, 0, 10, &at, &err) && !wf_memory_free(at, &err);
        _exit(good ? 0 : 1);
    }
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status) && !WEXITSTATUS(status));
    wf_address at;
    CHECK(!wf_memory_alloc(context, WF_MEMORY_DEVICE, 0, 10, &at, &err) && !wf_memory_free(at, &err));
}

static void test_fault(void) { /* the last: CUDA is gone after it */
    wf_module *m = NULL;
    wf_function *f = NULL;
    wf_buffer *b = NULL;
    wf_device *cpu = NULL, *chosen = NULL;
    wf_context *c = NULL;
    wf_address at;
    struct {
        float a;
        uint64_t x, y;
    } params = {0};
    wf_launch_config config = {.grid = {3}, .block = {64}, .tag = &params};
    char first[sizeof err.message];
    CHECK(!wf_module_load(context, WF_FORMAT_PTX, ptx, sizeof ptx - 1, NULL, &m, &err));
    CHECK(!wf_module_function(m, "saxpy", &saxpy_info, &f, &err) &&
          !wf_buffer_alloc(context, NULL, 100, &b, &err));
    CHECK(!wf_launch(f, &config, stream, &params, &err) &&
          !wf_stream_synchronize(stream, &err)); /* this one is over */
    config.grid[0] = 5;
    fake->fault_at_launch(700);
    CHECK(!wf_launch(f, &config, stream, &params, &err));
    CHECK(!wf_device_broken(device) && wf_stream_synchronize(stream, &err) == WF_FAULT && err.code == 700);
    CHECK_MESSAGE(strstr(err.message, "saxpy <<<(5,1,1), (64,1,1)>>>") && !strstr(err.message, "(3,1,1)"),
                  "%s", err.message);
    wf_fault_launch culprit;
    CHECK(wf_device_fault_launch(device, &culprit) && culprit.grid[0] == 5 && culprit.tag == &params &&
          !strcmp(culprit.name, "saxpy"));
    strcpy(first, err.message);
    uint64_t calls = fake->calls;
    CHECK(wf_memory_alloc(context, WF_MEMORY_DEVICE, 0, 10, &at, &err) == WF_FAULT &&
          !strcmp(err.message, first));
    CHECK(wf_launch(f, &config, stream, &params, &err) == WF_FAULT &&
          !strcmp(wf_device_broken(device), first));
    CHECK(fake->calls == calls);
    CHECK(!wf_device_default(&chosen, &err) && wf_device_is_cpu(chosen));
    CHECK(!wf_device_by_name("cpu", &cpu, &err) && !wf_context_primary(cpu, &c, &err));
    CHECK(!wf_memory_alloc(c, WF_MEMORY_DEVICE, 0, 10, &at, &err) && !wf_memory_free(at, &err));
    wf_context_release(c);
    wf_buffer_release(b);
    wf_function_release(f);
    wf_module_release(m);
}

int main(void) {
    setenv("WEFT_CUDA_LIBRARY", TEST_FAKE_CUDA, 1);
    setenv("WEFT_STAGED_AFTER", "30M", 1);
    void *library = dlopen(TEST_FAKE_CUDA, RTLD_NOW);
    CHECK_MESSAGE(library != NULL, "%s", dlerror());
    if (!library) return check_report("test_fake_cuda");
    fake_control *(*control)(void) = NULL;
    *(void **)&control = dlsym(library, "fake_cuda_control");
    fake = control();
    test_devices();
    test_memory();
    test_copies();
    test_modules();
    test_launch();
    test_streams();
    test_out_of_memory();
    test_nth_call();
    test_nth_allocation();
    test_fork();
    test_fault();
    return check_report("test_fake_cuda");
}
