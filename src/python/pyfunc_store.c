/* python/pyfunc_store.c: memory of compiled functions that outlives the call that made it.
 *
 * Inside compiled code an instance of a jitclass, a list and a dict are addresses of records (pyfunc/objects.c,
 * lists.c). What Python gets of these moves from the heap of the call into a store, a heap that the Python
 * object keeps, with everything that can be reached from it. Objects that point to each other share a store: when one
 * comes to point into another's store, both become one (the smaller one's blocks move; who had it finds the other
 * by way of `into`). So what is alive in a store follows from its own roots alone: the addresses that Python
 * has. A store is swept when as much was made as survived the last time, and no call runs on it. Arrays of the
 * caller's that are pointed into are blocks of the store whose owner is let go when nothing reaches them. */
#include "python/pyfunc_store.h"
#include "base/memory.h"

static PyTypeObject *store_type, *pin_type;

typedef struct pin {
    PyObject_HEAD wf_py_root root;
} pin;

/* ---- stores ---- */

static int store_traverse(PyObject *object, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((wf_py_store *)object)->kept);
    Py_VISIT((PyObject *)((wf_py_store *)object)->into);
    return 0;
}

static int store_clear(PyObject *object) {
    Py_CLEAR(((wf_py_store *)object)->kept);
    return 0; /* not `into`: it is a way to memory that is in use, and no circle goes through it */
}

static void store_dealloc(PyObject *object) {
    wf_py_store *self = (wf_py_store *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    wf_pf_heap_free(self->heap);
    Py_XDECREF(self->kept);
    Py_XDECREF((PyObject *)self->into);
    type->tp_free(object);
    Py_DECREF(type);
}

wf_py_store *wf_py_store_new(void) {
    wf_py_store *s = (wf_py_store *)store_type->tp_alloc(store_type, 0);
    if (!s) return NULL;
    s->roots.next = s->roots.before = &s->roots;
    if (!(s->heap = wf_pf_heap_new())) {
        Py_DECREF(s);
        return (wf_py_store *)PyErr_NoMemory();
    }
    return s;
}

static wf_py_store *newest(wf_py_store *s) {
    while (s->into) s = s->into;
    return s;
}

/* ---- roots ---- */

wf_py_store *wf_py_root_store(wf_py_root *root) {
    wf_py_store *s = root->store;
    if (!s || !s->into) return s;
    wf_py_store *now = newest(s);
    root->store = (wf_py_store *)Py_NewRef((PyObject *)now);
    Py_DECREF((PyObject *)s);
    return now;
}

void wf_py_root_clear(wf_py_root *root) {
    wf_py_store *s = root->store;
    if (!s) return;
    root->next->before = root->before;
    root->before->next = root->next;
    root->store = NULL;
    Py_DECREF((PyObject *)s);
}

void wf_py_root_set(wf_py_root *root, wf_py_store *store, uint64_t address) {
    wf_py_root_clear(root);
    root->store = (wf_py_store *)Py_NewRef((PyObject *)store);
    root->address = address;
    root->next = store->roots.next;
    root->before = &store->roots;
    root->next->before = root->before->next = root;
}

/* ---- two become one ---- */

static void splice_roots(wf_py_store *from, wf_py_store *to) {
    if (from->roots.next == &from->roots) return;
    from->roots.next->before = &to->roots;
    from->roots.before->next = to->roots.next;
    to->roots.next->before = from->roots.before;
    to->roots.next = from->roots.next;
    from->roots.next = from->roots.before = &from->roots;
}

static int keep_object(wf_py_store *s, PyObject *owner) {
    if (!s->kept && !(s->kept = PyList_New(0))) return -1;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(s->kept);
         i++) /* the same one: arrays have an == of their own */
        if (PyList_GET_ITEM(s->kept, i) == owner) return 0;
    return PyList_Append(s->kept, owner);
}

int wf_py_store_merge(wf_py_store *a, wf_py_store *b) {
    wf_py_store *from = newest(a), *to = newest(b);
    if (from == to) return 0;
    if (wf_pf_heap_mark(from->heap) > wf_pf_heap_mark(to->heap)) {
        wf_py_store *other = from;
        from = to;
        to = other;
    }
    for (Py_ssize_t i = 0; from->kept && i < PyList_GET_SIZE(from->kept); i++)
        if (keep_object(to, PyList_GET_ITEM(from->kept, i)) < 0) return -1;
    if (!wf_pf_heap_join(from->heap, to->heap)) return PyErr_NoMemory(), -1;
    splice_roots(from, to);
    Py_CLEAR(from->kept);
    to->busy += from->busy;
    from->into = (wf_py_store *)Py_NewRef((PyObject *)to);
    return 0;
}

/* ---- what lies elsewhere ---- */

/* While a store is swept: what it lets go, for an object that goes may run Python, which may use the store. */
static _Thread_local PyObject *going;

static void drop_owner(void *owner) {
    if (going && PyList_Append(going, (PyObject *)owner) < 0) PyErr_Clear();
    Py_DECREF((PyObject *)owner);
}

/* The array that has the memory of a view, or the object that the last array of them has it from. A class
 * derived from NumPy's may answer for `base` what nobody else keeps. */
static PyObject *base_of(PyObject *array, uint64_t *lo, uint64_t *hi) {
    Py_INCREF(array);
    for (int depth = 0; depth < 100; depth++) {
        PyObject *base = PyObject_GetAttrString(array, "base");
        if (!base) PyErr_Clear();
        if (!base || base == Py_None) {
            Py_XDECREF(base);
            break;
        }
        Py_SETREF(array, base);
        if (!PyObject_TypeCheck(base, wf_py_numpy_array)) return base;
    }
    Py_buffer view;
    if (PyObject_GetBuffer(array, &view, PyBUF_ANY_CONTIGUOUS) < 0) return PyErr_Clear(), array;
    *lo = (uintptr_t)view.buf;
    *hi = *lo + (uint64_t)view.len;
    PyBuffer_Release(&view);
    return array;
}

/* A block of the store whose owner goes when nothing reaches it; 0: it meets another block, so it must not be
 * one. */
static int adopt(wf_py_store *s, PyObject *owner, uint64_t lo, uint64_t hi) {
    wf_pf_block block;
    if (wf_pf_heap_find(s->heap, lo, &block)) return block.drop && block.owner == owner && block.hi >= hi;
    if (wf_pf_heap_find(s->heap, hi, &block) || hi <= lo) return 0;
    if (!wf_pf_heap_adopt(s->heap, lo, hi, drop_owner, owner)) return 0;
    Py_INCREF(owner);
    return 1;
}

int wf_py_store_keep(wf_py_store *s, PyObject *owner, uint64_t lo, uint64_t hi) {
    wf_pf_block block;
    PyObject *inner = NULL;
    wf_py_root *root = NULL;
    uint64_t first = 0, last = 0;
    int is_array = PyObject_TypeCheck(owner, wf_py_numpy_array), bad = 0;
    s = newest(s);
    if (wf_pf_heap_find(s->heap, lo, &block) && !block.drop && hi <= block.hi) return 0; /* its own */
    PyObject *base = is_array ? base_of(owner, &first, &last) : Py_NewRef(owner); /* it may run Python */
    if (wf_py_host_memory_parts(base, &first, &last, &inner)) root = inner ? wf_py_pin_root(inner) : NULL;
    else if (!is_array) first = last = 0;
    s = newest(s);
    if (root) bad = wf_py_store_merge(s, wf_py_root_store(root)) < 0;
    else if (first > lo || hi > last || !adopt(s, base, first, last)) bad = keep_object(s, owner) < 0;
    Py_DECREF(base);
    return bad ? -1 : 0;
}

int wf_py_store_take(wf_py_store *s, wf_py_packing *p) {
    for (uint32_t i = 0; i < p->host_count; i++) {
        PyObject *owner = wf_py_used(p, i)->view.obj;
        wf_extent e = wf_py_used(p, i)->extent;
        if (owner && wf_py_store_keep(s, owner, e.lo, e.hi) < 0) return -1;
    }
    for (uint32_t i = 0; i < p->instance_count; i++)
        if (wf_py_store_merge(s, wf_py_root_store(&p->instances[i]->root)) < 0) return -1;
    for (Py_ssize_t i = 0; p->keep && i < PyList_GET_SIZE(p->keep); i++)
        if (keep_object(newest(s), PyList_GET_ITEM(p->keep, i)) < 0) return -1;
    return 0;
}

/* ---- sweeping ---- */

void wf_py_store_sweep(wf_py_store *s) {
    uint64_t count = 0;
    if (!s || s->into || s->busy || !wf_pf_heap_is_due(s->heap)) return;
    for (wf_py_root *r = s->roots.next; r != &s->roots; r = r->next) count++;
    uint64_t *addresses = wf_malloc((count + 1) * sizeof *addresses);
    if (!addresses) return; /* later, perhaps */
    count = 0;
    for (wf_py_root *r = s->roots.next; r != &s->roots; r = r->next) addresses[count++] = r->address;
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyObject *gone = going = PyList_New(0);
    wf_pf_heap_sweep(s->heap, 0, addresses, count, NULL, 0);
    going = NULL;
    wf_free(addresses);
    Py_XDECREF(gone);
    PyErr_Restore(type, value, trace);
}

/* ---- pins ---- */

PyObject *wf_py_pin_new(wf_py_store *s, uint64_t address) {
    pin *made = (pin *)pin_type->tp_alloc(pin_type, 0);
    if (made) wf_py_root_set(&made->root, s, address);
    return (PyObject *)made;
}

wf_py_root *wf_py_pin_root(PyObject *object) {
    return Py_IS_TYPE(object, pin_type) ? &((pin *)object)->root : NULL;
}

static void pin_dealloc(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    wf_py_root_clear(&((pin *)object)->root);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyType_Slot store_slots[] = {
    {Py_tp_dealloc, store_dealloc},
    {Py_tp_traverse, store_traverse},
    {Py_tp_clear, store_clear},
    {0, NULL},
};
static PyType_Spec store_spec = {"weft._core.Store", sizeof(wf_py_store), 0,
                                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                 store_slots};
static PyType_Slot pin_slots[] = {
    {Py_tp_dealloc, pin_dealloc},
    {0, NULL},
};
static PyType_Spec pin_spec = {"weft._core.Pin", sizeof(pin), 0,
                               Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, pin_slots};

int wf_py_add_stores(PyObject *module) {
    if (wf_py_add_type(module, &store_spec, &store_type) < 0) return -1;
    return wf_py_add_type(module, &pin_spec, &pin_type);
}
