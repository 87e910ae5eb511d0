/* python/device.c: weft.Device. One object per device, so `is` and `==` agree; it keeps nothing alive. */
#include "python/state.h"

PyObject *wf_py_device_object(wf_device *device) {
    PyObject *key = PyLong_FromVoidPtr(device);
    PyObject *known = key ? PyDict_GetItemWithError(wf_py->devices, key) : NULL;
    Py_XINCREF(known);
    if (key && !known && !PyErr_Occurred()) {
        wf_py_device *made = PyObject_New(wf_py_device, wf_py->device_type);
        known = (PyObject *)made;
        if (made) made->device = device;
        if (made && PyDict_SetItem(wf_py->devices, key, known) < 0) Py_CLEAR(known);
    }
    Py_XDECREF(key);
    return known;
}

wf_device *wf_py_to_device(PyObject *object) {
    wf_error error;
    wf_device *device = NULL;
    wf_status status;
    if (Py_IS_TYPE(object, wf_py->device_type)) return ((wf_py_device *)object)->device;
    Py_BEGIN_ALLOW_THREADS /* the first call opens the driver */
        status = wf_runtime_init(&error);
    Py_END_ALLOW_THREADS if (status != WF_OK) return (wf_device *)wf_py_raise(&error);
    if (object == Py_None) {
        Py_BEGIN_ALLOW_THREADS status = wf_device_default(&device, &error);
        Py_END_ALLOW_THREADS
    } else if (PyUnicode_Check(object)) {
        const char *name = PyUnicode_AsUTF8(object);
        if (!name) return NULL;
        Py_BEGIN_ALLOW_THREADS status = wf_device_by_name(name, &device, &error);
        Py_END_ALLOW_THREADS
    } else {
        PyErr_Format(PyExc_TypeError,
                     "a device was expected (a Device or a name such as \"cuda:0\" or \"cpu\"), got %.100s",
                     Py_TYPE(object)->tp_name);
        return NULL;
    }
    return status == WF_OK ? device : (wf_device *)wf_py_raise(&error);
}

static PyObject *device_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"name", NULL};
    PyObject *name = Py_None;
    (void)type;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:Device", names, &name)) return NULL;
    wf_device *device = wf_py_to_device(name);
    return device ? wf_py_device_object(device) : NULL;
}

static void device_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_Free(self);
    Py_DECREF(type);
}

static wf_device *device_of(PyObject *self) { return ((wf_py_device *)self)->device; }

static PyObject *device_repr(PyObject *self) {
    return PyUnicode_FromFormat("weft.Device('%s')", wf_device_label(device_of(self)));
}

static PyObject *device_str(PyObject *self) { return PyUnicode_FromString(wf_device_label(device_of(self))); }

static PyObject *get_kind(PyObject *self, void *closure) {
    (void)closure;
    return PyUnicode_FromString(wf_device_is_cpu(device_of(self)) ? "cpu" : "cuda");
}

static PyObject *get_ordinal(PyObject *self, void *closure) {
    (void)closure;
    return PyLong_FromUnsignedLong(wf_device_ordinal(device_of(self)));
}

static PyObject *get_broken(PyObject *self, void *closure) {
    (void)closure;
    const char *why = wf_device_broken(device_of(self));
    if (!why) Py_RETURN_NONE;
    return PyUnicode_FromString(why);
}

/* One table for the dict: name, and how the field is read. */
/* clang-format off */
#define INTEGERS(X)                                                                                          \
    X(compute_major) X(compute_minor) X(multiprocessors) X(warp_size) X(max_threads_per_block)               \
    X(max_threads_per_multiprocessor) X(max_blocks_per_multiprocessor) X(max_shared_per_block)               \
    X(max_shared_per_block_optin) X(max_shared_per_multiprocessor) X(max_registers_per_block) X(clock_khz)   \
    X(memory_clock_khz) X(memory_bus_bits) X(l2_bytes) X(total_constant) X(integrated) X(managed_memory)     \
    X(cooperative_launch) X(concurrent_kernels) X(can_map_host) X(async_engines) X(ecc) X(driver_version)
/* clang-format on */

static PyObject *info_dict(const wf_device_info *info) {
    PyObject *dict = Py_BuildValue("{s(iii)s(iii)sK}", "max_block", info->max_block[0], info->max_block[1],
                                   info->max_block[2], "max_grid", info->max_grid[0], info->max_grid[1],
                                   info->max_grid[2], "total_memory", (unsigned long long)info->total_memory);
    if (!dict) return NULL;
    PyObject *name = PyUnicode_DecodeLocale(info->name, "surrogateescape");
    PyObject *bus = PyUnicode_FromString(info->pci_bus_id);
    PyObject *uuid = PyBytes_FromStringAndSize((const char *)info->uuid, 16);
    int bad = !name || !bus || !uuid || PyDict_SetItemString(dict, "name", name) < 0 ||
              PyDict_SetItemString(dict, "pci_bus_id", bus) < 0 ||
              PyDict_SetItemString(dict, "uuid", uuid) < 0;
    Py_XDECREF(name);
    Py_XDECREF(bus);
    Py_XDECREF(uuid);
#define X(field)                                                                                             \
    if (!bad) {                                                                                              \
        PyObject *value = PyLong_FromLong(info->field);                                                      \
        bad = !value || PyDict_SetItemString(dict, #field, value) < 0;                                       \
        Py_XDECREF(value);                                                                                   \
    }
    INTEGERS(X)
#undef X
    if (bad) Py_CLEAR(dict);
    return dict;
}

static PyObject *get_info(PyObject *self, void *closure) {
    (void)closure;
    wf_device_info info;
    wf_error error;
    wf_status status;
    Py_BEGIN_ALLOW_THREADS status = wf_device_info_of(device_of(self), &info, &error);
    Py_END_ALLOW_THREADS return status == WF_OK ? info_dict(&info) : wf_py_raise(&error);
}

static PyObject *device_attribute(PyObject *self, PyObject *number) {
    long attribute = PyLong_AsLong(number);
    int value = 0;
    wf_error error;
    if (attribute == -1 && PyErr_Occurred()) return NULL;
    if (wf_device_attribute(device_of(self), (int)attribute, &value, &error) != WF_OK)
        return wf_py_raise(&error);
    return PyLong_FromLong(value);
}

static PyObject *device_memory(PyObject *self, PyObject *args) {
    (void)args;
    uint64_t free_bytes = 0, total = 0;
    wf_error error;
    wf_status status;
    Py_BEGIN_ALLOW_THREADS status = wf_device_memory(device_of(self), &free_bytes, &total, &error);
    Py_END_ALLOW_THREADS if (status != WF_OK) return wf_py_raise(&error);
    return Py_BuildValue("KK", (unsigned long long)free_bytes, (unsigned long long)total);
}

static PyObject *device_can_access_peer(PyObject *self, PyObject *other) {
    wf_device *peer = wf_py_to_device(other);
    int can = 0;
    wf_error error;
    if (!peer) return NULL;
    if (wf_device_can_access_peer(device_of(self), peer, &can, &error) != WF_OK) return wf_py_raise(&error);
    return PyBool_FromLong(can);
}

/* `with device:` makes its primary context the one that this thread works on. */
static PyObject *device_enter(PyObject *self, PyObject *args) {
    (void)args;
    wf_context *context = NULL;
    wf_error error;
    wf_status status;
    Py_BEGIN_ALLOW_THREADS status = wf_context_primary(device_of(self), &context, &error);
    if (status == WF_OK) status = wf_context_push(context, &error);
    wf_context_release(context);
    Py_END_ALLOW_THREADS return status == WF_OK ? Py_NewRef(self) : wf_py_raise(&error);
}

static PyObject *device_exit(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    wf_context *context = NULL;
    wf_error error;
    if (wf_context_pop(&context, &error) != WF_OK) return wf_py_raise(&error);
    wf_context_release(context);
    Py_RETURN_NONE;
}

static PyObject *device_synchronize(PyObject *self, PyObject *args) {
    (void)args;
    wf_context *context = NULL;
    wf_error error;
    wf_status status;
    Py_BEGIN_ALLOW_THREADS status = wf_context_primary(device_of(self), &context, &error);
    if (status == WF_OK) status = wf_context_synchronize(context, &error);
    Py_END_ALLOW_THREADS PyObject *result =
        context ? wf_py_waited(status, &error, context) : wf_py_raise(&error);
    wf_context_release(context);
    return result;
}

static PyObject *device_int(PyObject *self) { return get_ordinal(self, NULL); }

static PyMethodDef device_methods[] = {
    {"attribute", device_attribute, METH_O, "The value of a CU_DEVICE_ATTRIBUTE_… number."},
    {"memory", device_memory, METH_NOARGS, "(free, total) bytes."},
    {"can_access_peer", device_can_access_peer, METH_O,
     "Whether kernels here can reach the other device's memory."},
    {"synchronize", device_synchronize, METH_NOARGS, "Waits for everything queued on its primary context."},
    {"__enter__", device_enter, METH_NOARGS, NULL},
    {"__exit__", device_exit, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef device_getset[] = {
    {"kind", get_kind, NULL, "\"cpu\" or \"cuda\"", NULL},
    {"ordinal", get_ordinal, NULL, "its number among its kind", NULL},
    {"id", get_ordinal, NULL, "the same, under CuPy's name", NULL},
    {"info", get_info, NULL, "what it is and has, as a dict", NULL},
    {"broken", get_broken, NULL, "the message of the fault that ended CUDA in this process, or None", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot device_slots[] = {
    {Py_tp_doc,
     "A device: Device(), Device(\"cuda:1\"), Device(\"cpu\"). As a context manager: work goes there."},
    {Py_tp_new, device_new},
    {Py_tp_dealloc, device_dealloc},
    {Py_tp_repr, device_repr},
    {Py_tp_str, device_str},
    {Py_tp_methods, device_methods},
    {Py_tp_getset, device_getset},
    {Py_nb_int, device_int},
    {0, NULL},
};
/* Not immutable: the cupy drop-in adds the names that CuPy's devices have. */
static PyType_Spec device_spec = {"weft.Device", sizeof(wf_py_device), 0, Py_TPFLAGS_DEFAULT, device_slots};

/* (how many, why none or None) */
static PyObject *device_count(PyObject *self, PyObject *name) {
    (void)self;
    const char *kind = PyUnicode_AsUTF8(name);
    if (!kind) return NULL;
    wf_device_kind k = strcmp(kind, "cpu") == 0 ? WF_DEVICE_CPU : WF_DEVICE_CUDA;
    uint32_t count;
    Py_BEGIN_ALLOW_THREADS count = wf_device_count(k);
    Py_END_ALLOW_THREADS return Py_BuildValue("Iz", count, count ? NULL : wf_device_kind_reason(k));
}

static PyMethodDef functions[] = {
    {"device_count", device_count, METH_O,
     "(number of devices of the kind \"cpu\" or \"cuda\", why there are none)"},
    {NULL, NULL, 0, NULL},
};

int wf_py_add_device(PyObject *module) {
    if (wf_py_add_type(module, &device_spec, &wf_py->device_type) < 0) return -1;
    return PyModule_AddFunctions(module, functions);
}
