/* runtime/copy_watch.c: the table of long copies that are going on.
 *
 * A few slots, each a counter that the threads of a copy add to. When all are taken a copy is not told: the
 * line that this serves names one copy at a time. Slots are never freed, so that asking about a copy that is
 * over is harmless. Nothing is locked: fork() may come at any time, and in the child a slot of the parent's
 * stays taken, which costs one of them. */
#include "runtime/copy_watch.h"
#include "runtime/inner.h"

enum { SLOTS = 16 };
static struct {
    atomic_int taken;
    _Atomic uint64_t done;
} slots[SLOTS];
static wf_hook hook;

void wf_set_copy_hook(void (*call)(void *, const wf_copy_notice *, int), void *user) {
    wf__hook_set(&hook, (void (*)(void))call, user);
}

uint64_t wf_copy_done(uint32_t number) {
    return number < SLOTS ? atomic_load_explicit(&slots[number].done, memory_order_relaxed) : 0;
}

static void tell(const wf_copy_notice *notice, int over) {
    void *user;
    void (*call)(void *, const wf_copy_notice *, int) =
        (void (*)(void *, const wf_copy_notice *, int))wf__hook_get(&hook, &user);
    if (call) call(user, notice, over);
}

int wf__copy_watch_begin(wf_copy *copy, wf_stream *stream, wf_copy_notice *notice) {
    void *user;
    if (copy->size < WF_COPY_WATCHED || !wf__hook_get(&hook, &user)) return 0;
    for (uint32_t i = 0; i < SLOTS; i++) {
        int none = 0;
        if (!atomic_compare_exchange_strong(&slots[i].taken, &none, 1)) continue;
        atomic_store(&slots[i].done, 0);
        copy->done = &slots[i].done;
        wf_device *here = stream->context->device;
        *notice = (wf_copy_notice){i, copy->size,
                                   copy->to_host     ? NULL
                                   : copy->to_device ? copy->to_device
                                                     : here,
                                   copy->from_host     ? NULL
                                   : copy->from_device ? copy->from_device
                                                       : here};
        tell(notice, 0);
        return 1;
    }
    return 0;
}

void wf__copy_watch_end(const wf_copy_notice *notice) {
    tell(notice, 1);
    atomic_store(&slots[notice->number].taken, 0);
}
