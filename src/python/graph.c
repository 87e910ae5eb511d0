/* python/graph.c: weft.Graph: work that a stream's capture has written down, to be launched again and again.
 *
 * What Python gave to the capture (arrays, memory, host arrays, functions) is kept by the graph: see
 * wf_py_keep_captured, which the files that queue work call. */
#include "python/ndarray.h"
#include "python/state.h"

static void drop(void *object) {
    if (!Py_IsInitialized()) return;
    PyGILState_STATE gil = PyGILState_Ensure();
    Py_DECREF((PyObject *)object);
    PyGILState_Release(gil);
}

int wf_py_keep_captured(wf_stream *stream, PyObject *object) {
    wf_error error;
    if (!wf_stream_is_capturing(stream)) return 0;
    if (wf_capture_keep(stream, drop, Py_NewRef(object), &error) == WF_OK) return 0;
    wf_py_raise(&error);
    return -1;
}

static wf_graph *graph_of(PyObject *self) { return ((wf_py_graph *)self)->graph; }

/* Takes the graph over. */
PyObject *wf_py_graph_object(wf_graph *graph) {
    wf_py_graph *self = PyObject_New(wf_py_graph, wf_py->graph_type);
    if (!self) {
        wf_graph_release(graph);
        return NULL;
    }
    self->graph = graph;
    return (PyObject *)self;
}

static void graph_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    wf_graph *graph = graph_of(self);
    Py_BEGIN_ALLOW_THREADS wf_graph_release(graph);
    Py_END_ALLOW_THREADS type->tp_free(self);
    Py_DECREF(type);
}

static wf_stream *stream_for(PyObject *self, PyObject *given, wf_stream **own) {
    return wf_py_to_stream(given, wf_graph_context(graph_of(self)), own);
}

static PyObject *graph_launch(PyObject *self, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"stream", NULL};
    PyObject *given = Py_None;
    wf_error err;
    wf_status status;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:launch", names, &given)) return NULL;
    WF_PY_OWN_STREAM(own);
    wf_stream *stream = stream_for(self, given, &own);
    if (!stream) return NULL;
    WF_GRAPH_LONG(wf_array_eval_all(0, &err)); /* what arrays have recorded comes before */
    Py_BEGIN_ALLOW_THREADS if (!status) status = wf_graph_launch(graph_of(self), stream, &err);
    Py_END_ALLOW_THREADS if (status != WF_OK) return wf_py_raise(&err);
    if (wf_py_take_stream_reports(stream) < 0) return NULL;
    Py_RETURN_NONE;
}

static PyObject *graph_upload(PyObject *self, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"stream", NULL};
    PyObject *given = Py_None;
    wf_error error;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:upload", names, &given)) return NULL;
    WF_PY_OWN_STREAM(own);
    wf_stream *stream = stream_for(self, given, &own);
    if (!stream) return NULL;
    if (wf_graph_upload(graph_of(self), stream, &error) != WF_OK) return wf_py_raise(&error);
    Py_RETURN_NONE;
}

/* ("kernel", stream, name, grid, block), ("copy", stream, bytes), ("fill", stream, bytes), ("call", stream)
 */
static PyObject *describe(const wf_graph_node *n) {
    unsigned long long bytes = n->bytes;
    switch (n->kind) {
    case WF_GRAPH_KERNEL:
        return Py_BuildValue("sIs(III)(III)", "kernel", n->stream, n->name, n->grid[0], n->grid[1],
                             n->grid[2], n->block[0], n->block[1], n->block[2]);
    case WF_GRAPH_COPY: return Py_BuildValue("sIK", "copy", n->stream, bytes);
    case WF_GRAPH_FILL: return Py_BuildValue("sIK", "fill", n->stream, bytes);
    default: return Py_BuildValue("sI", "call", n->stream);
    }
}

static PyObject *get_nodes(PyObject *self, void *closure) {
    wf_graph_node node;
    PyObject *list = PyList_New(0);
    (void)closure;
    for (uint32_t i = 0; list && wf_graph_node_at(graph_of(self), i, &node); i++) {
        PyObject *one = describe(&node);
        if (!one || PyList_Append(list, one) < 0) Py_CLEAR(list);
        Py_XDECREF(one);
    }
    return list;
}

static PyObject *get_handle(PyObject *self, void *closure) {
    return PyLong_FromUnsignedLongLong(closure ? wf_graph_exec_handle(graph_of(self))
                                               : wf_graph_handle(graph_of(self)));
}

static PyObject *get_device(PyObject *self, void *closure) {
    (void)closure;
    return wf_py_device_object(wf_context_device(wf_graph_context(graph_of(self))));
}

static PyMethodDef graph_methods[] = {
    {"launch", (PyCFunction)(void (*)(void))graph_launch, METH_VARARGS | METH_KEYWORDS,
     "launch(stream=None): queues all of its work. ArgumentError when memory that it uses was freed."},
    {"upload", (PyCFunction)(void (*)(void))graph_upload, METH_VARARGS | METH_KEYWORDS,
     "upload(stream=None): readies the first launch."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef graph_getset[] = {
    {"nodes", get_nodes, NULL,
     "what was captured, in order: (\"kernel\", stream, name, grid, block), (\"copy\", stream, bytes), "
     "(\"fill\", stream, bytes), (\"call\", stream)",
     NULL},
    {"handle", get_handle, NULL, "the CUgraph; on a CPU a number", NULL},
    {"exec_handle", get_handle, NULL, "the CUgraphExec; on a CPU a number", (void *)1},
    {"device", get_device, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot graph_slots[] = {
    {Py_tp_doc, "Captured work, from `with weft.capture() as c` (c.graph) or Stream.end_capture()."},
    {Py_tp_dealloc, graph_dealloc},
    {Py_tp_methods, graph_methods},
    {Py_tp_getset, graph_getset},
    {0, NULL},
};
static PyType_Spec graph_spec = {"weft.Graph", sizeof(wf_py_graph), 0,
                                 Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, graph_slots};

int wf_py_add_graph(PyObject *module) { return wf_py_add_type(module, &graph_spec, &wf_py->graph_type); }
