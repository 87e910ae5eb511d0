/* python/pyfunc_bind.c: arguments by name, and defaults, in the order of the parameters.
 *
 * A function with plain parameters alone is seen to here; one with *args, keyword-only parameters or a
 * signature of another function's (`__wrapped__`), and every call that does not fit, is left to the
 * decorator's class (_bind), which also knows the words for what is wrong. */
#include "python/pyfunc.h"

static int attribute_is(PyObject *object, const char *name, long wanted) {
    PyObject *value = PyObject_GetAttrString(object, name);
    long found = value ? PyLong_AsLong(value) : wanted + 1;
    Py_XDECREF(value);
    return found == wanted && !PyErr_Occurred();
}

/* The names and defaults of a plain Python function. */
static int read_parameters(wf_py_function *self, PyObject *function) {
    if (!function || !PyFunction_Check(function) || PyObject_HasAttrString(function, "__wrapped__") ||
        PyObject_HasAttrString(function, "__signature__"))
        return 0;
    PyObject *code = PyFunction_GET_CODE(function);
    PyObject *flags = PyObject_GetAttrString(code, "co_flags"),
             *count = PyObject_GetAttrString(code, "co_argcount"),
             *names = PyObject_GetAttrString(code, "co_varnames");
    int plain = flags && count && names && PyTuple_Check(names) &&
                !(PyLong_AsLong(flags) & (CO_VARARGS | CO_VARKEYWORDS)) &&
                attribute_is(code, "co_kwonlyargcount", 0) && attribute_is(code, "co_posonlyargcount", 0);
    if (plain) {
        self->names = PyTuple_GetSlice(names, 0, PyLong_AsSsize_t(count));
        PyObject *defaults = PyFunction_GET_DEFAULTS(function);
        if (defaults && PyTuple_Check(defaults)) self->defaults = Py_NewRef(defaults);
    }
    Py_XDECREF(flags);
    Py_XDECREF(count);
    Py_XDECREF(names);
    return plain && self->names;
}

static int is_plain(wf_py_function *self) {
    if (self->is_plain) return self->is_plain > 0;
    PyObject *function = PyObject_GetAttrString((PyObject *)self, "py_func");
    self->is_plain = read_parameters(self, function) ? 1 : -1;
    Py_XDECREF(function);
    PyErr_Clear();
    return self->is_plain > 0;
}

static Py_ssize_t index_of(PyObject *names, PyObject *name) {
    Py_ssize_t n = PyTuple_GET_SIZE(names);
    for (Py_ssize_t i = 0; i < n; i++)
        if (PyTuple_GET_ITEM(names, i) == name) return i; /* names in programs are interned */
    for (Py_ssize_t i = 0; i < n; i++)
        if (PyUnicode_Compare(PyTuple_GET_ITEM(names, i), name) == 0) return i;
    return -1;
}

static int put_named(PyObject *tuple, PyObject *parameters, PyObject *names, PyObject *const *values) {
    for (Py_ssize_t i = 0; names && i < PyTuple_GET_SIZE(names); i++) {
        Py_ssize_t at = index_of(parameters, PyTuple_GET_ITEM(names, i));
        if (at < 0 || PyTuple_GET_ITEM(tuple, at)) return 0;
        PyTuple_SET_ITEM(tuple, at, Py_NewRef(values[i]));
    }
    return 1;
}

/* The defaults stand for the last parameters. */
static int put_defaults(PyObject *tuple, PyObject *defaults) {
    Py_ssize_t n = PyTuple_GET_SIZE(tuple), known = defaults ? PyTuple_GET_SIZE(defaults) : 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (PyTuple_GET_ITEM(tuple, i)) continue;
        if (i < n - known) return 0;
        PyTuple_SET_ITEM(tuple, i, Py_NewRef(PyTuple_GET_ITEM(defaults, i - (n - known))));
    }
    return 1;
}

/* NULL without an exception: somebody else is to see to it. */
static PyObject *bound_plainly(wf_py_function *self, PyObject *const *args, Py_ssize_t count,
                               PyObject *names) {
    if (self->binds || !is_plain(self) || count > PyTuple_GET_SIZE(self->names)) return NULL;
    PyObject *tuple = PyTuple_New(PyTuple_GET_SIZE(self->names));
    for (Py_ssize_t i = 0; tuple && i < count; i++) PyTuple_SET_ITEM(tuple, i, Py_NewRef(args[i]));
    if (tuple &&
        (!put_named(tuple, self->names, names, args + count) || !put_defaults(tuple, self->defaults)))
        Py_CLEAR(tuple);
    return tuple;
}

static PyObject *bound_by_class(wf_py_function *self, PyObject *const *args, Py_ssize_t count,
                                PyObject *names) {
    PyObject *bound = NULL, *tuple = PyTuple_New(count), *named = PyDict_New();
    for (Py_ssize_t i = 0; tuple && i < count; i++) PyTuple_SET_ITEM(tuple, i, Py_NewRef(args[i]));
    for (Py_ssize_t i = 0; named && names && i < PyTuple_GET_SIZE(names); i++)
        if (PyDict_SetItem(named, PyTuple_GET_ITEM(names, i), args[count + i]) < 0) Py_CLEAR(named);
    if (tuple && named) bound = PyObject_CallMethod((PyObject *)self, "_bind", "OO", tuple, named);
    Py_XDECREF(tuple);
    Py_XDECREF(named);
    return bound;
}

Py_ssize_t wf_py_bind(wf_py_function *self, PyObject *const **args, Py_ssize_t count, PyObject *names,
                      PyObject **bound) {
    *bound = NULL;
    int named = names && PyTuple_GET_SIZE(names);
    if (!self->binds && !named && is_plain(self) && count >= PyTuple_GET_SIZE(self->names)) return count;
    if (!is_plain(self) && wf_py_function_read(self) < 0) return -1;
    if (!self->binds && !named && !is_plain(self) && count >= (Py_ssize_t)wf_pf_module_params(self->module))
        return count;
    *bound = bound_plainly(self, *args, count, names);
    if (!*bound && !PyErr_Occurred()) *bound = bound_by_class(self, *args, count, names);
    if (!*bound) return -1;
    *args = &PyTuple_GET_ITEM(*bound, 0);
    return PyTuple_GET_SIZE(*bound);
}
