/* emit/globals.c: what lies outside functions: module globals, shared memory, strings, memory of a group, and
 * the table of sites that run-time reports name. */
#include "emit/inner.h"
#include <string.h>

int is_ours(emitter *e, const wf_var *var) {
    for (const wf_var *g = e->unit->globals; g; g = g->next)
        if (g == var) return 1;
    return 0;
}

static uint64_t align_of(const wf_var *var) {
    uint64_t a = wf_type_align(var->type);
    return var->align > a ? var->align : a;
}

/* --- module globals --- */

/* The driver's assembler knows an address only when the variable has been declared, and LLVM orders them so:
 * it gives up on a circle. */
static int leads_to(emitter *e, map *images, const wf_var *from, const wf_var *to, map *seen) {
    const image *m = map_get(images, from);
    if (!m || map_get(seen, from)) return 0;
    *map_at(seen, from) = e;
    for (const image_pointer *p = m->pointers; p; p = p->next)
        if (p->var && (p->var == to || leads_to(e, images, p->var, to, seen))) return 1;
    return 0;
}

static void define_on_gpu(emitter *e, const wf_var *g, map *images) {
    const image *m = map_get(images, g);
    if (m->pointers && leads_to(e, images, g, g, map_new(e->arena))) {
        fail_at(e, g->at, "set it in a kernel",
                "on a GPU, the initialiser of '%s' cannot lead back to '%s' itself", g->name, g->name);
        return;
    }
    wf_text value;
    wf_text_init(&value, e->arena);
    image_write(e, m, &value); /* may declare strings */
    wf_text_printf(&e->declarations, "@%s = addrspace(%d) externally_initialized global %s, align %llu\n",
                   g->name, g->space == WF_SPACE_CONSTANT ? 4 : 1, value.data,
                   (unsigned long long)align_of(g));
}

/* The block of globals on the CPU: the variables, then the strings that they point to. Words that hold an
 * offset in the block, to become addresses, are listed. */
static void fill_block(emitter *e, map *images, wf_emitted *out) {
    uint64_t size = out->globals_size;
    uint32_t pointers = 0;
    for (const wf_var *g = e->unit->globals; g; g = g->next) {
        const image *m = map_get(images, g);
        for (const image_pointer *p = m ? m->pointers : NULL; p; p = p->next, pointers++)
            if (p->string) size += p->string->u.string.length + 1;
    }
    uint8_t *block = WF_NEW_ARRAY(&e->unit->arena, uint8_t, size);
    out->globals_pointers = WF_NEW_ARRAY(&e->unit->arena, uint64_t, pointers ? pointers : 1);
    uint64_t strings = out->globals_size;
    for (const wf_var *g = e->unit->globals; g; g = g->next) {
        const image *m = map_get(images, g);
        if (!m) continue;
        uint64_t start = *(uint64_t *)map_get(e->globals, g);
        memcpy(block + start, m->bytes, m->size);
        for (const image_pointer *p = m->pointers; p; p = p->next) {
            uint64_t to = strings;
            if (p->string) {
                memcpy(block + to, p->string->u.string.data, p->string->u.string.length);
                strings += p->string->u.string.length + 1;
            } else {
                to = *(uint64_t *)map_get(e->globals, p->var);
            }
            to += (uint64_t)p->offset;
            memcpy(block + start + p->at, &to, 8);
            out->globals_pointers[out->globals_pointer_count++] = start + p->at;
        }
    }
    out->globals_image = block;
    out->globals_size = size;
}

/* The layout of the unit's globals in one block (CPU), or as PTX variables. Done once, before any kernel. */
int globals_layout(emitter *e, wf_emitted *out) {
    uint32_t n = 0;
    uint64_t size = 0;
    map *images = map_new(e->arena);
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
        *map_at(images, g) = image_of(e, g);
        size += o->size;
    }
    out->globals_size = size;
    if (!e->gpu && size) fill_block(e, images, out);
    for (const wf_var *g = e->unit->globals; e->gpu && g; g = g->next)
        if (map_get(images, g)) define_on_gpu(e, g, images);
    return 1;
}

/* A table of the device library: private to the code. */
static const char *library_table(emitter *e, const wf_var *var) {
    void **known = map_at(e->strings, var);
    if (*known || e->dry) return *known ? *known : "undef";
    const char *name = text(e, "@wf_t%u", e->next_value++);
    wf_text_printf(&e->declarations, "%s = internal %sconstant ", name, e->gpu ? "addrspace(4) " : "");
    image_write(e, image_of(e, var), &e->declarations);
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
    if (var->space == WF_SPACE_SHARED) {
        p.op = shared_address(e, var, &size);
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
        e->fn->roots[p.root].is_shared = var->space == WF_SPACE_SHARED;
    }
    return p;
}

/* A string as a key: without zero bytes. */
static const char *string_key(emitter *e, const char *data, uint64_t length) {
    char *key = wf_arena_alloc(e->arena, length * 2 + 8);
    memcpy(key, "str ", 4);
    for (uint64_t i = 0; i < length; i++) {
        key[4 + 2 * i] = (char)('A' + ((uint8_t)data[i] >> 4));
        key[5 + 2 * i] = (char)('A' + ((uint8_t)data[i] & 15));
    }
    return key;
}

/* The LLVM global that holds it, in address space 1 on a GPU. */
const char *string_name(emitter *e, const char *data, uint64_t length) {
    void **known = map_at_text(e->declared, string_key(e, data, length));
    if (*known) return *known;
    const char *name = *known = (void *)text(e, "@wf_s%u", e->next_value++);
    wf_text_printf(&e->declarations, "%s = internal %sconstant [%llu x i8] c\"", name,
                   e->gpu ? "addrspace(1) " : "", (unsigned long long)length + 1);
    for (uint64_t i = 0; i < length; i++) wf_text_printf(&e->declarations, "\\%02X", (uint8_t)data[i]);
    wf_text_puts(&e->declarations, "\\00\"\n");
    return name;
}

val string_address(emitter *e, const char *data, uint64_t length) {
    val p = val_of(wf_type_pointer(e->unit, ty(e, WF_TY_CHAR)), K_BLOCK, "undef");
    if (!e->dry) p.op = string_name(e, data, length);
    if (e->gpu && !e->dry) p.op = text(e, "addrspacecast (ptr addrspace(1) %s to ptr)", p.op);
    if (!e->find) return p;
    void **root = map_at_text(e->strings_known, string_key(e, data, length));
    if (!*root) *root = WF_NEW(e->arena, char); /* the same in dry runs and the real one */
    p.root = root_new(e, *root, e->dry ? "undef" : text(e, "ptrtoint (ptr %s to i64)", p.op),
                      text(e, "%llu", (unsigned long long)length + 1), "a string");
    return p;
}

/* --- memory of a group --- */

/* Beyond it the worker's scratch memory is taken; functions that are called (outline.c) have their stack
 * alone. */
enum { STACK_MOST = 48 << 10, CALLED_MOST = 1 << 20, FRAME_MOST = 8 << 10 };

/* In a function that looks first whether the stack has room (outline.c). What is larger than what the limit
 * leaves below it must not be there before: the report of the error needs the stack too. */
static const char *called_memory(emitter *e, uint64_t bytes, uint64_t align) {
    irfn *fn = e->fn;
    if (fn->stack_bytes - fn->large_bytes <= FRAME_MOST || !fn->large_at)
        return alloca_aligned(e, text(e, "[%llu x i8]", (unsigned long long)bytes), align);
    const char *name = text(e, "%%s%u", e->next_value++);
    wf_text_printf(&fn->large, " %s = alloca [%llu x i8], align %llu\n", name, (unsigned long long)bytes,
                   (unsigned long long)align);
    fn->stack_bytes += align;
    fn->large_bytes += bytes + align;
    e->instructions++;
    return name;
}

/* Where stored addresses of variables lead back to them (reach.c). */
static int must_be_found(const emitter *e) { return e->finds && e->leaks && !e->fn->recursion; }

const char *group_memory(emitter *e, uint64_t bytes, uint64_t align, int each_group) {
    if (e->dry) return "undef";
    if (align < 64 && e->L > 1) align = 64;
    uint64_t total = each_group ? bytes * e->groups : bytes;
    int called = e->fn->recursion;
    if (called && e->fn->stack_bytes + total > CALLED_MOST)
        fail_at(
            e, e->inst->func->at, "use shared or global memory",
            "'%s' calls itself, or is called in too many places, and its variables take more than %d KiB for "
            "%d threads",
            e->inst->func->shown ? e->inst->func->shown : e->inst->func->name, CALLED_MOST >> 10, e->L);
    if (e->gpu || e->coroutine || called || (e->fn->stack_bytes + total <= STACK_MOST && !must_be_found(e))) {
        e->fn->stack_bytes += total;
        if (called && !e->gpu && total) return called_memory(e, total, align ? align : 1);
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
