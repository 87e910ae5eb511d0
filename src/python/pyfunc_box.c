/* python/pyfunc_box.c: what a host function returns, as Python objects. The bytes lie as C lays out the
 * result's parts. An array keeps the memory that the function made (weft._core.HostMemory). */
#include "python/pyfunc.h"
#include "base/memory.h"

static PyTypeObject *host_memory_type;

/* ---- memory that a host function made ---- */

typedef struct host_memory {
    PyObject_HEAD char *data;
    Py_ssize_t size;
    wf_pf_block block; /* of a heap; or … */
    PyObject *owner;   /* … an argument's own */
} host_memory;

static int host_memory_buffer(PyObject *object, Py_buffer *view, int flags) {
    return PyBuffer_FillInfo(view, object, ((host_memory *)object)->data, ((host_memory *)object)->size, 0,
                             flags);
}

static void host_memory_dealloc(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    host_memory *self = (host_memory *)object;
    if (self->block.owner) wf_pf_block_drop(&self->block);
    Py_XDECREF(self->owner);
    PyObject_Free(object);
    Py_DECREF(type);
}

static PyType_Slot host_memory_slots[] = {
    {Py_bf_getbuffer, host_memory_buffer},
    {Py_tp_dealloc, host_memory_dealloc},
    {0, NULL},
};
static PyType_Spec host_memory_spec = {"weft._core.HostMemory", sizeof(host_memory), 0,
                                       Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                       host_memory_slots};

typedef struct unboxing {
    const char *code;
    const unsigned char *data;
    uint32_t at;
    PyObject *self;
    wf_py_asker *asker; /* or NULL */
} unboxing;

static const unsigned char *take(unboxing *u, uint32_t bytes) {
    u->at = (u->at + bytes - 1) / bytes * bytes;
    const unsigned char *data = u->data + u->at;
    u->at += bytes;
    return data;
}

static host_memory *memory_new(uint64_t lo, uint64_t hi) {
    host_memory *memory = PyObject_New(host_memory, host_memory_type);
    if (!memory) return NULL;
    memory->data = (char *)(uintptr_t)lo;
    memory->size = (Py_ssize_t)(hi - lo);
    memory->block = (wf_pf_block){0, 0, NULL, NULL};
    memory->owner = NULL;
    return memory;
}

/* Memory that an earlier part of the same result took already. */
static host_memory *memory_known(wf_py_asker *asker, uint64_t lo, uint64_t hi) {
    for (Py_ssize_t i = 0; asker->memory && i < PyList_GET_SIZE(asker->memory); i++) {
        host_memory *m = (host_memory *)PyList_GET_ITEM(asker->memory, i);
        if (lo >= (uintptr_t)m->data && hi <= (uintptr_t)m->data + (uint64_t)m->size)
            return (host_memory *)Py_NewRef((PyObject *)m);
    }
    return NULL;
}

/* What keeps the bytes lo … hi of a result: a block of the heap, an argument, or a copy of our own (a
 * constant of the function). */
static host_memory *memory_of(unboxing *u, uint64_t lo, uint64_t hi) {
    wf_pf_block block;
    if (!u->asker) return memory_new(lo, hi);
    host_memory *memory = memory_known(u->asker, lo, hi);
    if (memory) return memory;
    wf_py_packing *p = u->asker->arguments;
    if (p->heap && wf_pf_heap_take(p->heap, lo, &block)) {
        memory = memory_new(block.lo, block.hi);
        if (memory) memory->block = block;
        else wf_pf_block_drop(&block);
    }
    for (uint32_t i = 0; !memory && i < p->host_count; i++) {
        wf_extent extent = p->host[i].extent;
        if (lo < extent.lo || hi > extent.hi || !p->host[i].view.obj) continue;
        memory = memory_new(extent.lo, extent.hi);
        if (memory) memory->owner = Py_NewRef(p->host[i].view.obj);
    }
    if (!memory && !PyErr_Occurred()) {
        char *copy = wf_malloc(hi - lo + 1);
        if (!copy) return (host_memory *)PyErr_NoMemory();
        memcpy(copy, (const void *)(uintptr_t)lo, hi - lo);
        memory = memory_new((uintptr_t)copy, (uintptr_t)copy + (hi - lo));
        if (memory) memory->block = (wf_pf_block){lo, hi, NULL, copy};
        return memory;
    }
    if (memory && !u->asker->memory) u->asker->memory = PyList_New(0);
    if (memory && (!u->asker->memory || PyList_Append(u->asker->memory, (PyObject *)memory) < 0))
        Py_CLEAR(memory);
    return memory;
}

static void bytes_reached(const wf_py_array_shape *a, uint64_t *lo, uint64_t *hi) {
    *lo = *hi = a->data;
    *hi += (uint64_t)a->itemsize;
    for (int i = 0; i < a->ndim; i++) {
        if (!a->shape[i]) {
            *hi = *lo;
            return;
        }
        int64_t far = (int64_t)(a->shape[i] - 1) * a->strides[i];
        if (far < 0) *lo += (uint64_t)far;
        else *hi += (uint64_t)far;
    }
}

static PyObject *array_object(unboxing *u, const wf_py_array_shape *a, PyObject *dtype, int readonly) {
    uint64_t lo, hi;
    bytes_reached(a, &lo, &hi);
    host_memory *memory = memory_of(u, lo, hi);
    if (!memory) return NULL;
    uint64_t offset = a->data - lo; /* a copied constant begins at its own lo */
    if (lo >= (uintptr_t)memory->data && lo <= (uintptr_t)memory->data + (uint64_t)memory->size)
        offset = a->data - (uintptr_t)memory->data;
    PyObject *shape = wf_py_tuple_of(a->shape, a->ndim), *strides = wf_py_tuple_of(a->strides, a->ndim),
             *array = NULL;
    if (shape && strides)
        array = PyObject_CallFunction((PyObject *)wf_py_numpy_array, "OOOKO", shape, dtype, memory,
                                      (unsigned long long)offset, strides);
    Py_XDECREF(shape);
    Py_XDECREF(strides);
    Py_DECREF(memory);
    if (array && readonly) {
        PyObject *done = PyObject_CallMethod(array, "setflags", "i", 0);
        if (!done) Py_CLEAR(array);
        Py_XDECREF(done);
    }
    return array;
}

static PyObject *box_array(unboxing *u, int readonly) {
    char element[200];
    int ndim = u->code[2] - '0';
    char layout = u->code[1];
    const char *start = u->code + 3, *rest = wf_pf_code_skip(start);
    if (!rest || rest - start >= 200)
        return PyErr_Format(PyExc_SystemError, "a result of type '%s'", u->code);
    memcpy(element, start, (size_t)(rest - start));
    element[rest - start] = 0;
    u->code = rest;
    wf_py_array_shape a = {.ndim = ndim};
    memcpy(&a.data, take(u, 8), 8);
    for (int i = 0; i < ndim; i++) memcpy(&a.shape[i], take(u, 8), 8);
    PyObject *dtype = PyObject_CallMethod(u->self, "_dtype", "s", element),
             *size = dtype ? PyObject_GetAttrString(dtype, "itemsize") : NULL;
    a.itemsize = size ? PyLong_AsSsize_t(size) : -1;
    Py_XDECREF(size);
    Py_ssize_t step = a.itemsize;
    for (int k = 0; layout != 'A' && k < ndim; k++) {
        int i = layout == 'C' ? ndim - 1 - k : k;
        a.strides[i] = step;
        step *= a.shape[i] ? a.shape[i] : 1;
    }
    for (int i = 0; layout == 'A' && i < ndim; i++) {
        int64_t stride;
        memcpy(&stride, take(u, 8), 8);
        a.strides[i] = (Py_ssize_t)stride * a.itemsize;
    }
    PyObject *array = size ? array_object(u, &a, dtype, readonly) : NULL;
    Py_XDECREF(dtype);
    return array;
}

/* ---- lists ---- */

static uint32_t leaf_bytes(char code) {
    switch (code) {
    case '?':
    case 'b':
    case 'B': return 1;
    case 'h':
    case 'H':
    case 'e': return 2;
    case 'i':
    case 'I':
    case 'f':
    case 'F': return 4;
    case 'N': return 0;
    default: return 8;
    }
}

/* Where the parts of one value end, laid out as C does; the widest counts for the whole. */
static const char *lay_out(const char *code, uint64_t *at, uint64_t *align) {
    const char *whole = code;
    if (*code == 'R') code++;
    uint32_t bytes = leaf_bytes(*code), count = *code == 'F' || *code == 'D' ? 2 : 1;
    if (*code == '(') {
        for (code++; code && *code && *code != ')';) code = lay_out(code, at, align);
        return code ? code + 1 : NULL;
    }
    if (*code == 'A') count = 1u + (uint32_t)(code[2] - '0') * (code[1] == 'A' ? 2u : 1u);
    if (!bytes) return code + 1;
    *at = (*at + bytes - 1) / bytes * bytes + (uint64_t)bytes * count;
    if (bytes > *align) *align = bytes;
    return wf_pf_code_skip(whole);
}

uint64_t wf_py_item_stride(const char *code) {
    uint64_t at = 0, align = 1;
    lay_out(code, &at, &align);
    return (at + align - 1) / align * align;
}

static PyObject *box(unboxing *u);

static PyObject *box_list(unboxing *u) {
    wf_pf_list *list;
    memcpy(&list, take(u, 8), 8);
    const char *item = u->code + 1, *rest = wf_pf_code_skip(item);
    if (!rest || !list) return PyErr_Format(PyExc_SystemError, "a result of type '%s'", u->code);
    PyObject *made = PyList_New(list->length);
    uint64_t stride = wf_py_item_stride(item);
    for (int64_t i = 0; made && i < list->length; i++) {
        const unsigned char *data = (const unsigned char *)(uintptr_t)list->data + (uint64_t)i * stride;
        unboxing one = {item, data, 0, u->self, u->asker};
        PyObject *object = box(&one);
        if (object) PyList_SET_ITEM(made, i, object);
        else Py_CLEAR(made);
    }
    u->code = rest;
    return made;
}

static PyObject *box(unboxing *u) {
    char code = *u->code;
    int64_t i = 0;
    double d[2];
    float f[2];
    switch (code) {
    case 'N': u->code++; Py_RETURN_NONE;
    case '[': return box_list(u);
    case 'A': return box_array(u, 0);
    case 'R': u->code++; return box_array(u, 1);
    case '(': {
        PyObject *list = PyList_New(0), *tuple = NULL;
        for (u->code++; list && *u->code != ')';) {
            PyObject *item = box(u);
            if (!item || PyList_Append(list, item) < 0) Py_CLEAR(list);
            Py_XDECREF(item);
        }
        u->code++;
        if (list) tuple = PyList_AsTuple(list);
        Py_XDECREF(list);
        return tuple;
    }
    default: u->code++;
    }
    switch (code) {
    case '?': return PyBool_FromLong(*take(u, 1));
    case 'b': return PyLong_FromLong((signed char)*take(u, 1));
    case 'B': return PyLong_FromLong(*take(u, 1));
    case 'h':
    case 'H': {
        int16_t s;
        memcpy(&s, take(u, 2), 2);
        return PyLong_FromLong(code == 'h' ? s : (uint16_t)s);
    }
    case 'i':
    case 'I': {
        int32_t s;
        memcpy(&s, take(u, 4), 4);
        return code == 'i' ? PyLong_FromLong(s) : PyLong_FromUnsignedLong((uint32_t)s);
    }
    case 'l':
    case 'L':
        memcpy(&i, take(u, 8), 8);
        return code == 'l' ? PyLong_FromLongLong(i) : PyLong_FromUnsignedLongLong((uint64_t)i);
    case 'f': memcpy(f, take(u, 4), 4); return PyFloat_FromDouble((double)f[0]);
    case 'd': memcpy(d, take(u, 8), 8); return PyFloat_FromDouble(d[0]);
    case 'F':
        memcpy(&f[0], take(u, 4), 4);
        memcpy(&f[1], take(u, 4), 4);
        return PyComplex_FromDoubles((double)f[0], (double)f[1]);
    case 'D':
        memcpy(&d[0], take(u, 8), 8);
        memcpy(&d[1], take(u, 8), 8);
        return PyComplex_FromDoubles(d[0], d[1]);
    default: return PyErr_Format(PyExc_SystemError, "a result of type '%c'", code);
    }
}

PyObject *wf_py_box(PyObject *self, const char *code, const unsigned char *data, wf_py_asker *asker) {
    unboxing u = {code, data, 0, self, asker};
    return box(&u);
}

int wf_py_add_host_memory(PyObject *module) {
    return wf_py_add_type(module, &host_memory_spec, &host_memory_type);
}
