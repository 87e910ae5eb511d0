/* cudac/scope.c: scopes and the symbols in them.
 *
 * A scope is a list, newest symbol first, with a hash table once it has more than a dozen. Names that are
 * declared nowhere are looked up among the known ones (known.c, wf_builtin_find) by whoever asked; std::
 * falls back to the same, so std::min and ::min are one. */
#include "cudac/parse.h"
#include <string.h>

enum { LIST_MAX = 12, CANDIDATES_MAX = 4096 };

cc_scope *cc_scope_new(cc *p, cc_scope_kind kind, cc_scope *parent) {
    cc_scope *s = WF_NEW(p->scratch, cc_scope);
    s->kind = (uint8_t)kind;
    s->parent = parent;
    return s;
}

static void add_to_table(cc_scope *s, cc_symbol *symbol) {
    cc_symbol **bucket = &s->table[symbol->name->hash & (s->capacity - 1)];
    symbol->bucket = *bucket;
    *bucket = symbol;
}

static void make_table(cc *p, cc_scope *s) {
    s->capacity = s->capacity ? s->capacity * 4 : 64;
    s->table = WF_NEW_ARRAY(p->scratch, cc_symbol *, s->capacity);
    /* oldest first, so that the newest of a name ends up in front */
    cc_symbol *reversed = NULL;
    for (cc_symbol *x = s->first, *next; x; x = next) next = x->next, x->next = reversed, reversed = x;
    s->first = NULL;
    for (cc_symbol *x = reversed, *next; x; x = next) {
        next = x->next;
        x->next = s->first;
        s->first = x;
        add_to_table(s, x);
    }
}

cc_symbol *cc_symbol_add(cc *p, cc_scope *scope, cc_name *name, cc_symbol_kind kind, wf_place at) {
    cc_symbol *symbol = WF_NEW(p->scratch, cc_symbol);
    symbol->name = name;
    symbol->kind = (uint8_t)kind;
    symbol->at = at;
    symbol->scope = scope;
    symbol->next = scope->first;
    scope->first = symbol;
    scope->count++;
    if (scope->table && scope->count <= scope->capacity * 2) add_to_table(scope, symbol);
    else if (scope->count > LIST_MAX) make_table(p, scope);
    return symbol;
}

cc_symbol *cc_find_here(const cc_scope *s, const cc_name *name) {
    if (s->table) {
        for (cc_symbol *x = s->table[name->hash & (s->capacity - 1)]; x; x = x->bucket)
            if (x->name == name) return x;
        return NULL;
    }
    for (cc_symbol *x = s->first; x; x = x->next)
        if (x->name == name) return x;
    return NULL;
}

static cc_symbol *find_in(cc *p, cc_scope *scope, const cc_name *name, unsigned depth) {
    cc_symbol *s = cc_find_here(scope, name);
    if (s || depth > 16) return s;
    if (scope->kind == CC_SCOPE_CLASS && scope->record) {
        cc_record *owner;
        return cc_find_member(p, scope->record, name, &owner);
    }
    for (uint32_t i = 0; i < scope->using_count && !s; i++) s = find_in(p, scope->usings[i], name, depth + 1);
    return s;
}

cc_symbol *cc_find_in(cc *p, cc_scope *scope, const cc_name *name) { return find_in(p, scope, name, 0); }

cc_symbol *cc_find(cc *p, cc_scope *scope, const cc_name *name) {
    for (; scope; scope = scope->parent) {
        cc_symbol *s = cc_find_in(p, scope, name);
        if (s) return s;
    }
    return NULL;
}

cc_symbol *cc_find_tag(cc *p, cc_scope *scope, const cc_name *name, int here_only) {
    for (; scope; scope = here_only ? NULL : scope->parent) {
        for (cc_symbol *x = scope->table ? scope->table[name->hash & (scope->capacity - 1)] : scope->first; x;
             x = scope->table ? x->bucket : x->next)
            if (x->name == name &&
                (x->kind == CC_SYM_TYPE || (x->kind == CC_SYM_TEMPLATE && x->tmpl->is_class)))
                return x;
        cc_symbol *s = here_only ? NULL : cc_find_in(p, scope, name);
        if (s && s->kind == CC_SYM_TYPE) return s;
    }
    return NULL;
}

cc_symbol *cc_find_member(cc *p, cc_record *record, const cc_name *name, cc_record **owner) {
    cc_complete(p, record->type);
    cc_symbol *s = record->scope ? cc_find_here(record->scope, name) : NULL;
    *owner = record;
    for (unsigned i = 0; i < record->base_count && !s; i++)
        s = cc_find_member(p, record->bases[i], name, owner);
    return s;
}

const cc_known *cc_known_of(cc *p, cc_name *name) {
    if (!name->known_looked_up) {
        name->known_looked_up = 1;
        name->known = cc_known_find(p->known_slots, name->text);
    }
    return name->known;
}

cc_scope *cc_namespace_of(cc_scope *scope) {
    while (scope->parent && scope->kind != CC_SCOPE_NAMESPACE) scope = scope->parent;
    return scope;
}

const char *cc_scope_prefix(cc *p, const cc_scope *scope) {
    const char *prefix = "";
    for (const cc_scope *s = scope; s; s = s->parent) {
        const char *name = s->kind == CC_SCOPE_NAMESPACE && s->name ? s->name->text
                           : s->kind == CC_SCOPE_CLASS && s->record ? s->record->shown
                                                                    : NULL;
        if (name) prefix = wf_arena_join(p->arena, name, "::", prefix, NULL, NULL, NULL);
        if (s->kind == CC_SCOPE_CLASS && strstr(name ? name : "", "::")) break; /* shown is whole already */
    }
    return prefix;
}

/* --- suggestions --- */

static void collect(wf_spelling *s, const cc_scope *scope) {
    unsigned left = CANDIDATES_MAX;
    for (const cc_symbol *x = scope->first; x && left--; x = x->next) wf_spelling_consider(s, x->name->text);
}

static const char *did_you_mean(cc *p, const wf_spelling *s) {
    return s->best ? wf_arena_printf(p->arena, "did you mean %s?", s->best) : NULL;
}

static void consider_public(wf_spelling *s, const char *name) {
    if (name[0] != '_' || strncmp(name, "__wf_", 5) != 0) wf_spelling_consider(s, name);
}

/* The same name in a namespace that is not searched here. */
static const char *in_namespaces(cc *p, cc_scope *scope, const char *name, unsigned depth) {
    const cc_name *wanted = cc_intern(&p->r, name, strlen(name));
    for (const cc_symbol *s = scope->first; s && depth < 4; s = s->next) {
        if (s->kind != CC_SYM_NAMESPACE || s->space == scope || s->space == p->std) continue;
        const cc_symbol *found = cc_find_here(s->space, wanted);
        if (found) return wf_arena_printf(p->arena, "did you mean %s%s?", cc_scope_prefix(p, s->space), name);
        const char *deeper = in_namespaces(p, s->space, name, depth + 1);
        if (deeper) return deeper;
    }
    return NULL;
}

const char *cc_suggest(cc *p, cc_scope *scope, const char *name, int all) {
    if (p->quiet || p->r.diags->errors > WF_DIAG_MAX) return NULL;
    static const char *const words[] = {
        "float",      "double",     "int",        "unsigned",     "long",         "short",    "char",
        "bool",       "void",       "const",      "struct",       "return",       "while",    "switch",
        "__global__", "__device__", "__shared__", "__constant__", "__restrict__", "volatile", "static"};
    const char *hint = all ? in_namespaces(p, p->global, name, 0) : NULL;
    if (hint) return hint;
    wf_spelling near;
    wf_spelling_begin(&near, name);
    for (const cc_scope *s = scope; s; s = all ? s->parent : NULL) collect(&near, s);
    for (size_t i = 0; all && i < sizeof words / sizeof *words; i++) wf_spelling_consider(&near, words[i]);
    if (near.best || !all) return did_you_mean(p, &near);
    for (int i = 0; i < WF_BI_COUNT; i++) consider_public(&near, wf_builtins[i].spelling);
    for (uint32_t i = 0; i < cc_known_count(); i++) consider_public(&near, cc_known_name(i));
    return did_you_mean(p, &near);
}

const char *cc_header_hint(cc *p, const cc_scope *scope, const char *name) {
    if (p->quiet || (scope && scope != p->std && scope != p->global)) return NULL;
    const char *header = cc_header_of_name(name, scope == p->std);
    return header ? wf_arena_printf(p->arena, "#include <%s>", header) : NULL;
}

const char *cc_suggest_member(cc *p, cc_record *record, const wf_type *t, const char *name) {
    if (p->quiet || p->r.diags->errors > WF_DIAG_MAX) return NULL;
    wf_spelling near;
    wf_spelling_begin(&near, name);
    if (record && record->scope) collect(&near, record->scope);
    else
        for (uint32_t i = 0; i < t->record->field_count; i++)
            wf_spelling_consider(&near, t->record->fields[i].name);
    return did_you_mean(p, &near);
}
