/* python/ndarray_choose.c: the plain cases of choosing elements by arrays, without a step in Python:
 * x[places], x[mask] and take for arrays of ours on a CPU, and nonzero's indices.
 *
 * Whatever is not plain (keys of several arrays, lists, NumPy's arrays, masks of another shape, a GPU) is
 * left to weft/_array/gather.py, which defines what a key means; both end in the same functions of bulk/. */
#include "base/memory.h"
#include "python/ndarray_host.h"
#include "runtime/trace.h"

enum { CHUNK = 16384 }; /* of masks, as in bulk/mask.c */

/* Tests of the CUDA C kernels on a CPU (weft._array.bulk.kernels_everywhere) want all work to go there. */
static int kernels_everywhere(void) {
    static PyObject *dict, *name;
    if (!dict) {
        PyObject *module = PyImport_ImportModule("weft._array.bulk");
        if (!module || !(name = PyUnicode_InternFromString("kernels_everywhere"))) {
            Py_XDECREF(module);
            PyErr_Clear();
            return 1;
        }
        dict = Py_NewRef(PyModule_GetDict(module));
        Py_DECREF(module);
    }
    PyObject *value = PyDict_GetItem(dict, name);
    return value && value != Py_False && PyObject_IsTrue(value);
}

int wf_py_array_on_host(const wf_array *a) {
    return wf_device_is_cpu(wf_array_device(a)) && !wf_trace_on() && !kernels_everywhere();
}

wf_status wf_py_array_brief(wf_array *a, wf_array *b, wf_error *err) {
    wf_status status;
    err->code = 0;
    if (wf_array_size(a) > WF_PY_BRIEF || wf_array_size(b) > WF_PY_BRIEF) return WF_NOTREADY;
    WF_GRAPH(wf_array_wait_briefly(a, err));
    if (!status && a != b) WF_GRAPH(wf_array_wait_briefly(b, err));
    return status;
}

/* ---- by places ------------------------------------------------------------------------------------------
 */

typedef struct chosen {
    wf_array *array, *index, *result;
    int axis, name; /* name: of the axis in messages, -1: the flattened array's */
    int64_t mode;
} chosen;

static wf_status take(chosen *c, wf_error *err) {
    wf_array *a = c->array, *cast = NULL, *index = NULL;
    wf_address from = 0, at = 0, to = 0;
    int64_t shape[WF_MAX_DIMS];
    int n = 0;
    wf_status status = WF_OK;
    if (c->index->dtype != WF_DT_INT64) status = wf_array_cast(c->index, WF_DT_INT64, &cast, err);
    if (!status) status = wf_array_contiguous(cast ? cast : c->index, &index, err);
    wf_array_release(cast);
    if (status) return status;
    if (a->ndim + index->ndim - 1 > WF_MAX_DIMS)
        status = wf_fail(err, WF_INVALID, "too many dimensions in the result of indexing");
    for (int d = 0; d < c->axis && !status; d++) shape[n++] = a->shape[d];
    for (int d = 0; d < index->ndim && !status; d++) shape[n++] = index->shape[d];
    for (int d = c->axis + 1; d < a->ndim && !status; d++) shape[n++] = a->shape[d];
    if (!status) status = wf_array_empty(wf_array_context(a), (wf_dtype)a->dtype, n, shape, &c->result, err);
    if (!status) status = wf_py_address_of(a, &from, err);
    if (!status) status = wf_py_address_of(index, &at, err);
    if (!status) status = wf_array_address(c->result, &to, err);
    if (!status) {
        int64_t numbers[] = {c->axis, 1, c->mode, wf_array_size(index), c->name};
        wf_bulk_array arrays[] = {wf_py_described(c->result, to), wf_py_described(a, from),
                                  wf_py_described(index, at)};
        wf_bulk_call call = {.arrays = arrays, .numbers = numbers, .array_count = 3, .number_count = 5};
        status = wf_py_bulk("gather", &call, err);
    }
    wf_array_release(index);
    if (status) wf_array_release(c->result);
    return status;
}

static int is_integer_index(const wf_array *index) { return wf_dtype_is_integer((wf_dtype)index->dtype); }

static PyObject *taken(chosen *c) {
    wf_error err;
    wf_status status, at_once = wf_py_array_brief(c->array, c->index, &err);
    int64_t extent = c->array->shape[c->axis] ? c->array->shape[c->axis] : 1;
    if (!at_once && wf_array_size(c->array) / extent * wf_array_size(c->index) > WF_PY_BRIEF)
        at_once = WF_NOTREADY;
    WF_GRAPH_AS(at_once, take(c, &err));
    return wf_py_array_result(status, c->result, &err);
}

/* array_take(array, indices, axis or None, mode) → array, or None: not a plain case */
static PyObject *array_take(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (count != 4 || !wf_py_is_array(args[0]) || !wf_py_is_array(args[1]) || !PyLong_Check(args[3]) ||
        (args[2] != Py_None && !PyLong_CheckExact(args[2])))
        Py_RETURN_NONE;
    chosen c = {.array = wf_py_array_of(args[0]),
                .index = wf_py_array_of(args[1]),
                .mode = PyLong_AsLongLong(args[3])};
    long axis = args[2] == Py_None ? 0 : PyLong_AsLong(args[2]);
    if (axis < 0) axis += c.array->ndim;
    if (PyErr_Occurred() || axis < 0 || axis >= c.array->ndim || (args[2] == Py_None && c.array->ndim != 1) ||
        !is_integer_index(c.index) || !wf_py_array_on_host(c.array) ||
        wf_array_context(c.index) != wf_array_context(c.array)) {
        PyErr_Clear();
        Py_RETURN_NONE;
    }
    c.axis = (int)axis, c.name = args[2] == Py_None ? -1 : (int)axis;
    return taken(&c);
}

/* ---- by a mask ------------------------------------------------------------------------------------------
 */

/* The mask in one piece, each chunk's start (wf_free), and how many elements are true. */
static wf_status count_mask(wf_array *given, wf_array **mask, wf_bulk_array *shown, int64_t **starts,
                            int64_t *count, wf_error *err) {
    wf_address at = 0;
    wf_status status = wf_array_contiguous(given, mask, err);
    if (status) return status;
    int64_t size = wf_array_size(*mask), chunks = (size + CHUNK - 1) / CHUNK;
    *starts = wf_malloc((size_t)(chunks + 1) * sizeof **starts);
    if (!*starts) status = wf_fail(err, WF_NOMEM, "out of host memory");
    if (!status) status = wf_py_address_of(*mask, &at, err);
    if (!status) {
        *shown = wf_py_described(*mask, at);
        wf_bulk_array arrays[] = {*shown, {.data = (char *)*starts, .dtype = WF_DT_INT64, .size = chunks}};
        wf_bulk_call call = {.arrays = arrays, .array_count = 2};
        status = wf_py_bulk("mask_count", &call, err);
        *count = call.result;
    }
    return status;
}

static wf_status select_by(wf_array *given, wf_array *by, wf_array **result, wf_error *err) {
    wf_array *mask = NULL, *a = NULL;
    wf_bulk_array shown;
    wf_address from = 0, to = 0;
    int64_t *starts = NULL, shape[WF_MAX_DIMS];
    int n = 1;
    wf_status status = wf_array_contiguous(given, &a, err);
    if (!status) status = count_mask(by, &mask, &shown, &starts, &shape[0], err);
    for (int d = by->ndim; d < given->ndim; d++) shape[n++] = given->shape[d];
    if (!status)
        status = wf_array_empty(wf_array_context(given), (wf_dtype)given->dtype, n, shape, result, err);
    if (!status) status = wf_py_address_of(a, &from, err);
    if (!status) status = wf_array_address(*result, &to, err);
    if (!status && wf_array_size(*result)) {
        wf_bulk_array arrays[] = {wf_py_described(*result, to),
                                  wf_py_described(a, from),
                                  shown,
                                  {.data = (char *)starts, .dtype = WF_DT_INT64}};
        wf_bulk_call call = {.arrays = arrays, .array_count = 4};
        status = wf_py_bulk("mask_select", &call, err);
    }
    wf_free(starts);
    wf_array_release(mask);
    wf_array_release(a);
    if (status && *result) wf_array_release(*result);
    return status;
}

static wf_status indices_of(wf_array *given, wf_array **result, wf_error *err) {
    wf_array *mask = NULL;
    wf_bulk_array shown;
    wf_address to = 0;
    int64_t *starts = NULL, shape[2] = {given->ndim, 0};
    int flat = given->ndim == 1;
    wf_status status = count_mask(given, &mask, &shown, &starts, &shape[1], err);
    if (!status)
        status = wf_array_empty(wf_array_context(given), WF_DT_INT64, 2 - flat, shape + flat, result, err);
    if (!status) status = wf_array_address(*result, &to, err);
    if (!status && shape[1]) {
        wf_bulk_array arrays[] = {
            wf_py_described(*result, to), shown, {.data = (char *)starts, .dtype = WF_DT_INT64}};
        wf_bulk_call call = {.arrays = arrays, .array_count = 3};
        status = wf_py_bulk("mask_indices", &call, err);
    }
    wf_free(starts);
    wf_array_release(mask);
    if (status && *result) wf_array_release(*result);
    return status;
}

/* array_nonzero(mask) → the indices of what is true: one array for a mask of one dimension, else a row for
 * each dimension; None: not here */
static PyObject *array_nonzero(PyObject *module, PyObject *object) {
    (void)module;
    wf_array *mask = wf_py_is_array(object) ? wf_py_array_of(object) : NULL, *result = NULL;
    wf_error err;
    if (!mask || mask->dtype != WF_DT_BOOL || !mask->ndim || !wf_py_array_on_host(mask)) Py_RETURN_NONE;
    wf_status status, at_once = wf_py_array_brief(mask, mask, &err);
    WF_GRAPH_AS(at_once, indices_of(mask, &result, &err));
    return wf_py_array_result(status, result, &err);
}

/* ---- keys -----------------------------------------------------------------------------------------------
 */

static int covers(const wf_array *mask, const wf_array *a) {
    if (!mask->ndim || mask->ndim > a->ndim) return 0;
    for (int d = 0; d < mask->ndim; d++)
        if (mask->shape[d] != a->shape[d]) return 0;
    return 1;
}

int wf_py_array_choose(PyObject *self, PyObject *key, PyObject **result) {
    wf_array *a = wf_py_array_of(self), *k = wf_py_is_array(key) ? wf_py_array_of(key) : NULL;
    if (!k || !a->ndim || wf_array_context(a) != wf_array_context(k)) return 0;
    int mask = k->dtype == WF_DT_BOOL && covers(k, a);
    if ((!mask && !is_integer_index(k)) || !wf_py_array_on_host(a)) return 0;
    if (mask) {
        wf_array *out = NULL;
        wf_error err;
        wf_status status, at_once = wf_py_array_brief(a, k, &err);
        WF_GRAPH_AS(at_once, select_by(a, k, &out, &err));
        *result = wf_py_array_result(status, out, &err);
    } else {
        chosen c = {.array = a, .index = k};
        *result = taken(&c);
    }
    return 1;
}

static PyMethodDef functions[] = {
    {"array_take", (PyCFunction)(void (*)(void))array_take, METH_FASTCALL,
     "(array, indices, axis, mode): the elements, or None where that is not a plain case"},
    {"array_nonzero", array_nonzero, METH_O, "the indices of a mask's true elements, or None"},
    {NULL, NULL, 0, NULL},
};

int wf_py_add_choose(PyObject *module) { return PyModule_AddFunctions(module, functions); }
