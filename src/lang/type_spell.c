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

static const char *spell(wf_arena *arena, const wf_type *t, const char *inner);

static const char *spell_params(wf_arena *arena, const wf_type *t) {
    wf_text text;
    wf_text_init(&text, arena);
    wf_text_putc(&text, '(');
    for (uint32_t i = 0; i < t->param_count; i++) {
        if (i) wf_text_puts(&text, ", ");
        wf_text_puts(&text, spell(arena, t->params[i], ""));
    }
    if (t->variadic) wf_text_puts(&text, t->param_count ? ", ..." : "...");
    wf_text_putc(&text, ')');
    return text.data;
}

/* The type round `inner`, which is a declarator (a name, "*p", "(*f)(int)" …) or empty. */
static const char *spell(wf_arena *arena, const wf_type *t, const char *inner) {
    if (!t) return wf_arena_printf(arena, "?%s%s", *inner ? " " : "", inner);
    switch (t->kind) {
    case WF_TY_POINTER: {
        const char *quals = qualifiers(t->quals);
        const char *gap = *quals && *inner ? " " : "";
        int wrap = t->base && (t->base->kind == WF_TY_ARRAY || t->base->kind == WF_TY_FUNCTION);
        return spell(arena, t->base,
                     wf_arena_printf(arena, wrap ? "(*%s%s%s)" : "*%s%s%s", quals, gap, inner));
    }
    case WF_TY_ARRAY:
        if (t->incomplete) return spell(arena, t->base, wf_arena_printf(arena, "%s[]", inner));
        return spell(arena, t->base, wf_arena_printf(arena, "%s[%llu]", inner, (unsigned long long)t->count));
    case WF_TY_FUNCTION:
        return spell(arena, t->base, wf_arena_printf(arena, "%s%s", inner, spell_params(arena, t)));
    default: {
        const char *name = t->kind == WF_TY_RECORD ? t->record->name : wf_scalar_spelling(t->kind);
        const char *quals = qualifiers(t->quals);
        return wf_arena_printf(arena, "%s%s%s%s%s", quals, *quals ? " " : "", name, *inner ? " " : "", inner);
    }
    }
}

const char *wf_type_spell(wf_arena *arena, const wf_type *t, const char *name) {
    return spell(arena, t, name ? name : "");
}
