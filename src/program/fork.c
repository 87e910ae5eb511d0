/* program/fork.c: the list of live programs: what fork() does to them, and the end of a context.
 *
 * A thread that launches runs without the interpreter's lock, so another one may fork while it holds a lock
 * of a program: the child would wait for ever for a thread that it does not have. So the forking thread takes
 * every lock of every program first, outermost first, which also means that no list is caught half changed.
 * Nobody who holds one of these locks waits for the interpreter (the compiler is called with none held).
 * Condition variables are made anew in the child: their waiters are gone. Code that was being built in the
 * parent is built again (code.c). */
#include "program/inner.h"
#include "base/thread.h"

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static wf_program *programs;

static void before(void) {
    pthread_mutex_lock(&list_lock);
    for (wf_program *p = programs; p; p = p->next_program) {
        pthread_mutex_lock(&p->load_lock);
        pthread_mutex_lock(&p->emit_lock);
        pthread_mutex_lock(&p->lock);
    }
    wf__library_fork(1);
    wf__live_fork(1);
    wf__compiler_fork(1);
}

static void release_all(void) {
    wf__compiler_fork(0);
    wf__live_fork(0);
    wf__library_fork(0);
    for (wf_program *p = programs; p; p = p->next_program) {
        pthread_mutex_unlock(&p->lock);
        pthread_mutex_unlock(&p->emit_lock);
        pthread_mutex_unlock(&p->load_lock);
    }
    pthread_mutex_unlock(&list_lock);
}

static void in_child(void) {
    for (wf_program *p = programs; p; p = p->next_program) pthread_cond_init(&p->changed, NULL);
    release_all();
}

/* A context that nobody can launch in any more: what programs keep loaded there goes. What still runs may ask
 * for code of its program, so it is waited for before a lock is held. */
static void leave_context(wf_context *context) {
    wf_context_synchronize(context, NULL);
    pthread_mutex_lock(&list_lock);
    for (wf_program *p = programs; p; p = p->next_program) wf__program_leave_context(p, context);
    pthread_mutex_unlock(&list_lock);
}

/* Our handler runs before the runtime's, whose locks are taken inside ours: it is registered later. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static void watch(void) {
    wf_runtime_init(NULL);
    wf_fork_watch(before, release_all, in_child);
    wf_context_on_last_use(leave_context);
}

void wf__program_enter(wf_program *program) {
    pthread_once(&once, watch);
    pthread_mutex_lock(&list_lock);
    program->next_program = programs;
    if (programs) programs->before_program = &program->next_program;
    program->before_program = &programs;
    programs = program;
    pthread_mutex_unlock(&list_lock);
}

void wf__program_leave(wf_program *program) {
    pthread_mutex_lock(&list_lock);
    *program->before_program = program->next_program;
    if (program->next_program) program->next_program->before_program = program->before_program;
    pthread_mutex_unlock(&list_lock);
}
