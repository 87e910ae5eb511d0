/* runtime/cache.c: the disk cache: one file an entry, named by the hash of its key.
 *
 * A file holds a header, the full key and the bytes; the header has both lengths and a hash over key and
 * bytes. Whatever does not agree (cut short, damaged, another program's, a key with the same hash) is a miss,
 * and a damaged file is removed. Entries are written under another name in the same folder and renamed, so
 * other processes see all of an entry or nothing, and the last writer of equal content wins. Nothing here is
 * an error: a cache that cannot be read or written is a cache that misses.
 *
 * The folder is bounded by WEFT_CACHE_BYTES. This process counts what it adds on top of one scan; above the
 * bound it scans again and removes the entries that were used longest ago (a hit renews the file's time, at
 * most once an hour). */
#define _GNU_SOURCE
#include "base/memory.h"
#include "runtime/inner.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#ifdef _WIN32
#include "runtime/cache_windows.h" /* last: it gives calls other names */
#endif

enum { PATH_BYTES = 4096, FOLDER_BYTES = PATH_BYTES - 128, STALE_SECONDS = 3600, MOST_ENTRY = 1 << 30 };

typedef struct header {
    char magic[8];
    uint64_t key_size, size;
    wf_hash128 check; /* of key, then bytes */
} header;
static const char magic[8] = {'w', 'e', 'f', 't', 'c', 'c', 0, 1};
static const char suffix[] = ".weft", unfinished[] = "new-";

static struct {
    pthread_mutex_t lock;
    const char *setting; /* of CACHE_DIR when the folder was found */
    int found;           /* 0: not looked for, 1: there, -1: none */
    char folder[FOLDER_BYTES];
    char problem[FOLDER_BYTES + 256]; /* why the folder is not used */
    atomic_int refused;               /* 1: nobody took these words yet */
    int scanned;
    uint64_t bytes; /* in the folder, as far as we know */
    wf_cache_stats stats;
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER};

void wf__cache_lock(void) { pthread_mutex_lock(&cache.lock); }
void wf__cache_unlock(void) { pthread_mutex_unlock(&cache.lock); }

/* ---- the folder ---- */

/* Where each system keeps what can be made again: below XDG_CACHE_HOME, %LOCALAPPDATA% or the home folder. */
static int name_folder(char *folder) {
    char base[FOLDER_BYTES];
    const char *given = cache.setting, *below = "/weft";
    if (given && !strcmp(given, "off")) return 0;
    if (given) return (size_t)snprintf(folder, FOLDER_BYTES, "%s", given) < FOLDER_BYTES;
#ifdef _WIN32
    if (!wf_environment("LOCALAPPDATA", base, sizeof base) || !*base) return 0;
    below = "\\weft";
#else
    if (!wf_environment("XDG_CACHE_HOME", base, sizeof base) || *base != '/') {
        if (!wf_environment("HOME", base, sizeof base) || !*base) return 0;
        below = "/.cache/weft";
    }
#endif
    return (size_t)snprintf(folder, FOLDER_BYTES, "%s%s", base, below) < FOLDER_BYTES;
}

static int make_folders(char *path) {
#ifdef _WIN32
    static const char between[] = "/\\";
#else
    static const char between[] = "/";
#endif
    for (char *at = path + 1; *at; at++) {
        char separator = *at;
        if (!strchr(between, separator)) continue;
        *at = 0;
        mkdir(path, 0700);
        *at = separator;
    }
    return !mkdir(path, 0700) || errno == EEXIST;
}

/* The cache holds code that runs as us, so what others can write is no cache, root or not (`sudo -E` keeps
 * HOME): neither the folder nor a file in it, which must be ours alone. NULL, or why not. */
static const char anothers[] = "belongs to another user";
static const char *not_ours(const struct stat *info) {
#ifdef _WIN32
    (void)info; /* see cache_windows.h */
#else
    if (info->st_uid != geteuid()) return anothers;
    if (info->st_mode & S_IWOTH) return "can be written by everybody";
    if (info->st_mode & S_IWGRP) return "can be written by its group";
#endif
    return NULL;
}

/* Said once for each folder: without a cache every process compiles anew, which nobody would trace to this.
 */
static void say_refused(const char *why) {
    snprintf(cache.problem, sizeof cache.problem,
             "weft: no disk cache: %s %s, and what lies in it would run as you. %s WEFT_CACHE_DIR to a "
             "folder of yours (off: no cache)",
             cache.folder, why, why == anothers ? "Set" : "`chmod go-w` it, or set");
    atomic_store(&cache.refused, 1);
}

/* Under the lock. */
static int is_ours(void) {
    struct stat info;
    if (stat(cache.folder, &info) || !S_ISDIR(info.st_mode)) return 0;
    const char *why = not_ours(&info);
    if (why) say_refused(why);
    return !why;
}

/* Under the lock. */
static int folder(void) {
    const char *setting = wf_env_text("CACHE_DIR");
    if (cache.found && setting == cache.setting) return cache.found > 0;
    cache.setting = setting;
    cache.scanned = 0;
    cache.found = name_folder(cache.folder) && make_folders(cache.folder) && is_ours() ? 1 : -1;
    wf_debug(WF_DEBUG_CACHE, "%s: %s", cache.found > 0 ? "folder" : "no usable folder", cache.folder);
    return cache.found > 0;
}

int wf_cache_problem(char *words, size_t size) {
    if (!atomic_load_explicit(&cache.refused, memory_order_relaxed)) return 0;
    pthread_mutex_lock(&cache.lock);
    int there = atomic_exchange(&cache.refused, 0);
    if (there) snprintf(words, size, "%s", cache.problem);
    pthread_mutex_unlock(&cache.lock);
    return there;
}

const char *wf_cache_folder(void) {
    pthread_mutex_lock(&cache.lock);
    const char *result = folder() ? cache.folder : NULL;
    pthread_mutex_unlock(&cache.lock);
    return result;
}

static int entry_path(char *path, const void *key, size_t key_size) {
    char hex[33];
    wf_hash128_hex(wf_hash128_of(key, key_size, (wf_hash128){1, 2}), hex);
    pthread_mutex_lock(&cache.lock);
    int there = folder();
    if (there) snprintf(path, PATH_BYTES, "%s/%s%s", cache.folder, hex, suffix);
    pthread_mutex_unlock(&cache.lock);
    return there;
}

static void count(uint64_t *counter) {
    pthread_mutex_lock(&cache.lock);
    ++*counter;
    pthread_mutex_unlock(&cache.lock);
}

static wf_hash128 check_of(const void *key, size_t key_size, const void *bytes, size_t size) {
    return wf_hash128_of(bytes, size, wf_hash128_of(key, key_size, (wf_hash128){3, 4}));
}

/* ---- reading ---- */

static int read_all(int file, void *to, size_t size) {
    for (char *at = to; size;) {
        ssize_t got = read(file, at, size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return 0;
        at += got;
        size -= (size_t)got;
    }
    return 1;
}

enum found { HIT, ABSENT, OTHER_KEY, DAMAGED };

static enum found read_entry(int file, const void *key, size_t key_size, void **bytes, size_t *size) {
    header h;
    struct stat info;
    if (fstat(file, &info) || !S_ISREG(info.st_mode) || not_ours(&info)) return ABSENT;
    if (!read_all(file, &h, sizeof h) || memcmp(h.magic, magic, sizeof magic) || h.key_size > MOST_ENTRY ||
        h.size > MOST_ENTRY || (uint64_t)info.st_size != sizeof h + h.key_size + h.size)
        return DAMAGED;
    if (h.key_size != key_size) return OTHER_KEY;
    char *all = wf_malloc(key_size + h.size);
    if (!all) return ABSENT;
    enum found result = HIT;
    if (!read_all(file, all, key_size + h.size)) result = DAMAGED;
    else if (memcmp(all, key, key_size)) result = OTHER_KEY;
    else {
        wf_hash128 check = check_of(all, key_size, all + key_size, h.size);
        if (check.lo != h.check.lo || check.hi != h.check.hi) result = DAMAGED;
    }
    if (result != HIT) {
        wf_free(all);
        return result;
    }
    memmove(all, all + key_size, h.size);
    *bytes = all;
    *size = h.size;
    if (info.st_mtime < time(NULL) - STALE_SECONDS) futimens(file, NULL);
    return HIT;
}

int wf_cache_get(const void *key, size_t key_size, void **bytes, size_t *size) {
    static const char *const words[] = {"hit", "miss", "miss (another key)", "miss (damaged, removed)"};
    char path[PATH_BYTES];
    enum found result = ABSENT;
    if (!entry_path(path, key, key_size)) return 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        result = read_entry(file, key, key_size, bytes, size);
        close(file);
    }
    if (result == DAMAGED) {
        unlink(path);
        count(&cache.stats.damaged);
    }
    count(result == HIT ? &cache.stats.hits : &cache.stats.misses);
    wf_debug(WF_DEBUG_CACHE, "%s %s", words[result], path);
    return result == HIT;
}

/* ---- bounding ---- */

typedef struct entry {
    char name[64];
    time_t time;
    uint64_t size;
} entry;

static int by_time(const void *a, const void *b) {
    time_t x = ((const entry *)a)->time, y = ((const entry *)b)->time;
    return (x > y) - (x < y);
}

static int ends_with(const char *name, const char *end) {
    size_t a = strlen(name), b = strlen(end);
    return a >= b && !strcmp(name + a - b, end);
}

/* The entries of the folder; unfinished files of processes that ended are removed on the way. */
static entry *list(const char *path, DIR *stream, size_t *count_out) {
    char whole[PATH_BYTES];
    entry *entries = NULL;
    size_t count_ = 0, capacity = 0;
    for (struct dirent *d; (d = readdir(stream));) {
        struct stat info;
        int is_entry = ends_with(d->d_name, suffix),
            is_new = !strncmp(d->d_name, unfinished, strlen(unfinished));
        if ((!is_entry && !is_new) || strlen(d->d_name) >= sizeof entries->name) continue;
        snprintf(whole, sizeof whole, "%s/%s", path, d->d_name);
        if (lstat(whole, &info)) continue;
        if (is_new) {
            if (info.st_mtime < time(NULL) - STALE_SECONDS) unlink(whole);
            continue;
        }
        if (count_ == capacity) {
            capacity = capacity ? capacity * 2 : 64;
            entry *more = wf_realloc(entries, capacity * sizeof *more);
            if (!more) break;
            entries = more;
        }
        memcpy(entries[count_].name, d->d_name, strlen(d->d_name) + 1); /* measured above */
        entries[count_].time = info.st_mtime;
        entries[count_++].size = (uint64_t)info.st_size;
    }
    *count_out = count_;
    return entries;
}

/* Removes the oldest entries until at most `most` bytes are left. Returns how many went; *left: bytes that
 * stay. */
static uint64_t shrink(const char *path, uint64_t most, uint64_t *left) {
    size_t count_ = 0;
    uint64_t total = 0, gone = 0;
    DIR *stream = opendir(path);
    *left = 0;
    if (!stream) return 0;
    entry *entries = list(path, stream, &count_);
    closedir(stream);
    for (size_t i = 0; i < count_; i++) total += entries[i].size;
    if (total > most) qsort(entries, count_, sizeof *entries, by_time);
    for (size_t i = 0; i < count_ && total > most; i++) {
        char whole[PATH_BYTES];
        snprintf(whole, sizeof whole, "%s/%s", path, entries[i].name);
        if (!unlink(whole)) {
            total -= entries[i].size;
            gone++;
        }
    }
    wf_free(entries);
    *left = total;
    return gone;
}

static void added(uint64_t bytes) {
    int64_t most = wf_env_int("CACHE_BYTES");
    pthread_mutex_lock(&cache.lock);
    cache.stats.puts++;
    cache.bytes += bytes;
    if (most > 0 && (!cache.scanned || cache.bytes > (uint64_t)most)) {
        /* At the first put: only count. Later: down to nine tenths, so that not every put scans. */
        uint64_t target = (uint64_t)most - (cache.scanned ? (uint64_t)most / 10 : 0);
        cache.stats.evicted += shrink(cache.folder, target, &cache.bytes);
        cache.scanned = 1;
    }
    pthread_mutex_unlock(&cache.lock);
}

uint64_t wf_cache_clear(void) {
    uint64_t gone = 0;
    pthread_mutex_lock(&cache.lock);
    if (folder()) gone = shrink(cache.folder, 0, &cache.bytes);
    pthread_mutex_unlock(&cache.lock);
    return gone;
}

void wf_cache_stats_of(wf_cache_stats *stats) {
    pthread_mutex_lock(&cache.lock);
    *stats = cache.stats;
    pthread_mutex_unlock(&cache.lock);
}

/* ---- writing ---- */

static int write_all(int file, const void *from, size_t size) {
    for (const char *at = from; size;) {
        ssize_t put = write(file, at, size);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return 0;
        at += put;
        size -= (size_t)put;
    }
    return 1;
}

/* The name must differ between threads, processes and (shared folders) machines: mkstemp sees to that. */
static int new_file(char *path, const char *entry) {
    const char *slash = strrchr(entry, '/');
    snprintf(path, PATH_BYTES, "%.*s/%sXXXXXX", (int)(slash - entry), entry, unfinished);
    return mkostemp(path, O_CLOEXEC);
}

int wf_cache_put(const void *key, size_t key_size, const void *bytes, size_t size) {
    char path[PATH_BYTES], aside[PATH_BYTES];
    if (size > MOST_ENTRY || key_size > MOST_ENTRY || !entry_path(path, key, key_size)) return 0;
    int64_t most = wf_env_int("CACHE_BYTES");
    uint64_t all = sizeof(header) + key_size + size;
    if (most <= 0 || all > (uint64_t)most / 2) return 0;
    header h = {.key_size = key_size, .size = size, .check = check_of(key, key_size, bytes, size)};
    memcpy(h.magic, magic, sizeof magic);
    int file = new_file(aside, path);
    if (file < 0) {
        wf_debug(WF_DEBUG_CACHE, "cannot write %s: %s", aside, strerror(errno));
        return 0;
    }
    int good =
        write_all(file, &h, sizeof h) && write_all(file, key, key_size) && write_all(file, bytes, size);
    if (close(file)) good = 0; /* a full disk may only say so here */
    if (!good || rename(aside, path)) {
        wf_debug(WF_DEBUG_CACHE, "cannot write %s: %s", path, strerror(errno));
        unlink(aside);
        return 0;
    }
    wf_debug(WF_DEBUG_CACHE, "put %s, %zu bytes", path, size);
    added(all);
    return 1;
}
