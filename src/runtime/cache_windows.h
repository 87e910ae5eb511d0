/* runtime/cache_windows.h: the few POSIX calls that cache.c makes and Windows spells otherwise. The cache
 * lies below the user's own profile there (%LOCALAPPDATA%), whose access list keeps others out: who owns a
 * file is not asked. Built by MinGW-w64 and run under Wine. */
#ifndef WF_RUNTIME_CACHE_WINDOWS_H
#define WF_RUNTIME_CACHE_WINDOWS_H
#define WIN32_LEAN_AND_MEAN
#include <direct.h>
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utime.h>
#include <windows.h>

enum { O_CLOEXEC = _O_BINARY | _O_NOINHERIT };
#define lstat(path, info) stat(path, info) /* there are no links to look through */
#define mkdir(path, mode) _mkdir(path)
#define futimens(file, times) _futime(file, times)

static inline int mkostemp(char *path, int flags) {
    static volatile LONG count;
    char *tail = path + strlen(path) - 6;
    for (int i = 0; i < 100; i++) {
        unsigned long number = GetCurrentProcessId() * 2654435761u +
                               (unsigned long)InterlockedIncrement(&count) + GetTickCount();
        snprintf(tail, 7, "%06lx", number & 0xffffff);
        int file = _open(path, _O_CREAT | _O_EXCL | _O_RDWR | flags, _S_IREAD | _S_IWRITE);
        if (file >= 0) return file;
    }
    return -1;
}

/* As on POSIX: over what is there. */
static inline int replace(const char *from, const char *to) {
    return MoveFileExA(from, to, MOVEFILE_REPLACE_EXISTING) ? 0 : -1;
}
#define rename(from, to) replace(from, to)
#endif
