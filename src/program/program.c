/* program/program.c: making programs, finding their kernels, launching them. */
#include "program/inner.h"
#include "runtime/trace.h"
#include <stdio.h>
#include <string.h>

/* ---- kernels of a unit ------------------------------------------------------------------------------------
 */

static int is_kernel(const wf_func *f) { return (f->flags & WF_FN_KERNEL) && f->body; }

/* What is wrong with a kernel's parameters stands in the unit's diagnostics. */
static wf_status no_signature(const wf_unit *unit, wf_error *err) {
    wf_text text;
    wf_text_init(&text, NULL);
    wf_diags_render(&unit->diags, &text);
    wf_status status =
        wf_fail(err, WF_COMPILE, "%s", text.data ? text.data : "a kernel's parameters are too large");
    wf_text_free(&text);
    return status;
}

static wf_status kernel_init(wf_program *program, wf_kernel *kernel, const wf_func *func, wf_signature *s,
                             wf_error *err) {
    kernel->program = program;
    kernel->func = func;
    if (!s) return no_signature(program->unit, err);
    kernel->signature = s;
    kernel->numbers = wf_calloc(2 * (size_t)s->param_count + s->leaf_count + 1, sizeof(uint32_t));
    if (!kernel->numbers) return wf_fail(err, WF_NOMEM, "out of memory for kernel %s", func->name);
    for (uint32_t i = 0; i < s->param_count; i++) {
        kernel->numbers[i] = s->params[i].offset;
        kernel->numbers[s->param_count + i] = s->params[i].size;
    }
    for (uint32_t i = 0; i < s->leaf_count; i++)
        kernel->numbers[2 * s->param_count + i] = s->leaves[i].offset;
    return WF_OK;
}

static wf_status find_kernels(wf_program *program, wf_error *err) {
    uint32_t count = 0;
    for (const wf_func *f = program->unit->funcs; f; f = f->next) count += (uint32_t)is_kernel(f);
    program->kernels = wf_calloc(count + 1, sizeof(wf_kernel));
    if (!program->kernels) return wf_fail(err, WF_NOMEM, "out of memory for a program");
    for (const wf_func *f = program->unit->funcs; f; f = f->next) {
        if (!is_kernel(f)) continue;
        wf_status status = kernel_init(program, &program->kernels[program->kernel_count++], f,
                                       wf_signature_of(program->unit, f), err);
        if (status != WF_OK) return status;
    }
    return WF_OK;
}

/* Makes something in the unit's arena from outside a front-end: the arena's own way of failing is caught
 * here. */
static wf_status with_arena(wf_program *program, wf_error *err) {
    jmp_buf failure, *outer = program->unit->arena.on_failure;
    wf_status status;
    if (setjmp(failure) == 0) {
        program->unit->arena.on_failure = &failure;
        status = find_kernels(program, err);
    } else {
        status = wf_fail(err, WF_NOMEM, "out of memory for the signatures of %s", program->unit->name);
    }
    program->unit->arena.on_failure = outer;
    return status;
}

/* Without kernels. The unit is taken over, on failure too. */
static wf_program *empty_program(wf_unit *unit, const wf_program_options *options) {
    wf_program *program = wf_calloc(1, sizeof(*program));
    if (!program) {
        wf_unit_free(unit);
        return NULL;
    }
    program->unit = unit;
    if (options) program->options = *options;
    if (!program->options.exact) program->options.exact = wf_exact() ? 1 : -1;
    program->options.nvrtc_options = NULL; /* borrowed: not kept */
    program->options.nvrtc_option_count = 0;
    atomic_init(&program->references, 1);
    pthread_mutex_init(&program->lock, NULL);
    pthread_mutex_init(&program->emit_lock, NULL);
    pthread_mutex_init(&program->load_lock, NULL);
    pthread_cond_init(&program->changed, NULL);
    wf__program_enter(program);
    return program;
}

wf_program *wf__program_of(wf_unit *unit, const wf_program_options *options, wf_func *const *funcs,
                           wf_signature *const *signatures, uint32_t count, const char *unit_key,
                           size_t unit_key_size) {
    wf_program *program = empty_program(unit, options);
    if (!program) return NULL;
    program->kernels = wf_calloc((size_t)count + 1, sizeof(wf_kernel));
    program->unit_key = wf_malloc(unit_key_size + 1);
    int good = program->kernels && program->unit_key;
    if (good) memcpy(program->unit_key, unit_key, unit_key_size + 1);
    program->unit_key_size = unit_key_size;
    for (uint32_t i = 0; good && i < count; i++)
        good = kernel_init(program, &program->kernels[program->kernel_count++], funcs[i], signatures[i],
                           NULL) == WF_OK;
    if (good) return program;
    wf_program_release(program);
    return NULL;
}

wf_status wf_program_new(wf_unit *unit, const wf_program_options *options, wf_program **out, wf_error *err) {
    wf_program *program = empty_program(unit, options);
    if (!program) return wf_fail(err, WF_NOMEM, "out of memory for a program");
    wf_status status = with_arena(program, err);
    if (status != WF_OK) {
        wf_program_release(program);
        return status;
    }
    *out = program;
    return WF_OK;
}

void wf_program_retain(wf_program *program) { atomic_fetch_add(&program->references, 1); }

void wf_kernel_free(wf_kernel *kernel) {
    wf_variant *v = atomic_load(&kernel->variants);
    while (v) {
        wf_variant *next = v->next;
        wf_function_release(v->function);
        wf_free(v);
        v = next;
    }
    wf_free(kernel->numbers);
}

static void free_image(wf_image *image) {
    wf_context_lend(image->context, -IMAGE_REFERENCES);
    wf_module_release(image->module);
    wf_free(image);
}

static void free_code(wf_code *code) {
    while (code->images) {
        wf_image *next = code->images->next;
        free_image(code->images);
        code->images = next;
    }
    wf_stored_free(&code->stored);
    wf_stored_free(&code->cubin);
    wf_free(code);
}

/* Launches that still run hold the module's code (the runtime keeps the function), but its variables are
 * ours. */
static void free_globals(wf_globals *globals) {
    wf_context_synchronize(globals->context, NULL);
    wf_context_lend(globals->context, -GLOBALS_REFERENCES);
    wf_buffer_release(globals->buffer);
    wf_context_release(globals->context);
    wf_free(globals);
}

static void leave_code(wf_code *code, const wf_context *context) {
    for (wf_image **at = &code->images; *at;) {
        wf_image *image = *at;
        if (image->context != context) {
            at = &image->next;
            continue;
        }
        *at = image->next;
        free_image(image);
    }
}

void wf__program_leave_context(wf_program *program, wf_context *context) {
    pthread_mutex_lock(&program->load_lock);
    for (uint32_t i = 0; i < program->kernel_count; i++) wf_variants_leave(&program->kernels[i], context);
    wf_foreign_leave(program, context);
    for (wf_globals **at = &program->globals; *at;) {
        wf_globals *globals = *at;
        if (globals->context != context) {
            at = &globals->next;
            continue;
        }
        *at = globals->next;
        free_globals(globals);
    }
    pthread_mutex_lock(&program->lock); /* the list grows at its head, under this lock */
    wf_code *codes = program->codes;
    pthread_mutex_unlock(&program->lock);
    for (wf_code *code = codes; code; code = code->next) leave_code(code, context);
    pthread_mutex_unlock(&program->load_lock);
}

static void free_linked(wf_linked *linked) {
    wf_free(linked->input.bytes);
    wf_free(linked->input.name);
    wf_free(linked);
}

wf_status wf_program_link(wf_program *program, wf_link_kind kind, const void *bytes, size_t size,
                          const char *name, wf_error *err) {
    wf_linked *linked = wf_calloc(1, sizeof *linked), **end = &program->linked;
    char *copy = linked ? wf_malloc(size + 1) : NULL;
    if (copy) linked->input.name = wf_strdup(name);
    if (!copy || !linked->input.name) {
        wf_free(copy);
        wf_free(linked);
        return wf_fail(err, WF_NOMEM, "out of memory for %zu bytes to link with", size);
    }
    memcpy(copy, bytes, size);
    copy[size] = 0;
    linked->input.kind = kind;
    linked->input.bytes = copy;
    linked->input.size = kind == WF_LINK_PTX ? strlen(copy) + 1 : size;
    linked->hash = wf_hash128_of(copy, size, (wf_hash128){0, 0});
    wf_linked *last = NULL;
    while (*end) last = *end, end = &last->next;
    *end = linked;
    if (last) last->input.next = &linked->input;
    return WF_OK;
}

void wf_program_made(wf_program *program, uint32_t *found, uint32_t *compiled) {
    *found = *compiled = 0;
    pthread_mutex_lock(&program->lock);
    for (const wf_code *code = program->codes; code; code = code->next)
        if (code->state == WF_CODE_READY) ++*(code->from_disk ? found : compiled);
    pthread_mutex_unlock(&program->lock);
}

void wf_program_release(wf_program *program) {
    if (!program || atomic_fetch_sub(&program->references, 1) != 1) return;
    wf__program_leave(program);
    wf_variants_forget(program);
    for (uint32_t i = 0; i < program->kernel_count; i++) wf_kernel_free(&program->kernels[i]);
    while (program->globals) {
        wf_globals *next = program->globals->next;
        free_globals(program->globals);
        program->globals = next;
    }
    while (program->codes) {
        wf_code *next = program->codes->next;
        free_code(program->codes);
        program->codes = next;
    }
    wf_foreign_free(program->foreign);
    while (program->linked) {
        wf_linked *next = program->linked->next;
        free_linked(program->linked);
        program->linked = next;
    }
    wf_free(program->kernels);
    wf_free(program->unit_key);
    wf_unit_free(program->unit);
    wf__program_drop_kept(program);
    pthread_mutex_destroy(&program->lock);
    pthread_mutex_destroy(&program->emit_lock);
    pthread_mutex_destroy(&program->load_lock);
    pthread_cond_destroy(&program->changed);
    wf_free(program);
}

const wf_unit *wf_program_unit(const wf_program *program) { return program->unit; }

/* ---- kernels by name
 * --------------------------------------------------------------------------------------- */

uint32_t wf_program_kernel_count(const wf_program *program) {
    return program->foreign ? wf_foreign_kernel_count(program) : program->kernel_count;
}

static const char *shown(const wf_func *f) { return f->shown ? f->shown : f->name; }

const char *wf_program_kernel_name(const wf_program *program, uint32_t index) {
    if (program->foreign) return wf_foreign_kernel_name(program, index);
    return index < program->kernel_count ? shown(program->kernels[index].func) : NULL;
}

/* The kernel of that name as written or as mangled; two overloads need the mangled one. */
static wf_kernel *named(wf_program *program, const char *name) {
    for (uint32_t i = 0; i < program->kernel_count; i++)
        if (strcmp(program->kernels[i].func->name, name) == 0) return &program->kernels[i];
    for (uint32_t i = 0; i < program->kernel_count; i++)
        if (strcmp(shown(program->kernels[i].func), name) == 0) return &program->kernels[i];
    return NULL;
}

static wf_status no_such_kernel(const wf_program *program, const char *name, wf_error *err) {
    char all[600] = "";
    size_t used = 0;
    const char *names[64];
    uint32_t count = wf_program_kernel_count(program);
    if (count > 64) count = 64;
    for (uint32_t i = 0; i < count; i++) {
        names[i] = wf_program_kernel_name(program, i);
        if (used < sizeof(all))
            used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s", i ? ", " : "", names[i]);
    }
    if (!count)
        return wf_fail(err, WF_INVALID, "%s has no kernel (no __global__ function with a body)",
                       program->unit->name);
    if (!name)
        return wf_fail(err, WF_INVALID, "%s has several kernels: name one of %s", program->unit->name, all);
    const char *near = wf_spelling_nearest(name, names, count);
    return wf_fail(err, WF_INVALID, "named symbol not found: %s has no kernel named %s; it has %s%s%s%s",
                   program->unit->name, name, all, near ? "; did you mean " : "", near ? near : "",
                   near ? "?" : "");
}

wf_status wf_program_kernel(wf_program *program, const char *name, wf_kernel **out, wf_error *err) {
    wf_kernel *kernel = program->foreign             ? wf_foreign_find(program, name)
                        : name                       ? named(program, name)
                        : program->kernel_count == 1 ? &program->kernels[0]
                                                     : NULL;
    if (!kernel) return no_such_kernel(program, name, err);
    *out = kernel;
    return WF_OK;
}

wf_program *wf_kernel_program(const wf_kernel *kernel) { return kernel->program; }
const wf_signature *wf_kernel_signature(const wf_kernel *kernel) { return kernel->signature; }
const wf_func *wf_kernel_func(const wf_kernel *kernel) { return kernel->func; }

/* ---- ready and launch
 * --------------------------------------------------------------------------------------- */

/* A size of 0 in y and z counts as 1. */
static void whole_block(const uint32_t given[3], uint32_t block[3]) {
    for (int i = 0; i < 3; i++) block[i] = given[i] || i == 0 ? given[i] : 1;
}

static wf_status check_block(const wf_kernel *kernel, const uint32_t block[3], wf_error *err) {
    uint64_t threads = (uint64_t)block[0] * block[1] * block[2];
    if (threads >= 1 && threads <= 1024 && block[0] <= 1024 && block[1] <= 1024 && block[2] <= 64)
        return WF_OK;
    return wf_fail(
        err, WF_LAUNCH,
        "[launch] invalid value: a block of (%u, %u, %u) threads for kernel %s; the most is 1024 in all, "
        "(1024, 1024, 64) by axis",
        block[0], block[1], block[2], shown(kernel->func));
}

/* Without a block: a shape there is already, else a common one. */
static const uint32_t *block_for(const wf_kernel *kernel, const wf_context *context) {
    static const uint32_t common[3] = {128, 1, 1};
    const wf_variant *v = atomic_load_explicit(&kernel->variants, memory_order_acquire);
    while (v && v->context != context) v = v->next;
    return v ? v->block : common;
}

wf_status wf_kernel_function(wf_kernel *kernel, wf_context *context, const uint32_t block[3],
                             wf_function **out, wf_error *err) {
    uint32_t whole[3];
    wf_variant *variant = NULL;
    whole_block(block ? block : block_for(kernel, context), whole);
    wf_status status = check_block(kernel, whole, err);
    if (status == WF_OK) status = wf_variant_get(kernel, context, whole, &variant, err);
    if (status == WF_OK) *out = variant->function;
    return status;
}

wf_status wf_kernel_prepare(wf_kernel *kernel, wf_device *device, const uint32_t block[3], wf_error *err) {
    wf_context *context = NULL;
    wf_function *function = NULL;
    wf_status status = wf_context_primary(device, &context, err);
    if (status != WF_OK) return status;
    status = wf_kernel_function(kernel, context, block, &function, err);
    wf_context_release(context);
    return status;
}

/* What the GB/s of WEFT_DEBUG=2 are counted from: the allocations that the arguments point to, each once. */
static uint64_t bytes_of_arguments(const wf_kernel *kernel, wf_device *device, const void *params) {
    uint64_t bytes = 0;
    const wf_signature *s = kernel->signature;
    for (uint32_t i = 0; s && i < s->leaf_count; i++) {
        wf_address address;
        memcpy(&address, (const char *)params + s->leaves[i].offset, sizeof(address));
        wf_extent extent = wf_memory_extent(device, address);
        int seen = 0;
        for (uint32_t k = 0; k < i && !seen; k++) {
            wf_address other;
            memcpy(&other, (const char *)params + s->leaves[k].offset, sizeof(other));
            seen = other >= extent.lo && other < extent.hi;
        }
        if (!seen) bytes += extent.hi - extent.lo;
    }
    return bytes;
}

/* By its parameters: a pointer to double, or a double. */
static int uses_doubles(const wf_func *func) {
    for (const wf_var *p = func ? func->params : NULL; p; p = p->next) {
        const wf_type *type = p->type;
        while (type->base) type = type->base;
        if (wf_type_is(type, WF_TY_DOUBLE)) return 1;
    }
    return 0;
}

/* Array expressions have said already what they do. */
static void hint(wf_kernel *kernel, const wf_launch_config *config, const void *params) {
    if (wf_trace_hinted() || wf_program_whole(kernel->program, NULL) != WF_OK) return;
    wf_work work = wf_kernel_work(kernel, config, params);
    int doubles = work.operations ? work.doubles : uses_doubles(kernel->func);
    wf_trace_hint(0, work.operations, doubles ? WF_TRACE_DOUBLE : 0);
}

wf_status wf_kernel_launch_config(wf_kernel *kernel, wf_stream *stream, wf_launch_config *config,
                                  const void *params, wf_error *err) {
    wf_context *context = wf_stream_context(stream);
    wf_variant *variant = NULL;
    whole_block(config->block, config->block);
    whole_block(config->grid, config->grid);
    wf_status status = check_block(kernel, config->block, err);
    if (status == WF_OK) status = wf_variant_get(kernel, context, config->block, &variant, err);
    if (status != WF_OK) return status;
    if (wf_trace_on()) hint(kernel, config, params);
    if ((wf_debug_on(WF_DEBUG_KERNEL) || wf_trace_on()) && !config->bytes_moved)
        config->bytes_moved = bytes_of_arguments(kernel, wf_context_device(context), params);
    return wf_launch(variant->function, config, stream, params, err);
}

int wf_kernel_run_brief(wf_kernel *kernel, wf_stream *stream, wf_launch_config *config, const void *params,
                        wf_status *status, wf_error *err) {
    wf_variant *variant = wf_variant_there(kernel, wf_stream_context(stream), config->block);
    return variant && wf_launch_brief(variant->function, config, stream, params, status, err);
}

wf_status wf_kernel_launch_inside(wf_kernel *kernel, wf_stream *stream, wf_launch_config *config,
                                  const void *params, wf_error *err) {
    wf_variant *variant = NULL;
    whole_block(config->block, config->block);
    whole_block(config->grid, config->grid);
    wf_status status = wf_variant_get(kernel, wf_stream_context(stream), config->block, &variant, err);
    return status == WF_OK ? wf_launch_inside(variant->function, config, stream, params, err) : status;
}

wf_status wf_kernel_launch(wf_kernel *kernel, wf_device *device, wf_stream *stream, const uint32_t grid[3],
                           const uint32_t block[3], uint32_t dynamic_shared, const void *params,
                           wf_error *err) {
    wf_context *context = NULL;
    wf_launch_config config = {.grid = {grid[0], grid[1], grid[2]},
                               .block = {block[0], block[1], block[2]},
                               .dynamic_shared = dynamic_shared};
    if (!stream) {
        wf_status status = wf_context_primary(device, &context, err);
        if (status != WF_OK) return status;
        stream = wf_context_default_stream(context);
    }
    wf_status status = wf_kernel_launch_config(kernel, stream, &config, params, err);
    wf_context_release(context);
    return status;
}
