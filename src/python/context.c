/* python/context.c: contexts: the primary one of each device, and own ones with this thread's stack, as
 * PyCUDA has them.
 *
 * Work goes to the context on top of the thread's stack; with an empty stack to the default device's primary
 * context, which is found once. */
#include "python/ndarray.h"

PyObject *wf_py_context_object(wf_context *context) {
    wf_py_context *self = PyObject_New(wf_py_context, wf_py->context_type);
    if (!self) {
        wf_context_release(context);
        return NULL;
    }
    self->context = context;
    return (PyObject *)self;
}

/* Kept for the life of the process: primary contexts are. */
static wf_context *default_context;

wf_context *wf_py_current_context(void) {
    wf_context *context = wf_context_current();
    if (context) return context;
    if (default_context) return default_context;
    wf_device *device = wf_py_to_device(Py_None);
    if (!device) return NULL;
    wf_error error;
    wf_status status;
    Py_BEGIN_ALLOW_THREADS status = wf_context_primary(device, &context, &error);
    Py_END_ALLOW_THREADS if (status != WF_OK) return (wf_context *)wf_py_raise(&error);
    if (default_context) wf_context_release(context); /* another thread was here meanwhile */
    else default_context = context;
    return default_context;
}

wf_context *wf_py_to_context(PyObject *object) {
    if (object == Py_None) return wf_py_current_context();
    if (Py_IS_TYPE(object, wf_py->context_type)) {
        wf_context *context = ((wf_py_context *)object)->context;
        if (!context) wf_py_raise_as(WF_PY_ArgumentError, "invalid context: it was detached");
        return context;
    }
    wf_device *device = wf_py_to_device(object);
    if (!device) return NULL;
    wf_context *context = NULL;
    wf_error error;
    wf_status status;
    Py_BEGIN_ALLOW_THREADS status = wf_context_primary(device, &context, &error);
    Py_END_ALLOW_THREADS if (status != WF_OK) return (wf_context *)wf_py_raise(&error);
    wf_context_release(context); /* the device keeps its primary context */
    return context;
}

static PyObject *context_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"device", "primary", "flags", NULL};
    PyObject *which = Py_None;
    int primary = 1;
    unsigned flags = 0;
    (void)type;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O$pI:Context", names, &which, &primary, &flags))
        return NULL;
    wf_device *device = wf_py_to_device(which);
    if (!device) return NULL;
    wf_context *context = NULL;
    wf_error error;
    wf_status status;
    Py_BEGIN_ALLOW_THREADS status = primary ? wf_context_primary(device, &context, &error)
                                            : wf_context_create(device, flags, &context, &error);
    Py_END_ALLOW_THREADS return status == WF_OK ? wf_py_context_object(context) : wf_py_raise(&error);
}

static void context_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    wf_context_release(((wf_py_context *)self)->context);
    PyObject_Free(self);
    Py_DECREF(type);
}

/* The context of self, or NULL with an exception. */
static wf_context *context_of(PyObject *self) { return wf_py_to_context(self); }

static PyObject *context_push(PyObject *self, PyObject *args) {
    (void)args;
    wf_error error;
    wf_context *context = context_of(self);
    if (!context) return NULL;
    if (wf_context_push(context, &error) != WF_OK) return wf_py_raise(&error);
    Py_RETURN_NONE;
}

static PyObject *context_pop(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    wf_context *context = NULL;
    wf_error error;
    if (wf_context_pop(&context, &error) != WF_OK) return wf_py_raise(&error);
    return wf_py_context_object(context);
}

static PyObject *context_synchronize(PyObject *self, PyObject *args) {
    (void)args;
    wf_context *context = context_of(self);
    wf_error error;
    wf_status status;
    if (!context || !wf_py_may_wait()) return NULL;
    wf_context_retain(context);
    Py_BEGIN_ALLOW_THREADS status = wf_context_synchronize(context, &error);
    Py_END_ALLOW_THREADS PyObject *result = wf_py_waited(status, &error, context);
    wf_context_release(context);
    return result;
}

static PyObject *context_detach(PyObject *self, PyObject *args) {
    (void)args;
    wf_py_context *object = (wf_py_context *)self;
    wf_context *context = object->context;
    object->context = NULL;
    Py_BEGIN_ALLOW_THREADS wf_context_release(context);
    Py_END_ALLOW_THREADS Py_RETURN_NONE;
}

static PyObject *context_enable_peer(PyObject *self, PyObject *args) {
    PyObject *other;
    int enable = 1;
    wf_error error;
    if (!PyArg_ParseTuple(args, "O|p", &other, &enable)) return NULL;
    wf_context *context = context_of(self), *peer = context ? wf_py_to_context(other) : NULL;
    if (!peer) return NULL;
    if (wf_context_enable_peer(context, peer, enable, &error) != WF_OK) return wf_py_raise(&error);
    Py_RETURN_NONE;
}

/* What array/ keeps for the next small array counts as free. */
static void forget_spares(void) {
    wf_py_graph_enter();
    wf_array_forget_spares();
    wf_graph_leave();
}

static PyObject *context_memory_stats(PyObject *self, PyObject *args) {
    (void)args;
    wf_memory_stats s;
    wf_error error;
    wf_context *context = context_of(self);
    if (!context) return NULL;
    forget_spares();
    if (wf_memory_stats_of(context, &s, &error) != WF_OK) return wf_py_raise(&error);
    return Py_BuildValue("{sKsKsKsKsKsKsK}", "in_use", s.in_use, "peak", s.peak, "pooled", s.pooled,
                         "allocations", s.allocations, "frees", s.frees, "hits", s.hits, "out_of_memory",
                         s.out_of_memory);
}

static PyObject *context_trim(PyObject *self, PyObject *args) {
    (void)args;
    wf_error error;
    wf_status status;
    wf_context *context = context_of(self);
    if (!context) return NULL;
    forget_spares();
    Py_BEGIN_ALLOW_THREADS status = wf_memory_trim(context, &error);
    Py_END_ALLOW_THREADS if (status != WF_OK) return wf_py_raise(&error);
    Py_RETURN_NONE;
}

static PyObject *context_set_limit(PyObject *self, PyObject *bytes) {
    wf_error error;
    wf_context *context = context_of(self);
    unsigned long long limit = PyLong_AsUnsignedLongLong(bytes);
    if (!context || (limit == (unsigned long long)-1 && PyErr_Occurred())) return NULL;
    if (wf_memory_set_limit(context, limit, &error) != WF_OK) return wf_py_raise(&error);
    Py_RETURN_NONE;
}

static PyObject *get_device(PyObject *self, void *closure) {
    (void)closure;
    wf_context *context = context_of(self);
    return context ? wf_py_device_object(wf_context_device(context)) : NULL;
}

static PyObject *get_handle(PyObject *self, void *closure) {
    (void)closure;
    wf_context *context = context_of(self);
    return context ? PyLong_FromUnsignedLongLong(wf_context_handle(context)) : NULL;
}

static PyObject *get_valid(PyObject *self, void *closure) {
    (void)closure;
    return PyBool_FromLong(((wf_py_context *)self)->context != NULL);
}

static PyObject *context_compare(PyObject *a, PyObject *b, int op) {
    if ((op != Py_EQ && op != Py_NE) || !Py_IS_TYPE(b, wf_py->context_type)) Py_RETURN_NOTIMPLEMENTED;
    int same = ((wf_py_context *)a)->context == ((wf_py_context *)b)->context;
    return PyBool_FromLong(same == (op == Py_EQ));
}

static Py_hash_t context_hash(PyObject *self) {
    Py_hash_t hash = (Py_hash_t)((uintptr_t)((wf_py_context *)self)->context >> 4);
    return hash == -1 ? -2 : hash;
}

static PyMethodDef context_methods[] = {
    {"push", context_push, METH_NOARGS, "Puts it on this thread's stack: work goes there."},
    {"pop", context_pop, METH_NOARGS | METH_STATIC,
     "Takes the top of this thread's stack off and returns it."},
    {"synchronize", context_synchronize, METH_NOARGS, "Waits for everything queued in it."},
    {"detach", context_detach, METH_NOARGS,
     "Gives this reference up; the last one frees an own context's memory."},
    {"enable_peer", context_enable_peer, METH_VARARGS, "Lets kernels here reach the other context's memory."},
    {"memory_stats", context_memory_stats, METH_NOARGS, "What the pool holds, as a dict."},
    {"trim", context_trim, METH_NOARGS, "Gives the pool's free memory back to the device."},
    {"set_limit", context_set_limit, METH_O, "The most bytes the pool may hold; 0: no limit."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef context_getset[] = {
    {"device", get_device, NULL, NULL, NULL},
    {"handle", get_handle, NULL, "the CUcontext; on a CPU a number", NULL},
    {"valid", get_valid, NULL, "False once detached", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot context_slots[] = {
    {Py_tp_doc, "Context(device=None, primary=True, flags=0)"},
    {Py_tp_new, context_new},
    {Py_tp_dealloc, context_dealloc},
    {Py_tp_methods, context_methods},
    {Py_tp_getset, context_getset},
    {Py_tp_richcompare, context_compare},
    {Py_tp_hash, context_hash},
    {0, NULL},
};
static PyType_Spec context_spec = {"weft.Context", sizeof(wf_py_context), 0,
                                   Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE, context_slots};

/* The top of this thread's stack, or None. */
static PyObject *stack_top(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    wf_context *context = wf_context_current();
    if (!context) Py_RETURN_NONE;
    return wf_py_context_object(wf_context_retain(context));
}

/* Where this thread's work goes. */
static PyObject *current_context(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    wf_context *context = wf_py_current_context();
    return context ? wf_py_context_object(wf_context_retain(context)) : NULL;
}

static PyMethodDef functions[] = {
    {"_stack_top", stack_top, METH_NOARGS, NULL},
    {"current_context", current_context, METH_NOARGS, "The context that this thread's work goes to."},
    {NULL, NULL, 0, NULL},
};

int wf_py_add_context(PyObject *module) {
    if (wf_py_add_type(module, &context_spec, &wf_py->context_type) < 0) return -1;
    return PyModule_AddFunctions(module, functions);
}
