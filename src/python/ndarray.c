/* python/ndarray.c: the type weft._core.ndarray: attributes, the methods that the Python class is built from,
 * the buffer protocol (CPU only: what a GPU holds cannot be seen as host memory). */
#include "python/ndarray.h"
#include <stdio.h>

/* Calls hold an object's wf_array unretained while they wait for the graph or ask an index for its number, so
 * one that x.shape = … replaces lives on until the object goes. */
typedef struct wf_py_former {
    wf_array *array;
    struct wf_py_former *next;
} wf_py_former;

static void array_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    if (wf_py_array_of(self)) {
        wf_py_graph_enter();
        if (((wf_py_ndarray *)self)->told) wf_array_export_end(wf_py_array_of(self));
        wf_array_release(wf_py_array_of(self));
        for (wf_py_former *f = ((wf_py_ndarray *)self)->former, *next; f; f = next) {
            next = f->next;
            wf_array_release(f->array);
            PyMem_Free(f);
        }
        wf_graph_leave();
    }
    Py_XDECREF(((wf_py_ndarray *)self)->base);
    type->tp_free(self);
    Py_DECREF(type);
}

/* The same array (or view) as an object of a class derived from the one that users see. */
static PyObject *as_subclass(PyTypeObject *type, PyObject *from) {
    wf_py_ndarray *self = (wf_py_ndarray *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    wf_py_graph_enter();
    self->array = wf_array_retain(wf_py_array_of(from));
    wf_graph_leave();
    self->base = Py_XNewRef(((wf_py_ndarray *)from)->base);
    return (PyObject *)self;
}

static PyObject *array_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    PyObject *function = NULL, *result = NULL;
    if (!wf_py_arrays.python && !(wf_py_arrays.python = PyImport_ImportModule("weft._array._hooks")))
        return NULL;
    if ((function = PyObject_GetAttrString(wf_py_arrays.python, "new_array")))
        result = PyObject_Call(function, args, kwargs);
    Py_XDECREF(function);
    if (result && type != wf_py_arrays.array_type && wf_py_is_array(result)) {
        PyObject *derived = as_subclass(type, result);
        Py_DECREF(result);
        return derived;
    }
    return result;
}

/* ---- attributes -----------------------------------------------------------------------------------------
 */

static PyObject *get_shape(PyObject *self, void *unused) {
    (void)unused;
    return wf_py_shape_tuple(wf_py_array_of(self)->ndim, wf_py_array_of(self)->shape);
}
static PyObject *get_strides(PyObject *self, void *unused) {
    (void)unused;
    return wf_py_shape_tuple(wf_py_array_of(self)->ndim, wf_py_array_of(self)->strides);
}
static PyObject *get_dtype(PyObject *self, void *unused) {
    (void)unused;
    return Py_NewRef(wf_py_arrays.dtypes[wf_py_array_of(self)->dtype]);
}
static PyObject *get_ndim(PyObject *self, void *unused) {
    (void)unused;
    return PyLong_FromLong(wf_py_array_of(self)->ndim);
}
static PyObject *get_size(PyObject *self, void *unused) {
    (void)unused;
    return PyLong_FromLongLong(wf_array_size(wf_py_array_of(self)));
}
static PyObject *get_itemsize(PyObject *self, void *unused) {
    (void)unused;
    return PyLong_FromLong(wf_dtype_size((wf_dtype)wf_py_array_of(self)->dtype));
}
static PyObject *get_nbytes(PyObject *self, void *unused) {
    (void)unused;
    const wf_array *a = wf_py_array_of(self);
    return PyLong_FromLongLong(wf_array_size(a) * wf_dtype_size((wf_dtype)a->dtype));
}
static PyObject *get_device(PyObject *self, void *unused) {
    (void)unused;
    return wf_py_device_object(wf_array_device(wf_py_array_of(self)));
}
static PyObject *get_on_cpu(PyObject *self, void *unused) {
    (void)unused;
    return PyBool_FromLong(wf_device_is_cpu(wf_array_device(wf_py_array_of(self))));
}
static PyObject *get_pending(PyObject *self, void *unused) {
    (void)unused;
    return PyBool_FromLong(wf_array_is_pending(wf_py_array_of(self)));
}
static PyObject *get_aligned(PyObject *self, void *unused) {
    (void)unused;
    return PyBool_FromLong(wf_array_is_aligned(wf_py_array_of(self)));
}
static PyObject *get_contiguous(PyObject *self, void *fortran) {
    const wf_array *a = wf_py_array_of(self);
    return PyBool_FromLong(fortran ? wf_array_is_fortran(a) : wf_array_is_contiguous(a));
}
static PyObject *get_read_only(PyObject *self, void *unused) {
    (void)unused;
    return PyBool_FromLong(wf_py_array_of(self)->read_only);
}
static int set_read_only(PyObject *self, PyObject *value, void *unused) {
    (void)unused;
    int truth = value ? PyObject_IsTrue(value) : 0;
    if (truth < 0) return -1;
    wf_py_array_of(self)->read_only = (uint8_t)truth;
    return 0;
}
static PyObject *get_T(PyObject *self, void *unused) {
    (void)unused;
    wf_array *out = NULL;
    wf_error err;
    wf_status status;
    WF_GRAPH(wf_array_transpose(wf_py_array_of(self), NULL, &out, &err));
    return wf_py_array_view_result(status, out, &err, self);
}
static PyObject *get_is_value(PyObject *self, void *unused) {
    (void)unused;
    return PyBool_FromLong(wf_py_is_value(self));
}
/* Evaluates; the number is good as long as nothing is written to the array. */
static PyObject *get_pointer(PyObject *self, void *unused) {
    (void)unused;
    wf_address address = 0;
    wf_error err;
    wf_status status;
    WF_GRAPH_LONG(wf_array_address(wf_py_array_of(self), &address, &err));
    return status ? wf_py_array_raise(&err) : PyLong_FromUnsignedLongLong(address);
}

/* The same for foreign code, which may keep the number as long as the array lives: the memory is shared from
 * now on. */
static PyObject *get_exported(PyObject *self, void *unused) {
    (void)unused;
    wf_py_ndarray *object = (wf_py_ndarray *)self;
    wf_address address = 0;
    wf_error err;
    wf_status status;
    if (object->told) return get_pointer(self, NULL);
    WF_GRAPH_LONG(wf_array_export(object->array, &address, &err));
    if (status) return wf_py_array_raise(&err);
    object->told = 1;
    return PyLong_FromUnsignedLongLong(address);
}

/* The address, in memory that another process can open (runtime/ipc.h): shared from now on, as above. */
static PyObject *get_shareable(PyObject *self, void *unused) {
    (void)unused;
    wf_py_ndarray *object = (wf_py_ndarray *)self;
    wf_address address = 0;
    wf_error err;
    wf_status status;
    WF_GRAPH_LONG(wf_array_export_to_processes(object->array, &address, &err));
    if (status) return wf_py_array_raise(&err);
    if (object->told) wf_array_export_end(object->array); /* counted once */
    object->told = 1;
    return PyLong_FromUnsignedLongLong(address);
}

static PyObject *get_base(PyObject *self, void *unused) {
    (void)unused;
    PyObject *base = ((wf_py_ndarray *)self)->base;
    return Py_NewRef(base ? base : Py_None);
}
/* Only where the strides allow a view, as in NumPy. */
static int set_shape(PyObject *self, PyObject *value, void *unused) {
    (void)unused;
    wf_py_ndarray *object = (wf_py_ndarray *)self;
    wf_array *view = NULL;
    int64_t shape[WF_MAX_DIMS];
    int ndim = value ? wf_py_to_shape(value, shape) : -1, copied = 0;
    wf_error err;
    wf_status status;
    if (ndim < 0 || object->value) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_AttributeError, ndim < 0
                                                      ? "cannot delete array shape"
                                                      : "the shape of an element or a total cannot be set");
        return -1;
    }
    wf_py_former *former = PyMem_Malloc(sizeof *former);
    if (!former) return PyErr_NoMemory(), -1;
    wf_py_graph_enter();
    status = wf_array_reshape(object->array, ndim, shape, 0, &view, &copied, &err);
    if (!status && !copied) {
        *former = (wf_py_former){object->array, object->former};
        object->former = former, object->array = view;
    } else if (!status) wf_array_release(view);
    wf_graph_leave();
    if (!status && !copied) return 0;
    PyMem_Free(former);
    if (status) return wf_py_array_raise(&err), -1;
    PyErr_SetString(PyExc_AttributeError,
                    "incompatible shape for in-place modification. Use `.reshape()` to make a copy with the "
                    "desired shape.");
    return -1;
}

static PyGetSetDef array_getset[] = {
    {"base", get_base, NULL, "the array that this is a view of, or None", NULL},
    {"shape", get_shape, set_shape, "extents of the dimensions", NULL},
    {"strides", get_strides, NULL, "bytes from element to element along each dimension", NULL},
    {"dtype", get_dtype, NULL, "type of the elements", NULL},
    {"ndim", get_ndim, NULL, "number of dimensions", NULL},
    {"size", get_size, NULL, "number of elements", NULL},
    {"itemsize", get_itemsize, NULL, "bytes of an element", NULL},
    {"nbytes", get_nbytes, NULL, "bytes of all elements", NULL},
    {"device", get_device, NULL, "where the elements are", NULL},
    {"T", get_T, NULL, "the array with its dimensions reversed", NULL},
    {"_on_cpu", get_on_cpu, NULL, "on a CPU device", NULL},
    {"_pending", get_pending, NULL, "not computed yet", NULL},
    {"_aligned", get_aligned, NULL, NULL, NULL},
    {"_c_contiguous", get_contiguous, NULL, NULL, NULL},
    {"_f_contiguous", get_contiguous, NULL, NULL, (void *)1},
    {"_is_value", get_is_value, NULL, "an element or a total: NumPy's number", NULL},
    {"_read_only", get_read_only, set_read_only, NULL, NULL},
    {"_pointer", get_pointer, NULL, NULL, NULL},
    {"_exported", get_exported, NULL, NULL, NULL},
    {"_shareable", get_shareable, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

/* ---- methods that the Python class is built from --------------------------------------------------------
 */

static PyObject *array_cast(PyObject *self, PyObject *arg) {
    wf_dtype dtype;
    wf_array *out = NULL;
    wf_error err;
    wf_status status;
    if (wf_py_to_dtype(arg, &dtype) < 0) return NULL;
    WF_GRAPH(wf_array_cast(wf_py_array_of(self), dtype, &out, &err));
    return wf_py_array_result(status, out, &err);
}

static PyObject *array_copy(PyObject *self, PyObject *unused) {
    (void)unused;
    wf_array *out = NULL;
    wf_error err;
    wf_status status;
    WF_GRAPH(wf_array_copy(wf_py_array_of(self), &out, &err));
    return wf_py_array_result(status, out, &err);
}

static PyObject *array_contiguous(PyObject *self, PyObject *unused) {
    (void)unused;
    if (wf_array_is_contiguous(wf_py_array_of(self)) && wf_array_is_aligned(wf_py_array_of(self)))
        return Py_NewRef(self);
    return array_copy(self, NULL);
}

static PyObject *array_reshape(PyObject *self, PyObject *args) {
    PyObject *shape_object;
    int fortran = 0, ndim;
    int64_t shape[WF_MAX_DIMS];
    wf_array *out = NULL;
    wf_error err;
    wf_status status;
    if (!PyArg_ParseTuple(args, "O|p:_reshape", &shape_object, &fortran)) return NULL;
    if ((ndim = wf_py_to_shape(shape_object, shape)) < 0) return NULL;
    WF_GRAPH(wf_array_reshape(wf_py_array_of(self), ndim, shape, fortran, &out, NULL, &err));
    return wf_py_array_view_result(status, out, &err, self);
}

static PyObject *array_transpose(PyObject *self, PyObject *arg) {
    int64_t axes[WF_MAX_DIMS];
    int list[WF_MAX_DIMS], count = wf_py_to_shape(arg, axes);
    wf_array *a = wf_py_array_of(self), *out = NULL;
    wf_error err;
    wf_status status;
    uint64_t seen = 0;
    if (count < 0) return NULL;
    if (count != a->ndim) return PyErr_Format(PyExc_ValueError, "axes don't match array");
    for (int d = 0; d < count; d++) {
        int64_t axis = axes[d] < 0 ? axes[d] + count : axes[d];
        if (axis < 0 || axis >= count || seen >> axis & 1)
            return PyErr_Format(PyExc_ValueError,
                                axis < 0 || axis >= count
                                    ? "axis %lld is out of bounds for array of dimension %d"
                                    : "repeated axis in transpose",
                                (long long)axes[d], count);
        seen |= (uint64_t)1 << axis;
        list[d] = (int)axis;
    }
    WF_GRAPH(wf_array_transpose(a, list, &out, &err));
    return wf_py_array_view_result(status, out, &err, self);
}

static PyObject *array_broadcast(PyObject *self, PyObject *arg) {
    int64_t shape[WF_MAX_DIMS];
    int ndim = wf_py_to_shape(arg, shape);
    wf_array *out = NULL;
    wf_error err;
    wf_status status;
    if (ndim < 0) return NULL;
    WF_GRAPH(wf_array_broadcast_to(wf_py_array_of(self), ndim, shape, &out, &err));
    if (!status) out->read_only = 1;
    return wf_py_array_view_result(status, out, &err, self);
}

/* _view(shape, strides, offset, dtype): trusted; the Python side has checked that it stays inside. */
static PyObject *array_view(PyObject *self, PyObject *args) {
    PyObject *shape_object, *strides_object, *dtype_object = Py_None;
    long long offset = 0;
    int64_t shape[WF_MAX_DIMS], strides[WF_MAX_DIMS];
    wf_array *a = wf_py_array_of(self), *out = NULL;
    wf_dtype dtype;
    wf_error err;
    wf_status status;
    if (!PyArg_ParseTuple(args, "OO|LO:_view", &shape_object, &strides_object, &offset, &dtype_object))
        return NULL;
    int ndim = wf_py_to_shape(shape_object, shape);
    if (ndim < 0 || wf_py_to_shape(strides_object, strides) != ndim ||
        wf_py_to_dtype(dtype_object, &dtype) < 0) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "shape and strides differ in length");
        return NULL;
    }
    WF_GRAPH(wf_array_view(a, dtype == WF_DT_NONE ? (wf_dtype)a->dtype : dtype, ndim, shape, strides, offset,
                           &out, &err));
    return wf_py_array_view_result(status, out, &err, self);
}

/* ---- reductions -----------------------------------------------------------------------------------------
 */

static int to_axes(PyObject *object, int ndim, uint64_t *axes) {
    *axes = ndim == 64 ? ~(uint64_t)0 : ((uint64_t)1 << ndim) - 1;
    if (object == Py_None) return 0;
    int64_t list[WF_MAX_DIMS];
    if (PyBool_Check(object) || PyList_Check(object)) {
        PyErr_Format(PyExc_TypeError, "axis must be an integer or a tuple of integers, got %R", object);
        return -1;
    }
    int count = wf_py_to_shape(object, list);
    *axes = 0;
    if (!ndim && count == 1 && !PyTuple_Check(object) && (list[0] == 0 || list[0] == -1))
        return 0; /* as NumPy's reductions */
    for (int i = 0; i < count; i++) {
        int64_t axis = list[i] < 0 ? list[i] + ndim : list[i];
        if (axis < 0 || axis >= ndim) {
            PyObject *args[2] = {PyLong_FromLongLong(list[i]), PyLong_FromLong(ndim)};
            PyObject *result = args[0] && args[1] ? wf_py_array_hook_call("raise_axis", args, 2) : NULL;
            Py_XDECREF(result);
            Py_XDECREF(args[0]);
            Py_XDECREF(args[1]);
            return -1;
        }
        if (*axes >> axis & 1) {
            PyErr_SetString(PyExc_ValueError, "duplicate value in 'axis'");
            return -1;
        }
        *axes |= (uint64_t)1 << axis;
    }
    return count < 0 ? -1 : 0;
}

static int reduction_by_name(const char *name) {
    for (int r = 0; r < WF_RED_COUNT; r++)
        if (!strcmp(wf_reduction_names[r], name)) return r;
    PyErr_Format(PyExc_ValueError, "no reduction named %s", name);
    return -1;
}

/* A number; of an array of one element its value. */
static int initial_of(PyObject *object, wf_operand *operand) {
    PyObject *keep;
    wf_error err;
    wf_status status = WF_OK;
    if (wf_py_need_operand(object, operand, &keep) < 0) return -1;
    if (operand->array) {
        operand->dtype = (wf_dtype)operand->array->dtype;
        WF_GRAPH_LONG(wf_array_item(operand->array, &operand->number, &err));
        operand->array = NULL;
    }
    Py_XDECREF(keep);
    return status ? (wf_py_array_raise(&err), -1) : 0;
}

/* _reduce(name, axis, dtype, keepdims, initial, where) */
static PyObject *array_reduce(PyObject *self, PyObject *args) {
    const char *name;
    PyObject *axis = Py_None, *dtype = Py_None, *initial = Py_None, *where = Py_None, *keep[2] = {NULL, NULL};
    int keepdims = 0, op;
    wf_operand operands[2];
    wf_reduce_options o = {0};
    wf_array *out = NULL, *a = wf_py_array_of(self);
    wf_error err;
    wf_status status = WF_OK;
    err.code = 0;
    if (!PyArg_ParseTuple(args, "s|OOpOO:_reduce", &name, &axis, &dtype, &keepdims, &initial, &where))
        return NULL;
    if ((op = reduction_by_name(name)) < 0 || to_axes(axis, a->ndim, &o.axes) < 0 ||
        wf_py_to_dtype(dtype, &o.dtype) < 0)
        return NULL;
    if (initial != Py_None && initial_of(initial, &operands[0]) < 0) return NULL;
    if (where != Py_None && wf_py_need_operand(where, &operands[1], &keep[1]) < 0) goto done;
    o.keepdims = keepdims;
    o.initial = initial != Py_None ? &operands[0] : NULL, o.where = where != Py_None ? &operands[1] : NULL;
    WF_GRAPH(wf_array_reduce((wf_reduction)op, a, &o, &out, &err));
done:
    Py_XDECREF(keep[0]);
    Py_XDECREF(keep[1]);
    if (PyErr_Occurred()) return NULL;
    PyObject *result = wf_py_array_value(wf_py_array_result(status, out, &err));
    return o.where || o.initial ? result : wf_py_array_checked(wf_reduction_names[op], &self, 1, result);
}

/* ---- writing and looking --------------------------------------------------------------------------------
 */

/* _assign(value, where=None) */
static PyObject *array_assign(PyObject *self, PyObject *args) {
    PyObject *value, *where = Py_None, *keep[2] = {NULL, NULL};
    wf_operand operands[2];
    wf_error err;
    wf_status status = WF_OK;
    err.code = 0;
    if (!PyArg_ParseTuple(args, "O|O:_assign", &value, &where) || wf_py_array_writable(self) < 0) return NULL;
    if (wf_py_need_operand(value, &operands[0], &keep[0]) < 0) return NULL;
    if (where != Py_None && wf_py_need_operand(where, &operands[1], &keep[1]) < 0) {
        Py_XDECREF(keep[0]);
        return NULL;
    }
    WF_GRAPH(
        wf_array_assign(wf_py_array_of(self), &operands[0], where != Py_None ? &operands[1] : NULL, &err));
    Py_XDECREF(keep[0]);
    Py_XDECREF(keep[1]);
    if (status) return wf_py_array_raise(&err);
    Py_RETURN_NONE;
}

static PyObject *array_eval(PyObject *self, PyObject *unused) {
    (void)unused;
    wf_array *a = wf_py_array_of(self);
    wf_error err;
    wf_status status;
    WF_GRAPH_LONG(wf_array_eval(&a, 1, &err));
    if (status) return wf_py_array_raise(&err);
    Py_RETURN_NONE;
}

static PyObject *array_wait(PyObject *self, PyObject *unused) {
    (void)unused;
    wf_error err;
    wf_status status;
    if (!wf_py_may_wait()) return NULL;
    WF_GRAPH(wf_array_wait_briefly(wf_py_array_of(self), &err));
    if (status == WF_NOTREADY) WF_GRAPH_LONG(wf_array_wait(wf_py_array_of(self), &err));
    return wf_py_waited(status, &err, wf_array_context(wf_py_array_of(self)));
}

static PyObject *array_block_until_ready(PyObject *self, PyObject *unused) {
    PyObject *waited = array_wait(self, unused);
    if (!waited) return NULL;
    Py_DECREF(waited);
    return Py_NewRef(self);
}

/* _read_into(buffer): C order, exactly nbytes. */
static PyObject *array_read_into(PyObject *self, PyObject *target) {
    Py_buffer view;
    wf_array *a = wf_py_array_of(self);
    wf_error err;
    wf_status status;
    err.code = 0;
    if (!wf_py_may_wait()) return NULL;
    if (PyObject_GetBuffer(target, &view, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS) < 0) return NULL;
    if (view.len != wf_array_size(a) * (int64_t)wf_dtype_size((wf_dtype)a->dtype)) {
        PyBuffer_Release(&view);
        return PyErr_Format(PyExc_ValueError, "a buffer of %zd bytes for an array of %lld", view.len,
                            (long long)(wf_array_size(a) * wf_dtype_size((wf_dtype)a->dtype)));
    }
    WF_GRAPH_LONG(wf_array_to_host(a, view.buf, &err));
    PyBuffer_Release(&view);
    if (status) return wf_py_array_raise(&err);
    Py_RETURN_NONE;
}

static PyObject *array_item(PyObject *self, PyObject *unused) {
    (void)unused;
    wf_number n;
    return wf_py_array_number_of(self, &n) < 0 ? NULL : wf_py_number_object(n);
}

static PyObject *array_to_device(PyObject *self, PyObject *device) {
    wf_array *out = NULL;
    wf_error err;
    wf_status status;
    wf_context *context = wf_py_to_context(device);
    if (!context) return NULL;
    WF_GRAPH_LONG(wf_array_to_context(wf_py_array_of(self), context, &out, &err));
    return wf_py_array_result(status, out, &err);
}

static PyObject *array_explain(PyObject *self, PyObject *unused) {
    (void)unused;
    wf_text text;
    wf_error err;
    wf_status status;
    wf_text_init(&text, NULL);
    WF_GRAPH_LONG(wf_array_explain(wf_py_array_of(self), &text, &err));
    PyObject *result =
        status ? wf_py_array_raise(&err) : PyUnicode_FromStringAndSize(text.data, (Py_ssize_t)text.length);
    wf_text_free(&text);
    return result;
}

static PyObject *array_same_base(PyObject *self, PyObject *other) {
    return PyBool_FromLong(wf_py_is_array(other) &&
                           wf_array_same_base(wf_py_array_of(self), wf_py_array_of(other)));
}

/* _as(class): the same elements as an object of a derived class. */
static PyObject *array_as(PyObject *self, PyObject *type) {
    if (!PyType_Check(type) || !PyType_IsSubtype((PyTypeObject *)type, wf_py_arrays.base_type))
        return PyErr_Format(PyExc_TypeError, "expected a class derived from ndarray, got %R", type);
    return as_subclass((PyTypeObject *)type, self);
}

static PyMethodDef array_methods[] = {
    {"_as", array_as, METH_O, "as an object of a derived class"},
    {"_cast", array_cast, METH_O, "a new array of that dtype"},
    {"_copy", array_copy, METH_NOARGS, "a new array with the same elements, in C order"},
    {"_contiguous", array_contiguous, METH_NOARGS, "itself when it is in C order and aligned, else a copy"},
    {"_reshape", array_reshape, METH_VARARGS, "(shape, fortran=False)"},
    {"_transpose", array_transpose, METH_O, "(axes)"},
    {"_broadcast_to", array_broadcast, METH_O, "(shape): a read-only view"},
    {"_view", array_view, METH_VARARGS, "(shape, strides, offset=0, dtype=None)"},
    {"_reduce", array_reduce, METH_VARARGS, "(name, axis, dtype, keepdims, initial, where)"},
    {"_assign", array_assign, METH_VARARGS, "(value, where=None): self[...] = value"},
    {"_eval", array_eval, METH_NOARGS, "computes"},
    {"_wait", array_wait, METH_NOARGS, "computes and waits"},
    {"block_until_ready", array_block_until_ready, METH_NOARGS,
     "block_until_ready()\n--\n\nComputes the array, waits until that is done, and returns it."},
    {"_read_into", array_read_into, METH_O, "copies the elements into a writable buffer"},
    {"_item", array_item, METH_NOARGS, "the one element as a Python number"},
    {"_to_device", array_to_device, METH_O, "itself, or a copy on that device"},
    {"_explain", array_explain, METH_NOARGS, "computes, and gives the kernels that did, as CUDA C"},
    {"_same_base", array_same_base, METH_O, "both are views of the same memory"},
    {NULL, NULL, 0, NULL},
};

/* ---- the buffer protocol --------------------------------------------------------------------------------
 */

static const char *const formats[WF_DT_COUNT] = {"?", "b", "B",  "h", "H", "i",  "I", "l",
                                                 "L", "e", NULL, "f", "d", "Zf", "Zd"};

static int array_getbuffer(PyObject *self, Py_buffer *view, int flags) {
    wf_py_ndarray *object = (wf_py_ndarray *)self;
    wf_array *a = object->array;
    wf_address address = 0;
    wf_error err;
    wf_status status;
    view->obj = NULL;
    const char *refusal = !wf_device_is_cpu(wf_array_device(a)) ? "the array is on a GPU: use weft.asnumpy(x)"
                          : !formats[a->dtype]                  ? "bfloat16 has no buffer format"
                          : (flags & PyBUF_WRITABLE) && a->read_only ? "the array is read-only"
                          : !(flags & PyBUF_STRIDES) && !wf_array_is_contiguous(a)
                              ? "the array is not contiguous"
                              : NULL;
    if (refusal) {
        PyErr_SetString(PyExc_BufferError, refusal);
        return -1;
    }
    WF_GRAPH_LONG(wf_array_export(a, &address, &err));
    if (!status) status = wf_stream_synchronize(wf_context_default_stream(wf_array_context(a)), &err);
    if (status) {
        wf_py_array_raise(&err);
        return -1;
    }
    /* The buffer points to the shape and the strides: they stay although x.shape is set meanwhile. */
    wf_py_graph_enter();
    wf_array *shown = wf_array_retain(a);
    wf_graph_leave();
    *view =
        (Py_buffer){.buf = (void *)(uintptr_t)address,
                    .internal = shown,
                    .obj = Py_NewRef(self),
                    .readonly = a->read_only,
                    .itemsize = (Py_ssize_t)wf_dtype_size((wf_dtype)a->dtype),
                    .ndim = a->ndim,
                    .format = flags & PyBUF_FORMAT ? (char *)formats[a->dtype] : NULL,
                    .shape = flags & PyBUF_ND ? (Py_ssize_t *)a->shape : NULL,
                    .strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? (Py_ssize_t *)a->strides : NULL};
    view->len = (Py_ssize_t)wf_array_size(a) * view->itemsize;
    return 0;
}

static void array_releasebuffer(PyObject *self, Py_buffer *view) {
    (void)self;
    wf_py_graph_enter();
    wf_array_export_end(view->internal);
    wf_array_release(view->internal);
    wf_graph_leave();
}

/* As the number that NumPy gives: equal ones, Python's among them, hash alike. */
static Py_hash_t array_hash(PyObject *self) {
    wf_number n;
    if (!wf_py_is_value(self)) {
        PyErr_Format(PyExc_TypeError,
                     "unhashable type: '%s' (an element a[i] is hashable, and so are a.item() "
                     "and the elements of a.tolist())",
                     Py_TYPE(self)->tp_name);
        return -1;
    }
    if (wf_py_array_number_of(self, &n) < 0) return -1;
    if ((n.kind == 'f' || n.kind == 'c') && (n.re != n.re || n.im != n.im))
        return (Py_hash_t)((uintptr_t)self >> 4);
    PyObject *number = wf_py_number_object(n);
    Py_hash_t hash = number ? PyObject_Hash(number) : -1;
    Py_XDECREF(number);
    return hash;
}

static Py_ssize_t array_length(PyObject *self) {
    const wf_array *a = wf_py_array_of(self);
    if (a->ndim) return (Py_ssize_t)a->shape[0];
    PyErr_SetString(PyExc_TypeError, "len() of unsized object");
    return -1;
}

/* What C code takes for a sequence (PySequence_Check: pandas, bisect). */
static PyObject *array_sequence_item(PyObject *self, Py_ssize_t index) {
    PyObject *number = PyLong_FromSsize_t(index);
    PyObject *item = number ? PyObject_GetItem(self, number) : NULL;
    Py_XDECREF(number);
    return item;
}

/* ---- the type -------------------------------------------------------------------------------------------
 */

#define NUMBER(slot)                                                                                         \
    { Py_##slot, NULL }
static PyType_Slot array_slots[] = {
    NUMBER(nb_add),
    NUMBER(nb_subtract),
    NUMBER(nb_multiply),
    NUMBER(nb_true_divide),
    NUMBER(nb_floor_divide),
    NUMBER(nb_remainder),
    NUMBER(nb_and),
    NUMBER(nb_or),
    NUMBER(nb_xor),
    NUMBER(nb_lshift),
    NUMBER(nb_rshift),
    NUMBER(nb_power),
    NUMBER(nb_divmod),
    NUMBER(nb_matrix_multiply),
    NUMBER(nb_negative),
    NUMBER(nb_positive),
    NUMBER(nb_absolute),
    NUMBER(nb_invert),
    NUMBER(nb_bool),
    NUMBER(nb_int),
    NUMBER(nb_float),
    NUMBER(nb_index),
    NUMBER(nb_inplace_add),
    NUMBER(nb_inplace_subtract),
    NUMBER(nb_inplace_multiply),
    NUMBER(nb_inplace_true_divide),
    NUMBER(nb_inplace_floor_divide),
    NUMBER(nb_inplace_remainder),
    NUMBER(nb_inplace_and),
    NUMBER(nb_inplace_or),
    NUMBER(nb_inplace_xor),
    NUMBER(nb_inplace_lshift),
    NUMBER(nb_inplace_rshift),
    NUMBER(nb_inplace_power),
    {Py_tp_dealloc, array_dealloc},
    {Py_tp_new, array_new},
    {Py_tp_getset, array_getset},
    {Py_tp_methods, array_methods},
    {Py_tp_richcompare, wf_py_array_compare},
    {Py_tp_hash, array_hash},
    {Py_mp_length, array_length},
    {Py_mp_subscript, wf_py_array_getitem},
    {Py_sq_length, array_length},
    {Py_sq_item, array_sequence_item},
    {Py_mp_ass_subscript, wf_py_array_setitem},
    {Py_bf_getbuffer, array_getbuffer},
    {Py_bf_releasebuffer, array_releasebuffer},
    {0, NULL},
};
#undef NUMBER

/* The number slots are written once, as a PyNumberMethods in ndarray_number.c. */
static void fill_number_slots(void) {
    const PyNumberMethods *n = &wf_py_array_number;
    void *functions[] = {n->nb_add,
                         n->nb_subtract,
                         n->nb_multiply,
                         n->nb_true_divide,
                         n->nb_floor_divide,
                         n->nb_remainder,
                         n->nb_and,
                         n->nb_or,
                         n->nb_xor,
                         n->nb_lshift,
                         n->nb_rshift,
                         n->nb_power,
                         n->nb_divmod,
                         n->nb_matrix_multiply,
                         n->nb_negative,
                         n->nb_positive,
                         n->nb_absolute,
                         n->nb_invert,
                         n->nb_bool,
                         n->nb_int,
                         n->nb_float,
                         n->nb_index,
                         n->nb_inplace_add,
                         n->nb_inplace_subtract,
                         n->nb_inplace_multiply,
                         n->nb_inplace_true_divide,
                         n->nb_inplace_floor_divide,
                         n->nb_inplace_remainder,
                         n->nb_inplace_and,
                         n->nb_inplace_or,
                         n->nb_inplace_xor,
                         n->nb_inplace_lshift,
                         n->nb_inplace_rshift,
                         n->nb_inplace_power};
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) array_slots[i].pfunc = functions[i];
}

static PyType_Spec array_spec = {
    .name = "weft._core.ndarray",
    .basicsize = sizeof(wf_py_ndarray),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = array_slots,
};

int wf_py_add_ndarray(PyObject *module) {
    fill_number_slots();
    if (wf_py_add_type(module, &array_spec, &wf_py_arrays.base_type) < 0) return -1;
    wf_py_arrays.array_type = wf_py_arrays.base_type;
    wf_py_arrays.dtype_codes = PyDict_New();
    return wf_py_arrays.dtype_codes ? 0 : -1;
}
