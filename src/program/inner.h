/* program/inner.h: what the files of this room share. */
#ifndef WF_PROGRAM_INNER_H
#define WF_PROGRAM_INNER_H
#include "program/program.h"
#include "base/hash.h"
#include "base/memory.h"
#include <pthread.h>
#include <stdatomic.h>

/* ---- stored.c: compiled code with all that is known of it, as one block of bytes
 * ------------------------------- */

typedef struct wf_stored_kernel {
    const char *name, *symbol; /* the function's name in the tree, and in the code */
    uint32_t shared_bytes, shared_align;
    uint32_t path, lanes;
    uint32_t uses_dynamic_shared, uses_grid_sync;
} wf_stored_kernel;
typedef struct wf_stored {
    void *block; /* what everything below points into; from wf_malloc */
    size_t block_size;
    wf_format format;
    const void *code;
    uint64_t code_size;
    wf_stored_kernel *kernels; /* these three arrays: from wf_malloc */
    uint32_t kernel_count;
    wf_emitted_global *globals;
    uint32_t global_count;
    wf_site *sites;
    uint32_t site_count;
    const uint8_t *globals_image;
    uint64_t globals_size;
    const uint8_t *globals_pointers; /* 8 bytes each: see wf_emitted */
    uint32_t globals_pointer_count;
} wf_stored;
/* Makes the block from what emit said and the compiler gave, and opens it. */
wf_status wf_stored_make(const wf_emitted *emitted, wf_format format, const void *code, size_t code_size,
                         wf_stored *out, wf_error *err);
/* The same with other code (a cubin in place of PTX). */
wf_status wf_stored_with_code(const wf_stored *from, wf_format format, const void *code, size_t code_size,
                              wf_stored *out, wf_error *err);
/* Takes the block over when it is sound; else returns 0 and the block stays the caller's. Any bytes are safe.
 */
int wf_stored_open(void *block, size_t size, wf_stored *out);
void wf_stored_free(wf_stored *stored);

/* ---- key.c
 * ------------------------------------------------------------------------------------------------- */

/* The part of the key that is the tree's: hashes of its print and of all places. */
void wf_key_of_unit(const wf_unit *unit, wf_text *out);
void wf_key_of_target(const wf_target *target, const wf_shape *shape, const char *kernel, int check_bounds,
                      const char *identity, int driver_version, wf_text *out);

/* ---- library.c
 * --------------------------------------------------------------------------------------------- */

/* The emit hook; user: not NULL for the exact form of float32 functions, where there is one. */
const wf_func *wf_library_function(void *user, const char *name, const wf_unit **unit);

/* ---- host.c
 * ------------------------------------------------------------------------------------------------ */

/* The CPU at hand: triple, cpu, features, vector_bytes, has_fma. */
void wf_host_target(wf_target *target);
/* The compiler call-backs, never NULL; `identify` answered once. */
wf_status wf_compiler_identity(int *llvm_major, const char **identity, wf_error *err);
wf_status wf_compiler_run(const char *ir, size_t length, const wf_target *target, int level, char **out,
                          size_t *out_length, wf_error *err);

/* ---- program.c
 * --------------------------------------------------------------------------------------------- */

/* How many references of its context each of these holds, which are lent (wf_context_lend): the module's; its
 * own and its buffer's. */
enum { IMAGE_REFERENCES = 1, GLOBALS_REFERENCES = 2 };

/* One context in which a piece of code is loaded. */
typedef struct wf_image {
    struct wf_image *next;
    wf_module *module; /* keeps the context alive */
    wf_context *context;
} wf_image;

typedef enum wf_code_state { WF_CODE_BUILDING, WF_CODE_READY, WF_CODE_FAILED } wf_code_state;
/* Code for one target, and on a CPU for one kernel and shape. Never freed before its program. */
typedef struct wf_code {
    struct wf_code *next;
    wf_target target;
    wf_shape shape;
    const wf_kernel *kernel; /* NULL: all of the unit (GPU) */
    int driver_version;      /* GPU; 0 on a CPU */
    int late;                /* the loops that the code of this kernel and shape leaves out */
    wf_code_state state;     /* guarded by the program's lock */
    int from_disk;           /* when READY: it was in the cache */
    uint32_t generation;     /* of fork, while BUILDING: a builder lost in the parent is replaced */
    wf_error error;          /* when FAILED */
    wf_stored stored;        /* when READY */
    wf_stored cubin;         /* what the driver made of stored's PTX; guarded by the load lock */
    wf_image *images;        /* guarded by the program's load lock */
} wf_code;

/* A kernel ready to be launched in one context with one block shape. Never freed before its program. */
typedef struct wf_variant {
    struct wf_variant *next;
    wf_kernel *kernel;
    wf_context *context;
    uint32_t block[3];
    int any_block; /* GPU, or general code */
    wf_function *function;
    wf_code *code;
    const wf_stored_kernel *info;
    uint64_t id; /* what reports carry: found again in the table of live variants, or not */
    struct wf_variant *next_live;
} wf_variant;

/* ---- work.c
 * ------------------------------------------------------------------------------------------------ */

typedef struct wf_work {
    uint64_t operations; /* of floating point; 0: none, or unknown */
    int doubles;         /* most of them in float64 */
} wf_work;

struct wf_kernel {
    wf_program *program;
    const wf_func *func;
    wf_signature *signature;          /* NULL: foreign */
    const wf_foreign_params *foreign; /* NULL: ours */
    uint32_t *numbers;                /* param offsets, param sizes, leaf offsets, for wf_function_info */
    _Atomic(wf_variant *) last;       /* the one that the last launch used */
    _Atomic(wf_variant *) variants;   /* pushed at the front under the program's lock, read without */
    uint32_t exact_shapes;            /* guarded by the program's lock */
    wf_work work;                     /* of the last launch that was asked about, and what it was like: */
    wf_hash128 work_key;              /* both guarded by the program's lock */
};

/* The module globals of a CPU program in one context. */
typedef struct wf_globals {
    struct wf_globals *next;
    wf_context *context; /* retained */
    wf_buffer *buffer;
} wf_globals;

/* A kernel of foreign code. Its function has names and nothing else. */
typedef struct wf_foreign_kernel {
    struct wf_foreign_kernel *next;
    wf_kernel base;
    wf_func func;
    wf_foreign_params params;
    char symbol[];
} wf_foreign_kernel;
typedef struct wf_foreign {
    void *bytes; /* followed by a NUL */
    size_t size;
    wf_format format;
    int complete; /* the image has no kernels but those in the list */
    char **names; /* pairs: a name, the symbol it stands for */
    uint32_t name_count;
    wf_foreign_kernel *kernels; /* guarded by the program's lock once the program is made */
} wf_foreign;

/* What a program is linked with on a GPU: PTX, a cubin, a fatbin, an object, an archive. */
typedef struct wf_linked {
    struct wf_linked *next;
    wf_link_input input;
    wf_hash128 hash; /* of its bytes */
} wf_linked;

struct wf_program {
    atomic_uint references;
    wf_program *next_program, **before_program; /* all that are alive: fork.c */
    wf_unit *unit;
    wf_foreign *foreign; /* NULL: a program of ours */
    wf_program_options options;
    wf_linked *linked;         /* in the order of wf_program_link; none are added once code was made */
    pthread_mutex_t lock;      /* lists and states; held for moments */
    pthread_cond_t changed;    /* a code left BUILDING */
    pthread_mutex_t emit_lock; /* emit marks the unit: one at a time */
    pthread_mutex_t load_lock; /* loading into a context */
    wf_kernel *kernels;
    uint32_t kernel_count;
    wf_code *codes;
    wf_globals *globals;
    char *unit_key; /* made at first need, under emit_lock */
    size_t unit_key_size;
    atomic_int is_kept;       /* 1: `unit` stands for a tree that was not made (kept.c) */
    wf_program_remake remake; /* makes it */
    wf_unit *stand_in;        /* what `unit` was before; its names may still be read */
};

/* How much arithmetic a launch of these arguments does. The last answer is kept. */
wf_work wf_kernel_work(wf_kernel *kernel, const wf_launch_config *config, const void *params);

/* foreign.c */
uint32_t wf_foreign_kernel_count(const wf_program *program);
const char *wf_foreign_kernel_name(const wf_program *program, uint32_t index);
wf_kernel *wf_foreign_find(wf_program *program, const char *name); /* NULL name: the only one; NULL: none */
wf_status wf_foreign_code(wf_program *program, wf_device *device, wf_code **out, wf_error *err);
wf_status wf_foreign_function(wf_kernel *kernel, wf_module *module, wf_function **out, wf_error *err);
void wf_foreign_free(wf_foreign *foreign);
void wf_foreign_leave(wf_program *program, const wf_context *context);
void wf_kernel_free(wf_kernel *kernel); /* what it made, not itself */

/* fork.c; and the static locks of other files: taken (1) before a fork, given back (0) after it. */
void wf__program_enter(wf_program *program);
void wf__program_leave(wf_program *program);
void wf__library_fork(int take);
void wf__live_fork(int take);
void wf__compiler_fork(int take);

/* program.c, kept.c: a program of kernels that are described (taken over, on failure too); NULL: no memory. */
wf_program *wf__program_of(wf_unit *unit, const wf_program_options *options, wf_func *const *funcs,
                           wf_signature *const *signatures, uint32_t count, const char *unit_key,
                           size_t unit_key_size);
void wf__program_drop_kept(wf_program *program);
wf_status wf_program_unit_key(wf_program *program, wf_error *err); /* program->unit_key is there */

wf_status wf_code_key(wf_program *program, const wf_code *code, wf_text *key, wf_error *err);
/* The code for a target and shape; compiles it, or waits for whoever does. kernel NULL: all. */
wf_status wf_code_get(wf_program *program, const wf_kernel *kernel, const wf_target *target,
                      const wf_shape *shape, int driver_version, int late, wf_code **out, wf_error *err);
/* Emission alone, for wf_program_show: the result is in the unit's arena, valid while the caller holds
 * emit_lock. */
wf_status wf_code_emit(wf_program *program, const wf_kernel *kernel, const wf_target *target,
                       const wf_shape *shape, int late, wf_emitted **out, wf_error *err);
int wf_code_level(uint64_t instructions, int cpu); /* LLVM's level for so much code */
/* The one used last, if it serves; never waits, never compiles. */
wf_variant *wf_variant_there(wf_kernel *kernel, wf_context *context, const uint32_t block[3]);
wf_status wf_variant_get(wf_kernel *kernel, wf_context *context, const uint32_t block[3], wf_variant **out,
                         wf_error *err);
/* The live variant of that id, with its program retained; NULL when it is gone. */
wf_variant *wf_variant_find(uint64_t id);
void wf_variant_enter(wf_variant *variant);
void wf_variants_forget(const wf_program *program);
/* Under load_lock: what is loaded in a context that nobody can launch in any more goes. */
void wf_variants_leave(wf_kernel *kernel, const wf_context *context);
void wf__program_leave_context(wf_program *program, wf_context *context);
#endif
