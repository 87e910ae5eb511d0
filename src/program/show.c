/* program/show.c: what was made of a program, for WEFT_DEBUG, tests and curious people. */
#include "program/inner.h"
#include <stdlib.h>
#include <string.h>

enum { PTX_SM = 75, PTX_DRIVER = 12000 }; /* of PTX asked for where no GPU says otherwise */

/* "ptx": the device's own architecture, or a usual one on the CPU; "ptx90": that one. */
static wf_status ptx_target(wf_device *device, const char *what, wf_target *target, wf_error *err) {
    wf_status status = wf_program_target(device, target, err);
    if (status != WF_OK) return status;
    int sm = what[3] ? atoi(what + 3) : target->kind == WF_TARGET_NVPTX ? target->sm : PTX_SM;
    if (sm < 50 || sm > 199)
        return wf_fail(err, WF_INVALID, "[show] got \"%s\", expected \"ptx\" with an architecture such as 75",
                       what);
    if (target->kind == WF_TARGET_NVPTX && target->sm == sm) return WF_OK;
    wf_target_nvptx(target, sm, PTX_DRIVER, target->llvm_major);
    return WF_OK;
}

static wf_status show_compiled(wf_program *program, wf_device *device, const char *what,
                               const uint32_t block[3], wf_text *out, wf_error *err) {
    wf_target target;
    wf_emitted *emitted = NULL;
    wf_shape shape = {{0, 0, 0}, 0};
    int ptx = !strncmp(what, "ptx", 3);
    wf_status status = ptx ? ptx_target(device, what, &target, err) : wf_program_target(device, &target, err);
    if (status != WF_OK) return status;
    if (block && target.kind == WF_TARGET_CPU) shape = (wf_shape){{block[0], block[1], block[2]}, 1};
    status = wf_program_whole(program, err);
    if (status != WF_OK) return status;
    pthread_mutex_lock(&program->emit_lock);
    status = wf_code_emit(program, NULL, &target, &shape, 0, &emitted, err);
    pthread_mutex_unlock(&program->emit_lock);
    if (status != WF_OK) return status;
    if (!strcmp(what, "ir")) {
        wf_text_add(out, emitted->ir, emitted->ir_length);
        return WF_OK;
    }
    char *text = NULL;
    size_t size = 0;
    int cpu = target.kind == WF_TARGET_CPU;
    int level = wf_code_level(emitted->instructions, cpu) | (cpu ? WF_COMPILE_TEXT : 0);
    status = wf_compiler_run(emitted->ir, emitted->ir_length, &target, level, &text, &size, err);
    if (status == WF_OK) wf_text_add(out, text, size);
    wf_free(text);
    return status;
}

wf_status wf_program_show(wf_program *program, wf_device *device, const char *what, const uint32_t block[3],
                          wf_text *out, wf_error *err) {
    if (program->foreign) {
        if (strcmp(what, "asm") != 0 || program->foreign->format != WF_FORMAT_PTX)
            return wf_fail(err, WF_INVALID, "[show] module %s was compiled elsewhere: there is %s to show",
                           program->unit->name,
                           program->foreign->format == WF_FORMAT_PTX ? "only \"asm\"" : "nothing");
        wf_text_add(out, program->foreign->bytes, program->foreign->size);
        return WF_OK;
    }
    if (strcmp(what, "cuda") == 0) {
        wf_status status = wf_program_whole(program, err);
        if (status != WF_OK) return status;
        wf_print_unit(program->unit, out);
        return WF_OK;
    }
    if (strcmp(what, "asm") != 0 && strcmp(what, "ir") != 0 && strncmp(what, "ptx", 3) != 0)
        return wf_fail(err, WF_INVALID, "[show] got \"%s\", expected \"cuda\", \"ir\", \"asm\" or \"ptx\"",
                       what);
    return show_compiled(program, device, what, block, out, err);
}

wf_status wf_kernel_path(wf_kernel *kernel, wf_device *device, const uint32_t block[3], wf_path *path,
                         uint32_t *lanes, wf_error *err) {
    wf_context *context = NULL;
    wf_variant *variant = NULL;
    wf_status status = wf_context_primary(device, &context, err);
    if (status != WF_OK) return status;
    status = wf_variant_get(kernel, context, block, &variant, err);
    wf_context_release(context);
    if (status != WF_OK) return status;
    if (!variant->info)
        return wf_fail(err, WF_INVALID, "kernel %s was compiled elsewhere", kernel->func->name);
    *path = (wf_path)variant->info->path;
    *lanes = variant->info->lanes;
    return WF_OK;
}
