/* python/pyfunc_args.c: the arguments of a call, on their way into a kernel.
 *
 * One walk over the arguments writes two things: the codes of their types (pyfunc/pyfunc.h), which are the
 * key of what is compiled already, and the packed parameters, whose layout follows from the codes alone. A
 * NumPy array is used where it lies on the CPU; for a GPU it is copied there and back. Each array's own bytes
 * are its extent, so that on the CPU an access outside an array is caught even inside a larger allocation. */
#include "device/wf_device_c.h"
#include "python/pyfunc.h"

PyTypeObject *wf_py_numpy_array, *wf_py_numpy_generic; /* looked up at the first call */

int wf_py_pack_code(wf_py_packing *p, const char *code, size_t length) {
    if ((size_t)(p->code_end - p->code) <= length) {
        PyErr_SetString(PyExc_TypeError, "too many arguments");
        return -1;
    }
    memcpy(p->code, code, length);
    p->code += length;
    *p->code = 0;
    return 0;
}

int wf_py_pack_value(wf_py_packing *p, const void *value, uint32_t bytes, uint32_t align) {
    uint32_t at = (p->size + align - 1) / align * align;
    if (at + bytes > PARAMS_MAX) {
        PyErr_SetString(PyExc_TypeError, "the arguments take more than 4000 bytes");
        return -1;
    }
    memcpy(p->params + at, value, bytes);
    p->size = at + bytes;
    if (align > p->align) p->align = align;
    return 0;
}

/* ---- the types of a signature: what is passed becomes what the function was compiled for ---- */

static int mismatch(wf_py_packing *p) {
    PyErr_Format(PyExc_TypeError,
                 "No matching definition for the argument types: the signature wants '%s' here",
                 *p->want ? p->want : "nothing");
    p->mismatched = 1;
    return -1;
}

/* The wanted type begins with this letter: goes past it. */
int wf_py_pack_take(wf_py_packing *p, char letter) {
    if (!p->want) return 0;
    if (*p->want != letter) return mismatch(p);
    p->want++;
    return 0;
}

/* Goes past one element's type: a letter, a date or a record. */
static const char *past_element(const char *code) {
    if (*code == 'W' || *code == 'w') {
        const char *end = strchr(code, ';');
        return end ? end + 1 : code + strlen(code);
    }
    if (*code != '{') return *code ? code + 1 : code;
    int depth = 0;
    do depth += (*code == '{') - (*code == '}');
    while (*code++ && depth);
    return code;
}

typedef struct number { /* any scalar */
    int is_float;
    int64_t i; /* two's complement, also of unsigned ones */
    double f, imag;
} number;

static double bfloat_value(const void *value) {
    uint16_t bits;
    memcpy(&bits, value, 2);
    return wf_bfloat162double(bits);
}
static void put_bfloat(double value, char *out) {
    uint16_t bits = wf_double2bfloat16(value);
    memcpy(out, &bits, 2);
}

static number read_scalar(char code, const void *value) {
    number n = {0, 0, 0, 0};
    float part[2];
    switch (code) {
    case '?':
    case 'B': n.i = *(const unsigned char *)value; break;
    case 'b': n.i = *(const signed char *)value; break;
    case 'h': n.i = *(const int16_t *)value; break;
    case 'H': n.i = *(const uint16_t *)value; break;
    case 'i': n.i = *(const int32_t *)value; break;
    case 'I': n.i = *(const uint32_t *)value; break;
    case 'l':
    case 'L': memcpy(&n.i, value, 8); break;
    case 'e': n = (number){1, 0, PyFloat_Unpack2(value, 1), 0}; break;
    case 'E': n = (number){1, 0, bfloat_value(value), 0}; break;
    case 'f': memcpy(part, value, 4), n = (number){1, 0, (double)part[0], 0}; break;
    case 'd': n.is_float = 1, memcpy(&n.f, value, 8); break;
    case 'F': memcpy(part, value, 8), n = (number){1, 0, (double)part[0], (double)part[1]}; break;
    case 'D': n.is_float = 1, memcpy(&n.f, value, 8), memcpy(&n.imag, (const char *)value + 8, 8); break;
    default: break;
    }
    if (!n.is_float) n.f = code == 'L' ? (double)(uint64_t)n.i : (double)n.i;
    else
        n.i = n.f >= -0x1p63 && n.f < 0x1p63 ? (int64_t)n.f
              : n.f >= 0 && n.f < 0x1p64     ? (int64_t)(uint64_t)n.f
                                             : INT64_MIN;
    return n;
}

/* Its bytes; 0: the code is no scalar's. */
static uint32_t write_scalar(char code, number n, char *out) {
    float part[2] = {(float)n.f, (float)n.imag};
    switch (code) {
    case '?': *out = n.is_float ? n.f != 0 : n.i != 0; return 1;
    case 'b':
    case 'B': memcpy(out, &n.i, 1); return 1;
    case 'h':
    case 'H': memcpy(out, &n.i, 2); return 2;
    case 'i':
    case 'I': memcpy(out, &n.i, 4); return 4;
    case 'l':
    case 'L': memcpy(out, &n.i, 8); return 8;
    case 'e': return PyFloat_Pack2(n.f, out, 1) < 0 ? 0 : 2;
    case 'E': put_bfloat(n.f, out); return 2;
    case 'f': memcpy(out, part, 4); return 4;
    case 'd': memcpy(out, &n.f, 8); return 8;
    case 'F': memcpy(out, part, 8); return 8;
    case 'D': memcpy(out, &n.f, 8), memcpy(out + 8, &n.imag, 8); return 16;
    default: return 0;
    }
}

/* bool, integer, float, complex: a result may go up, never down, and integers keep their type. */
static int widens(char from, char to) {
    static const char *const kinds[] = {"?", "bhilBHIL", "eEfd", "FD"};
    int rank[2] = {9, -1};
    for (int i = 0; i < 4; i++) {
        if (strchr(kinds[i], from)) rank[0] = i;
        if (strchr(kinds[i], to)) rank[1] = i;
    }
    return rank[0] < rank[1] || (rank[0] == rank[1] && (to == 'd' || to == 'D'));
}

/* A container of integers does not take a float, one of text no number. */
static int loses_kind(char from, char to) {
    static const char *const kinds[] = {"?", "bhilBHIL", "efd", "FD"};
    int rank[2] = {9, -1};
    for (int i = 0; i < 4; i++) {
        if (strchr(kinds[i], from)) rank[0] = i;
        if (strchr(kinds[i], to)) rank[1] = i;
    }
    return rank[0] > rank[1];
}

static int put_scalar(wf_py_packing *p, char code, const void *value, uint32_t bytes) {
    char converted[16];
    if (p->want && *p->want != code) {
        char wanted = *p->want;
        if ((p->result && !widens(code, wanted)) || (p->strict && loses_kind(code, wanted)))
            return mismatch(p);
        bytes = write_scalar(wanted, read_scalar(code, value), converted);
        if (!bytes) return PyErr_Occurred() ? -1 : mismatch(p);
        if (strchr("FD", code) && !strchr("FD", wanted)) return mismatch(p);
        code = wanted;
        value = converted;
    }
    if (p->want) p->want++;
    if (wf_py_pack_code(p, &code, 1) < 0) return -1;
    if (code == 'F' || code == 'D') /* two floats */
        return wf_py_pack_value(p, value, bytes / 2, bytes / 2) < 0
                   ? -1
                   : wf_py_pack_value(p, (const char *)value + bytes / 2, bytes / 2, bytes / 2);
    return wf_py_pack_value(p, value, bytes, bytes);
}

typedef struct view { /* an array, wherever it is */
    wf_address address;
    const char *code;
    Py_ssize_t itemsize;
    int ndim, readonly;
    const Py_ssize_t *shape, *strides;
} view;

static int is_contiguous(const view *a, char layout) {
    Py_ssize_t expect = a->itemsize;
    int fits = 1;
    for (int k = 0; k < a->ndim; k++) {
        int i = layout == 'C' ? a->ndim - 1 - k : k;
        if (a->shape[i] == 0) return 1;
        if (a->shape[i] != 1 && a->strides[i] != expect) fits = 0;
        expect *= a->shape[i];
    }
    return fits;
}

static char layout_of(const view *a) {
    return is_contiguous(a, 'C') ? 'C' : is_contiguous(a, 'F') ? 'F' : 'A';
}

static void extent_of(const view *a, wf_extent *out) {
    int64_t lo = 0, hi = (int64_t)a->itemsize;
    for (int i = 0; i < a->ndim; i++) {
        if (a->shape[i] == 0) {
            *out = (wf_extent){a->address, a->address};
            return;
        }
        int64_t far = (int64_t)(a->shape[i] - 1) * a->strides[i];
        if (far < 0) lo += far;
        else hi += far;
    }
    *out = (wf_extent){a->address + (uint64_t)lo, a->address + (uint64_t)hi};
}

/* int32 and uint32 and the like: Numba's kernels with a signature take one for the other. */
static int same_width(char a, char b) {
    static const char pairs[] = "bBhHiIlL";
    const char *x = a ? strchr(pairs, a) : NULL, *y = b ? strchr(pairs, b) : NULL;
    return x && y && (x - pairs) / 2 == (y - pairs) / 2;
}

/* An array fits a wanted one of the same element and dimensions. Where any strides are wanted it keeps its
 * own layout: a contiguous one gets code of its own, which is faster. */
static int fit_array(wf_py_packing *p, const view *a, char head[4], int *readonly, char element[2]) {
    size_t length = strlen(a->code);
    if (*p->want == 'R') *readonly = 1, p->want++;
    if (p->want[0] != 'A' || p->want[2] != head[2]) return mismatch(p);
    int same =
        !strncmp(p->want + 3, a->code, length) && (size_t)(past_element(p->want + 3) - p->want - 3) == length;
    if (!same && length == 1 && same_width(p->want[3], *a->code)) element[0] = p->want[3];
    else if (!same) return mismatch(p);
    if ((p->result || p->exact) && (p->want[1] == 'A' || is_contiguous(a, p->want[1]))) head[1] = p->want[1];
    if (p->want[1] != head[1] && p->want[1] != 'A' && a->ndim) return mismatch(p);
    p->want += 3 + length;
    return 0;
}

static int put_array(wf_py_packing *p, const view *a) {
    char head[4] = {'A', layout_of(a), (char)('0' + a->ndim), 0};
    char element[2] = {0, 0};
    int readonly = a->readonly;
    if (p->want && fit_array(p, a, head, &readonly, element) < 0) return -1;
    const char *code = *element ? element : a->code;
    if (p->extent_count == ARRAYS_MAX || a->ndim > NDIM_MAX) {
        PyErr_SetString(PyExc_TypeError, "too many arrays or dimensions");
        return -1;
    }
    if ((readonly && wf_py_pack_code(p, "R", 1) < 0) || wf_py_pack_code(p, head, 3) < 0 ||
        wf_py_pack_code(p, code, strlen(code)) < 0)
        return -1;
    extent_of(a, &p->extents[p->extent_count++]);
    if (wf_py_pack_value(p, &a->address, 8, 8) < 0) return -1;
    for (int i = 0; i < a->ndim; i++) {
        int64_t n = a->shape[i];
        if (wf_py_pack_value(p, &n, 8, 8) < 0) return -1;
    }
    for (int i = 0; head[1] == 'A' && i < a->ndim; i++) {
        int64_t stride = a->strides[i] / a->itemsize;
        if (wf_py_pack_value(p, &stride, 8, 8) < 0) return -1;
    }
    return 0;
}

int wf_py_pack_array(wf_py_packing *p, const wf_py_array_shape *a, char element, int readonly) {
    char code[2] = {element, 0};
    view v = {a->data, code, a->itemsize, a->ndim, readonly, a->shape, a->strides};
    return put_array(p, &v);
}

/* One row of a structured array: by its address. */
static int put_record(wf_py_packing *p, const char *code, wf_address address, Py_ssize_t size) {
    size_t length = strlen(code);
    if (p->want && strncmp(p->want, code, length) != 0) return mismatch(p);
    if (p->want) p->want += length;
    if (p->extent_count == ARRAYS_MAX) {
        PyErr_SetString(PyExc_TypeError, "too many arrays");
        return -1;
    }
    p->extents[p->extent_count++] = (wf_extent){address, address + (uint64_t)size};
    return wf_py_pack_code(p, code, length) < 0 ? -1 : wf_py_pack_value(p, &address, 8, 8);
}

/* Something else: the decorator's class turns it into something we know. */
static int put_converted(wf_py_packing *p, PyObject *object, int depth) {
    if (depth >= TUPLE_DEPTH) {
        PyErr_SetString(PyExc_TypeError, "an argument could not be converted");
        return -1;
    }
    PyObject *made = PyObject_CallMethod((PyObject *)p->self, "_convert", "O", object);
    if (!made) return -1;
    if (PyBytes_CheckExact(made)) { /* a code: what it says is known while compiling, nothing is passed */
        const char *code = PyBytes_AS_STRING(made);
        size_t length = strlen(code);
        int bad = p->want && strncmp(p->want, code, length) ? mismatch(p) : wf_py_pack_code(p, code, length);
        if (p->want && !bad) p->want += length;
        Py_DECREF(made);
        return bad;
    }
    if (PyTuple_CheckExact(made) && PyTuple_GET_SIZE(made) == 2 &&
        PyBytes_CheckExact(PyTuple_GET_ITEM(made, 0))) {
        /* a number whose type has a longer name, a date, or a bfloat16 by its bits */
        const char *code = PyBytes_AS_STRING(PyTuple_GET_ITEM(made, 0));
        size_t length = strlen(code);
        int64_t value = PyLong_AsLongLong(PyTuple_GET_ITEM(made, 1));
        if (code[0] == 'E') {
            Py_DECREF(made);
            return PyErr_Occurred() ? -1 : put_scalar(p, 'E', &value, 2);
        }
        int bad = PyErr_Occurred() || (p->want && strncmp(p->want, code, length) && mismatch(p)) ||
                  wf_py_pack_code(p, code, length) < 0 || wf_py_pack_value(p, &value, 8, 8) < 0;
        if (p->want && !bad) p->want += length;
        Py_DECREF(made);
        return bad ? -1 : 0;
    }
    if (!p->keep && !(p->keep = PyList_New(0))) return -1;
    int result = PyList_Append(p->keep, made) < 0 ? -1 : wf_py_pack_at(p, made, depth + 1);
    Py_DECREF(made);
    return result;
}

/* One letter for a buffer's format; 0: structured, or not for us. */
static char code_of_format(const char *format, Py_ssize_t itemsize) {
    if (!format) return 'B';
    if (*format == '@' || *format == '=' || *format == '<') format++;
    if (format[0] == 'Z' && (format[1] == 'f' || format[1] == 'd') && !format[2])
        return format[1] == 'f' ? 'F' : 'D';
    if (!format[0] || format[1]) return 0;
    switch (*format) {
    case '?':
    case 'b':
    case 'B':
    case 'h':
    case 'H':
    case 'i':
    case 'I':
    case 'e':
    case 'f':
    case 'd': return *format;
    case 'l':
    case 'q': return itemsize == 8 ? 'l' : 'i';
    case 'L':
    case 'Q': return itemsize == 8 ? 'L' : 'I';
    default: return 0;
    }
}

static int put_number(wf_py_packing *p, PyObject *object, Py_buffer *v) {
    char code = code_of_format(v->format, v->itemsize);
    if (!code) {
        PyErr_Format(PyExc_TypeError, "a %s cannot be passed to a compiled function",
                     Py_TYPE(object)->tp_name);
        return -1;
    }
    return put_scalar(p, code, v->buf, (uint32_t)v->itemsize);
}

/* The element type's code of a structured array, from the Python side. */
static int record_code(wf_py_packing *p, PyObject *object, char *out, size_t size) {
    PyObject *code = PyObject_CallMethod((PyObject *)p->self, "_record_code", "O", object);
    const char *text = code ? PyUnicode_AsUTF8(code) : NULL;
    if (text && strlen(text) < size) strcpy(out, text);
    else if (text) PyErr_SetString(PyExc_TypeError, "a structured type with so many fields");
    int result = text && !PyErr_Occurred() ? 0 : -1;
    Py_XDECREF(code);
    return result;
}

/* An array that _convert made of dates says what its numbers are. */
static int named_elements(PyObject *array, char *out, size_t size) {
    PyObject *code = PyObject_GetAttrString(array, "_wf_elements");
    if (!code) return PyErr_Clear(), 0;
    const char *text = PyUnicode_Check(code) ? PyUnicode_AsUTF8(code) : NULL;
    if (text && strlen(text) < size) strcpy(out, text);
    Py_DECREF(code);
    return PyErr_Occurred() ? -1 : 0;
}

static int strides_fit(const Py_buffer *v) {
    for (int i = 0; i < v->ndim; i++)
        if (v->shape[i] > 1 && v->strides[i] % v->itemsize) return 0;
    return 1;
}

/* An array given twice, or a part of one given before, is one memory on the GPU as it is on the host: a second copy
 * would bring its old values back over what the kernel wrote into the first. 1: found. */
static int share_copy(wf_py_packing *p, wf_py_used_array *u) {
    const char *at = u->view.buf;
    for (uint32_t i = 0; i + 1 < p->host_count; i++) {
        wf_py_used_array *before = wf_py_used(p, i);
        const char *start = before->view.buf;
        if (!before->copy || at < start || at + u->view.len > start + before->view.len) continue;
        u->copy = wf_buffer_retain(before->copy);
        u->copied_at = before->copied_at + (size_t)(at - start);
        u->write_back = !u->view.readonly && !before->write_back;
        return 1;
    }
    return 0;
}

static int to_gpu(wf_py_packing *p, wf_py_used_array *u, wf_address *address) {
    wf_error err;
    wf_status status;
    wf_context *context = wf_stream_context(p->stream);
    if (!PyBuffer_IsContiguous(&u->view, 'A')) return 0; /* the caller makes a copy of it first */
    if (share_copy(p, u)) {
        *address = u->copy->address + u->copied_at;
        return 1;
    }
    Py_BEGIN_ALLOW_THREADS status = wf_buffer_alloc(context, p->stream, (size_t)u->view.len, &u->copy, &err);
    if (status == WF_OK)
        status = wf_copy_to_device(p->stream, u->copy->address, u->view.buf, (size_t)u->view.len, 0, &err);
    Py_END_ALLOW_THREADS if (status != WF_OK) {
        wf_py_raise(&err);
        return -1;
    }
    u->write_back = !u->view.readonly;
    *address = u->copy->address;
    return 1;
}

/* A NumPy scalar, which is copied: a list may hold any number of them. 1: it is something else. */
static int put_numpy_scalar(wf_py_packing *p, PyObject *object) {
    Py_buffer v;
    if (PyObject_GetBuffer(object, &v, PyBUF_FULL_RO) < 0) {
        PyErr_Clear();
        return 1;
    }
    int is_number = !v.ndim && code_of_format(v.format, v.itemsize);
    int done = is_number ? put_number(p, object, &v) : 1;
    PyBuffer_Release(&v);
    return done;
}

wf_py_used_array *wf_py_used(wf_py_packing *p, uint32_t i) {
    if (i < HOST_FIRST) return &p->host[i];
    wf_py_more_hosts *more = p->more_hosts;
    for (i -= HOST_FIRST; i >= HOST_MORE; i -= HOST_MORE) more = more->next;
    return &more->host[i];
}

/* Room for one more; it counts once host_count says so. */
static wf_py_used_array *used_next(wf_py_packing *p) {
    wf_py_more_hosts **at = &p->more_hosts;
    if (p->host_count < HOST_FIRST) return &p->host[p->host_count];
    for (uint32_t i = p->host_count - HOST_FIRST; i >= HOST_MORE; i -= HOST_MORE) at = &(*at)->next;
    if (!*at && !(*at = PyMem_Calloc(1, sizeof **at))) return (wf_py_used_array *)PyErr_NoMemory();
    return wf_py_used(p, p->host_count);
}

/* A NumPy array or scalar. Odd layouts (bytes of other orders, fields inside records, holes on a GPU) are
 * copied by _convert. */
static int put_buffer(wf_py_packing *p, PyObject *object, int depth) {
    int is_array = PyObject_TypeCheck(object, wf_py_numpy_array);
    int done = is_array ? 1 : put_numpy_scalar(p, object);
    if (done <= 0) return done;
    wf_py_used_array *u = used_next(p);
    if (!u) return -1;
    u->copy = NULL;
    u->copied_at = 0;
    u->write_back = 0;
    u->extent = (wf_extent){0, 0}; /* a scalar is copied: nothing of it is reached */
    if (!(is_array && wf_py_numpy_view(object, &u->view)) &&
        PyObject_GetBuffer(object, &u->view, PyBUF_FULL_RO) < 0) {
        PyErr_Clear();
        return put_converted(p, object, depth);
    }
    p->host_count++; /* from here on the end releases it */
    int is_scalar = !is_array;
    char code[200] = {code_of_format(u->view.format, u->view.itemsize), 0};
    if (is_scalar && (u->view.ndim || PyUnicode_Check(object)))
        return put_converted(p, object, depth); /* dates and texts show their bytes */
    if (is_scalar && (code[0] || !u->view.format || u->view.format[0] != 'T'))
        return put_number(p, object, &u->view);
    if (is_array && Py_TYPE(object) != wf_py_numpy_array && named_elements(object, code, sizeof code) < 0)
        return -1;
    if (!code[0] && record_code(p, object, code, sizeof code) < 0) return -1;
    wf_address address = (uintptr_t)u->view.buf;
    int on_device = p->cpu ? strides_fit(&u->view) : to_gpu(p, u, &address);
    if (on_device < 0) return -1;
    if (!on_device) return put_converted(p, object, depth);
    if (is_scalar) { /* a row of a structured array: it says that it is read-only, and can be written to */
        u->write_back = u->copy != NULL;
        return put_record(p, code, address, u->view.itemsize);
    }
    view a = {address,          code,          u->view.itemsize, u->view.ndim,
              u->view.readonly, u->view.shape, u->view.strides};
    extent_of(&a, &u->extent);
    return put_array(p, &a);
}

/* What C passed by its address: how much is there C alone knows. */
static int put_pointer(wf_py_packing *p, PyObject *object) {
    const int64_t elements = (int64_t)1 << 40;
    const char *end = past_element(p->want + 3);
    uint64_t address = PyLong_AsUnsignedLongLong(object);
    if (PyErr_Occurred()) return -1;
    if (p->extent_count == ARRAYS_MAX) return PyErr_SetString(PyExc_TypeError, "too many arrays"), -1;
    p->extents[p->extent_count++] = (wf_extent){address, address + 16 * (uint64_t)elements};
    if (wf_py_pack_code(p, p->want, (size_t)(end - p->want)) < 0) return -1;
    p->want = end;
    return wf_py_pack_value(p, &address, 8, 8) < 0 ? -1 : wf_py_pack_value(p, &elements, 8, 8);
}

static int put_int(wf_py_packing *p, PyObject *object) {
    if (p->want && p->self->pointers && !strncmp(p->want, "AC1", 3)) return put_pointer(p, object);
    int overflow = 0;
    int64_t value = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (!overflow) return value == -1 && PyErr_Occurred() ? -1 : put_scalar(p, 'l', &value, 8);
    uint64_t big = PyLong_AsUnsignedLongLong(object);
    return PyErr_Occurred() ? -1 : put_scalar(p, 'L', &big, 8);
}

/* T7; for a named tuple whose class the decorator's class knows. */
static int named_tuple(wf_py_packing *p, PyObject *tuple, char *head, size_t size) {
    PyObject *number =
        PyObject_CallMethod((PyObject *)p->self, "_tuple_class", "O", (PyObject *)Py_TYPE(tuple));
    long class_ = number ? PyLong_AsLong(number) : -1;
    Py_XDECREF(number);
    if (class_ > 0) snprintf(head, size, "T%ld;", class_);
    return class_ < 0 ? -1 : 0;
}

static int put_tuple(wf_py_packing *p, PyObject *tuple, int depth) {
    if (depth >= TUPLE_DEPTH) {
        PyErr_SetString(PyExc_TypeError, "a tuple nested so deeply");
        return -1;
    }
    char head[32] = "(";
    if (PyTuple_GET_SIZE(tuple) > TUPLE_ITEMS) {
        PyErr_Format(PyExc_TypeError,
                     "a tuple of %zd items: compiled functions take up to %d; pass a NumPy array or a list",
                     PyTuple_GET_SIZE(tuple), TUPLE_ITEMS);
        return -1;
    }
    if (!PyTuple_CheckExact(tuple) && named_tuple(p, tuple, head, sizeof head) < 0) return -1;
    for (const char *c = head; *c; c++)
        if (wf_py_pack_take(p, *c) < 0) return -1;
    if (wf_py_pack_code(p, head, strlen(head)) < 0) return -1;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); i++)
        if (wf_py_pack_at(p, PyTuple_GET_ITEM(tuple, i), depth + 1) < 0) return -1;
    return wf_py_pack_take(p, ')') < 0 ? -1 : wf_py_pack_code(p, ")", 1);
}

/* A slice: its start, stop and step. Where a signature wants integers, None is the end that it means. */
static int put_slice(wf_py_packing *p, PyObject *object, int depth) {
    PySliceObject *slice = (PySliceObject *)object;
    PyObject *parts[3] = {slice->start, slice->stop, slice->step};
    if (wf_py_pack_take(p, 'X') < 0 || wf_py_pack_take(p, '(') < 0 || wf_py_pack_code(p, "X(", 2) < 0)
        return -1;
    for (int i = 0; i < 3; i++) {
        int64_t end = i == 0 ? 0 : i == 1 ? INT64_MAX : 1;
        int done = parts[i] == Py_None && p->want && *p->want != 'N' ? put_scalar(p, 'l', &end, 8)
                                                                     : wf_py_pack_at(p, parts[i], depth + 1);
        if (done < 0) return -1;
    }
    return wf_py_pack_take(p, ')') < 0 ? -1 : wf_py_pack_code(p, ")", 1);
}

static int put_range(wf_py_packing *p, PyObject *object) {
    static const char *const names[] = {"start", "stop", "step"};
    if (wf_py_pack_take(p, 'G') < 0 || wf_py_pack_take(p, '(') < 0 || wf_py_pack_code(p, "G(", 2) < 0)
        return -1;
    for (int i = 0; i < 3; i++) {
        PyObject *part = PyObject_GetAttrString(object, names[i]);
        int64_t value = part ? PyLong_AsLongLong(part) : -1;
        Py_XDECREF(part);
        if (PyErr_Occurred() || put_scalar(p, 'l', &value, 8) < 0) return -1;
    }
    return wf_py_pack_take(p, ')') < 0 ? -1 : wf_py_pack_code(p, ")", 1);
}

char wf_py_code_of_elements(wf_py_elements e) {
    switch (e.kind) {
    case 'b': return '?';
    case 'i': return e.size == 1 ? 'b' : e.size == 2 ? 'h' : e.size == 4 ? 'i' : 'l';
    case 'u': return e.size == 1 ? 'B' : e.size == 2 ? 'H' : e.size == 4 ? 'I' : 'L';
    case 'f': return e.size == 2 ? 'e' : e.size == 4 ? 'f' : e.size == 8 ? 'd' : 0;
    case 'c': return e.size == 8 ? 'F' : e.size == 16 ? 'D' : 0;
    default: return 0;
    }
}

/* An element or a total of an array is the number that it is in NumPy. */
static int put_room_number(wf_py_packing *p, PyObject *object) {
    wf_py_elements kind;
    unsigned char raw[16];
    int found = wf_py->number_hook ? ((wf_py_number_hook)wf_py->number_hook)(object, &kind, raw) : 0;
    char code = found > 0 ? wf_py_code_of_elements(kind) : 0;
    if (found <= 0 || !code) return found < 0 ? -1 : 0;
    return put_scalar(p, code, raw, kind.size) < 0 ? -1 : 1;
}

/* An array of another room (weft.ndarray). 1: packed; 0: it is none; -1: exception. */
static int put_room_array(wf_py_packing *p, PyObject *object) {
    wf_py_array_view found = {.brief = 0};
    Py_ssize_t shape[NDIM_MAX], strides[NDIM_MAX];
    int is_array = wf_py->array_hook ? ((wf_py_array_hook)wf_py->array_hook)(object, p->stream, &found) : 0;
    if (is_array <= 0) return is_array;
    char code[2] = {found.is_bfloat ? 'E' : wf_py_code_of_elements(found.elements), 0};
    if (found.ndim > NDIM_MAX) return PyErr_Format(PyExc_TypeError, "an array of %d axes", found.ndim), -1;
    for (int i = 0; i < found.ndim; i++) {
        shape[i] = (Py_ssize_t)found.shape[i];
        strides[i] = (Py_ssize_t)found.strides[i];
    }
    if (!code[0]) {
        PyErr_SetString(PyExc_TypeError, "an array of this dtype cannot be passed to a compiled function");
        return -1;
    }
    if (found.device != wf_context_device(wf_stream_context(p->stream))) {
        PyErr_Format(PyExc_ValueError, "the array is on %s, the function runs on %s",
                     wf_device_label(found.device),
                     wf_device_label(wf_context_device(wf_stream_context(p->stream))));
        return -1;
    }
    view a = {found.address, code, (Py_ssize_t)found.elements.size, found.ndim, 0, shape, strides};
    return put_array(p, &a) < 0 ? -1 : 1;
}

/* A signature's optional(type): a flag, and the value or zeros. */
static int put_optional(wf_py_packing *p, PyObject *object, int depth) {
    static const unsigned char zeros[64];
    unsigned char there = object != Py_None;
    p->want++;
    if (wf_py_pack_code(p, "O", 1) < 0 || wf_py_pack_value(p, &there, 1, 1) < 0) return -1;
    if (there) return wf_py_pack_at(p, object, depth);
    const char *rest = wf_pf_code_skip(p->want);
    uint64_t size = p->size;
    if (!rest || wf_py_pack_code(p, p->want, (size_t)(rest - p->want)) < 0) return mismatch(p);
    wf_py_lay_out(p->want, &size, &p->align);
    if (*p->want && strchr("RAU[MSJ", *p->want)) p->extents[p->extent_count++] = (wf_extent){0, 0};
    for (p->want = rest; p->size < size;) {
        uint32_t step = size - p->size > 64 ? 64 : (uint32_t)(size - p->size);
        if (wf_py_pack_value(p, zeros, step, 1) < 0) return -1;
    }
    return 0;
}

int wf_py_pack_at(wf_py_packing *p, PyObject *object, int depth) {
    if (p->want && *p->want == 'O') return put_optional(p, object, depth);
    if (PyObject_TypeCheck(object, wf_py_device_array_type)) {
        wf_py_device_array *d = (wf_py_device_array *)object;
        view a = {d->address, d->code, d->itemsize, d->ndim, d->readonly, d->shape, d->strides};
        if (!d->ndim && d->code[0] == '{') return put_record(p, d->code, d->address, d->itemsize);
        return put_array(p, &a);
    }
    if (PyFloat_CheckExact(object)) {
        double value = PyFloat_AS_DOUBLE(object);
        return put_scalar(p, 'd', &value, 8);
    }
    if (PyLong_CheckExact(object)) return put_int(p, object);
    if (PyBool_Check(object)) {
        unsigned char value = object == Py_True;
        return put_scalar(p, '?', &value, 1);
    }
    if (PyObject_TypeCheck(object, wf_py_numpy_array) || PyObject_TypeCheck(object, wf_py_numpy_generic))
        return put_buffer(p, object, depth);
    if (PyComplex_CheckExact(object)) {
        double value[2] = {PyComplex_RealAsDouble(object), PyComplex_ImagAsDouble(object)};
        return put_scalar(p, 'D', value, 16);
    }
    if (object == Py_None) return wf_py_pack_take(p, 'N') < 0 ? -1 : wf_py_pack_code(p, "N", 1);
    if (object == Py_Ellipsis) return wf_py_pack_take(p, '.') < 0 ? -1 : wf_py_pack_code(p, ".", 1);
    if (PyTuple_Check(object)) return put_tuple(p, object, depth);
    if (PySlice_Check(object)) return put_slice(p, object, depth);
    if (PyRange_Check(object)) return put_range(p, object);
    if (p->self->options.mode == WF_PF_HOST) {
        int contained = wf_py_pack_container(p, object, depth);
        if (contained) return contained < 0 ? -1 : 0;
    }
    int room = put_room_number(p, object);
    if (!room) room = put_room_array(p, object);
    return room ? (room < 0 ? -1 : 0) : put_converted(p, object, depth);
}

int wf_py_find_numpy(void) {
    if (wf_py_numpy_generic) return 0;
    PyObject *numpy = PyImport_ImportModule("numpy");
    if (!numpy) return -1;
    wf_py_numpy_array = (PyTypeObject *)PyObject_GetAttrString(numpy, "ndarray");
    wf_py_numpy_generic = (PyTypeObject *)PyObject_GetAttrString(numpy, "generic");
    Py_DECREF(numpy);
    return wf_py_numpy_array && wf_py_numpy_generic ? 0 : -1;
}

/* Copies back what a GPU kernel may have written, and lets go. An exception that is set stays. */
int wf_py_pack_end(wf_py_packing *p, int success) {
    wf_error err;
    wf_status status = WF_OK;
    for (uint32_t i = 0; i < p->host_count; i++) {
        wf_py_used_array *u = wf_py_used(p, i);
        if (u->copy && u->write_back && success && status == WF_OK) {
            Py_BEGIN_ALLOW_THREADS status = wf_copy_to_host(
                p->stream, u->view.buf, u->copy->address + u->copied_at, (size_t)u->view.len, 0, &err);
            Py_END_ALLOW_THREADS
        }
        if (u->copy) wf_buffer_release(u->copy);
        PyBuffer_Release(&u->view);
    }
    for (wf_py_more_hosts *m = p->more_hosts, *next; m; m = next) {
        next = m->next;
        PyMem_Free(m);
    }
    p->more_hosts = NULL;
    p->host_count = 0;
    if (status != WF_OK) wf_py_raise(&err);
    /* Arrays that _convert copied are written back by whoever made them. */
    if (p->keep && success && status == WF_OK) {
        PyObject *done = PyObject_CallMethod((PyObject *)p->self, "_converted_done", "O", p->keep);
        Py_XDECREF(done);
        if (!done) status = WF_INVALID;
    }
    Py_CLEAR(p->keep);
    wf_py_pack_drop(p);
    wf_py_instances_drop(p);
    wf_pf_heap_free(p->heap);
    p->heap = NULL;
    return status == WF_OK ? 0 : -1;
}

int wf_py_pack_begin(wf_py_packing *p, wf_py_function *self, wf_stream *stream, char *codes,
                     unsigned char *params) {
    p->self = self;
    p->stream = stream;
    p->cpu = wf_device_is_cpu(wf_context_device(wf_stream_context(stream)));
    p->code = codes;
    p->code_end = codes + CODES_MAX;
    p->params = params;
    p->size = p->extent_count = p->host_count = 0;
    p->more_hosts = NULL;
    p->keep = NULL;
    p->heap = NULL;
    p->lists = NULL;
    p->instances = p->few_instances;
    p->instance_count = 0;
    p->instance_capacity = INSTANCES_FEW;
    p->strict = p->exact = 0;
    p->nested = p->mismatched = 0;
    p->align = 1;
    p->result = 0;
    p->want = self->signature_count == 1 ? self->signatures[0] : NULL;
    *codes = 0;
    return wf_py_find_numpy();
}

int wf_py_pack_object(wf_py_packing *p, PyObject *object) { return wf_py_pack_at(p, object, 0); }

/* Says which argument has which type, in Python's words, in the place of what mismatch() said. */
static void tell_mismatch(wf_py_packing *p, PyObject *arg, Py_ssize_t at, const char *want) {
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyObject *text = PyObject_CallMethod((PyObject *)p->self, "_wrong_type", "nOs", at, arg, want);
    if (text) {
        PyErr_SetObject(PyExc_TypeError, text);
        Py_DECREF(text);
        Py_XDECREF(type);
        Py_XDECREF(value);
        Py_XDECREF(trace);
    } else PyErr_Restore(type, value, trace); /* this one is dropped with it */
}

static int put_all(wf_py_packing *p, PyObject *const *args, Py_ssize_t count) {
    for (Py_ssize_t i = 0; i < count; i++) {
        const char *want = p->want;
        if (wf_py_pack_at(p, args[i], 0) == 0) continue;
        if (p->mismatched && want && *want) tell_mismatch(p, args[i], i, want);
        return -1;
    }
    return p->want && *p->want ? mismatch(p) : 0;
}

/* Several signatures: the one that the arguments have, or the one that the decorator's class picks. */
static int put_picked(wf_py_packing *p, PyObject *const *args, Py_ssize_t count, char *codes) {
    if (put_all(p, args, count) < 0) return -1;
    for (uint32_t i = 0; i < p->self->signature_count; i++)
        if (!strcmp(p->self->signatures[i], codes)) return 0;
    PyObject *picked = PyObject_CallMethod((PyObject *)p->self, "_pick", "s", codes);
    long which = picked ? PyLong_AsLong(picked) : -1;
    Py_XDECREF(picked);
    if (which < 0 || which >= (long)p->self->signature_count) return -1;
    char *start = codes;
    unsigned char *params = p->params;
    wf_stream *stream = p->stream;
    if (wf_py_pack_end(p, 0) < 0 || wf_py_pack_begin(p, p->self, stream, start, params) < 0) return -1;
    p->want = p->self->signatures[which];
    return put_all(p, args, count);
}

wf_py_variant *wf_py_pack_all(wf_py_packing *p, PyObject *const *args, Py_ssize_t count, char *codes) {
    int bad = p->self->signature_count > 1 ? put_picked(p, args, count, codes) : put_all(p, args, count);
    return bad ? NULL : wf_py_variant_of(p->self, codes);
}
