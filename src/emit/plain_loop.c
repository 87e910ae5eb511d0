/* emit/plain_loop.c: might LLVM make vectors of a loop of one thread?
 *
 * Its vectoriser runs in the whole pipeline of passes only, which takes half as long again as simplifying each
 * function once (docs/decisions.md). So a loop says here whether it may be something for the vectoriser: an
 * innermost counted loop that is left at its end only, tests nothing that may end it, and carries nothing from
 * one turn to the next but sums and their kin of integers. An answer that is too hopeful costs time of
 * compiling, one that is too timid speed; so what is not understood here counts as a candidate.
 *
 * What is carried: a variable that a turn reads before it assigns it, and whose new value comes from its old
 * one, maybe by way of others. Floats are added in order, so none of theirs goes into vectors. */
#include "emit/inner.h"

enum { VARS_MOST = 64, PLAIN = WF_OP_COUNT /* an assignment that is no update */ };

typedef enum update { UPDATE_NONE, UPDATE_SUM /* of one operation */, UPDATE_OTHER } update;

typedef struct turn_var {
    const wf_var *var;
    uint64_t from; /* those that its new value comes from, itself not counted if that is a sum */
    int seen, read_first;
    update kind;
    int op;
} turn_var;

typedef struct turn {
    emitter *e;
    const wf_var *counter;
    turn_var vars[VARS_MOST];
    uint32_t count;
    int many;       /* more variables than are looked at */
    int bad;        /* nothing for the vectoriser */
    uint64_t under; /* the variables that conditions around the place read */
} turn;

static void see_assigned(void *user, scan_var *v, int assigned) {
    turn *t = user;
    if (!assigned) return;
    for (uint32_t i = 0; i < t->count; i++)
        if (t->vars[i].var == v->var) return;
    if (t->count == VARS_MOST) t->many = 1;
    else t->vars[t->count++] = (turn_var){.var = v->var};
}

static turn_var *turn_var_of(turn *t, const wf_expr *x) {
    while (x->kind == WF_EX_CAST) x = x->a;
    if (x->kind != WF_EX_VAR) return NULL;
    for (uint32_t i = 0; i < t->count; i++)
        if (t->vars[i].var == x->u.var) return &t->vars[i];
    return NULL;
}

typedef struct reading {
    turn *t;
    uint64_t read;
} reading;

static int see_read(void *user, const wf_expr *x) {
    reading *r = user;
    turn_var *v = x->kind == WF_EX_VAR ? turn_var_of(r->t, x) : NULL;
    if (v) r->read |= (uint64_t)1 << (v - r->t->vars);
    return 0;
}

static uint64_t read_in(turn *t, const wf_expr *x) {
    reading r = {t, 0};
    if (x) any_expr(x, see_read, &r);
    return r.read;
}

/* --- one turn --- */

/* One that stays: those of a few turns are written out before. */
static int has_loop(emitter *e, const wf_stmt *s) {
    for (; s; s = s->next) {
        int loop = s->kind == WF_ST_FOR || s->kind == WF_ST_WHILE || s->kind == WF_ST_DO;
        if ((loop && !will_be_straight(e, s)) || has_loop(e, s->body) || has_loop(e, s->other)) return 1;
    }
    return 0;
}

/* Does it point into memory whose extent is known, so that accesses are tested? */
static int has_extent(const emitter *e, const wf_expr *p) {
    while (p->kind == WF_EX_CAST && p->cast == WF_CAST_QUAL) p = p->a;
    if (p->kind != WF_EX_VAR || p->u.var->space != WF_SPACE_LOCAL) return 0;
    const local *l = &e->inst->locals[p->u.var->number];
    if (l->store != LOCAL_SLOTS || l->count != 1) return 0;
    return l->slots[0].v.root > ROOT_NONE || (l->slots[0].v.root == ROOT_NONE && e->find);
}

int is_tested(const emitter *e, const wf_expr *x) {
    if (!e->check || (e->proven && map_get(e->proven, x))) return 0;
    return is_python_index(x) || (!raises_outside(x) && has_extent(e, x->a));
}

static int ends_turn(void *user, const wf_expr *x) {
    turn *t = user;
    if (x->kind == WF_EX_CALLPTR) return 1;
    if (x->kind == WF_EX_CALL) return holds_loop(x->u.call.func->body);
    if (x->kind == WF_EX_INDEX || is_python_index(x)) return is_tested(t->e, x);
    if (x->kind == WF_EX_BUILTIN) return !(wf_builtins[x->u.call.builtin].flags & WF_BIF_PURE);
    int divides = (x->kind == WF_EX_BINARY || x->kind == WF_EX_UPDATE) &&
                  (x->op == WF_OP_DIV || x->op == WF_OP_REM) && is_int(x->type);
    return divides && t->e->inst->trap_divide && x->b->kind != WF_EX_INT;
}

static int changes(void *user, const wf_expr *x);

/* May its value differ from turn to turn? */
static int varies(turn *t, const wf_expr *x) { return any_expr(x, changes, t); }

static int changes(void *user, const wf_expr *x) {
    turn *t = user;
    if (x->kind == WF_EX_INDEX || x->kind == WF_EX_DEREF || x->kind == WF_EX_CALL) return 1;
    if (x->kind != WF_EX_VAR) return 0;
    if (x->u.var == t->counter || x->u.var->space != WF_SPACE_LOCAL) return 1;
    if (!turn_var_of(t, x)) return 0;
    const scan_var *v = &t->e->inst->scan->vars[x->u.var->number];
    return v->assigned || !v->decl || !v->decl->expr || varies(t, v->decl->expr);
}

/* `if (divisor == 0) raise`, which is asked once, before the loop. */
static int is_asked_before(turn *t, const wf_stmt *s) {
    return !s->other && s->expr->kind == WF_EX_BINARY && !varies(t, s->expr);
}

static void note_reads(turn *t, uint64_t read) {
    for (uint32_t i = 0; i < t->count; i++)
        if (read >> i & 1) {
            t->vars[i].read_first |= !t->vars[i].seen;
            t->vars[i].seen = 1;
        }
}

static int is_sum_op(int op) {
    return op == WF_OP_ADD || op == WF_OP_SUB || op == WF_OP_MUL || op == WF_OP_AND || op == WF_OP_OR ||
           op == WF_OP_XOR;
}

/* `v = value`, whose old value is in it: v op something that does not know v? */
static void note_own(turn *t, turn_var *v, const wf_expr *value, int op) {
    uint64_t self = (uint64_t)1 << (v - t->vars);
    while (value->kind == WF_EX_CAST) value = value->a;
    if (op == PLAIN && value->kind == WF_EX_BINARY && is_sum_op(value->op)) {
        const turn_var *a = turn_var_of(t, value->a), *b = turn_var_of(t, value->b);
        if ((a == v) != (b == v) && !(read_in(t, a == v ? value->b : value->a) & self)) op = value->op;
        else op = WF_OP_SHL; /* no sum */
    } else if (op == PLAIN) {
        return; /* the lesser one, a choice: for integers maybe */
    }
    int sum = is_sum_op(op) && (v->kind == UPDATE_NONE || (v->kind == UPDATE_SUM && v->op == op));
    v->kind = sum ? UPDATE_SUM : UPDATE_OTHER;
    v->op = op;
}

/* op: of an update; PLAIN: a plain assignment. */
static void note_assigned(turn *t, turn_var *v, const wf_expr *value, int op) {
    uint64_t self = (uint64_t)1 << (v - t->vars), read = read_in(t, value);
    int integer = is_int(v->var->type), own = op != PLAIN || read & self;
    if (own) note_reads(t, self);
    if (own && integer) note_own(t, v, value, read & self && op != PLAIN ? WF_OP_SHL : op);
    v->from |= integer ? read & ~self : read | t->under | (own ? self : 0);
    v->seen = 1;
}

static void look_expr(turn *t, const wf_expr *x) {
    if (!x || t->bad) return;
    int assigns = x->kind == WF_EX_ASSIGN || x->kind == WF_EX_UPDATE || x->kind == WF_EX_STEP;
    turn_var *v = assigns ? turn_var_of(t, x->a) : NULL;
    if (x->kind == WF_EX_COMMA) {
        look_expr(t, x->a);
        look_expr(t, x->b);
        return;
    }
    if (!v) {
        note_reads(t, read_in(t, x));
        return;
    }
    if (x->b) note_reads(t, read_in(t, x->b));
    note_assigned(t, v, x->b ? x->b : x->a, x->kind == WF_EX_ASSIGN ? PLAIN : x->op);
}

static void look_stmt(turn *t, const wf_stmt *s) {
    for (; s && !t->bad; s = s->next) {
        uint64_t under = t->under;
        t->bad |= any_expr(s->expr, ends_turn, t);
        switch (s->kind) {
        case WF_ST_EXPR: look_expr(t, s->expr); break;
        case WF_ST_DECL:
            if (s->expr) note_reads(t, read_in(t, s->expr));
            for (uint32_t i = 0; i < t->count; i++)
                if (t->vars[i].var == s->var) {
                    t->vars[i].seen = 1;
                    if (s->expr) note_assigned(t, &t->vars[i], s->expr, PLAIN);
                }
            break;
        case WF_ST_IF:
            note_reads(t, read_in(t, s->expr));
            if (is_asked_before(t, s)) break;
            t->under |= read_in(t, s->expr);
            look_stmt(t, s->body);
            look_stmt(t, s->other);
            t->under = under;
            break;
        case WF_ST_BLOCK: look_stmt(t, s->body); break;
        case WF_ST_FOR:
            if (s->init) look_stmt(t, s->init);
            t->bad |= any_expr(s->step, ends_turn, t);
            look_stmt(t, s->body);
            look_expr(t, s->step);
            break;
        case WF_ST_CONTINUE: break;
        default: t->bad = 1;
        }
    }
}

/* A chain from turn to turn. */
static int carries(turn *t) {
    for (int changed = 1; changed;) {
        changed = 0;
        for (uint32_t i = 0; i < t->count; i++)
            for (uint32_t k = 0; k < t->count; k++) {
                uint64_t more = t->vars[i].from >> k & 1 ? t->vars[k].from & ~t->vars[i].from : 0;
                t->vars[i].from |= more;
                changed |= more != 0;
            }
    }
    for (uint32_t i = 0; i < t->count; i++) {
        const turn_var *v = &t->vars[i];
        if (v->read_first && (v->from >> i & 1 || v->kind == UPDATE_OTHER)) return 1;
    }
    return 0;
}

int may_become_vectors(emitter *e, const wf_stmt *s, poll_kind polls) {
    counted_for c;
    if (polls == POLL_SOMETIMES || polls == POLL_EACH || polls == POLL_BEFORE || e->slow_loop) return 0;
    if (!counted_loop(s, &c) || has_loop(e, s->body)) return 0;
    turn *t = WF_NEW(e->arena, turn);
    *t = (turn){.e = e, .counter = c.var};
    for (const wf_stmt *b = s->body; b; b = b->next) visit_stmt(e->inst, b, see_assigned, t);
    if (t->many) return 1;
    look_stmt(t, s->body);
    return !t->bad && !carries(t);
}
