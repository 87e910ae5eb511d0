/* array/describe.c: what a kernel of the lazy graph does, as one line of JSON, for wf.explain and for people.
 *
 * {"kernel": name, "form": "elements" | "tiles" | "rows", "extent": […], "reduced": how many of them, the
 * last, "operands": [{"kind": "array" | "index" | "number", "dtype", "bytes" (read at least), "value"
 * (numbers)}], "steps": [{"op", "dtype", "args": [value, …]}], "outputs": [{"value", "dtype", "bytes"}],
 * "reduction": name}
 *
 * A value is a number: operands come first, in their order, then the steps. Nothing in it needs escaping:
 * names are ours. Bytes count each element once however often it is broadcast; what a cache saves or a stride
 * wastes is not known here. */
#include "array/inner.h"
#include <math.h>
#include <string.h>

static const char *const form_names[] = {"elements", "tiles", "rows"};
_Static_assert(sizeof form_names / sizeof *form_names == WF_FORM_ROWS + 1, "a name for each form");

/* Elements of an operand or output: the extents along which it moves. */
static int64_t elements(const launch_plan *plan, const uint8_t *code, int dims) {
    int64_t n = 1;
    for (int d = 0; d < dims; d++)
        if (code[d] != WF_STRIDE_ZERO) n *= plan->extent[d];
    return n;
}

static void describe_number(wf_number n, wf_dtype t, wf_text *text) {
    double value = wf_dtype_is_complex(t) || wf_fuse_scalar_form(t) != WF_SCALAR_INT ? n.re : (double)n.i;
    if (!isfinite(value) || wf_dtype_is_complex(t)) wf_text_puts(text, "null");
    else wf_text_printf(text, "%.9g", value);
}

static int64_t operand_bytes(const launch_plan *plan, int i) {
    const wf_fuse_operand *o = &plan->k.operands[i];
    if (o->kind != WF_OPERAND_MEMORY) return 0;
    return elements(plan, o->code, plan->k.rank + plan->k.reduced) *
           (int64_t)wf_dtype_size((wf_dtype)o->dtype);
}

static int64_t output_bytes(const launch_plan *plan, int i) {
    const wf_fuse_kernel *k = &plan->k;
    const wf_fuse_output *o = &k->outputs[i];
    int64_t count = k->form == WF_FORM_ELEMENTS ? elements(plan, o->code, k->rank) : plan->pieces;
    for (int d = 0; k->form != WF_FORM_ELEMENTS && d < k->rank; d++) count *= plan->extent[d];
    return count * (int64_t)wf_dtype_size((wf_dtype)o->dtype);
}

plan_work plan_work_of(const launch_plan *plan) {
    const wf_fuse_kernel *k = &plan->k;
    plan_work work = {0, 0, 0};
    int64_t size = 1, steps = k->form != WF_FORM_ELEMENTS;
    for (int i = 0; i < k->operand_count; i++) work.bytes += (uint64_t)operand_bytes(plan, i);
    for (int i = 0; i < k->output_count; i++) work.bytes += (uint64_t)output_bytes(plan, i);
    for (int d = 0; d < k->rank + k->reduced; d++) size *= plan->extent[d];
    for (int v = 0; v < k->value_count; v++) {
        if (k->values[v].kind != WF_VALUE_OP) continue;
        steps++;
        work.doubles |= k->values[v].loop == WF_DT_FLOAT64 || k->values[v].loop == WF_DT_COMPLEX128;
    }
    work.operations = (uint64_t)(steps * size);
    return work;
}

static void describe_operand(const launch_plan *plan, int i, wf_text *text) {
    static const char *const kinds[] = {"array", "index", "number"};
    const wf_fuse_kernel *k = &plan->k;
    const wf_fuse_operand *o = &k->operands[i];
    wf_dtype t = (wf_dtype)o->dtype;
    wf_text_printf(text, "%s{\"kind\": \"%s\", \"dtype\": \"%s\", \"bytes\": %lld", i ? ", " : "",
                   kinds[o->kind], wf_dtype_name(t), (long long)operand_bytes(plan, i));
    if (o->kind == WF_OPERAND_SCALAR) {
        wf_text_puts(text, ", \"value\": ");
        describe_number(plan->operands[i].number, t, text);
    }
    wf_text_putc(text, '}');
}

/* The number that a value has for the reader: its operand's, or its place among the steps after them. */
static int shown(const wf_fuse_kernel *k, int value) {
    if (k->values[value].kind == WF_VALUE_OPERAND) return k->values[value].args[0];
    int steps = 0;
    for (int v = 0; v < value; v++) steps += k->values[v].kind != WF_VALUE_OPERAND;
    return k->operand_count + steps;
}

static void describe_steps(const wf_fuse_kernel *k, wf_text *text) {
    int first = 1;
    for (int v = 0; v < k->value_count; v++) {
        const wf_fuse_value *value = &k->values[v];
        if (value->kind == WF_VALUE_OPERAND) continue;
        int inputs = value->kind == WF_VALUE_CAST ? 1 : wf_ufuncs[value->op].inputs;
        wf_text_printf(text, "%s{\"op\": \"%s\", \"dtype\": \"%s\", \"args\": [", first ? "" : ", ",
                       value->kind == WF_VALUE_CAST ? "cast" : wf_ufuncs[value->op].name,
                       wf_dtype_name((wf_dtype)value->dtype));
        for (int a = 0; a < inputs; a++)
            wf_text_printf(text, "%s%d", a ? ", " : "", shown(k, value->args[a]));
        wf_text_puts(text, "]}");
        first = 0;
    }
}

void plan_describe(const launch_plan *plan, const char *name, wf_text *text) {
    const wf_fuse_kernel *k = &plan->k;
    int dims = k->rank + k->reduced;
    wf_text_printf(text, "{\"kernel\": \"%s\", \"form\": \"%s\", \"reduced\": %d, \"extent\": [", name,
                   form_names[k->form], k->reduced);
    for (int d = 0; d < dims; d++) wf_text_printf(text, "%s%lld", d ? ", " : "", (long long)plan->extent[d]);
    wf_text_puts(text, "], \"operands\": [");
    for (int i = 0; i < k->operand_count; i++) describe_operand(plan, i, text);
    wf_text_puts(text, "], \"steps\": [");
    describe_steps(k, text);
    wf_text_puts(text, "], \"outputs\": [");
    for (int i = 0; i < k->output_count; i++) {
        const wf_fuse_output *o = &k->outputs[i];
        wf_text_printf(text, "%s{\"value\": %d, \"dtype\": \"%s\", \"bytes\": %lld}", i ? ", " : "",
                       shown(k, k->form == WF_FORM_ELEMENTS ? o->value : k->taken),
                       wf_dtype_name((wf_dtype)o->dtype), (long long)output_bytes(plan, i));
    }
    wf_text_printf(text, "], \"reduction\": %s%s%s}", k->form == WF_FORM_ELEMENTS ? "" : "\"",
                   k->form == WF_FORM_ELEMENTS ? "null" : wf_reduction_names[k->reduction],
                   k->form == WF_FORM_ELEMENTS ? "" : "\"");
}
