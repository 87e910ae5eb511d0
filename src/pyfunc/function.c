/* pyfunc/function.c: functions, their instances, and the runs that infer types.
 *
 * An instance is a Python function with the types of its arguments. Each run (lower.h) lowers the kernel and,
 * at the first call, every instance that it reaches. A recursive call sees the result type found so far; it
 * is settled when a run changes nothing. Values that C cannot hold in one variable are spread: an array is a
 * pointer, extents and (layout A) strides; a tuple its items; a complex number two floats. These parts are
 * called leaves here. */
#include "pyfunc/lower.h"
#include "base/memory.h"
#include <string.h>

enum { RUNS_MAX = 60, LEAVES_MAX = 256 };

/* ---- leaves -----------------------------------------------------------------------------------------------
 */

uint32_t wf_pf_leaf_count(const wf_pf_type *type) {
    uint32_t count = 0;
    switch (type->kind) {
    case WF_PF_T_TUPLE:
        for (uint32_t i = 0; i < type->count; i++) count += wf_pf_leaf_count(type->items[i]);
        return count;
    case WF_PF_T_ARRAY: return 1u + type->ndim * (type->layout == 'A' ? 2u : 1u);
    case WF_PF_T_COMPLEX:
    case WF_PF_T_STR: return 2;
    case WF_PF_T_OPTIONAL: return 1 + wf_pf_leaf_count(type->element);
    case WF_PF_T_NONE:
    case WF_PF_T_STATIC:
    case WF_PF_T_UNKNOWN: return 0;
    default: return 1;
    }
}

static const wf_type *pointer_to(wf_pf_lower *l, const wf_pf_type *element, int readonly) {
    const wf_type *c = wf_pf_ctype(l, element);
    return wf_type_pointer(l->u, readonly ? wf_type_qualified(l->u, c, WF_CONST) : c);
}

void wf_pf_leaf_types(wf_pf_lower *l, const wf_pf_type *type, const wf_type **out) {
    const wf_type *integer = wf_type_scalar(l->u, WF_TY_LONG);
    switch (type->kind) {
    case WF_PF_T_TUPLE:
        for (uint32_t i = 0; i < type->count; i++) {
            wf_pf_leaf_types(l, type->items[i], out);
            out += wf_pf_leaf_count(type->items[i]);
        }
        break;
    case WF_PF_T_ARRAY:
        *out++ = pointer_to(l, type->element, type->readonly);
        for (uint32_t i = 1; i < wf_pf_leaf_count(type); i++) *out++ = integer;
        break;
    case WF_PF_T_COMPLEX:
        out[0] = out[1] = wf_type_scalar(l->u, type->bytes == 16 ? WF_TY_DOUBLE : WF_TY_FLOAT);
        break;
    case WF_PF_T_STR:
        out[0] = pointer_to(l, wf_pf_type_scalar(&l->types, wf_pf_is_bytes(type) ? 'B' : 'I'), 1);
        out[1] = integer;
        break;
    case WF_PF_T_OPTIONAL:
        out[0] = wf_type_scalar(l->u, WF_TY_BOOL);
        wf_pf_leaf_types(l, type->element, out + 1);
        break;
    case WF_PF_T_RECORD: *out = pointer_to(l, type, 0); break;
    case WF_PF_T_NONE:
    case WF_PF_T_STATIC:
    case WF_PF_T_UNKNOWN: break;
    default: *out = wf_pf_ctype(l, type);
    }
}

static uint32_t array_leaves(wf_pf_body *b, wf_pf_val v, wf_expr **out) {
    uint32_t n = 0;
    if (!v.array) { /* an expression that could not be computed: its error was told */
        const wf_type *types[LEAVES_MAX];
        wf_pf_leaf_types(b->l, v.type, types);
        for (; n < wf_pf_leaf_count(v.type); n++) out[n] = wf_make_int(b->l->u, types[n], 0, b->in->f->at);
        return n;
    }
    if (v.array->member) {
        wf_pf_error(b, b->in->f->at, "pass a copy: rows['x'].copy()",
                    "'%s' of every row is no array of its own: a row's bytes are no multiple of the field's",
                    v.array->member);
        return array_leaves(b, (wf_pf_val){.type = v.type}, out);
    }
    out[n++] = wf_pf_clone(b->l->u, v.array->data);
    int ndim = v.type->kind == WF_PF_T_STR ? 1 : v.type->ndim;
    for (int i = 0; i < ndim; i++) out[n++] = wf_pf_clone(b->l->u, v.array->shape[i]);
    for (int i = 0; v.type->layout == 'A' && i < v.type->ndim; i++)
        out[n++] = wf_pf_clone(b->l->u, v.array->strides[i]);
    return n;
}

uint32_t wf_pf_val_leaves(wf_pf_body *b, wf_pf_val v, wf_expr **out) {
    uint32_t n = 0;
    switch (v.type->kind) {
    case WF_PF_T_TUPLE:
        for (uint32_t i = 0; i < v.type->count; i++) n += wf_pf_val_leaves(b, v.items[i], out + n);
        return n;
    case WF_PF_T_ARRAY: return array_leaves(b, v.lazy ? wf_pf_materialise(b, v, b->in->f->at) : v, out);
    case WF_PF_T_COMPLEX:
        if (!v.items) v = wf_pf_convert(b, v, v.type, b->in->f->at); /* a constant */
        out[0] = v.items[0].e;
        out[1] = v.items[1].e;
        return 2;
    case WF_PF_T_STR: return array_leaves(b, v, out);
    case WF_PF_T_OPTIONAL:
        n = wf_pf_val_leaves(b, v.items[0], out);
        return n + wf_pf_val_leaves(b, v.items[1], out + n);
    case WF_PF_T_RECORD: /* a constant array's row too: results do not say that they are read-only */
        out[0] = wf_make_cast(b->l->u, pointer_to(b->l, v.type, 0),
                              wf_make_addr(b->l->u, v.place, v.place->at), v.place->at);
        return 1;
    case WF_PF_T_LIST:
    case WF_PF_T_DICT:
    case WF_PF_T_SET:
    case WF_PF_T_DATE:
    case WF_PF_T_OBJECT: out[0] = v.e; return 1;
    case WF_PF_T_NONE:
    case WF_PF_T_STATIC:
    case WF_PF_T_UNKNOWN: return 0;
    default: out[0] = wf_pf_number(b, v, v.type, (wf_place){0}); return 1;
    }
}

static wf_pf_val array_of_leaves(wf_pf_body *b, const wf_pf_type *type, wf_expr **leaves) {
    wf_pf_val v = {.type = type, .array = WF_NEW(&b->l->u->arena, wf_pf_array)};
    v.array->data = *leaves++;
    v.array->shape = leaves;
    if (type->layout == 'A') v.array->strides = leaves + type->ndim;
    return v;
}

wf_pf_val wf_pf_val_of_leaves(wf_pf_body *b, const wf_pf_type *type, wf_expr **leaves) {
    wf_pf_val v = {.type = type};
    switch (type->kind) {
    case WF_PF_T_TUPLE:
        v.items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, type->count + 1);
        for (uint32_t i = 0; i < type->count; i++) {
            v.items[i] = wf_pf_val_of_leaves(b, type->items[i], leaves);
            leaves += wf_pf_leaf_count(type->items[i]);
        }
        return v;
    case WF_PF_T_ARRAY:
    case WF_PF_T_STR: return array_of_leaves(b, type, leaves);
    case WF_PF_T_OPTIONAL:
        v.items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 2);
        v.items[0] = wf_pf_scalar(b, b->l->boolean, leaves[0]);
        v.items[1] = wf_pf_val_of_leaves(b, type->element, leaves + 1);
        return v;
    case WF_PF_T_COMPLEX:
        v.items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, 2);
        for (int i = 0; i < 2; i++)
            v.items[i] =
                wf_pf_scalar(b, wf_pf_type_scalar(&b->l->types, type->bytes == 16 ? 'd' : 'f'), leaves[i]);
        return v;
    case WF_PF_T_RECORD: v.place = wf_make_deref(b->l->u, leaves[0], leaves[0]->at); return v;
    case WF_PF_T_STATIC:
        if (type->value && type->value->kind == WF_PF_V_PASSED) return wf_pf_passed(b, type->value->i);
        return type->value ? wf_pf_constant(b, type->value, b->in->f->at) : v;
    case WF_PF_T_NONE:
    case WF_PF_T_UNKNOWN: return v;
    default: v.e = leaves[0]; return v;
    }
}

void wf_pf_set_leaves(wf_pf_body *b, wf_expr **leaves, wf_pf_val v, const wf_pf_type *type, wf_place at) {
    wf_unit *u = b->l->u;
    v = wf_pf_convert(b, v, type, at);
    if (v.type != type) return;
    uint32_t count = wf_pf_leaf_count(type);
    wf_expr **from = WF_NEW_ARRAY(&u->arena, wf_expr *, count + 1);
    wf_pf_val_leaves(b, v, from);
    for (uint32_t i = 0; i < count; i++)
        wf_pf_emit(b, wf_make_assign(u, wf_pf_clone(u, leaves[i]), from[i], at));
}

const wf_type *wf_pf_result_type(wf_pf_lower *l, const wf_pf_type *type) {
    uint32_t count = wf_pf_leaf_count(type);
    const wf_type *leaves[LEAVES_MAX];
    if (count == 0 || count > LEAVES_MAX) return wf_type_scalar(l->u, WF_TY_VOID);
    if (count == 1) {
        wf_pf_leaf_types(l, type, leaves);
        return leaves[0];
    }
    return wf_pf_memory_type(l, type);
}

const wf_type *wf_pf_memory_type(wf_pf_lower *l, const wf_pf_type *type) {
    uint32_t count = wf_pf_leaf_count(type);
    const wf_type *leaves[LEAVES_MAX];
    const void *key = (const char *)type + 1; /* the type itself is a structured row's own record */
    if (count > LEAVES_MAX) return wf_type_scalar(l->u, WF_TY_INT);
    wf_pf_leaf_types(l, type, leaves);
    for (uint32_t i = 0; i < l->u->record_count; i++)
        if (l->u->records[i]->front == key) return wf_type_of_record(l->u, l->u->records[i]);
    wf_record *record = wf_record_new(l->u, "wf_result", 0, (wf_place){0});
    wf_field *fields = WF_NEW_ARRAY(&l->u->arena, wf_field, count);
    for (uint32_t i = 0; i < count; i++) {
        fields[i].name = wf_arena_printf(&l->u->arena, "part%u", i);
        fields[i].type = leaves[i];
    }
    wf_record_finish(l->u, record, fields, count);
    record->front = (void *)(uintptr_t)key;
    return wf_type_of_record(l->u, record);
}

/* ---- instances --------------------------------------------------------------------------------------------
 */

static void know_nothing(wf_pf_lower *l, wf_pf_instance *in) {
    for (uint32_t i = 0; i < in->webs->count; i++) in->vars[i] = (wf_pf_var){.type = l->unknown, .nonneg = 1};
    in->result = l->unknown;
    in->unrolled = NULL;
}

static wf_pf_instance *instance_new(wf_pf_lower *l, const wf_pf_function *f, const wf_pf_type **params) {
    wf_pf_instance *in = WF_NEW(&l->arena, wf_pf_instance);
    in->f = f;
    in->params = WF_NEW_ARRAY(&l->arena, const wf_pf_type *, f->param_count + 1);
    memcpy(in->params, params, sizeof *params * f->param_count);
    in->webs = wf_pf_webs_of(&l->arena, f);
    in->vars = WF_NEW_ARRAY(&l->arena, wf_pf_var, in->webs->count + 1);
    know_nothing(l, in);
    return in;
}

wf_pf_instance *wf_pf_instance_of(wf_pf_lower *l, const wf_pf_function *f, const wf_pf_type **params,
                                  int catching) {
    wf_pf_instance *in;
    for (in = l->instances; in; in = in->next) {
        if (in->f != f || in->catching != catching) continue;
        uint32_t i = 0;
        while (i < f->param_count && in->params[i] == params[i]) i++;
        if (i == f->param_count) return in;
    }
    in = instance_new(l, f, params);
    in->catching = catching;
    in->next = l->instances;
    l->instances = in;
    return in;
}

/* A C name for a Python one: what C cannot spell becomes an underscore. */
static const char *c_name(wf_pf_lower *l, const char *name) {
    char *out = wf_arena_strdup(&l->u->arena, name);
    if (!strcmp(name, "<lambda>")) return "lambda";
    for (char *c = out; *c; c++) {
        int letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '_';
        if (!letter && !(c > out && *c >= '0' && *c <= '9')) *c = '_';
    }
    return out;
}

/* Free in the unit and no word of C's: a Python function may be called `double`. */
static const char *func_name(wf_pf_lower *l, const char *name) {
    return wf_unit_unique_name(l->u, c_name(l, name));
}

static const char *leaf_name(wf_pf_lower *l, const char *name, const wf_pf_type *type, uint32_t leaf) {
    if (type->kind == WF_PF_T_ARRAY && leaf > 0)
        return leaf <= type->ndim ? wf_arena_printf(&l->u->arena, "%s_shape%u", name, leaf - 1)
                                  : wf_arena_printf(&l->u->arena, "%s_stride%u", name, leaf - 1 - type->ndim);
    if (type->kind == WF_PF_T_COMPLEX)
        return wf_arena_printf(&l->u->arena, "%s_%s", name, leaf ? "imag" : "real");
    if (type->kind == WF_PF_T_TUPLE) return wf_arena_printf(&l->u->arena, "%s_%u", name, leaf);
    return name;
}

/* The parameter's leaves become C parameters; the variable stands for them, or is a copy when it is assigned
 * again. */
static void make_param(wf_pf_body *b, uint32_t index) {
    wf_pf_lower *l = b->l;
    wf_pf_instance *in = b->in;
    const wf_pf_type *type = in->params[index];
    const char *name = c_name(l, in->f->names[index]);
    const wf_type *types[LEAVES_MAX];
    uint32_t count = wf_pf_leaf_count(type);
    if (count > LEAVES_MAX) {
        wf_pf_error(b, in->f->at, NULL, "argument '%s' has too many parts", in->f->names[index]);
        return;
    }
    wf_pf_leaf_types(l, type, types);
    wf_expr **leaves = WF_NEW_ARRAY(&l->u->arena, wf_expr *, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        wf_var *param = wf_param_new(l->u, b->func, leaf_name(l, name, type, i), types[i], in->f->at);
        leaves[i] = wf_make_var(l->u, param, in->f->at);
    }
    wf_pf_val *v = WF_NEW(&l->u->arena, wf_pf_val);
    *v = wf_pf_val_of_leaves(b, type, leaves);
    v->stable = 1;
    wf_pf_var *var = &in->vars[in->webs->param[index]];
    if (in->webs->webs[in->webs->param[index]].defs > 1) v->stable = 0;
    var->nonneg = var->nonneg && type->kind == WF_PF_T_BOOL;
    const wf_pf_type *both = wf_pf_type_unify(&l->types, var->type, v->type);
    if (both && both != var->type) {
        var->type = both;
        l->changed = 1;
    }
    var->bound = v;
}

/* Parameters that are assigned again: copied into variables once the function's block is open. */
static void copy_params(wf_pf_body *b) {
    for (uint32_t i = 0; i < b->in->f->param_count; i++) {
        uint32_t web = b->in->webs->param[i];
        wf_pf_var *var = &b->in->vars[web];
        if (b->in->webs->webs[web].defs < 2 || !var->bound || var->type->kind == WF_PF_T_STATIC) continue;
        wf_pf_val v = wf_pf_convert(b, *var->bound, var->type, b->in->f->at);
        uint32_t count = wf_pf_leaf_count(var->type);
        const wf_type *types[LEAVES_MAX];
        wf_expr *leaves[LEAVES_MAX];
        wf_pf_leaf_types(b->l, var->type, types);
        if (v.type != var->type || wf_pf_val_leaves(b, v, leaves) != count) continue;
        var->vars = WF_NEW_ARRAY(&b->l->u->arena, wf_var *, count + 1);
        for (uint32_t k = 0; k < count; k++) {
            const char *name = leaf_name(b->l, c_name(b->l, b->in->f->names[i]), var->type, k);
            var->vars[k] = wf_pf_temp(b, name, types[k], leaves[k], b->in->f->at);
        }
        var->vars_type = var->type;
        var->bound = NULL;
        wf_pf_scope_enter(b, web);
    }
}

/* Variables without one dominating assignment are declared here, as zero. */
static void declare_at_top(wf_pf_body *b) {
    const wf_pf_webs *w = b->in->webs;
    for (uint32_t i = 0; i < w->count; i++) {
        wf_pf_var *var = &b->in->vars[i];
        if (var->vars || var->bound || w->webs[i].declare_at != WF_PF_NO_WEB || w->webs[i].is_param) continue;
        if (w->webs[i].defs == 1 && !var->early && var->type->kind == WF_PF_T_ARRAY)
            continue; /* may be bound */
        uint32_t count = wf_pf_leaf_count(var->type);
        if (!count || count > LEAVES_MAX) continue;
        const wf_type *types[LEAVES_MAX];
        wf_pf_leaf_types(b->l, var->type, types);
        var->vars = WF_NEW_ARRAY(&b->l->u->arena, wf_var *, count + 1);
        for (uint32_t k = 0; k < count; k++) {
            const char *name = leaf_name(b->l, c_name(b->l, b->in->f->names[w->webs[i].name]), var->type, k);
            var->vars[k] = wf_pf_temp(b, name, types[k], wf_pf_zero(b, types[k], b->in->f->at), b->in->f->at);
        }
        wf_pf_scope_enter(b, i);
        var->vars_type = var->type;
    }
}

static wf_func *declare(wf_pf_lower *l, wf_pf_instance *in, int is_kernel) {
    const wf_type *types[LEAVES_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < in->f->param_count; i++) {
        uint32_t leaves = wf_pf_leaf_count(in->params[i]);
        if (count + leaves >= LEAVES_MAX - 1) break;
        wf_pf_leaf_types(l, in->params[i], types + count);
        count += leaves;
    }
    const wf_type *result = is_kernel ? wf_type_scalar(l->u, WF_TY_VOID) : wf_pf_result_type(l, in->result);
    if (is_kernel && l->options.mode == WF_PF_HOST)
        types[count++] = wf_type_pointer(l->u, wf_pf_result_type(l, in->result));
    if (in->catching) types[count++] = wf_type_pointer(l->u, wf_type_scalar(l->u, WF_TY_INT));
    const wf_type *type = wf_type_function(l->u, result, types, count, 0);
    wf_func *func = wf_func_new(l->u, func_name(l, in->f->name), type, in->f->at);
    func->shown = wf_arena_strdup(&l->u->arena, in->f->name);
    func->flags = is_kernel       ? WF_FN_KERNEL | WF_FN_EXTERN_C
                  : in == l->root ? WF_FN_DEVICE | WF_FN_EXTERN_C /* PTX of it may be asked for */
                                  : WF_FN_DEVICE | WF_FN_STATIC;
    if (l->options.contract) func->flags |= WF_FN_CONTRACT;
    if (l->options.fastmath || in->f->fastmath) func->flags |= WF_FN_FAST;
    if (l->options.trap_divide) func->flags |= WF_FN_TRAP_DIVIDE;
    if (in->f->cold) func->flags |= WF_FN_COLD;
    if (is_kernel) func->max_threads = l->options.max_threads;
    return func;
}

/* A function that comes to its end returns None. */
static void fall_off(wf_pf_body *b) {
    if (b->is_kernel && b->l->options.mode == WF_PF_CUDA_KERNEL) return;
    if (b->in->result->kind == WF_PF_T_NONE) return;
    wf_pf_return(b, wf_pf_none(b), b->in->f->at);
}

static void build(wf_pf_lower *l, wf_pf_instance *in, int is_kernel) {
    wf_pf_body b = {.l = l, .in = in, .is_kernel = is_kernel};
    in->run = l->run;
    in->busy = 1;
    b.func = in->func = declare(l, in, is_kernel);
    for (uint32_t i = 0; i < in->webs->count; i++) {
        in->vars[i].bound = NULL;
        in->vars[i].vars = NULL;
        in->vars[i].assigned = 0;
    }
    for (uint32_t i = 0; i < in->f->param_count; i++) make_param(&b, i);
    if (is_kernel && l->options.mode == WF_PF_HOST)
        b.result = wf_param_new(l->u, b.func, "result",
                                wf_type_pointer(l->u, wf_pf_result_type(l, in->result)), in->f->at);
    wf_pf_handler handler;
    if (in->catching) wf_pf_catching_begin(&b, &handler);
    b.block = b.head = wf_stmt_block(l->u, in->f->at);
    in->func->body = b.head;
    for (uint32_t i = 0, said = 0; is_kernel && !said && i < in->f->param_count; i++)
        if ((said = (uint32_t)wf_pf_is_made_by_host(in->params[i])) != 0)
            wf_pf_say_host_memory(&b, in->f->at);
    copy_params(&b);
    declare_at_top(&b);
    int ends = wf_pf_lower_body(&b, in->f->body);
    if (!ends) fall_off(&b);
    if (!b.returns && in->result->kind == WF_PF_T_UNKNOWN) { /* it always raises */
        in->result = l->none;
        l->changed = 1;
    }
    if (in->catching) wf_pf_catching_end(&b);
    wf_block_end(b.head);
    if (b.heap_uses && !in->uses_heap) { /* whoever called it must know */
        in->uses_heap = 1;
        l->changed = 1;
    }
    in->busy = 0;
}

wf_func *wf_pf_instance_func(wf_pf_lower *l, wf_pf_instance *in, wf_place at) {
    (void)at;
    if (in->run != l->run) build(l, in, 0);
    return in->func;
}

/* ---- the door ---------------------------------------------------------------------------------------------
 */

static void begin_run(wf_pf_lower *l, wf_unit *u) {
    l->u = u;
    l->run++;
    l->changed = l->widened = l->links = 0;
    l->names = 0;
    l->pieces = NULL;
    l->piece_count = l->piece_capacity = 0;
    l->raised = NULL;
    l->raised_count = l->raised_capacity = 0;
    for (uint32_t i = 0; i < l->module->source_count; i++) {
        const wf_source *s = &l->module->sources[i];
        /* Copies: the unit may outlive the Python function, and a fault at run time shows the line. */
        const char *text = s->text ? wf_arena_strndup(&u->arena, s->text, s->length) : NULL;
        wf_source_add(&u->diags, wf_arena_strdup(&u->arena, s->name ? s->name : "?"), text, s->length,
                      s->first_line);
    }
}

static wf_status parse_params(wf_pf_lower *l, const char *codes, const wf_pf_type **params, wf_error *err) {
    const wf_pf_function *f = l->module->functions;
    uint32_t count = 0;
    for (const char *at = codes; *at; count++) {
        const wf_pf_type *type = wf_pf_type_parse(&l->types, at, &at);
        if (!type) return wf_fail(err, WF_INTERNAL, "the types '%s' cannot be read", codes);
        if (count < f->param_count) params[count] = type;
    }
    for (uint32_t i = count; i < f->param_count; i++)
        if (!f->defaults[i]) break;
        else count++, params[i] = NULL;
    if (count != f->param_count)
        return wf_fail(err, WF_TYPE, "%s() takes %u argument%s but %u %s given", f->name, f->param_count,
                       f->param_count == 1 ? "" : "s", count, count == 1 ? "was" : "were");
    return WF_OK;
}

static void lower_init(wf_pf_lower *l) {
    l->types.arena = &l->arena;
    l->unknown = wf_pf_type_plain(&l->types, WF_PF_T_UNKNOWN);
    l->none = wf_pf_type_plain(&l->types, WF_PF_T_NONE);
    l->static_ = wf_pf_type_plain(&l->types, WF_PF_T_STATIC);
    l->boolean = wf_pf_type_scalar(&l->types, '?');
    l->int32 = wf_pf_type_scalar(&l->types, 'i');
    l->int64 = wf_pf_type_scalar(&l->types, 'l');
    l->float64 = wf_pf_type_scalar(&l->types, 'd');
}

/* The texts live in the module; the unit may outlive it. */
static void copy_sources(wf_unit *u) {
    for (uint32_t i = 1; i < u->diags.source_count; i++) {
        wf_source *s = &u->diags.sources[i];
        s->name = wf_arena_strdup(&u->arena, s->name);
        s->text = s->text ? wf_arena_strndup(&u->arena, s->text, s->length) : NULL;
    }
}

static wf_status compile_error(const wf_unit *u, wf_error *err) {
    wf_text text;
    wf_text_init(&text, NULL);
    wf_diags_render(&u->diags, &text);
    wf_status status = wf_fail(err, WF_COMPILE, "%s", text.data ? text.data : "the function has errors");
    wf_text_free(&text);
    return status;
}

/* One run into a fresh unit. Returns it, or NULL when memory is out. */
static wf_unit *run_once(wf_pf_lower *l, wf_pf_instance *root, wf_error *err) {
    const char *name = root->f->name;
    wf_unit *u = wf_unit_new(name, 0);
    jmp_buf out_of_memory;
    if (!u) {
        wf_fail(err, WF_NOMEM, "%s: out of memory while compiling", name);
        return NULL;
    }
    if (setjmp(out_of_memory)) {
        wf_unit_free(u);
        l->arena.on_failure = NULL;
        wf_fail(err, WF_NOMEM, "%s: out of memory while compiling", name);
        return NULL;
    }
    u->arena.on_failure = l->arena.on_failure = &out_of_memory;
    begin_run(l, u);
    l->root = root;
    if (l->options.mode == WF_PF_CUDA_KERNEL && l->options.trap_divide)
        wf_global_new(l->u, WF_RAISED, wf_type_array(l->u, wf_type_scalar(l->u, WF_TY_UINT), WF_RAISED_WORDS),
                      WF_SPACE_DEVICE, root->f->at);
    build(l, root, l->options.mode != WF_PF_CUDA_DEVICE);
    if (l->final) wf_pf_number_files(u), copy_sources(u);
    u->arena.on_failure = l->arena.on_failure = NULL;
    return u;
}

static wf_status infer(wf_pf_lower *l, wf_pf_instance *root, wf_error *err) {
    for (int i = 0; i < RUNS_MAX; i++) {
        wf_unit *u = run_once(l, root, err);
        if (!u) return WF_NOMEM;
        wf_unit_free(u);
        if (!l->changed && !wf_pf_sites_settle(l)) return WF_OK;
        if (!l->widened) continue;
        know_nothing(l, root);
        for (wf_pf_instance *in = l->instances; in; in = in->next) know_nothing(l, in);
    }
    return wf_fail(err, WF_COMPILE, "%s: types do not settle", root->f->name);
}

static wf_status unit_of(wf_pf_lower *l, const char *codes, wf_pf_result *result, wf_error *err) {
    const wf_pf_function *f = l->module->functions;
    const wf_pf_type *params[LEAVES_MAX];
    jmp_buf out_of_memory;
    if (f->param_count > LEAVES_MAX / 2)
        return wf_fail(err, WF_UNSUPPORTED, "%s: too many parameters", f->name);
    l->arena.on_failure = &out_of_memory;
    if (setjmp(out_of_memory)) return wf_fail(err, WF_NOMEM, "%s: out of memory while compiling", f->name);
    lower_init(l);
    wf_status status = parse_params(l, codes, params, err);
    if (status) return status;
    for (uint32_t i = 0; i < f->param_count; i++)
        if (!params[i]) return wf_fail(err, WF_TYPE, "%s: a default value must be passed in", f->name);
    wf_pf_instance *root = instance_new(l, f, params); /* a recursive call is to a device function */
    l->arena.on_failure = NULL;
    status = infer(l, root, err);
    if (status) return status;
    l->final = 1;
    wf_unit *u = result->unit = run_once(l, root, err);
    if (!u) return WF_NOMEM;
    if (l->changed && !u->diags.errors)
        return wf_fail(err, WF_INTERNAL, "%s: types changed in the last run", f->name);
    if (u->diags.errors) return compile_error(u, err);
    result->kernel = root->func->name;
    result->pieces = l->pieces;
    result->piece_count = l->piece_count;
    result->links = l->links;
    result->returns = wf_arena_strdup(&u->arena, wf_pf_type_code(&l->types, root->result));
    return WF_OK;
}

wf_status wf_pyfunc_unit(const wf_pf_module *module, const char *codes, const wf_pf_options *options,
                         wf_pf_result *result, wf_error *err) {
    memset(result, 0, sizeof *result);
    wf_pf_lower *l = wf_calloc(1, sizeof *l);
    if (!l) return wf_fail(err, WF_NOMEM, "out of memory");
    l->module = module;
    l->options = *options;
    wf_arena_init(&l->arena, 0);
    wf_status status = unit_of(l, codes, result, err);
    wf_arena_free(&l->arena);
    wf_free(l);
    return status;
}

uint32_t wf_pf_module_params(const wf_pf_module *module) {
    return module->functions->star >= 0 ? UINT32_MAX : module->functions->param_count;
}

void wf_pf_module_free(wf_pf_module *module) {
    if (!module) return;
    if (module->let_go) module->let_go(module);
    wf_free(module->sources);
    wf_arena_free(&module->arena);
    wf_free(module);
}
