/* python/numpy_make.c: NumPy arrays over memory of ours, by NumPy's C interface.
 *
 * numpy.ndarray(shape, dtype, buffer, offset, strides) takes half a microsecond, most of it for a tuple of
 * the shape, one of the strides and a view of the buffer; a compiled function that returns an array often has
 * little else to do. The functions of the interface stand in a table that compiled extensions find in NumPy's
 * capsule; their places in it have been the same since NumPy 1.7. Two versions of the table are known. */
#include "python/numpy_fields.h"
#include "python/pyfunc.h"

enum { GET_VERSION = 0, NEW_FROM_DESCR = 94, SET_BASE_OBJECT = 282 };
enum { VERSION_1 = 0x1000009, VERSION_2 = 0x2000000 };

typedef unsigned get_version(void);
typedef PyObject *new_from_descr(PyTypeObject *type, PyObject *dtype, int ndim, const Py_ssize_t *shape,
                                 const Py_ssize_t *strides, void *data, int flags, PyObject *like);
typedef int set_base_object(PyObject *array, PyObject *base);

void *const *wf_py_numpy_table(const char *name) {
    static const char *const modules[] = {"numpy._core._multiarray_umath", "numpy.core._multiarray_umath"};
    void *const *table = NULL;
    for (int i = 0; i < 2 && !table; i++) {
        PyObject *module = PyImport_ImportModule(modules[i]),
                 *capsule = module ? PyObject_GetAttrString(module, name) : NULL;
        if (capsule && PyCapsule_CheckExact(capsule)) table = PyCapsule_GetPointer(capsule, NULL);
        Py_XDECREF(capsule);
        Py_XDECREF(module);
        PyErr_Clear();
    }
    return table;
}

static void *const *find_table(void) {
    void *const *table = wf_py_numpy_table("_ARRAY_API");
    if (!table) return NULL;
    unsigned version = ((get_version *)table[GET_VERSION])();
    return version == VERSION_1 || version == VERSION_2 ? table : NULL;
}

PyObject *wf_py_numpy_make(PyObject *dtype, int ndim, const Py_ssize_t *shape, const Py_ssize_t *strides,
                           void *data, int writeable, PyObject *owner) {
    static int looked; /* under the interpreter's lock */
    static void *const *table;
    if (!looked) {
        table = find_table();
        looked = 1;
    }
    if (!table) return NULL;
    PyObject *made =
        ((new_from_descr *)table[NEW_FROM_DESCR])(wf_py_numpy_array, Py_NewRef(dtype), ndim, shape, strides,
                                                  data, writeable ? WF_PY_WRITEABLE : 0, NULL);
    if (made && ((set_base_object *)table[SET_BASE_OBJECT])(made, Py_NewRef(owner)) < 0) Py_CLEAR(made);
    return made;
}
