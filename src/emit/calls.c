/* emit/calls.c: calls.
 *
 * A call is emitted in place: the callee's body runs with fresh variables whose kinds fit this very call,
 * under the caller's mask. That is what LLVM's inliner would make of it in the end, but the kinds would be
 * lost on the way. Functions that call themselves are emitted on their own (outline.c), with all arguments
 * varying. */
#include "emit/inner.h"
#include <string.h>

enum { INLINE_DEPTH = 64, INLINE_NODES = 12000, APART_NODES = 4 };

static const wf_type *result_type(const wf_func *f) { return f->type->base; }

inst *inst_new(emitter *e, inst *parent, const wf_func *f, const wf_unit *unit) {
    inst *in = WF_NEW(e->arena, inst);
    in->parent = parent;
    in->func = f;
    in->unit = unit;
    in->scan = scan_of(e, f, unit);
    in->locals = WF_NEW_ARRAY(e->arena, local, f->local_count + 1); /* one more: parallel.c's limit */
    in->facts = map_new(e->arena);
    in->contract = (f->flags & WF_FN_CONTRACT) != 0;
    in->fast = (f->flags & WF_FN_FAST) != 0;
    in->trap_divide = (f->flags & WF_FN_TRAP_DIVIDE) != 0 && (!e->gpu || raised_words(e));
    if (result_type(f)->kind != WF_TY_VOID) {
        leaves *l = leaves_of(e, result_type(f));
        in->result_count = l->count;
        in->result = WF_NEW_ARRAY(e->arena, slot, l->count ? l->count : 1);
        for (uint32_t i = 0; i < l->count; i++) in->result[i] = *slot_new(e, l->at[i].type, NULL);
    }
    return in;
}

void bind_arguments(emitter *e, inst *in, val *args) {
    inst *outer = e->inst;
    e->inst = in;
    uint32_t i = 0;
    for (wf_var *p = in->func->params; p; p = p->next, i++) {
        local_declare(e, in, p);
        if (e->block_level && in->locals[p->number].store != LOCAL_SLOTS) continue;
        lval l = local_lval(e, p, NULL);
        lval_store(e, &l, args[i]);
    }
    for (i = 0; i < in->result_count; i++) in->result[i].depth = e->depth;
    e->inst = outer;
}

val inst_result(emitter *e, inst *in) {
    const wf_type *t = result_type(in->func);
    val r = val_zero(e, t);
    if (t->kind == WF_TY_VOID) return r;
    if (!r.is_record) return slot_get(e, &in->result[0]);
    for (uint32_t i = 0; i < in->result_count; i++) r.leaves[i] = slot_get(e, &in->result[i]);
    return r;
}

static int is_open(const inst *in, const wf_func *f) {
    for (; in; in = in->parent)
        if (in->func == f) return 1;
    return 0;
}

/* The activation for this call, NULL when the kernel has grown too large for calls in place: calls that fan
 * out would make it grow exponentially. Once there, it stays, so dry runs and the real one agree. */
static inst *inst_of_call(emitter *e, const wf_expr *x, const wf_func *f, const wf_unit *unit) {
    inst *in = map_get(e->inst->facts, x);
    if (in) return in;
    uint32_t nodes = scan_of(e, f, unit)->nodes;
    if (e->inline_nodes + nodes > INLINE_NODES && nodes > 8) return NULL;
    e->inline_nodes += nodes;
    in = inst_new(e, e->inst, f, unit);
    *map_at(e->inst->facts, x) = in;
    return in;
}

/* A function of an image that the program is linked with: PTX's own way of calling, which is C's for numbers
 * and pointers. */
static val call_linked(emitter *e, const wf_expr *x, const wf_func *f, val *args) {
    const wf_type *rt = x->type->unqual;
    const char *type = rt->kind == WF_TY_VOID ? "void" : ir_type(e, rt), *r = NULL;
    wf_text given, types;
    wf_text_init(&given, e->arena);
    wf_text_init(&types, e->arena);
    for (uint32_t i = 0; i < x->u.call.count; i++) {
        const char *t = ir_type(e, args[i].type), *comma = i ? ", " : "";
        wf_text_printf(&given, "%s%s %s", comma, t, as_vector(e, args[i]));
        wf_text_printf(&types, "%s%s", comma, t);
    }
    declare(e, f->name,
            text(e, "declare %s @%s(%s) convergent", type, f->name, types.data ? types.data : ""));
    const char *list = given.data ? given.data : "";
    if (rt->kind == WF_TY_VOID) line(e, "call void @%s(%s)", f->name, list);
    else r = ins(e, "call %s @%s(%s)", type, f->name, list);
    return r ? val_of(rt, K_GROUP, r) : val_zero(e, rt);
}

val emit_call(emitter *e, const wf_expr *x) {
    const wf_unit *unit = e->inst->unit;
    const wf_func *f = callee_of(e, x->u.call.func, &unit);
    const wf_type *rt = x->type->unqual;
    if ((!f || !f->body) && e->options->linked && e->gpu) {
        val *args = WF_NEW_ARRAY(e->arena, val, x->u.call.count + 1);
        for (uint32_t i = 0; i < x->u.call.count; i++) args[i] = emit_expr(e, x->u.call.args[i]);
        return call_linked(e, x, x->u.call.func, args);
    }
    if (!f || !f->body) {
        const char *hint = e->options->linked
                               ? "what it is linked with is code for GPUs; its CUDA C source runs "
                                 "on every device: link=[\"file.cu\"]"
                               : NULL;
        fail_at(e, x->at, hint, "the function '%s' is declared but has no body",
                x->u.call.func->shown ? x->u.call.func->shown : x->u.call.func->name);
        return val_zero(e, rt);
    }
    val *args = WF_NEW_ARRAY(e->arena, val, x->u.call.count + 1);
    for (uint32_t i = 0; i < x->u.call.count; i++) args[i] = emit_expr(e, x->u.call.args[i]);
    return emit_call_of(e, x, f, unit, args);
}

static int takes_pointer(const wf_func *f) {
    for (const wf_var *p = f->params; p; p = p->next)
        if (is_pointer(p->type)) return 1;
    return 0;
}

/* __noinline__, on a GPU: there a long path that is rarely taken stretches the loop that it stands in, and
 * the driver compiles it once for each call. On a CPU a call takes the lanes of all variables through memory,
 * so there only the rare paths of the library -- one for all sines and cosines of a kernel -- and what one
 * thread runs and is said to be cold. */
static int stays_apart(emitter *e, const wf_func *f, const wf_unit *unit) {
    if (e->gpu) return f->flags & WF_FN_NOINLINE && !scan_of(e, f, unit)->has_barrier;
    if (unit == e->unit) return e->L == 1 && f->flags & WF_FN_COLD;
    return outline_is_rare(e, f, unit) && !takes_pointer(f);
}

val emit_call_of(emitter *e, const wf_expr *x, const wf_func *f, const wf_unit *unit, val *args) {
    const wf_type *rt = x->type->unqual;
    if (is_open(e->inst, f) || scan_of(e, f, unit)->recursive) return call_outline(e, x, f, unit, args);
    if (has_host_math(e, f, unit)) return call_host_math(e, f, args);
    if (stays_apart(e, f, unit)) return call_outline(e, x, f, unit, args);
    if (e->inline_depth >= INLINE_DEPTH) {
        fail_at(e, x->at, NULL, "calls are nested more than %d deep", INLINE_DEPTH);
        return val_zero(e, rt);
    }
    int apart = e->library_apart && x->u.call.func->flags & WF_FN_LIBRARY && !takes_pointer(f);
    if (apart && scan_of(e, f, unit)->nodes > APART_NODES) return call_outline(e, x, f, unit, args);
    inst *in = inst_of_call(e, x, f, unit);
    if (!in) return call_outline(e, x, f, unit, args);
    mask before = e->mask;
    int all_lanes = e->part && e->mask.op == e->part && x->u.call.func->flags & WF_FN_LIBRARY;
    if (all_lanes && !takes_pointer(f)) e->mask.op = NULL; /* what it makes of the others is not looked at */
    bind_arguments(e, in, args);
    e->inline_depth++;
    emit_body(e, in);
    e->inline_depth--;
    e->mask = all_lanes ? before : e->mask;
    return inst_result(e, in);
}
