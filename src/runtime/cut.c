/* runtime/cut.c: how Ctrl-C ends compiled code that does not look for it.
 *
 * Loops look at their launch's stop flag where that costs nothing. Those that go through vector lanes, innermost
 * ones of a known count and those of kernels of several threads do not (emit/poll.c). What runs on for CUT_AFTER
 * after Ctrl-C is ended from outside: a timer sends the signal CUT_SIGNAL to each thread that is inside of
 * compiled code, and the handler there, when the interrupted instruction is the compiled code's own and its launch
 * has been told to stop, goes on in the function that called that code, as if the code had returned 1. So the
 * loops themselves pay nothing, and a call of compiled code a setjmp.
 *
 * That is safe because compiled code holds nothing that a return would let go: locks, lists and files are the
 * runtime's, where the signal finds no compiled instruction and tries again at the next tick. Whatever calls
 * compiled code goes through wf__cut_run, so between it and that instruction lies no other frame. Launches whose
 * lists, dicts and instances outlive them are not cut (wf_cut_call.whole): one half changed is worse than a wait.
 *
 * Linux on x86-64 and AArch64. Elsewhere such loops run to their end, as interrupt.c tells. */
#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include "runtime/cut.h"
#include <string.h>

#if WF_CAN_CUT
#include "base/memory.h"
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

enum {
    THREADS = 512,
    RANGES = 256,
    CUT_SIGNAL = SIGURG,
    CUT_AFTER = 150000000,
    CUT_EACH = 50000000 /* ns */
};

typedef struct guard { /* of one call of compiled code, on its caller's stack */
    jmp_buf at;
    struct guard *outer;
    const int32_t *stop;
} guard;

/* Threads that run compiled code, from their first call until they end. A signal handler walks it. */
static struct slot {
    atomic_int thread; /* its number, 0: free */
    guard *_Atomic innermost;
} slots[THREADS];

/* Where compiled code lies. Chunks are never freed; an entry of hi 0 is free. */
typedef struct ranges {
    struct {
        _Atomic uintptr_t lo, hi;
    } of[RANGES];
    struct ranges *_Atomic next;
} ranges;
static ranges code;
static pthread_mutex_t code_lock = PTHREAD_MUTEX_INITIALIZER;

static _Thread_local struct slot *own_slot;
static pthread_key_t slot_key;
static pthread_once_t slot_once = PTHREAD_ONCE_INIT;

/* ---- where code lies ---- */

void wf__cut_code(const void *memory, size_t bytes, int is_there) {
    uintptr_t lo = (uintptr_t)memory;
    pthread_mutex_lock(&code_lock);
    for (ranges *r = &code; r; r = atomic_load(&r->next)) {
        for (int i = 0; i < RANGES; i++) {
            uintptr_t hi = atomic_load(&r->of[i].hi);
            if (is_there ? hi != 0 : !hi || atomic_load(&r->of[i].lo) != lo) continue;
            if (is_there) atomic_store(&r->of[i].lo, lo);
            atomic_store(&r->of[i].hi, is_there ? lo + bytes : 0);
            pthread_mutex_unlock(&code_lock);
            return;
        }
        if (is_there && !atomic_load(&r->next)) atomic_store(&r->next, wf_calloc(1, sizeof *r));
    }
    pthread_mutex_unlock(&code_lock);
}

static int is_code(uintptr_t pc) {
    for (ranges *r = &code; r; r = atomic_load(&r->next)) {
        for (int i = 0; i < RANGES; i++) {
            uintptr_t hi = atomic_load(&r->of[i].hi), lo = atomic_load(&r->of[i].lo);
            if (pc < hi && pc >= lo && atomic_load(&r->of[i].hi) == hi) return 1;
        }
    }
    return 0;
}

/* ---- calls ---- */

static void slot_free(void *memory) {
    struct slot *s = memory;
    atomic_store(&s->innermost, NULL);
    atomic_store(&s->thread, 0);
    own_slot = NULL;
}

static void slot_init(void) { pthread_key_create(&slot_key, slot_free); }

static __attribute__((noinline)) struct slot *slot_take(void) { /* (setjmp warns of variables beside it) */
    int number = (int)syscall(SYS_gettid);
    pthread_once(&slot_once, slot_init);
    for (int i = 0; i < THREADS; i++) {
        int none = 0;
        if (atomic_load_explicit(&slots[i].thread, memory_order_relaxed)) continue;
        if (!atomic_compare_exchange_strong(&slots[i].thread, &none, number)) continue;
        atomic_store(&slots[i].innermost, NULL);
        own_slot = &slots[i];
        pthread_setspecific(slot_key, own_slot);
        return own_slot;
    }
    return NULL;
}

/* Only this thread's signal handler looks at what is written here, so nothing but the order matters. */
static void set_innermost(struct slot *s, guard *g) {
    atomic_store_explicit(&s->innermost, g, memory_order_relaxed);
    atomic_signal_fence(memory_order_seq_cst);
}

static int32_t run(const wf_cut_call *c, const wf_cpu_launch *launch, wf_cpu_worker *worker) {
    return c->loop ? c->loop(launch, worker, c->context, c->first, c->last)
                   : c->kernel(launch, worker, c->first, c->last);
}

int32_t wf__cut_run(const wf_cut_call *call, const wf_cpu_launch *launch, wf_cpu_worker *worker) {
    struct slot *s = own_slot ? own_slot : slot_take();
    guard g;
    if (!s) return run(call, launch, worker);
    g.outer = atomic_load_explicit(&s->innermost, memory_order_relaxed);
    g.stop = call->whole ? NULL : launch->stop;
    int32_t early = 1;
    if (!_setjmp(g.at)) {
        set_innermost(s, &g);
        early = run(call, launch, worker);
    }
    set_innermost(own_slot, g.outer);
    return early;
}

/* ---- the signal ---- */

static struct sigaction before;
static atomic_int timer_number, has_timer, ticks;

/* In the place of the interrupted instruction, on its stack. */
static _Noreturn void land(void) {
    _longjmp(atomic_load_explicit(&own_slot->innermost, memory_order_relaxed)->at, 1);
}

/* Below what the interrupted function may use of its stack without saying so. */
static int go_to_land(ucontext_t *c) {
#if defined(__x86_64__)
    greg_t *r = c->uc_mcontext.gregs;
    if (!is_code((uintptr_t)r[REG_RIP])) return 0;
    r[REG_RSP] = (greg_t)((((uintptr_t)r[REG_RSP] - 256) & ~(uintptr_t)15) - 8);
    r[REG_RIP] = (greg_t)(uintptr_t)land;
#else
    mcontext_t *m = &c->uc_mcontext;
    if (!is_code((uintptr_t)m->pc)) return 0;
    m->sp = ((uintptr_t)m->sp - 256) & ~(uintptr_t)15;
    m->pc = (uintptr_t)land;
    m->pstate &= ~(3ull << 10); /* it is no target of an indirect branch that was on its way */
#endif
    return 1;
}

static void arm(long after, long each) {
    struct itimerspec when = {{0, each}, {0, after}};
    if (atomic_load(&has_timer)) syscall(SYS_timer_settime, atomic_load(&timer_number), 0, &when, NULL);
}

/* A thread that waits for an interrupted launch interrupts it again every few moments: the first time counts. */
void wf__cut_soon(void) {
    if (!atomic_exchange(&ticks, 1)) arm(CUT_AFTER, CUT_EACH);
}

static void tell_the_others(int own) {
    long process = getpid();
    for (int i = 0; i < THREADS; i++) {
        int thread = atomic_load(&slots[i].thread);
        if (thread && thread != own && atomic_load(&slots[i].innermost))
            syscall(SYS_tgkill, process, (long)thread, (long)CUT_SIGNAL);
    }
}

static void end_ticks(void) {
    arm(0, 0);
    atomic_store(&ticks, 0);
    if (wf__stop_is_awaited()) wf__cut_soon(); /* since */
}

static void on_cut(int number, siginfo_t *info, void *machine) {
    int saved = errno, own = (int)syscall(SYS_gettid);
    int is_ours = info->si_code == SI_TIMER || (info->si_code == SI_TKILL && info->si_pid == getpid());
    for (int i = 0; i < THREADS; i++) { /* not own_slot: a thread's first use of it may allocate */
        if (atomic_load(&slots[i].thread) != own) continue;
        guard *g = atomic_load(&slots[i].innermost);
        if (g && g->stop && *(const volatile int32_t *)g->stop == 2) go_to_land(machine);
    }
    if (info->si_code == SI_TIMER) {
        if (wf__stop_is_awaited()) tell_the_others(own);
        else end_ticks();
    }
    if (!is_ours && before.sa_flags & SA_SIGINFO) before.sa_sigaction(number, info, machine);
    else if (!is_ours && before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN)
        before.sa_handler(number);
    errno = saved;
}

static void make_timer(void) {
    struct sigevent event;
    int number = 0;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = CUT_SIGNAL;
    int made = !syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &number);
    atomic_store(&timer_number, number);
    atomic_store(&has_timer, made);
}

void wf__cut_watch(void) {
    struct sigaction now, ours;
    if (atomic_load(&has_timer) || sigaction(CUT_SIGNAL, NULL, &now)) return;
    memset(&ours, 0, sizeof ours);
    ours.sa_sigaction = on_cut;
    ours.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
    if ((now.sa_flags & SA_SIGINFO) == 0 || now.sa_sigaction != on_cut) before = now;
    if (!sigaction(CUT_SIGNAL, &ours, NULL)) make_timer();
}

/* A child has one thread, whose number is new, and no timers. */
void wf__cut_forked(void) {
    struct slot *own = own_slot;
    for (int i = 0; i < THREADS; i++) {
        if (&slots[i] == own) continue;
        atomic_store(&slots[i].innermost, NULL);
        atomic_store(&slots[i].thread, 0);
    }
    if (own) atomic_store(&own->thread, (int)syscall(SYS_gettid));
    pthread_mutex_init(&code_lock, NULL);
    atomic_store(&ticks, 0);
    if (atomic_exchange(&has_timer, 0)) make_timer();
}
#else
typedef int wf__cut_is_elsewhere; /* a file must have something in it */
#endif
