/* pyfunc/places.c: the source files of a finished tree, numbered in the order in which it names them.
 *
 * A module's files are numbered as its functions were read, which depends on what else the program compiled
 * before. Where each node stands is part of what the disk cache knows a tree by (program/key.c), so a tree must
 * have the same numbers whenever it is made. */
#include "pyfunc/lower.h"
#include <string.h>

/* A node may hang in the tree at two places, so a renumbered place is marked until all are done. */
enum { DONE = 0x8000, FILES_MAX = DONE - 1 };

typedef struct numbering {
    uint16_t *numbers; /* [old] is the new number; 0: none yet */
    uint32_t count, used;
    int clearing; /* the second walk: the marks go */
} numbering;

static void place(numbering *n, wf_place *at) {
    if (n->clearing) {
        at->file &= DONE - 1;
        return;
    }
    if (at->file & DONE || !at->file || at->file >= n->count) return;
    if (!n->numbers[at->file]) n->numbers[at->file] = (uint16_t)++n->used;
    at->file = DONE | n->numbers[at->file];
}

static void in_expr(numbering *n, wf_expr *e) {
    if (!e) return;
    place(n, &e->at);
    in_expr(n, e->a);
    in_expr(n, e->b);
    in_expr(n, e->c);
    if (e->kind == WF_EX_CALL || e->kind == WF_EX_CALLPTR || e->kind == WF_EX_BUILTIN)
        for (uint32_t i = 0; i < e->u.call.count; i++) in_expr(n, e->u.call.args[i]);
    if (e->kind == WF_EX_INIT)
        for (uint32_t i = 0; i < e->u.init.count; i++) in_expr(n, e->u.init.items[i]);
}

static void in_stmts(numbering *n, wf_stmt *s) {
    for (; s; s = s->next) {
        place(n, &s->at);
        if (s->var) place(n, &s->var->at);
        in_stmts(n, s->init);
        in_expr(n, s->expr);
        in_expr(n, s->step);
        in_stmts(n, s->body);
        in_stmts(n, s->other);
        if (s->asm_)
            for (uint32_t i = 0; i < s->asm_->outputs + s->asm_->inputs; i++)
                in_expr(n, s->asm_->operands[i].value);
    }
}

static void in_vars(numbering *n, wf_var *var) {
    for (; var; var = var->next) {
        place(n, &var->at);
        in_expr(n, var->init);
    }
}

static void in_unit(numbering *n, wf_unit *u) {
    for (wf_func *f = u->funcs; f; f = f->next) {
        place(n, &f->at);
        in_vars(n, f->params);
        in_stmts(n, f->body);
    }
    in_vars(n, u->globals);
    for (wf_diag *d = u->diags.first; d; d = d->next) place(n, &d->at);
}

void wf_pf_number_files(wf_unit *u) {
    wf_diags *diags = &u->diags;
    numbering n = {.count = diags->source_count};
    if (!n.count || n.count > FILES_MAX) return;
    n.numbers = WF_NEW_ARRAY(&u->arena, uint16_t, n.count + 1);
    wf_source *sources = WF_NEW_ARRAY(&u->arena, wf_source, n.count + 1);
    in_unit(&n, u);
    n.clearing = 1;
    in_unit(&n, u);
    sources[0] = diags->sources[0];
    for (uint32_t i = 1; i < n.count; i++)
        if (n.numbers[i]) sources[n.numbers[i]] = diags->sources[i];
    diags->sources = sources;
    diags->source_count = n.used + 1;
    diags->source_capacity = n.count + 1;
}
