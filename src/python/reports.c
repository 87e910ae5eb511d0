/* python/reports.c: what CPU kernels had to say, as Python's warnings and exceptions.
 *
 * An access outside its array is a KernelWarning at the user's line that launched the kernel or waited for
 * it; the kernel went on. A kernel that stopped (assert, trap, Ctrl-C) is an exception: at the launch if it
 * ran there and then, else at the wait. When it is raised at the launch, the stream's stored failure is taken
 * too, so that it is not told twice. */
#include "python/state.h"

static PyObject *text_of(wf_fault *fault) {
    PyObject *text = PyUnicode_DecodeUTF8(fault->text.data ? fault->text.data : "",
                                          (Py_ssize_t)fault->text.length, "replace");
    wf_text_free(&fault->text);
    return text;
}

/* The text with the places in the user's Python files beside those in the source (weft/_origin.py). */
static PyObject *with_origin(PyObject *text) {
    if (!text) return NULL;
    PyObject *module = PyImport_ImportModule("weft._origin");
    PyObject *more = module ? PyObject_CallMethod(module, "beside", "O", text) : NULL;
    Py_XDECREF(module);
    if (!more) {
        PyErr_Clear();
        return text;
    }
    Py_DECREF(text);
    return more;
}

/* 0, or -1 with an exception (a warning that filters turn into an error is one). */
static int tell_report(wf_launch_report *report) {
    wf_fault fault;
    if (report->kind == WF_REPORT_INTERRUPT) {
        wf_error error = {.status = WF_INTERRUPT};
        wf_function_release(report->function);
        wf_py_raise(&error);
        return -1;
    }
    wf_fault_describe(report, &fault);
    wf_function_release(report->function);
    PyObject *text = with_origin(text_of(&fault));
    if (!text) return -1;
    int result = -1;
    if (report->kind == WF_REPORT_OUT_OF_BOUNDS) result = wf_py_warn(wf_py->kernel_warning, text);
    else PyErr_SetObject(WF_PY_ERROR(KernelError), text);
    Py_DECREF(text);
    return result;
}

static void drop(wf_launch_report *report) { wf_function_release(report->function); }

/* Told where kernels are waited for, since there it was first needed. */
static int tell_cache(void) {
    char words[4608];
    if (!wf_cache_problem(words, sizeof words)) return 0;
    PyObject *text = PyUnicode_DecodeFSDefault(words);
    int result = text ? wf_py_warn(PyExc_RuntimeWarning, text) : -1;
    Py_XDECREF(text);
    return result;
}

/* Tells all; after the first exception the rest is dropped. */
#define TAKE_ALL(take, from)                                                                                 \
    wf_launch_report report;                                                                                 \
    int result = tell_cache();                                                                               \
    while (take(from, &report)) {                                                                            \
        if (result == 0) result = tell_report(&report);                                                      \
        else drop(&report);                                                                                  \
    }

int wf_py_take_stream_reports(wf_stream *stream) {
    TAKE_ALL(wf_stream_take_report, stream)
    if (result < 0) {
        PyObject *type, *value, *trace;
        PyErr_Fetch(&type, &value, &trace);
        Py_BEGIN_ALLOW_THREADS wf_stream_synchronize(stream, NULL);
        Py_END_ALLOW_THREADS PyErr_Restore(type, value, trace);
    }
    return result;
}

int wf_py_take_context_reports(wf_context *context) {
    TAKE_ALL(wf_context_take_report, context)
    return result;
}

PyObject *wf_py_waited(wf_status status, wf_error *err, wf_context *context) {
    if (PyErr_Occurred()) return NULL;
    if (wf_py_take_context_reports(context) < 0) return NULL;
    if (status != WF_OK) return wf_py_raise(err);
    Py_RETURN_NONE;
}
