/* cudac/mangle.c: names of functions in the tree: those of the Itanium C++ ABI, as nvcc makes them.
 *
 * PyCUDA programs without extern "C" ask for `_Z6kernelPfi`, so the names must be those. Substitutions (S_,
 * S0_ …) are kept as a list of what the components are: types are made once, so a pointer tells. Types that
 * only we have (extended vectors …) are named as CUDA's structs. */
#include "cudac/parse.h"
#include <string.h>

enum { SUBSTITUTIONS_MAX = 64 };

/* A component: a type with its reference and enumeration, a class, a namespace, a template. */
typedef struct component {
    const void *what, *en;
    uint32_t ref;     /* CC_REF_…, or one of the kinds below */
    const char *text; /* what has no pointer of its own; NULL */
} component;
enum { IS_TEMPLATE = 8, IS_PARAMETER, IS_PATTERN, IS_CALL };

typedef struct mangler {
    cc *p;
    wf_text out;
    component seen[SUBSTITUTIONS_MAX];
    unsigned count;
    const cc_func *func;
} mangler;

static void mangle_type(mangler *m, cc_type t);
static void mangle_targs(mangler *m, const cc_targ *args, uint32_t count);

static int same(const component *a, const component *b) {
    return a->what == b->what && a->en == b->en && a->ref == b->ref &&
           (a->text == b->text || (a->text && b->text && !strcmp(a->text, b->text)));
}

/* A substitution for that component; 0: none yet. */
static int substituted(mangler *m, component key) {
    for (unsigned i = 0; i < m->count; i++) {
        if (!same(&m->seen[i], &key)) continue;
        if (i == 0) wf_text_puts(&m->out, "S_");
        else if (i - 1 < 10) wf_text_printf(&m->out, "S%u_", i - 1);
        else if (i - 1 < 36) wf_text_printf(&m->out, "S%c_", (char)('A' + (i - 11)));
        else wf_text_printf(&m->out, "S1%c_", (char)(i - 37 < 10 ? '0' + (i - 37) : 'A' + (i - 47)));
        return 1;
    }
    return 0;
}

static void remember(mangler *m, component key) {
    if (m->count < SUBSTITUTIONS_MAX) m->seen[m->count++] = key;
}

static void source_name(mangler *m, const char *name) {
    char digits[24], *at = digits + sizeof digits;
    size_t length = strlen(name), rest = length;
    do *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    wf_text_add(&m->out, at, (size_t)(digits + sizeof digits - at));
    wf_text_add(&m->out, name, length);
}

static const char *operator_code(const cc_func *f) {
    static const char *const codes[][2] = {
        {"operator+", "pl"},   {"operator-", "mi"},   {"operator*", "ml"},  {"operator/", "dv"},
        {"operator%", "rm"},   {"operator^", "eo"},   {"operator&", "an"},  {"operator|", "or"},
        {"operator~", "co"},   {"operator!", "nt"},   {"operator=", "aS"},  {"operator<", "lt"},
        {"operator>", "gt"},   {"operator+=", "pL"},  {"operator-=", "mI"}, {"operator*=", "mL"},
        {"operator/=", "dV"},  {"operator%=", "rM"},  {"operator^=", "eO"}, {"operator&=", "aN"},
        {"operator|=", "oR"},  {"operator<<", "ls"},  {"operator>>", "rs"}, {"operator<<=", "lS"},
        {"operator>>=", "rS"}, {"operator==", "eq"},  {"operator!=", "ne"}, {"operator<=", "le"},
        {"operator>=", "ge"},  {"operator&&", "aa"},  {"operator||", "oo"}, {"operator++", "pp"},
        {"operator--", "mm"},  {"operator<=>", "ss"}, {"operator,", "cm"},  {"operator->", "pt"},
        {"operator()", "cl"},  {"operator[]", "ix"},
    };
    if (strncmp(f->name->text, "operator", 8) != 0) return NULL;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (strcmp(f->name->text, codes[i][0]) != 0) continue;
        int unary = f->param_count + (f->flags & CC_F_METHOD && !(f->flags & CC_F_STATIC)) == 1;
        if (unary && !strcmp(codes[i][1], "mi")) return "ng";
        if (unary && !strcmp(codes[i][1], "pl")) return "ps";
        if (unary && !strcmp(codes[i][1], "ml")) return "de";
        if (unary && !strcmp(codes[i][1], "an")) return "ad";
        return codes[i][1];
    }
    return NULL;
}

/* The scopes around a name, outermost first, each a possible substitution. Returns how many there are. */
static unsigned scope_parts(const cc_scope *scope, const cc_scope **parts, unsigned max) {
    unsigned count = 0;
    for (const cc_scope *s = scope; s && count < max; s = s->parent) {
        if (s->kind == CC_SCOPE_NAMESPACE && !s->parent) break;
        if (s->kind == CC_SCOPE_NAMESPACE || (s->kind == CC_SCOPE_CLASS && s->record)) parts[count++] = s;
    }
    return count;
}

static component scope_component(const cc_scope *s) {
    const void *what = s->kind == CC_SCOPE_CLASS ? (const void *)s->record->record : s;
    return (component){.what = what};
}

/* Its name, and where it is a template's instance its arguments. */
static void class_name(mangler *m, const cc_record *r, const char *name) {
    component bare = {.what = r ? r->tmpl : NULL, .ref = IS_TEMPLATE};
    if (!bare.what) {
        source_name(m, name);
        return;
    }
    if (!substituted(m, bare)) {
        source_name(m, name);
        remember(m, bare);
    }
    mangle_targs(m, r->targs, r->targs ? r->tmpl->param_count : 0);
}

/* N's content without the last name: the longest part that was seen before is one substitution. */
static void mangle_prefix(mangler *m, const cc_scope **parts, unsigned count) {
    unsigned start = count;
    for (unsigned i = 0; i < count && start == count; i++)
        if (substituted(m, scope_component(parts[i]))) start = i;
    for (unsigned i = start; i-- > 0;) {
        const cc_scope *s = parts[i];
        if (s->kind != CC_SCOPE_CLASS) source_name(m, s->name ? s->name->text : "_GLOBAL__N_1");
        else class_name(m, s->record, s->record->name ? s->record->name->text : "anon");
        remember(m, scope_component(s));
    }
}

/* A template's parameter, T_ or T0_ …, or a class of which one is an argument. 0: neither. */
static int mangle_pattern(mangler *m, const cc_record *r) {
    if (!r || (!r->tparam && !r->pattern)) return 0;
    component key = {.ref = r->tparam ? IS_PARAMETER + ((uint32_t)r->tparam << 8) : IS_PATTERN,
                     .text = r->tparam ? NULL : r->shown};
    if (substituted(m, key)) return 1;
    if (r->tparam == 1) wf_text_puts(&m->out, "T_");
    else if (r->tparam) wf_text_printf(&m->out, "T%d_", r->tparam - 2);
    else {
        source_name(m, r->pattern->name->text);
        remember(m, (component){.what = r->pattern, .ref = IS_TEMPLATE});
        mangle_targs(m, r->pattern_args, r->pattern_count);
    }
    remember(m, key);
    return 1;
}

static void mangle_record(mangler *m, const wf_type *t) {
    const wf_record *w = t->record;
    const cc_record *r = w->front;
    if (mangle_pattern(m, r)) return;
    component key = {.what = w};
    if (substituted(m, key)) return;
    const cc_scope *parts[16];
    const char *name = r && r->name ? r->name->text : w->name;
    unsigned count = r && r->scope ? scope_parts(r->scope->parent, parts, 16) : 0;
    if (count) wf_text_putc(&m->out, 'N');
    if (count) mangle_prefix(m, parts, count);
    class_name(m, r, name);
    if (count) wf_text_putc(&m->out, 'E');
    remember(m, key);
}

static void mangle_unqualified(mangler *m, const wf_type *t, const cc_enum *en) {
    static const char letters[] = "vbcahstijlmxy";
    if (en) {
        component key = {.en = en};
        if (substituted(m, key)) return;
        source_name(m, cc_identifier(m->p, en->name));
        remember(m, key);
    } else if (t->kind <= WF_TY_ULLONG) wf_text_putc(&m->out, letters[t->kind]);
    else if (t->kind == WF_TY_HALF) source_name(m, "__half");
    else if (t->kind == WF_TY_BFLOAT) source_name(m, "__nv_bfloat16");
    else if (t->kind == WF_TY_FLOAT) wf_text_putc(&m->out, 'f');
    else if (t->kind == WF_TY_DOUBLE) wf_text_putc(&m->out, 'd');
    else if (t->kind == WF_TY_RECORD) mangle_record(m, t);
    else if (t->kind == WF_TY_ARRAY) {
        wf_text_printf(&m->out, "A%llu_", (unsigned long long)t->count);
        mangle_type(m, cc_plain(t->base));
    } else if (t->kind == WF_TY_FUNCTION) {
        wf_text_putc(&m->out, 'F');
        mangle_type(m, cc_plain(t->base));
        for (uint32_t i = 0; i < t->param_count; i++) mangle_type(m, cc_plain(t->params[i]));
        if (!t->param_count) wf_text_putc(&m->out, 'v');
        wf_text_putc(&m->out, 'E');
    }
}

static void mangle_type(mangler *m, cc_type t) {
    int compound = t.ref || t.t->quals || t.t->kind == WF_TY_POINTER || t.t->kind == WF_TY_ARRAY ||
                   t.t->kind == WF_TY_FUNCTION;
    component key = {.what = t.t, .en = t.en, .ref = t.ref};
    if (compound && substituted(m, key)) return;
    if (t.ref) {
        wf_text_putc(&m->out, t.ref == CC_REF_LVALUE ? 'R' : 'O');
        mangle_type(m, (cc_type){.t = t.t, .en = t.en});
    } else if (t.t->quals) {
        if (t.t->quals & WF_RESTRICT) wf_text_putc(&m->out, 'r');
        if (t.t->quals & WF_VOLATILE) wf_text_putc(&m->out, 'V');
        if (t.t->quals & WF_CONST) wf_text_putc(&m->out, 'K');
        mangle_type(m, (cc_type){.t = t.t->unqual, .en = t.en});
    } else if (t.t->kind == WF_TY_POINTER) {
        wf_text_putc(&m->out, 'P');
        mangle_type(m, cc_plain(t.t->base));
    } else {
        mangle_unqualified(m, t.t, t.en);
    }
    if (compound) remember(m, key);
}

static void mangle_targ(mangler *m, const cc_targ *a) {
    if (a->kind == CC_SYM_TYPE) mangle_type(m, a->type);
    else if (a->kind == CC_SYM_PACK) {
        wf_text_putc(&m->out, 'J');
        for (uint32_t i = 0; i < a->pack_count; i++) mangle_targ(m, &a->pack[i]);
        wf_text_putc(&m->out, 'E');
    } else if (a->kind == CC_SYM_TEMPLATE && a->tmpl) source_name(m, a->tmpl->name->text);
    else if (a->expr && a->expr->kind == WF_EX_CAST && a->expr->a->kind == WF_EX_FUNC)
        wf_text_printf(&m->out, "XadL%sEE", a->expr->a->u.call.func->name);
    else if (a->type.t) { /* without: not deduced, told elsewhere */ wf_text_putc(&m->out, 'L');
        mangle_type(m, (cc_type){.t = a->type.t->unqual, .en = a->type.en});
        if (wf_type_is_signed(a->type.t) && a->value < 0)
            wf_text_printf(&m->out, "n%llu", 0ull - (unsigned long long)a->value);
        else wf_text_printf(&m->out, "%llu", (unsigned long long)a->value);
        wf_text_putc(&m->out, 'E');
    }
}

static void mangle_targs(mangler *m, const cc_targ *args, uint32_t count) {
    wf_text_putc(&m->out, 'I');
    for (uint32_t i = 0; i < count; i++) mangle_targ(m, &args[i]);
    wf_text_putc(&m->out, 'E');
}

static void mangle_function_name(mangler *m, const cc_func *f) {
    const char *code = operator_code(f);
    if (f->flags & CC_F_CTOR) wf_text_puts(&m->out, "C1");
    else if (f->flags & CC_F_DTOR) wf_text_puts(&m->out, "D1");
    else if (f->flags & CC_F_CONVERSION) {
        wf_text_puts(&m->out, "cv");
        mangle_type(m, f->result);
    } else if (code) wf_text_puts(&m->out, code);
    else source_name(m, f->name->text);
}

/* The parameters that the name tells: of a kernel's instance those of its template, with T_ for what was an
 * argument, as nvcc does; of other instances, whose names nobody asks for, as given: so they are unique
 * whatever the template says. */
static const cc_param *told_params(const cc_func *f) {
    const cc_func *pattern = f->tmpl && f->flags & CC_F_KERNEL ? f->tmpl->pattern : NULL;
    return pattern && pattern->param_count == f->param_count ? pattern->params : f->params;
}

const char *cc_mangle(cc *p, const cc_func *f) {
    mangler m = {.p = p, .func = f};
    const cc_scope *parts[16];
    const cc_scope *scope = f->owner ? f->owner->scope : f->scope;
    unsigned count = scope_parts(scope, parts, 16);
    wf_text_init(&m.out, p->arena);
    wf_text_puts(&m.out, "_Z");
    if (count) wf_text_putc(&m.out, 'N');
    if (count && f->flags & CC_F_CONST_METHOD) wf_text_putc(&m.out, 'K');
    if (count) mangle_prefix(&m, parts, count);
    mangle_function_name(&m, f);
    const cc_param *params = told_params(f);
    if (f->targs) {
        remember(&m, (component){.what = f->tmpl, .ref = IS_TEMPLATE});
        mangle_targs(&m, f->targs, f->targ_count);
        if (params == f->params) remember(&m, (component){.ref = IS_CALL});
    }
    if (count) wf_text_putc(&m.out, 'E');
    if (f->targs && !(f->flags & (CC_F_CTOR | CC_F_DTOR | CC_F_CONVERSION))) mangle_type(&m, f->result);
    for (uint32_t i = 0; i < f->param_count; i++) {
        cc_type t = params[i].type;
        if (!t.ref) t.t = t.t->unqual;
        mangle_type(&m, t);
    }
    if (!f->param_count) wf_text_putc(&m.out, 'v');
    return m.out.data;
}
