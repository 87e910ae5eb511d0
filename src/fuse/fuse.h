/* fuse/fuse.h: the door of fuse/: from the description of one fused kernel to a unit of the tree.
 *
 * array/ decides which nodes become one kernel and describes it by a wf_fuse_kernel: what is loaded, a list
 * of operations in order, what is stored or how it is reduced. The description holds no size, no stride and
 * no scalar's value: those are arguments, so a loop over shapes compiles once. Equal descriptions
 * (wf_fuse_key) are equal kernels.
 *
 * The arguments lie as the members of a C struct, 8 bytes each but for float scalars, in this order
 * (array/launch.c writes them):
 *   the extents of the domain's dimensions, outermost first (kept ones, then reduced ones), as int64;
 *   TILE: the number of tiles of a row; ROWS: the number of chunks of 64 rows;
 *   for each operand: MEMORY: its address, IOTA: its first value; then for each dimension with code VARIES
 * its stride (MEMORY: in elements); SCALAR: its value, as double, int64 or uint64, complex types two doubles;
 *   for each output: its address and its varying strides (of the kept dimensions).
 *
 * The fixed order of reductions (part of weft's promise of equal bits, version WF_REDUCTION_ORDER):
 *  TILE, when the last logical axis (of extent > 1) is reduced: the C-order index of the reduced axes is cut
 * into tiles of 4096; element i of a tile belongs to lane i mod L, L = 128, or 64 where the accumulator has 8
 * bytes or more; a lane adds its elements in order; lanes are added l + L/2, then L/4 … 1, missing lanes
 * skipped; the tiles' results are reduced in the same way until one is left. ROWS, otherwise: 64 consecutive
 * elements of the reduced index are added in order, the results likewise. Skipping a missing lane and taking
 * in an exact identity (-0.0 for a sum, 1 for a product) are the same bits, which is what the kernels do.
 * Reductions of several parts (accumulate.c) go the same way. A
 * warp takes one tile: thread t holds the lanes t, t + 32, …, so loads of a warp lie side by side and on the
 * CPU are vectors. */
#ifndef WF_FUSE_FUSE_H
#define WF_FUSE_FUSE_H
#include "array/ops.h"
#include "lang/tree.h"

enum {
    WF_REDUCTION_ORDER = 1,
    WF_FUSE_RANK = 64, /* dimensions of a domain after merging, at most */
    WF_FUSE_OPERANDS = 96,
    WF_FUSE_VALUES = 256,
    WF_FUSE_OUTPUTS = 32,
    WF_TILE = 4096,
    WF_ROWS = 64,
    WF_CROSS = 32,     /* a tile's side */
    WF_CROSS_STEP = 8, /* threads that a block has along it, 32 across */
    WF_ACCESS = 16,    /* bytes of a GPU's widest access */
    WF_TILE_WARPS = 8, /* the most warps, each with a tile, of a GPU's block */
};

typedef enum wf_fuse_form {
    WF_FORM_ELEMENTS, /* every element of the domain computes and stores all outputs */
    WF_FORM_TILE,     /* rows of the kept index; one warp reduces one tile of a row */
    WF_FORM_ROWS,     /* one thread reduces 64 elements of the reduced index at one kept index */
} wf_fuse_form;

typedef enum wf_operand_kind { WF_OPERAND_MEMORY, WF_OPERAND_IOTA, WF_OPERAND_SCALAR } wf_operand_kind;
/* The stride of an operand along a dimension. */
typedef enum wf_stride_code { WF_STRIDE_ZERO, WF_STRIDE_ONE, WF_STRIDE_VARIES } wf_stride_code;

typedef struct wf_fuse_operand {
    uint8_t kind, dtype;
    uint8_t code[WF_FUSE_RANK]; /* wf_stride_code of each dimension; not for SCALAR */
} wf_fuse_operand;

typedef enum wf_value_kind { WF_VALUE_OPERAND, WF_VALUE_OP, WF_VALUE_CAST } wf_value_kind;
typedef struct wf_fuse_value {
    uint8_t kind;
    uint8_t dtype;    /* of the value itself */
    uint8_t loop;     /* OP: the dtype of its inputs (which have it already) */
    uint8_t op;       /* OP: wf_ufunc */
    uint16_t args[3]; /* earlier values; OPERAND: the operand's index in args[0] */
} wf_fuse_value;

typedef struct wf_fuse_output {
    uint16_t value; /* ELEMENTS: which value; a reduction has one output for each of its parts
                       (wf_reduction_parts) */
    uint8_t dtype;  /* equal to the value's */
    uint8_t past;   /* ELEMENTS: more than a CPU's caches keep, so stored past them (__stwt) */
    uint8_t code[WF_FUSE_RANK];
} wf_fuse_output;

typedef struct wf_fuse_kernel {
    uint8_t form;      /* wf_fuse_form */
    uint8_t rank;      /* kept dimensions (ELEMENTS: all) */
    uint8_t reduced;   /* reduced dimensions; ELEMENTS: 0 */
    uint8_t wide;      /* indices need 64 bits */
    uint8_t rows;      /* ELEMENTS of rank ≥ 2: the innermost dimension is the grid's x, the others its y */
    uint8_t reduction; /* wf_reduction */
    uint8_t acc;       /* wf_dtype of the accumulator */
    uint8_t vector;    /* ELEMENTS: a thread takes so many neighbours along the innermost dimension, with one
                          access for each operand of stride 1, all of which are aligned for that; 0, 1: one */
    uint8_t cross; /* ELEMENTS: 1 + the dimension along which operands that stride through memory innermost
                      lie side by side; blocks then turn tiles of them in shared memory. 0: no */
    uint8_t
        partial; /* reductions of several parts: operands are those of an earlier level, the last values */
    uint8_t
        exact; /* correctly rounded functions are asked for: sine and cosine stay apart, each has its own */
    uint16_t operand_count, value_count, output_count;
    uint16_t taken; /* reductions: the value that is taken in */
    wf_fuse_operand operands[WF_FUSE_OPERANDS];
    wf_fuse_value values[WF_FUSE_VALUES];
    wf_fuse_output outputs[WF_FUSE_OUTPUTS];
} wf_fuse_kernel;

/* Does it make random words? Then a `vector` of them is taken from one block, and every IOTA of stride 1 has
 * to begin each thread's run at a multiple of `vector`. */
int wf_fuse_draws(const wf_fuse_kernel *kernel);

/* Does a thread take several vectors? Their number is then an argument (`pieces`): a block's threads take
 * neighbouring vectors, then the next ones. */
int wf_fuse_has_runs(const wf_fuse_kernel *kernel);

/* Is operand i of a `cross` kernel one of those that are turned? */
int wf_fuse_is_crossed(const wf_fuse_kernel *kernel, uint32_t operand);

/* What a SCALAR is passed as: float, double, or an integer of 64 bits. A conversion takes a GPU as long as
 * eight additions, so it is done once, by the launch. */
typedef enum wf_scalar_form { WF_SCALAR_INT, WF_SCALAR_FLOAT, WF_SCALAR_DOUBLE } wf_scalar_form;
wf_scalar_form wf_fuse_scalar_form(wf_dtype t);

/* The bytes that tell this kernel from any other, without gaps. Returns the length; writes at most
 * `capacity`. */
size_t wf_fuse_key(const wf_fuse_kernel *kernel, uint8_t *key, size_t capacity);
enum { WF_FUSE_KEY_MAX = 32 * 1024 };

/* Can fuse write this operation for these inputs? If not, array/ has to find another way (NumPy). */
int wf_fuse_supports(wf_ufunc op, wf_dtype loop);
int wf_fuse_supports_reduction(wf_reduction op, wf_dtype acc);

/* The kernel's name, made of its operations: weft_multiply_add_sum. */
void wf_fuse_name(const wf_fuse_kernel *kernel, wf_text *text);
/* The unit with the one kernel (its name is made of the operations), owned by the caller. */
wf_status wf_fuse_build(const wf_fuse_kernel *kernel, wf_unit **unit, wf_error *err);
#endif
