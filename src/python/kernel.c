/* python/kernel.c: weft.Kernel: the path from a Python call to the driver, in C.
 *
 *     kernel(x, y, n, grid=(64,), block=(256,), shared=0, stream=None)
 *
 * Arguments are packed into one buffer on the C stack, the block shape's function is the one of the last
 * launch unless it changed, and the interpreter's lock is given up around the launch: on a CPU device the
 * kernel may run in there. */
#include "python/kernel.h"
#include <stddef.h>
#include <structmember.h>

enum { STACK_BYTES = 4096 }; /* of packed arguments; more are rare, and on the heap */

/* ---- grid and block ---------------------------------------------------------------------------------------
 */

static int one_size(PyObject *object, const char *what, uint32_t *out) {
    long long value = PyLong_Check(object) ? PyLong_AsLongLong(object) : -1;
    if (!PyLong_Check(object)) { /* NumPy integers */
        PyObject *index = PyNumber_Index(object);
        if (!index) return -1;
        value = PyLong_AsLongLong(index);
        Py_DECREF(index);
    }
    if (value == -1 && PyErr_Occurred()) return -1;
    if (value < 1 || value > INT32_MAX) {
        wf_py_raise_as(WF_PY_LaunchError, "[launch] invalid value: a %s of %lld; the least is 1%s", what,
                       value, value ? "" : ": is there nothing to do, so that no launch is needed?");
        return -1;
    }
    *out = (uint32_t)value;
    return 0;
}

static int all_integers(PyObject *list) {
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++)
        if (!PyIndex_Check(PyList_GET_ITEM(list, i))) return 0;
    return 1;
}

static int tuple_of_sizes(PyObject *object) {
    Py_ssize_t count = PyTuple_CheckExact(object) ? PyTuple_GET_SIZE(object) : 0;
    for (Py_ssize_t i = 0; i < count; i++)
        if (!PyIndex_Check(PyTuple_GET_ITEM(object, i))) return 0;
    return count >= 1 && count <= 3;
}

static int has_float(PyObject *list) {
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++)
        if (PyFloat_Check(PyList_GET_ITEM(list, i))) return 1;
    return 0;
}

int wf_py_sizes(PyObject *object, const char *what, uint32_t out[3]) {
    out[1] = out[2] = 1;
    if (tuple_of_sizes(object)) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(object); i++)
            if (one_size(PyTuple_GET_ITEM(object, i), what, &out[i]) < 0) return -1;
        return 0;
    }
    if (PyLong_Check(object)) return one_size(object, what, &out[0]);
    if (PyIndex_Check(object)) return one_size(object, what, &out[0]);
    PyObject *list = PySequence_Check(object) ? PySequence_List(object) : Py_BuildValue("[O]", object);
    if (!list) return -1;
    Py_ssize_t count = PyList_GET_SIZE(list);
    int result = -1;
    if (count < 1 || count > 3)
        PyErr_Format(PyExc_ValueError, "%s must be a sequence of 1, 2 or 3 integers, got %R", what, list);
    else if (!all_integers(list))
        PyErr_Format(PyExc_TypeError, "%s must be a sequence of integers, got %R%s", what, list,
                     has_float(list) ? ": n / m gives a float, (n + m - 1) // m what covers n" : "");
    else {
        PyObject *tuple = PyList_AsTuple(list);
        result = tuple ? wf_py_sizes(tuple, what, out) : -1;
        Py_XDECREF(tuple);
    }
    Py_DECREF(list);
    return result;
}

/* ---- launch
 * ------------------------------------------------------------------------------------------------ */

typedef struct call {
    PyObject *grid, *block, *shared, *stream;
} call;

/* 1: taken; 0: not one of these. */
static int keyword(call *c, PyObject *name, PyObject *value) {
    PyObject *known[] = {wf_py->names.grid, wf_py->names.block, wf_py->names.shared, wf_py->names.stream};
    PyObject **places[] = {&c->grid, &c->block, &c->shared, &c->stream};
    for (int i = 0; i < 4; i++)
        if (name == known[i]) {
            *places[i] = value;
            return 1;
        }
    for (int i = 0; i < 4; i++) /* a name that was made at run time need not be the interned one */
        if (PyUnicode_Compare(name, known[i]) == 0) {
            *places[i] = value;
            return 1;
        }
    return 0;
}

static int configure(const call *c, wf_launch_config *config) {
    memset(config, 0, sizeof(*config));
    if (!c->block || c->block == Py_None) {
        PyErr_SetString(PyExc_ValueError, "must specify block size");
        return -1;
    }
    if (wf_py_sizes(c->block, "block", config->block) < 0) return -1;
    config->grid[0] = config->grid[1] = config->grid[2] = 1;
    if (c->grid && c->grid != Py_None && wf_py_sizes(c->grid, "grid", config->grid) < 0) return -1;
    if (c->shared && c->shared != Py_None) {
        long long bytes = PyLong_AsLongLong(c->shared);
        if (bytes == -1 && PyErr_Occurred()) return -1;
        if (bytes < 0 || bytes > INT32_MAX) {
            wf_py_raise_as(WF_PY_LaunchError, "[launch] invalid value: %lld bytes of shared memory", bytes);
            return -1;
        }
        config->dynamic_shared = (uint32_t)bytes;
    }
    return 0;
}

static PyObject *launch(wf_py_kernel *self, wf_launch_config *config, wf_stream *stream, const void *params) {
    wf_error error;
    wf_status status;
    int cpu = wf_device_is_cpu(wf_context_device(wf_stream_context(stream)));
    if (cpu && wf_py_watch_interrupts() < 0) return NULL;
    Py_BEGIN_ALLOW_THREADS status = wf_kernel_launch_config(self->kernel, stream, config, params, &error);
    Py_END_ALLOW_THREADS if (cpu && wf_py_take_stream_reports(stream) < 0) return NULL;
    if (status != WF_OK) return wf_py_raise(&error);
    Py_RETURN_NONE;
}

/* In, Out, InOut among the arguments: the way through Python, which calls us again with device memory. */
static PyObject *launch_with_handlers(wf_py_kernel *self, PyObject *const *args, Py_ssize_t count,
                                      const wf_launch_config *c, PyObject *stream) {
    PyObject *module = PyImport_ImportModule("weft._handlers"), *result = NULL;
    PyObject *tuple = PyTuple_New(count);
    for (Py_ssize_t i = 0; tuple && i < count; i++) PyTuple_SET_ITEM(tuple, i, Py_NewRef(args[i]));
    if (module && tuple)
        result = PyObject_CallMethod(module, "launch", "OO(III)(III)IO", self, tuple, c->grid[0], c->grid[1],
                                     c->grid[2], c->block[0], c->block[1], c->block[2], c->dynamic_shared,
                                     stream ? stream : Py_None);
    Py_XDECREF(module);
    Py_XDECREF(tuple);
    return result;
}

/* A kernel that was compiled elsewhere, of parameters that nobody knows. `params` has STACK_BYTES. */
static PyObject *launch_untyped(wf_py_kernel *self, PyObject *const *args, Py_ssize_t count,
                                wf_launch_config *config, wf_stream *stream, PyObject *stream_object,
                                unsigned char *params) {
    int packed = 0;
    memset(params, 0, STACK_BYTES);
    for (Py_ssize_t i = 0; i < count && packed == 0; i++)
        packed = wf_py_pack_untyped(self->params, (uint32_t)i, args[i], stream, params, STACK_BYTES,
                                    &config->param_bytes);
    if (packed == WF_PACK_HANDLER) return launch_with_handlers(self, args, count, config, stream_object);
    return packed == 0 ? launch(self, config, stream, params) : NULL;
}

PyObject *wf_py_kernel_launch(wf_py_kernel *self, PyObject *const *args, Py_ssize_t count,
                              wf_launch_config *config, PyObject *stream_object) {
    if (self->params->strict && !wf_context_current())
        return wf_py_raise_as(WF_PY_ArgumentError,
                              "cuLaunchKernel failed: invalid device context - no currently active context?");
    wf_context *context = wf_py_current_context();
    WF_PY_OWN_STREAM(own);
    wf_stream *stream = context ? wf_py_to_stream(stream_object, context, &own) : NULL;
    if (!stream) return NULL;
    _Alignas(16) unsigned char local[STACK_BYTES], *params = local;
    if (self->params->untyped) return launch_untyped(self, args, count, config, stream, stream_object, local);
    if (self->params->size > STACK_BYTES && !(params = PyMem_Malloc(self->params->size)))
        return PyErr_NoMemory();
    memset(params, 0, self->params->size); /* padding must not carry what was on the stack */
    PyObject *result = NULL;
    int packed = wf_py_pack(self->params, args, count, stream, params);
    for (Py_ssize_t i = 0; packed == 0 && i < count && wf_stream_is_capturing(stream); i++)
        packed = wf_py_keep_captured(stream, args[i]);
    if (packed == 0) result = launch(self, config, stream, params);
    else if (packed == WF_PACK_HANDLER)
        result = launch_with_handlers(self, args, count, config, stream_object);
    if (params != local) PyMem_Free(params);
    return result;
}

/* PyCUDA's functions have more options (texrefs, time_kernel): their class knows what to do with them. */
static PyObject *other_options(wf_py_kernel *self, PyObject *const *args, Py_ssize_t count, PyObject *names,
                               PyObject *unknown) {
    if (!self->params->strict)
        return PyErr_Format(PyExc_TypeError, "a kernel has no option %R; it has grid, block, shared, stream",
                            unknown);
    PyObject *tuple = PyTuple_New(count), *options = PyDict_New(), *result = NULL;
    for (Py_ssize_t i = 0; tuple && i < count; i++) PyTuple_SET_ITEM(tuple, i, Py_NewRef(args[i]));
    int bad = !tuple || !options;
    for (Py_ssize_t i = 0; !bad && i < PyTuple_GET_SIZE(names); i++)
        bad = PyDict_SetItem(options, PyTuple_GET_ITEM(names, i), args[count + i]) < 0;
    if (!bad) result = PyObject_CallMethod((PyObject *)self, "_call_with_options", "OO", tuple, options);
    Py_XDECREF(tuple);
    Py_XDECREF(options);
    return result;
}

static PyObject *kernel_vectorcall(PyObject *object, PyObject *const *args, size_t nargsf, PyObject *names) {
    Py_ssize_t count = PyVectorcall_NARGS(nargsf);
    call c = {NULL, NULL, NULL, NULL};
    wf_launch_config config;
    for (Py_ssize_t i = 0; names && i < PyTuple_GET_SIZE(names); i++)
        if (!keyword(&c, PyTuple_GET_ITEM(names, i), args[count + i]))
            return other_options((wf_py_kernel *)object, args, count, names, PyTuple_GET_ITEM(names, i));
    if (configure(&c, &config) < 0) return NULL;
    return wf_py_kernel_launch((wf_py_kernel *)object, args, count, &config, c.stream);
}

/* launch(grid, block, args, shared=0, stream=None): CuPy's order. */
static PyObject *kernel_launch(PyObject *object, PyObject *positional, PyObject *kwargs) {
    static char *names[] = {"grid", "block", "args", "shared", "stream", NULL};
    call c = {NULL, NULL, NULL, NULL};
    PyObject *args;
    wf_launch_config config;
    if (!PyArg_ParseTupleAndKeywords(positional, kwargs, "OOO|OO:launch", names, &c.grid, &c.block, &args,
                                     &c.shared, &c.stream))
        return NULL;
    if (configure(&c, &config) < 0) return NULL;
    PyObject *tuple = PySequence_Tuple(args);
    if (!tuple) return NULL;
    PyObject *result = wf_py_kernel_launch((wf_py_kernel *)object, &PyTuple_GET_ITEM(tuple, 0),
                                           PyTuple_GET_SIZE(tuple), &config, c.stream);
    Py_DECREF(tuple);
    return result;
}

/* _launch_prepared(grid, block, *args, shared_size=0): PyCUDA's prepared_call, which loops are made of. */
static PyObject *kernel_launch_prepared(PyObject *object, PyObject *const *args, Py_ssize_t count,
                                        PyObject *names) {
    call c = {NULL, NULL, NULL, NULL};
    wf_launch_config config;
    Py_ssize_t named = names ? PyTuple_GET_SIZE(names) : 0;
    if (count < 2 || named > 1 ||
        (named && PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, 0), "shared_size") != 0)) {
        PyErr_SetString(PyExc_TypeError, "prepared_call(grid, block, *args, shared_size=0)");
        return NULL;
    }
    if (!wf_context_current())
        return wf_py_raise_as(WF_PY_ArgumentError,
                              "cuLaunchKernel failed: invalid device context - no currently active context?");
    c.grid = args[0], c.block = args[1], c.shared = named ? args[count] : NULL;
    if (configure(&c, &config) < 0) return NULL;
    return wf_py_kernel_launch((wf_py_kernel *)object, args + 2, count - 2, &config, NULL);
}

/* launch_packed(grid, block, bytes, shared=0, stream=None): arguments as bytes, packed by someone else. */
static PyObject *kernel_launch_packed(PyObject *object, PyObject *positional) {
    wf_py_kernel *self = (wf_py_kernel *)object;
    call c = {NULL, NULL, NULL, NULL};
    Py_buffer view;
    wf_launch_config config;
    PyObject *result = NULL;
    if (!PyArg_ParseTuple(positional, "OOy*|OO:launch_packed", &c.grid, &c.block, &view, &c.shared,
                          &c.stream))
        return NULL;
    if (configure(&c, &config) == 0) {
        wf_context *context = wf_py_current_context();
        WF_PY_OWN_STREAM(own);
        wf_stream *stream = context ? wf_py_to_stream(c.stream, context, &own) : NULL;
        config.param_bytes = (uint32_t)view.len;
        if (stream && !self->params->untyped && view.len != (Py_ssize_t)self->params->size)
            PyErr_Format(PyExc_TypeError, "kernel %s takes %u bytes of arguments, got %zd",
                         self->params->kernel, self->params->size, view.len);
        else if (stream) result = launch(self, &config, stream, view.buf);
    }
    PyBuffer_Release(&view);
    return result;
}

/* ---- what it is -------------------------------------------------------------------------------------------
 */

/* The function for attributes: of the given block, or of whatever shape there is. NULL with an exception. */
static wf_function *function_of(wf_py_kernel *self, PyObject *block) {
    uint32_t sizes[3] = {0, 0, 0};
    wf_error error;
    wf_function *function = NULL;
    wf_status status;
    if (block != Py_None && wf_py_sizes(block, "block", sizes) < 0) return NULL;
    wf_context *context = wf_py_current_context();
    if (!context) return NULL;
    Py_BEGIN_ALLOW_THREADS status =
        wf_kernel_function(self->kernel, context, block == Py_None ? NULL : sizes, &function, &error);
    Py_END_ALLOW_THREADS return status == WF_OK ? function : (wf_function *)wf_py_raise(&error);
}

static PyObject *kernel_prepare(PyObject *object, PyObject *block) {
    if (!function_of((wf_py_kernel *)object, block)) return NULL;
    Py_RETURN_NONE;
}

static PyObject *kernel_attributes(PyObject *object, PyObject *args) {
    PyObject *block = Py_None;
    wf_function_attributes a;
    wf_error error;
    if (!PyArg_ParseTuple(args, "|O:attributes", &block)) return NULL;
    wf_function *function = function_of((wf_py_kernel *)object, block);
    if (!function) return NULL;
    if (wf_function_attributes_of(function, &a, &error) != WF_OK) return wf_py_raise(&error);
    return Py_BuildValue("{sisisisisisisisi}", "max_threads_per_block", a.max_threads, "shared_size_bytes",
                         a.static_shared, "const_size_bytes", a.constant_bytes, "local_size_bytes",
                         a.local_bytes, "num_regs", a.registers, "ptx_version", a.ptx_version,
                         "binary_version", a.binary_version, "max_dynamic_shared_size_bytes",
                         a.max_dynamic_shared);
}

static PyObject *kernel_set_attribute(PyObject *object, PyObject *args) {
    int attribute, value;
    wf_error error;
    if (!PyArg_ParseTuple(args, "ii:set_attribute", &attribute, &value)) return NULL;
    wf_function *function = function_of((wf_py_kernel *)object, Py_None);
    if (!function) return NULL;
    if (wf_function_set_attribute(function, attribute, value, &error) != WF_OK) return wf_py_raise(&error);
    Py_RETURN_NONE;
}

static PyObject *kernel_set_cache(PyObject *object, PyObject *number) {
    long cache = PyLong_AsLong(number);
    wf_error error;
    if (cache == -1 && PyErr_Occurred()) return NULL;
    wf_function *function = function_of((wf_py_kernel *)object, Py_None);
    if (!function) return NULL;
    if (wf_function_set_cache(function, (int)cache, &error) != WF_OK) return wf_py_raise(&error);
    Py_RETURN_NONE;
}

static PyObject *kernel_occupancy(PyObject *object, PyObject *args) {
    unsigned threads;
    Py_ssize_t shared = 0;
    int blocks = 0;
    wf_error error;
    if (!PyArg_ParseTuple(args, "I|n:occupancy", &threads, &shared)) return NULL;
    wf_function *function = function_of((wf_py_kernel *)object, Py_None);
    if (!function) return NULL;
    if (wf_function_occupancy(function, threads, (size_t)shared, &blocks, &error) != WF_OK)
        return wf_py_raise(&error);
    return PyLong_FromLong(blocks);
}

/* (path, lanes): how it runs on the CPU in this block shape. */
static PyObject *kernel_path(PyObject *object, PyObject *block) {
    static const char *const names[] = {"loop", "fission", "coroutine"};
    wf_path path;
    uint32_t lanes, sizes[3];
    wf_error error;
    wf_status status;
    if (wf_py_sizes(block, "block", sizes) < 0) return NULL;
    wf_context *context = wf_py_current_context();
    if (!context) return NULL;
    Py_BEGIN_ALLOW_THREADS status = wf_kernel_path(((wf_py_kernel *)object)->kernel,
                                                   wf_context_device(context), sizes, &path, &lanes, &error);
    Py_END_ALLOW_THREADS if (status != WF_OK) return wf_py_raise(&error);
    return Py_BuildValue("sI", (unsigned)path < 3 ? names[path] : "?", lanes);
}

static PyObject *get_name(PyObject *object, void *closure) {
    (void)closure;
    return PyUnicode_FromString(((wf_py_kernel *)object)->params->kernel);
}

static PyObject *get_program(PyObject *object, void *closure) {
    (void)closure;
    return Py_NewRef(((wf_py_kernel *)object)->program);
}

/* [(name, type, offset, size)] */
static PyObject *get_parameters(PyObject *object, void *closure) {
    (void)closure;
    const wf_py_params *p = ((wf_py_kernel *)object)->params;
    if (p->untyped) Py_RETURN_NONE;
    PyObject *list = PyList_New(p->count);
    for (uint32_t i = 0; list && i < p->count; i++) {
        PyObject *row = Py_BuildValue("ssII", p->params[i].name, p->params[i].type, p->params[i].offset,
                                      p->params[i].size);
        if (!row) Py_CLEAR(list);
        else PyList_SET_ITEM(list, i, row);
    }
    return list;
}

static PyObject *kernel_repr(PyObject *object) {
    return PyUnicode_FromFormat("<weft.Kernel %s>", ((wf_py_kernel *)object)->params->kernel);
}

/* ---- the object -------------------------------------------------------------------------------------------
 */

PyObject *wf_py_kernel_object(PyTypeObject *type, wf_kernel *kernel, PyObject *program, int strict) {
    wf_py_params *params = wf_py_params_new(kernel, strict);
    if (!params) return NULL;
    wf_py_kernel *self = (wf_py_kernel *)type->tp_alloc(type, 0);
    if (!self) {
        wf_py_params_free(params);
        return NULL;
    }
    self->vectorcall = kernel_vectorcall;
    self->kernel = kernel;
    self->params = params;
    self->program = Py_NewRef(program);
    return (PyObject *)self;
}

/* Source text is weft.Module's business: it knows the options. A new reference to a Program. */
static PyObject *program_from(PyObject *source, PyObject *options) {
    if (Py_IS_TYPE(source, wf_py->program_type)) return Py_NewRef(source);
    PyObject *program = PyObject_GetAttrString(source, "program"); /* a Module, or another kernel */
    if (program && Py_IS_TYPE(program, wf_py->program_type)) return program;
    Py_XDECREF(program);
    PyErr_Clear();
    PyObject *module = PyImport_ImportModule("weft._module"), *maker = NULL, *args = NULL, *made = NULL;
    if (module) maker = PyObject_GetAttrString(module, "Module");
    if (maker) args = PyTuple_Pack(1, source);
    if (args) made = PyObject_Call(maker, args, options);
    program = made ? PyObject_GetAttrString(made, "program") : NULL;
    Py_XDECREF(module);
    Py_XDECREF(maker);
    Py_XDECREF(args);
    Py_XDECREF(made);
    return program;
}

/* Kernel(source, name=None, strict=False, **options of Module) */
static PyObject *kernel_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    PyObject *source, *name_object = NULL, *options = kwargs ? PyDict_Copy(kwargs) : PyDict_New();
    int strict = 0;
    if (!options || !PyArg_ParseTuple(args, "O|Op:Kernel", &source, &name_object, &strict)) goto fail;
    PyObject *named = PyDict_GetItemString(options, "kernel_name");
    if (named && !name_object) name_object = named;
    if (named && PyDict_DelItemString(options, "kernel_name") < 0) goto fail;
    const char *name = name_object && name_object != Py_None ? PyUnicode_AsUTF8(name_object) : NULL;
    if (!name && PyErr_Occurred()) goto fail;
    PyObject *program = program_from(source, options);
    if (!program) goto fail;
    wf_kernel *kernel = NULL;
    wf_error error;
    PyObject *result = NULL;
    if (wf_program_kernel(((wf_py_program *)program)->program, name, &kernel, &error) != WF_OK)
        wf_py_raise(&error);
    else result = wf_py_kernel_object(type, kernel, program, strict);
    Py_DECREF(program);
    Py_DECREF(options);
    return result;
fail:
    Py_XDECREF(options);
    return NULL;
}

static int kernel_traverse(PyObject *object, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((wf_py_kernel *)object)->program);
    return 0;
}

static int kernel_clear(PyObject *object) {
    (void)object; /* the program is needed by whatever else still holds the kernel: it goes in dealloc */
    return 0;
}

static void kernel_dealloc(PyObject *object) {
    wf_py_kernel *self = (wf_py_kernel *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    wf_py_params_free(self->params);
    Py_XDECREF(self->program);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyMethodDef kernel_methods[] = {
    {"launch", (PyCFunction)(void (*)(void))kernel_launch, METH_VARARGS | METH_KEYWORDS,
     "launch(grid, block, args, shared=0, stream=None)"},
    {"_launch_prepared", (PyCFunction)(void (*)(void))kernel_launch_prepared, METH_FASTCALL | METH_KEYWORDS,
     NULL},
    {"launch_packed", kernel_launch_packed, METH_VARARGS,
     "launch_packed(grid, block, bytes, shared=0, stream=None): arguments laid out as C would."},
    {"prepare", kernel_prepare, METH_O,
     "Compiles or loads what this block shape (or None) needs here, without a launch."},
    {"attributes", kernel_attributes, METH_VARARGS,
     "attributes(block=None): registers, shared memory and so on, as a dict."},
    {"set_attribute", kernel_set_attribute, METH_VARARGS, "set_attribute(CU_FUNC_ATTRIBUTE number, value)"},
    {"set_cache", kernel_set_cache, METH_O, "A CU_FUNC_CACHE_PREFER_… number."},
    {"occupancy", kernel_occupancy, METH_VARARGS,
     "occupancy(threads, shared=0): blocks on a multiprocessor."},
    {"path", kernel_path, METH_O,
     "path(block): how it runs on the CPU: (\"loop\", \"fission\" or \"coroutine\", lanes)."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef kernel_getset[] = {
    {"name", get_name, NULL, NULL, NULL},
    {"program", get_program, NULL, NULL, NULL},
    {"parameters", get_parameters, NULL, "[(name, type, offset, bytes)]; None: not known (a foreign cubin)",
     NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMemberDef kernel_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(wf_py_kernel, vectorcall), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot kernel_slots[] = {
    {Py_tp_doc,
     "Kernel(source, name=None, **options of Module): a kernel; kernel(*args, grid=…, block=…, shared=0, "
     "stream=None). "
     "grid and block are tuples of one to three sizes; host arrays are wrapped in In, Out or InOut."},
    {Py_tp_new, kernel_new},
    {Py_tp_dealloc, kernel_dealloc},
    {Py_tp_traverse, kernel_traverse},
    {Py_tp_clear, kernel_clear},
    {Py_tp_repr, kernel_repr},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_methods, kernel_methods},
    {Py_tp_getset, kernel_getset},
    {Py_tp_members, kernel_members},
    {0, NULL},
};
static PyType_Spec kernel_spec = {
    "weft._core.Kernel", sizeof(wf_py_kernel), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL, kernel_slots};

/* Python 3.12 lets subclasses inherit the fast way of calling; before, they have to be told. */
static PyObject *use_vectorcall(PyObject *self, PyObject *type) {
    (void)self;
    if (!PyType_Check(type) || !((PyTypeObject *)type)->tp_vectorcall_offset)
        return PyErr_Format(PyExc_TypeError, "a subclass of Kernel or PyFunction was expected");
#if PY_VERSION_HEX < 0x030C0000
    PyTypeObject *subclass = (PyTypeObject *)type;
    if (subclass->tp_call == PyVectorcall_Call) subclass->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
#endif
    return Py_NewRef(type);
}

static PyMethodDef functions[] = {
    {"_use_vectorcall", use_vectorcall, METH_O,
     "A class decorator: calls of this subclass of Kernel or PyFunction are as fast as its base's."},
    {NULL, NULL, 0, NULL},
};

int wf_py_add_kernel(PyObject *module) {
    if (PyModule_AddFunctions(module, functions) < 0) return -1;
    return wf_py_add_type(module, &kernel_spec, &wf_py->kernel_type);
}
