/* runtime/interrupt.c: how Ctrl-C reaches a running kernel.
 *
 * Each CPU launch borrows a stop flag from a fixed table (a signal handler may walk it: nothing is allocated
 * or locked). A flag may be set for a launch that has just taken its predecessor's place: it is then
 * interrupted too, which is what a user who presses Ctrl-C means anyway. Threads that wait call the poll hook
 * between naps. */
#include "runtime/cut.h"
#include "base/system.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#ifdef _WIN32
#include <io.h>
#else
#include <unistd.h>
#endif

enum { FLAGS = 128, OWN_FLAGS = 64, REFRESH_MS = 50, STUCK_NS = 500000000 };
static struct {
    _Atomic int32_t stop;
    atomic_int taken;
    char pad[64 - sizeof(int32_t) -
             sizeof(int)]; /* one cache line each: every worker reads its launch's flag */
} flags[FLAGS];
_Static_assert(sizeof(_Atomic int32_t) == sizeof(int32_t), "kernels read the flag as a plain int32");

static _Atomic uint64_t interrupts = 1;
static atomic_uint hint; /* where to look for a free flag */

int32_t *wf__stop_take(void) {
    unsigned start = atomic_load_explicit(&hint, memory_order_relaxed);
    for (unsigned i = 0; i < FLAGS; i++) {
        unsigned at = (start + i) % FLAGS;
        int none = 0;
        if (atomic_load_explicit(&flags[at].taken, memory_order_relaxed)) continue;
        if (!atomic_compare_exchange_strong(&flags[at].taken, &none, 1)) continue;
        atomic_store(&flags[at].stop, 0);
        return (int32_t *)&flags[at].stop;
    }
    return NULL;
}

void wf__stop_give(int32_t *stop) {
    if (!stop) return;
    size_t at = (size_t)((char *)stop - (char *)flags) / sizeof *flags;
    atomic_store_explicit(&hint, (unsigned)at, memory_order_relaxed);
    atomic_store_explicit(&flags[at].taken, 0, memory_order_release);
}

/* Threads that make many brief launches have a flag each, for as long as they live. */
static struct {
    wf_cpu_stop flag;
    atomic_int owned;
    char pad[64 - sizeof(wf_cpu_stop) - sizeof(int)];
} own_flags[OWN_FLAGS];

wf_cpu_stop *wf__stop_own(void) {
    for (int i = 0; i < OWN_FLAGS; i++) {
        int none = 0;
        if (atomic_load_explicit(&own_flags[i].owned, memory_order_relaxed)) continue;
        if (atomic_compare_exchange_strong(&own_flags[i].owned, &none, 1)) return &own_flags[i].flag;
    }
    return NULL;
}

void wf__stop_disown(wf_cpu_stop *flag) {
    for (int i = 0; i < OWN_FLAGS; i++)
        if (&own_flags[i].flag == flag) atomic_store_explicit(&own_flags[i].owned, 0, memory_order_release);
}

int wf__stop_is_awaited(void) {
    int any = 0;
    for (int i = 0; i < FLAGS; i++) any |= atomic_load(&flags[i].taken) && atomic_load(&flags[i].stop) == 2;
    for (int i = 0; i < OWN_FLAGS; i++)
        any |= atomic_load(&own_flags[i].flag.runs) && atomic_load(&own_flags[i].flag.stop) == 2;
    return any;
}

void wf_interrupt(void) {
    atomic_fetch_add(&interrupts, 1);
    for (int i = 0; i < FLAGS; i++)
        if (atomic_load(&flags[i].taken)) atomic_store(&flags[i].stop, 2);
    for (int i = 0; i < OWN_FLAGS; i++)
        if (atomic_load(&own_flags[i].flag.runs)) atomic_store(&own_flags[i].flag.stop, 2);
    if (wf__stop_is_awaited()) wf__cut_soon();
}

uint64_t wf_interrupts(void) { return atomic_load_explicit(&interrupts, memory_order_relaxed); }

/* ---- the signal handler ---- */

static atomic_int watched; /* signal number, 0: none */
static pthread_mutex_t handler_lock = PTHREAD_MUTEX_INITIALIZER;

/* A launch that was told to stop a while ago and still runs is in a loop that does not look and cannot be cut
 * (cut.c), or outside of compiled code: whoever presses Ctrl-C again hears what will help. Async-signal-safe. */
static void say_why_it_runs_on(void) {
    static const char words[] =
        "\nweft: the kernel that runs does not look for Ctrl-C where it is (a simple loop of a known "
        "count) and goes on; Ctrl-\\ ends the program now\n";
    static _Atomic uint64_t told;
    uint64_t now = wf_time_ns(), first = atomic_load(&told);
    if (!wf__stop_is_awaited()) atomic_store(&told, now);
    else if (now - first > STUCK_NS && write(2, words, sizeof words - 1) < 0) return;
}

#ifdef _WIN32
static void (*before)(int);

/* Windows calls it in a thread of its own, and forgets it each time. */
static void on_signal(int number) {
    signal(number, on_signal);
    say_why_it_runs_on();
    wf_interrupt();
    if (before == SIG_DFL) {
        signal(number, SIG_DFL);
        raise(number);
    } else if (before != SIG_IGN) before(number);
}

static int put_in_front(int number) {
    void (*now)(int) = signal(number, on_signal);
    if (now == SIG_ERR) return 0;
    if (now != on_signal) before = now;
    return 1;
}
#else
static struct sigaction before;

static void on_signal(int number, siginfo_t *info, void *machine) {
    int saved = errno;
    say_why_it_runs_on();
    wf_interrupt();
    if (before.sa_flags & SA_SIGINFO) {
        if (before.sa_sigaction) before.sa_sigaction(number, info, machine);
    } else if (before.sa_handler == SIG_DFL) {
        /* The program had no handler: it ends as it would have ended without us. */
        struct sigaction plain;
        memset(&plain, 0, sizeof plain);
        plain.sa_handler = SIG_DFL;
        sigaction(number, &plain, NULL);
        raise(number);
    } else if (before.sa_handler != SIG_IGN) {
        before.sa_handler(number);
    }
    errno = saved;
}

static int put_in_front(int number) {
    struct sigaction now, ours;
    if (sigaction(number, NULL, &now)) return 0;
    if ((now.sa_flags & SA_SIGINFO) && now.sa_sigaction == on_signal) return 1;
    memset(&ours, 0, sizeof ours);
    ours.sa_sigaction = on_signal;
    ours.sa_flags = SA_SIGINFO | (now.sa_flags & (SA_RESTART | SA_ONSTACK));
    ours.sa_mask = now.sa_mask;
    before = now;
    return !sigaction(number, &ours, NULL);
}
#endif

wf_status wf_interrupt_on_signal(int number, wf_error *err) {
    pthread_mutex_lock(&handler_lock);
    int done = put_in_front(number);
    if (done) {
        atomic_store(&watched, number);
        wf__cut_watch();
    }
    pthread_mutex_unlock(&handler_lock);
    return done ? WF_OK
                : wf_fail_code(err, WF_INVALID, errno, "no handler for signal %d: %s", number,
                               strerror(errno));
}

void wf__interrupt_refresh(int surely) {
    static _Atomic uint64_t next;
    int number = atomic_load_explicit(&watched, memory_order_relaxed);
    if (!number) return;
    uint64_t now = wf_ticks();
    if (!surely && now < atomic_load_explicit(&next, memory_order_relaxed)) return;
    atomic_store(&next, now + REFRESH_MS * 1000 * wf_ticks_per_microsecond());
    pthread_mutex_lock(&handler_lock);
    put_in_front(number);
    pthread_mutex_unlock(&handler_lock);
}

void wf__interrupt_lock(void) { pthread_mutex_lock(&handler_lock); }
void wf__interrupt_unlock(void) { pthread_mutex_unlock(&handler_lock); }

/* ---- the poll hook ---- */

static wf_hook hook;

void wf_set_poll_hook(int (*poll)(void *), void *user) { wf__hook_set(&hook, (void (*)(void))poll, user); }

int wf__poll(void) {
    void *user;
    int (*poll)(void *) = (int (*)(void *))wf__hook_get(&hook, &user);
    return poll && poll(user);
}
