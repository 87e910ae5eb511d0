/* python/pyfunc.c: weft._core.PyFunction: a Python function that is compiled for the types it is called with.
 *
 * It keeps what was compiled, by the codes of the argument types. The decorators are Python classes on top
 * (weft/cuda.py, weft/_jit.py): they find the function's source (_source), help with unusual arguments
 * (_convert) and give the classes of errors. */
#include "base/hash.h"
#include "base/memory.h"
#include "base/system.h"
#include "python/pyfunc.h"
#include <structmember.h>

static PyTypeObject *function_type;

/* PyFunction(mode, fastmath=False, parallel=False, trap_divide=False, check_bounds=True, max_threads=0):
 * "kernel", "device", "host" */
static PyObject *function_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    (void)kwargs;
    const char *mode;
    int fastmath = 0, parallel = 0, trap = 0, check = 1;
    unsigned threads = 0;
    if (!PyArg_ParseTuple(args, "s|ppppI:PyFunction", &mode, &fastmath, &parallel, &trap, &check, &threads))
        return NULL;
    wf_py_function *self = (wf_py_function *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->vectorcall = wf_py_function_vectorcall;
    self->options.mode = !strcmp(mode, "host")     ? WF_PF_HOST
                         : !strcmp(mode, "device") ? WF_PF_CUDA_DEVICE
                                                   : WF_PF_CUDA_KERNEL;
    self->options.fastmath = fastmath;
    self->options.parallel = parallel;
    self->options.trap_divide = trap;
    self->options.contract = fastmath || self->options.mode != WF_PF_HOST;
    self->options.max_threads = threads;
    self->check_bounds = self->options.check_bounds = check;
    return (PyObject *)self;
}

void wf_py_variant_free(wf_py_variant *v) {
    Py_XDECREF(v->program);
    Py_XDECREF(v->calls);
    wf_free(v->foreign);
    wf_free(v->pieces);
    wf_free(v->codes);
    wf_free(v->returns);
    wf_free(v);
}

static void drop_variants(wf_py_function *self) {
    for (wf_py_variant *v = self->variants, *next; v; v = next) {
        next = v->next;
        wf_py_variant_free(v);
    }
    self->variants = self->last = NULL;
}

static void drop_signatures(wf_py_function *self) {
    for (uint32_t i = 0; i < self->signature_count; i++) wf_free(self->signatures[i]);
    wf_free(self->signatures);
    self->signatures = NULL;
    self->signature_count = 0;
}

static void function_dealloc(PyObject *object) {
    wf_py_function *self = (wf_py_function *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    if (self->weaklist) PyObject_ClearWeakRefs(object);
    drop_variants(self);
    drop_signatures(self);
    wf_pf_module_free(self->module);
    Py_XDECREF(self->dict);
    Py_XDECREF(self->names);
    Py_XDECREF(self->defaults);
    Py_XDECREF(self->snapshot);
    Py_XDECREF(self->making);
    type->tp_free(object);
    Py_DECREF(type);
}

static int function_traverse(PyObject *object, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((wf_py_function *)object)->dict);
    Py_VISIT(((wf_py_function *)object)->defaults);
    Py_VISIT(((wf_py_function *)object)->snapshot);
    return 0;
}

/* While it is read and typed, names stand for what its snapshot has. */
static int reading_enter(wf_py_function *self) {
    if (wf_py_reading_enter() < 0) return -1;
    PyObject *done = PyObject_CallMethod((PyObject *)self, "_begin_reading", "O",
                                         self->snapshot ? self->snapshot : Py_None);
    if (!done) wf_py_reading_leave();
    Py_XDECREF(done);
    return done ? 0 : -1;
}

static void reading_leave(wf_py_function *self) {
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyObject *done = PyObject_CallMethod((PyObject *)self, "_end_reading", NULL);
    if (!done) PyErr_Clear();
    Py_XDECREF(done);
    PyErr_Restore(type, value, traceback);
    wf_py_reading_leave();
}

int wf_py_function_read(wf_py_function *self) {
    if (self->module) return 0;
    if (reading_enter(self) < 0) return -1;
    if (!self->module) { /* another thread may have read it meanwhile */
        PyObject *source = PyObject_CallMethod((PyObject *)self, "_source", NULL);
        wf_pf_module *module = source ? wf_pf_read(source) : NULL;
        Py_XDECREF(source);
        if (self->module) wf_pf_module_free(module); /* or this one, while its source was looked for */
        else self->module = module;
    }
    reading_leave(self);
    return self->module ? 0 : -1;
}

/* A mistake in the user's function is raised as the class that the decorator wants. */
PyObject *wf_py_function_raise(wf_py_function *self, const wf_error *err) {
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

static void add_variant(wf_py_function *self, wf_py_variant *v) {
    v->next = self->variants;
    self->variants = self->last = v;
}

static wf_py_variant *find(wf_py_function *self, const char *codes, uint64_t hash) {
    if (self->last && self->last->hash == hash && !strcmp(self->last->codes, codes)) return self->last;
    for (wf_py_variant *v = self->variants; v; v = v->next)
        if (v->hash == hash && !strcmp(v->codes, codes)) return self->last = v;
    return NULL;
}

/* The kernels of its parallel loops. */
static wf_status variant_pieces(wf_py_variant *v, wf_program *program, char **names, wf_error *err) {
    wf_status status = WF_OK;
    for (uint32_t i = 0; i < v->piece_count && status == WF_OK; i++)
        status = wf_program_kernel(program, names[i], &v->pieces[i], err);
    return status;
}

/* A function with link=: its tree's print goes after the CUDA C that it is linked with, and both are
 * compiled. */
static wf_status linked_program(wf_py_function *self, wf_unit *unit, wf_program **out, wf_error *err) {
    wf_text text;
    wf_text_init(&text, NULL);
    wf_print_unit(unit, &text);
    PyObject *made = PyObject_CallMethod((PyObject *)self, "_linked", "s", text.data ? text.data : "");
    wf_text_free(&text);
    wf_unit_free(unit);
    if (!made) return wf_fail(err, WF_COMPILE, "the linked code could not be compiled");
    *out = ((wf_py_program *)made)->program;
    wf_program_retain(*out);
    Py_DECREF(made);
    return WF_OK;
}

/* The addresses of the C functions that it calls; 0: no memory. */
static int variant_calls(wf_py_variant *v, PyObject *calls) {
    Py_ssize_t count = PyList_GET_SIZE(calls);
    if (!(v->foreign = wf_calloc((size_t)count + 1, sizeof *v->foreign))) return 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *row = PyList_GET_ITEM(calls, i), *called = PyTuple_GET_ITEM(row, 0);
        if (PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(row, 1), "C")) v->python_calls++;
        else v->foreign[i] = PyLong_AsUnsignedLongLong(called);
    }
    v->calls = Py_NewRef(calls);
    return 1;
}

wf_program_options wf_py_function_program_options(const wf_py_function *self) {
    return (wf_program_options){.check_bounds = self->check_bounds ? 0 : -1,
                                .late = self->options.mode == WF_PF_HOST && !self->pointers};
}

static wf_py_variant *variant_new(wf_py_function *self, const char *codes, uint64_t hash, wf_pf_result *made,
                                  PyObject *calls, wf_error *err) {
    wf_program *program = NULL;
    wf_py_variant *v = wf_calloc(1, sizeof *v);
    char **names = wf_calloc(made->piece_count + 1, sizeof *names);
    if (!v || !names || !variant_calls(v, calls)) return NULL;
    v->hash = hash;
    v->codes = wf_strdup(codes);
    v->returns = wf_strdup(made->returns);
    v->piece_count = made->piece_count;
    v->links = made->links;
    v->pieces = wf_calloc(made->piece_count + 1, sizeof *v->pieces);
    for (uint32_t i = 0; i < made->piece_count; i++) names[i] = wf_strdup(made->pieces[i]);
    char *name = wf_strdup(made->kernel);
    wf_program_options options = wf_py_function_program_options(self);
    wf_status status = self->is_linked ? linked_program(self, made->unit, &program, err)
                                       : wf_program_new(made->unit, &options, &program, err);
    made->unit = NULL;
    if (status == WF_OK && name && self->options.mode != WF_PF_CUDA_DEVICE)
        status = wf_program_kernel(program, name, &v->kernel, err);
    if (status == WF_OK) status = variant_pieces(v, program, names, err);
    wf_free(name);
    for (uint32_t i = 0; i < v->piece_count; i++) wf_free(names[i]);
    wf_free(names);
    if (status != WF_OK || !v->codes || !v->returns) {
        if (program) wf_program_release(program);
        wf_py_variant_free(v);
        return NULL;
    }
    v->program = wf_py_program_object(program);
    add_variant(self, v);
    return v;
}

int wf_py_function_lower(wf_py_function *self, const char *codes, wf_pf_result *made, PyObject **calls) {
    wf_error err;
    wf_pf_resolver resolver;
    wf_pf_options options = self->options;
    *calls = NULL;
    if (wf_py_function_read(self) < 0 || !(*calls = PyList_New(0))) return -1;
    wf_pf_resolver_init(&resolver, (PyObject *)self, *calls);
    options.hooks = &resolver.hooks;
    if (reading_enter(self) < 0) {
        Py_CLEAR(*calls);
        return -1;
    }
    wf_status status = wf_pyfunc_unit(self->module, codes, &options, made, &err);
    reading_leave(self);
    if (status == WF_OK && !PyErr_Occurred()) return 0;
    if (made->unit) wf_unit_free(made->unit);
    Py_CLEAR(*calls);
    if (!PyErr_Occurred()) wf_py_function_raise(self, &err);
    return -1;
}

/* Python's own parser, which reads the functions that this one calls, asks nobody how much stack is left. */
enum { COMPILE_STACK = 64 << 10 };

int wf_py_has_stack(size_t least, const char *what) {
    wf_error err;
    size_t left = wf_stack_left();
    if (left >= least) return 1;
    wf_fail(&err, WF_COMPILE,
            "[%s] a function cannot be %s in this thread, which has %zu KiB of stack left: that "
            "needs %zu. Call it in another thread%s, or give this one more: threading.stack_size(256 << 10)",
            least == COMPILE_STACK ? "compile" : "call", what, left >> 10, least >> 10,
            least == COMPILE_STACK ? " before" : "");
    wf_py_raise(&err);
    return 0;
}

static wf_py_variant *make_variant(wf_py_function *self, const char *codes, uint64_t hash) {
    wf_pf_result made;
    wf_error err;
    PyObject *calls;
    if (!wf_py_has_stack(COMPILE_STACK, "compiled")) return NULL;
    wf_py_variant *v = wf_py_variant_kept(self, codes, hash);
    if (v || PyErr_Occurred()) {
        if (v) add_variant(self, v);
        return v;
    }
    if (wf_py_function_lower(self, codes, &made, &calls) < 0) return NULL;
    wf_error_clear(&err);
    v = variant_new(self, codes, hash, &made, calls, &err);
    Py_DECREF(calls);
    if (v) wf_py_variant_keep(self, v, &made);
    if (!v && !PyErr_Occurred()) {
        if (err.status == WF_OK) PyErr_NoMemory();
        else wf_py_raise(&err);
    }
    return v;
}

/* What was read of a function of which nothing was compiled yet: the next call reads it again, as a name that was missing
 * may be there then. Keeps the exception that is set. */
static void read_again_next_time(wf_py_function *self) {
    PyObject *type, *value, *trace;
    if (self->variants || !self->module) return;
    PyErr_Fetch(&type, &value, &trace);
    if (wf_py_reading_enter() == 0) {
        wf_pf_module *module = self->module;
        self->module = NULL;
        wf_pf_module_free(module);
        Py_CLEAR(self->snapshot);
        wf_py_reading_leave();
    }
    PyErr_Restore(type, value, trace); /* of the lock's own failure nothing is told */
}

wf_py_variant *wf_py_variant_of(wf_py_function *self, const char *codes) {
    uint64_t hash = wf_hash64(codes, strlen(codes), 0);
    wf_py_variant *v = find(self, codes, hash);
    if (v) return v;
    int entered = wf_py_making_enter(self);
    if (entered < 0) return NULL;
    if (!(v = find(self, codes, hash))) v = make_variant(self, codes, hash); /* another thread may have */
    if (!v && entered) read_again_next_time(self);
    wf_py_making_leave(self, entered);
    return v;
}

int wf_py_is_function(PyObject *object) { return PyObject_TypeCheck(object, function_type); }

/* ---- methods ---- */

/* With its tree, for whoever may look at all of it. */
static wf_py_variant *whole_variant(wf_py_function *self, const char *codes) {
    wf_error err;
    wf_py_variant *v = wf_py_variant_of(self, codes);
    if (!v || wf_program_whole(((wf_py_program *)v->program)->program, &err) == WF_OK) return v;
    wf_py_raise(&err);
    return NULL;
}

/* _program(codes) → Program */
static PyObject *method_program(PyObject *object, PyObject *codes) {
    const char *text = PyUnicode_AsUTF8(codes);
    wf_py_variant *v = text ? whole_variant((wf_py_function *)object, text) : NULL;
    return v ? Py_NewRef(v->program) : NULL;
}

static PyObject *method_returns(PyObject *object, PyObject *codes) {
    const char *text = PyUnicode_AsUTF8(codes);
    wf_py_variant *v = text ? wf_py_variant_of((wf_py_function *)object, text) : NULL;
    return v ? PyUnicode_FromString(v->returns) : NULL;
}

/* _kernel(codes) → Kernel, for attributes and occupancy */
static PyObject *method_kernel(PyObject *object, PyObject *codes) {
    const char *text = PyUnicode_AsUTF8(codes);
    wf_py_variant *v = text ? whole_variant((wf_py_function *)object, text) : NULL;
    return v ? wf_py_kernel_object(wf_py->kernel_type, v->kernel, v->program, 0) : NULL;
}

/* _print(codes) → the tree as CUDA C, without compiling */
static PyObject *method_print(PyObject *object, PyObject *codes) {
    wf_py_function *self = (wf_py_function *)object;
    const char *text = PyUnicode_AsUTF8(codes);
    wf_pf_result made;
    wf_error err;
    wf_text out;
    PyObject *calls;
    if (!text || wf_py_function_lower(self, text, &made, &calls) < 0) return NULL;
    Py_DECREF(calls);
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
    wf_py_packing p;
    wf_stream *stream = wf_py_cpu_stream();
    if (!stream || wf_py_pack_begin(&p, (wf_py_function *)object, stream, codes, params) < 0) return NULL;
    int good = 1;
    p.want = NULL; /* their own types, not a signature's */
    for (Py_ssize_t i = 0; good && i < PyTuple_GET_SIZE(args); i++)
        good = wf_py_pack_object(&p, PyTuple_GET_ITEM(args, i)) == 0;
    wf_py_pack_end(&p, 0);
    return good ? PyUnicode_FromString(codes) : NULL;
}

static PyObject *method_variants(PyObject *object, PyObject *unused) {
    (void)unused;
    PyObject *list = PyList_New(0);
    for (wf_py_variant *v = ((wf_py_function *)object)->variants; list && v; v = v->next) {
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
    wf_py_function *self = (wf_py_function *)object;
    drop_variants(self);
    wf_pf_module_free(self->module);
    self->module = NULL;
    Py_CLEAR(self->snapshot);
    Py_RETURN_NONE;
}

/* _names(prefix) → the functions that kernels know under "cuda.libdevice." or "cuda.fp16." */
static PyObject *method_names(PyObject *unused, PyObject *prefix) {
    (void)unused;
    const char *text = PyUnicode_AsUTF8(prefix), *name;
    PyObject *list = text ? PyList_New(0) : NULL;
    for (size_t i = 0; list && (name = wf_pf_libdevice_name(text, i)); i++) {
        PyObject *one = PyUnicode_FromString(name);
        if (!one || PyList_Append(list, one) < 0) Py_CLEAR(list);
        Py_XDECREF(one);
    }
    return list;
}

/* _fix([codes, …]): from now on calls use these signatures alone. */
static PyObject *method_fix(PyObject *object, PyObject *list) {
    wf_py_function *self = (wf_py_function *)object;
    Py_ssize_t count = PyList_Check(list) ? PyList_GET_SIZE(list) : 0;
    drop_signatures(self);
    self->last = NULL; /* its types may not be allowed any more */
    self->signatures = wf_calloc((size_t)count + 1, sizeof *self->signatures);
    if (!self->signatures) return PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < count; i++) {
        const char *text = PyUnicode_AsUTF8(PyList_GET_ITEM(list, i));
        if (!text || !(self->signatures[i] = wf_strdup(text))) return text ? PyErr_NoMemory() : NULL;
        self->signature_count++;
    }
    Py_RETURN_NONE;
}

/* _link(): programs are made by _linked(text) from now on. */
static PyObject *method_link(PyObject *object, PyObject *unused) {
    (void)unused;
    ((wf_py_function *)object)->is_linked = 1;
    Py_RETURN_NONE;
}

static PyMethodDef function_methods[] = {
    {"_link", method_link, METH_NOARGS, NULL},
    {"_fix", method_fix, METH_O, NULL},
    {"_names", method_names, METH_O | METH_STATIC, NULL},
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
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(wf_py_function, vectorcall), READONLY, NULL},
    {"__dictoffset__", T_PYSSIZET, offsetof(wf_py_function, dict), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(wf_py_function, weaklist), READONLY, NULL},
    {"_binds", T_INT, offsetof(wf_py_function, binds), 0, NULL},
    {"_pointers", T_INT, offsetof(wf_py_function, pointers), 0, NULL},
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
    {Py_mp_subscript, wf_py_function_subscript},
    {0, NULL},
};
static PyType_Spec function_spec = {"weft._core.PyFunction", sizeof(wf_py_function), 0,
                                    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC |
                                        Py_TPFLAGS_HAVE_VECTORCALL,
                                    function_slots};

/* thread_count(), get_threads(), set_threads(n): of parallel loops. */
static PyObject *module_thread_count(PyObject *module, PyObject *unused) {
    (void)module, (void)unused;
    return PyLong_FromUnsignedLong(wf_pool_threads(wf_runtime_pool()));
}
static PyObject *module_get_threads(PyObject *module, PyObject *unused) {
    (void)module, (void)unused;
    return PyLong_FromUnsignedLong(wf_py_get_threads());
}
static PyObject *module_set_threads(PyObject *module, PyObject *count) {
    (void)module;
    unsigned long n = PyLong_AsUnsignedLong(count);
    if (PyErr_Occurred()) return NULL;
    wf_py_set_threads((uint32_t)n);
    Py_RETURN_NONE;
}
static PyMethodDef module_functions[] = {
    {"thread_count", module_thread_count, METH_NOARGS, NULL},
    {"get_threads", module_get_threads, METH_NOARGS, NULL},
    {"set_threads", module_set_threads, METH_O, NULL},
    {"random_words", wf_py_random_words, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

int wf_py_add_pyfunc(PyObject *module) {
    if (PyModule_AddFunctions(module, module_functions) < 0) return -1;
    if (wf_py_reading_init() < 0 || wf_py_add_device_array(module) < 0 || wf_py_add_host_memory(module) < 0 ||
        wf_py_add_instances(module) < 0 || wf_py_add_held(module) < 0 || wf_py_add_fields(module) < 0 ||
        wf_py_add_entries(module) < 0 || wf_py_add_configured(module) < 0 ||
        wf_py_add_ufunc_calls(module) < 0 || wf_py_add_type(module, &function_spec, &function_type) < 0)
        return -1;
    return 0;
}
