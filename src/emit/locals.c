/* emit/locals.c: lvalues: local variables, members, elements, bit-fields.
 *
 * A local variable is kept as
 * - slots, one for each scalar in it, when its address is never a value and arrays in it have constant indices;
 * - rows, memory in which each scalar has L neighbours, one for each lane ([n x <L x T>]), when arrays are
 *   indexed freely: an index that is the same for the group then is one vector access;
 * - memory, for each lane its own copy, one after the other, when its address is a value, or when it has
 *   unions or bit-fields. */
#include "emit/inner.h"
#include <string.h>

enum { SLOTS_MOST = 64 };

void local_declare(emitter *e, inst *in, wf_var *var) {
    if (var->space != WF_SPACE_LOCAL) return;
    local *l = &in->locals[var->number];
    scan_var *sv = &in->scan->vars[var->number];
    leaves *lv = leaves_of(e, var->type);
    uint64_t size = wf_type_size(var->type);
    if (l->store == LOCAL_NEW) {
        if (lv->plain && !sv->escapes && !sv->indexed && lv->count <= SLOTS_MOST) l->store = LOCAL_SLOTS;
        else if (lv->plain && !sv->escapes) l->store = LOCAL_ROWS;
        else l->store = LOCAL_MEMORY;
        if (l->store == LOCAL_SLOTS) {
            l->count = lv->count;
            l->slots = WF_NEW_ARRAY(e->arena, slot, lv->count ? lv->count : 1);
            for (uint32_t i = 0; i < lv->count; i++) l->slots[i] = *slot_new(e, lv->at[i].type, sv);
        }
        l->at = val_of(ty(e, WF_TY_VOID), K_BLOCK, NULL);
    }
    l->depth = e->depth;
    for (uint32_t i = 0; l->store == LOCAL_SLOTS && i < l->count; i++) { l->slots[i].depth = e->depth; }
    if (l->store == LOCAL_SLOTS) { return; }
    l->across = sv->regions > 1 && e->regions_active;
    uint64_t align = wf_type_align(var->type);
    if (var->align > align) align = var->align;
    uint64_t lane = (size + align - 1) / align * align;
    l->lane_size = lane;
    if (!l->at.op && !e->dry)
        l->at.op = group_memory(e, lane * (uint64_t)e->L, l->store == LOCAL_ROWS ? 64 : align, l->across);
}

/* The memory of this group. */
const char *local_base(emitter *e, const local *l) {
    if (e->dry || !l->at.op) return "undef";
    if (!l->across) return l->at.op;
    const char *o =
        ins(e, "mul i64 %s, %llu", e->fn->group_index, (unsigned long long)(l->lane_size * (uint64_t)e->L));
    return ins(e, "getelementptr i8, ptr %s, i64 %s", l->at.op, o);
}

static val local_pointer(emitter *e, const local *l, const wf_var *var) {
    val p = val_of(wf_type_pointer(e->unit, var->type), e->L > 1 ? K_LINEAR : K_GROUP, local_base(e, l));
    if (e->L > 1) p.stride = (int64_t)l->lane_size;
    p.local = 1;
    if (e->check) { /* lanes are not kept apart; the block of them is */
        p.root = ROOT_OWN;
        p.lo = ins(e, "ptrtoint ptr %s to i64", p.op);
        p.size = text(e, "%llu", (unsigned long long)(l->lane_size * (uint64_t)e->L));
    }
    return p;
}

lval local_lval(emitter *e, wf_var *var, const wf_expr *x) {
    lval r = {.type = var->type, .expr = x};
    if (var->space != WF_SPACE_LOCAL) {
        r.kind = LV_MEMORY;
        r.at = global_address(e, var);
        r.constant = var->space == WF_SPACE_CONSTANT;
        return r;
    }
    local *l = &e->inst->locals[var->number];
    if (l->store == LOCAL_NEW) local_declare(e, e->inst, var); /* a jump went past its declaration */
    if (l->store == LOCAL_SLOTS) {
        r.kind = LV_SLOTS;
        r.slots = l->slots;
        r.count = l->count;
    } else if (l->store == LOCAL_ROWS) {
        r.kind = LV_ROWS;
        r.rows = l;
        r.at = val_int(e, ty(e, WF_TY_LLONG), 0);
    } else {
        r.kind = LV_MEMORY;
        r.at = local_pointer(e, l, var);
    }
    return r;
}

/* --- parts --- */

static uint32_t leaf_at(leaves *l, uint64_t offset) {
    for (uint32_t i = 0; i < l->count; i++)
        if (l->at[i].offset >= offset) return i;
    return l->count;
}

lval lval_member(emitter *e, lval base, const wf_field *f) {
    lval r = base;
    leaves *l;
    r.type = wf_type_qualified(e->unit, f->type, base.type->quals & (WF_VOLATILE | WF_CONST));
    switch (base.kind) {
    case LV_SLOTS:
        l = leaves_of(e, base.type);
        r.slots += leaf_at(l, f->offset);
        r.count = leaves_of(e, f->type)->count;
        break;
    case LV_ROWS:
        r.at = arith(e, WF_OP_ADD, base.at, val_int(e, ty(e, WF_TY_LLONG), f->offset), (wf_place){0});
        break;
    case LV_VALUE: {
        l = leaves_of(e, base.type);
        uint32_t first = leaf_at(l, f->offset);
        leaves *fl = leaves_of(e, f->type);
        if (!l->plain)
            fail_at(e, base.expr ? base.expr->at : (wf_place){0}, NULL,
                    "a member of a union that is a value is not supported here");
        if (f->type->kind == WF_TY_RECORD || f->type->kind == WF_TY_ARRAY) {
            r.at = val_zero(e, f->type);
            for (uint32_t i = 0; i < fl->count && first + i < base.at.leaf_count; i++)
                r.at.leaves[i] = base.at.leaves[first + i];
        } else {
            r.at = first < base.at.leaf_count ? base.at.leaves[first] : val_zero(e, f->type);
        }
        break;
    }
    default:
        r.at = pointer_offset(e, base.at, (int64_t)f->offset);
        r.kind = f->bit_width ? LV_BITS : LV_MEMORY;
        r.field = f;
    }
    return r;
}

/* Element `index` (64 bits) of an array lvalue. */
lval lval_element(emitter *e, lval base, val index) {
    lval r = base;
    const wf_type *element = base.type->base;
    uint64_t size = wf_type_size(element);
    r.type = element;
    switch (base.kind) {
    case LV_SLOTS: {
        uint32_t n = leaves_of(e, element)->count;
        uint64_t i = index.kind == K_CONST ? (uint64_t)index.imm : 0;
        r.count = n;
        if (index.kind == K_CONST && i < base.type->count) {
            r.slots += i * n;
            break;
        }
        if (base.expr)
            fail_at(e, base.expr->at, NULL, "the index is outside the array of %llu elements",
                    (unsigned long long)base.type->count);
        r.slots = WF_NEW_ARRAY(e->arena, slot, n ? n : 1); /* the array may have none */
        for (uint32_t k = 0; k < n; k++) r.slots[k] = *slot_new(e, leaves_of(e, element)->at[k].type, NULL);
        break;
    }
    case LV_ROWS:
        r.at = arith(e, WF_OP_ADD, base.at,
                     arith(e, WF_OP_MUL, index, val_int(e, index.type, size), (wf_place){0}), (wf_place){0});
        break;
    case LV_VALUE: {
        uint32_t n = leaves_of(e, element)->count;
        uint64_t i = index.kind == K_CONST ? (uint64_t)index.imm : 0;
        if (n == 1 && !wf_type_is(element, WF_TY_RECORD) && i < base.at.leaf_count) {
            r.at = base.at.leaves[i];
        } else {
            r.at = val_zero(e, element);
            for (uint32_t k = 0; k < n && i * n + k < base.at.leaf_count && r.at.is_record; k++)
                r.at.leaves[k] = base.at.leaves[i * n + k];
        }
        break;
    }
    default: r.at = pointer_add(e, base.at, index, size);
    }
    return r;
}

val lval_address(emitter *e, const lval *l) {
    if (l->kind == LV_MEMORY) return l->at;
    if (l->expr && l->kind == LV_BITS) fail_at(e, l->expr->at, NULL, "the address of a bit-field");
    else if (l->expr) fail_at(e, l->expr->at, NULL, "internal error: the address of a variable in registers");
    return val_zero(e, wf_type_pointer(e->unit, l->type));
}

/* --- rows --- */

static uint64_t rows_size(const lval *l) { return l->rows->lane_size; }

/* A member of a packed record, or a part of one. Behind a pointer that was stored somewhere nobody knows. */
static int is_unaligned(const wf_expr *x) {
    for (; x; x = x->a) {
        if (x->kind == WF_EX_MEMBER) {
            if (x->a->type->record->pack) return 1;
        } else if (x->kind != WF_EX_INDEX && x->kind != WF_EX_DEREF &&
                   !(x->kind == WF_EX_CAST && x->cast == WF_CAST_DECAY)) {
            return 0;
        }
    }
    return 0;
}

/* Of L elements at an offset that is a multiple of their size, unless the record is packed. */
static unsigned long long row_align(const lval *l, uint64_t size) {
    return is_unaligned(l->expr) || type_is_packed(l->type) ? 1 : size;
}

/* Known now, or not to be asked. */
static int rows_in_reach(emitter *e, const lval *l, val off, uint64_t size) {
    return !e->check || off.kind == K_CONST || (off.top && off.top - 1 + size <= rows_size(l));
}

/* Lanes whose offset lies inside the array. */
static mask rows_mask(emitter *e, const lval *l, val off, uint64_t size, int store) {
    uint64_t total = rows_size(l);
    if (rows_in_reach(e, l, off, size)) return e->mask;
    val limit = val_int(e, ty(e, WF_TY_ULLONG), total >= size ? total - size + 1 : 0);
    off.type = limit.type;
    val in = compare(e, WF_OP_LT, off, limit);
    const char *good = as_vector(e, in), *m1 = ir_vector(e, "i1");
    mask m = mask_and(e, e->mask, good);
    label *cold = label_new(e), *join = label_new(e);
    const char *bad = ins(e, "xor %s %s, %s", m1, mask_vector(e, m), mask_vector(e, e->mask));
    branch_rare(e, ins(e, "xor i1 %s, true", mask_any(e, bad)), join, cold);
    label_place(e, cold);
    uint32_t site = site_of(e, l->expr, 0, NULL, (uint32_t)size, store);
    report_lanes(e, site, as_vector(e, off), bad, text(e, "%llu", (unsigned long long)total), size);
    label_place(e, join);
    return m;
}

static const char *rows_addresses(emitter *e, const lval *l, val off, uint64_t size) {
    const char *v64 = ir_vector(e, "i64");
    const char *o = ins(e, "mul %s %s, %s", v64, as_vector(e, off), splat(e, "i64", text(e, "%d", e->L)));
    o = ins(e, "add %s %s, %s", v64, o, lane_numbers(e, "i64", (int64_t)size));
    return ins(e, "getelementptr i8, ptr %s, %s %s", local_base(e, l->rows), v64, o);
}

static int rows_const_bad(emitter *e, const lval *l, val off, uint64_t size) {
    (void)e;
    return off.kind == K_CONST && (uint64_t)off.imm + size > rows_size(l);
}

/* The row at a uniform offset, or the first one when the offset is out of range: then *in is false. */
static const char *rows_row(emitter *e, const lval *l, val off, uint64_t size, int store, mask *m,
                            const char **in) {
    *m = rows_mask(e, l, off, size, store);
    *in = NULL;
    const char *o = off.op;
    if (!rows_in_reach(e, l, off, size)) {
        uint64_t total = rows_size(l);
        *in = ins(e, "icmp ult i64 %s, %llu", off.op,
                  (unsigned long long)(total >= size ? total - size + 1 : 0));
        o = ins(e, "select i1 %s, i64 %s, i64 0", *in, off.op);
    }
    if (e->L > 1) o = ins(e, "mul i64 %s, %d", o, e->L);
    return ins(e, "getelementptr i8, ptr %s, i64 %s", local_base(e, l->rows), o);
}

static val rows_load_scalar(emitter *e, const lval *l, val off, const wf_type *t) {
    if (off.kind == K_BOTTOM) return val_bottom(t);
    uint64_t size = wf_type_size(t);
    if (rows_const_bad(e, l, off, size)) return to_varying(e, val_zero(e, t));
    val r = val_of(t, e->L > 1 ? K_VARYING : K_GROUP, NULL);
    const char *mt = ir_memory(e, t), *v = ir_vector(e, mt);
    if (off.kind <= K_GROUP) {
        mask m;
        const char *in, *p = rows_row(e, l, off, size, 0, &m, &in);
        r.op = ins(e, "load %s, ptr %s, align %llu", v, p, row_align(l, size));
        const char *none = e->L > 1             ? "zeroinitializer"
                           : !strcmp(mt, "ptr") ? "null"
                           : mt[0] == 'i'       ? "0"
                                                : "0.0";
        if (in) r.op = ins(e, "select i1 %s, %s %s, %s %s", in, v, r.op, v, none);
    } else {
        mask m = rows_mask(e, l, off, size, 0);
        r.op = masked_gather(e, rows_addresses(e, l, off, size), mt, (uint32_t)row_align(l, size), m);
    }
    if (t->kind == WF_TY_BOOL)
        r.op = ins(e, "icmp ne %s %s, %s", v, r.op, e->L > 1 ? "zeroinitializer" : "0");
    return reach_found(e, r);
}

static void rows_store_scalar(emitter *e, const lval *l, val off, const wf_type *t, val v) {
    if (off.kind == K_BOTTOM || v.kind == K_BOTTOM) return;
    uint64_t size = wf_type_size(t);
    if (rows_const_bad(e, l, off, size)) return;
    reach_leaks(e, &v);
    const char *mt = ir_memory(e, t), *vt = ir_vector(e, mt), *op = as_vector(e, v);
    if (t->kind == WF_TY_BOOL) op = ins(e, "zext %s %s to %s", ir_vector(e, "i1"), op, vt);
    if (off.kind > K_GROUP) {
        mask m = rows_mask(e, l, off, size, 1);
        masked_scatter(e, rows_addresses(e, l, off, size), mt, op, (uint32_t)row_align(l, size), m);
        return;
    }
    mask m;
    const char *in, *p = rows_row(e, l, off, size, 1, &m, &in);
    if (m.op && (m.op != e->mask.op || level_since(e, l->rows->depth, NULL) == 2)) {
        const char *old = ins(e, "load %s, ptr %s, align %llu", vt, p, row_align(l, size));
        op = ins(e, "select %s %s, %s %s, %s %s", ir_vector(e, "i1"), m.op, vt, op, vt, old);
    }
    line(e, "store %s %s, ptr %s, align %llu", vt, op, p, row_align(l, size));
}

/* --- bit-fields --- */

static const wf_type *bits_type(emitter *e, const lval *l) { /* of the memory */
    const wf_type *t = l->field->type->unqual;
    return t->kind == WF_TY_BOOL ? ty(e, WF_TY_UCHAR) : t;
}

/* The field's bits of v, from bit `offset` on, as its value. */
static val bits_value(emitter *e, const lval *l, val v, unsigned offset) {
    const wf_type *raw = bits_type(e, l);
    unsigned bits = bits_of(raw), width = l->field->bit_width;
    v = arith(e, WF_OP_SHL, convert(e, v, raw), val_int(e, raw, bits - width - offset), (wf_place){0});
    v = arith(e, WF_OP_SHR, v, val_int(e, raw, bits - width), (wf_place){0});
    return convert(e, v, l->field->type->unqual);
}

static val bits_load(emitter *e, const lval *l) {
    return bits_value(e, l, memory_load(e, l->at, bits_type(e, l), l->expr, 0), l->field->bit_offset);
}

val lval_kept(emitter *e, const lval *l, val v) { return l->kind == LV_BITS ? bits_value(e, l, v, 0) : v; }

static void bits_store(emitter *e, const lval *l, val v) {
    const wf_type *raw = bits_type(e, l);
    wf_place at = {0};
    uint64_t ones = l->field->bit_width >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << l->field->bit_width) - 1;
    val old = memory_load(e, l->at, raw, l->expr, 0);
    v = arith(e, WF_OP_AND, convert(e, v, raw), val_int(e, raw, ones), at);
    v = arith(e, WF_OP_SHL, v, val_int(e, raw, l->field->bit_offset), at);
    old = arith(e, WF_OP_AND, old, val_int(e, raw, ~(ones << l->field->bit_offset)), at);
    memory_store(e, l->at, raw, arith(e, WF_OP_OR, old, v, at), l->expr, MEM_STORE);
}

/* --- reading and writing --- */

static int is_record(const wf_type *t) { return t->kind == WF_TY_RECORD || t->kind == WF_TY_ARRAY; }
static int flags_of(const lval *l) {
    const wf_type *t = l->type;
    while (t->kind == WF_TY_ARRAY) t = t->base;
    return (t->quals & WF_VOLATILE ? MEM_VOLATILE : 0) | (l->constant ? MEM_CONSTANT : 0) |
           (is_unaligned(l->expr) ? MEM_UNALIGNED : 0);
}

val lval_load(emitter *e, const lval *l) {
    leaves *lv;
    val r;
    switch (l->kind) {
    case LV_SLOTS:
        if (!is_record(l->type)) return slot_get(e, &l->slots[0]);
        r = val_zero(e, l->type);
        for (uint32_t i = 0; i < r.leaf_count; i++) r.leaves[i] = slot_get(e, &l->slots[i]);
        return r;
    case LV_ROWS:
        if (!is_record(l->type)) return rows_load_scalar(e, l, l->at, l->type->unqual);
        lv = leaves_of(e, l->type);
        r = val_zero(e, l->type);
        for (uint32_t i = 0; i < lv->count; i++) {
            val o = arith(e, WF_OP_ADD, l->at, val_int(e, l->at.type, lv->at[i].offset), (wf_place){0});
            r.leaves[i] = rows_load_scalar(e, l, o, lv->at[i].type);
        }
        return r;
    case LV_VALUE: return l->at;
    case LV_BITS: return bits_load(e, l);
    default: return memory_load(e, l->at, l->type, l->expr, flags_of(l));
    }
}

void lval_store(emitter *e, const lval *l, val v) {
    leaves *lv;
    switch (l->kind) {
    case LV_SLOTS:
        if (!is_record(l->type)) {
            slot_set(e, &l->slots[0], v, 0);
        } else if (v.leaves) {
            for (uint32_t i = 0; i < v.leaf_count; i++) slot_set(e, &l->slots[i], v.leaves[i], 0);
        }
        break;
    case LV_ROWS:
        if (!is_record(l->type)) {
            rows_store_scalar(e, l, l->at, l->type->unqual, v);
            break;
        }
        lv = leaves_of(e, l->type);
        for (uint32_t i = 0; v.leaves && i < lv->count; i++) {
            val o = arith(e, WF_OP_ADD, l->at, val_int(e, l->at.type, lv->at[i].offset), (wf_place){0});
            rows_store_scalar(e, l, o, lv->at[i].type, v.leaves[i]);
        }
        break;
    case LV_BITS: bits_store(e, l, v); break;
    case LV_VALUE: break;
    default: memory_store(e, l->at, l->type, v, l->expr, flags_of(l) | MEM_STORE);
    }
}

val scratch_pointer(emitter *e, const wf_type *t) {
    uint64_t align = wf_type_align(t), size = (wf_type_size(t) + align - 1) / align * align;
    val p = val_of(wf_type_pointer(e->unit, t->unqual), e->L > 1 ? K_LINEAR : K_GROUP, NULL);
    p.op = group_memory(e, size * (uint64_t)e->L, align, 0);
    if (e->L > 1) p.stride = (int64_t)size;
    p.local = 1;
    if (e->find) {
        p.root = ROOT_OWN;
        p.lo = ins(e, "ptrtoint ptr %s to i64", p.op);
        p.size = text(e, "%llu", (unsigned long long)(size * (uint64_t)e->L));
    }
    return p;
}
