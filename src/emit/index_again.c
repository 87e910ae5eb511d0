/* emit/index_again.c: an index of Python that was tested once is not tested again.
 *
 * `img[y, x] + img[y, x + 1]` names the index y twice. LLVM does not see that the second test is the first
 * one's: behind it stand two ways, of what is inside as it is and of what counts from the end. So the emitter
 * remembers what the tests gave, in straight code only: what was noted in one block counts there, and behind
 * a test of an index, until one of its variables gets another value. */
#include "emit/inner.h"

enum { DEPTH_MOST = 4, VARIABLES_MOST = 4 };

struct index_note {
    index_note *next;
    const wf_expr *x; /* __wf_index(i, n, axis) */
    const inst *in;
    const char *block; /* where it holds */
    const slot *of[VARIABLES_MOST];
    uint32_t count;
    val v;
};

/* Is x made of numbers and of variables that only assignments change? Their slots go into the note. */
static int is_steady(emitter *e, const wf_expr *x, index_note *n, int depth) {
    if (x->kind == WF_EX_INT) return 1;
    if (depth == DEPTH_MOST) return 0;
    if (x->kind == WF_EX_CAST)
        return x->cast == WF_CAST_NUMERIC && is_int(x->type) && is_int(x->a->type) &&
               is_steady(e, x->a, n, depth + 1);
    if (x->kind == WF_EX_BINARY)
        return (x->op == WF_OP_ADD || x->op == WF_OP_SUB || x->op == WF_OP_MUL) &&
               is_steady(e, x->a, n, depth + 1) && is_steady(e, x->b, n, depth + 1);
    if (x->kind != WF_EX_VAR || x->u.var->space != WF_SPACE_LOCAL || n->count == VARIABLES_MOST ||
        x->u.var->number >= e->inst->scan->var_count || e->inst->scan->vars[x->u.var->number].escapes)
        return 0;
    const local *l = &e->inst->locals[x->u.var->number];
    if (l->store != LOCAL_SLOTS || l->count != 1) return 0;
    n->of[n->count++] = &l->slots[0];
    return 1;
}

/* What the same test gave before; 0: it is to be made. */
int index_again(emitter *e, const wf_expr *x, val *v) {
    if (!writing(e)) return 0;
    for (const index_note *n = e->fn->index_notes; n; n = n->next)
        if (n->block == e->fn->block && n->in == e->inst && lanes_same_expr(n->x, x)) return *v = n->v, 1;
    return 0;
}

void index_note_down(emitter *e, const wf_expr *x, val v) {
    index_note n = {.x = x, .in = e->inst, .block = e->fn->block, .v = v};
    if (!writing(e) || !is_steady(e, x->u.call.args[0], &n, 0) || !is_steady(e, x->u.call.args[1], &n, 0))
        return;
    n.next = e->fn->index_notes;
    e->fn->index_notes = WF_NEW(e->arena, index_note);
    *e->fn->index_notes = n;
}

/* From block `from` every way leads to the one at hand, and nothing was assigned on it. */
void index_notes_carry(emitter *e, const char *from) {
    index_note **at = &e->fn->index_notes;
    while (*at) {
        index_note *n = *at;
        if (n->block == from) n->block = e->fn->block;
        if (n->block == e->fn->block) at = &n->next;
        else *at = n->next;
    }
}

void index_notes_forget(emitter *e, const slot *s) {
    for (index_note *n = e->fn->index_notes; n; n = n->next)
        for (uint32_t i = 0; i < n->count; i++)
            if (n->of[i] == s) n->block = NULL;
}
