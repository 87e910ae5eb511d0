/* python/ufunc_calls.c: weft._core.UfuncCalls, the base of what vectorize and guvectorize make.
 *
 * A call with numbers and small NumPy arrays goes to the SmallUfunc (small_ufunc.c) of their types, which the
 * class's method _small makes when the types are new: it answers None where the long way would do something
 * else than NumPy does. All other calls are the method _call. */
#include "python/ufunc_calls.h"

enum { ENTRIES = 16, SMALL_ELEMENTS = 4096 };
enum { ALIGNED = 0x100 };

typedef struct key { /* the types of a call */
    uint32_t count;
    char elements[SMALL_OPERANDS];       /* of arrays; 0: a number */
    PyTypeObject *types[SMALL_OPERANDS]; /* of numbers: static ones, which stay */
} key;

typedef struct entry {
    key key;
    PyObject *small; /* NULL: the long way */
} entry;

typedef struct ufunc_calls {
    PyObject_HEAD entry *entries;
    uint32_t count;
} ufunc_calls;

static PyTypeObject *calls_type;

/* ---- what a call is made of ---- */

static int is_small_array(const wf_py_array_fields *a, char *element) {
    Py_ssize_t elements = 1;
    if (!(*element = wf_py_numpy_element(a->dtype)) || !(a->flags & ALIGNED)) return 0;
    Py_ssize_t bytes = wf_py_element_bytes(*element);
    for (int i = 0; i < a->ndim; i++) {
        if (a->shape[i] > SMALL_ELEMENTS || a->strides[i] % bytes) return 0;
        elements *= a->shape[i];
        if (elements > SMALL_ELEMENTS) return 0;
    }
    return 1;
}

static int is_number(PyTypeObject *type) {
    if (type == &PyFloat_Type || type == &PyLong_Type || type == &PyBool_Type || type == &PyComplex_Type)
        return 1;
    return !(type->tp_flags & Py_TPFLAGS_HEAPTYPE) && PyType_IsSubtype(type, wf_py_numpy_generic);
}

static int key_of(key *k, PyObject *const *args, Py_ssize_t count) {
    if (count > SMALL_OPERANDS || !wf_py_numpy_ready()) return 0;
    if (wf_py_find_numpy() < 0) return PyErr_Clear(), 0;
    memset(k, 0, sizeof *k);
    k->count = (uint32_t)count;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyTypeObject *type = Py_TYPE(args[i]);
        if (type == wf_py_numpy_array) {
            if (!is_small_array((wf_py_array_fields *)args[i], &k->elements[i])) return 0;
        } else if (is_number(type)) k->types[i] = type;
        else return 0;
    }
    return 1;
}

static int is_same(const key *a, const key *b) {
    return a->count == b->count && !memcmp(a->elements, b->elements, a->count) &&
           !memcmp(a->types, b->types, a->count * sizeof *a->types);
}

static const entry *find(const ufunc_calls *self, const key *k) {
    for (uint32_t i = 0; i < self->count; i++)
        if (is_same(&self->entries[i].key, k)) return &self->entries[i];
    return NULL;
}

/* What the class makes for these types; NULL without an exception: nothing, the long way says why. With one: Ctrl-C. */
static PyObject *make_small(ufunc_calls *self, PyObject *args) {
    PyObject *made = PyObject_CallMethod((PyObject *)self, "_small", "(O)", args);
    if (!made && PyErr_ExceptionMatches(PyExc_Exception)) PyErr_Clear();
    if (made && !wf_py_is_small_ufunc(made)) Py_CLEAR(made);
    return made;
}

static const entry *add(ufunc_calls *self, const key *k, PyObject *args) {
    if (self->count == ENTRIES) return NULL;
    PyObject *made = make_small(self, args); /* which may let other threads run */
    if (!made && PyErr_Occurred()) return NULL;
    const entry *there = find(self, k);
    if (!self->entries) self->entries = PyMem_Calloc(ENTRIES, sizeof *self->entries);
    if (there || self->count == ENTRIES || !self->entries) {
        Py_XDECREF(made);
        return there;
    }
    self->entries[self->count] = (entry){*k, made};
    return &self->entries[self->count++];
}

/* ---- the type ---- */

static PyObject *calls_call(PyObject *object, PyObject *args, PyObject *named) {
    ufunc_calls *self = (ufunc_calls *)object;
    PyObject *const *items = ((PyTupleObject *)args)->ob_item;
    key k;
    if ((!named || !PyDict_GET_SIZE(named)) && key_of(&k, items, PyTuple_GET_SIZE(args))) {
        const entry *e = find(self, &k);
        if (!e) e = add(self, &k, args);
        if (!e && PyErr_Occurred()) return NULL;
        if (e && e->small) {
            PyObject *small = Py_NewRef(e->small); /* _forget() may come meanwhile */
            PyObject *result = wf_py_small_ufunc_call(small, items, PyTuple_GET_SIZE(args));
            Py_DECREF(small);
            return result;
        }
    }
    PyObject *method = PyObject_GetAttrString(object, "_call");
    PyObject *result = method ? PyObject_Call(method, args, named) : NULL;
    Py_XDECREF(method);
    return result;
}

static int calls_traverse(PyObject *object, visitproc visit, void *arg) {
    ufunc_calls *self = (ufunc_calls *)object;
    Py_VISIT(Py_TYPE(object));
    for (uint32_t i = 0; i < self->count; i++) Py_VISIT(self->entries[i].small);
    return 0;
}

/* Also _forget(): the signatures have changed. */
static int calls_clear(PyObject *object) {
    ufunc_calls *self = (ufunc_calls *)object;
    entry *entries = self->entries;
    uint32_t count = self->count;
    self->entries = NULL;
    self->count = 0;
    for (uint32_t i = 0; i < count; i++) Py_XDECREF(entries[i].small);
    PyMem_Free(entries);
    return 0;
}

static PyObject *calls_forget(PyObject *object, PyObject *unused) {
    (void)unused;
    calls_clear(object);
    Py_RETURN_NONE;
}

static void calls_dealloc(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    calls_clear(object);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyMethodDef calls_methods[] = {
    {"_forget", calls_forget, METH_NOARGS, "Calls look for their loops anew."},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot calls_slots[] = {
    {Py_tp_call, calls_call},   {Py_tp_dealloc, calls_dealloc}, {Py_tp_traverse, calls_traverse},
    {Py_tp_clear, calls_clear}, {Py_tp_methods, calls_methods}, {0, NULL},
};
static PyType_Spec calls_spec = {"weft._core.UfuncCalls", sizeof(ufunc_calls), 0,
                                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, calls_slots};

int wf_py_add_ufunc_calls(PyObject *module) {
    return wf_py_add_small_ufunc(module) < 0 ? -1 : wf_py_add_type(module, &calls_spec, &calls_type);
}
