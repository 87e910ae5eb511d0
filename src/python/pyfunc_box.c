/* python/pyfunc_box.c: what a host function returns, as Python objects. The bytes lie as C lays out the
 * result's parts. An array keeps the memory that the function made (weft._core.HostMemory). */
#include "python/numpy_fields.h"
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

/* How many arrays and others hold the memory, as Numba's MemInfo tells it; what asks holds it too. */
static PyObject *host_memory_refcount(PyObject *object, void *unused) {
    (void)unused;
    return PyLong_FromSsize_t(Py_REFCNT(object) - 1);
}

static PyGetSetDef host_memory_getset[] = {
    {"refcount", host_memory_refcount, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyType_Slot host_memory_slots[] = {
    {Py_tp_getset, host_memory_getset},
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
    int settling;       /* only what stays compiled counts: it moves into a store */
    int inside;         /* a typed container's items: lists among them stay what they are */
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

/* The whole result is one array: no other part can lie in the same memory. */
static int is_alone(const unboxing *u) {
    const char *whole = u->asker->variant ? u->asker->variant->returns : "";
    return (*whole == 'A' || *whole == 'R') && !u->inside;
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
        wf_extent extent = wf_py_used(p, i)->extent;
        if (lo < extent.lo || hi > extent.hi || !wf_py_used(p, i)->view.obj) continue;
        memory = memory_new(extent.lo, extent.hi);
        if (memory) memory->owner = Py_NewRef(wf_py_used(p, i)->view.obj);
    }
    PyObject *holder = memory || PyErr_Occurred() ? NULL : wf_py_store_holding(u->asker, lo, &block);
    if (holder) {
        memory = memory_new(block.lo, block.hi);
        if (memory) memory->owner = holder;
        else Py_DECREF(holder);
    }
    if (!memory && !PyErr_Occurred()) {
        char *copy = wf_malloc(hi - lo + 1);
        if (!copy) return (host_memory *)PyErr_NoMemory();
        memcpy(copy, (const void *)(uintptr_t)lo, hi - lo);
        memory = memory_new((uintptr_t)copy, (uintptr_t)copy + (hi - lo));
        if (memory) memory->block = (wf_pf_block){lo, hi, NULL, copy};
        return memory;
    }
    if (is_alone(u)) return memory;
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

static PyObject *box(unboxing *u);

/* The argument that this array is, if it is one as it was passed. */
static PyObject *argument_of(unboxing *u, const wf_py_array_shape *a, PyObject *dtype, int readonly) {
    wf_py_packing *p = u->asker ? u->asker->arguments : NULL;
    for (uint32_t i = 0; p && i < p->host_count; i++) {
        const Py_buffer *v = &wf_py_used(p, i)->view;
        if (!v->obj || (uintptr_t)v->buf != a->data || v->ndim != a->ndim || v->itemsize != a->itemsize ||
            v->readonly != readonly || !PyObject_TypeCheck(v->obj, wf_py_numpy_array))
            continue;
        int same = 1;
        for (int k = 0; k < a->ndim; k++)
            same &= v->shape[k] == a->shape[k] && v->strides[k] == a->strides[k];
        if (same && wf_py_numpy_known > 0 && (PyObject *)((wf_py_array_fields *)v->obj)->dtype == dtype)
            return Py_NewRef(v->obj);
        PyObject *own = same ? PyObject_GetAttrString(v->obj, "dtype") : NULL;
        same = own && PyObject_RichCompareBool(own, dtype, Py_EQ) == 1;
        Py_XDECREF(own);
        if (same) return Py_NewRef(v->obj);
        PyErr_Clear();
    }
    return NULL;
}

static PyObject *array_object(unboxing *u, const wf_py_array_shape *a, PyObject *dtype, int readonly) {
    uint64_t lo, hi;
    PyObject *argument = argument_of(u, a, dtype, readonly);
    if (argument) return argument;
    bytes_reached(a, &lo, &hi);
    host_memory *memory = memory_of(u, lo, hi);
    if (!memory) return NULL;
    uint64_t offset = a->data - lo; /* a copied constant begins at its own lo */
    if (lo >= (uintptr_t)memory->data && lo <= (uintptr_t)memory->data + (uint64_t)memory->size)
        offset = a->data - (uintptr_t)memory->data;
    PyObject *array = wf_py_numpy_make(dtype, a->ndim, a->shape, a->strides, memory->data + offset, !readonly,
                                       (PyObject *)memory);
    if (array || PyErr_Occurred()) {
        Py_DECREF(memory);
        return array;
    }
    PyObject *shape = wf_py_tuple_of(a->shape, a->ndim), *strides = wf_py_tuple_of(a->strides, a->ndim);
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

/* NumPy's dtype of elements, and how many bytes one has; those of one letter are asked for once. */
static PyObject *dtype_of(unboxing *u, const char *element, Py_ssize_t *itemsize) {
    static struct {
        PyObject *dtype;
        Py_ssize_t itemsize;
    } known[128]; /* under the interpreter's lock */
    unsigned char letter = (unsigned char)element[0];
    int plain = letter < 128 && !element[1];
    if (plain && known[letter].dtype) {
        *itemsize = known[letter].itemsize;
        return Py_NewRef(known[letter].dtype);
    }
    PyObject *dtype = PyObject_CallMethod(u->self, "_dtype", "s", element),
             *size = dtype ? PyObject_GetAttrString(dtype, "itemsize") : NULL;
    *itemsize = size ? PyLong_AsSsize_t(size) : -1;
    Py_XDECREF(size);
    if (*itemsize < 0) Py_CLEAR(dtype);
    if (plain && dtype) known[letter].dtype = Py_NewRef(dtype), known[letter].itemsize = *itemsize;
    return dtype;
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
    PyObject *dtype = dtype_of(u, element, &a.itemsize);
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
    PyObject *array = !dtype ? NULL : u->settling ? Py_NewRef(Py_None) : array_object(u, &a, dtype, readonly);
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
    case 'E':
    case 'e': return 2;
    case 'i':
    case 'I':
    case 'f':
    case 'F': return 4;
    case 'N':
    case '.': return 0;
    default: return 8;
    }
}

const char *wf_py_lay_out(const char *code, uint64_t *at, uint32_t *align) {
    const char *whole = code;
    if (*code == 'R') code++;
    uint32_t bytes = leaf_bytes(*code),
             count = *code == 'F' || *code == 'D' || *code == 'U' || *code == 'V' ? 2 : 1;
    if (*code == 'O') {
        *at += 1;
        return wf_py_lay_out(code + 1, at, align);
    }
    if (*code == '(' || *code == 'T') {
        if (*code == 'T') code = strchr(code, ';');
        for (code++; code && *code && *code != ')';) code = wf_py_lay_out(code, at, align);
        return code ? code + 1 : NULL;
    }
    if (*code == 'Q') { /* Q(3:keyd…): the keys take no room */
        for (code += 2; code && *code && *code != ')';) {
            char *colon;
            unsigned long length = strtoul(code, &colon, 10);
            code = wf_py_lay_out(colon + 1 + length, at, align);
        }
        return code ? code + 1 : NULL;
    }
    if (*code == 'Z') return wf_py_lay_out(code + 1, at, align);
    if (*code == 'Y' || *code == 'K') return wf_pf_code_skip(code);
    if (*code == 'X' || *code == 'G') return wf_py_lay_out(code + 1, at, align); /* its three parts */
    if (*code == 'A') count = 1u + (uint32_t)(code[2] - '0') * (code[1] == 'A' ? 2u : 1u);
    if (!bytes) return code + 1;
    *at = (*at + bytes - 1) / bytes * bytes + (uint64_t)bytes * count;
    if (bytes > *align) *align = bytes;
    return wf_pf_code_skip(whole);
}

uint64_t wf_py_item_stride(const char *code) {
    uint64_t at = 0;
    uint32_t align = 1;
    wf_py_lay_out(code, &at, &align);
    return (at + align - 1) / align * align;
}

/* The items of a list; hashes: of a table, where a negative one is an item that was deleted. */
static PyObject *items_of(unboxing *u, const char *item, const wf_pf_list *list, const wf_pf_list *hashes) {
    PyObject *made = PyList_New(0);
    uint64_t stride = wf_py_item_stride(item);
    for (int64_t i = 0; made && i < list->length; i++) {
        if (hashes && i < hashes->length && ((const int64_t *)(uintptr_t)hashes->data)[i] < 0) continue;
        const unsigned char *data = (const unsigned char *)(uintptr_t)list->data + (uint64_t)i * stride;
        unboxing one = {item, data, 0, u->self, u->asker, u->settling, u->inside};
        PyObject *object = box(&one);
        if (!object || PyList_Append(made, object) < 0) Py_CLEAR(made);
        Py_XDECREF(object);
    }
    return made;
}

/* What a container's code is, without its letter; goes past it. */
static const char *held_code(unboxing *u, char *code) {
    const char *rest = wf_pf_code_skip(u->code);
    if (!rest || rest - u->code > CODES_MAX) return NULL;
    memcpy(code, u->code + 1, (size_t)(rest - u->code - 1));
    code[rest - u->code - 1] = 0;
    u->code = rest;
    return code;
}

/* One that was passed is the same object again. */
static PyObject *given(unboxing *u, const void *header) {
    return u->asker ? Py_XNewRef(wf_py_pack_given(u->asker->arguments, header)) : NULL;
}

/* Whether it goes to Python as a typed container, which stays where it is: a dict, what typed.List() made,
 * and what lies in such a one. */
static int stays(unboxing *u, char letter, const void *header) {
    if (!u->asker || letter == 'S') return 0;
    if (letter == 'M' || ((const wf_pf_list *)header)->typed) return 1;
    return u->inside && wf_py_is_held(u->asker, (uintptr_t)header);
}

/* Results get a store before anything is made of them. */
static PyObject *settle_container(unboxing *u, char letter, const char *code, const void *header) {
    if (stays(u, letter, header)) {
        if (wf_py_instance_result(u->asker, (uintptr_t)header) < 0) return NULL;
    } else if (letter == '[' && strpbrk(code, "[MJ")) return items_of(u, code, header, NULL);
    Py_RETURN_NONE;
}

static PyObject *box_container(unboxing *u) {
    char letter = *u->code, code[CODES_MAX + 1];
    void *header;
    memcpy(&header, take(u, 8), 8);
    if (!header || !held_code(u, code))
        return PyErr_Format(PyExc_SystemError, "a result of type '%s'", u->code);
    PyObject *same = given(u, header);
    if (same) return same;
    if (u->settling) return settle_container(u, letter, code, header);
    if (stays(u, letter, header)) {
        char whole[CODES_MAX + 2] = {letter, 0};
        return wf_py_held_box(u->asker, strcat(whole, code), (uintptr_t)header);
    }
    if (letter == '[') return items_of(u, code, header, NULL);
    if (letter == 'S') return wf_py_box_set(u->self, code, header, u->asker);
    return wf_py_box_dict(u->self, code, header, u->asker);
}

PyObject *wf_py_box_dict(PyObject *self, const char *codes, const wf_py_dict *record, wf_py_asker *asker) {
    char key[CODES_MAX + 1];
    unboxing u = {codes, NULL, 0, self, asker, 0, 0};
    const char *value = wf_pf_code_skip(codes);
    if (!value || value - codes > CODES_MAX) return PyErr_Format(PyExc_SystemError, "a dict of '%s'", codes);
    memcpy(key, codes, (size_t)(value - codes));
    key[value - codes] = 0;
    PyObject *keys = items_of(&u, key, record->keys, record->hashes),
             *values = keys ? items_of(&u, value, record->values, record->hashes) : NULL,
             *made = values ? PyDict_New() : NULL;
    for (Py_ssize_t i = 0; made && i < PyList_GET_SIZE(keys); i++)
        if (PyDict_SetItem(made, PyList_GET_ITEM(keys, i), PyList_GET_ITEM(values, i)) < 0) Py_CLEAR(made);
    Py_XDECREF(keys);
    Py_XDECREF(values);
    return made;
}

PyObject *wf_py_box_set(PyObject *self, const char *code, const wf_py_set *record, wf_py_asker *asker) {
    unboxing u = {code, NULL, 0, self, asker, 0, 0};
    PyObject *keys = items_of(&u, code, record->keys, record->hashes), *made = keys ? PySet_New(keys) : NULL;
    Py_XDECREF(keys);
    return made;
}

/* ---- the rest ---- */

static PyObject *box_text(unboxing *u) {
    void *codes;
    int64_t length;
    u->code++;
    memcpy(&codes, take(u, 8), 8);
    memcpy(&length, take(u, 8), 8);
    return PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, length ? codes : (void *)"\0\0\0", length);
}

static PyObject *box_bytes(unboxing *u) {
    const char *data;
    int64_t length;
    u->code++;
    memcpy(&data, take(u, 8), 8);
    memcpy(&length, take(u, 8), 8);
    return PyBytes_FromStringAndSize(length ? data : "", (Py_ssize_t)length);
}

/* None, or what follows the flag. */
static PyObject *box_optional(unboxing *u) {
    unsigned char there = *take(u, 1);
    u->code++;
    if (there) return box(u);
    uint64_t at = u->at;
    uint32_t align = 1;
    u->code = wf_py_lay_out(u->code, &at, &align);
    u->at = (uint32_t)at;
    if (!u->code) return PyErr_Format(PyExc_SystemError, "an optional result");
    Py_RETURN_NONE;
}

static PyObject *box_tuple(unboxing *u) {
    PyObject *list = PyList_New(0), *tuple = NULL;
    long class_ = *u->code == 'T' ? strtol(u->code + 1, NULL, 10) : 0;
    if (class_) u->code = strchr(u->code, ';');
    for (u->code++; list && *u->code != ')';) {
        PyObject *item = box(u);
        if (!item || PyList_Append(list, item) < 0) Py_CLEAR(list);
        Py_XDECREF(item);
    }
    u->code++;
    if (list)
        tuple =
            class_ ? PyObject_CallMethod(u->self, "_named_tuple", "lO", class_, list) : PyList_AsTuple(list);
    Py_XDECREF(list);
    return tuple;
}

/* A list of several types. */
static PyObject *box_mixed_list(unboxing *u) {
    PyObject *list = PyList_New(0);
    for (u->code += 2; list && *u->code != ')';) {
        PyObject *item = box(u);
        if (!item || PyList_Append(list, item) < 0) Py_CLEAR(list);
        Py_XDECREF(item);
    }
    u->code++;
    return list;
}

/* Q(3:keyd…): a dict of several types. */
static PyObject *box_mixed_dict(unboxing *u) {
    PyObject *dict = PyDict_New();
    for (u->code += 2; dict && *u->code != ')';) {
        char *colon;
        Py_ssize_t length = (Py_ssize_t)strtoul(u->code, &colon, 10);
        PyObject *key = PyUnicode_DecodeUTF8(colon + 1, length, NULL);
        u->code = colon + 1 + length;
        PyObject *value = key ? box(u) : NULL;
        if (!value || PyDict_SetItem(dict, key, value) < 0) Py_CLEAR(dict);
        Py_XDECREF(key);
        Py_XDECREF(value);
    }
    u->code++;
    return dict;
}

static PyObject *box_slice(unboxing *u) {
    u->code++;
    PyObject *parts = box_tuple(u), *slice = NULL;
    if (parts && PyTuple_GET_SIZE(parts) == 3)
        slice =
            PySlice_New(PyTuple_GET_ITEM(parts, 0), PyTuple_GET_ITEM(parts, 1), PyTuple_GET_ITEM(parts, 2));
    Py_XDECREF(parts);
    return slice;
}

static PyObject *box_range(unboxing *u) {
    u->code++;
    PyObject *parts = box_tuple(u),
             *range = parts ? PyObject_CallObject((PyObject *)&PyRange_Type, parts) : NULL;
    Py_XDECREF(parts);
    return range;
}

/* A row: a copy of its bytes as NumPy's own record. */
static PyObject *box_record(unboxing *u) {
    const char *start = u->code, *rest = wf_pf_code_skip(start);
    const char *row;
    if (!rest) return PyErr_Format(PyExc_SystemError, "a result of type '%s'", start);
    u->code = rest;
    memcpy(&row, take(u, 8), 8);
    return PyObject_CallMethod(u->self, "_record", "s#y#", start, (Py_ssize_t)(rest - start), row,
                               (Py_ssize_t)strtol(start + 1, NULL, 10));
}

/* A dtype: there is nothing but the type. */
static PyObject *box_dtype(unboxing *u) {
    const char *start = u->code + 1, *rest = wf_pf_code_skip(start);
    if (!rest) return PyErr_Format(PyExc_SystemError, "a result of type '%s'", u->code);
    u->code = rest;
    return PyObject_CallMethod(u->self, "_dtype", "s#", start, (Py_ssize_t)(rest - start));
}

/* WD1; a datetime64. */
static PyObject *box_date(unboxing *u) {
    const char *start = u->code, *rest = strchr(start, ';');
    int64_t count;
    if (!rest) return PyErr_Format(PyExc_SystemError, "a result of type '%s'", start);
    u->code = rest + 1;
    memcpy(&count, take(u, 8), 8);
    return PyObject_CallMethod(u->self, "_date", "s#L", start, (Py_ssize_t)(rest + 1 - start),
                               (long long)count);
}

static PyObject *box_object(unboxing *u) {
    long class_ = strtol(u->code + 1, NULL, 10);
    uint64_t address;
    u->code = strchr(u->code, ';') + 1;
    memcpy(&address, take(u, 8), 8);
    if (!u->settling) return wf_py_box_instance(u->asker, class_, address);
    if (u->asker && wf_py_instance_result(u->asker, address) < 0) return NULL;
    Py_RETURN_NONE;
}

static PyObject *box(unboxing *u) {
    char code = *u->code;
    int64_t i = 0;
    double d[2];
    float f[2];
    switch (code) {
    case 'N': u->code++; Py_RETURN_NONE;
    case '.': u->code++; return Py_NewRef(Py_Ellipsis);
    case 'U': return box_text(u);
    case 'V': return box_bytes(u);
    case '{': return box_record(u);
    case 'O': return box_optional(u);
    case 'W':
    case 'w': return box_date(u);
    case 'Y': return box_dtype(u);
    case 'X': return box_slice(u);
    case 'G': return box_range(u);
    case 'Z': return box_mixed_list(u);
    case 'Q': return box_mixed_dict(u);
    case 'J': return box_object(u);
    case '[':
    case 'M':
    case 'S': return box_container(u);
    case 'A': return box_array(u, 0);
    case 'R': u->code++; return box_array(u, 1);
    case '(':
    case 'T': return box_tuple(u);
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
    case 'e': return PyFloat_FromDouble(PyFloat_Unpack2((const char *)take(u, 2), 1));
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
    unboxing u = {code, data, 0, self, asker, 0, 0};
    if (asker && strpbrk(code, "JM[")) { /* their arrays must not be taken out of the heap before them */
        unboxing first = {code, data, 0, self, asker, 1, 0};
        PyObject *settled = box(&first);
        if (!settled || wf_py_results_settle(asker) < 0) {
            Py_XDECREF(settled);
            return NULL;
        }
        Py_DECREF(settled);
    }
    return box(&u);
}

PyObject *wf_py_box_item(const char *code, const unsigned char *data, wf_py_asker *asker) {
    unboxing u = {code, data, 0, (PyObject *)asker->function, asker, 0, 1};
    return box(&u);
}

int wf_py_host_memory_parts(PyObject *object, uint64_t *lo, uint64_t *hi, PyObject **owner) {
    if (!Py_IS_TYPE(object, host_memory_type)) return 0;
    host_memory *memory = (host_memory *)object;
    *lo = (uintptr_t)memory->data;
    *hi = *lo + (uint64_t)memory->size;
    *owner = memory->owner;
    return 1;
}

int wf_py_add_host_memory(PyObject *module) {
    return wf_py_add_type(module, &host_memory_spec, &host_memory_type);
}
