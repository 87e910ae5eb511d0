/* pyfunc/reader.h: what the extension asks of the reader. Needs Python.h, so only src/python/ includes it. */
#ifndef WF_PYFUNC_READER_H
#define WF_PYFUNC_READER_H
#include <Python.h>
#include "pyfunc/pyfunc.h"

/* Reads the function described by `source` (weft._pysource.Function) and all that it calls. NULL with a
 * Python exception set. With the interpreter's lock held. */
wf_pf_module *wf_pf_read(PyObject *source);
#endif
