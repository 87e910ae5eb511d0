/* tests/interp/inner.h: what the files of the interpreter share. */
#ifndef WF_TESTS_INTERP_INNER_H
#define WF_TESTS_INTERP_INNER_H
#include "interp.h"
#include <ucontext.h>

typedef struct run run;
typedef struct block block;
typedef struct thread thread;

typedef struct value {
    uint64_t i;  /* integers, bool, pointers: as wf_expr.u.i */
    double f;    /* floating types: exact */
    char *bytes; /* records */
} value;

typedef struct place { /* an lvalue */
    char *address;
    uint8_t bit_offset, bit_width;
    uint8_t checked;    /* reached through a pointer: look whether it may be touched */
    uint8_t suppressed; /* an index was out of range: do not touch it */
} place;

typedef struct range { /* memory that may be touched */
    char *data;
    uint64_t size;
    const wf_var *var; /* whose it is, or NULL */
    int owned;         /* free it in the end */
} range;
typedef struct ranges {
    range *items;
    uint32_t count, capacity;
} ranges;

struct wf_interp_module {
    const wf_unit *unit;
    ranges globals; /* also those of library units that were used */
};

typedef struct frame { /* a function that runs */
    struct frame *caller;
    const wf_func *func;
    char **locals; /* by the variable's number */
    uint64_t *sizes;
    value result;
    uint32_t size_of_result;
} frame;

enum thread_state { READY, AT_BARRIER, AT_NAMED_BARRIER, AT_GRID_BARRIER, AT_WARP, AT_CONVERGENCE, DONE };

struct thread {
    run *run;
    block *block;
    uint32_t index, id[3];
    enum thread_state state;
    ucontext_t context;
    void *stack;
    frame *frame;
    uint32_t depth;
    /* What it waits for. */
    const wf_expr *wait_at;
    uint32_t wait_id, mask; /* wf_builtin; lanes */
    value operands[4], answer;
    /* Records in the middle of an expression. */
    void **temporaries;
    uint32_t temporary_count, temporary_capacity;
    int bad_index;    /* a __wf_index was out of range since this was cleared */
    const char *seek; /* a goto is looking for this label */
};

struct block {
    uint32_t id[3];
    uint64_t index;
    thread *threads;
    ranges shared;
    char *dynamic;
    uint32_t arrived[16]; /* at the numbered barriers */
};

struct run {
    const wf_unit *unit;
    const wf_func *kernel;
    wf_interp_options *options;
    wf_interp_module *module;
    uint32_t grid[3], size[3]; /* blocks; threads of a block */
    uint32_t threads, dynamic_size;
    uint64_t steps;
    ranges memory; /* buffers, strings, malloc */
    const void *params;
    ucontext_t scheduler;
    block *blocks; /* those that run now */
    uint32_t block_count;
    int stop;
    wf_status status;
    wf_error *err;
};

/* run.c */
void stop_run(thread *t, wf_status status, wf_place at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void wait_in(thread *t, enum thread_state state); /* until the scheduler makes it READY again */
void *interp_alloc(size_t size);                  /* zeroed; ends the test program when memory is out */

/* memory.c */
range *ranges_add(ranges *list, void *data, uint64_t size, const wf_var *var, int owned);
void ranges_free(ranges *list);
range *ranges_of_var(const ranges *list, const wf_var *var);
const range *find_range(const thread *t, uint64_t address); /* NULL: nothing that may be touched is there */
char *address_of_var(thread *t, const wf_var *var);
/* e: the expression that reads or writes, for the report and for lanes in step */
value load(thread *t, const place *p, const wf_type *type, const wf_expr *e);
void store(thread *t, const place *p, const wf_type *type, value v, const wf_expr *e);
value load_plain(thread *t, const char *address, const wf_type *type); /* no checks */
void store_plain(char *address, const wf_type *type, value v);
int may_touch(thread *t, uint64_t address, uint64_t size, int is_store, wf_place at);
int is_shared(const thread *t, uint64_t address);
uint64_t shared_at(const thread *t, uint64_t low);
void *temporary(thread *t, uint64_t size);
void drop_temporaries(thread *t, uint32_t down_to);

/* arith.c: the arithmetic that tree.h defines */
double round_to(wf_type_kind kind, double x);
uint64_t wrap(const wf_type *type, uint64_t x);
value number(const wf_type *type, double f, uint64_t i);
value convert_number(const wf_type *from, const wf_type *to, value v);
value binary(wf_op op, const wf_type *type, value a, value b);
int compare(wf_op op, const wf_type *type, value a, value b);
double fused(wf_type_kind kind, double a, double b, double c);
double float_min(double a, double b);
double float_max(double a, double b);

/* expr.c */
value evaluate(thread *t, const wf_expr *e);
place evaluate_place(thread *t, const wf_expr *e);
value call_function(thread *t, const wf_func *func, const value *args, wf_place at);
/* builtin.c */
value evaluate_builtin(thread *t, const wf_expr *e);
void exchange(thread *lanes, uint32_t count,
              uint32_t group); /* a warp operation that all of the group have reached */
/* stmt.c */
enum flow { NEXT, BREAK, CONTINUE, RETURN, JUMP };
enum flow run_body(thread *t, const wf_stmt *body);
#endif
