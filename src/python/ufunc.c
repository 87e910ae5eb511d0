/* python/ufunc.c: the type weft._core.ufunc: weft.add, weft.sin … as objects that are called.
 *
 * add(a, b, /, out=None, *, where=True, dtype=None, casting='same_kind'). The class that users see adds
 * reduce, accumulate, outer and at in Python. */
#include "python/ndarray.h"
#include <stddef.h>
#include <structmember.h>

typedef struct wf_py_ufunc {
    PyObject_HEAD vectorcallfunc vectorcall;
    wf_ufunc op;
} wf_py_ufunc;

typedef struct call_options {
    PyObject *out, *where, *dtype, *casting, *signature;
} call_options;

static int take_keyword(wf_ufunc op, call_options *o, PyObject *name, PyObject *value) {
    if (PyUnicode_CompareWithASCIIString(name, "out") == 0) o->out = value;
    else if (PyUnicode_CompareWithASCIIString(name, "where") == 0) o->where = value;
    else if (PyUnicode_CompareWithASCIIString(name, "dtype") == 0) o->dtype = value;
    else if (PyUnicode_CompareWithASCIIString(name, "casting") == 0) o->casting = value;
    else if (PyUnicode_CompareWithASCIIString(name, "signature") == 0 ||
             PyUnicode_CompareWithASCIIString(name, "sig") == 0)
        o->signature = value == Py_None ? NULL : value;
    else if (PyUnicode_CompareWithASCIIString(name, "order") != 0 &&
             PyUnicode_CompareWithASCIIString(name, "subok") != 0) {
        PyErr_Format(PyExc_TypeError, "%s() got an unexpected keyword argument '%U'", wf_ufuncs[op].name,
                     name);
        return -1;
    }
    return 0;
}

static int casting_of(PyObject *object, wf_casting *casting) {
    *casting = WF_CASTING_SAME_KIND;
    if (!object) return 0;
    for (int c = 0; c < 5; c++)
        if (PyUnicode_Check(object) && !PyUnicode_CompareWithASCIIString(object, wf_casting_names[c])) {
            *casting = (wf_casting)c;
            return 0;
        }
    PyErr_Format(PyExc_ValueError,
                 "casting must be one of 'no', 'equiv', 'safe', 'same_kind', or 'unsafe' (got %R)", object);
    return -1;
}

static int out_of(call_options *o, wf_ufunc_options *options) {
    PyObject *out = o->out;
    if (out && PyTuple_Check(out) && PyTuple_GET_SIZE(out) == 1) out = PyTuple_GET_ITEM(out, 0);
    o->out = out == Py_None || out == Py_Ellipsis ? NULL : out; /* `...`: an array, which results are */
    if (!o->out) return 0;
    if (!wf_py_is_array(o->out)) {
        PyErr_SetString(PyExc_TypeError, "return arrays must be of weft.ndarray type");
        return -1;
    }
    options->out = wf_py_array_of(o->out);
    return wf_py_array_writable(o->out);
}

/* The call by a function of the Python hooks, which takes the first `count` of these. */
static PyObject *in_python(const char *hook, wf_ufunc op, PyObject *const *args, const call_options *o,
                           int count) {
    PyErr_Clear();
    PyObject *name = PyUnicode_FromString(wf_ufuncs[op].name);
    PyObject *list[8] = {name,
                         args[0],
                         wf_ufuncs[op].inputs > 1 ? args[1] : Py_None,
                         o->out ? o->out : Py_None,
                         o->where ? o->where : Py_True,
                         o->dtype ? o->dtype : Py_None,
                         o->casting ? o->casting : Py_None,
                         o->signature};
    PyObject *result = name ? wf_py_array_hook_call(hook, list, count) : NULL;
    Py_XDECREF(name);
    return result;
}

static PyObject *call_where(wf_ufunc op, PyObject *const *args, call_options *o) {
    int count = wf_ufuncs[op].inputs, failed = 0, found = 1;
    if (o->signature) /* NumPy says which types that is, Python casts the operands to them */
        return in_python("ufunc_by_signature", op, args, o, 8);
    if (wf_py_arrays.checked && o->out && o->out != Py_None &&
        (!o->where || o->where == Py_True)) { /* tried aside first, while the operands are what they are */
        call_options aside = {.where = o->where, .casting = o->casting, .dtype = o->dtype};
        PyObject *result = call_where(op, args, &aside);
        if (!result) return NULL;
        Py_DECREF(result);
    }
    wf_operand operands[4];
    PyObject *keep[4] = {NULL, NULL, NULL, NULL}, *object = NULL;
    wf_ufunc_options options = {.dtype = WF_DT_NONE};
    wf_array *result = NULL;
    wf_error err;
    wf_status status;
    err.code = 0;
    if (casting_of(o->casting, &options.casting) < 0 || wf_py_to_dtype(o->dtype, &options.dtype) < 0 ||
        out_of(o, &options) < 0)
        return NULL;
    for (int i = 0; i < count && !failed; i++)
        failed = (found = wf_py_to_operand(args[i], &operands[i], &keep[i])) <= 0;
    if (failed && !found) object = in_python("ufunc_of_others", op, args, o, 6);
    if (!failed && o->where && o->where != Py_True) {
        failed = wf_py_need_operand(o->where, &operands[3], &keep[3]) < 0;
        wf_dtype of_where = operands[3].array ? (wf_dtype)operands[3].array->dtype : operands[3].dtype;
        if (!failed && of_where != WF_DT_BOOL) {
            PyErr_Format(PyExc_TypeError,
                         "%s(): where has dtype %s, which is not cast to bool under the rule 'safe'",
                         wf_ufuncs[op].name, wf_dtype_name(of_where));
            failed = 1;
        }
        options.where = &operands[3];
    }
    int arrays = 0;
    for (int i = 0; i < count && !failed; i++) arrays += operands[i].array != NULL;
    if (!failed && !arrays && !options.out) failed = !(options.context = wf_py_current_context());
    if (!failed) {
        WF_GRAPH(wf_array_ufunc(op, operands, &options, &result, &err));
        if (status == WF_UNSUPPORTED && err.code == WF_ERR_NO_KERNEL)
            object = in_python("ufunc_through_numpy", op, args, o, 6);
        else if (status || !o->out) object = wf_py_array_result(status, result, &err);
        else {
            wf_py_graph_enter();
            wf_array_release(result);
            wf_graph_leave();
            object = Py_NewRef(o->out);
        }
    }
    for (int i = 0; i < 4; i++) Py_XDECREF(keep[i]);
    if (!o->out) object = wf_py_array_value(object);
    if (!o->out && !options.where) object = wf_py_array_checked(wf_ufuncs[op].name, args, count, object);
    for (int i = 0; i < count && object && !o->out; i++)
        if (wf_py_is_derived(args[i])) return wf_py_array_of_class(object, args[i]);
    return object;
}

/* A list or a number in where= means its truth; an array has to be of bools. */
static PyObject *call(wf_ufunc op, PyObject *const *args, call_options *o) {
    PyObject *where = o->where;
    if (!where || PyBool_Check(where) ||
        !(PyList_Check(where) || PyTuple_Check(where) || PyLong_Check(where) || PyFloat_Check(where)))
        return call_where(op, args, o);
    call_options own = *o;
    if (!(own.where = wf_py_array_hook_call("truths", &where, 1))) return NULL;
    PyObject *result = call_where(op, args, &own);
    Py_DECREF(own.where);
    return result;
}

static PyObject *ufunc_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames) {
    wf_ufunc op = ((wf_py_ufunc *)self)->op;
    Py_ssize_t count = PyVectorcall_NARGS(nargsf), inputs = wf_ufuncs[op].inputs;
    call_options o = {NULL, NULL, NULL, NULL, NULL};
    if (count < inputs || count > inputs + 1)
        return PyErr_Format(PyExc_TypeError,
                            "%s() takes from %zd to %zd positional arguments but %zd were given",
                            wf_ufuncs[op].name, inputs, inputs + 1, count);
    if (count > inputs) o.out = args[inputs];
    for (Py_ssize_t i = 0; kwnames && i < PyTuple_GET_SIZE(kwnames); i++)
        if (take_keyword(((wf_py_ufunc *)self)->op, &o, PyTuple_GET_ITEM(kwnames, i), args[count + i]) < 0)
            return NULL;
    return call(op, args, &o);
}

static PyObject *ufunc_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    const char *name;
    (void)kwargs;
    if (!PyArg_ParseTuple(args, "s:ufunc", &name)) return NULL;
    int op = wf_ufunc_by_name(name);
    if (op < 0) return PyErr_Format(PyExc_ValueError, "no ufunc named %s", name);
    wf_py_ufunc *self = (wf_py_ufunc *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->vectorcall = ufunc_vectorcall, self->op = (wf_ufunc)op;
    return (PyObject *)self;
}

static void ufunc_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *get_name(PyObject *self, void *unused) {
    (void)unused;
    return PyUnicode_FromString(wf_ufuncs[((wf_py_ufunc *)self)->op].name);
}
static PyObject *get_inputs(PyObject *self, void *unused) {
    (void)unused;
    return PyLong_FromLong(wf_ufuncs[((wf_py_ufunc *)self)->op].inputs);
}

static PyGetSetDef ufunc_getset[] = {{"__name__", get_name, NULL, NULL, NULL},
                                     {"nin", get_inputs, NULL, NULL, NULL},
                                     {NULL, NULL, NULL, NULL, NULL}};
static PyMemberDef ufunc_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(wf_py_ufunc, vectorcall), READONLY, NULL},
    {NULL, 0, 0, 0, NULL}};
static PyType_Slot ufunc_slots[] = {{Py_tp_new, ufunc_new},          {Py_tp_dealloc, ufunc_dealloc},
                                    {Py_tp_call, PyVectorcall_Call}, {Py_tp_getset, ufunc_getset},
                                    {Py_tp_members, ufunc_members},  {0, NULL}};
static PyType_Spec ufunc_spec = {
    .name = "weft._core.ufunc",
    .basicsize = sizeof(wf_py_ufunc),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
    .slots = ufunc_slots,
};

int wf_py_add_ufunc(PyObject *module) {
    if (wf_py_add_type(module, &ufunc_spec, &wf_py_arrays.base_ufunc) < 0) return -1;
    wf_py_arrays.ufunc_type = wf_py_arrays.base_ufunc;
    return 0;
}
