/* pyfunc/reader.c: the `ast` tree of a function, taken over into C structs.
 *
 * The Python side (weft/_pysource.py) found the source, parsed it and knows the function's globals and cells;
 * it hands us one object for each function with
 * - node: the FunctionDef or Lambda; name, filename
 * - text, first_line: the source as the user wrote it, indentation included
 * - shift: how many lines the parser saw before text (1 when indented source was put into a block)
 * - locals: names bound by the function, its parameters first
 * - defaults: a tuple with one entry for each parameter: () or (value,)
 * - known: names that a misspelt one may have meant
 * - lookup(name): the object, or NameError
 * - classify(object): what kind of constant it is: ("call", "math.sin"), ("dtype", "f"), ("function", source),
 *   ("array", code, bytes, shape), ("number", code, value), ("module", name), ("other", text)
 *
 * A chain such as `cuda.atomic.add` is walked here, at reading time, as long as its root is not a local.
 * Functions that are called are read after the one that calls them, each once.
 *
 * Anything that Python accepts becomes a node: what we cannot compile is UNSUPPORTED with its name and is
 * told later, with its place, by the same path as all other errors. Only Python's own failures (no memory)
 * end the reading. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include "pyfunc/reader_inner.h"
#include "base/memory.h"
#include <string.h>

enum { DEPTH_MAX = 200 };

const char *const wf_pf_op_text[WF_PF_OP_COUNT] = {
#define X(name, text) text,
    WF_PF_OPERATORS(X)
#undef X
};

/* ---- small helpers over Python objects -------------------------------------------------------------------
 */

static const char *node_class(PyObject *node) {
    const char *name = Py_TYPE(node)->tp_name, *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

static int is_class(PyObject *node, const char *name) { return strcmp(node_class(node), name) == 0; }

/* The field of a node, borrowed: the tree keeps it alive while we read. NULL when missing (an exception is
 * set). */
PyObject *wf__field(reader *r, PyObject *node, const char *name) {
    PyObject *value = PyObject_GetAttrString(node, name);
    if (!value) {
        r->failed = 1;
        return NULL;
    }
    Py_DECREF(value);
    return value;
}

long wf__int_field(reader *r, PyObject *node, const char *name) {
    PyObject *value = wf__field(r, node, name);
    if (!value || !PyLong_Check(value)) return 0;
    return PyLong_AsLong(value);
}

/* A file's name may hold bytes that are no text (surrogates): they are shown as question marks. */
static const char *copy_odd_text(reader *r, PyObject *text) {
    PyErr_Clear();
    PyObject *bytes = PyUnicode_AsEncodedString(text, "utf-8", "replace");
    const char *copy = NULL;
    if (bytes)
        copy = wf_arena_strndup(&r->module->arena, PyBytes_AS_STRING(bytes), (size_t)PyBytes_GET_SIZE(bytes));
    Py_XDECREF(bytes);
    return copy;
}

const char *wf__copy_text(reader *r, PyObject *text) {
    Py_ssize_t length;
    const char *data = text ? PyUnicode_AsUTF8AndSize(text, &length) : NULL;
    if (!data && text && PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) {
        const char *odd = copy_odd_text(r, text);
        if (odd) return odd;
    }
    if (!data) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_SystemError, "a name was expected in the syntax tree");
        r->failed = 1;
        return "?";
    }
    return wf_arena_strndup(&r->module->arena, data, (size_t)length);
}

wf_place wf__place_of(reader *r, PyObject *node) {
    long line = wf__int_field(r, node, "lineno") - r->line_shift,
         column = wf__int_field(r, node, "col_offset");
    long end_line = wf__int_field(r, node, "end_lineno") - r->line_shift,
         end = wf__int_field(r, node, "end_col_offset");
    wf_place at = {r->function->file, 1, (uint32_t)line, (uint32_t)column + 1};
    if (end_line == line && end > column) at.length = (uint16_t)(end - column > 60000 ? 60000 : end - column);
    return at;
}

/* ---- constants --------------------------------------------------------------------------------------------
 */

static wf_pf_value *new_value(reader *r, wf_pf_value_kind kind) {
    wf_pf_value *value = WF_NEW(&r->module->arena, wf_pf_value);
    value->kind = kind;
    return value;
}

static wf_pf_value *value_other(reader *r, const char *text) {
    wf_pf_value *value = new_value(r, WF_PF_V_OTHER);
    value->text = wf_arena_strdup(&r->module->arena, text);
    return value;
}

static const wf_pf_value *value_int(reader *r, PyObject *object) {
    int overflow = 0;
    wf_pf_value *value = new_value(r, WF_PF_V_INT);
    value->i = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (!overflow) return value;
    unsigned long long big = PyLong_AsUnsignedLongLong(object);
    if (PyErr_Occurred()) {
        PyErr_Clear();
        return value_other(r, "an integer of more than 64 bits");
    }
    value->i = (int64_t)big;
    value->unsigned_ = 1;
    return value;
}

static const wf_pf_value *value_tuple(reader *r, PyObject *tuple) {
    wf_pf_value *value = new_value(r, WF_PF_V_TUPLE);
    value->count = (uint32_t)PyTuple_GET_SIZE(tuple);
    wf_pf_value *items = WF_NEW_ARRAY(&r->module->arena, wf_pf_value, value->count + 1);
    for (uint32_t i = 0; i < value->count && !r->failed; i++) {
        const wf_pf_value *item = wf__read_value(r, PyTuple_GET_ITEM(tuple, i), 1);
        if (item) items[i] = *item;
    }
    value->items = items;
    return value;
}

/* A function to be read later: its place in the module is known now. */
const wf_pf_value *wf__value_function(reader *r, PyObject *source) {
    wf_pf_value *value = new_value(r, WF_PF_V_FUNCTION);
    PyObject *key = PyLong_FromVoidPtr(source);
    PyObject *index = key ? PyDict_GetItemWithError(r->seen, key) : NULL;
    if (index) {
        value->i = PyLong_AsLong(index);
    } else if (!PyErr_Occurred()) {
        value->i = PyList_GET_SIZE(r->queue);
        PyObject *number = PyLong_FromLongLong(value->i);
        if (!number || PyList_Append(r->queue, source) < 0 || PyDict_SetItem(r->seen, key, number) < 0)
            r->failed = 1;
        Py_XDECREF(number);
    }
    Py_XDECREF(key);
    if (PyErr_Occurred()) r->failed = 1;
    return value;
}

static const wf_pf_value *value_array(reader *r, PyObject *code, PyObject *bytes, PyObject *shape) {
    wf_pf_value *value = new_value(r, WF_PF_V_ARRAY);
    value->text = wf__copy_text(r, code);
    if (PyLong_Check(bytes)) { /* the address of a device array; shape: extents, then strides in elements */
        value->i = (int64_t)PyLong_AsUnsignedLongLong(bytes);
        const wf_pf_value *both = value_tuple(r, shape);
        value->items = both->items;
        value->count = both->count;
        return value;
    }
    value->length = (size_t)PyBytes_GET_SIZE(bytes);
    void *data = wf_arena_alloc(&r->module->arena, value->length + 1);
    memcpy(data, PyBytes_AS_STRING(bytes), value->length);
    value->data = data;
    const wf_pf_value *extents = value_tuple(r, shape);
    value->items = extents->items;
    value->count = extents->count;
    return value;
}

/* What classify() said. */
static const wf_pf_value *value_classified(reader *r, PyObject *answer) {
    if (!PyTuple_Check(answer) || PyTuple_GET_SIZE(answer) < 2) return value_other(r, "an object");
    const char *what = PyUnicode_AsUTF8(PyTuple_GET_ITEM(answer, 0));
    PyObject *detail = PyTuple_GET_ITEM(answer, 1);
    if (!what) return NULL;
    if (strcmp(what, "function") == 0) return wf__value_function(r, detail);
    if (strcmp(what, "array") == 0)
        return value_array(r, detail, PyTuple_GET_ITEM(answer, 2), PyTuple_GET_ITEM(answer, 3));
    if (strcmp(what, "number") == 0) {
        const wf_pf_value *plain = wf__read_value(r, PyTuple_GET_ITEM(answer, 2), 0);
        if (!plain) return NULL;
        wf_pf_value *typed = WF_NEW(&r->module->arena, wf_pf_value);
        *typed = *plain;
        typed->text = wf__copy_text(r, detail);
        return typed;
    }
    if (strcmp(what, "date") == 0) {
        wf_pf_value *date = new_value(r, WF_PF_V_DATE);
        date->text = wf__copy_text(r, detail);
        date->i = PyLong_AsLongLong(PyTuple_GET_ITEM(answer, 2));
        return date;
    }
    if (strcmp(what, "value") == 0) return wf__read_value(r, detail, 0);
    if (strcmp(what, "slice") == 0) {
        wf_pf_value *slice = WF_NEW(&r->module->arena, wf_pf_value);
        *slice = *value_tuple(r, detail);
        slice->text = "slice";
        return slice;
    }
    if (strcmp(what, "named") == 0) { /* a named tuple: its class's number, its items */
        wf_pf_value *named = WF_NEW(&r->module->arena, wf_pf_value);
        *named = *value_tuple(r, PyTuple_GET_ITEM(answer, 2));
        named->i = PyLong_AsLong(detail);
        return named;
    }
    wf_pf_value_kind kind = strcmp(what, "call") == 0     ? WF_PF_V_CALL
                            : strcmp(what, "dtype") == 0  ? WF_PF_V_DTYPE
                            : strcmp(what, "module") == 0 ? WF_PF_V_MODULE
                                                          : WF_PF_V_OTHER;
    wf_pf_value *value = new_value(r, kind);
    value->text = wf__copy_text(r, detail);
    if (kind == WF_PF_V_DTYPE) value->i = value->text[0];
    return value;
}

const wf_pf_value *wf__read_value(reader *r, PyObject *object, int classify) {
    wf_pf_value *value;
    if (object == Py_None) return new_value(r, WF_PF_V_NONE);
    if (object == Py_Ellipsis) {
        value = new_value(r, WF_PF_V_ELLIPSIS);
        value->text = "...";
        return value;
    }
    if (PyBool_Check(object)) {
        value = new_value(r, WF_PF_V_BOOL);
        value->i = object == Py_True;
        return value;
    }
    if (PyLong_CheckExact(object)) return value_int(r, object);
    if (PyFloat_CheckExact(object)) {
        value = new_value(r, WF_PF_V_FLOAT);
        value->f = PyFloat_AS_DOUBLE(object);
        return value;
    }
    if (PyComplex_CheckExact(object)) {
        value = new_value(r, WF_PF_V_COMPLEX);
        value->f = PyComplex_RealAsDouble(object);
        value->g = PyComplex_ImagAsDouble(object);
        return value;
    }
    if (PyUnicode_CheckExact(object)) {
        Py_ssize_t length;
        const char *text = PyUnicode_AsUTF8AndSize(object, &length);
        if (!text) {
            PyErr_Clear();
            return value_other(r, "a string that is not Unicode text");
        }
        value = new_value(r, WF_PF_V_STR);
        value->text = wf_arena_strndup(&r->module->arena, text, (size_t)length);
        value->length = (size_t)length;
        return value;
    }
    if (PyTuple_CheckExact(object)) return value_tuple(r, object);
    if (!classify) return value_other(r, Py_TYPE(object)->tp_name);
    /* "(O)": a tuple (a named one, say) would be taken for the list of arguments. */
    PyObject *answer = PyObject_CallMethod(r->source, "classify", "(O)", object);
    const wf_pf_value *known = answer ? value_classified(r, answer) : NULL;
    Py_XDECREF(answer);
    if (!known || PyList_Append(r->module->kept, object) < 0) {
        r->failed = 1;
        if (!r->error[0]) PyErr_Fetch(&r->error[0], &r->error[1], &r->error[2]);
        return new_value(r, WF_PF_V_NONE);
    }
    ((wf_pf_value *)known)->object = object;
    return known;
}

/* ---- expressions ------------------------------------------------------------------------------------------
 */

static wf_pf_expr *new_expr(reader *r, wf_pf_expr_kind kind, PyObject *node) {
    wf_pf_expr *e = WF_NEW(&r->module->arena, wf_pf_expr);
    e->kind = kind;
    e->number = r->function->expr_count++;
    e->at = wf__place_of(r, node);
    return e;
}

static wf_pf_expr *unsupported(reader *r, PyObject *node, const char *what) {
    wf_pf_expr *e = new_expr(r, WF_PF_UNSUPPORTED, node);
    e->text = what;
    return e;
}

static wf_pf_expr *constant(reader *r, PyObject *node, PyObject *object) {
    wf_pf_expr *e = new_expr(r, WF_PF_CONST, node);
    e->value = wf__read_value(r, object, 1);
    return e;
}

static long local_index(reader *r, PyObject *name) {
    PyObject *index = PyDict_GetItemWithError(r->locals, name);
    return index ? PyLong_AsLong(index) : -1;
}

/* A module has no such attribute: the one of its names that was meant perhaps. */
static void note_near(reader *r, PyObject *module, PyObject *name, PyObject *node) {
    PyErr_Clear();
    PyObject *near = name ? PyObject_CallMethod(r->source, "near", "OO", module, name) : NULL;
    if (near && near != Py_None) {
        r->near = wf__copy_text(r, near);
        r->near_node = node;
    }
    PyErr_Clear();
    Py_XDECREF(near);
}

/* The Python object that a name or a chain of attributes stands for, when its root is not a local; a new
 * reference, or NULL (never with an exception). *missing: the root is known, the name or attribute is not. */
static PyObject *outer_object(reader *r, PyObject *node, int *missing) {
    PyObject *found = NULL;
    if (r->failed) return NULL; /* its exception is kept: Python is not asked any more */
    if (is_class(node, "Name")) {
        PyObject *name = wf__field(r, node, "id");
        if (!name || local_index(r, name) >= 0) return NULL;
        found = PyObject_CallMethod(r->source, "lookup", "O", name);
    } else if (is_class(node, "Attribute")) {
        PyObject *inner = wf__field(r, node, "value");
        PyObject *base = inner ? outer_object(r, inner, missing) : NULL;
        if (!base) return NULL;
        PyObject *name = wf__field(r, node, "attr");
        found = name ? PyObject_CallMethod(r->source, "attribute", "OO", base, name) : NULL;
        if (!found && !*missing && PyModule_Check(base)) note_near(r, base, name, node);
        Py_DECREF(base);
    } else return NULL;
    if (!found && !r->failed) {
        *missing = 1;
        PyErr_Clear();
    }
    return found;
}

static wf_pf_expr *read_name(reader *r, PyObject *node) {
    int missing = 0;
    r->near = NULL;
    PyObject *object = outer_object(r, node, &missing);
    if (object) {
        wf_pf_expr *e = constant(r, node, object);
        Py_DECREF(object);
        e->text = is_class(node, "Name") ? wf__copy_text(r, wf__field(r, node, "id")) : NULL;
        return e;
    }
    if (is_class(node, "Attribute")) {
        wf_pf_expr *e = new_expr(r, WF_PF_ATTRIBUTE, node);
        e->text = wf__copy_text(r, wf__field(r, node, "attr"));
        if (r->near && r->near_node == node) {
            const char **near = WF_NEW_ARRAY(&r->module->arena, const char *, 1);
            near[0] = r->near;
            e->names = near;
        }
        e->a = wf__read_expr(r, wf__field(r, node, "value"));
        return e;
    }
    PyObject *name = wf__field(r, node, "id");
    wf_pf_expr *e = new_expr(r, missing ? WF_PF_UNBOUND : WF_PF_LOCAL, node);
    e->text = wf__copy_text(r, name);
    if (!missing) e->local = (uint32_t)local_index(r, name);
    return e;
}

static wf_pf_expr **read_list(reader *r, PyObject *list, uint32_t extra, uint32_t *count) {
    *count = list && PyList_Check(list) ? (uint32_t)PyList_GET_SIZE(list) : 0;
    wf_pf_expr **items = WF_NEW_ARRAY(&r->module->arena, wf_pf_expr *, *count + extra + 1);
    for (uint32_t i = 0; i < *count; i++) items[i] = wf__read_expr(r, PyList_GET_ITEM(list, i));
    return items;
}

static wf_pf_op read_op(PyObject *op) {
    static const struct {
        const char *name;
        wf_pf_op op;
    } ops[] = {
        {"Add", WF_PF_ADD},
        {"Sub", WF_PF_SUB},
        {"Mult", WF_PF_MUL},
        {"Div", WF_PF_DIV},
        {"FloorDiv", WF_PF_FLOORDIV},
        {"Mod", WF_PF_MOD},
        {"Pow", WF_PF_POW},
        {"MatMult", WF_PF_MATMUL},
        {"LShift", WF_PF_LSHIFT},
        {"RShift", WF_PF_RSHIFT},
        {"BitOr", WF_PF_OR},
        {"BitXor", WF_PF_XOR},
        {"BitAnd", WF_PF_AND},
        {"Lt", WF_PF_LT},
        {"LtE", WF_PF_LE},
        {"Gt", WF_PF_GT},
        {"GtE", WF_PF_GE},
        {"Eq", WF_PF_EQ},
        {"NotEq", WF_PF_NE},
        {"Is", WF_PF_IS},
        {"IsNot", WF_PF_IS_NOT},
        {"In", WF_PF_IN},
        {"NotIn", WF_PF_NOT_IN},
        {"USub", WF_PF_NEG},
        {"UAdd", WF_PF_POS},
        {"Invert", WF_PF_INVERT},
        {"Not", WF_PF_NOT},
        {"And", WF_PF_AND},
        {"Or", WF_PF_OR},
    };
    for (size_t i = 0; op && i < sizeof ops / sizeof *ops; i++)
        if (is_class(op, ops[i].name)) return ops[i].op;
    return WF_PF_ADD;
}

static wf_pf_expr *read_compare(reader *r, PyObject *node) {
    wf_pf_expr *e = new_expr(r, WF_PF_COMPARE, node);
    PyObject *rest = wf__field(r, node, "comparators"), *names = wf__field(r, node, "ops");
    uint32_t count = rest ? (uint32_t)PyList_GET_SIZE(rest) : 0;
    wf_pf_op *ops = WF_NEW_ARRAY(&r->module->arena, wf_pf_op, count + 1);
    e->items = WF_NEW_ARRAY(&r->module->arena, wf_pf_expr *, count + 1);
    e->items[0] = wf__read_expr(r, wf__field(r, node, "left"));
    for (uint32_t i = 0; i < count; i++) {
        ops[i] = read_op(PyList_GET_ITEM(names, i));
        e->items[i + 1] = wf__read_expr(r, PyList_GET_ITEM(rest, i));
    }
    e->ops = ops;
    e->count = count + 1;
    return e;
}

static wf_pf_expr *read_call(reader *r, PyObject *node) {
    wf_pf_expr *e = new_expr(r, WF_PF_CALL, node);
    e->a = wf__read_expr(r, wf__field(r, node, "func"));
    PyObject *keywords = wf__field(r, node, "keywords");
    uint32_t count, named = keywords ? (uint32_t)PyList_GET_SIZE(keywords) : 0;
    e->items = read_list(r, wf__field(r, node, "args"), named, &count);
    const char **names = WF_NEW_ARRAY(&r->module->arena, const char *, named + 1);
    for (uint32_t i = 0; i < named; i++) {
        PyObject *keyword = PyList_GET_ITEM(keywords, i), *name = wf__field(r, keyword, "arg");
        names[i] = name && name != Py_None ? wf__copy_text(r, name) : "**";
        e->items[count + i] = wf__read_expr(r, wf__field(r, keyword, "value"));
    }
    e->names = names;
    e->count = count + named;
    e->keyword_count = named;
    return e;
}

static wf_pf_expr *optional(reader *r, PyObject *node) {
    return !node || node == Py_None ? NULL : wf__read_expr(r, node);
}

static wf_pf_expr *read_children(reader *r, PyObject *node, wf_pf_expr_kind kind, const char *a,
                                 const char *b, const char *c) {
    wf_pf_expr *e = new_expr(r, kind, node);
    if (a) e->a = optional(r, wf__field(r, node, a));
    if (b) e->b = optional(r, wf__field(r, node, b));
    if (c) e->c = optional(r, wf__field(r, node, c));
    return e;
}

static wf_pf_expr *read_items(reader *r, PyObject *node, wf_pf_expr_kind kind, const char *name) {
    wf_pf_expr *e = new_expr(r, kind, node);
    e->items = read_list(r, wf__field(r, node, name), 0, &e->count);
    return e;
}

static void one_target(reader *r, wf_pf_stmt *s, PyObject *target);

/* The key and the value of a dict comprehension. */
static wf_pf_expr *read_pair(reader *r, PyObject *node) {
    wf_pf_expr *e = new_expr(r, WF_PF_TUPLE, node);
    e->items = WF_NEW_ARRAY(&r->module->arena, wf_pf_expr *, 2);
    e->items[0] = wf__read_expr(r, wf__field(r, node, "key"));
    e->items[1] = wf__read_expr(r, wf__field(r, node, "value"));
    e->count = 2;
    return e;
}

static wf_pf_expr *read_dict(reader *r, PyObject *node) {
    PyObject *keys = wf__field(r, node, "keys"), *values = wf__field(r, node, "values");
    uint32_t count = keys && values ? (uint32_t)PyList_GET_SIZE(keys) : 0;
    wf_pf_expr *e = new_expr(r, WF_PF_DICT, node);
    e->items = WF_NEW_ARRAY(&r->module->arena, wf_pf_expr *, count * 2 + 1);
    for (uint32_t i = 0; i < count; i++) {
        PyObject *key = PyList_GET_ITEM(keys, i);
        e->items[2 * i] = key == Py_None ? unsupported(r, node, "** in a dict") : wf__read_expr(r, key);
        e->items[2 * i + 1] = wf__read_expr(r, PyList_GET_ITEM(values, i));
    }
    e->count = count * 2;
    return e;
}

static wf_pf_expr *read_formatted(reader *r, PyObject *node) {
    wf_pf_expr *e = read_children(r, node, WF_PF_FORMATTED, "value", "format_spec", NULL);
    long conversion = wf__int_field(r, node, "conversion");
    e->local = conversion > 0 ? (uint32_t)conversion : 0;
    return e;
}

/* The clauses from number `at` on, as loops and tests around the element. */
static wf_pf_stmt *read_clauses(reader *r, PyObject *node, PyObject *clauses, Py_ssize_t at) {
    if (at == PyList_GET_SIZE(clauses)) {
        wf_pf_stmt *s = wf__new_stmt(r, WF_PF_COLLECT, node);
        s->value =
            is_class(node, "DictComp") ? read_pair(r, node) : wf__read_expr(r, wf__field(r, node, "elt"));
        return s;
    }
    PyObject *clause = PyList_GET_ITEM(clauses, at), *tests = wf__field(r, clause, "ifs");
    wf_pf_stmt *loop = wf__new_stmt(r, WF_PF_FOR, node), **inside = &loop->body;
    one_target(r, loop, wf__field(r, clause, "target"));
    loop->value = wf__read_expr(r, wf__field(r, clause, "iter"));
    for (Py_ssize_t i = 0; tests && i < PyList_GET_SIZE(tests); i++) {
        wf_pf_stmt *test = wf__new_stmt(r, WF_PF_IF, node);
        test->value = wf__read_expr(r, PyList_GET_ITEM(tests, i));
        *inside = test;
        inside = &test->body;
    }
    *inside = read_clauses(r, node, clauses, at + 1);
    return loop;
}

static wf_pf_expr *read_comprehension(reader *r, PyObject *node, wf_pf_expr_kind kind) {
    wf_pf_expr *e = new_expr(r, kind, node);
    PyObject *clauses = wf__field(r, node, "generators");
    if (clauses && PyList_Check(clauses)) e->body = read_clauses(r, node, clauses, 0);
    return e;
}

static wf_pf_expr *read_expr_kind(reader *r, PyObject *node) {
    const char *name = node_class(node);
    wf_pf_expr *e;
    if (!strcmp(name, "Name") || !strcmp(name, "Attribute")) return read_name(r, node);
    if (!strcmp(name, "Constant")) return constant(r, node, wf__field(r, node, "value"));
    if (!strcmp(name, "BinOp")) {
        e = read_children(r, node, WF_PF_BINARY, "left", "right", NULL);
        e->op = read_op(wf__field(r, node, "op"));
        return e;
    }
    if (!strcmp(name, "UnaryOp")) {
        e = read_children(r, node, WF_PF_UNARY, "operand", NULL, NULL);
        e->op = read_op(wf__field(r, node, "op"));
        return e;
    }
    if (!strcmp(name, "BoolOp")) {
        e = read_items(r, node, WF_PF_ANDOR, "values");
        e->op = read_op(wf__field(r, node, "op"));
        return e;
    }
    if (!strcmp(name, "Compare")) return read_compare(r, node);
    if (!strcmp(name, "Call")) return read_call(r, node);
    if (!strcmp(name, "Subscript")) return read_children(r, node, WF_PF_SUBSCRIPT, "value", "slice", NULL);
    if (!strcmp(name, "Slice")) return read_children(r, node, WF_PF_SLICE, "lower", "upper", "step");
    if (!strcmp(name, "Tuple")) return read_items(r, node, WF_PF_TUPLE, "elts");
    if (!strcmp(name, "List")) return read_items(r, node, WF_PF_LIST, "elts");
    if (!strcmp(name, "IfExp")) return read_children(r, node, WF_PF_IFEXP, "test", "body", "orelse");
    if (!strcmp(name, "Starred")) return read_children(r, node, WF_PF_STARRED, "value", NULL, NULL);
    if (!strcmp(name, "NamedExpr")) return read_children(r, node, WF_PF_WALRUS, "target", "value", NULL);
    if (!strcmp(name, "ListComp") || !strcmp(name, "GeneratorExp"))
        return read_comprehension(r, node, WF_PF_LISTCOMP);
    if (!strcmp(name, "SetComp")) return read_comprehension(r, node, WF_PF_SETCOMP);
    if (!strcmp(name, "DictComp")) return read_comprehension(r, node, WF_PF_DICTCOMP);
    if (!strcmp(name, "Dict")) return read_dict(r, node);
    if (!strcmp(name, "Set")) return read_items(r, node, WF_PF_SET, "elts");
    if (!strcmp(name, "JoinedStr")) return read_items(r, node, WF_PF_JOINED, "values");
    if (!strcmp(name, "FormattedValue")) return read_formatted(r, node);
    static const char *const words[][2] = {
        {"Lambda", "a lambda"},
        {"Await", "await"},
        {"Yield", "yield"},
        {"YieldFrom", "yield from"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(name, words[i][0])) return unsupported(r, node, words[i][1]);
    return unsupported(r, node, wf_arena_strdup(&r->module->arena, name));
}

wf_pf_expr *wf__read_expr(reader *r, PyObject *node) {
    if (!node || r->failed) { /* the reading ends; a node keeps the callers simple */
        r->failed = 1;
        wf_pf_expr *e = WF_NEW(&r->module->arena, wf_pf_expr);
        e->kind = WF_PF_UNSUPPORTED;
        e->text = "?";
        return e;
    }
    if (r->depth >= DEPTH_MAX) return unsupported(r, node, "an expression nested so deeply");
    r->depth++;
    wf_pf_expr *e = read_expr_kind(r, node);
    r->depth--;
    return e;
}

/* ---- statements -------------------------------------------------------------------------------------------
 */

wf_pf_stmt *wf__new_stmt(reader *r, wf_pf_stmt_kind kind, PyObject *node) {
    wf_pf_stmt *s = WF_NEW(&r->module->arena, wf_pf_stmt);
    s->kind = kind;
    s->at = wf__place_of(r, node);
    return s;
}

static wf_pf_stmt *stmt_unsupported(reader *r, PyObject *node, const char *what) {
    wf_pf_stmt *s = wf__new_stmt(r, WF_PF_STMT_UNSUPPORTED, node);
    s->text = what;
    return s;
}

static void one_target(reader *r, wf_pf_stmt *s, PyObject *target) {
    s->targets = WF_NEW_ARRAY(&r->module->arena, wf_pf_expr *, 1);
    s->targets[0] = wf__read_expr(r, target);
    s->target_count = 1;
}

/* raise ValueError("words") and raise ValueError: "ValueError: words". *own: the class is the user's. */
static const char *plain_raise(reader *r, PyObject *raised, int *own) {
    const char *words = "";
    PyObject *args = NULL, *name = raised;
    if (is_class(raised, "Call")) {
        args = wf__field(r, raised, "args");
        name = wf__field(r, raised, "func");
        PyObject *keywords = wf__field(r, raised, "keywords");
        if (!args || !keywords || PyList_GET_SIZE(args) > 1 || PyList_GET_SIZE(keywords)) return NULL;
    }
    if (!name || !is_class(name, "Name")) return NULL;
    *own = PyDict_GetItem(PyEval_GetBuiltins(), wf__field(r, name, "id")) == NULL;
    if (args && PyList_GET_SIZE(args)) {
        PyObject *first = PyList_GET_ITEM(args, 0);
        PyObject *value = is_class(first, "Constant") ? wf__field(r, first, "value") : NULL;
        if (!value || !PyUnicode_Check(value) || !PyUnicode_GetLength(value)) return NULL;
        words = wf__copy_text(r, value);
    }
    const char *class = wf__copy_text(r, wf__field(r, name, "id"));
    return *words ? wf_arena_printf(&r->module->arena, "%s: %s", class, words) : class;
}

/* A class of the user's, or arguments that are computed: value is the call, and Python raises in a host
 * function. */
static wf_pf_stmt *read_raise(reader *r, PyObject *node) {
    wf_pf_stmt *s = wf__new_stmt(r, WF_PF_RAISE, node);
    PyObject *raised = wf__field(r, node, "exc");
    if (!raised || raised == Py_None) return s;
    int own = 1;
    s->text = plain_raise(r, raised, &own);
    if (own || !s->text) s->value = wf__read_expr(r, raised);
    return s;
}

static wf_pf_stmt *read_assert(reader *r, PyObject *node) {
    wf_pf_stmt *s = wf__new_stmt(r, WF_PF_ASSERT, node);
    s->value = wf__read_expr(r, wf__field(r, node, "test"));
    PyObject *message = wf__field(r, node, "msg");
    PyObject *value = message && message != Py_None && is_class(message, "Constant")
                          ? wf__field(r, message, "value")
                          : NULL;
    if (value && PyUnicode_Check(value)) s->text = wf__copy_text(r, value);
    return s;
}

static wf_pf_stmt *read_block_stmt(reader *r, PyObject *node, wf_pf_stmt_kind kind, const char *value) {
    wf_pf_stmt *s = wf__new_stmt(r, kind, node);
    if (kind == WF_PF_FOR) one_target(r, s, wf__field(r, node, "target"));
    s->value = wf__read_expr(r, wf__field(r, node, value));
    s->body = wf__read_body(r, wf__field(r, node, "body"));
    s->other = wf__read_body(r, wf__field(r, node, "orelse"));
    return s;
}

/* finally was taken apart before (weft/_pyinner.py). */
static wf_pf_stmt *read_try(reader *r, PyObject *node) {
    wf_pf_stmt *s = wf__new_stmt(r, WF_PF_TRY, node), **tail = &s->other;
    PyObject *handlers = wf__field(r, node, "handlers"), *other = wf__field(r, node, "orelse");
    s->body = wf__read_body(r, wf__field(r, node, "body"));
    for (Py_ssize_t i = 0; handlers && i < PyList_GET_SIZE(handlers); i++) {
        PyObject *handler = PyList_GET_ITEM(handlers, i);
        wf_pf_stmt *one = *tail = wf__new_stmt(r, WF_PF_HANDLER, handler);
        one->value = optional(r, wf__field(r, handler, "type"));
        one->body = wf__read_body(r, wf__field(r, handler, "body"));
        tail = &one->next;
    }
    if (other && PyList_GET_SIZE(other)) {
        *tail = wf__new_stmt(r, WF_PF_TRY_ELSE, node);
        (*tail)->body = wf__read_body(r, other);
    }
    return s;
}

static wf_pf_stmt *read_stmt(reader *r, PyObject *node) {
    const char *name = node_class(node);
    wf_pf_stmt *s;
    if (!strcmp(name, "Assign")) {
        s = wf__new_stmt(r, WF_PF_ASSIGN, node);
        s->value = wf__read_expr(r, wf__field(r, node, "value"));
        s->targets = read_list(r, wf__field(r, node, "targets"), 0, &s->target_count);
        return s;
    }
    if (!strcmp(name, "AnnAssign")) {
        PyObject *value = wf__field(r, node, "value");
        if (!value || value == Py_None) return wf__new_stmt(r, WF_PF_PASS, node);
        s = wf__new_stmt(r, WF_PF_ASSIGN, node);
        s->value = wf__read_expr(r, value);
        one_target(r, s, wf__field(r, node, "target"));
        return s;
    }
    if (!strcmp(name, "AugAssign")) {
        s = wf__new_stmt(r, WF_PF_AUGASSIGN, node);
        s->op = read_op(wf__field(r, node, "op"));
        one_target(r, s, wf__field(r, node, "target"));
        s->value = wf__read_expr(r, wf__field(r, node, "value"));
        return s;
    }
    if (!strcmp(name, "Expr")) {
        PyObject *value = wf__field(r, node, "value");
        if (value && is_class(value, "Constant")) return wf__new_stmt(r, WF_PF_PASS, node); /* a docstring */
        s = wf__new_stmt(r, WF_PF_EXPR, node);
        s->value = wf__read_expr(r, value);
        return s;
    }
    if (!strcmp(name, "If")) return read_block_stmt(r, node, WF_PF_IF, "test");
    if (!strcmp(name, "For")) return read_block_stmt(r, node, WF_PF_FOR, "iter");
    if (!strcmp(name, "While")) return read_block_stmt(r, node, WF_PF_WHILE, "test");
    if (!strcmp(name, "Break")) return wf__new_stmt(r, WF_PF_BREAK, node);
    if (!strcmp(name, "Continue")) return wf__new_stmt(r, WF_PF_CONTINUE, node);
    if (!strcmp(name, "Pass")) return wf__new_stmt(r, WF_PF_PASS, node);
    if (!strcmp(name, "Return")) {
        s = wf__new_stmt(r, WF_PF_RETURN, node);
        s->value = optional(r, wf__field(r, node, "value"));
        return s;
    }
    if (!strcmp(name, "Raise")) return read_raise(r, node);
    if (!strcmp(name, "Assert")) return read_assert(r, node);
    if (!strcmp(name, "Try")) return read_try(r, node);
    static const char *const words[][2] = {
        {"FunctionDef", "a function defined inside"},
        {"AsyncFunctionDef", "async"},
        {"ClassDef", "a class"},
        {"With", "with"},
        {"TryStar", "try"},
        {"Import", "import"},
        {"ImportFrom", "import"},
        {"Global", "global"},
        {"Nonlocal", "nonlocal"},
        {"Delete", "del"},
        {"Match", "match"},
        {"AsyncFor", "async"},
        {"AsyncWith", "async"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(name, words[i][0])) return stmt_unsupported(r, node, words[i][1]);
    return stmt_unsupported(r, node, wf_arena_strdup(&r->module->arena, name));
}

wf_pf_stmt *wf__read_body(reader *r, PyObject *list) {
    wf_pf_stmt *first = NULL, **tail = &first;
    if (!list || !PyList_Check(list)) return NULL;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list) && !r->failed; i++) {
        PyObject *node = PyList_GET_ITEM(list, i);
        if (r->depth >= DEPTH_MAX) *tail = stmt_unsupported(r, node, "blocks nested so deeply");
        else {
            r->depth++;
            *tail = read_stmt(r, node);
            r->depth--;
        }
        tail = &(*tail)->next;
    }
    return first;
}
