/* runtime/cpu_module.c: modules of machine code, and what is said of their kernels.
 *
 * A CPU has no registers or multiprocessors to count, so occupancy answers as a GPU with 2048 threads and 32
 * blocks a multiprocessor would: programs that size their grid by it get a sensible one. */
#include "base/memory.h"
#include "runtime/cpu.h"
#include "runtime/cut.h"
#include <stdio.h>
#include <string.h>

wf_status wf_cpu_module_open(wf_module *module, wf_format format, const void *bytes, size_t size,
                             const wf_module_options *options, wf_error *err) {
    wf_cpu_module *m = (wf_cpu_module *)module;
    (void)options;
    if (format != WF_FORMAT_ELF_OBJECT)
        return wf_fail(err, WF_UNSUPPORTED, "%s runs machine code, not PTX or cubins",
                       module->context->device->label);
    wf_status status = wf_image_load(&m->image, bytes, size, WF_MACHINE_HOST, err);
    if (status) return status;
    wf__cut_code(m->image.memory, m->image.bytes, 1);
    if ((module->image = wf_malloc(size)))
        memcpy(module->image, bytes, size); /* without it, it is not cached */
    module->image_format = format;
    module->image_size = size;
    module->handle = (uintptr_t)m->image.memory;
    return WF_OK;
}

void wf_cpu_module_close(wf_module *module) {
    wf_image *image = &((wf_cpu_module *)module)->image;
    if (image->memory) wf__cut_code(image->memory, image->bytes, 0);
    wf_image_free(image);
}

wf_status wf_cpu_module_global(wf_module *module, const char *name, wf_address *address, size_t *size,
                               wf_error *err) {
    const wf_image_symbol *s = wf_image_find(&((wf_cpu_module *)module)->image, name);
    if (!s || s->is_function)
        return wf_fail(err, WF_INVALID, "module %s has no variable named %s", module->name, name);
    *address = s->address;
    *size = s->size;
    return WF_OK;
}

wf_status wf_cpu_module_code(wf_module *module, const char *symbol, uint64_t *address, wf_error *err) {
    const wf_image_symbol *s = wf_image_find(&((wf_cpu_module *)module)->image, symbol);
    if (!s || !s->is_function)
        return wf_fail(err, WF_INTERNAL, "module %s has no function named %s", module->name, symbol);
    *address = s->address;
    return WF_OK;
}

wf_status wf_cpu_function_open(wf_function *function, wf_error *err) {
    char symbol[512];
    const wf_image *image = &((wf_cpu_module *)function->module)->image;
    int length = snprintf(symbol, sizeof symbol, "wf_kernel_%s", function->name);
    const wf_image_symbol *s = length < (int)sizeof symbol ? wf_image_find(image, symbol) : NULL;
    if (!function->has_info)
        return wf_fail(err, WF_INVALID, "kernel %s: a CPU needs to know its parameters", function->name);
    if (!s || !s->is_function)
        return wf_fail(err, WF_INVALID, "module %s has no kernel named %s", function->module->name,
                       function->name);
    ((wf_cpu_function *)function)->code = (wf_cpu_kernel *)(uintptr_t)s->address;
    function->handle = s->address;
    return WF_OK;
}

static int most_threads(const wf_function *function) {
    int most = function->module->context->device->info.max_threads_per_block;
    return function->info.max_threads && (int)function->info.max_threads < most
               ? (int)function->info.max_threads
               : most;
}

wf_status wf_cpu_function_attributes(wf_function *function, wf_function_attributes *a, wf_error *err) {
    const wf_device_info *info = &function->module->context->device->info;
    (void)err;
    *a = (wf_function_attributes){.max_threads = most_threads(function),
                                  .static_shared = (int)function->info.static_shared,
                                  .local_bytes = (int)function->info.local_bytes,
                                  .registers = 32,
                                  .ptx_version = info->compute_major * 10 + info->compute_minor,
                                  .binary_version = info->compute_major * 10 + info->compute_minor};
    a->max_dynamic_shared = info->max_shared_per_block_optin - a->static_shared;
    return WF_OK;
}

wf_status wf_cpu_function_occupancy(wf_function *function, uint32_t threads, size_t shared, int *blocks,
                                    wf_error *err) {
    const wf_device_info *info = &function->module->context->device->info;
    if (!threads) return wf_fail(err, WF_INVALID, "occupancy of blocks without threads");
    *blocks = 0;
    shared += function->info.static_shared;
    if (threads > (uint32_t)most_threads(function) || shared > (size_t)info->max_shared_per_block_optin)
        return WF_OK;
    size_t fit = (size_t)info->max_threads_per_multiprocessor / ((threads + 31) / 32 * 32);
    if (shared && (size_t)info->max_shared_per_multiprocessor / shared < fit)
        fit = (size_t)info->max_shared_per_multiprocessor / shared;
    *blocks = (int)fit < info->max_blocks_per_multiprocessor ? (int)fit : info->max_blocks_per_multiprocessor;
    return WF_OK;
}

wf_status wf_cpu_function_best_block(wf_function *function, size_t shared, int limit, int *grid, int *block,
                                     wf_error *err) {
    int best = 0, blocks, most = most_threads(function);
    if (limit > 0 && limit < most) most = limit;
    *block = most;
    for (int threads = most / 32 * 32; threads >= 32; threads -= 32) {
        wf_status status = wf_cpu_function_occupancy(function, (uint32_t)threads, shared, &blocks, err);
        if (status) return status;
        if (blocks * threads <= best) continue;
        best = blocks * threads;
        *block = threads;
    }
    *grid = (best / (*block ? *block : 1)) * function->module->context->device->info.multiprocessors;
    return WF_OK;
}
