/* cudac/inplace.c: short methods of local objects, written out where they are called.
 *
 * `v(i, j)` passes the address of v. On the CPU a variable whose address goes somewhere lies in memory, and a
 * pointer that is loaded from memory has no origin: each access looks its reach up. So calls of functions
 * that are a few expressions and a return (accessors, constructors, operators, a lambda's body) are replaced by
 * those, with the arguments in the parameters' places, when an argument is the address of a local variable
 * or of a part of one.
 *
 * That is done only where it changes nothing: an argument that stands for a parameter has no effect of its
 * own, and where the body has effects it reads nothing that they could change. What was a call's value, or an
 * argument, is in parentheses then, so that products and sums contract as before. */
#include "cudac/parse.h"
#include <string.h>

enum { NODES_MOST = 80, AGAIN_MOST = 12, REPEATED_MOST = 12, COPIED_MOST = 8000 }; /* COPIED: in a function */

typedef struct place_in {
    wf_unit *u;
    wf_func *into;
    wf_var **escaped; /* variables of `into` whose address goes somewhere */
    uint32_t escaped_count, escaped_room, nodes;
    int again;
} place_in;

/* --- what an expression is --- */

static const wf_expr *without_casts(const wf_expr *e) {
    while (e->kind == WF_EX_CAST && e->type->kind == WF_TY_POINTER && e->a->type->kind == WF_TY_POINTER &&
           e->type->base->unqual == e->a->type->base->unqual)
        e = e->a;
    return e;
}

/* The local variable that a path of members and fixed elements begins with, or NULL. */
static wf_var *path_variable(const wf_expr *e) {
    for (;;) {
        if (e->kind == WF_EX_MEMBER) e = e->a;
        else if (e->kind == WF_EX_INDEX && e->b->kind == WF_EX_INT && e->a->kind == WF_EX_CAST &&
                 e->a->cast == WF_CAST_DECAY)
            e = e->a->a;
        else break;
    }
    return e->kind == WF_EX_VAR && e->u.var->space == WF_SPACE_LOCAL && !(e->type->quals & WF_VOLATILE)
               ? e->u.var
               : NULL;
}

static wf_var *addressed(const wf_expr *e) {
    e = without_casts(e);
    return e->kind == WF_EX_ADDR && e->a->type->kind == WF_TY_RECORD ? path_variable(e->a) : NULL;
}

/* Whether evaluating it twice, or not at all, makes no difference. */
static int is_pure(const wf_expr *e, uint32_t *nodes) {
    if (!e) return 1;
    ++*nodes;
    if (e->type->quals & WF_VOLATILE) return 0;
    switch (e->kind) {
    case WF_EX_INT:
    case WF_EX_FLOAT:
    case WF_EX_VAR:
    case WF_EX_UNARY:
    case WF_EX_BINARY:
    case WF_EX_COND:
    case WF_EX_CAST:
    case WF_EX_DEREF:
    case WF_EX_ADDR:
    case WF_EX_INDEX:
    case WF_EX_MEMBER: return is_pure(e->a, nodes) && is_pure(e->b, nodes) && is_pure(e->c, nodes);
    case WF_EX_BUILTIN:
        if (!(wf_builtins[e->u.call.builtin].flags & WF_BIF_PURE)) return 0;
        for (uint32_t i = 0; i < e->u.call.count; i++)
            if (!is_pure(e->u.call.args[i], nodes)) return 0;
        return 1;
    case WF_EX_INIT:
        for (uint32_t i = 0; i < e->u.init.count; i++)
            if (!is_pure(e->u.init.items[i], nodes)) return 0;
        return 1;
    default: return 0;
    }
}

static int has_escaped(const place_in *x, const wf_var *v) {
    for (uint32_t i = 0; i < x->escaped_count; i++)
        if (x->escaped[i] == v) return 1;
    return 0;
}

/* Arithmetic of numbers and of variables that only their names change, none of which is `object`. */
static int is_steady(const place_in *x, const wf_expr *e, const wf_var *object) {
    if (!e) return 1;
    switch (e->kind) {
    case WF_EX_INT:
    case WF_EX_FLOAT: return 1;
    case WF_EX_VAR:
        return e->u.var->space == WF_SPACE_LOCAL && e->u.var != object && !has_escaped(x, e->u.var);
    case WF_EX_BINARY:
    case WF_EX_UNARY: return is_steady(x, e->a, object) && is_steady(x, e->b, object);
    case WF_EX_CAST: return e->cast != WF_CAST_DECAY && is_steady(x, e->a, object);
    case WF_EX_BUILTIN: return !e->u.call.count && wf_builtins[e->u.call.builtin].flags & WF_BIF_PURE;
    case WF_EX_MEMBER: return is_steady(x, e->a, object);
    default: return 0;
    }
}

/* --- may this call be written out? --- */

typedef struct uses {
    const wf_func *f;
    uint32_t nodes, counts[16];
    int bad;
} uses;

static void see(uses *s, const wf_expr *e, int is_changed) {
    if (!e || s->bad) return;
    s->nodes++;
    if (e->kind == WF_EX_VAR && e->u.var->space == WF_SPACE_LOCAL) {
        uint32_t i = 0;
        const wf_var *p = s->f->params;
        for (; p && p != e->u.var; p = p->next) i++;
        if (!p || is_changed) s->bad = 1; /* a variable of its own, or a parameter that it changes */
        else s->counts[i]++;
        return;
    }
    if (e->kind == WF_EX_CALLPTR || e->kind == WF_EX_STRING) s->bad = 1;
    int changes = e->kind == WF_EX_ASSIGN || e->kind == WF_EX_UPDATE || e->kind == WF_EX_STEP ||
                  e->kind == WF_EX_ADDR || (e->kind == WF_EX_CAST && e->cast == WF_CAST_DECAY) ||
                  (is_changed && e->kind == WF_EX_MEMBER) ||
                  (is_changed && e->kind == WF_EX_INDEX && e->a->kind == WF_EX_CAST);
    see(s, e->a, changes);
    see(s, e->b, 0);
    see(s, e->c, 0);
    if (e->kind == WF_EX_CALL || e->kind == WF_EX_BUILTIN)
        for (uint32_t i = 0; i < e->u.call.count; i++) see(s, e->u.call.args[i], 0);
    if (e->kind == WF_EX_INIT)
        for (uint32_t i = 0; i < e->u.init.count; i++) see(s, e->u.init.items[i], 0);
}

static int body_fits(uses *s, int *effects) {
    uint32_t n = 0;
    const wf_stmt *st = s->f->body->body;
    *effects = 0;
    for (; st; st = st->next) {
        if (st->kind != WF_ST_EXPR && (st->kind != WF_ST_RETURN || st->next)) return 0;
        if (!st->expr) continue;
        see(s, st->expr, 0);
        if (st->kind == WF_ST_EXPR || !is_pure(st->expr, &n)) *effects = 1;
    }
    return !s->bad && s->nodes <= NODES_MOST;
}

static int arguments_fit(const place_in *x, const wf_expr *call, const uses *s, int effects) {
    const wf_var *object = NULL;
    for (uint32_t i = 0; i < call->u.call.count && !object; i++) object = addressed(call->u.call.args[i]);
    if (!object) return 0;
    for (uint32_t i = 0; i < call->u.call.count; i++) {
        const wf_expr *arg = call->u.call.args[i];
        uint32_t nodes = 0;
        if (addressed(arg)) continue;
        if (arg->type->kind == WF_TY_RECORD || !is_pure(arg, &nodes)) return 0;
        if (effects ? !is_steady(x, arg, object) : s->counts[i] > 1 && nodes > REPEATED_MOST) return 0;
    }
    return 1;
}

static int may_be_written_out(const place_in *x, const wf_expr *call) {
    const wf_func *f = call->u.call.func;
    const uint32_t apart = WF_FN_KERNEL | WF_FN_NOINLINE | WF_FN_LIBRARY | WF_FN_COLD | WF_FN_PIECE;
    const uint32_t alike = WF_FN_CONTRACT | WF_FN_FAST | WF_FN_TRAP_DIVIDE;
    if (!f->body || f == x->into || f->flags & apart || (f->flags ^ x->into->flags) & alike) return 0;
    if (call->u.call.count != f->param_count || f->param_count > 16 || f->type->variadic) return 0;
    uses s = {.f = f};
    int effects;
    return body_fits(&s, &effects) && arguments_fit(x, call, &s, effects);
}

/* --- writing it out --- */

static wf_expr *in_parentheses(wf_expr *e) {
    if (e->kind == WF_EX_BINARY) e->flags |= WF_EX_PAREN;
    return e;
}

static void set_depth(wf_expr *e) {
    uint32_t most = 0;
    const wf_expr *parts[] = {e->a, e->b, e->c};
    for (int i = 0; i < 3; i++)
        if (parts[i] && parts[i]->depth > most) most = parts[i]->depth;
    if (e->kind == WF_EX_CALL || e->kind == WF_EX_BUILTIN || e->kind == WF_EX_CALLPTR)
        for (uint32_t i = 0; i < e->u.call.count; i++)
            if (e->u.call.args[i]->depth > most) most = e->u.call.args[i]->depth;
    if (e->kind == WF_EX_INIT)
        for (uint32_t i = 0; i < e->u.init.count; i++)
            if (e->u.init.items[i] && e->u.init.items[i]->depth > most) most = e->u.init.items[i]->depth;
    if (most + 1 > e->depth) e->depth = (uint16_t)(most + 1 > 0xffff ? 0xffff : most + 1);
}

/* e with a new operand a, whose type was `was`: *&v is v, &*p is p; and a place that is not seen through a
 * reference to const any more has another type. */
static wf_expr *refitted(place_in *x, wf_expr *e, const wf_type *was) {
    const wf_type *want = e->type;
    if (e->kind == WF_EX_CAST && e->cast == WF_CAST_NUMERIC &&
        (e->a->kind == WF_EX_INT || e->a->kind == WF_EX_FLOAT)) /* a number has its type at once */
        return wf_make_cast(x->u, want, e->a, e->at);
    if (e->kind == WF_EX_DEREF) {
        const wf_expr *at = without_casts(e->a);
        int drops =
            at->kind == WF_EX_ADDR && at->a->type->quals & ~want->quals; /* a const or mutable member */
        if (at->kind == WF_EX_ADDR && at->a->type->unqual == want->unqual && !drops) return at->a;
    }
    if (e->kind == WF_EX_ADDR && e->a->kind == WF_EX_DEREF)
        return e->a->a->type == want ? e->a->a : wf_make_cast(x->u, want, e->a->a, e->at);
    if (was && e->a->type != was) {
        if (e->kind == WF_EX_MEMBER)
            return wf_make_member(x->u, e->a, was->record->fields[e->u.field].name, e->at);
        if (e->kind == WF_EX_ADDR) {
            e->type = wf_type_pointer(x->u, e->a->type);
            set_depth(e);
            return e->type == want ? e : wf_make_cast(x->u, want, e, e->at);
        }
        if (e->kind == WF_EX_CAST && e->cast == WF_CAST_DECAY && e->a->type->kind == WF_TY_ARRAY) {
            e->type = wf_type_pointer(x->u, e->a->type->base);
            set_depth(e);
            return e->type == want ? e : wf_make_cast(x->u, want, e, e->at);
        }
    }
    set_depth(e);
    return e;
}

static wf_expr *copy(place_in *x, const wf_expr *e, const wf_expr *call);

static wf_expr **copy_list(place_in *x, wf_expr **list, uint32_t count, const wf_expr *call) {
    wf_expr **to = WF_NEW_ARRAY(&x->u->arena, wf_expr *, count + 1);
    for (uint32_t i = 0; i < count; i++) to[i] = copy(x, list[i], call);
    return to;
}

/* `call`: whose arguments stand for its parameters; NULL: a plain copy. */
static wf_expr *copy(place_in *x, const wf_expr *e, const wf_expr *call) {
    if (!e) return NULL;
    x->nodes++;
    if (call && e->kind == WF_EX_VAR && e->u.var->space == WF_SPACE_LOCAL) {
        uint32_t i = 0;
        for (const wf_var *p = call->u.call.func->params; p && p != e->u.var; p = p->next) i++;
        return in_parentheses(copy(x, call->u.call.args[i], NULL));
    }
    wf_expr *to = WF_NEW(&x->u->arena, wf_expr);
    *to = *e;
    to->id = 0;
    to->a = copy(x, e->a, call);
    to->b = copy(x, e->b, call);
    to->c = copy(x, e->c, call);
    if (e->kind == WF_EX_CALL || e->kind == WF_EX_BUILTIN || e->kind == WF_EX_CALLPTR)
        to->u.call.args = copy_list(x, e->u.call.args, e->u.call.count, call);
    if (e->kind == WF_EX_INIT) to->u.init.items = copy_list(x, e->u.init.items, e->u.init.count, call);
    return refitted(x, to, e->a ? e->a->type : NULL);
}

static wf_expr *written_out(place_in *x, const wf_expr *call) {
    const wf_type *result = call->type->unqual;
    wf_expr *all = NULL;
    for (const wf_stmt *s = call->u.call.func->body->body; s; s = s->next) {
        if (!s->expr) continue;
        wf_expr *one = in_parentheses(copy(x, s->expr, call));
        all = all ? wf_make_comma(x->u, all, one, call->at) : one;
    }
    const wf_type *none = wf_type_scalar(x->u, WF_TY_VOID);
    if (!all) all = wf_make_int(x->u, wf_type_scalar(x->u, WF_TY_INT), 0, call->at);
    if (result == none) return all->type == none ? all : wf_make_cast(x->u, none, all, call->at);
    return all->type->unqual == result ? all : NULL; /* it ends without a return */
}

/* --- all calls of a function --- */

static void note_addressed(place_in *x, const wf_expr *e) {
    if (!e) return;
    if (e->kind == WF_EX_ADDR || (e->kind == WF_EX_CAST && e->cast == WF_CAST_DECAY)) {
        const wf_expr *at = e->a;
        while (at->kind == WF_EX_MEMBER || at->kind == WF_EX_INDEX || (at->kind == WF_EX_CAST && at->a))
            at = at->a;
        if (at->kind == WF_EX_VAR && !has_escaped(x, at->u.var)) {
            if (x->escaped_count == x->escaped_room) {
                uint32_t room = x->escaped_room ? 2 * x->escaped_room : 16;
                wf_var **more = WF_NEW_ARRAY(&x->u->arena, wf_var *, room);
                if (x->escaped_count) memcpy(more, x->escaped, x->escaped_count * sizeof *more);
                x->escaped = more;
                x->escaped_room = room;
            }
            x->escaped[x->escaped_count++] = at->u.var;
        }
    }
    note_addressed(x, e->a);
    note_addressed(x, e->b);
    note_addressed(x, e->c);
    if (e->kind == WF_EX_CALL || e->kind == WF_EX_BUILTIN || e->kind == WF_EX_CALLPTR)
        for (uint32_t i = 0; i < e->u.call.count; i++) note_addressed(x, e->u.call.args[i]);
    if (e->kind == WF_EX_INIT)
        for (uint32_t i = 0; i < e->u.init.count; i++) note_addressed(x, e->u.init.items[i]);
}

static wf_expr *rewrite(place_in *x, wf_expr *e) {
    if (!e || e->flags & WF_EX_ERROR) return e;
    const wf_expr *before = e->a;
    const wf_type *was = e->a ? e->a->type : NULL;
    e->a = rewrite(x, e->a);
    e->b = rewrite(x, e->b);
    e->c = rewrite(x, e->c);
    if (e->kind == WF_EX_CALL || e->kind == WF_EX_BUILTIN || e->kind == WF_EX_CALLPTR)
        for (uint32_t i = 0; i < e->u.call.count; i++) e->u.call.args[i] = rewrite(x, e->u.call.args[i]);
    if (e->kind == WF_EX_INIT)
        for (uint32_t i = 0; i < e->u.init.count; i++) e->u.init.items[i] = rewrite(x, e->u.init.items[i]);
    if (e->a != before) return refitted(x, e, was);
    set_depth(e);
    if (e->kind != WF_EX_CALL || x->again >= AGAIN_MOST || x->nodes > COPIED_MOST ||
        !may_be_written_out(x, e))
        return e;
    wf_expr *out = written_out(x, e);
    if (!out || out->flags & WF_EX_ERROR || out->depth > 200) return e;
    x->again++;
    out = rewrite(x, out); /* what it calls may be short as well */
    x->again--;
    return out;
}

static void each_statement(place_in *x, wf_stmt *s, int notes) {
    for (; s; s = s->next) {
        if (notes) {
            note_addressed(x, s->expr);
            note_addressed(x, s->step);
        } else {
            s->expr = rewrite(x, s->expr);
            s->step = rewrite(x, s->step);
        }
        if (s->asm_ && notes)
            for (uint32_t i = 0; i < s->asm_->outputs + s->asm_->inputs; i++)
                note_addressed(x, s->asm_->operands[i].value);
        each_statement(x, s->init, notes);
        each_statement(x, s->body, notes);
        each_statement(x, s->other, notes);
    }
}

void cc_write_out_methods(wf_unit *u) {
    if (u->diags.errors) return;
    for (wf_func *f = u->funcs; f; f = f->next) {
        if (!f->body || f->flags & WF_FN_LIBRARY) continue;
        place_in x = {.u = u, .into = f};
        each_statement(&x, f->body, 1);
        each_statement(&x, f->body, 0);
    }
}
