/* emit/outline.c: functions that call themselves, directly or in a circle, and those of the library that are
 * called from where next to nothing is done.
 *
 * Such a function becomes an LLVM function of its own, once for a kernel. It knows nothing of its callers, so
 * all its arguments are varying; the mask says which lanes call. On the CPU it gets what it needs to find its
 * threads again (launch, worker, block, group). The stack is the host's: a call for which there is no room any
 * more is a trap. A pointer argument brings its reach along. */
#include "emit/inner.h"
#include "emit/kernel.h"
#include <string.h>

struct outline {
    const wf_func *func;
    const wf_unit *unit;
    const char *name;
    outline *next;
    int done;
    int exported; /* for other code to call: it has its own parameters alone */
    int rare;     /* called for the few turns that lanes leave: optimised for size: unoptimised code took ten
                     times as long */
};

static const wf_type *result_of(const wf_func *f) { return f->type->base; }

static const char *value_type(emitter *e, const wf_type *t) { return ir_vector(e, ir_type(e, t)); }

static const char *return_type(emitter *e, const wf_func *f) {
    if (result_of(f)->kind == WF_TY_VOID) return "void";
    leaves *l = leaves_of(e, result_of(f));
    if (l->count == 1) return value_type(e, l->at[0].type);
    wf_text t;
    wf_text_init(&t, e->arena);
    wf_text_puts(&t, "{ ");
    for (uint32_t i = 0; i < l->count; i++)
        wf_text_printf(&t, "%s%s", i ? ", " : "", value_type(e, l->at[i].type));
    wf_text_puts(&t, " }");
    return t.data;
}

static outline *outline_of(emitter *e, const wf_func *f, const wf_unit *unit) {
    void **at = map_at(e->outlines, f);
    if (*at) return *at;
    outline *o = WF_NEW(e->arena, outline);
    *at = o;
    *o = (outline){f,
                   unit,
                   text(e, "wf_fn_%s_%u", e->kernel_name, e->outline_count++),
                   e->pending,
                   0,
                   0,
                   e->library_apart || outline_is_rare(e, f, unit)};
    e->pending = o;
    return o;
}

/* --- the call --- */

static void add_argument(emitter *e, wf_text *args, val v) {
    const char *t = value_type(e, v.type);
    wf_text_printf(args, ", %s %s", t, as_vector(e, v));
    if (!is_pointer(v.type) || e->gpu) return;
    if (v.local) e->leaks = e->finds = 1; /* the function may return it, or keep it for the next */
    const char *lo, *size, *w = ir_vector(e, "i64");
    root_of(e, v, &lo, &size);
    if (e->L > 1 && !(v.root == ROOT_OWN && v.root_varying))
        lo = splat(e, "i64", lo), size = splat(e, "i64", size);
    wf_text_printf(args, ", %s %s, %s %s", w, lo, w, size);
}

static val call_result(emitter *e, const wf_func *f, const char *r, const char *type) {
    const wf_type *t = result_of(f);
    kind k = e->L > 1 ? K_VARYING : K_GROUP;
    val v = val_zero(e, t);
    if (t->kind == WF_TY_VOID) return v;
    leaves *l = leaves_of(e, t);
    for (uint32_t i = 0; i < l->count; i++) {
        const char *op = l->count == 1 ? r : ins(e, "extractvalue %s %s, %u", type, r, i);
        val x = val_of(l->at[i].type, k, op);
        x = reach_found(e, x);
        if (v.is_record) v.leaves[i] = x;
        else v = x;
    }
    return v;
}

/* The arguments before the program's own. A host function has one block of one thread: registers are for its
 * arguments. */
static const char *environment(emitter *e) {
    irfn *fn = e->fn;
    if (e->gpu) return "i32 0";
    if (e->one_block && e->L == 1) return text(e, "ptr %s, ptr %s", fn->launch, fn->worker);
    return text(e, "ptr %s, ptr %s, i64 %s, i32 %s, i32 %s, i32 %s, i64 %s, %s %s", fn->launch, fn->worker,
                fn->block_linear, fn->block_id[0].op, fn->block_id[1].op, fn->block_id[2].op,
                fn->group_index ? fn->group_index : "0", ir_vector(e, "i1"), mask_vector(e, e->mask));
}

/* A trap below ends us too. */
static void end_when_stopped(emitter *e) {
    if (e->gpu || !e->fn->stopped) return;
    label *on = label_new(e);
    const char *p = ins(e, "load ptr, ptr %s, !invariant.load !1",
                        ins(e, "getelementptr i8, ptr %s, i64 40", e->fn->launch));
    const char *stop = ins(e, "load volatile i32, ptr %s", p);
    branch_rare(e, ins(e, "icmp eq i32 %s, 0", stop), on, e->fn->stopped);
    label_place(e, on);
}

val call_outline(emitter *e, const wf_expr *x, const wf_func *f, const wf_unit *unit, val *args) {
    if (scan_of(e, f, unit)->has_barrier) {
        fail_at(e, x->at, "write it as a loop",
                "'%s' has a barrier in it, and calls itself or is called in too many places: that is not "
                "supported",
                f->shown ? f->shown : f->name);
        return val_zero(e, result_of(f));
    }
    for (uint32_t i = 0; i < f->param_count; i++)
        if (args[i].kind == K_BOTTOM) {
            val none = val_zero(e, result_of(f));
            return none.is_record ? none : val_bottom(result_of(f));
        }
    outline *o = outline_of(e, f, unit);
    wf_text t;
    wf_text_init(&t, e->arena);
    wf_text_puts(&t, environment(e));
    for (uint32_t i = 0; i < f->param_count; i++) {
        if (!args[i].is_record) add_argument(e, &t, args[i]);
        for (uint32_t k = 0; args[i].is_record && k < args[i].leaf_count; k++)
            add_argument(e, &t, args[i].leaves[k]);
    }
    const char *type = return_type(e, f), *r = NULL;
    if (!strcmp(type, "void")) line(e, "call void @%s(%s)", o->name, t.data);
    else r = ins(e, "call %s @%s(%s)", type, o->name, t.data);
    if (!outline_is_rare(e, f, unit)) end_when_stopped(e);
    return r ? call_result(e, f, r, type) : val_zero(e, result_of(f));
}

/* --- the function --- */

static val parameter(emitter *e, wf_text *list, const wf_type *t, uint32_t *n) {
    val v = val_of(t, e->L > 1 ? K_VARYING : K_GROUP, text(e, "%%a%u", *n));
    wf_text_printf(list, ", %s %%a%u", value_type(e, t), *n);
    if (is_pointer(t) && !e->gpu) {
        const char *w = ir_vector(e, "i64");
        wf_text_printf(list, ", %s %%lo%u, %s %%size%u", w, *n, w, *n);
        if (e->check) {
            v.root = ROOT_OWN;
            v.root_varying = e->L > 1;
            v.loose = e->find != 0;
            v.local = 1;
            v.lo = text(e, "%%lo%u", *n);
            v.size = text(e, "%%size%u", *n);
        }
    }
    ++*n;
    return v;
}

static void return_value(emitter *e, inst *in, const char *type) {
    val v = inst_result(e, in);
    if (!strcmp(type, "void")) {
        line(e, "ret void");
    } else if (!v.is_record || v.leaf_count == 1) {
        line(e, "ret %s %s", type, as_vector(e, v.is_record ? v.leaves[0] : v));
    } else {
        const char *all = "poison";
        for (uint32_t i = 0; i < v.leaf_count; i++)
            all = ins(e, "insertvalue %s %s, %s %s, %u", type, all, value_type(e, v.leaves[i].type),
                      as_vector(e, v.leaves[i]), i);
        line(e, "ret %s %s", type, all);
    }
    e->fn->open = 0;
}

static void begin_cpu(emitter *e) {
    irfn *fn = e->fn;
    kernel_entry(e);
    kernel_counts(e);
    fn->stopped = label_new(e);
    int only = e->one_block && e->L == 1;
    fn->block_linear = only ? "0" : "%block";
    for (int i = 0; i < 3; i++)
        fn->block_id[i] = val_of(ty(e, WF_TY_UINT), K_BLOCK, only ? "0" : text(e, "%%b%c", "xyz"[i]));
    fn->recursion = 1;
    if (only) kernel_only_thread(e);
    else group_threads(e, "%group");
    e->mask = e->L > 1 ? (mask){"%mask", 0} : (mask){0};
}

/* This call's own frame lies above `here` already, but for large variables, which come behind the test. */
static void limit_depth(emitter *e, const wf_func *f) {
    label *deep = label_new(e), *on = label_new(e);
    declare(e, "llvm.stacksave.p0", "declare ptr @llvm.stacksave.p0()");
    const char *here = ins(e, "ptrtoint ptr %s to i64", ins(e, "call ptr @llvm.stacksave.p0()"));
    const char *limit =
        ins(e, "getelementptr i8, ptr %%worker, i64 %d", (int)offsetof(wf_cpu_worker, stack_limit));
    const char *low = ins(e, "sub i64 %s, %%large", here);
    branch_rare(e, ins(e, "icmp ugt i64 %s, %s", low, ins(e, "load i64, ptr %s, !invariant.load !1", limit)),
                on, deep);
    label_place(e, deep);
    emit_trap(e, WF_TRAP_RECURSION, NULL,
              text(e, "'%s' (the thread's stack is used up)", f->shown ? f->shown : f->name));
    label_place(e, on);
    e->fn->large_at = e->fn->code.length;
}

/* The line that begins it. `list`: the parameters that the function has in the source, each after a comma. */
static void write_head(emitter *e, const outline *o, const char *type, const char *list, wf_text *head) {
    wf_text_init(head, e->arena);
    if (o->exported) wf_text_printf(head, "define %s @%s(%s) #0", type, o->name, *list ? list + 2 : "");
    else if (e->gpu)
        wf_text_printf(head, "define internal %s @%s(i32 %%depth%s) #0 noinline", type, o->name, list);
    else if (e->one_block && e->L == 1)
        wf_text_printf(head, "define internal %s @%s(ptr %%launch, ptr %%worker%s) #0 noinline%s", type,
                       o->name, list, o->rare ? " optsize" : "");
    else
        wf_text_printf(head,
                       "define internal %s @%s(ptr %%launch, ptr %%worker, i64 %%block, i32 "
                       "%%bx, i32 %%by, i32 %%bz, i64 %%group, %s %%mask%s) #0 noinline%s",
                       type, o->name, ir_vector(e, "i1"), list, o->rare ? " optsize" : "");
}

typedef struct outlined {
    const outline *o;
    inst *in;
    wf_text head;
} outlined;

static void emit_once(emitter *e, void *user) {
    outlined *w = user;
    const wf_func *f = w->o->func;
    const char *type = return_type(e, f);
    wf_text list;
    e->fn = irfn_new(e);
    e->mask = (mask){0};
    e->depth = 0;
    wf_text_init(&list, e->arena);
    val *args = WF_NEW_ARRAY(e->arena, val, f->param_count + 1);
    uint32_t n = 0, i = 0;
    for (const wf_var *p = f->params; p; p = p->next, i++) {
        args[i] = val_zero(e, p->type);
        if (!args[i].is_record) args[i] = parameter(e, &list, p->type->unqual, &n);
        for (uint32_t k = 0; args[i].is_record && k < args[i].leaf_count; k++)
            args[i].leaves[k] = parameter(e, &list, args[i].leaves[k].type, &n);
    }
    write_head(e, w->o, type, list.data ? list.data : "", &w->head);
    if (e->gpu) nvptx_indices(e);
    else begin_cpu(e);
    e->inst = w->in;
    if (!e->gpu && !outline_is_rare(e, f, w->o->unit)) limit_depth(e, f);
    bind_arguments(e, w->in, args);
    emit_body(e, w->in);
    if (e->fn->stopped) label_place(e, e->fn->stopped);
    return_value(e, w->in, type);
}

static void emit_outline(emitter *e, const outline *o) {
    outlined w = {o, inst_new(e, NULL, o->func, o->unit), {0}};
    emit_dry(e, emit_once, &w);
    emit_once(e, &w);
    if (!e->gpu)
        wf_text_printf(&e->fn->head, " %%large = add i64 0, %llu\n", (unsigned long long)e->fn->large_bytes);
    irfn_finish(e, e->fn, w.head.data, NULL);
}

/* A long path of the library that next to no argument takes. */
int outline_is_rare(const emitter *e, const wf_func *f, const wf_unit *unit) {
    return unit != e->unit && f->flags & WF_FN_COLD;
}

/* For code of another number of lanes: what was asked for until now is kept aside. */
outlines_aside outlines_begin(emitter *e) {
    outlines_aside aside = {e->outlines, e->pending};
    e->outlines = map_new(e->arena);
    e->pending = NULL;
    return aside;
}

void outlines_end(emitter *e, const outlines_aside *aside) {
    outlines_finish(e);
    e->outlines = aside->outlines;
    e->pending = aside->pending;
}

/* All that calls have asked for, and what those functions ask for in turn. */
void outlines_finish(emitter *e) {
    while (e->pending) {
        outline *o = e->pending;
        e->pending = o->next;
        emit_outline(e, o);
    }
    e->outlines = map_new(e->arena);
}

/* A function for other PTX to call, under its own name. */
void outline_export(emitter *e, const wf_func *f) {
    outline *o = WF_NEW(e->arena, outline);
    *o = (outline){.func = f, .unit = e->unit, .name = f->name, .exported = 1};
    emit_start(e, f);
    emit_outline(e, o);
    outlines_finish(e);
}
