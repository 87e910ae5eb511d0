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

void raise_level(emitter *e, int *at, int level) {
    if (level <= *at) return;
    *at = level;
    e->changed = 1;
}

int level_of_value(emitter *e, const val *v) {
    if (v->kind >= K_LINEAR) return e->L > 1 ? 2 : 1;
    return v->kind == K_GROUP ? 1 : 0;
}

static const char *mask_type(emitter *e) { return ir_vector(e, "i1"); }
const char *mask_alloca(emitter *e) { return alloca_new(e, mask_type(e), "mask"); }
void mask_store(emitter *e, const char *at, mask m) {
    line(e, "store %s %s, ptr %s", mask_type(e), mask_vector(e, m), at);
}
mask mask_load(emitter *e, const char *at) { return (mask){ins(e, "load %s, ptr %s", mask_type(e), at), 0}; }
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
    push_construct(e, C_IF, level_of_value(e, &c), NULL);
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
        raise_level(e, &loop_of(e, s)->value_level, level_of_value(e, &c));
    if (c.kind == K_CONST && may_be_entered(e, c.imm ? s->other : s->body)) {
        c.op = c.imm ? "true" : "false";
        uniform_if(e, s, c, escapes);
    } else if (c.kind == K_CONST) {
        if (c.imm) emit_stmt(e, s->body);
        else if (s->other) emit_stmt(e, s->other);
    } else if (c.kind >= K_LINEAR && e->L > 1) {
        divergent_if(e, s, c, escapes);
    } else {
        uniform_if(e, s, c, escapes);
    }
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
    info->value_level = level_of_value(e, &v);
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
