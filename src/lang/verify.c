/* lang/verify.c: the rules of tree.h, checked. For tests, debug builds and after a front-end: what it finds
 * is a bug of ours, never the user's. The first breach ends the check; its message has the function, the line
 * and the expression. */
#include "lang/inner.h"
#include "base/memory.h"
#include <string.h>

typedef struct verifier {
    const wf_unit *u;
    wf_error *err;
    const wf_func *func;
    uint8_t *declared; /* for each local of func by number: 1 in scope */
    uint32_t loops, switches;
    wf_status status;
} verifier;

static int breach(verifier *v, wf_place at, const char *rule, const wf_expr *e) {
    if (v->status != WF_OK) return 0;
    wf_text text;
    wf_text_init(&text, NULL);
    if (e) wf_print_expr(v->u, e, &text);
    v->status = wf_fail(v->err, WF_INTERNAL, "tree of '%s': %s, line %u: %s%s%.200s", v->u->name,
                        v->func ? v->func->name : "(globals)", at.line, rule, e ? ": " : "",
                        text.data ? text.data : "");
    wf_text_free(&text);
    return 0;
}

/* --- expressions --- */

static int expr(verifier *v, const wf_expr *e);

static int is_kind(const wf_type *t, wf_type_kind kind) { return t->kind == kind; }
static int same(const wf_type *a, const wf_type *b) { return a->unqual == b->unqual; }
static int promoted(const wf_type *t) { return wf_type_is_integer(t) && wf_type_rank(t) >= 4; }

static int literal(verifier *v, const wf_expr *e) {
    if (e->kind == WF_EX_FLOAT) {
        if (!wf_type_is_float(e->type)) return breach(v, e->at, "a float literal has another type", e);
        double rounded = wf_round_float(e->type->kind, e->u.f);
        return rounded == e->u.f || e->u.f != e->u.f
                   ? 1
                   : breach(v, e->at, "a float literal is not of its type", e);
    }
    if (e->type->kind == WF_TY_POINTER) return 1;
    if (!wf_type_is_integer(e->type)) return breach(v, e->at, "an integer literal has another type", e);
    return wf_wrap_int(e->type, e->u.i) == e->u.i
               ? 1
               : breach(v, e->at, "an integer literal is out of its type's range", e);
}

static int variable(verifier *v, const wf_expr *e) {
    const wf_var *var = e->u.var;
    if (e->type != var->type && !(e->type->kind == WF_TY_ARRAY && var->type->kind == WF_TY_ARRAY))
        return breach(v, e->at, "a variable's use has another type than the variable", e);
    if (wf_unit_find_global(v->u, var->name) == var) return 1;
    if (!v->func || var->number >= v->func->local_count || !v->declared[var->number])
        return breach(v, e->at, "a variable is used out of its scope", e);
    return 1;
}

static int unary(verifier *v, const wf_expr *e) {
    if (!same(e->type, e->a->type)) return breach(v, e->at, "a unary operator changes the type", e);
    int good = e->op == WF_OP_LNOT  ? is_kind(e->type, WF_TY_BOOL)
               : e->op == WF_OP_NEG ? wf_type_is_float(e->type) || promoted(e->type)
                                    : e->op == WF_OP_NOT && promoted(e->type);
    return good ? 1 : breach(v, e->at, "a unary operator has an operand of the wrong type", e);
}

static int operands_fit(const wf_expr *e) {
    const wf_type *a = e->a->type, *b = e->b->type;
    switch ((wf_op)e->op) {
    case WF_OP_LAND:
    case WF_OP_LOR: return is_kind(a, WF_TY_BOOL) && is_kind(b, WF_TY_BOOL) && is_kind(e->type, WF_TY_BOOL);
    case WF_OP_SHL:
    case WF_OP_SHR: return promoted(a) && promoted(b) && same(e->type, a);
    case WF_OP_LT:
    case WF_OP_LE:
    case WF_OP_GT:
    case WF_OP_GE:
    case WF_OP_EQ:
    case WF_OP_NE: return same(a, b) && wf_type_is_scalar(a) && is_kind(e->type, WF_TY_BOOL);
    case WF_OP_REM:
    case WF_OP_AND:
    case WF_OP_XOR:
    case WF_OP_OR: return promoted(a) && same(a, b) && same(e->type, a);
    default: break;
    }
    if (a->kind != WF_TY_POINTER)
        return same(a, b) && same(e->type, a) && (promoted(a) || wf_type_is_float(a));
    if (e->op != WF_OP_ADD && e->op != WF_OP_SUB) return 0;
    if (b->kind == WF_TY_POINTER) return e->op == WF_OP_SUB && same(a, b) && is_kind(e->type, WF_TY_LONG);
    return promoted(b) && same(e->type, a);
}

static int update(verifier *v, const wf_expr *e) {
    const wf_type *compute = e->u.compute;
    if (!(e->a->flags & WF_EX_LVALUE) || !same(e->type, e->a->type))
        return breach(v, e->at, "an update of no lvalue", e);
    int shift = e->op == WF_OP_SHL || e->op == WF_OP_SHR;
    int fits = compute->kind == WF_TY_POINTER || shift ? promoted(e->b->type) : same(e->b->type, compute);
    return compute && compute->quals == 0 && fits ? 1
                                                  : breach(v, e->at, "an update computes in another type", e);
}

static int cast_fits(const wf_expr *e) {
    const wf_type *from = e->a->type, *to = e->type;
    int from_pointer = from->kind == WF_TY_POINTER, to_pointer = to->kind == WF_TY_POINTER;
    switch ((wf_cast)e->cast) {
    case WF_CAST_NUMERIC:
        return wf_type_is_arithmetic(from) && wf_type_is_arithmetic(to) && !wf_is_literal(e->a);
    case WF_CAST_POINTER: return from_pointer && to_pointer;
    case WF_CAST_PTR_INT: return from_pointer && wf_type_is_integer(to) && to->kind != WF_TY_BOOL;
    case WF_CAST_INT_PTR: return wf_type_is_integer(from) && wf_type_size(from) == 8 && to_pointer;
    case WF_CAST_PTR_BOOL: return from_pointer && to->kind == WF_TY_BOOL;
    case WF_CAST_DECAY:
        if (!to_pointer) return 0;
        if (from->kind == WF_TY_FUNCTION) return e->a->kind == WF_EX_FUNC && to->base == from;
        return from->kind == WF_TY_ARRAY && e->a->flags & WF_EX_LVALUE && to->base == from->base;
    case WF_CAST_VOID: return to->kind == WF_TY_VOID;
    case WF_CAST_QUAL: return same(from, to);
    }
    return 0;
}

static int member(verifier *v, const wf_expr *e) {
    const wf_type *t = e->a->type;
    if (t->kind != WF_TY_RECORD || !t->record->complete || e->u.field >= t->record->field_count)
        return breach(v, e->at, "a member of no record", e);
    const wf_type *field = t->record->fields[e->u.field].type;
    if (field->kind != WF_TY_ARRAY && !same(field, e->type))
        return breach(v, e->at, "a member has another type than its field", e);
    return !(e->flags & WF_EX_LVALUE) == !(e->a->flags & WF_EX_LVALUE)
               ? 1
               : breach(v, e->at, "a member's lvalue flag", e);
}

static int arguments(verifier *v, const wf_expr *e, const wf_type *type) {
    if (type) {
        if (type->kind != WF_TY_FUNCTION || !same(e->type, type->base->unqual))
            return breach(v, e->at, "a call has another type than the function", e);
        if (e->u.call.count < type->param_count || (e->u.call.count > type->param_count && !type->variadic))
            return breach(v, e->at, "a call has the wrong number of arguments", e);
    }
    for (uint32_t i = 0; i < e->u.call.count; i++) {
        if (!expr(v, e->u.call.args[i])) return 0;
        if (e->u.call.args[i]->type->kind == WF_TY_ARRAY)
            return breach(v, e->at, "an array is an argument", e);
        if (type && i < type->param_count && !same(e->u.call.args[i]->type, type->params[i]))
            return breach(v, e->at, "an argument has another type than the parameter", e);
    }
    return 1;
}

static int builtin(verifier *v, const wf_expr *e) {
    if (e->u.call.builtin >= WF_BI_COUNT) return breach(v, e->at, "no such built-in", NULL);
    int args = wf_builtins[e->u.call.builtin].args;
    if (args >= 0 && (uint32_t)args != e->u.call.count)
        return breach(v, e->at, "a built-in has the wrong number of arguments", e);
    return arguments(v, e, NULL);
}

static const wf_type *item_type(const wf_expr *e, uint32_t i) {
    if (e->type->kind == WF_TY_ARRAY) return i < e->type->count ? e->type->base : NULL;
    const wf_record *record = e->type->record;
    if (record->is_union)
        return i == 0 && e->u.init.field < record->field_count ? record->fields[e->u.init.field].type : NULL;
    return i < record->field_count ? record->fields[i].type : NULL;
}

static int init(verifier *v, const wf_expr *e) {
    if (e->type->kind != WF_TY_ARRAY && e->type->kind != WF_TY_RECORD)
        return breach(v, e->at, "braces of a scalar", e);
    for (uint32_t i = 0; i < e->u.init.count; i++) {
        const wf_expr *item = e->u.init.items[i];
        const wf_type *wanted = item_type(e, i);
        if (!wanted) return breach(v, e->at, "too many initial values", e);
        if (!item) continue;
        if (!expr(v, item)) return 0;
        if (!same(item->type, wanted) && wf_type_size(item->type) != wf_type_size(wanted))
            return breach(v, e->at, "an initial value has another type than what it initialises", e);
    }
    return 1;
}

static int check_kind(verifier *v, const wf_expr *e) {
    const wf_type *t = e->type;
    switch ((wf_expr_kind)e->kind) {
    case WF_EX_INT:
    case WF_EX_FLOAT: return literal(v, e);
    case WF_EX_STRING:
        return t->kind == WF_TY_ARRAY && t->count == e->u.string.length + 1
                   ? 1
                   : breach(v, e->at, "a string's type", e);
    case WF_EX_VAR: return variable(v, e);
    case WF_EX_FUNC: return 1;
    case WF_EX_UNARY: return unary(v, e);
    case WF_EX_BINARY: return operands_fit(e) ? 1 : breach(v, e->at, "operands of the wrong types", e);
    case WF_EX_COND:
        return is_kind(e->a->type, WF_TY_BOOL) && same(e->b->type, t) && same(e->c->type, t)
                   ? 1
                   : breach(v, e->at, "the types of ?:", e);
    case WF_EX_COMMA: return same(e->b->type, t) ? 1 : breach(v, e->at, "the type of a comma", e);
    case WF_EX_ASSIGN:
        return e->a->flags & WF_EX_LVALUE && same(e->a->type, t) && same(e->b->type, t) &&
                       t->kind != WF_TY_ARRAY
                   ? 1
                   : breach(v, e->at, "an assignment of another type, or to no lvalue", e);
    case WF_EX_UPDATE: return update(v, e);
    case WF_EX_STEP:
        return e->a->flags & WF_EX_LVALUE && same(e->a->type, t) && wf_type_is_scalar(t)
                   ? 1
                   : breach(v, e->at, "a step of no lvalue", e);
    case WF_EX_CAST: return cast_fits(e) ? 1 : breach(v, e->at, "a cast of the wrong kind", e);
    case WF_EX_DEREF:
        return is_kind(e->a->type, WF_TY_POINTER) && e->a->type->base == t && e->flags & WF_EX_LVALUE
                   ? 1
                   : breach(v, e->at, "a wrong dereference", e);
    case WF_EX_ADDR:
        return e->a->flags & WF_EX_LVALUE && is_kind(t, WF_TY_POINTER) && t->base == e->a->type
                   ? 1
                   : breach(v, e->at, "a wrong address", e);
    case WF_EX_INDEX:
        return is_kind(e->a->type, WF_TY_POINTER) && e->a->type->base == t && promoted(e->b->type) &&
                       e->flags & WF_EX_LVALUE
                   ? 1
                   : breach(v, e->at, "a wrong index", e);
    case WF_EX_MEMBER: return member(v, e);
    case WF_EX_CALL:
        if (!e->u.call.func || wf_unit_find_func(v->u, e->u.call.func->name) != e->u.call.func)
            return breach(v, e->at, "a call of a function that is not in the unit", NULL);
        return arguments(v, e, e->u.call.func->type);
    case WF_EX_CALLPTR:
        return arguments(v, e, e->a->type->kind == WF_TY_POINTER ? e->a->type->base : e->a->type);
    case WF_EX_BUILTIN: return builtin(v, e);
    case WF_EX_INIT: return init(v, e);
    }
    return breach(v, e->at, "no such kind of expression", NULL);
}

/* Which operands a kind has: a 1, b 2, c 4. */
static unsigned operands_of(wf_expr_kind kind) {
    switch (kind) {
    case WF_EX_UNARY:
    case WF_EX_STEP:
    case WF_EX_CAST:
    case WF_EX_DEREF:
    case WF_EX_ADDR:
    case WF_EX_MEMBER:
    case WF_EX_CALLPTR: return 1;
    case WF_EX_BINARY:
    case WF_EX_COMMA:
    case WF_EX_ASSIGN:
    case WF_EX_UPDATE:
    case WF_EX_INDEX: return 3;
    case WF_EX_COND: return 7;
    default: return 0;
    }
}

static int expr(verifier *v, const wf_expr *e) {
    if (!e) return breach(v, (wf_place){0}, "an expression is missing", NULL);
    if (!e->type) return breach(v, e->at, "an expression has no type", NULL);
    if (e->flags & WF_EX_ERROR) return breach(v, e->at, "an expression is an error that nobody counted", e);
    if (e->type->quals && !(e->flags & WF_EX_LVALUE))
        return breach(v, e->at, "a value has a qualified type", e);
    unsigned wanted = operands_of((wf_expr_kind)e->kind),
             given = (e->a ? 1 : 0) | (e->b ? 2 : 0) | (e->c ? 4 : 0);
    if (wanted != given) return breach(v, e->at, "an expression has the wrong number of operands", NULL);
    unsigned depth = 0;
    const wf_expr *const operands[] = {e->a, e->b, e->c};
    for (int i = 0; i < 3 && operands[i]; i++) {
        if (!expr(v, operands[i])) return 0;
        if (operands[i]->depth > depth) depth = operands[i]->depth;
        int place = e->kind == WF_EX_ADDR || e->kind == WF_EX_MEMBER || (e->kind == WF_EX_COMMA && i == 0) ||
                    (e->kind == WF_EX_CAST && (e->cast == WF_CAST_DECAY || e->cast == WF_CAST_VOID));
        if (operands[i]->type->kind == WF_TY_ARRAY && !place)
            return breach(v, e->at, "an array is used as a value", e);
        if (operands[i]->kind == WF_EX_FUNC && !(e->kind == WF_EX_CAST && e->cast == WF_CAST_DECAY))
            return breach(v, e->at, "a function is used as a value", e);
    }
    if (e->depth <= depth || e->depth > WF_EXPR_DEPTH + 1)
        return breach(v, e->at, "an expression's depth is not kept", NULL);
    return check_kind(v, e);
}

/* --- statements --- */

static int stmt(verifier *v, const wf_stmt *s);

static int condition(verifier *v, const wf_stmt *s) {
    if (!expr(v, s->expr)) return 0;
    return is_kind(s->expr->type, WF_TY_BOOL) ? 1 : breach(v, s->at, "a condition is not bool", s->expr);
}

static int declaration(verifier *v, const wf_stmt *s) {
    const wf_var *var = s->var;
    if (!var || !var->type || !var->name) return breach(v, s->at, "a declaration of nothing", NULL);
    if (var->number >= v->func->local_count) return breach(v, s->at, "a local's number is not counted", NULL);
    if (wf_name_find(v->u, v->func, WF_NAME_LOCAL, var->name) != var)
        return breach(v, s->at,
                      wf_unit_find_global(v->u, var->name) == var ? "a global is declared in a function"
                                                                  : "two variables have one name",
                      NULL);
    v->declared[var->number] = 1; /* in its own initial value too, as in C: `node n = {&n}` */
    if (s->expr && !expr(v, s->expr)) return 0;
    if (!s->expr) return 1;
    if (var->space != WF_SPACE_LOCAL)
        return breach(v, s->at, "a shared variable has an initial value", s->expr);
    return same(s->expr->type, var->type) || (var->type->kind == WF_TY_ARRAY && s->expr->kind == WF_EX_INIT)
               ? 1
               : breach(v, s->at, "an initial value has another type than the variable", s->expr);
}

/* A list in a scope of its own: what it declares is out of scope behind it. */
static int block(verifier *v, const wf_stmt *first) {
    for (const wf_stmt *s = first; s; s = s->next)
        if (!stmt(v, s)) return 0;
    for (const wf_stmt *s = first; s; s = s->next)
        if (s->kind == WF_ST_DECL) v->declared[s->var->number] = 0;
    return 1;
}

static int body(verifier *v, const wf_stmt *s) {
    if (!s) return 1;
    if (s->kind == WF_ST_BLOCK) return block(v, s->body);
    if (!stmt(v, s)) return 0;
    if (s->kind == WF_ST_DECL) v->declared[s->var->number] = 0;
    return 1;
}

static int loop_body(verifier *v, const wf_stmt *s) {
    v->loops++;
    int good = body(v, s->body);
    v->loops--;
    return good;
}

static int for_loop(verifier *v, const wf_stmt *s) {
    const wf_stmt *start = s->init;
    if (start && start->kind != WF_ST_DECL && start->kind != WF_ST_EXPR)
        return breach(v, s->at, "a loop begins with a statement that cannot stand there", NULL);
    if (start && !stmt(v, start)) return 0;
    if (s->expr && !condition(v, s)) return 0;
    if (s->step && !expr(v, s->step)) return 0;
    if (!loop_body(v, s)) return 0;
    if (start && start->kind == WF_ST_DECL) v->declared[start->var->number] = 0;
    return 1;
}

static int switch_stmt(verifier *v, const wf_stmt *s) {
    if (!expr(v, s->expr)) return 0;
    if (!wf_type_is_integer(s->expr->type))
        return breach(v, s->at, "a switch over something else than an integer", s->expr);
    if (!s->body || s->body->kind != WF_ST_BLOCK) return breach(v, s->at, "a switch without a block", NULL);
    v->switches++;
    int good = block(v, s->body->body);
    v->switches--;
    return good;
}

static int find_label(const wf_stmt *s, const char *name) {
    for (; s; s = s->next)
        if ((s->kind == WF_ST_LABEL && !strcmp(s->name, name)) || find_label(s->body, name) ||
            find_label(s->other, name))
            return 1;
    return 0;
}

static int return_stmt(verifier *v, const wf_stmt *s) {
    const wf_type *result = v->func->type->base;
    if (!s->expr)
        return result->kind == WF_TY_VOID ? 1 : breach(v, s->at, "a return without the value", NULL);
    if (!expr(v, s->expr)) return 0;
    return same(s->expr->type, result) ? 1 : breach(v, s->at, "a return of another type", s->expr);
}

static int asm_stmt(verifier *v, const wf_stmt *s) {
    if (!s->asm_ || !s->asm_->text) return breach(v, s->at, "assembly without text", NULL);
    for (uint32_t i = 0; i < s->asm_->outputs + s->asm_->inputs; i++) {
        const wf_expr *value = s->asm_->operands[i].value;
        if (!expr(v, value)) return 0;
        if (i < s->asm_->outputs && !(value->flags & WF_EX_LVALUE))
            return breach(v, s->at, "assembly writes to no lvalue", value);
    }
    return 1;
}

static int stmt(verifier *v, const wf_stmt *s) {
    switch ((wf_stmt_kind)s->kind) {
    case WF_ST_EXPR: return s->expr ? expr(v, s->expr) : 1;
    case WF_ST_DECL: return declaration(v, s);
    case WF_ST_BLOCK: return block(v, s->body);
    case WF_ST_IF: return condition(v, s) && body(v, s->body) && body(v, s->other);
    case WF_ST_FOR: return for_loop(v, s);
    case WF_ST_WHILE:
    case WF_ST_DO: return condition(v, s) && loop_body(v, s);
    case WF_ST_SWITCH: return switch_stmt(v, s);
    case WF_ST_CASE:
    case WF_ST_DEFAULT: return v->switches ? 1 : breach(v, s->at, "a case outside of a switch", NULL);
    case WF_ST_BREAK:
        return v->loops || v->switches ? 1 : breach(v, s->at, "a break outside of a loop", NULL);
    case WF_ST_CONTINUE: return v->loops ? 1 : breach(v, s->at, "a continue outside of a loop", NULL);
    case WF_ST_RETURN: return return_stmt(v, s);
    case WF_ST_LABEL: return s->name ? 1 : breach(v, s->at, "a label without a name", NULL);
    case WF_ST_GOTO:
        return s->name && find_label(v->func->body, s->name) ? 1
                                                             : breach(v, s->at, "a goto to nowhere", NULL);
    case WF_ST_ASM: return asm_stmt(v, s);
    }
    return breach(v, s->at, "no such kind of statement", NULL);
}

/* --- functions, globals --- */

static int function(verifier *v, const wf_func *f) {
    v->func = f;
    v->loops = v->switches = 0;
    if (!f->type || f->type->kind != WF_TY_FUNCTION)
        return breach(v, f->at, "a function without a function's type", NULL);
    if (wf_unit_find_func(v->u, f->name) != f) return breach(v, f->at, "two functions have one name", NULL);
    if (f->body && f->param_count != f->type->param_count)
        return breach(v, f->at, "the parameters are not those of the type", NULL);
    if (f->flags & WF_FN_KERNEL && f->type->base->kind != WF_TY_VOID)
        return breach(v, f->at, "a kernel returns a value", NULL);
    if (!f->body) return 1;
    v->declared = wf_calloc(f->local_count + 1, 1);
    if (!v->declared) {
        v->status = wf_fail(v->err, WF_NOMEM, "out of memory");
        return 0;
    }
    uint32_t i = 0;
    int good = f->body->kind == WF_ST_BLOCK ? 1 : breach(v, f->at, "a function's body is no block", NULL);
    for (const wf_var *p = f->params; good && p; p = p->next, i++) {
        if (p->number >= f->local_count || !same(p->type, f->type->params[i]))
            good = breach(v, p->at, "a parameter is not that of the type", NULL);
        else v->declared[p->number] = 1;
    }
    good = good && body(v, f->body);
    wf_free(v->declared);
    v->declared = NULL;
    return good;
}

static int global(verifier *v, const wf_var *var) {
    if (!var->type || wf_unit_find_global(v->u, var->name) != var)
        return breach(v, var->at, "two globals have one name", NULL);
    if (var->space == WF_SPACE_LOCAL) return breach(v, var->at, "a global in no memory space", NULL);
    return var->init ? expr(v, var->init) : 1;
}

wf_status wf_unit_verify(const wf_unit *u, wf_error *err) {
    verifier v = {.u = u, .err = err, .status = WF_OK};
    for (const wf_var *var = u->globals; var; var = var->next)
        if (!global(&v, var)) return v.status;
    for (const wf_func *f = u->funcs; f; f = f->next)
        if (!function(&v, f)) return v.status;
    return WF_OK;
}
