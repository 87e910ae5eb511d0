/* python/copy.c: copies and fills, as functions of the module: what memcpy_htod and its kin stand on.
 *
 * A device side is whatever arg.c finds an address in; a host side is any contiguous buffer. A copy from the
 * host notes in the Memory that it fills what the elements were and which line of the user's did it. Copies
 * run on the given stream, else on the default stream of the memory's own context, else of the current one.
 */
#include "python/memory.h"

/* A contiguous view; types that the buffer protocol cannot name (datetime64) are taken without their name. */
static int host_view(PyObject *object, Py_buffer *view, int writable) {
    int flags = PyBUF_ANY_CONTIGUOUS | (writable ? PyBUF_WRITABLE : 0);
    if (PyObject_GetBuffer(object, view, flags | PyBUF_FORMAT) == 0) return 0;
    if (!PyErr_ExceptionMatches(PyExc_ValueError)) return -1;
    PyErr_Clear();
    return PyObject_GetBuffer(object, view, flags);
}

static wf_context *context_for(const wf_py_pointer *pointer) {
    return pointer->memory ? ((wf_py_memory *)pointer->memory)->context : wf_py_current_context();
}

/* The device side. -1: exception. */
static int device_side(PyObject *object, wf_py_pointer *pointer, const char *what) {
    int found = wf_py_pointer_of(object, NULL, pointer);
    if (found == 0)
        PyErr_Format(PyExc_TypeError, "the %s of this copy must be device memory, got %.100s", what,
                     Py_TYPE(object)->tp_name);
    return found == 1 ? 0 : -1;
}

static int fits(const wf_py_pointer *pointer, Py_ssize_t size, const char *what) {
    if (!pointer->memory || (size_t)size <= ((wf_py_memory *)pointer->memory)->size) return 0;
    wf_py_raise_as(WF_PY_ArgumentError, "invalid argument: a copy of %zd bytes %s an allocation of %zu bytes",
                   size, what, ((wf_py_memory *)pointer->memory)->size);
    return -1;
}

static void note_filled(const wf_py_pointer *to, const Py_buffer *view) {
    if (!to->memory) return;
    wf_py_place place;
    wf_py_place_here(&place);
    wf_py_memory_filled((wf_py_memory *)to->memory, wf_py_elements_of_format(view->format, view->itemsize),
                        place);
}

/* copy_to_device(to, from, stream=None, wait=True) */
static PyObject *copy_to_device(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    if (count < 2 || count > 4)
        return PyErr_Format(PyExc_TypeError, "copy_to_device(to, from, stream=None, wait=True)");
    wf_py_pointer to;
    Py_buffer view;
    wf_error error;
    wf_status status;
    int wait = count < 4 || PyObject_IsTrue(args[3]);
    if (device_side(args[0], &to, "destination") < 0) return NULL;
    wf_context *context = context_for(&to);
    WF_PY_OWN_STREAM(own);
    wf_stream *stream = context ? wf_py_to_stream(count > 2 ? args[2] : Py_None, context, &own) : NULL;
    if (!stream || host_view(args[1], &view, 0) < 0) return NULL;
    if (fits(&to, view.len, "into") < 0) {
        PyBuffer_Release(&view);
        return NULL;
    }
    note_filled(&to, &view);
    if (wf_py_keep_captured(stream, args[0]) < 0 || wf_py_keep_captured(stream, args[1]) < 0) {
        PyBuffer_Release(&view);
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS status =
        wf_copy_to_device(stream, to.address, view.buf, (size_t)view.len, wait ? 0 : WF_COPY_ASYNC, &error);
    Py_END_ALLOW_THREADS PyBuffer_Release(&view);
    return wf_py_waited(status, &error, context);
}

/* copy_to_host(to, from, stream=None, wait=True) */
static PyObject *copy_to_host(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    if (count < 2 || count > 4)
        return PyErr_Format(PyExc_TypeError, "copy_to_host(to, from, stream=None, wait=True)");
    wf_py_pointer from;
    Py_buffer view;
    wf_error error;
    wf_status status;
    int wait = count < 4 || PyObject_IsTrue(args[3]);
    if (device_side(args[1], &from, "source") < 0) return NULL;
    wf_context *context = context_for(&from);
    WF_PY_OWN_STREAM(own);
    wf_stream *stream = context ? wf_py_to_stream(count > 2 ? args[2] : Py_None, context, &own) : NULL;
    if (!stream || host_view(args[0], &view, 1) < 0) return NULL;
    if (fits(&from, view.len, "from") < 0 || wf_py_keep_captured(stream, args[0]) < 0 ||
        wf_py_keep_captured(stream, args[1]) < 0) {
        PyBuffer_Release(&view);
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS status =
        wf_copy_to_host(stream, view.buf, from.address, (size_t)view.len, wait ? 0 : WF_COPY_ASYNC, &error);
    Py_END_ALLOW_THREADS PyBuffer_Release(&view);
    return wf_py_waited(status, &error, context);
}

/* copy_on_device(to, from, size, stream=None, wait=True) */
static PyObject *copy_on_device(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    if (count < 3 || count > 5)
        return PyErr_Format(PyExc_TypeError, "copy_on_device(to, from, size, stream=None, wait=True)");
    wf_py_pointer to, from;
    wf_error error;
    wf_status status;
    int wait = count < 5 || PyObject_IsTrue(args[4]);
    Py_ssize_t size = PyLong_AsSsize_t(args[2]);
    if (PyErr_Occurred() || device_side(args[0], &to, "destination") < 0 ||
        device_side(args[1], &from, "source") < 0)
        return NULL;
    if (size < 0) return PyErr_Format(PyExc_ValueError, "a size of %zd bytes", size);
    wf_context *context = context_for(&to);
    WF_PY_OWN_STREAM(own);
    wf_stream *stream = context ? wf_py_to_stream(count > 3 ? args[3] : Py_None, context, &own) : NULL;
    if (!stream || fits(&to, size, "into") < 0 || fits(&from, size, "from") < 0) return NULL;
    if (to.memory && from.memory) { /* what is known of the source is now true of the copy */
        wf_py_filled *filled = &((wf_py_memory *)from.memory)->filled;
        Py_XINCREF(filled->place.code);
        wf_py_memory_filled((wf_py_memory *)to.memory, filled->elements, filled->place);
    }
    Py_BEGIN_ALLOW_THREADS status =
        wf_copy_on_device(stream, to.address, from.address, (size_t)size, wait ? 0 : WF_COPY_ASYNC, &error);
    Py_END_ALLOW_THREADS return wf_py_waited(status, &error, context);
}

/* fill(to, value, item, count, stream=None, wait=True) and, with a pitch, fill_2d(to, pitch, value, item,
 * columns, rows, stream=None, wait=True) */
static PyObject *fill(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *object, *stream_object = Py_None;
    unsigned long long value;
    unsigned item;
    Py_ssize_t count;
    int wait = 1;
    wf_py_pointer to;
    wf_error error;
    wf_status status;
    if (!PyArg_ParseTuple(args, "OKIn|Op:fill", &object, &value, &item, &count, &stream_object, &wait))
        return NULL;
    if (count < 0) return PyErr_Format(PyExc_ValueError, "a count of %zd", count);
    if (device_side(object, &to, "destination") < 0) return NULL;
    wf_context *context = context_for(&to);
    WF_PY_OWN_STREAM(own);
    wf_stream *stream = context ? wf_py_to_stream(stream_object, context, &own) : NULL;
    if (!stream || fits(&to, count * (Py_ssize_t)item, "into") < 0) return NULL;
    Py_BEGIN_ALLOW_THREADS status = wf_memory_fill(stream, to.address, (uint32_t)value, item, (size_t)count,
                                                   wait ? 0 : WF_COPY_ASYNC, &error);
    Py_END_ALLOW_THREADS return wf_py_waited(status, &error, context);
}

static PyObject *fill_2d(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *object, *stream_object = Py_None;
    unsigned long long value;
    unsigned item;
    Py_ssize_t pitch, columns, rows;
    int wait = 1;
    wf_py_pointer to;
    wf_error error;
    wf_status status;
    if (!PyArg_ParseTuple(args, "OnKInn|Op:fill_2d", &object, &pitch, &value, &item, &columns, &rows,
                          &stream_object, &wait))
        return NULL;
    if (pitch < 0 || columns < 0 || rows < 0) return PyErr_Format(PyExc_ValueError, "a negative size");
    if (device_side(object, &to, "destination") < 0) return NULL;
    wf_context *context = context_for(&to);
    WF_PY_OWN_STREAM(own);
    wf_stream *stream = context ? wf_py_to_stream(stream_object, context, &own) : NULL;
    if (!stream) return NULL;
    Py_BEGIN_ALLOW_THREADS status =
        wf_memory_fill_2d(stream, to.address, (size_t)pitch, (uint32_t)value, item, (size_t)columns,
                          (size_t)rows, wait ? 0 : WF_COPY_ASYNC, &error);
    Py_END_ALLOW_THREADS return wf_py_waited(status, &error, context);
}

/* One end of copy_strided: (object, offset, pitch, slice), the object a buffer or device memory. */
typedef struct end {
    wf_copy_end end;
    Py_buffer view;
    int has_view;
} end;

static int parse_end(PyObject *tuple, end *e, int writable) {
    PyObject *object;
    Py_ssize_t offset, pitch, slice;
    wf_py_pointer pointer;
    int on_device;
    if (!PyArg_ParseTuple(tuple, "Opnnn", &object, &on_device, &offset, &pitch, &slice)) return -1;
    if (offset < 0 || pitch < 0 || slice < 0) {
        PyErr_SetString(PyExc_ValueError, "a negative offset or pitch");
        return -1;
    }
    if (on_device) {
        if (device_side(object, &pointer, writable ? "destination" : "source") < 0) return -1;
        e->end.base = pointer.address;
    } else {
        if (host_view(object, &e->view, writable) < 0) return -1;
        e->has_view = 1;
        e->end.base = (wf_address)(uintptr_t)e->view.buf;
    }
    e->end.on_device = on_device;
    e->end.base += (wf_address)offset;
    e->end.pitch = (uint64_t)pitch;
    e->end.slice = (uint64_t)slice;
    return 0;
}

/* The bytes from base that the copy touches must lie in the host's buffer. */
static int end_fits(const end *e, size_t offset, size_t width, size_t rows, size_t slices) {
    if (!e->has_view || !width || !rows || !slices) return 0;
    unsigned __int128 pitch = e->end.pitch ? e->end.pitch : width,
                      slice = e->end.slice ? e->end.slice : pitch * rows;
    unsigned __int128 last = offset + (slices - 1) * slice + (rows - 1) * pitch + width;
    if (last <= (size_t)e->view.len) return 0;
    wf_py_raise_as(WF_PY_ArgumentError, "invalid argument: the copy leaves a host buffer of %zd bytes",
                   e->view.len);
    return -1;
}

/* copy_strided(to, from, width, rows, slices, stream=None, wait=True); ends: (object, on_device, offset,
 * pitch, slice) */
static PyObject *copy_strided(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *to_tuple, *from_tuple, *stream_object = Py_None, *result = NULL;
    Py_ssize_t width, rows, slices;
    int wait = 1;
    end to = {.has_view = 0}, from = {.has_view = 0};
    wf_error error;
    wf_status status;
    if (!PyArg_ParseTuple(args, "O!O!nnn|Op:copy_strided", &PyTuple_Type, &to_tuple, &PyTuple_Type,
                          &from_tuple, &width, &rows, &slices, &stream_object, &wait))
        return NULL;
    if (width < 0 || rows < 0 || slices < 0) return PyErr_Format(PyExc_ValueError, "a negative size");
    wf_context *context = wf_py_current_context();
    WF_PY_OWN_STREAM(own);
    wf_stream *stream = context ? wf_py_to_stream(stream_object, context, &own) : NULL;
    if (!stream || parse_end(to_tuple, &to, 1) < 0 || parse_end(from_tuple, &from, 0) < 0) goto done;
    if (wf_py_keep_captured(stream, to_tuple) < 0 || wf_py_keep_captured(stream, from_tuple) < 0) goto done;
    size_t to_offset = to.has_view ? (size_t)(to.end.base - (wf_address)(uintptr_t)to.view.buf) : 0;
    size_t from_offset = from.has_view ? (size_t)(from.end.base - (wf_address)(uintptr_t)from.view.buf) : 0;
    if (end_fits(&to, to_offset, (size_t)width, (size_t)rows, (size_t)slices) < 0 ||
        end_fits(&from, from_offset, (size_t)width, (size_t)rows, (size_t)slices) < 0)
        goto done;
    Py_BEGIN_ALLOW_THREADS status = wf_copy_strided(stream, &to.end, &from.end, (size_t)width, (size_t)rows,
                                                    (size_t)slices, wait ? 0 : WF_COPY_ASYNC, &error);
    Py_END_ALLOW_THREADS result = wf_py_waited(status, &error, context);
done:
    if (to.has_view) PyBuffer_Release(&to.view);
    if (from.has_view) PyBuffer_Release(&from.view);
    return result;
}

/* memory_range(address) → (start, bytes) of the allocation that holds it */
static PyObject *memory_range(PyObject *self, PyObject *number) {
    (void)self;
    wf_memory_info info;
    unsigned long long address = PyLong_AsUnsignedLongLong(number);
    if (PyErr_Occurred()) return NULL;
    if (!wf_memory_find(address, &info))
        return wf_py_raise_as(WF_PY_ArgumentError, "invalid value: no allocation holds address 0x%llx",
                              address);
    return Py_BuildValue("KK", (unsigned long long)info.extent.lo,
                         (unsigned long long)(info.extent.hi - info.extent.lo));
}

/* memory_device(address) → the Device whose allocation holds it; None: nobody's here */
static PyObject *memory_device(PyObject *self, PyObject *number) {
    (void)self;
    wf_memory_info info;
    unsigned long long address = PyLong_AsUnsignedLongLong(number);
    if (PyErr_Occurred()) return NULL;
    if (!wf_memory_find(address, &info) || !info.device) Py_RETURN_NONE;
    return wf_py_device_object(info.device);
}

static PyMethodDef functions[] = {
    {"memory_device", memory_device, METH_O, "The Device whose live allocation holds an address, or None."},
    {"memory_range", memory_range, METH_O, "(start, bytes) of the live allocation that holds an address."},
    {"copy_to_device", (PyCFunction)(void (*)(void))copy_to_device, METH_FASTCALL,
     "copy_to_device(to, from, stream=None, wait=True): a host buffer's bytes into device memory."},
    {"copy_to_host", (PyCFunction)(void (*)(void))copy_to_host, METH_FASTCALL,
     "copy_to_host(to, from, stream=None, wait=True): device memory into a host buffer, as many bytes as "
     "that has."},
    {"copy_on_device", (PyCFunction)(void (*)(void))copy_on_device, METH_FASTCALL,
     "copy_on_device(to, from, size, stream=None, wait=True): between any devices."},
    {"copy_strided", copy_strided, METH_VARARGS,
     "copy_strided(to, from, width, rows, slices, stream=None, wait=True); each end is (object, on_device, "
     "offset, "
     "pitch, slice), 0 for dense."},
    {"fill", fill, METH_VARARGS,
     "fill(to, value, item, count, stream=None, wait=True): items of 1, 2 or 4 bytes."},
    {"fill_2d", fill_2d, METH_VARARGS,
     "fill_2d(to, pitch, value, item, columns, rows, stream=None, wait=True)"},
    {NULL, NULL, 0, NULL},
};

int wf_py_add_copy(PyObject *module) { return PyModule_AddFunctions(module, functions); }
