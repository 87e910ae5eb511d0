/* tests/interp/memory.c: what may be touched, where variables lie, loads and stores. */
#include "inner.h"
#include <stdlib.h>
#include <string.h>

/* --- ranges --- */

range *ranges_add(ranges *list, void *data, uint64_t size, const wf_var *var, int owned) {
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 8;
        list->items = realloc(list->items, list->capacity * sizeof *list->items);
        if (!list->items) abort();
    }
    list->items[list->count] = (range){data, size, var, owned};
    return &list->items[list->count++];
}

void ranges_free(ranges *list) {
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i].owned) free(list->items[i].data);
    free(list->items);
    *list = (ranges){0};
}

range *ranges_of_var(const ranges *list, const wf_var *var) {
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i].var == var) return &list->items[i];
    return NULL;
}

static const range *containing(const ranges *list, uint64_t address) {
    for (uint32_t i = 0; i < list->count; i++)
        if (address - (uintptr_t)list->items[i].data < list->items[i].size) return &list->items[i];
    return NULL;
}

const range *find_range(const thread *t, uint64_t address) {
    const range *found = containing(&t->run->memory, address);
    if (!found) found = containing(&t->block->shared, address);
    return found ? found : containing(&t->run->module->globals, address);
}

static int in_own_frames(const thread *t, uint64_t address, uint64_t size) {
    for (const frame *f = t->frame; f; f = f->caller)
        for (uint32_t i = 0; i < f->func->local_count; i++)
            if (f->locals[i] && address - (uintptr_t)f->locals[i] < f->sizes[i])
                return f->sizes[i] - (address - (uintptr_t)f->locals[i]) >= size;
    return 0;
}

int may_touch(thread *t, uint64_t address, uint64_t size, int is_store, wf_place at) {
    if (!t->run->options->buffers) return 1;
    const range *found = find_range(t, address);
    if (found ? found->size - (address - (uintptr_t)found->data) >= size : in_own_frames(t, address, size))
        return 1;
    if (!t->run->options->out_of_bounds++)
        t->run->options->first =
            (wf_interp_report){at, t->block->index, t->index, address, (uint32_t)size, is_store};
    return 0;
}

int is_shared(const thread *t, uint64_t address) { return containing(&t->block->shared, address) != NULL; }

/* Of a shared address programs keep 32 bits: the place that has these, counted from the dynamic memory. */
uint64_t shared_at(const thread *t, uint64_t low) {
    uintptr_t base = (uintptr_t)t->block->dynamic;
    for (uint32_t i = 0; i < t->block->shared.count; i++) {
        const range *r = &t->block->shared.items[i];
        uint32_t inside = (uint32_t)(low - ((uintptr_t)r->data - base));
        if (inside < r->size) return (uintptr_t)r->data + inside;
    }
    return base + low;
}

/* --- variables --- */

static char *address_of_shared(thread *t, const wf_var *var) {
    if (var->type->kind == WF_TY_ARRAY && var->type->incomplete) return t->block->dynamic;
    range *found = ranges_of_var(&t->block->shared, var);
    uint64_t size = wf_type_size(var->type);
    if (!found) found = ranges_add(&t->block->shared, interp_alloc(size), size, var, 1);
    return found->data;
}

static char *address_of_global(thread *t, const wf_var *var) {
    range *found = ranges_of_var(&t->run->module->globals, var);
    if (found) return found->data;
    uint64_t size = wf_type_size(var->type);
    char *data = ranges_add(&t->run->module->globals, interp_alloc(size), size, var, 1)->data;
    if (var->init && var->init->kind == WF_EX_STRING) memcpy(data, var->init->u.string.data, size);
    else if (var->init) store_plain(data, var->type, evaluate(t, var->init));
    return data;
}

char *address_of_var(thread *t, const wf_var *var) {
    if (var->space == WF_SPACE_SHARED) return address_of_shared(t, var);
    if (var->space != WF_SPACE_LOCAL) return address_of_global(t, var);
    frame *f = t->frame;
    if (!f->locals[var->number]) { /* at its declaration, or jumped over it */
        f->sizes[var->number] = wf_type_size(var->type);
        f->locals[var->number] = interp_alloc(f->sizes[var->number]);
    }
    return f->locals[var->number];
}

/* --- values that are larger than a scalar --- */

void *temporary(thread *t, uint64_t size) {
    if (t->temporary_count == t->temporary_capacity) {
        t->temporary_capacity = t->temporary_capacity ? t->temporary_capacity * 2 : 8;
        t->temporaries = realloc(t->temporaries, t->temporary_capacity * sizeof *t->temporaries);
        if (!t->temporaries) abort();
    }
    return t->temporaries[t->temporary_count++] = interp_alloc(size);
}

void drop_temporaries(thread *t, uint32_t down_to) {
    while (t->temporary_count > down_to) free(t->temporaries[--t->temporary_count]);
}

/* --- loads and stores --- */

static double bits_to_float(wf_type_kind kind, uint64_t bits) {
    double d;
    float f;
    uint32_t word = (uint32_t)(kind == WF_TY_BFLOAT ? bits << 16 : bits);
    if (kind == WF_TY_DOUBLE) return memcpy(&d, &bits, 8), d;
    if (kind != WF_TY_HALF) return memcpy(&f, &word, 4), (double)f;
    uint32_t exponent = word >> 10 & 31, rest = word & 1023; /* half: rebuilt as a float */
    if (exponent == 31) word = (word & 0x8000) << 16 | 0x7f800000 | rest << 13;
    else if (exponent) word = (word & 0x8000) << 16 | (exponent + 112) << 23 | rest << 13;
    else return (word & 0x8000 ? -1.0 : 1.0) * rest * 0x1p-24;
    return memcpy(&f, &word, 4), (double)f;
}

static uint64_t float_to_bits(wf_type_kind kind, double value) {
    uint64_t bits;
    uint32_t word;
    float f = (float)value;
    if (kind == WF_TY_DOUBLE) return memcpy(&bits, &value, 8), bits;
    memcpy(&word, &f, 4);
    if (kind == WF_TY_FLOAT) return word;
    if (kind == WF_TY_BFLOAT) return value != value ? 0x7fc0 : word >> 16;
    uint32_t sign = word >> 16 & 0x8000, exponent = word >> 23 & 255;
    if (value != value) return 0x7e00;
    if (exponent == 255) return sign | 0x7c00;
    if (exponent < 113) return sign | (uint32_t)((value < 0 ? -value : value) * 0x1p24);
    return sign | (exponent - 112) << 10 | (word >> 13 & 1023);
}

value load_plain(thread *t, const char *address, const wf_type *type) {
    value v = {0};
    if (type->kind == WF_TY_RECORD || type->kind == WF_TY_ARRAY) {
        v.bytes = temporary(t, wf_type_size(type));
        memcpy(v.bytes, address, wf_type_size(type));
        return v;
    }
    uint64_t bits = 0;
    memcpy(&bits, address, wf_type_size(type));
    if (wf_type_is_float(type)) v.f = bits_to_float(type->kind, bits);
    else v.i = type->kind == WF_TY_BOOL ? bits != 0 : wrap(type, bits);
    return v;
}

void store_plain(char *address, const wf_type *type, value v) {
    if (type->kind == WF_TY_RECORD || type->kind == WF_TY_ARRAY) {
        memcpy(address, v.bytes, wf_type_size(type));
        return;
    }
    uint64_t bits = wf_type_is_float(type) ? float_to_bits(type->kind, v.f) : v.i;
    memcpy(address, &bits, wf_type_size(type));
}

/* A volatile access to shared memory: the lanes of a warp that can come here do it together. */
static void lockstep(thread *t, const place *p, const wf_type *type, const wf_expr *e, int is_store) {
    if (!(type->quals & WF_VOLATILE) || !is_shared(t, (uintptr_t)p->address)) return;
    t->wait_at = e;
    t->wait_id = (uint32_t)is_store;
    wait_in(t, AT_CONVERGENCE);
}

/* Whether the access is to be done at all. */
static int allowed(thread *t, const place *p, const wf_type *type, const wf_expr *e, int is_store) {
    if (t->run->stop || p->suppressed) return 0;
    if (p->checked && !may_touch(t, (uintptr_t)p->address, wf_type_size(type), is_store, e->at)) return 0;
    lockstep(t, p, type, e, is_store);
    return !t->run->stop;
}

/* The bytes that hold a bit-field, also of bools. */
static uint64_t unit_of(const place *p, const wf_type *type) {
    uint64_t bits = 0;
    memcpy(&bits, p->address, wf_type_size(type));
    return bits;
}

value load(thread *t, const place *p, const wf_type *type, const wf_expr *e) {
    value zero = {0};
    if (type->kind == WF_TY_RECORD) zero.bytes = temporary(t, wf_type_size(type));
    if (!allowed(t, p, type, e, 0)) return zero;
    if (!p->bit_width) return load_plain(t, p->address, type);
    value v = {0};
    uint64_t bits = unit_of(p, type) >> p->bit_offset;
    unsigned unused = 64 - p->bit_width;
    v.i =
        wf_type_is_signed(type) ? (uint64_t)((int64_t)(bits << unused) >> unused) : bits << unused >> unused;
    return v;
}

void store(thread *t, const place *p, const wf_type *type, value v, const wf_expr *e) {
    if (!allowed(t, p, type, e, 1)) return;
    if (p->bit_width) {
        uint64_t mask = (p->bit_width == 64 ? ~(uint64_t)0 : ((uint64_t)1 << p->bit_width) - 1)
                        << p->bit_offset;
        v.i = (unit_of(p, type) & ~mask) | (v.i << p->bit_offset & mask);
        memcpy(p->address, &v.i, wf_type_size(type));
        return;
    }
    store_plain(p->address, type, v);
}
