/* python/numpy_view.c: where a NumPy array lies, without asking for a buffer: that takes NumPy 90 ns, for the
 * format's text and a record of the export, and a compiled function that is called often has little else to
 * do.
 *
 * The beginning of an array's and of a dtype's object is part of NumPy's binary interface, which compiled
 * extensions rely on (PyArrayObject_fields, PyArray_Descr in numpy/ndarraytypes.h); weft is built without
 * NumPy's headers, so the fields stand here again. Before the first use they are compared with what the
 * buffer protocol says of a few arrays: where they differ, nobody looks at them. */
#include "python/numpy_fields.h"
#include "python/pyfunc.h"

/* By the dtype's number: the format's letter and the size of an element. */
static const struct {
    const char *format;
    Py_ssize_t size;
} plain[] = {{"?", 1},
             {"b", 1},
             {"B", 1},
             {"h", 2},
             {"H", 2},
             {"i", 4},
             {"I", 4},
             {"l", sizeof(long)},
             {"L", sizeof(long)},
             {"q", 8},
             {"Q", 8},
             {"f", 4},
             {"d", 8},
             {NULL, 0}, /* long double */
             {"Zf", 8},
             {"Zd", 16}};

int wf_py_numpy_known;

static int read_fields(PyObject *array, Py_buffer *view) {
    const wf_py_array_fields *a = (const wf_py_array_fields *)array;
    int number = a->dtype->number;
    if (number < 0 || number >= (int)(sizeof plain / sizeof *plain) || !plain[number].format) return 0;
    if (a->dtype->byte_order != '=' && a->dtype->byte_order != '|') return 0;
    Py_ssize_t length = plain[number].size;
    for (int i = 0; i < a->ndim; i++) length *= a->shape[i];
    *view = (Py_buffer){.buf = a->data,
                        .obj = Py_NewRef(array),
                        .len = length,
                        .itemsize = plain[number].size,
                        .readonly = !(a->flags & WF_PY_WRITEABLE),
                        .ndim = a->ndim,
                        .format = (char *)(uintptr_t)plain[number].format,
                        .shape = a->shape,
                        .strides = a->strides};
    return 1;
}

static int agrees(PyObject *array) {
    Py_buffer mine, theirs;
    if (PyObject_GetBuffer(array, &theirs, PyBUF_FULL_RO) < 0) return PyErr_Clear(), 0;
    int same = ((wf_py_array_fields *)array)->ndim == theirs.ndim && read_fields(array, &mine);
    if (same) {
        same = mine.buf == theirs.buf && mine.len == theirs.len && mine.itemsize == theirs.itemsize &&
               mine.readonly == theirs.readonly && !strcmp(mine.format, theirs.format);
        for (int i = 0; same && i < theirs.ndim; i++)
            same = mine.shape[i] == theirs.shape[i] && mine.strides[i] == theirs.strides[i];
        PyBuffer_Release(&mine);
    }
    PyBuffer_Release(&theirs);
    return same;
}

/* Arrays of several types, turned, and one that cannot be written. */
static PyObject *samples(void) {
    static const char text[] = "import numpy\n"
                               "made = [numpy.zeros((2, 3, 4), t)[:, ::2].T for t in '?bBhHiIlLqQfdFD']\n"
                               "made.append(numpy.zeros(5))\n"
                               "made[-1].flags.writeable = False\n";
    PyObject *names = PyDict_New(), *made = NULL;
    PyObject *done = names ? PyRun_String(text, Py_file_input, names, names) : NULL;
    if (done) made = Py_XNewRef(PyDict_GetItemString(names, "made"));
    Py_XDECREF(done);
    Py_XDECREF(names);
    return made;
}

static void compare(void) {
    PyObject *made = samples();
    int good = made && PyList_Check(made);
    for (Py_ssize_t i = 0; good && i < PyList_GET_SIZE(made); i++) good = agrees(PyList_GET_ITEM(made, i));
    Py_XDECREF(made);
    PyErr_Clear();
    wf_py_numpy_known = good ? 1 : -1;
}

int wf_py_numpy_ready(void) {
    if (!wf_py_numpy_known) compare();
    return wf_py_numpy_known > 0;
}

int wf_py_numpy_view(PyObject *array, Py_buffer *view) {
    return wf_py_numpy_ready() && read_fields(array, view);
}

char wf_py_numpy_element(const wf_py_dtype_fields *type) {
    static const char letters[] = {
        '?', 'b', 'B', 'h', 'H', 'i', 'I', sizeof(long) == 8 ? 'l' : 'i', sizeof(long) == 8 ? 'L' : 'I',
        'l', 'L', 'f', 'd', 0,   'F', 'D'};
    int known = type->number >= 0 && type->number < (int)sizeof letters &&
                (type->byte_order == '=' || type->byte_order == '|');
    return known ? letters[type->number] : 0;
}

Py_ssize_t wf_py_element_bytes(char element) {
    static const unsigned char sizes['z'] = {
        ['?'] = 1, ['b'] = 1, ['B'] = 1, ['h'] = 2, ['H'] = 2, ['i'] = 4, ['I'] = 4,
        ['l'] = 8, ['L'] = 8, ['f'] = 4, ['d'] = 8, ['F'] = 8, ['D'] = 16};
    return sizes[(unsigned char)element];
}
