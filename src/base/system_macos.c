/* base/system_macos.c: what macOS says in words of its own of base/system.h; the rest is POSIX's, in system.c.
 * Compiled for both of its processors by a cross compiler, never run on a Mac.
 *
 * New code: pages are written, then made executable by mprotect, as LLVM's own memory manager does there; no
 * page is ever writable and executable. A program signed with the hardened runtime and without the right to
 * unsigned executable memory is refused; wf_image_load then says so. */
#ifdef __APPLE__
#include "base/system.h"
#include <libkern/OSCacheControl.h>
#include <mach/mach.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysctl.h>
#include <time.h>

void wf_code_flush(void *code, size_t size) { sys_icache_invalidate(code, size); }

/* The clock behind mach_absolute_time, Python's too; CLOCK_MONOTONIC counts microseconds there. */
uint64_t wf_time_ns(void) { return clock_gettime_nsec_np(CLOCK_UPTIME_RAW); }

/* A number of the system's table, in whichever of the two widths it has; 0: there is no such name. */
static uint64_t number(const char *name) {
    uint64_t wide = 0;
    uint32_t narrow;
    size_t size = sizeof wide;
    if (sysctlbyname(name, &wide, &size, NULL, 0)) return 0;
    memcpy(&narrow, &wide, sizeof narrow);
    return size == sizeof narrow ? narrow : wide;
}

/* Logical processors that are awake; there are no affinity masks and no containers. */
uint32_t wf_cpu_count(void) {
    uint64_t count = number("hw.activecpu");
    return count ? (uint32_t)count : 1;
}

uint64_t wf_memory_total(void) { return number("hw.memsize"); }
uint64_t wf_memory_left(void) { return UINT64_MAX; }

/* As Linux counts it: what is free, and what the system would take back before it swaps. */
uint64_t wf_memory_available(void) {
    vm_statistics64_data_t pages;
    mach_msg_type_number_t words = HOST_VM_INFO64_COUNT;
    uint64_t total = wf_memory_total(), available = total;
    mach_port_t host = mach_host_self();
    if (host_statistics64(host, HOST_VM_INFO64, (host_info64_t)&pages, &words) == KERN_SUCCESS)
        available = ((uint64_t)pages.free_count + pages.inactive_count) * (uint64_t)vm_kernel_page_size;
    mach_port_deallocate(mach_task_self(), host);
    return available < total ? available : total;
}

void wf_cpu_name(char *name, size_t size) {
    size_t given = size;
    if (sysctlbyname("machdep.cpu.brand_string", name, &given, NULL, 0) || !given)
        snprintf(name, size, "CPU");
    else name[given < size ? given : size - 1] = 0;
}

size_t wf_stack_left(void) {
    static _Thread_local uintptr_t low, high;
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    if (!high) { /* the guard lies below what the size counts */
        high = (uintptr_t)pthread_get_stackaddr_np(pthread_self());
        low = high - pthread_get_stacksize_np(pthread_self());
    }
    return here > low && here < high ? here - low : (size_t)256 << 10;
}
#else
typedef int wf__system_macos_is_elsewhere; /* a file must have something in it */
#endif
