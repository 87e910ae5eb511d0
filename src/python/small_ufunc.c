/* python/small_ufunc.c: weft._core.SmallUfunc: one of NumPy's own universal functions, made around a compiled
 * loop.
 *
 * A function of vectorize or guvectorize that is called with a few numbers spends its time on broadcasting,
 * types and results, not in its loop. NumPy's ufunc does all of that in C; its inner loop is wf_py's compiled
 * loop over the first axis of every operand, called here with what NumPy says of each: an address, the sizes of
 * the core's axes and strides. Operands that lie closely get code of their own (layout C), as everywhere.
 *
 * It is never handed out: ufunc_calls.c calls it, so an exception of the loop, which NumPy's loops cannot
 * raise, waits here until NumPy has returned. */
#include "python/ufunc_calls.h"
#include <fenv.h>

enum { FUNCTION_OF_DATA = 31 }; /* the place in NumPy's table of PyUFunc_FromFuncAndDataAndSignature */
enum { AXES_MAX = NDIM_MAX - 2, NO_IDENTITY = -1, LAYOUT_MAX = 120 };

typedef void numpy_loop(char **addresses, const Py_ssize_t *sizes, const Py_ssize_t *steps, void *data);
typedef PyObject *make_function(numpy_loop **loops, void *const *data, const char *types, int type_count,
                                int nin, int nout, int identity, const char *name, const char *doc,
                                int unused, const char *layout);

typedef struct operand {
    char element;
    uint8_t axis_count, /* of its core */
        axes[AXES_MAX], /* their numbers among all core axes */
        is_row,         /* a core of no axes that is passed as an array of one element */
        readonly;
    uint8_t first_step; /* its core's strides among all */
    Py_ssize_t itemsize;
} operand;

typedef struct small_ufunc {
    PyObject_HEAD wf_py_function *loop;
    PyObject *ufunc, *name;
    uint32_t operand_count;
    operand operands[SMALL_OPERANDS];
    uint8_t order[SMALL_OPERANDS]; /* the loop's parameters, by the numbers of the operands */
    char types[SMALL_OPERANDS], layout[LAYOUT_MAX];
    numpy_loop *loops[1];
    void *data[1];
} small_ufunc;

static PyTypeObject *small_type;

/* ---- the inner loop ---- */

typedef struct pending { /* of a call: what its loop raised */
    struct pending *outer;
    PyObject *type, *value, *trace;
} pending;
static _Thread_local pending *innermost;

/* What NumPy says of one operand, as an array with the loop's axis before the core's. */
static wf_py_array_shape shape_of(const operand *o, const char *address, const Py_ssize_t *sizes,
                                  Py_ssize_t step, const Py_ssize_t *core_steps) {
    wf_py_array_shape a = {.data = (uintptr_t)address, .itemsize = o->itemsize};
    a.shape[0] = sizes[0];
    a.strides[0] = step;
    int n = 1;
    for (int i = 0; i < o->axis_count; i++, n++) {
        a.shape[n] = sizes[1 + o->axes[i]];
        a.strides[n] = core_steps[o->first_step + i];
    }
    if (o->is_row) a.shape[n] = 1, a.strides[n++] = o->itemsize;
    a.ndim = n;
    return a;
}

static int run_under_lock(small_ufunc *s, char **addresses, const Py_ssize_t *sizes,
                          const Py_ssize_t *steps) {
    char codes[CODES_MAX];
    _Alignas(16) unsigned char params[PARAMS_MAX];
    wf_py_packing p;
    wf_stream *stream = wf_py_cpu_stream();
    if (!stream || wf_py_pack_begin(&p, s->loop, stream, codes, params) < 0) return -1;
    int good = 1;
    for (uint32_t i = 0; i < s->operand_count && good; i++) {
        uint32_t k = s->order[i];
        const operand *o = &s->operands[k];
        wf_py_array_shape a = shape_of(o, addresses[k], sizes, steps[k], steps + s->operand_count);
        good = wf_py_pack_array(&p, &a, o->element, o->readonly) == 0;
    }
    wf_py_variant *v = good ? wf_py_variant_of(s->loop, codes) : NULL;
    PyObject *none = v ? wf_py_run_packed(&p, v) : NULL;
    if (wf_py_pack_end(&p, none != NULL) < 0) Py_CLEAR(none);
    Py_XDECREF(none);
    return none ? 0 : -1;
}

static void run_loop(char **addresses, const Py_ssize_t *sizes, const Py_ssize_t *steps, void *data) {
    pending *call = innermost;
    if (sizes[0] == 0 || call->type) return;
    PyGILState_STATE state = PyGILState_Ensure(); /* NumPy gives the lock away for long loops */
    if (run_under_lock(data, addresses, sizes, steps) < 0)
        PyErr_Fetch(&call->type, &call->value, &call->trace);
    PyGILState_Release(state);
    feclearexcept(
        FE_ALL_EXCEPT); /* lanes that are thrown away divide by zero too: NumPy would warn of them */
}

PyObject *wf_py_small_ufunc_call(PyObject *object, PyObject *const *args, Py_ssize_t count) {
    pending call = {.outer = innermost};
    innermost = &call;
    PyObject *result = PyObject_Vectorcall(((small_ufunc *)object)->ufunc, args, (size_t)count, NULL);
    innermost = call.outer;
    if (call.type) {
        Py_CLEAR(result);
        PyErr_Restore(call.type, call.value, call.trace);
    }
    return result;
}

/* ---- making one ---- */

/* (letter of the element, NumPy's number of its type, bytes, numbers of the core's axes, is_row, readonly) */
static int read_operand(small_ufunc *s, PyObject *given, int *steps) {
    operand *o = &s->operands[s->operand_count];
    int element, number, is_row, readonly;
    PyObject *axes;
    if (!PyArg_ParseTuple(given, "CinO!pp", &element, &number, &o->itemsize, &PyTuple_Type, &axes, &is_row,
                          &readonly))
        return -1;
    if (PyTuple_GET_SIZE(axes) > AXES_MAX) {
        PyErr_SetString(PyExc_ValueError, "too many axes");
        return -1;
    }
    o->element = (char)element;
    o->is_row = (uint8_t)is_row;
    o->readonly = (uint8_t)readonly;
    o->axis_count = (uint8_t)PyTuple_GET_SIZE(axes);
    o->first_step = (uint8_t)*steps;
    *steps += o->axis_count;
    for (int i = 0; i < o->axis_count; i++) o->axes[i] = (uint8_t)PyLong_AsLong(PyTuple_GET_ITEM(axes, i));
    s->types[s->operand_count++] = (char)number;
    return PyErr_Occurred() ? -1 : 0;
}

static int read_operands(small_ufunc *s, PyObject *operands, PyObject *order) {
    Py_ssize_t count = PyTuple_GET_SIZE(operands);
    int steps = 0;
    if (count > SMALL_OPERANDS || PyTuple_GET_SIZE(order) != count) {
        PyErr_SetString(PyExc_ValueError, "too many operands");
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        if (read_operand(s, PyTuple_GET_ITEM(operands, i), &steps) < 0) return -1;
    for (Py_ssize_t i = 0; i < count; i++) {
        long k = PyLong_AsLong(PyTuple_GET_ITEM(order, i));
        if (k < 0 || k >= count) return PyErr_SetString(PyExc_ValueError, "order"), -1;
        s->order[i] = (uint8_t)k;
    }
    return 0;
}

/* SmallUfunc(loop, name, layout or None, nin, operands, order) */
static PyObject *small_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    PyObject *loop, *name, *operands, *order;
    const char *layout;
    int nin;
    void *const *table = wf_py_numpy_table("_UFUNC_API");
    if (named || !table) return PyErr_SetString(PyExc_NotImplementedError, "NumPy does not say how"), NULL;
    if (!PyArg_ParseTuple(args, "OUziO!O!", &loop, &name, &layout, &nin, &PyTuple_Type, &operands,
                          &PyTuple_Type, &order))
        return NULL;
    if (!wf_py_is_function(loop))
        return PyErr_SetString(PyExc_TypeError, "a compiled function is needed"), NULL;
    small_ufunc *s = (small_ufunc *)type->tp_alloc(type, 0);
    if (!s) return NULL;
    s->loop = (wf_py_function *)Py_NewRef(loop);
    s->name = Py_NewRef(name);
    s->loops[0] = run_loop;
    s->data[0] = s;
    const char *text = PyUnicode_AsUTF8(name);
    if (!text || (layout && strlen(layout) >= LAYOUT_MAX) || read_operands(s, operands, order) < 0) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "the layout is too long");
        Py_DECREF(s);
        return NULL;
    }
    if (layout) strcpy(s->layout, layout);
    s->ufunc = ((make_function *)table[FUNCTION_OF_DATA])(s->loops, s->data, s->types, 1, nin,
                                                          (int)s->operand_count - nin, NO_IDENTITY, text,
                                                          NULL, 0, layout ? s->layout : NULL);
    if (!s->ufunc) Py_CLEAR(s);
    return (PyObject *)s;
}

static int small_traverse(PyObject *object, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((small_ufunc *)object)->loop);
    return 0;
}

static int small_clear(PyObject *object) {
    Py_CLEAR(((small_ufunc *)object)->loop);
    return 0;
}

static void small_dealloc(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    small_ufunc *s = (small_ufunc *)object;
    PyObject_GC_UnTrack(object);
    small_clear(object);
    Py_XDECREF(s->ufunc); /* it points to our name and types */
    Py_XDECREF(s->name);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyType_Slot small_slots[] = {
    {Py_tp_new, small_new},
    {Py_tp_dealloc, small_dealloc},
    {Py_tp_traverse, small_traverse},
    {Py_tp_clear, small_clear},
    {0, NULL},
};
static PyType_Spec small_spec = {"weft._core.SmallUfunc", sizeof(small_ufunc), 0,
                                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, small_slots};

int wf_py_is_small_ufunc(PyObject *object) { return Py_IS_TYPE(object, small_type); }

int wf_py_add_small_ufunc(PyObject *module) { return wf_py_add_type(module, &small_spec, &small_type); }
