/* python/memory.h: the Memory object, as arg.c, copy.c and memory.c see it. */
#ifndef WF_PYTHON_MEMORY_H
#define WF_PYTHON_MEMORY_H
#include "python/arg.h"

typedef enum wf_py_life {
    WF_LIFE_OWNED,    /* freed with the object */
    WF_LIFE_FREED,    /* by hand; any further use is an error */
    WF_LIFE_BORROWED, /* inside something that `owner` keeps alive */
} wf_py_life;

/* Who filled a piece of memory from the host the last time, and with what: so that a kernel that takes it for
 * something else can name the line. */
typedef struct wf_py_filled {
    wf_py_elements elements;
    wf_py_place place; /* holds a reference to the code */
} wf_py_filled;

typedef struct wf_py_memory {
    PyObject_HEAD wf_address address;
    size_t size;
    wf_context *context; /* retained */
    wf_py_life life;
    PyObject *owner;    /* or NULL */
    Py_ssize_t exports; /* buffers given out (CPU): it is not freed under them */
    wf_py_filled filled;
} wf_py_memory;

static inline int wf_py_is_memory(PyObject *object) { return PyObject_TypeCheck(object, wf_py->memory_type); }
/* -1 with an exception when it was freed. */
int wf_py_memory_alive(const wf_py_memory *memory);
/* Takes the place's reference over. */
void wf_py_memory_filled(wf_py_memory *memory, wf_py_elements elements, wf_py_place place);
/* Memory that someone else frees. */
PyObject *wf_py_memory_borrowed(wf_address address, size_t size, wf_context *context, PyObject *owner);
#endif
