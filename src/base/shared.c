/* base/shared.c: see shared.h. */
#if defined(__linux__)
#define _GNU_SOURCE
#include "base/shared.h"
#include "base/system.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static wf_status failed(wf_error *err, const char *what, int code) {
    const char *hint = code == EMFILE ? "; each shared allocation keeps one file open (ulimit -n)" : "";
    return wf_fail_code(err, code == ENOMEM || code == ENOSPC ? WF_NOMEM : WF_IO, code,
                        "shared memory: %s: %s%s", what, strerror(code), hint);
}

static int write_all(int file, const char *bytes, size_t size, uint64_t at) {
    while (size) {
        ssize_t done = pwrite(file, bytes, size, (off_t)at);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return 0;
        bytes += done, at += (uint64_t)done, size -= (size_t)done;
    }
    return 1;
}

wf_status wf_shared_new(size_t bytes, const void *record, int *file, wf_error *err) {
    int made = memfd_create("weft", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (made < 0) return failed(err, "memfd_create", errno);
    /* Sealed, so that a process that has it mapped never meets the end of a file that was made shorter. */
    if (ftruncate(made, (off_t)(bytes + WF_SHARED_RECORD)) ||
        !write_all(made, record, WF_SHARED_RECORD, bytes) ||
        fcntl(made, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW)) {
        int code = errno;
        close(made);
        return failed(err, "making room", code);
    }
    *file = made;
    return WF_OK;
}

wf_status wf_shared_move(void *memory, size_t bytes, const void *record, int *file, wf_error *err) {
    wf_status status = wf_shared_new(bytes, record, file, err);
    if (status) return status;
    if (!write_all(*file, memory, bytes, 0) ||
        mmap(memory, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, *file, 0) == MAP_FAILED) {
        int code = errno;
        close(*file);
        return failed(err, "moving memory there", code);
    }
    return WF_OK;
}

void wf_shared_unmove(void *memory, size_t bytes) {
    /* Where the system refuses, the pages stay shared with a file that nobody has open: no harm. */
    (void)!mmap(memory, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

void *wf_shared_copy(const void *memory, size_t bytes) {
    void *copy = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return copy == MAP_FAILED ? NULL : memcpy(copy, memory, bytes);
}

int wf_shared_replace(void *memory, size_t bytes, void *copy) {
    return mremap(copy, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, memory) != MAP_FAILED;
}

wf_status wf_shared_open(uint32_t process, int number, void *record, uint64_t *bytes, int *file,
                         wf_error *err) {
    char path[64];
    struct stat info;
    snprintf(path, sizeof path, "/proc/%u/fd/%d", process, number);
    /* A stale number may be anything by now, a terminal or a pipe: it is looked at, not waited for. */
    int opened = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (opened < 0 && (errno == EACCES || errno == EPERM))
        return wf_fail_code(
            err, WF_IO, errno,
            "shared memory of process %u: %s (it has to run as the same user, and to allow it)", process,
            strerror(errno));
    if (opened < 0)
        return wf_fail_code(
            err, WF_INVALID, errno,
            "shared memory of process %u: the memory was freed there, or the process has ended, or it "
            "runs in another container",
            process);
    int seals = fcntl(opened, F_GET_SEALS);
    if (seals < 0 || !(seals & F_SEAL_SHRINK) || fstat(opened, &info) || info.st_size < WF_SHARED_RECORD ||
        pread(opened, record, WF_SHARED_RECORD, info.st_size - WF_SHARED_RECORD) != WF_SHARED_RECORD) {
        close(opened);
        return wf_fail(err, WF_INVALID, "shared memory of process %u: the memory was freed there", process);
    }
    *bytes = (uint64_t)info.st_size - WF_SHARED_RECORD;
    *file = opened;
    return WF_OK;
}

wf_status wf_shared_map(int file, size_t bytes, void **memory, wf_error *err) {
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (at == MAP_FAILED) return failed(err, "mapping it", errno);
    *memory = at;
    return WF_OK;
}

void wf_shared_unmap(void *memory, size_t bytes) { munmap(memory, bytes); }
void wf_shared_close(int file) { close(file); }
/* A process that has ended and that its parent has not asked about yet still takes signals: its state tells. */
int wf_process_lives(uint32_t process) {
    char path[64], text[512];
    if (kill((pid_t)process, 0) && errno == ESRCH) return 0;
    snprintf(path, sizeof path, "/proc/%u/stat", process);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return errno != ENOENT;
    ssize_t size = read(file, text, sizeof text - 1);
    close(file);
    if (size <= 0) return size < 0 ? errno != ESRCH : 1;
    text[size] = 0;
    const char *name_end = strrchr(text, ')'); /* "7 (a name) S ..." */
    return !name_end || !name_end[1] || (name_end[2] != 'Z' && name_end[2] != 'X');
}
void wf_random_bytes(void *bytes, size_t count) {
    while (getrandom(bytes, count, 0) != (ssize_t)count) {}
}
#else
#define _CRT_RAND_S /* Windows: rand_s, the system's generator */
#include "base/shared.h"
#include <stdlib.h>
#include <string.h>

static wf_status elsewhere(wf_error *err) {
    return wf_fail(err, WF_UNSUPPORTED, "memory is shared between processes on Linux only so far");
}
wf_status wf_shared_new(size_t bytes, const void *record, int *file, wf_error *err) {
    (void)bytes, (void)record, (void)file;
    return elsewhere(err);
}
wf_status wf_shared_move(void *memory, size_t bytes, const void *record, int *file, wf_error *err) {
    (void)memory, (void)bytes, (void)record, (void)file;
    return elsewhere(err);
}
void wf_shared_unmove(void *memory, size_t bytes) { (void)memory, (void)bytes; }
void *wf_shared_copy(const void *memory, size_t bytes) { return (void)memory, (void)bytes, NULL; }
int wf_shared_replace(void *memory, size_t bytes, void *copy) {
    return (void)memory, (void)bytes, (void)copy, 0;
}
wf_status wf_shared_open(uint32_t process, int number, void *record, uint64_t *bytes, int *file,
                         wf_error *err) {
    (void)process, (void)number, (void)record, (void)bytes, (void)file;
    return elsewhere(err);
}
wf_status wf_shared_map(int file, size_t bytes, void **memory, wf_error *err) {
    (void)file, (void)bytes, (void)memory;
    return elsewhere(err);
}
void wf_shared_unmap(void *memory, size_t bytes) { (void)memory, (void)bytes; }
void wf_shared_close(int file) { (void)file; }
int wf_process_lives(uint32_t process) { return (void)process, 1; }
void wf_random_bytes(void *bytes, size_t count) {
#ifdef _WIN32
    for (size_t i = 0; i < count; i++) {
        unsigned int word = 0;
        rand_s(&word);
        ((unsigned char *)bytes)[i] = (unsigned char)word;
    }
#else
    arc4random_buf(bytes, count);
#endif
}
#endif
