/* python/ndarray_methods.c: methods of arrays that programs call in their inner loops: x.sum(), x.argmax(1),
 * x.astype(dtype), x.reshape(3, 4), x.copy() … Their usual form is done here; any other (out=, where=, order,
 * an error to tell) is handed to the method of the same name that weft/_array/array.py has written in Python
 * (its SLOW). */
#include "python/ndarray.h"

/* ---- the way to Python ----------------------------------------------------------------------------------
 */

enum { FEW = 16 };

static PyObject *in_python(const char *name, PyObject *self, PyObject *const *args, Py_ssize_t count,
                           PyObject *kwnames) {
    static PyObject *slow;
    PyObject *few[FEW], **list = few;
    Py_ssize_t all = count + (kwnames ? PyTuple_GET_SIZE(kwnames) : 0) + 1;
    PyErr_Clear();
    if (!slow) {
        PyObject *module = PyImport_ImportModule("weft._array.array");
        slow = module ? PyObject_GetAttrString(module, "SLOW") : NULL;
        Py_XDECREF(module);
        if (!slow) return NULL;
    }
    PyObject *function = PyDict_GetItemString(slow, name);
    if (!function) return PyErr_Format(PyExc_AttributeError, "ndarray has no method %s", name);
    if (all > FEW && !(list = PyMem_Malloc((size_t)all * sizeof *list))) return PyErr_NoMemory();
    list[0] = self;
    memcpy(list + 1, args, (size_t)(all - 1) * sizeof *list);
    PyObject *result = PyObject_Vectorcall(function, list, (size_t)count + 1, kwnames);
    if (list != few) PyMem_Free(list);
    return result;
}

#define METHOD_PARAMETERS PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *kwnames

/* ---- reductions -----------------------------------------------------------------------------------------
 */

/* No argument, or the axis alone: 1, and which axes; 0: more than that. */
static int plain_axes(const wf_array *a, PyObject *const *args, Py_ssize_t count, PyObject *kwnames,
                      uint64_t *axes) {
    PyObject *axis = Py_None;
    *axes = a->ndim == 64 ? ~(uint64_t)0 : ((uint64_t)1 << a->ndim) - 1;
    if (kwnames && PyTuple_GET_SIZE(kwnames)) {
        if (count || PyTuple_GET_SIZE(kwnames) != 1 ||
            PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(kwnames, 0), "axis"))
            return 0;
        axis = args[0];
    } else if (count == 1) axis = args[0];
    else if (count) return 0;
    if (axis == Py_None) return 1;
    if (!PyLong_CheckExact(axis)) return 0;
    int overflow;
    long k = PyLong_AsLongAndOverflow(axis, &overflow);
    if (k < 0) k += a->ndim;
    if (overflow || k < 0 || k >= a->ndim) return 0;
    *axes = (uint64_t)1 << k;
    return 1;
}

static PyObject *reduced(wf_reduction op, const char *name, METHOD_PARAMETERS) {
    wf_array *a = wf_py_array_of(self), *out = NULL;
    wf_reduce_options o = {.dtype = WF_DT_NONE};
    wf_error err;
    wf_status status;
    int places = op == WF_RED_ARGMIN || op == WF_RED_ARGMAX;
    err.code = 0;
    if (wf_py_arrays.checked || !plain_axes(a, args, count, kwnames, &o.axes) ||
        (places && wf_dtype_is_complex((wf_dtype)a->dtype)))
        return in_python(name, self, args, count, kwnames);
    WF_GRAPH(wf_array_reduce(op, a, &o, &out, &err));
    return status ? in_python(name, self, args, count, kwnames) : wf_py_array_value(wf_py_array_object(out));
}

#define REDUCTION(name, OP)                                                                                  \
    static PyObject *method_##name(METHOD_PARAMETERS) {                                                      \
        return reduced(WF_RED_##OP, #name, self, args, count, kwnames);                                      \
    }
REDUCTION(sum, SUM)
REDUCTION(prod, PROD)
REDUCTION(min, MIN)
REDUCTION(max, MAX)
REDUCTION(any, ANY)
REDUCTION(all, ALL)
REDUCTION(argmin, ARGMIN)
REDUCTION(argmax, ARGMAX)
#undef REDUCTION

/* ---- types, copies, shapes ------------------------------------------------------------------------------
 */

/* A dtype object, or a type that stands for one; WF_DT_NONE: anything else. */
static wf_dtype known_dtype(PyObject *object) {
    for (int t = 0; t < WF_DT_COUNT; t++)
        if (wf_py_arrays.dtypes[t] == object) return (wf_dtype)t;
    wf_dtype dtype = WF_DT_NONE;
    if (PyType_Check(object) && wf_py_to_dtype(object, &dtype) < 0) PyErr_Clear();
    return dtype;
}

static PyObject *method_astype(METHOD_PARAMETERS) {
    wf_array *a = wf_py_array_of(self), *out = NULL;
    wf_dtype dtype = count == 1 && !kwnames ? known_dtype(args[0]) : WF_DT_NONE;
    int drops = wf_dtype_is_complex((wf_dtype)a->dtype) && !wf_dtype_is_complex(dtype);
    wf_error err;
    wf_status status;
    err.code = 0;
    if (dtype == WF_DT_NONE || drops || !wf_array_is_contiguous(a))
        return in_python("astype", self, args, count, kwnames);
    WF_GRAPH(wf_array_cast(a, dtype, &out, &err));
    return wf_py_array_value_of(wf_py_array_result(status, out, &err), self);
}

static PyObject *method_copy(METHOD_PARAMETERS) {
    wf_array *out = NULL;
    wf_error err;
    wf_status status;
    err.code = 0;
    if (count || kwnames) return in_python("copy", self, args, count, kwnames);
    WF_GRAPH(wf_array_copy(wf_py_array_of(self), &out, &err));
    return wf_py_array_value_of(wf_py_array_result(status, out, &err), self);
}

/* reshape(n, m …), reshape((n, m …)) */
static PyObject *method_reshape(METHOD_PARAMETERS) {
    int64_t shape[WF_MAX_DIMS];
    wf_array *out = NULL;
    wf_error err;
    wf_status status;
    PyObject *const *items = args;
    Py_ssize_t n = count;
    err.code = 0;
    if (count == 1 && PyTuple_CheckExact(args[0]))
        items = &PyTuple_GET_ITEM(args[0], 0), n = PyTuple_GET_SIZE(args[0]);
    int plain = !kwnames && n <= WF_MAX_DIMS && (count || items != args);
    for (Py_ssize_t i = 0; i < n && plain; i++) {
        int overflow = 1;
        if (PyLong_CheckExact(items[i])) shape[i] = PyLong_AsLongLongAndOverflow(items[i], &overflow);
        plain = !overflow;
    }
    if (!plain) return in_python("reshape", self, args, count, kwnames);
    WF_GRAPH(wf_array_reshape(wf_py_array_of(self), (int)n, shape, 0, &out, NULL, &err));
    return wf_py_array_view_result(status, out, &err, self);
}

static PyObject *method_ravel(METHOD_PARAMETERS) {
    wf_array *a = wf_py_array_of(self), *out = NULL;
    int64_t size = wf_array_size(a), step = wf_dtype_size((wf_dtype)a->dtype);
    wf_error err;
    wf_status status;
    err.code = 0;
    if (count || kwnames || !wf_array_is_contiguous(a)) return in_python("ravel", self, args, count, kwnames);
    WF_GRAPH(wf_array_view(a, (wf_dtype)a->dtype, 1, &size, &step, 0, &out, &err));
    return wf_py_array_view_result(status, out, &err, self);
}

static PyObject *method_item(METHOD_PARAMETERS) {
    wf_number n;
    if (count || kwnames || wf_array_size(wf_py_array_of(self)) != 1)
        return in_python("item", self, args, count, kwnames);
    return wf_py_array_number_of(self, &n) < 0 ? NULL : wf_py_number_object(n);
}

/* ---- the table ------------------------------------------------------------------------------------------
 */

#define METHOD(name, signature, text)                                                                        \
    {                                                                                                        \
#name, (PyCFunction)(void (*)(void))method_##name, METH_FASTCALL | METH_KEYWORDS,                    \
            #name "($self, " signature ")\n--\n\n" text                                                      \
    }
#define REDUCED "axis=None, dtype=None, out=None, keepdims=False, initial=None, where=None"
#define LEAST "axis=None, out=None, keepdims=False, initial=None, where=None"
static PyMethodDef methods[] = {
    METHOD(sum, REDUCED, "The sum over the axes (None: all), in the documented order."),
    METHOD(prod, REDUCED, "The product over the axes (None: all)."),
    METHOD(min, LEAST, "The smallest element over the axes; NaN if there is one."),
    METHOD(max, LEAST, "The largest element over the axes; NaN if there is one."),
    METHOD(any, "axis=None, out=None, keepdims=False, *, where=None", "Whether any element is true."),
    METHOD(all, "axis=None, out=None, keepdims=False, *, where=None", "Whether all elements are true."),
    METHOD(argmin, "axis=None, out=None, *, keepdims=False, dtype=None", "Where the smallest element is."),
    METHOD(argmax, "axis=None, out=None, *, keepdims=False, dtype=None", "Where the largest element is."),
    METHOD(astype, "dtype, order='K', casting='unsafe', subok=True, copy=True, *, device=None",
           "The elements as another dtype; order 'K': as they lie. Complex to real warns, as in NumPy."),
    METHOD(copy, "order='C'",
           "A copy in that order; 'A': in Fortran's where the array lies so, 'K': as it lies."),
    METHOD(reshape, "*shape, order='C', copy=None",
           "Another shape: a view where the strides allow it. copy=False: a view or an error; True: a copy."),
    METHOD(ravel, "order='C'", "One dimension, contiguous: a view where that is possible."),
    METHOD(item, "*args", "The element, of an array of one or at an index, as a Python number."),
    {NULL, NULL, 0, NULL},
};

/* FAST_METHODS: their names. The methods of the same names in Python stay behind them. */
int wf_py_add_methods(PyObject *module) {
    PyTypeObject *type = wf_py_arrays.base_type;
    PyObject *names = PyList_New(0);
    for (PyMethodDef *m = methods; names && m->ml_name; m++) {
        PyObject *method = PyDescr_NewMethod(type, m), *name = PyUnicode_FromString(m->ml_name);
        int bad = !method || !name || PyObject_SetAttr((PyObject *)type, name, method) < 0 ||
                  PyList_Append(names, name) < 0;
        Py_XDECREF(method);
        Py_XDECREF(name);
        if (bad) Py_CLEAR(names);
    }
    int result = names ? PyModule_AddObjectRef(module, "FAST_METHODS", names) : -1;
    Py_XDECREF(names);
    return result;
}
