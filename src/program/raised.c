/* program/raised.c: what a kernel raised on a GPU.
 *
 * A CPU's kernels report to the runtime as they run. On a GPU cuda.jit's kernels with debug=True leave the number of the
 * site and their place in the grid in a variable of their module (WF_RAISED, emit/builtins.c); after the launch it is read,
 * and what it says becomes the stream's report, as a CPU's would. */
#include "program/inner.h"
#include <string.h>

wf_status wf_kernel_raised(wf_kernel *kernel, wf_stream *stream, const wf_launch_config *config,
                           wf_error *err) {
    static const uint32_t none[WF_RAISED_WORDS];
    uint32_t words[WF_RAISED_WORDS];
    uint64_t at, size;
    wf_variant *variant;
    wf_status status = wf_variant_get(kernel, wf_stream_context(stream), config->block, &variant, err);
    if (!status)
        status = wf_program_global_in(kernel->program, wf_stream_context(stream), WF_RAISED, &at, &size, err);
    if (!status && size < sizeof words)
        return wf_fail(err, WF_INTERNAL, "kernel %s: %s is too small", kernel->func->name, WF_RAISED);
    if (!status) status = wf_copy_to_host(stream, words, at, sizeof words, 0, err);
    if (status || !words[0]) return status;
    status = wf_copy_to_device(stream, at, none, sizeof none, 0, err);
    if (status) return status;
    const uint32_t *g = config->grid, *b = config->block, *w = words;
    wf_launch_report report = {.kind = WF_REPORT_TRAP,
                               .site = w[0] - 1,
                               .trap = WF_TRAP_RAISE,
                               .block = w[1] + (uint64_t)g[0] * (w[2] + (uint64_t)g[1] * w[3]),
                               .thread = w[4] + b[0] * (w[5] + b[1] * w[6]),
                               .tag = config->tag,
                               .function = wf_function_retain(variant->function)};
    memcpy(report.grid, g, sizeof report.grid);
    memcpy(report.block_size, b, sizeof report.block_size);
    wf_stream_report(stream, &report);
    return WF_OK;
}
