/* check.h: what a C test needs and no more.
 *
 * CHECK counts a failure, prints where and what, and goes on; main ends with `return check_report("name");`,
 * which prints how many checks ran and gives ctest a non-zero status if one failed (or if none ran: such a
 * test tests nothing). */
#ifndef WF_TESTS_CHECK_H
#define WF_TESTS_CHECK_H
#include <stdio.h>

static int check_count, check_failures;

#define CHECK(condition)                                                                                     \
    do {                                                                                                     \
        check_count++;                                                                                       \
        if (!(condition)) {                                                                                  \
            check_failures++;                                                                                \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);                          \
        }                                                                                                    \
    } while (0)

#define CHECK_MESSAGE(condition, ...)                                                                        \
    do {                                                                                                     \
        check_count++;                                                                                       \
        if (!(condition)) {                                                                                  \
            check_failures++;                                                                                \
            fprintf(stderr, "%s:%d: failed: %s: ", __FILE__, __LINE__, #condition);                          \
            fprintf(stderr, __VA_ARGS__);                                                                    \
            fputc('\n', stderr);                                                                             \
        }                                                                                                    \
    } while (0)

static inline int check_report(const char *name) {
    printf("%s: %d checks, %d failed\n", name, check_count, check_failures);
    return check_failures != 0 || check_count == 0;
}
#endif
