/* pyfunc/resolver.c: the compiler's questions (wf_pf_hooks), put to Python.
 *
 * What the compiler has no rule for (numpy.unique, a method of a list, an object that the user registered
 * with numba.extending) is described to `self._resolve` in terms of Python: the callee, and each argument as
 * (keyword or None, code of its type or None, is it a constant, the constant). Answers:
 *
 *     ("function", source, (0, 2))            compile it, and call it with arguments 0 and 2
 *     ("python", callable, code, (0, 1))      call it at run time; the result has this type
 *     ("foreign", owner, address, "dl>d", (0, 1))   call the C function there; the owner keeps it
 *     ("value", object)                       the call is a constant
 *     ("error", text)
 *     None                                    it is not known */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include "pyfunc/reader.h"
#include "pyfunc/pyast.h"
#include <string.h>

/* A new reference to the Python object that a constant is. */
static PyObject *object_of(const wf_pf_value *v) {
    if (v->object) return Py_NewRef((PyObject *)v->object);
    switch (v->kind) {
    case WF_PF_V_BOOL: return PyBool_FromLong(v->i != 0);
    case WF_PF_V_INT:
        return v->unsigned_ ? PyLong_FromUnsignedLongLong((uint64_t)v->i) : PyLong_FromLongLong(v->i);
    case WF_PF_V_FLOAT: return PyFloat_FromDouble(v->f);
    case WF_PF_V_COMPLEX: return PyComplex_FromDoubles(v->f, v->g);
    case WF_PF_V_STR: return PyUnicode_DecodeUTF8(v->text, (Py_ssize_t)v->length, "replace");
    case WF_PF_V_TUPLE: {
        PyObject *tuple = PyTuple_New(v->count);
        for (uint32_t i = 0; tuple && i < v->count; i++) {
            PyObject *item = object_of(&v->items[i]);
            if (item) PyTuple_SET_ITEM(tuple, i, item);
            else Py_CLEAR(tuple);
        }
        return tuple;
    }
    case WF_PF_V_NONE: Py_RETURN_NONE;
    case WF_PF_V_ELLIPSIS: return Py_NewRef(Py_Ellipsis);
    default: return Py_BuildValue("(sz)", v->kind == WF_PF_V_DTYPE ? "dtype" : "call", v->text);
    }
}

static PyObject *argument_row(const wf_pf_argument *a) {
    PyObject *known = a->known ? object_of(a->known) : Py_NewRef(Py_None);
    if (!known) return NULL;
    return Py_BuildValue("(zzNN)", a->keyword, a->code, PyBool_FromLong(a->known != NULL), known);
}

static const char *kept_text(wf_pf_module *m, PyObject *text) {
    Py_ssize_t length;
    const char *data = PyUnicode_AsUTF8AndSize(text, &length);
    return data ? wf_arena_strndup(&m->arena, data, (size_t)length) : NULL;
}

static int chosen_args(wf_pf_module *m, PyObject *tuple, uint32_t count, wf_pf_answer *answer) {
    Py_ssize_t n = PyTuple_Check(tuple) ? PyTuple_GET_SIZE(tuple) : -1;
    if (n < 0) return 0;
    uint32_t *args = WF_NEW_ARRAY(&m->arena, uint32_t, n + 1);
    for (Py_ssize_t i = 0; i < n; i++) {
        long k = PyLong_AsLong(PyTuple_GET_ITEM(tuple, i));
        if (k < 0 || (uint32_t)k >= count) return 0;
        args[i] = (uint32_t)k;
    }
    answer->args = args;
    answer->arg_count = (uint32_t)n;
    return 1;
}

/* The row of this call in the list; made when it is new. */
static int row_of(PyObject *calls, PyObject *callable, PyObject *codes, PyObject *code, uint32_t *index) {
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(calls); i++) {
        PyObject *row = PyList_GET_ITEM(calls, i);
        if (PyTuple_GET_ITEM(row, 0) == callable && PyUnicode_Compare(PyTuple_GET_ITEM(row, 1), codes) == 0 &&
            PyUnicode_Compare(PyTuple_GET_ITEM(row, 2), code) == 0) {
            *index = (uint32_t)i;
            return 1;
        }
    }
    PyObject *row = PyTuple_Pack(3, callable, codes, code);
    *index = (uint32_t)PyList_GET_SIZE(calls);
    int good = row && PyList_Append(calls, row) == 0;
    Py_XDECREF(row);
    return good;
}

static int answer_python(wf_pf_resolver *r, wf_pf_module *m, PyObject *said, const wf_pf_argument *args,
                         uint32_t count, wf_pf_answer *answer) {
    if (PyTuple_GET_SIZE(said) != 4 || !chosen_args(m, PyTuple_GET_ITEM(said, 3), count, answer)) return 0;
    wf_text codes;
    wf_text_init(&codes, &m->arena);
    wf_text_puts(&codes, "");
    for (uint32_t i = 0; i < answer->arg_count; i++) {
        if (!args[answer->args[i]].code) return 0;
        wf_text_puts(&codes, args[answer->args[i]].code);
    }
    PyObject *text = PyUnicode_FromString(codes.data ? codes.data : "");
    answer->kind = WF_PF_PYTHON;
    answer->code = kept_text(m, PyTuple_GET_ITEM(said, 2));
    int good = text && answer->code &&
               row_of(r->calls, PyTuple_GET_ITEM(said, 1), text, PyTuple_GET_ITEM(said, 2), &answer->index);
    Py_XDECREF(text);
    return good;
}

static int answer_foreign(wf_pf_resolver *r, wf_pf_module *m, PyObject *said, uint32_t count,
                          wf_pf_answer *answer) {
    if (PyTuple_GET_SIZE(said) != 5 || !chosen_args(m, PyTuple_GET_ITEM(said, 4), count, answer)) return 0;
    PyObject *mark = PyUnicode_FromString("C");
    answer->kind = WF_PF_FOREIGN;
    answer->code = kept_text(m, PyTuple_GET_ITEM(said, 3));
    int good = mark && answer->code && PyList_Append(m->kept, PyTuple_GET_ITEM(said, 1)) == 0 &&
               row_of(r->calls, PyTuple_GET_ITEM(said, 2), mark, PyTuple_GET_ITEM(said, 3), &answer->index);
    Py_XDECREF(mark);
    return good;
}

static int read_answer(wf_pf_resolver *r, wf_pf_module *m, PyObject *said, const wf_pf_argument *args,
                       uint32_t count, wf_pf_answer *answer) {
    if (said == Py_None) return 1;
    const char *what = PyTuple_Check(said) && PyTuple_GET_SIZE(said) > 1
                           ? PyUnicode_AsUTF8(PyTuple_GET_ITEM(said, 0))
                           : NULL;
    if (!what) return 0;
    PyObject *detail = PyTuple_GET_ITEM(said, 1);
    if (!strcmp(what, "python")) return answer_python(r, m, said, args, count, answer);
    if (!strcmp(what, "foreign")) return answer_foreign(r, m, said, count, answer);
    if (!strcmp(what, "function")) {
        answer->kind = WF_PF_COMPILE;
        answer->function = wf_pf_read_more(m, detail);
        return answer->function && PyList_Append(m->kept, detail) == 0 && PyTuple_GET_SIZE(said) == 3 &&
               chosen_args(m, PyTuple_GET_ITEM(said, 2), count, answer);
    }
    if (!strcmp(what, "value")) {
        PyObject *source = PyObject_CallMethod(r->self, "_source", NULL);
        answer->kind = WF_PF_CONSTANT;
        answer->value = source ? wf_pf_read_value(m, source, detail) : NULL;
        Py_XDECREF(source);
        return answer->value && PyList_Append(m->kept, detail) == 0;
    }
    if (!strcmp(what, "error")) {
        answer->kind = WF_PF_REFUSE;
        return (answer->text = kept_text(m, detail)) != NULL;
    }
    return 0;
}

static int resolve(void *user, wf_pf_module *m, const wf_pf_value *callee, const char *name,
                   const wf_pf_argument *args, uint32_t count, wf_pf_answer *answer) {
    wf_pf_resolver *r = user;
    memset(answer, 0, sizeof *answer);
    PyObject *list = args ? PyList_New(0) : Py_NewRef(Py_None), *object = NULL, *said = NULL;
    for (uint32_t i = 0; list && args && i < count; i++) {
        PyObject *row = argument_row(&args[i]);
        if (!row || PyList_Append(list, row) < 0) Py_CLEAR(list);
        Py_XDECREF(row);
    }
    if (list && callee && callee->kind == WF_PF_V_FUNCTION && !callee->object)
        object = Py_NewRef(PyList_GET_ITEM((PyObject *)m->queue, callee->function->index));
    else if (list) object = callee ? object_of(callee) : Py_NewRef(Py_None);
    if (object) said = PyObject_CallMethod(r->self, "_resolve", "OzO", object, name, list);
    int good = said && read_answer(r, m, said, args, count, answer);
    if (said && !good && !PyErr_Occurred())
        PyErr_Format(PyExc_SystemError, "the resolver's answer for %R cannot be used: %R", object, said);
    Py_XDECREF(said);
    Py_XDECREF(object);
    Py_XDECREF(list);
    return good;
}

/* self._class_fields(number) → "name:code;…" */
static const char *fields(void *user, wf_pf_module *m, uint32_t class_) {
    wf_pf_resolver *r = user;
    PyObject *text = PyObject_CallMethod(r->self, "_class_fields", "I", (unsigned)class_);
    const char *kept = text ? kept_text(m, text) : NULL;
    if (!kept) PyErr_Clear();
    Py_XDECREF(text);
    return kept;
}

void wf_pf_resolver_init(wf_pf_resolver *resolver, PyObject *self, PyObject *calls) {
    resolver->hooks.user = resolver;
    resolver->hooks.resolve = resolve;
    resolver->hooks.fields = fields;
    resolver->self = self;
    resolver->calls = calls;
}
