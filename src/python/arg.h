/* python/arg.h: how a Python object becomes a kernel's argument.
 *
 * The kernel's signature says what each parameter is. A plan made once per kernel says what to do with the
 * object that arrives: read a number out of it, or find an address. NumPy scalars are read where they lie,
 * after one check per scalar type that they lie where we think. Types of other rooms (weft.ndarray) join
 * through a hook. */
#ifndef WF_PYTHON_ARG_H
#define WF_PYTHON_ARG_H
#include "python/state.h"

/* What kind of elements a buffer was filled with, or an array has. kind as NumPy's dtype.kind: i u f c b V; 0
 * unknown. */
typedef struct wf_py_elements {
    char kind;
    uint32_t size; /* bytes of one */
} wf_py_elements;

/* What a room tells about one of its objects. */
typedef struct wf_py_array_view {
    wf_address address;
    uint64_t bytes;
    wf_device *device;
    wf_py_elements elements;
    int is_bfloat; /* of the floats of 2 bytes, bfloat16 */
    int ndim;
    const int64_t *shape, *strides; /* strides in bytes; as long as the object */
    int brief; /* asked: only if it lies computed on a CPU, where nothing else is under way; else 0 */
} wf_py_array_view;
/* 1: it is an array of that room, *view is filled and the memory is ready for work on `stream`; 0: not its
 * type; -1: exception. Called with the lock held. */
typedef int (*wf_py_array_hook)(PyObject *object, wf_stream *stream, wf_py_array_view *view);
static inline void wf_py_set_array_hook(wf_py_array_hook hook) { wf_py->array_hook = (void *)hook; }
/* A room's object that is a number, as NumPy's scalars are (an element or a total of an array): 1, its bytes
 * and what they are; 0: no such object; -1: exception. */
typedef int (*wf_py_number_hook)(PyObject *object, wf_py_elements *elements, unsigned char raw[16]);
static inline void wf_py_set_number_hook(wf_py_number_hook hook) { wf_py->number_hook = (void *)hook; }

typedef enum wf_py_arg_kind {
    WF_ARG_POINTER,
    WF_ARG_BOOL,
    WF_ARG_SIGNED,
    WF_ARG_UNSIGNED,
    WF_ARG_FLOAT,
    WF_ARG_HALF,
    WF_ARG_BFLOAT,
    WF_ARG_BYTES, /* struct, union, float4 … */
    WF_ARG_WORD,  /* foreign code: an integer of either sign, or, with 8 bytes, an address */
} wf_py_arg_kind;

typedef struct wf_py_param {
    wf_py_arg_kind kind;
    uint32_t offset, size;
    const char *name;
    const char *type;       /* its spelling, for messages */
    wf_py_elements pointee; /* of a pointer to numbers; kind 0: anything goes */
    const char *pointee_name;
    int warned; /* a conversion was told already */
    struct {    /* where a buffer of other elements was told last; only compared */
        const void *code;
        int line;
    } warned_at;
} wf_py_param;

typedef struct wf_py_params {
    wf_py_param *params;
    uint32_t count, size;
    const char *kernel; /* as the user knows it */
    /* As PyCUDA: a Python number has no size, so it is refused. Else it is converted, and checked for range.
     */
    int strict;
    /* Foreign code whose parameters nobody knows: each argument brings its own size; count is 0. */
    int untyped;
    int foreign; /* names of parameters are ours, to be freed */
} wf_py_params;

/* Not an exception: the argument is an In, Out or InOut, which wants calls before and after the launch. */
enum { WF_PACK_HANDLER = -2 };
/* Writes one argument. number: its position. -1 with an exception, or WF_PACK_HANDLER. */
int wf_py_pack_one(wf_py_params *params, uint32_t number, PyObject *object, wf_stream *stream,
                   unsigned char *out);
/* All of them; also checks the number. */
int wf_py_pack(wf_py_params *params, PyObject *const *args, Py_ssize_t count, wf_stream *stream,
               unsigned char *out);
/* An argument of a kernel whose parameters are not known, at `*offset` of a buffer of `room` bytes, which
 * grows by its size and its alignment. */
int wf_py_pack_untyped(wf_py_params *params, uint32_t number, PyObject *object, wf_stream *stream,
                       unsigned char *out, uint32_t room, uint32_t *offset);
wf_py_params *wf_py_params_new(const wf_kernel *kernel, int strict);
/* The same for foreign code. */
wf_py_params *wf_py_foreign_params(const wf_kernel *kernel, int strict);
int wf_py_pack_word(wf_py_params *params, uint32_t number, PyObject *object, wf_stream *stream,
                    unsigned char *out);
void wf_py_params_free(wf_py_params *params);

/* Kind and size from a buffer's format ("<i4" of array interfaces too); kind 0 when it is not one number. */
wf_py_elements wf_py_elements_of_format(const char *format, Py_ssize_t itemsize);
wf_py_elements wf_py_elements_of_typestr(const char *typestr);
const char *wf_py_elements_name(wf_py_elements elements, char buffer[32]); /* "int64" */

/* The address that stands behind an object: an int, Memory, PinnedMemory, an array, a holder with .gpudata or
 * .ptr. 1 found, 0 nothing of the kind (no exception), -1 exception. */
typedef struct wf_py_pointer {
    wf_address address;
    uint64_t bytes;          /* 0: unknown */
    wf_py_elements elements; /* what it holds, as far as anyone knows */
    PyObject *memory;        /* the Memory behind it (borrowed), or NULL */
} wf_py_pointer;
int wf_py_pointer_of(PyObject *object, wf_stream *stream, wf_py_pointer *pointer);
#endif
