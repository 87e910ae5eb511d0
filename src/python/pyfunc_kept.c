/* python/pyfunc_kept.c: what the disk cache has of a function, found without reading or typing it.
 *
 * The key is what the function is made from, which a snapshot knows before anything is compiled
 * (weft/_pysnapshot.py: its code and text, what its names stand for, all functions that it reaches), the
 * types of the arguments, the options, and weft's version and build. The entry is the program without its tree
 * (program/kept.c), with the result's type and the names of its kernels as notes. The tree is made from the
 * snapshot when it is wanted.
 *
 * Not kept: functions that call C, or Python that is not found by its name, types with numbers of classes or
 * functions in their codes (this process's too), and what the snapshot was not sure of. */
#include "base/hash.h"
#include "base/memory.h"
#include "python/pyfunc.h"
#include "runtime/runtime.h"
#include <stdlib.h>

/* The notes; then the kernels of its parallel loops, then the calls of Python. */
enum { NOTE_KERNEL, NOTE_RETURNS, NOTE_LINKS, NOTE_CALLS, NOTE_PIECES };
static const char of_this_process[] = "TJK"; /* letters of such codes */

static int is_shown(void) {
    return wf_debug_on(WF_DEBUG_SOURCE) || wf_debug_on(WF_DEBUG_IR) || wf_debug_on(WF_DEBUG_ASSEMBLY);
}

/* The snapshot, asked for once; NULL: there is none, or an exception. */
static PyObject *snapshot_of(wf_py_function *self) {
    if (!self->snapshot) {
        if (self->module || self->is_linked || self->options.mode != WF_PF_HOST || is_shown() ||
            !wf_cache_folder())
            return NULL;
        PyObject *made = PyObject_CallMethod((PyObject *)self, "_snapshot", NULL);
        if (!made) return NULL;
        if (self->snapshot) Py_DECREF(made);
        else self->snapshot = made;
    }
    return self->snapshot == Py_None ? NULL : self->snapshot;
}

/* 1: the key is in `key` (on the heap; empty until then); 0: there is none, or an exception. */
static int key_of(wf_py_function *self, const char *codes, wf_text *key) {
    const wf_pf_options *o = &self->options;
    char *bytes;
    Py_ssize_t size;
    if (strpbrk(codes, of_this_process)) return 0;
    PyObject *snapshot = snapshot_of(self);
    PyObject *made_from = snapshot ? PyObject_GetAttrString(snapshot, "key") : NULL;
    if (!made_from || PyBytes_AsStringAndSize(made_from, &bytes, &size) < 0) {
        Py_XDECREF(made_from);
        return 0;
    }
    wf_text_puts(key, "function 1\n");
    wf_program_build(key);
    wf_text_printf(key,
                   "fastmath %d contract %d parallel %d divide %d bounds %d threads %u pointers %d\n%s\n",
                   o->fastmath, o->contract, o->parallel, o->trap_divide, o->check_bounds, o->max_threads,
                   self->pointers, codes);
    wf_text_add(key, bytes, (size_t)size);
    Py_DECREF(made_from);
    return !key->failed;
}

/* ---- the tree again ---- */

typedef struct remaker {
    PyObject *function; /* a weak reference: the function keeps the program */
    char *codes;
} remaker;

static void remaker_drop(void *user) {
    remaker *r = user;
    PyGILState_STATE state = PyGILState_Ensure();
    Py_XDECREF(r->function);
    PyGILState_Release(state);
    wf_free(r->codes);
    wf_free(r);
}

static wf_status lowered(wf_py_function *self, const char *codes, wf_unit **unit, wf_error *err) {
    wf_pf_result made;
    PyObject *calls;
    if (wf_py_function_lower(self, codes, &made, &calls) == 0) {
        Py_DECREF(calls);
        *unit = made.unit;
        return WF_OK;
    }
    return wf_py_failed(err);
}

static wf_status remake(void *user, wf_unit **unit, wf_error *err) {
    remaker *r = user;
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *type, *value, *trace, *self = PyWeakref_GetObject(r->function);
    PyErr_Fetch(&type, &value, &trace); /* of a call that is being told about */
    wf_status status;
    if (!self || self == Py_None) {
        status = wf_fail(err, WF_COMPILE, "[compile] the function is gone that this was compiled from");
    } else {
        Py_INCREF(self);
        status = lowered((wf_py_function *)self, r->codes, unit, err);
        Py_DECREF(self);
    }
    if (PyErr_Occurred()) { /* Ctrl-C */
        Py_XDECREF(type);
        Py_XDECREF(value);
        Py_XDECREF(trace);
    } else PyErr_Restore(type, value, trace);
    PyGILState_Release(state);
    return status;
}

static remaker *remaker_new(wf_py_function *self, const char *codes) {
    remaker *r = wf_calloc(1, sizeof *r);
    if (!r) return NULL;
    r->codes = wf_strdup(codes);
    r->function = PyWeakref_NewRef((PyObject *)self, NULL);
    if (r->codes && r->function) return r;
    remaker_drop(r);
    return NULL;
}

/* ---- finding ---- */

/* weft._pysnapshot.NAME(argument) */
static PyObject *ask_python(const char *name, PyObject *argument) {
    PyObject *module = argument ? PyImport_ImportModule("weft._pysnapshot") : NULL;
    PyObject *result = module ? PyObject_CallMethod(module, name, "O", argument) : NULL;
    Py_XDECREF(module);
    return result;
}

/* The calls of Python that these notes describe; 0: they do not, or an exception. */
static int read_calls(wf_py_variant *v, const char *const *notes, uint32_t count) {
    v->python_calls = count;
    if (!count) return (v->calls = PyList_New(0)) != NULL;
    PyObject *texts = PyList_New(0);
    for (uint32_t i = 0; texts && i < count; i++) {
        PyObject *text = PyUnicode_FromString(notes[i]);
        if (!text || PyList_Append(texts, text) < 0) Py_CLEAR(texts);
        Py_XDECREF(text);
    }
    v->calls = ask_python("calls_of_text", texts);
    Py_XDECREF(texts);
    return v->calls && PyList_Check(v->calls);
}

/* 0: the notes are none, or no memory. */
static int read_notes(wf_py_variant *v, wf_program *program, const char *const *notes, uint32_t count) {
    if (count < NOTE_PIECES || !*notes[NOTE_RETURNS] || strpbrk(notes[NOTE_RETURNS], of_this_process))
        return 0;
    unsigned long calls = strtoul(notes[NOTE_CALLS], NULL, 10);
    if (calls > count - NOTE_PIECES) return 0;
    v->piece_count = count - NOTE_PIECES - (uint32_t)calls;
    if (!read_calls(v, notes + count - calls, (uint32_t)calls)) return 0;
    const char *end = wf_pf_code_skip(notes[NOTE_RETURNS]);
    if (!end || *end) return 0;
    v->links = *notes[NOTE_LINKS] == '1';
    v->returns = wf_strdup(notes[NOTE_RETURNS]);
    v->pieces = wf_calloc((size_t)v->piece_count + 1, sizeof *v->pieces);
    int good =
        v->returns && v->pieces && wf_program_kernel(program, notes[NOTE_KERNEL], &v->kernel, NULL) == WF_OK;
    for (uint32_t i = 0; good && i < v->piece_count; i++)
        good = wf_program_kernel(program, notes[NOTE_PIECES + i], &v->pieces[i], NULL) == WF_OK;
    return good;
}

static wf_py_variant *variant_of(wf_py_function *self, const char *codes, uint64_t hash, void *bytes,
                                 size_t size) {
    wf_program *program = NULL;
    const char *const *notes = NULL;
    uint32_t count;
    wf_program_options options = wf_py_function_program_options(self);
    remaker *again = remaker_new(self, codes);
    wf_program_remake how = {remake, remaker_drop, again};
    if (!again) return NULL;
    if (!wf_program_find(bytes, size, &options, &how, &program, &notes, &count)) {
        remaker_drop(again);
        return NULL;
    }
    wf_py_variant *v = wf_calloc(1, sizeof *v);
    int good = v && (v->codes = wf_strdup(codes)) &&
               (v->foreign = wf_calloc((size_t)count + 1, sizeof *v->foreign)) &&
               read_notes(v, program, notes, count);
    wf_free((void *)notes);
    if (good && (v->program = wf_py_program_object(program))) {
        v->hash = hash;
        return v;
    }
    if (!good) wf_program_release(program); /* which wf_py_program_object takes over, whatever comes of it */
    if (v) wf_py_variant_free(v);
    return NULL;
}

wf_py_variant *wf_py_variant_kept(wf_py_function *self, const char *codes, uint64_t hash) {
    wf_text key;
    void *bytes;
    size_t size;
    wf_py_variant *v = NULL;
    wf_text_init(&key, NULL);
    if (key_of(self, codes, &key) && wf_cache_get(key.data, key.length, &bytes, &size)) {
        v = variant_of(self, codes, hash, bytes, size);
        if (!v && PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_Exception)) PyErr_Clear(); /* a miss */
        wf_free(bytes);
    }
    wf_text_free(&key);
    return v;
}

/* ---- keeping ---- */

/* Whether all that was read is what the snapshot says. */
static int is_sure(wf_py_function *self) {
    PyObject *queue = wf_pf_module_queue(self->module);
    PyObject *sure = queue ? PyObject_CallMethod(self->snapshot, "is_sure", "O", queue) : NULL;
    int yes = sure == Py_True;
    Py_XDECREF(sure);
    return yes;
}

/* calls: texts */
static void put(const wf_py_variant *v, const wf_pf_result *made, PyObject *calls, const wf_text *key) {
    wf_text entry;
    char call_count[24];
    uint32_t count = 0, call = 0, call_end = (uint32_t)PyList_GET_SIZE(calls);
    const char **notes = wf_calloc((size_t)made->piece_count + call_end + NOTE_PIECES, sizeof *notes);
    if (!notes) return;
    snprintf(call_count, sizeof call_count, "%u", call_end);
    wf_text_init(&entry, NULL);
    notes[NOTE_KERNEL] = made->kernel;
    notes[NOTE_RETURNS] = v->returns;
    notes[NOTE_LINKS] = v->links ? "1" : "0";
    notes[NOTE_CALLS] = call_count;
    for (count = NOTE_PIECES; count - NOTE_PIECES < made->piece_count; count++)
        notes[count] = made->pieces[count - NOTE_PIECES];
    while (call < call_end && (notes[count] = PyUnicode_AsUTF8(PyList_GET_ITEM(calls, call))))
        call++, count++;
    if (call == call_end &&
        wf_program_keep(((wf_py_program *)v->program)->program, notes, count, &entry, NULL) == WF_OK)
        wf_cache_put(key->data, key->length, entry.data, entry.length);
    wf_text_free(&entry);
    wf_free((void *)notes);
}

void wf_py_variant_keep(wf_py_function *self, const wf_py_variant *v, const wf_pf_result *made) {
    wf_text key;
    if (!self->snapshot || self->snapshot == Py_None || strpbrk(v->returns, of_this_process)) return;
    wf_text_init(&key, NULL);
    PyObject *calls = is_sure(self) ? ask_python("calls_as_text", v->calls) : NULL;
    if (calls && PyList_Check(calls) && key_of(self, v->codes, &key)) put(v, made, calls, &key);
    PyErr_Clear(); /* what cannot be kept is compiled again */
    Py_XDECREF(calls);
    wf_text_free(&key);
}
