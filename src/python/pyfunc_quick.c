/* python/pyfunc_quick.c: a call like the last one.
 *
 * A function is mostly called again with the types of the call before. So what was compiled for these keeps
 * them in a form that is compared with objects at once: no text of codes is made, nothing is looked up, and
 * the parameters are written where they belong. It takes Python's numbers, NumPy's contiguous arrays and
 * tuples of them, gives back numbers and tuples of numbers, and runs what takes a few microseconds
 * (wf_kernel_run_brief). All else goes the long way (pyfunc_launch.c), which gives the same answer. */
#include "python/numpy_fields.h"
#include "python/pyfunc.h"

enum { BYTES_MOST = 512, RESULT_MOST = 256 };

typedef struct wf_py_quick_part part;

/* ---- the types ---- */

static uint32_t place(wf_py_quick *q, uint32_t bytes) {
    uint32_t at = (q->bytes + bytes - 1) / bytes * bytes;
    q->bytes = at + bytes;
    return at;
}

/* One type of the codes; what follows it, or NULL: it is not for us. */
static const char *read_type(wf_py_quick *q, const char *code, int depth) {
    if (q->part_count == QUICK_PARTS || depth > 4) return NULL;
    part *p = &q->parts[q->part_count++];
    *p = (part){.kind = *code};
    switch (*code) {
    case 'd':
    case 'l': p->at = place(q, 8); return code + 1;
    case '?': p->at = place(q, 1); return code + 1;
    case '(':
        for (code++; *code != ')'; p->items++)
            if (!(code = read_type(q, code, depth + 1))) return NULL;
        return code + 1;
    case 'R': p->readonly = 1; code++; /* fall through */
    case 'A':
        if (code[0] != 'A' || code[1] == 'A' || !code[3] || !strchr("?bBhHiIlLfdFD", code[3])) return NULL;
        p->kind = 'A';
        p->layout = code[1];
        p->ndim = (uint8_t)(code[2] - '0');
        p->element = code[3];
        p->at = place(q, 8);
        for (int i = 0; i < p->ndim; i++) place(q, 8);
        q->array_count++;
        return code + 4;
    default: return NULL;
    }
}

static void prepare(wf_py_quick *q, wf_py_function *self, const wf_py_variant *v) {
    q->state = WF_PY_QUICK_NO;
    if (self->options.mode != WF_PF_HOST || self->options.parallel || v->piece_count || self->binds ||
        v->python_calls || wf_py_numpy_known <= 0)
        return;
    for (const char *code = v->codes; *code; q->arguments++)
        if (!(code = read_type(q, code, 0))) return;
    uint64_t bytes = 0;
    uint32_t align = 1;
    if (strspn(v->returns, "?bBhHiIlLfdFDN()") != strlen(v->returns)) return;
    wf_py_lay_out(v->returns, &bytes, &align);
    if (bytes > RESULT_MOST || q->bytes > BYTES_MOST) return;
    q->result = !v->returns[1] && strchr("?ldN", *v->returns) ? *v->returns : 0;
    q->state = WF_PY_QUICK_YES;
}

/* ---- the objects ---- */

typedef struct filling {
    const part *next;
    unsigned char *params;
    wf_extent *extents;
} filling;

static int fill_array(filling *f, const part *p, PyObject *object) {
    const wf_py_array_fields *a = (const wf_py_array_fields *)object;
    if (Py_TYPE(object) != wf_py_numpy_array || a->ndim != p->ndim ||
        wf_py_numpy_element(a->dtype) != p->element || p->readonly == !!(a->flags & WF_PY_WRITEABLE))
        return 0;
    char layout = a->flags & WF_PY_C_CONTIGUOUS ? 'C' : a->flags & WF_PY_F_CONTIGUOUS ? 'F' : 'A';
    if (layout != p->layout) return 0;
    uint64_t words[1 + NDIM_MAX] = {(uintptr_t)a->data};
    uint64_t bytes = (uint64_t)wf_py_element_bytes(p->element);
    for (int i = 0; i < p->ndim; i++) bytes *= words[1 + i] = (uint64_t)a->shape[i];
    memcpy(f->params + p->at, words, 8 * (1u + p->ndim));
    *f->extents++ = (wf_extent){words[0], words[0] + bytes};
    return 1;
}

static int fill(filling *f, PyObject *object) {
    const part *p = f->next++;
    int overflow = 0;
    int64_t integer;
    double real;
    switch (p->kind) {
    case 'd':
        if (!PyFloat_CheckExact(object)) return 0;
        real = PyFloat_AS_DOUBLE(object);
        memcpy(f->params + p->at, &real, 8);
        return 1;
    case 'l':
        if (!PyLong_CheckExact(object)) return 0;
        integer = PyLong_AsLongLongAndOverflow(object, &overflow);
        memcpy(f->params + p->at, &integer, 8);
        return !overflow;
    case '?': f->params[p->at] = object == Py_True; return PyBool_Check(object);
    case '(':
        if (!PyTuple_CheckExact(object) || PyTuple_GET_SIZE(object) != p->items) return 0;
        for (Py_ssize_t i = 0; i < p->items; i++)
            if (!fill(f, PyTuple_GET_ITEM(object, i))) return 0;
        return 1;
    default: return fill_array(f, p, object);
    }
}

/* ---- the call ---- */

static PyObject *number_of(char code, const unsigned char *out) {
    int64_t integer;
    double real;
    switch (code) {
    case 'd': memcpy(&real, out, 8); return PyFloat_FromDouble(real);
    case 'l': memcpy(&integer, out, 8); return PyLong_FromLongLong(integer);
    case '?': return PyBool_FromLong(*out);
    default: Py_RETURN_NONE;
    }
}

int wf_py_quick_call(wf_py_function *self, PyObject *const *args, Py_ssize_t count, PyObject **result) {
    wf_py_variant *v = self->last;
    if (!v || v->quick.state == WF_PY_QUICK_NO) return 0;
    wf_py_quick *q = &v->quick;
    if (q->state == WF_PY_QUICK_UNKNOWN) prepare(q, self, v);
    if (q->state != WF_PY_QUICK_YES || count != (Py_ssize_t)q->arguments) return 0;
    _Alignas(16) unsigned char params[BYTES_MOST + 16], out[RESULT_MOST];
    char codes[4];
    wf_py_packing p;
    filling f = {q->parts, params, p.extents};
    for (Py_ssize_t i = 0; i < count; i++)
        if (!fill(&f, args[i])) return 0;
    wf_stream *stream = wf_py_cpu_stream();
    if (!stream || wf_py_pack_begin(&p, self, stream, codes, params) < 0) return *result = NULL, 1;
    uint32_t at = (q->bytes + 7) & ~7u;
    void *where = out;
    memcpy(params + at, &where, sizeof where);
    *f.extents++ = (wf_extent){(uintptr_t)out, (uintptr_t)out + sizeof out};
    p.extent_count = q->array_count + 1;
    p.size = at + 8;
    wf_error err;
    wf_status status;
    wf_py_asker asker = {.function = self, .variant = v, .arguments = &p, .threads = wf_py_get_threads()};
    uint32_t threads = asker.threads;
    wf_launch_config config = {
        .grid = {1, 1, 1}, .block = {1, 1, 1}, .extents = p.extents, .ask = wf_py_ask, .asker = &asker};
    if (!wf_kernel_run_brief(v->kernel, stream, &config, params, &status, &err)) return 0;
    int good = wf_py_launch_ended(&p, status, &err) == 0;
    if (asker.threads != threads) wf_py_set_threads(asker.threads);
    *result = good && q->result && !asker.error ? number_of(q->result, out)
                                                : wf_py_result_of(&asker, (PyObject *)self, good, out);
    if (wf_py_pack_end(&p, *result != NULL) < 0) Py_CLEAR(*result);
    return 1;
}
