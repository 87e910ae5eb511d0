/* python/pyfunc_launch.c: calls of a compiled Python function.
 *
 *     function[grid, block, stream, shared](x, y, n)     a CUDA kernel
 *     function(x, y)                                     a host function (@jit): one thread runs it */
#include "python/pyfunc.h"
#include <pthread.h>
#include <structmember.h>

static PyTypeObject *configured_type;

typedef struct configured { /* function[grid, block, stream, shared] */
    PyObject_HEAD vectorcallfunc vectorcall;
    wf_py_function *function;
    PyObject *stream;
    PyObject *callbacks; /* a list: called before each launch; NULL: none was asked for */
    wf_launch_config config;
} configured;

/* The launch of this thread whose arguments are looked at, and whose kernel may be compiled for them. */
typedef struct launching {
    PyObject *configured, *const *args;
    Py_ssize_t count;
} launching;
static _Thread_local launching current;

/* KernelError of a host function: the Python exception that its text names. */
static void translate(wf_py_function *self) {
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

int wf_py_launch_ended(wf_py_packing *p, wf_status status, const wf_error *err) {
    if ((p->cpu || p->self->options.trap_divide) && wf_py_take_stream_reports(p->stream) < 0) {
        translate(p->self);
        return -1;
    }
    if (status == WF_OK) return 0;
    wf_py_function_raise(p->self, err);
    translate(p->self);
    return -1;
}

/* Until the stream has nothing more to do: an interrupted wait may leave a kernel running for a moment, which
 * uses the arguments, and the caller's stack, until it has ended. */
static wf_status wait_to_end(wf_stream *stream, wf_error *err) {
    wf_error later;
    wf_status status = wf_stream_synchronize(stream, err), next = status;
    while (next == WF_INTERRUPT) next = wf_stream_synchronize(stream, &later);
    return status;
}

static int run(wf_py_packing *p, wf_py_variant *v, wf_launch_config *config) {
    wf_error err;
    wf_status status;
    if (p->cpu) config->extents = p->extents;
    if (p->heap) config->flags |= WF_LAUNCH_WHOLE;
    /* A NumPy array is the caller's own again when the call returns; so is a result. */
    int wait =
        p->cpu && (p->host_count || p->self->options.mode == WF_PF_HOST || p->self->options.trap_divide);
    int tells = !p->cpu && p->self->options.mode == WF_PF_CUDA_KERNEL && p->self->options.trap_divide;
    /* A brief call keeps the interpreter's lock: to give it away and take it again is half of what it costs.
     * Not where another thread might ask Python for something meanwhile. */
    int brief = p->cpu && p->self->options.mode == WF_PF_HOST && !p->self->options.parallel &&
                !v->piece_count && !v->python_calls &&
                wf_kernel_run_brief(v->kernel, p->stream, config, p->params, &status, &err);
    config->interrupts = wf_interrupts();
    if (!brief && p->cpu && wf_py_watch_interrupts() < 0) return -1;
    if (!brief || status != WF_OK) {
        Py_BEGIN_ALLOW_THREADS if (!brief) status =
            wf_kernel_launch_config(v->kernel, p->stream, config, p->params, &err);
        if (brief || (status == WF_OK && (wait || tells))) status = wait_to_end(p->stream, &err);
        if (status == WF_OK && tells) status = wf_kernel_raised(v->kernel, p->stream, config, &err);
        Py_END_ALLOW_THREADS
    }
    return wf_py_launch_ended(p, status, &err);
}

/* function.what(configured, codes), which Python overrides. */
static int tell_launch(configured *c, const char *what, const wf_py_variant *v) {
    PyObject *said = PyObject_CallMethod((PyObject *)c->function, what, "Os", (PyObject *)c, v->codes);
    Py_XDECREF(said);
    return said ? 0 : -1;
}

/* The arguments of a call and what it is told take most of this, in a frame of their own. */
enum { CALL_STACK = sizeof(wf_py_packing) + CODES_MAX + PARAMS_MAX + (8 << 10) };

static __attribute__((noinline)) PyObject *configured_call(configured *c, PyObject *const *args,
                                                           Py_ssize_t count, PyObject *names) {
    char codes[CODES_MAX];
    _Alignas(16) unsigned char params[PARAMS_MAX];
    wf_py_packing p;
    wf_context *context = wf_py_current_context();
    WF_PY_OWN_STREAM(own);
    wf_stream *stream = context ? wf_py_to_stream(c->stream, context, &own) : NULL;
    if (!stream || wf_py_pack_begin(&p, c->function, stream, codes, params) < 0) return NULL;
    PyObject *bound;
    count = wf_py_bind(c->function, &args, count, names, &bound);
    launching outer = current;
    const wf_py_variant *newest = c->function->variants;
    current = (launching){(PyObject *)c, args, count};
    wf_py_variant *v = count >= 0 ? wf_py_pack_all(&p, args, count, codes) : NULL;
    int good = v && (v == newest || v != c->function->variants || tell_launch(c, "_compiled", v) == 0) &&
               (!c->callbacks || tell_launch(c, "_before_launch", v) == 0);
    current = outer;
    wf_launch_config config = c->config;
    good = good && run(&p, v, &config) == 0;
    if (wf_py_pack_end(&p, good) < 0) good = 0;
    Py_XDECREF(bound);
    if (!good) return NULL;
    Py_RETURN_NONE;
}

static PyObject *configured_vectorcall(PyObject *object, PyObject *const *args, size_t nargsf,
                                       PyObject *names) {
    if (!wf_py_has_stack(CALL_STACK, "called")) return NULL;
    return configured_call((configured *)object, args, PyVectorcall_NARGS(nargsf), names);
}

static void configured_dealloc(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    Py_XDECREF(((configured *)object)->function);
    Py_XDECREF(((configured *)object)->stream);
    Py_XDECREF(((configured *)object)->callbacks);
    type->tp_free(object);
    Py_DECREF(type);
}

static int configured_traverse(PyObject *object, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(((configured *)object)->function);
    Py_VISIT(((configured *)object)->stream);
    Py_VISIT(((configured *)object)->callbacks);
    return 0;
}

static PyObject *sizes_tuple(const uint32_t sizes[3]) {
    return Py_BuildValue("III", sizes[0], sizes[1], sizes[2]);
}
static PyObject *get_grid(PyObject *o, void *unused) {
    (void)unused;
    return sizes_tuple(((configured *)o)->config.grid);
}
static PyObject *get_block(PyObject *o, void *unused) {
    (void)unused;
    return sizes_tuple(((configured *)o)->config.block);
}
static PyObject *get_shared(PyObject *o, void *unused) {
    (void)unused;
    return PyLong_FromUnsignedLong(((configured *)o)->config.dynamic_shared);
}

static PyObject *get_callbacks(PyObject *o, void *unused) {
    (void)unused;
    configured *c = (configured *)o;
    if (!c->callbacks) c->callbacks = PyList_New(0);
    return Py_XNewRef(c->callbacks);
}
static PyObject *get_args(PyObject *o, void *unused) {
    (void)unused;
    if (current.configured != o) Py_RETURN_NONE;
    PyObject *args = PyTuple_New(current.count);
    for (Py_ssize_t i = 0; args && i < current.count; i++)
        PyTuple_SET_ITEM(args, i, Py_NewRef(current.args[i]));
    return args;
}

/* Pickled as the function and what it was configured with; a stream stays behind. */
static PyObject *configured_reduce(PyObject *object, PyObject *unused) {
    configured *c = (configured *)object;
    if (c->callbacks && PyList_GET_SIZE(c->callbacks))
        return PyObject_CallMethod((PyObject *)c->function, "_not_pickled", NULL);
    PyObject *subscript = NULL, *grid = get_grid(object, unused), *block = get_block(object, unused);
    PyObject *operator= PyImport_ImportModule("operator");
    if (operator) subscript = PyObject_GetAttrString(operator, "getitem");
    PyObject *result = subscript && grid && block ? Py_BuildValue("O(O(OOiI))", subscript, c->function, grid,
                                                                  block, 0, c->config.dynamic_shared)
                                                  : NULL;
    Py_XDECREF(operator);
    Py_XDECREF(subscript);
    Py_XDECREF(grid);
    Py_XDECREF(block);
    return result;
}

static PyMethodDef configured_methods[] = {
    {"__reduce__", configured_reduce, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyGetSetDef configured_getset[] = {
    {"griddim", get_grid, NULL, "(x, y, z) in blocks", NULL},
    {"blockdim", get_block, NULL, "(x, y, z) in threads", NULL},
    {"sharedmem", get_shared, NULL, "bytes of dynamic shared memory", NULL},
    {"pre_launch_callbacks", get_callbacks, NULL,
     "a list: each is called with (kernel, this) before a launch", NULL},
    {"args", get_args, NULL, "of the launch that is being prepared; None: there is none", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
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
    {Py_tp_methods, configured_methods},
    {Py_tp_getset, configured_getset},
    {Py_tp_call, PyVectorcall_Call},
    {0, NULL},
};
static PyType_Spec configured_spec = {"weft._core.Configured", sizeof(configured), 0,
                                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL |
                                          Py_TPFLAGS_DISALLOW_INSTANTIATION,
                                      configured_slots};

/* function[grid, block], [grid, block, stream], [grid, block, stream, shared] */
PyObject *wf_py_function_subscript(PyObject *object, PyObject *key) {
    Py_ssize_t n = PyTuple_Check(key) ? PyTuple_GET_SIZE(key) : 0;
    if (((wf_py_function *)object)->options.mode != WF_PF_CUDA_KERNEL)
        return PyErr_Format(PyExc_TypeError, "only a kernel is launched with [grid, block]%s",
                            ((wf_py_function *)object)->options.mode == WF_PF_HOST
                                ? ": this function is @jit's; kernels are @cuda.jit's"
                                : ": this is a device function (device=True), which kernels call");
    if (n < 2 || n > 4)
        return PyErr_Format(
            PyExc_ValueError,
            "must specify at least the griddim and blockdim: kernel[grid, block, stream, shared]");
    configured *c = (configured *)configured_type->tp_alloc(configured_type, 0);
    if (!c) return NULL;
    c->vectorcall = configured_vectorcall;
    c->function = (wf_py_function *)Py_NewRef(object);
    c->stream = n > 2 && PyTuple_GET_ITEM(key, 2) != Py_None ? PyTuple_GET_ITEM(key, 2) : NULL;
    if (c->stream && PyLong_Check(c->stream) && PyLong_AsLong(c->stream) == 0)
        c->stream = NULL; /* Numba's default stream */
    Py_XINCREF(c->stream);
    int bad = wf_py_sizes(PyTuple_GET_ITEM(key, 0), "griddim", c->config.grid) < 0 ||
              wf_py_sizes(PyTuple_GET_ITEM(key, 1), "blockdim", c->config.block) < 0;
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

static pthread_key_t stream_key;
static pthread_once_t stream_once = PTHREAD_ONCE_INIT;

enum { NESTING_MAX = 32 };
typedef struct own_streams { /* of a thread, by how many host functions it is inside of */
    wf_stream *at[NESTING_MAX];
} own_streams;

static void release_streams(void *streams) {
    own_streams *own = streams;
    for (int i = 0; i < NESTING_MAX; i++)
        if (own->at[i]) wf_stream_release(own->at[i]);
    PyMem_RawFree(own);
}
static void make_stream_key(void) { pthread_key_create(&stream_key, release_streams); }

/* Each thread has a stream of its own, so that host functions of several threads run at the same time; one
 * that Python calls while another waits for that call has another stream, as work on the outer one's would
 * only begin after it. The first thread's first is the default stream. */
static wf_status own_stream(wf_stream **out, wf_error *err) {
    static wf_context *context; /* the primary context lives as long as the process */
    static pthread_t first;
    wf_device *device;
    uint32_t depth = wf_py_nesting();
    if (!context) {
        wf_status status = wf_device_at(WF_DEVICE_CPU, 0, &device, err);
        if (status == WF_OK) status = wf_context_primary(device, &context, err);
        if (status != WF_OK) return status;
        first = pthread_self();
    }
    if (!depth && pthread_equal(first, pthread_self()))
        return *out = wf_context_default_stream(context), WF_OK;
    if (depth >= NESTING_MAX)
        return wf_fail(err, WF_INVALID, "compiled functions and Python call each other too deeply");
    pthread_once(&stream_once, make_stream_key);
    own_streams *own = pthread_getspecific(stream_key);
    if (!own) {
        own = PyMem_RawCalloc(1, sizeof *own);
        if (!own || pthread_setspecific(stream_key, own) != 0) return wf_fail(err, WF_NOMEM, "out of memory");
    }
    *out = own->at[depth];
    if (*out) return WF_OK;
    wf_status status = wf_stream_create(context, WF_STREAM_NONBLOCKING, 0, out, err);
    if (status == WF_OK) own->at[depth] = *out;
    return status;
}

wf_stream *wf_py_cpu_stream_unlocked(void) {
    wf_stream *stream = NULL;
    wf_error err;
    return own_stream(&stream, &err) == WF_OK ? stream : NULL;
}

wf_stream *wf_py_cpu_stream(void) {
    wf_stream *stream = NULL;
    wf_error err;
    wf_status status = own_stream(&stream, &err);
    if (status == WF_OK) return stream;
    if (wf_py_nesting() >= NESTING_MAX) PyErr_SetString(PyExc_RecursionError, err.message);
    else wf_py_raise(&err);
    return NULL;
}

/* A call that raised may have changed instances, lists and dicts before it did. */
static void settle_after_error(wf_py_asker *asker) {
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    if (wf_py_instances_settle(asker) < 0 || wf_py_pack_reflect(asker->arguments, asker) < 0) PyErr_Clear();
    PyErr_Restore(type, value, trace);
}

PyObject *wf_py_result_of(wf_py_asker *asker, PyObject *object, int good, const unsigned char *out) {
    PyObject *result = NULL;
    if (asker->error) {
        PyErr_Clear();
        PyErr_SetObject((PyObject *)Py_TYPE(asker->error), asker->error);
    } else if (good) {
        int settled = wf_py_instances_settle(asker) == 0;
        result = settled ? wf_py_box(object, asker->variant->returns, out, asker) : NULL;
    } else if (PyErr_Occurred()) translate(asker->function);
    if (!good || asker->error) settle_after_error(asker);
    wf_py_error_clear(asker);
    if (result && wf_py_pack_reflect(asker->arguments, asker) < 0) Py_CLEAR(result);
    Py_XDECREF(asker->memory);
    Py_XDECREF(asker->store);
    return result;
}

PyObject *wf_py_run_packed(wf_py_packing *p, wf_py_variant *v) {
    _Alignas(16) unsigned char out[1024];
    void *where = out;
    memset(out, 0, sizeof out);
    if (wf_py_pack_value(p, &where, 8, 8) < 0) return NULL;
    wf_py_asker asker = {.function = p->self, .variant = v, .arguments = p, .threads = wf_py_get_threads()};
    if (p->heap) asker.packed = wf_pf_heap_mark(p->heap);
    uint32_t threads = asker.threads;
    wf_launch_config config = {.grid = {1, 1, 1}, .block = {1, 1, 1}, .ask = wf_py_ask, .asker = &asker};
    p->extents[p->extent_count++] = (wf_extent){(uintptr_t)out, (uintptr_t)out + sizeof out};
    int good = run(p, v, &config) == 0;
    if (asker.threads != threads) wf_py_set_threads(asker.threads);
    return wf_py_result_of(&asker, (PyObject *)p->self, good, out);
}

static __attribute__((noinline)) PyObject *full_call(PyObject *object, PyObject *const *args,
                                                     Py_ssize_t count, PyObject *names) {
    wf_py_function *self = (wf_py_function *)object;
    char codes[CODES_MAX];
    _Alignas(16) unsigned char params[PARAMS_MAX];
    wf_py_packing p;
    PyObject *quick;
    wf_stream *stream = wf_py_cpu_stream();
    if (!stream || wf_py_pack_begin(&p, self, stream, codes, params) < 0) return NULL;
    PyObject *bound;
    count = wf_py_bind(self, &args, count, names, &bound);
    if (count >= 0 && bound && wf_py_quick_call(self, args, count, &quick)) {
        Py_DECREF(bound);
        return quick;
    }
    wf_py_variant *v = count >= 0 ? wf_py_pack_all(&p, args, count, codes) : NULL;
    PyObject *result = v ? wf_py_run_packed(&p, v) : NULL;
    if (wf_py_pack_end(&p, result != NULL) < 0) Py_CLEAR(result);
    Py_XDECREF(bound);
    return result;
}

/* _launching() → the configured kernel whose launch compiles at the moment, in this thread, or None */
static PyObject *get_launching(PyObject *self, PyObject *unused) {
    (void)self, (void)unused;
    return Py_NewRef(current.configured ? current.configured : Py_None);
}

static PyMethodDef functions[] = {
    {"_launching", get_launching, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyObject *wf_py_function_vectorcall(PyObject *object, PyObject *const *args, size_t nargsf, PyObject *names) {
    wf_py_function *self = (wf_py_function *)object;
    Py_ssize_t count = PyVectorcall_NARGS(nargsf);
    PyObject *quick;
    if (!names && wf_py_quick_call(self, args, count, &quick)) return quick;
    if (self->options.mode != WF_PF_HOST) return PyObject_CallMethod(object, "_not_called", NULL);
    return wf_py_has_stack(CALL_STACK, "called") ? full_call(object, args, count, names) : NULL;
}

int wf_py_add_configured(PyObject *module) {
    if (PyModule_AddFunctions(module, functions) < 0) return -1;
    return wf_py_add_type(module, &configured_spec, &configured_type);
}
