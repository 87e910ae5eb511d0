/* emit/unroll.c: which loops a GPU has to run as straight lines, and which a CPU had better.
 *
 * A private array whose index is a loop's counter can only be kept in registers when the loop is gone; else
 * it is in local memory, which is the GPU's main memory. LLVM weighs a loop by its size alone and leaves such
 * ones standing, so they are marked as `#pragma unroll` would: loops of a constant count whose counter picks
 * an element of a local array, if with the loops of constant counts inside not more than 256 rounds come of
 * it. */
#include "emit/inner.h"

enum { MOST_ROUNDS = 256, LIMIT = 1 << 30, ROUNDS_TESTED = 8, NODES_TESTED = 4000 };

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

/* --- one thread --- */

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
