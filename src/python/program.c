/* python/program.c: weft._core.Program: CUDA C source, checked. weft.Module is the class on top of it. */
#include "python/kernel.h"
#include "base/memory.h"
#include "cudac/cudac.h"
#include "python/memory.h"
#include "python/texts.h"

PyObject *wf_py_program_object(wf_program *program) {
    wf_py_program *self = PyObject_New(wf_py_program, wf_py->program_type);
    if (!self) {
        wf_program_release(program);
        return NULL;
    }
    self->program = program;
    return (PyObject *)self;
}

/* ---- options ----------------------------------------------------------------------------------------------
 */

/* What the source uses that weft's front-end knows and does not take: "new and delete (line 3)", one a line.
 */
static void unsupported(const wf_diags *diags, wf_text *out) {
    static const char start[] = "not supported: ";
    for (const wf_diag *d = diags->first; d; d = d->next)
        if (d->severity == WF_ERROR && strncmp(d->message, start, sizeof(start) - 1) == 0)
            wf_text_printf(out, "%s (line %u)\n", d->message + sizeof(start) - 1, d->at.line);
}

/* The front-end's memory goes from one compilation to the next: its pages need not be made again. One is
 * kept; compilations at the same time have their own. */
static wf_arena *scratch_take(void) {
    wf_arena *scratch = atomic_exchange(&wf_py->scratch, NULL);
    if (!scratch && (scratch = wf_malloc(sizeof *scratch)) != NULL) wf_arena_init(scratch, 0);
    return scratch;
}

static void scratch_give(wf_arena *scratch) {
    wf_arena *none = NULL;
    if (!scratch || atomic_compare_exchange_strong(&wf_py->scratch, &none, scratch)) return;
    wf_arena_free(scratch);
    wf_free(scratch);
}

/* *said: warnings; of a source that was refused, what of it is not supported. */
static wf_status compile(const char *source, Py_ssize_t length, const wf_cudac_options *options,
                         const wf_program_options *program_options, wf_program **program, PyObject **said,
                         wf_error *error) {
    wf_unit *unit = NULL;
    wf_text words;
    wf_status status;
    wf_cudac_options with_scratch = *options;
    wf_text_init(&words, NULL);
    Py_BEGIN_ALLOW_THREADS with_scratch.scratch = scratch_take();
    status = wf_cudac_compile(source, (size_t)length, &with_scratch, &unit, error);
    scratch_give(with_scratch.scratch);
    if (status == WF_OK && unit->diags.warnings) wf_diags_render(&unit->diags, &words);
    if (status == WF_COMPILE && unit) unsupported(&unit->diags, &words);
    if (status == WF_OK) status = wf_program_new(unit, program_options, program, error);
    else wf_unit_free(unit);
    Py_END_ALLOW_THREADS if (words.data) *said =
        PyUnicode_DecodeUTF8(words.data, (Py_ssize_t)words.length, "replace");
    wf_text_free(&words);
    return status;
}

/* The exception's attribute `unsupported`, by which weft._module knows that NVRTC may take the source. */
static void name_unsupported(PyObject *said) {
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    if (value && PyObject_SetAttrString(value, "unsupported", said) < 0) PyErr_Clear();
    PyErr_Restore(type, value, trace);
}

/* compile_cuda(source, *, name, defines, include_dirs, header_names, header_texts, instantiate, extern_c,
 * fast_math, contract, arch, check_bounds, max_registers, exact, link_names) → (Program, what the front-end warned of or
 * None)
 */
static PyObject *compile_cuda(PyObject *self, PyObject *args, PyObject *kwargs) {
    (void)self;
    static char *names[] = {"source",        "name",         "defines",     "include_dirs",
                            "header_names",  "header_texts", "instantiate", "extern_c",
                            "fast_math",     "contract",     "arch",        "check_bounds",
                            "max_registers", "exact",        "link_names",  NULL};
    const char *source, *name = NULL;
    Py_ssize_t length;
    PyObject *lists[5] = {NULL, NULL, NULL, NULL, NULL}, *said = NULL, *result = NULL;
    wf_py_texts t[5] = {{NULL, NULL, 0}};
    int extern_c = 0, fast_math = 0, contract = 1, arch = 0, check_bounds = 1, max_registers = 0, exact = 0;
    int link_names = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "s#|$zOOOOOpppipiip:compile_cuda", names, &source, &length,
                                     &name, &lists[0], &lists[1], &lists[2], &lists[3], &lists[4], &extern_c,
                                     &fast_math, &contract, &arch, &check_bounds, &max_registers, &exact,
                                     &link_names))
        return NULL;
    for (int i = 0; i < 5; i++)
        if (wf_py_texts_of(lists[i], &t[i]) < 0) goto done;
    if (t[2].count != t[3].count) {
        PyErr_SetString(PyExc_ValueError, "as many header texts as header names are needed");
        goto done;
    }
    wf_cudac_options options = {.file_name = name,
                                .defines = t[0].items,
                                .define_count = t[0].count,
                                .include_dirs = t[1].items,
                                .include_dir_count = t[1].count,
                                .header_names = t[2].items,
                                .header_texts = t[3].items,
                                .header_count = t[2].count,
                                .instantiate = t[4].items,
                                .instantiate_count = t[4].count,
                                .extern_c = extern_c,
                                .link_names = link_names,
                                .fast_math = fast_math,
                                .no_contract = !contract,
                                .arch = arch};
    wf_program_options program_options = {
        .check_bounds = check_bounds ? 0 : -1, .exact = exact, .max_registers = max_registers};
    wf_program *program = NULL;
    wf_error error;
    if (compile(source, length, &options, &program_options, &program, &said, &error) != WF_OK) {
        wf_py_raise(&error);
        if (said) name_unsupported(said);
        goto done;
    }
    PyObject *object = wf_py_program_object(program);
    if (object) result = Py_BuildValue("NO", object, said ? said : Py_None);
done:
    Py_XDECREF(said);
    for (int i = 0; i < 5; i++) wf_py_texts_free(&t[i]);
    return result;
}

/* preprocess(source, *, name, defines, include_dirs) → what -E would show */
static PyObject *preprocess(PyObject *self, PyObject *args, PyObject *kwargs) {
    (void)self;
    static char *names[] = {"source", "name", "defines", "include_dirs", NULL};
    const char *source, *name = NULL;
    Py_ssize_t length;
    PyObject *lists[2] = {NULL, NULL}, *result = NULL;
    wf_py_texts t[2] = {{NULL, NULL, 0}};
    wf_text out;
    wf_error error;
    wf_text_init(&out, NULL);
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "s#|$zOO:preprocess", names, &source, &length, &name,
                                     &lists[0], &lists[1]))
        return NULL;
    if (wf_py_texts_of(lists[0], &t[0]) == 0 && wf_py_texts_of(lists[1], &t[1]) == 0) {
        wf_cudac_options options = {.file_name = name,
                                    .defines = t[0].items,
                                    .define_count = t[0].count,
                                    .include_dirs = t[1].items,
                                    .include_dir_count = t[1].count};
        if (wf_cudac_preprocess(source, (size_t)length, &options, &out, &error) != WF_OK) wf_py_raise(&error);
        else result = PyUnicode_DecodeUTF8(out.data ? out.data : "", (Py_ssize_t)out.length, "replace");
    }
    wf_text_free(&out);
    wf_py_texts_free(&t[0]);
    wf_py_texts_free(&t[1]);
    return result;
}

/* ---- the object -------------------------------------------------------------------------------------------
 */

static wf_program *program_of(PyObject *self) { return ((wf_py_program *)self)->program; }

static void program_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    wf_program *program = program_of(self);
    Py_BEGIN_ALLOW_THREADS /* modules are unloaded */
        wf_program_release(program);
    Py_END_ALLOW_THREADS PyObject_Free(self);
    Py_DECREF(type);
}

static PyObject *get_kernels(PyObject *self, void *closure) {
    (void)closure;
    uint32_t count = wf_program_kernel_count(program_of(self));
    PyObject *names = PyTuple_New(count);
    for (uint32_t i = 0; names && i < count; i++) {
        PyObject *name = PyUnicode_FromString(wf_program_kernel_name(program_of(self), i));
        if (!name) Py_CLEAR(names);
        else PyTuple_SET_ITEM(names, i, name);
    }
    return names;
}

/* variable(name, context=None) → Memory */
static PyObject *program_variable(PyObject *self, PyObject *args) {
    const char *name;
    PyObject *where = Py_None;
    uint64_t address = 0, size = 0;
    wf_error error;
    wf_status status;
    if (!PyArg_ParseTuple(args, "s|O:variable", &name, &where)) return NULL;
    wf_context *context = wf_py_to_context(where);
    if (!context) return NULL;
    Py_BEGIN_ALLOW_THREADS status =
        wf_program_global_in(program_of(self), context, name, &address, &size, &error);
    Py_END_ALLOW_THREADS if (status != WF_OK) return wf_py_raise(&error);
    return wf_py_memory_borrowed(address, (size_t)size, context, self);
}

/* show(what, device=None, block=None) */
static PyObject *program_show(PyObject *self, PyObject *args) {
    const char *what;
    PyObject *where = Py_None, *block = Py_None;
    uint32_t sizes[3];
    wf_text out;
    wf_error error;
    wf_status status;
    if (!PyArg_ParseTuple(args, "s|OO:show", &what, &where, &block)) return NULL;
    wf_device *device = NULL;
    if (where == Py_None) {
        wf_context *context = wf_py_current_context();
        device = context ? wf_context_device(context) : NULL;
    } else {
        device = wf_py_to_device(where);
    }
    if (!device || (block != Py_None && wf_py_sizes(block, "block", sizes) < 0)) return NULL;
    wf_text_init(&out, NULL);
    Py_BEGIN_ALLOW_THREADS status =
        wf_program_show(program_of(self), device, what, block == Py_None ? NULL : sizes, &out, &error);
    Py_END_ALLOW_THREADS PyObject *result =
        status == WF_OK ? PyUnicode_DecodeUTF8(out.data ? out.data : "", (Py_ssize_t)out.length, "replace")
                        : wf_py_raise(&error);
    wf_text_free(&out);
    return result;
}

/* _link(kind, bytes, name): kind is one of wf_link_kind's numbers */
static PyObject *program_link(PyObject *self, PyObject *args) {
    int kind;
    Py_buffer image;
    const char *name;
    wf_error error;
    if (!PyArg_ParseTuple(args, "iy*s:_link", &kind, &image, &name)) return NULL;
    wf_status status = kind >= WF_LINK_CUBIN && kind <= WF_LINK_ARCHIVE
                           ? wf_program_link(program_of(self), (wf_link_kind)kind, image.buf,
                                             (size_t)image.len, name, &error)
                           : wf_fail(&error, WF_INVALID, "%d is no kind of image", kind);
    PyBuffer_Release(&image);
    if (status != WF_OK) return wf_py_raise(&error);
    Py_RETURN_NONE;
}

static PyMethodDef program_methods[] = {
    {"_link", program_link, METH_VARARGS, NULL},
    {"variable", program_variable, METH_VARARGS,
     "variable(name, context=None): a __device__ or __constant__ variable's memory."},
    {"show", program_show, METH_VARARGS,
     "show(\"cuda\" | \"ir\" | \"asm\", device=None, block=None): what was made of it."},
    {NULL, NULL, 0, NULL},
};

static PyObject *get_made(PyObject *self, void *closure) {
    (void)closure;
    uint32_t found, compiled;
    wf_program_made(program_of(self), &found, &compiled);
    return Py_BuildValue("II", found, compiled);
}

static PyGetSetDef program_getset[] = {
    {"_made", get_made, NULL, "(pieces of code that were in the disk cache, pieces that were compiled)",
     NULL},
    {"kernels", get_kernels, NULL, "the kernels' names", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot program_slots[] = {
    {Py_tp_doc, "A checked program; compile_cuda makes one."},
    {Py_tp_dealloc, program_dealloc},
    {Py_tp_methods, program_methods},
    {Py_tp_getset, program_getset},
    {0, NULL},
};
static PyType_Spec program_spec = {
    "weft._core.Program", sizeof(wf_py_program), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, program_slots};

static PyMethodDef functions[] = {
    {"compile_cuda", (PyCFunction)(void (*)(void))compile_cuda, METH_VARARGS | METH_KEYWORDS,
     "CUDA C source → (Program, warnings or None)."},
    {"preprocess", (PyCFunction)(void (*)(void))preprocess, METH_VARARGS | METH_KEYWORDS,
     "The source as -E would show it."},
    {NULL, NULL, 0, NULL},
};

int wf_py_add_program(PyObject *module) {
    if (wf_py_add_type(module, &program_spec, &wf_py->program_type) < 0) return -1;
    return PyModule_AddFunctions(module, functions);
}
