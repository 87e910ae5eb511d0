/* python/ufunc_calls.h: what small_ufunc.c and ufunc_calls.c share. */
#ifndef WF_PYTHON_UFUNC_CALLS_H
#define WF_PYTHON_UFUNC_CALLS_H
#include "python/numpy_fields.h"
#include "python/pyfunc.h"

enum { SMALL_OPERANDS = 12 };

/* small_ufunc.c */
int wf_py_is_small_ufunc(PyObject *object);
PyObject *wf_py_small_ufunc_call(PyObject *object, PyObject *const *args, Py_ssize_t count);
int wf_py_add_small_ufunc(PyObject *module);
#endif
