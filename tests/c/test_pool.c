/* test_pool.c: every index once, whatever the size and the cost; several callers; nesting; ending early; the
 * floating-point control register; fork. */
#include "base/pool.h"
#include "base/system.h"
#include "check.h"
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static wf_pool *pool;

typedef struct marks {
    atomic_uchar seen[100000];
    atomic_uint workers[64];
    uint64_t busy_ns; /* what an index costs */
    int end_at;       /* this index ends the job; -1: none */
} marks;

static int mark(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    marks *m = user;
    atomic_fetch_add(&m->workers[worker], 1);
    for (uint64_t i = first; i < last; i++) {
        atomic_fetch_add(&m->seen[i], 1);
        if (m->busy_ns)
            for (uint64_t until = wf_time_ns() + m->busy_ns; wf_time_ns() < until;) {}
        if ((int64_t)i == m->end_at) return 42;
    }
    return 0;
}

static int each_once(marks *m, uint64_t count) {
    for (uint64_t i = 0; i < sizeof m->seen; i++)
        if (m->seen[i] != (i < count)) return 0;
    return 1;
}

static void test_ranges(void) {
    static const uint64_t counts[] = {0, 1, 2, 3, 7, 64, 1000, 99999, 100000};
    static const uint64_t grains[] = {0, 1, 16, 5000, 1000000};
    static marks m;
    for (int c = 0; c < 9; c++)
        for (int g = 0; g < 5; g++)
            for (uint64_t cost = 0; cost < 3; cost++) {
                memset(&m, 0, sizeof m);
                m.end_at = -1;
                wf_pool_job job = {
                    .count = counts[c], .grain = grains[g], .cost = cost * 100000, .piece = mark, .user = &m};
                uint64_t next = 0;
                CHECK(!wf_pool_run(pool, &job, &next) && each_once(&m, counts[c]) && (next || !counts[c]));
            }
    /* Costly: every thread takes part, and no number is out of range. */
    memset(&m, 0, sizeof m);
    m.end_at = -1;
    m.busy_ns = 100000;
    wf_pool_job job = {.count = 400, .piece = mark, .user = &m};
    CHECK(!wf_pool_run(pool, &job, NULL) && each_once(&m, 400));
    CHECK(m.workers[0] && m.workers[1] && !m.workers[4]);
    memset(&m, 0, sizeof m);
    m.end_at = -1;
    job.most_threads = 1;
    CHECK(!wf_pool_run(pool, &job, NULL) && m.workers[0] && !m.workers[1]);
}

static void test_early_end(void) {
    static marks m;
    memset(&m, 0, sizeof m);
    m.end_at = 50;
    m.busy_ns = 20000;
    wf_pool_job job = {.count = 10000, .piece = mark, .user = &m};
    CHECK(wf_pool_run(pool, &job, NULL) == 42);
    int done = 0;
    for (int i = 0; i < 10000; i++) done += m.seen[i];
    CHECK(done > 0 && done < 10000);
}

static int nested(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    (void)worker;
    for (uint64_t i = first; i < last; i++) {
        wf_pool_job inner = {.count = 100, .piece = mark, .user = user, .cost = 1u << 30};
        if (wf_pool_run(pool, &inner, NULL)) return 1;
    }
    return 0;
}

static void test_nesting(void) {
    static marks m;
    memset(&m, 0, sizeof m);
    m.end_at = -1;
    wf_pool_job job = {.count = 200, .piece = nested, .user = &m, .cost = 1u << 30};
    CHECK(!wf_pool_run(pool, &job, NULL));
    int right = 1;
    for (int i = 0; i < 100; i++) right &= m.seen[i] == 200;
    CHECK(right);
}

static void *caller(void *user) {
    marks *m = user;
    long wrong = 0;
    for (int i = 0; i < 200; i++) {
        memset(m, 0, sizeof *m);
        m->end_at = -1;
        wf_pool_job job = {
            .count = 1000 + (uint64_t)i, .piece = mark, .user = m, .cost = i % 3 ? 1u << 16 : 0};
        wrong += wf_pool_run(pool, &job, NULL) != 0 || !each_once(m, 1000 + (uint64_t)i);
    }
    return (void *)wrong;
}

static void test_callers(void) {
    static marks m[4];
    pthread_t threads[4];
    void *wrong;
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, caller, &m[i]);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &wrong);
        CHECK(!wrong);
    }
}

#if defined(__x86_64__)
#include <xmmintrin.h>
static int control_is_plain(void *user, uint32_t worker, uint64_t first, uint64_t last) {
    (void)worker, (void)first, (void)last;
    if ((_mm_getcsr() & ~0x3fu) != 0x1f80) atomic_store((atomic_int *)user, 1);
    _mm_setcsr(0x7f80 | 0x8040); /* a piece that leaves a mess */
    return 0;
}
static void test_control(void) {
    atomic_int bad = 0;
    unsigned before = 0x5f80 | 0x8000; /* round up, flush to zero */
    for (int i = 0; i < 50; i++) {
        wf_pool_job job = {.count = 1 + (uint64_t)i % 2 * 50,
                           .piece = control_is_plain,
                           .user = &bad,
                           .cost = 1u << 20,
                           .grain = 1000};
        _mm_setcsr(before);
        wf_pool_run(pool, &job, NULL);
        CHECK(_mm_getcsr() == before);
    }
    _mm_setcsr(0x1f80);
    CHECK(!bad);
}
#else
static void test_control(void) {}
#endif

static void test_fork(void) {
    int status;
    static marks m;
    m.end_at = -1;
    if (!fork()) {
        m.busy_ns = 50000;
        wf_pool_job job = {.count = 200, .piece = mark, .user = &m};
        int bad = wf_pool_run(pool, &job, NULL) || !each_once(&m, 200) || !m.workers[1];
        _exit(bad);
    }
    wait(&status);
    CHECK(WIFEXITED(status) && !WEXITSTATUS(status));
}

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
const char *__tsan_default_options(void);
const char *__tsan_default_options(void) { return "die_after_fork=0"; }
#endif
#endif

int main(void) {
    pool = wf_pool_new(4);
    CHECK(pool && wf_pool_threads(pool) == 4);
    test_ranges();
    test_early_end();
    test_nesting();
    test_callers();
    test_control();
    test_fork();
    wf_pool_free(pool);
    pool = wf_pool_new(1);
    wf_pool_free(pool);
    return check_report("test_pool");
}
