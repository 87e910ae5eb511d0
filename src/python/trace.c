/* python/trace.c: weft._core.trace_…: the runtime's log (runtime/trace.h) for weft profile.
 *
 * A place is a pair of a code object and a line, numbered at first sight. The hook runs in threads that may
 * or may not hold the interpreter's lock, and only while the log is on. */
#include "runtime/trace.h"
#include "python/state.h"

/* Under the interpreter's lock: (code, line) → number, and the pairs in order of their numbers. */
static PyObject *numbers, *places;

/* 0: no user's line, or no memory. */
static uint32_t number_of(wf_py_place *place) {
    uint32_t number = 0;
    PyObject *pair = place->code ? Py_BuildValue("(Oi)", place->code, place->line) : NULL;
    PyObject *known = pair ? PyDict_GetItemWithError(numbers, pair) : NULL;
    if (known) {
        number = (uint32_t)PyLong_AsUnsignedLong(known);
    } else if (pair && PyList_Append(places, pair) == 0) {
        number = (uint32_t)PyList_GET_SIZE(places);
        known = PyLong_FromUnsignedLong(number);
        if (known) PyDict_SetItem(numbers, pair, known);
        Py_XDECREF(known);
    }
    Py_XDECREF(pair);
    return number;
}

static uint32_t place_here(void *user) {
    (void)user;
    if (!Py_IsInitialized()) return 0;
    PyGILState_STATE gil = PyGILState_Ensure();
    PyObject *type, *value, *trace;
    wf_py_place place;
    PyErr_Fetch(&type, &value, &trace);
    wf_py_place_here(&place);
    uint32_t number = numbers ? number_of(&place) : 0;
    Py_XDECREF(place.code);
    PyErr_Restore(type, value, trace);
    PyGILState_Release(gil);
    return number;
}

static PyObject *trace_start(PyObject *self, PyObject *unused) {
    (void)self, (void)unused;
    wf_error error;
    wf_status status;
    if (!numbers && !(numbers = PyDict_New())) return NULL;
    if (!places && !(places = PyList_New(0))) return NULL;
    wf_trace_set_place_hook(place_here, NULL);
    Py_BEGIN_ALLOW_THREADS status = wf_trace_start(&error);
    Py_END_ALLOW_THREADS if (status) return wf_py_raise(&error);
    Py_RETURN_NONE;
}

static PyObject *trace_stop(PyObject *self, PyObject *unused) {
    (void)self, (void)unused;
    wf_trace_stop();
    Py_BEGIN_ALLOW_THREADS wf_trace_settle();
    Py_END_ALLOW_THREADS Py_RETURN_NONE;
}

static PyObject *trace_on(PyObject *self, PyObject *unused) {
    (void)self, (void)unused;
    return PyBool_FromLong(wf_trace_on());
}

/* (kind, name, device, thread, stream, place, called, returned, begin, end, bytes, operations, flags, grid,
 * block) */
static PyObject *as_tuple(const wf_trace_event *e) {
    static const char *const kinds[] = {"kernel",  "loops", "copy in", "copy out", "copy within", "fill",
                                        "library", "wait",  "compile", "load",     "host"};
    _Static_assert(sizeof kinds / sizeof *kinds == WF_TRACE_KINDS, "a name for each kind");
    return Py_BuildValue("(sssIKIKKKKKKI(III)(III)I)", kinds[e->kind], e->name,
                         e->device_kind == WF_DEVICE_CUDA ? "cuda" : "cpu", e->thread,
                         (unsigned long long)e->stream, e->place, (unsigned long long)e->called,
                         (unsigned long long)e->returned, (unsigned long long)e->begin,
                         (unsigned long long)e->end, (unsigned long long)e->bytes,
                         (unsigned long long)e->operations, (unsigned)e->flags, e->grid[0], e->grid[1],
                         e->grid[2], e->block[0], e->block[1], e->block[2], (unsigned)e->device);
}

static PyObject *trace_events(PyObject *self, PyObject *unused) {
    (void)self, (void)unused;
    uint64_t count = wf_trace_count();
    PyObject *list = PyList_New(0);
    wf_trace_event event;
    for (uint64_t i = 0; list && i < count && wf_trace_get(i, &event); i++) {
        PyObject *item = as_tuple(&event);
        if (!item || PyList_Append(list, item) < 0) Py_CLEAR(list);
        Py_XDECREF(item);
    }
    return list;
}

static PyObject *trace_places(PyObject *self, PyObject *unused) {
    (void)self, (void)unused;
    return places ? PyList_GetSlice(places, 0, PyList_GET_SIZE(places)) : PyList_New(0);
}

static PyObject *trace_dropped(PyObject *self, PyObject *unused) {
    (void)self, (void)unused;
    return PyLong_FromUnsignedLongLong(wf_trace_dropped());
}

/* → a handle for trace_close, or None when the log is off */
static PyObject *trace_open(PyObject *self, PyObject *name) {
    (void)self;
    const char *text = PyUnicode_AsUTF8(name);
    if (!text) return NULL;
    if (!wf_trace_on()) Py_RETURN_NONE;
    wf_trace_span span = wf_trace_open(WF_TRACE_HOST, text, NULL, 0);
    return PyLong_FromUnsignedLongLong((unsigned long long)span.outer << 32 | span.id);
}

static PyObject *trace_close(PyObject *self, PyObject *handle) {
    (void)self;
    if (handle == Py_None) Py_RETURN_NONE;
    unsigned long long bits = PyLong_AsUnsignedLongLong(handle);
    if (PyErr_Occurred()) return NULL;
    wf_trace_close((wf_trace_span){(uint32_t)bits, (uint32_t)(bits >> 32)}, NULL);
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"trace_start", trace_start, METH_NOARGS, "A new log begins."},
    {"trace_stop", trace_stop, METH_NOARGS, "The log ends; waits for the GPUs' times."},
    {"trace_on", trace_on, METH_NOARGS, "Is the log on?"},
    {"trace_events", trace_events, METH_NOARGS,
     "[(kind, name, device kind, thread, stream, place, called, returned, begin, end, bytes, operations, "
     "flags, grid, "
     "block, device number)]; times in ns."},
    {"trace_places", trace_places, METH_NOARGS, "[(code, line)]: number n is the n-th, from 1."},
    {"trace_dropped", trace_dropped, METH_NOARGS, "How many events came after the log was full."},
    {"trace_open", trace_open, METH_O, "A span of the host's own work; None when the log is off."},
    {"trace_close", trace_close, METH_O, "Ends what trace_open gave."},
    {NULL, NULL, 0, NULL},
};

int wf_py_add_trace(PyObject *module) { return PyModule_AddFunctions(module, functions); }
