/* test_cache.c: the disk cache: round trips, every kind of damage, its bound, folders that cannot be used,
 * two processes. */
#include "base/memory.h"
#include "check.h"
#include "runtime/runtime.h"
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[256];

static int get_is(const char *key, const void *expected, size_t expected_size) {
    void *bytes = NULL;
    size_t size = 0;
    if (!wf_cache_get(key, strlen(key), &bytes, &size)) return 0;
    int same = size == expected_size && !memcmp(bytes, expected, size);
    wf_free(bytes);
    return same ? 1 : -1;
}

static int put(const char *key, const void *bytes, size_t size) {
    return wf_cache_put(key, strlen(key), bytes, size);
}

/* The only entry's path. */
static void entry_path(char *path) {
    DIR *stream = opendir(folder);
    *path = 0;
    for (struct dirent *d; stream && (d = readdir(stream));)
        if (strstr(d->d_name, ".weft")) snprintf(path, 512, "%.200s/%.200s", folder, d->d_name);
    if (stream) closedir(stream);
}

static long count_files(void) {
    long count = 0;
    DIR *stream = opendir(folder);
    for (struct dirent *d; stream && (d = readdir(stream));) count += d->d_name[0] != '.';
    if (stream) closedir(stream);
    return count;
}

static void test_round_trip(void) {
    CHECK(wf_cache_folder() && !strcmp(wf_cache_folder(), folder));
    CHECK(get_is("a", "", 0) == 0);
    CHECK(put("a", "hello", 5) && get_is("a", "hello", 5) == 1 && get_is("b", "", 0) == 0);
    CHECK(put("a", "other", 5) && get_is("a", "other", 5) == 1);
    CHECK(put("empty", "", 0) && get_is("empty", "", 0) == 1);
    CHECK(wf_cache_clear() == 2 && get_is("a", "", 0) == 0 && count_files() == 0);
}

/* Each byte changed, each length cut: never a wrong hit. */
static void test_damage(void) {
    char path[512];
    unsigned char file[400];
    const char *content = "the bytes of a kernel, long enough";
    CHECK(put("key of it", content, strlen(content)));
    entry_path(path);
    int fd = open(path, O_RDONLY);
    ssize_t size = read(fd, file, sizeof file);
    close(fd);
    CHECK(size > 0 && size < (ssize_t)sizeof file);
    int wrong = 0;
    for (ssize_t at = 0; at < size; at++) {
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        file[at] ^= 0x10;
        wrong += write(fd, file, (size_t)size) != size;
        file[at] ^= 0x10;
        close(fd);
        wrong += get_is("key of it", content, strlen(content)) != 0;
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        wrong += write(fd, file, (size_t)at) != at;
        close(fd);
        wrong += get_is("key of it", content, strlen(content)) != 0;
    }
    CHECK(!wrong);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    wrong += write(fd, file, (size_t)size) != size || write(fd, "x", 1) != 1; /* one byte too many */
    close(fd);
    CHECK(!wrong && get_is("key of it", content, strlen(content)) == 0 &&
          access(path, F_OK)); /* and it is gone */
    CHECK(put("key of it", content, strlen(content)) && get_is("key of it", content, strlen(content)) == 1);
    wf_cache_stats stats;
    wf_cache_stats_of(&stats);
    CHECK(stats.damaged > 100 && stats.hits >= 4);
    /* A folder where the file should be. */
    unlink(path);
    mkdir(path, 0700);
    CHECK(get_is("key of it", content, strlen(content)) == 0 && !put("key of it", content, strlen(content)));
    rmdir(path);
    wf_cache_clear();
}

static void test_bound(void) {
    char block[10000], key[32];
    memset(block, 'b', sizeof block);
    wf_env_set("CACHE_BYTES", "100K", NULL);
    for (int i = 0; i < 40; i++) {
        snprintf(key, sizeof key, "key %d", i);
        CHECK(put(key, block, sizeof block));
    }
    long files = count_files();
    CHECK_MESSAGE(files >= 8 && files <= 10, "%ld", files);
    CHECK(get_is("key 39", block, sizeof block) == 1);
    char *large = calloc(1, 60000);
    CHECK(!put("more than half", large, 60000));
    free(large);
    wf_env_set("CACHE_BYTES", NULL, NULL);
    wf_cache_clear();
}

/* Nobody stops root from writing, so root becomes somebody else for it. */
static void read_only(char *path) {
    int root = !geteuid();
    char *slashes[4] = {0};
    if (root) {
        for (int i = 0; i < 4; i++) { /* to the folder itself, from z up */
            chmod(path, i ? 0711 : 0700);
            CHECK(!i ? !chown(path, 12345, 12345) : 1);
            if (i < 3 && (slashes[i] = strrchr(path, '/'))) *slashes[i] = 0;
        }
        for (int i = 2; i >= 0; i--)
            if (slashes[i]) *slashes[i] = '/';
        CHECK(!seteuid(12345));
    }
    wf_env_set("CACHE_DIR", NULL, NULL);
    wf_env_set("CACHE_DIR", path, NULL);
    CHECK(wf_cache_folder() && put("kept", "b", 1));
    chmod(path, 0500);
    CHECK(!put("a", "b", 1) && get_is("a", "b", 1) == 0 && get_is("kept", "b", 1) == 1);
    chmod(path, 0700);
    CHECK(wf_cache_clear() == 1);
    if (!root) return;
    CHECK(!seteuid(0) && !chown(path, 0, 0));
    wf_env_set("CACHE_DIR", NULL, NULL);
    wf_env_set("CACHE_DIR", path, NULL);
    CHECK(wf_cache_folder() != NULL);
}

static void test_folders(void) {
    char path[300];
    /* A file where the folder should be; a folder that others may write; a deep one that must be made. */
    snprintf(path, sizeof path, "%s/file", folder);
    close(open(path, O_WRONLY | O_CREAT, 0600));
    wf_env_set("CACHE_DIR", path, NULL);
    CHECK(!wf_cache_folder() && !put("a", "b", 1) && get_is("a", "b", 1) == 0);
    unlink(path);
    mkdir(path, 0700);
    char words[5000];
    static const struct {
        mode_t mode;
        const char *why;
    } open_to[] = {{0777, "everybody"}, {0775, "its group"}};
    for (int i = 0; i < 2; i++) {
        chmod(path, open_to[i].mode);
        wf_env_set("CACHE_DIR", path, NULL);
        CHECK(!wf_cache_folder() && !put("a", "b", 1));
        CHECK(wf_cache_problem(words, sizeof words) && strstr(words, path) && strstr(words, open_to[i].why));
        CHECK(!wf_cache_problem(words, sizeof words)); /* once */
    }
    chmod(path, 0700);
    wf_env_set("CACHE_DIR", path, NULL);
    CHECK(wf_cache_folder() && put("a", "b", 1) && get_is("a", "b", 1) == 1);
    if (!geteuid()) { /* root too keeps out of what is another's: `sudo -E` */
        CHECK(!chown(path, 12345, 12345));
        wf_env_set("CACHE_DIR", path, NULL);
        CHECK(!wf_cache_folder() && wf_cache_problem(words, sizeof words) && strstr(words, "another user") &&
              !strstr(words, "chmod"));
        CHECK(!chown(path, 0, 0));
        wf_env_set("CACHE_DIR", path, NULL);
    }
    CHECK(!wf_cache_problem(words, sizeof words) && wf_cache_clear() == 1);
    rmdir(path);
    snprintf(path, sizeof path, "%s/x/y/z", folder);
    wf_env_set("CACHE_DIR", path, NULL);
    CHECK(wf_cache_folder() && put("a", "b", 1) && get_is("a", "b", 1) == 1 && wf_cache_clear() == 1);
    read_only(path);
    rmdir(path);
    CHECK(!put("a", "b", 1) && get_is("a", "b", 1) == 0); /* the folder went away under us */
    for (int i = 0; i < 2; i++) {
        *strrchr(path, '/') = 0;
        rmdir(path);
    }
    wf_env_set("CACHE_DIR", "off", NULL);
    CHECK(!wf_cache_folder() && !put("a", "b", 1));
    wf_env_set("CACHE_DIR", folder, NULL);
    CHECK(wf_cache_folder() != NULL);
}

/* A full disk, as a process can have one alone: its files may not grow beyond a limit. */
static void test_full(void) {
    int status;
    if (!fork()) {
        char *large = calloc(1, 1 << 20);
        struct rlimit limit = {100000, 100000};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        int bad = put("large", large, 1 << 20) || get_is("large", large, 1 << 20) != 0 || count_files() != 0;
        free(large);
        _exit(bad);
    }
    wait(&status);
    CHECK(WIFEXITED(status) && !WEXITSTATUS(status));
}

enum { SHARED_MOST = 400000 };

/* An entry is all of one letter, which is the writer's, and as long as the letter says: half of one writer's
 * and half of another's is seen. */
static size_t shared_size(int letter) { return (size_t)(SHARED_MOST - 70000 * (letter - 'a')); }

static int is_whole(const char *key) {
    void *bytes = NULL;
    size_t size = 0, same = 0;
    if (!wf_cache_get(key, strlen(key), &bytes, &size)) return 1; /* a miss is allowed, a wrong hit is not */
    const char *text = bytes;
    while (same < size && text[same] == text[0]) same++;
    int whole = size && same == size && size == shared_size(text[0]);
    wf_free(bytes);
    return whole;
}

static int worker(int which) {
    static char block[SHARED_MOST];
    char key[32];
    int wrong = 0;
    wf_cache_stats before, after;
    wf_cache_stats_of(&before);
    memset(block, 'a' + which, sizeof block);
    for (int i = 0; i < 300; i++) {
        snprintf(key, sizeof key, "shared %d", i % 2);
        if ((i + which) % 3) wrong += !is_whole(key);
        else wrong += !put(key, block, shared_size('a' + which));
        if (i % 100 == 50) wf_cache_clear();
    }
    wf_cache_stats_of(&after);
    return wrong + (after.damaged != before.damaged); /* nobody sees half an entry */
}

static void test_processes(void) {
    pid_t children[3];
    for (int i = 0; i < 3; i++)
        if (!(children[i] = fork())) _exit(worker(i) != 0);
    for (int i = 0; i < 3; i++) {
        int status;
        waitpid(children[i], &status, 0);
        CHECK(WIFEXITED(status) && !WEXITSTATUS(status));
    }
}

static void test_no_memory(void) {
    CHECK(put("m", "memory", 6));
    for (size_t n = 1; n < 5; n++) {
        wf_memory_fail_at(n, 0);
        int got = get_is("m", "memory", 6);
        wf_memory_fail_at(0, 0);
        CHECK(got >= 0);
    }
    CHECK(get_is("m", "memory", 6) == 1); /* a miss for want of memory removes nothing */
}

int main(void) {
    snprintf(folder, sizeof folder, "%s/weft-cache-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    CHECK(mkdtemp(folder) != NULL);
    setenv("WEFT_CACHE_DIR", folder, 1);
    test_round_trip();
    test_damage();
    test_bound();
    test_folders();
    test_full();
    test_processes();
    test_no_memory();
    wf_cache_clear();
    char command[600];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    CHECK(!system(command));
    return check_report("test_cache");
}
