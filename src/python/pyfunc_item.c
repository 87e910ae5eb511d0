/* python/pyfunc_item.c: one value in the memory of a held object: an item of a typed list or dict, a field of
 * an instance of a jitclass.
 *
 * What is read is boxed as a result of a function is (pyfunc_box.c), what is written is packed as an argument
 * is (pyfunc_args.c), straight into the object's store. Numbers take a way of their own. */
#include "python/pyfunc_store.h"

/* A function in whose name items are packed and boxed. */
static wf_py_function *packer(void) {
    static PyObject *function;
    if (!function) function = wf_py_typed_attribute("packer");
    return (wf_py_function *)function;
}

void wf_py_held_busy(wf_py_held *h) { wf_py_root_store(&h->root)->busy++; }

void wf_py_held_free(wf_py_held *h) {
    wf_py_store *s = wf_py_root_store(&h->root);
    s->busy--;
    wf_py_store_sweep(s);
}

int wf_py_item_is_plain(const wf_py_item *item) {
    return item->length == 1 && strchr("?bhilBHILefdFDU", *item->code);
}

PyObject *wf_py_item_object(wf_py_held *h, const wf_py_item *item, const unsigned char *data, int inside) {
    _Alignas(
        16) unsigned char copy[PARAMS_MAX]; /* Python runs while it is boxed, and may change the object */
    wf_py_packing p;
    if (wf_py_item_is_plain(item)) return wf_py_box(NULL, item->code, data, NULL);
    memcpy(copy, data, item->bytes);
    wf_py_held_busy(h);
    wf_py_asker asker = {.function = packer(), .arguments = &p};
    p.host_count = p.extent_count = 0;
    p.heap = NULL;
    p.lists = NULL;
    p.instances = p.few_instances;
    p.few_instances[0] = h;
    p.instance_count = 1;
    PyObject *object = !asker.function ? NULL
                       : inside        ? wf_py_box_item(item->code, copy, &asker)
                                       : wf_py_box((PyObject *)asker.function, item->code, copy, &asker);
    Py_XDECREF(asker.memory);
    Py_XDECREF(asker.store);
    wf_py_held_free(h);
    return object;
}

static int pack_number(char code, PyObject *value, unsigned char *out) {
    int overflow = 0;
    int64_t integer;
    double real;
    if (code == 'l' && PyLong_CheckExact(value)) {
        integer = PyLong_AsLongLongAndOverflow(value, &overflow);
        memcpy(out, &integer, 8);
        return !overflow;
    }
    if (code == 'd' && PyFloat_CheckExact(value)) {
        real = PyFloat_AS_DOUBLE(value);
        memcpy(out, &real, 8);
        return 1;
    }
    if (code == '?' && PyBool_Check(value)) {
        *out = value == Py_True;
        return 1;
    }
    return 0;
}

int wf_py_item_pack(wf_py_held *h, const wf_py_item *item, PyObject *value, unsigned char *out) {
    char codes[CODES_MAX];
    if (item->length == 1 && pack_number(*item->code, value, out)) return 1;
    wf_py_packing p;
    wf_stream *stream = wf_py_cpu_stream();
    wf_py_function *function = packer();
    if (!stream || !function || wf_py_pack_begin(&p, function, stream, codes, out) < 0) return -1;
    wf_py_store *s = wf_py_root_store(&h->root);
    p.want = item->code;
    p.exact = p.strict = 1;
    p.heap = s->heap;
    int bad = wf_py_pack_at(&p, value, 1) < 0;
    int other = !bad && (p.want != item->code + item->length || strlen(codes) != (size_t)item->length ||
                         strncmp(codes, item->code, (size_t)item->length));
    p.heap = NULL;
    if (!bad && !other) bad = wf_py_store_take(s, &p) < 0;
    if (wf_py_pack_end(&p, 0) < 0) bad = 1;
    return bad ? -1 : !other;
}
