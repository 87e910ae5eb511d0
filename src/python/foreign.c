/* python/foreign.c: programs from PTX, cubins and fatbins, and the way through NVRTC. weft._module and
 * weft._nvrtc are what calls these. */
#include "python/kernel.h"
#include "python/texts.h"

/* load_image(bytes, name, names=()) → Program. names: a flat sequence of pairs (name, symbol). */
static PyObject *load_image(PyObject *self, PyObject *args) {
    (void)self;
    Py_buffer image;
    const char *name;
    PyObject *pairs = NULL, *result = NULL;
    int max_registers = 0;
    wf_py_texts names = {NULL, NULL, 0};
    wf_program *program = NULL;
    wf_error error;
    if (!PyArg_ParseTuple(args, "y*s|Oi:load_image", &image, &name, &pairs, &max_registers)) return NULL;
    wf_program_options options = {.max_registers = max_registers};
    if (wf_py_texts_of(pairs, &names) == 0) {
        wf_status status = wf_program_from_image(image.buf, (size_t)image.len, name, names.items,
                                                 names.count / 2, &options, &program, &error);
        result = status == WF_OK ? wf_py_program_object(program) : wf_py_raise(&error);
    }
    wf_py_texts_free(&names);
    PyBuffer_Release(&image);
    return result;
}

/* is_image(bytes) */
static PyObject *is_image(PyObject *self, PyObject *object) {
    (void)self;
    Py_buffer image;
    wf_format format;
    if (PyObject_GetBuffer(object, &image, PyBUF_SIMPLE) < 0) return NULL;
    int found = wf_image_format(image.buf, (size_t)image.len, &format);
    PyBuffer_Release(&image);
    return PyBool_FromLong(found);
}

/* nvrtc_open(paths) → the one that was opened, or None */
static PyObject *nvrtc_open(PyObject *self, PyObject *paths) {
    (void)self;
    wf_py_texts t = {NULL, NULL, 0};
    const char *path = NULL;
    wf_error error;
    wf_status status = WF_NODEVICE;
    if (wf_py_texts_of(paths, &t) == 0) {
        Py_BEGIN_ALLOW_THREADS status = wf_nvrtc_open(t.items, t.count, &path, &error);
        Py_END_ALLOW_THREADS
    }
    wf_py_texts_free(&t);
    if (PyErr_Occurred()) return NULL;
    if (status != WF_OK) Py_RETURN_NONE;
    return PyUnicode_DecodeFSDefault(path);
}

static PyObject *lowered_list(const wf_nvrtc_result *result) {
    PyObject *list = PyList_New(result->lowered_count);
    for (uint32_t i = 0; list && i < result->lowered_count; i++) {
        PyObject *name = PyUnicode_FromString(result->lowered[i]);
        if (!name) Py_CLEAR(list);
        else PyList_SET_ITEM(list, i, name);
    }
    return list;
}

/* nvrtc_compile(source, name, options, header_names, header_texts, expressions, sm, driver_version)
 * → (code, log, lowered names) */
static PyObject *nvrtc_compile(PyObject *self, PyObject *args) {
    (void)self;
    wf_nvrtc_request r = {0};
    wf_nvrtc_result made;
    PyObject *lists[4], *result = NULL;
    wf_py_texts t[4] = {{NULL, NULL, 0}};
    wf_error error;
    wf_status status = WF_OK;
    if (!PyArg_ParseTuple(args, "ssOOOOii:nvrtc_compile", &r.source, &r.name, &lists[0], &lists[1], &lists[2],
                          &lists[3], &r.sm, &r.driver_version))
        return NULL;
    for (int i = 0; i < 4; i++)
        if (wf_py_texts_of(lists[i], &t[i]) < 0) goto done;
    r.options = t[0].items, r.option_count = t[0].count;
    r.header_names = t[1].items, r.header_texts = t[2].items, r.header_count = t[1].count;
    r.expressions = t[3].items, r.expression_count = t[3].count;
    Py_BEGIN_ALLOW_THREADS status = wf_nvrtc_compile(&r, &made, &error);
    Py_END_ALLOW_THREADS if (status != WF_OK) {
        wf_py_raise(&error);
        goto done;
    }
    result = Py_BuildValue("y#sN", made.code, (Py_ssize_t)made.code_size, made.log ? made.log : "",
                           lowered_list(&made));
    wf_nvrtc_result_free(&made);
done:
    for (int i = 0; i < 4; i++) wf_py_texts_free(&t[i]);
    return result;
}

static PyMethodDef functions[] = {
    {"load_image", load_image, METH_VARARGS, "PTX, a cubin or a fatbin as a Program."},
    {"is_image", is_image, METH_O, "Whether these bytes are PTX, a cubin or a fatbin."},
    {"nvrtc_open", nvrtc_open, METH_O, "Opens the first of these libraries that answers; its path or None."},
    {"nvrtc_compile", nvrtc_compile, METH_VARARGS, "CUDA C through NVRTC → (code, log, lowered names)."},
    {NULL, NULL, 0, NULL},
};

int wf_py_add_foreign(PyObject *module) { return PyModule_AddFunctions(module, functions); }
