/* python/foreign_arg.c: arguments of kernels that were compiled elsewhere.
 *
 * PTX says of each parameter its size and whether it is floating point: those are packed and checked as usual
 * (arg.c), with integers and addresses told apart by what arrives. Of a fatbin or cubin nothing is known: an
 * argument then is laid out by its own size at the next multiple of it, as C would. Python's own numbers have
 * no size and are refused. */
#include "python/memory.h"
#include "python/number.h"

static void describe(wf_py_param *to, const wf_foreign_param *from, uint32_t number) {
    char name[24], type[24];
    *to = (wf_py_param){.offset = from->offset, .size = from->size};
    to->kind = from->class == 's' ? WF_ARG_BYTES : from->class == 'u' ? WF_ARG_WORD : WF_ARG_FLOAT;
    if (from->class == 'f' && from->size == 2) to->kind = WF_ARG_HALF;
    if (from->size > 8) to->kind = WF_ARG_BYTES;
    snprintf(name, sizeof(name), "parameter %u", number);
    if (from->class == 's') snprintf(type, sizeof(type), "%u bytes", from->size);
    else snprintf(type, sizeof(type), "%s%u", from->class == 'f' ? ".f" : ".b", from->size * 8);
    to->name = strdup(name);
    to->type = strdup(type);
}

wf_py_params *wf_py_foreign_params(const wf_kernel *kernel, int strict) {
    const wf_foreign_params *known = wf_kernel_foreign(kernel);
    wf_py_params *p = PyMem_Calloc(1, sizeof(*p));
    if (!p || !(p->params = PyMem_Calloc(known->count + 1, sizeof(*p->params)))) {
        PyMem_Free(p);
        PyErr_NoMemory();
        return NULL;
    }
    p->foreign = 1;
    p->untyped = !known->known;
    p->strict = strict;
    p->kernel = wf_kernel_func(kernel)->name;
    p->count = known->count;
    p->size = known->size;
    for (uint32_t i = 0; i < p->count; i++) describe(&p->params[i], &known->params[i], i);
    return p;
}

/* Room for `size` bytes at the next multiple of `align`; NULL with an exception when the buffer is full. */
static unsigned char *place(wf_py_params *p, unsigned char *out, uint32_t room, uint32_t *offset, size_t size,
                            size_t align) {
    size_t at = (*offset + align - 1) / align * align;
    if (at + size > room) {
        PyErr_Format(PyExc_TypeError, "the arguments of kernel %s take more than %u bytes", p->kernel, room);
        return NULL;
    }
    *offset = (uint32_t)(at + size);
    return out + at;
}

/* The largest power of two up to 16 that divides a size. */
static size_t alignment_of(size_t size) {
    size_t align = size & (0 - size);
    return align > 16 ? 16 : align ? align : 1;
}

static int put_number(wf_py_params *p, uint32_t number, PyObject *object, const wf_py_number *n,
                      unsigned char *out, uint32_t room, uint32_t *offset) {
    if (n->size == 0) {
        PyErr_Format(
            PyExc_TypeError,
            "invalid type on parameter #%u (0-based): kernel %s was compiled elsewhere, so the size of its "
            "parameters is not known: pass np.int32(x), np.float32(x) or the like, not %.100s",
            number, p->kernel, Py_TYPE(object)->tp_name);
        return -1;
    }
    size_t align = n->kind == 'c' ? n->size / 2 : n->size;
    unsigned char *to = place(p, out, room, offset, n->size, align);
    if (!to) return -1;
    memcpy(to, n->raw, n->size);
    return 0;
}

static int put_bytes(wf_py_params *p, uint32_t number, PyObject *object, unsigned char *out, uint32_t room,
                     uint32_t *offset) {
    Py_buffer view;
    if (PyObject_GetBuffer(object, &view, PyBUF_ANY_CONTIGUOUS) < 0) {
        PyErr_Clear();
        PyErr_Format(PyExc_TypeError, "invalid type on parameter #%u (0-based) of kernel %s: %.100s", number,
                     p->kernel, Py_TYPE(object)->tp_name);
        return -1;
    }
    unsigned char *to = place(p, out, room, offset, (size_t)view.len, alignment_of((size_t)view.len));
    if (to) memcpy(to, view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    return to ? 0 : -1;
}

int wf_py_pack_untyped(wf_py_params *p, uint32_t number, PyObject *object, wf_stream *stream,
                       unsigned char *out, uint32_t room, uint32_t *offset) {
    wf_py_number n;
    wf_py_pointer pointer;
    int found = wf_py_number_of(object, &n);
    if (found < 0) return -1;
    if (found) return put_number(p, number, object, &n, out, room, offset);
    found = wf_py_pointer_of(object, stream, &pointer);
    if (found < 0) return -1;
    if (!found && PyObject_HasAttr(object, wf_py->names.get_device_alloc)) return WF_PACK_HANDLER;
    if (!found) return put_bytes(p, number, object, out, room, offset);
    unsigned char *to = place(p, out, room, offset, sizeof(pointer.address), sizeof(pointer.address));
    if (!to) return -1;
    memcpy(to, &pointer.address, sizeof(pointer.address));
    return 0;
}
