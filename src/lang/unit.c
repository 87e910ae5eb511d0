/* lang/unit.c: a unit and what is declared in it.
 *
 * The unit itself is on the heap, all else in its arena. Lists keep the order of declaration; names.c finds
 * by name. Setting a unit up allocates about 10 KiB and no more, since fused expressions make many small
 * units. */
#include "lang/inner.h"
#include "base/memory.h"
#include "base/system.h"
#include <string.h>

/* Bytes of stack that the hungriest pass (the emitter) takes for a level of an expression: 2,000 were
 * measured with gcc -O2, 1,900 with clang; sanitizers make frames several times larger. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define INSTRUMENTED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define INSTRUMENTED 1
#endif
#endif
#ifdef INSTRUMENTED
enum { LEVEL_STACK = 14000 };
#else
enum { LEVEL_STACK = 2400 };
#endif
enum { FEWEST_LEVELS = 16, OTHER_STACK = 32 << 10 };

static size_t levels_that_fit(void) {
    size_t left = wf_stack_left();
    return left > OTHER_STACK ? (left - OTHER_STACK) / LEVEL_STACK : 0;
}

int wf_unit_fits_stack(const wf_unit *unit) {
    return unit->deepest <= FEWEST_LEVELS || unit->deepest <= levels_that_fit();
}

wf_unit *wf_unit_new(const char *name, size_t byte_limit) {
    wf_unit *u = wf_calloc(1, sizeof *u);
    if (!u) return NULL;
    wf_arena_init(&u->arena, byte_limit);
    wf_diags_init(&u->diags, &u->arena);
    u->types = wf_types_new(&u->arena);
    u->names = u->types ? wf_names_new(&u->arena) : NULL;
    u->name = u->names ? wf_arena_strdup(&u->arena, name ? name : "unit") : NULL;
    if (!u->name) {
        wf_unit_free(u);
        return NULL;
    }
    wf_types_init_scalars(u);
    size_t levels = levels_that_fit() / 2; /* whoever runs a pass may be called from deeper down */
    u->depth_limit = (uint16_t)(levels < FEWEST_LEVELS   ? FEWEST_LEVELS
                                : levels < WF_EXPR_DEPTH ? levels
                                                         : WF_EXPR_DEPTH);
    return u;
}

void wf_unit_free(wf_unit *unit) {
    if (!unit) return;
    wf_arena_free(&unit->arena);
    wf_free(unit);
}

wf_func *wf_func_new(wf_unit *u, const char *name, const wf_type *type, wf_place at) {
    wf_func *func = WF_NEW(&u->arena, wf_func);
    func->name = func->shown = wf_arena_strdup(&u->arena, name);
    func->type = type;
    func->at = at;
    wf_name_add(u, NULL, WF_NAME_FUNC, func->name, func);
    if (u->last_func) u->last_func->next = func;
    else u->funcs = func;
    u->last_func = func;
    u->func_count++;
    return func;
}

void wf_func_rename(wf_unit *u, wf_func *func, const char *name) {
    if (wf_name_find(u, NULL, WF_NAME_FUNC, func->name) == func)
        wf_name_add(u, NULL, WF_NAME_FUNC, func->name, NULL);
    int shown_is_name = func->shown == func->name;
    func->name = wf_arena_strdup(&u->arena, name);
    if (shown_is_name) func->shown = func->name;
    wf_name_add(u, NULL, WF_NAME_FUNC, func->name, func);
}

static wf_var *new_var(wf_unit *u, wf_func *func, const char *name, const wf_type *type, wf_place at) {
    wf_var *var = WF_NEW(&u->arena, wf_var);
    var->name = wf_name_take(u, func, WF_NAME_LOCAL, name, var);
    var->type = type;
    var->at = at;
    var->number = func->local_count++;
    return var;
}

wf_var *wf_param_new(wf_unit *u, wf_func *func, const char *name, const wf_type *type, wf_place at) {
    wf_var *var = new_var(u, func, name, type, at);
    var->is_param = 1;
    if (func->last_param) func->last_param->next = var;
    else func->params = var;
    func->last_param = var;
    func->param_count++;
    return var;
}

wf_var *wf_local_new(wf_unit *u, wf_func *func, const char *name, const wf_type *type, wf_place at) {
    return new_var(u, func, name, type, at);
}

wf_var *wf_global_new(wf_unit *u, const char *name, const wf_type *type, wf_space space, wf_place at) {
    wf_var *var = WF_NEW(&u->arena, wf_var);
    var->name = wf_arena_strdup(&u->arena, name);
    var->type = type;
    var->space = space;
    var->at = at;
    var->number = u->global_count++;
    wf_name_add(u, NULL, WF_NAME_GLOBAL, var->name, var);
    if (u->last_global) u->last_global->next = var;
    else u->globals = var;
    u->last_global = var;
    return var;
}

wf_func *wf_unit_find_func(const wf_unit *u, const char *name) {
    wf_func *func = wf_name_find(u, NULL, WF_NAME_FUNC, name);
    if (func || !strncmp(name, "_Z", 2)) return func; /* a mangled name is nobody's shown one */
    for (func = u->funcs; func; func = func->next)
        if (func->shown != func->name && func->shown && !strcmp(func->shown, name)) return func;
    return NULL;
}

wf_var *wf_unit_find_global(const wf_unit *u, const char *name) {
    return wf_name_find(u, NULL, WF_NAME_GLOBAL, name);
}

wf_record *wf_unit_find_record(const wf_unit *u, const char *name) {
    return wf_name_find(u, NULL, WF_NAME_RECORD, name);
}

wf_func *wf_library_declare(wf_unit *u, const char *name, const wf_type *type) {
    wf_func *func = wf_name_find(u, NULL, WF_NAME_FUNC, name);
    if (func) return func;
    func = wf_func_new(u, name, type, (wf_place){0});
    func->flags |= WF_FN_LIBRARY | WF_FN_DEVICE;
    for (uint32_t i = 0; type && i < type->param_count; i++)
        wf_param_new(u, func, wf_arena_printf(&u->arena, "p%u", i), type->params[i], func->at);
    return func;
}
