/* base/stack.c: work that needs more stack than a thread may have. */
#include "base/system.h"
#include "base/thread.h"

enum { OWN_STACK = 8 << 20 };

typedef struct work {
    void (*run)(void *user);
    void *user;
} work;

static void *begin(void *user) {
    const work *w = user;
    w->run(w->user);
    return NULL;
}

int wf_thread_with_stack(size_t least, void (*run)(void *user), void *user) {
    pthread_t thread;
    work w = {run, user};
    if (wf_stack_left() >= least) {
        run(user);
        return 1;
    }
    if (!wf_thread_start(&thread, OWN_STACK, begin, &w)) return 0;
    pthread_join(thread, NULL);
    return 1;
}
