/* base/control_group.h: what this process may use of the machine, as Linux's control groups say: a
 * container's, a batch system's or a service's limit. */
#ifndef WF_BASE_CONTROL_GROUP_H
#define WF_BASE_CONTROL_GROUP_H
#include <stdint.h>

typedef struct wf_group_limits {
    uint64_t memory; /* bytes; 0: no limit */
    uint64_t
        memory_left; /* bytes of a limit that are not used, or used by copies of files that can go; 0: no limit */
    double cpus;     /* processors' worth of time; 0: no limit */
} wf_group_limits;

/* root: "" for this machine; tests put a folder there. */
void wf_group_limits_read(const char *root, wf_group_limits *limits);

#endif
