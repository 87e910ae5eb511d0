/* python/errors.c: the exceptions, the warning, and the user's line.
 *
 * Statuses become exceptions here and nowhere else. Warnings are laid at the user's own line: the innermost
 * Python frame whose file is not in this package, with that frame's registry, so that Python's filters count
 * as usual. */
#include "python/state.h"
#include <stdarg.h>
#include <stdio.h>

static const struct {
    const char *name, *doc;
} error_rows[] = {
#define X(name, base, doc) {"weft." #name, doc},
    WF_PY_ERRORS(X)
#undef X
};

static PyObject *second_base(int index) {
    switch (index) {
#define X(name, base, doc)                                                                                   \
    case WF_PY_##name: return PyExc_##base;
        WF_PY_ERRORS(X)
#undef X
    }
    return NULL;
}

static PyObject *first_base(int index) {
    if (index == WF_PY_Error) return PyExc_Exception;
    if (index == WF_PY_FaultError) return wf_py->errors[WF_PY_DeviceError];
    if (index == WF_PY_KernelError) return wf_py->errors[WF_PY_LaunchError];
    return wf_py->errors[WF_PY_Error];
}

static int add_error(PyObject *module, int index) {
    PyObject *first = first_base(index), *second = second_base(index);
    /* A class whose first base already is a kind of the second one names only the first. */
    int alone = PyObject_IsSubclass(first, second);
    if (alone < 0) return -1;
    PyObject *bases = alone ? PyTuple_Pack(1, first) : PyTuple_Pack(2, first, second);
    if (!bases) return -1;
    PyObject *error = PyErr_NewExceptionWithDoc(error_rows[index].name, error_rows[index].doc, bases, NULL);
    Py_DECREF(bases);
    wf_py->errors[index] = error;
    return error ? PyModule_AddObjectRef(module, error_rows[index].name + 5, error) : -1;
}

static wf_py_error error_of(wf_status status) {
    switch (status) {
    case WF_NOMEM: return WF_PY_OutOfMemoryError;
    case WF_INVALID: return WF_PY_ArgumentError;
    case WF_COMPILE: return WF_PY_CompileError;
    case WF_UNSUPPORTED: return WF_PY_UnsupportedError;
    case WF_NODEVICE:
    case WF_DRIVER: return WF_PY_DeviceError;
    case WF_FAULT: return WF_PY_FaultError;
    case WF_LAUNCH: return WF_PY_LaunchError;
    case WF_TRAP: return WF_PY_KernelError;
    case WF_INTERNAL: return WF_PY_InternalError;
    default: return WF_PY_Error;
    }
}

/* The message is cut at a byte limit, perhaps within a letter: decoding must not fail. */
static PyObject *message_text(const char *message) {
    return PyUnicode_DecodeUTF8(message, (Py_ssize_t)strlen(message), "replace");
}

PyObject *wf_py_raise(const wf_error *err) {
    if (PyErr_Occurred()) return NULL;
    if (err->status == WF_INTERRUPT) { /* the signal's own handler decides; the default one raises */
        if (PyErr_CheckSignals() == 0) PyErr_SetNone(PyExc_KeyboardInterrupt);
        return NULL;
    }
    PyObject *type = err->status == WF_TYPE ? PyExc_TypeError
                     : err->status == WF_IO ? PyExc_OSError
                                            : wf_py->errors[error_of(err->status)];
    PyObject *text = message_text(err->message[0] ? err->message : wf_status_text(err->status));
    if (!text) return NULL;
    PyObject *error = PyObject_CallOneArg(type, text);
    Py_DECREF(text);
    if (!error) return NULL;
    if (err->code) {
        PyObject *code = PyLong_FromLong(err->code);
        if (!code || PyObject_SetAttrString(error, "code", code) < 0) PyErr_Clear();
        Py_XDECREF(code);
    }
    PyErr_SetObject(type, error);
    Py_DECREF(error);
    return NULL;
}

PyObject *wf_py_raise_as(wf_py_error kind, const char *format, ...) {
    char text[2000];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    PyObject *message = message_text(text);
    if (message) PyErr_SetObject(wf_py->errors[kind], message);
    Py_XDECREF(message);
    return NULL;
}

/* ---- the user's line ---------------------------------------------------------------------------------- */

static int is_ours(PyCodeObject *code) {
    if (!wf_py->package_folder) return 0;
    Py_ssize_t length = PyUnicode_GET_LENGTH(wf_py->package_folder);
    return PyUnicode_Tailmatch(code->co_filename, wf_py->package_folder, 0, length, -1) == 1 ||
           PyUnicode_CompareWithASCIIString(code->co_filename, "<frozen runpy>") == 0;
}

/* The innermost frame of the user's; a new reference or NULL. */
static PyFrameObject *users_frame(void) {
    PyFrameObject *frame = PyEval_GetFrame();
    Py_XINCREF(frame);
    while (frame) {
        PyCodeObject *code = PyFrame_GetCode(frame);
        int ours = is_ours(code);
        Py_DECREF(code);
        if (!ours) break;
        PyFrameObject *back = PyFrame_GetBack(frame);
        Py_DECREF(frame);
        frame = back;
    }
    return frame;
}

void wf_py_place_here(wf_py_place *place) {
    PyFrameObject *frame = users_frame();
    place->code = frame ? PyFrame_GetCode(frame) : NULL;
    place->line = frame ? PyFrame_GetLineNumber(frame) : 0;
    Py_XDECREF(frame);
}

/* The frame's warning registry (made when missing); a new reference or NULL without exception. */
static PyObject *registry_of(PyFrameObject *frame) {
    PyObject *globals = PyFrame_GetGlobals(frame);
    PyObject *registry = globals ? PyDict_GetItemWithError(globals, wf_py->names.__warningregistry__) : NULL;
    Py_XINCREF(registry);
    if (globals && !registry && !PyErr_Occurred()) {
        registry = PyDict_New();
        if (registry && PyDict_SetItem(globals, wf_py->names.__warningregistry__, registry) < 0)
            Py_CLEAR(registry);
    }
    PyErr_Clear();
    Py_XDECREF(globals);
    return registry;
}

/* The name of the frame's module, which filters may ask for; a new reference. (None would drop the warning.)
 */
static PyObject *module_of(PyFrameObject *frame) {
    PyObject *globals = PyFrame_GetGlobals(frame);
    PyObject *name = globals ? PyDict_GetItemString(globals, "__name__") : NULL;
    Py_XINCREF(name);
    Py_XDECREF(globals);
    if (name && PyUnicode_Check(name)) return name;
    Py_XDECREF(name);
    return PyUnicode_FromString("<unknown>");
}

/* PyErr_WarnExplicit takes names as char; this takes the code's own. */
static int warn_in(PyFrameObject *frame, PyObject *category, PyObject *message) {
    PyObject *warnings = PyImport_ImportModule("warnings"), *result = NULL;
    PyObject *warn = warnings ? PyObject_GetAttrString(warnings, "warn_explicit") : NULL;
    PyObject *registry = registry_of(frame), *module = module_of(frame);
    PyCodeObject *code = PyFrame_GetCode(frame);
    if (warn && module)
        result = PyObject_CallFunction(warn, "OOOiOO", message, category, code->co_filename,
                                       PyFrame_GetLineNumber(frame), module, registry ? registry : Py_None);
    Py_DECREF(code);
    Py_XDECREF(module);
    Py_XDECREF(registry);
    Py_XDECREF(warn);
    Py_XDECREF(warnings);
    Py_XDECREF(result);
    return result ? 0 : -1;
}

int wf_py_warn(PyObject *category, PyObject *message) {
    PyFrameObject *frame = users_frame();
    if (!frame) return PyErr_WarnEx(category, PyUnicode_AsUTF8(message), 1);
    int result = warn_in(frame, category, message);
    Py_DECREF(frame);
    return result;
}

int wf_py_add_errors(PyObject *module) {
    for (int i = 0; i < WF_PY_ERROR_COUNT; i++)
        if (add_error(module, i) < 0) return -1;
    wf_py->kernel_warning = PyErr_NewExceptionWithDoc(
        "weft.KernelWarning", "A kernel did, or was given, something that cannot be meant.",
        PyExc_UserWarning, NULL);
    return wf_py->kernel_warning ? PyModule_AddObjectRef(module, "KernelWarning", wf_py->kernel_warning) : -1;
}
