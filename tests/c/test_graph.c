/* test_graph.c: graphs on the CPU and against the stand-in driver: what is captured does not run before the
 * launch and runs at each, streams join by events, what cannot be captured is refused with words and leaves
 * the capture whole, memory that went away is told. */
#include "base/memory.h"
#include "check.h"
#include "fake_cuda/fake_cuda.h"
#include "kernel_file.h"
#include "runtime/runtime.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

static wf_device *device;
static wf_context *context;
static wf_error err;
static fake_control *fake; /* NULL: the CPU */

enum { N = 256 };
static const char ptx[] = ".version 8.0\n.target sm_90\n.entry saxpy\n";
static const uint32_t offsets[] = {0, 8, 16}, sizes[] = {4, 8, 8}, leaves[] = {8, 16};
typedef struct saxpy_params {
    float a;
    wf_address x, y;
} saxpy_params;

static wf_address alloc(size_t size) {
    wf_address at = 0;
    CHECK_MESSAGE(!wf_memory_alloc(context, WF_MEMORY_DEVICE, 0, size, &at, &err), "%s", err.message);
    return at;
}
static wf_stream *make_stream(void) {
    wf_stream *made = NULL;
    CHECK_MESSAGE(!wf_stream_create(context, 0, 0, &made, &err), "%s", err.message);
    return made;
}
static unsigned char byte_at(wf_address at) {
    unsigned char value = 0;
    CHECK_MESSAGE(!wf_copy_to_host(wf_context_default_stream(context), &value, at, 1, 0, &err), "%s",
                  err.message);
    return value;
}
static void fill(wf_stream *stream, wf_address at, uint32_t value) {
    CHECK_MESSAGE(!wf_memory_fill(stream, at, value, 1, N, WF_COPY_ASYNC, &err), "%s", err.message);
}

static wf_function *load_saxpy(wf_module **module) {
    wf_function_info info = {.param_bytes = 24,
                             .param_count = 3,
                             .param_offsets = offsets,
                             .param_sizes = sizes,
                             .leaf_count = 2,
                             .leaf_offsets = leaves,
                             .static_shared = 16};
    wf_function *f = NULL;
    size_t size = sizeof ptx - 1;
    unsigned char *object = fake ? NULL : read_file(TEST_KERNELS, &size);
    const void *bytes = fake ? (const void *)ptx : object;
    CHECK_MESSAGE(!wf_module_load(context, fake ? WF_FORMAT_PTX : WF_FORMAT_ELF_OBJECT, bytes, size, NULL,
                                  module, &err),
                  "%s", err.message);
    free(object);
    CHECK_MESSAGE(!wf_module_function(*module, "saxpy", &info, &f, &err), "%s", err.message);
    return f;
}

static void count_call(void *user) { atomic_fetch_add((atomic_int *)user, 1); }

/* Everything that can be captured, once; launched three times. */
static void test_work(void) {
    static unsigned char host[N], back[N];
    float one = 1.0f, y = 0;
    atomic_int calls = 0, released = 0;
    wf_module *module = NULL;
    wf_function *f = load_saxpy(&module);
    wf_stream *s = make_stream();
    wf_graph *graph = NULL;
    wf_address a = alloc(N), b = alloc(N);
    saxpy_params params = {2.0f, alloc(4), alloc(4)};
    wf_launch_config config = {.grid = {1}, .block = {1}};
    wf_stream *base = wf_context_default_stream(context);
    CHECK(!wf_copy_to_device(base, params.x, &one, 4, 0, &err) &&
          !wf_memory_fill(base, params.y, 0, 4, 1, 0, &err));
    fill(base, a, 0);
    CHECK(!wf_stream_synchronize(base, &err));
    uint64_t launches = fake ? fake->launches : 0;

    CHECK_MESSAGE(!wf_stream_begin_capture(s, &err), "%s", err.message);
    CHECK(wf_stream_is_capturing(s) && !wf_stream_is_capturing(base));
    CHECK(!wf_launch(f, &config, s, &params, &err));
    CHECK(!wf_copy_to_device(s, a, host, N, WF_COPY_ASYNC, &err));
    CHECK(!wf_copy_on_device(s, b, a, N, 0, &err)); /* nobody sees it happen: need not be asynchronous */
    CHECK(!wf_copy_to_host(s, back, b, N, WF_COPY_ASYNC, &err));
    CHECK(!wf_memory_fill_2d(s, b, 16, 7, 1, 4, 4, WF_COPY_ASYNC, &err));
    CHECK(!wf_stream_add_callback(s, count_call, &calls, &err));
    CHECK(!wf_capture_keep(s, count_call, &released, &err) && !released);
    CHECK_MESSAGE(!wf_stream_end_capture(s, &graph, &err), "%s", err.message);
    CHECK(!wf_stream_is_capturing(s) && !calls && back[0] == 0);
    CHECK(!fake || fake->launches == launches);
    if (!graph) return;

    CHECK(!wf_graph_upload(graph, s, &err));
    for (int i = 1; i <= 3; i++) {
        host[5] = (unsigned char)(10 * i);
        CHECK_MESSAGE(!wf_graph_launch(graph, i == 3 ? base : s, &err), "%s", err.message);
        CHECK(!wf_stream_synchronize(i == 3 ? base : s, &err));
        CHECK(calls == i && back[5] == 10 * i && byte_at(b + 16) == 7 && byte_at(b + 5) == 10 * i);
        CHECK(!wf_copy_to_host(base, &y, params.y, 4, 0, &err));
        CHECK(fake ? fake->launches == launches + (uint64_t)i : y == 2.0f * (float)i);
    }
    wf_graph_node node;
    uint32_t count = 0;
    while (wf_graph_node_at(graph, count, &node)) count++;
    CHECK(count == 6 && wf_graph_node_at(graph, 0, &node) && !strcmp(node.name, "saxpy") &&
          node.kind == WF_GRAPH_KERNEL && node.block[0] == 1);
    CHECK(wf_graph_handle(graph) && wf_graph_exec_handle(graph) && wf_graph_context(graph) == context);

    /* The kernel's memory is freed and the graph launched: told, not done. */
    CHECK(!wf_memory_free(params.x, &err));
    CHECK(wf_graph_launch(graph, s, &err) == WF_INVALID &&
          strstr(err.message, "kernel saxpy (number 1 of 6)"));
    wf_function_release(f); /* the graph keeps it */
    wf_module_release(module);
    wf_graph_release(graph);
    for (int i = 0; i < 2000 && !released; i++)
        usleep(1000); /* a CPU's last launch holds it a moment longer */
    CHECK(released == 1);
    wf_stream_release(s);
    wf_memory_free(params.y, NULL), wf_memory_free(a, NULL), wf_memory_free(b, NULL);
}

/* a → (b on another stream) → c: the other stream joins by an event and is waited for. */
static void test_streams(void) {
    wf_stream *first = make_stream(), *second = make_stream();
    wf_event *fork = NULL, *joined = NULL;
    wf_graph *graph = NULL;
    wf_address a = alloc(N), b = alloc(N);
    CHECK(!wf_event_create(context, 0, &fork, &err) && !wf_event_create(context, 0, &joined, &err));
    for (int join = 0; join < 2; join++) {
        CHECK(!wf_stream_begin_capture(first, &err));
        fill(first, a, 3);
        CHECK(!wf_event_record(fork, first, &err) && !wf_stream_wait_event(second, fork, &err));
        CHECK(wf_stream_is_capturing(second));
        CHECK(!wf_copy_on_device(second, b, a, N, WF_COPY_ASYNC, &err));
        CHECK(!wf_event_record(joined, second, &err));
        CHECK(wf_event_query(joined, &err) == WF_INVALID && strstr(err.message, "not a moment"));
        CHECK(wf_stream_end_capture(second, &graph, &err) == WF_INVALID);
        if (join) CHECK_MESSAGE(!wf_stream_wait_event(first, joined, &err), "%s", err.message);
        fill(first, a, 4);
        wf_status status = wf_stream_end_capture(first, &graph, &err);
        CHECK_MESSAGE(join ? !status : status == WF_INVALID && strstr(err.message, "does not wait for"), "%s",
                      err.message);
        CHECK(!wf_stream_is_capturing(first) && !wf_stream_is_capturing(second));
    }
    CHECK(!wf_graph_launch(graph, first, &err) && !wf_stream_synchronize(first, &err));
    CHECK(byte_at(b) == 3 && byte_at(a) == 4);
    /* The event belongs to the past until it is recorded again. */
    CHECK(wf_stream_wait_event(second, joined, &err) == WF_INVALID && strstr(err.message, "has ended"));
    CHECK(!wf_event_record(joined, second, &err) && !wf_event_synchronize(joined, &err));
    CHECK(!wf_stream_wait_event(first, joined, &err));
    wf_graph_release(graph);
    wf_event_release(fork), wf_event_release(joined);
    wf_stream_release(first), wf_stream_release(second);
    wf_memory_free(a, NULL), wf_memory_free(b, NULL);
}

static void *end_elsewhere(void *stream) {
    wf_error other;
    wf_graph *graph = NULL;
    return (void *)(intptr_t)(wf_stream_end_capture(stream, &graph, &other) == WF_INVALID);
}

static void test_refusals(void) {
    unsigned char byte = 0;
    wf_stream *s = make_stream(), *other = make_stream(), *base = wf_context_default_stream(context);
    wf_graph *graph = NULL;
    wf_event *event = NULL;
    wf_address a = alloc(N);
    CHECK(wf_stream_begin_capture(base, &err) == WF_INVALID && strstr(err.message, "default stream"));
    CHECK(wf_stream_end_capture(s, &graph, &err) == WF_INVALID);
    CHECK(!wf_event_create(context, 0, &event, &err) && !wf_event_record(event, other, &err));
    CHECK(!wf_stream_begin_capture(s, &err) && wf_stream_begin_capture(s, &err) == WF_INVALID);
    CHECK(wf_stream_synchronize(s, &err) == WF_INVALID && strstr(err.message, "being captured"));
    CHECK(wf_stream_query(s, &err) == WF_INVALID);
    CHECK(wf_context_synchronize(context, &err) == WF_INVALID);
    CHECK(wf_copy_to_host(s, &byte, a, 1, 0, &err) == WF_INVALID);
    CHECK(wf_stream_wait_event(s, event, &err) == WF_INVALID && strstr(err.message, "outside the capture"));
    pthread_t thread;
    void *refused = NULL;
    CHECK(!pthread_create(&thread, NULL, end_elsewhere, s) && !pthread_join(thread, &refused) && refused);
    /* What this thread gives to the default stream joins; the stream itself stays usable. */
    CHECK(wf_context_default_stream(context) == s && wf_context_own_default_stream(context) == base &&
          wf_capture_of_thread(context) == s);
    fill(wf_context_default_stream(context), a, 9);
    fill(base, a, 1);
    CHECK(!wf_stream_synchronize(base, &err) && !wf_stream_synchronize(other, &err));
    CHECK_MESSAGE(!wf_memory_free(alloc(100), &err), "%s", err.message); /* waits for what is not captured */
    CHECK_MESSAGE(!wf_stream_end_capture(s, &graph, &err), "%s", err.message);
    CHECK(wf_context_default_stream(context) == base && !wf_capture_of_thread(context));
    CHECK(byte_at(a) == 1);
    CHECK(!wf_graph_launch(graph, other, &err) && !wf_stream_synchronize(other, &err) && byte_at(a) == 9);
    wf_graph_release(graph);
    /* Dropped: nothing of it stays. */
    CHECK(!wf_stream_begin_capture(s, &err));
    fill(s, a, 2);
    CHECK(!wf_stream_end_capture(s, NULL, &err) && !wf_stream_synchronize(s, &err) && byte_at(a) == 9);
    wf_event_release(event);
    wf_stream_release(s), wf_stream_release(other);
    wf_memory_free(a, NULL);
}

/* Buffers of the allocator that a capture asks for are the graph's: nobody else gets their memory before. */
static void test_buffers(void) {
    wf_stream *s = make_stream();
    wf_graph *graph = NULL;
    wf_buffer *inside = NULL, *after = NULL;
    CHECK(!wf_stream_begin_capture(s, &err));
    CHECK(!wf_buffer_alloc(context, s, 3000, &inside, &err) && wf_buffer_references(inside) == 2);
    wf_address at = inside->address;
    fill(s, at, 5);
    wf_buffer_release(inside);
    CHECK(!wf_stream_end_capture(s, &graph, &err));
    CHECK(!wf_buffer_alloc(context, NULL, 3000, &after, &err) && after->address != at);
    CHECK(!wf_graph_launch(graph, s, &err) && !wf_stream_synchronize(s, &err) && byte_at(at) == 5);
    wf_buffer_release(after);
    wf_graph_release(graph);
    wf_stream_release(s);
}

/* ---- the nth call, the nth allocation ---- */

static wf_status whole_way(void) {
    wf_stream *s = NULL, *other = NULL;
    wf_event *event = NULL, *back = NULL;
    wf_graph *graph = NULL;
    wf_buffer *buffer = NULL;
    wf_address a = 0;
    wf_status status = wf_stream_create(context, 0, 0, &s, &err);
    if (!status) status = wf_stream_create(context, 0, 0, &other, &err);
    if (!status) status = wf_event_create(context, 0, &event, &err);
    if (!status) status = wf_event_create(context, 0, &back, &err);
    if (!status) status = wf_memory_alloc(context, WF_MEMORY_DEVICE, 0, N, &a, &err);
    if (!status) status = wf_stream_begin_capture(s, &err);
    if (!status) {
        status = wf_memory_fill(s, a, 1, 1, N, WF_COPY_ASYNC, &err);
        if (!status) status = wf_buffer_alloc(context, s, 100, &buffer, &err);
        if (!status) status = wf_event_record(event, s, &err);
        if (!status) status = wf_stream_wait_event(other, event, &err);
        if (!status) status = wf_memory_fill(other, a, 2, 1, N, WF_COPY_ASYNC, &err);
        if (!status) status = wf_event_record(back, other, &err);
        if (!status) status = wf_stream_wait_event(s, back, &err);
        wf_status ended = wf_stream_end_capture(s, status ? NULL : &graph, status ? NULL : &err);
        if (!status) status = ended;
    }
    if (!status) status = wf_graph_launch(graph, s, &err);
    if (!status) status = wf_stream_synchronize(s, &err);
    unsigned char value = 2;
    if (!status) status = wf_copy_to_host(s, &value, a, 1, 0, &err);
    if (!status && value != 2) status = WF_INTERNAL;
    wf_graph_release(graph);
    wf_buffer_release(buffer);
    if (a) wf_memory_free(a, NULL);
    wf_event_release(event), wf_event_release(back);
    wf_stream_release(s), wf_stream_release(other);
    return status;
}

static int gives_back(const char *name) {
    return strstr(name, "Free") || strstr(name, "Destroy") || strstr(name, "SetCurrent") ||
           strstr(name, "EndCapture");
}

static void test_failures(void) {
    CHECK_MESSAGE(!whole_way(), "%s", err.message);
    int errors = 0, leaks = 0, done = 0;
    for (size_t n = 1; n < 300 && !done; n++) {
        uint64_t objects = fake ? fake->live_objects : 0;
        wf_memory_fail_at(n, 0);
        wf_status status = whole_way();
        done = wf_memory_fail_at(0, 0) < n;
        CHECK(!status || status == WF_NOMEM);
        errors += status == WF_NOMEM;
        leaks += fake && fake->live_objects != objects;
    }
    CHECK(done && errors > 5 && !leaks);
    if (!fake) return;
    for (uint64_t n = 1; n < 300; n++) {
        uint64_t objects = fake->live_objects;
        fake->failed = NULL;
        fake->fail_nth(n, 999);
        wf_status status = whole_way();
        fake->fail_nth(0, 0);
        if (!fake->failed) break;
        if (status == WF_INTERNAL || (fake->live_objects != objects && !gives_back(fake->failed)))
            CHECK_MESSAGE(0, "call %llu, %s: status %d, %lld objects lost", (unsigned long long)n,
                          fake->failed, (int)status, (long long)(fake->live_objects - objects));
    }
    CHECK(!whole_way());
}

static void test_device(const char *name) {
    CHECK(!wf_device_by_name(name, &device, &err) && !wf_context_primary(device, &context, &err));
    test_work();
    test_streams();
    test_refusals();
    test_buffers();
    test_failures();
    wf_context_release(context);
}

int main(void) {
    setenv("WEFT_CUDA_LIBRARY", TEST_FAKE_CUDA, 1);
    setenv("WEFT_CPU_DEVICES", "1", 1);
    test_device("cpu");
    void *library = dlopen(TEST_FAKE_CUDA, RTLD_NOW);
    CHECK_MESSAGE(library != NULL, "%s", dlerror());
    if (!library) return check_report("test_graph");
    fake_control *(*control)(void) = NULL;
    *(void **)&control = dlsym(library, "fake_cuda_control");
    fake = control();
    test_device("cuda");
    return check_report("test_graph");
}
