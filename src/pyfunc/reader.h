/* pyfunc/reader.h: what the extension asks of the reader. Needs Python.h, so only src/python/ includes it. */
#ifndef WF_PYFUNC_READER_H
#define WF_PYFUNC_READER_H
#include <Python.h>
#include "pyfunc/pyfunc.h"

/* Reads the function described by `source` (weft._pysource.Function) and all that it calls. NULL with a
 * Python exception set. With the interpreter's lock held. */
wf_pf_module *wf_pf_read(PyObject *source);
/* One more function into the module, with what it calls; NULL with an exception. */
const struct wf_pf_function *wf_pf_read_more(wf_pf_module *module, PyObject *source);
/* The sources of all functions that were read into it, a list; borrowed. */
PyObject *wf_pf_module_queue(const wf_pf_module *module);
/* The constant that an object is to compiled code. NULL with an exception. */
const struct wf_pf_value *wf_pf_read_value(wf_pf_module *module, PyObject *source, PyObject *object);

/* Answers the compiler's questions (wf_pf_hooks) by `self._resolve(callee, name, arguments)`. `calls` gets a
 * row for each call of Python: (callable, codes of the arguments, code of the result). */
typedef struct wf_pf_resolver {
    wf_pf_hooks hooks;
    PyObject *self, *calls; /* borrowed; calls is a list */
} wf_pf_resolver;
void wf_pf_resolver_init(wf_pf_resolver *resolver, PyObject *self, PyObject *calls);
#endif
