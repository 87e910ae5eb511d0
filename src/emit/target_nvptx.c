/* emit/target_nvptx.c: kernels for NVIDIA GPUs.
 *
 * Scalar code, one thread at a time; what runs in parallel is the hardware's business. A kernel is a function
 * with the ptx_kernel calling convention. Pointers are generic; LLVM finds that a parameter of a kernel
 * points to global memory and a __shared__ variable to shared memory. Launch bounds are attributes; atomics,
 * barriers and fences are PTX. */
#include "emit/inner.h"
#include <string.h>

static val sreg(emitter *e, const char *name, kind k, uint32_t top) {
    const char *f = text(e, "llvm.nvvm.read.ptx.sreg.%s", name);
    declare(e, f, text(e, "declare noundef i32 @%s()", f));
    val v = val_of(ty(e, WF_TY_UINT), k, ins_entry(e, text(e, "call i32 @%s()", f)));
    v.top = top;
    return v;
}

void nvptx_indices(emitter *e) {
    static const char *const axes[] = {"x", "y", "z"};
    irfn *fn = e->fn;
    for (int i = 0; i < 3; i++) {
        fn->thread[i] = sreg(e, text(e, "tid.%s", axes[i]), K_GROUP, 1024);
        fn->block_id[i] = sreg(e, text(e, "ctaid.%s", axes[i]), K_BLOCK, i ? 65536 : WF_TOP_MOST);
        fn->block_dim[i] = sreg(e, text(e, "ntid.%s", axes[i]), K_BLOCK, 1025);
        fn->grid_dim[i] = sreg(e, text(e, "nctaid.%s", axes[i]), K_BLOCK, i ? 65536 : 0);
    }
    fn->linear_thread = fn->thread[0]; /* builtins.c computes the linear index itself on a GPU */
    fn->thread_base = "0";
}

static int writes_through(const wf_type *pointer) { return !(pointer->base->quals & WF_CONST); }

static const char *parameter(emitter *e, const wf_var *p, uint32_t n, val *arg) {
    const wf_type *t = p->type;
    if (t->kind == WF_TY_RECORD) {
        const char *name = text(e, "%%p%u", n);
        *arg = val_of(ty(e, WF_TY_VOID), K_BLOCK, name); /* loaded in the body */
        return text(e, "ptr byval([%llu x i8]) align %u %s", (unsigned long long)wf_type_size(t),
                    wf_type_align(t), name);
    }
    const char *name = text(e, "%%p%u", n), *it = ir_memory(e, t), *extra = "";
    *arg = val_of(t->unqual, K_BLOCK, name);
    if (is_pointer(t) && (t->quals & WF_RESTRICT))
        extra = writes_through(t) ? " noalias" : " noalias readonly";
    return text(e, "%s%s %s", it, extra, name);
}

static void bind(emitter *e, inst *in, val *raw) {
    val *args = WF_NEW_ARRAY(e->arena, val, in->func->param_count + 1);
    uint32_t i = 0;
    for (const wf_var *p = in->func->params; p; p = p->next, i++) {
        args[i] = raw[i];
        if (p->type->kind == WF_TY_RECORD) {
            val at = val_of(wf_type_pointer(e->unit, p->type), K_BLOCK, raw[i].op);
            args[i] = memory_load(e, at, p->type->unqual, NULL, MEM_UNCHECKED);
        } else if (p->type->kind == WF_TY_BOOL) {
            args[i].op = ins(e, "icmp ne i8 %s, 0", raw[i].op);
        }
    }
    bind_arguments(e, in, args);
}

typedef struct kernel {
    inst *in;
    val *raw;
    wf_text params;
} kernel;

static void emit_once(emitter *e, void *user) {
    kernel *k = user;
    wf_text_init(&k->params, e->arena);
    e->fn = irfn_new(e);
    e->mask = (mask){0};
    e->depth = 0;
    nvptx_indices(e);
    uint32_t n = 0;
    for (const wf_var *p = k->in->func->params; p; p = p->next, n++)
        wf_text_printf(&k->params, "%s%s", n ? ", " : "", parameter(e, p, n, &k->raw[n]));
    bind(e, k->in, k->raw);
    emit_body(e, k->in);
}

void nvptx_kernel(emitter *e, const wf_func *f, wf_emitted_kernel *out) {
    wf_text head;
    emit_start(e, f);
    kernel k = {inst_new(e, NULL, f, e->unit), WF_NEW_ARRAY(e->arena, val, f->param_count + 1), {0}};
    k.in->is_kernel = 1;
    emit_dry(e, emit_once, &k);
    emit_once(e, &k);
    line(e, "ret void");
    wf_text_init(&head, e->arena);
    wf_text_printf(&head, "define ptx_kernel void @%s(%s) #0", f->name, k.params.data ? k.params.data : "");
    if (f->max_threads) wf_text_printf(&head, " \"nvvm.maxntid\"=\"%u\"", f->max_threads);
    if (f->min_blocks) wf_text_printf(&head, " \"nvvm.minctasm\"=\"%u\"", f->min_blocks);
    irfn_finish(e, e->fn, head.data, NULL);
    outlines_finish(e);
    *out = (wf_emitted_kernel){f,
                               wf_arena_strdup(&e->unit->arena, f->name),
                               wf_signature_of(e->unit, f),
                               (uint32_t)e->shared_bytes,
                               e->shared_align,
                               WF_PATH_LOOP,
                               1,
                               e->uses_dynamic_shared,
                               e->uses_grid_sync};
}

/* a / b with __fdividef's precision. */
val fast_divide(emitter *e, val a, val b) {
    declare(e, "llvm.nvvm.div.approx.f", "declare float @llvm.nvvm.div.approx.f(float, float)");
    return val_of(a.type, kind_max(a.kind, b.kind),
                  ins(e, "call float @llvm.nvvm.div.approx.f(float %s, float %s)", a.op, b.op));
}

/* --- inline PTX --- */

static void asm_text(wf_text *out, const char *s) { /* %0 → $0, %% → %, $ → $$ */
    for (; *s; s++) {
        if (*s == '%' && s[1] == '%') wf_text_putc(out, '%'), s++;
        else if (*s == '%' && s[1] >= '0' && s[1] <= '9') wf_text_putc(out, '$');
        else if (*s == '$') wf_text_puts(out, "$$");
        else if (*s == '"' || *s == '\\' || *s < 32) wf_text_printf(out, "\\%02X", (unsigned char)*s);
        else wf_text_putc(out, *s);
    }
}

static const char *asm_type(emitter *e, const wf_type *t) { return is_pointer(t) ? "i64" : ir_memory(e, t); }

void emit_asm(emitter *e, const wf_stmt *s) {
    const wf_asm *a = s->asm_;
    if (!e->gpu) {
        fail_at(e, s->at, "put plain C beside it for the CPU",
                "inline PTX runs on a GPU only; on the CPU weft cannot do: %s",
                a->untranslated ? a->untranslated : "this asm statement");
        return;
    }
    wf_text body, constraints, args, types;
    wf_text_init(&body, e->arena), wf_text_init(&constraints, e->arena), wf_text_init(&args, e->arena),
        wf_text_init(&types, e->arena);
    asm_text(&body, a->text);
    uint32_t n = (uint32_t)a->outputs + (uint32_t)a->inputs, extra = 0;
    lval *out = WF_NEW_ARRAY(e->arena, lval, n + 1);
    for (uint32_t i = 0; i < (uint32_t)a->outputs; i++) {
        const char *c = a->operands[i].constraint;
        out[i] = emit_lval(e, a->operands[i].value);
        wf_text_printf(&constraints, "%s=%s", i ? "," : "", c + (c[0] == '=' || c[0] == '+'));
        wf_text_printf(&types, "%s%s", i ? ", " : "", asm_type(e, out[i].type));
    }
    for (uint32_t i = (uint32_t)a->outputs; i < n; i++) {
        val v = emit_expr(e, a->operands[i].value);
        const char *op = is_pointer(v.type) ? ins(e, "ptrtoint ptr %s to i64", v.op) : v.op;
        wf_text_printf(&constraints, "%s%s", constraints.length ? "," : "", a->operands[i].constraint);
        wf_text_printf(&args, "%s%s %s", args.length ? ", " : "", asm_type(e, v.type), op);
    }
    for (uint32_t i = 0; i < (uint32_t)a->outputs; i++) { /* "+r": in and out */
        if (a->operands[i].constraint[0] != '+') continue;
        val v = lval_load(e, &out[i]);
        wf_text_printf(&constraints, ",%u", i);
        wf_text_printf(&args, "%s%s %s", args.length ? ", " : "", asm_type(e, v.type), v.op);
        extra++;
    }
    (void)extra;
    if (a->clobbers && strstr(a->clobbers, "memory"))
        wf_text_printf(&constraints, "%s~{memory}", constraints.length ? "," : "");
    const char *result = a->outputs == 0   ? "void"
                         : a->outputs == 1 ? types.data
                                           : text(e, "{ %s }", types.data);
    const char *call = text(e, "call %s asm %s\"%s\", \"%s\"(%s) convergent", result,
                            a->is_volatile || !a->outputs ? "sideeffect " : "", body.data ? body.data : "",
                            constraints.data ? constraints.data : "", args.data ? args.data : "");
    if (!a->outputs) {
        line(e, "%s", call);
        return;
    }
    const char *r = ins(e, "%s", call);
    for (uint32_t i = 0; i < (uint32_t)a->outputs; i++) {
        const char *op = a->outputs == 1 ? r : ins(e, "extractvalue %s %s, %u", result, r, i);
        const wf_type *t = out[i].type->unqual;
        if (is_pointer(t)) op = ins(e, "inttoptr i64 %s to ptr", op);
        if (t->kind == WF_TY_BOOL) op = ins(e, "trunc i8 %s to i1", op);
        lval_store(e, &out[i], val_of(t, K_GROUP, op));
    }
}

/* --- targets --- */

static const struct {
    int driver, ptx;
} versions[] = {{13000, 90}, {12090, 88}, {12080, 87}, {12070, 86}, {12050, 85}, {12040, 84}, {12030, 83},
                {12020, 82}, {12010, 81}, {12000, 80}, {11080, 78}, {11070, 77}, {11060, 76}, {11050, 75},
                {11040, 74}, {11030, 73}, {11020, 72}, {11010, 71}, {11000, 70}, {10020, 65}, {10010, 64},
                {10000, 63}, {9020, 62},  {9010, 61},  {9000, 60}};
static const struct {
    int sm, ptx;
} least[] = {{120, 87}, {100, 86}, {90, 78}, {89, 78}, {87, 74}, {86, 71},
             {80, 70},  {75, 63},  {72, 61}, {70, 60}, {0, 60}};

/* The lowest PTX that serves this sm, but 8.0 where the driver has it; a newer sm than the table knows runs
 * as the newest one it does know. */
void wf_target_nvptx(wf_target *t, int sm, int driver_version, int llvm_major) {
    memset(t, 0, sizeof *t);
    t->kind = WF_TARGET_NVPTX;
    t->llvm_major = llvm_major;
    strcpy(t->triple, "nvptx64-nvidia-cuda");
    t->has_fma = 1;
    int most = 60;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
        if (driver_version >= versions[i].driver) {
            most = versions[i].ptx;
            break;
        }
    if (sm > 120) sm = 120;
    int need = 60;
    for (size_t i = 0; i < sizeof least / sizeof *least; i++)
        if (sm >= least[i].sm) {
            need = least[i].ptx;
            break;
        }
    t->sm = sm;
    t->ptx = need < 80 && most >= 80 ? 80 : need;
    if (t->ptx > most) t->ptx = most < need ? need : most;
}
