/* runtime/env.c: every environment variable of weft, in one table: name, default, what it does.
 *
 * All are read at first use, once; tests and wf.config change them with wf_env_set. Reading is a lock and a
 * search through a dozen names, so whoever asks often keeps the answer. */
#include "base/memory.h"
#include "runtime/runtime.h"
#include <ctype.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VARIABLES(X)                                                                                         \
    X(DEVICE, NULL, "default device: cuda, cuda:1, cpu, cpu:2; unset: the first GPU that answers, else cpu") \
    X(CPU_DEVICES, "1", "how many CPU devices there are: several let code for several GPUs run without any") \
    X(THREADS, "0",                                                                                          \
      "threads of CPU kernels and array loops; 0: one for each processor that this process may use")         \
    X(CACHE_DIR, NULL, "folder of the disk cache; unset: $XDG_CACHE_HOME/weft or ~/.cache/weft; off: none")  \
    X(CACHE_BYTES, "1G", "most bytes of the disk cache (K, M, G); the oldest entries go first")              \
    X(DEBUG, NULL,                                                                                           \
      "a number from 1 to 6 (devices, kernels, fusion, source, IR, assembly) and names, as in 2,cache")      \
    X(EAGER, "0", "1: every array operation runs at once")                                                   \
    X(EXACT, "0", "1: float32 functions give the correctly rounded result (cr_expf for expf, and so on)")    \
    X(FALLBACK, "warn", "a function without a kernel of ours runs through NumPy: warn, silent, or error")    \
    X(CUBLAS, NULL, "path of the cuBLAS library; unset: looked for; off: none")                              \
    X(REPRODUCIBLE, "0", "1: matrix products by our own kernels, with the same bits on every device")        \
    X(COMPILER, "inside", "where LLVM runs: inside this process, or in a helper: process")                   \
    X(CPU, NULL,                                                                                             \
      "level of the instruction set to compile for, when less than the machine's: x86-64, x86-64-v2, -v3")   \
    X(VERIFY_IR, "0", "1: LLVM checks our IR before it compiles it")                                         \
    X(STAGED_AFTER, "128M", "pageable copies use pinned slots once they came to so many bytes in a context") \
    X(CUDA_LIBRARY, NULL, "path of the CUDA driver library; unset: the system's; off: none")                 \
    X(NVRTC, NULL,                                                                                           \
      "CUDA C that weft does not take goes through NVRTC on a GPU: unset: where found; a path; off: never")

static struct {
    const char *name, *fallback, *help;
    char *value; /* NULL: not set */
} table[] = {
#define X(name, fallback, help) {#name, fallback, help, NULL},
    VARIABLES(X)
#undef X
};
enum { COUNT = sizeof table / sizeof *table };

static pthread_once_t once = PTHREAD_ONCE_INIT;

static atomic_int exact; /* the value of EXACT: asked for often */

/* A copy that is never freed: someone may still read a value that was replaced. Settings change a few times
 * in a process's life. The list is for leak checkers: it shows them what is kept. */
static char *keep(const char *text) {
    static struct kept {
        struct kept *before;
        char text[];
    } * _Atomic all;
    struct kept *kept = wf_malloc(sizeof *kept + strlen(text) + 1);
    if (!kept) return NULL;
    kept->before = atomic_exchange(&all, kept);
    return strcpy(kept->text, text);
}

static int is_word(const char *text, const char *word) {
    for (; *text && *word; text++, word++)
        if (tolower((unsigned char)*text) != *word) return 0;
    return !*text && !*word;
}

static int64_t number_of(const char *text) {
    if (!text || is_word(text, "off") || is_word(text, "no") || is_word(text, "false")) return 0;
    if (is_word(text, "on") || is_word(text, "yes") || is_word(text, "true")) return 1;
    char *end;
    double value = strtod(text, &end); /* "1.5G" is meant as it looks */
    switch (toupper((unsigned char)*end)) {
    case 'K': value *= 1 << 10; break;
    case 'M': value *= 1 << 20; break;
    case 'G': value *= 1 << 30; break;
    case 'T': value *= (double)(1 << 30) * 1024; break;
    }
    return value >= 9e18 ? INT64_MAX : value > -9e18 ? (int64_t)value : 0;
}

static int exact_setting(void) {
    for (int i = 0; i < COUNT; i++)
        if (!strcmp(table[i].name, "EXACT")) return number_of(table[i].value) != 0;
    return 0;
}

static void read_all(void) {
    for (int i = 0; i < COUNT; i++) {
        char name[64];
        snprintf(name, sizeof name, "WEFT_%s", table[i].name);
        const char *value = getenv(name);
        if (value && *value) table[i].value = keep(value);
    }
    atomic_store(&exact, exact_setting());
}

int wf_exact(void) {
    pthread_once(&once, read_all);
    return atomic_load_explicit(&exact, memory_order_relaxed);
}

static int find(const char *name) {
    pthread_once(&once, read_all);
    for (int i = 0; i < COUNT; i++)
        if (!strcmp(table[i].name, name)) return i;
    return -1;
}

const char *wf_env_text(const char *name) {
    int i = find(name);
    return i < 0 ? NULL : table[i].value ? table[i].value : table[i].fallback;
}

int64_t wf_env_int(const char *name) { return number_of(wf_env_text(name)); }

int wf_env_describe(uint32_t index, wf_env_row *row) {
    pthread_once(&once, read_all);
    if (index >= COUNT) return 0;
    row->name = table[index].name;
    row->value = table[index].value ? table[index].value : table[index].fallback;
    row->fallback = table[index].fallback;
    row->help = table[index].help;
    row->is_set = table[index].value != NULL;
    return 1;
}

wf_status wf_env_set(const char *name, const char *value, wf_error *err) {
    int i = find(name);
    if (i < 0) return wf_fail(err, WF_INVALID, "there is no setting named %s", name);
    char *copy = NULL;
    if (value && !(copy = keep(value))) return wf_fail(err, WF_NOMEM, "out of memory for a setting");
    table[i].value = copy;
    if (!strcmp(name, "DEBUG")) wf_debug_set(copy);
    if (!strcmp(name, "EXACT")) atomic_store(&exact, exact_setting());
    return WF_OK;
}
