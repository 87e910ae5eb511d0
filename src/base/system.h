/* base/system.h: the little that differs between operating systems: pages, time, processors, fork. */
#ifndef WF_BASE_SYSTEM_H
#define WF_BASE_SYSTEM_H
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* How code that emit/ generates calls and is called: as System V says, on every system. What is emitted is always
 * ELF for Linux, so one loader serves all systems, and the bits cannot differ. */
#if defined(_WIN32) && defined(__x86_64__)
#define WF_CPU_CALL __attribute__((sysv_abi))
#else
#define WF_CPU_CALL
#endif

enum { WF_HUGE_PAGE = 2 << 20 };

size_t wf_page_size(void);
/* Fresh zeroed memory, readable and writable, page aligned; 2 MiB aligned with huge pages asked for when size
 * is at least that. NULL when memory is out. Size is rounded up to pages. */
void *wf_pages_map(size_t size);
void wf_pages_unmap(void *memory, size_t size);
/* Memory that will be written soon: its pages are asked for in one call instead of one fault each. A hint. */
void wf_pages_prepare(void *memory, size_t size);
enum wf_protection { WF_PAGES_READ, WF_PAGES_READ_EXECUTE };
int wf_pages_protect(void *memory, size_t size, enum wf_protection protection); /* 0: refused */
/* Before new code runs: makes instruction caches see what was written. */
void wf_code_flush(void *code, size_t size);

uint64_t wf_time_ns(void); /* monotonic */
/* A cheap counter for durations of microseconds, and its (roughly known) rate. */
static inline uint64_t wf_ticks(void) {
#if defined(__x86_64__)
    uint32_t lo, hi;
    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
    return (uint64_t)hi << 32 | lo;
#elif defined(__aarch64__)
    uint64_t count;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(count));
    return count;
#else
    return wf_time_ns();
#endif
}
uint64_t wf_ticks_per_microsecond(void);
/* Tells the processor that this is a waiting loop. */
static inline void wf_cpu_pause(void) {
#if defined(__x86_64__)
    __asm__ volatile("pause");
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

uint32_t wf_cpu_count(void); /* that this process may use: affinity and container limits counted */
uint64_t wf_memory_total(void);
uint64_t wf_memory_available(void);
uint64_t wf_memory_left(void); /* of a control group's limit; UINT64_MAX: there is none */
void wf_cpu_name(char *name, size_t size);
uint64_t wf_process_id(void);
/* The environment as it is now, UTF-8 on Windows too: 1 when `name` is set and its value fits. */
int wf_environment(const char *name, char *value, size_t size);
FILE *wf_file_open(const char *path, const char *mode); /* as fopen; the path is UTF-8 on Windows too */
/* Text for the program's standard output, past the buffers of the C library and of Python. */
void wf_stdout_write(const char *text, size_t length);

/* Bytes of the calling thread's stack that are still free, the guard left aside. Where that cannot be told (a
 * coroutine's stack) 256 KiB. */
size_t wf_stack_left(void);

/* How many forks lie between the process that began and this one, as seen from here: a child sees one more
 * than its parent did. Whoever keeps threads or locks compares it and makes them anew. */
uint32_t wf_fork_generation(void);
#endif
