/* python/ndarray_product.c: the plain products: of two vectors (a recorded reduction, on any device) and, on
 * a CPU, of small matrices and vectors by the core's own product: calling NumPy's BLAS costs more than they
 * do. Everything else is weft/_array/linalg.py's. */
#include "python/ndarray_host.h"

enum { MOST_WORK = 1 << 15 }; /* multiplications */

static int is_float(const wf_array *a) {
    return a->dtype == WF_DT_FLOAT32 || a->dtype == WF_DT_FLOAT64 || wf_dtype_is_complex((wf_dtype)a->dtype);
}

/* Σ a b, in the order of reductions. */
static wf_status inner(wf_array *a, wf_array *b, wf_array **result, wf_error *err) {
    wf_operand args[2] = {{.array = a}, {.array = b}};
    wf_ufunc_options plain = {.dtype = WF_DT_NONE, .casting = WF_CASTING_SAME_KIND};
    wf_reduce_options all = {.axes = 1, .dtype = (wf_dtype)a->dtype};
    wf_array *product = NULL;
    wf_status status = wf_array_ufunc(WF_UF_MULTIPLY, args, &plain, &product, err);
    if (!status) status = wf_array_reduce(WF_RED_SUM, product, &all, result, err);
    wf_array_release(product);
    return status;
}

/* A vector as a row or a column. */
static wf_bulk_array matrix(const wf_array *a, wf_address at, int column, int64_t *shape, int64_t *strides) {
    wf_bulk_array m = wf_py_described(a, at);
    if (a->ndim == 2) return m;
    shape[column] = 1, strides[column] = 0;
    shape[!column] = a->shape[0], strides[!column] = a->strides[0];
    m.ndim = 2, m.shape = shape, m.strides = strides;
    return m;
}

static wf_status multiply(wf_array *a, wf_array *b, wf_array **result, wf_error *err) {
    int64_t shape[2], whole[2] = {a->ndim == 2 ? a->shape[0] : 1, b->ndim == 2 ? b->shape[1] : 1};
    int64_t spare[3][4];
    int ndim = 0;
    wf_address from_a = 0, from_b = 0, to = 0;
    if (a->ndim == 2) shape[ndim++] = whole[0];
    if (b->ndim == 2) shape[ndim++] = whole[1];
    wf_status status = wf_array_empty(wf_array_context(a), (wf_dtype)a->dtype, ndim, shape, result, err);
    if (!status) status = wf_py_address_of(a, &from_a, err);
    if (!status) status = wf_py_address_of(b, &from_b, err);
    if (!status) status = wf_array_address(*result, &to, err);
    if (!status) {
        int64_t item = wf_dtype_size((wf_dtype)a->dtype), strides[2] = {whole[1] * item, item};
        wf_bulk_array arrays[] = {wf_py_described(*result, to), matrix(a, from_a, 0, spare[0], spare[0] + 2),
                                  matrix(b, from_b, 1, spare[1], spare[1] + 2)};
        arrays[0].ndim = 2, arrays[0].shape = whole, arrays[0].strides = strides;
        wf_bulk_call call = {.arrays = arrays, .array_count = 3};
        status = wf_py_bulk("gemm", &call, err);
    }
    if (status && *result) wf_array_release(*result);
    return status;
}

static int is_small(const wf_array *a, const wf_array *b) {
    int64_t k = a->shape[a->ndim - 1], m = wf_array_size(a), n = b->ndim == 2 ? b->shape[1] : 1;
    return k && m && n && m <= MOST_WORK && n <= MOST_WORK && m * n <= MOST_WORK && wf_py_array_on_host(a) &&
           wf_array_is_aligned(a) && wf_array_is_aligned(b);
}

int wf_py_array_product(PyObject *left, PyObject *right, PyObject **result) {
    if (wf_py_arrays.checked || !wf_py_is_array(left) || !wf_py_is_array(right)) return 0;
    wf_array *a = wf_py_array_of(left), *b = wf_py_array_of(right), *out = NULL;
    if (a->dtype != b->dtype || !is_float(a) || !a->ndim || !b->ndim || a->ndim > 2 || b->ndim > 2 ||
        wf_array_context(a) != wf_array_context(b) || a->shape[a->ndim - 1] != b->shape[0])
        return 0;
    wf_error err;
    wf_status status;
    err.code = 0;
    if (a->ndim == 1 && b->ndim == 1) WF_GRAPH(inner(a, b, &out, &err));
    else {
        if (!is_small(a, b)) return 0;
        wf_status at_once = wf_py_array_brief(a, b, &err);
        WF_GRAPH_AS(at_once, multiply(a, b, &out, &err));
    }
    *result = wf_py_array_value(wf_py_array_result(status, out, &err));
    return 1;
}

/* array_product(a, b) → the product of two vectors, or of small matrices; None: not here */
static PyObject *array_product(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    (void)module;
    PyObject *result = NULL;
    if (count == 2 && wf_py_array_product(args[0], args[1], &result)) return result;
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"array_product", (PyCFunction)(void (*)(void))array_product, METH_FASTCALL,
     "(a, b): the product of two vectors or of small matrices, or None where that is not a plain case"},
    {NULL, NULL, 0, NULL},
};

int wf_py_add_product(PyObject *module) { return PyModule_AddFunctions(module, functions); }
