/* python/pyfunc_instance.c: instances of jitclasses, as Python sees them.
 *
 * Inside compiled code an instance is the address of a record (pyfunc/objects.c). What outlives the call that
 * made it moves from the heap of the call into a store (weft._core.Store), which the Python object keeps:
 * everything that can be reached from the record. After each call that was given instances, what they reach
 * of the call's heap moves too, and arrays of the caller's and other stores that they point into are kept
 * alive. A store is swept from time to time; what left it as an array is pinned. */
#include "python/pyfunc.h"
#include "base/memory.h"
#include <structmember.h>

static PyTypeObject *store_type, *instance_type;

typedef struct store {
    PyObject_HEAD wf_pf_heap *heap;
    uint64_t *roots; /* instances that Python has, and what is pinned */
    uint64_t root_count, root_capacity;
    PyObject *kept; /* list of owners of memory that is pointed into, or NULL */
} store;

typedef struct instance {
    PyObject_HEAD store *store;
    PyObject *weaklist;
    uint64_t address;
    long class_;
} instance;

/* ---- stores ---- */

static int store_traverse(PyObject *object, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((store *)object)->kept);
    return 0;
}

static int store_clear(PyObject *object) {
    Py_CLEAR(((store *)object)->kept);
    return 0;
}

static void store_dealloc(PyObject *object) {
    store *self = (store *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    wf_pf_heap_free(self->heap);
    wf_free(self->roots);
    Py_XDECREF(self->kept);
    type->tp_free(object);
    Py_DECREF(type);
}

static store *store_new(void) {
    store *s = (store *)store_type->tp_alloc(store_type, 0);
    if (s && !(s->heap = wf_pf_heap_new())) {
        Py_DECREF(s);
        return (store *)PyErr_NoMemory();
    }
    return s;
}

static int add_root(store *s, uint64_t address) {
    if (s->root_count == s->root_capacity) {
        uint64_t capacity = s->root_capacity ? s->root_capacity * 2 : 8;
        uint64_t *roots = wf_realloc(s->roots, capacity * sizeof *roots);
        if (!roots) return PyErr_NoMemory(), -1;
        s->roots = roots;
        s->root_capacity = capacity;
    }
    s->roots[s->root_count++] = address;
    return 0;
}

static void drop_root(store *s, uint64_t address) {
    for (uint64_t i = s->root_count; i-- > 0;)
        if (s->roots[i] == address) {
            s->roots[i] = s->roots[--s->root_count];
            return;
        }
}

static int keep(store *s, PyObject *owner) {
    if (!s->kept && !(s->kept = PyList_New(0))) return -1;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(s->kept);
         i++) /* the same one: arrays have an == of their own */
        if (PyList_GET_ITEM(s->kept, i) == owner) return 0;
    return PyList_Append(s->kept, owner);
}

/* ---- instances ---- */

static int instance_traverse(PyObject *object, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(object));
    Py_VISIT((PyObject *)((instance *)object)->store);
    return 0;
}

static int instance_clear(PyObject *object) {
    instance *self = (instance *)object;
    if (self->store) drop_root(self->store, self->address);
    Py_CLEAR(self->store);
    return 0;
}

static void instance_dealloc(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    if (((instance *)object)->weaklist) PyObject_ClearWeakRefs(object);
    instance_clear(object);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyObject *instance_address(PyObject *object, void *unused) {
    (void)unused;
    return PyLong_FromUnsignedLongLong(((instance *)object)->address);
}

static PyObject *instance_class(PyObject *object, void *unused) {
    (void)unused;
    return PyLong_FromLong(((instance *)object)->class_);
}

static PyObject *instance_new(wf_py_asker *asker, long class_, store *s, uint64_t address) {
    PyObject *type = PyObject_CallMethod((PyObject *)asker->function, "_instance_type", "l", class_);
    if (!type) return NULL;
    if (!PyType_Check(type) || !PyType_IsSubtype((PyTypeObject *)type, instance_type)) {
        Py_DECREF(type);
        return PyErr_Format(PyExc_SystemError, "the class %ld is no jitclass", class_);
    }
    instance *made = (instance *)((PyTypeObject *)type)->tp_alloc((PyTypeObject *)type, 0);
    Py_DECREF(type);
    if (!made) return NULL;
    made->store = (store *)Py_NewRef((PyObject *)s);
    made->address = address;
    made->class_ = class_;
    if (add_root(s, address) < 0) Py_CLEAR(made);
    return (PyObject *)made;
}

int wf_py_pack_instance(wf_py_packing *p, PyObject *object) {
    char code[24];
    wf_pf_block block;
    if (!PyObject_TypeCheck(object, instance_type)) return 0;
    instance *self = (instance *)object;
    if (!self->store || !wf_pf_heap_find(self->store->heap, self->address, &block))
        return PyErr_SetString(PyExc_TypeError, "an instance of a jitclass that was not initialised"), -1;
    if (p->instance_count == INSTANCES_MAX || p->extent_count == ARRAYS_MAX)
        return PyErr_SetString(PyExc_TypeError, "too many instances of jitclasses"), -1;
    p->instances[p->instance_count++] = object;
    p->extents[p->extent_count++] = (wf_extent){block.lo, block.hi};
    snprintf(code, sizeof code, "J%ld;", self->class_);
    for (const char *c = code; *c; c++)
        if (wf_py_pack_take(p, *c) < 0) return -1;
    if (wf_py_pack_code(p, code, strlen(code)) < 0) return -1;
    return wf_py_pack_value(p, &self->address, 8, 8) < 0 ? -1 : 1;
}

/* ---- after a call ---- */

static store *store_at(const wf_py_packing *p, uint32_t i) { return ((instance *)p->instances[i])->store; }

/* What an instance that was passed reaches now. */
static int settle_one(wf_py_packing *p, instance *self) {
    store *s = self->store;
    if (p->heap && !wf_pf_heap_move(p->heap, s->heap, self->address)) return PyErr_NoMemory(), -1;
    for (uint32_t i = 0; i < p->host_count; i++) {
        PyObject *owner = wf_py_used(p, i)->view.obj;
        wf_extent e = wf_py_used(p, i)->extent;
        if (owner && e.lo != e.hi && wf_pf_heap_reaches(s->heap, self->address, e.lo, e.hi) &&
            keep(s, owner) < 0)
            return -1;
    }
    for (uint32_t i = 0; i < p->instance_count; i++) {
        instance *other = (instance *)p->instances[i];
        if (other->store != s &&
            wf_pf_heap_reaches(s->heap, self->address, other->address, other->address + 1) &&
            keep(s, (PyObject *)other->store) < 0)
            return -1;
    }
    return 0;
}

int wf_py_instances_settle(wf_py_packing *p) {
    for (uint32_t i = 0; i < p->instance_count; i++)
        if (settle_one(p, (instance *)p->instances[i]) < 0) return -1;
    for (uint32_t i = 0; i < p->instance_count; i++) {
        store *s = store_at(p, i);
        if (*(int64_t *)(void *)s->heap) wf_pf_heap_sweep(s->heap, 0, s->roots, s->root_count);
    }
    return 0;
}

/* The store among those of the call in whose heap the address lies; borrowed. */
static store *store_of(wf_py_asker *asker, uint64_t address) {
    wf_pf_block block;
    wf_py_packing *p = asker->arguments;
    for (uint32_t i = 0; i < p->instance_count; i++)
        if (wf_pf_heap_find(store_at(p, i)->heap, address, &block)) return store_at(p, i);
    store *made = (store *)asker->store;
    if (made && wf_pf_heap_find(made->heap, address, &block)) return made;
    for (uint32_t i = 0; i < p->instance_count; i++) { /* one that an instance keeps */
        PyObject *kept = store_at(p, i)->kept;
        for (Py_ssize_t k = 0; kept && k < PyList_GET_SIZE(kept); k++) {
            PyObject *one = PyList_GET_ITEM(kept, k);
            if (Py_IS_TYPE(one, store_type) && wf_pf_heap_find(((store *)one)->heap, address, &block))
                return (store *)one;
        }
    }
    return NULL;
}

PyObject *wf_py_store_holding(wf_py_asker *asker, uint64_t address, wf_pf_block *block) {
    store *s = store_of(asker, address);
    if (!s || !wf_pf_heap_find(s->heap, address, block) || add_root(s, block->lo) < 0) return NULL;
    return Py_NewRef((PyObject *)s);
}

/* A result moves into a store of its own before anything else is boxed. */
int wf_py_instance_result(wf_py_asker *asker, uint64_t address) {
    wf_py_packing *p = asker->arguments;
    if (!address || store_of(asker, address)) return 0;
    if (!asker->store && !(asker->store = (PyObject *)store_new())) return -1;
    store *s = (store *)asker->store;
    if (!p->heap || !wf_pf_heap_move(p->heap, s->heap, address)) return PyErr_NoMemory(), -1;
    for (uint32_t i = 0; i < p->host_count; i++) {
        wf_extent e = wf_py_used(p, i)->extent;
        if (wf_py_used(p, i)->view.obj && e.lo != e.hi && wf_pf_heap_reaches(s->heap, address, e.lo, e.hi) &&
            keep(s, wf_py_used(p, i)->view.obj) < 0)
            return -1;
    }
    for (uint32_t i = 0; i < p->instance_count; i++) {
        instance *other = (instance *)p->instances[i];
        if (wf_pf_heap_reaches(s->heap, address, other->address, other->address + 1) &&
            keep(s, (PyObject *)other->store) < 0)
            return -1;
    }
    return 0;
}

PyObject *wf_py_box_instance(wf_py_asker *asker, long class_, uint64_t address) {
    if (!asker)
        return PyErr_Format(PyExc_TypeError, "an instance of a jitclass cannot be handed to Python here");
    for (uint32_t i = 0; i < asker->arguments->instance_count; i++) {
        instance *given = (instance *)asker->arguments->instances[i];
        if (given->address == address) return Py_NewRef((PyObject *)given);
    }
    store *s = store_of(asker, address);
    if (!s) return PyErr_Format(PyExc_SystemError, "an instance of a jitclass whose memory is gone");
    return instance_new(asker, class_, s, address);
}

/* ---- types ---- */

static PyType_Slot store_slots[] = {
    {Py_tp_dealloc, store_dealloc},
    {Py_tp_traverse, store_traverse},
    {Py_tp_clear, store_clear},
    {0, NULL},
};
static PyType_Spec store_spec = {"weft._core.Store", sizeof(store), 0,
                                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                 store_slots};
static PyMemberDef instance_members[] = {
    {"__weaklistoffset__", T_PYSSIZET, offsetof(instance, weaklist), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyGetSetDef instance_getset[] = {
    {"_wf_address", instance_address, NULL, NULL, NULL},
    {"_wf_class", instance_class, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyType_Slot instance_slots[] = {
    {Py_tp_dealloc, instance_dealloc}, {Py_tp_traverse, instance_traverse}, {Py_tp_clear, instance_clear},
    {Py_tp_members, instance_members}, {Py_tp_getset, instance_getset},     {0, NULL},
};
static PyType_Spec instance_spec = {"weft._core.Instance", sizeof(instance), 0,
                                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                                    instance_slots};

int wf_py_add_instances(PyObject *module) {
    if (wf_py_add_type(module, &store_spec, &store_type) < 0) return -1;
    return wf_py_add_type(module, &instance_spec, &instance_type);
}
