/* emit/loop.c: for, while and do loops: their labels and masks, how often their turns are written out, and which of
 * a loop's versions runs: with its checks, without them, or behind the lanes that do nearly all of it.
 *
 * What a condition that differs between lanes does to masks stands in control.c; what is known of a loop's counter
 * in loop_range.c, of its accesses in spans.c. */
#include "emit/spans.h"
#include <string.h>

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
    raise_level(e, &l->info->exit_level, level_of_value(e, &c));
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
    if (s->body) emit_stmt(e, s->body);
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

void emit_loop(emitter *e, const wf_stmt *s) {
    if (s->for_kind == WF_FOR_PARALLEL && emit_parallel(e, s)) return;
    if (s->init) emit_stmt(e, s->init), e->begun = s;
    if (e->seldom && e->L == 1 && !e->gpu && emit_late(e, s, 1)) return;
    emit_loop_from(e, s);
}
