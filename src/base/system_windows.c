/* base/system_windows.c: Win32 side of base/system.h, thread.h and library.h. Built by MinGW-w64 and run
 * under Wine. Threads are winpthreads'; there is no fork. */
#ifdef _WIN32
#define _WIN32_WINNT 0x0A00
#include "base/library.h"
#include "base/memory.h"
#include "base/system.h"
#include "base/thread.h"
#include "base/windows_names.h"
#include <intrin.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* ---- pages ---- */

static SYSTEM_INFO system_info(void) {
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    return info;
}

size_t wf_page_size(void) { return system_info().dwPageSize; }

/* The place of every allocation is a multiple of 64 KiB. Large pages need a right that users do not have, so
 * a large one is only aligned: reserved with room before it, given back, and asked for again at the aligned
 * place, which another thread may have taken meanwhile. */
static void *map_aligned(size_t size) {
    enum { TIMES = 16 };
    for (int i = 0; i < TIMES; i++) {
        char *probe = VirtualAlloc(NULL, size + WF_HUGE_PAGE, MEM_RESERVE, PAGE_NOACCESS);
        if (!probe) return NULL;
        size_t before = (size_t)(-(uintptr_t)probe & (WF_HUGE_PAGE - 1));
        VirtualFree(probe, 0, MEM_RELEASE);
        void *memory = VirtualAlloc(probe + before, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
        if (memory) return memory;
    }
    return NULL;
}

void *wf_pages_map(size_t size) {
    if (!size || size > SIZE_MAX / 2) return NULL;
    void *memory = size < WF_HUGE_PAGE ? NULL : map_aligned(size);
    return memory ? memory : VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

void wf_pages_unmap(void *memory, size_t size) {
    (void)size;
    if (memory) VirtualFree(memory, 0, MEM_RELEASE);
}

void wf_pages_prepare(void *memory, size_t size) { (void)memory, (void)size; }

int wf_pages_protect(void *memory, size_t size, enum wf_protection protection) {
    DWORD before;
    return !size ||
           VirtualProtect(memory, size,
                          protection == WF_PAGES_READ_EXECUTE ? PAGE_EXECUTE_READ : PAGE_READONLY, &before);
}

void wf_code_flush(void *code, size_t size) { FlushInstructionCache(GetCurrentProcess(), code, size); }

/* ---- time, processors, memory ---- */

uint64_t wf_time_ns(void) {
    LARGE_INTEGER now, hertz;
    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&hertz);
    uint64_t whole = (uint64_t)now.QuadPart / (uint64_t)hertz.QuadPart,
             rest = (uint64_t)now.QuadPart % (uint64_t)hertz.QuadPart;
    return whole * 1000000000u + rest * 1000000000u / (uint64_t)hertz.QuadPart;
}

uint64_t wf_ticks_per_microsecond(void) { return 2500; /* as in system.c */ }

uint32_t wf_cpu_count(void) {
    DWORD_PTR ours = 0, all = 0;
    if (!GetProcessAffinityMask(GetCurrentProcess(), &ours, &all) || !ours)
        return system_info().dwNumberOfProcessors;
    return (uint32_t)__builtin_popcountll(ours);
}

static MEMORYSTATUSEX memory_status(void) {
    MEMORYSTATUSEX status = {.dwLength = sizeof status};
    GlobalMemoryStatusEx(&status);
    return status;
}

uint64_t wf_memory_total(void) { return memory_status().ullTotalPhys; }
uint64_t wf_memory_available(void) { return memory_status().ullAvailPhys; }
uint64_t wf_memory_left(void) { return UINT64_MAX; }

void wf_cpu_name(char *name, size_t size) {
    snprintf(name, size, "CPU");
#if defined(__x86_64__)
    int words[13] = {0};
    __cpuid(words, (int)0x80000000);
    if ((unsigned)words[0] < 0x80000004u) return;
    for (int i = 0; i < 3; i++) __cpuid(words + 4 * i, (int)0x80000002 + i);
    const char *text = (const char *)words;
    snprintf(name, size, "%s", text + strspn(text, " "));
#endif
}

size_t wf_stack_left(void) {
    ULONG_PTR low = 0, high = 0;
    GetCurrentThreadStackLimits(&low, &high);
    uintptr_t here = (uintptr_t)__builtin_frame_address(0), guard = 16 << 10;
    return here > low + guard && here < high ? here - low - guard : (size_t)256 << 10;
}

uint64_t wf_process_id(void) { return GetCurrentProcessId(); }

/* Asked of Windows: the C library that this was built with need not be Python's, and has a copy of its own of
 * the environment, and buffers and text mode of its own for files that both have open. */
int wf_environment(const char *name, char *value, size_t size) {
    enum { MOST = 32767 };
    wchar_t wide_name[64], *wide = wf_malloc((MOST + 1) * sizeof *wide);
    DWORD length = 0;
    if (wide && MultiByteToWideChar(CP_UTF8, 0, name, -1, wide_name, 64) > 0)
        length = GetEnvironmentVariableW(wide_name, wide, MOST + 1);
    int set = length > 0 && length <= MOST && size <= INT_MAX &&
              WideCharToMultiByte(CP_UTF8, 0, wide, -1, value, (int)size, NULL, NULL) > 0;
    wf_free(wide);
    return set;
}

FILE *wf_file_open(const char *path, const char *mode) {
    wchar_t wide[WF_WIDE_PATH], wide_mode[8];
    if (!wf_wide(path, wide) || MultiByteToWideChar(CP_UTF8, 0, mode, -1, wide_mode, 8) <= 0) return NULL;
    return _wfopen(wide, wide_mode);
}

static void write_out(const char *text, size_t length) {
    HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE);
    DWORD done = 1;
    for (; length && done; text += done, length -= done)
        if (!WriteFile(out, text, length < (1u << 20) ? (DWORD)length : 1u << 20, &done, NULL)) return;
}

/* Lines end as Python ends them there. */
void wf_stdout_write(const char *text, size_t length) {
    for (const char *line; length && (line = memchr(text, '\n', length)); text = line + 1) {
        write_out(text, (size_t)(line - text));
        write_out("\r\n", 2);
        length -= (size_t)(line - text) + 1;
    }
    write_out(text, length);
}

/* ---- threads; no fork ---- */

int wf_thread_start(pthread_t *thread, size_t stack_bytes, void *(*run)(void *user), void *user) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack_bytes);
    int made = !pthread_create(thread, &attributes, run, user);
    pthread_attr_destroy(&attributes);
    return made;
}

void wf_fork_watch(void (*before)(void), void (*in_parent)(void), void (*in_child)(void)) {
    (void)before, (void)in_parent, (void)in_child;
}

uint32_t wf_fork_generation(void) { return 0; }

/* ---- libraries ---- */

/* The libraries that one needs lie beside it, which a whole path tells Windows; a bare name is looked for. */
void *wf_library_open(const char *path, char *reason, size_t size) {
    wchar_t wide[WF_WIDE_PATH];
    int whole = strchr(path, '\\') || strchr(path, '/');
    HMODULE library = NULL;
    if (wf_wide(path, wide)) {
        for (wchar_t *at = wide; *at; at++)
            if (*at == L'/') *at = L'\\'; /* which that flag asks for */
        library = LoadLibraryExW(wide, NULL, whole ? LOAD_WITH_ALTERED_SEARCH_PATH : 0);
    }
    if (!library) {
        unsigned long code = GetLastError();
        const char *words = code == ERROR_MOD_NOT_FOUND    ? "it, or a library that it needs, was not found"
                            : code == ERROR_BAD_EXE_FORMAT ? "it is not for this processor"
                                                           : "it could not be loaded";
        snprintf(reason, size, "%s: %s (error %lu)", path, words, code);
    }
    return (void *)library;
}

void *wf_library_symbol(void *library, const char *name) {
    FARPROC found = GetProcAddress((HMODULE)library, name);
    void *address;
    memcpy(&address, &found, sizeof address);
    return address;
}

void wf_library_close(void *library) { FreeLibrary((HMODULE)library); }
#else
typedef int wf__system_windows_is_elsewhere; /* a file must have something in it */
#endif
