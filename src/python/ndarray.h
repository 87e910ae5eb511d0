/* python/ndarray.h: weft.ndarray, as the files of the binding that deal with arrays share it.
 *
 * weft._core.ndarray holds a wf_array and what must be fast: operators, ufuncs, basic indexing, attributes.
 * The class that users see is a subclass of it written in Python (weft/_array/array.py), which tells us its
 * type once; every array that is made here is of that type. */
#ifndef WF_PYTHON_NDARRAY_H
#define WF_PYTHON_NDARRAY_H
#include "array/array.h"
#include "python/state.h"

typedef struct wf_py_ndarray {
    PyObject_HEAD wf_array *array;
    PyObject *base; /* the array that this is a view of (never one with a base of its own), or NULL */
    uint8_t told;   /* its address was given out: the memory is shared from then on */
    uint8_t value;  /* an element, a total: what NumPy gives as a number. Nobody writes to it */
    struct wf_py_former *former; /* what `array` was before x.shape was set */
} wf_py_ndarray;

typedef struct wf_py_array_state {
    PyTypeObject *base_type, *array_type; /* ours, and the Python subclass (the same until told) */
    PyTypeObject *base_ufunc, *ufunc_type;
    PyObject *dtypes[WF_DT_COUNT]; /* what array.dtype gives */
    PyObject *dtype_codes;         /* dict: anything that was given as a dtype → its number */
    PyObject *python;              /* module weft._array._hooks: what C hands on to Python */
    int views;   /* elements are views and totals plain arrays, as in CuPy: its drop-in wants that */
    int checked; /* errstate(check=True): results are looked at for NaN and infinity that no operand had */
} wf_py_array_state;
extern wf_py_array_state wf_py_arrays;

static inline int wf_py_is_array(PyObject *object) {
    return PyObject_TypeCheck(object, wf_py_arrays.base_type);
}
static inline wf_array *wf_py_array_of(PyObject *object) { return ((wf_py_ndarray *)object)->array; }
/* Takes the array over; NULL array: NULL with an exception set from err. */
PyObject *wf_py_array_object(wf_array *array);
PyObject *wf_py_array_result(wf_status status, wf_array *array, const wf_error *err);
/* The same for a view of `of`. */
PyObject *wf_py_array_view_result(wf_status status, wf_array *view, const wf_error *err, PyObject *of);
/* A result (taken over; may be NULL) of an operation of that name on `count` operands; NULL with
 * FloatingPointError if results are checked and this one is not finite where its operands are. */
PyObject *wf_py_array_checked(const char *name, PyObject *const *operands, int count, PyObject *result);
/* A result (taken over; may be NULL) as an object of the class that `of` has, where that is the user's own.
 */
PyObject *wf_py_array_of_class(PyObject *result, PyObject *of);
/* Whether an operand is of a class that the user derived, whose results are of that class too. */
static inline int wf_py_is_derived(PyObject *object) {
    return Py_TYPE(object) != wf_py_arrays.array_type && wf_py_is_array(object);
}
/* A result (taken over; may be NULL); of no dimensions: a value, as NumPy gives a number for it. */
PyObject *wf_py_array_value(PyObject *result);
static inline int wf_py_is_value(PyObject *object) {
    return wf_py_is_array(object) && ((wf_py_ndarray *)object)->value;
}
/* A result (taken over; may be NULL) that is a number where `of` is one. */
static inline PyObject *wf_py_array_value_of(PyObject *result, PyObject *of) {
    return wf_py_is_value(of) ? wf_py_array_value(result) : result;
}
/* -1 with a TypeError: nobody writes to a value. */
int wf_py_array_writable(PyObject *array);
PyObject *wf_py_array_raise(const wf_error *err); /* as wf_py_raise, with IndexError, OverflowError … */

/* The graph's lock around calls of array/. Waiting for it gives the interpreter's lock up. */
void wf_py_graph_enter(void);
#define WF_GRAPH(call)                                                                                       \
    do {                                                                                                     \
        wf_py_graph_enter();                                                                                 \
        status = (call);                                                                                     \
        wf_graph_leave();                                                                                    \
    } while (0)
/* For calls that may run long: without the interpreter's lock. */
#define WF_GRAPH_LONG(call)                                                                                  \
    do {                                                                                                     \
        wf_py_graph_enter();                                                                                 \
        Py_BEGIN_ALLOW_THREADS status = (call);                                                              \
        Py_END_ALLOW_THREADS wf_graph_leave();                                                               \
    } while (0)

/* A dtype argument; None: WF_DT_NONE. 0, or -1 with an exception. */
int wf_py_to_dtype(PyObject *object, wf_dtype *dtype);
/* Shape: an int or a sequence of ints. The count, or -1. */
int wf_py_to_shape(PyObject *object, int64_t *shape);
PyObject *wf_py_shape_tuple(int ndim, const int64_t *values);
PyObject *wf_py_number_object(wf_number number);
/* The one element of an array: 0, or -1 with an exception. */
int wf_py_array_number_of(PyObject *array, wf_number *number);
/* An operand from any object: 1; 0: not something that can be one (no exception); -1: exception. The
 * reference in *keep (may be NULL) must be dropped after use. */
int wf_py_to_operand(PyObject *object, wf_operand *operand, PyObject **keep);
/* The same; not an operand is a TypeError. 0 or -1. */
int wf_py_need_operand(PyObject *object, wf_operand *operand, PyObject **keep);
/* _forbid_waits(bool): whether this thread may wait for devices from here on; gives what was so before. */
PyObject *wf_py_forbid_waits(PyObject *module, PyObject *forbid);
/* Calls a function of the Python hooks. */
PyObject *wf_py_array_hook_call(const char *name, PyObject *const *args, Py_ssize_t count);
/* A ufunc without options. */
PyObject *wf_py_ufunc_apply(wf_ufunc op, PyObject *a, PyObject *b, PyObject *out);

extern PyNumberMethods wf_py_array_number;
PyObject *wf_py_array_compare(PyObject *a, PyObject *b, int op);
PyObject *wf_py_array_getitem(PyObject *self, PyObject *key);
int wf_py_array_setitem(PyObject *self, PyObject *key, PyObject *value);
/* self[key] for a plain array of places or mask: 1, and the result (NULL: exception); 0: something else. */
int wf_py_array_choose(PyObject *self, PyObject *key, PyObject **result);
/* a @ b of two vectors or of small matrices: as above. */
int wf_py_array_product(PyObject *a, PyObject *b, PyObject **result);

int wf_py_add_ndarray(PyObject *module);
int wf_py_add_ufunc(PyObject *module);
int wf_py_add_array_functions(PyObject *module);
int wf_py_add_dlpack(PyObject *module);
int wf_py_add_bulk(PyObject *module);
int wf_py_add_vendor(PyObject *module);
int wf_py_add_choose(PyObject *module);
int wf_py_add_lines(PyObject *module);
int wf_py_add_methods(PyObject *module);
int wf_py_add_product(PyObject *module);
int wf_py_add_join(PyObject *module);
#endif
