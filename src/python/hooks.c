/* python/hooks.c: what the core calls back for, and the functions that concern the whole process.
 *
 * The compiler is weft._compile, imported when the first kernel must be compiled. Waiting threads ask for
 * Python's pending signals, so that Ctrl-C ends a wait. Call-backs take the interpreter's lock; none is
 * called with a lock of the core held that a Python thread could be waiting for. */
#include "python/ndarray.h"
#include "python/state.h"
#include "base/control_group.h"
#include "base/memory.h"
#include "base/system.h"
#include "base/thread.h"
#include "runtime/copy_watch.h"
#include <signal.h>

/* ---- the compiler ----------------------------------------------------------------------------------------
 */

wf_status wf_py_failed(wf_error *err) {
    if (!PyErr_ExceptionMatches(PyExc_Exception)) return wf_fail(err, WF_INTERRUPT, "interrupted");
    wf_status status = PyErr_ExceptionMatches(PyExc_MemoryError)               ? WF_NOMEM
                       : PyErr_ExceptionMatches(WF_PY_ERROR(UnsupportedError)) ? WF_UNSUPPORTED
                                                                               : WF_INTERNAL;
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    PyObject *text = value ? PyObject_Str(value) : NULL;
    const char *words = text ? PyUnicode_AsUTF8(text) : NULL;
    wf_fail(err, status, "[compile] %s: %s", type ? ((PyTypeObject *)type)->tp_name : "error",
            words ? words : "?");
    PyErr_Clear();
    Py_XDECREF(text);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(trace);
    return status;
}

static PyObject *compiler_module(void) {
    if (!wf_py->compile) wf_py->compile = PyImport_ImportModule("weft._compile");
    return wf_py->compile;
}

static wf_status copy_out(PyObject *bytes, char **out, size_t *length, wf_error *err) {
    char *data;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(bytes, &data, &size) < 0) return wf_py_failed(err);
    *out = wf_malloc((size_t)size + 1);
    if (!*out) return wf_fail(err, WF_NOMEM, "out of memory for compiled code");
    memcpy(*out, data, (size_t)size + 1);
    *length = (size_t)size;
    return WF_OK;
}

static wf_status compile_here(const char *ir, size_t ir_length, const wf_target *target, int level,
                              char **out, size_t *out_length, wf_error *err) {
    PyGILState_STATE gil = PyGILState_Ensure();
    wf_status status = WF_OK;
    PyObject *module = compiler_module(), *result = NULL;
    int cpu = target->kind == WF_TARGET_CPU;
    char sm[16], ptx[16];
    snprintf(sm, sizeof(sm), "sm_%d", target->sm);
    snprintf(ptx, sizeof(ptx), "+ptx%d", target->ptx);
    if (module)
        result = PyObject_CallMethod(module, "compile", "y#sssii", ir, (Py_ssize_t)ir_length,
                                     cpu ? target->triple : "nvptx64-nvidia-cuda", cpu ? target->cpu : sm,
                                     cpu ? target->features : ptx, level & ~WF_COMPILE_TEXT,
                                     !cpu || (level & WF_COMPILE_TEXT) != 0);
    status = result ? copy_out(result, out, out_length, err) : wf_py_failed(err);
    Py_XDECREF(result);
    PyGILState_Release(gil);
    return status;
}

typedef struct compile_call {
    const char *ir;
    size_t ir_length;
    const wf_target *target;
    int level;
    char **out;
    size_t *out_length;
    wf_error *err;
    wf_status status;
} compile_call;

static void run_compile(void *user) {
    compile_call *c = user;
    c->status = compile_here(c->ir, c->ir_length, c->target, c->level, c->out, c->out_length, c->err);
}

enum { LLVM_STACK = 512 << 10 }; /* LLVM asks nobody how much is left */

static wf_status compile(void *user, const char *ir, size_t ir_length, const wf_target *target, int level,
                         char **out, size_t *out_length, wf_error *err) {
    (void)user;
    compile_call c = {ir, ir_length, target, level, out, out_length, err, WF_OK};
    PyThreadState *state =
        PyGILState_Check() ? PyEval_SaveThread() : NULL; /* another one may want the lock */
    int ran = wf_thread_with_stack(LLVM_STACK, run_compile, &c);
    if (state) PyEval_RestoreThread(state);
    return ran ? c.status
               : wf_fail(err, WF_NOMEM,
                         "[compile] %zu KiB of this thread's stack are left, and no other thread starts",
                         wf_stack_left() >> 10);
}

static wf_status identify(void *user, int *llvm_major, char identity[128], wf_error *err) {
    (void)user;
    PyGILState_STATE gil = PyGILState_Ensure();
    wf_status status = WF_OK;
    PyObject *module = compiler_module(), *result = NULL;
    const char *text;
    if (module) result = PyObject_CallMethod(module, "identify", NULL);
    if (!result || !PyArg_ParseTuple(result, "is", llvm_major, &text)) status = wf_py_failed(err);
    else snprintf(identity, 128, "%s", text);
    Py_XDECREF(result);
    PyGILState_Release(gil);
    return status;
}

/* ---- signals ---------------------------------------------------------------------------------------------
 */

static int poll_signals(void *user) {
    (void)user;
    if (!Py_IsInitialized()) return 0;
    PyGILState_STATE gil = PyGILState_Ensure();
    int stop = PyErr_Occurred() || PyErr_CheckSignals() < 0; /* the exception stays set for wf_py_raise */
    PyGILState_Release(gil);
    return stop;
}

/* ---- long copies -----------------------------------------------------------------------------------------
 */

/* weft._progress.copy(number, bytes, to, from, over). What goes wrong there does not end a copy; a Ctrl-C
 * that Python noticed there is raised where it would have been. */
static void copy_notice(void *user, const wf_copy_notice *notice, int over) {
    (void)user;
    if (!Py_IsInitialized()) return;
    PyGILState_STATE gil = PyGILState_Ensure();
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyObject *module = PyImport_ImportModule("weft._progress"), *done = NULL;
    if (module)
        done = PyObject_CallMethod(module, "copy", "IKzzi", notice->number, (unsigned long long)notice->bytes,
                                   notice->to ? wf_device_label(notice->to) : NULL,
                                   notice->from ? wf_device_label(notice->from) : NULL, over);
    Py_XDECREF(done);
    Py_XDECREF(module);
    if (!done && !PyErr_ExceptionMatches(PyExc_Exception)) PyErr_SetInterrupt();
    if (!done) PyErr_Clear();
    PyErr_Restore(type, value, trace);
    PyGILState_Release(gil);
}

static PyObject *copy_done(PyObject *self, PyObject *number) {
    (void)self;
    unsigned long n = PyLong_AsUnsignedLong(number);
    if (PyErr_Occurred()) return NULL;
    return PyLong_FromUnsignedLongLong(wf_copy_done((uint32_t)n));
}

/* ---- functions -------------------------------------------------------------------------------------------
 */

int wf_py_watch_interrupts(void) {
    static int watched;                                 /* guarded by the interpreter's lock */
    if (!watched) wf_interrupt_on_signal(SIGINT, NULL); /* without it, Ctrl-C waits for the kernel's end */
    watched = 1;
    return PyErr_CheckSignals();
}

static PyObject *watch_interrupt(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    wf_error error;
    if (wf_interrupt_on_signal(SIGINT, &error) != WF_OK) return wf_py_raise(&error);
    Py_RETURN_NONE;
}

static PyObject *set_package_folder(PyObject *self, PyObject *folder) {
    (void)self;
    if (!PyUnicode_Check(folder)) return PyErr_Format(PyExc_TypeError, "a str was expected");
    Py_XSETREF(wf_py->package_folder, Py_NewRef(folder));
    Py_RETURN_NONE;
}

static PyObject *set_debug(PyObject *self, PyObject *setting) {
    (void)self;
    const char *text = setting == Py_None ? NULL : PyUnicode_AsUTF8(setting);
    if (!text && PyErr_Occurred()) return NULL;
    wf_debug_set(text);
    Py_RETURN_NONE;
}

static PyObject *group_limits(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    wf_group_limits limits;
    wf_group_limits_read("", &limits);
    return Py_BuildValue("Kd", (unsigned long long)limits.memory, limits.cpus);
}

static PyObject *env(PyObject *self, PyObject *name) {
    (void)self;
    const char *text = PyUnicode_AsUTF8(name);
    if (!text) return NULL;
    const char *value = wf_env_text(text);
    if (!value) Py_RETURN_NONE;
    return PyUnicode_DecodeFSDefault(value);
}

static PyObject *env_on(PyObject *self, PyObject *name) {
    (void)self;
    const char *text = PyUnicode_AsUTF8(name);
    return text ? PyBool_FromLong(wf_env_int(text) != 0) : NULL;
}

static PyObject *env_set(PyObject *self, PyObject *args) {
    (void)self;
    const char *name, *value;
    wf_error error;
    if (!PyArg_ParseTuple(args, "sz", &name, &value)) return NULL;
    if (wf_env_set(name, value, &error) != WF_OK) return wf_py_raise(&error);
    Py_RETURN_NONE;
}

static PyObject *env_table(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    PyObject *rows = PyList_New(0);
    wf_env_row row;
    for (uint32_t i = 0; rows && wf_env_describe(i, &row); i++) {
        PyObject *item = Py_BuildValue("(szzsNz)", row.name, row.value, row.fallback, row.help,
                                       PyBool_FromLong(row.is_set), row.problem);
        if (!item || PyList_Append(rows, item) < 0) Py_CLEAR(rows);
        Py_XDECREF(item);
    }
    return rows;
}

static PyObject *cache_stats(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    wf_cache_stats s;
    wf_cache_stats_of(&s);
    return Py_BuildValue("{sKsKsKsKsK}", "hits", s.hits, "misses", s.misses, "puts", s.puts, "damaged",
                         s.damaged, "evicted", s.evicted);
}

static PyObject *cache_folder(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    const char *folder = wf_cache_folder();
    if (!folder) Py_RETURN_NONE;
    return PyUnicode_DecodeFSDefault(folder);
}

static PyObject *cache_clear(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    return PyLong_FromUnsignedLongLong(wf_cache_clear());
}

/* ---- fork ------------------------------------------------------------------------------------------------
 */

/* The graph's lock is waited for with the interpreter's given up, which only a hook of Python's can do:
 * whoever evaluates a graph may need the interpreter to get on. The core's other locks: program/fork.c,
 * runtime/fork.c. */
static PyObject *fork_before(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    wf_py_graph_enter();
    Py_RETURN_NONE;
}

static PyObject *fork_parent(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    wf_graph_leave();
    Py_RETURN_NONE;
}

/* The child's thread has another number, so it may not unlock what it held. */
static PyObject *fork_child(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    wf_graph_renew();
    return PyObject_CallMethod(wf_py->reading, "_at_fork_reinit", NULL);
}

static PyMethodDef functions[] = {
    {"_fork_before", fork_before, METH_NOARGS, "For os.register_at_fork."},
    {"_fork_parent", fork_parent, METH_NOARGS, "For os.register_at_fork."},
    {"_fork_child", fork_child, METH_NOARGS, "For os.register_at_fork."},
    {"_watch_interrupt", watch_interrupt, METH_NOARGS, "Lets Ctrl-C end CPU kernels that run."},
    {"_set_package_folder", set_package_folder, METH_O,
     "Frames of files below this folder are not the user's."},
    {"_copy_done", copy_done, METH_O, "Bytes that a long copy, by its number, has moved so far."},
    {"_group_limits", group_limits, METH_NOARGS,
     "(bytes of memory, processors) that control groups allow this process; 0: no limit."},
    {"set_debug", set_debug, METH_O, "As the variable WEFT_DEBUG: a number, names, or None."},
    {"env", env, METH_O, "The value (or default) of an environment variable, named without WEFT_."},
    {"env_on", env_on, METH_O, "A switch: is that variable, named without WEFT_, on?"},
    {"env_set", env_set, METH_VARARGS, "Sets one for this process; None: back to the default."},
    {"env_table", env_table, METH_NOARGS, "All variables: (name, value, default, help, is_set, problem)."},
    {"cache_stats", cache_stats, METH_NOARGS, "Counts of the disk cache in this process."},
    {"cache_folder", cache_folder, METH_NOARGS, "Where the disk cache is, or None."},
    {"cache_clear", cache_clear, METH_NOARGS, "Removes every entry of the disk cache; how many there were."},
    {NULL, NULL, 0, NULL},
};

int wf_py_add_hooks(PyObject *module) {
    static const wf_compiler compiler = {compile, identify, NULL};
    wf_program_set_compiler(&compiler);
    wf_set_poll_hook(poll_signals, NULL);
    wf_set_copy_hook(copy_notice, NULL);
    return PyModule_AddFunctions(module, functions);
}
