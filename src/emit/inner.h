/* emit/inner.h: what the files of emit/ share.
 *
 * The idea. One emitter writes code for L threads at once (L = 1: plain scalar code, used on a GPU). Every
 * value has a *kind*, from the most to the least uniform:
 *
 *     BOTTOM   nothing known yet (only while analysing)
 *     CONST    an integer known now
 *     BLOCK    one scalar, the same for all threads of the block
 *     GROUP    one scalar, the same for the L threads of the group
 *     LINEAR   base + stride * lane: one scalar and a number known now
 *     VARYING  a vector of L elements
 *
 * The kind of an expression follows from its operands; that of a local variable from all its assignments. To
 * find the latter, a function's body is emitted *dry* -- the very same code runs, no text is written -- until
 * no variable's kind changes; then it is emitted for good. So there is one set of rules, and the analysis
 * cannot disagree with the code.
 *
 * Conditions of kind VARYING become masks, all others real branches. An assignment under a mask that did not
 * apply where the variable was declared is a blend, and makes the variable VARYING.
 *
 * Files: ir.c writes instructions; types.c spells types; scan.c looks over a function before it is emitted;
 * slots.c keeps variables; value.c converts kinds; arith.c computes; memory.c reads, writes and checks
 * bounds; expr.c, control.c, loop.c, calls.c follow the tree; builtins_*.c the built-ins; target_*.c, kernel_cpu.c
 * and barrier_*.c make the frame around a kernel. */
#ifndef WF_EMIT_INNER_H
#define WF_EMIT_INNER_H
#include "base/text.h"
#include "emit/emit.h"

typedef enum kind { K_BOTTOM, K_CONST, K_BLOCK, K_GROUP, K_LINEAR, K_VARYING } kind;

enum { ROUNDS_MOST = 200 };     /* dry runs; a handful is usual */
#define WF_TOP_MOST 0x80000000u /* bounds above it are not followed */

/* Where a pointer may reach. 0: unknown, not checked; ROOT_OWN: the value carries lo and size itself; else an
 * index into irfn.roots. */
enum { ROOT_NONE = 0, ROOT_OWN = -1, ROOT_UNSET = -2 };

struct emitter;
struct inst;
typedef struct val {
    const wf_type *type; /* unqualified */
    uint8_t kind;
    uint8_t root_varying; /* lo and size are vectors */
    uint8_t is_record;    /* leaves, in the order of leaves_of(type) */
    uint8_t loose;        /* what lies outside its reach may be right all the same: ask (reach.c) */
    uint8_t local;        /* may point to a local variable */
    uint32_t mult;  /* CONST…LINEAR integers: the base is a multiple of this power of two; 0: is zero */
    uint32_t top;   /* not 0: an integer with 0 <= x < top */
    int64_t stride; /* LINEAR; bytes for pointers */
    int64_t imm;    /* CONST */
    const char *op; /* the scalar, LINEAR's base, or the vector */
    /* LINEAR only: when not NULL, an i1 that says whether the group really is linear (an unsigned index that
     * was widened may wrap within the group); `vec` then is the exact vector. */
    const char *ok, *vec;
    int32_t root;
    const char *lo, *size; /* ROOT_OWN: first byte (i64) and bytes (i64) */
    struct val *leaves;
    uint32_t leaf_count;
} val;

typedef struct leaf {
    uint64_t offset;
    const wf_type *type;
} leaf;
typedef struct leaves {
    leaf *at;
    uint32_t count;
    int plain; /* no unions, no bit-fields */
} leaves;

/* A variable, or a place where branches meet. `v` is what is known of what it holds. */
typedef struct slot {
    val v;
    int depth;          /* constructs open where it was declared */
    uint32_t last_top;  /* `top` of the value stored last, in the order of emission */
    uint32_t range_top; /* within a counted loop: what its condition says of the counter; 0: nothing */
    uint32_t growth;    /* how often `top` has grown */
    enum { UNSET_NEVER, UNSET_DECLARED, UNSET_SOMEWHERE } unset; /* pointers: may threads lack a value? */
    struct scan_var *scan;                                       /* NULL: not a variable */
    const char *at, *at_ok, *at_vec, *at_lo, *at_size;
    const char *across_at[5]; /* fission: arrays with a place for each group, for each of these */
} slot;

typedef struct label {
    const char *name;
    uint32_t uses;
} label;

/* A set of lanes. op NULL and !empty: all. */
typedef struct mask {
    const char *op;
    int empty;
} mask;

typedef struct root {
    const char *lo, *size;
    const void *key;
    const char *name;
    int is_shared; /* shared memory: on the CPU one thread runs all that reaches it */
} root;

/* What is known of a local variable before emission (scan.c). */
typedef struct scan_var {
    wf_var *var;
    uint32_t assigned;            /* how many places assign to it, declarations aside */
    const wf_expr *last_assigned; /* what the last of those places assigns, when it is a plain assignment */
    uint8_t escapes;         /* its address is a value somewhere: it lives in memory, each lane its own */
    uint8_t indexed;         /* an array that is indexed */
    uint8_t regions;         /* fission: 0 none yet, 1 one, 2 several */
    uint8_t region_assigned; /* assigned in a region (not at block level) */
    uint32_t region;
    uint32_t first, last; /* positions of its first and last mention */
    const wf_stmt *decl;  /* NULL: a parameter */
    uint8_t again;        /* fission: 0 not asked yet, AGAIN_NO, AGAIN_YES (again.c) */
} scan_var;
enum { AGAIN_NO = 1, AGAIN_YES = 2 };

typedef struct scan_stmt {
    const wf_stmt *stmt;
    uint32_t begin, end;
    struct scan_stmt *loop; /* innermost enclosing loop */
    uint8_t barrier;        /* a barrier in it, or in a function called from it */
    uint8_t escapes;        /* break/continue of an enclosing construct, or return, inside */
    uint8_t returns;
} scan_stmt;

typedef struct scan {
    const wf_func *func;
    scan_var *vars;
    uint32_t var_count;
    uint8_t has_goto, has_barrier, has_warp, has_volatile_shared, recursive, has_asm, has_grid_sync, has_host;
    uint32_t nodes; /* expressions, callees not counted */
    struct map *stmts;
} scan;

/* Variables of one activation. */
typedef struct local {
    enum { LOCAL_NEW, LOCAL_SLOTS, LOCAL_MEMORY, LOCAL_ROWS } store; /* ROWS: [n x <L x T>] */
    slot *slots;
    uint32_t count;     /* one for each leaf */
    val at;             /* MEMORY: the pointer; ROWS: op is the base */
    uint64_t lane_size; /* MEMORY, ROWS: bytes of a lane */
    int depth;
    int across;
} local;

typedef enum construct_kind { C_IF, C_EXIT, C_BODY, C_SWITCH } construct_kind;
typedef struct construct { /* what is open around the place of emission */
    construct_kind kind;
    int level;       /* 0 the block agrees, 1 the group agrees, 2 lanes differ */
    scan_stmt *loop; /* C_EXIT */
} construct;

typedef struct loop_info {                   /* facts about a loop or switch, kept between dry runs */
    int exit_level, continue_level, returns; /* returns: a divergent return inside */
    /* while it is emitted: */
    const wf_stmt *stmt;
    int value_level;      /* switch: of its value */
    int is_switch, depth; /* constructs outside it; the loop's own C_EXIT and C_BODY come next */
    label *on_break, *on_continue;
    const char *lanes;  /* alloca of the mask of lanes still in the loop, NULL when all always are */
    const char *rejoin; /* switch: lanes that reached the end or a break */
    struct loop_info *outer;
} loop_info;

typedef struct inst { /* a function being emitted, in place or on its own */
    struct inst *parent;
    const wf_func *func;
    const wf_unit *unit; /* that defines it */
    scan *scan;
    local *locals; /* by var->number */
    slot *result;
    uint32_t result_count;
    struct map *facts;
    int base;         /* constructs outside it */
    int return_level; /* of all returns: 2 when some is divergent */
    label *end;
    struct map *labels; /* goto targets by name */
    void (*on_uniform_return)(struct emitter *, struct inst *);
    int live_given;   /* `live` was set by the frame around a kernel */
    const char *live; /* alloca: lanes that have not returned; NULL when not needed */
    loop_info *loops; /* innermost */
    int contract, fast, trap_divide;
    int is_kernel;
    mask entry;
} inst;

typedef struct index_note index_note;
typedef struct irfn { /* an LLVM function being written */
    wf_text allocas, code;
    const char *block;
    int open; /* the current block has no terminator yet */
    root *roots;
    uint32_t root_capacity; /* by number; 0 is ROOT_NONE */
    /* what the threads need to know; operands in this function */
    const char *launch, *worker, *block_linear, *thread_base;
    val thread[3], block_id[3], block_dim[3], grid_dim[3];
    const char *shared, *globals, *dynamic_size; /* operands of the entry block */
    const char *barriers; /* coroutine: alloca, how many counting barriers this group has passed */
    const char *grid, *grid_stride, *grid_handles; /* barrier_grid.c: its record, and sizes of its parts */
    const char *thread_count, *group_count;
    val linear_thread; /* index of the thread in its block */
    uint64_t stack_bytes, scratch_bytes;
    wf_text large;        /* a function of its own: the allocas that stand behind the test of the stack, */
    size_t large_at;      /* there in the code, */
    uint64_t large_bytes; /* and what they take */
    wf_text head;         /* goes before the allocas */
    struct map *limits;   /* text of a limit's computation → operand in the entry block */
    label *stopped;       /* where to go when *stop is set; NULL: do not poll */
    const char *poll_counter;
    int recursion;           /* a function of its own, which may call itself */
    const char *ctx;         /* out of line: the context pointer; in a kernel: NULL until needed */
    const char *group_index; /* i64, inside a group loop */
    index_note *index_notes; /* index_again.c */
    const char *hidden_zero; /* i64 that LLVM knows nothing of; NULL until needed (pointers_as_integers) */
} irfn;

typedef struct outline outline;
typedef struct parallel parallel;
typedef struct lanes lanes;
typedef struct late late;
typedef struct emitter emitter;
struct emitter {
    wf_unit *unit;
    wf_arena *arena; /* of this call of wf_emit */
    const wf_target *target;
    const wf_emit_options *options;
    wf_text module;       /* finished functions and globals */
    struct map *declared; /* names of intrinsics and helpers already there */
    wf_text declarations;
    int L, gpu;
    int one_lane;          /* some CPU kernel has L = 1: what becomes vectors is LLVM's choice */
    int plain_loops;       /* and some loop of it may become vectors (plain_loop.c) */
    uintptr_t stack_floor; /* statements that begin below this address are refused */
    int dry, changed;
    uint32_t next_value;
    uint64_t instructions;
    uint32_t metadata; /* next free number */
    irfn *fn;
    inst *inst;
    mask mask;
    construct stack[256];
    int depth;
    struct map *long_loops; /* poll.c: by function */
    struct map *scans, *globals, *strings, *strings_known, *leaf_lists, *outlines, *through;
    outline *pending;
    uint32_t outline_count;
    parallel *parallels; /* loops whose functions are still to be written (parallel.c) */
    uint32_t parallel_count;
    int in_parallel;    /* emitting such a function */
    struct late *lates; /* loops of the other module (late.c) whose functions are still to be written */
    uint32_t late_count;
    int in_late;   /* emitting such a function */
    int one_block; /* a host function: launched as one block of one thread */
    wf_site *sites;
    uint32_t site_count, site_capacity;
    struct map *site_ids;
    uint32_t inline_depth;
    uint64_t inline_nodes;
    struct map *proven;        /* accesses (wf_expr) that were tested before the loop around them */
    struct map *block_proven;  /* accesses that were tested for the whole block */
    struct map *block_assumed; /* if-statements (wf_stmt) whose condition is known there: 1 true, 2 false */
    struct map *lane_sums;     /* lanes.c: statements that add lane after lane; NULL elsewhere */
    const char *part;  /* lanes.c: the mask of a group that may have fewer turns than lanes; NULL elsewhere */
    label *bail;       /* lanes.c: where a turn that would raise goes; NULL elsewhere */
    int library_apart; /* functions of the library are called, not put in place (loop.c) */
    const struct nest_facts *apart; /* in a nest whose arrays do not overlap (loop_apart.c) */
    struct map *chained;   /* expressions of the innermost loop that read what its turn before has stored */
    uint32_t access_group; /* metadata: of the accesses of a loop whose turns are independent; 0: none */
    int seldom;      /* in what is hardly ever come to (__wf_expect): its loops are compiled when they are */
    int written_out; /* turns at once of the loop at hand, 1: those that groups have left; 0: as LLVM likes */
    int slow_loop;   /* emitting the checked twin of a loop */
    const wf_stmt *begun; /* the loop whose counter its own init has set just now */
    int in_plain_loop;    /* one that LLVM may make vectors of (plain_loop.c) */
    int tested_loop;      /* in a loop that keeps some of its tests: LLVM makes no vectors of it */
    int block_level;    /* parameters are bound for the whole block: those in memory later, for each group */
    int regions_active; /* fission: variables live across regions */
    int check;          /* bounds */
    int find;           /* pointers of unknown origin are looked up (reach.c) */
    int finds, leaks;   /* some are; the address of some local variable is stored somewhere */
    int unmasked;       /* the access at hand may touch inactive lanes' elements */
    int unaligned;      /* the access at hand is to a place without alignment */
    int exact;          /* block dimensions are constants */
    uint32_t block[3];
    const char *shared; /* CPU: operand of the shared memory's base */
    uint64_t shared_bytes;
    uint32_t shared_align;
    int uses_dynamic_shared, uses_grid_sync;
    label *skip;     /* where to go when no lane is left in the current part */
    int coroutine;   /* barriers suspend */
    int fission_ok;  /* found by the dry run: all barriers are under block-uniform control */
    uint32_t region; /* fission: current region; 0: block level */
    int group_count_known;
    uint32_t groups; /* of a block, at most */
    const char *resume_label;
    struct kernel_state *kernel;
    const char *kernel_name;
    struct map *shared_vars, *root_ids;
    uint32_t root_count;
    const wf_expr *unused; /* the expression at hand whose value nobody reads */
};

/* map.c: pointer (or interned text) → pointer, open addressing, in the arena */
typedef struct map map;
map *map_new(wf_arena *arena);
void **map_at(map *m, const void *key); /* made when missing, *result NULL */
void *map_get(map *m, const void *key);
void **map_at_text(map *m, const char *key);

/* ir.c */
const char *ins(emitter *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
void line(emitter *e, const char *format, ...) __attribute__((format(printf, 2, 3))); /* no result */
const char *text(emitter *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
label *label_new(emitter *e);
void label_place(emitter *e, label *l);
void branch(emitter *e, label *l);
void branch_if(emitter *e, const char *cond, label *yes, label *no);
void branch_rare(emitter *e, const char *cond, label *usual, label *rare); /* with weights */
const char *alloca_new(emitter *e, const char *type, const char *comment);
const char *alloca_aligned(emitter *e, const char *type, uint64_t align);
irfn *irfn_new(emitter *e);
void irfn_finish(emitter *e, irfn *fn, const char *head, const char *start);
void declare(emitter *e, const char *name, const char *declaration);
int writing(emitter *e);
void fail_at(emitter *e, wf_place at, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* types.c */
const char *ir_type(emitter *e, const wf_type *t);   /* in registers: bool is i1, half and bfloat16 are i16 */
const char *ir_memory(emitter *e, const wf_type *t); /* in memory: bool is i8 */
const char *ir_vector(emitter *e, const char *scalar); /* <L x scalar> */
const char *ir_of(emitter *e, const val *v);
unsigned bits_of(const wf_type *t); /* of an integer in registers (bool 1), or float, or pointer 64 */
leaves *leaves_of(emitter *e, const wf_type *t);
int is_int(const wf_type *t);
int is_signed(const wf_type *t);
int is_float(const wf_type *t);
int is_pointer(const wf_type *t);
int is_small_float(const wf_type *t); /* half, bfloat16 */
const wf_type *ty(emitter *e, wf_type_kind kind);
const char *float_text(emitter *e, const wf_type *t, double value);

/* value.c */
val val_of(const wf_type *t, kind k, const char *op);
val val_int(emitter *e, const wf_type *t, uint64_t imm);
val val_zero(emitter *e, const wf_type *t);
val val_bottom(const wf_type *t);
const char *as_vector(emitter *e, val v); /* <L x T> operand */
const char *as_scalar(emitter *e, val v); /* operand of a value that is not LINEAR or VARYING */
val to_varying(emitter *e, val v);
val to_varying_if_linear(emitter *e, val v);
val to_kind(emitter *e, val v, kind k);
const char *splat(emitter *e, const char *scalar_type, const char *op);
const char *lane_numbers(emitter *e, const char *scalar_type, int64_t stride);
const char *mask_vector(emitter *e, mask m);
const char *mask_any(emitter *e, const char *m); /* i1 */
mask mask_and(emitter *e, mask m, const char *cond);
mask mask_and_not(emitter *e, mask m, const char *cond);
kind kind_max(kind a, kind b);
val lift(emitter *e, const wf_type *t, const val *args, int n,
         const char *(*f)(emitter *, const char *type, const char **ops, const void *), const void *user);
const char *write_soft_fma(emitter *e, const char *type, const char **ops, const void *user); /* soft_fma.c */
void root_of(emitter *e, val v, const char **lo, const char **size);
int root_new(emitter *e, const void *key, const char *lo, const char *size, const char *name);

/* arith.c */
val arith(emitter *e, wf_op op, val a, val b, wf_place at);
val compare(emitter *e, wf_op op, val a, val b);
val convert(emitter *e, val v, const wf_type *to);
val processors_integer(emitter *e, val f, const wf_type *to); /* x86_64: a float as it converts one */
val negate(emitter *e, val v);
val bit_not(emitter *e, val v);
val logical_not(emitter *e, val v);
val fma_of(emitter *e, val a, val b, val c);
val select_of(emitter *e, val cond, val a, val b);
val pointer_add(emitter *e, val p, val index, uint64_t size);
val pointer_offset(emitter *e, val p, int64_t bytes);
val bitcast_of(emitter *e, val v, const wf_type *to);
val widen_small(emitter *e, val v); /* half, bfloat16 → float */
val narrow_small(emitter *e, val v, const wf_type *to);

/* slots.c */
int level_since(emitter *e, int depth, const scan_var *var);
slot *slot_new(emitter *e, const wf_type *t, scan_var *var);
void slot_set(emitter *e, slot *s, val v, int force_level);
void slot_unset(emitter *e, slot *s);
val slot_get(emitter *e, slot *s);
const char *slot_address(emitter *e, slot *s, const char **at, const char *type);
val join_kinds(emitter *e, val a, val b); /* abstract */
void slots_region_begin(emitter *e, uint32_t region);
void slots_region_end(emitter *e, uint32_t region);

/* parallel.c */
int emit_parallel(emitter *e, const wf_stmt *s);
void parallels_finish(emitter *e);
int lanes_sum(emitter *e, const wf_stmt *s); /* lanes.c */

/* scan.c */
scan *scan_of(emitter *e, const wf_func *f, const wf_unit *unit);
/* What a pointer that is declared without a value is given in its one assignment, when that is the address of
 * a variable that is no thread's own: the compilers of CUDA C take it for the pointer's value in every thread,
 * and programs that let one thread assign it count on that. NULL otherwise. */
const wf_expr *only_value_of(const scan_var *v);
scan_stmt *scan_stmt_of(scan *s, const wf_stmt *stmt);
const wf_func *callee_of(emitter *e, const wf_func *f, const wf_unit **unit); /* library functions resolved */

/* visit.c: `see` is called for each mention; assigned: by an initial value too */
typedef void visit(void *user, scan_var *v, int assigned);
void visit_expr(const inst *in, const wf_expr *x, visit *see, void *user);
void visit_stmt(const inst *in, const wf_stmt *s, visit *see, void *user);
/* Is is(user, x) for x or something within, in order? In a list of statements (PTX's operands left out)? */
typedef int match(void *user, const wf_expr *x);
int any_expr(const wf_expr *x, match *is, void *user);
int any_stmt(const wf_stmt *s, match *is, void *user);
typedef struct counted_for { /* for (…; var < bound; var += by) and the like, downwards too */
    const wf_var *var;       /* local, an integer of at least 32 bits */
    const wf_expr *first;    /* of `for (T var = first; …)`; NULL: it begins otherwise */
    const wf_expr *bound;
    const wf_expr *by; /* not a literal; else NULL, and */
    int64_t step;      /* what a turn adds, of the sign that leads to the bound */
    uint8_t up, inclusive, subtracts;
} counted_for;
int counted_loop(const wf_stmt *s,
                 counted_for *out); /* 0: another form; nothing is said of the loop's body */

/* loop_chain.c */
struct map *loop_chain(emitter *e, const wf_stmt *s);
int emit_chained_choice(emitter *e, const wf_expr *x, val *out); /* min or max; 0: an ordinary one */

/* poll.c */
/* POLL_EACH: each turn, behind the step; POLL_BEFORE: before it */
typedef enum poll_kind { POLL_NEVER, POLL_SOMETIMES, POLL_EACH, POLL_BEFORE, POLL_PIECES } poll_kind;
poll_kind poll_of(emitter *e, const wf_stmt *s, counted_for *c); /* *c: of a loop that runs in pieces */
/* plain_loop.c: s is about to be emitted for one thread; 0: LLVM will not make vectors of it. */
int has_host_math(emitter *e, const wf_func *f, const wf_unit *unit); /* host_math.c */
val call_host_math(emitter *e, const wf_func *f, const val *args);
int may_become_vectors(emitter *e, const wf_stmt *s, poll_kind polls);
int is_tested(const emitter *e,
              const wf_expr *x); /* an access where a test may call somebody, or end the loop */
void poll_stop(emitter *e);      /* every 1024th time */
void poll_now(emitter *e);
int counts_to_bound(emitter *e, const wf_stmt *s, counted_for *c); /* of one thread; the body moves neither */
val poll_limit(emitter *e, const counted_for *c);
val poll_groups(emitter *e, const counted_for *c, int pieces, const char **group);
const char *poll_before(emitter *e, const counted_for *c, val limit);

/* memory.c */
typedef struct lval {
    enum { LV_SLOTS, LV_MEMORY, LV_ROWS, LV_BITS, LV_VALUE } kind;
    const wf_type *type; /* qualified */
    slot *slots;
    uint32_t count;
    val at; /* MEMORY, BITS: pointer; ROWS: index in op's array; VALUE: the value */
    local *rows;
    const wf_field *field; /* BITS */
    const wf_expr *expr;   /* for sites */
    uint8_t constant;      /* never written while the kernel runs: ld.global.nc */
} lval;
val lval_load(emitter *e, const lval *l);
void lval_store(emitter *e, const lval *l, val v);
val lval_kept(emitter *e, const lval *l, val v); /* v as it is read back: a bit-field keeps its bits of it */
val lval_address(emitter *e, const lval *l);
val memory_load(emitter *e, val p, const wf_type *t, const wf_expr *site, int flags);
void memory_store(emitter *e, val p, const wf_type *t, val v, const wf_expr *site, int flags);
int type_is_packed(const wf_type *t); /* a packed record, or one that holds one, or an array of them */
/* MEM_UNALIGNED: in a packed record, so the address has no alignment. MEM_PAST: a vector goes past the caches
 * where it can. */
enum {
    MEM_VOLATILE = 1,
    MEM_CONSTANT = 2,
    MEM_STORE = 4,
    MEM_UNCHECKED = 8,
    MEM_UNALIGNED = 16,
    MEM_PAST = 32
};
/* The lanes that may access `bytes` at p; reports the others. */
mask access_mask(emitter *e, val p, uint64_t bytes, const wf_expr *site, int flags);
/* Do `count` bytes (an i64 operand) from one lane's address on lie inside what p may reach? An i1; reported
 * when not. NULL: nothing is known of p, or nothing is to be checked. */
const char *bytes_in_reach(emitter *e, val p, const char *lane, const char *count, const wf_expr *site,
                           int store);
uint32_t site_of(emitter *e, const wf_expr *x, uint32_t kind, const char *message, uint32_t bytes, int store);
lval local_lval(emitter *e, wf_var *var, const wf_expr *x);
lval lval_member(emitter *e, lval base, const wf_field *f);
lval lval_element(emitter *e, lval base, val index);
const char *masked_gather(emitter *e, const char *vec, const char *type, uint32_t align, mask m);
void masked_scatter(emitter *e, const char *vec, const char *type, const char *op, uint32_t align, mask m);
void report_lanes(emitter *e, uint32_t site, const char *off, const char *bad, const char *size,
                  uint64_t bytes);
const char *ins_entry(emitter *e, const char *body);
/* Memory of `bytes` for the group (or for each group of the block). */
const char *group_memory(emitter *e, uint64_t bytes, uint64_t align, int each_group);
void local_declare(emitter *e, inst *in, wf_var *var);
const char *local_base(emitter *e, const local *l); /* of a local in memory: the group's */
val global_address(emitter *e, wf_var *var);
val string_address(emitter *e, const char *data, uint64_t length);
const char *string_name(emitter *e, const char *data, uint64_t length);

/* reach.c */
val reach_found(emitter *e, val v);
int is_loose(emitter *e, const val *p);
void reach_leaks(emitter *e, const val *v);
uint32_t find_flags(emitter *e);
typedef struct asked { /* an access that failed its test; i64 operands */
    const char *at, *lo, *size, *bytes;
    uint64_t unit; /* bytes of an element, for the report */
    uint32_t site;
    int store;
} asked;
const char *reach_admits(emitter *e, const asked *a, const char *thread);
const char *reach_admits_lanes(emitter *e, const asked *a, const char *bad);
val reach_of_sum(emitter *e, val r, const val *a, const val *b);

/* index_again.c: indices of Python that were tested */
int index_again(emitter *e, const wf_expr *x, val *v); /* 1: *v is what the same test gave before */
void index_note_down(emitter *e, const wf_expr *x, val v);
void index_notes_carry(emitter *e, const char *from);      /* from that block to the one at hand */
void index_notes_forget(emitter *e, const struct slot *s); /* the variable gets another value */

/* lanes_index.c */
int lanes_same_expr(const wf_expr *a, const wf_expr *b);

/* bounds.c */
typedef struct nest_facts nest_facts; /* spans.h */
const char *hoist_checks(emitter *e, const wf_stmt *s, struct map **proven, nest_facts *facts);

/* ranges.c */
enum { NARROWED_MOST = 4 };
typedef struct narrowed { /* tops to be put back */
    uint32_t *at[NARROWED_MOST], old[NARROWED_MOST], count;
} narrowed;
narrowed narrow_begin(emitter *e, const wf_expr *c);
void narrow_end(narrowed *n);

/* expr.c */
val emit_expr(emitter *e, const wf_expr *x);
lval emit_lval(emitter *e, const wf_expr *x);
const char *emit_condition(emitter *e, const wf_expr *x, val *v);
void init_store(emitter *e, const lval *to, const wf_expr *x);
val scratch_pointer(emitter *e,
                    const wf_type *t); /* memory of the group for a temporary, each lane its own */
int builtin_component(emitter *e, const wf_expr *x, val *v); /* threadIdx.x and its kin */
void trap_zero(emitter *e, val divisor, const wf_expr *x);
val fast_divide(emitter *e, val a, val b);

/* control.c */
void emit_stmt(emitter *e, const wf_stmt *s);
void emit_list(emitter *e, const wf_stmt *first);
void emit_body(emitter *e, inst *in);
/* Sets of lanes in memory, and the level at which what decides them differs: see loop_info. */
const char *mask_alloca(emitter *e);
void mask_store(emitter *e, const char *at, mask m);
mask mask_load(emitter *e, const char *at);
int level_of_value(emitter *e, const val *v);
void raise_level(emitter *e, int *at, int level);

/* loop.c */
void emit_loop(emitter *e, const wf_stmt *s);
void emit_loop_from(emitter *e, const wf_stmt *s); /* its counter is set */
void emit_loop_rest(emitter *e, const wf_stmt *s, int slow);
int holds_loop(const wf_stmt *s);
const char *unroll_metadata(emitter *e, int32_t unroll);

/* late.c */
int emit_late(emitter *e, const wf_stmt *s, int slow);
void lates_finish(emitter *e, size_t begin);
int32_t unroll_factor(emitter *e, const wf_stmt *s); /* what #pragma unroll comes to */

/* unroll.c: does a GPU want this loop written out, whatever LLVM thinks? */
int must_unroll(emitter *e, const wf_stmt *s);
int unrolls_tests(emitter *e, const wf_stmt *s);
/* Loops of a few turns without conditions: LLVM writes them out before it looks for vectors. */
int will_be_straight(emitter *e, const wf_stmt *s);
/* Loops of one thread that LLVM would not write out, since they may be left in the middle or do not count. */
enum { GROUP_TURNS = 4 };
int runs_in_groups(emitter *e, const wf_stmt *s);
int unrolls_while(emitter *e, const wf_stmt *s);
uint64_t constant_rounds(emitter *e, const wf_stmt *s); /* turns of a loop, if a few that are known; 0 */
void divergent_return(emitter *e, inst *in);
void push_construct(emitter *e, construct_kind k, int level, scan_stmt *loop);
void pop_construct(emitter *e);
loop_info *loop_of(emitter *e, const wf_stmt *s);
void emit_jump(emitter *e, const wf_stmt *s);
void lanes_left(emitter *e, mask before);
void emit_decl(emitter *e, const wf_stmt *s);

/* calls.c */
inst *inst_new(emitter *e, inst *parent, const wf_func *f, const wf_unit *unit);
val emit_call(emitter *e, const wf_expr *x);
val emit_call_of(emitter *e, const wf_expr *x, const wf_func *f, const wf_unit *unit, val *args);
/* --- function_pointer.c --- */
uint64_t function_number(emitter *e, const wf_func *f); /* what a pointer to it holds; 0: not of this unit */
const wf_func *function_through(emitter *e, const wf_type *type);
val call_outline(emitter *e, const wf_expr *x, const wf_func *f, const wf_unit *unit, val *args);
val inst_result(emitter *e, inst *in);
val emit_call_pointer(emitter *e, const wf_expr *x);
val function_address(emitter *e, const wf_func *f, const wf_expr *x);
void bind_arguments(emitter *e, inst *in, val *args);
/* outline.c */
void outlines_finish(emitter *e);
typedef struct outlines_aside {
    struct map *outlines;
    outline *pending;
} outlines_aside;
outlines_aside outlines_begin(emitter *e);
void outlines_end(emitter *e, const outlines_aside *aside);
int outline_is_rare(const emitter *e, const wf_func *f, const wf_unit *unit);
void outline_export(emitter *e, const wf_func *f);
void nvptx_indices(emitter *e);
int inst_level(emitter *e);

/* builtins*.c */
val emit_builtin(emitter *e, const wf_expr *x);
int emit_without_fraction(emitter *e, const wf_expr *x, val *out);
val emit_math(emitter *e, const wf_expr *x, val *args);
val emit_bits(emitter *e, const wf_expr *x, val *args);
val emit_warp(emitter *e, const wf_expr *x, val *args);
val emit_atomic(emitter *e, const wf_expr *x, val *args);
val emit_service(emitter *e, const wf_expr *x, val *args);
val emit_index_builtin(emitter *e, const wf_expr *x);
val emit_barrier(emitter *e, const wf_expr *x, val *args);

void each_lane(emitter *e, mask m, void (*f)(emitter *, const char *lane, void *user), void *user);
const char *lane_of(emitter *e, val v, const char *lane);
wf_var *raised_words(const emitter *e); /* the unit's WF_RAISED, or NULL */
void emit_trap(emitter *e, uint32_t kind, const wf_expr *x, const char *message);
/* __wf_index(i, n, axis), or __wf_checked for what is never negative. */
static inline int is_python_index(const wf_expr *x) {
    return x->kind == WF_EX_BUILTIN &&
           (x->u.call.builtin == WF_BI_INDEX || x->u.call.builtin == WF_BI_CHECKED);
}
/* Every index of the access raises where it is outside of its axis: no test of the address is needed. */
int raises_outside(const wf_expr *access);
val emit_block_memory(emitter *e, const wf_expr *x, val *args);
val emit_host(emitter *e, const wf_expr *x, val *a); /* __wf_host */

/* globals.c */
int is_ours(emitter *e, const wf_var *var); /* of the unit itself, not of the device library */

/* image.c: the first content of a global */
typedef struct image_pointer { /* 8 bytes that point to a variable or a string */
    uint64_t at;               /* of the image */
    const wf_var *var;
    const wf_expr *string;
    int64_t offset; /* from its start */
    struct image_pointer *next;
} image_pointer;
typedef struct image {
    uint8_t *bytes;
    uint64_t size;
    image_pointer *pointers, **last;
} image;
image *image_of(emitter *e, const wf_var *var);
void image_write(emitter *e, const image *m, wf_text *out);

/* emit.c */
void emit_start(emitter *e, const wf_func *f); /* for a kernel, or a function that stands for itself */
/* once() makes the code of a function: dry, until the kinds of its variables stay. Then it is for good. */
void emit_dry(emitter *e, void (*once)(emitter *, void *), void *user);

/* target_nvptx.c, kernel_cpu.c */
void nvptx_kernel(emitter *e, const wf_func *f, wf_emitted_kernel *out);
void cpu_kernel(emitter *e, const wf_func *f, wf_emitted_kernel *out);
void emit_asm(emitter *e, const wf_stmt *s);
int globals_layout(emitter *e, wf_emitted *out);

/* llvm_version.c */
const char *version_coro_end(const wf_target *t);
#endif
