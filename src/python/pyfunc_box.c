/* python/pyfunc_box.c: what a host function returns, as Python objects. The bytes lie as C lays out the
 * result's parts. An array keeps the memory that the function made (weft._core.HostMemory). */
#include "python/pyfunc.h"
#include "base/memory.h"

static PyTypeObject *host_memory_type;

/* ---- memory that a host function made ---- */

typedef struct host_memory {
    PyObject_HEAD char *data;
    Py_ssize_t size;
} host_memory;

static int host_memory_buffer(PyObject *object, Py_buffer *view, int flags) {
    return PyBuffer_FillInfo(view, object, ((host_memory *)object)->data, ((host_memory *)object)->size, 0,
                             flags);
}

/* device/python.h: the address of the memory itself lies 8 bytes before the data. */
static void host_memory_dealloc(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    char *data = ((host_memory *)object)->data;
    if (data) wf_free((void *)(uintptr_t)((uint64_t *)(void *)data)[-1]);
    PyObject_Free(object);
    Py_DECREF(type);
}

static PyType_Slot host_memory_slots[] = {
    {Py_bf_getbuffer, host_memory_buffer},
    {Py_tp_dealloc, host_memory_dealloc},
    {0, NULL},
};
static PyType_Spec host_memory_spec = {"weft._core.HostMemory", sizeof(host_memory), 0,
                                       Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                       host_memory_slots};

typedef struct unboxing {
    const char *code;
    const unsigned char *data;
    uint32_t at;
    PyObject *self;
} unboxing;

static const unsigned char *take(unboxing *u, uint32_t bytes) {
    u->at = (u->at + bytes - 1) / bytes * bytes;
    const unsigned char *data = u->data + u->at;
    u->at += bytes;
    return data;
}

static PyObject *box_array(unboxing *u) {
    char element[200];
    int ndim = u->code[2] - '0';
    const char *start = u->code + 3, *rest = wf_pf_code_skip(start);
    if (!rest || rest - start >= 200)
        return PyErr_Format(PyExc_SystemError, "a result of type '%s'", u->code);
    memcpy(element, start, (size_t)(rest - start));
    element[rest - start] = 0;
    u->code = rest;
    char *data;
    memcpy(&data, take(u, 8), 8);
    Py_ssize_t shape[NDIM_MAX], count = 1;
    for (int i = 0; i < ndim; i++) {
        memcpy(&shape[i], take(u, 8), 8);
        count *= shape[i];
    }
    host_memory *memory = PyObject_New(host_memory, host_memory_type);
    if (!memory) return NULL;
    memory->data = data;
    memory->size = 0;
    PyObject *tuple = wf_py_tuple_of(shape, ndim), *array = NULL;
    PyObject *dtype = PyObject_CallMethod(u->self, "_dtype", "s", element),
             *size = dtype ? PyObject_GetAttrString(dtype, "itemsize") : NULL;
    if (size) memory->size = PyLong_AsSsize_t(size) * count;
    if (tuple && size)
        array = PyObject_CallFunction((PyObject *)wf_py_numpy_array, "OOO", tuple, dtype, memory);
    Py_XDECREF(tuple);
    Py_XDECREF(dtype);
    Py_XDECREF(size);
    Py_DECREF(memory);
    return array;
}

static PyObject *box(unboxing *u) {
    char code = *u->code;
    int64_t i = 0;
    double d[2];
    float f[2];
    switch (code) {
    case 'N': u->code++; Py_RETURN_NONE;
    case 'A': return box_array(u);
    case '(': {
        PyObject *list = PyList_New(0), *tuple = NULL;
        for (u->code++; list && *u->code != ')';) {
            PyObject *item = box(u);
            if (!item || PyList_Append(list, item) < 0) Py_CLEAR(list);
            Py_XDECREF(item);
        }
        u->code++;
        if (list) tuple = PyList_AsTuple(list);
        Py_XDECREF(list);
        return tuple;
    }
    default: u->code++;
    }
    switch (code) {
    case '?': return PyBool_FromLong(*take(u, 1));
    case 'b': return PyLong_FromLong((signed char)*take(u, 1));
    case 'B': return PyLong_FromLong(*take(u, 1));
    case 'h':
    case 'H': {
        int16_t s;
        memcpy(&s, take(u, 2), 2);
        return PyLong_FromLong(code == 'h' ? s : (uint16_t)s);
    }
    case 'i':
    case 'I': {
        int32_t s;
        memcpy(&s, take(u, 4), 4);
        return code == 'i' ? PyLong_FromLong(s) : PyLong_FromUnsignedLong((uint32_t)s);
    }
    case 'l':
    case 'L':
        memcpy(&i, take(u, 8), 8);
        return code == 'l' ? PyLong_FromLongLong(i) : PyLong_FromUnsignedLongLong((uint64_t)i);
    case 'f': memcpy(f, take(u, 4), 4); return PyFloat_FromDouble((double)f[0]);
    case 'd': memcpy(d, take(u, 8), 8); return PyFloat_FromDouble(d[0]);
    case 'F':
        memcpy(&f[0], take(u, 4), 4);
        memcpy(&f[1], take(u, 4), 4);
        return PyComplex_FromDoubles((double)f[0], (double)f[1]);
    case 'D':
        memcpy(&d[0], take(u, 8), 8);
        memcpy(&d[1], take(u, 8), 8);
        return PyComplex_FromDoubles(d[0], d[1]);
    default: return PyErr_Format(PyExc_SystemError, "a result of type '%c'", code);
    }
}

PyObject *wf_py_box(PyObject *self, const char *code, const unsigned char *data) {
    unboxing u = {code, data, 0, self};
    return box(&u);
}

int wf_py_add_host_memory(PyObject *module) {
    return wf_py_add_type(module, &host_memory_spec, &host_memory_type);
}
