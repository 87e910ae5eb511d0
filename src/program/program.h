/* program/program.h: from a checked tree to a kernel that can be launched on a device.
 *
 * A wf_program is a unit plus what was made of it: for each device kind and block shape the compiled module, found in
 * memory, else in the disk cache, else emitted and compiled. It is what all three doors hand over, and the only room
 * that knows emit/, cudac/ (for the device library) and runtime/ at once.
 *
 * Python gives the compiler as a call-back (IR text → bytes), set once; it is called with no lock of ours held. */
#ifndef WF_PROGRAM_PROGRAM_H
#define WF_PROGRAM_PROGRAM_H
#include "base/status.h"
#include "emit/emit.h"
#include "lang/lang.h"
#include "runtime/runtime.h"

typedef struct wf_program wf_program;

typedef struct wf_compiler {
    /* IR text → PTX text or ELF object. *out is malloc'ed with wf_malloc. `level`: LLVM's 0..3. Thread-safe. */
    wf_status (*compile)(void *user, const char *ir, size_t ir_length, const wf_target *target, int level, char **out,
                         size_t *out_length, wf_error *err);
    /* Fills triple, cpu, features, llvm_major for this machine. Called once, without importing LLVM when a cached
     * answer is at hand. */
    wf_status (*host_target)(void *user, wf_target *target, wf_error *err);
    void *user;
} wf_compiler;
void wf_program_set_compiler(const wf_compiler *compiler);

/* Takes the unit over (freed with the program), also on failure. options may be NULL. */
typedef struct wf_program_options {
    int check_bounds;          /* -1: the default (on) */
    const char *const *nvrtc_options; /* only for the NVRTC refuge */
    uint32_t nvrtc_option_count;
} wf_program_options;
wf_status wf_program_new(wf_unit *unit, const wf_program_options *options, wf_program **out, wf_error *err);
void wf_program_retain(wf_program *program);
void wf_program_release(wf_program *program);
const wf_unit *wf_program_unit(const wf_program *program);

/* A kernel of the program on a device; cheap, owned by the program. NULL name: the only kernel. */
typedef struct wf_kernel wf_kernel;
wf_status wf_program_kernel(wf_program *program, const char *name, wf_kernel **out, wf_error *err);
const wf_signature *wf_kernel_signature(const wf_kernel *kernel);
const wf_func *wf_kernel_func(const wf_kernel *kernel);
/* Compiles (or loads) what this block shape needs on this device, without launching. */
wf_status wf_kernel_prepare(wf_kernel *kernel, wf_device *device, const uint32_t block[3], wf_error *err);
/* params: the packed argument buffer of signature->size bytes. */
wf_status wf_kernel_launch(wf_kernel *kernel, wf_device *device, wf_stream *stream, const uint32_t grid[3],
                           const uint32_t block[3], uint32_t dynamic_shared, const void *params, wf_error *err);
/* Address and size of a module global on a device (made once per device; every shape's code shares it). */
wf_status wf_program_global(wf_program *program, wf_device *device, const char *name, uint64_t *address,
                            uint64_t *size, wf_error *err);
/* What WEFT_DEBUG shows: "cuda" (CUDA C print), "ir", "asm" (PTX or assembly) for a device. On the heap. */
wf_status wf_program_show(wf_program *program, wf_device *device, const char *what, const uint32_t block[3],
                          wf_text *out, wf_error *err);
/* The message for what a CPU launch reported (out of bounds, trap) with file, line, source line and caret. */
#endif
