/* pyfunc/lower.h: what the files of the lowering share.
 *
 * Inference and lowering are one piece of code: lowering a function builds the tree *and* finds types. It is
 * run over the function into a unit that is thrown away, again and again, until no variable's type changes
 * (types only widen); then once more into the unit that is kept, and only this last run's errors count. So
 * what is inferred and what is built can never disagree. A function that calls others infers them, per types
 * of arguments (an instance). */
#ifndef WF_PYFUNC_LOWER_H
#define WF_PYFUNC_LOWER_H
#include "lang/lang.h"
#include "pyfunc/names.h"
#include "pyfunc/pyast.h"
#include "pyfunc/types.h"

typedef struct wf_pf_array { /* what an array value is made of; expressions are cloned at each use */
    wf_expr *data;
    wf_expr **shape;    /* [ndim], long */
    wf_expr **strides;  /* [ndim], long, in elements; NULL unless the layout is A */
    const char *member; /* a column of packed records: data, strides are those of the rows, an element is this
                           field of one. NULL: any other array */
} wf_pf_array;

typedef struct wf_pf_lazy wf_pf_lazy; /* an array expression that was not computed yet (arrays.c) */

enum { WF_PF_MADE_ELSEWHERE = UINT32_MAX };

typedef struct wf_pf_val {
    const wf_pf_type *type;
    const wf_pf_value *known; /* known while compiling: constants, and all of kind STATIC */
    wf_expr *e;               /* scalars: the value; complex: unused */
    struct wf_pf_val *items;  /* tuple: the items; complex: real and imaginary part */
    wf_pf_array *array;
    const wf_pf_lazy *lazy; /* of type array, array is NULL */
    wf_expr *place;         /* record: the lvalue */
    uint8_t nonneg;         /* an integer that cannot be negative */
    uint8_t stable;   /* its expressions mean the same at any later point: constants, parameters' parts */
    uint32_t made_at; /* list, dict, set: number + 1 of the expression that made it; 0: not seen from here */
} wf_pf_val;

typedef struct wf_pf_var {  /* a web's state within an instance */
    const wf_pf_type *type; /* persists between runs, only widens */
    uint8_t nonneg;         /* persists, only falls */
    uint8_t early;          /* was read before its assignment was lowered: never bind it to a value */
    uint8_t assigned;       /* this run: some assignment was lowered */
    const wf_pf_val *bound; /* this run: stands for this value, no variable was made */
    wf_var **vars;          /* this run: one for each leaf; NULL: not declared yet */
    const wf_pf_type *vars_type;
    uint32_t
        made_at; /* of the container that was assigned; WF_PF_MADE_ELSEWHERE: of one that was not made here */
} wf_pf_var;

typedef struct wf_pf_unrolled wf_pf_unrolled;

typedef struct wf_pf_instance {
    const wf_pf_function *f;
    const wf_pf_type **params;
    const wf_pf_webs *webs;
    wf_pf_var *vars;
    const wf_pf_type *result;
    const wf_pf_type **sites; /* by expression: what a list that is made there holds (lists.c); or NULL */
    uint32_t *places;         /* by expression: the first of those whose containers share a variable */
    wf_func *func;            /* in the unit of this run */
    uint32_t run;             /* the run that made func */
    int catching;             /* a raise is left for the caller (exceptions.c) */
    int busy;                 /* being lowered: a recursive call sees the result so far */
    int uses_heap;            /* asks for memory, itself or through what it calls */
    struct wf_pf_unrolled *unrolled; /* copies of loops' bodies (unroll.c) */
    uint64_t unroll_path;            /* the copies that are being lowered */
    const char *name;
    struct wf_pf_instance *next;
} wf_pf_instance;

typedef struct wf_pf_site { /* of an empty list: where to keep what it turns out to hold */
    const wf_pf_type **known;
    wf_pf_kind kind; /* list, dict or set */
    int filled;      /* something is put into it */
    struct wf_pf_site *next;
} wf_pf_site;

typedef struct wf_pf_open_field { /* of a class, without a type of its own (objects.c) */
    uint32_t class_;
    const char *name;
    const wf_pf_type *type; /* of all that was stored so far */
    struct wf_pf_open_field *next;
} wf_pf_open_field;

typedef struct wf_pf_lower { /* one compilation */
    const wf_pf_module *module;
    wf_pf_options options;
    wf_arena arena;
    wf_pf_types types;
    wf_pf_instance *instances;
    const wf_pf_instance *root; /* the function that is compiled */
    wf_unit *u;                 /* of this run */
    uint32_t run;
    int changed;         /* this run widened something */
    int links;           /* addresses are stored into containers or objects */
    int widened;         /* a container holds a wider type than this run took it for: types are found anew */
    int final;           /* this run's errors count */
    uint32_t names;      /* for unique names in u */
    int stopped;         /* a Python exception is set: ask no more */
    const char **pieces; /* kernels of parallel loops, in u */
    uint32_t piece_count, piece_capacity;
    const char **raised; /* texts of exceptions that may be caught; in u */
    uint32_t raised_count, raised_capacity;
    wf_pf_open_field *open_fields;
    wf_pf_site *sites; /* number site_count first */
    uint32_t site_count;
    const wf_pf_type *unknown, *none, *static_, *boolean, *int64, *float64, *int32;
} wf_pf_lower;

typedef struct wf_pf_scope wf_pf_scope;
typedef struct wf_pf_handler { /* of a try, or of a function that is called inside of one */
    wf_var *raised;            /* which exception; 0: none */
    const char *label;         /* of the handlers */
    int by_address;            /* raised is a pointer */
    int used;                  /* something goes there */
    wf_var *kept;              /* in its handlers: the number of the exception that the host keeps, or NULL */
} wf_pf_handler;
typedef struct wf_pf_held {
    wf_expr *address;
    struct wf_pf_held *outer;
} wf_pf_held;
/* What a condition around says of integers (conditions.c): v >= u, or v >= least where there is no u. */
typedef struct wf_pf_fact {
    const wf_var *v, *u;
    int64_t least;
} wf_pf_fact;
enum { WF_PF_FACTS_MOST = 6 };
typedef struct wf_pf_facts {
    wf_pf_fact at[WF_PF_FACTS_MOST];
    uint32_t count;
    struct wf_pf_facts *outer;
} wf_pf_facts;
typedef struct wf_pf_body { /* a function being lowered */
    wf_pf_lower *l;
    wf_pf_instance *in;
    wf_func *func;
    wf_stmt *block;            /* where statements go */
    wf_stmt *head;             /* declarations at the function's top */
    wf_var *broke;             /* of the innermost loop with an else: set by break */
    int loops;                 /* how many loops are open */
    struct wf_pf_piece *piece; /* in a parallel loop (parallel.c) */
    wf_pf_scope *scope;        /* the variables that are declared here */
    uint32_t heap_uses;        /* how often memory was asked for so far */
    wf_pf_val *collect;        /* the list of the comprehension around */
    wf_pf_held *held;          /* what is being made and has no name yet: a loop's sweep must see it */
    wf_pf_facts *facts;        /* of the conditions around */
    uint32_t assigned;         /* how many assignments were lowered */
    const char *hint;          /* a name for the array that is being made */
    const wf_pf_expr
        *compared;          /* a[i] that is an operand of the comparison at hand: its text need not be kept */
    int unstretched;        /* the arrays at hand have the shape of what is made of them */
    wf_pf_handler *handler; /* where a raise goes; NULL: it ends the kernel (exceptions.c) */
    wf_pf_handler *caught;  /* in an except: what was caught */
    int is_kernel;
    int returns;    /* some return was lowered */
    wf_var *result; /* HOST kernel: where the result goes */
    wf_var *heap;   /* HOST: where memory comes from; NULL: not asked yet */
} wf_pf_body;

typedef struct wf_pf_args { /* evaluated arguments of a call */
    wf_pf_val *v;
    const wf_pf_expr **e;
    uint32_t count, keyword_count;
    const char *const *names; /* of the last keyword_count */
    wf_place at;
} wf_pf_args;

/* places.c */
void wf_pf_number_files(wf_unit *u); /* only the ones that the tree names, in its order */

/* function.c */
wf_pf_instance *wf_pf_instance_of(wf_pf_lower *l, const wf_pf_function *f, const wf_pf_type **params,
                                  int catching);
wf_func *wf_pf_instance_func(wf_pf_lower *l, wf_pf_instance *in,
                             wf_place at); /* infers and builds it; may be NULL */
/* How many C values make a value of this type, and their types in order. */
uint32_t wf_pf_leaf_count(const wf_pf_type *type);
void wf_pf_leaf_types(wf_pf_lower *l, const wf_pf_type *type, const wf_type **out);
uint32_t wf_pf_val_leaves(wf_pf_body *b, wf_pf_val v, wf_expr **out); /* v's leaves as expressions */
wf_pf_val wf_pf_val_of_leaves(wf_pf_body *b, const wf_pf_type *type, wf_expr **leaves);
/* Assigns v, made that type, to variables of its leaves; nothing when it cannot be made it. */
void wf_pf_set_leaves(wf_pf_body *b, wf_expr **leaves, wf_pf_val v, const wf_pf_type *type, wf_place at);
const wf_type *wf_pf_result_type(wf_pf_lower *l, const wf_pf_type *type); /* C type of a function's result */
const wf_type *wf_pf_memory_type(wf_pf_lower *l, const wf_pf_type *type); /* always a record of the leaves */

/* loops.c; 1: it never ends */
int wf_pf_lower_while(wf_pf_body *b, const wf_pf_stmt *s);
int wf_pf_lower_for(wf_pf_body *b, const wf_pf_stmt *s);
wf_stmt *wf_pf_counted(wf_pf_body *b, wf_stmt *loop); /* counted.c: a `while` as a `for`, where it counts */
void wf_pf_lower_loop_body(wf_pf_body *b, const wf_pf_stmt *s, wf_var *broke);

/* stmt.c */
void wf_pf_lower_items(wf_pf_body *b, const wf_pf_stmt *s, wf_pf_val tuple,
                       wf_var *broke);                    /* unroll.c; broke: set by break, or NULL */
int wf_pf_lower_body(wf_pf_body *b, const wf_pf_stmt *s); /* 1: it never falls through its end */
void wf_pf_return(wf_pf_body *b, wf_pf_val v, wf_place at);
wf_stmt *wf_pf_open(wf_pf_body *b, wf_place at);     /* a fresh block becomes b->block; returns the old one */
wf_stmt *wf_pf_close(wf_pf_body *b, wf_stmt *outer); /* back to the old; returns the fresh one */
void wf_pf_emit(wf_pf_body *b, wf_expr *e);
wf_var *wf_pf_temp(wf_pf_body *b, const char *name, const wf_type *type, wf_expr *init, wf_place at);
void wf_pf_assign(wf_pf_body *b, const wf_pf_expr *target, wf_pf_val v, wf_place at);
void wf_pf_widen(wf_pf_body *b, wf_pf_var *var, const wf_pf_type *type,
                 int nonneg); /* to hold that type too */
int wf_pf_reads_var(const wf_expr *e, const wf_var *var);
int wf_pf_is_volatile(const wf_expr *e); /* gives another value when a variable or memory changes */
/* A variable of a function: read it. */
wf_pf_val wf_pf_read_var(wf_pf_body *b, const wf_pf_expr *name);
wf_pf_val wf_pf_copy(wf_pf_body *b, wf_pf_val v); /* with expressions of its own, for another use */
/* A loop `for (long i = start; i < stop; i += step)` around what is lowered until wf_pf_loop_end. */
typedef struct wf_pf_count {
    wf_stmt *loop, *outer;
    wf_var *i;
    uint32_t heap_uses; /* before it */
    wf_pf_scope *scope;
} wf_pf_count;
wf_pf_val wf_pf_source_list(wf_pf_body *b, const wf_pf_expr *e); /* of range(), zip(), enumerate() */
wf_pf_count wf_pf_count_begin(wf_pf_body *b, wf_expr *start, wf_expr *stop, wf_expr *step, int down,
                              const char *name, wf_place at);
void wf_pf_count_end(wf_pf_body *b, wf_pf_count *c);

/* ask.c */
wf_expr *wf_pf_word(wf_pf_body *b, int64_t i, wf_place at);
wf_expr *wf_pf_address(wf_pf_body *b, wf_var *var, wf_place at); /* as a word */
wf_expr *wf_pf_ask_host(wf_pf_body *b, wf_pf_ask what, wf_expr **words, uint32_t count, wf_place at);
wf_expr *wf_pf_heap_of(wf_pf_body *b, wf_place at);
wf_expr *wf_pf_heap_alloc_bytes(wf_pf_body *b, wf_expr *bytes, int traced, wf_place at); /* a word; 0: none */
void wf_pf_scope_enter(wf_pf_body *b, uint32_t web);
int wf_pf_in_scope(wf_pf_scope *scope, uint32_t web);
/* Before the loop is added to the open block: its body sweeps if it asked for memory since `uses`. */
void wf_pf_loop_memory(wf_pf_body *b, uint32_t uses, wf_pf_scope *scope, wf_stmt *body, wf_place at);
/* A list, dict, set or instance that was passed lies in memory that the host made and no table of allocations
 * knows. A kernel that asks the host for anything at all is taken to reach such memory (emit/reach.c): one
 * that only reads or changes what it was given asks for nothing else, and must say so. */
int wf_pf_is_made_by_host(const wf_pf_type *type);
void wf_pf_say_host_memory(wf_pf_body *b, wf_place at);
wf_var *wf_pf_spill(wf_pf_body *b, wf_pf_val *values, uint32_t count, wf_place at); /* NULL: no parts */
wf_pf_val wf_pf_of_memory(wf_pf_body *b, const wf_pf_type *type, wf_expr *place);   /* of wf_pf_memory_type */
wf_pf_val wf_pf_call_python(wf_pf_body *b, uint32_t index, const char *code, wf_pf_val *values,
                            uint32_t count, wf_place at);
/* Asks wf_pf_hooks about a call. *handled 0: nothing is known of it. */
wf_pf_val wf_pf_passed(wf_pf_body *b, int64_t number);
wf_pf_val wf_pf_resolve(wf_pf_body *b, const wf_pf_value *callee, const char *name, wf_pf_args *args,
                        int *handled);
wf_pf_val wf_pf_resolve_named(wf_pf_body *b, const char *name, wf_pf_args *args, int *handled);
wf_pf_val wf_pf_resolve_method(wf_pf_body *b, wf_pf_val base, const char *name, wf_pf_args *args,
                               int *handled);
/* A rule has the name but not these arguments (a product of matrices). */
int wf_pf_prefers_python(wf_pf_body *b, const char *name, const wf_pf_args *args);
const wf_pf_value *wf_pf_known_tuple(wf_pf_body *b, wf_pf_val v); /* NULL: an item is no constant */

/* exceptions.c */
wf_stmt *wf_pf_raise(wf_pf_body *b, const char *text, wf_place at); /* "ValueError: words" */
int wf_pf_lower_try(wf_pf_body *b, const wf_pf_stmt *s);
/* A part of a loop's body in which StopIteration ends the loop: begin, lower it, end. */
typedef struct wf_pf_until {
    wf_pf_handler handler, *outer;
    wf_stmt *around;
    const char *done;
} wf_pf_until;
void wf_pf_until_begin(wf_pf_body *b, wf_pf_until *part, wf_place at);
void wf_pf_until_end(wf_pf_body *b, wf_pf_until *part, wf_place at);
int wf_pf_lower_reraise(wf_pf_body *b, const wf_pf_stmt *s);
wf_pf_val wf_pf_keep_error(wf_pf_body *b, int of_all, wf_place at); /* its number at the host; 0: none */
wf_expr *wf_pf_raised_address(wf_pf_body *b, wf_place at); /* what a catching instance is called with */
void wf_pf_after_call(wf_pf_body *b, wf_place at);
void wf_pf_catching_begin(wf_pf_body *b, wf_pf_handler *h); /* the extra parameter */
void wf_pf_catching_end(wf_pf_body *b);

/* tuples.c */
/* conditions.c: from begin to end what `test` says holds; it is not NULL only if nothing in it has assigned. v NULL: all. */
void wf_pf_facts_begin(wf_pf_body *b, wf_pf_facts *facts, const wf_expr *test);
void wf_pf_facts_end(wf_pf_body *b, const wf_pf_facts *facts);
void wf_pf_facts_forget(wf_pf_body *b, const wf_var *v);
int wf_pf_facts_cover(const wf_pf_body *b, const wf_expr *x, const wf_pf_val *less);
/* choices.c */
wf_pf_val wf_pf_eval_test(wf_pf_body *b, const wf_pf_expr *e); /* only its truth counts */
wf_pf_val wf_pf_eval_andor(wf_pf_body *b, const wf_pf_expr *e);
wf_pf_val wf_pf_eval_compare(wf_pf_body *b, const wf_pf_expr *e);
wf_pf_val wf_pf_eval_ifexp(wf_pf_body *b, const wf_pf_expr *e);

int wf_pf_is_member(wf_pf_body *b, const wf_pf_type *type); /* of an enum: a named tuple of its value */
wf_pf_val wf_pf_tuple_joined(wf_pf_body *b, wf_pf_val x, wf_pf_val y);
wf_pf_val wf_pf_tuple_repeated(wf_pf_body *b, wf_pf_val x, int64_t n, wf_place at);
wf_pf_val wf_pf_tuple_compare(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at);
const wf_pf_type *wf_pf_tuple_item_type(wf_pf_body *b, wf_pf_val t); /* of all its items; NULL: none */
wf_pf_val wf_pf_tuple_at(wf_pf_body *b, wf_pf_val t, const wf_pf_type *type, wf_expr *index, wf_place at);
wf_pf_val wf_pf_tuple_method(wf_pf_body *b, wf_pf_val t, const char *name, wf_pf_args *args, int *handled);
wf_pf_val wf_pf_tuple_item(wf_pf_body *b, wf_pf_val t, wf_pf_val index, wf_place at);

/* optional.c */
wf_expr *wf_pf_zero(wf_pf_body *b, const wf_type *type, wf_place at);
wf_pf_val wf_pf_to_optional(wf_pf_body *b, wf_pf_val v, const wf_pf_type *to, wf_place at);
wf_pf_val wf_pf_unwrap(wf_pf_body *b, wf_pf_val v,
                       wf_place at); /* of an optional; raises TypeError for None */
wf_pf_val wf_pf_is_none(wf_pf_body *b, wf_pf_val v, wf_place at);
wf_pf_val wf_pf_compare_optional(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at);
wf_expr *wf_pf_optional_truth(wf_pf_body *b, wf_pf_val v, wf_place at);

/* dates.c */
wf_pf_val wf_pf_date(wf_pf_body *b, const wf_pf_type *type, wf_expr *e);
/* In another unit. */
wf_pf_val wf_pf_date_as(wf_pf_body *b, wf_pf_val v, const wf_pf_type *to, wf_place at);
/* One of the operators, of dates and arrays of dates; of one operand: y is None. */
wf_pf_val wf_pf_date_operator(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at);
wf_pf_val wf_pf_date_numbers(wf_pf_body *b, wf_pf_val v, wf_place at); /* what it counts, as int64 */
wf_pf_val wf_pf_date_of(wf_pf_body *b, const char *code, wf_pf_val numbers, wf_place at); /* the way back */

/* text.c */
wf_pf_val wf_pf_runtime(wf_pf_body *b, wf_pf_val v, wf_place at); /* a constant text as text of run time */
int wf_pf_is_text(wf_pf_val v);                                   /* either of the two */
const wf_pf_type *wf_pf_runtime_type(wf_pf_body *b, wf_pf_val v); /* the type of wf_pf_runtime(v) */
wf_pf_val wf_pf_text_length(wf_pf_body *b, wf_pf_val v, wf_place at);
wf_pf_val wf_pf_text_at(wf_pf_body *b, wf_pf_val v, wf_expr *index, wf_place at); /* unchecked */
wf_pf_val wf_pf_text_codes(wf_pf_body *b, wf_pf_val v, wf_place at);  /* its code points, an array */
wf_pf_val wf_pf_text_of(wf_pf_body *b, wf_pf_val array, wf_place at); /* the way back; the memory is shared */
wf_pf_val wf_pf_text_binary(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at);
wf_pf_val wf_pf_text_subscript(wf_pf_body *b, wf_pf_val text, const wf_pf_expr *index, wf_place at);
/* An element of "<U12" is a record of its code points (TEXT_FIELD): read as text, and stored from text. */
wf_pf_val wf_pf_text_element(wf_pf_body *b, const wf_pf_type *element, wf_expr *place, wf_place at);
/* The same where it lies, for what is read at once. */
wf_pf_val wf_pf_text_in_place(wf_pf_body *b, const wf_pf_type *element, wf_expr *place, wf_place at);
void wf_pf_store_text(wf_pf_body *b, const wf_pf_type *element, wf_expr *place, wf_pf_val text, wf_place at);
/* An element of "S12" beside bytes, which are arrays: both are such elements. */
void wf_pf_bytes_meet(wf_pf_body *b, wf_pf_val *x, wf_pf_val *y, wf_place at);
int wf_pf_is_bytes_array(wf_pf_val v);
/* Bytes as a key of a dict or an item of a set, which no array can be. */
wf_pf_val wf_pf_as_key(wf_pf_body *b, wf_pf_val v, wf_place at);
int wf_pf_is_text_array(wf_pf_val v); /* of text or bytes of a length */
wf_pf_val wf_pf_text_arrays(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at);
/* A constant text into the bytes, or the code points, of an array whose length is known: what a kernel sees of a text
 * field. Cut to the length, zeros behind it. */
int wf_pf_takes_text(wf_pf_body *b, wf_pf_val array, wf_pf_val v);
void wf_pf_store_characters(wf_pf_body *b, wf_pf_val array, wf_pf_val text, wf_place at);
wf_pf_val wf_pf_text_joined(wf_pf_body *b, const wf_pf_expr *e); /* an f-string */

/* objects.c: what lies in the heap as a record: dicts, sets, instances of classes */
wf_pf_val wf_pf_container_new(wf_pf_body *b, const wf_pf_type *type, wf_place at); /* a dict or set, empty */
wf_pf_val wf_pf_container_empty(wf_pf_body *b, wf_pf_kind kind, const wf_pf_expr *e);
wf_pf_val wf_pf_container_literal(wf_pf_body *b, const wf_pf_expr *e);
wf_pf_val wf_pf_object_attribute(wf_pf_body *b, wf_pf_val object, const char *name, wf_place at);
wf_pf_val wf_pf_object_new(wf_pf_body *b, uint32_t class_, wf_pf_args *args); /* and calls __init__ */
void wf_pf_object_store(wf_pf_body *b, wf_pf_val object, const char *name, wf_pf_val v, wf_place at);

/* ranges.c */
typedef struct wf_pf_range {
    wf_expr *start, *stop, *step;
    int down, nonneg; /* down: 1: the step is below 0; 2: its sign is not known; nonneg: of what it gives */
} wf_pf_range;
int wf_pf_range_of(wf_pf_body *b, const wf_pf_expr *call, wf_pf_range *r); /* 0: an error */
/* A bound that is read again at each turn: kept in a variable unless it cannot change. */
wf_expr *wf_pf_keep_bound(wf_pf_body *b, wf_pf_val v, const char *name, wf_place at);
wf_pf_val wf_pf_range_new(wf_pf_body *b, const wf_pf_expr *call); /* a value */
wf_pf_val wf_pf_range_made(wf_pf_body *b, wf_pf_val start, wf_pf_val stop, wf_pf_val step);
wf_expr *wf_pf_range_length(wf_pf_body *b, wf_pf_val range, wf_place at); /* may be below 0 */
wf_pf_val wf_pf_range_count(wf_pf_body *b, wf_pf_val range, wf_place at); /* len() */
wf_pf_val wf_pf_range_item(wf_pf_body *b, wf_pf_val range, wf_pf_val index, wf_place at);
wf_pf_val wf_pf_range_cut(wf_pf_body *b, wf_pf_val range, wf_expr *start, wf_expr *length, wf_expr *stride,
                          wf_place at);
wf_pf_val wf_pf_range_contains(wf_pf_body *b, wf_pf_op op, wf_pf_val item, wf_pf_val range, wf_place at);
wf_pf_val wf_pf_range_compare(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at);
wf_pf_val wf_pf_range_list(wf_pf_body *b, wf_pf_val v, wf_place at);

/* mixed.c: lists and dicts of several types */
wf_pf_val wf_pf_mixed_list(wf_pf_body *b, wf_pf_val *items, uint32_t count);
/* Of the keys and values of a dict's literal. NULL type: a key is no text that is known while compiling. */
wf_pf_val wf_pf_mixed_dict(wf_pf_body *b, const wf_pf_val *keys, const wf_pf_val *values, uint32_t count);
wf_pf_val wf_pf_mixed_over(wf_pf_body *b, wf_pf_val v); /* the tuple that a loop over it goes over */
wf_pf_val wf_pf_mixed_item(wf_pf_body *b, wf_pf_val dict, wf_pf_val key, wf_place at);
wf_pf_val wf_pf_mixed_compare(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at);
wf_pf_val wf_pf_mixed_method(wf_pf_body *b, wf_pf_val base, const char *name, wf_pf_args *args);
wf_pf_val wf_pf_mixed_error(wf_pf_body *b, wf_pf_val v, wf_place at); /* it cannot be changed */

/* lists.c */
void wf_pf_raise_when(wf_pf_body *b, wf_expr *condition, const char *text, wf_place at);
/* The type of a list, dict or set made at this place of the source, as far as it is known. */
const wf_pf_type *wf_pf_site_type(wf_pf_body *b, const wf_pf_expr *e, wf_pf_kind kind);
wf_pf_val wf_pf_list_new(wf_pf_body *b, const wf_pf_type *element, int64_t room, wf_place at);
int wf_pf_holds_addresses(wf_pf_body *b, const wf_pf_type *type);
int wf_pf_has_static(const wf_pf_type *type);
const wf_type *wf_pf_list_ctype(wf_pf_lower *l);
wf_pf_val wf_pf_list_typed(wf_pf_body *b, wf_pf_val list, const wf_pf_val *like, wf_place at);
/* In a loop over it: a typed list that was `begun` long must be so still. A plain one may grow, as in Python. */
void wf_pf_list_unchanged(wf_pf_body *b, wf_pf_val list, wf_var *begun, wf_place at);
wf_pf_val wf_pf_list_length(wf_pf_body *b, wf_pf_val list, wf_place at);
wf_pf_val wf_pf_list_at(wf_pf_body *b, wf_pf_val list, wf_expr *index, wf_place at); /* unchecked */
wf_pf_val wf_pf_list_item(wf_pf_body *b, wf_pf_val list, wf_pf_val index, wf_place at);
void wf_pf_list_store(wf_pf_body *b, wf_pf_val list, wf_pf_val index, wf_pf_val v, wf_place at);
void wf_pf_list_append(wf_pf_body *b, wf_pf_val list, wf_pf_val v, wf_place at);
wf_pf_val wf_pf_list_literal(wf_pf_body *b, const wf_pf_expr *e);
wf_pf_val wf_pf_list_comprehension(wf_pf_body *b, const wf_pf_expr *e); /* of sets and dicts too */
void wf_pf_collect(wf_pf_body *b, const wf_pf_stmt *s);
wf_pf_val wf_pf_list_method(wf_pf_body *b, wf_pf_val list, const char *name, wf_pf_args *args, int *handled);
void wf_pf_container_assigned(wf_pf_body *b, wf_pf_var *var, int is_param, wf_pf_val v);
int wf_pf_container_widen(wf_pf_body *b, wf_pf_val held, const wf_pf_type *item, wf_place at);
const wf_pf_type *wf_pf_wider_here(wf_pf_body *b, const wf_pf_expr *e, const wf_pf_type *element);
int wf_pf_sites_settle(wf_pf_lower *l); /* 0: nothing was open */
void wf_pf_list_fills(wf_pf_body *b, const wf_pf_type *list);
void wf_pf_list_learn(wf_pf_body *b, const wf_pf_type *list, const wf_pf_type *element);

/* parallel.c: for (i = start; i < stop; i += step) in pieces on all threads, around what is lowered between.
 * All three are variables or constants. `owned`: the loop's own webs; see wf_pf_piece_plan. */
typedef struct wf_pf_plan wf_pf_plan;
/* What the loop assigns; NULL: it must run in order. */
const wf_pf_plan *wf_pf_piece_plan(wf_pf_body *b, const wf_pf_stmt *loop);
wf_var *wf_pf_piece_begin(wf_pf_body *b, const wf_pf_plan *plan, wf_expr *start, wf_expr *stop, wf_expr *step,
                          int down, const char *name, wf_place at);
void wf_pf_piece_end(wf_pf_body *b);

/* expr.c */
/* Operands are read in Python's order: l.pop() in the second must not change the len(l) that is the first.
 * What was evaluated before a moment is kept as it was then, when statements with effects have come since. */
typedef struct wf_pf_moment {
    wf_stmt *block, *last;
} wf_pf_moment;
wf_pf_moment wf_pf_now(wf_pf_body *b);
void wf_pf_as_then(wf_pf_body *b, wf_pf_moment then, wf_pf_val *values, uint32_t count, wf_place at);
int wf_pf_does_something(wf_pf_val v); /* its expression has a call that is still to come */
/* Puts statements where the block ended then, and moves `then` behind them. */
void wf_pf_put_then(wf_pf_moment *then, wf_stmt *s);
/* Whether the statements since then, or v itself, which was evaluated since, may change memory. */
int wf_pf_changed_since(wf_pf_body *b, wf_pf_moment then, wf_pf_val v);
wf_pf_val wf_pf_eval(wf_pf_body *b, const wf_pf_expr *e);
wf_pf_val wf_pf_misspelt(wf_pf_body *b, wf_pf_val module, const wf_pf_expr *e, const char *what);
wf_pf_val wf_pf_error(wf_pf_body *b, wf_place at, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
wf_pf_val wf_pf_unknown(wf_pf_body *b);
wf_pf_val wf_pf_none(wf_pf_body *b);
wf_pf_val wf_pf_scalar(wf_pf_body *b, const wf_pf_type *type, wf_expr *e);
wf_pf_val wf_pf_constant(wf_pf_body *b, const wf_pf_value *value, wf_place at);
wf_pf_val wf_pf_int(wf_pf_body *b, int64_t i, wf_place at);
wf_pf_val wf_pf_bool(wf_pf_body *b, int truth);
wf_pf_val wf_pf_contains(wf_pf_body *b, wf_pf_op op, wf_pf_val item, wf_pf_val in, wf_place at);
wf_pf_val wf_pf_tuple(wf_pf_body *b, wf_pf_val *items, uint32_t count);
const char *wf_pf_spell(wf_pf_body *b, wf_pf_val v); /* its type, or what the compile-time value is */
wf_expr *wf_pf_clone(wf_unit *u, const wf_expr *e);
int wf_pf_simple(const wf_expr *e); /* may be evaluated twice: constants, variables, members */
wf_pf_val wf_pf_settle(wf_pf_body *b, wf_pf_val v,
                       wf_place at); /* as it is now: kept in temporaries if need be */
wf_expr *wf_pf_truth(wf_pf_body *b, wf_pf_val v, wf_place at); /* bool(v) */
int wf_pf_known_truth(wf_pf_val v, int *truth);                /* 0: it is not known while compiling */
int wf_pf_attribute_is(const wf_pf_value *v, const char *name);
wf_pf_val wf_pf_attribute(wf_pf_body *b, wf_pf_val base, const char *name, wf_place at);
wf_pf_val wf_pf_overloaded_attribute(wf_pf_body *b, wf_pf_val base, const char *name, wf_place at,
                                     int *found);

/* number.c */
int wf_pf_field_packed(wf_pf_lower *l, const wf_pf_type *record, const wf_pf_field *f);
const wf_type *wf_pf_ctype(wf_pf_lower *l, const wf_pf_type *type); /* scalars and records */
wf_expr *wf_pf_number(wf_pf_body *b, wf_pf_val v, const wf_pf_type *to, wf_place at); /* converted */
wf_expr *wf_pf_long(wf_pf_body *b, wf_pf_val v, wf_place at); /* as an index: int64, an error for a float */
wf_pf_val wf_pf_convert(wf_pf_body *b, wf_pf_val v, const wf_pf_type *to, wf_place at);
wf_pf_val wf_pf_binary(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at);
wf_pf_val wf_pf_compare(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at);
wf_pf_val wf_pf_unary(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_place at);
/* A function of the device library: base name without wf_ and without the f of float32. */
wf_expr *wf_pf_library(wf_pf_body *b, const char *name, const wf_pf_type *type, wf_expr **args,
                       uint32_t count, wf_place at);
wf_expr *wf_pf_library_exact(wf_pf_body *b, const char *name, const wf_type *result, wf_expr **args,
                             uint32_t count, wf_place at);
wf_expr *wf_pf_builtin(wf_pf_body *b, wf_builtin id, wf_place at, uint32_t count, ...);

wf_pf_val wf_pf_complex(wf_pf_body *b, const wf_pf_type *type, wf_expr *real, wf_expr *imag);

/* arrays.c */
wf_pf_val wf_pf_array_as(wf_pf_body *b, wf_pf_val v, const wf_pf_type *to,
                         wf_place at); /* in another layout */
wf_expr *wf_pf_element(wf_pf_body *b, wf_pf_val array, wf_pf_val *index, uint32_t count,
                       wf_place at); /* an lvalue */
wf_pf_val wf_pf_load(wf_pf_body *b, const wf_pf_type *element,
                     wf_expr *place); /* what an element's lvalue holds */
void wf_pf_store(wf_pf_body *b, wf_expr *place, const wf_pf_type *element, wf_pf_val v, wf_place at);
wf_pf_val wf_pf_subscript(wf_pf_body *b, const wf_pf_expr *e);
void wf_pf_store_subscript(wf_pf_body *b, const wf_pf_expr *target, wf_pf_val v, wf_place at);
/* a[i] op= v for an element; 0 when it is something else (a slice), and nothing was done. */
int wf_pf_update_subscript(wf_pf_body *b, const wf_pf_expr *target, wf_pf_op op, const wf_pf_expr *value,
                           wf_place at);
wf_pf_val wf_pf_array_row(wf_pf_body *b, wf_pf_val a, wf_pf_val index,
                          wf_place at); /* a[index] of two or more axes */
wf_pf_val wf_pf_static_type(wf_pf_body *b, const wf_pf_type *type);
wf_pf_val wf_pf_array_attribute(wf_pf_body *b, wf_pf_val a, const char *name, wf_place at);
wf_expr *wf_pf_extent(wf_pf_body *b, wf_pf_val a, uint32_t axis);
/* Array expressions: elementwise, computed when stored. */
wf_pf_val wf_pf_lazy_binary(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at);
/* np.add(x, y) of two numbers: in the type that NumPy's loop has, and no division raises. */
wf_pf_val wf_pf_ufunc_of_numbers(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_pf_val y, wf_place at);
wf_pf_val wf_pf_lazy_call(wf_pf_body *b, const wf_pf_value *function, wf_pf_val *args, uint32_t count,
                          wf_place at);
wf_pf_val wf_pf_lazy_unary(wf_pf_body *b, wf_pf_op op, wf_pf_val x, wf_place at);
wf_pf_val wf_pf_materialise(wf_pf_body *b, wf_pf_val v, wf_place at);
wf_pf_val wf_pf_array_new(wf_pf_body *b, const wf_pf_type *element, wf_expr **shape, int ndim, wf_place at);
wf_pf_val wf_pf_array_at(wf_pf_body *b, wf_pf_val v, wf_var **index, int ndim,
                         wf_place at);                                           /* one element, broadcast */
void wf_pf_array_fill(wf_pf_body *b, wf_pf_val array, wf_pf_val v, wf_place at); /* array[...] = v */
/* Whether a ufunc may put v there, as NumPy casts ("same_kind"); 0 with an error. */
int wf_pf_may_store(wf_pf_body *b, wf_pf_val array, wf_pf_val v, wf_place at);
/* Whether v, an array, reads the array's own memory other than each element where it is written. */
wf_expr *wf_pf_apart(wf_pf_body *b, wf_pf_val x, wf_expr *x_count, wf_pf_val y, wf_expr *y_count,
                     wf_place at);
int wf_pf_reads_elsewhere(wf_pf_val array, wf_pf_val v);
const wf_var *wf_pf_root(const wf_expr *address);    /* the variable whose memory it is in; or NULL */
int wf_pf_array_part(wf_pf_val a, const char *name); /* .real, .imag of complex elements, a field */
/* Two arrays that are one: the same memory, extents and strides. */
wf_pf_val wf_pf_array_same(wf_pf_body *b, wf_pf_val x, wf_pf_val y, wf_place at);
wf_pf_val wf_pf_array_method(wf_pf_body *b, wf_pf_val a, const char *name, wf_pf_val *args, uint32_t count,
                             wf_place at, int *handled);
wf_pf_val wf_pf_array_constant(wf_pf_body *b, const wf_pf_value *value, wf_place at);

/* constants.c */
int wf_pf_needs_constant(const wf_pf_function *f, uint32_t param); /* as the shape of a shared array … */

/* calls.c, call_rules.c, cuda_calls.c, cuda_atomics.c */
wf_pf_val wf_pf_call_type(wf_pf_body *b, const wf_pf_type *type, wf_pf_args *args); /* float32(x) */
typedef wf_pf_val wf_pf_call_rule(wf_pf_body *b, const char *name, wf_pf_args *args, int data);
typedef struct wf_pf_callable {
    const char *name;
    wf_pf_call_rule *rule;
    int min, max, data;
    int flags; /* WF_PF_TAKES_…; 0: of numbers, and of arrays element by element */
} wf_pf_callable;
enum {
    WF_PF_TAKES_ARRAYS = 1,     /* as they are */
    WF_PF_TAKES_ARRAY_ALONE = 2 /* as it is where it is the only argument */
};
extern const wf_pf_callable wf_pf_own_callables[];  /* call_rules.c */
extern const wf_pf_callable wf_pf_cuda_callables[]; /* ended by a NULL name */
/* How one of them is called, for a hint; NULL: its count of arguments says it. */
const char *wf_pf_cuda_usage(const char *name);
extern const wf_pf_callable wf_pf_cuda_atomics[];
extern const wf_pf_callable wf_pf_numpy_callables[];
extern const wf_pf_callable wf_pf_host_callables[];
wf_pf_val wf_pf_call_function(wf_pf_body *b, const wf_pf_function *f, wf_pf_args *args); /* user_calls.c */
/* The type that an instance keeps a value under: what lives at compile time only has one for each value. */
const wf_pf_type *wf_pf_param_type(wf_pf_body *b, wf_pf_val v, int constant);
wf_pf_val wf_pf_vector(wf_pf_body *b, const char *name, wf_pf_args *args); /* cuda.float32x4(…) */
wf_pf_call_rule wf_pf_rule_print;                                          /* print.c */
/* complex.c: cmath.…, NumPy's functions of a complex number */
wf_pf_val wf_pf_complex_extreme(wf_pf_body *b, wf_pf_val x, wf_pf_val y, int data, wf_place at);
wf_pf_val wf_pf_call_complex(wf_pf_body *b, const char *name, wf_pf_args *args, int *found);
wf_pf_val wf_pf_complex_power(wf_pf_body *b, const wf_pf_type *type, wf_pf_val x, wf_pf_val y, wf_place at);
wf_pf_val wf_pf_call_extern(wf_pf_body *b, const char *spec, wf_pf_args *args); /* extern.c: of CUDA C */
/* libdevice.c: cuda.libdevice.…, cuda.fp16.… */
wf_pf_val wf_pf_call_libdevice(wf_pf_body *b, const char *name, wf_pf_args *args, int *found);
wf_pf_val wf_pf_call(wf_pf_body *b, const wf_pf_expr *e);
/* known 0: some argument's type is not, yet. */
wf_pf_val wf_pf_call_method(wf_pf_body *b, wf_pf_val base, const char *name, wf_pf_args *args, int known);
int wf_pf_eval_args(wf_pf_body *b, const wf_pf_expr *call, wf_pf_args *args); /* 0: one is unknown */
wf_pf_val wf_pf_call_value(wf_pf_body *b, const wf_pf_value *function, wf_pf_args *args);
wf_pf_val wf_pf_make_typed(wf_pf_body *b, const char *code, wf_place at); /* host_calls.c */
wf_pf_val wf_pf_call_named(wf_pf_body *b, const char *name, wf_pf_args *args);
wf_pf_val wf_pf_cuda_attribute(wf_pf_body *b, const char *name, wf_place at,
                               int *found);                   /* cuda.threadIdx.x … */
wf_pf_val *wf_pf_keyword(wf_pf_args *args, const char *name); /* NULL: not given */
const wf_pf_type *wf_pf_dtype_of(wf_pf_body *b, wf_pf_val v); /* NULL: it names no type */
#endif
