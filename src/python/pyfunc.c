/* python/pyfunc.c: weft._core.PyFunction: a Python function that is compiled for the types it is called with.
 *
 *     function[grid, block, stream, shared](x, y, n)     a CUDA kernel
 *     function(x, y)                                     a host function (@jit)
 *
 * One walk over the arguments writes two things: the codes of their types (pyfunc/pyfunc.h), which are the
 * key of what is compiled already, and the packed parameters, whose layout follows from the codes alone. A
 * NumPy array is used where it lies on the CPU; for a GPU it is copied there and back. Each array's own bytes
 * are its extent, so that on the CPU an access outside an array is caught even inside a larger allocation.
 *
 * The decorators are Python classes on top (weft/cuda.py, weft/_jit.py): they find the function's source
 * (_source), help with unusual arguments (_convert) and give the classes of errors. */
#include "base/hash.h"
#include "base/memory.h"
#include "python/arg.h"
#include "python/kernel.h"
#include "pyfunc/reader.h"
#include <structmember.h>

enum { CODES_MAX = 1000, PARAMS_MAX = 4000, ARRAYS_MAX = 120, NDIM_MAX = 9, TUPLE_DEPTH = 8 };

/* ---- arrays on a device ---- */

/* What cuda.to_device gives: the base of DeviceNDArray. It only says where and what; `owner` keeps the
 * memory. */
typedef struct device_array {
    PyObject_HEAD PyObject *owner;
    PyObject *weaklist;
    wf_address address;
    char code[200]; /* of the elements */
    Py_ssize_t itemsize;
    int ndim, readonly;
    Py_ssize_t shape[NDIM_MAX], strides[NDIM_MAX]; /* strides in bytes */
} device_array;

static PyTypeObject *device_array_type, *configured_type, *function_type, *host_memory_type;
static PyTypeObject *numpy_array, *numpy_generic; /* looked up at the first call */

static int sizes_of(PyObject *tuple, Py_ssize_t *out) {
    Py_ssize_t n = PyTuple_Check(tuple) ? PyTuple_GET_SIZE(tuple) : -1;
    if (n < 0 || n > NDIM_MAX) {
        PyErr_Format(PyExc_ValueError, "an array has at most %d dimensions", NDIM_MAX);
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        out[i] = PyLong_AsSsize_t(PyTuple_GET_ITEM(tuple, i));
        if (out[i] == -1 && PyErr_Occurred()) return -1;
    }
    return (int)n;
}

/* DeviceArray(owner, address, code, itemsize, shape, strides, readonly=False) */
static PyObject *device_array_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    (void)kwargs;
    PyObject *owner, *shape, *strides;
    unsigned long long address;
    const char *code;
    Py_ssize_t itemsize;
    int readonly = 0;
    if (!PyArg_ParseTuple(args, "OKsnOO|p:DeviceArray", &owner, &address, &code, &itemsize, &shape, &strides,
                          &readonly))
        return NULL;
    const char *rest = wf_pf_code_skip(code);
    if (!rest || *rest || strlen(code) >= 200)
        return PyErr_Format(PyExc_TypeError, "elements of type '%s' are not supported", code);
    device_array *self = (device_array *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->owner = Py_NewRef(owner);
    self->address = address;
    strcpy(self->code, code);
    self->itemsize = itemsize;
    self->readonly = readonly;
    self->ndim = sizes_of(shape, self->shape);
    if (self->ndim < 0 || sizes_of(strides, self->strides) != self->ndim) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "shape and strides differ in length");
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static void device_array_dealloc(PyObject *object) {
    device_array *self = (device_array *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    if (self->weaklist) PyObject_ClearWeakRefs(object);
    Py_XDECREF(self->owner);
    type->tp_free(object);
    Py_DECREF(type);
}

static int device_array_traverse(PyObject *object, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((device_array *)object)->owner);
    return 0;
}

static PyObject *tuple_of(const Py_ssize_t *sizes, int n) {
    PyObject *tuple = PyTuple_New(n);
    for (int i = 0; tuple && i < n; i++) {
        PyObject *size = PyLong_FromSsize_t(sizes[i]);
        if (!size) Py_CLEAR(tuple);
        else PyTuple_SET_ITEM(tuple, i, size);
    }
    return tuple;
}

static PyObject *get_shape(PyObject *o, void *c) {
    (void)c;
    return tuple_of(((device_array *)o)->shape, ((device_array *)o)->ndim);
}
static PyObject *get_strides(PyObject *o, void *c) {
    (void)c;
    return tuple_of(((device_array *)o)->strides, ((device_array *)o)->ndim);
}
static PyObject *get_address(PyObject *o, void *c) {
    (void)c;
    return PyLong_FromUnsignedLongLong(((device_array *)o)->address);
}
static PyObject *get_code(PyObject *o, void *c) {
    (void)c;
    return PyUnicode_FromString(((device_array *)o)->code);
}
static PyGetSetDef device_array_getset[] = {
    {"shape", get_shape, NULL, NULL, NULL},
    {"strides", get_strides, NULL, "in bytes", NULL},
    {"_address", get_address, NULL, NULL, NULL},
    {"_code", get_code, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyMemberDef device_array_members[] = {
    {"_owner", T_OBJECT, offsetof(device_array, owner), READONLY, NULL},
    {"itemsize", T_PYSSIZET, offsetof(device_array, itemsize), READONLY, NULL},
    {"ndim", T_INT, offsetof(device_array, ndim), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(device_array, weaklist), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot device_array_slots[] = {
    {Py_tp_new, device_array_new},           {Py_tp_dealloc, device_array_dealloc},
    {Py_tp_traverse, device_array_traverse}, {Py_tp_getset, device_array_getset},
    {Py_tp_members, device_array_members},   {0, NULL},
};
static PyType_Spec device_array_spec = {"weft._core.DeviceArray", sizeof(device_array), 0,
                                        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                                        device_array_slots};

/* ---- memory that a host function made ---- */

typedef struct host_memory {
    PyObject_HEAD char *data;
    Py_ssize_t size;
} host_memory;

static int host_memory_buffer(PyObject *object, Py_buffer *view, int flags) {
    return PyBuffer_FillInfo(view, object, ((host_memory *)object)->data, ((host_memory *)object)->size, 0,
                             flags);
}

/* device/python.h: the address of the memory itself lies 8 bytes before the data. */
static void host_memory_dealloc(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    char *data = ((host_memory *)object)->data;
    if (data) wf_free((void *)(uintptr_t)((uint64_t *)(void *)data)[-1]);
    PyObject_Free(object);
    Py_DECREF(type);
}

static PyType_Slot host_memory_slots[] = {
    {Py_bf_getbuffer, host_memory_buffer},
    {Py_tp_dealloc, host_memory_dealloc},
    {0, NULL},
};
static PyType_Spec host_memory_spec = {"weft._core.HostMemory", sizeof(host_memory), 0,
                                       Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                       host_memory_slots};

/* ---- the function ---- */

typedef struct variant { /* for one list of types */
    struct variant *next;
    uint64_t hash;
    char *codes, *returns;
    PyObject *program; /* Program */
    wf_kernel *kernel;
} variant;

typedef struct function {
    PyObject_HEAD vectorcallfunc vectorcall;
    PyObject *dict, *weaklist;
    wf_pf_module *module; /* read at the first compilation */
    wf_pf_options options;
    int check_bounds;
    variant *variants, *last;
} function;

static PyObject *function_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *names);

/* PyFunction(mode, fastmath=False, parallel=False, trap_divide=False, check_bounds=True, max_threads=0):
 * "kernel", "device", "host" */
static PyObject *function_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    (void)kwargs;
    const char *mode;
    int fastmath = 0, parallel = 0, trap = 0, check = 1;
    unsigned threads = 0;
    if (!PyArg_ParseTuple(args, "s|ppppI:PyFunction", &mode, &fastmath, &parallel, &trap, &check, &threads))
        return NULL;
    function *self = (function *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->vectorcall = function_vectorcall;
    self->options.mode = !strcmp(mode, "host")     ? WF_PF_HOST
                         : !strcmp(mode, "device") ? WF_PF_CUDA_DEVICE
                                                   : WF_PF_CUDA_KERNEL;
    self->options.fastmath = fastmath;
    self->options.parallel = parallel;
    self->options.trap_divide = trap;
    self->options.contract = fastmath || self->options.mode != WF_PF_HOST;
    self->options.max_threads = threads;
    self->check_bounds = check;
    return (PyObject *)self;
}

static void drop_variants(function *self) {
    for (variant *v = self->variants, *next; v; v = next) {
        next = v->next;
        Py_XDECREF(v->program);
        wf_free(v->codes);
        wf_free(v->returns);
        wf_free(v);
    }
    self->variants = self->last = NULL;
}

static void function_dealloc(PyObject *object) {
    function *self = (function *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    if (self->weaklist) PyObject_ClearWeakRefs(object);
    drop_variants(self);
    wf_pf_module_free(self->module);
    Py_XDECREF(self->dict);
    type->tp_free(object);
    Py_DECREF(type);
}

static int function_traverse(PyObject *object, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((function *)object)->dict);
    return 0;
}

static int read_module(function *self) {
    if (self->module) return 0;
    PyObject *source = PyObject_CallMethod((PyObject *)self, "_source", NULL);
    if (!source) return -1;
    wf_pf_module *module = wf_pf_read(source);
    Py_DECREF(source);
    if (self->module) wf_pf_module_free(module); /* another thread has read it meanwhile */
    else self->module = module;
    return self->module ? 0 : -1;
}

/* A mistake in the user's function is raised as the class that the decorator wants. */
static PyObject *raise_error(function *self, const wf_error *err) {
    if (err->status != WF_COMPILE && err->status != WF_TYPE) return wf_py_raise(err);
    PyObject *class =
        PyObject_GetAttrString((PyObject *)self, err->status == WF_COMPILE ? "_typing_error" : "_call_error");
    if (!class) return NULL;
    PyObject *text = PyUnicode_DecodeUTF8(err->message, (Py_ssize_t)strlen(err->message), "replace");
    if (text) PyErr_SetObject(class, text);
    Py_XDECREF(text);
    Py_DECREF(class);
    return NULL;
}

static variant *find(function *self, const char *codes, uint64_t hash) {
    if (self->last && self->last->hash == hash && !strcmp(self->last->codes, codes)) return self->last;
    for (variant *v = self->variants; v; v = v->next)
        if (v->hash == hash && !strcmp(v->codes, codes)) return self->last = v;
    return NULL;
}

static variant *variant_new(function *self, const char *codes, uint64_t hash, wf_pf_result *made,
                            wf_error *err) {
    wf_program *program = NULL;
    variant *v = wf_calloc(1, sizeof *v);
    if (!v) return NULL;
    v->hash = hash;
    v->codes = wf_strdup(codes);
    v->returns = wf_strdup(made->returns);
    char *name = wf_strdup(made->kernel);
    wf_program_options options = {.check_bounds = self->check_bounds ? 0 : -1};
    wf_status status = wf_program_new(made->unit, &options, &program, err);
    made->unit = NULL;
    if (status == WF_OK && name) status = wf_program_kernel(program, name, &v->kernel, err);
    wf_free(name);
    if (status != WF_OK || !v->codes || !v->returns) {
        if (program) wf_program_release(program);
        wf_free(v->codes);
        wf_free(v->returns);
        wf_free(v);
        return NULL;
    }
    v->program = wf_py_program_object(program);
    v->next = self->variants;
    self->variants = self->last = v;
    return v;
}

static variant *variant_of(function *self, const char *codes) {
    uint64_t hash = wf_hash64(codes, strlen(codes), 0);
    variant *v = find(self, codes, hash);
    if (v) return v;
    if (read_module(self) < 0) return NULL;
    wf_pf_result made;
    wf_error err;
    if (wf_pyfunc_unit(self->module, codes, &self->options, &made, &err) != WF_OK) {
        if (made.unit) wf_unit_free(made.unit);
        raise_error(self, &err);
        return NULL;
    }
    wf_error_clear(&err);
    v = variant_new(self, codes, hash, &made, &err);
    if (!v && !PyErr_Occurred()) {
        if (err.status == WF_OK) PyErr_NoMemory();
        else wf_py_raise(&err);
    }
    return v;
}

/* ---- arguments ---- */

typedef struct used_array { /* a host array on its way */
    Py_buffer view;
    wf_buffer *copy; /* on a GPU */
    int write_back;
} used_array;

typedef struct packing {
    function *self;
    wf_stream *stream;
    int cpu;
    char *code, *code_end;
    uint32_t size;
    unsigned char *params;
    wf_extent extents[ARRAYS_MAX];
    uint32_t extent_count;
    used_array host[ARRAYS_MAX];
    uint32_t host_count;
    PyObject *keep; /* list of objects made on the way, or NULL */
} packing;

static int put_code(packing *p, const char *code, size_t length) {
    if ((size_t)(p->code_end - p->code) <= length) {
        PyErr_SetString(PyExc_TypeError, "too many arguments");
        return -1;
    }
    memcpy(p->code, code, length);
    p->code += length;
    *p->code = 0;
    return 0;
}

static int put_value(packing *p, const void *value, uint32_t bytes, uint32_t align) {
    uint32_t at = (p->size + align - 1) / align * align;
    if (at + bytes > PARAMS_MAX) {
        PyErr_SetString(PyExc_TypeError, "the arguments take more than 4000 bytes");
        return -1;
    }
    memcpy(p->params + at, value, bytes);
    p->size = at + bytes;
    return 0;
}

static int put_scalar(packing *p, char code, const void *value, uint32_t bytes) {
    if (put_code(p, &code, 1) < 0) return -1;
    if (code == 'F' || code == 'D') /* two floats */
        return put_value(p, value, bytes / 2, bytes / 2) < 0
                   ? -1
                   : put_value(p, (const char *)value + bytes / 2, bytes / 2, bytes / 2);
    return put_value(p, value, bytes, bytes);
}

typedef struct view { /* an array, wherever it is */
    wf_address address;
    const char *code;
    Py_ssize_t itemsize;
    int ndim, readonly;
    const Py_ssize_t *shape, *strides;
} view;

static char layout_of(const view *a) {
    Py_ssize_t expect = a->itemsize;
    int c = 1, f = 1;
    for (int i = a->ndim - 1; i >= 0; i--) {
        if (a->shape[i] != 1 && a->strides[i] != expect) c = 0;
        expect *= a->shape[i];
    }
    expect = a->itemsize;
    for (int i = 0; i < a->ndim; i++) {
        if (a->shape[i] != 1 && a->strides[i] != expect) f = 0;
        expect *= a->shape[i];
        if (a->shape[i] == 0) return 'C';
    }
    return c ? 'C' : f ? 'F' : 'A';
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

static int put_array(packing *p, const view *a) {
    char head[4] = {'A', layout_of(a), (char)('0' + a->ndim), 0};
    if (p->extent_count == ARRAYS_MAX || a->ndim > NDIM_MAX) {
        PyErr_SetString(PyExc_TypeError, "too many arrays or dimensions");
        return -1;
    }
    if ((a->readonly && put_code(p, "R", 1) < 0) || put_code(p, head, 3) < 0 ||
        put_code(p, a->code, strlen(a->code)) < 0)
        return -1;
    extent_of(a, &p->extents[p->extent_count++]);
    if (put_value(p, &a->address, 8, 8) < 0) return -1;
    for (int i = 0; i < a->ndim; i++) {
        int64_t n = a->shape[i];
        if (put_value(p, &n, 8, 8) < 0) return -1;
    }
    for (int i = 0; head[1] == 'A' && i < a->ndim; i++) {
        int64_t stride = a->strides[i] / a->itemsize;
        if (put_value(p, &stride, 8, 8) < 0) return -1;
    }
    return 0;
}

static int put(packing *p, PyObject *object, int depth);

/* Something else: the decorator's class turns it into something we know. */
static int put_converted(packing *p, PyObject *object, int depth) {
    if (depth >= TUPLE_DEPTH) {
        PyErr_SetString(PyExc_TypeError, "an argument could not be converted");
        return -1;
    }
    PyObject *made = PyObject_CallMethod((PyObject *)p->self, "_convert", "O", object);
    if (!made) return -1;
    if (!p->keep && !(p->keep = PyList_New(0))) return -1;
    int result = PyList_Append(p->keep, made) < 0 ? -1 : put(p, made, depth + 1);
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

static int put_number(packing *p, PyObject *object, Py_buffer *v) {
    char code = code_of_format(v->format, v->itemsize);
    if (!code) {
        PyErr_Format(PyExc_TypeError, "a %s cannot be passed to a compiled function",
                     Py_TYPE(object)->tp_name);
        return -1;
    }
    return put_scalar(p, code, v->buf, (uint32_t)v->itemsize);
}

/* The element type's code of a structured array, from the Python side. */
static int record_code(packing *p, PyObject *object, char *out, size_t size) {
    PyObject *code = PyObject_CallMethod((PyObject *)p->self, "_record_code", "O", object);
    const char *text = code ? PyUnicode_AsUTF8(code) : NULL;
    if (text && strlen(text) < size) strcpy(out, text);
    else if (text) PyErr_SetString(PyExc_TypeError, "a structured type with so many fields");
    int result = text && !PyErr_Occurred() ? 0 : -1;
    Py_XDECREF(code);
    return result;
}

static int strides_fit(const Py_buffer *v) {
    for (int i = 0; i < v->ndim; i++)
        if (v->shape[i] > 1 && v->strides[i] % v->itemsize) return 0;
    return 1;
}

static int to_gpu(packing *p, used_array *u, wf_address *address) {
    wf_error err;
    wf_status status;
    wf_context *context = wf_stream_context(p->stream);
    if (!PyBuffer_IsContiguous(&u->view, 'A')) return 0; /* the caller makes a copy of it first */
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

/* A NumPy array or scalar. Odd layouts (bytes of other orders, fields inside records, holes on a GPU) are
 * copied by _convert. */
static int put_buffer(packing *p, PyObject *object, int depth) {
    if (p->host_count == ARRAYS_MAX) {
        PyErr_SetString(PyExc_TypeError, "too many arrays");
        return -1;
    }
    used_array *u = &p->host[p->host_count];
    u->copy = NULL;
    u->write_back = 0;
    if (PyObject_GetBuffer(object, &u->view, PyBUF_FULL_RO) < 0) {
        PyErr_Clear();
        return put_converted(p, object, depth);
    }
    p->host_count++; /* from here on the end releases it */
    if (PyObject_TypeCheck(object, numpy_generic)) return put_number(p, object, &u->view);
    char code[200] = {code_of_format(u->view.format, u->view.itemsize), 0};
    if (!code[0] && record_code(p, object, code, sizeof code) < 0) return -1;
    wf_address address = (uintptr_t)u->view.buf;
    int on_device = p->cpu ? strides_fit(&u->view) : to_gpu(p, u, &address);
    if (on_device < 0) return -1;
    if (!on_device) return put_converted(p, object, depth);
    view a = {address,          code,          u->view.itemsize, u->view.ndim,
              u->view.readonly, u->view.shape, u->view.strides};
    return put_array(p, &a);
}

static int put_int(packing *p, PyObject *object) {
    int overflow = 0;
    int64_t value = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (!overflow) return value == -1 && PyErr_Occurred() ? -1 : put_scalar(p, 'l', &value, 8);
    uint64_t big = PyLong_AsUnsignedLongLong(object);
    return PyErr_Occurred() ? -1 : put_scalar(p, 'L', &big, 8);
}

static int put_tuple(packing *p, PyObject *tuple, int depth) {
    if (depth >= TUPLE_DEPTH) {
        PyErr_SetString(PyExc_TypeError, "a tuple nested so deeply");
        return -1;
    }
    if (put_code(p, "(", 1) < 0) return -1;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); i++)
        if (put(p, PyTuple_GET_ITEM(tuple, i), depth + 1) < 0) return -1;
    return put_code(p, ")", 1);
}

static char code_of_elements(wf_py_elements e) {
    switch (e.kind) {
    case 'b': return '?';
    case 'i': return e.size == 1 ? 'b' : e.size == 2 ? 'h' : e.size == 4 ? 'i' : 'l';
    case 'u': return e.size == 1 ? 'B' : e.size == 2 ? 'H' : e.size == 4 ? 'I' : 'L';
    case 'f': return e.size == 2 ? 'e' : e.size == 4 ? 'f' : e.size == 8 ? 'd' : 0;
    case 'c': return e.size == 8 ? 'F' : e.size == 16 ? 'D' : 0;
    default: return 0;
    }
}

static int sizes_attribute(PyObject *object, const char *name, Py_ssize_t *out) {
    PyObject *tuple = PyObject_GetAttrString(object, name);
    int n = tuple ? sizes_of(tuple, out) : -1;
    Py_XDECREF(tuple);
    return n;
}

/* An array of another room (weft.ndarray). 1: packed; 0: it is none; -1: exception. */
static int put_room_array(packing *p, PyObject *object) {
    wf_py_array_view found;
    Py_ssize_t shape[NDIM_MAX], strides[NDIM_MAX];
    int is_array = wf_py->array_hook ? ((wf_py_array_hook)wf_py->array_hook)(object, p->stream, &found) : 0;
    if (is_array <= 0) return is_array;
    char code[2] = {code_of_elements(found.elements), 0};
    int ndim = sizes_attribute(object, "shape", shape);
    if (ndim < 0 || sizes_attribute(object, "strides", strides) != ndim) return -1;
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
    view a = {found.address, code, (Py_ssize_t)found.elements.size, ndim, 0, shape, strides};
    return put_array(p, &a) < 0 ? -1 : 1;
}

static int put(packing *p, PyObject *object, int depth) {
    if (PyObject_TypeCheck(object, device_array_type)) {
        device_array *d = (device_array *)object;
        view a = {d->address, d->code, d->itemsize, d->ndim, d->readonly, d->shape, d->strides};
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
    if (PyObject_TypeCheck(object, numpy_array) || PyObject_TypeCheck(object, numpy_generic))
        return put_buffer(p, object, depth);
    if (PyComplex_CheckExact(object)) {
        double value[2] = {PyComplex_RealAsDouble(object), PyComplex_ImagAsDouble(object)};
        return put_scalar(p, 'D', value, 16);
    }
    if (object == Py_None) return put_code(p, "N", 1);
    if (PyTuple_Check(object)) return put_tuple(p, object, depth);
    int room = put_room_array(p, object);
    return room ? (room < 0 ? -1 : 0) : put_converted(p, object, depth);
}

static int find_numpy(void) {
    if (numpy_generic) return 0;
    PyObject *numpy = PyImport_ImportModule("numpy");
    if (!numpy) return -1;
    numpy_array = (PyTypeObject *)PyObject_GetAttrString(numpy, "ndarray");
    numpy_generic = (PyTypeObject *)PyObject_GetAttrString(numpy, "generic");
    Py_DECREF(numpy);
    return numpy_array && numpy_generic ? 0 : -1;
}

/* Copies back what a GPU kernel may have written, and lets go. An exception that is set stays. */
static int finish(packing *p, int success) {
    wf_error err;
    wf_status status = WF_OK;
    for (uint32_t i = 0; i < p->host_count; i++) {
        used_array *u = &p->host[i];
        if (u->copy && u->write_back && success && status == WF_OK) {
            Py_BEGIN_ALLOW_THREADS status =
                wf_copy_to_host(p->stream, u->view.buf, u->copy->address, (size_t)u->view.len, 0, &err);
            Py_END_ALLOW_THREADS
        }
        if (u->copy) wf_buffer_release(u->copy);
        PyBuffer_Release(&u->view);
    }
    if (status != WF_OK) wf_py_raise(&err);
    /* Arrays that _convert copied are written back by whoever made them. */
    if (p->keep && success && status == WF_OK) {
        PyObject *done = PyObject_CallMethod((PyObject *)p->self, "_converted_done", "O", p->keep);
        Py_XDECREF(done);
        if (!done) status = WF_INVALID;
    }
    Py_CLEAR(p->keep);
    return status == WF_OK ? 0 : -1;
}

/* ---- launches ---- */

typedef struct configured { /* function[grid, block, stream, shared] */
    PyObject_HEAD vectorcallfunc vectorcall;
    function *function;
    PyObject *stream;
    wf_launch_config config;
} configured;

static int run(packing *p, variant *v, wf_launch_config *config) {
    wf_error err;
    wf_status status;
    if (p->cpu) config->extents = p->extents;
    /* A NumPy array is the caller's own again when the call returns; so is a result. */
    int wait = p->cpu && (p->host_count || p->self->options.mode == WF_PF_HOST);
    Py_BEGIN_ALLOW_THREADS status = wf_kernel_launch_config(v->kernel, p->stream, config, p->params, &err);
    if (status == WF_OK && wait) status = wf_stream_synchronize(p->stream, &err);
    Py_END_ALLOW_THREADS if (p->cpu && wf_py_take_stream_reports(p->stream) < 0) return -1;
    if (status == WF_OK) return 0;
    raise_error(p->self, &err);
    return -1;
}

static int begin(packing *p, function *self, wf_stream *stream, char *codes, unsigned char *params) {
    p->self = self;
    p->stream = stream;
    p->cpu = wf_device_is_cpu(wf_context_device(wf_stream_context(stream)));
    p->code = codes;
    p->code_end = codes + CODES_MAX;
    p->params = params;
    p->size = p->extent_count = p->host_count = 0;
    p->keep = NULL;
    *codes = 0;
    return find_numpy();
}

/* Arguments by name, and defaults: the decorator's class puts them in order. *args then lies in the tuple
 * that is returned in *bound. Returns the number of arguments, or -1. */
static Py_ssize_t bind_arguments(function *self, PyObject *const **args, Py_ssize_t count, PyObject *names,
                                 PyObject **bound) {
    *bound = NULL;
    if (read_module(self) < 0) return -1;
    if (!(names && PyTuple_GET_SIZE(names)) && count >= (Py_ssize_t)wf_pf_module_params(self->module))
        return count;
    PyObject *tuple = PyTuple_New(count), *named = PyDict_New();
    for (Py_ssize_t i = 0; tuple && i < count; i++) PyTuple_SET_ITEM(tuple, i, Py_NewRef((*args)[i]));
    for (Py_ssize_t i = 0; named && names && i < PyTuple_GET_SIZE(names); i++)
        if (PyDict_SetItem(named, PyTuple_GET_ITEM(names, i), (*args)[count + i]) < 0) Py_CLEAR(named);
    if (tuple && named) *bound = PyObject_CallMethod((PyObject *)self, "_bind", "OO", tuple, named);
    Py_XDECREF(tuple);
    Py_XDECREF(named);
    if (!*bound) return -1;
    *args = &PyTuple_GET_ITEM(*bound, 0);
    return PyTuple_GET_SIZE(*bound);
}

static PyObject *configured_vectorcall(PyObject *object, PyObject *const *args, size_t nargsf,
                                       PyObject *names) {
    configured *c = (configured *)object;
    Py_ssize_t count = PyVectorcall_NARGS(nargsf);
    char codes[CODES_MAX];
    _Alignas(16) unsigned char params[PARAMS_MAX];
    packing p;
    wf_context *context = wf_py_current_context();
    wf_stream *stream = context ? wf_py_to_stream(c->stream, context) : NULL;
    if (!stream || begin(&p, c->function, stream, codes, params) < 0) return NULL;
    PyObject *bound;
    count = bind_arguments(c->function, &args, count, names, &bound);
    int good = count >= 0;
    for (Py_ssize_t i = 0; good && i < count; i++) good = put(&p, args[i], 0) == 0;
    variant *v = good ? variant_of(c->function, codes) : NULL;
    wf_launch_config config = c->config;
    good = v && run(&p, v, &config) == 0;
    if (finish(&p, good) < 0) good = 0;
    Py_XDECREF(bound);
    if (!good) return NULL;
    Py_RETURN_NONE;
}

static void configured_dealloc(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    Py_XDECREF(((configured *)object)->function);
    Py_XDECREF(((configured *)object)->stream);
    type->tp_free(object);
    Py_DECREF(type);
}

static int configured_traverse(PyObject *object, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((configured *)object)->function);
    Py_VISIT(((configured *)object)->stream);
    return 0;
}

static PyMemberDef configured_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(configured, vectorcall), READONLY, NULL},
    {"dispatcher", T_OBJECT, offsetof(configured, function), READONLY, NULL},
    {"stream", T_OBJECT, offsetof(configured, stream), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot configured_slots[] = {
    {Py_tp_dealloc, configured_dealloc},
    {Py_tp_traverse, configured_traverse},
    {Py_tp_members, configured_members},
    {Py_tp_call, PyVectorcall_Call},
    {0, NULL},
};
static PyType_Spec configured_spec = {"weft._core.Configured", sizeof(configured), 0,
                                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL |
                                          Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                      configured_slots};

/* function[grid, block], [grid, block, stream], [grid, block, stream, shared] */
static PyObject *function_subscript(PyObject *object, PyObject *key) {
    Py_ssize_t n = PyTuple_Check(key) ? PyTuple_GET_SIZE(key) : 0;
    if (((function *)object)->options.mode != WF_PF_CUDA_KERNEL)
        return PyErr_Format(PyExc_TypeError, "only a kernel is launched with [grid, block]");
    if (n < 2 || n > 4)
        return PyErr_Format(
            PyExc_ValueError,
            "must specify at least the griddim and blockdim: kernel[grid, block, stream, shared]");
    configured *c = (configured *)configured_type->tp_alloc(configured_type, 0);
    if (!c) return NULL;
    c->vectorcall = configured_vectorcall;
    c->function = (function *)Py_NewRef(object);
    c->stream = n > 2 && PyTuple_GET_ITEM(key, 2) != Py_None ? PyTuple_GET_ITEM(key, 2) : NULL;
    if (c->stream && PyLong_Check(c->stream) && PyLong_AsLong(c->stream) == 0)
        c->stream = NULL; /* Numba's default stream */
    Py_XINCREF(c->stream);
    int bad = wf_py_sizes(PyTuple_GET_ITEM(key, 0), "grid", c->config.grid) < 0 ||
              wf_py_sizes(PyTuple_GET_ITEM(key, 1), "block", c->config.block) < 0;
    if (!bad && n > 3) {
        long long bytes = PyLong_AsLongLong(PyTuple_GET_ITEM(key, 3));
        bad = (bytes == -1 && PyErr_Occurred()) || bytes < 0 || bytes > INT32_MAX;
        if (bad && !PyErr_Occurred()) PyErr_Format(PyExc_ValueError, "%lld bytes of shared memory", bytes);
        c->config.dynamic_shared = (uint32_t)bytes;
    }
    if (bad) Py_CLEAR(c);
    return (PyObject *)c;
}

/* ---- host functions ---- */

typedef struct unboxing {
    const char *code;
    const unsigned char *data;
    uint32_t at;
    PyObject *self;
} unboxing;

static const unsigned char *take(unboxing *u, uint32_t bytes) {
    u->at = (u->at + bytes - 1) / bytes * bytes;
    const unsigned char *data = u->data + u->at;
    u->at += bytes;
    return data;
}

static PyObject *box_array(unboxing *u) {
    char element[200];
    int ndim = u->code[2] - '0';
    const char *start = u->code + 3, *rest = wf_pf_code_skip(start);
    if (!rest || rest - start >= 200)
        return PyErr_Format(PyExc_SystemError, "a result of type '%s'", u->code);
    memcpy(element, start, (size_t)(rest - start));
    element[rest - start] = 0;
    u->code = rest;
    char *data;
    memcpy(&data, take(u, 8), 8);
    Py_ssize_t shape[NDIM_MAX], count = 1;
    for (int i = 0; i < ndim; i++) {
        memcpy(&shape[i], take(u, 8), 8);
        count *= shape[i];
    }
    host_memory *memory = PyObject_New(host_memory, host_memory_type);
    if (!memory) return NULL;
    memory->data = data;
    memory->size = 0;
    PyObject *tuple = tuple_of(shape, ndim), *array = NULL;
    PyObject *dtype = PyObject_CallMethod(u->self, "_dtype", "s", element),
             *size = dtype ? PyObject_GetAttrString(dtype, "itemsize") : NULL;
    if (size) memory->size = PyLong_AsSsize_t(size) * count;
    if (tuple && size) array = PyObject_CallFunction((PyObject *)numpy_array, "OOO", tuple, dtype, memory);
    Py_XDECREF(tuple);
    Py_XDECREF(dtype);
    Py_XDECREF(size);
    Py_DECREF(memory);
    return array;
}

static PyObject *box(unboxing *u) {
    char code = *u->code;
    int64_t i = 0;
    double d[2];
    float f[2];
    switch (code) {
    case 'N': u->code++; Py_RETURN_NONE;
    case 'A': return box_array(u);
    case '(': {
        PyObject *list = PyList_New(0), *tuple = NULL;
        for (u->code++; list && *u->code != ')';) {
            PyObject *item = box(u);
            if (!item || PyList_Append(list, item) < 0) Py_CLEAR(list);
            Py_XDECREF(item);
        }
        u->code++;
        if (list) tuple = PyList_AsTuple(list);
        Py_XDECREF(list);
        return tuple;
    }
    default: u->code++;
    }
    switch (code) {
    case '?': return PyBool_FromLong(*take(u, 1));
    case 'b': return PyLong_FromLong((signed char)*take(u, 1));
    case 'B': return PyLong_FromLong(*take(u, 1));
    case 'h':
    case 'H': {
        int16_t s;
        memcpy(&s, take(u, 2), 2);
        return PyLong_FromLong(code == 'h' ? s : (uint16_t)s);
    }
    case 'i':
    case 'I': {
        int32_t s;
        memcpy(&s, take(u, 4), 4);
        return code == 'i' ? PyLong_FromLong(s) : PyLong_FromUnsignedLong((uint32_t)s);
    }
    case 'l':
    case 'L':
        memcpy(&i, take(u, 8), 8);
        return code == 'l' ? PyLong_FromLongLong(i) : PyLong_FromUnsignedLongLong((uint64_t)i);
    case 'f': memcpy(f, take(u, 4), 4); return PyFloat_FromDouble((double)f[0]);
    case 'd': memcpy(d, take(u, 8), 8); return PyFloat_FromDouble(d[0]);
    case 'F':
        memcpy(&f[0], take(u, 4), 4);
        memcpy(&f[1], take(u, 4), 4);
        return PyComplex_FromDoubles((double)f[0], (double)f[1]);
    case 'D':
        memcpy(&d[0], take(u, 8), 8);
        memcpy(&d[1], take(u, 8), 8);
        return PyComplex_FromDoubles(d[0], d[1]);
    default: return PyErr_Format(PyExc_SystemError, "a result of type '%c'", code);
    }
}

/* KernelError of a host function: the Python exception that its text names. */
static void translate(function *self) {
    if (!PyErr_ExceptionMatches(WF_PY_ERROR(KernelError))) return;
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    PyObject *other = PyObject_CallMethod((PyObject *)self, "_exception", "O", value);
    if (other) {
        PyErr_SetObject((PyObject *)Py_TYPE(other), other);
        Py_DECREF(other);
        Py_XDECREF(type);
        Py_XDECREF(value);
        Py_XDECREF(trace);
    } else {
        PyErr_Clear();
        PyErr_Restore(type, value, trace);
    }
}

static wf_stream *cpu_stream(void) {
    static wf_context *context; /* the primary context lives as long as the process */
    wf_error err;
    wf_device *device;
    if (!context && (wf_device_at(WF_DEVICE_CPU, 0, &device, &err) != WF_OK ||
                     wf_context_primary(device, &context, &err) != WF_OK)) {
        wf_py_raise(&err);
        return NULL;
    }
    return wf_context_default_stream(context);
}

static PyObject *function_vectorcall(PyObject *object, PyObject *const *args, size_t nargsf,
                                     PyObject *names) {
    function *self = (function *)object;
    Py_ssize_t count = PyVectorcall_NARGS(nargsf);
    char codes[CODES_MAX];
    _Alignas(16) unsigned char params[PARAMS_MAX], out[1024];
    packing p;
    if (self->options.mode != WF_PF_HOST) return PyObject_CallMethod(object, "_not_called", NULL);
    wf_stream *stream = cpu_stream();
    if (!stream || begin(&p, self, stream, codes, params) < 0) return NULL;
    PyObject *bound;
    count = bind_arguments(self, &args, count, names, &bound);
    int good = count >= 0;
    for (Py_ssize_t i = 0; good && i < count; i++) good = put(&p, args[i], 0) == 0;
    variant *v = good ? variant_of(self, codes) : NULL;
    PyObject *result = NULL;
    void *where = out;
    memset(out, 0, sizeof out);
    good = v && put_value(&p, &where, 8, 8) == 0;
    if (good) {
        wf_launch_config config = {.grid = {1, 1, 1}, .block = {1, 1, 1}};
        p.extents[p.extent_count++] = (wf_extent){(uintptr_t)out, (uintptr_t)out + sizeof out};
        good = run(&p, v, &config) == 0;
        if (!good) translate(self);
    }
    if (finish(&p, good) < 0) good = 0;
    Py_XDECREF(bound);
    if (good) {
        unboxing u = {v->returns, out, 0, object};
        result = box(&u);
    }
    return result;
}

/* ---- methods ---- */

/* _program(codes) → Program */
static PyObject *method_program(PyObject *object, PyObject *codes) {
    const char *text = PyUnicode_AsUTF8(codes);
    variant *v = text ? variant_of((function *)object, text) : NULL;
    return v ? Py_NewRef(v->program) : NULL;
}

static PyObject *method_returns(PyObject *object, PyObject *codes) {
    const char *text = PyUnicode_AsUTF8(codes);
    variant *v = text ? variant_of((function *)object, text) : NULL;
    return v ? PyUnicode_FromString(v->returns) : NULL;
}

/* _kernel(codes) → Kernel, for attributes and occupancy */
static PyObject *method_kernel(PyObject *object, PyObject *codes) {
    const char *text = PyUnicode_AsUTF8(codes);
    variant *v = text ? variant_of((function *)object, text) : NULL;
    return v ? wf_py_kernel_object(wf_py->kernel_type, v->kernel, v->program, 0) : NULL;
}

/* _print(codes) → the tree as CUDA C, without compiling */
static PyObject *method_print(PyObject *object, PyObject *codes) {
    function *self = (function *)object;
    const char *text = PyUnicode_AsUTF8(codes);
    wf_pf_result made;
    wf_error err;
    wf_text out;
    if (!text || read_module(self) < 0) return NULL;
    if (wf_pyfunc_unit(self->module, text, &self->options, &made, &err) != WF_OK) {
        if (made.unit) wf_unit_free(made.unit);
        return raise_error(self, &err);
    }
    wf_text_init(&out, NULL);
    wf_print_unit(made.unit, &out);
    PyObject *result = NULL;
    if (wf_unit_verify(made.unit, &err) != WF_OK) wf_py_raise(&err);
    else result = PyUnicode_DecodeUTF8(out.data ? out.data : "", (Py_ssize_t)out.length, "replace");
    wf_text_free(&out);
    wf_unit_free(made.unit);
    return result;
}

/* _codes(*args) → the codes of these arguments' types */
static PyObject *method_codes(PyObject *object, PyObject *args) {
    char codes[CODES_MAX];
    _Alignas(16) unsigned char params[PARAMS_MAX];
    packing p;
    wf_stream *stream = cpu_stream();
    if (!stream || begin(&p, (function *)object, stream, codes, params) < 0) return NULL;
    int good = 1;
    for (Py_ssize_t i = 0; good && i < PyTuple_GET_SIZE(args); i++)
        good = put(&p, PyTuple_GET_ITEM(args, i), 0) == 0;
    finish(&p, 0);
    return good ? PyUnicode_FromString(codes) : NULL;
}

static PyObject *method_variants(PyObject *object, PyObject *unused) {
    (void)unused;
    PyObject *list = PyList_New(0);
    for (variant *v = ((function *)object)->variants; list && v; v = v->next) {
        PyObject *codes = PyUnicode_FromString(v->codes);
        if (!codes || PyList_Append(list, codes) < 0) Py_CLEAR(list);
        Py_XDECREF(codes);
    }
    if (list) PyList_Reverse(list);
    return list;
}

/* _forget(): everything compiled, and the function's text: globals are looked up again. */
static PyObject *method_forget(PyObject *object, PyObject *unused) {
    (void)unused;
    function *self = (function *)object;
    drop_variants(self);
    wf_pf_module_free(self->module);
    self->module = NULL;
    Py_RETURN_NONE;
}

static PyMethodDef function_methods[] = {
    {"_program", method_program, METH_O, NULL},
    {"_kernel", method_kernel, METH_O, NULL},
    {"_print", method_print, METH_O, NULL},
    {"_codes", method_codes, METH_VARARGS, NULL},
    {"_variants", method_variants, METH_NOARGS, NULL},
    {"_returns", method_returns, METH_O, NULL},
    {"_forget", method_forget, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyMemberDef function_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(function, vectorcall), READONLY, NULL},
    {"__dictoffset__", T_PYSSIZET, offsetof(function, dict), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(function, weaklist), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyGetSetDef function_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyType_Slot function_slots[] = {
    {Py_tp_getset, function_getset},
    {Py_tp_new, function_new},
    {Py_tp_dealloc, function_dealloc},
    {Py_tp_traverse, function_traverse},
    {Py_tp_methods, function_methods},
    {Py_tp_members, function_members},
    {Py_tp_call, PyVectorcall_Call},
    {Py_mp_subscript, function_subscript},
    {0, NULL},
};
static PyType_Spec function_spec = {"weft._core.PyFunction", sizeof(function), 0,
                                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC |
                                        Py_TPFLAGS_HAVE_VECTORCALL,
                                    function_slots};

int wf_py_add_pyfunc(PyObject *module) {
    if (wf_py_add_type(module, &device_array_spec, &device_array_type) < 0 ||
        wf_py_add_type(module, &host_memory_spec, &host_memory_type) < 0 ||
        wf_py_add_type(module, &configured_spec, &configured_type) < 0 ||
        wf_py_add_type(module, &function_spec, &function_type) < 0)
        return -1;
    return 0;
}
