/* tests/interp/stmt.c: statements.
 *
 * A goto sets `seek` and unwinds to the innermost list that holds the label; from there statements are
 * skipped until the label is met. */
#include "inner.h"
#include <string.h>

static enum flow run_list(thread *t, const wf_stmt *first);
static enum flow run_stmt(thread *t, const wf_stmt *s);

static int holds_label(const wf_stmt *s, const char *name) {
    if (!s) return 0;
    if (s->kind == WF_ST_LABEL) return !strcmp(s->name, name);
    for (const wf_stmt *part = s->body; part;
         part = s->kind == WF_ST_BLOCK || s->kind == WF_ST_SWITCH ? part->next : NULL)
        if (holds_label(part, name)) return 1;
    return holds_label(s->other, name);
}

enum flow run_body(thread *t, const wf_stmt *body) {
    if (!body) return NEXT;
    return body->kind == WF_ST_BLOCK ? run_list(t, body->body) : run_list(t, body);
}

/* The branch or body of another statement: one statement, whatever its `next` says. */
static enum flow run_part(thread *t, const wf_stmt *part) {
    if (!part) return NEXT;
    return part->kind == WF_ST_BLOCK ? run_list(t, part->body) : run_stmt(t, part);
}

static enum flow run_list(thread *t, const wf_stmt *first) {
    for (const wf_stmt *s = first; s;) {
        enum flow flow = NEXT;
        if (!t->seek || holds_label(s, t->seek)) flow = run_stmt(t, s);
        if (flow != JUMP) {
            if (flow != NEXT) return flow;
            s = s->next;
            continue;
        }
        for (s = first; s && !holds_label(s, t->seek);) s = s->next;
        if (!s) return JUMP;
    }
    return NEXT;
}

/* Counts, and lets the other threads run now and then: one may spin until another has written. */
static int count_step(thread *t, wf_place at) {
    uint64_t most = t->run->options->max_steps ? t->run->options->max_steps : 1000000000u;
    if (++t->run->steps > most)
        stop_run(t, WF_INTERRUPT, at, "more than %llu steps", (unsigned long long)most);
    if (t->run->steps % 4096 == 0) wait_in(t, READY);
    return !t->run->stop;
}

static value evaluate_and_drop(thread *t, const wf_expr *e) {
    uint32_t mark = t->temporary_count;
    value v = evaluate(t, e);
    drop_temporaries(t, mark);
    return v;
}

static int condition(thread *t, const wf_expr *e) { return !e || evaluate_and_drop(t, e).i != 0; }

static void declare(thread *t, const wf_stmt *s) {
    uint32_t mark = t->temporary_count;
    char *address = address_of_var(t, s->var);
    if (s->var->space == WF_SPACE_LOCAL && !s->expr) memset(address, 0, wf_type_size(s->var->type));
    if (s->expr) {
        value v = evaluate(t, s->expr);
        if (!t->run->stop) store_plain(address, s->var->type, v);
    }
    drop_temporaries(t, mark);
}

static enum flow run_for(thread *t, const wf_stmt *s) {
    int seeking = t->seek != NULL;
    if (s->init && !seeking) run_stmt(t, s->init);
    for (;; seeking = 0) {
        if (!seeking && s->kind != WF_ST_DO && !condition(t, s->expr)) return NEXT;
        enum flow flow = run_part(t, s->body);
        if (t->run->stop) return RETURN;
        if (flow == BREAK) return NEXT;
        if (flow == RETURN || flow == JUMP) return flow;
        if (s->step) evaluate_and_drop(t, s->step);
        if (s->kind == WF_ST_DO && !condition(t, s->expr)) return NEXT;
        if (!count_step(t, s->at)) return RETURN;
    }
}

static enum flow run_switch(thread *t, const wf_stmt *s) {
    const wf_stmt *first = s->body->body, *target = NULL, *otherwise = NULL;
    if (!t->seek) {
        uint64_t value = evaluate_and_drop(t, s->expr).i;
        for (const wf_stmt *part = first; part; part = part->next) {
            if (part->kind == WF_ST_CASE && part->value == value) target = part;
            if (part->kind == WF_ST_DEFAULT) otherwise = part;
        }
        first = target ? target : otherwise;
    }
    enum flow flow = run_list(t, first);
    if (flow == JUMP && holds_label(s, t->seek))
        flow = run_list(t, s->body->body); /* backwards within the switch */
    return flow == BREAK ? NEXT : flow;
}

static void leave_with(thread *t, const wf_stmt *s) {
    if (!s->expr) return;
    uint32_t mark = t->temporary_count;
    value v = evaluate(t, s->expr);
    frame *f = t->frame;
    if (f->result.bytes) memcpy(f->result.bytes, v.bytes, f->size_of_result);
    else f->result = v;
    drop_temporaries(t, mark);
}

static enum flow run_stmt(thread *t, const wf_stmt *s) {
    if (!count_step(t, s->at)) return RETURN;
    switch ((wf_stmt_kind)s->kind) {
    case WF_ST_EXPR:
        if (s->expr) evaluate_and_drop(t, s->expr);
        break;
    case WF_ST_DECL: declare(t, s); break;
    case WF_ST_BLOCK: return run_list(t, s->body);
    case WF_ST_IF:
        if (t->seek) return run_part(t, holds_label(s->other, t->seek) ? s->other : s->body);
        return run_part(t, condition(t, s->expr) ? s->body : s->other);
    case WF_ST_FOR:
    case WF_ST_WHILE:
    case WF_ST_DO: return run_for(t, s);
    case WF_ST_SWITCH: return run_switch(t, s);
    case WF_ST_CASE:
    case WF_ST_DEFAULT: break;
    case WF_ST_BREAK: return BREAK;
    case WF_ST_CONTINUE: return CONTINUE;
    case WF_ST_RETURN: leave_with(t, s); return RETURN;
    case WF_ST_LABEL:
        if (t->seek && !strcmp(t->seek, s->name)) t->seek = NULL;
        break;
    case WF_ST_GOTO: t->seek = s->name; return JUMP;
    case WF_ST_ASM: stop_run(t, WF_UNSUPPORTED, s->at, "inline assembly"); return RETURN;
    }
    return t->run->stop ? RETURN : NEXT;
}
