/* emit/scan.c: what must be known of a function before a line of it is emitted.
 *
 * One walk over the body numbers every mention of a variable (so that "dead after this loop" is a
 * comparison), finds the variables whose address is a value somewhere, and notes for each statement whether a
 * barrier, a return or a jump out of it lies inside. Barriers and warp operations of called functions count
 * as the caller's. */
#include "emit/inner.h"
#include <string.h>

typedef struct walk {
    emitter *e;
    scan *s;
    const wf_unit *unit;
    uint32_t position;
    scan_stmt *loop, *open; /* innermost loop; `open`: statements being walked, as a list through `up` */
    struct frame *frames;
} walk;
typedef struct frame {
    scan_stmt *stmt;
    struct frame *up;
    int catches_break, catches_continue;
} frame;

const wf_func *callee_of(emitter *e, const wf_func *f, const wf_unit **unit) {
    if (f->body || !(f->flags & WF_FN_LIBRARY)) return f;
    const wf_func *found = NULL;
    if (e->options->library) found = e->options->library(e->options->library_user, f->name, unit);
    return found;
}

static void walk_expr(walk *w, const wf_expr *x);

/* The variable at the bottom of a.b[c].d, or NULL when the path goes through a pointer. */
static const wf_expr *path_root(const wf_expr *x, int *dynamic) {
    for (;;) {
        if (x->kind == WF_EX_VAR) return x;
        if (x->kind == WF_EX_MEMBER) {
            x = x->a;
        } else if (x->kind == WF_EX_INDEX && x->a->kind == WF_EX_CAST && x->a->cast == WF_CAST_DECAY) {
            if (x->b->kind != WF_EX_INT) *dynamic = 1;
            x = x->a->a;
        } else {
            return NULL;
        }
    }
}

static void walk_indices(walk *w, const wf_expr *x) {
    while (x->kind != WF_EX_VAR) {
        if (x->kind == WF_EX_INDEX) {
            walk_expr(w, x->b);
            x = x->a->a;
        } else {
            x = x->a;
        }
    }
}

static scan_var *mention(walk *w, const wf_var *v) {
    w->position++;
    if (v->space == WF_SPACE_SHARED && v->type->kind != WF_TY_VOID) {
        const wf_type *t = v->type;
        while (t->kind == WF_TY_ARRAY) t = t->base;
        if (t->quals & WF_VOLATILE) w->s->has_volatile_shared = 1;
    }
    if (v->space != WF_SPACE_LOCAL || v->number >= w->s->var_count) return NULL;
    scan_var *sv = &w->s->vars[v->number];
    if (!sv->var) {
        sv->var = (wf_var *)v;
        sv->first = w->position;
    }
    sv->last = w->position;
    return sv;
}

static void walk_path(walk *w, const wf_expr *x, const wf_expr *bottom, int dynamic, int escapes) {
    walk_indices(w, x);
    scan_var *sv = mention(w, bottom->u.var);
    if (!sv) return;
    if (dynamic) sv->indexed = 1;
    if (escapes) sv->escapes = 1;
}

static void mark_barrier(walk *w) {
    w->s->has_barrier = 1;
    for (frame *f = w->frames; f; f = f->up) f->stmt->barrier = 1;
}

static void walk_callee(walk *w, const wf_func *f, const wf_unit *unit) {
    if (!f || !f->body) return;
    scan *s = scan_of(w->e, f, unit);
    if (s->has_barrier) mark_barrier(w);
    w->s->has_warp |= s->has_warp;
    w->s->has_volatile_shared |= s->has_volatile_shared;
    w->s->has_goto |= s->has_goto;
    w->s->has_asm |= s->has_asm;
    w->s->has_grid_sync |= s->has_grid_sync;
    w->s->has_host |= s->has_host;
}

static void walk_call(walk *w, const wf_expr *x) {
    for (uint32_t i = 0; i < x->u.call.count; i++) walk_expr(w, x->u.call.args[i]);
    const wf_unit *unit = w->unit;
    const wf_func *f = callee_of(w->e, x->u.call.func, &unit);
    walk_callee(w, f, unit);
}

static void walk_expr(walk *w, const wf_expr *x) {
    if (!x) return;
    w->s->nodes++;
    int dynamic = 0;
    const wf_expr *bottom;
    switch (x->kind) {
    case WF_EX_VAR: mention(w, x->u.var); return;
    case WF_EX_MEMBER:
    case WF_EX_INDEX:
        if ((bottom = path_root(x, &dynamic))) {
            walk_path(w, x, bottom, dynamic, 0);
            return;
        }
        if (x->type->quals & WF_VOLATILE) w->s->has_volatile_shared = 1;
        break;
    case WF_EX_DEREF:
        if (x->a->kind == WF_EX_ADDR) { /* *&a is a */
            walk_expr(w, x->a->a);
            return;
        }
        if (x->type->quals & WF_VOLATILE) w->s->has_volatile_shared = 1;
        break;
    case WF_EX_ADDR:
        if ((bottom = path_root(x->a, &dynamic))) {
            walk_path(w, x->a, bottom, dynamic, 1);
            return;
        }
        break;
    case WF_EX_CAST:
        if (x->cast == WF_CAST_DECAY && (bottom = path_root(x->a, &dynamic))) {
            walk_path(w, x->a, bottom, dynamic, 1);
            return;
        }
        break;
    case WF_EX_ASSIGN:
    case WF_EX_UPDATE:
    case WF_EX_STEP:
        if ((bottom = path_root(x->a, &dynamic)) && bottom->u.var->space == WF_SPACE_LOCAL) {
            scan_var *v = &w->s->vars[bottom->u.var->number];
            v->assigned++;
            v->last_assigned = x->kind == WF_EX_ASSIGN && bottom == x->a ? x->b : NULL;
        }
        break;
    case WF_EX_CALL: walk_call(w, x); return;
    case WF_EX_CALLPTR:
    case WF_EX_BUILTIN:
        walk_expr(w, x->a);
        for (uint32_t i = 0; i < x->u.call.count; i++) walk_expr(w, x->u.call.args[i]);
        if (x->kind == WF_EX_CALLPTR) walk_callee(w, function_through(w->e, x->a->type->base), w->e->unit);
        if (x->kind == WF_EX_BUILTIN) {
            unsigned flags = wf_builtins[x->u.call.builtin].flags;
            if (flags & WF_BIF_BARRIER) mark_barrier(w);
            if ((flags & WF_BIF_WARP) || x->u.call.builtin == WF_BI_LANE_ID) w->s->has_warp = 1;
            if (x->u.call.builtin == WF_BI_GRID_SYNC) w->s->has_grid_sync = 1;
            if (x->u.call.builtin == WF_BI_HOST) w->s->has_host = 1;
        }
        return;
    case WF_EX_INIT:
        for (uint32_t i = 0; i < x->u.init.count; i++) walk_expr(w, x->u.init.items[i]);
        return;
    default: break;
    }
    walk_expr(w, x->a);
    walk_expr(w, x->b);
    walk_expr(w, x->c);
}

static void walk_stmt(walk *w, const wf_stmt *s);
static void walk_list(walk *w, const wf_stmt *s) {
    for (; s; s = s->next) walk_stmt(w, s);
}

/* A jump leaves every open statement up to the one that catches it. */
static void walk_jump(walk *w, int is_break, int is_return) {
    for (frame *f = w->frames; f; f = f->up) {
        if (is_return) f->stmt->returns = 1;
        else if (is_break ? f->catches_break : f->catches_continue) return;
        f->stmt->escapes = 1;
    }
}

static void walk_parts(walk *w, const wf_stmt *s, scan_stmt *me) {
    scan_stmt *outer = w->loop;
    scan_var *sv;
    switch (s->kind) {
    case WF_ST_FOR:
        if (s->init) walk_stmt(w, s->init);
        me->begin =
            ++w->position; /* what the init declares lives inside, but is declared before the loop begins */
        w->loop = me;
        walk_expr(w, s->expr);
        walk_list(w, s->body);
        walk_expr(w, s->step);
        w->loop = outer;
        break;
    case WF_ST_WHILE:
    case WF_ST_DO:
        w->loop = me;
        walk_expr(w, s->expr);
        walk_list(w, s->body);
        w->loop = outer;
        break;
    case WF_ST_DECL:
        if (s->expr) walk_expr(w, s->expr);
        if ((sv = mention(w, s->var))) sv->decl = s;
        break;
    case WF_ST_ASM:
        w->s->has_asm = 1;
        for (uint32_t i = 0; i < (uint32_t)(s->asm_->outputs + s->asm_->inputs); i++)
            walk_expr(w, s->asm_->operands[i].value);
        break;
    case WF_ST_BREAK: walk_jump(w, 1, 0); break;
    case WF_ST_CONTINUE: walk_jump(w, 0, 0); break;
    case WF_ST_RETURN:
        walk_expr(w, s->expr);
        walk_jump(w, 0, 1);
        break;
    case WF_ST_GOTO:
    case WF_ST_LABEL: w->s->has_goto = 1; break;
    default:
        walk_expr(w, s->expr);
        walk_list(w, s->body);
        walk_list(w, s->other);
    }
}

static void walk_stmt(walk *w, const wf_stmt *s) {
    scan_stmt *me = WF_NEW(w->e->arena, scan_stmt);
    int is_loop = s->kind == WF_ST_FOR || s->kind == WF_ST_WHILE || s->kind == WF_ST_DO;
    me->stmt = s;
    me->loop = w->loop;
    me->begin = ++w->position;
    *map_at(w->s->stmts, s) = me;
    frame f = {me, w->frames, is_loop || s->kind == WF_ST_SWITCH, is_loop};
    w->frames = &f;
    walk_parts(w, s, me);
    w->frames = f.up;
    me->end = ++w->position;
}

scan *scan_of(emitter *e, const wf_func *f, const wf_unit *unit) {
    void **known = map_at(e->scans, f);
    if (*known) {
        scan *s = *known;
        if (!s->func) s->recursive = 1; /* being scanned right now */
        return s;
    }
    scan *s = WF_NEW(e->arena, scan);
    *known = s;
    s->var_count = f->local_count;
    s->vars = WF_NEW_ARRAY(e->arena, scan_var, f->local_count + 1); /* one more: parallel.c's limit */
    s->stmts = map_new(e->arena);
    walk w = {.e = e, .s = s, .unit = unit};
    for (wf_var *p = f->params; p; p = p->next) mention(&w, p);
    if (f->body) walk_stmt(&w, f->body);
    s->func = f;
    return s;
}

/* The address of a variable that all threads of a block share, or of a part of it that is known beforehand. */
static int is_shared_address(const wf_expr *x) {
    while (x->kind == WF_EX_CAST && x->cast != WF_CAST_DECAY && x->type->kind == WF_TY_POINTER) x = x->a;
    if (x->kind != WF_EX_ADDR && !(x->kind == WF_EX_CAST && x->cast == WF_CAST_DECAY)) return 0;
    int dynamic = 0;
    const wf_expr *bottom = path_root(x->a, &dynamic);
    return bottom && !dynamic && bottom->u.var->space != WF_SPACE_LOCAL;
}

const wf_expr *only_value_of(const scan_var *v) {
    if (!v || v->assigned != 1 || v->escapes || !v->last_assigned) return NULL;
    return v->var->type->kind == WF_TY_POINTER && is_shared_address(v->last_assigned) ? v->last_assigned
                                                                                      : NULL;
}

scan_stmt *scan_stmt_of(scan *s, const wf_stmt *stmt) { return map_get(s->stmts, stmt); }
