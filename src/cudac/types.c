/* cudac/types.c: C++'s view of types over the tree's: references, enumerations, classes; their spelling. */
#include "cudac/parse.h"
#include <string.h>

typedef struct cc_enum_entry {
    struct cc_enum_entry *next;
    const wf_expr *e;
    const cc_enum *en;
} cc_enum_entry;

const wf_type *cc_tree_type(cc *p, cc_type t) { return t.ref ? wf_type_pointer(p->u, t.t) : t.t; }

cc_type cc_type_ref(cc *p, cc_type t, int ref) {
    (void)p;
    if (ref == CC_REF_LVALUE || t.ref == CC_REF_LVALUE) t.ref = ref ? CC_REF_LVALUE : t.ref;
    else if (ref) t.ref = (uint8_t)ref;
    return t;
}

cc_type cc_decayed(cc *p, cc_type t) {
    t.ref = 0;
    if (t.t->kind == WF_TY_ARRAY) return cc_plain(wf_type_pointer(p->u, t.t->base));
    if (t.t->kind == WF_TY_FUNCTION) return cc_plain(wf_type_pointer(p->u, t.t));
    t.t = t.t->unqual;
    return t;
}

int cc_type_equal(cc_type a, cc_type b) { return a.t == b.t && a.ref == b.ref && a.en == b.en; }

cc_record *cc_record_of(const wf_type *t) { return t && t->kind == WF_TY_RECORD ? t->record->front : NULL; }

/* --- spelling --- */

/* Pointers in a loop: a chain of hundreds of them is spelled often when a template grows without end. */
const char *cc_spell_t(cc *p, const wf_type *t) {
    const wf_type *chain[256];
    unsigned depth = 0;
    wf_text text;
    for (; t->kind == WF_TY_POINTER && depth < 256 &&
           (t->base->kind == WF_TY_RECORD || t->base->kind == WF_TY_POINTER);
         t = t->base)
        chain[depth++] = t;
    const cc_record *r = cc_record_of(t);
    const char *base = !r || !r->shown
                           ? wf_type_spell(p->arena, t, NULL)
                           : wf_arena_printf(p->arena, "%s%s%s", t->quals & WF_CONST ? "const " : "",
                                             t->quals & WF_VOLATILE ? "volatile " : "", r->shown);
    if (!depth) return base;
    wf_text_init(&text, p->arena);
    wf_text_printf(&text, "%s%s", base, base[strlen(base) - 1] == '*' ? "" : " ");
    while (depth) wf_text_puts(&text, chain[--depth]->quals & WF_CONST ? "*const " : "*");
    return text.data;
}

const char *cc_spell(cc *p, cc_type t) {
    const char *base = t.en ? t.en->name : cc_spell_t(p, t.t);
    if (t.en && t.t->quals & WF_CONST) base = wf_arena_printf(p->arena, "const %s", base);
    if (!t.ref) return base;
    return wf_arena_printf(p->arena, "%s%s", base, t.ref == CC_REF_LVALUE ? " &" : " &&");
}

const char *cc_identifier(cc *p, const char *text) {
    char *out = wf_arena_alloc(p->arena, strlen(text) * 2 + 2), *o = out;
    for (const char *s = text; *s; s++) {
        int ok =
            (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') || *s == '_';
        if (ok) *o++ = *s;
        else if (*s == '-') *o++ = 'm';
        else if (*s == '*') *o++ = 'p';
        else if (*s == '&') *o++ = 'r';
        else if (*s != ' ' && *s != '>' && o > out && o[-1] != '_') *o++ = '_';
        else if (*s == ' ' && o > out && o[-1] != '_' && s[1] != '*' && s[1] != '&') *o++ = '_';
    }
    while (o > out + 1 && o[-1] == '_') o--;
    *o = 0;
    if (o - out > 120) { /* keep the start, tell the rest by its hash */
        uint64_t h = 1469598103934665603ull;
        for (const char *s = out; *s; s++) h = (h ^ (unsigned char)*s) * 1099511628211ull;
        out[100] = 0;
        return wf_arena_printf(p->arena, "%s_%llx", out, (unsigned long long)h);
    }
    return out;
}

static void targ_text(cc *p, const cc_targ *a, wf_text *out) {
    if (a->kind == CC_SYM_TYPE) {
        wf_text_puts(out, cc_spell(p, a->type));
    } else if (a->kind == CC_SYM_CONST && a->expr) {
        wf_text_puts(out, a->expr->kind == WF_EX_CAST && a->expr->a->kind == WF_EX_FUNC
                              ? a->expr->a->u.call.func->shown
                              : "value");
    } else if (a->kind == CC_SYM_CONST) {
        if (a->type.t->kind == WF_TY_BOOL) wf_text_puts(out, a->value ? "true" : "false");
        else if (wf_type_is_signed(a->type.t)) wf_text_printf(out, "%lld", (long long)a->value);
        else wf_text_printf(out, "%llu", (unsigned long long)a->value);
    } else if (a->kind == CC_SYM_TEMPLATE && a->tmpl) {
        wf_text_puts(out, a->tmpl->name->text);
    } else if (a->kind == CC_SYM_PACK) {
        for (uint32_t i = 0; i < a->pack_count; i++) {
            if (i) wf_text_puts(out, ", ");
            targ_text(p, &a->pack[i], out);
        }
    }
}

const char *cc_targs_text(cc *p, const cc_targ *args, uint32_t count) {
    wf_text text;
    wf_text_init(&text, p->arena);
    for (uint32_t i = 0; i < count; i++) {
        if (args[i].kind == CC_SYM_PACK && !args[i].pack_count) continue;
        if (text.length) wf_text_puts(&text, ", ");
        targ_text(p, &args[i], &text);
    }
    return text.data ? text.data : "";
}

int cc_targs_equal(const cc_targ *a, const cc_targ *b, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (a[i].kind != b[i].kind) return 0;
        if (a[i].kind == CC_SYM_TYPE && !cc_type_equal(a[i].type, b[i].type)) return 0;
        if (a[i].kind == CC_SYM_CONST) {
            if (a[i].value != b[i].value || !a[i].expr != !b[i].expr) return 0;
            if (a[i].expr && (a[i].expr->kind != b[i].expr->kind || a[i].expr->type != b[i].expr->type))
                return 0;
            if (a[i].expr && a[i].expr->kind == WF_EX_CAST && a[i].expr->a->kind == WF_EX_FUNC &&
                a[i].expr->a->u.call.func != b[i].expr->a->u.call.func)
                return 0;
            if (a[i].expr && a[i].expr->kind == WF_EX_FLOAT &&
                memcmp(&a[i].expr->u.f, &b[i].expr->u.f, sizeof(double)))
                return 0;
        }
        if (a[i].kind == CC_SYM_TEMPLATE && a[i].tmpl != b[i].tmpl) return 0;
        if (a[i].kind == CC_SYM_PACK &&
            (a[i].pack_count != b[i].pack_count || !cc_targs_equal(a[i].pack, b[i].pack, a[i].pack_count)))
            return 0;
    }
    return 1;
}

int cc_is_dependent(cc *p, const wf_type *t) {
    for (;; t = t->base) {
        if (t->kind == WF_TY_ARRAY && t->count >> 40) return 1; /* a bound that stands for a parameter */
        if (t->kind == WF_TY_FUNCTION)
            for (uint32_t i = 0; i < t->param_count; i++)
                if (cc_is_dependent(p, t->params[i])) return 1;
        if (t->kind != WF_TY_POINTER && t->kind != WF_TY_ARRAY && t->kind != WF_TY_FUNCTION) break;
    }
    const cc_record *r = cc_record_of(t);
    return r && (r->tparam || r->pattern);
}

/* --- enumerations: which expressions have one's type --- */

static unsigned enum_slot(const wf_expr *e) { return (unsigned)((uintptr_t)e >> 5) % 64; }

void cc_set_enum(cc *p, wf_expr *e, const cc_enum *en) {
    if (!en || !e) return;
    cc_enum_entry *x = WF_NEW(p->scratch, cc_enum_entry);
    x->e = e;
    x->en = en;
    x->next = p->enum_exprs[enum_slot(e)];
    p->enum_exprs[enum_slot(e)] = x;
}

const cc_enum *cc_enum_of(cc *p, const wf_expr *e) {
    if (!p->enum_count) return NULL;
    for (const cc_enum_entry *x = p->enum_exprs[enum_slot(e)]; x; x = x->next)
        if (x->e == e) return x->en;
    return NULL;
}
