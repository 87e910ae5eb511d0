/* runtime/debug.c: WEFT_DEBUG. One mask of categories; a line goes to the hook, or to stderr. */
#include "runtime/inner.h"
#include <ctype.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"device", "kernel", "optimise", "source", "ir",     "assembly",
                                    "memory", "cache",  "refs",     "driver", "stream", "compiler"};
_Static_assert(sizeof names / sizeof *names == WF_DEBUG_COUNT, "a name for each category");
enum { LADDER = WF_DEBUG_ASSEMBLY + 1 };

static atomic_uint mask;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static wf_hook hook;

static unsigned parse(const char *setting) {
    unsigned found = 0;
    for (const char *at = setting ? setting : ""; *at;) {
        size_t length = strcspn(at, ", ");
        if (isdigit((unsigned char)*at)) {
            int steps = atoi(at);
            found |= (1u << (steps > LADDER ? LADDER : steps)) - 1;
        }
        for (int i = 0; i < WF_DEBUG_COUNT; i++)
            if (strlen(names[i]) == length && !strncmp(names[i], at, length)) found |= 1u << i;
        at += length;
        at += strspn(at, ", ");
    }
    return found;
}

/* The first word that is neither a number nor a category is told, with all that there are. */
wf_status wf__debug_check(const char *setting, wf_error *err) {
    for (const char *at = setting; *at;) {
        size_t length = strcspn(at, ", "), digits = strspn(at, "0123456789");
        int known = digits == length;
        for (int i = 0; i < WF_DEBUG_COUNT && !known; i++)
            known = strlen(names[i]) == length && !strncmp(names[i], at, length);
        if (!known) {
            char all[200] = "";
            for (int i = 0; i < WF_DEBUG_COUNT; i++) {
                size_t used = strlen(all);
                snprintf(all + used, sizeof all - used, "%s%s", i ? ", " : "", names[i]);
            }
            return wf_fail(err, WF_INVALID,
                           "WEFT_DEBUG knows no '%.*s'; it takes a number from 0 to %d and %s",
                           (int)(length < 60 ? length : 60), at, LADDER, all);
        }
        at += length;
        at += strspn(at, ", ");
    }
    return WF_OK;
}

static void read_setting(void) { atomic_store(&mask, parse(wf_env_text("DEBUG"))); }

void wf_debug_set(const char *setting) {
    pthread_once(&once, read_setting);
    atomic_store(&mask, parse(setting));
}

int wf_debug_on(wf_debug_category category) {
    /* The mask is read from the environment by the first call of anything in runtime/, through
     * wf_runtime_init. */
    return (atomic_load_explicit(&mask, memory_order_relaxed) >> category) & 1;
}

void wf__debug_init(void) { pthread_once(&once, read_setting); }

void wf_set_debug_hook(void (*call)(void *, wf_debug_category, const char *), void *user) {
    wf__hook_set(&hook, (void (*)(void))call, user);
}

/* A pair of pointers that is read without a lock: fork() may come at any time. The pair before is not freed:
 * someone may be reading it, and hooks are set a few times in a process's life. */
void wf__hook_set(wf_hook *h, void (*call)(void), void *user) {
    struct wf_hook_pair *pair = call ? malloc(sizeof *pair) : NULL;
    static struct wf_hook_pair *_Atomic all; /* so that leak checkers see what is kept */
    if (pair) *pair = (struct wf_hook_pair){call, user, atomic_load(&all)};
    if (pair) atomic_store(&all, pair);
    atomic_store(h, pair);
}

void (*wf__hook_get(wf_hook *h, void **user))(void) {
    struct wf_hook_pair *pair = atomic_load(h);
    *user = pair ? pair->user : NULL;
    return pair ? pair->call : NULL;
}

void wf_debug(wf_debug_category category, const char *format, ...) {
    if (!wf_debug_on(category)) return;
    char small[512], *text = small;
    va_list args;
    va_start(args, format);
    int length = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (length >= (int)sizeof small && (text = malloc((size_t)length + 1))) {
        va_start(args, format);
        vsnprintf(text, (size_t)length + 1, format, args);
        va_end(args);
    }
    if (!text) text = small;
    void *user;
    void (*call)(void *, wf_debug_category, const char *) =
        (void (*)(void *, wf_debug_category, const char *))wf__hook_get(&hook, &user);
    if (call) call(user, category, text);
    else fprintf(stderr, "weft %s: %s\n", names[category], text);
    if (text != small) free(text);
}
