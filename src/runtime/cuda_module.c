/* runtime/cuda_module.c: PTX and cubins into modules; functions and what the driver says of them.
 *
 * PTX goes through the driver's linker, not through a load: the linker hands out the cubin, which the disk
 * cache keeps. The linker owns that memory, so it is copied before the linker ends. A refusal carries the
 * JIT's own log. */
#include "base/memory.h"
#include "runtime/cuda.h"
#include <stdio.h>
#include <string.h>

enum { LOG_BYTES = 8192, MOST_OPTIONS = 12 };

typedef struct jit {
    int options[MOST_OPTIONS];
    void *values[MOST_OPTIONS];
    unsigned count;
    char info[LOG_BYTES], errors[LOG_BYTES];
} jit;

static void option(jit *j, int name, uintptr_t value) {
    j->options[j->count] = name;
    j->values[j->count++] = (void *)value;
}

static void set_options(jit *j, const wf_module_options *o) {
    memset(j, 0, sizeof *j);
    option(j, CU_JIT_INFO_LOG, (uintptr_t)j->info);
    option(j, CU_JIT_INFO_LOG_BYTES, LOG_BYTES - 1);
    option(j, CU_JIT_ERROR_LOG, (uintptr_t)j->errors);
    option(j, CU_JIT_ERROR_LOG_BYTES, LOG_BYTES - 1);
    if (o->max_registers > 0) option(j, CU_JIT_MAX_REGISTERS, (uintptr_t)o->max_registers);
    if (o->optimisation >= 0) option(j, CU_JIT_OPTIMIZATION, (uintptr_t)o->optimisation);
    if (o->debug_info) option(j, CU_JIT_DEBUG_INFO, 1);
    if (o->line_info) option(j, CU_JIT_LINE_INFO, 1);
    if (o->verbose) option(j, CU_JIT_VERBOSE, 1);
}

/* Adds the JIT's log to the driver's words. */
static wf_status refused(const jit *j, const wf_module *module, wf_status status, wf_error *err) {
    if (!err || status == WF_FAULT) return status;
    char words[700];
    int code = err->code;
    snprintf(words, sizeof words, "%.690s", err->message);
    return wf_fail_code(err, status, code, "module %s was refused: %s%s%s", module->name, words,
                        *j->errors ? "\n" : "", j->errors);
}

static wf_status link_ptx(wf_module *module, jit *j, const char *ptx, size_t size, const wf_link_input *with,
                          wf_error *err) {
    wf_context *context = module->context;
    CUlinkState state = NULL;
    void *cubin = NULL;
    size_t bytes = 0;
    wf_status status = CU(context, err, cuLinkCreate_v2, (j->count, j->options, j->values, &state));
    if (status) return status;
    status = CU(context, err, cuLinkAddData_v2,
                (state, CU_INPUT_PTX, (void *)(uintptr_t)ptx, size, module->name, 0, NULL, NULL));
    for (; with && !status; with = with->next)
        status = CU(context, err, cuLinkAddData_v2,
                    (state, (int)with->kind, with->bytes, with->size, with->name, 0, NULL, NULL));
    if (!status) status = CU(context, err, cuLinkComplete, (state, &cubin, &bytes));
    if (!status) {
        module->image = wf_malloc(bytes);
        if (module->image) memcpy(module->image, cubin, bytes);
        else status = wf_fail(err, WF_NOMEM, "out of host memory for a cubin of %zu bytes", bytes);
        module->image_size = bytes;
        module->image_format = WF_FORMAT_CUBIN;
    }
    wf_cuda.cuLinkDestroy(state);
    return status;
}

static wf_status keep_cubin(wf_module *module, const void *bytes, size_t size, wf_error *err) {
    if (size < 16) return wf_fail(err, WF_INVALID, "module %s: a cubin of %zu bytes", module->name, size);
    if (!(module->image = wf_malloc(size)))
        return wf_fail(err, WF_NOMEM, "out of host memory for a cubin of %zu bytes", size);
    memcpy(module->image, bytes, size);
    module->image_size = size;
    module->image_format = WF_FORMAT_CUBIN;
    return WF_OK;
}

/* The linker wants its text with the NUL counted. */
static wf_status link_text(wf_module *module, jit *j, const void *bytes, size_t size,
                           const wf_link_input *with, wf_error *err) {
    char *text = wf_malloc(size + 1);
    if (!text) return wf_fail(err, WF_NOMEM, "out of host memory for PTX of %zu bytes", size);
    memcpy(text, bytes, size);
    text[size] = 0;
    wf_status status = link_ptx(module, j, text, strlen(text) + 1, with, err);
    wf_free(text);
    return status;
}

static wf_status load(wf_module *module, wf_format format, const void *bytes, size_t size, jit *j,
                      const wf_link_input *with, wf_error *err) {
    CUmodule made = NULL;
    wf_status status = format == WF_FORMAT_PTX ? link_text(module, j, bytes, size, with, err)
                                               : keep_cubin(module, bytes, size, err);
    if (!status) status = CU(module->context, err, cuModuleLoadDataEx, (&made, module->image, 0, NULL, NULL));
    module->handle = (uintptr_t)made;
    return status;
}

wf_status wf_cuda_module_open(wf_module *module, wf_format format, const void *bytes, size_t size,
                              const wf_module_options *options, wf_error *err) {
    wf_cuda_scope scope;
    if (format == WF_FORMAT_ELF_OBJECT)
        return wf_fail(err, WF_UNSUPPORTED, "%s does not run the CPU's machine code",
                       module->context->device->label);
    jit *j = wf_malloc(sizeof *j);
    if (!j) return wf_fail(err, WF_NOMEM, "out of host memory for the JIT's log");
    set_options(j, options);
    wf_status status = wf_cuda_enter(module->context, &scope, err);
    if (!status) {
        status = load(module, format, bytes, size, j, options->link, err);
        wf_cuda_leave(&scope);
        if (status) refused(j, module, status, err);
        if (!status && *j->info) module->log = wf_strdup(j->info);
    }
    wf_free(j);
    return status;
}

void wf_cuda_module_close(wf_module *module) {
    wf_cuda_scope scope;
    wf_cuda_context_synchronize(module->context, NULL); /* its kernels may still run */
    if (wf_cuda_enter(module->context, &scope, NULL)) return;
    CU(module->context, NULL, cuModuleUnload, ((CUmodule)(uintptr_t)module->handle));
    wf_cuda_leave(&scope);
}

wf_status wf_cuda_module_global(wf_module *module, const char *name, wf_address *address, size_t *size,
                                wf_error *err) {
    wf_cuda_scope scope;
    wf_status status = wf_cuda_enter(module->context, &scope, err);
    if (status) return status;
    CUresult result = wf_cuda.cuModuleGetGlobal_v2(address, size, (CUmodule)(uintptr_t)module->handle, name);
    if (result == CU_NOT_FOUND)
        status =
            wf_fail_code(err, WF_INVALID, result, "module %s has no variable named %s", module->name, name);
    else status = wf_cuda_check(result, "cuModuleGetGlobal", module->context, err);
    wf_cuda_leave(&scope);
    return status;
}

/* ---- functions ---- */

static CUfunction handle_of(const wf_function *function) { return (CUfunction)(uintptr_t)function->handle; }

wf_status wf_cuda_function_open(wf_function *function, wf_error *err) {
    wf_module *module = function->module;
    wf_cuda_scope scope;
    CUfunction made = NULL;
    wf_status status = wf_cuda_enter(module->context, &scope, err);
    if (status) return status;
    CUresult result = wf_cuda.cuModuleGetFunction(&made, (CUmodule)(uintptr_t)module->handle, function->name);
    if (result == CU_NOT_FOUND)
        status = wf_fail_code(err, WF_INVALID, result, "module %s has no kernel named %s", module->name,
                              function->name);
    else status = wf_cuda_check(result, "cuModuleGetFunction", module->context, err);
    if (!status) {
        wf_cuda_function *f = (wf_cuda_function *)function;
        function->handle = (uintptr_t)made;
        status = CU(module->context, err, cuFuncGetAttribute, (&f->static_shared, 1, made));
        function->info.static_shared = (uint32_t)f->static_shared; /* the driver knows best */
        int plain = module->context->device->info.max_shared_per_block - f->static_shared;
        atomic_init(&f->dynamic_allowed, plain > 0 ? plain : 0);
    }
    wf_cuda_leave(&scope);
    return status;
}

wf_status wf_cuda_function_attributes(wf_function *function, wf_function_attributes *a, wf_error *err) {
    int *const fields[] = {&a->max_threads, &a->static_shared, &a->constant_bytes, &a->local_bytes,
                           &a->registers,   &a->ptx_version,   &a->binary_version};
    wf_context *context = function->module->context;
    wf_cuda_scope scope;
    wf_status status = wf_cuda_enter(context, &scope, err);
    if (status) return status;
    memset(a, 0, sizeof *a);
    for (int i = 0; i < 7 && !status; i++)
        status = CU(context, err, cuFuncGetAttribute, (fields[i], i, handle_of(function)));
    if (!status)
        status = CU(context, err, cuFuncGetAttribute, (&a->max_dynamic_shared, 8, handle_of(function)));
    wf_cuda_leave(&scope);
    return status;
}

wf_status wf_cuda_function_set_attribute(wf_function *function, int attribute, int value, wf_error *err) {
    wf_context *context = function->module->context;
    wf_cuda_scope scope;
    wf_status status = wf_cuda_enter(context, &scope, err);
    if (status) return status;
    status = CU(context, err, cuFuncSetAttribute, (handle_of(function), attribute, value));
    if (!status && attribute == 8) atomic_store(&((wf_cuda_function *)function)->dynamic_allowed, value);
    wf_cuda_leave(&scope);
    return status;
}

wf_status wf_cuda_function_set_cache(wf_function *function, int cache, wf_error *err) {
    wf_context *context = function->module->context;
    wf_cuda_scope scope;
    wf_status status = wf_cuda_enter(context, &scope, err);
    if (status) return status;
    status = CU(context, err, cuFuncSetCacheConfig, (handle_of(function), cache));
    wf_cuda_leave(&scope);
    return status;
}

wf_status wf_cuda_function_occupancy(wf_function *function, uint32_t threads, size_t shared, int *blocks,
                                     wf_error *err) {
    wf_context *context = function->module->context;
    wf_cuda_scope scope;
    wf_status status = wf_cuda_enter(context, &scope, err);
    if (status) return status;
    status = CU(context, err, cuOccupancyMaxActiveBlocksPerMultiprocessor,
                (blocks, handle_of(function), (int)threads, shared));
    wf_cuda_leave(&scope);
    return status;
}

wf_status wf_cuda_function_best_block(wf_function *function, size_t shared, int limit, int *grid, int *block,
                                      wf_error *err) {
    wf_context *context = function->module->context;
    wf_cuda_scope scope;
    wf_status status = wf_cuda_enter(context, &scope, err);
    if (status) return status;
    status = CU(context, err, cuOccupancyMaxPotentialBlockSize,
                (grid, block, handle_of(function), NULL, shared, limit));
    wf_cuda_leave(&scope);
    return status;
}
