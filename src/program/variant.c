/* program/variant.c: code loaded into a context and made ready for launches of one block shape.
 *
 * On a CPU every block shape of a kernel has code of its own, with the shape's numbers in it, until a kernel
 * has been launched with MOST_EXACT different ones; after that code is shared by all shapes of a class. A GPU
 * has one code for all. Variants are never freed while the program lives, so they are read without a
 * lock; one whose context has ended serves no context any more.
 *
 * Reports of CPU kernels may be taken long after the launch, when the program is gone: they carry the
 * variant's number, which is looked up in a table of what is alive. */
#include "program/inner.h"
#include <stdio.h>
#include <string.h>

enum { MOST_EXACT = 4 };

/* ---- what is alive ---------------------------------------------------------------------------------------
 */

static pthread_mutex_t live_lock = PTHREAD_MUTEX_INITIALIZER;
static wf_variant *live_variants;
static uint64_t last_id;

void wf_variant_enter(wf_variant *variant) {
    pthread_mutex_lock(&live_lock);
    variant->id = ++last_id;
    variant->next_live = live_variants;
    live_variants = variant;
    pthread_mutex_unlock(&live_lock);
}

wf_variant *wf_variant_find(uint64_t id) {
    pthread_mutex_lock(&live_lock);
    wf_variant *v = live_variants;
    while (v && v->id != id) v = v->next_live;
    /* A program whose last reference has gone is about to leave the table: it cannot be retained again. */
    if (v) {
        unsigned references = atomic_load(&v->kernel->program->references);
        do {
            if (references == 0) v = NULL;
        } while (v &&
                 !atomic_compare_exchange_weak(&v->kernel->program->references, &references, references + 1));
    }
    pthread_mutex_unlock(&live_lock);
    return v;
}

static void forget_one(const wf_variant *variant) {
    pthread_mutex_lock(&live_lock);
    wf_variant **at = &live_variants;
    while (*at && *at != variant) at = &(*at)->next_live;
    if (*at) *at = variant->next_live;
    pthread_mutex_unlock(&live_lock);
}

void wf_variants_forget(const wf_program *program) {
    pthread_mutex_lock(&live_lock);
    for (wf_variant **at = &live_variants; *at;)
        if ((*at)->kernel->program == program) *at = (*at)->next_live;
        else at = &(*at)->next_live;
    pthread_mutex_unlock(&live_lock);
}

void wf_variants_leave(wf_kernel *kernel, const wf_context *context) {
    for (wf_variant *v = atomic_load(&kernel->variants); v; v = v->next) {
        if (v->context != context) continue;
        forget_one(v);
        wf_function_release(v->function);
        v->context = NULL;
        v->function = NULL;
    }
}

/* ---- shapes ----------------------------------------------------------------------------------------------
 */

/* The class of a block: how far x divides into lanes, and whether there is more than x. */
static void class_of(const uint32_t block[3], wf_shape *shape) {
    uint32_t lanes = block[0] & (0u - block[0]);
    if (lanes > 64) lanes = 64;
    if (lanes < 8) return; /* general code: all zeros */
    shape->block[0] = lanes;
    shape->block[1] = block[1] * block[2] > 1 ? 2 : 1;
    shape->block[2] = 1;
}

/* Exact for the first few shapes of a kernel, and for those again in other contexts. */
static void shape_for(wf_kernel *kernel, const uint32_t block[3], wf_shape *shape) {
    memset(shape, 0, sizeof(*shape));
    pthread_mutex_lock(&kernel->program->lock);
    const wf_code *code = kernel->program->codes;
    while (code &&
           !(code->kernel == kernel && code->shape.exact && memcmp(code->shape.block, block, 12) == 0))
        code = code->next;
    int exact = code || kernel->exact_shapes < MOST_EXACT;
    if (!code && exact) kernel->exact_shapes++;
    pthread_mutex_unlock(&kernel->program->lock);
    if (exact) {
        memcpy(shape->block, block, sizeof(shape->block));
        shape->exact = 1;
    } else {
        class_of(block, shape);
    }
}

/* ---- loading ---------------------------------------------------------------------------------------------
 */

/* Under load_lock: the cubin that the driver made of our PTX is kept for other contexts and goes to the disk.
 */
static void keep_cubin(wf_program *program, wf_code *code, wf_module *module) {
    wf_format format;
    const void *bytes;
    size_t size;
    if (wf_module_image(module, &format, &bytes, &size, NULL) != WF_OK || format != WF_FORMAT_CUBIN) return;
    if (wf_stored_with_code(&code->stored, format, bytes, size, &code->cubin, NULL) != WF_OK) return;
    wf_text key;
    wf_text_init(&key, NULL);
    if (wf_code_key(program, code, &key, NULL) == WF_OK)
        wf_cache_put(key.data, key.length, code->cubin.block, code->cubin.block_size);
    wf_text_free(&key);
}

static wf_status load(wf_program *program, wf_code *code, wf_context *context, wf_module **out,
                      wf_error *err) {
    wf_module_options options = {.name = program->unit->name,
                                 .max_registers = program->options.max_registers,
                                 .optimisation = -1,
                                 .link = program->linked ? &program->linked->input : NULL};
    const wf_stored *stored = code->cubin.block ? &code->cubin : &code->stored;
    wf_status status =
        wf_module_load(context, stored->format, stored->code, stored->code_size, &options, out, err);
    if (status != WF_OK) return status;
    if (stored->format == WF_FORMAT_PTX && !program->foreign) keep_cubin(program, code, *out);
    wf_module_drop_image(*out);
    return WF_OK;
}

/* Under load_lock: the code's module in a context. */
static wf_status image_in(wf_program *program, wf_code *code, wf_context *context, wf_image **out,
                          wf_error *err) {
    for (wf_image *image = code->images; image; image = image->next)
        if (image->context == context) {
            *out = image;
            return WF_OK;
        }
    wf_image *image = wf_calloc(1, sizeof(*image));
    if (!image) return wf_fail(err, WF_NOMEM, "out of memory for a module");
    wf_status status = load(program, code, context, &image->module, err);
    if (status != WF_OK) {
        wf_free(image);
        return status;
    }
    image->context = context;
    wf_context_lend(context, IMAGE_REFERENCES);
    image->next = code->images;
    code->images = image;
    *out = image;
    return WF_OK;
}

/* Under load_lock: the block of module globals of a CPU program in a context, with its first content; NULL:
 * none. */
static wf_status globals_in(wf_program *program, const wf_stored *stored, wf_context *context,
                            wf_globals **out, wf_error *err) {
    *out = NULL;
    if (stored->globals_size == 0) return WF_OK;
    for (wf_globals *known = program->globals; known; known = known->next)
        if (known->context == context) {
            *out = known;
            return WF_OK;
        }
    wf_globals *globals = wf_calloc(1, sizeof(*globals));
    if (!globals) return wf_fail(err, WF_NOMEM, "out of memory for the module's variables");
    /* Room to begin at a multiple of 128, which the code relies on. */
    wf_status status = wf_buffer_alloc(context, NULL, stored->globals_size + 128, &globals->buffer, err);
    if (status != WF_OK) {
        wf_free(globals);
        return status;
    }
    char *start = (char *)globals->buffer->host + (-globals->buffer->address & 127);
    memset(start, 0, stored->globals_size);
    if (stored->globals_image) memcpy(start, stored->globals_image, stored->globals_size);
    for (uint32_t i = 0; i < stored->globals_pointer_count; i++) {
        uint64_t at, to;
        memcpy(&at, stored->globals_pointers + i * 8, 8);
        memcpy(&to, start + at, 8);
        to += (uint64_t)(uintptr_t)start;
        memcpy(start + at, &to, 8);
    }
    globals->context = wf_context_retain(context);
    wf_context_lend(context, GLOBALS_REFERENCES);
    globals->next = program->globals;
    program->globals = globals;
    *out = globals;
    return WF_OK;
}

static void *globals_start(const wf_globals *globals) {
    return globals ? (char *)globals->buffer->host + (-globals->buffer->address & 127) : NULL;
}

static const wf_stored_kernel *stored_kernel(const wf_code *code, const wf_kernel *kernel) {
    for (uint32_t i = 0; i < code->stored.kernel_count; i++)
        if (strcmp(code->stored.kernels[i].name, kernel->func->name) == 0) return &code->stored.kernels[i];
    return NULL;
}

static wf_status function_for(wf_variant *variant, wf_module *module, void *globals, wf_error *err) {
    wf_kernel *kernel = variant->kernel;
    if (kernel->foreign) return wf_foreign_function(kernel, module, &variant->function, err);
    const wf_signature *s = kernel->signature;
    const wf_stored_kernel *k = variant->info;
    wf_function_info info = {.param_bytes = s->size,
                             .param_count = s->param_count,
                             .param_offsets = kernel->numbers,
                             .param_sizes = kernel->numbers + s->param_count,
                             .leaf_count = s->leaf_count,
                             .leaf_offsets = kernel->numbers + 2 * s->param_count,
                             .static_shared = k->shared_bytes,
                             .max_threads = kernel->func->max_threads,
                             .shown = kernel->func->shown,
                             .flags = k->uses_grid_sync ? WF_FUNCTION_WHOLE_GRID : 0,
                             .globals = globals,
                             .user = (void *)(uintptr_t)variant->id};
    /* The runtime puts the CPU's prefix before the name itself. */
    const char *prefix = "wf_kernel_", *name = k->symbol;
    if (variant->code->target.kind == WF_TARGET_CPU && strncmp(name, prefix, strlen(prefix)) == 0)
        name += strlen(prefix);
    return wf_module_function(module, name, &info, &variant->function, err);
}

/* ---- variants --------------------------------------------------------------------------------------------
 */

static int serves(const wf_variant *v, const wf_context *context, const uint32_t block[3]) {
    return v->context == context && (v->any_block || memcmp(v->block, block, sizeof(v->block)) == 0);
}

static wf_variant *find(wf_kernel *kernel, const wf_context *context, const uint32_t block[3]) {
    wf_variant *v = atomic_load_explicit(&kernel->variants, memory_order_acquire);
    while (v && !serves(v, context, block)) v = v->next;
    return v;
}

/* Under load_lock. */
static wf_status make_variant(wf_kernel *kernel, wf_code *code, wf_context *context, const uint32_t block[3],
                              wf_variant **out, wf_error *err) {
    wf_program *program = kernel->program;
    wf_image *image = NULL;
    wf_globals *globals = NULL;
    wf_status status = image_in(program, code, context, &image, err);
    if (status == WF_OK && code->target.kind == WF_TARGET_CPU)
        status = globals_in(program, &code->stored, context, &globals, err);
    if (status != WF_OK) return status;
    wf_variant *variant = wf_calloc(1, sizeof(*variant));
    if (!variant) return wf_fail(err, WF_NOMEM, "out of memory for a kernel");
    *variant = (wf_variant){.kernel = kernel,
                            .context = context,
                            .code = code,
                            .any_block = code->target.kind != WF_TARGET_CPU,
                            .info = stored_kernel(code, kernel)};
    memcpy(variant->block, block, sizeof(variant->block));
    wf_variant_enter(variant); /* function_for writes the number down */
    status = variant->info || kernel->foreign
                 ? function_for(variant, image->module, globals_start(globals), err)
                 : wf_fail(err, WF_INTERNAL, "kernel %s is missing in its own code", kernel->func->name);
    if (status != WF_OK) {
        forget_one(variant);
        wf_free(variant);
        return status;
    }
    variant->next = atomic_load_explicit(&kernel->variants, memory_order_relaxed);
    atomic_store_explicit(&kernel->variants, variant, memory_order_release);
    *out = variant;
    return WF_OK;
}

/* The code this launch needs, without loading it. */
static wf_status code_for(wf_kernel *kernel, wf_context *context, const uint32_t block[3], wf_code **code,
                          wf_error *err) {
    wf_device *device = wf_context_device(context);
    wf_target target;
    wf_shape shape;
    if (kernel->program->foreign) return wf_foreign_code(kernel->program, device, code, err);
    wf_status status = wf_program_target(device, &target, err);
    if (status != WF_OK) return status;
    memset(&shape, 0, sizeof(shape));
    if (target.kind == WF_TARGET_CPU) {
        shape_for(kernel, block, &shape);
        return wf_code_get(kernel->program, kernel, &target, &shape, 0, 0, code, err);
    }
    wf_device_info info;
    status = wf_device_info_of(device, &info, err);
    if (status != WF_OK) return status;
    return wf_code_get(kernel->program, NULL, &target, &shape, info.driver_version, 0, code, err);
}

wf_variant *wf_variant_there(wf_kernel *kernel, wf_context *context, const uint32_t block[3]) {
    wf_variant *last = atomic_load_explicit(&kernel->last, memory_order_acquire);
    return last && serves(last, context, block) ? last : NULL;
}

wf_status wf_variant_get(wf_kernel *kernel, wf_context *context, const uint32_t block[3], wf_variant **out,
                         wf_error *err) {
    if ((*out = wf_variant_there(kernel, context, block))) return WF_OK;
    wf_variant *variant = find(kernel, context, block);
    if (!variant) {
        wf_code *code = NULL;
        wf_status status = code_for(kernel, context, block, &code, err);
        if (status != WF_OK) return status;
        pthread_mutex_lock(&kernel->program->load_lock);
        variant = find(kernel, context, block); /* another thread may have been here */
        if (!variant) status = make_variant(kernel, code, context, block, &variant, err);
        pthread_mutex_unlock(&kernel->program->load_lock);
        if (status != WF_OK) return status;
    }
    atomic_store_explicit(&kernel->last, variant, memory_order_release);
    *out = variant;
    return WF_OK;
}

/* ---- what code leaves out -------------------------------------------------------------------------------- */

static wf_status late_function(wf_variant *v, int64_t index, uint64_t *address, wf_error *err) {
    wf_program *program = v->kernel->program;
    wf_code *code = NULL;
    wf_image *image = NULL;
    char symbol[512];
    wf_status status = wf_code_get(program, v->kernel, &v->code->target, &v->code->shape, 0, 1, &code, err);
    if (status != WF_OK) return status;
    pthread_mutex_lock(&program->load_lock);
    status = image_in(program, code, v->context, &image, err);
    pthread_mutex_unlock(&program->load_lock);
    if (status != WF_OK) return status;
    snprintf(symbol, sizeof symbol, "wf_late_%s_%lld", v->kernel->func->name, (long long)index);
    return wf_cpu_module_code(image->module, symbol, address, err);
}

wf_status wf_program_late(const int64_t *words, uint64_t *address, wf_error *err) {
    const wf_cpu_launch *launch = (const wf_cpu_launch *)(uintptr_t)words[0];
    wf_variant *v = wf_variant_find((uint64_t)(uintptr_t)wf_cpu_launch_user(launch));
    if (!v) return wf_fail(err, WF_INTERNAL, "a kernel that runs is not known");
    wf_program *program = v->kernel->program;
    wf_status status = late_function(v, words[1], address, err);
    wf_program_release(program);
    return status;
}

/* ---- globals ---------------------------------------------------------------------------------------------
 */

static const wf_emitted_global *stored_global(const wf_stored *stored, const char *name) {
    for (uint32_t i = 0; i < stored->global_count; i++)
        if (strcmp(stored->globals[i].name, name) == 0) return &stored->globals[i];
    return NULL;
}

static wf_status foreign_global(wf_program *program, wf_code *code, wf_context *context, const char *name,
                                uint64_t *address, uint64_t *size, wf_error *err) {
    wf_image *image = NULL;
    size_t bytes = 0;
    wf_status status = image_in(program, code, context, &image, err);
    if (status == WF_OK) status = wf_module_global(image->module, name, address, &bytes, err);
    *size = bytes;
    return status;
}

static wf_status global_of(wf_program *program, wf_code *code, wf_context *context, const char *name,
                           uint64_t *address, uint64_t *size, wf_error *err) {
    const wf_emitted_global *global = stored_global(&code->stored, name);
    if (!global)
        return wf_fail(err, WF_INVALID, "get_global: %s has no variable named %s", program->unit->name, name);
    if (code->target.kind == WF_TARGET_CPU) {
        wf_globals *globals = NULL;
        wf_status status = globals_in(program, &code->stored, context, &globals, err);
        if (status != WF_OK) return status;
        if (!globals) return wf_fail(err, WF_INTERNAL, "variable %s without memory", name);
        *address = (uint64_t)(uintptr_t)globals_start(globals) + global->offset;
        *size = global->size;
        return WF_OK;
    }
    wf_image *image = NULL;
    size_t bytes = 0;
    wf_status status = image_in(program, code, context, &image, err);
    if (status == WF_OK) status = wf_module_global(image->module, global->symbol, address, &bytes, err);
    *size = bytes;
    return status;
}

static wf_status global_in_foreign(wf_program *program, wf_context *context, const char *name,
                                   uint64_t *address, uint64_t *size, wf_error *err) {
    wf_code *code = NULL;
    wf_status status = wf_foreign_code(program, wf_context_device(context), &code, err);
    if (status != WF_OK) return status;
    pthread_mutex_lock(&program->load_lock);
    status = foreign_global(program, code, context, name, address, size, err);
    pthread_mutex_unlock(&program->load_lock);
    return status;
}

wf_status wf_program_global_in(wf_program *program, wf_context *context, const char *name, uint64_t *address,
                               uint64_t *size, wf_error *err) {
    static const uint32_t any[3] = {32, 1, 1}; /* the layout of the globals does not depend on it */
    if (program->foreign) return global_in_foreign(program, context, name, address, size, err);
    if (program->kernel_count == 0)
        return wf_fail(err, WF_INVALID, "get_global: %s has no kernel, so no variable is kept",
                       program->unit->name);
    wf_code *code = NULL;
    wf_kernel *kernel = &program->kernels[0];
    wf_variant *known = atomic_load_explicit(&kernel->variants, memory_order_acquire);
    wf_status status = WF_OK;
    if (known && known->context == context) code = known->code;
    else status = code_for(kernel, context, any, &code, err);
    if (status != WF_OK) return status;
    pthread_mutex_lock(&program->load_lock);
    status = global_of(program, code, context, name, address, size, err);
    pthread_mutex_unlock(&program->load_lock);
    return status;
}

wf_status wf_program_global(wf_program *program, wf_device *device, const char *name, uint64_t *address,
                            uint64_t *size, wf_error *err) {
    wf_context *context = NULL;
    wf_status status = wf_context_primary(device, &context, err);
    if (status != WF_OK) return status;
    status = wf_program_global_in(program, context, name, address, size, err);
    wf_context_release(context);
    return status;
}

void wf__live_fork(int take) {
    if (take) pthread_mutex_lock(&live_lock);
    else pthread_mutex_unlock(&live_lock);
}
