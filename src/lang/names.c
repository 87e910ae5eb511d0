/* lang/names.c: the names of a unit.
 *
 * One open-addressing table, keyed by (scope, name). A name can stand for several things at once (struct x
 * and a variable x), so an entry holds one value for each kind. Making a name unique appends _1, _2 …; the
 * entry of the bare name remembers how far that came, so that the thousandth `i` of a function does not try
 * 999 names. The unit's own entry of a name remembers whether it is a word that nobody may use. */
#include "lang/inner.h"
#include "base/hash.h"
#include <stdio.h>
#include <string.h>

enum { KINDS = WF_NAME_LOCAL + 1, FIRST_CAPACITY = 64 };

typedef struct name_entry {
    uint64_t hash;
    const void *scope;
    const char *name; /* NULL: free */
    void *values[KINDS];
    uint32_t suffix;  /* the last one that was tried */
    uint8_t reserved; /* of the unit's own entry: 1: nobody's name, 2: it may be used, 0: not looked at yet */
} name_entry;

struct wf_name_table {
    name_entry *entries;
    uint32_t capacity, count; /* a power of two; at most half full */
};

struct wf_name_table *wf_names_new(wf_arena *arena) {
    struct wf_name_table *table = WF_NEW(arena, struct wf_name_table);
    if (!table) return NULL;
    table->capacity = FIRST_CAPACITY;
    table->entries = WF_NEW_ARRAY(arena, name_entry, FIRST_CAPACITY);
    return table->entries ? table : NULL;
}

static uint64_t hash_of(const void *scope, const char *name) {
    return wf_hash64(name, strlen(name), (uint64_t)(uintptr_t)scope);
}

/* The entry of that name, or the free one where it would go. */
static name_entry *probe(const struct wf_name_table *table, uint64_t hash, const void *scope,
                         const char *name) {
    for (uint32_t i = (uint32_t)hash;; i++) {
        name_entry *entry = &table->entries[i & (table->capacity - 1)];
        if (!entry->name) return entry;
        if (entry->hash == hash && entry->scope == scope && !strcmp(entry->name, name)) return entry;
    }
}

static void grow(wf_unit *u) {
    struct wf_name_table *table = u->names;
    name_entry *old = table->entries;
    uint32_t old_capacity = table->capacity;
    name_entry *entries = WF_NEW_ARRAY(&u->arena, name_entry, old_capacity * 2);
    table->entries = entries;
    table->capacity = old_capacity * 2;
    for (uint32_t i = 0; i < old_capacity; i++)
        if (old[i].name) *probe(table, old[i].hash, old[i].scope, old[i].name) = old[i];
}

static name_entry *intern(wf_unit *u, const void *scope, const char *name) {
    uint64_t hash = hash_of(scope, name);
    name_entry *entry = probe(u->names, hash, scope, name);
    if (entry->name) return entry;
    if (u->names->count * 2 >= u->names->capacity) {
        grow(u);
        entry = probe(u->names, hash, scope, name);
    }
    entry->name = wf_arena_strdup(&u->arena, name);
    entry->hash = hash;
    entry->scope = scope;
    u->names->count++;
    return entry;
}

void wf_name_add(wf_unit *u, const void *scope, wf_name_kind kind, const char *name, void *value) {
    intern(u, scope, name)->values[kind] = value;
}

void *wf_name_find(const wf_unit *u, const void *scope, wf_name_kind kind, const char *name) {
    const name_entry *entry = probe(u->names, hash_of(scope, name), scope, name);
    return entry->name ? entry->values[kind] : NULL;
}

/* Words that no variable, function or record of a printed unit may have as its name: those of C and C++ that
 * are no names, and what our front-end gives a meaning. In order of strcmp. */
static const char *const reserved_words[] = {
    "INFINITY",
    "NAN",
    "__constant__",
    "__device__",
    "__forceinline__",
    "__global__",
    "__half",
    "__half2",
    "__host__",
    "__managed__",
    "__noinline__",
    "__nv_bfloat16",
    "__nv_bfloat162",
    "__restrict__",
    "__shared__",
    "alignas",
    "alignof",
    "and",
    "asm",
    "assert",
    "auto",
    "bfloat16",
    "bool",
    "break",
    "case",
    "catch",
    "char",
    "class",
    "const",
    "const_cast",
    "constexpr",
    "continue",
    "decltype",
    "default",
    "delete",
    "dim3",
    "do",
    "double",
    "dynamic_cast",
    "else",
    "enum",
    "explicit",
    "export",
    "extern",
    "false",
    "float",
    "for",
    "friend",
    "goto",
    "half",
    "half2",
    "if",
    "inline",
    "int",
    "long",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "nullptr",
    "operator",
    "or",
    "private",
    "protected",
    "public",
    "register",
    "reinterpret_cast",
    "restrict",
    "return",
    "short",
    "signed",
    "sizeof",
    "static",
    "static_assert",
    "static_cast",
    "struct",
    "switch",
    "template",
    "this",
    "throw",
    "true",
    "try",
    "typedef",
    "typeid",
    "typename",
    "union",
    "unsigned",
    "using",
    "virtual",
    "void",
    "volatile",
    "wchar_t",
    "while",
    "xor",
};

static int is_vector_name(const char *name, size_t length) {
    int n = name[length - 1] - '0';
    if (n < 1 || n > 4) return 0;
    for (int kind = 0; kind < WF_TY_SCALARS; kind++) {
        const char *vector = wf_vector_name((wf_type_kind)kind, n);
        if (vector && !strcmp(vector, name)) return 1;
    }
    return 0;
}

static int is_reserved(const char *name) {
    size_t length = strlen(name);
    if (length < 2) return !length; /* i, n, x …: no word is that short */
    for (size_t low = 0, high = sizeof reserved_words / sizeof *reserved_words; low < high;) {
        size_t middle = (low + high) / 2;
        int order = strcmp(name, reserved_words[middle]);
        if (!order) return 1;
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return is_vector_name(name, length) || wf_builtin_find(name) >= 0;
}

static int stands_for(const name_entry *entry) {
    for (int kind = 0; kind < KINDS; kind++)
        if (entry->values[kind]) return 1;
    return 0;
}

static int taken(const wf_unit *u, const void *scope, const char *name) {
    const name_entry *entry = probe(u->names, hash_of(scope, name), scope, name);
    return stands_for(entry) || (scope && taken(u, NULL, name));
}

/* Is the name free in the unit? */
static int free_outside(wf_unit *u, const char *name) {
    name_entry *entry = intern(u, NULL, name);
    if (!entry->reserved) entry->reserved = is_reserved(name) ? 1 : 2;
    return entry->reserved == 2 && !stands_for(entry);
}

/* The scope's entry of a name that is nobody's yet: `name`, or that with a number behind it. */
static name_entry *unique(wf_unit *u, const void *scope, const char *name) {
    if (!name || !*name) name = "_";
    int is_free = free_outside(u, name);
    name_entry *entry = intern(u, scope, name);
    if (is_free && !stands_for(entry)) return entry;
    /* The counter stands in the scope's entry, so that each function counts for itself. */
    uint32_t suffix = entry->suffix;
    const char *fresh;
    do fresh = wf_arena_printf(&u->arena, "%s_%u", name, ++suffix);
    while (taken(u, scope, fresh));
    entry->suffix = suffix;
    return intern(u, scope, fresh);
}

const char *wf_name_unique(wf_unit *u, const void *scope, const char *name) {
    return unique(u, scope, name)->name;
}

const char *wf_name_take(wf_unit *u, const void *scope, wf_name_kind kind, const char *name, void *value) {
    name_entry *entry = unique(u, scope, name);
    entry->values[kind] = value;
    return entry->name;
}

const char *wf_unit_unique_name(wf_unit *u, const char *name) { return wf_name_unique(u, NULL, name); }
