/* emit/control.c: statements.
 *
 * A condition that the group agrees on is a branch. One that differs between lanes makes masks: each arm runs
 * under its part of the mask, and is skipped when no lane is in it. So wherever code is being emitted, at
 * least one lane is active. A jump under a mask takes its lanes out of the mask: `break` out of the loop's
 * set of lanes, `return` out of all enclosing sets, `continue` only until the end of the body. After a
 * statement that may have taken lanes out, what follows is skipped when none is left: e->skip is the end of
 * the part that shares the mask.
 *
 * e->stack holds the constructs around the place of emission with their level; see level_since. */
#include "emit/spans.h"
#include <string.h>

void push_construct(emitter *e, construct_kind k, int level, scan_stmt *loop) {
    if (e->depth == (int)(sizeof e->stack / sizeof *e->stack)) {
        fail_at(e, (wf_place){0}, NULL, "control flow is nested too deeply");
        e->depth--;
    }
    if (e->L == 1 && level > 1) level = 1;
    e->stack[e->depth++] = (construct){k, level, loop};
}

void pop_construct(emitter *e) { e->depth--; }

static int level_from(emitter *e, int first) {
    int level = 0;
    for (int i = first; i < e->depth; i++)
        if (e->stack[i].level > level) level = e->stack[i].level;
    return level;
}

static void raise_level(emitter *e, int *at, int level) {
    if (level <= *at) return;
    *at = level;
    e->changed = 1;
}

static int level_of(emitter *e, const val *v) {
    if (v->kind >= K_LINEAR) return e->L > 1 ? 2 : 1;
    return v->kind == K_GROUP ? 1 : 0;
}

static const char *mask_type(emitter *e) { return ir_vector(e, "i1"); }
static const char *mask_alloca(emitter *e) { return alloca_new(e, mask_type(e), "mask"); }
static void mask_store(emitter *e, const char *at, mask m) {
    line(e, "store %s %s, ptr %s", mask_type(e), mask_vector(e, m), at);
}
static mask mask_load(emitter *e, const char *at) {
    return (mask){ins(e, "load %s, ptr %s", mask_type(e), at), 0};
}
static mask no_lanes(void) { return (mask){NULL, 1}; }

/* at &= ~lanes, or at |= lanes */
static void mask_change(emitter *e, const char *at, mask lanes, int add) {
    mask old = mask_load(e, at);
    mask r = add ? (mask){ins(e, "or %s %s, %s", mask_type(e), old.op, mask_vector(e, lanes)), 0}
                 : mask_and_not(e, old, mask_vector(e, lanes));
    mask_store(e, at, r);
}

loop_info *loop_of(emitter *e, const wf_stmt *s) {
    loop_info *info = map_get(e->inst->facts, s);
    if (!info) {
        info = WF_NEW(e->arena, loop_info);
        *map_at(e->inst->facts, s) = info;
    }
    info->stmt = s;
    return info;
}

/* --- jumps --- */

void divergent_return(emitter *e, inst *in) {
    for (loop_info *l = in->loops; l; l = l->outer)
        if (l->lanes) mask_change(e, l->lanes, e->mask, 0);
    if (in->live) mask_change(e, in->live, e->mask, 0);
    e->mask = no_lanes();
}

static void emit_return(emitter *e, const wf_stmt *s) {
    inst *in = e->inst;
    int level = level_from(e, in->base);
    raise_level(e, &in->return_level, level);
    if (s->expr) {
        val v = emit_expr(e, s->expr);
        if (v.is_record)
            for (uint32_t i = 0; i < v.leaf_count && i < in->result_count; i++)
                slot_set(e, &in->result[i], v.leaves[i], in->return_level);
        else if (in->result_count) slot_set(e, &in->result[0], v, in->return_level);
    }
    if (level < 2 || e->L == 1) {
        if (in->on_uniform_return) in->on_uniform_return(e, in);
        branch(e, in->end);
        return;
    }
    for (loop_info *l = in->loops; l; l = l->outer)
        if (!l->returns) {
            l->returns = 1;
            e->changed = 1;
        }
    divergent_return(e, in);
}

static void emit_break(emitter *e) {
    loop_info *l = e->inst->loops;
    if (!l) return;
    int level = level_from(e, l->depth + 1);
    if (l->is_switch && l->value_level > level) level = l->value_level;
    raise_level(e, &l->exit_level, level);
    if (level < 2 || e->L == 1) {
        if (l->rejoin) mask_change(e, l->rejoin, e->mask, 1);
        branch(e, l->on_break);
        return;
    }
    if (l->rejoin) mask_change(e, l->rejoin, e->mask, 1);
    if (l->lanes) mask_change(e, l->lanes, e->mask, 0);
    e->mask = no_lanes();
}

static void emit_continue(emitter *e) {
    loop_info *l = e->inst->loops;
    while (l && l->is_switch) l = l->outer;
    if (!l) return;
    int level = level_from(e, l->depth + 2);
    raise_level(e, &l->continue_level, level);
    if (level < 2 || e->L == 1) branch(e, l->on_continue);
    else e->mask = no_lanes();
}

void emit_jump(emitter *e, const wf_stmt *s) {
    if (s->kind == WF_ST_BREAK) emit_break(e);
    else if (s->kind == WF_ST_CONTINUE) emit_continue(e);
    else emit_return(e, s);
}

/* --- if --- */

static void emit_optional(emitter *e, const wf_stmt *s) {
    if (s) emit_stmt(e, s);
}

static int is_bare_jump(const wf_stmt *s) {
    if (!s) return 0;
    if (s->kind == WF_ST_BLOCK) return s->body && !s->body->next && is_bare_jump(s->body);
    return s->kind == WF_ST_BREAK || s->kind == WF_ST_CONTINUE || (s->kind == WF_ST_RETURN && !s->expr);
}

static int same_mask(mask a, mask b) { return a.op == b.op && a.empty == b.empty; }

/* A label in s or in a block of it: somebody may come in from outside, whatever the condition says. */
static int holds_label(const wf_stmt *s) {
    for (; s; s = s->next)
        if (s->kind == WF_ST_LABEL || holds_label(s->body) || holds_label(s->other)) return 1;
    return 0;
}

static int may_be_entered(const emitter *e, const wf_stmt *s) {
    if (!s || !e->inst->scan->has_goto) return 0;
    return s->kind == WF_ST_LABEL || holds_label(s->body) || holds_label(s->other);
}

/* __wf_expect(condition, 1) */
static int is_expected(const wf_expr *x) {
    while (x->kind == WF_EX_CAST) x = x->a;
    return x->kind == WF_EX_BUILTIN && x->u.call.builtin == WF_BI_EXPECT &&
           x->u.call.args[1]->kind == WF_EX_INT && x->u.call.args[1]->u.i;
}

static void uniform_if(emitter *e, const wf_stmt *s, val c, int escapes) {
    label *yes = label_new(e), *no = label_new(e), *join = label_new(e);
    mask before = e->mask;
    const char *merged = escapes && e->L > 1 ? mask_alloca(e) : NULL;
    int differs = 0;
    push_construct(e, C_IF, level_of(e, &c), NULL);
    if (merged && !s->other) mask_store(e, merged, before); /* the way past it */
    int likely = s->other && is_expected(s->expr);
    if (likely) branch_rare(e, c.op, yes, no);
    else branch_if(e, c.op, yes, s->other ? no : join);
    label_place(e, yes);
    int entered = may_be_entered(e, s->body);
    narrowed n = {0};
    if (!entered) n = narrow_begin(e, s->expr);
    emit_stmt(e, s->body);
    if (!entered) narrow_end(&n);
    if (e->fn->open) {
        differs |= !same_mask(e->mask, before);
        if (merged) mask_store(e, merged, e->mask);
    }
    branch(e, join);
    e->mask = before;
    if (s->other) {
        label_place(e, no);
        e->seldom += likely;
        emit_stmt(e, s->other);
        e->seldom -= likely;
        if (e->fn->open) {
            differs |= !same_mask(e->mask, before);
            if (merged) mask_store(e, merged, e->mask);
        }
        branch(e, join);
    }
    label_place(e, join);
    pop_construct(e);
    e->mask = differs && merged ? mask_load(e, merged) : before;
}

/* One arm of a divergent if: its lanes that fall out of its end are stored in `out` (NULL: all of them do).
 */
static void divergent_arm(emitter *e, const wf_stmt *s, mask lanes, label *here, label *after,
                          const char *out) {
    label *outer = e->skip;
    e->skip = after;
    e->mask = lanes;
    label_place(e, here);
    emit_stmt(e, s);
    if (out && e->fn->open && !e->mask.empty) mask_store(e, out, e->mask);
    branch(e, after);
    e->skip = outer;
}

static mask mask_or(emitter *e, mask a, mask b) {
    if (a.empty) return b;
    if (b.empty) return a;
    return (mask){ins(e, "or %s %s, %s", mask_type(e), mask_vector(e, a), mask_vector(e, b)), 0};
}

static void divergent_if(emitter *e, const wf_stmt *s, val c, int escapes) {
    mask before = e->mask, yes_lanes = mask_and(e, before, c.op), no_lanes_ = mask_and_not(e, before, c.op);
    push_construct(e, C_IF, 2, NULL);
    if (is_bare_jump(s->body) && !s->other) {
        e->mask = yes_lanes;
        const wf_stmt *jump = s->body;
        while (jump->kind == WF_ST_BLOCK) jump = jump->body;
        emit_jump(e, jump);
        pop_construct(e);
        e->mask = no_lanes_;
        return;
    }
    label *yes = label_new(e), *second = label_new(e), *join = label_new(e);
    const char *out = NULL, *out2 = NULL;
    if (escapes) {
        mask_store(e, out = mask_alloca(e), no_lanes());
        if (s->other) mask_store(e, out2 = mask_alloca(e), no_lanes());
    }
    branch_if(e, mask_any(e, yes_lanes.op), yes, second);
    narrowed n = narrow_begin(e, s->expr);
    divergent_arm(e, s->body, yes_lanes, yes, second, out);
    narrow_end(&n);
    label_place(e, second);
    if (s->other) {
        label *no = label_new(e);
        branch_if(e, mask_any(e, no_lanes_.op), no, join);
        divergent_arm(e, s->other, no_lanes_, no, join, out2);
    }
    label_place(e, join);
    pop_construct(e);
    e->mask = before;
    if (escapes) e->mask = mask_or(e, mask_load(e, out), s->other ? mask_load(e, out2) : no_lanes_);
}

static void emit_if(emitter *e, const wf_stmt *s) {
    void *known = e->block_assumed ? map_get(e->block_assumed, s) : NULL;
    if (known) {
        if (known == (void *)1) emit_stmt(e, s->body);
        return; /* no else: block_range.c */
    }
    val c = emit_expr(e, s->expr);
    scan_stmt *sc = scan_stmt_of(e->inst->scan, s);
    int escapes = !sc || sc->escapes;
    if (e->inst->is_kernel && c.kind != K_BOTTOM)
        raise_level(e, &loop_of(e, s)->value_level, level_of(e, &c));
    if (c.kind == K_CONST && may_be_entered(e, c.imm ? s->other : s->body)) {
        c.op = c.imm ? "true" : "false";
        uniform_if(e, s, c, escapes);
    } else if (c.kind == K_CONST) {
        if (c.imm) emit_stmt(e, s->body);
        else emit_optional(e, s->other);
    } else if (c.kind >= K_LINEAR && e->L > 1) {
        divergent_if(e, s, c, escapes);
    } else {
        uniform_if(e, s, c, escapes);
    }
}

/* --- loops --- */

/* ", !llvm.loop …" for a back-edge, with `items` that say something of the loop. On a CPU its first instruction
 * comes to stand on a multiple of 32 bytes (LLVM's own choice is 16): a loop of a few instructions that crosses
 * a line of the cache, or of the decoded instructions, takes up to 1.7 times as long. */
static const char *edge_metadata(emitter *e, const char *items) {
    if (e->gpu && !*items) return "";
    uint32_t n = e->metadata++;
    wf_text_printf(&e->declarations, "!%u = distinct !{!%u%s%s}\n", n, n, e->gpu ? "" : ", !3", items);
    return text(e, ", !llvm.loop !%u", n);
}

static const char *metadata_item(emitter *e, const char *content) {
    wf_text_printf(&e->declarations, "!%u = !{%s}\n", e->metadata, content);
    return text(e, ", !%u", e->metadata++);
}

/* -1: unroll it whole, 0: as LLVM likes, 1: do not, else how often. */
const char *unroll_metadata(emitter *e, int32_t unroll) {
    if (e->dry) return "";
    const char *item = "";
    if (unroll < 0) item = metadata_item(e, "!\"llvm.loop.unroll.full\"");
    else if (unroll == 1) item = metadata_item(e, "!\"llvm.loop.unroll.disable\"");
    else if (unroll) item = metadata_item(e, text(e, "!\"llvm.loop.unroll.count\", i32 %d", unroll));
    return edge_metadata(e, item);
}

/* Of a loop whose accesses are of e->access_group: its turns are independent. */
static const char *parallel_metadata(emitter *e, int32_t unroll) {
    const char *item = metadata_item(e, text(e, "!\"llvm.loop.parallel_accesses\", !%u", e->access_group));
    if (unroll == 1) item = text(e, "%s%s", item, metadata_item(e, "!\"llvm.loop.unroll.disable\""));
    return edge_metadata(e, item);
}

static const char *loop_metadata(emitter *e, const wf_stmt *s) {
    if (e->access_group && !e->dry) return parallel_metadata(e, s->unroll);
    if (e->slow_loop) return unroll_metadata(e, 1); /* the checked twin of a loop is to be small */
    if (e->written_out) return unroll_metadata(e, e->written_out);
    if (s->unroll) return unroll_metadata(e, unroll_factor(e, s));
    if (e->gpu ? must_unroll(e, s) : unrolls_tests(e, s)) return unroll_metadata(e, -1);
    return unroll_metadata(e, unrolls_while(e, s) ? GROUP_TURNS : 0);
}

typedef struct loop {
    loop_info *info;
    mask entry;
    label *head, *body, *next, *exit;
} loop;

static void loop_begin(emitter *e, loop *l, const wf_stmt *s) {
    loop_info *info = l->info = loop_of(e, s);
    l->entry = e->mask;
    l->head = label_new(e), l->body = label_new(e), l->next = label_new(e), l->exit = label_new(e);
    info->depth = e->depth;
    info->on_break = l->exit;
    info->on_continue = l->next;
    info->rejoin = NULL;
    info->is_switch = 0;
    info->lanes = NULL;
    if (e->L > 1 && (info->exit_level == 2 || info->continue_level == 2 || info->returns)) {
        info->lanes = mask_alloca(e);
        mask_store(e, info->lanes, e->mask);
    }
    info->outer = e->inst->loops;
    e->inst->loops = info;
    push_construct(e, C_EXIT, info->exit_level, scan_stmt_of(e->inst->scan, s));
}

static void loop_mask(emitter *e, loop *l) {
    e->mask = l->info->lanes ? mask_load(e, l->info->lanes) : l->entry;
}

/* Stays in the loop for `body` while the condition holds for someone. */
static void loop_condition(emitter *e, loop *l, const wf_expr *x, label *stay) {
    loop_mask(e, l);
    val c = x ? emit_expr(e, x) : val_int(e, ty(e, WF_TY_BOOL), 1);
    raise_level(e, &l->info->exit_level, level_of(e, &c));
    e->stack[l->info->depth].level = l->info->exit_level;
    if (c.kind == K_CONST || c.kind == K_BOTTOM) {
        if (c.kind == K_CONST && !c.imm) branch(e, l->exit);
        else branch(e, stay);
        return;
    }
    if (c.kind >= K_LINEAR && e->L > 1) {
        mask m = mask_and(e, e->mask, c.op);
        if (l->info->lanes) mask_store(e, l->info->lanes, m);
        branch_if(e, mask_any(e, m.op), stay, l->exit);
    } else {
        branch_if(e, c.op, stay, l->exit);
    }
}

static void loop_body(emitter *e, loop *l, const wf_stmt *s) {
    label *outer = e->skip;
    e->skip = l->next;
    loop_mask(e, l);
    push_construct(e, C_BODY, l->info->continue_level, NULL);
    emit_optional(e, s->body);
    pop_construct(e);
    label_place(e, l->next);
    e->skip = outer;
    loop_mask(e, l);
    if (l->info->lanes && (l->info->exit_level == 2 || l->info->returns)) {
        label *some = label_new(e);
        branch_if(e, mask_any(e, e->mask.op), some, l->exit);
        label_place(e, some);
    }
}

static void loop_end(emitter *e, loop *l) {
    label_place(e, l->exit);
    pop_construct(e);
    e->inst->loops = l->info->outer;
    e->mask = l->entry;
    if (l->info->returns && e->inst->live && e->L > 1) {
        mask live = mask_load(e, e->inst->live);
        e->mask = l->entry.op ? mask_and(e, l->entry, live.op) : live;
    }
}

static void back_edge(emitter *e, label *head, const wf_stmt *s) {
    if (!e->fn->open) return;
    head->uses++;
    line(e, "br label %%%s%s", head->name, loop_metadata(e, s));
    e->fn->open = 0;
}

int holds_loop(const wf_stmt *s) {
    for (; s; s = s->next)
        if (s->kind == WF_ST_FOR || s->kind == WF_ST_WHILE || s->kind == WF_ST_DO || holds_loop(s->body) ||
            holds_loop(s->other))
            return 1;
    return 0;
}

/* Of an innermost loop: where the counter goes to its bound in steps of one, it comes to stand on it: LLVM knows how many turns are
 * left from `!=` alone, also of the loop that is left behind vectors, and unrolls it. A counter of 32 bits
 * keeps its comparison, which says that it does not wrap. */
static int turn_again(emitter *e, const wf_stmt *s, label *body, const val *limit, label *end) {
    counted_for c;
    if (e->gpu || e->dry || !e->fn->open || !counts_to_bound(e, s, &c) || c.inclusive ||
        (c.step != 1 && c.step != -1) || bits_of(c.var->type) != 64 || holds_loop(s->body))
        return 0;
    val now = slot_get(e, &e->inst->locals[c.var->number].slots[0]),
        bound = limit ? *limit : emit_expr(e, c.bound);
    const char *more = ins(e, "icmp ne i64 %s, %s", as_scalar(e, now), as_scalar(e, bound));
    body->uses++;
    end->uses++;
    line(e, "br i1 %s, label %%%s, label %%%s%s", more, body->name, end->name, loop_metadata(e, s));
    e->fn->open = 0;
    return 1;
}

/* In the loop's body its condition holds: 0 <= k < bound for a counter that only its step changes. */
static slot *counter_range(emitter *e, const wf_stmt *s, uint32_t *top) {
    counted_for c;
    int64_t bound = 0;
    *top = 0;
    if (!counted_loop(s, &c) || !c.first || !c.up || c.by) return NULL;
    const scan_var *sv = &e->inst->scan->vars[c.var->number];
    local *l = &e->inst->locals[c.var->number];
    if (sv->assigned != 1 || l->store != LOCAL_SLOTS || l->count != 1 || !l->slots[0].last_top) return NULL;
    if (!wf_fold_int(e->unit, c.bound, &bound) && c.bound->kind == WF_EX_MEMBER &&
        c.bound->a->kind == WF_EX_BUILTIN) /* a block's dimension */
        bound = emit_expr(e, c.bound).top;
    if (bound <= 0 || bound + c.inclusive >= WF_TOP_MOST) return NULL;
    *top = (uint32_t)(bound + c.inclusive);
    return &l->slots[0];
}

typedef struct piece { /* of a loop's turns: poll.c */
    label *begin, *turn, *end;
    val limit;
} piece;

static void piece_begin(emitter *e, loop *l, piece *p, const wf_stmt *s, const counted_for *c) {
    *p = (piece){label_new(e), label_new(e), label_new(e), {0}};
    loop_condition(e, l, s->expr, p->begin);
    label_place(e, p->begin);
    p->limit = poll_limit(e, c);
    label_place(e, p->turn);
    branch_if(e, poll_before(e, c, p->limit), l->body, p->end);
}

/* On with the next one, if there is any and nobody wants us to stop. */
static void piece_end(emitter *e, loop *l, const piece *p, const wf_stmt *s) {
    label *more = label_new(e);
    label_place(e, p->end);
    loop_condition(e, l, s->expr, more);
    label_place(e, more);
    poll_now(e);
    if (!e->fn->open) return;
    p->begin->uses++;
    line(e, "br label %%%s%s", p->begin->name, unroll_metadata(e, 1));
    e->fn->open = 0;
}

static void loop_turns(emitter *e, const wf_stmt *s) {
    loop l;
    uint32_t top;
    counted_for counted;
    poll_kind polls = e->written_out ? POLL_NEVER : poll_of(e, s, &counted);
    int plain = e->L == 1 && !e->gpu && writing(e) && may_become_vectors(e, s, polls);
    e->plain_loops |= plain;
    e->in_plain_loop += plain;
    slot *counter = counter_range(e, s, &top);
    loop_begin(e, &l, s);
    if (s->kind == WF_ST_DO) {
        label_place(e, l.head);
        loop_body(e, &l, s);
        if (e->fn->open) {
            poll_stop(e);
            label *again = label_new(e);
            loop_condition(e, &l, s->expr, again);
            label_place(e, again);
            back_edge(e, l.head, s);
        }
    } else {
        piece p = {.turn = l.head};
        label_place(e, l.head);
        if (polls == POLL_PIECES) piece_begin(e, &l, &p, s, &counted);
        else loop_condition(e, &l, s->expr, l.body);
        label_place(e, l.body);
        if (counter) counter->range_top = top;
        loop_body(e, &l, s);
        if (counter) counter->range_top = 0;
        if (e->fn->open) {
            if (polls == POLL_BEFORE) poll_now(e);
            if (s->step) emit_expr(e, s->step);
            if (polls == POLL_SOMETIMES) poll_stop(e);
            if (polls == POLL_EACH) poll_now(e);
            int pieces = polls == POLL_PIECES;
            if (!turn_again(e, s, l.body, pieces ? &p.limit : NULL, pieces ? p.end : l.exit))
                back_edge(e, p.turn, s);
        }
        if (polls == POLL_PIECES) piece_end(e, &l, &p, s);
    }
    e->in_plain_loop -= plain;
    loop_end(e, &l);
}

/* Turns in groups of GROUP_TURNS, which LLVM writes out: it knows that their number is a multiple, so that only tests
 * are between them. Fewer than a group are left. */
static void loop_groups(emitter *e, const wf_stmt *s) {
    loop l;
    counted_for c;
    int pieces = poll_of(e, s, &c) == POLL_PIECES;
    if (!counts_to_bound(e, s, &c)) return;
    label *any = label_new(e), *begin = label_new(e), *end = label_new(e);
    const char *group;
    loop_begin(e, &l, s);
    label_place(e, l.head);
    loop_condition(e, &l, s->expr, any);
    label_place(e, any);
    val limit = poll_groups(e, &c, pieces, &group);
    branch_if(e, group, begin, l.exit);
    label_place(e, begin);
    label_place(e, l.body);
    loop_body(e, &l, s);
    if (e->fn->open) {
        emit_expr(e, s->step);
        e->written_out = GROUP_TURNS;
        turn_again(e, s, l.body, &limit, end);
        e->written_out = 0;
    }
    label_place(e, end);
    if (pieces) {
        poll_now(e);
        e->written_out = 1;
        back_edge(e, l.head, s);
        e->written_out = 0;
    }
    branch(e, l.exit);
    loop_end(e, &l);
}

static void loop_rest(emitter *e, const wf_stmt *s) {
    uint32_t group = e->access_group;
    struct map *chained = e->chained;
    e->chained = holds_loop(s->body) ? NULL : loop_chain(e, s);
    if (turns_apart(e, s)) {
        e->access_group = e->metadata++;
        wf_text_printf(&e->declarations, "!%u = distinct !{}\n", e->access_group);
    } else if (runs_in_groups(e, s)) {
        loop_groups(e, s);
        e->written_out = 1;
    }
    loop_turns(e, s);
    e->written_out = 0;
    e->access_group = group;
    e->chained = chained;
}

/* Whole groups of its turns first, where that can be. 2: the last ones too, as a rule; 3: but for loops of too
 * few turns. */
static int through_lanes(emitter *e, const wf_stmt *s, const nest_facts *facts) {
    const char *disjoint;
    label *wide = label_new(e), *narrow = label_new(e);
    lanes *l = lanes_begin(e, s, facts, narrow, &disjoint);
    if (!l) return 0;
    branch_if(e, ins(e, "and i1 %s, %s", facts->ok, disjoint), wide, narrow);
    label_place(e, wide);
    lanes_call(e, l);
    label_place(e, narrow);
    return !lanes_do_all(l) ? 1 : lanes_leave_short(l) ? 3 : 2;
}

/* As it is; slow: the checked twin of one without checks, which is to be small. */
void emit_loop_rest(emitter *e, const wf_stmt *s, int slow) {
    int tested = e->tested_loop;
    e->slow_loop += slow;
    e->tested_loop |= slow;
    loop_rest(e, s);
    e->tested_loop = tested;
    e->slow_loop -= slow;
}

/* The turns that lanes have left, if any. A piece that is too short for lanes leaves all of its turns. */
static void emit_left(emitter *e, const wf_stmt *s, int rarely) {
    if (!rarely || e->inst->func->flags & WF_FN_PIECE) {
        loop_rest(e, s);
        return;
    }
    label *some = label_new(e), *none = label_new(e);
    const char *more = as_scalar(e, emit_expr(e, s->expr));
    branch_rare(e, ins(e, "xor i1 %s, true", more), none, some);
    label_place(e, some);
    if (!emit_late(e, s, 0)) loop_rest(e, s);
    label_place(e, none);
}

/* The turns that lanes have left, or all of them where they were too few, behind the test that lanes have asked
 * for already: without checks. With them in a function of its own, or, where that cannot be, with them only. */
static void emit_left_tested(emitter *e, const wf_stmt *s, const nest_facts *facts) {
    label *fast = label_new(e), *slow = label_new(e), *join = label_new(e);
    mask before = e->mask;
    branch_rare(e, facts->ok, fast, slow);
    label_place(e, slow);
    if (emit_late(e, s, 1)) {
        branch(e, join);
        e->proven = facts->proven;
    }
    label_place(e, fast);
    e->mask = before;
    emit_loop_rest(e, s, 1);
    e->proven = NULL;
    label_place(e, join);
    e->mask = before;
}

/* Twice, when bounds checks can be taken out of it; or once, with its checks, behind the lanes that do nearly
 * all of it. */
void emit_loop_from(emitter *e, const wf_stmt *s) {
    size_t written = e->fn->code.length;
    struct map *proven = NULL;
    nest_facts facts = {.count = 0};
    int tested = e->tested_loop;
    const char *safe = hoist_checks(e, s, &proven, &facts);
    if (!e->proven) e->tested_loop = e->check && e->L == 1 && !facts.complete;
    int lanes = facts.complete ? through_lanes(e, s, &facts) : 0;
    if (lanes || !safe) {
        if (!lanes && e->L == 1) e->fn->code.length = written; /* as if no test had been written */
        e->library_apart += lanes != 0; /* what is left is little: not worth compiling twice */
        if (lanes & 1) emit_left_tested(e, s, &facts);
        else emit_left(e, s, lanes == 2);
        e->library_apart -= lanes != 0;
        e->tested_loop = tested;
        return;
    }
    const char *apart = nest_apart(e, s, &facts);
    if (apart) safe = ins(e, "and i1 %s, %s", safe, apart);
    label *fast = label_new(e), *slow = label_new(e), *join = label_new(e);
    branch_rare(e, safe, fast, slow);
    mask before = e->mask;
    label_place(e, fast);
    e->proven = proven;
    e->apart = apart ? &facts : NULL;
    loop_rest(e, s);
    e->apart = NULL;
    e->proven = NULL;
    branch(e, join);
    label_place(e, slow);
    e->mask = before;
    if (!emit_late(e, s, 1)) emit_loop_rest(e, s, 1);
    e->tested_loop = tested;
    label_place(e, join);
    e->mask = before;
}

static void emit_loop(emitter *e, const wf_stmt *s) {
    if (s->for_kind == WF_FOR_PARALLEL && emit_parallel(e, s)) return;
    if (s->init) emit_stmt(e, s->init), e->begun = s;
    if (e->seldom && e->L == 1 && !e->gpu && emit_late(e, s, 1)) return;
    emit_loop_from(e, s);
}

/* --- switch --- */

static int is_case(const wf_stmt *s) { return s->kind == WF_ST_CASE || s->kind == WF_ST_DEFAULT; }

static void uniform_switch(emitter *e, const wf_stmt *s, val v, loop_info *info) {
    mask before = e->mask;
    const char *fall = NULL, *t = ir_type(e, v.type);
    label *otherwise = label_new(e), *exit = info->on_break;
    if (info->rejoin) {
        mask_store(e, info->rejoin, no_lanes());
        mask_store(e, fall = mask_alloca(e), before);
    }
    uint32_t n = 0;
    for (const wf_stmt *c = s->body->body; c; c = c->next) n += is_case(c);
    label **labels = WF_NEW_ARRAY(e->arena, label *, n + 1);
    label *standard = otherwise;
    wf_text table;
    wf_text_init(&table, e->arena);
    uint32_t k = 0;
    for (const wf_stmt *c = s->body->body; c; c = c->next) {
        if (!is_case(c)) continue;
        labels[k] = label_new(e);
        labels[k]->uses++;
        if (c->kind == WF_ST_DEFAULT) standard = labels[k];
        else
            wf_text_printf(&table, " %s %lld, label %%%s", t, (long long)val_int(e, v.type, c->value).imm,
                           labels[k]->name);
        k++;
    }
    if (e->fn->open) {
        standard->uses++;
        line(e, "switch %s %s, label %%%s [%s ]", t, v.op, standard->name, table.data ? table.data : "");
        e->fn->open = 0;
    }
    if (standard == otherwise) {
        label_place(e, otherwise);
        if (info->rejoin) mask_store(e, info->rejoin, before);
        branch(e, exit);
    }
    k = 0;
    for (const wf_stmt *c = s->body->body; c; c = c->next) {
        if (is_case(c)) {
            if (fall) mask_store(e, fall, e->mask);
            label_place(e, labels[k++]);
            e->mask = fall ? mask_load(e, fall) : before;
        } else {
            emit_stmt(e, c);
            if (e->mask.empty && e->L > 1) branch(e, e->skip);
        }
    }
    if (info->rejoin) mask_change(e, info->rejoin, e->mask, 1);
    label_place(e, exit);
    e->mask = info->rejoin ? mask_load(e, info->rejoin) : before;
}

static void divergent_segment(emitter *e, const wf_stmt **at, const char *fall) {
    label *run = label_new(e), *end = label_new(e), *outer = e->skip;
    mask_store(e, fall, no_lanes());
    branch_if(e, mask_any(e, e->mask.op ? e->mask.op : mask_vector(e, e->mask)), run, end);
    label_place(e, run);
    e->skip = end;
    const wf_stmt *c = *at;
    for (; c && !is_case(c); c = c->next) {
        mask before = e->mask;
        emit_stmt(e, c);
        if (e->mask.empty) branch(e, end);
        else if (!same_mask(before, e->mask) && e->mask.op) {
            label *on = label_new(e);
            branch_if(e, mask_any(e, e->mask.op), on, end);
            label_place(e, on);
        }
    }
    *at = c;
    if (e->fn->open && !e->mask.empty) mask_store(e, fall, e->mask);
    label_place(e, end);
    e->skip = outer;
}

static void divergent_switch(emitter *e, const wf_stmt *s, val v, loop_info *info) {
    mask before = e->mask, rest = before;
    const char *fall = mask_alloca(e);
    mask_store(e, info->rejoin, no_lanes());
    mask_store(e, fall, no_lanes());
    for (const wf_stmt *c = s->body->body; c; c = c->next)
        if (c->kind == WF_ST_CASE)
            rest = mask_and_not(e, rest, compare(e, WF_OP_EQ, v, val_int(e, v.type, c->value)).op);
    int has_default = 0;
    const wf_stmt *c = s->body->body;
    while (c) {
        mask m = mask_load(e, fall);
        for (; c && is_case(c); c = c->next) {
            mask here = rest;
            if (c->kind == WF_ST_CASE)
                here = mask_and(e, before, compare(e, WF_OP_EQ, v, val_int(e, v.type, c->value)).op);
            else has_default = 1;
            m = mask_or(e, m, here);
        }
        e->mask = m;
        divergent_segment(e, &c, fall);
    }
    mask_change(e, info->rejoin, mask_load(e, fall), 1);
    if (!has_default) mask_change(e, info->rejoin, rest, 1);
    label_place(e, info->on_break);
    e->mask = mask_load(e, info->rejoin);
}

static void emit_switch(emitter *e, const wf_stmt *s) {
    val v = to_varying_if_linear(e, emit_expr(e, s->expr));
    scan_stmt *sc = scan_stmt_of(e->inst->scan, s);
    loop_info *info = loop_of(e, s);
    mask before = e->mask;
    info->is_switch = 1;
    info->value_level = level_of(e, &v);
    info->depth = e->depth;
    info->on_break = label_new(e);
    info->lanes = NULL;
    info->outer = e->inst->loops;
    int merges = e->L > 1 && (info->exit_level == 2 || info->value_level == 2 || !sc || sc->escapes);
    info->rejoin = merges ? mask_alloca(e) : NULL;
    e->inst->loops = info;
    int level = info->value_level > info->exit_level ? info->value_level : info->exit_level;
    push_construct(e, C_SWITCH, level, NULL);
    if (v.kind == K_BOTTOM) {
    } else if (v.kind == K_VARYING && e->L > 1) {
        divergent_switch(e, s, v, info);
    } else {
        if (v.kind == K_CONST) v.op = text(e, "%lld", (long long)v.imm);
        uniform_switch(e, s, v, info);
    }
    pop_construct(e);
    e->inst->loops = info->outer;
    if (info->value_level < 2 && info->exit_level < 2 && (!sc || !sc->escapes)) e->mask = before;
}

/* --- the rest --- */

void emit_decl(emitter *e, const wf_stmt *s) {
    if (s->var->space != WF_SPACE_LOCAL) {
        global_address(e, s->var);
        return;
    }
    local_declare(e, e->inst, s->var);
    const wf_expr *value = s->expr ? s->expr : only_value_of(&e->inst->scan->vars[s->var->number]);
    if (!value) {
        const local *own = &e->inst->locals[s->var->number];
        for (uint32_t i = 0; own->store == LOCAL_SLOTS && i < own->count; i++) slot_unset(e, &own->slots[i]);
        return;
    }
    lval l = local_lval(e, s->var, value);
    init_store(e, &l, value);
}

static label *goto_label(emitter *e, const char *name) {
    void **at = map_at_text(e->inst->labels, name);
    if (!*at) {
        label *l = label_new(e);
        l->uses = 1;
        *at = l;
    }
    return *at;
}

/* After a statement that may have taken lanes out: goes on only if some are left. */
void lanes_left(emitter *e, mask before) {
    if (e->L == 1 || !e->fn->open || !e->skip || same_mask(before, e->mask)) return;
    if (e->mask.empty) {
        branch(e, e->skip);
    } else if (e->mask.op) {
        label *on = label_new(e);
        branch_if(e, mask_any(e, e->mask.op), on, e->skip);
        label_place(e, on);
    }
}

void emit_list(emitter *e, const wf_stmt *first) {
    for (const wf_stmt *s = first; s; s = s->next) {
        mask before = e->mask;
        emit_stmt(e, s);
        if (s->next) lanes_left(e, before);
    }
}

void emit_stmt(emitter *e, const wf_stmt *s) {
    if ((uintptr_t)__builtin_frame_address(0) < e->stack_floor) {
        fail_at(e, s->at, NULL, "statements are nested too deep for this thread's stack");
        return;
    }
    switch (s->kind) {
    case WF_ST_EXPR:
        if (!s->expr || (e->lane_sums && lanes_sum(e, s))) break;
        e->unused = s->expr;
        while (e->unused->kind == WF_EX_CAST && e->unused->cast == WF_CAST_VOID) e->unused = e->unused->a;
        emit_expr(e, s->expr);
        e->unused = NULL;
        break;
    case WF_ST_DECL: emit_decl(e, s); break;
    case WF_ST_BLOCK: emit_list(e, s->body); break;
    case WF_ST_IF: emit_if(e, s); break;
    case WF_ST_FOR:
    case WF_ST_WHILE:
    case WF_ST_DO: emit_loop(e, s); break;
    case WF_ST_SWITCH: emit_switch(e, s); break;
    case WF_ST_BREAK:
    case WF_ST_CONTINUE:
    case WF_ST_RETURN: emit_jump(e, s); break;
    case WF_ST_LABEL: {
        label *l = goto_label(e, s->name);
        label_place(e, l);
        break;
    }
    case WF_ST_GOTO:
        poll_stop(e);
        branch(e, goto_label(e, s->name));
        break;
    case WF_ST_ASM: emit_asm(e, s); break;
    default: break;
    }
}

/* The body of a function activation, up to its end label; the mask is the caller's again. */
void emit_body(emitter *e, inst *in) {
    inst *outer = e->inst;
    label *skip = e->skip;
    mask before = e->mask;
    e->inst = in;
    in->base = e->depth;
    in->end = label_new(e);
    in->labels = map_new(e->arena);
    in->loops = NULL;
    e->skip = in->end;
    if (in->return_level == 2 && e->L > 1 && !in->live_given) {
        in->live = mask_alloca(e);
        mask_store(e, in->live, before);
    }
    emit_stmt(e, in->func->body);
    label_place(e, in->end);
    e->inst = outer;
    e->skip = skip;
    e->mask = before;
}
