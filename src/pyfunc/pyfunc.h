/* pyfunc/pyfunc.h: the door of pyfunc/: a Python function and the types of its arguments become a checked
 * unit.
 *
 * Types are written as short codes, so that the launch path can build them with a few stores and use them as
 * the key of what is compiled already: scalar   ? b h i l B H I L e f d F D   as Python's struct module, with
 * l and L always 64 bits, F and D complex array    A, layout C F or A, number of dimensions as one digit,
 * scalar; 'R' before the A when it is read-only record   {size,name:offset:type;…}   a row of a structured
 * array tuple    ( codes )      None N "AC1fAC1fd": two contiguous float32 vectors and a float64. */
#ifndef WF_PYFUNC_PYFUNC_H
#define WF_PYFUNC_PYFUNC_H
#include "base/status.h"
#include "lang/lang.h"

typedef struct wf_pf_module wf_pf_module;

typedef enum wf_pf_mode { WF_PF_CUDA_KERNEL, WF_PF_CUDA_DEVICE, WF_PF_HOST } wf_pf_mode;

typedef struct wf_pf_options {
    wf_pf_mode mode;
    int fastmath;
    int contract;         /* a * b + c in one rounding: on in @cuda.jit, off in @jit unless fastmath */
    int parallel;         /* prange loops may run in parallel */
    int trap_divide;      /* @jit with error_model="python", @cuda.jit with debug=True: x / 0 raises, assert too */
    uint32_t max_threads; /* launch bounds; 0: none */
} wf_pf_options;

typedef struct wf_pf_result {
    wf_unit *unit;       /* the caller's; on failure too, for its diagnostics (may be NULL) */
    const char *kernel;  /* the kernel's name in it */
    const char *returns; /* code of the function's result ("N": None). In the unit's arena */
} wf_pf_result;

/* `codes`: the types of all arguments, one after another. The parameters of the kernel are, for each
 * argument: a scalar itself; of an array the pointer, its extents (long each), and for layout A its strides
 * in elements; of a tuple its items. In mode HOST the kernel has one more: a pointer to where the result
 * goes. WF_COMPILE: the message has the user's lines with carets. */
wf_status wf_pyfunc_unit(const wf_pf_module *module, const char *codes, const wf_pf_options *options,
                         wf_pf_result *result, wf_error *err);
uint32_t wf_pf_module_params(const wf_pf_module *module); /* of its first function */
void wf_pf_module_free(wf_pf_module *module);
/* Checks a type's code and returns what follows it, or NULL. */
const char *wf_pf_code_skip(const char *code);
/* The functions under "cuda.libdevice." or "cuda.fp16.", one after another; NULL past the last. */
const char *wf_pf_libdevice_name(const char *prefix, size_t index);
#endif
