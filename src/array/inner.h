/* array/inner.h: the graph, as the files of array/ share it.
 *
 * - storage: device memory that leaves refer to, counted by leaves
 * - node: a value: a leaf (memory with strides), a number, or an operation on nodes; never changes its value,
 *   but an operation becomes a leaf when it has been computed
 * - base: what arrays are views of; its node is replaced when the whole of it is written
 *
 * A node's references come from consumers (nodes that have not been computed) and from bases. While a kernel
 * is put together, a node with more references than that kernel accounts for is wanted by someone else and is
 * stored too. */
#ifndef WF_ARRAY_INNER_H
#define WF_ARRAY_INNER_H
#include "array/array.h"
#include "fuse/fuse.h"

enum {
    WF_GRAPH_NODES = 64,        /* a graph of more operations is evaluated before more is added */
    WF_ORPHAN_BYTES = 64 << 20, /* memory that only recorded operations still hold: the least budget */
};

typedef struct wf_storage {
    int64_t references; /* leaves */
    wf_buffer *buffer;
    wf_context *context;      /* borrowed from the buffer */
    uint32_t bases;           /* bases whose content it is; 0: an orphan, only pending operations read it */
    uint8_t counted;          /* its bytes are in the orphans' sum */
    uint8_t foreign;          /* wrapped memory of someone else */
    uint8_t told;             /* kernels of the user's or foreign code know the address */
    uint8_t captured;         /* a graph reads or writes it: it stays its arrays' memory for ever */
    uint32_t exports;         /* foreign code sees it now */
    struct wf_storage *spare; /* among those kept for the next array of that size */
} wf_storage;

typedef enum wf_node_kind {
    WF_NODE_LEAF,
    WF_NODE_NUMBER,
    WF_NODE_OP,
    WF_NODE_CAST,
    WF_NODE_VIEW,
    WF_NODE_IOTA,
    WF_NODE_REDUCE
} wf_node_kind;

typedef struct wf_node {
    int64_t references;
    uint8_t kind, dtype, ndim;
    uint8_t op;     /* OP: wf_ufunc; REDUCE: wf_reduction */
    uint8_t loop;   /* OP: the inputs' dtype */
    uint8_t acc;    /* REDUCE: accumulator */
    uint32_t stamp; /* the walk that saw it last */
    uint32_t uses;  /* flush.c: references that the kernel at hand accounts for */
    uint16_t
        weight;     /* operations that are pending from here down, an upper bound; 0 for leaves and numbers */
    uint16_t cost;  /* to compute one element, in additions; saturates */
    uint8_t small;  /* of the size that the free list keeps */
    uint8_t shared; /* its value comes out of memory that foreign code sees */
    wf_context *context;   /* NULL for numbers; borrowed: primary contexts live as long as the process */
    struct wf_node *chain; /* among dead nodes, while they are freed */
    struct wf_node *inputs[3];
    union {
        struct {
            wf_storage *storage;
            int64_t offset;
        } leaf; /* bytes */
        wf_number number;
        struct {
            uint64_t axes;
        } reduce;
    } u;
    int64_t size; /* elements */
    int64_t *shape;
    int64_t *strides; /* LEAF: bytes. VIEW: see below */
    int64_t *starts;  /* VIEW */
    int64_t dims[];   /* LEAF: shape, strides. VIEW: shape, then for each dimension of the *input*: the own
                         dimension that walks along it (-1: none) in `strides`, start in `starts`, then steps */
} wf_node;
/* VIEW: element (i…) is the input's element whose index in dimension k is starts[k] + steps[k] *
 * i[strides[k]]. */
static inline int64_t *node_steps(const wf_node *view) { return view->starts + view->inputs[0]->ndim; }

struct wf_base {
    int64_t references; /* arrays */
    wf_node *node;
    uint32_t exports; /* foreign code sees the memory: every operation on it runs at once */
    uint8_t shared;   /* for ever */
    uint8_t captured; /* became pending in a thread that captures: see wf_array_eval_captured */
    struct wf_base *next, *previous; /* among the bases whose node is pending */
};

/* node.c */
wf_node *node_new(wf_node_kind kind, wf_dtype dtype, int ndim, const int64_t *shape, int extra_dims);
wf_node *node_retain(wf_node *node);
void node_release(wf_node *node);
wf_node *node_leaf(wf_storage *storage, wf_dtype dtype, int64_t offset, int ndim, const int64_t *shape,
                   const int64_t *strides); /* NULL: no memory. Takes a reference of storage */
wf_node *node_number(wf_number number, wf_dtype dtype);
wf_node *node_op(wf_ufunc op, wf_dtype loop, wf_dtype out, int ndim, const int64_t *shape,
                 wf_node **inputs);                 /* takes the inputs over */
wf_node *node_cast(wf_node *input, wf_dtype dtype); /* takes input over; itself when it has the type */
wf_node *node_identity(wf_node *input);             /* a copy still to be made; takes input over */
int node_input_count(const wf_node *node);
int node_is_pending(const wf_node *node);
void node_become_leaf(wf_node *node, wf_storage *storage); /* contiguous; takes a reference of its own */
wf_storage *storage_new(wf_context *context, size_t bytes, wf_error *err); /* NULL: err is filled */
wf_storage *storage_wrap(wf_buffer *buffer);
void storage_release(wf_storage *storage);
wf_status storage_capture(wf_storage *storage, wf_stream *stream, wf_error *err); /* its graph keeps it */
void storage_orphan(wf_storage *storage); /* no base has it any more */
uint64_t orphan_bytes(void);
extern wf_array_stats graph_stats;
extern int graph_eager;

/* base.c */
wf_base *base_new(wf_node *node); /* takes it over; NULL: no memory, node released */
void base_release(wf_base *base);
void base_set(wf_base *base, wf_node *node); /* takes node over */
void base_computed(wf_base *base);           /* its node may have become a leaf */
int base_is_shared(const wf_base *base);
wf_status base_own_memory(wf_base *base,
                          wf_error *err); /* of a leaf: a lazy copy that shares it stays behind */
wf_base *base_first_pending(void);
wf_base *base_next_pending(const wf_base *base);
/* A new array that is the whole of a new base. Takes node over. */
wf_status array_of_node(wf_node *node, wf_array **out, wf_error *err);
wf_array *array_new(wf_base *base, wf_dtype dtype, int ndim, const int64_t *shape, const int64_t *strides,
                    int64_t offset);
int array_is_whole(const wf_array *array); /* exactly its base, in C order and with its type */
/* The value that the array has now, as a node with the array's shape and type; a new reference. */
wf_status array_value(wf_array *array, wf_node **out, wf_error *err);

/* look.c */
/* Foreign code may write what was read, and read what was written, as soon as the call returns: on a CPU the
 * work has to be done by then (on a GPU the stream keeps the order). */
wf_status settle(wf_context *context, wf_error *err);

/* record.c */
wf_status operand_node(const wf_operand *operand, wf_dtype dtype, wf_node **out, wf_error *err);
wf_status record_limit(wf_node **inputs, int count, wf_error *err); /* keeps graphs small */
wf_status finish(wf_node *node, wf_array **out, wf_error *err);     /* array_of_node, eager where asked for */

/* order.c */
/* The order, outermost axis first, that a result of these operands lies in; 0: C order, axes is not filled.
 */
int array_order(wf_array *const *arrays, int count, int ndim, int *axes);
/* a as an operand of rank ndim, its axes in that order; and a result of that order turned back. */
wf_status array_turned(wf_array *a, int ndim, const int *axes, wf_array **out, wf_error *err);
wf_status array_turned_back(wf_array *a, const int *axes, wf_array **out, wf_error *err);

/* element.c */
/* Where a pending element lies: in which leaf (NULL: n is no element of one) at how many bytes. */
wf_status element_place(const wf_node *n, wf_node **memory, int64_t *offset, wf_error *err);

/* assign.c */
wf_status assign_node(wf_array *target, wf_node *value,
                      wf_error *err); /* takes value over; it has target's dtype */

/* flush.c */
wf_status node_evaluate(wf_node *node, wf_error *err); /* it is a leaf (or number) afterwards */
/* Every pending base, before the storage's content changes (NULL: to have memory given back). */
wf_status evaluate_all(const wf_storage *storage, wf_error *err);
wf_status evaluate_captured(wf_error *err); /* those that became pending in a thread that captures */
/* Computes value into target's memory (which is a leaf); value has target's dtype and broadcasts to its
 * shape. */
wf_status node_store(wf_node *value, wf_node *target, wf_error *err);

/* unaligned.c */
int leaf_is_aligned(const wf_node *leaf);
/* The leaf itself where it is aligned, else a copy in its stead. */
wf_status leaf_align(wf_node **leaf, wf_error *err);
/* value, pending and of target's shape and type, into memory that is not aligned. */
wf_status store_unaligned(wf_node *value, wf_node *target, wf_error *err);

/* launch.c */
typedef struct launch_operand {   /* what the description leaves out, one for each wf_fuse_operand */
    wf_storage *storage;          /* MEMORY: kept by the node */
    int64_t offset;               /* MEMORY: bytes; IOTA: the first value */
    wf_number number;             /* SCALAR */
    int64_t strides[WF_MAX_DIMS]; /* MEMORY: bytes; IOTA: in values; of each dimension of the domain before
                                     merging */
} launch_operand;
typedef struct launch_output {
    wf_storage *storage;
    int64_t offset;
    int64_t strides[WF_MAX_DIMS];
} launch_output;
typedef struct launch_plan {
    wf_fuse_kernel k;            /* operands', values', outputs' types filled by flush.c */
    int rank, reduced;           /* before merging */
    int64_t extent[WF_MAX_DIMS]; /* kept, then reduced */
    launch_operand operands[WF_FUSE_OPERANDS];
    launch_output outputs[WF_FUSE_OUTPUTS];
    int64_t pieces; /* of a row or column that is reduced; vectors of a thread */
    wf_context *context;
} launch_plan;
/* layout.c: merges dimensions, brings strides to elements, chooses codes and forms; 0: an offset or a stride
 * is no multiple of its element. */
int plan_layout(launch_plan *plan);
/* launch.c: lays the plan out, finds or builds the kernel, and launches it. */
wf_status plan_run(launch_plan *plan, wf_error *err);
void plan_describe(const launch_plan *plan, const char *name, wf_text *text); /* describe.c */
/* Bytes of memory that it reads and writes (each element once), its arithmetic operations, and does it any in
 * float64? */
typedef struct plan_work {
    uint64_t bytes, operations;
    int doubles;
} plan_work;
plan_work plan_work_of(const launch_plan *plan);
extern wf_text *graph_explain; /* not NULL: kernels that are launched are written down here */
#endif
