/* emit/lanes.h: what lanes.c, lanes_review.c and lanes_index.c share. */
#ifndef WF_EMIT_LANES_H
#define WF_EMIT_LANES_H
#include "emit/loop_function.h"
#include "emit/spans.h"

enum {
    LANES = 8,
    WIDE = 2 *
           LANES, /* of chains of additions, which wait for each other: two vectors of float64 side by side */
    SUMS_MOST = 4,
    GATHERS_MOST = 8,
    OWN_MOST = 16,
    OWN_NODES_MOST = 1000,
    CALLS_MOST = 12, /* in a turn: more would make the kernel too large for calls in place */
    WORD_FROM = LOOP_OWN,
    WORD_DONE,
    WORD_SUMS,
    WORDS_FIXED = WORD_SUMS + SUMS_MOST
};

typedef struct sum { /* var = var op addend */
    const wf_stmt *stmt;
    const wf_var *var;
    const wf_expr *addend;
    wf_op op;
    const char *at; /* in the function: alloca */
} sum;

struct lanes {
    const wf_stmt *loop;
    inst *around, *in; /* in: of the function */
    map *proven;
    const char *name, *context;
    captured *list;
    uint32_t count, words;
    int64_t step;
    int in_parts;   /* a last group of fewer turns is done too, under a mask */
    uint32_t least; /* fewer turns are left to the loop itself */
    uint32_t width; /* lanes */
    sum sums[SUMS_MOST];
    uint32_t sum_count;
    wf_var *own[OWN_MOST]; /* declared around the loop, but a turn's own */
    uint32_t own_count;
};

typedef struct review {
    emitter *e;
    const inst *in;
    const scan_stmt *loop;
    const wf_var *counter;
    lanes *l;
    int early;              /* nothing was emitted of what is around the loop: only its form is looked at */
    int stored;             /* something was changed for good so far */
    int raises;             /* something may raise */
    int calls;              /* of the library */
    uint32_t nodes;         /* of the program's own functions that are called */
    int within;             /* loops around the place at hand, within the turn */
    const scan_stmt *inner; /* the innermost of them */
    int loops;              /* within a turn, in all */
    int stays;              /* a loop within is one that LLVM does not write out */
    int carried;            /* a loop within changes a float that was there before it */
    int divides;            /* integers by what is not a power of two: no vector instruction does that */
    int slow;               /* the same, in Python's way */
    int bad;
    map *carriers;  /* variables that the loop at hand takes from turn to turn */
    map *counters;  /* of the loops within */
    map *privates;  /* variables around the loop → privates: a turn's own */
    uint32_t count; /* accesses to memory */
    struct {
        const wf_expr *x;
        int store;
    } accesses[NEST_ACCESSES_MOST];
} review;

/* lanes_review.c */
/* A list of statements of a turn; top: done in each. r->bad: it cannot go through lanes. */
void lanes_review(review *r, const wf_stmt *s, int top);
int lanes_is_inside(const review *r, const wf_var *v);  /* a turn's own */
int lanes_is_private(const review *r, const wf_var *v); /* declared around the loop all the same */

/* lanes_index.c */
int lanes_is_fixed(const review *r, const wf_expr *x); /* the same in all turns, and known before the loop */
/* The counter plus something fixed: another element in each turn. Times something fixed too, *by, if that is
 * not 0. */
int lanes_is_counter_and(const review *r, const wf_expr *x, const wf_expr **by);
/* Two indices into the same array that may be far from each other throughout: a test is worth it. */
int lanes_may_be_far(const review *r, const wf_expr *a, const wf_expr *b);
int lanes_meet(
    const review *r); /* one turn touches what another stores, as far as the form of the indices says */
int lanes_are_worth(const review *r);

#endif
