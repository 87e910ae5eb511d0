/* emit/unroll.c: which loops a GPU has to run as straight lines, and which a CPU had better.
 *
 * A private array whose index is a loop's counter can only be kept in registers when the loop is gone; else
 * it is in local memory, which is the GPU's main memory. LLVM weighs a loop by its size alone and leaves such
 * ones standing, so they are marked as `#pragma unroll` would: loops of a constant count whose counter picks
 * an element of a local array, if with the loops of constant counts inside not more than 256 rounds come of
 * it. */
#include "emit/inner.h"

enum { MOST_ROUNDS = 256, ROUNDS_STRAIGHT = 32, LIMIT = 1 << 30, ROUNDS_TESTED = 8, NODES_TESTED = 4000 };

static int is_var(void *user, const wf_expr *x) { return x->kind == WF_EX_VAR && x->u.var == user; }

typedef struct picked {
    emitter *e;
    const wf_var *by;
} picked;

/* match: x is an element (or a part) of a private array, picked by the counter. In a function that is emitted
 * in place a pointer may be one. */
static int picks(void *user, const wf_expr *x) {
    const picked *p = user;
    int by_v = 0;
    if (x->kind != WF_EX_INDEX) return 0;
    while (x->kind == WF_EX_MEMBER || x->kind == WF_EX_INDEX) {
        if (x->kind == WF_EX_MEMBER) {
            x = x->a;
            continue;
        }
        by_v |= any_expr(x->b, is_var, (void *)p->by);
        if (x->a->kind == WF_EX_VAR && !p->e->inst->is_kernel) return by_v;
        if (x->a->kind != WF_EX_CAST || x->a->cast != WF_CAST_DECAY) return 0;
        x = x->a->a;
    }
    return by_v && x->kind == WF_EX_VAR && x->u.var->space == WF_SPACE_LOCAL;
}

/* The rounds of `for (T v = a; v < b; v += c)` with constants; 0: of another form. */
uint64_t constant_rounds(emitter *e, const wf_stmt *s) {
    counted_for c;
    int64_t first, last;
    if (!counted_loop(s, &c) || !c.first || !c.up || (c.by && c.subtracts)) return 0;
    if (!wf_fold_int(e->unit, c.first, &first) || !wf_fold_int(e->unit, c.bound, &last)) return 0;
    if (c.by && !wf_fold_int(e->unit, c.by, &c.step)) return 0;
    if (first < -LIMIT || last > LIMIT || c.step > LIMIT || c.step <= 0) return 0;
    last += c.inclusive;
    if (last <= first || last - first > MOST_ROUNDS * c.step) return 0;
    return (uint64_t)((last - first + c.step - 1) / c.step);
}

/* The most rounds that loops in the list make when all of constant counts are written out. */
static uint64_t rounds_inside(emitter *e, const wf_stmt *s) {
    uint64_t most = 1;
    for (; s; s = s->next) {
        uint64_t own = constant_rounds(e, s), body = rounds_inside(e, s->body),
                 other = rounds_inside(e, s->other);
        uint64_t all = (own ? own : 1) * (body > other ? body : other);
        if (all > most) most = all;
        if (most > MOST_ROUNDS) break;
    }
    return most;
}

int must_unroll(emitter *e, const wf_stmt *s) {
    uint64_t rounds = constant_rounds(e, s);
    picked p = {e, rounds ? s->init->var : NULL};
    return rounds && any_stmt(s->body, picks, &p) && rounds * rounds_inside(e, s->body) <= MOST_ROUNDS;
}

/* --- #pragma unroll n ---
 *
 * What a loop gains is had after a few rounds, and what it costs to compile grows with all of them, those of the
 * loops inside too: a factor of 128 took seconds. So it is halved until the rounds fit. */
enum { NODES_WRITTEN_CPU = 2000, NODES_WRITTEN_GPU = 16000, NODES_OF_CALL = 20 };

static int count_node(void *user, const wf_expr *x) {
    *(uint64_t *)user += x->kind == WF_EX_CALL || x->kind == WF_EX_CALLPTR ? NODES_OF_CALL : 1;
    return 0;
}

/* The expressions in the list, those of loops that are written out as often as they are. */
static uint64_t written_nodes(emitter *e, const wf_stmt *s) {
    uint64_t all = 0;
    for (; s && all < LIMIT; s = s->next) {
        uint64_t rounds = s->unroll ? constant_rounds(e, s) : 1, own = 1;
        if (s->unroll > 1) rounds = (uint64_t)s->unroll;
        if (s->expr) any_expr(s->expr, count_node, &own);
        if (s->step) any_expr(s->step, count_node, &own);
        all += (own + written_nodes(e, s->body)) * (rounds ? rounds : 1) + written_nodes(e, s->other);
    }
    return all;
}

int32_t unroll_factor(emitter *e, const wf_stmt *s) {
    int32_t n = s->unroll;
    if (n < 2) return n;
    uint64_t nodes = written_nodes(e, s->body), most = e->gpu ? NODES_WRITTEN_GPU : NODES_WRITTEN_CPU;
    while (n > 1 && nodes * (uint64_t)n > most) n /= 2;
    return n > 1 ? n : 0;
}

/* --- one thread --- */

static int is_straight(const wf_stmt *s) {
    for (; s; s = s->next)
        if ((s->kind != WF_ST_EXPR && s->kind != WF_ST_DECL && s->kind != WF_ST_BLOCK &&
             s->kind != WF_ST_FOR) ||
            !is_straight(s->body))
            return 0;
    return 1;
}

/* Loops of so few turns, without conditions, that LLVM writes them out before it looks for vectors. */
int will_be_straight(emitter *e, const wf_stmt *s) {
    uint64_t rounds = constant_rounds(e, s);
    return rounds && is_straight(s->body) && rounds * rounds_inside(e, s->body) <= ROUNDS_STRAIGHT;
}

typedef struct tested {
    const emitter *e;
    uint32_t nodes, accesses;
} tested;

static int is_load(void *user, const wf_expr *x) {
    (void)user;
    return x->kind == WF_EX_INDEX || x->kind == WF_EX_DEREF || x->kind == WF_EX_CALL;
}

/* match: an index that is read from memory: no constant in any round */
static int is_far(void *user, const wf_expr *x) {
    tested *t = user;
    t->nodes++;
    if (!is_python_index(x) || (t->e->proven && map_get(t->e->proven, x))) return 0;
    t->accesses++;
    return any_expr(x->u.call.args[0], is_load, NULL);
}

/* A loop of a few rounds that keeps tests of its indices, on a CPU: written out, each round's are constants, or nearly
 * so, and the tests go. LLVM would weigh it with them. */
int unrolls_tests(emitter *e, const wf_stmt *s) {
    uint64_t rounds = constant_rounds(e, s);
    tested t = {.e = e};
    if (e->gpu || e->L != 1 || !e->check || rounds < 2 || rounds > ROUNDS_TESTED || holds_loop(s->body))
        return 0;
    return !any_stmt(s->body, is_far, &t) && t.accesses && t.nodes * rounds <= NODES_TESTED;
}

/* --- one thread, turns in groups ---
 *
 * LLVM writes out a few turns of small loops, so that counting and what one turn tells the next cost less; not of
 * those that may be left in the middle, since an exit may be likely, nor of those that do not count. An exit through
 * a failed test of an index is not likely, so such loops run in groups of GROUP_TURNS, and the last turns, which are
 * fewer, one by one (control.c: loop_groups). The body is compiled twice for it, so this is for what gains most:
 * short ones that do not wait for a chain of floats, a division or a function. Loops that search (`break`, a
 * condition that loads) mostly have few turns and stay as they are. */
enum { NODES_GROUPED = 60, NODES_WHILE = 60 };

typedef struct short_body {
    const emitter *e;
    uint32_t nodes, tests;
    int waits; /* for something that takes longer than counting */
    const wf_stmt *body;
} short_body;

static int weigh(void *user, const wf_expr *x) {
    short_body *b = user;
    b->nodes++;
    b->tests += (x->kind == WF_EX_INDEX || is_python_index(x)) && is_tested(b->e, x);
    int update = x->kind == WF_EX_BINARY || x->kind == WF_EX_UPDATE;
    int divides = update && (x->op == WF_OP_DIV || x->op == WF_OP_REM);
    b->waits |= x->kind == WF_EX_CALL || x->kind == WF_EX_CALLPTR || (divides && x->b->kind != WF_EX_INT);
    return 0;
}

/* Statements that run one after the other, or under conditions; no jump. */
static int falls_through(const wf_stmt *s) {
    for (; s; s = s->next) {
        int plain = s->kind == WF_ST_EXPR || s->kind == WF_ST_DECL || s->kind == WF_ST_BLOCK ||
                    s->kind == WF_ST_IF || s->kind == WF_ST_CONTINUE;
        if (!plain || !falls_through(s->body) || !falls_through(s->other)) return 0;
    }
    return 1;
}

static int declares(const wf_stmt *s, const wf_var *v) {
    for (; s; s = s->next)
        if ((s->kind == WF_ST_DECL && s->var == v) || declares(s->body, v) || declares(s->other, v)) return 1;
    return 0;
}

/* see: a float that the next turn may read */
static void see_carried(void *user, scan_var *v, int assigned) {
    short_body *b = user;
    b->waits |= assigned && is_float(v->var->type) && !declares(b->body, v->var);
}

static int is_short(emitter *e, const wf_stmt *s, uint32_t most, short_body *b) {
    *b = (short_body){.e = e, .body = s->body};
    if (e->gpu || e->L != 1 || e->dry || e->slow_loop || s->unroll || s->for_kind || !falls_through(s->body))
        return 0;
    any_stmt(s->body, weigh, b);
    return b->nodes <= most && !b->waits;
}

/* A counted loop in steps of one that only tests of indices may end before its end. */
int runs_in_groups(emitter *e, const wf_stmt *s) {
    counted_for c;
    short_body b;
    if (!is_short(e, s, NODES_GROUPED, &b) || !b.tests || !counts_to_bound(e, s, &c) || c.inclusive) return 0;
    if ((c.step != 1 && c.step != -1) || bits_of(c.var->type) != 64 || constant_rounds(e, s)) return 0;
    visit_stmt(e->inst, s->body, see_carried, &b);
    return !b.waits;
}

/* `while lo < hi`: what it looks at is in registers. */
int unrolls_while(emitter *e, const wf_stmt *s) {
    counted_for c;
    short_body b;
    return is_short(e, s, NODES_WHILE, &b) && s->expr && !any_expr(s->expr, is_load, NULL) &&
           !e->fn->recursion && !constant_rounds(e, s) && !counts_to_bound(e, s, &c);
}
