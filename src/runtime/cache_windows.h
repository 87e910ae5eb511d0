/* runtime/cache_windows.h: the few POSIX calls that cache.c makes, by UTF-8 names, which the C library of Windows
 * takes as UTF-16 only. The cache lies below the user's own profile there (%LOCALAPPDATA%), whose access list
 * keeps others out: who owns a file is not asked. Built by MinGW-w64 and run under Wine. */
#ifndef WF_RUNTIME_CACHE_WINDOWS_H
#define WF_RUNTIME_CACHE_WINDOWS_H
#include "base/windows_names.h"
#include <direct.h>
#include <dirent.h>
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utime.h>

enum { O_CLOEXEC = _O_BINARY | _O_NOINHERIT };

static inline int w_open(const char *path, int flags) {
    wchar_t wide[WF_WIDE_PATH];
    return wf_wide(path, wide) ? _wopen(wide, flags, _S_IREAD | _S_IWRITE) : -1;
}

static inline int w_stat(const char *path, struct stat *info) {
    wchar_t wide[WF_WIDE_PATH];
    struct _stat64 found;
    if (!wf_wide(path, wide) || _wstat64(wide, &found)) return -1;
    memset(info, 0, sizeof *info);
    info->st_mode = found.st_mode;
    info->st_size = (_off_t)found.st_size;
    info->st_mtime = found.st_mtime;
    return 0;
}

static inline int w_mkdir(const char *path) {
    wchar_t wide[WF_WIDE_PATH];
    return wf_wide(path, wide) ? _wmkdir(wide) : -1;
}

static inline int w_unlink(const char *path) {
    wchar_t wide[WF_WIDE_PATH];
    return wf_wide(path, wide) ? _wunlink(wide) : -1;
}

static inline _WDIR *w_opendir(const char *path) {
    wchar_t wide[WF_WIDE_PATH];
    return wf_wide(path, wide) ? _wopendir(wide) : NULL;
}

/* Names that are not ours may be anything: what has no narrow spelling here is passed over by its "?". */
typedef struct w_entry {
    char d_name[FILENAME_MAX];
} w_entry;
static inline w_entry *w_readdir(_WDIR *folder) {
    static _Thread_local w_entry entry;
    struct _wdirent *found = _wreaddir(folder);
    if (!found) return NULL;
    if (WideCharToMultiByte(CP_UTF8, 0, found->d_name, -1, entry.d_name, sizeof entry.d_name, NULL, NULL) <=
        0)
        strcpy(entry.d_name, "?");
    return &entry;
}

static inline int w_mkostemp(char *path, int flags) {
    static volatile LONG count;
    char *tail = path + strlen(path) - 6;
    for (int i = 0; i < 100; i++) {
        unsigned long number = GetCurrentProcessId() * 2654435761u +
                               (unsigned long)InterlockedIncrement(&count) + GetTickCount();
        snprintf(tail, 7, "%06lx", number & 0xffffff);
        int file = w_open(path, _O_CREAT | _O_EXCL | _O_RDWR | flags);
        if (file >= 0) return file;
    }
    return -1;
}

/* As on POSIX: over what is there. */
static inline int w_rename(const char *from, const char *to) {
    wchar_t wide_from[WF_WIDE_PATH], wide_to[WF_WIDE_PATH];
    return wf_wide(from, wide_from) && wf_wide(to, wide_to) &&
                   MoveFileExW(wide_from, wide_to, MOVEFILE_REPLACE_EXISTING)
               ? 0
               : -1;
}

#define open(path, flags) w_open(path, flags)
#define stat(path, info) w_stat(path, info)
#define lstat(path, info) w_stat(path, info) /* there are no links to look through */
#define mkdir(path, mode) w_mkdir(path)
#define unlink(path) w_unlink(path)
#define rename(from, to) w_rename(from, to)
#define mkostemp(path, flags) w_mkostemp(path, flags)
#define futimens(file, times) _futime(file, times)
#define DIR _WDIR
#define dirent w_entry
#define opendir(path) w_opendir(path)
#define readdir(folder) w_readdir(folder)
#define closedir(folder) _wclosedir(folder)
#endif
