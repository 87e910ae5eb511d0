/* python/bulk.c: weft._core.bulk: the functions of bulk/ on arrays of a CPU device; the texts of
 * device/.
 */
#include "base/embed.h"
#include "bulk/bulk.h"
#include "python/ndarray.h"
#include "runtime/trace.h"
#include <string.h>

enum { MAX_ARRAYS = 80, MAX_NUMBERS = 160 };

typedef struct call {
    uint32_t count;
    wf_array *held[MAX_ARRAYS];
    wf_bulk_array arrays[MAX_ARRAYS];
    int64_t numbers[MAX_NUMBERS];
    wf_bulk_call bulk;
} call;

static int take_arrays(PyObject *sequence, call *c) {
    Py_ssize_t n = PyTuple_GET_SIZE(sequence);
    if (n > MAX_ARRAYS) {
        PyErr_SetString(PyExc_ValueError, "too many index arrays");
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *item = PyTuple_GET_ITEM(sequence, i);
        if (!wf_py_is_array(item) || !wf_device_is_cpu(wf_array_device(wf_py_array_of(item)))) {
            PyErr_SetString(PyExc_TypeError, "bulk: arrays on a CPU device are needed");
            return -1;
        }
        c->held[i] = wf_py_array_of(item);
    }
    c->count = (uint32_t)n;
    return 0;
}

static int take_numbers(PyObject *sequence, call *c) {
    Py_ssize_t n = PyTuple_GET_SIZE(sequence);
    if (n > MAX_NUMBERS) {
        PyErr_SetString(PyExc_ValueError, "too many numbers");
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++)
        if ((c->numbers[i] = PyLong_AsLongLong(PyTuple_GET_ITEM(sequence, i))) == -1 && PyErr_Occurred())
            return -1;
    c->bulk.number_count = (uint32_t)n;
    return 0;
}

/* Addresses: first of what is written (which may get memory of its own), then of the rest. */
static wf_status addresses(call *c, unsigned written, wf_error *err) {
    wf_status status = WF_OK;
    for (int round = 0; round < 2; round++)
        for (uint32_t i = 0; i < c->count && !status; i++) {
            wf_array *a = c->held[i];
            wf_address at = 0;
            int write = i < 32 && written >> i & 1;
            if (write == round) continue;
            status = write ? wf_array_for_kernel(a, &at, err) : wf_array_address(a, &at, err);
            c->arrays[i] = (wf_bulk_array){.data = (char *)(uintptr_t)at,
                                           .dtype = (wf_dtype)a->dtype,
                                           .ndim = a->ndim,
                                           .shape = a->shape,
                                           .strides = a->strides,
                                           .size = wf_array_size(a)};
        }
    if (!status && c->count)
        status = wf_stream_synchronize(wf_context_default_stream(wf_array_context(c->held[0])), err);
    return status;
}

static wf_status run(call *c, const char *name, const wf_bulk_function *function, unsigned written,
                     wf_error *err) {
    wf_status status = addresses(c, written, err);
    c->bulk.arrays = c->arrays, c->bulk.array_count = c->count, c->bulk.numbers = c->numbers;
    c->bulk.pool = wf_runtime_pool(), c->bulk.err = err;
    if (status || !wf_trace_on()) return status ? status : function->run(&c->bulk);
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < c->count; i++)
        bytes += (uint64_t)c->arrays[i].size * wf_dtype_size(c->arrays[i].dtype);
    wf_stream *stream = c->count ? wf_context_default_stream(wf_array_context(c->held[0])) : NULL;
    wf_trace_span span = wf_trace_open(WF_TRACE_LOOPS, name, stream, bytes);
    status = function->run(&c->bulk);
    wf_trace_close(span, stream);
    return status;
}

/* bulk(name, arrays, numbers=(), written=0) → int. Arrays whose bit is set in `written` may be in use
 * elsewhere and get memory of their own before they are written; arrays made for the call need no bit. */
static PyObject *bulk(PyObject *self, PyObject *args) {
    const char *name;
    PyObject *arrays, *numbers = NULL;
    unsigned written = 0;
    (void)self;
    if (!PyArg_ParseTuple(args, "sO!|O!I:bulk", &name, &PyTuple_Type, &arrays, &PyTuple_Type, &numbers,
                          &written))
        return NULL;
    const wf_bulk_function *function = wf_bulk_find(name);
    if (!function) return PyErr_Format(PyExc_ValueError, "bulk has no function %s", name);
    call c;
    wf_error err;
    wf_status status;
    err.code = 0;
    c.bulk = (wf_bulk_call){.result = 0};
    if (take_arrays(arrays, &c) < 0 || (numbers && take_numbers(numbers, &c) < 0)) return NULL;
    if (c.count < function->arrays || c.bulk.number_count < function->numbers)
        return PyErr_Format(PyExc_TypeError, "bulk: %s needs %u arrays and %u numbers", name,
                            function->arrays, function->numbers);
    WF_GRAPH_LONG(run(&c, name, function, written, &err));
    return status ? wf_py_array_raise(&err) : PyLong_FromLongLong(c.bulk.result);
}

/* device_file(name) → the text of a file of device/. */
static PyObject *device_file(PyObject *self, PyObject *name) {
    (void)self;
    const char *text = PyUnicode_AsUTF8(name);
    const wf_device_file *file = text ? wf_device_file_find(text) : NULL;
    if (file) return PyUnicode_FromStringAndSize(file->text, (Py_ssize_t)file->length);
    return text ? PyErr_Format(PyExc_KeyError, "the device library has no file %s", text) : NULL;
}

static PyMethodDef functions[] = {
    {"device_file", device_file, METH_O, "The text of a file of the device library."},
    {"bulk", bulk, METH_VARARGS,
     "bulk(name, arrays, numbers=(), written=0): a ready-made function on the CPU"},
    {NULL, NULL, 0, NULL},
};

int wf_py_add_bulk(PyObject *module) { return PyModule_AddFunctions(module, functions); }
