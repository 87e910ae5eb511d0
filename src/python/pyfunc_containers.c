/* python/pyfunc_containers.c: text, lists, dicts and sets as arguments of host functions.
 *
 * They are copied into the heap of the call, item by item, each packed like an argument; all items of one
 * container must have one type (that of the first, or the one that a typed container says). When the call
 * ends, what changed is written back into the Python object. A dict or set comes without its index: the first
 * search makes it (weft/_pylib/dicts.py). */
#include "python/pyfunc.h"

wf_pf_heap *wf_py_pack_heap(wf_py_packing *p) {
    if (!p->heap) p->heap = wf_pf_heap_new();
    return p->heap;
}

/* ---- in ---- */

static int put_text(wf_py_packing *p, PyObject *text) {
    wf_pf_heap *heap = wf_py_pack_heap(p);
    int64_t length = PyUnicode_GetLength(text);
    uint64_t bytes = ((uint64_t)length + 1) * sizeof(Py_UCS4);
    Py_UCS4 *codes = heap ? wf_pf_heap_alloc(heap, bytes, 0) : NULL;
    if (!codes) return PyErr_NoMemory(), -1;
    if (!PyUnicode_AsUCS4(text, codes, length + 1, 1)) return -1;
    if (p->extent_count == ARRAYS_MAX) return PyErr_SetString(PyExc_TypeError, "too many texts"), -1;
    p->extents[p->extent_count++] = (wf_extent){(uintptr_t)codes, (uintptr_t)codes + bytes};
    if (wf_py_pack_take(p, 'U') < 0 || wf_py_pack_code(p, "U", 1) < 0) return -1;
    return wf_py_pack_value(p, &codes, 8, 8) < 0 ? -1 : wf_py_pack_value(p, &length, 8, 8);
}

/* Bytes where an element of an array of bytes is wanted; 0: none is wanted. */
static int put_bytes(wf_py_packing *p, PyObject *bytes) {
    if (!p->want || *p->want != 'V') return 0;
    wf_pf_heap *heap = wf_py_pack_heap(p);
    int64_t length = PyBytes_GET_SIZE(bytes);
    char *data = heap ? wf_pf_heap_alloc(heap, (uint64_t)length + 1, 0) : NULL;
    if (!data) return PyErr_NoMemory(), -1;
    memcpy(data, PyBytes_AS_STRING(bytes), (size_t)length);
    if (p->extent_count == ARRAYS_MAX) return PyErr_SetString(PyExc_TypeError, "too many texts"), -1;
    p->extents[p->extent_count++] = (wf_extent){(uintptr_t)data, (uintptr_t)data + (uint64_t)length + 1};
    if (wf_py_pack_take(p, 'V') < 0 || wf_py_pack_code(p, "V", 1) < 0) return -1;
    return wf_py_pack_value(p, &data, 8, 8) < 0 || wf_py_pack_value(p, &length, 8, 8) < 0 ? -1 : 1;
}

/* Packing an item may run Python, which may change the list. */
static PyObject *item_at(PyObject *list, Py_ssize_t i, Py_ssize_t count) {
    if (PyList_GET_SIZE(list) == count) return Py_NewRef(PyList_GET_ITEM(list, i));
    PyErr_SetString(PyExc_RuntimeError, "a list changed size while it was passed to a compiled function");
    return NULL;
}

/* Two arrays that differ in their layout, or in who may write to them: the code that both have in `common`. */
static int common_array(const char *a, const char *b, char *common) {
    const char *one = a + (*a == 'R'), *other = b + (*b == 'R');
    if (*one != 'A' || *other != 'A' || strcmp(one + 2, other + 2) != 0) return 0;
    sprintf(common, "%sA%c%s", one == a && other == b ? "" : "R", one[1] == other[1] ? one[1] : 'A', one + 2);
    return 1;
}

/* The items of a list into memory of their own. `want`: the type that they shall have, or "". */
static int put_items(wf_py_packing *p, PyObject *list, const char *want, wf_pf_list *header, char *code,
                     uint64_t *stride) {
    char codes[CODES_MAX];
    _Alignas(16) unsigned char params[PARAMS_MAX];
    char *own_code = p->code, *own_end = p->code_end;
    unsigned char *own_params = p->params;
    uint32_t own_size = p->size, own_align = p->align, own_extents = p->extent_count;
    const char *own_want = p->want;
    int own_exact = p->exact;
    Py_ssize_t count = PyList_GET_SIZE(list);
    int good = 1, again = 0;
    char common[CODES_MAX], merged[CODES_MAX]; /* again: what all of them fit */
    for (Py_ssize_t i = 0; good && i < count; i++) {
        p->code = codes;
        p->code_end = codes + CODES_MAX;
        p->params = params;
        p->want = *want ? want : NULL;
        p->exact = 1;
        p->size = 0;
        p->align = 1;
        *codes = 0;
        PyObject *item = item_at(list, i, count);
        good = item && wf_py_pack_at(p, item, 1) == 0;
        Py_XDECREF(item);
        if (good && i == 0) {
            *stride = (p->size + p->align - 1) / p->align * p->align;
            strcpy(code, codes);
            char *data = wf_pf_heap_alloc(p->heap, *stride * (uint64_t)count + 8, 1);
            if (!data) good = (PyErr_NoMemory(), 0);
            header->data = (uintptr_t)data;
        }
        const char *so_far = again ? common : code;
        int differs = good && strcmp(so_far, codes);
        if (differs && !*want && common_array(so_far, codes, merged)) {
            again = 1;
            strcpy(common, merged);
        } else if (differs) {
            PyErr_Format(PyExc_TypeError,
                         "a container that is passed to a compiled function holds items of one type; got "
                         "'%s' and '%s'",
                         code, codes);
            good = 0;
        }
        if (good && !again) memcpy((char *)(uintptr_t)header->data + *stride * (uint64_t)i, params, p->size);
        p->extent_count = own_extents; /* pointers in memory have no extent of their own */
    }
    if (!count) *stride = wf_py_item_stride(strcpy(code, want));
    header->length = header->capacity = count;
    p->code = own_code;
    p->code_end = own_end;
    p->params = own_params;
    p->size = own_size;
    p->align = own_align;
    p->want = own_want;
    p->exact = own_exact;
    p->extent_count = own_extents;
    return good && again ? put_items(p, list, common, header, code, stride) : good ? 0 : -1;
}

/* What a container holds by its own word: a typed one says it. An empty one must: 0 with an exception. */
static int item_code(wf_py_packing *p, PyObject *container, Py_ssize_t count, char letter, char *code) {
    *code = 0;
    const char *want = p->want;
    if (want) {
        const char *rest = *want == letter ? wf_pf_code_skip(want) : NULL;
        if (!rest || rest - want >= CODES_MAX) return wf_py_pack_take(p, letter) >= 0;
        memcpy(code, want + 1, (size_t)(rest - want - 1));
        code[rest - want - 1] = 0;
        p->want = rest;
        return 1;
    }
    if (count &&
        (PyList_CheckExact(container) || PyDict_CheckExact(container) || PySet_CheckExact(container)))
        return 1;
    PyObject *type = PyObject_CallMethod((PyObject *)p->self, "_item_code", "O", container);
    const char *text = type ? PyUnicode_AsUTF8(type) : NULL;
    if (text && strlen(text) < CODES_MAX - 2) strcpy(code, text);
    Py_XDECREF(type);
    return text != NULL;
}

static wf_py_given_list *given_new(wf_py_packing *p, PyObject *container, void *header, const char *code) {
    wf_py_given_list *given = PyMem_Calloc(1, sizeof *given);
    if (!given) return (wf_py_given_list *)PyErr_NoMemory();
    given->code = PyMem_Malloc(strlen(code) + 1);
    if (!given->code) {
        PyMem_Free(given);
        return (wf_py_given_list *)PyErr_NoMemory();
    }
    strcpy(given->code, code);
    given->list = Py_NewRef(container);
    given->header = header;
    given->next = p->lists;
    p->lists = given;
    return given;
}

/* The code of the whole, its extent and its address. */
static int put_header(wf_py_packing *p, char letter, const char *code, void *header, size_t bytes) {
    if (p->extent_count == ARRAYS_MAX) return PyErr_SetString(PyExc_TypeError, "too many containers"), -1;
    p->extents[p->extent_count++] = (wf_extent){(uintptr_t)header, (uintptr_t)header + bytes};
    if (wf_py_pack_code(p, &letter, 1) < 0 || wf_py_pack_code(p, code, strlen(code)) < 0) return -1;
    return wf_py_pack_value(p, &header, 8, 8);
}

/* The same object twice in a call is one. */
static wf_py_given_list *given_before(wf_py_packing *p, PyObject *container) {
    for (wf_py_given_list *g = p->lists; g; g = g->next)
        if (g->list == container) return g;
    return NULL;
}

static int put_list(wf_py_packing *p, PyObject *list) {
    char code[CODES_MAX], want[CODES_MAX];
    uint64_t stride = 0;
    wf_py_given_list *given = p->want ? NULL : given_before(p, list);
    if (given) return put_header(p, '[', given->code, given->header, sizeof(wf_pf_list));
    if (!item_code(p, list, PyList_GET_SIZE(list), '[', want)) return -1;
    wf_pf_heap *heap = wf_py_pack_heap(p);
    wf_pf_list *header = heap ? wf_pf_heap_alloc(heap, sizeof *header, 1) : NULL;
    if (!header) return PyErr_NoMemory(), -1;
    if (put_items(p, list, want, header, code, &stride) < 0) return -1;
    if (!(given = given_new(p, list, header, code))) return -1;
    uint64_t bytes = stride * (uint64_t)header->length;
    if (!(given->bytes = PyMem_Malloc(bytes + 1))) return PyErr_NoMemory(), -1;
    if (bytes) memcpy(given->bytes, (const void *)(uintptr_t)header->data, bytes);
    given->length = header->length;
    given->stride = stride;
    return put_header(p, '[', code, header, sizeof *header);
}

static wf_pf_list *new_list(wf_pf_heap *heap) { return wf_pf_heap_alloc(heap, sizeof(wf_pf_list), 1); }

/* A list of what `object` gives, packed as the items of a fresh header. */
static wf_pf_list *put_side(wf_py_packing *p, PyObject *items, const char *want, char *code) {
    uint64_t stride;
    wf_pf_list *header = items ? new_list(p->heap) : NULL;
    if (items && !header) PyErr_NoMemory();
    if (header && put_items(p, items, want, header, code, &stride) < 0) header = NULL;
    Py_XDECREF(items);
    return header;
}

static int put_dict(wf_py_packing *p, PyObject *dict) {
    char want[CODES_MAX], code[CODES_MAX * 2], value[CODES_MAX], value_want[CODES_MAX] = "";
    wf_py_given_list *given = p->want ? NULL : given_before(p, dict);
    if (given) return put_header(p, 'M', given->code, given->header, sizeof(wf_py_dict));
    if (!item_code(p, dict, PyDict_GET_SIZE(dict), 'M', want)) return -1;
    if (*want) { /* the keys', then the values' */
        const char *rest = wf_pf_code_skip(want);
        if (!rest) return PyErr_Format(PyExc_SystemError, "the types '%s'", want), -1;
        strcpy(value_want, rest);
        want[rest - want] = 0;
    }
    wf_pf_heap *heap = wf_py_pack_heap(p);
    wf_py_dict *record = heap ? wf_pf_heap_alloc(heap, sizeof *record, 1) : NULL;
    if (!record) return PyErr_NoMemory(), -1;
    if (!(record->keys = put_side(p, PyDict_Keys(dict), want, code)) ||
        !(record->values = put_side(p, PyDict_Values(dict), value_want, value)))
        return -1;
    record->hashes = new_list(heap);
    record->index = new_list(heap);
    if (!record->hashes || !record->index) return PyErr_NoMemory(), -1;
    record->used = record->keys->length;
    strcat(code, value);
    if (!given_new(p, dict, record, code)) return -1;
    return put_header(p, 'M', code, record, sizeof *record);
}

static int put_set(wf_py_packing *p, PyObject *set) {
    char want[CODES_MAX], code[CODES_MAX];
    wf_py_given_list *given = p->want ? NULL : given_before(p, set);
    if (given) return put_header(p, 'S', given->code, given->header, sizeof(wf_py_set));
    if (!item_code(p, set, PySet_GET_SIZE(set), 'S', want)) return -1;
    wf_pf_heap *heap = wf_py_pack_heap(p);
    wf_py_set *record = heap ? wf_pf_heap_alloc(heap, sizeof *record, 1) : NULL;
    if (!record) return PyErr_NoMemory(), -1;
    if (!(record->keys = put_side(p, PySequence_List(set), want, code))) return -1;
    record->hashes = new_list(heap);
    record->index = new_list(heap);
    if (!record->hashes || !record->index) return PyErr_NoMemory(), -1;
    record->used = record->keys->length;
    if (!given_new(p, set, record, code)) return -1;
    return put_header(p, 'S', code, record, sizeof *record);
}

/* 1: packed; 0: it is no container; -1: an exception. */
static int put_container(wf_py_packing *p, PyObject *object) {
    int packed;
    if (PyList_Check(object)) packed = put_list(p, object);
    else if (PyDict_Check(object)) packed = put_dict(p, object);
    else if (PySet_Check(object)) packed = put_set(p, object);
    else return wf_py_pack_instance(p, object);
    return packed < 0 ? -1 : 1;
}

int wf_py_pack_container(wf_py_packing *p, PyObject *object, int depth) {
    if (depth >= TUPLE_DEPTH) return PyErr_SetString(PyExc_TypeError, "a container nested so deeply"), -1;
    if (PyUnicode_CheckExact(object)) return put_text(p, object) < 0 ? -1 : 1;
    if (PyBytes_CheckExact(object)) return put_bytes(p, object);
    if (p->nested == NESTED_MAX)
        return PyErr_Format(
                   PyExc_TypeError,
                   "a list, dict or set inside of others, more than %d of them (does one hold itself?)",
                   NESTED_MAX),
               -1;
    p->nested++;
    int packed = put_container(p, object);
    p->nested--;
    return packed;
}

/* ---- back ---- */

PyObject *wf_py_pack_given(wf_py_packing *p, const void *header) {
    for (wf_py_given_list *g = p->lists; g; g = g->next)
        if (g->header == header) return g->list;
    return NULL;
}

static int reflect_list(wf_py_packing *p, wf_py_given_list *g, wf_py_asker *asker) {
    wf_pf_list *header = g->header;
    const char *data = (const char *)(uintptr_t)header->data;
    int nested = strpbrk(g->code, "[MS") != NULL;
    if (header->length == g->length && !nested && !memcmp(data, g->bytes, g->stride * (uint64_t)g->length))
        return 0;
    PyObject *now = PyList_New(header->length);
    for (int64_t i = 0; now && i < header->length; i++) {
        const char *item = data + g->stride * (uint64_t)i, *before = g->bytes + g->stride * (uint64_t)i;
        /* An inner list is the same object. */
        int same = i < g->length && i < PyList_GET_SIZE(g->list) && !memcmp(item, before, g->stride);
        PyObject *object = same ? Py_NewRef(PyList_GET_ITEM(g->list, i))
                                : wf_py_box((PyObject *)p->self, g->code, (const unsigned char *)item, asker);
        if (object) PyList_SET_ITEM(now, i, object);
        else Py_CLEAR(now);
    }
    int bad = !now || PyList_SetSlice(g->list, 0, PyList_GET_SIZE(g->list), now) < 0;
    Py_XDECREF(now);
    return bad ? -1 : 0;
}

static int reflect_dict(wf_py_packing *p, wf_py_given_list *g, wf_py_asker *asker) {
    wf_py_dict *record = g->header;
    if (!record->version) return 0;
    PyObject *now = wf_py_box_dict((PyObject *)p->self, g->code, record, asker);
    int bad = !now;
    if (now) PyDict_Clear(g->list);
    bad = bad || PyDict_Update(g->list, now) < 0;
    Py_XDECREF(now);
    return bad ? -1 : 0;
}

static int reflect_set(wf_py_packing *p, wf_py_given_list *g, wf_py_asker *asker) {
    wf_py_set *record = g->header;
    if (!record->version) return 0;
    PyObject *now = wf_py_box_set((PyObject *)p->self, g->code, record, asker), *item;
    if (!now || PySet_Clear(g->list) < 0) {
        Py_XDECREF(now);
        return -1;
    }
    PyObject *each = PyObject_GetIter(now);
    int bad = !each;
    while (!bad && (item = PyIter_Next(each))) {
        bad = PySet_Add(g->list, item) < 0;
        Py_DECREF(item);
    }
    Py_XDECREF(each);
    Py_DECREF(now);
    return bad || PyErr_Occurred() ? -1 : 0;
}

int wf_py_pack_reflect(wf_py_packing *p, wf_py_asker *asker) {
    for (wf_py_given_list *g = p->lists; g; g = g->next) {
        int bad = PyList_Check(g->list)   ? g->bytes && reflect_list(p, g, asker) < 0
                  : PyDict_Check(g->list) ? reflect_dict(p, g, asker) < 0
                                          : reflect_set(p, g, asker) < 0;
        if (bad) return -1;
    }
    return 0;
}

void wf_py_pack_drop(wf_py_packing *p) {
    for (wf_py_given_list *g = p->lists, *next; g; g = next) {
        next = g->next;
        Py_XDECREF(g->list);
        PyMem_Free(g->code);
        PyMem_Free(g->bytes);
        PyMem_Free(g);
    }
    p->lists = NULL;
}
