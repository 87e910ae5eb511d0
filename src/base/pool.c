/* base/pool.c: see pool.h.
 *
 * One lock guards the list of published jobs; pieces are taken without it, with one atomic addition on the
 * job. A job lives on its caller's stack: the caller takes it off the list and waits for the helpers inside
 * it before it returns. Helpers spin for some microseconds after a job, since loops come in bursts, then
 * sleep. */
#include "base/pool.h"
#include "base/memory.h"
#include "base/system.h"
#include "base/thread.h"
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

enum {
    WORTH_WAKING_US = 6, /* below this a wake-up (2-5 µs, and cold caches) costs more than it brings */
    PIECE_US = 3,        /* pieces while the caller feels its way alone */
    SPIN_US = 15,
    PIECES_PER_THREAD = 8, /* even shares would wait for the slowest thread */
    STACK_BYTES = 8 << 20
};

typedef struct job job;
struct job {
    const wf_pool_job *ask;
    _Atomic uint64_t next; /* the first index that nobody has taken */
    _Atomic uint64_t piece;
    atomic_int result;
    uint32_t joined;    /* helpers that ever joined; under the lock */
    atomic_uint inside; /* helpers still running; falls under the lock */
    job *after;
};

struct wf_pool {
    pthread_mutex_t lock;
    pthread_cond_t wake, left; /* a job was published or the pool ends; a helper left a job */
    job *jobs;
    atomic_uint published; /* counts publications, for spinning */
    atomic_uint asleep;
    uint32_t threads, started;
    uint32_t generation; /* wf_fork_generation when the threads were made */
    int ending;
    pthread_t *handles;
};

static _Thread_local int in_piece;

/* ---- floating-point control ---- */

#if defined(__x86_64__)
uint64_t wf_float_control_default(void) {
    uint32_t saved, plain = 0x1f80; /* all exceptions masked, round to nearest, no DAZ, no FTZ */
    __asm__ volatile("stmxcsr %0" : "=m"(saved));
    if ((saved & ~0x3fu) != plain) __asm__ volatile("ldmxcsr %0" : : "m"(plain));
    return saved;
}
void wf_float_control_restore(uint64_t saved) {
    uint32_t value = (uint32_t)saved;
    if ((value & ~0x3fu) != 0x1f80) __asm__ volatile("ldmxcsr %0" : : "m"(value));
}
#elif defined(__aarch64__)
uint64_t wf_float_control_default(void) {
    uint64_t saved;
    __asm__ volatile("mrs %0, fpcr" : "=r"(saved));
    if (saved) __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)0));
    return saved;
}
void wf_float_control_restore(uint64_t saved) {
    if (saved) __asm__ volatile("msr fpcr, %0" : : "r"(saved));
}
#else
uint64_t wf_float_control_default(void) { return 0; }
void wf_float_control_restore(uint64_t saved) { (void)saved; }
#endif

/* ---- pieces ---- */

/* Takes a piece of at most `most` indices: 0 when none is left. */
static int take(job *j, uint64_t most, uint64_t *first, uint64_t *last) {
    uint64_t count = j->ask->count;
    uint64_t at = atomic_load_explicit(&j->next, memory_order_relaxed);
    if (at >= count) return 0;
    at = atomic_fetch_add_explicit(&j->next, most, memory_order_relaxed);
    if (at >= count) return 0;
    *first = at;
    *last = count - at < most ? count : at + most;
    return 1;
}

static int run_piece(job *j, uint32_t worker, uint64_t first, uint64_t last) {
    int result = j->ask->piece(j->ask->user, worker, first, last);
    if (!result) return 0;
    int none = 0;
    atomic_compare_exchange_strong(&j->result, &none, result);
    atomic_store(&j->next, j->ask->count);
    return result;
}

static void run_pieces(job *j, uint32_t worker) {
    uint64_t first, last;
    while (take(j, atomic_load_explicit(&j->piece, memory_order_relaxed), &first, &last))
        if (run_piece(j, worker, first, last)) break;
}

/* ---- helpers ---- */

static int joinable(const wf_pool *pool, const job *j) {
    uint32_t most = j->ask->most_threads ? j->ask->most_threads : pool->threads;
    return j->joined + 1 < most && j->joined + 1 < pool->threads &&
           atomic_load_explicit(&j->next, memory_order_relaxed) < j->ask->count;
}

static job *find_job(wf_pool *pool) {
    for (job *j = pool->jobs; j; j = j->after)
        if (joinable(pool, j)) return j;
    return NULL;
}

static void spin_for_work(wf_pool *pool) {
    uint32_t seen = atomic_load(&pool->published);
    uint64_t until = wf_ticks() + SPIN_US * wf_ticks_per_microsecond();
    while (atomic_load_explicit(&pool->published, memory_order_relaxed) == seen && wf_ticks() < until)
        wf_cpu_pause();
}

static void *helper(void *argument) {
    wf_pool *pool = argument;
    in_piece = 1;
    wf_float_control_default();
    pthread_mutex_lock(&pool->lock);
    while (!pool->ending) {
        job *j = find_job(pool);
        if (!j) {
            atomic_fetch_add(&pool->asleep, 1);
            pthread_cond_wait(&pool->wake, &pool->lock);
            atomic_fetch_sub(&pool->asleep, 1);
            continue;
        }
        uint32_t worker = ++j->joined;
        atomic_fetch_add(&j->inside, 1);
        pthread_mutex_unlock(&pool->lock);
        run_pieces(j, worker);
        wf_float_control_default(); /* should a piece have changed it */
        pthread_mutex_lock(&pool->lock);
        if (atomic_fetch_sub(&j->inside, 1) == 1) pthread_cond_broadcast(&pool->left);
        if (find_job(pool)) continue;
        pthread_mutex_unlock(&pool->lock);
        spin_for_work(pool);
        pthread_mutex_lock(&pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* Called under the lock. A thread that cannot be made is done without. */
static void start_threads(wf_pool *pool) {
    if (!pool->handles) pool->handles = wf_calloc(pool->threads, sizeof *pool->handles);
    if (!pool->handles) return;
    while (pool->started + 1 < pool->threads) {
        if (!wf_thread_start(&pool->handles[pool->started], STACK_BYTES, helper, pool)) break;
        pool->started++;
    }
}

static void publish(wf_pool *pool, job *j) {
    pthread_mutex_lock(&pool->lock);
    if (pool->started + 1 < pool->threads) start_threads(pool);
    j->after = pool->jobs;
    pool->jobs = j;
    atomic_fetch_add(&pool->published, 1);
    if (atomic_load(&pool->asleep)) pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
}

static void retract(wf_pool *pool, job *j) {
    uint64_t until = wf_ticks() + SPIN_US * wf_ticks_per_microsecond();
    while (atomic_load_explicit(&j->inside, memory_order_acquire) && wf_ticks() < until) wf_cpu_pause();
    pthread_mutex_lock(&pool->lock);
    job **link = &pool->jobs;
    while (*link != j) link = &(*link)->after;
    *link = j->after;
    while (atomic_load(&j->inside)) pthread_cond_wait(&pool->left, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

/* ---- the caller ---- */

static uint64_t at_least(uint64_t value, uint64_t least) { return value < least ? least : value; }

/* The caller alone, in growing pieces, until the job is done (1) or has proved worth sharing (0). */
static int run_alone(job *j, uint64_t *spent) {
    uint64_t per_us = wf_ticks_per_microsecond(), grain = at_least(j->ask->grain, 1), begin = wf_ticks();
    uint64_t size = j->ask->cost ? at_least(PIECE_US * per_us * 256 / j->ask->cost, grain) : grain;
    uint64_t first, last, most = at_least(j->ask->count / 4, grain);
    while (take(j, size < most ? size : most, &first, &last)) {
        if (run_piece(j, 0, first, last)) break;
        *spent = wf_ticks() - begin;
        if (*spent >= WORTH_WAKING_US * per_us) return atomic_load(&j->next) >= j->ask->count;
        if (*spent < PIECE_US * per_us) size *= 2;
    }
    *spent = wf_ticks() - begin;
    return 1;
}

static void share(wf_pool *pool, job *j, uint64_t cost) {
    uint64_t left = j->ask->count - atomic_load(&j->next);
    uint64_t piece = left / ((uint64_t)pool->threads * PIECES_PER_THREAD);
    uint64_t enough = cost ? wf_ticks_per_microsecond() * 256 * PIECE_US / cost : 1;
    uint64_t even =
        (left + pool->threads - 1) / pool->threads; /* never so large that a thread gets nothing */
    if (piece < enough) piece = enough < even ? enough : even;
    atomic_store(&j->piece, at_least(piece, at_least(j->ask->grain, 1)));
    publish(pool, j);
    run_pieces(j, 0);
    retract(pool, j);
}

static void renew_after_fork(wf_pool *pool) {
    uint32_t now = wf_fork_generation();
    if (__builtin_expect(pool->generation == now, 1)) return;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pthread_cond_init(&pool->left, NULL);
    pool->jobs = NULL;
    pool->started = 0;
    atomic_store(&pool->asleep, 0);
    pool->generation = now;
}

int wf_pool_run(wf_pool *pool, const wf_pool_job *ask, uint64_t *cost) {
    if (!ask->count) return 0;
    uint64_t saved = wf_float_control_default();
    if (in_piece || pool->threads == 1 || ask->most_threads == 1 || ask->count == 1) {
        uint64_t begin = wf_ticks();
        int result = ask->piece(ask->user, 0, 0, ask->count);
        if (cost) *cost = at_least((wf_ticks() - begin) * 256 / ask->count, 1);
        wf_float_control_restore(saved);
        return result;
    }
    renew_after_fork(pool);
    job j = {.ask = ask};
    uint64_t spent = 0, known = ask->cost, worth = WORTH_WAKING_US * wf_ticks_per_microsecond() * 256;
    in_piece = 1;
    if (known && ask->count >= worth / known + 1 && ask->count > 1) {
        uint64_t begin = wf_ticks();
        share(pool, &j, known);
        /* The threads' time, if they were all busy to the end; good enough for the next guess. */
        spent = (wf_ticks() - begin) * (j.joined + 1);
        known = spent * 256 / ask->count;
    } else if (!run_alone(&j, &spent)) {
        known = spent * 256 / at_least(atomic_load(&j.next), 1);
        share(pool, &j, known);
    } else {
        known = spent * 256 / ask->count;
    }
    in_piece = 0;
    if (cost) *cost = at_least(known, 1);
    wf_float_control_restore(saved);
    return atomic_load(&j.result);
}

/* ---- making and ending ---- */

wf_pool *wf_pool_new(uint32_t threads) {
    wf_pool *pool = wf_calloc(1, sizeof *pool);
    if (!pool) return NULL;
    pool->threads = threads ? threads : wf_cpu_count();
    pool->generation = wf_fork_generation();
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pthread_cond_init(&pool->left, NULL);
    return pool;
}

void wf_pool_free(wf_pool *pool) {
    if (!pool) return;
    renew_after_fork(pool);
    pthread_mutex_lock(&pool->lock);
    pool->ending = 1;
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
    for (uint32_t i = 0; i < pool->started; i++) pthread_join(pool->handles[i], NULL);
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->wake);
    pthread_cond_destroy(&pool->left);
    wf_free(pool->handles);
    wf_free(pool);
}

uint32_t wf_pool_threads(const wf_pool *pool) { return pool->threads; }
