/* emit/globals.c: what lies outside functions: module globals, shared memory, strings, memory of a group, and
 * the table of sites that run-time reports name. */
#include "emit/inner.h"
#include <string.h>

static int is_ours(emitter *e, const wf_var *var) { /* of the unit itself, not of the device library */
    for (const wf_var *g = e->unit->globals; g; g = g->next)
        if (g == var) return 1;
    return 0;
}

/* --- bytes of an initialiser --- */

static void put_int(uint8_t *out, uint64_t v, uint64_t size) {
    for (uint64_t i = 0; i < size && i < 8; i++) out[i] = (uint8_t)(v >> (8 * i));
}

static int constant_float(const wf_expr *x, double *f) {
    if (x->kind == WF_EX_FLOAT) return *f = x->u.f, 1;
    if (x->kind == WF_EX_INT) return *f = is_signed(x->type) ? (double)(int64_t)x->u.i : (double)x->u.i, 1;
    if (x->kind == WF_EX_CAST) return constant_float(x->a, f);
    if (x->kind == WF_EX_UNARY && x->op == WF_OP_NEG && constant_float(x->a, f)) return *f = -*f, 1;
    return 0;
}

static uint64_t small_bits(const wf_type *t, double d) {
    if (t->kind == WF_TY_BFLOAT) {
        float f = (float)d;
        uint32_t w;
        memcpy(&w, &f, 4);
        return w >> 16;
    }
    uint64_t b;
    memcpy(&b, &d, 8);
    int64_t x = (int64_t)(b >> 52 & 0x7FF) - 1023;
    uint64_t sign = b >> 63 << 15, m = b & 0xFFFFFFFFFFFFFu;
    if (x == 1024) return sign | 0x7C00 | (m ? 0x200 : 0);
    if (x >= -14) return sign | (uint64_t)(x + 15) << 10 | m >> 42;
    return x < -24 ? sign : sign | (m | 1ull << 52) >> (28 - x);
}

/* The value of a constant expression as bytes; 0 when it is none. */
int constant_bytes(emitter *e, const wf_type *t, const wf_expr *x, uint8_t *out) {
    if (!x) return 1;
    if (x->kind == WF_EX_CAST &&
        (x->cast == WF_CAST_QUAL || (x->cast == WF_CAST_NUMERIC && x->a->type->unqual == x->type->unqual)))
        return constant_bytes(e, t, x->a, out);
    if (t->kind == WF_TY_ARRAY && x->kind == WF_EX_STRING) {
        memcpy(out, x->u.string.data, x->u.string.length < t->count ? x->u.string.length : t->count);
        return 1;
    }
    if (t->kind == WF_TY_ARRAY || t->kind == WF_TY_RECORD) {
        if (x->kind != WF_EX_INIT) return 0;
        for (uint32_t i = 0; i < x->u.init.count; i++) {
            uint64_t at = t->kind == WF_TY_ARRAY ? i * wf_type_size(t->base) : 0;
            const wf_type *part = t->base;
            if (t->kind == WF_TY_RECORD) {
                uint32_t n = t->record->is_union ? x->u.init.field : i;
                const wf_field *f = &t->record->fields[n];
                at = f->offset;
                part = f->type;
                if (f->bit_width && x->u.init.items[i]) return 0;
            }
            if (!constant_bytes(e, part, x->u.init.items[i], out + at)) return 0;
        }
        return 1;
    }
    if (x->kind == WF_EX_INIT) return x->u.init.count ? constant_bytes(e, t, x->u.init.items[0], out) : 1;
    if (is_float(t)) {
        double f;
        if (!constant_float(x, &f)) {
            if (x->kind != WF_EX_BUILTIN) return 0;
            uint64_t bits; /* infinities and NaN are bit casts of integers */
            int64_t i;
            if (!x->u.call.count || !wf_fold_int(e->unit, x->u.call.args[0], &i)) return 0;
            bits = (uint64_t)i;
            put_int(out, bits, wf_type_size(t));
            return 1;
        }
        uint64_t bits = 0;
        float s = (float)f;
        if (t->kind == WF_TY_DOUBLE) memcpy(&bits, &f, 8);
        else if (t->kind == WF_TY_FLOAT) memcpy(&bits, &s, 4);
        else bits = small_bits(t, f);
        put_int(out, bits, wf_type_size(t));
        return 1;
    }
    int64_t i;
    if (x->kind == WF_EX_CAST && x->cast == WF_CAST_DECAY && x->a->kind == WF_EX_FUNC)
        i = (int64_t)function_number(e, x->a->u.call.func);
    else if (t->kind == WF_TY_POINTER && x->kind == WF_EX_INT)
        i = (int64_t)x->u.i; /* null, or an address by number */
    else if (!wf_fold_int(e->unit, x, &i)) return 0;
    put_int(out, (uint64_t)i, wf_type_size(t));
    return 1;
}

static void put_bytes(wf_text *out, const uint8_t *data, uint64_t size) {
    for (uint64_t i = 0; i < size && data[i] == 0; i++)
        if (i + 1 == size) {
            wf_text_puts(out, "zeroinitializer");
            return;
        }
    wf_text_puts(out, "c\"");
    for (uint64_t i = 0; i < size; i++) {
        if (data[i] >= 32 && data[i] < 127 && data[i] != '"' && data[i] != '\\')
            wf_text_putc(out, (char)data[i]);
        else wf_text_printf(out, "\\%02X", data[i]);
    }
    wf_text_putc(out, '"');
}

static const uint8_t *image_of(emitter *e, const wf_var *var) {
    uint64_t size = wf_type_size(var->type);
    uint8_t *bytes = WF_NEW_ARRAY(e->arena, uint8_t, size ? size : 1);
    if (!constant_bytes(e, var->type, var->init, bytes))
        fail_at(e, var->at, "use a constant expression",
                "the initialiser of '%s' is not a constant that can be placed in memory", var->name);
    return bytes;
}

static uint64_t align_of(const wf_var *var) {
    uint64_t a = wf_type_align(var->type);
    return var->align > a ? var->align : a;
}

/* --- module globals --- */

/* The layout of the unit's globals in one block (CPU), or as PTX variables. Done once, before any kernel. */
int globals_layout(emitter *e, wf_emitted *out) {
    uint32_t n = 0;
    uint64_t size = 0;
    for (const wf_var *g = e->unit->globals; g; g = g->next)
        n += g->space == WF_SPACE_DEVICE || g->space == WF_SPACE_CONSTANT;
    out->globals = WF_NEW_ARRAY(&e->unit->arena, wf_emitted_global, n ? n : 1);
    for (const wf_var *g = e->unit->globals; g; g = g->next) {
        if (g->space != WF_SPACE_DEVICE && g->space != WF_SPACE_CONSTANT) continue;
        wf_emitted_global *o = &out->globals[out->global_count++];
        size = (size + align_of(g) - 1) / align_of(g) * align_of(g);
        *o = (wf_emitted_global){g->name, wf_arena_strdup(&e->unit->arena, g->name), size,
                                 wf_type_size(g->type), g->space};
        uint64_t *at = WF_NEW(e->arena, uint64_t);
        *at = size;
        *map_at(e->globals, g) = at;
        size += o->size;
        if (!e->gpu) continue;
        wf_text *d = &e->declarations;
        wf_text_printf(d, "@%s = addrspace(%d) externally_initialized global [%llu x i8] ", g->name,
                       g->space == WF_SPACE_CONSTANT ? 4 : 1, (unsigned long long)o->size);
        put_bytes(d, image_of(e, g), o->size);
        wf_text_printf(d, ", align %llu\n", (unsigned long long)align_of(g));
    }
    out->globals_size = size;
    if (!e->gpu && size) {
        uint8_t *image = WF_NEW_ARRAY(&e->unit->arena, uint8_t, size);
        for (const wf_var *g = e->unit->globals; g; g = g->next) {
            uint64_t *at = map_get(e->globals, g);
            if (at) memcpy(image + *at, image_of(e, g), wf_type_size(g->type));
        }
        out->globals_image = image;
    }
    return 1;
}

/* A table of the device library: private to the code. */
static const char *library_table(emitter *e, const wf_var *var) {
    void **known = map_at(e->strings, var);
    if (*known || e->dry) return *known ? *known : "undef";
    uint64_t size = wf_type_size(var->type);
    const char *name = text(e, "@wf_t%u", e->next_value++);
    wf_text_printf(&e->declarations, "%s = internal %sconstant [%llu x i8] ", name,
                   e->gpu ? "addrspace(4) " : "", (unsigned long long)size);
    put_bytes(&e->declarations, image_of(e, var), size);
    wf_text_printf(&e->declarations, ", align %llu\n", (unsigned long long)align_of(var));
    if (e->gpu) name = text(e, "addrspacecast (ptr addrspace(4) %s to ptr)", name);
    *map_at(e->strings, var) = (void *)name;
    return name;
}

/* Arrays in shared memory begin at 16 bytes: the driver links our PTX, and its assembler, which then does not
 * know where they will lie, makes wide loads (LDS.128) only of what is declared to be aligned. (Tiled product
 * on an H200: 2.65 → 2.11 ms.) */
static uint64_t shared_align_of(const wf_var *var) {
    uint64_t align = align_of(var);
    int wide = var->type->incomplete || wf_type_size(var->type) >= 16;
    return wide && align < 16 ? 16 : align;
}

static const char *shared_address(emitter *e, wf_var *var, const char **size) {
    int open = var->type->incomplete;
    void **known = map_at(e->shared_vars, var);
    if (!*known) {
        uint64_t align = shared_align_of(var), bytes = open ? 0 : wf_type_size(var->type);
        e->shared_bytes = (e->shared_bytes + align - 1) / align * align;
        uint64_t *at = WF_NEW(e->arena, uint64_t);
        *at = e->shared_bytes;
        if (!open) e->shared_bytes += bytes;
        if (align > e->shared_align) e->shared_align = (uint32_t)align;
        *known = at;
    }
    uint64_t at = *(uint64_t *)*known;
    if (open) e->uses_dynamic_shared = 1;
    *size = text(e, "%llu", (unsigned long long)wf_type_size(var->type));
    if (e->dry) return "undef";
    if (e->gpu) {
        const char *name = text(e, "@%s%s%s", e->kernel_name, open ? "_dynamic" : "_", open ? "" : var->name);
        if (open) name = "@wf_dynamic_shared";
        void **said = map_at_text(e->declared, name);
        if (!*said) {
            if (open)
                wf_text_printf(&e->declarations, "%s = external addrspace(3) global [0 x i8], align 128\n",
                               name);
            else
                wf_text_printf(&e->declarations,
                               "%s = internal addrspace(3) global [%s x i8] undef, align %llu\n", name, *size,
                               (unsigned long long)shared_align_of(var));
        }
        *said = e;
        return text(e, "addrspacecast (ptr addrspace(3) %s to ptr)", name);
    }
    if (open) {
        at = (e->shared_bytes + 127) / 128 * 128;
        *size = e->fn->dynamic_size;
    }
    const char *key = text(e, "shared %llu", (unsigned long long)at);
    void **op = map_at_text(e->fn->limits, key);
    if (!*op)
        *op = (void *)ins_entry(
            e, text(e, "getelementptr i8, ptr %s, i64 %llu", e->fn->shared, (unsigned long long)at));
    return *op;
}

val global_address(emitter *e, wf_var *var) {
    val p = val_of(wf_type_pointer(e->unit, var->type), K_BLOCK, "undef");
    const char *size = "0";
    int open_size = 0;
    if (var->space == WF_SPACE_SHARED) {
        p.op = shared_address(e, var, &size);
        open_size = var->type->incomplete;
    } else {
        uint64_t *at = map_get(e->globals, var);
        size = text(e, "%llu", (unsigned long long)wf_type_size(var->type));
        if (!at || !is_ours(e, var)) {
            p.op = library_table(e, var);
        } else if (e->gpu) {
            p.op = text(e, "addrspacecast (ptr addrspace(%d) @%s to ptr)",
                        var->space == WF_SPACE_CONSTANT ? 4 : 1, var->name);
        } else {
            const char *key = text(e, "global %llu", (unsigned long long)*at);
            void **op = map_at_text(e->fn->limits, key);
            if (!*op && !e->dry)
                *op = (void *)ins_entry(e, text(e, "getelementptr i8, ptr %s, i64 %llu", e->fn->globals,
                                                (unsigned long long)*at));
            if (*op) p.op = *op;
        }
    }
    (void)open_size;
    p.top = 1; /* for a pointer: byte offsets from the start of its root are less than this */
    if (e->check) {
        const char *lo = "undef";
        if (!e->dry) {
            const char *key = text(e, "lo %s", p.op);
            void **op = map_at_text(e->fn->limits, key);
            if (!*op) *op = (void *)ins_entry(e, text(e, "ptrtoint ptr %s to i64", p.op));
            lo = *op;
        }
        p.root = root_new(e, var, lo, size, var->name);
    }
    return p;
}

val string_address(emitter *e, const char *data, uint64_t length) {
    val p = val_of(wf_type_pointer(e->unit, ty(e, WF_TY_CHAR)), K_BLOCK, "undef");
    if (e->dry) return p;
    char *key = wf_arena_alloc(e->arena, length * 2 + 8);
    memcpy(key, "str ", 4);
    for (uint64_t i = 0; i < length; i++) { /* a key without zero bytes */
        key[4 + 2 * i] = (char)('A' + ((uint8_t)data[i] >> 4));
        key[5 + 2 * i] = (char)('A' + ((uint8_t)data[i] & 15));
    }
    void **known = map_at_text(e->declared, key);
    if (!*known) {
        const char *name = text(e, "@wf_s%u", e->next_value++);
        wf_text_printf(&e->declarations, "%s = internal %sconstant [%llu x i8] c\"", name,
                       e->gpu ? "addrspace(1) " : "", (unsigned long long)length + 1);
        for (uint64_t i = 0; i < length; i++) wf_text_printf(&e->declarations, "\\%02X", (uint8_t)data[i]);
        wf_text_puts(&e->declarations, "\\00\"\n");
        *known = (void *)(e->gpu ? text(e, "addrspacecast (ptr addrspace(1) %s to ptr)", name) : name);
    }
    p.op = *known;
    return p;
}

/* --- memory of a group --- */

enum { STACK_MOST = 48 << 10 }; /* beyond it the worker's scratch memory is taken */

const char *group_memory(emitter *e, uint64_t bytes, uint64_t align, int each_group) {
    if (e->dry) return "undef";
    if (align < 64 && e->L > 1) align = 64;
    uint64_t total = each_group ? bytes * e->groups : bytes;
    if (e->gpu || e->coroutine || e->fn->stack_bytes + total <= STACK_MOST) {
        e->fn->stack_bytes += total;
        return alloca_aligned(e, text(e, "[%llu x i8]", (unsigned long long)(total ? total : 1)), align);
    }
    e->fn->scratch_bytes = (e->fn->scratch_bytes + 63) / 64 * 64;
    uint64_t at = e->fn->scratch_bytes;
    e->fn->scratch_bytes += total;
    return ins_entry(e, text(e, "getelementptr i8, ptr %%scratch, i64 %llu", (unsigned long long)at));
}

/* --- sites --- */

static const char *name_of(emitter *e, const wf_expr *x) {
    while (x) {
        if (x->kind == WF_EX_VAR) return x->u.var->name;
        if (x->kind == WF_EX_CALL || x->kind == WF_EX_BUILTIN) break;
        x = x->a;
    }
    (void)e;
    return "";
}

uint32_t site_of(emitter *e, const wf_expr *x, uint32_t kind, const char *message, uint32_t bytes,
                 int store) {
    if (e->dry) return 0;
    const char *key = text(e, "%p %u %u %d %s", (const void *)x, kind, bytes, store, message ? message : "");
    void **known = map_at_text(e->site_ids, key);
    if (*known) return (uint32_t)(uintptr_t)*known - 1;
    if (e->site_count == e->site_capacity) {
        uint32_t n = e->site_capacity ? e->site_capacity * 2 : 32;
        wf_site *more = WF_NEW_ARRAY(&e->unit->arena, wf_site, n);
        if (e->site_count) memcpy(more, e->sites, sizeof(wf_site) * e->site_count);
        e->sites = more;
        e->site_capacity = n;
    }
    wf_site *s = &e->sites[e->site_count];
    *s = (wf_site){kind, x ? x->at : (wf_place){0}, NULL, bytes, (uint32_t)store};
    s->text = wf_arena_strdup(&e->unit->arena, message ? message : name_of(e, x));
    *known = (void *)(uintptr_t)(e->site_count + 1);
    return e->site_count++;
}
