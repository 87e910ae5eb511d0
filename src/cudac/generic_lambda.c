/* cudac/generic_lambda.c: lambdas and functions with auto parameters, lambdas with template parameters.
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
 * behind the source's own, where the parser reads them as a member of the lambda's class. A function or
 * method with auto parameters is written out in the same way; `Concept auto x` gives a parameter `Concept
 * auto_0`. The tokens that the user wrote keep their places, so errors name his lines. */
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

typedef struct auto_param {  /* an auto among the parameters */
    uint32_t concept_at, at; /* its token; those from concept_at on constrain it */
    uint8_t is_pack;
} auto_param;
enum { AUTOS_MAX = 64 };

static uint32_t find_autos(const cc *p, uint32_t params, uint32_t params_end, auto_param *found) {
    uint32_t count = 0, depth = 0, begin = params + 1;
    for (uint32_t i = params; i < params_end && count < AUTOS_MAX; i++) {
        const cc_token *t = &p->tokens[i];
        if (cc_punct_is(t, CC_P_LPAREN) || cc_punct_is(t, CC_P_LBRACE)) depth++;
        else if (cc_punct_is(t, CC_P_RPAREN) || cc_punct_is(t, CC_P_RBRACE)) depth--;
        else if (depth == 1 && (cc_punct_is(t, CC_P_COMMA) ||
                                (t->kind == CC_IDENT && (t->op == CC_KW_CONST || t->op == CC_KW_VOLATILE))))
            begin = i + 1;
        if (t->kind != CC_IDENT || t->op != CC_KW_AUTO || depth != 1) continue;
        uint32_t k = i + 1;
        while (cc_punct_is(&p->tokens[k], CC_P_AND) || cc_punct_is(&p->tokens[k], CC_P_LAND)) k++;
        found[count++] = (auto_param){begin, i, (uint8_t)cc_punct_is(&p->tokens[k], CC_P_ELLIPSIS)};
    }
    return count;
}

/* template <…>: the parameters at own … own_end, then one for each auto. */
static void write_template(cc *p, cc_tokens *out, uint32_t own, uint32_t own_end, const auto_param *autos,
                           uint32_t count) {
    write_text(p, out, "template <");
    copy_tokens(p, out, own, own_end);
    for (uint32_t i = 0; i < count; i++) {
        if (i || own < own_end) write_text(p, out, ",");
        if (autos[i].concept_at < autos[i].at) copy_tokens(p, out, autos[i].concept_at, autos[i].at);
        else write_text(p, out, "class");
        write_text(p, out, wf_arena_printf(p->scratch, "%s auto_%u", autos[i].is_pack ? "..." : "", i));
    }
    write_text(p, out, ">");
}

/* The tokens first … end with each auto replaced. */
static void write_params(cc *p, cc_tokens *out, uint32_t first, uint32_t end, const auto_param *autos,
                         uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        copy_tokens(p, out, first, autos[i].concept_at);
        write_text(p, out, wf_arena_printf(p->scratch, "auto_%u", i));
        first = autos[i].at + 1;
    }
    copy_tokens(p, out, first, end);
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
    auto_param autos[AUTOS_MAX];
    uint32_t count = find_autos(p, params, params_end, autos);
    write_template(p, &out, own + 1, own + 1 < params ? params - 1 : own + 1, autos, count);
    write_text(p, &out, "auto operator()");
    if (params == params_end) write_text(p, &out, "()");
    else write_params(p, &out, params, params_end, autos, count);
    if (!is_mutable) write_text(p, &out, "const");
    copy_tokens(p, &out, specifiers_end, behind.at);
    if (!cc_budget(&p->r, out.count)) return;
    cc_back(p, (cc_mark){cc_append_tokens(p, &out), 0});
    cc_template_declaration(p, r);
    cc_back(p, behind);
}

/* --- functions --- */

/* Behind the bracket that closes the one at token i. */
static uint32_t behind_bracket(const cc *p, uint32_t i, unsigned open, unsigned close) {
    uint32_t depth = 0;
    for (; i + 1 < p->count; i++) {
        if (cc_punct_is(&p->tokens[i], open)) depth++;
        else if (cc_punct_is(&p->tokens[i], close) && --depth == 0) return i + 1;
        else if (open == CC_P_LT && cc_punct_is(&p->tokens[i], CC_P_SHR) &&
                 (depth -= depth > 1 ? 2 : depth) == 0)
            return i + 1;
        else if (open == CC_P_LT &&
                 (cc_punct_is(&p->tokens[i], CC_P_SEMI) || cc_punct_is(&p->tokens[i], CC_P_LBRACE)))
            return 0;
    }
    return 0;
}

/* Where the parameter list of the function that is declared here begins; 0: no function is. */
static uint32_t find_params(const cc *p, uint32_t i) {
    for (uint32_t first = i; i + 1 < p->count && i < first + 200;) {
        const cc_token *t = &p->tokens[i], *before = &p->tokens[i ? i - 1 : 0];
        if (t->kind == CC_IDENT &&
            (t->op == CC_KW_USING || t->op == CC_KW_NAMESPACE || t->op == CC_KW_CONCEPT ||
             t->op == CC_KW_TYPEDEF || t->op == CC_KW_STATIC_ASSERT))
            return 0;
        if (cc_punct_is(t, CC_P_SEMI) || cc_punct_is(t, CC_P_LBRACE) || cc_punct_is(t, CC_P_RBRACE)) return 0;
        if (t->kind == CC_IDENT && t->op == CC_KW_OPERATOR) {
            i += cc_punct_is(&p->tokens[i + 1], CC_P_LPAREN) || cc_punct_is(&p->tokens[i + 1], CC_P_LBRACKET)
                     ? 3
                     : 2;
            if (i < p->count && cc_punct_is(&p->tokens[i], CC_P_LPAREN)) return i;
            continue;
        }
        if (cc_punct_is(t, CC_P_ASSIGN) || t->kind == CC_EOF) return 0;
        if (cc_punct_is(t, CC_P_LPAREN) && before->kind == CC_IDENT && !before->op) return i;
        uint32_t next = cc_punct_is(t, CC_P_LPAREN) ? behind_bracket(p, i, CC_P_LPAREN, CC_P_RPAREN)
                        : cc_punct_is(t, CC_P_LT)   ? behind_bracket(p, i, CC_P_LT, CC_P_GT)
                                                    : i + 1;
        if (!next) return 0;
        i = next;
    }
    return 0;
}

/* Behind the ; or the body of what is declared from token i on. */
static uint32_t behind_definition(const cc *p, uint32_t i) {
    while (i + 1 < p->count) {
        const cc_token *t = &p->tokens[i];
        if (cc_punct_is(t, CC_P_SEMI)) return i + 1;
        if (cc_punct_is(t, CC_P_LBRACE)) {
            i = behind_bracket(p, i, CC_P_LBRACE, CC_P_RBRACE);
            const cc_token *next = i ? &p->tokens[i] : NULL; /* a constructor's list has braces too */
            if (!next || !(cc_punct_is(next, CC_P_COMMA) || cc_punct_is(next, CC_P_LBRACE))) return i;
        } else if (cc_punct_is(t, CC_P_LPAREN)) {
            i = behind_bracket(p, i, CC_P_LPAREN, CC_P_RPAREN);
            if (!i) return 0;
        } else {
            i++;
        }
    }
    return 0;
}

int cc_abbreviated_template(cc *p, cc_record *owner) {
    uint32_t own = 0, own_end = 0, begin = p->at;
    if (cc_is_kw(p, CC_KW_TEMPLATE)) {
        if (!cc_punct_is(cc_ahead(p, 1), CC_P_LT) ||
            !(begin = behind_bracket(p, p->at + 1, CC_P_LT, CC_P_GT)))
            return 0;
        own = p->at + 2, own_end = begin - 1;
        if (own == own_end) return 0; /* template <>: a specialisation */
    }
    uint32_t params = find_params(p, begin);
    uint32_t params_end = params ? behind_bracket(p, params, CC_P_LPAREN, CC_P_RPAREN) : 0;
    auto_param autos[AUTOS_MAX];
    uint32_t count = params_end ? find_autos(p, params, params_end, autos) : 0;
    uint32_t end = count ? behind_definition(p, params_end) : 0;
    if (!end) return 0;
    cc_tokens out = {.arena = p->scratch};
    write_template(p, &out, own, own_end, autos, count);
    write_params(p, &out, begin, end, autos, count);
    if (!cc_budget(&p->r, out.count)) return 0;
    cc_back(p, (cc_mark){cc_append_tokens(p, &out), 0});
    cc_template_declaration(p, owner);
    cc_back(p, (cc_mark){end, 0});
    return 1;
}
