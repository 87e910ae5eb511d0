/* runtime/env.c: every environment variable of weft, in one table: name, default, what it does.
 *
 * All are read at first use, once; tests and wf.config change them with wf_env_set. Reading is a lock and a
 * search through a dozen names, so whoever asks often keeps the answer. A value that the variable cannot have
 * counts as unset; the row keeps the words for it, which the binding tells at import. */
#include "base/memory.h"
#include "base/system.h"
#include "runtime/inner.h"
#include <ctype.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a value may be. The words after a CHOICE are in `choices`. */
typedef enum value_kind { TEXT, COUNT, BYTES, SWITCH, CHOICE, LADDER } value_kind;

/* clang-format off */
#define VARIABLES(X)                                                                                         \
    X(DEVICE, TEXT, NULL, "default device: cuda, cuda:1, cpu, cpu:2; unset: the first GPU that answers, else cpu") \
    X(CPU_DEVICES, COUNT, "1", "how many CPU devices there are: several let code for several GPUs run without any") \
    X(THREADS, COUNT, "0",                                                                                   \
      "threads of CPU kernels and array loops; 0: one for each processor that this process may use")         \
    X(CACHE_DIR, TEXT, NULL, "folder of the disk cache; unset: $XDG_CACHE_HOME/weft or ~/.cache/weft; off: none") \
    X(CACHE_BYTES, BYTES, "1G", "most bytes of the disk cache (K, M, G); the oldest entries go first")       \
    X(DEBUG, LADDER, NULL,                                                                                   \
      "a number from 1 to 6 (devices, kernels, fusion, source, IR, assembly) and names, as in 2,cache")      \
    X(EAGER, SWITCH, "0", "1: every array operation runs at once")                                           \
    X(SHAREABLE, SWITCH, "0",                                                                                \
      "1: large arrays on a GPU come from memory that other processes can open by its address (cuMemAlloc)")                                           \
    X(EXACT, SWITCH, "0", "1: float32 functions give the correctly rounded result (cr_expf for expf, and so on)") \
    X(FALLBACK, CHOICE, "warn", "a function without a kernel of ours runs through NumPy: warn, silent, or error") \
    X(CUBLAS, TEXT, NULL, "path of the cuBLAS library; unset: looked for; off: none")                        \
    X(CUFFT, TEXT, NULL, "path of the cuFFT library; unset: looked for; off: none")                          \
    X(PROGRESS, CHOICE, "auto", "a line for what takes long: auto (where a terminal or notebook watches), on, off") \
    X(REPRODUCIBLE, SWITCH, "0", "1: matrix products by our own kernels, with the same bits on every device") \
    X(COMPILER, CHOICE, "inside", "where LLVM runs: inside this process, or in a helper: process")           \
    X(CPU, CHOICE, NULL,                                                                                     \
      "level of the instruction set to compile for, when less than the machine's: x86-64, x86-64-v2, -v3")   \
    X(VERIFY_IR, SWITCH, "0", "1: LLVM checks our IR before it compiles it")                                 \
    X(STAGED_AFTER, BYTES, "128M", "pageable copies use pinned slots once they came to so many bytes in a context") \
    X(CUDA_LIBRARY, TEXT, NULL, "path of the CUDA driver library; unset: the system's; off: none")           \
    X(NVRTC, TEXT, NULL,                                                                                     \
      "CUDA C that weft does not take goes through NVRTC on a GPU: unset: where found; a path; off: never")
/* clang-format on */

static const struct {
    const char *name, *words[5];
} choices[] = {
    {"FALLBACK", {"warn", "silent", "error"}},
    {"COMPILER", {"inside", "process"}},
    {"PROGRESS", {"auto", "on", "off"}},
    {"CPU", {"x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4"}},
};

static struct {
    const char *name, *fallback, *help;
    value_kind kind;
    char *value;   /* NULL: not set */
    char *problem; /* what is wrong with the environment's value, which then does not count; else NULL */
} table[] = {
#define X(name, kind, fallback, help) {#name, fallback, help, kind, NULL, NULL},
    VARIABLES(X)
#undef X
};
enum { ROWS = sizeof table / sizeof *table };

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

/* Reads a number or a switch's word; *end: where reading stopped. */
static int64_t read_number(const char *text, const char **end) {
    *end = text + strlen(text);
    if (is_word(text, "off") || is_word(text, "no") || is_word(text, "false")) return 0;
    if (is_word(text, "on") || is_word(text, "yes") || is_word(text, "true")) return 1;
    char *stop;
    double value = strtod(text, &stop), unit = 1; /* "1.5G" is meant as it looks */
    if (stop != text) stop += strspn(stop, " ");
    switch (toupper((unsigned char)*stop)) {
    case 'K': unit = 1 << 10; break;
    case 'M': unit = 1 << 20; break;
    case 'G': unit = 1 << 30; break;
    case 'T': unit = (double)(1 << 30) * 1024; break;
    }
    *end = stop == text ? text : stop + (unit != 1);
    value *= unit;
    return value >= 9e18 ? INT64_MAX : value > -9e18 ? (int64_t)value : 0;
}

static int64_t number_of(const char *text) {
    const char *end;
    return text ? read_number(text, &end) : 0;
}

/* ---- is a value one that the variable can have? ---- */

static wf_status check_choice(int i, const char *value, wf_error *err) {
    char all[200] = "";
    for (size_t c = 0; c < sizeof choices / sizeof *choices; c++)
        if (!strcmp(choices[c].name, table[i].name))
            for (const char *const *word = choices[c].words; *word; word++) {
                if (!strcmp(value, *word)) return WF_OK;
                size_t used = strlen(all);
                snprintf(all + used, sizeof all - used, "%s%s", used ? ", " : "", *word);
            }
    return wf_fail(err, WF_INVALID, "WEFT_%s is one of %s, not '%.60s'", table[i].name, all, value);
}

static wf_status check(int i, const char *value, wf_error *err) {
    const char *end = "", *name = table[i].name;
    int64_t number = 0;
    if (table[i].kind == COUNT || table[i].kind == BYTES || table[i].kind == SWITCH) {
        number = read_number(value, &end);
        while (isspace((unsigned char)*end)) end++;
        if (toupper((unsigned char)*end) == 'B' && table[i].kind == BYTES) end++; /* 1GB */
        if (*end) number = -1;
    }
    switch (table[i].kind) {
    case TEXT: break;
    case COUNT:
        if (number < 0) return wf_fail(err, WF_INVALID, "WEFT_%s is a number, not '%.60s'", name, value);
        break;
    case BYTES:
        if (number < 0)
            return wf_fail(err, WF_INVALID, "WEFT_%s is a number of bytes, such as 64M or 2G, not '%.60s'",
                           name, value);
        break;
    case SWITCH:
        if (number < 0)
            return wf_fail(err, WF_INVALID, "WEFT_%s is a switch, 0 or 1, not '%.60s'", name, value);
        break;
    case CHOICE: return check_choice(i, value, err);
    case LADDER: return wf__debug_check(value, err);
    }
    return WF_OK;
}

static int exact_setting(void) {
    for (int i = 0; i < ROWS; i++)
        if (!strcmp(table[i].name, "EXACT")) return number_of(table[i].value) != 0;
    return 0;
}

static void read_all(void) {
    char value[8192];
    for (int i = 0; i < ROWS; i++) {
        char name[64];
        snprintf(name, sizeof name, "WEFT_%s", table[i].name);
        if (!wf_environment(name, value, sizeof value) || !*value) continue;
        wf_error err;
        if (check(i, value, &err) == WF_OK) table[i].value = keep(value);
        else table[i].problem = keep(err.message);
    }
    atomic_store(&exact, exact_setting());
}

int wf_exact(void) {
    pthread_once(&once, read_all);
    return atomic_load_explicit(&exact, memory_order_relaxed);
}

static int find(const char *name) {
    pthread_once(&once, read_all);
    for (int i = 0; i < ROWS; i++)
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
    if (index >= ROWS) return 0;
    row->name = table[index].name;
    row->value = table[index].value ? table[index].value : table[index].fallback;
    row->fallback = table[index].fallback;
    row->help = table[index].help;
    row->is_set = table[index].value != NULL;
    row->problem = table[index].problem;
    return 1;
}

wf_status wf_env_set(const char *name, const char *value, wf_error *err) {
    int i = find(name);
    if (i < 0) return wf_fail(err, WF_INVALID, "there is no setting named %s", name);
    char *copy = NULL;
    wf_status status = value && *value ? check(i, value, err) : WF_OK;
    if (status) return status;
    if (value && !(copy = keep(value))) return wf_fail(err, WF_NOMEM, "out of memory for a setting");
    table[i].value = copy;
    if (!strcmp(name, "DEBUG")) wf_debug_set(copy);
    if (!strcmp(name, "EXACT")) atomic_store(&exact, exact_setting());
    return WF_OK;
}
