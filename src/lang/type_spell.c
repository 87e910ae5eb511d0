/* lang/type_spell.c: a type as C spells it.
 *
 * C's declarators are read from the name outwards, so the text is built from the middle: what stands before
 * the name and what stands behind it grow as the type is walked from the outside in. A pointer to an array or
 * a function needs parentheses round what is there so far. */
#include "lang/inner.h"
#include <string.h>

const char *wf_scalar_spelling(wf_type_kind kind) {
    static const char *const names[] = {
#define X(kind, spelling, ...) spelling,
        WF_SCALAR_TYPES(X)
#undef X
    };
    return kind < WF_TY_SCALARS ? names[kind] : "?";
}

static const char *qualifiers(unsigned quals) {
    static const char *const texts[] = {"",
                                        "const",
                                        "volatile",
                                        "const volatile",
                                        "__restrict__",
                                        "const __restrict__",
                                        "volatile __restrict__",
                                        "const volatile __restrict__"};
    return texts[quals & 7];
}

static int wraps(const wf_type *pointer) {
    return pointer->base && (pointer->base->kind == WF_TY_ARRAY || pointer->base->kind == WF_TY_FUNCTION);
}

void wf_type_write_before(wf_text *out, const wf_type *t, int more) {
    if (!t) {
        wf_text_puts(out, more ? "? " : "?");
        return;
    }
    const char *quals = qualifiers(t->quals);
    switch (t->kind) {
    case WF_TY_POINTER:
        wf_type_write_before(out, t->base, 1);
        wf_text_puts(out, wraps(t) ? "(*" : "*");
        wf_text_puts(out, quals);
        if (*quals && more) wf_text_putc(out, ' ');
        return;
    case WF_TY_ARRAY:
    case WF_TY_FUNCTION: wf_type_write_before(out, t->base, more); return;
    default:
        wf_text_puts(out, quals);
        if (*quals) wf_text_putc(out, ' ');
        wf_text_puts(out, t->kind == WF_TY_RECORD ? t->record->name : wf_scalar_spelling(t->kind));
        if (more) wf_text_putc(out, ' ');
    }
}

static void write_params(wf_text *out, const wf_type *t) {
    wf_text_putc(out, '(');
    for (uint32_t i = 0; i < t->param_count; i++) {
        if (i) wf_text_puts(out, ", ");
        wf_type_write(out, t->params[i], NULL);
    }
    if (t->variadic) wf_text_puts(out, t->param_count ? ", ..." : "...");
    wf_text_putc(out, ')');
}

void wf_type_write_after(wf_text *out, const wf_type *t) {
    if (!t) return;
    if (t->kind == WF_TY_POINTER) {
        if (wraps(t)) wf_text_putc(out, ')');
    } else if (t->kind == WF_TY_ARRAY) {
        if (t->incomplete) wf_text_puts(out, "[]");
        else wf_text_printf(out, "[%llu]", (unsigned long long)t->count);
    } else if (t->kind == WF_TY_FUNCTION) {
        write_params(out, t);
    } else return;
    wf_type_write_after(out, t->base);
}

void wf_type_write(wf_text *out, const wf_type *t, const char *name) {
    int named = name && *name;
    wf_type_write_before(out, t, named);
    if (named) wf_text_puts(out, name);
    wf_type_write_after(out, t);
}

const char *wf_type_spell(wf_arena *arena, const wf_type *t, const char *name) {
    wf_text text;
    wf_text_init(&text, arena);
    wf_type_write(&text, t, name);
    return text.data ? text.data : "?";
}
