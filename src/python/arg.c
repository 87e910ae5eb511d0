/* python/arg.c: packing the arguments of a launch, and finding addresses.
 *
 * Numbers are converted to the parameter's type when nothing is lost. With `strict` (PyCUDA's rules) Python's
 * own numbers are refused, and a NumPy scalar of another size or kind, which PyCUDA would pass on as wrong
 * bytes, is converted with one warning. A buffer that was filled with elements of another kind than the
 * kernel reads is one warning too: on real PyCUDA it is silent. */
#include "python/memory.h"
#include "python/number.h"
#include <math.h>

/* ---- the plan -------------------------------------------------------------------------------------------
 */

/* Class of each scalar type, from the one table. */
static char class_of(wf_type_kind kind) {
    static const char classes[] = {
#define X(name, spelling, bytes, class, rank) class,
        WF_SCALAR_TYPES(X)
#undef X
    };
    return kind < WF_TY_SCALARS ? classes[kind] : 0;
}

/* What a pointer's target is made of: of a vector type or a record of like fields, the fields'. */
static wf_py_elements elements_of_type(const wf_type *t) {
    wf_py_elements e = {0, 0};
    if (!t) return e;
    if (t->kind == WF_TY_RECORD && t->record->built_in && t->record->field_count)
        return elements_of_type(t->record->fields[0].type);
    char class = class_of(t->kind);
    if (class && class != 'v')
        e = (wf_py_elements){class == 'u' && t->kind == WF_TY_BOOL ? 'b' : class, (uint32_t)wf_type_size(t)};
    return e;
}

static wf_py_arg_kind kind_of_type(const wf_type *t) {
    if (t->kind == WF_TY_POINTER) return WF_ARG_POINTER;
    if (t->kind == WF_TY_BOOL) return WF_ARG_BOOL;
    if (t->kind == WF_TY_HALF) return WF_ARG_HALF;
    if (t->kind == WF_TY_BFLOAT) return WF_ARG_BFLOAT;
    switch (class_of(t->kind)) {
    case 'i': return WF_ARG_SIGNED;
    case 'u': return WF_ARG_UNSIGNED;
    case 'f': return WF_ARG_FLOAT;
    }
    return WF_ARG_BYTES;
}

wf_py_params *wf_py_params_new(const wf_kernel *kernel, int strict) {
    const wf_signature *s = wf_kernel_signature(kernel);
    const wf_func *func = wf_kernel_func(kernel);
    if (wf_kernel_foreign(kernel)) return wf_py_foreign_params(kernel, strict);
    wf_py_params *p = PyMem_Calloc(1, sizeof(*p));
    wf_arena arena;
    if (!p || !(p->params = PyMem_Calloc(s->param_count + 1, sizeof(*p->params)))) goto fail;
    p->count = s->param_count;
    p->size = s->size;
    p->kernel = func->shown ? func->shown : func->name;
    p->strict = strict;
    wf_arena_init(&arena, 0);
    for (uint32_t i = 0; i < p->count; i++) {
        const wf_param_layout *layout = &s->params[i];
        wf_py_param *to = &p->params[i];
        *to =
            (wf_py_param){.kind = kind_of_type(layout->type), .offset = layout->offset, .size = layout->size};
        const char *spelled =
            wf_type_spell(&arena, layout->type->unqual ? layout->type->unqual : layout->type, "");
        to->name = layout->name;
        to->type = strdup(spelled ? spelled : "?");
        if (to->kind == WF_ARG_POINTER) {
            to->pointee = elements_of_type(layout->type->base);
            const char *pointee = wf_type_spell(
                &arena, layout->type->base->unqual ? layout->type->base->unqual : layout->type->base, "");
            to->pointee_name = strdup(pointee ? pointee : "?");
        }
    }
    wf_arena_free(&arena);
    return p;
fail:
    PyMem_Free(p);
    PyErr_NoMemory();
    return NULL;
}

void wf_py_params_free(wf_py_params *p) {
    if (!p) return;
    for (uint32_t i = 0; i < p->count; i++) {
        free((char *)p->params[i].type);
        free((char *)p->params[i].pointee_name);
        if (p->foreign) free((char *)p->params[i].name);
    }
    PyMem_Free(p->params);
    PyMem_Free(p);
}

/* ---- words -----------------------------------------------------------------------------------------------
 */

static int wrong_type(const wf_py_params *p, uint32_t number, PyObject *object, const char *hint) {
    const wf_py_param *param = &p->params[number];
    PyErr_Format(PyExc_TypeError,
                 "invalid type on parameter #%u (0-based): argument %u (%s) of kernel %s is %s, got %.100s%s",
                 number, number + 1, param->name, p->kernel, param->type, Py_TYPE(object)->tp_name, hint);
    return -1;
}

static int out_of_range(const wf_py_params *p, uint32_t number, PyObject *object) {
    const wf_py_param *param = &p->params[number];
    PyErr_Format(PyExc_OverflowError, "argument %u (%s) of kernel %s: %R does not fit in %s", number + 1,
                 param->name, p->kernel, object, param->type);
    return -1;
}

/* Once per kernel and parameter. */
static int warn_once(wf_py_params *p, uint32_t number, PyObject *message) {
    if (!message) return -1;
    p->params[number].warned = 1;
    int result = wf_py_warn(wf_py->kernel_warning, message);
    Py_DECREF(message);
    return result;
}

/* ---- numbers ---------------------------------------------------------------------------------------------
 */

/* PyCUDA hands a scalar's bytes over as they are: of another size or kind they would be nonsense. */
static int told_conversion(wf_py_params *p, uint32_t number, PyObject *object, const wf_py_number *n,
                           char kind) {
    const wf_py_param *param = &p->params[number];
    if (param->kind == WF_ARG_WORD && n->kind != 'f' && n->kind != 'c' && n->size == param->size) return 0;
    int same_kind = n->kind == kind || (strchr("iub", n->kind) && strchr("iub", kind));
    if (!p->strict || param->warned || (same_kind && n->size == param->size)) return 0;
    return warn_once(
        p, number,
        PyUnicode_FromFormat("argument %u (%s) of kernel %s is %s, got %s: its value was converted",
                             number + 1, param->name, p->kernel, param->type, Py_TYPE(object)->tp_name));
}

/* The number as an integer of the parameter's class, or -1 with an exception. */
static int integer_value(wf_py_params *p, uint32_t number, PyObject *object, const wf_py_number *n,
                         int is_signed, uint64_t *value) {
    uint32_t bits = p->params[number].size * 8;
    if (n->kind == 'f' && p->strict && n->size) {
        double f = trunc(n->value.f[0]);
        if (!(f >= -9.3e18 && f <= 1.85e19)) return out_of_range(p, number, object);
        *value = f < 0 ? (uint64_t)(int64_t)f : (uint64_t)f;
        return 0;
    }
    if (n->kind == 'f' || n->kind == 'c') return wrong_type(p, number, object, "");
    *value = n->value.u;
    if (n->size == p->params[number].size) return 0; /* the same bits, whatever the sign */
    int negative = n->kind == 'i' && n->value.i < 0;
    if (is_signed && n->kind != 'i' && n->value.u > INT64_MAX) return out_of_range(p, number, object);
    if (is_signed) {
        int64_t i = (int64_t)n->value.u, most = (int64_t)(UINT64_MAX >> (65 - bits));
        return i > most || i < -most - 1 ? out_of_range(p, number, object) : 0;
    }
    return negative || (bits < 64 && n->value.u >> bits) ? out_of_range(p, number, object) : 0;
}

static int pack_integer(wf_py_params *p, uint32_t number, PyObject *object, const wf_py_number *n,
                        int is_signed, unsigned char *out) {
    uint64_t value;
    if (integer_value(p, number, object, n, is_signed, &value) < 0) return -1;
    if (n->size && told_conversion(p, number, object, n, is_signed ? 'i' : 'u') < 0) return -1;
    memcpy(out, &value, p->params[number].size); /* little-endian hosts only */
    return 0;
}

static uint16_t bfloat_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    if ((bits & 0x7fffffff) > 0x7f800000) return (uint16_t)(bits >> 16 | 64);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static int pack_float(wf_py_params *p, uint32_t number, PyObject *object, const wf_py_number *n,
                      unsigned char *out) {
    const wf_py_param *param = &p->params[number];
    if (n->kind == 'c') return wrong_type(p, number, object, "");
    if (n->size && told_conversion(p, number, object, n, 'f') < 0) return -1;
    double value = n->kind == 'f' ? n->value.f[0] : n->kind == 'i' ? (double)n->value.i : (double)n->value.u;
    float single = (float)value;
    if (param->kind == WF_ARG_HALF) {
        if (n->kind == 'f' && n->size == 2) {
            memcpy(out, n->raw, 2);
            return 0;
        }
        if (PyFloat_Pack2(value, (char *)out, 1) == 0) return 0;
        return out_of_range(p, number, object);
    }
    if (param->kind == WF_ARG_BFLOAT) {
        uint16_t bits = bfloat_of(single);
        memcpy(out, &bits, 2);
    } else if (param->size == 4) {
        memcpy(out, &single, 4);
    } else {
        memcpy(out, &value, 8);
    }
    return 0;
}

static int pack_address(PyObject *object, unsigned char *out) {
    const wf_py_memory *memory = (const wf_py_memory *)object;
    if (wf_py_memory_alive(memory) < 0) return -1;
    memcpy(out, &memory->address, sizeof(memory->address));
    return 0;
}

static int pack_number(wf_py_params *p, uint32_t number, PyObject *object, unsigned char *out);

/* What is no number may be a NumPy array without axes: its element. */
static int pack_element(wf_py_params *p, uint32_t number, PyObject *object, unsigned char *out) {
    PyObject *ndim = strcmp(Py_TYPE(object)->tp_name, "numpy.ndarray") == 0
                         ? PyObject_GetAttrString(object, "ndim")
                         : NULL;
    int single = ndim && PyLong_Check(ndim) && PyLong_AsLong(ndim) == 0;
    Py_XDECREF(ndim);
    if (!single) return PyErr_Occurred() ? -1 : wrong_type(p, number, object, "");
    PyObject *none = PyTuple_New(0), *element = none ? PyObject_GetItem(object, none) : NULL;
    int is_array = element && Py_TYPE(element) == Py_TYPE(object);
    int result = !element   ? -1
                 : is_array ? wrong_type(p, number, object, "")
                            : pack_number(p, number, element, out);
    Py_XDECREF(element);
    Py_XDECREF(none);
    return result;
}

static int pack_number(wf_py_params *p, uint32_t number, PyObject *object, unsigned char *out) {
    const wf_py_param *param = &p->params[number];
    wf_py_number n;
    int found = wf_py_number_of(object, &n);
    if (found < 0) return -1;
    /* An address may be declared as a 64-bit integer. */
    if (!found && param->size == 8 && param->kind != WF_ARG_FLOAT && wf_py_is_memory(object))
        return pack_address(object, out);
    if (!found) return pack_element(p, number, object, out);
    if (p->strict && n.size == 0 && !PyBool_Check(object))
        return wrong_type(p, number, object, ": it has no size; pass np.int32(…), np.float32(…) or the like");
    if (param->kind == WF_ARG_FLOAT || param->kind == WF_ARG_HALF || param->kind == WF_ARG_BFLOAT)
        return pack_float(p, number, object, &n, out);
    if (param->kind == WF_ARG_BOOL) {
        *out = n.kind == 'f' ? n.value.f[0] != 0 : n.value.u != 0;
        return 0;
    }
    return pack_integer(p, number, object, &n, param->kind == WF_ARG_SIGNED, out);
}

/* ---- structs ---------------------------------------------------------------------------------------------
 */

/* An object that can be of several sizes is asked for the bytes by the parameter's size and type. */
static int pack_asked(wf_py_params *p, uint32_t number, PyObject *object, unsigned char *out) {
    const wf_py_param *param = &p->params[number];
    PyObject *bytes = PyObject_CallMethod(object, "__weft_struct__", "Iz", param->size, param->type);
    if (!bytes) return -1;
    int fits = PyBytes_Check(bytes) && PyBytes_GET_SIZE(bytes) == (Py_ssize_t)param->size;
    if (fits) memcpy(out, PyBytes_AS_STRING(bytes), param->size);
    else
        PyErr_Format(PyExc_TypeError, "argument %u (%s) of kernel %s: __weft_struct__(%u) of %s gave %R",
                     number + 1, param->name, p->kernel, param->size, Py_TYPE(object)->tp_name, bytes);
    Py_DECREF(bytes);
    return fits ? 0 : -1;
}

/* Bytes of exactly the parameter's size: numpy.void, bytes, an array, a complex number for a pair of floats.
 */
static int pack_bytes(wf_py_params *p, uint32_t number, PyObject *object, unsigned char *out) {
    const wf_py_param *param = &p->params[number];
    Py_buffer view;
    if (PyComplex_CheckExact(object) && (param->size == 8 || param->size == 16)) {
        Py_complex c = PyComplex_AsCComplex(object);
        float single[2] = {(float)c.real, (float)c.imag};
        double twice[2] = {c.real, c.imag};
        memcpy(out, param->size == 8 ? (void *)single : (void *)twice, param->size);
        return 0;
    }
    if (PyObject_GetBuffer(object, &view, PyBUF_ANY_CONTIGUOUS) < 0) {
        if (!PyErr_ExceptionMatches(PyExc_TypeError)) return -1;
        PyErr_Clear();
        if (PyObject_HasAttr(object, wf_py->names.__weft_struct__)) return pack_asked(p, number, object, out);
        return wrong_type(p, number, object, ": pass numpy.void, an array or bytes of its size");
    }
    int fits = view.len == (Py_ssize_t)param->size;
    if (fits) memcpy(out, view.buf, param->size);
    else
        PyErr_Format(PyExc_TypeError, "argument %u (%s) of kernel %s: %s has %u bytes, got %zd", number + 1,
                     param->name, p->kernel, param->type, param->size, view.len);
    PyBuffer_Release(&view);
    return fits ? 0 : -1;
}

/* ---- addresses -------------------------------------------------------------------------------------------
 */

static int of_memory(PyObject *object, wf_py_pointer *pointer) {
    wf_py_memory *memory = (wf_py_memory *)object;
    if (wf_py_memory_alive(memory) < 0) return -1;
    *pointer = (wf_py_pointer){memory->address, memory->size, memory->filled.elements, object};
    return 1;
}

/* {"data": (address, read-only), "typestr": …}; `interface` is stolen. */
static int of_interface(PyObject *interface, wf_py_pointer *pointer) {
    PyObject *data = PyDict_Check(interface) ? PyDict_GetItemString(interface, "data") : NULL;
    PyObject *typestr = PyDict_Check(interface) ? PyDict_GetItemString(interface, "typestr") : NULL;
    PyObject *address =
        data && PyTuple_Check(data) && PyTuple_GET_SIZE(data) ? PyTuple_GET_ITEM(data, 0) : NULL;
    int result = -1;
    if (address && PyLong_Check(address)) {
        pointer->address = PyLong_AsUnsignedLongLong(address);
        if (typestr && PyUnicode_Check(typestr))
            pointer->elements = wf_py_elements_of_typestr(PyUnicode_AsUTF8(typestr));
        if (!PyErr_Occurred()) result = 1;
    } else {
        PyErr_SetString(PyExc_TypeError, "__cuda_array_interface__ without an address");
    }
    Py_DECREF(interface);
    return result;
}

/* Host memory that the device reaches: pinned, managed. Other arrays are not an address. */
static int of_host_array(PyObject *object, wf_py_pointer *pointer) {
    Py_buffer view;
    wf_memory_info info;
    if (!PyObject_CheckBuffer(object) || PyBytes_Check(object)) return 0;
    if (PyObject_GetBuffer(object, &view, PyBUF_ANY_CONTIGUOUS | PyBUF_FORMAT) < 0) {
        PyErr_Clear();
        return 0;
    }
    int known = wf_memory_find((wf_address)(uintptr_t)view.buf, &info) &&
                (info.kind == WF_MEMORY_PINNED || info.kind == WF_MEMORY_MANAGED);
    if (known) {
        pointer->address = (wf_address)(uintptr_t)view.buf;
        pointer->bytes = (uint64_t)view.len;
        pointer->elements = wf_py_elements_of_format(view.format, view.itemsize);
    }
    PyBuffer_Release(&view);
    return known;
}

/* An attribute that leads to an address: .gpudata (PyCUDA's arrays and pools), .ptr (CuPy's). 0: it has none.
 */
static int of_attribute(PyObject *object, PyObject *name, wf_stream *stream, wf_py_pointer *pointer) {
    PyObject *inner = PyObject_GetAttr(object, name);
    if (!inner) {
        if (!PyErr_ExceptionMatches(PyExc_AttributeError)) return -1;
        PyErr_Clear();
        return 0;
    }
    int found = inner == object ? 0 : wf_py_pointer_of(inner, stream, pointer);
    pointer->memory =
        found == 1 && pointer->memory && Py_REFCNT(pointer->memory) > 1 ? pointer->memory : NULL;
    Py_DECREF(inner);
    return found;
}

int wf_py_pointer_of(PyObject *object, wf_stream *stream, wf_py_pointer *pointer) {
    memset(pointer, 0, sizeof(*pointer));
    if (wf_py_is_memory(object)) return of_memory(object, pointer);
    if (object == Py_None) return 1;
    if (PyLong_Check(object)) {
        pointer->address = PyLong_AsUnsignedLongLong(object);
        return PyErr_Occurred() ? -1 : 1;
    }
    if (wf_py->array_hook) {
        wf_py_array_view view = {.brief = 0};
        int found = ((wf_py_array_hook)wf_py->array_hook)(object, stream, &view);
        if (found == 1) *pointer = (wf_py_pointer){view.address, view.bytes, view.elements, NULL};
        if (found != 0) return found;
    }
    wf_py_number n;
    int number = PyFloat_Check(object) || PyComplex_Check(object) ? 0 : wf_py_number_of(object, &n);
    if (number < 0) return -1;
    if (number && n.size == 8 && (n.kind == 'i' || n.kind == 'u')) {
        pointer->address = n.value.u;
        return 1;
    }
    if (number) return 0;
    PyObject *interface = PyObject_GetAttr(object, wf_py->names.__cuda_array_interface__);
    if (interface) return of_interface(interface, pointer);
    if (!PyErr_ExceptionMatches(PyExc_AttributeError)) return -1;
    PyErr_Clear();
    int found = of_host_array(object, pointer);
    if (!found) found = of_attribute(object, wf_py->names.gpudata, stream, pointer);
    if (!found) found = of_attribute(object, wf_py->names.ptr, stream, pointer);
    return found;
}

/* Whether a buffer of `filled` can be meant where the kernel reads `wanted`. Bytes may be anything. */
static int differ(wf_py_elements filled, wf_py_elements wanted) {
    if (!filled.kind || !wanted.kind || filled.kind == 'V' || filled.size == 1 || wanted.size == 1) return 0;
    if (filled.kind == 'c') filled = (wf_py_elements){'f', filled.size / 2};
    if (filled.size != wanted.size) return 1;
    if (filled.size == 2) return 0; /* half and bfloat16 travel as uint16 */
    return (filled.kind == 'f') != (wanted.kind == 'f');
}

/* Once for each line that launches. (Python's own registry sorts out several lines that take turns.) */
static int told_here(wf_py_param *param) {
    wf_py_place here;
    wf_py_place_here(&here);
    int told = here.code && param->warned_at.code == here.code && param->warned_at.line == here.line;
    param->warned_at.code = here.code;
    param->warned_at.line = here.line;
    Py_XDECREF(here.code);
    return told;
}

static int warn_filled(wf_py_params *p, uint32_t number, const wf_py_pointer *pointer) {
    wf_py_param *param = &p->params[number];
    if (told_here(param)) return 0;
    char name[32];
    const wf_py_filled *filled = pointer->memory ? &((wf_py_memory *)pointer->memory)->filled : NULL;
    PyObject *where =
        filled && filled->place.code
            ? PyUnicode_FromFormat(" by %U, line %d", filled->place.code->co_filename, filled->place.line)
            : PyUnicode_FromString("");
    PyObject *message =
        !where
            ? NULL
            : PyUnicode_FromFormat("argument %u (%s) of kernel %s: the buffer was filled with %s%U, but the "
                                   "kernel takes it for %s (%u bytes each)",
                                   number + 1, param->name, p->kernel,
                                   wf_py_elements_name(pointer->elements, name), where, param->pointee_name,
                                   param->pointee.size);
    Py_XDECREF(where);
    int result = message ? wf_py_warn(wf_py->kernel_warning, message) : -1;
    Py_XDECREF(message);
    return result;
}

static int pack_pointer(wf_py_params *p, uint32_t number, PyObject *object, wf_stream *stream,
                        unsigned char *out) {
    wf_py_param *param = &p->params[number];
    wf_py_pointer pointer;
    if (p->strict && PyLong_Check(object))
        return wrong_type(p, number, object, ": an address is passed as np.uintp(…)");
    int found = wf_py_pointer_of(object, stream, &pointer);
    if (found < 0) return -1;
    if (!found && PyObject_HasAttr(object, wf_py->names.get_device_alloc)) return WF_PACK_HANDLER;
    if (!found)
        return wrong_type(p, number, object,
                          PyObject_CheckBuffer(object)
                              ? ": this is host memory; copy it to the device first, or wrap it in "
                                "In, Out or InOut"
                          : PyObject_HasAttrString(object, "__dlpack__")
                              ? ": weft.from_dlpack(…) makes an array of it that shares its memory"
                              : "");
    if (differ(pointer.elements, param->pointee) && warn_filled(p, number, &pointer) < 0) return -1;
    memcpy(out, &pointer.address, sizeof(pointer.address));
    return 0;
}

/* A parameter of foreign code: whether it is an address or a number, only the argument can tell. */
int wf_py_pack_word(wf_py_params *p, uint32_t number, PyObject *object, wf_stream *stream,
                    unsigned char *out) {
    wf_py_number n;
    int found = wf_py_number_of(object, &n);
    if (found < 0) return -1;
    if (!found && p->params[number].size == 8) return pack_pointer(p, number, object, stream, out);
    if (!found) return wrong_type(p, number, object, "");
    if (p->strict && n.size == 0 && !PyBool_Check(object))
        return wrong_type(p, number, object, ": it has no size; pass np.int32(…), np.float32(…) or the like");
    int is_signed = n.kind == 'i' && n.value.i < 0;
    return pack_integer(p, number, object, &n, is_signed, out);
}

/* ---- a launch's arguments
 * ---------------------------------------------------------------------------------- */

int wf_py_pack_one(wf_py_params *p, uint32_t number, PyObject *object, wf_stream *stream,
                   unsigned char *out) {
    switch (p->params[number].kind) {
    case WF_ARG_POINTER: return pack_pointer(p, number, object, stream, out);
    case WF_ARG_BYTES: return pack_bytes(p, number, object, out);
    case WF_ARG_WORD: return wf_py_pack_word(p, number, object, stream, out);
    default: return pack_number(p, number, object, out);
    }
}

int wf_py_pack(wf_py_params *p, PyObject *const *args, Py_ssize_t count, wf_stream *stream,
               unsigned char *out) {
    if (count != (Py_ssize_t)p->count) {
        PyErr_Format(PyExc_TypeError, "kernel %s takes %u arguments, got %zd", p->kernel, p->count, count);
        return -1;
    }
    int result = 0;
    for (uint32_t i = 0; i < p->count && result == 0; i++)
        result = wf_py_pack_one(p, i, args[i], stream, out + p->params[i].offset);
    return result;
}
