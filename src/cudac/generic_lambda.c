/* cudac/generic_lambda.c: lambdas with auto parameters, or with template parameters of their own.
 *
 * Such a lambda's operator () is a member template, and is made one by writing it out: of
 *
 *     [&](auto a, const auto &...b) -> T { body }
 *
 * come the tokens
 *
 *     template <class auto_0, class... auto_1> auto operator()(auto_0 a, const auto_1 &...b) const -> T {
 * body }
 *
 * behind the source's own, where the parser reads them as a member of the lambda's class. The tokens that the
 * user wrote keep their places, so errors name his lines. */
#include "cudac/parse.h"
#include <string.h>

int cc_lambda_is_generic(cc *p) {
    uint32_t depth = 0;
    if (cc_is(p, CC_P_LT)) return 1;
    if (!cc_is(p, CC_P_LPAREN)) return 0;
    for (uint32_t i = p->at; i + 1 < p->count; i++) {
        const cc_token *t = &p->tokens[i];
        if (cc_punct_is(t, CC_P_LPAREN)) depth++;
        else if (cc_punct_is(t, CC_P_RPAREN) && --depth == 0) return 0;
        else if (t->kind == CC_IDENT && t->op == CC_KW_AUTO && depth == 1) return 1;
    }
    return 0;
}

static void write_text(cc *p, cc_tokens *out, const char *text) {
    cc_token tokens[16];
    uint32_t count = cc_lex_text(&p->r, text, strlen(text), tokens, 16);
    for (uint32_t i = 0; i < count && i < 16; i++) {
        tokens[i].at = cc_place(p);
        cc_tokens_add(out, &tokens[i]);
    }
}

static void copy_tokens(const cc *p, cc_tokens *out, uint32_t first, uint32_t end) {
    for (uint32_t i = first; i < end; i++) cc_tokens_add(out, &p->tokens[i]);
}

/* template <…>: the lambda's own parameters, then one for each auto of the parameters at `params`. */
static void write_template(cc *p, cc_tokens *out, uint32_t own, uint32_t params, uint32_t params_end) {
    uint32_t autos = 0;
    write_text(p, out, "template <");
    copy_tokens(p, out, own + 1, own < params ? params - 1 : own + 1);
    for (uint32_t i = params, depth = 0; i < params_end; i++) {
        const cc_token *t = &p->tokens[i];
        if (cc_punct_is(t, CC_P_LPAREN)) depth++;
        else if (cc_punct_is(t, CC_P_RPAREN)) depth--;
        if (t->kind != CC_IDENT || t->op != CC_KW_AUTO || depth != 1) continue;
        uint32_t k = i + 1;
        while (cc_punct_is(&p->tokens[k], CC_P_AND) || cc_punct_is(&p->tokens[k], CC_P_LAND)) k++;
        const char *comma = autos || own + 2 < params ? "," : "";
        const char *pack = cc_punct_is(&p->tokens[k], CC_P_ELLIPSIS) ? "..." : "";
        write_text(p, out, wf_arena_printf(p->scratch, "%s class%s auto_%u", comma, pack, autos++));
    }
    write_text(p, out, ">");
}

static void write_params(cc *p, cc_tokens *out, uint32_t params, uint32_t params_end) {
    uint32_t autos = 0;
    for (uint32_t i = params, depth = 0; i < params_end; i++) {
        const cc_token *t = &p->tokens[i];
        if (cc_punct_is(t, CC_P_LPAREN)) depth++;
        else if (cc_punct_is(t, CC_P_RPAREN)) depth--;
        if (t->kind == CC_IDENT && t->op == CC_KW_AUTO && depth == 1)
            write_text(p, out, wf_arena_printf(p->scratch, "auto_%u", autos++));
        else cc_tokens_add(out, t);
    }
}

void cc_generic_lambda(cc *p, cc_record *r) {
    cc_tokens out = {.arena = p->scratch};
    uint32_t own = p->at, params, params_end, specifiers_end;
    int is_mutable = 0;
    if (cc_accept(p, CC_P_LT)) cc_skip_angles(p);
    params = p->at;
    if (cc_is(p, CC_P_LPAREN)) cc_skip_balanced(p);
    params_end = p->at;
    while (cc_is_name(p) || cc_is_kw(p, CC_KW_MUTABLE) || cc_is_kw(p, CC_KW_CONSTEXPR) ||
           cc_is_kw(p, CC_KW_NOEXCEPT) || cc_is_kw(p, CC_KW_DEVICE) || cc_is_kw(p, CC_KW_HOST)) {
        is_mutable |= cc_is_kw(p, CC_KW_MUTABLE);
        cc_next_token(p);
    }
    specifiers_end = p->at;
    while (!cc_is(p, CC_P_LBRACE) && !cc_is(p, CC_P_SEMI) && cc_peek(p)->kind != CC_EOF) cc_next_token(p);
    if (!cc_is(p, CC_P_LBRACE)) {
        cc_expect(p, CC_P_LBRACE, "of the lambda");
        return;
    }
    cc_skip_balanced(p);
    cc_mark behind = cc_save(p);
    write_template(p, &out, own, params, params_end);
    write_text(p, &out, "auto operator()");
    if (params == params_end) write_text(p, &out, "()");
    else write_params(p, &out, params, params_end);
    if (!is_mutable) write_text(p, &out, "const");
    copy_tokens(p, &out, specifiers_end, behind.at);
    if (!cc_budget(&p->r, out.count)) return;
    cc_back(p, (cc_mark){cc_append_tokens(p, &out), 0});
    cc_template_declaration(p, r);
    cc_back(p, behind);
}
