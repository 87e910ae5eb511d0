/* base/system.c: POSIX side of base/system.h, thread.h and library.h; what Linux alone has is asked for at
 * run time or under __linux__, and what macOS says in its own words is system_macos.c. Windows:
 * system_windows.c. */
#ifndef _WIN32
#define _GNU_SOURCE
#include "base/control_group.h"
#include "base/library.h"
#include "base/system.h"
#include "base/thread.h"
#include <dlfcn.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __linux__
#include <sys/sysinfo.h>
#endif
#include <time.h>
#include <unistd.h>

size_t wf_page_size(void) { return (size_t)sysconf(_SC_PAGESIZE); }

static size_t whole_pages(size_t size) {
    size_t page = wf_page_size();
    return size > SIZE_MAX - page ? 0 : (size + page - 1) & ~(page - 1);
}

static void *map(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void *wf_pages_map(size_t size) {
    size = whole_pages(size);
    if (!size || size > SIZE_MAX / 2) return NULL;
    if (size < WF_HUGE_PAGE) return map(size);
    /* Map one huge page more than needed and give back what lies before and after the aligned part. */
    char *memory = map(size + WF_HUGE_PAGE);
    if (!memory) return NULL;
    size_t before = (size_t)(-(uintptr_t)memory & (WF_HUGE_PAGE - 1));
    if (before) munmap(memory, before);
    if (before < WF_HUGE_PAGE) munmap(memory + before + size, WF_HUGE_PAGE - before);
#ifdef MADV_HUGEPAGE
    madvise(memory + before, size, MADV_HUGEPAGE);
#endif
    return memory + before;
}

void wf_pages_unmap(void *memory, size_t size) {
    if (memory) munmap(memory, whole_pages(size));
}

void wf_pages_prepare(void *memory, size_t size) {
#ifdef MADV_POPULATE_WRITE /* Linux 5.14 and later; others refuse it, which is no harm */
    size_t page = wf_page_size();
    uintptr_t begin = ((uintptr_t)memory + page - 1) & ~(page - 1);
    uintptr_t end = ((uintptr_t)memory + size) & ~(page - 1);
    if (begin < end) madvise((void *)begin, end - begin, MADV_POPULATE_WRITE);
#else
    (void)memory, (void)size;
#endif
}

/* Where memory that was written may not become executable (systemd's MemoryDenyWriteExecute, SELinux without
 * execmem), a file's pages may: a file without a name takes what was written, and lies there in its place. */
static int from_a_file(void *memory, size_t size, int flags) {
#ifdef MFD_CLOEXEC
    int file = memfd_create("weft", MFD_CLOEXEC);
    if (file < 0) return 0;
    size_t written = 0;
    for (ssize_t count = 1; written < size && count > 0; written += count > 0 ? (size_t)count : 0)
        count = write(file, (char *)memory + written, size - written);
    int done = written == size && mmap(memory, size, flags, MAP_PRIVATE | MAP_FIXED, file, 0) == memory;
    close(file);
    return done;
#else
    return (void)memory, (void)size, (void)flags, 0;
#endif
}

int wf_pages_protect(void *memory, size_t size, enum wf_protection protection) {
    int executable = protection == WF_PAGES_READ_EXECUTE, flags = PROT_READ | (executable ? PROT_EXEC : 0);
    size = whole_pages(size);
    return !size || !mprotect(memory, size, flags) || (executable && from_a_file(memory, size, flags));
}

uint64_t wf_ticks_per_microsecond(void) {
#if defined(__aarch64__)
    uint64_t hertz;
    __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(hertz));
    return hertz < 1000000 ? 1 : hertz / 1000000;
#elif defined(__x86_64__)
    return 2500; /* the time stamp counter of machines in use runs at 1.8 to 4 GHz; thresholds need no better
                  */
#else
    return 1000;
#endif
}

#ifndef __APPLE__
uint64_t wf_time_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void wf_code_flush(void *code, size_t size) { __builtin___clear_cache((char *)code, (char *)code + size); }

uint32_t wf_cpu_count(void) {
    long count = sysconf(_SC_NPROCESSORS_ONLN);
#ifdef __linux__
    cpu_set_t allowed;
    if (!sched_getaffinity(0, sizeof allowed, &allowed)) count = CPU_COUNT(&allowed);
#endif
    wf_group_limits limits;
    wf_group_limits_read("", &limits);
    uint32_t cpus = count > 0 ? (uint32_t)count : 1;
    return limits.cpus > 0 && limits.cpus < cpus ? (uint32_t)(limits.cpus + 0.999) : cpus;
}

/* A container's limit counts: beyond it the system ends the process instead of refusing. */
uint64_t wf_memory_total(void) {
    uint64_t total = (uint64_t)sysconf(_SC_PHYS_PAGES) * wf_page_size();
    wf_group_limits limits;
    wf_group_limits_read("", &limits);
    return limits.memory && limits.memory < total ? limits.memory : total;
}

static uint64_t machine_available(void) {
    FILE *file = fopen("/proc/meminfo", "r");
    unsigned long long kib = 0;
    char line[128];
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "MemAvailable: %llu", &kib) == 1) break;
    if (file) fclose(file);
#ifdef _SC_AVPHYS_PAGES
    if (!kib) return (uint64_t)sysconf(_SC_AVPHYS_PAGES) * wf_page_size();
#endif
    return kib << 10;
}

uint64_t wf_memory_available(void) {
    uint64_t available = machine_available();
    wf_group_limits limits;
    wf_group_limits_read("", &limits);
    return limits.memory && limits.memory_left < available ? limits.memory_left : available;
}

/* With the space that it may swap to: who counts on that is not refused. */
uint64_t wf_memory_left(void) {
    wf_group_limits limits;
    wf_group_limits_read("", &limits);
    if (!limits.memory) return UINT64_MAX;
    uint64_t swap = 0;
#ifdef __linux__
    struct sysinfo machine;
    if (!sysinfo(&machine)) swap = (uint64_t)machine.freeswap * machine.mem_unit;
#endif
    return limits.memory_left + swap;
}

void wf_cpu_name(char *name, size_t size) {
    snprintf(name, size, "CPU");
    FILE *file = fopen("/proc/cpuinfo", "r");
    if (!file) return;
    char line[256];
    while (fgets(line, sizeof line, file)) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) || !colon) continue;
        colon[strcspn(colon, "\n")] = 0;
        snprintf(name, size, "%s", colon + 1 + (colon[1] == ' '));
        break;
    }
    fclose(file);
}

/* Where this thread's stack lies. Asked once for a thread: for the main one the C library reads a file. */
static void stack_bounds(uintptr_t *low, uintptr_t *high) {
    static _Thread_local uintptr_t known_low, known_high;
    if (!known_high) {
#if defined(__linux__)
        pthread_attr_t attributes;
        void *lowest = NULL;
        size_t size = 0, guard = 0;
        if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
            pthread_attr_getstack(&attributes, &lowest, &size);
            pthread_attr_getguardsize(&attributes, &guard);
            pthread_attr_destroy(&attributes);
            known_low = (uintptr_t)lowest + guard;
            known_high = (uintptr_t)lowest + size;
        }
#endif
    }
    *low = known_low;
    *high = known_high;
}

size_t wf_stack_left(void) {
    uintptr_t here = (uintptr_t)__builtin_frame_address(0), low, high;
    stack_bounds(&low, &high);
    return here > low && here < high ? here - low : (size_t)256 << 10;
}
#endif

uint64_t wf_process_id(void) { return (uint64_t)getpid(); }

int wf_environment(const char *name, char *value, size_t size) {
    const char *given = getenv(name);
    return given && (size_t)snprintf(value, size, "%s", given) < size;
}

FILE *wf_file_open(const char *path, const char *mode) { return fopen(path, mode); }

void wf_stdout_write(const char *text, size_t length) {
    fwrite(text, 1, length, stdout);
    fflush(stdout);
}

/* ---- fork ---- */

static atomic_uint generation;
static pthread_once_t watching = PTHREAD_ONCE_INIT;
static void count_fork(void) { atomic_fetch_add(&generation, 1); }
static void watch_forks(void) { wf_fork_watch(NULL, NULL, count_fork); }

void wf_fork_watch(void (*before)(void), void (*in_parent)(void), void (*in_child)(void)) {
    pthread_atfork(before, in_parent, in_child);
}

uint32_t wf_fork_generation(void) {
    pthread_once(&watching, watch_forks);
    return atomic_load_explicit(&generation, memory_order_relaxed);
}

/* ---- threads ---- */

int wf_thread_start(pthread_t *thread, size_t stack_bytes, void *(*run)(void *user), void *user) {
    sigset_t all, before;
    pthread_attr_t attributes;
    sigfillset(&all);
    sigdelset(&all, SIGURG); /* runtime/cut.c's; nothing by default */
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack_bytes);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int made = !pthread_create(thread, &attributes, run, user);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return made;
}

/* ---- libraries ---- */

void *wf_library_open(const char *path, char *reason, size_t size) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) snprintf(reason, size, "%s", dlerror());
    return library;
}

void *wf_library_symbol(void *library, const char *name) { return dlsym(library, name); }

void wf_library_close(void *library) { dlclose(library); }
#else
typedef int wf__system_is_elsewhere; /* a file must have something in it */
#endif
