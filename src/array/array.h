/* array/array.h: the door of array/: NumPy's arrays on any device, lazy inside.
 *
 * A wf_array is a view: element type, shape, strides and offset over a *base*, which several views share. The
 * base's content is a node of the graph: either memory (a leaf) or an operation that has not run. Recording
 * an operation makes a node and a base with that node; looking at values (wf_array_to_host, wf_array_address
 * …) evaluates it: whatever of the graph hangs together elementwise becomes one kernel (array/flush.c), and
 * values that nobody can ask for any more are never stored. Nodes hold values, not places: a write to an
 * array never changes what an older recorded operation will read.
 *
 * Locking: all calls but the enter/leave pair need the graph lock, which the caller (the binding) holds
 * around them. It is recursive. Errors: WF_INVALID is a ValueError, WF_TYPE a TypeError; wf_error.code
 * refines it (enum below). */
#ifndef WF_ARRAY_ARRAY_H
#define WF_ARRAY_ARRAY_H
#include "array/dtype.h"
#include "array/ops.h"
#include "base/text.h"
#include "runtime/runtime.h"

enum { WF_MAX_DIMS = 64 };
/* wf_error.code with WF_INVALID: which of Python's exceptions fits best. */
enum wf_array_error { WF_ERR_VALUE, WF_ERR_INDEX, WF_ERR_OVERFLOW, WF_ERR_AXIS, WF_ERR_NO_KERNEL };

typedef struct wf_base wf_base;
typedef struct wf_array { /* for reading */
    int64_t references;
    wf_base *base;
    int64_t offset; /* bytes from the base's start */
    uint8_t dtype;  /* wf_dtype */
    uint8_t ndim;
    uint8_t read_only;
    int64_t *shape;
    int64_t *strides; /* bytes */
    int64_t dims[];   /* shape, then strides */
} wf_array;

/* ---- the lock -------------------------------------------------------------------------------------------
 */
int wf_graph_try_enter(void); /* 1: entered */
void wf_graph_enter(void);
void wf_graph_leave(void);
/* In a child of fork(), by the thread that entered before it: a lock that nobody holds. */
void wf_graph_renew(void);

/* ---- making arrays --------------------------------------------------------------------------------------
 */
wf_array *wf_array_retain(wf_array *array);
void wf_array_release(wf_array *array); /* NULL is allowed */
wf_status wf_array_empty(wf_context *context, wf_dtype dtype, int ndim, const int64_t *shape, wf_array **out,
                         wf_error *err);
wf_status wf_array_full(wf_context *context, wf_dtype dtype, int ndim, const int64_t *shape, wf_number value,
                        wf_array **out, wf_error *err);
/* first + i * step, computed in dtype as NumPy does it. */
wf_status wf_array_arange(wf_context *context, wf_dtype dtype, int64_t count, wf_number first, wf_number step,
                          wf_array **out, wf_error *err);
/* A copy of host memory; strides in bytes (NULL: C order). */
wf_status wf_array_from_host(wf_context *context, wf_dtype dtype, int ndim, const int64_t *shape,
                             const int64_t *strides, const void *data, wf_array **out, wf_error *err);
/* Shares the buffer (one reference is taken over, also on failure). Foreign code sees it: whatever reads or
 * writes the array runs before the call returns. */
wf_status wf_array_share(wf_buffer *buffer, int64_t offset, wf_dtype dtype, int ndim, const int64_t *shape,
                         const int64_t *strides, int read_only, wf_array **out, wf_error *err);

/* ---- facts ----------------------------------------------------------------------------------------------
 */
int64_t wf_array_size(const wf_array *array);      /* elements */
int wf_array_is_contiguous(const wf_array *array); /* C order */
int wf_array_is_fortran(const wf_array *array);
int wf_array_is_aligned(
    const wf_array *array); /* every element lies at a multiple of its size (unaligned.c) */
wf_context *wf_array_context(const wf_array *array);
wf_device *wf_array_device(const wf_array *array);
int wf_array_is_pending(const wf_array *array); /* not computed yet */
int wf_array_same_base(const wf_array *a, const wf_array *b);

/* ---- views ----------------------------------------------------------------------------------------------
 */
/* Any view of the same base; offset: bytes from the array's own first element. Trusted. */
wf_status wf_array_view(wf_array *array, wf_dtype dtype, int ndim, const int64_t *shape,
                        const int64_t *strides, int64_t offset, wf_array **out, wf_error *err);
/* The value that the element at that offset (bytes) has now, as a new array of no dimensions. */
wf_status wf_array_element(wf_array *array, int64_t offset, wf_array **out, wf_error *err);
wf_status wf_array_transpose(wf_array *array, const int *axes, wf_array **out,
                             wf_error *err); /* NULL: reversed */
wf_status wf_array_broadcast_to(wf_array *array, int ndim, const int64_t *shape, wf_array **out,
                                wf_error *err);
/* A view where the strides allow it, else a copy. At most one extent may be -1. fortran: index order 'F'. */
wf_status wf_array_reshape(wf_array *array, int ndim, const int64_t *shape, int fortran, wf_array **out,
                           int *copied, wf_error *err);
/* The shape that all broadcast to; names the shapes when they do not. */
wf_status wf_broadcast_shapes(const char *who, uint32_t count, const int *ndims, const int64_t *const *shapes,
                              int *ndim, int64_t *shape, wf_error *err);
void wf_contiguous_strides(int ndim, const int64_t *shape, int64_t item, int64_t *strides);
/* "(3, 4)" */
const char *wf_shape_text(int ndim, const int64_t *shape, char *buffer, size_t size);

/* ---- operations -----------------------------------------------------------------------------------------
 */
/* An operand: an array, or (array NULL) a number; weak: a Python scalar, else a NumPy scalar of type dtype.
 */
typedef struct wf_operand {
    wf_array *array;
    wf_number number;
    wf_dtype dtype;
    wf_weak weak;
} wf_operand;
typedef struct wf_ufunc_options {
    wf_dtype dtype; /* of the loop; WF_DT_NONE */
    wf_casting casting;
    wf_array *out; /* NULL: a new array */
    wf_operand
        *where; /* NULL: everywhere. Elements left out: out's own, of a new array undefined (zero here) */
    wf_context *context; /* for operands that are all numbers */
} wf_ufunc_options;
wf_status wf_array_ufunc(wf_ufunc op, const wf_operand *args, const wf_ufunc_options *options, wf_array **out,
                         wf_error *err);
wf_status wf_array_cast(wf_array *array, wf_dtype dtype, wf_array **out,
                        wf_error *err);                                  /* always a new array; order 'K' */
wf_status wf_array_copy(wf_array *array, wf_array **out, wf_error *err); /* C order */
/* Itself if it is, and its elements lie at multiples of their size. */
wf_status wf_array_contiguous(wf_array *array, wf_array **out, wf_error *err);
/* target[...] = value; casts freely; the value broadcasts to the target's shape. where may be NULL. */
wf_status wf_array_assign(wf_array *target, const wf_operand *value, const wf_operand *where, wf_error *err);
typedef struct wf_reduce_options {
    uint64_t axes; /* bit k: axis k is reduced */
    int keepdims;
    wf_dtype dtype;
    wf_operand *initial; /* NULL: none */
    wf_operand *where;   /* NULL */
    int argument_flat;   /* argmin, argmax over all axes: the index into the flattened array */
} wf_reduce_options;
wf_status wf_array_reduce(wf_reduction op, wf_array *array, const wf_reduce_options *options, wf_array **out,
                          wf_error *err);
/* On another device (a copy), or itself when it is there already. */
wf_status wf_array_to_context(wf_array *array, wf_context *context, wf_array **out, wf_error *err);

/* ---- looking --------------------------------------------------------------------------------------------
 */
wf_status wf_array_eval(wf_array *const *arrays, uint32_t count, wf_error *err); /* launches */
/* All that is recorded and not launched; captured: only what threads have recorded while they captured a
 * stream (which belongs to that graph, so it is called before the capture ends). */
wf_status wf_array_eval_all(int captured, wf_error *err);
wf_status wf_array_wait(wf_array *array, wf_error *err); /* and waits. For one that was evaluated too */
/* The same where that takes some microseconds at most: on an idle CPU, of what is small or computed. Else
 * WF_NOTREADY, and nothing is done. */
wf_status wf_array_wait_briefly(wf_array *array, wf_error *err);
wf_status wf_array_item_briefly(wf_array *array, wf_number *value, wf_error *err);
/* Copies the elements, C order, to the host; waits. */
wf_status wf_array_to_host(wf_array *array, void *data, wf_error *err);
wf_status wf_array_item(wf_array *array, wf_number *value, wf_error *err); /* of size 1 */
/* Evaluates, and gives the address of the first element. Foreign code may keep it: see wf_array_export. */
wf_status wf_array_address(wf_array *array, wf_address *address, wf_error *err);
/* For a kernel of the user's, which may write: the memory becomes the array's own, and everything recorded
 * that still reads it runs first. */
wf_status wf_array_for_kernel(wf_array *array, wf_address *address, wf_error *err);
/* While exports are open, the memory stays where it is and writes go to it at once. */
wf_status wf_array_export(wf_array *array, wf_address *address, wf_error *err);
/* The same, in memory that can be exported to other processes: what cannot moves (runtime/ipc.h), unless
 * foreign code knows where it is: WF_INVALID. */
wf_status wf_array_export_to_processes(wf_array *array, wf_address *address, wf_error *err);
void wf_array_export_end(wf_array *array);
wf_buffer *wf_array_buffer(wf_array *array); /* of an evaluated array; borrowed */
/* The kernels that computing the array runs: for each a line of JSON (describe.c) after the character 0x1e,
 * and its CUDA C (wf.explain). */
wf_status wf_array_explain(wf_array *array, wf_text *text, wf_error *err);

/* Small memory kept for new arrays goes back to the allocator: before its figures are told, and on trim. */
void wf_array_forget_spares(void);

typedef struct wf_array_stats {
    uint64_t kernels, loops, nodes, compiled;
} wf_array_stats; /* launched, run by ready-made loops, recorded, built */
void wf_array_stats_of(wf_array_stats *stats);
/* On the CPU: who computes; PLANS: loops, of small graphs too by a plan. For tests; the bits are the same. */
enum wf_array_policy { WF_POLICY_AUTO, WF_POLICY_COMPILE, WF_POLICY_LOOPS, WF_POLICY_PLANS };
void wf_array_set_policy(int policy);
void wf_array_set_eager(int eager); /* WEFT_EAGER */
#endif
