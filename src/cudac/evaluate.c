/* cudac/evaluate.c: constant expressions, with constexpr functions: a small interpreter of the tree.
 *
 * Scalars are constant nodes, so that wf_fold does all arithmetic. Variables live in objects of bytes; a
 * pointer is an object's number and an offset, packed into an integer node. What cannot be done (a read
 * outside an object, a call without a body, too many steps) makes the whole no constant; it never goes on
 * with a guess. */
#include "cudac/parse.h"
#include <string.h>

enum {
    STEPS_MAX = 200000,
    CALL_DEPTH_MAX = 128,
    OBJECTS_MAX = 1024,
    OUTSIDE_MAX = 256,
    OBJECT_BYTES_MAX = 1 << 20
};

typedef struct object {
    const wf_var *var;
    const wf_type *type;
    uint8_t *bytes; /* NULL: the object is there, its value is not known */
    uint64_t size;
} object;

typedef enum flow { NEXT, BREAK, CONTINUE, RETURN, FAIL } flow;

typedef struct machine {
    cc *p;
    object *objects;
    uint32_t count, frame; /* objects of the running call begin at frame */
    uint32_t outside;      /* objects of constants, which no call owns: from OBJECTS_MAX on */
    uint32_t depth;
    wf_expr *result;
} machine;

typedef struct place {
    object *o;
    uint64_t offset;
    const wf_type *type;
} place;

static wf_expr *eval(machine *m, wf_expr *e);
static int locate(machine *m, wf_expr *e, place *out);
static flow run(machine *m, const wf_stmt *s);

static int step(machine *m) { return m->p->eval_steps++ < STEPS_MAX; }

/* --- objects --- */

static object *new_object(machine *m, const wf_var *var, const wf_type *type) {
    uint64_t size = wf_type_size(type);
    if (m->count == OBJECTS_MAX || !size || size > OBJECT_BYTES_MAX) return NULL;
    object *o = &m->objects[m->count++];
    *o = (object){var, type, wf_arena_alloc(m->p->scratch, size), size};
    return o;
}

static object *find_object(machine *m, const wf_var *var) {
    for (uint32_t i = m->count; i > m->frame; i--)
        if (m->objects[i - 1].var == var) return &m->objects[i - 1];
    for (uint32_t i = OBJECTS_MAX; i < OBJECTS_MAX + m->outside; i++)
        if (m->objects[i].var == var) return &m->objects[i];
    return NULL;
}

static wf_expr *load(machine *m, const place *at) {
    const wf_type *t = at->type;
    wf_unit *u = m->p->u;
    uint64_t size = wf_type_size(t);
    if (!at->o || !at->o->bytes || at->offset > at->o->size || size > at->o->size - at->offset) return NULL;
    const uint8_t *bytes = at->o->bytes + at->offset;
    wf_place none = {0};
    if (t->kind == WF_TY_RECORD || t->kind == WF_TY_ARRAY) {
        wf_expr *e = wf_make_init(u, t, NULL, 0, none); /* a copy that carries its bytes */
        e->kind = WF_EX_STRING;
        e->u.string.data = (char *)memcpy(wf_arena_alloc(m->p->scratch, size), bytes, size);
        e->u.string.length = size;
        return e;
    }
    uint64_t bits = 0;
    memcpy(&bits, bytes, size);
    if (t->kind == WF_TY_FLOAT) {
        float f;
        memcpy(&f, bytes, 4);
        return wf_make_float(u, t->unqual, (double)f, none);
    }
    if (t->kind == WF_TY_DOUBLE) {
        double d;
        memcpy(&d, bytes, 8);
        return wf_make_float(u, t->unqual, d, none);
    }
    if (t->kind == WF_TY_HALF || t->kind == WF_TY_BFLOAT) return NULL;
    if (wf_type_is_integer(t) && wf_type_is_signed(t) && size < 8)
        bits = (uint64_t)((int64_t)(bits << (64 - size * 8)) >> (64 - size * 8));
    if (t->kind == WF_TY_POINTER) {
        wf_expr *e = wf_make_int(u, t->unqual, bits, none);
        return e;
    }
    return wf_make_int(u, t->unqual, bits, none);
}

static int store(const place *at, const wf_expr *value) {
    uint64_t size = wf_type_size(at->type);
    if (!value || !at->o || !at->o->bytes || at->offset > at->o->size || size > at->o->size - at->offset)
        return 0;
    uint8_t *bytes = at->o->bytes + at->offset;
    if (value->kind == WF_EX_STRING) {
        if (value->u.string.length < size) return 0;
        memcpy(bytes, value->u.string.data, size);
    } else if (value->kind == WF_EX_INT) {
        memcpy(bytes, &value->u.i, size > 8 ? 8 : size);
    } else if (at->type->kind == WF_TY_FLOAT) {
        float f = (float)value->u.f;
        memcpy(bytes, &f, 4);
    } else if (at->type->kind == WF_TY_DOUBLE) {
        memcpy(bytes, &value->u.f, 8);
    } else {
        return 0;
    }
    return 1;
}

static uint64_t pack_pointer(const machine *m, const place *at) {
    return ((uint64_t)(at->o - m->objects) + 1) << 32 | (at->offset & 0xffffffff);
}

static int unpack_pointer(machine *m, const wf_expr *e, const wf_type *pointee, place *out) {
    if (!e || e->kind != WF_EX_INT) return 0;
    uint64_t index = e->u.i >> 32;
    if (!index || (index > m->count && (index <= OBJECTS_MAX || index > OBJECTS_MAX + m->outside))) return 0;
    *out = (place){&m->objects[index - 1], e->u.i & 0xffffffff, pointee};
    return 1;
}

/* --- initial values --- */

static int fill(machine *m, place at, wf_expr *init) {
    if (!init) return 1; /* zero */
    if (init->kind == WF_EX_STRING && init->type->kind == WF_TY_ARRAY) {
        uint64_t n = init->u.string.length + 1, size = wf_type_size(at.type);
        if (!at.o->bytes || at.offset + size > at.o->size) return 0;
        memcpy(at.o->bytes + at.offset, init->u.string.data, n < size ? n - 1 : size);
        return 1;
    }
    if (init->kind != WF_EX_INIT) {
        wf_expr *value = eval(m, init);
        return value && store(&at, value);
    }
    for (uint32_t i = 0; i < init->u.init.count; i++) {
        place inner = at;
        if (at.type->kind == WF_TY_ARRAY) {
            inner.type = at.type->base;
            inner.offset += i * wf_type_size(inner.type);
        } else {
            const wf_record *r = at.type->record;
            uint32_t field = r->is_union ? init->u.init.field : i;
            if (field >= r->field_count || r->fields[field].bit_width) return 0;
            inner.type = r->fields[field].type;
            inner.offset += r->fields[field].offset;
        }
        if (!fill(m, inner, init->u.init.items[i])) return 0;
    }
    return 1;
}

/* A variable from outside whose value is known: constants, constexpr aggregates. */
static object *outside(machine *m, const wf_var *var) {
    if (var->front == &cc_temporary_mark) return new_object(m, var, var->type);
    cc_symbol *s = var->front;
    wf_expr *init = s && s->init ? s->init : var->init;
    if (s && s->value) init = s->value;
    int is_const =
        var->type->quals & WF_CONST || (var->type->kind == WF_TY_ARRAY && var->type->base->quals & WF_CONST);
    if (!init || !is_const) return NULL;
    uint64_t size = wf_type_size(var->type);
    if (m->outside == OUTSIDE_MAX || !size || size > OBJECT_BYTES_MAX) return NULL;
    object *o = &m->objects[OBJECTS_MAX + m->outside++];
    *o = (object){var, var->type, wf_arena_alloc(m->p->scratch, size), size};
    return fill(m, (place){o, 0, var->type}, init) ? o : NULL;
}

/* An object of whose value nothing is known, or what such a reference refers to: its methods may be called,
 * and are constant if they do not look at it: std::integral_constant's. `key`: the variable or the expression. */
static object *unknown_object(machine *m, const void *key, const wf_type *type) {
    for (uint32_t i = OBJECTS_MAX; i < OBJECTS_MAX + m->outside; i++)
        if (m->objects[i].var == key) return &m->objects[i];
    if (m->outside == OUTSIDE_MAX || type->kind != WF_TY_RECORD) return NULL;
    object *o = &m->objects[OBJECTS_MAX + m->outside++];
    *o = (object){key, type, NULL, wf_type_size(type)};
    return o;
}

static wf_expr *unknown_pointer(machine *m, const wf_expr *e) {
    object *o = e->type->kind == WF_TY_POINTER ? unknown_object(m, e, e->type->base) : NULL;
    return o ? wf_make_int(m->p->u, e->type, pack_pointer(m, &(place){o, 0, o->type}), e->at) : NULL;
}

/* --- lvalues --- */

static int locate_index(machine *m, wf_expr *e, place *out) {
    wf_expr *base = eval(m, e->a), *index = eval(m, e->b);
    if (!base || !index || index->kind != WF_EX_INT || !unpack_pointer(m, base, e->type, out)) return 0;
    int64_t offset = (int64_t)out->offset + (int64_t)index->u.i * (int64_t)wf_type_size(e->type);
    if (offset < 0 || offset > (int64_t)out->o->size) return 0;
    out->offset = (uint64_t)offset;
    return 1;
}

static int locate(machine *m, wf_expr *e, place *out) {
    if (!step(m)) return 0;
    switch (e->kind) {
    case WF_EX_VAR: {
        object *o = find_object(m, e->u.var);
        if (!o) o = outside(m, e->u.var);
        if (!o) o = unknown_object(m, e->u.var, e->type);
        *out = (place){o, 0, e->type};
        return o != NULL;
    }
    case WF_EX_DEREF: return unpack_pointer(m, eval(m, e->a), e->type, out);
    case WF_EX_INDEX: return locate_index(m, e, out);
    case WF_EX_MEMBER: {
        if (e->a->flags & WF_EX_LVALUE) {
            if (!locate(m, e->a, out)) return 0;
        } else {
            wf_expr *value = eval(m, e->a);
            object *o = value ? new_object(m, NULL, e->a->type) : NULL;
            if (!o || !store(&(place){o, 0, e->a->type}, value)) return 0;
            *out = (place){o, 0, e->a->type};
        }
        const wf_field *f = &e->a->type->record->fields[e->u.field];
        if (f->bit_width) return 0;
        out->offset += f->offset;
        out->type = e->type;
        return 1;
    }
    case WF_EX_INIT:
    case WF_EX_STRING: {
        object *o = new_object(m, NULL, e->type);
        *out = (place){o, 0, e->type};
        return o && fill(m, *out, e);
    }
    default: return 0;
    }
}

/* --- values --- */

static wf_expr *with_operands(machine *m, const wf_expr *e, wf_expr *a, wf_expr *b) {
    wf_expr *copy = WF_NEW(m->p->arena, wf_expr);
    *copy = *e;
    copy->a = a;
    copy->b = b;
    wf_expr *r = wf_fold(m->p->u, copy);
    return r->kind == WF_EX_INT || r->kind == WF_EX_FLOAT ? r : NULL;
}

/* Does it point to an object that may be another's other name? */
static int points_to_unknown(machine *m, const wf_expr *e) {
    place at;
    return unpack_pointer(m, e, e->type, &at) && !at.o->bytes;
}

static wf_expr *pointer_arithmetic(machine *m, const wf_expr *e, wf_expr *a, wf_expr *b) {
    if (points_to_unknown(m, a) || points_to_unknown(m, b)) return NULL;
    if (e->type->kind == WF_TY_POINTER && b->kind == WF_EX_INT) {
        int64_t delta = (int64_t)b->u.i * (int64_t)wf_type_size(e->type->base);
        return wf_make_int(m->p->u, e->type, a->u.i + (uint64_t)(e->op == WF_OP_ADD ? delta : -delta), e->at);
    }
    if (e->op == WF_OP_SUB && a->u.i >> 32 == b->u.i >> 32 && wf_type_size(e->a->type->base))
        return wf_make_int(m->p->u, e->type,
                           (uint64_t)((int64_t)(a->u.i - b->u.i) / (int64_t)wf_type_size(e->a->type->base)),
                           e->at);
    int value;
    switch (e->op) {
    case WF_OP_EQ: value = a->u.i == b->u.i; break;
    case WF_OP_NE: value = a->u.i != b->u.i; break;
    case WF_OP_LT: value = a->u.i < b->u.i; break;
    case WF_OP_LE: value = a->u.i <= b->u.i; break;
    case WF_OP_GT: value = a->u.i > b->u.i; break;
    case WF_OP_GE: value = a->u.i >= b->u.i; break;
    default: return NULL;
    }
    return wf_make_int(m->p->u, e->type, (uint64_t)value, e->at);
}

static wf_expr *eval_binary(machine *m, wf_expr *e) {
    wf_expr *a = eval(m, e->a);
    if (!a) return NULL;
    if ((e->op == WF_OP_LAND || e->op == WF_OP_LOR) && a->kind == WF_EX_INT &&
        !a->u.i == (e->op == WF_OP_LAND))
        return wf_make_int(m->p->u, e->type, e->op == WF_OP_LOR, e->at);
    wf_expr *b = eval(m, e->b);
    if (!b) return NULL;
    if (e->a->type->kind == WF_TY_POINTER) return pointer_arithmetic(m, e, a, b);
    return with_operands(m, e, a, b);
}

static wf_expr *eval_update(machine *m, wf_expr *e) {
    place at;
    wf_unit *u = m->p->u;
    if (!locate(m, e->a, &at)) return NULL;
    wf_expr *old = load(m, &at), *by, *made;
    if (!old) return NULL;
    wf_place none = {0};
    if (e->kind == WF_EX_STEP) {
        if (old->type->kind == WF_TY_POINTER)
            made = wf_make_int(
                u, old->type,
                old->u.i + (e->op == WF_OP_ADD ? 1 : (uint64_t)-1) * wf_type_size(old->type->base), none);
        else {
            wf_expr *one = wf_make_int(u, wf_type_scalar(u, WF_TY_INT), 1, none);
            made = wf_fold(
                u, wf_make_cast(u, old->type, wf_fold(u, wf_make_binary(u, e->op, old, one, none)), none));
        }
        if (!store(&at, made)) return NULL;
        return e->u.post ? old : made;
    }
    by = eval(m, e->b);
    if (!by) return NULL;
    if (old->type->kind == WF_TY_POINTER)
        made = wf_make_int(u, old->type,
                           old->u.i + (uint64_t)((e->op == WF_OP_ADD ? 1 : -1) * (int64_t)by->u.i *
                                                 (int64_t)wf_type_size(old->type->base)),
                           none);
    else
        made = wf_fold(
            u, wf_make_cast(
                   u, old->type,
                   wf_fold(u, wf_make_binary(u, e->op, wf_fold(u, wf_make_cast(u, e->u.compute, old, none)),
                                             by, none)),
                   none));
    return store(&at, made) ? made : NULL;
}

static wf_expr *eval_cast(machine *m, wf_expr *e) {
    if (e->cast == WF_CAST_DECAY) {
        place at;
        if (e->a->kind == WF_EX_FUNC || !locate(m, e->a, &at)) return NULL;
        return wf_make_int(m->p->u, e->type, pack_pointer(m, &at), e->at);
    }
    wf_expr *a = eval(m, e->a);
    if (e->cast == WF_CAST_VOID) return a ? a : NULL;
    if (!a) return NULL;
    if (e->cast == WF_CAST_QUAL && a->kind == WF_EX_STRING) return a;
    if (e->cast == WF_CAST_POINTER || (e->cast == WF_CAST_QUAL && e->type->kind == WF_TY_POINTER))
        return a->kind == WF_EX_INT ? wf_make_int(m->p->u, e->type, a->u.i, e->at) : NULL;
    if (a->type->kind == WF_TY_POINTER && (e->cast != WF_CAST_PTR_BOOL || points_to_unknown(m, a)))
        return NULL;
    if (e->cast == WF_CAST_PTR_BOOL) return wf_make_int(m->p->u, e->type, a->u.i != 0, e->at);
    return with_operands(m, e, a, NULL);
}

static wf_expr *eval_call(machine *m, wf_expr *e) {
    wf_func *f = e->u.call.func;
    cc_func *own = f->front;
    if (m->depth >= CALL_DEPTH_MAX || !own) return NULL;
    if (own->state == CC_BODY_PENDING && !m->p->unevaluated_body) cc_parse_body(m->p, own);
    if (own->state == CC_BODY_NONE && own->owner) {
        cc_find_outside(m->p, own);
        cc_parse_body(m->p, own);
    }
    if (!f->body || own->state != CC_BODY_DONE) return NULL;
    uint32_t frame = m->frame;
    wf_expr *values[32];
    if (e->u.call.count > 32) return NULL;
    for (uint32_t i = 0; i < e->u.call.count; i++)
        if (!(values[i] = eval(m, e->u.call.args[i]))) return NULL;
    const uint32_t before = m->frame = m->count;
    uint32_t i = 0;
    for (wf_var *param = f->params; param && i < e->u.call.count; param = param->next, i++) {
        object *o = new_object(m, param, param->type);
        if (!o || !store(&(place){o, 0, param->type}, values[i])) return NULL;
    }
    m->depth++;
    m->result = NULL;
    flow how = run(m, f->body);
    m->depth--;
    wf_expr *result = m->result;
    m->frame = frame;
    if (how == FAIL) return NULL;
    m->count = before; /* what it made is gone */
    if (f->type->base->kind == WF_TY_VOID)
        return wf_make_int(m->p->u, wf_type_scalar(m->p->u, WF_TY_INT), 0, e->at);
    return result;
}

static wf_expr *eval_builtin(machine *m, wf_expr *e) {
    wf_expr *args[4];
    if (e->u.call.count > 4 || !(wf_builtins[e->u.call.builtin].flags & WF_BIF_PURE)) return NULL;
    for (uint32_t i = 0; i < e->u.call.count; i++)
        if (!(args[i] = eval(m, e->u.call.args[i]))) return NULL;
    wf_expr *copy = WF_NEW(m->p->arena, wf_expr);
    *copy = *e;
    copy->u.call.args = WF_NEW_ARRAY(m->p->arena, wf_expr *, e->u.call.count + 1);
    memcpy(copy->u.call.args, args, e->u.call.count * sizeof *args);
    wf_expr *r = wf_fold(m->p->u, copy);
    return r->kind == WF_EX_INT || r->kind == WF_EX_FLOAT ? r : NULL;
}

static wf_expr *eval(machine *m, wf_expr *e) {
    place at;
    if (!e || !step(m) || e->flags & WF_EX_ERROR || m->depth > CALL_DEPTH_MAX) return NULL;
    switch (e->kind) {
    case WF_EX_INT:
    case WF_EX_FLOAT: return e;
    case WF_EX_VAR:
    case WF_EX_DEREF:
    case WF_EX_INDEX:
    case WF_EX_MEMBER: {
        wf_expr *value = locate(m, e, &at) ? load(m, &at) : NULL;
        return value ? value : unknown_pointer(m, e);
    }
    case WF_EX_INIT:
    case WF_EX_STRING: return locate(m, e, &at) ? load(m, &at) : NULL;
    case WF_EX_UNARY: {
        wf_expr *a = eval(m, e->a);
        return a ? with_operands(m, e, a, NULL) : NULL;
    }
    case WF_EX_BINARY: return eval_binary(m, e);
    case WF_EX_COND: {
        wf_expr *a = eval(m, e->a);
        return !a || a->kind != WF_EX_INT ? NULL : eval(m, a->u.i ? e->b : e->c);
    }
    case WF_EX_COMMA: return eval(m, e->a) ? eval(m, e->b) : NULL;
    case WF_EX_ASSIGN: {
        wf_expr *value = eval(m, e->b);
        return value && locate(m, e->a, &at) && store(&at, value) ? value : NULL;
    }
    case WF_EX_UPDATE:
    case WF_EX_STEP: return eval_update(m, e);
    case WF_EX_CAST: return eval_cast(m, e);
    case WF_EX_ADDR:
        return locate(m, e->a, &at) ? wf_make_int(m->p->u, e->type, pack_pointer(m, &at), e->at) : NULL;
    case WF_EX_CALL: return eval_call(m, e);
    case WF_EX_BUILTIN: return eval_builtin(m, e);
    default: return NULL;
    }
}

/* --- statements --- */

static int truth(machine *m, wf_expr *e, int *value) {
    wf_expr *v = e ? eval(m, e) : NULL;
    *value = !e || (v && v->kind == WF_EX_INT && v->u.i);
    return !e || (v && v->kind == WF_EX_INT);
}

static flow run_list(machine *m, const wf_stmt *s) {
    for (; s; s = s->next) {
        flow how = run(m, s);
        if (how != NEXT) return how;
    }
    return NEXT;
}

static flow run_loop(machine *m, const wf_stmt *s) {
    int go_on = 1;
    if (s->kind == WF_ST_FOR && s->init && run(m, s->init) != NEXT) return FAIL;
    for (int first = s->kind == WF_ST_DO;; first = 0) {
        if (!step(m) || (!first && !truth(m, s->expr, &go_on))) return FAIL;
        if (!first && !go_on) return NEXT;
        flow how = run(m, s->body);
        if (how == BREAK) return NEXT;
        if (how == RETURN || how == FAIL) return how;
        if (s->kind == WF_ST_FOR && s->step && !eval(m, s->step)) return FAIL;
    }
}

static flow run_switch(machine *m, const wf_stmt *s) {
    wf_expr *value = eval(m, s->expr);
    if (!value || value->kind != WF_EX_INT) return FAIL;
    const wf_stmt *from = NULL;
    for (const wf_stmt *c = s->body->body; c; c = c->next)
        if (c->kind == WF_ST_CASE && c->value == value->u.i) from = c;
    for (const wf_stmt *c = s->body->body; c && !from; c = c->next)
        if (c->kind == WF_ST_DEFAULT) from = c;
    flow how = run_list(m, from);
    return how == BREAK ? NEXT : how;
}

static flow run(machine *m, const wf_stmt *s) {
    int value;
    if (!s) return NEXT;
    if (!step(m)) return FAIL;
    switch (s->kind) {
    case WF_ST_EXPR: return eval(m, s->expr) ? NEXT : FAIL;
    case WF_ST_DECL: {
        if (!s->var || s->var->space != WF_SPACE_LOCAL) return FAIL;
        object *o = find_object(m, s->var);
        if (!o) o = new_object(m, s->var, s->var->type);
        if (!o) return FAIL;
        place at = {o, 0, s->var->type};
        return !s->expr || fill(m, at, s->expr) ? NEXT : FAIL;
    }
    case WF_ST_BLOCK: return run_list(m, s->body);
    case WF_ST_IF:
        if (!truth(m, s->expr, &value)) return FAIL;
        return run(m, value ? s->body : s->other);
    case WF_ST_FOR:
    case WF_ST_WHILE:
    case WF_ST_DO: return run_loop(m, s);
    case WF_ST_SWITCH: return run_switch(m, s);
    case WF_ST_CASE:
    case WF_ST_DEFAULT: return NEXT;
    case WF_ST_BREAK: return BREAK;
    case WF_ST_CONTINUE: return CONTINUE;
    case WF_ST_RETURN:
        m->result = s->expr ? eval(m, s->expr) : NULL;
        return s->expr && !m->result ? FAIL : RETURN;
    default: return FAIL;
    }
}

/* --- the door --- */

/* Bytes as an initialiser. */
static wf_expr *from_bytes(machine *m, const place *at) {
    const wf_type *t = at->type;
    if (t->kind != WF_TY_ARRAY && t->kind != WF_TY_RECORD)
        return t->kind == WF_TY_POINTER ? NULL : load(m, at);
    uint64_t count = t->kind == WF_TY_ARRAY ? t->count : t->record->field_count;
    if (t->kind == WF_TY_RECORD && t->record->is_union) return NULL;
    wf_expr **items = WF_NEW_ARRAY(m->p->arena, wf_expr *, count + 1);
    for (uint64_t i = 0; i < count; i++) {
        place inner = *at;
        inner.type = t->kind == WF_TY_ARRAY ? t->base : t->record->fields[i].type;
        inner.offset += t->kind == WF_TY_ARRAY ? i * wf_type_size(t->base) : t->record->fields[i].offset;
        if (t->kind == WF_TY_RECORD && t->record->fields[i].bit_width) return NULL;
        if (!(items[i] = from_bytes(m, &inner))) return NULL;
    }
    return wf_make_init(m->p->u, t, items, (uint32_t)count, (wf_place){0});
}

wf_expr *cc_evaluate(cc *p, wf_expr *e) {
    if (e->kind == WF_EX_INT || e->kind == WF_EX_FLOAT) return e;
    if (e->flags & WF_EX_ERROR) return NULL;
    if (wf_type_is_arithmetic(e->type)) { /* most need no machine */
        wf_expr *r = wf_fold(p->u, e);
        if (r->kind == WF_EX_INT || r->kind == WF_EX_FLOAT) return r;
    }
    machine *m = WF_NEW(p->scratch, machine);
    m->p = p;
    m->objects = wf_arena_alloc_raw(p->scratch, sizeof(object) * (OBJECTS_MAX + OUTSIDE_MAX));
    p->eval_steps = 0;
    if (e->type->kind == WF_TY_ARRAY || e->type->kind == WF_TY_RECORD) {
        if (e->kind == WF_EX_INIT) return NULL; /* wf_fold_init does it */
        wf_expr *value = eval(m, e);
        if (!value || value->kind != WF_EX_STRING) return NULL;
        object *o = new_object(m, NULL, e->type);
        place at = {o, 0, e->type};
        return o && store(&at, value) ? from_bytes(m, &at) : NULL;
    }
    if (e->type->kind == WF_TY_POINTER) return NULL;
    wf_expr *r = eval(m, e);
    if (!r || (r->kind != WF_EX_INT && r->kind != WF_EX_FLOAT)) return NULL;
    wf_expr *copy = WF_NEW(p->arena, wf_expr);
    *copy = *r;
    copy->at = e->at;
    cc_set_enum(p, copy, cc_enum_of(p, e));
    return copy;
}
