/* python/pyfunc_field.c: attributes and methods of a jitclass's instances, as Python uses them
 * (weft._core.Field, Method).
 *
 * A field lies in the instance's record at a place that follows from the types of the fields before it, so
 * Python reads it there, and writes numbers, text and arrays of just its type there. What needs a conversion
 * goes through the compiled setter (weft/_jitclass.py), as do the few fields whose parts lie otherwise in a
 * record than alone. A method is the compiled function, called with the instance first. */
#include "python/pyfunc_store.h"
#include "base/memory.h"
#include <stddef.h>
#include <structmember.h>

static PyTypeObject *field_type, *method_type;

/* ---- fields ---- */

typedef struct field {
    PyObject_HEAD PyObject *get, *set; /* compiled functions: of the instance; of it and a value */
    PyObject *locate; /* () → (codes of the fields before it, its own), once they are known */
    char *code;
    wf_py_item item;
    uint64_t offset;
    enum { FIELD_UNKNOWN, FIELD_BY_CALL, FIELD_HERE } state;
    int direct; /* what is written goes straight to its place */
} field;

/* Field(get, set, locate) */
static PyObject *field_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    PyObject *get, *set, *locate;
    (void)kwargs;
    if (!PyArg_ParseTuple(args, "OOO:Field", &get, &set, &locate)) return NULL;
    field *f = (field *)type->tp_alloc(type, 0);
    if (!f) return NULL;
    f->get = Py_NewRef(get);
    f->set = Py_NewRef(set);
    f->locate = Py_NewRef(locate);
    return (PyObject *)f;
}

static int field_traverse(PyObject *object, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((field *)object)->get);
    Py_VISIT(((field *)object)->set);
    Py_VISIT(((field *)object)->locate);
    return 0;
}

static int field_clear(PyObject *object) {
    Py_CLEAR(((field *)object)->get);
    Py_CLEAR(((field *)object)->set);
    Py_CLEAR(((field *)object)->locate);
    return 0;
}

static void field_dealloc(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    field_clear(object);
    wf_free(((field *)object)->code);
    type->tp_free(object);
    Py_DECREF(type);
}

/* Its parts begin where they would if it stood alone: at a multiple of the widest. */
static int place(field *f, const char *before, const char *own) {
    uint64_t at = 0, alone = 0, end;
    uint32_t widest = 1, align = 1;
    while (*before)
        if (!(before = wf_py_lay_out(before, &at, &widest))) return 0;
    const char *rest = wf_py_lay_out(own, &alone, &align);
    if (!rest || *rest || alone > PARAMS_MAX - 16) return 0;
    end = at;
    wf_py_lay_out(own, &end, &widest);
    f->offset = (at + align - 1) / align * align;
    if (f->offset + alone != end || !(f->code = wf_strdup(own))) return 0;
    f->item = (wf_py_item){f->code, (Py_ssize_t)strlen(own), alone};
    f->direct = wf_py_item_is_plain(&f->item) || *own == 'A' || *own == 'R';
    return 1;
}

static int locate(field *f) {
    const char *before, *own;
    PyObject *told = PyObject_CallNoArgs(f->locate);
    if (!told) return -1;
    int bad = !PyArg_ParseTuple(told, "ss", &before, &own);
    if (!bad && f->state == FIELD_UNKNOWN) f->state = place(f, before, own) ? FIELD_HERE : FIELD_BY_CALL;
    Py_DECREF(told);
    return bad ? -1 : 0;
}

/* The instance, where the field is read and written at its place; NULL: by a call, or an exception. */
static wf_py_held *instance_of(field *f, PyObject *object) {
    if (f->state == FIELD_UNKNOWN && locate(f) < 0) return NULL;
    if (f->state != FIELD_HERE || !PyObject_TypeCheck(object, wf_py_held_type)) return NULL;
    wf_py_held *h = (wf_py_held *)object;
    return h->root.store && h->root.address + f->offset + f->item.bytes <= h->end ? h : NULL;
}

static PyObject *field_get(PyObject *object, PyObject *instance, PyObject *owner) {
    field *f = (field *)object;
    double real;
    int64_t integer;
    (void)owner;
    if (!instance || instance == Py_None) return Py_NewRef(object);
    wf_py_held *h = instance_of(f, instance);
    if (!h) return PyErr_Occurred() ? NULL : PyObject_CallOneArg(f->get, instance);
    const unsigned char *data = (const unsigned char *)(uintptr_t)(h->root.address + f->offset);
    if (f->code[0] == 'd') return memcpy(&real, data, 8), PyFloat_FromDouble(real);
    if (f->code[0] == 'l') return memcpy(&integer, data, 8), PyLong_FromLongLong(integer);
    return wf_py_item_object(h, &f->item, data, 0);
}

static int field_put(PyObject *object, PyObject *instance, PyObject *value) {
    field *f = (field *)object;
    _Alignas(16) unsigned char out[PARAMS_MAX];
    if (!value) return PyErr_SetString(PyExc_AttributeError, "a field of a jitclass cannot be deleted"), -1;
    wf_py_held *h = instance_of(f, instance);
    if (!h && PyErr_Occurred()) return -1;
    if (h && f->direct) {
        wf_py_held_busy(h);
        int packed = wf_py_item_pack(h, &f->item, value, out);
        if (packed > 0) memcpy((void *)(uintptr_t)(h->root.address + f->offset), out, f->item.bytes);
        wf_py_held_free(h);
        if (packed > 0) return 0;
        if (packed < 0 && !PyErr_ExceptionMatches(PyExc_TypeError)) return -1;
        PyErr_Clear();
    }
    PyObject *args[2] = {instance, value}, *done = PyObject_Vectorcall(f->set, args, 2, NULL);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

static PyMemberDef field_members[] = {
    {"fget", T_OBJECT, offsetof(field, get), READONLY, NULL},
    {"fset", T_OBJECT, offsetof(field, set), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot field_slots[] = {
    {Py_tp_new, field_new},           {Py_tp_dealloc, field_dealloc},
    {Py_tp_traverse, field_traverse}, {Py_tp_clear, field_clear},
    {Py_tp_descr_get, field_get},     {Py_tp_descr_set, field_put},
    {Py_tp_members, field_members},   {0, NULL},
};
static PyType_Spec field_spec = {"weft._core.Field", sizeof(field), 0,
                                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, field_slots};

/* ---- methods ---- */

typedef struct method {
    PyObject_HEAD vectorcallfunc vectorcall;
    PyObject *function, *dict; /* a compiled function; the names that Python's functions have */
} method;

static PyObject *method_call(PyObject *object, PyObject *const *args, size_t count, PyObject *names) {
    return PyObject_Vectorcall(((method *)object)->function, args, count, names);
}

/* Method(function) */
static PyObject *method_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    PyObject *function;
    (void)kwargs;
    if (!PyArg_ParseTuple(args, "O:Method", &function)) return NULL;
    method *m = (method *)type->tp_alloc(type, 0);
    if (!m) return NULL;
    m->vectorcall = method_call;
    m->function = Py_NewRef(function);
    return (PyObject *)m;
}

static PyObject *method_bound(PyObject *object, PyObject *instance, PyObject *owner) {
    (void)owner;
    return instance ? PyMethod_New(object, instance) : Py_NewRef(object);
}

static int method_traverse(PyObject *object, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((method *)object)->function);
    Py_VISIT(((method *)object)->dict);
    return 0;
}

static int method_clear(PyObject *object) {
    Py_CLEAR(((method *)object)->function);
    Py_CLEAR(((method *)object)->dict);
    return 0;
}

static void method_dealloc(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    method_clear(object);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyMemberDef method_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(method, vectorcall), READONLY, NULL},
    {"__dictoffset__", T_PYSSIZET, offsetof(method, dict), READONLY, NULL},
    {"_compiled", T_OBJECT, offsetof(method, function), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyGetSetDef method_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyType_Slot method_slots[] = {
    {Py_tp_new, method_new},         {Py_tp_dealloc, method_dealloc}, {Py_tp_traverse, method_traverse},
    {Py_tp_clear, method_clear},     {Py_tp_descr_get, method_bound}, {Py_tp_call, PyVectorcall_Call},
    {Py_tp_members, method_members}, {Py_tp_getset, method_getset},   {0, NULL},
};
static PyType_Spec method_spec = {"weft._core.Method", sizeof(method), 0,
                                  Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL |
                                      Py_TPFLAGS_METHOD_DESCRIPTOR,
                                  method_slots};

int wf_py_add_fields(PyObject *module) {
    return wf_py_add_type(module, &field_spec, &field_type) < 0
               ? -1
               : wf_py_add_type(module, &method_spec, &method_type);
}
