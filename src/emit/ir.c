/* emit/ir.c: writing LLVM IR as text.
 *
 * An LLVM function is gathered in two texts: the allocas of its entry block and the rest. `ins` writes one
 * instruction and names its result. Nothing is written while the emitter runs dry or while the place is
 * unreachable (after a return, before the next label that someone branches to); `ins` then answers "undef",
 * which is valid for every type, so that callers need not care. */
#include "base/format.h"
#include "emit/inner.h"
#include <stdio.h>
#include <string.h>

int writing(emitter *e) { return !e->dry && e->fn->open; }

static void put(emitter *e, const char *result, const char *format, va_list args) {
    wf_text *out = &e->fn->code;
    wf_text_putc(out, ' ');
    if (result) {
        wf_text_puts(out, result);
        wf_text_puts(out, " = ");
    }
    char small[512];
    va_list again;
    va_copy(again, args);
    int n = wf_format(small, sizeof small, format, args);
    if (n >= 0 && (size_t)n < sizeof small) {
        wf_text_add(out, small, (size_t)n);
    } else if (n > 0) {
        char *big = wf_arena_alloc(e->arena, (size_t)n + 1);
        wf_format(big, (size_t)n + 1, format, again);
        wf_text_add(out, big, (size_t)n);
    }
    va_end(again);
    wf_text_putc(out, '\n');
    e->instructions++;
}

const char *ins(emitter *e, const char *format, ...) {
    if (!writing(e)) return "undef";
    const char *name = text(e, "%%v%u", e->next_value++);
    va_list args;
    va_start(args, format);
    put(e, name, format, args);
    va_end(args);
    return name;
}

void line(emitter *e, const char *format, ...) {
    if (!writing(e)) return;
    va_list args;
    va_start(args, format);
    put(e, NULL, format, args);
    va_end(args);
}

const char *text(emitter *e, const char *format, ...) {
    va_list args, again;
    char small[256];
    va_start(args, format);
    va_copy(again, args);
    int n = wf_format(small, sizeof small, format, args);
    va_end(args);
    char *out = wf_arena_alloc(e->arena, (size_t)n + 1);
    if ((size_t)n < sizeof small) memcpy(out, small, (size_t)n + 1);
    else wf_format(out, (size_t)n + 1, format, again);
    va_end(again);
    return out;
}

label *label_new(emitter *e) {
    label *l = WF_NEW(e->arena, label);
    l->name = text(e, "b%u", e->next_value++);
    return l;
}

void branch(emitter *e, label *l) {
    if (!e->fn->open) return;
    l->uses++;
    line(e, "br label %%%s", l->name);
    e->fn->open = 0;
}

void branch_if(emitter *e, const char *cond, label *yes, label *no) {
    if (!e->fn->open) return;
    yes->uses++;
    no->uses++;
    line(e, "br i1 %s, label %%%s, label %%%s", cond, yes->name, no->name);
    e->fn->open = 0;
}

/* `cond` true is the usual way. */
void branch_rare(emitter *e, const char *cond, label *usual, label *rare) {
    if (!e->fn->open) return;
    usual->uses++;
    rare->uses++;
    line(e, "br i1 %s, label %%%s, label %%%s, !prof !0", cond, usual->name, rare->name);
    e->fn->open = 0;
}

/* Opens the block of label l. A label that nobody branches to stays closed: what follows is dead. */
void label_place(emitter *e, label *l) {
    branch(e, l);
    if (!l->uses && !e->dry) return; /* dry: a condition may look constant that is not */
    e->fn->open = 1;
    e->fn->block = l->name;
    if (!e->dry) wf_text_printf(&e->fn->code, "%s:\n", l->name);
}

const char *alloca_aligned(emitter *e, const char *type, uint64_t align) {
    if (e->dry) return "undef";
    const char *name = text(e, "%%s%u", e->next_value++);
    wf_text_printf(&e->fn->allocas, " %s = alloca %s", name, type);
    if (align) wf_text_printf(&e->fn->allocas, ", align %llu", (unsigned long long)align);
    wf_text_putc(&e->fn->allocas, '\n');
    e->instructions++;
    return name;
}

const char *alloca_new(emitter *e, const char *type, const char *comment) {
    (void)comment;
    return alloca_aligned(e, type, 0);
}

irfn *irfn_new(emitter *e) {
    irfn *fn = WF_NEW(e->arena, irfn);
    wf_text_init(&fn->allocas, e->arena);
    wf_text_init(&fn->code, e->arena);
    wf_text_init(&fn->head, e->arena);
    wf_text_init(&fn->large, e->arena);
    fn->limits = map_new(e->arena);
    fn->block = "start";
    fn->open = 1;
    fn->thread_base = "0"; /* what stands before the loop over the threads (a parameter put in memory) */
    fn->root_capacity = 16;
    fn->roots = WF_NEW_ARRAY(e->arena, root, fn->root_capacity);
    return fn;
}

/* head: `define … {` without the brace; the entry block is the allocas. */
void irfn_finish(emitter *e, irfn *fn, const char *head, const char *start) {
    wf_text *out = &e->module;
    wf_text_printf(out, "%s {\nentry:\n", head);
    if (fn->head.length) wf_text_add(out, fn->head.data, fn->head.length);
    if (fn->allocas.length) wf_text_add(out, fn->allocas.data, fn->allocas.length);
    if (start) wf_text_puts(out, start);
    wf_text_puts(out, " br label %start\nstart:\n");
    if (fn->large_at) wf_text_add(out, fn->code.data, fn->large_at);
    if (fn->large.length) wf_text_add(out, fn->large.data, fn->large.length);
    if (fn->code.length > fn->large_at)
        wf_text_add(out, fn->code.data + fn->large_at, fn->code.length - fn->large_at);
    wf_text_puts(out, "}\n");
}

void declare(emitter *e, const char *name, const char *declaration) {
    if (e->dry) return;
    void **at = map_at_text(e->declared, name);
    if (*at) return;
    *at = e;
    wf_text_puts(&e->declarations, declaration);
    wf_text_putc(&e->declarations, '\n');
}

void fail_at(emitter *e, wf_place at, const char *hint, const char *format, ...) {
    char message[512];
    va_list args;
    va_start(args, format);
    wf_format(message, sizeof message, format, args);
    va_end(args);
    void **seen = map_at_text(e->declared, text(e, "error %u:%u %s", at.line, at.column, message));
    if (*seen) return; /* the dry runs say it already */
    *seen = e;
    wf_report(&e->unit->diags, WF_ERROR, at, hint, "%s", message);
}
