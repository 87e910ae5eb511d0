/* emit/image.c: the first content of a variable outside functions: bytes, and pointers among them.
 *
 * A pointer to another variable or to a string is not known when code is made. It is kept beside the bytes as
 * what it points to; globals.c makes an offset in the block of globals of it (CPU) or an address that the
 * driver works out (GPU). A pointer to a function is a number (function_pointer.c). */
#include "emit/inner.h"
#include <string.h>

static void put_int(uint8_t *out, uint64_t v, uint64_t size) {
    for (uint64_t i = 0; i < size && i < 8; i++) out[i] = (uint8_t)(v >> (8 * i));
}

static int put_bit_field(emitter *e, const wf_field *f, const wf_expr *x, uint8_t *out) {
    int64_t v;
    if (!wf_fold_int(e->unit, x, &v)) return 0;
    for (unsigned i = 0; i < f->bit_width; i++)
        if (v >> i & 1) out[(f->bit_offset + i) / 8] |= (uint8_t)(1u << (f->bit_offset + i) % 8);
    return 1;
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

/* --- addresses --- */

static int address_of(emitter *e, const wf_expr *x, image_pointer *p);

/* What is at a fixed place of a variable or a string. */
static int place_of(emitter *e, const wf_expr *x, image_pointer *p) {
    int64_t index;
    switch ((wf_expr_kind)x->kind) {
    case WF_EX_VAR: return p->var = x->u.var, 1;
    case WF_EX_STRING: return p->string = x, 1;
    case WF_EX_MEMBER:
        if (!place_of(e, x->a, p)) return 0;
        p->offset += (int64_t)x->a->type->record->fields[x->u.field].offset;
        return 1;
    case WF_EX_INDEX:
        if (!address_of(e, x->a, p) || !wf_fold_int(e->unit, x->b, &index)) return 0;
        p->offset += index * (int64_t)wf_type_size(x->type);
        return 1;
    default: return 0;
    }
}

static int address_of(emitter *e, const wf_expr *x, image_pointer *p) {
    int64_t by;
    if (x->kind == WF_EX_ADDR) return place_of(e, x->a, p);
    if (x->kind == WF_EX_CAST && x->cast == WF_CAST_DECAY) return place_of(e, x->a, p);
    if (x->kind == WF_EX_CAST && (x->cast == WF_CAST_POINTER || x->cast == WF_CAST_QUAL))
        return address_of(e, x->a, p);
    if (x->kind != WF_EX_BINARY || x->a->type->kind != WF_TY_POINTER) return 0;
    if (!address_of(e, x->a, p) || !wf_fold_int(e->unit, x->b, &by)) return 0;
    by *= (int64_t)wf_type_size(x->a->type->base);
    p->offset += x->op == WF_OP_SUB ? -by : by;
    return 1;
}

/* --- values --- */

static int put_value(emitter *e, const wf_type *t, const wf_expr *x, image *out, uint64_t at);

static int put_braces(emitter *e, const wf_type *t, const wf_expr *x, image *out, uint64_t at) {
    if (x->kind != WF_EX_INIT) return 0;
    for (uint32_t i = 0; i < x->u.init.count; i++) {
        const wf_expr *item = x->u.init.items[i];
        if (!item) continue;
        if (t->kind == WF_TY_ARRAY) {
            if (!put_value(e, t->base, item, out, at + i * wf_type_size(t->base))) return 0;
            continue;
        }
        const wf_field *f = &t->record->fields[t->record->is_union ? x->u.init.field : i];
        int done = f->bit_width ? put_bit_field(e, f, item, out->bytes + at + f->offset)
                                : put_value(e, f->type, item, out, at + f->offset);
        if (!done) return 0;
    }
    return 1;
}

static int put_float(emitter *e, const wf_type *t, const wf_expr *x, uint8_t *out) {
    double f;
    uint64_t bits = 0;
    if (!constant_float(x, &f)) { /* infinities and NaN are bit casts of integers */
        int64_t i;
        if (x->kind != WF_EX_BUILTIN || !x->u.call.count || !wf_fold_int(e->unit, x->u.call.args[0], &i))
            return 0;
        bits = (uint64_t)i;
    } else if (t->kind == WF_TY_DOUBLE) {
        memcpy(&bits, &f, 8);
    } else if (t->kind == WF_TY_FLOAT) {
        float s = (float)f;
        memcpy(&bits, &s, 4);
    } else {
        bits = small_bits(t, f);
    }
    put_int(out, bits, wf_type_size(t));
    return 1;
}

static int put_pointer(emitter *e, const wf_expr *x, image *out, uint64_t at) {
    if (x->kind == WF_EX_INT)
        return put_int(out->bytes + at, x->u.i, 8), 1; /* null, or an address by number */
    if (x->kind == WF_EX_CAST && x->cast == WF_CAST_DECAY && x->a->kind == WF_EX_FUNC)
        return put_int(out->bytes + at, function_number(e, x->a->u.call.func), 8), 1;
    image_pointer p = {.at = at};
    if (!address_of(e, x, &p) || (p.var && !is_ours(e, p.var))) return 0;
    *(*out->last = WF_NEW(e->arena, image_pointer)) = p;
    out->last = &(*out->last)->next;
    return 1;
}

/* A constant expression at out->bytes + at; 0 when it is none. */
static int put_value(emitter *e, const wf_type *t, const wf_expr *x, image *out, uint64_t at) {
    int64_t i;
    if (x->kind == WF_EX_CAST &&
        (x->cast == WF_CAST_QUAL || (x->cast == WF_CAST_NUMERIC && x->a->type->unqual == x->type->unqual)))
        return put_value(e, t, x->a, out, at);
    if (t->kind == WF_TY_ARRAY && x->kind == WF_EX_STRING) {
        uint64_t length = x->u.string.length;
        memcpy(out->bytes + at, x->u.string.data, length < t->count ? length : t->count);
        return 1;
    }
    if (t->kind == WF_TY_ARRAY || t->kind == WF_TY_RECORD) return put_braces(e, t, x, out, at);
    if (x->kind == WF_EX_INIT) return !x->u.init.count || put_value(e, t, x->u.init.items[0], out, at);
    if (is_float(t)) return put_float(e, t, x, out->bytes + at);
    if (is_pointer(t)) return put_pointer(e, x, out, at);
    if (!wf_fold_int(e->unit, x, &i)) return 0;
    put_int(out->bytes + at, (uint64_t)i, wf_type_size(t));
    return 1;
}

image *image_of(emitter *e, const wf_var *var) {
    image *out = WF_NEW(e->arena, image);
    uint64_t size = wf_type_size(var->type);
    *out = (image){.bytes = WF_NEW_ARRAY(e->arena, uint8_t, size ? size : 1), .size = size};
    out->last = &out->pointers;
    if (var->init && !put_value(e, var->type, var->init, out, 0))
        fail_at(e, var->at, "use a constant expression",
                "the initialiser of '%s' is not a constant that can be placed in memory", var->name);
    return out;
}

/* --- as text --- */

static void write_bytes(wf_text *out, const uint8_t *data, uint64_t size) {
    static const char digits[] = "0123456789ABCDEF";
    for (uint64_t i = 0; i < size && data[i] == 0; i++)
        if (i + 1 == size) {
            wf_text_puts(out, "zeroinitializer");
            return;
        }
    wf_text_puts(out, "c\"");
    for (uint64_t i = 0; i < size; i++) {
        if (data[i] >= 32 && data[i] < 127 && data[i] != '"' && data[i] != '\\')
            wf_text_putc(out, (char)data[i]);
        else wf_text_add(out, (char[]){'\\', digits[data[i] >> 4], digits[data[i] & 15]}, 3);
    }
    wf_text_putc(out, '"');
}

/* The address as an LLVM constant (GPU). */
static const char *pointer_text(emitter *e, const image_pointer *p) {
    const char *space = "addrspace(1)", *name;
    if (p->string) {
        name = string_name(e, p->string->u.string.data, p->string->u.string.length);
    } else {
        if (p->var->space == WF_SPACE_CONSTANT) space = "addrspace(4)";
        name = text(e, "@%s", p->var->name);
    }
    if (p->offset)
        name = text(e, "getelementptr (i8, ptr %s %s, i64 %lld)", space, name, (long long)p->offset);
    return text(e, "ptr addrspacecast (ptr %s %s to ptr)", space, name);
}

/* TYPE VALUE of an LLVM global (GPU): an array of bytes, or pieces of that with pointers between them. */
void image_write(emitter *e, const image *m, wf_text *out) {
    if (!m->pointers) {
        wf_text_printf(out, "[%llu x i8] ", (unsigned long long)m->size);
        write_bytes(out, m->bytes, m->size);
        return;
    }
    wf_text values;
    wf_text_init(&values, e->arena);
    const char *comma = "";
    uint64_t at = 0;
    wf_text_puts(out, "<{ ");
    for (const image_pointer *p = m->pointers;; p = p->next) {
        uint64_t bytes = (p ? p->at : m->size) - at;
        if (bytes) {
            wf_text_printf(out, "%s[%llu x i8]", comma, (unsigned long long)bytes);
            wf_text_printf(&values, "%s[%llu x i8] ", comma, (unsigned long long)bytes);
            write_bytes(&values, m->bytes + at, bytes);
            comma = ", ";
        }
        if (!p) break;
        wf_text_printf(out, "%sptr", comma);
        wf_text_printf(&values, "%s%s", comma, pointer_text(e, p));
        comma = ", ";
        at = p->at + 8;
    }
    wf_text_printf(out, " }> <{ %s }>", values.data);
}
