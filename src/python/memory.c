/* python/memory.c: weft.Memory: a piece of a device's memory that is freed with the object or by hand.
 *
 * On a CPU device it gives its bytes out through the buffer protocol, so np.frombuffer sees them; on a GPU
 * through
 * __cuda_array_interface__. Its address is its int(). */
#include "python/memory.h"

int wf_py_memory_alive(const wf_py_memory *memory) {
    if (memory->life != WF_LIFE_FREED) return 0;
    wf_py_raise_as(WF_PY_ArgumentError, "use after free: the %zu bytes at 0x%llx were freed", memory->size,
                   (unsigned long long)memory->address);
    return -1;
}

void wf_py_memory_filled(wf_py_memory *memory, wf_py_elements elements, wf_py_place place) {
    PyCodeObject *before = memory->filled.place.code;
    memory->filled = (wf_py_filled){elements, place};
    Py_XDECREF(before);
}

static wf_py_memory *memory_object(PyTypeObject *type, wf_address address, size_t size, wf_context *context,
                                   wf_py_life life) {
    wf_py_memory *self = (wf_py_memory *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->address = address;
    self->size = size;
    self->context = wf_context_retain(context);
    self->life = life;
    return self;
}

PyObject *wf_py_memory_borrowed(wf_address address, size_t size, wf_context *context, PyObject *owner) {
    wf_py_memory *self = memory_object(wf_py->memory_type, address, size, context, WF_LIFE_BORROWED);
    if (self) self->owner = Py_XNewRef(owner);
    return (PyObject *)self;
}

static wf_status free_now(wf_py_memory *self, wf_error *error) {
    wf_status status;
    Py_BEGIN_ALLOW_THREADS status = wf_memory_free(self->address, error);
    Py_END_ALLOW_THREADS return status;
}

static PyObject *memory_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"size", "device", "managed", NULL};
    Py_ssize_t size;
    PyObject *where = Py_None;
    int managed = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "n|O$p:Memory", names, &size, &where, &managed))
        return NULL;
    if (size < 0) return PyErr_Format(PyExc_ValueError, "a size of %zd bytes", size);
    wf_context *context = wf_py_to_context(where);
    if (!context) return NULL;
    wf_address address = 0;
    wf_error error;
    wf_status status;
    Py_BEGIN_ALLOW_THREADS status = wf_memory_alloc(context, managed ? WF_MEMORY_MANAGED : WF_MEMORY_DEVICE,
                                                    0, (size_t)size, &address, &error);
    Py_END_ALLOW_THREADS if (status != WF_OK) return wf_py_raise(&error);
    wf_py_memory *self = memory_object(type, address, (size_t)size, context, WF_LIFE_OWNED);
    if (!self) wf_memory_free(address, NULL);
    return (PyObject *)self;
}

/* pitched(width, height, element, device=None) → (Memory, pitch) */
static PyObject *memory_pitched(PyObject *type, PyObject *args) {
    Py_ssize_t width, height, element;
    PyObject *where = Py_None;
    if (!PyArg_ParseTuple(args, "nnn|O:pitched", &width, &height, &element, &where)) return NULL;
    if (width < 0 || height < 0 || element < 0) return PyErr_Format(PyExc_ValueError, "a negative size");
    wf_context *context = wf_py_to_context(where);
    if (!context) return NULL;
    wf_address address = 0;
    size_t pitch = 0;
    wf_error error;
    wf_status status;
    Py_BEGIN_ALLOW_THREADS status = wf_memory_alloc_pitched(context, (size_t)width, (size_t)height,
                                                            (size_t)element, &address, &pitch, &error);
    Py_END_ALLOW_THREADS if (status != WF_OK) return wf_py_raise(&error);
    wf_py_memory *self =
        memory_object((PyTypeObject *)type, address, pitch * (size_t)height, context, WF_LIFE_OWNED);
    if (self) return Py_BuildValue("Nn", self, (Py_ssize_t)pitch);
    wf_memory_free(address, NULL);
    return NULL;
}

static void memory_dealloc(PyObject *object) {
    wf_py_memory *self = (wf_py_memory *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject *error_type, *error_value, *error_trace;
    PyErr_Fetch(&error_type, &error_value, &error_trace);
    if (self->life == WF_LIFE_OWNED) free_now(self, NULL);
    wf_context_release(self->context);
    Py_XDECREF(self->filled.place.code);
    Py_XDECREF(self->owner);
    PyErr_Restore(error_type, error_value, error_trace);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyObject *memory_free(PyObject *object, PyObject *args) {
    (void)args;
    wf_py_memory *self = (wf_py_memory *)object;
    wf_error error;
    if (self->life == WF_LIFE_FREED)
        return wf_py_raise_as(WF_PY_ArgumentError, "double free: the %zu bytes at 0x%llx were freed before",
                              self->size, (unsigned long long)self->address);
    if (self->life == WF_LIFE_BORROWED)
        return wf_py_raise_as(WF_PY_ArgumentError,
                              "this memory belongs to something else and is freed with it");
    if (self->exports)
        return PyErr_Format(PyExc_BufferError, "cannot free memory that %zd buffers still look at",
                            self->exports);
    if (free_now(self, &error) != WF_OK) return wf_py_raise(&error);
    self->life = WF_LIFE_FREED;
    if (wf_py_take_context_reports(self->context) < 0) return NULL;
    Py_RETURN_NONE;
}

/* ---- looking at it ---------------------------------------------------------------------------------------
 */

static int memory_getbuffer(PyObject *object, Py_buffer *view, int flags) {
    wf_py_memory *self = (wf_py_memory *)object;
    if (wf_py_memory_alive(self) < 0) return -1;
    if (!Py_IS_TYPE(object, wf_py->memory_type)) { /* np.intp(allocation) means the address, as in PyCUDA */
        PyErr_Format(PyExc_BufferError, "a %.100s is an address; copy its bytes to the host",
                     Py_TYPE(object)->tp_name);
        return -1;
    }
    if (!wf_device_is_cpu(wf_context_device(self->context))) {
        PyErr_SetString(PyExc_BufferError, "memory of a GPU cannot be read in place; copy it to the host");
        return -1;
    }
    if (PyBuffer_FillInfo(view, object, (void *)(uintptr_t)self->address, (Py_ssize_t)self->size, 0, flags) <
        0)
        return -1;
    self->exports++;
    return 0;
}

static void memory_releasebuffer(PyObject *object, Py_buffer *view) {
    (void)view;
    ((wf_py_memory *)object)->exports--;
}

static PyObject *get_interface(PyObject *object, void *closure) {
    (void)closure;
    wf_py_memory *self = (wf_py_memory *)object;
    if (wf_py_memory_alive(self) < 0) return NULL;
    if (wf_device_is_cpu(wf_context_device(self->context)))
        return PyErr_Format(PyExc_AttributeError, "__cuda_array_interface__: this memory is the CPU's");
    return Py_BuildValue("{s(n)sss(KO)sisO}", "shape", (Py_ssize_t)self->size, "typestr", "|u1", "data",
                         (unsigned long long)self->address, Py_False, "version", 3, "strides", Py_None);
}

static PyObject *memory_int(PyObject *object) {
    return PyLong_FromUnsignedLongLong(((wf_py_memory *)object)->address);
}

static PyObject *get_address(PyObject *object, void *closure) {
    (void)closure;
    return memory_int(object);
}

static PyObject *get_size(PyObject *object, void *closure) {
    (void)closure;
    return PyLong_FromSize_t(((wf_py_memory *)object)->size);
}

static PyObject *get_device(PyObject *object, void *closure) {
    (void)closure;
    return wf_py_device_object(wf_context_device(((wf_py_memory *)object)->context));
}

static PyObject *get_freed(PyObject *object, void *closure) {
    (void)closure;
    return PyBool_FromLong(((wf_py_memory *)object)->life == WF_LIFE_FREED);
}

static PyObject *memory_repr(PyObject *object) {
    wf_py_memory *self = (wf_py_memory *)object;
    return PyUnicode_FromFormat("<%s of %zu bytes on %s%s>", Py_TYPE(object)->tp_name, self->size,
                                wf_device_label(wf_context_device(self->context)),
                                self->life == WF_LIFE_FREED ? ", freed" : "");
}

static PyMethodDef memory_methods[] = {
    {"free", memory_free, METH_NOARGS, "Frees it now; any later use is an error."},
    {"pitched", memory_pitched, METH_VARARGS | METH_CLASS,
     "pitched(width, height, element, device=None): rows at a distance that suits the device; (memory, "
     "pitch)"},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef memory_getset[] = {
    {"address", get_address, NULL, NULL, NULL},
    {"ptr", get_address, NULL, "the address, as CuPy calls it", NULL},
    {"size", get_size, NULL, "bytes", NULL},
    {"nbytes", get_size, NULL, "bytes", NULL},
    {"device", get_device, NULL, NULL, NULL},
    {"freed", get_freed, NULL, "whether free() was called", NULL},
    {"__cuda_array_interface__", get_interface, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot memory_slots[] = {
    {Py_tp_doc, "Memory(size, device=None, *, managed=False): bytes on a device, freed with the object."},
    {Py_tp_new, memory_new},
    {Py_tp_dealloc, memory_dealloc},
    {Py_tp_repr, memory_repr},
    {Py_tp_methods, memory_methods},
    {Py_tp_getset, memory_getset},
    {Py_nb_int, memory_int},
    {Py_nb_index, memory_int},
    {Py_bf_getbuffer, memory_getbuffer},
    {Py_bf_releasebuffer, memory_releasebuffer},
    {0, NULL},
};
static PyType_Spec memory_spec = {"weft.Memory", sizeof(wf_py_memory), 0,
                                  Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, memory_slots};

int wf_py_add_memory(PyObject *module) { return wf_py_add_type(module, &memory_spec, &wf_py->memory_type); }
