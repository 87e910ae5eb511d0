/* emit/builtins.c: the built-ins, sorted to where they are emitted; indices of threads, hints on loads and
 * stores, services of the host, and what the Python front-ends need. */
#include "emit/inner.h"
#include "lang/index_rule.h"
#include <string.h>

static val index_component(emitter *e, uint32_t builtin, uint32_t i) {
    irfn *fn = e->fn;
    switch (builtin) {
    case WF_BI_THREAD_IDX: return fn->thread[i];
    case WF_BI_BLOCK_IDX: return fn->block_id[i];
    case WF_BI_BLOCK_DIM: return fn->block_dim[i];
    default: return fn->grid_dim[i];
    }
}

static int is_index(uint32_t b) {
    return b == WF_BI_THREAD_IDX || b == WF_BI_BLOCK_IDX || b == WF_BI_BLOCK_DIM || b == WF_BI_GRID_DIM;
}

int builtin_component(emitter *e, const wf_expr *x, val *v) {
    const wf_expr *b = x->a;
    if (b->kind != WF_EX_BUILTIN || !is_index(b->u.call.builtin) || x->u.field > 2) return 0;
    *v = index_component(e, b->u.call.builtin, x->u.field);
    v->type = x->type->unqual;
    return 1;
}

static val whole_index(emitter *e, const wf_expr *x) {
    val r = val_zero(e, x->type);
    for (uint32_t i = 0; i < 3 && i < r.leaf_count; i++)
        r.leaves[i] = index_component(e, x->u.call.builtin, i);
    return r;
}

static const wf_place nowhere;
static val op2(emitter *e, wf_op op, val a, val b) { return arith(e, op, a, b, nowhere); }

/* x + width * (y + height * z), 32 bits */
static val linear_of(emitter *e, const val *at, const val *of) {
    val r = op2(e, WF_OP_ADD, at[1], op2(e, WF_OP_MUL, of[1], at[2]));
    return op2(e, WF_OP_ADD, at[0], op2(e, WF_OP_MUL, of[0], r));
}

static val wide(emitter *e, val v) { return convert(e, v, ty(e, WF_TY_ULLONG)); }

static val threads_of_block(emitter *e) {
    val *d = e->fn->block_dim;
    return op2(e, WF_OP_MUL, op2(e, WF_OP_MUL, d[0], d[1]), d[2]);
}

/* The linear index of a thread in the grid. In a block: linear_thread, which is the group's base + lane. */
static val thread_in_grid(emitter *e) {
    irfn *fn = e->fn;
    val b = op2(e, WF_OP_ADD, wide(e, fn->block_id[1]),
                op2(e, WF_OP_MUL, wide(e, fn->grid_dim[1]), wide(e, fn->block_id[2])));
    b = op2(e, WF_OP_ADD, wide(e, fn->block_id[0]), op2(e, WF_OP_MUL, wide(e, fn->grid_dim[0]), b));
    val t = e->gpu ? linear_of(e, fn->thread, fn->block_dim) : fn->linear_thread;
    return op2(e, WF_OP_ADD, op2(e, WF_OP_MUL, b, wide(e, threads_of_block(e))), wide(e, t));
}

static val threads_in_grid(emitter *e) {
    val *g = e->fn->grid_dim;
    val n = op2(e, WF_OP_MUL, op2(e, WF_OP_MUL, wide(e, g[0]), wide(e, g[1])), wide(e, g[2]));
    return op2(e, WF_OP_MUL, n, wide(e, threads_of_block(e)));
}

static val lane_id(emitter *e) {
    if (e->gpu) {
        declare(e, "llvm.nvvm.read.ptx.sreg.laneid", "declare i32 @llvm.nvvm.read.ptx.sreg.laneid()");
        val v = val_of(ty(e, WF_TY_UINT), K_GROUP, ins(e, "call i32 @llvm.nvvm.read.ptx.sreg.laneid()"));
        v.top = 32;
        return v;
    }
    return op2(e, WF_OP_AND, e->fn->linear_thread, val_int(e, ty(e, WF_TY_UINT), 31));
}

/* --- loads and stores with a hint --- */

static val hinted(emitter *e, const wf_expr *x, val *a) {
    const wf_type *t = a[0].type->base;
    const wf_expr *site = x->u.call.args[0];
    switch (x->u.call.builtin) {
    case WF_BI_LDG: return memory_load(e, a[0], t->unqual, site, MEM_CONSTANT);
    case WF_BI_LDCV: return memory_load(e, a[0], t->unqual, site, MEM_VOLATILE);
    case WF_BI_LDCG:
    case WF_BI_LDCA:
    case WF_BI_LDCS: return memory_load(e, a[0], t->unqual, site, 0);
    default: {
        int past = x->u.call.builtin == WF_BI_STWT && !e->gpu;
        memory_store(e, a[0], t->unqual, a[1], site, MEM_STORE | (past ? MEM_PAST : 0));
        return val_zero(e, ty(e, WF_TY_VOID));
    }
    }
}

/* --- lanes one by one --- */

/* Calls f for each active lane (its number as an i64 operand), in order. */
void each_lane(emitter *e, mask m, void (*f)(emitter *, const char *lane, void *user), void *user) {
    if (e->L == 1) {
        f(e, "0", user);
        return;
    }
    const char *t = text(e, "i%d", e->L), *left = alloca_new(e, t, "");
    const char *bits = ins(e, "bitcast %s %s to %s", ir_vector(e, "i1"), mask_vector(e, m), t);
    line(e, "store %s %s, ptr %s", t, bits, left);
    label *head = label_new(e), *end = label_new(e);
    /* After a return of some lanes there may be none left, and no lane has the number that cttz gives then.
     */
    if (e->fn->open && (m.op || m.empty)) branch_if(e, ins(e, "icmp eq %s %s, 0", t, bits), end, head);
    label_place(e, head);
    const char *b = ins(e, "load %s, ptr %s", t, left);
    declare(e, text(e, "llvm.cttz.%s", t), text(e, "declare %s @llvm.cttz.%s(%s, i1)", t, t, t));
    const char *n = ins(e, "call %s @llvm.cttz.%s(%s %s, i1 true)", t, t, t, b);
    const char *rest = ins(e, "and %s %s, %s", t, b, ins(e, "sub %s %s, 1", t, b));
    line(e, "store %s %s, ptr %s", t, rest, left);
    f(e, e->L == 64 ? n : ins(e, "zext %s %s to i64", t, n), user);
    if (e->fn->open) {
        head->uses++;
        branch_if(e, ins(e, "icmp eq %s %s, 0", t, rest), end, head);
    }
    label_place(e, end);
}

const char *lane_of(emitter *e, val v, const char *lane) {
    if (v.kind <= K_GROUP || e->L == 1) return v.op;
    const char *vec = as_vector(e, v);
    return ins(e, "extractelement %s %s, i64 %s", ir_vector(e, ir_type(e, v.type)), vec, lane);
}

/* --- printf --- */

typedef struct print_job {
    val format;
    val *args;
    uint32_t count;
    const char *buffer;
} print_job;

static const char *slot_value(emitter *e, val v, const char *op) {
    if (is_pointer(v.type)) return ins(e, "ptrtoint ptr %s to i64", op);
    if (is_float(v.type)) return op;
    unsigned bits = bits_of(v.type);
    if (bits == 64) return op;
    return ins(e, "%s i%u %s to i64", v.type->kind != WF_TY_BOOL && is_signed(v.type) ? "sext" : "zext", bits,
               op);
}

static void print_lane(emitter *e, const char *lane, void *user) {
    print_job *j = user;
    for (uint32_t i = 0; i < j->count; i++) {
        val v = j->args[i];
        const char *op = slot_value(e, v, lane_of(e, v, lane));
        line(e, "store %s %s, ptr %s", is_float(v.type) ? "double" : "i64", op,
             ins(e, "getelementptr i64, ptr %s, i64 %u", j->buffer, i));
    }
    const char *f = ins(e, "load ptr, ptr %s", ins(e, "getelementptr i8, ptr %s, i64 72", e->fn->launch));
    ins(e, "call i32 %s(ptr %s, ptr %s, ptr %s, ptr %s, i32 %u)", f, e->fn->launch, e->fn->worker,
        lane_of(e, j->format, lane), j->buffer, j->count);
}

static void print_gpu(emitter *e, print_job *j) {
    wf_text t;
    wf_text_init(&t, e->arena);
    declare(e, "vprintf", "declare i32 @vprintf(ptr, ptr)");
    for (uint32_t i = 0; i < j->count; i++)
        wf_text_printf(&t, "%s%s", i ? ", " : "", ir_type(e, j->args[i].type));
    if (!j->count) {
        ins(e, "call i32 @vprintf(ptr %s, ptr null)", j->format.op);
        return;
    }
    const char *type = text(e, "{ %s }", t.data), *buffer = alloca_aligned(e, type, 8);
    for (uint32_t i = 0; i < j->count; i++)
        line(e, "store %s %s, ptr %s", ir_type(e, j->args[i].type), j->args[i].op,
             ins(e, "getelementptr %s, ptr %s, i32 0, i32 %u", type, buffer, i));
    ins(e, "call i32 @vprintf(ptr %s, ptr %s)", j->format.op, buffer);
}

static val emit_printf(emitter *e, const wf_expr *x, val *a) {
    print_job j = {a[0], a + 1, x->u.call.count - 1, NULL};
    for (uint32_t i = 0; i < j.count; i++) { /* C's promotions for what the front-end left */
        val *v = &j.args[i];
        if (is_float(v->type)) *v = convert(e, *v, ty(e, WF_TY_DOUBLE));
        else if (is_int(v->type) && bits_of(v->type) < 32) *v = convert(e, *v, ty(e, WF_TY_INT));
        if (!e->gpu) *v = to_varying_if_linear(e, *v);
    }
    if (e->gpu) {
        print_gpu(e, &j);
    } else {
        j.buffer = alloca_aligned(e, text(e, "[%u x i64]", j.count ? j.count : 1), 8);
        each_lane(e, e->mask, print_lane, &j);
    }
    return val_int(e, ty(e, WF_TY_INT), j.count);
}

/* --- traps --- */

static const char *literal_text(const wf_expr *x) {
    while (x && x->kind == WF_EX_CAST) x = x->a;
    return x && x->kind == WF_EX_STRING ? x->u.string.data : "";
}

wf_var *raised_words(const emitter *e) {
    wf_var *g = e->unit->globals;
    while (g && strcmp(g->name, WF_RAISED) != 0) g = g->next;
    return g;
}

/* The first thread leaves what it raised where the host will look (WF_RAISED); each that raises ends. */
static void raise_gpu(emitter *e, wf_var *words, const wf_expr *x, const char *message) {
    const irfn *fn = e->fn;
    uint32_t site = site_of(e, x, WF_TRAP_RAISE, message, 0, 0);
    const char *at = ins(e, "getelementptr i8, ptr %s, i64 0", global_address(e, words).op);
    const char *before = ins(e, "cmpxchg ptr %s, i32 0, i32 %u monotonic monotonic", at, site + 1);
    label *first = label_new(e), *on = label_new(e);
    branch_if(e, ins(e, "extractvalue { i32, i1 } %s, 1", before), first, on);
    label_place(e, first);
    for (int i = 0; i < 6; i++) {
        val index = i < 3 ? fn->block_id[i] : fn->thread[i - 3];
        line(e, "store i32 %s, ptr %s", as_scalar(e, index),
             ins(e, "getelementptr i32, ptr %s, i64 %d", at, 1 + i));
    }
    branch(e, on);
    label_place(e, on);
    line(e, "call void asm sideeffect \"exit;\", \"~{memory}\"()");
}

static void trap_gpu(emitter *e) {
    declare(e, "llvm.trap", "declare void @llvm.trap()");
    line(e, "call void @llvm.trap()");
}

/* Reports and ends the kernel: the runtime sets *stop, so other workers end soon. */
void emit_trap(emitter *e, uint32_t kind, const wf_expr *x, const char *message) {
    if (e->gpu) {
        if (kind == WF_TRAP_ASSERT) {
            declare(e, "__assertfail", "declare void @__assertfail(ptr, ptr, i32, ptr, i64)");
            val m = string_address(e, message, strlen(message)),
                f = string_address(e, e->unit->name ? e->unit->name : "kernel",
                                   strlen(e->unit->name ? e->unit->name : "kernel"));
            const char *fn = e->inst->func->shown ? e->inst->func->shown : e->inst->func->name;
            val n = string_address(e, fn, strlen(fn));
            line(e, "call void @__assertfail(ptr %s, ptr %s, i32 %u, ptr %s, i64 1)", m.op, f.op, x->at.line,
                 n.op);
            return;
        }
        wf_var *words = kind == WF_TRAP_RAISE ? raised_words(e) : NULL;
        if (words) raise_gpu(e, words, x, message);
        else trap_gpu(e);
        return;
    }
    const char *thread = e->fn->thread_base;
    if (e->L > 1 && e->mask.op) {
        const char *t = text(e, "i%d", e->L);
        declare(e, text(e, "llvm.cttz.%s", t), text(e, "declare %s @llvm.cttz.%s(%s, i1)", t, t, t));
        const char *n = ins(e, "call %s @llvm.cttz.%s(%s %s, i1 false)", t, t, t,
                            ins(e, "bitcast %s %s to %s", ir_vector(e, "i1"), e->mask.op, t));
        if (e->L < 32) n = ins(e, "zext %s %s to i32", t, n);
        thread = ins(e, "add i32 %s, %s", thread, n);
    }
    if (e->bail) {
        branch(e, e->bail);
        return;
    }
    uint32_t site = site_of(e, x, kind, message, 0, 0);
    const char *f = ins(e, "load ptr, ptr %s", ins(e, "getelementptr i8, ptr %s, i64 64", e->fn->launch));
    line(e, "call void %s(ptr %s, ptr %s, i32 %u, i32 %u, i64 %s, i32 %s)", f, e->fn->launch, e->fn->worker,
         site, kind, e->fn->block_linear, thread);
    if (e->fn->stopped) branch(e, e->fn->stopped);
}

static void trap_where(emitter *e, val bad, uint32_t kind, const wf_expr *x, const char *message) {
    if (bad.kind == K_BOTTOM || (bad.kind == K_CONST && !bad.imm)) return;
    label *cold = label_new(e), *on = label_new(e);
    mask before = e->mask;
    const char *any = bad.op;
    if (bad.kind >= K_LINEAR && e->L > 1) {
        e->mask = mask_and(e, before, bad.op);
        any = mask_any(e, e->mask.op);
    }
    branch_rare(e, ins(e, "xor i1 %s, true", any), on, cold);
    label_place(e, cold);
    emit_trap(e, kind, x, message);
    label_place(e, on);
    e->mask = before;
}

void trap_zero(emitter *e, val divisor, const wf_expr *x) {
    trap_where(e, compare(e, WF_OP_EQ, divisor, val_int(e, divisor.type, 0)), WF_TRAP_RAISE, x,
               "ZeroDivisionError: division by zero");
}

/* --- indices of Python --- */

/* Not a round number: times the size of an element and the extents of other axes, which are often powers of
 * two, it must not come back to 0. */
#define NOWHERE 0x00a5b6c7d8e9fa0bll

/* (long)f as an index, on x86: the processor's own conversion makes of what does not fit a number that no
 * axis has, so that the tree's rules for that can wait until the index is found to be outside. NULL: another
 * index. */
static const wf_expr *float_index(emitter *e, const wf_expr *i) {
    while (i->kind == WF_EX_CAST && i->cast == WF_CAST_NUMERIC && bits_of(i->type) == 64 &&
           is_int(i->a->type) && bits_of(i->a->type) == 64)
        i = i->a;
    if (i->kind != WF_EX_CAST || i->cast != WF_CAST_NUMERIC || !is_int(i->type) || bits_of(i->type) != 64 ||
        !is_signed(i->type) || strncmp(e->target->triple, "x86_64", 6) != 0)
        return NULL;
    return i->a->type->kind == WF_TY_DOUBLE || i->a->type->kind == WF_TY_FLOAT ? i->a : NULL;
}

/* The axis that x names, and that it raises; NULL: it is reported only (lang/index_rule.h). */
static const wf_expr *raising_axis(const wf_expr *x) {
    const wf_expr *axis = x->u.call.args[2];
    while (axis->kind == WF_EX_CAST) axis = axis->a;
    return axis->kind == WF_EX_INT && axis->u.i & WF_INDEX_RAISES ? axis : NULL;
}

/* i, i * n + j and so on, of Python indices that raise. */
static int all_raise(const wf_expr *x) {
    while (x->kind == WF_EX_CAST && x->cast == WF_CAST_NUMERIC) x = x->a;
    if (is_python_index(x)) return raising_axis(x) != NULL;
    if (x->kind != WF_EX_BINARY) return 0;
    return all_raise(x->a) && (x->op == WF_OP_MUL || (x->op == WF_OP_ADD && all_raise(x->b)));
}

int raises_outside(const wf_expr *access) {
    while (access->kind == WF_EX_MEMBER) access = access->a;
    return access->kind == WF_EX_INDEX && all_raise(access->b);
}

static const char *index_error(emitter *e, const wf_expr *x) {
    const wf_expr *axis = raising_axis(x);
    if (!axis) return NULL;
    return text(e, "IndexError: index is out of bounds for axis %d", (int)(axis->u.i % WF_INDEX_RAISES));
}

/* The same for one thread: what is inside as it stands takes one test and no choice. f: what the index is the
 * integer of, or NULL. */
static val scalar_index(emitter *e, const wf_expr *x, val i, val n, int wrap, const val *f) {
    const char *before = e->fn->block;
    if (f) i = processors_integer(e, *f, i.type);
    const char *t = ir_type(e, i.type), *io = i.op, *no = n.op, *turned = NULL, *exact = NULL;
    if (i.kind == K_CONST) io = text(e, "%lld", (long long)i.imm);
    if (n.kind == K_CONST) no = text(e, "%lld", (long long)n.imm);
    label *cold = label_new(e), *tell = label_new(e), *on = label_new(e), *hot = label_new(e);
    branch_rare(e, ins(e, "icmp ult %s %s, %s", t, io, no), hot, cold);
    label_place(e, cold);
    label *again = label_new(e);
    const char *tested = cold->name; /* where the exact integer is compared: converting it may take blocks */
    if (f) {
        i = convert(e, *f, i.type);
        exact = i.op;
        tested = e->fn->block;
        branch_if(e, ins(e, "icmp ult %s %s, %s", t, exact, no), on, again);
        label_place(e, again);
    }
    const char *cold_end = f ? again->name : cold->name;
    if (wrap) {
        turned = ins(e, "add %s %s, %s", t, f ? exact : io, no);
        branch_if(e, ins(e, "icmp ult %s %s, %s", t, turned, no), on, tell);
        label_place(e, tell);
    }
    const char *error = index_error(e, x), *end = wrap ? tell->name : cold_end;
    if (error) {
        emit_trap(e, WF_TRAP_RAISE, x, error);
    } else {
        uint32_t site = site_of(e, x->u.call.args[0], 0, NULL, 1, 0);
        val i64 = convert(e, i, ty(e, WF_TY_LLONG)), n64 = convert(e, n, ty(e, WF_TY_LLONG));
        report_lanes(e, site, as_scalar(e, i64), "true", as_scalar(e, n64), 1);
    }
    int goes_on = e->fn->open; /* a raise ends it here, but in functions that are called */
    if (goes_on) branch(e, on);
    label_place(e, hot);
    branch(e, on);
    label_place(e, on);
    index_notes_carry(e, before);
    wf_text ways;
    wf_text_init(&ways, e->arena);
    wf_text_printf(&ways, "[ %s, %%%s ]", io, hot->name);
    if (goes_on) wf_text_printf(&ways, ", [ %lld, %%%s ]", error ? 0 : NOWHERE, end);
    if (wrap) wf_text_printf(&ways, ", [ %s, %%%s ]", turned, cold_end);
    if (f) wf_text_printf(&ways, ", [ %s, %%%s ]", exact, tested);
    const char *r = ins(e, "phi %s %s", t, ways.data);
    val v = val_of(i.type, kind_max(K_BLOCK, kind_max(i.kind, n.kind)), r);
    if (error) index_note_down(e, x, v);
    return v;
}

static val index_of_float(emitter *e, const wf_expr *x, const wf_expr *from) {
    const wf_type *t = x->u.call.args[0]->type->unqual;
    val f = emit_expr(e, from), n = convert(e, emit_expr(e, x->u.call.args[1]), t);
    if (f.kind == K_BOTTOM || n.kind == K_BOTTOM) return val_bottom(x->type);
    return scalar_index(e, x, val_of(t, f.kind, NULL), n, x->u.call.builtin == WF_BI_INDEX, &f);
}

/* __wf_index(i, n, axis): i < 0 counts from the end. Outside 0..n-1 it is reported, and becomes an index that
 * no array has, so that the access itself does nothing; or it raises. */
static val python_index(emitter *e, const wf_expr *x, val *a) {
    val i = a[0], n = convert(e, a[1], a[0].type);
    int wrap = x->u.call.builtin == WF_BI_INDEX;
    if (i.kind == K_BOTTOM || n.kind == K_BOTTOM) return val_bottom(x->type);
    if (e->proven && map_get(e->proven, x)) return i;
    val zero = val_int(e, i.type, 0);
    val j = wrap ? select_of(e, compare(e, WF_OP_LT, i, zero), op2(e, WF_OP_ADD, i, n), i) : i;
    const wf_type *u = ty(e, bits_of(i.type) == 64 ? WF_TY_ULLONG : WF_TY_UINT);
    if (e->gpu || !e->check) return j;
    if (e->L == 1) return scalar_index(e, x, i, n, wrap, NULL);
    val good = compare(e, WF_OP_LT, convert(e, j, u), convert(e, n, u));
    if (index_error(e, x)) {
        trap_where(e, logical_not(e, good), WF_TRAP_RAISE, x, index_error(e, x));
        return select_of(e, good, j, zero);
    }
    val nowhere_ = val_int(e, i.type, (uint64_t)NOWHERE);
    int linear = i.kind == K_LINEAR && n.kind <= K_GROUP && e->L > 1;
    label *cold = label_new(e), *on = label_new(e);
    const char *usual, *ok = NULL;
    if (linear) { /* the whole group inside: then i itself, and still linear */
        const char *t = ir_type(e, i.type);
        int64_t span = i.stride * (e->L - 1);
        const char *last = ins(e, "add %s %s, %lld", t, i.op, (long long)span);
        const char *c1 = ins(e, "icmp ult %s %s, %s", t, i.op, n.op),
                   *c2 = ins(e, "icmp ult %s %s, %s", t, last, n.op);
        usual = ok = ins(e, "and i1 %s, %s", c1, c2);
        if (i.ok) usual = ok = ins(e, "and i1 %s, %s", ok, i.ok);
    } else {
        val bad = logical_not(e, good);
        usual = ins(e, "xor i1 %s, true",
                    bad.kind >= K_LINEAR && e->L > 1 ? mask_any(e, mask_and(e, e->mask, bad.op).op) : bad.op);
    }
    branch_rare(e, usual, on, cold);
    label_place(e, cold);
    const char *gv = as_vector(e, good), *m1 = ir_vector(e, "i1");
    const char *bad = ins(e, "and %s %s, %s", m1, mask_vector(e, e->mask),
                          ins(e, "xor %s %s, %s", m1, gv, e->L > 1 ? "splat (i1 true)" : "true"));
    uint32_t site = site_of(e, x->u.call.args[0], 0, NULL, 1, 0);
    label *tell = label_new(e);
    branch_if(e, e->L > 1 ? mask_any(e, bad) : bad, tell, on);
    label_place(e, tell);
    val i64 = convert(e, i, ty(e, WF_TY_LLONG)), n64 = convert(e, n, ty(e, WF_TY_LLONG));
    const char *count = n64.kind <= K_GROUP || e->L == 1
                            ? n64.op
                            : ins(e, "extractelement %s %s, i64 0", ir_vector(e, "i64"), as_vector(e, n64));
    report_lanes(e, site, as_vector(e, i64), bad, count, 1);
    label_place(e, on);
    val exact = select_of(e, good, j, nowhere_);
    if (!linear) return exact;
    val r = i;
    r.vec = as_vector(e, exact);
    r.ok = ok;
    return r;
}

static val extent_of(emitter *e, const wf_expr *x, val p) {
    const wf_type *l = ty(e, WF_TY_LLONG);
    uint64_t size = wf_type_size(p.type->base);
    if (!size) size = 1;
    if (p.kind == K_BOTTOM) return val_bottom(l);
    if (p.root == ROOT_NONE || p.root == ROOT_UNSET || p.loose || (p.root == ROOT_OWN && p.root_varying))
        return val_int(e, l, (uint64_t)INT64_MAX / size);
    (void)x;
    const char *lo, *bytes;
    root_of(e, p, &lo, &bytes);
    val a = convert(e, p, l);
    val end = op2(e, WF_OP_ADD, val_of(l, K_BLOCK, lo), val_of(l, K_BLOCK, bytes));
    return op2(e, WF_OP_DIV, op2(e, WF_OP_SUB, end, a), val_int(e, l, size));
}

/* --- clocks, fences, hints --- */

static val read_clock(emitter *e, const wf_expr *x) {
    const wf_type *t = ty(e, WF_TY_ULLONG);
    const char *op;
    if (e->gpu) {
        const char *what = x->u.call.builtin == WF_BI_GLOBALTIMER ? "globaltimer" : "clock64";
        op = ins(e, "call i64 asm sideeffect \"mov.u64 $0, %%%s;\", \"=l\"()", what);
    } else {
        const char *f = ins(e, "load ptr, ptr %s", ins(e, "getelementptr i8, ptr %s, i64 88", e->fn->launch));
        op = ins(e, "call i64 %s()", f);
    }
    return convert(e, val_of(t, K_GROUP, op), x->type);
}

static void fence(emitter *e, uint32_t b) {
    if (!e->gpu) {
        line(e, b == WF_BI_THREADFENCE_BLOCK ? "fence acq_rel" : "fence seq_cst");
        return;
    }
    const char *s = b == WF_BI_THREADFENCE_BLOCK ? "cta" : b == WF_BI_THREADFENCE ? "gl" : "sys";
    line(e, "call void asm sideeffect \"membar.%s;\", \"~{memory}\"()", s);
}

static val space_test(emitter *e, const wf_expr *x, val p, const char *space) {
    if (!e->gpu) return val_int(e, x->type, !strcmp(space, "global"));
    const char *op = ins(
        e, "call i32 asm \"{ .reg .pred p; isspacep.%s p, $1; selp.u32 $0, 1, 0, p; }\", \"=r,l\"(i64 %s)",
        space, ins(e, "ptrtoint ptr %s to i64", p.op));
    return val_of(x->type, K_GROUP, op);
}

static val to_shared_address(emitter *e, val p) {
    if (e->gpu) {
        const char *s = ins(e, "addrspacecast ptr %s to ptr addrspace(3)", p.op);
        return val_of(ty(e, WF_TY_ULLONG), p.kind, ins(e, "ptrtoint ptr addrspace(3) %s to i64", s));
    }
    val a = convert(e, p, ty(e, WF_TY_ULLONG));
    return op2(e, WF_OP_SUB, a, val_of(a.type, K_BLOCK, ins(e, "ptrtoint ptr %s to i64", e->fn->shared)));
}

static val from_shared_address(emitter *e, const wf_expr *x, val a) {
    if (e->gpu) {
        const char *s = ins(e, "inttoptr i64 %s to ptr addrspace(3)", a.op);
        return val_of(x->type, a.kind, ins(e, "addrspacecast ptr addrspace(3) %s to ptr", s));
    }
    val base = val_of(a.type, K_BLOCK, ins(e, "ptrtoint ptr %s to i64", e->fn->shared));
    return convert(e, op2(e, WF_OP_ADD, a, base), x->type);
}

static void assume(emitter *e, val c) {
    if (c.kind > K_GROUP || e->dry || c.kind == K_CONST) return;
    declare(e, "llvm.assume", "declare void @llvm.assume(i1)");
    line(e, "call void @llvm.assume(i1 %s)", c.op);
}

/* What a GPU's loads and stores may be joined by. The CPU's vectors need no alignment. */
static void assume_aligned(emitter *e, val p, val bytes) {
    if (!e->gpu || e->dry) return;
    declare(e, "llvm.assume", "declare void @llvm.assume(i1)");
    line(e, "call void @llvm.assume(i1 true) [\"align\"(ptr %s, i64 %s)]", p.op, bytes.op);
}

static void emit_sleep(emitter *e, val n) {
    if (e->gpu && e->target->sm >= 70)
        line(e, "call void asm sideeffect \"nanosleep.u32 $0;\", \"r\"(i32 %s)", n.op);
}

val emit_service(emitter *e, const wf_expr *x, val *a) {
    val none = val_zero(e, ty(e, WF_TY_VOID));
    uint32_t b = x->u.call.builtin;
    switch (b) {
    case WF_BI_PRINTF: return emit_printf(e, x, a);
    case WF_BI_ASSERT_FAIL: emit_trap(e, WF_TRAP_ASSERT, x, literal_text(x->u.call.args[0])); return none;
    case WF_BI_RAISE: emit_trap(e, WF_TRAP_RAISE, x, literal_text(x->u.call.args[0])); return none;
    case WF_BI_TRAP: emit_trap(e, WF_TRAP_TRAP, x, "__trap()"); return none;
    case WF_BI_BRKPT: return none;
    case WF_BI_CLOCK:
    case WF_BI_CLOCK64:
    case WF_BI_GLOBALTIMER: return read_clock(e, x);
    case WF_BI_NANOSLEEP: emit_sleep(e, a[0]); return none;
    case WF_BI_THREADFENCE:
    case WF_BI_THREADFENCE_BLOCK:
    case WF_BI_THREADFENCE_SYSTEM: fence(e, b); return none;
    case WF_BI_INDEX:
    case WF_BI_CHECKED: return python_index(e, x, a);
    case WF_BI_EXTENT: return extent_of(e, x, a[0]);
    case WF_BI_ASSUME: assume(e, a[0]); return none;
    case WF_BI_ALIGNED: assume_aligned(e, a[0], a[1]); return a[0];
    case WF_BI_EXPECT: return a[0];
    case WF_BI_ISGLOBAL: return space_test(e, x, a[0], "global");
    case WF_BI_ISSHARED: return space_test(e, x, a[0], "shared");
    case WF_BI_CVTA_SHARED: return to_shared_address(e, a[0]);
    case WF_BI_SHARED_AT: return from_shared_address(e, x, a[0]);
    case WF_BI_ON_GPU: return val_int(e, x->type, e->gpu);
    case WF_BI_TID: return thread_in_grid(e);
    case WF_BI_THREADS: return threads_in_grid(e);
    case WF_BI_HOST: return emit_host(e, x, a);
    case WF_BI_MALLOC:
    case WF_BI_FREE:
    case WF_BI_MEMCPY:
    case WF_BI_MEMSET: return emit_block_memory(e, x, a);
    default: return emit_math(e, x, a);
    }
}

val emit_builtin(emitter *e, const wf_expr *x) {
    uint32_t b = x->u.call.builtin;
    if (is_index(b)) return whole_index(e, x);
    if (b == WF_BI_WARP_SIZE) return val_int(e, x->type, 32);
    if (b == WF_BI_LANE_ID) return lane_id(e);
    if ((b == WF_BI_INDEX || b == WF_BI_CHECKED) && e->L == 1 && e->check &&
        !(e->proven && map_get(e->proven, x))) {
        val known;
        if (index_again(e, x, &known)) return known;
        const wf_expr *from = float_index(e, x->u.call.args[0]);
        if (from) return index_of_float(e, x, from);
    }
    val chosen;
    if (emit_chained_choice(e, x, &chosen)) return chosen;
    val *args = WF_NEW_ARRAY(e->arena, val, x->u.call.count + 1);
    for (uint32_t i = 0; i < x->u.call.count; i++) args[i] = emit_expr(e, x->u.call.args[i]);
    unsigned f = wf_builtins[b].flags;
    if (f & WF_BIF_BARRIER) return emit_barrier(e, x, args);
    if (f & WF_BIF_WARP) return emit_warp(e, x, args);
    if (f & WF_BIF_ATOMIC) return emit_atomic(e, x, args);
    if (b >= WF_BI_LDG && b <= WF_BI_STWT) return hinted(e, x, args);
    return emit_service(e, x, args);
}
