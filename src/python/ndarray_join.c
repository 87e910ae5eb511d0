/* python/ndarray_join.c: the plain case of concatenate and stack: arrays of ours of one type, device and
 * fitting shapes, in C order. Everything else, errors included, is weft/_array/manipulation.py's. */
#include "python/ndarray_host.h"

enum { MOST = 64 };

typedef struct join {
    wf_array *parts[MOST], *result;
    int count, axis, stacked; /* stacked: along a new axis */
    int64_t elements;
} join;

static int fits(const join *j, const wf_array *a) {
    const wf_array *first = j->parts[0];
    if (a->dtype != first->dtype || a->ndim != first->ndim || wf_array_context(a) != wf_array_context(first))
        return 0;
    for (int d = 0; d < a->ndim; d++)
        if (a->shape[d] != first->shape[d] && (j->stacked || d != j->axis)) return 0;
    return 1;
}

/* Arrays that all lie in Fortran's order give one that does: not here. */
static int survey(join *j, PyObject *const *items) {
    int plain = 0;
    for (int i = 0; i < j->count; i++) {
        if (!wf_py_is_array(items[i])) return 0;
        wf_array *a = j->parts[i] = wf_py_array_of(items[i]);
        if (!fits(j, a)) return 0;
        plain |= a->ndim < 2 || wf_array_is_contiguous(a);
        j->elements += wf_array_size(a);
    }
    int ndim = j->parts[0]->ndim + j->stacked;
    return plain && ndim > 0 && ndim <= WF_MAX_DIMS && j->axis >= 0 && j->axis < ndim;
}

static wf_status put(join *j, wf_array *part, int64_t at, wf_error *err) {
    int64_t strides[WF_MAX_DIMS];
    wf_array *view = NULL, *to = j->result;
    for (int d = 0; d < part->ndim; d++) strides[d] = to->strides[j->stacked && d >= j->axis ? d + 1 : d];
    wf_status status = wf_array_view(to, (wf_dtype)to->dtype, part->ndim, part->shape, strides,
                                     at * to->strides[j->axis], &view, err);
    wf_operand value = {.array = part};
    if (!status && wf_array_size(part)) status = wf_array_assign(view, &value, NULL, err);
    wf_array_release(view);
    return status;
}

static wf_status run(join *j, wf_error *err) {
    int64_t shape[WF_MAX_DIMS], at = 0;
    const wf_array *first = j->parts[0];
    int n = 0;
    for (int d = 0; d < first->ndim; d++) {
        if (j->stacked && d == j->axis) shape[n++] = j->count;
        shape[n++] = first->shape[d];
    }
    if (j->stacked && j->axis == first->ndim) shape[n++] = j->count;
    for (int i = 1; !j->stacked && i < j->count; i++) shape[j->axis] += j->parts[i]->shape[j->axis];
    wf_status status =
        wf_array_empty(wf_array_context(first), (wf_dtype)first->dtype, n, shape, &j->result, err);
    for (int i = 0; i < j->count && !status; i++) {
        status = put(j, j->parts[i], at, err);
        at += j->stacked ? 1 : j->parts[i]->shape[j->axis];
    }
    if (status) wf_array_release(j->result);
    return status;
}

/* Everything is there or soon: the interpreter's lock can be kept. */
static wf_status brief(const join *j, wf_error *err) {
    wf_status status = j->elements > WF_PY_BRIEF ? WF_NOTREADY : WF_OK;
    for (int i = 0; i < j->count && !status; i++) status = wf_array_wait_briefly(j->parts[i], err);
    return status;
}

/* Under the graph lock from the first look at the parts on: waiting for it lets other threads run, which may
 * change them. */
static PyObject *joined(PyObject *held, int axis, int stacked) {
    join j = {.count = (int)PyTuple_GET_SIZE(held), .axis = axis, .stacked = stacked};
    wf_error err;
    err.code = 0;
    wf_py_graph_enter();
    j.parts[0] = wf_py_array_of(PyTuple_GET_ITEM(held, 0));
    if (j.axis < 0) j.axis += j.parts[0]->ndim + j.stacked;
    if (!survey(&j, ((PyTupleObject *)held)->ob_item)) {
        wf_graph_leave();
        Py_RETURN_NONE;
    }
    wf_status status = brief(&j, &err);
    for (int i = 0; i < j.count; i++) wf_array_retain(j.parts[i]);
    if (!status) status = run(&j, &err);
    else if (status == WF_NOTREADY) {
        Py_BEGIN_ALLOW_THREADS status = run(&j, &err);
        Py_END_ALLOW_THREADS
    }
    for (int i = 0; i < j.count; i++) wf_array_release(j.parts[i]);
    wf_graph_leave();
    return wf_py_array_result(status, j.result, &err);
}

/* array_join(sequence, axis, stacked) → array; None: not a plain case. */
static PyObject *array_join(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    if (count != 3 || !(PyList_CheckExact(args[0]) || PyTuple_CheckExact(args[0])) ||
        !PyLong_CheckExact(args[1]))
        Py_RETURN_NONE;
    Py_ssize_t n = PySequence_Fast_GET_SIZE(args[0]);
    long axis = PyLong_AsLong(args[1]);
    if (n < 1 || n > MOST || axis < -WF_MAX_DIMS || axis > WF_MAX_DIMS || PyErr_Occurred() ||
        !wf_py_is_array(PySequence_Fast_GET_ITEM(args[0], 0))) {
        PyErr_Clear();
        Py_RETURN_NONE;
    }
    PyObject *held = PySequence_Tuple(args[0]); /* a list may change meanwhile */
    PyObject *result = held ? joined(held, (int)axis, args[2] == Py_True) : NULL;
    Py_XDECREF(held);
    return result;
}

static PyMethodDef functions[] = {
    {"array_join", (PyCFunction)(void (*)(void))array_join, METH_FASTCALL,
     "(sequence, axis, stacked): the arrays joined along an axis or a new one, or None where that is not "
     "plain"},
    {NULL, NULL, 0, NULL},
};

int wf_py_add_join(PyObject *module) { return PyModule_AddFunctions(module, functions); }
