/* emit/emit.h: the door of emit/: a checked unit becomes LLVM IR text for one target.
 *
 * The emitter never asks where a tree came from, reads nothing but the unit and the library hook, keeps no
 * state between calls and may run on several threads at once (each on its own unit). On the CPU one IR
 * function per kernel and *shape* is made: emit works on vectors of `lanes` threads, and what is fastest
 * depends on the block's form, so the launch that needs a new shape asks for it. A GPU has one shape. */
#ifndef WF_EMIT_EMIT_H
#define WF_EMIT_EMIT_H
#include "base/status.h"
#include "emit/cpu_abi.h"
#include "lang/lang.h"

typedef enum wf_target_kind { WF_TARGET_CPU, WF_TARGET_NVPTX } wf_target_kind;

typedef struct wf_target {
    wf_target_kind kind;
    int llvm_major; /* 20, 21, 22 …: which spelling of IR to write (emit/llvm_version.c knows the differences)
                     */
    /* CPU */
    char triple[64];     /* an ELF triple on every system */
    char cpu[64];        /* LLVM's name of it */
    char features[1024]; /* LLVM's comma list, "" for the cpu's own */
    int vector_bytes;    /* 16, 32, 64: the widest registers worth using */
    int has_fma;         /* without: fma is our own function */
    int probes_stack;    /* Windows gives a stack its pages one by one, in order: frames touch each */
    /* NVPTX */
    int sm;  /* 50 … 120; 'a' variants are not used */
    int ptx; /* 60 … 90: version × 10 */
} wf_target;

/* The form of a block, as far as code depends on it (CPU only). */
typedef struct wf_shape {
    uint32_t block[3]; /* 0,0,0: unknown: any block (general code) */
    int exact; /* 1: block[] are constants of the code; 0: only the class (x a multiple of the lanes, one
                  dimensional …) may be used */
} wf_shape;

typedef enum wf_path {                    /* how a kernel runs on the CPU; a test can ask */
                       WF_PATH_LOOP,      /* no barrier: one loop over groups of lanes */
                       WF_PATH_FISSION,   /* barriers in uniform control flow: split into loops */
                       WF_PATH_COROUTINE, /* any barrier: one coroutine for each group of lanes */
} wf_path;

typedef struct wf_site { /* something that can go wrong at run time */
    uint32_t kind;       /* 0 access, else wf_trap_kind */
    wf_place at;
    const char
        *text; /* the array's name as the user knows it ("x", "parameter 2 of add"), or the trap's message */
    uint32_t bytes; /* element size of an access */
    uint32_t store; /* 1: a write */
} wf_site;

typedef struct wf_emitted_kernel {
    const wf_func *func;
    const char *symbol; /* wf_kernel_NAME (CPU), NAME (PTX) */
    wf_signature *signature;
    uint32_t shared_bytes; /* static */
    uint32_t shared_align;
    wf_path path;
    uint32_t lanes; /* threads in a vector; 1 = scalar */
    int uses_dynamic_shared, uses_grid_sync;
} wf_emitted_kernel;

/* On the CPU a global is at wf_cpu_launch.globals + offset; on a GPU it is the PTX variable `symbol`. */
typedef struct wf_emitted_global {
    const char *name, *symbol;
    uint64_t offset, size;
    wf_space space;
} wf_emitted_global;

typedef struct wf_emitted { /* in the unit's arena */
    const char *ir;
    size_t ir_length;
    wf_emitted_kernel *kernels;
    uint32_t kernel_count;
    wf_emitted_global *globals;
    uint32_t global_count;
    const uint8_t *globals_image; /* CPU: the first content of the block */
    uint64_t globals_size;
    uint64_t *globals_pointers; /* CPU: where in it are words to which the block's address is to be added */
    uint32_t globals_pointer_count;
    wf_site *sites;
    uint32_t site_count;
    uint64_t instructions; /* estimate, to choose the optimisation level or refuse */
} wf_emitted;

typedef struct wf_emit_options {
    wf_shape shape;
    const char *kernel; /* only this one (with what it calls); NULL: all kernels of the unit */
    int check_bounds;   /* CPU: 1 as the design says (the default), 0 none */
    int force_lanes;    /* tests: 1 scalar, 8, 16, 32; 0: chosen */
    int force_path;     /* tests: 1 + wf_path; 0: chosen */
    /* CPU, of one kernel of one thread that is launched with a host that answers WF_ASK_LATE, as one block unless
     * it is a piece (WF_FN_PIECE): loops that most calls never get to are left to another module, or are all
     * that is made. */
    enum { WF_LATE_NONE, WF_LATE_LEAVE, WF_LATE_ONLY } late;
    int linked; /* GPU: functions without a body are in images that the program is linked with */
    /* The device library: returns the unit and function that define `name` (wf_sinf …), or NULL. The unit it
     * comes from is immutable and shared: emit must not write into it (no mark, no id). */
    const wf_func *(*library)(void *user, const char *name, const wf_unit **unit);
    void *library_user;
} wf_emit_options;

/* Errors of the program (recursion with a barrier, assembly on the CPU …) go to unit->diags and give
 * WF_COMPILE. */
wf_status wf_emit(wf_unit *unit, const wf_target *target, const wf_emit_options *options, wf_emitted **out,
                  wf_error *err);
/* The target for this machine / for an sm and the driver's version (CUDA 12040 = 12.4). */
void wf_target_nvptx(wf_target *target, int sm, int driver_version, int llvm_major);
const char *wf_target_describe(const wf_target *target, char *buffer, size_t size); /* part of cache keys */
#endif
