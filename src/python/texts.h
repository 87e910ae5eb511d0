/* python/texts.h: sequences of str as arrays of C strings. */
#ifndef WF_PYTHON_TEXTS_H
#define WF_PYTHON_TEXTS_H
#include "python/state.h"

/* A sequence of str as an array of UTF-8 texts, which the tuple `keep` keeps alive. -1 with an exception. */
typedef struct wf_py_texts {
    PyObject *keep;
    const char **items;
    uint32_t count;
} wf_py_texts;

static inline int wf_py_texts_of(PyObject *sequence, wf_py_texts *t) {
    if (!sequence || sequence == Py_None) return 0;
    t->keep = PySequence_Tuple(sequence);
    if (!t->keep) return -1;
    t->count = (uint32_t)PyTuple_GET_SIZE(t->keep);
    t->items = PyMem_Calloc(t->count + 1, sizeof(char *));
    for (uint32_t i = 0; t->items && i < t->count; i++)
        if (!(t->items[i] = PyUnicode_AsUTF8(PyTuple_GET_ITEM(t->keep, i)))) return -1;
    if (t->items) return 0;
    PyErr_NoMemory();
    return -1;
}

static inline void wf_py_texts_free(wf_py_texts *t) {
    Py_XDECREF(t->keep);
    PyMem_Free(t->items);
}
#endif
