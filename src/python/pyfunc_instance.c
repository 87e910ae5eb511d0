/* python/pyfunc_instance.c: what Python has of the objects of compiled functions: instances of jitclasses,
 * typed lists and dicts (weft._core.Held). Each is an address in a store (pyfunc_store.c).
 *
 * After a call that was given some, what they reach of the call's heap moves into their stores, and stores
 * that point into each other become one. What Python does with the items of lists and dicts is in
 * pyfunc_held.c. */
#include "python/pyfunc_store.h"
#include "base/memory.h"
#include <structmember.h>

PyTypeObject *wf_py_held_type;
static PyTypeObject *instance_type;

/* ---- held objects ---- */

static int held_traverse(PyObject *object, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(object));
    Py_VISIT((PyObject *)((wf_py_held *)object)->root.store);
    return 0;
}

static int held_clear(PyObject *object) {
    wf_py_root_clear(&((wf_py_held *)object)->root);
    return 0;
}

static void held_dealloc(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    if (((wf_py_held *)object)->weaklist) PyObject_ClearWeakRefs(object);
    held_clear(object);
    Py_XDECREF(((wf_py_held *)object)->code);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyObject *held_address(PyObject *object, void *unused) {
    (void)unused;
    return PyLong_FromUnsignedLongLong(((wf_py_held *)object)->root.address);
}

static PyObject *held_code(PyObject *object, void *unused) {
    PyObject *code = ((wf_py_held *)object)->code;
    (void)unused;
    if (!code) Py_RETURN_NONE;
    return PyUnicode_FromString(PyBytes_AS_STRING(code));
}

/* How large its items are. */
static int set_strides(wf_py_held *h, const char *code) {
    if (*code == 'J') return 0;
    const char *value = *code == 'M' ? wf_pf_code_skip(code + 1) : NULL;
    if (strlen(code) >= CODES_MAX || (*code == 'M' && !value))
        return PyErr_Format(PyExc_TypeError, "a typed container of type '%s'", code), -1;
    h->strides[0] = (uint32_t)wf_py_item_stride(code + 1);
    h->strides[1] = value ? (uint32_t)wf_py_item_stride(value) : 0;
    h->key_length = value ? (uint32_t)(value - code - 1) : 0;
    if (h->strides[0] > PARAMS_MAX || h->strides[1] > PARAMS_MAX)
        return PyErr_Format(PyExc_TypeError, "items of more than %d bytes", PARAMS_MAX), -1;
    return 0;
}

int wf_py_held_set(wf_py_held *h, wf_py_store *s, uint64_t address, uint64_t end, const char *code) {
    PyObject *text = set_strides(h, code) < 0 ? NULL : PyBytes_FromString(code);
    if (!text) return -1;
    Py_XSETREF(h->code, text);
    h->end = end;
    h->links = strpbrk(code + 1, "[MSJUAR{") || *code == 'J';
    wf_py_root_set(&h->root, s, address);
    return 0;
}

/* One that the call was given lies here. */
static PyObject *given_at(wf_py_asker *asker, uint64_t address) {
    for (uint32_t i = 0; i < asker->arguments->instance_count; i++)
        if (asker->arguments->instances[i]->root.address == address)
            return Py_NewRef((PyObject *)asker->arguments->instances[i]);
    return NULL;
}

static int make_room(wf_py_packing *p) {
    if (p->instance_count < p->instance_capacity) return 0;
    uint32_t capacity = p->instance_capacity ? p->instance_capacity * 2 : INSTANCES_FEW * 2;
    wf_py_held **more = PyMem_Malloc(capacity * sizeof *more);
    if (!more) return PyErr_NoMemory(), -1;
    memcpy(more, p->instances, p->instance_count * sizeof *more);
    if (p->instances != p->few_instances) PyMem_Free(p->instances);
    p->instances = more;
    p->instance_capacity = capacity;
    return 0;
}

int wf_py_pack_instance(wf_py_packing *p, PyObject *object) {
    if (!PyObject_TypeCheck(object, wf_py_held_type)) return 0;
    wf_py_held *self = (wf_py_held *)object;
    if (!self->root.store) {
        if (PyObject_TypeCheck(object, instance_type))
            PyErr_SetString(PyExc_TypeError, "an instance of a jitclass that was not initialised");
        else
            PyErr_Format(PyExc_TypeError,
                         "a typed %s that holds nothing yet has no type; make it with the type of its items: "
                         "typed.List.empty_list(int64), typed.Dict.empty(unicode_type, float64)",
                         Py_TYPE(object)->tp_name);
        return -1;
    }
    if (p->extent_count == ARRAYS_MAX)
        return PyErr_SetString(PyExc_TypeError, "too many objects of compiled functions"), -1;
    if (make_room(p) < 0) return -1;
    p->instances[p->instance_count++] = (wf_py_held *)Py_NewRef(object);
    wf_py_root_store(&self->root)->busy++;
    p->extents[p->extent_count++] = (wf_extent){self->root.address, self->end};
    const char *code = PyBytes_AS_STRING(self->code);
    for (const char *c = code; p->want && *c; c++)
        if (wf_py_pack_take(p, *c) < 0) return -1;
    if (wf_py_pack_code(p, code, (size_t)PyBytes_GET_SIZE(self->code)) < 0) return -1;
    return wf_py_pack_value(p, &self->root.address, 8, 8) < 0 ? -1 : 1;
}

void wf_py_instances_drop(wf_py_packing *p) {
    for (uint32_t i = 0; i < p->instance_count; i++) wf_py_root_store(&p->instances[i]->root)->busy--;
    for (uint32_t i = 0; i < p->instance_count; i++) {
        wf_py_store_sweep(wf_py_root_store(&p->instances[i]->root));
        Py_DECREF((PyObject *)p->instances[i]);
    }
    if (p->instances != p->few_instances) PyMem_Free(p->instances);
    p->instances = p->few_instances;
    p->instance_count = 0;
}

/* ---- after a call ---- */

static wf_py_store *store_at(const wf_py_packing *p, uint32_t i) {
    return wf_py_root_store(&p->instances[i]->root);
}

/* The arrays of the call, and the constants of its code, that a store points into. */
static int keep_what_it_uses(wf_py_asker *asker, wf_py_store *s) {
    wf_py_packing *p = asker->arguments;
    for (uint32_t i = 0; i < p->host_count; i++) {
        PyObject *owner = wf_py_used(p, i)->view.obj;
        wf_extent e = wf_py_used(p, i)->extent;
        if (owner && e.lo != e.hi && wf_pf_heap_points(s->heap, e.lo, e.hi) &&
            wf_py_store_keep(s, owner, e.lo, e.hi) < 0)
            return -1;
    }
    return wf_py_store_keep(s, asker->variant->program, 0, 0);
}

/* Stores that point into each other become one; of many, all of them do. */
static int link_stores(wf_py_packing *p, wf_py_store *made) {
    enum { MANY = 8 };
    uint32_t count = p->instance_count + (made != NULL);
#define STORE(i) ((i) == p->instance_count ? made : store_at(p, i))
#define LINKS(i) ((i) == p->instance_count || p->instances[i]->links)
    for (uint32_t i = 0; count > 1 && i < count; i++)
        for (uint32_t k = 0; LINKS(i) && k < (count > MANY ? 1 : count); k++) {
            wf_py_store *a = STORE(i), *b = STORE(k);
            if (a != b && !a->into && !b->into &&
                (count > MANY || wf_pf_heap_points_into(a->heap, b->heap)) && wf_py_store_merge(a, b) < 0)
                return -1;
        }
#undef STORE
#undef LINKS
    return 0;
}

int wf_py_instances_settle(wf_py_asker *asker) {
    wf_py_packing *p = asker->arguments;
    int links = 0, stores = asker->variant->links;
    if (!p->instance_count) return 0;
    if (p->heap &&
        (stores || wf_pf_heap_mark(p->heap) > asker->packed)) /* else nothing changed but numbers */
        for (uint32_t i = 0; i < p->instance_count; i++)
            if (!wf_pf_heap_pull(p->heap, store_at(p, i)->heap)) return PyErr_NoMemory(), -1;
    for (uint32_t i = 0; stores && i < p->instance_count; i++) {
        if (!p->instances[i]->links) continue;
        links = 1;
        if (keep_what_it_uses(asker, store_at(p, i)) < 0) return -1;
    }
    return links && p->instance_count > 1 ? link_stores(p, NULL) : 0;
}

uint32_t wf_py_instance_heaps(wf_py_packing *p, wf_pf_heap **heaps, uint32_t most) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->instance_count; i++) {
        wf_pf_heap *heap = store_at(p, i)->heap;
        uint32_t k = 0;
        while (k < count && heaps[k] != heap) k++;
        if (k < count) continue;
        if (count == most) return UINT32_MAX;
        heaps[count++] = heap;
    }
    return count;
}

/* The store among those of the call in whose heap the address lies; borrowed. */
static wf_py_store *store_of(wf_py_asker *asker, uint64_t address) {
    wf_pf_block block;
    wf_py_packing *p = asker->arguments;
    for (uint32_t i = 0; i < p->instance_count; i++)
        if (wf_pf_heap_find(store_at(p, i)->heap, address, &block)) return store_at(p, i);
    wf_py_store *made = (wf_py_store *)asker->store;
    while (made && made->into) made = made->into;
    return made && wf_pf_heap_find(made->heap, address, &block) ? made : NULL;
}

PyObject *wf_py_store_holding(wf_py_asker *asker, uint64_t address, wf_pf_block *block) {
    wf_py_store *s = store_of(asker, address);
    return s && wf_pf_heap_find(s->heap, address, block) ? wf_py_pin_new(s, block->lo) : NULL;
}

/* A result moves into a store of its own before anything else is boxed. */
int wf_py_instance_result(wf_py_asker *asker, uint64_t address) {
    wf_py_packing *p = asker->arguments;
    if (!address || store_of(asker, address)) return 0;
    if (!asker->store && !(asker->store = (PyObject *)wf_py_store_new())) return -1;
    wf_py_store *s = (wf_py_store *)asker->store;
    return p->heap && wf_pf_heap_move(p->heap, s->heap, address) ? 0 : (PyErr_NoMemory(), -1);
}

/* Then what that store points into is looked for. */
int wf_py_results_settle(wf_py_asker *asker) {
    wf_py_store *s = (wf_py_store *)asker->store;
    if (!s) return 0;
    return keep_what_it_uses(asker, s) < 0 ? -1 : link_stores(asker->arguments, s);
}

/* ---- to Python ---- */

static PyObject *held_new(PyTypeObject *type, wf_py_asker *asker, const char *code, uint64_t address) {
    wf_pf_block block;
    wf_py_store *s = store_of(asker, address);
    if (!s && (wf_py_instance_result(asker, address) < 0 || wf_py_results_settle(asker) < 0)) return NULL;
    if (!s) s = store_of(asker, address);
    if (!s || !wf_pf_heap_find(s->heap, address, &block))
        return PyErr_Format(PyExc_SystemError, "an object of type '%s' whose memory is gone", code);
    wf_py_held *made = (wf_py_held *)type->tp_alloc(type, 0);
    if (made && wf_py_held_set(made, s, address, block.hi, code) < 0) Py_CLEAR(made);
    return (PyObject *)made;
}

PyObject *wf_py_box_instance(wf_py_asker *asker, long class_, uint64_t address) {
    char code[24];
    if (!asker)
        return PyErr_Format(PyExc_TypeError, "an instance of a jitclass cannot be handed to Python here");
    PyObject *given = given_at(asker, address);
    if (given) return given;
    PyObject *type = PyObject_CallMethod((PyObject *)asker->function, "_instance_type", "l", class_);
    if (!type) return NULL;
    if (!PyType_Check(type) || !PyType_IsSubtype((PyTypeObject *)type, instance_type)) {
        Py_DECREF(type);
        return PyErr_Format(PyExc_SystemError, "the class %ld is no jitclass", class_);
    }
    snprintf(code, sizeof code, "J%ld;", class_);
    PyObject *made = held_new((PyTypeObject *)type, asker, code, address);
    Py_DECREF(type);
    return made;
}

PyObject *wf_py_held_box(wf_py_asker *asker, const char *code, uint64_t address) {
    PyObject *given = given_at(asker, address);
    if (given) return given;
    PyTypeObject *type = wf_py_held_class(*code);
    return type ? held_new(type, asker, code, address) : NULL;
}

int wf_py_is_held(wf_py_asker *asker, uint64_t address) { return asker && store_of(asker, address) != NULL; }

/* ---- types ---- */

static PyMemberDef held_members[] = {
    {"__weaklistoffset__", T_PYSSIZET, offsetof(wf_py_held, weaklist), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyGetSetDef held_getset[] = {
    {"_wf_address", held_address, NULL, NULL, NULL},
    {"_wf_code", held_code, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyType_Slot held_slots[] = {
    {Py_tp_dealloc, held_dealloc}, {Py_tp_traverse, held_traverse}, {Py_tp_clear, held_clear},
    {Py_tp_members, held_members}, {Py_tp_getset, held_getset},     {0, NULL},
};
static PyType_Spec held_spec = {"weft._core.Held", sizeof(wf_py_held), 0,
                                Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, held_slots};
static PyObject *instance_class(PyObject *object, void *unused) {
    (void)unused;
    PyObject *code = ((wf_py_held *)object)->code;
    return PyLong_FromLong(code ? strtol(PyBytes_AS_STRING(code) + 1, NULL, 10) : -1); /* "J3;" */
}

static PyGetSetDef instance_getset[] = {
    {"_wf_class", instance_class, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyType_Slot instance_slots[] = {{Py_tp_getset, instance_getset}, {0, NULL}};
static PyType_Spec instance_spec = {"weft._core.Instance", sizeof(wf_py_held), 0,
                                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, instance_slots};

int wf_py_add_instances(PyObject *module) {
    if (wf_py_add_stores(module) < 0 || wf_py_add_type(module, &held_spec, &wf_py_held_type) < 0) return -1;
    instance_type =
        (PyTypeObject *)PyType_FromModuleAndSpec(module, &instance_spec, (PyObject *)wf_py_held_type);
    return instance_type ? PyModule_AddType(module, instance_type) : -1;
}
