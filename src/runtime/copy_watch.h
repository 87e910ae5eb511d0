/* runtime/copy_watch.h: copies that take long, for whoever shows a line about them. A door of runtime/ beside
 * runtime.h.
 *
 * A copy of WF_COPY_WATCHED bytes or more that its caller waits for is told to one hook when it begins and
 * when it is over; in between, any thread may ask how far it is. */
#ifndef WF_RUNTIME_COPY_WATCH_H
#define WF_RUNTIME_COPY_WATCH_H
#include "runtime/runtime.h"

enum { WF_COPY_WATCHED = 256 << 20 }; /* bytes: about 30 ms on a machine with slow memory */

typedef struct wf_copy_notice {
    uint32_t number;            /* of this copy, for wf_copy_done */
    uint64_t bytes;             /* of the whole copy */
    const wf_device *to, *from; /* NULL: the host's memory */
} wf_copy_notice;

/* over: 0 before the copy, 1 after it, in the thread that copies, with no lock of runtime/ held. NULL: none.
 */
void wf_set_copy_hook(void (*hook)(void *user, const wf_copy_notice *notice, int over), void *user);

/* Bytes that have been moved so far. 0 all the time where nobody can count them: pinned memory that the GPU
 * fetches by itself, copies between devices. */
uint64_t wf_copy_done(uint32_t number);

#endif
