/* program/fault.c: what a CPU kernel reported, in words.
 *
 * The report knows a number of a site and a position in the grid; the variant's stored code knows what stands
 * there in the source; the unit has the source's text. When the program has gone meanwhile, what is left is
 * said. */
#include "program/inner.h"
#include <stdio.h>
#include <string.h>

static const wf_site *site_of(const wf_variant *variant, uint32_t number) {
    return variant && number < variant->code->stored.site_count ? &variant->code->stored.sites[number] : NULL;
}

/* Without the tree, and without what it was made from, there is no line to show. */
static const wf_source *source_of(const wf_variant *variant, wf_place at) {
    if (wf_program_whole(variant->kernel->program, NULL) != WF_OK) return NULL;
    const wf_diags *diags = &variant->kernel->program->unit->diags;
    return at.file && at.file < diags->source_count ? &diags->sources[at.file] : NULL;
}

/* "block (3906, 0, 0), thread (64, 0, 0)" */
static void say_where(const wf_launch_report *report, wf_text *out) {
    const uint32_t *g = report->grid, *b = report->block_size;
    uint64_t gx = g[0] ? g[0] : 1, gy = g[1] ? g[1] : 1, block = report->block;
    uint32_t bx = b[0] ? b[0] : 1, by = b[1] ? b[1] : 1, thread = report->thread;
    wf_text_printf(out, "block (%llu, %llu, %llu), thread (%u, %u, %u)", (unsigned long long)(block % gx),
                   (unsigned long long)(block / gx % gy), (unsigned long long)(block / gx / gy), thread % bx,
                   thread / bx % by, thread / bx / by);
}

/* The kernel has dynamic shared memory and was launched with none of it. */
static int lacks_shared(const wf_launch_report *report, const wf_variant *variant) {
    return variant && variant->info && variant->info->uses_dynamic_shared && !report->dynamic_shared &&
           report->count <= 0;
}

static void say_out_of_bounds(const wf_launch_report *report, const wf_variant *variant, const char *kernel,
                              const wf_site *site, wf_text *out) {
    const char *what = site ? (site->store ? "write" : "read") : "access";
    const char *array = site && site->text && *site->text ? site->text : "an array";
    if (report->count <= 0 && report->address) {
        wf_text_printf(
            out, "kernel %s: %s of %u bytes at 0x%llx through %s, which points into no live allocation, ",
            kernel, what, site ? site->bytes : 0, (unsigned long long)report->address, array);
    } else if (report->count <= 0) {
        wf_text_printf(out, "kernel %s: %s through %s, which points into no live allocation, ", kernel, what,
                       array);
    } else {
        wf_text_printf(out, "kernel %s: %s outside %s: index %lld, size %lld", kernel, what, array,
                       (long long)report->index, (long long)report->count);
        if (site && site->bytes) wf_text_printf(out, " (elements of %u bytes)", site->bytes);
        wf_text_puts(out, ", ");
    }
    say_where(report, out);
    if (lacks_shared(report, variant))
        wf_text_puts(
            out,
            "; dynamic shared memory (a shape of 0) has 0 bytes in this launch, its size is launched with: "
            "kernel[grid, block, stream, bytes]");
    if (report->accesses > 1)
        wf_text_printf(out, "; %llu such accesses in this launch", (unsigned long long)report->accesses);
    wf_text_puts(out, site && site->store ? "; nothing was written there" : "; 0 was read instead");
}

static void say_trap(const wf_launch_report *report, const char *kernel, const wf_site *site, wf_text *out) {
    const char *text = site && site->text ? site->text : "";
    switch (report->trap) {
    case WF_TRAP_ASSERT: wf_text_printf(out, "kernel %s: assertion `%s' failed, ", kernel, text); break;
    case WF_TRAP_RAISE: wf_text_printf(out, "kernel %s: %s, ", kernel, *text ? text : "raised"); break;
    case WF_TRAP_RECURSION:
        wf_text_printf(out, "kernel %s: recursion too deep%s%s, ", kernel, *text ? " in " : "", text);
        break;
    default: wf_text_printf(out, "kernel %s: __trap()%s%s, ", kernel, *text ? ": " : "", text); break;
    }
    say_where(report, out);
}

/* The line of the source at `at`, without its end. */
static const char *line_of(const wf_source *source, uint32_t number, size_t *length) {
    const char *line = source->text, *end = source->text + source->length;
    for (uint32_t i = 1; i < number && line < end; i++) {
        const char *next = memchr(line, '\n', (size_t)(end - line));
        line = next ? next + 1 : end;
    }
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    *length = (size_t)((stop ? stop : end) - line);
    return line;
}

/* "  name:8\n    c[i] = a[i] + b[i];\n    ~~~^" */
static void say_place(const wf_source *source, wf_place at, wf_text *out) {
    uint32_t first = source->first_line ? source->first_line : 1;
    wf_text_printf(out, "\n  %s:%u:%u", source->name ? source->name : "?", at.line + first - 1, at.column);
    if (!source->text) return;
    size_t length;
    const char *line = line_of(source, at.line, &length);
    wf_text_puts(out, "\n    ");
    wf_text_add(out, line, length);
    wf_text_puts(out, "\n    ");
    for (size_t i = 0; i + 1 < at.column && i < length; i++) wf_text_putc(out, line[i] == '\t' ? '\t' : ' ');
    wf_text_putc(out, '^');
    for (size_t i = 1; i < at.length && at.column - 1 + i < length; i++) wf_text_putc(out, '~');
}

void wf_fault_describe(const wf_launch_report *report, wf_fault *fault) {
    memset(fault, 0, sizeof(*fault));
    wf_text_init(&fault->text, NULL);
    wf_variant *variant = wf_variant_find((uint64_t)(uintptr_t)wf_function_user(report->function));
    const wf_site *site = site_of(variant, report->site);
    const char *kernel = variant && variant->kernel->func->shown ? variant->kernel->func->shown
                                                                 : wf_function_name(report->function);
    const wf_source *source = site ? source_of(variant, site->at) : NULL;
    if (source) { /* first of all, as compilers do: the line is what one looks for */
        uint32_t first = source->first_line ? source->first_line : 1;
        wf_text_printf(&fault->text, "%s:%u: ", source->name ? source->name : "?", site->at.line + first - 1);
    }
    if (report->kind == WF_REPORT_OUT_OF_BOUNDS)
        say_out_of_bounds(report, variant, kernel, site, &fault->text);
    else if (report->kind == WF_REPORT_TRAP) say_trap(report, kernel, site, &fault->text);
    else wf_text_printf(&fault->text, "kernel %s: interrupted", kernel);
    if (source) {
        uint32_t first = source->first_line ? source->first_line : 1;
        snprintf(fault->file, sizeof(fault->file), "%s", source->name ? source->name : "");
        fault->line = site->at.line + first - 1;
        say_place(source, site->at, &fault->text);
    }
    if (variant) wf_program_release(variant->kernel->program);
}
