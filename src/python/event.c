/* python/event.c: weft.Event. */
#include "runtime/ipc.h"
#include "python/state.h"

int wf_py_to_ipc_handle(PyObject *object, wf_ipc_handle *handle); /* ipc.c */

static PyObject *event_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"flags", "device", NULL};
    unsigned flags = 0;
    PyObject *where = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|I$O:Event", names, &flags, &where)) return NULL;
    wf_context *context = wf_py_to_context(where);
    wf_event *event = NULL;
    wf_error error;
    if (!context) return NULL;
    if (wf_event_create(context, flags, &event, &error) != WF_OK) return wf_py_raise(&error);
    wf_py_event *self = (wf_py_event *)type->tp_alloc(type, 0);
    if (!self) {
        wf_event_release(event);
        return NULL;
    }
    self->event = event;
    return (PyObject *)self;
}

static void event_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    wf_event_release(((wf_py_event *)self)->event);
    type->tp_free(self);
    Py_DECREF(type);
}

static wf_event *event_of(PyObject *self) { return ((wf_py_event *)self)->event; }

static PyObject *event_record(PyObject *self, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"stream", NULL};
    PyObject *given = Py_None;
    wf_error error;
    wf_status status;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:record", names, &given)) return NULL;
    wf_context *context = wf_py_current_context();
    WF_PY_OWN_STREAM(own);
    wf_stream *stream = context ? wf_py_to_stream(given, context, &own) : NULL;
    if (!stream) return NULL;
    Py_BEGIN_ALLOW_THREADS status = wf_event_record(event_of(self), stream, &error);
    Py_END_ALLOW_THREADS return status == WF_OK ? Py_NewRef(self) : wf_py_raise(&error);
}

static PyObject *event_synchronize(PyObject *self, PyObject *args) {
    (void)args;
    wf_error error;
    wf_status status;
    wf_context *context = wf_py_current_context();
    if (!context || !wf_py_may_wait()) return NULL;
    Py_BEGIN_ALLOW_THREADS status = wf_event_synchronize(event_of(self), &error);
    Py_END_ALLOW_THREADS PyObject *result = wf_py_waited(status, &error, context);
    if (!result) return NULL;
    Py_DECREF(result);
    return Py_NewRef(self);
}

static PyObject *event_query(PyObject *self, PyObject *args) {
    (void)args;
    wf_error error;
    wf_status status = wf_event_query(event_of(self), &error);
    if (status == WF_OK || status == WF_NOTREADY) return PyBool_FromLong(status == WF_OK);
    return wf_py_raise(&error);
}

static PyObject *elapsed(PyObject *start, PyObject *end) {
    double milliseconds = 0;
    wf_error error;
    if (!PyObject_TypeCheck(start, wf_py->event_type) || !PyObject_TypeCheck(end, wf_py->event_type))
        return PyErr_Format(PyExc_TypeError, "an Event was expected");
    wf_status status = wf_event_elapsed(event_of(start), event_of(end), &milliseconds, &error);
    if (status == WF_NOTREADY)
        return wf_py_raise_as(WF_PY_Error,
                              "[elapsed time] not ready: the event was not recorded, or its work still runs; "
                              "synchronize it first");
    return status == WF_OK ? PyFloat_FromDouble(milliseconds) : wf_py_raise(&error);
}

static PyObject *event_time_since(PyObject *self, PyObject *other) { return elapsed(other, self); }
static PyObject *event_time_till(PyObject *self, PyObject *other) { return elapsed(self, other); }

static PyObject *get_handle(PyObject *self, void *closure) {
    (void)closure;
    return PyLong_FromUnsignedLongLong(wf_event_handle(event_of(self)));
}

static PyObject *event_ipc_handle(PyObject *self, PyObject *args) {
    (void)args;
    wf_ipc_handle handle;
    wf_error error;
    if (wf_ipc_export_event(event_of(self), &handle, &error) != WF_OK) return wf_py_raise(&error);
    return PyBytes_FromStringAndSize((const char *)handle.bytes, (Py_ssize_t)sizeof handle.bytes);
}

static PyObject *event_from_ipc_handle(PyObject *type, PyObject *args) {
    PyObject *bytes, *where = Py_None;
    wf_ipc_handle handle;
    wf_event *event = NULL;
    wf_error error;
    if (!PyArg_ParseTuple(args, "O|O:from_ipc_handle", &bytes, &where)) return NULL;
    wf_context *context = wf_py_to_context(where);
    if (!context || wf_py_to_ipc_handle(bytes, &handle) < 0) return NULL;
    if (wf_ipc_open_event(context, &handle, &event, &error) != WF_OK) return wf_py_raise(&error);
    wf_py_event *self = (wf_py_event *)((PyTypeObject *)type)->tp_alloc((PyTypeObject *)type, 0);
    if (!self) {
        wf_event_release(event);
        return NULL;
    }
    self->event = event;
    return (PyObject *)self;
}

static PyMethodDef event_methods[] = {
    {"record", (PyCFunction)(void (*)(void))event_record, METH_VARARGS | METH_KEYWORDS,
     "Marks this point of a stream."},
    {"synchronize", event_synchronize, METH_NOARGS, "Waits until the point is reached."},
    {"query", event_query, METH_NOARGS, "Whether the point is reached."},
    {"time_since", event_time_since, METH_O, "Milliseconds from the other event to this one."},
    {"time_till", event_time_till, METH_O, "Milliseconds from this event to the other one."},
    {"ipc_handle", event_ipc_handle, METH_NOARGS,
     "64 bytes, for another process to open. The event was made with flags INTERPROCESS | DISABLE_TIMING "
     "(6)."},
    {"from_ipc_handle", event_from_ipc_handle, METH_VARARGS | METH_CLASS,
     "from_ipc_handle(handle, device=None): the event that another process made."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef event_getset[] = {
    {"handle", get_handle, NULL, "the CUevent; on a CPU a number", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot event_slots[] = {
    {Py_tp_doc, "Event(flags=0): a point in a stream, to wait for or to take the time of."},
    {Py_tp_new, event_new},
    {Py_tp_dealloc, event_dealloc},
    {Py_tp_methods, event_methods},
    {Py_tp_getset, event_getset},
    {0, NULL},
};
static PyType_Spec event_spec = {"weft.Event", sizeof(wf_py_event), 0,
                                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, event_slots};

int wf_py_add_event(PyObject *module) { return wf_py_add_type(module, &event_spec, &wf_py->event_type); }
