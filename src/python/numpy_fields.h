/* python/numpy_fields.h: the beginning of a NumPy array's and of a dtype's object (numpy_view.c). */
#ifndef WF_PYTHON_NUMPY_FIELDS_H
#define WF_PYTHON_NUMPY_FIELDS_H
#define PY_SSIZE_T_CLEAN
#include <Python.h>

typedef struct wf_py_dtype_fields {
    PyObject_HEAD PyTypeObject *scalar;
    char kind, letter, byte_order, more;
    int number;
} wf_py_dtype_fields;

typedef struct wf_py_array_fields {
    PyObject_HEAD char *data;
    int ndim;
    Py_ssize_t *shape, *strides;
    PyObject *base;
    wf_py_dtype_fields *dtype;
    int flags;
} wf_py_array_fields;

enum { WF_PY_C_CONTIGUOUS = 1, WF_PY_F_CONTIGUOUS = 2, WF_PY_WRITEABLE = 0x400 };

/* Under the interpreter's lock: 1 the fields are as they stand here, -1 they are not, 0 not compared yet. */
extern int wf_py_numpy_known;

/* numpy_make.c: an array over memory that `owner` keeps. NULL without an exception: NumPy does not say how. */
PyObject *wf_py_numpy_make(PyObject *dtype, int ndim, const Py_ssize_t *shape, const Py_ssize_t *strides,
                           void *data, int writeable, PyObject *owner);
#endif
