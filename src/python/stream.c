/* python/stream.c: weft.Stream. */
#include "python/ndarray.h"
#include "python/state.h"

PyObject *wf_py_stream_object(wf_stream *stream) {
    wf_py_stream *self = PyObject_New(wf_py_stream, wf_py->stream_type);
    if (!self) {
        wf_stream_release(stream);
        return NULL;
    }
    self->stream = stream;
    return (PyObject *)self;
}

/* A stream of someone else's: an int, or what __cuda_stream__ tells (version, handle). */
static wf_stream *foreign_stream(PyObject *object, wf_context *context, wf_stream **own) {
    unsigned long long handle = 0;
    wf_error error;
    if (PyLong_Check(object)) {
        handle = PyLong_AsUnsignedLongLong(object);
        if (PyErr_Occurred()) return NULL;
    } else {
        PyObject *told = PyObject_CallMethodNoArgs(object, wf_py->names.__cuda_stream__);
        int version;
        if (!told || !PyArg_ParseTuple(told, "iK", &version, &handle)) {
            PyErr_Format(PyExc_TypeError, "a Stream was expected, got %.100s", Py_TYPE(object)->tp_name);
            Py_XDECREF(told);
            return NULL;
        }
        Py_DECREF(told);
    }
    if (handle == 0) return wf_context_default_stream(context);
    if (wf_stream_wrap(context, handle, own, &error) != WF_OK) return (wf_stream *)wf_py_raise(&error);
    return *own;
}

void wf_py_stream_drop(wf_stream **own) { wf_stream_release(*own); }

wf_stream *wf_py_to_stream(PyObject *object, wf_context *context, wf_stream **own) {
    if (!object || object == Py_None) return wf_context_default_stream(context);
    if (PyObject_TypeCheck(object, wf_py->stream_type)) return ((wf_py_stream *)object)->stream;
    return foreign_stream(object, context, own);
}

static PyObject *stream_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"device", "nonblocking", "priority", "handle", NULL};
    PyObject *where = Py_None, *handle = Py_None;
    int nonblocking = 0, priority = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O$piO:Stream", names, &where, &nonblocking, &priority,
                                     &handle))
        return NULL;
    wf_context *context = wf_py_to_context(where);
    if (!context) return NULL;
    wf_stream *stream = NULL;
    wf_error error;
    wf_status status;
    unsigned long long number = handle == Py_None ? 0 : PyLong_AsUnsignedLongLong(handle);
    if (PyErr_Occurred()) return NULL;
    if (handle != Py_None &&
        number <= 2) { /* CUDA's numbers for its default streams: legacy, the thread's own */
        stream = wf_context_default_stream(context);
        wf_stream_retain(stream);
    }
    Py_BEGIN_ALLOW_THREADS status =
        stream ? WF_OK
        : handle == Py_None
            ? wf_stream_create(context, nonblocking ? WF_STREAM_NONBLOCKING : 0, priority, &stream, &error)
            : wf_stream_wrap(context, number, &stream, &error);
    Py_END_ALLOW_THREADS if (status != WF_OK) return wf_py_raise(&error);
    wf_py_stream *self = (wf_py_stream *)type->tp_alloc(type, 0);
    if (!self) {
        wf_stream_release(stream);
        return NULL;
    }
    self->stream = stream;
    return (PyObject *)self;
}

static void stream_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    wf_stream_release(((wf_py_stream *)self)->stream);
    type->tp_free(self);
    Py_DECREF(type);
}

static wf_stream *stream_of(PyObject *self) { return ((wf_py_stream *)self)->stream; }

static PyObject *stream_synchronize(PyObject *self, PyObject *args) {
    (void)args;
    wf_error error;
    wf_status status;
    if (!wf_py_may_wait()) return NULL;
    Py_BEGIN_ALLOW_THREADS status = wf_stream_synchronize(stream_of(self), &error);
    Py_END_ALLOW_THREADS return wf_py_waited(status, &error, wf_stream_context(stream_of(self)));
}

static PyObject *stream_is_done(PyObject *self, PyObject *args) {
    (void)args;
    wf_error error;
    wf_status status = wf_stream_query(stream_of(self), &error);
    if (status == WF_OK || status == WF_NOTREADY) return PyBool_FromLong(status == WF_OK);
    return wf_py_waited(status, &error, wf_stream_context(stream_of(self)));
}

static PyObject *stream_wait_for_event(PyObject *self, PyObject *event) {
    wf_error error;
    if (!PyObject_TypeCheck(event, wf_py->event_type))
        return PyErr_Format(PyExc_TypeError, "an Event was expected, got %.100s", Py_TYPE(event)->tp_name);
    if (wf_stream_wait_event(stream_of(self), ((wf_py_event *)event)->event, &error) != WF_OK)
        return wf_py_raise(&error);
    Py_RETURN_NONE;
}

/* Runs on a thread of the runtime. What the function raises goes to sys.unraisablehook. */
static void call_back(void *user) {
    if (!Py_IsInitialized()) return;
    PyGILState_STATE gil = PyGILState_Ensure();
    PyObject *function = user, *result = PyObject_CallNoArgs(function);
    if (!result) PyErr_WriteUnraisable(function);
    Py_XDECREF(result);
    Py_DECREF(function);
    PyGILState_Release(gil);
}

/* For a capture: the graph keeps the function, and each launch calls it. */
static void call_again(void *user) {
    if (!Py_IsInitialized()) return;
    PyGILState_STATE gil = PyGILState_Ensure();
    call_back(Py_NewRef(user));
    PyGILState_Release(gil);
}

static PyObject *add_captured(wf_stream *stream, PyObject *function) {
    wf_error error;
    if (wf_py_keep_captured(stream, function) < 0) return NULL;
    if (wf_stream_add_callback(stream, call_again, function, &error) != WF_OK) return wf_py_raise(&error);
    Py_RETURN_NONE;
}

static PyObject *stream_add_callback(PyObject *self, PyObject *function) {
    wf_error error;
    wf_status status;
    if (!PyCallable_Check(function)) return PyErr_Format(PyExc_TypeError, "a callable was expected");
    if (wf_stream_is_capturing(stream_of(self))) return add_captured(stream_of(self), function);
    Py_INCREF(function);
    Py_BEGIN_ALLOW_THREADS status = wf_stream_add_callback(stream_of(self), call_back, function, &error);
    Py_END_ALLOW_THREADS if (status == WF_OK) Py_RETURN_NONE;
    Py_DECREF(function);
    return wf_py_raise(&error);
}

/* What arrays have recorded so far belongs before the capture, what they record in it belongs to it. */
static PyObject *stream_begin_capture(PyObject *self, PyObject *args) {
    (void)args;
    wf_error err;
    wf_status status;
    WF_GRAPH_LONG(wf_array_eval_all(0, &err));
    if (!status) status = wf_stream_begin_capture(stream_of(self), &err);
    if (status != WF_OK) return wf_py_raise(&err);
    Py_RETURN_NONE;
}

static PyObject *stream_end_capture(PyObject *self, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"keep", NULL};
    int keep = 1;
    wf_graph *graph = NULL;
    wf_error err;
    wf_status status = WF_OK, ended;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|p:end_capture", names, &keep)) return NULL;
    if (wf_stream_is_capturing(stream_of(self))) WF_GRAPH_LONG(wf_array_eval_all(1, &err));
    if (status != WF_OK) keep = 0;
    Py_BEGIN_ALLOW_THREADS ended =
        wf_stream_end_capture(stream_of(self), keep ? &graph : NULL, status == WF_OK ? &err : NULL);
    Py_END_ALLOW_THREADS if (status != WF_OK || ended != WF_OK) return wf_py_raise(&err);
    if (keep) return wf_py_graph_object(graph);
    Py_RETURN_NONE;
}

static PyObject *stream_is_capturing(PyObject *self, PyObject *args) {
    (void)args;
    return PyBool_FromLong(wf_stream_is_capturing(stream_of(self)));
}

static PyObject *stream_cuda_stream(PyObject *self, PyObject *args) {
    (void)args;
    return Py_BuildValue("iK", 0, (unsigned long long)wf_stream_handle(stream_of(self)));
}

static PyObject *get_handle(PyObject *self, void *closure) {
    (void)closure;
    return PyLong_FromUnsignedLongLong(wf_stream_handle(stream_of(self)));
}

static PyObject *get_device(PyObject *self, void *closure) {
    (void)closure;
    return wf_py_device_object(wf_context_device(wf_stream_context(stream_of(self))));
}

static PyMethodDef stream_methods[] = {
    {"synchronize", stream_synchronize, METH_NOARGS, "Waits until everything queued has run."},
    {"is_done", stream_is_done, METH_NOARGS, "Whether everything queued has run."},
    {"wait_for_event", stream_wait_for_event, METH_O, "What is queued from now on waits for the event."},
    {"add_callback", stream_add_callback, METH_O, "Calls a function when everything queued so far has run."},
    {"begin_capture", stream_begin_capture, METH_NOARGS,
     "From here on, work given to this stream, and work that this thread gives to the default one, is "
     "written "
     "down and not run."},
    {"end_capture", (PyCFunction)(void (*)(void))stream_end_capture, METH_VARARGS | METH_KEYWORDS,
     "end_capture(keep=True): the Graph of what was given since begin_capture(); keep=False drops it."},
    {"is_capturing", stream_is_capturing, METH_NOARGS, "Whether work given to it is written down."},
    {"__cuda_stream__", stream_cuda_stream, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef stream_getset[] = {
    {"handle", get_handle, NULL, "the CUstream; on a CPU a number", NULL},
    {"device", get_device, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot stream_slots[] = {
    {Py_tp_doc,
     "Stream(device=None, *, nonblocking=False, priority=0, handle=None): work in it runs in order."},
    {Py_tp_new, stream_new},
    {Py_tp_dealloc, stream_dealloc},
    {Py_tp_methods, stream_methods},
    {Py_tp_getset, stream_getset},
    {0, NULL},
};
static PyType_Spec stream_spec = {"weft.Stream", sizeof(wf_py_stream), 0,
                                  Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, stream_slots};

int wf_py_add_stream(PyObject *module) { return wf_py_add_type(module, &stream_spec, &wf_py->stream_type); }
