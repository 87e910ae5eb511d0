/* emit/loop_function.h: a loop's body as a function of its own (parallel.c, lanes.c).
 *
 * What the body reads of the variables around the loop travels in a context, an array of 8-byte words on the
 * caller's stack: values of those that are kept in slots (a pointer with its reach), addresses of those in
 * memory. */
#ifndef WF_EMIT_LOOP_FUNCTION_H
#define WF_EMIT_LOOP_FUNCTION_H
#include "emit/inner.h"

enum { CAPTURES_MOST = 128 };

typedef struct word { /* one leaf of a captured variable */
    val v;            /* kind CONST: not in the context. Pointers: root as it was outside */
    uint32_t at;
} word;

typedef struct captured {
    wf_var *var;
    word *leaves;  /* LOCAL_SLOTS */
    uint32_t at;   /* else: the address */
    int in_memory; /* LOCAL_ROWS, LOCAL_MEMORY */
} captured;

typedef struct search {
    emitter *e;
    const inst *in;
    const scan_stmt *loop;
    const wf_var *counter;
    wf_var *found[CAPTURES_MOST];
    uint32_t count;
    int bad;
    int (*skip)(const void *user, const wf_var *); /* not to be captured; or NULL */
    const void *user;
} search;

/* What the statement mentions of the variables around the loop, into h->found; h->bad: it cannot be captured,
 * or the loop assigns to one that is kept in a slot. h->e, in, loop, counter are set. */
void loop_search(search *h, const wf_stmt *body);
/* The most words that the variables found take. */
uint32_t loop_words(const search *h);

/* Where the loop is: stores into a word, captures one variable from word *words on. */
void loop_put(emitter *e, const char *context, uint32_t word, const char *type, const char *op);
void loop_capture(emitter *e, inst *around, captured *c, const char *context, uint32_t *words);
const char *loop_wide(emitter *e, val v); /* of 32 or 64 bits, as i64 */
/* How many turns: (b - a + c - 1) / c when a < b. */
const char *loop_turns(emitter *e, val a, val b, int64_t step);

/* The words that every context begins with: where the block is. */
enum { LOOP_BLOCK, LOOP_X, LOOP_Y, LOOP_Z, LOOP_OWN };
void loop_put_block(emitter *e, const char *context);

/* In the function, which has a parameter %context: reads a word; begins the code, all captured variables
 * bound. */
const char *loop_get(emitter *e, uint32_t word, const char *type);
void loop_begin(emitter *e, inst *in, const captured *list, uint32_t count);
/* The whole function: once(e, user) makes the code of the activation *in. scratch: as kernel_finish's slot;
 * linkage: "internal " or "". */
void loop_function(emitter *e, const char *linkage, const char *name, int scratch,
                   void (*once)(emitter *, void *), void *user);
inst *loop_inst(emitter *e, const inst *around);

/* parallel.c: asks for a function that is written by parallels_finish; lanes.c. */
void lanes_finish(emitter *e, lanes *l);
void parallel_add_lanes(emitter *e, lanes *l);
#endif
