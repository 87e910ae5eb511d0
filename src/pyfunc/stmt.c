/* pyfunc/stmt.c: statements: variables, assignments, branches, returns; loops.c has the loops.
 *
 * Lowering an expression may add statements to the open block (temporaries, loops of an array expression);
 * whoever needs an expression at another place than "here, once" (a loop's condition, the right side of
 * `and`) opens a block for it and looks whether statements came. A variable that is assigned once, to
 * something that means the same later (a constant, a view of a parameter, a shared array), is not made at
 * all: its name stands for that value. */
#include "pyfunc/lower.h"
#include <string.h>

enum { LEAVES_MAX = 256 };

/* ---- blocks -----------------------------------------------------------------------------------------------
 */

wf_stmt *wf_pf_open(wf_pf_body *b, wf_place at) {
    wf_stmt *outer = b->block;
    b->block = wf_stmt_block(b->l->u, at);
    b->block->value = (uint64_t)(uintptr_t)b->scope; /* until it is closed */
    return outer;
}

wf_stmt *wf_pf_close(wf_pf_body *b, wf_stmt *outer) {
    wf_stmt *fresh = b->block;
    wf_block_end(fresh);
    b->scope = (wf_pf_scope *)(uintptr_t)fresh->value;
    fresh->value = 0;
    b->block = outer;
    return fresh;
}

void wf_pf_emit(wf_pf_body *b, wf_expr *e) { wf_block_add(b->block, wf_stmt_expr(b->l->u, e)); }

wf_var *wf_pf_temp(wf_pf_body *b, const char *name, const wf_type *type, wf_expr *init, wf_place at) {
    wf_var *var = wf_local_new(b->l->u, b->func, name, type, at);
    if (init) init = wf_make_convert(b->l->u, type, init, at);
    wf_block_add(b->block, wf_stmt_decl(b->l->u, var, init, at));
    return var;
}

/* ---- variables --------------------------------------------------------------------------------------------
 */

static int bindable(wf_pf_val v) {
    if (v.known || v.type->kind == WF_PF_T_NONE || v.type->kind == WF_PF_T_STATIC) return 1;
    if (v.type->kind == WF_PF_T_TUPLE) {
        for (uint32_t i = 0; i < v.type->count; i++)
            if (!bindable(v.items[i])) return 0;
        return 1;
    }
    return v.type->kind == WF_PF_T_ARRAY && v.stable;
}

static const char *web_name(wf_pf_body *b, uint32_t web) {
    return b->in->f->names[b->in->webs->webs[web].name];
}

/* The name of one leaf's C variable: letters only, as Python allows more. */
static const char *var_name(wf_pf_body *b, uint32_t web, uint32_t leaf, uint32_t count) {
    char *name = wf_arena_strdup(&b->l->u->arena, web_name(b, web));
    for (char *c = name; *c; c++)
        if ((unsigned char)*c >= 0x80) *c = '_';
    return count > 1 && leaf ? wf_arena_printf(&b->l->u->arena, "%s_%u", name, leaf) : name;
}

void wf_pf_widen(wf_pf_body *b, wf_pf_var *var, const wf_pf_type *type, int nonneg) {
    if (type != var->type) {
        var->type = type;
        b->l->changed = 1;
    }
    if (var->nonneg && !nonneg) {
        var->nonneg = 0;
        b->l->changed = 1;
    }
}

/* Declares the leaves' variables in the open block; leaves NULL: without values. */
static void declare_vars(wf_pf_body *b, uint32_t web, wf_expr **leaves, wf_place at) {
    wf_pf_var *var = &b->in->vars[web];
    uint32_t count = wf_pf_leaf_count(var->type);
    const wf_type *types[LEAVES_MAX];
    if (count > LEAVES_MAX) return;
    wf_pf_leaf_types(b->l, var->type, types);
    var->vars = WF_NEW_ARRAY(&b->l->u->arena, wf_var *, count + 1);
    var->vars_type = var->type;
    wf_pf_scope_enter(b, web);
    for (uint32_t i = 0; i < count; i++)
        var->vars[i] = wf_pf_temp(b, var_name(b, web, i, count), types[i], leaves ? leaves[i] : NULL, at);
    if (var->type->kind == WF_PF_T_ARRAY && leaves) /* whose memory it is (array_store.c) */
        var->vars[0]->front = (void *)wf_pf_root(leaves[0]);
}

int wf_pf_reads_var(const wf_expr *e, const wf_var *var) {
    if (!e) return 0;
    if (e->kind == WF_EX_VAR) return e->u.var == var;
    int calls = e->kind == WF_EX_BUILTIN || e->kind == WF_EX_CALL || e->kind == WF_EX_CALLPTR;
    for (uint32_t i = 0; calls && i < e->u.call.count; i++)
        if (wf_pf_reads_var(e->u.call.args[i], var)) return 1;
    for (uint32_t i = 0; e->kind == WF_EX_INIT && i < e->u.init.count; i++)
        if (wf_pf_reads_var(e->u.init.items[i], var)) return 1;
    return wf_pf_reads_var(e->a, var) || wf_pf_reads_var(e->b, var) || wf_pf_reads_var(e->c, var);
}

/* Parts of a value that are made of the variable's own (t = t[1], t[0] + t[1], a = a.T) are read before one of
 * these is set. */
static void keep_own_parts(wf_pf_body *b, const wf_pf_var *var, wf_expr **leaves, uint32_t count,
                           wf_place at) {
    const wf_type *types[LEAVES_MAX];
    int later = 0;
    for (uint32_t i = 1; i < count && !later; i++)
        for (uint32_t k = 0; k < i && !later; k++) later = wf_pf_reads_var(leaves[i], var->vars[k]);
    if (!later) return;
    const wf_var *root = var->type->kind == WF_PF_T_ARRAY ? wf_pf_root(leaves[0]) : NULL;
    wf_pf_leaf_types(b->l, var->type, types);
    for (uint32_t i = 0; i < count; i++) {
        int same = leaves[i]->kind == WF_EX_VAR && leaves[i]->u.var == var->vars[i];
        if (!same && wf_pf_is_volatile(leaves[i]))
            leaves[i] = wf_make_var(b->l->u, wf_pf_temp(b, "t", types[i], leaves[i], at), at);
    }
    if (root && leaves[0]->kind == WF_EX_VAR && leaves[0]->u.var != root)
        leaves[0]->u.var->front = (void *)root;
}

static void store_vars(wf_pf_body *b, uint32_t web, uint32_t declare_at, wf_pf_val v, wf_place at) {
    wf_pf_var *var = &b->in->vars[web];
    wf_expr *leaves[LEAVES_MAX];
    v = wf_pf_convert(b, v, var->type, at);
    if (v.type != var->type || wf_pf_leaf_count(v.type) > LEAVES_MAX) return;
    uint32_t count = wf_pf_val_leaves(b, v, leaves);
    if (b->in->webs->webs[web].declare_at == declare_at || !var->vars || var->vars_type != var->type) {
        if (b->in->webs->webs[web].declare_at != declare_at && !var->early) { /* next run: at the top */
            var->early = 1;
            b->l->changed = 1;
        }
        declare_vars(b, web, leaves, at);
        return;
    }
    keep_own_parts(b, var, leaves, count, at);
    for (uint32_t i = 0; i < count; i++)
        wf_pf_emit(b, wf_make_assign(b->l->u, wf_make_var(b->l->u, var->vars[i], at), leaves[i], at));
}

/* A tuple whose type says what those of its items are that live at compile time alone (`...`, a type, a
 * function): a variable keeps nothing else of them. */
static wf_pf_val with_statics(wf_pf_body *b, wf_pf_val v) {
    if (v.type->kind != WF_PF_T_TUPLE || !v.items) return v;
    wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, v.type->count + 1);
    for (uint32_t i = 0; i < v.type->count; i++) {
        items[i] = with_statics(b, v.items[i]);
        if (items[i].type->kind == WF_PF_T_STATIC) items[i].type = wf_pf_param_type(b, items[i], 0);
    }
    v.type = wf_pf_param_type(b, v, 0);
    v.items = items;
    return v;
}

static void set_var(wf_pf_body *b, uint32_t web, uint32_t number, wf_pf_val v, wf_place at) {
    wf_pf_var *var = &b->in->vars[web];
    const wf_pf_web *w = &b->in->webs->webs[web];
    b->assigned++;
    for (uint32_t i = 0; var->vars && i < wf_pf_leaf_count(var->vars_type); i++)
        wf_pf_facts_forget(b, var->vars[i]);
    if (v.type->kind == WF_PF_T_UNKNOWN) return;
    if (wf_pf_is_container(v.type)) wf_pf_container_assigned(b, var, w->is_param, v);
    if (w->defs > 1 || var->early || var->type->kind == WF_PF_T_STR) v = wf_pf_runtime(b, v, at);
    v = with_statics(b, v);
    const wf_pf_type *type = wf_pf_type_unify(&b->l->types, var->type, v.type);
    if (!type) {
        wf_pf_error(b, at, "give the two values different names",
                    "'%s' is %s here and %s at another place; no type holds both", web_name(b, web),
                    wf_pf_spell(b, v), wf_pf_type_spell(&b->l->types, var->type));
        return;
    }
    if (wf_pf_is_container(type))
        wf_pf_list_learn(b, v.type, type->element), wf_pf_list_learn(b, var->type, type->element);
    wf_pf_widen(b, var, type, v.nonneg);
    int once = w->defs == 1 && !w->is_param && !var->early;
    if (once && bindable(v) && v.type == type) {
        wf_pf_val *kept = WF_NEW(&b->l->u->arena, wf_pf_val);
        *kept = v;
        var->bound = kept;
        return;
    }
    if (type->kind == WF_PF_T_STATIC || type->kind == WF_PF_T_NONE) {
        wf_pf_val *kept = WF_NEW(&b->l->u->arena, wf_pf_val);
        if (var->bound && type->kind == WF_PF_T_STATIC)
            wf_pf_error(b, at, NULL, "'%s' is assigned twice, and %s cannot be chosen at run time",
                        web_name(b, web), wf_pf_spell(b, v));
        *kept = v;
        var->bound = kept;
        return;
    }
    store_vars(b, web, number, v, at);
}

/* A bound value's expressions are cloned, as each use needs its own. */
wf_pf_val wf_pf_copy(wf_pf_body *b, wf_pf_val v) {
    if (v.known) return v;
    if (v.e) v.e = wf_pf_clone(b->l->u, v.e);
    if (v.items) {
        uint32_t count = wf_pf_type_parts(v.type);
        wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, count + 1);
        for (uint32_t i = 0; i < count; i++) items[i] = wf_pf_copy(b, v.items[i]);
        v.items = items;
    }
    if (v.place) v.place = wf_pf_clone(b->l->u, v.place);
    return v;
}

wf_pf_val wf_pf_read_var(wf_pf_body *b, const wf_pf_expr *name) {
    uint32_t web = b->in->webs->use[name->number];
    if (web == WF_PF_NO_WEB)
        return wf_pf_error(b, name->at, NULL, "'%s' is read before anything is assigned to it", name->text);
    wf_pf_var *var = &b->in->vars[web];
    if (var->bound) return wf_pf_copy(b, *var->bound);
    if (!var->vars || var->vars_type != var->type) {
        if (!var->early) {
            var->early = 1;
            b->l->changed = 1;
        }
        if (var->type->kind == WF_PF_T_UNKNOWN) {
            /* Where an error was told before, that is why. */
            if (b->l->final && !b->l->u->diags.errors)
                return wf_pf_error(b, name->at, NULL, "the type of '%s' cannot be inferred", name->text);
            return wf_pf_unknown(b);
        }
        if (!wf_pf_leaf_count(var->type)) return wf_pf_val_of_leaves(b, var->type, NULL);
        declare_vars(b, web, NULL, name->at);
    }
    uint32_t count = wf_pf_leaf_count(var->type);
    wf_expr **leaves = WF_NEW_ARRAY(&b->l->u->arena, wf_expr *, count + 1);
    for (uint32_t i = 0; i < count; i++) leaves[i] = wf_make_var(b->l->u, var->vars[i], name->at);
    wf_pf_val v = wf_pf_val_of_leaves(b, var->type, leaves);
    v.nonneg = var->nonneg || (count == 1 && wf_pf_facts_cover(b, v.e, NULL));
    v.made_at = var->made_at == WF_PF_MADE_ELSEWHERE ? 0 : var->made_at;
    return v;
}

/* ---- assignment -------------------------------------------------------------------------------------------
 */

/* Whether e gives another value when a variable or memory changes. */
int wf_pf_is_volatile(const wf_expr *e) {
    if (!e || e->kind == WF_EX_INT || e->kind == WF_EX_FLOAT) return 0;
    if (e->kind == WF_EX_VAR) return 1;
    if (e->kind == WF_EX_BUILTIN) {
        if (!(wf_builtins[e->u.call.builtin].flags & WF_BIF_PURE)) return 1;
        for (uint32_t i = 0; i < e->u.call.count; i++)
            if (wf_pf_is_volatile(e->u.call.args[i])) return 1;
        return 0;
    }
    if (e->kind == WF_EX_CALL || e->kind == WF_EX_INDEX || e->kind == WF_EX_DEREF) return 1;
    return wf_pf_is_volatile(e->a) || wf_pf_is_volatile(e->b) || wf_pf_is_volatile(e->c);
}

/* A column of packed records: its rows' address, extents and strides. */
static void settle_column(wf_pf_body *b, wf_pf_val *v, wf_place at) {
    wf_unit *u = b->l->u;
    wf_pf_array *kept = WF_NEW(&u->arena, wf_pf_array);
    int n = v->type->ndim;
    *kept = (wf_pf_array){v->array->data, WF_NEW_ARRAY(&u->arena, wf_expr *, n + 1),
                          WF_NEW_ARRAY(&u->arena, wf_expr *, n + 1), v->array->member};
    if (wf_pf_is_volatile(kept->data))
        kept->data = wf_make_var(u, wf_pf_temp(b, "rows", kept->data->type, kept->data, at), at);
    for (int i = 0; i < n; i++) {
        kept->shape[i] = v->array->shape[i];
        kept->strides[i] = v->array->strides[i];
        if (wf_pf_is_volatile(kept->shape[i]))
            kept->shape[i] =
                wf_make_var(u, wf_pf_temp(b, "extent", kept->shape[i]->type, kept->shape[i], at), at);
        if (kept->strides[i] && wf_pf_is_volatile(kept->strides[i]))
            kept->strides[i] =
                wf_make_var(u, wf_pf_temp(b, "stride", kept->strides[i]->type, kept->strides[i], at), at);
    }
    v->array = kept;
}

wf_pf_val wf_pf_settle(wf_pf_body *b, wf_pf_val v, wf_place at) {
    if (v.known || v.stable) return v;
    if (v.lazy) v = wf_pf_materialise(b, v, at);
    if (v.items) {
        uint32_t count = wf_pf_type_parts(v.type);
        for (uint32_t i = 0; i < count; i++) v.items[i] = wf_pf_settle(b, v.items[i], at);
    } else if (v.e && wf_pf_is_volatile(v.e)) {
        wf_var *temp = wf_pf_temp(b, "t", wf_pf_ctype(b->l, v.type), v.e, at);
        v.e = wf_make_var(b->l->u, temp, at);
    } else if (v.array && v.array->member) {
        settle_column(b, &v, at);
    } else if (v.array && !v.stable) {
        wf_expr *leaves[LEAVES_MAX];
        const wf_type *types[LEAVES_MAX];
        uint32_t count = wf_pf_val_leaves(b, v, leaves);
        wf_pf_leaf_types(b->l, v.type, types);
        wf_expr **kept = WF_NEW_ARRAY(&b->l->u->arena, wf_expr *, count + 1);
        const wf_var *root = wf_pf_root(leaves[0]); /* whose memory it is (array_store.c) */
        for (uint32_t i = 0; i < count; i++)
            kept[i] = wf_pf_is_volatile(leaves[i])
                          ? wf_make_var(b->l->u, wf_pf_temp(b, "t", types[i], leaves[i], at), at)
                          : leaves[i];
        if (kept[0]->kind == WF_EX_VAR && kept[0]->u.var != root) kept[0]->u.var->front = (void *)root;
        v = wf_pf_val_of_leaves(b, v.type, kept);
    }
    return v;
}

/* The items of a list or of an array's first axis, as a tuple of so many; another number of them raises. */
static wf_pf_val unpacked(wf_pf_body *b, wf_pf_val v, uint32_t count, wf_place at) {
    wf_unit *u = b->l->u;
    int is_list = v.type->kind == WF_PF_T_LIST;
    v = wf_pf_settle(b, v, at);
    const wf_type *integer = wf_type_scalar(u, WF_TY_LONG);
    wf_expr *wanted = wf_make_int(u, integer, count, at),
            *length = is_list ? wf_pf_list_length(b, v, at).e : wf_pf_extent(b, v, 0);
    wf_pf_raise_when(
        b, wf_make_binary(u, WF_OP_LT, wf_pf_clone(u, length), wf_pf_clone(u, wanted), at),
        wf_arena_printf(&u->arena, "ValueError: not enough values to unpack (expected %u)", count), at);
    wf_pf_raise_when(b, wf_make_binary(u, WF_OP_GT, length, wanted, at),
                     wf_arena_printf(&u->arena, "ValueError: too many values to unpack (expected %u)", count),
                     at);
    wf_pf_val *items = WF_NEW_ARRAY(&u->arena, wf_pf_val, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        wf_pf_val k = wf_pf_int(b, i, at);
        wf_pf_val one = is_list            ? wf_pf_list_at(b, v, wf_make_int(u, integer, i, at), at)
                        : v.type->ndim > 1 ? wf_pf_array_row(b, v, k, at)
                                           : wf_pf_load(b, v.type->element, wf_pf_element(b, v, &k, 1, at));
        items[i] = wf_pf_settle(b, one, at);
    }
    return wf_pf_tuple(b, items, count);
}

static void assign_tuple(wf_pf_body *b, const wf_pf_expr *target, wf_pf_val v, wf_place at) {
    v = wf_pf_mixed_over(b, wf_pf_unwrap(b, v, at));
    if (v.type->kind == WF_PF_T_UNKNOWN) return;
    int has_items = v.type->kind == WF_PF_T_LIST ? v.type->element->kind != WF_PF_T_UNKNOWN
                                                 : v.type->kind == WF_PF_T_ARRAY && v.type->ndim;
    if (v.type->kind == WF_PF_T_LIST && !has_items) return;
    if (has_items) v = unpacked(b, v, target->count, at);
    if (v.type->kind != WF_PF_T_TUPLE) {
        int number = b->l->options.mode != WF_PF_HOST && wf_pf_is_number(v.type) && target->count < 4;
        wf_pf_error(
            b, target->at,
            number ? wf_arena_printf(&b->l->u->arena, "cuda.grid(%u) gives %u", target->count, target->count)
                   : NULL,
            "the value cannot be unpacked: got %s, expected a tuple of %u", wf_pf_spell(b, v), target->count);
        return;
    }
    if (v.type->count != target->count) {
        wf_pf_error(b, target->at, NULL, "%u names on the left, but %u values on the right", target->count,
                    v.type->count);
        return;
    }
    if (target->count > 1) v = wf_pf_settle(b, v, at);
    for (uint32_t i = 0; i < target->count; i++) wf_pf_assign(b, target->items[i], v.items[i], at);
}

static void assign_attribute(wf_pf_body *b, const wf_pf_expr *target, wf_pf_val v, wf_place at) {
    if (target->a->kind != WF_PF_LOCAL && wf_pf_does_something(v)) v = wf_pf_settle(b, v, at);
    wf_pf_val base = wf_pf_unwrap(b, wf_pf_eval(b, target->a), at);
    if (base.type->kind == WF_PF_T_UNKNOWN) return;
    if (base.type->kind == WF_PF_T_DICT || base.type->kind == WF_PF_T_SET ||
        base.type->kind == WF_PF_T_OBJECT) {
        wf_pf_object_store(b, base, target->text, v, at);
        return;
    }
    wf_pf_val field = wf_pf_attribute(b, base, target->text, target->at);
    if (base.type->kind == WF_PF_T_ARRAY && field.array && wf_pf_array_part(base, target->text)) {
        wf_pf_array_fill(b, field, v, at);
        return;
    }
    if (base.type->kind != WF_PF_T_RECORD) {
        if (field.type->kind != WF_PF_T_UNKNOWN)
            wf_pf_error(b, target->at, NULL, "attribute '%s' of %s cannot be assigned", target->text,
                        wf_pf_spell(b, base));
        return;
    }
    if (field.type->kind == WF_PF_T_ARRAY && field.array) wf_pf_array_fill(b, field, v, at);
    else if (field.place) wf_pf_store(b, field.place, field.type, v, at);
}

void wf_pf_assign(wf_pf_body *b, const wf_pf_expr *target, wf_pf_val v, wf_place at) {
    switch (target->kind) {
    case WF_PF_LOCAL: {
        if (v.lazy) v = wf_pf_materialise(b, v, at);
        uint32_t web = b->in->webs->def[target->number];
        if (web != WF_PF_NO_WEB) set_var(b, web, target->number, v, target->at);
        break;
    }
    case WF_PF_TUPLE:
    case WF_PF_LIST: assign_tuple(b, target, v, at); break;
    case WF_PF_SUBSCRIPT: wf_pf_store_subscript(b, target, v, at); break;
    case WF_PF_ATTRIBUTE: assign_attribute(b, target, v, at); break;
    default: wf_pf_error(b, target->at, NULL, "this cannot be assigned to");
    }
}

static void lower_assign(wf_pf_body *b, const wf_pf_stmt *s) {
    b->hint = s->targets[0]->kind == WF_PF_LOCAL ? s->targets[0]->text : NULL;
    wf_pf_val v = wf_pf_eval(b, s->value);
    b->hint = NULL;
    if (s->target_count > 1) v = wf_pf_settle(b, v, s->at);
    for (uint32_t i = 0; i < s->target_count; i++)
        wf_pf_assign(b, s->targets[i], s->target_count > 1 ? wf_pf_copy(b, v) : v, s->at);
}

/* What changes a list, set or dict where it is: x += [1] is seen through its other names. */
static const char *in_place_method(const wf_pf_type *type, wf_pf_op op) {
    switch (type->kind) {
    case WF_PF_T_LIST: return op == WF_PF_ADD ? "extend" : op == WF_PF_MUL ? "__imul__" : NULL;
    case WF_PF_T_DICT: return op == WF_PF_OR ? "update" : NULL;
    case WF_PF_T_SET:
        return op == WF_PF_OR    ? "update"
               : op == WF_PF_AND ? "intersection_update"
               : op == WF_PF_SUB ? "difference_update"
               : op == WF_PF_XOR ? "symmetric_difference_update"
                                 : NULL;
    default: return NULL;
    }
}

/* A variable that goes on under another number, though it stands for the same object. */
static void keep_variable(wf_pf_body *b, const wf_pf_expr *target, wf_pf_val old, wf_place at) {
    if (b->in->webs->def[target->number] != b->in->webs->use[target->number])
        wf_pf_assign(b, target, old, at);
}

/* x op= v. An element's index is evaluated once (wf_pf_update_subscript). */
static void lower_augassign(wf_pf_body *b, const wf_pf_stmt *s) {
    const wf_pf_expr *target = s->targets[0];
    if (target->kind == WF_PF_SUBSCRIPT && wf_pf_update_subscript(b, target, s->op, s->value, s->at)) return;
    wf_pf_val old = target->kind == WF_PF_LOCAL ? wf_pf_read_var(b, target) : wf_pf_eval(b, target);
    wf_pf_moment then = wf_pf_now(b);
    wf_pf_val v = wf_pf_eval(b, s->value);
    wf_pf_as_then(b, then, &old, 1, s->at);
    const char *method = in_place_method(old.type, s->op);
    if (method && b->l->options.mode == WF_PF_HOST) {
        const wf_pf_expr *nowhere = NULL;
        wf_pf_args args = {.v = &v, .e = &nowhere, .count = 1, .at = s->at};
        if (v.lazy) v = wf_pf_materialise(b, v, s->at);
        wf_pf_call_method(b, old, method, &args, v.type->kind != WF_PF_T_UNKNOWN);
        if (target->kind == WF_PF_LOCAL) keep_variable(b, target, old, s->at);
        return;
    }
    if (old.type->kind == WF_PF_T_UNKNOWN || v.type->kind == WF_PF_T_UNKNOWN) {
        int repeats = s->op == WF_PF_MUL && wf_pf_is_integral(v.type); /* perhaps a list: no guess */
        if (v.type->kind != WF_PF_T_UNKNOWN && target->kind == WF_PF_LOCAL && !repeats)
            wf_pf_assign(b, target, v, s->at);
        return;
    }
    if (wf_pf_is_mixed(old.type)) { /* its other names would not see it */
        wf_pf_mixed_error(b, old, s->at);
        return;
    }
    if (old.type->kind == WF_PF_T_ARRAY && target->kind == WF_PF_LOCAL) {
        wf_pf_val made = wf_pf_lazy_binary(b, s->op, old, v, s->at);
        if (!wf_pf_may_store(b, old, made, s->at)) return;
        wf_pf_array_fill(b, old, made, s->at);
        keep_variable(b, target, old, s->at);
        return;
    }
    wf_pf_assign(b, target, wf_pf_binary(b, s->op, old, v, s->at), s->at);
}

/* ---- the rest ---------------------------------------------------------------------------------------------
 */

static int lower_if(wf_pf_body *b, const wf_pf_stmt *s) {
    uint32_t assigned = b->assigned;
    wf_pf_val v = wf_pf_eval_test(b, s->value);
    wf_pf_facts facts;
    int truth;
    if (wf_pf_known_truth(v, &truth)) /* decided while compiling: the other branch need not make sense */
        return wf_pf_lower_body(b, truth ? s->body : s->other);
    wf_stmt *branch = wf_stmt_new(b->l->u, WF_ST_IF, s->at);
    branch->expr = wf_pf_truth(b, v, s->value->at);
    wf_stmt *outer = wf_pf_open(b, s->at);
    wf_pf_facts_begin(b, &facts, b->assigned == assigned ? branch->expr : NULL);
    int ends = wf_pf_lower_body(b, s->body), other_ends = 0;
    wf_pf_facts_end(b, &facts);
    branch->body = wf_pf_close(b, outer);
    if (s->other) {
        outer = wf_pf_open(b, s->at);
        other_ends = wf_pf_lower_body(b, s->other);
        branch->other = wf_pf_close(b, outer);
    }
    wf_block_add(b->block, branch);
    return ends && other_ends;
}

static void return_value(wf_pf_body *b, wf_pf_val v, wf_stmt *leave, wf_place at) {
    wf_unit *u = b->l->u;
    uint32_t count = wf_pf_leaf_count(b->in->result);
    wf_expr *leaves[LEAVES_MAX], *value = NULL;
    v = wf_pf_convert(b, v, b->in->result, at);
    if (v.type != b->in->result || count > LEAVES_MAX) return;
    wf_pf_val_leaves(b, v, leaves);
    if (count == 1) value = leaves[0];
    else if (count) {
        wf_expr **items = WF_NEW_ARRAY(&u->arena, wf_expr *, count);
        memcpy(items, leaves, sizeof *items * count);
        value = wf_make_init(u, wf_pf_result_type(b->l, b->in->result), items, count, at);
    }
    if (!value) return;
    if (b->result)
        wf_pf_emit(b, wf_make_assign(u, wf_make_deref(u, wf_make_var(u, b->result, at), at), value, at));
    else leave->expr = value;
}

/* Types and functions are returned by the type of the result, which says which; Python gets dtypes and `...` alone. */
static wf_pf_val returned_static(wf_pf_body *b, wf_pf_val v, wf_place at) {
    if (v.type->kind == WF_PF_T_TUPLE && v.items) {
        wf_pf_val *items = WF_NEW_ARRAY(&b->l->u->arena, wf_pf_val, v.type->count + 1);
        for (uint32_t i = 0; i < v.type->count; i++) items[i] = returned_static(b, v.items[i], at);
        v.items = items;
    }
    int shown = v.known && (v.known->kind == WF_PF_V_DTYPE || v.known->kind == WF_PF_V_ELLIPSIS),
        hidden = v.type->kind == WF_PF_T_STATIC && !shown;
    if ((hidden || wf_pf_is_closure(v.type)) && b->is_kernel && b->l->options.mode == WF_PF_HOST)
        return wf_pf_error(b, at, "return what is computed with it",
                           "%s cannot be returned from a compiled function to Python", wf_pf_spell(b, v));
    if (v.type->kind == WF_PF_T_STATIC || v.type->kind == WF_PF_T_TUPLE) v.type = wf_pf_param_type(b, v, 0);
    return v;
}

void wf_pf_return(wf_pf_body *b, wf_pf_val v, wf_place at) {
    b->returns = 1;
    v = returned_static(b, wf_pf_runtime(b, v, at), at);
    wf_stmt *leave = wf_stmt_new(b->l->u, WF_ST_RETURN, at);
    if (b->is_kernel && b->l->options.mode == WF_PF_CUDA_KERNEL) {
        if (v.type->kind != WF_PF_T_NONE && v.type->kind != WF_PF_T_UNKNOWN)
            wf_pf_error(b, at, "store it in an array that is passed in",
                        "a kernel cannot return a value, got %s", wf_pf_spell(b, v));
    } else if (v.type->kind != WF_PF_T_UNKNOWN) {
        const wf_pf_type *type = wf_pf_type_unify(&b->l->types, b->in->result, v.type);
        if (!type) {
            wf_pf_error(b, at, NULL, "this returns %s, another return gives %s; no type holds both",
                        wf_pf_spell(b, v), wf_pf_type_spell(&b->l->types, b->in->result));
        } else {
            if (type != b->in->result) {
                b->in->result = type;
                b->l->changed = 1;
            }
            return_value(b, v, leave, at);
        }
    }
    wf_block_add(b->block, leave);
}

static void lower_return(wf_pf_body *b, const wf_pf_stmt *s) {
    wf_pf_return(b, s->value ? wf_pf_eval(b, s->value) : wf_pf_none(b), s->at);
}

static void lower_jump(wf_pf_body *b, const wf_pf_stmt *s) {
    wf_unit *u = b->l->u;
    if (s->kind == WF_PF_BREAK && b->broke)
        wf_pf_emit(b, wf_make_assign(u, wf_make_var(u, b->broke, s->at),
                                     wf_make_int(u, wf_type_scalar(u, WF_TY_BOOL), 1, s->at), s->at));
    wf_block_add(b->block, wf_stmt_new(u, s->kind == WF_PF_BREAK ? WF_ST_BREAK : WF_ST_CONTINUE, s->at));
}

static void lower_assert(wf_pf_body *b, const wf_pf_stmt *s) {
    if (b->l->options.mode != WF_PF_HOST && !b->l->options.trap_divide)
        return; /* as Numba: kernels assert only with debug=True */
    wf_stmt *branch = wf_stmt_new(b->l->u, WF_ST_IF, s->at);
    wf_expr *condition = wf_pf_truth(b, wf_pf_eval_test(b, s->value), s->value->at);
    branch->expr = wf_make_unary(b->l->u, WF_OP_LNOT, condition, s->at);
    const char *text =
        s->text ? wf_arena_printf(&b->l->u->arena, "AssertionError: %s", s->text) : "AssertionError";
    branch->body = wf_pf_raise(b, text, s->at);
    wf_block_add(b->block, branch);
}

/* A class of the user's, or computed arguments: Python makes the exception. */
static void lower_raise(wf_pf_body *b, const wf_pf_stmt *s) {
    static const char other[] = "RuntimeError: an exception";
    int handled = 0;
    const wf_pf_expr *call = s->value;
    if (call && !(s->text && b->l->options.mode != WF_PF_HOST)) { /* a kernel calls no Python */
        const wf_pf_expr *class = call->kind == WF_PF_CALL ? call->a : call;
        wf_pf_args args = {.at = s->at};
        if (call->kind == WF_PF_CALL && !wf_pf_eval_args(b, call, &args)) return;
        if (class->kind == WF_PF_CONST && class->value->object)
            wf_pf_resolve(b, class->value, "raise", &args, &handled);
        if (!handled)
            wf_pf_error(b, s->at, "raise one of Python's own, with a constant message",
                        "this exception is not supported");
    }
    wf_block_add(b->block, wf_pf_raise(b, s->text ? s->text : other, s->at));
}

static void lower_expr(wf_pf_body *b, const wf_pf_expr *e) {
    wf_pf_val v = wf_pf_eval(b, e);
    int barrier = v.known && v.known->kind == WF_PF_V_CALL && !strncmp(v.known->text, "cuda.sync", 9);
    if (barrier) /* Python would pass over it too, and so the race would stay */
        wf_pf_error(b, e->at, wf_arena_printf(&b->l->u->arena, "write %s()", v.known->text),
                    "%s stands here without being called", v.known->text);
    if (v.e && !v.known) wf_pf_emit(b, v.e);
}

int wf_pf_lower_body(wf_pf_body *b, const wf_pf_stmt *s) {
    for (; s; s = s->next) {
        int ends = 0;
        switch (s->kind) {
        case WF_PF_ASSIGN: lower_assign(b, s); break;
        case WF_PF_AUGASSIGN: lower_augassign(b, s); break;
        case WF_PF_EXPR: lower_expr(b, s->value); break;
        case WF_PF_IF: ends = lower_if(b, s); break;
        case WF_PF_FOR: wf_pf_facts_forget(b, NULL), ends = wf_pf_lower_for(b, s); break;
        case WF_PF_WHILE: ends = wf_pf_lower_while(b, s); break;
        case WF_PF_BREAK:
        case WF_PF_CONTINUE: lower_jump(b, s); return 1;
        case WF_PF_RETURN: lower_return(b, s); return 1;
        case WF_PF_PASS: break;
        case WF_PF_ASSERT: lower_assert(b, s); break;
        case WF_PF_RAISE:
            if (!s->text && !s->value) return wf_pf_lower_reraise(b, s);
            lower_raise(b, s);
            return 1;
        case WF_PF_TRY: ends = wf_pf_lower_try(b, s); break;
        case WF_PF_HANDLER:
        case WF_PF_TRY_ELSE: break; /* of a try: lowered there */
        case WF_PF_COLLECT: wf_pf_collect(b, s); break;
        case WF_PF_STMT_UNSUPPORTED:
            wf_pf_error(b, s->at, NULL, "%s is not supported in compiled functions", s->text);
            break;
        }
        if (ends) return 1;
    }
    return 0;
}
