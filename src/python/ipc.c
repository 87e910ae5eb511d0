/* python/ipc.c: memory for several processes, by address; weft/_ipc.py makes objects of it. Events: event.c.
 */
#include "runtime/ipc.h"
#include "python/state.h"

/* ipc_export(address) → (64 bytes, bytes from there to the end of the allocation). The interpreter's lock is
 * kept: on the CPU the pages may move, which other threads' writes must not meet. */
static PyObject *ipc_export(PyObject *module, PyObject *number) {
    wf_ipc_handle handle;
    uint64_t size = 0;
    wf_error error;
    unsigned long long address = PyLong_AsUnsignedLongLong(number);
    (void)module;
    if (PyErr_Occurred()) return NULL;
    /* Work that is queued may need the lock to end: it is waited for without it; what is left then is short.
     */
    wf_memory_info info;
    wf_status status = WF_OK;
    if (wf_memory_find(address, &info) && info.context) {
        Py_BEGIN_ALLOW_THREADS status = wf_context_synchronize(info.context, &error);
        Py_END_ALLOW_THREADS
    }
    if (status == WF_OK) status = wf_ipc_export(address, &handle, &size, &error);
    if (status != WF_OK) return wf_py_raise(&error);
    return Py_BuildValue("y#K", (const char *)handle.bytes, (Py_ssize_t)sizeof handle.bytes,
                         (unsigned long long)size);
}

int wf_py_to_ipc_handle(PyObject *object, wf_ipc_handle *handle) {
    Py_buffer view;
    if (PyObject_GetBuffer(object, &view, PyBUF_SIMPLE) < 0) return -1;
    if (view.len == (Py_ssize_t)sizeof handle->bytes) memcpy(handle->bytes, view.buf, sizeof handle->bytes);
    else PyErr_Format(PyExc_ValueError, "a handle has 64 bytes, these are %zd", view.len);
    PyBuffer_Release(&view);
    return PyErr_Occurred() ? -1 : 0;
}

/* ipc_open(64 bytes, device=None) → (address, bytes) */
static PyObject *ipc_open(PyObject *module, PyObject *args) {
    PyObject *bytes, *where = Py_None;
    wf_ipc_handle handle;
    wf_address address = 0;
    size_t size = 0;
    wf_error error;
    wf_status status;
    (void)module;
    if (!PyArg_ParseTuple(args, "O|O:ipc_open", &bytes, &where)) return NULL;
    wf_context *context = wf_py_to_context(where);
    if (!context || wf_py_to_ipc_handle(bytes, &handle) < 0) return NULL;
    Py_BEGIN_ALLOW_THREADS status = wf_ipc_open(context, &handle, &address, &size, &error);
    Py_END_ALLOW_THREADS if (status != WF_OK) return wf_py_raise(&error);
    return Py_BuildValue("KK", (unsigned long long)address, (unsigned long long)size);
}

static PyObject *ipc_close(PyObject *module, PyObject *number) {
    wf_error error;
    wf_status status;
    unsigned long long address = PyLong_AsUnsignedLongLong(number);
    (void)module;
    if (PyErr_Occurred()) return NULL;
    Py_BEGIN_ALLOW_THREADS status = wf_ipc_close(address, &error);
    Py_END_ALLOW_THREADS if (status != WF_OK) return wf_py_raise(&error);
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"ipc_export", ipc_export, METH_O, "(64 bytes, size): a handle of the memory at an address."},
    {"ipc_open", ipc_open, METH_VARARGS, "(address, size) of what another process's handle stands for."},
    {"ipc_close", ipc_close, METH_O, "Closes what ipc_open gave."},
    {NULL, NULL, 0, NULL},
};

int wf_py_add_ipc(PyObject *module) { return PyModule_AddFunctions(module, functions); }
