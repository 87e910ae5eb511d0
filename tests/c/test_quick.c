/* test_quick.c: sorting in vector registers, of both widths and instruction sets, against the C library's
 * qsort: every short length, duplicates, limits, nothing written outside; and selection. */
#include "bulk/quick.h"
#include "check.h"
#include <stdlib.h>
#include <string.h>

enum { MOST = 20000, GUARD = 64 };

static uint64_t state = 88172645463325252u;
static uint64_t draw(void) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state;
}

static int compare32(const void *x, const void *y) {
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}
static int compare64(const void *x, const void *y) {
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return a < b ? -1 : a > b;
}

/* Keys of a kind: any, few, many equal to the least or the greatest, ascending, descending. */
static uint64_t key_of(int kind, int64_t i, int64_t n) {
    switch (kind) {
    case 0: return draw();
    case 1: return draw() % 7;
    case 2: return draw() % 5 ? 0 : draw();
    case 3: return draw() % 5 ? ~UINT64_C(0) : draw();
    case 4: return (uint64_t)i;
    default: return (uint64_t)(n - i);
    }
}

static void check_sort(const bulk_quick *engine, int width, int64_t n, int kind) {
    static char keys[MOST * 8 + GUARD], expected[MOST * 8 + GUARD];
    size_t size = (size_t)(n * width);
    for (int64_t i = 0; i < n; i++) {
        uint64_t key = key_of(kind, i, n);
        memcpy(keys + i * width, &key, (size_t)width);
    }
    memset(keys + size, 0x5a, GUARD);
    memcpy(expected, keys, size + GUARD);
    qsort(expected, (size_t)n, (size_t)width, width == 4 ? compare32 : compare64);
    int64_t wanted[3] = {n / 7, n / 2, n - 1};
    if (draw() % 4 || !n) {
        engine->sort(keys, n, 0, NULL, 0, 0);
        CHECK_MESSAGE(!memcmp(keys, expected, size + GUARD), "width %d, %d keys of kind %d", width, (int)n,
                      kind);
        return;
    }
    engine->sort(keys, n, 0, wanted, 3, 0);
    for (int k = 0; k < 3; k++)
        CHECK_MESSAGE(!memcmp(keys + wanted[k] * width, expected + wanted[k] * width, (size_t)width),
                      "selection, width %d, place %d of %d keys of kind %d", width, (int)wanted[k], (int)n,
                      kind);
    CHECK(!memcmp(keys + size, expected + size, GUARD));
}

int main(void) {
    int engines = 0;
    for (int bits = 256; bits <= 512; bits *= 2)
        for (int width = 4; width <= 8; width += 4) {
            const bulk_quick *engine = bulk_quick_of(width, bits);
            if (!engine) continue;
            engines++;
            for (int64_t n = 0; n < 600; n++) check_sort(engine, width, n, (int)(n % 6));
            for (int i = 0; i < 120; i++) check_sort(engine, width, (int64_t)(draw() % MOST), i % 6);
        }
    CHECK(engines || !bulk_quick_for(4));
    return check_report("quick");
}
