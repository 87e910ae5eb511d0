/* lang/types.c: making types and asking about them.
 *
 * A type is made once in its unit: a hash table over what it is made of gives the same pointer for equal
 * types, so the rest of the compiler compares pointers. Qualifiers of an array belong to its elements, as in
 * C. */
#include "lang/inner.h"
#include "base/hash.h"
#include <string.h>

enum { FIRST_CAPACITY = 64 };

struct wf_type_table {
    struct {
        uint64_t hash;
        wf_type *type;
    } * slots;
    uint32_t capacity, count; /* a power of two; at most half full */
};

struct wf_builtin_records {
    const wf_type *vectors[WF_TY_SCALARS][4];
    const wf_type *dim3;
};

static const struct {
    uint8_t size, rank;
    char group;
} scalar_info[] = {
#define X(kind, spelling, size, group, rank) {size, rank, group},
    WF_SCALAR_TYPES(X)
#undef X
};

struct wf_type_table *wf_types_new(wf_arena *arena) {
    struct wf_type_table *table = WF_NEW(arena, struct wf_type_table);
    if (!table) return NULL;
    table->capacity = FIRST_CAPACITY;
    table->slots = wf_arena_alloc(arena, sizeof *table->slots * FIRST_CAPACITY);
    return table->slots ? table : NULL;
}

void wf_types_init_scalars(wf_unit *u) {
    for (int kind = 0; kind < WF_TY_SCALARS; kind++) {
        u->scalars[kind].kind = (wf_type_kind)kind;
        u->scalars[kind].unqual = &u->scalars[kind];
    }
}

/* --- interning --- */

static uint64_t hash_type(const wf_type *t) {
    uint64_t words[7] = {(uint64_t)t->kind | (uint64_t)t->quals << 8 | (uint64_t)(t->incomplete != 0) << 16 |
                             (uint64_t)(t->variadic != 0) << 17,
                         (uintptr_t)t->base,
                         t->count,
                         (uintptr_t)t->record,
                         t->param_count,
                         t->quals ? (uintptr_t)t->unqual : 0,
                         0};
    uint64_t hash = wf_hash64(words, sizeof words, 0);
    return t->param_count ? wf_hash64(t->params, t->param_count * sizeof *t->params, hash) : hash;
}

static int same_type(const wf_type *a, const wf_type *b) {
    return a->kind == b->kind && a->quals == b->quals && a->base == b->base && a->count == b->count &&
           a->incomplete == b->incomplete && a->record == b->record && a->param_count == b->param_count &&
           a->variadic == b->variadic && (!a->quals || a->unqual == b->unqual) &&
           (!a->param_count || !memcmp(a->params, b->params, a->param_count * sizeof *a->params));
}

static void grow(wf_unit *u) {
    struct wf_type_table *table = u->types;
    uint32_t capacity = table->capacity * 2;
    void *memory = wf_arena_alloc(&u->arena, sizeof *table->slots * capacity);
    struct wf_type_table old = *table;
    table->slots = memory;
    table->capacity = capacity;
    for (uint32_t i = 0; i < old.capacity; i++) {
        if (!old.slots[i].type) continue;
        uint32_t at = (uint32_t)old.slots[i].hash;
        while (table->slots[at & (capacity - 1)].type) at++;
        table->slots[at & (capacity - 1)].type = old.slots[i].type;
        table->slots[at & (capacity - 1)].hash = old.slots[i].hash;
    }
}

static unsigned depth_of(const wf_type *t) {
    unsigned depth = t->base ? t->base->depth : 0;
    for (uint32_t i = 0; i < t->param_count; i++)
        if (t->params[i]->depth > depth) depth = t->params[i]->depth;
    return depth + 1;
}

/* The one type that is made like *wanted. wanted->unqual NULL: itself. A type that is nested too deep is an
 * error; what comes back then is the type that it is made of. */
static const wf_type *intern(wf_unit *u, const wf_type *wanted) {
    struct wf_type_table *table = u->types;
    uint64_t hash = hash_type(wanted);
    uint32_t at = (uint32_t)hash;
    for (;; at++) {
        wf_type *found = table->slots[at & (table->capacity - 1)].type;
        if (!found) break;
        if (table->slots[at & (table->capacity - 1)].hash == hash && same_type(found, wanted)) return found;
    }
    if (table->count * 2 >= table->capacity) {
        grow(u);
        at = (uint32_t)hash;
        while (table->slots[at & (table->capacity - 1)].type) at++;
    }
    unsigned depth = depth_of(wanted);
    if (depth > WF_TYPE_DEPTH) {
        wf_report(&u->diags, WF_ERROR, (wf_place){0}, NULL, "a type is nested deeper than %d levels",
                  WF_TYPE_DEPTH);
        return wanted->base ? wanted->base : &u->scalars[WF_TY_INT];
    }
    wf_type *made = WF_NEW(&u->arena, wf_type);
    *made = *wanted;
    made->depth = (uint16_t)depth;
    if (!made->unqual) made->unqual = made;
    if (made->param_count) {
        made->params = WF_NEW_ARRAY(&u->arena, const wf_type *, made->param_count);
        memcpy(made->params, wanted->params, made->param_count * sizeof *made->params);
    }
    table->slots[at & (table->capacity - 1)].type = made;
    table->slots[at & (table->capacity - 1)].hash = hash;
    table->count++;
    return made;
}

const wf_type *wf_type_scalar(wf_unit *u, wf_type_kind kind) {
    return &u->scalars[kind < WF_TY_SCALARS ? kind : WF_TY_INT];
}

const wf_type *wf_type_qualified(wf_unit *u, const wf_type *t, unsigned quals) {
    if (!t || (t->quals | quals) == t->quals || t->kind == WF_TY_FUNCTION) return t;
    if (t->kind == WF_TY_ARRAY) {
        wf_type array = *t;
        array.base = wf_type_qualified(u, t->base, quals);
        array.unqual = NULL;
        return array.base == t->base ? t : intern(u, &array);
    }
    if (t->kind != WF_TY_POINTER) quals &= ~(unsigned)WF_RESTRICT;
    wf_type wanted = *t->unqual;
    wanted.quals = (uint8_t)(t->quals | quals);
    wanted.unqual = t->unqual;
    return wanted.quals == t->quals ? t : intern(u, &wanted);
}

const wf_type *wf_type_pointer(wf_unit *u, const wf_type *pointee) {
    if (!pointee) pointee = &u->scalars[WF_TY_VOID];
    return intern(u, &(wf_type){.kind = WF_TY_POINTER, .base = pointee});
}

const wf_type *wf_type_array(wf_unit *u, const wf_type *element, uint64_t count) {
    if (!element) element = &u->scalars[WF_TY_INT];
    return intern(u, &(wf_type){.kind = WF_TY_ARRAY, .base = element, .count = count});
}

const wf_type *wf_type_array_open(wf_unit *u, const wf_type *element) {
    if (!element) element = &u->scalars[WF_TY_INT];
    return intern(u, &(wf_type){.kind = WF_TY_ARRAY, .base = element, .incomplete = 1});
}

const wf_type *wf_type_function(wf_unit *u, const wf_type *result, const wf_type **params, uint32_t count,
                                int variadic) {
    if (!result) result = &u->scalars[WF_TY_INT];
    return intern(u, &(wf_type){.kind = WF_TY_FUNCTION,
                                .base = result,
                                .params = params,
                                .param_count = count,
                                .variadic = variadic != 0});
}

const wf_type *wf_type_of_record(wf_unit *u, const wf_record *record) {
    return intern(u, &(wf_type){.kind = WF_TY_RECORD, .record = record});
}

/* --- CUDA's vector types --- */

wf_type_kind wf_vector_element(wf_type_kind element) {
    if (element == WF_TY_CHAR) return WF_TY_SCHAR;
    if (element == WF_TY_BOOL) return WF_TY_UCHAR;
    return element > WF_TY_VOID && element < WF_TY_SCALARS ? element : WF_TY_INT;
}

const char *wf_vector_name(wf_type_kind element, int n) {
#define NAMES(name)                                                                                          \
    { name "1", name "2", name "3", name "4" }
    static const char *const names[WF_TY_SCALARS][4] = {
        [WF_TY_SCHAR] = NAMES("char"),
        [WF_TY_UCHAR] = NAMES("uchar"),
        [WF_TY_SHORT] = NAMES("short"),
        [WF_TY_USHORT] = NAMES("ushort"),
        [WF_TY_INT] = NAMES("int"),
        [WF_TY_UINT] = NAMES("uint"),
        [WF_TY_LONG] = NAMES("long"),
        [WF_TY_ULONG] = NAMES("ulong"),
        [WF_TY_LLONG] = NAMES("longlong"),
        [WF_TY_ULLONG] = NAMES("ulonglong"),
        [WF_TY_HALF] = {NULL, "__half2", NULL, NULL},
        [WF_TY_BFLOAT] = {NULL, "__nv_bfloat162", NULL, NULL},
        [WF_TY_FLOAT] = NAMES("float"),
        [WF_TY_DOUBLE] = NAMES("double"),
    };
#undef NAMES
    return n >= 1 && n <= 4 && element < WF_TY_SCALARS ? names[element][n - 1] : NULL;
}

static wf_record *builtin_record(wf_unit *u, const char *name, uint32_t align, const wf_type *element,
                                 int n) {
    static const char *const axes[] = {"x", "y", "z", "w"};
    wf_record *record = WF_NEW(&u->arena, wf_record);
    record->name = name;
    record->built_in = 1;
    record->align_wanted = align;
    record->number = u->record_count;
    wf_field fields[4] = {{0}};
    for (int i = 0; i < n; i++) {
        fields[i].name = axes[i];
        fields[i].type = element;
    }
    wf_record_finish(u, record, fields, (uint32_t)n);
    wf_unit_add_record(u, record);
    return record;
}

static struct wf_builtin_records *builtin_records(wf_unit *u) {
    if (!u->vectors) u->vectors = WF_NEW(&u->arena, struct wf_builtin_records);
    return u->vectors;
}

/* CUDA aligns vectors of two and four to their size, at most 16 bytes; those of one and three to the element.
 */
const wf_type *wf_type_vector(wf_unit *u, wf_type_kind element, int n) {
    element = wf_vector_element(element);
    n = n < 1 ? 1 : n > 4 ? 4 : n;
    const wf_type **vector = &builtin_records(u)->vectors[element][n - 1];
    if (*vector) return *vector;
    const char *name = wf_vector_name(element, n);
    if (!name) return wf_type_vector(u, WF_TY_FLOAT, n);
    uint32_t align = (uint32_t)n * scalar_info[element].size;
    if (align > 16) align = 16;
    *vector = wf_type_of_record(u, builtin_record(u, name, n % 2 ? 0 : align, wf_type_scalar(u, element), n));
    return *vector;
}

const wf_type *wf_type_dim3(wf_unit *u) {
    struct wf_builtin_records *records = builtin_records(u);
    if (!records->dim3)
        records->dim3 = wf_type_of_record(u, builtin_record(u, "dim3", 0, wf_type_scalar(u, WF_TY_UINT), 3));
    return records->dim3;
}

/* --- questions --- */

static char group_of(const wf_type *t) {
    return t && t->kind < WF_TY_SCALARS ? scalar_info[t->kind].group : 0;
}

int wf_type_is_integer(const wf_type *t) { return group_of(t) == 'i' || group_of(t) == 'u'; }
int wf_type_is_signed(const wf_type *t) { return group_of(t) == 'i' || group_of(t) == 'f'; }
int wf_type_is_float(const wf_type *t) { return group_of(t) == 'f'; }
int wf_type_is_arithmetic(const wf_type *t) { return group_of(t) && group_of(t) != 'v'; }
int wf_type_is_scalar(const wf_type *t) {
    return wf_type_is_arithmetic(t) || (t && t->kind == WF_TY_POINTER);
}
int wf_type_rank(const wf_type *t) { return t && t->kind < WF_TY_SCALARS ? scalar_info[t->kind].rank : 0; }
int wf_type_same_unqual(const wf_type *a, const wf_type *b) { return a && b && a->unqual == b->unqual; }

uint64_t wf_type_size(const wf_type *t) {
    if (!t) return 0;
    switch (t->kind) {
    case WF_TY_VOID:
    case WF_TY_FUNCTION: return 0;
    case WF_TY_POINTER: return 8;
    case WF_TY_RECORD: return t->record->complete ? t->record->size : 0;
    case WF_TY_ARRAY: {
        uint64_t element = wf_type_size(t->base);
        if (t->incomplete || !element || !t->count) return 0;
        return t->count > UINT64_MAX / element ? UINT64_MAX : t->count * element;
    }
    default: return scalar_info[t->kind].size;
    }
}

uint32_t wf_type_align(const wf_type *t) {
    while (t && t->kind == WF_TY_ARRAY) t = t->base;
    if (!t || t->kind == WF_TY_FUNCTION) return 1;
    if (t->kind == WF_TY_POINTER) return 8;
    if (t->kind == WF_TY_RECORD) return t->record->complete && t->record->align ? t->record->align : 1;
    return scalar_info[t->kind].size;
}
