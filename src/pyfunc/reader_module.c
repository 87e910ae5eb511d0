/* pyfunc/reader_module.c: whole functions, the ones that they call, and those that are asked for while
 * compiling. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include "pyfunc/reader_inner.h"
#include "base/memory.h"
#include <string.h>

/* ---- functions --------------------------------------------------------------------------------------------
 */

static const char **read_names(reader *r, PyObject *names, uint32_t *count) {
    *count = names && PyList_Check(names) ? (uint32_t)PyList_GET_SIZE(names) : 0;
    const char **out = WF_NEW_ARRAY(&r->module->arena, const char *, *count + 1);
    for (uint32_t i = 0; i < *count; i++) out[i] = wf__copy_text(r, PyList_GET_ITEM(names, i));
    return out;
}

static void read_source_text(reader *r, wf_pf_function *f, uint32_t index) {
    wf_source *source = &r->module->sources[index];
    PyObject *text = wf__field(r, r->source, "text");
    source->name = wf__copy_text(r, wf__field(r, r->source, "filename"));
    source->text = wf__copy_text(r, text);
    source->length = strlen(source->text);
    source->first_line = (uint32_t)wf__int_field(r, r->source, "first_line");
    f->file = (uint16_t)(index + 1);
}

static void read_defaults(reader *r, wf_pf_function *f) {
    PyObject *defaults = wf__field(r, r->source, "defaults");
    const wf_pf_value **values = WF_NEW_ARRAY(&r->module->arena, const wf_pf_value *, f->param_count + 1);
    for (uint32_t i = 0; defaults && i < f->param_count && (Py_ssize_t)i < PyTuple_GET_SIZE(defaults); i++) {
        PyObject *entry = PyTuple_GET_ITEM(defaults, i);
        if (PyTuple_GET_SIZE(entry)) values[i] = wf__read_value(r, PyTuple_GET_ITEM(entry, 0), 1);
    }
    f->defaults = values;
}

static int read_locals(reader *r, wf_pf_function *f) {
    uint32_t known;
    f->names = read_names(r, wf__field(r, r->source, "locals"), &f->local_count);
    f->known = read_names(r, wf__field(r, r->source, "known"), &known);
    f->param_count = (uint32_t)wf__int_field(r, r->source, "param_count");
    r->locals = PyDict_New();
    for (uint32_t i = 0; r->locals && i < f->local_count; i++) {
        PyObject *index = PyLong_FromUnsignedLong(i);
        if (!index || PyDict_SetItemString(r->locals, f->names[i], index) < 0) r->failed = 1;
        Py_XDECREF(index);
    }
    return r->locals && !r->failed;
}

static void read_function(reader *r, uint32_t index) {
    wf_pf_module *m = r->module;
    wf_pf_function *f = WF_NEW(&m->arena, wf_pf_function);
    r->function = f;
    r->source = PyList_GET_ITEM(r->queue, index);
    r->line_shift = wf__int_field(r, r->source, "shift");
    f->index = index;
    f->name = wf__copy_text(r, wf__field(r, r->source, "name"));
    f->fastmath = (int)wf__int_field(r, r->source, "fastmath");
    f->trusted = (int)wf__int_field(r, r->source, "trusted");
    f->cold = (int)wf__int_field(r, r->source, "cold");
    f->star = (int)wf__int_field(r, r->source, "star");
    f->generator = (int)wf__int_field(r, r->source, "generator");
    f->signature = wf__copy_text(r, wf__field(r, r->source, "signature"));
    read_source_text(r, f, index);
    PyObject *node = wf__field(r, r->source, "node");
    if (node && read_locals(r, f)) {
        f->at = wf__place_of(r, node);
        f->at.length = 1;
        read_defaults(r, f);
        PyObject *body = wf__field(r, node, "body");
        if (f->generator) f->body = wf__new_stmt(r, WF_PF_PASS, node); /* only its steps are compiled */
        else if (body && PyList_Check(body)) f->body = wf__read_body(r, body);
        else if (body) { /* a lambda: its expression is returned */
            f->body = wf__new_stmt(r, WF_PF_RETURN, body);
            f->body->value = wf__read_expr(r, body);
        }
    }
    Py_CLEAR(r->locals);
    if (m->last) m->last->next = f;
    else m->functions = f;
    m->last = f;
    m->function_count++;
}

/* Functions are named by index while reading; now that all are there the pointers are set. */
static void link_value(wf_pf_function **table, uint32_t count, wf_pf_value *value) {
    if (value->kind == WF_PF_V_FUNCTION && (uint64_t)value->i < count) value->function = table[value->i];
    for (uint32_t i = 0; value->kind == WF_PF_V_TUPLE && i < value->count; i++)
        link_value(table, count, (wf_pf_value *)&value->items[i]);
}

static void link_body(wf_pf_function **table, uint32_t count, wf_pf_stmt *s);

static void link_expr(wf_pf_function **table, uint32_t count, wf_pf_expr *e) {
    if (!e) return;
    if (e->kind == WF_PF_CONST && e->value) link_value(table, count, (wf_pf_value *)e->value);
    link_expr(table, count, e->a);
    link_expr(table, count, e->b);
    link_expr(table, count, e->c);
    for (uint32_t i = 0; i < e->count; i++) link_expr(table, count, e->items[i]);
    if (e->body) link_body(table, count, e->body);
}

static void link_body(wf_pf_function **table, uint32_t count, wf_pf_stmt *s) {
    for (; s; s = s->next) {
        link_expr(table, count, s->value);
        for (uint32_t i = 0; i < s->target_count; i++) link_expr(table, count, s->targets[i]);
        link_body(table, count, s->body);
        link_body(table, count, s->other);
    }
}

static void link_functions(wf_pf_module *m) {
    wf_pf_function **table = WF_NEW_ARRAY(&m->arena, wf_pf_function *, m->function_count + 1);
    for (wf_pf_function *f = m->functions; f; f = f->next) table[f->index] = f;
    for (wf_pf_function *f = m->functions; f; f = f->next) link_body(table, m->function_count, f->body);
}

enum { FUNCTIONS_MAX = 1000, MODULE_BYTES_MAX = 64 << 20 };

/* The functions that wait in the queue. */
static void read_all(reader *r) {
    for (uint32_t i = r->module->function_count; !r->failed && (Py_ssize_t)i < PyList_GET_SIZE(r->queue);
         i++) {
        if (i >= FUNCTIONS_MAX) {
            PyErr_Format(PyExc_RuntimeError, "a kernel that calls more than %d functions", FUNCTIONS_MAX);
            r->failed = 1;
            break;
        }
        read_function(r, i);
    }
    r->module->source_count = r->module->function_count;
    if (!r->failed) link_functions(r->module);
}

/* Runs `what` of a reader over the module; 0 with an exception when it failed. */
static int reading(wf_pf_module *m, PyObject *source, void (*what)(reader *, void *), void *data) {
    reader *r = wf_calloc(1, sizeof *r);
    jmp_buf out_of_memory, *outer = m->arena.on_failure;
    if (!r) {
        PyErr_NoMemory();
        return 0;
    }
    r->module = m;
    r->seen = m->seen;
    r->queue = m->queue;
    r->source = source;
    m->arena.on_failure = &out_of_memory;
    if (setjmp(out_of_memory)) {
        PyErr_NoMemory();
        r->failed = 1;
    } else what(r, data);
    m->arena.on_failure = outer;
    int good = !r->failed && !r->error[0] && !PyErr_Occurred();
    Py_XDECREF(r->locals);
    if (r->error[0]) PyErr_Restore(r->error[0], r->error[1], r->error[2]);
    wf_free(r);
    if (!good && !PyErr_Occurred())
        PyErr_SetString(PyExc_RuntimeError, "the function's syntax tree could not be read");
    return good;
}

static void let_go(wf_pf_module *m) {
    Py_XDECREF(m->seen);
    Py_XDECREF(m->kept);
    Py_XDECREF(m->queue);
}

static void read_one(reader *r, void *data) {
    const wf_pf_value *value = wf__value_function(r, r->source);
    *(int64_t *)data = value->i;
    read_all(r);
}

wf_pf_module *wf_pf_read(PyObject *source) {
    wf_pf_module *m = wf_calloc(1, sizeof *m);
    int64_t index;
    if (!m) return (wf_pf_module *)PyErr_NoMemory();
    wf_arena_init(&m->arena, MODULE_BYTES_MAX);
    m->let_go = let_go;
    m->seen = PyDict_New();
    m->kept = PyList_New(0);
    m->queue = PyList_New(0);
    m->sources = wf_calloc(FUNCTIONS_MAX, sizeof *m->sources);
    if (m->seen && m->kept && m->queue && m->sources && reading(m, source, read_one, &index)) return m;
    if (!PyErr_Occurred()) PyErr_NoMemory();
    wf_pf_module_free(m);
    return NULL;
}

const wf_pf_function *wf_pf_read_more(wf_pf_module *m, PyObject *source) {
    int64_t index;
    if (!reading(m, source, read_one, &index)) return NULL;
    for (const wf_pf_function *f = m->functions; f; f = f->next)
        if (f->index == index) return f;
    PyErr_SetString(PyExc_SystemError, "a function was lost while reading");
    return NULL;
}

typedef struct one_value {
    PyObject *object;
    const wf_pf_value *value;
} one_value;

static void read_one_value(reader *r, void *data) {
    one_value *v = data;
    v->value = wf__read_value(r, v->object, 1);
    if (!r->failed) read_all(r);
    for (wf_pf_function *f = r->module->functions; f; f = f->next)
        if (v->value && v->value->kind == WF_PF_V_FUNCTION && f->index == v->value->i)
            ((wf_pf_value *)v->value)->function = f;
}

const wf_pf_value *wf_pf_read_value(wf_pf_module *m, PyObject *source, PyObject *object) {
    one_value v = {object, NULL};
    return reading(m, source, read_one_value, &v) ? v.value : NULL;
}

PyObject *wf_pf_module_queue(const wf_pf_module *m) { return m ? m->queue : NULL; }
