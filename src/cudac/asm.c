/* cudac/asm.c: asm statements.
 *
 * Inline PTX is for GPUs. Where ptx.c can say what it means, the statement becomes
 *
 *     if (__wf_on_gpu()) asm inline("…" : …);
 *     else { unsigned int __ptx_1 = (unsigned int)(input); …; output = __ptx_0; }
 *
 * and the emitter takes the half of its target. The second half is written as tokens behind the source's own,
 * the operands' expressions copied, and parsed as a statement. `inline` says that there is such a half. The
 * carry (add.cc, addc) is a variable of the function. */
#include "cudac/parse.h"
#include "cudac/ptx.h"
#include <string.h>

enum { OPERANDS_MOST = 64 };

typedef struct asm_parts {
    uint32_t first[OPERANDS_MOST], end[OPERANDS_MOST]; /* tokens of each operand's expression */
    const char *names[OPERANDS_MOST];                  /* [name], or NULL */
} asm_parts;

static char *joined_string(cc *p) {
    wf_text text;
    wf_text_init(&text, p->arena);
    wf_text_puts(&text, "");
    if (cc_peek(p)->kind != CC_STRING)
        cc_error(p, cc_place(p), NULL, "got %s, expected a string", cc_token_text(p, cc_peek(p)));
    for (; cc_peek(p)->kind == CC_STRING; cc_next_token(p)) {
        uint64_t length;
        wf_text_puts(&text, cc_read_string(&p->r, cc_peek(p), p->scratch, &length, 0));
    }
    return text.data;
}

static void operands(cc *p, wf_asm *a, asm_parts *parts, int output) {
    while (cc_peek(p)->kind == CC_STRING || cc_is(p, CC_P_LBRACKET)) {
        uint32_t n = a->outputs + a->inputs;
        if (n == OPERANDS_MOST) {
            cc_error(p, cc_place(p), NULL, "asm with more than %d operands", OPERANDS_MOST);
            return;
        }
        parts->names[n] = NULL;
        if (cc_accept(p, CC_P_LBRACKET)) {
            cc_name *name = cc_expect_name(p, "an operand's name");
            parts->names[n] = name ? name->text : NULL;
            cc_expect(p, CC_P_RBRACKET, "behind the operand's name");
        }
        void *grown = wf_arena_alloc(p->arena, sizeof *a->operands * (n + 1));
        if (n) memcpy(grown, a->operands, sizeof *a->operands * n);
        a->operands = grown;
        a->operands[n].constraint = joined_string(p);
        cc_expect(p, CC_P_LPAREN, "in front of the operand");
        parts->first[n] = p->at;
        wf_expr *e = cc_expression(p);
        parts->end[n] = p->at;
        cc_expect(p, CC_P_RPAREN, "behind the operand");
        if (output && !(e->flags & (WF_EX_LVALUE | WF_EX_ERROR)))
            cc_error(p, e->at, NULL, "an output of asm must be a variable");
        a->operands[n].value = output ? e : cc_decay(p, e);
        if (output) a->outputs++;
        else a->inputs++;
        if (!cc_accept(p, CC_P_COMMA)) break;
    }
}

/* %[name] as %number; what "n" operands are, when their value is known, as the value. */
static const char *resolved(cc *p, const wf_asm *a, const asm_parts *parts, int values) {
    uint32_t count = a->outputs + a->inputs;
    wf_text text;
    wf_text_init(&text, p->arena);
    wf_text_puts(&text, "");
    for (const char *s = a->text; *s; s++) {
        uint32_t n = count;
        const char *end = s + 1;
        if (s[0] == '%' && s[1] == '%') {
            wf_text_puts(&text, "%%");
            s++;
            continue;
        }
        if (s[0] == '%' && s[1] == '[') {
            end = s + 2 + strcspn(s + 2, "]");
            for (uint32_t i = 0; i < count; i++)
                if (parts->names[i] && !strncmp(parts->names[i], s + 2, (size_t)(end - s - 2)) &&
                    !parts->names[i][end - s - 2])
                    n = i;
            if (*end) end++;
        } else if (s[0] == '%' && s[1] >= '0' && s[1] <= '9') {
            for (n = 0; *end >= '0' && *end <= '9' && n < count; end++) n = n * 10 + (uint32_t)(*end - '0');
        }
        if (n >= count) {
            wf_text_putc(&text, *s);
            continue;
        }
        wf_expr *value =
            values && a->operands[n].constraint[0] == 'n' && a->operands[n].value->type->kind < WF_TY_SCALARS
                ? cc_evaluate(p, a->operands[n].value)
                : NULL;
        if (value && value->kind == WF_EX_INT) wf_text_printf(&text, "%lld", (long long)value->u.i);
        else wf_text_printf(&text, "%%%u", n);
        s = end - 1;
    }
    return text.data;
}

/* --- the second half --- */

static void write_text(cc *p, cc_tokens *out, const char *text, wf_place at) {
    size_t length = strlen(text);
    uint32_t most = (uint32_t)length + 1;
    cc_token *tokens = WF_NEW_ARRAY(p->scratch, cc_token, most + 1);
    uint32_t count = 0;
    while (*text) { /* cc_lex_text reads a line */
        size_t line = strcspn(text, "\n");
        count = cc_lex_text(&p->r, text, line, tokens, most);
        for (uint32_t i = 0; i < count && i < most; i++) {
            tokens[i].at = at;
            cc_tokens_add(out, &tokens[i]);
        }
        text += line + (text[line] == '\n');
    }
}

static void write_operand(cc *p, cc_tokens *out, const asm_parts *parts, uint32_t n) {
    for (uint32_t i = parts->first[n]; i < parts->end[n]; i++) cc_tokens_add(out, &p->tokens[i]);
}

/* The carry lives in the function's outermost block. */
static void declare_carry(cc *p, wf_place at) {
    const wf_type *t = wf_type_scalar(p->u, WF_TY_UINT);
    cc_scope *scope = p->scope;
    while (scope->kind != CC_SCOPE_FUNCTION && scope->parent) scope = scope->parent;
    cc_symbol *s = cc_symbol_add(p, scope, cc_intern(&p->r, "__ptx_carry", 11), CC_SYM_VAR, at);
    s->type = cc_plain(t);
    s->var = wf_local_new(p->u, p->body->f, "ptx_carry", t, at);
    s->home = p->body->f;
    s->var->front = s;
    wf_stmt *decl = wf_stmt_decl(p->u, s->var, wf_make_int(p->u, t, 0, at), at),
            *block = p->body->first_block;
    if (block->body) decl->next = block->body, block->body = decl;
    else wf_block_add(block, decl);
    p->body->has_carry = 1;
}

static int wanted_register(char c) { return c && strchr("hrlfdn", c) != NULL; }

static wf_stmt *plain_half(cc *p, wf_asm *a, const asm_parts *parts, wf_place at) {
    uint32_t count = a->outputs + a->inputs;
    char classes[OPERANDS_MOST + 1] = {0};
    for (uint32_t i = 0; i < count; i++) {
        const char *c = a->operands[i].constraint;
        classes[i] = c[strspn(c, "=+&")];
        if (!wanted_register(classes[i])) return a->untranslated = "this constraint of an operand", NULL;
    }
    cc_ptx_result r =
        cc_ptx_to_c(p->scratch, resolved(p, a, parts, 1), classes, count, ++p->asm_count, p->body->has_carry);
    if (!r.text) return a->untranslated = wf_arena_strdup(p->arena, r.why), NULL;
    cc_tokens out = {.arena = p->scratch};
    if (r.sets_carry && !p->body->has_carry) declare_carry(p, at);
    write_text(p, &out, "{", at);
    for (uint32_t i = 0; i < count; i++) {
        const char *t = cc_ptx_operand_type(classes[i]);
        int in = i >= a->outputs || strchr(a->operands[i].constraint, '+') != NULL;
        write_text(p, &out,
                   wf_arena_printf(p->scratch, in ? "%s __ptx_%u = (%s)(" : "%s __ptx_%u = 0;", t, i, t), at);
        if (in) write_operand(p, &out, parts, i), write_text(p, &out, ");", at);
    }
    write_text(p, &out, r.text, at);
    for (uint32_t i = 0; i < a->outputs; i++) {
        write_operand(p, &out, parts, i);
        write_text(p, &out, "= (__typeof__(", at);
        write_operand(p, &out, parts, i);
        write_text(p, &out, wf_arena_printf(p->scratch, "))__ptx_%u;", i), at);
    }
    write_text(p, &out, "}", at);
    if (!cc_budget(&p->r, out.count)) return NULL;
    cc_mark behind = cc_save(p);
    cc_back(p, (cc_mark){cc_append_tokens(p, &out), 0});
    wf_stmt *half = cc_new_block(p, at);
    cc_statement(p, half);
    wf_block_end(half);
    cc_back(p, behind);
    return half;
}

static void in_halves(cc *p, wf_stmt *s, wf_stmt *half, wf_stmt *block) {
    wf_stmt *choice = wf_stmt_new(p->u, WF_ST_IF, s->at);
    s->asm_->has_plain = 1;
    choice->expr = wf_make_builtin(p->u, WF_BI_ON_GPU, NULL, 0, s->at);
    choice->body = cc_new_block(p, s->at);
    wf_block_add(choice->body, s);
    wf_block_end(choice->body);
    choice->other = half;
    wf_block_add(block, choice);
}

void cc_asm_statement(cc *p, wf_stmt *block) {
    wf_stmt *s = wf_stmt_new(p->u, WF_ST_ASM, cc_place(p)), *half = NULL;
    wf_asm *a = WF_NEW(p->arena, wf_asm);
    asm_parts *parts = WF_NEW(p->scratch, asm_parts);
    uint32_t errors = p->r.diags->errors;
    cc_next_token(p);
    while (cc_is_kw(p, CC_KW_VOLATILE) || cc_is_kw(p, CC_KW_GOTO) || cc_is_kw(p, CC_KW_INLINE)) {
        a->is_volatile |= cc_is_kw(p, CC_KW_VOLATILE);
        a->has_plain |= cc_is_kw(p, CC_KW_INLINE);
        cc_next_token(p);
    }
    if (!cc_expect(p, CC_P_LPAREN, "behind asm")) return cc_skip_to_semi(p);
    a->text = joined_string(p);
    int part = 0;
    while (cc_peek(p)->kind != CC_EOF && (cc_is(p, CC_P_COLON) || cc_is(p, CC_P_SCOPE))) {
        part += cc_is(p, CC_P_SCOPE) ? 2 : 1;
        cc_next_token(p);
        if (part <= 2) operands(p, a, parts, part == 1);
        while (part == 3 && cc_peek(p)->kind == CC_STRING) {
            const char *name = joined_string(p);
            a->clobbers = a->clobbers ? wf_arena_printf(p->arena, "%s,%s", a->clobbers, name) : name;
            if (!cc_accept(p, CC_P_COMMA)) break;
        }
    }
    if (!cc_expect(p, CC_P_RPAREN, "of asm")) return cc_skip_to_semi(p);
    cc_expect(p, CC_P_SEMI, "behind asm");
    a->text = resolved(p, a, parts, 0);
    s->asm_ = a;
    if (p->r.diags->errors == errors && !a->has_plain) half = plain_half(p, a, parts, s->at);
    if (half) in_halves(p, s, half, block);
    else wf_block_add(block, s);
}
