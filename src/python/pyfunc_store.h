/* python/pyfunc_store.h: memory of compiled functions that outlives the call that made it. See
 * pyfunc_store.c. */
#ifndef WF_PYTHON_PYFUNC_STORE_H
#define WF_PYTHON_PYFUNC_STORE_H
#include "python/pyfunc.h"

typedef struct wf_py_store wf_py_store;

/* What Python has of a store: an address that must live. */
typedef struct wf_py_root {
    struct wf_py_root *next, *before; /* a ring, with the store's own as its head */
    wf_py_store *store;               /* a reference; NULL: the root is not set */
    uint64_t address;
} wf_py_root;

struct wf_py_store {
    PyObject_HEAD wf_pf_heap *heap;
    wf_py_root roots;  /* the ring's head */
    PyObject *kept;    /* list of owners of memory that is pointed into and lies elsewhere, or NULL */
    wf_py_store *into; /* another one has all that was in it, or NULL */
    uint32_t busy;     /* calls that run on it */
};

/* An object that Python has of what lies in a store: an instance of a jitclass, a typed list or dict. */
typedef struct wf_py_held {
    PyObject_HEAD wf_py_root root;
    PyObject *weaklist;
    uint64_t end;        /* of the record at root.address */
    PyObject *code;      /* bytes: the code of its type; NULL while the type is not known */
    int links;           /* it may hold addresses of other objects, arrays or texts */
    uint32_t strides[2]; /* of a list's items; of a dict's keys and values */
    uint32_t key_length; /* of a dict's code: the key's part */
} wf_py_held;

wf_py_store *wf_py_store_new(void);
wf_py_store *wf_py_root_store(wf_py_root *root); /* borrowed; the one that has its memory now */
void wf_py_root_set(wf_py_root *root, wf_py_store *store, uint64_t address);
void wf_py_root_clear(wf_py_root *root);
/* One store of two, as one points into the other. -1 with an exception. */
int wf_py_store_merge(wf_py_store *a, wf_py_store *b);
/* The memory between lo and hi, which the store points into, lives as long as something reaches it. */
int wf_py_store_keep(wf_py_store *s, PyObject *owner, uint64_t lo, uint64_t hi);
/* Frees what nothing reaches, when it is time and nobody runs on it. */
void wf_py_store_sweep(wf_py_store *s);
/* What packing an argument found beside the heap it was packed into: arrays, objects of other stores. */
int wf_py_store_take(wf_py_store *s, wf_py_packing *p);
/* An object that keeps an address of a store. */
PyObject *wf_py_pin_new(wf_py_store *s, uint64_t address);
/* The root of one, NULL: it is none. */
wf_py_root *wf_py_pin_root(PyObject *object);

/* pyfunc_box.c: the block and what keeps it, if it is a HostMemory. */
int wf_py_host_memory_parts(PyObject *object, uint64_t *lo, uint64_t *hi, PyObject **owner);

/* pyfunc_instance.c */
extern PyTypeObject *wf_py_held_type;
int wf_py_held_set(wf_py_held *h, wf_py_store *s, uint64_t address, uint64_t end, const char *code);
PyObject *wf_py_held_box(wf_py_asker *asker, const char *code, uint64_t address); /* a container */
/* pyfunc_item.c: one value in the memory of a held object: an item of a container, a field of an instance. */
typedef struct wf_py_item {
    const char *code; /* of its type; `length` letters */
    Py_ssize_t length;
    uint64_t bytes;
} wf_py_item;
/* Between these two the object's store is not swept: what was read of it, or is about to go into it, stays. */
void wf_py_held_busy(wf_py_held *h);
void wf_py_held_free(wf_py_held *h);
/* inside: an item of a typed container, in which lists are such containers too. */
PyObject *wf_py_item_object(wf_py_held *h, const wf_py_item *item, const unsigned char *data, int inside);
/* The bytes of a value that goes into the object, which is busy until it is there: 1; 0: a value of another
 * type; -1: exception, a TypeError where the value does not fit. */
int wf_py_item_is_plain(const wf_py_item *item); /* a number or a text */
int wf_py_item_pack(wf_py_held *h, const wf_py_item *item, PyObject *value, unsigned char *out);
/* pyfunc_held.c */
PyObject *wf_py_typed_attribute(const char *name); /* of weft._typed */
PyTypeObject *wf_py_held_class(char letter);       /* weft._typed.List or Dict, borrowed */
#endif
