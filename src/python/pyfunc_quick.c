/* python/pyfunc_quick.c: a call like the last one.
 *
 * A function is mostly called again with the types of the call before. So what was compiled for these keeps
 * them in a form that is compared with objects at once: no text of codes is made, nothing is looked up, and
 * the parameters are written where they belong. It takes Python's numbers, contiguous arrays of NumPy's and of
 * weft's, instances of jitclasses, typed lists and dicts, and tuples of them all, gives back numbers and tuples
 * of numbers (without arrays among the arguments anything), and runs what takes a few microseconds
 * (wf_kernel_run_brief). All else goes the long way (pyfunc_launch.c), which gives the same answer. */
#include "python/numpy_fields.h"
#include "python/pyfunc_store.h"

enum { BYTES_MOST = 512, RESULT_MOST = 256 };

typedef struct wf_py_quick_part part;

/* ---- the types ---- */

static uint16_t place(wf_py_quick *q, uint32_t bytes) {
    uint32_t at = (q->bytes + bytes - 1) / bytes * bytes;
    q->bytes = at + bytes;
    return (uint16_t)at;
}

/* One type of the codes; what follows it, or NULL: it is not for us. */
static const char *read_type(wf_py_quick *q, const char *codes, const char *code, int depth) {
    if (q->part_count == QUICK_PARTS || depth > 4) return NULL;
    part *p = &q->parts[q->part_count++];
    const char *rest;
    *p = (part){.kind = *code};
    switch (*code) {
    case 'd':
    case 'l': p->at = place(q, 8); return code + 1;
    case '?': p->at = place(q, 1); return code + 1;
    case '(':
        for (code++; *code != ')'; p->items++)
            if (!(code = read_type(q, codes, code, depth + 1))) return NULL;
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
        return code + 4;
    case 'J':
    case '[':
    case 'M':
        rest = wf_pf_code_skip(code);
        if (!rest) return NULL;
        *p = (part){.kind = 'J', .code = (uint16_t)(code - codes), .length = (uint16_t)(rest - code)};
        p->at = place(q, 8);
        return rest;
    default: return NULL;
    }
}

static void prepare(wf_py_quick *q, wf_py_function *self, const wf_py_variant *v) {
    q->state = WF_PY_QUICK_NO;
    if (self->options.mode != WF_PF_HOST || self->options.parallel || v->piece_count || self->binds ||
        v->python_calls || wf_py_numpy_known <= 0)
        return;
    for (const char *code = v->codes; *code; q->arguments++)
        if (!(code = read_type(q, v->codes, code, 0))) return;
    uint64_t bytes = 0;
    uint32_t align = 1, arrays = 0;
    for (uint32_t i = 0; i < q->part_count; i++) arrays += q->parts[i].kind == 'A';
    /* a result may be a view of an array that was passed: the long way knows whose memory it is */
    if (arrays && strspn(v->returns, "?bBhHiIlLfdFDN()") != strlen(v->returns)) return;
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
    wf_py_packing *packing;
    const char *codes;
} filling;

static int is_in_order(const part *p, const wf_py_array_view *a) {
    int64_t expect = (int64_t)a->elements.size;
    for (int i = p->ndim - 1; i >= 0; i--) {
        if (!a->shape[i] || (a->shape[i] != 1 && a->strides[i] != expect)) return 0;
        expect *= a->shape[i];
    }
    return 1;
}

/* An array of weft's that lies computed on the CPU. */
static int fill_room_array(filling *f, const part *p, PyObject *object) {
    wf_py_array_view a = {.brief = 1};
    if (!wf_py->array_hook || p->readonly || p->layout != 'C' ||
        ((wf_py_array_hook)wf_py->array_hook)(object, f->packing->stream, &a) <= 0)
        return 0;
    if (a.device != wf_context_device(wf_stream_context(f->packing->stream)) || a.ndim != p->ndim ||
        a.is_bfloat || wf_py_code_of_elements(a.elements) != p->element || !is_in_order(p, &a))
        return 0;
    uint64_t words[1 + NDIM_MAX] = {a.address}, bytes = a.elements.size;
    for (int i = 0; i < p->ndim; i++) bytes *= words[1 + i] = (uint64_t)a.shape[i];
    memcpy(f->params + p->at, words, 8 * (1u + p->ndim));
    *f->extents++ = (wf_extent){words[0], words[0] + bytes};
    return 1;
}

static int fill_array(filling *f, const part *p, PyObject *object) {
    const wf_py_array_fields *a = (const wf_py_array_fields *)object;
    if (Py_TYPE(object) != wf_py_numpy_array) return fill_room_array(f, p, object);
    if (a->ndim != p->ndim || wf_py_numpy_element(a->dtype) != p->element ||
        p->readonly == !!(a->flags & WF_PY_WRITEABLE))
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

/* As wf_py_pack_instance. */
static int fill_held(filling *f, const part *p, PyObject *object) {
    wf_py_held *h = (wf_py_held *)object;
    wf_py_packing *packing = f->packing;
    if (!PyObject_TypeCheck(object, wf_py_held_type) || !h->root.store ||
        PyBytes_GET_SIZE(h->code) != p->length ||
        memcmp(PyBytes_AS_STRING(h->code), f->codes + p->code, p->length) ||
        packing->instance_count == packing->instance_capacity)
        return 0;
    packing->instances[packing->instance_count++] = (wf_py_held *)Py_NewRef(object);
    wf_py_root_store(&h->root)->busy++;
    *f->extents++ = (wf_extent){h->root.address, h->end};
    memcpy(f->params + p->at, &h->root.address, 8);
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
    case 'J': return fill_held(f, p, object);
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
    wf_stream *stream = wf_py_cpu_stream();
    if (!stream || wf_py_pack_begin(&p, self, stream, codes, params) < 0) return *result = NULL, 1;
    filling f = {q->parts, params, p.extents, &p, v->codes};
    for (Py_ssize_t i = 0; i < count; i++)
        if (!fill(&f, args[i])) return wf_py_instances_drop(&p), 0;
    uint32_t at = (q->bytes + 7) & ~7u;
    void *where = out;
    if (!q->result) memset(out, 0, sizeof out);
    memcpy(params + at, &where, sizeof where);
    *f.extents++ = (wf_extent){(uintptr_t)out, (uintptr_t)out + sizeof out};
    p.extent_count = (uint32_t)(f.extents - p.extents);
    p.size = at + 8;
    wf_error err;
    wf_status status;
    wf_py_asker asker = {.function = self, .variant = v, .arguments = &p, .threads = wf_py_get_threads()};
    uint32_t threads = asker.threads;
    wf_launch_config config = {
        .grid = {1, 1, 1}, .block = {1, 1, 1}, .extents = p.extents, .ask = wf_py_ask, .asker = &asker};
    if (!wf_kernel_run_brief(v->kernel, stream, &config, params, &status, &err))
        return wf_py_instances_drop(&p), 0;
    int good = wf_py_launch_ended(&p, status, &err) == 0;
    if (asker.threads != threads) wf_py_set_threads(asker.threads);
    int plain = good && q->result && !asker.error && !asker.caught && !asker.kept && !p.instance_count;
    *result = plain ? number_of(q->result, out) : wf_py_result_of(&asker, (PyObject *)self, good, out);
    if (wf_py_pack_end(&p, *result != NULL) < 0) Py_CLEAR(*result);
    return 1;
}
