/* emit/barrier_fission.c: barriers in control flow that the block agrees on.
 *
 * The kernel's body is cut at the barriers. What lies between two of them, a *region*, becomes a loop over
 * the groups of the block; the control flow around barriers, and statements that concern only variables the
 * whole block shares (a loop's counter, `s >>= 1`), stand outside of these loops, at *block level*, and run
 * once. A barrier itself is nothing: the loop before it has ended.
 *
 * A variable that lives across regions has an array with a place for each group: a region loads it when a
 * group begins and stores it when the group ends, so within the region it is as good as any other. Lanes that
 * have returned are such a variable too (`alive`). Variables assigned at block level only are plain scalars,
 * and what is cheap to compute is computed anew in each region (again.c).
 *
 * Three walks over the same structure: find which variables are assigned in regions (that decides what can
 * stand at block level, so it is repeated until nothing changes); number the regions and note who is used
 * where; emit. */
#include "emit/inner.h"
#include "emit/kernel.h"
#include <string.h>

typedef enum mode { FIND, NUMBER, EMIT } mode;

typedef struct region {
    scan_var **used, **assigned; /* each variable once */
    uint32_t used_count, assigned_count, capacity;
} region;

typedef struct block_target { /* where break and continue at block level go */
    label *on_break, *on_continue;
    struct block_target *outer;
} block_target;

struct kernel_state {
    emitter *e;
    inst *in;
    mode mode;
    int changed, impossible;
    region *regions;
    uint32_t region_count, next, region_capacity;
    block_target *targets;
    label *block_end;
    const char *alive; /* [groups x bits], NULL when no lane returns early */
};
typedef struct kernel_state fission;

/* --- what can stand at block level --- */

static int block_variable(fission *f, const wf_var *v) {
    if (v->space != WF_SPACE_LOCAL) return 0;
    const local *l = &f->in->locals[v->number];
    const scan_var *sv = &f->in->scan->vars[v->number];
    if (l->store != LOCAL_SLOTS || sv->region_assigned || sv->again == AGAIN_YES) return 0;
    for (uint32_t i = 0; i < l->count; i++)
        if (l->slots[i].v.kind > K_BLOCK) return 0;
    return 1;
}

/* Reads block variables and constants only, touches no memory. */
static int block_pure(fission *f, const wf_expr *x) {
    if (!x) return 1;
    switch (x->kind) {
    case WF_EX_INT:
    case WF_EX_FLOAT: return 1;
    case WF_EX_VAR: return block_variable(f, x->u.var);
    case WF_EX_MEMBER: return block_pure(f, x->a);
    case WF_EX_CAST: return x->cast != WF_CAST_DECAY && block_pure(f, x->a);
    case WF_EX_UNARY:
    case WF_EX_BINARY:
    case WF_EX_COND: return block_pure(f, x->a) && block_pure(f, x->b) && block_pure(f, x->c);
    case WF_EX_BUILTIN: {
        uint32_t b = x->u.call.builtin;
        if (!(wf_builtins[b].flags & WF_BIF_PURE) || b == WF_BI_THREAD_IDX || b == WF_BI_LANE_ID ||
            b == WF_BI_TID)
            return 0;
        for (uint32_t i = 0; i < x->u.call.count; i++)
            if (!block_pure(f, x->u.call.args[i])) return 0;
        return 1;
    }
    default: return 0;
    }
}

static int block_assignment(fission *f, const wf_expr *x) {
    if (x->kind == WF_EX_CAST && x->cast == WF_CAST_VOID) x = x->a;
    if (x->kind != WF_EX_ASSIGN && x->kind != WF_EX_UPDATE && x->kind != WF_EX_STEP) return 0;
    return x->a->kind == WF_EX_VAR && block_variable(f, x->a->u.var) && block_pure(f, x->b);
}

static int is_again(fission *f, const wf_stmt *s) {
    return s->kind == WF_ST_DECL && s->var->space == WF_SPACE_LOCAL &&
           computed_again(f->e, f->in, &f->in->scan->vars[s->var->number]);
}

static int at_block_level(fission *f, const wf_stmt *s) {
    if (s->kind == WF_ST_EXPR) return s->expr && block_assignment(f, s->expr);
    if (s->kind != WF_ST_DECL) return 0;
    if (is_again(f, s)) return 1;
    return s->var->space != WF_SPACE_LOCAL ||
           (s->expr && block_variable(f, s->var) && block_pure(f, s->expr));
}

static int is_barrier(const wf_stmt *s) {
    return s->kind == WF_ST_EXPR && s->expr && s->expr->kind == WF_EX_BUILTIN &&
           s->expr->u.call.builtin == WF_BI_SYNCTHREADS;
}

/* Must be taken apart: a barrier in it, or a jump that the block agrees on. */
static int splits(fission *f, const wf_stmt *s) {
    scan_stmt *sc = scan_stmt_of(f->in->scan, s);
    if (!sc) return 0;
    if (sc->barrier) return 1;
    if (s->kind == WF_ST_BREAK || s->kind == WF_ST_CONTINUE) return 1;
    if (s->kind == WF_ST_RETURN) return 1;
    if (s->kind == WF_ST_BLOCK) return sc->escapes;
    if (s->kind != WF_ST_IF || !sc->escapes) return 0;
    loop_info *facts = map_get(f->in->facts, s);
    return facts && facts->value_level == 0;
}

/* --- regions --- */

static void see_find(void *user, scan_var *v, int assigned) {
    fission *f = user;
    if (!assigned || v->region_assigned) return;
    v->region_assigned = 1;
    f->changed = 1;
}

static void mention_in(scan_var *v, uint32_t region) {
    if (!v->regions) {
        v->regions = 1;
        v->region = region;
    } else if (v->region != region) {
        v->regions = 2;
    }
}

static void add_once(emitter *e, scan_var ***list, uint32_t *count, scan_var *v) {
    for (uint32_t i = 0; i < *count; i++)
        if ((*list)[i] == v) return;
    if (*count % 8 == 0) {
        scan_var **more = WF_NEW_ARRAY(e->arena, scan_var *, *count + 8);
        if (*count) memcpy(more, *list, sizeof *more * *count);
        *list = more;
    }
    (*list)[(*count)++] = v;
}

static void see_number(void *user, scan_var *v, int assigned) {
    fission *f = user;
    region *r = &f->regions[f->region_count];
    if (v->again == AGAIN_YES) visit_expr(f->in, v->decl->expr, see_number, f); /* its operands come first */
    else mention_in(v, f->region_count);
    add_once(f->e, &r->used, &r->used_count, v);
    if (assigned) add_once(f->e, &r->assigned, &r->assigned_count, v);
}

static void see_block(void *user, scan_var *v, int assigned) {
    (void)user;
    (void)assigned;
    mention_in(v, 0);
}

/* One part of a slot to or from its place in the group's array. */
static void move_part(emitter *e, const char **at, const char **array, const char *type, uint64_t bytes,
                      int store, const char *group) {
    if (!*at) *at = alloca_new(e, type, "");
    if (!*array) *array = group_memory(e, bytes, bytes >= 64 ? 64 : 8, 1);
    const char *p = ins(e, "getelementptr i8, ptr %s, i64 %s", *array,
                        ins(e, "mul i64 %s, %llu", group, (unsigned long long)bytes));
    const char *v = ins(e, "load %s, ptr %s", type, store ? *at : p);
    line(e, "store %s %s, ptr %s", type, v, store ? p : *at);
}

static uint64_t register_bytes(emitter *e, const wf_type *t, int vector) {
    uint64_t n = t->kind == WF_TY_BOOL ? 1 : (bits_of(t) + 7) / 8;
    return vector && e->L > 1 ? (n * (uint64_t)e->L + 7) / 8 * 8 : 8;
}

static void move_slot(emitter *e, slot *s, int store, const char *group) {
    if (s->v.kind == K_BOTTOM || s->v.kind == K_CONST) return;
    const wf_type *t = s->v.type;
    move_part(e, &s->at, &s->across_at[0], ir_of(e, &s->v), register_bytes(e, t, s->v.kind == K_VARYING),
              store, group);
    if (s->v.ok) {
        move_part(e, &s->at_ok, &s->across_at[1], "i1", 8, store, group);
        move_part(e, &s->at_vec, &s->across_at[2], ir_vector(e, ir_type(e, t)), register_bytes(e, t, 1),
                  store, group);
    }
    if (t->kind == WF_TY_POINTER && s->v.root == ROOT_OWN) {
        const char *w = s->v.root_varying ? ir_vector(e, "i64") : "i64";
        uint64_t n = s->v.root_varying ? 8 * (uint64_t)e->L : 8;
        move_part(e, &s->at_lo, &s->across_at[3], w, n, store, group);
        move_part(e, &s->at_size, &s->across_at[4], w, n, store, group);
    }
}

static int lives_across(const scan_var *v) { return v->regions > 1 && v->region_assigned; }

static void move_variables(fission *f, scan_var **list, uint32_t count, int store, const char *group) {
    for (uint32_t i = 0; i < count; i++) {
        if (!list[i]->var || !lives_across(list[i])) continue;
        local *l = &f->in->locals[list[i]->var->number];
        if (l->store != LOCAL_SLOTS) continue;
        for (uint32_t k = 0; k < l->count; k++) move_slot(f->e, &l->slots[k], store, group);
    }
}

static void compute_again(fission *f, scan_var **list, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (list[i]->again == AGAIN_YES) emit_decl(f->e, list[i]->decl);
}

/* --- alive --- */

static uint64_t alive_bytes(emitter *e) { return e->L > 8 ? (uint64_t)e->L / 8 : 1; }
static const char *alive_type(emitter *e) { return e->L == 1 ? "i8" : text(e, "i%d", e->L); }

static const char *alive_at(fission *f, const char *group) {
    emitter *e = f->e;
    return ins(e, "getelementptr %s, ptr %s, i64 %s", alive_type(e), f->alive, group);
}

static void alive_load(fission *f, const char *group) {
    emitter *e = f->e;
    inst *in = f->in;
    if (!in->live) in->live = alloca_new(e, ir_vector(e, "i1"), "");
    const char *bits = ins(e, "load %s, ptr %s", alive_type(e), alive_at(f, group));
    const char *m = e->L == 1 ? ins(e, "trunc i8 %s to i1", bits)
                              : ins(e, "bitcast %s %s to %s", alive_type(e), bits, ir_vector(e, "i1"));
    e->mask = mask_and(e, e->mask, m);
    line(e, "store %s %s, ptr %s", ir_vector(e, "i1"), e->mask.op, in->live);
}

static void alive_store(fission *f, const char *group) {
    emitter *e = f->e;
    const char *m = ins(e, "load %s, ptr %s", ir_vector(e, "i1"), f->in->live);
    const char *bits = e->L == 1 ? ins(e, "zext i1 %s to i8", m)
                                 : ins(e, "bitcast %s %s to %s", ir_vector(e, "i1"), m, alive_type(e));
    line(e, "store %s %s, ptr %s", alive_type(e), bits, alive_at(f, group));
}

static void nobody_lives(emitter *e, inst *in) {
    line(e, "store %s %s, ptr %s", ir_vector(e, "i1"), e->L == 1 ? "false" : "zeroinitializer", in->live);
}

/* --- emitting a region --- */

/* `limit` at most, as i64 text; u >= 0 is the count of threads wanted. */
static const char *groups_of(emitter *e, const char *u, int up) {
    int shift = __builtin_ctz((unsigned)e->L);
    const char *all = kernel_group_limit(e);
    const char *n = ins(e, "lshr i64 %s, %d", up ? ins(e, "add i64 %s, %d", u, e->L - 1) : u, shift);
    return ins(e, "select i1 %s, i64 %s, i64 %s", ins(e, "icmp ult i64 %s, %s", n, all), n, all);
}

/* A thread's number is its threadIdx.x. */
static int one_row(const emitter *e) { return e->block[0] && e->block[1] == 1 && e->block[2] == 1; }

/* One conjunct `threadIdx.x < u`, `<=`, `==` (or turned round) with u the block's: the groups in which a
 * thread can pass it. */
static int active_by(fission *f, const wf_expr *c, const char **first, const char **limit) {
    emitter *e = f->e;
    const wf_expr *a = c->a, *b = c->b;
    wf_op op = c->op;
    if (op == WF_OP_GT || op == WF_OP_GE) {
        op = op == WF_OP_GT ? WF_OP_LT : WF_OP_LE;
        a = c->b, b = c->a;
    } else if (op == WF_OP_EQ && !is_thread_index(f->in, a)) {
        a = c->b, b = c->a;
    }
    if (op != WF_OP_LT && op != WF_OP_LE && op != WF_OP_EQ) return 0;
    if (!is_thread_index(f->in, a) || !block_pure(f, b) || !is_int(b->type) || bits_of(b->type) < 32)
        return 0;
    e->mask = (mask){0};
    val u = emit_expr(e, b);
    if (u.kind > K_BLOCK) return 0;
    const char *n = u.op;
    if (bits_of(u.type) == 32) n = ins(e, "%s i32 %s to i64", is_signed(u.type) ? "sext" : "zext", n);
    /* Negative, or beyond all threads: 1024 is beyond, and what follows cannot overflow. */
    const char *small = ins(e, "icmp ult i64 %s, 1024", n);
    const char *other =
        is_signed(u.type) ? ins(e, "select i1 %s, i64 0, i64 1024", ins(e, "icmp slt i64 %s, 0", n)) : "1024";
    const char *in_range = ins(e, "select i1 %s, i64 %s, i64 %s", small, n, other);
    if (op == WF_OP_LT) {
        *limit = groups_of(e, in_range, 1);
        return 1;
    }
    /* u itself counts, unless it is negative */
    const char *next = ins(e, "add i64 %s, 1", in_range);
    if (is_signed(u.type))
        next = ins(e, "select i1 %s, i64 0, i64 %s", ins(e, "icmp slt i64 %s, 0", n), next);
    if (op == WF_OP_EQ) *first = groups_of(e, in_range, 0);
    *limit = groups_of(e, next, 1);
    return 1;
}

static int active_in(fission *f, const wf_expr *c, const char **first, const char **limit) {
    if (c->kind != WF_EX_BINARY) return 0;
    if (c->op != WF_OP_LAND) return active_by(f, c, first, limit);
    return active_in(f, c->a, first, limit) || active_in(f, c->b, first, limit);
}

/* `if (t < s) …` alone in a region: the groups past s need not even be looked at. */
static void active_groups(fission *f, const wf_stmt *s, const char **first, const char **limit) {
    if (s->kind == WF_ST_IF && !s->other && one_row(f->e)) active_in(f, s->expr, first, limit);
}

static void emit_region(fission *f, const wf_stmt **list, uint32_t count) {
    emitter *e = f->e;
    inst *in = f->in;
    region *r = &f->regions[f->next];
    if (!e->fn->open) return;
    const char *first = NULL, *limit = NULL;
    if (count == 1) active_groups(f, list[0], &first, &limit);
    group_loop g = group_loop_range(e, first, limit);
    const char *group = e->fn->group_index;
    label *end = label_new(e);
    if (f->alive) {
        alive_load(f, group);
        label *some = label_new(e);
        branch_if(e, e->L > 1 ? mask_any(e, e->mask.op) : e->mask.op, some, end);
        label_place(e, some);
        if (e->L == 1) e->mask = (mask){0};
    }
    move_variables(f, r->used, r->used_count, 0, group);
    compute_again(f, r->used, r->used_count);
    label *stored = label_new(e);
    in->end = e->skip = stored;
    for (uint32_t i = 0; i < count; i++) {
        mask before = e->mask;
        emit_stmt(e, list[i]);
        if (i + 1 < count) lanes_left(e, before);
    }
    label_place(e, stored);
    move_variables(f, r->assigned, r->assigned_count, 1, group);
    if (f->alive) alive_store(f, group);
    label_place(e, end);
    e->skip = NULL;
    in->end = f->block_end;
    group_loop_end(e, &g);
}

static void flush(fission *f, const wf_stmt **run, uint32_t *count) {
    if (!*count) return;
    if (f->mode == FIND) {
        for (uint32_t i = 0; i < *count; i++) visit_stmt(f->in, run[i], see_find, f);
    } else if (f->mode == NUMBER) {
        f->region_count++;
        if (f->region_count >= f->region_capacity) {
            uint32_t n = f->region_capacity ? f->region_capacity * 2 : 16;
            region *more = WF_NEW_ARRAY(f->e->arena, region, n);
            if (f->regions) memcpy(more, f->regions, sizeof *more * f->region_capacity);
            f->regions = more;
            f->region_capacity = n;
        }
        for (uint32_t i = 0; i < *count; i++) visit_stmt(f->in, run[i], see_number, f);
    } else {
        f->next++;
        emit_region(f, run, *count);
    }
    *count = 0;
}

/* --- block level --- */

/* Variables with a copy for each group are read from group 0: all agree. */
static void see_sync(void *user, scan_var *v, int assigned) {
    fission *f = user;
    (void)assigned;
    if (v->again == AGAIN_YES) {
        group_threads(f->e, "0");
        visit_expr(f->in, v->decl->expr, see_sync, f);
        compute_again(f, &v, 1);
    } else {
        move_variables(f, &v, 1, 0, "0");
    }
}

static void see_check(void *user, scan_var *v, int assigned) {
    fission *f = user;
    if (assigned && v->region_assigned) f->impossible = 1; /* would have to be stored for every group */
    mention_in(v, 0);
}

static val block_value(fission *f, const wf_expr *x) {
    if (f->mode == NUMBER) visit_expr(f->in, x, see_check, f);
    if (f->mode != EMIT) return val_int(f->e, ty(f->e, WF_TY_BOOL), 1);
    visit_expr(f->in, x, see_sync, f);
    f->e->mask = (mask){0};
    f->e->fn->thread_base = "0";
    return emit_expr(f->e, x);
}

static void block_stmt(fission *f, const wf_stmt *s) {
    if (is_again(f, s)) return;
    if (f->mode == NUMBER) visit_stmt(f->in, s, see_block, f);
    if (f->mode == EMIT) emit_stmt(f->e, s);
}

static void walk_list(fission *f, const wf_stmt *first);

static void walk_one(fission *f, const wf_stmt *s) {
    if (!s) return;
    if (s->kind == WF_ST_BLOCK) {
        walk_list(f, s->body);
        return;
    }
    walk_list(f, s); /* a statement alone: its `next` is NULL */
}

static void walk_if(fission *f, const wf_stmt *s) {
    emitter *e = f->e;
    label *yes = label_new(e), *no = label_new(e), *join = label_new(e);
    val c = block_value(f, s->expr);
    if (f->mode != EMIT) {
        walk_one(f, s->body);
        walk_one(f, s->other);
        return;
    }
    if (c.kind == K_CONST) {
        walk_one(f, c.imm ? s->body : s->other);
        return;
    }
    branch_if(e, c.op, yes, no);
    label_place(e, yes);
    walk_one(f, s->body);
    branch(e, join);
    label_place(e, no);
    walk_one(f, s->other);
    label_place(e, join);
}

/* a, b, c of a step: each at block level, or a region. */
static void walk_step(fission *f, const wf_expr *x) {
    if (!x) return;
    if (x->kind == WF_EX_CAST && x->cast == WF_CAST_VOID) x = x->a;
    if (x->kind == WF_EX_COMMA) {
        walk_step(f, x->a);
        walk_step(f, x->b);
        return;
    }
    void **known = map_at(f->in->facts, x);
    if (!*known) {
        wf_stmt *s = WF_NEW(f->e->arena, wf_stmt);
        s->kind = WF_ST_EXPR;
        s->expr = (wf_expr *)x;
        s->at = x->at;
        *known = s;
    }
    const wf_stmt *s = *known;
    uint32_t one = 1;
    if (at_block_level(f, s)) block_stmt(f, s);
    else flush(f, &s, &one);
}

static void loop_test(fission *f, const wf_expr *x, label *stay, label *leave) {
    if (!x) {
        branch(f->e, stay);
        return;
    }
    val c = block_value(f, x);
    if (f->mode != EMIT) return;
    if (c.kind == K_CONST) branch(f->e, c.imm ? stay : leave);
    else branch_if(f->e, c.op, stay, leave);
}

static void walk_loop(fission *f, const wf_stmt *s) {
    emitter *e = f->e;
    label *head = label_new(e), *body = label_new(e), *next = label_new(e), *exit = label_new(e);
    block_target t = {exit, next, f->targets};
    if (s->init) walk_list(f, s->init);
    int emit = f->mode == EMIT;
    f->targets = &t;
    if (emit) label_place(e, head);
    if (s->kind != WF_ST_DO) {
        loop_test(f, s->expr, body, exit);
        if (emit) label_place(e, body);
    }
    walk_one(f, s->body);
    if (emit) label_place(e, next);
    walk_step(f, s->step);
    if (emit) poll_stop(e);
    if (s->kind == WF_ST_DO) loop_test(f, s->expr, head, exit);
    else if (emit) branch(e, head);
    if (emit) label_place(e, exit);
    f->targets = t.outer;
}

static void walk_apart(fission *f, const wf_stmt *s) {
    switch (s->kind) {
    case WF_ST_BLOCK: walk_list(f, s->body); break;
    case WF_ST_IF: walk_if(f, s); break;
    case WF_ST_FOR:
    case WF_ST_WHILE:
    case WF_ST_DO: walk_loop(f, s); break;
    case WF_ST_BREAK:
        if (f->mode == EMIT) branch(f->e, f->targets ? f->targets->on_break : f->block_end);
        break;
    case WF_ST_CONTINUE:
        if (f->mode == EMIT) branch(f->e, f->targets ? f->targets->on_continue : f->block_end);
        break;
    case WF_ST_RETURN:
        if (f->mode == EMIT) branch(f->e, f->block_end);
        break;
    default: f->impossible = 1; /* a barrier inside an expression, or a switch */
    }
}

static void walk_list(fission *f, const wf_stmt *first) {
    uint32_t count = 0, capacity = 0;
    for (const wf_stmt *s = first; s; s = s->next) capacity++;
    const wf_stmt **run = WF_NEW_ARRAY(f->e->arena, const wf_stmt *, capacity + 1);
    for (const wf_stmt *s = first; s; s = s->next) {
        if (is_barrier(s)) {
            flush(f, run, &count);
        } else if (at_block_level(f, s)) {
            if (s->kind != WF_ST_DECL) flush(f, run, &count); /* a declaration may come before the run */
            block_stmt(f, s);
        } else if (splits(f, s)) {
            flush(f, run, &count);
            walk_apart(f, s);
        } else {
            run[count++] = s;
        }
    }
    flush(f, run, &count);
}

/* --- the door --- */

static void reset(fission *f) {
    for (uint32_t i = 0; i < f->in->scan->var_count; i++) {
        scan_var *v = &f->in->scan->vars[i];
        v->regions = v->region_assigned = v->again = 0;
    }
}

static void number_regions(fission *f) {
    f->regions = NULL;
    f->region_count = f->region_capacity = 0;
    f->mode = NUMBER;
    f->region_capacity = 16;
    f->regions = WF_NEW_ARRAY(f->e->arena, region, 16);
    for (wf_var *p = f->in->func->params; p; p = p->next) mention_in(&f->in->scan->vars[p->number], 0);
    walk_list(f, f->in->func->body->body);
}

int fission_possible(emitter *e, inst *in) {
    fission *f = WF_NEW(e->arena, fission);
    f->e = e;
    f->in = in;
    reset(f);
    f->mode = FIND;
    do {
        f->changed = 0;
        walk_list(f, in->func->body->body);
    } while (f->changed);
    number_regions(f);
    e->kernel = f;
    return !f->impossible;
}

/* Parameters that regions change, or that live in memory, begin with the same value for every group. */
static void spread_parameters(fission *f, wf_signature *sig) {
    emitter *e = f->e;
    uint32_t n = 0, in_memory = 0;
    scan_var **list = WF_NEW_ARRAY(e->arena, scan_var *, f->in->func->param_count + 1);
    for (wf_var *p = f->in->func->params; p; p = p->next) {
        scan_var *v = &f->in->scan->vars[p->number];
        if (f->in->locals[p->number].store != LOCAL_SLOTS) in_memory = 1;
        else if (lives_across(v)) list[n++] = v;
    }
    if (!n && !in_memory) return;
    group_loop g = group_loop_begin(e);
    e->mask = (mask){0};
    kernel_bind(e, f->in, sig);
    move_variables(f, list, n, 1, e->fn->group_index);
    group_loop_end(e, &g);
}

/* Between the head and the end of the loop over blocks. */
void fission_block(emitter *e, inst *in, wf_signature *sig) {
    fission *f = e->kernel;
    f->mode = EMIT;
    f->next = 0;
    f->block_end = label_new(e);
    e->inst = in;
    in->base = e->depth;
    in->labels = map_new(e->arena);
    in->end = f->block_end;
    in->loops = NULL;
    in->live = NULL;
    e->regions_active = 1;
    if (in->return_level > 0) {
        uint64_t bytes = alive_bytes(e);
        f->alive = group_memory(e, bytes, 8, 1);
        declare(e, "llvm.memset.p0.i64", "declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)");
        line(e, "call void @llvm.memset.p0.i64(ptr %s, i8 %d, i64 %llu, i1 false)", f->alive,
             e->L == 1 ? 1 : 255, (unsigned long long)(bytes * e->groups));
        in->on_uniform_return = nobody_lives;
    }
    e->block_level = 1;
    kernel_bind(e, in, sig);
    e->block_level = 0;
    spread_parameters(f, sig);
    walk_list(f, in->func->body->body);
    label_place(e, f->block_end);
    e->regions_active = 0;
    e->inst = NULL;
}
