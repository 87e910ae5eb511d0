/* cudac/specifier.c: declaration specifiers, names with ::, and the question whether a declaration begins
 * here.
 *
 * A name is a type when it is declared as one; a template's name followed by < is instantiated right away, so
 * looking ahead over a qualified name is the same as reading it. */
#include "cudac/parse.h"
#include <string.h>

/* --- names --- */

static void id_from_symbol(cc *p, cc_id *id, cc_symbol *s) {
    id->symbol = s;
    if (s->kind == CC_SYM_TYPE) {
        id->is_type = 1;
        id->type = s->type;
        s->used = 1;
    }
    (void)p;
}

/* name<…>: the arguments, and what it makes. */
static void read_template_id(cc *p, cc_id *id) {
    cc_symbol *s = id->symbol;
    cc_template *t = s->kind == CC_SYM_TEMPLATE ? s->tmpl : NULL;
    cc_next_token(p); /* < */
    id->has_targs = 1;
    id->is_type = 0;
    if (!t && s->kind == CC_SYM_TYPE && cc_record_of(s->type.t))
        t = cc_record_of(s->type.t)->tmpl; /* injected name */
    if (!t) {
        cc_template any = {.param_count = 0};
        int mixed = 0; /* get<0> and get<int>: as it looks */
        for (cc_func *f = s->funcs; f;
             f = f->next) /* a set: the kinds of the first template tell how to read them */
            if (f->tmpl && !f->targs) {
                mixed |=
                    any.param_count && f->tmpl->param_count && any.params[0].kind != f->tmpl->params[0].kind;
                if (f->tmpl->param_count > any.param_count) any = *f->tmpl;
            }
        id->targ_count = cc_template_args(p, any.param_count && !mixed ? &any : NULL, &id->targs);
        return;
    }
    id->targ_count = cc_template_args(p, t->is_concept ? NULL : t, &id->targs);
    if (t->is_variable) return;
    id->is_type = 1;
    id->type = cc_instantiate_class(p, t, id->targs, id->targ_count, id->at);
}

static int has_function_template(const cc_symbol *s) {
    for (const cc_func *f = s->kind == CC_SYM_FUNC ? s->funcs : NULL; f; f = f->next)
        if (f->tmpl && !f->targs) return 1;
    return 0;
}

static int takes_targs(cc *p, const cc_id *id, int keyword) {
    const cc_symbol *s = id->symbol;
    if (!s || !cc_is(p, CC_P_LT)) return 0;
    if (s->kind == CC_SYM_TEMPLATE) return 1;
    if (s->kind == CC_SYM_TYPE && cc_record_of(s->type.t) && cc_record_of(s->type.t)->tmpl &&
        cc_record_of(s->type.t)->name == id->name)
        return 1; /* the class's own name inside it */
    return keyword || has_function_template(s);
}

static cc_scope *scope_behind(cc *p, cc_id *id) {
    if (id->is_type) {
        if (id->type.en) return id->type.en->scope;
        cc_record *r = cc_record_of(id->type.t);
        if (!r) return NULL;
        if (r->tparam || r->pattern) {
            id->dependent = 1;
            return NULL;
        }
        cc_complete(p, id->type.t);
        id->record = r;
        return r->scope;
    }
    return id->symbol && id->symbol->kind == CC_SYM_NAMESPACE ? id->symbol->space : NULL;
}

/* In a pattern, T::anything cannot be looked into: the rest of the name is passed over. */
static void skip_dependent(cc *p, cc_id *id) {
    static cc_type none;
    do {
        cc_next_token(p); /* :: */
        cc_accept_kw(p, CC_KW_TEMPLATE);
        if (cc_peek(p)->kind == CC_IDENT) cc_next_token(p);
        if (cc_is(p, CC_P_LT)) {
            int depth = 0;
            do {
                if (cc_is(p, CC_P_LT)) depth++;
                if (cc_is(p, CC_P_LPAREN)) {
                    cc_skip_balanced(p);
                    continue;
                }
                if (cc_is(p, CC_P_GT) || cc_is(p, CC_P_SHR)) {
                    depth--;
                    cc_accept_gt(p);
                } else {
                    cc_next_token(p);
                }
            } while (depth && cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_SEMI));
        }
    } while (cc_is(p, CC_P_SCOPE));
    id->is_type = 1;
    id->symbol = NULL;
    id->type = none;
    id->type.t = wf_type_scalar(p->u, WF_TY_VOID); /* not deduced */
    id->dependent = 1;
}

static cc_type decltype_specifier(cc *p);

/* decltype(…)::, a name in the class that a value has? */
int cc_decltype_scope_ahead(cc *p) {
    if (!cc_is_kw(p, CC_KW_DECLTYPE)) return 0;
    cc_mark mark = cc_save(p);
    cc_next_token(p);
    if (cc_is(p, CC_P_LPAREN)) cc_skip_balanced(p);
    int is = cc_is(p, CC_P_SCOPE);
    cc_back(p, mark);
    return is;
}

int cc_read_id(cc *p, cc_id *id) {
    memset(id, 0, sizeof *id);
    id->at = cc_place(p);
    cc_scope *scope = NULL;
    if (cc_accept(p, CC_P_SCOPE)) {
        scope = p->global;
        id->qualified = 1;
    }
    if (cc_is_kw(p, CC_KW_DECLTYPE)) {
        if (!cc_decltype_scope_ahead(p)) return 0;
        id->type = decltype_specifier(p);
        id->is_type = id->qualified = 1;
        scope = scope_behind(p, id);
        if (id->dependent || (!scope && p->pattern)) {
            skip_dependent(p, id);
            return 1;
        }
        if (!scope) return 0;
        cc_next_token(p);
    }
    for (;;) {
        int keyword = cc_accept_kw(p, CC_KW_TEMPLATE);
        const cc_token *t = cc_peek(p);
        if (t->kind != CC_IDENT || t->op) return 0;
        id->name = t->name;
        id->scope = scope;
        cc_next_token(p);
        cc_symbol *s = scope ? cc_find_in(p, scope, t->name) : cc_find(p, p->scope, t->name);
        if (cc_is(p, CC_P_SCOPE) && s && (s->kind == CC_SYM_VAR || s->kind == CC_SYM_FUNC)) {
            cc_symbol *tag = cc_find_tag(p, scope ? scope : p->scope, t->name, 0);
            if (tag) s = tag;
        }
        id->symbol = NULL;
        id->is_type = id->has_targs = 0;
        id->targs = NULL;
        id->targ_count = 0;
        if (s) id_from_symbol(p, id, s);
        else if (!scope || scope == p->std) {
            const cc_known *k = cc_known_of(p, t->name);
            if (k && k->kind == CC_K_TYPE) id->is_type = 1, id->type = cc_known_type(p, k);
            else if (!scope && t->name->text[0] == 'd' && strcmp(t->name->text, "dim3") == 0)
                id->is_type = 1, id->type = cc_plain(wf_type_dim3(p->u));
        }
        if (s && takes_targs(p, id, keyword)) read_template_id(p, id);
        if (!cc_is(p, CC_P_SCOPE)) return 1;
        if (cc_punct_is(cc_ahead(p, 1), CC_P_MUL)) return 1; /* Class::* */
        cc_scope *next = scope_behind(p, id);
        if (id->dependent) {
            skip_dependent(p, id);
            return 1;
        }
        if (!next) return 1; /* the caller tells what is wrong with name:: */
        if (cc_ahead(p, 1)->kind != CC_IDENT || (cc_ahead(p, 1)->op && cc_ahead(p, 1)->op != CC_KW_TEMPLATE &&
                                                 cc_ahead(p, 1)->op != CC_KW_OPERATOR)) {
            return 1; /* Class::~Class */
        }
        cc_next_token(p);
        id->qualified = 1;
        scope = next;
        if (cc_is_kw(p, CC_KW_OPERATOR)) {
            id->scope = scope;
            id->name = NULL;
            id->symbol = NULL;
            id->is_type = 0;
            return 1;
        }
    }
}

/* --- does a declaration begin here? --- */

static int is_type_keyword(unsigned op) {
    switch (op) {
    case CC_KW_VOID:
    case CC_KW_BOOL:
    case CC_KW_CHAR:
    case CC_KW_SHORT:
    case CC_KW_INT:
    case CC_KW_LONG:
    case CC_KW_SIGNED:
    case CC_KW_UNSIGNED:
    case CC_KW_FLOAT:
    case CC_KW_DOUBLE:
    case CC_KW_CONST:
    case CC_KW_VOLATILE:
    case CC_KW_STRUCT:
    case CC_KW_CLASS:
    case CC_KW_UNION:
    case CC_KW_ENUM:
    case CC_KW_TYPENAME:
    case CC_KW_AUTO:
    case CC_KW_DECLTYPE:
    case CC_KW_TYPEOF:
    case CC_KW_INT128:
    case CC_KW_COMPLEX: return 1;
    default: return 0;
    }
}

static int is_declaration_keyword(unsigned op) {
    switch (op) {
    case CC_KW_TYPEDEF:
    case CC_KW_EXTERN:
    case CC_KW_STATIC:
    case CC_KW_INLINE:
    case CC_KW_REGISTER:
    case CC_KW_CONSTEXPR:
    case CC_KW_THREAD_LOCAL:
    case CC_KW_GLOBAL:
    case CC_KW_DEVICE:
    case CC_KW_HOST:
    case CC_KW_SHARED:
    case CC_KW_CONSTANT:
    case CC_KW_MANAGED:
    case CC_KW_FORCEINLINE:
    case CC_KW_NOINLINE:
    case CC_KW_ALIGN:
    case CC_KW_ALIGNAS:
    case CC_KW_ATTRIBUTE:
    case CC_KW_DECLSPEC:
    case CC_KW_USING:
    case CC_KW_STATIC_ASSERT:
    case CC_KW_NAMESPACE:
    case CC_KW_MUTABLE:
    case CC_KW_VIRTUAL:
    case CC_KW_EXPLICIT:
    case CC_KW_FRIEND:
    case CC_KW_TEMPLATE: return 1;
    default: return 0;
    }
}

/* A class template whose arguments are to follow from the initialiser. */
static int deducible(const cc_symbol *s) {
    return s && s->kind == CC_SYM_TEMPLATE && s->tmpl->is_class && !s->tmpl->is_alias;
}

static int name_is_type(cc *p) {
    cc_mark mark = cc_save(p);
    cc_trial trial = cc_trial_begin(p);
    cc_id id;
    int is = cc_read_id(p, &id) && (id.is_type || (deducible(id.symbol) && !id.has_targs && cc_is_name(p)));
    cc_trial_end(p, trial);
    cc_back(p, mark);
    return is;
}

/* a::b<…> auto */
static int auto_behind_name(const cc *p) {
    uint32_t i = p->at, angles = 0, end = p->at + 64 < p->count ? p->at + 64 : p->count;
    while (i < end &&
           ((p->tokens[i].kind == CC_IDENT && !p->tokens[i].op) || cc_punct_is(&p->tokens[i], CC_P_SCOPE)))
        i++;
    if (i == p->at) return 0;
    if (i < end && cc_punct_is(&p->tokens[i], CC_P_LT)) do {
            if (cc_punct_is(&p->tokens[i], CC_P_LT)) angles++;
            else if (cc_punct_is(&p->tokens[i], CC_P_GT)) angles--;
            else if (cc_punct_is(&p->tokens[i], CC_P_SEMI) || cc_punct_is(&p->tokens[i], CC_P_LBRACE))
                return 0;
        } while (++i < end && angles);
    return i < end && p->tokens[i].kind == CC_IDENT && p->tokens[i].op == CC_KW_AUTO;
}

int cc_starts_type(cc *p) {
    const cc_token *t = cc_peek(p);
    if (t->kind == CC_IDENT && t->op)
        return cc_decltype_scope_ahead(p) ? name_is_type(p) : is_type_keyword(t->op);
    if (t->kind != CC_IDENT && !cc_is(p, CC_P_SCOPE)) return 0;
    if (t->kind == CC_IDENT) { /* the usual case, without reading ahead */
        const cc_token *next = cc_ahead(p, 1);
        if (!cc_punct_is(next, CC_P_SCOPE) && !cc_punct_is(next, CC_P_LT)) {
            cc_symbol *s = cc_find(p, p->scope, t->name);
            if (next->kind == CC_IDENT && next->op == CC_KW_AUTO) return cc_concept_ahead(p);
            if (s) return s->kind == CC_SYM_TYPE || (deducible(s) && next->kind == CC_IDENT && !next->op);
            const cc_known *k = cc_known_of(p, t->name);
            return (k && k->kind == CC_K_TYPE) || (t->length == 4 && memcmp(t->text, "dim3", 4) == 0);
        }
        if (auto_behind_name(p) && cc_concept_ahead(p)) return 1;
    }
    return name_is_type(p);
}

int cc_starts_declaration(cc *p) {
    const cc_token *t = cc_peek(p);
    if (t->kind == CC_IDENT && t->op && is_declaration_keyword(t->op)) return 1;
    if (cc_is(p, CC_P_LBRACKET) && cc_punct_is(cc_ahead(p, 1), CC_P_LBRACKET)) return 1; /* [[attribute]] */
    if (!cc_starts_type(p)) return 0;
    cc_mark mark = cc_save(p);
    cc_trial trial = cc_trial_begin(p);
    cc_id id;
    int declares = 1;
    if (t->kind == CC_IDENT && t->op) {
        if (t->op >= CC_KW_VOID && t->op <= CC_KW_DOUBLE) { /* float(x) is an expression */
            while (cc_peek(p)->kind == CC_IDENT && cc_peek(p)->op >= CC_KW_VOID &&
                   cc_peek(p)->op <= CC_KW_DOUBLE)
                cc_next_token(p);
        } else {
            cc_trial_end(p, trial);
            cc_back(p, mark);
            return 1;
        }
    } else {
        cc_read_id(p, &id);
        if (cc_is_kw(p, CC_KW_AUTO)) cc_next_token(p); /* Concept auto x */
    }
    if (cc_is(p, CC_P_LPAREN)) { /* T(x); makes a value; T (*f)(…), T (&a)[3] declare */
        const cc_token *next = cc_ahead(p, 1);
        declares = (cc_punct_is(next, CC_P_MUL) || cc_punct_is(next, CC_P_AND)) &&
                   cc_ahead(p, 2)->kind == CC_IDENT &&
                   (cc_punct_is(cc_ahead(p, 3), CC_P_RPAREN) || cc_punct_is(cc_ahead(p, 3), CC_P_LBRACKET) ||
                    cc_ahead(p, 2)->op == CC_KW_CONST);
        cc_next_token(p);
        declares |= cc_member_pointer_ahead(p);
    } else if (cc_is(p, CC_P_LBRACE) || cc_is(p, CC_P_SCOPE)) {
        declares = 0;
    }
    cc_trial_end(p, trial);
    cc_back(p, mark);
    return declares;
}

/* --- attributes --- */

static uint32_t alignment_argument(cc *p) {
    int64_t n = 0;
    wf_place at = cc_place(p);
    if (!cc_expect(p, CC_P_LPAREN, NULL)) return 0;
    if (cc_starts_type(p)) n = wf_type_align(cc_type_name(p).t);
    else n = cc_constant_here(p, "an alignment");
    cc_expect(p, CC_P_RPAREN, NULL);
    if (n <= 0 || n > 1024 || (n & (n - 1))) {
        if (n)
            cc_error(p, at, NULL, "an alignment must be a power of two up to 1024, got %lld", (long long)n);
        return 0;
    }
    return (uint32_t)n;
}

/* __attribute__((…)): aligned, cold and noinline count, packed is refused, the rest is passed over. */
static void gnu_attribute(cc *p, cc_spec *spec) {
    cc_next_token(p);
    if (!cc_accept(p, CC_P_LPAREN) || !cc_accept(p, CC_P_LPAREN)) return;
    while (cc_peek(p)->kind == CC_IDENT) {
        const cc_token *t = cc_peek(p);
        int aligned = strstr(t->name->text, "aligned") && !strstr(t->name->text, "un");
        if (!strcmp(t->name->text, "packed") || !strcmp(t->name->text, "__packed__")) spec->pack = 1;
        if (!strcmp(t->name->text, "__wf_packed")) {
            cc_next_token(p);
            spec->pack = alignment_argument(p);
            continue;
        }
        if (!strcmp(t->name->text, "cold") || !strcmp(t->name->text, "__cold__")) spec->flags |= CC_F_COLD;
        if (strstr(t->name->text, "noinline")) spec->flags |= CC_F_NOINLINE;
        if (strstr(t->name->text, "always_inline")) spec->flags |= CC_F_FORCEINLINE;
        cc_next_token(p);
        if (aligned && cc_is(p, CC_P_LPAREN)) spec->align = alignment_argument(p);
        else if (cc_is(p, CC_P_LPAREN)) cc_skip_balanced(p);
        if (!cc_accept(p, CC_P_COMMA)) break;
    }
    cc_accept(p, CC_P_RPAREN);
    cc_accept(p, CC_P_RPAREN);
}

static void launch_bounds(cc *p, cc_spec *spec) {
    wf_place at = cc_place(p);
    cc_next_token(p);
    if (!cc_expect(p, CC_P_LPAREN, "behind __launch_bounds__")) return;
    int64_t threads = cc_constant_here(p, "the number of threads"), blocks = 0;
    if (cc_accept(p, CC_P_COMMA)) blocks = cc_constant_here(p, "the number of blocks");
    if (cc_accept(p, CC_P_COMMA)) cc_constant_here(p, "the number of blocks in a cluster");
    cc_expect(p, CC_P_RPAREN, NULL);
    if (threads < 0 || threads > 1024 || blocks < 0 || blocks > 1 << 16)
        cc_error(p, at, NULL, "__launch_bounds__: got %lld threads, expected 1 to 1024", (long long)threads);
    else spec->max_threads = (uint32_t)threads, spec->min_blocks = (uint32_t)blocks;
}

/* __wf_contract(0|1), __wf_fast, __wf_shown("…"): what the printer writes. */
static void own_attribute(cc *p, cc_spec *spec) {
    unsigned kw = cc_peek(p)->op;
    cc_next_token(p);
    if (kw == CC_KW_FAST) spec->flags |= CC_F_FAST;
    else if (kw == CC_KW_TRAPDIV) spec->flags |= CC_F_TRAPDIV;
    else if (kw == CC_KW_LIBRARY) spec->flags |= CC_F_LIBRARY;
    else if (kw == CC_KW_CONTRACT) {
        spec->contract = 1;
        if (cc_accept(p, CC_P_LPAREN)) {
            spec->contract = cc_constant_here(p, "0 or 1") != 0;
            cc_expect(p, CC_P_RPAREN, NULL);
        }
    } else if (cc_expect(p, CC_P_LPAREN, NULL)) {
        uint64_t length;
        if (cc_peek(p)->kind == CC_STRING)
            spec->shown = cc_read_string(&p->r, cc_peek(p), p->arena, &length, 1);
        cc_next_token(p);
        cc_expect(p, CC_P_RPAREN, NULL);
    }
}

/* A cluster of one block is what every launch has. */
static void cluster_dims(cc *p) {
    wf_place at = cc_place(p);
    int several = 0;
    cc_next_token(p);
    if (!cc_expect(p, CC_P_LPAREN, "behind __cluster_dims__")) return;
    do several |= cc_constant_here(p, "the size of a cluster") != 1;
    while (cc_accept(p, CC_P_COMMA));
    if (several) cc_unsupported(p, at, "clusters of several thread blocks (__cluster_dims__)");
    cc_expect(p, CC_P_RPAREN, NULL);
}

/* One attribute, if there is one. */
static int attribute(cc *p, cc_spec *spec) {
    const cc_token *t = cc_peek(p);
    if (cc_is(p, CC_P_LBRACKET) && cc_punct_is(cc_ahead(p, 1), CC_P_LBRACKET)) {
        cc_skip_balanced(p);
        return 1;
    }
    if (t->kind != CC_IDENT) return 0;
    switch (t->op) {
    case CC_KW_ATTRIBUTE: gnu_attribute(p, spec); return 1;
    case CC_KW_DECLSPEC:
    case CC_KW_MAXNREG:
        cc_next_token(p);
        if (cc_is(p, CC_P_LPAREN)) cc_skip_balanced(p);
        return 1;
    case CC_KW_CLUSTER: cluster_dims(p); return 1;
    case CC_KW_ALIGN:
    case CC_KW_ALIGNAS: {
        cc_next_token(p);
        uint32_t align = alignment_argument(p);
        if (align > spec->align) spec->align = align;
        return 1;
    }
    case CC_KW_LAUNCH_BOUNDS: launch_bounds(p, spec); return 1;
    case CC_KW_FAST:
    case CC_KW_TRAPDIV:
    case CC_KW_CONTRACT:
    case CC_KW_SHOWN:
    case CC_KW_LIBRARY: own_attribute(p, spec); return 1;
    case CC_KW_EXTENSION:
    case CC_KW_GRID_CONSTANT: cc_next_token(p); return 1;
    default: return 0;
    }
}

void cc_attributes(cc *p, cc_spec *spec) {
    while (attribute(p, spec)) {}
}

/* --- specifiers --- */

typedef struct base_words { /* int, long, unsigned … as counted */
    uint8_t v, b, c, s, i, l, sign, u, f, d, wide;
} base_words;

static int base_word(base_words *w, unsigned op) {
    switch (op) {
    case CC_KW_VOID: w->v++; return 1;
    case CC_KW_BOOL: w->b++; return 1;
    case CC_KW_CHAR: w->c++; return 1;
    case CC_KW_SHORT: w->s++; return 1;
    case CC_KW_INT: w->i++; return 1;
    case CC_KW_LONG: w->l++; return 1;
    case CC_KW_SIGNED: w->sign++; return 1;
    case CC_KW_UNSIGNED: w->u++; return 1;
    case CC_KW_FLOAT: w->f++; return 1;
    case CC_KW_DOUBLE: w->d++; return 1;
    case CC_KW_INT128: w->wide++; return 1;
    default: return 0;
    }
}

static int any_word(const base_words *w) {
    return w->v | w->b | w->c | w->s | w->i | w->l | w->sign | w->u | w->f | w->d | w->wide;
}

/* __int128: a class of wf/int128.h. */
static const wf_type *wide_type(cc *p, int is_unsigned, wf_place at) {
    const char *name = is_unsigned ? "__uint128_t" : "__int128_t";
    cc_symbol *s = cc_find_here(p->global, cc_intern(&p->r, name, strlen(name)));
    if (s && s->kind == CC_SYM_TYPE) return s->type.t;
    cc_unsupported(p, at, "__int128 made by a macro that pastes its name");
    return wf_type_scalar(p->u, WF_TY_LLONG);
}

static const wf_type *type_of_words(cc *p, const base_words *w, wf_place at) {
    wf_type_kind kind = WF_TY_INT;
    unsigned kinds = !!w->v + !!w->b + !!w->c + !!w->f + !!w->d;
    if (w->wide == 1 && !(w->v | w->b | w->c | w->s | w->i | w->l | w->f | w->d) && w->sign + w->u < 2)
        return wide_type(p, w->u, at);
    int integer = w->wide || w->s || w->i || (w->l && !w->d) || w->sign || w->u;
    if (w->wide || kinds > 1 || (kinds && (w->s || w->i)) || ((w->v || w->b || w->f) && integer) ||
        (w->d && (w->s || w->i || w->sign || w->u)) || (w->sign && w->u) || w->l > 2 || (w->l && w->s) ||
        (w->c && (w->l || w->s)))
        cc_error(p, at, NULL, "these words make no type together");
    if (w->v) kind = WF_TY_VOID;
    else if (w->b) kind = WF_TY_BOOL;
    else if (w->c) kind = w->u ? WF_TY_UCHAR : w->sign ? WF_TY_SCHAR : WF_TY_CHAR;
    else if (w->f) kind = WF_TY_FLOAT;
    else if (w->d) kind = WF_TY_DOUBLE;
    else if (w->s) kind = w->u ? WF_TY_USHORT : WF_TY_SHORT;
    else if (w->l >= 2) kind = w->u ? WF_TY_ULLONG : WF_TY_LLONG;
    else if (w->l) kind = w->u ? WF_TY_ULONG : WF_TY_LONG;
    else if (w->u) kind = WF_TY_UINT;
    return wf_type_scalar(p->u, kind);
}

static uint32_t flag_of(unsigned op) {
    switch (op) {
    case CC_KW_TYPEDEF: return CC_F_TYPEDEF;
    case CC_KW_EXTERN: return CC_F_EXTERN;
    case CC_KW_STATIC: return CC_F_STATIC;
    case CC_KW_INLINE: return CC_F_INLINE;
    case CC_KW_CONSTEXPR: return CC_F_CONSTEXPR;
    case CC_KW_VIRTUAL: return CC_F_VIRTUAL;
    case CC_KW_EXPLICIT: return CC_F_EXPLICIT;
    case CC_KW_FRIEND: return CC_F_FRIEND;
    case CC_KW_GLOBAL: return CC_F_KERNEL;
    case CC_KW_DEVICE: return CC_F_DEVICE;
    case CC_KW_HOST: return CC_F_HOST;
    case CC_KW_SHARED: return CC_F_SHARED;
    case CC_KW_CONSTANT: return CC_F_CONSTANT;
    case CC_KW_FORCEINLINE: return CC_F_FORCEINLINE;
    case CC_KW_NOINLINE: return CC_F_NOINLINE;
    default: return 0;
    }
}

/* decltype(T): what stands there is a type's name and nothing more. */
static int whole_type(cc *p, cc_type *t) {
    if (!cc_starts_type(p)) return 0;
    cc_mark mark = cc_save(p);
    cc_trial trial = cc_trial_begin(p);
    *t = cc_type_name(p);
    int whole = cc_is(p, CC_P_RPAREN);
    if (!cc_trial_end(p, trial) && whole) return 1;
    cc_back(p, mark);
    return 0;
}

/* In a pattern an expression may be of types that are not known yet: then it tells nothing. */
static int skips_in_pattern(cc *p) {
    if (!p->pattern) return 0;
    cc_mark mark = cc_save(p);
    cc_trial trial = cc_trial_begin(p);
    p->unevaluated++;
    cc_expression(p);
    p->unevaluated--;
    int fails = cc_trial_end(p, trial) || !cc_is(p, CC_P_RPAREN);
    cc_back(p, mark);
    return fails;
}

static cc_type decltype_specifier(cc *p) {
    cc_next_token(p);
    cc_mark open = cc_save(p);
    cc_type t = cc_plain(wf_type_scalar(p->u, WF_TY_INT));
    if (!cc_expect(p, CC_P_LPAREN, "behind decltype")) return t;
    if (cc_is_kw(p, CC_KW_AUTO)) {
        cc_next_token(p);
        t.placeholder = 2;
    } else if (whole_type(p, &t)) {
    } else if (skips_in_pattern(p)) {
        cc_back(p, open);
        cc_skip_balanced(p);
        return cc_plain(wf_type_scalar(p->u, WF_TY_VOID));
    } else {
        int bare = !cc_is(p, CC_P_LPAREN);
        p->unevaluated++;
        wf_expr *e = cc_expression(p);
        p->unevaluated--;
        t = (cc_type){.t = e->type, .en = cc_enum_of(p, e)};
        int is_name = bare && (e->kind == WF_EX_VAR || e->kind == WF_EX_MEMBER);
        if (bare && p->tokens[open.at + 1].kind == CC_IDENT && e->kind == WF_EX_CAST &&
            e->a->kind == WF_EX_FUNC)
            t.t = e->a->type; /* a function's own type, not a pointer to it */
        if (e->flags & WF_EX_LVALUE && !is_name) t.ref = cc_is_moved(e) ? CC_REF_RVALUE : CC_REF_LVALUE;
    }
    cc_expect(p, CC_P_RPAREN, NULL);
    return t;
}

void cc_pass_over_name(cc *p) {
    while (cc_is(p, CC_P_SCOPE) || cc_is(p, CC_P_LT)) {
        if (cc_accept(p, CC_P_LT)) {
            cc_skip_angles(p);
            continue;
        }
        cc_next_token(p);
        cc_accept_kw(p, CC_KW_TEMPLATE);
        if (cc_peek(p)->kind != CC_IDENT) return;
        cc_next_token(p);
    }
}

/* A name that must be a type. 0: told. */
static int named_type(cc *p, cc_spec *spec, int is_typename) {
    cc_id id;
    if (!cc_read_id(p, &id)) return 0;
    if (id.is_type) {
        spec->type = id.type;
        if (cc_is(p, CC_P_SCOPE) && cc_ahead(p, 1)->kind == CC_IDENT && !cc_ahead(p, 1)->op &&
            !id.dependent) {
            cc_error(p, id.at, NULL, "%s is no class: it has no %s", cc_spell(p, id.type),
                     cc_ahead(p, 1)->text);
            cc_pass_over_name(p);
        }
        return 1;
    }
    if (is_typename && p->pattern) {
        spec->type = cc_plain(wf_type_scalar(p->u, WF_TY_VOID));
        return 1;
    }
    if (deducible(id.symbol) && !id.has_targs && cc_is_name(p)) {
        spec->type = cc_class_placeholder(p, id.symbol->tmpl);
        return 1;
    }
    const char *name = id.name ? id.name->text : "?";
    const char *header = cc_header_hint(p, id.scope, name);
    if (id.scope && id.scope == p->std) {
        cc_error(p, id.at, header, "not supported: std::%s", name);
        if (cc_accept(p, CC_P_LT)) cc_skip_angles(p);
    } else if (id.name && !id.scope && !id.symbol && cc_told(p, id.name)) {
        cc_pass_over_name(p);
    } else if (id.symbol) {
        cc_error(p, id.at, NULL,
                 id.symbol->kind == CC_SYM_TEMPLATE ? "template %s needs its arguments in <>"
                                                    : "%s is not a type",
                 name);
    } else {
        cc_error(p, id.at, header ? header : cc_suggest(p, id.scope ? id.scope : p->scope, name, !id.scope),
                 "unknown type %s", name);
        cc_pass_over_name(p);
    }
    spec->type = cc_plain(wf_type_scalar(p->u, WF_TY_INT));
    return 1;
}

/* An unknown name where a declaration must be: a misspelt type, when a name or * and a name follow. */
static int looks_like_type(cc *p) {
    const cc_token *next = cc_ahead(p, 1);
    if (!cc_is_name(p)) return 0;
    if (next->kind == CC_IDENT &&
        (!next->op || next->op == CC_KW_CONST || next->op == CC_KW_OPERATOR || next->op == CC_KW_RESTRICT))
        return 1;
    if (cc_punct_is(next, CC_P_SCOPE) || cc_punct_is(next, CC_P_LT)) return 1;
    return (cc_punct_is(next, CC_P_MUL) || cc_punct_is(next, CC_P_AND)) && cc_ahead(p, 2)->kind == CC_IDENT;
}

static int class_or_enum(cc *p, cc_spec *spec) {
    unsigned kw = cc_peek(p)->op;
    uint32_t before = p->at;
    if (kw == CC_KW_ENUM) spec->type = cc_enum_specifier(p);
    else spec->type = cc_record_specifier(p, kw);
    spec->defines_type = p->at > before && cc_punct_is(&p->tokens[p->at - 1], CC_P_RBRACE);
    return 1;
}

/* Class::Class( or Class::~Class or Class::operator T: a member defined outside of its class, without a type
 * in front of it. */
static int outside_special_ahead(cc *p) {
    cc_id id;
    if (p->scope->kind == CC_SCOPE_BLOCK || !(cc_is_name(p) || cc_is(p, CC_P_SCOPE))) return 0;
    if (cc_is_name(p) && !cc_punct_is(cc_ahead(p, 1), CC_P_SCOPE) && !cc_punct_is(cc_ahead(p, 1), CC_P_LT))
        return 0;
    cc_mark mark = cc_save(p);
    cc_trial trial = cc_trial_begin(p);
    int is = cc_read_id(p, &id);
    cc_trial_end(p, trial);
    if (is && id.qualified && id.record && cc_is(p, CC_P_LPAREN)) is = id.name && id.record->name == id.name;
    else if (is && cc_is(p, CC_P_SCOPE)) is = cc_punct_is(cc_ahead(p, 1), CC_P_TILDE);
    else is = is && id.qualified && !id.name && cc_is_kw(p, CC_KW_OPERATOR);
    cc_back(p, mark);
    return is;
}

/* Concept auto, Concept<…> auto: the concept is passed over. */
static int constrained_auto(cc *p) {
    cc_mark mark = cc_save(p);
    if (!auto_behind_name(p)) return 0;
    if (cc_concept_ahead(p)) {
        cc_skip_constraint(p);
        if (cc_is_kw(p, CC_KW_AUTO)) return 1;
    }
    cc_back(p, mark);
    return 0;
}

void cc_specifiers(cc *p, cc_spec *spec, int need_type) {
    base_words words = {0};
    unsigned quals = 0;
    memset(spec, 0, sizeof *spec);
    spec->contract = -1;
    spec->at = cc_place(p);
    spec->type = cc_plain(wf_type_scalar(p->u, WF_TY_INT));
    for (;;) {
        const cc_token *t = cc_peek(p);
        if (attribute(p, spec)) continue;
        if (t->kind == CC_IDENT && t->op) {
            uint32_t flag = flag_of(t->op);
            if (flag) spec->flags |= flag;
            else if (t->op == CC_KW_CONST) quals |= WF_CONST;
            else if (t->op == CC_KW_VOLATILE) quals |= WF_VOLATILE;
            else if (t->op == CC_KW_RESTRICT) quals |= WF_RESTRICT;
            else if (t->op == CC_KW_MUTABLE) spec->flags |= CC_F_MUTABLE;
            else if (t->op == CC_KW_REGISTER || t->op == CC_KW_THREAD_LOCAL) {
            } else if (t->op == CC_KW_MANAGED) spec->flags |= CC_F_DEVICE;
            else if (t->op == CC_KW_COMPLEX) cc_unsupported(p, t->at, t->text), words.i++;
            else if (!spec->has_type && t->op == CC_KW_AUTO) spec->type.placeholder = 1, spec->has_type = 1;
            else if (!spec->has_type && base_word(&words, t->op)) {
            } else if (!spec->has_type && !any_word(&words)) {
                if (t->op == CC_KW_STRUCT || t->op == CC_KW_CLASS || t->op == CC_KW_UNION ||
                    t->op == CC_KW_ENUM) {
                    spec->has_type = (uint8_t)class_or_enum(p, spec);
                    continue;
                }
                if (cc_decltype_scope_ahead(p)) {
                    spec->has_type = 1;
                    if (!named_type(p, spec, 1)) break;
                    continue;
                }
                if (t->op == CC_KW_DECLTYPE || t->op == CC_KW_TYPEOF) {
                    spec->type = decltype_specifier(p);
                    spec->has_type = 1;
                    continue;
                }
                if (t->op == CC_KW_TYPENAME) {
                    cc_next_token(p);
                    spec->has_type = 1;
                    if (!named_type(p, spec, 1))
                        cc_error(p, cc_place(p), NULL, "got %s, expected a type behind typename",
                                 cc_token_text(p, cc_peek(p)));
                    continue;
                }
                break;
            } else break;
            cc_next_token(p);
            continue;
        }
        if (spec->has_type || any_word(&words)) break;
        if (constrained_auto(p)) continue;
        if (!need_type && outside_special_ahead(p)) break;
        if (!need_type && !cc_starts_type(p) &&
            !(looks_like_type(p) &&
              ((cc_ahead(p, 1)->kind == CC_IDENT && cc_ahead(p, 1)->op != CC_KW_OPERATOR) ||
               t->name == p->r.n_std)))
            break;
        if ((t->kind == CC_IDENT || cc_is(p, CC_P_SCOPE)) && (cc_starts_type(p) || looks_like_type(p))) {
            if (!named_type(p, spec, 0)) break;
            spec->has_type = 1;
            continue;
        }
        break;
    }
    if (any_word(&words)) {
        spec->type = cc_plain(type_of_words(p, &words, spec->at));
        spec->has_type = 1;
    }
    if (quals && spec->type.ref) quals = 0; /* of a reference: no effect */
    if (quals & WF_RESTRICT && spec->type.t->kind != WF_TY_POINTER) quals &= ~(unsigned)WF_RESTRICT;
    if (quals) spec->type.t = wf_type_qualified(p->u, spec->type.t, quals);
    if (spec->flags & CC_F_CONSTEXPR) spec->flags |= CC_F_CONST_OBJECT;
    if (!spec->has_type && need_type) {
        const cc_token *t = cc_peek(p);
        cc_error(p, t->at, t->kind == CC_IDENT && !t->op ? cc_suggest(p, p->scope, t->name->text, 1) : NULL,
                 "got %s, expected a type", cc_token_text(p, t));
    }
}
