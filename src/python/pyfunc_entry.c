/* python/pyfunc_entry.c: compiled host functions as C sees them (weft._core.Entry): an address that any thread
 * calls, without the interpreter's lock.
 *
 * runtime/entry.c stores the registers that hold the arguments; here they are packed as a call's parameters
 * are, the function runs on the caller's thread, and its result goes back. The lock is taken only when
 * something went wrong, which C cannot be told: it is written to sys.unraisablehook, and 0 is answered. */
#include "python/pyfunc.h"
#include "runtime/entry.h"
#include "base/memory.h"
#include <structmember.h>

enum { ENTRY_BYTES = 1024, ENTRY_RESULT = 16 };

/* What the calls need; it outlives the object while one of them is inside. */
typedef struct entry {
    wf_py_function *function;
    wf_py_variant *variant;
    char *kinds; /* of the arguments: the letter of a number, A for a pointer */
    char result; /* letter of a number, or N */
} entry;

typedef struct entry_object {
    PyObject_HEAD entry *own;
    uint64_t address;
} entry_object;

static uint32_t bytes_of(char code) {
    switch (code) {
    case '?':
    case 'b':
    case 'B': return 1;
    case 'h':
    case 'H': return 2;
    case 'i':
    case 'I':
    case 'f': return 4;
    case 'l':
    case 'L':
    case 'd': return 8;
    default: return 0;
    }
}

/* ---- the arguments ---- */

static void put(wf_py_packing *p, const void *value, uint32_t bytes) {
    p->size = (p->size + bytes - 1) / bytes * bytes;
    memcpy(p->params + p->size, value, bytes);
    p->size += bytes;
}

static void pack(const entry *e, wf_py_packing *p, const wf_entry_frame *frame) {
    const int64_t elements = (int64_t)1 << 40; /* how much is there C alone knows */
    wf_entry_reader reader = {.frame = frame};
    for (const char *kind = e->kinds; *kind; kind++) {
        int is_pointer = *kind == 'A';
        uint32_t bytes = is_pointer ? 8 : bytes_of(*kind);
        uint64_t value = wf_entry_next(&reader, *kind == 'd' || *kind == 'f', bytes);
        if (*kind == '?') value = (value & 255) != 0;
        put(p, &value, bytes);
        if (!is_pointer) continue;
        put(p, &elements, 8);
        p->extents[p->extent_count++] = (wf_extent){value, value + 16 * (uint64_t)elements};
    }
}

/* ---- the result ---- */

static void answer(const entry *e, const unsigned char *out, wf_entry_frame *frame) {
    char from = *e->variant->returns, to = e->result;
    int64_t integer = 0;
    double real = 0;
    float single;
    if (to == 'N') return;
    if (from == 'd') memcpy(&real, out, 8);
    else if (from == 'f') memcpy(&single, out, 4), real = (double)single;
    else memcpy(&integer, out, bytes_of(from));
    switch (from) { /* the sign goes up to 64 bits */
    case 'b': integer = (int8_t)integer; break;
    case 'h': integer = (int16_t)integer; break;
    case 'i': integer = (int32_t)integer; break;
    default: break;
    }
    int was_real = from == 'd' || from == 'f';
    if (to == 'd' || to == 'f') {
        if (!was_real) real = from == 'L' ? (double)(uint64_t)integer : (double)integer;
        if (to == 'd') frame->real = real;
        else single = (float)real, memcpy(&frame->real, &single, 4);
        return;
    }
    if (was_real)
        integer = real >= -0x1p63 && real < 0x1p63 ? (int64_t)real
                  : real >= 0 && real < 0x1p64     ? (int64_t)(uint64_t)real
                                                   : INT64_MIN;
    frame->integer = to == '?' ? (was_real ? real != 0 : integer != 0) : (uint64_t)integer;
}

/* ---- the call ---- */

/* What the call ended with; with the lock held. */
static void tell_error(entry *e, wf_py_packing *p, wf_py_asker *asker, wf_status status,
                       const wf_error *err) {
    wf_py_launch_ended(p, status, err);
    if (asker->error) {
        PyErr_Clear();
        PyErr_SetObject((PyObject *)Py_TYPE(asker->error), asker->error);
        Py_CLEAR(asker->error);
    }
    if (PyErr_Occurred()) PyErr_WriteUnraisable((PyObject *)e->function);
}

/* The thread's stream for calls at this depth. */
static wf_stream *own_stream(void) {
    wf_stream *stream = wf_py_cpu_stream_unlocked();
    if (stream) return stream;
    PyGILState_STATE state = PyGILState_Ensure();
    if (!(stream = wf_py_cpu_stream())) PyErr_WriteUnraisable(NULL);
    PyGILState_Release(state);
    return stream;
}

static void run(entry *e, wf_stream *stream, wf_entry_frame *frame) {
    _Alignas(16) unsigned char params[ENTRY_BYTES], out[ENTRY_RESULT] = {0};
    char codes[4];
    wf_py_packing p;
    wf_error err;
    wf_status status;
    void *where = out;
    wf_py_pack_begin(&p, e->function, stream, codes, params); /* NumPy is known since the entry was made */
    pack(e, &p, frame);
    put(&p, &where, 8);
    p.extents[p.extent_count++] = (wf_extent){(uintptr_t)out, (uintptr_t)out + sizeof out};
    wf_py_asker asker = {
        .function = e->function, .variant = e->variant, .arguments = &p, .threads = wf_py_get_threads()};
    wf_launch_config config = {
        .grid = {1, 1, 1}, .block = {1, 1, 1}, .extents = p.extents, .ask = wf_py_ask, .asker = &asker};
    if (!wf_kernel_run_brief(e->variant->kernel, stream, &config, params, &status, &err))
        status = wf_kernel_launch_inside(e->variant->kernel, stream, &config, params, &err);
    if (status == WF_OK && !asker.error) answer(e, out, frame);
    else {
        PyGILState_STATE state = PyGILState_Ensure();
        tell_error(e, &p, &asker, status, &err);
        PyGILState_Release(state);
    }
    wf_py_pack_end(&p, 0);
}

static void called(void *user, wf_entry_frame *frame) {
    entry *e = user;
    wf_py_nest(1); /* a compiled function may be running further out, on the stream of that depth */
    wf_stream *stream = own_stream();
    if (stream) run(e, stream, frame);
    wf_py_nest(-1);
}

/* No call is inside, and none will be. */
static void gone(void *user) {
    entry *e = user;
    int held = PyGILState_Check();
    if (!held && !Py_IsInitialized()) return; /* left behind when the process ends */
    PyGILState_STATE state = held ? PyGILState_LOCKED : PyGILState_Ensure();
    Py_XDECREF((PyObject *)e->function);
    if (!held) PyGILState_Release(state);
    wf_free(e->kinds);
    wf_free(e);
}

/* ---- the object ---- */

/* The kinds of arguments of these codes; NULL without an exception: there are others among them. */
static char *kinds_of(const char *codes) {
    uint32_t count = 0, pointers = 0;
    char kinds[ENTRY_BYTES / 16];
    for (const char *c = codes; c && *c; c = wf_pf_code_skip(c)) {
        int is_pointer = c[0] == 'A' && c[1] == 'C' && c[2] == '1';
        if ((!is_pointer && !bytes_of(*c)) || count + 2 > sizeof kinds) return NULL;
        kinds[count++] = *c;
        pointers += (uint32_t)is_pointer;
    }
    kinds[count] = 0;
    return pointers + 1 < ARRAYS_MAX ? wf_strdup(kinds) : NULL;
}

/* Compiled, so that the first call need not wait, nor ask Python. */
static int prepare(entry *e) {
    wf_error err;
    wf_function *function;
    const uint32_t block[3] = {1, 1, 1};
    wf_status status;
    wf_py_packing p;
    char codes[4];
    unsigned char params[8];
    wf_stream *stream = wf_py_cpu_stream();
    if (!stream || wf_py_pack_begin(&p, e->function, stream, codes, params) < 0) return -1; /* finds NumPy */
    Py_BEGIN_ALLOW_THREADS status =
        wf_kernel_function(e->variant->kernel, wf_stream_context(stream), block, &function, &err);
    Py_END_ALLOW_THREADS return status == WF_OK ? 0 : (wf_py_function_raise(e->function, &err), -1);
}

/* Entry(function, codes of the arguments, code of the result): None where C cannot call it like this. */
static PyObject *entry_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    PyObject *function;
    const char *codes, *result;
    (void)kwargs;
    if (!PyArg_ParseTuple(args, "Oss:Entry", &function, &codes, &result)) return NULL;
    wf_py_variant *v = wf_py_variant_of((wf_py_function *)function, codes);
    if (!v) return NULL;
    int plain = bytes_of(*v->returns) && !v->returns[1] && bytes_of(*result) && !result[1];
    if (!wf_entry_is_known() || (!plain && strcmp(result, "N"))) Py_RETURN_NONE;
    if (!plain && strcmp(v->returns, "N")) Py_RETURN_NONE; /* it gives more than there is room for */
    char *kinds = kinds_of(codes);
    if (!kinds) Py_RETURN_NONE;
    entry *e = wf_calloc(1, sizeof *e);
    entry_object *made = e ? (entry_object *)type->tp_alloc(type, 0) : NULL;
    if (!made) return wf_free(kinds), wf_free(e), PyErr_NoMemory();
    made->own = e;
    e->kinds = kinds;
    e->function = (wf_py_function *)Py_NewRef(function);
    e->variant = v;
    e->result = *result;
    if (prepare(e) == 0 && (made->address = wf_entry_open(called, gone, e))) return (PyObject *)made;
    if (!PyErr_Occurred()) PyErr_NoMemory();
    Py_DECREF(made);
    return NULL;
}

static int entry_traverse(PyObject *object, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(object));
    if (((entry_object *)object)->own) Py_VISIT((PyObject *)((entry_object *)object)->own->function);
    return 0;
}

/* Before the collector clears the function: a call that is inside keeps a reference that it does not see. */
static void entry_finalize(PyObject *object) {
    entry_object *made = (entry_object *)object;
    entry *own = made->own;
    made->own = NULL;
    if (own && made->address) wf_entry_close(made->address);
    else if (own) gone(own);
}

static void entry_dealloc(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    entry_finalize(object);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyMemberDef entry_members[] = {
    {"address", T_ULONGLONG, offsetof(entry_object, address), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot entry_slots[] = {
    {Py_tp_new, entry_new},           {Py_tp_dealloc, entry_dealloc}, {Py_tp_traverse, entry_traverse},
    {Py_tp_finalize, entry_finalize}, {Py_tp_members, entry_members}, {0, NULL},
};
static PyType_Spec entry_spec = {"weft._core.Entry", sizeof(entry), 0,
                                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, entry_slots};

int wf_py_add_entries(PyObject *module) {
    static PyTypeObject *type;
    return wf_py_add_type(module, &entry_spec, &type);
}
