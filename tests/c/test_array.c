/* array/: dtypes and numbers, views, recording and evaluating on a CPU device with the ready-made loops,
 * writes that overlap, and what happens when the nth allocation fails. */
#include "array/array.h"
#include "base/memory.h"
#include "check.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static wf_context *context;

static void numbers(void) {
    CHECK(wf_half_from_double(65504) == 0x7bff && wf_half_from_double(65520) == 0x7c00 &&
          wf_half_from_double(65519.99) == 0x7bff);
    CHECK(wf_half_from_double(0x1p-24) == 1 && wf_half_from_double(0x1p-25) == 0 &&
          wf_half_from_double(0x1.8p-25) == 1);
    CHECK(wf_half_from_double(-0.0) == 0x8000 && wf_half_from_double(1) == 0x3c00);
    for (uint32_t bits = 0; bits < 65536; bits++) {
        float h = wf_half_to_float((uint16_t)bits), b = wf_bfloat_to_float((uint16_t)bits);
        CHECK(isnan(h) || wf_half_from_double(h) == bits);
        CHECK(isnan(b) || wf_bfloat_from_double(b) == bits);
    }
    wf_number n = {'f', -1.5, 0, 0}, big = {'f', 1e300, 0, 0}, nan_ = {'f', NAN, 0, 0}, i = {'i', 0, 0, 300};
    CHECK(wf_number_cast(n, WF_DT_INT32).i == -1 && wf_number_cast(n, WF_DT_UINT8).i == 0);
    CHECK(wf_number_cast(big, WF_DT_INT64).i == INT64_MAX && wf_number_cast(big, WF_DT_INT8).i == 127);
    CHECK(wf_number_cast(nan_, WF_DT_INT64).i == 0 && isinf(wf_number_cast(big, WF_DT_FLOAT32).re));
    CHECK(wf_number_cast(i, WF_DT_UINT8).i == 44 && !wf_number_fits(i, WF_DT_UINT8) &&
          wf_number_fits(i, WF_DT_INT16));
    for (int t = 0; t < WF_DT_COUNT; t++) {
        unsigned char element[16];
        wf_number one = {'i', 0, 0, 1};
        wf_number_store(one, (wf_dtype)t, element);
        wf_number back = wf_number_load(element, (wf_dtype)t);
        CHECK(back.kind == wf_dtype_kind((wf_dtype)t) && (back.i == 1 || back.re == 1));
    }
}

static wf_operand of(wf_array *a) { return (wf_operand){.array = a}; }
static wf_operand real(double value) {
    return (wf_operand){.number = {'f', value, 0, 0}, .dtype = WF_DT_FLOAT64, .weak = WF_WEAK_FLOAT};
}

static wf_status binary(wf_ufunc op, wf_operand a, wf_operand b, wf_array **out, wf_error *err) {
    wf_operand args[2] = {a, b};
    wf_ufunc_options options = {.dtype = WF_DT_NONE, .casting = WF_CASTING_SAME_KIND, .context = context};
    return wf_array_ufunc(op, args, &options, out, err);
}

enum { STEPS = 12 };
/* One program over the whole of the room; result: 6 numbers. Every failure ends it with everything released.
 */
static wf_status program(double *result, wf_error *err) {
    wf_array *a[STEPS] = {NULL};
    int64_t shape[2] = {4, 6}, row[1] = {6};
    float host[24];
    for (int i = 0; i < 24; i++) host[i] = (float)i;
    wf_number zero = {'i', 0, 0, 0}, step = {'f', 0.5, 0, 0};
    wf_reduce_options o = {.axes = 1, .dtype = WF_DT_NONE}, all = {.axes = 3, .dtype = WF_DT_NONE};
    wf_operand value;
    wf_status s = wf_array_from_host(context, WF_DT_FLOAT32, 2, shape, NULL, host, &a[0], err);
    if (!s) s = wf_array_arange(context, WF_DT_FLOAT64, 6, zero, step, &a[1], err);
    if (!s) s = binary(WF_UF_ADD, of(a[0]), of(a[1]), &a[2], err); /* float64 */
    if (!s) s = binary(WF_UF_MULTIPLY, of(a[2]), real(2), &a[3], err);
    if (!s) s = wf_array_transpose(a[3], NULL, &a[4], err);
    if (!s) s = wf_array_reduce(WF_RED_SUM, a[4], &o, &a[5], err);                         /* over the 6 */
    if (!s) s = wf_array_view(a[0], WF_DT_FLOAT32, 1, row, &(int64_t){4}, 24, &a[6], err); /* second row */
    value = real(-1);
    if (!s) s = wf_array_assign(a[6], &value, NULL, err);
    if (!s) s = wf_array_view(a[0], WF_DT_FLOAT32, 1, &(int64_t){5}, &(int64_t){4}, 4, &a[7], err); /* 1..5 */
    if (!s) s = wf_array_view(a[0], WF_DT_FLOAT32, 1, &(int64_t){5}, &(int64_t){4}, 0, &a[8], err); /* 0..4 */
    value = of(a[8]);
    if (!s) s = wf_array_assign(a[7], &value, NULL, err); /* overlaps */
    if (!s) s = wf_array_copy(a[0], &a[9], err);
    value = real(7);
    if (!s) s = wf_array_assign(a[6], &value, NULL, err); /* the copy keeps the old row */
    if (!s) s = wf_array_reduce(WF_RED_SUM, a[9], &all, &a[10], err);
    if (!s) s = wf_array_reshape(a[4], 2, (int64_t[]){2, -1}, 0, &a[11], NULL, err);
    double columns[4];
    wf_number sum;
    if (!s) s = wf_array_to_host(a[5], columns, err);
    if (!s) s = wf_array_item(a[10], &sum, err);
    if (!s) s = wf_array_to_host(a[0], host, err);
    if (!s) memcpy(result, columns, sizeof columns), result[4] = sum.re, result[5] = host[5] + 100 * host[6];
    for (int i = 0; i < STEPS; i++) wf_array_release(a[i]);
    return s;
}

static void runs(void) {
    double r[6];
    wf_error err;
    wf_status s = program(r, &err);
    CHECK_MESSAGE(!s, "%s", err.message);
    if (s) return;
    /* rows of (i + 0.5 j) * 2 summed over j */
    CHECK(r[0] == 45 && r[1] == 117 && r[2] == 189 && r[3] == 261);
    /* 0 0 1 2 3 4, six times -1, 12 … 23 */
    CHECK(r[4] == 10 - 6 + 210);
    CHECK(r[5] == 4 + 700);
}

/* For every n: the nth allocation fails, all after it succeed; the program says so or gets by, and is right
 * later. */
static void survives_failing_allocations(void) {
    double r[6];
    wf_error err;
    size_t tried = 0; /* most failures are got by: what evaluate_all cannot compute is computed later */
    for (size_t n = 1; n < 400; n++, tried++) {
        wf_memory_fail_at(n, 0);
        wf_status s = program(r, &err);
        size_t made = wf_memory_fail_at(0, 0);
        CHECK_MESSAGE(s == WF_OK || s == WF_NOMEM, "allocation %zu: %s", n, err.message);
        if (s == WF_OK) CHECK(r[0] == 45 && r[4] == 214 && r[5] == 704);
        if (s == WF_OK && made < n) break;
    }
    CHECK(tried > 5);
    wf_memory_fail_at(1, 1); /* and every one after it */
    CHECK(program(r, &err) == WF_NOMEM);
    wf_memory_fail_at(0, 0);
    runs();
}

static void says_what_is_wrong(void) {
    wf_array *a = NULL, *b = NULL, *out = NULL;
    wf_error err;
    int64_t two[2] = {3, 4}, one[1] = {5};
    wf_number zero = {'i', 0, 0, 0};
    CHECK(!wf_array_full(context, WF_DT_FLOAT32, 2, two, zero, &a, &err) &&
          !wf_array_full(context, WF_DT_BOOL, 1, one, zero, &b, &err));
    CHECK(binary(WF_UF_ADD, of(a), of(b), &out, &err) == WF_INVALID && strstr(err.message, "(3,4)") &&
          strstr(err.message, "(5,)"));
    CHECK(binary(WF_UF_SUBTRACT, of(b), of(b), &out, &err) == WF_TYPE);
    CHECK(wf_array_reshape(a, 1, (int64_t[]){5}, 0, &out, NULL, &err) == WF_INVALID);
    CHECK(wf_array_broadcast_to(a, 1, one, &out, &err) == WF_INVALID);
    CHECK(wf_array_full(context, WF_DT_FLOAT64, 2, (int64_t[]){1ll << 40, 1ll << 40}, zero, &out, &err) ==
          WF_INVALID);
    wf_array_release(a);
    wf_array_release(b);
}

static void graphs_stay_small(void) {
    wf_array *x, *next;
    wf_error err;
    wf_number zero = {'i', 0, 0, 0}, got;
    int64_t shape[1] = {1};
    wf_array_stats before, after;
    CHECK(!wf_array_full(context, WF_DT_FLOAT64, 1, shape, zero, &x, &err));
    wf_array_stats_of(&before);
    for (int i = 0; i < 10000; i++) {
        if (binary(WF_UF_ADD, of(x), i % 2 ? of(x) : real(1), &next, &err)) break;
        wf_array_release(x);
        x = next;
        if (i % 20 == 19) {
            wf_array *smaller;
            if (binary(WF_UF_MULTIPLY, of(x), real(1.0 / 4096), &smaller, &err)) break;
            wf_array_release(x);
            x = smaller;
        }
    }
    CHECK(!wf_array_item(x, &got, &err) && got.re > 0 && got.re < 1);
    wf_array_stats_of(&after);
    CHECK(after.loops - before.loops > 100 && after.loops - before.loops < 2000);
    wf_array_release(x);
}

int main(void) {
    wf_device *device;
    wf_error err;
    wf_array_set_policy(WF_POLICY_LOOPS);
    CHECK(wf_device_by_name("cpu", &device, &err) == WF_OK &&
          wf_context_primary(device, &context, &err) == WF_OK);
    if (!context) return check_report("array");
    wf_graph_enter();
    numbers();
    runs();
    says_what_is_wrong();
    graphs_stay_small();
    survives_failing_allocations();
    wf_graph_leave();
    return check_report("array");
}
