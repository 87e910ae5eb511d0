/* test_format.c: wf_format() gives what vsnprintf() gives, whatever the room. */
#include "base/format.h"
#include "check.h"
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 1, 2))) static int same(const char *format, ...) {
    int good = 1;
    for (size_t room = 0; room < 200; room++) {
        char a[256], b[256];
        va_list args, again;
        memset(a, 'x', sizeof a);
        memset(b, 'x', sizeof b);
        va_start(args, format);
        va_copy(again, args);
        int length = vsnprintf(a, room, format, args);
        good &= length == wf_format(b, room, format, again);
        good &= !memcmp(a, b, room < (size_t)length + 1 ? room : (size_t)length + 1);
        good &= b[room] == 'x'; /* nothing behind the room */
        va_end(again);
        va_end(args);
    }
    return good;
}

static void test_simple(void) {
    CHECK(same("%s", ""));
    CHECK(same("plain, 100%%"));
    CHECK(same(" %s = add <%u x %s> %s, %s", "%v12", 16u, "i32", "%a", "%b"));
    CHECK(same("%d %d %d %i", 0, INT_MIN, INT_MAX, -7));
    CHECK(same("%u %u", 0u, UINT_MAX));
    CHECK(same("%lld %lld %llu", LLONG_MIN, LLONG_MAX, ULLONG_MAX));
    CHECK(same("%ld %lu %zu", -5L, 6UL, (size_t)SIZE_MAX));
    CHECK(same("%c%c|%.*s|%.*s", 'a', '%', 3, "abcdef", 9, "abc"));
}

static void test_others(void) {
    CHECK(same("%5d|%-8s|%02X|%g|%s", 42, "ab", 10u, 1.5, "after"));
    CHECK(same("%s then %.17g and %llx", "text", 0.1, 255ULL));
    CHECK(same("%.*s", -1, "all"));
}

int main(void) {
    test_simple();
    test_others();
    return check_report("test_format");
}
