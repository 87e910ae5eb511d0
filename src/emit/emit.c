/* emit/emit.c: the door: one unit, one target, IR text. */
#include "emit/inner.h"
#include "base/system.h"
#include <stdio.h>
#include <string.h>

static void start(emitter *e, wf_unit *unit, const wf_target *target, const wf_emit_options *options,
                  wf_arena *arena) {
    memset(e, 0, sizeof *e);
    e->unit = unit;
    e->arena = arena;
    e->target = target;
    e->options = options;
    e->gpu = target->kind == WF_TARGET_NVPTX;
    e->L = 1;
    e->stack_floor = (uintptr_t)__builtin_frame_address(0) - wf_stack_left() / 4 * 3;
    e->metadata = 4;
    wf_text_init(&e->module, arena);
    wf_text_init(&e->declarations, arena);
    e->declared = map_new(arena);
    e->scans = map_new(arena);
    e->globals = map_new(arena);
    e->strings = map_new(arena);
    e->strings_known = map_new(arena);
    e->leaf_lists = map_new(arena);
    e->outlines = map_new(arena);
    e->long_loops = map_new(arena);
    e->through = map_new(arena);
    e->site_ids = map_new(arena);
}

static void attributes(emitter *e, wf_text *out) {
    wf_text_puts(out, "attributes #0 = { nounwind \"no-builtins\"");
    if (!e->gpu) {
        /* The model of costs that LLVM has for the level is Skylake's, whose own has branches made of
         * selects that no predictor can guess. */
        if (e->target->vector_bytes == 64)
            wf_text_puts(out, " \"prefer-vector-width\"=\"512\" \"tune-cpu\"=\"sapphirerapids\"");
        wf_text_puts(out, " \"no-trapping-math\"=\"true\" \"frame-pointer\"=\"none\"");
        if (e->target->probes_stack) wf_text_puts(out, " \"probe-stack\"=\"inline-asm\"");
    } else {
        wf_text_puts(out, " convergent");
    }
    wf_text_puts(out, " }\n!0 = !{!\"branch_weights\", i32 2000, i32 1}\n!1 = !{}\n!2 = !{i32 1}\n!3 = "
                      "!{!\"llvm.loop.align\", i32 32}\n");
}

static void assemble(emitter *e, wf_emitted *out) {
    wf_text t;
    wf_text_init(&t, &e->unit->arena);
    if (e->one_lane) /* for the compiler: which passes pay */
        wf_text_puts(&t, e->plain_loops ? "; one lane, plain loops\n" : "; one lane\n");
    wf_text_printf(&t, "target triple = \"%s\"\n", e->target->triple);
    if (e->declarations.length) wf_text_add(&t, e->declarations.data, e->declarations.length);
    if (e->module.length) wf_text_add(&t, e->module.data, e->module.length);
    attributes(e, &t);
    out->ir = t.data;
    out->ir_length = t.length;
    out->sites = e->sites;
    out->site_count = e->site_count;
    out->instructions = e->instructions;
}

static int is_kernel(const wf_func *f) { return f->flags & WF_FN_KERNEL && f->body; }

/* The kernel of that name; where there is none, those that are shown by it: the pieces of a function's parallel
 * loops are shown by the function's own. */
static int wanted(const emitter *e, const wf_func *f) {
    const char *name = e->options->kernel;
    if (!is_kernel(f)) return 0;
    if (!name || !strcmp(name, f->name)) return 1;
    if (!f->shown || strcmp(name, f->shown)) return 0;
    for (const wf_func *other = e->unit->funcs; other; other = other->next)
        if (is_kernel(other) && !strcmp(name, other->name)) return 0;
    return 1;
}

/* Where there is no kernel, the functions with C names are what the unit is there for: PTX for others to
 * link. */
static void emit_functions(emitter *e) {
    for (const wf_func *f = e->unit->funcs; f; f = f->next)
        if ((f->flags & WF_FN_DEVICE) && (f->flags & WF_FN_EXTERN_C) && f->body) outline_export(e, f);
}

/* A kernel, or a function that stands for itself: nothing of the one before is left. */
void emit_start(emitter *e, const wf_func *f) {
    e->L = 1;
    e->groups = 1;
    e->shared_bytes = 0;
    e->shared_align = 16;
    e->shared_vars = map_new(e->arena);
    e->root_ids = map_new(e->arena);
    e->root_count = 0;
    e->inline_nodes = 0;
    e->uses_dynamic_shared = e->uses_grid_sync = 0;
    e->kernel_name = f->name;
}

void emit_dry(emitter *e, void (*once)(emitter *, void *), void *user) {
    int rounds = 0;
    e->dry = 1;
    do {
        e->changed = 0;
        once(e, user);
    } while (e->changed && ++rounds < ROUNDS_MOST && !e->unit->diags.errors);
    if (e->changed && !e->unit->diags.errors)
        fail_at(e, (wf_place){0}, NULL, "internal error: the analysis of '%s' does not end", e->kernel_name);
    e->dry = 0;
}

static void emit_all(emitter *e, wf_emitted *out) {
    uint32_t n = 0;
    for (const wf_func *f = e->unit->funcs; f; f = f->next) n += (uint32_t)wanted(e, f);
    out->kernels = WF_NEW_ARRAY(&e->unit->arena, wf_emitted_kernel, n ? n : 1);
    globals_layout(e, out);
    for (const wf_func *f = e->unit->funcs; f; f = f->next) {
        if (!wanted(e, f)) continue;
        if (!wf_signature_of(e->unit, f)) return; /* its parameters are too large: told */
        if (e->gpu) nvptx_kernel(e, f, &out->kernels[out->kernel_count++]);
        else cpu_kernel(e, f, &out->kernels[out->kernel_count++]);
    }
    if (!n && e->gpu && !e->options->kernel) emit_functions(e);
}

wf_status wf_emit(wf_unit *unit, const wf_target *target, const wf_emit_options *options, wf_emitted **out,
                  wf_error *err) {
    static const wf_emit_options defaults = {.check_bounds = 1};
    wf_arena arena;
    jmp_buf failed, *outer = unit->arena.on_failure;
    emitter *volatile e = NULL;
    volatile wf_status status = WF_OK;
    *out = NULL;
    if (!wf_unit_fits_stack(unit))
        return wf_fail(err, WF_COMPILE,
                       "[compile] '%s': an expression of %u levels needs more stack than this thread has",
                       unit->name ? unit->name : "kernel", unit->deepest);
    wf_arena_init(&arena, 0);
    if (setjmp(failed)) {
        status = wf_fail(err, WF_NOMEM, "[compile] '%s' needs too much memory",
                         unit->name ? unit->name : "kernel");
    } else {
        arena.on_failure = &failed;
        unit->arena.on_failure = &failed;
        e = WF_NEW(&arena, emitter);
        start(e, unit, target, options ? options : &defaults, &arena);
        wf_emitted *result = WF_NEW(&unit->arena, wf_emitted);
        emit_all(e, result);
        if (unit->diags.errors) {
            wf_text t;
            wf_text_init(&t, &arena);
            wf_diags_render(&unit->diags, &t);
            status = wf_fail(err, WF_COMPILE, "%s", t.data ? t.data : "the kernel cannot be compiled");
        } else {
            assemble(e, result);
            *out = result;
        }
    }
    unit->arena.on_failure = outer;
    wf_arena_free(&arena);
    return status;
}

const char *wf_target_describe(const wf_target *t, char *buffer, size_t size) {
    if (t->kind == WF_TARGET_NVPTX)
        snprintf(buffer, size, "nvptx sm_%d ptx%d llvm%d", t->sm, t->ptx, t->llvm_major);
    else
        snprintf(buffer, size, "cpu %s %s %s v%d fma%d%s llvm%d", t->triple, t->cpu, t->features,
                 t->vector_bytes, t->has_fma, t->probes_stack ? " probes" : "", t->llvm_major);
    return buffer;
}
