/* pyfunc/pyfunc.h: the door of pyfunc/: a Python function and the types of its arguments become a checked
 * unit.
 *
 * Types are written as short codes, so that the launch path can build them with a few stores and use them as
 * the key of what is compiled already:
 * - scalar: ? b h i l B H I L e f d F D, as Python's struct module, with l and L always 64 bits, F and D complex,
 *   E bfloat16
 * - array: A, layout C F or A, number of dimensions as one digit, scalar; 'R' before the A when it is read-only
 * - record, a row of a structured array: {size,name:offset:type;…}
 * - tuple: ( codes ); named tuple: T number ; codes )
 * - None: N; `...`: .; text: U; an element of an array of bytes: V; value or None: O code; slice: X( codes )
 * - list: [code; dict: M key value; set: S code; instance of a jitclass: J number ;
 * - known while compiling: dtype Y code; function K number ;
 * "AC1fAC1fd" is two contiguous float32 vectors and a float64. */
#ifndef WF_PYFUNC_PYFUNC_H
#define WF_PYFUNC_PYFUNC_H
#include "base/status.h"
#include "lang/lang.h"

typedef struct wf_pf_module wf_pf_module;

typedef enum wf_pf_mode { WF_PF_CUDA_KERNEL, WF_PF_CUDA_DEVICE, WF_PF_HOST } wf_pf_mode;

/* What compiled code asks of the host (__wf_host). The words lie in an array of long long;
 * python/pyfunc_ask.c answers, pyfunc/ask.c asks. */
typedef enum wf_pf_ask {
    WF_PF_ASK_HEAP = 1,  /* → the heap of this call, or of the piece of a parallel loop around (heap.h) */
    WF_PF_ASK_PIECE,     /* → a heap for a piece of a parallel loop, in use until … */
    WF_PF_ASK_PIECE_END, /* … this. heap */
    WF_PF_ASK_ALLOC,     /* heap, bytes, traced → address or 0 */
    WF_PF_ASK_GROW,      /* heap, address of a list header, bytes of an item, traced → not 0: no memory */
    WF_PF_ASK_MARK,      /* heap → mark */
    WF_PF_ASK_SWEEP,     /* heap, mark, how many roots, roots … */
    WF_PF_ASK_LAUNCH,    /* kernel's index, pieces, address of the parameters → not 0: it ended early */
    WF_PF_ASK_PYTHON,  /* call's index, heap, address of the arguments, of the result → not 0: it raised */
    WF_PF_ASK_RANDOM,  /* → address of the state of this thread's random numbers (device/python.h) */
    WF_PF_ASK_THREAD,  /* → which of the pool's threads this is */
    WF_PF_ASK_THREADS, /* → how many a parallel loop may use */
    WF_PF_ASK_SET_THREADS, /* how many */
    WF_PF_ASK_ERROR_IS,    /* address of a class's name → whether what Python raised is one */
    WF_PF_ASK_FORGET,      /* what Python raised was caught */
    WF_PF_ASK_KEEP, /* address of an exception's text, or 0: what was caught last → number of what is kept */
    WF_PF_ASK_RESTORE, /* number: what was kept is raised again */
    WF_PF_ASK_FOREIGN, /* call's index, kind of the result ('l', 'd', 'f'), how many integers, how many floats,
                          these as words → the result as a word: a C function is called by its address */
} wf_pf_ask;

/* A call that the compiler knows nothing of is put before whoever has the user's objects. */
struct wf_pf_value;
struct wf_pf_function;
typedef struct wf_pf_argument {
    const char *code;                /* of its type; NULL: it lives at compile time alone */
    const struct wf_pf_value *known; /* its value, when that is known */
    const char *keyword;             /* or NULL */
} wf_pf_argument;
typedef enum wf_pf_answer_kind {
    WF_PF_NO_ANSWER, /* nothing is known of it */
    WF_PF_COMPILE,   /* compile `function`, called with those of the arguments */
    WF_PF_PYTHON,    /* call Python, number `index`; the result has the type `code` */
    WF_PF_FOREIGN,   /* call C, number `index`; `code`: of the arguments, >, of the result */
    WF_PF_CONSTANT,  /* it is `value` */
    WF_PF_REFUSE,    /* `text` says why not */
} wf_pf_answer_kind;
typedef struct wf_pf_answer {
    wf_pf_answer_kind kind;
    const struct wf_pf_function *function;
    const struct wf_pf_value *value;
    uint32_t index;
    const char *code, *text;
    const uint32_t *args; /* which of the arguments it gets, in order */
    uint32_t arg_count;
} wf_pf_answer;
typedef struct wf_pf_hooks {
    void *user;
    /* `callee` is called, or its method of that name, or (args NULL) asked for its attribute. Returns 0 when
     * Python raised: the compilation ends and the exception is told. */
    int (*resolve)(void *user, wf_pf_module *module, const struct wf_pf_value *callee, const char *name,
                   const wf_pf_argument *args, uint32_t count, wf_pf_answer *answer);
    /* The fields of a class (of a jitclass's instances "name:code;…", of a named tuple "name:;…"); NULL:
     * there is none of that number. */
    const char *(*fields)(void *user, wf_pf_module *module, uint32_t class_);
} wf_pf_hooks;

typedef struct wf_pf_options {
    wf_pf_mode mode;
    int fastmath;
    int contract;    /* a * b + c in one rounding: on in @cuda.jit, off in @jit unless fastmath */
    int parallel;    /* prange loops may run in parallel */
    int trap_divide; /* @jit with error_model="python", @cuda.jit with debug=True: x / 0 raises, assert too */
    int check_bounds;         /* mode HOST: an index outside of an array raises IndexError */
    uint32_t max_threads;     /* launch bounds; 0: none */
    const wf_pf_hooks *hooks; /* or NULL */
} wf_pf_options;

typedef struct wf_pf_result {
    wf_unit *unit;       /* the caller's; on failure too, for its diagnostics (may be NULL) */
    const char *kernel;  /* the kernel's name in it */
    const char *returns; /* code of the function's result ("N": None). In the unit's arena */
    const char *
        *pieces; /* kernels of its parallel loops: what WF_PF_ASK_LAUNCH counts. In the unit's arena */
    uint32_t piece_count;
    int links; /* it stores addresses (of arrays, texts, other containers) into containers or objects */
} wf_pf_result;

/* `codes`: the types of all arguments, one after another. The parameters of the kernel are, for each
 * argument: a scalar itself; of an array the pointer, its extents (long each), and for layout A its strides
 * in elements; of a tuple its items. In mode HOST the kernel has one more: a pointer to where the result
 * goes. WF_COMPILE: the message has the user's lines with carets. */
wf_status wf_pyfunc_unit(const wf_pf_module *module, const char *codes, const wf_pf_options *options,
                         wf_pf_result *result, wf_error *err);
uint32_t
wf_pf_module_params(const wf_pf_module *module); /* of its first function; UINT32_MAX: it has *args */
void wf_pf_module_free(wf_pf_module *module);
/* Checks a type's code and returns what follows it, or NULL. */
const char *wf_pf_code_skip(const char *code);
/* The functions under "cuda.libdevice." or "cuda.fp16.", one after another; NULL past the last. */
const char *wf_pf_libdevice_name(const char *prefix, size_t index);
#endif
