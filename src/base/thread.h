/* base/thread.h: POSIX threads, which are what the core uses on every system (on Windows winpthreads, a
 * library over Win32's own, linked statically), and what about them differs between systems. */
#ifndef WF_BASE_THREAD_H
#define WF_BASE_THREAD_H
#include <pthread.h>
#include <stddef.h>

/* A thread of ours: it takes no signals (they belong to the program's own threads). 0: it could not be made.
 */
int wf_thread_start(pthread_t *thread, size_t stack_bytes, void *(*run)(void *user), void *user);

/* run(user) on this thread, or, where fewer than `least` bytes of its stack are left, on one of its own that has
 * enough, while this one waits. 0: it could not be made, and nothing ran. */
int wf_thread_with_stack(size_t least, void (*run)(void *user), void *user);

/* What is called around fork(), in the parent and the child, as by pthread_atfork; NULL: nothing. Where there
 * is no fork nothing is ever called. */
void wf_fork_watch(void (*before)(void), void (*in_parent)(void), void (*in_child)(void));
#endif
