/* cudac/stmt.c: statements.
 *
 * Each statement is added to the block that is being built. p->body->block is the block that temporaries of
 * the expression at hand are declared in; inside a statement without braces (a loop's body) a block of its
 * own is made, so they stay near. Labels are checked at the function's end. */
#include "cudac/parse.h"
#include <string.h>

typedef struct cc_label {
    struct cc_label *next;
    cc_name *name;
    wf_place at;
    int defined;
} cc_label;

typedef struct cc_case {
    struct cc_case *next;
    int64_t value;
    int is_default;
    wf_place at;
} cc_case;

static void switch_statement(cc *p, wf_stmt *block);

/* --- blocks and scopes --- */

wf_stmt *cc_new_block(cc *p, wf_place at) { return wf_stmt_block(p->u, at); }

static cc_scope *open_scope(cc *p) {
    cc_scope *outer = p->scope;
    p->scope = cc_scope_new(p, CC_SCOPE_BLOCK, outer);
    return outer;
}

void cc_compound(cc *p, wf_stmt *block, int new_scope) {
    cc_scope *outer = open_scope(p);
    wf_stmt *around = p->body->block;
    wf_place open = p->at ? p->tokens[p->at - 1].at : cc_place(p);
    p->scope->is_body = !new_scope;
    p->body->block = block;
    cc_alive *alive = p->body->alive;
    if (cc_deeper(p)) {
        while (!cc_is(p, CC_P_RBRACE) && cc_peek(p)->kind != CC_EOF) {
            uint32_t before = p->at;
            cc_statement(p, block);
            if (p->at == before) {
                cc_error(p, cc_place(p), NULL, "got %s, expected a statement", cc_token_text(p, cc_peek(p)));
                cc_next_token(p);
            }
        }
        p->depth--;
    }
    cc_alive_close(p, block, alive);
    if (!cc_accept(p, CC_P_RBRACE) && p->at + 1 < p->count) cc_expect(p, CC_P_RBRACE, "of the block");
    else if (cc_peek(p)->kind == CC_EOF && !cc_punct_is(&p->tokens[p->at - 1], CC_P_RBRACE) && !p->brace_told)
        cc_error(p, open, NULL, "this { has no }");
    p->body->block = around;
    p->scope = outer;
}

void cc_declare_first(cc *p, wf_var *var, wf_place at) {
    wf_stmt *decl = wf_stmt_decl(p->u, var, NULL, at);
    wf_stmt *block = p->body->first_block;
    if (!block) {
        wf_block_add(p->body->block, decl);
        return;
    }
    decl->next = block->body;
    block->body = decl;
    if (!block->mark) block->mark = decl;
}

/* A statement as the body of another one: always a block. */
wf_stmt *cc_loop_body(cc *p) {
    wf_stmt *block = cc_new_block(p, cc_place(p));
    cc_scope *outer = open_scope(p);
    wf_stmt *around = p->body->block;
    cc_alive *alive = p->body->alive;
    p->body->block = block;
    if (cc_accept(p, CC_P_LBRACE)) cc_compound(p, block, 1);
    else if (cc_deeper(p)) {
        cc_statement(p, block);
        p->depth--;
    }
    cc_alive_close(p, block, alive);
    wf_block_end(block);
    p->body->block = around;
    p->scope = outer;
    return block;
}

/* break and continue inside end what is newer than the loop. */
cc_loop cc_loop_begin(cc *p) {
    cc_body *b = p->body;
    cc_loop outer = {b->alive_break, b->alive_continue};
    b->loops++;
    b->alive_break = b->alive_continue = b->alive;
    return outer;
}

void cc_loop_end(cc *p, cc_loop outer) {
    p->body->loops--;
    p->body->alive_break = outer.at_break;
    p->body->alive_continue = outer.at_continue;
}

static wf_expr *true_value(cc *p, wf_place at) {
    return wf_make_int(p->u, wf_type_scalar(p->u, WF_TY_BOOL), 1, at);
}

/* --- conditions --- */

/* ( init ; condition ): declarations go to `block`. The condition may declare a variable itself. */
static wf_expr *condition(cc *p, wf_stmt *block, const wf_type **integer) {
    cc_alive *temporaries = p->body->temporaries;
    wf_expr *e;
    if (cc_starts_declaration(p)) {
        cc_spec spec;
        cc_declarator d;
        cc_specifiers(p, &spec, 1);
        cc_declarator_parse(p, &spec, spec.type, &d, 0);
        if (!d.name) {
            cc_error(p, cc_place(p), NULL, "got %s, expected a name", cc_token_text(p, cc_peek(p)));
            return true_value(p, cc_place(p));
        }
        if (d.is_function) {
            cc_error(p, d.at, NULL, "function %s cannot be declared in a condition", d.name->text);
            return true_value(p, d.at);
        }
        cc_local_variable(p, &spec, &d, block);
        cc_symbol *s = cc_find(p, p->scope, d.name);
        while (cc_accept(p, CC_P_COMMA)) {
            cc_declarator_parse(p, &spec, spec.type, &d, 0);
            if (d.name) cc_local_variable(p, &spec, &d, block);
        }
        if (cc_accept(p, CC_P_SEMI)) return condition(p, block, integer);
        e = s ? cc_variable(p, s, d.at) : cc_unknown(p, d.at);
    } else {
        e = cc_is(p, CC_P_SEMI) ? true_value(p, cc_place(p)) : cc_expression(p);
        if (cc_accept(p, CC_P_SEMI)) {
            wf_block_add(block, wf_stmt_expr(p->u, e));
            return condition(p, block, integer);
        }
        if (e->kind == WF_EX_ASSIGN && !(e->flags & WF_EX_PAREN) && e->b->kind == WF_EX_INT)
            cc_warn(p, e->at, "an assignment of a constant as a condition; == was meant?");
    }
    e = cc_scalar(p, e);
    if (integer) {
        e = wf_make_promoted(p->u, e);
        if (!(e->flags & WF_EX_ERROR) && !wf_type_is_integer(e->type)) {
            cc_error(p, e->at, NULL, "switch of %s: expected an integer", cc_spell_t(p, e->type));
            e = wf_make_error(p->u, NULL, e->at);
        }
        *integer = e->flags & WF_EX_ERROR ? wf_type_scalar(p->u, WF_TY_INT) : e->type->unqual;
    } else {
        e = wf_make_bool(p->u, cc_decay(p, e));
    }
    return cc_full_expression(p, e, temporaries, 1);
}

/* --- if --- */

static void skip_statement(cc *p) {
    if (!cc_deeper(p)) return;
    const cc_token *t = cc_peek(p);
    if (cc_is(p, CC_P_LBRACE)) {
        cc_skip_balanced(p);
    } else if (t->kind == CC_IDENT &&
               (t->op == CC_KW_IF || t->op == CC_KW_FOR || t->op == CC_KW_WHILE || t->op == CC_KW_SWITCH)) {
        cc_next_token(p);
        cc_accept_kw(p, CC_KW_CONSTEXPR);
        if (cc_is(p, CC_P_LPAREN)) cc_skip_balanced(p);
        skip_statement(p);
        if (t->op == CC_KW_IF && cc_accept_kw(p, CC_KW_ELSE)) skip_statement(p);
    } else if (t->kind == CC_IDENT && t->op == CC_KW_DO) {
        cc_next_token(p);
        skip_statement(p);
        cc_skip_to_semi(p);
    } else if (t->kind == CC_IDENT && t->op == CC_KW_UNROLL) {
        cc_next_token(p);
        if (cc_is(p, CC_P_LPAREN)) cc_skip_balanced(p);
        skip_statement(p);
    } else {
        while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_SEMI) && !cc_is(p, CC_P_RBRACE)) {
            if (cc_is(p, CC_P_LPAREN) || cc_is(p, CC_P_LBRACE) || cc_is(p, CC_P_LBRACKET))
                cc_skip_balanced(p);
            else cc_next_token(p);
        }
        cc_accept(p, CC_P_SEMI);
    }
    p->depth--;
}

/* if constexpr: only the branch that holds is looked at. */
static void if_constant(cc *p, wf_stmt *block, wf_expr *e) {
    int64_t value = 0;
    if (!(e->flags & WF_EX_ERROR)) cc_const_int(p, e, &value, "the condition of if constexpr");
    wf_stmt *taken = NULL;
    if (value) taken = cc_loop_body(p);
    else skip_statement(p);
    if (cc_accept_kw(p, CC_KW_ELSE)) {
        if (value) skip_statement(p);
        else taken = cc_loop_body(p);
    }
    if (taken) wf_block_add(block, taken);
}

static void if_statement(cc *p, wf_stmt *block) {
    wf_place at = cc_place(p);
    cc_next_token(p);
    int constant = cc_accept_kw(p, CC_KW_CONSTEXPR);
    cc_scope *outer = open_scope(p);
    wf_stmt *around = cc_new_block(p, at), *before = p->body->block;
    cc_alive *alive = p->body->alive;
    p->body->block = around;
    if (!cc_expect(p, CC_P_LPAREN, "behind if")) {
        p->scope = outer;
        p->body->block = before;
        cc_skip_to_semi(p);
        return;
    }
    wf_expr *e = condition(p, around, NULL);
    if (!cc_expect(p, CC_P_RPAREN, "behind the condition"))
        while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_LBRACE) && !cc_is(p, CC_P_RBRACE) &&
               !cc_is(p, CC_P_SEMI))
            cc_next_token(p);
    if (constant) {
        if_constant(p, around, e);
    } else {
        wf_stmt *s = wf_stmt_new(p->u, WF_ST_IF, at);
        s->expr = e;
        s->body = cc_loop_body(p);
        if (cc_is_kw(p, CC_KW_ELSE)) {
            wf_place else_at = cc_place(p);
            cc_next_token(p);
            if (cc_is_kw(p, CC_KW_IF) && !(cc_ahead(p, 1)->op == CC_KW_CONSTEXPR) &&
                cc_deeper(p)) { /* else if: no block between */
                wf_stmt *rest = cc_new_block(p, else_at);
                p->body->block = rest;
                if_statement(p, rest);
                wf_block_end(rest);
                p->depth--;
                s->other =
                    rest->body && !rest->body->next && rest->body->kind == WF_ST_IF ? rest->body : rest;
            } else {
                s->other = cc_loop_body(p);
            }
        }
        wf_block_add(around, s);
    }
    cc_alive_close(p, around, alive);
    p->body->block = before;
    p->scope = outer;
    wf_block_end(around);
    if (around->body && !around->body->next && around->body->kind != WF_ST_DECL)
        wf_block_add(block, around->body); /* nothing was declared */
    else if (around->body) wf_block_add(block, around);
}

/* --- loops --- */

static void while_statement(cc *p, wf_stmt *block, int32_t unroll) {
    wf_place at = cc_place(p);
    cc_next_token(p);
    cc_scope *outer = open_scope(p);
    wf_stmt *s = wf_stmt_new(p->u, WF_ST_WHILE, at), *around = p->body->block;
    s->unroll = unroll;
    cc_expect(p, CC_P_LPAREN, "behind while");
    cc_loop loop = cc_loop_begin(p);
    if (cc_starts_declaration(p)) { /* while (T x = …): the declaration is made each time round */
        s->expr = true_value(p, at);
        s->body = cc_new_block(p, at);
        p->body->block = s->body;
        wf_expr *e = condition(p, s->body, NULL);
        cc_expect(p, CC_P_RPAREN, "behind the condition");
        wf_stmt *leave = wf_stmt_new(p->u, WF_ST_IF, at);
        leave->expr = wf_make_unary(p->u, WF_OP_LNOT, e, at);
        leave->body = cc_new_block(p, at);
        cc_alive_end(p, leave->body, p->body->alive_break, NULL, at);
        wf_block_add(leave->body, wf_stmt_new(p->u, WF_ST_BREAK, at));
        wf_block_end(leave->body);
        wf_block_add(s->body, leave);
        wf_block_add(s->body, cc_loop_body(p));
        cc_alive_close(p, s->body, p->body->alive_break);
        wf_block_end(s->body);
    } else {
        s->expr = cc_condition_expr(p);
        cc_expect(p, CC_P_RPAREN, "behind the condition");
        s->body = cc_loop_body(p);
    }
    cc_loop_end(p, loop);
    p->body->block = around;
    p->scope = outer;
    wf_block_add(block, s);
}

static void do_statement(cc *p, wf_stmt *block, int32_t unroll) {
    wf_stmt *s = wf_stmt_new(p->u, WF_ST_DO, cc_place(p));
    s->unroll = unroll;
    cc_next_token(p);
    cc_loop loop = cc_loop_begin(p);
    s->body = cc_loop_body(p);
    cc_loop_end(p, loop);
    if (!cc_accept_kw(p, CC_KW_WHILE))
        cc_error(p, cc_place(p), NULL, "got %s, expected while of do", cc_token_text(p, cc_peek(p)));
    cc_expect(p, CC_P_LPAREN, "behind while");
    s->expr = cc_condition_expr(p);
    cc_expect(p, CC_P_RPAREN, "behind the condition");
    cc_expect(p, CC_P_SEMI, "behind do … while");
    wf_block_add(block, s);
}

/* The part before the first semicolon: one declaration or expression stays in the loop, more go round it. */
static wf_stmt *for_init(cc *p, wf_stmt *around) {
    wf_stmt *own = cc_new_block(p, cc_place(p));
    p->body->block = around;
    if (cc_accept(p, CC_P_SEMI)) return NULL;
    if (cc_starts_declaration(p)) {
        cc_block_declaration(p, own);
    } else {
        wf_block_add(own, wf_stmt_expr(p->u, cc_expression(p)));
        cc_expect(p, CC_P_SEMI, "behind the first part of for");
    }
    wf_block_end(own);
    wf_stmt *s = own->body;
    if (!s) return NULL;
    if (!s->next && (s->kind == WF_ST_DECL || s->kind == WF_ST_EXPR)) return s;
    for (wf_stmt *next; s; s = next) {
        next = s->next;
        s->next = NULL;
        wf_block_add(around, s);
    }
    return NULL;
}

static void for_statement(cc *p, wf_stmt *block, int32_t unroll, wf_for_kind kind) {
    wf_place at = cc_place(p);
    cc_next_token(p);
    cc_scope *outer = open_scope(p);
    wf_stmt *around = cc_new_block(p, at), *before = p->body->block;
    cc_alive *alive = p->body->alive;
    int range;
    p->body->block = around;
    if (!cc_expect(p, CC_P_LPAREN, "behind for")) {
        cc_skip_to_semi(p);
    } else if ((range = cc_range_ahead(p)) != 0) {
        wf_stmt *first = range == 2 ? for_init(p, around) : NULL;
        if (first) wf_block_add(around, first);
        cc_range_for(p, around, at, unroll);
    } else {
        wf_stmt *s = wf_stmt_new(p->u, WF_ST_FOR, at);
        s->unroll = unroll;
        s->for_kind = (uint8_t)kind;
        s->init = for_init(p, around);
        if (!cc_is(p, CC_P_SEMI)) s->expr = cc_condition_expr(p);
        int complete = cc_expect(p, CC_P_SEMI, "behind the loop's condition");
        cc_alive *temporaries = p->body->temporaries;
        if (complete && !cc_is(p, CC_P_RPAREN))
            s->step = cc_full_expression(p, cc_expression(p), temporaries, 0);
        if (!cc_expect(p, CC_P_RPAREN, "of for"))
            while (cc_peek(p)->kind != CC_EOF && !cc_is(p, CC_P_LBRACE) && !cc_is(p, CC_P_RBRACE))
                cc_next_token(p);
        cc_loop loop = cc_loop_begin(p);
        s->body = cc_loop_body(p);
        cc_loop_end(p, loop);
        wf_block_add(around, s);
    }
    cc_alive_close(p, around, alive);
    p->body->block = before;
    p->scope = outer;
    wf_block_end(around);
    if (around->body && !around->body->next) wf_block_add(block, around->body);
    else if (around->body) wf_block_add(block, around);
}

/* --- switch --- */

static void add_case(cc *p, cc_case made) {
    for (cc_case *c = p->body->cases; c; c = c->next)
        if (c->is_default == made.is_default && (c->is_default || c->value == made.value)) {
            cc_error(p, made.at, NULL, made.is_default ? "a second default" : "case %lld stands twice",
                     (long long)made.value);
            return;
        }
    cc_case *c = WF_NEW(p->scratch, cc_case);
    *c = made;
    c->next = p->body->cases;
    p->body->cases = c;
}

enum { CASE_RANGE_MAX = 1024 }; /* `case 'a' ... 'z':` becomes so many labels */

/* A case label in a block inside the switch's: a label there, and in front of the switch's block a case that
 * goes to it. */
static void inner_case(cc *p, wf_stmt *block, int64_t value, int odd, int is_default, wf_place at) {
    if (p->body->alive != p->body->switch_alive || (odd && !is_default)) {
        cc_unsupported(p, at,
                       odd && !is_default ? "a range of cases in a block inside the switch's block"
                                          : "a case label behind an object with a destructor");
        return;
    }
    const char *name = wf_arena_printf(p->arena, "case_%u_", ++p->local_count);
    wf_stmt *here = wf_stmt_new(p->u, WF_ST_LABEL, at);
    here->name = name;
    wf_block_add(block, here);
    add_case(p, (cc_case){.value = value, .is_default = is_default, .at = at});
    wf_stmt *entry = wf_stmt_new(p->u, is_default ? WF_ST_DEFAULT : WF_ST_CASE, at);
    entry->value = (uint64_t)value;
    entry->next = wf_stmt_new(p->u, WF_ST_GOTO, at);
    entry->next->name = name;
    entry->next->next = p->body->switch_entries;
    p->body->switch_entries = entry;
}

static void put_entries_in_front(cc *p, wf_stmt *block) {
    wf_stmt *last = p->body->switch_entries;
    if (!last) return;
    while (last->next) last = last->next;
    last->next = block->body;
    block->body = p->body->switch_entries;
}

static void case_label(cc *p, wf_stmt *block) {
    wf_place at = cc_place(p);
    int is_default = cc_is_kw(p, CC_KW_DEFAULT);
    int64_t value = 0, last = 0, range = 0;
    cc_next_token(p);
    if (!is_default) {
        wf_expr *e = cc_conditional(p);
        if (cc_accept(p, CC_P_ELLIPSIS)) range = 1, last = cc_constant_here(p, "the last case value");
        const wf_type *t = p->body->switch_type;
        if (t && !(e->flags & WF_EX_ERROR) && cc_const_int(p, e, &value, "a case value")) {
            wf_expr *made = wf_make_convert(
                p->u, t,
                wf_make_int(p->u, wf_type_is_integer(e->type) ? e->type->unqual : t, (uint64_t)value, at),
                at);
            value = (int64_t)made->u.i;
        }
    }
    cc_expect(p, CC_P_COLON, is_default ? "behind default" : "behind the case value");
    if (!p->body->switch_type) {
        cc_error(p, at, NULL, "%s outside of a switch", is_default ? "default" : "case");
    } else if (block != p->body->switch_block) {
        inner_case(p, block, value, is_default || range, is_default, at);
    } else {
        if (!range) last = value;
        if (last < value || (uint64_t)last - (uint64_t)value >= CASE_RANGE_MAX) {
            cc_error(p, at, NULL, "a range of cases from %lld to %lld: expected 1 to %d values",
                     (long long)value, (long long)last, CASE_RANGE_MAX);
            last = value;
        }
        for (;; value++) {
            add_case(p, (cc_case){.value = value, .is_default = is_default, .at = at});
            wf_stmt *s = wf_stmt_new(p->u, is_default ? WF_ST_DEFAULT : WF_ST_CASE, at);
            s->value = (uint64_t)value;
            wf_block_add(block, s);
            if (value >= last) break;
        }
    }
    if (!cc_is(p, CC_P_RBRACE)) cc_statement(p, block);
}

static void switch_statement(cc *p, wf_stmt *block) {
    wf_place at = cc_place(p);
    cc_next_token(p);
    cc_scope *outer = open_scope(p);
    wf_stmt *around = cc_new_block(p, at), *before = p->body->block, *outer_block = p->body->switch_block;
    wf_stmt *outer_entries = p->body->switch_entries;
    cc_alive *outer_alive = p->body->switch_alive;
    cc_case *outer_cases = p->body->cases;
    const wf_type *outer_type = p->body->switch_type;
    wf_stmt *s = wf_stmt_new(p->u, WF_ST_SWITCH, at);
    cc_alive *alive = p->body->alive, *outer_break = p->body->alive_break;
    p->body->block = around;
    cc_expect(p, CC_P_LPAREN, "behind switch");
    s->expr = condition(p, around, &p->body->switch_type);
    cc_expect(p, CC_P_RPAREN, "behind the value");
    s->body = cc_new_block(p, cc_place(p));
    p->body->cases = NULL;
    p->body->switch_block = s->body;
    p->body->switches++;
    p->body->switch_entries = NULL;
    p->body->alive_break = p->body->switch_alive = p->body->alive;
    p->body->block = s->body;
    if (cc_accept(p, CC_P_LBRACE)) cc_compound(p, s->body, 1);
    else cc_statement(p, s->body);
    wf_block_end(s->body);
    put_entries_in_front(p, s->body);
    p->body->switch_entries = outer_entries;
    p->body->switch_alive = outer_alive;
    p->body->switches--;
    p->body->alive_break = outer_break;
    p->body->switch_block = outer_block;
    p->body->cases = outer_cases;
    p->body->switch_type = outer_type;
    p->body->block = before;
    p->scope = outer;
    wf_block_add(around, s);
    cc_alive_close(p, around, alive);
    wf_block_end(around);
    wf_block_add(block, around->body && !around->body->next ? around->body : around);
}

/* --- jumps --- */

static cc_label *find_label(cc *p, cc_name *name, wf_place at) {
    for (cc_label *l = p->body->labels; l; l = l->next)
        if (l->name == name) return l;
    cc_label *l = WF_NEW(p->scratch, cc_label);
    l->name = name;
    l->at = at;
    l->next = p->body->labels;
    p->body->labels = l;
    return l;
}

static void label(cc *p, wf_stmt *block) {
    cc_name *name = cc_peek(p)->name;
    wf_place at = cc_place(p);
    cc_label *l = find_label(p, name, at);
    if (l->defined) cc_error(p, at, NULL, "label %s stands twice", name->text);
    l->defined = 1;
    p->at += 2;
    wf_stmt *s = wf_stmt_new(p->u, WF_ST_LABEL, at);
    s->name = name->text;
    wf_block_add(block, s);
    if (!cc_is(p, CC_P_RBRACE)) cc_statement(p, block);
}

void cc_check_labels(cc *p) {
    for (cc_label *l = p->body->labels; l; l = l->next)
        if (!l->defined)
            cc_error(p, l->at, NULL, "goto %s: there is no such label in this function", l->name->text);
}

static void goto_statement(cc *p, wf_stmt *block) {
    wf_place at = cc_place(p);
    cc_next_token(p);
    cc_name *name = cc_expect_name(p, "a label");
    if (p->body->alive) cc_unsupported(p, at, "goto where an object with a destructor is alive");
    if (name) {
        wf_stmt *s = wf_stmt_new(p->u, WF_ST_GOTO, at);
        find_label(p, name, at);
        s->name = name->text;
        wf_block_add(block, s);
    }
    cc_expect(p, CC_P_SEMI, "behind goto");
}

static wf_expr *return_value(cc *p, wf_place at) {
    cc_body *b = p->body;
    wf_expr *e;
    if (b->deduce_result) {
        e = cc_is(p, CC_P_LBRACE) ? cc_brace_argument(p) : cc_expression(p);
        cc_type t = e->type->kind == WF_TY_VOID && e->kind != WF_EX_INIT
                        ? cc_plain(e->type)
                        : cc_deduce_auto(p, b->func->result, e, at);
        if (b->returned && !cc_type_equal(t, b->result))
            cc_error(p, at, NULL, "the result type was deduced as %s before, now it is %s",
                     cc_spell(p, b->result), cc_spell(p, t));
        if (!b->returned) b->result = t;
        b->returned = 1;
    } else if (cc_is(p, CC_P_LBRACE) && !b->result.ref) {
        return cc_braced(p, b->result.t->unqual, at);
    } else {
        e = cc_expression(p);
    }
    if (b->result.t->kind == WF_TY_VOID && !b->result.ref) {
        if (e->type->kind != WF_TY_VOID && !(e->flags & WF_EX_ERROR))
            cc_error(p, at, NULL, "%s returns nothing, got a value of type %s", b->func->shown,
                     cc_spell_t(p, e->type));
        return e;
    }
    if (b->result.ref) return cc_bind(p, b->result, e, at);
    if (!b->deduce_result) cc_check_scoped_enum(p, b->result, e);
    int own = e->kind == WF_EX_VAR && e->u.var->space == WF_SPACE_LOCAL && !e->u.var->is_static &&
              e->type->unqual == b->result.t->unqual;
    return own ? cc_convert(p, b->result, e, at) : cc_copied(p, b->result, e, at);
}

/* Everything that is alive ends between the making of the result and the return. A local variable that is
 * the result is handed over instead. */
static void end_of_function(cc *p, wf_stmt *block, wf_stmt *s, wf_place at) {
    const wf_var *given = NULL;
    if (!p->body->alive && !p->body->temporaries) return;
    if (s->expr && s->expr->kind == WF_EX_VAR && s->expr->type->kind == WF_TY_RECORD) {
        given = s->expr->u.var;
    } else if (s->expr && s->expr->kind != WF_EX_INT && s->expr->kind != WF_EX_FLOAT) {
        wf_var *result = wf_local_new(p->u, p->body->f, "result", s->expr->type->unqual, at);
        wf_block_add(block, wf_stmt_decl(p->u, result, s->expr, at));
        s->expr = wf_make_value(p->u, wf_make_var(p->u, result, at));
    }
    cc_temporaries_end(p, block, NULL);
    cc_alive_end(p, block, NULL, given, at);
}

static void return_statement(cc *p, wf_stmt *block) {
    wf_place at = cc_place(p);
    wf_stmt *s = wf_stmt_new(p->u, WF_ST_RETURN, at);
    cc_next_token(p);
    if (!cc_is(p, CC_P_SEMI)) {
        s->expr = return_value(p, at);
        if (p->body->result.t->kind == WF_TY_VOID && !p->body->result.ref &&
            s->expr) { /* return f(); of a void f */
            wf_block_add(block, wf_stmt_expr(p->u, s->expr));
            s->expr = NULL;
        }
    } else if (p->body->deduce_result && !(p->body->returned && p->body->result.t->kind != WF_TY_VOID)) {
        p->body->returned = 1;
        p->body->result = cc_plain(wf_type_scalar(p->u, WF_TY_VOID));
    } else if (p->body->result.t->kind != WF_TY_VOID || p->body->result.ref) {
        cc_error(p, at, NULL, "%s must return a value of type %s", p->body->func->shown,
                 cc_spell(p, p->body->result));
    }
    if (!cc_expect(p, CC_P_SEMI, "behind return")) cc_skip_to_semi(p);
    end_of_function(p, block, s, at);
    wf_block_add(block, s);
}

static void break_statement(cc *p, wf_stmt *block) {
    wf_place at = cc_place(p);
    int is_break = cc_is_kw(p, CC_KW_BREAK);
    cc_next_token(p);
    if (!p->body->loops && !(is_break && p->body->switches))
        cc_error(p, at, NULL, "%s outside of a loop", is_break ? "break" : "continue");
    else {
        cc_alive_end(p, block, is_break ? p->body->alive_break : p->body->alive_continue, NULL, at);
        wf_block_add(block, wf_stmt_new(p->u, is_break ? WF_ST_BREAK : WF_ST_CONTINUE, at));
    }
    cc_expect(p, CC_P_SEMI, is_break ? "behind break" : "behind continue");
}

/* --- statements --- */

static void expression_statement(cc *p, wf_stmt *block) {
    uint32_t errors = p->r.diags->errors;
    wf_expr *e = cc_expression(p);
    if (!cc_is(p, CC_P_SEMI) && p->r.diags->errors != errors) cc_skip_to_semi(p); /* told already */
    else if (!cc_expect(p, CC_P_SEMI, "behind the expression")) cc_skip_to_semi(p);
    if (p->r.diags->errors == errors && (e->kind == WF_EX_BINARY) && !(e->flags & WF_EX_PAREN) &&
        e->op >= WF_OP_LT && e->op <= WF_OP_NE)
        cc_warn(p, e->at, "the result of this comparison is not used%s",
                e->op == WF_OP_EQ ? "; = was meant?" : "");
    int is_assert =
        e->kind == WF_EX_COND && e->c->kind == WF_EX_BUILTIN && e->c->u.call.builtin == WF_BI_ASSERT_FAIL;
    if (!is_assert) {
        if (e->type->kind == WF_TY_RECORD && cc_destructor_of(p, e->type)) e = cc_lasting(p, e);
        wf_block_add(block, wf_stmt_expr(p->u, e));
        return;
    }
    wf_stmt *s = wf_stmt_new(p->u, WF_ST_IF, e->at); /* assert(c) */
    s->expr = wf_make_unary(p->u, WF_OP_LNOT, e->a, e->at);
    s->body = cc_new_block(p, e->at);
    wf_block_add(s->body, wf_stmt_expr(p->u, e->c));
    wf_block_end(s->body);
    wf_block_add(block, s);
}

/* #pragma unroll, __wf_for_parallel, __wf_for_lanes in front of a loop */
static void prefixed_loop(cc *p, wf_stmt *block) {
    int32_t unroll = 0;
    wf_for_kind kind = WF_FOR_PLAIN;
    for (;;) {
        wf_place at = cc_place(p);
        if (cc_accept_kw(p, CC_KW_PARALLEL)) kind = WF_FOR_PARALLEL;
        else if (cc_accept_kw(p, CC_KW_LANES)) kind = WF_FOR_LANES;
        else if (cc_accept_kw(p, CC_KW_UNROLL)) {
            unroll = -1;
            cc_accept(p, CC_P_LPAREN);
            if (!cc_is(p, CC_P_RPAREN)) {
                int64_t n = cc_constant_here(p, "the unroll factor");
                if (n < 0 || n > INT32_MAX)
                    cc_warn(p, at, "an unroll factor of %lld is ignored", (long long)n), n = 0;
                unroll = n == 0 ? 1 : (int32_t)n;
            }
            cc_accept(p, CC_P_RPAREN);
        } else break;
    }
    if (cc_is_kw(p, CC_KW_FOR)) for_statement(p, block, unroll, kind);
    else if (cc_is_kw(p, CC_KW_WHILE)) while_statement(p, block, unroll);
    else if (cc_is_kw(p, CC_KW_DO)) do_statement(p, block, unroll);
    else {
        cc_warn(p, cc_place(p), "#pragma unroll must stand before a loop; it is ignored");
        if (!cc_is(p, CC_P_RBRACE)) cc_statement(p, block);
    }
}

static int keyword_statement(cc *p, wf_stmt *block) {
    switch (cc_peek(p)->op) {
    case CC_KW_IF: if_statement(p, block); return 1;
    case CC_KW_FOR: for_statement(p, block, 0, WF_FOR_PLAIN); return 1;
    case CC_KW_WHILE: while_statement(p, block, 0); return 1;
    case CC_KW_DO: do_statement(p, block, 0); return 1;
    case CC_KW_SWITCH: switch_statement(p, block); return 1;
    case CC_KW_CASE:
    case CC_KW_DEFAULT: case_label(p, block); return 1;
    case CC_KW_BREAK:
    case CC_KW_CONTINUE: break_statement(p, block); return 1;
    case CC_KW_RETURN: return_statement(p, block); return 1;
    case CC_KW_GOTO: goto_statement(p, block); return 1;
    case CC_KW_ASM: cc_asm_statement(p, block); return 1;
    case CC_KW_UNROLL:
    case CC_KW_PARALLEL:
    case CC_KW_LANES: prefixed_loop(p, block); return 1;
    case CC_KW_PACK: cc_pack(p); return 1;
    case CC_KW_ELSE:
        cc_error(p, cc_place(p), NULL, "else without if");
        cc_next_token(p);
        return 1;
    case CC_KW_TRY:
    case CC_KW_CATCH:
        cc_unsupported(p, cc_place(p), "exceptions");
        cc_next_token(p);
        if (cc_is(p, CC_P_LPAREN)) cc_skip_balanced(p);
        return 1;
    default: return 0;
    }
}

void cc_statement(cc *p, wf_stmt *block) {
    while (cc_is(p, CC_P_LBRACKET) && cc_punct_is(cc_ahead(p, 1), CC_P_LBRACKET)) /* [[fallthrough]]; */
        cc_skip_balanced(p);
    const cc_token *t = cc_peek(p);
    if (cc_accept(p, CC_P_SEMI)) return;
    if (!cc_deeper(p)) return;
    wf_stmt *around = p->body->block;
    cc_alive *temporaries = p->body->temporaries;
    p->body->block = block;
    if (cc_accept(p, CC_P_LBRACE)) {
        wf_stmt *inner = cc_new_block(p, t->at);
        cc_compound(p, inner, 1);
        wf_block_end(inner);
        wf_block_add(block, inner);
    } else if (t->kind == CC_IDENT && t->op && keyword_statement(p, block)) {
        /* done */
    } else if (cc_is_name(p) && cc_punct_is(cc_ahead(p, 1), CC_P_COLON)) {
        label(p, block);
    } else if (cc_starts_declaration(p)) {
        cc_block_declaration(p, block);
    } else if (cc_is_name(p) && cc_ahead(p, 1)->kind == CC_IDENT &&
               !cc_ahead(p, 1)->op) { /* a misspelt type */
        cc_symbol *s = cc_find(p, p->scope, t->name);
        if (s && s->kind == CC_SYM_TEMPLATE) {
            cc_error(p, t->at, NULL, "template %s needs its arguments in <>", t->text);
            cc_skip_to_semi(p);
        } else if (!s && !cc_known_of(p, t->name)) {
            const char *hint = cc_header_hint(p, NULL, t->text);
            if (!cc_told(p, t->name))
                cc_error(p, t->at, hint ? hint : cc_suggest(p, p->scope, t->name->text, 1), "unknown type %s",
                         t->text);
            cc_next_token(p);
            cc_told_names(p);
            cc_skip_to_semi(p);
        } else {
            expression_statement(p, block);
        }
    } else {
        expression_statement(p, block);
    }
    cc_temporaries_end(p, block, temporaries);
    p->body->block = around;
    p->depth -= p->depth > 0;
}
