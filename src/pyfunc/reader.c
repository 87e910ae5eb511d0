/* pyfunc/reader.c: the `ast` tree of a function, taken over into C structs.
 *
 * The Python side (weft/_pysource.py) found the source, parsed it and knows the function's globals and cells;
 * it hands us one object for each function with node       the FunctionDef or Lambda name, filename, text,
 * first_line   text: the source as the user wrote it, indentation included shift      how many lines the
 * parser saw before text (1 when indented source was put into a block) locals     names bound by the
 * function, its parameters first defaults   a tuple with one entry for each parameter: () or (value,) known
 * names a misspelt one may have meant lookup(name) → object, or NameError classify(object) → what kind of
 * constant it is: ("call", "math.sin"), ("dtype", "f"), ("function", source),
 *                ("array", code, bytes, shape), ("number", code, value), ("module", name), ("other", text)
 * A chain such as `cuda.atomic.add` is walked here, at reading time, as long as its root is not a local.
 * Functions that are called are read after the one that calls them, each once.
 *
 * Anything that Python accepts becomes a node: what we cannot compile is UNSUPPORTED with its name and is
 * told later, with its place, by the same path as all other errors. Only Python's own failures (no memory)
 * end the reading. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include "pyfunc/reader.h"
#include "base/memory.h"
#include "pyfunc/pyast.h"
#include <string.h>

typedef struct reader {
    wf_pf_module *module;
    wf_pf_function *function;
    PyObject *source; /* of the function being read; borrowed */
    PyObject *seen;   /* dict: id(source) → index of the function */
    PyObject *queue;  /* list of sources; [i] is function i */
    PyObject *locals; /* dict: name → index */
    long line_shift;
    int depth;  /* of the expression or statement, against hostile nesting */
    int failed; /* a Python exception is set */
} reader;

enum { DEPTH_MAX = 200 };

static wf_pf_expr *read_expr(reader *r, PyObject *node);
static wf_pf_stmt *read_body(reader *r, PyObject *list);
static const wf_pf_value *read_value(reader *r, PyObject *object, int classify);

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
static PyObject *field(reader *r, PyObject *node, const char *name) {
    PyObject *value = PyObject_GetAttrString(node, name);
    if (!value) {
        r->failed = 1;
        return NULL;
    }
    Py_DECREF(value);
    return value;
}

static long int_field(reader *r, PyObject *node, const char *name) {
    PyObject *value = field(r, node, name);
    if (!value || !PyLong_Check(value)) return 0;
    return PyLong_AsLong(value);
}

static const char *copy_text(reader *r, PyObject *text) {
    Py_ssize_t length;
    const char *data = text ? PyUnicode_AsUTF8AndSize(text, &length) : NULL;
    if (!data) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_SystemError, "a name was expected in the syntax tree");
        r->failed = 1;
        return "?";
    }
    return wf_arena_strndup(&r->module->arena, data, (size_t)length);
}

static wf_place place_of(reader *r, PyObject *node) {
    long line = int_field(r, node, "lineno") - r->line_shift, column = int_field(r, node, "col_offset");
    long end_line = int_field(r, node, "end_lineno") - r->line_shift,
         end = int_field(r, node, "end_col_offset");
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
        const wf_pf_value *item = read_value(r, PyTuple_GET_ITEM(tuple, i), 1);
        if (item) items[i] = *item;
    }
    value->items = items;
    return value;
}

/* A function to be read later: its place in the module is known now. */
static const wf_pf_value *value_function(reader *r, PyObject *source) {
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
    value->text = copy_text(r, code);
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
    if (strcmp(what, "function") == 0) return value_function(r, detail);
    if (strcmp(what, "array") == 0)
        return value_array(r, detail, PyTuple_GET_ITEM(answer, 2), PyTuple_GET_ITEM(answer, 3));
    if (strcmp(what, "number") == 0) {
        const wf_pf_value *plain = read_value(r, PyTuple_GET_ITEM(answer, 2), 0);
        if (!plain) return NULL;
        wf_pf_value *typed = WF_NEW(&r->module->arena, wf_pf_value);
        *typed = *plain;
        typed->text = copy_text(r, detail);
        return typed;
    }
    if (strcmp(what, "value") == 0) return read_value(r, detail, 0);
    wf_pf_value_kind kind = strcmp(what, "call") == 0     ? WF_PF_V_CALL
                            : strcmp(what, "dtype") == 0  ? WF_PF_V_DTYPE
                            : strcmp(what, "module") == 0 ? WF_PF_V_MODULE
                                                          : WF_PF_V_OTHER;
    wf_pf_value *value = new_value(r, kind);
    value->text = copy_text(r, detail);
    if (kind == WF_PF_V_DTYPE) value->i = value->text[0];
    return value;
}

static const wf_pf_value *read_value(reader *r, PyObject *object, int classify) {
    wf_pf_value *value;
    if (object == Py_None) return new_value(r, WF_PF_V_NONE);
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
    PyObject *answer = PyObject_CallMethod(r->source, "classify", "O", object);
    const wf_pf_value *known = answer ? value_classified(r, answer) : NULL;
    Py_XDECREF(answer);
    if (!known || PyList_Append(r->module->kept, object) < 0) {
        r->failed = 1;
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
    e->at = place_of(r, node);
    return e;
}

static wf_pf_expr *unsupported(reader *r, PyObject *node, const char *what) {
    wf_pf_expr *e = new_expr(r, WF_PF_UNSUPPORTED, node);
    e->text = what;
    return e;
}

static wf_pf_expr *constant(reader *r, PyObject *node, PyObject *object) {
    wf_pf_expr *e = new_expr(r, WF_PF_CONST, node);
    e->value = read_value(r, object, 1);
    return e;
}

static long local_index(reader *r, PyObject *name) {
    PyObject *index = PyDict_GetItemWithError(r->locals, name);
    return index ? PyLong_AsLong(index) : -1;
}

/* The Python object that a name or a chain of attributes stands for, when its root is not a local; a new
 * reference, or NULL (never with an exception). *missing: the root is known, the name or attribute is not. */
static PyObject *outer_object(reader *r, PyObject *node, int *missing) {
    PyObject *found = NULL;
    if (is_class(node, "Name")) {
        PyObject *name = field(r, node, "id");
        if (!name || local_index(r, name) >= 0) return NULL;
        found = PyObject_CallMethod(r->source, "lookup", "O", name);
    } else if (is_class(node, "Attribute")) {
        PyObject *inner = field(r, node, "value");
        PyObject *base = inner ? outer_object(r, inner, missing) : NULL;
        if (!base) return NULL;
        found = PyObject_CallMethod(r->source, "attribute", "OO", base, field(r, node, "attr"));
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
    PyObject *object = outer_object(r, node, &missing);
    if (object) {
        wf_pf_expr *e = constant(r, node, object);
        Py_DECREF(object);
        e->text = is_class(node, "Name") ? copy_text(r, field(r, node, "id")) : NULL;
        return e;
    }
    if (is_class(node, "Attribute")) {
        wf_pf_expr *e = new_expr(r, WF_PF_ATTRIBUTE, node);
        e->text = copy_text(r, field(r, node, "attr"));
        e->a = read_expr(r, field(r, node, "value"));
        return e;
    }
    PyObject *name = field(r, node, "id");
    wf_pf_expr *e = new_expr(r, missing ? WF_PF_UNBOUND : WF_PF_LOCAL, node);
    e->text = copy_text(r, name);
    if (!missing) e->local = (uint32_t)local_index(r, name);
    return e;
}

static wf_pf_expr **read_list(reader *r, PyObject *list, uint32_t extra, uint32_t *count) {
    *count = list && PyList_Check(list) ? (uint32_t)PyList_GET_SIZE(list) : 0;
    wf_pf_expr **items = WF_NEW_ARRAY(&r->module->arena, wf_pf_expr *, *count + extra + 1);
    for (uint32_t i = 0; i < *count; i++) items[i] = read_expr(r, PyList_GET_ITEM(list, i));
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
    PyObject *rest = field(r, node, "comparators"), *names = field(r, node, "ops");
    uint32_t count = rest ? (uint32_t)PyList_GET_SIZE(rest) : 0;
    wf_pf_op *ops = WF_NEW_ARRAY(&r->module->arena, wf_pf_op, count + 1);
    e->items = WF_NEW_ARRAY(&r->module->arena, wf_pf_expr *, count + 1);
    e->items[0] = read_expr(r, field(r, node, "left"));
    for (uint32_t i = 0; i < count; i++) {
        ops[i] = read_op(PyList_GET_ITEM(names, i));
        e->items[i + 1] = read_expr(r, PyList_GET_ITEM(rest, i));
    }
    e->ops = ops;
    e->count = count + 1;
    return e;
}

static wf_pf_expr *read_call(reader *r, PyObject *node) {
    wf_pf_expr *e = new_expr(r, WF_PF_CALL, node);
    e->a = read_expr(r, field(r, node, "func"));
    PyObject *keywords = field(r, node, "keywords");
    uint32_t count, named = keywords ? (uint32_t)PyList_GET_SIZE(keywords) : 0;
    e->items = read_list(r, field(r, node, "args"), named, &count);
    const char **names = WF_NEW_ARRAY(&r->module->arena, const char *, named + 1);
    for (uint32_t i = 0; i < named; i++) {
        PyObject *keyword = PyList_GET_ITEM(keywords, i), *name = field(r, keyword, "arg");
        names[i] = name && name != Py_None ? copy_text(r, name) : "**";
        e->items[count + i] = read_expr(r, field(r, keyword, "value"));
    }
    e->names = names;
    e->count = count + named;
    e->keyword_count = named;
    return e;
}

static wf_pf_expr *optional(reader *r, PyObject *node) {
    return !node || node == Py_None ? NULL : read_expr(r, node);
}

static wf_pf_expr *read_children(reader *r, PyObject *node, wf_pf_expr_kind kind, const char *a,
                                 const char *b, const char *c) {
    wf_pf_expr *e = new_expr(r, kind, node);
    if (a) e->a = optional(r, field(r, node, a));
    if (b) e->b = optional(r, field(r, node, b));
    if (c) e->c = optional(r, field(r, node, c));
    return e;
}

static wf_pf_expr *read_items(reader *r, PyObject *node, wf_pf_expr_kind kind, const char *name) {
    wf_pf_expr *e = new_expr(r, kind, node);
    e->items = read_list(r, field(r, node, name), 0, &e->count);
    return e;
}

static wf_pf_stmt *new_stmt(reader *r, wf_pf_stmt_kind kind, PyObject *node);
static void one_target(reader *r, wf_pf_stmt *s, PyObject *target);

/* The clauses from number `at` on, as loops and tests around the element. */
static wf_pf_stmt *read_clauses(reader *r, PyObject *node, PyObject *clauses, Py_ssize_t at) {
    if (at == PyList_GET_SIZE(clauses)) {
        wf_pf_stmt *s = new_stmt(r, WF_PF_COLLECT, node);
        s->value = read_expr(r, field(r, node, "elt"));
        return s;
    }
    PyObject *clause = PyList_GET_ITEM(clauses, at), *tests = field(r, clause, "ifs");
    wf_pf_stmt *loop = new_stmt(r, WF_PF_FOR, node), **inside = &loop->body;
    one_target(r, loop, field(r, clause, "target"));
    loop->value = read_expr(r, field(r, clause, "iter"));
    for (Py_ssize_t i = 0; tests && i < PyList_GET_SIZE(tests); i++) {
        wf_pf_stmt *test = new_stmt(r, WF_PF_IF, node);
        test->value = read_expr(r, PyList_GET_ITEM(tests, i));
        *inside = test;
        inside = &test->body;
    }
    *inside = read_clauses(r, node, clauses, at + 1);
    return loop;
}

static wf_pf_expr *read_listcomp(reader *r, PyObject *node) {
    wf_pf_expr *e = new_expr(r, WF_PF_LISTCOMP, node);
    PyObject *clauses = field(r, node, "generators");
    if (clauses && PyList_Check(clauses)) e->body = read_clauses(r, node, clauses, 0);
    return e;
}

static wf_pf_expr *read_expr_kind(reader *r, PyObject *node) {
    const char *name = node_class(node);
    wf_pf_expr *e;
    if (!strcmp(name, "Name") || !strcmp(name, "Attribute")) return read_name(r, node);
    if (!strcmp(name, "Constant")) {
        PyObject *value = field(r, node, "value");
        return value == Py_Ellipsis ? unsupported(r, node, "...") : constant(r, node, value);
    }
    if (!strcmp(name, "BinOp")) {
        e = read_children(r, node, WF_PF_BINARY, "left", "right", NULL);
        e->op = read_op(field(r, node, "op"));
        return e;
    }
    if (!strcmp(name, "UnaryOp")) {
        e = read_children(r, node, WF_PF_UNARY, "operand", NULL, NULL);
        e->op = read_op(field(r, node, "op"));
        return e;
    }
    if (!strcmp(name, "BoolOp")) {
        e = read_items(r, node, WF_PF_ANDOR, "values");
        e->op = read_op(field(r, node, "op"));
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
    if (!strcmp(name, "ListComp") || !strcmp(name, "GeneratorExp")) return read_listcomp(r, node);
    static const char *const words[][2] = {
        {"Lambda", "a lambda"},
        {"Dict", "a dict"},
        {"Set", "a set"},
        {"SetComp", "a set comprehension"},
        {"DictComp", "a dict comprehension"},
        {"Await", "await"},
        {"Yield", "yield"},
        {"YieldFrom", "yield from"},
        {"JoinedStr", "an f-string"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(name, words[i][0])) return unsupported(r, node, words[i][1]);
    return unsupported(r, node, wf_arena_strdup(&r->module->arena, name));
}

static wf_pf_expr *read_expr(reader *r, PyObject *node) {
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

static wf_pf_stmt *new_stmt(reader *r, wf_pf_stmt_kind kind, PyObject *node) {
    wf_pf_stmt *s = WF_NEW(&r->module->arena, wf_pf_stmt);
    s->kind = kind;
    s->at = place_of(r, node);
    return s;
}

static wf_pf_stmt *stmt_unsupported(reader *r, PyObject *node, const char *what) {
    wf_pf_stmt *s = new_stmt(r, WF_PF_STMT_UNSUPPORTED, node);
    s->text = what;
    return s;
}

static void one_target(reader *r, wf_pf_stmt *s, PyObject *target) {
    s->targets = WF_NEW_ARRAY(&r->module->arena, wf_pf_expr *, 1);
    s->targets[0] = read_expr(r, target);
    s->target_count = 1;
}

/* raise ValueError("words"), raise ValueError: becomes "ValueError: words". */
static wf_pf_stmt *read_raise(reader *r, PyObject *node) {
    wf_pf_stmt *s = new_stmt(r, WF_PF_RAISE, node);
    PyObject *raised = field(r, node, "exc");
    if (!raised || raised == Py_None) return stmt_unsupported(r, node, "raise without an exception");
    const char *words = "";
    if (is_class(raised, "Call")) {
        PyObject *args = field(r, raised, "args");
        if (args && PyList_GET_SIZE(args)) {
            PyObject *first = PyList_GET_ITEM(args, 0);
            PyObject *value = is_class(first, "Constant") ? field(r, first, "value") : NULL;
            if (!value || !PyUnicode_Check(value))
                return stmt_unsupported(r, node, "an exception whose message is not a string constant");
            words = copy_text(r, value);
        }
        raised = field(r, raised, "func");
    }
    if (!raised || !is_class(raised, "Name")) return stmt_unsupported(r, node, "this exception");
    const char *name = copy_text(r, field(r, raised, "id"));
    s->text = *words ? wf_arena_printf(&r->module->arena, "%s: %s", name, words) : name;
    return s;
}

static wf_pf_stmt *read_assert(reader *r, PyObject *node) {
    wf_pf_stmt *s = new_stmt(r, WF_PF_ASSERT, node);
    s->value = read_expr(r, field(r, node, "test"));
    PyObject *message = field(r, node, "msg");
    PyObject *value =
        message && message != Py_None && is_class(message, "Constant") ? field(r, message, "value") : NULL;
    if (value && PyUnicode_Check(value)) s->text = copy_text(r, value);
    return s;
}

static wf_pf_stmt *read_block_stmt(reader *r, PyObject *node, wf_pf_stmt_kind kind, const char *value) {
    wf_pf_stmt *s = new_stmt(r, kind, node);
    if (kind == WF_PF_FOR) one_target(r, s, field(r, node, "target"));
    s->value = read_expr(r, field(r, node, value));
    s->body = read_body(r, field(r, node, "body"));
    s->other = read_body(r, field(r, node, "orelse"));
    return s;
}

static wf_pf_stmt *read_stmt(reader *r, PyObject *node) {
    const char *name = node_class(node);
    wf_pf_stmt *s;
    if (!strcmp(name, "Assign")) {
        s = new_stmt(r, WF_PF_ASSIGN, node);
        s->value = read_expr(r, field(r, node, "value"));
        s->targets = read_list(r, field(r, node, "targets"), 0, &s->target_count);
        return s;
    }
    if (!strcmp(name, "AnnAssign")) {
        PyObject *value = field(r, node, "value");
        if (!value || value == Py_None) return new_stmt(r, WF_PF_PASS, node);
        s = new_stmt(r, WF_PF_ASSIGN, node);
        s->value = read_expr(r, value);
        one_target(r, s, field(r, node, "target"));
        return s;
    }
    if (!strcmp(name, "AugAssign")) {
        s = new_stmt(r, WF_PF_AUGASSIGN, node);
        s->op = read_op(field(r, node, "op"));
        one_target(r, s, field(r, node, "target"));
        s->value = read_expr(r, field(r, node, "value"));
        return s;
    }
    if (!strcmp(name, "Expr")) {
        PyObject *value = field(r, node, "value");
        if (value && is_class(value, "Constant")) return new_stmt(r, WF_PF_PASS, node); /* a docstring */
        s = new_stmt(r, WF_PF_EXPR, node);
        s->value = read_expr(r, value);
        return s;
    }
    if (!strcmp(name, "If")) return read_block_stmt(r, node, WF_PF_IF, "test");
    if (!strcmp(name, "For")) return read_block_stmt(r, node, WF_PF_FOR, "iter");
    if (!strcmp(name, "While")) return read_block_stmt(r, node, WF_PF_WHILE, "test");
    if (!strcmp(name, "Break")) return new_stmt(r, WF_PF_BREAK, node);
    if (!strcmp(name, "Continue")) return new_stmt(r, WF_PF_CONTINUE, node);
    if (!strcmp(name, "Pass")) return new_stmt(r, WF_PF_PASS, node);
    if (!strcmp(name, "Return")) {
        s = new_stmt(r, WF_PF_RETURN, node);
        s->value = optional(r, field(r, node, "value"));
        return s;
    }
    if (!strcmp(name, "Raise")) return read_raise(r, node);
    if (!strcmp(name, "Assert")) return read_assert(r, node);
    static const char *const words[][2] = {
        {"FunctionDef", "a function defined inside"},
        {"AsyncFunctionDef", "async"},
        {"ClassDef", "a class"},
        {"With", "with"},
        {"Try", "try"},
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

static wf_pf_stmt *read_body(reader *r, PyObject *list) {
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

/* ---- functions --------------------------------------------------------------------------------------------
 */

static const char **read_names(reader *r, PyObject *names, uint32_t *count) {
    *count = names && PyList_Check(names) ? (uint32_t)PyList_GET_SIZE(names) : 0;
    const char **out = WF_NEW_ARRAY(&r->module->arena, const char *, *count + 1);
    for (uint32_t i = 0; i < *count; i++) out[i] = copy_text(r, PyList_GET_ITEM(names, i));
    return out;
}

static void read_source_text(reader *r, wf_pf_function *f, uint32_t index) {
    wf_source *source = &r->module->sources[index];
    PyObject *text = field(r, r->source, "text");
    source->name = copy_text(r, field(r, r->source, "filename"));
    source->text = copy_text(r, text);
    source->length = strlen(source->text);
    source->first_line = (uint32_t)int_field(r, r->source, "first_line");
    f->file = (uint16_t)(index + 1);
}

static void read_defaults(reader *r, wf_pf_function *f) {
    PyObject *defaults = field(r, r->source, "defaults");
    const wf_pf_value **values = WF_NEW_ARRAY(&r->module->arena, const wf_pf_value *, f->param_count + 1);
    for (uint32_t i = 0; defaults && i < f->param_count && (Py_ssize_t)i < PyTuple_GET_SIZE(defaults); i++) {
        PyObject *entry = PyTuple_GET_ITEM(defaults, i);
        if (PyTuple_GET_SIZE(entry)) values[i] = read_value(r, PyTuple_GET_ITEM(entry, 0), 1);
    }
    f->defaults = values;
}

static int read_locals(reader *r, wf_pf_function *f) {
    uint32_t known;
    f->names = read_names(r, field(r, r->source, "locals"), &f->local_count);
    f->known = read_names(r, field(r, r->source, "known"), &known);
    f->param_count = (uint32_t)int_field(r, r->source, "param_count");
    r->locals = PyDict_New();
    for (uint32_t i = 0; r->locals && i < f->local_count; i++) {
        PyObject *index = PyLong_FromUnsignedLong(i);
        if (!index || PyDict_SetItemString(r->locals, f->names[i], index) < 0) r->failed = 1;
        Py_XDECREF(index);
    }
    return r->locals && !r->failed;
}

static void read_function(reader *r, uint32_t index) {
    wf_pf_module *m = r->module;
    wf_pf_function *f = WF_NEW(&m->arena, wf_pf_function);
    r->function = f;
    r->source = PyList_GET_ITEM(r->queue, index);
    r->line_shift = int_field(r, r->source, "shift");
    f->index = index;
    f->name = copy_text(r, field(r, r->source, "name"));
    f->fastmath = (int)int_field(r, r->source, "fastmath");
    f->signature = copy_text(r, field(r, r->source, "signature"));
    read_source_text(r, f, index);
    PyObject *node = field(r, r->source, "node");
    if (node && read_locals(r, f)) {
        f->at = place_of(r, node);
        f->at.length = 1;
        read_defaults(r, f);
        PyObject *body = field(r, node, "body");
        if (body && PyList_Check(body)) f->body = read_body(r, body);
        else if (body) { /* a lambda: its expression is returned */ f->body = new_stmt(r, WF_PF_RETURN, body);
            f->body->value = read_expr(r, body);
        }
    }
    Py_CLEAR(r->locals);
    if (m->last) m->last->next = f;
    else m->functions = f;
    m->last = f;
    m->function_count++;
}

/* Functions are named by index while reading; now that all are there the pointers are set. */
static void link_value(wf_pf_function **table, uint32_t count, wf_pf_value *value) {
    if (value->kind == WF_PF_V_FUNCTION && (uint64_t)value->i < count) value->function = table[value->i];
    for (uint32_t i = 0; value->kind == WF_PF_V_TUPLE && i < value->count; i++)
        link_value(table, count, (wf_pf_value *)&value->items[i]);
}

static void link_body(wf_pf_function **table, uint32_t count, wf_pf_stmt *s);

static void link_expr(wf_pf_function **table, uint32_t count, wf_pf_expr *e) {
    if (!e) return;
    if (e->kind == WF_PF_CONST && e->value) link_value(table, count, (wf_pf_value *)e->value);
    link_expr(table, count, e->a);
    link_expr(table, count, e->b);
    link_expr(table, count, e->c);
    for (uint32_t i = 0; i < e->count; i++) link_expr(table, count, e->items[i]);
    if (e->body) link_body(table, count, e->body);
}

static void link_body(wf_pf_function **table, uint32_t count, wf_pf_stmt *s) {
    for (; s; s = s->next) {
        link_expr(table, count, s->value);
        for (uint32_t i = 0; i < s->target_count; i++) link_expr(table, count, s->targets[i]);
        link_body(table, count, s->body);
        link_body(table, count, s->other);
    }
}

static void link_functions(wf_pf_module *m) {
    wf_pf_function **table = WF_NEW_ARRAY(&m->arena, wf_pf_function *, m->function_count + 1);
    for (wf_pf_function *f = m->functions; f; f = f->next) table[f->index] = f;
    for (wf_pf_function *f = m->functions; f; f = f->next) link_body(table, m->function_count, f->body);
}

enum { FUNCTIONS_MAX = 1000, MODULE_BYTES_MAX = 64 << 20 };

/* The functions that wait in the queue. */
static void read_all(reader *r) {
    for (uint32_t i = r->module->function_count; !r->failed && (Py_ssize_t)i < PyList_GET_SIZE(r->queue);
         i++) {
        if (i >= FUNCTIONS_MAX) {
            PyErr_Format(PyExc_RuntimeError, "a kernel that calls more than %d functions", FUNCTIONS_MAX);
            r->failed = 1;
            break;
        }
        read_function(r, i);
    }
    r->module->source_count = r->module->function_count;
    if (!r->failed) link_functions(r->module);
}

/* Runs `what` of a reader over the module; 0 with an exception when it failed. */
static int reading(wf_pf_module *m, PyObject *source, void (*what)(reader *, void *), void *data) {
    reader *r = wf_calloc(1, sizeof *r);
    jmp_buf out_of_memory, *outer = m->arena.on_failure;
    if (!r) {
        PyErr_NoMemory();
        return 0;
    }
    r->module = m;
    r->seen = m->seen;
    r->queue = m->queue;
    r->source = source;
    m->arena.on_failure = &out_of_memory;
    if (setjmp(out_of_memory)) {
        PyErr_NoMemory();
        r->failed = 1;
    } else what(r, data);
    m->arena.on_failure = outer;
    int good = !r->failed && !PyErr_Occurred();
    Py_XDECREF(r->locals);
    wf_free(r);
    if (!good && !PyErr_Occurred())
        PyErr_SetString(PyExc_RuntimeError, "the function's syntax tree could not be read");
    return good;
}

static void let_go(wf_pf_module *m) {
    Py_XDECREF(m->seen);
    Py_XDECREF(m->kept);
    Py_XDECREF(m->queue);
}

static void read_one(reader *r, void *data) {
    const wf_pf_value *value = value_function(r, r->source);
    *(int64_t *)data = value->i;
    read_all(r);
}

wf_pf_module *wf_pf_read(PyObject *source) {
    wf_pf_module *m = wf_calloc(1, sizeof *m);
    int64_t index;
    if (!m) return (wf_pf_module *)PyErr_NoMemory();
    wf_arena_init(&m->arena, MODULE_BYTES_MAX);
    m->let_go = let_go;
    m->seen = PyDict_New();
    m->kept = PyList_New(0);
    m->queue = PyList_New(0);
    m->sources = wf_calloc(FUNCTIONS_MAX, sizeof *m->sources);
    if (m->seen && m->kept && m->queue && m->sources && reading(m, source, read_one, &index)) return m;
    if (!PyErr_Occurred()) PyErr_NoMemory();
    wf_pf_module_free(m);
    return NULL;
}

const wf_pf_function *wf_pf_read_more(wf_pf_module *m, PyObject *source) {
    int64_t index;
    if (!reading(m, source, read_one, &index)) return NULL;
    for (const wf_pf_function *f = m->functions; f; f = f->next)
        if (f->index == index) return f;
    PyErr_SetString(PyExc_SystemError, "a function was lost while reading");
    return NULL;
}

typedef struct one_value {
    PyObject *object;
    const wf_pf_value *value;
} one_value;

static void read_one_value(reader *r, void *data) {
    one_value *v = data;
    v->value = read_value(r, v->object, 1);
    if (!r->failed) read_all(r);
    for (wf_pf_function *f = r->module->functions; f; f = f->next)
        if (v->value && v->value->kind == WF_PF_V_FUNCTION && f->index == v->value->i)
            ((wf_pf_value *)v->value)->function = f;
}

const wf_pf_value *wf_pf_read_value(wf_pf_module *m, PyObject *source, PyObject *object) {
    one_value v = {object, NULL};
    return reading(m, source, read_one_value, &v) ? v.value : NULL;
}
