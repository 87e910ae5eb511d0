/* fuse/: descriptions of kernels become trees that keep the tree's rules, and say what they should. */
#include "round_trip.h"
#include "fuse/fuse.h"
#include "lang/lang.h"
#include <stdlib.h>
#include <string.h>

static wf_fuse_kernel k;

static void begin(wf_fuse_form form, int rank, int reduced) {
    memset(&k, 0, sizeof k);
    k.form = (uint8_t)form, k.rank = (uint8_t)rank, k.reduced = (uint8_t)reduced;
}

static int operand(wf_operand_kind kind, wf_dtype t, int code) {
    wf_fuse_operand *o = &k.operands[k.operand_count];
    o->kind = (uint8_t)kind, o->dtype = (uint8_t)t;
    memset(o->code, code, sizeof o->code);
    k.values[k.value_count] = (wf_fuse_value){WF_VALUE_OPERAND, (uint8_t)t, 0, 0, {k.operand_count++, 0, 0}};
    return k.value_count++;
}

static int op(wf_ufunc which, wf_dtype loop, wf_dtype out, int a, int b, int c) {
    k.values[k.value_count] = (wf_fuse_value){
        WF_VALUE_OP, (uint8_t)out, (uint8_t)loop, (uint8_t)which, {(uint16_t)a, (uint16_t)b, (uint16_t)c}};
    return k.value_count++;
}

static void output(int value, wf_dtype t, int code) {
    wf_fuse_output *o = &k.outputs[k.output_count++];
    o->value = (uint16_t)value, o->dtype = (uint8_t)t;
    memset(o->code, code, sizeof o->code);
}

/* Builds, checks (the print must read back to an equal tree), and prints; the text must be freed. */
static char *built(const char *what) {
    wf_unit *unit = NULL;
    wf_error err;
    wf_status status = wf_fuse_build(&k, &unit, &err);
    CHECK_MESSAGE(status == WF_OK, "%s: %s", what, err.message);
    if (status) return strdup("");
    check_round_trip(unit, what);
    wf_text text;
    wf_text_init(&text, NULL);
    wf_print_unit(unit, &text);
    char *copy = strdup(text.data ? text.data : "");
    wf_text_free(&text);
    wf_unit_free(unit);
    return copy;
}

static void every_operation(void) {
    for (int o = 0; o < WF_UF_COUNT; o++)
        for (int t = 0; t < WF_DT_COUNT; t++) {
            wf_dtype in[3] = {(wf_dtype)t, (wf_dtype)t, (wf_dtype)t};
            wf_ufunc_types types;
            wf_error err;
            if (wf_ufunc_resolve((wf_ufunc)o, in, NULL, WF_DT_NONE, WF_CASTING_SAME_KIND, &types, &err))
                continue;
            if (!wf_fuse_supports((wf_ufunc)o, types.loop)) continue;
            begin(WF_FORM_ELEMENTS, 1, 0);
            int a[3] = {0, 0, 0};
            for (int i = 0; i < wf_ufuncs[o].inputs; i++)
                a[i] = operand(WF_OPERAND_MEMORY, o == WF_UF_WHERE && !i ? WF_DT_BOOL : types.loop,
                               WF_STRIDE_ONE);
            output(op((wf_ufunc)o, types.loop, types.out, a[0], a[1], a[2]), types.out, WF_STRIDE_ONE);
            char what[64];
            snprintf(what, sizeof what, "%s of %s", wf_ufuncs[o].name, wf_dtype_name((wf_dtype)t));
            free(built(what));
        }
}

static void every_cast(void) {
    for (int from = 0; from < WF_DT_COUNT; from++)
        for (int to = 0; to < WF_DT_COUNT; to++) {
            begin(WF_FORM_ELEMENTS, 1, 0);
            int v = operand(WF_OPERAND_MEMORY, (wf_dtype)from, WF_STRIDE_ONE);
            k.values[k.value_count] = (wf_fuse_value){WF_VALUE_CAST, (uint8_t)to, 0, 0, {(uint16_t)v, 0, 0}};
            output(k.value_count++, (wf_dtype)to, WF_STRIDE_ONE);
            free(built(wf_dtype_name((wf_dtype)to)));
        }
}

static void every_reduction(void) {
    for (int form = WF_FORM_TILE; form <= WF_FORM_ROWS; form++)
        for (int r = 0; r < WF_RED_COUNT; r++)
            for (int t = 0; t < WF_DT_COUNT; t++) {
                wf_reduction_types types;
                wf_error err;
                if (wf_reduction_resolve((wf_reduction)r, (wf_dtype)t, WF_DT_NONE, &types, &err)) continue;
                if (!wf_fuse_supports_reduction((wf_reduction)r, types.acc)) continue;
                begin((wf_fuse_form)form, 2, 2);
                int v = operand(WF_OPERAND_MEMORY, types.acc, WF_STRIDE_VARIES);
                k.reduction = (uint8_t)r, k.acc = (uint8_t)types.acc, k.taken = (uint16_t)v;
                for (uint32_t p = 0; p < wf_reduction_parts((wf_reduction)r); p++)
                    output(0, wf_reduction_part_type((wf_reduction)r, types.acc, p), WF_STRIDE_ONE);
                free(built(wf_reduction_names[r]));
            }
}

static void forms_say_what_they_should(void) {
    begin(WF_FORM_ELEMENTS, 1, 0);
    int a = operand(WF_OPERAND_MEMORY, WF_DT_FLOAT32, WF_STRIDE_ONE),
        b = operand(WF_OPERAND_MEMORY, WF_DT_FLOAT32, WF_STRIDE_ONE);
    int c = operand(WF_OPERAND_SCALAR, WF_DT_FLOAT32, 0);
    int m = op(WF_UF_MULTIPLY, WF_DT_FLOAT32, WF_DT_FLOAT32, a, b, 0);
    int s = op(WF_UF_ADD, WF_DT_FLOAT32, WF_DT_FLOAT32, m, c, 0);
    output(s, WF_DT_FLOAT32, WF_STRIDE_ONE);
    char *text = built("chain");
    CHECK_MESSAGE(strstr(text, "void weft_multiply_add("), "%s", text);
    CHECK(strstr(text, "const float *x0") && strstr(text, "float c2") && strstr(text, "float *out0"));
    CHECK(strstr(text, "__wf_contract(0)") != NULL); /* no contraction in arrays */
    if (getenv("SHOW")) puts(text);
    free(text);
    k.output_count = 0;
    k.form = WF_FORM_TILE, k.rank = 1, k.reduced = 1, k.reduction = WF_RED_SUM, k.acc = WF_DT_FLOAT32,
    k.taken = (uint16_t)s;
    output(0, WF_DT_FLOAT32, WF_STRIDE_ONE);
    text = built("sum");
    CHECK_MESSAGE(strstr(text, "void weft_multiply_add_sum("), "%s", text);
    CHECK(strstr(text, "__shfl_down_sync") != NULL);
    if (getenv("SHOW")) puts(text);
    free(text);
}

static void keys_tell_kernels_apart(void) {
    uint8_t one[4096], two[4096];
    begin(WF_FORM_ELEMENTS, 2, 0);
    int a = operand(WF_OPERAND_MEMORY, WF_DT_INT32, WF_STRIDE_ONE);
    output(op(WF_UF_NEGATIVE, WF_DT_INT32, WF_DT_INT32, a, 0, 0), WF_DT_INT32, WF_STRIDE_ONE);
    size_t n = wf_fuse_key(&k, one, sizeof one);
    CHECK(wf_fuse_key(&k, two, sizeof two) == n && !memcmp(one, two, n));
    k.operands[0].code[1] = WF_STRIDE_VARIES;
    CHECK(wf_fuse_key(&k, two, sizeof two) == n && memcmp(one, two, n));
    k.operands[0].code[1] = WF_STRIDE_ONE, k.operands[0].code[2] = 9; /* past the rank: no part of the key */
    CHECK(wf_fuse_key(&k, two, sizeof two) == n && !memcmp(one, two, n));
    CHECK(wf_fuse_key(&k, two, 4) == n); /* a short buffer is not overrun */
}

int main(void) {
    forms_say_what_they_should();
    every_operation();
    every_cast();
    every_reduction();
    keys_tell_kernels_apart();
    return check_report("fuse");
}
