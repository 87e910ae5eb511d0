/* program/program.h: from a checked tree to a kernel that can be launched on a device.
 *
 * A wf_program is a unit plus what was made of it: for each device kind and block shape the compiled code,
 * found in memory, else in the disk cache, else emitted and compiled. It is what all three doors hand over,
 * and the only room that knows emit/, cudac/ (for the device library) and runtime/ at once.
 *
 * Python gives the compiler as a call-back (IR text → bytes), set once; it is called with no lock of ours
 * held. Every function here may be called by any thread at any time; those marked "waits" may compile, or
 * wait for another thread that compiles the same: a binding gives up the interpreter's lock around them. */
#ifndef WF_PROGRAM_PROGRAM_H
#define WF_PROGRAM_PROGRAM_H
#include "base/status.h"
#include "emit/emit.h"
#include "lang/lang.h"
#include "runtime/runtime.h"

typedef struct wf_program wf_program;
typedef struct wf_kernel wf_kernel;

/* ---- the compiler ----------------------------------------------------------------------------------------
 */

enum {
    WF_COMPILE_TEXT = 16
}; /* added to the level: give assembly text instead of an object (for WEFT_DEBUG) */
typedef struct wf_compiler {
    /* IR text → PTX text or ELF object. *out is from wf_malloc. `level`: LLVM's 0..3. Thread-safe. */
    wf_status (*compile)(void *user, const char *ir, size_t ir_length, const wf_target *target, int level,
                         char **out, size_t *out_length, wf_error *err);
    /* LLVM's major version, and a text that changes whenever the compiler's output may (LLVM's full version,
     * our list of passes): part of cache keys. Called once, and without importing LLVM when a cached answer
     * is at hand. */
    wf_status (*identify)(void *user, int *llvm_major, char identity[128], wf_error *err);
    void *user;
} wf_compiler;
void wf_program_set_compiler(const wf_compiler *compiler);
/* The target of a device, as programs for it are compiled. May call `identify`. */
wf_status wf_program_target(wf_device *device, wf_target *target, wf_error *err);

/* ---- programs -------------------------------------------------------------------------------------------
 */

typedef struct wf_program_options {
    int check_bounds; /* 0: the default (on); 1: on; -1: off */
    int exact; /* correctly rounded float32 functions. 0: as the setting EXACT is now; 1: on; -1: off */
    int late;  /* CPU: 1: every launch has an `ask` that answers WF_ASK_LATE by wf_program_late */
    int max_registers;                /* GPU: a limit for a thread; 0: none */
    const char *const *nvrtc_options; /* only for the NVRTC refuge */
    uint32_t nvrtc_option_count;
} wf_program_options;
/* Takes the unit over (freed with the program), also on failure. options may be NULL. */
wf_status wf_program_new(wf_unit *unit, const wf_program_options *options, wf_program **out, wf_error *err);
/* The functions that it declares and does not define are in this image, on a GPU. The bytes are copied. Before
 * its first launch. */
wf_status wf_program_link(wf_program *program, wf_link_kind kind, const void *bytes, size_t size,
                          const char *name, wf_error *err);
/* How many pieces of its code were found in the disk cache, and how many were compiled, so far. */
void wf_program_made(wf_program *program, uint32_t *found, uint32_t *compiled);
void wf_program_retain(wf_program *program);
void wf_program_release(wf_program *program);
const wf_unit *wf_program_unit(const wf_program *program);

/* ---- programs whose tree need not be made: kept.c
 * ------------------------------------------------------------------------------- */

/* Makes the tree that a program was kept without, again. Called with no lock of ours held, by any thread. */
typedef struct wf_program_remake {
    wf_status (*make)(void *user, wf_unit **unit, wf_error *err);
    void (*drop)(void *user); /* at the program's end */
    void *user;
} wf_program_remake;
/* Appends to `out` (on the heap) what wf_program_find reads. notes: the caller's own. */
wf_status wf_program_keep(wf_program *program, const char *const *notes, uint32_t note_count, wf_text *out,
                          wf_error *err);
/* The program of these bytes; 0: they are not sound. Any bytes are safe. *notes: from wf_malloc, the texts lie in
 * `bytes`. `remake` is taken over when this succeeds. */
int wf_program_find(const void *bytes, size_t size, const wf_program_options *options,
                    const wf_program_remake *remake, wf_program **out, const char *const **notes,
                    uint32_t *note_count);
/* Makes the tree if it was not made: before anything of the unit or of a kernel's function but names is read.
 * Waits. */
wf_status wf_program_whole(wf_program *program, wf_error *err);
/* Version and build of weft, for keys of whoever finds programs in the cache. */
void wf_program_build(wf_text *out);
/* The answer to WF_ASK_LATE, asked with these words; compiles, so the caller holds no lock that the compiler
 * needs. */
wf_status wf_program_late(const int64_t *words, uint64_t *address, wf_error *err);

/* ---- code that was compiled elsewhere
 * ------------------------------------------------------------------------------- */

/* PTX text, a cubin or a fatbin: for GPUs only. The bytes are copied. name: for messages; names: pairs of a
 * name and the symbol it stands for (NVRTC's lowered names), name_count of them. The unit of such a program
 * is empty. */
wf_status wf_program_from_image(const void *bytes, size_t size, const char *name, const char *const *names,
                                uint32_t name_count, const wf_program_options *options, wf_program **out,
                                wf_error *err);
int wf_image_format(const void *bytes, size_t size, wf_format *format); /* 0: it is none */
int wf_program_is_foreign(const wf_program *program);
/* What is known of its kernels' parameters. */
typedef struct wf_foreign_param {
    char class; /* 'u': an integer or a pointer, 'f': floating point, 's': bytes */
    uint32_t offset, size;
} wf_foreign_param;
typedef struct wf_foreign_params {
    int known; /* 0: nothing below is; launches then say wf_launch_config.param_bytes */
    uint32_t count, size;
    wf_foreign_param *params;
} wf_foreign_params;
const wf_foreign_params *wf_kernel_foreign(const wf_kernel *kernel); /* NULL: a kernel of ours */

/* NVRTC, where there is one: source → PTX, or a cubin where the driver is older than NVRTC (nvrtc.c). */
typedef struct wf_nvrtc_request {
    const char *source, *name;
    const char *const *header_names, *const *header_texts;
    uint32_t header_count;
    const char *const *options;
    uint32_t option_count;
    const char *const *expressions; /* whose lowered names are wanted */
    uint32_t expression_count;
    int sm, driver_version; /* of the device */
} wf_nvrtc_request;
typedef struct wf_nvrtc_result {
    char *code; /* both from wf_malloc */
    size_t code_size;
    char *log;
    char **lowered; /* [expression_count], from wf_malloc each */
    uint32_t lowered_count;
} wf_nvrtc_result;
/* Opens the first of these libraries that answers; kept for the life of the process. *path: which. */
wf_status wf_nvrtc_open(const char *const *paths, uint32_t count, const char **path, wf_error *err);
/* COMPILE with NVRTC's log when it refuses the source. Waits. */
wf_status wf_nvrtc_compile(const wf_nvrtc_request *request, wf_nvrtc_result *result, wf_error *err);
void wf_nvrtc_result_free(wf_nvrtc_result *result);

/* A kernel of the program; cheap, owned by the program. NULL name: the only kernel. */
wf_status wf_program_kernel(wf_program *program, const char *name, wf_kernel **out, wf_error *err);
uint32_t wf_program_kernel_count(const wf_program *program);
const char *wf_program_kernel_name(const wf_program *program, uint32_t index); /* as the user wrote it */
wf_program *wf_kernel_program(const wf_kernel *kernel);
const wf_signature *wf_kernel_signature(const wf_kernel *kernel);
const wf_func *wf_kernel_func(const wf_kernel *kernel);
/* The function of this block shape in a context, compiled or loaded now if need be: for attributes,
 * occupancy, or to be ready before the first launch. Borrowed from the program. Waits. */
wf_status wf_kernel_function(wf_kernel *kernel, wf_context *context, const uint32_t block[3],
                             wf_function **out, wf_error *err);
wf_status wf_kernel_prepare(wf_kernel *kernel, wf_device *device, const uint32_t block[3], wf_error *err);

/* ---- launch ---------------------------------------------------------------------------------------------
 */

/* params: the packed argument buffer of signature->size bytes; copied. stream NULL: the default stream of the
 * device's primary context; else `device` is not looked at. Waits when the shape is new. */
wf_status wf_kernel_launch(wf_kernel *kernel, wf_device *device, wf_stream *stream, const uint32_t grid[3],
                           const uint32_t block[3], uint32_t dynamic_shared, const void *params,
                           wf_error *err);
/* With everything that a launch can be told. */
wf_status wf_kernel_launch_config(wf_kernel *kernel, wf_stream *stream, wf_launch_config *config,
                                  const void *params, wf_error *err);

/* After a launch with this config on a GPU, of a kernel that has WF_RAISED: what it raised, if anything, becomes a report of
 * the stream. Waits. */
wf_status wf_kernel_raised(wf_kernel *kernel, wf_stream *stream, const wf_launch_config *config,
                           wf_error *err);

/* Runs a kernel of whole grid and block (1 at least in each direction) on this thread, if that is known to
 * take a few microseconds and nothing is queued before it; 0: it has to be launched. Waits for nobody: the
 * caller may hold what other threads need to compile. */
int wf_kernel_run_brief(wf_kernel *kernel, wf_stream *stream, wf_launch_config *config, const void *params,
                        wf_status *status, wf_error *err);

/* From inside a CPU kernel that `stream` runs (wf_launch_config.ask): to its end, on all threads. */
wf_status wf_kernel_launch_inside(wf_kernel *kernel, wf_stream *stream, wf_launch_config *config,
                                  const void *params, wf_error *err);

/* ---- globals, reports, seeing what was made
 * ------------------------------------------------------------------- */

/* Address and size of a module global (made once per context; every shape's code shares it). Waits. */
wf_status wf_program_global(wf_program *program, wf_device *device, const char *name, uint64_t *address,
                            uint64_t *size, wf_error *err);
wf_status wf_program_global_in(wf_program *program, wf_context *context, const char *name, uint64_t *address,
                               uint64_t *size, wf_error *err);

/* What a CPU launch reported, for a person: where in the source, and the message with source line and caret.
 */
typedef struct wf_fault {
    wf_text text;   /* on the heap; free with wf_text_free */
    char file[512]; /* "" when the place is not known */
    uint32_t line;
} wf_fault;
void wf_fault_describe(const wf_launch_report *report, wf_fault *fault);

/* What WEFT_DEBUG shows for a device: "cuda" (CUDA C print), "ir", "asm" (PTX, or the CPU's assembly), "ptx"
 * (PTX also where the device is a CPU; "ptx90": for that architecture). block: as for a launch; NULL: any.
 * Appends to `out` (on the heap). Waits. */
wf_status wf_program_show(wf_program *program, wf_device *device, const char *what, const uint32_t block[3],
                          wf_text *out, wf_error *err);
/* How a kernel runs on the CPU in this shape (tests ask). Waits. */
wf_status wf_kernel_path(wf_kernel *kernel, wf_device *device, const uint32_t block[3], wf_path *path,
                         uint32_t *lanes, wf_error *err);
#endif
