/* python/pyfunc.h: what the files of weft._core.PyFunction share.
 *
 * pyfunc.c has the function and what is compiled of it, pyfunc_launch.c its two ways of being called,
 * pyfunc_quick.c the short cut of a call like the last one, pyfunc_bind.c arguments by name,
 * pyfunc_args.c the walk over the arguments, pyfunc_box.c the way back, pyfunc_device_array.c the arrays of
 * cuda.to_device; pyfunc_store.c, pyfunc_instance.c, pyfunc_item.c, pyfunc_field.c and pyfunc_held.c what stays in
 * compiled form. */
#ifndef WF_PYTHON_PYFUNC_H
#define WF_PYTHON_PYFUNC_H
#include "python/arg.h"
#include "python/kernel.h"
#include "pyfunc/heap.h"
#include "pyfunc/reader.h"

enum {
    CODES_MAX = 1000,
    PARAMS_MAX = 4000,
    ARRAYS_MAX = 120,
    NDIM_MAX = 9,
    TUPLE_DEPTH = 8,
    TUPLE_ITEMS = 64, /* of one tuple; types.c reads as many */
    NESTED_MAX = 64,  /* lists, dicts and sets in each other; each takes some kilobytes of the stack */
    INSTANCES_FEW = 8
};

/* What cuda.to_device gives: the base of DeviceNDArray. It only says where and what; `owner` keeps the
 * memory. */
typedef struct wf_py_device_array {
    PyObject_HEAD PyObject *owner;
    PyObject *weaklist;
    wf_address address;
    char code[200]; /* of the elements */
    Py_ssize_t itemsize;
    int ndim, readonly;
    Py_ssize_t shape[NDIM_MAX], strides[NDIM_MAX]; /* strides in bytes */
} wf_py_device_array;

enum { QUICK_PARTS = 16 };
typedef struct wf_py_quick { /* the types of a variant's arguments, ready to be compared with objects */
    enum { WF_PY_QUICK_UNKNOWN, WF_PY_QUICK_NO, WF_PY_QUICK_YES } state;
    uint32_t part_count, arguments, bytes; /* bytes: of the parameters, the result's address left out */
    char result;                           /* the letter of a number or None; 0: ask wf_py_box */
    struct wf_py_quick_part {
        char kind; /* 'd', 'l', '?'; 'A': an array; 'J': an instance or typed container; '(': a tuple, whose
                      items follow */
        char element, layout;
        uint8_t ndim, readonly, items;
        uint16_t at;           /* bytes, in the parameters */
        uint16_t code, length; /* 'J': of its type, in the variant's codes */
    } parts[QUICK_PARTS];
} wf_py_quick;

typedef struct wf_py_variant { /* for one list of types */
    struct wf_py_variant *next;
    uint64_t hash;
    char *codes, *returns;
    PyObject *program; /* Program */
    wf_kernel *kernel;
    wf_kernel **pieces; /* kernels of its parallel loops */
    uint32_t piece_count;
    PyObject
        *calls; /* list of (callable, codes of the arguments, code of the result): WF_PF_ASK_PYTHON; or of
                        (address, "C", codes): WF_PF_ASK_FOREIGN */
    uint64_t *foreign;     /* their addresses, by the same numbers */
    uint32_t python_calls; /* the others */
    int links;             /* wf_pf_result */
    wf_py_quick quick;
} wf_py_variant;

typedef struct wf_py_function {
    PyObject_HEAD vectorcallfunc vectorcall;
    PyObject *dict, *weaklist;
    wf_pf_module *module; /* read at the first compilation */
    wf_pf_options options;
    int check_bounds, is_linked;
    int binds;    /* the decorator's class sees the arguments of every call first (_bind) */
    int pointers; /* a cfunc: an integer where its signature has a contiguous vector is an address, and nothing
                     of it is left to be compiled later */
    wf_py_variant *variants, *last;
    PyObject *names,
        *defaults;     /* of the parameters: tuples, once they were asked for; NULL (pyfunc_bind.c) */
    int is_plain;      /* 1 they are plain ones, -1 there are *args and the like, 0 not asked yet */
    char **signatures; /* codes; with any, calls use these alone and arguments are converted */
    uint32_t signature_count;
    PyObject *snapshot; /* what it is made from (weft._pysnapshot), None: not known; NULL: not asked yet */
    PyObject *making;   /* RLock: of the thread that compiles it, made in the process `making_process` */
    uint64_t making_process;
} wf_py_function;

typedef struct wf_py_array_shape { /* of an array somewhere */
    uint64_t data;
    Py_ssize_t itemsize;
    int ndim;
    Py_ssize_t shape[NDIM_MAX], strides[NDIM_MAX]; /* strides in bytes */
} wf_py_array_shape;

typedef struct wf_py_used_array { /* a host array on its way */
    Py_buffer view;
    wf_buffer *copy;  /* on a GPU */
    size_t copied_at; /* bytes into the copy, which an array may share with one given before */
    int write_back;
    wf_extent extent;
} wf_py_used_array;

enum { HOST_FIRST = 60, HOST_MORE = 500 };
typedef struct wf_py_more_hosts { /* beyond the first; a Py_buffer must stay where it is */
    struct wf_py_more_hosts *next;
    wf_py_used_array host[HOST_MORE];
} wf_py_more_hosts;

typedef struct wf_py_packing {
    wf_py_function *self;
    wf_stream *stream;
    int cpu;
    char *code, *code_end;
    uint32_t size;
    unsigned char *params;
    wf_extent extents[ARRAYS_MAX];
    uint32_t extent_count;
    wf_py_used_array host[HOST_FIRST]; /* wf_py_used() */
    struct wf_py_more_hosts *more_hosts;
    uint32_t host_count;
    PyObject *keep;   /* list of objects made on the way, or NULL */
    const char *want; /* what is left of the signature that the arguments must become, or NULL */
    wf_pf_heap *heap; /* of a host function's call; made when it is asked for */
    struct wf_py_given_list *lists;                               /* to be written back */
    struct wf_py_held *few_instances[INSTANCES_FEW], **instances; /* references: pyfunc_instance.c */
    uint32_t instance_count, instance_capacity;
    uint32_t align; /* the widest part so far */
    int result; /* what Python gave back: `want` is what was compiled for, layouts included, and nothing may
                   get lost */
    uint32_t nested; /* containers around the one that is packed */
    int mismatched;  /* an argument did not fit its signature: that is the exception that is set */
    int exact;       /* an item of a container: arrays have the wanted layout in name too */
    int strict;      /* a typed container's item: numbers become what is wanted only without loss of kind */
} wf_py_packing;

typedef struct wf_py_given_list { /* a Python list, dict or set that was passed: what it was */
    struct wf_py_given_list *next;
    PyObject *list;
    void *header; /* a wf_pf_list, or the record of a dict or set (wf_py_table) */
    char *code;   /* of the items; of a dict the keys', then the values' */
    char *bytes;  /* list: the items */
    int64_t length;
    uint64_t stride;
} wf_py_given_list;

wf_py_used_array *wf_py_used(wf_py_packing *p, uint32_t i); /* of the host_count that are in use */

/* A dict or set as compiled code lays it out (pyfunc/objects.c). */
typedef struct wf_py_dict {
    wf_pf_list *keys, *values, *hashes, *index;
    int64_t used, version;
} wf_py_dict;
typedef struct wf_py_set {
    wf_pf_list *keys, *hashes, *index;
    int64_t used, version;
} wf_py_set;

extern PyTypeObject *wf_py_device_array_type;
/* A NumPy array's memory and its plain element type, as PyObject_GetBuffer gives it, but quicker; 0: ask
 * that. */
int wf_py_numpy_view(PyObject *array, Py_buffer *view);
extern PyTypeObject *wf_py_numpy_array, *wf_py_numpy_generic; /* set by wf_py_pack_begin() */
int wf_py_find_numpy(void);                                   /* sets them; -1: exception */

/* pyfunc_device_array.c */
int wf_py_sizes_of(PyObject *tuple, Py_ssize_t *out); /* the length, at most NDIM_MAX, or -1 */
PyObject *wf_py_tuple_of(const Py_ssize_t *sizes, int n);
int wf_py_add_device_array(PyObject *module);

/* pyfunc_containers.c: text, lists, dicts and sets of one type: copied in, and back when they changed. 1:
 * packed; 0: the object is none of these; -1: exception. */
int wf_py_pack_container(wf_py_packing *p, PyObject *object, int depth);
struct wf_py_asker;
/* What was passed gets what it holds now. */
int wf_py_pack_reflect(wf_py_packing *p, struct wf_py_asker *asker);
/* The object that lies at this address in the call, borrowed; NULL: it is none that was passed. */
PyObject *wf_py_pack_given(wf_py_packing *p, const void *header);
void wf_py_pack_drop(wf_py_packing *p);

/* pyfunc_args.c: begin, put for each argument, then end, which writes back and releases. */
int wf_py_pack_begin(wf_py_packing *p, wf_py_function *self, wf_stream *stream, char *codes,
                     unsigned char *params);
int wf_py_pack_object(wf_py_packing *p, PyObject *object);
/* All arguments of a call, and what is compiled for them; NULL with an exception. */
wf_py_variant *wf_py_pack_all(wf_py_packing *p, PyObject *const *args, Py_ssize_t count, char *codes);
/* An array of plain numbers; its contiguity is seen from the strides. */
int wf_py_pack_array(wf_py_packing *p, const wf_py_array_shape *a, char element, int readonly);
char wf_py_code_of_elements(wf_py_elements e); /* the letter; 0: none of the plain ones */
int wf_py_pack_value(wf_py_packing *p, const void *value, uint32_t bytes, uint32_t align);
wf_pf_heap *wf_py_pack_heap(wf_py_packing *p); /* NULL: no memory */
int wf_py_pack_at(wf_py_packing *p, PyObject *object, int depth);
int wf_py_pack_code(wf_py_packing *p, const char *code, size_t length);
int wf_py_pack_take(wf_py_packing *p, char letter); /* the wanted type begins with it: goes past it */
int wf_py_pack_end(wf_py_packing *p, int success);

/* A call of a host function: what its code asks for while it runs. */
typedef struct wf_py_asker {
    wf_py_function *function;
    wf_py_variant *variant;
    wf_py_packing *arguments;
    PyObject *error;  /* what a call of Python raised; the first counts */
    PyObject *caught; /* it, when a handler has caught it, or NULL */
    PyObject *kept;   /* list of what handlers keep (pyfunc_errors.c), or NULL */
    uint64_t kept_count;
    uint32_t threads; /* of the pool that parallel loops may use; the caller's own setting */
    PyObject *memory; /* results: list of HostMemory objects made so far, or NULL */
    uint64_t packed;  /* blocks of the heap before the call: the arguments' */
    PyObject *store;  /* of instances, typed lists and dicts that the call made, or NULL */
} wf_py_asker;

/* pyfunc_errors.c: exceptions that compiled handlers have caught. */
void wf_py_error_keep(wf_py_asker *asker); /* the one that is set; the first counts */
int64_t wf_py_error_is(wf_py_asker *asker, const char *name);
void wf_py_error_forget(wf_py_asker *asker);
int64_t wf_py_error_hold(wf_py_asker *asker, const char *text); /* NULL: what was caught last */
void wf_py_error_restore(wf_py_asker *asker, int64_t number);
wf_py_asker *
wf_py_error_asker(wf_py_asker *asker); /* whose exceptions Python sees now; gives the one before */
void wf_py_error_clear(wf_py_asker *asker);

/* pyfunc_ask.c */
int64_t WF_CPU_CALL wf_py_ask(void *asker, int64_t what, int64_t args);
PyObject *wf_py_random_words(PyObject *module, PyObject *nothing);
void wf_py_set_threads(uint32_t count); /* of this thread's parallel loops; 0: all */
uint32_t wf_py_get_threads(void);

/* pyfunc_box.c: the Python object of a value whose type has this code and whose bytes lie at `data`. With an
 * asker arrays keep their memory, which is taken out of its heap, or is that of an argument; without one
 * they are views of memory that somebody else keeps. */
/* Where the parts of one value end, laid out as C does; the widest counts for the whole. */
const char *wf_py_lay_out(const char *code, uint64_t *at, uint32_t *align);
uint64_t wf_py_item_stride(const char *code); /* bytes from one item of a list to the next */
PyObject *wf_py_box(PyObject *self, const char *code, const unsigned char *data, wf_py_asker *asker);
/* An item of a typed container: lists in it are such containers too. */
PyObject *wf_py_box_item(const char *code, const unsigned char *data, wf_py_asker *asker);
int wf_py_add_host_memory(PyObject *module);
/* The Python dict or set of a record; codes: of the keys, then of the values. */
PyObject *wf_py_box_dict(PyObject *self, const char *codes, const wf_py_dict *record, wf_py_asker *asker);
PyObject *wf_py_box_set(PyObject *self, const char *code, const wf_py_set *record, wf_py_asker *asker);

/* pyfunc_instance.c: instances of jitclasses, typed lists and dicts. wf_py_pack_instance: as
 * wf_py_pack_container. */
int wf_py_pack_instance(wf_py_packing *p, PyObject *object);
void wf_py_instances_drop(wf_py_packing *p); /* at the end of the call */
/* After a call: what the instances that were passed reach stays alive with them. */
int wf_py_instances_settle(wf_py_asker *asker);
/* Before they are boxed: what the results reach gets a store; then that store is looked at. */
int wf_py_instance_result(wf_py_asker *asker, uint64_t address);
int wf_py_results_settle(wf_py_asker *asker);
PyObject *wf_py_box_instance(wf_py_asker *asker, long class_, uint64_t address);
PyObject *wf_py_held_box(wf_py_asker *asker, const char *code, uint64_t address); /* a list or dict */
int wf_py_is_held(wf_py_asker *asker, uint64_t address);                          /* it lies in a store */
/* The heaps of the stores of what was passed; UINT32_MAX: more than `most`. */
uint32_t wf_py_instance_heaps(wf_py_packing *p, wf_pf_heap **heaps, uint32_t most);
/* A new reference to what keeps the memory at this address, and its block; NULL: no instance's. */
PyObject *wf_py_store_holding(wf_py_asker *asker, uint64_t address, wf_pf_block *block);
int wf_py_add_instances(PyObject *module);
int wf_py_add_stores(PyObject *module);  /* pyfunc_store.c */
int wf_py_add_held(PyObject *module);    /* pyfunc_held.c: after the instances */
int wf_py_add_fields(PyObject *module);  /* pyfunc_field.c */
int wf_py_add_entries(PyObject *module); /* pyfunc_entry.c: functions that C calls */

/* pyfunc_launch.c */
PyObject *wf_py_function_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *names);
PyObject *wf_py_function_subscript(PyObject *self, PyObject *key);
wf_stream *wf_py_cpu_stream(void);
/* Runs a host function whose arguments are packed: its result's object, or NULL with an exception. */
PyObject *wf_py_run_packed(wf_py_packing *p, wf_py_variant *v);
wf_stream *wf_py_cpu_stream_unlocked(void); /* the same without the interpreter's lock, and no exception */
/* After a launch: reports and errors become exceptions (-1). */
int wf_py_launch_ended(wf_py_packing *p, wf_status status, const wf_error *err);
/* The result's object, or the exception that the call ended with. */
PyObject *wf_py_result_of(wf_py_asker *asker, PyObject *object, int good, const unsigned char *out);
void wf_py_nest(int by);      /* 1 goes in, -1 comes back */
uint32_t wf_py_nesting(void); /* how many calls of Python from compiled functions this thread is inside of */
int wf_py_add_configured(PyObject *module);

/* pyfunc_quick.c: a call of a host function whose arguments are of the last call's types, numbers and NumPy
 * arrays. 0: it is none; 1: it was made, *result as of a call. */
int wf_py_quick_call(wf_py_function *self, PyObject *const *args, Py_ssize_t count, PyObject **result);

/* ufunc_calls.c: what vectorize and guvectorize make, called with little. */
int wf_py_add_ufunc_calls(PyObject *module);

/* pyfunc_bind.c: arguments by name, and defaults. *args then lies in the tuple that is returned in *bound.
 * Returns the number of arguments, or -1. */
Py_ssize_t wf_py_bind(wf_py_function *self, PyObject *const **args, Py_ssize_t count, PyObject *names,
                      PyObject **bound);

/* pyfunc.c */
int wf_py_is_function(PyObject *object);
/* Around the reading and typing of Python functions, and around the compiling of one: pyfunc_reading.c. */
int wf_py_reading_init(void);
int wf_py_reading_enter(void);
void wf_py_reading_leave(void);
int wf_py_making_enter(wf_py_function *self);
void wf_py_making_leave(wf_py_function *self, int entered);
int wf_py_function_read(wf_py_function *self); /* its source, once */
/* Whether this thread's stack has so many bytes left; 0 with an exception. what: it cannot be … */
int wf_py_has_stack(size_t least, const char *what);
/* Lowers the function for these types, 0 or -1 with an exception; *calls: what it calls of Python, a list. */
int wf_py_function_lower(wf_py_function *self, const char *codes, wf_pf_result *made, PyObject **calls);
wf_program_options wf_py_function_program_options(const wf_py_function *self);
void wf_py_variant_free(wf_py_variant *variant);
/* pyfunc_kept.c: what the disk cache has of a function, without reading or typing it. NULL: nothing (without an
 * exception), or an exception. */
wf_py_variant *wf_py_variant_kept(wf_py_function *self, const char *codes, uint64_t hash);
/* Keeps what was just made; what cannot be kept is not. */
void wf_py_variant_keep(wf_py_function *self, const wf_py_variant *variant, const wf_pf_result *made);
wf_py_variant *wf_py_variant_of(wf_py_function *self,
                                const char *codes); /* compiled, or NULL with an exception */
PyObject *wf_py_function_raise(wf_py_function *self, const wf_error *err);
#endif
