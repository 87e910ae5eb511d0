/* python/number.c: reading numbers without NumPy's C API.
 *
 * NumPy's numeric scalars keep their value right after the object's head, as its public headers say. We do
 * not build against those headers, so the first scalar of each type is checked: a fresh one is made with a
 * known value and its tobytes() compared with what lies there. A type that fails the check is read through
 * tobytes() each time. */
#include "python/number.h"

typedef struct scalar_type {
    PyTypeObject *type; /* borrowed: NumPy's types live as long as the process */
    char kind;          /* 0: not a number */
    uint8_t size;
    uint8_t in_place; /* the check held */
} scalar_type;

enum { SCALAR_TYPES = 32 };
static scalar_type scalar_types[SCALAR_TYPES]; /* guarded by the interpreter's lock */
static int scalar_type_count;

static const void *place_of(PyObject *scalar) { return (const char *)scalar + sizeof(PyObject); }

/* Whether type(77) holds its bytes right after its head. */
static int lies_in_place(PyTypeObject *type, uint32_t size) {
    if (type->tp_basicsize < (Py_ssize_t)(sizeof(PyObject) + size) || type->tp_itemsize) return 0;
    PyObject *probe = PyObject_CallFunction((PyObject *)type, "i", 77), *bytes = NULL;
    if (probe) bytes = PyObject_CallMethodNoArgs(probe, wf_py->names.tobytes);
    int same = bytes && PyBytes_Check(bytes) && PyBytes_GET_SIZE(bytes) == (Py_ssize_t)size &&
               memcmp(PyBytes_AS_STRING(bytes), place_of(probe), size) == 0;
    Py_XDECREF(bytes);
    Py_XDECREF(probe);
    PyErr_Clear();
    return same;
}

/* kind and itemsize from object.dtype; kind 0 when it has none or is no number. */
static void ask_dtype(PyObject *object, char *kind, uint32_t *size) {
    PyObject *dtype = PyObject_GetAttr(object, wf_py->names.dtype);
    PyObject *k = dtype ? PyObject_GetAttrString(dtype, "kind") : NULL;
    PyObject *s = dtype ? PyObject_GetAttr(dtype, wf_py->names.itemsize) : NULL;
    const char *text = k && PyUnicode_Check(k) ? PyUnicode_AsUTF8(k) : NULL;
    long bytes = s && PyLong_Check(s) ? PyLong_AsLong(s) : 0;
    PyErr_Clear();
    *kind = 0;
    *size = 0;
    if (text && strchr("iufcb", text[0]) && text[0] && bytes > 0 && bytes <= 16) {
        *kind = text[0];
        *size = (uint32_t)bytes;
    }
    Py_XDECREF(k);
    Py_XDECREF(s);
    Py_XDECREF(dtype);
}

/* What is known of a scalar's type; learnt at its first. Arrays of one element have a dtype too, but are not
 * scalars: their type has a buffer of any size, so only types below numpy.generic count. */
static const scalar_type *type_of(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    for (int i = 0; i < scalar_type_count; i++)
        if (scalar_types[i].type == type) return &scalar_types[i];
    if (strncmp(type->tp_name, "numpy.", 6) != 0 || !strcmp(type->tp_name, "numpy.ndarray")) return NULL;
    if (scalar_type_count == SCALAR_TYPES) return NULL;
    scalar_type learnt = {.type = type};
    uint32_t size;
    ask_dtype(object, &learnt.kind, &size);
    learnt.size = (uint8_t)size;
    if (learnt.kind) learnt.in_place = (uint8_t)lies_in_place(type, size);
    scalar_types[scalar_type_count] = learnt;
    return &scalar_types[scalar_type_count++];
}

static int read_bytes(PyObject *object, const scalar_type *t, wf_py_number *n) {
    if (t->in_place) {
        memcpy(n->raw, place_of(object), t->size);
        return 0;
    }
    PyObject *bytes = PyObject_CallMethodNoArgs(object, wf_py->names.tobytes);
    if (!bytes || !PyBytes_Check(bytes) || PyBytes_GET_SIZE(bytes) != t->size) {
        Py_XDECREF(bytes);
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "a scalar whose bytes cannot be read");
        return -1;
    }
    memcpy(n->raw, PyBytes_AS_STRING(bytes), t->size);
    Py_DECREF(bytes);
    return 0;
}

static int64_t read_signed(const wf_py_number *n) {
    int64_t wide = 0;
    memcpy(&wide, n->raw, n->size < 8 ? n->size : 8);
    unsigned unused = 64 - 8 * (n->size < 8 ? n->size : 8);
    return (int64_t)((uint64_t)wide << unused) >> unused;
}

static uint64_t read_unsigned(const wf_py_number *n) {
    uint64_t wide = 0;
    memcpy(&wide, n->raw, n->size < 8 ? n->size : 8);
    return wide;
}

static double read_float(const unsigned char *raw, uint32_t size, PyObject *object) {
    float single;
    double twice;
    switch (size) {
    case 2: return PyFloat_Unpack2((const char *)raw, 1);
    case 4: memcpy(&single, raw, 4); return single;
    case 8: memcpy(&twice, raw, 8); return twice;
    default: return PyFloat_AsDouble(object); /* long double */
    }
}

static void read_value(PyObject *object, wf_py_number *n) {
    switch (n->kind) {
    case 'i': n->value.i = read_signed(n); break;
    case 'b':
    case 'u': n->value.u = read_unsigned(n); break;
    case 'f': n->value.f[0] = read_float(n->raw, n->size, object); break;
    case 'c':
        n->value.f[0] = read_float(n->raw, n->size / 2, object);
        n->value.f[1] = read_float(n->raw + n->size / 2, n->size / 2, object);
        break;
    }
}

static int python_int(PyObject *object, wf_py_number *n) {
    int overflow;
    long long value = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (value == -1 && PyErr_Occurred()) return -1;
    n->kind = 'i';
    n->value.i = value;
    if (!overflow) return 1;
    n->kind = 'u';
    n->value.u = PyLong_AsUnsignedLongLong(object);
    return PyErr_Occurred() ? -1 : 1;
}

/* An element or a total of an array of ours. */
static int room_number(PyObject *object, wf_py_number *n) {
    wf_py_elements kind;
    int found = wf_py->number_hook ? ((wf_py_number_hook)wf_py->number_hook)(object, &kind, n->raw) : 0;
    if (found <= 0) return found;
    n->kind = kind.kind, n->size = kind.size;
    read_value(object, n);
    return PyErr_Occurred() ? -1 : 1;
}

int wf_py_number_of(PyObject *object, wf_py_number *n) {
    n->size = 0;
    if (PyBool_Check(object)) {
        n->kind = 'b';
        n->value.u = object == Py_True;
        return 1;
    }
    if (PyLong_Check(object)) return python_int(object, n);
    if (PyFloat_CheckExact(object)) {
        n->kind = 'f';
        n->value.f[0] = PyFloat_AS_DOUBLE(object);
        return 1;
    }
    const scalar_type *type = type_of(object);
    if (type && type->kind) {
        n->kind = type->kind;
        n->size = type->size;
        if (read_bytes(object, type, n) < 0) return -1;
        read_value(object, n);
        return PyErr_Occurred() ? -1 : 1;
    }
    if (PyFloat_Check(object)) {
        n->kind = 'f';
        n->value.f[0] = PyFloat_AS_DOUBLE(object);
        return 1;
    }
    if (PyComplex_Check(object)) {
        Py_complex c = PyComplex_AsCComplex(object);
        n->kind = 'c';
        n->value.f[0] = c.real;
        n->value.f[1] = c.imag;
        return 1;
    }
    return room_number(object, n);
}
