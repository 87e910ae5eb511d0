/* python/ndarray_operand.c: Python objects as operands, shapes, dtypes; results as Python objects; errors.
 *
 * NEP 50: a Python bool is a strong bool, Python's int, float and complex are weak, NumPy's scalars have the
 * type they have (np.float64 is a subclass of float, so only exact types count as Python's). */
#include "python/ndarray.h"
#include "python/number.h"

wf_py_array_state wf_py_arrays;

void wf_py_graph_enter(void) {
    if (wf_graph_try_enter()) return;
    Py_BEGIN_ALLOW_THREADS wf_graph_enter();
    Py_END_ALLOW_THREADS
}

/* ---- the way to Python ----------------------------------------------------------------------------------
 */

PyObject *wf_py_array_hook_call(const char *name, PyObject *const *args, Py_ssize_t count) {
    if (!wf_py_arrays.python && !(wf_py_arrays.python = PyImport_ImportModule("weft._array._hooks")))
        return NULL;
    PyObject *function = PyObject_GetAttrString(wf_py_arrays.python, name);
    if (!function) return NULL;
    PyObject *result = PyObject_Vectorcall(function, args, (size_t)count, NULL);
    Py_DECREF(function);
    return result;
}

/* ---- errors and results ---------------------------------------------------------------------------------
 */

static PyObject *error_class(const wf_error *err) {
    if (err->status != WF_INVALID) return NULL;
    switch (err->code) {
    case WF_ERR_INDEX: return PyExc_IndexError;
    case WF_ERR_OVERFLOW: return PyExc_OverflowError;
    default: return NULL;
    }
}

/* With the largest arrays that live, which Python finds. */
static PyObject *raise_no_memory(const wf_error *err) {
    wf_error more = *err;
    PyObject *text = PyUnicode_DecodeUTF8(err->message, (Py_ssize_t)strlen(err->message), "replace");
    PyObject *args[1] = {text}, *told = text ? wf_py_array_hook_call("out_of_memory", args, 1) : NULL;
    const char *words = told ? PyUnicode_AsUTF8(told) : NULL;
    PyErr_Clear(); /* where that went wrong too, the plain message has to do */
    if (words) snprintf(more.message, sizeof more.message, "%s", words);
    Py_XDECREF(told);
    Py_XDECREF(text);
    return wf_py_raise(&more);
}

PyObject *wf_py_array_raise(const wf_error *err) {
    if (err->status == WF_NOMEM && !PyErr_Occurred()) return raise_no_memory(err);
    PyObject *class = error_class(err);
    if (!class || PyErr_Occurred()) return wf_py_raise(err);
    PyErr_SetString(class, err->message);
    return NULL;
}

PyObject *wf_py_array_object(wf_array *array) {
    PyTypeObject *type = wf_py_arrays.array_type;
    wf_py_ndarray *self = (wf_py_ndarray *)type->tp_alloc(type, 0);
    if (!self) {
        wf_py_graph_enter();
        wf_array_release(array);
        wf_graph_leave();
        return NULL;
    }
    self->array = array;
    return (PyObject *)self;
}

PyObject *wf_py_array_result(wf_status status, wf_array *array, const wf_error *err) {
    return status == WF_OK ? wf_py_array_object(array) : wf_py_array_raise(err);
}

PyObject *wf_py_array_value(PyObject *result) {
    if (result && !wf_py_arrays.views && wf_py_is_array(result) && !wf_py_array_of(result)->ndim)
        ((wf_py_ndarray *)result)->value = 1;
    return result;
}

int wf_py_array_writable(PyObject *array) {
    if (!((wf_py_ndarray *)array)->value) return 0;
    PyErr_SetString(PyExc_TypeError,
                    "an element or a total is a number, as in NumPy, and cannot be written to: write to the "
                    "array it came from (a[i] = v), through a view of it (a[i, ...]), or to a copy");
    return -1;
}

PyObject *wf_py_number_object(wf_number n) {
    switch (n.kind) {
    case 'b': return PyBool_FromLong(n.i != 0);
    case 'i': return PyLong_FromLongLong(n.i);
    case 'u': return PyLong_FromUnsignedLongLong((unsigned long long)n.i);
    case 'f': return PyFloat_FromDouble(n.re);
    default: return PyComplex_FromDoubles(n.re, n.im);
    }
}

PyObject *wf_py_shape_tuple(int ndim, const int64_t *values) {
    PyObject *tuple = PyTuple_New(ndim);
    for (int d = 0; tuple && d < ndim; d++) {
        PyObject *value = PyLong_FromLongLong(values[d]);
        if (!value) {
            Py_DECREF(tuple);
            return NULL;
        }
        PyTuple_SET_ITEM(tuple, d, value);
    }
    return tuple;
}

/* Views and elementwise results of a derived class are of that class, as in NumPy; the classes of weft's own
 * that are derived from ndarray say `_plain_results`. */
PyObject *wf_py_array_of_class(PyObject *result, PyObject *of) {
    if (!result || !wf_py_is_derived(of) || !wf_py_is_array(result)) return result;
    PyObject *args[2] = {result, of}, *derived = wf_py_array_hook_call("of_class", args, 2);
    Py_DECREF(result);
    return derived;
}

PyObject *wf_py_array_view_result(wf_status status, wf_array *view, const wf_error *err, PyObject *of) {
    if (!status &&
        ((wf_py_ndarray *)of)->value) { /* a number has no views: a copy, to do with as one likes */
        wf_array *copy = NULL;
        wf_error failed;
        wf_py_graph_enter();
        status = wf_array_copy(view, &copy, &failed);
        wf_array_release(view);
        wf_graph_leave();
        return wf_py_array_value(wf_py_array_result(status, copy, &failed));
    }
    PyObject *result = wf_py_array_result(status, view, err), *base = ((wf_py_ndarray *)of)->base;
    if (result && wf_array_same_base(view, wf_py_array_of(of)))
        ((wf_py_ndarray *)result)->base = Py_NewRef(base ? base : of);
    return wf_py_array_of_class(result, of);
}

/* ---- dtypes and shapes ----------------------------------------------------------------------------------
 */

int wf_py_to_dtype(PyObject *object, wf_dtype *dtype) {
    *dtype = WF_DT_NONE;
    if (!object || object == Py_None) return 0;
    for (int t = 0; t < WF_DT_COUNT; t++)
        if (wf_py_arrays.dtypes[t] == object) {
            *dtype = (wf_dtype)t;
            return 0;
        }
    PyObject *known = PyDict_GetItemWithError(wf_py_arrays.dtype_codes, object);
    if (known) {
        *dtype = (wf_dtype)PyLong_AsLong(known);
        return 0;
    }
    PyErr_Clear(); /* unhashable: asked below */
    PyObject *code = wf_py_array_hook_call("dtype_code", &object, 1);
    if (!code) return -1;
    long value = PyLong_AsLong(code);
    if (PyType_Check(object)) PyDict_SetItem(wf_py_arrays.dtype_codes, object, code);
    Py_DECREF(code);
    *dtype = (wf_dtype)value;
    return PyErr_Occurred() ? -1 : 0;
}

static int one_extent(PyObject *object, int64_t *value) {
    Py_ssize_t n = PyNumber_AsSsize_t(object, PyExc_OverflowError);
    *value = n;
    return n == -1 && PyErr_Occurred() ? -1 : 0;
}

int wf_py_to_shape(PyObject *object, int64_t *shape) {
    if (PyLong_CheckExact(object) || (PyIndex_Check(object) && !PySequence_Check(object)))
        return one_extent(object, shape) < 0 ? -1 : 1;
    PyObject *list = PySequence_Tuple(object); /* of a list a copy: an item's __index__ may change it */
    if (!list && PyErr_ExceptionMatches(PyExc_TypeError)) {
        PyErr_Clear();
        PyErr_SetString(PyExc_TypeError, "expected a sequence of integers or a single integer as the shape");
    }
    if (!list) return -1;
    Py_ssize_t count = PyTuple_GET_SIZE(list);
    if (count > WF_MAX_DIMS) {
        PyErr_Format(PyExc_ValueError, "maximum supported dimension for an ndarray is %d, found %zd",
                     WF_MAX_DIMS, count);
        count = -1;
    }
    for (Py_ssize_t d = 0; d < count; d++)
        if (one_extent(PyTuple_GET_ITEM(list, d), &shape[d]) < 0) {
            count = -1;
            break;
        }
    Py_DECREF(list);
    return (int)count;
}

/* ---- operands -------------------------------------------------------------------------------------------
 */

static int integer_operand(PyObject *object, wf_operand *operand) {
    int overflow;
    int64_t value = PyLong_AsLongLongAndOverflow(object, &overflow);
    operand->number = (wf_number){'i', 0, 0, value};
    operand->dtype = WF_DT_INT64;
    operand->weak = WF_WEAK_INT;
    if (!overflow) return 1;
    uint64_t bits = overflow > 0 ? PyLong_AsUnsignedLongLong(object) : 0;
    if (overflow > 0 && !PyErr_Occurred()) {
        operand->number = (wf_number){'u', 0, 0, (int64_t)bits};
        operand->dtype = WF_DT_UINT64;
        return 1;
    }
    PyErr_Clear(); /* beyond 64 bits: for floats and comparisons, see wf_number_fits */
    double wide = PyLong_AsDouble(object);
    if (PyErr_Occurred()) wide = overflow > 0 ? INFINITY : -INFINITY;
    PyErr_Clear();
    operand->number = (wf_number){'f', wide, 0, 0};
    return 1;
}

static wf_dtype scalar_dtype(char kind, uint32_t size) {
    for (int t = 0; t < WF_DT_COUNT; t++)
        if (wf_dtypes[t].kind == kind && wf_dtypes[t].size == size && t != WF_DT_BFLOAT16) return (wf_dtype)t;
    return WF_DT_NONE;
}

static int numpy_scalar(PyObject *object, wf_operand *operand) {
    wf_py_number n;
    int found = wf_py_number_of(object, &n);
    if (found <= 0 || !n.size) return found;
    operand->dtype = scalar_dtype(n.kind, n.size);
    if (operand->dtype == WF_DT_NONE) return 0;
    operand->number = wf_number_load(n.raw, operand->dtype);
    return 1;
}

int wf_py_to_operand(PyObject *object, wf_operand *operand, PyObject **keep) {
    *keep = NULL;
    memset(operand, 0, sizeof *operand);
    if (wf_py_is_array(object)) {
        operand->array = wf_py_array_of(object);
        return 1;
    }
    if (PyFloat_CheckExact(object)) {
        operand->number = (wf_number){'f', PyFloat_AS_DOUBLE(object), 0, 0};
        operand->dtype = WF_DT_FLOAT64, operand->weak = WF_WEAK_FLOAT;
        return 1;
    }
    if (PyLong_CheckExact(object)) return integer_operand(object, operand);
    if (PyBool_Check(object)) {
        operand->number = (wf_number){'b', 0, 0, object == Py_True};
        operand->dtype = WF_DT_BOOL;
        return 1;
    }
    if (PyComplex_CheckExact(object)) {
        operand->number = (wf_number){'c', PyComplex_RealAsDouble(object), PyComplex_ImagAsDouble(object), 0};
        operand->dtype = WF_DT_COMPLEX128, operand->weak = WF_WEAK_COMPLEX;
        return 1;
    }
    int scalar = numpy_scalar(object, operand);
    if (scalar) return scalar;
    PyObject *array =
        wf_py_array_hook_call("operand", &object, 1); /* lists, NumPy arrays …; None: nothing of ours */
    if (!array) return -1;
    if (!wf_py_is_array(array)) {
        Py_DECREF(array);
        return 0;
    }
    operand->array = wf_py_array_of(array);
    *keep = array;
    return 1;
}

int wf_py_need_operand(PyObject *object, wf_operand *operand, PyObject **keep) {
    int found = wf_py_to_operand(object, operand, keep);
    if (!found) PyErr_Format(PyExc_TypeError, "Unsupported type %R", Py_TYPE(object));
    return found > 0 ? 0 : -1;
}
