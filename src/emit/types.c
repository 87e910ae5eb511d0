/* emit/types.c: the tree's types in LLVM's spelling.
 *
 * In registers a bool is i1 and half and bfloat16 are their bits, i16: LLVM's own `half` would bring library
 * calls on the CPU and double rounding. In memory a bool is a byte. A record in registers is the list of its
 * leaves: its scalar members in order of offset. Unions and bit-fields have no members to name, so a record
 * with them is a list of integers that cover its bytes, and its variables live in memory. */
#include "emit/inner.h"
#include <stdio.h>
#include <string.h>

int is_int(const wf_type *t) { return wf_type_is_integer(t); }
int is_signed(const wf_type *t) { return wf_type_is_signed(t); }
int is_float(const wf_type *t) { return wf_type_is_float(t); }
int is_pointer(const wf_type *t) { return t->kind == WF_TY_POINTER; }
int is_small_float(const wf_type *t) { return t->kind == WF_TY_HALF || t->kind == WF_TY_BFLOAT; }
const wf_type *ty(emitter *e, wf_type_kind kind) { return &e->unit->scalars[kind]; }

unsigned bits_of(const wf_type *t) {
    if (t->kind == WF_TY_BOOL) return 1;
    if (t->kind == WF_TY_POINTER) return 64;
    return (unsigned)wf_type_size(t) * 8;
}

const char *ir_type(emitter *e, const wf_type *t) {
    (void)e;
    switch (t->kind) {
    case WF_TY_VOID: return "void";
    case WF_TY_BOOL: return "i1";
    case WF_TY_CHAR:
    case WF_TY_SCHAR:
    case WF_TY_UCHAR: return "i8";
    case WF_TY_SHORT:
    case WF_TY_USHORT:
    case WF_TY_HALF:
    case WF_TY_BFLOAT: return "i16";
    case WF_TY_INT:
    case WF_TY_UINT: return "i32";
    case WF_TY_LONG:
    case WF_TY_ULONG:
    case WF_TY_LLONG:
    case WF_TY_ULLONG: return "i64";
    case WF_TY_FLOAT: return "float";
    case WF_TY_DOUBLE: return "double";
    default: return "ptr";
    }
}

const char *ir_memory(emitter *e, const wf_type *t) { return t->kind == WF_TY_BOOL ? "i8" : ir_type(e, t); }

const char *ir_vector(emitter *e, const char *scalar) {
    static const char *const names[] = {"i1", "i8", "i16", "i32", "i64", "float", "double", "ptr"};
    static const char *const made[3][8] = {{"<8 x i1>", "<8 x i8>", "<8 x i16>", "<8 x i32>", "<8 x i64>",
                                            "<8 x float>", "<8 x double>", "<8 x ptr>"},
                                           {"<16 x i1>", "<16 x i8>", "<16 x i16>", "<16 x i32>",
                                            "<16 x i64>", "<16 x float>", "<16 x double>", "<16 x ptr>"},
                                           {"<32 x i1>", "<32 x i8>", "<32 x i16>", "<32 x i32>",
                                            "<32 x i64>", "<32 x float>", "<32 x double>", "<32 x ptr>"}};
    if (e->L == 1) return scalar;
    int row = e->L == 8 ? 0 : e->L == 16 ? 1 : e->L == 32 ? 2 : -1;
    for (int i = 0; row >= 0 && i < 8; i++)
        if (!strcmp(names[i], scalar)) return made[row][i];
    return text(e, "<%d x %s>", e->L, scalar);
}

const char *ir_of(emitter *e, const val *v) {
    const char *t = ir_type(e, v->type);
    return v->kind == K_VARYING ? ir_vector(e, t) : t;
}

static void add_leaf(emitter *e, leaves *l, uint32_t *capacity, uint64_t offset, const wf_type *t) {
    if (l->count == *capacity) {
        leaf *more = WF_NEW_ARRAY(e->arena, leaf, *capacity * 2);
        memcpy(more, l->at, sizeof(leaf) * l->count);
        l->at = more;
        *capacity *= 2;
    }
    l->at[l->count++] = (leaf){offset, t->unqual};
}

static int is_plain(const wf_type *t) {
    if (t->kind == WF_TY_ARRAY) return is_plain(t->base);
    if (t->kind != WF_TY_RECORD) return 1;
    if (t->record->is_union) return 0;
    for (uint32_t i = 0; i < t->record->field_count; i++)
        if (t->record->fields[i].bit_width || !is_plain(t->record->fields[i].type)) return 0;
    return 1;
}

static void gather(emitter *e, leaves *l, uint32_t *capacity, uint64_t offset, const wf_type *t) {
    if (t->kind == WF_TY_ARRAY) {
        uint64_t size = wf_type_size(t->base);
        for (uint64_t i = 0; i < t->count && l->count < 4096; i++)
            gather(e, l, capacity, offset + i * size, t->base);
    } else if (t->kind == WF_TY_RECORD) {
        for (uint32_t i = 0; i < t->record->field_count; i++)
            gather(e, l, capacity, offset + t->record->fields[i].offset, t->record->fields[i].type);
    } else {
        add_leaf(e, l, capacity, offset, t);
    }
}

leaves *leaves_of(emitter *e, const wf_type *t) {
    void **known = map_at(e->leaf_lists, t->unqual);
    if (*known) return *known;
    leaves *l = WF_NEW(e->arena, leaves);
    uint32_t capacity = 8;
    l->at = WF_NEW_ARRAY(e->arena, leaf, capacity);
    l->plain = is_plain(t);
    if (l->plain) {
        gather(e, l, &capacity, 0, t);
    } else {
        uint64_t size = wf_type_size(t), align = wf_type_align(t), step = align > 8 ? 8 : align;
        wf_type_kind kind = step == 8   ? WF_TY_ULONG
                            : step == 4 ? WF_TY_UINT
                            : step == 2 ? WF_TY_USHORT
                                        : WF_TY_UCHAR;
        for (uint64_t o = 0; o + step <= size && l->count < 4096; o += step)
            add_leaf(e, l, &capacity, o, ty(e, kind));
    }
    *map_at(e->leaf_lists, t->unqual) = l;
    return l;
}

/* LLVM's hexadecimal form is exact: the bits of the double, for a float too. */
const char *float_text(emitter *e, const wf_type *t, double value) {
    if (t->kind == WF_TY_FLOAT) value = (float)value;
    uint64_t bits;
    memcpy(&bits, &value, 8);
    return text(e, "0x%016llX", (unsigned long long)bits);
}
