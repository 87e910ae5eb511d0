/* runtime/module.c: modules and functions as every device has them: references, the kept image, what is known
 * of a kernel's parameters. */
#include "base/memory.h"
#include "runtime/inner.h"
#include "runtime/trace.h"
#include <stdio.h>
#include <string.h>

static void free_module(wf_module *module) {
    pthread_mutex_destroy(&module->globals_lock);
    wf_free(module->globals);
    wf_free(module->image);
    wf_free(module->log);
    wf_free(module);
}

wf_status wf_module_load(wf_context *context, wf_format format, const void *bytes, size_t size,
                         const wf_module_options *options, wf_module **made, wf_error *err) {
    static const wf_module_options none = {.optimisation = -1};
    if (!options) options = &none;
    wf_module *module = wf__object_new(context->ops->module_bytes, "module", err);
    if (!module) return WF_NOMEM;
    atomic_init(&module->references, 1);
    module->context = context;
    pthread_mutex_init(&module->globals_lock, NULL);
    snprintf(module->name, sizeof module->name, "%s", options->name ? options->name : "module");
    wf_trace_span span = {0, 0};
    if (wf_trace_on()) span = wf_trace_open(WF_TRACE_LOAD, module->name, context->default_stream, size);
    wf_status status = context->ops->module_open(module, format, bytes, size, options, err);
    if (span.id) wf_trace_close(span, context->default_stream);
    if (status) {
        free_module(module);
        return status;
    }
    wf_context_retain(context);
    *made = module;
    return WF_OK;
}

wf_module *wf_module_retain(wf_module *module) {
    if (module) atomic_fetch_add_explicit(&module->references, 1, memory_order_relaxed);
    return module;
}

void wf_module_release(wf_module *module) {
    if (!module || atomic_fetch_sub_explicit(&module->references, 1, memory_order_acq_rel) != 1) return;
    wf_context *context = module->context;
    /* Kernels that still run keep their module on a CPU (a launch holds its function), or are waited for in
     * module_close. Copies to a variable hold nothing. */
    if (module->global_count) context->ops->context_synchronize(context, NULL);
    /* Its variables leave the allocation table before their memory can become someone else's. */
    for (uint32_t i = 0; i < module->global_count; i++)
        wf__extents_remove(module->globals[i], 1 << WF_MEMORY_GLOBAL, NULL);
    context->ops->module_close(module);
    free_module(module);
    wf_context_release(context);
}

wf_context *wf_module_context(const wf_module *module) { return module->context; }
uint64_t wf_module_handle(const wf_module *module) { return module->handle; }
const char *wf_module_log(const wf_module *module) { return module->log ? module->log : ""; }

wf_status wf_module_image(wf_module *module, wf_format *format, const void **bytes, size_t *size,
                          wf_error *err) {
    if (!module->image)
        return wf_fail(err, WF_INVALID, "the image of module %s was dropped or never kept", module->name);
    *format = module->image_format;
    *bytes = module->image;
    *size = module->image_size;
    return WF_OK;
}

void wf_module_drop_image(wf_module *module) {
    wf_free(module->image);
    module->image = NULL;
    module->image_size = 0;
}

/* Enters a variable into the allocation table, once. */
static wf_status enter_global(wf_module *module, wf_address address, size_t size, wf_error *err) {
    for (uint32_t i = 0; i < module->global_count; i++)
        if (module->globals[i] == address) return WF_OK;
    uint64_t *globals = wf_realloc(module->globals, (module->global_count + 1) * sizeof *globals);
    if (!globals) return wf_fail(err, WF_NOMEM, "out of host memory for a module's variable");
    module->globals = globals;
    wf_extent_entry entry = {address,         address + size,   module->context->device,
                             module->context, WF_MEMORY_GLOBAL, 0};
    wf_status status = wf__extents_add(&entry, err);
    if (!status) globals[module->global_count++] = address;
    return status;
}

wf_status wf_module_global(wf_module *module, const char *name, wf_address *address, size_t *size,
                           wf_error *err) {
    wf_status status = module->context->ops->module_global(module, name, address, size, err);
    if (status) return status;
    pthread_mutex_lock(&module->globals_lock);
    status = enter_global(module, *address, *size, err);
    pthread_mutex_unlock(&module->globals_lock);
    return status;
}

/* ---- functions ---- */

/* One piece of memory for the three arrays. */
static int copy_info(wf_function *function, const wf_function_info *info) {
    function->info = *info;
    function->has_info = 1;
    size_t params = info->param_count, leaves = info->leaf_count;
    uint32_t *arrays = wf_malloc((2 * params + leaves) * sizeof *arrays);
    function->info.param_offsets = arrays; /* what free_function frees */
    if (!arrays) return 0;
    function->info.param_sizes = arrays + params;
    function->info.leaf_offsets = arrays + 2 * params;
    if (params) memcpy(arrays, info->param_offsets, params * sizeof *arrays);
    if (params) memcpy(arrays + params, info->param_sizes, params * sizeof *arrays);
    if (leaves) memcpy(arrays + 2 * params, info->leaf_offsets, leaves * sizeof *arrays);
    return 1;
}

static wf_status check_info(const wf_function_info *info, const char *name, wf_error *err) {
    for (uint32_t i = 0; i < info->param_count; i++)
        if (info->param_offsets[i] > info->param_bytes ||
            info->param_sizes[i] > info->param_bytes - info->param_offsets[i])
            return wf_fail(err, WF_INVALID,
                           "parameter %u of kernel %s lies outside its %u bytes of parameters", i + 1, name,
                           info->param_bytes);
    for (uint32_t i = 0; i < info->leaf_count; i++)
        if (info->param_bytes < 8 || info->leaf_offsets[i] > info->param_bytes - 8)
            return wf_fail(err, WF_INVALID, "pointer %u of kernel %s lies outside its %u bytes of parameters",
                           i + 1, name, info->param_bytes);
    return WF_OK;
}

static void free_function(wf_function *function) {
    wf_free((void *)function->info.param_offsets);
    wf_free(function->name);
    wf_free(function->shown);
    wf_free(function);
}

wf_status wf_module_function(wf_module *module, const char *name, const wf_function_info *info,
                             wf_function **made, wf_error *err) {
    wf_status status = info ? check_info(info, name, err) : WF_OK;
    if (status) return status;
    wf_function *function = wf__object_new(module->context->ops->function_bytes, "function", err);
    if (!function) return WF_NOMEM;
    atomic_init(&function->references, 1);
    function->module = module;
    function->name = wf_strdup(name);
    function->shown = wf_strdup(info && info->shown ? info->shown : name);
    if (!function->name || !function->shown || (info && !copy_info(function, info)))
        status = wf_fail(err, WF_NOMEM, "out of host memory for function %s", name);
    if (!status) status = module->context->ops->function_open(function, err);
    if (status) {
        free_function(function);
        return status;
    }
    wf_module_retain(module);
    *made = function;
    return WF_OK;
}

wf_function *wf_function_retain(wf_function *function) {
    if (function) atomic_fetch_add_explicit(&function->references, 1, memory_order_relaxed);
    return function;
}

void wf_function_release(wf_function *function) {
    if (!function || atomic_fetch_sub_explicit(&function->references, 1, memory_order_acq_rel) != 1) return;
    wf_module *module = function->module;
    free_function(function);
    wf_module_release(module);
}

wf_module *wf_function_module(const wf_function *function) { return function->module; }
const char *wf_function_name(const wf_function *function) { return function->name; }
const char *wf_function_shown(const wf_function *function) { return function->shown; }
void *wf_function_user(const wf_function *function) { return function->info.user; }
uint64_t wf_function_handle(const wf_function *function) { return function->handle; }

wf_status wf_function_attributes_of(wf_function *function, wf_function_attributes *attributes,
                                    wf_error *err) {
    return function->module->context->ops->function_attributes(function, attributes, err);
}

wf_status wf_function_set_attribute(wf_function *function, int attribute, int value, wf_error *err) {
    const wf_device_ops *ops = function->module->context->ops;
    return ops->function_set_attribute ? ops->function_set_attribute(function, attribute, value, err) : WF_OK;
}

wf_status wf_function_set_cache(wf_function *function, int cache, wf_error *err) {
    const wf_device_ops *ops = function->module->context->ops;
    return ops->function_set_cache ? ops->function_set_cache(function, cache, err) : WF_OK;
}

wf_status wf_function_occupancy(wf_function *function, uint32_t threads, size_t shared, int *blocks,
                                wf_error *err) {
    return function->module->context->ops->function_occupancy(function, threads, shared, blocks, err);
}

wf_status wf_function_best_block(wf_function *function, size_t shared, int limit, int *grid, int *block,
                                 wf_error *err) {
    return function->module->context->ops->function_best_block(function, shared, limit, grid, block, err);
}
