/* python/pyfunc_errors.c: exceptions that compiled functions catch.
 *
 * What a call of Python raised waits at the asker until the function ends or a handler catches it. A handler that
 * may raise it again, or looks at it, keeps it under a number: the last MANY are there, which is more than
 * handlers stand inside of each other. */
#include "python/pyfunc.h"
#include "python/state.h"

enum { MANY = 64 };

static _Thread_local wf_py_asker *seen; /* the call of a compiled function that called Python */

wf_py_asker *wf_py_error_asker(wf_py_asker *asker) {
    wf_py_asker *before = seen;
    seen = asker;
    return before;
}

void wf_py_error_keep(wf_py_asker *asker) {
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    if (trace && value) PyException_SetTraceback(value, trace);
    if (!asker->error) asker->error = Py_XNewRef(value);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(trace);
}

/* Whether the exception that a call of Python raised is one of Python's own class of this name. */
int64_t wf_py_error_is(wf_py_asker *asker, const char *name) {
    if (!asker->error) return 0;
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *class = PyDict_GetItemString(PyEval_GetBuiltins(), name);
    int is = class ? PyObject_IsInstance(asker->error, class) : 0;
    if (is < 0) PyErr_Clear();
    PyGILState_Release(state);
    return is > 0;
}

void wf_py_error_forget(wf_py_asker *asker) {
    if (!asker->error && !asker->caught) return;
    PyGILState_STATE state = PyGILState_Ensure();
    Py_XSETREF(asker->caught, asker->error);
    asker->error = NULL;
    PyGILState_Release(state);
}

/* A new exception of such a text ("ValueError: words"), which compiled code raised. */
static PyObject *made_of(wf_py_asker *asker, const char *text) {
    PyObject *made = PyObject_CallMethod((PyObject *)asker->function, "_caught", "s", text);
    if (made) return made;
    wf_py_error_keep(asker);
    return Py_XNewRef(asker->error);
}

int64_t wf_py_error_hold(wf_py_asker *asker, const char *text) {
    if (!text && !asker->caught) return 0;
    int64_t number = 0;
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *error = text ? made_of(asker, text) : asker->caught;
    if (!text) asker->caught = NULL;
    if (!asker->kept) asker->kept = PyList_New(0);
    Py_ssize_t at = (Py_ssize_t)(asker->kept_count % MANY);
    if (error && asker->kept) {
        int bad = PyList_GET_SIZE(asker->kept) == at ? PyList_Append(asker->kept, error)
                                                     : PyList_SetItem(asker->kept, at, Py_NewRef(error));
        if (!bad) number = (int64_t)++asker->kept_count;
    }
    Py_XDECREF(error);
    PyErr_Clear();
    PyGILState_Release(state);
    return number;
}

static PyObject *kept(const wf_py_asker *asker, int64_t number) {
    uint64_t age = asker ? asker->kept_count - (uint64_t)number : MANY;
    if (number > 0 && age < MANY) return PyList_GET_ITEM(asker->kept, (Py_ssize_t)((number - 1) % MANY));
    PyErr_SetString(PyExc_RuntimeError, "an exception that was caught is not known any more");
    return NULL;
}

void wf_py_error_restore(wf_py_asker *asker, int64_t number) {
    if (!number) return;
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *error = kept(asker, number);
    if (error) Py_XSETREF(asker->error, Py_NewRef(error));
    else wf_py_error_keep(asker);
    PyGILState_Release(state);
}

void wf_py_error_clear(wf_py_asker *asker) {
    Py_CLEAR(asker->error);
    Py_CLEAR(asker->caught);
    Py_CLEAR(asker->kept);
}

/* ---- what Python asks ---- */

static PyObject *caught_error(PyObject *module, PyObject *number) {
    (void)module;
    long long wanted = PyLong_AsLongLong(number);
    return PyErr_Occurred() ? NULL : Py_XNewRef(kept(seen, wanted));
}

static PyMethodDef functions[] = {
    {"_caught_error", caught_error, METH_O, "The exception that a compiled handler keeps under this number."},
    {NULL, NULL, 0, NULL},
};

int wf_py_add_caught(PyObject *module) { return PyModule_AddFunctions(module, functions); }
