/* lang/make_stmt.c: the constructors of statements. Most are plain nodes that the front-end fills; what must
 * be checked is a declaration's initial value. */
#include "lang/inner.h"

wf_stmt *wf_stmt_new(wf_unit *u, wf_stmt_kind kind, wf_place at) {
    wf_stmt *stmt = WF_NEW(&u->arena, wf_stmt);
    stmt->kind = (uint8_t)kind;
    stmt->at = at;
    return stmt;
}

wf_stmt *wf_stmt_expr(wf_unit *u, wf_expr *e) {
    if (!e) e = wf_make_error(u, NULL, (wf_place){0});
    wf_stmt *stmt = wf_stmt_new(u, WF_ST_EXPR, e->at);
    stmt->expr = e;
    return stmt;
}

wf_stmt *wf_stmt_decl(wf_unit *u, wf_var *var, wf_expr *init, wf_place at) {
    wf_stmt *stmt = wf_stmt_new(u, WF_ST_DECL, at);
    stmt->var = var;
    if (!init || !var->type) return stmt;
    if (var->space == WF_SPACE_SHARED) {
        wf_report(&u->diags, WF_ERROR, init->at, "assign to it in one thread, then __syncthreads()",
                  "the __shared__ variable '%s' cannot have an initial value", var->name);
        return stmt;
    }
    if (var->type->kind == WF_TY_ARRAY && var->type->incomplete && init->kind == WF_EX_INIT)
        var->type = init->type; /* T x[] = {…} */
    stmt->expr = wf_convert_init(u, var, init);
    if (stmt->expr && var->type->kind == WF_TY_ARRAY && var->type->incomplete) var->type = stmt->expr->type;
    return stmt;
}

wf_stmt *wf_stmt_block(wf_unit *u, wf_place at) { return wf_stmt_new(u, WF_ST_BLOCK, at); }

void wf_block_add(wf_stmt *block, wf_stmt *stmt) {
    if (!stmt) return;
    wf_stmt *last = block->mark;
    if (last) last->next = stmt;
    else block->body = stmt;
    while (stmt->next) stmt = stmt->next;
    block->mark = stmt;
}

void wf_block_end(wf_stmt *block) { block->mark = NULL; }
