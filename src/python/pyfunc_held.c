/* python/pyfunc_held.c: what Python does with the items of a typed list or dict (weft._core.HeldList,
 * HeldDict).
 *
 * They lie in memory as compiled code has them; the code of their type says how. An item that is read is boxed
 * as a result of a function is, one that is written is packed as an argument is, straight into the store
 * (pyfunc_item.c). The classes that users see are in weft/_typed.py. */
#include "python/held_table.h"
#include "python/pyfunc_store.h"

static PyTypeObject *list_type, *dict_type;

/* ---- what Python knows of it ---- */

PyObject *wf_py_typed_attribute(const char *name) {
    PyObject *module = PyImport_ImportModule("weft._typed");
    PyObject *found = module ? PyObject_GetAttrString(module, name) : NULL;
    Py_XDECREF(module);
    return found;
}

PyTypeObject *wf_py_held_class(char letter) {
    static PyObject *classes[2];
    PyObject **class = &classes[letter == 'M'];
    if (!*class) *class = wf_py_typed_attribute(letter == 'M' ? "Dict" : "List");
    return (PyTypeObject *)*class;
}

/* ---- items ---- */

/* The code of the items, or of a dict's keys (0) and values (1). */
static const char *code_of(wf_py_held *h, int which, Py_ssize_t *length) {
    const char *code = PyBytes_AS_STRING(h->code) + 1, *end = code + PyBytes_GET_SIZE(h->code) - 1;
    if (code[-1] == 'M') {
        const char *value = code + h->key_length;
        if (which) code = value;
        else end = value;
    }
    *length = end - code;
    return code;
}

/* No sweep of its store until let_go(): what was read of it, or is about to go into it, stays. */
static void hold(wf_py_held *h) { wf_py_held_busy(h); }
static void let_go(wf_py_held *h) { wf_py_held_free(h); }

static PyObject *item_object(wf_py_held *h, int which, const unsigned char *data) {
    Py_ssize_t length;
    const char *code = code_of(h, which, &length);
    wf_py_item item = {code, length, h->strides[which]};
    return wf_py_item_object(h, &item, data, 1);
}

/* A TypeError says which type was wanted. */
static int refused(PyObject *value, const char *code, Py_ssize_t length) {
    if (PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_TypeError)) return -1;
    PyErr_Clear();
    PyObject *refuse = wf_py_typed_attribute("refuse");
    PyObject *done = refuse ? PyObject_CallFunction(refuse, "Os#", value, code, length) : NULL;
    Py_XDECREF(refuse);
    Py_XDECREF(done);
    return -1;
}

/* The bytes of a value that goes into the object; the caller holds its store (`busy`) until it is there. */
static int pack_item(wf_py_held *h, int which, PyObject *value, unsigned char *out) {
    Py_ssize_t length;
    const char *code = code_of(h, which, &length);
    wf_py_item item = {code, length, h->strides[which]};
    int packed = wf_py_item_pack(h, &item, value, out);
    return packed > 0 ? 0 : refused(value, code, length);
}

/* After _typed_by(), which gave `done`. Another thread's first item may have been quicker. */
static int typed_now(PyObject *self, PyObject *done) {
    Py_XDECREF(done);
    if (((wf_py_held *)self)->root.store) return PyErr_Clear(), 0;
    if (done) PyErr_SetString(PyExc_TypeError, "invalid operation on a typed container without a type");
    return -1;
}

static int traced(wf_py_held *h, int which) {
    Py_ssize_t length;
    const char *code = code_of(h, which, &length);
    for (Py_ssize_t i = 0; i < length; i++)
        if (strchr("[MSJUAR{", code[i])) return 1;
    return 0;
}

/* ---- lists ---- */

static wf_pf_list *list_of(wf_py_held *h) { return (wf_pf_list *)(uintptr_t)h->root.address; }

static Py_ssize_t list_length(PyObject *self) {
    wf_py_held *h = (wf_py_held *)self;
    return h->root.store ? (Py_ssize_t)list_of(h)->length : 0;
}

static unsigned char *list_place(wf_py_held *h, Py_ssize_t i) {
    return (unsigned char *)(uintptr_t)list_of(h)->data + (uint64_t)i * h->strides[0];
}

/* 0 … length - 1, or -1 with an exception. */
static Py_ssize_t index_in(PyObject *self, PyObject *index, const char *text) {
    Py_ssize_t i = PyNumber_AsSsize_t(index, PyExc_IndexError), n = list_length(self);
    if (i == -1 && PyErr_Occurred()) return -1;
    if (i < 0) i += n;
    if (i >= 0 && i < n) return i;
    PyErr_SetString(PyExc_IndexError, text);
    return -1;
}

static PyObject *list_subscript(PyObject *self, PyObject *index) {
    if (PySlice_Check(index)) return PyObject_CallMethod(self, "_slice", "O", index);
    if (!PyIndex_Check(index))
        return PyErr_Format(PyExc_TypeError, "list indices must be integers or slices, not %s",
                            Py_TYPE(index)->tp_name);
    Py_ssize_t i = index_in(self, index, "list index out of range");
    return i < 0 ? NULL : item_object((wf_py_held *)self, 0, list_place((wf_py_held *)self, i));
}

static int list_put(wf_py_held *h, Py_ssize_t i, PyObject *value) {
    _Alignas(16) unsigned char out[PARAMS_MAX];
    hold(h);
    int bad = pack_item(h, 0, value, out) < 0;
    if (!bad && i >= list_of(h)->length) { /* Python ran meanwhile */
        PyErr_SetString(PyExc_IndexError, "list assignment index out of range");
        bad = 1;
    }
    if (!bad) memcpy(list_place(h, i), out, h->strides[0]);
    let_go(h);
    return bad ? -1 : 0;
}

static void list_remove(wf_py_held *h, Py_ssize_t i) {
    wf_pf_list *list = list_of(h);
    memmove(list_place(h, i), list_place(h, i + 1), (uint64_t)(list->length - 1 - i) * h->strides[0]);
    list->length--;
}

static int list_assign(PyObject *self, PyObject *index, PyObject *value) {
    wf_py_held *h = (wf_py_held *)self;
    if (PySlice_Check(index)) {
        PyObject *done = value ? PyObject_CallMethod(self, "_set_slice", "OO", index, value)
                               : PyObject_CallMethod(self, "_delete_slice", "O", index);
        Py_XDECREF(done);
        return done ? 0 : -1;
    }
    if (!PyIndex_Check(index)) {
        PyErr_Format(PyExc_TypeError, "list indices must be integers or slices, not %s",
                     Py_TYPE(index)->tp_name);
        return -1;
    }
    Py_ssize_t i = index_in(self, index, "list assignment index out of range");
    if (i < 0) return -1;
    if (value) return list_put(h, i, value);
    list_remove(h, i);
    return 0;
}

/* Puts the bytes of an item before the i-th. */
static int list_put_in(wf_py_held *h, Py_ssize_t i, const unsigned char *item) {
    wf_pf_list *list = list_of(h);
    wf_py_store *s = wf_py_root_store(&h->root);
    if (i > list->length) i = (Py_ssize_t)list->length;
    if (list->length == list->capacity && !wf_pf_list_grow(s->heap, list, h->strides[0], traced(h, 0)))
        return PyErr_NoMemory(), -1;
    memmove(list_place(h, i + 1), list_place(h, i), (uint64_t)(list->length - i) * h->strides[0]);
    memcpy(list_place(h, i), item, h->strides[0]);
    list->length++;
    return 0;
}

static int list_insert_at(wf_py_held *h, Py_ssize_t i, PyObject *value) {
    _Alignas(16) unsigned char out[PARAMS_MAX];
    hold(h);
    int bad = pack_item(h, 0, value, out) < 0 || list_put_in(h, i, out) < 0;
    let_go(h);
    return bad ? -1 : 0;
}

/* The first item says the type. */
static int list_typed_by(PyObject *self, PyObject *value) {
    if (((wf_py_held *)self)->root.store) return 0;
    return typed_now(self, PyObject_CallMethod(self, "_typed_by", "(O)", value));
}

static PyObject *list_append(PyObject *self, PyObject *value) {
    if (list_typed_by(self, value) < 0 || list_insert_at((wf_py_held *)self, PY_SSIZE_T_MAX, value) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *list_insert(PyObject *self, PyObject *args) {
    Py_ssize_t i;
    PyObject *value;
    if (!PyArg_ParseTuple(args, "nO:insert", &i, &value) || list_typed_by(self, value) < 0) return NULL;
    Py_ssize_t n = list_length(self);
    if (i < 0) i = i + n < 0 ? 0 : i + n;
    if (list_insert_at((wf_py_held *)self, i, value) < 0) return NULL;
    Py_RETURN_NONE;
}

/* Taken out first: another thread that takes one out while Python makes this one's object gets another. */
static PyObject *list_take(wf_py_held *h, Py_ssize_t i) {
    _Alignas(16) unsigned char bytes[PARAMS_MAX];
    PyObject *type, *value, *trace;
    hold(h);
    memcpy(bytes, list_place(h, i), h->strides[0]);
    list_remove(h, i);
    PyObject *item = item_object(h, 0, bytes);
    if (!item) { /* it stays where it was */
        PyErr_Fetch(&type, &value, &trace);
        if (list_put_in(h, i, bytes) < 0) PyErr_Clear();
        PyErr_Restore(type, value, trace);
    }
    let_go(h);
    return item;
}

static PyObject *list_pop(PyObject *self, PyObject *args) {
    PyObject *index = NULL;
    if (!PyArg_ParseTuple(args, "|O:pop", &index)) return NULL;
    if (!list_length(self)) return PyErr_Format(PyExc_IndexError, "pop from empty list");
    Py_ssize_t i = index ? index_in(self, index, "pop index out of range") : list_length(self) - 1;
    return i < 0 ? NULL : list_take((wf_py_held *)self, i);
}

static PyObject *list_clear(PyObject *self, PyObject *unused) {
    (void)unused;
    if (((wf_py_held *)self)->root.store) list_of((wf_py_held *)self)->length = 0;
    Py_RETURN_NONE;
}

/* _items() → a plain list of what is in it */
static PyObject *list_items(PyObject *self, PyObject *unused) {
    (void)unused;
    PyObject *made = PyList_New(0);
    for (Py_ssize_t i = 0; made && i < list_length(self); i++) {
        PyObject *item = item_object((wf_py_held *)self, 0, list_place((wf_py_held *)self, i));
        if (!item || PyList_Append(made, item) < 0) Py_CLEAR(made);
        Py_XDECREF(item);
    }
    return made;
}

/* Its type is said once: what runs meanwhile relies on it. */
static int may_begin(wf_py_held *h, char letter, const char *code) {
    const char *kind = letter == 'M' ? "dict" : "list";
    if (*code != letter) PyErr_Format(PyExc_TypeError, "a typed %s needs the type of a %s", kind, kind);
    else if (h->root.store) PyErr_Format(PyExc_TypeError, "the type of this typed %s is known already", kind);
    else return 1;
    return 0;
}

/* _begin(code, room): an empty one of this type, in a store of its own */
static PyObject *list_begin(PyObject *self, PyObject *args) {
    wf_py_held *h = (wf_py_held *)self;
    const char *code;
    Py_ssize_t room = 0;
    if (!PyArg_ParseTuple(args, "s|n:_begin", &code, &room) || !may_begin(h, '[', code)) return NULL;
    wf_py_store *s = wf_py_store_new();
    wf_pf_list *list = s ? wf_pf_heap_alloc(s->heap, sizeof *list, 1) : NULL;
    if (s && !list) PyErr_NoMemory();
    int bad = !list || wf_py_held_set(h, s, (uintptr_t)list, (uintptr_t)(list + 1), code) < 0;
    if (!bad) list->typed = 1;
    if (!bad && room > 0) {
        void *data = (uint64_t)room < (uint64_t)1 << 40
                         ? wf_pf_heap_alloc(s->heap, (uint64_t)room * h->strides[0], traced(h, 0))
                         : NULL;
        if (data) list->data = (uintptr_t)data, list->capacity = room;
        else bad = (PyErr_NoMemory(), 1);
    }
    Py_XDECREF((PyObject *)s);
    if (bad) return NULL;
    Py_RETURN_NONE;
}

static PyObject *list_allocated(PyObject *self, PyObject *unused) {
    wf_py_held *h = (wf_py_held *)self;
    (void)unused;
    return PyLong_FromLongLong(h->root.store ? list_of(h)->capacity : 0);
}

/* ---- dicts ---- */

static wf_py_dict *dict_of(wf_py_held *h) { return (wf_py_dict *)(uintptr_t)h->root.address; }

static Py_ssize_t dict_length(PyObject *self) {
    wf_py_held *h = (wf_py_held *)self;
    return h->root.store ? (Py_ssize_t)dict_of(h)->used : 0;
}

static wf_py_table table_of(wf_py_held *h) {
    Py_ssize_t length;
    return (wf_py_table){wf_py_root_store(&h->root)->heap,
                         dict_of(h),
                         code_of(h, 0, &length),
                         h->strides[0],
                         h->strides[1],
                         traced(h, 0),
                         traced(h, 1)};
}

/* 1: its keys are hashed here; 0: by compiled functions (weft/_typed.py). */
static int hashes(wf_py_held *h) {
    Py_ssize_t length;
    return wf_py_table_hashes(code_of(h, 0, &length));
}

/* The entry of a key; -1: there is none; -2: exception. What the key needed goes with the next sweep, which
 * may run Python: the caller, who holds the object, is done with the entry before it lets go. */
static int64_t dict_find(wf_py_held *h, PyObject *key) {
    _Alignas(16) unsigned char out[PARAMS_MAX];
    if (pack_item(h, 0, key, out) < 0) return -2;
    wf_py_table t = table_of(h);
    int64_t i = wf_py_table_find(&t, out);
    if (i == -2) PyErr_NoMemory();
    return i;
}

static const unsigned char *entry_place(wf_py_held *h, int which, int64_t entry) {
    const wf_pf_list *list = which ? dict_of(h)->values : dict_of(h)->keys;
    return (const unsigned char *)(uintptr_t)list->data + (uint64_t)entry * h->strides[which];
}

static PyObject *entry_part(wf_py_held *h, int which, int64_t entry) {
    return item_object(h, which, entry_place(h, which, entry));
}

/* The value of a key, or `otherwise`; with none, KeyError. */
static PyObject *dict_value(wf_py_held *h, PyObject *key, PyObject *otherwise) {
    hold(h);
    int64_t i = dict_find(h, key);
    PyObject *value = i >= 0 ? entry_part(h, 1, i) : i == -1 ? Py_XNewRef(otherwise) : NULL;
    if (i == -1 && !otherwise) PyErr_SetObject(PyExc_KeyError, key);
    let_go(h);
    return value;
}

static PyObject *dict_subscript(PyObject *self, PyObject *key) {
    wf_py_held *h = (wf_py_held *)self;
    if (!h->root.store) {
        PyErr_SetObject(PyExc_KeyError, key);
        return NULL;
    }
    return hashes(h) ? dict_value(h, key, NULL) : PyObject_CallMethod(self, "_compiled_get", "(O)", key);
}

static int dict_put(wf_py_held *h, PyObject *key, PyObject *value) {
    _Alignas(16) unsigned char out[PARAMS_MAX], other[PARAMS_MAX];
    hold(h);
    int bad = pack_item(h, 0, key, out) < 0 || pack_item(h, 1, value, other) < 0;
    if (!bad) {
        wf_py_table t = table_of(h);
        if (!wf_py_table_set(&t, out, other)) bad = (PyErr_NoMemory(), 1);
    }
    let_go(h);
    return bad ? -1 : 0;
}

static int dict_delete(wf_py_held *h, PyObject *key) {
    hold(h);
    int64_t i = dict_find(h, key);
    wf_py_table t = table_of(h);
    if (i >= 0) wf_py_table_delete(&t, i);
    if (i == -1) PyErr_SetObject(PyExc_KeyError, key);
    let_go(h);
    return i < 0 ? -1 : 0;
}

static int dict_assign(PyObject *self, PyObject *key, PyObject *value) {
    wf_py_held *h = (wf_py_held *)self;
    PyObject *done = Py_None;
    if (!h->root.store && value) {
        done = PyObject_CallMethod(self, "_typed_by", "OO", key, value);
        if (typed_now(self, done) < 0) return -1;
    }
    if (!h->root.store) {
        PyErr_SetObject(PyExc_KeyError, key);
        return -1;
    }
    if (hashes(h)) return value ? dict_put(h, key, value) : dict_delete(h, key);
    done = value ? PyObject_CallMethod(self, "_compiled_set", "OO", key, value)
                 : PyObject_CallMethod(self, "_compiled_delete", "(O)", key);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

static int dict_contains(PyObject *self, PyObject *key) {
    wf_py_held *h = (wf_py_held *)self;
    if (!h->root.store) return 0;
    if (hashes(h)) {
        hold(h);
        int64_t i = dict_find(h, key);
        let_go(h);
        return i == -2 ? -1 : i >= 0;
    }
    PyObject *found = PyObject_CallMethod(self, "_compiled_in", "(O)", key);
    int is = found ? PyObject_IsTrue(found) : -1;
    Py_XDECREF(found);
    return is;
}

static PyObject *dict_get(PyObject *self, PyObject *args) {
    wf_py_held *h = (wf_py_held *)self;
    PyObject *key, *otherwise = Py_None;
    if (!PyArg_ParseTuple(args, "O|O:get", &key, &otherwise)) return NULL;
    if (!h->root.store) return Py_NewRef(otherwise);
    if (!hashes(h)) {
        int is = dict_contains(self, key);
        return is < 0 ? NULL : is ? dict_subscript(self, key) : Py_NewRef(otherwise);
    }
    return dict_value(h, key, otherwise);
}

/* which: 0 keys, 1 values, 2 pairs. */
static PyObject *dict_parts(PyObject *self, int which) {
    wf_py_held *h = (wf_py_held *)self;
    PyObject *made = PyList_New(0);
    for (int64_t i = 0; made && h->root.store && i < dict_of(h)->keys->length; i++) {
        if (!wf_py_table_lives(dict_of(h), i)) continue;
        int64_t version = dict_of(h)->version;
        PyObject *one = entry_part(h, which == 1, i);
        if (one && which == 2 && dict_of(h)->version != version) { /* by what Python ran to make the key */
            PyErr_SetString(PyExc_RuntimeError, "dictionary changed while its items were read");
            Py_CLEAR(one);
        }
        if (one && which == 2) {
            PyObject *value = entry_part(h, 1, i), *pair = value ? PyTuple_Pack(2, one, value) : NULL;
            Py_XDECREF(value);
            Py_SETREF(one, pair);
        }
        if (!one || PyList_Append(made, one) < 0) Py_CLEAR(made);
        Py_XDECREF(one);
    }
    return made;
}
static PyObject *dict_keys(PyObject *self, PyObject *unused) { return (void)unused, dict_parts(self, 0); }
static PyObject *dict_values(PyObject *self, PyObject *unused) { return (void)unused, dict_parts(self, 1); }
static PyObject *dict_items(PyObject *self, PyObject *unused) { return (void)unused, dict_parts(self, 2); }

/* As list_take(). */
static PyObject *dict_take(wf_py_held *h, int64_t i) {
    _Alignas(16) unsigned char bytes[2][PARAMS_MAX];
    PyObject *type, *error, *trace;
    hold(h);
    for (int which = 0; which < 2; which++) memcpy(bytes[which], entry_place(h, which, i), h->strides[which]);
    wf_py_table t = table_of(h);
    wf_py_table_delete(&t, i);
    PyObject *key = item_object(h, 0, bytes[0]), *value = key ? item_object(h, 1, bytes[1]) : NULL,
             *pair = value ? PyTuple_Pack(2, key, value) : NULL;
    Py_XDECREF(key);
    Py_XDECREF(value);
    if (!pair) {
        PyErr_Fetch(&type, &error, &trace);
        t = table_of(h);
        wf_py_table_set(&t, bytes[0], bytes[1]);
        PyErr_Restore(type, error, trace);
    }
    let_go(h);
    return pair;
}

static PyObject *dict_popitem(PyObject *self, PyObject *unused) {
    wf_py_held *h = (wf_py_held *)self;
    (void)unused;
    if (!dict_length(self)) return PyErr_Format(PyExc_KeyError, "popitem(): dictionary is empty");
    if (!hashes(h)) return PyObject_CallMethod(self, "_compiled_popitem", NULL);
    wf_py_table t = table_of(h);
    int64_t i = wf_py_table_last(&t);
    return i < 0 ? PyErr_NoMemory() : dict_take(h, i);
}

static PyObject *dict_clear(PyObject *self, PyObject *unused) {
    (void)unused;
    if (((wf_py_held *)self)->root.store) {
        wf_py_table t = table_of((wf_py_held *)self);
        wf_py_table_clear(&t);
    }
    Py_RETURN_NONE;
}

/* _begin(code): an empty one of this type, in a store of its own */
static PyObject *dict_begin(PyObject *self, PyObject *args) {
    const char *code;
    if (!PyArg_ParseTuple(args, "s:_begin", &code) || !may_begin((wf_py_held *)self, 'M', code)) return NULL;
    wf_py_store *s = wf_py_store_new();
    wf_py_dict *d = s ? wf_pf_heap_alloc(s->heap, sizeof *d, 1) : NULL;
    wf_pf_list *lists[4] = {NULL};
    int good = d != NULL;
    for (int i = 0; good && i < 4; i++)
        good = (lists[i] = wf_pf_heap_alloc(s->heap, sizeof **lists, 1)) != NULL;
    if (good) *d = (wf_py_dict){lists[0], lists[1], lists[2], lists[3], 0, 0};
    else if (s) PyErr_NoMemory();
    good = good && wf_py_held_set((wf_py_held *)self, s, (uintptr_t)d, (uintptr_t)(d + 1), code) == 0;
    Py_XDECREF((PyObject *)s);
    if (!good) return NULL;
    Py_RETURN_NONE;
}

/* ---- types ---- */

static PyMethodDef list_methods[] = {
    {"append", list_append, METH_O, "Adds an item at the end; of a list without a type, it says it."},
    {"insert", list_insert, METH_VARARGS, "Puts an item before this index."},
    {"pop", list_pop, METH_VARARGS, "Takes the last item out, or the one at this index."},
    {"clear", list_clear, METH_NOARGS, "Takes all items out."},
    {"_items", list_items, METH_NOARGS, NULL},
    {"_begin", list_begin, METH_VARARGS, NULL},
    {"_allocated", list_allocated, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot list_slots[] = {
    {Py_tp_methods, list_methods},     {Py_mp_length, list_length},        {Py_sq_length, list_length},
    {Py_mp_subscript, list_subscript}, {Py_mp_ass_subscript, list_assign}, {0, NULL},
};
static PyType_Spec list_spec = {"weft._core.HeldList", sizeof(wf_py_held), 0,
                                Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_SEQUENCE, list_slots};
static PyMethodDef dict_methods[] = {
    {"get", dict_get, METH_VARARGS, "The value of a key, or the default."},
    {"popitem", dict_popitem, METH_NOARGS, "Takes the pair out that was put in last."},
    {"clear", dict_clear, METH_NOARGS, "Takes all pairs out."},
    {"_keys", dict_keys, METH_NOARGS, NULL},
    {"_values", dict_values, METH_NOARGS, NULL},
    {"_items", dict_items, METH_NOARGS, NULL},
    {"_begin", dict_begin, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot dict_slots[] = {
    {Py_tp_methods, dict_methods},     {Py_mp_length, dict_length},        {Py_sq_contains, dict_contains},
    {Py_mp_subscript, dict_subscript}, {Py_mp_ass_subscript, dict_assign}, {0, NULL},
};
static PyType_Spec dict_spec = {"weft._core.HeldDict", sizeof(wf_py_held), 0,
                                Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_MAPPING, dict_slots};

static PyTypeObject *add_type(PyObject *module, PyType_Spec *spec) {
    PyObject *type = PyType_FromModuleAndSpec(module, spec, (PyObject *)wf_py_held_type);
    if (type && PyModule_AddType(module, (PyTypeObject *)type) < 0) Py_CLEAR(type);
    return (PyTypeObject *)type;
}

int wf_py_add_held(PyObject *module) {
    return (list_type = add_type(module, &list_spec)) && (dict_type = add_type(module, &dict_spec)) ? 0 : -1;
}
