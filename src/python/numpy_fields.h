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
int wf_py_numpy_ready(void); /* compares them if that was not done; 0: they are not */

/* The letter of a type's elements in weft's codes, 0: not one of the plain numbers in this machine's order. */
char wf_py_numpy_element(const wf_py_dtype_fields *type);
Py_ssize_t wf_py_element_bytes(char element);

/* numpy_make.c: NumPy's table of functions of this name ("_ARRAY_API", "_UFUNC_API"); NULL: it has none. */
void *const *wf_py_numpy_table(const char *name);
/* An array over memory that `owner` keeps. NULL without an exception: NumPy does not say how. */
PyObject *wf_py_numpy_make(PyObject *dtype, int ndim, const Py_ssize_t *shape, const Py_ssize_t *strides,
                           void *data, int writeable, PyObject *owner);
#endif
