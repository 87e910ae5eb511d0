/* cudac/ptx.c: what inline PTX means, in CUDA C: for the CPU, where no PTX runs.
 *
 * The text of an asm statement is translated instruction by instruction into statements on variables: __ptx_0
 * and so on are the operands, registers that the text declares keep their names behind __ptx_. Registers are
 * unsigned integers, float, double or bool; an instruction reads them as its type says. An instruction that
 * is not known here (tensor cores, asynchronous copies by mbarrier, textures …) has no translation, and the
 * asm statement none then. Approximations (ex2.approx …) become the device library's functions, so their last
 * bits differ from a GPU's; .ftz is not carried out. The table in ptx_ops.c says what is known. */
#include "cudac/ptx_inner.h"
#include <stdlib.h>
#include <string.h>

/* Without comments, lines joined. */
static char *without_comments(wf_arena *arena, const char *s) {
    char *copy = wf_arena_alloc(arena, strlen(s) + 1), *to = copy;
    while (*s) {
        if (s[0] == '/' && s[1] == '/') {
            while (*s && *s != '\n') s++;
        } else if (s[0] == '/' && s[1] == '*') {
            const char *end = strstr(s + 2, "*/");
            s = end ? end + 2 : s + strlen(s);
        } else {
            *to++ = *s++;
        }
    }
    *to = 0;
    return copy;
}

static void declare_registers(ptx *x, const char *s) { /* .reg .u32 a, b<3> */
    ptx_type t = {'u', 32};
    while (*s == ' ' || *s == '\t' || *s == '\n') s++;
    const char *end = s + (*s == '.');
    while (cc_ptx_is_name_char(*end)) end++;
    const char *name = wf_arena_strndup(x->arena, s + (*s == '.'), (size_t)(end - s - (*s == '.')));
    if (!cc_ptx_read_type(name, &t)) {
        cc_ptx_fail(x, wf_arena_printf(x->arena, "registers of type %s", name));
        return;
    }
    char *list[32];
    unsigned n = cc_ptx_split_list(x, cc_ptx_trimmed(x->arena, end, end + strlen(end)), list, 32);
    for (unsigned i = 0; i < n; i++) {
        char *angle = strchr(list[i], '<');
        unsigned long count = angle ? strtoul(angle + 1, NULL, 10) : 1;
        if (angle) *angle = 0;
        for (unsigned long k = 0; k < count && k < 256; k++) {
            ptx_register *r = WF_NEW(x->arena, ptx_register);
            r->name = angle ? wf_arena_printf(x->arena, "%s%lu", list[i], k) : list[i];
            r->class = cc_ptx_class_of(t);
            r->next = x->registers;
            x->registers = r;
            wf_text_printf(&x->out, "%s __ptx_%s_%u = 0;", cc_ptx_class_type(r->class),
                           r->name + 2 * (r->name[0] == '%'), x->number);
        }
    }
}

static void instruction(ptx *x, const char *s) {
    const char *guard = NULL;
    if (*s == '@') {
        const char *end = s + 1;
        while (*end && !strchr(" \t\r\n", *end)) end++;
        guard = cc_ptx_get(x, wf_arena_strndup(x->arena, s + 1, (size_t)(end - s - 1)), (ptx_type){'p', 1});
        s = cc_ptx_trimmed(x->arena, end, end + strlen(end));
    }
    const char *end = s;
    while (*end && !strchr(" \t\r\n", *end)) end++;
    char *opcode = wf_arena_strndup(x->arena, s, (size_t)(end - s));
    x->part_count = x->arg_count = 0;
    x->parts[1] = (char *)"";
    for (char *at = opcode; at && x->part_count < PARTS_MOST;) {
        char *dot = strchr(at, '.');
        x->parts[x->part_count++] = at;
        if (dot) *dot++ = 0;
        at = dot;
    }
    x->type = (ptx_type){'u', 32};
    for (unsigned i = 1; i < x->part_count; i++) cc_ptx_read_type(x->parts[i], &x->type);
    const char *operands = cc_ptx_trimmed(x->arena, end, end + strlen(end));
    if (*operands) x->arg_count = cc_ptx_split_list(x, operands, x->args, ARGS_MOST);
    if (!x->arg_count) x->args[0] = (char *)"";
    if (guard) wf_text_printf(&x->out, "if (%s) {", guard);
    if (!cc_ptx_instruction(x))
        cc_ptx_fail(
            x, wf_arena_printf(x->arena, "instruction %s", wf_arena_strndup(x->arena, s, (size_t)(end - s))));
    if (guard) wf_text_puts(&x->out, "}");
    wf_text_putc(&x->out, '\n');
}

static void statement(ptx *x, const char *s) {
    const char *colon = s;
    while (cc_ptx_is_name_char(*colon)) colon++;
    const char *rest = colon;
    while (*rest == ' ' || *rest == '\t') rest++;
    if (colon > s && *rest == ':' && rest[1] != ':') {
        wf_text_printf(&x->out, "__ptx_%s_%u: ;", wf_arena_strndup(x->arena, s, (size_t)(colon - s)),
                       x->number);
        s = cc_ptx_trimmed(x->arena, rest + 1, rest + strlen(rest));
    }
    if (!*s) return;
    if (!strncmp(s, ".reg", 4)) declare_registers(x, s + 4);
    else if (*s == '.') cc_ptx_fail(x, wf_arena_printf(x->arena, "directive %.12s", s));
    else instruction(x, s);
}

cc_ptx_result cc_ptx_to_c(wf_arena *arena, const char *source, const char *classes, uint32_t count,
                          uint32_t number, int carry_known) {
    ptx x = {.arena = arena,
             .classes = classes,
             .operand_count = count,
             .number = number,
             .sets_carry = carry_known};
    char *s = without_comments(arena, source);
    wf_text_init(&x.out, arena);
    wf_text_puts(&x.out, "");
    unsigned depth = 0; /* of { } that hold operands */
    for (char *begin = s;; s++) {
        int opens = *s == '{' && !*cc_ptx_trimmed(arena, begin, s), closes = *s == '}' && !depth;
        if (*s == '{' && !opens) depth++;
        if (*s == '}' && depth) depth--;
        if (!*s || *s == ';' || opens || closes) {
            statement(&x, cc_ptx_trimmed(arena, begin, s));
            if (opens || closes) wf_text_putc(&x.out, *s);
            begin = s + 1;
        }
        if (!*s || x.failed) break;
    }
    if (x.takes_carry) cc_ptx_fail(&x, "a carry that an asm statement of another function has set");
    return (cc_ptx_result){.text = x.failed ? NULL : x.out.data, .why = x.failed, .sets_carry = x.sets_carry};
}
