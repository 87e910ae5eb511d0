/* emit/spans.h: the least and the greatest value of an integer expression, as code that runs before it.
 *
 * For a test that is made once, before a block or a loop: an expression's span is computed from the spans of
 * its parts in 64 bits, on numbers so small that nothing can overflow; and each step must fit the type that
 * it has in the program. Then nothing has wrapped, and the ends say all. What the operands must satisfy for
 * that is gathered in `ok`.
 *
 * Every condition is that one number is at most another, and is kept as their difference, which is negative
 * where it does not hold: one `or` of all of them and one look at its sign is what runs. LLVM's passes ask of
 * each comparison whether those before it imply it; of differences they do not. */
#ifndef WF_EMIT_SPANS_H
#define WF_EMIT_SPANS_H
#include "emit/inner.h"

#define WF_FAR ((int64_t)1 << 47) /* beyond every address */

typedef struct span {
    const char *lo, *hi;     /* i64; the same operand when the value is one */
    int64_t least, greatest; /* known now */
} span;

enum { POLY_TERMS_MOST = 10 };
typedef struct poly_term {
    uint64_t by;
    const char *of; /* one value or the product of some, each text once */
} poly_term;

/* A sum modulo 2^64; there is one of each. */
typedef struct poly {
    uint64_t constant;
    uint32_t count;
    poly_term terms[POLY_TERMS_MOST];
} poly;

/* Differences that must not be negative; the same list from then on, whoever puts more before it. */
typedef struct need {
    const char *greater, *lesser; /* i64; lesser NULL: zero */
    const poly *poly;             /* NULL: too long */
    const struct need *next;
} need;

typedef struct span_test span_test;
struct span_test {
    emitter *e;
    inst *in;
    map *spans;         /* of variables, computed once */
    map *made;          /* text of an instruction → its result */
    map *polys, *held;  /* operands → what they are sums of, and back */
    map *texts, *sums;  /* each once */
    const need *ok;     /* NULL: nothing is required */
    const need *always; /* what the known spans of variables rest on */
    uint32_t depth;
    int nodes;     /* how many more expressions may be looked at */
    int saw_block; /* blockIdx was looked at since this was cleared */
    int passing;   /* set by `variable`: its span may be another further on */
    /* The span of a variable; 0: unknown. */
    int (*variable)(span_test *, const wf_var *, span *);
    /* The span of threadIdx.x and its kin; NULL: unknown. */
    int (*component)(span_test *, const wf_expr *, span *);
};

void span_begin(span_test *t);                                     /* its maps */
void span_need(span_test *t, const need **list, const char *word); /* word >= 0 */
/* lesser + gap <= greater, which are no farther than 2^62 from zero where the other conditions hold. */
void span_require_order(span_test *t, const char *lesser, const char *greater, int64_t gap);
const char *span_settle(span_test *t); /* an i1: everything required holds; NULL: nothing was */
/* `op i64 a, b`, each once; what is known now is computed now. */
const char *span_calc(span_test *t, const char *op, const char *a, const char *b);
/* Both ends lie in least..greatest; afterwards that is known. */
void span_require_within(span_test *t, span *s, int64_t least, int64_t greatest);
span span_of_value(span_test *t, val v);              /* of one value, which need not be known now */
int span_of(span_test *t, const wf_expr *x, span *s); /* 0: unknown */

/* polys.c */
const poly *poly_of(span_test *t, const char *op);
/* 'a'dd, 's'ub or 'm'ul; NULL: too long. */
const poly *poly_calc(span_test *t, char op, const poly *a, const poly *b);
void poly_is_held(span_test *t, const poly *f, const char *op); /* the operand is the sum */
const char *poly_held(span_test *t, const poly *f);             /* an operand that is it, or NULL */
const char *polys_settle(span_test *t); /* an i64 that is negative where a need does not hold; NULL: all do */

typedef struct nest_access {
    const wf_expr *x; /* WF_EX_INDEX */
    const wf_var *base;
    const char *start; /* the base's address, i64 */
    span index;        /* from the base, in elements of `bytes` */
    uint64_t bytes;
} nest_access;

enum { NEST_ACCESSES_MOST = 48 };
struct nest_facts {
    map *proven; /* accesses and __wf_index that stay in range */
    map *stores; /* accesses that are assigned to */
    nest_access accesses[NEST_ACCESSES_MOST];
    uint32_t count;
    const char *ok; /* what the accesses rest on */
    int complete;   /* every access of the nest is there */
};

/* loop_range.c: before the head of loop s of one thread, its counter set. An i1: everything in facts->proven
 * stays in range for the whole nest; NULL: no check would go. */
const char *nest_in_range(emitter *e, const wf_stmt *s, nest_facts *facts);

/* loop_tally.c */
enum { TALLY_ADDS_MOST = 4, TALLY_LOOPS_MOST = 4, TALLY_STEP_MOST = 1 << 12 };
typedef struct tally_add {
    const wf_stmt *at;
    int64_t by;
    const wf_stmt *loops[TALLY_LOOPS_MOST]; /* around it, since the variable began; outermost first */
    uint32_t depth;
} tally_add;
typedef struct tally {    /* a variable that only grows, by so much in every turn of some loops */
    const wf_expr *first; /* where it is declared in the nest: what it begins with */
    int inside;
    tally_add adds[TALLY_ADDS_MOST];
    uint32_t count;
} tally;
int tally_find(emitter *e, const wf_stmt *nest, const scan_var *v, tally *out); /* 0: it is none */

/* loop_apart.c */
/* An i1: no array that the nest stores to overlaps another of it; NULL: little would be gained. */
const char *nest_apart(emitter *e, const wf_stmt *s, const nest_facts *f);
int turns_apart(emitter *e, const wf_stmt *s); /* where that holds, the loop's turns are independent */

/* lanes.c */
int has_few_turns(const emitter *e, const wf_stmt *s); /* a constant number, less than a group has */
int lanes_promise(emitter *e, const wf_stmt *s); /* by its poly, a loop around others may go through lanes */
lanes *lanes_begin(emitter *e, const wf_stmt *s, const nest_facts *f, label *few, const char **disjoint);
void lanes_call(emitter *e, lanes *l);
int lanes_do_all(const lanes *l);      /* but where a test fails, or turns are few */
int lanes_leave_short(const lanes *l); /* loops of few turns, which may be what a program has */

#endif
