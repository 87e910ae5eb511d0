/* python/held_table.h: a dict of compiled functions, searched and changed from outside. See held_table.c. */
#ifndef WF_PYTHON_HELD_TABLE_H
#define WF_PYTHON_HELD_TABLE_H
#include "python/pyfunc.h"

typedef struct wf_py_table {
    wf_pf_heap *heap;
    wf_py_dict *dict;
    const char *key; /* the code of a key; more may follow it */
    uint32_t key_stride, value_stride;
    int key_traced, value_traced; /* they hold addresses */
} wf_py_table;

int wf_py_table_hashes(const char *key);                            /* keys of this type can be hashed here */
int64_t wf_py_table_find(wf_py_table *t, const unsigned char *key); /* the entry; -1: none; -2: no memory */
int wf_py_table_set(wf_py_table *t, const unsigned char *key, const unsigned char *value); /* 0: no memory */
void wf_py_table_delete(wf_py_table *t, int64_t entry);
int64_t wf_py_table_last(wf_py_table *t); /* the entry that popitem() takes; -1: none; -2: no memory */
void wf_py_table_clear(wf_py_table *t);
/* Whether this entry was not deleted. */
static inline int wf_py_table_lives(const wf_py_dict *d, int64_t entry) {
    const int64_t *hashes = (const int64_t *)(uintptr_t)d->hashes->data;
    return entry >= d->hashes->length || hashes[entry] >= 0;
}
#endif
