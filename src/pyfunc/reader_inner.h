/* pyfunc/reader_inner.h: what reader.c (expressions and statements) and reader_module.c (functions, the door)
 * share. */
#ifndef WF_PYFUNC_READER_INNER_H
#define WF_PYFUNC_READER_INNER_H
#include "pyfunc/pyast.h"
#include "pyfunc/reader.h"

typedef struct reader {
    wf_pf_module *module;
    wf_pf_function *function;
    PyObject *source; /* of the function being read; borrowed */
    PyObject *seen;   /* dict: id(source) → index of the function */
    PyObject *queue;  /* list of sources; [i] is function i */
    PyObject *locals; /* dict: name → index */
    long line_shift;
    int depth;        /* of the expression or statement, against hostile nesting */
    int failed;       /* a Python exception is set */
    const char *near; /* the name that was meant perhaps, of the last one that a module did not have */
    const void *near_node;
    PyObject *error
        [3]; /* the exception that ended the reading, kept aside: what is still asked of Python must find none */
} reader;

PyObject *wf__field(reader *r, PyObject *node, const char *name);
long wf__int_field(reader *r, PyObject *node, const char *name);
const char *wf__copy_text(reader *r, PyObject *text);
wf_place wf__place_of(reader *r, PyObject *node);
const wf_pf_value *wf__value_function(reader *r, PyObject *source);
const wf_pf_value *wf__read_value(reader *r, PyObject *object, int classify);
wf_pf_expr *wf__read_expr(reader *r, PyObject *node);
wf_pf_stmt *wf__new_stmt(reader *r, wf_pf_stmt_kind kind, PyObject *node);
wf_pf_stmt *wf__read_body(reader *r, PyObject *list);
#endif
