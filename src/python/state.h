/* python/state.h: what the files of the binding share: the types, the exceptions, and the way from a
 * wf_status to one.
 *
 * One file per Python type, none with logic of its own: a method checks its arguments, gives up the
 * interpreter's lock around calls that may wait, calls the core and turns the status into an exception.
 * Everything Python-side that must be found again (types, exceptions, interned names) is in the module's
 * state, filled at import; `wf_py` points to it, since the runtime's call-backs know of no module. The
 * extension is loaded once in a process. */
#ifndef WF_PYTHON_STATE_H
#define WF_PYTHON_STATE_H
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdatomic.h>
#include "base/arena.h"
#include "base/status.h"
#include "program/program.h"
#include "runtime/runtime.h"

/* Exceptions: name in the module, base (an index into this list or a Python one), second base or NULL, text.
 */
#define WF_PY_ERRORS(X)                                                                                      \
    X(Error, Exception, "Every error of weft's own is one of these.")                                        \
    X(ArgumentError, ValueError, "A call was given something it cannot use; nothing was done.")              \
    X(CompileError, Exception, "The source of a kernel is wrong; the text shows file, line and caret.")      \
    X(UnsupportedError, NotImplementedError, "Known, named, and not there.")                                 \
    X(OutOfMemoryError, MemoryError, "Host or device memory is out.")                                        \
    X(DeviceError, RuntimeError, "No such device, or the driver refused.")                                   \
    X(FaultError, RuntimeError, "A kernel broke the GPU; CUDA has ended in this process.")                   \
    X(LaunchError, RuntimeError, "A launch was refused: grid, block, shared memory or arguments.")           \
    X(KernelError, RuntimeError, "A kernel ended early: assert, trap, raise.")                               \
    X(InternalError, RuntimeError, "A bug of weft.")

typedef enum wf_py_error {
#define X(name, ...) WF_PY_##name,
    WF_PY_ERRORS(X)
#undef X
        WF_PY_ERROR_COUNT
} wf_py_error;

/* Names that are looked up again and again, interned once. */
/* clang-format off */
#define WF_PY_NAMES(X)                                                                                       \
    X(grid) X(block) X(shared) X(stream) X(args) X(gpudata) X(ptr) X(dtype) X(itemsize) X(tobytes)           \
    X(nbytes) X(__cuda_array_interface__) X(__array_interface__) X(__warningregistry__) X(__cuda_stream__)   \
    X(handle) X(get_device_alloc) X(__weft_struct__)
/* clang-format on */

typedef struct wf_py_state {
    PyObject *module;
    PyObject *errors[WF_PY_ERROR_COUNT];
    PyObject *kernel_warning;
    PyTypeObject *device_type, *context_type, *stream_type, *event_type, *memory_type, *pinned_type,
        *program_type, *kernel_type, *graph_type;
    struct {
#define X(name) PyObject *name;
        WF_PY_NAMES(X)
#undef X
    } names;
    PyObject *devices; /* dict: address of a wf_device → its Device; keeps `is` true */
    PyObject
        *package_folder; /* str with a final separator: frames of files in there are ours, not the user's */
    PyObject *compile;   /* weft._compile.compile, or NULL before the first compilation */
    PyObject *reading;   /* RLock: python/pyfunc.c */
    PyObject *hidden_prefixes;
    void *array_hook, *number_hook, *reserved[6]; /* python/arg.h */
    _Atomic(wf_arena *) scratch;                  /* python/program.c */
} wf_py_state;
extern wf_py_state *wf_py;

/* Each file adds its types and functions. 0, or -1 with an exception. */
int wf_py_add_errors(PyObject *module);
int wf_py_add_hooks(PyObject *module);
int wf_py_add_trace(PyObject *module);
int wf_py_add_device(PyObject *module);
int wf_py_add_context(PyObject *module);
int wf_py_add_stream(PyObject *module);
int wf_py_add_event(PyObject *module);
int wf_py_add_graph(PyObject *module);
int wf_py_add_memory(PyObject *module);
int wf_py_add_pinned(PyObject *module);
int wf_py_add_copy(PyObject *module);
int wf_py_add_ipc(PyObject *module);
int wf_py_add_program(PyObject *module);
int wf_py_add_foreign(PyObject *module);
int wf_py_add_caught(PyObject *module);
int wf_py_add_kernel(PyObject *module);
int wf_py_add_pyfunc(PyObject *module);
/* Makes the heap type of `spec`, puts it into the module under its bare name; a new reference is in *type. */
int wf_py_add_type(PyObject *module, PyType_Spec *spec, PyTypeObject **type);

/* Sets the exception that belongs to err->status and returns NULL, so that `return wf_py_raise(&err);` ends a
 * method. An exception that a call-back has set already (KeyboardInterrupt, an error in the compiler) stays.
 */
PyObject *wf_py_raise(const wf_error *err);
/* The other way, with an exception set (hooks.c): an ordinary one becomes words in err, so that every thread that
 * waits for the code can raise it; another one (KeyboardInterrupt, SystemExit) stays set in this thread. */
wf_status wf_py_failed(wf_error *err);
PyObject *wf_py_raise_as(wf_py_error kind, const char *format, ...);
#define WF_PY_ERROR(kind) (wf_py->errors[WF_PY_##kind])

/* The user's Python line that led here: the innermost frame that is not a file of this package. code: a new
 * reference or NULL (no Python frame); line: 0 when unknown. */
typedef struct wf_py_place {
    PyCodeObject *code;
    int line;
} wf_py_place;
void wf_py_place_here(wf_py_place *place);
/* A warning at the user's line, through Python's filters and its once-per-line registry. -1: it became an
 * error. */
int wf_py_warn(PyObject *category, PyObject *message);

/* What CPU kernels have reported on a stream or in a whole context since the last call, as warnings; -1 when
 * one became an exception. To be called with the lock held, after launches and waits. */
int wf_py_take_stream_reports(wf_stream *stream);
int wf_py_take_context_reports(wf_context *context);
/* After a wait: `status` as exception, in the words of the trap's own report when there is one. NULL or None.
 */
PyObject *wf_py_waited(wf_status status, wf_error *err, wf_context *context);

/* Objects from handles. Each takes the reference over. */
PyObject *wf_py_device_object(wf_device *device);
PyObject *wf_py_context_object(wf_context *context);
PyObject *wf_py_stream_object(wf_stream *stream);

typedef struct wf_py_device {
    PyObject_HEAD wf_device *device;
} wf_py_device;
typedef struct wf_py_context {
    PyObject_HEAD wf_context *context;
} wf_py_context; /* NULL once released */
typedef struct wf_py_stream {
    PyObject_HEAD wf_stream *stream;
} wf_py_stream;
typedef struct wf_py_event {
    PyObject_HEAD wf_event *event;
} wf_py_event;
typedef struct wf_py_graph {
    PyObject_HEAD wf_graph *graph;
} wf_py_graph;
PyObject *wf_py_graph_object(wf_graph *graph);
/* While the stream is being captured: the graph keeps the object. -1: an exception. */
int wf_py_keep_captured(wf_stream *stream, PyObject *object);

/* Arguments of methods. Each returns NULL with an exception when it will not do. */
wf_device *
wf_py_to_device(PyObject *object); /* Device, a name such as "cuda:1", an int (cuda ordinal), None */
wf_context *wf_py_to_context(PyObject *object); /* Context, or what wf_py_to_device takes; borrowed */
/* Stream, None, an int or __cuda_stream__. Borrowed, except that one of someone else's is wrapped for the call:
 * then *own is it too, which WF_PY_OWN_STREAM releases when its block ends. */
wf_stream *wf_py_to_stream(PyObject *object, wf_context *context, wf_stream **own);
void wf_py_stream_drop(wf_stream **own);
#define WF_PY_OWN_STREAM(name) __attribute__((cleanup(wf_py_stream_drop))) wf_stream *name = NULL
/* The context that work of this thread goes to: the top of its stack, else the default device's primary one.
 * Borrowed; NULL with an exception. */
wf_context *wf_py_current_context(void);
/* Before a kernel runs on a CPU: from now on Ctrl-C ends it, and one that came before is raised now (-1). */
int wf_py_watch_interrupts(void);

/* Before anything that waits for a device: 1, or 0 with weft.DeviceSynchronized set where
 * `wf.allow_synchronize(False)` forbids it. */
int wf_py_may_wait(void);
#endif
