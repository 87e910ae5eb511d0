/* python/pyfunc_ask.c: what a compiled host function asks for while it runs (wf_pf_ask): memory, its parallel
 * loops, calls of Python.
 *
 * It runs on the thread that runs the kernel, without the interpreter's lock: that is taken only to call
 * Python. A piece of a parallel loop has a heap of its own, the thread's as long as the piece runs. */
#include "python/pyfunc.h"
#include "base/hash.h"
#include "base/system.h"

typedef struct piece { /* of a parallel loop, on this thread */
    struct piece *outer;
    const wf_py_asker *asker;
    wf_pf_heap *heap;
} piece;
static _Thread_local piece *innermost;
static _Thread_local uint32_t thread_limit, nesting;

uint32_t wf_py_nesting(void) { return nesting; }
void wf_py_nest(int by) { nesting += (uint32_t)by; }

void wf_py_set_threads(uint32_t count) { thread_limit = count; }
uint32_t wf_py_get_threads(void) {
    uint32_t all = wf_pool_threads(wf_runtime_pool());
    return thread_limit && thread_limit < all ? thread_limit : all;
}

/* ---- memory ---- */

static wf_pf_heap *heap_now(wf_py_asker *asker) {
    if (innermost && innermost->asker == asker) return innermost->heap;
    return wf_py_pack_heap(asker->arguments);
}

static wf_pf_heap *piece_begin(wf_py_asker *asker) {
    piece *p = PyMem_RawMalloc(sizeof *p);
    wf_pf_heap *heap = p ? wf_pf_heap_new() : NULL;
    if (!heap) {
        PyMem_RawFree(p);
        return NULL;
    }
    *p = (piece){innermost, asker, heap};
    innermost = p;
    return heap;
}

static void piece_end(void) {
    piece *p = innermost;
    if (!p) return;
    innermost = p->outer;
    wf_pf_heap_free(p->heap);
    PyMem_RawFree(p);
}

/* What the objects that were passed hold is reached too: a list of theirs may have grown into this heap. */
static void sweep(wf_py_asker *asker, const int64_t *words) {
    enum { MANY = 32 };
    wf_pf_heap *heap = (wf_pf_heap *)(uintptr_t)words[0], *others[MANY] = {NULL};
    if (!heap) return;
    uint32_t passed = asker->arguments->instance_count, count = 0;
    PyGILState_STATE state = PyGILState_UNLOCKED;
    if (passed) { /* other threads may change these */
        state = PyGILState_Ensure();
        count = wf_py_instance_heaps(asker->arguments, others, MANY);
    }
    if (count <= MANY)
        wf_pf_heap_sweep(heap, (uint64_t)words[1], (const uint64_t *)words + 3, (uint64_t)words[2], others,
                         count);
    if (passed) PyGILState_Release(state);
}

/* ---- parallel loops ---- */

/* Arguments may lie in each other's memory (x[:3] and x): a pointer that both hold reaches what either does. */
static wf_extent extent_at(wf_py_asker *asker, uint64_t address) {
    wf_pf_block block;
    wf_extent argument = {0, 0};
    for (uint32_t i = 0; i < asker->arguments->extent_count; i++)
        argument = wf_extent_with(argument, asker->arguments->extents[i], address);
    if (argument.hi) return argument;
    wf_pf_heap *heap = heap_now(asker);
    if (heap && wf_pf_heap_find(heap, address, &block) && address < block.hi)
        return (wf_extent){block.lo, block.hi};
    return (wf_extent){0, UINT64_MAX};
}

static int64_t launch(wf_py_asker *asker, const int64_t *words) {
    wf_error err;
    wf_extent extents[ARRAYS_MAX * 2];
    wf_kernel *kernel = asker->variant->pieces[words[0]];
    const wf_signature *s = wf_kernel_signature(kernel);
    const unsigned char *params = (const unsigned char *)(uintptr_t)words[2];
    wf_launch_config config = {.grid = {(uint32_t)words[1], 1, 1},
                               .block = {1, 1, 1},
                               .most_threads = asker->threads,
                               .ask = wf_py_ask,
                               .asker = asker};
    if (words[1] <= 0) return 0;
    if (s->leaf_count <= ARRAYS_MAX * 2) {
        for (uint32_t i = 0; i < s->leaf_count; i++) {
            uint64_t address;
            memcpy(&address, params + s->leaves[i].offset, 8);
            extents[i] = extent_at(asker, address);
        }
        config.extents = extents;
    }
    piece *outer = innermost;
    innermost = NULL;
    wf_status status = wf_kernel_launch_inside(kernel, asker->arguments->stream, &config, params, &err);
    while (innermost) piece_end(); /* of pieces that ended early on this thread */
    innermost = outer;
    return status != WF_OK;
}

/* ---- Python ---- */

static void drop_object(void *owner) {
    PyGILState_STATE state = PyGILState_Ensure();
    Py_DECREF((PyObject *)owner);
    PyGILState_Release(state);
}

static PyObject *arguments_of(wf_py_asker *asker, const char *codes, const unsigned char *data) {
    char all[CODES_MAX + 3];
    if (strlen(codes) > CODES_MAX) return PyErr_Format(PyExc_TypeError, "too many arguments");
    snprintf(all, sizeof all, "(%s)", codes);
    return wf_py_box((PyObject *)asker->function, all, data, NULL);
}

/* Memory of an argument's, or of the heap's, which a result is a view of: its owner is known. */
static int is_known(wf_py_asker *asker, wf_pf_heap *heap, wf_extent extent) {
    wf_py_packing *arguments = asker->arguments;
    wf_pf_block block;
    for (uint32_t i = 0; i < arguments->host_count; i++)
        if (wf_py_used(arguments, i)->view.obj && extent.lo >= wf_py_used(arguments, i)->extent.lo &&
            extent.hi <= wf_py_used(arguments, i)->extent.hi)
            return 1;
    if (wf_pf_heap_find(heap, extent.lo, &block) && extent.hi <= block.hi) return 1;
    return arguments->heap && arguments->heap != heap &&
           wf_pf_heap_find(arguments->heap, extent.lo, &block) && extent.hi <= block.hi;
}

/* The result's bytes; arrays stay alive in the heap. 1: good; 0: it has another type; -1: exception. */
static int store_result(wf_py_asker *asker, wf_pf_heap *heap, PyObject *result, const char *code,
                        unsigned char *out) {
    char codes[CODES_MAX];
    _Alignas(16) unsigned char params[PARAMS_MAX];
    wf_py_packing *p = PyMem_Malloc(sizeof *p);
    if (!p) return PyErr_NoMemory(), -1;
    int began = wf_py_pack_begin(p, asker->function, asker->arguments->stream, codes, params) == 0;
    p->heap = heap; /* text and lists of the result live as long as the call */
    if (!began || (p->want = code, p->result = 1, wf_py_pack_object(p, result)) < 0) {
        p->heap = NULL;
        wf_py_pack_end(p, 0);
        PyMem_Free(p);
        PyErr_Clear();
        return 0;
    }
    int good = strcmp(codes, code) == 0;
    if (good) memcpy(out, params, p->size);
    for (uint32_t i = 0; good && i < p->host_count; i++) {
        PyObject *owner = wf_py_used(p, i)->view.obj;
        wf_extent extent = wf_py_used(p, i)->extent;
        if (!owner || extent.lo == extent.hi || is_known(asker, heap, extent) ||
            !wf_pf_heap_adopt(heap, extent.lo, extent.hi, drop_object, owner))
            continue;
        Py_INCREF(owner);
    }
    p->heap = NULL;
    wf_py_pack_end(p, 0);
    PyMem_Free(p);
    return good;
}

static int call_python(wf_py_asker *asker, const int64_t *words) {
    PyObject *row = PyList_GET_ITEM(asker->variant->calls, words[0]);
    const char *codes = PyUnicode_AsUTF8(PyTuple_GET_ITEM(row, 1)),
               *code = PyUnicode_AsUTF8(PyTuple_GET_ITEM(row, 2));
    unsigned char *out = (unsigned char *)(uintptr_t)words[3];
    wf_pf_heap *heap = (wf_pf_heap *)(uintptr_t)words[1];
    PyObject *args =
        codes && code ? arguments_of(asker, codes, (const unsigned char *)(uintptr_t)words[2]) : NULL;
    PyObject *result = args ? PyObject_CallObject(PyTuple_GET_ITEM(row, 0), args) : NULL;
    Py_XDECREF(args);
    int good = result ? *code == 'N' ? 1 : store_result(asker, heap, result, code, out) : -1;
    if (!good) { /* another layout or type than it was compiled for: made to fit */
        PyObject *fitting = PyObject_CallMethod((PyObject *)asker->function, "_fit", "Os", result, code);
        good = fitting ? store_result(asker, heap, fitting, code, out) : -1;
        if (!good)
            PyErr_Format(PyExc_TypeError, "%R gave a %s, which does not fit what was compiled (%s)",
                         PyTuple_GET_ITEM(row, 0), Py_TYPE(result)->tp_name, code);
        Py_XDECREF(fitting);
    }
    Py_XDECREF(result);
    return good > 0;
}

static int64_t python(wf_py_asker *asker, const int64_t *words) {
    PyGILState_STATE state = PyGILState_Ensure();
    piece *outer = innermost;
    nesting++;
    wf_py_asker *around = wf_py_error_asker(asker);
    int good = call_python(asker, words);
    wf_py_error_asker(around);
    nesting--;
    innermost = outer;
    if (!good) wf_py_error_keep(asker);
    PyGILState_Release(state);
    return !good;
}

/* ---- C functions ---- */

/* A call by address of any signature whose arguments go in registers: in the System V and AArch64 conventions
 * integers take one row of registers, floats another, each in its own order, so that a function that takes six
 * of one kind and eight of the other takes them all. A float lies in the low half of its register. */
static int64_t call_foreign(const wf_py_asker *asker, const int64_t *words) {
    enum { INTS = 6, FLOATS = 8 };
    int64_t i[INTS] = {0}, result = 0;
    double f[FLOATS] = {0};
    float single;
    void *address = (void *)(uintptr_t)asker->variant->foreign[words[0]];
    for (int64_t k = 0; k < words[2] && k < INTS; k++) i[k] = words[4 + k];
    for (int64_t k = 0; k < words[3] && k < FLOATS; k++) memcpy(&f[k], &words[4 + words[2] + k], 8);
#define TAKING                                                                                               \
    int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, double, double, double, double, double, double,    \
        double, double
#define GIVEN i[0], i[1], i[2], i[3], i[4], i[5], f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7]
    if (words[1] == 'd') {
        double (*function)(TAKING) = (double (*)(TAKING))address;
        f[0] = function(GIVEN);
        memcpy(&result, &f[0], 8);
    } else if (words[1] == 'f') {
        float (*function)(TAKING) = (float (*)(TAKING))address;
        single = function(GIVEN);
        memcpy(&result, &single, 4);
    } else {
        int64_t (*function)(TAKING) = (int64_t(*)(TAKING))address;
        result = function(GIVEN);
    }
#undef TAKING
#undef GIVEN
    return result;
}

/* ---- random numbers ---- */

/* The thread's MT19937 (wf_py_mt_next in device/python.h), seeded from the clock and the thread at first; a
 * child process seeds its own. */
static uint32_t *random_state(void) {
    static _Thread_local uint32_t state[628];
    static _Thread_local uint64_t seeded; /* in which process */
    if (seeded != wf_process_id()) {
        uint64_t words[3] = {wf_time_ns(), (uintptr_t)state, wf_process_id()};
        uint64_t seed = wf_hash64((const char *)words, sizeof words, 0);
        state[0] = (uint32_t)(seed ^ seed >> 32);
        for (uint32_t k = 1; k < 624; k++) state[k] = 1812433253u * (state[k - 1] ^ state[k - 1] >> 30) + k;
        state[624] = 624;
        state[625] = 0;
        seeded = wf_process_id();
    }
    return state;
}

/* weft._core.random_words(): the calling thread's state, as memory that can be written. */
PyObject *wf_py_random_words(PyObject *module, PyObject *nothing) {
    (void)module, (void)nothing;
    return PyMemoryView_FromMemory((char *)random_state(), 628 * 4, PyBUF_WRITE);
}

/* ---- loops that were left out ---- */

/* The thread may hold the interpreter's lock (pyfunc_quick.c), which another one that compiles wants. */
static int64_t late_loop(wf_py_asker *asker, const int64_t *words) {
    wf_error err;
    uint64_t address = 0;
    PyThreadState *state = PyGILState_Check() ? PyEval_SaveThread() : NULL;
    wf_status status = wf_program_late(words, &address, &err);
    if (state) PyEval_RestoreThread(state);
    if (status == WF_OK) return (int64_t)address;
    PyGILState_STATE lock = PyGILState_Ensure();
    wf_py_raise(&err);
    wf_py_error_keep(asker);
    PyGILState_Release(lock);
    return 0;
}

int64_t WF_CPU_CALL wf_py_ask(void *user, int64_t what, int64_t args) {
    wf_py_asker *asker = user;
    const int64_t *words = (const int64_t *)(uintptr_t)args;
    if (what == WF_ASK_LATE) return late_loop(asker, words);
    switch ((wf_pf_ask)what) {
    case WF_PF_ASK_HEAP: return (int64_t)(uintptr_t)heap_now(asker);
    case WF_PF_ASK_PIECE: return (int64_t)(uintptr_t)piece_begin(asker);
    case WF_PF_ASK_PIECE_END: piece_end(); return 0;
    case WF_PF_ASK_ALLOC:
        return words[0] ? (int64_t)(uintptr_t)wf_pf_heap_alloc((wf_pf_heap *)(uintptr_t)words[0],
                                                               (uint64_t)words[1], (int)words[2])
                        : 0;
    case WF_PF_ASK_GROW:
        return !wf_pf_list_grow((wf_pf_heap *)(uintptr_t)words[0], (wf_pf_list *)(uintptr_t)words[1],
                                (uint64_t)words[2], (int)words[3]);
    case WF_PF_ASK_MARK: return words[0] ? (int64_t)wf_pf_heap_mark((wf_pf_heap *)(uintptr_t)words[0]) : 0;
    case WF_PF_ASK_SWEEP: sweep(asker, words); return 0;
    case WF_PF_ASK_LAUNCH: return launch(asker, words);
    case WF_PF_ASK_PYTHON: return python(asker, words);
    case WF_PF_ASK_RANDOM: return (int64_t)(uintptr_t)random_state();
    case WF_PF_ASK_THREAD: return wf_cpu_worker_index();
    case WF_PF_ASK_THREADS: return asker->threads;
    case WF_PF_ASK_ERROR_IS: return wf_py_error_is(asker, (const char *)(uintptr_t)words[0]);
    case WF_PF_ASK_FORGET: wf_py_error_forget(asker); return 0;
    case WF_PF_ASK_KEEP: return wf_py_error_hold(asker, (const char *)(uintptr_t)words[0]);
    case WF_PF_ASK_RESTORE: wf_py_error_restore(asker, words[0]); return 0;
    case WF_PF_ASK_FOREIGN: return call_foreign(asker, words);
    case WF_PF_ASK_SET_THREADS: asker->threads = words[0] > 0 ? (uint32_t)words[0] : 1; return 0;
    }
    return 1;
}
