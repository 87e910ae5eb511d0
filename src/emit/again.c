/* emit/again.c: variables that are cheaper to compute again than to keep.
 *
 * Fission gives a variable that lives across regions an array with a place for each group. Most such
 * variables are `int row = blockIdx.y * 16 + threadIdx.y` and the like: two instructions, and LLVM knows far
 * more of a sum than of a number loaded from memory (that it is the same in every turn of a loop, that a row
 * of shared memory is one cache line after the other). So a scalar that is only ever given its initial value,
 * and that follows from the thread's index, parameters that nobody changes, what the block shares, and other
 * variables of this sort, is no region's: each region that uses it begins with its declaration. */
#include "emit/inner.h"
#include "emit/kernel.h"

enum { NODES_MOST = 16 }; /* of an initial value */

static int again_expr(emitter *e, const inst *in, const wf_expr *x, int *budget);

/* Has its value before any region that could compute from it, and keeps it. */
static int steady(emitter *e, const inst *in, const wf_var *v) {
    if (v->space != WF_SPACE_LOCAL || v->number >= in->scan->var_count) return 0;
    scan_var *sv = &in->scan->vars[v->number];
    const local *l = &in->locals[v->number];
    if (sv->assigned || l->store != LOCAL_SLOTS || !wf_type_is_scalar(v->type)) return 0;
    return !sv->decl || l->slots[0].v.kind <= K_BLOCK || computed_again(e, in, sv);
}

static int again_binary(emitter *e, const inst *in, const wf_expr *x, int *budget) {
    int divides = x->op == WF_OP_DIV || x->op == WF_OP_REM;
    if (divides && (x->b->kind != WF_EX_INT || !x->b->u.i)) return 0; /* slow, or a trap */
    return again_expr(e, in, x->a, budget) && again_expr(e, in, x->b, budget);
}

static int again_expr(emitter *e, const inst *in, const wf_expr *x, int *budget) {
    if (!x) return 1;
    if (--*budget < 0) return 0;
    switch (x->kind) {
    case WF_EX_INT:
    case WF_EX_FLOAT: return 1;
    case WF_EX_VAR: return steady(e, in, x->u.var);
    case WF_EX_BUILTIN: return x->u.call.builtin <= WF_BI_WARP_SIZE;
    case WF_EX_MEMBER: return x->a->kind == WF_EX_BUILTIN && again_expr(e, in, x->a, budget);
    case WF_EX_CAST:
        return (x->cast == WF_CAST_NUMERIC || x->cast == WF_CAST_QUAL || x->cast == WF_CAST_POINTER) &&
               again_expr(e, in, x->a, budget);
    case WF_EX_UNARY: return again_expr(e, in, x->a, budget);
    case WF_EX_BINARY: return again_binary(e, in, x, budget);
    case WF_EX_COND:
        return again_expr(e, in, x->a, budget) && again_expr(e, in, x->b, budget) &&
               again_expr(e, in, x->c, budget);
    default: return 0;
    }
}

/* After the dry runs. What the block shares is not asked for: it costs nothing to keep. */
int computed_again(emitter *e, const inst *in, scan_var *v) {
    if (v->again) return v->again == AGAIN_YES;
    v->again = AGAIN_NO; /* `int x = x;` asks for itself */
    if (!v->var || !v->decl || !v->decl->expr || v->assigned || v->escapes) return 0;
    const wf_type *t = v->var->type;
    const local *l = &in->locals[v->var->number];
    int budget = NODES_MOST;
    if (v->var->space != WF_SPACE_LOCAL || l->store != LOCAL_SLOTS || !wf_type_is_scalar(t) ||
        t->quals & WF_VOLATILE || l->slots[0].v.kind <= K_BLOCK)
        return 0;
    if (again_expr(e, in, v->decl->expr, &budget)) v->again = AGAIN_YES;
    return v->again == AGAIN_YES;
}

/* threadIdx.x, or a variable that is. */
int is_thread_index(const inst *in, const wf_expr *x) {
    while (x->kind == WF_EX_CAST && x->cast == WF_CAST_NUMERIC && is_int(x->type) && bits_of(x->type) >= 32)
        x = x->a;
    if (x->kind == WF_EX_MEMBER)
        return x->a->kind == WF_EX_BUILTIN && x->a->u.call.builtin == WF_BI_THREAD_IDX && !x->u.field;
    if (x->kind != WF_EX_VAR || x->u.var->space != WF_SPACE_LOCAL || x->u.var->number >= in->scan->var_count)
        return 0;
    const scan_var *v = &in->scan->vars[x->u.var->number];
    if (v->again != AGAIN_YES || !is_int(x->u.var->type) || bits_of(x->u.var->type) < 32) return 0;
    return is_thread_index(in, v->decl->expr);
}
