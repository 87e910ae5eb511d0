/* python/dlpack.c: arrays as DLPack capsules and from them, on every device.
 *
 * The structures are DLPack's own (dmlc/dlpack, versions 0 and 1), written out here: a tensor, and around it
 * who frees it. A capsule that nobody took frees its tensor; who takes it renames it and calls the deleter
 * when done, on any thread, with or without Python's lock. While a tensor of ours is out, its memory is
 * shared: every operation on it runs before the call returns. Streams are weft/_array/exchange.py's business.
 */
#include "python/ndarray.h"
#include <stdlib.h>

enum { DL_CPU = 1, DL_CUDA = 2, DL_CUDA_HOST = 3 };
enum { DL_INT, DL_UINT, DL_FLOAT, DL_BFLOAT = 4, DL_COMPLEX, DL_BOOL };
enum { DL_READ_ONLY = 1 };

typedef struct dl_tensor {
    void *data;
    int32_t device_type, device_id;
    int32_t ndim;
    uint8_t code, bits;
    uint16_t lanes;
    int64_t *shape, *strides; /* strides in elements; NULL: C order */
    uint64_t byte_offset;
} dl_tensor;

typedef struct dl_managed { /* before version 1 */
    dl_tensor tensor;
    void *context;
    void (*deleter)(struct dl_managed *self);
} dl_managed;

typedef struct dl_versioned {
    uint32_t major, minor;
    void *context;
    void (*deleter)(struct dl_versioned *self);
    uint64_t flags;
    dl_tensor tensor;
} dl_versioned;

static const char *const capsule_names[] = {"dltensor", "dltensor_versioned"};
static const char *const used_names[] = {"used_dltensor", "used_dltensor_versioned"};

/* ---- giving ---------------------------------------------------------------------------------------------
 */

/* What a tensor of ours is made of, in one piece of memory. */
typedef struct export {
    union {
        dl_managed plain;
        dl_versioned versioned;
    } managed;
    wf_array *array;
    int64_t dims[]; /* shape, then strides */
}
export;

static void export_free(export *e) {
    if (!Py_IsInitialized()) return; /* the process ends */
    PyGILState_STATE gil = PyGILState_Ensure();
    wf_py_graph_enter();
    wf_array_export_end(e->array);
    wf_array_release(e->array);
    wf_graph_leave();
    PyGILState_Release(gil);
    free(e);
}
static void plain_deleter(dl_managed *self) { export_free(self->context); }
static void versioned_deleter(dl_versioned *self) { export_free(self->context); }

static void capsule_unused(PyObject *capsule) {
    if (PyCapsule_IsValid(capsule, capsule_names[0])) {
        dl_managed *m = PyCapsule_GetPointer(capsule, capsule_names[0]);
        if (m->deleter) m->deleter(m);
    } else if (PyCapsule_IsValid(capsule, capsule_names[1])) {
        dl_versioned *m = PyCapsule_GetPointer(capsule, capsule_names[1]);
        if (m->deleter) m->deleter(m);
    }
}

static void type_of(wf_dtype t, dl_tensor *tensor) {
    tensor->bits = (uint8_t)(wf_dtype_size(t) * 8), tensor->lanes = 1;
    switch (wf_dtype_kind(t)) {
    case 'b': tensor->code = DL_BOOL; break;
    case 'i': tensor->code = DL_INT; break;
    case 'u': tensor->code = DL_UINT; break;
    case 'c': tensor->code = DL_COMPLEX; break;
    default: tensor->code = t == WF_DT_BFLOAT16 ? DL_BFLOAT : DL_FLOAT;
    }
}

static void fill(export *e, dl_tensor *tensor, wf_address address, int device_type, int device_id) {
    wf_array *a = e->array;
    *tensor = (dl_tensor){.data = (void *)(uintptr_t)address,
                          .device_type = device_type,
                          .device_id = device_id,
                          .ndim = a->ndim,
                          .shape = e->dims,
                          .strides = e->dims + a->ndim};
    type_of((wf_dtype)a->dtype, tensor);
    for (int d = 0; d < a->ndim; d++) {
        e->dims[d] = a->shape[d];
        e->dims[a->ndim + d] = a->strides[d] / (int64_t)wf_dtype_size((wf_dtype)a->dtype);
    }
}

/* NULL, or why an array cannot be given. */
static const char *refusal(const wf_array *a, int versioned) {
    for (int d = 0; d < a->ndim; d++)
        if (a->shape[d] > 1 && a->strides[d] % (int64_t)wf_dtype_size((wf_dtype)a->dtype))
            return "[dlpack] the array's strides are not multiples of its elements' size";
    if (a->read_only && !versioned)
        return "[dlpack] the array is read-only, which only versions from 1.0 on can say: ask with "
               "max_version=(1, 0)";
    return NULL;
}

/* array_to_dlpack(array, versioned, device type, device number, copied) → capsule. The array is computed, or
 * on a GPU launched, on its device's default stream. */
static PyObject *to_dlpack(PyObject *module, PyObject *args) {
    PyObject *object;
    int versioned, device_type, device_id, copied;
    wf_address address = 0;
    wf_error err;
    wf_status status;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!piip:array_to_dlpack", wf_py_arrays.base_type, &object, &versioned,
                          &device_type, &device_id, &copied))
        return NULL;
    wf_array *a = wf_py_array_of(object);
    const char *why = refusal(a, versioned);
    if (why) return PyErr_SetString(PyExc_BufferError, why), NULL;
    export *e = calloc(1, sizeof *e + 2 * (size_t)a->ndim * sizeof e->dims[0]);
    if (!e) return PyErr_NoMemory();
    err.code = 0;
    WF_GRAPH_LONG(wf_array_export(a, &address, &err));
    int exported = !status;
    if (!status && device_type == DL_CPU) /* on a GPU the taker's stream waits */
        status = wf_stream_synchronize(wf_context_default_stream(wf_array_context(a)), &err);
    if (status) {
        wf_py_graph_enter();
        if (exported) wf_array_export_end(a);
        wf_graph_leave();
        free(e);
        return wf_py_array_raise(&err);
    }
    wf_py_graph_enter();
    e->array = wf_array_retain(a);
    wf_graph_leave();
    if (versioned) {
        e->managed.versioned =
            (dl_versioned){.major = 1,
                           .context = e,
                           .deleter = versioned_deleter,
                           .flags = (a->read_only ? DL_READ_ONLY : 0u) | (copied ? 2u : 0u)};
        fill(e, &e->managed.versioned.tensor, address, device_type, device_id);
    } else {
        e->managed.plain = (dl_managed){.context = e, .deleter = plain_deleter};
        fill(e, &e->managed.plain.tensor, address, device_type, device_id);
    }
    PyObject *capsule = PyCapsule_New(&e->managed, capsule_names[versioned], capsule_unused);
    if (!capsule) export_free(e);
    return capsule;
}

/* ---- taking ---------------------------------------------------------------------------------------------
 */

/* Owns a tensor of someone else's: `managed` of either kind, freed with this capsule. */
static void taken_free(PyObject *owner) {
    if (PyCapsule_IsValid(owner, used_names[0])) {
        dl_managed *m = PyCapsule_GetPointer(owner, used_names[0]);
        if (m->deleter) m->deleter(m);
    } else {
        dl_versioned *m = PyCapsule_GetPointer(owner, used_names[1]);
        if (m && m->deleter) m->deleter(m);
    }
}

static wf_dtype dtype_of(const dl_tensor *tensor) {
    if (tensor->lanes != 1) return WF_DT_NONE;
    for (int t = 0; t < WF_DT_COUNT; t++) {
        dl_tensor like;
        type_of((wf_dtype)t, &like);
        if (like.code == tensor->code && like.bits == tensor->bits) return (wf_dtype)t;
    }
    return WF_DT_NONE;
}

/* Bytes from the lowest element to the end of the highest, and how far below the first the lowest lies. */
static uint64_t reach(const dl_tensor *tensor, const int64_t *strides, int64_t item, int64_t *below) {
    int64_t low = 0, high = item;
    for (int d = 0; d < tensor->ndim; d++) {
        if (!tensor->shape[d]) return *below = 0, 0;
        int64_t far = (tensor->shape[d] - 1) * strides[d];
        if (far < 0) low += far;
        else high += far;
    }
    *below = -low;
    return (uint64_t)(high - low);
}

static void drop_owner(void *owner) {
    PyGILState_STATE gil = PyGILState_Ensure();
    Py_DECREF((PyObject *)owner);
    PyGILState_Release(gil);
}

/* The array over a tensor's memory; takes `owner` over, also on failure. */
static PyObject *array_over(const dl_tensor *tensor, int read_only, PyObject *owner, wf_context *context) {
    int64_t strides[WF_MAX_DIMS], below;
    wf_dtype dtype = dtype_of(tensor);
    int is_cpu = wf_device_is_cpu(wf_context_device(context));
    wf_buffer *buffer;
    wf_array *out = NULL;
    wf_error err;
    wf_status status = WF_OK;
    if (dtype == WF_DT_NONE || tensor->ndim > WF_MAX_DIMS ||
        (tensor->device_type == DL_CPU || tensor->device_type == DL_CUDA_HOST) != is_cpu) {
        PyErr_Format(PyExc_BufferError,
                     "[from_dlpack] cannot take a tensor of %d dimensions, type code %d with %d bits and %d "
                     "lanes, on a device of type %d",
                     (int)tensor->ndim, tensor->code, tensor->bits, tensor->lanes, (int)tensor->device_type);
        Py_DECREF(owner);
        return NULL;
    }
    err.code = 0;
    int64_t item = wf_dtype_size(dtype);
    wf_contiguous_strides(tensor->ndim, tensor->shape, item, strides);
    for (int d = 0; tensor->strides && d < tensor->ndim; d++) strides[d] = tensor->strides[d] * item;
    uint64_t bytes = reach(tensor, strides, item, &below);
    wf_address first = (wf_address)(uintptr_t)tensor->data + tensor->byte_offset;
    status = wf_buffer_wrap(context, first - (wf_address)below, (size_t)bytes, is_cpu, drop_owner, owner,
                            &buffer, &err);
    if (status) {
        Py_DECREF(owner);
        return wf_py_array_raise(&err);
    }
    WF_GRAPH(
        wf_array_share(buffer, below, dtype, tensor->ndim, tensor->shape, strides, read_only, &out, &err));
    return wf_py_array_result(status, out, &err);
}

/* array_from_dlpack(capsule, device) → an array over the same memory, which the capsule's maker keeps until
 * the array has gone. */
static PyObject *from_dlpack(PyObject *module, PyObject *args) {
    PyObject *capsule, *device;
    (void)module;
    if (!PyArg_ParseTuple(args, "OO:array_from_dlpack", &capsule, &device)) return NULL;
    wf_context *context = wf_py_to_context(device);
    if (!context) return NULL;
    int versioned = PyCapsule_IsValid(capsule, capsule_names[1]);
    if (!versioned && !PyCapsule_IsValid(capsule, capsule_names[0]))
        return PyErr_Format(PyExc_ValueError,
                            "[from_dlpack] expected a DLPack capsule that nobody has taken "
                            "yet, got %R",
                            capsule);
    void *managed = PyCapsule_GetPointer(capsule, capsule_names[versioned]);
    if (versioned && ((dl_versioned *)managed)->major > 1)
        return PyErr_Format(PyExc_BufferError, "[from_dlpack] a tensor of DLPack %u.%u; weft knows 1",
                            ((dl_versioned *)managed)->major, ((dl_versioned *)managed)->minor);
    PyObject *owner = PyCapsule_New(managed, used_names[versioned], taken_free);
    if (!owner) return NULL;
    if (PyCapsule_SetName(capsule, used_names[versioned]) < 0) {
        PyCapsule_SetDestructor(owner, NULL); /* still the first capsule's */
        Py_DECREF(owner);
        return NULL;
    }
    if (versioned) {
        const dl_versioned *v = managed;
        return array_over(&v->tensor, (v->flags & DL_READ_ONLY) != 0, owner, context);
    }
    return array_over(&((const dl_managed *)managed)->tensor, 0, owner, context);
}

/* dlpack_place(capsule) → (device type, device number) */
static PyObject *dlpack_place(PyObject *module, PyObject *capsule) {
    (void)module;
    const dl_tensor *tensor = NULL;
    if (PyCapsule_IsValid(capsule, capsule_names[0]))
        tensor = &((const dl_managed *)PyCapsule_GetPointer(capsule, capsule_names[0]))->tensor;
    else if (PyCapsule_IsValid(capsule, capsule_names[1]))
        tensor = &((const dl_versioned *)PyCapsule_GetPointer(capsule, capsule_names[1]))->tensor;
    if (!tensor)
        return PyErr_Format(PyExc_ValueError,
                            "[from_dlpack] expected a DLPack capsule that nobody has taken yet, got %R",
                            capsule);
    return Py_BuildValue("ii", (int)tensor->device_type, (int)tensor->device_id);
}

static PyMethodDef functions[] = {
    {"dlpack_place", dlpack_place, METH_O, "(capsule): where its tensor is"},
    {"array_to_dlpack", to_dlpack, METH_VARARGS,
     "(array, versioned, device type, device number, copied): a DLPack capsule"},
    {"array_from_dlpack", from_dlpack, METH_VARARGS, "(capsule, device): an array over its memory"},
    {NULL, NULL, 0, NULL},
};

int wf_py_add_dlpack(PyObject *module) { return PyModule_AddFunctions(module, functions); }
