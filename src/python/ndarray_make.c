/* python/ndarray_make.c: functions of weft._core that make arrays, and those by which the Python part
 * introduces itself. Other rooms ask here for the memory of an array that is given to a kernel. */
#include "python/arg.h"
#include "python/ndarray.h"

/* A device stands for the context of this thread's stack where that is of the device: arrays that an
 * operation makes beside its operands then are in the operands' context, also in one that PyCUDA made. */
static wf_context *context_argument(PyObject *device) {
    if (!device || device == Py_None) return wf_py_current_context();
    wf_context *context = wf_py_to_context(device), *current = wf_context_current();
    int is_context = Py_IS_TYPE(device, wf_py->context_type);
    if (!context || !current || is_context || wf_context_device(context) != wf_context_device(current))
        return context;
    return current;
}

/* array_empty(shape, dtype, device=None) */
static PyObject *make_empty(PyObject *module, PyObject *args) {
    PyObject *shape_object, *dtype_object, *device = Py_None;
    int64_t shape[WF_MAX_DIMS];
    wf_dtype dtype;
    wf_context *context;
    wf_array *out = NULL;
    wf_error err;
    wf_status status;
    int ndim;
    (void)module;
    err.code = 0;
    if (!PyArg_ParseTuple(args, "OO|O:array_empty", &shape_object, &dtype_object, &device)) return NULL;
    if ((ndim = wf_py_to_shape(shape_object, shape)) < 0 || wf_py_to_dtype(dtype_object, &dtype) < 0)
        return NULL;
    if (!(context = context_argument(device))) return NULL;
    WF_GRAPH(wf_array_empty(context, dtype, ndim, shape, &out, &err));
    return wf_py_array_result(status, out, &err);
}

/* A number as it is, from a Python or NumPy scalar. */
static int to_number(PyObject *object, wf_number *number) {
    wf_operand operand;
    PyObject *keep;
    if (wf_py_need_operand(object, &operand, &keep) < 0) return -1;
    *number = operand.number;
    int bad = operand.array != NULL;
    Py_XDECREF(keep);
    if (bad) PyErr_SetString(PyExc_TypeError, "expected a number");
    return bad ? -1 : 0;
}

/* array_full(shape, dtype, value, device=None) */
static PyObject *make_full(PyObject *module, PyObject *args) {
    PyObject *shape_object, *dtype_object, *value, *device = Py_None;
    int64_t shape[WF_MAX_DIMS];
    wf_dtype dtype;
    wf_number number;
    wf_context *context;
    wf_array *out = NULL;
    wf_error err;
    wf_status status;
    int ndim;
    (void)module;
    err.code = 0;
    if (!PyArg_ParseTuple(args, "OOO|O:array_full", &shape_object, &dtype_object, &value, &device))
        return NULL;
    if ((ndim = wf_py_to_shape(shape_object, shape)) < 0 || wf_py_to_dtype(dtype_object, &dtype) < 0)
        return NULL;
    if (to_number(value, &number) < 0 || !(context = context_argument(device))) return NULL;
    WF_GRAPH(wf_array_full(context, dtype, ndim, shape, number, &out, &err));
    return wf_py_array_result(status, out, &err);
}

/* array_arange(count, first, step, dtype, device=None) */
static PyObject *make_arange(PyObject *module, PyObject *args) {
    PyObject *first_object, *step_object, *dtype_object, *device = Py_None;
    long long count;
    wf_dtype dtype;
    wf_number first, step;
    wf_context *context;
    wf_array *out = NULL;
    wf_error err;
    wf_status status;
    (void)module;
    err.code = 0;
    if (!PyArg_ParseTuple(args, "LOOO|O:array_arange", &count, &first_object, &step_object, &dtype_object,
                          &device))
        return NULL;
    if (to_number(first_object, &first) < 0 || to_number(step_object, &step) < 0 ||
        wf_py_to_dtype(dtype_object, &dtype) < 0)
        return NULL;
    if (!(context = context_argument(device))) return NULL;
    WF_GRAPH(wf_array_arange(context, dtype, count, first, step, &out, &err));
    return wf_py_array_result(status, out, &err);
}

/* array_from_buffer(object, dtype, device=None): a copy of what the object's buffer shows; dtype says how to
 * read it. */
static PyObject *make_from_buffer(PyObject *module, PyObject *args) {
    PyObject *object, *dtype_object, *device = Py_None;
    Py_buffer view;
    wf_dtype dtype;
    wf_context *context;
    wf_array *out = NULL;
    wf_error err;
    wf_status status = WF_OK;
    (void)module;
    err.code = 0;
    if (!PyArg_ParseTuple(args, "OO|O:array_from_buffer", &object, &dtype_object, &device)) return NULL;
    if (wf_py_to_dtype(dtype_object, &dtype) < 0 || !(context = context_argument(device))) return NULL;
    if (PyObject_GetBuffer(object, &view, PyBUF_STRIDED_RO) < 0) return NULL;
    if (view.itemsize != (Py_ssize_t)wf_dtype_size(dtype) || view.ndim > WF_MAX_DIMS) {
        PyBuffer_Release(&view);
        return PyErr_Format(PyExc_ValueError, "a buffer with elements of %zd bytes for dtype %s",
                            view.itemsize, wf_dtype_name(dtype));
    }
    WF_GRAPH_LONG(wf_array_from_host(context, dtype, view.ndim, (const int64_t *)view.shape,
                                     (const int64_t *)view.strides, view.buf, &out, &err));
    PyBuffer_Release(&view);
    return wf_py_array_result(status, out, &err);
}

/* ---- shared memory --------------------------------------------------------------------------------------
 */

static void drop_owner(void *owner) {
    PyGILState_STATE gil = PyGILState_Ensure();
    Py_DECREF((PyObject *)owner);
    PyGILState_Release(gil);
}

/* array_share(address, nbytes, shape, strides, dtype, owner, read_only, device=None): no copy; owner keeps it
 * alive. */
static PyObject *make_share(PyObject *module, PyObject *args) {
    PyObject *shape_object, *strides_object, *dtype_object, *owner, *device = Py_None;
    unsigned long long address;
    Py_ssize_t bytes;
    int read_only, ndim;
    int64_t shape[WF_MAX_DIMS], strides[WF_MAX_DIMS], lowest = 0;
    wf_dtype dtype;
    wf_context *context;
    wf_buffer *buffer;
    wf_array *out = NULL;
    wf_error err;
    wf_status status;
    (void)module;
    err.code = 0;
    if (!PyArg_ParseTuple(args, "KnOOOOp|O:array_share", &address, &bytes, &shape_object, &strides_object,
                          &dtype_object, &owner, &read_only, &device))
        return NULL;
    if ((ndim = wf_py_to_shape(shape_object, shape)) < 0 || wf_py_to_shape(strides_object, strides) != ndim ||
        wf_py_to_dtype(dtype_object, &dtype) < 0 || !(context = context_argument(device))) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "shape and strides differ in length");
        return NULL;
    }
    for (int d = 0; d < ndim; d++)
        if (strides[d] < 0 && shape[d]) lowest += strides[d] * (shape[d] - 1);
    int host = wf_device_is_cpu(wf_context_device(context));
    status = wf_buffer_wrap(context, address + (unsigned long long)lowest, (size_t)bytes, host, drop_owner,
                            owner, &buffer, &err);
    if (status) return wf_py_array_raise(&err);
    Py_INCREF(owner);
    WF_GRAPH(wf_array_share(buffer, -lowest, dtype, ndim, shape, strides, read_only, &out, &err));
    return wf_py_array_result(status, out, &err);
}

/* ---- evaluation of several, facts, introduction ---------------------------------------------------------
 */

static PyObject *array_eval_all(PyObject *module, PyObject *list) {
    (void)module;
    PyObject *items = PySequence_Fast(list, "expected arrays");
    wf_error err;
    wf_status status = WF_OK;
    err.code = 0;
    for (Py_ssize_t i = 0; items && i < PySequence_Fast_GET_SIZE(items) && !status; i++) {
        PyObject *item = PySequence_Fast_GET_ITEM(items, i);
        if (!wf_py_is_array(item)) continue;
        wf_array *a = wf_py_array_of(item);
        WF_GRAPH_LONG(wf_array_eval(&a, 1, &err));
    }
    Py_XDECREF(items);
    if (!items) return NULL;
    if (status) return wf_py_array_raise(&err);
    Py_RETURN_NONE;
}

static PyObject *array_stats(PyObject *module, PyObject *unused) {
    (void)module, (void)unused;
    wf_array_stats s;
    wf_array_stats_of(&s);
    return Py_BuildValue("{s:K,s:K,s:K,s:K}", "kernels", (unsigned long long)s.kernels, "loops",
                         (unsigned long long)s.loops, "nodes", (unsigned long long)s.nodes, "compiled",
                         (unsigned long long)s.compiled);
}

static PyObject *array_set_eager(PyObject *module, PyObject *value) {
    (void)module;
    int truth = PyObject_IsTrue(value);
    if (truth < 0) return NULL;
    wf_array_set_eager(truth);
    Py_RETURN_NONE;
}

/* array_value(result) → the same; of no dimensions it is a number from now on. */
static PyObject *array_value(PyObject *module, PyObject *result) {
    (void)module;
    return wf_py_array_value(Py_NewRef(result));
}

/* Whether it was so before. */
static PyObject *array_elements_are_views(PyObject *module, PyObject *value) {
    (void)module;
    int truth = PyObject_IsTrue(value), before = wf_py_arrays.views;
    if (truth < 0) return NULL;
    wf_py_arrays.views = truth;
    return PyBool_FromLong(before);
}

static PyObject *array_set_checked(PyObject *module, PyObject *value) {
    (void)module;
    int truth = PyObject_IsTrue(value), before = wf_py_arrays.checked;
    if (truth < 0) return NULL;
    wf_py_arrays.checked = truth;
    return PyBool_FromLong(before);
}

static PyObject *array_set_policy(PyObject *module, PyObject *value) {
    (void)module;
    long policy = PyLong_AsLong(value);
    if (PyErr_Occurred()) return NULL;
    wf_array_set_policy((int)policy);
    Py_RETURN_NONE;
}

/* promote(dtype, dtype) → dtype; can_cast(from, to, casting) → bool */
static PyObject *array_promote(PyObject *module, PyObject *args) {
    PyObject *a, *b;
    wf_dtype ta, tb;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO:array_promote", &a, &b) || wf_py_to_dtype(a, &ta) < 0 ||
        wf_py_to_dtype(b, &tb) < 0)
        return NULL;
    return Py_NewRef(wf_py_arrays.dtypes[wf_dtype_promote(ta, tb)]);
}

static PyObject *array_can_cast(PyObject *module, PyObject *args) {
    PyObject *a, *b;
    const char *casting;
    wf_dtype ta, tb;
    (void)module;
    if (!PyArg_ParseTuple(args, "OOs:array_can_cast", &a, &b, &casting) || wf_py_to_dtype(a, &ta) < 0 ||
        wf_py_to_dtype(b, &tb) < 0)
        return NULL;
    for (int c = 0; c < 5; c++)
        if (!strcmp(wf_casting_names[c], casting))
            return PyBool_FromLong(wf_dtype_can_cast(ta, tb, (wf_casting)c));
    return PyErr_Format(PyExc_ValueError,
                        "casting must be one of 'no', 'equiv', 'safe', 'same_kind', or 'unsafe' (got '%s')",
                        casting);
}

/* array_introduce(array type, ufunc type, dtypes in the order of wf_dtype) */
static PyObject *array_introduce(PyObject *module, PyObject *args) {
    PyObject *type, *ufunc, *list;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!O!O!:array_introduce", &PyType_Type, &type, &PyType_Type, &ufunc,
                          &PyTuple_Type, &list))
        return NULL;
    if (PyTuple_GET_SIZE(list) != WF_DT_COUNT)
        return PyErr_Format(PyExc_ValueError, "%d dtypes are needed", WF_DT_COUNT);
    for (int t = 0; t < WF_DT_COUNT; t++) {
        PyObject *old = wf_py_arrays.dtypes[t], *code = PyLong_FromLong(t);
        wf_py_arrays.dtypes[t] = Py_NewRef(PyTuple_GET_ITEM(list, t));
        Py_XDECREF(old);
        int known = code ? PyDict_SetItem(wf_py_arrays.dtype_codes, wf_py_arrays.dtypes[t], code) : -1;
        Py_XDECREF(code);
        if (known < 0) return NULL;
    }
    Py_XSETREF(wf_py_arrays.array_type, (PyTypeObject *)Py_NewRef(type));
    Py_XSETREF(wf_py_arrays.ufunc_type, (PyTypeObject *)Py_NewRef(ufunc));
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"array_empty", make_empty, METH_VARARGS, "(shape, dtype, device=None)"},
    {"array_full", make_full, METH_VARARGS, "(shape, dtype, value, device=None)"},
    {"array_arange", make_arange, METH_VARARGS, "(count, first, step, dtype, device=None)"},
    {"array_from_buffer", make_from_buffer, METH_VARARGS, "(object, dtype, device=None): a copy"},
    {"array_share", make_share, METH_VARARGS,
     "(address, nbytes, shape, strides, dtype, owner, read_only, device=None)"},
    {"array_eval", array_eval_all, METH_O, "(arrays): computes them"},
    {"array_stats", array_stats, METH_NOARGS, "how much was recorded, launched and built"},
    {"array_value", array_value, METH_O, "(result): itself; of no dimensions, a number from now on"},
    {"array_elements_are_views", array_elements_are_views, METH_O,
     "(flag): CuPy's rule instead of NumPy's; what it was before"},
    {"array_set_eager", array_set_eager, METH_O, "(flag)"},
    {"array_set_checked", array_set_checked, METH_O,
     "(flag): whether results are looked at for NaN and infinity → what it was"},
    {"array_set_policy", array_set_policy, METH_O,
     "(0 automatic, 1 always compile, 2 ready-made loops where possible, 3 the same, small graphs by plans "
     "too)"},
    {"array_promote", array_promote, METH_VARARGS, "(dtype, dtype)"},
    {"array_can_cast", array_can_cast, METH_VARARGS, "(from, to, casting)"},
    {"array_introduce", array_introduce, METH_VARARGS, "(array type, ufunc type, dtypes)"},
    {"_forbid_waits", wf_py_forbid_waits, METH_O, "(forbid): what it was before"},
    {NULL, NULL, 0, NULL},
};

/* ---- arrays as arguments of kernels ---------------------------------------------------------------------
 */

/* 0: it has to be computed first, or work on its device is under way. */
static int is_ready(wf_array *a) {
    wf_error err;
    wf_status status = WF_NOTREADY;
    err.code = 0;
    if (!wf_array_buffer(a) || !wf_device_is_cpu(wf_array_device(a))) return 0;
    WF_GRAPH(wf_array_wait_briefly(a, &err));
    return status == WF_OK; /* an error is told where it is waited for */
}

static int array_for_kernel(PyObject *object, wf_stream *stream, wf_py_array_view *view) {
    if (!wf_py_is_array(object)) return 0;
    (void)stream; /* work of arrays and of kernels both go to the default stream unless the caller says
                     otherwise */
    wf_array *a = wf_py_array_of(object);
    wf_error err;
    wf_status status;
    err.code = 0;
    if (view->brief) {
        if (!is_ready(a)) return 0;
        WF_GRAPH(wf_array_for_kernel(a, &view->address, &err));
        if (!status && !is_ready(a)) return 0; /* what was to read the memory first was launched */
    } else WF_GRAPH_LONG(wf_array_for_kernel(a, &view->address, &err));
    if (status) {
        wf_py_array_raise(&err);
        return -1;
    }
    wf_buffer *buffer = wf_array_buffer(a);
    view->bytes = buffer->size - (view->address - buffer->address);
    view->device = wf_array_device(a);
    view->elements = (wf_py_elements){wf_dtype_kind((wf_dtype)a->dtype), wf_dtype_size((wf_dtype)a->dtype)};
    view->is_bfloat = a->dtype == WF_DT_BFLOAT16;
    view->ndim = a->ndim;
    view->shape = a->shape;
    view->strides = a->strides;
    return 1;
}

static int array_as_number(PyObject *object, wf_py_elements *elements, unsigned char raw[16]) {
    wf_number number;
    if (!wf_py_is_value(object) || wf_py_array_of(object)->dtype == WF_DT_BFLOAT16) return 0;
    if (wf_py_array_number_of(object, &number) < 0) return -1;
    wf_dtype dtype = (wf_dtype)wf_py_array_of(object)->dtype;
    wf_number_store(number, dtype, raw);
    *elements = (wf_py_elements){wf_dtype_kind(dtype), wf_dtype_size(dtype)};
    return 1;
}

int wf_py_add_array_functions(PyObject *module) {
    wf_py_set_number_hook(array_as_number);
    wf_py_set_array_hook(array_for_kernel);
    return PyModule_AddFunctions(module, functions);
}
