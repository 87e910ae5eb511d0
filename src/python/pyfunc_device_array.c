/* python/pyfunc_device_array.c: weft._core.DeviceArray, the base of what cuda.to_device gives: where an array
 * lies and what it is made of. */
#include "python/pyfunc.h"
#include <structmember.h>

PyTypeObject *wf_py_device_array_type;

int wf_py_sizes_of(PyObject *tuple, Py_ssize_t *out) {
    Py_ssize_t n = PyTuple_Check(tuple) ? PyTuple_GET_SIZE(tuple) : -1;
    if (n < 0 || n > NDIM_MAX) {
        PyErr_Format(PyExc_ValueError, "an array has at most %d dimensions", NDIM_MAX);
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        out[i] = PyLong_AsSsize_t(PyTuple_GET_ITEM(tuple, i));
        if (out[i] == -1 && PyErr_Occurred()) return -1;
    }
    return (int)n;
}

/* DeviceArray(owner, address, code, itemsize, shape, strides, readonly=False) */
static PyObject *device_array_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    (void)kwargs;
    PyObject *owner, *shape, *strides;
    unsigned long long address;
    const char *code;
    Py_ssize_t itemsize;
    int readonly = 0;
    if (!PyArg_ParseTuple(args, "OKsnOO|p:DeviceArray", &owner, &address, &code, &itemsize, &shape, &strides,
                          &readonly))
        return NULL;
    const char *rest = wf_pf_code_skip(code);
    if (!rest || *rest || strlen(code) >= 200)
        return PyErr_Format(PyExc_TypeError, "elements of type '%s' are not supported", code);
    wf_py_device_array *self = (wf_py_device_array *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->owner = Py_NewRef(owner);
    self->address = address;
    strcpy(self->code, code);
    self->itemsize = itemsize;
    self->readonly = readonly;
    self->ndim = wf_py_sizes_of(shape, self->shape);
    if (self->ndim < 0 || wf_py_sizes_of(strides, self->strides) != self->ndim) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "shape and strides differ in length");
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static void device_array_dealloc(PyObject *object) {
    wf_py_device_array *self = (wf_py_device_array *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    if (self->weaklist) PyObject_ClearWeakRefs(object);
    Py_XDECREF(self->owner);
    type->tp_free(object);
    Py_DECREF(type);
}

static int device_array_traverse(PyObject *object, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((wf_py_device_array *)object)->owner);
    return 0;
}

PyObject *wf_py_tuple_of(const Py_ssize_t *sizes, int n) {
    PyObject *tuple = PyTuple_New(n);
    for (int i = 0; tuple && i < n; i++) {
        PyObject *size = PyLong_FromSsize_t(sizes[i]);
        if (!size) Py_CLEAR(tuple);
        else PyTuple_SET_ITEM(tuple, i, size);
    }
    return tuple;
}

static PyObject *get_shape(PyObject *o, void *c) {
    (void)c;
    return wf_py_tuple_of(((wf_py_device_array *)o)->shape, ((wf_py_device_array *)o)->ndim);
}
static PyObject *get_strides(PyObject *o, void *c) {
    (void)c;
    return wf_py_tuple_of(((wf_py_device_array *)o)->strides, ((wf_py_device_array *)o)->ndim);
}
static PyObject *get_address(PyObject *o, void *c) {
    (void)c;
    return PyLong_FromUnsignedLongLong(((wf_py_device_array *)o)->address);
}
static PyObject *get_code(PyObject *o, void *c) {
    (void)c;
    return PyUnicode_FromString(((wf_py_device_array *)o)->code);
}
static PyGetSetDef device_array_getset[] = {
    {"shape", get_shape, NULL, NULL, NULL},
    {"strides", get_strides, NULL, "in bytes", NULL},
    {"_address", get_address, NULL, NULL, NULL},
    {"_code", get_code, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyMemberDef device_array_members[] = {
    {"_owner", T_OBJECT, offsetof(wf_py_device_array, owner), READONLY, NULL},
    {"itemsize", T_PYSSIZET, offsetof(wf_py_device_array, itemsize), READONLY, NULL},
    {"ndim", T_INT, offsetof(wf_py_device_array, ndim), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(wf_py_device_array, weaklist), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot device_array_slots[] = {
    {Py_tp_new, device_array_new},           {Py_tp_dealloc, device_array_dealloc},
    {Py_tp_traverse, device_array_traverse}, {Py_tp_getset, device_array_getset},
    {Py_tp_members, device_array_members},   {0, NULL},
};
static PyType_Spec device_array_spec = {"weft._core.DeviceArray", sizeof(wf_py_device_array), 0,
                                        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                                        device_array_slots};

int wf_py_add_device_array(PyObject *module) {
    return wf_py_add_type(module, &device_array_spec, &wf_py_device_array_type);
}
