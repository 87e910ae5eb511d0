/* python/vendor.c: NVIDIA's cuBLAS and cuFFT (vendor/) for weft._array: opened where they are found. */
#include "python/ndarray.h"
#include "vendor/cublas.h"
#include "vendor/cufft.h"
#include <string.h>

typedef wf_status opener(const char *const *paths, uint32_t count, const char **path, wf_error *err);

static PyObject *open_first(PyObject *paths, opener *open) {
    const char *list[64], *path = NULL;
    uint32_t count = 0;
    wf_error err;
    if (!PyTuple_Check(paths)) return PyErr_Format(PyExc_TypeError, "a tuple of paths was expected");
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(paths) && count < 64; i++)
        if (!(list[count++] = PyUnicode_AsUTF8(PyTuple_GET_ITEM(paths, i)))) return NULL;
    wf_status status;
    Py_BEGIN_ALLOW_THREADS status = open(list, count, &path, &err);
    Py_END_ALLOW_THREADS if (status || !path) Py_RETURN_NONE;
    return PyUnicode_DecodeFSDefault(path);
}

static PyObject *cublas_open(PyObject *self, PyObject *paths) {
    (void)self;
    return open_first(paths, wf_cublas_open);
}

static PyObject *cufft_open(PyObject *self, PyObject *paths) {
    (void)self;
    return open_first(paths, wf_cufft_open);
}

/* ---- cuBLAS --------------------------------------------------------------------------------------------- */

typedef struct gemm_call {
    wf_array *c, *a, *b;
    wf_cublas_product product;
} gemm_call;

static wf_status gemm_run(gemm_call *g, wf_error *err) {
    wf_status status = wf_array_address(g->c, &g->product.c.at, err);
    if (!status) status = wf_array_address(g->a, &g->product.a.at, err);
    if (!status) status = wf_array_address(g->b, &g->product.b.at, err);
    wf_stream *stream = wf_context_default_stream(wf_array_context(g->c));
    return status ? status : wf_cublas_multiply(stream, &g->product, err);
}

/* cublas_gemm(c, a, b, type, m, n, k, count, lead and batch stride of c, transposed, lead, batch stride of a,
 * of b) */
static PyObject *cublas_gemm(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *c, *a, *b;
    gemm_call g;
    wf_cublas_product *p = &g.product;
    int type;
    wf_error err;
    wf_status status;
    *p = (wf_cublas_product){0};
    if (!PyArg_ParseTuple(args, "OOOCiiiiLLiLLiLL:cublas_gemm", &c, &a, &b, &type, &p->m, &p->n, &p->k,
                          &p->count, &p->c.lead, &p->c.batch, &p->a.transposed, &p->a.lead, &p->a.batch,
                          &p->b.transposed, &p->b.lead, &p->b.batch))
        return NULL;
    if (!wf_py_is_array(c) || !wf_py_is_array(a) || !wf_py_is_array(b))
        return PyErr_Format(PyExc_TypeError, "cublas_gemm: arrays are needed");
    p->type = (char)type, g.c = wf_py_array_of(c), g.a = wf_py_array_of(a), g.b = wf_py_array_of(b);
    WF_GRAPH_LONG(gemm_run(&g, &err));
    if (status) return wf_py_array_raise(&err);
    Py_RETURN_NONE;
}

/* ---- cuFFT ---------------------------------------------------------------------------------------------- */

typedef struct fft_call {
    wf_array *out, *in;
    wf_cufft_transform transform;
} fft_call;

static wf_status fft_run(fft_call *f, wf_error *err) {
    wf_address in = 0, out = 0;
    wf_status status = (f->transform.is_own ? wf_array_for_kernel : wf_array_address)(f->in, &in, err);
    if (!status) status = wf_array_address(f->out, &out, err);
    wf_stream *stream = wf_context_default_stream(wf_array_context(f->out));
    return status ? status : wf_cufft_run(stream, &f->transform, in, out, err);
}

/* cufft(out, in, kind, is_double, is_forward, extents, count, stride, apart of in, of out, is_own) */
static PyObject *cufft(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *out, *in, *extents;
    fft_call f;
    wf_cufft_transform *t = &f.transform;
    int kind;
    wf_error err;
    wf_status status;
    memset(t, 0, sizeof *t);
    if (!PyArg_ParseTuple(args, "OOCppO!LLLLp:cufft", &out, &in, &kind, &t->is_double, &t->is_forward,
                          &PyTuple_Type, &extents, &t->count, &t->stride, &t->apart_in, &t->apart_out,
                          &t->is_own))
        return NULL;
    if (!wf_py_is_array(out) || !wf_py_is_array(in))
        return PyErr_Format(PyExc_TypeError, "cufft: arrays are needed");
    Py_ssize_t rank = PyTuple_GET_SIZE(extents);
    if (rank < 1 || rank > WF_CUFFT_RANK)
        return PyErr_Format(PyExc_ValueError, "cufft: %zd axes; there are 1 to %d", rank, WF_CUFFT_RANK);
    for (Py_ssize_t i = 0; i < rank; i++)
        if ((t->n[i] = PyLong_AsLongLong(PyTuple_GET_ITEM(extents, i))) < 1)
            return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_ValueError, "cufft: extents are positive");
    t->kind = (char)kind, t->rank = (int)rank;
    f.out = wf_py_array_of(out), f.in = wf_py_array_of(in);
    WF_GRAPH_LONG(fft_run(&f, &err));
    if (status) return wf_py_array_raise(&err);
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"cublas_open", cublas_open, METH_O,
     "Opens the first of these libraries that can be; its path, or None."},
    {"cublas_gemm", cublas_gemm, METH_VARARGS, "Queues a matrix product of cuBLAS's."},
    {"cufft_open", cufft_open, METH_O, "Opens the first of these libraries that can be; its path, or None."},
    {"cufft", cufft, METH_VARARGS, "Queues Fourier transforms of cuFFT's."},
    {NULL, NULL, 0, NULL},
};

int wf_py_add_vendor(PyObject *module) { return PyModule_AddFunctions(module, functions); }
