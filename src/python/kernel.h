/* python/kernel.h: Program and Kernel objects, for the rooms that make programs of their own. */
#ifndef WF_PYTHON_KERNEL_H
#define WF_PYTHON_KERNEL_H
#include "python/arg.h"

typedef struct wf_py_program {
    PyObject_HEAD wf_program *program;
} wf_py_program;

typedef struct wf_py_kernel {
    PyObject_HEAD vectorcallfunc vectorcall;
    wf_kernel *kernel; /* owned by the program */
    PyObject *program; /* the wf_py_program that keeps it alive */
    wf_py_params *params;
} wf_py_kernel;

/* A Program object; takes the reference over. */
PyObject *wf_py_program_object(wf_program *program);
PyObject *wf_py_kernel_object(PyTypeObject *type, wf_kernel *kernel, PyObject *program, int strict);
/* A grid or block: a tuple of 1 to 3 sizes, or one int. -1 with an exception. */
int wf_py_sizes(PyObject *object, const char *what, uint32_t out[3]);
/* Packs and launches on the current context. stream_object: Stream, None or NULL. None, or NULL with an
 * exception. */
PyObject *wf_py_kernel_launch(wf_py_kernel *kernel, PyObject *const *args, Py_ssize_t count,
                              wf_launch_config *config, PyObject *stream_object);
#endif
