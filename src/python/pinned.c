/* python/pinned.c: weft.PinnedMemory: host memory that a device reaches at full speed, given out as a buffer.
 *
 * np.frombuffer(PinnedMemory(n)) is the array; the array keeps this object, and so the memory, alive. The
 * same type stands for memory that was there before and is only registered. */
#include "python/memory.h"

typedef struct pinned {
    PyObject_HEAD void *host;
    size_t size;
    wf_context *context; /* retained */
    int registered;      /* 1: of someone else, see `view` */
    int closed;          /* free() was called: no new buffer is given out */
    int gone;            /* given back, or unregistered */
    Py_buffer view;      /* registered: what was registered, held */
} pinned;

static PyObject *pinned_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"size", "flags", "device", "managed", NULL};
    Py_ssize_t size;
    unsigned flags = 0;
    PyObject *where = Py_None;
    int managed = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "n|I$Op:PinnedMemory", names, &size, &flags, &where,
                                     &managed))
        return NULL;
    if (size < 0) return PyErr_Format(PyExc_ValueError, "a size of %zd bytes", size);
    wf_context *context = wf_py_to_context(where);
    wf_address address = 0;
    wf_error error;
    wf_status status;
    if (!context) return NULL;
    Py_BEGIN_ALLOW_THREADS status = wf_memory_alloc(context, managed ? WF_MEMORY_MANAGED : WF_MEMORY_PINNED,
                                                    flags, (size_t)size, &address, &error);
    Py_END_ALLOW_THREADS if (status != WF_OK) return wf_py_raise(&error);
    pinned *self = (pinned *)type->tp_alloc(type, 0);
    if (!self) {
        wf_memory_free(address, NULL);
        return NULL;
    }
    self->host = (void *)(uintptr_t)address;
    self->size = (size_t)size;
    self->context = wf_context_retain(context);
    return (PyObject *)self;
}

/* register(buffer, flags=0, device=None) */
static PyObject *pinned_register(PyObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"buffer", "flags", "device", NULL};
    PyObject *buffer, *where = Py_None;
    unsigned flags = 0;
    wf_error error;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|I$O:register", names, &buffer, &flags, &where))
        return NULL;
    wf_context *context = wf_py_to_context(where);
    if (!context) return NULL;
    pinned *self = (pinned *)((PyTypeObject *)type)->tp_alloc((PyTypeObject *)type, 0);
    if (!self) return NULL;
    self->gone = 1;
    if (PyObject_GetBuffer(buffer, &self->view, PyBUF_ANY_CONTIGUOUS | PyBUF_WRITABLE) < 0) goto fail;
    if (wf_memory_register(context, self->view.buf, (size_t)self->view.len, flags, &error) != WF_OK) {
        PyBuffer_Release(&self->view);
        wf_py_raise(&error);
        goto fail;
    }
    self->gone = 0;
    self->registered = 1;
    self->host = self->view.buf;
    self->size = (size_t)self->view.len;
    self->context = wf_context_retain(context);
    return (PyObject *)self;
fail:
    Py_DECREF(self);
    return NULL;
}

static wf_status let_go(pinned *self, wf_error *error) {
    wf_status status;
    self->gone = 1;
    Py_BEGIN_ALLOW_THREADS status = self->registered
                                        ? wf_memory_unregister(self->host, error)
                                        : wf_memory_free((wf_address)(uintptr_t)self->host, error);
    Py_END_ALLOW_THREADS if (self->registered) PyBuffer_Release(&self->view);
    return status;
}

static void pinned_dealloc(PyObject *object) {
    pinned *self = (pinned *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject *error_type, *error_value, *error_trace;
    PyErr_Fetch(&error_type, &error_value, &error_trace);
    if (!self->gone) let_go(self, NULL);
    wf_context_release(self->context);
    PyErr_Restore(error_type, error_value, error_trace);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyObject *pinned_free(PyObject *object, PyObject *args) {
    (void)args;
    pinned *self = (pinned *)object;
    wf_error error;
    if (self->closed || self->gone)
        return wf_py_raise_as(WF_PY_ArgumentError, "double free: this host memory was freed before");
    self->closed = 1;
    /* Memory of ours goes with this object: NumPy arrays that look at it keep the object, but no open buffer,
     * so nobody can tell here whether one is left. */
    if (self->registered && let_go(self, &error) != WF_OK) return wf_py_raise(&error);
    Py_RETURN_NONE;
}

static int pinned_getbuffer(PyObject *object, Py_buffer *view, int flags) {
    pinned *self = (pinned *)object;
    if (self->closed || self->gone) {
        wf_py_raise_as(WF_PY_ArgumentError, "use after free: this host memory was freed");
        return -1;
    }
    return PyBuffer_FillInfo(view, object, self->host, (Py_ssize_t)self->size, 0, flags);
}

static PyObject *pinned_device_pointer(PyObject *object, PyObject *args) {
    (void)args;
    pinned *self = (pinned *)object;
    wf_address address = 0;
    wf_error error;
    if (self->closed || self->gone)
        return wf_py_raise_as(WF_PY_ArgumentError, "use after free: this host memory was freed");
    if (wf_memory_device_address(self->host, &address, &error) != WF_OK) return wf_py_raise(&error);
    return PyLong_FromUnsignedLongLong(address);
}

static PyObject *get_address(PyObject *object, void *closure) {
    (void)closure;
    return PyLong_FromVoidPtr(((pinned *)object)->host);
}

static PyObject *get_size(PyObject *object, void *closure) {
    (void)closure;
    return PyLong_FromSize_t(((pinned *)object)->size);
}

static PyMethodDef pinned_methods[] = {
    {"free", pinned_free, METH_NOARGS,
     "Unregisters it, or gives it up: the memory goes when the last array that looks at it is gone."},
    {"device_pointer", pinned_device_pointer, METH_NOARGS, "The address under which the device sees it."},
    {"register", (PyCFunction)(void (*)(void))pinned_register, METH_VARARGS | METH_KEYWORDS | METH_CLASS,
     "register(buffer, flags=0, device=None): pins memory that exists."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef pinned_getset[] = {
    {"address", get_address, NULL, NULL, NULL},
    {"size", get_size, NULL, "bytes", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot pinned_slots[] = {
    {Py_tp_doc,
     "PinnedMemory(size, flags=0, *, device=None, managed=False): host memory, page-locked for a device."},
    {Py_tp_new, pinned_new},
    {Py_tp_dealloc, pinned_dealloc},
    {Py_tp_methods, pinned_methods},
    {Py_tp_getset, pinned_getset},
    {Py_bf_getbuffer, pinned_getbuffer},
    {0, NULL},
};
static PyType_Spec pinned_spec = {"weft.PinnedMemory", sizeof(pinned), 0,
                                  Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, pinned_slots};

int wf_py_add_pinned(PyObject *module) { return wf_py_add_type(module, &pinned_spec, &wf_py->pinned_type); }
