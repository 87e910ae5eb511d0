/* test_allocator.c: the caching allocator and the table of live allocations, against a plain list of what is
 * live.
 *
 * Random requests of all sizes on several streams; after each: the buffer is where nothing else is, the table
 * gives its exact extent from any address in it, and memory that is gone is not found. */
#include "base/memory.h"
#include "check.h"
#include "runtime/runtime.h"
#ifdef __linux__
#include <malloc.h>
#endif
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { LIVE = 600, STEPS = 8000, STREAMS = 3 };

static wf_device *device;
static wf_context *context;
static wf_error err;

static uint64_t state = 88172645463325252u;
static uint64_t dice(uint64_t sides) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % sides;
}

static size_t some_size(void) {
    switch (dice(6)) {
    case 0: return dice(3);
    case 1: return 512 * dice(10) + dice(3);
    case 2: return dice(5000);
    case 3: return ((size_t)1 << dice(21)) + dice(3) - (dice(2) ? 1 : 0);
    case 4: return dice(1 << 20);
    default: return dice(40) ? dice(100000) : dice(6 << 20);
    }
}

static void check_extent(const wf_buffer *b) {
    uint64_t at = b->address + (b->size ? dice(b->size) : 0);
    wf_extent extent = wf_memory_extent(device, at);
    CHECK(extent.lo == b->address && extent.hi == b->address + b->size);
    CHECK(b->address % 64 == 0 && b->host == (void *)(uintptr_t)b->address && b->device == device);
}

static void test_random(void) {
    static wf_buffer *live[LIVE];
    static unsigned char marks[LIVE];
    wf_stream *streams[STREAMS] = {wf_context_default_stream(context)};
    for (int i = 1; i < STREAMS; i++) CHECK(!wf_stream_create(context, 0, 0, &streams[i], &err));
    uint64_t in_use = 0;
    int wrong = 0;
    wf_memory_stats stats;
    for (int step = 0; step < STEPS; step++) {
        int i = (int)dice(LIVE);
        if (live[i]) {
            for (size_t k = 0; k < live[i]->size; k += 4099)
                wrong += ((unsigned char *)live[i]->host)[k] != marks[i];
            if (dice(8) == 0) CHECK(!wf_buffer_used_on(live[i], streams[dice(STREAMS)], &err));
            wf_address gone = live[i]->address;
            in_use -= live[i]->size;
            wf_buffer_release(live[i]);
            live[i] = NULL;
            wf_memory_info info;
            CHECK(!wf_memory_find(gone, &info) || info.extent.lo != gone);
        } else {
            CHECK(!wf_buffer_alloc(context, streams[dice(STREAMS)], some_size(), &live[i], &err));
            marks[i] = (unsigned char)dice(256);
            in_use += live[i]->size;
            memset(live[i]->host, marks[i], live[i]->size);
            check_extent(live[i]);
        }
        if (step % 2000 == 1999) { /* a stream ends with memory of its own; a new one takes its place */
            wf_stream_release(streams[1]);
            CHECK(!wf_stream_create(context, 0, 0, &streams[1], &err));
            CHECK(!wf_memory_trim(context, &err));
        }
        if (step % 100 == 0)
            CHECK(!wf_memory_stats_of(context, &stats, &err) && stats.in_use == in_use &&
                  stats.peak >= in_use);
    }
    CHECK(!wrong);
    for (int i = 0; i < LIVE; i++) wf_buffer_release(live[i]);
    for (int i = 1; i < STREAMS; i++) wf_stream_release(streams[i]);
    CHECK(!wf_memory_trim(context, &err) && !wf_memory_stats_of(context, &stats, &err));
    CHECK_MESSAGE(stats.in_use == 0 && stats.pooled == 0 && stats.hits > stats.allocations / 2,
                  "%llu pooled, %llu of %llu hits", (unsigned long long)stats.pooled,
                  (unsigned long long)stats.hits, (unsigned long long)stats.allocations);
}

/* The same slot comes back at once: no waiting, no asking the device. */
static void test_reuse(void) {
    static const size_t sizes[] = {1, 512, 4096, 4097, 5120, 5121, 1 << 20, (1 << 20) + 1, 5 << 20};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        wf_buffer *b = NULL, *c = NULL;
        CHECK(!wf_buffer_alloc(context, NULL, sizes[i], &b, &err));
        wf_address at = b->address;
        CHECK(wf_buffer_references(wf_buffer_retain(b)) == 2);
        wf_buffer_release(b);
        wf_buffer_release(b);
        CHECK(!wf_buffer_alloc(context, NULL, sizes[i], &c, &err) && c->address == at);
        wf_buffer_release(c);
    }
}

/* Many entries, added and removed in different orders. */
static void test_many(void) {
    enum { MANY = 30000 };
    static wf_address at[MANY];
    for (int i = 0; i < MANY; i++) CHECK(!wf_memory_alloc(context, WF_MEMORY_DEVICE, 0, 100, &at[i], &err));
    int wrong = 0;
    for (int i = 0; i < MANY; i++) {
        wf_extent extent = wf_memory_extent(device, at[i] + 99);
        wrong += extent.lo != at[i] || extent.hi != at[i] + 100;
    }
    for (int i = 0; i < MANY; i += 2) CHECK(!wf_memory_free(at[i], &err));
    for (int i = 0; i < MANY; i++) wrong += (wf_memory_find(at[i] + 50, NULL) != 0) != (i & 1);
    for (int i = MANY - 1; i > 0; i -= 2) CHECK(!wf_memory_free(at[i], &err));
    CHECK(!wrong);
}

static int released;
static void note(void *user) { released += *(int *)user; }

static void test_wrapped(void) {
    static char memory[1000];
    wf_buffer *a = NULL, *b = NULL;
    int one = 1;
    /* Two views of one array: they may overlap. */
    CHECK(!wf_buffer_wrap(context, (uintptr_t)memory, 600, 1, note, &one, &a, &err));
    CHECK(!wf_buffer_wrap(context, (uintptr_t)memory + 400, 600, 1, note, &one, &b, &err));
    wf_buffer *far = NULL;
    CHECK(wf_buffer_wrap(context, (uintptr_t)memory, SIZE_MAX, 1, note, &one, &far, &err) == WF_INVALID &&
          !far);
    wf_extent extent = wf_memory_extent(device, (uintptr_t)memory + 700);
    CHECK(extent.lo == (uintptr_t)memory + 400 && extent.hi == (uintptr_t)memory + 1000 && a->host == memory);
    wf_buffer_release(a);
    CHECK(released == 1 && !wf_memory_find((uintptr_t)memory + 10, NULL));
    wf_buffer_release(b);
    CHECK(released == 2 && !wf_memory_find((uintptr_t)memory + 700, NULL));
}

static void *hammer(void *user) {
    wf_stream *stream = NULL;
    long wrong = 0;
    wf_stream_create(context, 0, 0, &stream, NULL);
    for (int i = 0; i < 3000; i++) {
        wf_buffer *b = NULL;
        size_t size = 100 + (size_t)i * 37 % 9000;
        if (wf_buffer_alloc(context, i % 2 ? stream : NULL, size, &b, NULL)) {
            wrong++;
            continue;
        }
        memset(b->host, *(char *)user, size);
        wf_extent extent = wf_memory_extent(device, b->address + size - 1);
        wrong += extent.hi != b->address + size;
        for (size_t k = 0; k < size; k += 511) wrong += ((char *)b->host)[k] != *(char *)user;
        wf_buffer_release(b);
    }
    wf_stream_release(stream);
    return (void *)wrong;
}

static void test_threads(void) {
    pthread_t threads[4];
    char marks[4] = {1, 2, 3, 4};
    void *wrong;
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, hammer, &marks[i]);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &wrong);
        CHECK(!wrong);
    }
}

/* Bytes of the C library's heap in use, where it tells: a failure must leave none behind. */
static size_t heap_in_use(void) {
#if defined __GLIBC__ && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
    return mallinfo2().uordblks;
#else
    return 0;
#endif
}

static void test_no_memory(void) {
    wf_buffer *b = NULL;
    int failed = 0, made = 0;
    CHECK(!wf_buffer_alloc(context, NULL, 3000, &b, &err));
    wf_buffer_release(b);
    for (size_t n = 1; n < 12; n++) {
        wf_memory_trim(context, NULL);
        size_t before = heap_in_use();
        wf_memory_fail_at(n, 1);
        wf_status status = wf_buffer_alloc(context, NULL, 3000, &b, &err);
        wf_memory_fail_at(0, 0);
        CHECK(!status || status == WF_NOMEM);
        failed += status == WF_NOMEM;
        made += !status;
        if (!status) wf_buffer_release(b);
        wf_memory_trim(context, NULL);
        CHECK_MESSAGE(heap_in_use() == before, "allocation %zu failing leaves %zd bytes", n,
                      (ssize_t)(heap_in_use() - before));
    }
    CHECK(failed >= 3 && made >= 1);
    CHECK(wf_buffer_alloc(context, NULL, SIZE_MAX - 5, &b, &err) == WF_NOMEM);
    wf_memory_stats stats;
    CHECK(!wf_memory_stats_of(context, &stats, &err) && stats.in_use == 0);
}

int main(void) {
    setenv("WEFT_CUDA_LIBRARY", "off", 1);
    CHECK(!wf_device_default(&device, &err) && !wf_context_primary(device, &context, &err));
    test_random();
    test_reuse();
    test_many();
    test_wrapped();
    test_threads();
    test_no_memory();
    wf_memory_trim(context, NULL);
    wf_context_release(context);
    return check_report("test_allocator");
}
