/* python/ndarray_index.c: basic indexing (integers, slices, newaxis, ellipsis) as views; reading and writing
 * through them. An element, which NumPy gives as a number, is a copy that does not follow the array. Keys
 * with anything else in them (arrays, lists, masks) go to Python (weft/_array/_indexing.py). */
#include "python/ndarray.h"

typedef struct view_key {
    int ndim, ellipsis;
    int64_t shape[WF_MAX_DIMS], strides[WF_MAX_DIMS], offset;
} view_key;

static int is_basic(PyObject *item) {
    return item == Py_None || item == Py_Ellipsis || PySlice_Check(item) || PyLong_CheckExact(item) ||
           (PyIndex_Check(item) && !PyBool_Check(item) && !wf_py_is_array(item) && !PySequence_Check(item));
}

static int add_dim(view_key *k, int64_t extent, int64_t stride) {
    if (k->ndim >= WF_MAX_DIMS) {
        PyErr_SetString(PyExc_IndexError, "too many dimensions in the result of indexing");
        return -1;
    }
    k->shape[k->ndim] = extent, k->strides[k->ndim++] = stride;
    return 0;
}

static int take_integer(const wf_array *a, int axis, PyObject *item, view_key *k) {
    Py_ssize_t i = PyNumber_AsSsize_t(item, PyExc_IndexError), n = (Py_ssize_t)a->shape[axis];
    if (i == -1 && PyErr_Occurred()) return -1;
    if (i < -n || i >= n) {
        PyErr_Format(PyExc_IndexError, "index %zd is out of bounds for axis %d with size %zd", i, axis, n);
        return -1;
    }
    k->offset += (i < 0 ? i + n : i) * a->strides[axis];
    return 0;
}

static int take_slice(const wf_array *a, int axis, PyObject *item, view_key *k) {
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(item, &start, &stop, &step) < 0) return -1;
    Py_ssize_t count = PySlice_AdjustIndices((Py_ssize_t)a->shape[axis], &start, &stop, step);
    if (count > 0) k->offset += start * a->strides[axis];
    return add_dim(k, count, a->strides[axis] * step);
}

/* 1: a view; 0: another kind of key; -1: exception. */
static int basic_key(const wf_array *a, PyObject *key, view_key *k) {
    PyObject *single[1] = {key}, **items = single;
    Py_ssize_t count = 1, used = 0, ellipsis = -1;
    if (PyTuple_CheckExact(key)) items = &PyTuple_GET_ITEM(key, 0), count = PyTuple_GET_SIZE(key);
    for (Py_ssize_t i = 0; i < count; i++) {
        if (!is_basic(items[i])) return 0;
        if (items[i] == Py_Ellipsis) {
            if (ellipsis >= 0) {
                PyErr_SetString(PyExc_IndexError, "an index can only have a single ellipsis ('...')");
                return -1;
            }
            ellipsis = i;
        } else if (items[i] != Py_None) used++;
    }
    if (used > a->ndim) {
        PyErr_Format(PyExc_IndexError,
                     "too many indices for array: array is %d-dimensional, but %zd were indexed", a->ndim,
                     used);
        return -1;
    }
    k->ndim = 0, k->offset = 0, k->ellipsis = ellipsis >= 0;
    int axis = 0, left = a->ndim - (int)used;
    for (Py_ssize_t i = 0; i <= count; i++) {
        if (i == count ? ellipsis < 0 : i == ellipsis)
            for (; left; left--, axis++)
                if (add_dim(k, a->shape[axis], a->strides[axis]) < 0) return -1;
        if (i == count || i == ellipsis) continue;
        int bad = items[i] == Py_None       ? add_dim(k, 1, 0)
                  : PySlice_Check(items[i]) ? take_slice(a, axis++, items[i], k)
                                            : take_integer(a, axis++, items[i], k);
        if (bad < 0) return -1;
    }
    return 1;
}

PyObject *wf_py_array_getitem(PyObject *self, PyObject *key) {
    wf_array *a = wf_py_array_of(self), *view = NULL;
    view_key k;
    int basic = basic_key(a, key, &k);
    if (basic < 0) return NULL;
    if (!basic) {
        PyObject *args[2] = {self, key}, *chosen;
        if (!wf_py_array_choose(self, key, &chosen)) chosen = wf_py_array_hook_call("getitem", args, 2);
        return wf_py_array_value(chosen);
    }
    wf_error err;
    wf_status status;
    if (!k.ndim && !k.ellipsis && !wf_py_arrays.views) {
        WF_GRAPH(wf_array_element(a, k.offset, &view, &err));
        return wf_py_array_value(wf_py_array_result(status, view, &err));
    }
    WF_GRAPH(wf_array_view(a, (wf_dtype)a->dtype, k.ndim, k.shape, k.strides, k.offset, &view, &err));
    PyObject *result = wf_py_array_view_result(status, view, &err, self);
    if (result && wf_py_is_array(result)) ((wf_py_ndarray *)result)->value = 0; /* a[...] is an array */
    return result;
}

static int assign_view(wf_array *a, const view_key *k, const wf_operand *value) {
    wf_array *view = NULL;
    wf_error err;
    err.code = 0;
    wf_py_graph_enter();
    wf_status status =
        wf_array_view(a, (wf_dtype)a->dtype, k->ndim, k->shape, k->strides, k->offset, &view, &err);
    if (!status) status = wf_array_assign(view, value, NULL, &err);
    wf_array_release(view);
    wf_graph_leave();
    return status ? (wf_py_array_raise(&err), -1) : 0;
}

int wf_py_array_setitem(PyObject *self, PyObject *key, PyObject *value) {
    wf_array *a = wf_py_array_of(self);
    view_key k;
    if (!value) {
        PyErr_SetString(PyExc_ValueError, "cannot delete array elements");
        return -1;
    }
    int basic = wf_py_array_writable(self) < 0 ? -1 : basic_key(a, key, &k);
    if (basic < 0) return -1;
    if (!basic) {
        PyObject *args[3] = {self, key, value};
        PyObject *done = wf_py_array_hook_call("setitem", args, 3);
        Py_XDECREF(done);
        return done ? 0 : -1;
    }
    wf_operand operand;
    PyObject *keep, *converted = NULL;
    int found = wf_py_to_operand(value, &operand, &keep);
    if (!found) { /* text, None, Fraction …: whatever NumPy makes a number of */
        PyObject *args[2] = {self, value};
        if (!(converted = wf_py_array_hook_call("assigned", args, 2))) return -1;
        found = wf_py_need_operand(converted, &operand, &keep) < 0 ? -1 : 1;
    }
    int result = found < 0 ? -1 : assign_view(a, &k, &operand);
    if (found > 0) Py_XDECREF(keep);
    Py_XDECREF(converted);
    return result;
}
