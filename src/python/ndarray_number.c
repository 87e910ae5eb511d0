/* python/ndarray_number.c: operators of arrays. Each is a ufunc; what a ufunc's kernel does not know is
 * handed to Python, which goes through NumPy with a warning. */
#include "python/ndarray.h"

static PyObject *fall_back(wf_ufunc op, PyObject *a, PyObject *b, PyObject *out) {
    PyErr_Clear();
    PyObject *name = PyUnicode_FromString(wf_ufuncs[op].name);
    if (!name) return NULL;
    PyObject *args[4] = {name, a, b ? b : Py_None, out ? out : Py_None};
    PyObject *result = wf_py_array_hook_call("ufunc_through_numpy", args, 4);
    Py_DECREF(name);
    return result;
}

static wf_context *context_for(const wf_operand *args, int count) {
    for (int i = 0; i < count; i++)
        if (args[i].array) return NULL;
    return wf_py_current_context();
}

PyObject *wf_py_array_checked(const char *name, PyObject *const *operands, int count, PyObject *result) {
    if (!wf_py_arrays.checked || !result || !wf_py_is_array(result)) return result;
    PyObject *text = PyUnicode_FromString(name), *args[5] = {text, result}, *said = NULL;
    for (int i = 0; i < count && i < 3; i++) args[2 + i] = operands[i];
    if (text) said = wf_py_array_hook_call("check_result", args, 2 + (count < 3 ? count : 3));
    Py_XDECREF(text);
    if (!said) Py_CLEAR(result);
    Py_XDECREF(said);
    return result;
}

PyObject *wf_py_ufunc_apply(wf_ufunc op, PyObject *a, PyObject *b, PyObject *out) {
    wf_operand args[2];
    if (out && ((wf_py_ndarray *)out)->value) out = NULL; /* a += b of a number gives another number */
    if (out && wf_py_arrays.checked) { /* in place: tried aside first, while the operands are what they are */
        PyObject *aside = wf_py_ufunc_apply(op, a, b, NULL);
        if (!aside) return NULL;
        Py_DECREF(aside);
    }
    PyObject *keep[2] = {NULL, NULL};
    int count = wf_ufuncs[op].inputs, found = wf_py_to_operand(a, &args[0], &keep[0]);
    if (found > 0 && count > 1) found = wf_py_to_operand(b, &args[1], &keep[1]);
    if (found <= 0) {
        Py_XDECREF(keep[0]);
        Py_XDECREF(keep[1]);
        return found < 0 ? NULL : Py_NewRef(Py_NotImplemented);
    }
    wf_ufunc_options options = {.dtype = WF_DT_NONE,
                                .casting = WF_CASTING_SAME_KIND,
                                .out = out ? wf_py_array_of(out) : NULL,
                                .context = context_for(args, count)};
    wf_array *result = NULL;
    wf_error err;
    err.code = 0;
    wf_status status;
    WF_GRAPH(wf_array_ufunc(op, args, &options, &result, &err));
    PyObject *object = NULL;
    if (status == WF_UNSUPPORTED && err.code == WF_ERR_NO_KERNEL) object = fall_back(op, a, b, out);
    else if (!status && out) {
        wf_py_graph_enter();
        wf_array_release(result);
        wf_graph_leave();
        object = Py_NewRef(out);
    } else object = wf_py_array_result(status, result, &err);
    Py_XDECREF(keep[0]);
    Py_XDECREF(keep[1]);
    if (out) return object;
    object = wf_py_array_checked(wf_ufuncs[op].name, (PyObject *[]){a, b}, count, wf_py_array_value(object));
    return wf_py_array_of_class(object, count > 1 && !wf_py_is_derived(a) ? b : a);
}

#define BINARY(name, op)                                                                                     \
    static PyObject *array_##name(PyObject *a, PyObject *b) {                                                \
        return wf_py_ufunc_apply(WF_UF_##op, a, b, NULL);                                                    \
    }                                                                                                        \
    static PyObject *array_inplace_##name(PyObject *a, PyObject *b) {                                        \
        return wf_py_ufunc_apply(WF_UF_##op, a, b, a);                                                       \
    }
BINARY(add, ADD)
BINARY(subtract, SUBTRACT)
BINARY(divide, DIVIDE)
BINARY(floor_divide, FLOOR_DIVIDE)
BINARY(remainder, REMAINDER)
BINARY(and, BITWISE_AND)
BINARY(or, BITWISE_OR)
BINARY(xor, BITWISE_XOR)
BINARY(left, LEFT_SHIFT)
BINARY(right, RIGHT_SHIFT)
#undef BINARY

/* [1, 2] * n: a number repeats a sequence, as in NumPy, or is refused by it. */
static int repeats(PyObject *number, PyObject *sequence) {
    return (PyList_Check(sequence) || PyTuple_Check(sequence) || PyUnicode_Check(sequence)) &&
           wf_py_is_value(number);
}
static PyObject *array_multiply(PyObject *a, PyObject *b) {
    if (repeats(a, b) || repeats(b, a)) return Py_NewRef(Py_NotImplemented);
    return wf_py_ufunc_apply(WF_UF_MULTIPLY, a, b, NULL);
}
static PyObject *array_inplace_multiply(PyObject *a, PyObject *b) {
    return wf_py_ufunc_apply(WF_UF_MULTIPLY, a, b, a);
}

static PyObject *array_negative(PyObject *a) { return wf_py_ufunc_apply(WF_UF_NEGATIVE, a, NULL, NULL); }
static PyObject *array_positive(PyObject *a) { return wf_py_ufunc_apply(WF_UF_POSITIVE, a, NULL, NULL); }
static PyObject *array_absolute(PyObject *a) { return wf_py_ufunc_apply(WF_UF_ABSOLUTE, a, NULL, NULL); }
static PyObject *array_invert(PyObject *a) { return wf_py_ufunc_apply(WF_UF_INVERT, a, NULL, NULL); }

/* ---- powers ---------------------------------------------------------------------------------------------
 */

/* NumPy's short ways for a Python number as exponent, which also give other bits than pow: x**2 is x*x,
 * x**0.5 is sqrt(x). -1: none. */
static int power_shortcut(PyObject *base, PyObject *exponent) {
    double e;
    if (!wf_py_is_array(base)) return -1;
    if (PyFloat_CheckExact(exponent)) e = PyFloat_AS_DOUBLE(exponent);
    else if (PyLong_CheckExact(exponent)) e = PyLong_AsDouble(exponent);
    else return -1;
    PyErr_Clear();
    char kind = wf_dtype_kind((wf_dtype)wf_py_array_of(base)->dtype);
    int inexact = kind == 'f' || kind == 'c';
    if (!inexact && !PyLong_CheckExact(exponent)) return -1;
    if (kind == 'b')
        return e == 2 && !wf_py_arrays.views ? WF_UF_SQUARE : -1; /* int8 in NumPy, int64 in CuPy */
    if (e == 2) return WF_UF_SQUARE;
    if (e == 1) return WF_UF_POSITIVE;
    if (e == -1 && inexact) return WF_UF_RECIPROCAL;
    if (e == 0.5 && kind == 'f') return WF_UF_SQRT;
    return -1;
}

static int negative_integer_power(PyObject *base, PyObject *exponent) {
    if (!wf_py_is_array(base) || !PyLong_CheckExact(exponent)) return 0;
    int overflow;
    long long value = PyLong_AsLongLongAndOverflow(exponent, &overflow);
    if (overflow > 0 || (!overflow && value >= 0)) return 0;
    return wf_dtype_is_integer((wf_dtype)wf_py_array_of(base)->dtype) ||
           wf_py_array_of(base)->dtype == WF_DT_BOOL;
}

static PyObject *power(PyObject *a, PyObject *b, PyObject *modulo, PyObject *out) {
    if (modulo != Py_None) return Py_NewRef(Py_NotImplemented);
    if (negative_integer_power(a, b)) {
        PyErr_SetString(PyExc_ValueError, "Integers to negative integer powers are not allowed.");
        return NULL;
    }
    int shortcut = power_shortcut(a, b);
    if (shortcut >= 0) return wf_py_ufunc_apply((wf_ufunc)shortcut, a, NULL, out);
    return wf_py_ufunc_apply(WF_UF_POWER, a, b, out);
}
static PyObject *array_power(PyObject *a, PyObject *b, PyObject *modulo) { return power(a, b, modulo, NULL); }
static PyObject *array_inplace_power(PyObject *a, PyObject *b, PyObject *modulo) {
    return power(a, b, modulo, a);
}

static PyObject *array_divmod(PyObject *a, PyObject *b) {
    PyObject *q = wf_py_ufunc_apply(WF_UF_FLOOR_DIVIDE, a, b, NULL);
    if (!q || q == Py_NotImplemented) return q;
    PyObject *r = wf_py_ufunc_apply(WF_UF_REMAINDER, a, b, NULL);
    PyObject *both = r ? PyTuple_Pack(2, q, r) : NULL;
    Py_DECREF(q);
    Py_XDECREF(r);
    return both;
}

static PyObject *array_matmul(PyObject *a, PyObject *b) {
    PyObject *args[2] = {a, b}, *product;
    if (wf_py_array_product(a, b, &product)) return product;
    return wf_py_array_hook_call("matmul", args, 2);
}

/* ---- one number -----------------------------------------------------------------------------------------
 */

static _Thread_local int waits_forbidden;

int wf_py_may_wait(void) {
    if (!waits_forbidden) return 1;
    Py_XDECREF(wf_py_array_hook_call("refuse_to_wait", NULL, 0));
    return 0;
}

PyObject *wf_py_forbid_waits(PyObject *module, PyObject *forbid) {
    (void)module;
    int before = waits_forbidden, now = PyObject_IsTrue(forbid);
    if (now < 0) return NULL;
    waits_forbidden = now;
    return PyBool_FromLong(before);
}

int wf_py_array_number_of(PyObject *self, wf_number *number) {
    wf_error err;
    wf_status status;
    err.code = 0;
    if (!wf_py_may_wait()) return -1;
    WF_GRAPH(wf_array_item_briefly(wf_py_array_of(self), number, &err));
    if (status == WF_NOTREADY) WF_GRAPH_LONG(wf_array_item(wf_py_array_of(self), number, &err));
    return status ? (wf_py_array_raise(&err), -1) : 0;
}

static int array_bool(PyObject *self) {
    wf_number n;
    int64_t size = wf_array_size(wf_py_array_of(self));
    if (size != 1) {
        PyErr_SetString(PyExc_ValueError, size ? "The truth value of an array with more than one element is "
                                                 "ambiguous. Use a.any() or a.all()"
                                               : "The truth value of an empty array is ambiguous. Use "
                                                 "`array.size > 0` to check that an array is not empty.");
        return -1;
    }
    if (wf_py_array_number_of(self, &n) < 0) return -1;
    return (int)wf_number_cast(n, WF_DT_BOOL).i;
}

static PyObject *array_int(PyObject *self) {
    wf_number n;
    if (wf_py_array_number_of(self, &n) < 0) return NULL;
    if (n.kind == 'c') return PyErr_Format(PyExc_TypeError, "int() argument must not be a complex array");
    if (n.kind == 'f') return PyLong_FromDouble(n.re);
    if (n.kind == 'u') return PyLong_FromUnsignedLongLong((unsigned long long)n.i);
    return PyLong_FromLongLong(n.i);
}

static PyObject *array_float(PyObject *self) {
    wf_number n;
    if (wf_py_array_number_of(self, &n) < 0) return NULL;
    if (n.kind == 'c') return PyErr_Format(PyExc_TypeError, "float() argument must not be a complex array");
    return PyFloat_FromDouble(wf_number_cast(n, WF_DT_FLOAT64).re);
}

static PyObject *array_index(PyObject *self) {
    const wf_array *a = wf_py_array_of(self);
    if (a->ndim || !(wf_dtype_is_integer((wf_dtype)a->dtype)))
        return PyErr_Format(PyExc_TypeError, "only integer scalar arrays can be converted to a scalar index");
    return array_int(self);
}

PyObject *wf_py_array_compare(PyObject *a, PyObject *b, int op) {
    static const uint8_t ops[] = {
        [Py_LT] = WF_UF_LESS,      [Py_LE] = WF_UF_LESS_EQUAL, [Py_EQ] = WF_UF_EQUAL,
        [Py_NE] = WF_UF_NOT_EQUAL, [Py_GT] = WF_UF_GREATER,    [Py_GE] = WF_UF_GREATER_EQUAL};
    PyObject *result = wf_py_ufunc_apply((wf_ufunc)ops[op], a, b, NULL);
    if (result != Py_NotImplemented || (op != Py_EQ && op != Py_NE) || PyType_Check(b)) return result;
    /* None, a string …: as NumPy, unequal to every element, unless the other side knows better. */
    richcmpfunc other = Py_TYPE(b)->tp_richcompare;
    PyObject *known = other ? other(b, a, op) : Py_NotImplemented;
    if (!other) Py_INCREF(known);
    if (known != Py_NotImplemented) {
        Py_DECREF(result);
        return known;
    }
    Py_DECREF(known);
    Py_DECREF(result);
    PyObject *args[2] = {a, op == Py_EQ ? Py_False : Py_True};
    return wf_py_array_hook_call("filled_like", args, 2);
}

/* The slots, for the type's specification in ndarray.c. */
PyNumberMethods wf_py_array_number = {
    .nb_add = array_add,
    .nb_subtract = array_subtract,
    .nb_multiply = array_multiply,
    .nb_true_divide = array_divide,
    .nb_floor_divide = array_floor_divide,
    .nb_remainder = array_remainder,
    .nb_and = array_and,
    .nb_or = array_or,
    .nb_xor = array_xor,
    .nb_lshift = array_left,
    .nb_rshift = array_right,
    .nb_power = array_power,
    .nb_divmod = array_divmod,
    .nb_matrix_multiply = array_matmul,
    .nb_negative = array_negative,
    .nb_positive = array_positive,
    .nb_absolute = array_absolute,
    .nb_invert = array_invert,
    .nb_bool = array_bool,
    .nb_int = array_int,
    .nb_float = array_float,
    .nb_index = array_index,
    .nb_inplace_add = array_inplace_add,
    .nb_inplace_subtract = array_inplace_subtract,
    .nb_inplace_multiply = array_inplace_multiply,
    .nb_inplace_true_divide = array_inplace_divide,
    .nb_inplace_floor_divide = array_inplace_floor_divide,
    .nb_inplace_remainder = array_inplace_remainder,
    .nb_inplace_and = array_inplace_and,
    .nb_inplace_or = array_inplace_or,
    .nb_inplace_xor = array_inplace_xor,
    .nb_inplace_lshift = array_inplace_left,
    .nb_inplace_rshift = array_inplace_right,
    .nb_inplace_power = array_inplace_power,
};
