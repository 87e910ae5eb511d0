/* pyfunc/constants.c: which parameters of a function must be known while it is compiled.
 *
 * cuda.shared.array(n, dtype) and cuda.grid(n) take numbers that the compiler has to know. A helper function
 * may get such a number as its parameter; it is then compiled for each number it is called with. So is one
 * that is given True or False and branches on it: the branch not taken need not make sense; so is one that is
 * asked for by literally(n), as overloads that read constants want them. A parameter
 * counts when it stands in such a place itself, or is handed on to a function where it does. Names are looked
 * at, not values: a parameter that is assigned again counts too, which costs a second instance and nothing
 * else. */
#include "pyfunc/lower.h"
#include <string.h>

enum { DEPTH = 6 }; /* functions handing on to functions */

static int in_stmt(const wf_pf_stmt *s, uint32_t param, int depth);

static int mentions(const wf_pf_expr *e, uint32_t param) {
    if (!e) return 0;
    if (e->kind == WF_PF_LOCAL) return e->local == param;
    for (uint32_t i = 0; i < e->count; i++)
        if (mentions(e->items[i], param)) return 1;
    return mentions(e->a, param) || mentions(e->b, param) || mentions(e->c, param);
}

/* Whether argument i of a call of this name must be a constant. */
static int shape_argument(const char *name, uint32_t i, const char *keyword) {
    if (!strcmp(name, "cuda.grid") || !strcmp(name, "cuda.gridsize") || !strcmp(name, "numba.literally"))
        return i == 0;
    if (strcmp(name, "cuda.shared.array") && strcmp(name, "cuda.local.array")) return 0;
    return keyword ? !strcmp(keyword, "shape") : i == 0;
}

static int in_call(const wf_pf_expr *e, uint32_t param, int depth) {
    const wf_pf_value *f = e->a->kind == WF_PF_CONST ? e->a->value : NULL;
    if (!f || (f->kind != WF_PF_V_CALL && f->kind != WF_PF_V_FUNCTION)) return 0;
    for (uint32_t i = 0; i < e->count; i++) {
        int named = i >= e->count - e->keyword_count;
        const char *keyword = named ? e->names[i - (e->count - e->keyword_count)] : NULL;
        if (!mentions(e->items[i], param)) continue;
        if (f->kind == WF_PF_V_CALL) {
            if (shape_argument(f->text, i, keyword)) return 1;
        } else if (depth && f->function) {
            uint32_t to = i;
            for (uint32_t k = 0; keyword && k < f->function->param_count; k++)
                if (!strcmp(f->function->names[k], keyword)) to = k;
            if (to < f->function->param_count && in_stmt(f->function->body, to, depth - 1)) return 1;
        }
    }
    return 0;
}

static int in_expr(const wf_pf_expr *e, uint32_t param, int depth) {
    if (!e) return 0;
    if (e->kind == WF_PF_CALL && in_call(e, param, depth)) return 1;
    for (uint32_t i = 0; i < e->count; i++)
        if (in_expr(e->items[i], param, depth)) return 1;
    return in_expr(e->a, param, depth) || in_expr(e->b, param, depth) || in_expr(e->c, param, depth);
}

static int in_stmt(const wf_pf_stmt *s, uint32_t param, int depth) {
    for (; s; s = s->next) {
        if (s->kind == WF_PF_IF && s->value->kind == WF_PF_LOCAL && s->value->local == param) return 1;
        if (in_expr(s->value, param, depth) || in_stmt(s->body, param, depth) ||
            in_stmt(s->other, param, depth))
            return 1;
        for (uint32_t i = 0; i < s->target_count; i++)
            if (in_expr(s->targets[i], param, depth)) return 1;
    }
    return 0;
}

int wf_pf_needs_constant(const wf_pf_function *f, uint32_t param) { return in_stmt(f->body, param, DEPTH); }
