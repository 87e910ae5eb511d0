/* python/ndarray_lines.c: the plain cases of sort, argsort and running sums, without a step in Python: the
 * last axis of an array of real numbers on a CPU. The rest is weft/_array/sorting.py's and scan.py's. */
#include "python/ndarray_host.h"

/* A result of the array's shape, made by a function of bulk/ from the array in C order. */
static wf_status made(const char *name, wf_array *given, wf_dtype dtype, const int64_t *numbers,
                      uint32_t count, wf_array **result, wf_error *err) {
    wf_array *a = NULL;
    wf_address from = 0, to = 0;
    wf_status status = wf_array_contiguous(given, &a, err);
    if (!status)
        status = wf_array_empty(wf_array_context(given), dtype, given->ndim, given->shape, result, err);
    if (!status) status = wf_py_address_of(a, &from, err);
    if (!status) status = wf_array_address(*result, &to, err);
    if (!status) {
        wf_bulk_array arrays[] = {wf_py_described(*result, to), wf_py_described(a, from)};
        wf_bulk_call call = {.arrays = arrays, .numbers = numbers, .array_count = 2, .number_count = count};
        status = wf_py_bulk(name, &call, err);
    }
    wf_array_release(a);
    if (status && *result) wf_array_release(*result);
    return status;
}

static PyObject *run(const char *name, wf_array *a, wf_dtype dtype, const int64_t *numbers, uint32_t count) {
    wf_array *result = NULL;
    wf_error err;
    wf_status status, at_once = wf_py_array_brief(a, a, &err);
    WF_GRAPH_AS(at_once, made(name, a, dtype, numbers, count, &result, &err));
    return wf_py_array_result(status, result, &err);
}

/* array_sorted(a, indices) → the last axis sorted, or its argsort; None: not here */
static PyObject *array_sorted(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    wf_array *a = count == 2 && wf_py_is_array(args[0]) ? wf_py_array_of(args[0]) : NULL;
    if (!a || !a->ndim || !wf_array_size(a) || a->shape[a->ndim - 1] < 2 ||
        wf_dtype_is_complex((wf_dtype)a->dtype) || !wf_py_array_on_host(a))
        Py_RETURN_NONE;
    int indices = args[1] == Py_True;
    int64_t length = a->shape[a->ndim - 1];
    return run(indices ? "argsort" : "sort", a, indices ? WF_DT_INT64 : (wf_dtype)a->dtype, &length, 1);
}

/* array_scanned(a, operation) → running sums (0), products (1), maxima (2), minima (3) of a vector whose type
 * is computed in itself; None: not here */
static PyObject *array_scanned(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    wf_array *a = count == 2 && wf_py_is_array(args[0]) ? wf_py_array_of(args[0]) : NULL;
    if (!a || a->ndim != 1 || !PyLong_CheckExact(args[1]) || !wf_py_array_on_host(a)) Py_RETURN_NONE;
    int64_t numbers[] = {PyLong_AsLong(args[1]), 1, a->shape[0], 1};
    switch ((wf_dtype)a->dtype) {
    case WF_DT_INT64:
    case WF_DT_UINT64:
    case WF_DT_FLOAT32:
    case WF_DT_FLOAT64: return run("scan", a, (wf_dtype)a->dtype, numbers, 4);
    default: Py_RETURN_NONE;
    }
}

static PyMethodDef functions[] = {
    {"array_sorted", (PyCFunction)(void (*)(void))array_sorted, METH_FASTCALL,
     "(a, indices): the last axis sorted, or None where that is not a plain case"},
    {"array_scanned", (PyCFunction)(void (*)(void))array_scanned, METH_FASTCALL,
     "(a, operation): a vector's running sums (0), products, maxima, minima (3), or None"},
    {NULL, NULL, 0, NULL},
};

int wf_py_add_lines(PyObject *module) { return PyModule_AddFunctions(module, functions); }
