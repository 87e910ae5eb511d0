/* drive.c: a fuzz target run for volume, without libFuzzer: no coverage is measured, so one run takes as long
 * as the front-end takes. libFuzzer finds what is new; this finds what is rare among it.
 *
 *     NAME_drive SECONDS FINDS FOLDER...    changes the files of the folders, two at a time, for so many
 *                                           seconds
 *     NAME_drive FILE...                    runs the files as they are
 *
 * A seed is taken the rarer the longer it takes: each is run once at first, and what takes CHEAP is taken half
 * as often as what takes nothing. Without it a tenth of the runs would take two thirds of the time.
 *
 * The work is done in a child, which leaves the text that it runs in memory shared with its parent: when the
 * child dies or takes too long the text is written to the folder FINDS and the next child goes on. */
#define _GNU_SOURCE
#include "mutate.h"
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 3000, MOST_SEEDS = 1 << 16, EACH = 100000, SECONDS_OF_ONE = 5 };
static const double CHEAP = 60e-6; /* seconds */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);

typedef struct seed {
    uint8_t *data;
    size_t size;
} seed;
static seed seeds[MOST_SEEDS];
static uint32_t seed_count;
static struct shared {
    volatile size_t size;
    uint8_t data[MOST];
    double share[MOST_SEEDS]; /* of this seed and those before it */
} * shared;

/* A few bytes changed; libFuzzer has its own. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most) {
    (void)most;
    for (int n = 1 + rand() % 4; n-- && size;) data[(size_t)rand() % size] = (uint8_t)rand();
    return size;
}

static void read_seed(const char *path) {
    struct stat info;
    FILE *file = stat(path, &info) || !S_ISREG(info.st_mode) ? NULL : fopen(path, "rb");
    if (!file || seed_count == MOST_SEEDS) return;
    seed *s = &seeds[seed_count++];
    s->data = malloc((size_t)info.st_size + 1);
    s->size = fread(s->data, 1, (size_t)info.st_size, file);
    fclose(file);
}

static void read_folder(const char *path) {
    char name[4096];
    DIR *folder = opendir(path);
    for (struct dirent *d; folder && (d = readdir(folder));) {
        snprintf(name, sizeof name, "%s/%s", path, d->d_name);
        read_seed(name);
    }
    if (folder) closedir(folder);
}

static double seconds_used(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* In a child, which ends without writing its count. */
static void weigh(void) {
    for (int again = 0; again < 2; again++) { /* the first time the device library is read as well */
        double sum = 0;
        for (uint32_t i = 0; i < seed_count; i++) {
            double before = seconds_used();
            LLVMFuzzerTestOneInput(seeds[i].data, seeds[i].size);
            shared->share[i] = sum += 1 / (1 + (seconds_used() - before) / CHEAP);
        }
    }
}

static const seed *some_seed(void) {
    double x = (double)rand() / RAND_MAX * shared->share[seed_count - 1];
    uint32_t from = 0, to = seed_count - 1;
    while (from < to) {
        uint32_t middle = (from + to) / 2;
        if (shared->share[middle] < x) from = middle + 1;
        else to = middle;
    }
    return &seeds[from];
}

static void run_one(void) {
    const seed *a = some_seed(), *b = some_seed();
    static uint8_t text[MOST];
    size_t size = a->size < MOST ? a->size : MOST;
    memcpy(text, a->data, size);
    if (rand() % 2) size = fuzz_cross_words(a->data, a->size, b->data, b->size, text, MOST, (unsigned)rand());
    else size = fuzz_mutate_words(text, size, MOST, (unsigned)rand());
    memcpy(shared->data, text, size);
    shared->size = size;
    LLVMFuzzerTestOneInput(text, size);
}

static void child(unsigned seed, time_t stop) {
    srand(seed);
    for (int i = 0; i < EACH && (i % 64 || time(NULL) < stop); i++) {
        struct itimerval limit = {.it_value.tv_sec = SECONDS_OF_ONE}; /* of this process's own time */
        if (i % 64 == 0) setitimer(ITIMER_VIRTUAL, &limit, NULL);
        run_one();
    }
    exit(0);
}

static void keep(const char *folder, int status) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s-%lld-%d", folder,
             WIFSIGNALED(status) && WTERMSIG(status) == SIGVTALRM ? "slow" : "crash", (long long)time(NULL),
             (int)getpid());
    FILE *file = fopen(path, "wb");
    if (!file) return;
    fwrite(shared->data, 1, shared->size, file);
    fclose(file);
    fprintf(stderr, "%s\n", path);
}

/* 0 when it ended well. */
static int run_apart(void (*work)(void)) {
    int status = 1;
    pid_t pid = fork();
    if (pid == 0) work(), _exit(0);
    return pid < 0 || waitpid(pid, &status, 0) != pid || status;
}

int main(int argc, char **argv) {
    char *end;
    long seconds = argc > 3 ? strtol(argv[1], &end, 10) : 0;
    if (seconds <= 0) {
        for (int i = 1; i < argc; i++) read_seed(argv[i]);
        for (uint32_t i = 0; i < seed_count; i++) LLVMFuzzerTestOneInput(seeds[i].data, seeds[i].size);
        return 0;
    }
    for (int i = 3; i < argc; i++) read_folder(argv[i]);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || !seed_count) return fprintf(stderr, "no seeds\n"), 2;
    if (run_apart(weigh)) return fprintf(stderr, "a seed as it is ends the process\n"), 1;
    time_t stop = time(NULL) + seconds;
    unsigned random = (unsigned)time(NULL) * 2654435761u + (unsigned)getpid() * 40503u; /* many run at once */
    while (time(NULL) < stop) {
        int status;
        pid_t pid = fork();
        if (pid == 0) child(random, stop);
        random = random * 1664525u + 1013904223u;
        if (pid < 0 || waitpid(pid, &status, 0) != pid) return 1;
        if (status) keep(argv[2], status);
    }
    return 0;
}
