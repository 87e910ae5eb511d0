/* python/module.c: the extension weft._core: its definition, and the order in which the files add themselves.
 *
 * Nothing here touches a device or a compiler: importing must stay cheap. A room that brings types of its own
 * adds its function to `rooms`. */
#include "python/ndarray.h"
#include "python/state.h"

wf_py_state *wf_py;

typedef int (*room_add)(PyObject *module);
static const room_add rooms[] = {
    wf_py_add_errors,  wf_py_add_hooks,   wf_py_add_trace,
    wf_py_add_device,  wf_py_add_context, wf_py_add_stream,
    wf_py_add_event,   wf_py_add_memory,  wf_py_add_pinned,
    wf_py_add_copy,    wf_py_add_ipc,     wf_py_add_kernel,
    wf_py_add_program, wf_py_add_foreign, wf_py_add_pyfunc,
    wf_py_add_ndarray, wf_py_add_ufunc,   wf_py_add_array_functions,
    wf_py_add_dlpack,  wf_py_add_bulk,    wf_py_add_vendor,
    wf_py_add_choose,  wf_py_add_join,    wf_py_add_methods,
    wf_py_add_product, wf_py_add_lines,   wf_py_add_graph,
    wf_py_add_caught,
};

int wf_py_add_type(PyObject *module, PyType_Spec *spec, PyTypeObject **type) {
    *type = (PyTypeObject *)PyType_FromModuleAndSpec(module, spec, NULL);
    return *type ? PyModule_AddType(module, *type) : -1;
}

static int intern_names(wf_py_state *state) {
#define X(name)                                                                                              \
    if (!(state->names.name = PyUnicode_InternFromString(#name))) return -1;
    WF_PY_NAMES(X)
#undef X
    return 0;
}

static int module_exec(PyObject *module) {
    wf_py_state *state = PyModule_GetState(module);
    if (wf_py) {
        PyErr_SetString(PyExc_ImportError, "weft._core can be loaded once in a process");
        return -1;
    }
    memset(state, 0, sizeof(*state));
    state->module = module;
    wf_py = state;
    if (intern_names(state) < 0 || !(state->devices = PyDict_New())) return -1;
    for (size_t i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++)
        if (rooms[i](module) < 0) return -1;
    return PyModule_AddStringConstant(module, "__version__", WEFT_VERSION);
}

static int module_traverse(PyObject *module, visitproc visit, void *arg) {
    wf_py_state *state = PyModule_GetState(module);
    for (int i = 0; i < WF_PY_ERROR_COUNT; i++) Py_VISIT(state->errors[i]);
    Py_VISIT(state->kernel_warning);
    Py_VISIT(state->devices);
    Py_VISIT(state->compile);
    return 0;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, module_exec},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
    {0, NULL},
};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "weft._core",
    .m_doc = "The core of weft: devices, memory, streams, programs and kernels.",
    .m_size = sizeof(wf_py_state),
    .m_slots = slots,
    .m_traverse = module_traverse,
};

PyMODINIT_FUNC PyInit__core(void) { return PyModuleDef_Init(&definition); }
